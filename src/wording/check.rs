//! The check of a text.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fold::{Unit, units};
use super::phrase::{Phrase, Shape, Step, phrase};
use super::seek;
use super::shapes::begins_word;
use super::{Bilingual, Level, PackFields, Rule, Topic};
use crate::answers::{Syllable, readings};
use crate::order;

/// The most findings of one text; those of the highest level are kept.
pub const FINDINGS_MAX: usize = 100;
/// How far before the words an exception may begin, in units.
const EXCEPTION_BEFORE: usize = 30;

/// Words of a text that a rule is against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The id of the rule.
    pub rule: String,
    /// What the rule is about.
    pub topic: Topic,
    /// How much it stands in the way.
    pub level: Level,
    /// Where the words begin: characters of the text as written.
    pub from: usize,
    /// Where the words end.
    pub to: usize,
    /// The words as written.
    pub words: String,
    /// Why they are better not sent.
    pub why: Bilingual,
    /// Where that is written.
    pub source: Bilingual,
    /// What can be said in their place; empty when nothing can.
    pub safe: String,
}

/// The rules of a shop, ready to check texts.
#[derive(Debug, Clone, Default)]
pub struct Checker {
    rules: Vec<Rule>,
    exceptions: Vec<Exceptions>,
    /// Each phrase with the place of its rule.
    phrases: Vec<(usize, Phrase)>,
    starts: Starts,
}

/// A phrase by its place, and the piece and the choice that it begins with.
type Start = (usize, usize, usize);

/// The exceptions of a rule.
#[derive(Debug, Clone, Default)]
struct Exceptions {
    phrases: Vec<Phrase>,
    starts: Starts,
    /// Those that begin with what the rule found.
    at_words: Vec<Start>,
}

/// By what a phrase may begin, the places of such phrases.
#[derive(Debug, Clone, Default)]
struct Starts {
    characters: BTreeMap<char, Vec<Start>>,
    sounds: BTreeMap<Syllable, Vec<Start>>,
    /// By the first two letters of a syllable.
    letters: BTreeMap<(char, char), Vec<Start>>,
    /// Phrases that begin with a word of letters and digits.
    words: Vec<Start>,
}

/// Where a rule found something, in units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Spot {
    rule: usize,
    from: usize,
    to: usize,
}

