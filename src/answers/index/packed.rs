//! The searchable articles as bytes, so that a start reads them instead of building them anew.

use super::super::entry::{EntryId, Field};
use super::super::grams::Grams;
use super::super::text::Texts;
use super::{Entry, Head, Index, LINES_MAX};
use crate::model::ArticleId;
use crate::packing::{Beginning, Packer, Unpacker};

/// How the bytes of an index begin.
const BEGINNING: Beginning = [b'Q', b'd', b'X', 2];
/// The line of an entry that is not an article.
const NOT_PACKED: u32 = u32::MAX;
/// The least that an entry takes: its id, its print and how many lines it has.
const ENTRY_BYTES_MIN: usize = 28;

impl Index {
    /// What is held to find articles by, for [`Index::unpacked`] of the very same program. Quick replies, choices and what
    /// is learned are not in it.
    #[must_use]
    pub fn packed(&self) -> Vec<u8> {
        let places = self.packed_places();
        let mut packer = Packer::new();
        packer.count(self.articles().count());
        packer.count(places.iter().filter(|place| **place != NOT_PACKED).count());
        for (id, slot) in &self.by_id {
            let EntryId::Article(article) = id else { continue };
            let entry = self.entry(*slot);
            packer.bytes(&article.to_bytes());
            packer.long(entry.print);
            packer.count(entry.lines.len());
            for line in &entry.lines {
                let head = self.head(*line);
                packer.word(places[*line as usize]);
                packer.word((head.field as u32) << 16 | u32::from(head.place));
            }
        }
        let lines = (0u32..).zip(&places).filter(|(_, place)| **place != NOT_PACKED).map(|(line, _)| line);
        self.texts.pack(lines, &mut packer);
        let place_of = |line: u32| Some(places[line as usize]).filter(|place| *place != NOT_PACKED);
        self.grams.iter().for_each(|grams| grams.pack(place_of, &mut packer));
        packer.closed(BEGINNING)
    }

    /// For each line its place among those of articles, in the same order.
    fn packed_places(&self) -> Vec<u32> {
        let mut places = vec![NOT_PACKED; self.heads.len()];
        for (id, slot) in &self.by_id {
            if matches!(id, EntryId::Article(_)) {
                self.entry(*slot).lines.iter().for_each(|line| places[*line as usize] = 0);
            }
        }
        let packed = places.iter_mut().filter(|place| **place != NOT_PACKED);
        (0..).zip(packed).for_each(|(number, place)| *place = number);
        places
    }

    /// What [`Index::packed`] gave; none where that is not whole. The articles are still to be compared by
    /// [`Index::compared`], and each to be taken in by [`Index::put_questions`].
    #[must_use]
    pub fn unpacked(bytes: &[u8]) -> Option<Self> {
        let mut unpacker = Unpacker::opened(BEGINNING, bytes)?;
        let mut index = Self::new();
        let entries = unpacker.count(ENTRY_BYTES_MIN)?;
        let lines = unpacker.count(1).filter(|lines| *lines <= LINES_MAX)?;
        let unknown = Head { entry: NOT_PACKED, chars: 0, field: Field::Answer, place: 0 };
        index.heads = vec![unknown; lines];
        index.entries.reserve_exact(entries);
        for slot in 0..entries as u32 {
            let entry = index.unpack_entry(slot, &mut unpacker)?;
            index.entries.push(entry);
        }
        index.by_id = (0..).zip(&index.entries).map(|(slot, entry)| (entry.id, slot)).collect();
        index.texts = Texts::unpacked(lines, &mut unpacker)?;
        for (line, head) in (0..).zip(&mut index.heads) {
            head.chars = index.texts.chars(line) as u32;
        }
        for grams in &mut index.grams {
            *grams = Grams::unpacked(lines, &mut unpacker)?;
        }
        let is_whole = index.by_id.len() == entries && index.heads.iter().all(|head| head.entry != NOT_PACKED);
        (is_whole && unpacker.is_done()).then_some(index)
    }

    fn unpack_entry(&mut self, slot: u32, unpacker: &mut Unpacker<'_>) -> Option<Entry> {
        let id = EntryId::Article(ArticleId::from_bytes(unpacker.array()?));
        let print = unpacker.long()?;
        let count = unpacker.count(8)?;
        let mut lines = Vec::with_capacity(count);
        for _ in 0..count {
            let (line, what) = (unpacker.word()?, unpacker.word()?);
            let field = *Field::ALL.get((what >> 16) as usize)?;
            let head = self.heads.get_mut(line as usize).filter(|head| head.entry == NOT_PACKED)?;
            *head = Head { entry: slot, chars: 0, field, place: what as u16 };
            lines.push(line);
        }
        Some(Entry { id, lines: lines.into_boxed_slice(), print })
    }
}
