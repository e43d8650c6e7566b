//! Which article follows which message: a regression over what messages tell, learned from the lessons.

use std::collections::BTreeMap;

use super::super::grams::{Fast, Gram};
use super::votes::{Example, Votes};
use crate::model::ArticleId;

/// The most articles that are told apart: those chosen most often.
const ARTICLES_MAX: usize = 128;
/// The most signs of a message that are weighed: those that most lessons hold.
const SIGNS_MAX: usize = 4096;
/// How many lessons must hold a sign.
const HOLDING_MIN: usize = 2;
/// The most lessons that are learned from.
const EXAMPLES_MAX: usize = 4_000;
/// Fewer lessons teach nothing that their votes don't.
const EXAMPLES_MIN: usize = 30;
/// How many lessons are read in one part.
const EXAMPLES_READ: usize = 400;
/// How many lessons are learned from in one part.
const EXAMPLES_LEARNED: usize = 100;
const ROUNDS: usize = 8;
/// How far a round moves, at first.
const RATE: f32 = 0.15;
/// How much less each further round moves.
const RATE_FALLS: f32 = 0.3;
/// How much less the share of an article moves than what a sign tells.
const SHARE_RATE: f32 = 0.1;
/// What a sign moves for an article of that much surprise.
const SIGN_RATE: f32 = 2.0;
/// Less surprise than this moves nothing.
const SURPRISE_MIN: f32 = 0.005;

/// What was learned.
#[derive(Debug)]
pub(super) struct Replies {
    articles: Vec<ArticleId>,
    signs: Fast<Gram, (u32, f32)>,
    /// By sign, then article.
    weights: Vec<f32>,
    shares: Vec<f32>,
}

/// A lesson as numbers.
#[derive(Debug)]
struct Read {
    article: usize,
    signs: Vec<(u32, f32)>,
    weight: f32,
}

/// Learns in parts: chooses lessons, sees which signs they hold, reads them, then moves the weights round by round.
#[derive(Debug)]
pub(super) struct Training {
    lessons: Vec<u32>,
    places: BTreeMap<ArticleId, usize>,
    /// How many lessons were looked through for their signs.
    looked: usize,
    holding: Fast<Gram, usize>,
    model: Option<Replies>,
    read: Vec<Read>,
    order: Vec<usize>,
    dice: u64,
    round: usize,
    step: usize,
    /// The sums of the second half of the rounds: their mean is steadier than the last.
    sums: (Vec<f32>, Vec<f32>),
}

impl Training {
    /// From lessons in the order of their ids.
    pub(super) fn new(lessons: Vec<u32>) -> Self {
        Self {
            lessons,
            places: BTreeMap::new(),
            looked: 0,
            holding: Fast::default(),
            model: None,
            read: Vec::new(),
            order: Vec::new(),
            dice: 0x9e37_79b9_7f4a_7c15,
            round: 0,
            step: 0,
            sums: (Vec::new(), Vec::new()),
        }
    }

    /// Learns a part; whether something is left.
    pub(super) fn part(&mut self, votes: &Votes) -> bool {
        if self.lessons.len() < EXAMPLES_MIN {
            return false;
        }
        if self.places.is_empty() {
            self.choose(votes);
        } else if self.looked < self.lessons.len() {
            self.look(votes);
        } else if self.read.len() < self.lessons.len() {
            self.read(votes);
        } else {
            self.learn();
        }
        self.round < ROUNDS
    }

    /// What was learned, when nothing is left; nothing from too few.
    pub(super) fn finish(self) -> Option<Replies> {
        let mut model = self.model?;
        let kept = (ROUNDS - ROUNDS / 2) as f32;
        model.weights = self.sums.0.into_iter().map(|sum| sum / kept).collect();
        model.shares = self.sums.1.into_iter().map(|sum| sum / kept).collect();
        Some(model)
    }

    /// The lessons that weigh most, of the articles chosen most often.
    fn choose(&mut self, votes: &Votes) {
        let mut examples: Vec<(u32, &Example)> =
            self.lessons.iter().filter_map(|slot| Some((*slot, votes.example(*slot)?))).collect();
        if examples.len() > EXAMPLES_MAX {
            examples.sort_by(|(_, a), (_, b)| b.weight.total_cmp(&a.weight).then_with(|| a.id.cmp(&b.id)));
            examples.truncate(EXAMPLES_MAX);
        }
        self.places = often_chosen(examples.iter().map(|(_, example)| *example)).into_iter().zip(0..).collect();
        examples.retain(|(_, example)| self.places.contains_key(&example.article));
        self.lessons = examples.into_iter().map(|(slot, _)| slot).collect();
        self.order = (0..self.lessons.len()).collect();
    }

    fn look(&mut self, votes: &Votes) {
        let part = self.lessons.iter().skip(self.looked).take(EXAMPLES_READ);
        for gram in part.filter_map(|slot| votes.example(*slot)).flat_map(|example| &example.told) {
            *self.holding.entry(*gram).or_default() += 1;
        }
        self.looked += EXAMPLES_READ;
        if self.looked >= self.lessons.len() {
            let signs = often_told(std::mem::take(&mut self.holding), self.lessons.len());
            let articles: Vec<ArticleId> = self.places.keys().copied().collect();
            let weights = vec![0.0; signs.len() * articles.len()];
            self.sums = (vec![0.0; weights.len()], vec![0.0; articles.len()]);
            self.model = Some(Replies { weights, shares: Vec::new(), articles, signs });
        }
    }

