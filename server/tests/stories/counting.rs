//! Figures kept as they happen: what is told of them is what the messages say, and making them again changes no byte.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use qinda::model::{ConversationId, Day, MemberId, Micros, ShopCard, ShopId};
use qinda::sync::{
    Action, CloseConversation, Command, DefinedAnswer, HistorySpan, RulesTold, Split as By, TakeConversation,
    TransferConversation,
};
use qinda::timing::rollup::{GroupOf, Only, Shown, Split, Total, Wanted, Way};
use qinda::timing::{
    DaySpan, Definition, FigureRules, Hours, HoursOf, LeaveOut, Merge, OpeningHours, Statistic, Step, Subject, Unit,
    Window, shipped,
};
use qinda_server::reports::Kind;
use qinda_server::store::defined::{self, How};
use qinda_server::store::figure_history::{self, HistoryQuestion};
use qinda_server::store::kept_figures::Reading;
use qinda_server::store::planning::reads;
use qinda_server::store::rollups::{
    self, Answer, HISTORY_DAYS_MAX, Question, Rebuilt, Source, Steps, Unanswered, fold_all, history,
    history_of_messages, mark, rebuild, seal, take_back,
};
use qinda_server::store::stretches::Bounds;
use qinda_server::store::{Place, Store, Stored, Work, figure_rules, figures, reported, shops};
use reqwest::StatusCode;
use serde_json::Value;

use crate::defining::put_rules;
use crate::histories;
use crate::support::aside::aside;
use crate::support::{Desk, TEN_O_CLOCK, TestShop};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// The kinds of sums that hold something of November.
const SUMS: &str = "SELECT DISTINCT grain FROM figure_sums WHERE grain NOT IN ('agents', 'weeks', 'agent_days') AND last_day < 20788 ORDER BY grain";

async fn staffed() -> TestShop {
    let shop = TestShop::open_at_ten().await.with_member("1001", "agent").await.with_member("1002", "agent").await;
    shop.with_member("2001", "supervisor").await
}

async fn card(shop: &TestShop) -> ShopCard {
    card_in(&shop.serving.store, shop.id).await
}

pub async fn card_in(store: &Store, shop: ShopId) -> ShopCard {
    let mut reader = store.reader().await.unwrap();
    let all = shops::all(&mut reader).await.unwrap();
    all.into_iter().map(|found| found.card).find(|card| card.id == shop).unwrap()
}

async fn question(shop: &TestShop, from: Micros, to: Micros) -> Question {
    let wanted = Wanted { subjects: Subject::Response.into(), split: Split::Nothing, only: Only::default() };
    let (shop, now) = (card(shop).await, shop.serving.store.clock().now());
    Question {
        shop,
        from,
        to,
        now,
        steps: Steps::One,
        wanted,
        groups: None,
        patience_seconds: vec![20],
        way: Way::default(),
    }
}

async fn ask(shop: &TestShop, question: &Question) -> Result<Answer, Unanswered> {
    let mut snapshot = shop.serving.store.snapshot().await.unwrap();
    history(&mut snapshot, question).await.unwrap()
}

async fn total(shop: &TestShop, question: &Question) -> Total {
    total_of(shop, question, Subject::Response).await
}

async fn total_of(shop: &TestShop, question: &Question, subject: Subject) -> Total {
    let question = Question { wanted: Wanted { subjects: subject.into(), ..question.wanted }, ..question.clone() };
    let totals = ask(shop, &question).await.unwrap().totals(subject, question.patience_seconds[0]);
    totals.into_iter().map(|(_, _, total)| total).next().unwrap_or_default()
}

/// What is told of the rounds of an answer, who waits for more than twenty seconds waits too long.
fn rounds(answer: &Answer) -> Vec<(u32, GroupOf, Total)> {
    answer.totals(Subject::Response, 20)
}

/// Every byte that is kept.
async fn kept(shop: &TestShop) -> Vec<String> {
    kept_in(shop.serving.store.place()).await
}

pub async fn kept_in(place: &Place) -> Vec<String> {
    let of = |table: &str| match place {
        Place::File(_) => format!("SELECT day || ' ' || part || ' ' || hex(cells) FROM {table} ORDER BY day, part"),
        Place::Server(_) => {
            format!("SELECT day || ' ' || part || ' ' || encode(cells, 'hex') FROM {table} ORDER BY day, part")
        }
    };
    let mut kept = aside(place, of("figure_parts").leak()).await;
    kept.extend(aside(place, of("figure_opens").leak()).await);
    let apart = match place {
        Place::File(_) => "SELECT figure || ' ' || day || ' ' || hex(cells) FROM figure_apart ORDER BY figure, day",
        Place::Server(_) => {
            "SELECT figure || ' ' || day || ' ' || encode(cells, 'hex') FROM figure_apart ORDER BY figure, day"
        }
    };
    kept.extend(aside(place, apart).await);
    kept
}

async fn answers(desk: &mut Desk, question: &str, words: &str) {
    desk.pull().await;
    let conversation = desk.conversation_with(question);
    let reply = Action::SendMessage(desk.reply(&conversation, words));
    assert_eq!(desk.give(&reply).await["verdict"], "applied");
}

