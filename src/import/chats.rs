//! Chat logs from elsewhere: what each row of an export means, so that figures can be made of it.
//!
//! A row becomes a message whose id follows from what it is, so the same row is never counted twice. What cannot be read is
//! refused with a reason in plain words. Words of people are given up here unless somebody asked to keep them.

mod columns;
mod moment;
mod records;
mod thread;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

pub use columns::{Columns, FIELDS, Field};
pub use moment::moment;
pub use records::{Framed, ROW_BYTES_MAX, Shape, framed};
pub use thread::{Joined, LogMessage, Thread};

use super::csv::{Rows, SEPARATORS};
use super::{half_width, shortened};
use crate::model::{ConversationId, CustomerId, MESSAGE_CHARS_MAX, MICROS_PER_SECOND, MemberId, MessageId, Micros};
use crate::timing::Zone;

/// The longest name of a conversation, in characters.
pub const CONVERSATION_CHARS_MAX: usize = 200;
/// The longest name of somebody who writes, in characters.
pub const WHO_CHARS_MAX: usize = 60;
/// The longest name of a source, in characters.
pub const SOURCE_CHARS_MAX: usize = 40;
/// The most messages of one conversation. More are a column that is no conversation.
pub const CONVERSATION_MESSAGES_MAX: usize = 10_000;
/// The most agents of one source. More are a column that names no agents.
pub const AGENTS_MAX: usize = 2_000;
/// The most words that a source gives a role of its own.
pub const ROLE_WORDS_MAX: usize = 200;
/// A message may be that much later than now, in seconds: clocks differ, and so do ideas of the time zone.
pub const LATER_THAN_NOW_SECONDS: i64 = 86_400;
/// No log is older: 2000-01-01. An earlier time is a column that holds no time.
const EARLIEST: Micros = Micros(946_684_800 * MICROS_PER_SECOND);

/// As what somebody writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogRole {
    /// A shopper.
    Shopper,
    /// A member of the staff.
    Agent,
    /// A robot, or a greeting that goes out by itself.
    Robot,
    /// Nobody wrote: the conversation ended.
    End,
}

impl LogRole {
    const ALL: [Self; 4] = [Self::Shopper, Self::Agent, Self::Robot, Self::End];

    /// Its name on the command line and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shopper => "shopper",
            Self::Agent => "agent",
            Self::Robot => "robot",
            Self::End => "end",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Words that exports have for it.
    const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Shopper => &[
                "shopper",
                "buyer",
                "customer",
                "visitor",
                "user",
                "client",
                "consumer",
                "guest",
                "买家",
                "顾客",
                "客户",
                "用户",
                "访客",
                "消费者",
                "会员",
            ],
            Self::Agent => &[
                "agent",
                "seller",
                "staff",
                "service",
                "operator",
                "merchant",
                "human",
                "客服",
                "人工客服",
                "人工",
                "商家",
                "卖家",
                "坐席",
                "店员",
                "员工",
            ],
            Self::Robot => &[
                "robot",
                "bot",
                "auto",
                "automatic",
                "system",
                "机器人",
                "智能客服",
                "机器人客服",
                "自动",
                "自动回复",
                "系统",
                "系统消息",
            ],
            Self::End => &["end", "close", "closed", "结束", "关闭", "会话结束", "结束会话", "会话关闭"],
        }
    }
}

/// The words of a source for the roles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoleWords(BTreeMap<String, LogRole>);

impl RoleWords {
    /// Says what a word means.
    pub fn say(&mut self, word: &str, role: LogRole) {
        self.0.insert(folded(word), role);
    }

    /// What is said of either; where both say something, `later` does.
    #[must_use]
    pub fn and(&self, later: &Self) -> Self {
        Self(self.0.iter().chain(&later.0).map(|(word, role)| (word.clone(), *role)).collect())
    }

    /// How many words there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn role(&self, word: &str) -> Option<LogRole> {
        let word = folded(word);
        let usual = || LogRole::ALL.into_iter().find(|role| role.words().contains(&word.as_str()));
        self.0.get(&word).copied().or_else(usual)
    }
}

fn folded(word: &str) -> String {
    word.trim().chars().map(half_width).flat_map(char::to_lowercase).collect()
}

/// Who wrote a message, as the log names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// A shopper, by a name that the log may not tell.
    Shopper(String),
    /// A member of the staff; without a name, one of those whom the log does not tell apart.
    Agent(String),
    /// A robot.
    Robot,
    /// Nobody: the conversation ended.
    End,
}

/// A row that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatRow {
    /// The line it begins on, or its place in the request, counted from 1.
    pub line: u64,
    /// Which conversation it belongs to.
    pub conversation: ConversationId,
    /// What the log calls the conversation.
    pub conversation_name: String,
    /// When.
    pub at: Micros,
    /// Who.
    pub speaker: Speaker,
    /// The id of the message.
    pub id: MessageId,
    /// Its words, if they are kept.
    pub text: String,
}

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

