//! Moments as the shop's clock tells them.

use qinda::model::{MICROS_PER_SECOND, Micros};

use super::Lang;

const SECONDS_PER_DAY: i64 = 86_400;

/// A moment as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// The day as a key: `2026-11-22`.
    pub day: String,
    /// The day as people write it, such as `11月22日`.
    pub date: String,
    /// The time of day, such as `9:05`.
    pub clock: String,
}

impl Moment {
    /// Reads a moment off a clock that many minutes ahead of UTC.
    #[must_use]
    pub fn at(at: Micros, utc_offset_minutes: i32, lang: Lang) -> Self {
        let seconds = at.0.div_euclid(MICROS_PER_SECOND) + i64::from(utc_offset_minutes) * 60;
        let (year, month, day) = civil(seconds.div_euclid(SECONDS_PER_DAY));
        let second_of_day = seconds.rem_euclid(SECONDS_PER_DAY);
        let date = match lang {
            Lang::Zh => format!("{month}月{day}日"),
            Lang::En => format!("{day} {}", MONTHS[month as usize - 1]),
        };
        Self {
            day: format!("{year:04}-{month:02}-{day:02}"),
            date,
            clock: format!("{}:{:02}", second_of_day / 3600, second_of_day / 60 % 60),
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Year, month and day of the proleptic Gregorian calendar, from days since 1970-01-01: years are counted
/// from March, so that the leap day is the last of its year.
const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_off_the_shops_clock() {
        let new_year = Micros::from_millis(1_767_225_599_000);
        let utc = Moment::at(new_year, 0, Lang::En);
        assert_eq!((utc.day.as_str(), utc.date.as_str(), utc.clock.as_str()), ("2025-12-31", "31 December", "23:59"));
        let shop = Moment::at(new_year, 480, Lang::Zh);
        assert_eq!((shop.day.as_str(), shop.date.as_str(), shop.clock.as_str()), ("2026-01-01", "1月1日", "7:59"));
    }

    #[test]
    fn leap_days_and_the_first_day_are_right() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(-1), (1969, 12, 31));
        assert_eq!(civil(19_782), (2024, 2, 29));
        assert_eq!(civil(47_540), (2100, 2, 28));
        assert_eq!(civil(47_541), (2100, 3, 1));
    }
}
