//! Writing and reading bytes, checked as a whole, and telling texts apart by a number.

use super::entry::Field;

/// How the bytes begin; the last is raised whenever they mean something else.
const BEGINNING: [u8; 4] = [b'Q', b'd', b'X', 1];
/// The beginning, four bytes that mean nothing, and the number of all that follows.
pub(super) const HEAD_BYTES: usize = 16;

/// A number that tells texts from others: any two that differ within eight bytes have different ones, and others as good
/// as always.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Print(u64);

impl Print {
    /// The number of an entry's lines.
    pub(super) fn of_lines<'a>(lines: impl Iterator<Item = (Field, usize, &'a str)>) -> u64 {
        let mut print = Self::default();
        lines.for_each(|(field, place, text)| print.add_line(field, place, text));
        print.told()
    }

    pub(super) fn add_line(&mut self, field: Field, place: usize, text: &str) {
        self.add((field as u64) << 56 | (place as u64) << 32 | text.len() as u64);
        self.add_bytes(text.as_bytes());
    }

    pub(super) const fn told(self) -> u64 {
        self.0
    }

    fn add_bytes(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        words.iter().for_each(|word| self.add(u64::from_le_bytes(*word)));
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.add(u64::from_le_bytes(last));
    }

    const fn add(&mut self, word: u64) {
        let mixed = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ mixed >> 32;
    }
}

/// Writes bytes.
pub(super) struct Packer(Vec<u8>);

impl Packer {
    pub(super) fn new() -> Self {
        Self(vec![0; HEAD_BYTES])
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn word(&mut self, word: u32) {
        self.bytes(&word.to_le_bytes());
    }

    pub(super) fn long(&mut self, long: u64) {
        self.bytes(&long.to_le_bytes());
    }

    /// How many of something follow; no index holds more than fit.
    pub(super) fn count(&mut self, count: usize) {
        self.word(count as u32);
    }

    /// Everything written, with what shows whether it is whole.
    pub(super) fn closed(mut self) -> Vec<u8> {
        let (head, rest) = self.0.split_at_mut(HEAD_BYTES);
        head[..4].copy_from_slice(&BEGINNING);
        let mut print = Print::default();
        print.add_bytes(rest);
        head[8..].copy_from_slice(&print.told().to_le_bytes());
        self.0
    }
}

/// Reads what a [`Packer`] wrote; whatever asks for more than there is has none.
pub(super) struct Unpacker<'a>(&'a [u8]);

impl<'a> Unpacker<'a> {
    /// None where the bytes are of another form, or not whole.
    pub(super) fn opened(bytes: &'a [u8]) -> Option<Self> {
        let (head, rest) = bytes.split_at_checked(HEAD_BYTES)?;
        let mut print = Print::default();
        print.add_bytes(rest);
        (head[..4] == BEGINNING && head[8..] == print.told().to_le_bytes()).then_some(Self(rest))
    }

    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    pub(super) fn word(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn long(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// How many of something follow, each of so many bytes or more; none where there are fewer bytes.
    pub(super) fn count(&mut self, least_bytes: usize) -> Option<usize> {
        let count = self.word()? as usize;
        (count <= self.0.len() / least_bytes).then_some(count)
    }

    /// So many words.
    pub(super) fn words(&mut self, count: usize) -> Option<impl ExactSizeIterator<Item = u32> + use<'a>> {
        let bytes = self.bytes(count.checked_mul(4)?)?;
        Some(bytes.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)))
    }

    pub(super) fn is_done(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_was_changed_is_not() {
        let mut packer = Packer::new();
        packer.count(2);
        packer.word(7);
        packer.word(u32::MAX);
        packer.long(u64::MAX - 1);
        packer.bytes(b"abc");
        let bytes = packer.closed();
        let mut read = Unpacker::opened(&bytes).unwrap();
        let count = read.count(4).unwrap();
        assert_eq!(read.words(count).unwrap().collect::<Vec<_>>(), [7, u32::MAX]);
        assert_eq!((read.long(), read.array(), read.is_done()), (Some(u64::MAX - 1), Some(*b"abc"), true));
        assert_eq!((read.word(), read.bytes(1), read.count(1)), (None, None, None));
        for place in [0, 3, 8, 15, 16, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert!(Unpacker::opened(&changed).is_none(), "{place}");
        }
        assert!(Unpacker::opened(&bytes[..bytes.len() - 1]).is_none());
        assert!(Unpacker::opened(&bytes[..9]).is_none());
    }

    #[test]
    fn a_count_that_cannot_be_is_refused() {
        let mut packer = Packer::new();
        packer.count(1_000_000_000);
        let bytes = packer.closed();
        assert_eq!(Unpacker::opened(&bytes).unwrap().count(1), None);
    }

    #[test]
    fn texts_are_told_apart_by_field_place_and_words() {
        let print = |lines: &[(Field, usize, &'static str)]| Print::of_lines(lines.iter().copied());
        let title = print(&[(Field::Title, 0, "发货")]);
        assert_eq!(title, print(&[(Field::Title, 0, "发货")]));
        for other in [
            &[(Field::Wording, 0, "发货")][..],
            &[(Field::Title, 1, "发货")],
            &[(Field::Title, 0, "退货")],
            &[(Field::Title, 0, "发货\0")],
            &[(Field::Title, 0, "发货"), (Field::Tag, 0, "")],
            &[],
        ] {
            assert_ne!(title, print(other), "{other:?}");
        }
    }
}