fn seconds(micros: Option<i64>) -> Option<i64> {
    micros.map(|micros| (micros + 500_000) / 1_000_000)
}

#[tokio::test]
async fn an_answer_is_there_before_anything_is_folded_and_stays_when_it_is() {
    let shop = staffed().await;
    let (mut first, mut second) = (shop.desk("1001").await, shop.desk("1002").await);
    fold_all(&shop.serving.store, shop.id).await.unwrap();
    shop.shopper().writes("林一").await;
    shop.later(12);
    answers(&mut first, "林一", "在的").await;
    shop.later(400);
    shop.shopper().writes("陈一").await;
    shop.later(30);
    answers(&mut second, "陈一", "我来答").await;
    shop.shopper().writes("赵一").await;
    shop.later(10);

    let day = question(&shop, TEN_O_CLOCK.plus_seconds(-10 * HOUR), TEN_O_CLOCK.plus_seconds(14 * HOUR)).await;
    let at_once = ask(&shop, &day).await.unwrap();
    assert_eq!(at_once.source, Source::Kept);
    let told = rounds(&at_once)[0].2.clone();
    assert_eq!((told.ended.many(), told.running, told.over, told.left), (2, 1, 0, 0));
    assert_eq!((seconds(told.ended.mean()), told.questions, told.replies), (Some(21), 3, 2));
    fold_all(&shop.serving.store, shop.id).await.unwrap();
    assert_eq!(total(&shop, &day).await, told, "folded, it says the same");
    let late = Question { now: day.now.plus_seconds(11), ..day.clone() };
    assert_eq!(total(&shop, &late).await.over, 1, "who waits is too late after 20 seconds");

    let by_agent = Question { wanted: Wanted { split: Split::Agent, ..day.wanted }, ..day.clone() };
    let of: BTreeMap<GroupOf, u64> =
        rounds(&ask(&shop, &by_agent).await.unwrap()).into_iter().map(|(_, of, total)| (of, total.cases())).collect();
    let agent = |desk: &Desk| GroupOf::Agent(Some(desk.member()));
    assert_eq!(of, BTreeMap::from([(agent(&first), 1), (agent(&second), 1), (GroupOf::Agent(None), 1)]));

    // A span that ends in the middle of five minutes ends there all the same.
    let cut = Question { to: TEN_O_CLOCK.plus_seconds(413), from: TEN_O_CLOCK.plus_seconds(1), ..day.clone() };
    assert_eq!(total(&shop, &cut).await.cases(), 1, "Lin began before it, and Zhao after it");
    let hours = Question { steps: Steps::Each(Step::Hour), ..day.clone() };
    let answer = ask(&shop, &hours).await.unwrap();
    let steps: Vec<u32> = answer.gross.iter().map(|(step, _, _)| *step).collect();
    assert_eq!((answer.steps.len(), steps), (24, vec![10]));
    assert_eq!(answer.steps[10].0, TEN_O_CLOCK);
    let week = Question { steps: Steps::HoursOfWeek, ..day.clone() };
    assert_eq!(ask(&shop, &week).await.unwrap().gross[0].0, 10, "it is a Monday");
}

/// The hours of the week of months that are over are told the same from their sums and from the messages.
async fn hours_of_the_week_agree(shop: &TestShop, months: &Question) {
    let hours = Question { steps: Steps::HoursOfWeek, ..months.clone() };
    let mut snapshot = shop.serving.store.snapshot().await.unwrap();
    let kept = history(&mut snapshot, &hours).await.unwrap().unwrap();
    let read = history_of_messages(&mut snapshot, &hours).await.unwrap().unwrap();
    assert_eq!((kept.source, &kept.gross), (Source::Kept, &read.gross));
    assert!(kept.gross.iter().any(|(hour, _, _)| *hour == 6 * 24 + 10), "a Sunday at ten");
}

#[tokio::test]
async fn a_reply_that_comes_late_corrects_the_day_that_was_counted_and_added_up() {
    let shop = staffed().await;
    // The last Sunday of November.
    shop.later(6 * DAY);
    let mut desk = shop.desk("1001").await;
    let store = shop.serving.store.clone();
    shop.shopper().writes("在吗").await;
    desk.pull().await;
    let asked = desk.conversation_with("在吗");
    shop.later(5);
    let written_offline = desk.reply(&asked, "在的");
    let command = Command::new(1, &Action::SendMessage(written_offline));
    shop.later(47 * HOUR);
    let from = TEN_O_CLOCK.plus_seconds(-22 * DAY - 10 * HOUR);
    let months =
        Question { steps: Steps::Each(Step::Month), ..question(&shop, from, from.plus_seconds(61 * DAY)).await };
    fold_all(&store, shop.id).await.unwrap();
    seal(&store, &months.shop).await.unwrap();
    let told = total(&shop, &months).await;
    assert_eq!((told.cases(), told.over), (1, 1));
    assert_eq!(aside(store.place(), SUMS).await, ["day", "hours", "month", "week_hours"]);
    hours_of_the_week_agree(&shop, &months).await;
    let desk = shop.desk("1001").await;
    desk.push(&[command]).await;
    let corrected = total(&shop, &months).await;
    assert_eq!((corrected.ended.many(), corrected.over), (1, 0), "before it is folded");
    fold_all(&store, shop.id).await.unwrap();
    assert_eq!(total(&shop, &months).await, corrected, "after it is folded");
    assert_eq!(aside(store.place(), SUMS).await, Vec::<String>::new());
    seal(&store, &months.shop).await.unwrap();
    hours_of_the_week_agree(&shop, &months).await;
    let sealed = total(&shop, &months).await;
    assert_eq!(sealed, corrected, "and after it is added up");
    assert_eq!(seconds(sealed.ended.mean()), Some(5 + 47 * HOUR));
}

