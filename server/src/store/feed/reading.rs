//! The pages that a pull is answered with.
//!
//! A desk that asks for it gets the newest rows of each scope first, and what lies below them with the pulls that follow,
//! the newest first again. What it has not read yet travels with it as a [`Gap`], so nothing is remembered here.

use std::ops::ControlFlow;

use qinda::model::{Actor, ShopId};
use qinda::sync::{
    Cursor, Gap, LIVE_PAGE_BYTES_MAX, LIVE_PAGE_ROWS_MAX, PULL_BYTES_MAX, PULL_ROWS_MAX, PullRequest, Row, Scope,
    ScopePage, Standing,
};
use serde_json::value::RawValue;

use super::{ScopeStanding, standing};
use crate::store::Stored;
use crate::store::dialect::{Conn, DbRow, Query, query};
use crate::store::row::{Columns, kept, unreadable};

/// The latest messages of a conversation that come with it before its turn.
const URGENT_MESSAGES: u32 = 3;
/// The most rows that come before their turn.
const URGENT_ROWS_MAX: u64 = 500;

/// The tables are joined in the order in which they stand: `CROSS` keeps SQLite, which knows nothing of their sizes, from
/// reading the whole feed and all messages for each of its rows. The sign before `opened_at` keeps it from looking through
/// all conversations in their order for the few that are open.
pub(super) const URGENT: &str = "WITH open AS (SELECT id, last_position FROM conversations
                   WHERE shop = $1 AND in_feed = 1 AND state = 'open' AND team = $5
                   ORDER BY +opened_at DESC LIMIT $7),
          wanted AS (SELECT 'conversation:' || id AS entity FROM open
                     UNION ALL
                     SELECT 'message:' || m.id FROM open o CROSS JOIN messages m
                     WHERE m.shop = $1 AND m.conversation = o.id AND m.position > o.last_position - $6)
     SELECT f.seq, f.kind, f.body FROM wanted w CROSS JOIN feed f
     WHERE f.shop = $1 AND f.scope = $2 AND f.entity = w.entity AND f.seq > $3 AND f.seq <= $4
     ORDER BY f.seq DESC LIMIT $7";

/// What a page may still hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    rows: usize,
    bytes: usize,
}

impl Room {
    pub(super) const WHOLE: Self = Self { rows: PULL_ROWS_MAX, bytes: PULL_BYTES_MAX };
    pub(super) const UNASKED: Self = Self { rows: LIVE_PAGE_ROWS_MAX, bytes: LIVE_PAGE_BYTES_MAX };
    /// What a desk that reads in order, as none does since it may ask for the newest first, is brought beyond a page to come
    /// above the floor.
    const TO_THE_FLOOR: Self = Self { rows: 50_000, bytes: 32 << 20 };

    /// An equal part for each of so many, and what is left without it.
    fn shared_by(self, count: usize) -> (Self, Self) {
        let part = Self { rows: self.rows / count, bytes: self.bytes / count };
        (part, Self { rows: self.rows - part.rows, bytes: self.bytes - part.bytes })
    }

    fn and(self, other: Self) -> Self {
        Self { rows: self.rows + other.rows, bytes: self.bytes + other.bytes }
    }

    const fn is_used_up(self) -> bool {
        self.rows == 0 || self.bytes == 0
    }
}

/// Of which shop and scope is read.
#[derive(Debug, Clone, Copy)]
struct Feed {
    shop: ShopId,
    scope: Scope,
}

/// One page for each scope that the member follows. `is_behind` says whether there are verdicts that the device lacks.
pub(super) async fn pages(
    conn: &mut Conn,
    actor: &Actor,
    request: &PullRequest,
    is_behind: bool,
    mut room: Room,
) -> Stored<Vec<ScopePage>> {
    // The narrowest scope first: after a long absence one's own work shows before the whole knowledge base came.
    let scopes: Vec<Scope> = Scope::of(actor).into_iter().rev().collect();
    let mut pages = Vec::new();
    let Some(newest) = &request.newest_first else {
        for scope in scopes {
            pages.push(page(conn, actor.shop, scope, request.standing(scope).cursor, &mut room).await?);
        }
        return Ok(pages);
    };
    let holds = newest.queued || is_behind;
    for (at, scope) in scopes.iter().enumerate() {
        let (mut part, rest) = room.shared_by(scopes.len() - at);
        pages.push(newest_page(conn, Feed { shop: actor.shop, scope: *scope }, request, holds, &mut part).await?);
        room = rest.and(part);
    }
    if pages.iter().all(|page| page.cursor.seq == page.head) {
        fill(conn, actor.shop, request, &mut pages, room).await?;
    }
    Ok(pages)
}

