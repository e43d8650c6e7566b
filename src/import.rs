//! Reads a shop's questions and answers from a file, as the shop has them: a messy text, CSV, JSON Lines.
//!
//! It must hold always: nothing is lost silently. What became an article is *taken*; everything
//! else is *left*, with its line and a reason in plain words. Any text is read in about linear
//! time without a panic. It knows nothing of files, encodings or storage.

pub mod chats;

mod csv;
mod json_lines;
mod numbered;
mod plan;
mod quick_replies;
#[cfg(test)]
mod stories;

use serde::{Deserialize, Serialize};

pub use plan::{Plan, plan};
pub use quick_replies::{
    REPLIES_MAX, ReplyLeft, ReplyPlan, ReplyReading, ReplyReason, ReplyTaken, plan_quick_replies, quick_replies,
    quick_replies_of_rows,
};

use crate::model::{ArticleFields, TextFault};

/// The largest file, in bytes.
pub const IMPORT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The most articles taken from one file.
pub const IMPORT_ARTICLES_MAX: usize = 10_000;
/// The most things left that are listed one by one.
pub const IMPORT_LEFT_MAX: usize = 1_000;
/// How much of a text that was left is shown, in characters.
pub const LEFT_CHARS_MAX: usize = 80;

/// More broken characters than one in so many make a text binary.
const BROKEN_ONE_IN: usize = 100;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A text with numbered questions and their answers.
    Numbered,
    /// A table with commas, semicolons or tabs between the columns.
    Csv,
    /// One JSON object on each line, or one array of them.
    JsonLines,
}

/// What an editor should know about an article before it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// The answer tells agents what to do instead of speaking to the shopper.
    Guidance,
    /// Words for the shopper have remarks for agents among them.
    PartlyGuidance,
}

impl Note {
    /// The note in Chinese.
    #[must_use]
    pub fn zh(&self) -> &'static str {
        match self {
            Self::Guidance => "这条答案是写给客服的说明，不是对顾客说的话，使用前请改写。",
            Self::PartlyGuidance => "答案里夹有写给客服的说明，发送前请删改。",
        }
    }

    /// The note in English.
    #[must_use]
    pub fn en(&self) -> &'static str {
        match self {
            Self::Guidance => "The answer instructs agents instead of speaking to the shopper; rewrite it before use.",
            Self::PartlyGuidance => "The answer has remarks for agents in it; remove them before it is sent.",
        }
    }
}

/// Something that becomes an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The line of the question, counted from 1.
    pub line: usize,
    /// Its number in the list.
    pub number: Option<u32>,
    /// The article.
    #[serde(flatten)]
    pub fields: ArticleFields,
    /// What an editor should know.
    pub note: Option<Note>,
}

/// Something that does not become an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The line it begins on, counted from 1.
    pub line: usize,
    /// How it begins.
    pub text: String,
    /// Why it was left.
    pub reason: Reason,
}

impl Left {
    pub(crate) fn new(line: usize, text: &str, reason: Reason) -> Self {
        Self { line, text: shortened(text), reason }
    }
}

/// A part of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The question.
    Title,
    /// Its other wordings.
    Questions,
    /// The answers.
    Answers,
    /// The tags.
    Tags,
    /// The shortcut.
    Shortcut,
}

impl Field {
    fn of(name: &str) -> Self {
        match name {
            "title" => Self::Title,
            "questions" => Self::Questions,
            "tags" => Self::Tags,
            "shortcut" => Self::Shortcut,
            _ => Self::Answers,
        }
    }

    fn zh(self) -> &'static str {
        match self {
            Self::Title => "问题",
            Self::Questions => "其他问法",
            Self::Answers => "答案",
            Self::Tags => "标签",
            Self::Shortcut => "快捷短语",
        }
    }

    fn en(self) -> &'static str {
        match self {
            Self::Title => "the question",
            Self::Questions => "the other wordings",
            Self::Answers => "the answers",
            Self::Tags => "the tags",
            Self::Shortcut => "the shortcut",
        }
    }
}

