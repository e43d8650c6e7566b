//! The feed: what changed, in each scope, under numbers without gaps.
//!
//! A change that commits late can never hide behind one that commits early: numbers are given as the last step of a
//! transaction, under the lock that it holds until it is committed.

use std::collections::BTreeMap;

use qinda::model::{MemberCard, Micros, ShopId};
use qinda::sync::{Change, Cursor, LeaseTold, PROTOCOL, PullAnswer, PullRequest, Scope, ScopePage};

use super::dialect::{Conn, Reader, query};
use super::row::{Columns, kept};
use super::{Stored, commands};
use qinda::model::Actor;

pub use checking::check;
use reading::Room;

mod checking;
mod reading;

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

/// Where a scope stands.
#[derive(Debug, Clone, Copy)]
struct ScopeStanding {
    /// Its numbering and its newest change.
    head: Cursor,
    /// Who has not read up to here begins anew.
    floor: u64,
}

/// Where a scope stands. One that nothing was ever written to has the shop's first numbering. A device that never read a
/// scope names none, and so starts anew.
async fn standing(conn: &mut Conn, shop: ShopId, scope: Scope) -> Stored<ScopeStanding> {
    let row = query("SELECT generation, head, floor FROM scopes WHERE shop = $1 AND scope = $2")
        .bind(shop.to_string())
        .bind(scope.to_string())
        .fetch_optional(conn)
        .await?;
    if let Some(row) = row {
        let head = Cursor { generation: row.number("generation")?, seq: row.number("head")? };
        return Ok(ScopeStanding { head, floor: row.number("floor")? });
    }
    let row = query("SELECT first_generation FROM shops WHERE id = $1").bind(shop.to_string()).fetch_one(conn).await?;
    Ok(ScopeStanding { head: Cursor { generation: row.number("first_generation")?, seq: 0 }, floor: 0 })
}

/// Where the scopes of a member stand.
///
/// # Errors
/// When the database refuses.
pub async fn heads(conn: &mut Conn, shop: ShopId, scopes: &[Scope]) -> Stored<BTreeMap<Scope, u64>> {
    let mut heads = BTreeMap::new();
    for scope in scopes {
        heads.insert(*scope, standing(conn, shop, *scope).await?.head.seq);
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

/// What changed since the device's cursors, and the verdicts of its commands, all from one moment.
///
/// A verdict must not arrive before its effects. So while a scope is cut short (`more`), or has a gap in which effects
/// may lie, the answer tells no verdict and leaves `through` where the device has it; both move on with the page that
/// brings what is missing.
///
/// # Errors
/// When the database refuses.
pub async fn pull(snapshot: Reader, who: (Actor, MemberCard), request: &PullRequest, at: Micros) -> Stored<PullAnswer> {
    answer(snapshot, who, request, at, Room::WHOLE).await
}

/// The same for the live channel: no more than comes unasked, and nothing more is read.
///
/// # Errors
/// When the database refuses.
pub async fn pull_unasked(
    snapshot: Reader,
    who: (Actor, MemberCard),
    request: &PullRequest,
    at: Micros,
) -> Stored<PullAnswer> {
    answer(snapshot, who, request, at, Room::UNASKED).await
}

async fn answer(
    mut snapshot: Reader,
    (actor, me): (Actor, MemberCard),
    request: &PullRequest,
    at: Micros,
    room: Room,
) -> Stored<PullAnswer> {
    let backend = super::backend(&mut snapshot).await?;
    let told = commands::told_already(&mut snapshot, request).await?;
    let scopes = reading::pages(&mut snapshot, &actor, request, told.is_behind, room).await?;
    let cut = scopes.iter().any(|page| page.cursor.seq < page.head);
    let holds = scopes.iter().any(|page| page.gap.is_some_and(|gap| gap.holds));
    let commands = if cut || holds { told } else { commands::pull_verdicts(&mut snapshot, request).await? };
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
        terse: Vec::new(),
    })
}

/// Whether a device has read more than there is, which never happens unless the database was set back.
#[must_use]
pub fn is_set_back(request: &PullRequest, answer: &PullAnswer) -> bool {
    let is_ahead = |page: &ScopePage| {
        let known = request.standing(page.scope).cursor;
        known.generation == page.cursor.generation && known.seq > page.head
    };
    answer.scopes.iter().any(is_ahead)
}

#[cfg(test)]
mod tests;
