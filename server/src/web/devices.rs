//! The devices of a member, and of the shop for those who manage them; cutting one off.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{Router, get, post};
use qinda::model::{Deed, DeviceId, DeviceKind, ShopId};
use qinda::sync::DevicesAnswer;
use serde::Deserialize;

use super::AppState;
use super::errors::Refusal;
use super::session::SignedInMember;
use crate::store::devices::{self, Contact, DeviceStanding};
use crate::store::{LiveEvent, Store};

/// The longest user agent that is looked at, in bytes.
const USER_AGENT_BYTES_MAX: usize = 512;

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/devices", get(list)).route("/api/devices/{id}/cut-off", post(cut_off))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    of: Of,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Of {
    #[default]
    Me,
    Shop,
}

async fn list(
    State(state): State<AppState>,
    member: SignedInMember,
    Query(asked): Query<Asked>,
) -> Result<Json<DevicesAnswer>, Refusal> {
    let actor = member.actor();
    let of = match asked.of {
        Of::Me => Some(actor.member),
        Of::Shop => {
            member.require(Deed::ManageDevices)?;
            None
        }
    };
    let now = state.store.clock().now();
    let listed = devices::list(&mut *state.store.reader().await?, actor.shop, of, now).await?;
    Ok(Json(DevicesAnswer { here: member.0.device, ..listed }))
}

async fn cut_off(
    State(state): State<AppState>,
    member: SignedInMember,
    Path(device): Path<DeviceId>,
) -> Result<StatusCode, Refusal> {
    let (shop, by) = (member.actor().shop, member.actor().member);
    let owner = devices::owner(&mut *state.store.reader().await?, shop, device).await?;
    if owner.ok_or_else(Refusal::not_found)? != by {
        member.require(Deed::ManageDevices)?;
    }
    let over = state.store.write(shop, move |work| Box::pin(devices::cut_off(work, shop, device, by))).await?;
    for token_hash in over {
        state.store.live().tell(LiveEvent::SessionEnded { token_hash });
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a member's device go on that may, and notes that it was heard of.
///
/// # Errors
/// When it belongs to somebody else or was cut off, or a session cannot be tied to it.
pub async fn let_in(
    store: &Store,
    member: &SignedInMember,
    headers: &HeaderMap,
    device: DeviceId,
    standing: DeviceStanding,
) -> Result<(), Refusal> {
    let shop = member.actor().shop;
    let is_tied = member.0.device == Some(device);
    let standing = match standing {
        DeviceStanding::Yours(at) if is_tied && !devices::is_to_be_noted(at, store.clock().now()) => return Ok(()),
        DeviceStanding::Nobodys | DeviceStanding::Yours(_) => {
            let (actor, kind) = (member.actor().clone(), kind(headers));
            let contact = Contact { device, kind, token_hash: member.0.token_hash.clone() };
            let noted = store.write(shop, move |work| Box::pin(devices::heard_of(work, actor, contact))).await;
            match noted {
                Ok(standing) => standing,
                // A session that is not tied to its device could not be ended with it.
                Err(error) if !is_tied => return Err(error.into()),
                Err(error) => {
                    tracing::warn!(%error, "that a device was heard of could not be written down");
                    return Ok(());
                }
            }
        }
        refused => refused,
    };
    match standing {
        DeviceStanding::Nobodys | DeviceStanding::Yours(_) => Ok(()),
        DeviceStanding::Others => Err(Refusal::not_your_device()),
        DeviceStanding::CutOff { told } => Err(to_wipe(store, shop, device, told).await),
    }
}

/// What a device is told that was cut off. That it was told is noted, but it is told in any case.
pub async fn to_wipe(store: &Store, shop: ShopId, device: DeviceId, told: bool) -> Refusal {
    if !told {
        let noted = store.write(shop, move |work| Box::pin(devices::told(work, shop, device))).await;
        if let Err(error) = noted {
            tracing::warn!(%error, "that a device was told to wipe could not be written down");
        }
    }
    Refusal::cut_off()
}

fn kind(headers: &HeaderMap) -> DeviceKind {
    let told = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    DeviceKind::of_user_agent(told.get(..USER_AGENT_BYTES_MAX).unwrap_or(told))
}
