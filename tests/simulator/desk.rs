//! What a tab does: the loop of the desk, one step at a time, with its storage between the steps.

use qinda::model::EpochId;
use qinda::sync::{
    Action, Command, ConfirmedWrite, Contents, Heard, Keeping, Kept, Moved, OutboxWrite, Progress, PullAnswer,
    PullRequest, PushRefusal, Queued, SendMessage, Standing, keep, outbox, without_chats,
};
use serde_json::value::RawValue;

use super::acts;
use super::chance::Chance;
use super::history::Kind;
use super::network::{Body, Packet};
use super::profile::{Phase, Profile, Tab};
use super::rules::{Broken, Holds, Promise, holds};
use super::server::Pushed;
use super::storage::brings_chats;
use super::world::World;

/// A whole exchange takes no more steps than these, unless it goes in circles.
const RUN_STEPS_MAX: usize = 400;

impl World {
    pub(super) fn tab(&mut self, profile: usize, tab: usize) -> &mut Tab {
        &mut self.profiles[profile].tabs[tab]
    }

    fn contents(&mut self, profile: usize) -> Contents {
        let mut chance = self.fresh_chance();
        self.profiles[profile].storage.outbox.load(&mut chance)
    }

    fn fresh_epoch(&mut self) -> EpochId {
        EpochId::new(2, self.fresh_chance().bits())
    }

    /// Takes one step of a tab.
    pub fn step_of_tab(&mut self, kind: Kind, profile: usize, tab: usize, chance: &mut Chance) -> Holds {
        let here = self.tab(profile, tab);
        match kind {
            Kind::KillTab => {
                self.profiles[profile].tabs.remove(tab);
                return Ok(());
            }
            Kind::Freeze => here.is_frozen = !here.is_frozen,
            _ if here.is_frozen => return Ok(()),
            Kind::GiveUp if here.waits_for().is_some() => here.phase = Phase::Idle,
            Kind::Act => self.act(profile, tab, chance)?,
            Kind::NewerCommand => self.act_as_a_newer_desk(profile),
            Kind::Dispose => self.dispose(profile, tab, chance)?,
            Kind::Tick => self.tick(profile, tab)?,
            Kind::Run => return self.run(profile, tab),
            Kind::Listen => self.listen(profile, tab),
            Kind::CheckUp => self.begin_check(profile, tab, chance.draw()),
            _ => {}
        }
        Ok(())
    }

    /// A person does something: it is on the disk first, and on the screen a moment later.
    fn act(&mut self, profile: usize, tab: usize, chance: &mut Chance) -> Holds {
        let now = self.now(profile);
        let actions = acts::deed(self.tab(profile, tab).device.replica(), chance, now);
        self.enqueue(profile, tab, actions);
        if chance.below(4) > 0 {
            self.land(profile, tab)?;
        }
        self.check_tab(profile, tab)
    }

    fn enqueue(&mut self, profile: usize, tab: usize, actions: Vec<Action>) {
        let now = self.now(profile);
        let contents = self.contents(profile);
        let needs = self.tab(profile, tab).device.needs(&actions);
        let (writes, enqueued) = outbox::enqueue(contents.counter, &actions, &needs, now);
        self.profiles[profile].storage.outbox.write(writes);
        for queued in &enqueued.commands {
            let counter = enqueued.counter;
            let uid = self.ledger.give(profile, counter.device, counter.epoch, &queued.command);
            self.trace.note(|| format!("  command {uid} is {} {}", queued.command.n, queued.command.kind));
        }
        self.tab(profile, tab).landing.push((enqueued, actions));
    }