#[tokio::test]
async fn a_conversation_that_is_handed_over_and_comes_back_is_counted_where_it_belongs() {
    let shop = staffed().await;
    let (mut first, mut second) = (shop.desk("1001").await, shop.desk("1002").await);
    let store = shop.serving.store.clone();
    let shopper = shop.shopper();
    shopper.writes("陈一").await;
    first.pull().await;
    let chen = first.conversation_with("陈一").id;
    let take = TakeConversation { conversation: chen, owner_seen: None };
    assert_eq!(first.give(&Action::TakeConversation(take)).await["verdict"], "applied");
    let day = question(&shop, TEN_O_CLOCK, TEN_O_CLOCK.plus_seconds(DAY)).await;
    let of = async |subject, desk: &Desk| {
        fold_all(&store, shop.id).await.unwrap();
        let only = Only { agent: Some(desk.member()), ..Only::default() };
        let now = store.clock().now();
        total_of(&shop, &Question { wanted: Wanted { only, ..day.wanted }, now, ..day.clone() }, subject).await
    };
    assert_eq!(of(Subject::Response, &first).await.cases(), 1);
    shop.later(20);
    let to = second.member();
    let hand_over =
        TransferConversation { conversation: chen, to, owner_seen: Some(first.member()), note: String::new() };
    assert_eq!(first.give(&Action::TransferConversation(hand_over)).await["verdict"], "applied");
    assert_eq!(of(Subject::Response, &first).await, Total::default(), "it is the receiver's now");
    assert_eq!(of(Subject::Handover, &second).await.cases(), 1);
    shop.later(25);
    answers(&mut second, "陈一", "我来答").await;
    assert_eq!(seconds(of(Subject::Response, &second).await.ended.mean()), Some(45));
    let close = CloseConversation { conversation: chen, seen: 2 };
    assert_eq!(second.give(&Action::CloseConversation(close)).await["verdict"], "applied");
    assert_eq!(of(Subject::Handling, &second).await.ended.many(), 1);
    assert_eq!(rebuild(&store, &day.shop).await.unwrap(), Rebuilt { days: 1, differed: 0 });
}

/// Every question of a kind says the same of what is kept as the messages do.
async fn agrees_with_messages(shop: &TestShop, question: &Question, lead: &Desk) {
    let (from, to) = (question.from, question.to);
    let path = format!("/api/figures/defined?from={}&to={}", from.0, to.0);
    let defined: DefinedAnswer = lead.get(&path).await.json().await.unwrap();
    let figure = |id: &str| defined.figures.iter().find(|figure| figure.definition.id == id).unwrap().value;
    let asked = Question { now: defined.at, ..question.clone() };
    for (steps, split) in [
        (Steps::Each(Step::Hour), Split::Agent),
        (Steps::Each(Step::Week), Split::Team),
        (Steps::HoursOfWeek, Split::Channel),
    ] {
        let asked = Question { steps, wanted: Wanted { split, ..asked.wanted }, ..asked.clone() };
        let mut snapshot = shop.serving.store.snapshot().await.unwrap();
        let (kept, read) = (history(&mut snapshot, &asked).await, history_of_messages(&mut snapshot, &asked).await);
        let (kept, read) = (kept.unwrap().unwrap(), read.unwrap().unwrap());
        assert_eq!((kept.source, read.source), (Source::Kept, Source::Messages));
        let first: HashSet<GroupOf> = kept.gross.first().map(|(_, group, _)| *group).into_iter().collect();
        for (shown, is_first) in [(Shown::These(first.clone()), true), (Shown::AllBut(first.clone()), false)] {
            let shown = Question { groups: Some(shown), ..asked.clone() };
            let told = history(&mut snapshot, &shown).await.unwrap().unwrap();
            let of_these = kept.gross.iter().filter(|(_, group, _)| first.contains(group) == is_first);
            assert_eq!(told.gross, of_these.cloned().collect::<Vec<_>>(), "{steps:?} by {split:?}");
        }
        assert_eq!((kept.gross, kept.steps), (read.gross, read.steps), "{steps:?} by {split:?}");
    }
    for (id, subject, seconds) in [
        ("greeting-15s", Subject::FirstResponse, 15),
        ("answer-20s", Subject::Response, 20),
        ("handover-median", Subject::Handover, 0),
        ("handling-mean", Subject::Handling, 0),
    ] {
        let told = total_of(shop, &Question { patience_seconds: vec![seconds], ..asked.clone() }, subject).await;
        let value = figure(id);
        if seconds > 0 {
            let within = told.ended.within(i64::from(seconds) * 1_000_000);
            let of = told.ended.many() + told.left + told.over;
            assert_eq!(
                (within, of, told.running),
                ((value.met.into(), true), value.of.into(), value.running.into()),
                "{id}"
            );
        } else {
            assert_eq!((told.ended.many(), told.left), (value.of.into(), value.not_ended.into()), "{id}");
            let ms = told.ended.quantile(50).filter(|_| id == "handover-median").or(told.ended.mean());
            let near = ms.zip(value.ms).is_none_or(|(micros, ms)| (micros / 1_000 - ms).abs() * 100 <= ms.max(200));
            assert!(near && ms.is_some() == value.ms.is_some(), "{id}: {ms:?} for {:?}", value.ms);
        }
    }
}

