//! Nodes and connections that die under load: nothing that was acknowledged is lost, nothing is there twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use qinda::model::{ConversationId, MessageId};
use qinda::sync::{Action, PROTOCOL, PushRequest};
use qinda_server::store::{Clock, Store};
use reqwest::Client;
use serde_json::json;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::support::aside::aside;
use crate::support::program::Running;
use crate::support::{Desk, TestShop, add_member, add_shop, browser, database, new_id};

const DESKS: usize = 4;
const SHOPPERS: usize = 4;
/// How many replies each desk and how many questions each shopper sends; a shopper who sends more is asked to wait.
const REPLIES: usize = 60;
const QUESTIONS: usize = 40;
const SENDS: usize = DESKS * REPLIES + SHOPPERS * QUESTIONS;
/// How often the server's connections are ended meanwhile.
const ENDED_TIMES: usize = 8;
/// How long all of it may take.
const LOAD_DEADLINE: Duration = Duration::from_secs(120);
/// How long a sender waits before it tries again.
const AGAIN: Duration = Duration::from_millis(5);

/// Where senders send. When one address fails, they go on at the next.
#[derive(Clone)]
struct Way {
    origins: Vec<String>,
    first: usize,
    acknowledged: Arc<AtomicUsize>,
}

impl Way {
    /// Where to try, and try again, until it is acknowledged.
    fn origins(&self) -> impl Iterator<Item = String> + use<> {
        self.origins.clone().into_iter().cycle().skip(self.first)
    }

    fn acknowledge(&self) {
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
    }
}

async fn send_replies(mut desk: Desk, conversation: ConversationId, way: Way) -> Vec<String> {
    let mut texts = Vec::new();
    for number in 0..REPLIES {
        let text = format!("答 {} {number}", desk.signed_in.me.work_number);
        let mut conversation = desk.state.conversations[&conversation].clone();
        conversation.owner = None;
        let mut reply = desk.reply(&conversation, &text);
        reply.anyway = true;
        let commands = vec![desk.command(&Action::SendMessage(reply))];
        let request = PushRequest { protocol: PROTOCOL, device: desk.device, epoch: desk.epoch, commands };
        for origin in way.origins() {
            let post = desk.client.post(format!("{origin}/sync/push")).json(&request).send().await;
            if post.is_ok_and(|response| response.status().is_success()) {
                break;
            }
            sleep(AGAIN).await;
        }
        way.acknowledge();
        texts.push(text);
    }
    texts
}

async fn send_questions(client: Client, who: usize, way: Way) -> Vec<String> {
    let mut texts = Vec::new();
    for number in 0..QUESTIONS {
        let (id, text) = (new_id(MessageId::new), format!("问 {who} {number}"));
        for origin in way.origins() {
            if ask(&client, &origin, id, &text).await {
                break;
            }
            sleep(AGAIN).await;
        }
        way.acknowledge();
        texts.push(text);
    }
    texts
}

async fn ask(client: &Client, origin: &str, id: MessageId, text: &str) -> bool {
    let post = client.post(format!("{origin}/c/tea/messages")).json(&json!({ "id": id, "text": text }));
    post.send().await.is_ok_and(|response| response.status().is_success())
}

/// Everybody sends; halfway `meanwhile` happens. Answers what was acknowledged.
async fn under_load(
    desks: Vec<Desk>,
    origins: Vec<String>,
    meanwhile: impl AsyncFnOnce(Arc<AtomicUsize>),
) -> Vec<String> {
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let way = |first| Way { origins: origins.clone(), first, acknowledged: Arc::clone(&acknowledged) };
    let conversation = desks[0].conversation_with("开头").id;
    let replies =
        desks.into_iter().enumerate().map(|(at, desk)| tokio::spawn(send_replies(desk, conversation, way(at))));
    let mut senders: Vec<_> = replies.collect();
    senders.extend((0..SHOPPERS).map(|who| tokio::spawn(send_questions(browser(), who, way(who)))));
    let all = async {
        meanwhile(Arc::clone(&acknowledged)).await;
        futures::future::join_all(senders).await
    };
    let texts = timeout(LOAD_DEADLINE, all).await.expect("everything is acknowledged in the end");
    texts.into_iter().flat_map(Result::unwrap).collect()
}

async fn reach(acknowledged: &AtomicUsize, many: usize) {
    while acknowledged.load(Ordering::SeqCst) < many {
        tokio::task::yield_now().await;
    }
}

async fn first_question(origin: &str) {
    assert!(ask(&browser(), origin, new_id(MessageId::new), "开头").await);
}

/// Everything acknowledged stands once, and nothing else does.
async fn assert_whole(desk: &mut Desk, mut acknowledged: Vec<String>) {
    assert_eq!(acknowledged.len(), SENDS);
    acknowledged.push("开头".to_owned());
    desk.pull().await;
    let mut stored = BTreeMap::<String, usize>::new();
    for message in desk.state.threads.values().flat_map(BTreeMap::values) {
        *stored.entry(message.text.clone()).or_default() += 1;
    }
    assert_eq!(stored, acknowledged.into_iter().map(|text| (text, 1)).collect());
    for (id, thread) in &desk.state.threads {
        let positions: Vec<u32> = thread.keys().copied().collect();
        assert_eq!(positions, (1..=u32::try_from(thread.len()).unwrap()).collect::<Vec<_>>(), "{id} has no gap");
        let times: Vec<_> = thread.values().map(|message| message.at).collect();
        assert!(times.is_sorted_by(|one, next| one < next), "{id} goes forward");
    }
}

fn numbers() -> impl Iterator<Item = String> {
    (1001..).take(DESKS).map(|number: u32| number.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_connections_lose_nothing_that_was_acknowledged() {
    let mut shop = TestShop::open().await;
    for number in numbers() {
        shop = shop.with_member(&number, "agent").await;
    }
    first_question(&shop.url("")).await;
    let mut desks = Vec::new();
    for number in numbers() {
        let mut desk = shop.desk(&number).await;
        desk.pull().await;
        desks.push(desk);
    }
    let place = shop.serving.store.place().clone();
    let end_all = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let acknowledged = under_load(desks, vec![shop.url("")], async |acknowledged| {
        for time in 1..=ENDED_TIMES {
            reach(&acknowledged, SENDS * time / (ENDED_TIMES + 2)).await;
            aside(&place, end_all).await;
        }
    })
    .await;
    assert_whole(&mut shop.desk("1001").await, acknowledged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_killed_under_load_leaves_its_devices_to_the_other() {
    let directory = TempDir::new().unwrap();
    let store = Store::open(database::of(directory.path()), Clock::system()).await.unwrap();
    let shop = add_shop(&store, "tea").await;
    for number in numbers() {
        add_member(&store, shop, &number, "agent", "day").await;
    }
    store.close().await;
    let data = directory.path().to_str().unwrap();
    let (mut dies, lives) = (Running::start(data, &[]), Running::start(data, &[]));
    first_question(&lives.origin).await;
    let mut desks = Vec::new();
    for number in numbers() {
        let mut desk = Desk::sign_in(lives.origin.clone(), "tea", &number).await;
        desk.pull().await;
        desks.push(desk);
    }
    let origins = vec![dies.origin.clone(), lives.origin.clone()];
    let acknowledged = under_load(desks, origins, async |acknowledged| {
        reach(&acknowledged, SENDS / 3).await;
        // `kill` of a child is SIGKILL: no handler runs, nothing is said to the database.
        dies.child.kill().unwrap();
    })
    .await;
    assert_whole(&mut Desk::sign_in(lives.origin.clone(), "tea", "1001").await, acknowledged).await;
}
