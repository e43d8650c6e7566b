//! Who else looks at the open conversation, and who is on duty. A page tells of itself while somebody can see it, and
//! forgets what it was told as soon as nobody repeats it or there is no way to the server.

use gloo_timers::callback::Timeout;
use leptos::task::spawn_local;
use qinda::model::{ConversationId, MICROS_PER_SECOND, MemberId, Micros, PageId};
use qinda::sync::{Looker, OnDuty, Presence, PresenceRequest, Present};

use super::{Desk, Link};
use crate::local::clock::page_millis;
use crate::local::http::{self, Failure};
use crate::local::{live, random, updates};
use crate::prelude::*;

const PATH: &str = "/sync/presence";
/// So long after a conversation left the page another one may come in its place, in milliseconds.
const TURNING_MILLIS: u32 = 100;
/// What was told of who is on duty holds for so long, in seconds.
const DUTY_SECONDS: i64 = 60;

/// What is known of the open conversation, and what this page tells of itself.
#[derive(Clone, Copy)]
pub(super) struct Presences {
    looker: RwSignal<Looker>,
    /// The conversation on this page, be the page in sight or not.
    shown: StoredValue<Option<ConversationId>>,
    on_duty: RwSignal<Option<(OnDuty, Micros)>>,
}

impl Presences {
    pub(super) fn new() -> Self {
        Self {
            looker: RwSignal::new(Looker::new(PageId::new(random::unix_ms(), random::bits()))),
            shown: StoredValue::new(None),
            on_duty: RwSignal::new(None),
        }
    }

    /// Nothing that was heard is shown without a way to the server.
    fn lose(self) {
        self.looker.update(Looker::lose);
        self.on_duty.set(None);
    }
}

/// A moment that only goes on, whatever the server's clock does.
fn page_now() -> Micros {
    Micros((page_millis() * 1_000.0) as i64)
}

impl Desk {
    /// Tells where this page looks for as long as it lives.
    pub(super) fn keep_presence(self) {
        effect(move || {
            self.tick.track();
            match self.link.get() {
                Link::Online => self.tell_presence(),
                Link::Connecting | Link::Offline | Link::SignedOut => self.presences.lose(),
            }
        });
        updates::on_return(move || self.tell_presence());
        updates::on_leaving(move || {
            let parting = self.presences.looker.try_update_untracked(|looker| looker.parting(page_now()));
            if let Some(told) = parting.flatten() {
                live::tell_at_parting(PATH, &told);
            }
        });
    }

    /// The conversation is on the page.
    pub(crate) fn look_at(&self, id: ConversationId) {
        self.presences.shown.set_value(Some(id));
        self.tell_presence();
    }

    /// The conversation left the page.
    pub(crate) fn look_away(&self, id: ConversationId) {
        if self.presences.shown.get_value() == Some(id) {
            self.presences.shown.set_value(None);
            // Mostly another one comes in its place, and one word tells of both, without the pause between two.
            let desk = *self;
            Timeout::new(TURNING_MILLIS, move || desk.tell_presence()).forget();
        }
    }

    /// A key was pressed in the composer.
    pub(crate) fn note_typing(&self) {
        self.presences.looker.update_untracked(|looker| looker.press(page_now()));
        self.tell_presence();
    }

    /// Nothing is in the composer any more.
    pub(crate) fn note_rest(&self) {
        self.presences.looker.update_untracked(Looker::rest);
    }

    /// Tells what is due. What does not arrive is told again with the next beat.
    fn tell_presence(&self) {
        let presences = self.presences;
        let shown = presences.shown.get_value().filter(|_| !document().hidden());
        if presences.looker.with_untracked(Looker::open) != shown {
            presences.looker.update(|looker| looker.look_at(shown));
        }
        if self.link.get_untracked() != Link::Online {
            return;
        }
        let hears = self.inner().pages.come();
        let due = presences.looker.try_update_untracked(|looker| looker.due(page_now(), hears)).flatten();
        if let Some(told) = due {
            spawn_local(self.send_presence(told));
        }
    }

    async fn send_presence(self, told: PresenceRequest) {
        match http::post_tersely::<Option<Presence>>(PATH, &told).await {
            Ok(Some(presence)) => self.presence_told(presence),
            Ok(None) => {}
            Err(Failure::Unreachable | Failure::SignedOut) => self.presences.lose(),
            Err(_) => self.presences.looker.update(Looker::forget),
        }
    }

    pub(super) fn presence_told(&self, presence: Presence) {
        if self.presences.looker.with_untracked(Looker::open) == Some(presence.conversation) {
            self.presences.looker.update(|looker| looker.hear(presence, page_now()));
        }
    }

    /// The colleagues who look at a conversation now.
    pub(crate) fn others_at(&self, id: ConversationId) -> Vec<Present> {
        self.tick.track();
        let Some(me) = self.session().map(|session| session.actor.member) else { return Vec::new() };
        self.presences.looker.with(|looker| match looker.open() {
            Some(open) if open == id => looker.others(me, page_now()),
            _ => Vec::new(),
        })
    }

    /// Asks who is on duty.
    pub(crate) fn ask_who_is_on_duty(&self) {
        let desk = *self;
        spawn_local(async move {
            if let Ok(on_duty) = http::get::<OnDuty>("/api/duty").await {
                desk.presences.on_duty.set(Some((on_duty, page_now())));
            }
        });
    }

    /// The members who are on duty, as far as this desk knows; nobody without a way to the server.
    pub(crate) fn on_duty(&self) -> Vec<MemberId> {
        self.tick.track();
        let is_fresh = |at: Micros| page_now().since(at) <= DUTY_SECONDS * MICROS_PER_SECOND;
        self.presences.on_duty.with(|told| match told {
            Some((on_duty, at)) if is_fresh(*at) => on_duty.members.clone(),
            _ => Vec::new(),
        })
    }
}
