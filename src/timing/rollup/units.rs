//! Figures that are said of conversations or shoppers: all cases of one must do. Who had cases that did, or did not, cannot be
//! added up, for one who comes on two days is one. So it is kept of whom the cases of each five minutes were and how they stand,
//! by a number made of their id, and they are put together when it is asked for.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::apart::{Around, noted_of};
use super::noted::{Means, Stands, What};
use super::part::each_cell;
use super::{CellOf, GroupOf, InStep, Noted, RollupFault, Wanted};
use crate::timing::define::{ClockRule, Definition, Statistic, Unit};
use crate::timing::life::Life;
use crate::timing::value::Value;

/// A number of a unit has so many bits: of a million two are one in a year of years.
const UNIT_BITS: u32 = 56;
const MS_PER_SECOND: u64 = 1_000;

/// How a case of a unit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It ended as the figure asks.
    Did,
    /// It ended otherwise.
    Late,
    /// It was left.
    Left,
    /// It may end still.
    Open,
}

/// What is seen of a unit, a bit each.
const DID: u64 = 1;
const FAILED: u64 = 1 << 1;
const NOT_ENDED: u64 = 1 << 2;
const RUNS: u64 = 1 << 3;
const SEEN_BITS: u32 = u64::BITS - UNIT_BITS;

impl Definition {
    /// Whether it is said of conversations or shoppers, and can be told from what is kept of them.
    #[must_use]
    pub fn is_kept_by_unit(&self) -> bool {
        self.unit != Unit::Case && Self { unit: Unit::Case, ..self.clone() }.is_kept()
    }
}

/// What a life counts for under a figure that is said of units: each case where it belongs, with the number of its unit in the
/// place of its time.
#[must_use]
pub fn noted_units(definition: &Definition, life: &Life, at: Around<'_>) -> Vec<Noted> {
    let unit = unit_of(definition.unit, life);
    let of_unit = |noted: Noted| Noted { what: What::of_unit(stands(definition, noted.what), unit), ..noted };
    noted_of(definition, life, at).into_iter().map(of_unit).collect()
}

fn unit_of(unit: Unit, life: &Life) -> u64 {
    let customer = life.customer.filter(|_| unit == Unit::Customer);
    let id = customer.map_or_else(|| life.conversation.to_bytes(), |customer| customer.to_bytes());
    let [.., a, b, c, d, e, f, g] = id;
    u64::from_be_bytes([0, a, b, c, d, e, f, g])
}

fn stands(definition: &Definition, what: What) -> Standing {
    let Means::Measured(_, stands) = what.means() else { return Standing::Open };
    let limit = definition.threshold_seconds.filter(|_| definition.statistic == Statistic::ShareWithin);
    match stands {
        Stands::Ended(ms) if limit.is_none_or(|seconds| ms <= u64::from(seconds) * MS_PER_SECOND) => Standing::Did,
        Stands::Ended(_) => Standing::Late,
        Stands::Left => Standing::Left,
        Stands::Open => Standing::Open,
    }
}

impl What {
    /// A case of a unit. It is written as a time is.
    const fn of_unit(standing: Standing, unit: u64) -> Self {
        Self::of_code(standing as u8 * super::noted::STANDINGS, unit)
    }

    fn unit(self) -> Option<(Standing, u64)> {
        let all = [Standing::Did, Standing::Late, Standing::Left, Standing::Open];
        let standing = all.get(usize::from(self.code() / super::noted::STANDINGS));
        standing.copied().filter(|_| Self::has_time(self.code())).map(|standing| (standing, self.ms()))
    }
}

/// What is seen of the units of each step and group.
#[derive(Debug, Clone)]
pub struct UnitsGathered<'d> {
    definition: &'d Definition,
    wanted: Wanted,
    places: BTreeMap<(u32, GroupOf), usize>,
    /// Of each place: numbers of units, and what was seen of one in the lowest bits; a unit may stand there often.
    seen: Vec<Vec<u64>>,
    /// What was looked for last, and its place: what belongs together mostly stands together.
    last: Option<((u32, GroupOf), usize)>,
}

impl<'d> UnitsGathered<'d> {
    /// Nothing yet.
    #[must_use]
    pub const fn new(definition: &'d Definition, wanted: Wanted) -> Self {
        Self { definition, wanted, places: BTreeMap::new(), seen: Vec::new(), last: None }
    }

