//! Answering: what was, step by step, over any span of up to ten years.

use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use qinda::model::{Day, Micros, ShopCard, ShopId};
use qinda::sync::HISTORY_ROW_VALUES_MAX;
use qinda::timing::rollup::{
    CellOf, Class, Delta, Gathered, Gross, GroupOf, InStep, Noted, Total, Wanted, Way, part_of, slot_begins, slot_of,
};
use qinda::timing::{DaySpan, LAID_OUT_DAYS_MAX, Life, Step, Subject};

use super::apart::{self, Deltas, Figures};
use super::opening::{self, Opening};
use super::planning::{self, Plan, PlanDay};
use super::sealing::{Clocks, Grain, around, slots};
use super::standing::{self, Standing};
use super::{beside, folding, parts, sealing, unusable};
use crate::store::dialect::Conn;
use crate::store::figures::FIGURES_DAYS_MAX;
use crate::store::{Stored, lives};

/// The longest span that is asked about at once, in days: ten years.
pub const HISTORY_DAYS_MAX: i64 = LAID_OUT_DAYS_MAX - 10;
/// The most steps, and the most groups of all steps together, in one answer: as many as a trend has values in its rows.
pub const CELLS_MAX: usize = HISTORY_ROW_VALUES_MAX;
/// The most conversations that are read by themselves because they are not folded yet.
const UNFOLDED_MAX: usize = 2_000;
/// The parts of so many days are held at once.
const DAYS_AT_ONCE: i64 = 32;
/// The sums that begin on so many days are held at once.
const SUM_DAYS_AT_ONCE: i64 = 366;
/// What is told apart by opening hours is mostly of so many kinds.
const CLASSES: usize = 4;
const SECONDS_PER_DAY: i64 = 86_400;
const SECONDS_PER_HOUR: i64 = 3_600;

/// Into what an answer is divided by time, as the shop's clocks tell it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Steps {
    /// Into nothing: the span as a whole.
    #[default]
    One,
    /// Into hours, days, weeks or months.
    Each(Step),
    /// Into the hours of each weekday, Monday first: the step is the weekday times 24 and the hour.
    HoursOfWeek,
}

/// A question about what was.
#[derive(Debug, Clone)]
pub struct Question {
    /// The shop.
    pub shop: ShopCard,
    /// The span begins here …
    pub from: Micros,
    /// … and ends before this. A case belongs to it when it began in it.
    pub to: Micros,
    /// Now.
    pub now: Micros,
    /// Into what it is divided by time.
    pub steps: Steps,
    /// Of what is asked, and into what it is divided otherwise.
    pub wanted: Wanted,
    /// Of which groups alone is told; of all where none are named.
    pub groups: Option<BTreeSet<GroupOf>>,
    /// What has not ended has waited too long after so many seconds; the answer can be looked at with each of these.
    pub patience_seconds: Vec<u32>,
    /// At which hours what counts began, and by which clock it counts.
    pub way: Way,
}

impl Question {
    /// The patiences, the longest first, each once.
    pub(super) fn patiences(&self) -> BTreeSet<Reverse<u32>> {
        self.patience_seconds.iter().copied().map(Reverse).collect()
    }
}

/// From what an answer was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// From what is kept.
    Kept,
    /// From the messages: what is kept is not ready, or the shop's clocks do not fit it.
    Messages,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// From what it was made.
    pub source: Source,
    /// When each step begins, and before what it ends; none of [`Steps::HoursOfWeek`].
    pub steps: Vec<(Micros, Micros)>,
    /// What was gathered of each step and group. Where there is nothing to tell there is none.
    pub gross: Vec<(u32, GroupOf, Gross)>,
    patiences: Vec<u32>,
}

