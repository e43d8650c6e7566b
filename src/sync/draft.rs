//! When a device tells what is half-written on it, and when it offers what is half-written on another one.

use super::decide::draft_words;
use super::{Action, PutDraft, Replica};
use crate::model::{ConversationId, ConversationState, DeviceId, Draft, MESSAGE_CHARS_MAX, Micros};

/// Words rest for so long before the other devices are told of them.
pub const DRAFT_REST_SECONDS: i64 = 5;

/// What a device does with the words that stand in a composer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TellDraft {
    /// They are told already, or concern nobody else.
    Told,
    /// Not now: earlier words are still under way, or it is undecided what becomes of another device's.
    Waits,
    /// This is to be queued.
    Put(PutDraft),
}

/// What another device of the member has in a conversation that is not among the words that stand here.
#[must_use]
pub fn offered_draft<'r>(
    replica: &'r Replica,
    device: DeviceId,
    conversation: ConversationId,
    text: &str,
    now: Micros,
) -> Option<&'r Draft> {
    let draft = replica.draft(conversation)?;
    let is_new = draft.device != device && !draft.is_over(now) && !text.contains(draft.text.trim());
    (is_new && is_open(replica, conversation)).then_some(draft)
}

/// What is to be told of the words that stand in a conversation's composer. A conversation has one draft under way at most,
/// so that a day without a network queues one and not thousands.
#[must_use]
pub fn tell_draft(
    replica: &Replica,
    device: DeviceId,
    conversation: ConversationId,
    text: &str,
    now: Micros,
) -> TellDraft {
    let is_of_it = |action: &Action| matches!(action, Action::PutDraft(args) if args.conversation == conversation);
    if replica.pending().iter().any(|pending| is_of_it(&pending.action)) {
        return TellDraft::Waits;
    }
    if !is_open(replica, conversation) || text.chars().count() > MESSAGE_CHARS_MAX {
        return TellDraft::Told;
    }
    if offered_draft(replica, device, conversation, text, now).is_some() {
        return TellDraft::Waits;
    }
    let known = replica.draft(conversation);
    // What does not travel is never known, and would be told for ever.
    let words = draft_words(text);
    let is_known = match known {
        Some(known) => known.device == device && known.text == words,
        None => words.trim().is_empty(),
    };
    if is_known {
        return TellDraft::Told;
    }
    let over = known.map(|known| known.at);
    TellDraft::Put(PutDraft { conversation, text: text.to_owned(), device, over, written_at: now })
}

fn is_open(replica: &Replica, conversation: ConversationId) -> bool {
    replica.conversation(conversation).is_some_and(|known| known.state == ConversationState::Open)
}

#[cfg(test)]
mod tests;
