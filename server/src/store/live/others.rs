//! What other processes and nodes wrote. Nodes tell each other at once; looking at the heads every second finds what was
//! not heard, and what an import wrote.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use qinda::model::ShopId;
use qinda::sync::Scope;
use tokio::sync::Notify;
use tokio::sync::broadcast::{Receiver, error::TryRecvError};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::LiveEvent;
use super::outward::{Message, Outward};
use crate::store::dialect::{self, Hearer, Teller};
use crate::store::feed::{self, ScopeHead};
use crate::store::{Store, Stored, clock};

/// How often the heads are looked at, in milliseconds.
pub const WATCH_OTHERS_MS: u64 = 1_000;
/// How long to wait before a broken connection between nodes is tried again, in milliseconds.
const HEAR_AGAIN_MS: u64 = 500;

/// Tells of what others wrote, and tells others what was written here, until it is dropped.
pub async fn watch_other_writers(store: &Store) {
    let node = clock::random_token();
    let look_now = Notify::new();
    let telling = async {
        match (&store.live().outward, Teller::new(store.place())) {
            (Some(outward), Some(teller)) => tell(outward, teller, &node).await,
            _ => std::future::pending().await,
        }
    };
    tokio::join!(telling, hear(store, &node, &look_now), look(store, &look_now));
}

async fn tell(outward: &Outward, mut teller: Teller, node: &str) -> Infallible {
    loop {
        for message in outward.take(node).await {
            let Ok(text) = serde_json::to_string(&message) else { continue };
            // A connection that broke while nothing was told shows only now.
            let told = match teller.tell(&text).await {
                Ok(()) => Ok(()),
                Err(_) => teller.tell(&text).await,
            };
            if let Err(error) = told {
                tracing::warn!(%error, "the other nodes were not told; they find out when they look");
            }
        }
    }
}

async fn hear(store: &Store, node: &str, look_now: &Notify) -> Infallible {
    loop {
        match Hearer::begin(store.place()).await {
            Ok(None) => std::future::pending().await,
            Ok(Some(mut hearer)) => {
                // What was told before this moment was not heard.
                look_now.notify_one();
                let Err(error) = hear_on(&mut hearer, store, node, look_now).await;
                tracing::warn!(%error, "the other nodes cannot be heard for a moment");
            }
            Err(error) => tracing::warn!(%error, "the other nodes cannot be heard"),
        }
        sleep(Duration::from_millis(HEAR_AGAIN_MS)).await;
    }
}

async fn hear_on(hearer: &mut Hearer, store: &Store, node: &str, look_now: &Notify) -> Result<Infallible, sqlx::Error> {
    loop {
        let Some(text) = hearer.next().await? else {
            look_now.notify_one();
            continue;
        };
        match serde_json::from_str::<Message>(&text) {
            Ok(message) if message.node == node => {}
            Ok(message) => take_in(store, message),
            // A newer version may say more than this one understands; the heads say the rest.
            Err(_) => look_now.notify_one(),
        }
    }
}

/// What passes is counted from here, by this node's clock.
fn take_in(store: &Store, mut message: Message) {
    let (live, now) = (store.live(), store.clock().now());
    for (shop, member, told) in std::mem::take(&mut message.looks) {
        live.look_here(shop, member, &told, now);
    }
    for (shop, member) in std::mem::take(&mut message.duty) {
        store.duty().heard_elsewhere(shop, member, now);
    }
    message.events().for_each(|event| live.tell_here(event));
}

async fn look(store: &Store, look_now: &Notify) -> Infallible {
    let mut known = Known { heads: HashMap::new(), heard: store.live().hear(), commits: None, missed: 0, behind: 0 };
    let mut ticks = interval(Duration::from_millis(WATCH_OTHERS_MS));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut looker = None;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = look_now.notified() => {}
        }
        if looker.is_none() {
            looker = dialect::looker(store.place()).await.ok().flatten();
        }
        let Some(conn) = looker.as_mut() else { continue };
        match known.moved(conn).await {
            Ok(heads) => {
                store.meters().looked_at_heads(known.missed, known.behind);
                store.live().tell_here(LiveEvent::Moved { heads, customers: Vec::new() });
            }
            Err(error) => {
                tracing::warn!(%error, "could not look for changes of other processes");
                looker = None;
                known.commits = None;
            }
        }
    }
}

/// The heads that everybody here was told of.
struct Known {
    heads: HashMap<(ShopId, Scope), u64>,
    heard: Receiver<Arc<LiveEvent>>,
    /// What told at the last look whether somebody else had committed.
    commits: Option<i64>,
    /// How many heads had moved unheard at the last look, of those that were known …
    missed: u64,
    /// … and by how many changes.
    behind: u64,
}

impl Known {
    /// The heads that moved and that nobody here was told of. At the first look those are all.
    async fn moved(&mut self, conn: &mut dialect::Conn) -> Stored<Vec<ScopeHead>> {
        (self.missed, self.behind) = (0, 0);
        let commits = dialect::commits_of_others(conn).await?;
        if commits.is_some() && std::mem::replace(&mut self.commits, commits) == commits {
            return Ok(Vec::new());
        }
        self.hear();
        let all = feed::all_heads(conn).await?;
        Ok(all.into_iter().filter(|head| self.find(head)).collect())
    }

    fn hear(&mut self) {
        loop {
            match self.heard.try_recv() {
                Ok(event) => {
                    if let LiveEvent::Moved { heads, .. } = &*event {
                        for head in heads {
                            self.note(head);
                        }
                    }
                }
                // What was missed is told once more.
                Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }

    /// Takes in a head that was found by looking, and says whether it is news.
    fn find(&mut self, head: &ScopeHead) -> bool {
        if let Some(known) = self.heads.get(&(head.shop, head.scope)).filter(|known| **known < head.head) {
            self.missed += 1;
            self.behind += head.head - known;
        }
        self.note(head)
    }

    /// Takes a head in, and says whether it is news.
    fn note(&mut self, head: &ScopeHead) -> bool {
        let key = (head.shop, head.scope);
        let is_news = self.heads.get(&key).is_none_or(|known| *known < head.head);
        if is_news {
            self.heads.insert(key, head.head);
        }
        is_news
    }
}
