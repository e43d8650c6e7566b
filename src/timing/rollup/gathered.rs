//! Answers: what parts, sums and what is in neither say together.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::across::{ByCell, told_apart};
use super::noted::{Means, Measured, Stands};
use super::part::each_cell;
use super::sums::{each_tally, micros};
use super::{Began, CellOf, Change, Delta, Noted, RollupFault, What};
use crate::model::{ChannelId, Day, MemberId, TeamId};
use crate::timing::life::Subject;
use crate::timing::sketch::Sketch;

/// By what an answer is divided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Split {
    /// By nothing.
    #[default]
    Nothing,
    /// By team.
    Team,
    /// By agent.
    Agent,
    /// By channel.
    Channel,
}

/// What alone is asked about; everything where nothing is named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Only {
    /// This team's.
    pub team: Option<TeamId>,
    /// This channel's.
    pub channel: Option<ChannelId>,
    /// This agent's.
    pub agent: Option<MemberId>,
}

/// Of which cases times and standings are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Subjects(u8);

impl From<Subject> for Subjects {
    fn from(subject: Subject) -> Self {
        let meant = Measured::ALL.into_iter().filter(|measured| measured.is_of(subject));
        Self(meant.fold(0, |subjects, measured| subjects | 1 << measured as u8))
    }
}

impl FromIterator<Subject> for Subjects {
    fn from_iter<I: IntoIterator<Item = Subject>>(subjects: I) -> Self {
        Self(subjects.into_iter().fold(0, |all, subject| all | Self::from(subject).0))
    }
}

impl Subjects {
    const fn has(self, measured: Measured) -> bool {
        self.0 & 1 << measured as u8 != 0
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Of which cases times and standings are told.
    pub subjects: Subjects,
    /// By what the answer is divided.
    pub split: Split,
    /// What alone counts.
    pub only: Only,
}

impl Wanted {
    /// Whether the answer depends on the agent.
    #[must_use]
    pub const fn needs_agents(&self) -> bool {
        matches!(self.split, Split::Agent) || self.only.agent.is_some()
    }

    /// Whose group a cell belongs to, if it counts.
    fn group(&self, cell: &CellOf) -> Option<GroupOf> {
        let Only { team, channel, agent } = self.only;
        let counts = team.is_none_or(|team| team == cell.team)
            && channel.is_none_or(|channel| channel == cell.channel)
            && agent.is_none_or(|agent| Some(agent) == cell.agent);
        counts.then_some(match self.split {
            Split::Nothing => GroupOf::All,
            Split::Team => GroupOf::Team(cell.team),
            Split::Agent => GroupOf::Agent(cell.agent),
            Split::Channel => GroupOf::Channel(cell.channel),
        })
    }
}

/// What a group of an answer is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupOf {
    /// Of everything that was asked about.
    All,
    /// Of a team.
    Team(TeamId),
    /// Of an agent, or of nobody yet.
    Agent(Option<MemberId>),
    /// Of a channel.
    Channel(ChannelId),
}

/// Where a slot stands in an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InStep {
    /// The step of the answer that it belongs to.
    pub step: u32,
    /// How late it is: at or after how many of the moments that the answer looks at what is open from.
    pub age: Age,
    /// Whether it was open then, where that is told apart.
    pub began: Began,
}

/// After how many moments something began from which an answer looks at what has not ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age {
    /// Of those that are so long ago.
    pub wall: u8,
    /// Of those since which it was open for so long.
    pub open: u8,
}

/// What is told of a step and a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Total {
    /// The times of those that ended.
    pub ended: Sketch,
    /// How many were left: closed without an answer, or handed on.
    pub left: u64,
    /// How many have not ended and have waited longer than is asked about.
    pub over: u64,
    /// How many have not ended and may do so in time.
    pub running: u64,
    /// How many messages shoppers wrote in rounds that began then.
    pub questions: u64,
    /// How many messages members wrote.
    pub replies: u64,
}

impl Total {
    /// How many cases there are.
    #[must_use]
    pub const fn cases(&self) -> u64 {
        self.ended.many() + self.left + self.over + self.running
    }
}

