//! What a desk that listens would be answered if it pulled now.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use qinda::model::{DeviceId, EpochId};
use qinda::sync::{Asked, LIVE_ASKS_BYTES_MAX, LivePage, PullRequest, Scope};
use serde::Deserialize;

use crate::store::devices::{self, DeviceStanding};
use crate::store::sessions::Session;
use crate::store::{self, Store, Stored};
use crate::web::errors::Refusal;
use crate::web::sync::require_protocol;

#[derive(Deserialize)]
struct Opening {
    asks: Option<String>,
}

/// The request in the address of the channel, if there is one: an older desk listens without.
///
/// # Errors
/// When it is too long, does not read, or is of another version.
pub fn asked_for(address: &Uri) -> Result<Option<PullRequest>, Refusal> {
    // Encoded, each byte takes three.
    if address.path_and_query().map_or(0, |whole: &PathAndQuery| whole.as_str().len()) > LIVE_ASKS_BYTES_MAX * 3 {
        return Err(Refusal::too_large());
    }
    let Query(Opening { asks }) = Query::try_from_uri(address).map_err(|_| Refusal::malformed())?;
    let Some(text) = asks else { return Ok(None) };
    if text.len() > LIVE_ASKS_BYTES_MAX {
        return Err(Refusal::too_large());
    }
    let request: PullRequest = serde_json::from_str(&text).map_err(|_| Refusal::malformed())?;
    require_protocol(request.protocol)?;
    Ok(Some(request))
}

/// How far a desk is that listens.
pub struct Pages {
    device: DeviceId,
    asked: Asked,
}

/// What there is to tell.
pub enum News {
    /// Nothing that the desk does not have.
    Nothing,
    /// A page.
    Page(Box<LivePage>),
    /// More than comes unasked, or something that only a pull can answer; with the heads, where they were read.
    ToPull(Option<BTreeMap<Scope, u64>>),
}

impl Pages {
    /// `None` for a desk that is still reading older rows.
    pub fn of(request: &PullRequest) -> Option<Self> {
        Some(Self { device: request.device, asked: Asked::of(request)? })
    }

    /// How far the desk is, as far as the server knows.
    pub const fn asked(&self) -> &Asked {
        &self.asked
    }

    /// Whether there are verdicts that the desk has not been told.
    pub fn lacks_verdicts(&self, device: DeviceId, epoch: EpochId, through: u64) -> bool {
        self.device == device && self.asked.epoch == epoch && self.asked.verdicts_after < through
    }

    /// Answers as if the desk pulled, and goes on from there as it will.
    pub async fn next(&mut self, store: &Store, session: &Session) -> Stored<News> {
        let signed_in = &session.signed_in;
        let standing = devices::standing(&mut *store.reader().await?, &signed_in.actor, self.device).await?;
        // A pull is told why not.
        if !matches!(standing, DeviceStanding::Yours(_)) || session.device != Some(self.device) {
            return Ok(News::ToPull(None));
        }
        let request = self.asked.request(self.device);
        let who = (signed_in.actor.clone(), signed_in.me.clone());
        let answer = store::pull_unasked(store.snapshot().await?, who, &request, store.clock().now()).await?;
        if store::is_set_back(&request, &answer) {
            return Ok(News::ToPull(None));
        }
        let before = self.asked.clone();
        self.asked.follow(&answer);
        if self.asked == before {
            return Ok(News::Nothing);
        }
        let page = LivePage::new(before, answer);
        Ok(page.map_or_else(|| News::ToPull(Some(self.asked.heads())), |page| News::Page(Box::new(page))))
    }
}
