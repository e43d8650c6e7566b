//! The index: what is held, and how it changes in place.

mod packed;

use std::collections::BTreeMap;

use super::entry::{EntryId, Field, Shelf, article_lines, quick_reply_lines};
use super::favour::{Choices, LastFavour};
use super::grams::{Grams, POSTING_LINES_MAX};
use super::hits::Zeros;
use super::learn::Lessons;
use super::prints;
use super::suggest::Wordings;
use super::text::{Line, Texts, folded};
use crate::model::{Article, ArticleId, QuickReply};
use crate::packing::Print;

/// The most lines (titles, wordings, tags, answers) an index holds; further ones are kept out of it.
pub const LINES_MAX: usize = POSTING_LINES_MAX;

/// The articles and quick replies of a shop, ready to be found.
///
/// A change costs about as much as the changed entry is long: nothing else is rebuilt.
#[derive(Debug, Default)]
pub struct Index {
    by_id: BTreeMap<EntryId, u32>,
    entries: Vec<Entry>,
    free_entries: Vec<u32>,
    heads: Vec<Head>,
    texts: Texts,
    free_lines: Vec<u32>,
    grams: [Grams; Shelf::COUNT],
    choices: Choices,
    pub(super) last_favour: LastFavour,
    pub(super) zeros: Zeros,
    pub(super) wordings: Wordings,
    pub(super) lessons: Lessons,
}

/// Articles of which an index does not hold what they say.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unlike {
    /// Those that say something else, or are not held at all.
    pub changed: Vec<ArticleId>,
    /// Those that are held and no more.
    pub gone: Vec<ArticleId>,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: EntryId,
    pub(super) lines: Box<[u32]>,
    /// Tells the texts it was put in with from others.
    print: u64,
}

/// What ranking needs of a line, close together: thousands are read for a key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) entry: u32,
    pub(super) chars: u32,
    pub(super) field: Field,
    /// Which wording, tag or answer.
    pub(super) place: u16,
}

impl Index {
    /// An index that holds nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes an article in, in place of its former version.
    pub fn put_article(&mut self, article: &Article) {
        self.put(EntryId::Article(article.id), article_lines(article));
        self.put_questions(article);
    }

    /// Takes an article in for searching alone: until [`Index::put_questions`] it is not suggested.
    pub fn put_to_find(&mut self, article: &Article) {
        self.put(EntryId::Article(article.id), article_lines(article));
    }

