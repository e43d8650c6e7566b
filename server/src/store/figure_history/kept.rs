//! The same from what is kept of days, weeks and months, so that no message is read for it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use qinda::model::Micros;
use qinda::sync::{
    HISTORY_ROW_VALUES_MAX, HISTORY_ROWS_MAX, HistoryAnswer, HistoryHour, HistoryPiece, HistoryRow, NamedPart, Part,
    RulesTold, Split,
};
use qinda::timing::rollup::{Gross, GroupOf, Only, Split as KeptSplit, Total, Wanted, Way};
use qinda::timing::{
    Asked, Definition, FigureRules, HourOfWeek, OpenHours, OpeningHours, Spread, Subject, Value, spread,
};

use super::{HistoryQuestion, Plan, count, name_of};
use crate::store::defined::by_hours;
use crate::store::dialect::Conn;
use crate::store::rollups::{self, Answer, Seen, Steps};
use crate::store::{Stored, figure_rules};

const HOURS_PER_DAY: u32 = 24;
const MICROS_PER_SECOND: i64 = 1_000_000;

type Span = (Micros, Micros);
/// What the figure says of each step and group; `None` where it would be reckoned and not counted.
type Said = Vec<(u32, GroupOf, Option<Value>)>;
/// How many rounds began in each step in which there were any.
type Rounds = Vec<(u32, u32)>;

/// The answer; `None` where the figure cannot be told from what is kept, or that is not ready.
pub(super) async fn answer(
    conn: &mut Conn,
    question: &HistoryQuestion,
    definition: &Definition,
    plan: &Plan,
) -> Stored<Option<HistoryAnswer>> {
    let RulesTold { rules, .. } = figure_rules::find(conn, question.shop.id).await?;
    let by_hours = rules.has_hours().then(|| by_hours(definition));
    let are_kept = definition.is_kept() && by_hours.as_ref().is_none_or(Definition::is_kept);
    let Some(only) = only(question).filter(|_| are_kept) else { return Ok(None) };
    let mut kept = Kept { conn, question, definition, only, seen: Seen::default() };
    let Some(told) = kept.read(plan).await? else { return Ok(None) };
    let in_hours = match by_hours {
        Some(by_hours) => match kept.in_hours(plan, &by_hours).await? {
            Some(in_hours) => Some(in_hours),
            None => return Ok(None),
        },
        None => None,
    };
    let own_hours = figure_rules::own_hours(conn, question.shop.id, &rules).await?;
    let answer = told.answer(question, &rules, definition, plan);
    Ok(answer.map(|answer| HistoryAnswer { in_hours, own_hours, ..answer }))
}

/// What alone is asked about; `None` where it cannot be asked so.
fn only(question: &HistoryQuestion) -> Option<Only> {
    let mut only = Only { agent: question.only, ..Only::default() };
    match question.part {
        None => {}
        Some(Part::Team(team)) => only.team = Some(team),
        Some(Part::Channel(channel)) => only.channel = Some(channel),
        Some(Part::Agent(agent)) => {
            let agent = agent.filter(|agent| only.agent.is_none_or(|only| only == *agent))?;
            only.agent = Some(agent);
        }
    }
    Some(only)
}

/// Asks what is kept.
struct Kept<'a> {
    conn: &'a mut Conn,
    question: &'a HistoryQuestion,
    definition: &'a Definition,
    only: Only,
    seen: Seen,
}

/// What was told.
struct Told {
    pieces: Said,
    pieces_before: Said,
    before: Option<Value>,
    hours: Said,
    whole: Total,
    rounds: Rounds,
    rounds_of_hours: Rounds,
    rows: Said,
    rows_before: Said,
    series: Said,
    more_rows: usize,
}

