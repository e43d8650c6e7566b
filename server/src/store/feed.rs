//! The feed: what changed, in each scope, under numbers without gaps.
//!
//! A change that commits late can never hide behind one that commits early: numbers are given as the last step of a
//! transaction, under the lock that it holds until it is committed.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use qinda::model::{MemberCard, Micros, ShopId};
use qinda::sync::{
    Change, Cursor, LeaseTold, PROTOCOL, PULL_BYTES_MAX, PULL_ROWS_MAX, PullAnswer, PullRequest, Row, Scope, ScopePage,
};
use serde_json::value::RawValue;

use super::dialect::{Conn, DbRow, Reader, query};
use super::row::{Columns, kept, unreadable};
use super::{Stored, commands};
use qinda::model::Actor;

/// The newest change of a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopeHead {
    /// Whose.
    pub shop: ShopId,
    /// Which scope.
    pub scope: Scope,
    /// The number of its newest change.
    pub head: u64,
}

/// Gives the changes their numbers and writes them, scope by scope in one order, and says where the heads are now.
pub(super) async fn number(
    conn: &mut Conn,
    scopes: BTreeMap<(ShopId, Scope), Vec<Change>>,
) -> Result<Vec<ScopeHead>, sqlx::Error> {
    let mut heads = Vec::with_capacity(scopes.len());
    for ((shop, scope), changes) in scopes {
        let head = advance(conn, shop, scope, changes.len() as u64).await?;
        let first = head - changes.len() as u64 + 1;
        for (seq, change) in (first..).zip(&changes) {
            write(conn, shop, scope, seq, change).await?;
        }
        heads.push(ScopeHead { shop, scope, head });
    }
    Ok(heads)
}

async fn advance(conn: &mut Conn, shop: ShopId, scope: Scope, by: u64) -> Result<u64, sqlx::Error> {
    query(
        "INSERT INTO scopes (shop, scope, generation, head)
         VALUES ($1, $2, (SELECT first_generation FROM shops WHERE id = $1), $3)
         ON CONFLICT (shop, scope) DO UPDATE SET head = scopes.head + excluded.head
         RETURNING head",
    )
    .bind(shop.to_string())
    .bind(scope.to_string())
    .bind(kept(by))
    .fetch_one(conn)
    .await?
    .number("head")
}

async fn write(conn: &mut Conn, shop: ShopId, scope: Scope, seq: u64, change: &Change) -> Result<(), sqlx::Error> {
    query(
        "INSERT INTO feed (shop, scope, seq, entity, kind, body) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (shop, scope, entity)
         DO UPDATE SET seq = excluded.seq, kind = excluded.kind, body = excluded.body",
    )
    .bind(shop.to_string())
    .bind(scope.to_string())
    .bind(kept(seq))
    .bind(change.entity().0)
    .bind(change.kind())
    .bind(change.body().get())
    .execute(conn)
    .await
    .map(drop)
}

/// The numbering and the newest change of a scope. One that nothing was ever written to has the shop's first numbering. A
/// device that never read a scope names none, and so starts anew.
async fn standing(conn: &mut Conn, shop: ShopId, scope: Scope) -> Stored<Cursor> {
    let row = query("SELECT generation, head FROM scopes WHERE shop = $1 AND scope = $2")
        .bind(shop.to_string())
        .bind(scope.to_string())
        .fetch_optional(conn)
        .await?;
    if let Some(row) = row {
        return Ok(Cursor { generation: row.number("generation")?, seq: row.number("head")? });
    }
    let row = query("SELECT first_generation FROM shops WHERE id = $1").bind(shop.to_string()).fetch_one(conn).await?;
    Ok(Cursor { generation: row.number("first_generation")?, seq: 0 })
}

/// Where the scopes of a member stand.
///
/// # Errors
/// When the database refuses.
pub async fn heads(conn: &mut Conn, shop: ShopId, scopes: &[Scope]) -> Stored<BTreeMap<Scope, u64>> {
    let mut heads = BTreeMap::new();
    for scope in scopes {
        heads.insert(*scope, standing(conn, shop, *scope).await?.seq);
    }
    Ok(heads)
}

