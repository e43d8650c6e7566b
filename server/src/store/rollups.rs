//! Figures kept as they happen: what conversations count for is folded into parts of days, parts are added up to sums, and
//! questions over years are answered from both ([`history`]).
//!
//! Nothing is written for it when a message comes. A conversation that changed stands in its feed under a new number; it is
//! found there, what it counted for is taken back and counted anew. What was read for that is written only if nobody
//! changed the parts of the shop meanwhile, so any number of servers may do it at once, and twice is the same as once. An
//! answer looks for itself at what is not folded yet, so it never lags. Sums are made of parts alone, when a day or a month
//! is over, and taken away when a part changes.

mod apart;
mod beside;
mod folding;
mod history;
mod hours;
mod opening;
mod parts;
mod planning;
mod reading;
mod rebuilding;
mod sealing;
mod seen;
mod standing;
mod writing;

use std::time::Duration;

use qinda::model::{ConversationId, ShopId};
use qinda::timing::rollup::{Delta, RollupFault};

use super::dialect::{Conn, Many, query};
use super::row::Columns as _;
use super::{Store, StoreError, Stored, Work, lives, shops};
use apart::Figures;
pub(super) use apart::{keeps_units, told_of_all_units, told_of_units, units};
pub(super) use beside::{each as each_beside, shares as shares_beside};
pub use history::{
    Answer, CELLS_MAX, HISTORY_DAYS_MAX, InWays, Question, Source, Steps, Unanswered, Ways, history, history_of_kept,
    history_of_messages, history_of_seen, history_of_several,
};
pub use hours::HOURS_MAX;
use opening::{Noting, Opening};
pub use rebuilding::{Rebuilt, rebuild};
pub use sealing::seal;
pub use seen::Seen;
pub use writing::{Written, written};

/// How often is looked whether something changed, in seconds.
pub const FOLD_EVERY_SECONDS: u64 = 1;
/// How often is looked whether sums can be made, in seconds.
pub const SEAL_EVERY_SECONDS: u64 = 300;
/// A server that has just started has other work, for so many seconds.
const FIRST_AFTER_SECONDS: u64 = 2;
/// After some work so many times as long is left to others …
const PAUSE_TIMES: u32 = 40;
/// … or so many, while there is much to do, as when a program brings logs …
const PAUSE_TIMES_BEHIND: u32 = 2;
/// … but no longer than this, in seconds.
const PAUSE_SECONDS_MAX: u64 = 30;

/// Folds what changes, for as long as the server runs.
pub(super) async fn keep(store: &Store) {
    let mut sealed: Option<tokio::time::Instant> = None;
    let mut pause = Duration::from_secs(FIRST_AFTER_SECONDS);
    loop {
        tokio::time::sleep(pause).await;
        let began = tokio::time::Instant::now();
        let is_to_seal = sealed.is_none_or(|at| at.elapsed() >= Duration::from_secs(SEAL_EVERY_SECONDS));
        let behind = keep_once(store, is_to_seal).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "figures were not counted; it is tried again");
            Behind::default()
        });
        // Of many sums, as when the hours change that figures ask for, the next are made soon.
        if is_to_seal && !behind.sealing {
            sealed = Some(tokio::time::Instant::now());
        }
        pause = pause_after(began.elapsed(), behind.folding || behind.sealing);
    }
}

fn pause_after(took: Duration, is_behind: bool) -> Duration {
    let pause = if is_behind {
        took.saturating_mul(PAUSE_TIMES_BEHIND)
    } else {
        took.saturating_mul(PAUSE_TIMES).max(Duration::from_secs(FOLD_EVERY_SECONDS))
    };
    pause.min(Duration::from_secs(PAUSE_SECONDS_MAX))
}

/// Where much is left to do.
#[derive(Default)]
struct Behind {
    folding: bool,
    sealing: bool,
}

