//! A figure through time: every piece of a span, its rows, how it is spread, and which devices may still change it.

use std::collections::BTreeSet;

use qinda::sync::{Action, CasesAnswer, HistoryAnswer, Part, RulesTold, SilentAnswer, Split};
use qinda::timing::{FigureRules, OpeningHours, Step, Unit, Value};
use reqwest::StatusCode;

use crate::defining::{busy_morning, cells, defined, put_rules, staffed};
use crate::support::{Desk, TEN_O_CLOCK, add_member, add_shop, refusal};

const DAY: i64 = 24 * 3600;

async fn history(desk: &Desk, query: &str) -> HistoryAnswer {
    let answer = desk.get(&format!("/api/figures/history?{query}")).await;
    assert_eq!(answer.status(), StatusCode::OK, "{query}");
    answer.json().await.unwrap()
}

fn met(value: Value) -> (u32, u32) {
    (value.met, value.of)
}

/// Whole seconds: the server's clock gives every event its own microsecond.
fn seconds(value: Value) -> Option<i64> {
    value.ms.map(|ms| (ms + 500) / 1_000)
}

fn sum<'v>(values: impl IntoIterator<Item = &'v Value>) -> (u32, u32) {
    values.into_iter().fold((0, 0), |(met, of), value| (met + value.met, of + value.of))
}

#[tokio::test]
async fn every_figure_through_time_is_the_figure_of_the_span_and_its_pieces_are_the_whole() {
    let shop = staffed().await;
    busy_morning(&shop).await;
    let lead = shop.desk("2001").await;
    for (id, figure) in defined(&lead).await {
        for (step, by) in [("hour", "agent"), ("day", "team"), ("week", "channel"), ("month", "none")] {
            let told = history(&lead, &format!("figure={id}&span=today&step={step}&by={by}")).await;
            assert_eq!((&told.definition, told.value), (&figure.definition, figure.value), "{id} by {step}");
            assert_eq!(
                (told.from, told.to),
                (TEN_O_CLOCK.plus_seconds(-10 * 3600), TEN_O_CLOCK.plus_seconds(14 * 3600))
            );
            assert_eq!(told.pieces.len(), if step == "hour" { 24 } else { 1 });
            assert_eq!((told.rounds, told.pieces.iter().map(|piece| piece.rounds).sum::<u32>()), (4, 4));
            if told.definition.unit == Unit::Case {
                assert_eq!(sum(told.pieces.iter().map(|piece| &piece.value)), met(told.value), "{id} by {step}");
                assert_eq!(sum(told.hours_of_week.iter().map(|hour| &hour.value)), met(told.value));
                if told.by != Split::None {
                    assert_eq!(sum(told.rows.iter().map(|row| &row.value)), met(told.value), "{id} by {by}");
                }
            }
            for row in &told.rows {
                assert_eq!(row.series.len(), told.pieces.len());
                let mut agents = figure.by_agent.iter();
                if let Part::Agent(agent) = row.of.part {
                    assert_eq!(agents.find(|(id, _)| *id == agent).map(|(_, value)| *value), Some(row.value));
                }
            }
        }
    }
}

