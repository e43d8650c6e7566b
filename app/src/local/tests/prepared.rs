//! What is prepared for the next start: there again after a reload, of this build alone, whole or not at all.

use qinda::answers::{Around, Index};
use qinda::model::{Article, ArticleFields, ArticleId, MemberId, Micros};
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::prepared::Prepared;
use super::super::storage::{Durability, Storage, Write};
use super::super::wipe;
use super::somebody;

pub(super) fn index() -> Index {
    let mut index = Index::new();
    let fields = ArticleFields {
        title: "雨伞什么时候发货".into(), answers: vec!["今天".into()], ..Default::default()
    };
    let id = ArticleId::of_name("umbrella");
    let (changed_at, copies) = (Micros(1), Vec::new());
    index.put_article(&Article { id, fields, version: 1, changed_by: None, changed_at, copies });
    index
}

pub(super) fn finds(index: &Index) -> usize {
    index.search("yusan", &Around::default(), 5).len()
}

/// What a page of a build finds that is opened now.
async fn found_by(member: MemberId, build: &str) -> Option<usize> {
    Prepared::open(member, build).await.stock().await.index().as_ref().map(finds)
}

#[wasm_bindgen_test]
async fn a_prepared_index_is_there_after_a_reload() {
    let member = somebody();
    assert_eq!(found_by(member, "one").await, None);
    Prepared::open(member, "one").await.keep_index(index().packed()).await;
    assert_eq!(found_by(member, "one").await, Some(1));
    assert_eq!(found_by(somebody(), "one").await, None);
}

#[wasm_bindgen_test]
async fn each_build_prepares_for_itself_and_leaves_nothing_of_others() {
    let member = somebody();
    let (former, newer) = (Prepared::open(member, "one").await, Prepared::open(member, "two").await);
    former.keep_index(index().packed()).await;
    assert_eq!(found_by(member, "two").await, None);
    newer.keep_index(index().packed()).await;
    assert_eq!((found_by(member, "one").await, found_by(member, "two").await), (None, Some(1)));
}

#[wasm_bindgen_test]
async fn builds_that_cannot_be_told_apart_prepare_nothing() {
    let member = somebody();
    Prepared::open(member, "").await.keep_index(index().packed()).await;
    assert_eq!(found_by(member, "").await, None);
}

#[wasm_bindgen_test]
async fn what_was_damaged_is_as_if_it_were_not_there() {
    let member = somebody();
    let mut bytes = index().packed();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    Prepared::open(member, "one").await.keep_index(bytes).await;
    assert_eq!(found_by(member, "one").await, None);
    let storage = Storage::open(&format!("qinda-prepared-{member}"), &["index"], None).await;
    let text = Write::Put { store: "index", key: "articles-one".into(), text: "no bytes".into() };
    storage.write(Durability::Strict, vec![text]).await.unwrap();
    assert_eq!(found_by(member, "one").await, None);
}

#[wasm_bindgen_test]
async fn what_was_prepared_goes_with_everything_of_a_member() {
    let member = somebody();
    let prepared = Prepared::open(member, "one").await;
    prepared.keep_index(index().packed()).await;
    wipe::everything_of(member).await;
    assert_eq!(found_by(member, "one").await, None);
}
