//! What the server confirmed, as kept on the device. It can always be had again, so it may be dropped to make
//! room; the outbox is another database and never is.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeSet;

use qinda::model::MemberId;
use qinda::sync::{
    Change, CheckAnswer, CheckRequest, ConfirmedWrite, Entity, KEPT_KINDS, Keeping, Kept, KeptDigest, Progress,
    PullAnswer, PullRequest, Repair, Row, Scope, Sums, digest, keep, repair, without_chats, without_scopes,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::seal::Seal;
use super::storage::{Durability, Entries, Sealing, Storage, StorageError, Write};

const ROWS: &str = "rows";
const META: &str = "meta";
const PROGRESS: &str = "progress";
/// How the keys begin under which answers of the server are kept.
const TOLD: &str = "told:";
/// An answer longer than this is not kept.
const TOLD_BYTES_MAX: usize = 1024 * 1024;
/// How the keys of the shop's knowledge begin.
const KNOWLEDGE: &str = "knowledge|";
/// How the keys of every inbox's rows begin.
const INBOXES: &str = "inbox:";

/// The confirmed state on the device.
pub(crate) struct Confirmed {
    storage: Storage,
    keeping: Cell<Keeping>,
}

#[derive(Deserialize)]
struct KeptRow<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    body: &'a RawValue,
}

/// The same, to be written.
#[derive(Serialize)]
struct RowToKeep<'a> {
    kind: &'a str,
    body: &'a RawValue,
}

/// Knowledge is the shop's and read at each start; how far was read tells nothing of anybody.
fn is_of_customers(store: &str, key: &str) -> bool {
    match store {
        ROWS => !key.starts_with(KNOWLEDGE),
        _ => key.starts_with(TOLD),
    }
}

fn database_name(member: MemberId) -> String {
    format!("qinda-{member}")
}

impl Confirmed {
    /// Opens what this member's device holds; what it holds of customers is closed with the seal.
    pub(crate) async fn open(member: MemberId, seal: Option<Seal>) -> Self {
        let sealing = seal.map(|seal| Sealing { seal, covers: is_of_customers });
        let storage = Storage::open(&database_name(member), &[ROWS, META], sealing).await;
        Self { storage, keeping: Cell::new(Keeping::All) }
    }

    /// Deletes what a member's device holds.
    pub(crate) async fn delete(member: MemberId) -> Result<(), StorageError> {
        super::idb::Database::delete(&database_name(member)).await
    }

    /// Whether what is written outlives a reload.
    pub(crate) fn is_kept(&self) -> bool {
        self.storage.is_kept()
    }

