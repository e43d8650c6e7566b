//! This moment as a supervisor sees it: who waits, who works, the level of the last minutes, and the surge plan.

use qinda::sync::{Action, CloseConversation, LevelStanding, NowAnswer, RulesTold, TakeConversation, WhisperTo};
use qinda::timing::{FigureRules, SurgePlan};
use reqwest::StatusCode;

use super::defining::{put_rules, staffed};
use crate::support::{Desk, TestShop, refusal};

const MINUTE: i64 = 60;

async fn now(supervisor: &Desk) -> NowAnswer {
    supervisor.get("/api/now").await.json().await.unwrap()
}

async fn six_wait(shop: &TestShop) {
    for name in ["林一", "陈一", "赵一", "吴一", "郑一", "冯一"] {
        shop.shopper().writes(name).await;
    }
}

#[tokio::test]
async fn a_supervisor_sees_who_waits_and_who_works() {
    let shop = staffed().await;
    let (mut agent, supervisor) = (shop.desk("1001").await, shop.desk("2001").await);
    assert_eq!(now(&supervisor).await.waiting_count, 0);
    shop.later(5);
    shop.shopper().writes("林一").await;
    shop.later(9);
    shop.shopper().writes("陈一").await;
    shop.later(6);
    agent.pull().await;
    let lin = agent.conversation_with("林一");
    let take = TakeConversation { conversation: lin.id, owner_seen: None };
    assert_eq!(agent.give(&Action::TakeConversation(take)).await["verdict"], "applied");

    let seen = now(&supervisor).await;
    let waits: Vec<_> =
        seen.waiting.iter().map(|one| (one.owner, (seen.at.since(one.since) + 500_000) / 1_000_000)).collect();
    assert_eq!(waits, [(Some(agent.member()), 15), (None, 6)]);
    assert!(seen.waiting.iter().all(|one| one.first));
    let busy = &seen.agents[0];
    assert_eq!((busy.member.work_number.as_str(), busy.on_duty, busy.open, busy.waiting), ("1001", true, 1, 1));
    assert_eq!((busy.answered, busy.median_ms, busy.waiting_since), (0, None, Some(seen.waiting[0].since)));
    // Nobody is late yet, but will be.
    assert_eq!((seen.level.now().of, seen.level.now().running), (0, 2));
    assert_eq!(seen.level.standing(), LevelStanding::InDanger);

    let reply = Action::SendMessage(agent.reply(&lin, "在的"));
    assert_eq!(agent.give(&reply).await["verdict"], "applied");
    shop.later(30);
    let seen = now(&supervisor).await;
    assert_eq!((seen.waiting_count, seen.agents[0].waiting, seen.agents[0].answered), (1, 0, 1));
    assert!(seen.agents[0].median_ms.is_some_and(|ms| (14_990..15_100).contains(&ms)));
    assert_eq!((seen.level.now().of, seen.level.now().met), (2, 1));
    assert_eq!(seen.level.standing(), LevelStanding::Below);
    // A quarter of an hour later the level has nothing to be said of, and the one who waits still does.
    shop.later(16 * MINUTE);
    let seen = now(&supervisor).await;
    assert_eq!((seen.level.now().of, seen.waiting_count), (0, 1));

    agent.pull().await;
    let close = CloseConversation { conversation: agent.conversation_with("陈一").id, seen: 1 };
    assert_eq!(agent.give(&Action::CloseConversation(close)).await["verdict"], "applied");
    shop.later(5);
    assert_eq!(now(&supervisor).await.waiting_count, 0);
}

#[tokio::test]
async fn the_surge_plan_is_climbed_while_many_wait_and_is_the_shops_own() {
    let shop = staffed().await;
    let supervisor = shop.desk("2001").await;
    six_wait(&shop).await;
    shop.later(4 * MINUTE);
    let seen = now(&supervisor).await;
    assert_eq!((seen.waiting_count, seen.surge.steps), (6, 0));
    assert!(seen.surge.next_at.is_some_and(|next| next > seen.at && next.since(seen.at) < 61_000_000));
    shop.later(2 * MINUTE);
    let seen = now(&supervisor).await;
    assert_eq!(seen.surge.steps, 1);
    assert_eq!(seen.plan, SurgePlan::default());

    let mut plan = SurgePlan::default();
    plan.steps.truncate(1);
    (plan.steps[0].above, plan.release_at) = (6, 6);
    let rules = FigureRules { surge: plan, ..FigureRules::default() };
    assert_eq!(put_rules(&supervisor, &RulesTold { rules, version: 0 }).await.status(), StatusCode::OK);
    shop.later(3);
    let seen = now(&supervisor).await;
    assert_eq!((seen.surge.steps, seen.plan.steps.len()), (0, 1));
    let out_of_order = SurgePlan { release_at: 9, ..SurgePlan::default() };
    let rules = FigureRules { surge: out_of_order, ..FigureRules::default() };
    let refused = put_rules(&supervisor, &RulesTold { rules, version: 1 }).await;
    assert_eq!(refusal(refused).await, (StatusCode::UNPROCESSABLE_ENTITY, "unfit_rules".to_owned()));
}

#[tokio::test]
async fn only_those_who_see_figures_see_this_moment_and_only_of_their_shop() {
    let shop = staffed().await;
    six_wait(&shop).await;
    let agent = shop.desk("1001").await;
    assert_eq!(agent.get("/api/now").await.status(), StatusCode::FORBIDDEN);
    let stranger = reqwest::get(format!("{}/api/now", agent.origin)).await.unwrap();
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_whisper_reaches_who_holds_the_conversation_and_ends_with_the_answer() {
    let shop = staffed().await;
    shop.shopper().writes("林一").await;
    let (mut agent, mut supervisor) = (shop.desk("1001").await, shop.desk("2001").await);
    agent.pull().await;
    supervisor.pull().await;
    let conversation = agent.conversation_with("林一").id;
    let take = TakeConversation { conversation, owner_seen: None };
    assert_eq!(agent.give(&Action::TakeConversation(take)).await["verdict"], "applied");
    let whisper = |words: &str| Action::WhisperTo(WhisperTo { conversation, words: words.into(), heard: None });
    assert_eq!(agent.give(&whisper("我自己")).await["code"], "forbidden");
    assert_eq!(supervisor.give(&whisper("先道歉")).await["verdict"], "applied");
    agent.pull().await;
    let lin = agent.conversation_with("林一");
    let said = lin.whisper.clone().unwrap();
    assert_eq!((said.by, said.words.as_str()), (supervisor.member(), "先道歉"));
    let reply = Action::SendMessage(agent.reply(&lin, "抱歉让您久等"));
    assert_eq!(agent.give(&reply).await["verdict"], "applied");
    agent.pull().await;
    assert_eq!(agent.conversation_with("林一").whisper, None);
}
