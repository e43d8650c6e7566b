//! The figures once more, slowly and so that nobody doubts them: each thing is found by looking through everything that
//! happened. It shares the types of the core, and none of its rules.

use std::collections::BTreeMap;

use qinda::model::{ChannelId, Day, MemberId, Micros, TeamId};
use qinda::timing::{
    ByPlace, ClockRule, DaySpan, Definition, Happened, Hours, HoursOf, Life, Merge, OpeningHours, Statistic, Subject,
    Unit, Value, What, Window, Zone,
};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const DAY_MINUTES: u32 = 24 * 60;

/// What is waited for.
#[derive(Clone, Debug)]
pub struct Wait {
    /// The unit it belongs to when conversations are counted.
    pub conversation: String,
    /// The unit it belongs to when shoppers are counted.
    pub shopper: String,
    pub team: TeamId,
    pub channel: ChannelId,
    pub agent: Option<MemberId>,
    pub from: Micros,
    pub session_from: Micros,
    pub until: Option<Micros>,
    pub left: bool,
}

/// What is asked about.
pub struct Question<'q> {
    pub from: Micros,
    pub to: Micros,
    pub now: Micros,
    pub zone: &'q Zone,
    pub hours: &'q OpeningHours,
    pub own_hours: &'q ByPlace<OpeningHours>,
}

impl Question<'_> {
    /// The hours of the channel if it has any, otherwise those of the team if it has any, otherwise the shop's.
    fn hours_of(&self, wait: &Wait) -> &OpeningHours {
        if let Some((_, hours)) = self.own_hours.channels.iter().find(|(channel, _)| **channel == wait.channel) {
            return hours;
        }
        let of_team = self.own_hours.teams.iter().find(|(team, _)| **team == wait.team);
        of_team.map_or(self.hours, |(_, hours)| hours)
    }
}

fn is_asked(what: What) -> bool {
    what == What::Asked
}

fn answered_by(what: What) -> Option<MemberId> {
    if let What::Answered { by, .. } = what { Some(by) } else { None }
}

/// Where the rounds begin: at each message of a shopper unless, of all that was said or closed, another one came last.
fn beginnings(life: &Life) -> Vec<usize> {
    let mut beginnings = Vec::new();
    for (index, it) in life.happened.iter().enumerate() {
        if !is_asked(it.what) {
            continue;
        }
        let counts = |what: What| is_asked(what) || answered_by(what).is_some() || what == What::Closed;
        let last = life.happened[..index].iter().rev().find(|before| counts(before.what));
        if last.is_none_or(|last| !is_asked(last.what)) {
            beginnings.push(index);
        }
    }
    beginnings
}

/// Whose the conversation is after the first so many things happened: the one it was last given to; or, when it was given
/// to nobody, the first who answered since.
fn owner(life: &Life, happened: usize) -> Option<MemberId> {
    let so_far = &life.happened[..happened];
    let given = so_far.iter().rposition(|it| matches!(it.what, What::Given(_)));
    if let Some(What::Given(Some(to))) = given.map(|given| so_far[given].what) {
        return Some(to);
    }
    so_far[given.map_or(0, |given| given + 1)..].iter().find_map(|it| answered_by(it.what))
}

/// The moments at which sessions begin, with where they do.
fn sessions(life: &Life, gap_seconds: Option<u32>) -> Vec<usize> {
    let beginnings = beginnings(life);
    let mut sessions = Vec::new();
    for (number, begins) in beginnings.iter().enumerate() {
        if number == 0 {
            sessions.push(*begins);
            continue;
        }
        let between = &life.happened[beginnings[number - 1]..*begins];
        let closed = between.iter().rev().find(|it| it.what == What::Closed);
        let is_long = |closed: &Happened, gap| life.happened[*begins].at.0 - closed.at.0 > i64::from(gap) * SECOND;
        if closed.zip(gap_seconds).is_some_and(|(closed, gap): (_, u32)| is_long(closed, gap)) {
            sessions.push(*begins);
        }
    }
    sessions
}

