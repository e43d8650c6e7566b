//! Days of the calendar, as the shop's clocks count them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The days in which the Gregorian calendar repeats: 400 years.
const DAYS_PER_ERA: i64 = 146_097;
/// From 0000-03-01, from where the calendar is counted, to 1970-01-01.
const DAYS_TO_1970: i64 = 719_468;

/// A day: how many days after 1970-01-01 it is. It is written `2026-11-22`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Day(pub i64);

/// What is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a day is written as in 2026-11-22")]
pub struct NoDay;

impl Day {
    /// The day of a date; `None` where the calendar has no such day.
    #[must_use]
    pub fn of_date(year: i64, month: u32, day_of_month: u32) -> Option<Self> {
        // Years begin in March, so that the day that leap years have more is the last one.
        let from_march = year - i64::from(month <= 2);
        let month_from_march = (i64::from(month) + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day_of_month) - 1;
        let (era, year_of_era) = (from_march.div_euclid(400), from_march.rem_euclid(400));
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let day = Self(era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970);
        (day.date() == (year, month, day_of_month)).then_some(day)
    }

    /// Its year, month from 1 and day of the month from 1.
    #[must_use]
    pub fn date(self) -> (i64, u32, u32) {
        let days = self.0 + DAYS_TO_1970;
        let (era, day_of_era) = (days.div_euclid(DAYS_PER_ERA), days.rem_euclid(DAYS_PER_ERA));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let small = |value: i64| u32::try_from(value).unwrap_or(0);
        (year, small(month), small(day_of_month))
    }

    /// Its weekday, from 0 for Monday.
    #[must_use]
    pub fn weekday(self) -> usize {
        usize::try_from((self.0 + 3).rem_euclid(7)).unwrap_or(0)
    }

    /// The day that many days later.
    #[must_use]
    pub const fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day_of_month) = self.date();
        write!(formatter, "{year:04}-{month:02}-{day_of_month:02}")
    }
}

impl FromStr for Day {
    type Err = NoDay;

    fn from_str(text: &str) -> Result<Self, NoDay> {
        let mut parts = text.splitn(3, '-');
        let mut part = |digits: usize| {
            let part = parts.next().filter(|part| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()))?;
            part.parse::<u32>().ok()
        };
        let date = part(4).zip(part(2)).zip(part(2));
        date.and_then(|((year, month), day)| Self::of_date(i64::from(year), month, day)).ok_or(NoDay)
    }
}

impl TryFrom<String> for Day {
    type Error = NoDay;

    fn try_from(text: String) -> Result<Self, NoDay> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        let known = [
            (0, (1970, 1, 1)),
            (-1, (1969, 12, 31)),
            (19_782, (2024, 2, 29)),
            (47_540, (2100, 2, 28)),
            (47_541, (2100, 3, 1)),
        ];
        for (days, (year, month, day)) in known {
            assert_eq!(Day(days).date(), (year, month, day));
            assert_eq!(Day::of_date(year, month, day), Some(Day(days)));
        }
        for days in -800_000..800_000 {
            let (year, month, day) = Day(days).date();
            assert_eq!(Day::of_date(year, month, day), Some(Day(days)));
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for (year, month, day) in
            [(2023, 2, 29), (2024, 2, 30), (2024, 0, 1), (2024, 13, 1), (2024, 4, 31), (2024, 1, 0)]
        {
            assert_eq!(Day::of_date(year, month, day), None, "{year}-{month}-{day}");
        }
        for text in ["", "2024", "2024-1-1", "2024-01-01 ", "24-01-01", "2024/01/01", "2024-01-001", "+024-01-01"] {
            assert_eq!(text.parse::<Day>(), Err(NoDay), "{text}");
        }
    }

    #[test]
    fn a_day_reads_as_it_is_written() {
        let day = Day::of_date(2026, 11, 22).unwrap();
        assert_eq!((day.to_string().as_str(), day.weekday()), ("2026-11-22", 6));
        assert_eq!(serde_json::to_string(&day).unwrap(), r#""2026-11-22""#);
        assert_eq!(serde_json::from_str::<Day>(r#""2026-11-22""#).unwrap(), day);
        assert_eq!(Day(0).weekday(), 3);
    }
}
