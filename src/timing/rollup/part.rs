//! A part of a day: what counts for some of the agents, slot by slot and exactly.

use std::collections::BTreeMap;

use super::bytes::{self, Bytes, Names, put, put_len};
use super::noted::{CODES, What};
use super::{CellOf, Change, Delta, RollupFault, Row, SLOTS_PER_DAY};
use crate::model::{Day, MemberId};

/// A day has so many parts, by agent: a change writes one of them anew.
pub const PARTS: u8 = 16;
/// How the bytes begin.
const BEGINNING: u8 = 1;

/// A row begins with a byte: five bits of what it is, two of how many slots it is after the one before, one of whether there
/// are several of it.
const SLOT_BITS_AT: u8 = 5;
const SLOT_FAR: u16 = 3;
const SEVERAL: u8 = 0x80;
const CODE: u8 = 0x1F;

/// The part of a day that an agent's cells are in.
#[must_use]
pub fn part_of(agent: Option<MemberId>) -> u8 {
    agent.map_or(0, |agent| agent.to_bytes()[15] % PARTS)
}

/// A part of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part(BTreeMap<CellOf, BTreeMap<Row, u32>>);

impl Part {
    /// The part of these bytes; of none, an empty one.
    ///
    /// # Errors
    /// When they are not those of a part.
    pub fn unpacked(bytes: &[u8]) -> Result<Self, RollupFault> {
        let mut part = Self::default();
        each_cell(bytes, |cell, rows| {
            let rows = rows.collect::<Result<BTreeMap<_, _>, _>>()?;
            part.0.insert(cell, rows);
            Ok(())
        })?;
        Ok(part)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Counts and takes back what a delta says of this part.
    ///
    /// # Errors
    /// When something was never counted; the part is of no use then.
    pub fn change(&mut self, delta: &Delta, day: Day, part: u8) -> Result<(), RollupFault> {
        for (cell, changes) in delta.of_part(day, part) {
            let rows = self.0.entry(*cell).or_default();
            for (row, Change { by, .. }) in changes {
                let many = i64::from(rows.get(row).copied().unwrap_or(0)) + by;
                match u32::try_from(many).map_err(|_| RollupFault::NotThere)? {
                    0 => rows.remove(row),
                    many => rows.insert(*row, many),
                };
            }
            if rows.is_empty() {
                self.0.remove(cell);
            }
        }
        Ok(())
    }

    /// Counts so many of a row of which there are none.
    pub(super) fn put(&mut self, cell: CellOf, row: Row, many: u32) {
        self.0.entry(cell).or_default().insert(row, many);
    }

    /// Its cells, in order.
    pub(super) const fn cells(&self) -> &BTreeMap<CellOf, BTreeMap<Row, u32>> {
        &self.0
    }

    /// The part in few bytes, none for an empty one. What is equal has equal bytes.
    #[must_use]
    pub fn packed(&self) -> Vec<u8> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut bytes = vec![BEGINNING];
        let names = Names::of(self.0.keys().copied());
        names.put(&mut bytes);
        for (cell, rows) in &self.0 {
            names.put_cell(&mut bytes, cell);
            let rows = packed_rows(rows);
            put_len(&mut bytes, rows.len());
            bytes.extend_from_slice(&rows);
        }
        bytes
    }
}

fn packed_rows(rows: &BTreeMap<Row, u32>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut before = 0;
    for (Row { slot, what }, many) in rows {
        let after = slot - before;
        let near = after.min(SLOT_FAR);
        let several = if *many > 1 { SEVERAL } else { 0 };
        bytes.push(several | (near as u8) << SLOT_BITS_AT | what.code());
        if near == SLOT_FAR {
            put(&mut bytes, u64::from(after - SLOT_FAR));
        }
        if What::has_time(what.code()) {
            put(&mut bytes, what.ms());
        }
        if *many > 1 {
            put(&mut bytes, u64::from(many - 2));
        }
        before = *slot;
    }
    bytes
}

/// Tells who wrote in which slots of a packed part, and how many messages.
///
/// # Errors
/// When the bytes are not those of a part.
pub fn each_reply(bytes: &[u8], mut take: impl FnMut(MemberId, u16, u32)) -> Result<(), RollupFault> {
    each_cell(bytes, |cell, rows| {
        let Some(member) = cell.agent else { return Ok(()) };
        for row in rows {
            let (Row { slot, what }, many) = row?;
            if what.is_reply() {
                take(member, slot, many);
            }
        }
        Ok(())
    })
}

/// Reads the cells of a packed part, one after the other, without unpacking them.
pub(super) fn each_cell(
    bytes: &[u8],
    mut take: impl FnMut(CellOf, Rows<'_>) -> Result<(), RollupFault>,
) -> Result<(), RollupFault> {
    bytes::each_cell(bytes, BEGINNING, |cell, rows| take(cell, Rows { bytes: rows, slot: 0 }))
}

/// The rows of a cell, in order, up to the first fault.
pub(super) struct Rows<'b> {
    bytes: Bytes<'b>,
    slot: u16,
}

impl Rows<'_> {
    /// Gives each row, up to the first fault: quicker than one after the other, and long spans have many.
    #[inline]
    pub fn each(mut self, mut give: impl FnMut(Row, u32) -> Result<(), RollupFault>) -> Result<(), RollupFault> {
        while !self.bytes.is_done() {
            let (row, many) = self.row()?;
            give(row, many)?;
        }
        Ok(())
    }

    #[inline]
    fn row(&mut self) -> Result<(Row, u32), RollupFault> {
        let first = self.bytes.byte()?;
        let mut after = u16::from((first & !SEVERAL) >> SLOT_BITS_AT);
        if after == SLOT_FAR {
            after = self.bytes.small::<u16>()?.checked_add(SLOT_FAR).ok_or(RollupFault::Bytes)?;
        }
        let slot = self.slot.checked_add(after).filter(|slot| *slot < SLOTS_PER_DAY).ok_or(RollupFault::Bytes)?;
        let code = first & CODE;
        if code >= CODES {
            return Err(RollupFault::Bytes);
        }
        let ms = if What::has_time(code) { self.bytes.number()? } else { 0 };
        let many = if first & SEVERAL == 0 {
            1
        } else {
            self.bytes.small::<u32>()?.checked_add(2).ok_or(RollupFault::Bytes)?
        };
        self.slot = slot;
        Ok((Row { slot, what: What::of_code(code, ms) }, many))
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<(Row, u32), RollupFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.bytes.is_done() {
            return None;
        }
        let row = self.row();
        if row.is_err() {
            self.bytes = Bytes(&[]);
        }
        Some(row)
    }
}
