//! The device's storage in a real browser.

use qinda::model::{
    Actor, ArticleFields, ArticleId, BackendId, ConversationId, DeviceId, EpochId, MemberCard, MemberId, Micros,
    QuickReplyId, Roles, ShopId, TeamId,
};
use qinda::sync::{
    Action, Change, Cursor, Held, Keeping, Moved, PROTOCOL, PullAnswer, PullRequest, PutArticle, RejectCode, Row,
    Scope, ScopePage, TakeConversation, Verdict, VerdictRow,
};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use super::confirmed::Confirmed;
use super::outbox::{DraftOf, Outbox};
use super::random;

mod checking;
mod closed;
mod early;
mod layouts;
mod leaving;
mod packed;
mod prepared;
mod together;

wasm_bindgen_test_configure!(run_in_browser);

/// A member nobody else in these tests is, so that no test meets another's data.
fn somebody() -> MemberId {
    MemberId::new(random::unix_ms(), random::bits())
}

fn take(name: &str) -> Action {
    Action::TakeConversation(TakeConversation { conversation: ConversationId::of_name(name), owner_seen: None })
}

fn verdict(n: u64, verdict: Verdict) -> VerdictRow {
    VerdictRow { n, verdict, hash: None }
}

fn aside(moved: Moved) -> Vec<Held> {
    match moved {
        Moved::Aside(held) => held,
        other => panic!("nothing was moved: {other:?}"),
    }
}

async fn numbers(outbox: &Outbox) -> Vec<u64> {
    outbox.load().await.unwrap().contents.commands.iter().map(|queued| queued.command.n).collect()
}

#[wasm_bindgen_test]
async fn what_is_queued_is_there_after_a_reload_in_order() {
    let member = somebody();
    let first = Outbox::open(member, None).await;
    assert!(first.is_kept());
    first.enqueue(&[take("a"), take("b")], &[], Micros(1), &[]).await.unwrap();
    let counter = first.load().await.unwrap().contents.counter;
    drop(first);

    let again = Outbox::open(member, None).await;
    again.enqueue(&[take("c")], &[], Micros(2), &[]).await.unwrap();
    let contents = again.load().await.unwrap().contents;
    assert_eq!((contents.counter.device, contents.counter.epoch), (counter.device, counter.epoch));
    let actions: Vec<Action> = contents.commands.iter().map(|queued| queued.command.action().unwrap()).collect();
    assert_eq!(actions, vec![take("a"), take("b"), take("c")]);
    assert_eq!(numbers(&again).await, vec![1, 2, 3]);
}

#[wasm_bindgen_test]
async fn two_tabs_share_one_numbering() {
    let member = somebody();
    let tabs = (Outbox::open(member, None).await, Outbox::open(member, None).await);
    tabs.0.load().await.unwrap();
    let (action, other) = ([take("a")], [take("b")]);
    let rounds = (0..10).map(|_| async {
        let one = tabs.0.enqueue(&action, &[], Micros(1), &[]);
        let two = tabs.1.enqueue(&other, &[], Micros(1), &[]);
        futures::join!(one, two)
    });
    for (one, two) in futures::future::join_all(rounds).await {
        assert!(one.is_ok() && two.is_ok());
    }
    assert_eq!(numbers(&tabs.0).await, (1..=20).collect::<Vec<u64>>());
}

#[wasm_bindgen_test]
async fn a_draft_goes_with_the_reply_it_became() {
    let member = somebody();
    let outbox = Outbox::open(member, None).await;
    let conversation = ConversationId::of_name("c");
    outbox.keep_draft(DraftOf::Reply(conversation), "半句话").await.unwrap();
    assert_eq!(outbox.load().await.unwrap().drafts, vec![(DraftOf::Reply(conversation), "半句话".to_owned())]);
    let next_part = [(DraftOf::Reply(conversation), "下一段".to_owned())];
    outbox.enqueue(&[take("c")], &[], Micros(1), &next_part).await.unwrap();
    assert_eq!(outbox.load().await.unwrap().drafts, next_part);
    outbox.enqueue(&[take("c")], &[], Micros(1), &[(DraftOf::Reply(conversation), String::new())]).await.unwrap();
    assert!(outbox.load().await.unwrap().drafts.is_empty());
}

