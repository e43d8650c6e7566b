//! What the index holds: entries and their lines.

use std::ops::Range;

use super::normal::{normalise, written};
use crate::model::{Article, QuickReply};

pub use crate::model::EntryId;

/// Where in an entry a line stands, the weightiest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// What an agent types to get the entry.
    Shortcut,
    /// The question as the shop words it.
    Title,
    /// Another wording of the question.
    Wording,
    /// What the article is about.
    Tag,
    /// An answer, or the text of a quick reply.
    Answer,
}

/// Lines of one kind are found together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shelf {
    Labels,
    Questions,
    Answers,
}

impl Shelf {
    pub(super) const ALL: [Self; 3] = [Self::Labels, Self::Questions, Self::Answers];
    /// Initials mean little in a long text: only these are found by any spelling.
    pub(super) const SPELLED: [Self; 2] = [Self::Labels, Self::Questions];

    pub(super) fn is_spelled(self) -> bool {
        Self::SPELLED.contains(&self)
    }
}

impl Field {
    pub(super) fn shelf(self) -> Shelf {
        match self {
            Self::Shortcut | Self::Tag => Shelf::Labels,
            Self::Title | Self::Wording => Shelf::Questions,
            Self::Answer => Shelf::Answers,
        }
    }
}

/// One text of an entry, folded, in as few bytes as it needs: two for a character while all fit, as nearly always.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// The folded characters; what does not fit two bytes is kept in `rest` too.
    units: Box<[u16]>,
    rest: Option<Box<Rest>>,
}

/// What few lines need.
#[derive(Debug)]
struct Rest {
    /// The text as written, where folding changed it.
    text: Option<Box<str>>,
    origin: Option<Box<[u32]>>,
    /// The folded characters, where one takes more than two bytes.
    wide: Option<Box<[char]>>,
}

impl Line {
    /// The line of a text, and its folded characters.
    pub(super) fn new(text: &str) -> (Self, Vec<char>) {
        let (chars, origin) = normalise(text).into_parts();
        let changed = origin.is_some() || !text.chars().eq(chars.iter().copied());
        let units = chars.iter().map(|character| u32::from(*character) as u16).collect();
        let wide = chars.iter().any(|character| u32::from(*character) > u32::from(u16::MAX));
        let rest = (changed || wide).then(|| {
            Box::new(Rest {
                text: changed.then(|| text.into()),
                origin: origin.map(Vec::into_boxed_slice),
                wide: wide.then(|| chars.as_slice().into()),
            })
        });
        (Self { units, rest }, chars)
    }

    /// How many folded characters it has.
    pub(super) fn len(&self) -> usize {
        self.units.len()
    }

    /// The folded characters.
    pub(super) fn chars(&self) -> Vec<char> {
        let mut chars = Vec::with_capacity(self.len());
        self.read(&mut chars);
        chars
    }

    /// Writes the folded characters over what `out` holds: reading line after line needs no new memory.
    pub(super) fn read(&self, out: &mut Vec<char>) {
        out.clear();
        match self.rest.as_ref().and_then(|rest| rest.wide.as_deref()) {
            Some(wide) => out.extend_from_slice(wide),
            None => out.extend(self.units.iter().map(|unit| char_of(*unit))),
        }
    }

    /// The text as it was written.
    pub(super) fn text(&self) -> String {
        let written = self.rest.as_ref().and_then(|rest| rest.text.as_deref());
        written.map_or_else(|| self.chars().into_iter().collect(), str::to_owned)
    }

    /// The characters of the text as written that a range of folded characters came from.
    pub(super) fn written(&self, folded: Range<usize>) -> Range<usize> {
        written(self.rest.as_ref().and_then(|rest| rest.origin.as_deref()), folded)
    }

    pub(super) fn bytes(&self) -> usize {
        let rest = self.rest.as_ref().map_or(0, |rest| {
            let text = rest.text.as_ref().map_or(0, |text| text.len());
            let origin = rest.origin.as_ref().map_or(0, |map| size_of_val(&**map));
            let wide = rest.wide.as_ref().map_or(0, |wide| size_of_val(&**wide));
            size_of::<Rest>() + text + origin + wide
        });
        size_of_val(&*self.units) + rest
    }
}

/// Every unit of a line without wide characters was one.
fn char_of(unit: u16) -> char {
    char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The lines of an article, with their place within their field.
pub(super) fn article_lines(article: &Article) -> impl Iterator<Item = (Field, usize, &str)> {
    let fields = &article.fields;
    one(Field::Shortcut, &fields.shortcut)
        .chain(one(Field::Title, &fields.title))
        .chain(all(Field::Wording, &fields.questions))
        .chain(all(Field::Tag, &fields.tags))
        .chain(all(Field::Answer, &fields.answers))
}

/// The lines of a quick reply, with their place within their field.
pub(super) fn quick_reply_lines(reply: &QuickReply) -> impl Iterator<Item = (Field, usize, &str)> {
    let fields = &reply.fields;
    one(Field::Shortcut, &fields.shortcut)
        .chain(one(Field::Tag, &fields.category))
        .chain(one(Field::Answer, &fields.text))
}

fn one(field: Field, text: &str) -> impl Iterator<Item = (Field, usize, &str)> {
    std::iter::once((field, 0, text))
}

fn all(field: Field, texts: &[String]) -> impl Iterator<Item = (Field, usize, &str)> {
    texts.iter().enumerate().map(move |(place, text)| (field, place, text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written() {
        for text in ["", "退货a", "好的😀退貨", "\u{ffff}", "【ＡＢ】……"] {
            let (line, chars) = Line::new(text);
            assert_eq!((line.text().as_str(), line.chars(), line.len()), (text, chars.clone(), chars.len()));
        }
        assert_eq!(Line::new("退货a").0.bytes(), 6);
        assert!(Line::new("退貨a").0.rest.is_some());
    }
}
