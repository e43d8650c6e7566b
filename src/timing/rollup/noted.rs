//! What the life of a conversation counts for.

use super::slot_of;
use crate::model::{ChannelId, Day, MemberId, Micros, TeamId};
use crate::timing::hours::Open;
use crate::timing::life::{Happened, Life, Subject, What as Happening};
use crate::timing::rounds::{Round, rounds};

const MICROS_PER_MS: i64 = 1_000;
/// Each of what is measured has so many ways to stand.
pub(super) const STANDINGS: u8 = 3;
const MORE_QUESTIONS: u8 = Measured::ALL.len() as u8 * STANDINGS;
const REPLIES: u8 = MORE_QUESTIONS + 1;
/// So many codes mean something …
pub(super) const CODES: u8 = REPLIES + 1;
/// … and from here on those of [units](super::units) do, which stand beside the parts.
const UNITS: u8 = CODES;

/// Whose something is and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellOf {
    /// The agent, as [`Case::agent`](crate::timing::Case::agent) tells it; nobody yet.
    pub agent: Option<MemberId>,
    /// The team.
    pub team: TeamId,
    /// Where the shopper wrote.
    pub channel: ChannelId,
}

/// What is measured and kept apart. A response is a first round or a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measured {
    FirstRound,
    LaterRound,
    Handover,
    Handling,
    Resolution,
}

impl Measured {
    pub(super) const ALL: [Self; 5] =
        [Self::FirstRound, Self::LaterRound, Self::Handover, Self::Handling, Self::Resolution];

    /// Whether it is among the cases of a subject.
    pub(super) const fn is_of(self, subject: Subject) -> bool {
        match subject {
            Subject::Response => self.is_round(),
            Subject::FirstResponse => matches!(self, Self::FirstRound),
            Subject::Handover => matches!(self, Self::Handover),
            Subject::Handling => matches!(self, Self::Handling),
            Subject::Resolution => matches!(self, Self::Resolution),
        }
    }

    pub(super) const fn is_round(self) -> bool {
        matches!(self, Self::FirstRound | Self::LaterRound)
    }
}

/// What is kept of something that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct What {
    code: u8,
    ms: u64,
}

/// How what is measured stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// It ended, after so many milliseconds.
    Ended(u64),
    /// It was left.
    Left,
    /// It may end still.
    Open,
}

/// What a code and a time mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    Measured(Measured, Stands),
    MoreQuestions,
    Replies,
}

impl What {
    fn measured(measured: Measured, (from, until, left_at): (Micros, Option<Micros>, Option<Micros>)) -> Self {
        Self::told(measured, until.map(|until| until.since(from)), left_at.is_some())
    }

    /// What took so many microseconds, or was left or not.
    pub(super) fn told(measured: Measured, took: Option<i64>, is_left: bool) -> Self {
        let code = measured as u8 * STANDINGS;
        match took {
            Some(micros) => Self { code, ms: ms(micros) },
            None if is_left => Self { code: code + 1, ms: 0 },
            None => Self { code: code + 2, ms: 0 },
        }
    }

    pub(super) const fn of_code(code: u8, ms: u64) -> Self {
        Self { code, ms }
    }

    /// A case of a unit, by its number, and how it stands.
    pub(super) const fn of_unit(standing: u8, unit: u64) -> Self {
        Self { code: UNITS + standing, ms: unit }
    }

    /// How the case of a unit stands, and the number of the unit; `None` for all else.
    pub(super) fn unit(self) -> Option<(u8, u64)> {
        Some((self.code.checked_sub(UNITS)?, self.ms))
    }

    pub(super) const fn code(self) -> u8 {
        self.code
    }

    pub(super) const fn ms(self) -> u64 {
        self.ms
    }

    /// Whether it is a message that a member wrote.
    #[must_use]
    pub const fn is_reply(self) -> bool {
        self.code == REPLIES
    }

    /// Whether a time goes with a code.
    pub(super) const fn has_time(code: u8) -> bool {
        code < MORE_QUESTIONS && code.is_multiple_of(STANDINGS)
    }

