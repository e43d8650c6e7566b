//! What the articles of a shop ask, ready to be compared.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::super::entry::{EntryId, Field, article_lines};
use super::super::index::Index;
use super::super::intents::{IntentId, Intents};
use super::folding::read;
use super::texts::{Phrase, Source, Texts};
use super::{MESSAGE_CHARS_READ, Why};
use crate::model::{Article, ArticleId};

/// How many wordings of an article are compared.
const WORDINGS_READ_MAX: usize = 200;
/// In a shop of that many articles the intents of all are known; in a larger one those of the promising only.
const INTENTS_OF_ALL_MAX: usize = 500;

/// An intent and how sure it is.
type Told = Vec<(IntentId, f32)>;

/// The questions of the articles.
#[derive(Debug, Default)]
pub(in super::super) struct Wordings {
    texts: Texts,
    articles: BTreeMap<ArticleId, Asks>,
}

/// What an article asks.
#[derive(Debug, Default)]
struct Asks {
    slots: Box<[u32]>,
    /// Found out when it is first needed.
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
        self.articles.insert(article.id, Asks { slots: slots.into_boxed_slice(), intents: OnceLock::new() });
    }

    pub(in super::super) fn remove(&mut self, article: ArticleId) {
        for slot in self.articles.remove(&article).unwrap_or_default().slots {
            self.texts.remove(slot);
        }
    }

    pub(in super::super) fn holds(&self, article: ArticleId) -> bool {
        self.articles.contains_key(&article)
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
        let asks = |asks: &Asks| size_of_val(&*asks.slots) + asks.intents.get().map_or(0, |told| told.capacity() * 8);
        let articles = self.articles.values().map(asks).sum::<usize>();
        articles + self.articles.len() * size_of::<(ArticleId, Asks)>() + self.texts.bytes()
    }
}

impl Index {
    /// The intents of all articles of a small shop, or of the promising ones.
    pub(super) fn intents_of_articles(&self, promising: Vec<ArticleId>) -> impl Iterator<Item = (ArticleId, &Told)> {
        let all = &self.wordings.articles;
        let some = if all.len() <= INTENTS_OF_ALL_MAX { all.keys().copied().collect() } else { promising };
        some.into_iter().filter_map(|article| {
            let asks = all.get(&article)?;
            Some((article, asks.intents.get_or_init(|| self.intents_of(article))))
        })
    }

    fn intents_of(&self, article: ArticleId) -> Told {
        let texts = |field| self.written(article, field).map(|(_, text)| text).collect::<Vec<String>>();
        let title = texts(Field::Title).pop().unwrap_or_default();
        Intents::base().of_article(&title, &texts(Field::Wording), &texts(Field::Answer))
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
