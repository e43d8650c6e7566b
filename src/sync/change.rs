//! Changes: what the feed of a scope carries. Each puts an entity into a state or removes it, so a device
//! that meets one twice, or only the latest of many, ends up the same.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Scope;
use crate::model::{
    Article, ArticleId, Conversation, ConversationId, Draft, Lesson, LessonId, MemberCard, MemberId, Message,
    MessageId, PackId, PolicyId, QuickReply, QuickReplyId, TeamId, Used,
};
use crate::policy::Policy;
use crate::wording::Pack;

/// One change of one entity.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::large_enum_variant, reason = "nearly every second change is a conversation")
)]
pub enum Change {
    /// A conversation is now like this.
    Conversation(Conversation),
    /// A conversation was closed so long ago that devices need it no more.
    ConversationGone(GoneConversation),
    /// A message stands in a conversation of this team.
    Message(TeamId, Message),
    /// An article is now like this.
    Article(Article),
    /// An article is gone.
    ArticleGone(ArticleId),
    /// A quick reply is now like this.
    QuickReply(QuickReply),
    /// A quick reply is gone from where it was.
    QuickReplyGone(Scope, QuickReplyId),
    /// A member is now like this.
    Member(MemberCard),
    /// A lesson is now like this.
    Lesson(Lesson),
    /// A lesson is gone.
    LessonGone(LessonId),
    /// Somebody chose an answer this often.
    Used(Used),
    /// A pack of wording rules is now like this.
    Pack(Pack),
    /// A pack of wording rules is gone.
    PackGone(PackId),
    /// A policy is now like this.
    Policy(Policy),
    /// A policy is gone.
    PolicyGone(PolicyId),
    /// A reply is half-written like this.
    Draft(Draft),
    /// A member's half-written reply in a conversation is gone.
    DraftGone(MemberId, ConversationId),
}

/// A conversation that left its inbox, with its messages. The server's tables still have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoneConversation {
    /// The team whose inbox it left.
    pub team: TeamId,
    /// The conversation.
    pub id: ConversationId,
    /// Its messages, which left with it without rows of their own.
    pub messages: Vec<MessageId>,
}

/// The identity of what a change is about; a later change of the same entity supersedes an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Entity(pub String);

#[derive(Serialize)]
struct MessageBody<'a> {
    team: TeamId,
    #[serde(flatten)]
    message: &'a Message,
}

#[derive(Deserialize)]
struct InTeam {
    team: TeamId,
}

