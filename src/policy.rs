//! Policies: what a shop grants in which case, such as a return asked on day six of an opened gift.
//!
//! A policy is a list of rules; the first that fits a case says what is granted, who pays, until when, and in which words.

use serde::{Deserialize, Serialize};

use crate::model::{ANSWER_CHARS_MAX, MemberId, Micros, PolicyId, QUESTION_CHARS_MAX, TextFault, checked_text};

/// The most rules of a policy.
pub const POLICY_RULES_MAX: usize = 100;
/// The latest day that is asked about and can be named in a rule, counted from the day of receipt as day 1.
pub const POLICY_DAYS_MAX: u32 = 3_650;

/// Who pays the freight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    /// The shop pays both ways.
    Shop,
    /// The shopper pays both ways.
    Shopper,
    /// Each pays the way of their own parcel.
    Each,
    /// There is none to pay.
    #[default]
    Nobody,
    /// Somebody of whom only a newer server knows.
    #[serde(other)]
    Newer,
}

/// What is asked about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Case {
    /// Days since receipt; the day of receipt is day 1.
    pub day: u32,
    /// Whether it has a quality fault.
    pub fault: bool,
    /// Whether it was opened or used.
    pub opened: bool,
    /// Whether it was a gift that came with something bought.
    pub gift: bool,
}

/// What a rule asks for; what it leaves open fits every case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRule {
    /// The first day it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_day: Option<u32>,
    /// The last day it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_day: Option<u32>,
    /// Whether there must be a fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<bool>,
    /// Whether it must have been opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<bool>,
    /// Whether it must be a gift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gift: Option<bool>,
    /// Whether the wish is granted.
    pub granted: bool,
    /// Who pays the freight.
    #[serde(default)]
    pub payer: Payer,
    /// Within how many days it is settled; `None` when that is not promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_days: Option<u32>,
    /// The words to say.
    pub words: String,
}

impl PolicyRule {
    /// Whether the rule fits a case.
    #[must_use]
    pub fn fits(&self, case: Case) -> bool {
        let agrees = |wanted: Option<bool>, is: bool| wanted.is_none_or(|wanted| wanted == is);
        self.from_day.is_none_or(|from| case.day >= from)
            && self.to_day.is_none_or(|to| case.day <= to)
            && agrees(self.fault, case.fault)
            && agrees(self.opened, case.opened)
            && agrees(self.gift, case.gift)
    }
}

/// What an editor writes: a policy without its history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyFields {
    /// What it is about, such as returns.
    pub title: String,
    /// The rules; the first that fits counts.
    pub rules: Vec<PolicyRule>,
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Its id.
    pub id: PolicyId,
    /// What it says.
    #[serde(flatten)]
    pub fields: PolicyFields,
    /// Counts the changes, from 1.
    pub version: u32,
    /// Who changed it last.
    pub changed_by: Option<MemberId>,
    /// When it was changed last.
    pub changed_at: Micros,
}

/// Why a policy cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// A text is unfit.
    #[error(transparent)]
    Text(#[from] TextFault),
    /// It has no rule.
    #[error("a policy needs a rule")]
    NoRule,
    /// The days of a rule run backwards or beyond [`POLICY_DAYS_MAX`].
    #[error("the days of rule {rule} do not fit")]
    Days {
        /// Which rule, from 1.
        rule: usize,
    },
    /// A rule can never be reached: those before it fit every case that it fits.
    #[error("rule {rule} is never reached")]
    Unreachable {
        /// Which rule, from 1.
        rule: usize,
    },
}

impl PolicyFields {
    /// The policy with its texts trimmed and every limit held.
    ///
    /// # Errors
    /// When a text is empty or too long, there is no rule, or a rule makes no sense.
    pub fn checked(self) -> Result<Self, PolicyFault> {
        let title = checked_text("title", &self.title, QUESTION_CHARS_MAX)?;
        if self.rules.is_empty() {
            return Err(PolicyFault::NoRule);
        }
        if self.rules.len() > POLICY_RULES_MAX {
            let (count, max) = (self.rules.len(), POLICY_RULES_MAX);
            return Err(TextFault::TooMany { field: "rules", count, max }.into());
        }
        let rules: Vec<PolicyRule> =
            (1..).zip(self.rules).map(|(place, rule)| checked_rule(place, rule)).collect::<Result<_, _>>()?;
        let fields = Self { title, rules };
        match fields.unreachable() {
            Some(rule) => Err(PolicyFault::Unreachable { rule }),
            None => Ok(fields),
        }
    }

    /// The first rule that fits a case.
    #[must_use]
    pub fn rule_for(&self, case: Case) -> Option<&PolicyRule> {
        self.rules.iter().find(|rule| rule.fits(case))
    }

