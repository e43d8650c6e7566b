//! What a device does to keep in step with the server, without any storage or network of its own: it is told what
//! happened, and says which frame to send and what to write in which transaction.
//!
//! One [`Device`] is the memory of one tab. All tabs of a browser profile share the storage: the functions of [`outbox`]
//! are its strict transactions, [`keep`] and [`without_chats`] the relaxed ones. An exchange goes like this:
//!
//! 1. Read the outbox and [`Device::adopt`] what other tabs did.
//! 2. Send [`Device::next_push`] until there is none; a refusal is answered by [`Device::adopt`], or a new epoch.
//! 3. Send [`Device::pull_request`], and [`Device::hear`] the answer. Then, for a page: [`outbox::hold`], [`keep`],
//!    [`Device::show`], [`outbox::settle`], each of which may be the last before the tab ends, and may be done again.

pub mod outbox;

mod confirmed;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

pub use confirmed::{ConfirmedWrite, Keeping, Kept, Progress, keep, without_chats, without_scopes};
pub use outbox::{Contents, Counter, Enqueued, Held, Moved, OutboxWrite, Queued};

use super::live::sum_of;
use super::needs::needed;
use super::{
    Action, Beat, Change, Command, Cursor, FormerNumber, LivePage, NewestFirst, PROTOCOL, PUSH_BYTES_MAX,
    PUSH_COMMANDS_MAX, Pending, PullAnswer, PullRequest, PushRequest, Replica, Scope, ScopePage, Standing, State,
    Touched, Verdict, VerdictRow,
};
use crate::model::{Actor, EpochId};

/// Half of the bytes a push may have are left for what wraps the commands.
const PUSH_ARGS_BYTES_MAX: usize = PUSH_BYTES_MAX / 2;

/// What an answer to a pull is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// A page to be kept and shown.
    Page,
    /// A new epoch began while it was under way: it says nothing any more.
    OfAnOldEpoch,
    /// The server's database is another one, restored from a backup: everything is to be read again.
    OfAnotherBackend,
}

/// What a look at the outbox brought that this tab did not know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// Whether there were commands, or a new epoch.
    pub commands: bool,
    /// Whether the held list is another one.
    pub held: bool,
    /// What the commands touch on the screen.
    pub touched: Vec<Touched>,
}

/// What one tab knows.
#[derive(Debug, Clone)]
pub struct Device {
    counter: Counter,
    progress: Progress,
    replica: Replica,
    queue: BTreeMap<u64, Command>,
    held: Vec<Held>,
    /// Scopes whose rows were put right on the disk, and not in memory.
    outdated: BTreeSet<Scope>,
}

impl Device {
    /// Starts from what the storage holds.
    #[must_use]
    pub fn open(
        actor: Actor,
        contents: Contents,
        progress: Progress,
        changes: impl IntoIterator<Item = Change>,
    ) -> Self {
        let mut state = State::default();
        for change in changes {
            state.apply(change);
        }
        let replica = Replica::new(actor, state, progress.through_of(contents.counter.epoch));
        let mut device = Self {
            counter: contents.counter,
            progress,
            replica,
            queue: BTreeMap::new(),
            held: contents.held,
            outdated: BTreeSet::new(),
        };
        device.take_in(contents.commands);
        device
    }

    /// Confirmed state and outbox, and what they show together.
    #[must_use]
    pub fn replica(&self) -> &Replica {
        &self.replica
    }

    /// The numbering as this tab knows it.
    #[must_use]
    pub const fn counter(&self) -> Counter {
        self.counter
    }

    /// The life of the storage as this tab knows it.
    #[must_use]
    pub const fn epoch(&self) -> EpochId {
        self.counter.epoch
    }

    /// How far this tab has read.
    #[must_use]
    pub const fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The commands that wait for their verdict.
    #[must_use]
    pub const fn queue(&self) -> &BTreeMap<u64, Command> {
        &self.queue
    }

    /// What came back refused and waits for a person.
    #[must_use]
    pub fn held(&self) -> &[Held] {
        &self.held
    }

    /// The waiting command that each action stands on, for what the screen shows is what a person goes on from. If that is
    /// refused, so are they.
    #[must_use]
    pub fn needs(&self, actions: &[Action]) -> Vec<Option<FormerNumber>> {
        let number = |n| FormerNumber { epoch: self.counter.epoch, n };
        actions.iter().map(|action| needed(action, &self.replica).map(number)).collect()
    }

