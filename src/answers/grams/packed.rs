//! Lists as bytes.

use super::super::sounds::Sounds;
use super::listed::PackedList;
use super::{Gram, Grams, POSTING_LINES_MAX, Posting};
use crate::packing::{Packer, Unpacker};

/// The least that a list takes: its gram, how long it is and one posting.
const LIST_BYTES_MIN: usize = 18;

impl Grams {
    /// Writes the lists, of those lines that have a place; places are in the order of the lines.
    pub(in super::super) fn pack(&self, place_of: impl Fn(u32) -> Option<u32>, packer: &mut Packer) {
        let is_packed = |posting: &Posting| place_of(posting.line()).is_some();
        let mut lists: Vec<(Gram, &[Posting])> =
            self.lists.iter().map(|(gram, list)| (*gram, list.as_slice())).collect();
        lists.retain(|(_, list)| list.iter().any(is_packed));
        lists.sort_unstable_by_key(|(gram, _)| *gram);
        packer.count(lists.len());
        for (gram, list) in lists {
            packer.long(gram.0);
            let placed = list.iter().filter_map(|posting| Some(posting.of_line(place_of(posting.line())?)));
            PackedList::pack(&placed.collect::<Vec<_>>(), packer);
        }
    }

    /// Reads lists of so many lines.
    pub(in super::super) fn unpacked(lines: usize, unpacker: &mut Unpacker<'_>) -> Option<Self> {
        let mut grams = Self::default();
        let count = unpacker.count(LIST_BYTES_MIN)?;
        grams.lists.reserve(count);
        let mut before = None;
        for _ in 0..count {
            let gram = Gram(unpacker.long()?);
            if before.replace(gram).is_some_and(|before| before >= gram) {
                return None;
            }
            gram.sound_in(&mut grams.sounds)?;
            let mut list = PackedList::unpacked(lines, unpacker)?.into_postings()?;
            if list.becomes_due() {
                grams.due.push(gram);
            }
            grams.lists.insert(gram, list);
        }
        Some(grams)
    }
}

impl Gram {
    /// Files it under how it sounds; none where it is no gram.
    fn sound_in(self, sounds: &mut Sounds) -> Option<()> {
        let last = char::from_u32(self.0 as u32)?;
        match (self.0 >> 32) as u32 {
            0 => sounds.put(last),
            first => sounds.put_pair(char::from_u32(first - 1)?, last),
        }
        Some(())
    }
}

impl Posting {
    /// The same in another line.
    fn of_line(self, line: u32) -> Self {
        debug_assert!((line as usize) < POSTING_LINES_MAX);
        Self(line << 9 | self.0 & 0x1ff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packing::Beginning;

    const BEGINNING: Beginning = *b"any\x01";

    fn lists(grams: &[Gram]) -> Option<Grams> {
        let mut packer = Packer::new();
        packer.count(grams.len());
        for gram in grams {
            packer.long(gram.0);
            PackedList::pack(&[Posting::new(0, false, 0)], &mut packer);
        }
        Grams::unpacked(1, &mut Unpacker::opened(BEGINNING, &packer.closed(BEGINNING))?)
    }

    /// The second list of a gram would have taken the place of the first.
    #[test]
    fn each_list_comes_once_and_in_order() {
        let (one, two) = (Gram::one('发'), Gram::two('发', '货'));
        assert!(lists(&[one, two]).is_some());
        assert!(lists(&[two, one]).is_none());
        assert!(lists(&[one, one]).is_none());
    }
}
