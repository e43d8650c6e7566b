//! Finding words: the search of the answer desk, and what it suggests for a shopper's message.
//!
//! [`Index`] holds the articles and quick replies of a shop and is changed in place. [`Index::search`] finds by Chinese
//! words, pinyin, initials and shortcuts, mistyped ones too; [`Index::suggest`] finds the articles that ask what a
//! shopper asked.
//! The same entries and the same query give the same hits, in whatever order the entries came.

mod entry;
mod favour;
mod finder;
mod grams;
mod hits;
mod index;
mod intents;
mod nearly;
mod normal;
mod pinyin;
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
pub use favour::{Around, Whose};
pub use hits::Hit;
pub use index::{Index, LINES_MAX};
pub use intents::{ASKED_MIN, CONFIDENCE_MIN, INTENTS_TOLD_MAX, IntentId, Intents};
pub use normal::{Normalised, normalise};
pub use pinyin::{Syllable, readings};
pub use search::FINDS_FEW;
pub(crate) use simplified::simplified;
pub use suggest::{MESSAGE_CHARS_READ, MESSAGES_READ, Suggestion};
pub use word::{QUERY_CHARS_READ, QUERY_WORDS_MAX, SPELLED_CHARS_MAX};
