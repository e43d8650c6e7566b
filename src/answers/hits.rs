//! What a search found, and how the best are kept.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::bar::Bar;
use super::entry::{EntryId, Field};
use super::favour::Favour;
use super::grams::Posting;
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
    score_in(head.field, head.chars as usize, found)
}

/// How well a find in a line of a field counts, of that many characters.
pub(super) fn score_in(field: Field, line_chars: usize, found: &Found) -> f32 {
    field_weight(field) * found.weight(line_chars)
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

/// Zeros, one for each entry, that one search hands on to the next: to clear what was met costs less than to begin anew.
#[derive(Debug, Default)]
pub(super) struct Zeros(Mutex<Vec<u32>>);

impl Zeros {
    fn take(&self, count: usize) -> Vec<u32> {
        let mut zeros = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        zeros.resize(count, 0);
        zeros
    }

    fn give(&self, zeros: Vec<u32>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = zeros;
    }

    pub(super) fn bytes(&self) -> usize {
        size_of::<u32>() * self.0.lock().unwrap_or_else(PoisonError::into_inner).capacity()
    }
}

/// The scores of the entries while the words of a query are looked up one by one. Every word must be found.
pub(super) struct Tally<'a> {
    index: &'a Index,
    /// Where in `met` each entry stands, from 1; 0 for one that no word met.
    places: Vec<u32>,
    met: Vec<Met>,
    is_first_word: bool,
    bar: Option<Bar<'a>>,
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
/// For so many entries there is room from the beginning.
const MET_FIRST: usize = 1_024;

impl<'a> Tally<'a> {
    pub(super) fn new(index: &'a Index) -> Self {
        let (places, met) = (index.zeros.take(index.slots()), Vec::with_capacity(index.slots().min(MET_FIRST)));
        Self { index, places, met, is_first_word: true, bar: None }
    }

    /// From now on entries need not be told that are sure to stand behind so many others. To be said before the only word.
    pub(super) fn want_only(&mut self, count: usize, favour: &'a Favour) {
        self.bar = Some(Bar::new(count, favour));
    }

    /// Whether a find in a field, or those that weigh less, can still matter.
    pub(super) fn wants_any(&mut self, field: Field) -> bool {
        self.raise_bar();
        self.bar.as_ref().is_none_or(|bar| !bar.is_above(score_max(field)))
    }

    /// At how many places from the first on a find in a field can still matter.
    pub(super) fn places_wanted(&mut self, field: Field, chars: usize, quality: f32) -> usize {
        if self.bar.as_ref().is_some_and(|bar| bar.is_due(self.met.len())) {
            self.raise_bar();
        }
        self.bar.as_ref().map_or(usize::MAX, |bar| bar.places(field, chars, quality))
    }

    /// What the moment favours, where only the best are wanted.
    pub(super) fn favour(&self) -> Option<&'a Favour> {
        Some(self.bar.as_ref()?.favour())
    }

    /// Whether a find at the place of a posting is sure to stand behind the best, unless its entry is lifted.
    pub(super) fn is_behind(&self, posting: Posting, chars: usize, quality: f32) -> bool {
        let Some(bar) = &self.bar else { return false };
        let (head, from) = (self.index.head(posting.line()), posting.place());
        let score = score(head, &Found { from, to: from + chars, quality });
        let id = |slot| self.index.entry(slot).id;
        bar.is_behind(score, self.met.iter().map(|met| (met.slot, met.current)), |slot| id(slot) < id(head.entry))
    }

    /// Sees again how much must be counted to be among the best.
    pub(super) fn raise_bar(&mut self) {
        if let Some(bar) = &mut self.bar {
            bar.raise(self.met.iter().map(|met| (met.slot, met.current)));
        }
    }

    /// Whether a find in a line can still matter.
    #[inline]
    pub(super) fn wants_find(&self, line: u32, found: &Found) -> bool {
        self.bar.as_ref().is_none_or(|bar| !bar.is_above(score(self.index.head(line), found)))
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
        if self.bar.as_ref().is_some_and(|bar| bar.is_above(score)) {
            return;
        }
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

    /// What is known of an entry that was met.
    pub(super) fn met(&self, slot: u32) -> &Met {
        &self.met[self.places[slot as usize] as usize - 1]
    }

    /// The best entries that have every word, the best first, the same scores by id.
    pub(super) fn best(&self, favour: &Favour, limit: usize) -> Vec<(u32, f32)> {
        // The bits of scores above 0 are in their order. What stands last is the greatest.
        let mut best: BinaryHeap<(Reverse<u32>, EntryId, u32)> = BinaryHeap::new();
        for met in self.met.iter().filter(|met| met.total > 0.0) {
            let score = Reverse((met.total * favour.factor(met.slot)).to_bits());
            let last = best.peek().filter(|_| best.len() >= limit);
            // Most fall short by their score alone: their ids need not be fetched.
            if last.is_some_and(|last| score > last.0) {
                continue;
            }
            let found = (score, self.index.entry(met.slot).id, met.slot);
            if best.len() < limit {
                best.push(found);
            } else if let Some(mut last) = best.peek_mut().filter(|last| found < **last) {
                *last = found;
            }
        }
        let in_order = best.into_sorted_vec().into_iter();
        in_order.map(|(Reverse(bits), _, slot)| (slot, f32::from_bits(bits))).collect()
    }
}

impl Drop for Tally<'_> {
    fn drop(&mut self) {
        let mut places = std::mem::take(&mut self.places);
        self.met.iter().for_each(|met| places[met.slot as usize] = 0);
        self.index.zeros.give(places);
    }
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
