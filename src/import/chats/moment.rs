//! When a message was sent, as exports write it.

use crate::import::half_width;
use crate::model::{Day, MICROS_PER_SECOND, Micros};
use crate::timing::Zone;

const SECONDS_PER_DAY: i64 = 86_400;
/// The day that spreadsheets count from.
const SHEET_EPOCH: Day = Day(-25_569);

/// The moment of a text: an ISO time, a date and a time of day by the clocks of a place, seconds, milliseconds or microseconds
/// since 1970, or the number of a spreadsheet. A time that clocks show twice is the first of the two.
#[must_use]
pub fn moment(text: &str, zone: &Zone) -> Option<Micros> {
    let text: String = text.trim().chars().map(half_width).collect();
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_number && text.bytes().filter(|byte| *byte == b'.').count() <= 1 {
        number(&text, zone)
    } else {
        written(&text, zone)
    }
}

fn number(text: &str, zone: &Zone) -> Option<Micros> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let number: i64 = whole.parse().ok()?;
    match whole.len() {
        // A day of a spreadsheet; the part behind the point is the time of day, to the millisecond.
        5 => {
            let millis = (format!("0.{fraction}0").parse::<f64>().ok()? * 86_400_000.0).round();
            let (days, millis) = if millis < 86_400_000.0 { (number, millis) } else { (number + 1, 0.0) };
            Some(zone.moment(SHEET_EPOCH.plus(days), millis as i64 * 1_000))
        }
        9 | 10 => Some(Micros(number * MICROS_PER_SECOND + micros_of(fraction)?)),
        13 => Some(Micros::from_millis(number)),
        14 => {
            let part = |from: usize, to: usize| whole[from..to].parse::<u32>().ok();
            let day = Day::of_date(i64::from(part(0, 4)?), part(4, 6)?, part(6, 8)?)?;
            Some(zone.moment(day, of_day(part(8, 10)?, part(10, 12)?, part(12, 14)?)?))
        }
        16 => Some(Micros(number)),
        _ => None,
    }
}

/// Digits behind the point of a second, as microseconds.
fn micros_of(fraction: &str) -> Option<i64> {
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let six: String = fraction.chars().chain("000000".chars()).take(6).collect();
    six.parse().ok()
}

fn of_day(hour: u32, minute: u32, second: u32) -> Option<i64> {
    let is_fit = hour < 24 && minute < 60 && second < 60;
    is_fit.then(|| (i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second)) * MICROS_PER_SECOND)
}

/// Which half of the day is meant where hours are counted to twelve.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
}

const HALVES: [(&str, Half); 5] = [
    ("上午", Half::Morning),
    ("凌晨", Half::Morning),
    ("AM", Half::Morning),
    ("下午", Half::Afternoon),
    ("PM", Half::Afternoon),
];

fn written(text: &str, zone: &Zone) -> Option<Micros> {
    let mut text = text.to_ascii_uppercase();
    let half = HALVES.iter().find(|(word, _)| text.contains(word));
    if let Some((word, _)) = half {
        text = text.replacen(word, " ", 1);
    }
    let plain: String = text
        .chars()
        .map(|c| match c {
            '年' | '月' | '/' => '-',
            '时' | '点' | '分' => ':',
            '日' | '号' | '秒' | 'T' => ' ',
            other => other,
        })
        .collect();
    let (date, rest) = plain.trim().split_once(' ')?;
    let (time, offset) = without_offset(rest.trim())?;
    let micros = time_of_day(time.trim().trim_end_matches(':'), half.map(|(_, half)| *half))?;
    let day = date_of(date)?;
    Some(match offset {
        Some(seconds) => Micros((day.0 * SECONDS_PER_DAY - seconds) * MICROS_PER_SECOND + micros),
        None => zone.moment(day, micros),
    })
}

fn date_of(text: &str) -> Option<Day> {
    let mut parts = text.split(['-', '.']);
    let year = parts.next().filter(|year| year.len() == 4)?;
    let mut part = || parts.next().filter(|part| (1..=2).contains(&part.len()))?.parse::<u32>().ok();
    let day = Day::of_date(year.parse().ok()?, part()?, part()?)?;
    parts.next().is_none().then_some(day)
}

