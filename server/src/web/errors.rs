//! What a refused request answers. The reason in words goes to whoever asked; the details of a failure of ours go to
//! the log, once, here.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use qinda::sync::{CUT_OFF, PackRefused};
use serde::Serialize;

use crate::store::StoreError;

/// How soon to come back when too much waits, in seconds.
const RETRY_SECONDS: i64 = 1;
/// How soon to look again whether figures are counted, in seconds.
const COUNTING_SECONDS: i64 = 60;

/// A refused request.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    code: &'static str,
    zh: &'static str,
    en: &'static str,
    through: Option<u64>,
    pack: Option<PackRefused>,
    retry_after_seconds: Option<i64>,
}

#[derive(Serialize)]
struct Body {
    error: &'static str,
    message: Words,
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<u64>,
    #[serde(flatten)]
    pack: Option<PackRefused>,
}

#[derive(Serialize)]
struct Words {
    zh: &'static str,
    en: &'static str,
}

impl Refusal {
    /// A refusal with its code and its words in both languages.
    #[must_use]
    pub const fn new(status: StatusCode, code: &'static str, zh: &'static str, en: &'static str) -> Self {
        Self { status, code, zh, en, through: None, pack: None, retry_after_seconds: None }
    }

    /// Its status, and the reason in Chinese and in English, for a page.
    #[must_use]
    pub const fn told(&self) -> (StatusCode, &'static str, &'static str) {
        (self.status, self.zh, self.en)
    }

    /// Also says how many seconds to wait.
    #[must_use]
    pub const fn retry_after(mut self, seconds: i64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Also says what the server has of the device's commands.
    #[must_use]
    pub const fn through(mut self, through: u64) -> Self {
        self.through = Some(through);
        self
    }

    /// Also says what is wrong with a pack of wording rules.
    #[must_use]
    pub fn pack(self, pack: PackRefused) -> Self {
        Self { pack: Some(pack), ..self }
    }

    /// Nobody is signed in, or not any more.
    #[must_use]
    pub const fn signed_out() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "signed_out",
            "登录已失效，请重新登录。没发出的内容还在这台设备上。",
            "You are signed out. Sign in again; unsent work is still on this device.",
        )
    }

    /// The member's roles do not allow it.
    #[must_use]
    pub const fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "您的岗位没有这项权限。", "Your role does not include this.")
    }

    /// The device belongs to somebody else.
    #[must_use]
    pub const fn not_your_device() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "device_taken",
            "这台设备登记在另一位同事名下。",
            "This device is registered to another member.",
        )
    }

    /// The device was cut off: it has to wipe what it holds.
    #[must_use]
    pub const fn cut_off() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            CUT_OFF,
            "这台设备已被移除，上面的店铺数据要清掉。",
            "This device was cut off; the shop's data on it has to go.",
        )
    }

    /// The request comes from a page of another site.
    #[must_use]
    pub const fn foreign_page() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "foreign_page",
            "请求来自别的网站，已拒绝。",
            "The request came from another site and was refused.",
        )
    }

    /// The body is not JSON of the right shape.
    #[must_use]
    pub const fn malformed() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", "请求内容读不懂。", "The request could not be read.")
    }

    /// The body says it is something else than JSON.
    #[must_use]
    pub const fn not_json() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", "这里只收 JSON。", "Only JSON is taken here.")
    }

    /// The body is longer than this server takes.
    #[must_use]
    pub const fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "一次发得太多了。", "This is too much at once.")
    }

    /// There is nothing at this address.
    #[must_use]
    pub const fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "这里什么也没有。", "There is nothing here.")
    }

    /// What is kept for figures is being made, and there are too many messages to read instead.
    #[must_use]
    pub const fn being_counted() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "being_counted",
            "这段时间消息很多，数据正在统计，过一会儿再看；只看一天会快一些。",
            "There are many messages in this time, and its figures are being counted. Come back in a while, or look at a single day.",
        )
        .retry_after(COUNTING_SECONDS)
    }

    /// There are more messages than are read for an answer.
    #[must_use]
    pub const fn too_many_messages() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "too_many_messages",
            "这段时间消息太多，不能逐条翻看。请选短一点的时间；更长的请在服务器上用 qinda figures 统计。",
            "There are too many messages in this time to read them one by one. Choose a shorter one, or have it counted by qinda figures on the server.",
        )
    }

    /// Too much waits already.
    #[must_use]
    pub const fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "服务器正忙，稍后会自动重试。",
            "The server is busy; trying again in a moment helps.",
        )
        .retry_after(RETRY_SECONDS)
    }

    const fn failed() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "failed",
            "服务器出了问题，已记录下来。",
            "Something went wrong on the server; it has been logged.",
        )
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        if error.passes() {
            tracing::warn!(%error, "a request was put off");
            return Self::busy();
        }
        tracing::error!(%error, "a request failed");
        Self::failed()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let words = Words { zh: self.zh, en: self.en };
        let body = Body { error: self.code, message: words, through: self.through, pack: self.pack };
        let mut response = (self.status, Json(body)).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
