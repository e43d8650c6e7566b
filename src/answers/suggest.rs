//! Suggestions: the articles that answer what a shopper asked, and silence when none does.
//!
//! Three things speak for an article: its wordings, the intents that it shares with the message, and what agents chose
//! for messages like it. How much each tells was measured; nothing is suggested that is likelier wrong than right.

mod asking;
mod closeness;
mod filler;
mod folding;
mod meetings;
mod texts;
mod weights;
mod wordings;

use std::collections::{BTreeMap, HashMap};

use closeness::{Close, Closeness};
pub(super) use filler::has_meaning;
pub(super) use folding::read;
pub(super) use texts::{Phrase, Source, least_of_best};
pub(super) use wordings::Wordings;

use super::entry::{EntryId, Field};
use super::index::Index;
use super::intents::IntentId;
use super::learn::Chance;
use crate::model::{ArticleId, LessonId, Stage};

/// How many messages are looked back when the last say nothing.
pub const MESSAGES_READ: usize = 5;
/// How much of a message is read, in characters.
pub const MESSAGE_CHARS_READ: usize = 200;
/// The least confidence of the first suggestion.
///
/// Measured: `qinda eval answers` shows what others would do.
pub const CONFIDENCE_SHOWN_MIN: f32 = 0.6;
/// The least confidence of what comes beside it.
const FURTHER_CONFIDENCE_MIN: f32 = 0.15;
/// The closeness of a text that shares nothing.
const SHARES_NOTHING: f32 = -3.0;
/// What a lesson's text counts beside a wording.
const LESSON_WEIGHT: f32 = 0.95;
/// What shared intents count.
const INTENT_WEIGHT: f32 = 12.0;
/// So many articles may share an intent before it tells them apart less.
const INTENT_CROWD: f32 = 2.0;
/// What lessons count, for each doubling of the chance about.
const LESSONS_WEIGHT: f32 = 1.0;
/// Chances below this are all alike.
const CHANCE_MIN: f32 = 0.003;
/// How many lessons make their chances count half as much as they say.
const LESSONS_FOR_HALF: f32 = 10.0;
/// What the product at hand counts when a title names it.
const PRODUCT_WEIGHT: f32 = 1.0;
/// What an intent counts at a stage where it is seldom asked.
const OTHER_STAGE: f32 = 0.7;
/// Of how many articles the intents are read in a large shop: those for which most speaks without them.
const INTENTS_READ_MAX: usize = 40;

/// What was asked, and what is known around it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// The shopper's unanswered messages, the newest last.
    pub messages: &'a [&'a str],
    /// The few messages before those, the newest last, and whether the shopper wrote them.
    pub before: &'a [(&'a str, bool)],
    /// The product that the conversation is about.
    pub product: Option<&'a str>,
    /// How far the order is.
    pub stage: Option<Stage>,
}

impl<'a> Asked<'a> {
    /// Messages of which nothing else is known.
    #[must_use]
    pub fn of(messages: &'a [&'a str]) -> Self {
        Self { messages, ..Self::default() }
    }
}

/// An article that fits what a shopper wrote.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The entry.
    pub id: EntryId,
    /// How well it fits; comparable within one call.
    pub score: f32,
    /// How likely it is what an agent would choose: 0 to 1.
    pub share: f32,
    /// What speaks most for it.
    pub why: Why,
}

/// What speaks for a suggestion.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// A title or wording like the message.
    Wording {
        /// Its field.
        field: Field,
        /// Which wording it is, from 0.
        line: usize,
        /// As it was written.
        text: String,
    },
    /// Agents chose it for a message like this.
    Learned {
        /// That message, masked.
        text: String,
        /// How often.
        times: u32,
    },
    /// Message and article are about the same.
    Intent(IntentId),
}

/// What speaks for an article.
#[derive(Debug, Clone, Default)]
struct Case {
    wording: Option<(Close, Source)>,
    intent: Option<(IntentId, f32)>,
    chance: Chance,
    product: f32,
}

impl Index {
    /// The articles that fit a shopper's unanswered messages, the best first; often none.
    ///
    /// The newest message counts; when it brings nothing, such as "好的" or "在吗", the ones before it do.
    #[must_use]
    pub fn suggest(&self, asked: &Asked<'_>, limit: usize) -> Vec<Suggestion> {
        for message in asked.messages.iter().rev().take(MESSAGES_READ) {
            let mut fitting = self.ranked(message, asked, limit);
            if fitting.first().is_some_and(|best| best.share >= CONFIDENCE_SHOWN_MIN) {
                fitting.retain(|suggestion| suggestion.share >= FURTHER_CONFIDENCE_MIN);
                return fitting;
            }
        }
        Vec::new()
    }

