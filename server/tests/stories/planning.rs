//! Planning: what is foretold from past weeks, who did what, and what the shop assumes, kept so that nobody overwrites it.

use qinda::model::{Day, MemberId};
use qinda::planning::{Assumptions, week_of};
use qinda::sync::{
    Action, HourTold, PersonTold, PlanTold, PlanningAnswer, RulesTold, SendMessage, ShareTold, TakeConversation,
};
use qinda::timing::{FigureRules, OpeningHours};
use reqwest::{Response, StatusCode};

use crate::support::{Desk, TestShop, refusal};

const HOUR: i64 = 3_600;
const MORNING: usize = 10;
const EVENING: usize = 20;

async fn staffed() -> TestShop {
    TestShop::open_at_ten().await.with_member("1001", "agent").await.with_member("2001", "supervisor").await
}

async fn planned(desk: &Desk, week: &str) -> PlanningAnswer {
    desk.get(&format!("/api/planning{week}")).await.json().await.unwrap()
}

async fn put(desk: &Desk, path: &str, told: &impl serde::Serialize) -> Response {
    desk.client.put(format!("{}{path}", desk.origin)).json(told).send().await.unwrap()
}

async fn put_plan(desk: &Desk, told: &PlanTold) -> Response {
    put(desk, "/api/planning/assumptions", told).await
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

async fn answer(desk: &mut Desk, question: &str) {
    desk.pull().await;
    let chat = desk.conversation_with(question);
    let take = TakeConversation { conversation: chat.id, owner_seen: None };
    assert_eq!(desk.give(&Action::TakeConversation(take)).await["verdict"], "applied");
    let reply: SendMessage = desk.reply(&chat, "好的");
    assert_eq!(desk.give(&Action::SendMessage(reply)).await["verdict"], "applied");
}

/// From Monday, 23 November 2026, ten o'clock, on: each day one asks at ten and two at eight in the evening, for four weeks.
/// On Tuesday of the last one 1001 answers the evening's two, each after half a minute.
async fn four_weeks(shop: &TestShop) {
    for date in 0..28 {
        shop.shopper().writes(&format!("{date}早")).await;
        shop.later(10 * HOUR);
        for which in ["一", "二"] {
            let question = format!("{date}晚{which}");
            shop.shopper().writes(&question).await;
            if date == 22 {
                shop.later(30);
                answer(&mut shop.desk("1001").await, &question).await;
                shop.later(-30);
            }
        }
        shop.later(14 * HOUR);
    }
}

#[tokio::test]
async fn the_weeks_that_were_tell_the_week_to_come_and_who_did_what() {
    let shop = staffed().await;
    four_weeks(&shop).await;
    let lead = shop.desk("2001").await;
    let told = planned(&lead, "").await;
    assert_eq!((told.this_week, told.week, told.weeks_known), (day("2026-12-21"), day("2026-12-28"), 4));
    let usual = |_: usize, hour: usize| match hour {
        MORNING => 10,
        EVENING => 20,
        _ => 0,
    };
    let foretold = told.foretold.unwrap();
    assert_eq!(foretold.expected, week_of(usual));
    assert_eq!(
        (foretold.low, foretold.high),
        (week_of(usual), week_of(usual)),
        "past weeks were foretold without a fault"
    );
    // The first two weeks foretell the third, and these the fourth.
    let past: Vec<_> = told.past.iter().map(|it| (it.week, it.foretold, it.came, it.wrong)).collect();
    assert_eq!(past, [(day("2026-12-07"), 210, 21, 0), (day("2026-12-14"), 210, 21, 0)]);
    assert_eq!(told.by_hour[EVENING], HourTold { foretold: 280, came: 28, wrong: 0 });
    assert_eq!(told.open, [0x00FF_FFFF; 7], "a shop without hours is always open");

    let agent = Some(shop.desk("1001").await.member());
    let measured = told.measured;
    assert_eq!((measured.chats, measured.answered, measured.left), (84, 2, 0));
    assert_eq!((measured.handling_mean_seconds, measured.patience_seconds), (Some(30), None));
    // November had eight days of chats, none of which anybody took.
    let nobody = PersonTold { member: None, chats: 24, replies: 0, hours: 0 };
    assert_eq!((told.persons.from, told.persons.until), (day("2026-11-01"), day("2026-11-30")));
    assert_eq!(told.persons.persons, [nobody]);
    let share = |member: Option<MemberId>, foretold, came| ShareTold { member, foretold, came };
    assert_eq!(told.shares, [share(None, 0, 19), share(agent, 20, 2)]);
    assert!(told.members.iter().any(|member| Some(member.id) == agent));
}

#[tokio::test]
async fn the_shops_clocks_and_special_days_count() {
    let shop = staffed().await;
    four_weeks(&shop).await;
    let lead = shop.desk("2001").await;
    // In India ten o'clock in China is half past seven. One day of the past was special, and one of the next week is.
    let mut hours = OpeningHours::daily(7 * 60 + 30, 18 * 60);
    hours.special = [(day("2026-12-09"), Vec::new()), (day("2026-12-31"), Vec::new())].into();
    let rules = FigureRules { zone: "Asia/Kolkata".into(), hours, ..FigureRules::default() };
    assert_eq!(put(&lead, "/api/figures/rules", &RulesTold { rules, version: 0 }).await.status(), StatusCode::OK);
    let told = planned(&lead, "?week=2027-01-03").await;
    assert_eq!((told.week, told.special), (day("2026-12-28"), vec![day("2026-12-31")]));
    let expected = told.foretold.unwrap().expected;
    assert_eq!((expected[0][7], expected[0][17], expected[0][10]), (10, 20, 0));
    assert_eq!(told.past[0].came, 18, "the special day is left out");
    let from_seven_to_six = (7..18).map(|hour| 1_u32 << hour).sum::<u32>();
    let mut open = [from_seven_to_six; 7];
    open[3] = 0;
    assert_eq!(told.open, open);
}

#[tokio::test]
async fn a_young_shop_is_told_that_there_is_too_little_to_go_by() {
    let shop = staffed().await;
    let lead = shop.desk("2001").await;
    let empty = planned(&lead, "").await;
    assert_eq!((empty.foretold, empty.weeks_known, empty.past.len(), empty.shares.len()), (None, 0, 0, 0));
    assert_eq!((empty.measured.chats, empty.plan), (0, PlanTold::default()));
    shop.shopper().writes("在吗").await;
    shop.later(9 * 24 * HOUR);
    let young = planned(&shop.desk("2001").await, "").await;
    assert_eq!((young.foretold, young.weeks_known, young.measured.chats), (None, 1, 1));
    // The month before had nothing, so the running one is told.
    assert_eq!((young.persons.from, young.persons.until), (day("2026-11-01"), day("2026-11-30")));
}

#[tokio::test]
async fn what_the_shop_assumes_is_kept_and_never_overwritten_unseen() {
    let shop = staffed().await;
    let (lead, other) = (shop.desk("2001").await, shop.desk("2001").await);
    let mut assumptions = Assumptions { chats: 5, patience_seconds: Some(90), leaves: true, ..Assumptions::default() };
    assumptions.planned[6][23] = 12;
    let mine = PlanTold { assumptions, version: 0 };
    let kept: PlanTold = put_plan(&lead, &mine).await.json().await.unwrap();
    assert_eq!(kept, PlanTold { version: 1, ..mine.clone() });
    assert_eq!(planned(&other, "").await.plan, kept);
    let theirs = PlanTold::default();
    assert_eq!(refusal(put_plan(&other, &theirs).await).await, (StatusCode::CONFLICT, "changed_meanwhile".into()));
    assert_eq!(planned(&lead, "").await.plan, kept, "nothing was overwritten");
    let again = PlanTold { version: 1, ..theirs };
    assert_eq!(put_plan(&other, &again).await.status(), StatusCode::OK);
    assert_eq!(planned(&lead, "").await.plan, PlanTold { version: 2, ..again });
    let kept = shop.restarted().await;
    assert_eq!(planned(&kept.desk("2001").await, "").await.plan.version, 2);
}

#[tokio::test]
async fn only_those_who_see_figures_plan_and_only_what_can_be() {
    let shop = staffed().await;
    let (agent, lead) = (shop.desk("1001").await, shop.desk("2001").await);
    let forbidden = |answer: (StatusCode, String)| assert_eq!(answer.0, StatusCode::FORBIDDEN);
    forbidden(refusal(agent.get("/api/planning").await).await);
    forbidden(refusal(put_plan(&agent, &PlanTold::default()).await).await);
    let promised = PlanTold { assumptions: Assumptions { level_percent: 100, ..Assumptions::default() }, version: 0 };
    let unfit = refusal(put_plan(&lead, &promised).await).await;
    assert_eq!(unfit, (StatusCode::UNPROCESSABLE_ENTITY, "unfit_plan".into()));
    // Monday, 23 November 2026, is today: it can be planned, as can the eighth week from it.
    for (week, status) in
        [("2026-11-22", 422), ("2026-11-29", 200), ("2027-01-24", 200), ("2027-01-25", 422), ("x", 400)]
    {
        assert_eq!(lead.get(&format!("/api/planning?week={week}")).await.status(), status, "{week}");
    }
}