    /// In which articles the index is not as these, which are all there are.
    pub fn compared<'a>(&self, articles: impl Iterator<Item = &'a Article>) -> Unlike {
        let mut articles: Vec<&Article> = articles.collect();
        // They mostly come in this order, and are then sorted in no time.
        articles.sort_unstable_by_key(|article| article.id);
        let mut held = self.by_id.iter().filter_map(|(id, slot)| id.article().map(|id| (id, *slot))).peekable();
        let mut unlike = Unlike::default();
        for article in articles {
            unlike.gone.extend(std::iter::from_fn(|| held.next_if(|(id, _)| *id < article.id)).map(|(id, _)| id));
            let print = held.next_if(|(id, _)| *id == article.id).map(|(_, slot)| self.entry(slot).print);
            if print != Some(prints::of_lines(article_lines(article))) {
                unlike.changed.push(article.id);
            }
        }
        unlike.gone.extend(held.map(|(id, _)| id));
        unlike
    }

    /// Takes in what an article is suggested for.
    pub fn put_questions(&mut self, article: &Article) {
        self.wordings.put(article);
        self.lessons.articles_changed();
    }

    /// Takes a quick reply in, in place of its former version.
    pub fn put_quick_reply(&mut self, reply: &QuickReply) {
        self.put(EntryId::QuickReply(reply.id), quick_reply_lines(reply));
    }

    /// Takes an entry out; one that is not there is no matter.
    pub fn remove(&mut self, id: EntryId) {
        let Some(slot) = self.by_id.remove(&id) else { return };
        self.last_favour.forget();
        for line in std::mem::take(&mut self.entries[slot as usize].lines) {
            self.remove_line(line);
        }
        self.free_entries.push(slot);
        if let EntryId::Article(article) = id {
            self.wordings.remove(article);
            self.lessons.articles_changed();
        }
    }

    /// The articles that are held.
    pub fn articles(&self) -> impl Iterator<Item = ArticleId> {
        self.by_id.keys().copied().filter_map(EntryId::article)
    }

    /// How many entries are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// About how much memory is held, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let lines = self.heads.capacity() * size_of::<Head>();
        let entries = self.entries.capacity() * size_of::<Entry>() + self.by_id.len() * size_of::<(EntryId, u32)>();
        let places: usize = self.entries.iter().map(|entry| size_of_val(&*entry.lines)).sum();
        let grams: usize = self.grams.iter().map(Grams::bytes).sum();
        let asked = self.wordings.bytes() + self.lessons.bytes();
        lines + entries + self.texts.bytes() + places + grams + self.choices.bytes() + self.zeros.bytes() + asked
    }

    pub(super) fn choices(&self) -> &Choices {
        &self.choices
    }

    pub(super) fn choices_mut(&mut self) -> &mut Choices {
        self.last_favour.forget();
        &mut self.choices
    }

    pub(super) fn slot(&self, id: EntryId) -> Option<u32> {
        self.by_id.get(&id).copied()
    }

    pub(super) fn slots(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn entry(&self, slot: u32) -> &Entry {
        &self.entries[slot as usize]
    }

    pub(super) fn line_slots(&self) -> usize {
        self.heads.len()
    }

    pub(super) fn head(&self, line: u32) -> &Head {
        &self.heads[line as usize]
    }

    pub(super) fn text(&self, line: u32) -> Line<'_> {
        self.texts.get(line)
    }

    /// Writes the folded characters of a line over what `out` holds.
    pub(super) fn read(&self, line: u32, out: &mut Vec<char>) {
        self.texts.read(line, out);
    }

    /// As [`Index::read`], so many characters from a place on.
    pub(super) fn read_part(&self, line: u32, from: usize, most: usize, out: &mut Vec<char>) {
        self.texts.read_part(line, from, most, out);
    }

    /// Whether a line holds some folded characters at a place.
    #[inline]
    pub(super) fn holds_at(&self, line: u32, place: usize, chars: &[char]) -> bool {
        self.texts.holds_at(line, place, chars)
    }

    /// Picks the best of a long list, so that a search needs not look at the rest; whether any was left to pick.
    pub(super) fn pick_foremost(&mut self) -> bool {
        let Self { grams, heads, entries, .. } = self;
        let told = |line: u32| {
            let head = heads[line as usize];
            (head.chars as usize, entries[head.entry as usize].id)
        };
        grams.iter_mut().any(|grams| grams.pick_foremost(told))
    }

    pub(super) fn grams(&self, shelf: Shelf) -> &Grams {
        &self.grams[shelf as usize]
    }

    fn put<'a>(&mut self, id: EntryId, lines: impl Iterator<Item = (Field, usize, &'a str)>) {
        self.remove(id);
        self.last_favour.forget();
        let slot = self.free_entries.pop().unwrap_or(self.entries.len() as u32);
        let mut print = Print::default();
        let put = lines.filter_map(|(field, place, text)| {
            prints::add_line(&mut print, field, place, text);
            self.put_line(slot, field, place, text)
        });
        let lines = put.collect();
        let entry = Entry { id, lines, print: print.told() };
        match self.entries.get_mut(slot as usize) {
            Some(free) => *free = entry,
            None => self.entries.push(entry),
        }
        self.by_id.insert(id, slot);
    }

    fn put_line(&mut self, entry: u32, field: Field, place: usize, text: &str) -> Option<u32> {
        let (chars, origin) = folded(text);
        if chars.is_empty() {
            return None;
        }
        let line = self.free_line()?;
        let shelf = field.shelf();
        self.grams[shelf as usize].put(line, field.leads(), &chars);
        self.heads[line as usize] = Head { entry, chars: chars.len() as u32, field, place: place as u16 };
        self.texts.put(line, text, &chars, origin);
        Some(line)
    }

    fn free_line(&mut self) -> Option<u32> {
        if let Some(line) = self.free_lines.pop() {
            return Some(line);
        }
        let line = self.heads.len();
        (line < LINES_MAX).then(|| {
            self.heads.push(Head { entry: 0, chars: 0, field: Field::Answer, place: 0 });
            line as u32
        })
    }

    fn remove_line(&mut self, line: u32) {
        let chars = self.texts.get(line).chars();
        self.texts.remove(line);
        let shelf = self.heads[line as usize].field.shelf();
        self.grams[shelf as usize].remove(line, &chars);
        self.free_lines.push(line);
    }
}
