//! Pictures, known by their bytes.

use qinda::model::{CustomerId, MemberId, PictureId, ShopId};

use super::dialect::{Conn, query};
use super::row::{Columns, kept};
use super::{Stored, Work};

/// The most bytes that the pictures of one shop may have together.
pub const PICTURES_BYTES_MAX: u64 = 500 * 1024 * 1024;

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What kind of picture it is.
    pub media_type: String,
    /// The picture.
    pub bytes: Vec<u8>,
}

/// What became of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureKept {
    /// The shop has it, now or since an earlier try.
    Kept,
    /// The shop's pictures have no room left.
    NoRoom,
}

/// Keeps a picture: a job for [`super::Store::write`]. The same one twice is kept once. `by` is nobody when the
/// operator brings it.
///
/// # Errors
/// When the database refuses.
pub async fn keep(
    work: &mut Work,
    shop: ShopId,
    id: PictureId,
    picture: Picture,
    by: Option<MemberId>,
) -> Stored<PictureKept> {
    if exists(work.conn(), shop, id).await? {
        return Ok(PictureKept::Kept);
    }
    let size = picture.bytes.len() as u64;
    if bytes_kept(work.conn(), shop).await?.saturating_add(size) > PICTURES_BYTES_MAX {
        return Ok(PictureKept::NoRoom);
    }
    let now = work.now();
    query(
        "INSERT INTO pictures (shop, id, media_type, size, bytes, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(shop.to_string())
    .bind(id.to_string())
    .bind(picture.media_type)
    .bind(kept(size))
    .bind(picture.bytes)
    .bind(by.map(|member| member.to_string()).unwrap_or_default())
    .bind(now.0)
    .execute(work.conn())
    .await?;
    Ok(PictureKept::Kept)
}

/// Whether the shop has a picture.
///
/// # Errors
/// When the database refuses.
pub async fn exists(conn: &mut Conn, shop: ShopId, id: PictureId) -> Stored<bool> {
    let row = query("SELECT 1 FROM pictures WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

/// How many bytes the pictures of a shop have together.
async fn bytes_kept(conn: &mut Conn, shop: ShopId) -> Stored<u64> {
    let row = query("SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) AS size FROM pictures WHERE shop = $1")
        .bind(shop.to_string())
        .fetch_one(conn)
        .await?;
    Ok(row.number("size")?)
}

/// A picture of the shop.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, shop: ShopId, id: PictureId) -> Stored<Option<Picture>> {
    let row = query("SELECT media_type, bytes FROM pictures WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Picture { media_type: row.text("media_type")?, bytes: row.bytes("bytes")? }))
}

/// A picture that a message to this very shopper carries.
///
/// # Errors
/// When the database refuses.
pub async fn find_for(conn: &mut Conn, shop: ShopId, customer: CustomerId, id: PictureId) -> Stored<Option<Picture>> {
    let row = query("SELECT 1 FROM messages WHERE shop = $1 AND customer = $2 AND picture = $3 LIMIT 1")
        .bind(shop.to_string())
        .bind(customer.to_string())
        .bind(id.to_string())
        .fetch_optional(&mut *conn)
        .await?;
    if row.is_none() {
        return Ok(None);
    }
    find(conn, shop, id).await
}
