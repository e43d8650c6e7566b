//! Where the shop's clocks stand against UTC, and when they change.

use serde::{Deserialize, Serialize};

use crate::model::{Day, MICROS_PER_SECOND, Micros};

/// Minutes in a day that no clock is changed on.
pub const MINUTES_PER_DAY: u32 = 24 * 60;
const SECONDS_PER_DAY: i64 = 86_400;
/// Clocks are never further from UTC than this, so what happens on a day lies within it of the same day in UTC.
const OFFSET_SECONDS_MAX: i64 = 26 * 3_600;

/// The clocks of a place: their distance from UTC, and each moment at which it changes. The core reads no list of
/// time zones; whoever has one makes this of it, for the span that is asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// How far ahead of UTC the clocks are before the first change, in seconds.
    first_offset_seconds: i64,
    /// When they change, in order, and how far ahead of UTC they are from then on.
    changes: Vec<(Micros, i64)>,
}

/// A moment on the clocks of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime {
    /// The day.
    pub day: Day,
    /// Microseconds since its midnight, by the clocks.
    pub micros: i64,
}

impl LocalTime {
    /// The minute of the day.
    #[must_use]
    pub fn minute(self) -> u32 {
        u32::try_from(self.micros / (60 * MICROS_PER_SECOND)).unwrap_or(0)
    }

    /// The hour of the day.
    #[must_use]
    pub fn hour(self) -> u32 {
        self.minute() / 60
    }
}

/// Which of two moments is meant where clocks that are set back show the same time twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Twice {
    First,
    Last,
}

impl Zone {
    /// Clocks that never change.
    #[must_use]
    pub const fn fixed(offset_seconds: i64) -> Self {
        Self { first_offset_seconds: offset_seconds, changes: Vec::new() }
    }

    /// Clocks that change at these moments; they are put in order.
    #[must_use]
    pub fn new(first_offset_seconds: i64, mut changes: Vec<(Micros, i64)>) -> Self {
        changes.sort_unstable();
        Self { first_offset_seconds, changes }
    }

    /// How far ahead of UTC the clocks are at a moment, in seconds.
    #[must_use]
    pub fn offset_seconds(&self, at: Micros) -> i64 {
        let later = self.changes.partition_point(|(change, _)| *change <= at);
        later.checked_sub(1).map_or(self.first_offset_seconds, |latest| self.changes[latest].1)
    }

    /// The first change after a moment.
    pub(super) fn next_change(&self, after: Micros) -> Option<Micros> {
        let later = self.changes.partition_point(|(change, _)| *change <= after);
        self.changes.get(later).map(|(change, _)| *change)
    }

    /// What the clocks show at a moment.
    #[must_use]
    pub fn local(&self, at: Micros) -> LocalTime {
        let micros = at.plus_seconds(self.offset_seconds(at)).0;
        let per_day = SECONDS_PER_DAY * MICROS_PER_SECOND;
        LocalTime { day: Day(micros.div_euclid(per_day)), micros: micros.rem_euclid(per_day) }
    }

    /// When a day begins: the first moment that the clocks count to it. Where they skip midnight it is the moment at
    /// which they do.
    #[must_use]
    pub fn day_begins(&self, day: Day) -> Micros {
        self.at(day, 0, Twice::First)
    }

    /// The moment at which the clocks show a time of day, in microseconds after midnight: the first where they show it twice.
    #[must_use]
    pub fn moment(&self, day: Day, micros: i64) -> Micros {
        let per_minute = 60 * MICROS_PER_SECOND;
        let minute = u32::try_from(micros / per_minute).unwrap_or(0);
        Micros(self.at(day, minute, Twice::First).0.saturating_add(micros % per_minute))
    }

    /// The first moment at which the clocks show that minute of a day; one that they skip is the moment of the skip.
    #[must_use]
    pub fn shown(&self, day: Day, minute: u32) -> Micros {
        self.at(day, minute, Twice::First)
    }

