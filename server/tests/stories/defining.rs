//! Figures as the shop defines them: what each says, the cases behind it, and who may see and change what.

use std::collections::BTreeMap;

use calamine::{Data, Reader as _, Xlsx};
use qinda::sync::{
    Action, CasesAnswer, CloseConversation, DefinedAnswer, DefinedFigure, FIGURE_TRIAL_DAYS, FigureTrial,
    HistoryAnswer, RulesTold, TakeConversation, TransferConversation,
};
use qinda::timing::{DaySpan, Definition, FigureRules, Hours, Merge, OpeningHours, Statistic, Unit, Value, shipped};
use reqwest::{Response, StatusCode};

use crate::support::{Desk, TEN_O_CLOCK, TestShop, add_member, add_shop, refusal};

const DAY: i64 = 24 * 3600;

pub async fn staffed() -> TestShop {
    let shop = TestShop::open_at_ten().await.with_member("1001", "agent").await.with_member("1002", "agent").await;
    shop.with_member("2001", "supervisor").await
}

fn path(what: &str) -> String {
    let (from, to) = (TEN_O_CLOCK.plus_seconds(-10 * 3600), TEN_O_CLOCK.plus_seconds(14 * 3600));
    format!("/api/figures/{what}from={}&to={}", from.0, to.0)
}

pub async fn defined(desk: &Desk) -> BTreeMap<String, DefinedFigure> {
    let answer: DefinedAnswer = desk.get(&path("defined?")).await.json().await.unwrap();
    answer.figures.into_iter().map(|figure| (figure.definition.id.clone(), figure)).collect()
}

async fn cases(desk: &Desk, figure: &str) -> CasesAnswer {
    desk.get(&path(&format!("cases?figure={figure}&"))).await.json().await.unwrap()
}

pub async fn put_rules(desk: &Desk, told: &RulesTold) -> Response {
    desk.client.put(format!("{}/api/figures/rules", desk.origin)).json(told).send().await.unwrap()
}

/// How many did as asked, and of how many.
fn met(value: Value) -> (u32, u32) {
    (value.met, value.of)
}

/// Whole seconds: the server's clock gives every event its own microsecond.
fn seconds(value: Value) -> Option<i64> {
    value.ms.map(|ms| (ms + 500) / 1_000)
}

async fn says(desk: &mut Desk, question: &str, words: &str) {
    desk.pull().await;
    let conversation = desk.conversation_with(question);
    let reply = Action::SendMessage(desk.reply(&conversation, words));
    assert_eq!(desk.give(&reply).await["verdict"], "applied");
}

/// Lin is greeted after 10 s. Chen's question is handed from 1001 to 1002 after 20 s, who answers 25 s later. Zhao is
/// closed without an answer. Wu, of the hour after, waits.
pub async fn busy_morning(shop: &TestShop) -> (Desk, Desk) {
    let (mut first, mut second) = (shop.desk("1001").await, shop.desk("1002").await);
    shop.shopper().writes("林一").await;
    shop.later(10);
    says(&mut first, "林一", "在的").await;
    shop.later(50);
    shop.shopper().writes("陈一").await;
    first.pull().await;
    let chen = first.conversation_with("陈一");
    let take = TakeConversation { conversation: chen.id, owner_seen: None };
    assert_eq!(first.give(&Action::TakeConversation(take)).await["verdict"], "applied");
    shop.later(20);
    let to = second.member();
    let hand_over =
        TransferConversation { conversation: chen.id, to, owner_seen: Some(first.member()), note: String::new() };
    assert_eq!(first.give(&Action::TransferConversation(hand_over)).await["verdict"], "applied");
    shop.later(25);
    says(&mut second, "陈一", "我来答").await;
    shop.shopper().writes("赵一").await;
    shop.later(40);
    first.pull().await;
    let close = CloseConversation { conversation: first.conversation_with("赵一").id, seen: 1 };
    assert_eq!(first.give(&Action::CloseConversation(close)).await["verdict"], "applied");
    shop.later(3600);
    shop.shopper().writes("吴一").await;
    shop.later(5);
    (first, second)
}

