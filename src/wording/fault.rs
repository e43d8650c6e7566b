//! What makes a pack unfit to be used.

use std::collections::BTreeSet;

use super::phrase::{Choice, Phrase, Step, phrase};
use super::{Checker, PackFields, Rule};

/// The most rules of a pack.
pub const RULES_MAX: usize = 1_000;
/// The most phrases of a rule.
pub const PHRASES_MAX: usize = 200;
/// The most exceptions of a rule.
pub const EXCEPTIONS_MAX: usize = 200;
/// The longest phrase and the longest exception, in characters.
pub const PHRASE_CHARS_MAX: usize = 1_000;
/// The longest explanation, source, safe wording and name, in characters.
pub const WORDS_CHARS_MAX: usize = 500;
/// A rule that flags more everyday sentences than this is refused, in percent.
pub const BROAD_PERCENT_MAX: u32 = 10;

/// The longest id, in characters.
pub const ID_CHARS_MAX: usize = 60;
/// What agents write every day: a rule that flags much of it is of no use.
static EVERYDAY: &str = include_str!("everyday.txt");

/// Why a pack cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackFault {
    /// The id is not made of lower-case letters, digits and hyphens.
    #[error("{rule:?} is no id: use lower-case letters, digits and hyphens")]
    BadId {
        /// The id as it was written.
        rule: String,
    },
    /// Two rules have the same id.
    #[error("two rules are called {rule}")]
    DuplicateId {
        /// Their id.
        rule: String,
    },
    /// No phrase, or one of which nothing is left but punctuation and spaces.
    #[error("rule {rule} has no words to look for")]
    EmptyRule {
        /// Its id.
        rule: String,
    },
    /// A phrase or an exception whose braces cannot be read.
    #[error("rule {rule}: {phrase:?} cannot be read")]
    BadPhrase {
        /// Its id.
        rule: String,
        /// The phrase or exception.
        phrase: String,
    },
    /// An exception that takes everything back that the rule finds.
    #[error("rule {rule} takes {phrase:?} back in its exceptions")]
    ContainsOwnException {
        /// Its id.
        rule: String,
        /// The phrase.
        phrase: String,
    },
    /// The rule would flag everyday sentences.
    #[error("rule {rule} would flag {percent} % of everyday messages, {BROAD_PERCENT_MAX} % are allowed")]
    TooBroad {
        /// Its id.
        rule: String,
        /// The share of everyday sentences that it would flag.
        percent: u32,
    },
    /// More entries than allowed.
    #[error("{field} of {rule} has {count} entries, {max} are allowed")]
    TooMany {
        /// The rule, or the pack when it has too many rules.
        rule: String,
        /// The name of the field.
        field: &'static str,
        /// How many entries it has.
        count: usize,
        /// How many are allowed.
        max: usize,
    },
    /// More characters than allowed.
    #[error("{field} of {rule} has {chars} characters, {max} are allowed")]
    TooLong {
        /// The rule, or the pack.
        rule: String,
        /// The name of the field.
        field: &'static str,
        /// How many characters it has.
        chars: usize,
        /// How many are allowed.
        max: usize,
    },
}

impl PackFields {
    /// The pack with every limit held.
    ///
    /// # Errors
    /// When a rule could not work, or would flag what everybody writes.
    pub fn checked(self) -> Result<Self, PackFault> {
        let name = || self.name.clone();
        at_most("rules", &name(), self.rules.len(), RULES_MAX)?;
        short_enough("name", &name(), &self.name, WORDS_CHARS_MAX)?;
        let mut ids = BTreeSet::new();
        for rule in &self.rules {
            if !ids.insert(&rule.id) {
                return Err(PackFault::DuplicateId { rule: rule.id.clone() });
            }
            bounded(rule)?;
            sensible(rule)?;
        }
        narrow(&self.rules)?;
        Ok(self)
    }
}

fn at_most(field: &'static str, rule: &str, count: usize, max: usize) -> Result<(), PackFault> {
    if count > max { Err(PackFault::TooMany { rule: rule.to_owned(), field, count, max }) } else { Ok(()) }
}

