//! Figures as a table: exactly what the screen shows, with how each figure is made beside it.

use qinda::sync::DefinedAnswer;
use qinda::timing::{ClockRule, Definition, Hours, Statistic, Value, Window};
use serde_json::Value as Json;

/// A byte order mark, without which spreadsheets take Chinese for something else.
pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

const COLUMNS: [&str; 23] = [
    "figure",
    "name",
    "name_en",
    "agent",
    "value",
    "of",
    "met",
    "not_ended",
    "running",
    "value_before",
    "value_in_hours",
    "subject",
    "unit",
    "statistic",
    "threshold_seconds",
    "goal_percent",
    "cap_seconds",
    "dated_by",
    "hours",
    "clock",
    "left_out",
    "session_gap_seconds",
    "source",
];

/// The figures as comma-separated values: a line for everybody's, then one for each agent.
#[must_use]
pub fn csv(answer: &DefinedAnswer) -> String {
    let mut sheet = BYTE_ORDER_MARK.to_string();
    line(&mut sheet, COLUMNS.map(str::to_owned));
    for figure in &answer.figures {
        let definition = &figure.definition;
        let in_hours = figure.in_hours.map(|value| said(definition, &value)).unwrap_or_default();
        let before = said(definition, &figure.before);
        line(&mut sheet, row(definition, "", &figure.value, before, in_hours));
        for (agent, value) in &figure.by_agent {
            let member = answer.members.iter().find(|member| Some(member.id) == *agent);
            let name = member.map_or("-", |member| member.work_number.as_str());
            line(&mut sheet, row(definition, name, value, String::new(), String::new()));
        }
    }
    sheet
}

/// What a figure says, as a number: a share from 0 to 1, a time in seconds; nothing where there is nothing to say it of.
#[must_use]
pub fn said(definition: &Definition, value: &Value) -> String {
    match definition.statistic {
        Statistic::Number => value.of.to_string(),
        Statistic::ShareWithin | Statistic::ShareEnded => {
            value.share().map(|share| format!("{share:.4}")).unwrap_or_default()
        }
        _ => value.ms.map(|ms| format!("{}.{:03}", ms / 1_000, ms % 1_000)).unwrap_or_default(),
    }
}

fn row(definition: &Definition, agent: &str, value: &Value, before: String, in_hours: String) -> [String; 23] {
    let mut parts = parts_of(definition).into_iter().map(|(_, said)| said);
    let mut next = || parts.next().unwrap_or_default();
    let (id, name, name_en) = (next(), next(), next());
    let head = [
        id,
        name,
        name_en,
        agent.to_owned(),
        said(definition, value),
        value.of.to_string(),
        value.met.to_string(),
        value.not_ended.to_string(),
        value.running.to_string(),
        before,
        in_hours,
    ];
    let mut cells = head.into_iter().chain(parts);
    std::array::from_fn(|_| cells.next().unwrap_or_default())
}

/// How a figure is made, part by part: what each is called, and what it says.
pub(crate) fn parts_of(definition: &Definition) -> [(&'static str, String); 15] {
    let seconds = |seconds: Option<u32>| seconds.map(|seconds| seconds.to_string()).unwrap_or_default();
    let leave_out = definition.leave_out;
    let left_out = [
        (leave_out.at_once, "under a second"),
        (leave_out.next_day, "ended on a later day"),
        (leave_out.not_ended, "not ended"),
    ];
    let left_out: Vec<&str> = left_out.into_iter().filter(|(is_out, _)| *is_out).map(|(_, name)| name).collect();
    [
        ("figure", definition.id.clone()),
        ("name", definition.name.clone()),
        ("name_en", definition.name_en.clone()),
        ("subject", named(&definition.subject)),
        ("unit", named(&definition.unit)),
        ("statistic", named(&definition.statistic)),
        ("threshold_seconds", seconds(definition.threshold_seconds)),
        ("goal_percent", definition.goal_percent.map(|percent| percent.to_string()).unwrap_or_default()),
        ("cap_seconds", seconds(definition.cap_seconds)),
        ("dated_by", if definition.window == Window::Begin { "begin" } else { "end" }.to_owned()),
        ("hours", hours(&definition.hours)),
        ("clock", if definition.clock == ClockRule::Wall { "all" } else { "opening hours" }.to_owned()),
        ("left_out", left_out.join("; ")),
        ("session_gap_seconds", seconds(definition.session_gap_seconds)),
        (
            "source",
            definition.source.as_ref().map(|source| format!("{} {}", source.by, source.read_on)).unwrap_or_default(),
        ),
    ]
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

pub(crate) fn line<const N: usize>(sheet: &mut String, cells: [String; N]) {
    sheet.push_str(&cells.map(|cell| quoted(&cell)).join(","));
    sheet.push_str("\r\n");
}

/// A cell that a spreadsheet reads as text: one that begins like a formula does not become one.
fn quoted(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err() && cell != "-";
    let cell = if is_formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use qinda::timing::shipped;

    use super::*;

    #[test]
    fn a_cell_never_becomes_a_formula_nor_leaves_its_cell() {
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
        assert_eq!([quoted("-"), quoted("-1.5"), quoted("茶")], ["-", "-1.5", "茶"]);
    }

    #[test]
    fn what_is_said_of_nothing_is_empty() {
        let (share, time) = (&shipped()[0], &shipped()[4]);
        assert_eq!((said(share, &Value::default()), said(time, &Value::default())), (String::new(), String::new()));
        assert_eq!(said(share, &Value { of: 3, met: 1, ..Value::default() }), "0.3333");
        assert_eq!(said(time, &Value { of: 3, ms: Some(61_007), ..Value::default() }), "61.007");
    }
}
