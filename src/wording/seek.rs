//! Following a phrase through a text.

use super::fold::{Gap, Unit};
use super::phrase::{Phrase, Step};
use super::shapes;
use crate::answers::{Syllable, readings};

/// How many steps may be tried from one place before it is given up: no rule makes a text expensive.
const TRIES_MAX: u32 = 3_000;
/// How often a character may be repeated within a word.
const REPEATS_MAX: usize = 12;
/// So many letters of pinyin are no accident, also inside a row of letters.
const SPELLED_ENOUGH: usize = 5;
/// From so many characters on a word is seen across the ends of clauses.
const LONG_WORD: usize = 4;
/// What stands alone in a clause without being part of a word.
const INTERJECTIONS: [char; 9] = ['嗯', '好', '是', '对', '哦', '啊', '亲', '行', '呢'];

/// Where a phrase was found, in units: all of it, and the words that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub end: usize,
    pub words: (usize, usize),
}

/// The phrase where it begins here with a choice of a piece; `words` is what `{words}` stands for.
pub(super) fn found(
    phrase: &Phrase,
    (piece, choice): (usize, usize),
    units: &[Unit],
    at: usize,
    words: Option<(usize, usize)>,
) -> Option<Found> {
    let mut walk = Walk { phrase, units, at, words, tries: 0, open: None, close: None };
    let left = phrase.pieces[piece][choice].heard;
    let end = walk.follow(Cursor { piece, choice, step: 0 }, at, Heard { left, letters: 0 })?;
    Some(Found { end, words: (walk.open.unwrap_or(at), walk.close.unwrap_or(end)) })
}

/// What was taken by its sound so far.
#[derive(Clone, Copy)]
struct Heard {
    left: usize,
    letters: usize,
}

/// A step of a phrase: the piece, the choice, the place in it.
#[derive(Clone, Copy)]
struct Cursor {
    piece: usize,
    choice: usize,
    step: usize,
}

struct Walk<'a> {
    phrase: &'a Phrase,
    units: &'a [Unit],
    at: usize,
    words: Option<(usize, usize)>,
    tries: u32,
    open: Option<usize>,
    close: Option<usize>,
}

