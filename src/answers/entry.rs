//! What the index holds: entries and their lines.

use super::normal::{normalise, written};
use crate::model::{Article, QuickReply};

pub use crate::model::EntryId;
use std::ops::Range;

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

/// One text of an entry, folded.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// The folded characters.
    pub(super) chars: Box<[char]>,
    /// Kept only where folding changed the text.
    original: Option<Box<Original>>,
}

#[derive(Debug)]
struct Original {
    text: Box<str>,
    origin: Option<Box<[u32]>>,
}

impl Line {
    pub(super) fn new(text: &str) -> Self {
        let (chars, origin) = normalise(text).into_parts();
        let changed = origin.is_some() || !text.chars().eq(chars.iter().copied());
        let original =
            changed.then(|| Box::new(Original { text: text.into(), origin: origin.map(Vec::into_boxed_slice) }));
        Self { chars: chars.into_boxed_slice(), original }
    }

    /// The text as it was written.
    pub(super) fn text(&self) -> String {
        self.original.as_ref().map_or_else(|| self.chars.iter().collect(), |original| original.text.to_string())
    }

    /// The characters of the text as written that a range of folded characters came from.
    pub(super) fn written(&self, folded: Range<usize>) -> Range<usize> {
        written(self.original.as_ref().and_then(|original| original.origin.as_deref()), folded)
    }

    pub(super) fn bytes(&self) -> usize {
        let original = self.original.as_ref().map_or(0, |original| {
            size_of::<Original>() + original.text.len() + original.origin.as_ref().map_or(0, |map| size_of_val(&**map))
        });
        size_of_val(&*self.chars) + original
    }
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
    one(Field::Shortcut, &reply.fields.shortcut).chain(one(Field::Answer, &reply.fields.text))
}

fn one(field: Field, text: &str) -> impl Iterator<Item = (Field, usize, &str)> {
    std::iter::once((field, 0, text))
}

fn all(field: Field, texts: &[String]) -> impl Iterator<Item = (Field, usize, &str)> {
    texts.iter().enumerate().map(move |(place, text)| (field, place, text.as_str()))
}
