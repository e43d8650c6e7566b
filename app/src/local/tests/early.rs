//! What is read beside the page: the same that the desk would read, taken once, and only by whom it is for.

use js_sys::Function;
use wasm_bindgen::JsValue;

use super::closed::{keep_two, seal};
use super::prepared::{finds, index};
use super::*;
use crate::local::early::{Early, Lying};
use crate::local::prepared::Prepared;

const READER: &str = include_str!("../../../../public/early.js");
/// As `public/desk.js` has it read.
const BOOT: &str = "
    const reader = new Worker(URL.createObjectURL(new Blob([source])))
    const waiting = {}
    window.qindaEarly = { member, build }
    for (const part of ['prepared', 'kept']) window.qindaEarly[part] = new Promise(give => { waiting[part] = give })
    reader.onmessage = ({ data: { part, found } }) => waiting[part](found)
    reader.postMessage({ member, build })
";

/// A page of a build is about to start.
pub(super) fn boot(member: MemberId, build: &str) {
    let boot = Function::new_with_args("source, member, build", BOOT);
    boot.call3(&JsValue::NULL, &READER.into(), &member.to_string().into(), &build.into()).unwrap();
}

#[wasm_bindgen_test]
async fn it_is_taken_once_and_only_by_whom_it_is_for() {
    let member = somebody();
    Prepared::open(member, "one").await.keep_index(index().packed()).await;
    boot(member, "one");
    let early = Early::take(member, "one").unwrap();
    assert!(Early::take(member, "one").is_none());
    assert_eq!(early.prepared().await.unwrap().index().as_ref().map(finds), Some(1));
    for (whose, build) in [(somebody(), "one"), (member, "two")] {
        boot(member, "one");
        assert!(Early::take(whose, build).is_none());
        assert!(Early::take(member, "one").is_none(), "it is not left for others");
    }
}

#[wasm_bindgen_test]
async fn nothing_comes_about_by_looking() {
    let member = somebody();
    boot(member, "one");
    let early = Early::take(member, "one").unwrap();
    assert!(early.prepared().await.is_none() && early.kept().await.is_none());
    let confirmed = Confirmed::open(member, None).await;
    assert!(confirmed.is_kept() && confirmed.load().await.unwrap().1.is_empty());
}

#[wasm_bindgen_test]
async fn closed_rows_come_closed_and_are_opened_with_the_key() {
    let member = somebody();
    let confirmed = keep_two(member, seal()).await;
    confirmed.pack_when_due(&Prepared::open(member, "one").await).await;
    boot(member, "one");
    let early = Early::take(member, "one").unwrap();
    let (kept, mut stock) = (early.kept().await.unwrap(), early.prepared().await.unwrap());
    let rows: Vec<_> = kept.iter().map(Option::unwrap).collect();
    assert_eq!(rows.len(), 2, "the knowledge lies packed");
    assert!(rows.iter().all(|(key, row)| key.starts_with("inbox:") && matches!(row, Lying::Closed(_))));

    let again = Confirmed::open(member, seal()).await;
    let pack = stock.rows();
    let loaded = again.load_with(std::future::ready(Some(kept)), std::future::ready(pack)).await.unwrap();
    let (progress, changes) = confirmed.load().await.unwrap();
    assert_eq!((loaded.0, loaded.1.len()), (progress, changes.len()));
}

#[wasm_bindgen_test]
async fn rows_that_are_not_whole_are_read_anew() {
    let member = somebody();
    let confirmed = keep_two(member, seal()).await;
    confirmed.pack_when_due(&Prepared::open(member, "one").await).await;
    boot(member, "one");
    let early = Early::take(member, "one").unwrap();
    let (mut kept, mut stock) = (early.kept().await.unwrap(), early.prepared().await.unwrap());
    kept.rows.pop();
    assert_eq!(kept.iter().filter(Option::is_none).count(), 1);
    let loaded = confirmed.load_with(std::future::ready(Some(kept)), std::future::ready(stock.rows())).await.unwrap();
    assert_eq!(loaded.1.len(), 3);
}
