//! A browser profile: one storage, and the tabs that share it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use qinda::model::Actor;
use qinda::sync::{
    Action, CheckAnswer, CheckRequest, Checkups, Device, Enqueued, Held, Keeping, Kept, Progress, PullAnswer,
    PullRequest, PushRequest,
};

use super::ledger::{Ledger, Uid};
use super::network::Body;
use super::server::Exchange;
use super::storage::Storage;

/// Where a tab is in its exchange with the server.
#[derive(Debug, Clone)]
pub enum Phase {
    /// Between two exchanges.
    Idle,
    /// A push is under way.
    Pushing(Exchange, PushRequest),
    /// A pull is to be sent.
    Pulls,
    /// A pull is under way.
    Pulling(Exchange, PullRequest),
    /// A page came: what it refused is to be moved aside.
    Holds(PullRequest, Box<PullAnswer>),
    /// The page is to be kept.
    Keeps(PullRequest, Box<PullAnswer>, Vec<Held>),
    /// The page is to be shown.
    Shows(PullRequest, Box<PullAnswer>, Vec<Held>, Kept),
    /// What had its verdict is to be dropped from the outbox.
    Settles(PullRequest, Box<PullAnswer>),
    /// A new epoch is to begin.
    Renews,
    /// A check is under way.
    Checking(Exchange, CheckRequest),
    /// What a check found is to be put right.
    Repairs(CheckRequest, CheckAnswer),
}

/// A tab.
#[derive(Debug)]
pub struct Tab {
    /// The core's part of it.
    pub device: Device,
    /// What it still keeps as it arrives.
    pub keeping: Keeping,
    /// Where it is.
    pub phase: Phase,
    /// Answers that it has not looked at.
    pub answers: VecDeque<(Exchange, Body)>,
    /// Pages of the live channel that it has not looked at.
    pub unasked: VecDeque<String>,
    /// Whether the browser lets it do nothing.
    pub is_frozen: bool,
    /// Commands that are on the disk but not on its screen yet.
    pub landing: Vec<(Enqueued, Vec<Action>)>,
    /// What its checks found.
    pub checkups: Checkups,
}

impl Tab {
    /// A tab that was just opened.
    pub fn new(device: Device) -> Self {
        Self {
            device,
            keeping: Keeping::All,
            phase: Phase::Idle,
            answers: VecDeque::new(),
            unasked: VecDeque::new(),
            is_frozen: false,
            landing: Vec::new(),
            checkups: Checkups::default(),
        }
    }

    /// The exchange whose answer it waits for.
    pub fn waits_for(&self) -> Option<Exchange> {
        match &self.phase {
            Phase::Pushing(exchange, _) | Phase::Pulling(exchange, _) | Phase::Checking(exchange, _) => Some(*exchange),
            _ => None,
        }
    }
}

/// A browser profile of a member.
#[derive(Debug)]
pub struct Profile {
    /// The member, with the roles as the last answer told them.
    pub actor: Actor,
    /// Its storage.
    pub storage: Storage,
    /// Its tabs.
    pub tabs: Vec<Tab>,
    /// Whether the way down, and the way up, is cut.
    pub cut: [bool; 2],
    /// How far its clock is off, in microseconds.
    pub skew: i64,
    /// Whether its desk is of an earlier version, which reads every scope from the beginning on.
    pub is_old: bool,
    /// Whether rows on its disk were lost or altered.
    pub is_tampered: bool,
}

impl Profile {
    /// A new one.
    pub fn new(actor: Actor) -> Self {
        Self {
            actor,
            storage: Storage::default(),
            tabs: Vec::new(),
            cut: [false; 2],
            skew: 0,
            is_old: false,
            is_tampered: false,
        }
    }

    /// An answer arrived: it is for the tab that waits for it, if there still is one.
    pub fn hear(&mut self, exchange: Exchange, body: Body) {
        if let Some(tab) = self.tabs.iter_mut().find(|tab| tab.waits_for() == Some(exchange)) {
            tab.answers.push_back((exchange, body));
        }
    }

    /// A page of the live channel arrived: the tab that listens passes it on to the others. An older desk skips it.
    pub fn hear_unasked(&mut self, text: &str) {
        if !self.is_old {
            self.tabs.iter_mut().for_each(|tab| tab.unasked.push_back(text.to_owned()));
        }
    }

    /// How far the disk is, as this version of the desk reads it.
    pub fn progress(&self) -> Progress {
        let progress = self.storage.confirmed.progress.clone();
        if self.is_old {
            return Progress { filling: BTreeMap::new(), replaced: BTreeMap::new(), ..progress };
        }
        progress
    }

    /// The commands that lie in the outbox.
    pub fn outbox_uids(&self, ledger: &Ledger) -> BTreeSet<Uid> {
        let Some(counter) = self.storage.outbox.counter() else { return BTreeSet::new() };
        let commands = self.storage.outbox.commands();
        commands.iter().filter_map(|queued| ledger.uid(counter.device, counter.epoch, &queued.command)).collect()
    }
}
