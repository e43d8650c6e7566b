//! Spans of a day as people write them: `9:00-12:00 13:30-18:00`, `20:00-26:00`, 休.

use super::{DaySpan, HoursFault, tidied};
use crate::timing::MINUTES_PER_DAY;

/// What stands for a day on which nobody is there.
const CLOSED: [&str; 6] = ["休", "休息", "关", "closed", "off", "-"];
/// What stands for a whole day.
const WHOLE_DAY: [&str; 4] = ["全天", "24小时", "24h", "all day"];

/// The spans that a text names, in order and apart; none of an empty one.
///
/// # Errors
/// When it names none, or more than a day has.
pub fn spans_of(text: &str) -> Result<Vec<DaySpan>, HoursFault> {
    let text = plain(text);
    let words = text.trim();
    if words.is_empty() || CLOSED.contains(&words) {
        return Ok(Vec::new());
    }
    if WHOLE_DAY.contains(&words) {
        return Ok(vec![DaySpan { from: 0, to: MINUTES_PER_DAY }]);
    }
    tidied(words.split_whitespace().map(span).collect::<Result<_, _>>()?)
}

/// Spans as they are written; empty for a day on which nobody is there.
#[must_use]
pub fn spans_text(spans: &[DaySpan]) -> String {
    let clock = |minutes: u32| format!("{}:{:02}", minutes / 60, minutes % 60);
    spans.iter().map(|span| format!("{}-{}", clock(span.from), clock(span.to))).collect::<Vec<_>>().join(" ")
}

/// The same text with one sign for each meaning.
fn plain(text: &str) -> String {
    let joined = text.trim().to_lowercase().replace(" - ", "-");
    joined
        .chars()
        .map(|c| match c {
            '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10).unwrap_or(c),
            '：' | '.' | '点' => ':',
            '－' | '–' | '—' | '~' | '～' | '至' | '到' => '-',
            ',' | '，' | '、' | ';' | '；' | '/' => ' ',
            c => c,
        })
        .collect()
}

fn span(text: &str) -> Result<DaySpan, HoursFault> {
    let (from, to) = text.split_once('-').ok_or(HoursFault::Span)?;
    let (from, to) = (minute(from).ok_or(HoursFault::Span)?, minute(to).ok_or(HoursFault::Span)?);
    // Who writes 22:00-2:00 means the next day's two o'clock.
    let to = if to <= from { to + MINUTES_PER_DAY } else { to };
    Ok(DaySpan { from, to })
}

fn minute(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':').unwrap_or((text, ""));
    let number = |text: &str| {
        let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { text.parse::<u32>().ok() } else { None }
    };
    let minutes = if minutes.is_empty() { 0 } else { number(minutes)? };
    Some(number(hours)? * 60 + minutes).filter(|minute| minutes < 60 && *minute <= 2 * MINUTES_PER_DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(text: &str) -> Option<String> {
        spans_of(text).ok().map(|spans| spans_text(&spans))
    }

    #[test]
    fn hours_read_as_people_write_them() {
        for (text, told) in [
            ("9:00-12:00 13:30-18:00", "9:00-12:00 13:30-18:00"),
            ("９：００～１２：００，13:30 - 18:00", "9:00-12:00 13:30-18:00"),
            ("9-18", "9:00-18:00"),
            ("9点至18点", "9:00-18:00"),
            ("22:00-2:00", "22:00-26:00"),
            ("20:00–26:00", "20:00-26:00"),
            ("13-14、9-13", "9:00-14:00"),
            ("全天", "0:00-24:00"),
            ("24h", "0:00-24:00"),
            ("休", ""),
            ("", ""),
        ] {
            assert_eq!(reads(text).as_deref(), Some(told), "{text}");
        }
    }

    #[test]
    fn what_names_no_hours_is_refused() {
        for text in ["9", "9-", "abc", "9:60-10:00", "25-26", "9:5:3-10", "-9-10", "100-101", "9-34"] {
            assert_eq!(reads(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_reads_again() {
        for (from, to) in [(0, 1), (0, 1_440), (61, 1_501), (1_439, 2_879)] {
            let spans = vec![DaySpan { from, to }];
            assert_eq!(spans_of(&spans_text(&spans)), Ok(spans));
        }
    }
}
