//! Requests to the server, each with an end, and what their answers mean for the desk.

use gloo_net::http::{Request, Response};
use gloo_timers::callback::Timeout;
use qinda::sync::{CUT_OFF, PushRefusal, TERSE, from_terse};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

pub(crate) mod manner;

const JSON: &str = "application/json";
/// The page of the desk.
const REFERRER: &str = "/desk";

/// A request that has no answer after this long counts as unreachable; a phone on a dead Wi-Fi never hears a "no".
const REQUEST_MILLIS_MAX: u32 = 12_000;
/// A picture on a slow line takes its time.
const PICTURE_MILLIS_MAX: u32 = 60_000;
/// How long to leave a busy server alone when it does not say.
const BUSY_SECONDS: u32 = 5;

/// Why a request brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing answered.
    Unreachable,
    /// The sign-in has ended.
    SignedOut,
    /// The device was cut off and has to wipe.
    CutOff,
    /// The server asks to come again after that many seconds.
    Busy(u32),
    /// The server refused a push; it has the device's commands up to this number.
    Push(PushRefusal, u64),
    /// The server said no, with a status and a code.
    Refused(u16, String),
}

#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    error: String,
    #[serde(default)]
    through: u64,
}

/// Posts JSON and reads JSON.
pub(crate) async fn post<A: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<A, Failure> {
    post_body(path, JSON, written(body)?).await
}

/// Posts what goes up all day, in the terse form of JSON where the server reads it. Where that is refused by whoever does
/// not know it, the same goes as JSON, now and from then on.
pub(crate) async fn post_tersely<A: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<A, Failure> {
    let text = written(body)?;
    let Some(said) = manner::said(&text) else { return post_body(path, JSON, text).await };
    match post_body(path, TERSE, js_sys::Uint8Array::from(&said[..])).await {
        Err(failure) if manner::is_of_the_form(&failure) => post_body(path, JSON, text).await,
        answered => answered,
    }
}

fn written(body: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(body).map_err(|error| Failure::Refused(0, error.to_string()))
}

async fn post_body<A: DeserializeOwned>(path: &str, media_type: &str, body: impl Into<JsValue>) -> Result<A, Failure> {
    let timed = Timed::new(REQUEST_MILLIS_MAX);
    let request = Request::post(path)
        .header("content-type", media_type)
        // The same wherever the desk is: the server goes by the origin, and what is told anew each time takes room.
        .referrer(REFERRER)
        .abort_signal(timed.signal())
        .body(body)
        .map_err(|_| Failure::Unreachable)?;
    answer(request.send().await, timed).await
}

/// Gets JSON.
pub(crate) async fn get<A: DeserializeOwned>(path: &str) -> Result<A, Failure> {
    let timed = Timed::new(REQUEST_MILLIS_MAX);
    let request = Request::get(path).abort_signal(timed.signal()).build().map_err(|_| Failure::Unreachable)?;
    answer(request.send().await, timed).await
}

/// Puts a record under an address, and gives back what stands there then.
pub(crate) async fn put<A: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<A, Failure> {
    let timed = Timed::new(REQUEST_MILLIS_MAX);
    let request = Request::put(path)
        .header("content-type", JSON)
        .abort_signal(timed.signal())
        .body(written(body)?)
        .map_err(|_| Failure::Unreachable)?;
    answer(request.send().await, timed).await
}

/// Puts bytes under an address.
pub(crate) async fn put_bytes(path: &str, media_type: &str, bytes: &[u8]) -> Result<(), Failure> {
    let timed = Timed::new(PICTURE_MILLIS_MAX);
    let request = Request::put(path)
        .header("content-type", media_type)
        .abort_signal(timed.signal())
        .body(js_sys::Uint8Array::from(bytes))
        .map_err(|_| Failure::Unreachable)?;
    answer::<serde::de::IgnoredAny>(request.send().await, timed).await.map(|_| ())
}

/// Posts bytes and reads JSON.
pub(crate) async fn post_bytes<A: DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<A, Failure> {
    let timed = Timed::new(PICTURE_MILLIS_MAX);
    let request = Request::post(path)
        .header("content-type", "application/octet-stream")
        .abort_signal(timed.signal())
        .body(js_sys::Uint8Array::from(bytes))
        .map_err(|_| Failure::Unreachable)?;
    answer(request.send().await, timed).await
}

/// Gets bytes.
pub(crate) async fn get_bytes(path: &str) -> Result<Vec<u8>, Failure> {
    let timed = Timed::new(PICTURE_MILLIS_MAX);
    let request = Request::get(path).abort_signal(timed.signal()).build().map_err(|_| Failure::Unreachable)?;
    let response = request.send().await;
    match response {
        Ok(response) if response.ok() => response.binary().await.map_err(|_| Failure::Unreachable),
        refused => Err(answer::<serde::de::IgnoredAny>(refused, timed).await.err().unwrap_or(Failure::Unreachable)),
    }
}

async fn answer<A: DeserializeOwned>(response: Result<Response, gloo_net::Error>, timed: Timed) -> Result<A, Failure> {
    let response = response.map_err(|_| Failure::Unreachable)?;
    let text = text_of(&response).await?;
    drop(timed);
    if response.ok() {
        let text = if text.is_empty() { "null" } else { &text };
        return serde_json::from_str(text).map_err(|error| Failure::Refused(response.status(), error.to_string()));
    }
    let refusal: Refusal = serde_json::from_str(&text).unwrap_or_default();
    Err(match (response.status(), refusal.error.as_str()) {
        (401, "signed_out") => Failure::SignedOut,
        (401, CUT_OFF) => Failure::CutOff,
        (409, "gap") => Failure::Push(PushRefusal::Gap, refusal.through),
        (409, "reused") => Failure::Push(PushRefusal::Reused, refusal.through),
        (409, "damaged") => Failure::Push(PushRefusal::Damaged, refusal.through),
        (429 | 503, _) => {
            let after = response.headers().get("retry-after").and_then(|seconds| seconds.parse().ok());
            Failure::Busy(after.unwrap_or(BUSY_SECONDS))
        }
        // A gateway in between that cannot reach the server.
        (502 | 504, _) => Failure::Unreachable,
        (status, _) => Failure::Refused(status, refusal.error),
    })
}

/// What is answered, be it said tersely.
async fn text_of(response: &Response) -> Result<String, Failure> {
    if response.headers().get("content-type").as_deref() != Some(TERSE) {
        return response.text().await.map_err(|_| Failure::Unreachable);
    }
    let said = response.binary().await.map_err(|_| Failure::Unreachable)?;
    // It bears no code of ours, so the same is asked once more as JSON.
    from_terse(&said).map_err(|_| Failure::Refused(response.status(), String::new()))
}

/// Aborts a request that takes too long; dropped when the answer is there.
struct Timed {
    signal: Option<web_sys::AbortSignal>,
    _timeout: Timeout,
}

impl Timed {
    fn new(millis: u32) -> Self {
        let controller = web_sys::AbortController::new().ok();
        let signal = controller.as_ref().map(web_sys::AbortController::signal);
        let timeout = Timeout::new(millis, move || {
            if let Some(controller) = controller {
                controller.abort();
            }
        });
        Self { signal, _timeout: timeout }
    }

    fn signal(&self) -> Option<&web_sys::AbortSignal> {
        self.signal.as_ref()
    }
}
