//! Telling that something new is there. Only a hint: what is new is read from the database.

mod others;
mod outward;

use std::sync::Arc;

use qinda::model::CustomerId;
use tokio::sync::broadcast;

use super::dialect::Place;
use super::feed::ScopeHead;
use outward::Outward;

pub(super) use others::watch_other_writers;

/// How many events a slow listener may be behind. One that is further behind reads the heads anew.
pub const LIVE_EVENTS_MAX: usize = 1_024;

/// Something happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LiveEvent {
    /// A commit moved these heads, and these shoppers have something new to read.
    Moved {
        /// The heads.
        heads: Vec<ScopeHead>,
        /// The shoppers. When none is named, it may be any of the shops whose heads moved.
        customers: Vec<CustomerId>,
    },
    /// A session ended; its streams end too.
    SessionEnded {
        /// The hash of its token.
        token_hash: String,
    },
}

impl LiveEvent {
    fn is_nothing(&self) -> bool {
        matches!(self, Self::Moved { heads, .. } if heads.is_empty())
    }
}

/// Where events are told and heard.
#[derive(Clone)]
pub struct Live {
    here: broadcast::Sender<Arc<LiveEvent>>,
    /// What the other nodes are to hear, where there can be any.
    outward: Option<Arc<Outward>>,
}

impl Live {
    pub(super) fn new(place: &Place) -> Self {
        let outward = matches!(place, Place::Server(_)).then(Arc::default);
        Self { here: broadcast::Sender::new(LIVE_EVENTS_MAX), outward }
    }

    /// Tells an event to everybody who listens, on the other nodes too.
    pub fn tell(&self, event: LiveEvent) {
        if event.is_nothing() {
            return;
        }
        if let Some(outward) = &self.outward {
            outward.add(&event);
        }
        self.tell_here(event);
    }

    /// Tells an event to everybody who listens on this node.
    fn tell_here(&self, event: LiveEvent) {
        if !event.is_nothing() {
            // Nobody listening is no failure.
            let _ = self.here.send(Arc::new(event));
        }
    }

    /// Hears every event from now on.
    #[must_use]
    pub fn hear(&self) -> broadcast::Receiver<Arc<LiveEvent>> {
        self.here.subscribe()
    }
}
