//! What the server tells of figures as a shop defines them: requests and answers as JSON.

use serde::{Deserialize, Serialize};

use super::history_asked::Part;
use super::wire_history::NamedPart;
use crate::model::{ConversationId, MemberCard, MemberId, Micros};
use crate::timing::{ByPlace, Definition, FigureRules, OpeningHours, Value};

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
    /// Whether the shop, a team or a channel has opening hours, so that each figure is also told by them.
    pub has_hours: bool,
    /// Those of the shop, unless it is always open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<OpeningHours>,
    /// Those of the teams and channels that have hours of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_hours: Vec<PlaceHours>,
    /// Whether they are of one agent only: whoever asked.
    pub own: bool,
    /// Whether figures, or what they say of opening hours, were left out that have to be counted from many messages.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_partial: bool,
    /// Whether what was left out is kept, so that it is soon told to whoever asks for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rest_is_kept: bool,
    /// What was left out because it would have to be counted from more messages than are read for an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
    /// The figures, in the order of the shop.
    pub figures: Vec<DefinedFigure>,
    /// The members named in them.
    pub members: Vec<MemberCard>,
}

/// What is not told of a span, for it would have to be counted from its messages, and there are too many of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Of about so many days it could be told; 0 where a single day has too many.
    pub days: u32,
    /// Which figures.
    #[serde(default)]
    pub figures: Vec<Definition>,
    /// Whether what the others say of opening hours is left out as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hours: bool,
}

/// The hours of a team or a channel that are not the shop's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceHours {
    /// Whose they are.
    pub of: NamedPart,
    /// When somebody is there.
    pub hours: OpeningHours,
}

impl Part {
    /// What a team or a channel has of its own.
    #[must_use]
    pub fn own<T>(self, of: &ByPlace<T>) -> Option<&T> {
        match self {
            Self::Team(team) => of.teams.get(&team),
            Self::Channel(channel) => of.channels.get(&channel),
            Self::Agent(_) => None,
        }
    }

    /// Gives a team or a channel something of its own, or takes it away.
    pub fn set_own<T>(self, of: &mut ByPlace<T>, own: Option<T>) {
        match (self, own) {
            (Self::Team(team), Some(own)) => drop(of.teams.insert(team, own)),
            (Self::Team(team), None) => drop(of.teams.remove(&team)),
            (Self::Channel(channel), Some(own)) => drop(of.channels.insert(channel, own)),
            (Self::Channel(channel), None) => drop(of.channels.remove(&channel)),
            (Self::Agent(_), _) => {}
        }
    }
}

/// A figure and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinedFigure {
    /// How it is made.
    pub definition: Definition,
    /// What it says of the span.
    pub value: Value,
    /// The same with what began within opening hours alone, and the time within them; of a shop with hours.
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
    /// How many there are in all, as far as they were looked at.
    pub count: usize,
    /// Since when: of a span with more messages than are read for an answer, the last ones are. `None` where all were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Micros>,
    /// How many there are in the whole span, where that is known although not all were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count_of_all: Option<u32>,
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

/// `POST /api/figures/trial` with a [`Definition`]: what it would have said of the last [`FIGURE_TRIAL_DAYS`] days, or of fewer
/// where it has to be counted from the messages and there are too many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureTrial {
    /// The span began here …
    pub from: Micros,
    /// … and ended here.
    pub to: Micros,
    /// What it would have said.
    pub value: Value,
}

/// `PUT /api/figures/rules`: how the shop counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesTold {
    /// The rules.
    pub rules: FigureRules,
    /// Counts their changes; a `PUT` names the version that was read, so that nobody overwrites what they have not seen.
    pub version: u32,
}

/// `GET /api/figures/rules`: how the shop counts, and which teams and channels may have hours of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesAnswer {
    /// The rules.
    pub rules: FigureRules,
    /// Counts their changes.
    pub version: u32,
    /// The teams, then the channels, by name.
    #[serde(default)]
    pub places: Vec<NamedPart>,
}
