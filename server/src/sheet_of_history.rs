//! A figure through time as a table: exactly what the screen shows, with how it is made and the opening hours beside it.

use qinda::model::Micros;
use qinda::sync::{HistoryAnswer, HistoryHour, HistoryPiece, PlaceHours};
use qinda::timing::{DaySpan, Definition, OpeningHours, Value, Zone, spans_text};

use crate::sheet::{Cell, Sheet, csv, xlsx};
use crate::sheet_of_figures::{named, parts_of, place, said};

const COLUMNS: [&str; 13] = [
    "part",
    "name",
    "from",
    "to",
    "weekday",
    "hour",
    "value",
    "of",
    "met",
    "not_ended",
    "running",
    "rounds",
    "value_before",
];
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A line of the table. What it says nothing of stays empty.
struct Line {
    part: &'static str,
    name: String,
    span: Option<(String, String)>,
    hour: Option<(&'static str, u8)>,
    value: Cell,
    counts: Option<Value>,
    rounds: Option<u32>,
    before: Cell,
}

impl Line {
    fn of(part: &'static str, definition: &Definition, value: &Value) -> Self {
        Self { counts: Some(*value), ..Self::named(part, "", said(definition, value)) }
    }

    fn named(part: &'static str, name: impl Into<String>, value: Cell) -> Self {
        let name = name.into();
        Self { part, name, span: None, hour: None, value, counts: None, rounds: None, before: Cell::Nothing }
    }

