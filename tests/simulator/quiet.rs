//! After the faults: everything heals, drains and agrees.

use qinda::sync::{Device, Progress, Verdict};

use super::profile::{Phase, Tab};
use super::rules::{Holds, Promise, holds};
use super::world::World;

/// So many exchanges of every tab, one after the other, are enough for everything to settle.
const ROUNDS: usize = 6;
/// So many exchanges are enough to read every row below those that were read first.
const FILLED_AFTER: usize = 200;

impl World {
    /// Ends all faults, lets everything drain, and compares.
    pub fn heal(&mut self) -> Holds {
        self.trace.note(|| "the faults are over".into());
        for place in 0..self.profiles.len() {
            let profile = &mut self.profiles[place];
            profile.cut = [false; 2];
            profile.storage.is_full = false;
            profile.skew = 0;
            if profile.is_tampered {
                // An older desk does not look, nor does one that has no room: both do after the next start.
                profile.tabs.retain(|tab| !profile.is_old && tab.keeping == qinda::sync::Keeping::All);
                profile.is_old = false;
            }
            for tab in &mut profile.tabs {
                tab.is_frozen = false;
            }
            if profile.tabs.is_empty() {
                self.open_tab(place);
            }
        }
        for packet in self.network.take_all() {
            self.deliver(packet)?;
        }
        self.commit();
        for _ in 0..ROUNDS {
            let before = self.standing();
            for place in 0..self.profiles.len() {
                for tab in 0..self.profiles[place].tabs.len() {
                    self.exchange(place, tab)?;
                }
            }
            let after = self.standing();
            if after == before && after.iter().all(|(_, queued)| *queued == 0) {
                break;
            }
        }
        for place in 0..self.profiles.len() {
            self.check_all(place)?;
        }
        for place in 0..self.profiles.len() {
            self.check_nothing_lost(place)?;
            self.check_drained(place)?;
            self.check_converged(place)?;
        }
        self.check_verdicts()
    }

    /// How far everything is.
    fn standing(&self) -> Vec<(Progress, usize)> {
        let tabs = self.profiles.iter().flat_map(|profile| &profile.tabs);
        tabs.map(|tab| (tab.device.progress().clone(), tab.device.queue().len())).collect()
    }

    /// Exchanges until nothing is missing below what was read first.
    pub(super) fn exchange(&mut self, place: usize, tab: usize) -> Holds {
        for _ in 0..FILLED_AFTER {
            self.exchange_once(place, tab)?;
            if self.profiles[place].tabs[tab].device.still_to_fill().is_none() {
                return Ok(());
            }
        }
        holds(Promise::Drains, false, || format!("tab {tab} of {place} never has every row"))
    }

    /// One whole exchange. A tab whose answer will never come gives up first.
    fn exchange_once(&mut self, place: usize, tab: usize) -> Holds {
        let here = &mut self.profiles[place].tabs[tab];
        let waits_for = here.waits_for();
        if here.answers.iter().all(|(of, _)| Some(*of) != waits_for) && waits_for.is_some() {
            here.phase = Phase::Idle;
        }
        self.run(place, tab)?;
        let is_idle = matches!(self.profiles[place].tabs[tab].phase, Phase::Idle);
        holds(Promise::Drains, is_idle, || format!("tab {tab} of {place} waits for ever"))
    }

    fn check_drained(&self, place: usize) -> Holds {
        let profile = &self.profiles[place];
        let left = profile.storage.outbox.commands().len();
        holds(Promise::Drains, left == 0, || format!("{left} commands of {place} never left"))?;
        for tab in &profile.tabs {
            let left = tab.device.queue().len() + tab.device.replica().pending().len();
            holds(Promise::Drains, left == 0, || format!("a tab of {place} still shows {left} commands as queued"))?;
        }
        Ok(())
    }