/// Why something was left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A heading or a title.
    Heading,
    /// Running text without questions.
    Prose,
    /// A remark before, between or after questions.
    Remark,
    /// A numbered list of rules, duties or minutes.
    RuleList,
    /// A numbered list of questions that has no answers.
    QuestionsOnly,
    /// A question without an answer.
    NoAnswer,
    /// An answer without a question.
    NoQuestion,
    /// A row of a table with a quotation mark that is never closed, or words behind a closed one.
    BrokenQuotes,
    /// A line that is not JSON.
    NotJson,
    /// JSON, but not an object with a question and answers.
    NotAnArticle,
    /// A part has the wrong type, such as a number.
    WrongType {
        /// Which part.
        field: Field,
    },
    /// A part has too many characters.
    TooLong {
        /// Which part.
        field: Field,
        /// How many characters it has.
        chars: usize,
        /// How many are allowed.
        max: usize,
    },
    /// A part has too many entries.
    TooMany {
        /// Which part.
        field: Field,
        /// How many entries it has.
        count: usize,
        /// How many are allowed.
        max: usize,
    },
    /// The same question stands in the file before.
    Duplicate {
        /// The line it stands on first.
        first_line: usize,
    },
    /// From here on the file has more articles than are taken at once.
    TooManyArticles {
        /// How many more there are.
        count: usize,
        /// How many are taken.
        max: usize,
    },
    /// From here on more things were left than are listed.
    AndMore {
        /// How many more there are.
        count: usize,
    },
}

impl Reason {
    /// The reason in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Heading => "是标题，不是问题".into(),
            Self::Prose => "是说明文字，没有问题和答案".into(),
            Self::Remark => "是题目之间的备注，不属于任何答案".into(),
            Self::RuleList => "是编号的条款或事项，不是问题".into(),
            Self::QuestionsOnly => "是一组没有答案的问题".into(),
            Self::NoAnswer => "这个问题没有答案".into(),
            Self::NoQuestion => "有答案，但没有问题".into(),
            Self::BrokenQuotes => "引号没有成对，这一行无法读取".into(),
            Self::NotJson => "不是正确的 JSON".into(),
            Self::NotAnArticle => "不是带问题和答案的对象".into(),
            Self::WrongType { field } => format!("“{}”应为文字", field.zh()),
            Self::TooLong { field, chars, max } => format!("“{}”有 {chars} 个字，最多 {max} 个", field.zh()),
            Self::TooMany { field, count, max } => format!("“{}”有 {count} 条，最多 {max} 条", field.zh()),
            Self::Duplicate { first_line } => format!("与第 {first_line} 行的问题重复"),
            Self::TooManyArticles { count, max } => {
                format!("一次最多导入 {max} 条，从这里起还有 {count} 条，请分成几个文件")
            }
            Self::AndMore { count } => format!("从这里起还有 {count} 处没有导入，不再逐一列出"),
        }
    }

    /// The reason in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Heading => "a heading, not a question".into(),
            Self::Prose => "running text without questions and answers".into(),
            Self::Remark => "a remark that belongs to no answer".into(),
            Self::RuleList => "a numbered list of rules, not of questions".into(),
            Self::QuestionsOnly => "a list of questions without answers".into(),
            Self::NoAnswer => "a question without an answer".into(),
            Self::NoQuestion => "an answer without a question".into(),
            Self::BrokenQuotes => "its quotation marks do not pair, so the row cannot be read".into(),
            Self::NotJson => "not valid JSON".into(),
            Self::NotAnArticle => "not an object with a question and answers".into(),
            Self::WrongType { field } => format!("{} should be text", field.en()),
            Self::TooLong { field, chars, max } => format!("{}: {chars} characters, {max} are allowed", field.en()),
            Self::TooMany { field, count, max } => format!("{}: {count} entries, {max} are allowed", field.en()),
            Self::Duplicate { first_line } => format!("the same question stands on line {first_line}"),
            Self::TooManyArticles { count, max } => {
                format!("{max} articles are taken at once; from here on there are {count} more: split the file")
            }
            Self::AndMore { count } => format!("from here on {count} more were left, which are not listed"),
        }
    }
}

impl From<TextFault> for Reason {
    fn from(fault: TextFault) -> Self {
        match fault {
            TextFault::Empty { field } if Field::of(field) == Field::Title => Self::NoQuestion,
            TextFault::Empty { .. } => Self::NoAnswer,
            TextFault::TooLong { field, chars, max } => Self::TooLong { field: Field::of(field), chars, max },
            TextFault::TooMany { field, count, max } => Self::TooMany { field: Field::of(field), count, max },
        }
    }
}

/// What was found in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// How the file was read.
    pub format: Format,
    /// What becomes articles, in the order of the file.
    pub taken: Vec<Taken>,
    /// What does not, in the order of the file.
    pub left: Vec<Left>,
}

/// Why nothing of a file can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ImportError {
    /// It has no words.
    #[error("the file is empty")]
    Empty,
    /// It is larger than allowed.
    #[error("the file has {bytes} bytes, {max} are allowed")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The size allowed.
        max: usize,
    },
    /// It is not text, or its encoding was guessed wrong.
    #[error("the file is not readable text")]
    Binary,
}

