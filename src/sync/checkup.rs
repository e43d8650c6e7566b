//! How a device finds out that it does not hold what the server has, and puts it right.
//!
//! No fault is known that makes it so. Yet a browser may lose a write, a disk may flip a bit, and a program may be wrong;
//! without a look nobody would ever notice. So now and then a device sends the sums of a scope that it has whole, and the
//! server answers with the rows of those ranges whose sums are others. That holds while others write: a range in which
//! anything changed behind the device's cursor is passed over, and looked at another time.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::checksum::{Sum, Sums, digest, may_have_ranges, range_of};
use super::{ConfirmedWrite, Cursor, Entity, GoneConversation, PROTOCOL, Progress, Row, Scope};
use crate::model::{BackendId, DeviceId};

/// The most kinds of rows that a request may name.
pub const CHECK_KINDS_MAX: usize = 64;
/// The kinds of rows that a device keeps. What is gone it drops, and what it does not know it passes over.
pub const KEPT_KINDS: [&str; 10] =
    ["article", "conversation", "draft", "lesson", "member", "message", "pack", "policy", "quick_reply", "used"];

/// Asks whether a device holds of a scope what the server has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRequest {
    /// [`PROTOCOL`].
    pub protocol: u16,
    /// Which device.
    pub device: DeviceId,
    /// Which scope; it has no gap.
    pub scope: Scope,
    /// How far the device has read it.
    pub cursor: Cursor,
    /// The kinds of rows that count: those that the device keeps.
    pub kinds: Vec<String>,
    /// The sums of all ranges, a power of two of them, at most [`super::CHECK_RANGES_MAX`].
    pub sums: Vec<Sum>,
}

impl CheckRequest {
    /// Asks about a scope that a disk has whole, which holds rows with these sums.
    #[must_use]
    pub fn new(device: DeviceId, disk: &Progress, scope: Scope, sums: &Sums) -> Option<Self> {
        let cursor = disk.whole(scope)?;
        let kinds = KEPT_KINDS.map(str::to_owned).to_vec();
        Some(Self { protocol: PROTOCOL, device, scope, cursor, kinds, sums: sums.folded() })
    }

    /// Whether it keeps to the limits.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        may_have_ranges(self.sums.len()) && self.kinds.len() <= CHECK_KINDS_MAX
    }
}

/// What the server found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CheckAnswer {
    /// Which life of the server's database.
    pub backend: BackendId,
    /// Whether it could be compared. It could not where the device's cursor is none of this numbering.
    pub compared: bool,
    /// So much differs that the scope is better read anew.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anew: bool,
    /// The ranges that differ, and what belongs there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differs: Vec<RangeRows>,
}

/// Every row of a range, of the kinds that were asked about.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RangeRows {
    /// Which range, counted from 0.
    pub range: usize,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// The server's side: the sums of what it has, at the cursor of the device that asks.
#[derive(Debug)]
pub struct Comparison<'r> {
    request: &'r CheckRequest,
    kinds: BTreeSet<&'r str>,
    sums: Vec<Sum>,
    /// The ranges in which something changed behind the cursor.
    changed: BTreeSet<usize>,
}

impl<'r> Comparison<'r> {
    /// Begins with nothing.
    ///
    /// # Panics
    /// When the request is not [sound](CheckRequest::is_sound).
    #[must_use]
    pub fn new(request: &'r CheckRequest) -> Self {
        assert!(request.is_sound(), "who answers looks at the limits first");
        let kinds = request.kinds.iter().map(String::as_str).collect();
        Self { request, kinds, sums: vec![Sum::default(); request.sums.len()], changed: BTreeSet::new() }
    }

    /// The range of an entity.
    #[must_use]
    pub fn range_of(&self, entity: &str) -> usize {
        range_of(entity, self.sums.len())
    }

    /// Whether rows of a kind count.
    #[must_use]
    pub fn counts(&self, kind: &str) -> bool {
        self.kinds.contains(kind)
    }

    /// Takes in a row of the feed; all have to be taken in, those beyond the cursor too.
    pub fn take(&mut self, seq: u64, entity: &str, kind: &str, body: &str) {
        let range = self.range_of(entity);
        if seq > self.request.cursor.seq {
            self.changed.insert(range);
            // The rows of its messages left the feed without a number of their own.
            let gone = (kind == "conversation.gone").then(|| serde_json::from_str::<GoneConversation>(body));
            for message in gone.and_then(Result::ok).map(|gone| gone.messages).unwrap_or_default() {
                self.changed.insert(self.range_of(&Entity::of_message(message).0));
            }
        } else if self.counts(kind) {
            self.sums[range].add(digest(entity, kind, body));
        }
    }