    /// Every tab, and one that starts from the disk, has what a device would get that is new today.
    fn check_converged(&mut self, place: usize) -> Holds {
        let member = self.profiles[place].actor.member;
        let actor = self.server.durable().members[&member].0.clone();
        let wanted = self.server.durable().seen_by(&actor);
        self.open_tab(place);
        let last = self.profiles[place].tabs.len() - 1;
        self.exchange(place, last)?;
        self.check_disk(place)?;
        // One new device a history is enough: `seen_by` tells the same of the others.
        let is_its_turn = place as u64 == self.ledger.len() as u64 % self.profiles.len() as u64;
        let fresh = if is_its_turn { Some(self.bootstrapped(place)?) } else { None };
        let devices = self.profiles[place].tabs.iter().map(|tab| &tab.device).chain(&fresh);
        for (at, device) in devices.enumerate() {
            let state = device.replica().confirmed();
            holds(Promise::Converges, *state == wanted, || {
                format!("device {at} of {place}: {}", differs(state, &wanted))
            })?;
            holds(Promise::Erased, left_of_erased(state).is_none(), || {
                format!("device {at} of {place} has {:?} of a shopper who was erased", left_of_erased(state))
            })?;
            holds(Promise::Converges, *device.replica().actor() == actor, || format!("{place} has other roles"))?;
        }
        Ok(())
    }

    /// What a new device of the same member gets.
    fn bootstrapped(&mut self, place: usize) -> Holds<Device> {
        let (storage, tabs) = {
            let profile = &mut self.profiles[place];
            (std::mem::take(&mut profile.storage), std::mem::take(&mut profile.tabs))
        };
        self.open_tab(place);
        let done = self.exchange(place, 0);
        let fresh = self.profiles[place].tabs.pop().map(|tab: Tab| tab.device);
        self.profiles[place].storage = storage;
        self.profiles[place].tabs = tabs;
        done?;
        fresh.ok_or_else(|| super::rules::Violation { promise: Promise::Sound, seen: "no tab".into() })
    }

    /// Every command has its one verdict, and what was refused lies on the held list.
    fn check_verdicts(&self) -> Holds {
        for (uid, given) in self.ledger.all() {
            let Some(verdict) = self.server.durable().taken.get(&uid) else {
                holds(Promise::NothingLost, given.may_be_lost, || format!("command {uid} has no verdict"))?;
                continue;
            };
            if *verdict == Verdict::Applied || given.is_silent || given.may_be_unheld {
                continue;
            }
            let held = self.profiles[given.profile].storage.outbox.held();
            let listed = held.iter().any(|held| {
                self.numbered(given.profile, &held.key, &held.command).is_some_and(|(held, _)| held == uid)
            });
            holds(Promise::Held, listed, || format!("command {uid} got {verdict:?} and is on no list"))?;
        }
        Ok(())
    }
}

/// Something that was said in an erased conversation.
fn left_of_erased(state: &qinda::sync::State) -> Option<String> {
    let mut erased = state.conversations.values().filter(|known| known.erased_at.is_some());
    erased.find_map(|known| {
        let said = state.thread(known.id).map(|message| message.text.clone());
        let begun =
            state.drafts.values().filter(|draft| draft.conversation == known.id).map(|draft| draft.text.clone());
        said.chain(begun).chain([known.customer_name.clone()]).find(|text| !text.is_empty())
    })
}

/// Where two states differ, in short.
fn differs(one: &qinda::sync::State, other: &qinda::sync::State) -> String {
    let mut parts = Vec::new();
    let mut part = |name: &str, same: bool, counts: (usize, usize)| {
        if !same {
            parts.push(format!("{name} {} instead of {}", counts.0, counts.1));
        }
    };
    macro_rules! compare {
        ($($field:ident),*) => {$(
            part(stringify!($field), one.$field == other.$field, (one.$field.len(), other.$field.len()));
        )*};
    }
    compare!(articles, quick_replies, members, conversations, threads, lessons, used, packs, policies);
    parts.join(", ")
}
