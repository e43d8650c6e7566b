//! Figures as tables: exactly what the screen shows, with how each figure is made, the hours and the clocks beside it.

use qinda::model::Micros;
use qinda::sync::{DefinedAnswer, DefinedFigure, LeftOut, NamedPart, Part};
use qinda::timing::{
    ClockRule, Definition, Hours, HoursOf, OpeningHours, Statistic, Value, Window, shipped, spans_text,
};
use serde_json::Value as Json;

use crate::sheet::{Cell, Sheet, csv, xlsx};
use crate::zones;

/// What a figure says, of whom.
const SAID: [&str; 8] = ["agent", "value", "of", "met", "not_ended", "running", "value_before", "value_in_hours"];
/// How many of the parts of a definition name it.
const NAMES: usize = 3;
/// What holds for all of them.
const AROUND: [&str; 5] = ["from", "to", "made_at", "zone", "opening_hours"];
/// The hours of teams and channels, where they are not those.
const OWN_HOURS: &str = "own_opening_hours";
/// What was not counted, for it would have to be counted from too many messages.
const NOT_COUNTED: &str = "not_counted";

/// The figures as comma-separated values: a line for everybody's, then one for each agent.
#[must_use]
pub fn figures_csv(answer: &DefinedAnswer) -> String {
    let own_hours = answer.own_hours.iter().map(|own| format!("{}: {}", place(&own.of), opening_hours(&own.hours)));
    let own_hours = own_hours.collect::<Vec<_>>().join(" | ");
    let around = std::iter::once(not_counted(answer)).chain(around(answer)).chain([own_hours]);
    let around: Vec<Cell> = around.map(Cell::text).collect();
    let headings = headings();
    let (names, made) = headings.split_at(NAMES);
    let mut sheet = Sheet::with_headings("", [names, &SAID, made, &[NOT_COUNTED], &AROUND, &[OWN_HOURS]].concat());
    for figure in &answer.figures {
        let made = parts_of(&figure.definition).into_iter().skip(NAMES).map(|(_, cell)| cell).collect::<Vec<_>>();
        for said in lines(answer, figure) {
            sheet.rows.push([said, made.clone(), around.clone()].concat());
        }
    }
    if answer.figures.is_empty() {
        let nothing = vec![Cell::Nothing; names.len() + SAID.len() + made.len()];
        sheet.rows.push([nothing, around].concat());
    }
    csv(&sheet.rows)
}

/// The same as a workbook: what the figures say, and on a sheet of its own how they are made.
#[must_use]
pub fn figures_xlsx(answer: &DefinedAnswer) -> Vec<u8> {
    let headings = headings();
    let mut said = Sheet::with_headings("数据 Figures", [&headings[..NAMES], &SAID].concat());
    said.rows.extend(answer.figures.iter().flat_map(|figure| lines(answer, figure)));
    let mut made_of = Sheet { name: "口径 Definitions".to_owned(), rows: Vec::new() };
    for (name, text) in AROUND.into_iter().zip(around(answer)) {
        made_of.rows.push(vec![Cell::Heading(name.to_owned()), Cell::text(text)]);
    }
    made_of.rows.extend(answer.own_hours.iter().map(|own| {
        let text = Cell::text(opening_hours(&own.hours));
        vec![Cell::Heading(OWN_HOURS.to_owned()), Cell::text(place(&own.of)), text]
    }));
    if answer.left_out.is_some() {
        made_of.rows.push(vec![Cell::Heading(NOT_COUNTED.to_owned()), Cell::text(not_counted(answer))]);
    }
    made_of.rows.push(Vec::new());
    made_of.rows.extend(Sheet::with_headings("", headings).rows);
    let parts = answer.figures.iter().map(|figure| parts_of(&figure.definition));
    made_of.rows.extend(parts.map(|parts| parts.into_iter().map(|(_, cell)| cell).collect()));
    xlsx(&[said, made_of])
}

/// What was not counted, and why.
fn not_counted(answer: &DefinedAnswer) -> String {
    let Some(LeftOut { days, figures, hours }) = &answer.left_out else { return String::new() };
    let hours = hours.then_some("value_in_hours");
    let what: Vec<&str> = figures.iter().map(|definition| definition.id.as_str()).chain(hours).collect();
    format!("{}: too many messages to read; at most {days} days", what.join("; "))
}

/// The names of the parts of a definition. Each has all of them.
fn headings() -> Vec<&'static str> {
    shipped().first().map(parts_of).unwrap_or_default().into_iter().map(|(name, _)| name).collect()
}

/// What a figure says: of everybody, then of each agent.
fn lines(answer: &DefinedAnswer, figure: &DefinedFigure) -> Vec<Vec<Cell>> {
    let DefinedFigure { definition, value, in_hours, before, by_agent } = figure;
    let in_hours = in_hours.map_or(Cell::Nothing, |value| said(definition, &value));
    let all = line(figure, "", value, [said(definition, before), in_hours]);
    let agents = by_agent.iter().map(|(agent, value)| {
        let member = answer.members.iter().find(|member| Some(member.id) == *agent);
        let name = member.map_or("-", |member| member.work_number.as_str());
        line(figure, name, value, [Cell::Nothing, Cell::Nothing])
    });
    std::iter::once(all).chain(agents).collect()
}

fn line(figure: &DefinedFigure, agent: &str, value: &Value, beside: [Cell; 2]) -> Vec<Cell> {
    let counts = [value.of, value.met, value.not_ended, value.running].map(|count| Cell::Count(count.into()));
    let mut line: Vec<Cell> = parts_of(&figure.definition).into_iter().take(NAMES).map(|(_, cell)| cell).collect();
    line.extend([Cell::text(agent), said(&figure.definition, value)]);
    line.extend(counts.into_iter().chain(beside));
    line
}

