//! Several tabs over one storage, and a storage or a server that is not what it was.

use qinda::sync::{Asked, Device, Gap, Heard, Kept, LivePage};
use wasm_bindgen::{JsCast, JsValue};

use super::*;
use crate::local::storage::{Durability, Entries, Storage, Write};

const TEAM: &str = "day";
const OUTBOX_STORES: [&str; 3] = ["meta", "commands", "held"];

fn inbox() -> Scope {
    Scope::Inbox(TeamId::of_name(TEAM))
}

/// A tab of a member, as it starts from the storage.
struct Tab {
    device: Device,
    confirmed: Confirmed,
    outbox: Outbox,
}

impl Tab {
    async fn open(member: MemberId) -> Self {
        let (confirmed, outbox) = futures::join!(Confirmed::open(member, None), Outbox::open(member, None));
        let (progress, changes) = confirmed.load().await.unwrap();
        let contents = outbox.load().await.unwrap().contents;
        let device = Device::open(answer(member, vec![]).actor, contents, progress, changes);
        Self { device, confirmed, outbox }
    }

    /// A look at what other tabs wrote; says whether there were commands that are new here.
    async fn looks(&mut self) -> bool {
        let device = &self.device;
        match self.outbox.look(|counter, held| device.is_in_step(counter, held)).await {
            Some(contents) => self.device.adopt(contents).commands,
            None => false,
        }
    }

    async fn gives(&mut self, action: Action) {
        let enqueued = self.outbox.enqueue(std::slice::from_ref(&action), &[], Micros(1), &[]).await.unwrap();
        assert!(self.device.enqueued(enqueued, vec![action]).is_some());
    }

    async fn moves_aside(&self, request: &PullRequest, answer: &PullAnswer) -> Moved {
        assert!(self.device.has_to_hold(answer));
        self.outbox.hold(request.epoch, answer.through, &answer.verdicts).await.unwrap()
    }

    async fn keeps(&mut self, request: &PullRequest, answer: &PullAnswer, held: Vec<Held>) -> Kept {
        let kept = self.confirmed.keep(request, answer, 0).await;
        self.device.show(request, answer, held, &kept, 0);
        self.outbox.settle(request.epoch, answer.through).await.unwrap();
        self.device.settled(answer.through);
        kept
    }

    fn sends(&self) -> Vec<(u64, Action)> {
        let push = self.device.next_push(0, |_| false);
        let commands = push.into_iter().flat_map(|push| push.commands);
        commands.map(|command| (command.n, command.action().unwrap())).collect()
    }

    fn titles(&self) -> Vec<String> {
        self.device.replica().articles().map(|article| article.fields.title.clone()).collect()
    }
}

fn version(name: &str, version: u32) -> Change {
    match article(name) {
        Change::Article(article) => Change::Article(qinda::model::Article { version, ..article }),
        other => other,
    }
}

/// A page that begins after `after`.
fn further(scope: Scope, after: u64, rows: &[Change]) -> ScopePage {
    let rows: Vec<Row> = (after + 1..).zip(rows).map(|(seq, change)| Row::new(seq, change)).collect();
    let seq = after + rows.len() as u64;
    ScopePage {
        scope,
        reset: after == 0,
        cursor: Cursor { generation: 1, seq },
        head: seq,
        rows,
        gap: None,
        older: Vec::new(),
    }
}

fn refused(n: u64) -> VerdictRow {
    verdict(n, Verdict::Rejected { code: RejectCode::Conflict })
}

#[wasm_bindgen_test]
async fn a_tab_that_slept_overwrites_nothing_newer() {
    let member = somebody();
    let first = answer(member, vec![further(Scope::Knowledge, 0, &[version("甲", 1), article("乙")])]);
    let (mut awake, mut slept) = (Tab::open(member).await, Tab::open(member).await);
    let asked_first = slept.device.pull_request();
    awake.keeps(&asked_first, &first, vec![]).await;

    let late = slept.device.pull_request();
    let asked = awake.device.pull_request();
    let newer = vec![version("甲", 2), Change::ArticleGone(ArticleId::of_name("乙"))];
    awake.keeps(&asked, &answer(member, vec![further(Scope::Knowledge, 2, &newer)]), vec![]).await;

    // It wakes with the page it had asked for before it slept.
    slept.keeps(&late, &first, vec![]).await;
    assert_eq!(slept.titles().len(), 2);
    let (progress, changes) = awake.confirmed.load().await.unwrap();
    assert_eq!((progress.cursors[&Scope::Knowledge].seq, changes), (4, vec![version("甲", 2)]));

    // And it goes on from what it had read itself.
    let asked = slept.device.pull_request();
    assert_eq!(asked.cursors[&Scope::Knowledge].seq, 2);
    slept.keeps(&asked, &answer(member, vec![further(Scope::Knowledge, 2, &newer)]), vec![]).await;
    assert_eq!(slept.titles(), ["甲"]);
}

