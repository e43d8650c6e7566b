//! Feeds keep what devices need. The latest row of each entity is all that a feed ever holds; here also those leave that
//! nobody asks for any more: conversations that were closed long ago, and word of what is gone that every device heard
//! which still counts. The tables keep everything, so figures of last year stay what they were.
//!
//! It is done in small groups of writes with a pause between them, so that nobody waits for it.

use std::time::Duration;

use qinda::model::{ConversationId, Micros, ShopId, TeamId};
use qinda::sync::{Change, GoneConversation, Scope};

use super::dialect::{Conn, query};
use super::row::{Columns, kept};
use super::{Store, Stored, Work, conversations, shops};

/// A conversation leaves the inbox this long after it was closed, in days.
pub const CLOSED_KEPT_DAYS: i64 = 30;
/// Word of what is gone is kept this long, in days. A device that was away for longer begins the scope anew.
pub const GONE_KEPT_DAYS: i64 = 45;
/// How often is looked whether something can leave, in seconds.
pub const COMPACT_EVERY_SECONDS: u64 = 3600;
/// A server that has just started has other work, for so many seconds.
const FIRST_AFTER_SECONDS: u64 = 60;

/// So many conversations leave in one group of writes.
const CONVERSATIONS_AT_ONCE: u64 = 25;
/// So many rows about what is gone leave in one group of writes.
const GONE_AT_ONCE: u64 = 200;
/// Between two groups of writes, in milliseconds.
const PAUSE_MS: u64 = 50;
/// A scope's standing is noted this often, in days.
const MARKED_EVERY_DAYS: i64 = 1;
const SECONDS_PER_DAY: i64 = 86_400;

/// What left the feeds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Conversations.
    pub conversations: u64,
    /// Rows about what is gone.
    pub gone: u64,
}

/// Compacts now and then, for as long as the server runs.
pub(super) async fn keep_compact(store: &Store) {
    let first = tokio::time::Instant::now() + Duration::from_secs(FIRST_AFTER_SECONDS);
    let mut ticks = tokio::time::interval_at(first, Duration::from_secs(COMPACT_EVERY_SECONDS));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match compact(store).await {
            Ok(left) if left == Compacted::default() => {}
            Ok(Compacted { conversations, gone }) => tracing::info!(conversations, gone, "feeds were compacted"),
            Err(error) => tracing::warn!(%error, "the feeds were not compacted; it is tried again"),
        }
    }
}

/// Lets everything leave that is due, and says what that was.
pub(super) async fn compact(store: &Store) -> Stored<Compacted> {
    let mut left = Compacted::default();
    let shops = shops::all(&mut *store.reader().await?).await?;
    for shop in shops {
        let shop = shop.card.id;
        left.conversations += let_conversations_leave(store, shop).await?;
        store.write(shop, move |work| Box::pin(mark(work, shop))).await?;
        left.gone += let_gone_leave(store, shop).await?;
    }
    Ok(left)
}

async fn let_conversations_leave(store: &Store, shop: ShopId) -> Stored<u64> {
    let mut left = 0;
    loop {
        let before = store.clock().now().plus_seconds(-CLOSED_KEPT_DAYS * SECONDS_PER_DAY);
        let due = due(&mut *store.reader().await?, shop, before).await?;
        if due.is_empty() {
            return Ok(left);
        }
        left += due.len() as u64;
        store.write(shop, move |work| Box::pin(leave(work, shop, due.clone(), before))).await?;
        pause().await;
    }
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(PAUSE_MS)).await;
}

/// Closed conversations that are still in a feed, the longest closed first.
async fn due(conn: &mut Conn, shop: ShopId, before: Micros) -> Stored<Vec<ConversationId>> {
    let rows = query(
        "SELECT id FROM conversations WHERE shop = $1 AND in_feed = 1 AND state = 'closed' AND closed_at < $2
         ORDER BY closed_at LIMIT $3",
    )
    .bind(shop.to_string())
    .bind(before.0)
    .bind(kept(CONVERSATIONS_AT_ONCE))
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(|row| row.parsed("id")).collect::<Result<_, _>>()?)
}

/// Takes conversations out of their feed, unless something happened in them just now: a job for [`Store::write`].
async fn leave(work: &mut Work, shop: ShopId, due: Vec<ConversationId>, before: Micros) -> Stored<()> {
    for id in due {
        if work.has_changed(id) {
            // What is about to be written to the feed is not there yet to be taken out.
            continue;
        }
        let team = query(
            "UPDATE conversations SET in_feed = 0
             WHERE shop = $1 AND id = $2 AND in_feed = 1 AND state = 'closed' AND closed_at < $3 RETURNING team",
        )
        .bind(shop.to_string())
        .bind(id.to_string())
        .bind(before.0)
        .fetch_optional(work.conn())
        .await?;
        let Some(team) = team else { continue };
        let team: TeamId = team.parsed("team")?;
        query(
            "DELETE FROM feed WHERE shop = $1 AND scope = $2
             AND entity IN (SELECT 'message:' || id FROM messages WHERE shop = $1 AND conversation = $3)",
        )
        .bind(shop.to_string())
        .bind(Scope::Inbox(team).to_string())
        .bind(id.to_string())
        .execute(work.conn())
        .await?;
        let thread = conversations::thread(work.conn(), shop, id).await?;
        let messages = thread.into_iter().map(|message| message.id).collect();
        work.stage(shop, Change::ConversationGone(GoneConversation { team, id, messages }));
    }
    Ok(())
}

