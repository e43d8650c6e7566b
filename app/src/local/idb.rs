//! IndexedDB behind [`super::storage`]. Values are JSON texts, readable in the browser's tools; pictures are bytes, and so
//! is what is closed.

mod reading;

use std::cell::Cell;
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use idb::event::VersionChangeEvent;
use idb::{DatabaseEvent, KeyRange, ObjectStore, ObjectStoreParams, Query, Transaction};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DomException, IdbDatabase, IdbTransaction, IdbVersionChangeEvent};

use super::seal::is_closed;
use super::storage::{Durability, Entries, Sealing, StorageError, Write};
use super::updates::{self, Notice};

/// The version of the layout: stores under text keys. A newer layout only adds stores, so that a device whose server went
/// back to an older version still finds its work.
const LAYOUT_VERSION: u32 = 1;
/// Another page that keeps a newer layout waiting for longer than this is told of.
const BLOCKED_MILLIS: u32 = 1_000;
/// Sorts after every key that begins with the prefix before it.
const AFTER_EVERY_KEY: char = '\u{ffff}';

/// An open IndexedDB database.
pub(crate) struct Database {
    raw: IdbDatabase,
    sealing: Option<Sealing>,
}

impl Database {
    /// Opens the database, making it when it is new.
    pub(crate) async fn open(
        name: &str,
        stores: &[&'static str],
        sealing: Option<Sealing>,
    ) -> Result<Self, StorageError> {
        let raw = match opened_in(name, stores, Some(LAYOUT_VERSION)).await {
            Err(Opening::LaidOutNewer) => opened_in(name, stores, None).await,
            opened => opened,
        };
        raw.map(|raw| Self { raw, sealing }).map_err(Opening::into)
    }

    /// Deletes a database with all its stores. Pages that have it open let go of it.
    pub(crate) async fn delete(name: &str) -> Result<(), StorageError> {
        idb::Factory::new()?.delete(name)?.await?;
        Ok(())
    }

    fn transaction(&self, stores: &[&str], durability: Option<Durability>) -> Result<Transaction, StorageError> {
        let names: Array = stores.iter().map(|store| JsValue::from(*store)).collect();
        let Some(durability) = durability else {
            let mode = web_sys::IdbTransactionMode::Readonly;
            return Ok(self.raw.transaction_with_str_sequence_and_mode(&names, mode)?.into());
        };
        // The bindings know no options, and browsers write relaxed unless told otherwise.
        let options = Object::new();
        let strictness = if durability == Durability::Strict { "strict" } else { "relaxed" };
        Reflect::set(&options, &"durability".into(), &strictness.into())?;
        let open: Function = Reflect::get(&self.raw, &"transaction".into())?.dyn_into()?;
        let transaction = open.call3(&self.raw, &names, &"readwrite".into(), &options)?;
        Ok(Transaction::try_from(transaction)?)
    }

    pub(crate) async fn read(&self, stores: &[&'static str]) -> Result<Vec<Entries>, StorageError> {
        let transaction = self.transaction(stores, None)?;
        self.read_all(&transaction, stores).await
    }

    pub(crate) async fn keys(&self, store: &'static str) -> Result<Vec<String>, StorageError> {
        let transaction = self.transaction(&[store], None)?;
        let keys = transaction.object_store(store)?.get_all_keys(None, None)?.await?;
        Ok(keys.iter().filter_map(JsValue::as_string).collect())
    }

    pub(crate) async fn bytes(&self, store: &'static str, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        let transaction = self.transaction(&[store], None)?;
        let found = transaction.object_store(store)?.get(JsValue::from(key))?.await?;
        Ok(found.and_then(|value| self.opened(store, key, &value)))
    }

    /// The value under one key as the browser keeps it, such as a key of its own.
    pub(crate) async fn value(&self, store: &'static str, key: &str) -> Result<Option<JsValue>, StorageError> {
        let transaction = self.transaction(&[store], None)?;
        Ok(transaction.object_store(store)?.get(JsValue::from(key))?.await?)
    }

    /// Keeps values as the browser keeps them, unless the first of the keys has one already. Says whether it did.
    pub(crate) async fn add_values(
        &self,
        store: &'static str,
        values: &[(&str, JsValue)],
    ) -> Result<bool, StorageError> {
        let transaction = self.transaction(&[store], Some(Durability::Strict))?;
        let place = transaction.object_store(store)?;
        let known = match values.first() {
            Some((key, _)) => place.get(JsValue::from(*key))?.await?,
            None => None,
        };
        if known.is_none() {
            for (key, value) in values {
                place.put(value, Some(&JsValue::from(*key)))?;
            }
        }
        end(transaction).await?;
        Ok(known.is_none())
    }

    /// Closes what still lies open of that which shall be closed, in one transaction.
    pub(crate) async fn close_open_ones(&self, stores: &[&'static str]) -> Result<(), StorageError> {
        let transaction = self.transaction(stores, Some(Durability::Strict))?;
        let mut writes = Vec::new();
        for (store, (keys, values)) in stores.iter().copied().zip(everything(&transaction, stores).await?) {
            let keys = keys.iter().filter_map(JsValue::as_string);
            writes.extend(keys.zip(&values).filter_map(|(key, value)| self.open_one(store, key, value)));
        }
        self.apply(transaction, &writes).await
    }

    /// As [`Database::close_open_ones`], of one key.
    pub(crate) async fn close_open_one(&self, store: &'static str, key: &str) -> Result<(), StorageError> {
        let transaction = self.transaction(&[store], Some(Durability::Strict))?;
        let value = transaction.object_store(store)?.get(JsValue::from(key))?.await?;
        let write = value.and_then(|value| self.open_one(store, key.to_owned(), &value));
        self.apply(transaction, write.as_slice()).await
    }

    /// How something that lies open and shall be closed is written anew.
    fn open_one(&self, store: &'static str, key: String, value: &JsValue) -> Option<Write> {
        let shall_be_closed = self.sealing.as_ref().is_some_and(|sealing| (sealing.covers)(store, &key));
        let open = match value.as_string() {
            Some(text) => text.into_bytes(),
            None => bytes(value).filter(|bytes| !is_closed(bytes))?,
        };
        shall_be_closed.then_some(Write::PutBytes { store, key, bytes: open })
    }

    pub(crate) async fn transact<T>(
        &self,
        read: &[&'static str],
        further: &[&'static str],
        decide: impl FnOnce(Vec<Entries>) -> (Vec<Write>, T),
    ) -> Result<T, StorageError> {
        let transaction = self.transaction(&[read, further].concat(), Some(Durability::Strict))?;
        let entries = self.read_all(&transaction, read).await?;
        let (writes, result) = decide(entries);
        self.apply(transaction, &writes).await?;
        Ok(result)
    }

    pub(crate) async fn transact_on<T>(
        &self,
        (store, key): (&'static str, &str),
        further: &[&'static str],
        decide: impl FnOnce(Option<String>) -> (Vec<Write>, T),
    ) -> Result<T, StorageError> {
        let transaction = self.transaction(&[&[store], further].concat(), Some(Durability::Relaxed))?;
        let kept = transaction.object_store(store)?.get(JsValue::from(key))?.await?;
        let (writes, result) = decide(kept.map(|value| self.text(store, key, &value)));
        self.apply(transaction, &writes).await?;
        Ok(result)
    }

    pub(crate) async fn write(&self, durability: Durability, writes: &[Write]) -> Result<(), StorageError> {
        let mut stores: Vec<&str> = writes.iter().map(Write::store).collect();
        stores.sort_unstable();
        stores.dedup();
        if stores.is_empty() {
            return Ok(());
        }
        self.apply(self.transaction(&stores, Some(durability))?, writes).await
    }

    async fn read_all(&self, transaction: &Transaction, stores: &[&'static str]) -> Result<Vec<Entries>, StorageError> {
        let all = everything(transaction, stores).await?;
        let entries = stores.iter().zip(all).map(|(store, (keys, values))| {
            let keys = keys.iter().map(|key| key.as_string().unwrap_or_default());
            keys.zip(&values)
                .map(|(key, value)| {
                    let text = self.text(store, &key, value);
                    (key, text)
                })
                .collect()
        });
        Ok(entries.collect())
    }

    /// A value as text; empty, as no text that is kept is, where it does not open.
    fn text(&self, store: &str, key: &str, value: &JsValue) -> String {
        value.as_string().or_else(|| self.opened_text(store, key, &bytes(value)?)).unwrap_or_default()
    }

    /// The text that was closed for its place.
    pub(crate) fn opened_text(&self, store: &str, key: &str, closed: &[u8]) -> Option<String> {
        String::from_utf8(self.unclosed(store, key, closed)?).ok()
    }

    /// A value as bytes, closed or not; `None` where it is closed and does not open.
    fn opened(&self, store: &str, key: &str, value: &JsValue) -> Option<Vec<u8>> {
        let bytes = bytes(value)?;
        if is_closed(&bytes) { self.unclosed(store, key, &bytes) } else { Some(bytes) }
    }

    fn unclosed(&self, store: &str, key: &str, closed: &[u8]) -> Option<Vec<u8>> {
        self.sealing.as_ref()?.seal.open(&place(store, key), closed).ok()
    }

    async fn apply(&self, transaction: Transaction, writes: &[Write]) -> Result<(), StorageError> {
        if let Err(error) = self.issue_all(&transaction, writes) {
            // The browser would keep what was asked before it refused.
            let _ = transaction.abort();
            return Err(error);
        }
        end(transaction).await
    }

    fn issue_all(&self, transaction: &Transaction, writes: &[Write]) -> Result<(), StorageError> {
        for write in writes {
            self.issue(&transaction.object_store(write.store())?, write)?;
        }
        Ok(())
    }

    fn issue(&self, store: &ObjectStore, write: &Write) -> Result<(), StorageError> {
        match write {
            Write::Put { store: name, key, text } => {
                let closed = self.closed(name, key, text.as_bytes());
                let value = closed.map_or_else(|| JsValue::from(text), JsValue::from);
                store.put(&value, Some(&JsValue::from(key)))?;
            }
            Write::PutBytes { store: name, key, bytes } => {
                let closed = self.closed(name, key, bytes);
                let value = closed.unwrap_or_else(|| Uint8Array::from(bytes.as_slice()));
                store.put(&value, Some(&JsValue::from(key)))?;
            }
            Write::Delete { key, .. } => {
                store.delete(Query::from(JsValue::from(key)))?;
            }
            Write::DeletePrefix { prefix, .. } => {
                let after = format!("{prefix}{AFTER_EVERY_KEY}");
                let range = KeyRange::bound(&prefix.into(), &after.into(), None, None)?;
                store.delete(Query::from(range))?;
            }
        }
        Ok(())
    }

    /// The bytes closed, where they shall be.
    fn closed(&self, store: &str, key: &str, bytes: &[u8]) -> Option<Uint8Array> {
        let sealing = self.sealing.as_ref().filter(|sealing| (sealing.covers)(store, key))?;
        Some(Uint8Array::from(sealing.seal.close(&place(store, key), bytes).as_slice()))
    }
}

fn bytes(value: &JsValue) -> Option<Vec<u8>> {
    Some(value.dyn_ref::<Uint8Array>()?.to_vec())
}

/// What a value is closed for.
fn place(store: &str, key: &str) -> String {
    format!("{store}|{key}")
}

/// Why a database did not open.
enum Opening {
    /// A newer desk laid it out.
    LaidOutNewer,
    Failed(StorageError),
}

impl From<Opening> for StorageError {
    fn from(opening: Opening) -> Self {
        match opening {
            Opening::LaidOutNewer => Self::Failed("the layout is a newer one".into()),
            Opening::Failed(error) => error,
        }
    }
}

impl From<idb::Error> for Opening {
    fn from(error: idb::Error) -> Self {
        let is_newer = matches!(&error, idb::Error::DomException(exception) if exception.name() == "VersionError");
        if is_newer { Self::LaidOutNewer } else { Self::Failed(error.into()) }
    }
}

/// Opens a database in this layout, or in the one it has. Stores that are missing are made, and none is dropped.
async fn opened_in(name: &str, stores: &[&'static str], layout: Option<u32>) -> Result<IdbDatabase, Opening> {
    let mut request = idb::Factory::new()?.open(name, layout)?;
    let wanted = stores.to_vec();
    request.on_upgrade_needed(move |event| make_missing(&event, &wanted));
    let is_open = Rc::new(Cell::new(false));
    let opened = Rc::clone(&is_open);
    request.on_blocked(move |_| spawn_local(tell_if_blocked(opened)));
    let database = request.await;
    is_open.set(true);
    let raw = JsValue::from(database?).unchecked_into::<IdbDatabase>();
    let_go_for_a_newer_layout(&raw);
    // Not told when the page itself closes it.
    updates::on(&raw, "close", || updates::announce(Notice::Gone));
    Ok(raw)
}

/// As a desk of another layout opens it.
#[cfg(test)]
pub(super) async fn opened_in_layout(
    name: &str,
    stores: &[&'static str],
    layout: u32,
) -> Result<IdbDatabase, StorageError> {
    opened_in(name, stores, Some(layout)).await.map_err(Opening::into)
}

fn make_missing(event: &VersionChangeEvent, wanted: &[&str]) {
    let Ok(database) = event.database() else { return };
    let known = database.store_names();
    for store in wanted.iter().filter(|store| !known.iter().any(|known| known == *store)) {
        // Where one cannot be made, the transactions that need it fail and say so.
        let _ = database.create_object_store(store, ObjectStoreParams::new());
    }
}

/// A page that lets go does so in a moment; one that is frozen keeps everybody waiting.
async fn tell_if_blocked(is_open: Rc<Cell<bool>>) {
    TimeoutFuture::new(BLOCKED_MILLIS).await;
    if !is_open.get() {
        updates::announce(Notice::Blocked);
    }
}

/// Another page with a newer layout must not wait for this one. What is half-written is kept first.
fn let_go_for_a_newer_layout(database: &IdbDatabase) {
    let held = database.clone();
    let let_go = wasm_bindgen::closure::Closure::<dyn Fn(_)>::new(move |event: IdbVersionChangeEvent| {
        if event.new_version().is_none() {
            // It is being deleted: nothing of it shall be kept.
            return held.close();
        }
        updates::announce(Notice::LetGo);
        let held = held.clone();
        spawn_local(async move {
            // Closing waits for the transactions that have begun.
            TimeoutFuture::new(0).await;
            held.close();
        });
    });
    database.set_onversionchange(Some(let_go.as_ref().unchecked_ref()));
    let_go.forget();
}

impl Write {
    fn store(&self) -> &'static str {
        match self {
            Self::Put { store, .. }
            | Self::PutBytes { store, .. }
            | Self::Delete { store, .. }
            | Self::DeletePrefix { store, .. } => store,
        }
    }
}

/// The keys and values of each store.
async fn everything(
    transaction: &Transaction,
    stores: &[&'static str],
) -> Result<Vec<(Vec<JsValue>, Vec<JsValue>)>, StorageError> {
    // Every request is made before the first is awaited, so the transaction stays alive.
    let mut requests = Vec::with_capacity(stores.len());
    for store in stores {
        let store = transaction.object_store(store)?;
        requests.push((store.get_all_keys(None, None)?, store.get_all(None, None)?));
    }
    let mut all = Vec::with_capacity(requests.len());
    for (keys, values) in requests {
        all.push((keys.await?, values.await?));
    }
    Ok(all)
}

async fn end(transaction: Transaction) -> Result<(), StorageError> {
    // Told to commit, the browser does so even if the page is gone before it could hear that the writes succeeded.
    let transaction = IdbTransaction::from(transaction.commit()?);
    // Why it failed, such as for want of room, is known only once it is aborted, and not at the error that comes first.
    let ended = Promise::new(&mut |committed, aborted| {
        transaction.set_oncomplete(Some(&committed));
        transaction.set_onabort(Some(&aborted));
    });
    JsFuture::from(ended).await.map(|_| ()).map_err(|_| match transaction.error() {
        Some(why) => JsValue::from(why).into(),
        None => StorageError::Failed("the transaction was aborted".into()),
    })
}

impl From<JsValue> for StorageError {
    fn from(thrown: JsValue) -> Self {
        let exception = thrown.dyn_ref::<DomException>();
        if exception.is_some_and(|exception| exception.name() == "QuotaExceededError") {
            return Self::Full;
        }
        Self::Failed(exception.map_or_else(|| format!("{thrown:?}"), DomException::message))
    }
}

impl From<idb::Error> for StorageError {
    fn from(error: idb::Error) -> Self {
        let words = error.to_string();
        if words.contains("QuotaExceeded") { Self::Full } else { Self::Failed(words) }
    }
}
