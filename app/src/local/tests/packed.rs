//! Rows that lie packed: a start shows what lies on the disk, whoever wrote it, and takes from the pack what is as it was.

use qinda::sync::{CheckAnswer, CheckRequest, Gap, Progress, RangeRows, Repair, Sums, digest};

use std::future::ready;

use super::early::boot;
use super::*;
use crate::local::early::Early;
use crate::local::prepared::Prepared;
use crate::local::storage::{Durability, Storage, Write};

const BUILD: &str = "one";
/// More changes than a pack bears.
const MANY: usize = 301;

fn inbox() -> Scope {
    Scope::Inbox(TeamId::of_name("day"))
}

fn version(name: &str, version: u32) -> Change {
    match article(name) {
        Change::Article(article) => Change::Article(qinda::model::Article { version, ..article }),
        other => other,
    }
}

/// A page of the knowledge after so many rows, beside the whole inbox of a chat.
fn further(after: u64, rows: &[Change]) -> ScopePage {
    let rows: Vec<Row> = (after + 1..).zip(rows).map(|(seq, change)| Row::new(seq, change)).collect();
    let seq = after + rows.len() as u64;
    let reset = after == 0;
    let cursor = Cursor { generation: 1, seq };
    ScopePage { scope: Scope::Knowledge, reset, cursor, head: seq, rows, gap: None, older: Vec::new() }
}

/// Keeps a page of the knowledge that follows after so many rows.
async fn keep(confirmed: &Confirmed, member: MemberId, after: u64, rows: &[Change]) {
    let request = if after == 0 { asked(&[]) } else { asked(&[(Scope::Knowledge, after), (inbox(), 1)]) };
    let chat = if after == 0 { vec![article("问")] } else { Vec::new() };
    let chat = page(inbox(), after == 0, &chat);
    let chat = ScopePage { cursor: Cursor { generation: 1, seq: 1 }, head: 1, ..chat };
    let kept = confirmed.keep(&request, &answer(member, vec![further(after, rows), chat]), 0).await;
    assert!(kept.lagging.is_empty());
}

async fn pack(member: MemberId) {
    let (confirmed, prepared) = (Confirmed::open(member, None).await, Prepared::open(member, BUILD).await);
    confirmed.pack_when_due(&prepared).await;
}

/// A member whose three articles lie packed.
async fn packed() -> (MemberId, Confirmed) {
    let member = somebody();
    let confirmed = Confirmed::open(member, None).await;
    keep(&confirmed, member, 0, &[article("甲"), article("乙"), article("丙")]).await;
    assert_eq!(started(member, BUILD).await, (told(&["甲 1", "乙 1", "丙 1"]), false));
    pack(member).await;
    assert_eq!(started(member, BUILD).await, (told(&["甲 1", "乙 1", "丙 1"]), true));
    (member, confirmed)
}

async fn raw(member: MemberId, writes: Vec<Write>) {
    let storage = Storage::open(&format!("qinda-{member}"), &["rows", "meta"], None).await;
    storage.write(Durability::Strict, writes).await.unwrap();
}

