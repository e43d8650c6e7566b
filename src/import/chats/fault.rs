//! Why a row of a log is not taken, in plain words.

use serde::{Deserialize, Serialize};

use super::{AGENTS_MAX, CONVERSATION_MESSAGES_MAX, Field};

/// Why a row is not taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFault {
    /// Its quotation marks do not pair, it is no JSON object, or it is too long.
    Broken,
    /// It names no conversation.
    NoConversation,
    /// It names no time.
    NoTime,
    /// Its time is none that is understood.
    UnreadableTime(String),
    /// It is later than now and a day.
    Future(String),
    /// It is earlier than any log.
    Past(String),
    /// It does not say who wrote.
    NoRole,
    /// It calls the one who wrote something that no role is known for.
    UnknownRole(String),
    /// A name is too long.
    TooLong(Field),
    /// The conversation has too many messages to be one.
    TooManyMessages,
    /// The source has too many agents.
    TooManyAgents,
}

impl RowFault {
    /// What kind of fault it is, without what the row says.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::NoConversation => "no_conversation",
            Self::NoTime => "no_time",
            Self::UnreadableTime(_) => "unreadable_time",
            Self::Future(_) => "future",
            Self::Past(_) => "past",
            Self::NoRole => "no_role",
            Self::UnknownRole(_) => "unknown_role",
            Self::TooLong(_) => "too_long",
            Self::TooManyMessages => "too_many_messages",
            Self::TooManyAgents => "too_many_agents",
        }
    }

    /// The reason in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Broken => "这一行读不出来：引号没有成对、不是 JSON，或者太长".into(),
            Self::NoConversation => "没有写是哪个会话".into(),
            Self::NoTime => "没有写时间".into(),
            Self::UnreadableTime(text) => format!("读不懂时间“{text}”"),
            Self::Future(text) => format!("时间“{text}”在一天以后，请检查时区"),
            Self::Past(text) => format!("时间“{text}”早于 2000 年，请检查时间列"),
            Self::NoRole => "没有写是谁发的".into(),
            Self::UnknownRole(word) => format!("不知道“{word}”是顾客还是客服，请用 --role 说明"),
            Self::TooLong(field) => format!("{} 太长", field.name()),
            Self::TooManyMessages => {
                format!("这个会话超过 {CONVERSATION_MESSAGES_MAX} 条消息，请检查会话列")
            }
            Self::TooManyAgents => format!("客服超过 {AGENTS_MAX} 人，请检查发送人列"),
        }
    }

    /// The reason in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Broken => "it cannot be read: quotation marks do not pair, it is no JSON, or it is too long".into(),
            Self::NoConversation => "it names no conversation".into(),
            Self::NoTime => "it names no time".into(),
            Self::UnreadableTime(text) => format!("the time \"{text}\" is not understood"),
            Self::Future(text) => format!("the time \"{text}\" is more than a day from now: check the time zone"),
            Self::Past(text) => format!("the time \"{text}\" is before 2000: check the column of times"),
            Self::NoRole => "it does not say who wrote".into(),
            Self::UnknownRole(word) => format!("whether \"{word}\" is a shopper or an agent is not known: use --role"),
            Self::TooLong(field) => format!("its {} is too long", field.name()),
            Self::TooManyMessages => {
                format!("the conversation has more than {CONVERSATION_MESSAGES_MAX} messages: check its column")
            }
            Self::TooManyAgents => format!("there are more than {AGENTS_MAX} agents: check the column of who"),
        }
    }
}
