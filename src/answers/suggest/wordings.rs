//! What the articles of a shop ask, ready to be compared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::super::entry::{EntryId, Field, article_lines};
use super::super::index::Index;
use super::super::intents::{IntentId, Intents, Learning};
use super::folding::read;
use super::texts::{Phrase, Source, Texts};
use super::{MESSAGE_CHARS_READ, Why};
use crate::model::{Article, ArticleId};

/// How many wordings of an article are compared.
const WORDINGS_READ_MAX: usize = 200;
/// In a shop of that many articles the intents of all are known; in a larger one those of the promising only.
const INTENTS_OF_ALL_MAX: usize = 500;
/// The intents of how many articles are read for a message, when idle time has not come to them yet.
const READ_AT_ONCE_MAX: usize = 8;
/// The intents of how many articles are read in one part of idle time.
const READ_IN_PART: usize = 24;

/// An intent and how sure it is.
type Told = Box<[(IntentId, f32)]>;

/// Whether the base of intents is there.
#[derive(Debug, Default)]
enum Base {
    #[default]
    Unread,
    Learning(Box<Learning>),
    Learned,
}

/// The questions of the articles.
#[derive(Debug, Default)]
pub(in super::super) struct Wordings {
    texts: Texts,
    articles: BTreeMap<ArticleId, Asks>,
    /// Those whose intents are to be read in idle time.
    unread: BTreeSet<ArticleId>,
    base: Base,
}

/// What an article asks.
#[derive(Debug, Default)]
struct Asks {
    slots: Box<[u32]>,
    /// Read in idle time, or when they are needed before.
    intents: OnceLock<Told>,
}

impl Wordings {
    pub(in super::super) fn put(&mut self, article: &Article) {
        self.remove(article.id);
        let mut slots = Vec::new();
        let questions = article_lines(article).filter(|(field, ..)| matches!(field, Field::Title | Field::Wording));
        for (field, place, text) in questions.take(WORDINGS_READ_MAX) {
            let source = Source::Wording(article.id, field, place as u16);
            slots.extend(self.texts.put(source, &read(text, MESSAGE_CHARS_READ)));
        }
        self.unread.insert(article.id);
        self.articles.insert(article.id, Asks { slots: slots.into_boxed_slice(), intents: OnceLock::new() });
    }

    pub(in super::super) fn remove(&mut self, article: ArticleId) {
        self.unread.remove(&article);
        for slot in self.articles.remove(&article).unwrap_or_default().slots {
            self.texts.remove(slot);
        }
    }

    pub(in super::super) fn holds(&self, article: ArticleId) -> bool {
        self.articles.contains_key(&article)
    }

    /// The base of intents, once it was learned for this index.
    pub(super) fn intents(&self) -> Option<&'static Intents> {
        matches!(self.base, Base::Learned).then(Intents::base)
    }

    /// Learns a part of the base of intents; whether something is left.
    pub(in super::super) fn learn_base_part(&mut self) -> bool {
        if self.articles.is_empty() || matches!(self.base, Base::Learned) {
            return false;
        }
        self.base = match std::mem::take(&mut self.base) {
            _ if Intents::learned().is_some() => Base::Learned,
            Base::Unread => Base::Learning(Box::new(Learning::new())),
            Base::Learning(mut learning) => {
                if learning.part() {
                    Base::Learning(learning)
                } else {
                    Intents::keep(*learning);
                    Base::Learned
                }
            }
            Base::Learned => Base::Learned,
        };
        true
    }

    pub(in super::super) fn texts(&self) -> &Texts {
        &self.texts
    }

    pub(in super::super) fn texts_mut(&mut self) -> &mut Texts {
        &mut self.texts
    }

    /// The title and wordings of an article, as they are compared.
    pub(in super::super) fn phrases_of(&self, article: ArticleId) -> impl Iterator<Item = &Phrase> {
        let slots = self.articles.get(&article).map_or(&[][..], |asks| &asks.slots);
        slots.iter().filter_map(|slot| self.texts.held(*slot)).map(|held| &held.phrase)
    }

    /// How much of a product's name an article's questions hold: 0 to 1.
    pub(super) fn naming(&self, article: ArticleId, product: &Phrase) -> f32 {
        let named = |phrase: &Phrase| product.pairs.iter().filter(|pair| phrase.pairs.contains(pair)).count();
        let most = self.phrases_of(article).map(named).max().unwrap_or(0);
        most as f32 / product.pairs.len().max(1) as f32
    }

    pub(in super::super) fn bytes(&self) -> usize {
        let asks = |asks: &Asks| size_of_val(&*asks.slots) + asks.intents.get().map_or(0, |told| size_of_val(&**told));
        let articles = self.articles.values().map(asks).sum::<usize>();
        articles + self.articles.len() * size_of::<(ArticleId, Asks)>() + self.texts.bytes()
    }
}

impl Index {
    /// The intents of all articles of a small shop, or of the promising ones, as far as they were read.
    pub(super) fn intents_of_articles(&self, base: &Intents, promising: &[ArticleId]) -> Vec<(ArticleId, &Told)> {
        let all = &self.wordings.articles;
        let is_unread = |article: &&ArticleId| all.get(article).is_some_and(|asks| asks.intents.get().is_none());
        promising.iter().filter(is_unread).take(READ_AT_ONCE_MAX).for_each(|article| self.read_intents(base, *article));
        let known = |article: &ArticleId| Some((*article, all.get(article)?.intents.get()?));
        let is_small = all.len() <= INTENTS_OF_ALL_MAX;
        if is_small { all.keys().filter_map(known).collect() } else { promising.iter().filter_map(known).collect() }
    }

    /// Reads the intents of a part of the articles; whether something is left.
    pub(in super::super) fn read_intents_part(&mut self) -> bool {
        let Some(base) = self.wordings.intents().filter(|_| !self.wordings.unread.is_empty()) else { return false };
        for _ in 0..READ_IN_PART {
            let Some(article) = self.wordings.unread.pop_first() else { break };
            self.read_intents(base, article);
        }
        true
    }

    fn read_intents(&self, base: &Intents, article: ArticleId) {
        let Some(asks) = self.wordings.articles.get(&article) else { return };
        asks.intents.get_or_init(|| self.intents_of(base, article));
    }

    fn intents_of(&self, base: &Intents, article: ArticleId) -> Told {
        let texts = |field| self.written(article, field).map(|(_, text)| text).collect::<Vec<String>>();
        let title = texts(Field::Title).pop().unwrap_or_default();
        base.of_article(&title, &texts(Field::Wording), &texts(Field::Answer)).into_boxed_slice()
    }

    /// The texts of a field of an article as they were written, with their places.
    fn written(&self, article: ArticleId, field: Field) -> impl Iterator<Item = (usize, String)> {
        let slot = self.slot(EntryId::Article(article));
        let lines = slot.map_or(&[][..], |slot| &self.entry(slot).lines);
        let of_field = lines.iter().filter(move |line| self.head(**line).field == field);
        of_field.map(|line| (usize::from(self.head(*line).place), self.text(*line).text()))
    }

    /// A title or wording as a reason.
    pub(super) fn wording(&self, article: ArticleId, field: Field, line: usize) -> Option<Why> {
        let (line, text) = self.written(article, field).find(|(place, _)| *place == line)?;
        Some(Why::Wording { field, line, text })
    }
}
