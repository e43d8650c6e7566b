//! Finding words: the search of the answer desk, and what it suggests for a shopper's message.
//!
//! [`Index`] holds the articles and quick replies of a shop and is changed in place. [`Index::search`] finds by Chinese
//! words, pinyin, initials and shortcuts, mistyped ones too; [`Index::suggest`] finds the articles that ask what a
//! shopper asked.
//! The same entries and the same query give the same hits, in whatever order the entries came.

mod bar;
mod entry;
mod eval;
mod favour;
mod finder;
mod foremost;
mod grams;
mod hits;
mod index;
mod intents;
mod learn;
mod masked;
mod nearly;
mod normal;
mod pinyin;
mod prints;
mod review;
mod search;
mod simplified;
mod sounds;
mod spelling;
mod suggest;
#[cfg(test)]
mod tests;
mod text;
mod word;
mod work;

pub use entry::{EntryId, Field};
pub use eval::{Count, Figures, PLACES_READ, Threshold, place_of};
pub use favour::{Around, Whose};
pub use hits::Hit;
pub use index::{Index, LINES_MAX, Unlike};
pub use intents::{ASKED_MIN, CONFIDENCE_MIN, INTENTS_TOLD_MAX, IntentId, Intents};
pub use masked::masked;
pub use normal::{Normalised, normalise};
pub use pinyin::{Syllable, readings};
pub use review::{
    EXCHANGES_MAX, Exchange, GROUP_TEXTS_MAX, GROUPS_MAX, Group, Missed, Proposal, Review, recurring, review,
};
pub use search::FINDS_FEW;
pub(crate) use simplified::simplified;
pub use suggest::{Asked, CONFIDENCE_SHOWN_MIN, MESSAGE_CHARS_READ, MESSAGES_READ, Suggestion, Why};
pub use word::{QUERY_CHARS_READ, QUERY_WORDS_MAX, SPELLED_CHARS_MAX};
