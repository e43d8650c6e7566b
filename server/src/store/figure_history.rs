//! A figure through time: from what is kept, and where it cannot be told from that of the cases themselves, which are read
//! stretch by stretch, so that a long span never holds the lives of all its conversations at once.

mod kept;

use std::collections::{BTreeMap, BTreeSet};

use qinda::model::{MemberId, Micros, ShopCard, ShopId};
use qinda::sync::{
    FigureName, HISTORY_DAYS_MAX, HISTORY_PIECES_MAX, HISTORY_ROW_VALUES_MAX, HISTORY_ROWS_MAX, HistoryAnswer,
    HistoryHour, HistoryPiece, HistoryRow, HistorySpan, LeftOut, NamedPart, Part, RulesTold, Split, Stretch,
};
use qinda::timing::{
    Asked, Case, Definition, FigureRules, HourOfWeek, OpenHours, OpeningHours, Step, Value, Zone, by_hour_of_week,
    piece_of, series, spread, value,
};

use super::defined::by_hours;
use super::dialect::Conn;
use super::kept_figures::Reading;
use super::stretches::{self, Bounds, Read};
use super::{Stored, figure_rules, members, shops};
use crate::zones;

const SECONDS_PER_DAY: i64 = 86_400;

/// Who asks, and for what.
#[derive(Debug, Clone)]
pub struct HistoryQuestion {
    /// The shop.
    pub shop: ShopCard,
    /// Now.
    pub now: Micros,
    /// Whose cases alone, if not everybody's.
    pub only: Option<MemberId>,
    /// The id of the figure.
    pub figure: String,
    /// The span.
    pub span: HistorySpan,
    /// Into what it is cut; what suits it, if nothing is said.
    pub step: Option<Step>,
    /// Into which rows it is split.
    pub by: Split,
    /// Of which part alone it is told.
    pub part: Option<Part>,
}

/// Why nothing is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoHistory {
    /// The shop has no such figure.
    NoSuchFigure,
    /// The span ends before it begins, or is longer than [`HISTORY_DAYS_MAX`].
    UnfitSpan,
    /// The step is so fine that there would be more than [`HISTORY_PIECES_MAX`] pieces.
    TooFine,
}

/// Whether a case belongs to a part.
#[must_use]
pub fn is_of(part: Part, case: &Case) -> bool {
    match part {
        Part::Agent(agent) => case.agent == agent,
        Part::Team(team) => case.team == team,
        Part::Channel(channel) => case.channel == channel,
    }
}

/// A figure of the shop through time. Few rounds are looked at one by one, so that all of it is exact; where there are more
/// messages than may be read, that is said and nothing else.
///
/// # Errors
/// When the database refuses.
pub async fn history(
    conn: &mut Conn,
    question: &HistoryQuestion,
    bounds: Bounds,
) -> Stored<Result<HistoryAnswer, NoHistory>> {
    if let Some(answer) = history_of_kept(conn, question).await? {
        let (shop, span) = (question.shop.id, (answer.before_from, answer.to));
        if Reading::AsSuits.is_of_kept(conn, shop, span, answer.rounds.into()).await? {
            return Ok(Ok(answer));
        }
    }
    history_of_messages(conn, question, bounds).await
}

/// The same from what is kept of days, weeks and months; `None` where it cannot be told from that.
///
/// # Errors
/// When the database refuses.
pub async fn history_of_kept(conn: &mut Conn, question: &HistoryQuestion) -> Stored<Option<HistoryAnswer>> {
    let Ok((_, definition, plan)) = prepared(conn, question).await? else { return Ok(None) };
    match kept::answer(conn, question, &definition, &plan).await? {
        Some(answer) => Ok(Some(named(conn, question.shop.id, answer).await?)),
        None => Ok(None),
    }
}

