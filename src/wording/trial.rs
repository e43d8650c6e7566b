//! What a rule would have flagged.

use crate::order;
use serde::{Deserialize, Serialize};

use super::{Checker, Finding, PackFields};

/// The most examples that a trial keeps.
pub const EXAMPLES_MAX: usize = 50;

/// What a pack would have flagged among texts of the past.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// How many texts were checked.
    pub checked: usize,
    /// How many of them have a finding.
    pub flagged: usize,
    /// How many texts each rule flags, the most first; rules that flag none are not named.
    pub by_rule: Vec<(String, usize)>,
    /// The first texts that were flagged, each with its first finding; at most [`EXAMPLES_MAX`].
    pub examples: Vec<(String, Finding)>,
}

/// Tries a pack on texts of the past. The pack need not hold the limits yet.
pub fn trial<'a>(pack: &PackFields, texts: impl Iterator<Item = &'a str>) -> Trial {
    let checker = Checker::new([pack]);
    let mut trial = Trial::default();
    for text in texts {
        trial.checked += 1;
        let findings = checker.check(text);
        let Some(first) = findings.first() else { continue };
        trial.flagged += 1;
        if trial.examples.len() < EXAMPLES_MAX {
            trial.examples.push((text.to_owned(), first.clone()));
        }
        count(&mut trial.by_rule, &findings);
    }
    order::sort_by(&mut trial.by_rule, |(a, more), (b, less)| less.cmp(more).then_with(|| a.cmp(b)));
    trial
}

/// Counts the text once for each rule that flags it.
fn count(by_rule: &mut Vec<(String, usize)>, findings: &[Finding]) {
    for (place, finding) in findings.iter().enumerate() {
        if findings[..place].iter().any(|before| before.rule == finding.rule) {
            continue;
        }
        match by_rule.iter_mut().find(|(rule, _)| *rule == finding.rule) {
            Some((_, texts)) => *texts += 1,
            None => by_rule.push((finding.rule.clone(), 1)),
        }
    }
}
