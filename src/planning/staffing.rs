//! People for chats: what a shop assumes, how many it needs by that, and what those are able to do whom it planned.

use serde::{Deserialize, Serialize};

use super::queue::{LOAD_MAX, Queue};
use super::{HOURS_PER_DAY, Measured, Week};

/// The most chats that one person has at once.
pub const CHATS_MAX: u32 = 50;
/// A chat takes at least this much of its time alone when others go on beside it, in per cent …
pub const STRETCH_PERCENT_MIN: u32 = 50;
/// … and at most this much.
pub const STRETCH_PERCENT_MAX: u32 = 1_000;
/// The most people of one hour.
pub const PLANNED_MAX: u16 = 9_999;
/// The longest patience, and the longest time that a chat takes, in seconds: a day.
pub const PATIENCE_SECONDS_MAX: u32 = 86_400;
const SECONDS_PER_HOUR: f64 = 3_600.0;
/// So often the distance is halved in which the largest load lies that people can do.
const HALVINGS: u32 = 30;

/// What a shop assumes when it plans, and whom it planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Assumptions {
    /// So many per cent shall be answered within the time …
    pub level_percent: u32,
    /// … of so many seconds.
    pub within_seconds: u32,
    /// How many chats one person has at once.
    pub chats: u32,
    /// How long a chat takes with so many at once, in per cent of the handling time.
    pub stretch_percent: u32,
    /// How long a chat takes, where the shop knows better than what was measured.
    pub handling_seconds: Option<u32>,
    /// Whether shoppers leave who wait too long (Erlang A), or stay whatever happens (Erlang C).
    pub leaves: bool,
    /// How long they wait on average before they leave, where the shop knows better than what was measured.
    pub patience_seconds: Option<u32>,
    /// How much of their hours people are away: breaks, training, illness.
    pub away_percent: u32,
    /// The people of each hour of the week.
    pub planned: Week<u16>,
}

impl Default for Assumptions {
    fn default() -> Self {
        Self {
            level_percent: 80,
            within_seconds: 20,
            chats: 3,
            stretch_percent: 100,
            handling_seconds: None,
            leaves: false,
            patience_seconds: None,
            away_percent: 15,
            planned: [[0; HOURS_PER_DAY]; 7],
        }
    }
}

/// Why nothing can be planned by some assumptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanningFault {
    /// Nobody can promise everything, nor nothing.
    #[error(
        "between 1 and 99 per cent are answered in time; no number of people answers everybody at once for certain"
    )]
    Level,
    /// The time within which is answered is longer than a day.
    #[error("the time within which is answered is at most a day")]
    Within,
    /// A chat takes no time, or more than a day, or nobody knows how long.
    #[error("a chat takes at least a second and at most a day")]
    Handling,
    /// Nobody waits no time at all.
    #[error("patience is at least a second and at most a day")]
    Patience,
    /// One person has no chat, or too many.
    #[error("one person has from 1 to {CHATS_MAX} chats at once")]
    Chats,
    /// The stretch is none.
    #[error("a chat takes from {STRETCH_PERCENT_MIN} to {STRETCH_PERCENT_MAX} per cent of its time alone")]
    Stretch,
    /// Everybody is away.
    #[error("people are away at most 90 per cent of their time")]
    Away,
    /// More people than any shop has.
    #[error("at most {PLANNED_MAX} people are planned for an hour")]
    Planned,
}

impl Assumptions {
    /// The assumptions, if a shop can plan by them; what is not there is measured.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn checked(self) -> Result<Self, PlanningFault> {
        let is_time =
            |seconds: Option<u32>| seconds.is_none_or(|seconds| (1..=PATIENCE_SECONDS_MAX).contains(&seconds));
        let holds = [
            ((1..=99).contains(&self.level_percent), PlanningFault::Level),
            (self.within_seconds <= PATIENCE_SECONDS_MAX, PlanningFault::Within),
            (is_time(self.handling_seconds), PlanningFault::Handling),
            (is_time(self.patience_seconds), PlanningFault::Patience),
            ((1..=CHATS_MAX).contains(&self.chats), PlanningFault::Chats),
            ((STRETCH_PERCENT_MIN..=STRETCH_PERCENT_MAX).contains(&self.stretch_percent), PlanningFault::Stretch),
            (self.away_percent <= 90, PlanningFault::Away),
            (self.planned.iter().flatten().all(|planned| *planned <= PLANNED_MAX), PlanningFault::Planned),
        ];
        match holds.into_iter().find(|(holds, _)| !holds) {
            Some((_, fault)) => Err(fault),
            None => Ok(self),
        }
    }
}

