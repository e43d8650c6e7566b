//! Policies: what the shop grants in which case.

use qinda::model::{PolicyId, ShopId};
use qinda::policy::Policy;

use super::Stored;
use super::dialect::{Conn, DbRow, query};
use super::row::{Columns, unreadable};

/// A policy that the shop keeps.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, shop: ShopId, id: PolicyId) -> Stored<Option<Policy>> {
    let row = query("SELECT * FROM policies WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.as_ref().map(policy).transpose()?)
}

pub(super) async fn put(conn: &mut Conn, shop: ShopId, policy: &Policy) -> Stored<()> {
    query(
        "INSERT INTO policies (shop, id, fields, version, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (shop, id) DO UPDATE SET
             fields = excluded.fields, version = excluded.version,
             changed_by = excluded.changed_by, changed_at = excluded.changed_at",
    )
    .bind(shop.to_string())
    .bind(policy.id.to_string())
    .bind(serde_json::to_string(&policy.fields).map_err(unreadable)?)
    .bind(i64::from(policy.version))
    .bind(policy.changed_by.map(|member| member.to_string()))
    .bind(policy.changed_at.0)
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn remove(conn: &mut Conn, shop: ShopId, id: PolicyId) -> Stored<()> {
    query("DELETE FROM policies WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

fn policy(row: &DbRow) -> Result<Policy, sqlx::Error> {
    Ok(Policy {
        id: row.parsed("id")?,
        fields: serde_json::from_str(&row.text("fields")?).map_err(unreadable)?,
        version: row.number("version")?,
        changed_by: row.parsed_or_none("changed_by")?,
        changed_at: row.micros("changed_at")?,
    })
}
