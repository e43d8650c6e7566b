//! What a report says of a day, a week or a month: every figure, the hours, the longest waits, what was not answered, and how
//! the same was over the spans before.

use std::cmp::Reverse;

use qinda::model::{ConversationId, Day, MemberId, Micros, ShopCard};
use qinda::sync::{DefinedAnswer, RulesTold};
use qinda::timing::{Case, Definition, FigureRules, Life, Subject, Value, Zone, quantile, value};

use super::defined::{Question, Told};
use super::dialect::Conn;
use super::kept_figures::{KeptFigures, Reading};
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
    /// How many rounds began in it.
    pub rounds: u32,
    /// What each figure of the trend says of it.
    pub values: Vec<Value>,
}

/// The clocks of a shop around a moment, as far as reports reach.
pub fn clocks(rules: &FigureRules, shop: &ShopCard, around: Micros) -> Zone {
    let reach = DAYS_AROUND * SECONDS_PER_DAY;
    zones::zone(&rules.zone, shop.utc_offset_minutes, around.plus_seconds(-reach), around.plus_seconds(reach))
}

/// The report of a kind around a day; without one around today.
///
/// # Errors
/// When the database refuses.
pub async fn report(conn: &mut Conn, shop: ShopCard, kind: Kind, on: Option<Day>, now: Micros) -> Stored<Reported> {
    report_of(conn, shop, (kind, on), now, Reading::AsSuits).await
}

/// The same, its trend from what is named.
///
/// # Errors
/// When the database refuses.
pub async fn report_of(
    conn: &mut Conn,
    shop: ShopCard,
    (kind, on): (Kind, Option<Day>),
    now: Micros,
    reading: Reading,
) -> Stored<Reported> {
    let RulesTold { rules, .. } = figure_rules::find(conn, shop.id).await?;
    let around = on.map_or(now, |day| Micros(0).plus_seconds(day.0 * SECONDS_PER_DAY));
    let zone = clocks(&rules, &shop, around);
    let span = kind.around(on.unwrap_or_else(|| zone.local(now).day));
    let (from, to) = span.moments(&zone);
    let compared = span.compared(&zone, now);
    let name = shop.name.clone();
    let question = Question { shop, from, to, now, only: None };
    let told = Told::read(conn, &question, &rules, compared.0).await?;
    let first_figures = first_figures(&rules);
    let trend = trend(conn, &question, &rules, (&told, reading), span, &first_figures).await?;
    let cases = responses(&told.lives);
    let before = cases.iter().filter(|case| (compared.0..compared.1).contains(&case.from)).count();
    let mut waits: Vec<Wait> =
        cases.iter().filter(|case| (from..to).contains(&case.from)).map(|case| wait(case, now)).collect();
    let hours = by_hour(&waits, &zone);
    let rounds = Rounds { before: small(before), ..counted(&waits) };
    waits.sort_by_key(|wait| (Reverse(wait.ms), wait.from));
    let longest = waits.iter().take(WAITS_MAX).copied().collect();
    waits.retain(|wait| wait.end != WaitEnd::Answered);
    waits.sort_by_key(|wait| Reverse(wait.from));
    waits.truncate(WAITS_MAX);
    let answer = told.figures(conn, &question, rules, compared).await?;
    Ok(Reported {
        shop: name,
        span,
        answer,
        compared,
        is_partial: now < to,
        zone,
        rounds,
        hours,
        longest,
        unanswered: waits,
        first_figures,
        trend,
    })
}

/// The spans up to this one: those before from what is kept, if there were many rounds, else each read by itself, so that six
/// months are never in memory at once.
async fn trend(
    conn: &mut Conn,
    question: &Question,
    rules: &FigureRules,
    (told, reading): (&Told, Reading),
    span: Span,
    figures: &[Definition],
) -> Stored<Vec<Step>> {
    let mut steps = Vec::new();
    for step in span.trend() {
        let (from, to) = step.moments(&told.zone);
        let asked = Question { from, to, ..question.clone() };
        if step == span {
            steps.push(step_of(told, &asked, step, figures));
        } else if let Some(kept) = step_of_kept(conn, &asked, reading, step, figures).await? {
            steps.push(kept);
        } else {
            let told = Told::read(conn, &asked, rules, from).await?;
            steps.push(step_of(&told, &asked, step, figures));
        }
    }
    Ok(steps)
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
    if !reading.is_of_kept(rounds) {
        return Ok(None);
    }
    let values: Option<Vec<Value>> = kept.values(figures).into_iter().map(|told| Some(told?.whole)).collect();
    let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
    Ok(values.map(|values| Step { span, rounds, values }))
}

fn step_of(told: &Told, question: &Question, span: Span, figures: &[Definition]) -> Step {
    let asked = told.asked(question, question.from, question.to);
    let values = figures.iter().map(|definition| value(definition, &told.cases(definition), &asked)).collect();
    let within = |case: &&Case| (question.from..question.to).contains(&case.from);
    Step { span, rounds: small(responses(&told.lives).iter().filter(within).count()), values }
}

/// Which figures stand first: those that everybody looks at, then the shop's own.
fn first_figures(rules: &FigureRules) -> Vec<Definition> {
    let all = rules.definitions();
    let (shipped, own): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|definition| qinda::timing::shipped().iter().any(|it| it.id == definition.id));
    let first = FIRST.iter().filter_map(|id| shipped.iter().find(|definition| definition.id == *id).cloned());
    first.chain(own).take(TREND_FIGURES_MAX).collect()
}

fn responses(lives: &[Life]) -> Vec<Case> {
    lives.iter().flat_map(|life| life.cases(Subject::Response, None)).collect()
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

fn counted(waits: &[Wait]) -> Rounds {
    let ended = |end: WaitEnd| small(waits.iter().filter(|wait| wait.end == end).count());
    Rounds {
        asked: small(waits.len()),
        answered: ended(WaitEnd::Answered),
        left: ended(WaitEnd::Left),
        waiting: ended(WaitEnd::Waiting),
        before: 0,
    }
}

fn by_hour(waits: &[Wait], zone: &Zone) -> [HourOf; HOURS] {
    let mut times: [Vec<i64>; HOURS] = Default::default();
    let mut hours = [HourOf::default(); HOURS];
    for wait in waits {
        let hour = usize::try_from(zone.local(wait.from).hour()).unwrap_or(0).min(HOURS - 1);
        hours[hour].asked += 1;
        if wait.end == WaitEnd::Answered {
            hours[hour].answered += 1;
            times[hour].push(wait.ms);
        }
    }
    for (hour, times) in hours.iter_mut().zip(&mut times) {
        times.sort_unstable();
        hour.median_ms = quantile(times, 50);
    }
    hours
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