#[tokio::test]
async fn a_morning_is_told_by_its_hours_its_agents_and_its_spread() {
    let shop = staffed().await;
    let (first, _) = busy_morning(&shop).await;
    let lead = shop.desk("2001").await;
    let told = history(&lead, "figure=answer-20s&span=today&by=agent").await;
    assert_eq!((told.step, told.own, told.zone.as_str(), &told.hours), (Step::Hour, false, "", &None));
    let busy: Vec<(usize, u32, (u32, u32))> = told
        .pieces
        .iter()
        .enumerate()
        .filter(|(_, piece)| piece.rounds > 0)
        .map(|(hour, piece)| (hour, piece.rounds, met(piece.value)))
        .collect();
    assert_eq!(busy, [(10, 3, (1, 3)), (11, 1, (0, 0))], "the last one may still be answered in time");
    let rows: Vec<(&str, (u32, u32))> = told.rows.iter().map(|row| (row.of.name.as_str(), met(row.value))).collect();
    assert_eq!(rows, [("1001 member 1001", (1, 1)), ("1002 member 1002", (0, 1)), ("", (0, 1))]);
    let up_to = |seconds: u32| {
        let bands = told.spread.bands.iter().filter(|band| band.up_to_seconds.is_some_and(|end| end <= seconds));
        bands.map(|band| band.count).sum::<u32>()
    };
    // Ten and 45 seconds, give or take the microseconds that each thing has of its own.
    assert_eq!([5, 15, 30, 60, 600].map(up_to), [0, 1, 1, 2, 2]);
    assert_eq!((told.spread.not_ended, told.spread.running), (1, 1));
    let hours: Vec<(u8, u8, u32)> =
        told.hours_of_week.iter().map(|hour| (hour.at.weekday, hour.at.hour, hour.rounds)).collect();
    assert_eq!(hours, [(0, 10, 3), (0, 11, 1)], "a Monday");

    let part = Part::Agent(Some(first.member()));
    let firsts = history(&lead, &format!("figure=answer-20s&span=today&part={part}")).await;
    assert_eq!((met(firsts.value), firsts.rounds), ((1, 1), 1));
    assert_eq!(firsts.part.map(|part| part.name), Some("1001 member 1001".into()));
    let hour = told.pieces[10];
    let behind = format!("/api/figures/cases?figure=answer-20s&from={}&to={}", hour.from.0, hour.to.0);
    let all: CasesAnswer = lead.get(&behind).await.json().await.unwrap();
    let of_part: CasesAnswer = lead.get(&format!("{behind}&part={part}")).await.json().await.unwrap();
    assert_eq!((all.count, of_part.count), (3, 1), "what a bar is made of, and a row of it");
    assert_eq!(of_part.cases[0].agent, Some(first.member()));
}

#[tokio::test]
async fn a_span_is_told_against_as_long_a_time_before() {
    let shop = staffed().await;
    busy_morning(&shop).await;
    // The next day, an hour and a half earlier: of the day before only what came by then is compared.
    shop.later(DAY - 3600 - 1_800);
    let (mut first, lead) = (shop.desk("1001").await, shop.desk("2001").await);
    shop.shopper().writes("钱一").await;
    shop.later(4);
    first.pull().await;
    let reply = Action::SendMessage(first.reply(&first.conversation_with("钱一"), "在的"));
    assert_eq!(first.give(&reply).await["verdict"], "applied");
    let told = history(&lead, "figure=answer-20s&span=today").await;
    assert_eq!((met(told.value), met(told.before)), ((1, 1), (0, 0)), "nobody had come by then");
    assert_eq!(told.pieces[10].before.map(met), Some((1, 3)), "but the whole of the day before is shown");
    let yesterday = history(&lead, "figure=answer-20s&span=yesterday").await;
    assert_eq!((met(yesterday.value), yesterday.before_to), ((1, 4), yesterday.from));
    let week = history(&lead, "figure=answer-20s&span=7d").await;
    let days: Vec<(u32, u32)> = week.pieces.iter().map(|piece| met(piece.value)).collect();
    assert_eq!(days, [(0, 0), (0, 0), (0, 0), (0, 0), (0, 0), (1, 4), (1, 1)]);
    let weeks = history(&lead, "figure=longest&span=12w").await;
    assert_eq!((weeks.pieces.len(), weeks.step, seconds(weeks.value)), (12, Step::Week, Some(45)));
    assert_eq!(history(&lead, "figure=longest&span=12m").await.pieces.len(), 12);
    let both = history(&lead, "figure=answer-20s&span=2026-11-23..2026-11-24&step=day").await;
    assert_eq!(both.pieces.iter().map(|piece| met(piece.value)).collect::<Vec<_>>(), [(1, 4), (1, 1)]);
}

