//! Quick replies from a table, as the desks of marketplaces export them: code, words, group, picture.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::csv::{Rows, SEPARATORS};
use super::{IMPORT_LEFT_MAX, ImportError, readable, shortened};
use crate::model::{PictureId, QuickReply, QuickReplyFields, QuickReplyId, TextFault};
use crate::order;

/// The most quick replies taken from one file.
pub const REPLIES_MAX: usize = 10_000;
/// How much of its words names a quick reply that has no code, in characters.
const CODE_CHARS: usize = 8;

/// A row that becomes a quick reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyTaken {
    /// The line it begins on, or the row of a sheet, counted from 1.
    pub line: usize,
    /// The quick reply. Its picture is known once its file is.
    #[serde(flatten)]
    pub fields: QuickReplyFields,
    /// The name of the picture's file, without folders.
    pub picture_file: Option<String>,
}

/// Why a row does not become a quick reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyReason {
    /// Its quotation marks do not pair.
    BrokenQuotes,
    /// It has neither words nor a picture.
    Empty,
    /// A part has too many characters.
    TooLong {
        /// How many characters it has.
        chars: usize,
        /// How many are allowed.
        max: usize,
    },
    /// Its code stands in the file before.
    Duplicate {
        /// The line it stands on first.
        first_line: usize,
    },
    /// From here on the file has more rows than are taken, or listed.
    AndMore {
        /// How many more there are.
        count: usize,
    },
}

impl ReplyReason {
    /// The reason in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::BrokenQuotes => "引号没有成对，这一行无法读取".into(),
            Self::Empty => "没有内容，也没有图片".into(),
            Self::TooLong { chars, max } => format!("有 {chars} 个字，最多 {max} 个"),
            Self::Duplicate { first_line } => format!("快捷码与第 {first_line} 行重复"),
            Self::AndMore { count } => format!("从这里起还有 {count} 行没有导入，请分成几个文件"),
        }
    }

    /// The reason in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::BrokenQuotes => "its quotation marks do not pair, so the row cannot be read".into(),
            Self::Empty => "it has neither words nor a picture".into(),
            Self::TooLong { chars, max } => format!("{chars} characters, {max} are allowed"),
            Self::Duplicate { first_line } => format!("the same code stands on line {first_line}"),
            Self::AndMore { count } => format!("from here on {count} more were left: split the file"),
        }
    }
}

/// A row that does not become a quick reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyLeft {
    /// The line it begins on, counted from 1.
    pub line: usize,
    /// How it begins.
    pub text: String,
    /// Why it was left.
    pub reason: ReplyReason,
}

/// What a table holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyReading {
    /// What becomes quick replies, in the order of the file.
    pub taken: Vec<ReplyTaken>,
    /// What does not, in the order of the file.
    pub left: Vec<ReplyLeft>,
}

/// A reading compared with the quick replies that stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyPlan {
    /// What does not stand yet.
    pub new: Vec<ReplyTaken>,
    /// What stands just so.
    pub unchanged: Vec<ReplyTaken>,
    /// What stands with other words, category or picture, with the one that stands.
    pub different: Vec<(QuickReplyId, ReplyTaken)>,
    /// What is not taken, in the order of the file.
    pub left: Vec<ReplyLeft>,
}

/// Reads the quick replies of a text with commas, semicolons or tabs between the columns.
///
/// # Errors
/// When it is empty, too large or not text. Nothing is taken then.
pub fn quick_replies(text: &str) -> Result<ReplyReading, ImportError> {
    let text = readable(text)?;
    let mut rows = Rows::new(text, separator(text));
    let mut reader = Reader::default();
    while let Some(row) = rows.next_row() {
        match row.cells {
            Ok(cells) => reader.row(row.line, cells),
            Err(broken) => reader.leave(row.line, broken, ReplyReason::BrokenQuotes),
        }
    }
    Ok(reader.done())
}

/// Reads the quick replies of a sheet's rows, each with its number.
#[must_use]
pub fn quick_replies_of_rows(rows: impl IntoIterator<Item = (usize, Vec<String>)>) -> ReplyReading {
    let mut reader = Reader::default();
    for (line, cells) in rows {
        reader.row(line, cells);
    }
    reader.done()
}

