//! What goes across an opening or a closing. Of everything else its beginning says how much of its time was open: what begins
//! while it is open was open all the time, and what begins otherwise never. So the open part is kept of little, beside the
//! parts, by the places of their cells and rows.

use std::collections::BTreeMap;

use super::bytes::{Bytes, put};
use super::noted::What;
use super::{Apart, CellOf, Change, Delta, Gross, Part, RollupFault, Row};
use crate::model::Day;
use crate::timing::define::{ClockRule, Hours};

/// How the bytes begin.
const BEGINNING: u8 = 3;
/// A number that tells a class has it in so many bits, the lowest.
const CLASS_BITS: u32 = 3;

/// Which of what counts is told, and by which clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// At which hours it began.
    pub hours: Hours,
    /// Which part of its time counts.
    pub clock: ClockRule,
    /// By which rules beyond those that parts know of.
    pub apart: Option<Apart>,
}

impl Way {
    /// What began in hours of each day, or at any, by all the time that it took.
    #[must_use]
    pub fn daily(hours: Option<crate::timing::DaySpan>) -> Self {
        Self { hours: hours.map_or(Hours::Any, Hours::Daily), ..Self::default() }
    }

    /// Whether it depends on opening hours.
    #[must_use]
    pub fn needs_opening(self) -> bool {
        self.hours == Hours::Opening || self.clock == ClockRule::Opening
    }

    /// Whether the open part of a time is what counts.
    pub(super) fn counts_open(self) -> bool {
        self.clock == ClockRule::Opening
    }

    /// The same where it is always open.
    #[must_use]
    pub fn always_open(self) -> Self {
        let hours = if self.hours == Hours::Opening { Hours::Any } else { self.hours };
        Self { hours, clock: ClockRule::Wall, ..self }
    }
}

/// Whether it was open when something began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Began {
    /// It is not told apart.
    #[default]
    Untold,
    /// It was.
    Open,
    /// It was not.
    Closed,
}

/// How something stands to opening hours, where that is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It began while it was open, and was open all the time.
    Open,
    /// It began while it was closed, and was closed all the time.
    Closed,
    /// It began while it was open, and its open part is another than its time.
    OpenAcross,
    /// It began while it was closed, and some of it was open.
    ClosedAcross,
    /// The open parts of those that began while it was open: nothing but times.
    OpenParts,
    /// The open parts of those that began while it was closed.
    ClosedParts,
}

impl Class {
    const ALL: [Self; 6] =
        [Self::Open, Self::Closed, Self::OpenAcross, Self::ClosedAcross, Self::OpenParts, Self::ClosedParts];

    /// The number that has this class and another number.
    #[must_use]
    pub const fn on(self, number: u32) -> u32 {
        number << CLASS_BITS | self as u32
    }

    /// A number that was told apart: its class, and the number itself.
    #[must_use]
    pub fn taken_off(number: u32) -> Option<(Self, u32)> {
        let class = Self::ALL.get((number & ((1 << CLASS_BITS) - 1)) as usize)?;
        Some((*class, number >> CLASS_BITS))
    }

    /// Whether it is of nothing but times, of what is there under another class.
    #[must_use]
    pub const fn is_of_parts(self) -> bool {
        matches!(self, Self::OpenParts | Self::ClosedParts)
    }

    const fn began_open(self) -> bool {
        matches!(self, Self::Open | Self::OpenAcross | Self::OpenParts)
    }

    /// What is said in some way of what is of this class; `None` where that is nothing.
    #[must_use]
    pub fn told(self, gross: Gross, way: Way) -> Option<Gross> {
        if way.hours == Hours::Opening && !self.began_open() {
            return None;
        }
        match (way.clock, self) {
            (ClockRule::Wall, Self::OpenParts | Self::ClosedParts) => None,
            (ClockRule::Wall, _) => Some(gross),
            (ClockRule::Opening, Self::Open | Self::OpenParts | Self::ClosedParts) => Some(gross.by_open_clock()),
            (ClockRule::Opening, Self::Closed) => Some(gross.by_open_clock().of_no_time()),
            (ClockRule::Opening, Self::OpenAcross | Self::ClosedAcross) => Some(gross.by_open_clock().without_times()),
        }
    }
}

