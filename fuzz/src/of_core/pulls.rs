//! What a device asks for, and what it makes of the answer.

use std::collections::BTreeMap;

use qinda::model::{DeviceId, EpochId, Micros};
use qinda::sync::{
    Asked, Change, ConfirmedWrite, Contents, Counter, Cursor, Device, Filling, Gap, Heard, Held, Keeping, LeaseTold,
    LivePage, Moved, OutboxWrite, PROTOCOL, ParkReason, Progress, PullAnswer, PullRequest, RejectCode, Row, Scope,
    ScopePage, Standing, TERSE_TABLE, Verdict, VerdictRow, keep, outbox,
};

use super::examples::{self, NOW};
use crate::target::again;

/// A request, which the server reads, or an answer or a page of the live channel, which a desk with work in its outbox
/// reads.
pub fn pull(input: &[u8]) -> bool {
    if let Ok(request) = serde_json::from_slice::<PullRequest>(input) {
        requested(&request);
        return true;
    }
    if let Ok(page) = serde_json::from_slice::<LivePage>(input) {
        unasked(&again(&page));
        return true;
    }
    let Ok(answer) = serde_json::from_slice::<PullAnswer>(input) else { return false };
    let answer = again(&answer);
    for progress in standings() {
        taken_in(&answer, progress);
    }
    true
}

/// A page that comes unasked, to a device that is just where it begins: taken, it moves nothing back.
fn unasked(page: &LivePage) {
    let cursors = page.asked.cursors.clone();
    let progress = Progress { cursors, backend: Some(page.answer.backend), ..Progress::default() };
    let mut device = Device::open(page.answer.actor.clone(), contents(), progress.clone(), examples::changes());
    let Some(request) = device.hear_unasked(page) else { return };
    let kept = keep(&progress, Keeping::All, &request, &page.answer, 0);
    device.show(&request, &page.answer, Vec::new(), &kept, 0);
    for (scope, before) in &progress.cursors {
        assert!(device.progress().cursors[scope].seq >= before.seq && kept.lagging.is_empty());
    }
    assert!(!device.is_behind(&page.heads()));
}

fn requested(request: &PullRequest) {
    again(request);
    assert!(Asked::of(request).is_none_or(|asked| asked.request(request.device).cursors == request.cursors));
    let told = request.newest_first.iter().flat_map(|newest| newest.filling.keys());
    for scope in request.cursors.keys().chain(told) {
        is_sound(request.standing(*scope));
    }
}

/// How far a tab or the disk has read the knowledge: nothing, all, or with a gap, and the server of another life.
fn standings() -> Vec<Progress> {
    let gap = |above, up_to| Some(Gap { above, up_to, rows: up_to - above, holds: above > 0 });
    let read = [(0, None), (4, None), (9, None), (9, gap(0, 7)), (9, gap(2, 5)), (12, gap(4, 11))];
    let known = read.map(|(seq, gap)| progress_at(Scope::Knowledge, Cursor { generation: 1, seq }, gap));
    [Progress::default(), Progress { backend: None, ..progress_at(Scope::Knowledge, Cursor::default(), None) }]
        .into_iter()
        .chain(known)
        .collect()
}

fn progress_at(scope: Scope, cursor: Cursor, gap: Option<Gap>) -> Progress {
    let filling = gap.map(|gap| (scope, Filling { cursor, gap })).into_iter().collect();
    let whole = if gap.is_some() { Cursor::default() } else { cursor };
    let (cursors, backend) = (BTreeMap::from([(scope, whole)]), Some(examples::backend()));
    Progress { cursors, filling, backend, ..Progress::default() }
}

/// Something is missing in a gap, and it lies below what was read.
fn is_sound(standing: Standing) {
    assert!(standing.gap.is_none_or(|gap| gap.above < gap.up_to && gap.up_to <= standing.cursor.seq), "{standing:?}");
}

fn has_read(standing: Standing, seq: u64) -> bool {
    seq <= standing.cursor.seq && standing.gap.is_none_or(|gap| seq <= gap.above || seq > gap.up_to)
}

/// The numbers around each end of what was read.
fn edges(standings: &[Standing]) -> Vec<u64> {
    let ends = standings.iter().flat_map(|standing| {
        let gap = standing.gap.map_or([0; 2], |gap| [gap.above, gap.up_to]);
        [standing.cursor.seq, gap[0], gap[1]]
    });
    ends.flat_map(|end| [end.saturating_sub(1), end, end.saturating_add(1)]).filter(|seq| *seq > 0).collect()
}

