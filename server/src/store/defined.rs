//! Figures as a shop defines them, over the lives of its conversations.

use std::collections::{BTreeMap, BTreeSet};

use qinda::model::{MemberId, Micros, ShopCard};
use qinda::sync::{CASES_MAX, CasesAnswer, DefinedAnswer, DefinedFigure, LeftOut, Part, RulesTold, ToldCase};
use qinda::timing::rollup::{GroupOf, Only, Split};
use qinda::timing::{
    Case, ClockRule, Definition, FigureRules, Hours, OpeningHours, Standing, Subject, Tally, Unit, Value, counted, does,
};

use super::dialect::Conn;
use super::figure_history::is_of;
use super::kept_figures::{self, KeptFigures, Reading, SpanOf};
use super::rollups::{Seen, Steps};
use super::stretches::{self, Bounds, Read, Stretch, TooMany};
use super::{Stored, figure_rules, members};

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
    /// How many messages may be read; what needs more of them is left out.
    pub bounds: Bounds,
}

/// The time before a span, with which it is compared; the span and it follow each other.
type Before = (Micros, Micros);

/// Every figure of the shop.
///
/// # Errors
/// When the database refuses.
pub async fn figures(conn: &mut Conn, question: &Question, how: How) -> Stored<DefinedAnswer> {
    let RulesTold { rules, .. } = figure_rules::find(conn, question.shop.id).await?;
    let begins_before = Micros(question.from.0.saturating_sub(question.to.since(question.from)));
    figures_beside(conn, question, (begins_before, question.from), rules, how).await
}

/// The same, compared with a time before.
pub(super) async fn figures_beside(
    conn: &mut Conn,
    question: &Question,
    before: Before,
    rules: FigureRules,
    how: How,
) -> Stored<DefinedAnswer> {
    let definitions = rules.definitions();
    let kept = of_kept(conn, question, &rules, before, how).await?;
    let is_quick = how.is_quick && kept.is_some();
    let of_messages =
        || Kept { figures: definitions.iter().map(|_| None).collect(), messages: None, rest_is_kept: false };
    let Kept { mut figures, messages, rest_is_kept } = kept.unwrap_or_else(of_messages);
    let has_hours = rules.has_hours();
    let is_told =
        |figure: &Option<DefinedFigure>| figure.as_ref().is_some_and(|it| !has_hours || it.in_hours.is_some());
    if figures.iter().all(is_told) {
        return answer(conn, question, rules, figures, None).await;
    }
    // What is put together of very many shoppers is only for later.
    let is_for_later = |(definition, figure): (&Definition, &Option<DefinedFigure>)| {
        is_quick && !is_told(figure) && definition.is_kept_by_unit()
    };
    if definitions.iter().zip(&figures).any(is_for_later) {
        return answer(conn, question, rules, figures, Some(Left::ForLater { is_kept: rest_is_kept })).await;
    }
    let span = (before.0, question.to.min(question.now).max(before.0));
    let times = 1 + u32::from(before.0 < before.1);
    let too_many = stretches::too_many(conn, question.shop.id, (span, times), messages, how.bounds).await?;
    let left = match too_many {
        Some(too_many) => Some(Left::TooMany(too_many)),
        None if is_quick => Some(Left::ForLater { is_kept: false }),
        None => {
            let left = definitions.into_iter().zip(&figures).filter(|(_, figure)| !is_told(figure));
            let mut counting = Counting::of(question, before, left.map(|(definition, _)| definition), has_hours);
            let read = Read { shop: &question.shop, rules: &rules, span: (before.0, question.to), now: question.now };
            stretches::each(conn, read, how.bounds, |stretch| counting.take(stretch)).await?;
            let mut counted = counting.figures().into_iter();
            for figure in figures.iter_mut().filter(|figure| !is_told(figure)) {
                let Some(counted) = counted.next() else { continue };
                match figure {
                    Some(kept) => kept.in_hours = counted.in_hours,
                    None => *figure = Some(counted),
                }
            }
            None
        }
    };
    answer(conn, question, rules, figures, left).await
}

