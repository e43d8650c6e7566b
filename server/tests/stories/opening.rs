//! Hours of the shop, and those of teams and channels that have hours of their own: which hold where, and who hears of them.

use std::collections::BTreeMap;

use calamine::{Reader as _, Xlsx};
use qinda::sync::{DefinedAnswer, HistoryAnswer, NowAnswer, Part, PlanningAnswer, RulesAnswer, RulesTold};
use qinda::timing::{Definition, FigureRules, Hours, OpeningHours, shipped};
use reqwest::{Response, StatusCode};
use serde_json::{Value as Json, json};

use crate::defining::{defined, put_rules, staffed};
use crate::support::aside::aside;
use crate::support::{Desk, Shopper, TEN_O_CLOCK, TestShop, refusal};

/// A channel beside the shop's own, at its team, and a team with a channel of its own.
const BESIDE: [&str; 3] = [
    "INSERT INTO channels (shop, id, slug, name, team)
     SELECT shop, '01900000-0000-7000-8000-00000000000a', 'live', '直播', team FROM channels WHERE slug = 'tea'",
    "INSERT INTO teams (shop, id, name) SELECT id, '01900000-0000-7000-8000-00000000000b', 'night' FROM shops",
    "INSERT INTO channels (shop, id, slug, name, team)
     SELECT id, '01900000-0000-7000-8000-00000000000c', 'night', 'night', '01900000-0000-7000-8000-00000000000b' FROM shops",
];

fn daily(from: u32, to: u32) -> OpeningHours {
    OpeningHours::daily(from * 60, to * 60)
}

async fn with_places() -> TestShop {
    let shop = staffed().await;
    for sql in BESIDE {
        aside(shop.serving.store.place(), sql).await;
    }
    shop
}

async fn rules(desk: &Desk) -> RulesAnswer {
    desk.get("/api/figures/rules").await.json().await.unwrap()
}

/// The places by their names. Of a team and a channel that bear one name the team is meant.
fn places(answer: &RulesAnswer) -> BTreeMap<String, Part> {
    answer.places.iter().rev().map(|of| (of.name.clone(), of.part)).collect()
}

/// The shop from ten to eleven, the team `night` from twelve to one, the channel of the live show from ten to ten thirty.
async fn by_places(lead: &Desk) -> FigureRules {
    let told = rules(lead).await;
    let names: Vec<&str> = told.places.iter().map(|of| of.name.as_str()).collect();
    assert_eq!(names, ["day", "night", "night", "tea", "直播 (live)"], "teams, then channels, by name");
    let places = places(&told);
    let mut rules = FigureRules { hours: daily(10, 11), ..told.rules };
    places["night"].set_own(&mut rules.own_hours, Some(daily(12, 13)));
    places["直播 (live)"].set_own(&mut rules.own_hours, Some(OpeningHours::daily(600, 630)));
    assert_eq!((rules.own_hours.teams.len(), rules.own_hours.channels.len()), (1, 1));
    rules
}

/// One in the first minute at each of three places, one after the show at two, one at noon at two: nobody is answered.
async fn seven_questions(shop: &TestShop) {
    let at = |slug: &str| Shopper::at(shop.url(&format!("/c/{slug}")));
    for slug in ["tea", "live", "night"] {
        at(slug).writes("在吗").await;
    }
    shop.later(40 * 60);
    for slug in ["tea", "live"] {
        at(slug).writes("还在吗").await;
    }
    shop.later(90 * 60);
    for slug in ["tea", "night"] {
        at(slug).writes("有人吗").await;
    }
    shop.later(100);
}

async fn put(desk: &Desk, rules: FigureRules, version: u32) -> Response {
    put_rules(desk, &RulesTold { rules, version }).await
}

const TODAY: &str = "figure=begun-open&span=today&by=channel";

async fn history(desk: &Desk) -> HistoryAnswer {
    desk.get(&format!("/api/figures/history?{TODAY}")).await.json().await.unwrap()
}

