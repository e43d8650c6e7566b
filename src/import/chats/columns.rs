//! What each column of a log holds, guessed from its heading.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::import::half_width;

/// What a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Which conversation a message belongs to.
    Conversation,
    /// When it was sent.
    Time,
    /// By whom, as a name or a number.
    Who,
    /// As what: shopper, agent, robot, or that the conversation ended.
    Role,
    /// Its words.
    Text,
    /// Its own number or name, where the log has one.
    Id,
}

/// How many things a column can hold.
pub const FIELDS: usize = 6;

/// What was said of a column that is not meant to be read.
const NONE: &str = "";

impl Field {
    /// Every one, in order.
    pub const ALL: [Self; FIELDS] = [Self::Conversation, Self::Time, Self::Who, Self::Role, Self::Text, Self::Id];

    /// Its name on the command line and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Conversation => "conversation",
            Self::Time => "time",
            Self::Who => "who",
            Self::Role => "role",
            Self::Text => "text",
            Self::Id => "id",
        }
    }

    /// The field of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Headings that mean it, the surest first.
    const fn headings(self) -> &'static [&'static str] {
        match self {
            Self::Conversation => &[
                "conversation",
                "conversationid",
                "会话id",
                "会话编号",
                "会话号",
                "会话",
                "对话id",
                "对话",
                "session",
                "sessionid",
                "chatid",
                "chat",
                "dialogid",
                "dialogue",
                "thread",
                "threadid",
                "咨询id",
                "咨询单号",
                "sid",
                "cid",
            ],
            Self::Time => &[
                "time",
                "timestamp",
                "datetime",
                "发送时间",
                "消息时间",
                "时间",
                "聊天时间",
                "日期时间",
                "sendtime",
                "sentat",
                "createdat",
                "createtime",
                "messagetime",
                "msgtime",
                "创建时间",
                "记录时间",
                "at",
                "ts",
                "date",
                "日期",
            ],
            Self::Who => &[
                "who",
                "sender",
                "sendername",
                "from",
                "fromname",
                "发送人",
                "发送者",
                "发送方",
                "发言人",
                "昵称",
                "账号",
                "客服账号",
                "客服",
                "姓名",
                "name",
                "nickname",
                "author",
                "user",
                "speaker",
                "senderid",
                "fromid",
            ],
            Self::Role => &[
                "role",
                "发送人类型",
                "发送者类型",
                "发送方类型",
                "发言人类型",
                "消息来源",
                "消息方向",
                "sendertype",
                "usertype",
                "fromtype",
                "authortype",
                "角色",
                "身份",
                "direction",
                "type",
                "类型",
            ],
            Self::Text => &[
                "text",
                "content",
                "message",
                "消息内容",
                "聊天内容",
                "内容",
                "消息",
                "正文",
                "body",
                "msg",
                "utterance",
            ],
            // A plain `id` may be the number of the row, which is another one in the next export.
            Self::Id => &["messageid", "msgid", "消息id", "消息编号", "消息号", "uuid"],
        }
    }
}

/// Which column holds what, by their headings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Columns(BTreeMap<Field, String>);

/// Whether two headings are the same to a person: case, spaces and full-width letters tell nothing.
fn folded(heading: &str) -> String {
    let plain = heading.trim_start_matches('\u{feff}').chars().map(half_width);
    let kept = plain.filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '*'));
    kept.flat_map(char::to_lowercase).collect()
}

impl Columns {
    /// Says that a field is read from the column of a heading; an empty one says that it is not read.
    pub fn say(&mut self, field: Field, heading: &str) {
        self.0.insert(field, heading.trim().to_owned());
    }

    /// The heading of a field.
    #[must_use]
    pub fn of(&self, field: Field) -> Option<&str> {
        self.0.get(&field).map(String::as_str).filter(|heading| *heading != NONE)
    }

    /// What is said of either; where both say something, `later` does.
    #[must_use]
    pub fn and(&self, later: &Self) -> Self {
        Self(self.0.iter().chain(&later.0).map(|(field, heading)| (*field, heading.clone())).collect())
    }

