//! `GET /api/planning` and `PUT /api/planning/assumptions`: what will come in a week and what the shop plans for it. Those who
//! see everybody's figures see it and change it.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{Router, get, put};
use qinda::model::{Day, Deed};
use qinda::planning::PlanningFault;
use qinda::sync::{PLANNED_WEEKS_MAX, PlanTold, PlanningAnswer};
use serde::Deserialize;

use super::AppState;
use super::errors::Refusal;
use super::session::SignedInMember;
use crate::store::planning;

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/planning", get(show)).route("/api/planning/assumptions", put(put_plan))
}

/// What is asked, as an address says it.
#[derive(Deserialize)]
struct Wanted {
    /// Any day of the week that is planned; of the next week where none is named.
    week: Option<Day>,
}

async fn show(
    State(state): State<AppState>,
    member: SignedInMember,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<PlanningAnswer>, Refusal> {
    member.require(Deed::SeeFigures)?;
    let Query(Wanted { week }) = wanted.map_err(|_| Refusal::malformed())?;
    let shop = &member.signed_in().shop;
    let now = state.store.clock().now();
    let mut snapshot = state.store.snapshot().await?;
    let this_week = planning::monday(planning::today(&mut snapshot, shop, now).await?);
    let week = week.map_or(this_week.plus(7), planning::monday);
    if !(this_week..=this_week.plus(PLANNED_WEEKS_MAX * 7)).contains(&week) {
        return Err(unfit_week());
    }
    Ok(Json(planning::answer(&mut snapshot, shop, week, now).await?))
}

async fn put_plan(
    State(state): State<AppState>,
    member: SignedInMember,
    told: Result<Json<PlanTold>, JsonRejection>,
) -> Result<Json<PlanTold>, Refusal> {
    member.require(Deed::SeeFigures)?;
    let Json(PlanTold { assumptions, version }) = told.map_err(|_| Refusal::malformed())?;
    let told = PlanTold { assumptions: assumptions.checked().map_err(unfit)?, version };
    let (shop, by) = (member.actor().shop, member.actor().member);
    let kept = told.clone();
    let is_kept = state
        .store
        .write(shop, move |work| Box::pin(async move { planning::put_plan(work, shop, &kept, Some(by)).await }))
        .await?;
    if !is_kept {
        return Err(changed_meanwhile());
    }
    Ok(Json(PlanTold { version: version + 1, ..told }))
}

const fn unfit_week() -> Refusal {
    Refusal::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "unfit_week",
        "只能排本周到之后 8 周。",
        "Weeks are planned from this one to eight weeks ahead.",
    )
}

const fn changed_meanwhile() -> Refusal {
    Refusal::new(
        StatusCode::CONFLICT,
        "changed_meanwhile",
        "别人刚改过排班规划，您的改动还没有保存。",
        "Somebody changed the plan meanwhile; yours was not saved.",
    )
}

const fn unfit(fault: PlanningFault) -> Refusal {
    let (zh, en) = match fault {
        PlanningFault::Level => ("达标率请填 1 到 99。", "The service level is from 1 to 99 per cent."),
        PlanningFault::Within => ("秒数最多一天。", "The time within which is answered is at most a day."),
        PlanningFault::Handling => ("处理时长请填 1 秒到一天。", "A chat takes from a second to a day."),
        PlanningFault::Patience => ("愿意等多久请填 1 秒到一天。", "Patience is from a second to a day."),
        PlanningFault::Chats => ("同时接待请填 1 到 50。", "One person has from 1 to 50 chats at once."),
        PlanningFault::Stretch => ("放慢请填 50 到 1000。", "The stretch is from 50 to 1000 per cent."),
        PlanningFault::Away => ("不在座请填 0 到 90。", "People are away from 0 to 90 per cent of their time."),
        PlanningFault::Planned => ("每小时最多排 9999 人。", "At most 9999 people are planned for an hour."),
    };
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "unfit_plan", zh, en)
}
