//! What is said of units that were seen in several steps and groups: who was in several of what is told as one is one. So what
//! was seen of each is put together, once for whatever is told of it.

use super::{Standing, UNIT_BITS, UnitsGathered};
use crate::timing::define::Definition;
use crate::timing::rollup::GroupOf;
use crate::timing::value::Value;

/// What was seen lies in so many heaps, of which each has as many numbers: what is told of one stands by itself.
pub(super) const HEAPS: usize = 1 << HEAP_BITS;
const HEAP_BITS: u32 = 5;
const SEEN_BITS: u32 = u64::BITS - UNIT_BITS;

/// What was seen of a unit at a place.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    /// The number of the unit, and what was seen of it in the lowest bits.
    unit: u64,
    place: u32,
}

impl Seen {
    const NOTHING: u8 = 0;
    const DID: u8 = 1;
    const FAILED: u8 = 1 << 1;
    const NOT_ENDED: u8 = 1 << 2;
    const RUNS: u8 = 1 << 3;

    /// What is seen of a unit whose cases stand in such ways, a bit each, of which the open ones are over or may still do.
    pub(super) fn by_standings(definition: &Definition, standings: usize, is_over: bool) -> u8 {
        let there = Standing::ALL.into_iter().filter(|standing| standings & standing.bit() != 0);
        there.fold(Self::NOTHING, |seen, standing| seen | Self::by_standing(definition, standing, is_over))
    }

    const fn by_standing(definition: &Definition, standing: Standing, is_over: bool) -> u8 {
        match standing {
            Standing::Did => Self::DID,
            Standing::Late => Self::FAILED,
            Standing::Open if !is_over => Self::RUNS,
            Standing::Left | Standing::Open if definition.leave_out.not_ended => Self::NOTHING,
            Standing::Left | Standing::Open => Self::FAILED | Self::NOT_ENDED,
        }
    }

    pub(super) const fn is_something(seen: u8) -> bool {
        seen != Self::NOTHING
    }

    #[inline]
    pub(super) const fn of(unit: u64, seen: u8, place: u32) -> Self {
        Self { unit: unit << SEEN_BITS | seen as u64, place }
    }

    pub(super) const fn place(&self) -> usize {
        self.place as usize
    }

    pub(super) const fn at(self, place: u32) -> Self {
        Self { place, ..self }
    }

    const fn number(&self) -> u64 {
        self.unit >> SEEN_BITS
    }

    const fn seen(&self) -> u8 {
        self.unit as u8
    }

    /// Whether another was seen of the same unit at the same place.
    pub(super) const fn is_beside(&self, other: &Self) -> bool {
        self.number() == other.number() && self.place == other.place
    }

    pub(super) const fn add(&mut self, other: &Self) {
        self.unit |= other.unit;
    }

    /// In which heap it lies.
    #[inline]
    pub(super) const fn heap(&self) -> usize {
        (self.unit >> (u64::BITS - HEAP_BITS)) as usize
    }

    /// In which of so many bins of its heap it lies.
    #[inline]
    const fn bin(&self, bins: usize) -> usize {
        (((self.unit << HEAP_BITS) as u128 * bins as u128) >> u64::BITS) as usize
    }
}

/// By what of that in which units were gathered they are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitsBy {
    /// By both.
    StepAndGroup,
    /// By step alone.
    Step,
    /// By group alone.
    Group,
    /// All are told together.
    Nothing,
}

impl UnitsBy {
    const fn part(self, step: u32, group: GroupOf) -> (u32, GroupOf) {
        match self {
            Self::StepAndGroup => (step, group),
            Self::Step => (step, GroupOf::All),
            Self::Group => (0, group),
            Self::Nothing => (0, GroupOf::All),
        }
    }
}

/// How what was gathered of units is divided where it is told.
#[derive(Debug, Clone)]
pub struct UnitsDivided {
    /// The steps and groups that are told, in order.
    parts: Vec<(u32, GroupOf)>,
    /// Where each place belongs among these.
    part_of: Vec<usize>,
}