impl Answer {
    /// What is told of each step and group of a subject and with a patience that were asked for.
    #[must_use]
    pub fn totals(&self, subject: Subject, patience_seconds: u32) -> Vec<(u32, GroupOf, Total)> {
        let moment = self.moment(patience_seconds);
        let totals = self.gross.iter().map(|(step, group, gross)| (*step, *group, gross.total(subject, moment)));
        totals.filter(|(_, _, total)| total.cases() + total.questions + total.replies > 0).collect()
    }

    /// The number of the moment from which a patience looks.
    #[must_use]
    pub fn moment(&self, patience_seconds: u32) -> u8 {
        let longer = self.patiences.iter().take_while(|patience| **patience > patience_seconds).count();
        u8::try_from(longer).unwrap_or(u8::MAX)
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// The span ends before it begins, or is longer than ten years.
    #[error("a span of figures ends after it begins and is at most ten years")]
    Span,
    /// There are too many steps, or groups in them.
    #[error("this would be too many figures at once; longer steps or a shorter span are fewer")]
    TooMany,
    /// The counts are being made, and the span is too long to read its messages.
    #[error("the figures of long spans are being counted; try again in a while")]
    NotReady,
}

/// Answers a question, from one moment of the database.
///
/// # Errors
/// When the database refuses.
pub async fn history(conn: &mut Conn, question: &Question) -> Stored<Result<Answer, Unanswered>> {
    let kept = history_of_kept(conn, question).await?;
    let is_short = question.from.plus_seconds(FIGURES_DAYS_MAX * SECONDS_PER_DAY) >= question.to;
    match kept {
        Err(Unanswered::NotReady) if is_short => history_of_messages(conn, question).await,
        kept => Ok(kept),
    }
}

/// Answers a question from what is kept alone.
///
/// # Errors
/// When the database refuses.
pub async fn history_of_kept(conn: &mut Conn, question: &Question) -> Stored<Result<Answer, Unanswered>> {
    history_of_seen(conn, question, &mut Seen::default()).await
}

/// Answers a question likewise, with what questions of the same shop and moment of the database have seen before.
///
/// # Errors
/// When the database refuses.
pub async fn history_of_seen(
    conn: &mut Conn,
    question: &Question,
    seen: &mut Seen,
) -> Stored<Result<Answer, Unanswered>> {
    let answers = history_of_ways(conn, question, &[question.way].into(), seen).await?;
    Ok(answers.and_then(|answers| Ok(answers.into_iter().next().ok_or(Unanswered::NotReady)?.1)))
}

/// Answers a question from what is kept alone, in several ways at once, whichever it names itself: what is kept is looked at
/// once. Ways that do not fit what is kept have no answer.
///
/// # Errors
/// When the database refuses.
pub async fn history_of_ways(
    conn: &mut Conn,
    question: &Question,
    ways: &BTreeSet<Way>,
    seen: &mut Seen,
) -> Stored<Result<Vec<(Way, Answer)>, Unanswered>> {
    if !is_span(question) {
        return Ok(Err(Unanswered::Span));
    }
    let clocks = Clocks::of(conn, &question.shop, question.from, question.to).await?;
    let is_ready = seen.is_ready(conn, question.shop.id).await?;
    let is_opened = seen.is_opened(clocks.opening.as_ref());
    // What was asked for, and as what it is told.
    let ways = ways.iter().filter(|way| is_opened || !way.needs_opening());
    let ways: Vec<(Way, Way)> = ways.map(|way| (*way, clocks.told(*way))).collect();
    let Some(plan) = clocks.plan(question, &ways.iter().map(|(_, way)| *way).collect()) else {
        return Ok(Err(Unanswered::TooMany));
    };
    if !plan.is_aligned || !is_ready {
        return Ok(Err(Unanswered::NotReady));
    }
    let mut gathered = Gathered::new(question.wanted).of_groups(question.groups.clone());
    let mut kept = Kept { conn: &mut *conn, question, clocks: &clocks, plan: &plan, gathered: &mut gathered };
    if !kept.gather(seen).await? {
        return Ok(Err(Unanswered::TooMany));
    }
    let plain = plan.told_in_ways(gathered.told(), ways.iter().map(|(_, told)| told.plain()));
    let mut answers = Vec::new();
    for ((asked, told), plain) in ways.into_iter().zip(plain) {
        let gross = match plain {
            Some(plain) if asked.apart.is_some() => {
                apart::told_apart(conn, question, &clocks, (asked, told), plain, seen).await?
            }
            plain => plain,
        };
        answers.extend(gross.map(|gross| (asked, gross)));
    }
    let answers = answers.into_iter().map(|(way, gross)| Ok((way, answer(question, Source::Kept, &plan, gross)?)));
    Ok(answers.collect())
}

/// Answers a question from the messages alone, which all are read: to compare with. What figures with rules of their own say is
/// not told so.
///
/// # Errors
/// When the database refuses.
pub async fn history_of_messages(conn: &mut Conn, question: &Question) -> Stored<Result<Answer, Unanswered>> {
    if !is_span(question) {
        return Ok(Err(Unanswered::Span));
    }
    let clocks = Clocks::of(conn, &question.shop, question.from, question.to).await?;
    let way = clocks.told(question.way);
    if way.apart.is_some() {
        return Ok(Err(Unanswered::NotReady));
    }
    let Some(plan) = clocks.plan(question, &[way].into()) else { return Ok(Err(Unanswered::TooMany)) };
    let mut gathered = Gathered::new(question.wanted).of_groups(question.groups.clone());
    plan.gather_messages(conn, question, clocks.opening.as_ref(), &mut gathered).await?;
    let gross = plan.told_in_ways(gathered.told(), std::iter::once(way)).into_iter().next().flatten();
    Ok(gross.ok_or(Unanswered::NotReady).and_then(|gross| answer(question, Source::Messages, &plan, gross)))
}

fn is_span(&Question { from, to, .. }: &Question) -> bool {
    from <= to && from.plus_seconds(HISTORY_DAYS_MAX * SECONDS_PER_DAY) >= to && from.0 > i64::MIN / 2
}

impl Clocks {
    /// As what a way is told by these clocks: where it is always open, nothing depends on it.
    fn told(&self, way: Way) -> Way {
        if self.opening.is_some() { way } else { way.always_open() }
    }

