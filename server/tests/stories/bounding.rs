//! However many messages there are: figures are counted from some of them at once, and what would need too many says so.

use qinda::model::Micros;
use qinda::sync::{CasesAnswer, HistorySpan, LeftOut, Split as By};
use qinda::timing::{DaySpan, Definition, FigureRules, Hours, Life, Merge, Unit, shipped};
use qinda_app::visitor::Lang;
use qinda_server::reports::{Kind, page::page};
use qinda_server::sheet_of_figures::figures_csv;
use qinda_server::store::defined::{self, How};
use qinda_server::store::figure_history::{self, HistoryQuestion};
use qinda_server::store::kept_figures::Reading;
use qinda_server::store::reported::{self, Reported};
use qinda_server::store::stretches::{self, Bounds};
use qinda_server::store::{Conn, figures};
use serde_json::Value;

use crate::closing::{Counted, THURSDAY, counts_by, hours, thursday};
use crate::counting::{card_in, is_the_same};

const DAY: i64 = 24 * 3_600;

/// A shop with opening hours in which much happened, all of it counted, and what is asked about it.
async fn busy() -> (Counted, defined::Question) {
    let shop = Counted::busy().await;
    let answers = shipped().swap_remove(1);
    // Hours that begin within five minutes cannot be told from what is kept.
    let odd = Hours::Daily(DaySpan { from: 1, to: 1_439 });
    let own = [
        Definition { id: "by-shopper".into(), unit: Unit::Customer, hours: odd, ..answers.clone() },
        Definition { id: "by-chat".into(), unit: Unit::Conversation, hours: odd, ..answers.clone() },
        Definition { id: "each".into(), merge: Merge::Each, ..answers },
    ];
    counts_by(&shop.store, shop.id, FigureRules { own: own.into(), ..hours() }).await;
    shop.folds().await;
    shop.seals().await;
    let from = thursday().plus_seconds(-2 * 3_600);
    let (card, now) = (card_in(&shop.store, shop.id).await, shop.store.clock().now());
    let question = defined::Question { shop: card, from, to: from.plus_seconds(12 * DAY), now, only: None };
    (shop, question)
}

/// Everything that is told of a shop, as far as so many messages may be read.
async fn everything(snapshot: &mut Conn, question: &defined::Question, bounds: Bounds) -> Vec<(String, Value)> {
    let how = How { reading: Reading::Messages, is_quick: false, bounds };
    let figures_told = defined::figures(snapshot, question, how).await.unwrap();
    let mut told = vec![("figures".to_owned(), serde_json::to_value(&figures_told).unwrap())];
    for definition in figures_told.figures.iter().map(|figure| &figure.definition) {
        let cases = defined::cases(snapshot, question, (&definition.id, None), bounds).await.unwrap();
        told.push((format!("cases of {}", definition.id), serde_json::to_value(cases).unwrap()));
        let history = figure_history::history_of_messages(snapshot, &through(question, definition), bounds).await;
        told.push((format!("trend of {}", definition.id), serde_json::to_value(history.unwrap().unwrap()).unwrap()));
        let trial = defined::trial(snapshot, question, definition, bounds).await.unwrap();
        told.push((format!("trial of {}", definition.id), serde_json::to_value(trial).unwrap()));
    }
    let (span, how) = ((question.from, question.to), (Reading::Messages, bounds));
    let figures = figures::figures(snapshot, &question.shop, span, question.now, how).await.unwrap().unwrap();
    told.push(("by agent and hour".to_owned(), serde_json::to_value(figures).unwrap()));
    told
}

fn through(question: &defined::Question, definition: &Definition) -> HistoryQuestion {
    HistoryQuestion {
        shop: question.shop.clone(),
        now: question.now,
        only: None,
        figure: definition.id.clone(),
        span: HistorySpan::Moments(question.from, question.to),
        step: None,
        by: By::Agent,
        part: None,
    }
}

async fn report(snapshot: &mut Conn, question: &defined::Question, bounds: Bounds) -> Reported {
    let how = How { bounds, ..How::default() };
    let report =
        reported::report(snapshot, question.shop.clone(), (Kind::Daily, Some(THURSDAY.plus(2))), question.now, how)
            .await;
    report.unwrap().expect("the counts are ready")
}