/// A page with the newest rows of the knowledge, and what is missing below.
fn newest(rows: Vec<Row>, gap: Option<Gap>, older: Vec<Row>) -> ScopePage {
    let reset = older.is_empty() && gap.is_some();
    ScopePage { scope: Scope::Knowledge, reset, cursor: Cursor { generation: 1, seq: 9 }, head: 9, rows, gap, older }
}

#[wasm_bindgen_test]
async fn a_device_that_is_killed_while_it_fills_up_goes_on_where_it_was() {
    let member = somebody();
    let gap = |up_to: u64| Some(Gap { above: 0, up_to, rows: up_to, holds: false });
    let row = |seq: u64, name: &str| Row::new(seq, &version(name, 1));
    let mut tab = Tab::open(member).await;
    let first = answer(member, vec![newest(vec![row(9, "戊"), row(8, "丁")], gap(7), vec![])]);
    tab.keeps(&tab.device.pull_request(), &first, vec![]).await;
    assert_eq!((tab.titles().len(), tab.device.still_to_fill()), (2, Some(7)));
    let asked = tab.device.pull_request();
    let second = answer(member, vec![newest(vec![], gap(4), vec![row(5, "丙")])]);
    tab.keeps(&asked, &second, vec![]).await;

    // The page is gone; the next one finds on the disk what is missing, and asks for no more than that.
    let mut again = Tab::open(member).await;
    assert_eq!((again.titles().len(), again.device.still_to_fill()), (3, Some(4)));
    let asked = again.device.pull_request();
    assert_eq!(asked.standing(Scope::Knowledge).gap, gap(4));
    assert_eq!(asked.cursors[&Scope::Knowledge], Cursor::default(), "an older server reads it out anew");
    let last = answer(member, vec![newest(vec![], None, vec![row(3, "乙"), row(1, "甲")])]);
    again.keeps(&asked, &last, vec![]).await;
    assert_eq!((again.titles().len(), again.device.still_to_fill()), (5, None));

    // What another tab had asked for before is older by now, and changes nothing.
    tab.keeps(&asked, &answer(member, vec![newest(vec![], gap(2), vec![row(3, "乙")])]), vec![]).await;
    let (progress, changes) = again.confirmed.load().await.unwrap();
    assert_eq!((progress.cursors[&Scope::Knowledge].seq, progress.filling.len(), changes.len()), (9, 0, 5));
}

#[wasm_bindgen_test]
async fn a_tab_that_slept_brings_no_conversations_back_that_were_taken_away() {
    let member = somebody();
    let (mut awake, mut slept) = (Tab::open(member).await, Tab::open(member).await);
    let both = answer(member, vec![further(Scope::Knowledge, 0, &[]), further(inbox(), 0, &[article("甲")])]);
    let late = slept.device.pull_request();
    awake.keeps(&late, &both, vec![]).await;
    let asked = awake.device.pull_request();
    awake.keeps(&asked, &answer(member, vec![further(Scope::Knowledge, 0, &[])]), vec![]).await;
    assert!(awake.confirmed.load().await.unwrap().1.is_empty());

    let rest = answer(member, vec![further(Scope::Knowledge, 0, &[]), further(inbox(), 1, &[article("乙")])]);
    let late = PullRequest { cursors: super::asked(&[(Scope::Knowledge, 0), (inbox(), 1)]).cursors, ..late };
    let kept = slept.keeps(&late, &rest, vec![]).await;
    assert!(kept.lagging.contains_key(&inbox()), "it is to be read again from the start, if it is still offered");
    assert!(slept.confirmed.load().await.unwrap().1.is_empty());
}

