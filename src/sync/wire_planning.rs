//! What the server tells for planning: what will come, how wrong that was, who did what. How many people that needs is
//! reckoned where it is looked at.

use serde::{Deserialize, Serialize};

use crate::model::{Day, MemberCard, MemberId, Micros};
use crate::planning::{Assumptions, HOURS_PER_DAY, Measured, Week};

/// So many weeks ahead are planned at most.
pub const PLANNED_WEEKS_MAX: i64 = 8;

/// `GET /api/planning`: a week to come. Numbers of chats that are foretold are told in tenths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanningAnswer {
    /// When it was made.
    pub at: Micros,
    /// The Monday of the week that is planned.
    pub week: Day,
    /// The Monday of the week that runs.
    pub this_week: Day,
    /// How many past weeks are known.
    pub weeks_known: u32,
    /// What will come; `None` with too few past weeks.
    pub foretold: Option<Foretold>,
    /// In which hours of each day the shop is open: the lowest bit is the hour from midnight.
    pub open: [u32; 7],
    /// The days of the week that are special, for which past weeks tell nothing.
    pub special: Vec<Day>,
    /// How past weeks were foretold from those before them, and how they went.
    pub past: Vec<PastTold>,
    /// The same by hour of the day, over all of them.
    pub by_hour: [HourTold; HOURS_PER_DAY],
    /// What the latest chats tell.
    pub measured: Measured,
    /// Who did what lately.
    pub persons: PersonsTold,
    /// What each had in the last week that is over, and what would have been theirs of what was foretold.
    pub shares: Vec<ShareTold>,
    /// The members named in it.
    pub members: Vec<MemberCard>,
    /// What the shop assumes and planned.
    pub plan: PlanTold,
}

/// What will come in each hour of a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foretold {
    /// What is expected.
    pub expected: Week<u32>,
    /// One of ten hours stays below.
    pub low: Week<u32>,
    /// One of ten hours goes beyond.
    pub high: Week<u32>,
}

/// A past week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastTold {
    /// Its Monday.
    pub week: Day,
    /// What was foretold for its ordinary days, in tenths.
    pub foretold: u32,
    /// What came on them.
    pub came: u32,
    /// By how much each hour was wrong, together and in tenths.
    pub wrong: u32,
}

/// An hour of the day over several weeks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourTold {
    /// What was foretold, in tenths.
    pub foretold: u32,
    /// What came.
    pub came: u32,
    /// By how much each was wrong, together and in tenths.
    pub wrong: u32,
}

/// Who did what in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonsTold {
    /// The first day …
    pub from: Day,
    /// … and the last one.
    pub until: Day,
    /// Everybody who had a chat or wrote.
    pub persons: Vec<PersonTold>,
}

/// What one member did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonTold {
    /// Who; `None` for chats that nobody has.
    pub member: Option<MemberId>,
    /// How many of the chats that began then are theirs.
    pub chats: u32,
    /// How many messages they wrote.
    pub replies: u32,
    /// In how many hours they wrote.
    pub hours: u32,
}

/// What one member had of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareTold {
    /// Who; `None` for chats that nobody has.
    pub member: Option<MemberId>,
    /// What would have been theirs of what was foretold, in tenths.
    pub foretold: u32,
    /// How many chats they had.
    pub came: u32,
}

/// What a shop assumes and planned. `PUT /api/planning/assumptions` names the version that was read, so that nobody
/// overwrites what they have not seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanTold {
    /// The assumptions, and the people of each hour.
    pub assumptions: Assumptions,
    /// Counts their changes.
    pub version: u32,
}
