//! `POST /sync/push`, `POST /sync/pull` and `POST /sync/check`: the protocol of the core over HTTP.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{Router, post};
use qinda::sync::{
    CheckAnswer, CheckRequest, PROTOCOL, PUSH_COMMANDS_MAX, PullAnswer, PullRequest, PushAnswer, PushRefusal,
    PushRequest, Scope, TERSE_TABLE,
};

use super::AppState;
use super::devices;
use super::errors::Refusal;
use super::limits::Given;
use super::session::SignedInMember;
use super::terse::{Answer, Told};
use crate::store::{self, LiveEvent, PushRefused, Store, StoreError, restored};

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/sync/push", post(push)).route("/sync/pull", post(pull)).route("/sync/check", post(check))
}

async fn push(
    State(state): State<AppState>,
    member: SignedInMember,
    Told(request, manner): Told<PushRequest>,
) -> Result<Answer<PushAnswer>, Refusal> {
    require_protocol(request.protocol)?;
    if request.commands.len() > PUSH_COMMANDS_MAX {
        return Err(Refusal::too_large());
    }
    let (shop, device, epoch) = (member.actor().shop, request.device, request.epoch);
    // A job is copied for each run.
    let ready = Arc::new(state.store.pushed(member.0.signed_in.actor, request));
    let pushed = state.store.write(shop, move |work| Box::pin(async move { store::push(work, &ready).await })).await?;
    match pushed {
        Ok(answer) => {
            let through = answer.through;
            state.store.live().tell(LiveEvent::Decided { shop, device, epoch, through });
            Ok(Answer(answer, manner))
        }
        Err(PushRefused::NotYourDevice) => Err(Refusal::not_your_device()),
        Err(PushRefused::CutOff { told }) => Err(devices::to_wipe(&state.store, shop, device, told).await),
        Err(PushRefused::Commands { refusal, through }) => Err(refused(refusal, through)),
    }
}

async fn pull(
    State(state): State<AppState>,
    member: SignedInMember,
    headers: HeaderMap,
    Given(request): Given<PullRequest>,
) -> Result<Json<PullAnswer>, Refusal> {
    require_protocol(request.protocol)?;
    let device = request.device;
    let standing = store::devices::standing(&mut *state.store.reader().await?, member.actor(), device).await?;
    devices::let_in(&state.store, &member, &headers, device, standing).await?;
    let shop = member.actor().shop;
    state.store.heard_of(shop, member.actor().member);
    let answer = page(&state.store, &member, &request).await?;
    if store::is_set_back(&request, &answer) {
        tracing::error!(%shop, "a device has read more than there is: was a backup restored? see `qinda restored`");
        if state.store.write(shop, move |work| Box::pin(restored::renumber(work, shop))).await? {
            return Ok(Json(page(&state.store, &member, &request).await?));
        }
    }
    Ok(Json(answer))
}

/// Reads through a whole scope, so a shop's devices take turns.
async fn check(
    State(state): State<AppState>,
    member: SignedInMember,
    headers: HeaderMap,
    Given(request): Given<CheckRequest>,
) -> Result<Json<CheckAnswer>, Refusal> {
    require_protocol(request.protocol)?;
    if !request.is_sound() {
        return Err(Refusal::malformed());
    }
    let (actor, device) = (member.actor(), request.device);
    if !Scope::of(actor).contains(&request.scope) {
        return Err(Refusal::forbidden());
    }
    let standing = store::devices::standing(&mut *state.store.reader().await?, actor, device).await?;
    devices::let_in(&state.store, &member, &headers, device, standing).await?;
    let _turn = state.checks.take(actor.shop)?;
    Ok(Json(store::check(state.store.snapshot().await?, actor.shop, &request).await?))
}

async fn page(store: &Store, member: &SignedInMember, request: &PullRequest) -> Result<PullAnswer, StoreError> {
    let snapshot = store.snapshot().await?;
    let who = (member.actor().clone(), member.signed_in().me.clone());
    let answer = store::pull(snapshot, who, request, store.clock().now()).await?;
    Ok(PullAnswer { terse: vec![TERSE_TABLE], ..answer })
}

/// Refuses frames of another version.
///
/// # Errors
/// When it is another one.
pub fn require_protocol(protocol: u16) -> Result<(), Refusal> {
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

const fn refused(refusal: PushRefusal, through: u64) -> Refusal {
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
