//! What a figure says that is said of conversations or shoppers, from what is kept of those.

use std::collections::{BTreeMap, BTreeSet};

use qinda::model::Day;
use qinda::timing::rollup::{CellOf, Delta, Differing, GroupOf, InStep, SlotsOfDay, UnitsGathered, Way, slot_begins};
use qinda::timing::{Definition, Value};

use super::{KeptDay, Noting};
use crate::store::dialect::Conn;
use crate::store::rollups::history::{Question, is_span};
use crate::store::rollups::planning::Plan;
use crate::store::rollups::sealing::{Clocks, around, slots};
use crate::store::rollups::seen::Seen;
use crate::store::rollups::{beside, unusable};
use crate::store::{StoreError, Stored};

/// So many bytes of what is kept of units are as much work as telling of a step and group.
const BYTES_AS_ONE: usize = 1_000;

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
        gathered.settle();
        Ok::<_, StoreError>(gathered)
    });
    for of_share in of_shares {
        gathered.merge(of_share?);
    }
    Ok(())
}

/// What the figure says of each step and group of what was gathered.
pub fn told(units: &UnitsGathered<'_>) -> Vec<(u32, GroupOf, Value)> {
    let parts: Vec<_> = units.parts().collect();
    beside::each(&parts, |(step, group, seen)| (*step, *group, seen.value()))
}

/// What it says of all of it: who is in several steps or groups is one.
pub fn told_of_all(units: &UnitsGathered<'_>) -> Value {
    let shares = beside::shares_of(units.parts().count()) as u64;
    let values = beside::each_of((0..shares).collect(), |share| units.of_share(share, shares));
    values.into_iter().fold(Value::default(), |all, value| Value {
        of: all.of + value.of,
        met: all.met + value.met,
        not_ended: all.not_ended + value.not_ended,
        running: all.running + value.running,
        ms: None,
    })
}

/// A day with what waits to be folded.
fn with_unfolded(cells: &[u8], unfolded: &Delta, day: Day) -> Stored<Vec<u8>> {
    let mut differing = Differing::unpacked(cells).map_err(unusable)?;
    differing.change(unfolded, day);
    differing.packed().map_err(unusable)
}

fn take_day(plan: &Plan, day: Day, cells: &[u8], gathered: &mut UnitsGathered<'_>) -> Stored<()> {
    let in_slots = |of: usize| slots(day, |at| plan.place_slot(of, day, qinda::timing::rollup::slot_of(at).1));
    let together = |table: Vec<Option<InStep>>| {
        let first = table.first().copied().flatten();
        (table.iter().all(|at| *at == first).then_some(first), table)
    };
    let tables: BTreeMap<usize, _> = plan.places.all().map(|of| (of, together(in_slots(of)))).collect();
    let of_cell = |cell: &CellOf| match tables.get(&plan.holds(cell)) {
        None => SlotsOfDay::Together(None),
        Some((Some(together), _)) => SlotsOfDay::Together(*together),
        Some((None, table)) => SlotsOfDay::Each(|slot: u16| *table.get(usize::from(slot))?),
    };
    gathered.take(cells, of_cell).map_err(unusable)
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
