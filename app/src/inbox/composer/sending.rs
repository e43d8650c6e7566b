//! Sending what was written, or saying why not: nothing leaves with a blank, or with words that the shop forbids.

use leptos::html::Div;
use leptos::task::spawn_local;
use qinda::model::PictureId;
use qinda::sync::ChooseAnswer;
use qinda::wording::Level;

use super::super::attachment::Attached;
use super::Editing;
use super::blanks::focus_first;
use super::taken::{Taken, Typing, words_with};
use super::wording::gravest;
use super::writing::{Refused, Writing};
use crate::desk::{Beside, Outgoing};
use crate::local::outbox::{DraftOf, Held};
use crate::prelude::*;

/// The handle.
#[derive(Clone, Copy)]
pub(super) struct Sending {
    writing: Writing,
    editing: Editing,
    attached: Attached,
    row: NodeRef<Div>,
    line: NodeRef<Div>,
    /// One at a time.
    busy: StoredValue<bool>,
    /// The held reply that is being changed.
    changed: StoredValue<Option<Held>>,
}

impl Sending {
    pub(super) fn new(
        writing: Writing,
        editing: Editing,
        attached: Attached,
        row: NodeRef<Div>,
        line: NodeRef<Div>,
    ) -> Self {
        Self { writing, editing, attached, row, line, busy: StoredValue::new(false), changed: StoredValue::new(None) }
    }

    /// Whether a held reply is being changed.
    pub(super) fn is_changing(&self) -> bool {
        self.changed.with_value(Option::is_some)
    }

    /// The words become those of a held reply.
    pub(super) fn change(&self, held: Held) {
        self.changed.set_value(Some(held));
    }

    /// The held reply stays as it is.
    pub(super) fn change_nothing(&self) {
        self.changed.set_value(None);
    }

    /// Sends what was written; says whether it went. Where it did not, the focus is where something is to be done. In a
    /// colleague's conversation it asks first.
    pub(super) fn send(self) -> bool {
        self.send_beside(None)
    }

    /// Sends what was written, in a colleague's conversation as the member said; `None` where nobody was asked.
    pub(super) fn send_beside(self, beside: Option<Beside>) -> bool {
        let words = self.writing.text.get_untracked();
        let picture = untrack(|| self.attached.get());
        let is_nothing = words.trim().is_empty() && picture.is_none();
        if is_nothing || untrack(|| self.attached.is_busy()) || self.busy.get_value() {
            return false;
        }
        if let Some(refused) = self.refused(&words) {
            self.show(refused);
            return false;
        }
        // A held reply that is changed was told of already.
        if beside.is_none() && !self.is_changing() && untrack(|| self.writing.other_owner()).is_some() {
            self.show(Refused::Owned);
            return false;
        }
        self.busy.set_value(true);
        spawn_local(self.keep(words, picture, beside.unwrap_or_default()));
        true
    }

    fn refused(&self, words: &str) -> Option<Refused> {
        let unfilled = untrack(|| self.writing.unfilled());
        if !unfilled.is_empty() {
            return Some(Refused::Unfilled(unfilled));
        }
        let findings = untrack(|| self.writing.desk.findings(words));
        let gravest = gravest(&findings)?;
        match gravest.level {
            Level::Block => Some(Refused::Blocked(gravest.words.clone())),
            Level::Warn if self.writing.reason.with_untracked(|reason| reason.trim().is_empty()) => {
                Some(Refused::NeedsReason)
            }
            // A reason that stood there before it was asked for has not been read: the second press is still due.
            Level::Warn if !self.was_asked() && !self.is_changing() => Some(Refused::NeedsReason),
            Level::Warn | Level::Hint => None,
        }
    }

    fn was_asked(&self) -> bool {
        // Whose conversation it is, is asked last.
        let asked = |refused: &Option<Refused>| matches!(refused, Some(Refused::NeedsReason | Refused::Owned));
        self.writing.refused.with_untracked(asked)
    }

    fn show(self, refused: Refused) {
        let goes_to_line = matches!(refused, Refused::Blocked(_));
        let goes_to_row = matches!(refused, Refused::Unfilled(_));
        self.writing.refused.set(Some(refused));
        request_animation_frame(move || {
            if goes_to_row {
                focus_first(self.row);
            }
            if let Some(line) = self.line.get_untracked().filter(|_| goes_to_line) {
                let _ = line.focus();
            }
        });
    }

    async fn keep(self, words: String, picture: Option<PictureId>, beside: Beside) {
        let Self { writing, editing, .. } = self;
        let held = self.changed.get_value();
        let taken = writing.taken.get_untracked();
        let next = taken.as_ref().and_then(|taken| taken.next(&writing.facts()));
        let reason = writing.reason.get_untracked().trim().to_owned();
        let kept = match held.clone() {
            Some(held) => writing.desk.send_anyway(held, words.clone(), picture, Some(reason)).await,
            None => {
                let outgoing = self.outgoing(words.clone(), reason, taken.as_ref(), next.as_ref());
                writing.desk.send(writing.id, Outgoing { picture, beside, ..outgoing }).await
            }
        };
        self.busy.try_set_value(false);
        if let Err(why) = kept {
            writing.refused.try_set(Some(Refused::NotKept(why)));
            return;
        }
        self.changed.try_set_value(None);
        editing.try_set(None);
        self.attached.sent(picture);
        writing.typing.try_set_value(Typing::default());
        writing.refused.try_set(None);
        writing.reason.try_set(String::new());
        // Whoever types on while the disk writes keeps what came after.
        let now = writing.text.try_get_untracked().unwrap_or_default();
        let typed_on = now.strip_prefix(words.as_str()).unwrap_or(&now).to_owned();
        let next = next.filter(|_| held.is_none());
        let rest = next.as_ref().map_or_else(|| typed_on.clone(), |next| words_with(&typed_on, None, &next.words));
        if !typed_on.is_empty() || held.is_some() {
            writing.desk.set_draft(DraftOf::Reply(writing.id), rest.clone());
        }
        if held.is_some() {
            writing.desk.set_draft(DraftOf::Taken(writing.id), String::new());
        }
        writing.taken.try_set(next);
        writing.text.try_set(rest);
    }

    fn outgoing(&self, text: String, reason: String, taken: Option<&Taken>, next: Option<&Taken>) -> Outgoing {
        let id = self.writing.id;
        let tell = |taken: &Taken| {
            let text = taken.asked.clone()?;
            Some(ChooseAnswer { entry: taken.entry?, text, how: taken.how, conversation: Some(id) })
        };
        Outgoing {
            picture: None,
            beside: Beside::Nobody,
            reason,
            composed: self.writing.typing.get_value().composed(taken),
            choice: taken.and_then(tell),
            drafts: vec![
                (DraftOf::Reply(id), next.map(|next| next.words.clone()).unwrap_or_default()),
                (DraftOf::Taken(id), next.map(Taken::to_draft).unwrap_or_default()),
            ],
            text,
        }
    }
}
