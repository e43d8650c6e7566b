//! What a figure is, as data: a shop changes every number of it, or makes its own, without code.

use serde::{Deserialize, Serialize};

use super::hours::{DaySpan, HoursFault, OpeningHours};
use super::life::{Case, Subject};
use crate::model::{Day, Micros};

/// The most figures that a shop keeps of its own.
pub const DEFINITIONS_MAX: usize = 60;
/// The longest name of a figure, in characters.
pub const FIGURE_NAME_CHARS_MAX: usize = 60;
/// The longest source of a figure, in characters.
pub const FIGURE_SOURCE_CHARS_MAX: usize = 200;
/// The longest threshold or cap, in seconds: a week.
pub const FIGURE_SECONDS_MAX: u32 = 7 * 24 * 3_600;

/// How a figure is made: of what, of which of them, by which clock, and what is said of them together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Its name among the shop's figures, such as `tmall-3min`; it stays when the words change.
    pub id: String,
    /// What it is called, in Chinese.
    pub name: String,
    /// The same in English.
    #[serde(default)]
    pub name_en: String,
    /// Where the definition comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// What is measured.
    pub subject: Subject,
    /// How questions that come before an answer merge; of responses.
    #[serde(default)]
    pub merge: Merge,
    /// What it is said of.
    #[serde(default)]
    pub unit: Unit,
    /// What is said.
    pub statistic: Statistic,
    /// The time that a share asks for, in seconds; what takes exactly so long is within it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold_seconds: Option<u32>,
    /// The share that the shop wants to reach, in per cent. It changes nothing of what the figure says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal_percent: Option<u8>,
    /// A longer time counts as this long, in seconds, where a time is told; a share asks for the time itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_seconds: Option<u32>,
    /// Which moment says whether a case belongs to the span that is asked about.
    #[serde(default)]
    pub window: Window,
    /// At which hours a case, or its session, must begin to be counted.
    #[serde(default)]
    pub hours: Hours,
    /// Whose beginning the hours are asked of.
    #[serde(default)]
    pub hours_of: HoursOf,
    /// Which time counts.
    #[serde(default)]
    pub clock: ClockRule,
    /// What is left out.
    #[serde(default)]
    pub leave_out: LeaveOut,
    /// A session begins with the first round, and with each that begins so long after the conversation was closed, in
    /// seconds. The round it begins with is a first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_gap_seconds: Option<u32>,
}

/// Where a definition comes from, and when that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Who says so.
    pub by: String,
    /// The same in English; what is kept of older desks does not tell.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by_en: String,
    /// When it was read there, for marketplaces change their figures.
    pub read_on: Day,
}

impl Source {
    /// Who says so, in English where that is known.
    #[must_use]
    pub fn said_en(&self) -> &str {
        if self.by_en.is_empty() { &self.by } else { &self.by_en }
    }
}

/// How what a shopper writes before an answer merges into cases. A round is the same for all of them: what the shopper
/// writes until somebody answers or the conversation is closed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Merge {
    /// One case for each round, from its first message.
    #[default]
    First,
    /// One case for each round, from its last message.
    Last,
    /// Each message is a case of its own, which ends as its round does.
    Each,
}

/// What a figure is said of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Of each case.
    #[default]
    Case,
    /// Of conversations: all cases of one must do.
    Conversation,
    /// Of shoppers: all cases of one must do. Where a log does not tell them apart, a conversation is a shopper.
    Customer,
}

/// What is said of the cases together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// The share that ended within the threshold, of all that count.
    ShareWithin,
    /// The share that ended at all.
    ShareEnded,
    /// The middle time.
    Median,
    /// The time that nine of ten stay below.
    P90,
    /// The time that nineteen of twenty stay below.
    P95,
    /// The mean time.
    Mean,
    /// The longest time.
    Longest,
    /// How many there are.
    Number,
}

impl Statistic {
    /// Whether it is a time, said of those that ended.
    #[must_use]
    pub const fn is_time(self) -> bool {
        matches!(self, Self::Median | Self::P90 | Self::P95 | Self::Mean | Self::Longest)
    }

    /// Whether it is a share.
    #[must_use]
    pub const fn is_share(self) -> bool {
        matches!(self, Self::ShareWithin | Self::ShareEnded)
    }
}

/// Which moment of a case says whether it belongs to a span of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// Its beginning.
    #[default]
    Begin,
    /// Its end; what has not ended belongs to none.
    End,
}

/// At which hours a case, or its session, must begin to be counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hours {
    /// At any.
    #[default]
    Any,
    /// While somebody is there for its conversation, by the opening hours.
    Opening,
    /// In a span of each day, by the shop's clocks.
    Daily(DaySpan),
}