/// What is gathered of a step and a group: of each subject that was asked for, seen from several moments at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gross {
    stood: [Stood; Measured::ALL.len()],
    questions: u64,
    replies: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Stood {
    ended: Sketch,
    left: u64,
    /// What is open, by its age.
    open: BTreeMap<Age, u64>,
}

impl Stood {
    fn cases(&self) -> u64 {
        self.ended.many() + self.left + self.open.values().sum::<u64>()
    }

    fn change(&mut self, stands: Stands, by: i64, age: Age) -> Result<(), RollupFault> {
        match stands {
            Stands::Ended(ms) => self.change_ended(micros(ms), by),
            Stands::Left => change(&mut self.left, by),
            Stands::Open => {
                change(self.open.entry(age).or_default(), by)?;
                self.open.retain(|_, many| *many > 0);
                Ok(())
            }
        }
    }

    fn change_ended(&mut self, micros: i64, by: i64) -> Result<(), RollupFault> {
        if by >= 0 {
            self.ended.add_many(micros, by.unsigned_abs());
            return Ok(());
        }
        (0..by.unsigned_abs()).try_for_each(|_| self.ended.remove(micros).map_err(|_| RollupFault::NotThere))
    }
}

impl Gross {
    /// What is told of a subject, seen from the moment with this number, the earliest having the number nought: what is open
    /// and began before it has waited too long.
    #[must_use]
    pub fn total(&self, subject: Subject, moment: u8) -> Total {
        let mut total = Total { questions: self.questions, replies: self.replies, ..Total::default() };
        for (measured, stood) in Measured::ALL.into_iter().zip(&self.stood) {
            if !measured.is_of(subject) {
                continue;
            }
            if total.ended.many() == 0 {
                total.ended.clone_from(&stood.ended);
            } else {
                total.ended.merge(&stood.ended);
            }
            total.left += stood.left;
        }
        (total.over, total.running) = self.open(subject, moment);
        total
    }

    /// How many of a subject are open and have waited too long, and how many may end in time, seen likewise.
    #[must_use]
    pub fn open(&self, subject: Subject, moment: u8) -> (u64, u64) {
        let meant = Measured::ALL.into_iter().zip(&self.stood).filter(|(measured, _)| measured.is_of(subject));
        meant.flat_map(|(_, stood)| &stood.open).fold((0, 0), |(over, running), (age, many)| {
            if age.wall <= moment { (over + many, running) } else { (over, running + many) }
        })
    }

    /// Adds what was gathered of other cases.
    pub fn merge(&mut self, other: &Self) {
        for (stood, other) in self.stood.iter_mut().zip(&other.stood) {
            stood.ended.merge(&other.ended);
            stood.left += other.left;
            other.open.iter().for_each(|(age, many)| *stood.open.entry(*age).or_default() += many);
        }
        self.questions += other.questions;
        self.replies += other.replies;
    }

    /// How many cases of a subject there are.
    #[must_use]
    pub fn cases(&self, subject: Subject) -> u64 {
        let meant = Measured::ALL.into_iter().zip(&self.stood).filter(|(measured, _)| measured.is_of(subject));
        meant.map(|(_, stood)| stood.cases()).sum()
    }

    /// The same with what has not ended by how long it was open since.
    pub(super) fn by_open_clock(&self) -> Self {
        let mut by_open = self.clone();
        for stood in &mut by_open.stood {
            for (age, many) in std::mem::take(&mut stood.open) {
                *stood.open.entry(Age { wall: age.open, open: age.open }).or_default() += many;
            }
        }
        by_open
    }

    /// The same of what ended after no time.
    pub(super) fn of_no_time(mut self) -> Self {
        for stood in &mut self.stood {
            let many = std::mem::take(&mut stood.ended).many();
            stood.ended.add_many(0, many);
        }
        self
    }

    /// The same without what ended.
    pub(super) fn without_times(mut self) -> Self {
        self.stood.iter_mut().for_each(|stood| stood.ended = Sketch::new());
        self
    }

    fn is_nothing(&self) -> bool {
        self.questions + self.replies == 0 && self.stood.iter().all(|stood| stood.cases() == 0)
    }

