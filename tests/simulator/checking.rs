//! Rows that disks lose or alter, and the checks that find them.

use qinda::model::MemberId;
use qinda::sync::{
    Change, CheckAnswer, CheckRequest, Comparison, ConfirmedWrite, Cursor, Keeping, KeptDigest, RangeRows, Remedy,
    Repair, Row, Scope, Sums, digest, repair,
};
use serde_json::value::RawValue;

use super::history::Kind;
use super::network::Body;
use super::profile::{Phase, Profile};
use super::rules::{Broken, Holds, Promise, holds};
use super::storage::ConfirmedDisk;
use super::world::World;

/// The ranges of a scope: many for the few rows of a small shop, so that something changes in some and not in others.
const RANGES: usize = 16;
/// So many pages of rows are room for what an answer to a check puts right.
const ROOM_PAGES: usize = 2;
/// So many rounds of checks are enough to put everything right.
const ROUNDS: usize = 4;

/// A row as it lies on the disk, and the entity it lies under.
fn rows_of(disk: &ConfirmedDisk, scope: Scope) -> impl Iterator<Item = (&str, &Row)> {
    let start = format!("{scope}|");
    disk.rows.iter().filter_map(move |(key, row)| Some((key.strip_prefix(&start)?, row)))
}

/// The same row, saying something else; nothing where there are no words to be altered.
fn altered(row: &Row) -> Option<Row> {
    let mut body: serde_json::Value = serde_json::from_str(row.body.get()).ok()?;
    let words = ["/fields/title", "/text", "/customer_name", "/name"];
    let place = words.into_iter().find(|place| body.pointer(place).is_some())?;
    *body.pointer_mut(place)? = "？".into();
    Some(Row { body: RawValue::from_string(body.to_string()).ok()?, ..row.clone() })
}

impl World {
    /// A row on the disk is lost, or says something else. The tabs that are open know it as it was.
    pub fn tamper(&mut self, kind: Kind, place: usize, pick: u64) {
        let profile = &mut self.profiles[place];
        let rows = &mut profile.storage.confirmed.rows;
        let at = (pick % rows.len().max(1) as u64) as usize;
        let Some((key, row)) = rows.iter().nth(at).map(|(key, row)| (key.clone(), row.clone())) else { return };
        self.trace.note(|| format!("  {key} of {place}"));
        profile.is_tampered = true;
        match altered(&row).filter(|_| kind == Kind::AlterRow) {
            Some(altered) => drop(rows.insert(key, altered)),
            None => drop(rows.remove(&key)),
        }
    }

    fn digest(&self, entity: &str, row: &Row) -> u64 {
        let body = if self.broken == Broken::DigestsWithoutBodies { "" } else { row.body.get() };
        digest(entity, &row.kind, body)
    }

    /// An idle tab begins to compare one of the scopes that the disk has whole.
    pub fn begin_check(&mut self, place: usize, tab: usize, pick: u64) {
        let profile = &self.profiles[place];
        let (here, disk) = (&profile.tabs[tab], &profile.storage.confirmed);
        let whole: Vec<Scope> = disk.progress.scopes().filter(|scope| disk.progress.whole(*scope).is_some()).collect();
        let is_able = matches!(here.phase, Phase::Idle) && here.keeping == Keeping::All && !profile.is_old;
        let Some(scope) = whole.get((pick % whole.len().max(1) as u64) as usize).filter(|_| is_able) else { return };
        self.check(place, tab, *scope);
    }

    fn check(&mut self, place: usize, tab: usize, scope: Scope) {
        let profile = &self.profiles[place];
        let (here, disk) = (&profile.tabs[tab], &profile.storage.confirmed);
        let mut sums = Sums::default();
        rows_of(disk, scope).for_each(|(entity, row)| sums.add(entity, self.digest(entity, row)));
        let device = here.device.counter().device;
        let asked = CheckRequest::new(device, &disk.progress, scope, &sums);
        let Some(request) = asked.filter(|_| !here.checkups.has_given_up(scope)) else { return };
        let request = CheckRequest { sums: sums.folded_to(RANGES), ..request };
        let exchange = self.send(place, Body::Check(serde_json::to_string(&request).unwrap_or_default()));
        self.tab(place, tab).phase = Phase::Checking(exchange, request);
    }

