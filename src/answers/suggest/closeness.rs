//! How close a message is to a wording: what they share, what only one of them has, and what keeps them apart.

use super::super::grams::{Fast, Gram};
use super::super::learn::Alike;
use super::texts::{Marked, Phrase, Texts, saturated};

/// What each trait counts. Found by regression over questions that ask the same and others that don't.
struct Weights {
    spoken: f32,
    sound: f32,
    meaning: f32,
    pair: f32,
    length: f32,
    excluding: f32,
    only_asked: f32,
    only_told: f32,
    kept: f32,
    shared: f32,
    stands_for: f32,
    strange: f32,
}

/// Before anything was learned.
const UNTAUGHT: Weights = Weights {
    spoken: 0.129,
    sound: 0.189,
    meaning: 0.085,
    pair: 0.032,
    length: -1.07,
    excluding: -1.44,
    only_asked: -0.66,
    only_told: -1.39,
    kept: 0.0,
    shared: 0.0,
    stands_for: 0.0,
    strange: 0.0,
};
/// When pairs that ask the same have taught which characters matter and which stand for each other.
const TAUGHT: Weights = Weights {
    spoken: 0.162,
    sound: 0.096,
    meaning: -0.263,
    pair: 0.006,
    length: 0.188,
    excluding: -0.77,
    only_asked: -0.7,
    only_told: 0.231,
    kept: 0.508,
    shared: 0.294,
    stands_for: 0.357,
    strange: 0.147,
};
/// What is presumed, and what the shares of both sides and the score make of it. Set by hand, then checked with
/// `qinda eval answers`.
const CONFIDENCE: [f32; 4] = [-5.0, 4.0, 3.0, 0.2];
/// How many pairs make what was learned count as much as what is known before.
const PAIRS_FOR_HALF: f32 = 400.0;

/// How many pairs of characters are looked up for a message to see whether they exclude each other.
const EXCLUDING_PAIRS_MAX: usize = 400;

/// How close a text is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Close {
    /// The higher, the likelier both ask the same; comparable for one message.
    pub(super) score: f32,
    /// How much of the message's weight is in the text.
    pub(super) asked_share: f32,
    /// How much of the text's weight is in the message.
    pub(super) told_share: f32,
}

impl Close {
    /// How likely both ask the same, whatever else there is.
    pub(super) fn confidence(&self) -> f32 {
        let evidence = CONFIDENCE[0]
            + CONFIDENCE[1] * self.asked_share
            + CONFIDENCE[2] * self.told_share
            + CONFIDENCE[3] * self.score;
        1.0 / (1.0 + (-evidence).exp())
    }
}

/// Compares one message with many texts.
pub(super) struct Closeness<'a> {
    texts: &'a Texts,
    alike: &'a Alike,
    asked: &'a Phrase,
    trust: f32,
    excluding: Fast<(char, char), f32>,
    marked: Fast<char, Marked>,
    stands_for: Fast<(char, char), f32>,
}

impl<'a> Closeness<'a> {
    pub(super) fn new(texts: &'a Texts, alike: &'a Alike, asked: &'a Phrase) -> Self {
        let pairs = alike.pairs();
        Self {
            texts,
            alike,
            asked,
            trust: pairs / (pairs + PAIRS_FOR_HALF),
            excluding: Fast::default(),
            marked: Fast::default(),
            stands_for: Fast::default(),
        }
    }

    pub(super) fn to(&mut self, told: &Phrase) -> Close {
        let (both, only_asked, only_told) = apart(&self.asked.meaning.different, &told.meaning.different);
        let weight = |characters: &[char]| -> f32 {
            characters.iter().map(|character| self.texts.rarity_meaning(Gram::one(*character))).sum()
        };
        let (shared, missing, further) = (weight(&both), weight(&only_asked), weight(&only_told));
        let share_missing = missing / (shared + missing).max(f32::EPSILON);
        let share_further = further / (shared + further).max(f32::EPSILON);
        let (long, short) = (self.asked.spoken.all as f32, told.spoken.all as f32);
        let traits = Weights {
            spoken: self.spoken(told),
            sound: self.sound(told),
            meaning: self.meaning(told, &both),
            pair: self.pair(told),
            length: (long - short).abs() / long.max(short).max(1.0),
            excluding: self.most_excluding(&only_asked, &only_told),
            only_asked: share_missing,
            only_told: share_further,
            ..self.learned(&both, &only_asked, &only_told)
        };
        let score = (1.0 - self.trust) * UNTAUGHT.of(&traits) + self.trust * TAUGHT.of(&traits);
        Close { score, asked_share: 1.0 - share_missing, told_share: 1.0 - share_further }
    }

    fn spoken(&self, told: &Phrase) -> f32 {
        let length = told.spoken.all as f32 / self.texts.means().0;
        let both = shared(&self.asked.spoken.different, &told.spoken.different);
        both.map(|character| self.texts.rarity_spoken(*character)).sum::<f32>() * saturated(1.0, length)
    }