fn raw_row(change: &Change) -> Write {
    let text = format!(r#"{{"kind":"{}","body":{}}}"#, change.kind(), change.body());
    Write::Put { store: "rows", key: format!("knowledge|{}", change.entity().0), text }
}

fn told(knowledge: &[&str]) -> Vec<String> {
    let mut told: Vec<String> = knowledge.iter().chain(&["问 1"]).map(|told| (*told).to_owned()).collect();
    told.sort();
    told
}

fn titles(changes: Vec<Change>) -> Vec<String> {
    let title = |change| match change {
        Change::Article(article) => format!("{} {}", article.fields.title, article.version),
        other => panic!("{other:?}"),
    };
    let mut titles: Vec<String> = changes.into_iter().map(title).collect();
    titles.sort();
    titles
}

async fn start(member: MemberId, build: &str) -> (Progress, Vec<String>) {
    let (confirmed, prepared) = (Confirmed::open(member, None).await, Prepared::open(member, build).await);
    let pack = prepared.stock().await.rows();
    let (progress, changes) = confirmed.load_with(ready(None), ready(pack)).await.unwrap();
    (progress, titles(changes))
}

/// The same where the boot script had it read beside the page; none where it left that to the desk.
async fn start_early(member: MemberId, build: &str) -> Option<(Progress, Vec<String>)> {
    boot(member, build);
    let early = Early::take(member, build).unwrap();
    let (kept, mut stock) = (early.kept().await?, early.prepared().await?);
    let confirmed = Confirmed::open(member, None).await;
    let (progress, changes) = confirmed.load_with(ready(Some(kept)), ready(stock.rows())).await.unwrap();
    Some((progress, titles(changes)))
}

/// What a start shows, and whether it came from the pack. In any case it is what lies on the disk.
async fn started(member: MemberId, build: &str) -> (Vec<String>, bool) {
    let (progress, shown) = start(member, build).await;
    let (lies, rows) = Confirmed::open(member, None).await.load().await.unwrap();
    assert_eq!((&progress, &shown), (&lies, &titles(rows)));
    if let Some((progress, early)) = start_early(member, build).await {
        assert_eq!((progress, &early), (lies, &shown));
    }
    // A row of which nobody was told is seen by those alone who read the rows.
    let unknown = article("不速");
    raw(member, vec![raw_row(&unknown)]).await;
    let sees_it = start(member, build).await.1.len() > shown.len();
    raw(member, vec![Write::Delete { store: "rows", key: format!("knowledge|{}", unknown.entity().0) }]).await;
    (shown, !sees_it)
}

#[wasm_bindgen_test]
async fn what_was_written_since_is_read_from_its_row_and_all_else_from_the_pack() {
    let (member, confirmed) = packed().await;
    let newer = [version("甲", 2), Change::ArticleGone(ArticleId::of_name("乙")), article("丁")];
    keep(&confirmed, member, 3, &newer).await;
    assert_eq!(started(member, BUILD).await, (told(&["甲 2", "丙 1", "丁 1"]), true));
    keep(&confirmed, member, 6, &[article("乙"), Change::ArticleGone(ArticleId::of_name("丁"))]).await;
    assert_eq!(started(member, BUILD).await, (told(&["甲 2", "乙 1", "丙 1"]), true));
}

#[wasm_bindgen_test]
async fn what_another_tab_wrote_is_known_too() {
    let (member, _) = packed().await;
    let (one, other) = (Confirmed::open(member, None).await, Confirmed::open(member, None).await);
    keep(&one, member, 3, &[version("甲", 2)]).await;
    keep(&other, member, 4, &[version("乙", 2), version("甲", 3)]).await;
    assert_eq!(started(member, BUILD).await, (told(&["甲 3", "乙 2", "丙 1"]), true));
}

#[wasm_bindgen_test]
async fn a_pack_that_is_damaged_or_of_another_build_or_gone_is_not_used() {
    let (member, _) = packed().await;
    let all = told(&["甲 1", "乙 1", "丙 1"]);
    assert_eq!(started(member, "two").await, (all.clone(), false));
    let prepared = Storage::open(&format!("qinda-prepared-{member}"), &["index"], None).await;
    let key = format!("rows-{BUILD}");
    let mut bytes = prepared.bytes("index", &key).await.unwrap().unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let damaged = Write::PutBytes { store: "index", key: key.clone(), bytes };
    prepared.write(Durability::Strict, vec![damaged]).await.unwrap();
    assert_eq!(started(member, BUILD).await, (all.clone(), false));
    prepared.write(Durability::Strict, vec![Write::Delete { store: "index", key }]).await.unwrap();
    assert_eq!(started(member, BUILD).await, (all.clone(), false));
    pack(member).await;
    assert_eq!(started(member, BUILD).await, (all, true));
}

#[wasm_bindgen_test]
async fn a_former_pack_is_not_taken_for_the_one_that_counts() {
    let (member, confirmed) = packed().await;
    let prepared = Storage::open(&format!("qinda-prepared-{member}"), &["index"], None).await;
    let key = format!("rows-{BUILD}");
    let former = prepared.bytes("index", &key).await.unwrap().unwrap();
    keep(&confirmed, member, 3, &[version("甲", 2)]).await;
    pack(member).await;
    assert_eq!(started(member, BUILD).await, (told(&["甲 2", "乙 1", "丙 1"]), true));
    let back = Write::PutBytes { store: "index", key, bytes: former };
    prepared.write(Durability::Strict, vec![back]).await.unwrap();
    assert_eq!(started(member, BUILD).await, (told(&["甲 2", "乙 1", "丙 1"]), false));
}

/// As a desk of the version before this writes, which knows of no packs: a row, and how far the disk is.
async fn written_by_an_older_desk(member: MemberId, row: &Change) {
    let (progress, _) = Confirmed::open(member, None).await.load().await.unwrap();
    let text = serde_json::to_string(&progress).unwrap();
    raw(member, vec![raw_row(row), Write::Put { store: "meta", key: "progress".into(), text }]).await;
}

#[wasm_bindgen_test]
async fn what_a_desk_wrote_that_knows_of_no_packs_is_shown() {
    let (member, confirmed) = packed().await;
    written_by_an_older_desk(member, &version("甲", 2)).await;
    assert_eq!(started(member, BUILD).await, (told(&["甲 2", "乙 1", "丙 1"]), false));
    // Nor is the pack believed again when this desk goes on.
    keep(&confirmed, member, 3, &[version("乙", 2)]).await;
    assert_eq!(started(member, BUILD).await, (told(&["甲 2", "乙 2", "丙 1"]), false));
    pack(member).await;
    assert_eq!(started(member, BUILD).await, (told(&["甲 2", "乙 2", "丙 1"]), true));
}

#[wasm_bindgen_test]
async fn a_row_that_a_check_put_right_is_shown_as_it_was_put() {
    let (member, confirmed) = packed().await;
    let (progress, _) = start(member, BUILD).await;
    let device = DeviceId::of_name("phone");
    let request = CheckRequest::new(device, &progress, Scope::Knowledge, &Sums::default()).unwrap();
    let right = [version("甲", 7), article("丙"), article("丁")];
    let rows = (1..).zip(&right).map(|(seq, change)| Row::new(seq, change)).collect();
    let differs = vec![RangeRows { range: 0, rows }];
    let told_so = CheckAnswer { backend: BackendId::of_name("b"), compared: true, anew: false, differs };
    assert_eq!(request.sums.len(), 1, "everything is in one range");
    let Ok(Repair::Writes(_)) = confirmed.repair(&request, &told_so).await else { panic!("nothing was put right") };
    assert_eq!(started(member, BUILD).await, (told(&["甲 7", "丙 1", "丁 1"]), true));
    let (_, sums) = confirmed.sums(Scope::Knowledge).await.unwrap();
    let mut wanted = Sums::default();
    right.iter().for_each(|row| {
        let entity = row.entity().0;
        wanted.add(&entity, digest(&entity, row.kind(), row.body().get()));
    });
    assert_eq!(sums, wanted);
}

#[wasm_bindgen_test]
async fn a_scope_that_was_dropped_does_not_come_back_from_the_pack() {
    let (member, confirmed) = packed().await;
    let inbox_alone = ScopePage { cursor: Cursor { generation: 1, seq: 1 }, head: 1, ..page(inbox(), false, &[]) };
    let known = asked(&[(Scope::Knowledge, 3), (inbox(), 1)]);
    confirmed.keep(&known, &answer(member, vec![inbox_alone]), 0).await;
    assert_eq!(started(member, BUILD).await, (told(&[]), false));
    // Read again to the very place where it stood, it is other rows.
    let again = further(0, &[article("戊"), article("己"), version("甲", 9)]);
    let beside = ScopePage { cursor: Cursor { generation: 1, seq: 1 }, head: 1, ..page(inbox(), false, &[]) };
    confirmed.keep(&asked(&[(inbox(), 1)]), &answer(member, vec![again, beside]), 0).await;
    assert_eq!(started(member, BUILD).await, (told(&["甲 9", "戊 1", "己 1"]), false));
}

#[wasm_bindgen_test]
async fn a_changed_row_that_does_not_read_drops_all_of_its_scope() {
    let (member, confirmed) = packed().await;
    keep(&confirmed, member, 3, &[version("甲", 2)]).await;
    let key = format!("knowledge|{}", article("甲").entity().0);
    raw(member, vec![Write::Put { store: "rows", key, text: "{".into() }]).await;
    let (progress, shown) = start(member, BUILD).await;
    assert_eq!((progress.cursors.keys().collect::<Vec<_>>(), shown), (vec![&inbox()], told(&[])));
    assert_eq!(started(member, BUILD).await, (told(&[]), false), "and so it lies there");
}

#[wasm_bindgen_test]
async fn with_the_storage_cleared_a_pack_that_stayed_shows_nothing() {
    let (member, confirmed) = packed().await;
    drop(confirmed);
    Confirmed::delete(member).await.unwrap();
    let (progress, shown) = start(member, BUILD).await;
    assert_eq!((progress, shown), (Progress::default(), Vec::new()));
}

#[wasm_bindgen_test]
async fn after_too_many_changes_a_pack_counts_no_longer_and_a_new_one_is_made() {
    let (member, confirmed) = packed().await;
    let many: Vec<Change> = (0..MANY).map(|n| article(&n.to_string())).collect();
    keep(&confirmed, member, 3, &many[..MANY - 1]).await;
    assert!(started(member, BUILD).await.1);
    keep(&confirmed, member, 3 + MANY as u64 - 1, &many[MANY - 1..]).await;
    let (shown, from_pack) = started(member, BUILD).await;
    assert_eq!((shown.len(), from_pack), (MANY + 4, false));
    let (tab, prepared) = (Confirmed::open(member, None).await, Prepared::open(member, BUILD).await);
    tab.pack_when_due(&prepared).await;
    assert_eq!(started(member, BUILD).await, (shown, true));
}

#[wasm_bindgen_test]
async fn what_is_written_while_rows_are_packed_is_shown() {
    let member = somebody();
    let confirmed = Confirmed::open(member, None).await;
    let many: Vec<Change> = (0..MANY).map(|n| article(&n.to_string())).collect();
    keep(&confirmed, member, 0, &many).await;
    let other = Confirmed::open(member, None).await;
    let writes = async {
        for n in 0..20 {
            keep(&other, member, MANY as u64 + n, &[version(&n.to_string(), 2)]).await;
        }
    };
    futures::join!(pack(member), writes, pack(member));
    // Of two that packed at once one may have made a pack for nothing; what is shown is right in either case.
    let (shown, _) = started(member, BUILD).await;
    assert_eq!(shown.iter().filter(|told| told.ends_with(" 2")).count(), 20);
    assert_eq!(shown.len(), MANY + 1);
}

#[wasm_bindgen_test]
async fn what_is_not_whole_yet_is_not_packed() {
    let member = somebody();
    let confirmed = Confirmed::open(member, None).await;
    let gap = Some(Gap { above: 0, up_to: 4, rows: 4, holds: false });
    let rows = vec![Row::new(9, &article("甲"))];
    let cursor = Cursor { generation: 1, seq: 9 };
    let newest = ScopePage { cursor, head: 9, rows, gap, ..further(0, &[]) };
    confirmed.keep(&asked(&[]), &answer(member, vec![newest]), 0).await;
    pack(member).await;
    assert!(Prepared::open(member, BUILD).await.stock().await.rows().is_none());
}
