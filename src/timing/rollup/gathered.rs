//! Answers: what parts, sums and what is in neither say together.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::across::{ByCell, told_apart};
use super::noted::{Means, Measured, Stands};
use super::part::each_cell;
use super::sums::{PackedTally, each_tally, micros};
use super::wanted::{Age, GroupOf, InStep, Shown, Subjects, Wanted};
use super::{Began, CellOf, Change, Delta, Noted, RollupFault, What};
use crate::model::Day;
use crate::timing::life::Subject;
use crate::timing::sketch::Sketch;

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

/// What is told of the cases of a step and a group, as far as possible where it stands.
#[derive(Debug, Clone, Default)]
pub struct Telling<'g> {
    pub(super) ended: Cow<'g, Sketch>,
    /// How many more ended, whose times were not asked for.
    pub(super) counted: u64,
    pub(super) left: u64,
    pub(super) over: u64,
    pub(super) running: u64,
}

impl Telling<'_> {
    /// Sees from another moment which of the open cases have waited too long, and which may end in time.
    pub const fn see_open(&mut self, (over, running): (u64, u64)) {
        (self.over, self.running) = (over, running);
    }
}

impl Total {
    /// How many cases there are.
    #[must_use]
    pub const fn cases(&self) -> u64 {
        self.ended.many() + self.left + self.over + self.running
    }
}

/// What is gathered of a step and a group: of each subject that was asked for, seen from several moments at once.
#[derive(Debug, Clone, Default)]
pub struct Gross {
    /// Of what was never told nothing is there: there may be very many steps and groups. What is told in several ways is shared
    /// by them until one changes it.
    stood: [Option<Arc<Stood>>; Measured::ALL.len()],
    questions: u64,
    replies: u64,
}

impl PartialEq for Gross {
    fn eq(&self, other: &Self) -> bool {
        let is_same = |(one, other): (&Option<Arc<Stood>>, &Option<Arc<Stood>>)| match (one, other) {
            (Some(one), Some(other)) => one == other,
            (None, None) => true,
            (Some(there), None) | (None, Some(there)) => **there == Stood::default(),
        };
        let numbers = |gross: &Self| (gross.questions, gross.replies);
        numbers(self) == numbers(other) && self.stood.iter().zip(&other.stood).all(is_same)
    }
}

impl Eq for Gross {}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Stood {
    ended: Sketch,
    /// How many more ended, whose times are not asked for.
    counted: u64,
    left: u64,
    /// What is open, by its age.
    open: BTreeMap<Age, u64>,
}

impl Stood {
    fn cases(&self) -> u64 {
        self.ended.many() + self.counted + self.left + self.open.values().sum::<u64>()
    }

    fn merge(&mut self, other: &Self) {
        self.ended.merge(&other.ended);
        self.counted += other.counted;
        self.left += other.left;
        other.open.iter().for_each(|(age, many)| *self.open.entry(*age).or_default() += many);
    }

    /// Takes away what is among it.
    fn lessen(&mut self, other: &Self) -> Result<(), RollupFault> {
        self.ended.remove_all(&other.ended).map_err(|_| RollupFault::NotThere)?;
        let less = |many: u64, by: u64| many.checked_sub(by).ok_or(RollupFault::NotThere);
        (self.counted, self.left) = (less(self.counted, other.counted)?, less(self.left, other.left)?);
        for (age, by) in &other.open {
            let many = self.open.entry(*age).or_default();
            *many = less(*many, *by)?;
        }
        self.open.retain(|_, many| *many > 0);
        Ok(())
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
        let Telling { ended, left, over, running, .. } = self.telling(subject, moment);
        let (questions, replies) = (self.questions, self.replies);
        Total { ended: ended.into_owned(), left, over, running, questions, replies }
    }

