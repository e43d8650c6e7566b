//! The wording check on the server: the rules of each shop made ready once, and what was sent despite a warning.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use qinda::model::{Micros, ShopId};
use qinda::sync::WordingNote;
use qinda::wording::{Checker, in_force};

use super::dialect::{Conn, DbRow, query};
use super::packs::{self, PackVersion};
use super::row::{Columns, kept, unreadable};
use super::{Stored, Work};

/// How many shops' rules are held ready at once.
pub const CHECKERS_MAX: usize = 64;
/// The most findings that a note keeps.
pub const NOTE_FINDINGS_MAX: usize = 50;
/// The most notes in one answer.
pub const NOTES_MAX: u64 = 1_000;

/// The rules of shops, ready to check, with the versions of the packs that they were made of. Shared by all writers:
/// whoever sees other versions, of a commit of another node or of its own transaction, makes them anew.
#[derive(Clone, Default)]
pub(super) struct Checkers(Arc<Mutex<HashMap<ShopId, Ready>>>);

struct Ready {
    versions: Vec<PackVersion>,
    checker: Arc<Checker>,
}

impl Checkers {
    fn get(&self, shop: ShopId, versions: &[PackVersion]) -> Option<Arc<Checker>> {
        let ready = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ready.get(&shop).filter(|ready| ready.versions == versions).map(|ready| Arc::clone(&ready.checker))
    }

    fn put(&self, shop: ShopId, versions: Vec<PackVersion>, checker: Arc<Checker>) {
        let mut ready = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.len() >= CHECKERS_MAX {
            ready.clear();
        }
        ready.insert(shop, Ready { versions, checker });
    }
}

impl Work {
    /// The rules of a shop as they are at this point of the transaction.
    pub(super) async fn checker(&mut self, shop: ShopId) -> Stored<Arc<Checker>> {
        let versions = packs::versions(self.conn(), shop).await?;
        if let Some(ready) = self.checkers.get(shop, &versions) {
            return Ok(ready);
        }
        let kept = packs::all(self.conn(), shop).await?;
        let checker = Arc::new(Checker::new(in_force(&kept)));
        self.checkers.put(shop, versions, Arc::clone(&checker));
        Ok(checker)
    }
}

/// Keeps what was sent despite a warning, with at most [`NOTE_FINDINGS_MAX`] findings.
pub(super) async fn note(conn: &mut Conn, shop: ShopId, note: &WordingNote) -> Stored<()> {
    let findings = &note.findings[..note.findings.len().min(NOTE_FINDINGS_MAX)];
    query(
        "INSERT INTO wording_notes (shop, message, conversation, member, at, findings, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(shop.to_string())
    .bind(note.message.to_string())
    .bind(note.conversation.to_string())
    .bind(note.member.to_string())
    .bind(note.at.0)
    .bind(serde_json::to_string(findings).map_err(unreadable)?)
    .bind(&note.reason)
    .execute(conn)
    .await?;
    Ok(())
}

/// What was sent despite a warning since a moment, the newest first; at most `max`.
///
/// # Errors
/// When the database refuses.
pub async fn notes_since(conn: &mut Conn, shop: ShopId, since: Micros, max: u64) -> Stored<Vec<WordingNote>> {
    let rows = query("SELECT * FROM wording_notes WHERE shop = $1 AND at >= $2 ORDER BY at DESC LIMIT $3")
        .bind(shop.to_string())
        .bind(since.0)
        .bind(kept(max))
        .fetch_all(conn)
        .await?;
    let note = |row: &DbRow| {
        Ok(WordingNote {
            message: row.parsed("message")?,
            conversation: row.parsed("conversation")?,
            member: row.parsed("member")?,
            at: row.micros("at")?,
            findings: serde_json::from_str(&row.text("findings")?).map_err(unreadable)?,
            reason: row.text("reason")?,
        })
    };
    Ok(rows.iter().map(note).collect::<Result<_, sqlx::Error>>()?)
}
