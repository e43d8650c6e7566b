//! One line in the log for each request: what, how it went, how long it took. Never a query, a cookie or a body:
//! what shoppers and members write is nobody's business but theirs.

use std::time::Instant;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

/// What comes every few seconds from everywhere and says nothing by itself.
const QUIET: [&str; 2] = ["/healthz", "/sync/presence"];

pub async fn one_line_each(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let began = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    if status >= 500 {
        tracing::error!(%method, path, status, duration_ms, "request");
    } else if QUIET.contains(&path.as_str()) {
        tracing::debug!(%method, path, status, duration_ms, "request");
    } else {
        tracing::info!(%method, path, status, duration_ms, "request");
    }
    response
}