    /// The cases that no rule fits, one for each stretch of days, so that an editor can close the gaps.
    #[must_use]
    pub fn gaps(&self) -> Vec<Case> {
        self.telling_cases().filter(|case| self.rule_for(*case).is_none()).collect()
    }

    fn unreachable(&self) -> Option<usize> {
        let reached: Vec<*const PolicyRule> =
            self.telling_cases().filter_map(|case| self.rule_for(case)).map(std::ptr::from_ref).collect();
        self.rules.iter().position(|rule| !reached.contains(&std::ptr::from_ref(rule))).map(|place| place + 1)
    }

    /// One case for each way in which the rules can differ: between two days that a rule names nothing changes.
    fn telling_cases(&self) -> impl Iterator<Item = Case> {
        let named = self.rules.iter().flat_map(|rule| [rule.from_day, rule.to_day.map(|day| day.saturating_add(1))]);
        let mut days: Vec<u32> = named.flatten().chain([1]).collect();
        days.sort_unstable();
        days.dedup();
        days.into_iter().flat_map(|day| {
            (0..8).map(move |bits| Case { day, fault: bits & 1 != 0, opened: bits & 2 != 0, gift: bits & 4 != 0 })
        })
    }
}

fn checked_rule(place: usize, rule: PolicyRule) -> Result<PolicyRule, PolicyFault> {
    let days = [rule.from_day, rule.to_day, rule.within_days].into_iter().flatten();
    let backwards = rule.from_day.zip(rule.to_day).is_some_and(|(from, to)| from > to);
    if backwards || days.into_iter().any(|day| day == 0 || day > POLICY_DAYS_MAX) {
        return Err(PolicyFault::Days { rule: place });
    }
    Ok(PolicyRule { words: checked_text("words", &rule.words, ANSWER_CHARS_MAX)?, ..rule })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(to_day: Option<u32>, fault: Option<bool>, granted: bool, payer: Payer) -> PolicyRule {
        PolicyRule { to_day, fault, granted, payer, words: "好的".into(), ..PolicyRule::default() }
    }

    fn returns() -> PolicyFields {
        let rules = vec![
            PolicyRule { gift: Some(true), ..rule(None, Some(false), false, Payer::Nobody) },
            rule(Some(15), Some(true), true, Payer::Shop),
            PolicyRule { opened: Some(false), ..rule(Some(7), Some(false), true, Payer::Shopper) },
            rule(None, None, false, Payer::Nobody),
        ];
        PolicyFields { title: "退货".into(), rules }
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        let policy = returns().checked().unwrap();
        let of = |day, fault, opened, gift| {
            let rule = policy.rule_for(Case { day, fault, opened, gift }).unwrap();
            (rule.granted, rule.payer)
        };
        assert_eq!(of(7, false, false, false), (true, Payer::Shopper));
        assert_eq!(of(8, false, false, false), (false, Payer::Nobody));
        assert_eq!(of(3, false, true, false), (false, Payer::Nobody));
        assert_eq!(of(15, true, true, true), (true, Payer::Shop));
        assert_eq!(of(1, false, false, true), (false, Payer::Nobody));
        assert!(policy.gaps().is_empty());
    }

    #[test]
    fn gaps_and_rules_out_of_reach_are_told() {
        let mut open = returns();
        open.rules.pop();
        let gaps = open.checked().unwrap().gaps();
        assert!(gaps.contains(&Case { day: 8, ..Case::default() }));
        assert!(!gaps.contains(&Case { day: 1, ..Case::default() }));

        let mut shadowed = returns();
        shadowed.rules.swap(0, 3);
        assert_eq!(shadowed.checked(), Err(PolicyFault::Unreachable { rule: 2 }));
    }

    /// What another server sent need not hold our limits.
    #[test]
    fn a_day_beyond_all_days_is_no_end_of_the_desk() {
        let rules = vec![rule(Some(u32::MAX), Some(true), true, Payer::Shop)];
        let gaps = PolicyFields { title: "退货".into(), rules }.gaps();
        assert!(!gaps.is_empty() && gaps.iter().all(|case| !case.fault));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let with = |rule| PolicyFields { title: "退货".into(), rules: vec![rule] }.checked();
        let backwards = PolicyRule { from_day: Some(8), ..rule(Some(7), None, true, Payer::Shop) };
        assert_eq!(with(backwards), Err(PolicyFault::Days { rule: 1 }));
        assert_eq!(with(rule(Some(0), None, true, Payer::Shop)), Err(PolicyFault::Days { rule: 1 }));
        let silent = PolicyRule { words: " ".into(), ..rule(None, None, true, Payer::Shop) };
        assert_eq!(with(silent), Err(PolicyFault::Text(TextFault::Empty { field: "words" })));
        let none = PolicyFields { title: "退货".into(), rules: Vec::new() };
        assert_eq!(none.checked(), Err(PolicyFault::NoRule));
    }
}
