//! The server is killed in the middle of many sends. What it acknowledged is there exactly once; what it did not
//! acknowledge is sent again and is there exactly once, too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use qinda::model::{ConversationId, MessageId};
use qinda::sync::{Action, Command, PROTOCOL, PushRequest, SendMessage};
use qinda_server::store::{Clock, Store};
use serde_json::json;
use tempfile::TempDir;
use tokio::time::timeout;

use crate::support::program::Running;
use crate::support::{DEADLINE, Desk, add_member, add_shop, browser, database, new_id};

const ROUNDS: usize = 4;
/// What `make soak` asks for, unless `QINDA_KILLS` says another number.
const ROUNDS_OF_A_SOAK: usize = 1_000;
const DESKS: usize = 4;
const SHOPPERS: usize = 4;
/// So many sends are acknowledged in a round before the server is killed; the rest of the round meets the kill.
const ACKNOWLEDGED_BEFORE_KILL: usize = 60;
/// More than can be acknowledged before the kill.
const SENDS_MAX: usize = 100_000;

/// Sends until the server is gone; what was sent last may have arrived or not.
struct Sender {
    acknowledged: Vec<String>,
    unknown: Option<Sent>,
}

enum Sent {
    Reply(Command, String),
    Question(MessageId, String),
}

async fn send_replies(
    desk: Desk,
    inbox: ConversationId,
    seen: u32,
    round: usize,
    count: Arc<AtomicUsize>,
) -> (Desk, Sender) {
    let mut desk = desk;
    let mut sender = Sender { acknowledged: Vec::new(), unknown: None };
    for number in 0..SENDS_MAX {
        let text = format!("答 {round} {} {number}", desk.signed_in.me.work_number);
        let now = desk.signed_in.at;
        let action = Action::SendMessage(SendMessage {
            id: new_id(MessageId::new),
            conversation: inbox,
            text: text.clone(),
            seen,
            owner_seen: None,
            written_at: now,
            expires_at: now.plus_seconds(3600),
            chosen: None,
            picture: None,
            composed: None,
            reason: String::new(),
            beside_owner: false,
            anyway: true,
        });
        let command = desk.command(&action);
        let request =
            PushRequest { protocol: PROTOCOL, device: desk.device, epoch: desk.epoch, commands: vec![command.clone()] };
        let post = desk.client.post(format!("{}/sync/push", desk.origin)).json(&request).send().await;
        if !post.is_ok_and(|response| response.status().is_success()) {
            sender.unknown = Some(Sent::Reply(command, text));
            break;
        }
        count.fetch_add(1, Ordering::SeqCst);
        sender.acknowledged.push(text);
    }
    (desk, sender)
}

async fn send_questions(
    client: reqwest::Client,
    origin: String,
    who: usize,
    round: usize,
    count: Arc<AtomicUsize>,
) -> Sender {
    let mut sender = Sender { acknowledged: Vec::new(), unknown: None };
    for number in 0..SENDS_MAX {
        let (id, text) = (new_id(MessageId::new), format!("问 {round} {who} {number}"));
        if !ask(&client, &origin, id, &text).await {
            sender.unknown = Some(Sent::Question(id, text));
            break;
        }
        count.fetch_add(1, Ordering::SeqCst);
        sender.acknowledged.push(text);
    }
    sender
}

async fn ask(client: &reqwest::Client, origin: &str, id: MessageId, text: &str) -> bool {
    loop {
        let post = client.post(format!("{origin}/c/tea/messages")).json(&json!({ "id": id, "text": text }));
        match post.send().await {
            // A shopper who writes that fast is asked to wait; for this story that is no send at all.
            Ok(response) if response.status() == 429 => tokio::time::sleep(Duration::from_millis(200)).await,
            Ok(response) => return response.status().is_success(),
            Err(_) => return false,
        }
    }
}

/// What came of all sends that the server acknowledged, before or after a kill.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    acknowledged: usize,
    found: usize,
    twice: usize,
    lost: usize,
    /// Texts that nobody sent.
    strange: usize,
}

impl Count {
    fn of(expected: &[String], stored: &BTreeMap<String, usize>) -> Self {
        let expected: BTreeSet<&str> = expected.iter().map(String::as_str).collect();
        let times = |text: &&str| stored.get(*text).copied().unwrap_or(0);
        Self {
            acknowledged: expected.len(),
            found: expected.iter().filter(|text| times(text) > 0).count(),
            twice: expected.iter().filter(|text| times(text) > 1).count(),
            lost: expected.iter().filter(|text| times(text) == 0).count(),
            strange: stored.keys().filter(|text| !expected.contains(text.as_str())).count(),
        }
    }

