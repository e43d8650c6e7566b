//! What a report says of a day, a week or a month: every figure, the hours, the longest waits, what was not answered, and how
//! the same was over the spans before.

use std::cmp::Reverse;

use qinda::model::{ConversationId, Day, MemberId, Micros, ShopCard};
use qinda::sync::{DefinedAnswer, RulesTold};
use qinda::timing::rollup::{Gross, Only, Split, Wanted, Way};
use qinda::timing::{Case, Definition, FigureRules, Subject, Value, Zone, quantile};

use super::defined::{self, Counting, How, Question};
use super::dialect::Conn;
use super::kept_figures::{KeptFigures, Reading};
use super::rollups::{self, Steps};
use super::stretches::{self, Bounds, Read, Stretch};
use super::{Stored, figure_rules};
use crate::reports::{Kind, Span};
use crate::zones;

/// The most waits that a report names one by one.
pub const WAITS_MAX: usize = 10;
/// The most figures whose trend a report shows.
pub const TREND_FIGURES_MAX: usize = 6;
/// Hours in a day.
pub const HOURS: usize = 24;
const SECONDS_PER_DAY: i64 = 86_400;
/// More days than any trend goes back or a zone lies off.
const DAYS_AROUND: i64 = 220;

/// The figures that a report puts first, by their ids; a shop's own come after them.
const FIRST: [&str; 4] = ["greeting-15s", "answer-20s", "reply-rate", "median"];

/// A report.
#[derive(Debug, Clone)]
pub struct Reported {
    /// The shop's name.
    pub shop: String,
    /// Its days.
    pub span: Span,
    /// Every figure, against the time before.
    pub answer: DefinedAnswer,
    /// That time before.
    pub compared: (Micros, Micros),
    /// Whether the span goes on.
    pub is_partial: bool,
    /// The shop's clocks.
    pub zone: Zone,
    /// How many rounds there were, and what became of them.
    pub rounds: Rounds,
    /// By hour of the day.
    pub hours: [HourOf; HOURS],
    /// The longest waits, the longest first.
    pub longest: Vec<Wait>,
    /// What was not answered, the latest first.
    pub unanswered: Vec<Wait>,
    /// Since when waits were looked at one by one, where there are too many messages to do so in the whole span.
    pub waits_since: Option<Micros>,
    /// The figures of the trend, which also stand first.
    pub first_figures: Vec<Definition>,
    /// The spans up to this one.
    pub trend: Vec<Step>,
}

/// How many rounds there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rounds {
    /// How many began.
    pub asked: u32,
    /// How many of them were answered.
    pub answered: u32,
    /// How many were closed without an answer.
    pub left: u32,
    /// How many still wait.
    pub waiting: u32,
    /// How many began in the time before.
    pub before: u32,
}

/// An hour of the day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HourOf {
    /// How many rounds began in it.
    pub asked: u32,
    /// How many of them were answered.
    pub answered: u32,
    /// The median of their response times, in milliseconds.
    pub median_ms: Option<i64>,
}

/// A shopper's wait for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// In which conversation.
    pub conversation: ConversationId,
    /// Whose it was.
    pub agent: Option<MemberId>,
    /// Since when.
    pub from: Micros,
    /// How long it took, or has taken by now, in milliseconds.
    pub ms: i64,
    /// How it ended.
    pub end: WaitEnd,
}

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitEnd {
    /// With an answer.
    Answered,
    /// The conversation was closed without one.
    Left,
    /// It goes on.
    Waiting,
}

/// A span of the trend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its days.
    pub span: Span,
    /// How many rounds began in it; `None` where that would have to be counted from too many messages.
    pub rounds: Option<u32>,
    /// What each figure of the trend says of it, likewise.
    pub values: Vec<Option<Value>>,
}

/// The clocks of a shop around a moment, as far as reports reach.
pub fn clocks(rules: &FigureRules, shop: &ShopCard, around: Micros) -> Zone {
    let reach = DAYS_AROUND * SECONDS_PER_DAY;
    zones::zone(&rules.zone, shop.utc_offset_minutes, around.plus_seconds(-reach), around.plus_seconds(reach))
}