/// Compares two answers: counts exactly, and times within one percent or two milliseconds.
pub fn is_the_same(kept: &Value, read: &Value, path: &str) {
    match (kept, read) {
        (Value::Object(kept), Value::Object(read)) => {
            assert!(kept.keys().eq(read.keys()), "{path}: {kept:?} for {read:?}");
            kept.iter().for_each(|(key, value)| is_the_same(value, &read[key], &format!("{path}.{key}")));
        }
        (Value::Array(kept), Value::Array(read)) => {
            assert_eq!(kept.len(), read.len(), "{path}");
            kept.iter().zip(read).for_each(|(kept, read)| is_the_same(kept, read, path));
        }
        _ if (path.ends_with(".ms") || path.ends_with("_ms")) && !kept.is_null() => {
            let (kept, read) = (kept.as_i64().unwrap(), read.as_i64().unwrap());
            assert!((kept - read).abs() * 100 <= read.max(200), "{path}: {kept} for {read}");
        }
        _ => assert_eq!(kept, read, "{path}"),
    }
}

/// Figures that ask for hours of each day: a few minutes of it, and hours past midnight.
fn of_hours() -> [Definition; 3] {
    let answers = shipped().swap_remove(1);
    let of = |id: &str, from, to, statistic| {
        let hours = Hours::Daily(DaySpan { from, to });
        Definition { id: id.into(), hours, statistic, ..answers.clone() }
    };
    [
        of("a-few-minutes", 10 * 60 + 5, 10 * 60 + 35, Statistic::ShareWithin),
        of("a-morning", 10 * 60, 11 * 60, Statistic::Median),
        of("a-night", 20 * 60, 34 * 60 + 10, Statistic::ShareEnded),
    ]
}

/// Figures that count more than, or otherwise than, the first message of each round where it began.
fn of_own_rules() -> Vec<Definition> {
    let answers = shipped().swap_remove(1);
    let of = |id: &str| Definition { id: id.into(), ..answers.clone() };
    let at_any_time = |id| Definition { statistic: Statistic::Mean, threshold_seconds: None, ..of(id) };
    let evening = Hours::Daily(DaySpan { from: 17 * 60, to: 23 * 60 });
    let leave_out = LeaveOut { at_once: true, next_day: true, not_ended: true };
    vec![
        Definition { merge: Merge::Last, ..of("from-the-last") },
        Definition { merge: Merge::Each, statistic: Statistic::Number, ..of("each-message") },
        Definition { window: Window::End, ..of("where-it-ended") },
        Definition { window: Window::End, subject: Subject::Resolution, ..at_any_time("resolved-then") },
        Definition { subject: Subject::FirstResponse, session_gap_seconds: Some(60), ..of("new-sessions") },
        Definition {
            hours: evening,
            hours_of: HoursOf::Session,
            statistic: Statistic::ShareEnded,
            session_gap_seconds: Some(0),
            ..of("sessions-of-an-evening")
        },
        Definition { leave_out, cap_seconds: Some(30), ..at_any_time("of-the-day-capped") },
        Definition { unit: Unit::Customer, merge: Merge::Each, ..of("shoppers") },
        Definition { unit: Unit::Conversation, window: Window::End, statistic: Statistic::Number, ..of("ended-chats") },
    ]
}

/// The supervisor says how the shop counts.
async fn counts_by(shop: &TestShop, rules: FigureRules) {
    let conn = &mut *shop.serving.store.reader().await.unwrap();
    let version = figure_rules::find(conn, shop.id).await.unwrap().version;
    let put = put_rules(&shop.desk("2001").await, &RulesTold { rules, version }).await;
    assert_eq!(put.status(), StatusCode::OK);
}

/// What the shop's own figures say that have rules of their own is not told from what is kept.
async fn is_not_kept_yet(shop: &TestShop, (from, to): (Micros, Micros)) {
    let (card, now) = (card(shop).await, shop.serving.store.clock().now());
    let mut snapshot = shop.serving.store.snapshot().await.unwrap();
    let question = defined::Question { shop: card, from, to, now, only: None };
    let how = How { reading: Reading::Kept, is_quick: true, ..How::default() };
    let quick = defined::figures(&mut snapshot, &question, how).await.unwrap();
    let own: BTreeSet<String> = of_own_rules().into_iter().map(|definition| definition.id).collect();
    assert!(quick.is_partial && !quick.figures.is_empty());
    assert!(quick.figures.iter().all(|figure| !own.contains(&figure.definition.id)));
}