    /// The same of the cases alone, as far as possible where it stands.
    #[must_use]
    pub fn telling(&self, subject: Subject, moment: u8) -> Telling<'_> {
        let mut telling = Telling::default();
        for stood in self.stood_of(subject) {
            if telling.ended.many() == 0 {
                telling.ended = Cow::Borrowed(&stood.ended);
            } else if stood.ended.many() > 0 {
                telling.ended.to_mut().merge(&stood.ended);
            }
            telling.counted += stood.counted;
            telling.left += stood.left;
        }
        telling.see_open(self.open(subject, moment));
        telling
    }

    /// How many of a subject are open and have waited too long, and how many may end in time, seen likewise.
    #[must_use]
    pub fn open(&self, subject: Subject, moment: u8) -> (u64, u64) {
        self.stood_of(subject).flat_map(|stood| &stood.open).fold((0, 0), |(over, running), (age, many)| {
            if age.wall <= moment { (over + many, running) } else { (over, running + many) }
        })
    }

    /// Adds what was gathered of other cases.
    pub fn merge(&mut self, other: &Self) {
        for (stood, other) in self.stood.iter_mut().zip(&other.stood) {
            let Some(other) = other else { continue };
            let Some(stood) = stood else {
                *stood = Some(other.clone());
                continue;
            };
            Arc::make_mut(stood).merge(other);
        }
        self.questions += other.questions;
        self.replies += other.replies;
    }

    /// Takes away what was gathered of other cases, which are all among these.
    ///
    /// # Errors
    /// When some are not; it is of no use then.
    pub(super) fn lessen(&mut self, other: &Self) -> Result<(), RollupFault> {
        for (stood, other) in self.stood.iter_mut().zip(&other.stood) {
            let Some(other) = other else { continue };
            Arc::make_mut(stood.get_or_insert_default()).lessen(other)?;
        }
        Ok(())
    }

    /// Adds what was gathered of other cases, as far as it is of some subjects.
    pub fn merge_of(&mut self, other: Self, subjects: Subjects) {
        for (measured, other) in Measured::ALL.into_iter().zip(other.stood) {
            let Some(other) = other.filter(|_| subjects.has(measured)) else { continue };
            match &mut self.stood[subjects.place(measured)] {
                Some(stood) => Arc::make_mut(stood).merge(&other),
                nothing => *nothing = Some(other),
            }
        }
        self.questions += other.questions;
        self.replies += other.replies;
    }

    /// What is told of a subject alone, first rounds and later ones together.
    pub(super) fn alone(&self, subject: Subject) -> Self {
        let mut alone = Self::default();
        for there in self.stood_of(subject) {
            match &mut alone.stood[Measured::of(subject) as usize] {
                Some(stood) => Arc::make_mut(stood).merge(there),
                nothing => *nothing = Some(there.clone()),
            }
        }
        alone
    }

    /// How many messages shoppers and members wrote.
    #[must_use]
    pub const fn messages(&self) -> u64 {
        self.questions + self.replies
    }

    /// How many cases of a subject there are.
    #[must_use]
    pub fn cases(&self, subject: Subject) -> u64 {
        self.stood_of(subject).map(|stood| stood.cases()).sum()
    }

    fn stood_of(&self, subject: Subject) -> impl Iterator<Item = &Arc<Stood>> {
        let meant = Measured::ALL.into_iter().zip(&self.stood).filter(move |(measured, _)| measured.is_of(subject));
        meant.filter_map(|(_, stood)| stood.as_ref())
    }

    /// The same with what has not ended by how long it was open since.
    pub(super) fn by_open_clock(&self) -> Self {
        let mut by_open = self.clone();
        for stood in by_open.stood.iter_mut().flatten().filter(|stood| !stood.open.is_empty()).map(Arc::make_mut) {
            for (age, many) in std::mem::take(&mut stood.open) {
                *stood.open.entry(Age { wall: age.open, open: age.open }).or_default() += many;
            }
        }
        by_open
    }

    /// The same of what ended after no time.
    pub(super) fn of_no_time(mut self) -> Self {
        for stood in self.stood.iter_mut().flatten().map(Arc::make_mut) {
            let many = std::mem::take(&mut stood.ended).many();
            stood.ended.add_many(0, many);
        }
        self
    }

    /// The same without what ended.
    pub(super) fn without_times(mut self) -> Self {
        for stood in self.stood.iter_mut().flatten().map(Arc::make_mut) {
            (stood.ended, stood.counted) = (Sketch::new(), 0);
        }
        self
    }

    fn is_nothing(&self) -> bool {
        self.questions + self.replies == 0 && self.stood.iter().flatten().all(|stood| stood.cases() == 0)
    }

    /// Counts something, or the open part alone of what is counted elsewhere.
    fn count(&mut self, wanted: Subjects, (what, by): (What, i64), is_part: bool, age: Age) -> Result<(), RollupFault> {
        match what.means() {
            _ if !is_part => self.change(wanted, (what, by), age),
            Means::Measured(measured, Stands::Ended(ms)) if wanted.has(measured) => {
                let stood = Arc::make_mut(self.stood[wanted.place(measured)].get_or_insert_default());
                if wanted.are_counted() { change(&mut stood.counted, by) } else { stood.change_ended(micros(ms), by) }
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
                if !wanted.has(measured) {
                    return Ok(());
                }
                let stood = Arc::make_mut(self.stood[wanted.place(measured)].get_or_insert_default());
                match stands {
                    Stands::Ended(_) if wanted.are_counted() => change(&mut stood.counted, by),
                    stands => stood.change(stands, by, age),
                }
            }
        }
    }
}

