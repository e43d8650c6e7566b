//! What a device asks for, and what it makes of the answer.

use std::collections::BTreeMap;

use qinda::model::{DeviceId, EpochId, Micros};
use qinda::sync::{
    Asked, Change, Contents, Counter, Cursor, Device, Heard, Held, Keeping, LeaseTold, LivePage, Moved, OutboxWrite,
    PROTOCOL, ParkReason, Progress, PullAnswer, PullRequest, RejectCode, Row, Scope, ScopePage, Verdict, VerdictRow,
    keep, outbox,
};

use super::examples::{self, NOW};
use crate::target::again;

/// A request, which the server reads, or an answer or a page of the live channel, which a desk with work in its outbox
/// reads.
pub fn pull(input: &[u8]) -> bool {
    if let Ok(request) = serde_json::from_slice::<PullRequest>(input) {
        again(&request);
        assert!(Asked::of(&request).is_none_or(|asked| asked.request(request.device).cursors == request.cursors));
        return true;
    }
    if let Ok(page) = serde_json::from_slice::<LivePage>(input) {
        unasked(&again(&page));
        return true;
    }
    let Ok(answer) = serde_json::from_slice::<PullAnswer>(input) else { return false };
    let answer = again(&answer);
    taken_in(&answer, Progress::default());
    taken_in(&answer, Progress { backend: Some(examples::backend()), ..Progress::default() });
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
    let kept = keep(&progress, Keeping::All, &request, answer, 0);
    device.show(&request, answer, held.clone(), &kept, 0);
    let through = device.replica().through();
    assert_eq!(through, answer.through);
    assert!(device.replica().pending().iter().all(|pending| pending.n > through));
    for page in &answer.scopes {
        assert!(device.progress().cursors.contains_key(&page.scope));
    }
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
    let frames = answers.iter().map(|answer| serde_json::to_vec(answer).expect("an answer can be written"));
    std::iter::once(serde_json::to_vec(&request).expect("a request can be written"))
        .chain(frames)
        .chain([brought])
        .collect()
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
    }
}

/// How far somebody has read.
pub fn cursors() -> BTreeMap<Scope, Cursor> {
    (1..).zip(Scope::of(&examples::actor())).map(|(seq, scope)| (scope, Cursor { generation: 1, seq })).collect()
}
