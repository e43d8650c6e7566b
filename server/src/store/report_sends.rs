//! Which reports a shop has sent, and what became of each. However many nodes there are, one of them sends a report: whoever
//! writes its row first.

use qinda::model::{Day, MemberId, Micros, ShopId};

use super::dialect::{Conn, DbRow, query};
use super::row::{Columns, unreadable};
use super::{Stored, Work};
use crate::reports::Kind;
use crate::reports::rules::ReportRules;

/// For how long nobody else tries to send a report that a node is sending, in seconds: longer than any try takes.
pub const HOLD_SECONDS: i64 = 120;
/// After how many minutes a report is tried again; when it failed once more than that, it is left.
pub const TRY_AGAIN_MINUTES: [i64; 6] = [1, 5, 20, 60, 180, 360];
/// How many are told of.
const TOLD_MAX: i64 = 12;
/// For how long is kept what became of a report, in days.
const KEPT_DAYS: i64 = 400;

const WAITING: &str = "waiting";
const DELIVERED: &str = "delivered";
const FAILED: &str = "failed";

/// The rules of a shop, their version, and since when they hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RulesKept {
    /// The rules.
    pub rules: ReportRules,
    /// Counts their changes.
    pub version: u32,
    /// When they were changed last.
    pub since: Micros,
}

/// A report of a shop, by its kind and its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Which {
    /// The shop.
    pub shop: ShopId,
    /// The kind.
    pub kind: Kind,
    /// The first day that it covers.
    pub day: Day,
}

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Which report.
    pub which: Which,
    /// When it was to go out.
    pub due_at: Micros,
    /// How it stands.
    pub standing: SentStanding,
    /// How often it was tried.
    pub tries: u32,
    /// When it was tried last.
    pub at: Micros,
    /// Why it did not arrive, in a word; empty when it did.
    pub fault: String,
}

/// How a report that was to be sent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentStanding {
    /// It arrived.
    Delivered,
    /// It is tried again at this moment.
    TriedAgain(Micros),
    /// It is tried no more.
    Failed,
}

/// The rules of a shop; those that send nothing where it has none.
///
/// # Errors
/// When the database refuses.
pub async fn rules(conn: &mut Conn, shop: ShopId) -> Stored<RulesKept> {
    let row = query("SELECT fields, version, changed_at FROM report_rules WHERE shop = $1")
        .bind(shop.to_string())
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(RulesKept::default()) };
    let rules = serde_json::from_str(&row.text("fields")?).map_err(unreadable)?;
    Ok(RulesKept { rules, version: row.number("version")?, since: row.micros("changed_at")? })
}

/// Keeps the rules in place of the version that was read: a job for [`super::Store::write`]. `false` when somebody changed
/// them meanwhile, and nothing was written.
///
/// # Errors
/// When the database refuses.
pub async fn put_rules(work: &mut Work, shop: ShopId, version: u32, rules: ReportRules, by: MemberId) -> Stored<bool> {
    let now = work.now();
    if self::rules(work.conn(), shop).await?.version != version {
        return Ok(false);
    }
    query(
        "INSERT INTO report_rules (shop, fields, version, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (shop) DO UPDATE SET
             fields = excluded.fields, version = excluded.version,
             changed_by = excluded.changed_by, changed_at = excluded.changed_at",
    )
    .bind(shop.to_string())
    .bind(serde_json::to_string(&rules).map_err(unreadable)?)
    .bind(i64::from(version) + 1)
    .bind(by.to_string())
    .bind(now.0)
    .execute(work.conn())
    .await?;
    Ok(true)
}

/// Takes a report whose time has come for this node: a job for [`super::Store::write`]. `None` when it was sent, or somebody
/// is sending it, or it is to be tried later; else which try it is.
///
/// # Errors
/// When the database refuses.
pub async fn claim(work: &mut Work, which: Which, due_at: Micros, now: Micros) -> Stored<Option<u32>> {
    let hold = now.plus_seconds(HOLD_SECONDS);
    let Some(found) = find(work.conn(), which).await? else {
        query("DELETE FROM report_sends WHERE shop = $1 AND due_at < $2")
            .bind(which.shop.to_string())
            .bind(now.plus_seconds(-KEPT_DAYS * 86_400).0)
            .execute(work.conn())
            .await?;
        query(
            "INSERT INTO report_sends (shop, kind, day, due_at, state, tries, next_at, at, fault)
             VALUES ($1, $2, $3, $4, $5, 1, $6, $7, '')",
        )
        .bind(which.shop.to_string())
        .bind(which.kind.name())
        .bind(which.day.to_string())
        .bind(due_at.0)
        .bind(WAITING)
        .bind(hold.0)
        .bind(now.0)
        .execute(work.conn())
        .await?;
        return Ok(Some(1));
    };
    match found.standing {
        SentStanding::TriedAgain(next) if next <= now => {
            put(work.conn(), which, WAITING, found.tries + 1, hold, now, &found.fault).await?;
            Ok(Some(found.tries + 1))
        }
        _ => Ok(None),
    }
}

