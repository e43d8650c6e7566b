//! The whole small world: a shop's server, browser profiles with their tabs, and the network between them.

use std::collections::BTreeMap;

use qinda::model::{Actor, ConversationId, CustomerId, MemberCard, MemberId, MessageId, Micros, Roles, ShopId, TeamId};
use qinda::sync::{Device, PullRequest, PushRequest};

use super::chance::Chance;
use super::database::Database;
use super::history::{Kind, Step};
use super::ledger::{Ledger, Uid};
use super::network::{Body, Network, Packet};
use super::profile::{Profile, Tab};
use super::rules::{Broken, Holds};
use super::server::{self, Server};
use super::storage::OutboxDisk;
use super::trace::Trace;

/// The roles that a member may be given.
const ROLES: [&str; 4] = ["agent", "supervisor", "editor", "agent,editor"];
/// The teams of the shop.
const TEAMS: [&str; 2] = ["day", "night"];
/// Shoppers of each team.
const SHOPPERS: u64 = 2;
/// The tabs of a profile at most.
const TABS_MAX: usize = 3;

/// The world.
pub struct World {
    /// Which rule is broken.
    pub broken: Broken,
    /// The shop's server.
    pub server: Server,
    /// The browser profiles.
    pub profiles: Vec<Profile>,
    /// What is under way.
    pub network: Network,
    /// The oracle's book.
    pub ledger: Ledger,
    /// What happened.
    pub trace: Trace,
    /// Faults that took place, by kind.
    pub faults: BTreeMap<Kind, u64>,
    /// Pages that came unasked and were taken.
    pub heard_unasked: u64,
    /// The number of the next tab and exchange.
    next: u64,
}

fn member(number: &str, team: &str, roles: &str) -> (Actor, MemberCard) {
    let id = MemberId::of_name(number);
    let (shop, team, roles) = (ShopId::of_name("shop"), TeamId::of_name(team), Roles::parse(roles));
    let card =
        MemberCard { id, work_number: number.into(), name: number.into(), active: true, team: None, roles: None };
    (Actor { shop, team, member: id, roles }, card)
}

impl World {
    /// A world at its beginning: three members, one of them with a phone and a laptop.
    pub fn new(pull_rows: usize, broken: Broken, trace: Trace) -> Self {
        let members = [
            member("1001", "day", "agent"),
            member("1002", "day", "supervisor"),
            member("1003", "night", "agent,editor"),
        ];
        let owners = [0, 0, 1, 2].map(|place: usize| members[place].0.clone());
        let server = Server::new(Database::new(members.to_vec()), pull_rows, broken);
        let profiles = owners.into_iter().map(Profile::new).collect();
        let mut world = Self {
            broken,
            server,
            profiles,
            network: Network::default(),
            ledger: Ledger::default(),
            trace,
            faults: BTreeMap::new(),
            heard_unasked: 0,
            next: 0,
        };
        for profile in 0..world.profiles.len() {
            world.open_tab(profile);
        }
        for team in TEAMS {
            world.shopper_writes(team, 0);
        }
        world.commit();
        world
    }

    /// The time at the server's machine; a profile's own is a little off.
    pub fn now(&self, profile: usize) -> Micros {
        Micros(self.server.clock + self.profiles[profile].skew)
    }

    /// A number that was never used.
    pub fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Chance for ids that nobody had before.
    pub fn fresh_chance(&mut self) -> Chance {
        Chance::new(self.fresh() << 32)
    }

    /// Takes one step and checks what it touched.
    pub fn step(&mut self, step: Step) -> Holds {
        self.server.clock += 1_000 + (step.how % 7) as i64 * 300_000;
        let chance = &mut Chance::new(step.how);
        let profile = (step.which % self.profiles.len() as u64) as usize;
        let pick = step.which / self.profiles.len() as u64;
        self.trace.note(|| format!("{:?} of {profile} by {pick:x}", step.kind));
        if step.kind.is_fault() {
            *self.faults.entry(step.kind).or_default() += 1;
        }
        match step.kind {
            Kind::Act
            | Kind::Tick
            | Kind::Run
            | Kind::Dispose
            | Kind::GiveUp
            | Kind::Freeze
            | Kind::KillTab
            | Kind::CheckUp
            | Kind::Listen
            | Kind::NewerCommand => {
                let tabs = self.profiles[profile].tabs.len();
                if tabs > 0 {
                    self.step_of_tab(step.kind, profile, (pick % tabs as u64) as usize, chance)?;
                }
            }
            Kind::Deliver | Kind::Lose | Kind::Duplicate | Kind::Damage => self.step_of_network(step.kind, pick)?,
            Kind::OpenTab if self.profiles[profile].tabs.len() < TABS_MAX => self.open_tab(profile),
            Kind::OpenTab => {}
            Kind::Tell => self.tell(),
            Kind::Partition => {
                let cut = &mut self.profiles[profile].cut;
                let side = (pick % 2) as usize;
                cut[side] = !cut[side];
            }
            Kind::LoseRow | Kind::AlterRow => self.tamper(step.kind, profile, pick),
            Kind::Evict
            | Kind::Flush
            | Kind::LoseRelaxed
            | Kind::Quota
            | Kind::CopyStorage
            | Kind::SetBack
            | Kind::Upgrade => self.step_of_storage(step.kind, profile),
            _ => self.step_of_server(step.kind, pick, chance),
        }
        self.check_nothing_lost(profile)
    }