/// The report of a kind around a day; without one around today. Where there are more messages than may be read, it is told from
/// what is kept; `None` where that is not ready.
///
/// # Errors
/// When the database refuses.
pub async fn report(
    conn: &mut Conn,
    shop: ShopCard,
    (kind, on): (Kind, Option<Day>),
    now: Micros,
    how: How,
) -> Stored<Option<Reported>> {
    let RulesTold { rules, .. } = figure_rules::find(conn, shop.id).await?;
    let around = on.map_or(now, |day| Micros(0).plus_seconds(day.0 * SECONDS_PER_DAY));
    let zone = clocks(&rules, &shop, around);
    let span = kind.around(on.unwrap_or_else(|| zone.local(now).day));
    let (from, to) = span.moments(&zone);
    let compared = span.compared(&zone, now);
    let name = shop.name.clone();
    let question = Question { shop, from, to, now, only: None };
    let past = (compared.0, to.min(now).max(compared.0));
    let too_many = stretches::too_many(conn, question.shop.id, (past, 2), None, how.bounds).await?;
    let asked = Asked { question: &question, rules: &rules, zone: &zone, compared };
    let told = match too_many {
        None => Some(asked.read(conn, how.bounds).await?),
        Some(_) => asked.kept(conn, how).await?,
    };
    let Some(Told { answer, rounds, hours, longest, unanswered, waits_since }) = told else { return Ok(None) };
    let first_figures = first_figures(&rules);
    let value = |definition: &Definition| {
        let told = answer.figures.iter().find(|figure| figure.definition.id == definition.id);
        told.map(|figure| figure.value)
    };
    let last = Step { span, rounds: Some(rounds.asked), values: first_figures.iter().map(value).collect() };
    let trend = asked.trend(conn, how, last, &first_figures).await?;
    Ok(Some(Reported {
        shop: name,
        span,
        answer,
        compared,
        is_partial: now < to,
        zone,
        rounds,
        hours,
        longest,
        unanswered,
        waits_since,
        first_figures,
        trend,
    }))
}

/// What is said of the span itself.
struct Told {
    answer: DefinedAnswer,
    rounds: Rounds,
    hours: [HourOf; HOURS],
    longest: Vec<Wait>,
    unanswered: Vec<Wait>,
    waits_since: Option<Micros>,
}

/// What is reported on.
#[derive(Clone, Copy)]
struct Asked<'a> {
    question: &'a Question,
    rules: &'a FigureRules,
    zone: &'a Zone,
    compared: (Micros, Micros),
}