async fn keep_once(store: &Store, is_to_seal: bool) -> Stored<Behind> {
    let changed = standing::changed_shops(&mut *store.reader().await?).await?;
    let mut behind = Behind::default();
    for shop in changed {
        behind.folding |= folding::fold(store, shop).await?;
    }
    if is_to_seal {
        let shops = shops::all(&mut *store.reader().await?).await?;
        for shop in shops {
            behind.sealing |= sealing::seal_some(store, &shop.card).await?;
        }
    }
    Ok(behind)
}

/// Folds some of what changed in a shop. Says whether there may be more.
///
/// # Errors
/// When the database refuses.
pub async fn fold_some(store: &Store, shop: ShopId) -> Stored<bool> {
    folding::fold(store, shop).await
}

/// Folds everything that changed in a shop until now, at once.
///
/// # Errors
/// When the database refuses.
pub async fn fold_all(store: &Store, shop: ShopId) -> Stored<()> {
    while fold_some(store, shop).await? {}
    Ok(())
}

/// How many conversations of a shop wait to be folded of which no feed tells, as after an import.
///
/// # Errors
/// When the database refuses.
pub async fn marked(conn: &mut Conn, shop: ShopId) -> Stored<i64> {
    let waiting = query("SELECT COUNT(*) AS waiting FROM figure_marks WHERE shop = $1");
    Ok(waiting.bind(shop.to_string()).fetch_one(conn).await?.number("waiting")?)
}

static MARKS: Many = Many::new("INSERT INTO figure_marks (shop, conversation)", 2, "ON CONFLICT DO NOTHING");

/// Notes that conversations changed which no feed tells of. What is being counted just now may have read them as they were, so
/// it is not written.
///
/// # Errors
/// When the database refuses.
pub async fn mark(conn: &mut Conn, shop: ShopId, changed: &[ConversationId]) -> Stored<()> {
    if changed.is_empty() {
        return Ok(());
    }
    MARKS.write(conn, changed.iter().map(|id| vec![shop.to_string().into(), id.to_string().into()]).collect()).await?;
    standing::turn(conn, shop).await
}

/// Takes back what a conversation counts for, before messages of it are changed or leave, in the same job. What is left of it
/// is counted again once it is [marked](mark).
///
/// # Errors
/// When the database refuses.
pub async fn take_back(work: &mut Work, shop: ShopId, conversation: ConversationId) -> Stored<()> {
    let conn = work.conn();
    if !standing::is_counted(conn, shop, conversation).await? {
        return Ok(());
    }
    let Some(recorded) = lives::recorded(conn, shop, conversation).await? else { return Ok(()) };
    let Some(standing) = standing::find(conn, shop).await? else { return Ok(()) };
    let opening = Opening::find(conn, shop).await?;
    let standing = opening::held(conn, shop, standing, opening.as_ref()).await?;
    let figures = Figures::find(conn, shop).await?;
    apart::held(conn, shop, &standing, &figures).await?;
    let (mut delta, mut deltas) = (Delta::default(), apart::deltas(&standing, &figures));
    let life = recorded.up_to(recorded.counted);
    delta.take_back(&Noting::by(opening.as_ref()).noted(&life));
    apart::Noting::by(&figures).take_back(&life, &mut deltas);
    let changed = parts::changed(conn, shop, &delta, &standing).await?;
    let days = apart::changed(conn, shop, &deltas, &standing).await?;
    match changed.and_then(|changed| Ok((changed, days?))) {
        Ok((changed, days)) => {
            parts::put(conn, shop, &changed).await?;
            apart::put(conn, shop, &days).await?;
        }
        Err(day) => tracing::error!(%shop, %day, "counts do not fit the messages; `qinda figures rebuild` mends them"),
    }
    standing::count(conn, shop, conversation, lives::Mark::default()).await?;
    standing::turn(conn, shop).await
}

/// Kept counts that cannot be used.
fn unusable(fault: RollupFault) -> StoreError {
    StoreError::Database(super::row::unreadable(fault))
}
