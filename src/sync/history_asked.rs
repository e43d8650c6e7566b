//! What a question about a figure through time names: a span of the shop's days, a split into rows, a part of everything.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::{ChannelId, Day, MemberId, Micros, TeamId};
use crate::timing::{Step, Zone, first_of_month, months_later};

const DAYS_PER_WEEK: i64 = 7;
const WEEKS: i64 = 12;
const MONTHS: i64 = 12;

/// Which span of the shop's days is asked about: `today`, `yesterday`, `7d`, `30d`, `12w`, `12m`,
/// `2026-10-01..2026-10-31`, or moments in microseconds, `1795399200000000..1795485600000000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum HistorySpan {
    /// The day of now.
    Today,
    /// The day before.
    Yesterday,
    /// Seven days, today the last.
    SevenDays,
    /// Thirty days, today the last.
    ThirtyDays,
    /// Twelve weeks from Monday on, this one the last.
    TwelveWeeks,
    /// Twelve months of the calendar, this one the last.
    TwelveMonths,
    /// From one day to another, both included.
    Days(Day, Day),
    /// From one moment to before another.
    Moments(Micros, Micros),
}

/// What names no span, or no part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a span is one of today, yesterday, 7d, 30d, 12w, 12m or two days, 2026-10-01..2026-10-31")]
pub struct Unnamed;

/// A span as moments, and as long a time before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// It begins here …
    pub from: Micros,
    /// … and ends before this.
    pub to: Micros,
    /// The time before begins here and ends where the span begins.
    pub before_from: Micros,
}

impl HistorySpan {
    /// The spans with names, in the order in which they are offered.
    pub const NAMED: [Self; 6] =
        [Self::Today, Self::Yesterday, Self::SevenDays, Self::ThirtyDays, Self::TwelveWeeks, Self::TwelveMonths];

    /// The first day, the one after the last, and the first of the time before; `None` of moments.
    #[must_use]
    pub fn days(self, today: Day) -> Option<(Day, Day, Day)> {
        let tomorrow = today.plus(1);
        let of = |first: Day, end: Day, before: Day| Some((first, end, before));
        match self {
            Self::Today => of(today, tomorrow, today.plus(-1)),
            Self::Yesterday => of(today.plus(-1), today, today.plus(-2)),
            Self::SevenDays => of(tomorrow.plus(-7), tomorrow, tomorrow.plus(-14)),
            Self::ThirtyDays => of(tomorrow.plus(-30), tomorrow, tomorrow.plus(-60)),
            Self::TwelveWeeks => {
                let monday = today.plus(-i64::try_from(today.weekday()).unwrap_or(0));
                let first = monday.plus(-(WEEKS - 1) * DAYS_PER_WEEK);
                of(first, tomorrow, first.plus(-WEEKS * DAYS_PER_WEEK))
            }
            Self::TwelveMonths => {
                let first = months_later(first_of_month(today), 1 - MONTHS);
                of(first, tomorrow, months_later(first, -MONTHS))
            }
            Self::Days(first, last) => of(first, last.plus(1), first.plus(-(last.0.saturating_sub(first.0)) - 1)),
            Self::Moments(..) => None,
        }
    }

    /// The span as moments by the clocks of a place.
    #[must_use]
    pub fn laid_out(self, zone: &Zone, now: Micros) -> Stretch {
        if let Self::Moments(from, to) = self {
            return Stretch { from, to, before_from: Micros(from.0.saturating_sub(to.since(from))) };
        }
        let today = zone.local(now).day;
        let (first, end, before) = self.days(today).unwrap_or((today, today, today));
        let [from, to, before_from] = [first, end, before].map(|day| zone.day_begins(day));
        Stretch { from, to, before_from }
    }

    /// The step that shows it best where none is asked for.
    #[must_use]
    pub fn step(self) -> Step {
        let days = match self {
            Self::Today | Self::Yesterday => 1,
            Self::SevenDays => 7,
            Self::ThirtyDays => 30,
            Self::TwelveWeeks => WEEKS * DAYS_PER_WEEK,
            Self::TwelveMonths => 365,
            Self::Days(first, last) => last.0.saturating_sub(first.0).saturating_add(1),
            Self::Moments(from, to) => to.since(from) / (86_400 * 1_000_000),
        };
        match days {
            ..=2 => Step::Hour,
            3..=45 => Step::Day,
            46..=200 => Step::Week,
            _ => Step::Month,
        }
    }
}

impl fmt::Display for HistorySpan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Today => "today",
            Self::Yesterday => "yesterday",
            Self::SevenDays => "7d",
            Self::ThirtyDays => "30d",
            Self::TwelveWeeks => "12w",
            Self::TwelveMonths => "12m",
            Self::Days(first, last) => return write!(formatter, "{first}..{last}"),
            Self::Moments(from, to) => return write!(formatter, "{}..{}", from.0, to.0),
        };
        formatter.write_str(name)
    }
}

impl FromStr for HistorySpan {
    type Err = Unnamed;

    fn from_str(text: &str) -> Result<Self, Unnamed> {
        if let Some(named) = Self::NAMED.into_iter().find(|named| named.to_string() == text) {
            return Ok(named);
        }
        let (from, to) = text.split_once("..").ok_or(Unnamed)?;
        if let (Ok(first), Ok(last)) = (from.parse(), to.parse()) {
            return Ok(Self::Days(first, last));
        }
        let moment = |text: &str| text.parse().map(Micros).map_err(|_| Unnamed);
        Ok(Self::Moments(moment(from)?, moment(to)?))
    }
}

impl TryFrom<String> for HistorySpan {
    type Error = Unnamed;