pub fn waits(life: &Life, definition: &Definition) -> Vec<Wait> {
    let Definition { subject, session_gap_seconds: gap_seconds, .. } = *definition;
    match subject {
        Subject::Response | Subject::FirstResponse => responses(life, definition),
        Subject::Handover => handovers(life, gap_seconds),
        Subject::Handling => {
            let Some(first) = life.happened.iter().position(|it| answered_by(it.what).is_some()) else {
                return Vec::new();
            };
            let agent = owner(life, life.happened.len()).or(answered_by(life.happened[first].what));
            vec![Wait { until: last_closing(life), ..wait(life, gap_seconds, first, agent) }]
        }
        Subject::Resolution => {
            let Some(first) = life.happened.iter().position(|it| is_asked(it.what)) else { return Vec::new() };
            let was_answered = life.happened[first..].iter().any(|it| answered_by(it.what).is_some());
            let closed = last_closing(life);
            let until = closed.filter(|_| was_answered);
            let left = closed.is_some() && !was_answered;
            vec![Wait { until, left, ..wait(life, gap_seconds, first, owner(life, life.happened.len())) }]
        }
    }
}

fn wait(life: &Life, gap_seconds: Option<u32>, begins: usize, agent: Option<MemberId>) -> Wait {
    let conversation = format!("{:?}", life.conversation);
    let from = life.happened[begins].at;
    let begun = sessions(life, gap_seconds).into_iter().map(|session| life.happened[session].at);
    Wait {
        shopper: life.customer.map_or(format!("alone in {conversation}"), |customer| format!("{customer:?}")),
        conversation,
        team: life.team,
        channel: life.channel,
        agent,
        from,
        session_from: begun.filter(|begun| *begun <= from).max().unwrap_or(from),
        until: None,
        left: false,
    }
}

/// The last closing, unless somebody wrote after it.
fn last_closing(life: &Life) -> Option<Micros> {
    let closing = life.happened.iter().rposition(|it| it.what == What::Closed)?;
    let wrote = |what: What| is_asked(what) || answered_by(what).is_some();
    let nobody_wrote = !life.happened[closing..].iter().any(|it| wrote(it.what));
    nobody_wrote.then_some(life.happened[closing].at)
}

/// Which of what the shopper wrote in a round is a case.
fn questions(life: &Life, begins: usize, ends: usize, merge: Merge) -> Vec<usize> {
    let mut asked: Vec<usize> = (begins..ends).filter(|index| is_asked(life.happened[*index].what)).collect();
    match merge {
        Merge::First => asked.truncate(1),
        Merge::Last => asked = vec![*asked.last().unwrap()],
        Merge::Each => {}
    }
    asked
}

fn responses(life: &Life, definition: &Definition) -> Vec<Wait> {
    let Definition { subject, session_gap_seconds: gap_seconds, merge, .. } = *definition;
    let beginnings = beginnings(life);
    let sessions = sessions(life, gap_seconds);
    let mut waits = Vec::new();
    for (number, begins) in beginnings.iter().enumerate() {
        if subject == Subject::FirstResponse && !sessions.contains(begins) {
            continue;
        }
        let ends = beginnings.get(number + 1).copied().unwrap_or(life.happened.len());
        let session = sessions.iter().rev().find(|session| *session <= begins).unwrap();
        let answer = (*begins..ends).find(|index| answered_by(life.happened[*index].what).is_some());
        let closing = (*begins..ends).find(|index| life.happened[*index].what == What::Closed);
        let agent = match answer {
            Some(answer) => answered_by(life.happened[answer].what),
            None => owner(life, closing.unwrap_or(ends)),
        };
        let case = |asked: usize| Wait {
            until: answer.map(|answer| life.happened[answer].at),
            left: answer.is_none() && closing.is_some(),
            session_from: life.happened[*session].at,
            ..wait(life, gap_seconds, asked, agent)
        };
        waits.extend(questions(life, *begins, ends, merge).into_iter().map(case));
    }
    waits
}

