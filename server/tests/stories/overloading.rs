//! More comes than the server can write: what waits is bounded, the rest is asked to come again, and every command lands
//! once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use qinda::model::{DeviceId, EpochId};
use qinda::sync::{Action, Command, PROTOCOL, PushRequest, SendMessage};
use qinda_server::store::QUEUE_JOBS_MAX;
use reqwest::{StatusCode, header};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use crate::support::{DEADLINE, TestShop, new_id, refusal};

/// So many pushes come for which there is no room.
const TOO_MANY: usize = 60;

/// Keeps the writer busy until the gate opens.
async fn busy_until_opened(shop: &TestShop) -> watch::Sender<bool> {
    let (gate, opened) = watch::channel(false);
    let (begun, has_begun) = oneshot::channel();
    let begun = Arc::new(std::sync::Mutex::new(Some(begun)));
    let (store, id) = (shop.serving.store.clone(), shop.id);
    tokio::spawn(async move {
        let waits = store.write(id, move |_| {
            let mut opened = opened.clone();
            Box::pin(async move {
                if let Some(begun) = begun.lock().unwrap().take() {
                    let _ = begun.send(());
                }
                let _ = opened.wait_for(|opened| *opened).await;
                Ok(())
            })
        });
        waits.await.unwrap();
    });
    timeout(DEADLINE, has_begun).await.expect("the writer begins").unwrap();
    gate
}

/// A push of one reply, from a device of its own.
fn push_of(reply: SendMessage) -> PushRequest {
    let commands = vec![Command::new(1, &Action::SendMessage(SendMessage { anyway: true, ..reply }))];
    PushRequest { protocol: PROTOCOL, device: new_id(DeviceId::new), epoch: new_id(EpochId::new), commands }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_bounded_and_every_command_lands_once() {
    let shop = TestShop::open_at_ten().await.with_member("1001", "agent").await;
    shop.shopper().writes("在吗").await;
    let mut desk = shop.desk("1001").await;
    desk.pull().await;
    let asked = desk.conversation_with("在吗");
    let pushes: Vec<PushRequest> =
        (0..QUEUE_JOBS_MAX + TOO_MANY).map(|number| push_of(desk.reply(&asked, &format!("答 {number}")))).collect();

    let gate = busy_until_opened(&shop).await;
    let answered = Arc::new(AtomicUsize::new(0));
    let under_way: Vec<_> = pushes
        .iter()
        .map(|push| {
            let post = desk.client.post(shop.url("/sync/push")).json(push);
            let answered = Arc::clone(&answered);
            tokio::spawn(async move {
                let response = post.send().await.unwrap();
                answered.fetch_add(1, Ordering::SeqCst);
                response
            })
        })
        .collect();
    // The writer stands still, so only those that find no room are answered.
    timeout(DEADLINE, async {
        while answered.load(Ordering::SeqCst) < TOO_MANY {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("who finds no room is told at once");
    gate.send(true).unwrap();

    let mut put_off = Vec::new();
    for (push, done) in pushes.iter().zip(under_way) {
        let response = done.await.unwrap();
        if response.status() == StatusCode::OK {
            continue;
        }
        let seconds: u64 = response.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
        assert!(seconds >= 1);
        assert_eq!(refusal(response).await, (StatusCode::SERVICE_UNAVAILABLE, "busy".into()));
        put_off.push(push);
    }
    assert!(put_off.len() >= TOO_MANY, "no more than {QUEUE_JOBS_MAX} waited: {} were put off", put_off.len());

    // They come again, and so do some whose answer may have been lost.
    for push in put_off.iter().copied().chain(pushes.iter().step_by(50)) {
        let again = desk.client.post(shop.url("/sync/push")).json(push).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::OK);
    }
    desk.pull().await;
    let mut landed = BTreeMap::<String, usize>::new();
    for words in desk.words(asked.id) {
        *landed.entry(words).or_default() += 1;
    }
    assert_eq!(landed.remove("在吗"), Some(1));
    assert!(landed.len() == pushes.len() && landed.values().all(|times| *times == 1), "{landed:?}");
}
