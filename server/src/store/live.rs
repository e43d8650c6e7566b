//! Telling that something new is there. Only a hint: what is new is read from the database.

mod boards;
mod ears;
mod others;
mod outward;

use std::sync::Arc;

use qinda::model::{CustomerId, DeviceId, EpochId, MemberId, Micros, ShopId};
use qinda::sync::{Presence, PresenceRequest};
use tokio::sync::broadcast;

use super::dialect::Place;
use super::feed::ScopeHead;
use boards::Boards;
use ears::Ears;
use outward::Outward;

pub(super) use others::watch_other_writers;

/// How many events a slow listener to all shops may be behind. One that is further behind reads the heads anew.
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
    /// Somebody came to a conversation, left it, types there or types no more. For those who look at it, but for the
    /// one who told it.
    Presence {
        /// The shop.
        shop: ShopId,
        /// Who told it.
        by: MemberId,
        /// Who looks at the conversation now.
        presence: Presence,
    },
    /// The commands of a device have their verdicts up to a number. Where none of them moved a head, nothing else tells.
    Decided {
        /// The shop.
        shop: ShopId,
        /// The device.
        device: DeviceId,
        /// The life of its storage that the number belongs to.
        epoch: EpochId,
        /// The last command with a verdict.
        through: u64,
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
    ears: Ears,
    /// What the other nodes are to hear, where there can be any.
    outward: Option<Arc<Outward>>,
    boards: Boards,
}

impl Live {
    pub(super) fn new(place: &Place) -> Self {
        let outward = matches!(place, Place::Server(_)).then(Arc::default);
        Self {
            here: broadcast::Sender::new(LIVE_EVENTS_MAX),
            ears: Ears::default(),
            outward,
            boards: Boards::default(),
        }
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
            let event = Arc::new(event);
            self.ears.tell(&event);
            // Nobody listening is no failure.
            let _ = self.here.send(event);
        }
    }

    /// Takes in what a page told of where its member looks, and tells it to those who look there too, on every node.
    /// Answers who does. The caller has asked whether the member may see the conversation.
    #[must_use]
    pub fn look(&self, shop: ShopId, member: MemberId, told: &PresenceRequest, now: Micros) -> Option<Presence> {
        if !self.boards.is_hasty(shop, member, told, now) {
            self.look_here(shop, member, told, now);
            if let Some(outward) = &self.outward {
                outward.add_look(shop, member, *told);
            }
        }
        told.conversation.map(|conversation| self.boards.at(shop, conversation, now))
    }

    /// Takes it in for this node alone.
    fn look_here(&self, shop: ShopId, member: MemberId, told: &PresenceRequest, now: Micros) {
        for presence in self.boards.note(shop, member, told, now) {
            self.tell_here(LiveEvent::Presence { shop, by: member, presence });
        }
    }

    /// Tells the other nodes that a desk of the member was heard of.
    pub(super) fn tell_duty(&self, shop: ShopId, member: MemberId) {
        if let Some(outward) = &self.outward {
            outward.add_duty(shop, member);
        }
    }

    /// Hears what concerns a shop from now on. Whose session ended is told to all.
    #[must_use]
    pub fn hear_of(&self, shop: ShopId) -> broadcast::Receiver<Arc<LiveEvent>> {
        self.ears.hear(shop)
    }

    /// Hears every event from now on.
    #[must_use]
    pub fn hear(&self) -> broadcast::Receiver<Arc<LiveEvent>> {
        self.here.subscribe()
    }
}
