//! What a figure says that is said of conversations or shoppers, from what is kept of those.

use std::collections::BTreeSet;

use qinda::model::Day;
use qinda::timing::rollup::{
    CellOf, Delta, Differing, GroupOf, InStep, SLOTS_PER_DAY, SlotsOfDay, UnitsBy, UnitsGathered, Way, slot_begins,
};
use qinda::timing::{Definition, Value};

use super::{KeptDay, Noting, untold};
use crate::store::dialect::Conn;
use crate::store::rollups::history::{Question, Steps, is_span};
use crate::store::rollups::planning::Plan;
use crate::store::rollups::sealing::{Clocks, around};
use crate::store::rollups::seen::Seen;
use crate::store::rollups::{beside, unusable};
use crate::store::{StoreError, Stored};

/// So many bytes of what is kept of units are as much work as telling of a step and group …
const BYTES_AS_ONE: usize = 1_000;
/// … and so many units that were seen.
const UNITS_AS_ONE: usize = 100;

/// A step, a group and what is said of it.
pub type Part = (u32, GroupOf, Value);

/// What is seen of units in each step and group in which there are such; the patience is that of the figure. `None` where it
/// is not kept, or not of all days of the span.
///
/// # Errors
/// When the database refuses.
pub async fn units<'d>(
    conn: &mut Conn,
    question: &Question,
    definition: &'d Definition,
    seen: &mut Seen,
) -> Stored<Option<UnitsGathered<'d>>> {
    let Some((figure, clocks)) = kept(conn, question, definition, seen).await? else { return Ok(None) };
    let by_clock = Way { clock: definition.clock, ..Way::default() };
    let question = Question { patience_seconds: vec![definition.patience_seconds()], ..question.clone() };
    let opening = clocks.opening.as_ref();
    let by_clock = if opening.is_some() { by_clock } else { by_clock.always_open() };
    let plan = Plan::of(&question, &[by_clock].into(), (&clocks.zone, opening)).filter(|plan| plan.is_aligned);
    let Some(plan) = plan else { return Ok(None) };
    let mut gathered = UnitsGathered::new(definition, question.wanted);
    if question.from < question.to {
        take_days(conn, &question, &plan, (figure, seen), &mut gathered).await?;
        take_divided(conn, &question, &plan, (figure, seen, &clocks), &mut gathered).await?;
    }
    Ok(Some(gathered))
}

/// Whether it is kept whose cases a figure counts in a span.
///
/// # Errors
/// When the database refuses.
pub async fn keeps_units(
    conn: &mut Conn,
    question: &Question,
    definition: &Definition,
    seen: &mut Seen,
) -> Stored<bool> {
    Ok(kept(conn, question, definition, seen).await?.is_some())
}

/// The number of the figure, and the shop's clocks, where it is kept of all of a span.
async fn kept(
    conn: &mut Conn,
    question: &Question,
    definition: &Definition,
    seen: &mut Seen,
) -> Stored<Option<(i64, Clocks)>> {
    if !is_span(question) || !seen.is_ready(conn, question.shop.id).await? {
        return Ok(None);
    }
    let clocks = Clocks::of(conn, &question.shop, question.from, question.to).await?;
    let figure = clocks.figures.of_units(definition).filter(|figure| seen.is_apart(*figure, question.from));
    Ok(figure.map(|figure| (figure, clocks)))
}

async fn take_days(
    conn: &mut Conn,
    question: &Question,
    plan: &Plan,
    (figure, seen): (i64, &Seen),
    gathered: &mut UnitsGathered<'_>,
) -> Stored<()> {
    let nothing = Delta::default();
    let unfolded = seen.apart(figure).unwrap_or(&nothing);
    let (first, last) = around(question.from, question.to);
    let is_asked = |day: &Day| (first..=last).contains(day);
    let mut changed: BTreeSet<Day> = unfolded.touched().into_iter().map(|(day, _)| day).filter(is_asked).collect();
    let mut kept: Vec<(Day, Vec<u8>)> = Vec::new();
    let take = |KeptDay { day, cells, .. }: KeptDay| {
        kept.push((day, if changed.remove(&day) { with_unfolded(&cells, unfolded, day)? } else { cells }));
        Ok(())
    };
    super::each(conn, (question.shop.id, figure), (first, last), take).await?;
    for day in changed {
        kept.push((day, with_unfolded(&[], unfolded, day)?));
    }
    let bytes: usize = kept.iter().map(|(_, cells)| cells.len()).sum();
    let shares = kept.chunks(kept.len().div_ceil(beside::shares_of(bytes / BYTES_AS_ONE)).max(1)).collect();
    let nothing = gathered.beside();
    let of_shares = beside::each_of(shares, |share: &[(Day, Vec<u8>)]| {
        let mut gathered = nothing.clone();
        share.iter().try_for_each(|(day, cells)| take_day(plan, *day, cells, &mut gathered))?;
        Ok::<_, StoreError>(gathered)
    });
    for of_share in of_shares {
        gathered.merge(of_share?);
    }
    Ok(())
}