/// The pages of figures of a span are told the same from what is kept and from the messages.
async fn pages_agree(shop: &TestShop, (from, to): (Micros, Micros), member: MemberId) {
    let (card, now) = (card(shop).await, shop.serving.store.clock().now());
    let mut snapshot = shop.serving.store.snapshot().await.unwrap();
    for only in [None, Some(member)] {
        let question = defined::Question { shop: card.clone(), from, to, now, only };
        let mut told = Vec::new();
        for reading in [Reading::Kept, Reading::Messages] {
            let how = How { reading, is_quick: false, ..How::default() };
            told.push(serde_json::to_value(defined::figures(&mut snapshot, &question, how).await.unwrap()).unwrap());
        }
        is_the_same(&told[0], &told[1], "defined");
    }
    let mut told = Vec::new();
    for reading in [Reading::Kept, Reading::Messages] {
        let figures = figures::figures(&mut snapshot, &card, (from, to), now, (reading, Bounds::patient()))
            .await
            .unwrap()
            .unwrap();
        assert!(figures.total.every.answered > 0 && figures.by_agent.len() > 1 && !figures.by_hour.is_empty());
        told.push(serde_json::to_value(figures).unwrap());
    }
    is_the_same(&told[0], &told[1], "figures");
    let tomorrow = Some(Day(TEN_O_CLOCK.0.div_euclid(DAY * 1_000_000) + 1));
    let mut trends = Vec::new();
    for reading in [Reading::Kept, Reading::Messages] {
        let asked = (Kind::Daily, tomorrow);
        let report = reported::report(&mut snapshot, card.clone(), asked, now, How { reading, ..How::default() })
            .await
            .unwrap()
            .unwrap();
        let told = report.trend.iter().map(|step| (step.rounds, &step.values));
        trends.push(serde_json::json!(told.map(|(rounds, ms)| serde_json::json!([rounds, ms])).collect::<Vec<_>>()));
        assert!(report.trend[report.trend.len() - 2].rounds > Some(0), "a day of the trend has rounds");
    }
    is_the_same(&trends[0], &trends[1], "trend");
    let (id, span) = (shop.id, (from, to));
    let writers = reads::writers(&mut snapshot, id, span).await.unwrap();
    assert_eq!(writers, reads::writers_of_messages(&mut snapshot, id, span).await.unwrap());
    let presence = reads::presence(&mut snapshot, id, span).await.unwrap();
    assert_eq!(presence, reads::presence_of_messages(&mut snapshot, id, span).await.unwrap());
    assert!(!writers.is_empty() && !presence.is_empty());
    assert!(rollups::written(&mut snapshot, id, span, 12).await.unwrap().is_some(), "the counts are ready");
}

/// Every shipped figure through time is told the same from what is kept and from the messages.
async fn histories_agree(shop: &TestShop) {
    let mut snapshot = shop.serving.store.snapshot().await.unwrap();
    let ways = [
        (HistorySpan::Today, By::None),
        (HistorySpan::TwelveWeeks, By::Agent),
        (HistorySpan::ThirtyDays, By::Channel),
        (HistorySpan::SevenDays, By::Agent),
    ];
    let told_so = shipped().into_iter().chain(of_hours()).chain(of_own_rules());
    let told_so = told_so.filter(|definition| definition.is_kept() || definition.is_kept_by_unit());
    for (definition, (span, by)) in told_so.zip(ways.into_iter().cycle()) {
        let is_too_long = definition.is_kept_by_unit() && span == HistorySpan::TwelveWeeks;
        let span = if is_too_long { HistorySpan::ThirtyDays } else { span };
        let question = HistoryQuestion {
            shop: card(shop).await,
            now: shop.serving.store.clock().now(),
            only: None,
            figure: definition.id.clone(),
            span,
            step: None,
            by,
            part: None,
        };
        let mut kept = figure_history::history_of_kept(&mut snapshot, &question).await.unwrap().unwrap();
        let mut read =
            figure_history::history_of_messages(&mut snapshot, &question, Bounds::patient()).await.unwrap().unwrap();
        if matches!(definition.subject, Subject::Handling | Subject::Resolution) {
            // Bands of hours are reckoned within a bucket.
            (kept.spread.bands, read.spread.bands) = (Vec::new(), Vec::new());
        }
        let (kept, read) = (serde_json::to_value(kept).unwrap(), serde_json::to_value(read).unwrap());
        is_the_same(&kept, &read, &definition.id);
    }
}