/// The team of a message where it is written first, as messages are written.
fn first_team(body: &str) -> Option<TeamId> {
    let (team, _) = body.strip_prefix(r#"{"team":""#)?.split_once('"')?;
    team.parse().ok()
}

#[derive(Serialize, Deserialize)]
struct GoneFrom {
    scope: Scope,
    id: QuickReplyId,
}

#[derive(Serialize, Deserialize)]
struct DraftGone {
    member: MemberId,
    conversation: ConversationId,
}

impl Entity {
    /// A message.
    #[must_use]
    pub fn of_message(id: MessageId) -> Self {
        Self(format!("message:{id}"))
    }
}

impl Change {
    /// The scope it belongs to.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match self {
            Self::Conversation(conversation) => Scope::Inbox(conversation.team),
            Self::ConversationGone(gone) => Scope::Inbox(gone.team),
            Self::Message(team, _) => Scope::Inbox(*team),
            Self::QuickReply(reply) => Scope::of_keeper(reply.keeper()),
            Self::QuickReplyGone(scope, _) => *scope,
            Self::Used(used) => Scope::of_whose(used.whose),
            Self::Draft(Draft { member, .. }) | Self::DraftGone(member, _) => Scope::Mailbox(*member),
            Self::Article(_)
            | Self::ArticleGone(_)
            | Self::Member(_)
            | Self::Lesson(_)
            | Self::LessonGone(_)
            | Self::Pack(_)
            | Self::PackGone(_)
            | Self::Policy(_)
            | Self::PolicyGone(_) => Scope::Knowledge,
        }
    }

    /// What it is about.
    #[must_use]
    pub fn entity(&self) -> Entity {
        Entity(match self {
            Self::Conversation(Conversation { id, .. }) | Self::ConversationGone(GoneConversation { id, .. }) => {
                format!("conversation:{id}")
            }
            Self::Message(_, message) => return Entity::of_message(message.id),
            Self::Article(Article { id, .. }) | Self::ArticleGone(id) => format!("article:{id}"),
            Self::QuickReply(QuickReply { id, .. }) | Self::QuickReplyGone(_, id) => format!("quick_reply:{id}"),
            Self::Member(member) => format!("member:{}", member.id),
            Self::Lesson(Lesson { id, .. }) | Self::LessonGone(id) => format!("lesson:{id}"),
            Self::Used(used) => format!("used:{}", used.entry),
            Self::Pack(Pack { id, .. }) | Self::PackGone(id) => format!("pack:{id}"),
            Self::Policy(Policy { id, .. }) | Self::PolicyGone(id) => format!("policy:{id}"),
            Self::Draft(Draft { conversation, .. }) | Self::DraftGone(_, conversation) => {
                format!("draft:{conversation}")
            }
        })
    }

    /// Whether it says that its entity is gone from its scope.
    #[must_use]
    pub const fn is_gone(&self) -> bool {
        matches!(
            self,
            Self::ConversationGone(_)
                | Self::ArticleGone(_)
                | Self::QuickReplyGone(..)
                | Self::LessonGone(_)
                | Self::PackGone(_)
                | Self::PolicyGone(_)
                | Self::DraftGone(..)
        )
    }

    /// The name of the kind on the wire.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Conversation(_) => "conversation",
            Self::ConversationGone(_) => "conversation.gone",
            Self::Message(..) => "message",
            Self::Article(_) => "article",
            Self::ArticleGone(_) => "article.gone",
            Self::QuickReply(_) => "quick_reply",
            Self::QuickReplyGone(..) => "quick_reply.gone",
            Self::Member(_) => "member",
            Self::Lesson(_) => "lesson",
            Self::LessonGone(_) => "lesson.gone",
            Self::Used(_) => "used",
            Self::Pack(_) => "pack",
            Self::PackGone(_) => "pack.gone",
            Self::Policy(_) => "policy",
            Self::PolicyGone(_) => "policy.gone",
            Self::Draft(_) => "draft",
            Self::DraftGone(..) => "draft.gone",
        }
    }

    /// The body on the wire, as JSON.
    ///
    /// # Panics
    /// Never: every change has a JSON form.
    #[must_use]
    pub fn body(&self) -> Box<RawValue> {
        match self {
            Self::Conversation(conversation) => serde_json::value::to_raw_value(conversation),
            Self::ConversationGone(gone) => serde_json::value::to_raw_value(gone),
            Self::Message(team, message) => serde_json::value::to_raw_value(&MessageBody { team: *team, message }),
            Self::Article(article) => serde_json::value::to_raw_value(article),
            Self::ArticleGone(id) => serde_json::value::to_raw_value(id),
            Self::QuickReply(reply) => serde_json::value::to_raw_value(reply),
            Self::QuickReplyGone(scope, id) => serde_json::value::to_raw_value(&GoneFrom { scope: *scope, id: *id }),
            Self::Member(member) => serde_json::value::to_raw_value(member),
            Self::Lesson(lesson) => serde_json::value::to_raw_value(lesson),
            Self::LessonGone(id) => serde_json::value::to_raw_value(id),
            Self::Used(used) => serde_json::value::to_raw_value(used),
            Self::Pack(pack) => serde_json::value::to_raw_value(pack),
            Self::PackGone(id) => serde_json::value::to_raw_value(id),
            Self::Policy(policy) => serde_json::value::to_raw_value(policy),
            Self::PolicyGone(id) => serde_json::value::to_raw_value(id),
            Self::Draft(draft) => serde_json::value::to_raw_value(draft),
            Self::DraftGone(member, conversation) => {
                serde_json::value::to_raw_value(&DraftGone { member: *member, conversation: *conversation })
            }
        }
        .expect("every change has a JSON form")
    }

    /// Reads a change; `None` for a kind that only a newer server knows.
    ///
    /// # Errors
    /// When the body does not fit the kind.
    pub fn read(kind: &str, body: &RawValue) -> Result<Option<Self>, serde_json::Error> {
        Self::read_text(kind, body.get())
    }

    /// As [`Change::read`], of a body that was not looked at yet. What is no JSON does not fit a kind that is known.
    ///
    /// # Errors
    /// When the body does not fit the kind.
    pub fn read_text(kind: &str, body: &str) -> Result<Option<Self>, serde_json::Error> {
        Ok(Some(match kind {
            "conversation" => Self::Conversation(serde_json::from_str(body)?),
            "conversation.gone" => Self::ConversationGone(serde_json::from_str(body)?),
            "message" => {
                // Reading it twice is quicker than reading a flattened field.
                let team =
                    first_team(body).map_or_else(|| serde_json::from_str(body).map(|InTeam { team }| team), Ok)?;
                Self::Message(team, serde_json::from_str(body)?)
            }
            "article" => Self::Article(serde_json::from_str(body)?),
            "article.gone" => Self::ArticleGone(serde_json::from_str(body)?),
            "quick_reply" => Self::QuickReply(serde_json::from_str(body)?),
            "quick_reply.gone" => {
                let GoneFrom { scope, id } = serde_json::from_str(body)?;
                Self::QuickReplyGone(scope, id)
            }
            "member" => Self::Member(serde_json::from_str(body)?),
            "lesson" => Self::Lesson(serde_json::from_str(body)?),
            "lesson.gone" => Self::LessonGone(serde_json::from_str(body)?),
            "used" => Self::Used(serde_json::from_str(body)?),
            "pack" => Self::Pack(serde_json::from_str(body)?),
            "pack.gone" => Self::PackGone(serde_json::from_str(body)?),
            "policy" => Self::Policy(serde_json::from_str(body)?),
            "policy.gone" => Self::PolicyGone(serde_json::from_str(body)?),
            "draft" => Self::Draft(serde_json::from_str(body)?),
            "draft.gone" => {
                let DraftGone { member, conversation } = serde_json::from_str(body)?;
                Self::DraftGone(member, conversation)
            }
            _ => return Ok(None),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Author, Micros, PictureId};

    #[test]
    fn a_message_is_read_as_it_was_written_wherever_its_team_stands() {
        let message = Message {
            id: MessageId::of_name("m"),
            conversation: ConversationId::of_name("c"),
            position: 3,
            author: Author::Member(MemberId::of_name("1001")),
            text: "亲，\"今天\"发货".into(),
            picture: Some(PictureId::of_name("p")),
            at: Micros(7),
            written_at: Some(Micros(5)),
        };
        let change = Change::Message(TeamId::of_name("day"), message);
        let body = change.body();
        assert_eq!(Change::read(change.kind(), &body).unwrap(), Some(change.clone()));
        let team = serde_json::to_string(&TeamId::of_name("day")).unwrap();
        let first = format!(r#"{{"team":{team},"#);
        let rest = body.get().strip_prefix(&first).unwrap();
        let last = format!(r#"{{"newer":[1],{},"team":{team}}}"#, rest.strip_suffix('}').unwrap());
        assert_eq!(Change::read_text(change.kind(), &last).unwrap(), Some(change.clone()));
        assert!(Change::read_text(change.kind(), &format!("{{{rest}")).is_err(), "a message of no team");
        assert!(Change::read_text(change.kind(), &format!("{{\"team\":{team}}}")).is_err());
    }
}
