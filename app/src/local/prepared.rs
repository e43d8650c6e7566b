//! What a start would have to work out anew, kept as it came out. It can always be worked out again, belongs to the build of
//! the desk that made it, and holds the shop's articles alone: nothing of customers.

use qinda::answers::Index;
use qinda::model::MemberId;

use super::storage::{Durability, Storage, StorageError, Write};

const INDEX: &str = "index";
/// How the keys of articles begin; the build follows.
const ARTICLES: &str = "articles-";

/// What is prepared on this device.
#[derive(Default)]
pub(crate) struct Prepared {
    storage: Option<Storage>,
    key: String,
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
        Self { storage: Some(storage).filter(Storage::is_kept), key: format!("{ARTICLES}{build}") }
    }

    /// Deletes what was prepared for a member.
    pub(crate) async fn delete(member: MemberId) -> Result<(), StorageError> {
        super::idb::Database::delete(&database_name(member)).await
    }

    /// The index of the articles as it was kept last; none where that is not whole.
    pub(crate) async fn index(&self) -> Option<Index> {
        let packed = self.storage.as_ref()?.bytes(INDEX, &self.key).await.ok()??;
        Index::unpacked(&packed)
    }

    /// Keeps an index in place of every other one, those of other builds too.
    pub(crate) async fn keep_index(&self, packed: Vec<u8>) {
        let Some(storage) = &self.storage else { return };
        let former = Write::DeletePrefix { store: INDEX, prefix: ARTICLES.into() };
        let write = Write::PutBytes { store: INDEX, key: self.key.clone(), bytes: packed };
        // Where it fails, the next start takes a little longer.
        let _ = storage.write(Durability::Relaxed, vec![former, write]).await;
    }
}
