//! What is being written: the words, what they were taken from, and the field in which they stand.

use leptos::html::Textarea;
use qinda::blanks::blanks;
use qinda::model::{ConversationId, MemberId};

use super::taken::{Taken, Typing};
use crate::desk::{Desk, Facts};
use crate::frame::hand::Hand;
use crate::local::outbox::DraftOf;
use crate::prelude::*;
use crate::words::Lang;

/// The handle that the composer's parts share.
#[derive(Clone, Copy)]
pub(super) struct Writing {
    pub(super) id: ConversationId,
    pub(super) desk: Desk,
    pub(super) hand: Hand,
    pub(super) field: NodeRef<Textarea>,
    pub(super) text: RwSignal<String>,
    pub(super) taken: RwSignal<Option<Taken>>,
    pub(super) typing: StoredValue<Typing>,
    /// Why the words were not sent, until they change.
    pub(super) refused: RwSignal<Option<Refused>>,
    /// Why they are sent although the wording check warns.
    pub(super) reason: RwSignal<String>,
}

/// Why the composer does not send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// These blanks are not filled.
    Unfilled(Vec<String>),
    /// These words may not be sent.
    Blocked(String),
    /// A reason is asked for.
    NeedsReason,
    /// The conversation is a colleague's, and nobody has said what to do about that.
    Owned,
    /// The device could not keep it.
    NotKept(crate::desk::CannotKeep),
}

impl Writing {
    /// The colleague whose conversation it is.
    pub(super) fn other_owner(&self) -> Option<MemberId> {
        self.desk.other_owner(self.id)
    }

    /// What was being written before this page was opened.
    pub(super) fn begin(id: ConversationId, desk: Desk, hand: Hand) -> Self {
        let text = desk.draft(DraftOf::Reply(id));
        let taken = Taken::of_draft(&desk.draft(DraftOf::Taken(id))).filter(|_| !text.is_empty());
        Self {
            id,
            desk,
            hand,
            field: NodeRef::new(),
            text: RwSignal::new(text),
            taken: RwSignal::new(taken),
            typing: StoredValue::new(Typing::default()),
            refused: RwSignal::new(None),
            reason: RwSignal::new(String::new()),
        }
    }

    /// Puts words into the composer and keeps them on the device. With the last word goes what they were taken from.
    pub(super) fn write(&self, words: String) {
        self.refused.set(None);
        if words.is_empty() {
            self.set_taken(None);
            self.reason.set(String::new());
        }
        self.desk.set_draft(DraftOf::Reply(self.id), words.clone());
        self.text.set(words);
    }

    /// Puts words into the composer that an answer gave, not the agent: they still give way to the next answer.
    pub(super) fn write_filled(&self, words: String) {
        let untouched = self.text.with_untracked(|text| {
            self.taken.with_untracked(|taken| taken.as_ref().is_some_and(|taken| taken.words == *text))
        });
        if untouched {
            let taken = self.taken.get_untracked();
            self.set_taken(taken.map(|taken| Taken { words: words.clone(), ..taken }));
        }
        self.write(words);
    }

    /// Notes what the words were taken from.
    pub(super) fn set_taken(&self, taken: Option<Taken>) {
        if self.taken.with_untracked(|old| *old == taken) {
            return;
        }
        let draft = taken.as_ref().map(Taken::to_draft).unwrap_or_default();
        self.desk.set_draft(DraftOf::Taken(self.id), draft);
        self.taken.set(taken);
    }

    /// What the desk knows to fill blanks with.
    pub(super) fn facts(&self) -> Facts {
        untrack(|| {
            let now = self.hand.local(self.desk.now());
            // Shoppers read it, whatever the language of the screen.
            self.desk.facts(self.id, now.short_date(Lang::Zh))
        })
    }

    /// The names of the blanks that nobody filled, each once.
    pub(super) fn unfilled(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for blank in self.text.with(|text| blanks(text)) {
            if !names.contains(&blank.name) {
                names.push(blank.name);
            }
        }
        names
    }

    /// Puts the focus at the end of the words, once they are on the page.
    pub(super) fn focus_soon(self) {
        request_animation_frame(move || {
            let end = self.field.get_untracked().map_or(0, |field| utf16(&field.value()));
            self.select(end, end);
        });
    }

    /// Selects the next blank after the cursor, from the top again after the last; says whether there is one.
    pub(super) fn select_next_blank(&self) -> bool {
        let Some(field) = self.field.get_untracked() else { return false };
        let text = self.text.get_untracked();
        let cursor = field.selection_end().ok().flatten().unwrap_or(0);
        let spans: Vec<(u32, u32)> =
            blanks(&text).iter().map(|blank| (offset(&text, blank.at.start), offset(&text, blank.at.end))).collect();
        let next = spans.iter().find(|(from, _)| *from >= cursor).or_else(|| spans.first());
        if let Some((from, to)) = next {
            self.select(*from, *to);
        }
        next.is_some()
    }

    fn select(&self, from: u32, to: u32) {
        if let Some(field) = self.field.get_untracked() {
            // A field in the page takes the focus.
            let _ = field.focus();
            let _ = field.set_selection_range(from, to);
        }
    }
}

/// Browsers count UTF-16 units, the core counts characters.
fn offset(text: &str, chars: usize) -> u32 {
    let end = text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
    utf16(&text[..end])
}

fn utf16(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}