    /// These columns as a log with such headings has them: each as it stands there, and what nobody said anything of guessed.
    /// A column that is not there and was not asked for just now (`asked`) is guessed, too.
    #[must_use]
    pub fn found_in(&self, headings: &[String], asked: &Self) -> Self {
        let known = self.and(asked);
        let standing = |heading: &str| headings.iter().find(|there| folded(there) == folded(heading));
        let mut found = Self::default();
        for (field, heading) in &known.0 {
            match standing(heading) {
                Some(there) => found.say(*field, there),
                None if heading == NONE || asked.0.contains_key(field) => found.say(*field, heading),
                None => {}
            }
        }
        for field in Field::ALL {
            let is_free = |there: &&String| !found.0.values().any(|taken| folded(taken) == folded(there));
            let guessed = || {
                let mut names = field.headings().iter();
                names.find_map(|name| headings.iter().filter(is_free).find(|there| folded(there) == *name)).cloned()
            };
            if !found.0.contains_key(&field)
                && let Some(heading) = guessed()
            {
                found.say(field, &heading);
            }
        }
        found
    }

    /// The fields whose column is not among the headings, and that no log can do without.
    #[must_use]
    pub fn missing(&self, headings: &[String]) -> Vec<Field> {
        let is_there =
            |field: Field| self.of(field).is_some_and(|heading| headings.iter().any(|there| there == heading));
        let asked_for = |field: &Field| self.of(*field).is_some() && !is_there(*field);
        let needed = [Field::Conversation, Field::Time].into_iter().filter(|field| self.of(*field).is_none());
        let says_who = is_there(Field::Role) || is_there(Field::Who);
        let who = (!says_who && self.of(Field::Role).is_none() && self.of(Field::Who).is_none()).then_some(Field::Role);
        Field::ALL.into_iter().filter(asked_for).chain(needed).chain(who).collect()
    }

    /// The place of each field among the headings.
    #[must_use]
    pub fn places(&self, headings: &[String]) -> [Option<usize>; FIELDS] {
        Field::ALL.map(|field| {
            let heading = self.of(field)?;
            headings.iter().position(|there| there == heading)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headings(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    fn guessed(text: &str) -> Vec<Option<usize>> {
        let headings = headings(text);
        Columns::default().found_in(&headings, &Columns::default()).places(&headings).to_vec()
    }

    #[test]
    fn headings_of_exports_are_understood_in_both_languages() {
        for text in [
            "会话ID,发送时间,发送人,发送人类型,消息内容,消息ID",
            "Conversation ID,Send_Time,Sender,Sender Type,Content,Message-ID",
            "conversation,time,who,role,text,msg_id",
            "\u{feff}会话,时间,昵称,角色,内容,UUID",
        ] {
            assert_eq!(guessed(text), (0..FIELDS).map(Some).collect::<Vec<_>>(), "{text}");
        }
        assert_eq!(guessed("id,时间,备注"), [None, Some(1), None, None, None, None]);
    }

    #[test]
    fn what_is_said_stands_before_what_is_guessed() {
        let all = headings("会话,买家,时间,内容,备注");
        let mut kept = Columns::default();
        kept.say(Field::Who, "买家");
        kept.say(Field::Time, "送达时间");
        let mut asked = Columns::default();
        asked.say(Field::Text, "");
        let found = kept.found_in(&all, &asked);
        assert_eq!(found.of(Field::Who), Some("买家"));
        assert_eq!(found.of(Field::Time), Some("时间"), "what another file was called is no longer there");
        assert_eq!(found.of(Field::Text), None, "it is not meant to be read");
        assert_eq!(found.missing(&all), []);
        asked.say(Field::Role, "身份标识");
        let found = kept.found_in(&all, &asked);
        assert_eq!(found.missing(&all), [Field::Role], "what was asked for and is not there is told");
        let nothing = Columns::default().found_in(&headings("甲,乙"), &Columns::default());
        assert_eq!(nothing.missing(&headings("甲,乙")), [Field::Conversation, Field::Time, Field::Role]);
    }

    #[test]
    fn columns_read_back_from_what_is_kept() {
        let mut columns = Columns::default();
        columns.say(Field::Time, " 发送时间 ");
        let text = serde_json::to_string(&columns).unwrap();
        assert_eq!(text, "{\"time\":\"发送时间\"}");
        assert_eq!(serde_json::from_str::<Columns>(&text).unwrap(), columns);
    }
}