    /// The moment at which the clocks show that many minutes after a day's midnight. A time that they skip is the
    /// moment at which they skip it.
    pub(super) fn at(&self, day: Day, minute: u32, twice: Twice) -> Micros {
        let shown = Micros(0).plus_seconds(day.0.saturating_mul(SECONDS_PER_DAY)).plus_seconds(i64::from(minute) * 60);
        let near = |change: &&(Micros, i64)| {
            change.0.0.saturating_sub(shown.0).saturating_abs() <= OFFSET_SECONDS_MAX * MICROS_PER_SECOND
        };
        let mut offsets = vec![self.offset_seconds(shown.plus_seconds(-OFFSET_SECONDS_MAX))];
        offsets.extend(self.changes.iter().filter(near).map(|(_, offset)| *offset));
        let candidates = offsets.iter().map(|offset| shown.plus_seconds(-offset));
        let shows = |at: &Micros| at.plus_seconds(self.offset_seconds(*at)) == shown;
        let mut meant: Vec<Micros> = candidates.filter(shows).collect();
        meant.sort_unstable();
        let chosen = match twice {
            Twice::First => meant.first(),
            Twice::Last => meant.last(),
        };
        chosen.copied().unwrap_or_else(|| self.skipped(shown))
    }

    /// The change at which the clocks jump over what they should have shown.
    fn skipped(&self, shown: Micros) -> Micros {
        let mut before = self.first_offset_seconds;
        for (change, offset) in &self.changes {
            if change.plus_seconds(before) <= shown && shown < change.plus_seconds(*offset) {
                return *change;
            }
            before = *offset;
        }
        shown.plus_seconds(-before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600;

    /// Clocks one hour ahead of UTC which stand two hours ahead from the 100th day, 01:00 UTC, to the 200th, 01:00 UTC.
    fn with_summer() -> Zone {
        let change = |day: i64| Micros(0).plus_seconds(day * SECONDS_PER_DAY + HOUR);
        Zone::new(HOUR, vec![(change(200), HOUR), (change(100), 2 * HOUR)])
    }

    fn utc(day: i64, minute: i64) -> Micros {
        Micros(0).plus_seconds(day * SECONDS_PER_DAY + minute * 60)
    }

    #[test]
    fn clocks_show_what_they_are_set_to() {
        let zone = with_summer();
        let shown = |at| {
            let local = zone.local(at);
            (local.day.0, local.hour(), local.minute() % 60)
        };
        assert_eq!(shown(utc(99, 23 * 60 + 30)), (100, 0, 30));
        assert_eq!(shown(utc(100, 59)), (100, 1, 59));
        assert_eq!(shown(utc(100, 60)), (100, 3, 0));
        assert_eq!(shown(utc(200, 59)), (200, 2, 59));
        assert_eq!(shown(utc(200, 60)), (200, 2, 0));
    }

    #[test]
    fn a_time_that_is_shown_twice_or_never_has_a_moment() {
        let zone = with_summer();
        assert_eq!(zone.at(Day(100), 90, Twice::First), utc(100, 30));
        // 02:30 is skipped, and 02:30 comes twice.
        assert_eq!(zone.at(Day(100), 150, Twice::First), utc(100, 60));
        assert_eq!(zone.at(Day(200), 150, Twice::First), utc(200, 30));
        assert_eq!(zone.at(Day(200), 150, Twice::Last), utc(200, 90));
        assert_eq!(zone.at(Day(150), 26 * 60, Twice::First), utc(151, 0));
        assert_eq!(zone.day_begins(Day(150)), utc(149, 22 * 60));
    }

    #[test]
    fn every_moment_is_found_again() {
        // Half an hour of summer, as on Lord Howe.
        let change = |day: i64| Micros(0).plus_seconds(day * SECONDS_PER_DAY + 15 * HOUR);
        let zone = Zone::new(21 * HOUR / 2, vec![(change(30), 11 * HOUR), (change(60), 21 * HOUR / 2)]);
        for minute in (0..90 * 24 * 60).step_by(7) {
            let at = utc(0, minute);
            let local = zone.local(at);
            let found = [Twice::First, Twice::Last].map(|twice| zone.at(local.day, local.minute(), twice));
            assert!(found.contains(&at), "{at:?} {local:?} {found:?}");
        }
    }
}
