//! Commands: what a member asks for, numbered by the device that carries it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::upgrade;
use crate::model::{
    About, ArticleFields, ArticleId, Composed, ConversationId, DeviceId, EntryId, EpochId, How, LessonId, MemberId,
    MessageId, Micros, PackId, PictureId, PolicyId, QuickReplyFields, QuickReplyId,
};
use crate::policy::PolicyFields;
use crate::wording::PackFields;

/// How long after it was written a reply may still go out by itself. Two days, so that a device whose clock
/// is a day wrong still gets its words out, and a phone that lay in a drawer for a week does not.
pub const REPLY_EXPIRES_SECONDS: i64 = 48 * 3600;

/// How many former numbers a command carries at most. More epochs than these do not pass while a command waits,
/// unless something is broken.
pub const FORMER_NUMBERS_MAX: usize = 8;

/// A command as it travels and as it lies in the outbox: the arguments stay the very bytes that were hashed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Command {
    /// Its number on this device in this epoch, from 1 and without gaps.
    pub n: u64,
    /// The kind of [`Action`].
    pub kind: String,
    /// The version of the arguments.
    pub version: u16,
    /// The arguments, as JSON.
    pub args: Box<RawValue>,
    /// Of kind, version and arguments; tells a resend from another command under the same number.
    pub hash: CommandHash,
    /// The numbers it bore in earlier epochs of this device, the latest first: it may have arrived under one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<FormerNumber>,
    /// The command of this device on top of which it was given: without that one it has nothing to stand on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<FormerNumber>,
}

/// A number that a command bears, or bore before its device began a new epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FormerNumber {
    /// The epoch.
    pub epoch: EpochId,
    /// The number in it.
    pub n: u64,
}

/// The first 16 bytes of a SHA-256, in hex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommandHash(pub String);

impl CommandHash {
    fn of(kind: &str, version: u16, args: &str) -> Self {
        let mut hasher = Sha256::new();
        for part in [kind, &version.to_string(), args] {
            hasher.update(part.as_bytes());
            hasher.update([0]);
        }
        let hex = hasher.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        Self(hex)
    }
}

/// A command that this code cannot read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableCommand {
    /// The kind or its version is not known here.
    #[error("unknown command {kind}, version {version}")]
    Unknown {
        /// The kind it names.
        kind: String,
        /// The version it names.
        version: u16,
    },
    /// The arguments do not fit the kind.
    #[error("arguments of {kind} do not fit: {why}")]
    Malformed {
        /// The kind it names.
        kind: String,
        /// What the reader met.
        why: String,
    },
    /// The bytes are not those that were hashed.
    #[error("the hash does not fit the command")]
    Damaged,
}

impl Command {
    /// Writes an action down under its number.
    ///
    /// # Panics
    /// Never: every action has a JSON form.
    #[must_use]
    pub fn new(n: u64, action: &Action) -> Self {
        Self::written(n, action.kind(), upgrade::version_of(action), action.args())
    }

    /// A command of any kind and version, with its hash.
    #[must_use]
    pub fn written(n: u64, kind: &str, version: u16, args: Box<RawValue>) -> Self {
        let hash = CommandHash::of(kind, version, args.get());
        Self { n, kind: kind.to_owned(), version, args, hash, former: Vec::new(), needs: None }
    }

    /// The same command under another number, for a device that leaves an epoch and begins a new one.
    #[must_use]
    pub fn renumbered(&self, left: EpochId, n: u64) -> Self {
        let number = FormerNumber { epoch: left, n: self.n };
        let former = std::iter::once(number).chain(self.former.iter().copied()).take(FORMER_NUMBERS_MAX).collect();
        Self { n, former, ..self.clone() }
    }

    /// The numbers it bore in earlier epochs, as many of them as count.
    #[must_use]
    pub fn former_numbers(&self) -> &[FormerNumber] {
        &self.former[..self.former.len().min(FORMER_NUMBERS_MAX)]
    }

