//! `GET /healthz`: whether the database answers and writes are taken.

use axum::Json;
use axum::extract::State;
use axum::routing::{Router, get};
use serde::Serialize;

use super::AppState;
use super::errors::Refusal;

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/healthz", get(health))
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
}

async fn health(State(state): State<AppState>) -> Result<Json<Health>, Refusal> {
    if let Err(error) = state.store.check().await {
        tracing::error!(%error, "the database does not answer");
        return Err(Refusal::busy());
    }
    Ok(Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") }))
}
