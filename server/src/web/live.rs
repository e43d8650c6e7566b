//! `GET /sync/live`: tells a desk what is new. To one that said how far it is, the channel brings the very page that a pull
//! would be answered; to others, and where that is more than comes unasked, where the heads of its scopes are, so that it
//! pulls at once. A desk that misses something finds out with the next beat.

mod packing;
mod pages;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;
use axum::routing::{Router, get};
use qinda::model::{MemberId, ShopId};
use qinda::sync::{Beat, Heads, Presence, Scope};
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{Interval, MissedTickBehavior};

use super::AppState;
use super::devices;
use super::errors::Refusal;
use super::session::{self, SignedInMember};
use crate::meters::{LiveHeld, LiveOf};
use crate::store::sessions::Session;
use crate::store::{self, LiveEvent, Store, Stored};
use packing::Packing;
use pages::{News, Pages};

/// How often the heads are told although nothing moved, in seconds. Each beat also asks whether the session goes on.
pub const LIVE_BEAT_SECONDS: u64 = 10;
/// After so many beats without news a packed channel no longer keeps what it said.
const QUIET_BEATS_MAX: u32 = 30;

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/sync/live", get(live))
}

async fn live(
    State(state): State<AppState>,
    member: SignedInMember,
    headers: HeaderMap,
    address: Uri,
) -> Result<Response, Refusal> {
    let asks = pages::asked_for(&address)?;
    if let Some(request) = &asks {
        let device = request.device;
        let standing = store::devices::standing(&mut *state.store.reader().await?, member.actor(), device).await?;
        devices::let_in(&state.store, &member, &headers, device, standing).await?;
    }
    // Only what has a context gets smaller, and only pages are worth its room.
    let is_packed = asks.is_some() && takes_gzip(&headers);
    // On the heap once, and not in each of the futures that pass it on.
    let listener = Box::new(Listener::begin(&state, member.0, asks.as_ref().and_then(Pages::of), is_packed));
    let mut response = Response::new(Body::from_stream(futures::stream::unfold(Some(listener), Listener::next)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    if is_packed {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}

/// Whether a browser takes what is packed by gzip.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let told = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    told.flat_map(|codings| codings.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let is_refused = weight.trim().strip_prefix("q=").is_some_and(|weight| weight.parse() == Ok(0.0_f32));
        name.trim().eq_ignore_ascii_case("gzip") && !is_refused
    })
}

struct Listener {
    store: Store,
    session: Session,
    events: broadcast::Receiver<Arc<LiveEvent>>,
    stopping: watch::Receiver<bool>,
    _held: LiveHeld,
    beat: Interval,
    heads: BTreeMap<Scope, u64>,
    /// How far the desk is, if it said so.
    pages: Option<Box<Pages>>,
    packing: Option<Box<Packing>>,
    /// Beats since there was something new.
    quiet_beats: u32,
}

/// What a listener wakes up for.
enum Woken {
    Beat,
    Missed,
    Heard(Arc<LiveEvent>),
    Over,
}

impl Listener {
    fn begin(state: &AppState, session: Session, pages: Option<Pages>, is_packed: bool) -> Self {
        let mut beat = tokio::time::interval(Duration::from_secs(LIVE_BEAT_SECONDS));
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Listening begins before the heads are read, so nothing falls in between. The first beat comes at once.
        let events = state.store.live().hear_of(session.signed_in.actor.shop);
        Self {
            store: state.store.clone(),
            session,
            events,
            stopping: state.stopping.clone(),
            _held: state.store.meters().hold_live(LiveOf::Desk),
            beat,
            heads: BTreeMap::new(),
            pages: pages.map(Box::new),
            packing: is_packed.then(Box::default),
            quiet_beats: 0,
        }
    }

    /// The next bytes of the channel, until its last.
    async fn next(listener: Option<Box<Self>>) -> Option<(Result<Bytes, Infallible>, Option<Box<Self>>)> {
        let mut listener = listener?;
        match listener.listen().await {
            Some(event) => {
                let bytes = match &mut listener.packing {
                    Some(packing) => packing.pack(event.as_bytes()),
                    None => event.into_bytes(),
                };
                Some((Ok(bytes.into()), Some(listener)))
            }
            None => listener.packing.map(|packing| (Ok(packing.end().into()), None)),
        }
    }