    /// What was just queued shows on the screen.
    fn land(&mut self, profile: usize, tab: usize) -> Holds {
        for (enqueued, actions) in std::mem::take(&mut self.tab(profile, tab).landing) {
            let commands = enqueued.commands.clone();
            if self.tab(profile, tab).device.enqueued(enqueued, actions).is_none() {
                let contents = self.contents(profile);
                self.tab(profile, tab).device.adopt(contents);
                continue;
            }
            let device = &self.profiles[profile].tabs[tab].device;
            for Queued { command, .. } in commands {
                let seen = device.queue().contains_key(&command.n) || device.replica().through() >= command.n;
                holds(Promise::OwnWrites, seen, || format!("{} {} does not show", command.n, command.kind))?;
            }
        }
        Ok(())
    }

    /// A desk of a later version leaves a command in the outbox that neither this desk nor the server can read.
    fn act_as_a_newer_desk(&mut self, profile: usize) {
        let mut counter = self.contents(profile).counter;
        let args = RawValue::from_string(format!(r#"{{"strength":{}}}"#, self.fresh())).unwrap_or_default();
        let kind = if counter.next.is_multiple_of(2) { "coffee.make" } else { "article.put" };
        let command = Command::written(counter.next, kind, 9, args);
        self.ledger.give(profile, counter.device, counter.epoch, &command);
        counter.next += 1;
        let at = self.now(profile);
        let writes = vec![OutboxWrite::Counter(counter), OutboxWrite::Queue(Queued { command, at })];
        self.profiles[profile].storage.outbox.write(writes);
    }

    /// A person gives a refused command up, or sends the reply anyway.
    fn dispose(&mut self, profile: usize, tab: usize, chance: &mut Chance) -> Holds {
        let now = self.now(profile);
        let device = &self.tab(profile, tab).device;
        let count = device.held().len() as u64;
        let Some(held) = device.held().get(chance.below(count) as usize).cloned() else { return Ok(()) };
        if held.may_go_again() && chance.below(2) == 0 {
            return self.send_again(profile, tab, &held.key);
        }
        let again = match held.command.action() {
            Ok(Action::SendMessage(args)) if chance.below(2) == 0 => acts::anyway(device.replica(), args, now),
            _ => None,
        };
        if let Some(again) = again {
            self.enqueue(profile, tab, vec![Action::SendMessage(SendMessage { anyway: true, ..again })]);
        }
        let uid = self.numbered(profile, &held.key, &held.command).map(|(uid, _)| uid);
        if let Some(uid) = uid {
            self.ledger.given_mut(uid).may_be_unheld = true;
        }
        self.profiles[profile].storage.outbox.release(&held.key);
        self.tab(profile, tab).device.release(&held.key);
        self.land(profile, tab)?;
        self.check_tab(profile, tab)
    }

    /// A person sends what was refused again, and with it what waits for it.
    fn send_again(&mut self, profile: usize, tab: usize, key: &str) -> Holds {
        let contents = self.contents(profile);
        let (writes, enqueued) = outbox::send_again(&contents, key);
        for write in &writes {
            let OutboxWrite::Release(key) = write else { continue };
            let released = contents.held.iter().find(|held| held.key == *key);
            if let Some((uid, _)) = released.and_then(|held| self.numbered(profile, key, &held.command)) {
                self.ledger.given_mut(uid).may_be_unheld = true;
            }
        }
        self.profiles[profile].storage.outbox.write(writes);
        for queued in enqueued.iter().flat_map(|enqueued| &enqueued.commands) {
            let counter = contents.counter;
            self.ledger.give(profile, counter.device, counter.epoch, &queued.command);
        }
        let contents = self.contents(profile);
        self.tab(profile, tab).device.adopt(contents);
        self.check_tab(profile, tab)
    }

    /// A tab runs a whole exchange as far as the network lets it, with nothing else happening in between.
    pub fn run(&mut self, profile: usize, tab: usize) -> Holds {
        let mut heard = self.heard_unasked;
        for _ in 0..RUN_STEPS_MAX {
            self.tick(profile, tab)?;
            if let Some(exchange) = self.tab(profile, tab).waits_for() {
                let cut = self.profiles[profile].cut;
                let Some(request) = self.network.take_of(exchange, cut) else { return Ok(()) };
                self.deliver(request)?;
                self.commit();
                if let Some(answer) = self.network.take_of(exchange, cut) {
                    self.deliver(answer)?;
                }
            } else if matches!(self.tab(profile, tab).phase, Phase::Idle) {
                // A page that came unasked is no exchange.
                if heard == self.heard_unasked {
                    return Ok(());
                }
                heard = self.heard_unasked;
            }
        }
        holds(Promise::Drains, false, || format!("tab {tab} of {profile} goes in circles"))
    }

    /// The next step of a tab's exchange.
    pub fn tick(&mut self, profile: usize, tab: usize) -> Holds {
        self.land(profile, tab)?;
        let here = self.tab(profile, tab);
        let phase = std::mem::replace(&mut here.phase, Phase::Idle);
        match phase {
            Phase::Idle if self.hear_unasked(profile, tab)? => {}
            Phase::Idle => {
                if self.broken != Broken::OtherTabsForgotten && self.look(profile, tab) {
                    self.check_tab(profile, tab)?;
                }
                self.push_or_pull(profile, tab, 0);
            }
            Phase::Pushing(exchange, request) => match self.answer(profile, tab, exchange) {
                Some(Body::Pushed(pushed)) => self.pushed(profile, tab, &request, pushed)?,
                _ => self.tab(profile, tab).phase = Phase::Pushing(exchange, request),
            },
            Phase::Pulls => self.pull(profile, tab),
            Phase::Pulling(exchange, request) => match self.answer(profile, tab, exchange) {
                Some(Body::Pulled(text)) => self.pulled(profile, tab, request, &text)?,
                _ => self.tab(profile, tab).phase = Phase::Pulling(exchange, request),
            },
            Phase::Holds(request, answer) => self.hold(profile, tab, request, answer),
            Phase::Keeps(request, answer, held) => {
                let kept = self.keep(profile, tab, &request, &answer)?;
                self.tab(profile, tab).phase = Phase::Shows(request, answer, held, kept);
            }
            Phase::Shows(request, answer, held, kept) => {
                self.show(profile, tab, &request, &answer, held, &kept)?;
                self.tab(profile, tab).phase = Phase::Settles(request, answer);
            }
            Phase::Settles(request, answer) => {
                self.settle(profile, tab, &request, &answer);
                self.reload_outdated(profile, tab)?;
            }
            Phase::Checking(exchange, request) => match self.answer(profile, tab, exchange) {
                Some(Body::Checked(text)) => self.checked(profile, tab, request, &text)?,
                _ => self.tab(profile, tab).phase = Phase::Checking(exchange, request),
            },
            Phase::Repairs(request, answer) => self.repair(profile, tab, &request, &answer)?,
            Phase::Renews => {
                self.renew(profile, tab);
                self.check_tab(profile, tab)?;
            }
        }
        Ok(())
    }

    /// A glance at the outbox, and a look where it shows something new; says whether there were commands.
    pub(super) fn look(&mut self, profile: usize, tab: usize) -> bool {
        let contents = self.contents(profile);
        let held: Vec<String> = contents.held.iter().map(|held| held.key.clone()).collect();
        let device = &mut self.tab(profile, tab).device;
        !device.is_in_step(contents.counter, &held) && device.adopt(contents).commands
    }

    fn answer(&mut self, profile: usize, tab: usize, exchange: u64) -> Option<Body> {
        let here = self.tab(profile, tab);
        while let Some((of, body)) = here.answers.pop_front() {
            if of == exchange {
                return Some(body);
            }
        }
        None
    }

    pub(super) fn send(&mut self, profile: usize, body: Body) -> u64 {
        let exchange = self.fresh();
        self.network.send(Packet { profile, exchange, body });
        exchange
    }

    fn push_or_pull(&mut self, profile: usize, tab: usize, sent: u64) {
        let Some(request) = self.tab(profile, tab).device.next_push(sent, |_| false) else {
            return self.pull(profile, tab);
        };
        let text = serde_json::to_string(&request).unwrap_or_default();
        let exchange = self.send(profile, Body::Push(text));
        self.tab(profile, tab).phase = Phase::Pushing(exchange, request);
    }

    fn pull(&mut self, profile: usize, tab: usize) {
        let mut request = self.tab(profile, tab).device.pull_request();
        if self.profiles[profile].is_old {
            request.newest_first = None;
        }
        let exchange = self.send(profile, Body::Pull(serde_json::to_string(&request).unwrap_or_default()));
        self.tab(profile, tab).phase = Phase::Pulling(exchange, request);
    }

    fn pushed(&mut self, profile: usize, tab: usize, request: &qinda::sync::PushRequest, pushed: Pushed) -> Holds {
        self.trace.note(|| format!("  tab {tab} of {profile} hears {pushed:?}"));
        match pushed {
            Ok(answer) => {
                self.check_acknowledged(request, answer.through)?;
                let last = request.commands.last().map_or(0, |command| command.n);
                if answer.through < last {
                    self.tab(profile, tab).phase = Phase::Pulls;
                } else {
                    self.push_or_pull(profile, tab, last);
                }
            }
            Err(PushRefusal::Gap) => {
                if !self.look(profile, tab) {
                    self.tab(profile, tab).phase = Phase::Renews;
                }
            }
            Err(PushRefusal::Reused | PushRefusal::Damaged) => self.tab(profile, tab).phase = Phase::Renews,
        }
        Ok(())
    }

    fn renew(&mut self, profile: usize, tab: usize) {
        let contents = self.contents(profile);
        let (left, fresh) = (self.tab(profile, tab).device.epoch(), self.fresh_epoch());
        let (mut writes, contents) = outbox::renew(contents, left, fresh);
        if self.broken == Broken::FormerNumbersForgotten {
            for write in &mut writes {
                if let OutboxWrite::Queue(queued) = write {
                    queued.command.former.clear();
                }
            }
        }
        self.profiles[profile].storage.outbox.write(writes);
        let counter = contents.counter;
        self.ledger.renumber(counter.device, counter.epoch, &contents.commands);
        self.trace.note(|| format!("  a new epoch in {profile}: {} commands wait", contents.commands.len()));
        self.tab(profile, tab).device.adopt(contents);
    }

    fn pulled(&mut self, profile: usize, tab: usize, request: PullRequest, text: &str) -> Holds {
        let answer: PullAnswer = match serde_json::from_str(text) {
            Ok(mut answer) => {
                if self.broken == Broken::GapForgotten {
                    forget_gaps(&mut answer);
                }
                answer
            }
            Err(error) => return holds(Promise::Sound, false, || format!("an answer does not read: {error}")),
        };
        let heard = self.tab(profile, tab).device.hear(&request, &answer);
        self.trace.note(|| format!("  tab {tab} of {profile} hears a page, through {}: {heard:?}", answer.through));
        self.tab(profile, tab).phase = match heard {
            Heard::OfAnOldEpoch => Phase::Idle,
            Heard::OfAnotherBackend => Phase::Pulls,
            Heard::Page => Phase::Holds(request, Box::new(answer)),
        };
        Ok(())
    }

    fn hold(&mut self, profile: usize, tab: usize, request: PullRequest, answer: Box<PullAnswer>) {
        let mut held = Vec::new();
        if self.tab(profile, tab).device.has_to_hold(&answer) {
            let contents = self.contents(profile);
            let (mut epoch, mut through, mut verdicts) = (request.epoch, answer.through, answer.verdicts.clone());
            if self.broken == Broken::HeldInAnyEpoch {
                (epoch, through) = (contents.counter.epoch, 0);
                verdicts.iter_mut().for_each(|row| row.hash = None);
            }
            let (writes, moved) = outbox::hold(&contents, epoch, through, &verdicts);
            self.profiles[profile].storage.outbox.write(writes);
            match moved {
                Moved::Aside(aside) => held = aside,
                Moved::OtherEpoch => {
                    self.tab(profile, tab).device.adopt(contents);
                    return;
                }
                Moved::SetBack => {
                    self.tab(profile, tab).phase = Phase::Renews;
                    return;
                }
            }
        }
        self.tab(profile, tab).phase = Phase::Keeps(request, answer, held);
    }

    /// Keeps a page; when there is no room for its conversations, without them.
    fn keep(&mut self, profile: usize, tab: usize, request: &PullRequest, answer: &PullAnswer) -> Holds<Kept> {
        let mut disk = self.profiles[profile].progress();
        let Profile { storage, tabs, .. } = &mut self.profiles[profile];
        let here = &mut tabs[tab];
        if self.broken == Broken::PagesKeptBlindly {
            disk.cursors = request.cursors.clone();
            disk.filling = request.newest_first.clone().unwrap_or_default().filling;
        }
        let mut kept = keep(&disk, here.keeping, request, answer, 0);
        if self.broken == Broken::OlderOverNewer {
            write_older_rows(&mut kept.writes, &disk, answer);
        }
        if storage.is_full && brings_chats(&kept.writes) {
            here.keeping = Keeping::WithoutChats;
            storage.confirmed.write(&without_chats(&disk));
            kept = keep(&storage.confirmed.progress, here.keeping, request, answer, 0);
        }
        storage.confirmed.write(&kept.writes);
        self.check_disk(profile)?;
        Ok(kept)
    }

    fn show(
        &mut self,
        profile: usize,
        tab: usize,
        request: &PullRequest,
        answer: &PullAnswer,
        held: Vec<qinda::sync::Held>,
        kept: &Kept,
    ) -> Holds {
        let before = self.tab(profile, tab).device.progress().clone();
        let shown = if self.broken == Broken::RebaseWithoutRemoving {
            PullAnswer { through: 0, ..answer.clone() }
        } else {
            answer.clone()
        };
        let same_epoch = self.tab(profile, tab).device.epoch() == request.epoch;
        self.tab(profile, tab).device.show(request, &shown, held, kept, 0);
        if same_epoch {
            self.profiles[profile].actor = answer.actor.clone();
            self.check_page(profile, tab, &before, request, answer, kept)?;
        }
        self.check_tab(profile, tab)
    }

    fn settle(&mut self, profile: usize, tab: usize, request: &PullRequest, answer: &PullAnswer) {
        let contents = self.contents(profile);
        let writes = outbox::settle(&contents, request.epoch, answer.through);
        self.profiles[profile].storage.outbox.write(writes);
        let here = self.tab(profile, tab);
        if here.device.epoch() == request.epoch {
            here.device.settled(answer.through);
        }
        here.phase = if answer.more { Phase::Pulls } else { Phase::Idle };
    }
}

/// Writes the older rows of every page that fits the numbering of the disk, without a look at how far that is.
fn write_older_rows(writes: &mut Vec<ConfirmedWrite>, disk: &Progress, answer: &PullAnswer) {
    for page in answer.scopes.iter().filter(|page| !page.reset) {
        let same = |standing: Standing| standing.cursor.generation == page.cursor.generation;
        if disk.standing(page.scope).is_some_and(same) {
            let changes = page.older.iter().filter_map(|row| Some((row.change().ok()??, row)));
            writes.extend(changes.map(|(change, row)| ConfirmedWrite::Put(page.scope, change.entity(), row.clone())));
        }
    }
}

/// What a desk takes for whole that looks at cursors alone.
fn forget_gaps(answer: &mut PullAnswer) {
    for page in &mut answer.scopes {
        page.gap = None;
    }
}
