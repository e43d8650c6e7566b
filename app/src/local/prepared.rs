//! What a start would have to work out or gather anew, kept as it came out. It can always be had again, belongs to the build of
//! the desk that made it, and holds the shop's knowledge alone: nothing of customers.

use qinda::answers::Index;
use qinda::model::MemberId;
use qinda::sync::{Change, Entity, packed_rows};

use super::storage::{Durability, Storage, StorageError, Write};

const INDEX: &str = "index";
/// How the keys of articles begin; the build follows.
const ARTICLES: &str = "articles-";
/// How the keys of packed rows begin; the build follows.
const ROWS: &str = "rows-";

/// The number of a pack, and what each of its rows says.
pub(crate) type PackedChanges = (u64, Vec<(Entity, Change)>);

/// What is prepared on this device.
#[derive(Default)]
pub(crate) struct Prepared {
    storage: Option<Storage>,
    build: String,
}

/// What a start takes of it, as it lies there.
#[derive(Default)]
pub(crate) struct Stock {
    index: Option<Vec<u8>>,
    rows: Option<Vec<u8>>,
}

fn database_name(member: MemberId) -> String {
    format!("qinda-prepared-{member}")
}

impl Prepared {
    /// Opens what a build of the desk prepared for a member; one whose builds cannot be told apart prepares nothing.
    pub(crate) async fn open(member: MemberId, build: &str) -> Self {
        if build.is_empty() {
            return Self::default();
        }
        let storage = Storage::open(&database_name(member), &[INDEX], None).await;
        Self { storage: Some(storage).filter(Storage::is_kept), build: build.to_owned() }
    }

    /// Deletes what was prepared for a member.
    pub(crate) async fn delete(member: MemberId) -> Result<(), StorageError> {
        super::idb::Database::delete(&database_name(member)).await
    }

    /// Whether what is prepared is there at the next start.
    pub(crate) const fn is_kept(&self) -> bool {
        self.storage.is_some()
    }

    /// Reads what a start takes of it.
    pub(crate) async fn stock(&self) -> Stock {
        let (index, rows) = futures::join!(self.bytes(ARTICLES), self.bytes(ROWS));
        Stock::of(index, rows)
    }

    async fn bytes(&self, kind: &str) -> Option<Vec<u8>> {
        self.storage.as_ref()?.bytes(INDEX, &format!("{kind}{}", self.build)).await.ok()?
    }

    /// Keeps an index in place of every other one, those of other builds too.
    pub(crate) async fn keep_index(&self, packed: Vec<u8>) {
        self.keep(ARTICLES, packed).await;
    }

    /// Keeps packed rows in place of all others, those of other builds too.
    pub(crate) async fn keep_rows(&self, packed: Vec<u8>) {
        self.keep(ROWS, packed).await;
    }

    async fn keep(&self, kind: &str, bytes: Vec<u8>) {
        let Some(storage) = &self.storage else { return };
        let former = Write::DeletePrefix { store: INDEX, prefix: kind.into() };
        let write = Write::PutBytes { store: INDEX, key: format!("{kind}{}", self.build), bytes };
        // Where it fails, the next start takes a little longer.
        let _ = storage.write(Durability::Relaxed, vec![former, write]).await;
    }
}

impl Stock {
    /// What lies there of either kind.
    pub(super) const fn of(index: Option<Vec<u8>>, rows: Option<Vec<u8>>) -> Self {
        Self { index, rows }
    }

    /// The index of the articles as it was kept last; none where that is not whole.
    pub(crate) fn index(&mut self) -> Option<Index> {
        Index::unpacked(&self.index.take()?)
    }

    /// What the rows say that were packed last; none where they are not whole.
    pub(crate) fn rows(&mut self) -> Option<PackedChanges> {
        packed_rows(&self.rows.take()?, |row| Change::read_text(row.kind, row.body).ok().flatten())
    }
}
