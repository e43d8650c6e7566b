//! Documents of which a shop has one of each kind: how it counts, how it plans. Whoever changes one names the version that
//! they read, so that nobody overwrites what they have not seen.

use qinda::model::{MemberId, Micros, ShopId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::dialect::{Conn, query};
use super::row::{Columns, unreadable};
use super::{Stored, Work};

/// Where documents of a kind are kept.
pub struct Kind {
    /// Reads `fields` and `version` of a shop.
    pub find: &'static str,
    /// Writes shop, fields, version, and who changed it and when.
    pub put: &'static str,
}

/// The document of a shop and its version; the one that every shop begins with where it has none.
///
/// # Errors
/// When the database refuses, or what it has does not read.
pub async fn find<T: DeserializeOwned + Default>(conn: &mut Conn, kind: &Kind, shop: ShopId) -> Stored<(T, u32)> {
    let row = query(kind.find).bind(shop.to_string()).fetch_optional(conn).await?;
    let Some(row) = row else { return Ok((T::default(), 0)) };
    Ok((serde_json::from_str(&row.text("fields")?).map_err(unreadable)?, row.number("version")?))
}

/// Keeps the document of a shop in place of the version that was read: part of a job for [`super::Store::write`]. `false`
/// when somebody changed it meanwhile, and nothing was written.
///
/// # Errors
/// When the database refuses.
pub async fn put<T: Serialize + DeserializeOwned + Default>(
    work: &mut Work,
    kind: &Kind,
    shop: ShopId,
    (fields, version): (&T, u32),
    by: Option<MemberId>,
) -> Stored<bool> {
    let now: Micros = work.now();
    let (_, stands) = find::<T>(work.conn(), kind, shop).await?;
    if stands != version {
        return Ok(false);
    }
    query(kind.put)
        .bind(shop.to_string())
        .bind(serde_json::to_string(fields).map_err(unreadable)?)
        .bind(i64::from(version) + 1)
        .bind(by.map(|member| member.to_string()))
        .bind(now.0)
        .execute(work.conn())
        .await?;
    Ok(true)
}
