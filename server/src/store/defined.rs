//! Figures as a shop defines them, over the lives of its conversations.

use std::collections::{BTreeMap, BTreeSet};

use qinda::model::{MemberId, Micros, ShopCard};
use qinda::sync::{CASES_MAX, CasesAnswer, DefinedAnswer, DefinedFigure, Part, RulesTold, ToldCase};
use qinda::timing::rollup::{GroupOf, Only, Split};
use qinda::timing::{
    Asked, Case, ClockRule, Definition, FigureRules, Hours, Life, OpenHours, OpeningHours, Standing, Subject, Value,
    Zone, counted, does, value,
};

use super::dialect::Conn;
use super::figure_history::is_of;
use super::kept_figures::{KeptFigures, Reading, SpanOf};
use super::rollups::{Seen, Steps};
use super::{Stored, figure_rules, lives, members};
use crate::zones;

/// What is asked: a shop's figures over a span, of everybody or of one member.
#[derive(Debug, Clone)]
pub struct Question {
    /// The shop.
    pub shop: ShopCard,
    /// The span begins here …
    pub from: Micros,
    /// … and ends before this.
    pub to: Micros,
    /// Now.
    pub now: Micros,
    /// Whose cases alone, if not everybody's.
    pub only: Option<MemberId>,
}

/// How an answer is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct How {
    /// From what.
    pub reading: Reading,
    /// Whether what would have to be counted from many messages is left out.
    pub is_quick: bool,
}

/// Every figure of the shop.
///
/// # Errors
/// When the database refuses.
pub async fn figures(conn: &mut Conn, question: &Question, how: How) -> Stored<DefinedAnswer> {
    let RulesTold { rules, .. } = figure_rules::find(conn, question.shop.id).await?;
    let begins_before = Micros(question.from.0.saturating_sub(question.to.since(question.from)));
    let before = (begins_before, question.from);
    let kept = of_kept(conn, question, &rules, before, how).await?;
    let has_hours = rules.has_hours();
    let is_told =
        |figure: &Option<DefinedFigure>| figure.as_ref().is_some_and(|it| !has_hours || it.in_hours.is_some());
    let is_whole = kept.as_ref().is_some_and(|kept| kept.iter().all(is_told));
    let told = if is_whole || (how.is_quick && kept.is_some()) {
        None
    } else {
        Some(Told::read(conn, question, &rules, begins_before).await?)
    };
    answer(conn, question, rules, (kept.unwrap_or_default(), told), before).await
}

/// What is kept of each figure of the shop, in their order; `None` where all are to be told from the messages.
async fn of_kept(
    conn: &mut Conn,
    question: &Question,
    rules: &FigureRules,
    before: (Micros, Micros),
    How { reading, is_quick }: How,
) -> Stored<Option<Vec<Option<DefinedFigure>>>> {
    if reading == Reading::Messages {
        return Ok(None);
    }
    let definitions = rules.definitions();
    let now = SpanOf {
        shop: &question.shop,
        now: question.now,
        span: (question.from, question.to),
        steps: Steps::One,
        split: Split::Agent,
        only: Only { agent: question.only, ..Only::default() },
        is_quick,
    };
    let mut seen = Seen::default();
    let told = KeptFigures::read_seen(conn, &now, &definitions, &mut seen).await?;
    let Some(told) = told.filter(|told| reading.is_of_kept(told.rounds())) else { return Ok(None) };
    let before = SpanOf { span: before, split: Split::Nothing, ..now.clone() };
    let Some(told_before) = KeptFigures::read_seen(conn, &before, &definitions, &mut seen).await? else {
        return Ok(None);
    };
    let in_hours = match rules.has_hours() {
        true => {
            let by_hours: Vec<Definition> = definitions.iter().map(by_hours).collect();
            let now = SpanOf { split: Split::Nothing, ..now };
            let kept = KeptFigures::read_seen(conn, &now, &by_hours, &mut seen).await?;
            kept.map(|kept| kept.values(&by_hours)).unwrap_or_default()
        }
        false => Vec::new(),
    };
    let values = told.values(&definitions).into_iter().zip(told_before.values(&definitions));
    let mut in_hours = in_hours.into_iter();
    let figures = definitions.into_iter().zip(values).map(|(definition, (value, before))| {
        let in_hours = in_hours.next().flatten().map(|told| told.whole);
        let (value, before) = value.zip(before)?;
        let by_agent = value.parts.into_iter().filter_map(|(_, group, value)| match group {
            GroupOf::Agent(agent) => Some((agent, value)),
            _ => None,
        });
        let (by_agent, before) = (by_agent.collect(), before.whole);
        Some(DefinedFigure { definition, value: value.whole, in_hours, before, by_agent })
    });
    Ok(Some(figures.collect()))
}