    /// A person gave a held command up, or sent it anew.
    pub fn release(&mut self, key: &str) {
        self.held.retain(|held| held.key != key);
    }

    /// Whether a glance at the outbox, at its numbering and the keys of its held list, shows nothing that this tab does
    /// not know. Then the commands, which may be thousands, need not be read.
    #[must_use]
    pub fn is_in_step(&self, counter: Counter, held: &[String]) -> bool {
        let through = self.replica.through();
        let numbered = counter.next.saturating_sub(1).saturating_sub(through);
        let known = self.queued_after(through).count() as u64;
        let held = held.iter().map(String::as_str);
        counter == self.counter && numbered == known && held.eq(self.held.iter().map(|held| held.key.as_str()))
    }

    /// Takes in what the outbox holds, for other tabs write to it too.
    pub fn adopt(&mut self, contents: Contents) -> News {
        let other_epoch = contents.counter.epoch != self.counter.epoch;
        let mut news = News { commands: other_epoch, held: contents.held != self.held, touched: Vec::new() };
        self.counter = contents.counter;
        self.held = contents.held;
        if other_epoch {
            news.touched = self.replica.renumber(Vec::new());
            self.queue.clear();
        }
        let touched = self.take_in(contents.commands);
        news.commands |= touched.is_some();
        news.touched.extend(touched.unwrap_or_default());
        news
    }

    /// `None` when no command was new. One that an older desk wrote and this one cannot read is still sent: the server
    /// gives it its verdict.
    fn take_in(&mut self, commands: Vec<Queued>) -> Option<Vec<Touched>> {
        let through = self.replica.through();
        let mut touched = None;
        for Queued { command, at } in commands.into_iter().filter(|queued| queued.command.n > through) {
            if self.queue.contains_key(&command.n) {
                continue;
            }
            let touched = touched.get_or_insert_with(Vec::new);
            if let Ok(action) = command.action() {
                touched.extend(self.replica.enqueue(Pending { n: command.n, action, at }));
            }
            self.queue.insert(command.n, command);
        }
        touched
    }

    /// Shows commands that this tab has just put into the outbox, and what they do. `None` when another tab began a new
    /// epoch meanwhile: then the outbox must be read and adopted, which shows them too.
    pub fn enqueued(&mut self, enqueued: Enqueued, actions: Vec<Action>) -> Option<Vec<Touched>> {
        if enqueued.counter.epoch != self.counter.epoch {
            return None;
        }
        self.counter.next = self.counter.next.max(enqueued.counter.next);
        let mut touched = Vec::new();
        for (Queued { command, at }, action) in enqueued.commands.into_iter().zip(actions) {
            if command.n <= self.replica.through() {
                continue;
            }
            touched.extend(self.replica.enqueue(Pending { n: command.n, action, at }));
            self.queue.insert(command.n, command);
        }
        Some(touched)
    }

    /// The next commands to be sent, after those that were sent already in this exchange. `waits` says of a command that
    /// something else must be brought first; what stands before it need not wait.
    pub fn next_push(&self, sent: u64, waits: impl Fn(&Command) -> bool) -> Option<PushRequest> {
        let after = sent.max(self.replica.through());
        let mut bytes = 0;
        let commands: Vec<Command> = self
            .queued_after(after)
            .take(PUSH_COMMANDS_MAX)
            .take_while(|command| {
                let first = bytes == 0;
                bytes += command.args.get().len();
                first || (bytes <= PUSH_ARGS_BYTES_MAX && !waits(command))
            })
            .cloned()
            .collect();
        let Counter { device, epoch, .. } = self.counter;
        (!commands.is_empty()).then_some(PushRequest { protocol: PROTOCOL, device, epoch, commands })
    }

    /// What is queued behind a number. The storage or a server may name any, also the last that there is.
    fn queued_after(&self, n: u64) -> impl Iterator<Item = &Command> {
        self.queue.range((Bound::Excluded(n), Bound::Unbounded)).map(|(_, command)| command)
    }

