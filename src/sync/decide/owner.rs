//! Whose a conversation is: taking it, handing it over, and who knows a shopper that comes back.

use super::{Changes, Facts, Refused, not_erased, own_conversation, require};
use crate::model::{
    Actor, Conversation, ConversationState, Deed, Handover, MICROS_PER_SECOND, MemberId, Micros, NOTE_CHARS_MAX,
    TextFault, Whisper, checked_text,
};
use crate::sync::command::{TakeConversation, TransferConversation, WhisperTo};
use crate::sync::{Change, RejectCode};
use crate::timing::What;

/// For so long after a conversation was closed its agent knows the shopper: customer service counts on three days.
pub const KNOWS_SHOPPER_SECONDS: i64 = 3 * 24 * 3600;

/// Whether the agent of a conversation that was closed then still knows its shopper.
#[must_use]
pub fn knows_shopper(closed_at: Micros, now: Micros) -> bool {
    now.since(closed_at) <= KNOWS_SHOPPER_SECONDS * MICROS_PER_SECOND
}

pub(super) fn take(args: &TakeConversation, actor: &Actor, facts: Facts) -> Changes {
    let mut conversation = own_conversation(actor, facts.conversation)?;
    not_erased(&conversation)?;
    if conversation.owner == Some(actor.member) {
        return Ok(Vec::new());
    }
    if conversation.owner != args.owner_seen {
        return Err(Refused::Rejected(RejectCode::Conflict));
    }
    conversation.owner = Some(actor.member);
    conversation.handover = None;
    conversation.version += 1;
    Ok(vec![Change::Conversation(conversation)])
}

pub(super) fn transfer(args: &TransferConversation, actor: &Actor, facts: Facts, now: Micros) -> Changes {
    let mut conversation = own_conversation(actor, facts.conversation)?;
    not_erased(&conversation)?;
    let note = checked_note(&args.note)?;
    let stands = |handover: &Handover| (handover.by, handover.to, &handover.note) == (actor.member, args.to, &note);
    if conversation.owner == Some(args.to) && conversation.handover.as_ref().is_some_and(stands) {
        return Ok(Vec::new());
    }
    if conversation.owner != args.owner_seen || conversation.state == ConversationState::Closed {
        return Err(Refused::Rejected(RejectCode::Conflict));
    }
    if facts.receiver_team != Some(conversation.team) || args.to == actor.member {
        return Err(Refused::Rejected(RejectCode::Invalid));
    }
    conversation.owner = Some(args.to);
    conversation.handover = Some(Handover { by: actor.member, to: args.to, note, at: now });
    conversation.version += 1;
    Ok(vec![Change::Conversation(conversation)])
}

/// Only a supervisor whispers. Whoever holds the conversation, and every supervisor, may put it away.
pub(super) fn whisper(args: &WhisperTo, actor: &Actor, facts: Facts, now: Micros) -> Changes {
    let mut conversation = own_conversation(actor, facts.conversation)?;
    not_erased(&conversation)?;
    let words = checked_note(&args.words)?;
    let said = conversation.whisper.as_ref();
    if words.is_empty() {
        if said.is_none_or(|said| args.heard != Some(said.at)) {
            return Ok(Vec::new());
        }
        if conversation.owner != Some(actor.member) {
            require(actor, Deed::SeeFigures)?;
        }
        conversation.whisper = None;
    } else {
        require(actor, Deed::SeeFigures)?;
        if conversation.state == ConversationState::Closed {
            return Err(Refused::Rejected(RejectCode::Conflict));
        }
        if said.is_some_and(|said| said.by == actor.member && said.words == words) {
            return Ok(Vec::new());
        }
        conversation.whisper = Some(Whisper { by: actor.member, words, at: now });
    }
    conversation.version += 1;
    Ok(vec![Change::Conversation(conversation)])
}

fn checked_note(note: &str) -> Result<String, TextFault> {
    match note.trim() {
        "" => Ok(String::new()),
        note => checked_text("note", note, NOTE_CHARS_MAX),
    }
}

/// What a change of a conversation means to its life, beside its messages. Who answers first owns it by that answer, which
/// tells so itself.
#[must_use]
pub fn what_happened(before: Option<&Conversation>, after: &Conversation) -> Option<What> {
    let owner_before = before.and_then(|before| before.owner);
    let was_open = before.is_none_or(|before| before.state == ConversationState::Open);
    if was_open && after.state == ConversationState::Closed {
        return Some(What::Closed);
    }
    let by_a_message = before.is_some_and(|before| before.last_position < after.last_position);
    (after.owner != owner_before && !by_a_message).then_some(What::Given(after.owner))
}

/// A handover is over once its receiver answers, and a whisper once anybody does.
pub(super) fn answered(conversation: &mut Conversation, by: MemberId) {
    conversation.whisper = None;
    if conversation.handover.as_ref().is_some_and(|handover| handover.to == by) {
        conversation.handover = None;
    }
}