    fn is_faultless(&self) -> bool {
        self.found == self.acknowledged && self.twice + self.lost + self.strange == 0
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_kill_exactly_once() {
    let count = kill_again_and_again(ROUNDS).await;
    assert!(count.is_faultless() && count.acknowledged > ROUNDS * ACKNOWLEDGED_BEFORE_KILL, "{count:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a long while; `make soak` runs it"]
async fn soak_of_kills() {
    let asked = std::env::var("QINDA_KILLS").ok().and_then(|rounds| rounds.parse().ok());
    let rounds = asked.unwrap_or(ROUNDS_OF_A_SOAK);
    let count = kill_again_and_again(rounds).await;
    let Count { acknowledged, found, twice, lost, strange } = count;
    println!("| kills | acknowledged | found | twice | lost | strange |");
    println!("| {rounds} | {acknowledged} | {found} | {twice} | {lost} | {strange} |");
    assert!(count.is_faultless(), "{count:?}");
}

/// Kills the server under load so many times, and counts what is there in the end.
async fn kill_again_and_again(rounds: usize) -> Count {
    let directory = TempDir::new().unwrap();
    let store = Store::open(database::of(directory.path()), Clock::system()).await.unwrap();
    let shop = add_shop(&store, "tea").await;
    for number in 0..DESKS {
        add_member(&store, shop, &(1001 + number).to_string(), "agent", "day").await;
    }
    store.close().await;
    let data = directory.path().to_str().unwrap().to_owned();

    let mut running = Running::start(&data, &[]);
    let customer = browser();
    assert!(ask(&customer, &running.origin, new_id(MessageId::new), "开头").await);
    let mut desks = Vec::new();
    for number in 0..DESKS {
        desks.push(Desk::sign_in(running.origin.clone(), "tea", &(1001 + number).to_string()).await);
    }
    desks[0].pull().await;
    let conversation = desks[0].conversation_with("开头").id;
    let mut expected = vec!["开头".to_owned()];

    for round in 0..rounds {
        let count = Arc::new(AtomicUsize::new(0));
        let shoppers: Vec<reqwest::Client> = (0..SHOPPERS).map(|_| browser()).collect();
        let replies = std::mem::take(&mut desks)
            .into_iter()
            .map(|desk| tokio::spawn(send_replies(desk, conversation, 1, round, Arc::clone(&count))));
        let replies: Vec<_> = replies.collect();
        let questions = shoppers.iter().enumerate().map(|(who, client)| {
            tokio::spawn(send_questions(client.clone(), running.origin.clone(), who, round, Arc::clone(&count)))
        });
        let questions: Vec<_> = questions.collect();
        timeout(DEADLINE, async {
            while count.load(Ordering::SeqCst) < ACKNOWLEDGED_BEFORE_KILL {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("sends are acknowledged");
        // `kill` of a child is SIGKILL: no handler runs, nothing is flushed.
        running.child.kill().unwrap();
        running.child.wait().unwrap();

        let replies = futures::future::join_all(replies).await;
        let questions = futures::future::join_all(questions).await;
        running = Running::start(&data, &[]);
        for done in replies {
            let (mut desk, sender) = done.unwrap();
            desk.origin.clone_from(&running.origin);
            expected.extend(sender.acknowledged);
            let Some(Sent::Reply(command, text)) = sender.unknown else { panic!("the kill met every desk") };
            let again = [command];
            desk.push(&again).await;
            desk.push(&again).await;
            expected.push(text);
            desks.push(desk);
        }
        for (done, client) in questions.into_iter().zip(&shoppers) {
            let sender = done.unwrap();
            expected.extend(sender.acknowledged);
            let Some(Sent::Question(id, text)) = sender.unknown else { panic!("the kill met every shopper") };
            for _ in 0..2 {
                assert!(ask(client, &running.origin, id, &text).await);
            }
            expected.push(text);
        }
    }

    let desk = &mut desks[0];
    desk.pull().await;
    let mut stored = BTreeMap::<String, usize>::new();
    for message in desk.state.threads.values().flat_map(BTreeMap::values) {
        *stored.entry(message.text.clone()).or_default() += 1;
    }
    for (id, thread) in &desk.state.threads {
        let positions: Vec<u32> = thread.keys().copied().collect();
        let whole: Vec<u32> = (1..=u32::try_from(thread.len()).unwrap()).collect();
        assert_eq!(positions, whole, "{id} has no gap");
    }
    Count::of(&expected, &stored)
}
