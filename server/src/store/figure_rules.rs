//! How a shop counts, as it is kept.

use qinda::model::{MemberId, Micros, ShopId};
use qinda::sync::RulesTold;
use qinda::timing::FigureRules;

use super::dialect::{Conn, query};
use super::row::{Columns, unreadable};
use super::{Stored, Work};

/// The rules of a shop; those that every shop begins with where it has none.
///
/// # Errors
/// When the database refuses, or what it has does not read.
pub async fn find(conn: &mut Conn, shop: ShopId) -> Stored<RulesTold> {
    let row = query("SELECT fields, version FROM figure_rules WHERE shop = $1")
        .bind(shop.to_string())
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(RulesTold::default()) };
    let rules: FigureRules = serde_json::from_str(&row.text("fields")?).map_err(unreadable)?;
    Ok(RulesTold { rules, version: row.number("version")? })
}

/// Keeps the rules of a shop in place of the version that was read: a job for [`super::Store::write`]. `false` when
/// somebody changed them meanwhile, and nothing was written.
///
/// # Errors
/// When the database refuses.
pub async fn put(work: &mut Work, shop: ShopId, told: &RulesTold, by: Option<MemberId>) -> Stored<bool> {
    let now: Micros = work.now();
    if find(work.conn(), shop).await?.version != told.version {
        return Ok(false);
    }
    query(
        "INSERT INTO figure_rules (shop, fields, version, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (shop) DO UPDATE SET
             fields = excluded.fields, version = excluded.version,
             changed_by = excluded.changed_by, changed_at = excluded.changed_at",
    )
    .bind(shop.to_string())
    .bind(serde_json::to_string(&told.rules).map_err(unreadable)?)
    .bind(i64::from(told.version) + 1)
    .bind(by.map(|member| member.to_string()))
    .bind(now.0)
    .execute(work.conn())
    .await?;
    Ok(true)
}
