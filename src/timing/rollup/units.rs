//! Figures that are said of conversations or shoppers: all cases of one must do. Who had cases that did, or did not, cannot be
//! added up, for one who comes on two days is one. So it is kept of whom the cases of each five minutes were and how they stand,
//! by a number made of their id, and they are put together when it is asked for. Of each agent's day a number is written down
//! once, with the five minutes in which its unit had cases.

mod packed;
mod told;

use std::collections::HashMap;

use super::apart::{Around, noted_of};
use super::bytes::Bytes;
use super::noted::{Means, Stands, What};
use super::{CellOf, GroupOf, InStep, Noted, RollupFault, Wanted};
use crate::timing::define::{ClockRule, Definition, Statistic, Unit};
use crate::timing::life::Life;
use packed::{PackedUnit, STANDINGS, each_case, each_cell, each_unit};
pub(super) use packed::{are_packed, packed, unpacked};
use told::{HEAPS, Seen};
pub use told::{UnitsBy, UnitsDivided};

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
    let of_unit = |noted: Noted| Noted { what: What::of_unit(stands(definition, noted.what) as u8, unit), ..noted };
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

impl Standing {
    const ALL: [Self; 4] = [Self::Did, Self::Late, Self::Left, Self::Open];

    const fn bit(self) -> usize {
        1 << self as usize
    }

    fn of(number: u8) -> Result<Self, RollupFault> {
        Self::ALL.get(usize::from(number)).copied().ok_or(RollupFault::Bytes)
    }
}

/// Where the slots of a day stand in an answer.
#[derive(Debug, Clone, Copy)]
pub enum SlotsOfDay<S> {
    /// All at one place, or at none.
    Together(Option<InStep>),
    /// Each by itself.
    Each(S),
}

/// What is seen of units in each step and group.
#[derive(Debug, Clone)]
pub struct UnitsGathered<'d> {
    definition: &'d Definition,
    wanted: Wanted,
    /// What is seen of a unit whose cases stand in such ways: where open ones may still do, and where they are over.
    seen_by: [[u8; STANDINGS]; 2],
    places: Places,
    /// What was seen of a unit somewhere, in heaps by its number; it may stand there often.
    seen: Vec<Vec<Seen>>,
}

/// A number of each step and group in which something was seen.
#[derive(Debug, Clone, Default)]
struct Places {
    /// The step and group of each number.
    all: Vec<(u32, GroupOf)>,
    groups: HashMap<GroupOf, usize>,
    /// Of each group the number of each step.
    of_group: Vec<Vec<Option<u32>>>,
    /// The group that was looked for last: what belongs together mostly stands together.
    last: Option<(GroupOf, usize)>,
}

impl Places {
    fn of(&mut self, step: u32, group: GroupOf) -> u32 {
        let steps = match self.last {
            Some((last, at)) if last == group => at,
            _ => self.group(group),
        };
        let (steps, at) = (&mut self.of_group[steps], step as usize);
        if steps.len() <= at {
            steps.resize(at + 1, None);
        }
        *steps[at].get_or_insert_with(|| {
            self.all.push((step, group));
            self.all.len() as u32 - 1
        })
    }

    fn group(&mut self, group: GroupOf) -> usize {
        let at = *self.groups.entry(group).or_insert(self.of_group.len());
        if at == self.of_group.len() {
            self.of_group.push(Vec::new());
        }
        self.last = Some((group, at));
        at
    }
}

impl<'d> UnitsGathered<'d> {
    /// Nothing yet.
    #[must_use]
    pub fn new(definition: &'d Definition, wanted: Wanted) -> Self {
        let by_standings =
            |is_over| std::array::from_fn(|standings| Seen::by_standings(definition, standings, is_over));
        let seen_by = [false, true].map(by_standings);
        Self { definition, wanted, seen_by, places: Places::default(), seen: vec![Vec::new(); HEAPS] }
    }

