//! Whether a device holds what the server has: the request, how the server compares, and what a device makes of the
//! answer.

use std::collections::{BTreeMap, BTreeSet};

use qinda::model::DeviceId;
use qinda::sync::{
    Change, CheckAnswer, CheckRequest, Checkups, Comparison, ConfirmedWrite, Cursor, Entity, KeptDigest, Progress,
    RangeRows, Remedy, Repair, Row, Scope, Sums, digest, range_of, repair,
};

use super::examples;
use crate::target::{again, headed, same_again};

/// A request on the first line, then the answer to it.
pub fn check(input: &[u8]) -> bool {
    let Some((request, answer)) = headed(input) else { return false };
    let Ok(request) = serde_json::from_str::<CheckRequest>(request) else { return false };
    same_again(&request);
    if !request.is_sound() {
        return false;
    }
    compared(&request);
    let Ok(answer) = serde_json::from_str::<CheckAnswer>(answer) else { return false };
    let answer = again(&answer);
    put_right(&request, &answer);
    looked_again(request.scope, &answer);
    true
}

/// The feed of a server.
fn feed() -> Vec<Row> {
    (1..).zip(examples::changes()).map(|(seq, change)| Row::new(seq, &change)).collect()
}

fn entity(row: &Row) -> Option<Entity> {
    row.change().ok().flatten().map(|change| change.entity())
}

fn differing<'r>(request: &CheckRequest, feed: impl Iterator<Item = &'r Row>) -> BTreeSet<usize> {
    let mut comparison = Comparison::new(request);
    for row in feed {
        let entity = entity(row).expect("a row of ours reads");
        comparison.take(row.seq, &entity.0, &row.kind, row.body.get());
    }
    comparison.differing()
}

/// Only ranges that there are differ, in whatever order the rows come, and none does where a device has the very rows.
fn compared(request: &CheckRequest) {
    let feed = feed();
    let differs = differing(request, feed.iter());
    assert!(differs.iter().all(|range| *range < request.sums.len()));
    assert_eq!(differs, differing(request, feed.iter().rev()), "the order of rows counts");
    let mut sums = Sums::default();
    for row in feed.iter().filter(|row| row.seq <= request.cursor.seq && request.kinds.contains(&row.kind)) {
        let entity = entity(row).expect("a row of ours reads");
        sums.add(&entity.0, digest(&entity.0, &row.kind, row.body.get()));
    }
    let same = CheckRequest { sums: sums.folded_to(request.sums.len()), ..request.clone() };
    assert!(differing(&same, feed.iter()).is_empty(), "the same rows differ");
}

/// What lies on the device that asks: rows of every kind, and a record that does not read.
fn kept() -> BTreeMap<Entity, Option<u64>> {
    let rows = feed();
    let read = rows.iter().filter_map(|row| {
        let entity = entity(row)?;
        let digest = digest(&entity.0, &row.kind, row.body.get());
        Some((entity, Some(digest)))
    });
    read.chain([(Entity("unreadable".into()), None)]).collect()
}

/// What was put right once needs it no more, and a disk that moved on is left alone.
fn put_right(request: &CheckRequest, answer: &CheckAnswer) {
    let listed = |kept: &BTreeMap<Entity, Option<u64>>| -> Vec<KeptDigest> {
        kept.iter().map(|(entity, digest)| (entity.clone(), *digest)).collect()
    };
    let cursors = BTreeMap::from([(request.scope, request.cursor)]);
    let mut disk = Progress { cursors, backend: Some(answer.backend), ..Progress::default() };
    let mut kept = kept();
    match repair(&disk, request, answer, &listed(&kept)) {
        Repair::MovedOn => panic!("the disk stands where the request says"),
        Repair::Nothing => {}
        Repair::Writes(writes) => {
            writes.into_iter().for_each(|write| written(write, &mut disk, &mut kept));
            assert_eq!(disk.whole(request.scope), Some(request.cursor));
            if is_plain(request, answer) {
                let again = repair(&disk, request, answer, &listed(&kept));
                assert!(matches!(again, Repair::Nothing), "what was put right differs");
            }
        }
    }
    let on = Cursor { seq: request.cursor.seq ^ 1, ..request.cursor };
    disk.cursors.insert(request.scope, on);
    assert!(matches!(repair(&disk, request, answer, &[]), Repair::MovedOn));
}

