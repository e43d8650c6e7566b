//! The surge plan: whom to bring in while many wait, and when to let them go again. It is read off the waiting alone, so
//! everybody who looks comes to the same step, and nothing of it is kept.

use serde::{Deserialize, Serialize};

use crate::model::Micros;

/// The most steps of a plan.
pub const SURGE_STEPS_MAX: usize = 12;
/// The most characters of what a step asks for.
pub const SURGE_CALL_CHARS_MAX: usize = 60;
/// The longest time that a step waits for, in minutes.
pub const SURGE_MINUTES_MAX: u32 = 240;
/// The most shoppers that a step asks about.
pub const SURGE_WAITING_MAX: u32 = 10_000;
const SECONDS_PER_MINUTE: i64 = 60;

/// What a shop does when many wait. The shipped one follows the rostering rules of a service centre (`Surge` among the
/// facts of the trade): five to ten who wait bring in one group after another, more than ten the back office and longer days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurgePlan {
    /// The steps, from the first to the last.
    pub steps: Vec<SurgeStep>,
    /// With so many waiting, or fewer, the step that was taken last is taken back.
    pub release_at: u32,
    /// It is taken back after so many minutes, and the one before it after as many more.
    pub release_minutes: u32,
}

/// A step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurgeStep {
    /// Whom to bring in or what to do, in Chinese.
    pub call: String,
    /// The same in English.
    #[serde(default)]
    pub call_en: String,
    /// More than so many wait …
    pub above: u32,
    /// … for so many minutes, counted from the step before it.
    pub minutes: u32,
}

/// Why a plan is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SurgeFault {
    /// There are too many steps.
    #[error("a plan has at most {SURGE_STEPS_MAX} steps")]
    TooMany,
    /// A step says nothing, or too much.
    #[error("a step says in at most {SURGE_CALL_CHARS_MAX} characters whom to bring in")]
    Call,
    /// A number is out of bounds.
    #[error("a step waits at most {SURGE_MINUTES_MAX} minutes and asks about at most {SURGE_WAITING_MAX} who wait")]
    Numbers,
    /// A later step asks for fewer who wait than an earlier one, or a step is taken back while it still applies.
    #[error("no step asks for fewer than the one before it, and what is taken back no longer applies")]
    Order,
}

/// Since a moment so many wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingSince {
    /// The moment.
    pub at: Micros,
    /// How many wait from then on.
    pub waiting: u32,
}

/// Where a shop stands in its plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurgeState {
    /// How many steps apply: none, the first, the first two …
    pub steps: usize,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Micros>,
    /// When the next step comes, should as many go on waiting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Micros>,
    /// When the last step is taken back, should as few go on waiting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_at: Option<Micros>,
}

impl Default for SurgePlan {
    fn default() -> Self {
        let step = |call: &str, call_en: &str, above, minutes| SurgeStep {
            call: call.into(),
            call_en: call_en.into(),
            above,
            minutes,
        };
        let steps = vec![
            step("请机动专家上线", "Bring in the floating experts", 5, 5),
            step("调 2–3 名外呼同事", "Bring in 2–3 outbound agents", 5, 5),
            step("调 2–3 名质检同事", "Bring in 2–3 inspectors", 5, 5),
            step("调 2–3 名后台同事", "Bring in 2–3 from the back office", 10, 1),
            step("当班延长班次", "Lengthen the running shifts", 10, 10),
            step("安排加班", "Call for overtime", 10, 10),
        ];
        Self { steps, release_at: 5, release_minutes: 5 }
    }
}

/// Moves through the waiting of a shop.
struct Climb<'p> {
    plan: &'p SurgePlan,
    steps: usize,
    /// When the last step was taken or taken back.
    since: Option<Micros>,
    /// Since when more wait than each step asks about, one for each step.
    above: Vec<Option<Micros>>,
    /// Since when few enough wait to take a step back.
    below: Option<Micros>,
}

impl SurgePlan {
    /// The plan, if anybody can follow it.
    ///
    /// # Errors
    /// Why nobody can.
    pub fn checked(self) -> Result<Self, SurgeFault> {
        if self.steps.len() > SURGE_STEPS_MAX {
            return Err(SurgeFault::TooMany);
        }
        let says = |step: &SurgeStep| !step.call.trim().is_empty();
        let is_short = |text: &str| text.chars().count() <= SURGE_CALL_CHARS_MAX;
        if !self.steps.iter().all(|step| says(step) && is_short(&step.call) && is_short(&step.call_en)) {
            return Err(SurgeFault::Call);
        }
        let minutes = self.steps.iter().map(|step| step.minutes).chain([self.release_minutes]);
        let waiting = self.steps.iter().map(|step| step.above).chain([self.release_at]);
        if minutes.max() > Some(SURGE_MINUTES_MAX) || waiting.max() > Some(SURGE_WAITING_MAX) {
            return Err(SurgeFault::Numbers);
        }
        let climbs = self.steps.is_sorted_by_key(|step| step.above);
        if !climbs || self.steps.first().is_some_and(|first| first.above < self.release_at) {
            return Err(SurgeFault::Order);
        }
        Ok(self)
    }

