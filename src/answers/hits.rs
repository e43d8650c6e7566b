//! What a search found, and how the best are kept.

use std::ops::Range;

use super::entry::{EntryId, Field};
use super::favour::Favour;
use super::index::{Head, Index};
use super::spelling::{Found, WEIGHT_MAX};

/// An entry that a query found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The entry.
    pub id: EntryId,
    /// How well it fits; comparable within one search.
    pub score: f32,
    /// The field that shows best why.
    pub field: Field,
    /// Which wording, tag or answer of that field, from 0.
    pub line: usize,
    /// What to highlight: character ranges of that text as it was written, in order and apart.
    pub marks: Vec<Range<usize>>,
    /// Whether it takes a typing error to find it; such hits come after all others.
    pub nearly: bool,
}

/// How well a find in a line counts.
pub(super) fn score(head: &Head, found: &Found) -> f32 {
    field_weight(head.field) * found.weight(head.chars as usize)
}

fn field_weight(field: Field) -> f32 {
    match field {
        Field::Shortcut => 12.0,
        Field::Title => 6.0,
        Field::Wording => 5.0,
        Field::Tag => 3.5,
        Field::Answer => 2.0,
    }
}

/// The most that a find of one word in a field can count.
pub(super) fn score_max(field: Field) -> f32 {
    field_weight(field) * WEIGHT_MAX
}

/// The scores of the entries while the words of a query are looked up one by one. Every word must be found.
pub(super) struct Tally<'a> {
    index: &'a Index,
    /// Where in `met` each entry stands, from 1; 0 for one that no word met.
    places: Vec<u32>,
    met: Vec<Met>,
    is_first_word: bool,
}

/// An entry that the first word met.
#[derive(Debug, Clone, Copy)]
pub(super) struct Met {
    slot: u32,
    /// Over the words before; negative for an entry that misses one.
    total: f32,
    /// For the word at hand.
    current: f32,
    /// Where the best find of the word at hand stands, or that of the word before.
    line: u32,
}

impl Met {
    /// Over all words that were closed.
    pub(super) fn total(&self) -> f32 {
        self.total
    }

    /// The line where the last word was found best.
    pub(super) fn line(&self) -> u32 {
        self.line
    }
}

const MISSED: f32 = -1.0;

impl<'a> Tally<'a> {
    pub(super) fn new(index: &'a Index) -> Self {
        Self { index, places: vec![0; index.slots()], met: Vec::new(), is_first_word: true }
    }

    /// Whether the entry of a line is still in the running.
    #[inline]
    pub(super) fn wants(&self, line: u32) -> bool {
        match self.places[self.index.head(line).entry as usize] {
            0 => self.is_first_word,
            place => self.met[place as usize - 1].total >= 0.0,
        }
    }

    /// Takes an entry out of the running that no word met so far.
    pub(super) fn leave_out(&mut self, slot: u32) {
        self.meet(Met { slot, total: MISSED, current: 0.0, line: 0 });
    }

    #[inline]
    pub(super) fn offer(&mut self, line: u32, found: &Found) {
        let head = self.index.head(line);
        let (slot, score) = (head.entry, score(head, found));
        match self.places[slot as usize] {
            0 if self.is_first_word => self.meet(Met { slot, total: 0.0, current: score, line }),
            0 => {}
            place => {
                let met = &mut self.met[place as usize - 1];
                if score > met.current {
                    (met.current, met.line) = (score, line);
                }
            }
        }
    }

    fn meet(&mut self, met: Met) {
        self.met.push(met);
        self.places[met.slot as usize] = self.met.len() as u32;
    }

    /// Closes the word at hand.
    pub(super) fn next_word(&mut self) {
        for met in &mut self.met {
            let is_found = met.total >= 0.0 && met.current > 0.0;
            met.total = if is_found { met.total + met.current } else { MISSED };
            met.current = 0.0;
        }
        self.is_first_word = false;
    }

    /// Whether so many entries are sure to stand before every entry whose only word counts `most` at the most.
    pub(super) fn has_better(&self, count: usize, most: f32, favour: &Favour) -> bool {
        let most = most * favour.factor_max();
        let better = self.met.iter().filter(|met| met.total == 0.0 && met.current * favour.factor(met.slot) > most);
        self.is_first_word && self.met.len() >= count && better.take(count).count() == count
    }

    /// What is known of an entry that was met.
    pub(super) fn met(&self, slot: u32) -> &Met {
        &self.met[self.places[slot as usize] as usize - 1]
    }

    /// The best entries that have every word, the best first.
    pub(super) fn best(&self, favour: &Favour, limit: usize) -> Vec<(u32, f32)> {
        let found = self.met.iter().filter(|met| met.total > 0.0);
        best(self.index, found.map(|met| (met.slot, met.total * favour.factor(met.slot))).collect(), limit)
    }
}

/// The best entries first, the same scores by id.
pub(super) fn best(index: &Index, mut found: Vec<(u32, f32)>, limit: usize) -> Vec<(u32, f32)> {
    let order = |one: &(u32, f32), other: &(u32, f32)| {
        let by_score = other.1.total_cmp(&one.1);
        by_score.then_with(|| index.entry(one.0).id.cmp(&index.entry(other.0).id))
    };
    if limit < found.len() {
        // Most fall short by their score alone: their ids need not be fetched.
        let mut scores: Vec<f32> = found.iter().map(|(_, score)| *score).collect();
        let (_, least, _) = scores.select_nth_unstable_by(limit, |one, other| other.total_cmp(one));
        found.retain(|(_, score)| score.total_cmp(least).is_ge());
        found.select_nth_unstable_by(limit, order);
        found.truncate(limit);
    }
    found.sort_unstable_by(order);
    found
}

/// Ranges in order, those that touch made one.
pub(super) fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    ranges.dedup_by(|next, kept| {
        let touches = next.start <= kept.end;
        if touches {
            kept.end = kept.end.max(next.end);
        }
        touches
    });
    ranges
}
