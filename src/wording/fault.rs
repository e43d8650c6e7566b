//! What makes a pack unfit to be used.

use std::collections::BTreeSet;

use super::{PackFields, Rule};

/// The most rules of a pack.
pub const RULES_MAX: usize = 1_000;
/// The most phrases of a rule.
pub const PHRASES_MAX: usize = 200;
/// The most exceptions of a rule.
pub const EXCEPTIONS_MAX: usize = 200;
/// The longest phrase and the longest exception, in characters.
pub const PHRASE_CHARS_MAX: usize = 100;
/// The longest explanation, source, safe wording and name, in characters.
pub const WORDS_CHARS_MAX: usize = 500;
/// A rule that flags more everyday sentences than this is refused, in percent.
pub const BROAD_PERCENT_MAX: u32 = 10;

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
        if self.rules.len() > RULES_MAX {
            let count = self.rules.len();
            return Err(PackFault::TooMany { rule: self.name, field: "rules", count, max: RULES_MAX });
        }
        let mut ids = BTreeSet::new();
        for rule in &self.rules {
            if !ids.insert(&rule.id) {
                return Err(PackFault::DuplicateId { rule: rule.id.clone() });
            }
            sound(rule)?;
        }
        Ok(self)
    }
}

fn sound(rule: &Rule) -> Result<(), PackFault> {
    let id = || rule.id.clone();
    if rule.phrases.iter().all(|phrase| phrase.trim().is_empty()) {
        return Err(PackFault::EmptyRule { rule: id() });
    }
    if let Some(phrase) = rule.phrases.iter().find(|phrase| rule.exceptions.contains(phrase)) {
        return Err(PackFault::ContainsOwnException { rule: id(), phrase: phrase.clone() });
    }
    Ok(())
}
