//! Idle time: what no message should wait for is learned in small parts.

use std::ops::Bound;

use super::super::index::Index;
use super::alike::Alike;
use super::replies::Training;
use crate::model::LessonId;

/// From how many lessons pairs are taken in one part.
const LESSONS_PAIRED: usize = 300;
/// How many wordings of an article a lesson is paired with.
const WORDINGS_PAIRED_MAX: usize = 3;
/// How many lessons are tried to learn how much wordings tell in this shop.
const TRIED_MAX: usize = 48;
/// How many tries with wordings that tell a lot are presumed.
const TRIES_PRESUMED: f32 = 8.0;
/// The share of tries found among the first three by wordings that tell all they can.
const FOUND_BY_GOOD_WORDINGS: f32 = 0.5;
/// Wordings never count less than this.
const WORDINGS_TRUST_MIN: f32 = 0.02;

/// How far learning from all lessons has come.
#[derive(Debug, Default)]
pub(super) enum Stage {
    /// Everything is learned.
    #[default]
    Settled,
    /// Something changed.
    Due,
    /// Lessons up to this one were paired with the wordings of their articles.
    Pairing(Alike, Option<LessonId>),
    /// The replies are learned.
    Replies(Box<Training>),
    /// The wordings are tried.
    Trying(Tries),
}

/// How often the wordings alone led to what agents chose.
#[derive(Debug)]
pub(super) struct Tries {
    /// Lessons left to be tried.
    left: Vec<LessonId>,
    tries: f32,
    found: f32,
}

impl Index {
    /// Learns all there is to learn: what stands first in long lists, the intents of shoppers, those of the articles, and from all lessons together.
    /// Bounded, but too long for a key press: [`Index::settle_part`] does a part of it.
    ///
    /// The same articles and lessons teach the same, in whatever order they came.
    pub fn settle(&mut self) {
        while self.settle_part() {}
    }

    /// Learns a small part; whether something is left. Until nothing is, messages are answered by what is known.
    pub fn settle_part(&mut self) -> bool {
        self.pick_foremost()
            || self.wordings.texts_mut().count_part()
            || self.wordings.learn_base_part()
            || self.learn_from_lessons()
            || self.read_intents_part()
    }

    fn learn_from_lessons(&mut self) -> bool {
        self.lessons.stage = match std::mem::take(&mut self.lessons.stage) {
            Stage::Settled => return false,
            Stage::Due => Stage::Pairing(self.lessons.given.clone(), None),
            Stage::Pairing(alike, after) => self.pair(alike, after),
            Stage::Replies(mut training) => {
                if training.part(&self.lessons.votes) {
                    Stage::Replies(training)
                } else {
                    self.lessons.replies = training.finish();
                    Stage::Trying(self.tries())
                }
            }
            Stage::Trying(tries) => self.try_wordings(tries),
        };
        true
    }

    fn pair(&mut self, mut alike: Alike, after: Option<LessonId>) -> Stage {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let part = self.lessons.kept.range((from, Bound::Unbounded)).take(LESSONS_PAIRED);
        let mut last = None;
        for (id, kept) in part {
            if alike.is_full() {
                break;
            }
            last = Some(*id);
            let Some(asked) = kept.slot.and_then(|slot| self.wordings.texts().phrase(slot)) else { continue };
            for wording in self.wordings.phrases_of(kept.article).take(WORDINGS_PAIRED_MAX) {
                alike.add(asked, wording);
            }
        }
        if last.is_some() {
            return Stage::Pairing(alike, last);
        }
        self.lessons.alike = Some(alike);
        Stage::Replies(Box::new(Training::new(self.lessons.votes.slots())))
    }

    fn tries(&self) -> Tries {
        let step = self.lessons.kept.len().div_ceil(TRIED_MAX).max(1);
        let left = self.lessons.kept.keys().step_by(step).copied().collect();
        Tries { left, tries: TRIES_PRESUMED, found: TRIES_PRESUMED * FOUND_BY_GOOD_WORDINGS }
    }

    /// Tries one lesson more: how much the wordings of this shop tell of what its agents choose.
    fn try_wordings(&mut self, mut tries: Tries) -> Stage {
        let Some(id) = tries.left.pop() else {
            let share = tries.found / tries.tries / FOUND_BY_GOOD_WORDINGS;
            self.lessons.wordings_trust = Some(share.clamp(WORDINGS_TRUST_MIN, 1.0));
            return Stage::Settled;
        };
        if let Some(kept) = self.lessons.kept.get(&id)
            && let Some(asked) = kept.slot.and_then(|slot| self.wordings.texts().phrase(slot))
            && self.wordings.phrases_of(kept.article).next().is_some()
        {
            tries.tries += 1.0;
            tries.found += f32::from(u8::from(self.closest_wordings(asked, 3).contains(&kept.article)));
        }
        Stage::Trying(tries)
    }
}