#[tokio::test]
async fn what_was_kept_through_a_whole_history_is_what_is_made_again() {
    for seed in [7, 8] {
        let folded = async |shop: &TestShop| fold_all(&shop.serving.store, shop.id).await.unwrap();
        let shop = histories::told(seed, folded).await.with_member("2001", "supervisor").await;
        let lead = shop.desk("2001").await;
        let store = shop.serving.store.clone();
        let from = TEN_O_CLOCK.plus_seconds(-11 * HOUR);
        let day = question(&shop, from, from.plus_seconds(20 * DAY)).await;
        agrees_with_messages(&shop, &day, &lead).await;
        pages_agree(&shop, (day.from, day.to), shop.desk("1001").await.member()).await;
        fold_all(&store, shop.id).await.unwrap();
        let live = kept(&shop).await;
        assert!(!live.is_empty());
        agrees_with_messages(&shop, &day, &lead).await;

        let own = of_hours().into_iter().chain(of_own_rules()).collect();
        counts_by(&shop, FigureRules { own, ..FigureRules::default() }).await;
        is_not_kept_yet(&shop, (day.from, day.to)).await;
        seal(&store, &day.shop).await.unwrap();
        let live = kept(&shop).await;
        histories_agree(&shop).await;
        let member = shop.desk("1001").await.member();
        pages_agree(&shop, (day.from, day.to), member).await;
        pages_agree(&shop, (TEN_O_CLOCK, TEN_O_CLOCK.plus_seconds(12 * HOUR)), member).await;

        // Twice at once, which harms nothing.
        let (one, other) = tokio::join!(rebuild(&store, &day.shop), rebuild(&store, &day.shop));
        assert_eq!((one.unwrap().differed, other.unwrap().differed), (0, 0));
        assert_eq!(kept(&shop).await, live);

        // What is lost, or was counted wrongly, is made again.
        aside(store.place(), "DELETE FROM figure_parts WHERE part < 9").await;
        assert_ne!(kept(&shop).await, live);
        assert!(rebuild(&store, &day.shop).await.unwrap().differed > 0);
        assert_eq!(kept(&shop).await, live);
        aside(store.place(), "DELETE FROM figure_apart WHERE figure > (SELECT MIN(figure) FROM figure_apart)").await;
        assert!(rebuild(&store, &day.shop).await.unwrap().differed > 0);
        assert_eq!(kept(&shop).await, live);
        agrees_with_messages(&shop, &day, &lead).await;

        // What a server counts that knows nothing of rules of their own makes them anew.
        aside(store.place(), "UPDATE figure_folds SET turn = turn + 1").await;
        is_not_kept_yet(&shop, (day.from, day.to)).await;
        seal(&store, &day.shop).await.unwrap();
        assert_eq!(kept(&shop).await, live);
        pages_agree(&shop, (day.from, day.to), member).await;
    }
}

/// Twice is as once.
async fn take_back_twice(work: &mut Work, shop: ShopId, conversation: ConversationId) -> Stored<()> {
    take_back(work, shop, conversation).await?;
    take_back(work, shop, conversation).await
}

#[tokio::test]
async fn what_a_conversation_counts_for_can_be_taken_back() {
    let shop = staffed().await;
    let mut desk = shop.desk("1001").await;
    let store = shop.serving.store.clone();
    shop.shopper().writes("林一").await;
    answers(&mut desk, "林一", "在的").await;
    let lin = desk.conversation_with("林一").id;
    fold_all(&store, shop.id).await.unwrap();
    let before = kept(&shop).await;
    let (id, day) = (shop.id, question(&shop, TEN_O_CLOCK, TEN_O_CLOCK.plus_seconds(DAY)).await);
    store.write(id, move |work| Box::pin(take_back_twice(work, id, lin))).await.unwrap();
    assert_eq!(kept(&shop).await.len(), 0);
    assert_eq!(total(&shop, &day).await, Total::default());
    store.write(id, move |work| Box::pin(async move { mark(work.conn(), id, &[lin]).await })).await.unwrap();
    assert_eq!(total(&shop, &day).await.cases(), 1, "marked, it counts again at once");
    fold_all(&store, shop.id).await.unwrap();
    assert_eq!(kept(&shop).await, before);
}

#[tokio::test]
async fn sums_that_are_kept_for_a_time_are_told_the_same_after_that() {
    let shop = staffed().await;
    let mut desk = shop.desk("1001").await;
    let store = shop.serving.store.clone();
    shop.shopper().writes("林一").await;
    shop.later(12);
    answers(&mut desk, "林一", "在的").await;
    fold_all(&store, shop.id).await.unwrap();
    let week =
        question(&shop, TEN_O_CLOCK.plus_seconds(-10 * HOUR), TEN_O_CLOCK.plus_seconds(7 * DAY - 10 * HOUR)).await;
    let mut passed = 0;
    for (day, are_kept) in
        [(20, &["agent_days", "hours", "weeks"][..]), (110, &["hours", "weeks"]), (200, &["hours"]), (420, &[])]
    {
        shop.later((day - passed) * DAY);
        passed = day;
        seal(&store, &week.shop).await.unwrap();
        let grains = "SELECT DISTINCT grain FROM figure_sums WHERE grain IN ('weeks', 'agent_days', 'hours')
                      ORDER BY grain";
        assert_eq!(aside(store.place(), grains).await, are_kept, "{day} days later");
        for (steps, split) in [
            (Steps::One, Split::Agent),
            (Steps::Each(Step::Day), Split::Agent),
            (Steps::Each(Step::Hour), Split::Team),
            (Steps::HoursOfWeek, Split::Nothing),
        ] {
            let wanted = Wanted { split, ..week.wanted };
            let asked = Question { steps, wanted, now: store.clock().now(), ..week.clone() };
            let mut snapshot = store.snapshot().await.unwrap();
            let kept = history(&mut snapshot, &asked).await.unwrap().unwrap();
            let read = history_of_messages(&mut snapshot, &asked).await.unwrap().unwrap();
            assert_eq!((kept.source, kept.gross.len(), &kept.gross), (Source::Kept, 1, &read.gross), "{steps:?}");
        }
    }
}

