//! How close a message is to a wording: what they share, what only one of them has, and what keeps them apart.

use super::super::grams::Fast;
use super::super::intents::{Intents, Usual};
use super::super::learn::Alike;
use super::texts::{Marked, Phrase, Texts, saturated};
use super::weights::{TAUGHT, UNTAUGHT, Weights};

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
    base: Option<&'a Intents>,
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

/// How many texts hold a character, how much that tells, and how it is used in any shop.
#[derive(Debug, Clone, Copy)]
struct Character {
    holding: usize,
    rarity: f32,
    usual: Usual,
}

/// What characters weigh together: in this shop, and in any.
#[derive(Debug, Clone, Copy, Default)]
struct Weight {
    here: f32,
    everywhere: f32,
}

impl<'a> Closeness<'a> {
    pub(super) fn new(texts: &'a Texts, alike: &'a Alike, base: Option<&'a Intents>, asked: &'a Phrase) -> Self {
        let pairs = alike.pairs();
        let asked_weights = AskedWeights {
            spoken: asked.spoken.different.iter().map(|character| texts.rarity_spoken(*character)).collect(),
            sounds: asked.sounds.iter().map(|sound| texts.rarity_sound(*sound)).collect(),
            pairs: asked.pairs.iter().map(|pair| texts.rarity_meaning(*pair)).collect(),
        };
        Self {
            texts,
            alike,
            base,
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
        let traits = self.traits(told);
        let score = (1.0 - self.trust) * UNTAUGHT.of(&traits) + self.trust * TAUGHT.of(&traits);
        Close { score, asked_share: 1.0 - traits.only_asked, told_share: 1.0 - traits.only_told }
    }

    fn traits(&mut self, told: &Phrase) -> Weights {
        let asked = self.asked;
        let (both, only_asked, only_told) = apart(&asked.meaning.different, &told.meaning.different);
        let [shared, missing, further] = [&both, &only_asked, &only_told].map(|characters| self.weight(characters));
        let (long, short) = (asked.spoken.all as f32, told.spoken.all as f32);
        let as_spoken = saturated(1.0, short / self.means.0);
        let as_meant = saturated(1.0, told.meaning.all as f32 / self.means.1);
        let weights = &self.asked_weights;
        let mut traits = Weights {
            any: 1.0,
            spoken: as_spoken * weight_shared(&asked.spoken.different, &told.spoken.different, &weights.spoken),
            sound: as_spoken * weight_shared(&asked.sounds, &told.sounds, &weights.sounds),
            meaning: as_meant * shared.here,
            pair: as_meant * weight_shared(&asked.pairs, &told.pairs, &weights.pairs),
            length: (long - short).abs() / long.max(short).max(1.0),
            excluding: self.most_excluding(&only_asked, &only_told),
            only_asked: share(missing.here, shared.here),
            only_told: share(further.here, shared.here),
            denial: f32::from(u8::from(asked.denies != told.denies)),
            asks_alike: f32::from(u8::from(asked.asks.shares(told.asks))),
            usual_only_asked: share(missing.everywhere, shared.everywhere),
            usual_only_told: share(further.everywhere, shared.everywhere),
            ..Weights::default()
        };
        self.add_usual(&only_asked, &only_told, &mut traits);
        self.add_learned(&both, &only_asked, &only_told, &mut traits);
        traits
    }

    fn weight(&mut self, characters: &[char]) -> Weight {
        let mut weight = Weight::default();
        for character in characters {
            let character = self.character(*character);
            weight.here += character.rarity;
            weight.everywhere += character.usual.rarity;
        }
        weight
    }

    fn character(&mut self, character: char) -> Character {
        let (texts, base) = (self.texts, self.base);
        *self.characters.entry(character).or_insert_with(|| {
            let holding = texts.holding(character);
            let rarity = texts.rarity(holding);
            // Before the base is learned, this shop's own texts have to tell.
            let usual = base.map_or(Usual { rarity, ..Usual::default() }, |base| base.usual(character));
            Character { holding, rarity, usual }
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

    /// What any shop's questions tell of the characters that only one side has.
    fn add_usual(&mut self, only_asked: &[char], only_told: &[char], traits: &mut Weights) {
        let Some(base) = self.base else { return };
        let told: Vec<Usual> = only_told.iter().map(|character| self.character(*character).usual).collect();
        let sides = (only_asked.len() + only_told.len()).max(1) as f32;
        for one in only_asked {
            let one = self.character(*one).usual;
            let (best, strange) = best_and_strange(told.iter().map(|other| base.stands_for(one, *other)));
            traits.usual_stands_for += best;
            traits.usual_strange += strange / sides;
        }
    }

    /// What this shop's pairs taught of the characters.
    fn add_learned(&mut self, both: &[char], only_asked: &[char], only_told: &[char], traits: &mut Weights) {
        if self.trust <= 0.0 {
            return;
        }
        let alike = self.alike;
        let alone = only_asked.iter().chain(only_told);
        traits.kept = alone.map(|character| alike.alone(*character)).sum();
        traits.shared = both.iter().map(|character| alike.shared(*character)).sum();
        let sides = (only_asked.len() + only_told.len()).max(1) as f32;
        for one in only_asked {
            let meets = only_told
                .iter()
                .map(|other| *self.stands_for.entry((*one, *other)).or_insert_with(|| alike.stands_for(*one, *other)));
            let (best, strange) = best_and_strange(meets);
            traits.stands_for += best;
            traits.strange += strange / sides;
        }
    }
}

/// The best that can stand for a character, and how little all the others can.
fn best_and_strange(meets: impl Iterator<Item = f32>) -> (f32, f32) {
    meets.fold((0.0f32, 0.0), |(best, sum), meet| (best.max(meet), sum + meet.min(0.0)))
}

/// What a part is of itself and the rest.
fn share(part: f32, rest: f32) -> f32 {
    part / (part + rest).max(f32::EPSILON)
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

#[cfg(test)]
mod tests {
    use super::super::super::entry::Field;
    use super::super::folding::read;
    use super::super::texts::Source;
    use super::*;
    use crate::model::ArticleId;

    fn phrase(text: &str) -> Phrase {
        Phrase::new(&read(text, 100))
    }

    /// How close a message is to texts that are all there is.
    fn scores(base: Option<&Intents>, asked: &str, told: &[&str]) -> Vec<f32> {
        let mut texts = Texts::default();
        for (text, place) in told.iter().zip(0..) {
            texts.put(Source::Wording(ArticleId::of_name(text), Field::Title, place), &read(text, 100));
        }
        let (alike, asked) = (Alike::default(), phrase(asked));
        let mut closeness = Closeness::new(&texts, &alike, base, &asked);
        told.iter().map(|text| closeness.to(&phrase(text)).score).collect()
    }

    #[test]
    fn what_shoppers_seldom_say_sets_texts_further_apart() {
        let texts = ["头灯发货", "头灯眩晕"];
        let alone = scores(None, "头灯", &texts);
        assert!((alone[0] - alone[1]).abs() < 1e-4, "the shop itself cannot tell: {alone:?}");
        let told = scores(Some(Intents::base()), "头灯", &texts);
        assert!(told[0] > told[1] + 0.1, "{told:?}");
    }

    #[test]
    fn what_is_denied_is_not_what_is_asked() {
        let told = scores(Some(Intents::base()), "吊床用不了", &["吊床不能挂", "吊床可以挂"]);
        assert!(told[0] > told[1] + 0.5, "{told:?}");
    }

    #[test]
    fn the_kind_of_question_counts_less_than_what_is_asked_about() {
        for base in [None, Some(Intents::base())] {
            let told = scores(base, "睡袋怎么洗", &["怎么晾", "洗睡袋"]);
            assert!(told[1] > told[0] + 0.5, "{told:?}");
        }
    }
}
