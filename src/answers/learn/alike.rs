//! Which characters matter and which stand for each other, learned from pairs of texts that ask the same.

use super::super::grams::Fast;
use super::super::suggest::Phrase;

/// The most pairs that are learned from.
const PAIRS_MAX: u32 = 40_000;
/// The most characters of one text that the other lacks that are paired up.
const ALONE_MAX: usize = 8;
/// How often a character comes back in the other text unless known better, and how many pairs that counts as.
const RETURNS: f32 = 0.55;
const RETURNS_PAIRS: f32 = 6.0;

/// What pairs taught.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Alike {
    pairs: u32,
    of: Fast<char, Seen>,
    /// How often one text had the first and the other the second instead.
    instead: Fast<(char, char), u32>,
}

/// How often a character was seen.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// In both texts of a pair.
    both: u32,
    /// In one only.
    alone: u32,
    /// In one only, and paired up.
    paired: u32,
}

impl Alike {
    /// Takes in two texts that ask the same.
    pub(in super::super) fn add(&mut self, one: &Phrase, other: &Phrase) {
        let (one, other) = (one.characters(), other.characters());
        if self.is_full() || one == other || one.is_empty() || other.is_empty() {
            return;
        }
        self.pairs += 1;
        let missing = |from: &[char], of: &[char]| -> Vec<char> {
            of.iter().filter(|character| from.binary_search(character).is_err()).copied().collect()
        };
        for character in one.iter().filter(|character| other.binary_search(character).is_ok()) {
            self.seen(*character).both += 1;
        }
        let (mut only_one, mut only_other) = (missing(other, one), missing(one, other));
        for character in only_one.iter().chain(&only_other) {
            self.seen(*character).alone += 1;
        }
        only_one.truncate(ALONE_MAX);
        only_other.truncate(ALONE_MAX);
        for character in only_one.iter().chain(&only_other) {
            self.seen(*character).paired += 1;
        }
        for one in &only_one {
            for other in &only_other {
                *self.instead.entry(key(*one, *other)).or_default() += 1;
            }
        }
    }

    fn seen(&mut self, character: char) -> &mut Seen {
        self.of.entry(character).or_default()
    }

    /// Whether further pairs teach nothing.
    pub(in super::super) fn is_full(&self) -> bool {
        self.pairs >= PAIRS_MAX
    }

    /// How many pairs were taken in.
    pub(in super::super) fn pairs(&self) -> f32 {
        self.pairs as f32
    }

    /// How much it speaks for the same question that both texts hold a character.
    pub(in super::super) fn shared(&self, character: char) -> f32 {
        let (returns, holding) = self.returns(character);
        (returns / holding.min(0.9)).ln()
    }

    /// How much it speaks against the same question that only one text holds a character; negative when it matters.
    pub(in super::super) fn alone(&self, character: char) -> f32 {
        let (returns, holding) = self.returns(character);
        ((1.0 - returns) / (1.0 - holding).max(0.05)).ln()
    }

    /// How often a character comes back in the other text, and how many texts hold it.
    fn returns(&self, character: char) -> (f32, f32) {
        let seen = self.of.get(&character).copied().unwrap_or_default();
        let (twice, once) = (2.0 * seen.both as f32, seen.alone as f32);
        let returns = (twice + RETURNS * RETURNS_PAIRS) / (twice + once + RETURNS_PAIRS);
        let holding = (twice + once + 0.5) / (2.0 * self.pairs as f32 + 1.0);
        (returns, holding)
    }

    /// How much oftener than by chance one text has the one character and the other the other instead.
    pub(in super::super) fn stands_for(&self, one: char, other: char) -> f32 {
        let paired = |character| self.of.get(&character).map_or(0, |seen: &Seen| seen.paired) as f32;
        let chance = paired(one) * paired(other) / (2.0 * self.pairs.max(1) as f32);
        let instead = self.instead.get(&key(one, other)).copied().unwrap_or(0) as f32;
        ((instead + 1.0) / (chance + 1.0)).ln()
    }

    pub(in super::super) fn bytes(&self) -> usize {
        self.of.capacity() * (size_of::<(char, Seen)>() + 1) + self.instead.capacity() * 13
    }
}

fn key(one: char, other: char) -> (char, char) {
    (one.min(other), one.max(other))
}
