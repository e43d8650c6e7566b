//! What the server tells of figures as a shop defines them: requests and answers as JSON.

use serde::{Deserialize, Serialize};

use crate::model::{ConversationId, MemberCard, MemberId, Micros};
use crate::timing::{Definition, FigureRules, OpeningHours, Value};

/// The most cases behind a figure that are told one by one.
pub const CASES_MAX: usize = 200;

/// `GET /api/figures/defined`: every figure of the shop over a span of time. An agent gets their own and no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinedAnswer {
    /// The span begins here …
    pub from: Micros,
    /// … and ends before this.
    pub to: Micros,
    /// When the figures were made.
    pub at: Micros,
    /// The name of the shop's time zone; empty for clocks that never change.
    pub zone: String,
    /// How many minutes those clocks that never change are ahead of UTC.
    #[serde(default)]
    pub utc_offset_minutes: i32,
    /// Whether the shop has opening hours, so that each figure is also told by them.
    pub has_hours: bool,
    /// Those hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<OpeningHours>,
    /// Whether they are of one agent only: whoever asked.
    pub own: bool,
    /// The figures, in the order of the shop.
    pub figures: Vec<DefinedFigure>,
    /// The members named in them.
    pub members: Vec<MemberCard>,
}

/// A figure and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinedFigure {
    /// How it is made.
    pub definition: Definition,
    /// What it says of the span.
    pub value: Value,
    /// The same with what began while the shop was open alone, and the time that it was open; of a shop with hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_hours: Option<Value>,
    /// What it said of as long a time before.
    pub before: Value,
    /// By agent; `None` where nobody held the conversation.
    pub by_agent: Vec<(Option<MemberId>, Value)>,
}

/// `GET /api/figures/cases`: the very cases that a figure is made of, the worst first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CasesAnswer {
    /// How the figure is made.
    pub definition: Definition,
    /// The cases: those that failed before those that did well, the longest first; at most [`CASES_MAX`].
    pub cases: Vec<ToldCase>,
    /// How many there are in all.
    pub count: usize,
    /// The members named in them.
    pub members: Vec<MemberCard>,
}

/// One case behind a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldCase {
    /// Its conversation.
    pub conversation: ConversationId,
    /// Whose it is.
    pub agent: Option<MemberId>,
    /// When it began.
    pub from: Micros,
    /// When it ended.
    pub until: Option<Micros>,
    /// How long it took as the figure counts, in milliseconds; `None` while it has not ended.
    pub ms: Option<i64>,
    /// Whether it may still end in time.
    pub running: bool,
    /// Whether it did as the figure asks.
    pub met: bool,
    /// When whoever ended it had written the answer by their own clock, on a device that was offline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_at: Option<Micros>,
}

/// Over so many days a definition is tried.
pub const FIGURE_TRIAL_DAYS: i64 = 31;

/// `POST /api/figures/trial` with a [`Definition`]: what it would have said of the last [`FIGURE_TRIAL_DAYS`] days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureTrial {
    /// The span began here …
    pub from: Micros,
    /// … and ended here.
    pub to: Micros,
    /// What it would have said.
    pub value: Value,
}

/// `GET` and `PUT /api/figures/rules`: how the shop counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesTold {
    /// The rules.
    pub rules: FigureRules,
    /// Counts their changes; a `PUT` names the version that was read, so that nobody overwrites what they have not seen.
    pub version: u32,
}