/// The answer: each figure from what is kept where that says it, else from the messages where those were read.
async fn answer(
    conn: &mut Conn,
    question: &Question,
    rules: FigureRules,
    (kept, told): (Vec<Option<DefinedFigure>>, Option<Told>),
    before: (Micros, Micros),
) -> Stored<DefinedAnswer> {
    let has_hours = rules.has_hours();
    let mut kept = kept.into_iter();
    let mut figures = Vec::new();
    let mut is_partial = false;
    for definition in rules.definitions() {
        let figure = match (kept.next().flatten(), &told) {
            (Some(figure), None) => {
                is_partial |= has_hours && figure.in_hours.is_none();
                figure
            }
            (Some(figure), Some(told)) => {
                let read = || has_hours.then(|| told.in_hours(question, &definition));
                DefinedFigure { in_hours: figure.in_hours.or_else(read), ..figure }
            }
            (None, Some(told)) => told.figure(question, definition, (has_hours, before)),
            (None, None) => {
                is_partial = true;
                continue;
            }
        };
        figures.push(figure);
    }
    let named = figures.iter().flat_map(|figure| figure.by_agent.iter().filter_map(|(member, _)| *member));
    let members = members::cards(conn, question.shop.id, &named.collect::<BTreeSet<_>>()).await?;
    let own_hours = figure_rules::own_hours(conn, question.shop.id, &rules).await?;
    let Question { from, to, now, only, .. } = *question;
    Ok(DefinedAnswer {
        from,
        to,
        at: now,
        zone: rules.zone,
        utc_offset_minutes: question.shop.utc_offset_minutes,
        has_hours,
        hours: (rules.hours != OpeningHours::always()).then_some(rules.hours),
        own_hours,
        own: only.is_some(),
        is_partial,
        figures,
        members,
    })
}

/// The cases behind a figure, of one part alone if one is named; `None` where the shop has no such figure.
///
/// # Errors
/// When the database refuses.
pub async fn cases(
    conn: &mut Conn,
    question: &Question,
    figure: &str,
    part: Option<Part>,
) -> Stored<Option<CasesAnswer>> {
    let RulesTold { rules, .. } = figure_rules::find(conn, question.shop.id).await?;
    let Some(definition) = rules.definitions().into_iter().find(|definition| definition.id == figure) else {
        return Ok(None);
    };
    let told = Told::read(conn, question, &rules, question.from).await?;
    let mut all = told.cases(&definition);
    all.retain(|case| part.is_none_or(|part| is_of(part, case)));
    let asked = told.asked(question, question.from, question.to);
    let mut cases: Vec<ToldCase> = counted(&definition, &all, &asked)
        .into_iter()
        .map(|(case, standing)| told_case(&definition, case, standing))
        .collect();
    // What failed first; of those, what never ended before what took long.
    cases.sort_by_key(|case| (case.met || case.running, case.ms.is_some(), std::cmp::Reverse(case.ms), case.from));
    let count = cases.len();
    cases.truncate(CASES_MAX);
    let named: BTreeSet<MemberId> = cases.iter().filter_map(|case| case.agent).collect();
    let members = members::cards(conn, question.shop.id, &named).await?;
    Ok(Some(CasesAnswer { definition, cases, count, members }))
}

/// What a definition says, whether the shop has it or not.
///
/// # Errors
/// When the database refuses.
pub async fn trial(conn: &mut Conn, question: &Question, definition: &Definition) -> Stored<Value> {
    if definition.is_kept() || definition.is_kept_by_unit() {
        let kept = KeptFigures::of_all(conn, question, std::slice::from_ref(definition)).await?;
        let kept = kept.filter(|kept| Reading::AsSuits.is_of_kept(kept.rounds()));
        let told = kept.and_then(|kept| kept.values(std::slice::from_ref(definition)).into_iter().next().flatten());
        if let Some(told) = told {
            return Ok(told.whole);
        }
    }
    let RulesTold { rules, .. } = figure_rules::find(conn, question.shop.id).await?;
    let told = Told::read(conn, question, &rules, question.from).await?;
    Ok(value(definition, &told.cases(definition), &told.asked(question, question.from, question.to)))
}