    /// Where the shop stands now, by how many waited until then. What was before the first of them is taken as quiet.
    #[must_use]
    pub fn state(&self, waiting: &[WaitingSince], now: Micros) -> SurgeState {
        let mut climb = Climb { plan: self, steps: 0, since: None, above: vec![None; self.steps.len()], below: None };
        for (place, one) in waiting.iter().enumerate().filter(|(_, one)| one.at <= now) {
            let until = waiting.get(place + 1).map_or(now, |next| next.at.min(now));
            climb.meet(*one);
            climb.go_on(until);
        }
        climb.state()
    }
}

impl Climb<'_> {
    /// So many wait from now on.
    fn meet(&mut self, WaitingSince { at, waiting }: WaitingSince) {
        for (step, above) in self.plan.steps.iter().zip(&mut self.above) {
            *above = if waiting > step.above { above.or(Some(at)) } else { None };
        }
        self.below = if waiting <= self.plan.release_at { self.below.or(Some(at)) } else { None };
    }

    /// As many wait until then.
    fn go_on(&mut self, until: Micros) {
        while let Some(next) = self.next_at().filter(|next| *next <= until) {
            self.steps += 1;
            self.since = Some(next);
        }
        while let Some(back) = self.release_at().filter(|back| *back <= until) {
            self.steps -= 1;
            self.since = Some(back);
        }
    }

    /// When the next step is taken: so many minutes after enough waited, and after the step before it.
    fn next_at(&self) -> Option<Micros> {
        let step = self.plan.steps.get(self.steps)?;
        let begun = self.above[self.steps]?;
        let counted_from = self.since.filter(|_| self.steps > 0).map_or(begun, |since| begun.max(since));
        Some(counted_from.plus_seconds(i64::from(step.minutes) * SECONDS_PER_MINUTE))
    }

    fn release_at(&self) -> Option<Micros> {
        let begun = self.below.filter(|_| self.steps > 0)?;
        let counted_from = self.since.map_or(begun, |since| begun.max(since));
        // A plan without a pause would otherwise take and take back within one moment.
        let seconds = (i64::from(self.plan.release_minutes) * SECONDS_PER_MINUTE).max(1);
        Some(counted_from.plus_seconds(seconds))
    }

    fn state(&self) -> SurgeState {
        let since = self.since.filter(|_| self.steps > 0);
        SurgeState { steps: self.steps, since, next_at: self.next_at(), release_at: self.release_at() }
    }
}