#[tokio::test]
async fn a_channels_hours_hold_before_its_teams_and_those_before_the_shops() {
    let shop = with_places().await;
    let lead = shop.desk("2001").await;
    let begun_open = Definition { id: "begun-open".into(), hours: Hours::Opening, ..shipped().swap_remove(1) };
    let level = Definition { hours: Hours::Opening, ..shipped().swap_remove(1) };
    let rules = FigureRules { own: vec![begun_open, level], ..by_places(&lead).await };
    assert_eq!(put(&lead, rules.clone(), 0).await.status(), StatusCode::OK);
    seven_questions(&shop).await;
    let figures = defined(&shop.desk("2001").await).await;
    let of = |figure: &str| (figures[figure].value.of, figures[figure].in_hours.map(|value| value.of));
    assert_eq!(of("greeting-15s"), (7, Some(4)), "the shop's two, one of the show, one of the night");
    assert_eq!(of("begun-open"), (4, Some(4)));

    let lead = shop.desk("2001").await;
    let told = history(&lead).await;
    let by_channel: Vec<(&str, u32)> = told.rows.iter().map(|row| (row.of.name.as_str(), row.value.of)).collect();
    assert_eq!(by_channel, [("night", 1), ("tea", 2), ("直播 (live)", 1)]);
    assert_eq!((told.value.of, told.in_hours.map(|value| value.of)), (4, Some(4)));
    let own: Vec<(&str, &OpeningHours)> = told.own_hours.iter().map(|it| (it.of.name.as_str(), &it.hours)).collect();
    assert_eq!(own, [("night", &daily(12, 13)), ("直播 (live)", &OpeningHours::daily(600, 630))]);
    let now: NowAnswer = lead.get("/api/now").await.json().await.unwrap();
    assert_eq!(now.level.points.last().map(|(_, value)| value.of), Some(1), "noon is the night's alone");
}

#[tokio::test]
async fn exports_and_reports_say_whose_hours_differ() {
    let shop = with_places().await;
    let lead = shop.desk("2001").await;
    let begun_open = Definition { id: "begun-open".into(), hours: Hours::Opening, ..shipped().swap_remove(1) };
    let rules = FigureRules { own: vec![begun_open], hours: OpeningHours::always(), ..by_places(&lead).await };
    assert_eq!(put(&lead, rules, 0).await.status(), StatusCode::OK);
    seven_questions(&shop).await;
    let lead = shop.desk("2001").await;
    let span = format!("from={}&to={}", TEN_O_CLOCK.0, TEN_O_CLOCK.plus_seconds(4 * 3600).0);
    let answer: DefinedAnswer = lead.get(&format!("/api/figures/defined?{span}")).await.json().await.unwrap();
    assert_eq!((answer.has_hours, answer.hours, answer.own_hours.len()), (true, None, 2));
    let sheet = lead.get(&format!("/api/figures/defined.csv?{span}")).await.text().await.unwrap();
    let lines: Vec<&str> = sheet.lines().collect();
    assert!(lines[0].ends_with(",opening_hours,own_opening_hours"), "{}", lines[0]);
    for words in ["always,", "team night: Mon 12:00-13:00; ", " | channel 直播 (live): Mon 10:00-10:30; "] {
        assert!(lines[1..].iter().all(|line| line.contains(words)), "{words} in {sheet}");
    }
    let book = lead.get(&format!("/api/figures/defined.xlsx?{span}")).await.bytes().await.unwrap();
    let mut book = Xlsx::new(std::io::Cursor::new(book)).unwrap();
    let made = book.worksheet_range_at(1).unwrap().unwrap();
    let own: Vec<(String, String)> = made
        .rows()
        .filter(|row| row[0] == "own_opening_hours")
        .map(|row| (row[1].to_string(), row[2].to_string()))
        .collect();
    assert_eq!(own.len(), 2);
    assert!(own[0].0 == "team night" && own[0].1.starts_with("Mon 12:00-13:00; Tue "), "{own:?}");
    assert!(own[1].0 == "channel 直播 (live)" && own[1].1.ends_with("Sun 10:00-10:30"), "{own:?}");
    let trend = lead.get(&format!("/api/figures/history.csv?{TODAY}")).await.text().await.unwrap();
    for words in ["hours,team night Mon,", "hours,channel 直播 (live) Sun,"] {
        assert_eq!(trend.lines().filter(|line| line.starts_with(words)).count(), 1, "{words} in {trend}");
    }
    let report = lead.get("/report/daily?lang=zh").await.text().await.unwrap();
    for words in [
        "<dt>营业时间</dt><dd>全天</dd>",
        "<dt>营业时间 · 团队 night</dt><dd>周一 12:00-13:00；",
        "<dt>营业时间 · 渠道 直播 (live)</dt><dd>周一 10:00-10:30；",
    ] {
        assert!(report.contains(words), "{words} in {report}");
    }
    let english = lead.get("/report/daily?lang=en").await.text().await.unwrap();
    assert!(english.contains("<dt>Opening hours · team night</dt><dd>Mon 12:00-13:00; "), "{english}");
}