#[wasm_bindgen_test]
async fn a_page_that_comes_unasked_is_for_every_tab_that_it_fits() {
    let member = somebody();
    let mut listens = Tab::open(member).await;
    let first = answer(member, vec![further(Scope::Knowledge, 0, &[version("甲", 1)]), further(inbox(), 0, &[])]);
    listens.keeps(&listens.device.pull_request(), &first, vec![]).await;
    let mut other = Tab::open(member).await;
    let mut slept = Tab::open(member).await;
    listens.gives(take("a")).await;
    let done = VerdictRow { hash: Some(listens.device.queue()[&1].hash.clone()), ..verdict(1, Verdict::Applied) };

    let still = |seq: u64| ScopePage { reset: false, ..further(inbox(), seq, &[]) };
    let brought = |device: &Device, after: u64, name: &str, verdicts: Vec<VerdictRow>| {
        let scopes = vec![further(Scope::Knowledge, after, &[version(name, 1)]), still(0)];
        let through = device.replica().through().max(verdicts.len() as u64);
        let asked = Asked::of(&device.pull_request()).unwrap();
        LivePage { asked, answer: PullAnswer { verdicts, through, ..answer(member, scopes) } }
    };
    let one = brought(&listens.device, 1, "乙", vec![done]);
    for tab in [&mut listens, &mut other] {
        tab.looks().await;
        let request = tab.device.hear_unasked(&one).expect("it follows on what both have");
        tab.keeps(&request, &one.answer, vec![]).await;
        assert_eq!((tab.titles().len(), tab.sends().len(), tab.device.replica().through()), (2, 0, 1));
    }
    // It is on the disk once, and so is that nothing waits any more.
    let (progress, changes) = listens.confirmed.load().await.unwrap();
    assert_eq!(
        (progress.cursors[&Scope::Knowledge].seq, changes.len(), numbers(&listens.outbox).await.len()),
        (2, 2, 0)
    );

    // The one that slept hears of the second first; then what it missed, which the disk has long since.
    let two = brought(&listens.device, 2, "丙", vec![]);
    let request = listens.device.hear_unasked(&two).unwrap();
    listens.keeps(&request, &two.answer, vec![]).await;
    assert!(slept.device.hear_unasked(&two).is_none() && slept.device.is_behind(&two.heads()));
    for page in [&one, &two] {
        let request = slept.device.hear_unasked(page).unwrap();
        slept.keeps(&request, &page.answer, vec![]).await;
    }
    assert_eq!(slept.titles().len(), 3);
    let (progress, changes) = slept.confirmed.load().await.unwrap();
    assert_eq!((progress.cursors[&Scope::Knowledge].seq, changes.len()), (3, 3));
    assert!(slept.device.hear_unasked(&one).is_none(), "it came long ago");
}

#[wasm_bindgen_test]
async fn what_a_closed_tab_left_is_shown_and_sent_by_any_other() {
    let member = somebody();
    let mut left = Tab::open(member).await;
    let mut closed = Tab::open(member).await;
    closed.gives(take("a")).await;
    drop(closed);
    left.gives(take("b")).await;
    assert_eq!(left.sends(), [(2, take("b"))], "its own number tells nothing of the one before");
    assert!(left.looks().await);
    assert_eq!(left.sends(), [(1, take("a")), (2, take("b"))]);
    assert_eq!(left.device.replica().pending().len(), 2);
    assert!(!left.looks().await, "nothing is new the second time");
}

#[wasm_bindgen_test]
async fn what_one_tab_moved_aside_is_on_the_list_of_every_other() {
    let member = somebody();
    let mut one = Tab::open(member).await;
    one.gives(take("a")).await;
    let mut other = Tab::open(member).await;
    let page = PullAnswer { verdicts: vec![refused(1)], through: 1, ..answer(member, vec![]) };
    let asked = one.device.pull_request();
    let held = aside(one.moves_aside(&asked, &page).await);
    one.keeps(&asked, &page, held).await;
    assert_eq!(one.device.held().len(), 1);

    assert!(!other.looks().await, "no command is new");
    assert_eq!(other.device.held(), one.device.held());
    // The page that tells it comes to the other tab too, and puts it on the list once.
    let held = aside(other.moves_aside(&asked, &page).await);
    other.keeps(&asked, &page, held).await;
    assert_eq!(other.device.held().len(), 1);

    one.outbox.release(&one.device.held()[0].key).await.unwrap();
    assert!(!other.looks().await);
    assert!(other.device.held().is_empty());
}