/// The cells of a row, by [`Field`].
type Said = [String; FIELDS];

/// Understands the rows of a source.
#[derive(Debug, Clone)]
pub struct LogReader {
    /// The name of the source.
    pub source: String,
    /// What its words for roles mean.
    pub roles: RoleWords,
    /// The clocks by which times are told that do not say themselves.
    pub zone: Zone,
    /// Now.
    pub now: Micros,
    /// Whether words are kept.
    pub keep_text: bool,
}

impl LogReader {
    /// Understands a row of a table, whose fields lie at these places.
    ///
    /// # Errors
    /// When it cannot be understood.
    pub fn cells(&self, line: u64, cells: &[String], places: &[Option<usize>; FIELDS]) -> Result<ChatRow, RowFault> {
        let cell = |place: &Option<usize>| place.and_then(|place| cells.get(place)).cloned().unwrap_or_default();
        self.said(line, places.each_ref().map(cell))
    }

    /// Understands a row that is a JSON object, whose fields have the names of these columns.
    ///
    /// # Errors
    /// When it cannot be understood.
    pub fn object(&self, line: u64, json: &str, columns: &Columns) -> Result<ChatRow, RowFault> {
        let object: Map<String, Value> = serde_json::from_str(json).map_err(|_| RowFault::Broken)?;
        let value = |field| match columns.of(field).and_then(|name| object.get(name)) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        self.said(line, Field::ALL.map(value))
    }

    fn said(&self, line: u64, said: Said) -> Result<ChatRow, RowFault> {
        let [conversation, time, who, role, text, id] = said;
        let conversation = name(&conversation, Field::Conversation, CONVERSATION_CHARS_MAX)?;
        let who = name(&who, Field::Who, WHO_CHARS_MAX)?;
        if conversation.is_empty() {
            return Err(RowFault::NoConversation);
        }
        let at = self.time(&time)?;
        let role = self.role(&role, &who)?;
        let speaker = match role {
            LogRole::Shopper => Speaker::Shopper(who),
            LogRole::Agent => Speaker::Agent(who),
            LogRole::Robot => Speaker::Robot,
            LogRole::End => Speaker::End,
        };
        let id = self.message_id(&conversation, at, &speaker, &text, &id);
        let text = if self.keep_text { readable(&text, MESSAGE_CHARS_MAX) } else { String::new() };
        Ok(ChatRow {
            line,
            conversation: self.conversation_id(&conversation),
            conversation_name: conversation,
            at,
            speaker,
            id,
            text,
        })
    }

    fn time(&self, text: &str) -> Result<Micros, RowFault> {
        if text.trim().is_empty() {
            return Err(RowFault::NoTime);
        }
        let at = moment(text, &self.zone).ok_or_else(|| RowFault::UnreadableTime(shortened(text)))?;
        if at > self.now.plus_seconds(LATER_THAN_NOW_SECONDS) {
            return Err(RowFault::Future(shortened(text)));
        }
        if at < EARLIEST { Err(RowFault::Past(shortened(text))) } else { Ok(at) }
    }

    /// Where there is no role, the one who wrote may be named by it.
    fn role(&self, role: &str, who: &str) -> Result<LogRole, RowFault> {
        let word = if role.trim().is_empty() { who } else { role };
        if word.trim().is_empty() {
            return Err(RowFault::NoRole);
        }
        self.roles.role(word).ok_or_else(|| RowFault::UnknownRole(shortened(word)))
    }

    /// The id of a conversation of this source.
    #[must_use]
    pub fn conversation_id(&self, name: &str) -> ConversationId {
        ConversationId::of_bytes(&self.digest(&["conversation", name]))
    }

    /// The id of a shopper of this source: by name where the log tells one, else the one of a conversation.
    #[must_use]
    pub fn customer_id(&self, who: &str) -> CustomerId {
        CustomerId::of_bytes(&self.digest(&["shopper", who]))
    }

    /// The id of the shopper of a conversation that names none.
    #[must_use]
    pub fn customer_of(&self, conversation: ConversationId) -> CustomerId {
        CustomerId::of_bytes(&self.digest(&["shopper of", &conversation.to_string()]))
    }

    /// The id of an agent of this source who is no member of the shop.
    #[must_use]
    pub fn agent_id(&self, who: &str) -> MemberId {
        MemberId::of_bytes(&self.digest(&["agent", who]))
    }

