//! Moments as the shop's clock tells them.

use qinda::model::{Day, MICROS_PER_SECOND, Micros};

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
        let shown = Day(seconds.div_euclid(SECONDS_PER_DAY));
        let (_, month, day) = shown.date();
        let second_of_day = seconds.rem_euclid(SECONDS_PER_DAY);
        let date = match lang {
            Lang::Zh => format!("{month}月{day}日"),
            Lang::En => format!("{day} {}", MONTHS[month as usize - 1]),
        };
        Self { day: shown.to_string(), date, clock: format!("{}:{:02}", second_of_day / 3600, second_of_day / 60 % 60) }
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
}
