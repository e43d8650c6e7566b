//! How close a message is to a wording: what they share, what only one of them has, and what keeps them apart.

use super::super::grams::Fast;
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
    asked_weights: AskedWeights,
    /// The mean lengths of the texts, as spoken and as meant.
    means: (f32, f32),
    trust: f32,
    characters: Fast<char, Character>,
    excluding: Fast<(char, char), f32>,
    marked: Fast<char, Marked>,
    stands_for: Fast<(char, char), f32>,
}

/// How rare each part of the message is, in their order.
struct AskedWeights {
    spoken: Vec<f32>,
    sounds: Vec<f32>,
    pairs: Vec<f32>,
}

/// How many texts hold a character, and how much that tells.
#[derive(Debug, Clone, Copy)]
struct Character {
    holding: usize,
    rarity: f32,
}

impl<'a> Closeness<'a> {
    pub(super) fn new(texts: &'a Texts, alike: &'a Alike, asked: &'a Phrase) -> Self {
        let pairs = alike.pairs();
        let asked_weights = AskedWeights {
            spoken: asked.spoken.different.iter().map(|character| texts.rarity_spoken(*character)).collect(),
            sounds: asked.sounds.iter().map(|sound| texts.rarity_sound(*sound)).collect(),
            pairs: asked.pairs.iter().map(|pair| texts.rarity_meaning(*pair)).collect(),
        };
        Self {
            texts,
            alike,
            asked,
            asked_weights,
            means: texts.means(),
            trust: pairs / (pairs + PAIRS_FOR_HALF),
            characters: Fast::default(),
            excluding: Fast::default(),
            marked: Fast::default(),
            stands_for: Fast::default(),
        }
    }

    pub(super) fn to(&mut self, told: &Phrase) -> Close {
        let asked = self.asked;
        let (both, only_asked, only_told) = apart(&asked.meaning.different, &told.meaning.different);
        let (shared, missing, further) = (self.weight(&both), self.weight(&only_asked), self.weight(&only_told));
        let share_missing = missing / (shared + missing).max(f32::EPSILON);
        let share_further = further / (shared + further).max(f32::EPSILON);
        let (long, short) = (asked.spoken.all as f32, told.spoken.all as f32);
        let as_spoken = saturated(1.0, short / self.means.0);
        let as_meant = saturated(1.0, told.meaning.all as f32 / self.means.1);
        let weights = &self.asked_weights;
        let traits = Weights {
            spoken: as_spoken * weight_shared(&asked.spoken.different, &told.spoken.different, &weights.spoken),
            sound: as_spoken * weight_shared(&asked.sounds, &told.sounds, &weights.sounds),
            meaning: as_meant * shared,
            pair: as_meant * weight_shared(&asked.pairs, &told.pairs, &weights.pairs),
            length: (long - short).abs() / long.max(short).max(1.0),
            excluding: self.most_excluding(&only_asked, &only_told),
            only_asked: share_missing,
            only_told: share_further,
            ..self.learned(&both, &only_asked, &only_told)
        };
        let score = (1.0 - self.trust) * UNTAUGHT.of(&traits) + self.trust * TAUGHT.of(&traits);
        Close { score, asked_share: 1.0 - share_missing, told_share: 1.0 - share_further }
    }

    fn weight(&mut self, characters: &[char]) -> f32 {
        characters.iter().map(|character| self.character(*character).rarity).sum()
    }

    fn character(&mut self, character: char) -> Character {
        let texts = self.texts;
        *self.characters.entry(character).or_insert_with(|| {
            let holding = texts.holding(character);
            Character { holding, rarity: texts.rarity(holding) }
        })
    }

    /// Two products of a shop are never in one question: the one asked about keeps the other away.
    fn most_excluding(&mut self, only_asked: &[char], only_told: &[char]) -> f32 {
        let mut most = 0.0f32;
        let told = self.frequent(only_told);
        for one in self.frequent(only_asked) {
            for other in &told {
                // The most frequent come first: what follows cannot exclude more.
                if self.texts.excluding_at_most(one.0, other.0) <= most {
                    break;
                }
                most = most.max(self.excluding(one, *other));
            }
        }
        most
    }

    /// The characters that can keep others away, the most frequent first.
    fn frequent(&mut self, characters: &[char]) -> Vec<(usize, char)> {
        let texts = self.texts;
        let counted = characters.iter().map(|character| (self.character(*character).holding, *character));
        let mut frequent: Vec<(usize, char)> = counted.filter(|(holding, _)| texts.is_frequent(*holding)).collect();
        frequent.sort_unstable_by(|one, other| other.cmp(one));
        frequent
    }

    fn excluding(&mut self, (holding, one): (usize, char), (other_holding, other): (usize, char)) -> f32 {
        if let Some(together) = self.texts.meeting(one, other) {
            return self.texts.excluding(holding, other_holding, together);
        }
        if let Some(known) = self.excluding.get(&(one, other)) {
            return *known;
        }
        if self.excluding.len() >= EXCLUDING_PAIRS_MAX {
            return 0.0;
        }
        let marked = self.marked.entry(one).or_insert_with(|| self.texts.marked(one));
        let together = self.texts.together(marked, other);
        let found = self.texts.excluding(holding, other_holding, together);
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

/// What of a message a text shares with it, weighed; both in order.
fn weight_shared<T: Ord>(asked: &[T], told: &[T], weights: &[f32]) -> f32 {
    let mut rest = told.iter().peekable();
    let mut sum = 0.0;
    for (item, weight) in asked.iter().zip(weights) {
        while rest.next_if(|other| *other < item).is_some() {}
        if rest.next_if_eq(&item).is_some() {
            sum += weight;
        }
    }
    sum
}

/// What two sorted lists share, what only the first has and what only the second has.
fn apart(one: &[char], other: &[char]) -> (Vec<char>, Vec<char>, Vec<char>) {
    let (mut both, mut only_one, mut only_other) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = other.iter().peekable();
    for item in one {
        only_other.extend(std::iter::from_fn(|| rest.next_if(|other| *other < item)));
        match rest.next_if_eq(&item) {
            Some(_) => both.push(*item),
            None => only_one.push(*item),
        }
    }
    only_other.extend(rest);
    (both, only_one, only_other)
}
