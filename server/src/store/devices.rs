//! Devices: whose each is, when it was heard of, and which were cut off.

use std::collections::BTreeSet;

use qinda::model::{Actor, DeviceId, DeviceKind, MICROS_PER_SECOND, MemberId, Micros, ShopId};
use qinda::sync::{CutOff, DeviceCard, DevicesAnswer};

use super::dialect::{Conn, DbRow, query};
use super::row::{Columns, kept, unreadable};
use super::sessions::SESSION_IDLE_SECONDS;
use super::{Stored, Work, members};

/// That a device was heard of is written down at most this often.
pub const CONTACT_NOTED_SECONDS: i64 = 60;
/// The most devices in one list.
pub const DEVICES_LISTED_MAX: u64 = 500;

/// Where a device stands with a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceStanding {
    /// Nobody used it yet.
    Nobodys,
    /// It is the member's, and was last heard of then.
    Yours(Option<Micros>),
    /// It belongs to somebody else.
    Others,
    /// It was cut off.
    CutOff {
        /// Whether it knows.
        told: bool,
    },
}

/// A device that was heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Which.
    pub device: DeviceId,
    /// What its browser says it is.
    pub kind: DeviceKind,
    /// The session that it uses.
    pub token_hash: String,
}

/// Where a device stands with a member.
///
/// # Errors
/// When the database refuses.
pub async fn standing(conn: &mut Conn, actor: &Actor, device: DeviceId) -> Stored<DeviceStanding> {
    let row = query("SELECT shop, member, seen_at, cut_off_at, told_at FROM devices WHERE id = $1")
        .bind(device.to_string())
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(DeviceStanding::Nobodys) };
    let (shop, member): (ShopId, MemberId) = (row.parsed("shop")?, row.parsed("member")?);
    Ok(if (shop, member) != (actor.shop, actor.member) {
        DeviceStanding::Others
    } else if row.micros_or_none("cut_off_at")?.is_some() {
        DeviceStanding::CutOff { told: row.micros_or_none("told_at")?.is_some() }
    } else {
        DeviceStanding::Yours(row.micros_or_none("seen_at")?)
    })
}

/// Makes a device the member's if it is nobody's, and says where it stands.
pub(super) async fn claim(conn: &mut Conn, actor: &Actor, device: DeviceId, at: Micros) -> Stored<DeviceStanding> {
    let standing = standing(conn, actor, device).await?;
    if standing != DeviceStanding::Nobodys {
        return Ok(standing);
    }
    query("INSERT INTO devices (id, shop, member, created_at) VALUES ($1, $2, $3, $4)")
        .bind(device.to_string())
        .bind(actor.shop.to_string())
        .bind(actor.member.to_string())
        .bind(at.0)
        .execute(conn)
        .await?;
    Ok(DeviceStanding::Yours(None))
}

/// Whether it is time to write down that a device was heard of.
#[must_use]
pub fn is_to_be_noted(heard_of: Option<Micros>, now: Micros) -> bool {
    heard_of.is_none_or(|at| now.since(at) >= CONTACT_NOTED_SECONDS * MICROS_PER_SECOND)
}

/// Writes down that a device was heard of, and that the session is used from it: a job for [`super::Store::write`].
/// Nothing is written for a device of somebody else, nor for one that was cut off.
///
/// # Errors
/// When the database refuses.
pub async fn heard_of(work: &mut Work, actor: Actor, contact: Contact) -> Stored<DeviceStanding> {
    let at = work.now();
    let standing = claim(work.conn(), &actor, contact.device, at).await?;
    let DeviceStanding::Yours(_) = standing else { return Ok(standing) };
    query("UPDATE devices SET kind = $2, seen_at = $3 WHERE id = $1")
        .bind(contact.device.to_string())
        .bind(serde_json::to_string(&contact.kind).map_err(unreadable)?)
        .bind(at.0)
        .execute(work.conn())
        .await?;
    query("UPDATE sessions SET device = $2 WHERE token_hash = $1")
        .bind(contact.token_hash)
        .bind(contact.device.to_string())
        .execute(work.conn())
        .await?;
    Ok(DeviceStanding::Yours(Some(at)))
}

/// Whose device of a shop it is.
///
/// # Errors
/// When the database refuses.
pub async fn owner(conn: &mut Conn, shop: ShopId, device: DeviceId) -> Stored<Option<MemberId>> {
    let row = query("SELECT member FROM devices WHERE id = $1 AND shop = $2")
        .bind(device.to_string())
        .bind(shop.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| row.parsed("member")).transpose()?)
}