fn handovers(life: &Life, gap_seconds: Option<u32>) -> Vec<Wait> {
    let mut waits = Vec::new();
    for (index, it) in life.happened.iter().enumerate() {
        let What::Given(Some(to)) = it.what else { continue };
        if owner(life, index).is_none_or(|before| before == to) {
            continue;
        }
        let mut handover = wait(life, gap_seconds, index, Some(to));
        for later in &life.happened[index + 1..] {
            match later.what {
                What::Answered { by, .. } if by == to => handover.until = Some(later.at),
                What::Closed => handover.left = true,
                What::Given(other) if other != Some(to) => handover.left = true,
                _ => continue,
            }
            break;
        }
        waits.push(handover);
    }
    waits
}

/// Whether hours are open, told from the clocks on the wall. Where clocks are set back over the edge of a span this is not
/// the whole truth; the hours of these tests begin and end where no clock is ever changed.
pub fn is_open(hours: &OpeningHours, zone: &Zone, at: Micros) -> bool {
    let shown = zone.local(at);
    let minute = shown.minute();
    let spans = |day: Day| hours.special.get(&day).unwrap_or(&hours.week[day.weekday()]);
    let holds = |span: &DaySpan, minute: u32| span.from <= minute && minute < span.to;
    spans(shown.day).iter().any(|span| holds(span, minute))
        || spans(shown.day.plus(-1)).iter().any(|span| holds(span, minute + DAY_MINUTES))
}

/// How long it was open, minute by minute.
pub fn open_between(hours: &OpeningHours, zone: &Zone, from: Micros, to: Micros) -> i64 {
    let (mut at, mut open) = (from, 0);
    while at < to {
        let next = Micros((at.0.div_euclid(MINUTE) + 1) * MINUTE).min(to);
        if is_open(hours, zone, at) {
            open += next.0 - at.0;
        }
        at = next;
    }
    open
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    After(i64),
    Never,
    Maybe,
}

pub fn reference(definition: &Definition, lives: &[Life], question: &Question<'_>) -> Value {
    let waits = lives.iter().flat_map(|life| waits(life, definition));
    let counted: Vec<(Wait, End)> = waits
        .filter(|wait| is_asked_about(definition, wait, question))
        .map(|wait| (wait.clone(), end(definition, &wait, question)))
        .filter(|(wait, end)| !is_left_out(definition, wait, *end, question))
        .collect();
    match definition.unit {
        Unit::Case => of_all(definition, &counted),
        Unit::Conversation => of_units(definition, &counted, |wait| wait.conversation.clone()),
        Unit::Customer => of_units(definition, &counted, |wait| wait.shopper.clone()),
    }
}

fn is_asked_about(definition: &Definition, wait: &Wait, question: &Question<'_>) -> bool {
    let moment = if definition.window == Window::Begin { Some(wait.from) } else { wait.until };
    let Some(moment) = moment else { return false };
    let of_hours = if definition.hours_of == HoursOf::Case { wait.from } else { wait.session_from };
    let in_hours = match definition.hours {
        Hours::Any => true,
        Hours::Opening => is_open(question.hours_of(wait), question.zone, of_hours),
        Hours::Daily(DaySpan { from, to }) => is_open(&OpeningHours::daily(from, to), question.zone, of_hours),
    };
    question.from <= moment && moment < question.to && in_hours
}

fn end(definition: &Definition, wait: &Wait, question: &Question<'_>) -> End {
    let measured = |until: Micros| match definition.clock {
        ClockRule::Wall => (until.0 - wait.from.0).max(0),
        ClockRule::Opening => open_between(question.hours_of(wait), question.zone, wait.from, until),
    };
    let is_share = matches!(definition.statistic, Statistic::ShareWithin | Statistic::ShareEnded);
    match wait.until {
        Some(until) => match definition.cap_seconds {
            Some(cap) if !is_share && definition.statistic != Statistic::Number => {
                End::After(measured(until).min(i64::from(cap) * SECOND))
            }
            _ => End::After(measured(until)),
        },
        None if wait.left || definition.statistic == Statistic::Number => End::Never,
        None if is_share && measured(question.now) > i64::from(definition.threshold_seconds.unwrap_or(0)) * SECOND => {
            End::Never
        }
        None => End::Maybe,
    }
}

