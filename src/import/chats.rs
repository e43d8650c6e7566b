//! Chat logs from elsewhere: what each row of an export means, so that figures can be made of it.
//!
//! A row becomes a message whose id follows from what it is, so the same row is never counted twice. What cannot be read is
//! refused with a reason in plain words. Words of people are given up here unless somebody asked to keep them.

mod columns;
mod fault;
mod moment;
mod records;
mod roles;
mod thread;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

pub use columns::{Columns, FIELDS, Field};
pub use fault::RowFault;
pub use moment::moment;
pub use records::{Framed, ROW_BYTES_MAX, Shape, framed};
pub use roles::{LogRole, RoleWords};
pub use thread::{Joined, LogMessage, Thread};

use super::csv::{Rows, SEPARATORS};
use super::shortened;
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
    // A heading may go on in the next line: what was quoted until the end of this one is a cell too.
    let quoted = format!("{first_line}\"");
    let cells = |separator: u8| {
        let cells = table_cells(first_line, separator).or_else(|| table_cells(&quoted, separator));
        cells.map_or(0, |cells| cells.len())
    };
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
mod tests;
