//! A span of time cut into hours, days, weeks or months, by the clocks of a place.

use serde::{Deserialize, Serialize};

use super::zone::Zone;
use crate::model::{Day, MICROS_PER_SECOND, Micros};

const MICROS_PER_HOUR: i64 = 3_600 * MICROS_PER_SECOND;
const DAYS_PER_WEEK: i64 = 7;

/// Into what a span of time is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Hours as the clocks show them.
    Hour,
    /// Days from midnight to midnight.
    Day,
    /// Weeks that begin on Monday.
    Week,
    /// Months of the calendar.
    Month,
}

impl Step {
    /// Every step, the finest first.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    /// The pieces of a span, in order and without a gap; the first and the last may be cut short. `None` where there would
    /// be more than `max`.
    #[must_use]
    pub fn pieces(self, zone: &Zone, from: Micros, to: Micros, max: usize) -> Option<Vec<(Micros, Micros)>> {
        let mut pieces = Vec::new();
        let mut begins = from;
        while begins < to {
            if pieces.len() == max {
                return None;
            }
            let ends = self.next(zone, begins).min(to);
            pieces.push((begins, ends));
            begins = ends;
        }
        Some(pieces)
    }

    /// The next moment at which one begins.
    fn next(self, zone: &Zone, after: Micros) -> Micros {
        let day = zone.local(after).day;
        let (first, days) = match self {
            Self::Hour => return next_hour(zone, after),
            Self::Day => (day.plus(1), 1),
            Self::Week => (day.plus(DAYS_PER_WEEK - day.weekday() as i64), DAYS_PER_WEEK),
            Self::Month => (next_month(day), 31),
        };
        // Clocks that are set back over midnight show a day again that had ended: the next one is meant then.
        let later = (0..).map(|n| zone.day_begins(first.plus(n * days))).take(3).find(|begins| *begins > after);
        later.unwrap_or_else(|| after.plus_seconds(86_400))
    }
}

/// An hour ends when the clocks show the next full one. Clocks that jump into another hour end it too; those that are
/// set back within one, as by half an hour, go on with it.
fn next_hour(zone: &Zone, after: Micros) -> Micros {
    let mut at = after;
    loop {
        let full = Micros(at.0.saturating_add(MICROS_PER_HOUR - zone.local(at).micros % MICROS_PER_HOUR));
        let Some(change) = zone.next_change(at).filter(|change| *change <= full) else { return full };
        let (before, shown) = (zone.local(Micros(change.0 - 1)), zone.local(change));
        if shown.micros % MICROS_PER_HOUR == 0 || (before.day, before.hour()) != (shown.day, shown.hour()) {
            return change;
        }
        at = change;
    }
}

/// The first day of the month after that of a day.
fn next_month(day: Day) -> Day {
    months_later(first_of_month(day), 1)
}

/// The first day of the month of a day.
#[must_use]
pub fn first_of_month(day: Day) -> Day {
    let (_, _, day_of_month) = day.date();
    day.plus(1 - i64::from(day_of_month))
}

