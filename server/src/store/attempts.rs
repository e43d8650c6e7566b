//! Counting sign-ins, so that passwords cannot be guessed by trying.
//!
//! A try is counted before the password is looked at, so a hundred tries at once are a hundred tries.

use qinda::model::{MICROS_PER_SECOND, Micros};

use super::dialect::query;
use super::row::Columns;
use super::{Stored, Work};

/// How many tries an account has …
pub const ACCOUNT_ATTEMPTS_MAX: u32 = 5;
/// … and an address, from which a whole shop may sign in …
pub const PEER_ATTEMPTS_MAX: u32 = 50;
/// … within this many seconds.
pub const ATTEMPTS_SPAN_SECONDS: i64 = 15 * 60;

/// Who tries: an account and an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The account, named as it was typed, whether it exists or not.
    pub account: String,
    /// The address.
    pub peer: String,
}

impl Attempt {
    /// A try to sign in.
    #[must_use]
    pub fn new(shop: &str, work_number: &str, peer: &str) -> Self {
        Self { account: format!("account:{shop}:{work_number}"), peer: format!("peer:{peer}") }
    }
}

/// Counts a try: a job for [`super::Store::write`]. Answers how many seconds to wait when there were too many.
///
/// # Errors
/// When the database refuses.
pub async fn count(work: &mut Work, attempt: Attempt) -> Stored<Option<i64>> {
    let now = work.now();
    let oldest = now.plus_seconds(-ATTEMPTS_SPAN_SECONDS);
    query("DELETE FROM sign_in_attempts WHERE began_at <= $1").bind(oldest.0).execute(work.conn()).await?;
    let account = count_one(work, attempt.account, ACCOUNT_ATTEMPTS_MAX, now).await?;
    let peer = count_one(work, attempt.peer, PEER_ATTEMPTS_MAX, now).await?;
    Ok(account.max(peer))
}

async fn count_one(work: &mut Work, subject: String, attempts_max: u32, now: Micros) -> Stored<Option<i64>> {
    let row = query(
        "INSERT INTO sign_in_attempts (subject, attempts, began_at) VALUES ($1, 1, $2)
         ON CONFLICT (subject) DO UPDATE SET attempts = sign_in_attempts.attempts + 1
         RETURNING attempts, began_at",
    )
    .bind(subject)
    .bind(now.0)
    .fetch_one(work.conn())
    .await?;
    if row.number::<i64>("attempts")? <= i64::from(attempts_max) {
        return Ok(None);
    }
    let ends = row.micros("began_at")?.plus_seconds(ATTEMPTS_SPAN_SECONDS);
    Ok(Some(ends.since(now) / MICROS_PER_SECOND + 1))
}

/// Forgets the tries of an account that signed in: a job for [`super::Store::write`]. The address gets this one back.
///
/// # Errors
/// When the database refuses.
pub async fn succeeded(work: &mut Work, attempt: Attempt) -> Stored<()> {
    query("DELETE FROM sign_in_attempts WHERE subject = $1").bind(attempt.account).execute(work.conn()).await?;
    query("UPDATE sign_in_attempts SET attempts = attempts - 1 WHERE subject = $1")
        .bind(attempt.peer)
        .execute(work.conn())
        .await?;
    Ok(())
}