fn short_enough(field: &'static str, rule: &str, text: &str, max: usize) -> Result<(), PackFault> {
    let chars = text.chars().count();
    if chars > max { Err(PackFault::TooLong { rule: rule.to_owned(), field, chars, max }) } else { Ok(()) }
}

fn bounded(rule: &Rule) -> Result<(), PackFault> {
    let id = &rule.id;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() || id.len() > ID_CHARS_MAX || !id.chars().all(plain) {
        return Err(PackFault::BadId { rule: id.chars().take(ID_CHARS_MAX).collect() });
    }
    at_most("phrases", id, rule.phrases.len(), PHRASES_MAX)?;
    at_most("exceptions", id, rule.exceptions.len(), EXCEPTIONS_MAX)?;
    rule.phrases.iter().try_for_each(|phrase| short_enough("phrase", id, phrase, PHRASE_CHARS_MAX))?;
    rule.exceptions.iter().try_for_each(|phrase| short_enough("exception", id, phrase, PHRASE_CHARS_MAX))?;
    let words = [&rule.why.zh, &rule.why.en, &rule.source.zh, &rule.source.en, &rule.safe];
    words.into_iter().try_for_each(|text| short_enough("words", id, text, WORDS_CHARS_MAX))
}

/// Every phrase says something, and no exception takes all of it back.
fn sensible(rule: &Rule) -> Result<(), PackFault> {
    let read = |written: &String| {
        let unreadable = || PackFault::BadPhrase { rule: rule.id.clone(), phrase: written.clone() };
        phrase(written).map_err(|_| unreadable())
    };
    let exceptions = rule.exceptions.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    for written in &rule.phrases {
        let Some(found) = read(written)? else { return Err(PackFault::EmptyRule { rule: rule.id.clone() }) };
        if says_words(&found) {
            return Err(PackFault::BadPhrase { rule: rule.id.clone(), phrase: written.clone() });
        }
        let takes_back = |exception: &Phrase| plain(exception) == plain(&found) || is_words(exception);
        if exceptions.iter().flatten().any(takes_back) {
            return Err(PackFault::ContainsOwnException { rule: rule.id.clone(), phrase: written.clone() });
        }
    }
    if rule.phrases.is_empty() { Err(PackFault::EmptyRule { rule: rule.id.clone() }) } else { Ok(()) }
}

/// A phrase without its sounds.
fn plain(phrase: &Phrase) -> Vec<Vec<Vec<Step>>> {
    let silent = |step: &Step| match step {
        Step::Char(plain, _) => Step::Char(*plain, None),
        other => other.clone(),
    };
    let steps =
        |choices: &Vec<Choice>| choices.iter().map(|choice| choice.steps.iter().map(silent).collect()).collect();
    phrase.pieces.iter().map(steps).collect()
}

fn says_words(phrase: &Phrase) -> bool {
    phrase.pieces.iter().flatten().any(|choice| choice.steps.contains(&Step::Words))
}

/// Whether an exception is nothing but what was found.
fn is_words(phrase: &Phrase) -> bool {
    phrase.pieces.iter().all(|choices| choices.iter().any(|choice| matches!(choice.steps[..], [] | [Step::Words])))
}

/// No rule flags more everyday sentences than it may, also when it rests.
fn narrow(rules: &[Rule]) -> Result<(), PackFault> {
    let checker = Checker::of(rules);
    let mut flagged = vec![0; rules.len()];
    for text in EVERYDAY.lines() {
        checker.flagging(text).into_iter().for_each(|rule| flagged[rule] += 1);
    }
    let percent = |count: usize| (count * 100).div_ceil(EVERYDAY.lines().count()) as u32;
    let broad = flagged.into_iter().map(percent).zip(rules).find(|(percent, _)| *percent > BROAD_PERCENT_MAX);
    match broad {
        Some((percent, rule)) => Err(PackFault::TooBroad { rule: rule.id.clone(), percent }),
        None => Ok(()),
    }
}
