//! Erasing a shopper who wishes to be forgotten, and the list of those who were.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::routing::{Router, get, post};
use qinda::model::{ConversationId, Deed, MemberId, Role};
use qinda::sync::{ERASURES_TOLD_MAX, ErasureTold, ErasuresAnswer, ShopperTold};

use super::AppState;
use super::errors::Refusal;
use super::session::SignedInMember;
use crate::store::erasures::{self, NamedBy};
use crate::store::{Stored, members};

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/conversations/{id}/shopper", get(show))
        .route("/api/conversations/{id}/erase-shopper", post(erase))
        .route("/api/erasures", get(list))
}

/// The conversation, if the member may erase its shopper. A supervisor has those of their team, an administrator all.
async fn named(state: &AppState, member: &SignedInMember, id: ConversationId) -> Result<NamedBy, Refusal> {
    member.require(Deed::EraseShoppers)?;
    let actor = member.actor();
    let found = erasures::named_by(&mut *state.store.reader().await?, actor.shop, id).await?;
    let sees_all = actor.roles.as_slice().contains(&Role::Admin);
    found.filter(|named| sees_all || named.team == actor.team).ok_or_else(Refusal::not_found)
}

async fn show(
    State(state): State<AppState>,
    member: SignedInMember,
    Path(id): Path<ConversationId>,
) -> Result<Json<ShopperTold>, Refusal> {
    let named = named(&state, &member, id).await?;
    Ok(Json(erasures::told(&mut *state.store.reader().await?, member.actor().shop, named).await?))
}

async fn erase(
    State(state): State<AppState>,
    member: SignedInMember,
    Path(id): Path<ConversationId>,
) -> Result<Json<ErasureTold>, Refusal> {
    named(&state, &member, id).await?;
    let (shop, by) = (member.actor().shop, member.actor().member);
    let erased = state.store.write(shop, move |work| Box::pin(erasures::erase(work, shop, id, Some(by)))).await?;
    let store = state.store.clone();
    tokio::spawn(async move { store.fold_log().await });
    erased.map(Json).ok_or_else(Refusal::not_found)
}

async fn list(State(state): State<AppState>, member: SignedInMember) -> Result<Json<ErasuresAnswer>, Refusal> {
    member.require(Deed::EraseShoppers)?;
    Ok(Json(read(&state, &member).await?))
}

async fn read(state: &AppState, member: &SignedInMember) -> Stored<ErasuresAnswer> {
    let shop = member.actor().shop;
    let mut snapshot = state.store.snapshot().await?;
    let mut erasures = erasures::latest(&mut snapshot, shop, ERASURES_TOLD_MAX + 1).await?;
    let more = erasures.len() as u64 > ERASURES_TOLD_MAX;
    erasures.truncate(usize::try_from(ERASURES_TOLD_MAX).unwrap_or(usize::MAX));
    let named: BTreeSet<MemberId> = erasures.iter().filter_map(|erasure| erasure.by).collect();
    Ok(ErasuresAnswer { members: members::cards(&mut snapshot, shop, &named).await?, erasures, more })
}