/// Wherever the disk stands that another tab wrote to, it says of no number that it was read but what was there or came
/// with the page.
fn kept_by_others(request: &PullRequest, answer: &PullAnswer) {
    for disk in standings() {
        let kept = keep(&disk, Keeping::All, request, answer, 0);
        let Some(ConfirmedWrite::Progress(after)) = kept.writes.last() else { continue };
        again(after);
        for page in answer.scopes.iter().filter(|page| fits(request, page) && is_alone(answer, page)) {
            let Some(now) = after.standing(page.scope) else { continue };
            is_sound(now);
            let before = disk.standing(page.scope).unwrap_or_default();
            let lay_there =
                |seq| !page.reset && before.cursor.generation == now.cursor.generation && has_read(before, seq);
            for seq in edges(&[before, page.standing(), now]) {
                let came = has_read(page.standing(), seq) || lay_there(seq);
                assert!(now == before || came || !has_read(now, seq), "{seq} of {now:?} over {before:?}: {page:?}");
            }
        }
    }
}

fn is_alone(answer: &PullAnswer, page: &ScopePage) -> bool {
    answer.scopes.iter().filter(|other| other.scope == page.scope).count() == 1
}

/// Whether a page goes on from what was asked, as every server's does.
fn fits(request: &PullRequest, page: &ScopePage) -> bool {
    let asked = request.standing(page.scope);
    let goes_on = asked.cursor.generation == page.cursor.generation && asked.cursor.seq <= page.cursor.seq;
    let is_less = match (asked.gap, page.standing().gap) {
        (_, None) => true,
        (None, Some(begun)) => begun.above == asked.cursor.seq,
        (Some(asked), Some(left)) => left.above == asked.above && left.up_to <= asked.up_to,
    };
    page.reset || (goes_on && is_less)
}

fn counter() -> Counter {
    Counter { device: DeviceId::of_name("phone"), epoch: EpochId::of_name("one"), next: 1 }
}

/// An outbox with one command of each kind.
pub fn contents() -> Contents {
    let (_, enqueued) = outbox::enqueue(counter(), &examples::actions(), &[], NOW);
    Contents { counter: enqueued.counter, commands: enqueued.commands, held: Vec::new() }
}

/// The steps of an exchange, in the order in which the desk takes them.
fn taken_in(answer: &PullAnswer, progress: Progress) {
    let contents = contents();
    let mut device = Device::open(examples::actor(), contents.clone(), progress.clone(), examples::changes());
    let request = device.pull_request();
    if device.hear(&request, answer) != Heard::Page {
        return;
    }
    let mut held = Vec::new();
    if device.has_to_hold(answer) {
        let (writes, moved) = outbox::hold(&contents, request.epoch, answer.through, &answer.verdicts);
        match moved {
            Moved::Aside(aside) => held = aside,
            Moved::OtherEpoch => panic!("there is one epoch only"),
            Moved::SetBack => {
                assert!(writes.is_empty());
                return;
            }
        }
        moved_aside(&contents.commands.iter().map(|queued| queued.command.n).collect::<Vec<_>>(), &writes, &held);
    }
    kept_by_others(&request, answer);
    let kept = keep(&progress, Keeping::All, &request, answer, 0);
    device.show(&request, answer, held.clone(), &kept, 0);
    let through = device.replica().through();
    assert_eq!(through, answer.through);
    assert!(device.replica().pending().iter().all(|pending| pending.n > through));
    for page in &answer.scopes {
        assert!(device.progress().cursors.contains_key(&page.scope));
        let now = device.progress().standing(page.scope).unwrap_or_default();
        is_sound(now);
        if is_alone(answer, page) {
            let came = |seq| has_read(page.standing(), seq);
            assert!(edges(&[page.standing(), now]).into_iter().all(|seq| came(seq) || !has_read(now, seq)));
        }
    }
    assert_eq!(device.still_to_fill().is_none(), device.numbers_in_gaps() == 0);
    assert!(device.held().len() <= held.len());
    let settled = outbox::settle(&contents, request.epoch, answer.through);
    assert!(settled.iter().all(|write| matches!(write, OutboxWrite::Unqueue(n) if *n <= answer.through)));
    device.settled(through);
    let keys: Vec<String> = device.held().iter().map(|held| held.key.clone()).collect();
    let _ = device.is_in_step(device.counter(), &keys);
    if let Some(push) = device.next_push(0, |_| false) {
        assert!(push.commands.iter().all(|command| command.n > through));
    }
    again(device.progress());
}