#[tokio::test]
async fn what_is_kept_of_shoppers_is_kept_for_a_time_and_told_from_the_messages_after_that() {
    let shop = staffed().await;
    let mut desk = shop.desk("1001").await;
    let store = shop.serving.store.clone();
    fold_all(&store, shop.id).await.unwrap();
    shop.shopper().writes("林一").await;
    shop.later(12);
    answers(&mut desk, "林一", "在的").await;
    let (card, to) = (card(&shop).await, TEN_O_CLOCK.plus_seconds(HOUR));
    let by_shopper = async |is_quick| {
        let now = store.clock().now();
        let question = defined::Question { shop: card.clone(), from: TEN_O_CLOCK, to, now, only: None };
        let mut snapshot = store.snapshot().await.unwrap();
        let how = How { reading: Reading::Kept, is_quick, ..How::default() };
        let told = defined::figures(&mut snapshot, &question, how).await.unwrap();
        let told = told.figures.into_iter().find(|figure| figure.definition.id == "kuaishou-3min");
        told.map(|figure| (figure.value.of, figure.value.met, figure.by_agent.len()))
    };
    assert_eq!(by_shopper(true).await, Some((1, 1, 1)), "before it is folded");
    fold_all(&store, shop.id).await.unwrap();
    assert_eq!(by_shopper(true).await, Some((1, 1, 1)), "after it is folded");
    for (days, is_kept) in [(90, true), (20, false)] {
        shop.later(days * DAY);
        seal(&store, &card).await.unwrap();
        assert_eq!(by_shopper(true).await.is_some(), is_kept);
        assert_eq!(by_shopper(false).await, Some((1, 1, 1)));
        assert_eq!(rebuild(&store, &card).await.unwrap().differed, 0);
    }
}

/// The names of the sums of a grain that there are.
async fn names(shop: &TestShop, grain: &str) -> Vec<String> {
    let all = "SELECT DISTINCT grain || ' ' || zone FROM figure_sums";
    let all = aside(shop.serving.store.place(), all).await;
    all.iter().filter_map(|name| name.strip_prefix(&format!("{grain} "))).map(str::to_owned).collect()
}

#[tokio::test]
async fn sums_tell_the_hours_apart_that_figures_ask_for_and_are_made_anew_when_those_change() {
    let shop = staffed().await;
    let store = shop.serving.store.clone();
    // At ten, and at half past eight in the evening.
    for (question, after) in [("林一", 0), ("陈一", 10 * HOUR + 1_800), ("赵一", 4 * DAY - 10 * HOUR - 1_800)] {
        shop.later(after);
        shop.shopper().writes(question).await;
        shop.later(12);
        answers(&mut shop.desk("1001").await, question, "在的").await;
    }
    shop.later(40 * DAY);
    fold_all(&store, shop.id).await.unwrap();
    let from = TEN_O_CLOCK.plus_seconds(-22 * DAY - 10 * HOUR);
    let november = question(&shop, from, from.plus_seconds(30 * DAY)).await;
    let agrees = async |steps, split, daily| {
        let way = Way::daily(daily);
        let asked = Question { steps, way, wanted: Wanted { split, ..november.wanted }, ..november.clone() };
        let mut snapshot = store.snapshot().await.unwrap();
        let kept = history(&mut snapshot, &asked).await.unwrap().unwrap();
        let read = history_of_messages(&mut snapshot, &asked).await.unwrap().unwrap();
        assert_eq!((kept.source, &kept.gross), (Source::Kept, &read.gross), "{steps:?} by {split:?} in {daily:?}");
        kept.gross.iter().map(|(_, _, gross)| gross.cases(Subject::Response)).sum::<u64>()
    };
    let ways = [
        (Steps::One, Split::Agent),
        (Steps::Each(Step::Week), Split::Agent),
        (Steps::Each(Step::Day), Split::Agent),
        (Steps::Each(Step::Day), Split::Team),
        (Steps::Each(Step::Month), Split::Nothing),
        (Steps::HoursOfWeek, Split::Nothing),
    ];
    let [minutes, morning, night] = of_hours().map(|definition| definition.daily());
    let shipped_hours = Some(DaySpan { from: 8 * 60, to: 23 * 60 });
    let id = shop.id;
    for (own, name) in
        [(Vec::new(), " 480-1380 540-1380"), (of_hours().into(), " 480-1380 540-1380 600-660 605-635 1200-2050")]
    {
        if !own.is_empty() {
            let told = RulesTold { rules: FigureRules { own, ..FigureRules::default() }, version: 0 };
            let put =
                store.write(id, move |work| Box::pin(async move { figure_rules::put(work, id, &told, None).await }));
            assert!(put.await.unwrap());
            for (steps, split) in ways {
                assert_eq!(agrees(steps, split, morning).await, 2, "while sums are of other hours");
            }
        }
        seal(&store, &november.shop).await.unwrap();
        for grain in ["day", "month", "agents", "weeks", "agent_days"] {
            let names = names(&shop, grain).await;
            assert!(names.len() == 1 && names[0].ends_with(&format!("+480{name}")), "{grain}: {names:?}");
        }
        assert!(names(&shop, "hours").await.iter().all(|name| name.ends_with("+480")), "whatever figures ask for");
        for (steps, split) in ways {
            assert_eq!(agrees(steps, split, None).await, 3);
            assert_eq!(agrees(steps, split, shipped_hours).await, 3);
            assert_eq!(agrees(steps, split, morning).await, 2);
            assert_eq!(agrees(steps, split, minutes).await, 0, "a minute past ten is before five past");
            assert_eq!(agrees(steps, split, night).await, 3, "it ends at ten past ten");
        }
    }
    // The sums alone say it, but of hours of the week.
    aside(store.place(), "DELETE FROM figure_parts").await;
    for (steps, split) in ways.into_iter().take(5) {
        assert_eq!(agrees(steps, split, morning).await, 2);
        assert_eq!(agrees(steps, split, None).await, 3);
    }
}