    pub(super) const fn means(self) -> Means {
        match self.code {
            MORE_QUESTIONS => Means::MoreQuestions,
            code if code >= REPLIES => Means::Replies,
            code => {
                let stands = match code % STANDINGS {
                    0 => Stands::Ended(self.ms),
                    1 => Stands::Left,
                    _ => Stands::Open,
                };
                Means::Measured(Measured::ALL[(code / STANDINGS) as usize], stands)
            }
        }
    }
}

/// Something that counts, in its slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// The slot of its day.
    pub slot: u16,
    /// What it is.
    pub what: What,
}

/// Something that counts, at its moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noted {
    /// When it began.
    pub at: Micros,
    /// Whose it is.
    pub of: CellOf,
    /// What it is.
    pub what: What,
    /// How many there are of it.
    pub many: u32,
    /// How much of the time that it took was open, in milliseconds, where its beginning does not say it: what begins while it
    /// is open was open all the time, and what begins otherwise never.
    pub open_ms: Option<u64>,
}

impl Noted {
    /// Its day, and what is kept there.
    #[must_use]
    pub fn row(&self) -> (Day, Row) {
        let (day, slot) = slot_of(self.at);
        (day, Row { slot, what: self.what })
    }
}

/// What a life counts for: its cases, each where it began, its replies where they could be read. A shopper's questions count
/// with the round that they belong to.
#[must_use]
pub fn noted(life: &Life) -> Vec<Noted> {
    noted_by(life, None)
}

/// The same, with how much of it was open by the hours that hold for this life.
#[must_use]
pub fn noted_in(life: &Life, open: &Open) -> Vec<Noted> {
    noted_by(life, Some(open))
}

fn noted_by(life: &Life, open: Option<&Open>) -> Vec<Noted> {
    let of = |agent| CellOf { agent, team: life.team, channel: life.channel };
    let mut all = Vec::new();
    for round in rounds(life.happened.iter().copied()) {
        let (at, of) = (round.asked_at, of(round.answer.map(|answer| answer.by).or(round.owner)));
        let open_ms = open_ms(open, at, round.answer.map(|answer| answer.at));
        all.push(Noted { at, of, what: of_round(&round), many: 1, open_ms });
        if round.questions > 1 {
            let what = What { code: MORE_QUESTIONS, ms: 0 };
            all.push(Noted { at, of, what, many: round.questions - 1, open_ms: None });
        }
    }
    let others = [
        (Measured::Handover, Subject::Handover),
        (Measured::Handling, Subject::Handling),
        (Measured::Resolution, Subject::Resolution),
    ];
    for (measured, subject) in others {
        let cases = life.cases(subject, None).into_iter();
        all.extend(cases.map(|case| Noted {
            at: case.from,
            of: of(case.agent),
            what: What::measured(measured, (case.from, case.until, case.left_at)),
            many: 1,
            open_ms: open_ms(open, case.from, case.until),
        }));
    }
    let reply = |it: &Happened| match it.what {
        Happening::Answered { by, .. } => {
            Some(Noted { at: it.at, of: of(Some(by)), what: What { code: REPLIES, ms: 0 }, many: 1, open_ms: None })
        }
        _ => None,
    };
    all.extend(life.happened.iter().filter_map(reply));
    all
}

fn of_round(round: &Round) -> What {
    let measured = if round.first { Measured::FirstRound } else { Measured::LaterRound };
    What::measured(measured, (round.asked_at, round.answer.map(|answer| answer.at), round.left_at))
}

fn open_ms(open: Option<&Open>, from: Micros, until: Option<Micros>) -> Option<u64> {
    let (open, until) = (open?, until?);
    let part = ms(open.between(from, until));
    let said = if open.at(from) { ms(until.since(from)) } else { 0 };
    (part != said).then_some(part)
}

fn ms(micros: i64) -> u64 {
    u64::try_from(micros).unwrap_or(0).div_ceil(MICROS_PER_MS as u64)
}