/// Why something is not told.
#[derive(Clone, Copy)]
pub(super) enum Left {
    /// It would take a while, though not long where it is kept, and whoever asks does not want to wait.
    ForLater { is_kept: bool },
    /// There are too many messages.
    TooMany(TooMany),
}

/// What is kept of each figure of the shop, in their order.
struct Kept {
    figures: Vec<Option<DefinedFigure>>,
    /// How many messages of the shop lie in the span and in the time before, where that is known.
    messages: Option<u64>,
    /// Whether all that is not told is kept, too.
    rest_is_kept: bool,
}

/// What is kept of the figures; `None` where all are to be told from the messages.
async fn of_kept(
    conn: &mut Conn,
    question: &Question,
    rules: &FigureRules,
    before: Before,
    How { reading, is_quick, bounds }: How,
) -> Stored<Option<Kept>> {
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
        rounds_of_units: if is_quick { bounds.quick_rounds } else { u64::MAX },
    };
    let (span_before, all) = (before, SpanOf { split: Split::Nothing, ..now.clone() });
    let before = SpanOf { span: before, ..all.clone() };
    let by_hours = if rules.has_hours() { definitions.iter().map(by_hours).collect() } else { Vec::new() };
    let mut asked = vec![(&now, &*definitions), (&before, &*definitions)];
    asked.extend(rules.has_hours().then_some((&all, &*by_hours)));
    let mut seen = Seen::default();
    let mut kept = KeptFigures::read_several(conn, &asked, &mut seen).await?.into_iter();
    let mut next = || kept.next().flatten();
    let Some((told, told_before)) = next().zip(next()) else { return Ok(None) };
    let in_hours = next().map(|kept| kept.values(&by_hours)).unwrap_or_default();
    if !reading.is_of_kept(conn, question.shop.id, now.span, told.rounds()).await? {
        return Ok(None);
    }
    // Of one member the others' messages are read as well.
    let messages = question.only.is_none().then(|| told.messages() + told_before.messages());
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
    let figures: Vec<Option<DefinedFigure>> = figures.collect();
    let untold = rules.definitions().into_iter().zip(&figures).filter(|(_, figure)| figure.is_none());
    let all = SpanOf { span: (span_before.0, question.to), ..all };
    let mut rest_is_kept = is_quick;
    for (definition, _) in untold {
        rest_is_kept = rest_is_kept && kept_figures::keeps_units(conn, &all, &definition, &mut seen).await?;
    }
    Ok(Some(Kept { figures, messages, rest_is_kept }))
}

/// The answer: the figures that are told, and what is not.
pub(super) async fn answer(
    conn: &mut Conn,
    question: &Question,
    rules: FigureRules,
    figures: Vec<Option<DefinedFigure>>,
    left: Option<Left>,
) -> Stored<DefinedAnswer> {
    let has_hours = rules.has_hours();
    let untold = rules.definitions().into_iter().zip(&figures).filter(|(_, figure)| figure.is_none());
    let untold: Vec<Definition> = untold.map(|(definition, _)| definition).collect();
    let figures: Vec<DefinedFigure> = figures.into_iter().flatten().collect();
    let left_out = match left {
        Some(Left::TooMany(TooMany { days })) => {
            let hours = has_hours && figures.iter().any(|figure| figure.in_hours.is_none());
            Some(LeftOut { days, figures: untold, hours })
        }
        Some(Left::ForLater { .. }) | None => None,
    };
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
        is_partial: matches!(left, Some(Left::ForLater { .. })),
        rest_is_kept: matches!(left, Some(Left::ForLater { is_kept: true })),
        left_out,
        figures,
        members,
    })
}

