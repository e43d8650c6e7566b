//! What a definition says of what is kept: the same as of the cases, where it can be told from that.

use std::borrow::Cow;

use super::{Gross, SLOT_SECONDS, Telling, Total, Way, apart};
use crate::model::MICROS_PER_SECOND;
use crate::timing::define::{Definition, Hours, Statistic};
use crate::timing::figures::{Figure, Group};
use crate::timing::hours::DaySpan;
use crate::timing::life::Subject;
use crate::timing::value::Value;
use crate::timing::{ANSWER_LIMIT_SECONDS, GREETING_LIMIT_SECONDS};

const SLOT_MINUTES: u32 = SLOT_SECONDS as u32 / 60;

impl Definition {
    /// Whether it can be told from what is kept of slots, and of what differs where it has [rules of its own](super::Apart): of
    /// cases, by all the time that they took or by the open part of it, at any hour, while it was open, or in hours of each
    /// day that begin and end where slots do.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        let is_in_slots = match self.hours {
            Hours::Any | Hours::Opening => true,
            Hours::Daily(DaySpan { from, to }) => from % SLOT_MINUTES == 0 && to % SLOT_MINUTES == 0,
        };
        is_in_slots && apart::can_be_kept(self)
    }

    /// At which hours it asks for the beginning, by which clock it counts, and its rules beyond those.
    #[must_use]
    pub fn way(&self) -> Way {
        Way { hours: self.hours, clock: self.clock, apart: self.apart() }
    }

    /// The hours of each day in which it asks for the beginning, if it asks for such.
    #[must_use]
    pub const fn daily(&self) -> Option<DaySpan> {
        match self.hours {
            Hours::Daily(span) => Some(span),
            Hours::Any | Hours::Opening => None,
        }
    }

    /// How long what has not ended may take until it counts as failed, in seconds.
    #[must_use]
    pub fn patience_seconds(&self) -> u32 {
        self.threshold_seconds.unwrap_or(0)
    }
}

impl Gross {
    /// What first responses and all responses say together, seen from the moments at which a greeting and an answer have
    /// waited too long.
    #[must_use]
    pub fn group(&self, greeting: u8, answer: u8) -> Group {
        let (first, every) = (self.telling(Subject::FirstResponse, greeting), self.telling(Subject::Response, answer));
        // A first round is due as a greeting is, also among all.
        let (firsts_over, _) = self.open(Subject::FirstResponse, answer);
        let unanswered = every.left + every.over - firsts_over + first.over;
        Group { first: first.figure(first.left + first.over), every: every.figure(unanswered) }
    }
}

impl Total {
    /// What a definition that [is kept](Definition::is_kept) says of it; `None` where it would be reckoned and not counted.
    #[must_use]
    pub fn value(&self, definition: &Definition) -> Option<Value> {
        let Self { ref ended, left, over, running, .. } = *self;
        Telling { ended: Cow::Borrowed(ended), counted: 0, left, over, running }.value(definition)
    }
}

