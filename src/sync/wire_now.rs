//! What a supervisor sees of this moment: who waits, who works, whether the shop keeps its level, and what the surge plan asks.

use serde::{Deserialize, Serialize};

use crate::model::{ConversationId, MemberCard, MemberId, Micros, TeamId};
use crate::timing::{Definition, SurgePlan, SurgeState, Value};

/// The level is told of so many minutes.
pub const LEVEL_MINUTES: i64 = 15;
/// The trend has a value every so many minutes …
pub const LEVEL_STEP_MINUTES: i64 = 5;
/// … and so many of them, the last one of now.
pub const LEVEL_POINTS: usize = 13;
/// The most shoppers who wait that are told one by one.
pub const WAITING_TOLD_MAX: usize = 200;
/// The most agents that are told.
pub const AGENTS_TOLD_MAX: usize = 600;
/// A shop that sets no goal of its own is warned below this share, in percent.
pub const LEVEL_GOAL_PERCENT: u8 = 90;
/// An agent is told of for so long after their desk was last heard of, in minutes, unless they hold open conversations.
pub const AGENT_TOLD_MINUTES: i64 = 30;

/// `GET /api/now`, for those who may see everybody's figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NowAnswer {
    /// Of when it is.
    pub at: Micros,
    /// How many wait in all.
    pub waiting_count: usize,
    /// Those who wait, the longest first; at most [`WAITING_TOLD_MAX`].
    pub waiting: Vec<WaitingTold>,
    /// The agents: who has somebody waiting first, then who has most to do.
    pub agents: Vec<AgentNow>,
    /// Whether the shop keeps its level.
    pub level: LevelTold,
    /// What the shop does while many wait …
    pub plan: SurgePlan,
    /// … and where it stands in that.
    pub surge: SurgeState,
}

/// A shopper who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingTold {
    /// The conversation.
    pub conversation: ConversationId,
    /// The team that answers there.
    pub team: TeamId,
    /// Who holds it.
    pub owner: Option<MemberId>,
    /// Since when.
    pub since: Micros,
    /// Whether nobody greeted them yet.
    pub first: bool,
}

/// What an agent does at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentNow {
    /// Who.
    pub member: MemberCard,
    /// Whether a desk of theirs was heard of lately.
    pub on_duty: bool,
    /// When a device of theirs was last heard of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Micros>,
    /// How many open conversations they hold.
    pub open: u32,
    /// In how many of these a shopper waits.
    pub waiting: u32,
    /// Since when the one who waits longest does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<Micros>,
    /// How many questions of the last [`LEVEL_MINUTES`] they answered …
    pub answered: u32,
    /// … and the middle time of these, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median_ms: Option<i64>,
}

/// The share of questions that are answered in time, of the last minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelTold {
    /// How it is made.
    pub definition: Definition,
    /// The goal, in percent.
    pub goal_percent: u8,
    /// Of each moment what the [`LEVEL_MINUTES`] before it say; the last one is now.
    pub points: Vec<(Micros, Value)>,
}

impl LevelTold {
    /// What is said of the last minutes.
    #[must_use]
    pub fn now(&self) -> Value {
        self.points.last().map(|(_, value)| *value).unwrap_or_default()
    }

    /// The share as it will be should nobody of those who wait be answered in time; `None` where nobody asked.
    #[must_use]
    pub fn share_at_worst(&self) -> Option<f64> {
        let Value { of, met, running, .. } = self.now();
        (of + running > 0).then(|| f64::from(met) / f64::from(of + running))
    }

    /// How it stands with the goal.
    #[must_use]
    pub fn standing(&self) -> LevelStanding {
        let goal = f64::from(self.goal_percent) / 100.0;
        let is_below = |share: Option<f64>| share.is_some_and(|share| share < goal);
        if is_below(self.now().share()) {
            LevelStanding::Below
        } else if is_below(self.share_at_worst()) {
            LevelStanding::InDanger
        } else {
            LevelStanding::Kept
        }
    }
}

/// How the level stands with the goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LevelStanding {
    /// The goal is kept, or nobody asked.
    Kept,
    /// It is kept, but will not be should those who wait now not be answered in time.
    InDanger,
    /// It is missed.
    Below,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timing::shipped;

    fn level(of: u32, met: u32, running: u32) -> LevelTold {
        let value = Value { of, met, running, ..Value::default() };
        let definition = shipped().swap_remove(0);
        LevelTold { definition, goal_percent: 90, points: vec![(Micros(0), Value::default()), (Micros(1), value)] }
    }

    #[test]
    fn those_who_wait_warn_before_the_level_falls() {
        assert_eq!(level(0, 0, 0).standing(), LevelStanding::Kept);
        assert_eq!(level(10, 9, 0).standing(), LevelStanding::Kept);
        assert_eq!(level(10, 9, 1).standing(), LevelStanding::InDanger);
        assert_eq!(level(0, 0, 1).standing(), LevelStanding::InDanger);
        assert_eq!(level(10, 8, 0).standing(), LevelStanding::Below);
        assert_eq!(level(18, 18, 2).share_at_worst(), Some(0.9));
    }
}