fn is_left_out(definition: &Definition, wait: &Wait, end: End, question: &Question<'_>) -> bool {
    match end {
        End::Never => definition.leave_out.not_ended,
        End::Maybe => false,
        End::After(micros) => {
            let until = wait.until.unwrap();
            let next_day = question.zone.local(until).day > question.zone.local(wait.from).day;
            (definition.leave_out.at_once && micros < SECOND) || (definition.leave_out.next_day && next_day)
        }
    }
}

fn is_well(definition: &Definition, end: End) -> bool {
    match end {
        End::After(micros) if definition.statistic == Statistic::ShareWithin => {
            micros <= i64::from(definition.threshold_seconds.unwrap()) * SECOND
        }
        End::After(_) => true,
        End::Never | End::Maybe => false,
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap()
}

fn of_all(definition: &Definition, counted: &[(Wait, End)]) -> Value {
    let mut times: Vec<i64> = Vec::new();
    for (_, end) in counted {
        if let End::After(micros) = end {
            times.push(*micros);
        }
    }
    times.sort_unstable();
    let not_ended = number(counted.iter().filter(|(_, end)| *end == End::Never).count());
    let running = number(counted.iter().filter(|(_, end)| *end == End::Maybe).count());
    let ended = number(times.len());
    match definition.statistic {
        Statistic::ShareWithin | Statistic::ShareEnded | Statistic::Number => {
            let met = number(counted.iter().filter(|(_, end)| is_well(definition, *end)).count());
            Value { of: ended + not_ended, met, not_ended, running, ms: None }
        }
        statistic => Value { of: ended, met: ended, not_ended, running, ms: told(statistic, &times) },
    }
}

/// A time in milliseconds; percentiles as a spreadsheet's PERCENTILE.
fn told(statistic: Statistic, sorted: &[i64]) -> Option<i64> {
    let percentile = |percent: i128| {
        let hundredths = i128::try_from(sorted.len() - 1).unwrap() * percent;
        let place = usize::try_from(hundredths / 100).unwrap();
        let low = i128::from(sorted[place]);
        let high = i128::from(*sorted.get(place + 1).unwrap_or(&sorted[place]));
        low + (high - low) * (hundredths % 100) / 100
    };
    if sorted.is_empty() {
        return None;
    }
    let micros = match statistic {
        Statistic::Median => percentile(50),
        Statistic::P90 => percentile(90),
        Statistic::P95 => percentile(95),
        Statistic::Longest => i128::from(*sorted.iter().max().unwrap()),
        _ => sorted.iter().map(|micros| i128::from(*micros)).sum::<i128>() / i128::try_from(sorted.len()).unwrap(),
    };
    i64::try_from((micros + 500) / 1_000).ok()
}

/// Whoever has a case that failed, failed; whoever has none, and one that may still end, counts later; the others did well.
fn of_units(definition: &Definition, counted: &[(Wait, End)], unit: impl Fn(&Wait) -> String) -> Value {
    let mut units = BTreeMap::<String, Vec<End>>::new();
    for (wait, end) in counted {
        units.entry(unit(wait)).or_default().push(*end);
    }
    let mut value = Value::default();
    for ends in units.values() {
        let has_failed = ends.iter().any(|end| *end != End::Maybe && !is_well(definition, *end));
        let may_fail = ends.contains(&End::Maybe);
        match (has_failed, may_fail) {
            (true, _) => {
                value.of += 1;
                value.not_ended += u32::from(ends.contains(&End::Never));
            }
            (false, true) => value.running += 1,
            (false, false) => {
                value.of += 1;
                value.met += 1;
            }
        }
    }
    value
}