impl Began {
    /// The number of what goes across nothing.
    pub(super) const fn plain(self, number: u32) -> u32 {
        match self {
            Self::Untold => number,
            Self::Open => Class::Open.on(number),
            Self::Closed => Class::Closed.on(number),
        }
    }

    /// The numbers of what goes across, and of its open parts; none where that is not told apart.
    pub(super) const fn across(self, number: u32) -> Option<(u32, u32)> {
        match self {
            Self::Untold => None,
            Self::Open => Some((Class::OpenAcross.on(number), Class::OpenParts.on(number))),
            Self::Closed => Some((Class::ClosedAcross.on(number), Class::ClosedParts.on(number))),
        }
    }
}

/// The open parts of what goes across, of a part of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Across(BTreeMap<CellOf, BTreeMap<(Row, u64), u32>>);

impl Across {
    /// Those of these bytes, which belong to a part; of no bytes, none.
    ///
    /// # Errors
    /// When the bytes are none, or belong to another part.
    pub fn unpacked(bytes: &[u8], part: &Part) -> Result<Self, RollupFault> {
        let mut across = Self::default();
        let mut cells = part.cells().iter().enumerate();
        let mut here = None;
        for entry in entries(bytes)? {
            while here.is_none_or(|(place, _)| place < entry.cell) {
                here = Some(cells.next().ok_or(RollupFault::Bytes)?);
            }
            let Some((_, (cell, rows))) = here else { continue };
            let row = rows.keys().nth(entry.row).ok_or(RollupFault::Bytes)?;
            across.0.entry(*cell).or_default().insert((*row, entry.open_ms), entry.many);
        }
        Ok(across)
    }

    /// Counts and takes back what a delta says of this part.
    ///
    /// # Errors
    /// When something was never counted; it is of no use then.
    pub fn change(&mut self, delta: &Delta, day: Day, part: u8) -> Result<(), RollupFault> {
        for (cell, changes) in delta.of_part(day, part) {
            let rows = self.0.entry(*cell).or_default();
            for (row, Change { across, .. }) in changes {
                for (open_ms, by) in across {
                    let many = i64::from(rows.get(&(*row, *open_ms)).copied().unwrap_or(0)) + by;
                    match u32::try_from(many).map_err(|_| RollupFault::NotThere)? {
                        0 => rows.remove(&(*row, *open_ms)),
                        many => rows.insert((*row, *open_ms), many),
                    };
                }
            }
            if rows.is_empty() {
                self.0.remove(cell);
            }
        }
        Ok(())
    }

    /// They in few bytes, none where there are none. What is equal has equal bytes.
    ///
    /// # Errors
    /// When they are not of that part.
    pub fn packed(&self, part: &Part) -> Result<Vec<u8>, RollupFault> {
        let mut bytes = Vec::new();
        if self.0.is_empty() {
            return Ok(bytes);
        }
        bytes.push(BEGINNING);
        let (mut left, mut before) = (self.0.len(), 0);
        for (place, (cell, rows)) in part.cells().iter().enumerate() {
            let Some(across) = self.0.get(cell) else { continue };
            left -= 1;
            put_rows(&mut bytes, (place, &mut before), rows, across)?;
        }
        if left == 0 { Ok(bytes) } else { Err(RollupFault::NotThere) }
    }
}

/// Writes what goes across of a cell. Two bytes say where it is, and some how long.
fn put_rows(
    bytes: &mut Vec<u8>,
    (cell, cell_before): (usize, &mut usize),
    rows: &BTreeMap<Row, u32>,
    across: &BTreeMap<(Row, u64), u32>,
) -> Result<(), RollupFault> {
    let mut places = rows.iter().enumerate();
    let mut here: Option<(usize, Row, u32)> = None;
    let mut row_before = 0;
    for ((row, open_ms), many) in across {
        while here.is_none_or(|(_, at, _)| at < *row) {
            let (place, (row, many)) = places.next().ok_or(RollupFault::NotThere)?;
            here = Some((place, *row, *many));
        }
        let (place, at, room) = here.ok_or(RollupFault::NotThere)?;
        let room = room.checked_sub(*many).filter(|_| at == *row).ok_or(RollupFault::NotThere)?;
        here = Some((place, at, room));
        put(bytes, ((cell - *cell_before) as u64) << 1 | u64::from(*many > 1));
        put(bytes, (place - row_before) as u64);
        put(bytes, *open_ms);
        if *many > 1 {
            put(bytes, u64::from(many - 2));
        }
        (*cell_before, row_before) = (cell, place);
    }
    Ok(())
}