/// Cuts a device off, and answers the hashes of the tokens of its sessions, which are over: a job for
/// [`super::Store::write`]. One that was cut off before stays so.
///
/// # Errors
/// When the database refuses.
pub async fn cut_off(work: &mut Work, shop: ShopId, device: DeviceId, by: MemberId) -> Stored<Vec<String>> {
    let at = work.now();
    query("UPDATE devices SET cut_off_at = $3, cut_off_by = $4 WHERE id = $1 AND shop = $2 AND cut_off_at IS NULL")
        .bind(device.to_string())
        .bind(shop.to_string())
        .bind(at.0)
        .bind(by.to_string())
        .execute(work.conn())
        .await?;
    let rows = query("SELECT token_hash FROM sessions WHERE shop = $1 AND device = $2")
        .bind(shop.to_string())
        .bind(device.to_string())
        .fetch_all(work.conn())
        .await?;
    Ok(rows.iter().map(|row| row.text("token_hash")).collect::<Result<_, _>>()?)
}

/// Cuts off every device of a member whose account is closed.
pub(super) async fn cut_off_all_of(conn: &mut Conn, shop: ShopId, member: MemberId, at: Micros) -> Stored<()> {
    query("UPDATE devices SET cut_off_at = $3 WHERE shop = $1 AND member = $2 AND cut_off_at IS NULL")
        .bind(shop.to_string())
        .bind(member.to_string())
        .bind(at.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes down that a device was told to wipe: a job for [`super::Store::write`].
///
/// # Errors
/// When the database refuses.
pub async fn told(work: &mut Work, shop: ShopId, device: DeviceId) -> Stored<()> {
    let at = work.now();
    query("UPDATE devices SET told_at = $3 WHERE id = $1 AND shop = $2 AND told_at IS NULL")
        .bind(device.to_string())
        .bind(shop.to_string())
        .bind(at.0)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// The devices of a member, or of everybody in the shop.
///
/// # Errors
/// When the database refuses.
pub async fn list(conn: &mut Conn, shop: ShopId, of: Option<MemberId>, now: Micros) -> Stored<DevicesAnswer> {
    let rows = query(
        "SELECT d.*, CAST((SELECT COUNT(*) FROM sessions s WHERE s.shop = d.shop AND s.device = d.id
             AND s.expires_at > $3 AND s.seen_at > $4) AS BIGINT) AS sessions
         FROM devices d WHERE d.shop = $1 AND (d.member = $2 OR $2 = '')
         ORDER BY COALESCE(d.seen_at, d.created_at) DESC, d.id LIMIT $5",
    )
    .bind(shop.to_string())
    .bind(of.map(|member| member.to_string()).unwrap_or_default())
    .bind(now.0)
    .bind(now.plus_seconds(-SESSION_IDLE_SECONDS).0)
    .bind(kept(DEVICES_LISTED_MAX + 1))
    .fetch_all(conn)
    .await?;
    let listed = usize::try_from(DEVICES_LISTED_MAX).unwrap_or(usize::MAX);
    let devices: Vec<DeviceCard> = rows.iter().take(listed).map(card).collect::<Result<_, _>>()?;
    let by = devices.iter().filter_map(|device| device.cut_off.as_ref()?.by);
    let named: BTreeSet<MemberId> = devices.iter().map(|device| device.member).chain(by).collect();
    let members = members::cards(conn, shop, &named).await?;
    Ok(DevicesAnswer { at: now, here: None, more: rows.len() > devices.len(), devices, members })
}

fn card(row: &DbRow) -> Result<DeviceCard, sqlx::Error> {
    let cut_off_at = row.micros_or_none("cut_off_at")?;
    let cut_off = match cut_off_at {
        Some(at) => Some(CutOff { at, by: row.parsed_or_none("cut_off_by")?, told_at: row.micros_or_none("told_at")? }),
        None => None,
    };
    Ok(DeviceCard {
        id: row.parsed("id")?,
        member: row.parsed("member")?,
        kind: serde_json::from_str(&row.text("kind")?).map_err(unreadable)?,
        first_at: row.micros("created_at")?,
        last_at: row.micros_or_none("seen_at")?,
        signed_in: cut_off.is_none() && row.number::<i64>("sessions")? > 0,
        cut_off,
    })
}
