//! How a question is divided by time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use qinda::model::{Day, Micros, ShopId};
use qinda::timing::rollup::{
    Age, Began, CellOf, Class, Gathered, Gross, GroupOf, InStep, Noted, SLOT_SECONDS, Subjects, Way, slot_begins,
    slot_of,
};
use qinda::timing::{ClockRule, DaySpan, HourOfWeek, Hours, Life, Open, Step, Zone, piece_of};

use super::beside;
use super::history::{CELLS_MAX, Question, Steps};
use super::hours::{LaidOut, is_in_slots, is_open_in_slots};
use super::opening::{Noting, Opening, Places};
use super::unusable;
use crate::store::dialect::Conn;
use crate::store::{Stored, lives};

const MICROS_PER_DAY: i64 = 86_400 * 1_000_000;
const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_SLOT: i64 = SLOT_SECONDS * 1_000_000;

/// What was gathered of each step and group.
pub type Gathers = Vec<(u32, GroupOf, Gross)>;

/// A day of the span, by the shop's clocks.
#[derive(Debug, Clone, Copy)]
pub struct PlanDay {
    pub day: Day,
    pub begins: Micros,
    pub ends: Micros,
    pub is_whole: bool,
    /// Whether its clocks show each hour once.
    pub is_plain: bool,
}

/// How the span is divided.
pub struct Plan {
    pub zone: Zone,
    pub kind: Steps,
    pub days: BTreeMap<Day, PlanDay>,
    /// The same by when they begin.
    by_begin: Vec<PlanDay>,
    pub steps: Vec<(Micros, Micros)>,
    /// What began before one of these and has not ended has waited too long, by one of the patiences; in order.
    pub edges: Vec<Micros>,
    /// Hours of each day; what began in which of them is told apart.
    pub hours: Vec<DaySpan>,
    laid_out: LaidOut,
    /// Opening hours, as far as what is asked for depends on them.
    pub places: Places,
    /// The same as the edges by the time that it was open since, of each place; none where no figure asks for it.
    open_edges: Vec<Vec<Micros>>,
    /// Whether what began at none of the hours counts as well.
    is_any: bool,
    /// Whether days and hours begin and end where slots do.
    pub is_aligned: bool,
    /// Slots that are divided by the span or by an edge: the cases of these are looked at one by one.
    pub divided: BTreeSet<(Day, u16)>,
}

impl Plan {
    /// How a question is divided that asks for this in some ways, by opening hours where it depends on them. `None` where there
    /// are too many steps.
    pub fn of(question: &Question, asked: &BTreeSet<Way>, (zone, opening): (&Zone, Option<&Opening>)) -> Option<Self> {
        let Question { from, to, now, steps: kind, .. } = *question;
        let edges = question.patiences().into_iter().map(|Reverse(seconds)| now.plus_seconds(-i64::from(seconds)));
        let edges: Vec<Micros> = edges.collect();
        let steps = match kind {
            Steps::One => Some((from, to)).filter(|_| from < to).into_iter().collect(),
            Steps::Each(step) => step.pieces(zone, from, to, CELLS_MAX)?,
            Steps::HoursOfWeek => Vec::new(),
        };
        let days = days_between(zone, from, to);
        let begins_in_a_slot = |day: &PlanDay| day.begins > from && !is_aligned(day.begins);
        let daily = |way: &Way| if let Hours::Daily(hours) = way.hours { Some(hours) } else { None };
        let is_any = asked.iter().any(|way| daily(way).is_none());
        let hours: BTreeSet<DaySpan> = asked.iter().filter_map(daily).collect();
        let hours: Vec<DaySpan> = hours.into_iter().filter(|it| is_in_slots(*it, zone, (from, to))).collect();
        let opening = opening.filter(|_| asked.iter().any(|way| way.needs_opening()));
        let places = opening.map_or_else(Places::untold, |opening| Places::of(opening, (from, now.max(to))));
        let by_open_clock = asked.iter().any(|way| way.clock == ClockRule::Opening);
        let open_edges = |open: &Open| {
            let since = |Reverse(seconds): Reverse<u32>| open.since(now, i64::from(seconds) * MICROS_PER_SECOND);
            question.patiences().into_iter().map(since).collect::<Vec<_>>()
        };
        let open_edges: Vec<Vec<Micros>> = places.open().iter().filter(|_| by_open_clock).map(open_edges).collect();
        let are_open_in_slots = places.open().iter().all(|open| is_open_in_slots(open, (from, to)));
        let is_in_span = |at: &Micros| from.plus_seconds(-SLOT_SECONDS) < *at && *at < to.plus_seconds(SLOT_SECONDS);
        let ends = [from, to].into_iter().chain(edges.iter().copied()).chain(open_edges.iter().flatten().copied());
        let divided = ends.filter(is_in_span);
        Some(Self {
            zone: zone.clone(),
            kind,
            steps,
            is_aligned: (is_any || !hours.is_empty()) && !days.iter().any(begins_in_a_slot) && are_open_in_slots,
            divided: divided.filter(|at| !is_aligned(*at)).map(slot_of).collect(),
            edges,
            places,
            open_edges,
            laid_out: LaidOut::of(&hours, zone, (from, to)),
            hours,
            is_any,
            days: days.iter().map(|day| (day.day, *day)).collect(),
            by_begin: days,
        })
    }

