//! The live channel of the shopper's page. It only hints: `head` and the number of the latest message, at once, after
//! every new message, and as a sign of life.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderName};
use axum::response::IntoResponse;
use axum::response::sse::{Event, Sse};
use futures::{Stream, stream};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::{Visitor, cookie};
use crate::meters::{LiveHeld, LiveOf};
use crate::store::{LiveEvent, Store, Stored, visitors};
use crate::web::{AppState, Refusal};

/// How often the page hears that the connection lives, in seconds.
pub const VISITOR_BEAT_SECONDS: u64 = 10;

/// `GET /c/{channel}/live`.
pub(super) async fn listen(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let listener = Listener::at_door(&state, &slug, &headers).await?.ok_or_else(Refusal::not_found)?;
    let at_once = [(CACHE_CONTROL, "no-store"), (HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((at_once, Sse::new(listener.hints())))
}

/// What a listener wakes up for.
enum Woken {
    Beat,
    News,
    ForOthers,
    Over,
}

struct Listener {
    store: Store,
    visitor: Visitor,
    events: Receiver<Arc<LiveEvent>>,
    stopping: watch::Receiver<bool>,
    _held: LiveHeld,
    beat: Interval,
    head: u64,
}

impl Listener {
    async fn at_door(state: &AppState, slug: &str, headers: &HeaderMap) -> Stored<Option<Self>> {
        let visitor = Visitor::at_door(&mut *state.store.reader().await?, slug, cookie::token(headers)).await?;
        let mut beat = interval(Duration::from_secs(VISITOR_BEAT_SECONDS));
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(visitor.map(|visitor| Self {
            store: state.store.clone(),
            // Heard before the first look, which the first beat brings, so that nothing falls between the two.
            events: state.store.live().hear_of(visitor.channel.shop),
            visitor,
            stopping: state.stopping.clone(),
            _held: state.store.meters().hold_live(LiveOf::Shopper),
            beat,
            head: 0,
        }))
    }

    fn hints(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut listener| async move {
            let head = listener.next_head().await?;
            Some((Ok(Event::default().event("head").data(head.to_string())), listener))
        })
    }

    /// The next thing to tell; nothing more when the server stops or cannot read, and the page comes again.
    async fn next_head(&mut self) -> Option<u64> {
        loop {
            let told = self.head;
            let woken = self.wake().await;
            if matches!(woken, Woken::Over) {
                return None;
            }
            if !matches!(woken, Woken::ForOthers) {
                self.look().await?;
            }
            if matches!(woken, Woken::Beat) || self.head > told {
                return Some(self.head);
            }
        }
    }

    async fn wake(&mut self) -> Woken {
        let heard = tokio::select! {
            biased;
            _ = self.stopping.wait_for(|stopping| *stopping) => return Woken::Over,
            _ = self.beat.tick() => return Woken::Beat,
            heard = self.events.recv() => heard,
        };
        match heard {
            Ok(event) if !self.concerns(&event) => Woken::ForOthers,
            Ok(_) | Err(RecvError::Lagged(_)) => Woken::News,
            Err(RecvError::Closed) => Woken::Over,
        }
    }

    /// Whether it may have brought something for this shopper. Another process does not say for whom.
    fn concerns(&self, event: &LiveEvent) -> bool {
        match event {
            LiveEvent::Moved { heads, customers } if customers.is_empty() => {
                heads.iter().any(|head| head.shop == self.visitor.channel.shop)
            }
            LiveEvent::Moved { customers, .. } => {
                self.visitor.customer.is_some_and(|customer| customers.contains(&customer))
            }
            LiveEvent::Presence { .. } | LiveEvent::Decided { .. } | LiveEvent::SessionEnded { .. } => false,
        }
    }

    async fn look(&mut self) -> Option<()> {
        match self.read_head().await {
            Ok(head) => {
                self.head = head;
                Some(())
            }
            Err(error) => {
                tracing::warn!(%error, "a shopper's live channel could not be read and is closed");
                None
            }
        }
    }

    async fn read_head(&mut self) -> Stored<u64> {
        let shop = self.visitor.channel.shop;
        let mut reader = self.store.reader().await?;
        if let Some(customer) = self.visitor.customer {
            let head = visitors::head(&mut reader, shop, customer).await?;
            if head > 0 {
                return Ok(head);
            }
        }
        // Who has written nothing may have begun by now, and of whom nothing is left may have begun anew.
        self.visitor.customer = visitors::find(&mut reader, shop, &self.visitor.hash).await?;
        match self.visitor.customer {
            Some(customer) => visitors::head(&mut reader, shop, customer).await,
            None => Ok(0),
        }
    }
}