    /// The articles in the order of their fitness, however little they fit: what [`Index::suggest`] chooses from.
    ///
    /// The newest message that says more than a greeting or a thanks is what counts, or the newest when none does.
    #[must_use]
    pub fn rank(&self, asked: &Asked<'_>, limit: usize) -> Vec<Suggestion> {
        let recent = || asked.messages.iter().rev().take(MESSAGES_READ);
        let telling = |message: &&&str| has_meaning(&read(message, MESSAGE_CHARS_READ));
        let newest = if self.lessons.is_empty() { recent().find(telling) } else { None };
        let Some(message) = newest.or_else(|| recent().next()) else { return Vec::new() };
        self.ranked(message, asked, limit)
    }

    fn ranked(&self, message: &str, asked: &Asked<'_>, limit: usize) -> Vec<Suggestion> {
        let folded = read(message, MESSAGE_CHARS_READ);
        let mut cases: BTreeMap<ArticleId, Case> = BTreeMap::new();
        self.add_chances(&folded, &mut cases);
        if has_meaning(&folded) {
            self.add_wordings(&folded, &mut cases);
            self.add_intents(message, asked.stage, &mut cases);
        }
        if let Some(product) = asked.product {
            self.add_product(product, &mut cases);
        }
        cases.retain(|article, _| self.wordings.holds(*article));
        let mut ranked: Vec<(f32, ArticleId)> = cases
            .iter()
            .map(|(article, case)| (self.score(case), *article))
            .filter(|(score, _)| *score > 0.0)
            .collect();
        ranked.sort_unstable_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
        ranked.truncate(limit);
        ranked.into_iter().filter_map(|(score, article)| self.suggestion(article, &cases[&article], score)).collect()
    }

    fn add_chances(&self, folded: &[char], cases: &mut BTreeMap<ArticleId, Case>) {
        if folded.is_empty() || self.lessons.is_empty() {
            return;
        }
        for (article, chance) in self.lessons.chances(folded) {
            cases.entry(article).or_default().chance = chance;
        }
    }

    fn add_wordings(&self, folded: &[char], cases: &mut BTreeMap<ArticleId, Case>) {
        let asked = Phrase::new(folded);
        for (article, close) in self.closest(&asked, true) {
            cases.entry(article).or_default().wording = Some(close);
        }
    }

    /// The closest text of each article that shares anything with a message.
    fn closest(&self, asked: &Phrase, with_lessons: bool) -> HashMap<ArticleId, (Close, Source)> {
        let texts = self.wordings.texts();
        let mut closeness = Closeness::new(texts, self.lessons.alike(), self.wordings.intents(), asked);
        let mut best: HashMap<ArticleId, (Close, Source)> = HashMap::new();
        for held in texts.promising(asked, with_lessons).into_iter().filter_map(|slot| texts.held(slot)) {
            let mut close = closeness.to(&held.phrase);
            if matches!(held.source, Source::Lesson(..)) {
                close.score = SHARES_NOTHING + (close.score - SHARES_NOTHING) * LESSON_WEIGHT;
            }
            let known = best.entry(held.source.article()).or_insert((close, held.source));
            let order = close.score.total_cmp(&known.0.score).then_with(|| known.1.cmp(&held.source));
            if order.is_gt() {
                *known = (close, held.source);
            }
        }
        best
    }

    /// The articles whose titles and wordings are closest, the closest first.
    pub(super) fn closest_wordings(&self, asked: &Phrase, limit: usize) -> Vec<ArticleId> {
        let close = self.closest(asked, false);
        let mut found: Vec<(f32, ArticleId)> =
            close.into_iter().map(|(article, (close, _))| (close.score, article)).collect();
        found.sort_unstable_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
        found.into_iter().take(limit).map(|(_, article)| article).collect()
    }

    fn add_intents(&self, message: &str, stage: Option<Stage>, cases: &mut BTreeMap<ArticleId, Case>) {
        let Some(base) = self.wordings.intents() else { return };
        let read: String = message.chars().take(MESSAGE_CHARS_READ).collect();
        let mut wanted = base.of(&read);
        for (intent, sure) in &mut wanted {
            if stage.is_some_and(|stage| is_of_another_stage(intent.name(), stage)) {
                *sure *= OTHER_STAGE;
            }
        }
        let Some((surest, _)) = wanted.first().copied() else { return };
        let told = self.intents_of_articles(base, &self.most_promising(cases));
        let affinities = told.into_iter().map(|(article, told)| (article, base.affinity(&wanted, told)));
        let about: Vec<(ArticleId, f32)> = affinities.filter(|(_, affinity)| *affinity > 0.0).collect();
        let most = about.iter().map(|(_, affinity)| *affinity).fold(f32::EPSILON, f32::max);
        let crowd = about.iter().map(|(_, affinity)| affinity / most).sum::<f32>();
        let telling = (INTENT_CROWD / crowd).min(1.0);
        for (article, affinity) in about {
            cases.entry(article).or_default().intent = Some((surest, affinity * telling));
        }
    }