    fn read(&mut self, votes: &Votes) {
        let Some(model) = &mut self.model else { return };
        let part = self.lessons.iter().skip(self.read.len()).take(EXAMPLES_READ);
        let read = part.filter_map(|slot| votes.example(*slot)).map(|example| Read {
            article: self.places[&example.article],
            signs: model.read(&example.told),
            weight: example.weight.min(2.0),
        });
        self.read.extend(read);
        if self.read.len() >= self.lessons.len() {
            model.shares = model.shares_of(&self.read);
        }
    }

    fn learn(&mut self) {
        let Some(model) = &mut self.model else { return };
        if self.step == 0 {
            shuffle(&mut self.order, &mut self.dice);
        }
        let rate = RATE / (1.0 + RATE_FALLS * self.round as f32);
        let part = self.order.iter().skip(self.step).take(EXAMPLES_LEARNED);
        part.for_each(|place| model.step(&self.read[*place], rate));
        self.step += EXAMPLES_LEARNED;
        if self.step < self.order.len() {
            return;
        }
        if self.round >= ROUNDS / 2 {
            self.sums.0.iter_mut().zip(&model.weights).for_each(|(sum, weight)| *sum += weight);
            self.sums.1.iter_mut().zip(&model.shares).for_each(|(sum, share)| *sum += share);
        }
        (self.round, self.step) = (self.round + 1, 0);
    }
}

impl Replies {
    /// How likely each article follows.
    pub(super) fn likely(&self, told: &[Gram]) -> impl Iterator<Item = (ArticleId, f32)> {
        let mut likely = vec![0.0; self.articles.len()];
        self.weigh(&self.read(told), &mut likely);
        self.articles.iter().copied().zip(likely)
    }

    /// The known signs of a message, scaled so that long messages don't weigh more.
    fn read(&self, told: &[Gram]) -> Vec<(u32, f32)> {
        let mut signs: Vec<(u32, f32)> = told.iter().filter_map(|gram| self.signs.get(gram).copied()).collect();
        signs.sort_unstable_by_key(|(sign, _)| *sign);
        let length = signs.iter().map(|(_, worth)| worth * worth).sum::<f32>().max(1.0).sqrt();
        signs.iter_mut().for_each(|(_, worth)| *worth /= length);
        signs
    }

    fn weigh(&self, signs: &[(u32, f32)], likely: &mut [f32]) {
        likely.copy_from_slice(&self.shares);
        let articles = likely.len();
        for (sign, worth) in signs {
            let row = &self.weights[*sign as usize * articles..][..articles];
            likely.iter_mut().zip(row).for_each(|(likely, weight)| *likely += weight * worth);
        }
        let most = likely.iter().copied().fold(f32::MIN, f32::max);
        likely.iter_mut().for_each(|likely| *likely = (*likely - most).exp());
        let all: f32 = likely.iter().sum();
        likely.iter_mut().for_each(|likely| *likely /= all);
    }

    fn shares_of(&self, read: &[Read]) -> Vec<f32> {
        let mut chosen = vec![0.1f32; self.articles.len()];
        read.iter().for_each(|lesson| chosen[lesson.article] += lesson.weight);
        chosen.into_iter().map(|chosen| (chosen / read.len() as f32).ln()).collect()
    }

    fn step(&mut self, lesson: &Read, rate: f32) {
        let articles = self.articles.len();
        let mut surprise = vec![0.0; articles];
        self.weigh(&lesson.signs, &mut surprise);
        surprise.iter_mut().for_each(|likely| *likely = -*likely);
        surprise[lesson.article] += 1.0;
        let rate = rate * lesson.weight;
        let surprising = surprise.into_iter().enumerate().filter(|(_, surprise)| surprise.abs() >= SURPRISE_MIN);
        let surprising: Vec<(usize, f32)> = surprising.collect();
        for (article, surprise) in &surprising {
            self.shares[*article] += rate * SHARE_RATE * surprise;
        }
        for (sign, worth) in &lesson.signs {
            let row = &mut self.weights[*sign as usize * articles..][..articles];
            let rate = rate * SIGN_RATE * worth;
            surprising.iter().for_each(|(article, surprise)| row[*article] += rate * surprise);
        }
    }

    pub(super) fn bytes(&self) -> usize {
        (self.weights.len() + self.shares.len()) * size_of::<f32>() + self.signs.len() * 24 + self.articles.len() * 16
    }
}

/// The articles chosen most often, in the order of their ids.
fn often_chosen<'a>(examples: impl Iterator<Item = &'a Example>) -> Vec<ArticleId> {
    let mut chosen: BTreeMap<ArticleId, f32> = BTreeMap::new();
    for example in examples {
        *chosen.entry(example.article).or_default() += example.weight;
    }
    let mut chosen: Vec<(ArticleId, f32)> = chosen.into_iter().collect();
    chosen.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut articles: Vec<ArticleId> = chosen.into_iter().take(ARTICLES_MAX).map(|(article, _)| article).collect();
    articles.sort_unstable();
    articles
}

/// The signs that most lessons hold, each with its place and what it is worth.
fn often_told(holding: Fast<Gram, usize>, examples: usize) -> Fast<Gram, (u32, f32)> {
    let mut often: Vec<(Gram, usize)> = holding.into_iter().filter(|(_, holding)| *holding >= HOLDING_MIN).collect();
    often.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    often.truncate(SIGNS_MAX);
    let all = examples as f32;
    let worth = |holding: usize| ((all + 1.0) / (holding as f32 + 0.5)).ln_1p().sqrt();
    often.into_iter().zip(0u32..).map(|((gram, holding), place)| (gram, (place, worth(holding)))).collect()
}

/// Always the same order for the same number of lessons.
fn shuffle(order: &mut [usize], dice: &mut u64) {
    for place in (1..order.len()).rev() {
        *dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(place, (*dice >> 33) as usize % (place + 1));
    }
}
