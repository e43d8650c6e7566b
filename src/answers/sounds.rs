//! How the characters and pairs that an index holds sound: from what was typed to the lists that may hold it.

use super::pinyin::{SYLLABLE_COUNT, Syllable, readings};

/// Twenty-six letters and ten digits.
const KEYS: usize = 36;

/// The key of a letter or digit; none for anything else.
pub(super) fn key(character: char) -> Option<usize> {
    match character {
        'a'..='z' => Some(character as usize - 'a' as usize),
        '0'..='9' => Some(character as usize - '0' as usize + 26),
        _ => None,
    }
}

/// The characters that are held by their syllables, and the pairs that are held by what they begin with.
///
/// Each stands here once, however many lines hold it; whatever sounds or is a key fits two bytes.
#[derive(Debug)]
pub(super) struct Sounds {
    syllables: Vec<Vec<u16>>,
    /// By two keys, in every reading.
    pairs: Vec<Vec<[u16; 2]>>,
}

impl Default for Sounds {
    fn default() -> Self {
        Self { syllables: vec![Vec::new(); SYLLABLE_COUNT], pairs: vec![Vec::new(); KEYS * KEYS] }
    }
}

impl Sounds {
    /// The characters that are read so.
    pub(super) fn characters(&self, syllable: Syllable) -> impl ExactSizeIterator<Item = char> + Clone {
        self.syllables[syllable.place()].iter().map(|code| character(*code))
    }

    /// The pairs whose characters begin with these keys, in any reading or as they are.
    pub(super) fn pairs(&self, first: usize, second: usize) -> impl ExactSizeIterator<Item = (char, char)> {
        self.pairs[first * KEYS + second].iter().map(|[first, second]| (character(*first), character(*second)))
    }

    pub(super) fn put(&mut self, character: char) {
        for syllable in readings(character) {
            insert(&mut self.syllables[syllable.place()], code(character));
        }
    }

    pub(super) fn remove(&mut self, character: char) {
        for syllable in readings(character) {
            remove(&mut self.syllables[syllable.place()], code(character));
        }
    }

    pub(super) fn put_pair(&mut self, first: char, second: char) {
        self.each_pair(first, second, insert);
    }

    pub(super) fn remove_pair(&mut self, first: char, second: char) {
        self.each_pair(first, second, remove);
    }

    fn each_pair(&mut self, first: char, second: char, change: fn(&mut Vec<[u16; 2]>, [u16; 2])) {
        for one in bits(keys(first)) {
            for other in bits(keys(second)) {
                change(&mut self.pairs[one * KEYS + other], [code(first), code(second)]);
            }
        }
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.syllables.iter().all(Vec::is_empty) && self.pairs.iter().all(Vec::is_empty)
    }

    pub(super) fn bytes(&self) -> usize {
        let syllables: usize = self.syllables.iter().map(|list| list.capacity() * size_of::<u16>()).sum();
        let pairs: usize = self.pairs.iter().map(|list| list.capacity() * size_of::<[u16; 2]>()).sum();
        syllables + pairs + (self.syllables.len() + self.pairs.len()) * size_of::<Vec<u16>>()
    }
}

fn code(character: char) -> u16 {
    u32::from(character) as u16
}

fn character(code: u16) -> char {
    char::from_u32(u32::from(code)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn insert<T: Ord>(list: &mut Vec<T>, item: T) {
    if let Err(at) = list.binary_search(&item) {
        list.insert(at, item);
    }
}

fn remove<T: Ord>(list: &mut Vec<T>, item: T) {
    if let Ok(at) = list.binary_search(&item) {
        list.remove(at);
    }
}

/// What a character begins with, a bit for each key.
fn keys(character: char) -> u64 {
    let letters = readings(character).iter().map(|syllable| char::from(syllable.initial()));
    letters.chain([character]).filter_map(key).fold(0, |keys, key| keys | 1 << key)
}

fn bits(mut left: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
        left &= left - 1;
        Some(bit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_filed_under_every_reading_and_taken_out_again() {
        let mut sounds = Sounds::default();
        for (first, second) in [('看', '重'), ('重', '量'), ('量', 'a'), ('重', '量')] {
            sounds.put_pair(first, second);
            sounds.put(second);
        }
        let pairs = |sounds: &Sounds, first, second| -> Vec<(char, char)> {
            sounds.pairs(key(first).unwrap(), key(second).unwrap()).collect()
        };
        assert_eq!(pairs(&sounds, 'z', 'l'), [('重', '量')]);
        assert_eq!(pairs(&sounds, 'c', 'l'), [('重', '量')]);
        assert_eq!(pairs(&sounds, 'l', 'a'), [('量', 'a')]);
        assert_eq!(sounds.characters(readings('量')[0]).collect::<String>(), "量");
        for (first, second) in [('看', '重'), ('重', '量'), ('量', 'a')] {
            sounds.remove_pair(first, second);
            sounds.remove(second);
        }
        assert!(sounds.is_empty());
    }
}
