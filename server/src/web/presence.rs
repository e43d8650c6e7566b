//! `POST /sync/presence`: a page tells which conversation it shows and whether its member types. Kept in memory for some
//! seconds, told to those who look there too, and never written down. `GET /api/duty`: whose desks are heard of.

use axum::Json;
use axum::extract::State;
use axum::routing::{Router, get, post};
use qinda::model::{Actor, ConversationId, Deed};
use qinda::sync::{OnDuty, Presence, PresenceRequest, Scope};

use super::AppState;
use super::errors::Refusal;
use super::session::SignedInMember;
use super::terse::{Answer, Told};
use crate::store::{Store, conversations};

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/sync/presence", post(tell)).route("/api/duty", get(on_duty))
}

async fn tell(
    State(state): State<AppState>,
    member: SignedInMember,
    Told(told, manner): Told<PresenceRequest>,
) -> Result<Answer<Option<Presence>>, Refusal> {
    let actor = member.actor();
    let allowed = may_look(&state.store, actor, told.conversation).await;
    // Whoever may see the conversation no more looks at nothing, and hears no more of it.
    let away = PresenceRequest { conversation: None, typing: false, ..told };
    let told = if allowed.is_ok() { &told } else { &away };
    let presence = state.store.live().look(actor.shop, actor.member, told, state.store.clock().now());
    allowed.map(|()| Answer(presence, manner))
}

/// Only who follows the team's inbox may look at its conversations.
async fn may_look(store: &Store, actor: &Actor, conversation: Option<ConversationId>) -> Result<(), Refusal> {
    if !actor.roles.may(Deed::Answer) {
        return Err(Refusal::forbidden());
    }
    let Some(id) = conversation else { return Ok(()) };
    let found = conversations::find(&mut *store.reader().await?, actor.shop, id).await?;
    let follows = found.is_some_and(|found| Scope::of(actor).contains(&Scope::Inbox(found.team)));
    follows.then_some(()).ok_or_else(Refusal::not_found)
}

async fn on_duty(State(state): State<AppState>, member: SignedInMember) -> Result<Json<OnDuty>, Refusal> {
    member.require(Deed::Answer)?;
    let members = state.store.duty().all_on(member.actor().shop, state.store.clock().now());
    Ok(Json(OnDuty { members }))
}
