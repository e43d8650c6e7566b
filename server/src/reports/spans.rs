//! Which days a report covers, and with which it is compared.

use std::fmt;
use std::str::FromStr;

use qinda::model::{Day, Micros};
use qinda::timing::Zone;

const DAYS_OF_WEEK: i64 = 7;
/// Longer than any month.
const DAYS_BEYOND_MONTH: i64 = 32;

/// How much time a report covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A day.
    Daily,
    /// A week that begins on Monday.
    Weekly,
    /// A month of the calendar.
    Monthly,
}

/// What is no kind of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a report is daily, weekly or monthly")]
pub struct NoKind;

impl Kind {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Daily, Self::Weekly, Self::Monthly];

    /// Its name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
        }
    }

    /// Over how many such spans the trend goes, the one of the report included.
    #[must_use]
    pub const fn steps(self) -> usize {
        match self {
            Self::Daily => 7,
            Self::Weekly => 8,
            Self::Monthly => 6,
        }
    }

    /// The span that a day lies in.
    #[must_use]
    pub fn around(self, day: Day) -> Span {
        let first = match self {
            Self::Daily => day,
            Self::Weekly => day.plus(-i64::try_from(day.weekday()).unwrap_or(0)),
            Self::Monthly => first_of_month(day),
        };
        let after = match self {
            Self::Daily => first.plus(1),
            Self::Weekly => first.plus(DAYS_OF_WEEK),
            Self::Monthly => first_of_month(first.plus(DAYS_BEYOND_MONTH)),
        };
        Span { kind: self, first, after }
    }
}

fn first_of_month(day: Day) -> Day {
    let (_, _, day_of_month) = day.date();
    day.plus(1 - i64::from(day_of_month))
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = NoKind;

    fn from_str(name: &str) -> Result<Self, NoKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or(NoKind)
    }
}

/// The days of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Which kind of report it is.
    pub kind: Kind,
    /// Its first day.
    pub first: Day,
    /// The day after its last.
    pub after: Day,
}

impl Span {
    /// The one before.
    #[must_use]
    pub fn before(self) -> Self {
        self.kind.around(self.first.plus(-1))
    }

    /// The one after.
    #[must_use]
    pub fn next(self) -> Self {
        self.kind.around(self.after)
    }

    /// Its last day.
    #[must_use]
    pub const fn last(self) -> Day {
        self.after.plus(-1)
    }

    /// The spans of the trend, the first of them first.
    #[must_use]
    pub fn trend(self) -> Vec<Self> {
        let mut spans: Vec<Self> =
            std::iter::successors(Some(self), |span| Some(span.before())).take(self.kind.steps()).collect();
        spans.reverse();
        spans
    }

    /// From where to where it goes, by the clocks of a place.
    #[must_use]
    pub fn moments(self, zone: &Zone) -> (Micros, Micros) {
        (zone.day_begins(self.first), zone.day_begins(self.after))
    }

    /// With which time it is compared: as much of the span before as has passed of this one by now, so that half a day is
    /// never compared with a whole one.
    #[must_use]
    pub fn compared(self, zone: &Zone, now: Micros) -> (Micros, Micros) {
        let (from, to) = self.moments(zone);
        let before = zone.day_begins(self.before().first);
        if now >= to {
            return (before, from);
        }
        let passed = now.since(from).max(0);
        (before, Micros(before.0.saturating_add(passed)).min(from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn days(kind: Kind, on: &str) -> (String, String) {
        let span = kind.around(day(on));
        (span.first.to_string(), span.last().to_string())
    }

    fn pair(first: &str, last: &str) -> (String, String) {
        (first.into(), last.into())
    }

    #[test]
    fn a_report_covers_the_days_around_the_one_that_is_named() {
        assert_eq!(days(Kind::Daily, "2026-11-23"), pair("2026-11-23", "2026-11-23"));
        assert_eq!(days(Kind::Weekly, "2026-11-29"), pair("2026-11-23", "2026-11-29"));
        assert_eq!(days(Kind::Monthly, "2028-02-29"), pair("2028-02-01", "2028-02-29"));
        assert_eq!(days(Kind::Monthly, "2026-12-31"), pair("2026-12-01", "2026-12-31"));
    }

    #[test]
    fn spans_follow_one_another() {
        for kind in Kind::ALL {
            let mut span = kind.around(day("2026-01-01"));
            for _ in 0..40 {
                let next = span.next();
                assert_eq!((next.first, next.before()), (span.after, span));
                span = next;
            }
            let trend = span.trend();
            assert_eq!((trend.len(), trend.last()), (kind.steps(), Some(&span)));
        }
    }

    #[test]
    fn half_a_day_is_compared_with_half_a_day() {
        let zone = Zone::fixed(8 * 3_600);
        let span = Kind::Daily.around(day("2026-11-23"));
        let (from, to) = span.moments(&zone);
        let hours = |at: Micros, hours: i64| at.plus_seconds(hours * 3_600);
        let before = hours(from, -24);
        assert_eq!(span.compared(&zone, hours(from, 10)), (before, hours(before, 10)));
        assert_eq!(span.compared(&zone, to), (before, from));
        assert_eq!(span.compared(&zone, hours(to, 100)), (before, from));
        assert_eq!(
            span.compared(&zone, hours(from, -5)),
            (before, before),
            "what has not begun has nothing to compare"
        );
        // March has more days than February.
        let march = Kind::Monthly.around(day("2026-03-31"));
        let (begins, ends) = march.moments(&zone);
        assert_eq!(march.compared(&zone, hours(ends, -1)).1, begins);
    }

    #[test]
    fn a_kind_has_a_name() {
        for kind in Kind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        assert_eq!("yearly".parse::<Kind>(), Err(NoKind));
    }
}
