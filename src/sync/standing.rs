//! How far a device has read a scope of which it took the newest rows first.
//!
//! What a device has read of a scope are stretches of numbers. Of a stretch it says: whatever has its latest row here is on
//! the device as that row tells it. Rows only ever move up to new numbers, so that stays true whatever else is read, as
//! long as nothing newer is overwritten by something older.

use serde::{Deserialize, Serialize};

use super::Cursor;

/// What is not read yet, below what was read first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Everything up to this number was read before …
    pub above: u64,
    /// … and what lies beyond it up to this number is still to be read, the newest first.
    pub up_to: u64,
    /// How many rows that is, about.
    #[serde(default)]
    pub rows: u64,
    /// Whether verdicts wait until it is closed: some may be about commands whose effects lie in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub holds: bool,
}

/// How far a scope with a gap was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filling {
    /// The newest change that was read.
    #[serde(flatten)]
    pub cursor: Cursor,
    /// What lies below it and was not.
    pub gap: Gap,
}

/// How far a scope was read, with a gap or without.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// The newest change that was read.
    pub cursor: Cursor,
    /// What lies below it and was not.
    pub gap: Option<Gap>,
}

impl From<Cursor> for Standing {
    fn from(cursor: Cursor) -> Self {
        Self { cursor, gap: None }
    }
}

impl From<Filling> for Standing {
    fn from(Filling { cursor, gap }: Filling) -> Self {
        Self::new(cursor, Some(gap))
    }
}

impl Standing {
    /// With this gap, unless nothing is missing in it.
    #[must_use]
    pub fn new(cursor: Cursor, gap: Option<Gap>) -> Self {
        let gap = gap.map(|gap| Gap { up_to: gap.up_to.min(cursor.seq), ..gap });
        Self { cursor, gap: gap.filter(|gap| gap.above < gap.up_to) }
    }

    /// Whether what has this number was read.
    #[must_use]
    pub fn has_read(self, seq: u64) -> bool {
        seq <= self.cursor.seq && self.gap.is_none_or(|gap| seq <= gap.above || seq > gap.up_to)
    }

    /// What was read here and there.
    #[must_use]
    pub fn shared_with(self, other: Self) -> Self {
        let (one, two) = (self.cursor, other.cursor);
        if one.generation != two.generation {
            return if one.generation < two.generation { self } else { other };
        }
        let cursor = Cursor { seq: one.seq.min(two.seq), ..one };
        // A gap above what both have read says nothing of that.
        let [own, others] = [self.gap, other.gap].map(|gap| Self::new(cursor, gap).gap);
        let Some(gap) = own.or(others) else { return cursor.into() };
        let also = others.unwrap_or(gap);
        let gap = Gap {
            above: gap.above.min(also.above),
            up_to: gap.up_to.max(also.up_to),
            rows: gap.rows.max(also.rows),
            holds: gap.holds || also.holds,
        };
        if gap.up_to >= cursor.seq {
            // Nothing beyond the gap is read on both sides.
            return Cursor { seq: gap.above.min(cursor.seq), ..cursor }.into();
        }
        Self::new(cursor, Some(gap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::{Change, PullRequest, Row, Scope};

    fn standing(seq: u64, gap: Option<(u64, u64)>) -> Standing {
        let gap = gap.map(|(above, up_to)| Gap { above, up_to, rows: up_to - above, holds: false });
        Standing::new(Cursor { generation: 1, seq }, gap)
    }

    #[test]
    fn what_two_have_read_is_what_each_has_read() {
        let all: Vec<Standing> = (0..=6)
            .flat_map(|seq| {
                let gaps = (0..=seq).flat_map(move |above| (above..=seq).map(move |up_to| Some((above, up_to))));
                gaps.chain([None]).map(move |gap| standing(seq, gap))
            })
            .collect();
        for one in &all {
            for two in &all {
                let shared = one.shared_with(*two);
                assert_eq!(shared, two.shared_with(*one));
                for seq in (1..=6).filter(|seq| shared.has_read(*seq)) {
                    assert!(one.has_read(seq) && two.has_read(seq), "{seq} of {one:?} and {two:?} in {shared:?}");
                }
            }
            assert_eq!(one.shared_with(*one).cursor.generation, 1);
        }
        assert_eq!(standing(9, Some((2, 5))).shared_with(standing(7, None)), standing(7, Some((2, 5))));
        assert_eq!(standing(9, Some((2, 8))).shared_with(standing(7, None)), standing(2, None));
        // Else a tab would ask again and again from below the gap of the disk, which never gets two.
        assert_eq!(standing(13, Some((6, 10))).shared_with(standing(6, Some((2, 3)))), standing(6, Some((2, 3))));
    }

    #[test]
    fn the_examples_of_the_page_are_frames() {
        let (_, part) = include_str!("../../docs/SYNC.md").split_once("\n## The newest first").unwrap();
        let part = part.split("\n## ").next().unwrap();
        let mut examples = part.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
        let (asked, gone) = (examples.next().unwrap(), examples.next().unwrap());
        let request: PullRequest = serde_json::from_str(asked).unwrap();
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(serde_json::to_value(&request).unwrap(), value(asked));
        let standing = request.standing(Scope::Knowledge);
        assert_eq!(standing.gap, Some(Gap { above: 0, up_to: 8334, rows: 8120, holds: false }));
        assert_eq!((standing.cursor.seq, request.cursors[&Scope::Knowledge]), (9000, Cursor::default()));
        let row: Row = serde_json::from_str(gone).unwrap();
        let change = row.change().unwrap().unwrap();
        assert!(matches!(change, Change::ConversationGone(_)) && change.is_gone());
        assert_eq!(serde_json::to_value(Row::new(row.seq, &change)).unwrap(), value(gone));
    }

    #[test]
    fn an_older_numbering_is_all_that_is_shared_with_it() {
        let old = Standing::from(Cursor { generation: 0, seq: 9 });
        assert_eq!(old.shared_with(standing(3, None)), old);
        assert_eq!(standing(3, None).shared_with(old), old);
    }
}