    /// The ranges of which the device holds something else.
    #[must_use]
    pub fn differing(&self) -> BTreeSet<usize> {
        let pairs = self.sums.iter().zip(&self.request.sums).enumerate();
        let others = pairs.filter(|(_, (ours, theirs))| ours != theirs).map(|(range, _)| range);
        others.filter(|range| !self.changed.contains(range)).collect()
    }
}

/// What lies on a device under an entity: the digest of the row, or nothing where the record does not read.
pub type KeptDigest = (Entity, Option<u64>);

/// What a transaction does that puts ranges right.
#[derive(Debug, Clone)]
pub enum Repair {
    /// It writes this.
    Writes(Vec<ConfirmedWrite>),
    /// Nothing: the disk has moved on since its sums were made.
    MovedOn,
    /// Nothing: as far as this desk can read the server's rows, it has them.
    Nothing,
}

/// Puts the ranges right that differ. `kept` is what lay on the disk when it stood where the request says.
#[must_use]
pub fn repair(disk: &Progress, request: &CheckRequest, answer: &CheckAnswer, kept: &[KeptDigest]) -> Repair {
    let scope = request.scope;
    if disk.whole(scope) != Some(request.cursor) || disk.backend != Some(answer.backend) {
        return Repair::MovedOn;
    }
    let ranges = request.sums.len();
    let mut writes = Vec::new();
    for RangeRows { range, rows } in &answer.differs {
        // Where a row does not read here, the device cannot know whether what it has is what is meant.
        let Some(mut wanted) = read(rows) else { continue };
        for (entity, digest) in kept.iter().filter(|(entity, _)| range_of(&entity.0, ranges) == *range) {
            match wanted.remove(entity) {
                None => writes.push(ConfirmedWrite::Delete(scope, entity.clone())),
                Some((_, right)) if *digest == Some(right) => {}
                Some((row, _)) => writes.push(ConfirmedWrite::Put(scope, entity.clone(), row.clone())),
            }
        }
        let missing = wanted.into_iter().map(|(entity, (row, _))| ConfirmedWrite::Put(scope, entity, row.clone()));
        writes.extend(missing);
    }
    if writes.is_empty() {
        return Repair::Nothing;
    }
    let mut progress = disk.clone();
    progress.replaced(scope);
    writes.push(ConfirmedWrite::Progress(progress));
    Repair::Writes(writes)
}

fn read(rows: &[Row]) -> Option<BTreeMap<Entity, (&Row, u64)>> {
    let read = |row| {
        let entity = Row::change(row).ok()??.entity();
        let digest = digest(&entity.0, &row.kind, row.body.get());
        Some((entity, (row, digest)))
    };
    rows.iter().map(read).collect()
}

/// What is to be done about a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing: it is as it should be.
    Nothing,
    /// Nothing now; it could not be compared.
    Later,
    /// The ranges that differ are put right.
    Ranges,
    /// The scope is read anew.
    Anew,
    /// Nothing more: neither helped.
    GiveUp,
}

/// How often each scope was found to differ in a row. Putting ranges right is tried once, then the whole scope is read
/// anew once, and then it is left as it is, so that a fault that comes back costs no more than that.
#[derive(Debug, Clone, Default)]
pub struct Checkups {
    found: BTreeMap<Scope, u8>,
}

impl Checkups {
    const GIVEN_UP: u8 = 3;

    /// What is to be done after an answer.
    pub fn remedy(&mut self, scope: Scope, answer: &CheckAnswer) -> Remedy {
        if !answer.compared {
            return Remedy::Later;
        }
        if answer.differs.is_empty() && !answer.anew {
            self.found.remove(&scope);
            return Remedy::Nothing;
        }
        let found = self.found.entry(scope).or_default();
        *found = if answer.anew { (*found).max(1) } else { *found } + 1;
        match *found {
            1 => Remedy::Ranges,
            2 => Remedy::Anew,
            _ => {
                *found = Self::GIVEN_UP;
                Remedy::GiveUp
            }
        }
    }

    /// What was to be done was not, for the disk had moved on.
    pub fn was_not_tried(&mut self, scope: Scope) {
        self.found.remove(&scope);
    }

    /// Nothing could be done about a scope, nor can it by reading it anew.
    pub fn give_up(&mut self, scope: Scope) {
        self.found.insert(scope, Self::GIVEN_UP);
    }

    /// Whether a scope is not looked at any more.
    #[must_use]
    pub fn has_given_up(&self, scope: Scope) -> bool {
        self.found.get(&scope) == Some(&Self::GIVEN_UP)
    }
}

#[cfg(test)]
mod tests;
