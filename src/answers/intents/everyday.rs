//! How shoppers ask in any shop, counted over the wordings of the base: which characters everybody uses, and which stand
//! for each other in two wordings of one intent. A small shop's own texts are too few to tell.

use super::super::grams::Fast;
use super::super::learn::Alike;
use super::super::suggest::{Phrase, read};

/// How far back the wordings of an intent stand with which each is paired.
const PAIRED_WITH: [usize; 2] = [1, 5];
/// How many characters are told apart: those that most wordings hold.
const COMMON_MAX: usize = 256;
/// Into how many steps the logarithm of a chance is divided, to keep it in a byte.
const STEPS: f32 = 16.0;
/// How much of a wording is read, in characters.
const WORDING_CHARS_READ: usize = 60;

/// A character as shoppers use it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in super::super) struct Usual {
    /// How rare it is, 0 for what every question holds.
    pub(in super::super) rarity: f32,
    /// Its place among the common ones.
    pub(in super::super) place: Option<u8>,
}

/// What the base tells of characters.
#[derive(Debug, Default)]
pub(super) struct Everyday {
    usual: Fast<char, Usual>,
    /// The rarity of what no wording holds.
    unheard: f32,
    /// By two places, the greater first: how much oftener than by chance one wording has the first and another the second instead.
    instead: Box<[i8]>,
}

/// The wordings while they are counted.
#[derive(Default)]
pub(super) struct Counting {
    alike: Alike,
    holding: Fast<char, u32>,
    wordings: u32,
    /// The wordings of the intent at hand.
    of_intent: Vec<Phrase>,
}

impl Everyday {
    pub(super) fn usual(&self, character: char) -> Usual {
        self.usual.get(&character).copied().unwrap_or(Usual { rarity: self.unheard, place: None })
    }

    /// How much oftener than by chance the one is said instead of the other, as a logarithm.
    pub(super) fn stands_for(&self, one: Usual, other: Usual) -> f32 {
        let places = one.place.zip(other.place);
        places.map_or(0.0, |(one, other)| {
            let (greater, smaller) = (usize::from(one.max(other)), usize::from(one.min(other)));
            f32::from(self.instead[greater * (greater + 1) / 2 + smaller]) / STEPS
        })
    }
}

impl Counting {
    /// From here on the wordings are of another intent.
    pub(super) fn begin_intent(&mut self) {
        self.of_intent.clear();
    }

    pub(super) fn put(&mut self, wording: &str) {
        let phrase = Phrase::new(&read(wording, WORDING_CHARS_READ));
        if phrase.characters().is_empty() {
            return;
        }
        for character in phrase.characters() {
            *self.holding.entry(*character).or_default() += 1;
        }
        self.wordings += 1;
        for before in PAIRED_WITH.into_iter().filter_map(|back| self.of_intent.len().checked_sub(back)) {
            self.alike.add(&self.of_intent[before], &phrase);
        }
        self.of_intent.push(phrase);
    }

    pub(super) fn finish(self) -> Everyday {
        let rarity = |holding: u32| ((self.wordings as f32 + 1.0) / (holding as f32 + 1.0)).ln();
        let mut held: Vec<(u32, char)> =
            self.holding.iter().map(|(character, holding)| (*holding, *character)).collect();
        held.sort_unstable_by(|one, other| other.cmp(one));
        let places = (0..=u8::MAX).map(Some).take(COMMON_MAX).chain(std::iter::repeat(None));
        let usual = held
            .iter()
            .zip(places)
            .map(|((holding, character), place)| (*character, Usual { rarity: rarity(*holding), place }));
        let common = &held[..held.len().min(COMMON_MAX)];
        let to = |greater: usize| common[..=greater].iter().map(move |(_, smaller)| (common[greater].1, *smaller));
        let pairs = (0..common.len()).flat_map(to);
        let in_steps = |(one, other)| (self.alike.stands_for(one, other) * STEPS).round() as i8;
        Everyday { usual: usual.collect(), unheard: rarity(0), instead: pairs.map(in_steps).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everyday(intents: &[&[&str]]) -> Everyday {
        let mut counting = Counting::default();
        for wordings in intents {
            counting.begin_intent();
            wordings.iter().for_each(|wording| counting.put(wording));
        }
        counting.finish()
    }

    fn instead(everyday: &Everyday, one: char, other: char) -> f32 {
        everyday.stands_for(everyday.usual(one), everyday.usual(other))
    }

    #[test]
    fn what_everybody_says_is_less_rare() {
        let everyday = everyday(&[&["杯盖漏水", "杯底漏水", "杯口漏水"], &["杯子多重"]]);
        let rarity = |character| everyday.usual(character).rarity;
        assert!(rarity('杯') < rarity('漏') && rarity('漏') < rarity('底') && rarity('底') < rarity('鹅'));
        assert!(rarity('杯').abs() < f32::EPSILON);
    }

    #[test]
    fn what_is_said_instead_stands_for_the_other() {
        let slow = ["毛巾邮得慢", "毛巾运得慢", "茶壶邮得慢", "茶壶运得慢", "雨伞邮得慢", "雨伞运得慢"];
        let everyday = everyday(&[&slow, &["盖子歪", "盖子斜", "扣子歪", "扣子斜"]]);
        assert!(instead(&everyday, '邮', '运') > 0.5);
        assert!(instead(&everyday, '邮', '运') > instead(&everyday, '邮', '歪'));
        assert!((instead(&everyday, '邮', '运') - instead(&everyday, '运', '邮')).abs() < f32::EPSILON);
        assert!(instead(&everyday, '邮', '鹅').abs() < f32::EPSILON);
    }

    #[test]
    fn nothing_counted_says_nothing() {
        let everyday = everyday(&[&["", "!!"]]);
        assert_eq!(everyday.usual('杯'), Usual::default());
        assert!(instead(&everyday, '杯', '壶').abs() < f32::EPSILON);
    }
}
