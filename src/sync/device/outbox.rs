//! What a device writes to its outbox. Each function is one strict transaction: it is given what the transaction reads
//! and says what it writes. Several tabs share the outbox, and none of them knows what the others did meanwhile.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::model::{DeviceId, EpochId, Micros};
use crate::sync::{Action, Command, FormerNumber, RejectCode, SendMessage, Verdict, VerdictRow};

/// Who numbers the commands, and the next number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// The device.
    pub device: DeviceId,
    /// The life of its storage.
    pub epoch: EpochId,
    /// The number that the next command gets.
    pub next: u64,
}

/// A command in the outbox.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Queued {
    /// The command.
    pub command: Command,
    /// When it was given.
    pub at: Micros,
}

/// A command that took no effect, with its words.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Held {
    /// The key under which it is kept.
    #[serde(skip)]
    pub key: String,
    /// The command.
    pub command: Command,
    /// When it was given.
    pub at: Micros,
    /// What became of it.
    pub verdict: Verdict,
}

/// One under the same key is the same: a verdict never changes.
impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Held {}

impl Held {
    /// Whether it took no effect because one that it stands on took none.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.verdict == Verdict::Rejected { code: RejectCode::Waits }
    }

    /// Whether there is nothing in it that a person could decide on: it goes the way of the one it waits for.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.command.action().is_ok_and(|action| action.is_silent())
    }

    /// Whether the same words may be taken another time: once the server is newer, the role is back, or what it stands on
    /// is there. A reply that is parked goes out otherwise.
    #[must_use]
    pub fn may_go_again(&self) -> bool {
        match &self.verdict {
            Verdict::Rejected { code } => {
                use RejectCode::{Forbidden, Gone, Newer, Unknown, Waits};
                matches!(code, Forbidden | Gone | Unknown | Waits | Newer(_))
            }
            Verdict::Newer(_) => true,
            Verdict::Applied | Verdict::Parked { .. } => false,
        }
    }

    /// Whether it bears or bore this number.
    fn bears(&self, number: FormerNumber) -> bool {
        self.key == Self::key(number.epoch, number.n) || self.command.former_numbers().contains(&number)
    }

    /// Whether it waits for another one of the held list.
    #[must_use]
    pub fn waits_for(&self, other: &Self) -> bool {
        self.waits() && self.command.needs.is_some_and(|number| other.bears(number))
    }

    /// Whether its conversation was erased: there is nothing left to do with it but to discard it.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.verdict == Verdict::Rejected { code: RejectCode::Erased }
    }

    /// Whether it waits for a person's decision, rather than being refused for good.
    #[must_use]
    pub const fn is_parked(&self) -> bool {
        matches!(self.verdict, Verdict::Parked { .. })
    }

    /// The reply, if it is one.
    #[must_use]
    pub fn reply(&self) -> Option<SendMessage> {
        match self.command.action() {
            Ok(Action::SendMessage(args)) => Some(args),
            _ => None,
        }
    }

    /// The key under which a refused command is kept.
    #[must_use]
    pub fn key(epoch: EpochId, n: u64) -> String {
        format!("{epoch}|{n:020}")
    }
}

/// What the outbox holds of commands.
#[derive(Debug, Clone)]
pub struct Contents {
    /// The numbering.
    pub counter: Counter,
    /// The commands, in order.
    pub commands: Vec<Queued>,
    /// What came back refused.
    pub held: Vec<Held>,
}

/// One write in a transaction of the outbox.
#[derive(Debug, Clone)]
pub enum OutboxWrite {
    /// The numbering is now this.
    Counter(Counter),
    /// Keep a command under its number.
    Queue(Queued),
    /// Drop the command of this number.
    Unqueue(u64),
    /// Drop every command.
    UnqueueAll,
    /// Keep a refused command under its key.
    Hold(Held),
    /// Drop the refused command under this key.
    Release(String),
}

impl OutboxWrite {
    /// The key under which it drops a refused command.
    #[must_use]
    pub fn released(&self) -> Option<&str> {
        if let Self::Release(key) = self { Some(key) } else { None }
    }
}

/// Commands that were put into the outbox.
#[derive(Debug, Clone)]
pub struct Enqueued {
    /// The numbering they were drawn from, as it is now.
    pub counter: Counter,
    /// The commands.
    pub commands: Vec<Queued>,
}

/// What became of moving refused commands aside.
#[derive(Debug, Clone)]
pub enum Moved {
    /// These lie on the held list.
    Aside(Vec<Held>),
    /// Another tab began a new epoch, whose numbers mean other commands: nothing of the page may be kept.
    OtherEpoch,
    /// The server has more of this epoch than the outbox ever gave out, or other commands under its numbers: the outbox was
    /// set back to an older state. A new epoch must begin before work is taken for done: nothing of the page may be kept.
    SetBack,
}

/// Puts actions into the outbox under the next numbers. `needs` tells of each what it stands on, as
/// [`Device::needs`](super::Device::needs) says; what it does not reach stands on nothing.
#[must_use]
pub fn enqueue(
    counter: Counter,
    actions: &[Action],
    needs: &[Option<FormerNumber>],
    at: Micros,
) -> (Vec<OutboxWrite>, Enqueued) {
    let needs = needs.iter().copied().chain(std::iter::repeat(None));
    let numbered = (counter.next..).zip(actions).zip(needs);
    let command = |((n, action), needs)| Command { needs, ..Command::new(n, action) };
    let commands: Vec<Queued> = numbered.map(|numbered| Queued { command: command(numbered), at }).collect();
    queue(counter, commands)
}

