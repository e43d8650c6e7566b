//! `GET /api/figures/coaching`: how replies come to be. A supervisor sees everybody's, an agent their own.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::routing::{Router, get};
use qinda::model::MemberId;
use qinda::sync::CoachingAnswer;
use qinda::timing::{Coaching, coaching};

use super::AppState;
use super::defined::sees_all;
use super::errors::Refusal;
use super::figures::Span;
use super::session::SignedInMember;
use crate::store::figures::replies_between;
use crate::store::{Stored, members};

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/figures/coaching", get(show))
}

async fn show(
    State(state): State<AppState>,
    member: SignedInMember,
    span: Result<Query<Span>, QueryRejection>,
) -> Result<Json<CoachingAnswer>, Refusal> {
    let sees_all = sees_all(&member)?;
    let span = Span::checked(span)?;
    let only = (!sees_all).then_some(member.actor().member);
    Ok(Json(answer(&state, &member, &span, only).await?))
}

async fn answer(
    state: &AppState,
    member: &SignedInMember,
    span: &Span,
    only: Option<MemberId>,
) -> Stored<CoachingAnswer> {
    let shop = member.actor().shop;
    let mut snapshot = state.store.snapshot().await?;
    let replies = replies_between(&mut snapshot, shop, (span.from, span.to), only).await?;
    let by_member = coaching(&replies);
    let named: BTreeSet<MemberId> = by_member.iter().map(|(member, _)| *member).collect();
    Ok(CoachingAnswer {
        from: span.from,
        to: span.to,
        at: state.store.clock().now(),
        total: only.is_none().then(|| Coaching::of(replies.iter())),
        by_member,
        members: members::cards(&mut snapshot, shop, &named).await?,
    })
}
