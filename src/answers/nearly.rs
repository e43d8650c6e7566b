//! Typing errors: one letter or character wrong, missing, too many, or changed with its neighbour.
//!
//! The word runs over the text as a set of places, a bit for each, beside the places that one error led to. Where a
//! character has several readings the sets are joined. So a line takes one pass however the word may be mistyped.

use super::entry::Shelf;
use super::finder::{Finder, LOOK_UP_STEPS};
use super::grams::{Gram, List, Posting};
use super::pinyin::{Syllable, readings, syllables};
use super::sounds::key;
use super::spelling::Found;
use super::word::{MISTYPED_CHARS_MIN, Word};

/// How much a find counts that takes an error, beside those of the same word that don't.
const QUALITY: f32 = 0.6;
/// So many letters are read in the time of reading a posting.
const LETTERS_A_STEP: usize = 2;

impl<'a> Finder<'a, '_> {
    /// Offers every entry whose shortcut, title, wordings or tags hold the word but for one error.
    pub(super) fn find_nearly(&mut self, word: &Word) {
        let mistyped = Mistyped::new(word);
        self.forget_compared();
        for shelf in Shelf::SPELLED {
            let lists = self.lists_of_rare(shelf, &mistyped);
            self.compare_all(&lists, |finder, posting| finder.compare_nearly(posting.line(), &mistyped));
            if mistyped.is_letters {
                self.find_by_sound(shelf, &mistyped);
            }
        }
    }

    fn compare_nearly(&mut self, line: u32, mistyped: &Mistyped) {
        self.compare_once(line, |finder| {
            let mut letters = 0;
            let found = mistyped.find_in(finder.text(), &mut letters);
            finder.work.spend(letters / LETTERS_A_STEP);
            found
        });
    }

    /// One error spoils one character at the most: of any two different ones the text still holds one.
    fn lists_of_rare(&mut self, shelf: Shelf, mistyped: &Mistyped) -> Vec<&'a [Posting]> {
        let grams = self.index.grams(shelf);
        let (characters, spoiled) = mistyped.as_written();
        let mut lists: Vec<&'a [Posting]> =
            characters.iter().map(|character| grams.get(Gram::one(*character))).collect();
        lists.sort_by_key(|list| list.len());
        lists.truncate(spoiled + 1);
        lists
    }

    /// Looks the characters and pairs up that sound like the word, or its beginning, but for one error.
    fn find_by_sound(&mut self, shelf: Shelf, mistyped: &Mistyped) {
        let grams = self.index.grams(shelf);
        let sounds = grams.sounds();
        let held: Vec<Syllable> = syllables().filter(|syllable| sounds.characters(*syllable).len() > 0).collect();
        let mut beginnings = Vec::new();
        for first in &held {
            let (places, is_whole) = mistyped.after(Places::START, *first);
            if is_whole {
                for one in sounds.characters(*first) {
                    self.offer_found(shelf.fields(), grams.list(Gram::one(one)), 1, QUALITY);
                }
                continue;
            }
            if places.is_empty() {
                continue;
            }
            self.work.spend(held.len());
            for second in &held {
                let (places, is_whole) = mistyped.after(places, *second);
                if (places.is_empty() && !is_whole) || self.work.is_done() {
                    continue;
                }
                for one in sounds.characters(*first) {
                    self.work.spend(sounds.characters(*second).len() * LOOK_UP_STEPS);
                    for other in sounds.characters(*second) {
                        match grams.list(Gram::two(one, other)) {
                            List { postings: [], .. } => {}
                            list if is_whole => self.offer_found(shelf.fields(), list, 2, QUALITY),
                            list => beginnings.push(list.postings),
                        }
                    }
                }
            }
        }
        self.compare_all(&beginnings, |finder, posting| finder.compare_nearly(posting.line(), mistyped));
    }
}

/// A word in which one error is looked for.
pub(super) struct Mistyped {
    chars: Vec<char>,
    /// For each ASCII character its places in the word.
    ascii: [u64; 128],
    /// A bit for each place and for the end.
    all: u64,
    /// Whether readings of characters count.
    is_spelled: bool,
    /// Whether the word is nothing but letters.
    is_letters: bool,
}

impl Mistyped {
    fn new(word: &Word) -> Self {
        let chars = word.chars.clone();
        let mut ascii = [0u64; 128];
        for (place, character) in chars.iter().enumerate() {
            if let Some(places) = ascii.get_mut(*character as usize) {
                *places |= 1 << place;
            }
        }
        let is_letters = chars.iter().all(char::is_ascii_lowercase);
        let all = u64::MAX >> (63 - chars.len());
        Self { chars, ascii, all, is_spelled: word.may_be_spelled, is_letters }
    }

    /// The different characters that a text must hold as they are, and how many of them an error may spoil.
    fn as_written(&self) -> (Vec<char>, usize) {
        let is_mixed = self.is_spelled && self.chars.iter().any(|character| key(*character).is_none());
        let written = self.chars.iter().copied().filter(|character| !is_mixed || key(*character).is_none());
        let mut written: Vec<char> = written.collect();
        written.sort_unstable();
        written.dedup();
        // Beside few characters the error is looked for in the letters alone.
        let spoiled = usize::from(!is_mixed || written.len() >= MISTYPED_CHARS_MIN);
        (written, spoiled)
    }