#[wasm_bindgen_test]
async fn a_verdict_of_an_epoch_that_another_tab_left_moves_nothing_aside() {
    let member = somebody();
    let mut one = Tab::open(member).await;
    one.gives(take("a")).await;
    one.gives(take("b")).await;
    let other = Tab::open(member).await;
    let asked = one.device.pull_request();
    other.outbox.settle(asked.epoch, 1).await.unwrap();
    other.outbox.renew_epoch(asked.epoch).await.unwrap();

    // In the epoch that was left the first command was refused; in the new one its number means the second.
    let page = PullAnswer { verdicts: vec![refused(1)], through: 1, ..answer(member, vec![]) };
    assert!(matches!(one.moves_aside(&asked, &page).await, Moved::OtherEpoch));
    assert!(one.looks().await);
    assert_eq!(one.sends(), [(1, take("b"))]);
    assert!(one.device.held().is_empty());
    assert_eq!(one.device.hear(&asked, &page), Heard::OfAnOldEpoch);
}

/// The outbox as it lies on the disk, and how it is put back there.
async fn copied(member: MemberId) -> (Storage, Vec<Entries>) {
    let storage =
        Storage::open(&format!("qinda-outbox-{member}"), &[OUTBOX_STORES.as_slice(), &["drafts"]].concat(), None).await;
    let copy = storage.read(&OUTBOX_STORES).await.unwrap();
    (storage, copy)
}

async fn set_back((storage, copy): (Storage, Vec<Entries>)) {
    let mut writes = Vec::new();
    for (store, entries) in OUTBOX_STORES.into_iter().zip(copy) {
        writes.push(Write::DeletePrefix { store, prefix: String::new() });
        writes.extend(entries.into_iter().map(|(key, text)| Write::Put { store, key, text }));
    }
    storage.write(Durability::Strict, writes).await.unwrap();
}

#[wasm_bindgen_test]
async fn work_given_after_the_storage_was_set_back_is_not_taken_for_done() {
    let member = somebody();
    let mut tab = Tab::open(member).await;
    let copy = copied(member).await;
    tab.gives(take("a")).await;
    tab.gives(take("b")).await;
    let done =
        [1, 2].map(|n| VerdictRow { hash: Some(tab.device.queue()[&n].hash.clone()), ..verdict(n, Verdict::Applied) });
    set_back(copy).await;

    // Two other commands get the numbers that the server has verdicts for.
    let mut tab = Tab::open(member).await;
    let left = tab.device.epoch();
    tab.gives(take("c")).await;
    tab.gives(take("d")).await;
    let asked = tab.device.pull_request();
    let page = PullAnswer { verdicts: done.to_vec(), through: 2, ..answer(member, vec![]) };
    assert!(matches!(tab.moves_aside(&asked, &page).await, Moved::SetBack));
    let renewed = tab.outbox.renew_epoch(left).await.unwrap();
    assert!(tab.device.adopt(renewed).commands);
    assert_eq!(tab.sends(), [(1, take("c")), (2, take("d"))]);
    let push = tab.device.next_push(0, |_| false).unwrap();
    assert_ne!(push.epoch, left);
    // Should they have arrived before after all, the server knows them by these.
    let former = |n: usize| (push.commands[n].former[0].epoch, push.commands[n].former[0].n);
    assert_eq!([former(0), former(1)], [(left, 1), (left, 2)]);
}

#[wasm_bindgen_test]
async fn a_storage_that_numbers_anew_what_the_server_has_begins_a_new_epoch() {
    let member = somebody();
    let mut tab = Tab::open(member).await;
    let copy = copied(member).await;
    tab.gives(take("a")).await;
    set_back(copy).await;
    let tab = Tab::open(member).await;
    let asked = tab.device.pull_request();
    let page = PullAnswer { through: 1, ..answer(member, vec![]) };
    assert!(matches!(tab.moves_aside(&asked, &page).await, Moved::SetBack), "the server has more than was given out");
}