fn told_case(definition: &Definition, case: &Case, standing: Standing) -> ToldCase {
    let ms = match standing {
        Standing::Ended(micros) => Some((micros + 500) / 1_000),
        Standing::NotEnded | Standing::Running => None,
    };
    ToldCase {
        conversation: case.conversation,
        agent: case.agent,
        from: case.from,
        until: case.until,
        ms,
        running: standing == Standing::Running,
        met: does(definition, standing),
        written_at: case.written_at,
    }
}

/// What was read for an answer.
pub(super) struct Told {
    pub(super) lives: Vec<Life>,
    pub(super) zone: Zone,
    open: OpenHours,
    only: Option<MemberId>,
}

impl Told {
    /// Reads what happened from a moment to the end of the span that is asked about.
    pub(super) async fn read(conn: &mut Conn, question: &Question, rules: &FigureRules, from: Micros) -> Stored<Self> {
        let lives = lives::between(conn, question.shop.id, from, question.to).await?;
        let began =
            lives.iter().filter_map(|life| life.happened.first()).map(|it| it.at).min().unwrap_or(from).min(from);
        let until = question.now.max(question.to);
        let zone = zones::zone(&rules.zone, question.shop.utc_offset_minutes, began, until);
        let open = rules.laid_out(&zone, began, until);
        Ok(Self { lives, zone, open, only: question.only })
    }

    /// Every figure, and what it said of another span before.
    pub(super) async fn figures(
        self,
        conn: &mut Conn,
        question: &Question,
        rules: FigureRules,
        before: (Micros, Micros),
    ) -> Stored<DefinedAnswer> {
        answer(conn, question, rules, (Vec::new(), Some(self)), before).await
    }

    fn figure(
        &self,
        question: &Question,
        definition: Definition,
        (has_hours, before): (bool, (Micros, Micros)),
    ) -> DefinedFigure {
        let cases = self.cases(&definition);
        let now = self.asked(question, question.from, question.to);
        DefinedFigure {
            value: value(&definition, &cases, &now),
            in_hours: has_hours.then(|| value(&by_hours(&definition), &cases, &now)),
            before: value(&definition, &cases, &self.asked(question, before.0, before.1)),
            by_agent: by_agent(&definition, &cases, &now),
            definition,
        }
    }

    fn in_hours(&self, question: &Question, definition: &Definition) -> Value {
        let now = self.asked(question, question.from, question.to);
        value(&by_hours(definition), &self.cases(definition), &now)
    }

    pub(super) fn asked(&self, question: &Question, from: Micros, to: Micros) -> Asked<'_> {
        Asked { from, to, now: question.now, zone: &self.zone, open: &self.open }
    }

    pub(super) fn cases(&self, definition: &Definition) -> Vec<Case> {
        let all = self.lives.iter().flat_map(|life| life.cases_of(definition));
        all.filter(|case| self.only.is_none_or(|only| case.agent == Some(only))).collect()
    }
}

/// The same figure over opening hours alone.
pub(super) fn by_hours(definition: &Definition) -> Definition {
    let is_time_of_answering =
        matches!(definition.subject, Subject::Response | Subject::FirstResponse | Subject::Handover);
    let hours = if is_time_of_answering { Hours::Opening } else { definition.hours };
    Definition { hours, clock: ClockRule::Opening, ..definition.clone() }
}

fn by_agent(definition: &Definition, cases: &[Case], asked: &Asked<'_>) -> Vec<(Option<MemberId>, Value)> {
    let mut agents = BTreeMap::<Option<MemberId>, Vec<Case>>::new();
    for case in cases {
        agents.entry(case.agent).or_default().push(*case);
    }
    let values = agents.into_iter().map(|(agent, cases)| (agent, value(definition, &cases, asked)));
    values.filter(|(_, value)| value.of > 0 || value.running > 0).collect()
}
