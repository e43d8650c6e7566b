//! What a definition says of cases: one number, and of how many it is said.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::define::{ClockRule, Definition, Hours, HoursOf, Statistic, Unit};
use super::hours::{LAID_OUT_DAYS_MAX, Open, OpenHours, OpeningHours};
use super::life::Case;
use super::quantile;
use super::zone::Zone;
use crate::model::{ConversationId, CustomerId, MICROS_PER_SECOND, Micros};

/// What is asked about: a span of time, seen from a moment, at a place, with the hours of whoever answers there.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The span begins here.
    pub from: Micros,
    /// It ends before this.
    pub to: Micros,
    /// Now: what has not ended has waited until then.
    pub now: Micros,
    /// The clocks of the place.
    pub zone: &'a Zone,
    /// When somebody is there, laid out from before the first case to now.
    pub open: &'a OpenHours,
}

/// A figure: what is said, and of how many. Where there is nothing to say it of, it says nothing: neither 0 nor 100 %.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// Of how many it is said: cases, conversations or shoppers, as the unit is.
    pub of: u32,
    /// How many of them ended; of a share, how many did as it asks.
    pub met: u32,
    /// How many did not end: they were left, or, of a share, have waited longer than it allows and count as failed.
    pub not_ended: u32,
    /// How many may still end, of a share within their time: they count later.
    pub running: u32,
    /// The time, in milliseconds, of a statistic that is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ms: Option<i64>,
}

impl Value {
    /// The share that did as is asked, from 0 to 1; `None` where there is nothing to say it of.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.of > 0).then(|| f64::from(self.met) / f64::from(self.of))
    }
}

/// How a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It ended, after so many microseconds.
    Ended(i64),
    /// It did not end in time, or never will.
    NotEnded,
    /// It may still end in time.
    Running,
}

/// The figure that a definition makes of cases of its subject. Cases that lie outside the span are passed over.
#[must_use]
pub fn value(definition: &Definition, cases: &[Case], asked: &Asked<'_>) -> Value {
    let mut tally = Tally::of(definition);
    counted(definition, cases, asked).into_iter().for_each(|(case, standing)| tally.take(case, standing));
    tally.value()
}

