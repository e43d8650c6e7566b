//! Sums of many slots, for long spans: how many, and sketches of the times.

use std::collections::BTreeMap;

use super::across::{ByCell, told_apart};
use super::bytes::{Bytes, Names, put, put_len};
use super::noted::{Means, Measured, Stands};
use super::part::each_cell;
use super::{Began, CellOf, RollupFault};
use crate::timing::sketch::Sketch;

/// How the bytes begin.
const BEGINNING: u8 = 2;
const MICROS_PER_MS: u64 = 1_000;

/// What is summed up of a cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Tally {
    measured: [Stood; Measured::ALL.len()],
    questions: u64,
    replies: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Stood {
    ended: Sketch,
    left: u64,
    open: u64,
}

impl Stood {
    const fn is_empty(&self) -> bool {
        self.ended.many() == 0 && self.left == 0 && self.open == 0
    }
}

/// Adds parts up.
#[derive(Debug, Default)]
pub struct SumsMaker {
    cells: BTreeMap<(u32, CellOf), Tally>,
    keeps_agents: bool,
}

/// Sums in few bytes: of hours of a day, of a day or of a month, by number, team and channel, and by agent where that was
/// asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums(Vec<u8>);

impl SumsMaker {
    /// Sums by agent, or of all agents together.
    #[must_use]
    pub fn new(keeps_agents: bool) -> Self {
        Self { keeps_agents, ..Self::default() }
    }

    /// Adds those slots of a packed part that have a number, under it.
    ///
    /// # Errors
    /// When the bytes are not those of a part.
    pub fn take_part(&mut self, bytes: &[u8], number: impl Fn(u16) -> Option<u32>) -> Result<(), RollupFault> {
        self.take_part_across((bytes, &[]), |_, slot| Some((number(slot)?, Began::Untold)))
    }

    /// Adds a packed part likewise, with what goes across beside it: each slot under its number and, where that is told, the
    /// [class](super::Class) of what began.
    ///
    /// # Errors
    /// When the bytes are not those of a part and of what goes across in it.
    pub fn take_part_across(
        &mut self,
        (bytes, across): (&[u8], &[u8]),
        number: impl Fn(&CellOf, u16) -> Option<(u32, Began)>,
    ) -> Result<(), RollupFault> {
        let mut across = ByCell::of(across)?;
        each_cell(bytes, |of, rows| {
            let cell = CellOf { agent: of.agent.filter(|_| self.keeps_agents), ..of };
            let mut across = across.next_cell();
            for row in rows {
                let (row, many) = row?;
                let across = across.next_row().map(|(open_ms, many)| (open_ms, i64::from(many)));
                let Some((number, began)) = number(&of, row.slot) else { continue };
                told_apart((row.what, i64::from(many)), across, (began, number), |number, what, many, is_part| {
                    let many = u64::try_from(many).map_err(|_| RollupFault::Bytes)?;
                    self.cells.entry((number, cell)).or_default().count(what.means(), many, is_part);
                    Ok(())
                })?;
            }
            Ok(())
        })
    }

    /// The sums.
    #[must_use]
    pub fn made(self) -> Sums {
        let mut bytes = vec![BEGINNING];
        let names = Names::of(self.cells.keys().map(|(_, cell)| *cell));
        names.put(&mut bytes);
        for ((number, cell), tally) in &self.cells {
            put(&mut bytes, u64::from(*number));
            names.put_cell(&mut bytes, cell);
            tally.put(&mut bytes);
        }
        Sums(bytes)
    }
}

impl Tally {
    /// Counts what is so often there, or the open part alone of what is counted elsewhere.
    fn count(&mut self, means: Means, more: u64, is_part: bool) {
        match means {
            Means::MoreQuestions => self.questions += more,
            Means::Replies => self.replies += more,
            Means::Measured(measured, stands) => {
                if measured.is_round() && !is_part {
                    self.questions += more;
                }
                let stood = &mut self.measured[measured as usize];
                match stands {
                    Stands::Ended(ms) => stood.ended.add_many(micros(ms), more),
                    Stands::Left => stood.left += more,
                    Stands::Open => stood.open += more,
                }
            }
        }
    }

    fn put(&self, bytes: &mut Vec<u8>) {
        put(bytes, self.questions);
        put(bytes, self.replies);
        let there = self.measured.iter().enumerate().filter(|(_, stood)| !stood.is_empty());
        bytes.push(there.clone().fold(0, |mask, (at, _)| mask | 1 << at));
        for (_, stood) in there {
            put(bytes, stood.left);
            put(bytes, stood.open);
            let sketch = stood.ended.packed();
            put_len(bytes, sketch.len());
            bytes.extend_from_slice(&sketch);
        }
    }
}

/// A time of so many milliseconds, in microseconds.
pub(super) fn micros(ms: u64) -> i64 {
    i64::try_from(ms.saturating_mul(MICROS_PER_MS)).unwrap_or(i64::MAX)
}

/// What is read of a cell of sums.
pub(super) struct PackedTally<'b> {
    pub questions: u64,
    pub replies: u64,
    pub measured: [Option<PackedStood<'b>>; Measured::ALL.len()],
}

/// How many were left and are open, and the sketch of those that ended.
#[derive(Clone, Copy)]
pub(super) struct PackedStood<'b> {
    pub left: u64,
    pub open: u64,
    pub ended: &'b [u8],
}

impl<'b> PackedTally<'b> {
    /// What is wanted of a cell.
    pub(super) fn take(bytes: &mut Bytes<'b>, is_wanted: impl Fn(Measured) -> bool) -> Result<Self, RollupFault> {
        let (questions, replies, mask) = (bytes.number()?, bytes.number()?, mask(bytes)?);
        let mut measured = [None; Measured::ALL.len()];
        for of in Measured::ALL.into_iter().filter(|of| mask & 1 << *of as u8 != 0) {
            let stood = PackedStood { left: bytes.number()?, open: bytes.number()?, ended: bytes.run()? };
            measured[of as usize] = Some(stood).filter(|_| is_wanted(of));
        }
        Ok(Self { questions, replies, measured })
    }

    /// Goes on behind a cell of which nothing is wanted.
    pub(super) fn skip(bytes: &mut Bytes<'_>) -> Result<(), RollupFault> {
        bytes.number()?;
        bytes.number()?;
        for _ in 0..mask(bytes)?.count_ones() {
            bytes.number()?;
            bytes.number()?;
            bytes.run()?;
        }
        Ok(())
    }
}

/// Of what there is something in a cell.
fn mask(bytes: &mut Bytes<'_>) -> Result<u8, RollupFault> {
    let mask = bytes.byte()?;
    if mask >> Measured::ALL.len() == 0 { Ok(mask) } else { Err(RollupFault::Bytes) }
}

impl Sums {
    /// The bytes to keep.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Goes through the cells of packed sums, each of which is taken or skipped.
pub(super) fn each_tally<'b>(
    bytes: &'b [u8],
    mut take: impl FnMut(u32, CellOf, &mut Bytes<'b>) -> Result<(), RollupFault>,
) -> Result<(), RollupFault> {
    let mut bytes = Bytes(bytes);
    if bytes.byte()? != BEGINNING {
        return Err(RollupFault::Bytes);
    }
    let names = Names::take(&mut bytes)?;
    while !bytes.is_done() {
        let number = bytes.small()?;
        let cell = names.take_cell(&mut bytes)?;
        take(number, cell, &mut bytes)?;
    }
    Ok(())
}