/// What a report says, without what it is made of.
fn said(report: &Reported) -> Value {
    let hours: Vec<_> = report.hours.iter().map(|of| (of.asked, of.answered, of.median_ms)).collect();
    let rounds = report.rounds;
    let rounds = [rounds.asked, rounds.answered, rounds.left, rounds.waiting, rounds.before];
    let hours: Vec<Value> =
        hours.iter().map(|(asked, answered, ms)| serde_json::json!({"of": [asked, answered], "ms": ms})).collect();
    serde_json::json!({ "hours": hours, "rounds": rounds })
}

#[tokio::test]
async fn however_few_are_read_at_once_the_figures_are_the_same() {
    let (shop, question) = busy().await;
    let mut snapshot = shop.store.snapshot().await.unwrap();
    let at_once = everything(&mut snapshot, &question, Bounds::patient()).await;
    assert!(at_once.iter().any(|(name, told)| name == "cases of by-shopper" && told["count"].as_u64() > Some(20)));
    let whole = report(&mut snapshot, &question, Bounds::patient()).await;
    assert!(whole.rounds.asked > 10 && !whole.longest.is_empty());
    for at_once_max in [7, 60] {
        let bounds = Bounds { at_once: at_once_max, ..Bounds::patient() };
        let told = everything(&mut snapshot, &question, bounds).await;
        assert_eq!(told.len(), at_once.len());
        for (told, whole) in told.iter().zip(&at_once) {
            assert_eq!(told, whole, "{at_once_max} at once");
        }
        let few = report(&mut snapshot, &question, bounds).await;
        assert_eq!((said(&few), &few.longest, &few.unanswered), (said(&whole), &whole.longest, &whole.unanswered));
        assert_eq!((&few.answer, &few.trend), (&whole.answer, &whole.trend));
    }
}

#[tokio::test]
async fn what_needs_too_many_messages_is_left_out_and_named() {
    let (shop, question) = busy().await;
    let mut snapshot = shop.store.snapshot().await.unwrap();
    let span = (question.from, question.to);
    let all = stretches::count(&mut snapshot, shop.id, span, u64::MAX).await.unwrap();
    assert!(all > 100, "{all}");
    assert_eq!(stretches::count(&mut snapshot, shop.id, span, 9).await.unwrap(), 10, "no further");
    let how = |reading, is_quick, most| How { reading, is_quick, bounds: Bounds { most, ..Bounds::default() } };

    // As many as there are may be read.
    let enough = defined::figures(&mut snapshot, &question, how(Reading::Kept, false, all)).await.unwrap();
    assert_eq!((enough.left_out, enough.is_partial), (None, false));
    assert!(enough.figures.iter().all(|figure| figure.in_hours.is_some()));

    // One fewer is too few: the others are told, be it quickly or not.
    let mut told = Vec::new();
    for is_quick in [false, true] {
        let most = how(Reading::Kept, is_quick, all / 2);
        let few = defined::figures(&mut snapshot, &question, most).await.unwrap();
        let left_out = few.left_out.clone().expect("something is left out");
        let names: Vec<&str> = left_out.figures.iter().map(|definition| definition.id.as_str()).collect();
        assert!(["by-shopper", "by-chat"].iter().all(|id| names.contains(id)), "{names:?}");
        assert!(few.figures.iter().any(|figure| figure.definition.id == "answer-20s"));
        assert_eq!(few.figures.len() + names.len(), enough.figures.len());
        assert!(!few.is_partial, "there is nothing to wait for");
        let csv = figures_csv(&few);
        assert!(csv.contains("by-shopper; by-chat") && csv.contains(": too many messages to read; at most "), "{csv}");
        told.push(few);
    }
    assert_eq!(told[0], told[1]);

    // Nor is anything read where nothing is kept.
    let nothing = defined::figures(&mut snapshot, &question, how(Reading::Messages, false, all - 1)).await.unwrap();
    let left_out = nothing.left_out.clone().unwrap();
    assert_eq!((nothing.figures.len(), left_out.figures.len()), (0, enough.figures.len()));
    assert!(figures_csv(&nothing).contains("by-shopper"));

    // An agent's own are among everybody's messages.
    let own = defined::Question { only: Some(shop.members[0]), ..question.clone() };
    let few = defined::figures(&mut snapshot, &own, how(Reading::Kept, false, all - 1)).await.unwrap();
    assert!(few.left_out.is_some() && few.own);

    let by_shopper = enough.figures.iter().find(|figure| figure.definition.id == "by-shopper").unwrap();
    let through = through(&question, &by_shopper.definition);
    let bounds = Bounds { most: all - 1, ..Bounds::default() };
    let trend = figure_history::history(&mut snapshot, &through, bounds).await.unwrap().unwrap();
    let LeftOut { figures, .. } = trend.left_out.unwrap();
    assert_eq!((figures.len(), figures[0].id.as_str(), trend.rounds), (1, "by-shopper", 0));
    assert_eq!(trend.figures.len(), enough.figures.len(), "another figure can be chosen");
    let bounds = Bounds { most: all, ..Bounds::default() };
    let trend = figure_history::history(&mut snapshot, &through, bounds).await.unwrap().unwrap();
    assert_eq!((trend.left_out, trend.value), (None, by_shopper.value));

    let span = (question.from, question.to);
    let how = (Reading::Messages, Bounds { most: all - 1, ..Bounds::default() });
    assert!(figures::figures(&mut snapshot, &question.shop, span, question.now, how).await.unwrap().is_err());
}

