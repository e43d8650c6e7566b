//! What the server confirmed, as kept on the device. It can always be had again, so it may be dropped to make
//! room; the outbox is another database and never is.

use std::cell::Cell;
use std::collections::BTreeMap;

use qinda::model::{EpochId, MemberId};
use qinda::sync::{Change, Cursor, PullAnswer, Row, Scope, ScopePage};
use serde::{Deserialize, Serialize};

use super::storage::{Durability, Entries, Storage, StorageError, Write};

const ROWS: &str = "rows";
const META: &str = "meta";
const PROGRESS: &str = "progress";
/// How the keys begin under which answers of the server are kept.
const TOLD: &str = "told:";
/// An answer longer than this is not kept.
const TOLD_BYTES_MAX: usize = 1024 * 1024;
/// How the keys of every inbox's rows begin.
const INBOXES: &str = "inbox:";

/// How far the device has read, and how the server's clock differs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// How far each scope was read.
    pub(crate) cursors: BTreeMap<Scope, Cursor>,
    /// The epoch that `through` counts in.
    pub(crate) epoch: Option<EpochId>,
    /// The last command that had its verdict.
    pub(crate) through: u64,
    /// Server time minus the device's wall clock, in microseconds.
    #[serde(default)]
    pub(crate) wall_offset: i64,
}

impl Progress {
    /// The last command of this epoch that had its verdict.
    pub(crate) fn through_of(&self, epoch: EpochId) -> u64 {
        if self.epoch == Some(epoch) { self.through } else { 0 }
    }
}

/// The confirmed state on the device.
pub(crate) struct Confirmed {
    storage: Storage,
    keeping: Cell<Keeping>,
}

/// What is still kept as it arrives. A page that was not kept leaves a gap, so nothing may be kept after it
/// until the next start reads what there is and pulls the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// Everything.
    All,
    /// Everything but conversations, for want of room.
    WithoutChats,
    /// Nothing more.
    Nothing,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    kind: String,
    body: Box<serde_json::value::RawValue>,
}

fn database_name(member: MemberId) -> String {
    format!("qinda-{member}")
}

impl Confirmed {
    /// Opens what this member's device holds.
    pub(crate) async fn open(member: MemberId) -> Self {
        let storage = Storage::open(&database_name(member), &[ROWS, META]).await;
        Self { storage, keeping: Cell::new(Keeping::All) }
    }

    /// Deletes what this member's device holds.
    pub(crate) async fn wipe(&self, member: MemberId) -> Result<(), StorageError> {
        if let Storage::Kept(database) = &self.storage {
            database.close();
            super::idb::Database::delete(&database_name(member)).await?;
        }
        Ok(())
    }

    /// Whether what is written outlives a reload.
    pub(crate) fn is_kept(&self) -> bool {
        self.storage.is_kept()
    }

    /// Reads everything. A record that does not read is left out; the server has it still.
    pub(crate) async fn load(&self) -> Result<(Progress, Vec<Change>), StorageError> {
        let mut stores = self.storage.read(&[META, ROWS]).await?.into_iter();
        let meta: Entries = stores.next().unwrap_or_default();
        let rows: Entries = stores.next().unwrap_or_default();
        let progress = meta.iter().find(|(key, _)| key == PROGRESS);
        let progress = progress.and_then(|(_, text)| serde_json::from_str(text).ok()).unwrap_or_default();
        let changes = rows.iter().filter_map(|(_, text)| {
            let kept: Kept = serde_json::from_str(text).ok()?;
            Change::read(&kept.kind, &kept.body).ok().flatten()
        });
        Ok((progress, changes.collect()))
    }

    /// Keeps a pull and how far it got, in one transaction, and drops the scopes that are gone; without the conversations when there is no room for them.
    pub(crate) async fn keep(&self, answer: &PullAnswer, gone: &[Scope], progress: &Progress) -> Keeping {
        let mut kept = self.try_keep(answer, gone, progress).await;
        if kept == Err(StorageError::Full) && self.keeping.get() == Keeping::All {
            kept = match self.drop_chats(progress).await {
                Ok(()) => self.try_keep(answer, gone, progress).await,
                Err(error) => Err(error),
            };
        }
        if kept.is_err() {
            self.keeping.set(Keeping::Nothing);
        }
        self.keeping.get()
    }

    async fn try_keep(&self, answer: &PullAnswer, gone: &[Scope], progress: &Progress) -> Result<(), StorageError> {
        if self.keeping.get() == Keeping::Nothing {
            return Ok(());
        }
        let drop_scope = |scope: Scope| Write::DeletePrefix { store: ROWS, prefix: prefix(scope) };
        let mut writes: Vec<Write> = gone.iter().copied().map(drop_scope).collect();
        for page in answer.scopes.iter().filter(|page| self.keeps(page.scope)) {
            if page.reset {
                writes.push(drop_scope(page.scope));
            }
            writes.extend(page.rows.iter().filter_map(|row| row_write(page, row)));
        }
        writes.push(self.progress_write(progress));
        self.storage.write(Durability::Relaxed, writes).await
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
    pub(crate) async fn drop_chats(&self, progress: &Progress) -> Result<(), StorageError> {
        self.keeping.set(Keeping::WithoutChats);
        let mut writes = vec![Write::DeletePrefix { store: ROWS, prefix: INBOXES.into() }];
        writes.push(self.progress_write(progress));
        self.storage.write(Durability::Relaxed, writes).await
    }

    fn keeps(&self, scope: Scope) -> bool {
        self.keeping.get() == Keeping::All || !matches!(scope, Scope::Inbox(_))
    }

    fn progress_write(&self, progress: &Progress) -> Write {
        let mut progress = progress.clone();
        progress.cursors.retain(|scope, _| self.keeps(*scope));
        Write::Put { store: META, key: PROGRESS.into(), text: serde_json::to_string(&progress).unwrap_or_default() }
    }
}

fn prefix(scope: Scope) -> String {
    format!("{scope}|")
}

fn row_write(page: &ScopePage, row: &Row) -> Option<Write> {
    let change = row.change().ok().flatten()?;
    let key = format!("{}{}", prefix(page.scope), change.entity().0);
    if change.is_gone() {
        return Some(Write::Delete { store: ROWS, key });
    }
    let kept = Kept { kind: row.kind.clone(), body: row.body.clone() };
    Some(Write::Put { store: ROWS, key, text: serde_json::to_string(&kept).ok()? })
}
