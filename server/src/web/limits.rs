//! Bounds of the web server, and the checks that every request of a member passes before its handler.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Bytes, HttpBody as _};
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use qinda::sync::{PUSH_BYTES_MAX, TERSE};
use serde::de::DeserializeOwned;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::errors::Refusal;

/// The longest body of any request, in bytes.
pub const BODY_BYTES_MAX: usize = PUSH_BYTES_MAX;
/// The longest body of a sign-in, which anybody may send, in bytes.
pub const SIGN_IN_BYTES_MAX: usize = 16 * 1024;
/// How many requests are being answered at the same time. More are asked to come again, so that a thousand devices which
/// return at once find a server that answers some, not one that answers nobody in time. Streams count until they begin.
pub const REQUESTS_MAX: usize = 2_048;
/// How many bytes of bodies are taken at the same time; they lie in memory until they are answered.
pub const BODIES_BYTES_MAX: usize = 128 * 1024 * 1024;
/// How long a handler may take until it answers, in seconds. Streams answer at once and then go on.
pub const REQUEST_SECONDS_MAX: u64 = 30;
/// How long a client may take to send the head of a request, in seconds.
pub const HEAD_SECONDS_MAX: u64 = 30;
/// How many connections are open at the same time. More wait at the door.
pub const CONNECTIONS_MAX: usize = 20_000;
/// How long a stop waits for requests that are being answered, in seconds.
pub const STOP_SECONDS_MAX: u64 = 10;

/// What the room for bodies is counted in, in bytes.
const BODY_UNIT_BYTES: usize = 1024;

/// The room for requests that are being answered.
#[derive(Clone)]
pub struct Room {
    requests: Arc<Semaphore>,
    bodies: Arc<Semaphore>,
}

/// The place that a request has in the room, until it is dropped.
struct Place {
    _request: OwnedSemaphorePermit,
    _body: OwnedSemaphorePermit,
}

impl Room {
    /// An empty room.
    #[must_use]
    pub fn new() -> Self {
        let units = BODIES_BYTES_MAX / BODY_UNIT_BYTES;
        Self { requests: Arc::new(Semaphore::new(REQUESTS_MAX)), bodies: Arc::new(Semaphore::new(units)) }
    }

    /// A place for a request whose body has at most so many bytes; `None` when the room is full. Nobody waits for one:
    /// who waits would hold the memory that is short.
    fn enter(&self, body_bytes: usize) -> Option<Place> {
        let units = u32::try_from(body_bytes.min(BODY_BYTES_MAX).div_ceil(BODY_UNIT_BYTES)).ok()?;
        let request = Arc::clone(&self.requests).try_acquire_owned().ok()?;
        let body = Arc::clone(&self.bodies).try_acquire_many_owned(units).ok()?;
        Some(Place { _request: request, _body: body })
    }
}

/// How many bytes the body of a request has at most.
fn body_bytes(request: &Request) -> usize {
    let upper = request.body().size_hint().upper();
    upper.map_or(BODY_BYTES_MAX, |bytes| usize::try_from(bytes).unwrap_or(BODY_BYTES_MAX))
}

/// Answers a request if there is room for it, and in time; otherwise says when to come again.
pub async fn within_bounds(State(room): State<Room>, request: Request, next: Next) -> Response {
    let Some(_place) = room.enter(body_bytes(&request)) else {
        tracing::warn!("a request was put off: too many are being answered");
        return Refusal::busy().into_response();
    };
    let answered = tokio::time::timeout(Duration::from_secs(REQUEST_SECONDS_MAX), next.run(request)).await;
    answered.unwrap_or_else(|_| Refusal::busy().into_response())
}

/// A body of JSON. Anything else is refused in our own words.
pub struct Given<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Given<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        if !is_json(request.headers()) {
            return Err(Refusal::not_json());
        }
        let bytes = body_of(request, state).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|_| Refusal::malformed())
    }
}

