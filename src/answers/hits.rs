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

/// The scores of all entries while the words of a query are looked up one by one. Every word must be found.
pub(super) struct Tally<'a> {
    index: &'a Index,
    /// Over the words before; negative for an entry that misses one.
    totals: Vec<f32>,
    /// For the word at hand.
    current: Vec<f32>,
    /// Where the best find of the word at hand stands, or that of the word before.
    lines: Vec<u32>,
}

const MISSED: f32 = -1.0;

impl<'a> Tally<'a> {
    pub(super) fn new(index: &'a Index) -> Self {
        let slots = index.slots();
        Self { index, totals: vec![0.0; slots], current: vec![0.0; slots], lines: vec![0; slots] }
    }

    /// Whether the entry of a line is still in the running.
    pub(super) fn wants(&self, line: u32) -> bool {
        self.totals[self.index.head(line).entry as usize] >= 0.0
    }

    /// Takes an entry out of the running.
    pub(super) fn leave_out(&mut self, slot: u32) {
        self.totals[slot as usize] = MISSED;
    }

    pub(super) fn offer(&mut self, line: u32, found: &Found) {
        let head = self.index.head(line);
        let (slot, score) = (head.entry as usize, score(head, found));
        if score > self.current[slot] {
            self.current[slot] = score;
            self.lines[slot] = line;
        }
    }

    /// Closes the word at hand.
    pub(super) fn next_word(&mut self) {
        for (total, current) in self.totals.iter_mut().zip(&mut self.current) {
            *total = if *total >= 0.0 && *current > 0.0 { *total + *current } else { MISSED };
            *current = 0.0;
        }
    }

    /// The line of an entry where the last word was found best.
    pub(super) fn line(&self, slot: u32) -> u32 {
        self.lines[slot as usize]
    }

    /// The best entries that have every word, the best first.
    pub(super) fn best(&self, favour: &Favour, limit: usize) -> Vec<(u32, f32)> {
        let found = (0u32..).zip(&self.totals).filter(|(_, total)| **total > 0.0);
        best(self.index, found.map(|(slot, total)| (slot, total * favour.factor(slot))).collect(), limit)
    }
}

/// The best entries first, the same scores by id.
pub(super) fn best(index: &Index, mut found: Vec<(u32, f32)>, limit: usize) -> Vec<(u32, f32)> {
    let order = |one: &(u32, f32), other: &(u32, f32)| {
        let by_score = other.1.total_cmp(&one.1);
        by_score.then_with(|| index.entry(one.0).id.cmp(&index.entry(other.0).id))
    };
    if limit < found.len() {
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