    /// Counts something, or the open part alone of what is counted elsewhere.
    fn count(&mut self, wanted: Subjects, (what, by): (What, i64), is_part: bool, age: Age) -> Result<(), RollupFault> {
        match what.means() {
            _ if !is_part => self.change(wanted, (what, by), age),
            Means::Measured(measured, Stands::Ended(ms)) if wanted.has(measured) => {
                self.stood[measured as usize].change_ended(micros(ms), by)
            }
            _ => Ok(()),
        }
    }

    fn change(&mut self, wanted: Subjects, (what, by): (What, i64), age: Age) -> Result<(), RollupFault> {
        match what.means() {
            Means::MoreQuestions => change(&mut self.questions, by),
            Means::Replies => change(&mut self.replies, by),
            Means::Measured(measured, stands) => {
                if measured.is_round() {
                    change(&mut self.questions, by)?;
                }
                if wanted.has(measured) { self.stood[measured as usize].change(stands, by, age) } else { Ok(()) }
            }
        }
    }
}

fn is_shown(shown: &Option<BTreeSet<GroupOf>>, group: &GroupOf) -> bool {
    shown.as_ref().is_none_or(|shown| shown.contains(group))
}

fn change(many: &mut u64, by: i64) -> Result<(), RollupFault> {
    *many = many.checked_add_signed(by).ok_or(RollupFault::NotThere)?;
    Ok(())
}

/// An answer as it grows. What is given to it in any order comes to the same.
#[derive(Debug, Clone)]
pub struct Gathered {
    wanted: Wanted,
    shown: Option<BTreeSet<GroupOf>>,
    groups: BTreeMap<(u32, GroupOf), Gross>,
}

impl Gathered {
    /// One without anything.
    #[must_use]
    pub const fn new(wanted: Wanted) -> Self {
        Self { wanted, shown: None, groups: BTreeMap::new() }
    }

    /// Leaves out what belongs to no group of these.
    #[must_use]
    pub fn of_groups(self, shown: Option<BTreeSet<GroupOf>>) -> Self {
        Self { shown, ..self }
    }

    /// Adds those slots of a packed part that are in a step.
    ///
    /// # Errors
    /// When the bytes are not those of a part.
    pub fn take_part(&mut self, bytes: &[u8], slots: impl Fn(u16) -> Option<InStep>) -> Result<(), RollupFault> {
        self.take_part_across((bytes, &[]), |_| &slots)
    }

    /// Adds those slots of a packed part that are in a step of its cells, with what goes across beside it.
    ///
    /// # Errors
    /// When the bytes are not those of a part and of what goes across in it.
    pub fn take_part_across<S: Fn(u16) -> Option<InStep>>(
        &mut self,
        (bytes, across): (&[u8], &[u8]),
        slots: impl Fn(&CellOf) -> S,
    ) -> Result<(), RollupFault> {
        let Self { wanted, shown, groups } = self;
        let mut across = ByCell::of(across)?;
        each_cell(bytes, |cell, rows| {
            let mut across = across.next_cell();
            let Some(group) = wanted.group(&cell).filter(|group| is_shown(shown, group)) else { return Ok(()) };
            let slots = slots(&cell);
            // Rows come by slot: the total is looked up once for many of them.
            let mut at: Option<(u32, &mut Gross)> = None;
            for row in rows {
                let (row, many) = row?;
                let across = across.next_row().map(|(open_ms, many)| (open_ms, i64::from(many)));
                let Some(InStep { step, age, began }) = slots(row.slot) else { continue };
                if began == Began::Untold || across.clone().next().is_none() {
                    let step = began.plain(step);
                    let gross = match at {
                        Some((same, gross)) if same == step => gross,
                        _ => groups.entry((step, group)).or_default(),
                    };
                    gross.change(wanted.subjects, (row.what, i64::from(many)), age)?;
                    at = Some((step, gross));
                    continue;
                }
                at = None;
                told_apart((row.what, i64::from(many)), across, (began, step), |step, what, many, is_part| {
                    let gross = groups.entry((step, group)).or_default();
                    gross.count(wanted.subjects, (what, many), is_part, age)
                })?;
            }
            Ok(())
        })
    }

    /// Adds packed sums, each under the step of its number.
    ///
    /// # Errors
    /// When the bytes are not those of sums.
    pub fn take_sums(&mut self, bytes: &[u8], steps: impl Fn(u32) -> Option<InStep>) -> Result<(), RollupFault> {
        self.take_sums_of(bytes, |_, number| steps(number))
    }

