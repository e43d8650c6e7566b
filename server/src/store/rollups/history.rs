//! Answering: what was, step by step, over any span of up to ten years.

use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use qinda::model::{Day, Micros, ShopCard, ShopId};
use qinda::sync::HISTORY_ROW_VALUES_MAX;
use qinda::timing::rollup::{
    CellOf, Class, Delta, Gathered, Gross, GroupOf, InStep, Noted, RollupFault, Shown, Total, Wanted, Way, part_of,
    slot_begins, slot_of,
};
use qinda::timing::{DaySpan, LAID_OUT_DAYS_MAX, Life, Step, Subject};

use super::apart::{self, Deltas, Figures};
use super::beside::{self, Adding};
use super::opening::{self, Opening};
use super::parts::{self, KeptPart};
use super::planning::{self, Gathers, Plan, PlanDay};
use super::sealing::{Clocks, Grain, around, slots};
use super::standing::{self, Standing};
use super::{folding, sealing, unusable};
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
/// Of parts that several questions begin or end with so many days together …
const SEEN_DAYS_MAX: i64 = 3;
/// … and so many times are held.
const SEEN_PARTS_MAX: usize = 4;
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
    pub groups: Option<Shown>,
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
) -> Stored<InWays> {
    let answers = history_of_several(conn, &[(question, ways)], seen).await?;
    Ok(answers.into_iter().next().unwrap_or(Err(Unanswered::NotReady)))
}

/// Answers several questions likewise, in their order: while the database is read for some, others are added up.
///
/// # Errors
/// When the database refuses.
pub async fn history_of_several(
    conn: &mut Conn,
    asked: &[(&Question, &BTreeSet<Way>)],
    seen: &mut Seen,
) -> Stored<Vec<InWays>> {
    let mut prepared = Vec::new();
    for (question, ways) in asked {
        prepared.push(Prepared::of(conn, question, ways, seen).await?);
    }
    let ready: Vec<&Prepared<'_>> = prepared.iter().flatten().collect();
    let mut adding = Adding::to(ready.iter().map(|prepared| prepared.empty()).collect());
    for (place, prepared) in ready.iter().enumerate() {
        Reading { conn, adding: &mut adding, place, asked: prepared, seen }.read().await?;
    }
    // What messages say is read while others add.
    for prepared in &ready {
        prepared.see_divided(conn, seen).await?;
    }
    let mut gathered = adding.added().map_err(unusable)?.into_iter();
    let mut answers = Vec::new();
    for prepared in prepared {
        answers.push(match prepared {
            Ok(prepared) => {
                let gathered = gathered.next().unwrap_or_else(|| prepared.empty());
                prepared.answer(conn, gathered, seen).await?
            }
            Err(why) => Err(why),
        });
    }
    Ok(answers)
}

/// What a question says in each way that fits.
pub type InWays = Result<Vec<(Way, Answer)>, Unanswered>;

/// A question that can be answered from what is kept.
struct Prepared<'q> {
    question: &'q Question,
    clocks: Clocks,
    plan: Arc<Plan>,
    /// What was asked for, and as what it is told.
    ways: Vec<(Way, Way)>,
    /// Whether there were too many groups.
    is_too_many: Arc<AtomicBool>,
}

impl<'q> Prepared<'q> {
    async fn of(
        conn: &mut Conn,
        question: &'q Question,
        ways: &BTreeSet<Way>,
        seen: &mut Seen,
    ) -> Stored<Result<Self, Unanswered>> {
        if !is_span(question) {
            return Ok(Err(Unanswered::Span));
        }
        let clocks = Clocks::of(conn, &question.shop, question.from, question.to).await?;
        let is_ready = seen.is_ready(conn, question.shop.id).await?;
        let is_opened = seen.is_opened(clocks.opening.as_ref());
        let ways = ways.iter().filter(|way| is_opened || !way.needs_opening());
        let ways: Vec<(Way, Way)> = ways.map(|way| (*way, clocks.told(*way))).collect();
        let Some(plan) = clocks.plan(question, &ways.iter().map(|(_, way)| *way).collect()) else {
            return Ok(Err(Unanswered::TooMany));
        };
        if !plan.is_aligned || !is_ready {
            return Ok(Err(Unanswered::NotReady));
        }
        Ok(Ok(Self { question, clocks, plan: plan.into(), ways, is_too_many: Arc::default() }))
    }

    fn empty(&self) -> Gathered {
        Gathered::new(self.question.wanted).of_groups(self.question.groups.clone())
    }

    fn is_too_many(&self) -> bool {
        self.is_too_many.load(Ordering::Relaxed)
    }

    /// Looks at the messages of slots that are divided.
    async fn see_divided(&self, conn: &mut Conn, seen: &mut Seen) -> Stored<()> {
        for slot in &self.plan.divided {
            seen.see(conn, self.question.shop.id, *slot, self.clocks.opening.as_ref()).await?;
        }
        Ok(())
    }

    /// The answer, of what was gathered of parts and sums, and what is in neither.
    async fn answer(&self, conn: &mut Conn, mut gathered: Gathered, seen: &mut Seen) -> Stored<InWays> {
        if self.is_too_many() {
            return Ok(Err(Unanswered::TooMany));
        }
        let Self { question, plan, .. } = self;
        if let Some(unfolded) = seen.unfolded() {
            let place = |cell: &CellOf, day, slot| plan.place_slot(plan.holds(cell), day, slot);
            gathered.take_delta_of(&unfolded.delta, place).map_err(unusable)?;
        }
        for noted in plan.divided.iter().flat_map(|slot| seen.noted(*slot)) {
            if let Some(at) = plan.place(plan.holds(&noted.of), noted.at) {
                gathered.take_noted(noted, at).map_err(unusable)?;
            }
        }
        let answers = self.in_ways(conn, gathered.told(), seen).await?.into_iter();
        Ok(answers.map(|(way, gross)| Ok((way, answer(question, Source::Kept, plan, gross)?))).collect())
    }