#[tokio::test]
async fn what_would_have_to_be_read_is_left_out_of_a_quick_answer() {
    let shop = staffed().await;
    fold_all(&shop.serving.store, shop.id).await.unwrap();
    shop.shopper().writes("林一").await;
    let (card, now) = (card(&shop).await, shop.serving.store.clock().now());
    let question = defined::Question { shop: card, from: TEN_O_CLOCK, to: now.plus_seconds(1), now, only: None };
    let ask = async |reading, is_quick| {
        let mut snapshot = shop.serving.store.snapshot().await.unwrap();
        defined::figures(&mut snapshot, &question, How { reading, is_quick, ..How::default() }).await.unwrap()
    };
    let odd_hours = Hours::Daily(DaySpan { from: 541, to: 1_380 });
    let own = vec![Definition { id: "odd-hours".into(), hours: odd_hours, ..shipped().swap_remove(1) }];
    counts_by(&shop, FigureRules { own: own.clone(), ..FigureRules::default() }).await;
    let is_kept = |definition: &Definition| definition.is_kept() || definition.is_kept_by_unit();
    let kept = shipped().iter().filter(|definition| is_kept(definition)).count();
    let all = shipped().len() + 1;
    assert_eq!(kept, all - 1, "all that is shipped is kept");
    let quick = ask(Reading::Kept, true).await;
    assert_eq!((quick.is_partial, quick.figures.len()), (true, kept));
    assert!(quick.figures.iter().all(|figure| is_kept(&figure.definition)));
    let whole = ask(Reading::Kept, false).await;
    assert_eq!((whole.is_partial, whole.figures.len()), (false, all));
    let few = ask(Reading::AsSuits, true).await;
    assert_eq!((few.is_partial, few.figures.len()), (false, all), "few rounds are read at once");

    // What opening hours make of a figure need not be read once it is known what goes across them.
    counts_by(&shop, FigureRules { hours: OpeningHours::daily(540, 1_080), own, ..FigureRules::default() }).await;
    seal(&shop.serving.store, &question.shop).await.unwrap();
    let known = ask(Reading::Kept, true).await;
    assert!(known.figures.len() == kept && known.figures.iter().all(|figure| figure.in_hours.is_some()));
    let whole = ask(Reading::Kept, false).await;
    assert!(!whole.is_partial && whole.figures.iter().all(|figure| figure.in_hours.is_some()));
}

#[tokio::test]
async fn spans_and_sizes_have_bounds() {
    let shop = staffed().await;
    fold_all(&shop.serving.store, shop.id).await.unwrap();
    let day = question(&shop, TEN_O_CLOCK, TEN_O_CLOCK.plus_seconds(DAY)).await;
    let span = |seconds| Question { to: day.from.plus_seconds(seconds), ..day.clone() };
    assert_eq!(ask(&shop, &span(HISTORY_DAYS_MAX * DAY)).await.unwrap().gross, Vec::new());
    assert_eq!(ask(&shop, &span(HISTORY_DAYS_MAX * DAY + 1)).await.err(), Some(Unanswered::Span));
    assert_eq!(ask(&shop, &span(-1)).await.err(), Some(Unanswered::Span));
    assert_eq!(ask(&shop, &span(0)).await.unwrap().steps, Vec::new());
    let hours = Question { steps: Steps::Each(Step::Hour), ..span(HISTORY_DAYS_MAX * DAY) };
    assert_eq!(ask(&shop, &hours).await.err(), Some(Unanswered::TooMany));
    let years = Question { steps: Steps::Each(Step::Month), ..span(10 * 365 * DAY) };
    assert_eq!(ask(&shop, &years).await.unwrap().steps.len(), 121);
    let weeks = Question { steps: Steps::Each(Step::Week), ..span(14 * DAY) };
    assert_eq!(ask(&shop, &weeks).await.unwrap().steps.len(), 3, "ten o'clock on a Monday to the same, two weeks on");
}
