//! Whether letters spell a text: full pinyin, initials, characters, and all of them mixed.

use super::pinyin::{Syllable, readings};

/// The longest word that is tried as pinyin; its places fit the bits of a `u64`.
pub(super) const WORD_CHARS_MAX: usize = 63;

/// What taking a character of a text from one place of a word costs, beside looking at a posting.
const READ_STEPS: usize = 6;
/// The most steps on one text: a long one in which a word begins everywhere is not read to its end.
const TEXT_STEPS_MAX: usize = 60_000;

/// What is written as it was typed.
pub(super) const LITERAL: f32 = 1.0;
const FULL: f32 = 0.9;
/// The last syllable is still being typed.
const BEGUN: f32 = 0.85;
const INITIAL: f32 = 0.7;

/// What a line that is the word as written counts.
pub(super) const WEIGHT_MAX: f32 = 1.5;

/// Where a word stands in a line, and how much of it was spelled out, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) quality: f32,
}

impl Found {
    pub(super) fn literal(from: usize, chars: usize) -> Self {
        Self { from, to: from + chars, quality: LITERAL }
    }

    /// How good a find it is in a line of that many characters: whole before first before inside, early before late.
    pub(super) fn weight(&self, line_chars: usize) -> f32 {
        const PLACES: usize = super::grams::PLACE_MAX;
        const CHARS: usize = 100;
        let place = match (self.from, self.to) {
            (0, to) if to >= line_chars => WEIGHT_MAX,
            (0, _) => 1.25,
            _ => 1.0,
        };
        let late = (0.1 / PLACES as f32) * self.from.min(PLACES) as f32;
        let long = (0.05 / CHARS as f32) * line_chars.min(CHARS) as f32;
        self.quality * place * (1.0 - late) * (1.0 - long)
    }
}

/// Which spellings count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// Syllables, initials and characters in any mixture.
    Mixed,
    /// Two syllables or more, and nothing but syllables.
    Syllables,
}

/// The best that can come: only characters that are in the word themselves count for more than syllables.
fn quality_max(word: &[char], text: &[char], spelling: Spelling) -> f32 {
    let all_sounds = || word.iter().all(char::is_ascii) && !text.iter().any(char::is_ascii_alphanumeric);
    if spelling == Spelling::Syllables || all_sounds() { FULL } else { LITERAL }
}

/// How well a whole word stands for a single syllable.
pub(super) fn quality_of_one(syllable: Syllable, word: &[char]) -> Option<f32> {
    let spelled_out = syllable.bytes().len() == word.len();
    (agreeing(syllable, word) == word.len()).then_some(match word.len() {
        _ if spelled_out => FULL,
        1 => INITIAL,
        _ => BEGUN,
    })
}

/// How many first letters of the word agree with the syllable. The u of `lu` also finds the ü of `lv`.
pub(super) fn agreeing(syllable: Syllable, word: &[char]) -> usize {
    let agree = |letter: u8, typed: char| typed == char::from(letter) || (letter == b'v' && typed == 'u');
    syllable.bytes().iter().zip(word).take_while(|(letter, typed)| agree(**letter, **typed)).count()
}

fn opens(character: char, first: char) -> bool {
    character == first || readings(character).iter().any(|syllable| first == char::from(syllable.initial()))
}

/// Reads texts, each in time that grows with its length, and counts the steps.
#[derive(Default)]
pub(super) struct Walk {
    here: Reached,
    next: Reached,
    steps: usize,
    read: Option<usize>,
}

impl Walk {
    /// How many characters the last walk from one place read until whatever follows could change nothing; none when the
    /// text ended before.
    pub(super) fn read(&self) -> Option<usize> {
        self.read
    }

    /// The steps since they were last taken.
    pub(super) fn take_steps(&mut self) -> usize {
        std::mem::take(&mut self.steps)
    }

    /// The best place from `start` on where the text reads like the word, as far as [`TEXT_STEPS_MAX`] let see.
    pub(super) fn spelled(&mut self, word: &[char], text: &[char], start: usize, spelling: Spelling) -> Option<Found> {
        let first = *word.first()?;
        let quality_max = quality_max(word, text, spelling);
        let steps_max = self.steps + TEXT_STEPS_MAX;
        let mut best: Option<(f32, Found)> = None;
        for from in start..text.len() {
            let beyond = Found { from, to: from, quality: quality_max }.weight(text.len());
            if self.steps > steps_max || (from > start && best.is_some_and(|(weight, _)| weight >= beyond)) {
                break;
            }
            self.steps += 1;
            if !opens(text[from], first) {
                continue;
            }
            let Some(found) = self.spelled_at(word, text, from, spelling) else { continue };
            let weight = found.weight(text.len());
            if best.is_none_or(|(so_far, _)| weight > so_far) {
                best = Some((weight, found));
            }
        }
        best.map(|(_, found)| found)
    }

