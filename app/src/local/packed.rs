//! What proves that the rows which lie packed are those that lie on the disk.
//!
//! Most of a start is reading rows one by one, and nearly all of them are the shop's knowledge, which seldom changes. So that
//! lies a second time in one value, beside the database ([`super::prepared`]). With how far the disk is stands the number of
//! that pack, and of which rows it must not be believed: every transaction that changes rows of the knowledge adds them, and
//! the number stands there before the rows are read that are packed. A desk that knows nothing of packs writes how far the
//! disk is without all this, with whatever else it writes; then no pack counts, and every row is read.

use std::collections::BTreeSet;

use qinda::sync::{ConfirmedWrite, Entity, Progress, Scope};
use serde::{Deserialize, Serialize};

/// Of so many rows a pack may not be believed; with one more it counts no longer.
const CHANGED_MAX: usize = 300;

/// Which pack counts, and how far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Packed {
    /// The number of the pack, which no other one ever has.
    pub(super) number: u64,
    /// What was written of the knowledge since the number stands here: a row, or that there is none any more.
    pub(super) changed: BTreeSet<Entity>,
}

#[derive(Serialize)]
struct ToKeep<'a> {
    #[serde(flatten)]
    progress: &'a Progress,
    #[serde(skip_serializing_if = "Option::is_none")]
    packed: Option<&'a Packed>,
}

#[derive(Deserialize)]
struct Kept {
    packed: Packed,
}

impl Packed {
    /// A pack that is about to be made.
    pub(super) const fn begun(number: u64) -> Self {
        Self { number, changed: BTreeSet::new() }
    }

    /// What stands with how far the disk is; none where no pack counts.
    pub(super) fn read(progress: &str) -> Option<Self> {
        serde_json::from_str(progress).ok().map(|Kept { packed }| packed)
    }

    /// What is to stand there after these writes.
    pub(super) fn after(mut self, writes: &[ConfirmedWrite]) -> Option<Self> {
        for write in writes {
            match write {
                ConfirmedWrite::DropScope(Scope::Knowledge) => return None,
                ConfirmedWrite::Put(Scope::Knowledge, entity, _) | ConfirmedWrite::Delete(Scope::Knowledge, entity) => {
                    self.changed.insert(entity.clone());
                }
                ConfirmedWrite::DropScope(_)
                | ConfirmedWrite::DropInboxes
                | ConfirmedWrite::Put(..)
                | ConfirmedWrite::Delete(..)
                | ConfirmedWrite::Progress(_) => {}
            }
        }
        Some(self).filter(|packed| packed.changed.len() <= CHANGED_MAX)
    }
}

/// How far the disk is, with the pack that counts, as it is kept.
pub(super) fn written(progress: &Progress, packed: Option<&Packed>) -> String {
    serde_json::to_string(&ToKeep { progress, packed }).unwrap_or_default()
}
