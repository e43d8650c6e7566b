//! What a device keeps of what the server confirmed. It is written relaxed, so the latest writes may be lost; it can
//! always be had again. Several tabs write it, each from its own cursors, and one may have slept for an hour: so each
//! transaction looks at how far the disk is, and takes of a page only what fits there.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::{BackendId, EpochId};
use crate::sync::{Cursor, Entity, PullAnswer, PullRequest, Row, Scope, ScopePage};

/// How far the device has read, and how the server's clock differs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// How far each scope was read.
    #[serde(deserialize_with = "crate::sync::tolerant::known_scopes")]
    pub cursors: BTreeMap<Scope, Cursor>,
    /// The epoch that `through` counts in.
    pub epoch: Option<EpochId>,
    /// The last command that had its verdict.
    pub through: u64,
    /// Server time minus the device's wall clock, in microseconds.
    #[serde(default)]
    pub wall_offset: i64,
    /// Which life of the server's database the cursors count in.
    #[serde(default)]
    pub backend: Option<BackendId>,
}

impl Progress {
    /// The last command of this epoch that had its verdict.
    #[must_use]
    pub fn through_of(&self, epoch: EpochId) -> u64 {
        if self.epoch == Some(epoch) { self.through } else { 0 }
    }

    /// Notes that every command of this epoch up to a number had its verdict.
    pub(super) fn settled(&mut self, epoch: EpochId, through: u64) {
        self.through = self.through_of(epoch).max(through);
        self.epoch = Some(epoch);
    }
}

/// What is still kept as it arrives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keeping {
    /// Everything.
    #[default]
    All,
    /// Everything but conversations, for want of room.
    WithoutChats,
    /// Nothing more.
    Nothing,
}

impl Keeping {
    /// Whether a scope's rows are kept.
    #[must_use]
    pub const fn keeps(self, scope: Scope) -> bool {
        match self {
            Self::All => true,
            Self::WithoutChats => !matches!(scope, Scope::Inbox(_)),
            Self::Nothing => false,
        }
    }
}

/// One write in a transaction of the confirmed state.
#[derive(Debug, Clone)]
pub enum ConfirmedWrite {
    /// Drop every row of a scope.
    DropScope(Scope),
    /// Drop the rows of every inbox.
    DropInboxes,
    /// Keep a row in place of what stood under the same entity of the scope.
    Put(Scope, Entity, Row),
    /// Drop the row of an entity.
    Delete(Scope, Entity),
    /// How far the disk is now.
    Progress(Progress),
}

/// What is to be written of a page.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// The writes, in order.
    pub writes: Vec<ConfirmedWrite>,
    /// The scopes of which the disk has less than the tab that read the page, with how far the disk is: they are to be
    /// read again from there.
    pub lagging: BTreeMap<Scope, Cursor>,
}

/// What becomes of one scope's page on the disk.
enum Fit {
    Apply,
    /// The disk is further already.
    Older,
    /// Rows between the disk and the page are missing.
    Lagging(Cursor),
}

/// Writes a page and how far it reaches, in one transaction. `disk` is how far the disk is when the transaction reads it.
#[must_use]
pub fn keep(disk: &Progress, keeping: Keeping, request: &PullRequest, answer: &PullAnswer, wall_offset: i64) -> Kept {
    let mut kept = Kept::default();
    let from_nothing = request.cursors.values().all(|cursor| *cursor == Cursor::default());
    let other_life = disk.backend.is_some_and(|backend| backend != answer.backend);
    if keeping == Keeping::Nothing || (other_life && !from_nothing) {
        return kept;
    }
    let mut progress = disk.clone();
    progress.backend = Some(answer.backend);
    if other_life {
        kept.writes.extend(progress.cursors.keys().copied().map(ConfirmedWrite::DropScope));
        progress.cursors.clear();
    }
    for scope in gone(&progress, request, answer) {
        kept.writes.push(ConfirmedWrite::DropScope(scope));
        progress.cursors.remove(&scope);
    }
    for page in answer.scopes.iter().filter(|page| keeping.keeps(page.scope)) {
        let base = request.cursors.get(&page.scope).copied().unwrap_or_default();
        match fit(progress.cursors.get(&page.scope).copied(), base, page) {
            Fit::Apply => {
                write_page(&mut kept.writes, page);
                progress.cursors.insert(page.scope, page.cursor);
            }
            Fit::Older => {}
            Fit::Lagging(cursor) => {
                kept.lagging.insert(page.scope, cursor);
            }
        }
    }
    progress.settled(request.epoch, answer.through);
    progress.wall_offset = wall_offset;
    kept.writes.push(ConfirmedWrite::Progress(progress));
    kept
}

/// Drops scopes of which something is damaged, to be read again; also tells how far the disk is then.
#[must_use]
pub fn without_scopes(disk: &Progress, scopes: &BTreeSet<Scope>) -> (Vec<ConfirmedWrite>, Progress) {
    let mut progress = disk.clone();
    progress.cursors.retain(|scope, _| !scopes.contains(scope));
    let mut writes: Vec<ConfirmedWrite> = scopes.iter().copied().map(ConfirmedWrite::DropScope).collect();
    writes.push(ConfirmedWrite::Progress(progress.clone()));
    (writes, progress)
}

/// Drops every conversation to make room.
#[must_use]
pub fn without_chats(disk: &Progress) -> Vec<ConfirmedWrite> {
    let mut progress = disk.clone();
    progress.cursors.retain(|scope, _| Keeping::WithoutChats.keeps(*scope));
    vec![ConfirmedWrite::DropInboxes, ConfirmedWrite::Progress(progress)]
}

/// The scopes that the member follows no more.
pub(super) fn gone(known: &Progress, request: &PullRequest, answer: &PullAnswer) -> Vec<Scope> {
    let offered = |scope: &Scope| answer.scopes.iter().any(|page| page.scope == *scope);
    let mut gone: Vec<Scope> = known.cursors.keys().chain(request.cursors.keys()).copied().collect();
    gone.retain(|scope| !offered(scope));
    gone.sort_unstable();
    gone.dedup();
    gone
}

/// A page begins at `base` and holds everything up to its own cursor. It fits where the disk stands in between.
fn fit(disk: Option<Cursor>, base: Cursor, page: &ScopePage) -> Fit {
    let Some(disk) = disk else {
        return if page.reset { Fit::Apply } else { Fit::Lagging(Cursor::default()) };
    };
    let is_ahead = disk.generation == page.cursor.generation && disk.seq > page.cursor.seq;
    if page.reset {
        let newer = disk == base || disk.generation < page.cursor.generation;
        let same = disk.generation == page.cursor.generation && !is_ahead;
        return if newer || same { Fit::Apply } else { Fit::Older };
    }
    if disk.generation > page.cursor.generation || is_ahead {
        Fit::Older
    } else if disk.generation < base.generation || disk.seq < base.seq {
        Fit::Lagging(disk)
    } else {
        Fit::Apply
    }
}

fn write_page(writes: &mut Vec<ConfirmedWrite>, page: &ScopePage) {
    if page.reset {
        writes.push(ConfirmedWrite::DropScope(page.scope));
    }
    for row in &page.rows {
        let Ok(Some(change)) = row.change() else { continue };
        writes.push(if change.is_gone() {
            ConfirmedWrite::Delete(page.scope, change.entity())
        } else {
            ConfirmedWrite::Put(page.scope, change.entity(), row.clone())
        });
    }
}