    /// Reads the action.
    ///
    /// # Errors
    /// When the kind or version is unknown, the arguments do not fit, or the hash does not.
    pub fn action(&self) -> Result<Action, UnreadableCommand> {
        if self.hash != CommandHash::of(&self.kind, self.version, self.args.get()) {
            return Err(UnreadableCommand::Damaged);
        }
        if !upgrade::is_read(&self.kind, self.version) {
            return Err(UnreadableCommand::Unknown { kind: self.kind.clone(), version: self.version });
        }
        Action::read(&self.kind, self.version, &self.args).map(|action| upgrade::upgraded(action, self.version))
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $kind:literal;)*) => {
        /// What a command does.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Action {$($(#[$doc])* $name($name),)*}

        impl Action {
            /// The name of the kind on the wire.
            #[must_use]
            pub const fn kind(&self) -> &'static str {
                match self {$(Self::$name(_) => $kind,)*}
            }

            fn args(&self) -> Box<RawValue> {
                match self {$(Self::$name(args) => serde_json::value::to_raw_value(args),)*}
                    .expect("the arguments of every action have a JSON form")
            }

            fn read(kind: &str, version: u16, args: &RawValue) -> Result<Self, UnreadableCommand> {
                let malformed = |why: serde_json::Error| UnreadableCommand::Malformed {
                    kind: kind.to_owned(),
                    why: why.to_string(),
                };
                match kind {
                    $($kind => serde_json::from_str(args.get()).map(Self::$name).map_err(malformed),)*
                    _ => Err(UnreadableCommand::Unknown { kind: kind.to_owned(), version }),
                }
            }
        }
    };
}

actions! {
    /// Answer a shopper.
    SendMessage = "message.send";
    /// Make a conversation one's own.
    TakeConversation = "conversation.take";
    /// Hand a conversation to a colleague.
    TransferConversation = "conversation.transfer";
    /// Say something to whoever holds a conversation, or that it was heard.
    WhisperTo = "conversation.whisper";
    /// End a conversation.
    CloseConversation = "conversation.close";
    /// Write a new article or change one.
    PutArticle = "article.put";
    /// Take an article out of the knowledge base.
    RemoveArticle = "article.remove";
    /// Write a quick reply or change one.
    PutQuickReply = "quick_reply.put";
    /// Remove a quick reply.
    RemoveQuickReply = "quick_reply.remove";
    /// Say what a conversation is about.
    DescribeConversation = "conversation.describe";
    /// Tell that an answer was chosen, and for which words of a shopper.
    ChooseAnswer = "answer.choose";
    /// Take a lesson back, or give it again.
    JudgeLesson = "lesson.judge";
    /// Write a new pack of wording rules or change one.
    PutPack = "pack.put";
    /// Remove a pack of wording rules.
    RemovePack = "pack.remove";
    /// Write a new policy or change one.
    PutPolicy = "policy.put";
    /// Remove a policy.
    RemovePolicy = "policy.remove";
    /// Tell the member's other devices what is half-written.
    PutDraft = "draft.put";
}

/// Arguments of `message.send`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendMessage {
    /// The new message's id.
    pub id: MessageId,
    /// Where it goes.
    pub conversation: ConversationId,
    /// The words; empty only beside a picture.
    pub text: String,
    /// The picture that goes with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<PictureId>,
    /// The position of the last message the writer had seen.
    pub seen: u32,
    /// Who owned the conversation when it was written.
    pub owner_seen: Option<MemberId>,
    /// The writer's own moment.
    pub written_at: Micros,
    /// After this moment it is held instead of sent.
    pub expires_at: Micros,
    /// The article it was made from, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<ArticleId>,
    /// How it came to be, for coaching.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub composed: Option<Composed>,
    /// Why it is sent although the wording check warns.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The writer knows that the conversation belongs to `owner_seen` and wants it sent without taking it over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beside_owner: bool,
    /// The writer knows what happened meanwhile and wants it sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anyway: bool,
}

/// Arguments of `conversation.take`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeConversation {
    /// Which.
    pub conversation: ConversationId,
    /// Who owned it when the member took it.
    pub owner_seen: Option<MemberId>,
}

/// Arguments of `conversation.transfer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferConversation {
    /// Which.
    pub conversation: ConversationId,
    /// Who shall own it.
    pub to: MemberId,
    /// What they should know; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Who owned it when the member handed it over.
    pub owner_seen: Option<MemberId>,
}

/// Arguments of `conversation.whisper`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhisperTo {
    /// In which conversation.
    pub conversation: ConversationId,
    /// The words; none take away what was whispered.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Which one is taken away: when it was said. A later one that nobody saw stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<Micros>,
}

/// Arguments of `conversation.close`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseConversation {
    /// Which.
    pub conversation: ConversationId,
    /// The position of the last message the member had seen.
    pub seen: u32,
}

/// Arguments of `article.put`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutArticle {
    /// Which; a new id makes a new article.
    pub id: ArticleId,
    /// What it shall say.
    pub fields: ArticleFields,
    /// The version that was changed; 0 for a new one.
    pub base: u32,
    /// What the article said when it was read, so that another change of it can be merged with this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Box<ArticleFields>>,
    /// The versions that name the copies which an editor has decided on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settles: Vec<u32>,
}

/// Arguments of `article.remove`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveArticle {
    /// Which.
    pub id: ArticleId,
    /// The version that was looked at.
    pub base: u32,
}

