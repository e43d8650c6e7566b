//! The votes of the nearest lessons.

use std::collections::{BTreeMap, HashMap};

use super::super::grams::{Fast, Gram};
use super::super::suggest::least_of_best;
use super::Chance;
use crate::model::{ArticleId, LessonId};

/// How many of the nearest lessons vote.
const VOTERS_MAX: usize = 60;
/// How many are compared closely to find them.
const COMPARED_MAX: usize = 240;
/// How many votes what is chosen most often has before anybody votes.
const VOTES_BEFORE: f32 = 1.0;
/// An article that is chosen more seldom is not expected unless a voter names it.
const OFTEN_MIN: f32 = 0.001;
/// How many signs of a message are looked up: the rarest.
const SIGNS_READ_MAX: usize = 96;
/// For how many numbers of holding lessons their rarity is worked out once.
const RARITIES_KNOWN: usize = 4_096;

/// A lesson as it votes.
#[derive(Debug)]
pub(super) struct Example {
    pub(super) id: LessonId,
    pub(super) article: ArticleId,
    pub(super) told: Box<[Gram]>,
    pub(super) weight: f32,
}

/// A lesson near a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Nearest {
    pub(in super::super) lesson: LessonId,
    /// From 0 to 1.
    pub(in super::super) likeness: f32,
}

/// The lessons by what they tell.
#[derive(Debug, Default)]
pub(super) struct Votes {
    slots: BTreeMap<LessonId, u32>,
    examples: Vec<Option<Example>>,
    free: Vec<u32>,
    /// The square root of how many signs each example holds; 0 when it is gone.
    lengths: Vec<f32>,
    lists: Fast<Gram, Vec<u32>>,
    chosen: BTreeMap<ArticleId, f64>,
    total: f64,
}

