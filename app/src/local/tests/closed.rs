//! What is kept of customers lies closed, and what is damaged is found out.

use super::*;
use crate::local::seal::{KEY_BYTES, Seal};
use crate::local::storage::{Durability, Storage, Write};
use crate::local::vault::{PinProblem, Vault};

pub(super) fn seal() -> Option<Seal> {
    Some(Seal::new([7; KEY_BYTES]))
}

fn inbox() -> Scope {
    Scope::Inbox(TeamId::of_name("day"))
}

/// The stores of a member's confirmed state, as one without the key reads them.
async fn raw_rows(member: MemberId) -> (Storage, Vec<(String, String)>) {
    let storage = Storage::open(&format!("qinda-{member}"), &["rows", "meta"], None).await;
    let rows = storage.read(&["rows"]).await.unwrap().remove(0);
    (storage, rows)
}

pub(super) async fn keep_two(member: MemberId, seal: Option<Seal>) -> Confirmed {
    let confirmed = Confirmed::open(member, seal).await;
    let pages =
        vec![page(Scope::Knowledge, true, &[article("公开")]), page(inbox(), true, &[article("甲"), article("乙")])];
    confirmed.keep(&asked(&[]), &answer(member, pages), 0).await;
    confirmed
}

#[wasm_bindgen_test]
async fn what_is_closed_opens_only_as_it_was_closed() {
    let seal = seal().unwrap();
    let closed = seal.close("rows|a", "退款到账了".as_bytes());
    assert_eq!(seal.open("rows|a", &closed).unwrap(), "退款到账了".as_bytes());
    assert_ne!(closed, seal.close("rows|a", "退款到账了".as_bytes()), "the same words never look the same");
    assert!(seal.open("rows|b", &closed).is_err());
    assert!(Seal::new([8; KEY_BYTES]).open("rows|a", &closed).is_err());
    for at in 0..closed.len() {
        let mut changed = closed.clone();
        changed[at] ^= 1;
        assert!(seal.open("rows|a", &changed).is_err(), "{at}");
        assert!(seal.open("rows|a", &closed[..at]).is_err(), "{at}");
    }
}

#[wasm_bindgen_test]
async fn without_the_key_only_the_shops_knowledge_is_read() {
    let member = somebody();
    keep_two(member, seal()).await;
    let (_, rows) = raw_rows(member).await;
    let told = |of: &str| rows.iter().filter(|(key, text)| key.starts_with(of) && !text.is_empty()).count();
    assert_eq!((told("knowledge"), told("inbox")), (1, 0));
    assert_eq!(Confirmed::open(member, seal()).await.load().await.unwrap().1.len(), 3);
}

#[wasm_bindgen_test]
async fn what_lay_open_before_there_was_a_key_is_closed() {
    let member = somebody();
    keep_two(member, None).await;
    assert!(raw_rows(member).await.1.iter().all(|(_, text)| !text.is_empty()));
    let confirmed = Confirmed::open(member, seal()).await;
    assert_eq!(confirmed.load().await.unwrap().1.len(), 3, "it reads before it is closed");
    confirmed.close_open_ones().await.unwrap();
    let open = raw_rows(member).await.1.into_iter().filter(|(_, text)| !text.is_empty());
    assert!(open.map(|(key, _)| key).all(|key| key.starts_with("knowledge")));
    assert_eq!(confirmed.load().await.unwrap().1.len(), 3);
}

#[wasm_bindgen_test]
async fn a_scope_with_a_damaged_record_is_read_again_and_the_others_stay() {
    let member = somebody();
    drop(keep_two(member, seal()).await);
    let (storage, rows) = raw_rows(member).await;
    let key = rows.iter().map(|(key, _)| key).find(|key| key.starts_with("inbox")).unwrap().clone();
    storage
        .write(Durability::Strict, vec![Write::PutBytes { store: "rows", key, bytes: vec![0xf5, 1, 2] }])
        .await
        .unwrap();
    let confirmed = Confirmed::open(member, seal()).await;
    for _ in 0..2 {
        let (progress, changes) = confirmed.load().await.unwrap();
        assert_eq!(progress.cursors.keys().collect::<Vec<_>>(), [&Scope::Knowledge]);
        assert_eq!(changes, [article("公开")]);
    }
    // The server sends it from the beginning.
    let again = answer(member, vec![page(Scope::Knowledge, false, &[]), page(inbox(), true, &[article("甲")])]);
    let known = asked(&[(Scope::Knowledge, 1)]);
    let knowledge = ScopePage { cursor: Cursor { generation: 1, seq: 1 }, head: 1, ..again.scopes[0].clone() };
    let again = PullAnswer { scopes: vec![knowledge, again.scopes[1].clone()], ..again };
    confirmed.keep(&known, &again, 0).await;
    assert_eq!(confirmed.load().await.unwrap().1.len(), 2);
}

