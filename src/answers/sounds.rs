//! Which lines hold a syllable, or two characters that begin with two letters.

use super::grams::{Posting, Postings};
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

/// The lines by how they sound.
#[derive(Debug)]
pub(super) struct Sounds {
    syllables: Vec<Postings>,
    /// By two keys: what characters that follow each other begin with, in any reading.
    pairs: Vec<Postings>,
}

impl Default for Sounds {
    fn default() -> Self {
        Self { syllables: vec![Postings::default(); SYLLABLE_COUNT], pairs: vec![Postings::default(); KEYS * KEYS] }
    }
}

impl Sounds {
    pub(super) fn syllable(&self, syllable: Syllable) -> &[Posting] {
        self.syllables[syllable.place()].as_slice()
    }

    /// The lines where a character that begins with one key follows another.
    pub(super) fn pair(&self, first: usize, second: usize) -> &[Posting] {
        self.pairs[first * KEYS + second].as_slice()
    }

    pub(super) fn put(&mut self, line: u32, chars: &[char]) {
        self.each(chars, |list, place| list.put(line, place));
    }

    pub(super) fn remove(&mut self, line: u32, chars: &[char]) {
        self.each(chars, |list, _| list.remove(line));
    }

    pub(super) fn bytes(&self) -> usize {
        let lists = || self.syllables.iter().chain(&self.pairs);
        lists().map(Postings::bytes).sum::<usize>() + lists().count() * size_of::<Postings>()
    }

    fn each(&mut self, chars: &[char], mut visit: impl FnMut(&mut Postings, usize)) {
        let mut before = 0u64;
        for (place, character) in chars.iter().enumerate() {
            let syllables = readings(*character);
            for syllable in syllables {
                visit(&mut self.syllables[syllable.place()], place);
            }
            let here = keys(*character, syllables);
            for first in bits(before) {
                for second in bits(here) {
                    visit(&mut self.pairs[first * KEYS + second], place - 1);
                }
            }
            before = here;
        }
    }
}

/// What a character begins with, a bit for each key.
fn keys(character: char, syllables: &[Syllable]) -> u64 {
    let letters = syllables.iter().map(|syllable| char::from(syllable.initial()));
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

    fn lines(list: &[Posting]) -> Vec<(u32, usize)> {
        list.iter().map(|posting| (posting.line(), posting.place())).collect()
    }

    #[test]
    fn a_line_is_filed_under_every_reading_and_taken_out_again() {
        let mut sounds = Sounds::default();
        let text: Vec<char> = "看重量a".chars().collect();
        sounds.put(7, &text);
        let pair = |sounds: &Sounds, first, second| lines(sounds.pair(key(first).unwrap(), key(second).unwrap()));
        assert_eq!(pair(&sounds, 'z', 'l'), [(7, 1)]);
        assert_eq!(pair(&sounds, 'c', 'l'), [(7, 1)]);
        assert_eq!(pair(&sounds, 'l', 'a'), [(7, 2)]);
        assert_eq!(lines(sounds.syllable(readings('量')[0])), [(7, 2)]);
        sounds.remove(7, &text);
        assert!(sounds.syllables.iter().chain(&sounds.pairs).all(|list| list.as_slice().is_empty()));
    }
}
