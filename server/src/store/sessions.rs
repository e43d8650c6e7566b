//! Sessions of signed-in members.

use qinda::model::{DeviceId, MICROS_PER_SECOND, MemberId, Micros, ShopCard, ShopId};
use qinda::sync::SignedIn;

use super::dialect::{Conn, query};
use super::row::Columns;
use super::{Stored, Work, members};

/// A session that nobody used for this long has ended.
pub const SESSION_IDLE_SECONDS: i64 = 12 * 3600;
/// A session ends after this long, however much it is used.
pub const SESSION_LONGEST_SECONDS: i64 = 30 * 24 * 3600;
/// That a session is in use is written down at most this often.
pub const SESSION_TOUCH_SECONDS: i64 = 60;

/// A session that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The hash of its token.
    pub token_hash: String,
    /// Whose it is, with the roles of this moment.
    pub signed_in: SignedIn,
    /// When it was noted to be in use.
    pub seen_at: Micros,
    /// The device it is used from, once that asked for anything.
    pub device: Option<DeviceId>,
}

/// What a session's token is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The session goes on.
    GoesOn(Box<Session>),
    /// Its device was cut off.
    CutOff {
        /// The shop.
        shop: ShopId,
        /// The device.
        device: DeviceId,
        /// Whether the device knows.
        told: bool,
    },
    /// There is none, or it is over.
    Over,
}

impl Session {
    /// Whether it is time to write down that it is in use.
    #[must_use]
    pub fn is_to_be_touched(&self, now: Micros) -> bool {
        now.since(self.seen_at) >= SESSION_TOUCH_SECONDS * MICROS_PER_SECOND
    }
}

/// What a token's hash is good for. A session goes on only while its member is active.
///
/// # Errors
/// When the database refuses.
pub async fn standing(conn: &mut Conn, token_hash: &str, now: Micros) -> Stored<Standing> {
    let row = query(
        "SELECT m.shop, m.id, m.work_number, m.name, m.roles, m.team, m.active,
                s.seen_at, s.expires_at, s.device, d.cut_off_at, d.told_at,
                p.slug, p.name AS shop_name, p.utc_offset_minutes
         FROM sessions s
         JOIN members m ON m.shop = s.shop AND m.id = s.member
         JOIN shops p ON p.id = s.shop
         LEFT JOIN devices d ON d.id = s.device
         WHERE s.token_hash = $1",
    )
    .bind(token_hash)
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(Standing::Over) };
    let device: Option<DeviceId> = row.parsed_or_none("device")?;
    // Looked at first: a session that is over, too, may tell a device that it was cut off.
    if let Some(device) = device
        && row.micros_or_none("cut_off_at")?.is_some()
    {
        let told = row.micros_or_none("told_at")?.is_some();
        return Ok(Standing::CutOff { shop: row.parsed("shop")?, device, told });
    }
    let seen_at = row.micros("seen_at")?;
    let is_fresh = row.micros("expires_at")? > now && seen_at > now.plus_seconds(-SESSION_IDLE_SECONDS);
    if !is_fresh || !row.truth("active")? {
        return Ok(Standing::Over);
    }
    let actor = members::actor(&row)?;
    let shop = ShopCard {
        id: actor.shop,
        slug: row.text("slug")?,
        name: row.text("shop_name")?,
        utc_offset_minutes: row.number("utc_offset_minutes")?,
    };
    let signed_in = SignedIn { actor, me: members::card(&row)?, shop, at: now };
    Ok(Standing::GoesOn(Box::new(Session { token_hash: token_hash.to_owned(), signed_in, seen_at, device })))
}

/// Begins a session and forgets those of the shop that have ended: a job for [`super::Store::write`].
///
/// # Errors
/// When the database refuses.
pub async fn begin(work: &mut Work, token_hash: String, shop: ShopId, member: MemberId) -> Stored<()> {
    let now = work.now();
    query("DELETE FROM sessions WHERE shop = $1 AND expires_at <= $2")
        .bind(shop.to_string())
        .bind(now.0)
        .execute(work.conn())
        .await?;
    query(
        "INSERT INTO sessions (token_hash, shop, member, created_at, seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $4, $5)",
    )
    .bind(token_hash)
    .bind(shop.to_string())
    .bind(member.to_string())
    .bind(now.0)
    .bind(now.plus_seconds(SESSION_LONGEST_SECONDS).0)
    .execute(work.conn())
    .await?;
    Ok(())
}

/// Writes down that a session is in use: a job for [`super::Store::write`].
///
/// # Errors
/// When the database refuses.
pub async fn touch(work: &mut Work, token_hash: String) -> Stored<()> {
    let now = work.now();
    query("UPDATE sessions SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $2")
        .bind(token_hash)
        .bind(now.0)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Ends a session: a job for [`super::Store::write`].
///
/// # Errors
/// When the database refuses.
pub async fn end(work: &mut Work, token_hash: String) -> Stored<()> {
    query("DELETE FROM sessions WHERE token_hash = $1").bind(token_hash).execute(work.conn()).await?;
    Ok(())
}

/// Ends the sessions of a member whose account is closed. Those that are used from a device tell it that it was cut off.
pub(super) async fn end_all_of(conn: &mut Conn, shop: ShopId, member: MemberId) -> Stored<()> {
    query("DELETE FROM sessions WHERE shop = $1 AND member = $2 AND device IS NULL")
        .bind(shop.to_string())
        .bind(member.to_string())
        .execute(conn)
        .await?;
    Ok(())
}