    fn cells(self) -> Vec<Cell> {
        let counted = |read: fn(&Value) -> u32| Cell::count(self.counts.as_ref().map(read));
        let (from, to) = self.span.unwrap_or_default();
        vec![
            Cell::text(self.part),
            Cell::text(self.name),
            Cell::text(from),
            Cell::text(to),
            self.hour.map_or(Cell::Nothing, |(weekday, _)| Cell::text(weekday)),
            Cell::count(self.hour.map(|(_, hour)| hour)),
            self.value,
            counted(|value| value.of),
            counted(|value| value.met),
            counted(|value| value.not_ended),
            counted(|value| value.running),
            Cell::count(self.rounds),
            self.before,
        ]
    }
}

/// The answer as comma-separated values. The first column says what a line is about: the `definition` and the `hours`, the
/// `span`, each `piece` of it, each `row` of a split and its `row_piece`s, the `band`s of the distribution, the `hour`s of the
/// week.
#[must_use]
pub fn history_csv(answer: &HistoryAnswer) -> String {
    csv(&sheet(answer).rows)
}

/// The same as a workbook.
#[must_use]
pub fn history_xlsx(answer: &HistoryAnswer) -> Vec<u8> {
    xlsx(&[sheet(answer)])
}

fn sheet(answer: &HistoryAnswer) -> Sheet {
    let mut sheet = Sheet::with_headings("趋势 Trend", COLUMNS);
    let lines = made_of(answer).into_iter().chain(through_time(answer)).chain(rows(answer));
    sheet.rows.extend(lines.chain(bands(answer)).chain(hours_of_week(answer)).map(Line::cells));
    sheet
}

fn made_of(answer: &HistoryAnswer) -> Vec<Line> {
    let definition = parts_of(&answer.definition).into_iter();
    let mut lines: Vec<Line> = definition
        .filter(|(_, said)| *said != Cell::Nothing)
        .map(|(name, said)| Line::named("definition", name, said))
        .collect();
    lines.push(Line::named("hours", "zone", Cell::text(&answer.zone)));
    lines.extend(answer.hours.iter().flat_map(|hours| lines_of_hours("", hours)));
    let of_place = |own: &PlaceHours| lines_of_hours(&format!("{} ", place(&own.of)), &own.hours);
    lines.extend(answer.own_hours.iter().flat_map(of_place));
    lines
}

/// A line for each weekday, then for each special day; before it stands whose hours they are, if not the shop's.
fn lines_of_hours(whose: &str, hours: &OpeningHours) -> Vec<Line> {
    let open = |spans: &[DaySpan]| if spans.is_empty() { "closed".to_owned() } else { spans_text(spans) };
    let week = hours.week.iter().zip(WEEKDAYS).map(|(spans, day)| (day.to_owned(), spans));
    let days = week.chain(hours.special.iter().map(|(day, spans)| (day.to_string(), spans)));
    days.map(|(day, spans)| Line::named("hours", format!("{whose}{day}"), Cell::text(open(spans)))).collect()
}

fn through_time(answer: &HistoryAnswer) -> Vec<Line> {
    let definition = &answer.definition;
    let offset_at = |at: Micros| {
        let piece = answer.pieces.iter().rev().find(|piece| piece.from <= at).or(answer.pieces.first());
        piece.map_or(0, |piece| piece.offset_seconds)
    };
    let whole = Line {
        name: answer.part.as_ref().map(|part| part.name.clone()).unwrap_or_default(),
        span: Some((clock(answer.from, offset_at(answer.from)), clock(answer.to, offset_at(answer.to)))),
        rounds: Some(answer.rounds),
        before: said(definition, &answer.before),
        ..Line::of("span", definition, &answer.value)
    };
    let in_hours = answer.in_hours.map(|value| Line::of("span_in_hours", definition, &value));
    let piece = |piece: &HistoryPiece| Line {
        name: named(&answer.step),
        span: Some((clock(piece.from, piece.offset_seconds), clock(piece.to, offset_at(piece.to)))),
        rounds: Some(piece.rounds),
        before: piece.before.map_or(Cell::Nothing, |before| said(definition, &before)),
        ..Line::of("piece", definition, &piece.value)
    };
    [whole].into_iter().chain(in_hours).chain(answer.pieces.iter().map(piece)).collect()
}

fn rows(answer: &HistoryAnswer) -> Vec<Line> {
    let definition = &answer.definition;
    let mut lines = Vec::new();
    for row in &answer.rows {
        let name = if row.of.name.is_empty() { "-" } else { &row.of.name };
        let before = said(definition, &row.before);
        lines.push(Line { name: name.to_owned(), before, ..Line::of("row", definition, &row.value) });
        lines.extend(row.series.iter().zip(&answer.pieces).map(|(value, piece)| Line {
            name: name.to_owned(),
            span: Some((clock(piece.from, piece.offset_seconds), String::new())),
            ..Line::of("row_piece", definition, value)
        }));
    }
    if answer.more_rows > 0 {
        lines.push(Line::named("rows_left_out", "", Cell::count(i64::try_from(answer.more_rows).ok())));
    }
    lines
}

fn bands(answer: &HistoryAnswer) -> Vec<Line> {
    let spread = &answer.spread;
    let bands = spread.bands.iter().map(|band| {
        let name = band.up_to_seconds.map_or_else(|| "longer".to_owned(), |seconds| format!("<={seconds} s"));
        Line::named("band", name, Cell::Count(band.count.into()))
    });
    let beside = [("not ended", spread.not_ended), ("running", spread.running)];
    bands.chain(beside.map(|(name, count)| Line::named("band", name, Cell::Count(count.into())))).collect()
}

fn hours_of_week(answer: &HistoryAnswer) -> Vec<Line> {
    let hour = |hour: &HistoryHour| Line {
        hour: WEEKDAYS.get(usize::from(hour.at.weekday)).map(|day| (*day, hour.at.hour)),
        rounds: Some(hour.rounds),
        ..Line::of("hour", &answer.definition, &hour.value)
    };
    answer.hours_of_week.iter().map(hour).collect()
}

/// A moment as the shop's clocks show it, such as `2026-11-22 09:00`.
fn clock(at: Micros, offset_seconds: i64) -> String {
    let local = Zone::fixed(offset_seconds).local(at);
    format!("{} {:02}:{:02}", local.day, local.hour(), local.minute() % 60)
}