/// Where the scope stands, and whether a device begins it anew that knows so much: because its numbers are none of this
/// numbering, or it may not have heard of something that is gone. Who read nothing below a gap has nothing that could be.
async fn start(conn: &mut Conn, feed: Feed, known: Standing) -> Stored<(ScopeStanding, bool)> {
    let standing = standing(conn, feed.shop, feed.scope).await?;
    let ScopeStanding { head, floor } = standing;
    let Cursor { generation, seq } = known.cursor;
    let below = seq < floor || known.gap.is_some_and(|gap| gap.above > 0 && gap.above < floor);
    Ok((standing, generation != head.generation || seq > head.seq || below))
}

/// What follows on a cursor, in order.
pub(super) async fn page(
    conn: &mut Conn,
    shop: ShopId,
    scope: Scope,
    known: Cursor,
    room: &mut Room,
) -> Stored<ScopePage> {
    let feed = Feed { shop, scope };
    let (ScopeStanding { head: standing, floor }, reset) = start(conn, feed, known.into()).await?;
    let after = if reset { 0 } else { known.seq };
    // Most scopes of most pulls: nothing is above the head.
    let (mut rows, whole) =
        if after == standing.seq { (Vec::new(), true) } else { rows_after(conn, feed, after, room).await? };
    // The last rows' numbers may lie below the head when the newest change replaced itself; there is none in between.
    let mut reached = if whole { standing.seq } else { rows.last().map_or(after, |row| row.seq) };
    if reset && !rows.is_empty() && reached < floor {
        // From a place below the floor it would begin anew with every pull, and never come further.
        let (below, is_whole) = rows_up_to(conn, feed, reached, floor).await?;
        reached = if is_whole { floor } else { below.last().map_or(reached, |row| row.seq) };
        rows.extend(below);
    }
    let cursor = Cursor { seq: reached, ..standing };
    Ok(ScopePage { scope, reset, cursor, head: standing.seq, rows, gap: None, older: Vec::new() })
}

/// The newest rows that a device lacks. One that already has a gap reads on in order: two gaps it cannot have.
async fn newest_page(
    conn: &mut Conn,
    feed: Feed,
    request: &PullRequest,
    holds: bool,
    room: &mut Room,
) -> Stored<ScopePage> {
    let known = request.standing(feed.scope);
    let (ScopeStanding { head: standing, .. }, reset) = start(conn, feed, known).await?;
    if known.gap.is_some() && !reset {
        return Ok(ScopePage { gap: known.gap, ..page(conn, feed.shop, feed.scope, known.cursor, room).await? });
    }
    let above = if reset { 0 } else { known.cursor.seq };
    let missing = Gap { above, up_to: standing.seq, rows: 0, holds };
    let (mut rows, left) = newest_rows(conn, feed, missing, reset, room).await?;
    let gap = match left {
        Some(left) => {
            rows.extend(urgent_rows(conn, feed, left).await?);
            Some(Gap { rows: count(conn, feed, left).await?, ..left })
        }
        None => None,
    };
    Ok(ScopePage { scope: feed.scope, reset, cursor: standing, head: standing.seq, rows, gap, older: Vec::new() })
}

/// Reads on downwards in the gaps that the device came with.
async fn fill(
    conn: &mut Conn,
    shop: ShopId,
    request: &PullRequest,
    pages: &mut [ScopePage],
    mut room: Room,
) -> Stored<()> {
    let mut filling: Vec<(&mut ScopePage, Gap)> = pages
        .iter_mut()
        .filter(|page| !page.reset)
        .filter_map(|page| request.standing(page.scope).gap.map(|gap| (page, gap)))
        .collect();
    let count = filling.len();
    for (at, (page, gap)) in filling.iter_mut().enumerate() {
        let (mut part, rest) = room.shared_by(count - at);
        let feed = Feed { shop, scope: page.scope };
        (page.older, page.gap) = newest_rows(conn, feed, *gap, gap.above == 0, &mut part).await?;
        room = rest.and(part);
    }
    Ok(())
}