impl Kept<'_> {
    /// What is kept of the figure's cases.
    async fn ask(
        &mut self,
        span: Span,
        steps: Steps,
        split: KeptSplit,
        groups: Option<BTreeSet<GroupOf>>,
    ) -> Stored<Option<Answer>> {
        let asked = self.asked(span, steps, split, groups);
        Ok(rollups::history_of_seen(self.conn, &asked, &mut self.seen).await?.ok())
    }

    fn asked(
        &self,
        (from, to): Span,
        steps: Steps,
        split: KeptSplit,
        groups: Option<BTreeSet<GroupOf>>,
    ) -> rollups::Question {
        let HistoryQuestion { shop, now, .. } = self.question;
        let subjects = [self.definition.subject, Subject::Response];
        let counts_rounds = split == KeptSplit::Nothing;
        rollups::Question {
            shop: shop.clone(),
            from,
            to,
            now: *now,
            steps,
            wanted: Wanted {
                subjects: subjects.into_iter().take(1 + usize::from(counts_rounds)).collect(),
                split,
                only: self.only,
            },
            groups,
            patience_seconds: vec![self.definition.patience_seconds()],
            way: self.definition.way(),
        }
    }

    /// Of how many cases the figure tells in each group, and how many of its cases run.
    async fn ask_how_many(&mut self, span: Span, split: KeptSplit) -> Stored<Option<BTreeMap<GroupOf, (u32, u32)>>> {
        let mut asked = self.asked(span, Steps::One, split, None);
        asked.wanted.subjects = asked.wanted.subjects.counted();
        let answer = rollups::history_of_seen(self.conn, &asked, &mut self.seen).await?;
        let Ok(answer) = answer else { return Ok(None) };
        let (subject, moment) = (self.definition.subject, answer.moment(self.definition.patience_seconds()));
        let cases = |gross: &Gross| gross.telling(subject, moment).cases(self.definition);
        Ok(Some(answer.gross.iter().map(|(_, group, gross)| (*group, cases(gross))).collect()))
    }

    /// What is kept of the figure's cases in each step, and how many rounds began then, at whatever hour.
    async fn ask_beside_rounds(&mut self, span: Span, steps: Steps) -> Stored<Option<(Answer, Rounds)>> {
        let asked = self.asked(span, steps, KeptSplit::Nothing, None);
        let ways = [Way::default(), asked.way].into();
        let answers = rollups::history_of_ways(self.conn, &asked, &ways, &mut self.seen).await?;
        let Ok(mut answers) = answers else { return Ok(None) };
        let rounds = answers.iter().find(|(way, _)| *way == Way::default()).map(|(_, answer)| rounds_of(answer));
        let place = answers.iter().position(|(way, _)| *way == asked.way);
        Ok(place.map(|place| answers.swap_remove(place).1).zip(rounds))
    }

    /// What the figure says of the span over opening hours alone.
    async fn in_hours(&mut self, plan: &Plan, by_hours: &Definition) -> Stored<Option<Value>> {
        let span = (plan.stretch.from, plan.stretch.to);
        let asked = self.asked(span, Steps::One, KeptSplit::Nothing, None);
        let asked = rollups::Question { way: by_hours.way(), ..asked };
        let answer = rollups::history_of_seen(self.conn, &asked, &mut self.seen).await?.ok();
        Ok(answer.and_then(|answer| {
            let moment = answer.moment(by_hours.patience_seconds());
            whole_of(&answer).telling(by_hours.subject, moment).value(by_hours)
        }))
    }

    /// What the figure says of all steps of some groups together.
    fn said_of_all(&self, answer: &Answer, groups: impl Iterator<Item = GroupOf>) -> Said {
        let mut whole: BTreeMap<GroupOf, Gross> = BTreeMap::new();
        answer.gross.iter().for_each(|(_, group, gross)| whole.entry(*group).or_default().merge(gross));
        let (subject, moment) = (self.definition.subject, answer.moment(self.definition.patience_seconds()));
        let value = |gross: &Gross| gross.telling(subject, moment).value(self.definition);
        let said = |group| (0, group, whole.get(&group).map_or(Some(Value::default()), value));
        groups.map(said).collect()
    }

    /// What the figure says.
    fn said(&self, answer: &Answer) -> Said {
        let (subject, moment) = (self.definition.subject, answer.moment(self.definition.patience_seconds()));
        let value = |gross: &Gross| gross.telling(subject, moment).value(self.definition);
        rollups::each_beside(&answer.gross, |(step, group, gross)| (*step, *group, value(gross)))
    }

    async fn read(&mut self, plan: &Plan) -> Stored<Option<Told>> {
        let (span, before) = ((plan.stretch.from, plan.stretch.to), (plan.stretch.before_from, plan.before_to));
        let (each, all) = (Steps::Each(plan.step), KeptSplit::Nothing);
        let patience_seconds = self.definition.patience_seconds();
        let Some((pieces, rounds)) = self.ask_beside_rounds(span, each).await? else { return Ok(None) };
        let hours = self.ask_beside_rounds(span, Steps::HoursOfWeek).await?;
        let Some((hours, rounds_of_hours)) = hours else { return Ok(None) };
        let before_whole = (plan.stretch.before_from, plan.stretch.from);
        let Some(pieces_before) = self.ask(before_whole, each, all, None).await? else { return Ok(None) };
        // What has passed of the span is the whole of the time before, once the span is over.
        let told_before = if before == before_whole {
            let moment = pieces_before.moment(patience_seconds);
            whole_of(&pieces_before).telling(self.definition.subject, moment).value(self.definition)
        } else {
            let Some(told_before) = self.ask(before, Steps::One, all, None).await? else { return Ok(None) };
            self.said(&told_before).into_iter().next().map_or(Some(Value::default()), |(_, _, value)| value)
        };
        let told = Told {
            rounds,
            rounds_of_hours,
            pieces: self.said(&pieces),
            pieces_before: if plan.pieces_before.is_empty() { Said::new() } else { self.said(&pieces_before) },
            before: told_before,
            hours: self.said(&hours),
            whole: whole_of(&pieces).total(self.definition.subject, 0),
            rows: Vec::new(),
            rows_before: Vec::new(),
            series: Vec::new(),
            more_rows: 0,
        };
        self.read_rows(plan, span, before, told).await
    }

    /// The rows, and what they say of each piece as far as they are told.
    async fn read_rows(&mut self, plan: &Plan, span: Span, before: Span, mut told: Told) -> Stored<Option<Told>> {
        let split = match self.question.by {
            Split::None => return Ok(Some(told)),
            Split::Agent => KeptSplit::Agent,
            Split::Team => KeptSplit::Team,
            Split::Channel => KeptSplit::Channel,
        };
        // Which rows are told depends on how many cases they have; what they say is added up of the pieces of those alone.
        let Some(cases) = self.ask_how_many(span, split).await? else { return Ok(None) };
        let Some(rows_before) = self.ask(before, Steps::One, split, None).await? else { return Ok(None) };
        let rows_before = self.said(&rows_before);
        let before_of: BTreeMap<GroupOf, Option<Value>> = by_group(&rows_before);
        let groups: BTreeSet<GroupOf> = cases.keys().chain(before_of.keys()).copied().collect();
        let of_group = |group: GroupOf| Some((part_of(group)?, group, cases.get(&group).copied().unwrap_or_default()));
        let mut parts: Vec<(Part, GroupOf, (u32, u32))> = groups.into_iter().filter_map(of_group).collect();
        let is_told_before = |group: &GroupOf| before_of.get(group).copied().flatten().is_some_and(|it| it.of > 0);
        parts.retain(|(_, group, (of, running))| *of > 0 || *running > 0 || is_told_before(group));
        parts.sort_by_key(|(part, _, (of, _))| (Reverse(*of), *part));
        let shown = HISTORY_ROWS_MAX.min(HISTORY_ROW_VALUES_MAX / plan.pieces.len().max(1));
        told.more_rows = parts.len().saturating_sub(shown);
        parts.truncate(shown);
        let groups: BTreeSet<GroupOf> = parts.iter().map(|(_, group, _)| *group).collect();
        let series = self.ask(span, Steps::Each(plan.step), split, Some(groups.clone())).await?;
        let Some(series) = series else { return Ok(None) };
        told.rows_before = rows_before.into_iter().filter(|(_, group, _)| groups.contains(group)).collect();
        told.rows = self.said_of_all(&series, parts.into_iter().map(|(_, group, _)| group));
        told.series = self.said(&series);
        Ok(Some(told))
    }
}

