//! The same from what is kept of days, weeks and months, so that no message is read for it.

mod units;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::vec;

use qinda::model::Micros;
use qinda::sync::{
    HISTORY_ROW_VALUES_MAX, HISTORY_ROWS_MAX, HistoryAnswer, HistoryHour, HistoryPiece, HistoryRow, NamedPart, Part,
    RulesTold, Split,
};
use qinda::timing::rollup::{Gross, GroupOf, Only, Shown, Split as KeptSplit, Total, Wanted, Way};
use qinda::timing::{
    Asked, Definition, FigureRules, HourOfWeek, OpenHours, OpeningHours, Spread, Subject, Value, spread,
};

use super::{HistoryQuestion, Plan, count, name_of};
use crate::store::defined::by_hours;
use crate::store::dialect::Conn;
use crate::store::rollups::{self, Answer, Seen, Steps, Ways};
use crate::store::{Stored, figure_rules};

const HOURS_PER_DAY: u32 = 24;
const MICROS_PER_SECOND: i64 = 1_000_000;

type Span = (Micros, Micros);
/// What the figure says of each step and group; `None` where it would be reckoned and not counted.
type Said = Vec<(u32, GroupOf, Option<Value>)>;
/// How many rounds began in each step in which there were any.
type Rounds = Vec<(u32, u32)>;
/// What was gathered in each way that was asked for.
type InWays = Vec<(Way, Answer)>;

/// The answer; `None` where the figure cannot be told from what is kept, or that is not ready.
pub(super) async fn answer(
    conn: &mut Conn,
    question: &HistoryQuestion,
    definition: &Definition,
    plan: &Plan,
) -> Stored<Option<HistoryAnswer>> {
    let RulesTold { rules, .. } = figure_rules::find(conn, question.shop.id).await?;
    let by_hours = rules.has_hours().then(|| by_hours(definition));
    let is_of_units = definition.is_kept_by_unit();
    let is_kept = |definition: &Definition| definition.is_kept() || definition.is_kept_by_unit();
    let are_kept = is_kept(definition) && by_hours.as_ref().is_none_or(is_kept);
    let Some(only) = only(question).filter(|_| are_kept) else { return Ok(None) };
    let mut kept = Kept { conn, question, definition, by_hours, only, seen: Seen::default() };
    let told = if is_of_units { kept.read_units(plan).await? } else { kept.read(plan).await? };
    let Some(told) = told else { return Ok(None) };
    let own_hours = figure_rules::own_hours(conn, question.shop.id, &rules).await?;
    let answer = told.answer(question, &rules, definition, plan);
    Ok(answer.map(|answer| HistoryAnswer { own_hours, ..answer }))
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
    /// The same figure over opening hours alone, where the shop has such.
    by_hours: Option<Definition>,
    only: Only,
    seen: Seen,
}

/// A question, and in which ways it is asked.
struct Asking {
    question: rollups::Question,
    ways: Ways,
}

/// Of how many cases the figure tells in a part.
struct CasesOf {
    part: Part,
    group: GroupOf,
    of: u32,
}

impl CasesOf {
    fn group(group: GroupOf, of: u32) -> Option<Self> {
        Some(Self { part: part_of(group)?, group, of })
    }

    /// Those with most of them come first.
    const fn place(&self) -> (Reverse<u32>, Part) {
        (Reverse(self.of), self.part)
    }
}

fn groups_of(parts: &[CasesOf]) -> HashSet<GroupOf> {
    parts.iter().map(|it| it.group).collect()
}

/// Takes those parts that are told, also of cases that they had before alone, and what these had before. How many more there
/// are.
fn take_rows(parts: &mut Vec<CasesOf>, before: &mut Said, most: usize) -> usize {
    let there = groups_of(parts);
    let had = |value: &Option<Value>| value.is_some_and(|value| value.of > 0);
    let alone = before.iter().filter(|(_, group, value)| !there.contains(group) && had(value));
    parts.extend(alone.filter_map(|(_, group, _)| CasesOf::group(*group, 0)));
    parts.sort_by_key(CasesOf::place);
    let more = parts.len().saturating_sub(most);
    parts.truncate(most);
    let there = groups_of(parts);
    before.retain(|(_, group, _)| there.contains(group));
    more
}