fn queue(counter: Counter, commands: Vec<Queued>) -> (Vec<OutboxWrite>, Enqueued) {
    let counter = Counter { next: counter.next + commands.len() as u64, ..counter };
    let queued = commands.iter().cloned().map(OutboxWrite::Queue);
    (std::iter::once(OutboxWrite::Counter(counter)).chain(queued).collect(), Enqueued { counter, commands })
}

/// Puts a refused command into the outbox again, word for word, and behind it what waits for it. Both leave the held list.
/// Nothing changes when another tab did it already.
#[must_use]
pub fn send_again(contents: &Contents, key: &str) -> (Vec<OutboxWrite>, Option<Enqueued>) {
    let again = with_waiting(&contents.held, key);
    if again.is_empty() {
        return (Vec::new(), None);
    }
    let Counter { epoch, .. } = contents.counter;
    let mut commands: Vec<Queued> = Vec::with_capacity(again.len());
    for (held, n) in again.iter().zip(contents.counter.next..) {
        let stands_on = again.iter().position(|other| held.waits_for(other));
        let needs = stands_on.and_then(|place| commands.get(place)).map(|on| FormerNumber { epoch, n: on.command.n });
        // Under its old numbers it has its verdict: it is another command now.
        let command = Command { n, needs, former: Vec::new(), ..held.command.clone() };
        commands.push(Queued { command, at: held.at });
    }
    let released = again.iter().map(|held| OutboxWrite::Release(held.key.clone())).collect();
    let (writes, enqueued) = queue(contents.counter, commands);
    ([released, writes].concat(), Some(enqueued))
}

/// Gives a refused command up, and what silently waits for it. What has words of its own stays.
#[must_use]
pub fn give_up(held: &[Held], key: &str) -> Vec<OutboxWrite> {
    let with_it = with_waiting(held, key);
    let leaves = with_it.iter().filter(|held| held.key == key || held.is_silent());
    leaves.map(|held| OutboxWrite::Release(held.key.clone())).collect()
}

/// A refused command, and behind it everything that waits for it, each behind what it stands on.
fn with_waiting<'h>(held: &'h [Held], key: &str) -> Vec<&'h Held> {
    let mut with_it: Vec<&Held> = held.iter().filter(|held| held.key == key).collect();
    let mut next = 0;
    while let Some(first) = with_it.get(next).copied() {
        let waits = |other: &&Held| other.waits_for(first) && !with_it.contains(other);
        let waiting: Vec<&Held> = held.iter().filter(waits).collect();
        with_it.extend(waiting);
        next += 1;
    }
    with_it
}

/// Moves the commands that took no effect to the held list. Doing it twice changes nothing, and tells a second tab what
/// the first one moved. A choice or a draft that was refused is nothing that a person could decide on: it is dropped,
/// unless what it waits for is on the list.
#[must_use]
pub fn hold(contents: &Contents, epoch: EpochId, through: u64, verdicts: &[VerdictRow]) -> (Vec<OutboxWrite>, Moved) {
    if contents.counter.epoch != epoch {
        return (Vec::new(), Moved::OtherEpoch);
    }
    let is_another = |row: &VerdictRow| {
        let mut commands = contents.commands.iter().map(|queued| &queued.command);
        commands.any(|command| command.n == row.n && !row.is_of(command))
    };
    if through >= contents.counter.next || verdicts.iter().any(is_another) {
        return (Vec::new(), Moved::SetBack);
    }
    let mut writes = Vec::new();
    let mut aside = Vec::new();
    for row in verdicts.iter().filter(|row| row.verdict != Verdict::Applied) {
        let key = Held::key(epoch, row.n);
        if let Some(found) = contents.commands.iter().find(|queued| queued.command.n == row.n) {
            writes.push(OutboxWrite::Unqueue(row.n));
            let held = Held { key, command: found.command.clone(), at: found.at, verdict: row.verdict.clone() };
            let is_waited_for = || contents.held.iter().chain(&aside).any(|other| held.waits_for(other));
            if held.is_silent() && !is_waited_for() {
                continue;
            }
            writes.push(OutboxWrite::Hold(held.clone()));
            aside.push(held);
        } else if let Some(held) = contents.held.iter().find(|held| held.key == key) {
            aside.push(held.clone());
        }
    }
    (writes, Moved::Aside(aside))
}

/// Drops the commands that had their verdict.
#[must_use]
pub fn settle(contents: &Contents, epoch: EpochId, through: u64) -> Vec<OutboxWrite> {
    if contents.counter.epoch != epoch {
        return Vec::new();
    }
    let done = contents.commands.iter().map(|queued| queued.command.n).filter(|n| *n <= through);
    done.map(OutboxWrite::Unqueue).collect()
}

/// Begins a new epoch: what waits gets new numbers from 1, and remembers the old ones. Nothing changes when another tab
/// did it already. Gives what the outbox holds afterwards.
#[must_use]
pub fn renew(mut contents: Contents, left: EpochId, fresh: EpochId) -> (Vec<OutboxWrite>, Contents) {
    if contents.counter.epoch != left {
        return (Vec::new(), contents);
    }
    let mut writes = vec![OutboxWrite::UnqueueAll];
    let mut counter = Counter { epoch: fresh, next: 1, ..contents.counter };
    for queued in &mut contents.commands {
        queued.command = queued.command.renumbered(left, counter.next);
        writes.push(OutboxWrite::Queue(queued.clone()));
        counter.next += 1;
    }
    contents.counter = counter;
    writes.push(OutboxWrite::Counter(counter));
    (writes, contents)
}

/// Of a held list what is not in another one.
pub(super) fn unlisted(more: Vec<Held>, listed: &[Held]) -> Vec<Held> {
    let known: BTreeSet<&str> = listed.iter().map(|held| held.key.as_str()).collect();
    more.into_iter().filter(|held| !known.contains(held.key.as_str())).collect()
}
