//! Several nodes on one database: any device on any node.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use futures::StreamExt as _;
use qinda::model::{MICROS_PER_SECOND, MessageId, Micros, PackId, Roles};
use qinda::sync::{Action, OnDuty, Scope};
use qinda::wording::Level;
use qinda_server::cli::{Serving, start};
use qinda_server::reports::Sender;
use qinda_server::store::members::{self, NewMember};
use qinda_server::store::{Clock, Store};
use serde_json::json;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use crate::answers::{pack, put_pack};
use crate::defining::staffed;
use crate::live::Listening;
use crate::looking::{Hearing, Page};
use crate::reporting::{Hook, TO_QUARTER_TO_NINE, daily, keep, sender_at};
use crate::support::aside::aside;
use crate::support::{DEADLINE, Desk, Shopper, TEN_O_CLOCK, TestShop, add_shop, new_id};

/// One more node on the database of a shop.
async fn node(shop: &TestShop, clock: Clock) -> Serving {
    let store = Store::open(shop.serving.store.place(), clock).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    start(listener, store, Default::default(), Default::default()).unwrap()
}

fn origin(node: &Serving) -> String {
    format!("http://{}", node.address)
}

async fn desk_at(node: &Serving, number: &str) -> Desk {
    Desk::sign_in(origin(node), "tea", number).await
}

/// The text of a stream until it holds these words.
async fn until(response: &mut reqwest::Response, words: &str) {
    let heard = async {
        let mut text = String::new();
        while !text.contains(words) {
            let chunk = response.chunk().await.unwrap().expect("the stream goes on");
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    };
    timeout(DEADLINE, heard).await.expect("it is said in time");
}

#[tokio::test]
async fn a_message_at_one_node_reaches_the_device_at_another_and_its_answer_comes_back() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let other = node(&shop, Clock::system()).await;
    let mut desk = desk_at(&other, "1001").await;
    let mut listening = Listening::begin(&desk).await;
    let shopper = shop.shopper();
    shopper.writes("在吗").await;
    let mut page = shopper.gets("/live").await;
    listening.until(desk.inbox(), 0).await;
    desk.pull().await;
    let reply = desk.reply(&desk.conversation_with("在吗"), "在的");
    assert_eq!(desk.give(&Action::SendMessage(reply)).await, json!({ "verdict": "applied" }));
    until(&mut page, "data: 2\n").await;
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_nodes_one_sends_a_report() {
    let hook = Hook::open(&[]).await;
    let shop = staffed().await;
    keep(&shop.desk("2001").await, &daily(&hook.address, "qinda", "0")).await;
    shop.later(TO_QUARTER_TO_NINE);
    let clock = || shop.serving.store.clock().clone();
    let nodes = [node(&shop, clock()).await, node(&shop, clock()).await];
    let senders = [&shop.serving, &nodes[0], &nodes[1]].map(|node| sender_at(&node.store));
    let sent = futures::future::join_all(senders.iter().map(Sender::send_due)).await;
    assert_eq!((sent.into_iter().map(Result::unwrap).sum::<usize>(), hook.count()), (1, 1));
    for node in nodes {
        node.stop().await;
    }
}

#[tokio::test]
async fn signing_out_at_one_node_ends_the_stream_at_another() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let other = node(&shop, Clock::system()).await;
    let mut desk = desk_at(&other, "1001").await;
    let mut listening = Listening::begin(&desk).await;
    listening.next().await.unwrap();
    desk.origin = shop.url("");
    desk.sign_out().await;
    let ended = async { while listening.next().await.is_some() {} };
    timeout(DEADLINE, ended).await.expect("the stream ends");
}

#[tokio::test]
async fn a_rule_made_at_one_node_holds_at_another_that_had_the_old_ones_ready() {
    let shop = TestShop::open().await.with_member("1001", "agent").await.with_member("3001", "editor").await;
    let other = node(&shop, Clock::system()).await;
    let (mut editor, mut agent) = (shop.desk("3001").await, desk_at(&other, "1001").await);
    shop.shopper().writes("在吗").await;
    agent.pull().await;
    let say = async |agent: &mut Desk| {
        let conversation = agent.conversation_with("在吗");
        let reply = agent.reply(&conversation, "从青岛仓库发");
        agent.give(&Action::SendMessage(reply)).await
    };
    assert_eq!(say(&mut agent).await, json!({ "verdict": "applied" }));
    let id = new_id(PackId::new);
    editor.give(&put_pack(id, pack("青岛仓库", Level::Block), 0)).await;
    assert_eq!(say(&mut agent).await, json!({ "verdict": "rejected", "code": "wording" }));
    editor.give(&put_pack(id, pack("天津仓库", Level::Block), 1)).await;
    assert_eq!(say(&mut agent).await, json!({ "verdict": "applied" }));
}

#[tokio::test]
async fn times_never_run_backwards_though_the_clocks_of_nodes_differ() {
    let shop = TestShop::open_at_ten().await.with_member("1001", "agent").await;
    let an_hour_behind = Arc::new(AtomicI64::new(TEN_O_CLOCK.0 - 3600 * MICROS_PER_SECOND));
    let other = node(&shop, Clock::by_hand(an_hour_behind)).await;
    let shopper = shop.shopper();
    shopper.writes("在吗").await;
    let mut desk = desk_at(&other, "1001").await;
    desk.pull().await;
    for number in 0..3 {
        let conversation = desk.conversation_with("在吗");
        let reply = desk.reply(&conversation, &format!("答 {number}"));
        assert_eq!(desk.give(&Action::SendMessage(reply)).await, json!({ "verdict": "applied" }));
        shopper.writes(&format!("问 {number}")).await;
        desk.pull().await;
    }
    let times: Vec<Micros> = desk.thread(desk.conversation_with("在吗").id).iter().map(|message| message.at).collect();
    assert_eq!(times.len(), 7);
    assert!(times.is_sorted_by(|one, next| one < next), "{times:?}");
}

