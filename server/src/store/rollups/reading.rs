//! Reading what is kept for a question: of long spans sums, and of what is left parts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use qinda::model::{Day, Micros};
use qinda::timing::rollup::{CellOf, Class, Gathered, InStep, RollupFault, part_of, slot_of};
use qinda::timing::{DaySpan, Step};

use super::beside::{self, Adding};
use super::history::{CELLS_MAX, Prepared, Steps};
use super::parts::KeptPart;
use super::planning::{Plan, PlanDay};
use super::sealing::{self, Grain, around, slots};
use super::seen::Seen;
use super::unusable;
use crate::store::Stored;
use crate::store::dialect::Conn;

/// The parts of so many days are held at once.
const DAYS_AT_ONCE: i64 = 32;
/// The sums that begin on so many days are held at once.
const SUM_DAYS_AT_ONCE: i64 = 366;
/// What is told apart by opening hours is mostly of so many kinds.
const CLASSES: usize = 4;
const SECONDS_PER_HOUR: i64 = 3_600;

/// Reading what is kept for a question, and having it added up.
pub struct Reading<'a> {
    pub conn: &'a mut Conn,
    pub adding: &'a mut Adding,
    /// Where what is read is added.
    pub place: usize,
    pub asked: &'a Prepared<'a>,
    pub seen: &'a mut Seen,
}

