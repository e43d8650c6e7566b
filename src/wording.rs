//! Checking words before they leave: rules as data, matching that sees through disguises, findings with a safe wording.
//!
//! A [`Checker`] is made from the packs of a shop and says what is wrong with a text: [`Checker::check`].
//! The same packs and the same text give the same findings on the device and on the server.

mod alike;
mod check;
mod fault;
mod fold;
mod pack;
mod phrase;
mod record;
mod seek;
mod shapes;
#[cfg(test)]
mod tests;
mod trial;

pub use check::{Checker, FINDINGS_MAX, Finding, replaced};
pub use fault::{
    BROAD_PERCENT_MAX, EXCEPTIONS_MAX, ID_CHARS_MAX, PHRASE_CHARS_MAX, PHRASES_MAX, PackFault, RULES_MAX,
    WORDS_CHARS_MAX,
};
pub use pack::{Bilingual, Level, PackFields, Rule, Topic};
pub use record::{Pack, in_force};
pub use trial::{EXAMPLES_MAX, Trial, trial};

use std::sync::OnceLock;

/// The pack that every shop begins with.
#[must_use]
pub fn default_pack() -> &'static PackFields {
    static PACK: OnceLock<PackFields> = OnceLock::new();
    PACK.get_or_init(|| serde_json::from_str(include_str!("wording/default.json")).expect("the pack is tested"))
}