    pub fn is_hourly(&self) -> bool {
        matches!(self.kind, Steps::HoursOfWeek | Steps::Each(Step::Hour))
    }

    /// The day of the span in which a moment lies.
    pub fn day_at(&self, at: Micros) -> Option<&PlanDay> {
        let later = self.by_begin.partition_point(|day| day.begins <= at);
        self.by_begin.get(later.checked_sub(1)?).filter(|day| at < day.ends)
    }

    /// The step of a moment of the span.
    pub fn step_at(&self, at: Micros) -> Option<u32> {
        if self.kind == Steps::HoursOfWeek {
            return self.day_at(at).map(|_| HourOfWeek::of(&self.zone, at).number());
        }
        u32::try_from(piece_of(&self.steps, at)?).ok()
    }

    /// Whether what is gathered is told apart by opening hours.
    pub fn tells_opening(&self) -> bool {
        !self.places.open().is_empty()
    }

    /// The place whose opening hours hold for a cell.
    pub fn holds(&self, cell: &CellOf) -> usize {
        self.places.holds(cell.team, cell.channel)
    }

    /// Where a moment stands, by the opening hours of a place: its step beside the [hours](LaidOut::number) in which it lies.
    pub fn place(&self, place: usize, at: Micros) -> Option<InStep> {
        let in_step = self.place_in(place, (self.step_at(at)?, self.laid_out.number(at)), at)?;
        Some(InStep { began: self.places.began(place, at), ..in_step })
    }

    /// Where something stands that began from a moment on, in a step and in some hours.
    pub fn place_in(&self, place: usize, (step, hours): (u32, u32), at: Micros) -> Option<InStep> {
        let age = |edges: &[Micros]| u8::try_from(edges.partition_point(|edge| *edge <= at)).unwrap_or(u8::MAX);
        let open = self.open_edges.get(place).map_or(0, |edges| age(edges));
        (self.is_any || hours != 0).then(|| InStep {
            step: step << self.hours.len() | hours,
            age: Age { wall: age(&self.edges), open },
            began: Began::Untold,
        })
    }

    /// What was gathered, of what stands as [`place`](Self::place) says, told in each of some ways; `None` of one that does not
    /// fit.
    pub fn told_in_ways(&self, gathered: Gathers, ways: &[(Way, Subjects)]) -> Vec<Option<Gathers>> {
        if self.hours.is_empty() && !self.tells_opening() && matches!(ways, [(way, _)] if *way == Way::default()) {
            return vec![Some(gathered)];
        }
        let mut told: Vec<Option<Gathers>> = ways.iter().map(|_| Some(Gathers::new())).collect();
        for share in beside::each_of(self.shares(gathered), |share| self.told_share(share, ways)) {
            for (told, share) in told.iter_mut().zip(share) {
                match (told.as_mut(), share) {
                    (Some(told), Some(share)) => told.extend(share),
                    _ => *told = None,
                }
            }
        }
        told
    }

    /// As many shares as are told at once, in order, each with all of some steps and groups.
    fn shares(&self, gathered: Gathers) -> Vec<Gathers> {
        let at = |(number, group, _): &(u32, GroupOf, Gross)| (self.step_of(*number), *group);
        let many = beside::shares_of(gathered.len());
        let mut shares: Vec<Gathers> = (0..many).map(|_| Gathers::new()).collect();
        let mut all: Vec<(u32, GroupOf)> = if many > 1 { gathered.iter().map(at).collect() } else { Vec::new() };
        all.sort_unstable();
        let begins: Vec<(u32, GroupOf)> = (1..many).map(|share| all[all.len() * share / many]).collect();
        for one in gathered {
            let share = begins.partition_point(|begins| *begins <= at(&one));
            shares[share].push(one);
        }
        shares
    }