#[wasm_bindgen_test]
async fn every_kind_of_draft_is_there_after_a_reload() {
    let member = somebody();
    let conversation = ConversationId::of_name("c");
    let (article, reply) = (ArticleId::of_name("a"), QuickReplyId::of_name("q"));
    let kinds = [
        DraftOf::Reply(conversation),
        DraftOf::Attachment(conversation),
        DraftOf::Article(None),
        DraftOf::Article(Some(article)),
        DraftOf::QuickReply(None),
        DraftOf::QuickReply(Some(reply)),
        DraftOf::Taken(conversation),
    ];
    let outbox = Outbox::open(member, None).await;
    for of in kinds {
        outbox.keep_draft(of, &of.to_string()).await.unwrap();
    }
    let mut drafts = Outbox::open(member, None).await.load().await.unwrap().drafts;
    drafts.sort();
    assert_eq!(drafts, kinds.map(|of| (of, of.to_string())).to_vec());

    outbox.keep_draft(DraftOf::Article(None), "").await.unwrap();
    assert_eq!(outbox.load().await.unwrap().drafts.len(), kinds.len() - 1);
}

#[wasm_bindgen_test]
async fn refused_work_is_held_with_its_words_and_settled_work_goes() {
    let outbox = Outbox::open(somebody(), None).await;
    outbox.enqueue(&[take("a"), take("b"), take("c")], &[], Micros(1), &[]).await.unwrap();
    let verdicts = [verdict(1, Verdict::Applied), verdict(2, Verdict::Rejected { code: RejectCode::Conflict })];
    let epoch = outbox.load().await.unwrap().contents.counter.epoch;
    // Twice moves nothing more, and tells a second tab what the first one moved.
    for _ in 0..2 {
        assert_eq!(aside(outbox.hold(epoch, 2, &verdicts).await.unwrap()).len(), 1);
    }
    let elsewhere = outbox.hold(EpochId::of_name("another"), 2, &verdicts).await.unwrap();
    assert!(matches!(elsewhere, Moved::OtherEpoch));
    outbox.settle(EpochId::of_name("another"), 3).await.unwrap();
    assert_eq!(numbers(&outbox).await, vec![1, 3]);
    outbox.settle(epoch, 2).await.unwrap();
    let contents = outbox.load().await.unwrap().contents;
    assert_eq!(contents.commands.len(), 1);
    assert_eq!(contents.held[0].command.action(), Ok(take("b")));

    outbox.release(&contents.held[0].key).await.unwrap();
    assert!(outbox.load().await.unwrap().contents.held.is_empty());
}

#[wasm_bindgen_test]
async fn a_new_epoch_keeps_the_work_under_new_numbers() {
    let outbox = Outbox::open(somebody(), None).await;
    outbox.enqueue(&[take("a"), take("b")], &[], Micros(1), &[]).await.unwrap();
    let old = outbox.load().await.unwrap().contents.counter;
    outbox.settle(old.epoch, 1).await.unwrap();

    let renewed = outbox.renew_epoch(old.epoch).await.unwrap();
    assert_eq!(renewed.counter.device, old.device);
    assert_ne!(renewed.counter.epoch, old.epoch);
    assert_eq!(renewed.commands[0].command.n, 1);
    assert_eq!(renewed.commands[0].command.action(), Ok(take("b")));

    let twice = outbox.renew_epoch(old.epoch).await.unwrap();
    assert_eq!(twice.counter, renewed.counter);
}

fn article(name: &str) -> Change {
    let fields = ArticleFields { title: name.into(), answers: vec!["好的".into()], ..ArticleFields::default() };
    let put = PutArticle { id: ArticleId::of_name(name), fields, base: 0, was: None, settles: Vec::new() };
    Change::Article(qinda::model::Article {
        id: put.id,
        fields: put.fields,
        version: 1,
        changed_by: None,
        changed_at: Micros(1),
        copies: Vec::new(),
    })
}

