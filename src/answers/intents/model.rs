//! Tells intents apart: characters and their neighbours, weighed by a logistic model for each intent.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::super::grams::GramHasher;
use super::super::pinyin::readings;

const ONE: f32 = 0.6;
const PAIR: f32 = 1.0;
const TRIPLE: f32 = 0.9;
const APART: f32 = 0.5;
const SOUND: f32 = 0.5;
/// How far apart two tokens may stand to count together.
const APART_MAX: usize = 4;

/// How many features are held in mind while common ones are looked for, as a power of two.
const MET_BITS: u32 = 16;
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

const EPOCHS: usize = 2;
const RATE: f32 = 4.0;
const BIAS: f32 = -3.5;
const BIAS_RATE: f32 = 0.02;
/// An intent with a lower score learns nothing from another's wording.
const UNLIKELY: f32 = -3.0;
/// How much further in the list the next wording to learn from stands, of its length: neighbours ask alike, and nothing
/// stays as far from coming round again as the golden section.
const STRIDE: f32 = 0.618;

type Places = HashMap<u64, u16, BuildHasherDefault<GramHasher>>;

/// A weight for each feature and intent.
pub(super) struct Model {
    places: Places,
    weights: Vec<f32>,
    biases: Vec<f32>,
    classes: usize,
}

/// What is known of a clause: features, and what each counts.
type Seen = Vec<(u16, f32)>;

impl Model {
    pub(super) fn learn(wordings: &[(usize, Vec<char>)], classes: usize) -> Self {
        let places = common_features(wordings);
        let weights = vec![0.0; places.len() * classes];
        let mut model = Self { places, weights, biases: vec![BIAS; classes], classes };
        let seen: Vec<(usize, Seen)> = wordings.iter().map(|(class, tokens)| (*class, model.seen(tokens))).collect();
        let stride = stride(seen.len());
        for epoch in 0..EPOCHS {
            let rate = RATE / (1.0 + epoch as f32 * 0.5);
            for step in 0..seen.len() {
                let (class, seen) = &seen[step * stride % seen.len()];
                model.step(*class, seen, rate);
            }
        }
        model
    }

    fn step(&mut self, class: usize, seen: &Seen, rate: f32) {
        let scores = self.scores(seen);
        for (other, score) in scores.into_iter().enumerate() {
            if other != class && score < UNLIKELY {
                continue;
            }
            let confidence = sigmoid(score);
            let by = rate * if other == class { 1.0 - confidence } else { -confidence };
            for (place, value) in seen {
                self.weights[usize::from(*place) * self.classes + other] += by * value;
            }
            self.biases[other] += BIAS_RATE * by;
        }
    }

    /// How sure it is of each intent, 0 to 1.
    pub(super) fn confidences(&self, tokens: &[char]) -> Vec<f32> {
        let seen = self.seen(tokens);
        if seen.is_empty() {
            return vec![0.0; self.classes];
        }
        self.scores(&seen).into_iter().map(sigmoid).collect()
    }

    fn scores(&self, seen: &Seen) -> Vec<f32> {
        let mut scores = self.biases.clone();
        for (place, value) in seen {
            let row = &self.weights[usize::from(*place) * self.classes..][..self.classes];
            for (score, weight) in scores.iter_mut().zip(row) {
                *score += value * weight;
            }
        }
        scores
    }

    fn seen(&self, tokens: &[char]) -> Seen {
        let mut seen = Seen::new();
        each_feature(tokens, |feature, value| {
            if let Some(place) = self.places.get(&feature) {
                seen.push((*place, value));
            }
        });
        let length = seen.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(1.0);
        seen.iter_mut().for_each(|(_, value)| *value /= length);
        seen
    }
}

/// A step that comes to every place of a list before it comes round.
fn stride(length: usize) -> usize {
    let coprime = |step: &usize| (2..=*step).all(|by| !(step.is_multiple_of(by) && length.is_multiple_of(by)));
    let wanted = (length as f32 * STRIDE) as usize;
    (wanted.max(1)..).find(coprime).unwrap_or(1)
}

fn sigmoid(score: f32) -> f32 {
    1.0 / (1.0 + (-score).exp())
}

/// Where each feature stands; those that only one wording has are left out, or it would be learned by heart.
fn common_features(wordings: &[(usize, Vec<char>)]) -> Places {
    // One slot for many features: what is pushed out is met again if it is common.
    let mut met = vec![(0u64, 0u32); 1 << MET_BITS];
    let mut places = Places::default();
    for (wording, (_, tokens)) in (0u32..).zip(wordings) {
        each_feature(tokens, |feature, _| {
            let (other, by) = std::mem::replace(&mut met[(feature >> (64 - MET_BITS)) as usize], (feature, wording));
            if other == feature && by != wording && places.len() < usize::from(u16::MAX) {
                let next = places.len() as u16;
                places.entry(feature).or_insert(next);
            }
        });
    }
    places
}

fn each_feature(tokens: &[char], mut visit: impl FnMut(u64, f32)) {
    let code = |at: usize| tokens.get(at).map_or(1, |c| u64::from(u32::from(*c)));
    let key = |kind: u64, a: u64, b: u64, c: u64| {
        let mixed = [kind, a, b, c].iter().fold(0u64, |sum, part| (sum ^ part).wrapping_mul(MIX).rotate_left(29));
        mixed.wrapping_mul(MIX)
    };
    if let Some(first) = tokens.first() {
        visit(key(1, 0, 2, u64::from(u32::from(*first))), PAIR * 0.7);
    }
    for at in 0..tokens.len() {
        visit(key(0, 0, 0, code(at)), ONE);
        visit(key(1, 0, code(at), code(at + 1)), PAIR);
        if at + 2 < tokens.len() {
            visit(key(2, code(at), code(at + 1), code(at + 2)), TRIPLE);
        }
        for apart in (at + 2)..=(at + APART_MAX) {
            if apart < tokens.len() {
                visit(key(3, 0, code(at), code(apart)), APART);
            }
        }
        if at + 1 < tokens.len()
            && let (Some(first), Some(second)) = (sound(tokens[at]), sound(tokens[at + 1]))
        {
            visit(key(4, 0, first, second), SOUND);
        }
    }
}

/// How a character sounds to a hurried thumb: its first reading, with the sounds that many take for one made one.
fn sound(token: char) -> Option<u64> {
    let letters = readings(token).first()?.letters();
    let letters = letters.strip_suffix('g').unwrap_or(letters);
    let folded = letters.bytes().enumerate().filter(|(at, letter)| *at != 1 || *letter != b'h');
    Some(folded.fold(0, |sum, (_, letter)| (sum * 31 + u64::from(letter)) & 0xf_ffff))
}