#[tokio::test]
async fn every_figure_is_what_a_person_reckons_and_leads_to_its_cases() {
    let shop = staffed().await;
    let (first, second) = busy_morning(&shop).await;
    let lead = shop.desk("2001").await;
    let figures = defined(&lead).await;
    assert_eq!(figures.len(), shipped().len());
    // 10 s, 45 s, and one that nobody answered; the fourth may still be greeted in time.
    let greeting = &figures["greeting-15s"].value;
    assert_eq!((met(*greeting), greeting.not_ended, greeting.running), ((1, 3), 1, 1));
    assert_eq!(met(figures["tmall-3min"].value), (2, 3));
    assert_eq!(met(figures["kuaishou-3min"].value), (2, 3), "of three shoppers");
    assert_eq!(seconds(figures["longest"].value), Some(45));
    assert_eq!(seconds(figures["handover-median"].value), Some(25));
    assert_eq!(figures["handover-median"].value.of, 1, "taking what nobody had hands nothing over");
    assert_eq!(figures["handling-mean"].value.of, 0, "nothing that was answered was closed");
    assert_eq!(figures["handling-mean"].value.ms, None);
    let of = |figure: &str, desk: &Desk| {
        let found = figures[figure].by_agent.iter().find(|(agent, _)| *agent == Some(desk.member()));
        found.map(|(_, value)| met(*value))
    };
    assert_eq!((of("tmall-3min", &first), of("tmall-3min", &second)), (Some((1, 1)), Some((1, 1))));
    let nobodys = figures["tmall-3min"].by_agent.iter().find(|(agent, _)| agent.is_none());
    assert_eq!(nobodys.map(|(_, value)| met(*value)), Some((0, 1)));
    assert!(figures.values().all(|figure| figure.in_hours.is_none() && figure.before.of == 0));

    let behind = cases(&lead, "greeting-15s").await;
    assert_eq!(behind.count, 4);
    let told: Vec<_> =
        behind.cases.iter().map(|case| (case.met, case.running, case.ms.map(|ms| (ms + 500) / 1_000))).collect();
    let (failed, running) = ((false, false), (false, true));
    assert_eq!(
        told,
        [
            (failed.0, failed.1, None),
            (failed.0, failed.1, Some(45)),
            (running.0, running.1, None),
            (true, false, Some(10))
        ],
        "what failed comes first"
    );
    let unknown = refusal(lead.get(&path("cases?figure=nothing&")).await).await;
    assert_eq!(unknown, (StatusCode::NOT_FOUND, "no_such_figure".into()));
}