/// What was told.
struct Told {
    value: Value,
    spread: Spread,
    pieces: Said,
    pieces_before: Said,
    before: Value,
    /// Over opening hours alone, where the shop has such.
    in_hours: Option<Value>,
    hours: Said,
    rounds: Rounds,
    rounds_of_hours: Rounds,
    rows: Rows,
}

/// What was told of rows.
#[derive(Default)]
struct Rows {
    /// Of all pieces together, in the order of the rows.
    whole: Said,
    before: Said,
    series: Said,
    /// How many more there are.
    more: usize,
}

impl Kept<'_> {
    /// What each of some questions says; `None` where one has no answer.
    async fn ask(&mut self, asked: Vec<Asking>) -> Stored<Option<vec::IntoIter<InWays>>> {
        let asked: Vec<_> = asked.iter().map(|Asking { question, ways }| (question, ways)).collect();
        let answers = rollups::history_of_several(self.conn, &asked, &mut self.seen).await?;
        Ok(answers.into_iter().collect::<Result<Vec<InWays>, _>>().ok().map(Vec::into_iter))
    }

    /// What is kept of the figure's cases in each step and group.
    fn asked(&self, (from, to): Span, steps: Steps, split: KeptSplit) -> Asking {
        let HistoryQuestion { shop, now, .. } = self.question;
        let question = rollups::Question {
            shop: shop.clone(),
            from,
            to,
            now: *now,
            steps,
            wanted: Wanted { subjects: self.definition.subject.into(), split, only: self.only },
            groups: None,
            patience_seconds: vec![self.definition.patience_seconds()],
            way: self.definition.way(),
        };
        Asking { ways: [(question.way, question.wanted.subjects)].into(), question }
    }

    /// The same of some groups alone.
    fn asked_of(&self, span: Span, steps: Steps, split: KeptSplit, groups: Shown) -> Asking {
        let mut asked = self.asked(span, steps, split);
        asked.question.groups = Some(groups);
        asked
    }

    /// What is kept of them, and how many rounds began then, at whatever hour.
    fn asked_beside_rounds(&self, span: Span, steps: Steps) -> Asking {
        let mut asked = self.asked(span, steps, KeptSplit::Nothing);
        asked.question.wanted.subjects = [self.definition.subject, Subject::Response].into_iter().collect();
        let rounds = asked.ways.entry(Way::default()).or_default();
        *rounds = rounds.and(Subject::Response.into());
        asked
    }

    /// What is kept of all of them over opening hours alone.
    fn asked_in_hours(&self, span: Span, by_hours: &Definition) -> Asking {
        let mut asked = self.asked(span, Steps::One, KeptSplit::Nothing);
        asked.ways = [(by_hours.way(), by_hours.subject.into())].into();
        asked
    }

    /// How many of them there are in each group.
    fn asked_how_many(&self, span: Span, split: KeptSplit) -> Asking {
        let mut asked = self.asked(span, Steps::One, split);
        asked.question.wanted.subjects = asked.question.wanted.subjects.counted();
        asked
    }

    /// What was told beside rounds, and these.
    fn beside_rounds(&self, told: InWays) -> Option<(Answer, Rounds)> {
        let rounds = told.iter().find(|(way, _)| *way == Way::default()).map(|(_, answer)| rounds_of(answer))?;
        Some((in_way(self.definition, told)?, rounds))
    }

    /// The parts of which the figure has something to tell.
    fn how_many(&self, told: InWays) -> Vec<CasesOf> {
        let Some(answer) = in_way(self.definition, told) else { return Vec::new() };
        let (subject, moment) = (self.definition.subject, answer.moment(self.definition.patience_seconds()));
        let cases = |(_, group, gross): &(u32, GroupOf, Gross)| {
            let (of, running) = gross.telling(subject, moment).cases(self.definition);
            CasesOf::group(*group, of).filter(|_| of > 0 || running > 0)
        };
        answer.gross.iter().filter_map(cases).collect()
    }

    /// What the figure says of all steps of some groups together.
    fn said_of_all(&self, answer: &Answer, groups: impl Iterator<Item = GroupOf>) -> Said {
        let mut steps: HashMap<GroupOf, Vec<&Gross>> = HashMap::new();
        answer.gross.iter().for_each(|(_, group, gross)| steps.entry(*group).or_default().push(gross));
        let (subject, moment) = (self.definition.subject, answer.moment(self.definition.patience_seconds()));
        let said = |group: &GroupOf| {
            let mut whole = Gross::default();
            steps.get(group).into_iter().flatten().for_each(|gross| whole.merge(gross));
            (0, *group, whole.telling(subject, moment).value(self.definition))
        };
        rollups::shares_beside(&groups.collect::<Vec<_>>(), |groups| groups.iter().map(said).collect::<Said>()).concat()
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
        let before_whole = (plan.stretch.before_from, plan.stretch.from);
        // What has passed of the span is the whole of the time before, once the span is over.
        let is_over = before == before_whole;
        let split = split_of(self.question.by);
        let mut asked = vec![
            self.asked_beside_rounds(span, each),
            self.asked_beside_rounds(span, Steps::HoursOfWeek),
            self.asked(before_whole, each, all),
        ];
        asked.extend((!is_over).then(|| self.asked(before, Steps::One, all)));
        asked.extend(self.by_hours.as_ref().map(|by_hours| self.asked_in_hours(span, by_hours)));
        asked.extend(split.map(|split| self.asked_how_many(span, split)));
        let Some(mut answers) = self.ask(asked).await? else { return Ok(None) };
        let mut next = || answers.next().unwrap_or_default();
        let (Some((pieces, rounds)), Some((hours, rounds_of_hours))) =
            (self.beside_rounds(next()), self.beside_rounds(next()))
        else {
            return Ok(None);
        };
        let Some(pieces_before) = in_way(self.definition, next()) else { return Ok(None) };
        let told_before = if is_over { None } else { in_way(self.definition, next()) };
        let in_hours = match &self.by_hours {
            Some(by_hours) => {
                let value = in_way(by_hours, next()).and_then(|told| value_of_all(&told, by_hours));
                if value.is_none() {
                    return Ok(None);
                }
                value
            }
            None => None,
        };
        let rows = match split {
            Some(split) => {
                let cases = self.how_many(next());
                let Some(rows) = self.read_rows(plan, split, cases).await? else { return Ok(None) };
                rows
            }
            None => Rows::default(),
        };
        let whole = whole_of(&pieces).total(self.definition.subject, 0);
        let value = whole.value(self.definition).zip(spread_of(&whole, self.definition, plan));
        let before = value_of_all(told_before.as_ref().unwrap_or(&pieces_before), self.definition);
        let Some(((value, spread), before)) = value.zip(before) else { return Ok(None) };
        Ok(Some(Told {
            value,
            spread,
            rounds,
            rounds_of_hours,
            pieces: self.said(&pieces),
            pieces_before: if plan.pieces_before.is_empty() { Said::new() } else { self.said(&pieces_before) },
            before,
            in_hours,
            hours: self.said(&hours),
            rows,
        }))
    }

    /// Which rows are told depends on how many cases they have. What they say is added up of the pieces of those alone.
    async fn read_rows(&mut self, plan: &Plan, split: KeptSplit, mut parts: Vec<CasesOf>) -> Stored<Option<Rows>> {
        let most = HISTORY_ROWS_MAX.min(HISTORY_ROW_VALUES_MAX / plan.pieces.len().max(1));
        parts.sort_by_key(CasesOf::place);
        let (first, beyond) = parts.split_at(most.min(parts.len()));
        let (span, before) = ((plan.stretch.from, plan.stretch.to), (plan.stretch.before_from, plan.before_to));
        let asked = vec![
            self.asked_of(span, Steps::Each(plan.step), split, Shown::These(groups_of(first))),
            self.asked_of(before, Steps::One, split, Shown::AllBut(groups_of(beyond))),
        ];
        let Some(mut answers) = self.ask(asked).await? else { return Ok(None) };
        let mut next = || in_way(self.definition, answers.next().unwrap_or_default());
        let Some((series, before)) = next().zip(next()) else { return Ok(None) };
        let mut before = self.said(&before);
        let more = take_rows(&mut parts, &mut before, most);
        Ok(Some(Rows {
            whole: self.said_of_all(&series, parts.into_iter().map(|it| it.group)),
            series: self.said(&series),
            before,
            more,
        }))
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
            value: self.value,
            in_hours: self.in_hours,
            before: self.before,
            rounds: self.rounds.iter().map(|(_, rounds)| rounds).sum(),
            pieces: self.pieces(plan)?,
            rows: self.rows(plan)?,
            more_rows: self.rows.more,
            spread: self.spread.clone(),
            hours_of_week: self.hours_of_week()?,
            figures: rules.definitions().into_iter().map(name_of).collect(),
            left_out: None,
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
        let before = by_group(&self.rows.before);
        let mut series = BTreeMap::<GroupOf, Vec<Value>>::new();
        for (step, group, value) in &self.rows.series {
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
        self.rows.whole.iter().map(row).collect()
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

/// What the figure says of all steps and groups together.
fn value_of_all(answer: &Answer, definition: &Definition) -> Option<Value> {
    let moment = answer.moment(definition.patience_seconds());
    whole_of(answer).telling(definition.subject, moment).value(definition)
}

/// What was gathered in the way of a figure.
fn in_way(definition: &Definition, mut told: InWays) -> Option<Answer> {
    let place = told.iter().position(|(way, _)| *way == definition.way())?;
    Some(told.swap_remove(place).1)
}

fn by_group(said: &Said) -> BTreeMap<GroupOf, Option<Value>> {
    said.iter().map(|(_, group, value)| (*group, *value)).collect()
}

const fn split_of(by: Split) -> Option<KeptSplit> {
    match by {
        Split::None => None,
        Split::Agent => Some(KeptSplit::Agent),
        Split::Team => Some(KeptSplit::Team),
        Split::Channel => Some(KeptSplit::Channel),
    }
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

#[cfg(test)]
mod tests {
    use qinda::model::TeamId;

    use super::*;

    fn team(name: &str) -> GroupOf {
        GroupOf::Team(TeamId::of_name(name))
    }

    fn cases(parts: &[(&str, u32)]) -> Vec<CasesOf> {
        parts.iter().filter_map(|(name, of)| CasesOf::group(team(name), *of)).collect()
    }

    fn before(said: &[(&str, Option<u32>)]) -> Said {
        let value = |of: u32| Value { of, ..Value::default() };
        said.iter().map(|(name, of)| (0, team(name), of.map(value))).collect()
    }

    fn taken(parts: &[(&str, u32)], had: &[(&str, Option<u32>)], most: usize) -> (Vec<GroupOf>, Vec<GroupOf>, usize) {
        let (mut parts, mut before) = (cases(parts), before(had));
        let more = take_rows(&mut parts, &mut before, most);
        (parts.iter().map(|it| it.group).collect(), before.iter().map(|(_, group, _)| *group).collect(), more)
    }

    #[test]
    fn rows_with_the_most_to_tell_are_told_and_how_many_more_there_are() {
        let parts = [("tea", 2), ("cups", 9), ("pots", 5)];
        let had = [("tea", Some(1)), ("pots", Some(7)), ("trays", Some(3)), ("none", Some(0)), ("unsaid", None)];
        let (told, before, more) = taken(&parts, &had, 2);
        assert_eq!((told, before, more), (vec![team("cups"), team("pots")], vec![team("pots")], 2));
        let (told, before, more) = taken(&parts, &had, 4);
        assert_eq!(told, ["cups", "pots", "tea", "trays"].map(team));
        assert_eq!(
            (before, more),
            (["tea", "pots", "trays"].map(team).to_vec(), 0),
            "what was before alone comes last"
        );
        assert_eq!(taken(&[], &[("none", Some(0))], 4), (Vec::new(), Vec::new(), 0));
    }
}