#[wasm_bindgen_test]
async fn another_backend_has_every_row_read_anew_and_keeps_what_waits() {
    let member = somebody();
    let mut tab = Tab::open(member).await;
    let before =
        answer(member, vec![further(Scope::Knowledge, 0, &[article("甲"), article("乙")]), further(inbox(), 0, &[])]);
    let asked = tab.device.pull_request();
    tab.keeps(&asked, &before, vec![]).await;
    tab.gives(take("a")).await;

    let restored = |scopes| PullAnswer { backend: BackendId::of_name("restored"), ..answer(member, scopes) };
    let asked = tab.device.pull_request();
    assert_eq!(tab.device.hear(&asked, &restored(vec![further(Scope::Knowledge, 2, &[])])), Heard::OfAnotherBackend);
    let asked = tab.device.pull_request();
    assert!(asked.cursors.values().all(|cursor| *cursor == Cursor::default()), "{:?}", asked.cursors);
    let anew = restored(vec![further(Scope::Knowledge, 0, &[article("甲")])]);
    assert_eq!(tab.device.hear(&asked, &anew), Heard::Page);
    tab.keeps(&asked, &anew, vec![]).await;
    assert_eq!(tab.titles(), ["甲"]);

    // So it stands on the disk, too: the scope that is offered no more is gone, and the work is not.
    let again = Tab::open(member).await;
    assert_eq!(again.titles(), ["甲"]);
    assert_eq!(again.device.progress().backend, Some(BackendId::of_name("restored")));
    assert_eq!(again.device.progress().cursors.keys().collect::<Vec<_>>(), [&Scope::Knowledge]);
    assert_eq!(again.sends(), [(1, take("a"))]);
}

/// A browser in which a database takes no value under keys that begin so, for want of room, as long as this lives.
struct Full {
    put: JsValue,
}

/// The page of these tests has no content security policy.
#[expect(clippy::disallowed_methods, reason = "a browser's own objects are changed by script alone")]
fn script(text: &str) -> JsValue {
    js_sys::eval(text).unwrap()
}

impl Full {
    fn for_keys(member: MemberId, start: &str) -> Self {
        let put = script("IDBObjectStore.prototype.put");
        let patch = script(&format!(
            "(put => {{ IDBObjectStore.prototype.put = function (value, key) {{
                if (this.transaction.db.name === 'qinda-{member}' && key.startsWith('{start}')) {{
                    throw new DOMException('no room', 'QuotaExceededError');
                }}
                return put.call(this, value, key);
            }} }})"
        ));
        patch.unchecked_into::<js_sys::Function>().call1(&JsValue::UNDEFINED, &put).unwrap();
        Self { put }
    }
}

impl Drop for Full {
    fn drop(&mut self) {
        js_sys::Reflect::set(&script("IDBObjectStore.prototype"), &"put".into(), &self.put).unwrap();
    }
}

fn with_chats(member: MemberId, after: u64) -> PullAnswer {
    let scopes = [Scope::Knowledge, inbox()];
    answer(member, scopes.map(|scope| further(scope, after, &[article("甲"), article("乙")])).to_vec())
}

#[wasm_bindgen_test]
async fn without_room_for_conversations_nothing_says_that_they_are_there() {
    let member = somebody();
    let mut tab = Tab::open(member).await;
    let first = tab.device.pull_request();
    tab.keeps(&first, &with_chats(member, 0), vec![]).await;
    let full = Full::for_keys(member, "inbox:");
    let asked = tab.device.pull_request();
    tab.keeps(&asked, &with_chats(member, 2), vec![]).await;
    drop(full);
    assert_eq!(tab.confirmed.keeping(), Keeping::WithoutChats);
    let (progress, changes) = tab.confirmed.load().await.unwrap();
    assert_eq!(progress.cursors, super::asked(&[(Scope::Knowledge, 4)]).cursors);
    assert_eq!(changes.len(), 2);
    // The screen has what the disk has no room for.
    assert_eq!(tab.device.progress().cursors[&inbox()].seq, 4);
}

#[wasm_bindgen_test]
async fn a_page_without_room_leaves_the_disk_as_it_was() {
    let member = somebody();
    let mut tab = Tab::open(member).await;
    let first = tab.device.pull_request();
    tab.keeps(&first, &answer(member, vec![further(Scope::Knowledge, 0, &[article("甲")])]), vec![]).await;
    let before = tab.confirmed.load().await.unwrap();

    // The scope is dropped before its rows are written: neither may happen without the other.
    let full = Full::for_keys(member, "knowledge");
    tab.keeps(&first, &answer(member, vec![further(Scope::Knowledge, 0, &[article("乙"), article("丙")])]), vec![])
        .await;
    drop(full);
    assert_eq!(tab.confirmed.keeping(), Keeping::Nothing);
    assert_eq!(tab.confirmed.load().await.unwrap(), before);
    let asked = tab.device.pull_request();
    tab.keeps(&asked, &answer(member, vec![further(Scope::Knowledge, 2, &[article("丁")])]), vec![]).await;
    assert_eq!(tab.confirmed.load().await.unwrap(), before, "after a gap nothing is kept until the next start");
}
