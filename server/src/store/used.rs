//! How often answers are chosen, by members and by teams.

use qinda::model::{EntryId, ShopId, Usage, Used, Whose};
use qinda::sync::Scope;

use super::Stored;
use super::dialect::{Conn, query};
use super::row::Columns;

/// How often somebody chose an answer.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, shop: ShopId, whose: Whose, entry: EntryId) -> Stored<Usage> {
    let row = query("SELECT weight_milli, at FROM used WHERE shop = $1 AND scope = $2 AND entry = $3")
        .bind(shop.to_string())
        .bind(Scope::of_whose(whose).to_string())
        .bind(entry.to_string())
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(Usage::default()) };
    Ok(Usage { weight_milli: row.number("weight_milli")?, at: row.micros("at")? })
}

pub(super) async fn put(conn: &mut Conn, shop: ShopId, used: &Used) -> Stored<()> {
    query(
        "INSERT INTO used (shop, scope, entry, weight_milli, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (shop, scope, entry) DO UPDATE SET weight_milli = excluded.weight_milli, at = excluded.at",
    )
    .bind(shop.to_string())
    .bind(Scope::of_whose(used.whose).to_string())
    .bind(used.entry.to_string())
    .bind(i64::from(used.usage.weight_milli))
    .bind(used.usage.at.0)
    .execute(conn)
    .await?;
    Ok(())
}