/// What an hour will be like.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Outlook {
    /// How many are answered within the time.
    pub within: f64,
    /// How many leave.
    pub leaves: f64,
    /// How busy those are who answer.
    pub busy: f64,
}

/// People for chats, by what a shop assumes. One person with several chats at once is reckoned as so many servers, each of
/// which takes the stretched time: what everybody's hands are able to do together is the same, and a new chat waits only when
/// everybody has as many as they may.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Staffing {
    share: f64,
    within_seconds: f64,
    handling_seconds: f64,
    patience_seconds: Option<f64>,
    /// How many chats each person that is planned has at once, those who are away counted.
    chats_each: f64,
}

impl Staffing {
    /// What a shop reckons with: its assumptions, and what was measured where it assumes nothing.
    ///
    /// # Errors
    /// When nothing can be planned by that.
    pub fn of(assumptions: &Assumptions, measured: &Measured) -> Result<Self, PlanningFault> {
        let it = assumptions.clone().checked()?;
        let known = |assumed: Option<u32>, measured: Option<u32>| assumed.or(measured).filter(|seconds| *seconds > 0);
        let handling = known(it.handling_seconds, measured.handling_mean_seconds).ok_or(PlanningFault::Handling)?;
        let patience = known(it.patience_seconds, measured.patience_seconds);
        let patience = if it.leaves { Some(patience.ok_or(PlanningFault::Patience)?) } else { None };
        Ok(Self {
            share: f64::from(it.level_percent) / 100.0,
            within_seconds: f64::from(it.within_seconds),
            handling_seconds: f64::from(handling) * f64::from(it.stretch_percent) / 100.0,
            patience_seconds: patience.map(f64::from),
            chats_each: f64::from(it.chats) * (1.0 - f64::from(it.away_percent) / 100.0),
        })
    }

    /// How many chats would be under way at once if nobody waited, in erlangs.
    #[must_use]
    pub fn load(&self, chats_per_hour: f64) -> f64 {
        chats_per_hour * self.handling_seconds / SECONDS_PER_HOUR
    }

    fn queue(&self, chats_per_hour: f64) -> Queue {
        let Self { handling_seconds, patience_seconds, .. } = *self;
        Queue { load: self.load(chats_per_hour), handling_seconds, patience_seconds }
    }

    /// How many chats so many people have at once, away or not.
    fn servers(&self, people: u32) -> u32 {
        // What differs from a whole number by less than can be reckoned is that number.
        (f64::from(people) * self.chats_each + 1e-9) as u32
    }

    /// How many people are needed for so many chats in an hour; `None` beyond all bounds.
    #[must_use]
    pub fn needed(&self, chats_per_hour: f64) -> Option<u32> {
        let servers = self.queue(chats_per_hour).servers_for(self.share, self.within_seconds)?;
        Some((f64::from(servers) / self.chats_each - 1e-9).ceil() as u32)
    }

    /// What an hour will be like with so many chats and people.
    #[must_use]
    pub fn outlook(&self, chats_per_hour: f64, people: u32) -> Outlook {
        let outcome = self.queue(chats_per_hour.max(0.0)).outcome(self.servers(people), self.within_seconds);
        Outlook { within: outcome.within, leaves: outcome.leaves, busy: outcome.busy }
    }

    /// How many chats in an hour so many people can do as it is promised.
    #[must_use]
    pub fn capacity(&self, people: u32) -> f64 {
        let servers = self.servers(people);
        let (mut does, mut not) = (0.0, LOAD_MAX.min(f64::from(servers) / self.share));
        for _ in 0..HALVINGS {
            let load = (does + not) / 2.0;
            let queue = Queue { load, ..self.queue(0.0) };
            let is_done = queue.outcome(servers, self.within_seconds).within >= self.share;
            *(if is_done { &mut does } else { &mut not }) = load;
        }
        does * SECONDS_PER_HOUR / self.handling_seconds
    }
}

#[cfg(test)]
mod tests;
