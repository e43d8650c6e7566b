//! Half-written replies on the member's several devices: what is written here is told once it rests, and what another
//! device has is offered.

use std::cell::Cell;

use leptos::task::spawn_local;
use qinda::model::{ConversationId, Draft};
use qinda::sync::{
    Action, DRAFT_REST_SECONDS, PullAnswer, PutDraft, RejectCode, TellDraft, Verdict, VerdictRow, offered_draft,
    tell_draft,
};

use super::{AtDesk, Desk};
use crate::local::clock::page_millis;
use crate::local::outbox::DraftOf;
use crate::prelude::*;

/// What has changed in this tab since it was told.
#[derive(Default)]
pub(super) struct Untold {
    /// The conversations with the moment of the latest key in each, in milliseconds of this page.
    since: Vec<(ConversationId, f64)>,
    /// The server is older than drafts; nothing is told to it while this page lives.
    is_unheard: Cell<bool>,
}

impl Untold {
    /// What is on the server in this device's name, and was changed here since: the page went before it could be told.
    pub(super) fn left_by_an_earlier_page(&mut self, changed: Vec<ConversationId>) {
        self.since = changed.into_iter().map(|id| (id, f64::MIN)).collect();
    }

    fn note(&mut self, id: ConversationId) {
        self.since.retain(|(known, _)| *known != id);
        self.since.push((id, page_millis()));
    }

    /// Those that rest, or all.
    fn due(&self, at_once: bool) -> Vec<ConversationId> {
        let rested = page_millis() - DRAFT_REST_SECONDS as f64 * 1_000.0;
        let due = self.since.iter().filter(|(_, last)| at_once || *last <= rested);
        due.map(|(id, _)| *id).collect()
    }
}

impl AtDesk {
    /// A half-written reply changed; another device may want to know.
    pub(super) fn note_untold(&mut self, of: DraftOf) {
        if let DraftOf::Reply(id) = of {
            self.untold.note(id);
        }
    }

    /// The conversations whose words differ from what the server has in this device's name.
    pub(super) fn changed_unseen(&self) -> Vec<ConversationId> {
        let device = self.device.counter().device;
        let mine = self.device.replica().drafts().filter(|draft| draft.device == device);
        mine.filter(|draft| draft.text != self.words(draft.conversation)).map(|draft| draft.conversation).collect()
    }

    /// Whether another device has words for a conversation that are not here.
    pub(super) fn is_offered_draft(&self, id: ConversationId) -> bool {
        let known = self.device.replica().draft(id);
        known.is_some_and(|known| {
            let (device, text) = (self.device.counter().device, self.words(id));
            // It is over by the tick that the list is drawn anew with, at the latest.
            offered_draft(self.device.replica(), device, id, text, known.at).is_some()
        })
    }

    fn words(&self, id: ConversationId) -> &str {
        self.drafts.get(&DraftOf::Reply(id)).map_or("", String::as_str)
    }
}

impl Desk {
    /// What another device of the member has half-written here that the words in the composer do not hold.
    pub(crate) fn offered_draft(&self, id: ConversationId, text: &str) -> Option<Draft> {
        self.inbox_version.track();
        let now = self.now();
        let offered = |desk: &AtDesk| {
            let device = desk.device.counter().device;
            offered_draft(desk.device.replica(), device, id, text, now).cloned()
        };
        self.with(offered).flatten()
    }

    /// The member does not want what was offered; on the device where it was written it stays.
    pub(crate) fn drop_offered(&self, offered: Draft) {
        let Some(device) = self.with(|desk| desk.device.counter().device) else { return };
        let Draft { conversation, at, .. } = offered;
        let written_at = self.inner().clock.now();
        self.put_draft(PutDraft { conversation, text: String::new(), device, over: Some(at), written_at });
    }

    /// Tells what rests; called once a second, it mostly finds nothing.
    pub(super) fn tell_rested_drafts(&self) {
        self.tell_drafts(false);
    }

    /// Tells everything, for the page may be left for another device.
    pub(crate) fn tell_drafts_at_once(&self) {
        self.tell_drafts(true);
    }

    fn tell_drafts(&self, at_once: bool) {
        let due = self.with(|desk| desk.untold.due(at_once)).unwrap_or_default();
        for id in due {
            self.tell_draft(id);
        }
    }

    fn tell_draft(&self, id: ConversationId) {
        let now = self.inner().clock.now();
        let told = self.change(|desk| {
            let device = desk.device.counter().device;
            let told = match desk.untold.is_unheard.get() {
                true => TellDraft::Told,
                false => tell_draft(desk.device.replica(), device, id, desk.words(id), now),
            };
            if told != TellDraft::Waits {
                desk.untold.since.retain(|(known, _)| *known != id);
            }
            told
        });
        if let Some(TellDraft::Put(args)) = told {
            self.put_draft(args);
        }
    }

    fn put_draft(&self, args: PutDraft) {
        let desk = *self;
        // What the device cannot keep is told with the next key; the words themselves are kept beside.
        spawn_local(async move { drop(desk.give(Action::PutDraft(args), None).await) });
    }

    /// An older server knows no drafts.
    pub(super) fn hear_of_drafts(&self, answer: &PullAnswer) {
        let is_unknown = |row: &&VerdictRow| row.verdict == Verdict::Rejected { code: RejectCode::Unknown };
        self.with(|desk| {
            let kind = |row: &VerdictRow| desk.device.queue().get(&row.n).map(|command| command.kind.as_str());
            if answer.verdicts.iter().filter(is_unknown).any(|row| kind(row) == Some("draft.put")) {
                desk.untold.is_unheard.set(true);
            }
        });
    }
}