    /// Waits for something to tell. `None` when there is nobody to tell it to any more.
    async fn listen(&mut self) -> Option<String> {
        loop {
            let told = match self.wake().await {
                Woken::Over => return None,
                // Apart, because a listener waits nearly all the time: what reading needs would be held for each.
                Woken::Beat | Woken::Missed => Box::pin(self.look()).await?,
                Woken::Heard(event) => match &*event {
                    LiveEvent::Presence { shop, by, presence } if self.looks_at(*shop, *by, presence) => {
                        event_of("presence", presence)
                    }
                    LiveEvent::Presence { .. } => None,
                    event => {
                        if !self.hear(event)? {
                            None
                        } else if self.pages.is_some() {
                            Box::pin(self.bring()).await?
                        } else {
                            self.heads_told()
                        }
                    }
                },
            };
            if told.is_some() {
                return told;
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

    /// Reads the session and the heads anew, and says what to tell. `None` when the session has ended.
    async fn look(&mut self) -> Option<Option<String>> {
        match self.read().await {
            Ok(Some(heads)) => self.heads = heads,
            Ok(None) => return None,
            Err(error) => {
                tracing::warn!(%error, "the live channel could not read the heads");
                return Some(self.heads_told());
            }
        }
        let Some(pages) = &self.pages else { return Some(self.heads_told()) };
        if !pages.asked().is_at(&self.heads) {
            return self.bring().await;
        }
        self.quiet_beats = self.quiet_beats.saturating_add(1);
        if self.quiet_beats >= QUIET_BEATS_MAX
            && let Some(packing) = &mut self.packing
        {
            packing.forget();
        }
        Some(event_of("beat", &Beat::at(&self.heads)))
    }

    async fn read(&mut self) -> Stored<Option<BTreeMap<Scope, u64>>> {
        if !self.goes_on().await? {
            return Ok(None);
        }
        self.note_duty();
        let actor = &self.session.signed_in.actor;
        let mut reader = self.store.reader().await?;
        store::heads(&mut reader, actor.shop, &Scope::of(actor)).await.map(Some)
    }

    /// Reads the session anew, with the roles of this moment.
    async fn goes_on(&mut self) -> Stored<bool> {
        let session = session::find(&self.store, &self.session.token_hash).await?;
        let goes_on = session.is_some();
        if let Some(session) = session {
            self.session = session;
        }
        Ok(goes_on)
    }

    /// What a pull would bring now. `None` when the session has ended.
    async fn bring(&mut self) -> Option<Option<String>> {
        let news = match self.news().await {
            Ok(news) => news?,
            Err(error) => {
                tracing::warn!(%error, "the live channel could not read a page");
                News::ToPull(None)
            }
        };
        self.quiet_beats = 0;
        Some(match news {
            News::Nothing => None,
            News::ToPull(heads) => {
                self.heads = heads.unwrap_or_else(|| std::mem::take(&mut self.heads));
                self.heads_told()
            }
            News::Page(page) => {
                self.heads = page.heads();
                event_of("page", &page)
            }
        })
    }

    async fn news(&mut self) -> Stored<Option<News>> {
        if !self.goes_on().await? {
            return Ok(None);
        }
        match &mut self.pages {
            Some(pages) => pages.next(&self.store, &self.session).await.map(Some),
            None => Ok(Some(News::ToPull(None))),
        }
    }

    fn heads_told(&self) -> Option<String> {
        event_of("heads", &Heads { at: self.store.clock().now(), heads: self.heads.clone() })
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
            LiveEvent::Decided { device, epoch, through, .. } => {
                Some(self.pages.as_ref().is_some_and(|pages| pages.lacks_verdicts(*device, *epoch, *through)))
            }
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

/// A server-sent event.
fn event_of(name: &str, data: &impl Serialize) -> Option<String> {
    Some(format!("event: {name}\ndata: {}\n\n", serde_json::to_string(data).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_packed_for_who_takes_gzip() {
        let takes = |told: &str| takes_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, told.parse().unwrap())]));
        assert!(takes("gzip, deflate, br, zstd") && takes("br;q=1, GZIP;q=0.5"));
        assert!(!takes("") && !takes("identity") && !takes("gzip;q=0, br") && !takes("gzip; q=0.0"));
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