/// The time without what it says of its distance from UTC, and that distance in seconds.
fn without_offset(text: &str) -> Option<(&str, Option<i64>)> {
    if let Some(time) = text.strip_suffix('Z') {
        return Some((time, Some(0)));
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some((text, None)) };
    let digits: String = text[at + 1..].chars().filter(|c| *c != ':').collect();
    let is_fit = matches!(digits.len(), 2 | 4) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let hours: i64 = digits.get(..2).filter(|_| is_fit)?.parse().ok()?;
    let minutes: i64 = digits.get(2..).filter(|rest| !rest.is_empty()).map_or(Some(0), |rest| rest.parse().ok())?;
    let seconds = hours * 3_600 + minutes * 60;
    Some((&text[..at], Some(if text[at..].starts_with('-') { -seconds } else { seconds })))
}

fn time_of_day(text: &str, half: Option<Half>) -> Option<i64> {
    let (text, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let mut parts = text.split(':').map(|part| {
        let is_fit = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| is_fit)
    });
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let hour = match half {
        None => hour,
        Some(_) if hour > 12 => hour,
        Some(Half::Morning) => hour % 12,
        Some(Half::Afternoon) => hour % 12 + 12,
    };
    let micros = of_day(hour, minute, second)? + micros_of(fraction)?;
    parts.next().is_none().then_some(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-01 01:30:05 UTC, which is half past nine in Shanghai.
    const HALF_PAST_NINE: i64 = 1_793_496_605;

    fn shanghai(text: &str) -> Option<i64> {
        moment(text, &Zone::fixed(8 * 3_600)).map(|at| at.0)
    }

    #[test]
    fn what_exports_write_is_the_same_moment() {
        for text in [
            "2026-11-01 09:30:05",
            " 2026/11/1 9:30:05 ",
            "2026.11.01 09:30:05.000",
            "2026年11月1日 9时30分5秒",
            "2026年11月01日 09:30:05",
            "2026/11/1 上午9:30:05",
            "2026-11-01 9:30:05 AM",
            "2026-11-01T09:30:05",
            "2026-11-01T01:30:05Z",
            "2026-11-01T01:30:05.000Z",
            "2026-11-01T12:00:05+10:30",
            "2026-10-31 17:30:05 -0800",
            "２０２６-１１-０１ ０９：３０：０５",
            "20261101093005",
            "1793496605",
            "1793496605000",
            "1793496605000000",
            "46327.39589120370",
        ] {
            assert_eq!(shanghai(text), Some(HALF_PAST_NINE * 1_000_000), "{text}");
        }
        assert_eq!(shanghai("2026-11-01 09:30"), Some((HALF_PAST_NINE - 5) * 1_000_000));
        assert_eq!(shanghai("2026-11-01 09:30:05.25"), Some(HALF_PAST_NINE * 1_000_000 + 250_000));
        assert_eq!(shanghai("1793496605.5"), Some(HALF_PAST_NINE * 1_000_000 + 500_000));
        assert_eq!(shanghai("2026/11/1 下午9:30:05"), Some((HALF_PAST_NINE + 43_200) * 1_000_000));
        assert_eq!(shanghai("2026/11/1 12:30:05 am"), Some((HALF_PAST_NINE - 32_400) * 1_000_000));
        assert_eq!(shanghai("46327"), shanghai("2026-11-01 00:00"));
        assert_eq!(shanghai("46326.9999999999"), shanghai("2026-11-01 00:00"));
    }

    #[test]
    fn what_is_no_time_or_no_one_moment_is_refused() {
        for text in [
            "",
            "昨天",
            "2026-11-01",
            "09:30:05",
            "2026-02-30 09:30",
            "2026-11-01 24:00",
            "2026-11-01 9:60",
            "1/11/2026 9:30",
            "2026-11-01 9",
            "2026-11-01 09:30:05+8",
            "2026-11-01 09:30:05:07",
            "123",
            "1.2.3",
            "2026-11-01 09:30:5x",
            "26-11-01 09:30",
            "2026-11-01 -09:30",
            "2026-11-01 09:+30",
        ] {
            assert_eq!(shanghai(text), None, "{text}");
        }
    }

    #[test]
    fn the_clocks_of_the_place_are_followed() {
        // On Lord Howe clocks go back by half an hour: 01:45 comes twice, and the first is meant.
        let change = Micros(1_775_314_800 * MICROS_PER_SECOND);
        let zone = Zone::new(11 * 3_600, vec![(change, 37_800)]);
        let before = moment("2026-04-05 01:45:00", &zone).unwrap();
        assert_eq!((change.0 - before.0) / MICROS_PER_SECOND, 15 * 60);
        let after = moment("2026-04-05 02:15:30", &zone).unwrap();
        assert_eq!((after.0 - change.0) / MICROS_PER_SECOND, 45 * 60 + 30);
    }
}