fn change(many: &mut u64, by: i64) -> Result<(), RollupFault> {
    *many = many.checked_add_signed(by).ok_or(RollupFault::NotThere)?;
    Ok(())
}

/// An answer as it grows. What is given to it in any order comes to the same.
#[derive(Debug, Clone)]
pub struct Gathered {
    wanted: Wanted,
    shown: Option<Shown>,
    groups: Groups,
}

/// What is gathered of each step and group.
#[derive(Debug, Clone)]
struct Groups {
    places: HashMap<(u32, GroupOf), usize>,
    gross: Vec<Gross>,
    /// What was looked for last, and its place if it is shown: what belongs together mostly stands together.
    last: Option<((u32, GroupOf), Option<usize>)>,
}

impl Groups {
    fn new() -> Self {
        Self { places: HashMap::new(), gross: Vec::new(), last: None }
    }

    /// What is gathered of a step and a group, unless the group is not shown.
    fn of(&mut self, step: u32, group: GroupOf, shown: Option<&Shown>) -> Option<&mut Gross> {
        let place = self.place(step, group, shown)?;
        self.gross.get_mut(place)
    }

    /// Where it stands.
    #[inline]
    fn place(&mut self, step: u32, group: GroupOf, shown: Option<&Shown>) -> Option<usize> {
        match self.last {
            Some((last, place)) if last == (step, group) => place,
            _ => self.look(step, group, shown),
        }
    }

    fn look(&mut self, step: u32, group: GroupOf, shown: Option<&Shown>) -> Option<usize> {
        let is_shown = shown.is_none_or(|shown| shown.has(&group));
        let place = is_shown.then(|| {
            *self.places.entry((step, group)).or_insert_with(|| {
                self.gross.push(Gross::default());
                self.gross.len() - 1
            })
        });
        self.last = Some(((step, group), place));
        place
    }

    fn merge(&mut self, mut other: Self) {
        self.last = None;
        for (at, place) in other.places {
            let gross = std::mem::take(&mut other.gross[place]);
            match self.places.entry(at) {
                Entry::Vacant(vacant) => {
                    vacant.insert(self.gross.len());
                    self.gross.push(gross);
                }
                Entry::Occupied(there) => self.gross[*there.get()].merge(&gross),
            }
        }
    }
}

impl Gathered {
    /// One without anything.
    #[must_use]
    pub fn new(wanted: Wanted) -> Self {
        Self { wanted, shown: None, groups: Groups::new() }
    }

