//! Answering: what was, step by step, over any span of up to ten years.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use qinda::model::{Micros, ShopCard};
use qinda::sync::HISTORY_ROW_VALUES_MAX;
use qinda::timing::rollup::{CellOf, Gathered, Gross, GroupOf, Shown, Subjects, Total, Wanted, Way};
use qinda::timing::{LAID_OUT_DAYS_MAX, Step, Subject};

use super::apart::Differs;
use super::beside::{self, Adding};
use super::planning::{Gathers, Plan};
use super::reading::Reading;
use super::sealing::Clocks;
use super::seen::Seen;
use super::unusable;
use crate::store::Stored;
use crate::store::dialect::Conn;
use crate::store::figures::FIGURES_DAYS_MAX;

/// The longest span that is asked about at once, in days: ten years.
pub const HISTORY_DAYS_MAX: i64 = LAID_OUT_DAYS_MAX - 10;
/// The most steps, and the most groups of all steps together, in one answer: as many as a trend has values in its rows.
pub const CELLS_MAX: usize = HISTORY_ROW_VALUES_MAX;
const SECONDS_PER_DAY: i64 = 86_400;

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
    let answers =
        history_of_several(conn, &[(question, &[(question.way, question.wanted.subjects)].into())], seen).await?;
    let answers = answers.into_iter().next().unwrap_or(Err(Unanswered::NotReady));
    Ok(answers.and_then(|answers| Ok(answers.into_iter().next().ok_or(Unanswered::NotReady)?.1)))
}

/// Answers several questions from what is kept alone, in their order, each in several ways at once, whichever it names itself:
/// while the database is read for some, others are added up. Ways that do not fit what is kept have no answer.
///
/// # Errors
/// When the database refuses.
pub async fn history_of_several(conn: &mut Conn, asked: &[(&Question, &Ways)], seen: &mut Seen) -> Stored<Vec<InWays>> {
    let mut prepared = Vec::new();
    for (question, ways) in asked {
        prepared.push(Prepared::of(conn, question, ways, seen).await?);
    }
    let ready: Vec<&Prepared<'_>> = prepared.iter().flatten().collect();
    let mut adding = Adding::to(ready.iter().map(|prepared| prepared.empty()).collect());
    for (place, prepared) in ready.iter().enumerate() {
        Reading { conn, adding: &mut adding, place, asked: prepared, seen }.read().await?;
    }
    // What messages say, and what differs, is read while others add.
    let mut differing = Vec::new();
    for prepared in &ready {
        prepared.see_divided(conn, seen).await?;
        differing.push(prepared.differing(conn, seen).await?);
    }
    let gathered = adding.added().map_err(unusable)?;
    let seen = &*seen;
    let answer = |((prepared, gathered), differs): ((&&Prepared<'_>, Gathered), Differing)| {
        prepared.answer(gathered, &differs, seen)
    };
    let answers = beside::each_of(ready.iter().zip(gathered).zip(differing).collect(), answer);
    let mut answers = answers.into_iter();
    let answer = |prepared: &Result<Prepared<'_>, Unanswered>| match prepared {
        Ok(_) => answers.next().unwrap_or(Ok(Err(Unanswered::NotReady))),
        Err(why) => Ok(Err(*why)),
    };
    prepared.iter().map(answer).collect()
}

/// In which ways a question is asked, and of what in each.
pub type Ways = BTreeMap<Way, Subjects>;

/// What a question says in each way that fits.
pub type InWays = Result<Vec<(Way, Answer)>, Unanswered>;

/// In what figures with rules of their own differ from their plain ones, by the way in which each was asked for.
type Differing = BTreeMap<Way, Differs>;

/// A question that can be answered from what is kept.
pub(super) struct Prepared<'q> {
    pub question: &'q Question,
    pub clocks: Clocks,
    pub plan: Arc<Plan>,
    /// What was asked for, as what it is told, and of what.
    ways: Vec<(Way, Way, Subjects)>,
    /// Whether there were too many groups.
    pub is_too_many: Arc<AtomicBool>,
}

