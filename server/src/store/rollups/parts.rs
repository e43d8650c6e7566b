//! Parts and sums as they are kept.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use qinda::model::{Day, ShopId};
use qinda::timing::rollup::{Delta, PARTS, Part, RollupFault};

use crate::store::Stored;
use crate::store::dialect::{Conn, DbRow, query};
use crate::store::row::Columns;

/// The longest that sums are of, in days.
const SUM_DAYS_MAX: i64 = 31;

/// A packed part of a day.
pub struct KeptPart {
    pub day: Day,
    pub part: u8,
    pub cells: Vec<u8>,
}

/// What a change makes of the parts that it touches; the day that would have to be made again where it cannot be.
pub async fn changed(conn: &mut Conn, shop: ShopId, delta: &Delta) -> Stored<Result<Vec<KeptPart>, Day>> {
    let mut changed = Vec::new();
    for (day, number) in delta.touched() {
        let cells = find(conn, shop, day, number).await?;
        let made = Part::unpacked(&cells).and_then(|mut part| {
            part.change(delta, day, number)?;
            Ok::<_, RollupFault>(part.packed())
        });
        match made {
            Ok(cells) => changed.push(KeptPart { day, part: number, cells }),
            Err(_) => return Ok(Err(day)),
        }
    }
    Ok(Ok(changed))
}

async fn find(conn: &mut Conn, shop: ShopId, day: Day, part: u8) -> Stored<Vec<u8>> {
    let row = query("SELECT cells FROM figure_parts WHERE shop = $1 AND day = $2 AND part = $3")
        .bind(shop.to_string())
        .bind(day.0)
        .bind(i64::from(part))
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| row.bytes("cells")).transpose()?.unwrap_or_default())
}

/// Keeps parts in the place of what was there, and takes away the sums of their days.
pub async fn put(conn: &mut Conn, shop: ShopId, parts: &[KeptPart]) -> Stored<()> {
    for KeptPart { day, part, cells } in parts {
        if cells.is_empty() {
            query("DELETE FROM figure_parts WHERE shop = $1 AND day = $2 AND part = $3")
                .bind(shop.to_string())
                .bind(day.0)
                .bind(i64::from(*part))
                .execute(conn)
                .await?;
            continue;
        }
        query(
            "INSERT INTO figure_parts (shop, day, part, cells) VALUES ($1, $2, $3, $4)
             ON CONFLICT (shop, day, part) DO UPDATE SET cells = excluded.cells",
        )
        .bind(shop.to_string())
        .bind(day.0)
        .bind(i64::from(*part))
        .bind(cells.clone())
        .execute(conn)
        .await?;
    }
    for day in parts.iter().map(|part| part.day).collect::<BTreeSet<_>>() {
        forget_sums(conn, shop, day).await?;
    }
    Ok(())
}

/// By the clocks of a place a moment of a day of UTC may lie on the day before or after.
async fn forget_sums(conn: &mut Conn, shop: ShopId, day: Day) -> Stored<()> {
    query(
        "DELETE FROM figure_sums
         WHERE shop = $1 AND grain IN ('hours', 'day', 'month', 'agents', 'weeks', 'agent_days', 'week_hours')
             AND day BETWEEN $2 AND $3 AND last_day >= $4",
    )
    .bind(shop.to_string())
    .bind(day.plus(-SUM_DAYS_MAX - 1).0)
    .bind(day.plus(1).0)
    .bind(day.plus(-1).0)
    .execute(conn)
    .await?;
    Ok(())
}

/// The parts of some days, or one part of each, in order.
pub async fn each(
    conn: &mut Conn,
    shop: ShopId,
    (first, last): (Day, Day),
    part: Option<u8>,
    mut take: impl FnMut(KeptPart) -> Stored<()> + Send,
) -> Stored<()> {
    let (from, to) = part.map_or((0, PARTS - 1), |part| (part, part));
    let take = |row: DbRow| -> Stored<_> {
        take(read(&row)?)?;
        Ok(ControlFlow::Continue(()))
    };
    query(
        "SELECT day, part, cells FROM figure_parts
         WHERE shop = $1 AND day BETWEEN $2 AND $3 AND part BETWEEN $4 AND $5 ORDER BY day, part",
    )
    .bind(shop.to_string())
    .bind(first.0)
    .bind(last.0)
    .bind(i64::from(from))
    .bind(i64::from(to))
    .each(conn, take)
    .await
}

fn read(row: &DbRow) -> Result<KeptPart, sqlx::Error> {
    Ok(KeptPart { day: Day(row.number("day")?), part: row.number("part")?, cells: row.bytes("cells")? })
}
