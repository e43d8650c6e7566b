//! Numbers and names in few bytes.

use std::collections::BTreeSet;

use super::{CellOf, RollupFault};
use crate::model::{ChannelId, MemberId, TeamId};

const MORE: u8 = 0x80;
const ID_BYTES: usize = 16;

/// Seven bits of a number in each byte, the lowest first.
pub fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= u64::from(MORE) {
        bytes.push((number & 0x7F) as u8 | MORE);
        number >>= 7;
    }
    bytes.push(number as u8);
}

pub fn put_len(bytes: &mut Vec<u8>, len: usize) {
    put(bytes, len as u64);
}

/// Bytes that are read from the front.
#[derive(Clone, Copy)]
pub struct Bytes<'b>(pub &'b [u8]);

impl<'b> Bytes<'b> {
    pub const fn is_done(self) -> bool {
        self.0.is_empty()
    }

    #[inline]
    pub fn byte(&mut self) -> Result<u8, RollupFault> {
        let (first, rest) = self.0.split_first().ok_or(RollupFault::Bytes)?;
        self.0 = rest;
        Ok(*first)
    }

    #[inline]
    pub fn number(&mut self) -> Result<u64, RollupFault> {
        // Most numbers are short, and there are many of them.
        match self.0 {
            [first, rest @ ..] if *first < MORE => {
                self.0 = rest;
                Ok(u64::from(*first))
            }
            [first, second, rest @ ..] if *second < MORE => {
                self.0 = rest;
                Ok(u64::from(first & !MORE) | u64::from(*second) << 7)
            }
            [first, second, third, rest @ ..] if *third < MORE => {
                self.0 = rest;
                Ok(u64::from(first & !MORE) | u64::from(second & !MORE) << 7 | u64::from(*third) << 14)
            }
            _ => self.long_number(),
        }
    }

    #[cold]
    fn long_number(&mut self) -> Result<u64, RollupFault> {
        let mut number = 0u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & !MORE);
            if (bits << shift) >> shift != bits {
                return Err(RollupFault::Bytes);
            }
            number |= bits << shift;
            if byte & MORE == 0 {
                return Ok(number);
            }
        }
        Err(RollupFault::Bytes)
    }

    /// A number that fits its type.
    #[inline]
    pub fn small<T: TryFrom<u64>>(&mut self) -> Result<T, RollupFault> {
        T::try_from(self.number()?).map_err(|_| RollupFault::Bytes)
    }

    /// So many bytes as stands before them.
    #[inline]
    pub fn run(&mut self) -> Result<&'b [u8], RollupFault> {
        let len = self.small()?;
        let (run, rest) = self.0.split_at_checked(len).ok_or(RollupFault::Bytes)?;
        self.0 = rest;
        Ok(run)
    }

    fn ids<T>(&mut self, of_bytes: impl Fn([u8; ID_BYTES]) -> T) -> Result<Vec<T>, RollupFault> {
        let run = self.run()?;
        let (ids, rest) = run.as_chunks();
        if rest.is_empty() { Ok(ids.iter().map(|id| of_bytes(*id)).collect()) } else { Err(RollupFault::Bytes) }
    }
}

/// The ids in some cells, each once: cells name them by their places.
pub struct Names {
    agents: Vec<MemberId>,
    teams: Vec<TeamId>,
    channels: Vec<ChannelId>,
}

impl Names {
    pub fn of(cells: impl Iterator<Item = CellOf> + Clone) -> Self {
        Self {
            agents: sorted(cells.clone().filter_map(|cell| cell.agent)),
            teams: sorted(cells.clone().map(|cell| cell.team)),
            channels: sorted(cells.map(|cell| cell.channel)),
        }
    }

    pub fn put(&self, bytes: &mut Vec<u8>) {
        put_ids(bytes, self.agents.iter().map(|id| id.to_bytes()));
        put_ids(bytes, self.teams.iter().map(|id| id.to_bytes()));
        put_ids(bytes, self.channels.iter().map(|id| id.to_bytes()));
    }

    pub fn take(bytes: &mut Bytes<'_>) -> Result<Self, RollupFault> {
        Ok(Self {
            agents: bytes.ids(MemberId::from_bytes)?,
            teams: bytes.ids(TeamId::from_bytes)?,
            channels: bytes.ids(ChannelId::from_bytes)?,
        })
    }

    /// Writes a cell. All of its ids are among the names.
    pub fn put_cell(&self, bytes: &mut Vec<u8>, cell: &CellOf) {
        put_len(bytes, cell.agent.map_or(0, |agent| self.agents.partition_point(|id| *id < agent) + 1));
        put_len(bytes, self.teams.partition_point(|id| *id < cell.team));
        put_len(bytes, self.channels.partition_point(|id| *id < cell.channel));
    }

    pub fn take_cell(&self, bytes: &mut Bytes<'_>) -> Result<CellOf, RollupFault> {
        let agent = match bytes.small::<usize>()?.checked_sub(1) {
            Some(place) => Some(*self.agents.get(place).ok_or(RollupFault::Bytes)?),
            None => None,
        };
        let team = *self.teams.get(bytes.small::<usize>()?).ok_or(RollupFault::Bytes)?;
        let channel = *self.channels.get(bytes.small::<usize>()?).ok_or(RollupFault::Bytes)?;
        Ok(CellOf { agent, team, channel })
    }
}

/// Gives each cell of bytes that begin so and then with names, and what stands behind it.
#[inline]
pub fn each_cell<'b>(
    bytes: &'b [u8],
    beginning: u8,
    mut give: impl FnMut(CellOf, Bytes<'b>) -> Result<(), RollupFault>,
) -> Result<(), RollupFault> {
    let mut bytes = Bytes(bytes);
    if bytes.is_done() {
        return Ok(());
    }
    if bytes.byte()? != beginning {
        return Err(RollupFault::Bytes);
    }
    let names = Names::take(&mut bytes)?;
    while !bytes.is_done() {
        let cell = names.take_cell(&mut bytes)?;
        give(cell, Bytes(bytes.run()?))?;
    }
    Ok(())
}

fn sorted<T: Ord>(ids: impl Iterator<Item = T>) -> Vec<T> {
    ids.collect::<BTreeSet<T>>().into_iter().collect()
}

fn put_ids(bytes: &mut Vec<u8>, ids: impl ExactSizeIterator<Item = [u8; ID_BYTES]>) {
    put_len(bytes, ids.len() * ID_BYTES);
    ids.for_each(|id| bytes.extend_from_slice(&id));
}
