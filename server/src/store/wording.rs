//! The wording check on the server: the rules of each shop made ready once, and what was sent despite a warning.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use qinda::model::{Micros, ShopId};
use qinda::sync::WordingNote;
use qinda::wording::{Checker, Finding, in_force};

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

    /// What the rules find that were made last, if any were.
    pub(super) fn check(&self, shop: ShopId, text: &str) -> Option<Checked> {
        let ready = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let by = ready.get(&shop).map(|ready| Arc::clone(&ready.checker));
        drop(ready);
        by.map(|by| Checked { findings: found(&by, text), by })
    }

    fn put(&self, shop: ShopId, versions: Vec<PackVersion>, checker: Arc<Checker>) {
        let mut ready = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.len() >= CHECKERS_MAX {
            ready.clear();
        }
        ready.insert(shop, Ready { versions, checker });
    }
}

/// What rules found in words before it was known whether they are still the rules.
pub(super) struct Checked {
    by: Arc<Checker>,
    findings: Vec<Finding>,
}

fn found(by: &Checker, text: &str) -> Vec<Finding> {
    by.check(text.trim())
}

impl Work {
    /// What the rules of this point of the transaction find in words to be sent.
    pub(super) async fn findings(
        &mut self,
        shop: ShopId,
        text: &str,
        before: Option<&Checked>,
    ) -> Stored<Vec<Finding>> {
        let by = self.checker(shop).await?;
        let still = before.filter(|checked| Arc::ptr_eq(&checked.by, &by));
        Ok(still.map_or_else(|| found(&by, text), |checked| checked.findings.clone()))
    }

    /// The rules of a shop as they are at this point of the transaction.
    async fn checker(&mut self, shop: ShopId) -> Stored<Arc<Checker>> {
        if let Some((of, checker)) = &self.checker
            && *of == shop
        {
            return Ok(Arc::clone(checker));
        }
        let checker = self.checker_of(shop).await?;
        self.checker = Some((shop, Arc::clone(&checker)));
        Ok(checker)
    }

    async fn checker_of(&mut self, shop: ShopId) -> Stored<Arc<Checker>> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Clock, Place, Store, shops};

    const WORDS: &str = "加微信";

    async fn found_at_its_turn(store: &Store, shop: ShopId, before: Checked) -> Vec<Finding> {
        let before = Arc::new(before);
        let job =
            store.write(shop, move |work| Box::pin(async move { work.findings(shop, WORDS, Some(&before)).await }));
        job.await.unwrap()
    }

    #[tokio::test]
    async fn what_was_found_before_counts_only_while_the_rules_are_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::File(folder.path().join("qinda.db"));
        let store = Store::open(place, Clock::system()).await.unwrap();
        let shop = shops::added(&store, "tea").await;
        assert!(store.checkers.check(shop, WORDS).is_none(), "no rules are ready yet");
        let other_rules = Checked { by: Arc::new(Checker::new(in_force(&[]))), findings: Vec::new() };
        let found = found_at_its_turn(&store, shop, other_rules).await;
        assert!(!found.is_empty(), "other rules found nothing, and were not believed");
        let ready = store.checkers.check(shop, WORDS).unwrap();
        assert_eq!(ready.findings, found);
        let believed = Checked { findings: Vec::new(), ..ready };
        assert_eq!(found_at_its_turn(&store, shop, believed).await, []);
    }
}