/// Compares a reading with the quick replies that the same keeper has. A code is the same without regard to case; a
/// picture that did not come with the file leaves the one that stands.
#[must_use]
pub fn plan_quick_replies(
    reading: ReplyReading,
    picture: impl Fn(&str) -> Option<PictureId>,
    existing: &[QuickReply],
) -> ReplyPlan {
    let standing: HashMap<String, &QuickReply> =
        existing.iter().rev().map(|reply| (key(&reply.fields.shortcut), reply)).collect();
    let mut plan = ReplyPlan { left: reading.left, ..ReplyPlan::default() };
    for mut taken in reading.taken {
        let stands = standing.get(&key(&taken.fields.shortcut));
        let brought = taken.picture_file.as_deref().and_then(&picture);
        taken.fields.picture = brought.or(stands.and_then(|stands| stands.fields.picture));
        if taken.fields.text.is_empty() && taken.fields.picture.is_none() {
            let text = taken.picture_file.unwrap_or_default();
            plan.left.push(ReplyLeft { line: taken.line, text: shortened(&text), reason: ReplyReason::Empty });
            continue;
        }
        match stands {
            None => plan.new.push(taken),
            Some(stands) if same(&taken.fields, &stands.fields) => plan.unchanged.push(taken),
            Some(stands) => plan.different.push((stands.id, taken)),
        }
    }
    order::sort_by_key(&mut plan.left, |left| left.line);
    plan
}

/// Whether the file says nothing new; a file without categories leaves those that stand.
fn same(taken: &QuickReplyFields, stands: &QuickReplyFields) -> bool {
    taken.text == stands.text
        && taken.picture == stands.picture
        && (taken.category.is_empty() || taken.category == stands.category)
}

fn key(shortcut: &str) -> String {
    shortcut.trim().to_lowercase()
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Shortcut,
    Text,
    Category,
    Picture,
}

impl Column {
    /// The columns of a table without a header.
    const PLAIN: [Option<Self>; 4] =
        [Some(Self::Shortcut), Some(Self::Text), Some(Self::Category), Some(Self::Picture)];

    fn named(heading: &str) -> Option<Self> {
        let heading = heading.trim().trim_start_matches('\u{feff}').to_lowercase();
        match heading.as_str() {
            "shortcut" | "code" | "key" | "title" | "快捷码" | "快捷编码" | "快捷键" | "编码" | "短语编码" | "代码"
            | "标题" | "名称" | "关键词" => Some(Self::Shortcut),
            "text" | "content" | "reply" | "answer" | "message" | "phrase" | "内容" | "短语" | "短语内容"
            | "快捷短语" | "话术" | "话术内容" | "回复" | "回复内容" | "答案" => Some(Self::Text),
            "category" | "group" | "folder" | "分类" | "分组" | "组名" | "分组名称" | "短语分组" | "短语分类"
            | "类别" => Some(Self::Category),
            "picture" | "image" | "file" | "图片" | "图片名" | "图片名称" | "图片文件" | "图片路径" | "附图" => {
                Some(Self::Picture)
            }
            _ => None,
        }
    }

    /// A header names the words or the picture.
    fn of_header(cells: &[String]) -> Option<Vec<Option<Self>>> {
        let columns: Vec<_> = cells.iter().map(|cell| Self::named(cell)).collect();
        let says = columns.iter().flatten().any(|column| matches!(column, Self::Text | Self::Picture));
        (says && columns.iter().flatten().count() > 1 || columns == [Some(Self::Text)]).then_some(columns)
    }
}

/// The separator that gives the first row the most columns with a known name, or else the most columns.
fn separator(text: &str) -> u8 {
    let columns = |separator: &u8| {
        let first = Rows::new(text, *separator).next_row().and_then(|row| row.cells.ok()).unwrap_or_default();
        (Column::of_header(&first).map_or(0, |columns| columns.iter().flatten().count()), first.len())
    };
    // Of equals the last wins, and a tab is a surer sign than a comma.
    SEPARATORS.into_iter().max_by_key(columns).unwrap_or(b',')
}