    /// Reads everything. Where a record does not read, its whole scope is left out and read from the server again.
    pub(crate) async fn load(&self) -> Result<(Progress, Vec<Change>), StorageError> {
        let mut stores = self.storage.read(&[META, ROWS]).await?.into_iter();
        let meta: Entries = stores.next().unwrap_or_default();
        let rows: Entries = stores.next().unwrap_or_default();
        let progress = meta.iter().find(|(key, _)| key == PROGRESS);
        let progress = read_progress(progress.map(|(_, text)| text.as_str()));
        let (mut changes, mut damaged) = (Vec::new(), BTreeSet::new());
        for (key, text) in &rows {
            match serde_json::from_str::<KeptRow<'_>>(text) {
                // A row of a newer version may not read; that is no damage.
                Ok(row) => changes.extend(Change::read(&row.kind, row.body).ok().flatten().map(|change| (key, change))),
                Err(_) => damaged.extend(scope_of(key)),
            }
        }
        if damaged.is_empty() {
            return Ok((progress, changes.into_iter().map(|(_, change)| change).collect()));
        }
        let is_whole = |key: &str| scope_of(key).is_none_or(|scope| !damaged.contains(&scope));
        let changes = changes.into_iter().filter(|(key, _)| is_whole(key)).map(|(_, change)| change).collect();
        Ok((self.drop_scopes(&damaged).await?, changes))
    }

    /// How far the disk is, and every row of a scope, handed over one by one: the entity it lies under, and nothing else
    /// where its record does not read. Rows that only a newer desk knows are passed over.
    async fn each_row(
        &self,
        scope: Scope,
        mut take: impl FnMut(&str, Option<KeptRow<'_>>),
    ) -> Result<Progress, StorageError> {
        let prefix = prefix(scope);
        let progress = self.storage.read_each((META, PROGRESS), (ROWS, &prefix), |key, text| {
            let row = serde_json::from_str::<KeptRow<'_>>(text).ok();
            if row.as_ref().is_none_or(|row| KEPT_KINDS.contains(&&*row.kind)) {
                take(&key[prefix.len()..], row);
            }
        });
        Ok(read_progress(progress.await?.as_deref()))
    }

    /// How far the disk is, and the sums of what it holds of a scope.
    pub(crate) async fn sums(&self, scope: Scope) -> Result<(Progress, Sums), StorageError> {
        let mut sums = Sums::default();
        let progress = self.each_row(scope, |entity, row| {
            if let Some(KeptRow { kind, body }) = row {
                sums.add(entity, digest(entity, &kind, body.get()));
            }
        });
        Ok((progress.await?, sums))
    }

    /// How far the disk is, and what it holds of a scope.
    pub(crate) async fn load_scope(&self, scope: Scope) -> Result<(Progress, Vec<Change>), StorageError> {
        let mut changes = Vec::new();
        let progress = self.each_row(scope, |_, row| {
            let change = row.and_then(|row| Change::read(&row.kind, row.body).ok().flatten());
            changes.extend(change);
        });
        Ok((progress.await?, changes))
    }

    /// Puts right what a check found to differ.
    pub(crate) async fn repair(&self, request: &CheckRequest, answer: &CheckAnswer) -> Result<Repair, StorageError> {
        let mut kept: Vec<KeptDigest> = Vec::new();
        let found = self.each_row(request.scope, |entity, row| {
            let digest = row.map(|row| digest(entity, &row.kind, row.body.get()));
            kept.push((Entity(entity.to_owned()), digest));
        });
        found.await?;
        // What was read counts only where the disk still stands there.
        let repaired = self.storage.transact_on((META, PROGRESS), &[ROWS], |progress| {
            let repair = repair(&read_progress(progress.as_deref()), request, answer, &kept);
            let writes = if let Repair::Writes(writes) = &repair { writes.as_slice() } else { &[] };
            (writes.iter().map(write).collect(), repair)
        });
        repaired.await
    }

    /// Drops scopes, and tells how far the disk is then.
    async fn drop_scopes(&self, scopes: &BTreeSet<Scope>) -> Result<Progress, StorageError> {
        let dropped = self.storage.transact_on((META, PROGRESS), &[ROWS], |progress| {
            let (writes, progress) = without_scopes(&read_progress(progress.as_deref()), scopes);
            (writes.iter().map(write).collect(), progress)
        });
        dropped.await
    }

    /// Closes what was kept before it could be closed.
    pub(crate) async fn close_open_ones(&self) -> Result<(), StorageError> {
        self.storage.close_open_ones(&[META, ROWS]).await
    }

    /// What is still kept as it arrives.
    pub(crate) fn keeping(&self) -> Keeping {
        self.keeping.get()
    }

    /// Keeps of a page what fits where the disk is, in one transaction; without the conversations when there is no room
    /// for them. A page that cannot be kept leaves a gap, so nothing is kept after it until the next start.
    pub(crate) async fn keep(&self, request: &PullRequest, answer: &PullAnswer, wall_offset: i64) -> Kept {
        let mut kept = self.try_keep(request, answer, wall_offset).await;
        if matches!(kept, Err(StorageError::Full)) && self.keeping.get() == Keeping::All {
            kept = match self.drop_chats().await {
                Ok(()) => self.try_keep(request, answer, wall_offset).await,
                Err(error) => Err(error),
            };
        }
        kept.unwrap_or_else(|_| {
            self.keeping.set(Keeping::Nothing);
            Kept::default()
        })
    }

    async fn try_keep(
        &self,
        request: &PullRequest,
        answer: &PullAnswer,
        wall_offset: i64,
    ) -> Result<Kept, StorageError> {
        let keeping = self.keeping.get();
        if keeping == Keeping::Nothing {
            return Ok(Kept::default());
        }
        let kept = self.storage.transact_on((META, PROGRESS), &[ROWS], |progress| {
            let kept = keep(&read_progress(progress.as_deref()), keeping, request, answer, wall_offset);
            (kept.writes.iter().map(write).collect(), kept)
        });
        kept.await
    }

    /// Keeps what the server answered to a question, in place of what it answered before.
    pub(crate) async fn keep_told(&self, question: &str, answer: &str) {
        if answer.len() <= TOLD_BYTES_MAX && self.keeping.get() == Keeping::All {
            let write = Write::Put { store: META, key: format!("{TOLD}{question}"), text: answer.to_owned() };
            // It can be asked again.
            let _ = self.storage.write(Durability::Relaxed, vec![write]).await;
        }
    }

    /// What the server answered to a question last.
    pub(crate) async fn told(&self, question: &str) -> Option<String> {
        let meta = self.storage.read(&[META]).await.ok()?.into_iter().next()?;
        let key = format!("{TOLD}{question}");
        meta.into_iter().find(|(kept, _)| *kept == key).map(|(_, text)| text)
    }

    /// Drops every conversation to make room, and keeps none until the next start.
    pub(crate) async fn drop_chats(&self) -> Result<(), StorageError> {
        self.keeping.set(Keeping::WithoutChats);
        let dropped = self.storage.transact_on((META, PROGRESS), &[ROWS], |progress| {
            let writes = without_chats(&read_progress(progress.as_deref()));
            (writes.iter().map(write).collect(), ())
        });
        dropped.await
    }
}

fn read_progress(text: Option<&str>) -> Progress {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn prefix(scope: Scope) -> String {
    format!("{scope}|")
}

fn scope_of(key: &str) -> Option<Scope> {
    key.split_once('|').and_then(|(scope, _)| scope.parse().ok())
}

fn row_key(scope: Scope, entity: &Entity) -> String {
    format!("{}{}", prefix(scope), entity.0)
}

fn write(write: &ConfirmedWrite) -> Write {
    match write {
        ConfirmedWrite::DropScope(scope) => Write::DeletePrefix { store: ROWS, prefix: prefix(*scope) },
        ConfirmedWrite::DropInboxes => Write::DeletePrefix { store: ROWS, prefix: INBOXES.into() },
        ConfirmedWrite::Put(scope, entity, row) => put_row(row_key(*scope, entity), row),
        ConfirmedWrite::Delete(scope, entity) => Write::Delete { store: ROWS, key: row_key(*scope, entity) },
        ConfirmedWrite::Progress(progress) => {
            Write::Put { store: META, key: PROGRESS.into(), text: serde_json::to_string(progress).unwrap_or_default() }
        }
    }
}

fn put_row(key: String, row: &Row) -> Write {
    let kept = RowToKeep { kind: &row.kind, body: &row.body };
    Write::Put { store: ROWS, key, text: serde_json::to_string(&kept).unwrap_or_default() }
}