/// What the figure says of what was gathered, divided in several ways: who is in several steps or groups that are told as one
/// is one.
pub fn told<const N: usize>(units: &UnitsGathered<'_>, by: [UnitsBy; N]) -> [Vec<Part>; N] {
    let divisions = by.map(|by| units.divided(by));
    let shares = beside::shares_of(units.many() / UNITS_AS_ONE);
    let mut values = divisions.each_ref().map(|divided| vec![Value::default(); divided.parts().len()]);
    for of_share in beside::each_of((0..shares).collect(), |share| units.of_share(share, shares, &divisions)) {
        let both = values.iter_mut().flatten().zip(of_share.into_iter().flatten());
        both.for_each(|(all, value)| add(all, value));
    }
    std::array::from_fn(|place| {
        let told = divisions[place].parts().iter().zip(&values[place]);
        told.map(|((step, group), value)| (*step, *group, *value)).collect()
    })
}

/// What it says of all of it.
pub fn told_of_all(units: &UnitsGathered<'_>) -> Value {
    let [all] = told(units, [UnitsBy::Nothing]);
    all.first().map_or_else(Value::default, |(.., value)| *value)
}

const fn add(all: &mut Value, value: Value) {
    all.of += value.of;
    all.met += value.met;
    all.not_ended += value.not_ended;
    all.running += value.running;
}

/// A day with what waits to be folded.
fn with_unfolded(cells: &[u8], unfolded: &Delta, day: Day) -> Stored<Vec<u8>> {
    let mut differing = Differing::unpacked(cells).map_err(unusable)?;
    differing.change(unfolded, day);
    differing.packed().map_err(unusable)
}

fn take_day(plan: &Plan, day: Day, cells: &[u8], gathered: &mut UnitsGathered<'_>) -> Stored<()> {
    let of_places: Vec<DayOf> = plan.places.all().map(|of| DayOf::of(plan, of, day)).collect();
    let of_cell = |cell: &CellOf| match of_places.get(plan.holds(cell)) {
        None => SlotsOfDay::Together(None),
        Some(DayOf::Together(at)) => SlotsOfDay::Together(Some(*at)),
        Some(DayOf::Each(slots)) => SlotsOfDay::Each(|slot: u16| *slots.get(usize::from(slot))?),
    };
    gathered.take(cells, of_cell).map_err(unusable)
}

/// Where a day stands in an answer, by the hours of a place.
enum DayOf {
    Together(InStep),
    Each(Vec<Option<InStep>>),
}

impl DayOf {
    fn of(plan: &Plan, of: usize, day: Day) -> Self {
        let at = |slot| plan.place_slot(of, day, slot).map(untold);
        match (at(0), at(SLOTS_PER_DAY - 1)) {
            // Steps follow each other, and nothing grows younger: what lies between stands there, too.
            (Some(first), Some(last)) if first == last && plan.kind != Steps::HoursOfWeek => Self::Together(first),
            _ => Self::Each((0..SLOTS_PER_DAY).map(at).collect()),
        }
    }
}

/// What the span or a patience divides is looked at one by one.
async fn take_divided(
    conn: &mut Conn,
    question: &Question,
    plan: &Plan,
    (figure, seen, clocks): (i64, &mut Seen, &Clocks),
    gathered: &mut UnitsGathered<'_>,
) -> Stored<()> {
    let mut noting = Noting::by(&clocks.figures);
    for slot in plan.divided.iter().copied() {
        let span = slot_begins(slot.0, slot.1)..slot_begins(slot.0, slot.1 + 1);
        for life in seen.lives(conn, question.shop.id, slot).await? {
            for noted in noting.of(figure, life).0.iter().filter(|noted| span.contains(&noted.at)) {
                if let Some(at) = plan.place(plan.holds(&noted.of), noted.at) {
                    gathered.take_noted(noted, at).map_err(unusable)?;
                }
            }
        }
    }
    Ok(())
}