/// The very cases that a figure is made of, and how each stands.
#[must_use]
pub fn counted<'c>(definition: &Definition, cases: &'c [Case], asked: &Asked<'_>) -> Vec<(&'c Case, Standing)> {
    let daily = daily_hours(definition, cases, asked);
    cases
        .iter()
        .filter(|case| belongs(definition, case, asked, daily.as_ref()))
        .map(|case| (case, standing(definition, case, asked)))
        .filter(|(case, standing)| !is_left_out(definition, case, *standing, asked))
        .collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum UnitId {
    Conversation(ConversationId),
    Customer(CustomerId),
}

/// The hours of each day in which cases begin. One that ended in the span may have begun long before it.
fn daily_hours(definition: &Definition, cases: &[Case], asked: &Asked<'_>) -> Option<Open> {
    let Hours::Daily(span) = definition.hours else { return None };
    let within = cases.iter().filter(|case| is_within(definition, case, asked));
    let begun: Vec<Micros> = within.map(|case| moment_for_hours(definition, case)).collect();
    let latest = begun.iter().max()?.plus_seconds(1);
    let earliest = latest.plus_seconds(-(LAID_OUT_DAYS_MAX - 2) * 86_400).max(*begun.iter().min()?);
    Some(OpeningHours::daily(span.from, span.to).laid_out(asked.zone, earliest, latest))
}

/// The moment that hours are asked of.
const fn moment_for_hours(definition: &Definition, case: &Case) -> Micros {
    match definition.hours_of {
        HoursOf::Case => case.from,
        HoursOf::Session => case.session_from,
    }
}

fn is_within(definition: &Definition, case: &Case, asked: &Asked<'_>) -> bool {
    definition.moment(case).is_some_and(|moment| (asked.from..asked.to).contains(&moment))
}

fn belongs(definition: &Definition, case: &Case, asked: &Asked<'_>, daily: Option<&Open>) -> bool {
    is_within(definition, case, asked) && is_in_hours(definition, case, asked.open, daily)
}

/// Whether a case, or its session, began in the hours that are asked for.
pub(super) fn is_in_hours(definition: &Definition, case: &Case, open: &OpenHours, daily: Option<&Open>) -> bool {
    match definition.hours {
        Hours::Any => true,
        Hours::Opening => open.of(case.team, case.channel).at(moment_for_hours(definition, case)),
        Hours::Daily(_) => daily.is_some_and(|daily| daily.at(moment_for_hours(definition, case))),
    }
}

/// How long a case took until a moment, by the figure's clock, in microseconds.
pub(super) fn took(definition: &Definition, case: &Case, until: Micros, open: &OpenHours) -> i64 {
    match definition.clock {
        ClockRule::Wall => until.since(case.from),
        ClockRule::Opening => open.of(case.team, case.channel).between(case.from, until),
    }
}

/// Whether a case ended on a later day than it began, by the clocks of the place.
pub(super) fn is_next_day(case: &Case, zone: &Zone) -> bool {
    case.until.is_some_and(|until| zone.local(until).day > zone.local(case.from).day)
}

fn standing(definition: &Definition, case: &Case, asked: &Asked<'_>) -> Standing {
    let waited = |until| took(definition, case, until, asked.open);
    let Some(until) = case.until else {
        let limit = i64::from(definition.threshold_seconds.unwrap_or(0)) * MICROS_PER_SECOND;
        let is_over = match definition.statistic {
            Statistic::ShareWithin | Statistic::ShareEnded => waited(asked.now) > limit,
            Statistic::Number => true,
            _ => false,
        };
        let is_over = is_over || case.left_at.is_some();
        return if is_over { Standing::NotEnded } else { Standing::Running };
    };
    let cap = definition.cap_seconds.filter(|_| definition.statistic.is_time());
    let cap = cap.map_or(i64::MAX, |seconds| i64::from(seconds) * MICROS_PER_SECOND);
    Standing::Ended(waited(until).min(cap))
}

fn is_left_out(definition: &Definition, case: &Case, standing: Standing, asked: &Asked<'_>) -> bool {
    let leave_out = definition.leave_out;
    match standing {
        Standing::Ended(micros) => {
            (leave_out.at_once && micros < MICROS_PER_SECOND) || (leave_out.next_day && is_next_day(case, asked.zone))
        }
        Standing::NotEnded => leave_out.not_ended,
        Standing::Running => false,
    }
}

/// Whether a case did as a share asks: ended, and within the threshold where there is one.
#[must_use]
pub fn does(definition: &Definition, standing: Standing) -> bool {
    let Standing::Ended(micros) = standing else { return false };
    match (definition.statistic, definition.threshold_seconds) {
        (Statistic::ShareWithin, Some(seconds)) => micros <= i64::from(seconds) * MICROS_PER_SECOND,
        _ => true,
    }
}

/// A figure that is counted case by case: of many no more is kept than it needs. Each case is taken once, and those of a span
/// in any order.
#[derive(Debug, Clone)]
pub struct Tally {
    definition: Definition,
    ended: u32,
    met: u32,
    not_ended: u32,
    running: u32,
    /// Where the figure is a time.
    times: Vec<i64>,
    /// Where conversations or shoppers are counted.
    units: BTreeMap<UnitId, UnitTally>,
}

/// The cases of a conversation or a shopper.
#[derive(Debug, Clone, Copy, Default)]
struct UnitTally {
    has_failed: bool,
    has_not_ended: bool,
    is_running: bool,
}

impl Tally {
    /// Nothing counted yet.
    #[must_use]
    pub fn of(definition: &Definition) -> Self {
        let (times, units) = (Vec::new(), BTreeMap::new());
        Self { definition: definition.clone(), ended: 0, met: 0, not_ended: 0, running: 0, times, units }
    }

    /// Takes one of the cases that [are counted](counted), and how it stands.
    pub fn take(&mut self, case: &Case, standing: Standing) {
        let is_met = does(&self.definition, standing);
        if let Some(unit) = unit(self.definition.unit, case) {
            let unit = self.units.entry(unit).or_default();
            unit.has_failed |= standing != Standing::Running && !is_met;
            unit.has_not_ended |= standing == Standing::NotEnded;
            unit.is_running |= standing == Standing::Running;
            return;
        }
        self.met += u32::from(is_met);
        match standing {
            Standing::Ended(micros) => {
                self.ended += 1;
                self.times.extend(self.definition.statistic.is_time().then_some(micros));
            }
            Standing::NotEnded => self.not_ended += 1,
            Standing::Running => self.running += 1,
        }
    }

    /// What it says.
    #[must_use]
    pub fn value(mut self) -> Value {
        let Self { ended, met, not_ended, running, .. } = self;
        if self.definition.unit != Unit::Case {
            return of_units(self.units.values());
        }
        if !self.definition.statistic.is_time() {
            return Value { of: ended + not_ended, met, not_ended, running, ms: None };
        }
        self.times.sort_unstable();
        let ms = time(self.definition.statistic, &self.times).map(to_ms);
        Value { of: ended, met: ended, not_ended, running, ms }
    }
}

/// The conversation or the shopper that is counted, where it is not the case itself.
fn unit(unit: Unit, case: &Case) -> Option<UnitId> {
    let conversation = UnitId::Conversation(case.conversation);
    match unit {
        Unit::Case => None,
        Unit::Conversation => Some(conversation),
        Unit::Customer => Some(case.customer.map_or(conversation, UnitId::Customer)),
    }
}

/// Of conversations or shoppers: one whose cases all did counts as one that did; one with a case that did not as one that
/// did not; one of which some still run, and none failed, counts later.
fn of_units<'u>(units: impl Iterator<Item = &'u UnitTally>) -> Value {
    let mut value = Value::default();
    for unit in units {
        let is_later = unit.is_running && !unit.has_failed;
        value.of += u32::from(!is_later);
        value.running += u32::from(is_later);
        value.met += u32::from(!is_later && !unit.has_failed);
        value.not_ended += u32::from(unit.has_not_ended);
    }
    value
}

fn time(statistic: Statistic, sorted: &[i64]) -> Option<i64> {
    match statistic {
        Statistic::Median => quantile(sorted, 50),
        Statistic::P90 => quantile(sorted, 90),
        Statistic::P95 => quantile(sorted, 95),
        Statistic::Mean => {
            let total: i128 = sorted.iter().map(|micros| i128::from(*micros)).sum();
            let many = i128::try_from(sorted.len()).ok().filter(|many| *many > 0)?;
            i64::try_from(total / many).ok()
        }
        Statistic::Longest => sorted.last().copied(),
        Statistic::ShareWithin | Statistic::ShareEnded | Statistic::Number => None,
    }
}

const fn to_ms(micros: i64) -> i64 {
    micros.saturating_add(500) / 1_000
}