    /// What to ask for.
    #[must_use]
    pub fn pull_request(&self) -> PullRequest {
        PullRequest {
            protocol: PROTOCOL,
            device: self.counter.device,
            epoch: self.counter.epoch,
            cursors: self.progress.cursors.clone(),
            verdicts_after: self.replica.through(),
            newest_first: Some(NewestFirst { filling: self.progress.filling.clone(), queued: !self.queue.is_empty() }),
        }
    }

    /// Looks at a page that came unasked. `None` where it does not follow on what this tab has: then it changes nothing,
    /// and only a pull helps where it tells of something newer. Otherwise the request that it counts as an answer to.
    ///
    /// It is enough that this tab stands between where the page begins and where it ends, as after a pull of its own: a
    /// page holds everything between the two, and of a row that was read already it holds the same or a later state.
    #[must_use]
    pub fn hear_unasked(&self, page: &LivePage) -> Option<PullRequest> {
        let LivePage { asked, answer } = page;
        let through = self.replica.through();
        let is_between = |(scope, own): (&Scope, &Cursor)| {
            let (from, to) = (asked.cursors.get(scope), answer.scopes.iter().find(|page| page.scope == *scope));
            from.zip(to).is_some_and(|(from, to)| {
                let same = from.generation == own.generation && own.generation == to.cursor.generation;
                same && from.seq <= own.seq && own.seq <= to.cursor.seq
            })
        };
        // Another role, another scope or another life of the database is more than a page that merely goes on.
        let is_known = self.progress.backend == Some(answer.backend)
            && *self.replica.actor() == answer.actor
            && self.progress.cursors.len() == asked.cursors.len();
        let fits = asked.epoch == self.counter.epoch
            && is_known
            && page.is_plain()
            && self.progress.filling.is_empty()
            && (asked.verdicts_after..=answer.through).contains(&through)
            && self.progress.cursors.iter().all(is_between);
        fits.then(|| asked.request(self.counter.device))
    }

    /// Looks at an answer. When it is of another backend, the next pull reads everything anew.
    pub fn hear(&mut self, request: &PullRequest, answer: &PullAnswer) -> Heard {
        if request.epoch != self.counter.epoch {
            return Heard::OfAnOldEpoch;
        }
        if self.progress.backend.is_some_and(|backend| backend != answer.backend) {
            self.progress.backend = Some(answer.backend);
            // The cursors stay, as those of no numbering, so that a scope that is not offered is still dropped.
            let scopes: Vec<Scope> = self.progress.scopes().collect();
            scopes.into_iter().for_each(|scope| self.progress.stand(scope, Standing::default()));
            return Heard::OfAnotherBackend;
        }
        Heard::Page
    }

    /// Whether a page needs [`outbox::hold`]: it brings a refusal, or a verdict on what this tab does not know, as
    /// when another tab wrote it, or the outbox was set back.
    #[must_use]
    pub fn has_to_hold(&self, answer: &PullAnswer) -> bool {
        let is_mine = |row: &VerdictRow| self.queue.get(&row.n).is_some_and(|command| row.is_of(command));
        let plain = |row: &VerdictRow| row.verdict == Verdict::Applied && is_mine(row);
        answer.through >= self.counter.next || !answer.verdicts.iter().all(plain)
    }

    /// Brings a page onto the screen, once what it refused lies on the held list and what the disk had room for is kept.
    pub fn show(
        &mut self,
        request: &PullRequest,
        answer: &PullAnswer,
        held: Vec<Held>,
        kept: &Kept,
        wall_offset: i64,
    ) -> Vec<Touched> {
        if request.epoch != self.counter.epoch {
            return Vec::new();
        }
        self.held.extend(outbox::unlisted(held, &self.held));
        let gone = confirmed::gone(&self.progress, request, answer);
        self.progress.forget_all();
        for page in &answer.scopes {
            let read = page.standing();
            let on_disk = kept.lagging.get(&page.scope);
            self.progress.stand(page.scope, on_disk.map_or(read, |disk| read.shared_with(*disk)));
        }
        self.hear_of_replaced(answer, kept);
        self.progress.settled(request.epoch, answer.through);
        self.progress.wall_offset = wall_offset;
        self.progress.backend = Some(answer.backend);

        let reset = answer.scopes.iter().filter(|page| page.reset).map(|page| page.scope);
        let mut touched = Vec::new();
        for scope in reset.chain(gone) {
            touched.extend(self.replica.forget(scope));
        }
        if *self.replica.actor() != answer.actor {
            self.replica.set_actor(answer.actor.clone());
        }
        touched.extend(self.replica.absorb(changes_of(answer), answer.through));
        touched
    }