fn page(scope: Scope, reset: bool, rows: &[Change]) -> ScopePage {
    let rows: Vec<Row> = (1..).zip(rows).map(|(seq, change)| Row::new(seq, change)).collect();
    let seq = rows.len() as u64;
    ScopePage { scope, reset, cursor: Cursor { generation: 1, seq }, head: seq, rows, gap: None, older: Vec::new() }
}

fn answer(member: MemberId, scopes: Vec<ScopePage>) -> PullAnswer {
    let actor =
        Actor { shop: ShopId::of_name("demo"), team: TeamId::of_name("day"), member, roles: Roles::parse("agent") };
    PullAnswer {
        protocol: PROTOCOL,
        backend: BackendId::of_name("b"),
        at: Micros(1),
        me: MemberCard {
            id: member,
            work_number: "1001".into(),
            name: "小青".into(),
            active: true,
            team: None,
            roles: None,
        },
        actor,
        scopes,
        verdicts: Vec::new(),
        through: 0,
        more: false,
        lease: None,
        terse: Vec::new(),
    }
}

fn asked(cursors: &[(Scope, u64)]) -> PullRequest {
    PullRequest {
        protocol: PROTOCOL,
        device: DeviceId::of_name("d"),
        epoch: EpochId::of_name("e"),
        cursors: cursors.iter().map(|(scope, seq)| (*scope, Cursor { generation: 1, seq: *seq })).collect(),
        verdicts_after: 0,
        newest_first: None,
    }
}

#[wasm_bindgen_test]
async fn a_page_and_its_cursor_are_kept_together() {
    let member = somebody();
    let confirmed = Confirmed::open(member, None).await;
    let pulled = answer(member, vec![page(Scope::Knowledge, true, &[article("甲"), article("乙")])]);
    confirmed.keep(&asked(&[]), &pulled, 0).await;
    assert_eq!(confirmed.keeping(), Keeping::All);
    drop(confirmed);

    let confirmed = Confirmed::open(member, None).await;
    let (kept, changes) = confirmed.load().await.unwrap();
    assert_eq!(kept.cursors[&Scope::Knowledge].seq, 2);
    assert_eq!(changes.len(), 2);

    let gone = Change::ArticleGone(ArticleId::of_name("甲"));
    let rows = vec![Row::new(3, &gone)];
    let third =
        ScopePage { rows, cursor: Cursor { generation: 1, seq: 3 }, head: 3, ..page(Scope::Knowledge, false, &[]) };
    let pulled = answer(member, vec![third.clone()]);
    // A tab that had read further than the disk leaves it, and hears where the disk is.
    let lagging = confirmed
        .keep(
            &asked(&[(Scope::Knowledge, 9)]),
            &answer(member, vec![ScopePage { cursor: Cursor { generation: 1, seq: 12 }, head: 12, ..third }]),
            0,
        )
        .await
        .lagging;
    assert_eq!(lagging[&Scope::Knowledge].cursor.seq, 2);
    confirmed.keep(&asked(&[(Scope::Knowledge, 2)]), &pulled, 0).await;
    assert_eq!(confirmed.load().await.unwrap().1, vec![article("乙")]);

    confirmed.keep(&asked(&[]), &answer(member, vec![]), 0).await;
    assert!(confirmed.load().await.unwrap().1.is_empty());
}

#[wasm_bindgen_test]
async fn chats_make_room_first_and_are_fetched_again_at_the_next_start() {
    let member = somebody();
    let inbox = Scope::Inbox(TeamId::of_name("day"));
    let confirmed = Confirmed::open(member, None).await;
    let pulled = answer(member, vec![page(Scope::Knowledge, true, &[article("甲")]), page(inbox, true, &[])]);
    confirmed.keep(&asked(&[]), &pulled, 0).await;
    assert_eq!(confirmed.load().await.unwrap().0.cursors.len(), 2);
    confirmed.drop_chats().await.unwrap();
    let (kept, changes) = confirmed.load().await.unwrap();
    assert_eq!(kept.cursors.keys().collect::<Vec<_>>(), vec![&Scope::Knowledge]);
    assert_eq!(changes.len(), 1);
}