    fn sound(&self, told: &Phrase) -> f32 {
        let length = told.spoken.all as f32 / self.texts.means().0;
        let both = shared(&self.asked.sounds, &told.sounds);
        both.map(|sound| self.texts.rarity_sound(*sound)).sum::<f32>() * saturated(1.0, length)
    }

    fn meaning(&self, told: &Phrase, both: &[char]) -> f32 {
        let length = told.meaning.all as f32 / self.texts.means().1;
        let rarities = both.iter().map(|character| self.texts.rarity_meaning(Gram::one(*character)));
        rarities.sum::<f32>() * saturated(1.0, length)
    }

    fn pair(&self, told: &Phrase) -> f32 {
        let length = told.meaning.all as f32 / self.texts.means().1;
        let both = shared(&self.asked.pairs, &told.pairs);
        both.map(|pair| self.texts.rarity_meaning(*pair)).sum::<f32>() * saturated(1.0, length)
    }

    /// Two products of a shop are never in one question: the one asked about keeps the other away.
    fn most_excluding(&mut self, only_asked: &[char], only_told: &[char]) -> f32 {
        let mut most = 0.0f32;
        let told = self.frequent(only_told);
        for (holding, one) in self.frequent(only_asked) {
            for (other_holding, other) in &told {
                // The most frequent come first: what follows cannot exclude more.
                if self.texts.excluding_at_most(holding, *other_holding) <= most {
                    break;
                }
                most = most.max(self.excluding(one, holding, *other));
            }
        }
        most
    }

    /// The characters that can keep others away, the most frequent first.
    fn frequent(&self, characters: &[char]) -> Vec<(usize, char)> {
        let counted = characters.iter().map(|character| (self.texts.holding(*character), *character));
        let mut frequent: Vec<(usize, char)> =
            counted.filter(|(holding, _)| self.texts.is_frequent(*holding)).collect();
        frequent.sort_unstable_by(|one, other| other.cmp(one));
        frequent
    }

    fn excluding(&mut self, one: char, holding: usize, other: char) -> f32 {
        if let Some(known) = self.excluding.get(&(one, other)) {
            return *known;
        }
        if self.excluding.len() >= EXCLUDING_PAIRS_MAX {
            return 0.0;
        }
        let marked = self.marked.entry(one).or_insert_with(|| self.texts.marked(one));
        let found = self.texts.excluding(marked, holding, other);
        self.excluding.insert((one, other), found);
        found
    }

    fn learned(&mut self, both: &[char], only_asked: &[char], only_told: &[char]) -> Weights {
        let mut traits = Weights { ..NOTHING };
        if self.trust <= 0.0 {
            return traits;
        }
        let alone = only_asked.iter().chain(only_told);
        traits.kept = alone.map(|character| self.alike.alone(*character)).sum();
        traits.shared = both.iter().map(|character| self.alike.shared(*character)).sum();
        let sides = (only_asked.len() + only_told.len()).max(1) as f32;
        for one in only_asked {
            let alike = self.alike;
            let meets = only_told
                .iter()
                .map(|other| *self.stands_for.entry((*one, *other)).or_insert_with(|| alike.stands_for(*one, *other)));
            let (best, strange) = meets.fold((0.0f32, 0.0), |(best, sum), meet| (best.max(meet), sum + meet.min(0.0)));
            traits.stands_for += best;
            traits.strange += strange / sides;
        }
        traits
    }
}

const NOTHING: Weights = Weights {
    spoken: 0.0,
    sound: 0.0,
    meaning: 0.0,
    pair: 0.0,
    length: 0.0,
    excluding: 0.0,
    only_asked: 0.0,
    only_told: 0.0,
    kept: 0.0,
    shared: 0.0,
    stands_for: 0.0,
    strange: 0.0,
};

impl Weights {
    fn of(&self, traits: &Self) -> f32 {
        self.spoken * traits.spoken
            + self.sound * traits.sound
            + self.meaning * traits.meaning
            + self.pair * traits.pair
            + self.length * traits.length
            + self.excluding * traits.excluding
            + self.only_asked * traits.only_asked
            + self.only_told * traits.only_told
            + self.kept * traits.kept
            + self.shared * traits.shared
            + self.stands_for * traits.stands_for
            + self.strange * traits.strange
    }
}

/// What two sorted lists share.
fn shared<'a, T: Ord>(one: &'a [T], other: &'a [T]) -> impl Iterator<Item = &'a T> {
    let mut rest = other;
    one.iter().filter(move |item| {
        let skipped = rest.iter().take_while(|other| other < item).count();
        rest = &rest[skipped..];
        rest.first() == Some(*item)
    })
}

/// What two sorted lists share, what only the first has and what only the second has.
fn apart(one: &[char], other: &[char]) -> (Vec<char>, Vec<char>, Vec<char>) {
    let both: Vec<char> = shared(one, other).copied().collect();
    let without = |of: &[char]| of.iter().filter(|item| both.binary_search(item).is_err()).copied().collect();
    let (only_one, only_other) = (without(one), without(other));
    (both, only_one, only_other)
}
