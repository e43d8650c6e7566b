//! How well suggestions find what was meant: counted the same way by the command line and by the editor's page.

use super::suggest::Suggestion;
use super::{Asked, CONFIDENCE_SHOWN_MIN, EntryId, Index};
use crate::model::ArticleId;
use serde::Serialize;

/// How far down the ranking is looked.
pub const PLACES_READ: usize = 50;
/// A place counts for the mean reciprocal rank up to here.
const RECIPROCAL_PLACES_MAX: usize = 10;
/// The confidences for which it is told what would be answered.
const CONFIDENCES: [f32; 9] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/// What became of the questions counted so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Count {
    questions: usize,
    first: usize,
    third: usize,
    reciprocal: f64,
    answers: Vec<Answer>,
    /// The best confidence for each question that no article answers.
    without: Vec<f32>,
}

/// What would be shown for a question.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Answer {
    confidence: f32,
    first: bool,
    third: bool,
}

/// The figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// How many questions have an article that answers them.
    pub questions: usize,
    /// The share whose article comes first. What ties with it counts as before it.
    pub hits_at_1: f64,
    /// The share whose article is among the first three.
    pub hits_at_3: f64,
    /// The mean of one over the place, up to the tenth.
    pub mrr_at_10: f64,
    /// The share for which anything is suggested.
    pub answered: f64,
    /// Of those, the share whose first suggestion is right.
    pub precision: f64,
    /// Of those, the share with the right article among the first three.
    pub precision_at_3: f64,
    /// How many questions no article answers.
    pub unanswerable: usize,
    /// The share of those for which something is suggested all the same.
    pub disturbed: f64,
    /// What other thresholds would do.
    pub curve: Vec<Threshold>,
}

/// What a threshold would do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Threshold {
    /// The least confidence of the first suggestion.
    pub confidence: f32,
    /// The share of questions with a suggestion.
    pub answered: f64,
    /// Of those, the share whose first suggestion is right.
    pub precision: f64,
    /// The share of unanswerable ones with a suggestion.
    pub disturbed: f64,
}

impl Count {
    /// Counts a question; `wanted` is the article that answers it, if any does.
    pub fn ask(&mut self, index: &Index, asked: &Asked<'_>, wanted: Option<ArticleId>) {
        let ranking = index.rank(asked, PLACES_READ);
        let confidence = ranking.first().map_or(0.0, |best| best.share);
        let Some(wanted) = wanted else {
            self.without.push(confidence);
            return;
        };
        let place = place_of(&ranking, wanted).unwrap_or(usize::MAX);
        self.questions += 1;
        self.first += usize::from(place < 1);
        self.third += usize::from(place < 3);
        if place < RECIPROCAL_PLACES_MAX {
            self.reciprocal += 1.0 / (place + 1) as f64;
        }
        self.answers.push(Answer { confidence, first: place < 1, third: place < 3 });
    }

    /// The figures so far.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let shown = self.at(CONFIDENCE_SHOWN_MIN);
        let answered = || self.answers.iter().filter(|answer| answer.confidence >= CONFIDENCE_SHOWN_MIN);
        Figures {
            questions: self.questions,
            hits_at_1: share(self.first, self.questions),
            hits_at_3: share(self.third, self.questions),
            mrr_at_10: if self.questions == 0 { 0.0 } else { self.reciprocal / self.questions as f64 },
            answered: shown.answered,
            precision: shown.precision,
            precision_at_3: share(answered().filter(|answer| answer.third).count(), answered().count()),
            unanswerable: self.without.len(),
            disturbed: shown.disturbed,
            curve: CONFIDENCES.map(|confidence| self.at(confidence)).to_vec(),
        }
    }

    fn at(&self, confidence: f32) -> Threshold {
        let answered = || self.answers.iter().filter(|answer| answer.confidence >= confidence);
        let disturbed = self.without.iter().filter(|best| **best >= confidence).count();
        Threshold {
            confidence,
            answered: share(answered().count(), self.questions),
            precision: share(answered().filter(|answer| answer.first).count(), answered().count()),
            disturbed: share(disturbed, self.without.len()),
        }
    }
}

/// How many come before an article or tie with it; `None` when it is not in the ranking.
#[must_use]
pub fn place_of(ranking: &[Suggestion], wanted: ArticleId) -> Option<usize> {
    let score = ranking.iter().find(|suggestion| suggestion.id == EntryId::Article(wanted))?.score;
    Some(ranking.iter().filter(|suggestion| suggestion.score >= score).count() - 1)
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::super::suggest::Why;
    use super::super::{Field, tests::titled};
    use super::*;

    fn suggestion(name: &str, score: f32) -> Suggestion {
        let why = Why::Wording { field: Field::Title, line: 0, text: name.into() };
        Suggestion { id: EntryId::Article(ArticleId::of_name(name)), score, share: 0.9, why }
    }

    #[test]
    fn ties_count_against() {
        let ranking = [suggestion("a", 3.0), suggestion("b", 2.0), suggestion("c", 2.0), suggestion("d", 1.0)];
        let place = |name| place_of(&ranking, ArticleId::of_name(name));
        assert_eq!([place("a"), place("b"), place("c"), place("d")], [Some(0), Some(2), Some(2), Some(3)]);
        assert_eq!(place("e"), None);
    }

    #[test]
    fn figures_are_shares_of_what_was_asked() {
        let articles = ["几天能送到", "可以开发票吗", "怎么退货"].map(titled);
        let mut index = Index::new();
        articles.iter().for_each(|article| index.put_article(article));
        let mut count = Count::default();
        for (text, wanted) in [
            ("可以开发票吗", Some(articles[1].id)),
            ("我要退货怎么操作", Some(articles[2].id)),
            ("几天能送到", Some(articles[1].id)),
            ("今天心情不错", None),
        ] {
            count.ask(&index, &Asked::of(&[text]), wanted);
        }
        let figures = count.figures();
        assert_eq!((figures.questions, figures.unanswerable), (3, 1));
        assert!((figures.hits_at_1 - 2.0 / 3.0).abs() < 1e-9, "{figures:?}");
        assert!(figures.answered > 0.9 && (figures.precision - 2.0 / 3.0).abs() < 1e-9, "{figures:?}");
        assert!(figures.disturbed.abs() < 1e-9, "{figures:?}");
        assert!(Count::default().figures().hits_at_3.abs() < 1e-9);
    }
}
