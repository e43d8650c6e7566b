//! Where a device keeps things: a few named stores of texts or bytes under text keys, changed in transactions.
//! IndexedDB where the browser allows it, otherwise memory, which a reload loses.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;

use super::early::Lying;
use super::idb::Database;
use super::seal::Seal;

/// One change in a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Write {
    /// Keep this text under this key.
    Put {
        /// The store.
        store: &'static str,
        /// The key.
        key: String,
        /// The text.
        text: String,
    },
    /// Keep these bytes under this key.
    PutBytes {
        /// The store.
        store: &'static str,
        /// The key.
        key: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Drop one key.
    Delete {
        /// The store.
        store: &'static str,
        /// The key.
        key: String,
    },
    /// Drop every key that begins so.
    DeletePrefix {
        /// The store.
        store: &'static str,
        /// How the keys begin.
        prefix: String,
    },
}

/// The entries of a store, sorted by key.
pub(crate) type Entries = Vec<(String, String)>;

/// Which rows under a prefix are read.
pub(crate) enum Wanted {
    /// All of them.
    All,
    /// Those under these keys, as far as there are any.
    Keys(Vec<String>),
}

/// Why the device could not keep something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StorageError {
    /// The device has no room left.
    #[error("the device's storage is full")]
    Full,
    /// The browser refused or broke.
    #[error("the device's storage failed: {0}")]
    Failed(String),
}

/// How sure a transaction must be before it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// On disk: for work that exists nowhere else.
    Strict,
    /// Handed to the system: for what the server can give again.
    Relaxed,
}

/// What of a database is closed, and with what.
#[derive(Clone)]
pub(crate) struct Sealing {
    /// Closes and opens.
    pub(crate) seal: Seal,
    /// Whether what stands in a store under a key is closed.
    pub(crate) covers: fn(&str, &str) -> bool,
}

/// Texts stand in memory as their bytes.
type Tables = BTreeMap<&'static str, BTreeMap<String, Vec<u8>>>;

/// A database on the device.
pub(crate) enum Storage {
    /// It outlives a reload.
    Kept(Database),
    /// It does not: the browser refuses storage here.
    Memory(RefCell<Tables>),
}