/// How many waited from when on: of each wait its beginning, and its end if it has one.
#[must_use]
pub fn waiting_over_time(waits: impl IntoIterator<Item = (Micros, Option<Micros>)>) -> Vec<WaitingSince> {
    let mut moves: Vec<(Micros, i32)> = Vec::new();
    for (from, until) in waits {
        moves.push((from, 1));
        moves.extend(until.map(|until| (until.max(from), -1)));
    }
    moves.sort_unstable_by_key(|(at, _)| *at);
    let mut over_time: Vec<WaitingSince> = Vec::new();
    let mut waiting = 0;
    for (at, change) in moves {
        waiting += change;
        let now = WaitingSince { at, waiting: u32::try_from(waiting).unwrap_or(0) };
        match over_time.last_mut().filter(|last| last.at == at) {
            Some(last) => *last = now,
            None => over_time.push(now),
        }
    }
    over_time
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn minute(minute: i64) -> Micros {
        Micros(0).plus_seconds(minute * 60)
    }

    /// So many wait from each minute on.
    fn waiting(told: &[(i64, u32)]) -> Vec<WaitingSince> {
        told.iter().map(|(at, waiting)| WaitingSince { at: minute(*at), waiting: *waiting }).collect()
    }

    fn at(told: &[(i64, u32)], now: i64) -> SurgeState {
        SurgePlan::default().state(&waiting(told), minute(now))
    }

    #[test]
    fn more_than_five_for_five_minutes_bring_in_one_group_after_another() {
        let busy = [(0, 6)];
        assert_eq!(at(&busy, 4), SurgeState { next_at: Some(minute(5)), ..SurgeState::default() });
        let first = SurgeState { steps: 1, since: Some(minute(5)), next_at: Some(minute(10)), release_at: None };
        assert_eq!(at(&busy, 5), first);
        assert_eq!((at(&busy, 10).steps, at(&busy, 15).steps), (2, 3));
        // The back office is for more than ten.
        assert_eq!(at(&busy, 60), SurgeState { steps: 3, since: Some(minute(15)), ..SurgeState::default() });
        let worse = [(0, 6), (20, 11)];
        assert_eq!((at(&worse, 21).steps, at(&worse, 31).steps, at(&worse, 41).steps), (4, 5, 6));
        assert_eq!(at(&worse, 200).next_at, None);
    }

    #[test]
    fn five_and_a_pause_begin_the_minutes_anew() {
        assert_eq!(at(&[(0, 6), (4, 5), (5, 6)], 9).steps, 0);
        assert_eq!(at(&[(0, 6), (4, 5), (5, 6)], 10).steps, 1);
    }

    #[test]
    fn when_few_wait_the_steps_are_taken_back_in_reverse_order() {
        let calm = [(0, 6), (12, 5)];
        let calming = at(&calm, 13);
        assert_eq!((calming.steps, calming.release_at), (2, Some(minute(17))));
        assert_eq!((at(&calm, 17).steps, at(&calm, 21).steps, at(&calm, 22).steps), (1, 1, 0));
        assert_eq!(at(&calm, 22), SurgeState::default());
        // Whoever was let go is called again only after the minutes of the step.
        assert_eq!(at(&[(0, 6), (12, 5), (22, 6)], 26).steps, 0);
    }

    #[test]
    fn nobody_waiting_is_no_surge_and_a_shop_may_have_no_plan() {
        assert_eq!(at(&[], 100), SurgeState::default());
        let none = SurgePlan { steps: Vec::new(), release_at: 0, release_minutes: 0 };
        assert_eq!(none.checked().unwrap().state(&waiting(&[(0, 99)]), minute(60)), SurgeState::default());
    }

    #[test]
    fn a_plan_that_nobody_can_follow_is_refused() {
        let plan = SurgePlan::default();
        assert!(plan.clone().checked().is_ok());
        let with = |change: fn(&mut SurgePlan)| {
            let mut plan = plan.clone();
            change(&mut plan);
            plan.checked().unwrap_err()
        };
        assert_eq!(with(|plan| plan.steps[1].above = 4), SurgeFault::Order);
        assert_eq!(with(|plan| plan.release_at = 6), SurgeFault::Order);
        assert_eq!(with(|plan| plan.steps[0].call = " ".into()), SurgeFault::Call);
        assert_eq!(with(|plan| plan.release_minutes = 241), SurgeFault::Numbers);
        assert_eq!(with(|plan| plan.steps = vec![plan.steps[0].clone(); 13]), SurgeFault::TooMany);
    }

    #[test]
    fn waits_add_up_to_how_many_waited() {
        let waits = [(minute(0), Some(minute(2))), (minute(1), None), (minute(2), Some(minute(2)))];
        assert_eq!(waiting_over_time(waits), waiting(&[(0, 1), (1, 2), (2, 1)]));
    }

    proptest! {
        /// Looking now and then comes to the same as looking once: nothing is kept between two looks.
        #[test]
        fn time_passes_the_same_in_pieces(told in prop::collection::vec((0..5_i64, 0..14_u32), 0..40), now in 0..200_i64) {
            let mut at = 0;
            let told: Vec<(i64, u32)> = told.into_iter().map(|(gap, waiting)| { at += gap; (at, waiting) }).collect();
            let whole = waiting(&told);
            // The same waiting, told again at every minute.
            let mut pieces = Vec::new();
            for minute_now in 0..=now.min(at) {
                if let Some(one) = whole.iter().rev().find(|one| one.at <= minute(minute_now)) {
                    pieces.push(WaitingSince { at: minute(minute_now), waiting: one.waiting });
                }
            }
            let last_of_each: Vec<WaitingSince> = whole
                .iter()
                .enumerate()
                .filter(|(place, one)| whole.get(place + 1).is_none_or(|next| next.at != one.at))
                .map(|(_, one)| *one)
                .collect();
            let plan = SurgePlan::default();
            prop_assert_eq!(plan.state(&last_of_each, minute(now)), plan.state(&pieces, minute(now)));
        }
    }
}
