//! Looking a word up: from the lists that may hold it to the lines that do.

use super::entry::{Field, Shelf};
use super::foremost::{Best, Foremost, LIST_LONG};
use super::grams::{Gram, List, PLACE_MAX, Posting};
use super::hits::Tally;
use super::index::Index;
use super::pinyin::syllables;
use super::sounds::key;
use super::spelling::{Found, LITERAL, Spelling, Walk, quality_of_one, steps};
use super::word::{Word, spelling_on};
use super::work::Work;

/// The most pairs of a long word that are compared to find a rare one.
const PAIRS_TRIED_MAX: usize = 32;
/// The longest part of a word that one character can be.
const OPENING_CHARS_MAX: usize = 6;
/// Of more lines than this, those that begin as the word does are compared first.
const LINES_AT_ONCE: usize = 4_000;
/// So many postings are passed over in the time of reading one.
const PASSED_A_STEP: usize = 8;
/// Of fewer postings than this all are looked at.
const POSTINGS_FEW: usize = 64;
/// After so many postings it is seen anew which of those that follow are worth looking at.
const POSTINGS_AT_ONCE: usize = 256;
/// After so many of the best of a list it is seen anew whether those that follow are worth looking at.
const FOREMOST_AT_ONCE: usize = 32;
/// Where fewer of them fit than one of so many, two lists are quicker looked through side by side.
const FOREMOST_MISSES_MAX: usize = 4;
/// The fields in which a word is looked up one after the other.
const FIELD_BY_FIELD: &[&[Field]] =
    &[&[Field::Shortcut], &[Field::Title], &[Field::Wording], &[Field::Tag], &[Field::Answer]];
/// As [`FIELD_BY_FIELD`], for a word for which so many lists are looked up that each shelf is looked at once.
const SHELF_BY_SHELF: &[&[Field]] = &[Shelf::Labels.fields(), Shelf::Questions.fields(), Shelf::Answers.fields()];
/// What looking up a list costs, beside reading a posting.
pub(super) const LOOK_UP_STEPS: usize = 3;
/// What fetching the text of a line costs, beside reading a posting.
const LINE_STEPS: usize = 8;
/// What comparing a few characters of it in their place costs.
const GLANCE_STEPS: usize = 2;
/// So many characters of a text are passed in the time of reading a posting.
const CHARS_A_STEP: usize = 4;

/// Some characters that decide whether the word at hand begins there: many lines go on with the same ones.
#[derive(Default)]
struct Begun {
    chars: Vec<char>,
    found: Option<Found>,
}

/// What a list of postings is looked through for.
#[derive(Clone, Copy)]
struct Sought<'a> {
    /// How many characters the word takes.
    chars: usize,
    /// How far behind its beginning the postings stand.
    offset: usize,
    quality: f32,
    /// The best that begin as the word does, if they were picked.
    foremost: Option<&'a Foremost>,
    /// Where another pair of the word stands, if the lines of the list have to hold it too.
    beside: Option<Beside<'a>>,
}

/// The list of another pair of the word, walked side by side with the one that is looked through: most lines that hold
/// only one of the two are passed over without being fetched.
#[derive(Clone, Copy)]
struct Beside<'a> {
    /// What was not passed yet.
    rest: &'a [Posting],
    /// How far behind the beginning of the word this pair stands, and the one that is looked through.
    offset: usize,
    looked: usize,
}

impl<'a> Beside<'a> {
    fn new((offset, rest): (usize, &'a [Posting]), looked: usize) -> Self {
        Self { rest, offset, looked }
    }

    /// Whether both pairs can be parts of one word in the line of a posting. To be asked in the order of the lines.
    fn may_fit(&mut self, posting: Posting) -> bool {
        let passed = self.rest.iter().take_while(|other| other.line() < posting.line()).count();
        self.rest = &self.rest[passed..];
        let Some(other) = self.rest.first().filter(|other| other.line() == posting.line()) else { return false };
        let is_sure = |posting: &Posting| posting.times() == 1 && posting.place() < PLACE_MAX;
        let stand_apart = other.place() + self.looked != posting.place() + self.offset;
        !(stand_apart && is_sure(other) && is_sure(&posting))
    }
}

/// Finds the words of a query, one by one, within a bound of work.
pub(super) struct Finder<'a, 'w> {
    pub(super) index: &'a Index,
    pub(super) tally: Tally<'a>,
    pub(super) work: &'w mut Work,
    walk: Walk,
    text: Vec<char>,
    begun: Begun,
    /// The lines that were compared with the word at hand, a bit for each, since they were forgotten.
    compared: Vec<u64>,
}

impl<'a, 'w> Finder<'a, 'w> {
    pub(super) fn new(index: &'a Index, work: &'w mut Work) -> Self {
        let (walk, begun) = (Walk::default(), Begun::default());
        Self { index, tally: Tally::new(index), work, walk, text: Vec::new(), begun, compared: Vec::new() }
    }