    /// Adds packed sums, each under the step of its cell and number; whether it was open then is in the step.
    ///
    /// # Errors
    /// When the bytes are not those of sums.
    pub fn take_sums_of(
        &mut self,
        bytes: &[u8],
        steps: impl Fn(&CellOf, u32) -> Option<InStep>,
    ) -> Result<(), RollupFault> {
        let Self { wanted, shown, groups } = self;
        let is_wanted = |measured| wanted.subjects.has(measured);
        each_tally(bytes, is_wanted, |number, cell, tally| {
            let group = wanted.group(&cell).filter(|group| is_shown(shown, group));
            let Some(group) = group else { return Ok(()) };
            let Some(InStep { step, age, .. }) = steps(&cell, number) else { return Ok(()) };
            let gross = groups.entry((step, group)).or_default();
            gross.questions += tally.questions;
            gross.replies += tally.replies;
            for (packed, stood) in tally.measured.iter().zip(&mut gross.stood) {
                let Some(packed) = packed else { continue };
                stood.left += packed.left;
                if packed.open > 0 {
                    *stood.open.entry(age).or_default() += packed.open;
                }
                stood.ended.merge_packed(packed.ended).map_err(|_| RollupFault::Bytes)?;
            }
            Ok(())
        })
    }

    /// Adds what changes, and takes away what is no more.
    ///
    /// # Errors
    /// When something to be taken away was never there.
    pub fn take_delta(&mut self, delta: &Delta, slots: impl Fn(Day, u16) -> Option<InStep>) -> Result<(), RollupFault> {
        self.take_delta_of(delta, |_, day, slot| slots(day, slot))
    }

    /// The same where steps are those of cells.
    ///
    /// # Errors
    /// When something to be taken away was never there.
    pub fn take_delta_of(
        &mut self,
        delta: &Delta,
        slots: impl Fn(&CellOf, Day, u16) -> Option<InStep>,
    ) -> Result<(), RollupFault> {
        for (day, cell, row, Change { by, across }) in delta.rows() {
            if let Some(at) = slots(cell, day, row.slot) {
                self.take(cell, (row.what, *by), across.iter().map(|(open_ms, by)| (*open_ms, *by)), at)?;
            }
        }
        Ok(())
    }

    /// Adds something that was looked at by itself.
    ///
    /// # Errors
    /// Never for what counts; it is told as the others tell it.
    pub fn take_noted(&mut self, noted: &Noted, at: InStep) -> Result<(), RollupFault> {
        let many = i64::from(noted.many);
        self.take(&noted.of, (noted.what, many), noted.open_ms.map(|open_ms| (open_ms, many)).into_iter(), at)
    }

    fn take(
        &mut self,
        cell: &CellOf,
        what: (What, i64),
        across: impl Iterator<Item = (u64, i64)> + Clone,
        InStep { step, age, began }: InStep,
    ) -> Result<(), RollupFault> {
        let group = self.wanted.group(cell).filter(|group| is_shown(&self.shown, group));
        let Some(group) = group else { return Ok(()) };
        told_apart(what, across, (began, step), |step, what, many, is_part| {
            let gross = self.groups.entry((step, group)).or_default();
            gross.count(self.wanted.subjects, (what, many), is_part, age)
        })
    }

    /// One that asks for the same, without anything: what is gathered beside it can be [added](Self::merge).
    #[must_use]
    pub fn beside(&self) -> Self {
        Self { wanted: self.wanted, shown: self.shown.clone(), groups: BTreeMap::new() }
    }

    /// Adds what was gathered beside.
    pub fn merge(&mut self, other: Self) {
        for (place, gross) in other.groups {
            match self.groups.entry(place) {
                Entry::Vacant(vacant) => drop(vacant.insert(gross)),
                Entry::Occupied(mut there) => there.get_mut().merge(&gross),
            }
        }
    }

    /// How many groups there are in all steps together.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// What is told of each step and group, in order. What came to nothing is left out.
    #[must_use]
    pub fn told(self) -> Vec<(u32, GroupOf, Gross)> {
        let told = self.groups.into_iter().filter(|(_, gross)| !gross.is_nothing());
        told.map(|((step, group), gross)| (step, group, gross)).collect()
    }
}
