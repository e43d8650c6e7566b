//! Search: the entries that hold every word of a query, in any spelling.

use super::entry::Shelf;
use super::grams::{Gram, Grams, Posting};
use super::hits::{Hit, Tally, joined, score};
use super::index::Index;
use super::normal::normalise;
use super::pinyin::{characters, syllables};
use super::sounds::key;
use super::spelling::{Found, Spelling, WORD_CHARS_MAX, agreeing, openings, quality_of_one, spelled};

/// The most words of a query that are looked up; further ones don't narrow it.
pub const QUERY_WORDS_MAX: usize = 16;
/// The longest word that is tried as pinyin; longer ones are found as they are written.
pub const SPELLED_CHARS_MAX: usize = WORD_CHARS_MAX;
/// The most pairs of a long word that are compared to find a rare one.
const PAIRS_TRIED_MAX: usize = 32;

impl Index {
    /// The best entries for a query, the best first; none for an empty query.
    ///
    /// Words stand between blanks and must all be found in an entry: as written in any field, by pinyin, initials or a
    /// mixture in shortcut, title, wordings and tags, by two full syllables or more in answers.
    #[must_use]
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        let words = words(query);
        if words.is_empty() || limit == 0 {
            return Vec::new();
        }
        let mut tally = Tally::new(self);
        for word in &words {
            self.find_written(word, &mut tally);
            if word.may_be_spelled {
                self.find_one_syllable(word, &mut tally);
                self.find_spelled(word, &mut tally);
                self.find_syllables_in_answers(word, &mut tally);
            }
            tally.next_word();
        }
        tally.best(limit).into_iter().filter_map(|(slot, score)| self.shown(slot, score, &words)).collect()
    }

    fn find_written(&self, word: &Word, tally: &mut Tally<'_>) {
        for shelf in Shelf::ALL {
            let grams = self.grams(shelf);
            match *word.chars {
                [one] => offer_all(tally, grams.get(Gram::one(one)), 1),
                [first, second] => offer_all(tally, grams.get(Gram::two(first, second)), 2),
                _ => self.find_long(word, grams, tally),
            }
        }
    }

    fn find_long(&self, word: &Word, grams: &Grams, tally: &mut Tally<'_>) {
        let pairs = word.chars.windows(2).take(PAIRS_TRIED_MAX).enumerate();
        let mut lists: Vec<(usize, &[Posting])> =
            pairs.map(|(offset, pair)| (offset, grams.get(Gram::two(pair[0], pair[1])))).collect();
        lists.sort_by_key(|(_, list)| list.len());
        let [(offset, rarest), (_, rare), ..] = lists[..] else { return };
        for posting in in_both(rarest, rare) {
            let (line, from) = (posting.line(), posting.place().saturating_sub(offset));
            if tally.wants(line)
                && let Some(found) = word.written_in(&self.text(line).chars, from)
            {
                tally.offer(line, &found);
            }
        }
    }

    fn find_one_syllable(&self, word: &Word, tally: &mut Tally<'_>) {
        for syllable in syllables() {
            let Some(quality) = quality_of_one(syllable, &word.chars) else { continue };
            for posting in self.sounds().syllable(syllable) {
                let from = posting.place();
                tally.offer(posting.line(), &Found { from, to: from + 1, quality });
            }
        }
    }

    fn find_spelled(&self, word: &Word, tally: &mut Tally<'_>) {
        let written: Vec<char> = word.chars.iter().copied().filter(|character| key(*character).is_none()).collect();
        if !written.is_empty() {
            for shelf in Shelf::SPELLED {
                let lists = written.iter().map(|character| self.grams(shelf).get(Gram::one(*character)));
                let rarest = lists.min_by_key(|list| list.len()).unwrap_or_default();
                self.offer_spelled(word, rarest.iter().map(|posting| (posting.line(), 0)), tally);
            }
            return;
        }
        for opening in openings(&word.chars) {
            let second = word.chars.get(opening).copied().and_then(key);
            let (Some(first), Some(second)) = (key(word.chars[0]), second) else { continue };
            let list = self.sounds().pair(first, second);
            self.offer_spelled(word, list.iter().map(|posting| (posting.line(), posting.place())), tally);
        }
    }

    fn offer_spelled(&self, word: &Word, lines: impl Iterator<Item = (u32, usize)>, tally: &mut Tally<'_>) {
        for (line, from) in lines {
            if tally.wants(line)
                && let Some(found) = spelled(&word.chars, &self.text(line).chars, from, Spelling::Mixed)
            {
                tally.offer(line, &found);
            }
        }
    }

    /// Answers are not filed by sound: the pairs of characters that sound like the first two syllables are tried.
    fn find_syllables_in_answers(&self, word: &Word, tally: &mut Tally<'_>) {
        let grams = self.grams(Shelf::Answers);
        for first in syllables().filter(|syllable| agreeing(*syllable, &word.chars) == syllable.bytes().len()) {
            let rest = &word.chars[first.bytes().len()..];
            let firsts: Vec<char> = characters(first).filter(|character| grams.holds(*character)).collect();
            if rest.is_empty() || firsts.is_empty() {
                continue;
            }
            for second in syllables().filter(|second| is_next(agreeing(*second, rest), second.bytes(), rest)) {
                for character in characters(second).filter(|character| grams.holds(*character)) {
                    for pair in firsts.iter().map(|first| Gram::two(*first, character)) {
                        self.offer_syllables(word, grams.get(pair), tally);
                    }
                }
            }
        }
    }

    fn offer_syllables(&self, word: &Word, list: &[Posting], tally: &mut Tally<'_>) {
        for posting in list {
            let line = posting.line();
            if tally.wants(line)
                && let Some(found) = spelled(&word.chars, &self.text(line).chars, posting.place(), Spelling::Syllables)
            {
                tally.offer(line, &found);
            }
        }
    }

    /// The line of an entry that shows best what was found in it.
    fn shown(&self, slot: u32, total: f32, words: &[Word]) -> Option<Hit> {
        let entry = self.entry(slot);
        let mut best: Option<(f32, u32, Vec<Found>)> = None;
        for line in &entry.lines {
            let head = self.head(*line);
            let found: Vec<Found> =
                words.iter().filter_map(|word| word.best_in(&self.text(*line).chars, head.field.shelf())).collect();
            let worth = found.iter().map(|found| score(head, found)).sum::<f32>();
            if worth > best.as_ref().map_or(0.0, |best| best.0) {
                best = Some((worth, *line, found));
            }
        }
        let (_, line, found) = best?;
        let (head, text) = (self.head(line), self.text(line));
        let marks = joined(found.iter().map(|found| text.written(found.from..found.to)).collect());
        Some(Hit { id: entry.id, score: total, field: head.field, line: usize::from(head.place), marks })
    }
}

