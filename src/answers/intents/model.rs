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

/// How many wordings are looked through in one part.
const WORDINGS_MET: usize = 250;
/// How many wordings are learned from in one part.
const WORDINGS_LEARNED: usize = 100;

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

/// A model while it learns from wordings: first which features they have in common, then what each tells.
pub(super) struct Training {
    wordings: Vec<(usize, Vec<char>)>,
    classes: usize,
    met: Met,
    seen: Vec<(usize, Seen)>,
    stride: usize,
    steps: usize,
    model: Option<Model>,
}

impl Training {
    pub(super) fn new(wordings: Vec<(usize, Vec<char>)>, classes: usize) -> Self {
        let stride = stride(wordings.len());
        Self {
            classes,
            met: Met::default(),
            seen: Vec::with_capacity(wordings.len()),
            stride,
            steps: 0,
            model: None,
            wordings,
        }
    }

    /// Learns a part; whether something is left.
    pub(super) fn part(&mut self) -> bool {
        let all = self.wordings.len();
        let Some(model) = &mut self.model else {
            let from = self.met.wordings as usize;
            let part = &self.wordings[from..(from + WORDINGS_MET).min(all)];
            part.iter().for_each(|(_, tokens)| self.met.put(tokens));
            if from + part.len() == all {
                self.model = Some(Model::new(std::mem::take(&mut self.met).common, self.classes));
            }
            return true;
        };
        if self.seen.len() < all {
            let part = self.wordings.iter().skip(self.seen.len()).take(WORDINGS_MET);
            let seen: Vec<(usize, Seen)> = part.map(|(class, tokens)| (*class, model.seen(tokens))).collect();
            self.seen.extend(seen);
            return true;
        }
        let end = (self.steps + WORDINGS_LEARNED).min(all * EPOCHS);
        for step in self.steps..end {
            let rate = RATE / (1.0 + (step / all) as f32 * 0.5);
            let (class, seen) = &self.seen[step % all * self.stride % all];
            model.step(*class, seen, rate);
        }
        self.steps = end;
        end < all * EPOCHS
    }

    /// What was learned, when nothing is left.
    pub(super) fn finish(mut self) -> Model {
        while self.part() {}
        self.model.unwrap_or_else(|| Model::new(Places::default(), self.classes))
    }
}

impl Model {
    fn new(places: Places, classes: usize) -> Self {
        let weights = vec![0.0; places.len() * classes];
        Self { places, weights, biases: vec![BIAS; classes], classes }
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
#[derive(Default)]
struct Met {
    /// One slot for many features, each with its wording: what is pushed out is met again if it is common.
    slots: Vec<(u64, u32)>,
    wordings: u32,
    common: Places,
}

impl Met {
    fn put(&mut self, tokens: &[char]) {
        self.slots.resize(1 << MET_BITS, (0, 0));
        let (slots, common, wording) = (&mut self.slots, &mut self.common, self.wordings);
        each_feature(tokens, |feature, _| {
            let (other, by) = std::mem::replace(&mut slots[(feature >> (64 - MET_BITS)) as usize], (feature, wording));
            if other == feature && by != wording && common.len() < usize::from(u16::MAX) {
                let next = common.len() as u16;
                common.entry(feature).or_insert(next);
            }
        });
        self.wordings += 1;
    }
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