/// Whose beginning must lie in the hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoursOf {
    /// The case's own.
    #[default]
    Case,
    /// That of the session it belongs to.
    Session,
}

/// Which time counts between a beginning and an end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockRule {
    /// All of it.
    #[default]
    Wall,
    /// The part in which somebody is there for the conversation, by the opening hours.
    Opening,
}

/// What a figure leaves out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveOut {
    /// What took less than a second.
    #[serde(default)]
    pub at_once: bool,
    /// What ended on a later day than it began, by the clocks of the place.
    #[serde(default)]
    pub next_day: bool,
    /// What did not end; a share is then of those that did.
    #[serde(default)]
    pub not_ended: bool,
}

/// What a figure should reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// A share of at least this, from 0 to 1.
    Share(f64),
    /// A time of at most so many milliseconds.
    Ms(i64),
}

/// Why a definition is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionFault {
    /// The name is empty or too long, or the id is not made of small letters, digits and hyphens.
    #[error(
        "a figure has a name of at most {FIGURE_NAME_CHARS_MAX} characters and an id of small letters, digits and hyphens"
    )]
    Name,
    /// A share within a time has no time.
    #[error("a share within a time says within which")]
    NoThreshold,
    /// A threshold, cap or gap is beyond a week, or the cap is zero.
    #[error("times are at most a week, and a cap is more than nothing")]
    Seconds,
    /// The goal is beyond 100 %.
    #[error("a goal is at most 100 per cent")]
    Goal,
    /// Times are said of cases; a conversation or a shopper has several.
    #[error("of conversations and shoppers only shares and numbers can be told")]
    TimesOfCases,
    /// The hours are none.
    #[error(transparent)]
    Hours(#[from] HoursFault),
}

impl Definition {
    /// How questions merge; what is no response knows no other way than the first.
    #[must_use]
    pub const fn merging(&self) -> Merge {
        match self.subject {
            Subject::Response | Subject::FirstResponse => self.merge,
            Subject::Handover | Subject::Handling | Subject::Resolution => Merge::First,
        }
    }

    /// The moment of a case that says to which span it belongs; `None` while it has none.
    #[must_use]
    pub const fn moment(&self, case: &Case) -> Option<Micros> {
        match self.window {
            Window::Begin => Some(case.from),
            Window::End => case.until,
        }
    }

    /// What the figure should reach: a share from 0 to 1 at least, or at most so many milliseconds. Of a time it
    /// is the threshold.
    #[must_use]
    pub fn goal(&self) -> Option<Goal> {
        if self.statistic.is_share() {
            return self.goal_percent.map(|percent| Goal::Share(f64::from(percent) / 100.0));
        }
        let seconds = self.threshold_seconds.filter(|_| self.statistic.is_time())?;
        Some(Goal::Ms(i64::from(seconds) * 1_000))
    }

    /// The definition, if figures can be made of it.
    ///
    /// # Errors
    /// Why they cannot.
    pub fn checked(self) -> Result<Self, DefinitionFault> {
        let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let is_short = |text: &str| text.chars().count() <= FIGURE_NAME_CHARS_MAX;
        let named = !self.name.trim().is_empty()
            && [&self.name, &self.name_en, &self.id].into_iter().all(|text| is_short(text));
        let fits = |text: &str| text.chars().count() <= FIGURE_SOURCE_CHARS_MAX;
        let is_source = |source: &Source| fits(&source.by) && fits(&source.by_en);
        let named = named && self.source.as_ref().is_none_or(is_source);
        if !named || self.id.is_empty() || !self.id.chars().all(is_id) {
            return Err(DefinitionFault::Name);
        }
        if self.statistic == Statistic::ShareWithin && self.threshold_seconds.is_none() {
            return Err(DefinitionFault::NoThreshold);
        }
        let seconds = [self.threshold_seconds, self.cap_seconds, self.session_gap_seconds];
        if seconds.into_iter().flatten().any(|seconds| seconds > FIGURE_SECONDS_MAX) || self.cap_seconds == Some(0) {
            return Err(DefinitionFault::Seconds);
        }
        if self.goal_percent.is_some_and(|percent| percent > 100) {
            return Err(DefinitionFault::Goal);
        }
        if self.statistic.is_time() && self.unit != Unit::Case {
            return Err(DefinitionFault::TimesOfCases);
        }
        if let Hours::Daily(span) = self.hours {
            OpeningHours::daily(span.from, span.to).checked()?;
        }
        Ok(self)
    }
}
