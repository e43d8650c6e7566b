//! Conversations and their messages.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{About, ChannelId, ConversationId, CustomerId, MemberId, MessageId, Micros, PictureId, TeamId};

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "by", content = "id", rename_all = "snake_case", try_from = "AuthorTold")]
pub enum Author {
    /// The shopper.
    Shopper,
    /// A member of the staff.
    Member(MemberId),
    /// A greeting or a robot; it never stops a response clock.
    Automatic,
    /// Somebody of a kind that only a newer server knows; nor does that stop a response clock.
    Newer,
}

/// An author of any kind, with whatever tells them apart.
#[derive(Deserialize)]
struct AuthorTold {
    by: String,
    #[serde(default)]
    id: Value,
}

impl TryFrom<AuthorTold> for Author {
    type Error = serde_json::Error;

    fn try_from(told: AuthorTold) -> Result<Self, Self::Error> {
        Ok(match told.by.as_str() {
            "shopper" => Self::Shopper,
            "member" => Self::Member(serde_json::from_value(told.id)?),
            "automatic" => Self::Automatic,
            _ => Self::Newer,
        })
    }
}

/// A message, as the server has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its id, made by whoever wrote it.
    pub id: MessageId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// Its place in the conversation, from 1 and without gaps: the order of messages.
    pub position: u32,
    /// Who wrote it.
    pub author: Author,
    /// The words; empty only beside a picture.
    pub text: String,
    /// The picture that goes with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<PictureId>,
    /// When it arrived at the server, which is when the other side could read it.
    pub at: Micros,
    /// When its author sent it by the author's own clock; for showing only, never for counting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_at: Option<Micros>,
}

/// Whether a conversation goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationState {
    /// An agent closed it. A shopper who writes again starts a new one.
    Closed,
    /// It goes on. So does one of which a newer server tells something else: it stays in sight.
    #[serde(other)]
    Open,
}

/// The longest note of a handover, in characters.
pub const NOTE_CHARS_MAX: usize = 200;

/// A conversation that one member handed to another, who has not answered since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// Who handed it over.
    pub by: MemberId,
    /// To whom.
    pub to: MemberId,
    /// What the new owner should know; may be empty.
    pub note: String,
    /// When.
    pub at: Micros,
}

/// What a supervisor says to whoever holds a conversation; the shopper never sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whisper {
    /// Who says it.
    pub by: MemberId,
    /// The words, at most [`NOTE_CHARS_MAX`] characters.
    pub words: String,
    /// When; it is told by that from an earlier one.
    pub at: Micros,
}

/// A conversation with one shopper, without its messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// The team whose inbox holds it.
    pub team: TeamId,
    /// Where the shopper writes.
    pub channel: ChannelId,
    /// The shopper.
    pub customer: CustomerId,
    /// What the shopper is called on the screen.
    pub customer_name: String,
    /// Whether it goes on.
    pub state: ConversationState,
    /// The agent it belongs to, once somebody took it or answered first.
    pub owner: Option<MemberId>,
    /// When the shopper began it.
    pub opened_at: Micros,
    /// When it was closed last.
    pub closed_at: Option<Micros>,
    /// The position of its latest message; 0 before the first.
    pub last_position: u32,
    /// What it is about.
    #[serde(default, skip_serializing_if = "About::is_empty")]
    pub about: About,
    /// How it came to its owner, until they answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handover: Option<Handover>,
    /// What a supervisor whispered, until somebody answers the shopper or says that it was heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whisper: Option<Whisper>,
    /// When everything that was said in it was erased, as its shopper wished. It never goes on after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Micros>,
    /// Counts the changes of this record, from 1.
    pub version: u32,
}
