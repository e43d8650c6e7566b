//! Which lines hold a character or a pair of characters: lists that are changed in place.

mod listed;
mod packed;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::entry::EntryId;
use super::foremost::{Foremost, LIST_LONG};
use super::sounds::Sounds;
use listed::Listed;

/// The most lines that a posting can tell apart.
pub(super) const POSTING_LINES_MAX: usize = 1 << 23;
/// Places from here on count as the same.
pub(super) const PLACE_MAX: usize = 0x3f;
const TIMES_MAX: u32 = 4;

/// A line that holds something, the first place where, and how often.
///
/// Four bytes: the line in 23 bits, whether it leads in one, the place in 6 and the times less one in 2, the latter two
/// up to their limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Posting(u32);

impl Posting {
    fn new(line: u32, leads: bool, place: usize) -> Self {
        Self(line << 9 | u32::from(leads) << 8 | (place.min(PLACE_MAX) as u32) << 2)
    }

    pub(super) fn line(self) -> u32 {
        self.0 >> 9
    }

    /// Whether the line is of the weightiest field on its shelf.
    pub(super) fn leads(self) -> bool {
        self.0 >> 8 & 1 == 1
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
        Self(Self::new(self.line(), self.leads(), self.place().min(place)).0 | (times - 1))
    }
}

/// So many postings need no memory of their own: most pairs of a shop's texts are rare.
const FEW: usize = 3;

/// Postings in the order of their lines.
#[derive(Debug, Clone)]
pub(super) enum Postings {
    Few { count: u8, list: [Posting; FEW] },
    Many(Box<Many>),
}

#[derive(Debug, Clone)]
pub(super) struct Many {
    list: Listed,
    /// Its best, once they were picked and until it changes.
    foremost: Option<Foremost>,
    /// Whether they are going to be picked.
    is_due: bool,
}

impl Default for Postings {
    fn default() -> Self {
        Self::Few { count: 0, list: [Posting(0); FEW] }
    }
}

impl Postings {
    pub(super) fn as_slice(&self) -> &[Posting] {
        match self {
            Self::Few { count, list } => &list[..usize::from(*count)],
            Self::Many(many) => many.list.as_slice(),
        }
    }

    /// Whether one line was put in, and once: it may be new here.
    fn is_first(&self) -> bool {
        matches!(self.as_slice(), [only] if only.times() == 1)
    }

    /// The postings, to be changed: what was picked of them holds no longer.
    fn as_mut_slice(&mut self) -> &mut [Posting] {
        match self {
            Self::Few { count, list } => &mut list[..usize::from(*count)],
            Self::Many(many) => {
                many.foremost = None;
                many.list.as_vec()
            }
        }
    }

    fn few(list: &[Posting]) -> Self {
        let mut few = [Posting(0); FEW];
        few[..list.len()].copy_from_slice(list);
        Self::Few { count: list.len() as u8, list: few }
    }

    fn many(list: Listed) -> Self {
        Self::Many(Box::new(Many { list, foremost: None, is_due: false }))
    }

    fn foremost(&self) -> Option<&Foremost> {
        match self {
            Self::Few { .. } => None,
            Self::Many(many) => many.foremost.as_ref(),
        }
    }

    /// Whether the best of a long list have to be picked, told once.
    fn becomes_due(&mut self) -> bool {
        match self {
            Self::Many(many) if many.list.len() >= LIST_LONG && many.foremost.is_none() => {
                !std::mem::replace(&mut many.is_due, true)
            }
            _ => false,
        }
    }

    fn pick_foremost(&mut self, told: impl Fn(u32) -> (usize, EntryId)) {
        let Self::Many(many) = self else { return };
        many.is_due = false;
        if many.list.len() >= LIST_LONG {
            many.foremost = Some(Foremost::of(many.list.as_vec(), told));
        }
    }

    pub(super) fn put(&mut self, line: u32, leads: bool, place: usize) {
        let list = self.as_mut_slice();
        let at = match list.last() {
            Some(last) if last.line() == line => Ok(list.len() - 1),
            Some(last) if last.line() > line => list.binary_search_by_key(&line, |posting| posting.line()),
            _ => Err(list.len()),
        };
        match at {
            Ok(at) => list[at] = list[at].again(place),
            Err(at) => self.insert(at, Posting::new(line, leads, place)),
        }
    }

    fn insert(&mut self, at: usize, posting: Posting) {
        match self {
            Self::Few { count, list } if usize::from(*count) < FEW => {
                list.copy_within(at..usize::from(*count), at + 1);
                list[at] = posting;
                *count += 1;
            }
            Self::Few { list, .. } => {
                let mut list = list.to_vec();
                list.insert(at, posting);
                *self = Self::many(list.into());
            }
            Self::Many(many) => {
                let list = many.list.as_vec();
                if list.len() == list.capacity() {
                    // Doubling would leave a quarter of all memory unused.
                    list.reserve_exact(list.len() / 4 + 2);
                }
                list.insert(at, posting);
            }
        }
    }

    pub(super) fn remove(&mut self, line: u32) {
        let Ok(at) = self.as_slice().binary_search_by_key(&line, |posting| posting.line()) else { return };
        match self {
            Self::Few { count, list } => {
                list.copy_within(at + 1..usize::from(*count), at);
                *count -= 1;
            }
            Self::Many(many) => {
                many.list.as_vec().remove(at);
                many.foremost = None;
            }
        }
    }

