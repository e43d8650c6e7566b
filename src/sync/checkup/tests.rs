use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::*;
use crate::model::{Article, ArticleFields, ArticleId, Micros};
use crate::sync::{Change, Standing};

const RANGES: usize = 8;

/// Chance with a seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn article(n: u64, title: &str) -> Change {
    let fields = ArticleFields { title: title.into(), answers: vec!["三天".into()], ..Default::default() };
    let id = ArticleId::of_name(&n.to_string());
    Change::Article(Article { id, fields, version: 1, changed_by: None, changed_at: Micros(1), copies: Vec::new() })
}

fn gone(n: u64) -> Change {
    Change::ArticleGone(ArticleId::of_name(&n.to_string()))
}

/// A feed: the latest row of each entity.
#[derive(Default, Clone)]
struct Feed {
    head: u64,
    rows: BTreeMap<Entity, Row>,
}

impl Feed {
    fn put(&mut self, change: &Change) {
        self.head += 1;
        self.rows.insert(change.entity(), Row::new(self.head, change));
    }

    /// What a device holds that has read everything.
    fn read(&self) -> BTreeMap<Entity, Row> {
        let stays = |row: &Row| row.change().unwrap().is_some_and(|change| !change.is_gone());
        self.rows.iter().filter(|(_, row)| stays(row)).map(|(entity, row)| (entity.clone(), row.clone())).collect()
    }

    fn differing(&self, request: &CheckRequest) -> BTreeSet<usize> {
        let mut comparison = Comparison::new(request);
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by_key(|(_, row)| row.seq);
        for (entity, row) in rows {
            comparison.take(row.seq, &entity.0, &row.kind, row.body.get());
        }
        comparison.differing()
    }
}

fn digest_of(entity: &Entity, row: &Row) -> u64 {
    digest(&entity.0, &row.kind, row.body.get())
}

fn sums<'a>(rows: impl IntoIterator<Item = (&'a Entity, &'a Row)>) -> Sums {
    let mut sums = Sums::default();
    rows.into_iter().for_each(|(entity, row)| sums.add(&entity.0, digest_of(entity, row)));
    sums
}

fn disk(seq: u64) -> Progress {
    let mut disk = Progress { backend: Some(BackendId::of_name("first")), ..Progress::default() };
    disk.stand(Scope::Knowledge, Standing::from(Cursor { generation: 1, seq }));
    disk
}

fn request(seq: u64, rows: &BTreeMap<Entity, Row>) -> CheckRequest {
    let asked = CheckRequest::new(DeviceId::of_name("phone"), &disk(seq), Scope::Knowledge, &sums(rows)).unwrap();
    CheckRequest { sums: sums(rows).folded_to(RANGES), ..asked }
}

fn answer(differs: Vec<RangeRows>) -> CheckAnswer {
    CheckAnswer { backend: BackendId::of_name("first"), compared: true, anew: false, differs }
}

#[test]
fn sums_do_not_depend_on_the_order_in_which_rows_came_and_went() {
    for seed in 0..50 {
        let (mut chance, mut feed, mut along) = (Chance(seed), Feed::default(), BTreeMap::new());
        for _ in 0..200 {
            let change = match chance.below(4) {
                0 => gone(chance.below(40)),
                _ => article(chance.below(40), &chance.below(1_000).to_string()),
            };
            feed.put(&change);
            // A device that reads along drops and keeps as it hears.
            if change.is_gone() {
                along.remove(&change.entity());
            } else {
                along.insert(change.entity(), feed.rows[&change.entity()].clone());
            }
            if chance.below(10) == 0 {
                // Word of what is gone leaves.
                feed.rows.retain(|_, row| !row.kind.ends_with(".gone"));
            }
        }
        let afresh = feed.read();
        let mut by_number: Vec<_> = afresh.iter().collect();
        by_number.sort_by_key(|(_, row)| std::cmp::Reverse(row.seq));
        assert_eq!(sums(by_number), sums(&along));
        assert_eq!(feed.differing(&request(feed.head, &along)), BTreeSet::new());
    }
}