/// The cases behind a figure, of one part alone if one is named; `None` where the shop has no such figure. Of more messages
/// than may be read the last ones are.
///
/// # Errors
/// When the database refuses.
pub async fn cases(
    conn: &mut Conn,
    question: &Question,
    (figure, part): (&str, Option<Part>),
    bounds: Bounds,
) -> Stored<Option<CasesAnswer>> {
    let RulesTold { rules, .. } = figure_rules::find(conn, question.shop.id).await?;
    let Some(definition) = rules.definitions().into_iter().find(|definition| definition.id == figure) else {
        return Ok(None);
    };
    let span = (question.from, question.to);
    let begins = stretches::reach(conn, question.shop.id, span, bounds.most).await?;
    let is_asked_for = |case: &Case| {
        question.only.is_none_or(|only| case.agent == Some(only)) && part.is_none_or(|part| is_of(part, case))
    };
    let mut worst = Worst::default();
    let read = Read { shop: &question.shop, rules: &rules, span: (begins, question.to), now: question.now };
    let take = |stretch: &Stretch| {
        let cases: Vec<Case> = stretch.cases(&definition).filter(is_asked_for).collect();
        let counted = counted(&definition, &cases, &stretch.asked(span));
        worst.take(counted.into_iter().map(|(case, standing)| told_case(&definition, case, standing)));
    };
    stretches::each(conn, read, bounds, take).await?;
    let Worst { cases, count } = worst.sorted();
    let since = (begins > question.from).then_some(begins);
    let count_of_all = match since.filter(|_| part.is_none() && definition.unit == Unit::Case) {
        Some(_) => count_of_kept(conn, question, &definition).await?,
        None => None,
    };
    let named: BTreeSet<MemberId> = cases.iter().filter_map(|case| case.agent).collect();
    let members = members::cards(conn, question.shop.id, &named).await?;
    Ok(Some(CasesAnswer { definition, cases, count, since, count_of_all, members }))
}

/// How many cases a figure has, where what is kept says it.
async fn count_of_kept(conn: &mut Conn, question: &Question, definition: &Definition) -> Stored<Option<u32>> {
    let asked = std::slice::from_ref(definition);
    let kept = KeptFigures::of_all(conn, question, asked).await?;
    let value = kept.and_then(|kept| kept.values(asked).into_iter().next().flatten()).map(|told| told.whole);
    // Of a share those that did not end are among those of which it is said.
    Ok(value.map(|it| it.of + it.running + if definition.statistic.is_time() { it.not_ended } else { 0 }))
}

/// The worst of many cases.
#[derive(Default)]
struct Worst {
    cases: Vec<ToldCase>,
    count: usize,
}

impl Worst {
    fn take(&mut self, cases: impl Iterator<Item = ToldCase>) {
        for case in cases {
            self.count += 1;
            self.cases.push(case);
            if self.cases.len() >= 8 * CASES_MAX {
                self.cut();
            }
        }
    }

    /// What failed comes first; of those, what never ended before what took long.
    fn cut(&mut self) {
        let order =
            |case: &ToldCase| (case.met || case.running, case.ms.is_some(), std::cmp::Reverse(case.ms), case.from);
        self.cases.sort_by_key(order);
        self.cases.truncate(CASES_MAX);
    }

    fn sorted(mut self) -> Self {
        self.cut();
        self
    }
}

