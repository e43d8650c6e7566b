//! Chat logs from elsewhere: `qinda import chats` as an operator runs it, `POST /api/v1/chats` as a program does, and what
//! becomes of both.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use qinda::model::{ConversationId, MemberId, Micros};
use qinda::sync::{Action, CasesAnswer, DefinedAnswer, DefinedFigure, TakeConversation};
use qinda::timing::Subject;
use qinda::timing::rollup::{Only, Split, Wanted, Way};
use qinda_server::store::compaction::Compacted;
use qinda_server::store::rollups::{self, Question, Source, Steps};
use qinda_server::store::shops;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::sheets::workbook;
use crate::support::aside::aside;
use crate::support::program::{program, qinda, refused};
use crate::support::{Desk, PASSWORD, TestShop, browser, refusal};

/// 2026-03-02 00:00 in Shanghai.
const MIDNIGHT: i64 = 1_772_380_800;
const DAY: i64 = 86_400;
const HEADINGS: &str = "会话ID,发送时间,发送人,发送人类型,消息内容\n";

fn import(data: &Path, file: &Path, more: &[&str]) -> Output {
    let (data, file) = (data.to_str().unwrap(), file.to_str().unwrap());
    qinda(&[&["import", "chats", file, "--data", data, "--source", "市集", "--json"], more].concat())
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn number(report: &Value, name: &str) -> i64 {
    report[name].as_i64().unwrap_or_else(|| panic!("{name} in {report}"))
}

fn written(directory: &Path, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Who wrote in a made conversation, and when, in seconds after midnight.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Shopper,
    Agent(u64),
    Robot,
}

struct Talk {
    name: String,
    said: Vec<(i64, Who)>,
}

/// Numbers that look like chance and are the same each time.
fn draws(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

/// Conversations as a busy day has them; in each the moments differ.
fn talks(count: usize, seed: u64) -> Vec<Talk> {
    let mut draw = draws(seed);
    let talk = |number| {
        let mut second = 8 * 3_600 + draw(50_000) as i64;
        let said = (0..2 + draw(12)).map(|_| {
            second += 1 + draw(40) as i64;
            let who = match draw(10) {
                0..4 => Who::Shopper,
                4..9 => Who::Agent(draw(3)),
                _ => Who::Robot,
            };
            (second, who)
        });
        let said = said.collect();
        Talk { name: format!("对话{number}"), said }
    };
    (0..count).map(talk).collect()
}

/// The rows of a log, by time, without headings.
fn rows(talks: &[Talk]) -> Vec<String> {
    let said =
        talks.iter().flat_map(|talk| talk.said.iter().map(move |(second, who)| (*second, talk.name.as_str(), *who)));
    let mut said: Vec<_> = said.collect();
    said.sort_unstable();
    let row = |(second, name, who): (i64, &str, Who)| {
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        let (by, role) = match who {
            Who::Shopper => (format!("{name} 的买家"), "买家"),
            Who::Agent(number) => (format!("客服{number}"), "客服"),
            Who::Robot => (String::new(), "机器人"),
        };
        format!("{name},2026/3/2 {hour}:{minute:02}:{second:02},{by},{role},\"说了\"\"什么\"\"，又\n换行\"\n")
    };
    said.into_iter().map(row).collect()
}

fn log(rows: &[String]) -> String {
    format!("{HEADINGS}{}", rows.concat())
}

/// What a person reckons of the same day with paper and pencil.
#[derive(Default)]
struct Reckoned {
    /// How long each answered round took, in seconds, and who answered.
    answered: Vec<(i64, u64)>,
    unanswered: usize,
    greeted_in_time: usize,
    greetings: usize,
    handling: Vec<i64>,
    resolution: Vec<i64>,
}

fn reckoned(talks: &[Talk]) -> Reckoned {
    let mut all = Reckoned::default();
    for Talk { said, .. } in talks {
        let (mut since, mut first_agent, mut first_shopper) = (None, None, None);
        let mut rounds: Vec<Option<i64>> = Vec::new();
        for (second, who) in said {
            match who {
                Who::Shopper if since.is_none() => {
                    since = Some(*second);
                    first_shopper = first_shopper.or(since);
                    rounds.push(None);
                }
                Who::Agent(number) => {
                    first_agent = first_agent.or(Some(*second));
                    if let Some(asked) = since.take() {
                        all.answered.push((second - asked, *number));
                        *rounds.last_mut().unwrap() = Some(second - asked);
                    }
                }
                Who::Shopper | Who::Robot => {}
            }
        }
        let last = said.last().unwrap().0;
        all.unanswered += usize::from(since.is_some());
        all.greetings += usize::from(!rounds.is_empty());
        all.greeted_in_time += usize::from(rounds.first().is_some_and(|took| took.is_some_and(|took| took <= 15)));
        all.handling.extend(first_agent.map(|first| last - first));
        if rounds.iter().any(Option::is_some) {
            all.resolution.extend(first_shopper.map(|first| last - first));
        }
    }
    all
}

/// As a spreadsheet has it.
fn percentile(mut values: Vec<i64>, share: f64) -> f64 {
    values.sort_unstable();
    let place = share * (values.len() - 1) as f64;
    let (below, above) = (values[place.floor() as usize] as f64, values[place.ceil() as usize] as f64);
    below + (above - below) * place.fract()
}

fn mean(values: &[i64]) -> f64 {
    values.iter().sum::<i64>() as f64 / values.len() as f64
}

fn span(days: i64) -> String {
    let at = |second: i64| Micros(0).plus_seconds(second).0;
    format!("from={}&to={}", at(MIDNIGHT), at(MIDNIGHT + days * DAY))
}

async fn defined(desk: &Desk) -> BTreeMap<String, DefinedFigure> {
    let answer: DefinedAnswer = desk.get(&format!("/api/figures/defined?{}", span(1))).await.json().await.unwrap();
    answer.figures.into_iter().map(|figure| (figure.definition.id.clone(), figure)).collect()
}

#[track_caller]
fn same(told: &DefinedFigure, seconds: f64, of: usize) {
    let ms = told.value.ms.unwrap_or_else(|| panic!("{} says a time", told.definition.id)) as f64;
    assert!((ms - seconds * 1_000.0).abs() <= 1.0, "{}: {ms} ms, reckoned {seconds} s", told.definition.id);
    assert_eq!(told.value.met as usize, of, "{}", told.definition.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_an_imported_log_are_what_a_person_reckons() {
    let shop = TestShop::open().await.with_member("2001", "supervisor").await.with_member("客服1", "agent").await;
    let talks = talks(80, 7);
    let gone = qinda(&["member", "deactivate", "--number", "客服1", "--data", &shop.directory_of_data()]);
    assert!(gone.status.success(), "one who has left is named all the same");
    let file = written(shop.directory.path(), "log.csv", log(&rows(&talks)));
    let told = report(&import(shop.directory.path(), &file, &[]));
    let messages: usize = talks.iter().map(|talk| talk.said.len()).sum();
    assert_eq!((number(&told, "new"), number(&told, "conversations")), (messages as i64, 80));
    assert_eq!((number(&told, "strangers"), number(&told, "without_end")), (2, 80), "one of three has an account");

    let lead = shop.desk("2001").await;
    let (figures, all) = (defined(&lead).await, reckoned(&talks));
    let took: Vec<i64> = all.answered.iter().map(|(took, _)| *took).collect();
    let rounds = took.len() + all.unanswered;
    assert!(all.unanswered > 5 && all.greetings > all.greeted_in_time && rounds > 100);
    let share = |id: &str| (figures[id].value.met as usize, figures[id].value.of as usize);
    assert_eq!(share("reply-rate"), (took.len(), rounds));
    assert_eq!(share("answer-20s"), (took.iter().filter(|took| **took <= 20).count(), rounds));
    assert_eq!(share("greeting-15s"), (all.greeted_in_time, all.greetings));
    same(&figures["mean"], mean(&took), took.len());
    same(&figures["longest"], *took.iter().max().unwrap() as f64, took.len());
    for (id, share) in [("median", 0.5), ("p90", 0.9), ("p95", 0.95)] {
        same(&figures[id], percentile(took.clone(), share), took.len());
    }
    same(&figures["handling-mean"], mean(&all.handling), all.handling.len());
    same(&figures["resolution-median"], percentile(all.resolution.clone(), 0.5), all.resolution.len());

    let answer: DefinedAnswer = lead.get(&format!("/api/figures/defined?{}", span(1))).await.json().await.unwrap();
    let named: BTreeMap<MemberId, &str> = answer.members.iter().map(|card| (card.id, card.name.as_str())).collect();
    for number in 0..3 {
        let by: Vec<i64> = all.answered.iter().filter(|(_, by)| *by == number).map(|(took, _)| *took).collect();
        let name = if number == 1 { "member 客服1".to_owned() } else { format!("客服{number}") };
        let found = figures["longest"]
            .by_agent
            .iter()
            .find(|(id, _)| id.is_some_and(|id| named.get(&id) == Some(&name.as_str())));
        let (_, value) = found.unwrap_or_else(|| panic!("{name} has figures"));
        assert_eq!(value.ms, by.iter().max().map(|took| took * 1_000), "{name}");
    }
    let behind: CasesAnswer =
        lead.get(&format!("/api/figures/cases?figure=answer-20s&{}", span(1))).await.json().await.unwrap();
    assert_eq!(behind.count, rounds, "every round can be looked at");
}

/// Everything that came in, in order, but for what depends on the order in which it came.
async fn kept(shop: &TestShop) -> Vec<String> {
    let place = shop.serving.store.place();
    let mut kept = aside(
        place,
        "SELECT conversation || ' ' || CAST(position AS TEXT) || ' ' || id || ' ' || CAST(at AS TEXT) || ' ' || author_kind
             || ' ' || COALESCE(author, '-') || ' ' || customer || ' ' || text AS line
         FROM messages ORDER BY conversation, position",
    )
    .await;
    kept.extend(
        aside(
            place,
            "SELECT id || ' ' || customer || ' ' || state || ' ' || COALESCE(owner, '-') || ' ' || CAST(opened_at AS TEXT)
                 || ' ' || CAST(closed_at AS TEXT) || ' ' || CAST(last_position AS TEXT) || ' ' || CAST(in_feed AS TEXT) AS line
             FROM conversations ORDER BY id",
        )
        .await,
    );
    kept.extend(
        aside(
            place,
            "SELECT conversation || ' ' || CAST(version AS TEXT) || ' ' || CAST(at AS TEXT) || ' ' || what AS line
             FROM happened ORDER BY conversation, version",
        )
        .await,
    );
    kept.extend(aside(place, "SELECT id FROM customers ORDER BY id").await);
    kept
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_the_same_in_any_order_and_any_pieces_and_twice_is_once() {
    let (first, second) = (TestShop::open().await, TestShop::open().await);
    let mut talks = talks(120, 11);
    talks[3].said = vec![(40_000, Who::Agent(0)), (40_010, Who::Agent(0))];
    let mut rows = rows(&talks);
    rows.push("对话5,2026/3/2 23:00,,结束,\n".into());
    let whole = written(first.directory.path(), "log.csv", log(&rows));
    let told = report(&import(first.directory.path(), &whole, &[]));
    assert_eq!((number(&told, "moved"), number(&told, "ends"), number(&told, "without_end")), (0, 1, 119));
    let expected = kept(&first).await;

    let mut draw = draws(3);
    for place in (1..rows.len()).rev() {
        rows.swap(place, draw(place as u64 + 1) as usize);
    }
    let directory = second.directory.path();
    let mut moved = 0;
    for (number_of, piece) in rows.chunks(rows.len() / 3 + 1).enumerate() {
        let file = written(directory, &format!("{number_of}.csv"), log(piece));
        moved += number(&report(&import(directory, &file, &[])), "moved");
    }
    assert!(moved > 100, "earlier messages came later");
    assert_eq!(kept(&second).await, expected);

    let again = report(&import(first.directory.path(), &whole, &["--again"]));
    assert_eq!((number(&again, "new"), number(&again, "known")), (0, rows.len() as i64 - 1));
    let went_on = report(&import(first.directory.path(), &whole, &[]));
    assert_eq!(number(&went_on, "rows"), 0, "without --again nothing is read again");
    assert_eq!(kept(&first).await, expected);
    let strangers = aside(first.serving.store.place(), "SELECT name FROM members ORDER BY name").await;
    assert_eq!(strangers, ["客服0", "客服1", "客服2"]);
}

/// Earlier messages come when later ones are counted and added up, shoppers are named late, and conversations end elsewhere
/// than was thought.
#[tokio::test(flavor = "multi_thread")]
async fn kept_figures_follow_what_an_import_changes() {
    let shop = TestShop::open().await.with_member("2001", "supervisor").await;
    let (store, directory) = (&shop.serving.store, shop.directory.path());
    let talks = talks(60, 21);
    let mut rows = rows(&talks);
    let mut draw = draws(5);
    for place in (1..rows.len()).rev() {
        rows.swap(place, draw(place as u64 + 1) as usize);
    }
    let (id, all) = (shop.id, shops::all(&mut store.reader().await.unwrap()).await.unwrap());
    let card = all.into_iter().map(|found| found.card).find(|card| card.id == id).unwrap();
    for (number_of, piece) in rows.chunks(rows.len() / 4 + 1).enumerate() {
        let file = written(directory, &format!("{number_of}.csv"), log(piece));
        assert!(number(&report(&import(directory, &file, &[])), "new") > 0);
        let waiting = rollups::marked(&mut store.reader().await.unwrap(), id).await.unwrap();
        assert_eq!(waiting, 0, "an import is counted when it ends");
        rollups::seal(store, &card).await.unwrap();
    }
    let rebuilt = rollups::rebuild(store, &card).await.unwrap();
    assert_eq!((rebuilt.days > 0, rebuilt.differed), (true, 0), "what was kept is what the messages say");
    let now = store.clock().now();
    let at = |second: i64| Micros(0).plus_seconds(second);
    let wanted = Wanted { subjects: Subject::Response.into(), split: Split::Agent, only: Only::default() };
    let (from, to) = (at(MIDNIGHT), at(MIDNIGHT + DAY));
    let question = Question {
        shop: card,
        from,
        to,
        now,
        steps: Steps::One,
        wanted,
        groups: None,
        patience_seconds: vec![20],
        way: Way::default(),
    };
    let mut snapshot = store.snapshot().await.unwrap();
    let kept = rollups::history(&mut snapshot, &question).await.unwrap().unwrap();
    let read = rollups::history_of_messages(&mut snapshot, &question).await.unwrap().unwrap();
    assert_eq!(kept.gross, read.gross);
    let rounds = kept.totals(Subject::Response, 20);
    let all = reckoned(&talks);
    let ended: u64 = rounds.iter().map(|(_, _, total)| total.ended.many()).sum();
    let left: u64 = rounds.iter().map(|(_, _, total)| total.left).sum();
    assert_eq!((kept.source, ended, left), (Source::Kept, all.answered.len() as u64, all.unanswered as u64));
    drop(snapshot);

    let forget = ["import", "forget", "--source", "市集", "--data", &shop.directory_of_data()];
    let told = String::from_utf8(qinda(&forget).stdout).unwrap();
    assert!(told.contains("60 conversations of 市集 are gone"), "{told}");
    let nothing = "SELECT id FROM conversations UNION SELECT id FROM messages UNION SELECT conversation FROM happened
        UNION SELECT id FROM customers UNION SELECT name FROM chat_sources UNION SELECT id FROM channels WHERE kind <> 'page'";
    assert_eq!(aside(store.place(), nothing).await, Vec::<String>::new());
    rollups::fold_all(store, id).await.unwrap();
    let mut snapshot = store.snapshot().await.unwrap();
    assert_eq!(rollups::history(&mut snapshot, &question).await.unwrap().unwrap().gross, []);
    drop(snapshot);
    assert_eq!(rollups::rebuild(store, &question.shop).await.unwrap().differed, 0);
    refused(&forget, "没有叫 市集 的来源", "There is no source called 市集");
    let again = report(&import(directory, &directory.join("0.csv"), &[]));
    assert!(number(&again, "new") > 0, "what was forgotten can come in again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_goes_on_where_it_was() {
    let shop = TestShop::open().await;
    let mut text = HEADINGS.to_owned();
    let rows_written = 14_000;
    for number in 0..rows_written {
        let (minute, second) = (number / 60 % 60, number % 60);
        writeln!(
            text,
            "对话{},2026-03-02 1{}:{minute:02}:{second:02},小鱼,买家,第{number}句",
            number / 10,
            number / 3_600
        )
        .unwrap();
    }
    let file = written(shop.directory.path(), "log.csv", text);
    let data = shop.directory_of_data();
    let args = ["import", "chats", file.to_str().unwrap(), "--data", &data, "--source", "市集", "--json"];
    let count = async || aside(shop.serving.store.place(), "SELECT CAST(COUNT(*) AS TEXT) FROM messages").await;
    for signal in ["-KILL", "-INT"] {
        let mut child =
            program(&args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("rows/s")), "it tells how far it is");
        let pid = child.id().to_string();
        assert!(std::process::Command::new("kill").args([signal, &pid]).status().unwrap().success());
        let rest: Vec<String> = lines.map_while(Result::ok).collect();
        let output = child.wait_with_output().unwrap();
        assert!(!output.status.success());
        if signal == "-INT" {
            assert_eq!(output.status.code(), Some(1));
            assert!(report(&output)["interrupted"].as_bool().unwrap());
            assert!(rest.iter().any(|line| line.contains("接着导入")), "{rest:?}");
        }
    }
    let before: i64 = count().await[0].parse().unwrap();
    assert!((4_000..rows_written).contains(&before), "both runs wrote whole batches: {before}");
    let told = report(&qinda(&args));
    assert_eq!((number(&told, "new"), number(&told, "known")), (rows_written - before, 0), "nothing is read twice");
    assert_eq!(count().await, [rows_written.to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_grows_is_taken_row_by_row_as_they_are_finished() {
    let shop = TestShop::open().await;
    let directory = shop.directory.path();
    let begun = format!("{HEADINGS}一,2026-03-02 10:00,小鱼,买家,在吗\n一,2026-03-02 10:01,小美,客服,\"在的，\n");
    let file = written(directory, "log.csv", &begun);
    let told = report(&import(directory, &file, &[]));
    assert_eq!((number(&told, "rows"), number(&told, "new")), (1, 1));
    assert!(number(&told, "left_over_bytes") > 0);
    let more = format!("{begun}您说\"\n一,2026-03-02 09:59,小鱼,买家,你好\n二,2026-03-02 10:0");
    written(directory, "log.csv", &more);
    let told = report(&import(directory, &file, &[]));
    assert_eq!((number(&told, "rows"), number(&told, "new"), number(&told, "moved")), (2, 2, 1));
    written(directory, "log.csv", format!("{more}5,小鱼,买家,还在吗"));
    assert_eq!(number(&report(&import(directory, &file, &[])), "rows"), 0, "no end of line, no row");
    let told = report(&import(directory, &file, &["--whole"]));
    assert_eq!((number(&told, "new"), number(&told, "left_over_bytes")), (1, 0));
    let times = aside(
        shop.serving.store.place(),
        "SELECT CAST(at / 1000000 AS TEXT) FROM messages ORDER BY conversation, position",
    );
    let mut minutes: Vec<i64> = times.await.iter().map(|at| (at.parse::<i64>().unwrap() - MIDNIGHT) / 60).collect();
    minutes.sort_unstable();
    assert_eq!(minutes, [599, 600, 601, 605]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_rows_are_named_and_odd_conversations_told() {
    let shop = TestShop::open().await.with_member("2001", "supervisor").await;
    let directory = shop.directory.path();
    let text = format!(
        "{HEADINGS}\
         一,2026-03-02 10:00:00.000001,小鱼,买家,在吗\n\
         一,2026-03-02 10:00:00.000001,小美,客服,在\n\
         一,2026-03-02 10:00:00.000001,小美,客服,在\n\
         二,2026-03-02 10:00,小美,客服,您好\n\
         三,昨天,小鱼,买家,在吗\n\
         三,2126-03-02 10:00,小鱼,买家,在吗\n\
         ,2026-03-02 10:00,小鱼,买家,在吗\n\
         三,2026-03-02 10:00,小二,店小二,在吗\n\
         三,2026-03-02 10:00,\"小鱼\"儿,买家,在吗\n\
         三,2026-03-02 10:00:05,,客服,在吗\n\
         三,2026-03-02 10:00:01,小鱼,买家,在吗\n\
         三,2026-03-02 10:00:06,,结束,\n"
    );
    let file = written(directory, "log.csv", &text);
    let bad = directory.join("bad.tsv");
    let output = import(directory, &file, &["--bad", bad.to_str().unwrap()]);
    let told = report(&output);
    assert!(output.status.success(), "{told}");
    let counts = ["rows", "new", "known", "ends", "conversations", "without_shopper", "without_end", "unnamed"];
    assert_eq!(counts.map(|name| number(&told, name)), [12, 5, 1, 1, 3, 1, 2, 1]);
    let named: Vec<(i64, &str)> = told["bad"]["named"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bad| (bad["line"].as_i64().unwrap(), bad["kind"].as_str().unwrap()))
        .collect();
    assert_eq!(
        named,
        [(6, "unreadable_time"), (7, "future"), (8, "no_conversation"), (9, "unknown_role"), (10, "broken")]
    );
    let listed = std::fs::read_to_string(&bad).unwrap();
    assert_eq!(listed.lines().count(), 5);
    assert!(listed.starts_with("6\tunreadable_time\t读不懂时间“昨天”\t"), "{listed}");
    let figures = defined(&shop.desk("2001").await).await;
    assert_eq!((figures["longest"].value.met, figures["longest"].value.ms), (2, Some(4_000)), "0 s and 4 s");
    assert_eq!(figures["resolution-median"].value.met, 2);

    let nothing = written(directory, "nothing.csv", format!("{HEADINGS}一,昨天,小鱼,买家,在吗\n"));
    assert_eq!(import(directory, &nothing, &[]).status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_remembers_its_columns_words_and_zone() {
    let shop = TestShop::open().await;
    let directory = shop.directory.path();
    let path = |file: &Path| file.to_str().unwrap().to_owned();
    let first = written(directory, "1.csv", "单,何时,何人,何职,何言\n一,2026-03-02 09:00,小鱼,甲,在吗\n");
    let data = shop.directory_of_data();
    refused(
        &["import", "chats", &path(&first), "--data", &data, "--source", "市集"],
        "找不到这些列",
        "--map FIELD=COLUMN",
    );
    let map = [
        "--map",
        "conversation=单",
        "--map",
        "time=何时",
        "--map",
        "who=何人",
        "--map",
        "role=何职",
        "--map",
        "text=何言",
    ];
    let words = ["--role", "甲=shopper", "--role", "乙=agent", "--zone", "Asia/Tokyo"];
    let preview = import(directory, &first, &[&map[..], &words[..], &["--preview"]].concat());
    let shown = String::from_utf8(preview.stdout).unwrap();
    assert!(shown.contains("2026-03-02T00:00:00Z  一  顾客 shopper  小鱼"), "{shown}");
    let none = "SELECT name FROM chat_sources UNION SELECT id FROM conversations UNION SELECT name FROM channels WHERE kind <> 'page'";
    assert_eq!(aside(shop.serving.store.place(), none).await, Vec::<String>::new(), "a preview writes nothing");

    assert_eq!(number(&report(&import(directory, &first, &[&map[..], &words[..]].concat())), "new"), 1);
    let second = written(directory, "2.csv", "单\t何时\t何人\t何职\t何言\n一\t2026-03-02 09:01\t小美\t乙\t在\n");
    let told = report(&import(directory, &second, &[]));
    assert_eq!((number(&told, "new"), number(&told, "conversations")), (1, 0), "nothing has to be said twice");
    let times =
        aside(shop.serving.store.place(), "SELECT CAST(at / 1000000 AS TEXT) FROM messages ORDER BY position").await;
    assert_eq!(times, [(MIDNIGHT + 8 * 3_600).to_string(), (MIDNIGHT + 8 * 3_600 + 60).to_string()], "nine in Tokyo");
    let shanghai = ["import", "chats", &path(&second), "--data", &data, "--source", "市集", "--zone", "Asia/Shanghai"];
    refused(&shanghai, "换时区会把同样的消息再算一遍", "would count twice");
    refused(
        &["import", "chats", &path(&second), "--data", &data, "--source", "别处", "--team", "nobody"],
        "找不到这些列",
        "",
    );

    let objects = "{\"conversation\":\"一\",\"time\":1772409720,\"who\":\"小鱼\",\"role\":\"甲\",\"text\":\"好\"}";
    let lines = written(directory, "3.jsonl", objects);
    assert_eq!(number(&report(&import(directory, &lines, &[])), "new"), 1);
    let cells = [
        ("A1", "会话"),
        ("B1", "时间"),
        ("C1", "发送人"),
        ("D1", "角色"),
        ("E1", "内容"),
        ("A2", "一"),
        ("B2", "46083.37708333333"),
        ("C2", "小美"),
        ("D2", "乙"),
        ("E2", "不客气"),
    ];
    let sheet = written(directory, "4.xlsx", workbook(&cells));
    assert_eq!(number(&report(&import(directory, &sheet, &[])), "new"), 1);
    let again = report(&import(directory, &sheet, &[]));
    assert_eq!((number(&again, "new"), number(&again, "known")), (0, 1));
    let times =
        aside(shop.serving.store.place(), "SELECT CAST(at / 1000000 AS TEXT) FROM messages ORDER BY position").await;
    assert_eq!(times[2..], [(MIDNIGHT + 8 * 3_600 + 120).to_string(), (MIDNIGHT + 8 * 3_600 + 180).to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_hears_of_an_imported_log_and_nobody_comes_in_by_it() {
    let shop = TestShop::open().await.with_member("1001", "agent").await.with_member("2001", "supervisor").await;
    shop.shopper().writes("真的在问").await;
    let mut desk = shop.desk("1001").await;
    desk.pull().await;
    let before = (desk.cursors.clone(), desk.state.clone());
    let directory = shop.directory.path();
    let text = format!("{HEADINGS}一,2026-03-02 10:00,小鱼,买家,我的电话是 139\n一,2026-03-02 10:01,小美,客服,好的\n");
    let file = written(directory, "log.csv", &text);
    assert_eq!(number(&report(&import(directory, &file, &[])), "new"), 2);
    desk.pull().await;
    assert!(before == (desk.cursors.clone(), desk.state.clone()), "a desk hears nothing");
    let mut fresh = shop.desk("1001").await;
    fresh.pull().await;
    assert_eq!((fresh.state.conversations.len(), fresh.state.members.len()), (1, before.1.members.len()));
    assert_eq!(
        shop.serving.store.compact().await.unwrap(),
        Compacted::default(),
        "there is nothing to take out of a feed"
    );

    let place = shop.serving.store.place();
    let logged = "SELECT id FROM conversations WHERE in_feed = 3";
    let id: ConversationId = aside(place, logged).await[0].parse().unwrap();
    let verdict = desk.give(&Action::TakeConversation(TakeConversation { conversation: id, owner_seen: None })).await;
    assert_ne!(verdict["verdict"], "applied", "{verdict}");
    let texts = aside(place, "SELECT text FROM messages WHERE customer_seq < 0").await;
    assert_eq!(texts, ["", ""], "words are not kept unless somebody asks for it");
    assert_eq!(number(&report(&import(directory, &file, &["--again", "--keep-text"])), "known"), 2);

    let slug = aside(place, "SELECT slug FROM channels WHERE kind = 'imported'").await.remove(0);
    let page = browser().get(shop.url(&format!("/c/{slug}"))).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::NOT_FOUND);
    let stranger = json!({ "shop": "tea", "work_number": "市集:小美", "password": PASSWORD });
    let signed_in = browser().post(shop.url("/api/sign-in")).json(&stranger).send().await.unwrap();
    assert_ne!(signed_in.status(), StatusCode::OK);
    let list = qinda(&["shop", "list", "--data", &shop.directory_of_data()]);
    assert!(!String::from_utf8(list.stdout).unwrap().contains("imported"));
}

struct Program {
    client: reqwest::Client,
    url: String,
    key: String,
}

impl Program {
    async fn sends(&self, body: impl Into<reqwest::Body>) -> Response {
        let post = self.client.post(&self.url).bearer_auth(&self.key).header("content-type", "application/json");
        post.body(body).send().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_sends_rows_with_a_key() {
    let shop = TestShop::open().await.with_member("2001", "supervisor").await;
    let data = shop.directory_of_data();
    let made = qinda(&["shop", "key", "--name", "sync", "--data", &data]);
    let key = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    assert!(made.status.success() && key.starts_with("qk_"), "{key}");
    refused(&["shop", "key", "--name", "sync", "--data", &data], "已经有叫 sync 的密钥", "choose another name");
    let url = shop.url("/api/v1/chats?source=%E5%B8%82%E9%9B%86");
    let sync = Program { client: browser(), url, key };

    let row = |second: i64, who: &str, role: &str| json!({ "conversation": "一", "time": MIDNIGHT + 36_000 + second, "who": who, "role": role, "text": "…" });
    let rows = json!([row(0, "小鱼", "shopper"), row(7, "小美", "agent"), row(8, "小美", "cook"), 5]);
    let told: Value = sync.sends(rows.to_string()).await.json().await.unwrap();
    assert_eq!((number(&told, "rows"), number(&told, "new"), number(&told, "conversations")), (4, 2, 1));
    let bad: Vec<(i64, &str)> = told["bad"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bad| (number(bad, "index"), bad["kind"].as_str().unwrap()))
        .collect();
    assert_eq!(bad, [(2, "unknown_role"), (3, "broken")]);
    let lines = format!("{}\n{}\n", row(0, "小鱼", "shopper"), row(30, "小鱼", "shopper"));
    let told: Value = sync.sends(lines).await.json().await.unwrap();
    assert_eq!((number(&told, "new"), number(&told, "known")), (1, 1), "the same again changes nothing");
    let longest = &defined(&shop.desk("2001").await).await["longest"];
    assert_eq!((longest.value.met, longest.value.ms, longest.value.not_ended), (1, Some(7_000), 1));

    let kept = aside(shop.serving.store.place(), "SELECT key_hash FROM api_keys").await;
    assert!(!kept[0].contains(&sync.key[3..]), "only its hash is kept");
    let nameless = Program { url: shop.url("/api/v1/chats"), key: sync.key.clone(), client: browser() };
    assert_eq!(refusal(nameless.sends("[]").await).await, (StatusCode::UNPROCESSABLE_ENTITY, "no_source".into()));
    assert_eq!(refusal(sync.sends("[{]").await).await.0, StatusCode::BAD_REQUEST);
    let many = format!("[{}]", vec!["{}"; 5_001].join(","));
    assert_eq!(refusal(sync.sends(many).await).await, (StatusCode::PAYLOAD_TOO_LARGE, "too_many_rows".into()));
    assert_eq!(refusal(sync.sends(vec![b' '; 5 << 20]).await).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let stranger = Program { key: "qk_0".into(), url: sync.url.clone(), client: browser() };
    assert_eq!(refusal(stranger.sends("[]").await).await, (StatusCode::UNAUTHORIZED, "no_key".into()));
    let bare = sync.client.post(&sync.url).body("[]").send().await.unwrap();
    assert_eq!(refusal(bare).await.0, StatusCode::UNAUTHORIZED);

    let list = String::from_utf8(qinda(&["shop", "keys", "--data", &data]).stdout).unwrap();
    assert!(list.starts_with("sync  在用 in use") && !list.contains(&sync.key), "{list}");
    assert!(qinda(&["shop", "revoke-key", "--name", "sync", "--data", &data]).status.success());
    assert_eq!(refusal(sync.sends("[]").await).await, (StatusCode::FORBIDDEN, "key_revoked".into()));
    refused(&["shop", "revoke-key", "--name", "sync", "--data", &data], "没有在用的密钥", "No key called sync");
}
