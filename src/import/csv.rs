//! Tables: RFC 4180 with commas, semicolons or tabs, and the headings shops give to columns.

use super::{Field, Left, Reason, Taken, fields_or_left};
use crate::model::ArticleFields;

/// What parts several answers, wordings or tags in one cell.
const PARTS: &str = "|||";
/// The most lines one quoted cell may have.
const QUOTED_LINES_MAX: usize = 300;
/// How many lines are looked at to find the separator.
const SAMPLED_LINES: usize = 5;

/// What the table holds.
pub(super) fn read(name: &str, text: &str) -> (Vec<Taken>, Vec<Left>) {
    let separator = separator(name, text);
    let mut rows = Rows::new(text, separator);
    let (mut taken, mut left) = (Vec::new(), Vec::new());
    let mut columns = None;
    while let Some(row) = rows.next_row() {
        let cells = match row.cells {
            Ok(cells) if cells.iter().all(|cell| cell.trim().is_empty()) => continue,
            Ok(cells) => cells,
            Err(broken) => {
                left.push(Left::new(row.line, broken, Reason::BrokenQuotes));
                continue;
            }
        };
        let columns = match &columns {
            Some(columns) => columns,
            None => match Columns::of_header(&cells) {
                Some(found) => {
                    columns = Some(found);
                    continue;
                }
                None => columns.insert(Columns::without_header()),
            },
        };
        match fields_or_left(row.line, columns.fields(cells)) {
            Ok(fields) => taken.push(Taken { line: row.line, number: None, fields, note: None }),
            Err(entry) => left.push(entry),
        }
    }
    (taken, left)
}

/// Whether the first line is the header of a table with questions and answers.
pub(super) fn looks_like(text: &str) -> bool {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    SEPARATORS.iter().any(|separator| {
        let row = Rows::new(line, *separator).next_row();
        row.and_then(|row| row.cells.ok()).and_then(|cells| Columns::of_header(&cells)).is_some()
    })
}

pub(super) const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// The separator that makes a header of the first line; else the one that is most common.
fn separator(name: &str, text: &str) -> u8 {
    let known_columns = |separator: &u8| {
        let row = Rows::new(text, *separator).next_row();
        let columns = row.and_then(|row| row.cells.ok()).and_then(|cells| Columns::of_header(&cells));
        columns.map_or(0, |columns| columns.0.iter().flatten().count())
    };
    let best = SEPARATORS.iter().max_by_key(|separator| known_columns(separator)).copied();
    if let Some(separator) = best.filter(|separator| known_columns(separator) > 0) {
        return separator;
    }
    if name.to_ascii_lowercase().ends_with(".tsv") {
        return b'\t';
    }
    let count = |separator: &u8| {
        text.lines().take(SAMPLED_LINES).map(|line| line.bytes().filter(|byte| byte == separator).count().min(1)).sum()
    };
    // Of equals the last wins, and a tab is a surer sign than a comma.
    SEPARATORS.into_iter().max_by_key(|separator| -> usize { count(separator) }).unwrap_or(b',')
}

/// What each column holds.
struct Columns(Vec<Option<Field>>);

impl Columns {
    fn without_header() -> Self {
        Self(vec![Some(Field::Title), Some(Field::Answers)])
    }

    /// A header names a question and an answer.
    fn of_header(cells: &[String]) -> Option<Self> {
        let mut columns: Vec<_> = cells.iter().map(|cell| column(cell)).collect();
        if !columns.contains(&Some(Field::Answers)) {
            return None;
        }
        if !columns.contains(&Some(Field::Title)) {
            let first = columns.iter().position(|column| *column == Some(Field::Questions))?;
            columns[first] = Some(Field::Title);
        }
        Some(Self(columns))
    }