impl<'q> Prepared<'q> {
    async fn of(
        conn: &mut Conn,
        question: &'q Question,
        ways: &Ways,
        seen: &mut Seen,
    ) -> Stored<Result<Self, Unanswered>> {
        if !is_span(question) {
            return Ok(Err(Unanswered::Span));
        }
        let clocks = Clocks::of(conn, &question.shop, question.from, question.to).await?;
        let is_ready = seen.is_ready(conn, question.shop.id).await?;
        let is_opened = seen.is_opened(clocks.opening.as_ref());
        let ways = ways.iter().filter(|(way, _)| is_opened || !way.needs_opening());
        let ways: Vec<_> = ways.map(|(way, subjects)| (*way, clocks.told(*way), *subjects)).collect();
        let Some(plan) = clocks.plan(question, &ways.iter().map(|(_, told, _)| *told).collect()) else {
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

    pub fn is_too_many(&self) -> bool {
        self.is_too_many.load(Ordering::Relaxed)
    }

    /// Looks at the messages of slots that are divided.
    async fn see_divided(&self, conn: &mut Conn, seen: &mut Seen) -> Stored<()> {
        for slot in &self.plan.divided {
            seen.see(conn, self.question.shop.id, *slot, self.clocks.opening.as_ref()).await?;
        }
        Ok(())
    }

    /// In what each figure with rules of its own differs from its plain one.
    async fn differing(&self, conn: &mut Conn, seen: &mut Seen) -> Stored<Differing> {
        let mut differing = Differing::new();
        for (asked, told, _) in self.ways.iter().filter(|(asked, ..)| asked.apart.is_some()) {
            let differs = Differs::of(conn, self.question, &self.clocks, (*asked, *told), seen).await?;
            differing.extend(differs.map(|differs| (*asked, differs)));
        }
        Ok(differing)
    }

    /// The answer, of what was gathered of parts and sums, and what is in neither.
    fn answer(&self, mut gathered: Gathered, differing: &Differing, seen: &Seen) -> Stored<InWays> {
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
        let answers = self.in_ways(gathered.told(), differing).into_iter();
        Ok(answers.map(|(way, gross)| Ok((way, answer(question, Source::Kept, plan, gross)?))).collect())
    }

    /// What was gathered, told in each way that was asked for, in order.
    fn in_ways(&self, gathered: Gathers, differing: &Differing) -> Vec<(Way, Gathers)> {
        // Several that are kept apart may have the same plain figure.
        let mut ways = Ways::new();
        for (_, told, subjects) in &self.ways {
            let there = ways.entry(told.plain()).or_default();
            *there = there.and(*subjects);
        }
        let ways: Vec<(Way, Subjects)> = ways.into_iter().collect();
        let told = self.plan.told_in_ways(gathered, &ways);
        let mut plain: BTreeMap<Way, Option<Gathers>> = ways.into_iter().map(|(way, _)| way).zip(told).collect();
        let mut answers = Vec::new();
        let is_apart = |(asked, ..): &&(Way, Way, Subjects)| asked.apart.is_some();
        for (asked, told, _) in self.ways.iter().filter(is_apart) {
            let there = differing.get(asked).zip(plain.get(&told.plain()).and_then(Option::as_ref));
            let gross = there.and_then(|(differs, plain)| differs.applied(self.question, plain));
            answers.extend(gross.map(|gross| (*asked, gross)));
        }
        for (place, (asked, told, _)) in self.ways.iter().enumerate().filter(|(_, way)| !is_apart(way)) {
            // By clocks that are always open several may be told of the same.
            let is_last = !self.ways[place + 1..].iter().any(|(_, other, _)| other == told);
            let gross = if is_last { plain.remove(told).flatten() } else { plain.get(told).cloned().flatten() };
            answers.extend(gross.map(|gross| (*asked, gross)));
        }
        answers.sort_by_key(|(asked, _)| *asked);
        answers
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
    let gross = plan.told_in_ways(gathered.told(), &[(way, question.wanted.subjects)]).into_iter().next().flatten();
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