    /// What a message is: its own number where the log has one, else everything that is said of it. Two rows that agree in
    /// everything are one message.
    fn message_id(&self, conversation: &str, at: Micros, speaker: &Speaker, text: &str, id: &str) -> MessageId {
        let id = id.trim();
        let (kind, who) = match speaker {
            Speaker::Shopper(who) => ("shopper", who.as_str()),
            Speaker::Agent(who) => ("agent", who.as_str()),
            Speaker::Robot => ("robot", ""),
            Speaker::End => ("end", ""),
        };
        let digest = if id.is_empty() {
            self.digest(&["message", conversation, &at.0.to_string(), kind, who, text])
        } else {
            self.digest(&["message", conversation, &at.0.to_string(), id])
        };
        let mut random = [0; 10];
        random.copy_from_slice(&digest[..10]);
        // Ids that grow with time lie beside each other in the database.
        MessageId::new(at.unix_ms(), random)
    }

    fn digest(&self, parts: &[&str]) -> Vec<u8> {
        let mut hash = Sha256::new();
        for part in std::iter::once(&self.source.as_str()).chain(parts) {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().to_vec()
    }
}

/// A name without what no name has.
fn name(text: &str, field: Field, chars_max: usize) -> Result<String, RowFault> {
    let text = readable(text.trim(), chars_max + 1);
    if text.chars().count() > chars_max { Err(RowFault::TooLong(field)) } else { Ok(text) }
}

/// The first characters that can be kept.
fn readable(text: &str, chars_max: usize) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').take(chars_max).collect()
}

/// The cells of a row of a table; none if its quotation marks do not pair.
#[must_use]
pub fn table_cells(row: &str, separator: u8) -> Option<Vec<String>> {
    Rows::new(row, separator).next_row()?.cells.ok()
}

/// Whether a row of a table says nothing.
#[must_use]
pub fn is_blank(cells: &[String]) -> bool {
    cells.iter().all(|cell| cell.trim().is_empty())
}

/// How a log is written, by its first line.
#[must_use]
pub fn shape(first_line: &str) -> Shape {
    if first_line.trim_start().starts_with('{') {
        return Shape::Objects;
    }
    let cells = |separator: u8| table_cells(first_line, separator).map_or(0, |cells| cells.len());
    // Of equals the first wins: a comma is the most common.
    let separator = SEPARATORS.into_iter().rev().max_by_key(|separator| cells(*separator));
    Shape::Table(separator.unwrap_or(b','))
}

/// The names of the fields of a JSON object.
#[must_use]
pub fn object_names(json: &str) -> Option<Vec<String>> {
    let object: Map<String, Value> = serde_json::from_str(json).ok()?;
    Some(object.keys().cloned().collect())
}