    /// What the server answers a check.
    pub fn answer_check(&self, member: MemberId, text: &str) -> Option<CheckAnswer> {
        let mut request: CheckRequest = serde_json::from_str(text).ok()?;
        let database = self.server.durable();
        let backend = database.backend;
        if !Scope::of(&database.members[&member].0).contains(&request.scope) {
            return None;
        }
        let feed = database.feed(request.scope);
        let Cursor { generation, seq } = request.cursor;
        if generation != feed.generation || seq > feed.head || seq < feed.floor {
            return Some(CheckAnswer { backend, compared: false, anew: false, differs: Vec::new() });
        }
        if self.broken == Broken::ChangedRangesCompared {
            request.cursor.seq = u64::MAX;
        }
        let mut comparison = Comparison::new(&request);
        for (seq, row) in &feed.rows {
            let bodyless = self.broken == Broken::DigestsWithoutBodies && *seq <= request.cursor.seq;
            let body = if bodyless { "" } else { row.row.body.get() };
            comparison.take(*seq, &row.entity.0, &row.row.kind, body);
        }
        let mut differs = Vec::new();
        for range in comparison.differing() {
            let counts = |entity: &str, kind: &str| comparison.counts(kind) && comparison.range_of(entity) == range;
            let rows = feed.rows.values().filter(|row| counts(&row.entity.0, &row.row.kind));
            differs.push(RangeRows { range, rows: rows.map(|row| row.row.clone()).collect() });
        }
        let rows = differs.iter().map(|range| range.rows.len()).sum::<usize>();
        let anew = rows > self.server.pull_rows() * ROOM_PAGES;
        if anew {
            differs.clear();
        }
        Some(CheckAnswer { backend, compared: true, anew, differs })
    }

    /// A tab hears what its check found.
    pub fn checked(&mut self, place: usize, tab: usize, request: CheckRequest, text: &str) -> Holds {
        // A scope that the member follows no more is refused.
        let Ok(answer) = serde_json::from_str::<CheckAnswer>(text) else { return Ok(()) };
        let is_right = answer.differs.is_empty() && !answer.anew;
        let profile = &self.profiles[place];
        // After a backup was restored, the same numbers may mean other rows; such an answer repairs nothing.
        let is_of_this_life = profile.storage.confirmed.progress.backend == Some(answer.backend);
        holds(Promise::Checksums, is_right || profile.is_tampered || !is_of_this_life, || {
            format!("{} of {place} is told to differ: {:?}", request.scope, answer)
        })?;
        let remedy = self.tab(place, tab).checkups.remedy(request.scope, &answer);
        self.trace.note(|| format!("  tab {tab} of {place} checked {}: {remedy:?}", request.scope));
        match remedy {
            _ if self.broken == Broken::RepairSkipped => {}
            Remedy::Ranges => self.tab(place, tab).phase = Phase::Repairs(request, answer),
            Remedy::Anew => {
                self.tab(place, tab).device.read_anew(request.scope);
                self.tab(place, tab).phase = Phase::Pulls;
            }
            Remedy::Nothing | Remedy::Later | Remedy::GiveUp => {}
        }
        Ok(())
    }

    /// Puts ranges right on the disk, and then in memory.
    pub fn repair(&mut self, place: usize, tab: usize, request: &CheckRequest, answer: &CheckAnswer) -> Holds {
        let disk = &self.profiles[place].storage.confirmed;
        let digest = |(entity, row): (&str, &Row)| -> KeptDigest {
            (qinda::sync::Entity(entity.to_owned()), Some(self.digest(entity, row)))
        };
        let kept: Vec<KeptDigest> = rows_of(disk, request.scope).map(digest).collect();
        let mut writes = match repair(&disk.progress, request, answer, &kept) {
            Repair::Writes(writes) => writes,
            Repair::MovedOn => {
                self.tab(place, tab).checkups.was_not_tried(request.scope);
                return Ok(());
            }
            Repair::Nothing => return Ok(()),
        };
        if self.broken == Broken::ReplacedUntold {
            writes.retain(|write| !matches!(write, ConfirmedWrite::Progress(_)));
        }
        self.profiles[place].storage.confirmed.write(&writes);
        self.tab(place, tab).device.outdate(request.scope);
        self.reload_outdated(place, tab)
    }

    /// Reads again from the disk what was put right there.
    pub fn reload_outdated(&mut self, place: usize, tab: usize) -> Holds {
        let outdated: Vec<Scope> = self.tab(place, tab).device.outdated().iter().copied().collect();
        for scope in outdated {
            let disk = &self.profiles[place].storage.confirmed;
            let changes: Vec<Change> =
                rows_of(disk, scope).filter_map(|(_, row)| row.change().ok().flatten()).collect();
            let progress = disk.progress.clone();
            self.tab(place, tab).device.reload(scope, &progress, changes);
        }
        self.check_tab(place, tab)
    }

    /// Every tab compares everything, as it does in time, and puts right what differs.
    pub fn check_all(&mut self, place: usize) -> Holds {
        let rounds = if self.profiles[place].is_tampered { ROUNDS } else { 1 };
        for _ in 0..rounds {
            for tab in 0..self.profiles[place].tabs.len() {
                let scopes: Vec<Scope> = self.profiles[place].storage.confirmed.progress.scopes().collect();
                for scope in scopes {
                    let Profile { is_old, tabs, .. } = &self.profiles[place];
                    if !is_old && tabs[tab].keeping == Keeping::All {
                        self.check(place, tab, scope);
                    }
                    self.run_until_idle(place, tab)?;
                }
                self.exchange(place, tab)?;
            }
        }
        self.profiles[place].is_tampered = false;
        Ok(())
    }

    fn run_until_idle(&mut self, place: usize, tab: usize) -> Holds {
        match self.profiles[place].tabs[tab].phase {
            Phase::Idle => Ok(()),
            _ => self.run(place, tab),
        }
    }
}