    /// Leaves out what belongs to no group of these.
    #[must_use]
    pub fn of_groups(self, shown: Option<Shown>) -> Self {
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
        let shown = shown.as_ref();
        each_cell(bytes, |cell, rows| {
            let mut across = across.next_cell();
            let group = wanted.group(&cell).filter(|group| shown.is_none_or(|shown| shown.has(group)));
            let Some(group) = group else { return Ok(()) };
            let slots = slots(&cell);
            // Rows come by slot: the place is looked up once for many of them.
            let mut at: Option<(u32, usize)> = None;
            rows.each(|row, many| {
                let across = across.next_row().map(|(open_ms, many)| (open_ms, i64::from(many)));
                let Some(InStep { step, age, began }) = slots(row.slot) else { return Ok(()) };
                if began == Began::Untold || across.clone().next().is_none() {
                    let step = began.plain(step);
                    let place = match at {
                        Some((same, place)) if same == step => place,
                        _ => match groups.place(step, group, shown) {
                            Some(place) => place,
                            None => return Ok(()),
                        },
                    };
                    at = Some((step, place));
                    return groups.gross[place].change(wanted.subjects, (row.what, i64::from(many)), age);
                }
                at = None;
                told_apart((row.what, i64::from(many)), across, (began, step), |step, what, many, is_part| {
                    let gross = groups.of(step, group, shown);
                    gross.map_or(Ok(()), |gross| gross.count(wanted.subjects, (what, many), is_part, age))
                })
            })
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
        each_tally(bytes, |number, cell, bytes| {
            let at = wanted.group(&cell).and_then(|group| Some((group, steps(&cell, number)?)));
            let gross = at.and_then(|(group, at)| Some((groups.of(at.step, group, shown.as_ref())?, at.age)));
            let Some((gross, age)) = gross else { return PackedTally::skip(bytes) };
            let tally = PackedTally::take(bytes, is_wanted)?;
            gross.questions += tally.questions;
            gross.replies += tally.replies;
            for (measured, packed) in Measured::ALL.into_iter().zip(&tally.measured) {
                let Some(packed) = packed else { continue };
                let stood = Arc::make_mut(gross.stood[wanted.subjects.place(measured)].get_or_insert_default());
                stood.left += packed.left;
                if packed.open > 0 {
                    *stood.open.entry(age).or_default() += packed.open;
                }
                if wanted.subjects.are_counted() {
                    stood.counted += Sketch::many_packed(packed.ended).map_err(|_| RollupFault::Bytes)?;
                } else {
                    stood.ended.merge_packed(packed.ended).map_err(|_| RollupFault::Bytes)?;
                }
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
        let Some(group) = self.wanted.group(cell) else { return Ok(()) };
        told_apart(what, across, (began, step), |step, what, many, is_part| {
            let gross = self.groups.of(step, group, self.shown.as_ref());
            gross.map_or(Ok(()), |gross| gross.count(self.wanted.subjects, (what, many), is_part, age))
        })
    }

    /// One that asks for the same, without anything: what is gathered beside it can be [added](Self::merge).
    #[must_use]
    pub fn beside(&self) -> Self {
        Self { wanted: self.wanted, shown: self.shown.clone(), groups: Groups::new() }
    }

    /// Adds what was gathered beside.
    pub fn merge(&mut self, other: Self) {
        self.groups.merge(other.groups);
    }

    /// How many groups there are in all steps together.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.places.len()
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.places.is_empty()
    }

    /// What is told of each step and group, in order. What came to nothing is left out.
    #[must_use]
    pub fn told(self) -> Vec<(u32, GroupOf, Gross)> {
        let Groups { places, mut gross, .. } = self.groups;
        let mut places: Vec<((u32, GroupOf), usize)> = places.into_iter().collect();
        places.sort_unstable();
        let mut told = Vec::with_capacity(gross.len());
        for ((step, group), at) in places {
            let gross = std::mem::take(&mut gross[at]);
            if !gross.is_nothing() {
                told.push((step, group, gross));
            }
        }
        told
    }
}