    fn places(&self, character: char) -> u64 {
        match self.ascii.get(character as usize) {
            Some(places) => *places,
            None => {
                let here = self.chars.iter().enumerate().filter(|(_, own)| **own == character);
                here.fold(0, |places, (place, _)| places | 1 << place)
            }
        }
    }

    fn is_whole(&self, places: Places) -> bool {
        (places.exact | places.once) & 1 << self.chars.len() != 0
    }

    /// The places after one more unit of the text, which stands at some places of the word.
    fn step(&self, from: Places, here: u64) -> Places {
        let exact = (from.exact & here) << 1;
        let wrong = from.exact << 1;
        let missing = from.exact;
        let too_many = exact << 1;
        let swapped = (from.half_swapped & here) << 2;
        Places {
            exact: exact & self.all,
            once: ((from.once & here) << 1 | wrong | missing | too_many | swapped) & self.all,
            half_swapped: from.exact & here >> 1,
        }
    }

    /// The places after a syllable, and whether the word ends within it.
    fn after(&self, from: Places, syllable: Syllable) -> (Places, bool) {
        let (mut places, mut is_whole) = (from, false);
        for letter in syllable.bytes() {
            let here = self.ascii[usize::from(*letter)];
            // The u of `lu` also finds the ü of `lv`.
            let here = if *letter == b'v' { here | self.ascii[usize::from(b'u')] } else { here };
            places = self.step(places, here);
            is_whole |= self.is_whole(places);
            if places.is_empty() {
                break;
            }
        }
        (places, is_whole)
    }

    /// The places after a character in any reading, and whether the word ends within it.
    fn after_character(&self, from: Places, character: char, letters: &mut usize) -> (Places, bool) {
        let (mut places, mut is_whole) = (Places::default(), false);
        // Of a word of letters no letter stands for a whole Chinese character.
        if !self.is_letters || character.is_ascii() {
            *letters += 1;
            places = self.step(from, self.places(character));
            is_whole = self.is_whole(places);
        }
        if self.is_spelled {
            for syllable in readings(character) {
                *letters += syllable.bytes().len();
                let (read, ends) = self.after(from, *syllable);
                places = places.or(read);
                is_whole |= ends;
            }
        }
        (places, is_whole)
    }

    fn find_in(&self, text: &[char], letters: &mut usize) -> Option<Found> {
        let mut places = Places::default();
        let begins = |places: Places| places.or(Places::START);
        let end = text.iter().position(|character| {
            let (after, is_whole) = self.after_character(begins(places), *character, letters);
            places = after;
            is_whole
        })?;
        // One character may be too many. Of equal errors the first counts most.
        let first = end.saturating_sub(self.chars.len());
        (first..text.len()).find_map(|from| self.find_at(text, from, letters))
    }

    fn find_at(&self, text: &[char], from: usize, letters: &mut usize) -> Option<Found> {
        let mut places = Places::START;
        for (to, character) in (from + 1..).zip(&text[from..]) {
            let (after, is_whole) = self.after_character(places, *character, letters);
            if is_whole {
                return Some(Found { from, to, quality: QUALITY });
            }
            if after.is_empty() {
                return None;
            }
            places = after;
        }
        None
    }

    /// The best place in a text.
    pub(super) fn best_in(word: &Word, text: &[char]) -> Option<Found> {
        Self::new(word).find_in(text, &mut 0)
    }
}

/// Which places of a word were reached, a bit for each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Places {
    exact: u64,
    /// With one error.
    once: u64,
    /// From here the next unit but one was met: if the next follows, the two were changed.
    half_swapped: u64,
}

impl Places {
    /// Before the word; its first unit may be one too many.
    const START: Self = Self { exact: 1, once: 2, half_swapped: 0 };

    fn is_empty(self) -> bool {
        self == Self::default()
    }

    fn or(self, other: Self) -> Self {
        Self {
            exact: self.exact | other.exact,
            once: self.once | other.once,
            half_swapped: self.half_swapped | other.half_swapped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::word::words;
    use super::*;

    fn find(query: &str, text: &str) -> Option<(usize, usize)> {
        let text: Vec<char> = text.chars().collect();
        Mistyped::best_in(&words(query)[0], &text).map(|found| (found.from, found.to))
    }

    #[test]
    fn one_error_is_forgiven() {
        for query in ["fahou", "fhauo", "fauo", "fahhuo", "fshuo", "afhuo", "fahuoo", "ahuo", "f货u", "发hou", "fa活uo"]
        {
            let expected = if query == "f货u" { None } else { Some((2, 4)) };
            if query != "fa活uo" {
                assert_eq!(find(query, "今天发货吗"), expected, "{query}");
            }
        }
        for query in ["微波卢", "微炉波", "微波炉炉", "唯波炉", "微炉", "wiebolu", "weiboul", "weibol"] {
            assert!(find(query, "能进微波炉吗").is_some() || query == "微炉", "{query}");
        }
        for query in ["hx-20", "hx02", "hx-002", "hx-92", "xh-02"] {
            assert!(find(query, "型号hx-02黑").is_some(), "{query}");
        }
    }

    #[test]
    fn two_errors_are_not() {
        for query in ["fohau", "fffhuo", "hufao", "发的号", "货发单"] {
            assert_eq!(find(query, "今天发货吗"), None, "{query}");
        }
    }
}
