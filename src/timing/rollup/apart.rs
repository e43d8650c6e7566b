//! Figures with rules that parts know nothing of: of sessions, of the end instead of the beginning, of other messages than the
//! first of a round, without what took less than a second or ended on a later day. Mostly such a figure counts what its
//! [plain](Definition::plain) one counts. So only that is kept in which the two differ, as times told by the figure's own clock.

use std::collections::BTreeMap;

use super::bytes::{Bytes, put_len};
use super::noted::{Measured, What};
use super::{CellOf, Change, Delta, Gross, Noted, Part, RollupFault, Row, Way, units};
use crate::model::Day;
use crate::timing::define::{Definition, Hours, HoursOf, LeaveOut, Merge, Statistic, Unit, Window};
use crate::timing::hours::{Open, OpenHours};
use crate::timing::life::{Case, Life, Subject};
use crate::timing::value::{is_in_hours, is_next_day, took};
use crate::timing::zone::Zone;

/// How the bytes begin.
const BEGINNING: u8 = 4;
/// What took less is left out where figures leave out what took no time, in microseconds.
const AT_ONCE_MICROS: i64 = crate::model::MICROS_PER_SECOND;

/// The rules of a figure that its plain one has not. Figures with the same rules, hours and clock are told of the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Apart {
    subject: Subject,
    merge: Merge,
    window: Window,
    hours_of: HoursOf,
    at_once: bool,
    next_day: bool,
    session_gap_seconds: Option<u32>,
}

impl Definition {
    /// Its rules beyond those of its plain figure, if it has such.
    #[must_use]
    pub fn apart(&self) -> Option<Apart> {
        let hours_of = if self.hours == Hours::Any { HoursOf::Case } else { self.hours_of };
        let asks_for_sessions = self.subject == Subject::FirstResponse || hours_of == HoursOf::Session;
        let LeaveOut { at_once, next_day, not_ended: _ } = self.leave_out;
        let session_gap_seconds = self.session_gap_seconds.filter(|_| asks_for_sessions);
        let (merge, window, subject) = (self.merging(), self.window, self.subject);
        let is_plain = merge == Merge::First
            && window == Window::Begin
            && hours_of == HoursOf::Case
            && !at_once
            && !next_day
            && session_gap_seconds.is_none();
        (!is_plain).then_some(Apart { subject, merge, window, hours_of, at_once, next_day, session_gap_seconds })
    }

    /// The same figure without the rules that parts know nothing of.
    #[must_use]
    pub fn plain(&self) -> Self {
        Self {
            merge: Merge::First,
            window: Window::Begin,
            hours_of: HoursOf::Case,
            leave_out: LeaveOut { at_once: false, next_day: false, ..self.leave_out },
            session_gap_seconds: None,
            ..self.clone()
        }
    }
}

/// By which clocks and hours the cases of a life are looked at.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The clocks of the place.
    pub zone: &'a Zone,
    /// When somebody is there.
    pub open: &'a OpenHours,
    /// The hours of each day that a figure asks for, if it asks for such.
    pub daily: Option<&'a Open>,
}

/// What a life counts for under a figure, and under its plain one instead: each where it belongs, by the figure's own clock.
/// What is in both stands in both; a [delta](Delta) of the two leaves it out.
#[must_use]
pub fn noted_apart(
    definition: &Definition,
    plain: &Definition,
    life: &Life,
    at: Around<'_>,
) -> (Vec<Noted>, Vec<Noted>) {
    (noted_of(definition, life, at), noted_of(plain, life, at))
}

pub(super) fn noted_of(definition: &Definition, life: &Life, at: Around<'_>) -> Vec<Noted> {
    let cases = life.cases_of(definition);
    cases.iter().filter_map(|case| noted_case(definition, case, at)).collect()
}

fn noted_case(definition: &Definition, case: &Case, Around { zone, open, daily }: Around<'_>) -> Option<Noted> {
    let moment = definition.moment(case).filter(|_| is_in_hours(definition, case, open, daily))?;
    let took = case.until.map(|until| took(definition, case, until, open));
    let LeaveOut { at_once, next_day, not_ended: _ } = definition.leave_out;
    let is_left_out =
        took.is_some_and(|micros| at_once && micros < AT_ONCE_MICROS) || (next_day && is_next_day(case, zone));
    (!is_left_out).then(|| Noted {
        at: moment,
        of: CellOf { agent: case.agent, team: case.team, channel: case.channel },
        what: What::told(Measured::of(definition.subject), took, case.left_at.is_some()),
        many: 1,
        open_ms: None,
    })
}