/// Where every scope of every shop stands.
pub(super) async fn all_heads(conn: &mut Conn) -> Stored<Vec<ScopeHead>> {
    let rows = query("SELECT shop, scope, head FROM scopes").fetch_all(conn).await?;
    rows.iter()
        .map(|row| Ok(ScopeHead { shop: row.parsed("shop")?, scope: row.parsed("scope")?, head: row.number("head")? }))
        .collect()
}

/// What a page may still hold.
struct Room {
    rows: usize,
    bytes: usize,
}

/// What changed since the device's cursors, and the verdicts of its commands, all from one moment.
///
/// A verdict must not arrive before its effects. So while a scope is cut short (`more`), the answer tells no verdict
/// and leaves `through` where the device has it; both move on with the page that reads every scope to its head.
///
/// # Errors
/// When the database refuses.
pub async fn pull(
    mut snapshot: Reader,
    (actor, me): (Actor, MemberCard),
    request: &PullRequest,
    at: Micros,
) -> Stored<PullAnswer> {
    let backend = super::backend(&mut snapshot).await?;
    let mut room = Room { rows: PULL_ROWS_MAX, bytes: PULL_BYTES_MAX };
    let mut scopes = Vec::new();
    // The narrowest scope first: after a long absence one's own work shows before the whole knowledge base came.
    for scope in Scope::of(&actor).into_iter().rev() {
        let known = request.cursors.get(&scope).copied().unwrap_or_default();
        scopes.push(page(&mut snapshot, actor.shop, scope, known, &mut room).await?);
    }
    let cut = scopes.iter().any(|page| page.cursor.seq < page.head);
    let commands = if cut {
        commands::told_already(&mut snapshot, request).await?
    } else {
        commands::pull_verdicts(&mut snapshot, request).await?
    };
    Ok(PullAnswer {
        protocol: PROTOCOL,
        backend,
        at,
        actor,
        me,
        scopes,
        verdicts: commands.verdicts,
        through: commands.through,
        more: cut || commands.more,
        lease: Some(LeaseTold::from(at)),
    })
}

/// Whether a device has read more than there is, which never happens unless the database was set back.
#[must_use]
pub fn is_set_back(request: &PullRequest, answer: &PullAnswer) -> bool {
    let known = |scope: &Scope| request.cursors.get(scope).copied().unwrap_or_default();
    let is_ahead = |page: &ScopePage| {
        let known = known(&page.scope);
        known.generation == page.cursor.generation && known.seq > page.head
    };
    answer.scopes.iter().any(is_ahead)
}

async fn page(conn: &mut Conn, shop: ShopId, scope: Scope, known: Cursor, room: &mut Room) -> Stored<ScopePage> {
    let standing = standing(conn, shop, scope).await?;
    let reset = known.generation != standing.generation || known.seq > standing.seq;
    let after = if reset { 0 } else { known.seq };
    let (rows, whole) = rows(conn, shop, scope, after, room).await?;
    // The last rows' numbers may lie below the head when the newest change replaced itself; there is none in between.
    let reached = if whole { standing.seq } else { rows.last().map_or(after, |row| row.seq) };
    Ok(ScopePage {
        scope,
        reset,
        cursor: Cursor { generation: standing.generation, seq: reached },
        head: standing.seq,
        rows,
    })
}

/// The rows that there is room for, and whether those are all.
async fn rows(conn: &mut Conn, shop: ShopId, scope: Scope, after: u64, room: &mut Room) -> Stored<(Vec<Row>, bool)> {
    let at_most = kept(room.rows as u64 + 1);
    let mut rows = Vec::new();
    let mut whole = true;
    let take = |row: DbRow| -> Stored<_> {
        if room.rows == 0 || room.bytes == 0 {
            whole = false;
            return Ok(ControlFlow::Break(()));
        }
        let body = RawValue::from_string(row.text("body")?).map_err(unreadable)?;
        room.rows -= 1;
        room.bytes = room.bytes.saturating_sub(body.get().len());
        rows.push(Row { seq: row.number("seq")?, kind: row.text("kind")?, body });
        Ok(ControlFlow::Continue(()))
    };
    query("SELECT seq, kind, body FROM feed WHERE shop = $1 AND scope = $2 AND seq > $3 ORDER BY seq LIMIT $4")
        .bind(shop.to_string())
        .bind(scope.to_string())
        .bind(kept(after))
        .bind(at_most)
        .each(conn, take)
        .await?;
    Ok((rows, whole))
}

#[cfg(test)]
mod tests;
