//! IndexedDB behind [`super::storage`]. Values are JSON texts, readable in the browser's tools; only pictures are bytes.

use idb::builder::ObjectStoreBuilder;
use idb::{KeyRange, ObjectStore, Query, Transaction};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, IdbDatabase, IdbTransaction};

use super::storage::{Durability, Entries, StorageError, Write};

/// The version of the layout: stores under text keys.
const LAYOUT_VERSION: u32 = 1;
/// Sorts after every key that begins with the prefix before it.
const AFTER_EVERY_KEY: char = '\u{ffff}';

/// An open IndexedDB database.
pub(crate) struct Database {
    raw: IdbDatabase,
}

impl Database {
    /// Opens the database, making it when it is new.
    pub(crate) async fn open(name: &str, stores: &[&str]) -> Result<Self, StorageError> {
        let builder = stores.iter().fold(idb::Database::builder(name).version(LAYOUT_VERSION), |builder, store| {
            builder.add_object_store(ObjectStoreBuilder::new(store))
        });
        let database = builder.build().await?;
        let raw = JsValue::from(database).unchecked_into::<IdbDatabase>();
        close_for_a_newer_layout(&raw);
        Ok(Self { raw })
    }

    /// Deletes a database with all its stores.
    pub(crate) async fn delete(name: &str) -> Result<(), StorageError> {
        idb::Factory::new()?.delete(name)?.await?;
        Ok(())
    }

    /// Lets go of the database.
    pub(crate) fn close(&self) {
        self.raw.close();
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
        read_all(&transaction, stores).await
    }

    pub(crate) async fn keys(&self, store: &'static str) -> Result<Vec<String>, StorageError> {
        let transaction = self.transaction(&[store], None)?;
        let keys = transaction.object_store(store)?.get_all_keys(None, None)?.await?;
        Ok(keys.iter().filter_map(JsValue::as_string).collect())
    }

    pub(crate) async fn bytes(&self, store: &'static str, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        let transaction = self.transaction(&[store], None)?;
        let found = transaction.object_store(store)?.get(JsValue::from(key))?.await?;
        Ok(found.and_then(|value| value.dyn_into::<Uint8Array>().ok()).map(|bytes| bytes.to_vec()))
    }

    pub(crate) async fn transact<T>(
        &self,
        read: &[&'static str],
        further: &[&'static str],
        decide: impl FnOnce(Vec<Entries>) -> (Vec<Write>, T),
    ) -> Result<T, StorageError> {
        let transaction = self.transaction(&[read, further].concat(), Some(Durability::Strict))?;
        let entries = read_all(&transaction, read).await?;
        let (writes, result) = decide(entries);
        apply(transaction, &writes).await?;
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
        let (writes, result) = decide(kept.and_then(|value| value.as_string()));
        apply(transaction, &writes).await?;
        Ok(result)
    }

    pub(crate) async fn write(&self, durability: Durability, writes: &[Write]) -> Result<(), StorageError> {
        let mut stores: Vec<&str> = writes.iter().map(Write::store).collect();
        stores.sort_unstable();
        stores.dedup();
        if stores.is_empty() {
            return Ok(());
        }
        apply(self.transaction(&stores, Some(durability))?, writes).await
    }
}

/// Another tab with a newer layout must not wait for this one.
fn close_for_a_newer_layout(database: &IdbDatabase) {
    let closing = database.clone();
    let close = wasm_bindgen::closure::Closure::<dyn Fn()>::new(move || closing.close());
    database.set_onversionchange(Some(close.as_ref().unchecked_ref()));
    close.forget();
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

async fn read_all(transaction: &Transaction, stores: &[&'static str]) -> Result<Vec<Entries>, StorageError> {
    // Every request is made before the first is awaited, so the transaction stays alive.
    let mut requests = Vec::with_capacity(stores.len());
    for store in stores {
        let store = transaction.object_store(store)?;
        requests.push((store.get_all_keys(None, None)?, store.get_all(None, None)?));
    }
    let mut all = Vec::with_capacity(requests.len());
    for (keys, values) in requests {
        let (keys, values) = (keys.await?, values.await?);
        let text = |value: &JsValue| value.as_string().unwrap_or_default();
        all.push(keys.iter().zip(&values).map(|(key, value)| (text(key), text(value))).collect());
    }
    Ok(all)
}

async fn apply(transaction: Transaction, writes: &[Write]) -> Result<(), StorageError> {
    if let Err(error) = issue_all(&transaction, writes) {
        // The browser would keep what was asked before it refused.
        let _ = transaction.abort();
        return Err(error);
    }
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

fn issue_all(transaction: &Transaction, writes: &[Write]) -> Result<(), StorageError> {
    for write in writes {
        issue(&transaction.object_store(write.store())?, write)?;
    }
    Ok(())
}

fn issue(store: &ObjectStore, write: &Write) -> Result<(), StorageError> {
    match write {
        Write::Put { key, text, .. } => {
            store.put(&JsValue::from(text), Some(&JsValue::from(key)))?;
        }
        Write::PutBytes { key, bytes, .. } => {
            store.put(&Uint8Array::from(bytes.as_slice()), Some(&JsValue::from(key)))?;
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