impl Walk<'_> {
    /// Goes on with each choice of a piece.
    fn piece(&mut self, piece: usize, place: usize, heard: Heard) -> Option<usize> {
        let Some(choices) = self.phrase.pieces.get(piece) else { return self.closed(place, heard) };
        (0..choices.len()).find_map(|choice| {
            let left = choices[choice].heard;
            self.follow(Cursor { piece, choice, step: 0 }, place, Heard { left, ..heard })
        })
    }

    fn follow(&mut self, cursor: Cursor, place: usize, heard: Heard) -> Option<usize> {
        let phrase = self.phrase;
        let choice = &phrase.pieces[cursor.piece][cursor.choice];
        let Some(wanted) = choice.steps.get(cursor.step) else { return self.piece(cursor.piece + 1, place, heard) };
        self.tries += 1;
        if self.tries > TRIES_MAX || !self.reaches(wanted, cursor, place, choice.spoken) {
            return None;
        }
        let next = Cursor { step: cursor.step + 1, ..cursor };
        match wanted {
            Step::Char(plain, syllable) => self.character(cursor, place, heard, (*plain, *syllable)),
            Step::Any(min, max) => self.any(next, place, heard, (*min, *max)),
            Step::Digits(min, max) => {
                let end = shapes::number(self.units, place)?;
                (*min..=*max).contains(&(end - place)).then(|| self.follow(next, end, heard))?
            }
            Step::Shape(shape) => {
                let end = shapes::end(*shape, self.units, place)?;
                self.follow(next, end, heard)
            }
            Step::OneOf(several) => {
                let one = self.units.get(place).is_some_and(|unit| several.contains(unit.plain));
                one.then(|| self.follow(next, place + 1, heard))?
            }
            Step::Words => {
                let (from, to) = self.words?;
                (from == place).then(|| self.follow(next, to, heard))?
            }
            Step::End => self.follow(next, place, heard),
            Step::Open => {
                self.open = Some(place);
                self.follow(next, place, heard)
            }
            Step::Close => {
                self.close = Some(place);
                self.follow(next, place, heard)
            }
        }
    }

    fn character(
        &mut self,
        cursor: Cursor,
        place: usize,
        heard: Heard,
        (plain, syllable): (char, Option<Syllable>),
    ) -> Option<usize> {
        let next = Cursor { step: cursor.step + 1, ..cursor };
        for place in place..=place + REPEATS_MAX {
            let unit = *self.units.get(place)?;
            let taken = if unit.plain == plain {
                self.follow(next, place + 1, heard)
            } else {
                syllable.and_then(|syllable| self.sound(next, place, heard, (unit, syllable)))
            };
            if taken.is_some() || !self.repeats(place) || self.tries > TRIES_MAX {
                return taken;
            }
            self.tries += 1;
        }
        None
    }

    fn sound(&mut self, next: Cursor, place: usize, heard: Heard, (unit, syllable): (Unit, Syllable)) -> Option<usize> {
        if unit.is_letter() {
            let end = self.spelled(place, syllable)?;
            let letters = heard.letters + (end - place);
            return self.follow(next, end, Heard { letters, ..heard });
        }
        let left = heard.left.checked_sub(1)?;
        readings(unit.read).contains(&syllable).then(|| self.follow(next, place + 1, Heard { left, ..heard }))?
    }

    /// Where the letters of a syllable end.
    fn spelled(&self, place: usize, syllable: Syllable) -> Option<usize> {
        let letters = syllable.letters();
        let units = self.units.get(place..place + letters.len())?;
        let agree = |unit: &Unit, letter: char| unit.plain == letter || (letter == 'v' && unit.plain == 'u');
        let joined = units[1..].iter().all(|unit| unit.gap < Gap::Clause);
        let spelled = units.iter().zip(letters.chars()).all(|(unit, letter)| agree(unit, letter));
        (joined && spelled).then_some(place + letters.len())
    }

    /// Any characters of the same clause, as few as will do.
    fn any(&mut self, next: Cursor, place: usize, heard: Heard, (min, max): (usize, usize)) -> Option<usize> {
        for count in 0..=max {
            if count >= min
                && let Some(end) = self.follow(next, place + count, heard)
            {
                return Some(end);
            }
            if self.units.get(place + count).is_none_or(|unit| unit.gap == Gap::Clause) {
                return None;
            }
        }
        None
    }

    /// Whether what stands here is the unit before it once more, or decoration.
    fn repeats(&self, place: usize) -> bool {
        let unit = self.units[place];
        let again = || self.units[place - 1].plain == unit.plain && !unit.is_digit();
        place > self.at && unit.gap < Gap::Clause && (unit.soft || again())
    }

    /// Whether a step may be taken here: a word does not go on across the end of a clause, unless it is a long one, or
    /// a single character stands alone there.
    fn reaches(&self, wanted: &Step, cursor: Cursor, place: usize, spoken: usize) -> bool {
        let ends = self.units.get(place).is_none_or(|unit| unit.gap == Gap::Clause);
        match wanted {
            Step::End => ends,
            Step::Close => true,
            _ if place == self.at || place == self.units.len() || !ends => true,
            _ => (spoken >= LONG_WORD && cursor.step > 0) || self.alone(place - 1) || self.alone(place),
        }
    }

    fn alone(&self, place: usize) -> bool {
        let apart = |place: usize| self.units.get(place).is_none_or(|unit| unit.gap > Gap::None);
        (place == 0 || apart(place)) && apart(place + 1) && !INTERJECTIONS.contains(&self.units[place].plain)
    }

    /// The end, when no letter or digit was cut off on either side.
    fn closed(&self, mut end: usize, heard: Heard) -> Option<usize> {
        let spelled_enough = heard.letters >= SPELLED_ENOUGH;
        let cut = |left: Unit, right: Unit| {
            right.gap == Gap::None
                && ((left.is_letter() && right.is_letter() && !spelled_enough)
                    || (left.read.is_ascii_digit() && right.read.is_ascii_digit()))
        };
        if self.at > 0 && cut(self.units[self.at - 1], self.units[self.at]) {
            return None;
        }
        for _ in 0..REPEATS_MAX {
            if end > self.at && self.units.get(end).is_some_and(|unit| unit.is_letter()) && self.repeats(end) {
                end += 1;
            }
        }
        let whole = self.units.get(end).is_none_or(|next| end == 0 || !cut(self.units[end - 1], *next));
        (whole && end > self.at).then_some(end)
    }
}