    /// Adds those slots of packed cells that are in a step, seen from the moment before which what is open waits too long.
    ///
    /// # Errors
    /// When the bytes are not those of cells.
    pub fn take<S: Fn(u16) -> Option<InStep>>(
        &mut self,
        bytes: &[u8],
        slots: impl Fn(&CellOf) -> S,
    ) -> Result<(), RollupFault> {
        each_cell(bytes, |cell, rows| {
            let Some(group) = self.wanted.group(&cell) else { return Ok(()) };
            let slots = slots(&cell);
            let mut last: Option<(u16, Option<InStep>)> = None;
            rows.each(|row, _| {
                let at = match last {
                    Some((slot, at)) if slot == row.slot => at,
                    _ => slots(row.slot),
                };
                last = Some((row.slot, at));
                at.map_or(Ok(()), |at| self.see(group, row.what, at))
            })
        })
    }

    /// Adds something that was looked at by itself.
    ///
    /// # Errors
    /// When it is not of a unit.
    pub fn take_noted(&mut self, noted: &Noted, at: InStep) -> Result<(), RollupFault> {
        self.wanted.group(&noted.of).map_or(Ok(()), |group| self.see(group, noted.what, at))
    }

    fn see(&mut self, group: GroupOf, what: What, InStep { step, age, .. }: InStep) -> Result<(), RollupFault> {
        let (standing, unit) = what.unit().ok_or(RollupFault::Bytes)?;
        let age = if self.definition.clock == ClockRule::Opening { age.open } else { age.wall };
        let is_over = age == 0 || self.definition.statistic == Statistic::Number;
        let seen = match standing {
            Standing::Did => DID,
            Standing::Late => FAILED,
            Standing::Open if !is_over => RUNS,
            Standing::Left | Standing::Open if self.definition.leave_out.not_ended => return Ok(()),
            Standing::Left | Standing::Open => FAILED | NOT_ENDED,
        };
        self.of(step, group).push(unit << SEEN_BITS | seen);
        Ok(())
    }

    #[inline]
    fn of(&mut self, step: u32, group: GroupOf) -> &mut Vec<u64> {
        let place = match self.last {
            Some((last, place)) if last == (step, group) => place,
            _ => self.look(step, group),
        };
        &mut self.seen[place]
    }

    fn look(&mut self, step: u32, group: GroupOf) -> usize {
        let place = match self.places.entry((step, group)) {
            Entry::Occupied(there) => *there.get(),
            Entry::Vacant(new) => {
                self.seen.push(Vec::new());
                *new.insert(self.seen.len() - 1)
            }
        };
        self.last = Some(((step, group), place));
        place
    }

    /// One that asks for the same, without anything: what is gathered beside it can be [added](Self::merge).
    #[must_use]
    pub const fn beside(&self) -> Self {
        Self::new(self.definition, self.wanted)
    }

    /// Adds what was gathered beside.
    pub fn merge(&mut self, mut other: Self) {
        for ((step, group), place) in std::mem::take(&mut other.places) {
            let more = std::mem::take(&mut other.seen[place]);
            let there = self.of(step, group);
            if there.is_empty() { *there = more } else { there.extend(more) }
        }
    }

    /// The same in other steps and groups: who is in several of those that become one is one.
    #[must_use]
    pub fn regrouped(&self, of: impl Fn(u32, GroupOf) -> (u32, GroupOf)) -> Self {
        let mut regrouped = self.beside();
        for ((step, group), place) in &self.places {
            let (step, group) = of(*step, *group);
            regrouped.of(step, group).extend(&self.seen[*place]);
        }
        regrouped
    }

    /// What is seen of each step and group.
    pub fn parts(&self) -> impl Iterator<Item = (u32, GroupOf, UnitsSeen<'_>)> {
        self.places.iter().map(|((step, group), place)| (*step, *group, UnitsSeen(&self.seen[*place])))
    }

    /// What the figure says of a share of all units, by their numbers. The values of all shares add up to that of all.
    #[must_use]
    pub fn of_share(&self, share: u64, shares: u64) -> Value {
        let is_in = |seen: &&u64| (**seen >> SEEN_BITS) % shares.max(1) == share;
        value(self.seen.iter().flatten().filter(is_in).copied().collect())
    }
}

/// What is seen of the units of a step and group.
#[derive(Debug, Clone, Copy)]
pub struct UnitsSeen<'s>(&'s [u64]);

impl UnitsSeen<'_> {
    /// What the figure says of them.
    #[must_use]
    pub fn value(self) -> Value {
        value(self.0.to_vec())
    }
}

/// What is said of units of which so much was seen.
fn value(mut seen: Vec<u64>) -> Value {
    seen.sort_unstable();
    let mut value = Value::default();
    for unit in seen.chunk_by(|one, other| one >> SEEN_BITS == other >> SEEN_BITS) {
        let seen = unit.iter().fold(0, |all, seen| all | seen);
        if seen & FAILED != 0 {
            value.of += 1;
            value.not_ended += u32::from(seen & NOT_ENDED != 0);
        } else if seen & RUNS != 0 {
            value.running += 1;
        } else {
            value.of += 1;
            value.met += 1;
        }
    }
    value
}