impl UnitsDivided {
    /// The steps and groups that are told, in order.
    #[must_use]
    pub fn parts(&self) -> &[(u32, GroupOf)] {
        &self.parts
    }
}

impl UnitsGathered<'_> {
    /// How often something was seen.
    #[must_use]
    pub fn many(&self) -> usize {
        self.seen.iter().map(Vec::len).sum()
    }

    /// Divides it into what is told apart.
    #[must_use]
    pub fn divided(&self, by: UnitsBy) -> UnitsDivided {
        let mut places: Vec<((u32, GroupOf), u32)> =
            (0..).zip(&self.places.all).map(|(place, (step, group))| (by.part(*step, *group), place)).collect();
        places.sort();
        let mut divided = UnitsDivided { parts: Vec::new(), part_of: vec![0; places.len()] };
        for (part, place) in places {
            if divided.parts.last() != Some(&part) {
                divided.parts.push(part);
            }
            divided.part_of[place as usize] = divided.parts.len() - 1;
        }
        divided
    }

    /// What the figure says of the units of a share, by their numbers: of each division what it says of its parts. The values
    /// of all shares add up to those of all units.
    #[must_use]
    pub fn of_share(&self, share: usize, shares: usize, divisions: &[UnitsDivided]) -> Vec<Vec<Value>> {
        let mut told: Vec<Vec<Value>> =
            divisions.iter().map(|divided| vec![Value::default(); divided.parts.len()]).collect();
        let first = |share: usize| share * HEAPS / shares.max(1);
        let (mut ends, mut together) = (Vec::new(), Vec::new());
        for heap in &self.seen[first(share)..first(share + 1)] {
            put_together(heap, &mut ends, &mut together);
            for of_unit in together.chunk_by(|one, next| one.number() == next.number()) {
                for (divided, values) in divisions.iter().zip(&mut told) {
                    count_unit(of_unit, divided, values);
                }
            }
        }
        told
    }
}

fn count_unit(of_unit: &[Seen], UnitsDivided { part_of, .. }: &UnitsDivided, values: &mut [Value]) {
    if let [alone] = of_unit {
        return count(&mut values[part_of[alone.place()]], alone.seen());
    }
    let mut several: Vec<(usize, u8)> = of_unit.iter().map(|seen| (part_of[seen.place()], seen.seen())).collect();
    several.sort_unstable();
    for of_part in several.chunk_by(|one, next| one.0 == next.0) {
        count(&mut values[of_part[0].0], of_part.iter().fold(Seen::NOTHING, |all, (_, seen)| all | seen));
    }
}

/// Puts what was seen of each unit of a heap beside each other: in as many bins as something was seen, for numbers are spread
/// evenly.
fn put_together(heap: &[Seen], ends: &mut Vec<u32>, together: &mut Vec<Seen>) {
    let bins = heap.len();
    ends.clear();
    ends.resize(bins, 0);
    heap.iter().for_each(|seen| ends[seen.bin(bins)] += 1);
    let mut before = 0;
    for end in &mut *ends {
        (*end, before) = (before, before + *end);
    }
    together.clear();
    together.resize(heap.len(), Seen::default());
    for seen in heap {
        let end = &mut ends[seen.bin(bins)];
        together[*end as usize] = *seen;
        *end += 1;
    }
    let mut begin = 0;
    for end in ends {
        // Two stand beside each other anyway.
        if *end - begin > 2 {
            together[begin as usize..*end as usize].sort_unstable_by_key(|seen| seen.unit);
        }
        begin = *end;
    }
}

/// Counts a unit of which that much was seen.
const fn count(value: &mut Value, seen: u8) {
    if seen & Seen::FAILED != 0 {
        value.of += 1;
        value.not_ended += (seen & Seen::NOT_ENDED != 0) as u32;
    } else if seen & Seen::RUNS != 0 {
        value.running += 1;
    } else {
        value.of += 1;
        value.met += 1;
    }
}
