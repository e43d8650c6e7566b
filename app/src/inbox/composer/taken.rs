//! What the words in the composer were taken from, and how much of them was typed.

use qinda::blanks::{filled, parts};
use qinda::model::{Composed, EntryId, How};
use serde::{Deserialize, Serialize};

use crate::desk::Facts;
use crate::frame::hand::Filling;

/// A longer pause belongs to thinking, not to typing.
const TYPING_PAUSE_MILLIS: f64 = 2_000.0;

/// What the words were taken from. Kept beside the draft, so that it outlives a reload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Taken {
    pub(super) entry: Option<EntryId>,
    pub(super) how: How,
    pub(super) choice_ms: Option<u32>,
    /// What the shopper had asked, until the choice was told.
    pub(super) asked: Option<String>,
    /// The composer's words right after taking: untouched they give way to the next answer.
    pub(super) words: String,
    /// The parts still to come.
    pub(super) rest: Vec<String>,
    /// How many parts there are.
    pub(super) of: usize,
}

impl Taken {
    /// The first part of an answer, what is known filled in; `before` is what stands in the composer.
    pub(super) fn new(filling: Filling, before: &str, last: Option<&Self>, facts: &Facts) -> Self {
        let mut parts = parts(&filling.text);
        let rest = if parts.is_empty() { Vec::new() } else { parts.split_off(1) };
        let first = parts.pop().unwrap_or_default();
        let first = filled(&first, |blank| facts.value(blank));
        Self {
            entry: filling.entry,
            how: filling.how,
            choice_ms: None,
            asked: None,
            words: words_with(before, last.map(|last| last.words.as_str()), &first),
            of: rest.len() + 1,
            rest,
        }
    }

    /// Which part is in the composer, from 1.
    pub(super) fn number(&self) -> usize {
        self.of - self.rest.len()
    }

    /// What stands in the composer once this part was sent; `None` after the last.
    pub(super) fn next(&self, facts: &Facts) -> Option<Self> {
        let (next, rest) = self.rest.split_first()?;
        let words = filled(next, |blank| facts.value(blank));
        Some(Self { words, rest: rest.to_vec(), asked: None, choice_ms: None, ..self.clone() })
    }

    /// As a draft keeps it.
    pub(super) fn to_draft(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What a draft kept, if this desk can read it.
    pub(super) fn of_draft(draft: &str) -> Option<Self> {
        let taken: Self = serde_json::from_str(draft).ok()?;
        (taken.of > taken.rest.len()).then_some(taken)
    }
}

/// The composer's words after taking an answer: untouched words of the last one give way, one's own words stay.
pub(super) fn words_with(before: &str, last: Option<&str>, words: &str) -> String {
    if before.trim().is_empty() || last == Some(before) {
        return words.to_owned();
    }
    let gap = if before.ends_with(char::is_whitespace) || words.is_empty() { "" } else { "\n" };
    format!("{before}{gap}{words}")
}

/// How much was typed, and how long that took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Typing {
    chars: u32,
    millis: f64,
    last_at: Option<f64>,
}

impl Typing {
    /// A key or a step of an input method at a moment, which brought so many characters.
    pub(super) fn typed(&mut self, chars: usize, at_millis: f64) {
        let pause = self.last_at.map(|last| at_millis - last).filter(|pause| *pause <= TYPING_PAUSE_MILLIS);
        self.millis += pause.unwrap_or(0.0).max(0.0);
        self.last_at = Some(at_millis);
        self.chars = self.chars.saturating_add(u32::try_from(chars).unwrap_or(u32::MAX));
    }

    /// How the reply came to be.
    pub(super) fn composed(self, taken: Option<&Taken>) -> Composed {
        Composed {
            typed_chars: self.chars,
            typing_ms: self.millis.round() as u32,
            chosen: taken.and_then(|taken| taken.entry),
            how: taken.map(|taken| taken.how),
            choice_ms: taken.and_then(|taken| taken.choice_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn filling(text: &str) -> Filling {
        Filling { text: text.into(), entry: None, how: How::Searched, picture: None }
    }

    #[wasm_bindgen_test]
    fn a_suggestion_replaces_a_suggestion_but_never_ones_own_words() {
        assert_eq!(words_with("", None, "今天发"), "今天发");
        assert_eq!(words_with("今天发", Some("今天发"), "三天到"), "三天到");
        assert_eq!(words_with("今天发哦", Some("今天发"), "三天到"), "今天发哦\n三天到");
        assert_eq!(words_with("亲，", None, "三天到"), "亲，\n三天到");
        assert_eq!(words_with("亲，", None, ""), "亲，");
    }

    #[wasm_bindgen_test]
    fn an_answer_in_parts_comes_part_by_part_also_after_a_reload() {
        let facts = Facts::default();
        let first = Taken::new(filling("一\n\n二\n---\n三"), "", None, &facts);
        assert_eq!((first.words.as_str(), first.number(), first.of), ("一", 1, 3));
        let second = Taken::of_draft(&first.next(&facts).unwrap().to_draft()).unwrap();
        assert_eq!((second.words.as_str(), second.number(), second.of), ("二", 2, 3));
        let third = second.next(&facts).unwrap();
        assert_eq!((third.words.as_str(), third.number()), ("三", 3));
        assert_eq!(third.next(&facts), None);
    }

    #[wasm_bindgen_test]
    fn a_draft_that_makes_no_sense_is_no_choice() {
        assert_eq!(Taken::of_draft(""), None);
        let broken = Taken { of: 0, ..Taken::new(filling("一"), "", None, &Facts::default()) };
        assert_eq!(Taken::of_draft(&broken.to_draft()), None);
    }

    #[wasm_bindgen_test]
    fn pauses_are_not_typing() {
        let mut typing = Typing::default();
        for at in [1_000.0, 1_300.0, 2_000.0, 9_000.0, 9_500.0] {
            typing.typed(2, at);
        }
        let composed = typing.composed(None);
        assert_eq!((composed.typed_chars, composed.typing_ms), (10, 1_500));
    }
}
