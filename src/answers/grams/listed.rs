//! A long list as bytes until it is first asked for: a start reads thousands of lists, and a search looks at few.

use std::sync::OnceLock;

use super::{Posting, Postings};
use crate::packing::{Packer, Unpacker};

/// The least that a posting takes.
const POSTING_BYTES_MIN: usize = 2;
/// So many bits of a number stand in a byte; the eighth says that more follow.
const BITS: u32 = 7;
const MORE: u8 = 1 << BITS;

/// Many postings in the order of their lines, maybe still packed.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    read: OnceLock<Vec<Posting>>,
    packed: PackedList,
}

/// Postings as bytes: of each the place and the times in one, then how far its line is from the least that it could be,
/// with whether it leads.
#[derive(Debug, Clone, Default)]
pub(super) struct PackedList {
    bytes: Box<[u8]>,
    count: usize,
    /// All lines come before this one.
    lines: u32,
}

impl From<Vec<Posting>> for Listed {
    fn from(list: Vec<Posting>) -> Self {
        Self { read: list.into(), packed: PackedList::default() }
    }
}

impl From<PackedList> for Listed {
    fn from(packed: PackedList) -> Self {
        Self { read: OnceLock::new(), packed }
    }
}

impl Listed {
    pub(super) fn as_slice(&self) -> &[Posting] {
        self.read.get_or_init(|| self.packed.read())
    }

    /// The postings, to be changed: what they were packed as says nothing any more.
    pub(super) fn as_vec(&mut self) -> &mut Vec<Posting> {
        self.as_slice();
        self.packed = PackedList::default();
        self.read.get_mut().expect("the list was just read")
    }

    /// How many there are, without reading them.
    pub(super) fn len(&self) -> usize {
        self.read.get().map_or(self.packed.count, Vec::len)
    }

    /// What is held beside the value itself.
    pub(super) fn bytes(&self) -> usize {
        let read = self.read.get().map_or(0, |list| list.capacity() * size_of::<Posting>());
        self.packed.bytes.len() + read
    }
}

impl PackedList {
    /// Writes postings whose lines rise.
    pub(super) fn pack(list: &[Posting], packer: &mut Packer) {
        let mut bytes = Vec::with_capacity(list.len() * POSTING_BYTES_MIN);
        packer.count(list.len());
        let mut least = 0;
        for posting in list {
            bytes.push(posting.0 as u8);
            push_number((posting.line() - least) << 1 | u32::from(posting.leads()), &mut bytes);
            least = posting.line() + 1;
        }
        packer.count(bytes.len());
        packer.bytes(&bytes);
    }

    /// Takes the bytes of a list of so many lines; none where they cannot be as many postings as they say.
    pub(super) fn unpacked(lines: usize, unpacker: &mut Unpacker<'_>) -> Option<Self> {
        let (count, length) = (unpacker.word()? as usize, unpacker.count(1)?);
        let bytes = unpacker.bytes(length)?.into();
        let is_possible = count > 0 && count <= length / POSTING_BYTES_MIN;
        is_possible.then_some(Self { bytes, count, lines: lines as u32 })
    }

    /// The postings; the rest of what is no list is left out.
    fn read(&self) -> Vec<Posting> {
        let mut bytes = self.bytes.iter().copied();
        let mut least = 0;
        let mut list = Vec::with_capacity(self.count);
        while let Some(posting) = self.next(least, &mut bytes) {
            least = posting.line() + 1;
            list.push(posting);
        }
        list
    }

    #[inline]
    fn next(&self, least: u32, bytes: &mut impl Iterator<Item = u8>) -> Option<Posting> {
        let low = bytes.next()?;
        let number = next_number(bytes)?;
        let line = least.checked_add(number >> 1).filter(|line| *line < self.lines)?;
        Some(Posting(line << 9 | (number & 1) << 8 | u32::from(low)))
    }

    /// The list: short ones are read at once.
    pub(super) fn into_postings(self) -> Option<Postings> {
        if self.count > super::FEW {
            return Some(Postings::many(self.into()));
        }
        let list = self.read();
        (list.len() == self.count).then(|| Postings::few(&list))
    }
}

fn push_number(mut number: u32, bytes: &mut Vec<u8>) {
    while number >= u32::from(MORE) {
        bytes.push(number as u8 | MORE);
        number >>= BITS;
    }
    bytes.push(number as u8);
}

fn next_number(bytes: &mut impl Iterator<Item = u8>) -> Option<u32> {
    let mut number = 0;
    for shift in (0..u32::BITS).step_by(BITS as usize) {
        let byte = bytes.next()?;
        number |= u32::from(byte & !MORE).checked_shl(shift)?;
        if byte & MORE == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packing::Beginning;

    const BEGINNING: Beginning = *b"any\x01";
    const LINES: usize = 1 << 22;

    fn packed(list: &[Posting], lines: usize) -> Option<PackedList> {
        let mut packer = Packer::new();
        PackedList::pack(list, &mut packer);
        let bytes = packer.closed(BEGINNING);
        PackedList::unpacked(lines, &mut Unpacker::opened(BEGINNING, &bytes)?)
    }

    #[test]
    fn a_list_is_read_as_it_was_written_when_it_is_asked_for() {
        let lines = [0, 1, 2, 65, 66, 130, 9_000, 9_001, 2_000_000, LINES as u32 - 1];
        let list: Vec<Posting> =
            (0..).zip(lines).map(|(n, line)| Posting::new(line, n % 3 == 0, n * 17).again(n)).collect();
        let mut listed = Listed::from(packed(&list, LINES).unwrap());
        assert_eq!((listed.len(), listed.read.get()), (list.len(), None));
        assert_eq!(listed.as_slice(), list);
        listed.as_vec().pop();
        assert_eq!((listed.len(), listed.packed.bytes.len()), (list.len() - 1, 0));
    }

    #[test]
    fn what_is_beyond_the_last_line_or_cut_off_is_left_out() {
        let list: Vec<Posting> = [3, 900, 901].map(|line| Posting::new(line, true, 1)).to_vec();
        assert_eq!(Listed::from(packed(&list, 901).unwrap()).as_slice(), &list[..2]);
        let mut cut = packed(&list, LINES).unwrap();
        cut.bytes = cut.bytes[..3].into();
        assert_eq!(cut.read(), list[..1]);
        assert!(cut.into_postings().is_none());
        assert!(packed(&[], LINES).is_none());
    }

    #[test]
    fn a_number_without_an_end_is_none() {
        assert_eq!(next_number(&mut [0xff; 9].into_iter()), None);
        assert_eq!(next_number(&mut [0xff, 0xff, 0xff, 0xff, 0x0f].into_iter()), Some(u32::MAX));
    }
}
