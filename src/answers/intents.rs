//! What shoppers of online shops want to know: a base of intents with many wordings each, so that a shop that has just
//! imported its questions is understood in its shoppers' own words.
//!
//! A message and an article are each mapped onto intents; what they share is their affinity. The wordings are plain text,
//! the model is learned from them on the device, in idle time, the same on every device.

mod everyday;
mod fold;
mod learning;
mod model;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use everyday::Everyday;
pub(super) use everyday::Usual;
use fold::Phrases;
pub(super) use learning::Learning;
use model::Model;

/// The most intents told of one text.
pub const INTENTS_TOLD_MAX: usize = 5;
/// The least confidence that is told beside a surer one.
pub const CONFIDENCE_MIN: f32 = 0.1;
/// A text with less confidence than this in all intents asks nothing.
pub const ASKED_MIN: f32 = 0.15;

const BASE: &str = include_str!("intents/base.txt");
const PHRASES: &str = include_str!("intents/phrases.txt");
static BASE_LEARNED: OnceLock<Intents> = OnceLock::new();
/// The name of the wordings that ask nothing.
const NOTHING: &str = "-";
/// What a clause alone counts beside the whole message.
const CLAUSE_WEIGHT: f32 = 0.9;
/// The most tokens of a message that is read as one question too.
const WHOLE_TOKENS_MAX: usize = 30;
/// What another wording counts beside the title.
const WORDING_WEIGHT: f32 = 0.95;
/// What the answer counts beside a title that says all.
const ANSWER_WEIGHT: f32 = 0.2;
/// What more it counts beside a title that says nothing.
const ANSWER_WEIGHT_TERSE: f32 = 0.4;
/// How many clauses of an answer are read.
const ANSWER_CLAUSES_MAX: usize = 4;
/// How many wordings and answers of an article are read, each.
const ARTICLE_LINES_MAX: usize = 30;

/// Something a shopper may want.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IntentId(u8);

/// An intent of the base.
#[derive(Debug)]
struct Intent {
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    /// What else may answer it, and how well.
    near: Vec<(IntentId, f32)>,
}

/// The base of intents.
pub struct Intents {
    phrases: Phrases,
    model: Model,
    intents: Vec<Intent>,
    everyday: Everyday,
}

impl IntentId {
    /// Its name in the base, such as `ship_when`.
    #[must_use]
    pub fn name(self) -> &'static str {
        Intents::base().intents[usize::from(self.0)].name
    }

    /// Its name in Chinese.
    #[must_use]
    pub fn zh(self) -> &'static str {
        Intents::base().intents[usize::from(self.0)].zh
    }

    /// Its name in English.
    #[must_use]
    pub fn en(self) -> &'static str {
        Intents::base().intents[usize::from(self.0)].en
    }
}

impl Intents {
    /// The base, learned on first use: too long for a key press, see [`Index::settle_part`](super::Index::settle_part).
    #[must_use]
    pub fn base() -> &'static Self {
        BASE_LEARNED.get_or_init(|| Learning::new().finish())
    }

    /// The base, if somebody learned it.
    pub(super) fn learned() -> Option<&'static Self> {
        BASE_LEARNED.get()
    }

    /// The base from what was learned in parts.
    pub(super) fn keep(learning: Learning) -> &'static Self {
        BASE_LEARNED.get_or_init(|| learning.finish())
    }

    /// Every intent, in the order of the base.
    pub fn all(&self) -> impl Iterator<Item = IntentId> {
        (0..self.intents.len()).map(|place| IntentId(place as u8))
    }

    /// What a message asks, the surest first, with a confidence from 0 to 1; nothing when it asks nothing.
    #[must_use]
    pub fn of(&self, text: &str) -> Vec<(IntentId, f32)> {
        self.told(&self.weighed(text, usize::MAX))
    }

    /// What an article answers: its title above all, then its wordings; the answers help a terse title.
    #[must_use]
    pub fn of_article(&self, title: &str, questions: &[String], answers: &[String]) -> Vec<(IntentId, f32)> {
        let mut known = self.weighed(title, usize::MAX);
        for question in questions.iter().take(ARTICLE_LINES_MAX) {
            raise(&mut known, &self.weighed(question, usize::MAX), WORDING_WEIGHT);
        }
        let best = known.iter().copied().fold(0.0, f32::max);
        let weight = ANSWER_WEIGHT + ANSWER_WEIGHT_TERSE * (1.0 - best);
        for answer in answers.iter().take(ARTICLE_LINES_MAX) {
            raise(&mut known, &self.weighed(answer, ANSWER_CLAUSES_MAX), weight);
        }
        self.told(&known)
    }

    /// How well an article that answers `article` fits a message that asks `message`: 0 to 1.
    #[must_use]
    pub fn affinity(&self, message: &[(IntentId, f32)], article: &[(IntentId, f32)]) -> f32 {
        let fit = |(asked, sure): &(IntentId, f32)| {
            let answered = article.iter().map(|(intent, about)| self.nearness(*asked, *intent) * about);
            sure * answered.fold(0.0, f32::max)
        };
        message.iter().map(fit).sum::<f32>().min(1.0)
    }

    /// How a character is used in any shop.
    pub(super) fn usual(&self, character: char) -> Usual {
        self.everyday.usual(character)
    }

    /// How much oftener than by chance shoppers say the one instead of the other, as a logarithm.
    pub(super) fn stands_for(&self, one: Usual, other: Usual) -> f32 {
        self.everyday.stands_for(one, other)
    }

    fn nearness(&self, asked: IntentId, answered: IntentId) -> f32 {
        if asked == answered {
            return 1.0;
        }
        let near = &self.intents[usize::from(asked.0)].near;
        near.iter().find(|(other, _)| *other == answered).map_or(0.0, |(_, nearness)| *nearness)
    }

    /// The confidence in each intent.
    fn weighed(&self, text: &str, clauses_max: usize) -> Vec<f32> {
        let mut clauses = self.phrases.clauses(text);
        clauses.truncate(clauses_max);
        let mut sure = vec![0.0; self.intents.len()];
        let one = clauses.len() == 1;
        for clause in &clauses {
            raise(&mut sure, &self.asked(clause), if one { 1.0 } else { CLAUSE_WEIGHT });
        }
        let whole = clauses.concat();
        if !one && !whole.is_empty() && whole.len() <= WHOLE_TOKENS_MAX {
            raise(&mut sure, &self.asked(&whole), 1.0);
        }
        sure
    }

    /// The confidence in each intent, held back by how much it looks like asking nothing.
    fn asked(&self, tokens: &[char]) -> Vec<f32> {
        let mut sure = self.model.confidences(tokens);
        let nothing = sure.pop().unwrap_or_default();
        sure.iter_mut().for_each(|sure| *sure *= 1.0 - nothing);
        sure
    }

    fn told(&self, sure: &[f32]) -> Vec<(IntentId, f32)> {
        let told = self.all().zip(sure.iter().copied());
        let mut told: Vec<(IntentId, f32)> = told.filter(|(_, sure)| *sure >= CONFIDENCE_MIN).collect();
        told.sort_by(|a, b| b.1.total_cmp(&a.1));
        told.truncate(if told.first().is_some_and(|best| best.1 >= ASKED_MIN) { INTENTS_TOLD_MAX } else { 0 });
        told
    }
}

fn raise(sure: &mut [f32], by: &[f32], weight: f32) {
    for (sure, by) in sure.iter_mut().zip(by) {
        *sure = sure.max(by * weight);
    }
}