    /// Offers every entry that holds the word, as written or in another spelling.
    pub(super) fn find(&mut self, word: &Word) {
        let written: Vec<char> = word.chars.iter().copied().filter(|character| key(*character).is_none()).collect();
        for fields in if word.may_be_spelled { SHELF_BY_SHELF } else { FIELD_BY_FIELD } {
            if !self.tally.wants_any(fields[0]) {
                continue;
            }
            let shelf = fields[0].shelf();
            match *word.chars {
                [one] => self.offer_found(fields, self.index.grams(shelf).list(Gram::one(one)), 1, LITERAL),
                [one, two] => self.offer_found(fields, self.index.grams(shelf).list(Gram::two(one, two)), 2, LITERAL),
                _ => self.find_long(fields, word),
            }
            if word.may_be_spelled {
                self.find_one_syllable(fields, word);
                self.find_spelled(fields, word, &written);
            }
        }
    }

    /// As many postings of a list as there is work left for.
    pub(super) fn within(&mut self, list: &'a [Posting]) -> &'a [Posting] {
        let list = &list[..list.len().min(self.work.left())];
        self.work.spend(list.len() + LOOK_UP_STEPS);
        list
    }

    /// Looks at the lines in the list of the rarest pair, in most at the one place where the word can stand; where that
    /// list is long, first at the best of those that begin as the word does, then at those that hold the pair that is
    /// rarest beside it.
    fn find_long(&mut self, fields: &[Field], word: &Word) {
        let grams = self.index.grams(fields[0].shelf());
        let pair = |offset: usize| Gram::two(word.chars[offset], word.chars[offset + 1]);
        let offsets = 0..(word.chars.len() - 1).min(PAIRS_TRIED_MAX);
        let lists = offsets.map(|offset| (offset, grams.get(pair(offset))));
        let Some((offset, rarest)) = lists.clone().min_by_key(|(_, list)| list.len()) else { return };
        let mut sought = Sought { chars: word.chars.len(), offset, quality: LITERAL, foremost: None, beside: None };
        if rarest.len() >= LIST_LONG {
            let others = lists.filter(|(other, _)| *other != offset);
            sought.beside = others.min_by_key(|(_, list)| list.len()).map(|other| Beside::new(other, offset));
            sought.foremost = grams.list(pair(0)).foremost;
        }
        self.look_through(fields, rarest, sought, |finder, posting, offset| {
            finder.work.spend(GLANCE_STEPS);
            let found = finder.long_in(word, posting, offset);
            if let Some(found) = &found {
                finder.tally.offer(posting.line(), found);
            }
            found.is_some()
        });
    }

    /// Looks at the postings of a list, field by field, that can matter. `look` is told how far behind the beginning of
    /// the word a posting stands, and tells whether the word is there.
    fn look_through(
        &mut self,
        fields: &[Field],
        list: &[Posting],
        sought: Sought<'_>,
        mut look: impl FnMut(&mut Self, Posting, usize) -> bool,
    ) {
        self.work.spend(LOOK_UP_STEPS);
        let favour = self.tally.favour();
        for field in fields {
            let best = favour.and(sought.foremost).map(|foremost| foremost.field(field.leads()));
            if !best.is_some_and(|best| self.are_enough(best, sought, &mut look)) {
                let mut beside = sought.beside;
                let is_wanted = |posting| beside.as_mut().is_none_or(|beside| beside.may_fit(posting));
                self.look_at_all(*field, list, sought, is_wanted, &mut look);
            } else if let Some(favour) = favour.filter(|favour| favour.lifts_any()) {
                self.look_at_all(*field, list, sought, |posting| favour.lifts(posting.line()), &mut look);
            }
        }
    }

    /// Looks at the best of a list, and tells whether what is left of it stands behind, but for entries that are lifted.
    fn are_enough(
        &mut self,
        best: &Best,
        sought: Sought<'_>,
        look: &mut impl FnMut(&mut Self, Posting, usize) -> bool,
    ) -> bool {
        for part in best.postings.chunks(FOREMOST_AT_ONCE) {
            if self.tally.is_behind(part[0], sought.chars, sought.quality) {
                return true;
            }
            let fitting = part.iter().filter(|posting| look(self, **posting, 0)).count();
            self.work.spend(part.len());
            self.tally.raise_bar();
            if fitting * FOREMOST_MISSES_MAX < part.len() && sought.beside.is_some() {
                return false;
            }
        }
        best.are_all
    }

    /// Looks at the postings of a field where the word can stand early enough to count.
    fn look_at_all(
        &mut self,
        field: Field,
        list: &[Posting],
        sought: Sought<'_>,
        mut is_wanted: impl FnMut(Posting) -> bool,
        look: &mut impl FnMut(&mut Self, Posting, usize) -> bool,
    ) {
        for part in list.chunks(POSTINGS_AT_ONCE) {
            let places = match part.len() {
                // Each is seen as fast.
                ..POSTINGS_FEW => usize::MAX,
                _ => self.tally.places_wanted(field, sought.chars, sought.quality),
            };
            if places == 0 || self.work.is_done() {
                break;
            }
            let mut is_due = |posting: Posting| {
                posting.leads() == field.leads()
                    && posting.place() < places.saturating_add(sought.offset)
                    && is_wanted(posting)
            };
            let mut looked = 0;
            for posting in part.iter().filter(|posting| is_due(**posting)) {
                look(self, *posting, sought.offset);
                looked += 1;
            }
            self.work.spend(looked + part.len() / PASSED_A_STEP);
        }
    }

    /// The first place in a line where a word stands of which one pair is known to.
    fn long_in(&mut self, word: &Word, posting: Posting, offset: usize) -> Option<Found> {
        let (line, place) = (posting.line(), posting.place());
        let first = Found::literal(place.saturating_sub(offset), word.chars.len());
        if !self.tally.wants_find(line, &first) {
            return None;
        }
        if place < PLACE_MAX {
            if place >= offset && self.index.holds_at(line, first.from, &word.chars) {
                return Some(first);
            }
            if posting.times() == 1 {
                return None;
            }
        }
        if self.work.is_done() || !self.tally.wants(line) {
            return None;
        }
        self.read(line);
        word.written_in(&self.text, place.saturating_sub(offset))
    }

    fn read(&mut self, line: u32) {
        self.index.read(line, &mut self.text);
        self.work.spend(LINE_STEPS + self.text.len() / CHARS_A_STEP);
    }

    fn find_one_syllable(&mut self, fields: &[Field], word: &Word) {
        let shelf = fields[0].shelf();
        if !shelf.is_spelled() {
            return;
        }
        let grams = self.index.grams(shelf);
        for syllable in syllables() {
            let Some(quality) = quality_of_one(syllable, &word.chars) else { continue };
            for character in grams.sounds().characters(syllable) {
                self.offer_found(fields, grams.list(Gram::one(character)), 1, quality);
            }
        }
    }

    fn find_spelled(&mut self, fields: &[Field], word: &Word, written: &[char]) {
        let shelf = fields[0].shelf();
        let spelling = spelling_on(shelf);
        if written.is_empty() {
            self.find_by_opening(fields, word, spelling);
        } else if spelling == Spelling::Mixed {
            let lists = written.iter().map(|character| self.index.grams(shelf).get(Gram::one(*character)));
            let rarest = lists.min_by_key(|list| list.len()).unwrap_or_default();
            self.compare_all(&[rarest], |finder, posting| finder.compare(posting.line(), 0, word, spelling));
        }
    }

    /// Looks the pairs up that the word can begin with. Where a pair is the whole word no line needs to be read.
    fn find_by_opening(&mut self, fields: &[Field], word: &Word, spelling: Spelling) {
        let grams = self.index.grams(fields[0].shelf());
        let mut beginnings = Vec::new();
        for opening in 1..word.chars.len().min(OPENING_CHARS_MAX + 1) {
            let rest = &word.chars[opening..];
            let (Some(first), Some(second)) = (key(word.chars[0]), key(rest[0])) else { continue };
            let pairs = grams.sounds().pairs(first, second);
            self.work.spend(pairs.len() * LOOK_UP_STEPS);
            for (one, other) in pairs {
                let fits = can_be(one, &word.chars, spelling, |letters| letters == opening)
                    && can_be(other, rest, spelling, |_| true);
                if !fits {
                    continue;
                }
                let list = grams.list(Gram::two(one, other));
                match self.walk.spelled_at(&word.chars, &[one, other], 0, spelling) {
                    // One syllable alone was offered before.
                    Some(Found { to: 1, .. }) => {}
                    Some(Found { to: 2, quality, .. }) => self.offer_found(fields, list, 2, quality),
                    _ => beginnings.push(list.postings),
                }
            }
        }
        self.work.spend(self.walk.take_steps());
        self.begun = Begun::default();
        self.compare_all(&beginnings, |finder, posting| finder.compare_begun(posting, word, spelling));
    }

    /// Compares a line with a word that begins with a pair. Where the pair stands once, that place is all there is to see.
    fn compare_begun(&mut self, posting: Posting, word: &Word, spelling: Spelling) {
        let (line, from) = (posting.line(), posting.place());
        if posting.times() > 1 || from == PLACE_MAX {
            return self.compare(line, from, word, spelling);
        }
        if !self.tally.wants(line) {
            return;
        }
        self.work.spend(GLANCE_STEPS);
        if self.begun.chars.is_empty() || !self.index.holds_at(line, from, &self.begun.chars) {
            self.begin(line, from, word, spelling);
        }
        if let Some(Found { to, quality, .. }) = self.begun.found {
            self.tally.offer(line, &Found { from, to: from + to, quality });
        }
    }

    /// Reads a line from a place on, no further than the word can reach.
    fn begin(&mut self, line: u32, from: usize, word: &Word, spelling: Spelling) {
        self.index.read_part(line, from, word.chars.len(), &mut self.text);
        self.begun.found = self.walk.spelled_at(&word.chars, &self.text, 0, spelling);
        self.begun.chars.clear();
        self.begun.chars.extend_from_slice(&self.text[..self.walk.read().unwrap_or(0)]);
        self.work.spend(LINE_STEPS + self.walk.take_steps());
    }

    /// Offers every line of a list, in which so many characters at the place of the posting are the word.
    pub(super) fn offer_found(&mut self, fields: &[Field], list: List<'a>, chars: usize, quality: f32) {
        let sought = Sought { chars, offset: 0, quality, foremost: list.foremost, beside: None };
        self.look_through(fields, list.postings, sought, |finder, posting, _| {
            let from = posting.place();
            finder.tally.offer(posting.line(), &Found { from, to: from + chars, quality });
            true
        });
    }

    /// Compares every line of some lists while there is work left; of many, those that begin as the word does first.
    pub(super) fn compare_all(&mut self, lists: &[&'a [Posting]], mut compare: impl FnMut(&mut Self, Posting)) {
        let many = lists.iter().map(|list| list.len()).sum::<usize>() > LINES_AT_ONCE;
        let turns: &[fn(&Posting) -> bool] =
            if many { &[|posting| posting.place() == 0, |posting| posting.place() > 0] } else { &[|_| true] };
        for is_due in turns {
            for list in lists {
                for posting in self.within(list).iter().filter(|posting| is_due(posting)) {
                    if self.work.is_done() {
                        return;
                    }
                    compare(self, *posting);
                }
            }
        }
    }

    fn compare(&mut self, line: u32, from: usize, word: &Word, spelling: Spelling) {
        if !self.tally.wants(line) {
            return;
        }
        self.read(line);
        let found = self.walk.spelled(&word.chars, &self.text, from, spelling);
        self.work.spend(self.walk.take_steps());
        if let Some(found) = found {
            self.tally.offer(line, &found);
        }
    }

    /// Offers what is found in the text of a line, unless the line was compared already or is out of the running.
    pub(super) fn compare_once(&mut self, line: u32, find: impl FnOnce(&mut Self) -> Option<Found>) {
        let (at, bit) = (line as usize / 64, 1 << (line % 64));
        if self.compared[at] & bit != 0 || !self.tally.wants(line) {
            return;
        }
        self.compared[at] |= bit;
        self.read(line);
        if let Some(found) = find(self) {
            self.tally.offer(line, &found);
        }
    }

    /// The text that is being compared.
    pub(super) fn text(&self) -> &[char] {
        &self.text
    }

    /// Begins with another word or another way to compare.
    pub(super) fn forget_compared(&mut self) {
        self.compared.clear();
        self.compared.resize(self.index.line_slots().div_ceil(64), 0);
    }
}

/// Whether a character can be the beginning of a word, of a length that is asked for.
fn can_be(character: char, word: &[char], spelling: Spelling, is_wanted: impl Fn(usize) -> bool) -> bool {
    let mut can = false;
    steps(character, word, spelling, |letters, _| can |= is_wanted(letters));
    can
}