impl Checker {
    /// Makes the rules of the packs ready. A rule of a later pack replaces the one of the same id in an earlier pack,
    /// so a shop can change the level of a rule that it did not write, or let it rest. Phrases that cannot be read are
    /// left out.
    pub fn new<'a>(packs: impl IntoIterator<Item = &'a PackFields>) -> Self {
        let mut rules: BTreeMap<&str, (usize, &Rule)> = BTreeMap::new();
        for (place, rule) in packs.into_iter().flat_map(|pack| &pack.rules).enumerate() {
            rules.entry(&rule.id).and_modify(|(_, known)| *known = rule).or_insert((place, rule));
        }
        let mut rules: Vec<(usize, &Rule)> = rules.into_values().filter(|(_, rule)| !rule.off).collect();
        order::sort_by_key(&mut rules, |(place, _)| *place);
        Self::of(rules.into_iter().map(|(_, rule)| rule))
    }

    /// Makes rules ready as they come, also those that rest or share an id.
    pub(super) fn of<'a>(rules: impl IntoIterator<Item = &'a Rule>) -> Self {
        let mut checker = Self::default();
        for rule in rules {
            let place = checker.rules.len();
            let read = |written: &String| phrase(written).ok().flatten();
            checker.exceptions.push(Exceptions::of(rule.exceptions.iter().filter_map(read)));
            for phrase in rule.phrases.iter().filter_map(read) {
                checker.starts.add(checker.phrases.len(), &phrase);
                checker.phrases.push((place, phrase));
            }
            checker.rules.push(rule.clone());
        }
        checker
    }

    /// What is wrong with a text, in the order of the places; at most [`FINDINGS_MAX`].
    #[must_use]
    pub fn check(&self, text: &str) -> Vec<Finding> {
        let units = units(text);
        let mut spots = self.spots(&units);
        if spots.is_empty() {
            return Vec::new();
        }
        self.drop_covered(&mut spots);
        if spots.len() > FINDINGS_MAX {
            order::sort_by_key(&mut spots, |spot| Reverse(self.rules[spot.rule].level));
            spots.truncate(FINDINGS_MAX);
            order::sort_by_key(&mut spots, |spot| (spot.from, spot.to, spot.rule));
        }
        let chars: Vec<char> = text.chars().collect();
        spots.iter().map(|spot| self.finding(*spot, &units, &chars)).collect()
    }

    /// The highest level among the findings; `None` when there are none.
    #[must_use]
    pub fn worst(&self, text: &str) -> Option<Level> {
        self.spots(&units(text)).iter().map(|spot| self.rules[spot.rule].level).max()
    }

    /// The rule of a finding; `None` when the finding comes from other packs.
    #[must_use]
    pub fn rule(&self, finding: &Finding) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == finding.rule)
    }

    /// The places of the rules that find something in a text, each once.
    pub(super) fn flagging(&self, text: &str) -> Vec<usize> {
        let mut rules: Vec<usize> = self.spots(&units(text)).iter().map(|spot| spot.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    /// Every place where a rule finds something, none overlapping another of the same rule, in order.
    fn spots(&self, units: &[Unit]) -> Vec<Spot> {
        let mut spots = Vec::new();
        for at in 0..units.len() {
            self.starts.each(units, at, |(place, piece, choice)| {
                let (rule, phrase) = &self.phrases[place];
                if let Some(found) = seek::found(phrase, (piece, choice), units, at, None) {
                    let (from, to) = found.words;
                    spots.push(Spot { rule: *rule, from, to });
                }
            });
        }
        order::sort_by_key(&mut spots, |spot| (spot.rule, spot.from, Reverse(spot.to)));
        spots.dedup();
        spots.retain(|spot| !self.excepted(*spot, units));
        let mut last: Option<Spot> = None;
        spots.retain(|spot| {
            let apart = last.is_none_or(|last| last.rule != spot.rule || last.to <= spot.from);
            if apart {
                last = Some(*spot);
            }
            apart
        });
        order::sort_by_key(&mut spots, |spot| (spot.from, spot.to, spot.rule));
        spots
    }

    /// Whether longer words around them make the words harmless.
    fn excepted(&self, spot: Spot, units: &[Unit]) -> bool {
        let exceptions = &self.exceptions[spot.rule];
        let covers = |at: usize, (place, piece, choice): Start| {
            let phrase = &exceptions.phrases[place];
            let found = seek::found(phrase, (piece, choice), units, at, Some((spot.from, spot.to)));
            found.is_some_and(|found| found.end >= spot.to)
        };
        exceptions.at_words.iter().any(|start| covers(spot.from, *start))
            || (spot.from.saturating_sub(EXCEPTION_BEFORE)..=spot.from).any(|at| {
                let plain = exceptions.starts.characters.get(&units[at].plain).into_iter().flatten();
                plain.chain(&exceptions.starts.words).any(|start| covers(at, *start))
            })
    }

    /// Of findings of one topic within each other only the widest is shown, unless the inner one weighs more.
    fn drop_covered(&self, spots: &mut Vec<Spot>) {
        let weight = |spot: &Spot| (self.rules[spot.rule].topic, self.rules[spot.rule].level);
        let covers = |outer: &Spot, inner: &Spot| {
            let ((topic, level), (inner_topic, inner_level)) = (weight(outer), weight(inner));
            let within = outer.from <= inner.from && inner.to <= outer.to;
            let first = (outer.to - outer.from, level, Reverse(outer.rule))
                > (inner.to - inner.from, inner_level, Reverse(inner.rule));
            topic == inner_topic && level >= inner_level && within && first
        };
        let all = spots.clone();
        let mut near = 0;
        spots.retain(|inner| {
            while all[near].to <= inner.from && near + 1 < all.len() {
                near += 1;
            }
            !all[near..].iter().take_while(|outer| outer.from <= inner.from).any(|outer| covers(outer, inner))
        });
    }

    fn finding(&self, spot: Spot, units: &[Unit], chars: &[char]) -> Finding {
        let rule = &self.rules[spot.rule];
        let (from, to) = (units[spot.from].from as usize, units[spot.to - 1].to as usize);
        Finding {
            rule: rule.id.clone(),
            topic: rule.topic,
            level: rule.level,
            from,
            to,
            words: chars[from..to].iter().collect(),
            why: rule.why.clone(),
            source: rule.source.clone(),
            safe: rule.safe.clone(),
        }
    }
}

impl Exceptions {
    fn of(phrases: impl Iterator<Item = Phrase>) -> Self {
        let mut exceptions = Self { phrases: phrases.collect(), ..Self::default() };
        for (place, phrase) in exceptions.phrases.iter().enumerate() {
            exceptions.starts.add(place, phrase);
            let firsts = phrase.firsts().into_iter().filter(|(_, _, first)| **first == Step::Words);
            exceptions.at_words.extend(firsts.map(|(piece, choice, _)| (place, piece, choice)));
        }
        exceptions
    }
}

impl Starts {
    fn add(&mut self, place: usize, phrase: &Phrase) {
        for (piece, choice, first) in phrase.firsts() {
            let start = (place, piece, choice);
            let heard = phrase.pieces[piece][choice].heard > 0;
            match first {
                Step::Char(plain, syllable) => {
                    add(&mut self.characters, *plain, start);
                    let Some(syllable) = syllable else { continue };
                    opening(*syllable).into_iter().for_each(|letters| add(&mut self.letters, letters, start));
                    if heard {
                        add(&mut self.sounds, *syllable, start);
                    }
                }
                Step::OneOf(several) => several.chars().for_each(|c| add(&mut self.characters, c, start)),
                Step::Digits(..) | Step::Shape(Shape::Phone | Shape::Identity | Shape::Card) => {
                    ('0'..='9').for_each(|digit| add(&mut self.characters, digit, start));
                }
                Step::Shape(Shape::Account | Shape::Link | Shape::Mail) => self.words.push(start),
                // These say nothing by themselves.
                Step::Any(..) | Step::Words | Step::End | Step::Open | Step::Close => {}
            }
        }
    }

    /// Every phrase that may begin at a unit, in every way in which it may.
    fn each(&self, units: &[Unit], at: usize, mut try_start: impl FnMut(Start)) {
        let unit = units[at];
        let mut tried = self.characters.get(&unit.plain).map_or(&[][..], Vec::as_slice);
        tried.iter().copied().for_each(&mut try_start);
        for syllable in readings(unit.read) {
            let Some(starts) = self.sounds.get(syllable) else { continue };
            starts.iter().copied().filter(|start| tried.binary_search(start).is_err()).for_each(&mut try_start);
            tried = if tried.is_empty() { starts } else { tried };
        }
        if unit.is_letter() {
            let next = units.get(at + 1).map_or(' ', |unit| unit.plain);
            self.letters.get(&(unit.plain, next)).into_iter().flatten().copied().for_each(&mut try_start);
        }
        if unit.plain.is_ascii_alphanumeric() && begins_word(units, at) {
            self.words.iter().copied().for_each(&mut try_start);
        }
    }
}

/// The first two letters of a syllable, in both ways of writing ü. The few of one letter hide nothing.
fn opening(syllable: Syllable) -> Vec<(char, char)> {
    let mut letters = syllable.letters().chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some('v')) => vec![(first, 'v'), (first, 'u')],
        (Some(first), Some(second)) => vec![(first, second)],
        _ => Vec::new(),
    }
}

/// Notes a phrase once under what it may begin with.
fn add<K: Ord>(starts: &mut BTreeMap<K, Vec<Start>>, key: K, start: Start) {
    let places = starts.entry(key).or_default();
    if places.last() != Some(&start) {
        places.push(start);
    }
}

/// The text with the safe wording taken. It stays as it is when the rule knows no safe wording, or when the words are
/// no longer where they were found.
#[must_use]
pub fn replaced(text: &str, finding: &Finding) -> String {
    let byte = |place: usize| text.char_indices().map(|(byte, _)| byte).chain([text.len()]).nth(place);
    match (byte(finding.from), byte(finding.to)) {
        (Some(from), Some(to)) if !finding.safe.is_empty() && text.get(from..to) == Some(finding.words.as_str()) => {
            [&text[..from], &finding.safe, &text[to..]].concat()
        }
        _ => text.to_owned(),
    }
}