fn written(write: ConfirmedWrite, disk: &mut Progress, kept: &mut BTreeMap<Entity, Option<u64>>) {
    match write {
        ConfirmedWrite::Put(_, entity, row) => {
            let digest = digest(&entity.0, &row.kind, row.body.get());
            kept.insert(entity, Some(digest));
        }
        ConfirmedWrite::Delete(_, entity) => drop(kept.remove(&entity)),
        ConfirmedWrite::Progress(progress) => *disk = progress,
        ConfirmedWrite::DropScope(_) | ConfirmedWrite::DropInboxes => panic!("more is dropped than differs"),
    }
}

/// Whether an answer names each range once, and in it rows that belong there, as every server's does.
fn is_plain(request: &CheckRequest, answer: &CheckAnswer) -> bool {
    let ranges: BTreeSet<usize> = answer.differs.iter().map(|differs| differs.range).collect();
    let belongs =
        |range: usize, row: &Row| entity(row).is_none_or(|entity| range_of(&entity.0, request.sums.len()) == range);
    ranges.len() == answer.differs.len()
        && answer.differs.iter().all(|RangeRows { range, rows }| rows.iter().all(|row| belongs(*range, row)))
}

/// Whatever a server goes on answering, a device tries each remedy once.
fn looked_again(scope: Scope, answer: &CheckAnswer) {
    let mut checkups = Checkups::default();
    let remedies: Vec<Remedy> = (0..6).map(|_| checkups.remedy(scope, answer)).collect();
    for remedy in [Remedy::Ranges, Remedy::Anew] {
        assert!(remedies.iter().filter(|one| **one == remedy).count() <= 1, "{remedy:?} is tried again and again");
    }
    assert_eq!(checkups.has_given_up(scope), remedies.contains(&Remedy::GiveUp));
}

/// A device that has everything, one that lost a row, and one to which everything is told anew.
pub fn check_seeds() -> Vec<Vec<u8>> {
    let scope = Scope::Knowledge;
    let rows: Vec<Row> = feed().into_iter().filter(|row| is_of(row, scope)).collect();
    let progress =
        Progress { cursors: BTreeMap::from([(scope, Cursor { generation: 1, seq: 40 })]), ..Progress::default() };
    let request = CheckRequest::new(DeviceId::of_name("phone"), &progress, scope, &Sums::default());
    let request = request.expect("the scope is whole");
    let many = CheckRequest { sums: Sums::default().folded_to(4), ..request.clone() };
    let spread = (0..4).map(|range| {
        let here = |row: &&Row| entity(row).is_some_and(|entity| range_of(&entity.0, 4) == range);
        RangeRows { range, rows: rows.iter().filter(here).cloned().collect() }
    });
    let same = CheckAnswer { backend: examples::backend(), compared: true, anew: false, differs: Vec::new() };
    let whole = CheckAnswer { differs: vec![RangeRows { range: 0, rows: rows.clone() }], ..same.clone() };
    let parts = CheckAnswer { differs: spread.collect(), ..same.clone() };
    let anew = CheckAnswer { anew: true, ..same.clone() };
    let not = CheckAnswer { compared: false, ..same.clone() };
    let seed = |(request, answer): (&CheckRequest, &CheckAnswer)| {
        let head = serde_json::to_string(request).expect("a request can be written");
        examples::headed_seed(&head, answer)
    };
    let exchanges = [(&request, &same), (&request, &whole), (&many, &parts), (&many, &anew), (&request, &not)];
    exchanges.into_iter().map(seed).collect()
}

fn is_of(row: &Row, scope: Scope) -> bool {
    matches!(row.change(), Ok(Some(change)) if Change::scope(&change) == scope)
}
