//! What lies on the device is compared row by row, and put right row by row.

use qinda::model::DeviceId;
use qinda::sync::{CheckAnswer, CheckRequest, RangeRows, Repair, Sums, digest, range_of};

use super::*;
use crate::local::seal::{KEY_BYTES, Seal};
use crate::local::storage::{Durability, Storage, Write};

/// More than two slices of reading.
const MANY: u64 = 450;

fn inbox() -> Scope {
    Scope::Inbox(TeamId::of_name("day"))
}

fn sums_of(changes: &[Change]) -> Sums {
    let mut sums = Sums::default();
    for change in changes {
        let entity = change.entity().0;
        sums.add(&entity, digest(&entity, change.kind(), change.body().get()));
    }
    sums
}

async fn spoil(member: MemberId, write: Write) {
    let storage = Storage::open(&format!("qinda-{member}"), &["rows", "meta"], None).await;
    storage.write(Durability::Strict, vec![write]).await.unwrap();
}

#[wasm_bindgen_test]
async fn rows_that_were_lost_or_altered_are_found_and_put_right() {
    let member = somebody();
    let seal = Some(Seal::new([7; KEY_BYTES]));
    let confirmed = Confirmed::open(member, seal).await;
    let articles: Vec<Change> = (0..MANY).map(|n| article(&n.to_string())).collect();
    let talks: Vec<Change> = (0..3).map(|n| article(&format!("{n} 问"))).collect();
    let pages = vec![page(Scope::Knowledge, true, &articles), page(inbox(), true, &talks)];
    confirmed.keep(&asked(&[]), &answer(member, pages), 0).await;
    for (scope, rows) in [(Scope::Knowledge, &articles), (inbox(), &talks)] {
        let (progress, sums) = confirmed.sums(scope).await.unwrap();
        assert_eq!(sums, sums_of(rows), "{scope}");
        assert_eq!(progress.whole(scope).map(|cursor| cursor.seq), Some(rows.len() as u64));
        assert_eq!(confirmed.load_scope(scope).await.unwrap().1.len(), rows.len());
    }

    let key = |n: usize| format!("knowledge|{}", articles[n].entity().0);
    spoil(member, Write::Delete { store: "rows", key: key(3) }).await;
    let other = r#"{"kind":"article","body":{"id":"?"}}"#;
    spoil(member, Write::Put { store: "rows", key: key(4), text: other.into() }).await;
    spoil(member, Write::Put { store: "rows", key: key(5), text: "{".into() }).await;
    let closed = format!("{}|{}", inbox(), talks[1].entity().0);
    spoil(member, Write::PutBytes { store: "rows", key: closed, bytes: vec![0; 40] }).await;

    for (scope, rows) in [(Scope::Knowledge, &articles), (inbox(), &talks)] {
        let (progress, sums) = confirmed.sums(scope).await.unwrap();
        let request = CheckRequest::new(DeviceId::of_name("phone"), &progress, scope, &sums).unwrap();
        let ranges = request.sums.len();
        let right = sums_of(rows).folded_to(ranges);
        let differing = (0..ranges).filter(|range| request.sums[*range] != right[*range]);
        let rows_of = |range: usize| {
            let there = (1..).zip(rows).filter(|(_, change)| range_of(&change.entity().0, ranges) == range);
            RangeRows { range, rows: there.map(|(seq, change)| Row::new(seq, change)).collect() }
        };
        let differs: Vec<RangeRows> = differing.map(rows_of).collect();
        assert!(!differs.is_empty());
        let backend = BackendId::of_name("b");
        let told = CheckAnswer { backend, compared: true, anew: false, differs };
        let Ok(Repair::Writes(writes)) = confirmed.repair(&request, &told).await else { panic!("{scope}") };
        assert_eq!(writes.len(), if scope == Scope::Knowledge { 3 + 1 } else { 1 + 1 });
        assert_eq!(confirmed.sums(scope).await.unwrap().1, sums_of(rows));
        assert_eq!(confirmed.load_scope(scope).await.unwrap().1.len(), rows.len());
        assert!(matches!(confirmed.repair(&request, &told).await, Ok(Repair::Nothing)));
        let moved = CheckRequest { cursor: Cursor { seq: 1, ..request.cursor }, ..request };
        assert!(matches!(confirmed.repair(&moved, &told).await, Ok(Repair::MovedOn)));
    }
    let (_, changes) = confirmed.load().await.unwrap();
    assert_eq!(changes.len(), articles.len() + talks.len(), "and the next start reads everything");
}