/// Something that goes across: of which cell and row it is, by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    cell: usize,
    row: usize,
    open_ms: u64,
    many: u32,
}

/// Reads what goes across, in the order of cells and rows.
pub(super) fn entries(bytes: &[u8]) -> Result<Vec<Entry>, RollupFault> {
    let mut bytes = Bytes(bytes);
    let mut entries: Vec<Entry> = Vec::new();
    if bytes.is_done() {
        return Ok(entries);
    }
    if bytes.byte()? != BEGINNING {
        return Err(RollupFault::Bytes);
    }
    while !bytes.is_done() {
        let first = bytes.number()?;
        let after = usize::try_from(first >> 1).map_err(|_| RollupFault::Bytes)?;
        let (cell, row) = entries.last().map_or((0, 0), |entry| (entry.cell, if after == 0 { entry.row } else { 0 }));
        let cell = cell.checked_add(after).ok_or(RollupFault::Bytes)?;
        let row = row.checked_add(bytes.small()?).ok_or(RollupFault::Bytes)?;
        let open_ms = bytes.number()?;
        let many = if first & 1 == 0 { 1 } else { bytes.small::<u32>()?.checked_add(2).ok_or(RollupFault::Bytes)? };
        entries.push(Entry { cell, row, open_ms, many });
    }
    Ok(entries)
}

/// What goes across as cells are read one after the other.
pub(super) struct ByCell {
    entries: Vec<Entry>,
    cell: usize,
}

impl ByCell {
    pub fn of(bytes: &[u8]) -> Result<Self, RollupFault> {
        Ok(Self { entries: entries(bytes)?, cell: 0 })
    }

    /// What goes across of the next cell.
    pub fn next_cell(&mut self) -> ByRow<'_> {
        let begins = self.entries.partition_point(|entry| entry.cell < self.cell);
        let ends = self.entries.partition_point(|entry| entry.cell <= self.cell);
        self.cell += 1;
        ByRow { entries: &self.entries[begins..ends], row: 0 }
    }
}

/// What goes across as the rows of a cell are read one after the other.
pub(super) struct ByRow<'e> {
    entries: &'e [Entry],
    row: usize,
}

impl<'e> ByRow<'e> {
    /// What goes across of the next row: its open parts, and how many have each.
    pub fn next_row(&mut self) -> impl Iterator<Item = (u64, u32)> + Clone + use<'e> {
        let many = self.entries.iter().take_while(|entry| entry.row <= self.row).count();
        let (here, rest) = self.entries.split_at(many);
        (self.entries, self.row) = (rest, self.row + 1);
        here.iter().map(|entry| (entry.open_ms, entry.many))
    }
}

/// Tells apart what a row counts for: under which number, what, how many, and whether it is an open part alone.
pub(super) fn told_apart(
    (what, many): (What, i64),
    across: impl Iterator<Item = (u64, i64)> + Clone,
    (began, number): (Began, u32),
    mut take: impl FnMut(u32, What, i64, bool) -> Result<(), RollupFault>,
) -> Result<(), RollupFault> {
    if began == Began::Untold {
        return take(number, what, many, false);
    }
    let plain = many - across.clone().map(|(_, many)| many).sum::<i64>();
    if plain != 0 {
        take(began.plain(number), what, plain, false)?;
    }
    for (open_ms, many) in across {
        let Some((of_all, of_parts)) = began.across(number) else { continue };
        take(of_all, what, many, false)?;
        take(of_parts, What::of_code(what.code(), open_ms), many, true)?;
    }
    Ok(())
}
