//! Packs of wording rules.

use qinda::model::{Micros, PackId, ShopId};
use qinda::wording::Pack;

use super::Stored;
use super::dialect::{Conn, DbRow, query};
use super::row::{Columns, unreadable};

/// A pack that the shop keeps.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, shop: ShopId, id: PackId) -> Stored<Option<Pack>> {
    let row = query("SELECT * FROM packs WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.as_ref().map(pack).transpose()?)
}

/// Every pack that the shop keeps.
///
/// # Errors
/// When the database refuses.
pub async fn all(conn: &mut Conn, shop: ShopId) -> Stored<Vec<Pack>> {
    let rows = query("SELECT * FROM packs WHERE shop = $1 ORDER BY id").bind(shop.to_string()).fetch_all(conn).await?;
    Ok(rows.iter().map(pack).collect::<Result<_, _>>()?)
}

/// What tells one state of a pack from another without reading its rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PackVersion {
    id: String,
    version: i64,
    changed_at: Micros,
}

/// The versions of the packs that the shop keeps.
pub(super) async fn versions(conn: &mut Conn, shop: ShopId) -> Stored<Vec<PackVersion>> {
    let rows = query("SELECT id, version, changed_at FROM packs WHERE shop = $1 ORDER BY id")
        .bind(shop.to_string())
        .fetch_all(conn)
        .await?;
    let version = |row: &DbRow| {
        Ok(PackVersion { id: row.text("id")?, version: row.number("version")?, changed_at: row.micros("changed_at")? })
    };
    Ok(rows.iter().map(version).collect::<Result<_, sqlx::Error>>()?)
}

pub(super) async fn put(conn: &mut Conn, shop: ShopId, pack: &Pack) -> Stored<()> {
    query(
        "INSERT INTO packs (shop, id, fields, version, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (shop, id) DO UPDATE SET
             fields = excluded.fields, version = excluded.version,
             changed_by = excluded.changed_by, changed_at = excluded.changed_at",
    )
    .bind(shop.to_string())
    .bind(pack.id.to_string())
    .bind(serde_json::to_string(&pack.fields).map_err(unreadable)?)
    .bind(i64::from(pack.version))
    .bind(pack.changed_by.map(|member| member.to_string()))
    .bind(pack.changed_at.0)
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn remove(conn: &mut Conn, shop: ShopId, id: PackId) -> Stored<()> {
    query("DELETE FROM packs WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

fn pack(row: &DbRow) -> Result<Pack, sqlx::Error> {
    Ok(Pack {
        id: row.parsed("id")?,
        fields: serde_json::from_str(&row.text("fields")?).map_err(unreadable)?,
        version: row.number("version")?,
        changed_by: row.parsed_or_none("changed_by")?,
        changed_at: row.micros("changed_at")?,
    })
}
