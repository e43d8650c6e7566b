//! Moments and spans as people say them, by the shop's clocks.

use qinda::model::{Day, MICROS_PER_SECOND, Micros};

use crate::words::Lang;

const SECONDS_PER_DAY: i64 = 86_400;

/// A moment on the shop's clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Local {
    /// Days since 1970-01-01.
    pub(crate) day: i64,
    pub(crate) year: i64,
    pub(crate) month: u32,
    pub(crate) day_of_month: u32,
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) second: u32,
}

impl Local {
    /// The moment where clocks are that many seconds ahead of UTC.
    pub(crate) fn of(at: Micros, offset_seconds: i64) -> Self {
        let seconds = at.0.div_euclid(MICROS_PER_SECOND) + offset_seconds;
        let (day, rest) = (seconds.div_euclid(SECONDS_PER_DAY), seconds.rem_euclid(SECONDS_PER_DAY));
        let (year, month, day_of_month) = Day(day).date();
        let part = |value: i64| u32::try_from(value).unwrap_or(0);
        Self {
            day,
            year,
            month,
            day_of_month,
            hour: part(rest / 3_600),
            minute: part(rest / 60 % 60),
            second: part(rest % 60),
        }
    }

    /// `14:05`.
    pub(crate) fn time(self) -> String {
        format!("{}:{:02}", self.hour, self.minute)
    }

    /// The weekday, Monday first.
    fn weekday(self) -> usize {
        usize::try_from((self.day + 3).rem_euclid(7)).unwrap_or(0)
    }

    /// `11月20日 周五`, `Fri 20 Nov`.
    pub(crate) fn date(self, lang: Lang) -> String {
        let weekday = self.weekday();
        match lang {
            Lang::Zh => format!("{}月{}日 周{}", self.month, self.day_of_month, WEEKDAYS_ZH[weekday]),
            Lang::En => {
                format!("{} {} {}", WEEKDAYS_EN[weekday], self.day_of_month, MONTHS_EN[self.month as usize - 1])
            }
        }
    }

    /// `11月20日`, `20 Nov`.
    pub(crate) fn short_date(self, lang: Lang) -> String {
        match lang {
            Lang::Zh => format!("{}月{}日", self.month, self.day_of_month),
            Lang::En => format!("{} {}", self.day_of_month, MONTHS_EN[self.month as usize - 1]),
        }
    }

    /// Everything, for those who want to know exactly.
    pub(crate) fn exact(self) -> String {
        let Self { year, month, day_of_month, hour, minute, second, .. } = self;
        format!("{year}-{month:02}-{day_of_month:02} {hour:02}:{minute:02}:{second:02}")
    }
}

const WEEKDAYS_ZH: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];
const WEEKDAYS_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS_EN: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The beginning of the shop's day that many days before the one of `now`.
pub(crate) fn day_begins(now: Micros, offset_seconds: i64, days_before: i64) -> Micros {
    let day = Local::of(now, offset_seconds).day - days_before;
    Micros(0).plus_seconds(day * SECONDS_PER_DAY - offset_seconds)
}

/// A day as a divider says it: today, yesterday, the date.
pub(crate) fn day_name(lang: Lang, at: Local, now: Local) -> String {
    match (now.day - at.day, lang) {
        (0, Lang::Zh) => "今天".to_owned(),
        (0, Lang::En) => "Today".to_owned(),
        (1, Lang::Zh) => "昨天".to_owned(),
        (1, Lang::En) => "Yesterday".to_owned(),
        _ => at.date(lang),
    }
}

/// A moment as a list says it: the time today, else the day.
pub(crate) fn lately(lang: Lang, at: Local, now: Local) -> String {
    match (now.day - at.day, lang) {
        (0, _) => at.time(),
        (1, _) => day_name(lang, at, now),
        _ => at.short_date(lang),
    }
}

/// A running clock: `0:17`, `12:40`, `1:02:03`.
pub(crate) fn clock_text(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A response time: tenths of a second under a minute, then as a clock.
pub(crate) fn span_text(lang: Lang, ms: i64) -> String {
    if ms >= 60_000 {
        return clock_text((ms + 500) / 1_000);
    }
    let tenths = (ms + 50) / 100;
    let unit = match lang {
        Lang::Zh => "秒",
        Lang::En => "s",
    };
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    const CHINA: i64 = 8 * 3_600;

    #[wasm_bindgen_test]
    fn a_moment_is_told_by_the_clocks_of_the_shop() {
        let at = Micros(0).plus_seconds(1_709_222_399);
        assert_eq!(Local::of(at, 0).exact(), "2024-02-29 15:59:59");
        assert_eq!(Local::of(at, CHINA).exact(), "2024-02-29 23:59:59");
        assert_eq!(Local::of(at.plus_seconds(1), CHINA).date(Lang::Zh), "3月1日 周五");
        assert_eq!(Local::of(at.plus_seconds(1), CHINA).date(Lang::En), "Fri 1 Mar");
        assert_eq!(Local::of(Micros(-1), 0).exact(), "1969-12-31 23:59:59");
    }

    #[wasm_bindgen_test]
    fn the_shops_day_begins_at_its_midnight() {
        let at = Micros(0).plus_seconds(1_709_222_399);
        assert_eq!(Local::of(day_begins(at, CHINA, 0), CHINA).exact(), "2024-02-29 00:00:00");
        assert_eq!(Local::of(day_begins(at, CHINA, 6), CHINA).exact(), "2024-02-23 00:00:00");
    }

    #[wasm_bindgen_test]
    fn a_clock_grows_hours_only_when_it_has_them() {
        assert_eq!(
            ["0:00", "0:17", "12:40", "1:02:03"],
            [0, 17, 760, 3_723].map(clock_text).each_ref().map(String::as_str)
        );
    }

    #[wasm_bindgen_test]
    fn response_times_have_tenths_where_tenths_matter() {
        assert_eq!(span_text(Lang::Zh, 35_600), "35.6 秒");
        assert_eq!(span_text(Lang::En, 9_960), "10.0 s");
        assert_eq!(span_text(Lang::En, 95_400), "1:35");
    }
}
