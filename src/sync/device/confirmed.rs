//! What a device keeps of what the server confirmed. It is written relaxed, so the latest writes may be lost; it can
//! always be had again. Several tabs write it, each from its own cursors, and one may have slept for an hour: so each
//! transaction looks at how far the disk is, and takes of a page only what fits there.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::{BackendId, EpochId};
use crate::sync::{Change, Cursor, Entity, Filling, Gap, PullAnswer, PullRequest, Row, Scope, ScopePage, Standing};

/// How far the device has read, and how the server's clock differs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// How far each scope was read; one that has a gap stands here as if nothing of it had been read. A desk that does
    /// not know of gaps, and drops them when it writes, reads it again and drops it with its role.
    #[serde(deserialize_with = "crate::sync::tolerant::known_scopes")]
    pub cursors: BTreeMap<Scope, Cursor>,
    /// How far the scopes were read that have a gap.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "crate::sync::tolerant::known_scopes"
    )]
    pub filling: BTreeMap<Scope, Filling>,
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
    /// How often the rows of a scope were put right or read anew, other than by what followed on its cursor. A tab that
    /// knows a lower number has what was wrong in memory still, and reads the disk again.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "crate::sync::tolerant::known_scopes"
    )]
    pub replaced: BTreeMap<Scope, u64>,
}

impl Progress {
    /// How far a scope was read, if anything of it was.
    #[must_use]
    pub fn standing(&self, scope: Scope) -> Option<Standing> {
        let whole = || self.cursors.get(&scope).copied().map(Standing::from);
        self.filling.get(&scope).copied().map(Standing::from).or_else(whole)
    }

    /// How far a scope was read of which nothing is missing below.
    #[must_use]
    pub fn whole(&self, scope: Scope) -> Option<Cursor> {
        self.standing(scope).filter(|standing| standing.gap.is_none()).map(|standing| standing.cursor)
    }

    /// Notes that the rows of a scope are others without its cursor telling so.
    pub(in crate::sync) fn replaced(&mut self, scope: Scope) {
        let replaced = self.replaced.entry(scope).or_default();
        *replaced = replaced.saturating_add(1);
    }

    /// The scopes of which something was read.
    pub fn scopes(&self) -> impl Iterator<Item = Scope> {
        self.cursors.keys().copied()
    }

    pub(in crate::sync) fn stand(&mut self, scope: Scope, standing: Standing) {
        let Standing { cursor, gap } = standing;
        self.cursors.insert(scope, if gap.is_some() { Cursor::default() } else { cursor });
        match gap {
            Some(gap) => drop(self.filling.insert(scope, Filling { cursor, gap })),
            None => drop(self.filling.remove(&scope)),
        }
    }

    fn leave(&mut self, scope: Scope) {
        self.cursors.remove(&scope);
        self.filling.remove(&scope);
    }

    pub(super) fn forget_all(&mut self) {
        self.cursors.clear();
        self.filling.clear();
    }

    fn retain(&mut self, stays: impl Fn(Scope) -> bool) {
        self.cursors.retain(|scope, _| stays(*scope));
        self.filling.retain(|scope, _| stays(*scope));
    }

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
    pub lagging: BTreeMap<Scope, Standing>,
    /// How often the rows of each scope were replaced on the disk.
    pub replaced: BTreeMap<Scope, u64>,
}

/// What becomes of one scope's page on the disk.
enum Fit {
    /// The page is written beside what is there, and the disk stands there.
    Apply(Standing),
    /// The page is written in place of all that is there, and the disk stands there.
    Anew(Standing),
    /// The disk is further already.
    Older,
    /// Rows between the disk and the page are missing.
    Lagging(Standing),
}

/// Writes a page and how far it reaches, in one transaction. `disk` is how far the disk is when the transaction reads it.
#[must_use]
pub fn keep(disk: &Progress, keeping: Keeping, request: &PullRequest, answer: &PullAnswer, wall_offset: i64) -> Kept {
    let mut kept = Kept::default();
    let from_nothing = request.cursors.keys().all(|scope| request.standing(*scope) == Standing::default());
    let other_life = disk.backend.is_some_and(|backend| backend != answer.backend);
    if keeping == Keeping::Nothing || (other_life && !from_nothing) {
        return kept;
    }
    let mut progress = disk.clone();
    progress.backend = Some(answer.backend);
    if other_life {
        kept.writes.extend(progress.scopes().map(ConfirmedWrite::DropScope));
        progress.forget_all();
    }
    for scope in gone(&progress, request, answer) {
        kept.writes.push(ConfirmedWrite::DropScope(scope));
        progress.leave(scope);
    }
    for page in answer.scopes.iter().filter(|page| keeping.keeps(page.scope)) {
        let disk = progress.standing(page.scope);
        match fit(disk, request.standing(page.scope), page) {
            Fit::Apply(standing) => {
                write_page(&mut kept.writes, page, disk);
                progress.stand(page.scope, standing);
            }
            Fit::Anew(standing) => {
                // A tab of an older generation is told by the server. Any other may have read what was dropped here.
                if disk.is_none_or(|disk| disk.cursor.generation == page.cursor.generation) {
                    progress.replaced(page.scope);
                }
                kept.writes.push(ConfirmedWrite::DropScope(page.scope));
                write_page(&mut kept.writes, page, None);
                progress.stand(page.scope, standing);
            }
            Fit::Older => {}
            Fit::Lagging(standing) => {
                kept.lagging.insert(page.scope, standing);
            }
        }
    }
    progress.settled(request.epoch, answer.through);
    progress.wall_offset = wall_offset;
    kept.replaced.clone_from(&progress.replaced);
    kept.writes.push(ConfirmedWrite::Progress(progress));
    kept
}

