//! `GET /api/now`: what a supervisor sees of this moment. A wall of screens asks every few seconds, so a shop's answer is
//! made once and told to all who ask within a moment.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::{Router, get};
use qinda::model::{Deed, MICROS_PER_SECOND, Micros, ShopId};

use super::AppState;
use super::errors::Refusal;
use super::session::SignedInMember;
use crate::store;

/// So long an answer is told to others, in seconds.
const TOLD_SECONDS: i64 = 2;

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/now", get(show))
}

type Told = Arc<tokio::sync::Mutex<Option<(Micros, Arc<str>)>>>;

/// The last answer of each shop whose supervisors look.
#[derive(Clone, Default)]
pub struct Moments(Arc<Mutex<HashMap<ShopId, Told>>>);

impl Moments {
    fn of(&self, shop: ShopId) -> Told {
        let mut shops = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !shops.contains_key(&shop) {
            // Nobody looks at what nobody else holds.
            shops.retain(|_, told| Arc::strong_count(told) > 1);
        }
        Arc::clone(shops.entry(shop).or_default())
    }
}

async fn show(State(state): State<AppState>, member: SignedInMember) -> Result<impl IntoResponse, Refusal> {
    member.require(Deed::SeeFigures)?;
    let shop = &member.signed_in().shop;
    let told = state.moments.of(shop.id);
    let mut told = told.lock().await;
    let now = state.store.clock().now();
    let is_fresh = |at: Micros| (0..TOLD_SECONDS * MICROS_PER_SECOND).contains(&now.since(at));
    let text = match told.as_ref().filter(|(at, _)| is_fresh(*at)) {
        Some((_, text)) => Arc::clone(text),
        None => {
            let on_duty = state.store.duty().all_on(shop.id, now);
            let mut snapshot = state.store.snapshot().await?;
            let answer = store::now(&mut snapshot, shop, &on_duty, now).await?;
            let text: Arc<str> = serde_json::to_string(&answer).map_err(|_| Refusal::busy())?.into();
            *told = Some((now, Arc::clone(&text)));
            text
        }
    };
    Ok(([(header::CONTENT_TYPE, "application/json")], text.to_string()))
}