#[tokio::test]
async fn an_agent_sees_their_own_trend_and_nobody_elses() {
    let shop = staffed().await;
    let (first, second) = busy_morning(&shop).await;
    let others = Part::Agent(Some(first.member()));
    for query in ["", "&own=true", "&by=agent"] {
        let mine = history(&second, &format!("figure=answer-20s&span=30d{query}")).await;
        assert_eq!((mine.own, met(mine.value), mine.rounds), (true, (0, 1), 1), "{query}");
        assert!(mine.rows.iter().all(|row| row.of.part == Part::Agent(Some(second.member()))));
        assert_eq!(mine.hours_of_week.iter().map(|hour| hour.rounds).sum::<u32>(), 1);
    }
    let nothing = history(&second, &format!("figure=answer-20s&span=30d&part={others}")).await;
    assert_eq!((met(nothing.value), nothing.rounds), ((0, 0), 0));
    let sheet = second.get("/api/figures/history.csv?figure=answer-20s&span=30d&by=agent").await.text().await.unwrap();
    assert!(sheet.contains("1002 member 1002") && !sheet.contains("1001"));
    assert_eq!(refusal(second.get("/api/figures/silent").await).await.0, StatusCode::FORBIDDEN);
    let store = &shop.serving.store;
    let silk = add_shop(store, "silk").await;
    add_member(store, silk, "2001", "supervisor", "day").await;
    let other = Desk::sign_in(shop.url(""), "silk", "2001").await;
    assert_eq!(history(&other, "figure=answer-20s&span=30d&by=agent").await.rows, []);
}

#[tokio::test]
async fn a_span_has_bounds_and_says_what_to_do() {
    let shop = staffed().await;
    let lead = shop.desk("2001").await;
    let (ok, unfit) = (StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY);
    for (query, expected, code) in [
        ("span=2016-11-24..2026-11-23&step=month", ok, ""),
        ("span=2016-01-01..2026-11-23&step=month", unfit, "unfit_span"),
        ("span=2026-11-23..2026-11-01", unfit, "unfit_span"),
        ("span=30d&step=hour", unfit, "too_fine"),
        ("span=2016-11-24..2026-11-23&step=day", unfit, "too_fine"),
        ("from=0&to=1000000", ok, ""),
        ("from=-9223372036854775808&to=9223372036854775807", unfit, "unfit_span"),
        ("from=9223372036854775806&to=9223372036854775807&step=hour", ok, ""),
        ("span=9999-12-30..9999-12-31", ok, ""),
        ("span=0000-01-01..0000-01-02", ok, ""),
        ("from=0", StatusCode::BAD_REQUEST, "malformed"),
        ("span=8d", StatusCode::BAD_REQUEST, "malformed"),
        ("span=today&part=agent:1001", StatusCode::BAD_REQUEST, "malformed"),
    ] {
        let answer = lead.get(&format!("/api/figures/history?figure=answer-20s&{query}")).await;
        assert_eq!(answer.status(), expected, "{query}");
        if expected != ok {
            assert_eq!(refusal(answer).await.1, code, "{query}");
        }
    }
    let unknown = refusal(lead.get("/api/figures/history?figure=nothing&span=today").await).await;
    assert_eq!(unknown, (StatusCode::NOT_FOUND, "no_such_figure".into()));
}

#[tokio::test]
async fn days_are_those_of_the_shops_clocks() {
    let shop = staffed().await;
    let lead = shop.desk("2001").await;
    let zone = |zone: &str, version| RulesTold {
        rules: FigureRules { zone: zone.into(), hours: OpeningHours::daily(540, 1_080), ..FigureRules::default() },
        version,
    };
    assert_eq!(put_rules(&lead, &zone("Australia/Lord_Howe", 0)).await.status(), StatusCode::OK);
    let length = |told: &HistoryAnswer| told.to.since(told.from) / 60_000_000;
    // Half an hour is skipped on the first day of summer, and comes again on the last.
    let spring = history(&lead, "figure=answer-20s&span=2026-10-04..2026-10-04&step=hour").await;
    assert_eq!((length(&spring), spring.pieces.len()), (23 * 60 + 30, 24));
    let autumn = history(&lead, "figure=answer-20s&span=2026-04-05..2026-04-05&step=hour").await;
    assert_eq!((length(&autumn), autumn.pieces.len()), (24 * 60 + 30, 24));
    assert_eq!(put_rules(&lead, &zone("Europe/Berlin", 1)).await.status(), StatusCode::OK);
    let longer = history(&lead, "figure=answer-20s&span=2026-10-25..2026-10-25&step=hour").await;
    assert_eq!((longer.pieces.len(), longer.in_hours, longer.hours.is_some()), (25, Some(Value::default()), true));
    let offsets: BTreeSet<i64> = longer.pieces.iter().map(|piece| piece.offset_seconds).collect();
    assert_eq!(offsets, BTreeSet::from([3_600, 7_200]));
}