impl Told {
    fn answer(
        &self,
        question: &HistoryQuestion,
        rules: &FigureRules,
        definition: &Definition,
        plan: &Plan,
    ) -> Option<HistoryAnswer> {
        let HistoryQuestion { now, span, by, part, .. } = *question;
        Some(HistoryAnswer {
            span,
            from: plan.stretch.from,
            to: plan.stretch.to,
            before_from: plan.stretch.before_from,
            before_to: plan.before_to,
            at: now,
            zone: rules.zone.clone(),
            hours: (rules.hours != OpeningHours::always()).then(|| rules.hours.clone()),
            own_hours: Vec::new(),
            step: plan.step,
            by,
            part: part.map(|part| NamedPart { part, name: String::new() }),
            own: question.only.is_some(),
            value: self.whole.value(definition)?,
            in_hours: None,
            before: self.before?,
            rounds: self.rounds.iter().map(|(_, rounds)| rounds).sum(),
            pieces: self.pieces(plan)?,
            rows: self.rows(plan)?,
            more_rows: self.more_rows,
            spread: spread_of(&self.whole, definition, plan)?,
            hours_of_week: self.hours_of_week()?,
            figures: rules.definitions().into_iter().map(name_of).collect(),
            definition: definition.clone(),
        })
    }

    fn pieces(&self, plan: &Plan) -> Option<Vec<HistoryPiece>> {
        let values = values_of(&self.pieces, plan.pieces.len())?;
        let before = values_of(&self.pieces_before, plan.pieces_before.len())?;
        let mut rounds = vec![0; plan.pieces.len()];
        for (step, many) in &self.rounds {
            *rounds.get_mut(*step as usize)? = *many;
        }
        let told = plan.pieces.iter().zip(values).zip(rounds).enumerate();
        let piece = |(place, (((from, to), value), rounds)): (usize, ((&Span, Value), u32))| HistoryPiece {
            from: *from,
            to: *to,
            offset_seconds: plan.zone.offset_seconds(*from),
            rounds,
            value,
            before: before.get(place).copied(),
        };
        Some(told.map(piece).collect())
    }

