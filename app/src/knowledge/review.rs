//! How the articles did in the last days, as the server tells it.

use qinda::model::{ArticleFields, ArticleId};
use serde::Deserialize;

/// The spans that can be chosen, in days.
pub(super) const WEEK: u32 = 7;
pub(super) const MONTH: u32 = 31;

/// What is asked of the server for a span, and under which name the answer is kept.
pub(super) fn review_of(days: u32) -> (&'static str, String) {
    let name = if days == WEEK { "review-week" } else { "review-month" };
    (name, format!("/api/answers/review?days={days}"))
}

/// How the articles did.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(super) struct Review {
    /// How many messages of shoppers were looked at.
    pub(super) asked: usize,
    /// How many of them ask something.
    pub(super) meaningful: usize,
    /// For how many of those something was suggested.
    pub(super) suggested: usize,
    /// For how many an agent chose an article.
    pub(super) chosen: usize,
    /// Of those, how many had it in the first place.
    pub(super) first: usize,
    /// Of those, how many had it among the first three.
    pub(super) third: usize,
    /// The mean of one over the place.
    pub(super) mrr: f64,
    /// Questions that nothing answered, the most frequent first.
    #[serde(default)]
    pub(super) unanswered: Vec<Group>,
    /// The articles that were missed most, the worst first.
    #[serde(default)]
    pub(super) missed: Vec<Missed>,
}

/// Questions that ask about the same.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Group {
    /// One of them.
    pub(super) example: String,
    /// How else it was asked.
    #[serde(default)]
    pub(super) wordings: Vec<String>,
    /// How often.
    pub(super) times: usize,
    /// What agents replied.
    #[serde(default)]
    pub(super) replies: Vec<String>,
}

/// An article that agents chose although it did not stand among the first three.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Missed {
    /// Which.
    pub(super) article: ArticleId,
    /// How often it was chosen.
    pub(super) chosen: usize,
    /// How often it did not stand among the first three.
    pub(super) missed: usize,
}

impl Group {
    /// Every wording of it.
    pub(super) fn all_wordings(&self) -> impl Iterator<Item = String> {
        std::iter::once(&self.example).chain(&self.wordings).cloned()
    }

    /// The article that it would make.
    pub(super) fn fields(&self) -> ArticleFields {
        ArticleFields {
            title: self.example.clone(),
            questions: self.wordings.clone(),
            answers: self.replies.first().cloned().into_iter().collect(),
            ..ArticleFields::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_question_brings_its_wordings_and_the_first_reply_along() {
        let told = r#"{"example":"能开票吗","wordings":["有发票吗"],"times":5,"replies":["可以开。","能的。"]}"#;
        let fields = serde_json::from_str::<Group>(told).unwrap().fields();
        assert_eq!((fields.title.as_str(), fields.answers), ("能开票吗", vec!["可以开。".to_owned()]));
        assert_eq!(fields.questions, ["有发票吗"]);
    }
}