#[tokio::test]
async fn an_agent_sees_their_own_and_nobody_elses() {
    let shop = staffed().await;
    let (first, second) = busy_morning(&shop).await;
    let mine = defined(&second).await;
    assert_eq!(met(mine["answer-20s"].value), (0, 1));
    assert!(mine.values().flat_map(|figure| &figure.by_agent).all(|(agent, _)| *agent == Some(second.member())));
    let behind = cases(&second, "answer-20s").await;
    assert!(behind.count == 1 && behind.cases.iter().all(|case| case.agent == Some(second.member())));
    assert_eq!(met(defined(&first).await["answer-20s"].value), (1, 1));
    for path in ["/api/figures/rules".to_owned()] {
        assert_eq!(refusal(first.get(&path).await).await.0, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(refusal(put_rules(&first, &RulesTold::default()).await).await.0, StatusCode::FORBIDDEN);
    // Nor does another shop.
    let store = &shop.serving.store;
    let silk = add_shop(store, "silk").await;
    add_member(store, silk, "2001", "supervisor", "day").await;
    let other = Desk::sign_in(shop.url(""), "silk", "2001").await;
    assert!(defined(&other).await.values().all(|figure| figure.value == Value::default()));
    assert_eq!(cases(&other, "answer-20s").await.count, 0);
}

#[tokio::test]
async fn a_shop_counts_by_hours_and_figures_of_its_own() {
    let shop = staffed().await;
    busy_morning(&shop).await;
    let lead = shop.desk("2001").await;
    let read: RulesTold = lead.get("/api/figures/rules").await.json().await.unwrap();
    assert_eq!(read, RulesTold::default());
    let half_a_minute = Definition {
        id: "half-a-minute".into(),
        name: "半分钟".into(),
        threshold_seconds: Some(30),
        hours: Hours::Daily(DaySpan { from: 600, to: 601 }),
        ..shipped().swap_remove(1)
    };
    // Ten to a minute after ten, by the clocks of Tokyo, which are an hour ahead: nothing that happened was in it.
    let rules = FigureRules {
        zone: "Asia/Shanghai".into(),
        hours: OpeningHours::daily(600, 601),
        own: vec![half_a_minute],
        ..FigureRules::default()
    };
    let told = RulesTold { rules: rules.clone(), version: 0 };
    let kept: RulesTold = put_rules(&lead, &told).await.json().await.unwrap();
    assert_eq!(kept, RulesTold { rules: rules.clone(), version: 1 });
    let figures = defined(&lead).await;
    // Lin came in the first minute; Chen at the very moment of closing.
    assert_eq!(met(figures["half-a-minute"].value), (1, 1));
    assert_eq!(figures["greeting-15s"].in_hours.map(met), Some((1, 1)));
    assert_eq!(met(figures["greeting-15s"].value), (1, 3), "without hours it stays what it was");

    let tokyo = FigureRules { zone: "Asia/Tokyo".into(), ..rules.clone() };
    let told = RulesTold { rules: tokyo, version: 1 };
    assert_eq!(put_rules(&lead, &told).await.status(), StatusCode::OK);
    assert_eq!(met(defined(&lead).await["half-a-minute"].value), (0, 0));

    assert_eq!(refusal(put_rules(&lead, &told).await).await, (StatusCode::CONFLICT, "changed_meanwhile".into()));
    let atlantis = RulesTold { rules: FigureRules { zone: "Asia/Atlantis".into(), ..rules.clone() }, version: 2 };
    assert_eq!(
        refusal(put_rules(&lead, &atlantis).await).await,
        (StatusCode::UNPROCESSABLE_ENTITY, "unfit_rules".into())
    );
    let mut nameless = rules;
    nameless.own[0].name.clear();
    let nameless = RulesTold { rules: nameless, version: 2 };
    assert_eq!(refusal(put_rules(&lead, &nameless).await).await.1, "unfit_rules");
    assert_eq!(lead.get("/api/figures/rules").await.json::<RulesTold>().await.unwrap().version, 2);
}

/// The cells of a line; a comma between quotes divides nothing.
pub fn cells(line: &str) -> Vec<&str> {
    let mut is_quoted = false;
    line.split(|c| {
        is_quoted ^= c == '"';
        c == ',' && !is_quoted
    })
    .collect()
}

#[tokio::test]
async fn what_is_exported_is_what_the_screen_shows() {
    let shop = staffed().await;
    busy_morning(&shop).await;
    let lead = shop.desk("2001").await;
    let figures = defined(&lead).await;
    let response = lead.get(&path("defined.csv?")).await;
    assert_eq!(response.headers()["content-type"], "text/csv; charset=utf-8");
    let sheet = response.text().await.unwrap();
    let lines: Vec<Vec<&str>> = sheet.trim_start_matches('\u{feff}').lines().map(cells).collect();
    let column = |name: &str| lines[0].iter().position(|head| *head == name).unwrap();
    let everybodys: Vec<&Vec<&str>> = lines[1..].iter().filter(|line| line[column("agent")].is_empty()).collect();
    assert_eq!(everybodys.len(), figures.len());
    for line in everybodys {
        let DefinedFigure { definition, value, .. } = &figures[line[column("figure")]];
        assert_eq!(line[column("of")], value.of.to_string());
        let shown = match definition.statistic {
            Statistic::ShareWithin | Statistic::ShareEnded => value.share().map(|share| format!("{share:.4}")),
            _ => value.ms.map(|ms| format!("{:.3}", ms as f64 / 1_000.0)),
        };
        assert_eq!(line[column("value")], shown.unwrap_or_default(), "{}", definition.id);
    }
    let agents: Vec<&str> =
        lines.iter().filter(|line| line[0] == "tmall-3min").map(|line| line[column("agent")]).collect();
    assert_eq!(agents.len(), 4, "everybody, two agents and nobody: {agents:?}");
}

/// The number in a cell; none where there is nothing to say.
fn number(cell: Option<&Data>) -> Option<f64> {
    match cell {
        Some(Data::Float(number)) => Some(*number),
        None | Some(Data::Empty) => None,
        other => panic!("{other:?} is no number"),
    }
}

#[tokio::test]
async fn a_workbook_says_what_the_screen_shows_in_numbers_with_definitions_and_hours_beside() {
    let shop = staffed().await;
    busy_morning(&shop).await;
    let lead = shop.desk("2001").await;
    let hostile = Definition { id: "mine".into(), name: "=1+1".into(), ..shipped().swap_remove(1) };
    let rules = FigureRules {
        zone: "Asia/Shanghai".into(),
        hours: OpeningHours::daily(600, 601),
        own: vec![hostile],
        ..FigureRules::default()
    };
    put_rules(&lead, &RulesTold { rules, version: 0 }).await;
    let answer: DefinedAnswer = lead.get(&path("defined?")).await.json().await.unwrap();
    assert_eq!(answer.hours, Some(OpeningHours::daily(600, 601)));

    let response = lead.get(&path("defined.xlsx?")).await;
    let name = response.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.contains("qinda-figures.xlsx"), "{name}");
    let mut book = Xlsx::new(std::io::Cursor::new(response.bytes().await.unwrap())).unwrap();
    let [said, made] = [0, 1].map(|sheet| book.worksheet_range_at(sheet).unwrap().unwrap());
    let headings: Vec<String> = said.rows().next().unwrap().iter().map(ToString::to_string).collect();
    let column = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
    let of_agent = |row: &&[Data]| row[column("agent")] != Data::Empty;
    let (agents, everybodys): (Vec<_>, Vec<_>) = said.rows().skip(1).partition(of_agent);
    assert_eq!(everybodys.len(), answer.figures.len());
    assert_eq!(agents.len(), answer.figures.iter().map(|figure| figure.by_agent.len()).sum::<usize>());
    let says = |definition: &Definition, value: &Value| match definition.statistic {
        Statistic::ShareWithin | Statistic::ShareEnded => value.share(),
        _ => value.ms.map(|ms| ms as f64 / 1_000.0),
    };
    for (row, DefinedFigure { definition, value, in_hours, .. }) in everybodys.iter().zip(&answer.figures) {
        assert_eq!(row[column("name")], Data::String(definition.name.clone()));
        assert_eq!(number(row.get(column("value"))), says(definition, value), "{}", definition.id);
        let in_hours = in_hours.and_then(|value| says(definition, &value));
        assert_eq!(number(row.get(column("value_in_hours"))), in_hours, "{} in hours", definition.id);
        assert_eq!(number(row.get(column("of"))), Some(f64::from(value.of)));
    }
    assert!(book.worksheet_formula("数据 Figures").unwrap().cells().all(|(_, _, formula)| formula.is_empty()));
    let beside = |name: &str| {
        let row = made.rows().find(|row| row[0] == Data::String(name.into())).unwrap();
        row[1].to_string()
    };
    assert_eq!((beside("from"), beside("zone")), ("2026-11-23T00:00:00+08:00".into(), "Asia/Shanghai".into()));
    assert!(beside("opening_hours").starts_with("Mon 10:00-10:01; Tue "), "{}", beside("opening_hours"));
    assert_eq!(beside("greeting-15s"), "15 秒问候率");

    let sheet = lead.get(&path("defined.csv?")).await.text().await.unwrap();
    let mine = sheet.lines().find(|line| line.starts_with("mine,")).unwrap();
    assert!(mine.starts_with("mine,'=1+1,"), "{mine}");
    assert!(mine.contains("Asia/Shanghai") && mine.contains("Mon 10:00-10:01; Tue "), "{mine}");
}

#[tokio::test]
async fn a_definition_is_tried_before_anybody_keeps_it() {
    let shop = staffed().await;
    let (agent, _) = busy_morning(&shop).await;
    let lead = shop.desk("2001").await;
    let within = |seconds| Definition { threshold_seconds: Some(seconds), ..shipped().swap_remove(1) };
    let tried = async |desk: &Desk, definition: &Definition| {
        desk.client.post(format!("{}/api/figures/trial", desk.origin)).json(definition).send().await.unwrap()
    };
    let said = async |seconds| {
        let trial: FigureTrial = tried(&lead, &within(seconds)).await.json().await.unwrap();
        (met(trial.value), trial.to.since(trial.from) / 1_000_000)
    };
    assert_eq!(said(9).await, ((0, 3), FIGURE_TRIAL_DAYS * DAY));
    assert_eq!(said(11).await.0, (1, 3));
    assert_eq!(said(50).await.0, (2, 3));
    let nameless = Definition { name: String::new(), ..within(9) };
    assert_eq!(refusal(tried(&lead, &nameless).await).await, (StatusCode::UNPROCESSABLE_ENTITY, "unfit_rules".into()));
    assert_eq!(refusal(tried(&agent, &within(9)).await).await.0, StatusCode::FORBIDDEN);
    assert!(defined(&lead).await.values().all(|figure| figure.definition.threshold_seconds != Some(9)));
}

#[tokio::test]
async fn questions_before_an_answer_merge_as_the_figure_says() {
    let shop = staffed().await;
    let mut agent = shop.desk("1001").await;
    let shopper = shop.shopper();
    shopper.writes("有货吗").await;
    shop.later(12);
    shopper.writes("在吗").await;
    shop.later(7);
    shopper.writes("急").await;
    shop.later(3);
    says(&mut agent, "急", "有的").await;
    let lead = shop.desk("2001").await;
    let merged = |id: &str, merge| Definition { id: id.into(), merge, ..shipped().swap_remove(4) };
    let own = vec![
        merged("median", Merge::First),
        merged("last", Merge::Last),
        merged("each", Merge::Each),
        Definition { unit: Unit::Conversation, threshold_seconds: Some(20), ..shares_of(merged("all", Merge::Each)) },
    ];
    let rules = FigureRules { own, ..FigureRules::default() };
    assert_eq!(put_rules(&lead, &RulesTold { rules, version: 0 }).await.status(), StatusCode::OK);
    let figures = defined(&lead).await;
    let told = ["median", "last", "each"].map(|id| (figures[id].value.of, seconds(figures[id].value)));
    assert_eq!(told, [(1, Some(22)), (1, Some(3)), (3, Some(10))]);
    assert_eq!(met(figures["all"].value), (0, 1), "the first of its messages waited for 22 s");
    let behind = cases(&lead, "each").await;
    let waits: Vec<_> = behind.cases.iter().map(|case| case.ms.map(|ms| (ms + 500) / 1_000)).collect();
    assert_eq!(waits, [Some(22), Some(10), Some(3)]);
    let history = |figure: &str| format!("/api/figures/history?figure={figure}&span=today&by=agent");
    let told: HistoryAnswer = lead.get(&history("each")).await.json().await.unwrap();
    assert_eq!((told.value.of, told.rounds, told.rows[0].value.of), (3, 1, 3), "the rounds are what they were");
    let sheet = lead.get(&path("defined.csv?")).await.text().await.unwrap();
    let lines: Vec<Vec<&str>> = sheet.trim_start_matches('\u{feff}').lines().map(cells).collect();
    let column = lines[0].iter().position(|head| *head == "merge").unwrap();
    let merge_of = |id: &str| lines.iter().find(|line| line[0] == id).unwrap()[column];
    assert_eq!(["answer-20s", "last", "each", "pdd-effective"].map(merge_of), ["first", "last", "each", "each"]);
    let report = lead.get("/report/daily?lang=zh").await.text().await.unwrap();
    assert!(
        report.contains("每一轮，从顾客在回答前的最后一句到第一个人工回答") && report.contains("顾客的每一句各算一次")
    );
}

fn shares_of(definition: Definition) -> Definition {
    Definition { statistic: Statistic::ShareWithin, ..definition }
}

#[tokio::test]
async fn a_span_has_bounds_and_an_unreadable_question_is_refused() {
    let shop = staffed().await;
    let lead = shop.desk("2001").await;
    let longest = 92 * DAY * 1_000_000;
    for (query, expected) in [
        (format!("from=0&to={longest}"), StatusCode::OK),
        (format!("from=0&to={}", longest + 1), StatusCode::UNPROCESSABLE_ENTITY),
        ("from=2&to=1".into(), StatusCode::UNPROCESSABLE_ENTITY),
        (format!("from={}&to={}", i64::MIN, i64::MAX), StatusCode::UNPROCESSABLE_ENTITY),
        (format!("from={}&to={}", i64::MIN, i64::MIN), StatusCode::OK),
        ("from=yesterday&to=now".into(), StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(lead.get(&format!("/api/figures/defined?{query}")).await.status(), expected, "{query}");
    }
}
