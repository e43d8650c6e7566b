//! One line in the log for each request: what, how it went, how long it took. Never a query, a cookie or a body:
//! what shoppers and members write is nobody's business but theirs.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::meters::Meters;

/// What comes every few seconds from everywhere and says nothing by itself.
const QUIET: [&str; 2] = ["/healthz", "/sync/presence"];

pub async fn one_line_each(State(meters): State<Arc<Meters>>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let began = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let took = began.elapsed();
    meters.request(&path, status, took);
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if status >= 500 {
        tracing::error!(%method, path, status, duration_ms, "request");
    } else if QUIET.contains(&path.as_str()) {
        tracing::debug!(%method, path, status, duration_ms, "request");
    } else {
        tracing::info!(%method, path, status, duration_ms, "request");
    }
    response
}
