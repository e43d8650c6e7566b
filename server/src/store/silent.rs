//! Devices that were heard of today, may still hold replies, and say nothing now: what they bring later changes the day.

use std::collections::BTreeSet;

use qinda::model::{Deed, DeviceId, MemberId, Micros, ShopId};
use qinda::sync::{SILENT_SECONDS, SILENT_TOLD_MAX, SilentAnswer, SilentDevice};

use super::dialect::{Conn, DbRow, query};
use super::row::{Columns, kept, unreadable};
use super::{Stored, members};

/// The most silent devices that are looked at.
const SILENT_READ_MAX: u64 = 2_000;

/// The devices of members who may answer that were heard of since a moment, are still signed in, and say nothing now; not
/// the one that asks. Whoever signed out or was cut off holds nothing any more.
///
/// # Errors
/// When the database refuses.
pub async fn silent(
    conn: &mut Conn,
    shop: ShopId,
    since: Micros,
    now: Micros,
    asks: Option<DeviceId>,
) -> Stored<SilentAnswer> {
    let rows = query(
        "SELECT d.member, d.kind, d.seen_at FROM devices d
         WHERE d.shop = $1 AND d.seen_at >= $2 AND d.seen_at < $3 AND d.cut_off_at IS NULL AND d.id <> $6
           AND EXISTS (SELECT 1 FROM sessions s WHERE s.shop = d.shop AND s.device = d.id AND s.expires_at > $4)
         ORDER BY d.seen_at, d.id LIMIT $5",
    )
    .bind(shop.to_string())
    .bind(since.0)
    .bind(now.plus_seconds(-SILENT_SECONDS).0)
    .bind(now.0)
    .bind(kept(SILENT_READ_MAX))
    .bind(asks.map(|device| device.to_string()).unwrap_or_default())
    .fetch_all(conn)
    .await?;
    let mut devices: Vec<SilentDevice> = rows.iter().map(device).collect::<Result<_, _>>()?;
    let named: BTreeSet<MemberId> = devices.iter().map(|device| device.member).collect();
    let mut members = members::cards(conn, shop, &named).await?;
    members.retain(|card| card.active && card.roles.as_ref().is_some_and(|roles| roles.may(Deed::Answer)));
    let answers = |member: MemberId| members.iter().any(|card| card.id == member);
    devices.retain(|device| answers(device.member));
    let count = devices.len();
    devices.truncate(SILENT_TOLD_MAX);
    members.retain(|card| devices.iter().any(|device| device.member == card.id));
    Ok(SilentAnswer { at: now, devices, count, members })
}

fn device(row: &DbRow) -> Result<SilentDevice, sqlx::Error> {
    Ok(SilentDevice {
        member: row.parsed("member")?,
        kind: serde_json::from_str(&row.text("kind")?).map_err(unreadable)?,
        last_at: row.micros("seen_at")?,
    })
}
