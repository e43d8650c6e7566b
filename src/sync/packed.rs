//! Many rows as bytes, so that a start reads one value instead of thousands.

use super::Entity;
use crate::packing::{Beginning, Packer, Unpacker};

/// How the bytes of rows begin.
const BEGINNING: Beginning = [b'Q', b'd', b'R', 1];

/// One of many rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackedRow<'a> {
    /// What it is about.
    pub entity: &'a str,
    /// The name of its kind on the wire.
    pub kind: &'a str,
    /// Its body, as JSON.
    pub body: &'a str,
}

/// Writes rows as bytes.
pub struct RowsPacker {
    packer: Packer,
    rows: usize,
}

impl RowsPacker {
    /// Begins rows that are known by a number.
    #[must_use]
    pub fn new(number: u64) -> Self {
        let mut packer = Packer::new();
        packer.long(number);
        Self { packer, rows: 0 }
    }

    /// Writes a row.
    pub fn add(&mut self, row: PackedRow<'_>) {
        for text in [row.entity, row.kind, row.body] {
            self.packer.count(text.len());
            self.packer.bytes(text.as_bytes());
        }
        self.rows += 1;
    }

    /// How many rows were written.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// All rows, for [`packed_rows`].
    #[must_use]
    pub fn closed(self) -> Vec<u8> {
        self.packer.closed(BEGINNING)
    }
}

/// Reads what a [`RowsPacker`] wrote: the number, and of each row what `read` makes of it, if anything. None where the bytes
/// are not whole.
pub fn packed_rows<T>(
    bytes: &[u8],
    mut read: impl FnMut(PackedRow<'_>) -> Option<T>,
) -> Option<(u64, Vec<(Entity, T)>)> {
    let mut unpacker = Unpacker::opened(BEGINNING, bytes)?;
    let number = unpacker.long()?;
    let mut rows = Vec::new();
    while !unpacker.is_done() {
        let row = PackedRow { entity: text(&mut unpacker)?, kind: text(&mut unpacker)?, body: text(&mut unpacker)? };
        rows.extend(read(row).map(|made| (Entity(row.entity.to_owned()), made)));
    }
    Some((number, rows))
}

fn text<'a>(unpacker: &mut Unpacker<'a>) -> Option<&'a str> {
    let length = unpacker.count(1)?;
    std::str::from_utf8(unpacker.bytes(length)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [PackedRow<'_>; 3] = [
        PackedRow { entity: "article:1", kind: "article", body: r#"{"title":"发货"}"# },
        PackedRow { entity: "article:2", kind: "article", body: "{}" },
        PackedRow { entity: "", kind: "", body: "" },
    ];

    fn packed() -> Vec<u8> {
        let mut packer = RowsPacker::new(u64::MAX - 7);
        ROWS.into_iter().for_each(|row| packer.add(row));
        assert_eq!(packer.rows(), ROWS.len());
        packer.closed()
    }

    /// The kind and the body of each entity.
    type Read = Vec<(Entity, [String; 2])>;

    fn read(bytes: &[u8]) -> Option<(u64, Read)> {
        packed_rows(bytes, |row| Some([row.kind, row.body].map(str::to_owned)))
    }

    #[test]
    fn rows_are_read_as_they_were_written() {
        let (number, rows) = read(&packed()).unwrap();
        let written = ROWS.map(|row| (Entity(row.entity.to_owned()), [row.kind, row.body].map(str::to_owned)));
        assert_eq!((number, rows), (u64::MAX - 7, written.to_vec()));
        assert_eq!(read(&RowsPacker::new(3).closed()), Some((3, Vec::new())));
    }

    #[test]
    fn what_is_not_wanted_of_the_rows_is_left_out() {
        let (_, rows) = packed_rows(&packed(), |row| (row.body == "{}").then_some(())).unwrap();
        assert_eq!(rows, [(Entity("article:2".into()), ())]);
    }

    #[test]
    fn rows_of_which_a_bit_was_changed_or_the_end_is_missing_are_not_read() {
        let bytes = packed();
        // Four bytes of the head mean nothing.
        for place in (0..4).chain(8..bytes.len()) {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert!(read(&changed).is_none(), "{place}");
        }
        assert!((0..bytes.len()).all(|length| read(&bytes[..length]).is_none()));
    }

    #[test]
    fn bytes_that_check_and_are_no_rows_are_refused() {
        let closed = |write: &dyn Fn(&mut Packer)| {
            let mut packer = Packer::new();
            packer.long(1);
            write(&mut packer);
            packer.closed(BEGINNING)
        };
        assert!(read(&closed(&|packer| packer.count(9))).is_none(), "a text that is longer than the rest");
        assert!(read(&closed(&|packer| packer.bytes(&[0; 6]))).is_none(), "half a row");
        let no_text = |packer: &mut Packer| {
            packer.bytes(&[0; 8]);
            packer.count(1);
            packer.bytes(&[0xff]);
        };
        assert!(read(&closed(&no_text)).is_none(), "a text that is none");
    }
}
