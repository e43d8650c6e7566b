//! Runs the file of cases that a supervisor can read and check.

use std::collections::{BTreeMap, BTreeSet};

use qinda::model::MemberId;
use qinda::timing::{Asked, Case, Course, Definition, OpenHours, Subject, Value, shipped, value};

use super::script::{Sample, Script};

const FILE: &str = include_str!("golden.txt");
/// The file holds at least so many cases.
const SAMPLES_MIN: usize = 60;

#[test]
fn every_case_has_the_figures_that_were_worked_out_by_hand() {
    let script = Script::read(FILE).unwrap_or_else(|fault| panic!("golden.txt: {fault}"));
    assert!(script.samples.len() >= SAMPLES_MIN, "{} cases", script.samples.len());
    let titles: BTreeSet<&str> = script.samples.iter().map(|sample| sample.title.as_str()).collect();
    assert_eq!(titles.len(), script.samples.len(), "two cases bear one title");

    let ours = shipped();
    let figures = named_figures(&script, &ours);
    let faults: Vec<String> = script.samples.iter().flat_map(|sample| faults(sample, &figures, &ours)).collect();
    assert!(faults.is_empty(), "{} figures differ:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_wrong_expectation_is_told_with_case_figure_and_both_values() {
    let wrong = FILE.replacen("= 亲答时、平台时 12秒", "= 亲答时、平台时 13秒", 1);
    let script = Script::read(&wrong).unwrap();
    let ours = shipped();
    let told = faults(&script.samples[0], &named_figures(&script, &ours), &ours);
    assert_eq!(told.len(), 8);
    assert!(told.contains(&"“一问一答” 首响：应为 13秒，得 12秒".to_owned()), "{told:?}");
}

#[test]
fn what_cannot_be_read_is_named_by_its_line() {
    for (line, fault) in [
        ("10:00 客人", "第 2 行"),
        ("客人", "第 2 行"),
        ("25:00:00 客人", "第 2 行"),
        ("10:00:00 经理", "第 2 行"),
        ("= 没有 1/1", "第 2 行"),
        ("时区 +99", "第 2 行"),
        ("营业 每天 18:00-09:00", "第 2 行"),
        ("营业 团队 售后 每天 18:00-09:00", "第 2 行"),
        ("会话 甲 团队", "第 2 行"),
    ] {
        let told = Script::read(&format!("## 样例\n{line}")).err().unwrap_or_else(|| panic!("{line} was read"));
        assert!(told.starts_with(fault), "{line}: {told}");
    }
}

/// The definitions by the short names of the file. The file must name every figure that is shipped, as it is called.
fn named_figures(script: &Script, ours: &[Definition]) -> BTreeMap<String, Definition> {
    let ids: BTreeSet<&str> = script.shorts.iter().map(|short| short.id.as_str()).collect();
    let shipped_ids: BTreeSet<&str> = ours.iter().map(|definition| definition.id.as_str()).collect();
    assert_eq!(ids, shipped_ids, "the file tells of the figures that are shipped");
    let mut named = script.own.clone();
    for short in &script.shorts {
        let definition = ours.iter().find(|definition| definition.id == short.id).unwrap();
        assert_eq!(definition.name, short.name, "{}", short.id);
        named.insert(short.short.clone(), definition.clone());
    }
    for (short, definition) in &named {
        definition.clone().checked().unwrap_or_else(|fault| panic!("{short}: {fault}"));
    }
    named
}

fn faults(sample: &Sample, figures: &BTreeMap<String, Definition>, ours: &[Definition]) -> Vec<String> {
    let fault = |what: &str, expected: &str, found: &str| {
        (expected != found).then(|| format!("“{}” {what}：应为 {expected}，得 {found}", sample.title))
    };
    let mut faults = Vec::new();
    for definition in ours {
        let is_told = |(name, _): &(&String, &String)| figures[*name].id == definition.id;
        if !sample.expected.iter().any(|pair| is_told(&pair)) {
            faults.push(format!("“{}” 没有写 {}", sample.title, definition.name));
        }
    }
    for (name, expected) in &sample.expected {
        let definition = &figures[name];
        let value = value_of(sample, definition);
        faults.extend(fault(name, expected, &written(&value, definition.statistic.is_time())));
    }
    let courses = sample.lives.iter().map(qinda::timing::Life::course);
    faults.extend(fault("经过", sample.course.as_deref().unwrap_or("没有写"), &written_course(courses)));
    let responses: Vec<Case> = sample.lives.iter().flat_map(|life| life.cases(Subject::Response, None)).collect();
    if let Some(expected) = &sample.agents {
        let found: Vec<Option<MemberId>> = responses.iter().map(|case| case.agent).collect();
        let expected: Vec<Option<MemberId>> =
            expected.iter().map(|name| (name != "无").then(|| MemberId::of_name(name))).collect();
        faults.extend((found != expected).then(|| format!("“{}” 归谁不对", sample.title)));
    }
    if let Some(expected) = sample.written_at {
        let found: Vec<_> = responses.iter().filter_map(|case| case.written_at).collect();
        faults.extend((found != [expected]).then(|| format!("“{}” 写于 {found:?}", sample.title)));
    }
    faults
}

fn value_of(sample: &Sample, definition: &Definition) -> Value {
    let cases: Vec<Case> = sample.lives.iter().flat_map(|life| life.cases_of(definition)).collect();
    let begun = cases.iter().map(|case| case.from).min().unwrap_or(sample.from).min(sample.from);
    let laid_out = (begun, sample.to.max(sample.now));
    let open = OpenHours::laid_out(&sample.hours, &sample.own_hours, &sample.zone, laid_out);
    let asked = Asked { from: sample.from, to: sample.to, now: sample.now, zone: &sample.zone, open: &open };
    value(definition, &cases, &asked)
}

/// A value as the file writes it.
fn written(value: &Value, is_time: bool) -> String {
    let many = if value.of == 1 { String::new() } else { format!("×{}", value.of) };
    let mut text = match (is_time, value.ms, value.of) {
        (true, Some(ms), _) => format!("{}{many}", written_time(ms)),
        (true, None, _) | (false, _, 0) => "无".to_owned(),
        (false, _, of) => format!("{}/{of}", value.met),
    };
    for (mark, many) in [("未", value.not_ended), ("等", value.running)] {
        if many > 0 {
            text.push_str(&format!(" {mark}{many}"));
        }
    }
    text
}

fn written_time(ms: i64) -> String {
    let (hours, minutes, rest) = (ms / 3_600_000, ms / 60_000 % 60, ms % 60_000);
    let mut text = String::new();
    if hours > 0 {
        text.push_str(&format!("{hours}时"));
    }
    if minutes > 0 {
        text.push_str(&format!("{minutes}分"));
    }
    if rest > 0 || text.is_empty() {
        let fraction = format!("{:03}", rest % 1_000);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        text.push_str(&format!("{}{point}{fraction}秒", rest / 1_000));
    }
    text
}

fn written_course(courses: impl Iterator<Item = Course>) -> String {
    let (mut rounds, mut unanswered, mut abandoned, mut reopened) = (0, 0, 0, 0);
    for course in courses {
        rounds += course.rounds;
        unanswered += course.unanswered;
        abandoned += u32::from(course.abandoned);
        reopened += course.reopened;
    }
    format!("{rounds}轮 未答{unanswered} 放弃{abandoned} 重开{reopened}")
}