    /// What is held beside the value itself.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Few { .. } => 0,
            Self::Many(many) => {
                let foremost = many.foremost.as_ref().map_or(0, Foremost::bytes);
                size_of::<Many>() + many.list.bytes() + foremost
            }
        }
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

/// The lines that hold a gram.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct List<'a> {
    /// In the order of their lines.
    pub(super) postings: &'a [Posting],
    /// The best of them, where there are many and these were picked.
    pub(super) foremost: Option<&'a Foremost>,
}

/// A map that is read thousands of times for a message.
pub(super) type Fast<K, V> = HashMap<K, V, BuildHasherDefault<GramHasher>>;

/// The lines by the characters and pairs they hold.
#[derive(Debug, Default)]
pub(super) struct Grams {
    lists: HashMap<Gram, Postings, BuildHasherDefault<GramHasher>>,
    sounds: Sounds,
    /// The long lists whose best are not picked.
    due: Vec<Gram>,
}

impl Grams {
    pub(super) fn get(&self, gram: Gram) -> &[Posting] {
        self.list(gram).postings
    }

    /// The lines that hold a gram, with the best of them.
    pub(super) fn list(&self, gram: Gram) -> List<'_> {
        let list = self.lists.get(&gram);
        list.map(|list| List { postings: list.as_slice(), foremost: list.foremost() }).unwrap_or_default()
    }

    /// Picks the best of one long list by the length and the entry of each line; whether any was left to pick.
    pub(super) fn pick_foremost(&mut self, told: impl Fn(u32) -> (usize, EntryId)) -> bool {
        let Some(gram) = self.due.pop() else { return false };
        if let Some(list) = self.lists.get_mut(&gram) {
            list.pick_foremost(told);
        }
        true
    }

    /// How the characters and pairs that are held sound.
    pub(super) fn sounds(&self) -> &Sounds {
        &self.sounds
    }

    pub(super) fn put(&mut self, line: u32, leads: bool, chars: &[char]) {
        for (place, character) in chars.iter().enumerate() {
            if self.put_in(Gram::one(*character), line, leads, place) {
                self.sounds.put(*character);
            }
        }
        for (place, pair) in chars.windows(2).enumerate() {
            if self.put_in(Gram::two(pair[0], pair[1]), line, leads, place) {
                self.sounds.put_pair(pair[0], pair[1]);
            }
        }
    }

    /// Puts a line in the list of a gram, and tells whether that may be new here.
    fn put_in(&mut self, gram: Gram, line: u32, leads: bool, place: usize) -> bool {
        let list = self.lists.entry(gram).or_default();
        list.put(line, leads, place);
        if list.becomes_due() {
            self.due.push(gram);
        }
        list.is_first()
    }

    pub(super) fn remove(&mut self, line: u32, chars: &[char]) {
        for character in chars {
            if self.remove_from(Gram::one(*character), line) {
                self.sounds.remove(*character);
            }
        }
        for pair in chars.windows(2) {
            if self.remove_from(Gram::two(pair[0], pair[1]), line) {
                self.sounds.remove_pair(pair[0], pair[1]);
            }
        }
    }

    /// Takes a line from the list of a gram, and tells whether nothing is left of it.
    fn remove_from(&mut self, gram: Gram, line: u32) -> bool {
        let Some(list) = self.lists.get_mut(&gram) else { return false };
        list.remove(line);
        if list.becomes_due() {
            self.due.push(gram);
        }
        list.as_slice().is_empty() && self.lists.remove(&gram).is_some()
    }

    pub(super) fn bytes(&self) -> usize {
        let slot = size_of::<(Gram, Postings)>() + 1;
        let lists = self.lists.capacity() * slot + self.lists.values().map(Postings::bytes).sum::<usize>();
        lists + self.sounds.bytes() + self.due.capacity() * size_of::<Gram>()
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

    fn write_u32(&mut self, key: u32) {
        self.write_u64(u64::from(key));
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
            list.put(line, line == 4, place);
        }
        let told: Vec<_> = list.as_slice().iter().map(|p| (p.line(), p.leads(), p.place(), p.times())).collect();
        assert_eq!(told, [(1, false, 7, 1), (4, true, 1, 3), (9, false, PLACE_MAX, 1)]);
        list.remove(4);
        list.remove(5);
        assert_eq!(lines(&list), [1, 9]);
    }

    fn lines(list: &Postings) -> Vec<u32> {
        list.as_slice().iter().map(|posting| posting.line()).collect()
    }

    #[test]
    fn few_and_many_postings_stay_in_order() {
        let mut list = Postings::default();
        for line in [9, 3, 7, 1, 5, 8, 2] {
            list.put(line, false, 0);
        }
        assert_eq!(lines(&list), [1, 2, 3, 5, 7, 8, 9]);
        for line in [5, 1, 9] {
            list.remove(line);
        }
        assert_eq!(lines(&list), [2, 3, 7, 8]);
        let mut few = Postings::default();
        for line in [2, 1] {
            few.put(line, false, 0);
        }
        few.remove(1);
        assert_eq!(lines(&few), [2]);
        assert!(size_of::<Postings>() <= 16);
    }

    #[test]
    fn removing_a_line_leaves_nothing_of_it() {
        let mut grams = Grams::default();
        let text: Vec<char> = "好的好的".chars().collect();
        grams.put(3, false, &text);
        assert_eq!(grams.get(Gram::two('好', '的'))[0].times(), 2);
        grams.remove(3, &text);
        assert!(grams.lists.is_empty() && grams.sounds.is_empty());
    }
}