#[derive(Default)]
struct Reader {
    columns: Option<Vec<Option<Column>>>,
    reading: ReplyReading,
    /// The group that a row of its own named last.
    group: String,
    /// The line on which each code stood first.
    codes: HashMap<String, usize>,
    /// Codes that were made of words, which may come again, each with the number that the next one like it gets.
    made: HashMap<String, usize>,
    beyond: (usize, Option<usize>),
}

impl Reader {
    fn row(&mut self, line: usize, cells: Vec<String>) {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        if self.columns.is_none() {
            let header = Column::of_header(&cells);
            let is_header = header.is_some();
            self.columns = Some(header.unwrap_or_else(|| Column::PLAIN.to_vec()));
            if is_header {
                return;
            }
        }
        if self.reading.taken.len() == REPLIES_MAX {
            self.beyond.0 += 1;
            self.beyond.1.get_or_insert(line);
            return;
        }
        if let Some(group) = self.group_alone(&cells) {
            self.group = group;
            return;
        }
        let shown = cells.iter().find(|cell| !cell.trim().is_empty()).cloned().unwrap_or_default();
        match self.taken(line, cells) {
            Ok(taken) => self.reading.taken.push(taken),
            Err(reason) => self.leave(line, &shown, reason),
        }
    }

    /// The group that a row names and nothing else; it is that of the rows below.
    fn group_alone(&self, cells: &[String]) -> Option<String> {
        let columns = self.columns.as_ref()?;
        let mut filled = columns.iter().zip(cells).filter(|(_, cell)| !cell.trim().is_empty());
        let (column, group) = filled.next()?;
        (*column == Some(Column::Category) && filled.next().is_none()).then(|| group.trim().to_owned())
    }

    fn taken(&mut self, line: usize, cells: Vec<String>) -> Result<ReplyTaken, ReplyReason> {
        let mut fields = QuickReplyFields::default();
        let mut picture_file = None;
        for (column, cell) in self.columns.iter().flatten().zip(cells) {
            match column {
                Some(Column::Shortcut) => fields.shortcut = cell.trim().to_owned(),
                Some(Column::Text) => fields.text = cell.trim().to_owned(),
                Some(Column::Category) => fields.category = cell,
                Some(Column::Picture) => picture_file = file_name(&cell),
                None => {}
            }
        }
        if fields.text.is_empty() && picture_file.is_none() {
            return Err(ReplyReason::Empty);
        }
        if fields.category.trim().is_empty() {
            fields.category.clone_from(&self.group);
        }
        if fields.shortcut.is_empty() {
            fields.shortcut = self.made_code(&fields.text, picture_file.as_deref());
        }
        // Words may be missing beside a picture, which has no id before its file is read.
        let text_alone = fields.text.is_empty();
        let placeholder = text_alone.then(|| PictureId::of_name(""));
        let fields = QuickReplyFields { picture: placeholder, ..fields }.checked()?;
        let fields = QuickReplyFields { picture: None, ..fields };
        match self.codes.get(&key(&fields.shortcut)) {
            Some(first_line) => Err(ReplyReason::Duplicate { first_line: *first_line }),
            None => {
                self.codes.insert(key(&fields.shortcut), line);
                Ok(ReplyTaken { line, fields, picture_file })
            }
        }
    }

    /// How the words begin; the same beginning again gets a number, in the order of the file.
    fn made_code(&mut self, text: &str, picture_file: Option<&str>) -> String {
        let words = if text.is_empty() { picture_file.unwrap_or_default() } else { text };
        let begin: String = words.chars().filter(|c| c.is_alphanumeric()).take(CODE_CHARS).collect();
        let begin = if begin.is_empty() { "?".to_owned() } else { begin };
        let mut number = self.made.get(&key(&begin)).copied().unwrap_or(1);
        let code = loop {
            let code = if number == 1 { begin.clone() } else { format!("{begin}{number}") };
            number += 1;
            if !self.made.contains_key(&key(&code)) {
                break code;
            }
        };
        self.made.insert(key(&code), 2);
        // Where it goes on from, so that a file of the same words does not count them all again for each.
        self.made.insert(key(&begin), number);
        code
    }