    fn plan(&self, question: &Question, ways: &BTreeSet<Way>) -> Option<Plan> {
        Plan::of(question, ways, (&self.zone, self.opening.as_ref()))
    }
}

/// The answer, unless there is too much of it.
fn answer(
    question: &Question,
    source: Source,
    plan: &Plan,
    gross: Vec<(u32, GroupOf, Gross)>,
) -> Result<Answer, Unanswered> {
    let patiences = question.patiences().into_iter().map(|Reverse(seconds)| seconds).collect();
    let answer = Answer { source, steps: plan.steps.clone(), gross, patiences };
    if answer.gross.len() <= CELLS_MAX { Ok(answer) } else { Err(Unanswered::TooMany) }
}

/// What is not folded yet, and how the counting stands.
pub(super) struct Unfolded {
    pub delta: Delta,
    /// The same of figures with rules of their own.
    apart: Deltas,
    standing: Standing,
}

/// What is not folded yet; `None` where the counts are not ready.
pub(super) async fn unfolded(conn: &mut Conn, shop: ShopId) -> Stored<Option<Unfolded>> {
    let standing = standing::find(conn, shop).await?.filter(|standing| standing.swept.is_none());
    let Some(standing) = standing else { return Ok(None) };
    let changed = standing::changed(conn, shop, UNFOLDED_MAX).await?;
    if changed.more {
        return Ok(None);
    }
    let opening = Opening::find(conn, shop).await?;
    let figures = Figures::find(conn, shop).await?;
    let apart = apart::deltas(&standing, &figures);
    let folded = folding::folded(conn, shop, &changed, (opening.as_ref(), &figures), apart).await?;
    Ok(Some(Unfolded { delta: folded.delta, apart: folded.apart, standing }))
}

/// What questions of one shop saw at one moment of the database: a page asks several.
#[derive(Default)]
pub struct Seen {
    /// What is not folded; `None` where the counts are not ready. Not yet looked at where there is nothing.
    unfolded: Option<Option<Unfolded>>,
    /// What happened in the conversations of a slot that a span or an edge divides …
    lives: BTreeMap<(Day, u16), Vec<Life>>,
    /// … and what it counts for.
    noted: BTreeMap<(Day, u16), Vec<Noted>>,
}

impl Seen {
    async fn is_ready(&mut self, conn: &mut Conn, shop: ShopId) -> Stored<bool> {
        if self.unfolded.is_none() {
            self.unfolded = Some(unfolded(conn, shop).await?);
        }
        Ok(self.unfolded().is_some())
    }

