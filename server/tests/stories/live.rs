//! The live channel: a hint within a moment, and an end when the session or the server ends.

use futures::StreamExt as _;
use qinda::sync::{Heads, Scope};
use qinda_server::store::{Clock, Store};
use reqwest::{Response, StatusCode};
use tokio::time::timeout;

use crate::support::{DEADLINE, Desk, TestShop, add_member};

/// The live channel of a desk.
pub struct Listening {
    response: Response,
    text: String,
}

impl Listening {
    pub async fn begin(desk: &Desk) -> Self {
        let response = desk.get("/sync/live").await;
        assert_eq!(response.status(), StatusCode::OK);
        Self { response, text: String::new() }
    }

    /// The next heads; `None` when the channel has ended.
    pub async fn next(&mut self) -> Option<Heads> {
        timeout(DEADLINE, async {
            loop {
                if let Some((event, rest)) = self.text.split_once("\n\n") {
                    let data = event.lines().find_map(|line| line.strip_prefix("data: ")).map(str::to_owned);
                    assert!(event.lines().any(|line| line == "event: heads"), "{event}");
                    self.text = rest.to_owned();
                    return Some(serde_json::from_str(&data.unwrap()).unwrap());
                }
                let chunk = self.response.chunk().await.ok()??;
                self.text.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        })
        .await
        .expect("the channel says something in time")
    }

    /// Waits until a head is past a number.
    pub async fn until(&mut self, scope: Scope, past: u64) {
        loop {
            let heads = self.next().await.expect("the channel goes on");
            if heads.heads.get(&scope).is_some_and(|head| *head > past) {
                return;
            }
        }
    }
}

#[tokio::test]
async fn a_shoppers_message_is_hinted_at_once() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let desk = shop.desk("1001").await;
    let mut listening = Listening::begin(&desk).await;
    let begin = listening.next().await.unwrap();
    assert_eq!(begin.heads.keys().copied().collect::<Vec<_>>(), Scope::of(&desk.signed_in.actor));
    assert_eq!(begin.heads[&desk.inbox()], 0);
    shop.shopper().writes("在吗").await;
    listening.until(desk.inbox(), 0).await;
}

#[tokio::test]
async fn a_desk_hears_nothing_of_other_teams() {
    let shop = TestShop::open().await.with_member("1001", "agent").await.with_member_of("night", "1002", "agent").await;
    let (day, night) = (shop.desk("1001").await, shop.desk("1002").await);
    let (mut hears, mut deaf) = (Listening::begin(&day).await, Listening::begin(&night).await);
    assert!(!deaf.next().await.unwrap().heads.contains_key(&day.inbox()));
    shop.shopper().writes("在吗").await;
    hears.until(day.inbox(), 0).await;
    add_member(&shop.serving.store, shop.id, "1003", "agent", "day").await;
    let next = deaf.next().await.unwrap();
    assert!(!next.heads.contains_key(&day.inbox()) && next.heads[&Scope::Knowledge] > 0);
}

#[tokio::test]
async fn what_another_process_writes_reaches_open_desks() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let desk = shop.desk("1001").await;
    let mut listening = Listening::begin(&desk).await;
    let before = listening.next().await.unwrap().heads[&Scope::Knowledge];
    let other = Store::open(shop.serving.store.place(), Clock::system()).await.unwrap();
    let mut number = 2000;
    let mut writes = Box::pin(async {
        // The watcher may not have looked for the first time yet; what comes after that it must see.
        loop {
            number += 1;
            add_member(&other, shop.id, &number.to_string(), "agent", "day").await;
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        }
    });
    tokio::select! {
        () = listening.until(Scope::Knowledge, before) => {}
        () = &mut writes => unreachable!("it writes without an end"),
    }
    drop(writes);
    other.close().await;
}

#[tokio::test]
async fn the_channel_ends_with_the_session() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let (desk, other) = (shop.desk("1001").await, shop.desk("1001").await);
    let (mut listening, mut goes_on) = (Listening::begin(&desk).await, Listening::begin(&other).await);
    listening.next().await.unwrap();
    goes_on.next().await.unwrap();
    desk.sign_out().await;
    assert_eq!(listening.next().await, None);
    shop.shopper().writes("在吗").await;
    goes_on.until(other.inbox(), 0).await;
}

#[tokio::test]
async fn stopping_ends_the_channel_and_keeps_what_was_written() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let mut desk = shop.desk("1001").await;
    let mut listening = Listening::begin(&desk).await;
    listening.next().await.unwrap();
    let shopper = shop.shopper();
    shopper.writes("在吗").await;
    let writes = futures::stream::iter(0..20).for_each_concurrent(None, |number| {
        let shopper = &shopper;
        async move { shopper.writes(&format!("第 {number} 句")).await }
    });
    writes.await;
    let shop = timeout(DEADLINE, shop.restarted()).await.expect("it stops although a stream is open");
    while listening.next().await.is_some() {}
    desk.origin = shop.url("");
    desk.pull().await;
    assert_eq!(desk.words(desk.conversation_with("在吗").id).len(), 21);
}