/// A name that a source can have.
#[must_use]
pub fn source_name(name: &str) -> Option<String> {
    let name = name.trim();
    let is_fit = !name.is_empty() && name.chars().count() <= SOURCE_CHARS_MAX && !name.chars().any(char::is_control);
    is_fit.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader() -> LogReader {
        LogReader {
            source: "市集".into(),
            roles: RoleWords::default(),
            zone: Zone::fixed(8 * 3_600),
            now: moment("2026-11-01 12:00", &Zone::fixed(8 * 3_600)).unwrap(),
            keep_text: false,
        }
    }

    const PLACES: [Option<usize>; FIELDS] = [Some(0), Some(1), Some(2), Some(3), Some(4), Some(5)];

    fn read(reader: &LogReader, row: &str) -> Result<ChatRow, RowFault> {
        reader.cells(7, &table_cells(row, b',').unwrap(), &PLACES)
    }

    #[test]
    fn a_row_is_a_message_without_its_words() {
        let row = read(&reader(), "c1,2026-11-01 09:30:05,小鱼,买家,我的电话是 139…,").unwrap();
        assert_eq!((row.line, row.text.as_str()), (7, ""));
        assert_eq!(row.speaker, Speaker::Shopper("小鱼".into()));
        let kept = LogReader { keep_text: true, ..reader() };
        let spoken = read(&kept, "c1,2026-11-01 09:30:05,小鱼,买家,我的电话\u{0}是 139…,").unwrap();
        assert_eq!(spoken.text, "我的电话是 139…");
        assert_ne!(spoken.id, row.id, "what no text can hold makes another one of it");
        let spoken = read(&kept, "c1,2026-11-01 09:30:05,小鱼,买家,我的电话是 139…,").unwrap();
        assert_eq!(spoken.id, row.id, "whether words are kept or not, it is the same message");
        let object =
            r#"{"会话":"c1","t":"2026-11-01T01:30:05Z","who":"小鱼","role":"BUYER","text":"我的电话是 139…","n":null}"#;
        let mut columns = Columns::default();
        for (field, heading) in Field::ALL.into_iter().zip(["会话", "t", "who", "role", "text", "n"]) {
            columns.say(field, heading);
        }
        assert_eq!(reader().object(7, object, &columns), Ok(row));
    }

    #[test]
    fn the_id_of_a_message_follows_from_all_that_is_said_of_it() {
        let base = "c1,2026-11-01 09:30:05,小鱼,买家,在吗,";
        let id = |reader: &LogReader, row: &str| read(reader, row).unwrap().id;
        let other = [
            "c2,2026-11-01 09:30:05,小鱼,买家,在吗,",
            "c1,2026-11-01 09:30:06,小鱼,买家,在吗,",
            "c1,2026-11-01 09:30:05,小,买家,鱼在吗,",
            "c1,2026-11-01 09:30:05,小鱼,客服,在吗,",
            "c1,2026-11-01 09:30:05,小鱼,买家,在,",
            "c1,2026-11-01 09:30:05,小鱼,买家,在吗,9",
        ];
        let ids: std::collections::BTreeSet<MessageId> =
            other.iter().chain([&base]).map(|row| id(&reader(), row)).collect();
        assert_eq!(ids.len(), other.len() + 1);
        let elsewhere = LogReader { source: "别处".into(), ..reader() };
        assert_ne!(id(&elsewhere, base), id(&reader(), base));
        let numbered = ["c1,2026-11-01 09:30:05,小鱼,买家,在吗,9", "c1,2026-11-01 09:30:05,小鱼儿,买家,在吗？,9"];
        assert_eq!(id(&reader(), numbered[0]), id(&reader(), numbered[1]), "its own number names it");
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_the_reason() {
        let long = "长".repeat(WHO_CHARS_MAX + 1);
        for (row, fault) in [
            (",2026-11-01 09:30,小鱼,买家,,", RowFault::NoConversation),
            ("c1, ,小鱼,买家,,", RowFault::NoTime),
            ("c1,昨天,小鱼,买家,,", RowFault::UnreadableTime("昨天".into())),
            ("c1,2026-11-02 12:01,小鱼,买家,,", RowFault::Future("2026-11-02 12:01".into())),
            ("c1,1999-12-31 12:00,小鱼,买家,,", RowFault::Past("1999-12-31 12:00".into())),
            ("c1,2026-11-01 09:30,,,在吗,", RowFault::NoRole),
            ("c1,2026-11-01 09:30,小鱼,,在吗,", RowFault::UnknownRole("小鱼".into())),
            ("c1,2026-11-01 09:30,小鱼,店小二,在吗,", RowFault::UnknownRole("店小二".into())),
            (&format!("c1,2026-11-01 09:30,{long},买家,,"), RowFault::TooLong(Field::Who)),
        ] {
            assert_eq!(read(&reader(), row), Err(fault.clone()), "{row}");
            assert!(!fault.zh().is_empty() && !fault.en().is_empty() && !fault.kind().is_empty());
        }
        assert!(read(&reader(), "c1,2026-11-02 11:59,小鱼,买家,,").is_ok(), "clocks differ");
        let columns = Columns::default();
        assert_eq!(reader().object(1, "[1]", &columns), Err(RowFault::Broken));
        assert_eq!(reader().object(1, "{}", &columns), Err(RowFault::NoConversation));
    }

    #[test]
    fn a_source_says_what_its_words_mean() {
        let mut roles = RoleWords::default();
        roles.say("店小二", LogRole::Robot);
        roles.say("System", LogRole::End);
        let reader = LogReader { roles, ..reader() };
        let speaker = |role: &str| read(&reader, &format!("c1,2026-11-01 09:30,小美,{role},,")).unwrap().speaker;
        assert_eq!(speaker("店小二"), Speaker::Robot);
        assert_eq!(speaker("system"), Speaker::End, "what the source says stands before what is usual");
        assert_eq!(speaker("ＡＧＥＮＴ"), Speaker::Agent("小美".into()));
        assert_eq!(read(&reader, "c1,2026-11-01 09:30,客服,,,").unwrap().speaker, Speaker::Agent("客服".into()));
        for role in LogRole::ALL {
            assert_eq!(LogRole::named(role.name()), Some(role));
            assert!(role.words().iter().all(|word| RoleWords::default().role(word) == Some(role)));
        }
    }

    #[test]
    fn a_log_is_known_by_its_first_line() {
        assert_eq!(shape("会话,时间;注\n"), Shape::Table(b','));
        assert_eq!(shape("会话\t时间,注\t谁\n"), Shape::Table(b'\t'));
        assert_eq!(shape("会话;时间;谁\n"), Shape::Table(b';'));
        assert_eq!(shape(" {\"a\":1}\n"), Shape::Objects);
        assert_eq!(object_names("{\"会话\":1,\"t\":2}"), Some(vec!["t".into(), "会话".into()]));
        assert_eq!(source_name(" 淘宝 "), Some("淘宝".into()));
        assert!(source_name(" ").is_none() && source_name(&"长".repeat(SOURCE_CHARS_MAX + 1)).is_none());
    }
}
