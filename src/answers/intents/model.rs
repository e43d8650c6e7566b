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
const APART_MAX: usize = 5;

const EPOCHS: usize = 6;
const RATE: f32 = 4.0;
const BIAS: f32 = -3.5;
/// Where in the order of wordings the next one stands; a prime, so all come.
const STRIDE: usize = 7919;

type Places = HashMap<u64, u32, BuildHasherDefault<GramHasher>>;

/// A weight for each feature and intent.
pub(super) struct Model {
    places: Places,
    weights: Vec<f32>,
    biases: Vec<f32>,
    classes: usize,
}

/// What is known of a clause: features, and what each counts.
type Seen = Vec<(u32, f32)>;

impl Model {
    pub(super) fn learn(wordings: &[(usize, Vec<char>)], classes: usize) -> Self {
        let mut places = Places::default();
        for (_, tokens) in wordings {
            each_feature(tokens, |key, _| {
                let next = places.len() as u32;
                places.entry(key).or_insert(next);
            });
        }
        let weights = vec![0.0; places.len() * classes];
        let mut model = Self { places, weights, biases: vec![BIAS; classes], classes };
        let seen: Vec<(usize, Seen)> = wordings.iter().map(|(class, tokens)| (*class, model.seen(tokens))).collect();
        for epoch in 0..EPOCHS {
            let rate = RATE / (1.0 + epoch as f32 * 0.5);
            for step in 0..seen.len() {
                let (class, seen) = &seen[step * STRIDE % seen.len()];
                model.step(*class, seen, rate);
            }
        }
        model
    }

    fn step(&mut self, class: usize, seen: &Seen, rate: f32) {
        let confidence = self.weigh(seen);
        for (other, confidence) in confidence.into_iter().enumerate() {
            let wrong = if other == class { 1.0 - confidence } else { -confidence };
            if wrong.abs() < 0.02 {
                continue;
            }
            for (place, value) in seen {
                self.weights[*place as usize * self.classes + other] += rate * wrong * value;
            }
            self.biases[other] += 0.02 * rate * wrong;
        }
    }

    /// How sure it is of each intent, 0 to 1.
    pub(super) fn confidences(&self, tokens: &[char]) -> Vec<f32> {
        self.weigh(&self.seen(tokens))
    }

    fn weigh(&self, seen: &Seen) -> Vec<f32> {
        if seen.is_empty() {
            return vec![0.0; self.classes];
        }
        let mut scores = self.biases.clone();
        for (place, value) in seen {
            let row = &self.weights[*place as usize * self.classes..][..self.classes];
            for (score, weight) in scores.iter_mut().zip(row) {
                *score += value * weight;
            }
        }
        scores.iter().map(|score| 1.0 / (1.0 + (-score).exp())).collect()
    }

    fn seen(&self, tokens: &[char]) -> Seen {
        let mut seen = Seen::new();
        each_feature(tokens, |key, value| {
            if let Some(place) = self.places.get(&key)
                && !seen.iter().any(|(other, _)| other == place)
            {
                seen.push((*place, value));
            }
        });
        let length = seen.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(1.0);
        seen.iter_mut().for_each(|(_, value)| *value /= length);
        seen
    }
}

fn each_feature(tokens: &[char], mut visit: impl FnMut(u64, f32)) {
    let code = |at: usize| tokens.get(at).map_or(1, |c| u64::from(u32::from(*c)));
    let key = |kind: u64, a: u64, b: u64, c: u64| kind << 61 | a << 40 | b << 20 | c;
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