    fn step_of_network(&mut self, kind: Kind, pick: u64) -> Holds {
        let cut = |profile: usize, up: bool| self.profiles[profile].cut[usize::from(up)];
        let Some(packet) = self.network.take(pick, cut) else { return Ok(()) };
        match kind {
            Kind::Lose => Ok(()),
            Kind::Duplicate => {
                self.network.send(packet.clone());
                self.deliver(packet)
            }
            Kind::Damage => self.deliver(packet.damaged()),
            _ => self.deliver(packet),
        }
    }

    /// Hands a frame to whom it is for.
    pub fn deliver(&mut self, packet: Packet) -> Holds {
        let Packet { profile, exchange, body } = packet;
        let member = self.profiles[profile].actor.member;
        let answer = match body {
            Body::Push(text) => {
                let Ok(request) = serde_json::from_str::<PushRequest>(&text) else { return Ok(()) };
                let early = self.server.push(exchange, member, &request, &self.ledger)?;
                self.network.routes.insert(exchange, profile);
                early.map(Body::Pushed)
            }
            Body::Pull(text) => {
                let Ok(request) = serde_json::from_str::<PullRequest>(&text) else { return Ok(()) };
                let answer = self.server.pull(member, &request);
                Some(Body::Pulled(serde_json::to_string(&answer).unwrap_or_default()))
            }
            Body::Check(text) => {
                let answer = self.answer_check(member, &text);
                Some(Body::Checked(serde_json::to_string(&answer).unwrap_or_default()))
            }
            Body::Unasked(text) => {
                self.profiles[profile].hear_unasked(&text);
                None
            }
            answer @ (Body::Pushed(_) | Body::Pulled(_) | Body::Checked(_)) => {
                self.profiles[profile].hear(exchange, answer);
                None
            }
        };
        if let Some(body) = answer {
            self.network.send(Packet { profile, exchange, body });
        }
        Ok(())
    }

    /// Commits, and sends the answers that waited for it.
    pub fn commit(&mut self) {
        for (exchange, pushed) in self.server.commit() {
            if let Some(profile) = self.network.routes.get(&exchange).copied() {
                self.network.send(Packet { profile, exchange, body: Body::Pushed(pushed) });
            }
        }
    }

    fn step_of_server(&mut self, kind: Kind, pick: u64, chance: &mut Chance) {
        match kind {
            Kind::Commit => self.commit(),
            Kind::ShopperWrites => {
                self.shopper_writes(TEAMS[(pick % 2) as usize], pick / 2 % SHOPPERS);
            }
            Kind::Erase => {
                self.commit();
                self.server.erase(pick);
                self.commit();
            }
            Kind::ClockJump => {
                let jump = chance.below(4 * 86_400) as i64 * 1_000_000 - 2 * 86_400_000_000;
                if pick.is_multiple_of(2) {
                    self.server.clock += jump;
                } else {
                    let place = (pick / 2 % self.profiles.len() as u64) as usize;
                    self.profiles[place].skew = jump;
                }
            }
            Kind::MemberChanged => self.server.administer(|database| {
                let at = (pick % database.members.len() as u64) as usize;
                if let Some((actor, _)) = database.members.values_mut().nth(at) {
                    actor.roles = Roles::parse(ROLES[chance.below(ROLES.len() as u64) as usize]);
                    actor.team = TeamId::of_name(TEAMS[chance.below(2) as usize]);
                }
            }),
            Kind::ScopeReset => {
                self.commit();
                self.server.administer(|database| {
                    let at = (pick % database.feeds.len().max(1) as u64) as usize;
                    if let Some(feed) = database.feeds.values_mut().nth(at) {
                        feed.renumber();
                    }
                });
                self.commit();
            }
            Kind::Leave => {
                self.commit();
                self.server.let_leave(pick);
                self.commit();
            }
            Kind::ForgetGone => {
                self.commit();
                let is_too_early = self.broken == Broken::FloorForgotten;
                self.server.administer(|database| {
                    let at = (pick % database.feeds.len().max(1) as u64) as usize;
                    if let Some(feed) = database.feeds.values_mut().nth(at) {
                        let floor = feed.floor;
                        feed.forget_gone(feed.head - chance.below(feed.head / 4 + 1));
                        feed.floor = if is_too_early { floor } else { feed.floor };
                    }
                });
                self.commit();
            }
            Kind::CrashBeforeCommit => self.server.crash(),
            Kind::CrashAfterCommit => {
                self.server.commit();
                self.server.crash();
            }
            Kind::Backup => self.server.back_up(),
            Kind::Restore => self.restore(),
            Kind::NewerRow => {
                self.commit();
                self.server.administer(server::newer_row);
                self.commit();
            }
            _ => {}
        }
    }

