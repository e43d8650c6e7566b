//! Figures that are said of conversations or shoppers: all cases of one must do. Who had cases that did, or did not, cannot be
//! added up, for one who comes on two days is one. So it is kept of whom the cases of each five minutes were and how they stand,
//! by a number made of their id, and they are put together when it is asked for. Of each agent's day a number is written down
//! once, with the five minutes in which its unit had cases.

mod packed;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::apart::{Around, noted_of};
use super::noted::{Means, Stands, What};
use super::{CellOf, GroupOf, InStep, Noted, RollupFault, Wanted};
use crate::timing::define::{ClockRule, Definition, Statistic, Unit};
use crate::timing::life::Life;
use crate::timing::value::Value;
use packed::{PackedUnit, each_case, each_cell, each_unit};
pub(super) use packed::{are_packed, packed, unpacked};

/// A number of a unit has so many bits: of a million two are one in a year of years.
const UNIT_BITS: u32 = 56;
/// The places of so many steps of a group are held.
const STEPS_HERE: usize = 16_384;
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

/// What is seen of the units of each step and group.
#[derive(Debug, Clone)]
pub struct UnitsGathered<'d> {
    definition: &'d Definition,
    wanted: Wanted,
    places: BTreeMap<(u32, GroupOf), usize>,
    /// Of each place: numbers of units, and what was seen of one in the lowest bits; a unit may stand there often.
    seen: Vec<Vec<u64>>,
    /// The places of the group that was looked for last: what belongs together mostly stands together.
    here: Here,
}

/// The places of a group by its steps, as far as they were looked for.
#[derive(Debug, Clone)]
struct Here {
    group: Option<GroupOf>,
    places: Vec<Option<usize>>,
    /// The steps of which there is a place.
    steps: Vec<usize>,
}

impl Here {
    const NONE: Self = Self { group: None, places: Vec::new(), steps: Vec::new() };

    fn place(&self, step: u32, group: GroupOf) -> Option<usize> {
        self.places.get(step as usize).copied().flatten().filter(|_| self.group == Some(group))
    }

    fn note(&mut self, step: u32, group: GroupOf, place: usize) {
        if self.group != Some(group) {
            self.steps.drain(..).for_each(|step| self.places[step] = None);
            self.group = Some(group);
        }
        let step = step as usize;
        // There are no more steps than one answer has; what comes later is looked for each time.
        if step < STEPS_HERE {
            if self.places.len() <= step {
                self.places.resize(step + 1, None);
            }
            self.places[step] = Some(place);
            self.steps.push(step);
        }
    }
}

