//! Telling whoever listens that something new is there. Only a hint: what is new is read from the database.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use qinda::model::{CustomerId, ShopId};
use qinda::sync::Scope;
use tokio::sync::broadcast;

use super::feed::{self, ScopeHead};
use super::{Store, Stored, dialect};

/// How many events a slow listener may be behind. One that is further behind reads the heads anew.
pub const LIVE_EVENTS_MAX: usize = 1_024;
/// How often the database is asked whether another process wrote to it, in milliseconds.
pub const WATCH_OTHERS_MS: u64 = 1_000;

/// Something happened.
#[derive(Debug, Clone)]
pub enum LiveEvent {
    /// A commit moved these heads, and these shoppers have something new to read.
    Moved {
        /// The heads.
        heads: Vec<ScopeHead>,
        /// The shoppers.
        customers: Vec<CustomerId>,
    },
    /// A session ended; its streams end too.
    SessionEnded {
        /// The hash of its token.
        token_hash: String,
    },
}

/// Where events are told and heard.
#[derive(Clone)]
pub struct Live(broadcast::Sender<Arc<LiveEvent>>);

impl Live {
    pub(super) fn new() -> Self {
        Self(broadcast::Sender::new(LIVE_EVENTS_MAX))
    }

    /// Tells an event to everybody who listens.
    pub fn tell(&self, event: LiveEvent) {
        let nothing_new = matches!(&event, LiveEvent::Moved { heads, .. } if heads.is_empty());
        if !nothing_new {
            // Nobody listening is no failure.
            let _ = self.0.send(Arc::new(event));
        }
    }

    /// Hears every event from now on.
    #[must_use]
    pub fn hear(&self) -> broadcast::Receiver<Arc<LiveEvent>> {
        self.0.subscribe()
    }
}

pub(super) async fn watch_other_writers(store: &Store) {
    let mut known: HashMap<(ShopId, Scope), u64> = HashMap::new();
    let mut commits = None;
    let mut ticks = tokio::time::interval(Duration::from_millis(WATCH_OTHERS_MS));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut reader = None;
    loop {
        ticks.tick().await;
        if reader.is_none() {
            reader = dialect::looker(store.path()).await.ok();
        }
        let Some(conn) = reader.as_mut() else { continue };
        match moved_since(conn, &mut commits, &mut known).await {
            Ok(heads) => store.live().tell(LiveEvent::Moved { heads, customers: Vec::new() }),
            Err(error) => {
                tracing::warn!(%error, "could not look for changes of other processes");
                reader = None;
                commits = None;
            }
        }
    }
}

/// The heads that moved since the last look. Those this process moved are among them; telling twice does no harm.
async fn moved_since(
    conn: &mut dialect::Conn,
    commits: &mut Option<i64>,
    known: &mut HashMap<(ShopId, Scope), u64>,
) -> Stored<Vec<ScopeHead>> {
    let now = dialect::commits_of_others(conn).await?;
    if commits.replace(now) == Some(now) {
        return Ok(Vec::new());
    }
    let first_look = known.is_empty();
    let all = feed::all_heads(conn).await?;
    let moved = all.into_iter().filter(|head| known.insert((head.shop, head.scope), head.head) != Some(head.head));
    let moved: Vec<ScopeHead> = moved.collect();
    Ok(if first_look { Vec::new() } else { moved })
}