impl Storage {
    /// Opens a database with these stores; in memory, where nothing needs to be closed, when the browser refuses.
    pub(crate) async fn open(name: &str, stores: &[&'static str], sealing: Option<Sealing>) -> Self {
        match Database::open(name, stores, sealing).await {
            Ok(database) => Self::Kept(database),
            Err(_) => Self::Memory(RefCell::default()),
        }
    }

    /// Whether what is written outlives a reload.
    pub(crate) fn is_kept(&self) -> bool {
        matches!(self, Self::Kept(_))
    }

    /// Reads whole stores in one transaction.
    pub(crate) async fn read(&self, stores: &[&'static str]) -> Result<Vec<Entries>, StorageError> {
        match self {
            Self::Kept(database) => database.read(stores).await,
            Self::Memory(tables) => Ok(read_tables(&tables.borrow(), stores)),
        }
    }

    /// Reads the keys of a store.
    pub(crate) async fn keys(&self, store: &'static str) -> Result<Vec<String>, StorageError> {
        match self {
            Self::Kept(database) => database.keys(store).await,
            Self::Memory(tables) => {
                Ok(tables.borrow().get(store).into_iter().flatten().map(|(k, _)| k.clone()).collect())
            }
        }
    }

    /// Reads the bytes under one key.
    pub(crate) async fn bytes(&self, store: &'static str, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        match self {
            Self::Kept(database) => database.bytes(store, key).await,
            Self::Memory(tables) => Ok(tables.borrow().get(store).and_then(|table| table.get(key)).cloned()),
        }
    }

    /// Reads whole stores, decides what to write to them and to further ones, and writes it, all in one strict
    /// transaction: no other tab comes in between. Returns once it is on disk.
    pub(crate) async fn transact<T>(
        &self,
        read: &[&'static str],
        further: &[&'static str],
        decide: impl FnOnce(Vec<Entries>) -> (Vec<Write>, T),
    ) -> Result<T, StorageError> {
        match self {
            Self::Kept(database) => database.transact(read, further, decide).await,
            Self::Memory(tables) => {
                let (writes, result) = decide(read_tables(&tables.borrow(), read));
                write_tables(&mut tables.borrow_mut(), writes);
                Ok(result)
            }
        }
    }

    /// Reads the text under one key, decides what to write to that store and to further ones, and writes it, all in one
    /// relaxed transaction.
    pub(crate) async fn transact_on<T>(
        &self,
        (store, key): (&'static str, &str),
        further: &[&'static str],
        decide: impl FnOnce(Option<String>) -> (Vec<Write>, T),
    ) -> Result<T, StorageError> {
        match self {
            Self::Kept(database) => database.transact_on((store, key), further, decide).await,
            Self::Memory(tables) => {
                let kept = tables.borrow().get(store).and_then(|table| table.get(key)).map(|bytes| text(bytes));
                let (writes, result) = decide(kept);
                write_tables(&mut tables.borrow_mut(), writes);
                Ok(result)
            }
        }
    }

    /// Reads the text under one key and, in the same transaction, hands over every text of another store whose key begins
    /// so. Between slices of them the page gets its turn.
    pub(crate) async fn read_each(
        &self,
        (store, key): (&'static str, &str),
        (further, prefix): (&'static str, &str),
        mut take: impl FnMut(&str, &str),
    ) -> Result<Option<String>, StorageError> {
        match self {
            Self::Kept(database) => database.read_each((store, key), (further, prefix), take).await,
            Self::Memory(tables) => {
                let tables = tables.borrow();
                let entries = tables.get(further).into_iter().flatten();
                for (key, bytes) in entries.filter(|(key, _)| key.starts_with(prefix)) {
                    take(key, &text(bytes));
                }
                Ok(tables.get(store).and_then(|table| table.get(key)).map(|bytes| text(bytes)))
            }
        }
    }

    /// Reads the text under one key, chooses by it which rows of another store are read of those whose key begins so, and
    /// hands over these and all other rows of that store, in one transaction.
    pub(crate) async fn read_around(
        &self,
        (store, key): (&'static str, &str),
        (further, prefix): (&'static str, &str),
        choose: impl FnOnce(Option<&str>) -> Wanted,
        mut take: impl FnMut(&str, &str),
    ) -> Result<Option<String>, StorageError> {
        match self {
            Self::Kept(database) => database.read_around((store, key), (further, prefix), choose, take).await,
            Self::Memory(tables) => {
                let tables = tables.borrow();
                let kept = tables.get(store).and_then(|table| table.get(key)).map(|bytes| text(bytes));
                let wanted = choose(kept.as_deref());
                let is_wanted = |key: &String| match &wanted {
                    Wanted::Keys(keys) if key.starts_with(prefix) => keys.contains(key),
                    _ => true,
                };
                for (key, bytes) in tables.get(further).into_iter().flatten().filter(|(key, _)| is_wanted(key)) {
                    take(key, &text(bytes));
                }
                Ok(kept)
            }
        }
    }

    /// The text of what lies under a key of a database that outlives a reload, and was read elsewhere. As every text, it is
    /// empty where it does not open.
    pub(crate) fn read_lying<'v>(&self, store: &str, key: &str, lying: Lying<'v>) -> Option<Cow<'v, str>> {
        let Self::Kept(database) = self else { return None };
        Some(match lying {
            Lying::Text(text) => text.into(),
            Lying::Closed(closed) => database.opened_text(store, key, closed).unwrap_or_default().into(),
        })
    }

    /// Closes what was kept open before it could be closed.
    pub(crate) async fn close_open_ones(&self, stores: &[&'static str]) -> Result<(), StorageError> {
        match self {
            Self::Kept(database) => database.close_open_ones(stores).await,
            Self::Memory(_) => Ok(()),
        }
    }

    /// As [`Storage::close_open_ones`], of one key.
    pub(crate) async fn close_open_one(&self, store: &'static str, key: &str) -> Result<(), StorageError> {
        match self {
            Self::Kept(database) => database.close_open_one(store, key).await,
            Self::Memory(_) => Ok(()),
        }
    }

    /// Writes in one transaction.
    pub(crate) async fn write(&self, durability: Durability, writes: Vec<Write>) -> Result<(), StorageError> {
        match self {
            Self::Kept(database) => database.write(durability, &writes).await,
            Self::Memory(tables) => {
                write_tables(&mut tables.borrow_mut(), writes);
                Ok(())
            }
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn read_tables(tables: &Tables, stores: &[&'static str]) -> Vec<Entries> {
    let entries = |store| tables.get(store).into_iter().flatten().map(|(k, v)| (k.clone(), text(v))).collect();
    stores.iter().map(entries).collect()
}

fn write_tables(tables: &mut Tables, writes: Vec<Write>) {
    for write in writes {
        match write {
            Write::Put { store, key, text } => {
                tables.entry(store).or_default().insert(key, text.into_bytes());
            }
            Write::PutBytes { store, key, bytes } => {
                tables.entry(store).or_default().insert(key, bytes);
            }
            Write::Delete { store, key } => {
                tables.entry(store).or_default().remove(&key);
            }
            Write::DeletePrefix { store, prefix } => {
                tables.entry(store).or_default().retain(|key, _| !key.starts_with(&prefix));
            }
        }
    }
}

/// Asks the browser never to clear the device's storage by itself; says whether it will not.
pub(crate) async fn persist() -> bool {
    let manager = web_sys::window().map(|window| window.navigator().storage());
    let Some(Ok(promise)) = manager.map(|manager| manager.persist()) else { return false };
    wasm_bindgen_futures::JsFuture::from(promise).await.is_ok_and(|granted| granted.is_truthy())
}