/// Arguments of `quick_reply.put`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutQuickReply {
    /// Which; a new id makes a new one.
    pub id: QuickReplyId,
    /// What it shall say.
    pub fields: QuickReplyFields,
    /// Whether it is the shop's; otherwise it is the member's own or the team's.
    pub shared: bool,
    /// Whether it is the team's, if it is not the shop's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub team: bool,
    /// It is of version 1, which knew neither teams, categories nor pictures: what stands of them stays.
    #[serde(skip)]
    pub keeps_rest: bool,
    /// The version that was changed; 0 for a new one.
    pub base: u32,
}

/// Arguments of `quick_reply.remove`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveQuickReply {
    /// Which.
    pub id: QuickReplyId,
    /// The version that was looked at.
    pub base: u32,
}

/// Arguments of `conversation.describe`. What is not named stays as it is; a blank text empties a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribeConversation {
    /// Which.
    pub conversation: ConversationId,
    /// What is known now.
    pub about: About,
}

/// Arguments of `answer.choose`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChooseAnswer {
    /// What was chosen.
    pub entry: EntryId,
    /// The shopper's words it was chosen for, masked; empty when there were none.
    #[serde(default)]
    pub text: String,
    /// How it was come by.
    pub how: How,
    /// The conversation whose words these are, if they are of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
}

/// Arguments of `lesson.judge`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgeLesson {
    /// Which.
    pub id: LessonId,
    /// Whether it shall teach nothing any more.
    pub taken_back: bool,
}

/// Arguments of `pack.put`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutPack {
    /// Which; a new id makes a new pack.
    pub id: PackId,
    /// What it shall say.
    pub fields: PackFields,
    /// The version that was changed; 0 for a new one.
    pub base: u32,
}

/// Arguments of `pack.remove`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovePack {
    /// Which.
    pub id: PackId,
    /// The version that was looked at.
    pub base: u32,
}

/// Arguments of `policy.put`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutPolicy {
    /// Which; a new id makes a new policy.
    pub id: PolicyId,
    /// What it shall say.
    pub fields: PolicyFields,
    /// The version that was changed; 0 for a new one.
    pub base: u32,
}

/// Arguments of `policy.remove`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovePolicy {
    /// Which.
    pub id: PolicyId,
    /// The version that was looked at.
    pub base: u32,
}

/// Arguments of `draft.put`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutDraft {
    /// Whom the words shall answer.
    pub conversation: ConversationId,
    /// The words so far; none take the draft away.
    pub text: String,
    /// The device on which they stand.
    pub device: DeviceId,
    /// The moment of the draft that stood there when they were written, which they are meant to replace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Micros>,
    /// The writer's own moment.
    pub written_at: Micros,
}

impl Action {
    /// Whether it is told to nobody when it is refused: there is nothing in it that a person could decide on.
    #[must_use]
    pub const fn is_silent(&self) -> bool {
        matches!(self, Self::ChooseAnswer(_) | Self::PutDraft(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take() -> Action {
        Action::TakeConversation(TakeConversation { conversation: ConversationId::of_name("c"), owner_seen: None })
    }

    #[test]
    fn a_command_survives_the_wire_byte_for_byte() {
        let command = Command::new(7, &take());
        let text = serde_json::to_string(&command).unwrap();
        let back: Command = serde_json::from_str(&text).unwrap();
        assert_eq!(back.action(), Ok(take()));
        assert_eq!(back.hash, command.hash);
        assert_eq!(serde_json::to_string(&back).unwrap(), text);
    }

    #[test]
    fn unknown_damaged_and_malformed_commands_are_told_apart() {
        let good = Command::new(1, &take());
        let damaged = Command { kind: "conversation.close".into(), ..good.clone() };
        assert_eq!(damaged.action(), Err(UnreadableCommand::Damaged));

        let rehashed = |kind: &str, version| Command {
            kind: kind.into(),
            version,
            hash: CommandHash::of(kind, version, good.args.get()),
            ..good.clone()
        };
        assert!(matches!(rehashed("coffee.make", 1).action(), Err(UnreadableCommand::Unknown { .. })));
        assert!(matches!(rehashed("conversation.take", 9).action(), Err(UnreadableCommand::Unknown { .. })));
        assert!(matches!(rehashed("message.send", 1).action(), Err(UnreadableCommand::Malformed { .. })));
    }

    #[test]
    fn fields_of_a_newer_client_are_skipped() {
        let args = r#"{"conversation":"00000000-0000-7000-8000-000000000000","owner_seen":null,"mood":"calm"}"#;
        let raw = RawValue::from_string(args.to_owned()).unwrap();
        assert!(Action::read("conversation.take", 1, &raw).is_ok());
    }
}