    fn leave(&mut self, line: usize, text: &str, reason: ReplyReason) {
        self.reading.left.push(ReplyLeft { line, text: shortened(text), reason });
    }

    fn done(mut self) -> ReplyReading {
        if let (count, Some(line)) = self.beyond {
            self.leave(line, "", ReplyReason::AndMore { count });
        }
        if let Some(first) = self.reading.left.get(IMPORT_LEFT_MAX) {
            let (line, count) = (first.line, self.reading.left.len() - IMPORT_LEFT_MAX);
            self.reading.left.truncate(IMPORT_LEFT_MAX);
            self.leave(line, "", ReplyReason::AndMore { count });
        }
        self.reading
    }
}

/// The name of a file without its folders; `None` when there is none.
fn file_name(path: &str) -> Option<String> {
    let name = path.trim().rsplit(['/', '\\']).next().unwrap_or_default().trim();
    (!name.is_empty()).then(|| name.to_owned())
}

impl From<TextFault> for ReplyReason {
    fn from(fault: TextFault) -> Self {
        match fault {
            TextFault::Empty { .. } => Self::Empty,
            TextFault::TooLong { chars, max, .. } | TextFault::TooMany { count: chars, max, .. } => {
                Self::TooLong { chars, max }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Micros, SHORTCUT_CHARS_MAX};
    use proptest::prelude::*;

    fn no_picture(_: &str) -> Option<PictureId> {
        None
    }

    fn kept(plan: &ReplyPlan) -> Vec<QuickReply> {
        let kept = plan.new.iter().map(|taken| QuickReply {
            id: QuickReplyId::of_name(&taken.fields.shortcut),
            owner: None,
            team: None,
            fields: taken.fields.clone(),
            version: 1,
            changed_at: Micros(1),
        });
        kept.collect()
    }

    #[test]
    fn a_marketplaces_export_is_read_with_group_and_picture() {
        let text = "\u{feff}快捷编码,快捷短语,分组,图片\r\nzl,\"亲，请看\n这张图\",尺码,图/chima.PNG\r\nhh,七天内可以换,售后,\r\n";
        let reading = quick_replies(text).unwrap();
        assert_eq!(reading.left, []);
        let first = &reading.taken[0];
        assert_eq!(
            (first.line, first.fields.text.as_str(), first.fields.category.as_str()),
            (2, "亲，请看\n这张图", "尺码")
        );
        assert_eq!(first.picture_file.as_deref(), Some("chima.PNG"));
        assert_eq!(reading.taken[1].picture_file, None);
    }

    #[test]
    fn a_row_with_a_group_alone_names_the_group_of_those_below() {
        let reading = quick_replies("分组,编码,内容\n售前,,\n,a,您好\n物流,b,已发\n,c,在的\n").unwrap();
        let groups: Vec<_> = reading.taken.iter().map(|taken| taken.fields.category.as_str()).collect();
        assert_eq!((groups, reading.left.len()), (vec!["售前", "物流", "售前"], 0));
    }

    #[test]
    fn bad_rows_are_named_with_their_reason_and_the_rest_is_taken() {
        let long = "长".repeat(SHORTCUT_CHARS_MAX + 1);
        let text = format!("编码\t内容\nhi\t您好\nHI\t又是您好\n{long}\t好\nx\t\nq\t\"不成对\nz\t再见\n");
        let reading = quick_replies(&text).unwrap();
        let taken: Vec<_> = reading.taken.iter().map(|taken| taken.fields.shortcut.as_str()).collect();
        assert_eq!(taken, ["hi", "z"]);
        let left: Vec<_> = reading.left.iter().map(|left| (left.line, left.reason.clone())).collect();
        let too_long = ReplyReason::TooLong { chars: SHORTCUT_CHARS_MAX + 1, max: SHORTCUT_CHARS_MAX };
        let expected = [
            (3, ReplyReason::Duplicate { first_line: 2 }),
            (4, too_long),
            (5, ReplyReason::Empty),
            (6, ReplyReason::BrokenQuotes),
        ];
        assert_eq!(left, expected);
        assert_eq!(quick_replies(" \n"), Err(ImportError::Empty));
    }

    #[test]
    fn words_without_a_code_are_called_by_their_beginning() {
        let reading = quick_replies("内容\n亲，请稍等一下，马上为您查\n亲，请稍等一下，马上为您看\n").unwrap();
        let codes: Vec<_> = reading.taken.iter().map(|taken| taken.fields.shortcut.as_str()).collect();
        assert_eq!(codes, ["亲请稍等一下马上", "亲请稍等一下马上2"]);
    }

    /// Each row tried every number before its own once more: fifty million tries for such a file.
    #[test]
    fn a_file_of_the_same_words_is_read_in_linear_time() {
        let text = format!("内容\n{}", "亲，请稍等\n".repeat(REPLIES_MAX));
        let reading = quick_replies(&text).unwrap();
        assert_eq!(reading.taken.len(), REPLIES_MAX);
        assert_eq!(reading.taken[REPLIES_MAX - 1].fields.shortcut, format!("亲请稍等{REPLIES_MAX}"));
    }

    #[test]
    fn a_second_run_changes_nothing_and_other_words_are_told() {
        let text = "编码,内容,分组,图片\nhi,您好,问候,a.png\nbye,再见,,\n";
        let picture = |name: &str| (name == "a.png").then(|| PictureId::of_bytes(b"a"));
        let first = plan_quick_replies(quick_replies(text).unwrap(), picture, &[]);
        assert_eq!(first.new.len(), 2);
        assert_eq!(first.new[0].fields.picture, Some(PictureId::of_bytes(b"a")));
        let standing = kept(&first);
        let again = plan_quick_replies(quick_replies(text).unwrap(), picture, &standing);
        assert_eq!((again.new.len(), again.different.len(), again.unchanged.len()), (0, 0, 2));
        // Without the picture's file the one that stands stays.
        let bare = plan_quick_replies(quick_replies(text).unwrap(), no_picture, &standing);
        assert_eq!((bare.new.len(), bare.different.len(), bare.unchanged.len()), (0, 0, 2));
        let other = plan_quick_replies(quick_replies("编码,内容\nHI,您好呀\n").unwrap(), no_picture, &standing);
        assert_eq!(other.different[0].0, standing[0].id);
    }

    #[test]
    fn a_picture_alone_needs_its_file() {
        let text = "编码,内容,图片\nmap,,map.png\n";
        let without = plan_quick_replies(quick_replies(text).unwrap(), no_picture, &[]);
        assert_eq!((without.new.len(), &without.left[0].reason), (0, &ReplyReason::Empty));
        let with = plan_quick_replies(quick_replies(text).unwrap(), |_| Some(PictureId::of_bytes(b"m")), &[]);
        assert_eq!(with.new.len(), 1);
    }

    #[test]
    fn a_sheets_rows_are_read_like_a_text_and_no_more_than_the_limit() {
        let rows = |count: usize| (0..count).map(|n| (n + 1, vec![format!("k{n}"), "好".to_owned()]));
        let reading = quick_replies_of_rows(rows(REPLIES_MAX + 5));
        assert_eq!(reading.taken.len(), REPLIES_MAX);
        assert_eq!(reading.left[0].reason, ReplyReason::AndMore { count: 5 });
    }

    proptest! {
        #[test]
        fn any_table_is_read_once_and_a_second_run_changes_nothing(text in "[编码内容,\\t\"a图片;\\n ]{0,80}") {
            if let Ok(reading) = quick_replies(&text) {
                let plan = plan_quick_replies(reading.clone(), no_picture, &[]);
                let again = plan_quick_replies(reading, no_picture, &kept(&plan));
                prop_assert_eq!((again.new.len(), again.different.len()), (0, 0));
                prop_assert_eq!(again.unchanged.len(), plan.new.len());
            }
        }
    }
}
