//! What the index holds: entries and their lines.

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
    pub(super) const COUNT: usize = 3;
    /// Initials mean little in a long text: only these are found by any spelling.
    pub(super) const SPELLED: [Self; 2] = [Self::Labels, Self::Questions];

    /// The fields whose lines stand on it, the weightiest first.
    pub(super) const fn fields(self) -> &'static [Field] {
        match self {
            Self::Labels => &[Field::Shortcut, Field::Tag],
            Self::Questions => &[Field::Title, Field::Wording],
            Self::Answers => &[Field::Answer],
        }
    }

    pub(super) fn is_spelled(self) -> bool {
        Self::SPELLED.contains(&self)
    }
}

impl Field {
    /// Every field, in the order of their places.
    pub(super) const ALL: [Self; 5] = [Self::Shortcut, Self::Title, Self::Wording, Self::Tag, Self::Answer];

    /// Whether it is the weightiest on its shelf.
    pub(super) fn leads(self) -> bool {
        matches!(self, Self::Shortcut | Self::Title)
    }

    pub(super) fn shelf(self) -> Shelf {
        match self {
            Self::Shortcut | Self::Tag => Shelf::Labels,
            Self::Title | Self::Wording => Shelf::Questions,
            Self::Answer => Shelf::Answers,
        }
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
