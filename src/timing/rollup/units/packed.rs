//! Units in few bytes: of each agent's day the number of each, how its cases stand as a whole, and in which five minutes they
//! began. A day that is told as a whole is told of the numbers alone.

use std::collections::BTreeMap;

use super::{Standing, UNIT_BITS};
use crate::timing::rollup::bytes::{self, Bytes, Names, put, put_len};
use crate::timing::rollup::noted::What;
use crate::timing::rollup::{CellOf, RollupFault, Row, SLOTS_PER_DAY};

const UNIT_BYTES: usize = UNIT_BITS as usize / 8;
/// How the bytes begin.
const BEGINNING: u8 = 5;

/// Behind the number of a unit stands a byte: a bit for each way in which its cases stand, and how many bytes follow of them,
/// or that this many and more do. Where a day is told as a whole no more is looked at.
const BYTES_AT: u32 = 4;
/// In so many ways can the cases of a unit stand together.
pub const STANDINGS: usize = 1 << BYTES_AT;
const MANY_BYTES: usize = 15;
/// What is written of a case: how it stands, whether there are several like it, and how many slots it is after the one before.
const STANDING: u64 = 3;
const SEVERAL: u64 = 1 << 2;
const SLOT_AT: u32 = 3;

/// What there is of each row in the cells of a day.
type Cells = BTreeMap<CellOf, BTreeMap<Row, i64>>;

/// Whether bytes are those of units.
pub fn are_packed(bytes: &[u8]) -> bool {
    bytes.first() == Some(&BEGINNING)
}

/// Cells of units in few bytes. What is equal has equal bytes.
pub fn packed(cells: &Cells) -> Result<Vec<u8>, RollupFault> {
    let mut bytes = vec![BEGINNING];
    let names = Names::of(cells.keys().copied());
    names.put(&mut bytes);
    for (cell, rows) in cells {
        names.put_cell(&mut bytes, cell);
        let units = packed_units(rows)?;
        put_len(&mut bytes, units.len());
        bytes.extend_from_slice(&units);
    }
    Ok(bytes)
}

fn packed_units(rows: &BTreeMap<Row, i64>) -> Result<Vec<u8>, RollupFault> {
    let mut units = BTreeMap::<u64, Vec<(u16, u8, u32)>>::new();
    for (Row { slot, what }, many) in rows {
        let (standing, unit) = what.unit().ok_or(RollupFault::Bytes)?;
        let many = u32::try_from(*many).map_err(|_| RollupFault::NotThere)?;
        units.entry(unit).or_default().push((*slot, standing, many));
    }
    let mut bytes = Vec::new();
    for (unit, cases) in units {
        let mask = cases.iter().fold(0, |mask, (_, standing, _)| mask | 1 << standing);
        let cases = packed_cases(&cases);
        bytes.extend_from_slice(&unit.to_le_bytes()[..UNIT_BYTES]);
        bytes.push((cases.len().min(MANY_BYTES) as u8) << BYTES_AT | mask);
        if let Some(more) = cases.len().checked_sub(MANY_BYTES) {
            put_len(&mut bytes, more);
        }
        bytes.extend_from_slice(&cases);
    }
    Ok(bytes)
}

fn packed_cases(cases: &[(u16, u8, u32)]) -> Vec<u8> {
    let (mut bytes, mut before) = (Vec::new(), 0);
    for (slot, standing, many) in cases {
        let several = if *many > 1 { SEVERAL } else { 0 };
        put(&mut bytes, u64::from(slot - before) << SLOT_AT | several | u64::from(*standing));
        if *many > 1 {
            put(&mut bytes, u64::from(many - 2));
        }
        before = *slot;
    }
    bytes
}

/// The cells of such bytes.
pub fn unpacked(bytes: &[u8]) -> Result<Cells, RollupFault> {
    let mut cells = Cells::new();
    each_cell(bytes, |cell, units| {
        let rows = cells.entry(cell).or_default();
        each_unit(units, |PackedUnit { unit, cases, .. }| {
            each_case(cases, |slot, standing, many| {
                rows.insert(Row { slot, what: What::of_unit(standing as u8, unit) }, i64::from(many));
            })
        })
    })?;
    Ok(cells)
}

/// Gives the packed units of each cell.
pub fn each_cell<'b>(
    bytes: &'b [u8],
    give: impl FnMut(CellOf, Bytes<'b>) -> Result<(), RollupFault>,
) -> Result<(), RollupFault> {
    bytes::each_cell(bytes, BEGINNING, give)
}

/// A unit as it is read, in which ways its cases stand, a bit each, and these.
pub struct PackedUnit<'b> {
    pub unit: u64,
    /// Less than [`STANDINGS`].
    pub standings: usize,
    pub cases: Bytes<'b>,
}

/// Gives each unit of a cell.
#[inline]
pub fn each_unit<'b>(
    mut bytes: Bytes<'b>,
    mut give: impl FnMut(PackedUnit<'b>) -> Result<(), RollupFault>,
) -> Result<(), RollupFault> {
    while !bytes.is_done() {
        let (first, rest) = bytes.0.split_first_chunk().ok_or(RollupFault::Bytes)?;
        let first = u64::from_le_bytes(*first);
        let (unit, summary) = (first & ((1 << UNIT_BITS) - 1), (first >> UNIT_BITS) as usize);
        bytes = Bytes(rest);
        let mut len = summary >> BYTES_AT;
        if len == MANY_BYTES {
            len = bytes.small::<usize>()?.checked_add(MANY_BYTES).ok_or(RollupFault::Bytes)?;
        }
        let (cases, rest) = bytes.0.split_at_checked(len).ok_or(RollupFault::Bytes)?;
        bytes = Bytes(rest);
        give(PackedUnit { unit, standings: summary % STANDINGS, cases: Bytes(cases) })?;
    }
    Ok(())
}

/// Gives each case of a unit: its slot, how it stands and how many there are like it.
#[inline]
pub fn each_case(mut bytes: Bytes<'_>, mut give: impl FnMut(u16, Standing, u32)) -> Result<(), RollupFault> {
    let mut slot = 0u16;
    while !bytes.is_done() {
        let case = bytes.number()?;
        let after = u16::try_from(case >> SLOT_AT).map_err(|_| RollupFault::Bytes)?;
        slot = slot.checked_add(after).filter(|slot| *slot < SLOTS_PER_DAY).ok_or(RollupFault::Bytes)?;
        let mut several = || bytes.small::<u32>()?.checked_add(2).ok_or(RollupFault::Bytes);
        let many = if case & SEVERAL == 0 { 1 } else { several()? };
        give(slot, Standing::ALL[(case & STANDING) as usize], many);
    }
    Ok(())
}