#[test]
fn the_ranges_that_differ_are_those_of_the_rows_that_do_unless_they_changed_meanwhile() {
    let mut found = 0;
    for seed in 0..200 {
        let (mut chance, mut feed) = (Chance(seed), Feed::default());
        (0..60).for_each(|n| feed.put(&article(n, "几天到")));
        let (head, mut rows, mut wrong) = (feed.head, feed.read(), BTreeSet::new());
        for _ in 0..chance.below(4) {
            let entity = article(chance.below(60), "").entity();
            wrong.insert(range_of(&entity.0, RANGES));
            match chance.below(2) {
                0 => drop(rows.remove(&entity)),
                _ => drop(rows.insert(entity, Row::new(1, &article(99, "别的")))),
            }
        }
        let asked = request(head, &rows);
        let mut changed = BTreeSet::new();
        for _ in 0..chance.below(4) {
            let change =
                if chance.below(2) == 0 { article(chance.below(70), "改了") } else { gone(chance.below(60)) };
            changed.insert(range_of(&change.entity().0, RANGES));
            feed.put(&change);
        }
        let expected: BTreeSet<usize> = wrong.difference(&changed).copied().collect();
        found += expected.len();
        assert_eq!(feed.differing(&asked), expected, "seed {seed}");
    }
    assert!(found > 100, "{found}");
}