/// The same from the messages alone, as far as they may be read.
///
/// # Errors
/// When the database refuses.
pub async fn history_of_messages(
    conn: &mut Conn,
    question: &HistoryQuestion,
    bounds: Bounds,
) -> Stored<Result<HistoryAnswer, NoHistory>> {
    let (rules, definition, plan) = match prepared(conn, question).await? {
        Ok(prepared) => prepared,
        Err(why) => return Ok(Err(why)),
    };
    let Stretch { before_from, to, .. } = plan.stretch;
    let past = (before_from, to.min(question.now).max(before_from));
    let too_many = stretches::too_many(conn, question.shop.id, (past, 2), None, bounds).await?;
    let mut answer = match too_many {
        None => Counted::of(conn, question, (&rules, bounds), definition, &plan).await?,
        Some(stretches::TooMany { days }) => {
            let left_out = LeftOut { days, figures: vec![definition.clone()], hours: false };
            let nothing = Counted::default().answer(question, &rules, definition, &plan);
            HistoryAnswer { left_out: Some(left_out), ..nothing }
        }
    };
    answer.own_hours = figure_rules::own_hours(conn, question.shop.id, &rules).await?;
    Ok(Ok(named(conn, question.shop.id, answer).await?))
}

/// How the shop counts, the figure, and how the span is cut.
async fn prepared(
    conn: &mut Conn,
    question: &HistoryQuestion,
) -> Stored<Result<(FigureRules, Definition, Plan), NoHistory>> {
    let RulesTold { rules, .. } = figure_rules::find(conn, question.shop.id).await?;
    let Some(definition) = rules.definitions().into_iter().find(|it| it.id == question.figure) else {
        return Ok(Err(NoHistory::NoSuchFigure));
    };
    Ok(Plan::of(question, &rules).map(|plan| (rules, definition, plan)))
}

/// A span and what it is cut into, by the shop's clocks.
struct Plan {
    zone: Zone,
    stretch: Stretch,
    step: Step,
    pieces: Vec<(Micros, Micros)>,
    /// The time before, cut likewise.
    pieces_before: Vec<(Micros, Micros)>,
    /// Where the time before ends that is as long as what has passed of the span.
    before_to: Micros,
}

impl Plan {
    fn of(question: &HistoryQuestion, rules: &FigureRules) -> Result<Self, NoHistory> {
        let HistoryQuestion { span, now, .. } = *question;
        // The days are looked at first as if clocks stood at UTC: by them is asked how clocks change around the span.
        let about = span.laid_out(&Zone::fixed(0), now);
        let longest = HISTORY_DAYS_MAX * SECONDS_PER_DAY;
        if about.to < about.from || about.to > about.from.plus_seconds(longest) {
            return Err(NoHistory::UnfitSpan);
        }
        let margin = 3 * SECONDS_PER_DAY;
        let (begins, ends) = (about.before_from.plus_seconds(-margin), about.to.max(now).plus_seconds(margin));
        let zone = zones::zone(&rules.zone, question.shop.utc_offset_minutes, begins, ends);
        let stretch = span.laid_out(&zone, now);
        let step = question.step.unwrap_or_else(|| span.step());
        let cut = |from, to| step.pieces(&zone, from, to, HISTORY_PIECES_MAX);
        let pieces = cut(stretch.from, stretch.to).ok_or(NoHistory::TooFine)?;
        let pieces_before = cut(stretch.before_from, stretch.from).unwrap_or_default();
        let passed = now.max(stretch.from).min(stretch.to).since(stretch.from);
        let before_to = Micros(stretch.before_from.0.saturating_add(passed)).min(stretch.from);
        let before_to = if passed == stretch.to.since(stretch.from) { stretch.from } else { before_to };
        Ok(Self { zone, stretch, step, pieces, pieces_before, before_to })
    }
}

/// What a figure counts in a span and in the time before, and when the rounds of the span began.
#[derive(Default)]
struct Counted {
    cases: Vec<Case>,
    rounds: Vec<Micros>,
}

