//! Figures kept as they happen, so that years of them are told in a moment.
//!
//! What a conversation's life counts for ([`noted`]) is written into parts: for each day of UTC, each agent, team and channel
//! and each five minutes what began then and how it stands ([`Part`]). A part can take back what it was given, to the same
//! bytes as if that had never been, so a conversation that goes on is taken back and counted anew ([`Delta`]), in any order.
//! From parts the sums of hours, days and months are made ([`Sums`]), with sketches, for spans that are too long for parts.
//! Questions are answered from parts, sums and what is not in them yet, together ([`Gathered`]). Where there are opening hours,
//! it is kept beside the parts how much of what goes across an opening or a closing was open ([`Across`]), and where a figure has rules of
//! its own in what it differs from its plain one ([`Differing`]).
//!
//! Times are kept in whole milliseconds, rounded up: what takes exactly a second is within it and what takes more is not.

mod across;
mod apart;
mod bytes;
mod delta;
mod gathered;
mod noted;
mod part;
mod sums;
mod told;
mod units;
mod wanted;

pub use across::{Across, Began, Class, Way};
pub use apart::{Apart, Around, Differing, more_and_less, noted_apart};
pub use delta::{Change, Delta};
pub use gathered::{Gathered, Gross, Telling, Total};
pub use noted::{CellOf, Noted, Row, What, noted, noted_in};
pub use part::{PARTS, Part, each_reply, part_of};
pub use sums::{Sums, SumsMaker};
pub use units::{SlotsOfDay, UnitsBy, UnitsDivided, UnitsGathered, noted_units};
pub use wanted::{Age, GroupOf, InStep, Only, Shown, Split, Subjects, Wanted};

use crate::model::{Day, MICROS_PER_SECOND, Micros};

/// How long a slot is, in seconds.
pub const SLOT_SECONDS: i64 = 300;
/// The slots of a day of UTC.
pub const SLOTS_PER_DAY: u16 = 288;

const MICROS_PER_SLOT: i64 = SLOT_SECONDS * MICROS_PER_SECOND;

/// Why kept bytes or counts cannot be used. Making them again from the messages mends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RollupFault {
    /// The bytes are not those of a part or of sums.
    #[error("these bytes hold no counts")]
    Bytes,
    /// What shall be taken back was never counted.
    #[error("what was never counted cannot be taken back")]
    NotThere,
}

/// The day of UTC and the slot of it in which a moment lies.
#[must_use]
pub fn slot_of(at: Micros) -> (Day, u16) {
    let slots = at.0.div_euclid(MICROS_PER_SLOT);
    let per_day = i64::from(SLOTS_PER_DAY);
    (Day(slots.div_euclid(per_day)), u16::try_from(slots.rem_euclid(per_day)).unwrap_or(0))
}

/// When a slot begins.
#[must_use]
pub const fn slot_begins(day: Day, slot: u16) -> Micros {
    let slots = day.0.saturating_mul(SLOTS_PER_DAY as i64).saturating_add(slot as i64);
    Micros(slots.saturating_mul(MICROS_PER_SLOT))
}