#[test]
fn what_differs_is_put_right_in_one_transaction_and_other_tabs_hear_of_it() {
    let mut feed = Feed::default();
    (0..30).for_each(|n| feed.put(&article(n, "几天到")));
    let right = feed.read();
    let mut wrong = right.clone();
    let (lost, altered, invented) = (article(1, "").entity(), article(2, "").entity(), article(77, "").entity());
    wrong.remove(&lost);
    wrong.insert(altered.clone(), Row::new(3, &article(2, "几天不到")));
    wrong.insert(invented.clone(), Row::new(4, &article(77, "哪来的")));
    let asked = request(feed.head, &wrong);
    let rows_of = |range: usize| {
        let rows = right.iter().filter(|(entity, _)| range_of(&entity.0, RANGES) == range);
        RangeRows { range, rows: rows.map(|(_, row)| row.clone()).collect() }
    };
    let told = answer(feed.differing(&asked).into_iter().map(rows_of).collect());
    let kept = |rows: &BTreeMap<Entity, Row>| -> Vec<KeptDigest> {
        rows.iter().map(|(entity, row)| (entity.clone(), Some(digest_of(entity, row)))).collect()
    };
    let Repair::Writes(writes) = repair(&disk(feed.head), &asked, &told, &kept(&wrong)) else { panic!("{told:?}") };
    let mut puts = BTreeSet::new();
    for write in &writes {
        match write {
            ConfirmedWrite::Put(Scope::Knowledge, entity, row) => {
                assert_eq!(row.body.get(), right[entity].body.get());
                puts.insert(entity.clone());
            }
            ConfirmedWrite::Delete(Scope::Knowledge, entity) => assert_eq!(*entity, invented),
            ConfirmedWrite::Progress(progress) => assert_eq!(progress.replaced[&Scope::Knowledge], 1),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((writes.len(), puts), (4, BTreeSet::from([lost, altered.clone()])));

    // A record that does not read is one that differs.
    let mut damaged = kept(&right);
    damaged.iter_mut().filter(|(entity, _)| *entity == altered).for_each(|(_, digest)| *digest = None);
    let Repair::Writes(writes) = repair(&disk(feed.head), &asked, &told, &damaged) else { panic!("{told:?}") };
    assert!(matches!(writes.as_slice(), [ConfirmedWrite::Put(_, entity, _), _] if *entity == altered));

    // Nothing is written where the disk is right, has moved on, has a gap, or belongs to another life of the server.
    assert!(matches!(repair(&disk(feed.head), &asked, &told, &kept(&right)), Repair::Nothing));
    let elsewhere = Progress { backend: Some(BackendId::of_name("restored")), ..disk(feed.head) };
    let mut gapped = disk(feed.head);
    let gap = crate::sync::Gap { above: 0, up_to: 9, rows: 9, holds: false };
    gapped.stand(Scope::Knowledge, Standing::new(asked.cursor, Some(gap)));
    for disk in [disk(feed.head + 1), disk(feed.head - 1), elsewhere, gapped, Progress::default()] {
        assert!(matches!(repair(&disk, &asked, &told, &kept(&wrong)), Repair::MovedOn));
    }
}

#[test]
fn a_range_that_an_older_desk_cannot_read_is_left_alone() {
    let right = article(1, "几天到");
    let entity = right.entity();
    let body = RawValue::from_string(r#"{"id": "of a later make"}"#.into()).unwrap();
    let rows = vec![Row { seq: 2, kind: "article".into(), body }];
    let kept = vec![(entity.clone(), Some(digest_of(&entity, &Row::new(1, &right))))];
    let asked = request(2, &BTreeMap::new());
    let told = answer(vec![RangeRows { range: range_of(&entity.0, RANGES), rows }]);
    assert!(matches!(repair(&disk(2), &asked, &told, &kept), Repair::Nothing));
}

#[test]
fn what_does_not_help_is_not_done_for_ever() {
    let (right, none) = (answer(Vec::new()), CheckAnswer { compared: false, ..answer(Vec::new()) });
    let wrong = answer(vec![RangeRows { range: 0, rows: Vec::new() }]);
    let very_wrong = CheckAnswer { anew: true, ..answer(Vec::new()) };
    let after = |answers: &[&CheckAnswer]| {
        let mut checkups = Checkups::default();
        let remedies = answers.iter().map(|answer| checkups.remedy(Scope::Knowledge, answer));
        let remedies: Vec<Remedy> = remedies.collect();
        (remedies, checkups.has_given_up(Scope::Knowledge))
    };
    use Remedy::{Anew, GiveUp, Later, Nothing, Ranges};
    assert_eq!(after(&[&wrong, &none, &wrong, &wrong]), (vec![Ranges, Later, Anew, GiveUp], true));
    assert_eq!(after(&[&very_wrong, &very_wrong]), (vec![Anew, GiveUp], true));
    assert_eq!(after(&[&wrong, &very_wrong, &right, &wrong]), (vec![Ranges, Anew, Nothing, Ranges], false));
    let mut checkups = Checkups::default();
    checkups.remedy(Scope::Knowledge, &wrong);
    checkups.was_not_tried(Scope::Knowledge);
    assert_eq!(checkups.remedy(Scope::Knowledge, &wrong), Ranges);
    checkups.give_up(Scope::Knowledge);
    assert!(checkups.has_given_up(Scope::Knowledge));
}

#[test]
fn the_kinds_that_count_are_those_that_are_kept() {
    let null = RawValue::from_string("null".into()).unwrap();
    for kind in KEPT_KINDS {
        assert!(Change::read(kind, &null).is_err(), "{kind} is known, and is not nothing");
        assert!(!kind.ends_with(".gone"));
    }
    assert!(KEPT_KINDS.len() <= CHECK_KINDS_MAX);
    assert!(KEPT_KINDS.contains(&article(1, "").kind()) && !KEPT_KINDS.contains(&gone(1).kind()));
}

#[test]
fn the_examples_of_the_page_are_frames_and_their_sums_are_right() {
    let (_, part) =
        include_str!("../../../docs/SYNC.md").split_once("\n## Whether a device holds what the server has").unwrap();
    let part = part.split("\n## ").next().unwrap();
    let mut examples = part.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    let (asked, told) = (examples.next().unwrap(), examples.next().unwrap());
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let request: CheckRequest = serde_json::from_str(asked).unwrap();
    assert_eq!(serde_json::to_value(&request).unwrap(), value(asked));
    assert!(request.is_sound());
    let answer: CheckAnswer = serde_json::from_str(told).unwrap();
    assert_eq!(serde_json::to_value(&answer).unwrap(), value(told));
    let [RangeRows { range, rows }] = answer.differs.as_slice() else { panic!("one range differs") };
    let entity = rows[0].change().unwrap().unwrap().entity();
    assert_eq!(*range, range_of(&entity.0, request.sums.len()));
    let digest = format!("{:016x}", digest_of(&entity, &rows[0]));
    assert!(part.contains(&format!("`{digest}`")), "the digest of that row is {digest}");
    for bad in ["\"0\"", "\"+000000000000000\"", "\"000000000000000G\"", "7"] {
        assert!(serde_json::from_str::<Sum>(bad).is_err(), "{bad} is no sum");
    }
}