    fn most_promising(&self, cases: &BTreeMap<ArticleId, Case>) -> Vec<ArticleId> {
        let mut scored: Vec<(f32, ArticleId)> =
            cases.iter().map(|(article, case)| (self.score(case), *article)).collect();
        scored.sort_unstable_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
        scored.into_iter().take(INTENTS_READ_MAX).map(|(_, article)| article).collect()
    }

    fn add_product(&self, product: &str, cases: &mut BTreeMap<ArticleId, Case>) {
        let product = Phrase::new(&read(product, MESSAGE_CHARS_READ));
        for (article, case) in cases {
            case.product = self.wordings.naming(*article, &product);
        }
    }

    fn score(&self, case: &Case) -> f32 {
        let close = case.wording.as_ref().map_or(SHARES_NOTHING, |(close, _)| close.score);
        let wording = self.lessons.wordings_trust() * (close - SHARES_NOTHING).max(0.0);
        let intent = self.lessons.wordings_trust() * case.intent.map_or(0.0, |(_, affinity)| affinity);
        let chance = (1.0 + case.chance.likely / CHANCE_MIN).ln();
        let known = wording + INTENT_WEIGHT * intent + LESSONS_WEIGHT * chance;
        if known > 0.0 { known + PRODUCT_WEIGHT * case.product } else { 0.0 }
    }

    fn suggestion(&self, article: ArticleId, case: &Case, score: f32) -> Option<Suggestion> {
        let trust = self.lessons.wordings_trust();
        let by_wording = trust * case.wording.map_or(0.0, |(close, _)| close.confidence());
        let by_intent = trust * case.intent.map_or(0.0, |(_, affinity)| confidence_of_intent(affinity));
        let lessons = self.lessons() as f32;
        let by_lessons = case.chance.likely * lessons / (lessons + LESSONS_FOR_HALF);
        let share = 1.0 - (1.0 - by_wording) * (1.0 - by_intent) * (1.0 - by_lessons);
        let learned = || self.learned(case.chance.nearest.map(|nearest| nearest.lesson)?);
        let wording = || match case.wording?.1 {
            Source::Wording(_, field, line) => self.wording(article, field, usize::from(line)),
            Source::Lesson(_, lesson) => self.learned(lesson),
        };
        let intent = || case.intent.map(|(intent, _)| Why::Intent(intent));
        let why = if by_lessons > by_wording.max(by_intent) {
            learned().or_else(wording).or_else(intent)
        } else if by_intent > by_wording {
            intent()
        } else {
            wording().or_else(intent).or_else(learned)
        };
        let why = why.or_else(|| self.wording(article, Field::Title, 0))?;
        Some(Suggestion { id: EntryId::Article(article), score, share, why })
    }

    fn learned(&self, lesson: LessonId) -> Option<Why> {
        self.lessons.kept(lesson).map(|kept| Why::Learned { text: kept.text.clone(), times: kept.times })
    }
}

/// How sure shared intents make, by how much is shared.
fn confidence_of_intent(affinity: f32) -> f32 {
    0.8 * affinity
}

/// What is seldom asked once the order is paid and sent.
const BEFORE_PAYING: [&str; 6] = ["in_stock", "price", "discount", "size_choice", "material", "gift"];
/// What is seldom asked once the parcel is there.
const ON_ITS_WAY: [&str; 3] = ["ship_when", "address_change", "ship_urge"];
/// What is seldom asked before there is an order.
const AFTER_BUYING: [&str; 4] = ["ship_urge", "refund_progress", "complaint", "fault"];

/// Whether an intent is seldom asked at a stage.
fn is_of_another_stage(intent: &str, stage: Stage) -> bool {
    match stage {
        Stage::Before => AFTER_BUYING.contains(&intent),
        Stage::Paid => false,
        Stage::Shipped => BEFORE_PAYING.contains(&intent),
        Stage::Received => BEFORE_PAYING.contains(&intent) || ON_ITS_WAY.contains(&intent),
    }
}

#[cfg(test)]
mod tests {
    use super::super::intents::Intents;
    use super::*;

    #[test]
    fn stages_speak_of_intents_that_there_are() {
        let known: Vec<&str> = Intents::base().all().map(IntentId::name).collect();
        for name in BEFORE_PAYING.iter().chain(&ON_ITS_WAY).chain(&AFTER_BUYING) {
            assert!(known.contains(name), "{name}");
        }
    }
}