    fn rows(&self, plan: &Plan) -> Option<Vec<HistoryRow>> {
        let before = by_group(&self.rows_before);
        let mut series = BTreeMap::<GroupOf, Vec<Value>>::new();
        for (step, group, value) in &self.series {
            let values = series.entry(*group).or_insert_with(|| vec![Value::default(); plan.pieces.len()]);
            *values.get_mut(*step as usize)? = (*value)?;
        }
        let row = |(_, group, value): &(u32, GroupOf, Option<Value>)| {
            Some(HistoryRow {
                of: NamedPart { part: part_of(*group)?, name: String::new() },
                value: (*value)?,
                before: before.get(group).copied().unwrap_or_else(|| Some(Value::default()))?,
                series: series.remove(group).unwrap_or_else(|| vec![Value::default(); plan.pieces.len()]),
            })
        };
        self.rows.iter().map(row).collect()
    }

    fn hours_of_week(&self) -> Option<Vec<HistoryHour>> {
        let mut hours = BTreeMap::<u32, (u32, Value)>::new();
        for (step, _, value) in &self.hours {
            let value = (*value)?;
            if value.of > 0 || value.running > 0 {
                hours.entry(*step).or_default().1 = value;
            }
        }
        for (step, rounds) in &self.rounds_of_hours {
            hours.entry(*step).or_default().0 = *rounds;
        }
        let small = |number: u32| u8::try_from(number).unwrap_or(0);
        let hour = |(step, (rounds, value)): (u32, (u32, Value))| HistoryHour {
            at: HourOfWeek { weekday: small(step / HOURS_PER_DAY), hour: small(step % HOURS_PER_DAY) },
            rounds,
            value,
        };
        Some(hours.into_iter().map(hour).collect())
    }
}

/// What each step says; nothing where there was nothing.
fn values_of(said: &Said, many: usize) -> Option<Vec<Value>> {
    let mut values = vec![Value::default(); many];
    for (step, _, value) in said {
        if let Some(at) = values.get_mut(*step as usize) {
            *at = (*value)?;
        }
    }
    Some(values)
}

fn rounds_of(answer: &Answer) -> Rounds {
    let rounds = answer.gross.iter().map(|(step, _, gross)| (*step, cases(gross.cases(Subject::Response))));
    rounds.filter(|(_, rounds)| *rounds > 0).collect()
}

/// What was gathered of all steps and groups together.
fn whole_of(answer: &Answer) -> Gross {
    let mut whole = Gross::default();
    answer.gross.iter().for_each(|(_, _, gross)| whole.merge(gross));
    whole
}

fn by_group(said: &Said) -> BTreeMap<GroupOf, Option<Value>> {
    said.iter().map(|(_, group, value)| (*group, *value)).collect()
}

const fn part_of(group: GroupOf) -> Option<Part> {
    match group {
        GroupOf::All => None,
        GroupOf::Agent(agent) => Some(Part::Agent(agent)),
        GroupOf::Team(team) => Some(Part::Team(team)),
        GroupOf::Channel(channel) => Some(Part::Channel(channel)),
    }
}

/// How the times are spread. Bands that do not end where a bucket does are reckoned within it.
fn spread_of(whole: &Total, definition: &Definition, plan: &Plan) -> Option<Spread> {
    let nothing = OpenHours::default();
    let (from, to) = (plan.stretch.from, plan.stretch.to);
    let asked = Asked { from, to, now: to, zone: &plan.zone, open: &nothing };
    let mut spread = spread(definition, &[], &asked);
    let mut before = 0;
    for band in &mut spread.bands {
        let within = band
            .up_to_seconds
            .map_or(whole.ended.many(), |seconds| whole.ended.within(i64::from(seconds) * MICROS_PER_SECOND).0);
        band.count = cases(within - before);
        before = within;
    }
    let Value { not_ended, running, .. } = whole.value(definition)?;
    Some(Spread { not_ended, running, ..spread })
}

fn cases(many: u64) -> u32 {
    count(usize::try_from(many).unwrap_or(usize::MAX))
}