impl Asked<'_> {
    fn read_of(&self, span: (Micros, Micros)) -> Read<'_> {
        Read { shop: &self.question.shop, rules: self.rules, span, now: self.question.now }
    }

    /// From the messages, all of which are read.
    async fn read(&self, conn: &mut Conn, bounds: Bounds) -> Stored<Told> {
        let Self { question, rules, zone, compared } = *self;
        let has_hours = rules.has_hours();
        let mut counting = Counting::of(question, compared, rules.definitions().into_iter(), has_hours);
        let mut waits = Waits::default();
        let read = self.read_of((compared.0, question.to));
        let take = |stretch: &Stretch| {
            counting.take(stretch);
            for round in stretch.rounds() {
                if (question.from..question.to).contains(&round.from) {
                    waits.take(&wait(&round, question.now), zone);
                } else if (compared.0..compared.1).contains(&round.from) {
                    waits.rounds.before += 1;
                }
            }
        };
        stretches::each(conn, read, bounds, take).await?;
        let figures = counting.figures().into_iter().map(Some).collect();
        let answer = defined::answer(conn, question, rules.clone(), figures, None).await?;
        waits.cut();
        let (longest, unanswered) = (std::mem::take(&mut waits.longest), std::mem::take(&mut waits.unanswered));
        Ok(Told { answer, rounds: waits.rounds, hours: waits.hours(), longest, unanswered, waits_since: None })
    }

    /// From what is kept, with the waits of as much of the span as may be read; `None` where the counts are not ready.
    async fn kept(&self, conn: &mut Conn, how: How) -> Stored<Option<Told>> {
        let Self { question, rules, zone, compared } = *self;
        let Some(by_hour) = self.kept_of(conn, (question.from, question.to), Steps::HoursOfWeek).await? else {
            return Ok(None);
        };
        let Some(before) = self.kept_of(conn, compared, Steps::One).await? else { return Ok(None) };
        let mut of_hours: [Gross; HOURS] = Default::default();
        by_hour.iter().for_each(|(step, gross)| of_hours[*step as usize % HOURS].merge(gross));
        let before = before.iter().map(|(_, gross)| small(gross.cases(Subject::Response))).sum();
        let mut rounds = Rounds { before, ..Rounds::default() };
        let hours = of_hours.map(|gross| {
            let total = gross.total(Subject::Response, 0);
            let (asked, answered) = (small(total.cases()), small(total.ended.many()));
            rounds.asked += asked;
            rounds.answered += answered;
            rounds.left += small(total.left);
            rounds.waiting += small(total.over + total.running);
            HourOf { asked, answered, median_ms: total.ended.quantile(50).map(|micros| (micros + 500) / 1_000) }
        });
        let answer = defined::figures_beside(conn, question, compared, rules.clone(), how).await?;
        let begins = stretches::reach(conn, question.shop.id, (question.from, question.to), how.bounds.most).await?;
        let mut waits = Waits::default();
        let take = |stretch: &Stretch| stretch.rounds().for_each(|round| waits.take(&wait(&round, question.now), zone));
        stretches::each(conn, self.read_of((begins, question.to)), how.bounds, take).await?;
        waits.cut();
        let Waits { longest, unanswered, .. } = waits;
        let waits_since = (begins > question.from).then_some(begins);
        Ok(Some(Told { answer, rounds, hours, longest, unanswered, waits_since }))
    }

    /// The rounds that are kept of a span.
    async fn kept_of(
        &self,
        conn: &mut Conn,
        (from, to): (Micros, Micros),
        steps: Steps,
    ) -> Stored<Option<Vec<(u32, Gross)>>> {
        let asked = rollups::Question {
            shop: self.question.shop.clone(),
            from,
            to,
            now: self.question.now,
            steps,
            wanted: Wanted { subjects: Subject::Response.into(), split: Split::Nothing, only: Only::default() },
            groups: None,
            patience_seconds: vec![0],
            way: Way::default(),
        };
        let answer = rollups::history_of_kept(conn, &asked).await?.ok();
        Ok(answer.map(|answer| answer.gross.into_iter().map(|(step, _, gross)| (step, gross)).collect()))
    }

    /// The spans up to this one, which is the last step: those before from what is kept, if there were many rounds, else from
    /// the messages, as long as not too many are read for all of them.
    async fn trend(&self, conn: &mut Conn, how: How, last: Step, figures: &[Definition]) -> Stored<Vec<Step>> {
        let mut bounds = how.bounds;
        let mut steps = Vec::new();
        for span in last.span.trend().into_iter().filter(|span| *span != last.span) {
            let (from, to) = span.moments(self.zone);
            let question = Question { from, to, ..self.question.clone() };
            let kept = step_of_kept(conn, &question, how.reading, span, figures).await?;
            if let Some(step) = kept.as_ref().filter(|step| step.values.iter().all(Option::is_some)) {
                steps.push(step.clone());
                continue;
            }
            let messages = stretches::count(conn, question.shop.id, (from, to), bounds.most).await?;
            steps.push(if messages <= bounds.most {
                bounds.most -= messages;
                self.step_of_messages(conn, &question, bounds, span, figures).await?
            } else {
                kept.unwrap_or_else(|| Step { span, rounds: None, values: vec![None; figures.len()] })
            });
        }
        steps.push(last);
        Ok(steps)
    }

    async fn step_of_messages(
        &self,
        conn: &mut Conn,
        question: &Question,
        bounds: Bounds,
        span: Span,
        figures: &[Definition],
    ) -> Stored<Step> {
        let (from, to) = (question.from, question.to);
        let mut counting = Counting::of(question, (from, from), figures.iter().cloned(), false);
        let mut rounds = 0;
        let take = |stretch: &Stretch| {
            counting.take(stretch);
            rounds += stretch.rounds().count();
        };
        stretches::each(conn, self.read_of((from, to)), bounds, take).await?;
        let values = counting.figures().into_iter().map(|figure| Some(figure.value)).collect();
        Ok(Step { span, rounds: Some(small(rounds as u64)), values })
    }
}