/// What a definition says, whether the shop has it or not, and from when on: of more messages than may be read it is told of
/// the last days or hours.
///
/// # Errors
/// When the database refuses.
pub async fn trial(
    conn: &mut Conn,
    question: &Question,
    definition: &Definition,
    bounds: Bounds,
) -> Stored<(Micros, Value)> {
    let (shop, span) = (question.shop.id, (question.from, question.to));
    if (definition.is_kept() || definition.is_kept_by_unit())
        && let Some(kept) = KeptFigures::of_all(conn, question, std::slice::from_ref(definition)).await?
        && Reading::AsSuits.is_of_kept(conn, shop, span, kept.rounds()).await?
    {
        let told = kept.values(std::slice::from_ref(definition)).into_iter().next().flatten();
        if let Some(told) = told {
            return Ok((question.from, told.whole));
        }
    }
    let RulesTold { rules, .. } = figure_rules::find(conn, shop).await?;
    let begins = stretches::reach(conn, shop, span, bounds.most).await?;
    let begins = if begins > question.from { stretches::rounded(begins, question.to) } else { begins };
    let span = (begins, question.to);
    let asked = Question { from: begins, ..question.clone() };
    let mut counting = Counting::of(&asked, (begins, begins), std::iter::once(definition.clone()), false);
    let read = Read { shop: &question.shop, rules: &rules, span, now: question.now };
    stretches::each(conn, read, bounds, |stretch| counting.take(stretch)).await?;
    let value = counting.figures().into_iter().next().map(|figure| figure.value);
    Ok((begins, value.unwrap_or_default()))
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

/// Figures that are counted from the messages, stretch by stretch.
pub(super) struct Counting {
    span: (Micros, Micros),
    before: Before,
    only: Option<MemberId>,
    figures: Vec<Counted>,
}

/// What is counted of a figure.
struct Counted {
    definition: Definition,
    value: Tally,
    before: Tally,
    by_agent: BTreeMap<Option<MemberId>, Tally>,
    /// By opening hours, of a shop that has them.
    in_hours: Option<(Definition, Tally)>,
}

impl Counting {
    pub(super) fn of(
        question: &Question,
        before: Before,
        definitions: impl Iterator<Item = Definition>,
        has_hours: bool,
    ) -> Self {
        let figure = |definition: Definition| Counted {
            value: Tally::of(&definition),
            before: Tally::of(&definition),
            by_agent: BTreeMap::new(),
            in_hours: has_hours.then(|| by_hours(&definition)).map(|by_hours| (by_hours.clone(), Tally::of(&by_hours))),
            definition,
        };
        let (span, only) = ((question.from, question.to), question.only);
        Self { span, before, only, figures: definitions.map(figure).collect() }
    }

    /// Takes what happened in a stretch.
    pub(super) fn take(&mut self, stretch: &Stretch) {
        let (now, before) = (stretch.asked(self.span), stretch.asked(self.before));
        for figure in &mut self.figures {
            let Counted { definition, value, before: value_before, by_agent, in_hours } = figure;
            let cases = stretch.cases(definition);
            let cases: Vec<Case> = cases.filter(|case| self.only.is_none_or(|only| case.agent == Some(only))).collect();
            for (case, standing) in counted(definition, &cases, &now) {
                value.take(case, standing);
                by_agent.entry(case.agent).or_insert_with(|| Tally::of(definition)).take(case, standing);
            }
            counted(definition, &cases, &before).into_iter().for_each(|(case, it)| value_before.take(case, it));
            if let Some((by_hours, value)) = in_hours {
                counted(by_hours, &cases, &now).into_iter().for_each(|(case, standing)| value.take(case, standing));
            }
        }
    }

    /// The figures, in the order in which they were asked for.
    pub(super) fn figures(self) -> Vec<DefinedFigure> {
        let figure = |counted: Counted| {
            let Counted { definition, value, before, by_agent, in_hours } = counted;
            let by_agent = by_agent.into_iter().map(|(agent, tally)| (agent, tally.value()));
            DefinedFigure {
                definition,
                value: value.value(),
                in_hours: in_hours.map(|(_, tally)| tally.value()),
                before: before.value(),
                by_agent: by_agent.filter(|(_, value)| value.of > 0 || value.running > 0).collect(),
            }
        };
        self.figures.into_iter().map(figure).collect()
    }
}

/// The same figure over opening hours alone.
pub(super) fn by_hours(definition: &Definition) -> Definition {
    let is_time_of_answering =
        matches!(definition.subject, Subject::Response | Subject::FirstResponse | Subject::Handover);
    let hours = if is_time_of_answering { Hours::Opening } else { definition.hours };
    Definition { hours, clock: ClockRule::Opening, ..definition.clone() }
}