/// Notes where every scope of a shop stands, unless that was done lately: a job for [`Store::write`].
async fn mark(work: &mut Work, shop: ShopId) -> Stored<()> {
    let now = work.now();
    query(
        "INSERT INTO scope_marks (shop, scope, at, head)
         SELECT s.shop, s.scope, $2, s.head FROM scopes s
         WHERE s.shop = $1 AND NOT EXISTS
             (SELECT 1 FROM scope_marks m WHERE m.shop = s.shop AND m.scope = s.scope AND m.at > $3)",
    )
    .bind(shop.to_string())
    .bind(now.0)
    .bind(now.plus_seconds(-MARKED_EVERY_DAYS * SECONDS_PER_DAY).0)
    .execute(work.conn())
    .await?;
    Ok(())
}

/// Where a scope stood so long ago that word of what was gone by then need not be kept.
struct Mark {
    scope: Scope,
    at: Micros,
    head: u64,
}

async fn let_gone_leave(store: &Store, shop: ShopId) -> Stored<u64> {
    let before = store.clock().now().plus_seconds(-GONE_KEPT_DAYS * SECONDS_PER_DAY);
    let mut left = 0;
    for mark in old_marks(&mut *store.reader().await?, shop, before).await? {
        let Mark { scope, at, head } = mark;
        loop {
            let gone = gone_up_to(&mut *store.reader().await?, shop, scope, head).await?;
            if gone.is_empty() {
                break;
            }
            left += gone.len() as u64;
            store.write(shop, move |work| Box::pin(forget_gone(work, shop, scope, gone.clone()))).await?;
            pause().await;
        }
        store.write(shop, move |work| Box::pin(forget_marks(work, shop, scope, at))).await?;
    }
    Ok(left)
}

/// The latest mark of each scope that is old enough.
async fn old_marks(conn: &mut Conn, shop: ShopId, before: Micros) -> Stored<Vec<Mark>> {
    let rows = query(
        "SELECT scope, MAX(at) AS at, MAX(head) AS head FROM scope_marks WHERE shop = $1 AND at < $2 GROUP BY scope",
    )
    .bind(shop.to_string())
    .bind(before.0)
    .fetch_all(conn)
    .await?;
    let mark = |row: &super::dialect::DbRow| {
        Ok(Mark { scope: row.parsed("scope")?, at: row.micros("at")?, head: row.number("head")? })
    };
    Ok(rows.iter().map(mark).collect::<Result<_, sqlx::Error>>()?)
}

async fn gone_up_to(conn: &mut Conn, shop: ShopId, scope: Scope, head: u64) -> Stored<Vec<u64>> {
    let rows = query(
        "SELECT seq FROM feed WHERE shop = $1 AND scope = $2 AND seq <= $3 AND kind LIKE '%.gone'
         ORDER BY seq LIMIT $4",
    )
    .bind(shop.to_string())
    .bind(scope.to_string())
    .bind(kept(head))
    .bind(kept(GONE_AT_ONCE))
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(|row| row.number("seq")).collect::<Result<_, _>>()?)
}

/// Takes rows about what is gone out of a feed, and raises its floor with them: a job for [`Store::write`]. A row under one
/// of these numbers is never another one.
async fn forget_gone(work: &mut Work, shop: ShopId, scope: Scope, gone: Vec<u64>) -> Stored<()> {
    let floor = gone.iter().copied().max().unwrap_or_default();
    query("UPDATE scopes SET floor = $3 WHERE shop = $1 AND scope = $2 AND floor < $3")
        .bind(shop.to_string())
        .bind(scope.to_string())
        .bind(kept(floor))
        .execute(work.conn())
        .await?;
    for seq in gone {
        query("DELETE FROM feed WHERE shop = $1 AND scope = $2 AND seq = $3 AND kind LIKE '%.gone'")
            .bind(shop.to_string())
            .bind(scope.to_string())
            .bind(kept(seq))
            .execute(work.conn())
            .await?;
    }
    Ok(())
}

/// Marks that old are not asked for again: a job for [`Store::write`].
async fn forget_marks(work: &mut Work, shop: ShopId, scope: Scope, at: Micros) -> Stored<()> {
    query("DELETE FROM scope_marks WHERE shop = $1 AND scope = $2 AND at <= $3")
        .bind(shop.to_string())
        .bind(scope.to_string())
        .bind(at.0)
        .execute(work.conn())
        .await?;
    Ok(())
}