/// What a figure says: a share from 0 to 1, a time, a number; nothing where there is nothing to say it of.
#[must_use]
pub fn said(definition: &Definition, value: &Value) -> Cell {
    match definition.statistic {
        Statistic::Number => Cell::Count(value.of.into()),
        Statistic::ShareWithin | Statistic::ShareEnded => value.share().map_or(Cell::Nothing, Cell::Share),
        _ => value.ms.map_or(Cell::Nothing, Cell::Millis),
    }
}

/// How a figure is made, part by part: what each is called, and what it says. Those that name it come first.
pub(crate) fn parts_of(definition: &Definition) -> Vec<(&'static str, Cell)> {
    let leave_out = definition.leave_out;
    let left_out = [
        (leave_out.at_once, "under a second"),
        (leave_out.next_day, "ended on a later day"),
        (leave_out.not_ended, "not ended"),
    ];
    let left_out: Vec<&str> = left_out.into_iter().filter(|(is_out, _)| *is_out).map(|(_, name)| name).collect();
    let source = definition.source.as_ref().map(|source| format!("{} {}", source.by, source.read_on));
    vec![
        ("figure", Cell::text(&definition.id)),
        ("name", Cell::text(&definition.name)),
        ("name_en", Cell::text(&definition.name_en)),
        ("subject", Cell::text(named(&definition.subject))),
        ("merge", Cell::text(named(&definition.merging()))),
        ("unit", Cell::text(named(&definition.unit))),
        ("statistic", Cell::text(named(&definition.statistic))),
        ("threshold_seconds", Cell::count(definition.threshold_seconds)),
        ("goal_percent", Cell::count(definition.goal_percent)),
        ("cap_seconds", Cell::count(definition.cap_seconds)),
        ("dated_by", Cell::text(if definition.window == Window::Begin { "begin" } else { "end" })),
        ("hours", Cell::text(hours(&definition.hours))),
        ("hours_of", Cell::text(if definition.hours_of == HoursOf::Case { "case" } else { "session" })),
        ("clock", Cell::text(if definition.clock == ClockRule::Wall { "all" } else { "opening hours" })),
        ("left_out", Cell::text(left_out.join("; "))),
        ("session_gap_seconds", Cell::count(definition.session_gap_seconds)),
        ("source", Cell::text(source.unwrap_or_default())),
    ]
}

/// The span, when the figures were made, by which clocks, and when the shop is open.
fn around(answer: &DefinedAnswer) -> [String; 5] {
    let DefinedAnswer { from, to, at, zone, utc_offset_minutes, hours, .. } = answer;
    let moment = |at: Micros| zones::written(zone, *utc_offset_minutes, at);
    let offset = utc_offset_minutes.unsigned_abs();
    let sign = if *utc_offset_minutes < 0 { '-' } else { '+' };
    let clocks = match zone.as_str() {
        "" => format!("UTC{sign}{:02}:{:02}", offset / 60, offset % 60),
        zone => zone.to_owned(),
    };
    let open = hours.as_ref().map_or_else(|| "always".to_owned(), opening_hours);
    [moment(*from), moment(*to), moment(*at), clocks, open]
}

/// A team or a channel by its name.
pub(crate) fn place(of: &NamedPart) -> String {
    let what = match of.part {
        Part::Team(_) => "team",
        Part::Channel(_) => "channel",
        Part::Agent(_) => "agent",
    };
    format!("{what} {}", of.name)
}

/// When a shop is open, in a line: each weekday, then the special days.
#[must_use]
pub fn opening_hours(hours: &OpeningHours) -> String {
    const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let spans = |spans: &[_]| if spans.is_empty() { "off".to_owned() } else { spans_text(spans) };
    let week = WEEKDAYS.into_iter().zip(&hours.week).map(|(day, of_day)| format!("{day} {}", spans(of_day)));
    let special = hours.special.iter().map(|(day, of_day)| format!("{day} {}", spans(of_day)));
    week.chain(special).collect::<Vec<_>>().join("; ")
}

/// The name that a choice has in a definition.
pub(crate) fn named(choice: &impl serde::Serialize) -> String {
    match serde_json::to_value(choice) {
        Ok(Json::String(name)) => name,
        _ => String::new(),
    }
}

fn hours(hours: &Hours) -> String {
    let clock = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    match hours {
        Hours::Any => "any".to_owned(),
        Hours::Opening => "opening hours".to_owned(),
        Hours::Daily(span) => format!("{}-{}", clock(span.from), clock(span.to)),
    }
}

#[cfg(test)]
mod tests {
    use qinda::timing::DaySpan;

    use super::*;

    #[test]
    fn what_is_said_of_nothing_is_empty() {
        let (share, time) = (&shipped()[0], &shipped()[4]);
        assert_eq!((said(share, &Value::default()), said(time, &Value::default())), (Cell::Nothing, Cell::Nothing));
        let third = said(share, &Value { of: 3, met: 1, ..Value::default() });
        assert_eq!(third.plain(), "0.3333");
        assert_eq!(said(time, &Value { of: 3, ms: Some(61_007), ..Value::default() }), Cell::Millis(61_007));
    }

    #[test]
    fn hours_stand_in_a_line() {
        let mut hours = OpeningHours::daily(540, 1_080);
        hours.week[6].clear();
        hours.special.insert("2026-11-11".parse().unwrap(), vec![DaySpan { from: 480, to: 1_560 }]);
        let line = opening_hours(&hours);
        assert!(line.starts_with("Mon 9:00-18:00; Tue ") && line.ends_with("Sun off; 2026-11-11 8:00-26:00"), "{line}");
    }
}