    /// Another tab may have put rows right. What this page brings anew is right too.
    fn hear_of_replaced(&mut self, answer: &PullAnswer, kept: &Kept) {
        let is_anew = |scope: Scope| answer.scopes.iter().any(|page| page.scope == scope && page.reset);
        for (scope, replaced) in &kept.replaced {
            let known = self.progress.replaced.insert(*scope, *replaced).unwrap_or_default();
            if known < *replaced && !is_anew(*scope) {
                self.outdated.insert(*scope);
            }
        }
        self.outdated.retain(|scope| !is_anew(*scope) && self.progress.cursors.contains_key(scope));
    }

    /// The rows of a scope were put right on the disk: they are to be read again.
    pub fn outdate(&mut self, scope: Scope) {
        self.outdated.insert(scope);
    }

    /// The scopes that are to be read from the disk again.
    #[must_use]
    pub const fn outdated(&self) -> &BTreeSet<Scope> {
        &self.outdated
    }

    /// Takes in a scope as it lies on the disk, and says what is another now. `None` where the disk is not exactly as far
    /// as this tab is; both are soon.
    pub fn reload(&mut self, scope: Scope, disk: &Progress, changes: Vec<Change>) -> Option<Vec<Touched>> {
        let cursor = disk.whole(scope).filter(|cursor| self.progress.whole(scope) == Some(*cursor));
        if cursor.is_none() || disk.backend != self.progress.backend {
            return None;
        }
        self.outdated.remove(&scope);
        self.progress.replaced.extend(disk.replaced.get(&scope).map(|replaced| (scope, *replaced)));
        Some(self.replica.replace(scope, changes))
    }

    /// The next pull reads a scope anew.
    pub fn read_anew(&mut self, scope: Scope) {
        if self.progress.standing(scope).is_some() {
            self.progress.stand(scope, Standing::default());
        }
    }

    /// Forgets the commands that had their verdict, once the outbox has dropped them.
    pub fn settled(&mut self, through: u64) {
        self.queue.retain(|n, _| *n > through);
    }

    /// Whether a scope moved on beyond what this tab has read, or is no longer the member's.
    #[must_use]
    pub fn is_behind(&self, heads: &BTreeMap<Scope, u64>) -> bool {
        let read = |scope: &Scope| self.progress.standing(*scope).map_or(0, |standing| standing.cursor.seq);
        let has_moved = heads.iter().any(|(scope, head)| read(scope) != *head);
        has_moved || self.progress.cursors.keys().any(|scope| !heads.contains_key(scope))
    }

    /// Whether this tab lacks something that the channel brought, by what it says with a beat.
    #[must_use]
    pub fn is_behind_the_beat(&self, beat: Beat) -> bool {
        sum_of(self.progress.cursors.values().map(|cursor| cursor.seq)) < beat.sum
    }

    /// Whether anything of a scope was read, be it that it is empty.
    #[must_use]
    pub fn has_read(&self, scope: Scope) -> bool {
        self.progress.standing(scope).is_some()
    }

    /// How many numbers lie in gaps: with each page that fills one there are fewer.
    #[must_use]
    pub fn numbers_in_gaps(&self) -> u64 {
        let gaps = self.progress.filling.values().map(|filling| filling.gap);
        gaps.fold(0, |sum, gap| sum.saturating_add(gap.up_to.saturating_sub(gap.above)))
    }

    /// How many older rows, about, are still to be read; `None` once every scope is whole. What is there works already.
    #[must_use]
    pub fn still_to_fill(&self) -> Option<u64> {
        let gaps = self.progress.filling.values().map(|filling| filling.gap.rows);
        (!self.progress.filling.is_empty()).then(|| gaps.fold(0, u64::saturating_add))
    }
}

fn changes_of(answer: &PullAnswer) -> Vec<Change> {
    let rows = answer.scopes.iter().flat_map(ScopePage::all_rows);
    rows.filter_map(|row| row.change().ok().flatten()).collect()
}

#[cfg(test)]
mod tests;
