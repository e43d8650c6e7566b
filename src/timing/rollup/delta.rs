//! What changes: more of this, less of that.

use std::collections::{BTreeMap, BTreeSet};

use super::{CellOf, Noted, Row, part_of};
use crate::model::Day;

/// What was counted and shall be no more, and what shall be counted instead. What stays the same is not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delta(BTreeMap<(Day, CellOf), BTreeMap<Row, Change>>);

/// By how many of a row there are more or fewer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Of all of them.
    pub by: i64,
    /// Of those whose open part their beginning does not say, by that part in milliseconds.
    pub across: BTreeMap<u64, i64>,
}

impl Change {
    fn is_none(&self) -> bool {
        self.by == 0 && self.across.is_empty()
    }
}

impl Delta {
    /// Counts these.
    pub fn add(&mut self, noted: &[Noted]) {
        noted.iter().for_each(|noted| self.change(noted, i64::from(noted.many)));
    }

    /// Takes these back.
    pub fn take_back(&mut self, noted: &[Noted]) {
        noted.iter().for_each(|noted| self.change(noted, -i64::from(noted.many)));
    }

    fn change(&mut self, noted: &Noted, by: i64) {
        let (day, row) = noted.row();
        let rows = self.0.entry((day, noted.of)).or_default();
        let change = rows.entry(row).or_default();
        change.by += by;
        if let Some(open_ms) = noted.open_ms {
            let many = change.across.entry(open_ms).or_default();
            *many += by;
            if *many == 0 {
                change.across.remove(&open_ms);
            }
        }
        if change.is_none() {
            rows.remove(&row);
            if rows.is_empty() {
                self.0.remove(&(day, noted.of));
            }
        }
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The days that something changes on, and the parts of each.
    #[must_use]
    pub fn touched(&self) -> BTreeSet<(Day, u8)> {
        self.0.keys().map(|(day, cell)| (*day, part_of(cell.agent))).collect()
    }

    /// What changes in a part of a day.
    pub fn of_part(&self, day: Day, part: u8) -> impl Iterator<Item = (&CellOf, &BTreeMap<Row, Change>)> {
        let of_day = self.0.iter().filter(move |((of, _), _)| *of == day);
        of_day.map(|((_, cell), rows)| (cell, rows)).filter(move |(cell, _)| part_of(cell.agent) == part)
    }

    /// Everything that changes: the day, whose it is, what, and by how many.
    pub fn rows(&self) -> impl Iterator<Item = (Day, &CellOf, Row, &Change)> {
        self.0.iter().flat_map(|((day, cell), rows)| rows.iter().map(move |(row, change)| (*day, cell, *row, change)))
    }
}