    /// What was gathered, told in each way that was asked for, in order.
    async fn in_ways(&self, conn: &mut Conn, gathered: Gathers, seen: &mut Seen) -> Stored<Vec<(Way, Gathers)>> {
        // Several that are kept apart may have the same plain figure.
        let ways: BTreeSet<Way> = self.ways.iter().map(|(_, told)| told.plain()).collect();
        let ways: Vec<Way> = ways.into_iter().collect();
        let mut plain: BTreeMap<Way, Option<Gathers>> =
            ways.iter().copied().zip(self.plan.told_in_ways(gathered, &ways)).collect();
        let mut answers = Vec::new();
        let is_apart = |(asked, _): &&(Way, Way)| asked.apart.is_some();
        for (asked, told) in self.ways.iter().filter(is_apart).copied() {
            let Some((rules, Some(plain))) = asked.apart.zip(plain.get(&told.plain())) else { continue };
            let plain = beside::each(plain, |(step, group, gross)| (*step, *group, rules.plain(gross)));
            let gross = apart::told_apart(conn, self.question, &self.clocks, (asked, told), plain, seen).await?;
            answers.extend(gross.map(|gross| (asked, gross)));
        }
        for (place, (asked, told)) in self.ways.iter().enumerate().filter(|(_, way)| !is_apart(way)) {
            // By clocks that are always open several may be told of the same.
            let is_last = !self.ways[place + 1..].iter().any(|(_, other)| other == told);
            let gross = if is_last { plain.remove(told).flatten() } else { plain.get(told).cloned().flatten() };
            answers.extend(gross.map(|gross| (*asked, gross)));
        }
        answers.sort_by_key(|(asked, _)| *asked);
        Ok(answers)
    }
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
    let gross = plan.told_in_ways(gathered.told(), &[way]).into_iter().next().flatten();
    Ok(gross.ok_or(Unanswered::NotReady).and_then(|gross| answer(question, Source::Messages, &plan, gross)))
}

pub(super) fn is_span(&Question { from, to, .. }: &Question) -> bool {
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
    /// The parts of a few days, which several questions begin or end with.
    parts: BTreeMap<PartsOf, Arc<Vec<KeptPart>>>,
}

/// Of which days parts are, of which number alone, and whether with what goes across opening hours.
type PartsOf = ((Day, Day), (Option<u8>, bool));

impl Seen {
    pub(super) async fn is_ready(&mut self, conn: &mut Conn, shop: ShopId) -> Stored<bool> {
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

    async fn see(&mut self, conn: &mut Conn, shop: ShopId, slot: (Day, u16), opening: Option<&Opening>) -> Stored<()> {
        if !self.noted.contains_key(&slot) {
            let span = (slot_begins(slot.0, slot.1), slot_begins(slot.0, slot.1 + 1));
            let noted = planning::noted_of(self.lives(conn, shop, slot).await?, span, opening);
            self.noted.insert(slot, noted);
        }
        Ok(())
    }

    fn noted(&self, slot: (Day, u16)) -> &[Noted] {
        self.noted.get(&slot).map_or(&[], Vec::as_slice)
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

    async fn parts(&mut self, conn: &mut Conn, shop: ShopId, of: PartsOf) -> Stored<Arc<Vec<KeptPart>>> {
        if let Some(seen) = self.parts.get(&of) {
            return Ok(seen.clone());
        }
        let ((first, last), which) = of;
        let mut kept = Vec::new();
        let take = |part: KeptPart| {
            kept.push(part);
            Ok(())
        };
        parts::each(conn, shop, (first, last), which, take).await?;
        // An agent is in the same part of each day. What these add to is then still near the processor.
        kept.sort_by_key(|kept| (kept.part, kept.day));
        let kept = Arc::new(kept);
        if last.0 - first.0 < SEEN_DAYS_MAX && self.parts.len() < SEEN_PARTS_MAX {
            self.parts.insert(of, kept.clone());
        }
        Ok(kept)
    }

    /// Whether a figure that is kept apart can be told.
    pub(super) fn is_apart(&self, figure: i64, from: Micros) -> bool {
        let day = slot_of(from).0;
        self.unfolded().is_some_and(|unfolded| unfolded.standing.is_apart(figure, day))
    }

    /// What changes in it that is not folded.
    pub(super) fn apart(&self, figure: i64) -> Option<&Delta> {
        self.unfolded()?.apart.get(&figure)
    }
}

/// Reading what is kept for a question, and having it added up.
struct Reading<'a> {
    conn: &'a mut Conn,
    adding: &'a mut Adding,
    /// Where what is read is added.
    place: usize,
    asked: &'a Prepared<'a>,
    seen: &'a mut Seen,
}

impl Reading<'_> {
    async fn read(&mut self) -> Stored<()> {
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
            for (piece, bytes) in beside::pieces(&kept, |sum| sum.cells.len()) {
                let (adder, kept) = (adder.clone(), kept.clone());
                let add =
                    move |gathered: &mut Gathered| kept[piece].iter().try_for_each(|sum| adder.add(gathered, sum));
                self.adding.put(self.place, bytes, add).map_err(unusable)?;
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
                for (piece, bytes) in beside::pieces(&kept, |kept| kept.cells.len()) {
                    let (adder, kept) = (adder.clone(), kept.clone());
                    let add = move |gathered: &mut Gathered| {
                        kept[piece].iter().try_for_each(|kept| adder.add(gathered, kept))
                    };
                    self.adding.put(self.place, bytes, add).map_err(unusable)?;
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
