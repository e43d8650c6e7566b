//! A word of a query, and where it stands in a text.

use super::entry::Shelf;
use super::normal::normalise;
use super::sounds::key;
use super::spelling::{Found, Spelling, WORD_CHARS_MAX, Walk};

/// The most words of a query that are looked up; further ones don't narrow it.
pub const QUERY_WORDS_MAX: usize = 16;
/// The longest word that is tried as pinyin; longer ones are found as they are written.
pub const SPELLED_CHARS_MAX: usize = WORD_CHARS_MAX;
/// How much of a query is read, in characters: more than any text has.
pub const QUERY_CHARS_READ: usize = 10_000;
/// From so many letters or digits on, a word may be mistyped.
const MISTYPED_LETTERS_MIN: usize = 4;
/// From so many other characters on, a word may be mistyped.
pub(super) const MISTYPED_CHARS_MIN: usize = 3;

/// A word of a query.
pub(super) struct Word {
    pub(super) chars: Vec<char>,
    pub(super) may_be_spelled: bool,
    pub(super) may_be_mistyped: bool,
    /// For each length of the beginning of the word: how long the beginning is that it also ends with.
    borders: Vec<u32>,
}

/// The words between the blanks of a query, each once.
pub(super) fn words(query: &str) -> Vec<Word> {
    let read: String = query.chars().take(QUERY_CHARS_READ).collect();
    let query = normalise(&read);
    let mut words: Vec<&[char]> = Vec::new();
    for word in query.chars().split(|character| *character == ' ') {
        if !word.is_empty() && words.len() < QUERY_WORDS_MAX && !words.contains(&word) {
            words.push(word);
        }
    }
    words.into_iter().map(Word::new).collect()
}

impl Word {
    fn new(chars: &[char]) -> Self {
        let is_short = chars.len() <= SPELLED_CHARS_MAX;
        let keys = chars.iter().filter(|character| key(**character).is_some()).count();
        let others = chars.len() - keys;
        let share = keys * MISTYPED_CHARS_MIN + others * MISTYPED_LETTERS_MIN;
        Self {
            chars: chars.to_vec(),
            may_be_spelled: is_short && chars.iter().any(char::is_ascii_lowercase),
            may_be_mistyped: is_short && share >= MISTYPED_CHARS_MIN * MISTYPED_LETTERS_MIN,
            borders: borders(chars),
        }
    }

    /// The first place from `from` on where a text holds the word as it is, in time that grows with the text alone.
    pub(super) fn written_in(&self, text: &[char], from: usize) -> Option<Found> {
        let mut agreed = 0;
        for (place, character) in text.iter().enumerate().skip(from) {
            while agreed > 0 && self.chars[agreed] != *character {
                agreed = self.borders[agreed - 1] as usize;
            }
            agreed += usize::from(self.chars[agreed] == *character);
            if agreed == self.chars.len() {
                return Some(Found::literal(place + 1 - agreed, agreed));
            }
        }
        None
    }

    /// The best place in a text, in any spelling that counts on its shelf.
    pub(super) fn best_in(&self, text: &[char], shelf: Shelf, walk: &mut Walk) -> Option<Found> {
        let written = self.written_in(text, 0);
        if !self.may_be_spelled {
            return written;
        }
        let weigh = |found: &Found| found.weight(text.len());
        let spelled = walk.spelled(&self.chars, text, 0, spelling_on(shelf));
        written.into_iter().chain(spelled).reduce(|best, other| if weigh(&other) > weigh(&best) { other } else { best })
    }
}

/// Initials mean little in a long text.
pub(super) fn spelling_on(shelf: Shelf) -> Spelling {
    if shelf == Shelf::Answers { Spelling::Syllables } else { Spelling::Mixed }
}

fn borders(word: &[char]) -> Vec<u32> {
    let mut borders = vec![0u32; word.len()];
    for end in 1..word.len() {
        let mut length = borders[end - 1] as usize;
        while length > 0 && word[length] != word[end] {
            length = borders[length - 1] as usize;
        }
        borders[end] = (length + usize::from(word[length] == word[end])) as u32;
    }
    borders
}

/// Whether a text holds a few characters.
pub(super) fn contains(text: &[char], word: &[char]) -> bool {
    word.is_empty() || text.windows(word.len()).any(|part| part == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_longer_words_may_be_mistyped() {
        for (query, may) in
            [("fah", false), ("fahu", true), ("发货", false), ("发货吗", true), ("发hou", true), ("货f", false)]
        {
            assert_eq!(words(query)[0].may_be_mistyped, may, "{query}");
        }
    }

    proptest! {
        #[test]
        fn a_word_is_found_where_it_first_stands(text in "[ab]{0,20}", word in "[ab]{1,5}", from in 0usize..20) {
            let chars: Vec<char> = text.chars().collect();
            let expected = text.get(from..).and_then(|rest| rest.find(&word)).map(|at| at + from);
            let found = words(&word)[0].written_in(&chars, from);
            prop_assert_eq!(found.map(|found| (found.from, found.to)), expected.map(|at| (at, at + word.len())));
        }
    }
}
