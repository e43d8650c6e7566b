//! The check of a text.

use serde::{Deserialize, Serialize};

use super::{Bilingual, Level, PackFields, Rule, Topic};

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
}

impl Checker {
    /// Makes the rules of the packs ready. A rule of a later pack replaces the one of the same id in an earlier pack,
    /// so a shop can change the level of a rule that it did not write, or let it rest.
    pub fn new<'a>(packs: impl IntoIterator<Item = &'a PackFields>) -> Self {
        let mut rules: Vec<Rule> = Vec::new();
        for rule in packs.into_iter().flat_map(|pack| &pack.rules) {
            match rules.iter_mut().find(|known| known.id == rule.id) {
                Some(known) => known.clone_from(rule),
                None => rules.push(rule.clone()),
            }
        }
        rules.retain(|rule| !rule.off);
        Self { rules }
    }

    /// What is wrong with a text, in the order of the places.
    #[must_use]
    pub fn check(&self, text: &str) -> Vec<Finding> {
        let mut findings = Vec::new();
        for rule in &self.rules {
            for phrase in rule.phrases.iter().filter(|phrase| !phrase.is_empty()) {
                for (at, words) in text.match_indices(phrase.as_str()) {
                    let from = text[..at].chars().count();
                    findings.push(finding(rule, from, words));
                }
            }
        }
        findings.sort_by_key(|finding| finding.from);
        findings
    }

    /// The highest level among the findings; `None` when there are none.
    #[must_use]
    pub fn worst(&self, text: &str) -> Option<Level> {
        self.check(text).iter().map(|finding| finding.level).max()
    }

    /// The rule of a finding; `None` when the finding comes from other packs.
    #[must_use]
    pub fn rule(&self, finding: &Finding) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == finding.rule)
    }
}

fn finding(rule: &Rule, from: usize, words: &str) -> Finding {
    Finding {
        rule: rule.id.clone(),
        topic: rule.topic,
        level: rule.level,
        from,
        to: from + words.chars().count(),
        words: words.to_owned(),
        why: rule.why.clone(),
        source: rule.source.clone(),
        safe: rule.safe.clone(),
    }
}

/// The text with the safe wording taken. It stays as it is when the rule knows no safe wording, or when the words are
/// no longer where they were found.
#[must_use]
pub fn replaced(text: &str, finding: &Finding) -> String {
    let chars: Vec<char> = text.chars().collect();
    let still_there =
        chars.get(finding.from..finding.to).is_some_and(|words| words.iter().copied().eq(finding.words.chars()));
    if finding.safe.is_empty() || !still_there {
        return text.to_owned();
    }
    let before = chars[..finding.from].iter();
    before.chain(&finding.safe.chars().collect::<Vec<_>>()).chain(&chars[finding.to..]).collect()
}