impl<'d> UnitsGathered<'d> {
    /// Nothing yet.
    #[must_use]
    pub const fn new(definition: &'d Definition, wanted: Wanted) -> Self {
        Self { definition, wanted, places: BTreeMap::new(), seen: Vec::new(), here: Here::NONE }
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
                SlotsOfDay::Together(Some(at)) => each_unit(units, |PackedUnit { unit, mask, .. }| {
                    let there = Standing::ALL.into_iter().filter(|standing| mask & 1 << *standing as u8 != 0);
                    there.for_each(|standing| self.see(group, (unit, standing), at));
                    Ok(())
                }),
                SlotsOfDay::Each(slots) => each_unit(units, |PackedUnit { unit, cases, .. }| {
                    each_case(cases, |slot, standing, _| {
                        if let Some(at) = slots(slot) {
                            self.see(group, (unit, standing), at);
                        }
                    })
                }),
            }
        })
    }

    /// Adds something that was looked at by itself.
    ///
    /// # Errors
    /// When it is not of a unit.
    pub fn take_noted(&mut self, noted: &Noted, at: InStep) -> Result<(), RollupFault> {
        let (standing, unit) = noted.what.unit().ok_or(RollupFault::Bytes)?;
        if let Some(group) = self.wanted.group(&noted.of) {
            self.see(group, (unit, Standing::of(standing)?), at);
        }
        Ok(())
    }

    fn see(&mut self, group: GroupOf, (unit, standing): (u64, Standing), InStep { step, age, .. }: InStep) {
        let age = if self.definition.clock == ClockRule::Opening { age.open } else { age.wall };
        let is_over = age == 0 || self.definition.statistic == Statistic::Number;
        let seen = match standing {
            Standing::Did => DID,
            Standing::Late => FAILED,
            Standing::Open if !is_over => RUNS,
            Standing::Left | Standing::Open if self.definition.leave_out.not_ended => return,
            Standing::Left | Standing::Open => FAILED | NOT_ENDED,
        };
        let there = self.of(step, group);
        match there.last_mut() {
            // Cases of a unit stand together.
            Some(last) if *last >> SEEN_BITS == unit => *last |= seen,
            _ => there.push(unit << SEEN_BITS | seen),
        }
    }

    #[inline]
    fn of(&mut self, step: u32, group: GroupOf) -> &mut Vec<u64> {
        let place = match self.here.place(step, group) {
            Some(place) => place,
            None => self.look(step, group),
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
        self.here.note(step, group, place);
        place
    }

    /// One that asks for the same, without anything: what is gathered beside it can be [added](Self::merge).
    #[must_use]
    pub const fn beside(&self) -> Self {
        Self::new(self.definition, self.wanted)
    }

    /// Adds what was gathered beside, and puts together what was seen of each unit.
    pub fn merge(&mut self, mut other: Self) {
        for ((step, group), place) in std::mem::take(&mut other.places) {
            let more = std::mem::take(&mut other.seen[place]);
            let there = self.of(step, group);
            there.extend(more);
            settle(there);
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

    /// Puts together what was seen of each unit in a step and group.
    pub fn settle(&mut self) {
        self.seen.iter_mut().for_each(settle);
    }

    /// What the figure says of a share of all units, by their numbers. The values of all shares add up to that of all.
    #[must_use]
    pub fn of_share(&self, share: u64, shares: u64) -> Value {
        let begins = |share: u64| (u64::MAX / shares.max(1)).saturating_mul(share);
        let (begins, ends) = (begins(share), if share + 1 < shares { begins(share + 1) } else { u64::MAX });
        // What was seen of one stands beside each other.
        let place = |seen: u64| seen >> SEEN_BITS << SEEN_BITS;
        let is_in = |seen: &&u64| begins <= place(**seen) && (place(**seen) < ends || ends == u64::MAX);
        let mut all: Vec<u64> = Vec::new();
        for seen in &self.seen {
            if is_settled(seen) {
                let from = seen.partition_point(|seen| place(*seen) < begins);
                all.extend(seen[from..].iter().take_while(is_in));
            } else {
                all.extend(seen.iter().filter(is_in));
            }
        }
        settle(&mut all);
        value(&all)
    }
}

/// What is seen of the units of a step and group.
#[derive(Debug, Clone, Copy)]
pub struct UnitsSeen<'s>(&'s [u64]);

impl UnitsSeen<'_> {
    /// What the figure says of them.
    #[must_use]
    pub fn value(self) -> Value {
        if is_settled(self.0) {
            return value(self.0);
        }
        let mut seen = self.0.to_vec();
        settle(&mut seen);
        value(&seen)
    }
}

/// Whether each unit is there once, in order.
fn is_settled(seen: &[u64]) -> bool {
    seen.is_sorted_by(|one, next| one >> SEEN_BITS < next >> SEEN_BITS)
}

/// Puts what was seen of each unit together, in the order of their numbers.
fn settle(seen: &mut Vec<u64>) {
    // Much of it stands in order already, and then this one is quick.
    seen.sort();
    seen.dedup_by(|next, one| {
        let is_same = *next >> SEEN_BITS == *one >> SEEN_BITS;
        if is_same {
            *one |= *next;
        }
        is_same
    });
}

/// What is said of units, of each of which that much was seen.
fn value(settled: &[u64]) -> Value {
    let mut value = Value::default();
    for seen in settled {
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