/// Drops scopes of which something is damaged, to be read again; also tells how far the disk is then.
#[must_use]
pub fn without_scopes(disk: &Progress, scopes: &BTreeSet<Scope>) -> (Vec<ConfirmedWrite>, Progress) {
    let mut progress = disk.clone();
    progress.retain(|scope| !scopes.contains(&scope));
    let mut writes: Vec<ConfirmedWrite> = scopes.iter().copied().map(ConfirmedWrite::DropScope).collect();
    writes.push(ConfirmedWrite::Progress(progress.clone()));
    (writes, progress)
}

/// Drops every conversation to make room.
#[must_use]
pub fn without_chats(disk: &Progress) -> Vec<ConfirmedWrite> {
    let mut progress = disk.clone();
    progress.retain(|scope| Keeping::WithoutChats.keeps(scope));
    vec![ConfirmedWrite::DropInboxes, ConfirmedWrite::Progress(progress)]
}

/// The scopes that the member follows no more.
pub(super) fn gone(known: &Progress, request: &PullRequest, answer: &PullAnswer) -> Vec<Scope> {
    let offered = |scope: &Scope| answer.scopes.iter().any(|page| page.scope == *scope);
    let mut gone: Vec<Scope> = known.scopes().chain(request.cursors.keys().copied()).collect();
    gone.retain(|scope| !offered(scope));
    gone.sort_unstable();
    gone.dedup();
    gone
}

/// Where the disk stands once it has a page, if it can have it. `asked` is how far the tab was that read the page.
fn fit(disk: Option<Standing>, asked: Standing, page: &ScopePage) -> Fit {
    let Some(disk) = disk else {
        return if page.reset { Fit::Anew(page.standing()) } else { Fit::Lagging(Standing::default()) };
    };
    let same = disk.cursor.generation == page.cursor.generation;
    let is_ahead = same && disk.cursor.seq > page.cursor.seq;
    if page.reset {
        let newer = disk.cursor == asked.cursor || disk.cursor.generation < page.cursor.generation;
        return if newer || (same && !is_ahead) { Fit::Anew(page.standing()) } else { Fit::Older };
    }
    if disk.cursor.generation > page.cursor.generation || is_ahead {
        // Whatever the page brings may be older than what lies here.
        Fit::Older
    } else if disk.cursor.generation < asked.cursor.generation || disk.cursor.seq < asked.cursor.seq {
        Fit::Lagging(disk)
    } else {
        joined(disk, asked.gap, page)
    }
}

/// The disk stands somewhere between where the tab stood that asked and where the page ends: all that it has read stays
/// true, and the stretches of the page come to it, if what results has no second gap.
fn joined(disk: Standing, asked: Option<Gap>, page: &ScopePage) -> Fit {
    let applied = |gap: Option<Gap>| Fit::Apply(Standing::new(page.cursor, gap));
    match (asked, page.gap, disk.gap) {
        // The page begins a gap: it ends with the newest rows, of which the disk may have some.
        (None, Some(begun), None) => applied(Some(Gap { above: disk.cursor.seq, ..begun })),
        (None, Some(begun), Some(own)) if disk.cursor.seq >= begun.up_to => {
            applied(Some(Gap { up_to: own.up_to.min(begun.up_to), holds: own.holds || begun.holds, ..own }))
        }
        // Nothing joins the newest rows of the disk to those of the page, so they count as not read. They come again, but who
        // has nothing below the gap does not hear of what is gone.
        (None, Some(begun), Some(own)) => {
            let gap = Some(Gap { above: own.above, holds: own.holds || begun.holds, ..begun });
            if own.above > 0 { applied(gap) } else { Fit::Anew(Standing::new(page.cursor, gap)) }
        }
        // Where the tab had read nothing below its gap it does not hear of what is gone; the disk may have that.
        (Some(Gap { above: 0, .. }), _, Some(own)) if own.above > 0 => applied(Some(own)),
        (Some(asked), left, Some(own)) => {
            let (top, low) = (asked.up_to, left.map_or(asked.above, |left| left.up_to));
            let rows = left.map_or(own.rows, |left| left.rows);
            match own.up_to {
                up_to if low < up_to && up_to <= top => applied(Some(Gap { up_to: low, rows, ..own })),
                up_to if up_to > top => Fit::Lagging(disk),
                _ => applied(Some(own)),
            }
        }
        (_, _, own) => applied(own),
    }
}

/// Writes what the disk has not. Should a row that it has be damaged, that is found by a check, and then every tab hears of
/// it; written over here it would stay wrong where it was read meanwhile.
fn write_page(writes: &mut Vec<ConfirmedWrite>, page: &ScopePage, disk: Option<Standing>) {
    let is_there = |row: &&Row| disk.is_some_and(|disk| disk.has_read(row.seq));
    for row in page.all_rows().filter(|row| !is_there(row)) {
        let Ok(Some(change)) = row.change() else { continue };
        if let Change::ConversationGone(gone) = &change {
            let messages = gone.messages.iter().map(|id| ConfirmedWrite::Delete(page.scope, Entity::of_message(*id)));
            writes.extend(messages);
        }
        writes.push(if change.is_gone() {
            ConfirmedWrite::Delete(page.scope, change.entity())
        } else {
            ConfirmedWrite::Put(page.scope, change.entity(), row.clone())
        });
    }
}
