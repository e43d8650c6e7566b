//! `GET /api/figures`: how fast we answered.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{Router, get};
use qinda::model::{Deed, MemberId, Micros};
use qinda::sync::FiguresAnswer;
use serde::Deserialize;

use super::AppState;
use super::errors::Refusal;
use super::session::SignedInMember;
use crate::store::figures::{FIGURES_DAYS_MAX, figures};
use crate::store::kept_figures::Reading;
use crate::store::stretches::{Bounds, TooMany};
use crate::store::{Stored, members};

pub(super) const SECONDS_PER_DAY: i64 = 24 * 3600;

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/figures", get(show))
}

/// A span of time, as an address names it.
#[derive(Deserialize)]
pub(super) struct Span {
    pub(super) from: Micros,
    pub(super) to: Micros,
}

impl Span {
    /// The span, if it is fit to be counted.
    pub(super) fn checked(span: Result<Query<Self>, QueryRejection>) -> Result<Self, Refusal> {
        let Query(span) = span.map_err(|_| Refusal::malformed())?;
        span.fit()
    }

    /// The same of a span that was read already.
    pub(super) fn fit(self) -> Result<Self, Refusal> {
        let is_fit = (self.from..=self.from.plus_seconds(FIGURES_DAYS_MAX * SECONDS_PER_DAY)).contains(&self.to);
        if is_fit { Ok(self) } else { Err(unfit_span()) }
    }
}

async fn show(
    State(state): State<AppState>,
    member: SignedInMember,
    span: Result<Query<Span>, QueryRejection>,
) -> Result<Json<FiguresAnswer>, Refusal> {
    member.require(Deed::SeeFigures)?;
    let span = Span::checked(span)?;
    answer(&state, &member, &span).await?.map(Json).map_err(|TooMany { .. }| Refusal::too_many_messages())
}

async fn answer(state: &AppState, member: &SignedInMember, span: &Span) -> Stored<Result<FiguresAnswer, TooMany>> {
    let shop = &member.signed_in().shop;
    let at = state.store.clock().now();
    let utc_offset_seconds = i64::from(shop.utc_offset_minutes) * 60;
    let mut snapshot = state.store.snapshot().await?;
    let how = (Reading::AsSuits, Bounds::default());
    let figures = match figures(&mut snapshot, shop, (span.from, span.to), at, how).await? {
        Ok(figures) => figures,
        Err(too_many) => return Ok(Err(too_many)),
    };
    let named: BTreeSet<MemberId> = figures.by_agent.iter().filter_map(|(member, _)| *member).collect();
    let members = members::cards(&mut snapshot, shop.id, &named).await?;
    Ok(Ok(FiguresAnswer { from: span.from, to: span.to, at, utc_offset_seconds, figures, members }))
}

const fn unfit_span() -> Refusal {
    Refusal::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "unfit_span",
        "请选一段不超过 92 天的时间，开始在前，结束在后。",
        "Choose a span of at most 92 days that ends after it begins.",
    )
}