#[tokio::test]
async fn who_looks_at_one_node_is_told_at_another_and_so_is_who_is_on_duty() {
    let shop = TestShop::open().await.with_member("1001", "agent").await.with_member("1002", "agent").await;
    let shop = shop.with_member("1003", "agent").await;
    let other = node(&shop, Clock::system()).await;
    shop.shopper().writes("在吗").await;
    let (mut here, mut there) = (shop.desk("1001").await, desk_at(&other, "1002").await);
    here.pull().await;
    there.pull().await;
    let asked = here.conversation_with("在吗").id;
    let (page, far) = (Page::open(), Page::open());
    let mut hears = Hearing::begin(&here).await;
    // Nodes that have just begun may not hear each other yet; a beat later they do.
    let both = async {
        loop {
            page.looks(&here, asked, false).await;
            if far.looks(&there, asked, false).await.has(here.member()) {
                return;
            }
            sleep(Duration::from_millis(300)).await;
        }
    };
    timeout(DEADLINE, both).await.expect("the other node has heard who looks at this one");
    assert!(hears.next().await.has(there.member()));
    let typing = async {
        loop {
            sleep(Duration::from_millis(300)).await;
            far.looks(&there, asked, true).await;
            if hears.next().await.present.iter().any(|one| one.member == there.member() && one.typing) {
                return;
            }
        }
    };
    timeout(DEADLINE, typing).await.expect("it is told who types");
    let comes = shop.desk("1003").await;
    comes.pull_page().await;
    let on_duty = async {
        while !there.get("/api/duty").await.json::<OnDuty>().await.unwrap().members.contains(&comes.member()) {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(DEADLINE, on_duty).await.expect("the other node has heard who is on duty");
    other.stop().await;
}

/// A job that adds a member, says that it began, and does not end before it is let go.
async fn add_slowly(store: Store, shop: qinda::model::ShopId, began: Arc<Notify>, go_on: Arc<Notify>) {
    let job = store.write(shop, move |work| {
        Box::pin(async move {
            members::add(work, member(shop, "slow")).await?;
            began.notify_one();
            go_on.notified().await;
            Ok(())
        })
    });
    job.await.unwrap();
}

fn member(shop: qinda::model::ShopId, number: &str) -> NewMember {
    NewMember {
        shop,
        work_number: number.into(),
        name: number.into(),
        roles: Roles::parse("agent"),
        team: "day".into(),
        password_hash: "none".into(),
    }
}

#[tokio::test]
async fn what_began_first_and_commits_last_is_not_skipped() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let (here, id) = (shop.serving.store.clone(), shop.id);
    let elsewhere = add_shop(&here, "ink").await;
    let other = node(&shop, Clock::system()).await;
    let mut desk = shop.desk("1001").await;
    desk.pull().await;

    let (began, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = tokio::spawn(add_slowly(here, id, Arc::clone(&began), Arc::clone(&go_on)));
    began.notified().await;
    let quick = {
        let store = other.store.clone();
        tokio::spawn(async move {
            store.write(id, move |work| Box::pin(members::add(work, member(id, "quick")))).await.unwrap();
        })
    };
    let waits = "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let meets_the_lock = async { while aside(shop.serving.store.place(), waits).await.is_empty() {} };
    timeout(DEADLINE, meets_the_lock).await.expect("the second one waits for the first");
    let in_another_shop =
        other.store.write(elsewhere, move |work| Box::pin(members::add(work, member(elsewhere, "1001"))));
    timeout(DEADLINE, in_another_shop).await.expect("other shops wait for nobody").unwrap();
    let before = desk.cursors[&Scope::Knowledge];
    desk.pull().await;
    assert_eq!(desk.cursors[&Scope::Knowledge], before, "neither is committed");

    go_on.notify_one();
    slow.await.unwrap();
    desk.pull().await;
    quick.await.unwrap();
    desk.pull().await;
    let numbers: Vec<&str> = desk.state.members.values().map(|card| card.work_number.as_str()).collect();
    assert!(numbers.contains(&"slow") && numbers.contains(&"quick"), "{numbers:?}");
    assert_eq!(desk.cursors[&Scope::Knowledge].seq, before.seq + 2);
}

#[tokio::test]
async fn nodes_hear_each_other_again_after_the_server_ended_all_their_connections() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let other = node(&shop, Clock::system()).await;
    let desk = desk_at(&other, "1001").await;
    let mut listening = Listening::begin(&desk).await;
    listening.next().await.unwrap();
    let end_all = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()";
    aside(shop.serving.store.place(), end_all).await;
    let shopper = Shopper::at(shop.url("/c/tea"));
    let id = new_id(MessageId::new);
    let arrives = async { while !shopper.sends(id, "在吗").await.is_success() {} };
    timeout(DEADLINE, arrives).await.expect("it is taken in the end");
    listening.until(desk.inbox(), 0).await;
}

#[tokio::test]
async fn a_demo_begun_by_two_nodes_at_once_stands_once() {
    let shop = TestShop::open().await;
    let other = node(&shop, Clock::system()).await;
    let both = futures::stream::iter([&shop.serving.store, &other.store]);
    let made = both.map(qinda_server::demo::ensure).buffer_unordered(2).collect::<Vec<_>>().await;
    assert!(made.iter().all(Result::is_ok), "{made:?}");
    let slugs = aside(other.store.place(), "SELECT slug FROM shops ORDER BY slug").await;
    assert_eq!(slugs, ["demo", "tea"]);
}
