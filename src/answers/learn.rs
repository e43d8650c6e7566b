//! What the desk learns from its agents' choices: message and chosen article, put in and taken back one by one.

mod alike;
mod replies;
mod settling;
mod told;
mod votes;

use std::collections::{BTreeMap, HashMap};

use super::index::Index;
use super::suggest::{Phrase, Source, read};
use crate::model::{ArticleId, LESSON_CHARS_MAX, LESSONS_MAX, Lesson, LessonId};

pub(super) use alike::Alike;
use replies::Replies;
use settling::Stage;
pub(super) use told::told;
pub(super) use votes::Nearest;
use votes::Votes;

/// What the model counts beside the votes of the nearest lessons.
const MODEL_WEIGHT: f32 = 1.0;
/// What the votes of the nearest lessons count beside the model.
const VOTES_WEIGHT: f32 = 0.4;

/// The lessons of a shop, and what was learned from them.
#[derive(Debug, Default)]
pub(super) struct Lessons {
    kept: BTreeMap<LessonId, Kept>,
    votes: Votes,
    /// From pairs that were given.
    given: Alike,
    /// From those and the lessons, as they were when they were last learned from.
    alike: Option<Alike>,
    replies: Option<Replies>,
    wordings_trust: Option<f32>,
    /// How far learning from all of them has come; begun anew with every change.
    stage: Stage,
}

/// A lesson that counts.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) article: ArticleId,
    pub(super) text: String,
    pub(super) times: u32,
    /// Where it stands among the texts that are compared.
    slot: Option<u32>,
}

impl Index {
    /// Takes a lesson in, in place of its former state; one that was taken back no longer counts.
    ///
    /// It counts at once; [`Index::settle_part`] learns from all of them together.
    pub fn put_lesson(&mut self, lesson: &Lesson) {
        self.remove_lesson(lesson.id);
        if lesson.taken_back || self.lessons.kept.len() >= LESSONS_MAX {
            return;
        }
        let folded = read(&lesson.text, LESSON_CHARS_MAX);
        let slot = self.wordings.texts_mut().put(Source::Lesson(lesson.article, lesson.id), &folded);
        self.lessons.votes.put(lesson.id, lesson.article, told(&folded), lesson.times);
        let text = lesson.text.chars().take(LESSON_CHARS_MAX).collect();
        let kept = Kept { article: lesson.article, text, times: lesson.times, slot };
        self.lessons.kept.insert(lesson.id, kept);
        self.lessons.stage = Stage::Due;
    }

    /// Takes a lesson out; one that is not there is no matter.
    pub fn remove_lesson(&mut self, id: LessonId) {
        let Some(kept) = self.lessons.kept.remove(&id) else { return };
        if let Some(slot) = kept.slot {
            self.wordings.texts_mut().remove(slot);
        }
        self.lessons.votes.remove(id);
        self.lessons.stage = Stage::Due;
    }

    /// How many lessons count.
    #[must_use]
    pub fn lessons(&self) -> usize {
        self.lessons.kept.len()
    }

    /// Two texts that ask the same: they teach which words matter and which stand for each other.
    pub fn put_alike(&mut self, one: &str, other: &str) {
        let [one, other] = [one, other].map(|text| Phrase::new(&read(text, LESSON_CHARS_MAX)));
        self.lessons.given.add(&one, &other);
        self.lessons.stage = Stage::Due;
    }
}

impl Lessons {
    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// What was learned also depends on the wordings.
    pub(super) fn articles_changed(&mut self) {
        if !self.is_empty() {
            self.stage = Stage::Due;
        }
    }

    pub(super) fn kept(&self, id: LessonId) -> Option<&Kept> {
        self.kept.get(&id)
    }

    pub(super) fn alike(&self) -> &Alike {
        self.alike.as_ref().unwrap_or(&self.given)
    }

    /// How much wordings tell beside lessons, from 0 to 1.
    pub(super) fn wordings_trust(&self) -> f32 {
        self.wordings_trust.unwrap_or(1.0)
    }

    /// How likely each article is the one an agent would choose, by the lessons alone, with the nearest lesson.
    pub(super) fn chances(&self, folded: &[char]) -> HashMap<ArticleId, Chance> {
        let grams = told(folded);
        let mut chances = self.votes.chances(&grams);
        let Some(replies) = &self.replies else { return chances };
        for chance in chances.values_mut() {
            chance.likely *= VOTES_WEIGHT / (MODEL_WEIGHT + VOTES_WEIGHT);
        }
        for (article, likely) in replies.likely(&grams) {
            let chance = chances.entry(article).or_default();
            chance.likely += likely * MODEL_WEIGHT / (MODEL_WEIGHT + VOTES_WEIGHT);
        }
        chances
    }

    pub(super) fn bytes(&self) -> usize {
        let kept: usize = self.kept.values().map(|kept| size_of::<(LessonId, Kept)>() + kept.text.len()).sum();
        kept + self.votes.bytes() + self.alike().bytes() + self.replies.as_ref().map_or(0, Replies::bytes)
    }
}

/// What the lessons say of an article.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Chance {
    /// From 0 to 1, over all articles together at most 1.
    pub(super) likely: f32,
    /// The lesson that is most like the message.
    pub(super) nearest: Option<Nearest>,
}