#[wasm_bindgen_test]
async fn the_outbox_is_read_record_by_record_and_says_what_is_lost() {
    let member = somebody();
    let outbox = Outbox::open(member, seal()).await;
    outbox.enqueue(&[take("a"), take("b"), take("c")], &[], Micros(1), &[]).await.unwrap();
    let reply = DraftOf::Reply(ConversationId::of_name("a"));
    outbox.keep_draft(reply, "您好").await.unwrap();
    let raw = Storage::open(&format!("qinda-outbox-{member}"), &["meta", "commands", "held", "drafts"], None).await;
    let second = raw.keys("commands").await.unwrap()[1].clone();
    let broken = Write::PutBytes { store: "commands", key: second, bytes: vec![9; 40] };
    raw.write(Durability::Strict, vec![broken]).await.unwrap();

    let loaded = outbox.load().await.unwrap();
    let numbers: Vec<u64> = loaded.contents.commands.iter().map(|queued| queued.command.n).collect();
    assert_eq!((loaded.unreadable, numbers), (1, vec![1, 3]));
    assert_eq!(loaded.drafts, [(reply, "您好".to_owned())]);
    assert_eq!(outbox.load().await.unwrap().unreadable, 0, "it is told once");
}

#[wasm_bindgen_test]
async fn a_pin_is_asked_for_until_it_is_taken_away() {
    let member = somebody();
    let Vault::Open(keeper, first) = Vault::open(member).await else { panic!("a new vault is open") };
    let closed = first.close("place", b"words");
    assert_eq!(keeper.set_pin("", Some("12345")).await, Err(PinProblem::Unfit));
    assert_eq!(keeper.set_pin("", Some("12345a")).await, Err(PinProblem::Unfit));
    keeper.set_pin("", Some("135790")).await.unwrap();
    assert!(keeper.has_pin().await);

    let Vault::Locked(keeper) = Vault::open(member).await else { panic!("a PIN was set") };
    assert_eq!(keeper.unlock("").await.err(), Some(PinProblem::Wrong));
    assert_eq!(keeper.unlock("135791").await.err(), Some(PinProblem::Wrong));
    assert_eq!(keeper.unlock("135790").await.unwrap().open("place", &closed).unwrap(), b"words");
    assert_eq!(keeper.set_pin("135791", None).await, Err(PinProblem::Wrong));
    keeper.set_pin("135790", None).await.unwrap();
    let Vault::Open(_, last) = Vault::open(member).await else { panic!("the PIN was taken away") };
    assert_eq!(last.open("place", &closed).unwrap(), b"words");
}

#[wasm_bindgen_test]
async fn two_tabs_that_make_the_vault_at_once_hold_one_key() {
    let member = somebody();
    let (Vault::Open(_, one), Vault::Open(_, other)) = futures::join!(Vault::open(member), Vault::open(member)) else {
        panic!("new vaults are open")
    };
    assert_eq!(other.open("p", &one.close("p", b"x")).unwrap(), b"x");
}

#[wasm_bindgen_test]
async fn without_its_keys_what_was_closed_is_lost_for_good() {
    let member = somebody();
    let Vault::Open(keeper, seal) = Vault::open(member).await else { panic!("a new vault is open") };
    let closed = seal.close("place", b"words");
    drop(keeper);
    Vault::delete(member).await.unwrap();
    let Vault::Open(_, fresh) = Vault::open(member).await else { panic!("a new vault is open") };
    assert!(fresh.open("place", &closed).is_err());
}