/// The first day of a month, from the first day of another that many months before; negative for the ones before.
#[must_use]
pub fn months_later(first: Day, months: i64) -> Day {
    let (year, month, _) = first.date();
    let month = year * 12 + i64::from(month) - 1 + months;
    Day::of_date(month.div_euclid(12), month.rem_euclid(12) as u32 + 1, 1).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    /// A moment in UTC.
    fn utc(date: &str, minute: i64) -> Micros {
        Micros(0).plus_seconds(day(date).0 * 86_400 + minute * 60)
    }

    /// How long each piece is, in minutes.
    fn minutes(pieces: &[(Micros, Micros)]) -> Vec<i64> {
        pieces.iter().map(|(from, to)| to.since(*from) / (60 * MICROS_PER_SECOND)).collect()
    }

    fn hours_of(zone: &Zone, date: &str) -> Vec<(Micros, Micros)> {
        let (from, to) = (zone.day_begins(day(date)), zone.day_begins(day(date).plus(1)));
        Step::Hour.pieces(zone, from, to, 100).unwrap()
    }

    /// Berlin: from the last Sunday of March two hours ahead of UTC, from that of October one.
    fn berlin() -> Zone {
        Zone::new(HOUR, vec![(utc("2026-03-29", 60), 2 * HOUR), (utc("2026-10-25", 60), HOUR)])
    }

    /// Lord Howe, whose summer is half an hour and ends in April.
    fn lord_howe() -> Zone {
        let (winter, summer) = (21 * HOUR / 2, 11 * HOUR);
        Zone::new(summer, vec![(utc("2026-04-04", 15 * 60), winter), (utc("2026-10-03", 15 * 60 + 30), summer)])
    }

    #[test]
    fn a_day_on_which_clocks_change_has_23_or_25_hours() {
        let zone = berlin();
        assert_eq!(minutes(&hours_of(&zone, "2026-03-29")), [60; 23]);
        assert_eq!(minutes(&hours_of(&zone, "2026-10-25")), [60; 25]);
        let shown: Vec<u32> =
            hours_of(&zone, "2026-10-25").iter().take(5).map(|(from, _)| zone.local(*from).hour()).collect();
        assert_eq!(shown, [0, 1, 2, 2, 3], "the hour that comes twice is told twice");
        let days = Step::Day.pieces(&zone, utc("2026-10-23", 22 * 60), utc("2026-10-26", 23 * 60), 9).unwrap();
        assert_eq!(minutes(&days), [24 * 60, 25 * 60, 24 * 60]);
    }

    #[test]
    fn half_an_hour_of_lord_howe_belongs_to_the_hour_it_is_shown_in() {
        let zone = lord_howe();
        let back = minutes(&hours_of(&zone, "2026-04-05"));
        assert_eq!((back.len(), back.iter().sum::<i64>(), &back[..3]), (24, 24 * 60 + 30, &[60, 90, 60][..]));
        let ahead = minutes(&hours_of(&zone, "2026-10-04"));
        assert_eq!((ahead.len(), ahead.iter().sum::<i64>(), &ahead[..4]), (24, 23 * 60 + 30, &[60, 60, 30, 60][..]));
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_their_first() {
        let zone = Zone::fixed(8 * HOUR);
        let at = |date| zone.day_begins(day(date));
        let weeks = Step::Week.pieces(&zone, at("2026-11-18"), at("2026-12-03"), 9).unwrap();
        assert_eq!(
            weeks,
            [
                (at("2026-11-18"), at("2026-11-23")),
                (at("2026-11-23"), at("2026-11-30")),
                (at("2026-11-30"), at("2026-12-03"))
            ]
        );
        let months = Step::Month.pieces(&zone, at("2027-12-31"), at("2028-03-02"), 9).unwrap();
        let days = minutes(&months).iter().map(|minutes| minutes / (24 * 60)).collect::<Vec<_>>();
        assert_eq!(days, [1, 31, 29, 1], "of a leap year");
    }

    #[test]
    fn months_are_counted_over_the_end_of_a_year() {
        assert_eq!(first_of_month(day("2026-01-31")), day("2026-01-01"));
        assert_eq!(months_later(day("2026-01-01"), -1), day("2025-12-01"));
        assert_eq!(months_later(day("2026-01-01"), -24), day("2024-01-01"));
        assert_eq!(months_later(day("2026-12-01"), 1), day("2027-01-01"));
    }

    #[test]
    fn pieces_are_bounded_and_leave_nothing_out() {
        for zone in [berlin(), lord_howe(), Zone::fixed(0)] {
            let (from, to) = (utc("2026-01-14", 77), utc("2026-12-31", 901));
            for step in Step::ALL {
                let pieces = step.pieces(&zone, from, to, 10_000).unwrap();
                assert_eq!((pieces[0].0, pieces[pieces.len() - 1].1), (from, to));
                assert!(pieces.windows(2).all(|two| two[0].1 == two[1].0 && two[0].0 < two[0].1), "{step:?}");
                assert_eq!(step.pieces(&zone, from, to, pieces.len() - 1), None);
            }
        }
        assert_eq!(Step::Day.pieces(&Zone::fixed(0), Micros(5), Micros(5), 1), Some(Vec::new()));
    }
}