    fn try_from(text: String) -> Result<Self, Unnamed> {
        text.parse()
    }
}

impl From<HistorySpan> for String {
    fn from(span: HistorySpan) -> Self {
        span.to_string()
    }
}

/// Into which rows a figure is split.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// Into none.
    #[default]
    None,
    /// By who answered, or should have.
    Agent,
    /// By team.
    Team,
    /// By where the shopper wrote.
    Channel,
}

/// A part of everything that is counted. It is written `agent:` and the id, `agent:-` where it is nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Part {
    /// What is a member's, or nobody's.
    Agent(Option<MemberId>),
    /// What is a team's.
    Team(TeamId),
    /// What came through a channel.
    Channel(ChannelId),
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agent(Some(member)) => write!(formatter, "agent:{member}"),
            Self::Agent(None) => formatter.write_str("agent:-"),
            Self::Team(team) => write!(formatter, "team:{team}"),
            Self::Channel(channel) => write!(formatter, "channel:{channel}"),
        }
    }
}

impl FromStr for Part {
    type Err = Unnamed;

    fn from_str(text: &str) -> Result<Self, Unnamed> {
        match text.split_once(':') {
            Some(("agent", "-")) => Ok(Self::Agent(None)),
            Some(("agent", id)) => id.parse().map(|id| Self::Agent(Some(id))).map_err(|_| Unnamed),
            Some(("team", id)) => id.parse().map(Self::Team).map_err(|_| Unnamed),
            Some(("channel", id)) => id.parse().map(Self::Channel).map_err(|_| Unnamed),
            _ => Err(Unnamed),
        }
    }
}

impl TryFrom<String> for Part {
    type Error = Unnamed;

    fn try_from(text: String) -> Result<Self, Unnamed> {
        text.parse()
    }
}

impl From<Part> for String {
    fn from(part: Part) -> Self {
        part.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_span_reads_as_it_is_written() {
        let days = HistorySpan::Days(day("2026-10-01"), day("2026-10-31"));
        let moments = HistorySpan::Moments(Micros(-5), Micros(7));
        for span in HistorySpan::NAMED.into_iter().chain([days, moments]) {
            assert_eq!(span.to_string().parse(), Ok(span));
        }
        for text in ["", "8d", "2026-10-01", "2026-10-01..", "2026-10-01..7", "..", "1..x"] {
            assert_eq!(text.parse::<HistorySpan>(), Err(Unnamed), "{text}");
        }
    }

    #[test]
    fn a_part_reads_as_it_is_written() {
        let member = MemberId::of_name("1001");
        let (team, channel) = (TeamId::of_name("day"), ChannelId::of_name("tea"));
        for part in [Part::Agent(Some(member)), Part::Agent(None), Part::Team(team), Part::Channel(channel)] {
            assert_eq!(part.to_string().parse(), Ok(part));
        }
        for text in ["", "agent", "agent:", "agent:1001", "shop:-", "team:-"] {
            assert_eq!(text.parse::<Part>(), Err(Unnamed), "{text}");
        }
    }

    #[test]
    fn spans_are_those_of_the_calendar() {
        // A Thursday, the first days of a year.
        let today = day("2026-01-01");
        let days = |span: HistorySpan| {
            span.days(today).map(|(first, end, before)| [first, end, before].map(|it| it.to_string()))
        };
        let told = |first: &str, end: &str, before: &str| Some([first, end, before].map(str::to_owned));
        assert_eq!(days(HistorySpan::Today), told("2026-01-01", "2026-01-02", "2025-12-31"));
        assert_eq!(days(HistorySpan::Yesterday), told("2025-12-31", "2026-01-01", "2025-12-30"));
        assert_eq!(days(HistorySpan::SevenDays), told("2025-12-26", "2026-01-02", "2025-12-19"));
        assert_eq!(days(HistorySpan::ThirtyDays), told("2025-12-03", "2026-01-02", "2025-11-03"));
        assert_eq!(days(HistorySpan::TwelveWeeks), told("2025-10-13", "2026-01-02", "2025-07-21"));
        assert_eq!(days(HistorySpan::TwelveMonths), told("2025-02-01", "2026-01-02", "2024-02-01"));
        let february = HistorySpan::Days(day("2026-02-01"), day("2026-02-28"));
        assert_eq!(days(february), told("2026-02-01", "2026-03-01", "2026-01-04"));
    }

    #[test]
    fn a_span_is_laid_out_by_the_clocks() {
        // Two hours ahead until the 25th of October, 01:00 UTC, then one.
        let change = Micros(0).plus_seconds(day("2026-10-25").0 * 86_400 + 3_600);
        let zone = Zone::new(7_200, vec![(change, 3_600)]);
        let now = Micros(0).plus_seconds(day("2026-10-25").0 * 86_400 + 40_000);
        let Stretch { from, to, before_from } = HistorySpan::Today.laid_out(&zone, now);
        let hours = |from: Micros, to: Micros| to.since(from) / 3_600_000_000;
        assert_eq!((hours(from, to), hours(before_from, from)), (25, 24));
        let moments = HistorySpan::Moments(Micros(50), Micros(80)).laid_out(&zone, now);
        assert_eq!(moments, Stretch { from: Micros(50), to: Micros(80), before_from: Micros(20) });
    }

    #[test]
    fn a_step_suits_its_span() {
        let steps = HistorySpan::NAMED.map(HistorySpan::step);
        assert_eq!(steps, [Step::Hour, Step::Hour, Step::Day, Step::Day, Step::Week, Step::Month]);
        assert_eq!(HistorySpan::Days(day("2026-01-01"), day("2026-01-02")).step(), Step::Hour);
    }
}