fn offer_all(tally: &mut Tally<'_>, list: &[Posting], chars: usize) {
    for posting in list {
        tally.offer(posting.line(), &Found::literal(posting.place(), chars));
    }
}

/// Whether a syllable may follow: spelled out, or begun with two letters or more at the end of the word.
fn is_next(agreeing: usize, syllable: &[u8], rest: &[char]) -> bool {
    agreeing == syllable.len() || (agreeing == rest.len() && agreeing >= 2)
}

/// The postings of the first list whose lines are in the second too.
fn in_both<'a>(few: &'a [Posting], many: &'a [Posting]) -> impl Iterator<Item = Posting> + 'a {
    let mut left = many;
    few.iter().copied().filter(move |posting| {
        let step = many.len() / few.len().max(1) + 1;
        while left.get(step).is_some_and(|other| other.line() <= posting.line()) {
            left = &left[step..];
        }
        let skipped = left.iter().take(step).take_while(|other| other.line() < posting.line()).count();
        left = &left[skipped..];
        left.first().is_some_and(|other| other.line() == posting.line())
    })
}

/// A word of a query.
struct Word {
    chars: Vec<char>,
    may_be_spelled: bool,
}

fn words(query: &str) -> Vec<Word> {
    let query = normalise(query);
    let mut words: Vec<&[char]> = Vec::new();
    for word in query.chars().split(|character| *character == ' ') {
        if !word.is_empty() && !words.contains(&word) && words.len() < QUERY_WORDS_MAX {
            words.push(word);
        }
    }
    words.into_iter().map(Word::new).collect()
}

impl Word {
    fn new(chars: &[char]) -> Self {
        let may_be_spelled = chars.len() <= SPELLED_CHARS_MAX && chars.iter().any(char::is_ascii_lowercase);
        Self { chars: chars.to_vec(), may_be_spelled }
    }

    fn written_in(&self, text: &[char], from: usize) -> Option<Found> {
        let last = text.len().checked_sub(self.chars.len())?;
        let from = (from..=last).find(|from| text[*from..].starts_with(&self.chars))?;
        Some(Found::literal(from, self.chars.len()))
    }

    fn best_in(&self, text: &[char], shelf: Shelf) -> Option<Found> {
        let written = self.written_in(text, 0);
        if !self.may_be_spelled {
            return written;
        }
        let spelling = if shelf == Shelf::Answers { Spelling::Syllables } else { Spelling::Mixed };
        let weigh = |found: &Found| found.weight(text.len());
        let spelled = spelled(&self.chars, text, 0, spelling);
        written.into_iter().chain(spelled).reduce(|best, other| if weigh(&other) > weigh(&best) { other } else { best })
    }
}