impl Measured {
    /// Under what a subject stands where first rounds and later ones are not told apart.
    pub(super) const fn of(subject: Subject) -> Self {
        match subject {
            Subject::Response | Subject::FirstResponse => Self::FirstRound,
            Subject::Handover => Self::Handover,
            Subject::Handling => Self::Handling,
            Subject::Resolution => Self::Resolution,
        }
    }
}

/// In what a figure and its plain one differ on a day of UTC: how many more of a row the figure counts, or how many fewer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differing(BTreeMap<CellOf, BTreeMap<Row, i64>>);

impl Differing {
    /// The one of these bytes; of none, one without anything.
    ///
    /// # Errors
    /// When the bytes are none.
    pub fn unpacked(bytes: &[u8]) -> Result<Self, RollupFault> {
        let mut differing = Self::default();
        if units::are_packed(bytes) {
            return units::unpacked(bytes).map(Self);
        }
        let (more, less) = more_and_less(bytes)?;
        for (bytes, sign) in [(more, 1), (less, -1)] {
            for (cell, rows) in Part::unpacked(bytes)?.cells() {
                let there = differing.0.entry(*cell).or_default();
                there.extend(rows.iter().map(|(row, many)| (*row, sign * i64::from(*many))));
            }
        }
        Ok(differing)
    }

    /// Adds what a delta says of this day.
    pub fn change(&mut self, delta: &Delta, day: Day) {
        for (_, cell, row, Change { by, .. }) in delta.rows().filter(|(of, ..)| *of == day) {
            let rows = self.0.entry(*cell).or_default();
            let many = rows.entry(row).or_default();
            *many += by;
            if *many == 0 {
                rows.remove(&row);
                if rows.is_empty() {
                    self.0.remove(cell);
                }
            }
        }
    }

    /// It in few bytes, none where there is nothing. What is equal has equal bytes.
    ///
    /// # Errors
    /// When there are more of a row than can be.
    pub fn packed(&self) -> Result<Vec<u8>, RollupFault> {
        let mut bytes = Vec::new();
        let Some(first) = self.0.values().flat_map(BTreeMap::keys).next() else { return Ok(bytes) };
        if first.what.unit().is_some() {
            return units::packed(&self.0);
        }
        let (more, less) = (self.of_sign(1)?.packed(), self.of_sign(-1)?.packed());
        bytes.push(BEGINNING);
        put_len(&mut bytes, more.len());
        bytes.extend_from_slice(&more);
        bytes.extend_from_slice(&less);
        Ok(bytes)
    }

    fn of_sign(&self, sign: i64) -> Result<Part, RollupFault> {
        let mut part = Part::default();
        for (cell, rows) in &self.0 {
            for (row, many) in rows.iter().filter(|(_, many)| many.signum() == sign) {
                part.put(*cell, *row, u32::try_from(many.unsigned_abs()).map_err(|_| RollupFault::NotThere)?);
            }
        }
        Ok(part)
    }
}

/// The packed part of what a figure counts more, and of what it counts less.
///
/// # Errors
/// When the bytes are not those of what [differs](Differing).
pub fn more_and_less(bytes: &[u8]) -> Result<(&[u8], &[u8]), RollupFault> {
    let mut bytes = Bytes(bytes);
    if bytes.is_done() {
        return Ok((&[], &[]));
    }
    if bytes.byte()? != BEGINNING {
        return Err(RollupFault::Bytes);
    }
    Ok((bytes.run()?, bytes.0))
}

impl Way {
    /// The same of the plain figure.
    #[must_use]
    pub const fn plain(self) -> Self {
        Self { apart: None, ..self }
    }
}

impl Apart {
    /// As much of what the plain figure counts as it is told of.
    #[must_use]
    pub fn plain(self, plain: &Gross) -> Gross {
        plain.alone(self.subject)
    }

    /// What the plain figure counts with what this one counts more, and without what it counts less; seen by the clock of the
    /// way in which the plain one is told.
    ///
    /// # Errors
    /// When something should be left out that is not there.
    pub fn applied(self, way: Way, plain: &Gross, more: &Gross, less: &Gross) -> Result<Gross, RollupFault> {
        let by_clock = |gross: &Gross| if way.counts_open() { gross.by_open_clock() } else { gross.clone() };
        let mut gross = plain.alone(self.subject);
        gross.merge(&by_clock(more));
        gross.lessen(&by_clock(less))?;
        Ok(gross)
    }
}

/// Whether a figure can be told from what is kept at all.
pub(super) fn can_be_kept(definition: &Definition) -> bool {
    // The longest time is not known any more once another was taken from among them.
    definition.unit == Unit::Case && (definition.apart().is_none() || definition.statistic != Statistic::Longest)
}