/// The rows behind a number that there is room for, in order, and whether those are all.
async fn rows_after(conn: &mut Conn, feed: Feed, after: u64, room: &mut Room) -> Stored<(Vec<Row>, bool)> {
    let found =
        query("SELECT seq, kind, body FROM feed WHERE shop = $1 AND scope = $2 AND seq > $3 ORDER BY seq LIMIT $4")
            .bind(feed.shop.to_string())
            .bind(feed.scope.to_string())
            .bind(kept(after))
            .bind(kept(room.rows as u64 + 1));
    taken(conn, found, room).await
}

/// The rows behind a number up to another one, in order, and whether these are all of them.
async fn rows_up_to(conn: &mut Conn, feed: Feed, after: u64, up_to: u64) -> Stored<(Vec<Row>, bool)> {
    let found = query(
        "SELECT seq, kind, body FROM feed WHERE shop = $1 AND scope = $2 AND seq > $3 AND seq <= $4 ORDER BY seq",
    )
    .bind(feed.shop.to_string())
    .bind(feed.scope.to_string())
    .bind(kept(after))
    .bind(kept(up_to));
    let mut room = Room::TO_THE_FLOOR;
    taken(conn, found, &mut room).await
}

/// The newest rows of a gap that there is room for, and what of it is left. `is_empty` says that the device has nothing
/// below, so it does not have to hear of what is gone.
async fn newest_rows(
    conn: &mut Conn,
    feed: Feed,
    gap: Gap,
    is_empty: bool,
    room: &mut Room,
) -> Stored<(Vec<Row>, Option<Gap>)> {
    let found = query(
        "SELECT seq, kind, body FROM feed WHERE shop = $1 AND scope = $2 AND seq > $3 AND seq <= $4
         AND ($5 = 0 OR kind NOT LIKE '%.gone') ORDER BY seq DESC LIMIT $6",
    )
    .bind(feed.shop.to_string())
    .bind(feed.scope.to_string())
    .bind(kept(gap.above))
    .bind(kept(gap.up_to))
    .bind(i64::from(is_empty))
    .bind(kept(room.rows as u64 + 1));
    let (rows, is_whole) = taken(conn, found, room).await?;
    let up_to = rows.last().map_or(gap.up_to, |row| row.seq - 1);
    let left = Gap { up_to, rows: gap.rows.saturating_sub(rows.len() as u64), ..gap };
    Ok((rows, (!is_whole).then_some(left)))
}

/// The rows that there is room for, and whether those are all.
async fn taken(conn: &mut Conn, found: Query, room: &mut Room) -> Stored<(Vec<Row>, bool)> {
    let (mut rows, mut is_whole) = (Vec::new(), true);
    let take = |row: DbRow| -> Stored<_> {
        if room.is_used_up() {
            is_whole = false;
            return Ok(ControlFlow::Break(()));
        }
        let body = RawValue::from_string(row.text("body")?).map_err(unreadable)?;
        room.rows -= 1;
        room.bytes = room.bytes.saturating_sub(body.get().len());
        rows.push(Row { seq: row.number("seq")?, kind: row.text("kind")?, body });
        Ok(ControlFlow::Continue(()))
    };
    found.each(conn, take).await?;
    Ok((rows, is_whole))
}

/// Of a gap in an inbox what cannot wait for its turn: the conversations that are open, however long nobody wrote there,
/// and the latest messages in them. They come again when it is their turn.
async fn urgent_rows(conn: &mut Conn, feed: Feed, gap: Gap) -> Stored<Vec<Row>> {
    let Scope::Inbox(team) = feed.scope else { return Ok(Vec::new()) };
    let found = query(URGENT)
        .bind(feed.shop.to_string())
        .bind(feed.scope.to_string())
        .bind(kept(gap.above))
        .bind(kept(gap.up_to))
        .bind(team.to_string())
        .bind(i64::from(URGENT_MESSAGES))
        .bind(kept(URGENT_ROWS_MAX));
    let mut room = Room { rows: URGENT_ROWS_MAX as usize, bytes: PULL_BYTES_MAX };
    Ok(taken(conn, found, &mut room).await?.0)
}

async fn count(conn: &mut Conn, feed: Feed, gap: Gap) -> Stored<u64> {
    let counted = query("SELECT COUNT(*) AS rows FROM feed WHERE shop = $1 AND scope = $2 AND seq > $3 AND seq <= $4")
        .bind(feed.shop.to_string())
        .bind(feed.scope.to_string())
        .bind(kept(gap.above))
        .bind(kept(gap.up_to))
        .fetch_one(conn)
        .await?;
    Ok(counted.number("rows")?)
}
