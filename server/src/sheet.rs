//! Tables for spreadsheets: rows of typed cells, written as comma-separated values or as a workbook. What people wrote is
//! text in both and never becomes a formula.

mod workbook;

pub use workbook::xlsx;

/// A byte order mark, without which spreadsheets take Chinese for something else.
const BYTE_ORDER_MARK: char = '\u{feff}';
/// How a formula begins, also where people type Chinese.
const FORMULA_SIGNS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
/// The longest text of a cell that a spreadsheet takes, in characters.
pub const CELL_CHARS_MAX: usize = 32_767;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing, such as what a figure says of no rounds.
    Nothing,
    /// The name of a column.
    Heading(String),
    /// Words.
    Text(String),
    /// A number of things.
    Count(i64),
    /// A share, from 0 to 1.
    Share(f64),
    /// A time, in milliseconds; it is written in seconds.
    Millis(i64),
}

impl Cell {
    /// Words, or nothing where there are none.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Nothing } else { Self::Text(text) }
    }

    /// A number of things, where there is one.
    #[must_use]
    pub fn count(number: Option<impl Into<i64>>) -> Self {
        number.map_or(Self::Nothing, |number| Self::Count(number.into()))
    }

    /// As it stands in a plain file.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Heading(text) | Self::Text(text) => text.clone(),
            Self::Count(number) => number.to_string(),
            Self::Share(share) => format!("{share:.4}"),
            Self::Millis(ms) => {
                let sign = if *ms < 0 { "-" } else { "" };
                format!("{sign}{}.{:03}", ms.unsigned_abs() / 1_000, ms.unsigned_abs() % 1_000)
            }
        }
    }
}

/// A table with its name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// What it is called.
    pub name: String,
    /// Its rows; the first may hold headings.
    pub rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// A table with headings and nothing below them.
    #[must_use]
    pub fn with_headings<'h>(name: &str, headings: impl IntoIterator<Item = &'h str>) -> Self {
        let headings = headings.into_iter().map(|heading| Cell::Heading(heading.to_owned())).collect();
        Self { name: name.to_owned(), rows: vec![headings] }
    }
}

/// The rows as comma-separated values.
#[must_use]
pub fn csv<'r>(rows: impl IntoIterator<Item = &'r Vec<Cell>>) -> String {
    let mut text = BYTE_ORDER_MARK.to_string();
    for row in rows {
        let cells: Vec<String> = row.iter().map(quoted).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A cell that a spreadsheet reads as what it is: words that begin like a formula do not become one.
fn quoted(cell: &Cell) -> String {
    let is_words = matches!(cell, Cell::Text(_) | Cell::Heading(_));
    let plain = cell.plain();
    let is_formula = is_words && plain.trim_start_matches([' ', '\n']).starts_with(FORMULA_SIGNS) && plain != "-";
    let plain = if is_formula { format!("'{plain}") } else { plain };
    if plain.contains(['"', ',', ';', '\t', '\n', '\r']) {
        format!("\"{}\"", plain.replace('"', "\"\""))
    } else {
        plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_never_become_a_formula_nor_leave_their_cell() {
        let said = |text: &str| quoted(&Cell::Text(text.into()));
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "－1", " =1", "\n=1"] {
            assert!(said(text).trim_start_matches('"').starts_with('\''), "{text}");
        }
        assert_eq!(said("\t=1"), "\"'\t=1\"");
        assert_eq!(said("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
        assert_eq!([said("-"), said("茶"), said("a=b")], ["-", "茶", "a=b"]);
    }

    #[test]
    fn numbers_stay_numbers() {
        let rows = vec![
            vec![Cell::Heading("n".into()), Cell::Heading("s".into())],
            vec![Cell::Count(-3), Cell::Share(1.0 / 3.0), Cell::Millis(61_007), Cell::Millis(-5), Cell::Nothing],
        ];
        assert_eq!(csv(&rows), "\u{feff}n,s\r\n-3,0.3333,61.007,-0.005,\r\n");
    }
}
