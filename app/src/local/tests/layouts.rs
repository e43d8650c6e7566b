//! Two desks of different versions on one device.

use std::cell::Cell;
use std::rc::Rc;

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use idb::{DatabaseEvent, ObjectStoreParams};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{somebody, take};
use crate::local::outbox::{DraftOf, Outbox};
use crate::local::updates::{self, Notice};
use qinda::model::{ConversationId, Micros};

/// Longer than anything here takes that does not hang.
const HANGS_MILLIS: u32 = 10_000;
const NEWER_LAYOUT: u32 = 2;

async fn in_time<T>(future: impl Future<Output = T>) -> T {
    futures::pin_mut!(future);
    match select(future, TimeoutFuture::new(HANGS_MILLIS)).await {
        Either::Left((done, _)) => done,
        Either::Right(_) => panic!("it hangs"),
    }
}

/// Opens a database as a desk of a newer version does, which has one more store.
async fn opened_by_a_newer_desk(name: &str) -> idb::Database {
    let mut request = idb::Factory::new().unwrap().open(name, Some(NEWER_LAYOUT)).unwrap();
    request.on_upgrade_needed(|event| {
        let database = event.database().unwrap();
        database.create_object_store("news", ObjectStoreParams::new()).unwrap();
    });
    request.await.unwrap()
}

fn heard(notice: Notice) -> Rc<Cell<u32>> {
    let count = Rc::new(Cell::new(0));
    let counted = Rc::clone(&count);
    updates::on_notice(notice, move || counted.set(counted.get() + 1));
    count
}

#[wasm_bindgen_test]
async fn an_open_tab_lets_go_of_the_storage_for_a_newer_desk_and_says_so() {
    let member = somebody();
    let name = format!("qinda-outbox-{member}");
    let old = Rc::new(Outbox::open(member, None).await);
    old.enqueue(&[take("a")], &[], Micros(1), &[]).await.unwrap();
    let let_go = heard(Notice::LetGo);
    let (conversation, half) = (DraftOf::Reply(ConversationId::of_name("c")), "还没写完");
    let kept = Rc::new(Cell::new(false));
    let (tab, is_kept) = (Rc::clone(&old), Rc::clone(&kept));
    updates::on_notice(Notice::LetGo, move || {
        let (tab, is_kept) = (Rc::clone(&tab), Rc::clone(&is_kept));
        wasm_bindgen_futures::spawn_local(async move {
            is_kept.set(tab.keep_draft(conversation, half).await.is_ok());
        });
    });

    let newer = in_time(opened_by_a_newer_desk(&name)).await;
    assert_eq!((let_go.get(), kept.get()), (1, true));
    assert!(in_time(old.enqueue(&[take("b")], &[], Micros(2), &[])).await.is_err(), "it keeps nothing any more");
    newer.close();

    // Here the server went back to this version: what was queued and half-written is all there.
    let again = in_time(Outbox::open(member, None)).await;
    assert!(again.is_kept());
    let loaded = again.load().await.unwrap();
    assert_eq!(loaded.contents.commands.len(), 1);
    assert_eq!(loaded.drafts, [(conversation, half.to_owned())]);
}

#[wasm_bindgen_test]
async fn a_page_that_keeps_the_storage_is_told_of_and_once_it_is_closed_the_desk_opens() {
    let member = somebody();
    let name = format!("qinda-outbox-{member}");
    // A page that lets go of nothing, in a layout before the present one, which needs an upgrade.
    let stubborn = idb::Factory::new().unwrap().open(&name, Some(1)).unwrap().await.unwrap();
    let blocked = heard(Notice::Blocked);
    let newer = async {
        let database = opened_by_a_newer_desk_of_ours(&name).await;
        assert!(blocked.get() >= 1);
        database
    };
    let closing = async {
        TimeoutFuture::new(2_000).await;
        stubborn.close();
    };
    let (database, ()) = in_time(async { futures::join!(newer, closing) }).await;
    database.close();
}

async fn opened_by_a_newer_desk_of_ours(name: &str) -> web_sys::IdbDatabase {
    crate::local::idb::opened_in_layout(name, &["meta"], NEWER_LAYOUT).await.unwrap()
}

#[wasm_bindgen_test]
async fn a_wipe_does_not_wait_for_an_open_tab() {
    let member = somebody();
    let open = Outbox::open(member, None).await;
    let let_go = heard(Notice::LetGo);
    in_time(Outbox::delete(member)).await.unwrap();
    assert_eq!(let_go.get(), 0, "nothing of it shall be kept");
    drop(open);
}