impl Votes {
    pub(super) fn put(&mut self, id: LessonId, article: ArticleId, told: Box<[Gram]>, times: u32) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.examples.push(None);
            self.lengths.push(0.0);
            self.examples.len() as u32 - 1
        });
        for gram in &told {
            self.lists.entry(*gram).or_default().push(slot);
        }
        let weight = weight(times);
        *self.chosen.entry(article).or_default() += weight;
        self.total += weight;
        self.lengths[slot as usize] = (told.len() as f32).sqrt();
        self.examples[slot as usize] = Some(Example { id, article, told, weight: weight as f32 });
        self.slots.insert(id, slot);
    }

    pub(super) fn remove(&mut self, id: LessonId) {
        let Some(slot) = self.slots.remove(&id) else { return };
        let Some(example) = self.examples[slot as usize].take() else { return };
        self.lengths[slot as usize] = 0.0;
        for gram in &example.told {
            if let Some(list) = self.lists.get_mut(gram) {
                list.retain(|other| *other != slot);
                if list.is_empty() {
                    self.lists.remove(gram);
                }
            }
        }
        self.free.push(slot);
        self.total -= f64::from(example.weight);
        if let Some(chosen) = self.chosen.get_mut(&example.article) {
            *chosen -= f64::from(example.weight);
            if *chosen < 0.5 {
                self.chosen.remove(&example.article);
            }
        }
    }

    /// Where the lessons are, in the order of their ids.
    pub(super) fn slots(&self) -> Vec<u32> {
        self.slots.values().copied().collect()
    }

    pub(super) fn example(&self, slot: u32) -> Option<&Example> {
        self.examples[slot as usize].as_ref()
    }

    /// How likely each article is by the votes of the nearest, and by how often it is chosen.
    pub(super) fn chances(&self, told: &[Gram]) -> HashMap<ArticleId, Chance> {
        let nearest = self.nearest(told);
        let votes: f32 = nearest.iter().map(|(likeness, example)| likeness * likeness * example.weight).sum();
        let all = votes + VOTES_BEFORE;
        let mut chances: HashMap<ArticleId, Chance> = HashMap::new();
        let often = |chosen: &f64| (chosen / self.total.max(1.0)) as f32;
        let before = |often: f32| Chance { likely: VOTES_BEFORE * often / all, nearest: None };
        let expected = self.chosen.iter().map(|(article, chosen)| (*article, often(chosen)));
        chances
            .extend(expected.filter(|(_, often)| *often >= OFTEN_MIN).map(|(article, often)| (article, before(often))));
        for (likeness, example) in nearest {
            let chance = chances
                .entry(example.article)
                .or_insert_with(|| before(self.chosen.get(&example.article).map_or(0.0, often)));
            chance.likely += likeness * likeness * example.weight / all;
            chance.nearest.get_or_insert(Nearest { lesson: example.id, likeness });
        }
        chances
    }

    fn nearest(&self, told: &[Gram]) -> Vec<(f32, &Example)> {
        let mut rarities = self.rarities();
        let mut shared = vec![0.0f32; self.examples.len()];
        let mut signs: Vec<(f32, Gram)> =
            told.iter().map(|gram| (rarities.squared(self.holding(*gram)), *gram)).collect();
        let length: f32 = signs.iter().map(|(rarity, _)| rarity).sum();
        signs.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        for (rarity, gram) in signs.iter().filter(|(_, gram)| self.lists.contains_key(gram)).take(SIGNS_READ_MAX) {
            for slot in self.lists.get(gram).into_iter().flatten() {
                shared[*slot as usize] += rarity;
            }
        }
        let by_length: Vec<f32> =
            shared.iter().zip(&self.lengths).map(|(shared, length)| shared / length.max(1.0)).collect();
        let least = least_of_best(&by_length, COMPARED_MAX);
        let of = |slot: usize| self.examples[slot].as_ref();
        let is_near = |slot: &usize| by_length[*slot] > 0.0 && by_length[*slot] >= least;
        let mut found: Vec<usize> = (0..by_length.len()).filter(is_near).collect();
        if found.len() > COMPARED_MAX {
            let id = |slot: usize| of(slot).map(|example| example.id);
            found.sort_unstable_by(|a, b| by_length[*b].total_cmp(&by_length[*a]).then_with(|| id(*a).cmp(&id(*b))));
            found.truncate(COMPARED_MAX);
        }
        let likeness = |slot: usize| {
            let example = of(slot)?;
            Some((shared[slot] / (length * self.length(example, &mut rarities)).sqrt(), example))
        };
        let mut found: Vec<(f32, &Example)> = found.into_iter().filter_map(likeness).collect();
        found.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
        found.truncate(VOTERS_MAX);
        found
    }

    fn length(&self, example: &Example, rarities: &mut Rarities) -> f32 {
        let squares = example.told.iter().map(|gram| rarities.squared(self.holding(*gram)));
        squares.sum::<f32>().max(f32::EPSILON)
    }

    fn holding(&self, gram: Gram) -> usize {
        self.lists.get(&gram).map_or(0, Vec::len)
    }

    fn rarities(&self) -> Rarities {
        Rarities { all: self.slots.len() as f32, known: vec![f32::NAN; RARITIES_KNOWN] }
    }

    pub(super) fn bytes(&self) -> usize {
        let examples = self.examples.iter().flatten().map(|example| size_of_val(&*example.told)).sum::<usize>();
        let lists: usize = self.lists.values().map(|list| list.capacity() * 4 + size_of::<(Gram, Vec<u32>)>()).sum();
        examples
            + lists
            + self.lengths.capacity() * size_of::<f32>()
            + self.examples.capacity() * size_of::<Option<Example>>()
    }
}

/// How much it tells that a lesson holds what so many hold, worked out once for a message.
struct Rarities {
    all: f32,
    known: Vec<f32>,
}

impl Rarities {
    fn squared(&mut self, holding: usize) -> f32 {
        let all = self.all;
        let rarity = || {
            let holding = holding as f32;
            ((all - holding + 0.5) / (holding + 0.5)).max(0.0).ln_1p().powi(2)
        };
        match self.known.get_mut(holding) {
            Some(known) if known.is_nan() => {
                *known = rarity();
                *known
            }
            Some(known) => *known,
            None => rarity(),
        }
    }
}

/// Chosen often counts more, but not in proportion.
fn weight(times: u32) -> f64 {
    1.0 + (f64::from(times.max(1))).ln().floor()
}