    fn fields(&self, cells: Vec<String>) -> ArticleFields {
        let mut fields = ArticleFields::default();
        for (column, cell) in self.0.iter().zip(cells) {
            match column {
                Some(Field::Title) if fields.title.trim().is_empty() => fields.title = cell,
                Some(Field::Title | Field::Questions) => fields.questions.extend(parts(&cell, &['\n', ';', '；', '|'])),
                Some(Field::Answers) => fields.answers.extend(cell.split(PARTS).map(str::to_owned)),
                Some(Field::Tags) => fields.tags.extend(parts(&cell, &['\n', ';', '；', '|', ',', '，', '、'])),
                Some(Field::Shortcut) => fields.shortcut = cell,
                None => {}
            }
        }
        fields
    }
}

fn parts(cell: &str, separators: &[char]) -> Vec<String> {
    cell.split(separators).filter(|part| !part.trim().is_empty()).map(str::to_owned).collect()
}

fn column(heading: &str) -> Option<Field> {
    let heading = heading.trim().trim_start_matches('\u{feff}').to_lowercase();
    let name = heading.trim_end_matches(|c: char| c.is_numeric() || "一二三四五六七八九十".contains(c));
    match name.trim_end_matches([' ', '_', '-', '#']) {
        "title" | "question" | "q" | "问题" | "标题" | "问" | "题目" | "标准问题" | "标准问" | "常见问题"
        | "顾客问题" => Some(Field::Title),
        "questions" | "wordings" | "wording" | "variants" | "similar" | "similar questions" | "其他问法"
        | "其它问法" | "相似问" | "相似问题" | "相似问法" | "问法" | "扩展问" => {
            Some(Field::Questions)
        }
        "answer" | "answers" | "a" | "reply" | "回答" | "答案" | "答" | "回复" | "话术" | "标准回答" | "标准答案"
        | "规范回答" | "参考答案" | "回复内容" => Some(Field::Answers),
        "tag" | "tags" | "category" | "标签" | "分类" | "类别" | "类目" => Some(Field::Tags),
        "shortcut" | "shortcuts" | "code" | "快捷码" | "快捷短语" | "快捷键" | "快捷编码" | "快捷方式" => {
            Some(Field::Shortcut)
        }
        _ => None,
    }
}

/// The rows of a table.
pub(super) struct Rows<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    separator: u8,
}

/// A row of a table.
pub(super) struct Row<'a> {
    /// The line it begins on, counted from 1.
    pub(super) line: usize,
    /// The cells, or the line whose quotation marks do not pair.
    pub(super) cells: Result<Vec<String>, &'a str>,
}

impl<'a> Rows<'a> {
    /// The rows of a text.
    pub(super) fn new(text: &'a str, separator: u8) -> Self {
        Self { text, at: 0, line: 1, separator }
    }