impl ImportError {
    /// What happened and what to do, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Empty => "文件是空的，没有可导入的内容。请确认选对了文件。".into(),
            Self::TooLarge { bytes, max } => {
                format!("文件太大（{}），最大 {}。请分成几个文件再导入。", mib(*bytes), mib(*max))
            }
            Self::Binary => {
                "这不是纯文本，或者编码无法识别。请另存为 UTF-8 文本（.txt）、CSV 或 JSON Lines 再导入；Word、Excel 文件请先另存。"
                    .into()
            }
        }
    }

    /// What happened and what to do, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Empty => "The file is empty: there is nothing to import. Check that it is the right file.".into(),
            Self::TooLarge { bytes, max } => {
                format!(
                    "The file is too large ({}; {} at most). Split it and import the parts.",
                    mib(*bytes),
                    mib(*max)
                )
            }
            Self::Binary => "This is not plain text, or its encoding is unknown. Save it as UTF-8 text (.txt), CSV or \
                             JSON Lines and import that; Word and Excel files have to be saved as one of these first."
                .into(),
        }
    }
}

fn mib(bytes: usize) -> String {
    let tenths = (bytes * 10).div_ceil(1024 * 1024);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// How the file is written: by the ending of its name, else by what it holds.
#[must_use]
pub fn detect(name: &str, text: &str) -> Format {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("csv" | "tsv") => Format::Csv,
        Some("jsonl" | "ndjson" | "json") => Format::JsonLines,
        _ if json_lines::looks_like(text) => Format::JsonLines,
        _ if csv::looks_like(text) => Format::Csv,
        _ => Format::Numbered,
    }
}

/// Reads a file: what becomes articles and what is left.
///
/// # Errors
/// When it is empty, too large or not text. Nothing is taken then.
pub fn read(name: &str, text: &str) -> Result<Reading, ImportError> {
    let text = readable(text)?;
    let format = detect(name, text);
    let (mut taken, mut left) = match format {
        Format::Numbered => numbered::read(text),
        Format::Csv => csv::read(name, text),
        Format::JsonLines => json_lines::read(text),
    };
    bound_taken(&mut taken, &mut left);
    bound_left(&mut left);
    Ok(Reading { format, taken, left })
}

/// The text, if it can be read at all.
fn readable(text: &str) -> Result<&str, ImportError> {
    if text.len() > IMPORT_BYTES_MAX {
        return Err(ImportError::TooLarge { bytes: text.len(), max: IMPORT_BYTES_MAX });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(ImportError::Empty);
    }
    if is_binary(text) {
        return Err(ImportError::Binary);
    }
    Ok(text)
}

fn is_binary(text: &str) -> bool {
    let broken = text.chars().filter(|c| *c == '\u{fffd}' || c.is_control() && !c.is_whitespace()).count();
    broken > 0 && broken * BROKEN_ONE_IN > text.chars().count()
}

fn bound_taken(taken: &mut Vec<Taken>, left: &mut Vec<Left>) {
    let Some(first) = taken.get(IMPORT_ARTICLES_MAX) else { return };
    let reason = Reason::TooManyArticles { count: taken.len() - IMPORT_ARTICLES_MAX, max: IMPORT_ARTICLES_MAX };
    let entry = Left::new(first.line, &first.fields.title, reason);
    left.insert(left.partition_point(|left| left.line <= entry.line), entry);
    taken.truncate(IMPORT_ARTICLES_MAX);
}

fn bound_left(left: &mut Vec<Left>) {
    let Some(first) = left.get(IMPORT_LEFT_MAX) else { return };
    let entry = Left::new(first.line, &first.text, Reason::AndMore { count: left.len() - IMPORT_LEFT_MAX });
    let too_many = left.iter().skip(IMPORT_LEFT_MAX).find(|left| matches!(left.reason, Reason::TooManyArticles { .. }));
    let too_many = too_many.cloned();
    left.truncate(IMPORT_LEFT_MAX);
    left.extend(too_many);
    left.push(entry);
}

/// The fields within their limits, or why they are not.
fn fields_or_left(line: usize, fields: ArticleFields) -> Result<ArticleFields, Left> {
    let title = shortened(&fields.title);
    fields.checked().map_err(|fault| Left { line, text: title, reason: fault.into() })
}

/// The first characters, on one line.
fn shortened(text: &str) -> String {
    let mut chars = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut kept: String = chars.by_ref().take(LEFT_CHARS_MAX).collect();
    if chars.next().is_some() {
        kept.pop();
        kept.push('…');
    }
    kept
}

/// Full-width letters, digits and punctuation as half-width ones.
fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}