    fn unfolded(&self) -> Option<&Unfolded> {
        self.unfolded.as_ref().and_then(Option::as_ref)
    }

    /// Whether what depends on opening hours can be told from what is kept.
    fn is_opened(&self, opening: Option<&Opening>) -> bool {
        let number = opening::number_of(opening);
        let is_kept = number.is_some() || opening.is_none();
        is_kept && self.unfolded().is_some_and(|unfolded| unfolded.standing.is_opened(number))
    }

    async fn noted(
        &mut self,
        conn: &mut Conn,
        shop: ShopId,
        slot: (Day, u16),
        opening: Option<&Opening>,
    ) -> Stored<&[Noted]> {
        if !self.noted.contains_key(&slot) {
            let span = (slot_begins(slot.0, slot.1), slot_begins(slot.0, slot.1 + 1));
            let noted = planning::noted_of(self.lives(conn, shop, slot).await?, span, opening);
            self.noted.insert(slot, noted);
        }
        Ok(self.noted.get(&slot).map_or(&[], Vec::as_slice))
    }

    /// What happened in the conversations in which something did in a slot.
    pub(super) async fn lives(&mut self, conn: &mut Conn, shop: ShopId, slot: (Day, u16)) -> Stored<&[Life]> {
        Ok(match self.lives.entry(slot) {
            Entry::Occupied(seen) => seen.into_mut(),
            Entry::Vacant(new) => {
                let (from, to) = (slot_begins(slot.0, slot.1), slot_begins(slot.0, slot.1 + 1));
                new.insert(lives::between(conn, shop, from, to).await?)
            }
        })
    }

    /// Whether a figure that is kept apart can be told.
    pub(super) fn is_apart(&self, figure: i64) -> bool {
        self.unfolded().is_some_and(|unfolded| unfolded.standing.is_apart(figure))
    }

    /// What changes in it that is not folded.
    pub(super) fn apart(&self, figure: i64) -> Option<&Delta> {
        self.unfolded()?.apart.get(&figure)
    }
}

/// Answering from what is kept.
struct Kept<'a> {
    conn: &'a mut Conn,
    question: &'a Question,
    clocks: &'a Clocks,
    plan: &'a Plan,
    gathered: &'a mut Gathered,
}

