//! A database that was set back: a backup was restored, or a server took over that lacked the latest commits. What devices
//! read of the lost time must not be taken for what came after, under the same numbers.
//!
//! Generations are seconds since 1970 then, so no two restored copies of one backup ever have the same.

use qinda::model::{BackendId, MICROS_PER_SECOND, ShopId};

use super::dialect::query;
use super::{Stored, Work, clock};

/// A shop is not numbered anew more often than this because a device says that it has read more than there is, in seconds.
/// Whoever says so untruly costs the shop's devices one reading in that time, and nothing else.
pub const RENUMBERED_AGAIN_SECONDS: i64 = 3600;

/// Numbers every scope of a shop anew, because a device has read more than there is: a job for
/// [`super::Store::write`]. Says whether it did, or had done so lately.
///
/// # Errors
/// When the database refuses.
pub async fn renumber(work: &mut Work, shop: ShopId) -> Stored<bool> {
    let generation = work.now().0 / MICROS_PER_SECOND;
    let renumbered = query(
        "UPDATE shops SET first_generation = $2 WHERE id = $1 AND first_generation <= $3 RETURNING first_generation",
    )
    .bind(shop.to_string())
    .bind(generation)
    .bind(generation - RENUMBERED_AGAIN_SECONDS)
    .fetch_optional(work.conn())
    .await?;
    if renumbered.is_some() {
        query("UPDATE scopes SET generation = $2 WHERE shop = $1 AND generation < $2")
            .bind(shop.to_string())
            .bind(generation)
            .execute(work.conn())
            .await?;
    }
    Ok(renumbered.is_some())
}

/// Begins a new life of the whole database, after a backup was restored: a job for [`super::Store::write`]. It gets a new
/// name, every scope is numbered anew, and every session ends: one that was ended since the backup must not come back.
///
/// # Errors
/// When the database refuses.
pub async fn begin_new_life(work: &mut Work) -> Stored<BackendId> {
    let now = work.now();
    let generation = now.0 / MICROS_PER_SECOND;
    let backend = clock::random_id(BackendId::new, now);
    query("UPDATE meta SET value = $1 WHERE name = 'backend'").bind(backend.to_string()).execute(work.conn()).await?;
    query("UPDATE shops SET first_generation = $1").bind(generation).execute(work.conn()).await?;
    query("UPDATE scopes SET generation = $1 WHERE generation < $1").bind(generation).execute(work.conn()).await?;
    query("DELETE FROM sessions").execute(work.conn()).await?;
    Ok(backend)
}