/// Notes what came of a try: a job for [`super::Store::write`]. Nothing when another try has begun since.
///
/// # Errors
/// When the database refuses.
pub async fn settle(work: &mut Work, which: Which, tried: u32, fault: Option<String>, now: Micros) -> Stored<()> {
    let Some(found) = find(work.conn(), which).await? else { return Ok(()) };
    if found.tries != tried || found.standing == SentStanding::Delivered {
        return Ok(());
    }
    let wait = usize::try_from(tried).ok().and_then(|tried| TRY_AGAIN_MINUTES.get(tried.saturating_sub(1)));
    let (state, next) = match (&fault, wait) {
        (None, _) => (DELIVERED, now),
        (Some(_), Some(minutes)) => (WAITING, now.plus_seconds(minutes * 60)),
        (Some(_), None) => (FAILED, now),
    };
    put(work.conn(), which, state, tried, next, now, fault.as_deref().unwrap_or_default()).await
}

async fn put(
    conn: &mut Conn,
    which: Which,
    state: &'static str,
    tries: u32,
    next: Micros,
    now: Micros,
    fault: &str,
) -> Stored<()> {
    query(
        "UPDATE report_sends SET state = $4, tries = $5, next_at = $6, at = $7, fault = $8
         WHERE shop = $1 AND kind = $2 AND day = $3",
    )
    .bind(which.shop.to_string())
    .bind(which.kind.name())
    .bind(which.day.to_string())
    .bind(state)
    .bind(i64::from(tries))
    .bind(next.0)
    .bind(now.0)
    .bind(fault)
    .execute(conn)
    .await?;
    Ok(())
}

async fn find(conn: &mut Conn, which: Which) -> Stored<Option<Sent>> {
    let row = query("SELECT * FROM report_sends WHERE shop = $1 AND kind = $2 AND day = $3")
        .bind(which.shop.to_string())
        .bind(which.kind.name())
        .bind(which.day.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| sent(&row, which.shop)).transpose()?)
}

/// The reports of a shop that wait for another try whose time has come.
///
/// # Errors
/// When the database refuses.
pub async fn to_try_again(conn: &mut Conn, shop: ShopId, now: Micros) -> Stored<Vec<Sent>> {
    let rows = query("SELECT * FROM report_sends WHERE shop = $1 AND state = $2 AND next_at <= $3 ORDER BY due_at")
        .bind(shop.to_string())
        .bind(WAITING)
        .bind(now.0)
        .fetch_all(conn)
        .await?;
    Ok(rows.iter().map(|row| sent(row, shop)).collect::<Result<_, _>>()?)
}

/// What became of the latest reports, the latest first.
///
/// # Errors
/// When the database refuses.
pub async fn latest(conn: &mut Conn, shop: ShopId) -> Stored<Vec<Sent>> {
    let rows = query("SELECT * FROM report_sends WHERE shop = $1 ORDER BY due_at DESC, kind LIMIT $2")
        .bind(shop.to_string())
        .bind(TOLD_MAX)
        .fetch_all(conn)
        .await?;
    Ok(rows.iter().map(|row| sent(row, shop)).collect::<Result<_, _>>()?)
}

fn sent(row: &DbRow, shop: ShopId) -> Result<Sent, sqlx::Error> {
    let standing = match row.text("state")?.as_str() {
        DELIVERED => SentStanding::Delivered,
        FAILED => SentStanding::Failed,
        _ => SentStanding::TriedAgain(row.micros("next_at")?),
    };
    Ok(Sent {
        which: Which { shop, kind: row.parsed("kind")?, day: row.parsed("day")? },
        due_at: row.micros("due_at")?,
        standing,
        tries: row.number("tries")?,
        at: row.micros("at")?,
        fault: row.text("fault")?,
    })
}
