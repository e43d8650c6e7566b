//! `GET /metrics` on a listener of its own, for the operator's Prometheus. It is never served where shoppers and desks come.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::meters::{Looked, resident_bytes};
use crate::store::{Store, waiting};

/// The addresses of the listener for the operator.
pub fn metrics_router(store: Store) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(store)
}

async fn metrics(State(store): State<Store>) -> impl IntoResponse {
    let looked = Looked {
        database: store.place().kind(),
        writes_waiting: store.writes_waiting(),
        conversations_waiting: who_waits(&store).await,
        resident_bytes: resident_bytes(),
    };
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], store.meters().page(&looked))
}

/// The rest is told also when the database is away.
async fn who_waits(store: &Store) -> Option<u64> {
    let counted = async { waiting::count(&mut *store.reader().await?).await };
    counted.await.inspect_err(|error| tracing::warn!(%error, "who waits could not be counted")).ok()
}
