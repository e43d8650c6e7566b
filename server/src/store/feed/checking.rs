//! Compares what a device holds with the feed, when the device asks.
//!
//! Nothing is kept for it and no write does more for it: the feed is read through, in slices, so that whoever shares the
//! thread gets their turn. Where ranges differ it is read through once more, for their rows.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use qinda::model::ShopId;
use qinda::sync::{CheckAnswer, CheckRequest, Comparison, PULL_BYTES_MAX, PULL_ROWS_MAX, RangeRows, Row};
use serde_json::value::RawValue;

use super::{ScopeStanding, standing};
use crate::store::dialect::{Conn, DbRow, Reader, query};
use crate::store::row::{Columns, kept, unreadable};
use crate::store::{Stored, backend};

/// So many rows are read before others get their turn.
const SLICE_ROWS: u64 = 250;

/// A row of the feed, as far as it is compared.
struct FeedRow {
    seq: u64,
    entity: String,
    kind: String,
    body: String,
}

/// Compares a scope with what a device holds of it. Whether the member follows it is asked before.
///
/// # Errors
/// When the database refuses.
pub async fn check(mut snapshot: Reader, shop: ShopId, request: &CheckRequest) -> Stored<CheckAnswer> {
    let backend = backend(&mut snapshot).await?;
    let ScopeStanding { head, floor } = standing(&mut snapshot, shop, request.scope).await?;
    let cursor = request.cursor;
    if cursor.generation != head.generation || cursor.seq > head.seq || cursor.seq < floor {
        return Ok(CheckAnswer { backend, compared: false, anew: false, differs: Vec::new() });
    }
    let mut comparison = Comparison::new(request);
    let compared = each_row(&mut snapshot, shop, request, |row| {
        comparison.take(row.seq, &row.entity, &row.kind, &row.body);
        Ok(ControlFlow::Continue(()))
    });
    compared.await.map(drop)?;
    let (differs, anew) = rows_of(&mut snapshot, shop, request, &comparison).await?;
    Ok(CheckAnswer { backend, compared: true, anew, differs })
}

/// The rows of the ranges that differ, or that there is no room for them.
async fn rows_of(
    conn: &mut Conn,
    shop: ShopId,
    request: &CheckRequest,
    comparison: &Comparison<'_>,
) -> Stored<(Vec<RangeRows>, bool)> {
    let differing = comparison.differing();
    let mut ranges: BTreeMap<usize, Vec<Row>> = differing.into_iter().map(|range| (range, Vec::new())).collect();
    if ranges.is_empty() {
        return Ok((Vec::new(), false));
    }
    let (mut rows, mut bytes) = (0, 0);
    let collected = each_row(conn, shop, request, |FeedRow { seq, entity, kind, body }| {
        let Some(range) = ranges.get_mut(&comparison.range_of(&entity)).filter(|_| comparison.counts(&kind)) else {
            return Ok(ControlFlow::Continue(()));
        };
        rows += 1;
        bytes += body.len();
        if rows > PULL_ROWS_MAX || bytes > PULL_BYTES_MAX {
            return Ok(ControlFlow::Break(()));
        }
        range.push(Row { seq, kind, body: RawValue::from_string(body).map_err(unreadable)? });
        Ok(ControlFlow::Continue(()))
    });
    if collected.await?.is_break() {
        return Ok((Vec::new(), true));
    }
    Ok((ranges.into_iter().map(|(range, rows)| RangeRows { range, rows }).collect(), false))
}

/// Hands over the rows of a feed in order, until told to stop.
async fn each_row(
    conn: &mut Conn,
    shop: ShopId,
    request: &CheckRequest,
    mut take: impl FnMut(FeedRow) -> Stored<ControlFlow<()>> + Send,
) -> Stored<ControlFlow<()>> {
    let (mut after, mut flow) = (0, ControlFlow::Continue(()));
    loop {
        let slice = query(
            "SELECT seq, entity, kind, body FROM feed WHERE shop = $1 AND scope = $2 AND seq > $3 ORDER BY seq LIMIT $4",
        )
        .bind(shop.to_string())
        .bind(request.scope.to_string())
        .bind(kept(after))
        .bind(kept(SLICE_ROWS));
        let mut count = 0;
        let read = |row: DbRow| -> Stored<_> {
            count += 1;
            after = row.number("seq")?;
            let (entity, kind, body) = (row.text("entity")?, row.text("kind")?, row.text("body")?);
            flow = take(FeedRow { seq: after, entity, kind, body })?;
            Ok(flow)
        };
        slice.each(conn, read).await?;
        if flow.is_break() || count < SLICE_ROWS {
            return Ok(flow);
        }
        tokio::task::yield_now().await;
    }
}
