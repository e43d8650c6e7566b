//! What the server confirmed, as kept on the device. It can always be had again, so it may be dropped to make
//! room; the outbox is another database and never is.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeSet;

use qinda::model::MemberId;
use qinda::sync::{
    Change, CheckAnswer, CheckRequest, ConfirmedWrite, Entity, KEPT_KINDS, Keeping, Kept, KeptDigest, PackedRow,
    Progress, PullAnswer, PullRequest, Repair, Row, RowsPacker, Scope, Sums, digest, keep, repair, without_chats,
    without_scopes,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::clock::page_millis;
use super::early::EarlyRows;
use super::packed::{self, Packed};
use super::prepared::{PackedChanges, Prepared};
use super::random;
use super::seal::Seal;
use super::storage::{Durability, Sealing, Storage, StorageError, Wanted, Write};

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

/// A pack of which so many rows changed is made anew.
const REPACKED_FROM: usize = 100;
/// Packs are made no sooner one after another.
const PACK_MILLIS_MIN: f64 = 600_000.0;

/// The confirmed state on the device.
pub(crate) struct Confirmed {
    storage: Storage,
    keeping: Cell<Keeping>,
    /// How many rows changed since the pack that counts was made; none where there is none.
    changed: Cell<Option<usize>>,
    /// When this page last made one.
    packed_at: Cell<Option<f64>>,
}

/// How far the disk is, and what it holds.
pub(crate) type Start = (Progress, Vec<Change>);

/// What was read of the disk at a start.
struct Loaded {
    progress: Progress,
    /// The pack in which the knowledge is that was left out.
    left_out: Option<Packed>,
    rows: Rows,
}

/// Rows of the disk as they are read.
#[derive(Default)]
struct Rows {
    /// What each row says, and under which scope it lies.
    changes: Vec<(Option<Scope>, Change)>,
    /// The scopes with records that do not read.
    damaged: BTreeSet<Scope>,
    /// How the key of the last one began, and which scope that is.
    at: (String, Option<Scope>),
}

impl Rows {
    fn take(&mut self, key: &str, text: &str) {
        let prefix = key.split_once('|').map_or("", |(prefix, _)| prefix);
        if prefix != self.at.0 {
            self.at = (prefix.to_owned(), prefix.parse().ok());
        }
        let scope = self.at.1;
        match read_row(text) {
            Ok(change) => self.changes.extend(change.map(|change| (scope, change))),
            Err(Unreadable) => self.damaged.extend(scope),
        }
    }
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
        Self { storage, keeping: Cell::new(Keeping::All), changed: Cell::new(None), packed_at: Cell::new(None) }
    }

    /// Deletes what a member's device holds.
    pub(crate) async fn delete(member: MemberId) -> Result<(), StorageError> {
        super::idb::Database::delete(&database_name(member)).await
    }

    /// Whether what is written outlives a reload.
    pub(crate) fn is_kept(&self) -> bool {
        self.storage.is_kept()
    }

    /// Reads everything, or takes what was read early; of the knowledge what a pack has, as far as it is the one that counts.
    /// Where a record does not read, its whole scope is left out and read from the server again.
    pub(crate) async fn load_with(
        &self,
        early: impl Future<Output = Option<EarlyRows>>,
        pack: impl Future<Output = Option<PackedChanges>>,
    ) -> Result<Start, StorageError> {
        let read = async {
            match early.await.and_then(|early| self.taken(&early)) {
                Some(loaded) => Ok(loaded),
                None => self.read(true).await,
            }
        };
        let (loaded, pack) = futures::join!(read, pack);
        let mut loaded = loaded?;
        if let Some(packed) = loaded.left_out.take() {
            match pack.filter(|(number, _)| *number == packed.number) {
                Some((_, rows)) => {
                    self.changed.set(Some(packed.changed.len()));
                    let as_packed = rows.into_iter().filter(|(entity, _)| !packed.changed.contains(entity));
                    loaded.rows.changes.extend(as_packed.map(|(_, change)| (Some(Scope::Knowledge), change)));
                }
                None => loaded = self.read(false).await?,
            }
        }
        let Loaded { progress, rows: Rows { changes, damaged, .. }, .. } = loaded;
        let is_whole = |scope: &Option<Scope>| scope.is_none_or(|scope| !damaged.contains(&scope));
        let changes = changes.into_iter().filter(|(scope, _)| is_whole(scope)).map(|(_, change)| change).collect();
        let progress = if damaged.is_empty() { progress } else { self.drop_scopes(&damaged).await? };
        Ok((progress, changes))
    }

    /// Reads everything where nothing was prepared.
    #[cfg(test)]
    pub(super) async fn load(&self) -> Result<Start, StorageError> {
        self.load_with(std::future::ready(None), std::future::ready(None)).await
    }

    /// Reads every row, or leaves out those that lie packed unchanged, in one transaction.
    async fn read(&self, leaves_out: bool) -> Result<Loaded, StorageError> {
        let (mut rows, mut left_out) = (Rows::default(), None);
        let choose = |progress: Option<&str>| {
            left_out = progress.filter(|_| leaves_out).and_then(Packed::read);
            match &left_out {
                Some(packed) => {
                    Wanted::Keys(packed.changed.iter().map(|entity| row_key(Scope::Knowledge, entity)).collect())
                }
                None => Wanted::All,
            }
        };
        let progress = self
            .storage
            .read_around((META, PROGRESS), (ROWS, KNOWLEDGE), choose, |key, text| rows.take(key, text))
            .await?;
        Ok(Loaded { progress: read_progress(progress.as_deref()), left_out, rows })
    }

    /// The same of what was read early; none where it is not whole, or leaves out what no pack has.
    fn taken(&self, early: &EarlyRows) -> Option<Loaded> {
        let left_out = Some(Packed::read(&early.progress)?);
        let mut rows = Rows::default();
        for row in early.iter() {
            let (key, lying) = row?;
            rows.take(key, &self.storage.read_lying(ROWS, key, lying)?);
        }
        Some(Loaded { progress: read_progress(Some(&early.progress)), left_out, rows })
    }

    /// Packs the knowledge for the next start, where what is packed is not of much use any more.
    pub(crate) async fn pack_when_due(&self, prepared: &Prepared) {
        let is_recent = self.packed_at.get().is_some_and(|at| page_millis() - at < PACK_MILLIS_MIN);
        if is_recent || self.changed.get().is_some_and(|changed| changed < REPACKED_FROM) || !prepared.is_kept() {
            return;
        }
        self.packed_at.set(Some(page_millis()));
        // Where it fails, the next start reads every row.
        if let Ok(Some((packed, rows))) = self.pack().await {
            prepared.keep_rows(rows).await;
            self.changed.set(Some(packed.changed.len()));
        }
    }

    /// What counts as packed from now on; none where the knowledge is not whole or another tab packs it just now.
    async fn pack(&self) -> Result<Option<(Packed, Vec<u8>)>, StorageError> {
        let number = random::number();
        // The number comes first: whatever is written from then on is noted, be it read below or not.
        let begun = self.storage.transact_on((META, PROGRESS), &[], |progress| {
            let progress = read_progress(progress.as_deref());
            let is_whole = progress.whole(Scope::Knowledge).is_some();
            let text = packed::written(&progress, Some(&Packed::begun(number)));
            (is_whole.then(|| put_progress(text)).into_iter().collect(), is_whole)
        });
        if !begun.await? {
            return Ok(None);
        }
        let (mut packer, mut is_whole) = (RowsPacker::new(number), true);
        let progress = self.storage.read_each((META, PROGRESS), (ROWS, KNOWLEDGE), |key, text| {
            match serde_json::from_str::<KeptRow<'_>>(text) {
                Ok(KeptRow { kind, body }) => {
                    packer.add(PackedRow { entity: &key[KNOWLEDGE.len()..], kind: &kind, body: body.get() });
                }
                Err(_) => is_whole = false,
            }
        });
        let packed = progress.await?.as_deref().and_then(Packed::read);
        let counts = packed.filter(|packed| is_whole && packed.number == number);
        Ok(counts.map(|packed| (packed, packer.closed())))
    }

    /// Decides by how far the disk is what to write, and writes it in the same transaction. All that is ever written of rows
    /// is written here, so that no pack is believed about them.
    async fn transact<T>(&self, decide: impl FnOnce(&Progress) -> (Vec<ConfirmedWrite>, T)) -> Result<T, StorageError> {
        let done = self.storage.transact_on((META, PROGRESS), &[ROWS], |text| {
            let disk = read_progress(text.as_deref());
            let packed = text.as_deref().and_then(Packed::read);
            let (writes, result) = decide(&disk);
            if writes.is_empty() {
                return (Vec::new(), (packed, result));
            }
            let packed = packed.and_then(|packed| packed.after(&writes));
            let moved = writes.iter().rev().find_map(|write| match write {
                ConfirmedWrite::Progress(progress) => Some(progress),
                _ => None,
            });
            let progress = put_progress(packed::written(moved.unwrap_or(&disk), packed.as_ref()));
            (writes.iter().filter_map(write).chain([progress]).collect(), (packed, result))
        });
        let (packed, result) = done.await?;
        self.changed.set(packed.map(|packed| packed.changed.len()));
        Ok(result)
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
        let repaired = self.transact(|progress| {
            let repair = repair(progress, request, answer, &kept);
            let writes = if let Repair::Writes(writes) = &repair { writes.clone() } else { Vec::new() };
            (writes, repair)
        });
        repaired.await
    }

    /// Drops scopes, and tells how far the disk is then.
    async fn drop_scopes(&self, scopes: &BTreeSet<Scope>) -> Result<Progress, StorageError> {
        self.transact(|progress| without_scopes(progress, scopes)).await
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
        let kept = self.transact(|progress| {
            let mut kept = keep(progress, keeping, request, answer, wall_offset);
            (std::mem::take(&mut kept.writes), kept)
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

    /// Drops every answer that was kept: words that were erased may stand in some.
    pub(crate) async fn forget_told(&self) {
        let Some(meta) = self.storage.read(&[META]).await.ok().and_then(|read| read.into_iter().next()) else { return };
        let told = meta.into_iter().map(|(key, _)| key).filter(|key| key.starts_with(TOLD));
        let writes: Vec<Write> = told.map(|key| Write::Delete { store: META, key }).collect();
        if !writes.is_empty() {
            // What cannot be dropped now is written over by the next answer.
            let _ = self.storage.write(Durability::Relaxed, writes).await;
        }
    }

    /// Drops every conversation to make room, and keeps none until the next start.
    pub(crate) async fn drop_chats(&self) -> Result<(), StorageError> {
        self.keeping.set(Keeping::WithoutChats);
        self.transact(|progress| (without_chats(progress), ())).await
    }
}

fn read_progress(text: Option<&str>) -> Progress {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn prefix(scope: Scope) -> String {
    format!("{scope}|")
}

/// A record that is none.
struct Unreadable;

/// What a row says; nothing where only a newer desk knows that.
fn read_row(text: &str) -> Result<Option<Change>, Unreadable> {
    // Reading it as it is written spares a look at the body beforehand.
    let as_written = text.strip_prefix(r#"{"kind":""#).and_then(|rest| rest.strip_suffix('}'));
    if let Some((kind, body)) = as_written.and_then(|rest| rest.split_once(r#"","body":"#))
        && let Ok(Some(change)) = Change::read_text(kind, body)
    {
        return Ok(Some(change));
    }
    let row: KeptRow<'_> = serde_json::from_str(text).map_err(|_| Unreadable)?;
    Ok(Change::read(&row.kind, row.body).ok().flatten())
}

fn row_key(scope: Scope, entity: &Entity) -> String {
    format!("{}{}", prefix(scope), entity.0)
}

/// How far the disk is, is written apart.
fn write(write: &ConfirmedWrite) -> Option<Write> {
    Some(match write {
        ConfirmedWrite::DropScope(scope) => Write::DeletePrefix { store: ROWS, prefix: prefix(*scope) },
        ConfirmedWrite::DropInboxes => Write::DeletePrefix { store: ROWS, prefix: INBOXES.into() },
        ConfirmedWrite::Put(scope, entity, row) => put_row(row_key(*scope, entity), row),
        ConfirmedWrite::Delete(scope, entity) => Write::Delete { store: ROWS, key: row_key(*scope, entity) },
        ConfirmedWrite::Progress(_) => return None,
    })
}

fn put_progress(text: String) -> Write {
    Write::Put { store: META, key: PROGRESS.into(), text }
}

fn put_row(key: String, row: &Row) -> Write {
    let kept = RowToKeep { kind: &row.kind, body: &row.body };
    Write::Put { store: ROWS, key, text: serde_json::to_string(&kept).unwrap_or_default() }
}