#[tokio::test]
async fn an_hour_is_planned_for_while_any_channel_is_open() {
    let shop = with_places().await;
    let lead = shop.desk("2001").await;
    let mut rules = by_places(&lead).await;
    let open = async |rules: &FigureRules, version| {
        assert_eq!(put(&lead, rules.clone(), version).await.status(), StatusCode::OK);
        let told: PlanningAnswer = lead.get("/api/planning").await.json().await.unwrap();
        told.open
    };
    assert_eq!(open(&rules, 0).await, [1 << 10 | 1 << 12; 7]);
    // Where every channel has hours of its own the shop's hold nowhere.
    let places = places(&self::rules(&lead).await);
    places["tea"].set_own(&mut rules.own_hours, Some(daily(20, 26)));
    let evening = 1 << 20 | 1 << 21 | 1 << 22 | 1 << 23;
    let mut expected = [1 << 10 | 1 << 12 | 1 | 2 | evening; 7];
    assert_eq!(open(&rules, 1).await, expected);
    // The night is off on Mondays, and so is what would have gone on into Tuesday.
    places["tea"].set_own(&mut rules.own_hours, Some(OpeningHours { week: monday_off(), ..daily(20, 26) }));
    (expected[0], expected[1]) = (1 << 10 | 1 << 12 | 3, 1 << 10 | 1 << 12 | evening);
    assert_eq!(open(&rules, 2).await, expected);
}

fn monday_off() -> [Vec<qinda::timing::DaySpan>; 7] {
    let mut week = daily(20, 26).week;
    week[0].clear();
    week
}

#[tokio::test]
async fn hours_of_places_outlive_a_desk_that_does_not_know_them() {
    let shop = with_places().await;
    let lead = shop.desk("2001").await;
    let rules = by_places(&lead).await;
    assert_eq!(put(&lead, rules.clone(), 0).await.status(), StatusCode::OK);
    let sent = async |rules: Json, version: u32| {
        let address = format!("{}/api/figures/rules", lead.origin);
        let answer = lead.client.put(address).json(&json!({ "rules": rules, "version": version })).send();
        answer.await.unwrap()
    };
    let mut older = serde_json::to_value(FigureRules { hours: daily(9, 18), ..rules.clone() }).unwrap();
    older.as_object_mut().unwrap().remove("own_hours").unwrap();
    let kept: RulesTold = sent(older.clone(), 1).await.json().await.unwrap();
    assert_eq!((kept.rules.own_hours, kept.rules.hours), (rules.own_hours.clone(), daily(9, 18)));
    assert_eq!(refusal(sent(older, 1).await).await, (StatusCode::CONFLICT, "changed_meanwhile".into()));
    assert_eq!(sent(json!([]), 2).await.status(), StatusCode::BAD_REQUEST);

    let mut strange = rules.clone();
    Part::Team("01900000-0000-7000-8000-0000000000ff".parse().unwrap())
        .set_own(&mut strange.own_hours, Some(daily(1, 2)));
    assert_eq!(refusal(put(&lead, strange, 2).await).await, (StatusCode::NOT_FOUND, "no_such_place".into()));
    let mut unfit = rules.clone();
    unfit.own_hours.teams.values_mut().for_each(|hours| *hours = daily(5, 4));
    assert_eq!(refusal(put(&lead, unfit, 2).await).await.1, "unfit_rules");

    // A channel that is no more takes its hours along, and nobody is kept from saving the rest.
    aside(shop.serving.store.place(), "DELETE FROM channels WHERE slug = 'live'").await;
    let kept: RulesTold = put(&lead, rules, 2).await.json().await.unwrap();
    assert_eq!((kept.version, kept.rules.own_hours.teams.len(), kept.rules.own_hours.channels.len()), (3, 1, 0));
    let nowhere = FigureRules::default();
    let kept: RulesTold = put(&lead, nowhere.clone(), 3).await.json().await.unwrap();
    assert_eq!(kept.rules, nowhere, "taken away by one who knows them");
}
