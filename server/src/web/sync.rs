//! `POST /sync/push` and `POST /sync/pull`: the protocol of the core over HTTP.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{Router, post};
use qinda::sync::{PROTOCOL, PUSH_COMMANDS_MAX, PullAnswer, PullRequest, PushAnswer, PushRefusal, PushRequest};

use super::AppState;
use super::errors::Refusal;
use super::limits::Given;
use super::session::SignedInMember;
use crate::store::{self, PushRefused};

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/sync/push", post(push)).route("/sync/pull", post(pull))
}

async fn push(
    State(state): State<AppState>,
    member: SignedInMember,
    Given(request): Given<PushRequest>,
) -> Result<Json<PushAnswer>, Refusal> {
    require_protocol(request.protocol)?;
    if request.commands.len() > PUSH_COMMANDS_MAX {
        return Err(Refusal::too_large());
    }
    let actor = member.actor().clone();
    let pushed = state.store.write(actor.shop, move |work| Box::pin(store::push(work, actor, request))).await?;
    pushed.map(Json).map_err(refused)
}

async fn pull(
    State(state): State<AppState>,
    member: SignedInMember,
    Given(request): Given<PullRequest>,
) -> Result<Json<PullAnswer>, Refusal> {
    require_protocol(request.protocol)?;
    let mut snapshot = state.store.snapshot().await?;
    if !store::owns_device(&mut snapshot, member.actor(), request.device).await? {
        return Err(Refusal::not_your_device());
    }
    let signed_in = member.0.signed_in;
    state.store.duty().heard_of(signed_in.actor.shop, signed_in.actor.member, state.store.clock().now());
    let who = (signed_in.actor, signed_in.me);
    let at = state.store.clock().now();
    Ok(Json(store::pull(snapshot, state.store.backend(), who, &request, at).await?))
}

fn require_protocol(protocol: u16) -> Result<(), Refusal> {
    if protocol == PROTOCOL { Ok(()) } else { Err(other_protocol()) }
}

const fn other_protocol() -> Refusal {
    Refusal::new(
        StatusCode::CONFLICT,
        "other_protocol",
        "工作台和服务器的版本不同，请刷新页面。没发出的内容还在这台设备上。",
        "The desk and the server are of different versions. Reload; unsent work is still on this device.",
    )
}

const fn refused(refused: PushRefused) -> Refusal {
    let (refusal, through) = match refused {
        PushRefused::NotYourDevice => return Refusal::not_your_device(),
        PushRefused::Commands { refusal, through } => (refusal, through),
    };
    match refusal {
        PushRefusal::Gap => Refusal::new(
            StatusCode::CONFLICT,
            "gap",
            "中间缺了几条，设备会从缺的地方重发。",
            "Some commands are missing in between; the device sends them again.",
        ),
        PushRefusal::Reused => Refusal::new(
            StatusCode::CONFLICT,
            "reused",
            "这个序号用过了，设备会重新编号再发。",
            "This number was used before; the device numbers its commands anew.",
        ),
        PushRefusal::Damaged => Refusal::new(
            StatusCode::CONFLICT,
            "damaged",
            "内容在路上损坏了，没有收下。",
            "The content was damaged on the way and was not taken.",
        ),
    }
    .through(through)
}
