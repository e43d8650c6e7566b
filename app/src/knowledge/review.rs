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

/// How the articles did. Shares are of one.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(super) struct Review {
    /// How many messages of shoppers were looked at.
    pub(super) asked: usize,
    /// How many of them ask something.
    pub(super) meaningful: usize,
    /// The share of these for which something was suggested.
    pub(super) suggested: f64,
    /// How many questions an agent chose an article for.
    pub(super) chosen: usize,
    /// The share of those whose article came first.
    pub(super) hits_at_1: f64,
    /// The share of those whose article was among the first three.
    pub(super) hits_at_3: f64,
    /// The mean of one over the place.
    pub(super) mrr: f64,
    /// Questions that nothing answered, the most frequent first.
    #[serde(default)]
    pub(super) unanswered: Vec<Group>,
    /// The articles that were missed most, the worst first.
    #[serde(default)]
    pub(super) missed: Vec<Missed>,
}

/// Shoppers' wordings of one question.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Group {
    /// The wordings, the most frequent first.
    pub(super) wordings: Vec<String>,
    /// How often it was asked.
    pub(super) times: usize,
    /// What agents replied, the most frequent first.
    #[serde(default)]
    pub(super) replies: Vec<Replied>,
}

/// What agents replied.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Replied {
    /// The words.
    pub(super) text: String,
    /// How often.
    pub(super) times: usize,
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
    /// The article that it would make.
    pub(super) fn fields(&self) -> ArticleFields {
        let mut wordings = self.wordings.iter().cloned();
        ArticleFields {
            title: wordings.next().unwrap_or_default(),
            questions: wordings.collect(),
            answers: self.replies.first().map(|reply| reply.text.clone()).into_iter().collect(),
            ..ArticleFields::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_question_brings_its_most_frequent_reply_along() {
        let replied = |text: &str, times| Replied { text: text.into(), times };
        let group = Group {
            wordings: vec!["能开票吗".into(), "有发票吗".into()],
            times: 5,
            replies: vec![replied("可以开。", 3), replied("能的。", 1)],
        };
        let fields = group.fields();
        assert_eq!((fields.title.as_str(), fields.answers), ("能开票吗", vec!["可以开。".to_owned()]));
        assert_eq!(fields.questions, ["有发票吗"]);
    }
}