/// The body of a request, if it is not longer than is taken there.
///
/// # Errors
/// When it is longer, or breaks off.
pub async fn body_of<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Refusal> {
    Bytes::from_request(request, state).await.map_err(|refused| {
        if refused.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
            Refusal::too_large()
        } else {
            Refusal::malformed()
        }
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    is_of(headers, "application/json")
}

/// Whether a body says that it is of this media type.
pub fn is_of(headers: &HeaderMap, media_type: &str) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(media_type))
}

/// Refuses a request that changes something and comes from a page of another site, or is not JSON, terse or not, which no
/// plain form can send. Browsers say where a request comes from; a program that says nothing carries no member's cookie by accident.
pub async fn refuse_foreign_pages(request: Request, next: Next) -> Response {
    if request.method() == Method::GET || request.method() == Method::HEAD {
        return next.run(request).await;
    }
    if is_foreign(request.headers()) {
        return Refusal::foreign_page().into_response();
    }
    if !is_json(request.headers()) && !is_of(request.headers(), TERSE) {
        return Refusal::not_json().into_response();
    }
    next.run(request).await
}

/// Refuses a file that a page of another site sends, or that calls itself one of the types that a plain form can send:
/// for every other type a browser asks first, and is told no.
pub async fn refuse_foreign_files(request: Request, next: Next) -> Response {
    let sends_something = request.method() != Method::GET && request.method() != Method::HEAD;
    if sends_something && is_foreign(request.headers()) {
        return Refusal::foreign_page().into_response();
    }
    if sends_something && !needs_asking(request.headers()) {
        return Refusal::malformed().into_response();
    }
    next.run(request).await
}

fn needs_asking(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    !matches!(kind.as_str(), "" | "text/plain" | "multipart/form-data" | "application/x-www-form-urlencoded")
}

/// Whether a browser says that the request comes from a page of another site.
#[must_use]
pub fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return true;
    }
    let Some(origin) = text("origin") else { return false };
    let of_origin = origin.split_once("://").map(|(_, host)| host);
    of_origin.is_none() || of_origin != text("host")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_page_of_another_site_is_told_from_ours() {
        assert!(!is_foreign(&headers(&[])));
        assert!(!is_foreign(&headers(&[("host", "shop.cn:3000"), ("origin", "http://shop.cn:3000")])));
        assert!(!is_foreign(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(is_foreign(&headers(&[("host", "shop.cn"), ("origin", "https://evil.cn")])));
        assert!(is_foreign(&headers(&[("host", "shop.cn"), ("origin", "null")])));
        assert!(is_foreign(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(is_foreign(&headers(&[("sec-fetch-site", "same-site")])));
    }

    #[test]
    fn a_file_is_told_from_a_form() {
        assert!(needs_asking(&headers(&[("content-type", "image/png")])));
        assert!(!needs_asking(&headers(&[("content-type", "Text/Plain; charset=utf-8")])));
        assert!(!needs_asking(&headers(&[])));
    }

    #[test]
    fn the_room_for_requests_and_for_their_bodies_is_bounded_and_comes_back() {
        let room = Room::new();
        let small: Vec<_> = (0..REQUESTS_MAX).map(|_| room.enter(0)).collect();
        assert!(small.iter().all(Option::is_some) && room.enter(0).is_none());
        drop(small);
        let large: Vec<_> = (0..BODIES_BYTES_MAX / BODY_BYTES_MAX).map(|_| room.enter(BODY_BYTES_MAX)).collect();
        assert!(large.iter().all(Option::is_some) && room.enter(1).is_none());
        assert!(room.enter(0).is_some(), "a request without a body still finds room");
        drop(large);
        assert!(room.enter(usize::MAX).is_some(), "no body is taken that is longer than the longest");
    }

    #[test]
    fn json_is_known_by_its_name() {
        assert!(is_json(&headers(&[("content-type", "application/json; charset=utf-8")])));
        assert!(!is_json(&headers(&[("content-type", "text/plain")])));
        assert!(!is_json(&headers(&[])));
    }
}
