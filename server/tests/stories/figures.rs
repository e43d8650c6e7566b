//! The supervisor's figures, compared with what a person reckons by hand.

use qinda::model::{Micros, ShopId};
use qinda::sync::{Action, Command, FiguresAnswer};
use reqwest::StatusCode;

use crate::support::{Desk, Shopper, TEN_O_CLOCK, TestShop, refusal};

const DAY: i64 = 24 * 3600;

async fn answers(desk: &mut Desk, question: &str, words: &str) {
    desk.pull().await;
    let conversation = desk.conversation_with(question);
    let reply = Action::SendMessage(desk.reply(&conversation, words));
    assert_eq!(desk.give(&reply).await["verdict"], "applied");
}

async fn figures(desk: &Desk, from: Micros, to: Micros) -> FiguresAnswer {
    let answer = desk.get(&format!("/api/figures?from={}&to={}", from.0, to.0)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

/// Seconds rounded from milliseconds: the server's clock gives every event its own microsecond.
fn seconds(ms: Option<i64>) -> Option<i64> {
    ms.map(|ms| (ms + 500) / 1_000)
}

#[tokio::test]
async fn the_figures_are_those_that_a_person_reckons_from_the_messages() {
    let shop = TestShop::open_at_ten()
        .await
        .with_member("1001", "agent")
        .await
        .with_member("1002", "agent")
        .await
        .with_member("2001", "supervisor")
        .await;
    let (mut first, mut second) = (shop.desk("1001").await, shop.desk("1002").await);
    let lead = shop.desk("2001").await;
    let (lin, chen, zhao): (Shopper, Shopper, Shopper) = (shop.shopper(), shop.shopper(), shop.shopper());

    // 10:00:00 Lin asks, 1001 answers after 12 s; Lin asks again at 10:01:00 and gets an answer after 30 s.
    lin.writes("林一").await;
    shop.later(12);
    answers(&mut first, "林一", "答林一").await;
    shop.later(48);
    lin.writes("林二").await;
    shop.later(30);
    answers(&mut first, "林二", "答林二").await;

    // 10:59:50 Chen asks twice; 1002 answers 18 s after the first of the two, in the next hour.
    shop.later(3590 - 90);
    chen.writes("陈一").await;
    shop.later(5);
    chen.writes("陈二").await;
    shop.later(13);
    answers(&mut second, "陈二", "答陈").await;

    // 11:00:08 Zhao asks and nobody answers for a minute.
    zhao.writes("赵一").await;
    shop.later(60);

    let day = figures(&lead, TEN_O_CLOCK, TEN_O_CLOCK.plus_seconds(DAY)).await;
    let total = &day.figures.total;
    assert_eq!((total.first.answered, total.first.unanswered), (2, 1));
    assert_eq!((total.every.answered, total.every.unanswered), (3, 1));
    assert_eq!((total.first.within_15s, total.first.within_20s), (1, 2));
    assert_eq!((total.every.within_15s, total.every.within_20s), (1, 2));
    assert_eq!(seconds(total.first.median_ms), Some(15), "between 12 and 18");
    assert_eq!(seconds(total.every.median_ms), Some(18), "of 12, 18, 30");
    assert_eq!(total.every.p90_ms.map(|ms| (ms + 50) / 100), Some(276), "27.6 s: PERCENTILE of 12, 18, 30 at 0.9");
    assert_eq!(seconds(total.every.longest_ms), Some(30));

    let hours: Vec<(i64, u32)> = day
        .figures
        .by_hour
        .iter()
        .map(|(hour, group)| ((hour.0 - TEN_O_CLOCK.0) / 3_600_000_000, group.every.answered + group.every.unanswered))
        .collect();
    assert_eq!(hours, [(0, 3), (1, 1)], "by when the shopper asked");
    let of = |desk: &Desk| {
        let mut groups = day.figures.by_agent.iter();
        groups.find(|(agent, _)| *agent == Some(desk.member())).map(|(_, group)| group.every.answered)
    };
    assert_eq!((of(&first), of(&second)), (Some(2), Some(1)));
    let numbers: Vec<&str> = day.members.iter().map(|card| card.work_number.as_str()).collect();
    assert_eq!((numbers, day.utc_offset_seconds), (vec!["1001", "1002"], 8 * 3600));

    // A span that begins in the middle of a conversation does not take its second round for a first one.
    let later = figures(&lead, TEN_O_CLOCK.plus_seconds(30), TEN_O_CLOCK.plus_seconds(120)).await;
    assert_eq!((later.figures.total.first.answered, later.figures.total.every.answered), (0, 1));
}

#[tokio::test]
async fn a_reply_that_waited_offline_counts_as_long_as_the_shopper_waited() {
    let shop = TestShop::open_at_ten().await.with_member("1001", "agent").await.with_member("2001", "supervisor").await;
    let (mut desk, lead) = (shop.desk("1001").await, shop.desk("2001").await);
    shop.shopper().writes("在吗").await;
    desk.pull().await;
    let asked = desk.conversation_with("在吗");
    shop.later(5);
    let written_offline = desk.reply(&asked, "在的");
    let command = Command::new(1, &Action::SendMessage(written_offline));
    shop.later(295);
    desk.push(&[command]).await;
    let figures = figures(&lead, TEN_O_CLOCK, TEN_O_CLOCK.plus_seconds(DAY)).await.figures;
    assert_eq!(seconds(figures.total.first.median_ms), Some(300));
}

#[tokio::test]
async fn an_agent_does_not_see_everybodys_figures_and_a_span_has_bounds() {
    let shop = TestShop::open().await.with_member("1001", "agent").await.with_member("9001", "admin").await;
    let (agent, admin) = (shop.desk("1001").await, shop.desk("9001").await);
    assert_eq!(refusal(agent.get("/api/figures?from=0&to=1").await).await, (StatusCode::FORBIDDEN, "forbidden".into()));
    let longest = 92 * DAY * 1_000_000;
    for (query, expected) in [
        (format!("from=0&to={longest}"), StatusCode::OK),
        (format!("from=0&to={}", longest + 1), StatusCode::UNPROCESSABLE_ENTITY),
        ("from=2&to=1".into(), StatusCode::UNPROCESSABLE_ENTITY),
        (format!("from={}&to={}", i64::MIN, i64::MAX), StatusCode::UNPROCESSABLE_ENTITY),
        ("from=yesterday&to=now".into(), StatusCode::BAD_REQUEST),
        (String::new(), StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(admin.get(&format!("/api/figures?{query}")).await.status(), expected, "{query}");
    }
}

#[tokio::test]
async fn another_shop_is_not_counted() {
    let shop = TestShop::open().await.with_member("2001", "supervisor").await;
    let silk: ShopId = crate::support::add_shop(&shop.serving.store, "silk").await;
    assert_ne!(silk, shop.id);
    Shopper::at(shop.url("/c/silk")).writes("丝巾有货吗").await;
    let lead = shop.desk("2001").await;
    let now = lead.signed_in.at;
    let figures = figures(&lead, now.plus_seconds(-DAY), now.plus_seconds(DAY)).await.figures;
    assert_eq!(figures, qinda::timing::Figures::default());
}