    /// The next row.
    pub(super) fn next_row(&mut self) -> Option<Row<'a>> {
        if self.at >= self.text.len() {
            return None;
        }
        let (start, line) = (self.at, self.line);
        let cells = self.cells().ok_or_else(|| {
            // A broken row must not swallow those below it: go on with the next line.
            let end = self.text[start..].find(['\n', '\r']).map_or(self.text.len(), |end| start + end);
            (self.at, self.line) = (end, line);
            self.line_end();
            &self.text[start..end]
        });
        Some(Row { line, cells })
    }

    /// The cells of one row; none if its quotation marks do not pair.
    fn cells(&mut self) -> Option<Vec<String>> {
        let mut cells = Vec::new();
        loop {
            cells.push(if self.is_quoted() { self.quoted()? } else { self.plain() });
            match self.byte() {
                Some(byte) if byte == self.separator => self.at += 1,
                Some(b'\n' | b'\r') => {
                    self.line_end();
                    return Some(cells);
                }
                None => return Some(cells),
                Some(_) => return None,
            }
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Moves past spaces to an opening quotation mark, if there is one.
    fn is_quoted(&mut self) -> bool {
        let spaces = self.text.as_bytes()[self.at..].iter().take_while(|byte| **byte == b' ').count();
        let is_quoted = self.text.as_bytes().get(self.at + spaces) == Some(&b'"');
        if is_quoted {
            self.at += spaces + 1;
        }
        is_quoted
    }

    fn plain(&mut self) -> String {
        let rest = &self.text[self.at..];
        let ends = |byte: u8| byte == self.separator || byte == b'\n' || byte == b'\r';
        let length = rest.bytes().position(ends).unwrap_or(rest.len());
        self.at += length;
        rest[..length].to_owned()
    }

    /// A cell in quotation marks, up to what follows the closing one.
    fn quoted(&mut self) -> Option<String> {
        let mut cell = String::new();
        let mut lines = 0;
        loop {
            let rest = &self.text[self.at..];
            let length = rest.bytes().position(|byte| matches!(byte, b'"' | b'\n'))?;
            cell.push_str(&rest[..length]);
            self.at += length + 1;
            if rest.as_bytes()[length] == b'\n' {
                cell.push('\n');
                self.line += 1;
                lines += 1;
                if lines > QUOTED_LINES_MAX {
                    return None;
                }
            } else if self.byte() == Some(b'"') {
                cell.push('"');
                self.at += 1;
            } else {
                self.at += self.text.as_bytes()[self.at..].iter().take_while(|byte| **byte == b' ').count();
                return Some(cell);
            }
        }
    }

    fn line_end(&mut self) {
        if self.text[self.at..].starts_with("\r\n") {
            self.at += 1;
        }
        if self.at < self.text.len() {
            self.at += 1;
            self.line += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> (Vec<Taken>, Vec<(usize, Reason)>) {
        let (taken, left) = read("茶.csv", text);
        (taken, left.into_iter().map(|left| (left.line, left.reason)).collect())
    }

    #[test]
    fn a_table_with_chinese_headings() {
        let (taken, left) = table(
            "编号,标题,相似问,答案1,答案2,标签,快捷码\r\n\
             1,茶怎么存?,怎么保存；放哪里,\"避光、密封,\n放阴凉处\",\"亲,\"\"密封\"\"就好\",\"保存,茶\",cun\r\n",
        );
        assert_eq!(left, []);
        let fields = &taken[0].fields;
        assert_eq!((taken[0].line, fields.title.as_str(), fields.shortcut.as_str()), (2, "茶怎么存?", "cun"));
        assert_eq!(fields.questions, ["怎么保存", "放哪里"]);
        assert_eq!(fields.answers, ["避光、密封,\n放阴凉处", "亲,\"密封\"就好"]);
        assert_eq!(fields.tags, ["保存", "茶"]);
    }

    #[test]
    fn several_answers_in_one_cell_and_other_separators() {
        for separator in [",", ";", "\t"] {
            let text =
                ["question", "answers"].join(separator) + "\n" + &["Is it bitter?", "No.|||A bit."].join(separator);
            let (taken, left) = table(&text);
            assert_eq!((taken[0].fields.answers.len(), left.len()), (2, 0), "{separator:?}");
        }
    }

    #[test]
    fn without_a_header_the_first_column_asks() {
        let (taken, left) = table("苦吗?,不苦\n甜吗?;不好说,甜");
        assert_eq!(taken.iter().map(|taken| taken.line).collect::<Vec<_>>(), [1, 2]);
        assert_eq!((taken[1].fields.title.as_str(), left), ("甜吗?;不好说", vec![]));
    }

    #[test]
    fn a_broken_row_does_not_stop_the_rest() {
        let long = "茶".repeat(5_001);
        let (taken, left) = table(&format!(
            "问题,答案\n一,\"没有关上\n二,好\n三,\"好\"\n四,\n,没有问题\n五,{long}\n六,\"好\"多\n七,好\n八,\"到头"
        ));
        let titles: Vec<_> = taken.iter().map(|taken| (taken.line, taken.fields.title.as_str())).collect();
        assert_eq!(titles, [(3, "二"), (4, "三"), (9, "七")]);
        let too_long = Reason::TooLong { field: Field::Answers, chars: 5_001, max: 5_000 };
        assert_eq!(
            left,
            [
                (2, Reason::BrokenQuotes),
                (5, Reason::NoAnswer),
                (6, Reason::NoQuestion),
                (7, too_long),
                (8, Reason::BrokenQuotes),
                (10, Reason::BrokenQuotes),
            ]
        );
    }
}