#[tokio::test]
async fn what_is_exported_is_what_the_screen_shows() {
    let shop = staffed().await;
    busy_morning(&shop).await;
    let lead = shop.desk("2001").await;
    let query = "figure=answer-20s&span=today&by=agent";
    let told = history(&lead, query).await;
    let response = lead.get(&format!("/api/figures/history.csv?{query}")).await;
    assert_eq!(response.headers()["content-type"], "text/csv; charset=utf-8");
    let sheet = response.text().await.unwrap();
    let lines: Vec<Vec<&str>> = sheet.trim_start_matches('\u{feff}').lines().map(cells).collect();
    let column = |name: &str| lines[0].iter().position(|head| *head == name).unwrap();
    let of = |part: &str| lines.iter().filter(|line| line[0] == part).collect::<Vec<_>>();
    let share = |value: &Value| value.share().map(|share| format!("{share:.4}")).unwrap_or_default();
    let span = of("span")[0];
    assert_eq!((span[column("value")], span[column("of")]), (share(&told.value).as_str(), "3"));
    assert_eq!((span[column("from")], span[column("to")]), ("2026-11-23 00:00", "2026-11-24 00:00"));
    let pieces = of("piece");
    assert_eq!(pieces.len(), told.pieces.len());
    for (line, piece) in pieces.iter().zip(&told.pieces) {
        assert_eq!(line[column("value")], share(&piece.value));
        assert_eq!(line[column("rounds")], piece.rounds.to_string());
    }
    let rows: Vec<(&str, String)> = of("row").iter().map(|line| (line[1], line[column("value")].to_owned())).collect();
    let expected: Vec<(&str, String)> = told
        .rows
        .iter()
        .map(|row| (if row.of.name.is_empty() { "-" } else { row.of.name.as_str() }, share(&row.value)))
        .collect();
    assert_eq!(rows, expected);
    assert_eq!(of("row_piece").len(), told.rows.len() * told.pieces.len());
    assert_eq!(of("band").len(), told.spread.bands.len() + 2);
    let hours = of("hour");
    assert_eq!((hours.len(), hours[0][column("weekday")], hours[0][column("hour")]), (2, "Mon", "10"));
    let threshold = of("definition").into_iter().find(|line| line[1] == "threshold_seconds").unwrap();
    assert_eq!(threshold[column("value")], "20");
}

async fn silent(desk: &Desk) -> SilentAnswer {
    desk.get("/api/figures/silent").await.json().await.unwrap()
}

#[tokio::test]
async fn devices_that_may_still_hold_replies_are_told_until_they_report() {
    let shop = staffed().await;
    let (mut first, mut second, mut lead) = (shop.desk("1001").await, shop.desk("1002").await, shop.desk("2001").await);
    for desk in [&mut first, &mut second, &mut lead] {
        desk.pull().await;
    }
    assert_eq!(silent(&lead).await.count, 0);
    shop.later(601);
    second.pull().await;
    let told = silent(&lead).await;
    let devices: Vec<_> =
        told.devices.iter().map(|device| (device.member, device.last_at.since(TEN_O_CLOCK) / 1_000_000)).collect();
    assert_eq!((told.count, devices), (1, vec![(first.member(), 0)]), "the device that asks is here");
    assert_eq!(told.members.iter().map(|card| card.work_number.as_str()).collect::<Vec<_>>(), ["1001"]);
    first.pull().await;
    assert_eq!(silent(&lead).await.count, 0, "it reported");
    shop.later(601);
    assert_eq!(silent(&lead).await.count, 2);
    assert_eq!(second.sign_out().await, StatusCode::NO_CONTENT);
    assert_eq!(silent(&lead).await.count, 1, "whoever signed out holds nothing");
    shop.later(DAY);
    assert_eq!(silent(&shop.desk("2001").await).await.count, 0, "another day");
}