impl Telling<'_> {
    fn figure(&self, unanswered: u64) -> Figure {
        let ms = |micros: Option<i64>| micros.map(|micros| micros.saturating_add(500) / 1_000);
        let within = |seconds: i64| count(self.ended.within(seconds * MICROS_PER_SECOND).0);
        Figure {
            answered: count(self.ended.many()),
            unanswered: count(unanswered),
            median_ms: ms(self.ended.quantile(50)),
            p90_ms: ms(self.ended.quantile(90)),
            mean_ms: ms(self.ended.mean()),
            longest_ms: ms(self.ended.longest().map(|(micros, _)| micros)),
            within_15s: within(GREETING_LIMIT_SECONDS),
            within_20s: within(ANSWER_LIMIT_SECONDS),
        }
    }

    /// Of how many cases a definition that [is kept](Definition::is_kept) tells, and how many of its cases run, as its
    /// [value](Self::value) says it. No times are needed for that.
    #[must_use]
    pub fn cases(&self, definition: &Definition) -> (u32, u32) {
        let (of, _, running) = self.standing(definition);
        (count(of), count(running))
    }

    /// The same, and how many of these did not end.
    fn standing(&self, definition: &Definition) -> (u64, u64, u64) {
        let ended = self.ended.many() + self.counted;
        let (not_ended, running) = match definition.statistic {
            Statistic::ShareWithin | Statistic::ShareEnded => (self.left + self.over, self.running),
            Statistic::Number => (self.left + self.over + self.running, 0),
            _ => (self.left, self.over + self.running),
        };
        let not_ended = if definition.leave_out.not_ended { 0 } else { not_ended };
        let of = if definition.statistic.is_time() { ended } else { ended + not_ended };
        (of, not_ended, running)
    }

    /// What a definition that is kept says of it; `None` where it would be reckoned and not counted, or times are needed that
    /// were not asked for.
    #[must_use]
    pub fn value(&self, definition: &Definition) -> Option<Value> {
        let (of, not_ended, running) = self.standing(definition);
        if self.counted > 0 {
            return None;
        }
        let met = match (definition.statistic, definition.threshold_seconds) {
            (Statistic::ShareWithin, Some(seconds)) => {
                let (within, is_counted) = self.ended.within(i64::from(seconds) * MICROS_PER_SECOND);
                is_counted.then_some(within)?
            }
            _ => self.ended.many(),
        };
        let cap = definition.cap_seconds.map_or(i64::MAX, |seconds| i64::from(seconds) * MICROS_PER_SECOND);
        let micros = match definition.statistic {
            Statistic::Median => self.ended.quantile_within(50, cap),
            Statistic::P90 => self.ended.quantile_within(90, cap),
            Statistic::P95 => self.ended.quantile_within(95, cap),
            Statistic::Mean => self.ended.mean_within(cap),
            Statistic::Longest => self.ended.longest().map(|(micros, _)| micros.min(cap)),
            Statistic::ShareWithin | Statistic::ShareEnded | Statistic::Number => None,
        };
        Some(Value {
            of: count(of),
            met: count(met),
            not_ended: count(not_ended),
            running: count(running),
            ms: micros.map(|micros| micros.saturating_add(500) / 1_000),
        })
    }
}

fn count(many: u64) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timing::shipped;

    use crate::timing::{HoursOf, LeaveOut, Merge, Unit, Window};

    fn answers() -> Definition {
        shipped().swap_remove(1)
    }

    #[test]
    fn figures_with_rules_of_their_own_are_kept_apart_and_others_are_not() {
        let merged = |merge| Definition { merge, ..answers() };
        assert_eq!(
            [Merge::First, Merge::Last, Merge::Each].map(|it| merged(it).apart().is_some()),
            [false, true, true]
        );
        let handling = Definition { subject: Subject::Handling, ..merged(Merge::Each) };
        assert_eq!(handling.apart(), None, "where there are no questions nothing merges");
        let gap = Definition { session_gap_seconds: Some(600), ..answers() };
        assert_eq!(gap.apart(), None, "sessions say nothing of every response at any hour");
        let hours = Hours::Daily(DaySpan { from: 540, to: 1_380 });
        let sessions = Definition { hours, hours_of: HoursOf::Session, ..gap.clone() };
        let first = Definition { subject: Subject::FirstResponse, ..gap };
        assert!(sessions.apart().is_some() && first.apart().is_some() && sessions.apart() != first.apart());
        let left_out = LeaveOut { at_once: true, ..LeaveOut::default() };
        let left_out = Definition { leave_out: left_out, ..answers() };
        let ended = Definition { window: Window::End, ..answers() };
        for definition in [merged(Merge::Last), sessions, first, left_out, ended] {
            assert!(definition.is_kept() && definition.plain().is_kept() && definition.plain().apart().is_none());
        }
    }

    #[test]
    fn what_cannot_be_told_from_what_is_kept_is_told_from_the_messages() {
        assert!(!Definition { unit: Unit::Customer, ..answers() }.is_kept());
        assert!(!Definition { unit: Unit::Conversation, ..answers() }.is_kept());
        assert!(!Definition { hours: Hours::Daily(DaySpan { from: 541, to: 1_380 }), ..answers() }.is_kept());
        let longest = Definition { statistic: Statistic::Longest, ..answers() };
        assert!(longest.is_kept() && !Definition { window: Window::End, ..longest }.is_kept());
    }
}