impl Counted {
    async fn of(
        conn: &mut Conn,
        question: &HistoryQuestion,
        (rules, bounds): (&FigureRules, Bounds),
        definition: Definition,
        plan: &Plan,
    ) -> Stored<HistoryAnswer> {
        let Stretch { before_from, from, to } = plan.stretch;
        let mut told = Self::default();
        let is_asked_for = |case: &Case| {
            question.only.is_none_or(|only| case.agent == Some(only))
                && question.part.is_none_or(|part| is_of(part, case))
        };
        let take = |stretch: &stretches::Stretch| {
            told.cases.extend(stretch.cases(&definition).filter(is_asked_for));
            let rounds = stretch.rounds().filter(|round| round.from >= from && is_asked_for(round));
            told.rounds.extend(rounds.map(|round| round.from));
        };
        let read = Read { shop: &question.shop, rules, span: (before_from, to), now: question.now };
        stretches::each(conn, read, bounds, take).await?;
        Ok(told.answer(question, rules, definition, plan))
    }

    fn answer(
        &self,
        question: &HistoryQuestion,
        rules: &FigureRules,
        definition: Definition,
        plan: &Plan,
    ) -> HistoryAnswer {
        let HistoryQuestion { now, span, by, part, .. } = *question;
        let Stretch { from, to, before_from } = plan.stretch;
        let open = self.laid_out(rules, &plan.zone, before_from, now.max(to));
        let asked = Asked { from, to, now, zone: &plan.zone, open: &open };
        let before = Asked { from: before_from, to: plan.before_to, ..asked };
        let has_hours = rules.has_hours();
        let (rows, more_rows) = self.rows(by, &definition, (&asked, &before), plan);
        HistoryAnswer {
            span,
            from,
            to,
            before_from,
            before_to: plan.before_to,
            at: now,
            zone: rules.zone.clone(),
            hours: (rules.hours != OpeningHours::always()).then(|| rules.hours.clone()),
            own_hours: Vec::new(),
            step: plan.step,
            by,
            part: part.map(|part| NamedPart { part, name: String::new() }),
            own: question.only.is_some(),
            value: value(&definition, &self.cases, &asked),
            in_hours: has_hours.then(|| value(&by_hours(&definition), &self.cases, &asked)),
            before: value(&definition, &self.cases, &before),
            rounds: count(self.rounds.len()),
            pieces: self.pieces(&definition, &asked, plan),
            rows,
            more_rows,
            spread: spread(&definition, &self.cases, &asked),
            hours_of_week: self.hours_of_week(&definition, &asked),
            figures: rules.definitions().into_iter().map(name_of).collect(),
            left_out: None,
            definition,
        }
    }

    /// When somebody was there, from the first thing that is asked about.
    fn laid_out(&self, rules: &FigureRules, zone: &Zone, from: Micros, to: Micros) -> OpenHours {
        let begun = self.cases.iter().map(|case| case.from.min(case.session_from)).min();
        rules.laid_out(zone, begun.unwrap_or(from).min(from), to)
    }

    fn pieces(&self, definition: &Definition, asked: &Asked<'_>, plan: &Plan) -> Vec<HistoryPiece> {
        let values = series(definition, &self.cases, asked, &plan.pieces);
        let before = series(definition, &self.cases, asked, &plan.pieces_before);
        let mut rounds = vec![0; plan.pieces.len()];
        for place in self.rounds.iter().filter_map(|began| piece_of(&plan.pieces, *began)) {
            rounds[place] += 1;
        }
        let told = plan.pieces.iter().zip(values).zip(rounds).enumerate();
        told.map(|(place, (((from, to), value), rounds))| HistoryPiece {
            from: *from,
            to: *to,
            offset_seconds: plan.zone.offset_seconds(*from),
            rounds,
            value,
            before: before.get(place).copied(),
        })
        .collect()
    }

