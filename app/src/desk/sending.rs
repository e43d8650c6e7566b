//! Sending replies, and what becomes of those that came back.

use qinda::model::{
    ArticleId, Composed, ConversationId, EntryId, MESSAGE_CHARS_MAX, MessageId, Micros, PictureId, checked_text,
};
use qinda::sync::{Action, ChooseAnswer, REPLY_EXPIRES_SECONDS, SendMessage, TakeConversation};

use super::deeds::Kept;
use super::{AtDesk, CannotKeep, Desk, Held};
use crate::local::outbox::DraftOf;
use crate::local::random;

/// How a reply stands to the colleague whose conversation it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Beside {
    /// There is none to think of.
    #[default]
    Nobody,
    /// The conversation becomes the writer's first.
    TakesOver,
    /// It stays the colleague's.
    Owner,
}

/// A reply that is about to be sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outgoing {
    /// The words.
    pub(crate) text: String,
    /// The picture that goes with them.
    pub(crate) picture: Option<PictureId>,
    /// Why it is sent although the wording check warns.
    pub(crate) reason: String,
    /// How it came to be.
    pub(crate) composed: Composed,
    /// How it stands to the colleague whose conversation it is.
    pub(crate) beside: Beside,
    /// The choice to be learned from, told together with the reply.
    pub(crate) choice: Option<ChooseAnswer>,
    /// What becomes of the drafts once it is in the outbox; an empty one is dropped.
    pub(crate) drafts: Vec<(DraftOf, String)>,
}

impl Desk {
    /// Sends a reply. When it returns, the reply is in the outbox together with what was chosen for it, and the drafts
    /// are what `outgoing` says.
    pub(crate) async fn send(&self, id: ConversationId, outgoing: Outgoing) -> Kept {
        let text = sendable(&outgoing.text, outgoing.picture)?;
        let now = self.inner().clock.now();
        let reply = self.with(|desk| reply(desk, id, text, now)).flatten().ok_or(CannotKeep::NotHere)?;
        let Outgoing { picture, reason, composed, choice, drafts, beside, .. } = outgoing;
        let chosen = composed.chosen.and_then(article_of);
        let take = TakeConversation { conversation: id, owner_seen: reply.owner_seen };
        let take = (beside == Beside::TakesOver).then_some(Action::TakeConversation(take));
        let beside_owner = beside == Beside::Owner;
        let send = SendMessage { picture, reason, chosen, composed: Some(composed), beside_owner, ..reply };
        let chose = choice.map(Action::ChooseAnswer);
        let actions = take.into_iter().chain(std::iter::once(Action::SendMessage(send))).chain(chose).collect();
        self.give_all(actions, drafts).await
    }

    /// Sends a held reply although the conversation moved on, perhaps with other words. What is known of how it came
    /// to be stays with it; so does its reason, unless there is a new one.
    pub(crate) async fn send_anyway(
        &self,
        held: Held,
        text: String,
        picture: Option<PictureId>,
        reason: Option<String>,
    ) -> Kept {
        let old = held.reply().ok_or(CannotKeep::NotHere)?;
        let text = sendable(&text, picture)?;
        let now = self.inner().clock.now();
        let fresh = self.with(|desk| reply(desk, old.conversation, text, now)).flatten().ok_or(CannotKeep::NotHere)?;
        let again = SendMessage {
            // It keeps its id: should the first one have arrived after all, the server knows it.
            id: old.id,
            picture,
            chosen: old.chosen,
            composed: old.composed,
            reason: reason.unwrap_or(old.reason),
            anyway: true,
            ..fresh
        };
        self.give(Action::SendMessage(again), None).await?;
        self.discard(held).await
    }

    /// Sends a held command again, word for word, and what waits for it.
    pub(crate) async fn send_again(&self, held: &Held) -> Kept {
        self.outbox()?.send_again(&held.key).await?;
        self.look_at_outbox().await;
        self.wake();
        Ok(())
    }

    /// Gives a held command up.
    pub(crate) async fn discard(&self, held: Held) -> Kept {
        let released = self.outbox()?.release(&held.key).await?;
        self.change(|desk| released.iter().for_each(|key| desk.device.release(key)));
        self.inbox_changed();
        Ok(())
    }
}

/// The words of a reply within their limits; beside a picture there may be none.
fn sendable(text: &str, picture: Option<PictureId>) -> Kept<String> {
    if picture.is_some() && text.trim().is_empty() {
        return Ok(String::new());
    }
    Ok(checked_text("text", text, MESSAGE_CHARS_MAX)?)
}

const fn article_of(entry: EntryId) -> Option<ArticleId> {
    if let EntryId::Article(id) = entry { Some(id) } else { None }
}

/// The last position that the device has of a conversation.
pub(super) fn seen(desk: &AtDesk, id: ConversationId) -> u32 {
    desk.device.replica().delivered(id).next_back().map_or(0, |message| message.position)
}

fn reply(desk: &AtDesk, id: ConversationId, text: String, now: Micros) -> Option<SendMessage> {
    let conversation = desk.device.replica().conversation(id)?;
    Some(SendMessage {
        id: MessageId::new(random::unix_ms(), random::bits()),
        conversation: id,
        text,
        picture: None,
        seen: seen(desk, id),
        owner_seen: conversation.owner,
        written_at: now,
        expires_at: now.plus_seconds(REPLY_EXPIRES_SECONDS),
        chosen: None,
        composed: None,
        reason: String::new(),
        beside_owner: false,
        anyway: false,
    })
}
