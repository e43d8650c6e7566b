//! What becomes of half-written replies.

use super::{Changes, Facts, own_conversation};
use crate::model::{Actor, ConversationState, Draft, MESSAGE_CHARS_MAX, Micros, TextFault};
use crate::sync::{Change, PutDraft};

pub(super) fn put(args: PutDraft, actor: &Actor, facts: Facts, now: Micros) -> Changes {
    let conversation = own_conversation(actor, facts.conversation)?;
    let at = args.written_at.min(now);
    // A device that comes late with old words must not put out what was written elsewhere since.
    let is_late = |known: &Draft| known.device != args.device && args.over != Some(known.at) && known.at > at;
    if facts.draft.as_ref().is_some_and(is_late) {
        return Ok(Vec::new());
    }
    let text = draft_words(&args.text);
    if text.trim().is_empty() || conversation.state == ConversationState::Closed {
        return Ok(gone(facts.draft));
    }
    let chars = args.text.chars().count();
    if chars > MESSAGE_CHARS_MAX {
        return Err(TextFault::TooLong { field: "text", chars, max: MESSAGE_CHARS_MAX }.into());
    }
    let PutDraft { conversation, device, .. } = args;
    Ok(vec![Change::Draft(Draft { member: actor.member, conversation, text, device, at })])
}

/// What of half-written words travels: of the characters that nobody sees, breaks and tabs alone.
pub(in crate::sync) fn draft_words(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// A draft that has served its purpose.
pub(super) fn gone(draft: Option<Draft>) -> Vec<Change> {
    draft.into_iter().map(|draft| Change::DraftGone(draft.member, draft.conversation)).collect()
}