/// What is taken out of the queue lies on the held list with its words, or is a choice, which nobody decides on.
fn moved_aside(queued: &[u64], writes: &[OutboxWrite], held: &[Held]) {
    for write in writes {
        match write {
            OutboxWrite::Unqueue(n) => assert!(queued.contains(n), "a command is dropped that was not there"),
            OutboxWrite::Hold(one) => assert!(held.iter().any(|held| held.key == one.key)),
            _ => panic!("holding writes something else"),
        }
    }
}

/// Requests and answers.
pub fn pull_seeds() -> Vec<Vec<u8>> {
    let device = Device::open(examples::actor(), contents(), Progress::default(), []);
    let mut request = device.pull_request();
    request.cursors.insert(Scope::Knowledge, Cursor { generation: 1, seq: 40 });
    request.cursors.insert(Scope::Inbox(examples::actor().team), Cursor { generation: 2, seq: 7 });
    let command = |n: u64| contents().commands[n as usize - 1].command.clone();
    let verdicts = vec![
        VerdictRow { n: 1, verdict: Verdict::Applied, hash: Some(command(1).hash) },
        VerdictRow { n: 2, verdict: Verdict::Rejected { code: RejectCode::Conflict }, hash: None },
        VerdictRow {
            n: 3,
            verdict: Verdict::Parked { reason: ParkReason::Answered { by: examples::actor().member, at: NOW } },
            hash: Some(command(3).hash),
        },
    ];
    let answers = [answer(&[], Vec::new()), answer(&examples::changes(), verdicts)];
    let (mut brought, first) = (answers[1].clone(), contents());
    let mut asked = Asked::of(&device.pull_request()).expect("it has no gap");
    for page in &mut brought.scopes {
        page.reset = false;
        asked.cursors.insert(page.scope, Cursor { generation: 1, seq: 0 });
    }
    asked.epoch = first.counter.epoch;
    let brought = LivePage { asked, answer: brought };
    let brought = serde_json::to_vec(&brought).expect("a page can be written");
    let answers = answers.into_iter().chain(filling());
    let frames = answers.map(|answer| serde_json::to_vec(&answer).expect("an answer can be written"));
    let newest = Device::open(examples::actor(), contents(), standings().pop().unwrap_or_default(), []);
    let requests = [request, newest.pull_request()];
    let requests = requests.iter().map(|request| serde_json::to_vec(request).expect("a request can be written"));
    requests.chain(frames).chain([brought]).collect()
}

/// The newest rows first, then older ones of the gap, then the last of them.
fn filling() -> [PullAnswer; 3] {
    let all = answer(&examples::changes(), Vec::new());
    let knowledge = |reset, gap, from: usize, to: usize| {
        let mut answer = all.clone();
        answer.scopes.retain(|page| page.scope == Scope::Knowledge);
        for page in &mut answer.scopes {
            (page.reset, page.gap) = (reset, gap);
            page.cursor.seq = page.cursor.seq.max(9);
            page.head = page.cursor.seq;
            let rows: Vec<Row> = page.rows.iter().skip(from).take(to - from).cloned().collect();
            (page.rows, page.older) = if reset { (rows, Vec::new()) } else { (Vec::new(), rows) };
        }
        answer
    };
    let gap = |up_to| Some(Gap { above: 0, up_to, rows: up_to, holds: false });
    [knowledge(true, gap(7), 7, 20), knowledge(false, gap(4), 4, 7), knowledge(false, None, 0, 4)]
}

fn answer(changes: &[Change], verdicts: Vec<VerdictRow>) -> PullAnswer {
    let mut scopes: Vec<ScopePage> = Scope::of(&examples::actor())
        .into_iter()
        .map(|scope| {
            let own = changes.iter().filter(|change| change.scope() == scope);
            let rows: Vec<Row> = (1..).zip(own).map(|(seq, change)| Row::new(seq, change)).collect();
            let seq = rows.len() as u64;
            ScopePage {
                scope,
                reset: true,
                cursor: Cursor { generation: 1, seq },
                head: seq,
                rows,
                gap: None,
                older: Vec::new(),
            }
        })
        .collect();
    scopes.iter_mut().for_each(|page| page.reset = page.head > 0);
    PullAnswer {
        protocol: PROTOCOL,
        backend: examples::backend(),
        at: Micros(NOW.0 + 1),
        actor: examples::actor(),
        me: examples::card(),
        scopes,
        through: verdicts.last().map_or(0, |last| last.n),
        verdicts,
        more: false,
        lease: Some(LeaseTold::from(NOW)),
        terse: vec![TERSE_TABLE],
    }
}

/// How far somebody has read.
pub fn cursors() -> BTreeMap<Scope, Cursor> {
    (1..).zip(Scope::of(&examples::actor())).map(|(seq, scope)| (scope, Cursor { generation: 1, seq })).collect()
}
