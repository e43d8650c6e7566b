//! Reading many rows in one transaction, slice by slice: while one is looked at, the browser reads the next.

use std::future::IntoFuture;

use idb::request::futures::{GetAllKeysStoreRequestFuture, GetAllStoreRequestFuture};
use idb::{KeyRange, ObjectStore, Query};
use wasm_bindgen::JsValue;

use super::{AFTER_EVERY_KEY, Database};
use crate::local::storage::{StorageError, Wanted};

/// So many rows are read before the page gets its turn.
const SLICE_ROWS: u32 = 200;
/// So many at a start, when there is no page yet.
const START_SLICE_ROWS: u32 = 2_000;

impl Database {
    pub(crate) async fn read_each(
        &self,
        (store, key): (&'static str, &str),
        (further, prefix): (&'static str, &str),
        mut take: impl FnMut(&str, &str),
    ) -> Result<Option<String>, StorageError> {
        let transaction = self.transaction(&[store, further], None)?;
        let kept = transaction.object_store(store)?.get(JsValue::from(key))?.into_future();
        let rows = transaction.object_store(further)?;
        let slices = Slices::ask(&rows, prefix, &last_of(prefix), SLICE_ROWS)?;
        let kept = kept.await?;
        self.take_slices(further, slices, &mut take).await?;
        Ok(kept.map(|value| self.text(store, key, &value)))
    }

    pub(crate) async fn read_around(
        &self,
        (store, key): (&'static str, &str),
        (further, prefix): (&'static str, &str),
        choose: impl FnOnce(Option<&str>) -> Wanted,
        mut take: impl FnMut(&str, &str),
    ) -> Result<Option<String>, StorageError> {
        let transaction = self.transaction(&[store, further], None)?;
        let kept = transaction.object_store(store)?.get(JsValue::from(key))?.into_future();
        let rows = transaction.object_store(further)?;
        // Every request is made before an earlier one is waited for, so that the browser has them all.
        let before = Slices::ask(&rows, "", prefix, START_SLICE_ROWS)?;
        let behind = Slices::ask(&rows, &last_of(prefix), &last_of(""), START_SLICE_ROWS)?;
        let kept = kept.await?.map(|value| self.text(store, key, &value));
        let (mut within, mut single) = (None, Vec::new());
        match choose(kept.as_deref()) {
            Wanted::All => within = Some(Slices::ask(&rows, prefix, &last_of(prefix), START_SLICE_ROWS)?),
            Wanted::Keys(keys) => {
                for key in keys {
                    let asked = rows.get(JsValue::from(&key))?.into_future();
                    single.push((key, asked));
                }
            }
        }
        for slices in [Some(before), Some(behind), within].into_iter().flatten() {
            self.take_slices(further, slices, &mut take).await?;
        }
        for (key, asked) in single {
            if let Some(value) = asked.await? {
                take(&key, &self.text(further, &key, &value));
            }
        }
        Ok(kept)
    }

    async fn take_slices(
        &self,
        store: &'static str,
        mut slices: Slices<'_>,
        take: &mut impl FnMut(&str, &str),
    ) -> Result<(), StorageError> {
        while let Some((keys, values)) = slices.next().await? {
            for (key, value) in keys.iter().zip(&values) {
                let key = key.as_string().unwrap_or_default();
                take(&key, &self.text(store, &key, value));
            }
        }
        Ok(())
    }
}

/// What sorts after every key with a prefix, and before any further one.
fn last_of(prefix: &str) -> String {
    format!("{prefix}{AFTER_EVERY_KEY}")
}

/// The rows whose keys lie between two others.
struct Slices<'s> {
    rows: &'s ObjectStore,
    before: JsValue,
    most: u32,
    asked: Option<(GetAllKeysStoreRequestFuture, GetAllStoreRequestFuture)>,
}

impl<'s> Slices<'s> {
    fn ask(rows: &'s ObjectStore, after: &str, before: &str, most: u32) -> Result<Self, StorageError> {
        let mut slices = Self { rows, before: before.into(), most, asked: None };
        slices.ask_after(&after.into())?;
        Ok(slices)
    }

    fn ask_after(&mut self, after: &JsValue) -> Result<(), StorageError> {
        let range = || KeyRange::bound(after, &self.before, Some(true), Some(true)).map(Query::from);
        let keys = self.rows.get_all_keys(Some(range()?), Some(self.most))?;
        let values = self.rows.get_all(Some(range()?), Some(self.most))?;
        self.asked = Some((keys.into_future(), values.into_future()));
        Ok(())
    }

    /// The next keys with their values; the slice after them is asked for.
    async fn next(&mut self) -> Result<Option<(Vec<JsValue>, Vec<JsValue>)>, StorageError> {
        let Some((keys, values)) = self.asked.take() else { return Ok(None) };
        let (keys, values) = (keys.await?, values.await?);
        if let Some(last) = keys.last().filter(|_| keys.len() == self.most as usize) {
            self.ask_after(last)?;
        }
        Ok(Some((keys, values)))
    }
}