impl Reading<'_> {
    pub async fn read(&mut self) -> Stored<()> {
        let mut left: BTreeSet<Day> = self.asked.plan.days.keys().copied().collect();
        for grain in self.long_grains() {
            self.take_long(*grain, &mut left).await?;
        }
        self.take_days(&mut left).await?;
        self.take_parts(&left).await
    }

    /// The sums of many days that can answer.
    fn long_grains(&self) -> &'static [Grain] {
        match (self.asked.question.wanted.needs_agents(), self.asked.question.steps) {
            (_, Steps::Each(Step::Hour)) | (true, Steps::HoursOfWeek) => &[],
            (false, Steps::HoursOfWeek) if self.asked.plan.hours.is_empty() => &[Grain::WeekHours],
            (_, Steps::HoursOfWeek) => &[],
            _ if self.hours_in_sums().is_none() => &[],
            (true, _) => &[Grain::Agents, Grain::Weeks, Grain::AgentDays],
            (false, _) => &[Grain::Month],
        }
    }

    /// The hours that are asked for, each by its place among those that sums are told apart by; `None` where one is not
    /// among them.
    fn hours_in_sums(&self) -> Option<Vec<usize>> {
        let place = |asked: &DaySpan| self.asked.clocks.hours.iter().position(|hours| hours == asked);
        self.asked.plan.hours.iter().map(place).collect()
    }

    /// The only part in which what is asked for can be.
    fn part(&self) -> Option<u8> {
        self.asked.question.wanted.only.agent.map(|agent| part_of(Some(agent)))
    }

    /// Days that are told as they are, or hour by hour: whole, and all that is open on them of one kind.
    fn undivided(&self, left: &BTreeSet<Day>, by_hour: bool) -> BTreeSet<Day> {
        let plan = &self.asked.plan;
        let is_hours = plan.hours.iter().all(|hours| hours.from % 60 == 0 && hours.to % 60 == 0);
        let is_told = |day: &PlanDay| day.is_whole && (!by_hour || (day.is_plain && is_hours));
        let is_undivided =
            |day: &&Day| plan.days.get(day).is_some_and(|day| is_told(day) && plan.is_of_one_age(day.begins, day.ends));
        left.iter().filter(is_undivided).copied().collect()
    }

    /// Adds the months or weeks that are in the span as a whole, and in one step.
    async fn take_long(&mut self, grain: Grain, left: &mut BTreeSet<Day>) -> Stored<()> {
        let days = &self.asked.plan.days;
        let undivided = self.undivided(left, false);
        let spans = undivided.iter().map(|day| grain.around(*day)).collect::<BTreeMap<Day, Day>>();
        let is_told = |(first, last): &(Day, Day)| {
            let is_whole = undivided.range(*first..=*last).count() as i64 == last.0 - first.0 + 1;
            let ends = days.get(first).map(|day| day.begins).zip(days.get(last).map(|day| day.ends));
            is_whole
                && ends.is_some_and(|(begins, ends)| {
                    let steps = (self.asked.plan.step_at(begins), self.asked.plan.step_at(Micros(ends.0 - 1)));
                    (steps.0 == steps.1 || grain == Grain::WeekHours) && self.asked.plan.is_of_one_age(begins, ends)
                })
        };
        let spans = spans.into_iter().filter(is_told).collect();
        let part = self.part().filter(|_| self.asked.question.wanted.needs_agents());
        for (first, last) in self.take_sums(grain, part, &spans).await? {
            left.retain(|day| !(first..=last).contains(day));
        }
        Ok(())
    }

    async fn take_days(&mut self, left: &mut BTreeSet<Day>) -> Stored<()> {
        if self.asked.question.wanted.needs_agents() {
            return Ok(());
        }
        let is_whole = !self.asked.plan.is_hourly() && self.hours_in_sums().is_some();
        let grains =
            [(Grain::Day, is_whole), (Grain::Hours, self.asked.plan.is_hourly() || !self.asked.plan.hours.is_empty())];
        for (grain, _) in grains.into_iter().filter(|(_, can_tell)| *can_tell) {
            let days = self.undivided(left, grain == Grain::Hours).into_iter().map(|day| (day, day)).collect();
            for (day, _) in self.take_sums(grain, None, &days).await? {
                left.remove(&day);
            }
        }
        Ok(())
    }

    /// Adds the sums of some days or months as far as there are such, and says which.
    async fn take_sums(
        &mut self,
        grain: Grain,
        part: Option<u8>,
        spans: &BTreeMap<Day, Day>,
    ) -> Stored<BTreeMap<Day, Day>> {
        let mut found = BTreeMap::new();
        let adder = Arc::new(SumsAdder {
            plan: self.asked.plan.clone(),
            grain,
            hours_in_sums: self.hours_in_sums().unwrap_or_default(),
            are_told_apart: self.asked.clocks.opening_told().is_some(),
        });
        let shop = self.asked.question.shop.id;
        let follows = |before, day| spans.get(&before).is_some_and(|last| last.plus(1) == day);
        for run in runs(spans.keys().copied(), follows).into_iter().flat_map(|run| at_most(run, SUM_DAYS_AT_ONCE)) {
            let mut kept = Vec::new();
            let take = |sum: sealing::KeptSum| {
                if let Some(last) = spans.get(&sum.day) {
                    found.insert(sum.day, *last);
                    kept.push(sum);
                }
                Ok(())
            };
            sealing::each(self.conn, (shop, &self.asked.clocks, grain), run, part, take).await?;
            // An agent is in the same part of each.
            kept.sort_by_key(|sum| (sum.part, sum.day));
            let kept = Arc::new(kept);
            for (piece, part, bytes) in beside::pieces(&kept, |sum| (usize::from(sum.part), sum.cells.len())) {
                let (adder, kept) = (adder.clone(), kept.clone());
                let add =
                    move |gathered: &mut Gathered| kept[piece].iter().try_for_each(|sum| adder.add(gathered, sum));
                self.adding.put((self.place, part), bytes, add).map_err(unusable)?;
            }
        }
        Ok(found)
    }

    /// Adds what is left slot by slot, until it becomes too many.
    async fn take_parts(&mut self, left: &BTreeSet<Day>) -> Stored<()> {
        let Prepared { question, plan, .. } = self.asked;
        let touched = left.iter().filter_map(|day| plan.days.get(day)).flat_map(|day| {
            let (first, last) = around(day.begins, day.ends);
            (first.0..=last.0).map(Day)
        });
        let touched: BTreeSet<Day> = touched.collect();
        let which = (self.part(), plan.tells_opening());
        for run in runs(touched.into_iter(), |before, day| before.plus(1) == day) {
            for (first, last) in at_most(run, DAYS_AT_ONCE) {
                let kept = self.seen.parts(self.conn, question.shop.id, ((first, last), which)).await?;
                let adder = Arc::new(PartsAdder::of(self.asked, (first, last), left));
                for (piece, part, bytes) in beside::pieces(&kept, |kept| (usize::from(kept.part), kept.cells.len())) {
                    let (adder, kept) = (adder.clone(), kept.clone());
                    let add = move |gathered: &mut Gathered| {
                        kept[piece].iter().try_for_each(|kept| adder.add(gathered, kept))
                    };
                    self.adding.put((self.place, part), bytes, add).map_err(unusable)?;
                }
                if self.asked.is_too_many() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Adds sums.
struct SumsAdder {
    plan: Arc<Plan>,
    grain: Grain,
    /// The hours that are asked for, each by its place among those that sums are told apart by.
    hours_in_sums: Vec<usize>,
    /// Whether sums are told apart by opening hours.
    are_told_apart: bool,
}

impl SumsAdder {
    fn add(&self, gathered: &mut Gathered, sum: &sealing::KeptSum) -> Result<(), RollupFault> {
        let Self { plan, grain, are_told_apart, .. } = self;
        let tells_opening = plan.tells_opening();
        let Some(place) = plan.days.get(&sum.day) else { return Ok(()) };
        let step = plan.step_at(place.begins);
        let at = |cell: &CellOf, number: u32| {
            let (class, number) = match are_told_apart {
                true => Class::taken_off(number).map(|(class, number)| (Some(class), number))?,
                false => (None, number),
            };
            let of = plan.holds(cell);
            let at = match grain {
                Grain::WeekHours => plan.place_in(of, (number, 0), place.begins),
                // What the clocks of such a day show, they show once.
                Grain::Hours => plan.place(of, place.begins.plus_seconds(i64::from(number) * SECONDS_PER_HOUR)),
                _ => plan.place_in(of, (step?, self.hours(number)), place.begins),
            }?;
            match class.filter(|_| tells_opening) {
                Some(class) => Some(InStep { step: class.on(at.step), ..at }),
                // Open parts are of what is there under other classes.
                None => Some(at).filter(|_| !class.is_some_and(Class::is_of_parts)),
            }
        };
        gathered.take_sums_of(&sum.cells, at)
    }

    /// The hours that are asked for, of the number of a sum.
    fn hours(&self, number: u32) -> u32 {
        let places = self.hours_in_sums.iter().enumerate();
        places.fold(0, |hours, (bit, place)| hours | (number >> place & 1) << bit)
    }
}

/// Adds parts slot by slot.
struct PartsAdder {
    plan: Arc<Plan>,
    /// Where the slots of each day stand, by the places whose hours differ.
    slots: BTreeMap<Day, Vec<Vec<Option<InStep>>>>,
    /// So many groups are too many.
    most: usize,
    is_too_many: Arc<AtomicBool>,
}

impl PartsAdder {
    /// Of some days of UTC, as far as they are days of the span that are left.
    fn of(asked: &Prepared<'_>, (first, last): (Day, Day), left: &BTreeSet<Day>) -> Self {
        let plan = &asked.plan;
        let is_left = |at: Micros| plan.day_at(at).is_some_and(|day| left.contains(&day.day));
        let place = |of: usize, at: Micros| {
            let (day, slot) = slot_of(at);
            plan.place_slot(of, day, slot).filter(|_| is_left(at))
        };
        let placed = |day: Day| plan.places.all().map(|of| slots(day, |at| place(of, at))).collect();
        Self {
            plan: plan.clone(),
            slots: (first.0..=last.0).map(|day| (Day(day), placed(Day(day)))).collect(),
            most: CELLS_MAX * (1 + plan.hours.len()) * if plan.tells_opening() { CLASSES } else { 1 },
            is_too_many: asked.is_too_many.clone(),
        }
    }

    fn add(&self, gathered: &mut Gathered, kept: &KeptPart) -> Result<(), RollupFault> {
        // The rest need not be looked at.
        if self.is_too_many.load(Ordering::Relaxed) {
            return Ok(());
        }
        let of_day = self.slots.get(&kept.day);
        let across = kept.across.as_deref().unwrap_or_default();
        gathered.take_part_across((&kept.cells, across), |cell| {
            let slots = of_day.and_then(|of_day| of_day.get(self.plan.holds(cell)));
            move |slot| *slots?.get(usize::from(slot))?
        })?;
        if gathered.len() > self.most {
            self.is_too_many.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// A run of days in pieces of so many.
fn at_most((first, last): (Day, Day), days: i64) -> impl Iterator<Item = (Day, Day)> {
    let begins = (first.0..=last.0).step_by(usize::try_from(days).unwrap_or(1));
    begins.map(move |begins| (Day(begins), Day(last.0.min(begins + days - 1))))
}

/// Days that follow each other, together: the first and the last of each run.
fn runs(days: impl Iterator<Item = Day>, follows: impl Fn(Day, Day) -> bool) -> Vec<(Day, Day)> {
    let mut runs: Vec<(Day, Day)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, last)) if follows(*last, day) => *last = day,
            _ => runs.push((day, day)),
        }
    }
    runs
}
