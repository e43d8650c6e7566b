//! What a rule pack is made of: plain data that a shop edits and that travels through the feed.

use serde::{Deserialize, Serialize};

/// How much stands in the way of sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Shown, and nothing more.
    #[default]
    Hint = 0,
    /// Not to be sent.
    Block = 2,
    /// Sending needs a second press and a reason; so it does at a level that only a newer server knows.
    #[serde(other)]
    Warn = 1,
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Absolute and superlative advertising words.
    Absolute,
    /// Promises that the desk cannot keep.
    Promise,
    /// Medical and exaggerated effect.
    Medical,
    /// Hiding behind rules: "the company says so".
    CompanyRules,
    /// Refusing an invoice, or charging for it.
    Invoice,
    /// Moving the deal off the platform.
    OffPlatform,
    /// Contacts and links.
    Contacts,
    /// Names, shifts and phones of colleagues.
    Colleagues,
    /// Data of customers.
    CustomerData,
    /// Rude words.
    Rudeness,
    /// What the shop made a rule for itself, or what only a newer server knows.
    #[default]
    #[serde(other)]
    Own,
}

impl Topic {
    /// Every topic, in the order in which they are shown.
    pub const ALL: [Self; 11] = [
        Self::Absolute,
        Self::Promise,
        Self::Medical,
        Self::CompanyRules,
        Self::Invoice,
        Self::OffPlatform,
        Self::Contacts,
        Self::Colleagues,
        Self::CustomerData,
        Self::Rudeness,
        Self::Own,
    ];
}

/// A text in Chinese and in English.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bilingual {
    /// The Chinese text.
    pub zh: String,
    /// The English text.
    pub en: String,
}

/// Which words not to send, why, and what to say instead.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// A short name of lower-case letters, digits and hyphens, unique in its pack.
    pub id: String,
    /// What it is about.
    pub topic: Topic,
    /// How much it stands in the way.
    pub level: Level,
    /// The words it finds.
    pub phrases: Vec<String>,
    /// Longer words around them in which they are harmless.
    pub exceptions: Vec<String>,
    /// Why these words are better not sent.
    pub why: Bilingual,
    /// Where that is written.
    pub source: Bilingual,
    /// What can be said in their place; empty when nothing can.
    pub safe: String,
    /// Whether it rests.
    pub off: bool,
}

/// What an editor writes: a pack of rules without its history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PackFields {
    /// What the pack is called.
    pub name: String,
    /// Counts the editions, from 1.
    pub edition: u32,
    /// The rules.
    pub rules: Vec<Rule>,
}