    /// Follows every way to read the text from one place on, a character at a time.
    pub(super) fn spelled_at(
        &mut self,
        word: &[char],
        text: &[char],
        from: usize,
        spelling: Spelling,
    ) -> Option<Found> {
        self.here.live = 0;
        self.here.reach(0, 0.0);
        self.read = None;
        let mut best: Option<Found> = None;
        for (to, character) in (from + 1..).zip(&text[from..]) {
            let Self { here, next, steps: steps_done, read } = self;
            next.live = 0;
            *steps_done += READ_STEPS * here.live.count_ones() as usize;
            for place in here.places() {
                steps(*character, &word[place..], spelling, |letters, worth| {
                    next.reach(place + letters, here.worth[place] + worth);
                });
            }
            if let Some(worth) = next.arrived(word.len()) {
                let found = Found { from, to, quality: worth / word.len() as f32 };
                let enough = spelling == Spelling::Mixed || to - from >= 2;
                if enough && best.is_none_or(|best| found.quality > best.quality) {
                    best = Some(found);
                }
            }
            if next.live == 0 {
                *read = Some(to - from);
                break;
            }
            std::mem::swap(here, next);
        }
        best
    }
}

/// The places of a word that were reached, a bit for each, and the best worth of the letters before them.
struct Reached {
    live: u64,
    /// Means something only where the bit is set.
    worth: [f32; WORD_CHARS_MAX + 1],
}

impl Default for Reached {
    fn default() -> Self {
        Self { live: 0, worth: [0.0; WORD_CHARS_MAX + 1] }
    }
}

impl Reached {
    fn places(&self) -> impl Iterator<Item = usize> + use<> {
        let mut left = self.live;
        std::iter::from_fn(move || {
            let place = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(place)
        })
    }

    fn reach(&mut self, place: usize, worth: f32) {
        let known = self.live & 1 << place != 0;
        self.worth[place] = if known { self.worth[place].max(worth) } else { worth };
        self.live |= 1 << place;
    }

    /// The worth at the end of the word, which is no place to go on from.
    fn arrived(&mut self, end: usize) -> Option<f32> {
        let there = self.live & 1 << end != 0;
        self.live &= !(1 << end);
        there.then_some(self.worth[end])
    }
}

/// Every way a character can take the first letters of a word: how many, and what they are worth.
pub(super) fn steps(character: char, word: &[char], spelling: Spelling, mut step: impl FnMut(usize, f32)) {
    let mixed = spelling == Spelling::Mixed;
    if mixed && word[0] == character {
        step(1, LITERAL);
    }
    for syllable in readings(character) {
        let letters = agreeing(*syllable, word);
        if letters == 0 {
            continue;
        }
        if letters == syllable.bytes().len() {
            step(letters, FULL * letters as f32);
        } else if letters == word.len() && letters >= 2 {
            step(letters, BEGUN * letters as f32);
        }
        if mixed {
            step(1, INITIAL);
            if letters >= 2 && matches!(syllable.bytes(), [b'z' | b'c' | b's', b'h', ..]) {
                step(2, INITIAL * 2.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(word: &str, text: &str, spelling: Spelling) -> Option<(usize, usize)> {
        let (word, text): (Vec<char>, Vec<char>) = (word.chars().collect(), text.chars().collect());
        Walk::default().spelled(&word, &text, 0, spelling).map(|found| (found.from, found.to))
    }

    #[test]
    fn a_text_is_spelled_in_many_ways() {
        for word in ["fahuo", "fh", "fah", "fahu", "f货", "发h", "发huo", "fa货"] {
            assert_eq!(find(word, "今天发货吗", Spelling::Mixed), Some((2, 4)), "{word}");
        }
        assert_eq!(find("zhl", "看重量", Spelling::Mixed), Some((1, 3)));
        assert_eq!(find("lvse", "绿色", Spelling::Mixed), Some((0, 2)));
        assert_eq!(find("luse", "绿色", Spelling::Mixed), Some((0, 2)));
        assert_eq!(find("a12sjk", "适用a12手机壳", Spelling::Mixed), Some((2, 8)));
    }

    #[test]
    fn what_is_not_spelled_is_not_found() {
        for word in ["fahuozai", "hf", "ahuo", "fuo", "发货f"] {
            assert_eq!(find(word, "今天发货吗", Spelling::Mixed), None, "{word}");
        }
    }

    #[test]
    fn an_answer_is_found_by_two_syllables_and_not_by_initials() {
        assert_eq!(find("fahuo", "今天发货", Spelling::Syllables), Some((2, 4)));
        assert_eq!(find("fahu", "今天发货", Spelling::Syllables), Some((2, 4)));
        for word in ["fh", "fah", "fa", "发huo"] {
            assert_eq!(find(word, "今天发货", Spelling::Syllables), None, "{word}");
        }
    }

    #[test]
    fn what_is_spelled_out_counts_for_more() {
        let quality = |word: &str| {
            let (word, text): (Vec<char>, Vec<char>) = (word.chars().collect(), "发货".chars().collect());
            Walk::default().spelled(&word, &text, 0, Spelling::Mixed).unwrap().quality
        };
        let ordered = ["发货", "发huo", "fahuo", "fahu", "fah", "fh"].map(quality);
        assert!(ordered.is_sorted_by(|better, worse| better > worse), "{ordered:?}");
    }
}