    fn shopper_writes(&mut self, team: &str, shopper: u64) {
        let customer = CustomerId::of_name(&format!("{team} {shopper}"));
        let chance = &mut self.fresh_chance();
        let (id, new) = (MessageId::new(1, chance.bits()), ConversationId::new(1, chance.bits()));
        self.server.shopper_writes(customer, TeamId::of_name(team), id, new);
    }

    /// A backup is put in place: connections break, and what the server had beyond it may be lost. A device that heard the
    /// verdict has dropped the command, or is about to.
    fn restore(&mut self) {
        let had: Vec<Uid> = self.server.durable().taken.keys().copied().collect();
        if !self.server.restore() {
            return;
        }
        self.network.clear();
        for tab in self.profiles.iter_mut().flat_map(|profile| &mut profile.tabs) {
            // What was acknowledged was true when it was said.
            tab.answers.clear();
        }
        self.ledger.reopen_all();
        for uid in had.into_iter().filter(|uid| !self.server.durable().taken.contains_key(uid)) {
            let given = self.ledger.given_mut(uid);
            given.may_be_lost = true;
            given.may_be_unheld = true;
        }
    }

    fn step_of_storage(&mut self, kind: Kind, place: usize) {
        let sets_back = kind == Kind::SetBack && self.profiles[place].storage.copy.is_some();
        if kind == Kind::Evict || sets_back {
            self.storage_may_lose(place);
        }
        let profile = &mut self.profiles[place];
        match kind {
            Kind::Evict => {
                profile.tabs.clear();
                profile.storage = super::storage::Storage { is_full: profile.storage.is_full, ..Default::default() };
            }
            Kind::Flush => profile.storage.flushed = profile.storage.confirmed.clone(),
            Kind::LoseRelaxed => {
                profile.tabs.clear();
                profile.storage.confirmed = profile.storage.flushed.clone();
            }
            Kind::Quota => profile.storage.is_full = !profile.storage.is_full,
            Kind::CopyStorage => {
                profile.storage.copy = Some((profile.storage.outbox.clone(), profile.storage.confirmed.clone()));
            }
            Kind::SetBack => {
                if let Some((outbox, confirmed)) = profile.storage.copy.clone() {
                    let epoch = |outbox: &OutboxDisk| outbox.counter().map(|counter| counter.epoch);
                    let renewed = epoch(&profile.storage.outbox) != epoch(&outbox);
                    profile.tabs.clear();
                    profile.storage.outbox = outbox;
                    profile.storage.flushed = confirmed.clone();
                    profile.storage.confirmed = confirmed;
                    if renewed {
                        for uid in profile.outbox_uids(&self.ledger) {
                            self.ledger.given_mut(uid).may_be_twice = true;
                        }
                    }
                }
            }
            Kind::Upgrade => {
                profile.tabs.clear();
                profile.is_old = !profile.is_old;
                if self.broken == Broken::OutboxDroppedAtUpgrade {
                    profile.storage.outbox.drop_commands();
                }
            }
            _ => {}
        }
    }

    /// What this profile's storage holds alone may be lost with it.
    fn storage_may_lose(&mut self, place: usize) {
        let uids: Vec<usize> =
            self.ledger.all().filter(|(_, given)| given.profile == place).map(|(uid, _)| uid).collect();
        for uid in uids {
            let given = self.ledger.given_mut(uid);
            given.may_be_lost = true;
            given.may_be_unheld = true;
        }
    }

    /// Opens a tab from what the storage holds.
    pub fn open_tab(&mut self, place: usize) {
        let chance = &mut self.fresh_chance();
        let profile = &mut self.profiles[place];
        let contents = profile.storage.outbox.load(chance);
        let progress = profile.progress();
        let device = Device::open(profile.actor.clone(), contents, progress, profile.storage.confirmed.changes());
        profile.tabs.push(Tab::new(device));
    }
}
