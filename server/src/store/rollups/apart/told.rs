//! What a figure with rules of its own says: what its plain one does, with what it counts more and without what it counts less.

use std::collections::{BTreeMap, BTreeSet};

use qinda::timing::rollup::{
    Apart, CellOf, Gathered, Gross, GroupOf, Noted, RollupFault, Way, more_and_less, slot_begins,
};

use super::{KeptDay, Noting, untold};
use crate::store::Stored;
use crate::store::dialect::Conn;
use crate::store::rollups::beside;
use crate::store::rollups::history::Question;
use crate::store::rollups::planning::{Gathers, Plan};
use crate::store::rollups::sealing::{Clocks, around};
use crate::store::rollups::seen::Seen;

/// In what a figure with rules of its own differs from its plain one, in each step and group.
pub struct Differs {
    apart: Apart,
    /// In which way the plain one is told.
    told: Way,
    more: Gathers,
    less: Gathers,
}

impl Differs {
    /// What differs of the figure that was `asked` for, and whose plain one is `told` in a way. `None` where it is not kept.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn of(
        conn: &mut Conn,
        question: &Question,
        clocks: &Clocks,
        (asked, told): (Way, Way),
        seen: &mut Seen,
    ) -> Stored<Option<Self>> {
        let Some((figure, apart)) =
            clocks.figures.told_in(asked).filter(|(figure, _)| seen.is_apart(*figure, question.from))
        else {
            return Ok(None);
        };
        let by_clock = Way { clock: told.clock, ..Way::default() };
        let plan = Plan::of(question, &[by_clock].into(), (&clocks.zone, clocks.opening.as_ref()));
        let Some(plan) = plan.filter(|plan| plan.is_aligned) else { return Ok(None) };
        let nothing = || Gathered::new(question.wanted).of_groups(question.groups.clone());
        let mut differing = Differing { plan: &plan, more: nothing(), less: nothing() };
        let gathered = differing.gather(conn, question, clocks, (figure, seen)).await?;
        let Differing { more, less, .. } = differing;
        let differs = gathered.map(|()| Self { apart, told, more: more.told(), less: less.told() });
        Ok(differs.inspect_err(|fault| not_told(question, *fault)).ok())
    }

    /// What the figure says of what the plain one does. `None` where something should be left out that is not there.
    pub fn applied(&self, question: &Question, plain: &Gathers) -> Option<Gathers> {
        let Self { apart, told, more, less } = self;
        let at = |(step, group, _): &(u32, GroupOf, Gross)| (*step, *group);
        let there: BTreeSet<(u32, GroupOf)> = [plain, more, less].into_iter().flatten().map(at).collect();
        let there: Vec<(u32, GroupOf)> = there.into_iter().collect();
        let [plain, more, less] =
            [plain, more, less].map(|all| all.iter().map(|it| (at(it), &it.2)).collect::<BTreeMap<_, _>>());
        let nothing = Gross::default();
        let applied = beside::each(&there, |at| {
            let plain = plain.get(at).copied().unwrap_or(&nothing);
            let gross = match (more.get(at), less.get(at)) {
                (None, None) => Ok(apart.plain(plain)),
                (more, less) => apart.applied(*told, plain, more.unwrap_or(&&nothing), less.unwrap_or(&&nothing)),
            };
            gross.map(|gross| (at.0, at.1, gross))
        });
        let applied: Result<Gathers, RollupFault> = applied.into_iter().collect();
        applied.inspect_err(|fault| not_told(question, *fault)).ok()
    }
}

fn not_told(question: &Question, fault: RollupFault) {
    tracing::warn!(shop = %question.shop.id, %fault, "a figure with rules of its own is told from the messages");
}

/// What a figure counts more than its plain one, and what it counts less.
struct Differing<'p> {
    plan: &'p Plan,
    more: Gathered,
    less: Gathered,
}

impl Differing<'_> {
    async fn gather(
        &mut self,
        conn: &mut Conn,
        question: &Question,
        clocks: &Clocks,
        (figure, seen): (i64, &mut Seen),
    ) -> Stored<Result<(), RollupFault>> {
        if question.from >= question.to {
            return Ok(Ok(()));
        }
        let mut taken = Ok(());
        let take = |kept: KeptDay| {
            if taken.is_ok() {
                taken = self.take_day(&kept);
            }
            Ok(())
        };
        super::each(conn, (question.shop.id, figure), around(question.from, question.to), take).await?;
        let taken = taken.and_then(|()| self.take_unfolded(figure, seen));
        if taken.is_err() {
            return Ok(taken);
        }
        let mut noting = Noting::by(&clocks.figures);
        for slot in self.plan.divided.iter().copied() {
            let span = (slot_begins(slot.0, slot.1), slot_begins(slot.0, slot.1 + 1));
            for life in seen.lives(conn, question.shop.id, slot).await? {
                let (more, less) = noting.of(figure, life);
                let is_there = |noted: &&Noted| (span.0..span.1).contains(&noted.at);
                let taken = more.iter().filter(is_there).try_for_each(|noted| self.take_noted(noted, Sign::More));
                let taken = taken
                    .and_then(|()| less.iter().filter(is_there).try_for_each(|it| self.take_noted(it, Sign::Less)));
                if taken.is_err() {
                    return Ok(taken);
                }
            }
        }
        Ok(Ok(()))
    }

    fn take_day(&mut self, KeptDay { day, cells, .. }: &KeptDay) -> Result<(), RollupFault> {
        let plan = self.plan;
        let place = |cell: &CellOf| {
            let of = plan.holds(cell);
            move |slot| plan.place_slot(of, *day, slot).map(untold)
        };
        let (more, less) = more_and_less(cells)?;
        self.more.take_part_across((more, &[]), place)?;
        self.less.take_part_across((less, &[]), place)
    }

    /// What waits to be folded.
    fn take_unfolded(&mut self, figure: i64, seen: &Seen) -> Result<(), RollupFault> {
        let Some(delta) = seen.apart(figure) else { return Ok(()) };
        for (day, of, row, change) in delta.rows() {
            let Some(at) = self.plan.place_slot(self.plan.holds(of), day, row.slot).map(untold) else { continue };
            let many = u32::try_from(change.by.unsigned_abs()).map_err(|_| RollupFault::NotThere)?;
            let noted = Noted { at: slot_begins(day, row.slot), of: *of, what: row.what, many, open_ms: None };
            let gathered = if change.by > 0 { &mut self.more } else { &mut self.less };
            gathered.take_noted(&noted, at)?;
        }
        Ok(())
    }

    fn take_noted(&mut self, noted: &Noted, sign: Sign) -> Result<(), RollupFault> {
        let Some(at) = self.plan.place(self.plan.holds(&noted.of), noted.at).map(untold) else { return Ok(()) };
        match sign {
            Sign::More => self.more.take_noted(noted, at),
            Sign::Less => self.less.take_noted(noted, at),
        }
    }
}

#[derive(Clone, Copy)]
enum Sign {
    More,
    Less,
}
