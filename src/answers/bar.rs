//! How much a find must count to matter, when only the best for one word are wanted: most fall short at a glance.

use super::entry::Field;
use super::favour::Favour;
use super::grams::PLACE_MAX;
use super::hits::score_in;
use super::spelling::Found;

/// What an entry must count to be among the best.
pub(super) struct Bar<'a> {
    favour: &'a Favour,
    /// How many are wanted.
    count: usize,
    /// So many entries are known to count this or more.
    least: f32,
    /// How many entries were known when that was seen.
    seen: usize,
    scores: Vec<f32>,
}

impl<'a> Bar<'a> {
    pub(super) fn new(count: usize, favour: &'a Favour) -> Self {
        Self { favour, count, least: 0.0, seen: 0, scores: Vec::new() }
    }

    /// Whether a find that counts so much is sure to stand behind the best.
    #[inline]
    pub(super) fn is_above(&self, score: f32) -> bool {
        score * self.favour.factor_max() < self.least
    }

    /// Whether an entry that nothing lifts is sure to stand behind the best with such a score. Of the entries that are
    /// known it takes the slots and what they count, and asks which go before it where both count the same.
    pub(super) fn is_behind(
        &self,
        score: f32,
        known: impl Iterator<Item = (u32, f32)>,
        goes_first: impl Fn(u32) -> bool,
    ) -> bool {
        if score != self.least || self.least <= 0.0 {
            return score < self.least;
        }
        let is_before = |(slot, other): &(u32, f32)| {
            let other = other * self.favour.factor(*slot);
            other > score || (other == score && goes_first(*slot))
        };
        known.filter(is_before).take(self.count).count() == self.count
    }

    /// At how many places from the first on a find in a field can matter.
    pub(super) fn places(&self, field: Field, chars: usize, quality: f32) -> usize {
        if self.least <= 0.0 {
            return usize::MAX;
        }
        let can_matter = |from: &usize| {
            let found = Found { from: *from, to: from + chars, quality };
            // No line in which it can stand there is shorter, and none counts more.
            !self.is_above(score_in(field, found.to, &found))
        };
        let places = (0..=PLACE_MAX).take_while(can_matter).count();
        if places > PLACE_MAX { usize::MAX } else { places }
    }

    /// What the moment favours.
    pub(super) fn favour(&self) -> &'a Favour {
        self.favour
    }

    /// Whether so many entries are known that the bar is likely to be raised.
    pub(super) fn is_due(&self, known: usize) -> bool {
        known > self.seen + self.seen / 2
    }

    /// Sees again what the best count, of the entries that are known, each with its slot and what it counts.
    pub(super) fn raise(&mut self, known: impl ExactSizeIterator<Item = (u32, f32)>) {
        self.seen = known.len();
        self.scores.clear();
        let scores = known.map(|(slot, score)| score * self.favour.factor(slot));
        self.scores.extend(scores.filter(|score| *score > self.least));
        if let Some(last) = self.count.checked_sub(1).filter(|last| *last < self.scores.len()) {
            let (_, least, _) = self.scores.select_nth_unstable_by(last, |one, other| other.total_cmp(one));
            self.least = *least;
        }
    }
}