    /// The step of the number under which something was gathered.
    fn step_of(&self, number: u32) -> u32 {
        let number =
            if self.tells_opening() { Class::taken_off(number).map_or(0, |(_, number)| number) } else { number };
        number >> self.hours.len()
    }

    fn told_share(&self, gathered: Gathers, ways: &[(Way, Subjects)]) -> Vec<Option<Gathers>> {
        let Some((first, others)) = ways.split_first() else { return Vec::new() };
        // The first, which is what is told of everything wherever that is asked, is made of what was gathered itself.
        let others: Vec<Option<Gathers>> = others.iter().map(|way| self.told(gathered.iter().cloned(), *way)).collect();
        std::iter::once(self.told(gathered.into_iter(), *first)).chain(others).collect()
    }

    fn told(
        &self,
        gathered: impl Iterator<Item = (u32, GroupOf, Gross)>,
        (way, subjects): (Way, Subjects),
    ) -> Option<Gathers> {
        let bit = match way.hours {
            Hours::Daily(hours) => Some(self.hours.iter().position(|it| *it == hours)?),
            Hours::Any | Hours::Opening => None,
        };
        if way.needs_opening() && !self.tells_opening() {
            return None;
        }
        let mut told = BTreeMap::<(u32, GroupOf), Gross>::new();
        for (number, group, gross) in gathered {
            let (class, number) = match self.tells_opening() {
                true => Class::taken_off(number).map(|(class, number)| (Some(class), number))?,
                false => (None, number),
            };
            if bit.is_some_and(|bit| number >> bit & 1 == 0) {
                continue;
            }
            let gross = match class {
                Some(class) => class.told(gross, way),
                None => Some(gross),
            };
            if let Some(gross) = gross {
                told.entry((number >> self.hours.len(), group)).or_default().merge_of(gross, subjects);
            }
        }
        Some(told.into_iter().map(|((step, group), gross)| (step, group, gross)).collect())
    }

    /// Whether what is open from here to there is of one age.
    pub fn is_of_one_age(&self, begins: Micros, ends: Micros) -> bool {
        !self.edges.iter().chain(self.open_edges.iter().flatten()).any(|edge| begins < *edge && *edge < ends)
    }

    /// Where a slot stands that is not divided, by the opening hours of a place.
    pub fn place_slot(&self, place: usize, day: Day, slot: u16) -> Option<InStep> {
        self.place(place, slot_begins(day, slot)).filter(|_| !self.divided.contains(&(day, slot)))
    }

    /// Adds what messages say of a span.
    pub async fn gather_messages(
        &self,
        conn: &mut Conn,
        question: &Question,
        opening: Option<&Opening>,
        gathered: &mut Gathered,
    ) -> Stored<()> {
        for noted in &noted_between(conn, question.shop.id, (question.from, question.to), opening).await? {
            if let Some(at) = self.place(self.holds(&noted.of), noted.at) {
                gathered.take_noted(noted, at).map_err(unusable)?;
            }
        }
        Ok(())
    }
}

/// What messages count for in a span.
pub async fn noted_between(
    conn: &mut Conn,
    shop: ShopId,
    span: (Micros, Micros),
    opening: Option<&Opening>,
) -> Stored<Vec<Noted>> {
    let lives = lives::between(conn, shop, span.0, span.1).await?;
    Ok(noted_of(&lives, span, opening))
}

/// What lives count for in a span.
pub fn noted_of(lives: &[Life], (from, to): (Micros, Micros), opening: Option<&Opening>) -> Vec<Noted> {
    let mut noting = Noting::by(opening);
    let noted = lives.iter().flat_map(|life| noting.noted(life));
    noted.filter(|noted| (from..to).contains(&noted.at)).collect()
}

/// The days of a span, the first and the last as far as they are in it.
fn days_between(zone: &Zone, from: Micros, to: Micros) -> Vec<PlanDay> {
    if from >= to {
        return Vec::new();
    }
    let last = zone.local(Micros(to.0 - 1)).day;
    let day = |day: Day| {
        let (begins, ends) = (zone.day_begins(day), zone.day_begins(day.plus(1)));
        PlanDay {
            day,
            begins: begins.max(from),
            ends: ends.min(to),
            is_whole: from <= begins && ends <= to,
            is_plain: ends.since(begins) == MICROS_PER_DAY,
        }
    };
    let days = (zone.local(from).day.0..=last.0).map(|number| day(Day(number)));
    days.filter(|day| day.begins < day.ends).collect()
}

const fn is_aligned(at: Micros) -> bool {
    at.0.rem_euclid(MICROS_PER_SLOT) == 0
}