    fn rows(
        &self,
        by: Split,
        definition: &Definition,
        (asked, before): (&Asked<'_>, &Asked<'_>),
        plan: &Plan,
    ) -> (Vec<HistoryRow>, usize) {
        let mut parts = BTreeMap::<Part, Vec<Case>>::new();
        for case in &self.cases {
            if let Some(part) = part_of(by, case) {
                parts.entry(part).or_default().push(*case);
            }
        }
        let row = |(part, cases): (Part, Vec<Case>)| HistoryRow {
            of: NamedPart { part, name: String::new() },
            value: value(definition, &cases, asked),
            before: value(definition, &cases, before),
            series: series(definition, &cases, asked, &plan.pieces),
        };
        let mut rows: Vec<HistoryRow> = parts.into_iter().map(row).collect();
        rows.retain(|row| row.value.of > 0 || row.value.running > 0 || row.before.of > 0);
        rows.sort_by_key(|row| (std::cmp::Reverse(row.value.of), row.of.part));
        let shown = HISTORY_ROWS_MAX.min(HISTORY_ROW_VALUES_MAX / plan.pieces.len().max(1));
        let more = rows.len().saturating_sub(shown);
        rows.truncate(shown);
        (rows, more)
    }

    fn hours_of_week(&self, definition: &Definition, asked: &Asked<'_>) -> Vec<HistoryHour> {
        let mut hours = BTreeMap::<HourOfWeek, (u32, Value)>::new();
        for (hour, value) in by_hour_of_week(definition, &self.cases, asked) {
            hours.entry(hour).or_default().1 = value;
        }
        for began in &self.rounds {
            hours.entry(HourOfWeek::of(asked.zone, *began)).or_default().0 += 1;
        }
        hours.into_iter().map(|(at, (rounds, value))| HistoryHour { at, rounds, value }).collect()
    }
}

const fn part_of(by: Split, case: &Case) -> Option<Part> {
    match by {
        Split::None => None,
        Split::Agent => Some(Part::Agent(case.agent)),
        Split::Team => Some(Part::Team(case.team)),
        Split::Channel => Some(Part::Channel(case.channel)),
    }
}

fn name_of(definition: Definition) -> FigureName {
    let Definition { id, name, name_en, .. } = definition;
    FigureName { id, name, name_en }
}

/// The answer with the names of its parts, its rows in their order.
async fn named(conn: &mut Conn, shop: ShopId, mut answer: HistoryAnswer) -> Stored<HistoryAnswer> {
    let parts: Vec<Part> =
        answer.rows.iter().map(|row| row.of.part).chain(answer.part.as_ref().map(|it| it.part)).collect();
    let names = names(conn, shop, &parts).await?;
    let name = |named: &mut NamedPart| named.name = names.get(&named.part).cloned().unwrap_or_default();
    answer.rows.iter_mut().map(|row| &mut row.of).chain(answer.part.as_mut()).for_each(name);
    // Whoever has no name, for it is nobody's, comes last.
    answer
        .rows
        .sort_by(|one, other| (one.of.name.is_empty(), &one.of.name).cmp(&(other.of.name.is_empty(), &other.of.name)));
    Ok(answer)
}

async fn names(conn: &mut Conn, shop: ShopId, parts: &[Part]) -> Stored<BTreeMap<Part, String>> {
    let mut names = BTreeMap::new();
    let agents: BTreeSet<MemberId> =
        parts.iter().filter_map(|part| if let Part::Agent(agent) = part { *agent } else { None }).collect();
    if !agents.is_empty() {
        let cards = members::cards(conn, shop, &agents).await?.into_iter();
        names.extend(cards.map(|it| (Part::Agent(Some(it.id)), format!("{} {}", it.work_number, it.name))));
    }
    if parts.iter().any(|part| matches!(part, Part::Team(_))) {
        let teams = members::team_names(conn, shop).await?.into_iter();
        names.extend(teams.map(|(team, name)| (Part::Team(team), name)));
    }
    if parts.iter().any(|part| matches!(part, Part::Channel(_))) {
        let channels = shops::channel_names(conn, shop).await?.into_iter();
        names.extend(channels.map(|(channel, name)| (Part::Channel(channel), name)));
    }
    Ok(names)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