    /// Adds those slots of packed cells that are in a step, seen from the moment before which what is open waits too long.
    ///
    /// # Errors
    /// When the bytes are not those of units.
    pub fn take<S: Fn(u16) -> Option<InStep>>(
        &mut self,
        bytes: &[u8],
        slots: impl Fn(&CellOf) -> SlotsOfDay<S>,
    ) -> Result<(), RollupFault> {
        each_cell(bytes, |cell, units| {
            let Some(group) = self.wanted.group(&cell) else { return Ok(()) };
            match slots(&cell) {
                SlotsOfDay::Together(None) => Ok(()),
                SlotsOfDay::Together(Some(at)) => self.take_together(units, group, at),
                SlotsOfDay::Each(slots) => self.take_each(units, group, slots),
            }
        })
    }

    fn take_together(&mut self, units: Bytes<'_>, group: GroupOf, at: InStep) -> Result<(), RollupFault> {
        let place = self.places.of(at.step, group);
        let seen_by = self.seen_by[usize::from(self.is_over(at))];
        each_unit(units, |PackedUnit { unit, standings, .. }| {
            self.put(unit, seen_by[standings], place);
            Ok(())
        })
    }

    fn take_each(
        &mut self,
        units: Bytes<'_>,
        group: GroupOf,
        slots: impl Fn(u16) -> Option<InStep>,
    ) -> Result<(), RollupFault> {
        let mut last = None;
        each_unit(units, |PackedUnit { unit, cases, .. }| {
            each_case(cases, |slot, standing, _| {
                let Some(at) = slots(slot) else { return };
                // What stands together is mostly of one step.
                let place = match last {
                    Some((step, place)) if step == at.step => place,
                    _ => self.places.of(at.step, group),
                };
                last = Some((at.step, place));
                self.see(unit, standing, (at, place));
            })
        })
    }

    /// Adds something that was looked at by itself.
    ///
    /// # Errors
    /// When it is not of a unit.
    pub fn take_noted(&mut self, noted: &Noted, at: InStep) -> Result<(), RollupFault> {
        let (standing, unit) = noted.what.unit().ok_or(RollupFault::Bytes)?;
        if let Some(group) = self.wanted.group(&noted.of) {
            let place = self.places.of(at.step, group);
            self.see(unit, Standing::of(standing)?, (at, place));
        }
        Ok(())
    }

    fn see(&mut self, unit: u64, standing: Standing, (at, place): (InStep, u32)) {
        self.put(unit, self.seen_by[usize::from(self.is_over(at))][standing.bit()], place);
    }

    #[inline]
    fn put(&mut self, unit: u64, seen: u8, place: u32) {
        if Seen::is_something(seen) {
            let seen = Seen::of(unit, seen, place);
            let heap = &mut self.seen[seen.heap()];
            match heap.last_mut() {
                // Cases of a unit stand together.
                Some(last) if last.is_beside(&seen) => last.add(&seen),
                _ => heap.push(seen),
            }
        }
    }

    /// Whether what is open there has waited too long, or nobody asks for how long.
    const fn is_over(&self, InStep { age, .. }: InStep) -> bool {
        let age = if matches!(self.definition.clock, ClockRule::Opening) { age.open } else { age.wall };
        age == 0 || matches!(self.definition.statistic, Statistic::Number)
    }

    /// One that asks for the same, without anything: what is gathered beside it can be [added](Self::merge).
    #[must_use]
    pub fn beside(&self) -> Self {
        Self::new(self.definition, self.wanted)
    }

    /// Adds what was gathered beside.
    pub fn merge(&mut self, other: Self) {
        let places: Vec<u32> = other.places.all.iter().map(|(step, group)| self.places.of(*step, *group)).collect();
        for (heap, other) in self.seen.iter_mut().zip(other.seen) {
            heap.extend(other.into_iter().map(|seen| seen.at(places[seen.place()])));
        }
    }
}
