//! Which article follows which message: a regression over what messages tell, learned from the lessons.

use std::collections::BTreeMap;

use super::super::grams::{Fast, Gram};
use super::votes::Example;
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
struct Read {
    article: usize,
    signs: Vec<(u32, f32)>,
    weight: f32,
}

impl Replies {
    /// Learns from lessons in the order of their ids; nothing from too few.
    pub(super) fn learn(mut examples: Vec<&Example>) -> Option<Self> {
        if examples.len() < EXAMPLES_MIN {
            return None;
        }
        if examples.len() > EXAMPLES_MAX {
            examples.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.id.cmp(&b.id)));
            examples.truncate(EXAMPLES_MAX);
        }
        let articles = often_chosen(&examples);
        let place: BTreeMap<ArticleId, usize> = articles.iter().copied().zip(0..).collect();
        examples.retain(|example| place.contains_key(&example.article));
        let signs = often_told(&examples);
        let mut model = Self { weights: vec![0.0; signs.len() * articles.len()], shares: Vec::new(), articles, signs };
        let read: Vec<Read> = examples
            .iter()
            .map(|example| Read {
                article: place[&example.article],
                signs: model.read(&example.told),
                weight: example.weight.min(2.0),
            })
            .collect();
        model.shares = model.shares_of(&read);
        model.train(&read);
        Some(model)
    }

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

    /// The mean of the second half of the rounds is kept: it is steadier than the last.
    fn train(&mut self, read: &[Read]) {
        let mut dice = 0x9e37_79b9_7f4a_7c15u64;
        let mut order: Vec<usize> = (0..read.len()).collect();
        let (mut weights, mut shares) = (vec![0.0f32; self.weights.len()], vec![0.0f32; self.shares.len()]);
        for round in 0..ROUNDS {
            shuffle(&mut order, &mut dice);
            let rate = RATE / (1.0 + RATE_FALLS * round as f32);
            order.iter().for_each(|place| self.step(&read[*place], rate));
            if round >= ROUNDS / 2 {
                weights.iter_mut().zip(&self.weights).for_each(|(sum, weight)| *sum += weight);
                shares.iter_mut().zip(&self.shares).for_each(|(sum, share)| *sum += share);
            }
        }
        let kept = (ROUNDS - ROUNDS / 2) as f32;
        self.weights = weights.into_iter().map(|sum| sum / kept).collect();
        self.shares = shares.into_iter().map(|sum| sum / kept).collect();
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
fn often_chosen(examples: &[&Example]) -> Vec<ArticleId> {
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
fn often_told(examples: &[&Example]) -> Fast<Gram, (u32, f32)> {
    let mut holding: Fast<Gram, usize> = Fast::default();
    for gram in examples.iter().flat_map(|example| &example.told) {
        *holding.entry(*gram).or_default() += 1;
    }
    let mut often: Vec<(Gram, usize)> = holding.into_iter().filter(|(_, holding)| *holding >= HOLDING_MIN).collect();
    often.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    often.truncate(SIGNS_MAX);
    let all = examples.len() as f32;
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
