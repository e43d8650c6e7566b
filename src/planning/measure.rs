//! What past chats tell of how long one takes, how many somebody has at once, and how long shoppers wait.

use std::collections::BTreeMap;

use crate::model::{MICROS_PER_SECOND, MemberId, Micros};
use crate::timing::{Happened, What};

use serde::{Deserialize, Serialize};

/// After so long a silence nobody is busy with a chat any more, in seconds.
pub const PAUSE_SECONDS: i64 = 600;
/// For reading a question and writing the first answer, which nobody sees, in seconds.
pub const READING_SECONDS: i64 = 30;
/// A chat counts as this long at most, in seconds.
pub const HANDLING_SECONDS_MAX: i64 = 4 * 3_600;
/// A wait counts as this long at most, in seconds: who closes a chat that nobody answered does so long after the shopper left.
pub const WAIT_SECONDS_MAX: i64 = 1_800;
/// With fewer that left nothing is said of patience.
pub const LEFT_MIN: u32 = 10;

/// A chat of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampledChat {
    /// What was said in it, and when it was closed, in order.
    pub happened: Vec<Happened>,
}

/// What the latest chats tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// How many chats were looked at.
    pub chats: u32,
    /// How many of them were answered.
    pub answered: u32,
    /// How long a chat took, on average.
    pub handling_mean_seconds: Option<u32>,
    /// How long one in the middle took.
    pub handling_median_seconds: Option<u32>,
    /// How many chats somebody had at once who had any, on average and in hundredths.
    pub at_once_hundredths: Option<u32>,
    /// How many were closed without an answer.
    pub left: u32,
    /// How long shoppers wait on average before they leave, judged by those who were answered as well.
    pub patience_seconds: Option<u32>,
}

/// A stretch of a chat in which somebody is busy with it.
#[derive(Debug, Clone, Copy)]
struct Spell {
    by: MemberId,
    from: Micros,
    to: Micros,
}

/// What chats of the past tell.
#[must_use]
pub fn measured(chats: &[SampledChat]) -> Measured {
    let mut handling = Vec::new();
    let mut busy = BTreeMap::<MemberId, Vec<(Micros, Micros)>>::new();
    let mut waits = Waits::default();
    for chat in chats {
        let spells = spells(&chat.happened);
        if !spells.is_empty() {
            let took: i64 =
                spells.iter().map(|spell| spell.to.since(spell.from) / MICROS_PER_SECOND + READING_SECONDS).sum();
            handling.push(took.min(HANDLING_SECONDS_MAX));
        }
        for Spell { by, from, to } in spells {
            busy.entry(by).or_default().push((from.plus_seconds(-READING_SECONDS), to));
        }
        waits.add(&chat.happened);
    }
    handling.sort_unstable();
    let mean = |sum: i64, of: usize| Some(sum / i64::try_from(of).ok().filter(|of| *of > 0)?);
    let seconds = |seconds: Option<i64>| seconds.and_then(|seconds| u32::try_from(seconds).ok());
    Measured {
        chats: count(chats.len()),
        answered: count(handling.len()),
        handling_mean_seconds: seconds(mean(handling.iter().sum(), handling.len())),
        handling_median_seconds: seconds(crate::timing::quantile(&handling, 50)),
        at_once_hundredths: at_once_hundredths(busy.into_values()),
        left: waits.left,
        // Of times of which some were cut short by something else the mean is all of them, by those that ended by
        // themselves (the likeliest exponential distribution).
        patience_seconds: if waits.left < LEFT_MIN { None } else { seconds(mean(waits.seconds, waits.left as usize)) },
    }
}

fn count(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}

/// From a member's words on, for as long as nobody is silent for too long. It belongs to whoever wrote first in it.
fn spells(happened: &[Happened]) -> Vec<Spell> {
    let mut spells: Vec<Spell> = Vec::new();
    let mut before: Option<Micros> = None;
    for Happened { at, what } in happened {
        let goes_on = before.is_some_and(|before| at.since(before) <= PAUSE_SECONDS * MICROS_PER_SECOND);
        match (what, spells.last_mut().filter(|_| goes_on)) {
            (What::Answered { .. } | What::Asked, Some(spell)) => spell.to = *at,
            (What::Answered { by, .. }, None) => spells.push(Spell { by: *by, from: *at, to: *at }),
            _ => {}
        }
        before = match what {
            What::Answered { .. } => Some(*at),
            What::Asked if goes_on => Some(*at),
            What::Closed => None,
            What::Asked | What::Automatic | What::Given(_) => before,
        };
    }
    spells
}

/// All the time of all chats, by the time with any.
fn at_once_hundredths(busy: impl Iterator<Item = Vec<(Micros, Micros)>>) -> Option<u32> {
    let (mut all, mut any) = (0, 0);
    for mut spells in busy {
        spells.sort_unstable();
        let mut until = Micros(i64::MIN);
        for (from, to) in spells {
            all += to.since(from);
            any += to.since(from.max(until)).max(0);
            until = until.max(to);
        }
    }
    if any > 0 { u32::try_from(i128::from(all) * 100 / i128::from(any)).ok() } else { None }
}

/// How long shoppers waited for the first answer, or until the chat was closed without one.
#[derive(Default)]
struct Waits {
    seconds: i64,
    left: u32,
}

impl Waits {
    fn add(&mut self, happened: &[Happened]) {
        let Some(asked) = happened.iter().position(|it| it.what == What::Asked) else { return };
        let ends = |it: &&Happened| matches!(it.what, What::Answered { .. } | What::Closed);
        // Who waits still has not left.
        let Some(end) = happened[asked..].iter().find(ends) else { return };
        self.seconds += (end.at.since(happened[asked].at) / MICROS_PER_SECOND).min(WAIT_SECONDS_MAX);
        self.left += u32::from(end.what == What::Closed);
    }
}

#[cfg(test)]
mod tests;