async fn step_of_kept(
    conn: &mut Conn,
    question: &Question,
    reading: Reading,
    span: Span,
    figures: &[Definition],
) -> Stored<Option<Step>> {
    if reading == Reading::Messages {
        return Ok(None);
    }
    let Some(kept) = KeptFigures::of_all(conn, question, figures).await? else { return Ok(None) };
    let rounds = kept.rounds();
    if !reading.is_of_kept(conn, question.shop.id, (question.from, question.to), rounds).await? {
        return Ok(None);
    }
    let values = kept.values(figures).into_iter().map(|told| Some(told?.whole)).collect();
    Ok(Some(Step { span, rounds: Some(small(rounds)), values }))
}

/// Which figures stand first: those that everybody looks at, then the shop's own.
fn first_figures(rules: &FigureRules) -> Vec<Definition> {
    let all = rules.definitions();
    let (shipped, own): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|definition| qinda::timing::shipped().iter().any(|it| it.id == definition.id));
    let first = FIRST.iter().filter_map(|id| shipped.iter().find(|definition| definition.id == *id).cloned());
    first.chain(own).take(TREND_FIGURES_MAX).collect()
}

fn wait(case: &Case, now: Micros) -> Wait {
    let end = match (case.until, case.left_at) {
        (Some(_), _) => WaitEnd::Answered,
        (None, Some(_)) => WaitEnd::Left,
        (None, None) => WaitEnd::Waiting,
    };
    let until = case.until.or(case.left_at).unwrap_or(now);
    let ms = (until.since(case.from).max(0) + 500) / 1_000;
    Wait { conversation: case.conversation, agent: case.agent, from: case.from, ms, end }
}

/// The rounds of a span, and of them no more than is told.
#[derive(Default)]
struct Waits {
    rounds: Rounds,
    asked: [u32; HOURS],
    /// How long those took that were answered, by hour.
    times: [Vec<i64>; HOURS],
    longest: Vec<Wait>,
    unanswered: Vec<Wait>,
}

impl Waits {
    fn take(&mut self, wait: &Wait, zone: &Zone) {
        let hour = usize::try_from(zone.local(wait.from).hour()).unwrap_or(0).min(HOURS - 1);
        self.rounds.asked += 1;
        self.asked[hour] += 1;
        match wait.end {
            WaitEnd::Answered => {
                self.rounds.answered += 1;
                self.times[hour].push(wait.ms);
            }
            WaitEnd::Left => self.rounds.left += 1,
            WaitEnd::Waiting => self.rounds.waiting += 1,
        }
        self.longest.push(*wait);
        self.unanswered.extend((wait.end != WaitEnd::Answered).then_some(*wait));
        if self.longest.len() >= 100 * WAITS_MAX {
            self.cut();
        }
    }

    /// Without the waits that are not named.
    fn cut(&mut self) {
        self.longest.sort_by_key(|wait| (Reverse(wait.ms), wait.from));
        self.longest.truncate(WAITS_MAX);
        self.unanswered.sort_by_key(|wait| Reverse(wait.from));
        self.unanswered.truncate(WAITS_MAX);
    }

    fn hours(self) -> [HourOf; HOURS] {
        let mut asked = self.asked.into_iter();
        self.times.map(|mut times| {
            times.sort_unstable();
            HourOf {
                asked: asked.next().unwrap_or_default(),
                answered: small(times.len() as u64),
                median_ms: quantile(&times, 50),
            }
        })
    }
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