#[tokio::test]
async fn whose_rounds_they_were_is_told_later_where_there_are_many() {
    let shop = Counted::busy().await;
    let of_shoppers = Definition { id: "by-shopper".into(), unit: Unit::Customer, ..shipped().swap_remove(1) };
    counts_by(&shop.store, shop.id, FigureRules { own: vec![of_shoppers], ..FigureRules::default() }).await;
    shop.folds().await;
    shop.seals().await;
    let (card, now) = (card_in(&shop.store, shop.id).await, shop.store.clock().now());
    let from = thursday().plus_seconds(-2 * 3_600);
    let question = defined::Question { shop: card, from, to: from.plus_seconds(12 * DAY), now, only: None };
    let ask = async |is_quick, quick_rounds| {
        let mut snapshot = shop.store.snapshot().await.unwrap();
        let bounds = Bounds { most: 0, quick_rounds, ..Bounds::default() };
        let how = How { reading: Reading::Kept, is_quick, bounds };
        defined::figures(&mut snapshot, &question, how).await.unwrap()
    };
    let whole = ask(false, 1).await;
    let of_shoppers: Vec<_> = whole.figures.iter().filter(|it| it.definition.unit == Unit::Customer).collect();
    let many = of_shoppers.len();
    assert!(whole.left_out.is_none() && many > 1, "no message may be read");
    assert!(of_shoppers.iter().any(|figure| figure.value.of > 0));
    let quick = ask(true, 1).await;
    assert_eq!((quick.is_partial, quick.rest_is_kept), (true, true));
    assert_eq!(quick.figures.len() + many, whole.figures.len());
    let few = ask(true, u64::MAX).await;
    assert_eq!((few.is_partial, few.rest_is_kept), (false, false));
    assert_eq!(few.figures, whole.figures);

    // Where it is not kept so long, whoever asks for it waits, or is told that there are too many.
    let long_ago = defined::Question { from: now.plus_seconds(-100 * DAY), ..question.clone() };
    let mut snapshot = shop.store.snapshot().await.unwrap();
    let bounds = Bounds { quick_rounds: 1, ..Bounds::default() };
    let how = How { reading: Reading::Kept, is_quick: true, bounds };
    let told = defined::figures(&mut snapshot, &long_ago, how).await.unwrap();
    assert_eq!((told.is_partial, told.rest_is_kept, told.left_out), (true, false, None));
    let whole = defined::figures(&mut snapshot, &long_ago, How { is_quick: false, ..how }).await.unwrap();
    assert_eq!((whole.is_partial, whole.left_out), (false, None));
}

