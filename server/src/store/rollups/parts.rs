//! Parts and sums as they are kept.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use qinda::model::{Day, ShopId};
use qinda::timing::rollup::{Across, Delta, PARTS, Part, RollupFault};

use super::standing::Standing;

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
    /// What goes across opening hours in it, where that was asked for or changes.
    pub across: Option<Vec<u8>>,
}

/// Which bytes are meant.
#[derive(Clone, Copy)]
enum Of {
    Part,
    Across,
}

/// What a change makes of the parts that it touches; the day that would have to be made again where it cannot be.
pub async fn changed(
    conn: &mut Conn,
    shop: ShopId,
    delta: &Delta,
    standing: &Standing,
) -> Stored<Result<Vec<KeptPart>, Day>> {
    let mut changed = Vec::new();
    for (day, number) in delta.touched() {
        let cells = find(conn, Of::Part, (shop, day, number)).await?;
        let across = match standing.has_opened(day) {
            true => Some(find(conn, Of::Across, (shop, day, number)).await?),
            false => None,
        };
        match changed_part(delta, KeptPart { day, part: number, cells, across }) {
            Ok(part) => changed.push(part),
            Err(_) => return Ok(Err(day)),
        }
    }
    Ok(Ok(changed))
}

fn changed_part(delta: &Delta, kept: KeptPart) -> Result<KeptPart, RollupFault> {
    let KeptPart { day, part: number, cells, across: was } = kept;
    let mut part = Part::unpacked(&cells)?;
    let across = was.as_ref().map(|across| Across::unpacked(across, &part)).transpose()?;
    part.change(delta, day, number)?;
    let across = across.map(|mut across| {
        across.change(delta, day, number)?;
        across.packed(&part)
    });
    let across = across.transpose()?.filter(|across| was.as_ref() != Some(across));
    Ok(KeptPart { day, part: number, cells: part.packed(), across })
}

async fn find(conn: &mut Conn, of: Of, (shop, day, part): (ShopId, Day, u8)) -> Stored<Vec<u8>> {
    let row = query(match of {
        Of::Part => "SELECT cells FROM figure_parts WHERE shop = $1 AND day = $2 AND part = $3",
        Of::Across => "SELECT cells FROM figure_opens WHERE shop = $1 AND day = $2 AND part = $3",
    });
    let row = row.bind(shop.to_string()).bind(day.0).bind(i64::from(part)).fetch_optional(conn).await?;
    Ok(row.map(|row| row.bytes("cells")).transpose()?.unwrap_or_default())
}

/// Keeps parts in the place of what was there, and takes away the sums of their days.
pub async fn put(conn: &mut Conn, shop: ShopId, parts: &[KeptPart]) -> Stored<()> {
    for KeptPart { day, part, cells, across } in parts {
        put_cells(conn, Of::Part, (shop, *day, *part), cells).await?;
        if let Some(across) = across {
            put_cells(conn, Of::Across, (shop, *day, *part), across).await?;
        }
    }
    for day in parts.iter().map(|part| part.day).collect::<BTreeSet<_>>() {
        forget_sums(conn, shop, day).await?;
    }
    Ok(())
}

async fn put_cells(conn: &mut Conn, of: Of, (shop, day, part): (ShopId, Day, u8), cells: &[u8]) -> Stored<()> {
    let (delete, insert) = match of {
        Of::Part => (
            "DELETE FROM figure_parts WHERE shop = $1 AND day = $2 AND part = $3",
            "INSERT INTO figure_parts (shop, day, part, cells) VALUES ($1, $2, $3, $4)
             ON CONFLICT (shop, day, part) DO UPDATE SET cells = excluded.cells",
        ),
        Of::Across => (
            "DELETE FROM figure_opens WHERE shop = $1 AND day = $2 AND part = $3",
            "INSERT INTO figure_opens (shop, day, part, cells) VALUES ($1, $2, $3, $4)
             ON CONFLICT (shop, day, part) DO UPDATE SET cells = excluded.cells",
        ),
    };
    let is_empty = cells.is_empty();
    let put = query(if is_empty { delete } else { insert }).bind(shop.to_string()).bind(day.0).bind(i64::from(part));
    let put = if is_empty { put } else { put.bind(cells.to_vec()) };
    put.execute(conn).await?;
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

/// The parts of some days, or one part of each, in order; with what goes across opening hours in them where that is asked for.
pub async fn each(
    conn: &mut Conn,
    shop: ShopId,
    (first, last): (Day, Day),
    (part, with_across): (Option<u8>, bool),
    mut take: impl FnMut(KeptPart) -> Stored<()> + Send,
) -> Stored<()> {
    let (from, to) = part.map_or((0, PARTS - 1), |part| (part, part));
    let take = |mut row: DbRow| -> Stored<_> {
        take(read(&mut row, with_across)?)?;
        Ok(ControlFlow::Continue(()))
    };
    query(if with_across {
        "SELECT p.day AS day, p.part AS part, p.cells AS cells, o.cells AS across FROM figure_parts p
         LEFT JOIN figure_opens o ON o.shop = p.shop AND o.day = p.day AND o.part = p.part
         WHERE p.shop = $1 AND p.day BETWEEN $2 AND $3 AND p.part BETWEEN $4 AND $5 ORDER BY p.day, p.part"
    } else {
        "SELECT day, part, cells FROM figure_parts
         WHERE shop = $1 AND day BETWEEN $2 AND $3 AND part BETWEEN $4 AND $5 ORDER BY day, part"
    })
    .bind(shop.to_string())
    .bind(first.0)
    .bind(last.0)
    .bind(i64::from(from))
    .bind(i64::from(to))
    .each(conn, take)
    .await
}

fn read(row: &mut DbRow, with_across: bool) -> Result<KeptPart, sqlx::Error> {
    let across = if with_across { Some(row.bytes_or_none("across")?.unwrap_or_default()) } else { None };
    Ok(KeptPart { day: Day(row.number("day")?), part: row.number("part")?, cells: row.take("cells")?, across })
}
