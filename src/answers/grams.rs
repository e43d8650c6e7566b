//! Which lines hold a character, a pair of characters, a syllable: lists that are changed in place.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// The most lines that a posting can tell apart.
pub(super) const POSTING_LINES_MAX: usize = 1 << 24;
/// Places from here on count as the same.
pub(super) const PLACE_MAX: usize = 0x3f;
const TIMES_MAX: u32 = 4;

/// A line that holds something, the first place where, and how often.
///
/// Four bytes: the line in 24 bits, the place in 6 and the times less one in 2, the latter two up to their limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Posting(u32);

impl Posting {
    fn new(line: u32, place: usize) -> Self {
        Self(line << 8 | (place.min(PLACE_MAX) as u32) << 2)
    }

    pub(super) fn line(self) -> u32 {
        self.0 >> 8
    }

    /// The first place, or [`PLACE_MAX`] when it is further on.
    pub(super) fn place(self) -> usize {
        (self.0 >> 2) as usize & PLACE_MAX
    }

    pub(super) fn times(self) -> u32 {
        (self.0 & 3) + 1
    }

    fn again(self, place: usize) -> Self {
        let times = (self.times() + 1).min(TIMES_MAX);
        Self(Self::new(self.line(), self.place().min(place)).0 | (times - 1))
    }
}

/// Postings in the order of their lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Postings(Vec<Posting>);

impl Postings {
    pub(super) fn as_slice(&self) -> &[Posting] {
        &self.0
    }

    pub(super) fn put(&mut self, line: u32, place: usize) {
        match self.0.last_mut() {
            Some(last) if last.line() == line => *last = last.again(place),
            Some(last) if last.line() > line => match self.find(line) {
                Ok(at) => self.0[at] = self.0[at].again(place),
                Err(at) => self.0.insert(at, Posting::new(line, place)),
            },
            _ => self.0.push(Posting::new(line, place)),
        }
    }

    pub(super) fn remove(&mut self, line: u32) {
        if let Ok(at) = self.find(line) {
            self.0.remove(at);
        }
    }

    fn find(&self, line: u32) -> Result<usize, usize> {
        self.0.binary_search_by_key(&line, |posting| posting.line())
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<Posting>()
    }
}

/// One character, or two that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Gram(u64);

impl Gram {
    pub(super) fn one(character: char) -> Self {
        Self(u64::from(u32::from(character)))
    }

    pub(super) fn two(first: char, second: char) -> Self {
        Self((u64::from(u32::from(first)) + 1) << 32 | u64::from(u32::from(second)))
    }
}

/// Every character and pair of a text, with its place.
pub(super) fn grams(chars: &[char]) -> impl Iterator<Item = (Gram, usize)> {
    let pairs = chars.windows(2).enumerate().map(|(place, pair)| (Gram::two(pair[0], pair[1]), place));
    chars.iter().enumerate().map(|(place, one)| (Gram::one(*one), place)).chain(pairs)
}

/// The lines by the characters and pairs they hold.
#[derive(Debug, Default)]
pub(super) struct Grams {
    lists: HashMap<Gram, Postings, BuildHasherDefault<GramHasher>>,
}

impl Grams {
    pub(super) fn get(&self, gram: Gram) -> &[Posting] {
        self.lists.get(&gram).map_or(&[], Postings::as_slice)
    }

    pub(super) fn holds(&self, character: char) -> bool {
        self.lists.contains_key(&Gram::one(character))
    }

    pub(super) fn put(&mut self, line: u32, chars: &[char]) {
        for (gram, place) in grams(chars) {
            self.lists.entry(gram).or_default().put(line, place);
        }
    }

    pub(super) fn remove(&mut self, line: u32, chars: &[char]) {
        for (gram, _) in grams(chars) {
            if let Some(list) = self.lists.get_mut(&gram) {
                list.remove(line);
                if list.as_slice().is_empty() {
                    self.lists.remove(&gram);
                }
            }
        }
    }

    pub(super) fn bytes(&self) -> usize {
        let slot = size_of::<(Gram, Postings)>() + 1;
        self.lists.capacity() * slot + self.lists.values().map(Postings::bytes).sum::<usize>()
    }
}

/// The keys come from the shop's own texts, so a quick mix of their bits is enough.
#[derive(Default)]
pub(super) struct GramHasher(u64);

impl Hasher for GramHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        let mixed = (self.0 ^ key).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ mixed >> 32;
    }

    fn finish(&self) -> u64 {
        // The map takes its buckets from the low bits and its tags from the high ones: both need the mix.
        self.0.wrapping_mul(0xff51_afd7_ed55_8ccd).rotate_left(26)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_posting_keeps_the_first_place_and_counts() {
        let mut list = Postings::default();
        for (line, place) in [(4, 2), (4, 9), (9, 500), (1, 7), (4, 1)] {
            list.put(line, place);
        }
        let told: Vec<_> = list.as_slice().iter().map(|p| (p.line(), p.place(), p.times())).collect();
        assert_eq!(told, [(1, 7, 1), (4, 1, 3), (9, PLACE_MAX, 1)]);
        list.remove(4);
        list.remove(5);
        assert_eq!(list.as_slice().iter().map(|p| p.line()).collect::<Vec<_>>(), [1, 9]);
    }

    #[test]
    fn removing_a_line_leaves_nothing_of_it() {
        let mut grams = Grams::default();
        let text: Vec<char> = "好的好的".chars().collect();
        grams.put(3, &text);
        assert_eq!(grams.get(Gram::two('好', '的'))[0].times(), 2);
        grams.remove(3, &text);
        assert!(grams.lists.is_empty());
    }
}