#[tokio::test]
async fn of_too_many_messages_the_last_are_read_and_that_is_said() {
    let (shop, question) = busy().await;
    let mut snapshot = shop.store.snapshot().await.unwrap();
    let span = (question.from, question.to);
    let all = stretches::count(&mut snapshot, shop.id, span, u64::MAX).await.unwrap();
    let bounds = Bounds { most: all / 3, at_once: 10, ..Bounds::default() };
    let since = stretches::reach(&mut snapshot, shop.id, span, bounds.most).await.unwrap();
    let read = stretches::count(&mut snapshot, shop.id, (since, question.to), u64::MAX).await.unwrap();
    assert!(question.from < since && 0 < read && read <= bounds.most);

    let late = defined::Question { from: since, ..question.clone() };
    let ask = async |snapshot: &mut Conn, question: &defined::Question, figure: &str, bounds| -> CasesAnswer {
        defined::cases(snapshot, question, (figure, None), bounds).await.unwrap().unwrap()
    };
    for (figure, is_kept) in [("answer-20s", true), ("p90", true), ("by-shopper", false)] {
        let whole = ask(&mut snapshot, &question, figure, Bounds::patient()).await;
        let part = ask(&mut snapshot, &late, figure, Bounds::patient()).await;
        let told = ask(&mut snapshot, &question, figure, bounds).await;
        assert_eq!((whole.since, told.since), (None, Some(since)));
        assert_eq!((&told.cases, told.count), (&part.cases, part.count), "{figure}");
        assert!(0 < told.count && told.count < whole.count);
        assert_eq!(told.count_of_all, is_kept.then(|| u32::try_from(whole.count).unwrap()), "{figure}");
    }

    let odd = Hours::Daily(DaySpan { from: 1, to: 1_439 });
    let definition = Definition { unit: Unit::Customer, hours: odd, ..shipped().swap_remove(1) };
    let whole = defined::trial(&mut snapshot, &question, &definition, Bounds::patient()).await.unwrap();
    let part = defined::trial(&mut snapshot, &question, &definition, bounds).await.unwrap();
    let begins = stretches::rounded(since, question.to);
    let late = defined::Question { from: begins, ..question.clone() };
    let of_part = defined::trial(&mut snapshot, &late, &definition, Bounds::patient()).await.unwrap();
    assert_eq!((whole.0, part), (question.from, of_part));
    assert!(begins >= since && part.1.of < whole.1.of);
}

#[tokio::test]
async fn a_report_of_too_many_messages_is_told_from_what_is_kept() {
    let (shop, question) = busy().await;
    let mut snapshot = shop.store.snapshot().await.unwrap();
    let whole = report(&mut snapshot, &question, Bounds::patient()).await;
    let (from, to) = (whole.answer.from, whole.answer.to);
    let today = stretches::count(&mut snapshot, shop.id, (from, to), u64::MAX).await.unwrap();
    assert!(whole.waits_since.is_none() && whole.answer.left_out.is_none() && today > 20);
    let bounds = Bounds { most: today / 2, at_once: 10, ..Bounds::default() };
    let kept = report(&mut snapshot, &question, bounds).await;
    is_the_same(&said(&kept), &said(&whole), "report");
    let since = kept.waits_since.expect("not all waits were looked at");
    assert!(kept.longest.iter().chain(&kept.unanswered).all(|wait| wait.from >= since) && !kept.longest.is_empty());
    let left_out = kept.answer.left_out.as_ref().unwrap();
    assert!(left_out.figures.iter().any(|definition| definition.id == "by-shopper"));
    for (lang, words) in [(Lang::Zh, "消息太多"), (Lang::En, "too many messages")] {
        assert!(page(&kept, lang).matches(words).count() >= 2);
        assert!(!page(&whole, lang).contains(words));
    }
}

#[tokio::test]
async fn a_moment_with_very_many_messages_is_read_at_once() {
    let (shop, question) = busy().await;
    let mut snapshot = shop.store.snapshot().await.unwrap();
    let (from, mut read, mut stretches_read) = (question.from, 0, 0);
    let take = |(from, to): (Micros, Micros), lives: Vec<Life>| {
        let happened = lives.iter().flat_map(|life| &life.happened);
        read += happened.filter(|it| (from..to).contains(&it.at)).count();
        stretches_read += 1;
    };
    let bounds = Bounds { at_once: 0, ..Bounds::patient() };
    stretches::each_of_lives(&mut snapshot, shop.id, (from, question.to), bounds, take).await.unwrap();
    assert!(stretches_read > 100 && read >= stretches_read, "each moment once: {read} in {stretches_read}");
}
