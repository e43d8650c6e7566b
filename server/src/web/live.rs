//! `GET /sync/live`: tells a desk where the heads of its scopes are, so that it pulls at once. Only a hint: a desk that
//! misses one finds out with the next beat.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, Sse};
use axum::routing::{Router, get};
use futures::Stream;
use qinda::model::{MemberId, ShopId};
use qinda::sync::{Heads, Presence, Scope};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{Interval, MissedTickBehavior};

use super::AppState;
use super::errors::Refusal;
use super::session::{self, SignedInMember};
use crate::store::sessions::Session;
use crate::store::{self, LiveEvent, Store, Stored};

/// How often the heads are told although nothing moved, in seconds. Each beat also asks whether the session goes on.
pub const LIVE_BEAT_SECONDS: u64 = 10;

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/sync/live", get(live))
}

async fn live(
    State(state): State<AppState>,
    member: SignedInMember,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let listener = Listener::begin(&state, member.0);
    Ok(Sse::new(futures::stream::unfold(listener, Listener::next)))
}

struct Listener {
    store: Store,
    session: Session,
    events: broadcast::Receiver<Arc<LiveEvent>>,
    stopping: watch::Receiver<bool>,
    beat: Interval,
    heads: BTreeMap<Scope, u64>,
}

/// What a listener wakes up for.
enum Woken {
    Beat,
    Missed,
    Heard(Arc<LiveEvent>),
    Over,
}

impl Listener {
    fn begin(state: &AppState, session: Session) -> Self {
        let mut beat = tokio::time::interval(Duration::from_secs(LIVE_BEAT_SECONDS));
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Listening begins before the heads are read, so nothing falls in between. The first beat comes at once.
        let events = state.store.live().hear_of(session.signed_in.actor.shop);
        let stopping = state.stopping.clone();
        Self { store: state.store.clone(), session, events, stopping, beat, heads: BTreeMap::new() }
    }

    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            let news = match self.wake().await {
                Woken::Over => return None,
                // Apart, because a listener waits nearly all the time: what reading needs would be held for each.
                Woken::Beat | Woken::Missed => Box::pin(self.look()).await?,
                Woken::Heard(event) => match &*event {
                    LiveEvent::Presence { shop, by, presence } => {
                        if !self.looks_at(*shop, *by, presence) {
                            continue;
                        }
                        let event = Event::default().event("presence").json_data(presence).ok()?;
                        return Some((Ok(event), self));
                    }
                    event => self.hear(event)?,
                },
            };
            if news {
                let heads = Heads { at: self.store.clock().now(), heads: self.heads.clone() };
                let event = Event::default().event("heads").json_data(heads).ok()?;
                return Some((Ok(event), self));
            }
        }
    }

    async fn wake(&mut self) -> Woken {
        tokio::select! {
            biased;
            _ = self.stopping.wait_for(|stopping| *stopping) => Woken::Over,
            heard = self.events.recv() => match heard {
                Ok(event) => Woken::Heard(event),
                Err(RecvError::Lagged(_)) => Woken::Missed,
                Err(RecvError::Closed) => Woken::Over,
            },
            _ = self.beat.tick() => Woken::Beat,
        }
    }

    /// Reads the session and the heads anew. `None` when the session has ended.
    async fn look(&mut self) -> Option<bool> {
        match self.read().await {
            Ok(Some(heads)) => self.heads = heads,
            Ok(None) => return None,
            Err(error) => tracing::warn!(%error, "the live channel could not read the heads"),
        }
        Some(true)
    }

    async fn read(&mut self) -> Stored<Option<BTreeMap<Scope, u64>>> {
        let Some(session) = session::find(&self.store, &self.session.token_hash).await? else { return Ok(None) };
        self.session = session;
        self.note_duty();
        let actor = &self.session.signed_in.actor;
        let mut reader = self.store.reader().await?;
        store::heads(&mut reader, actor.shop, &Scope::of(actor)).await.map(Some)
    }

    fn note_duty(&self) {
        let actor = &self.session.signed_in.actor;
        self.store.heard_of(actor.shop, actor.member);
    }

    /// Whether it is about a conversation that the member looks at, and told by somebody else. To look at it is allowed
    /// only to those who may see it.
    fn looks_at(&self, shop: ShopId, by: MemberId, presence: &Presence) -> bool {
        let actor = &self.session.signed_in.actor;
        actor.shop == shop && actor.member != by && presence.has(actor.member)
    }

    /// Takes an event in, and says whether it is news for this desk. `None` when it ends the session.
    fn hear(&mut self, event: &LiveEvent) -> Option<bool> {
        match event {
            LiveEvent::Presence { .. } => Some(false),
            LiveEvent::SessionEnded { token_hash } => (*token_hash != self.session.token_hash).then_some(false),
            LiveEvent::Moved { heads, .. } => {
                let shop = self.session.signed_in.actor.shop;
                let mut news = false;
                for moved in heads.iter().filter(|moved| moved.shop == shop) {
                    if let Some(head) = self.heads.get_mut(&moved.scope)
                        && *head < moved.head
                    {
                        *head = moved.head;
                        news = true;
                    }
                }
                Some(news)
            }
        }
    }
}