impl Kept<'_> {
    /// `false` where it becomes too many.
    async fn gather(&mut self, seen: &mut Seen) -> Stored<bool> {
        let mut left: BTreeSet<Day> = self.plan.days.keys().copied().collect();
        for grain in self.long_grains() {
            self.take_long(*grain, &mut left).await?;
        }
        self.take_days(&mut left).await?;
        if !self.take_parts(&left).await? {
            return Ok(false);
        }
        let plan = self.plan;
        if let Some(unfolded) = seen.unfolded() {
            let place = |cell: &CellOf, day, slot| plan.place_slot(plan.holds(cell), day, slot);
            self.gathered.take_delta_of(&unfolded.delta, place).map_err(unusable)?;
        }
        for slot in &plan.divided {
            let opening = self.clocks.opening.as_ref();
            for noted in seen.noted(self.conn, self.question.shop.id, *slot, opening).await? {
                if let Some(at) = plan.place(plan.holds(&noted.of), noted.at) {
                    self.gathered.take_noted(noted, at).map_err(unusable)?;
                }
            }
        }
        Ok(true)
    }

    /// The sums of many days that can answer.
    fn long_grains(&self) -> &'static [Grain] {
        match (self.question.wanted.needs_agents(), self.question.steps) {
            (_, Steps::Each(Step::Hour)) | (true, Steps::HoursOfWeek) => &[],
            (false, Steps::HoursOfWeek) if self.plan.hours.is_empty() => &[Grain::WeekHours],
            (_, Steps::HoursOfWeek) => &[],
            _ if self.hours_in_sums().is_none() => &[],
            (true, _) => &[Grain::Agents, Grain::Weeks, Grain::AgentDays],
            (false, _) => &[Grain::Month],
        }
    }

    /// The hours that are asked for, each by its place among those that sums are told apart by; `None` where one is not
    /// among them.
    fn hours_in_sums(&self) -> Option<Vec<usize>> {
        let place = |asked: &DaySpan| self.clocks.hours.iter().position(|hours| hours == asked);
        self.plan.hours.iter().map(place).collect()
    }

    /// The only part in which what is asked for can be.
    fn part(&self) -> Option<u8> {
        self.question.wanted.only.agent.map(|agent| part_of(Some(agent)))
    }

    /// Days that are told as they are, or hour by hour: whole, and all that is open on them of one kind.
    fn undivided(&self, left: &BTreeSet<Day>, by_hour: bool) -> BTreeSet<Day> {
        let plan = self.plan;
        let is_hours = plan.hours.iter().all(|hours| hours.from % 60 == 0 && hours.to % 60 == 0);
        let is_told = |day: &PlanDay| day.is_whole && (!by_hour || (day.is_plain && is_hours));
        let is_undivided =
            |day: &&Day| plan.days.get(day).is_some_and(|day| is_told(day) && plan.is_of_one_age(day.begins, day.ends));
        left.iter().filter(is_undivided).copied().collect()
    }

    /// Adds the months or weeks that are in the span as a whole, and in one step.
    async fn take_long(&mut self, grain: Grain, left: &mut BTreeSet<Day>) -> Stored<()> {
        let days = &self.plan.days;
        let undivided = self.undivided(left, false);
        let spans = undivided.iter().map(|day| grain.around(*day)).collect::<BTreeMap<Day, Day>>();
        let is_told = |(first, last): &(Day, Day)| {
            let is_whole = undivided.range(*first..=*last).count() as i64 == last.0 - first.0 + 1;
            let ends = days.get(first).map(|day| day.begins).zip(days.get(last).map(|day| day.ends));
            is_whole
                && ends.is_some_and(|(begins, ends)| {
                    let steps = (self.plan.step_at(begins), self.plan.step_at(Micros(ends.0 - 1)));
                    (steps.0 == steps.1 || grain == Grain::WeekHours) && self.plan.is_of_one_age(begins, ends)
                })
        };
        let spans = spans.into_iter().filter(is_told).collect();
        let part = self.part().filter(|_| self.question.wanted.needs_agents());
        for (first, last) in self.take_sums(grain, part, &spans).await? {
            left.retain(|day| !(first..=last).contains(day));
        }
        Ok(())
    }

    async fn take_days(&mut self, left: &mut BTreeSet<Day>) -> Stored<()> {
        if self.question.wanted.needs_agents() {
            return Ok(());
        }
        let is_whole = !self.plan.is_hourly() && self.hours_in_sums().is_some();
        let grains = [(Grain::Day, is_whole), (Grain::Hours, self.plan.is_hourly() || !self.plan.hours.is_empty())];
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
        let hours_in_sums = self.hours_in_sums().unwrap_or_default();
        let Self { plan, gathered, clocks, .. } = self;
        let (tells_opening, are_told_apart) = (plan.tells_opening(), clocks.opening_told().is_some());
        let hours = |number: u32| {
            hours_in_sums.iter().enumerate().fold(0, |hours, (bit, place)| hours | (number >> place & 1) << bit)
        };
        let add = |gathered: &mut Gathered, sum: &sealing::KeptSum| {
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
                    _ => plan.place_in(of, (step?, hours(number)), place.begins),
                }?;
                match class.filter(|_| tells_opening) {
                    Some(class) => Some(InStep { step: class.on(at.step), ..at }),
                    // Open parts are of what is there under other classes.
                    None => Some(at).filter(|_| !class.is_some_and(Class::is_of_parts)),
                }
            };
            gathered.take_sums_of(&sum.cells, at)
        };
        let shop = self.question.shop.id;
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
            sealing::each(self.conn, (shop, self.clocks, grain), run, part, take).await?;
            // An agent is in the same part of each.
            kept.sort_by_key(|sum| (sum.part, sum.day));
            beside::gather(gathered, &kept, |sum| sum.cells.len(), add).map_err(unusable)?;
        }
        Ok(found)
    }

    /// Adds what is left slot by slot. `false` where it becomes too many.
    async fn take_parts(&mut self, left: &BTreeSet<Day>) -> Stored<bool> {
        let part = self.part();
        let Self { plan, gathered, .. } = self;
        let most = CELLS_MAX * (1 + plan.hours.len()) * if plan.tells_opening() { CLASSES } else { 1 };
        let is_left = |at: Micros| plan.day_at(at).is_some_and(|day| left.contains(&day.day));
        let touched = left.iter().filter_map(|day| plan.days.get(day)).flat_map(|day| {
            let (first, last) = around(day.begins, day.ends);
            (first.0..=last.0).map(Day)
        });
        let touched: BTreeSet<Day> = touched.collect();
        for run in runs(touched.into_iter(), |before, day| before.plus(1) == day) {
            for (first, last) in at_most(run, DAYS_AT_ONCE) {
                let mut kept = Vec::new();
                let take = |part: parts::KeptPart| {
                    kept.push(part);
                    Ok(())
                };
                parts::each(self.conn, self.question.shop.id, (first, last), (part, plan.tells_opening()), take)
                    .await?;
                let placed = |day: Day| {
                    let place = |of: usize, at: Micros| {
                        let (day, slot) = slot_of(at);
                        plan.place_slot(of, day, slot).filter(|_| is_left(at))
                    };
                    plan.places.all().map(|of| slots(day, |at| place(of, at))).collect()
                };
                let tables: BTreeMap<Day, Vec<Vec<Option<InStep>>>> =
                    (first.0..=last.0).map(|day| (Day(day), placed(Day(day)))).collect();
                // An agent is in the same part of each day. What these add to is then still near the processor.
                kept.sort_by_key(|kept| (kept.part, kept.day));
                let take = |gathered: &mut Gathered, kept: &parts::KeptPart| {
                    // The rest need not be looked at.
                    if gathered.len() > most {
                        return Ok(());
                    }
                    let of_day = tables.get(&kept.day);
                    let across = kept.across.as_deref().unwrap_or_default();
                    gathered.take_part_across((&kept.cells, across), |cell| {
                        let table = of_day.and_then(|of_day| of_day.get(plan.holds(cell)));
                        move |slot| *table?.get(usize::from(slot))?
                    })
                };
                beside::gather(gathered, &kept, |kept| kept.cells.len(), take).map_err(unusable)?;
                if gathered.len() > most {
                    return Ok(false);
                }
            }
        }
        Ok(true)
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
