//! Writing and reading bytes, checked as a whole, and telling texts apart by a number.

/// How the bytes begin: what they are. The last is raised whenever they mean something else.
pub(crate) type Beginning = [u8; 4];
/// The beginning, four bytes that mean nothing, and the number of all that follows.
pub(crate) const HEAD_BYTES: usize = 16;

/// A number that tells texts from others: any two that differ within eight bytes have different ones, and others as good
/// as always.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Print(u64);

impl Print {
    pub(crate) const fn told(self) -> u64 {
        self.0
    }

    pub(crate) fn add_bytes(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        words.iter().for_each(|word| self.add(u64::from_le_bytes(*word)));
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.add(u64::from_le_bytes(last));
    }

    pub(crate) const fn add(&mut self, word: u64) {
        let mixed = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ mixed >> 32;
    }
}

/// Writes bytes.
pub(crate) struct Packer(Vec<u8>);

impl Packer {
    pub(crate) fn new() -> Self {
        Self(vec![0; HEAD_BYTES])
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn word(&mut self, word: u32) {
        self.bytes(&word.to_le_bytes());
    }

    pub(crate) fn long(&mut self, long: u64) {
        self.bytes(&long.to_le_bytes());
    }

    /// How many of something follow; no index holds more than fit.
    pub(crate) fn count(&mut self, count: usize) {
        self.word(count as u32);
    }

    /// Everything written, with what shows what it is and whether it is whole.
    pub(crate) fn closed(mut self, beginning: Beginning) -> Vec<u8> {
        let (head, rest) = self.0.split_at_mut(HEAD_BYTES);
        head[..4].copy_from_slice(&beginning);
        let mut print = Print::default();
        print.add_bytes(rest);
        head[8..].copy_from_slice(&print.told().to_le_bytes());
        self.0
    }
}

/// Reads what a [`Packer`] wrote; whatever asks for more than there is has none.
pub(crate) struct Unpacker<'a>(&'a [u8]);

impl<'a> Unpacker<'a> {
    /// None where the bytes are something else, or not whole.
    pub(crate) fn opened(beginning: Beginning, bytes: &'a [u8]) -> Option<Self> {
        let (head, rest) = bytes.split_at_checked(HEAD_BYTES)?;
        let mut print = Print::default();
        print.add_bytes(rest);
        (head[..4] == beginning && head[8..] == print.told().to_le_bytes()).then_some(Self(rest))
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    pub(crate) fn word(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn long(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// How many of something follow, each of so many bytes or more; none where there are fewer bytes.
    pub(crate) fn count(&mut self, least_bytes: usize) -> Option<usize> {
        let count = self.word()? as usize;
        (count <= self.0.len() / least_bytes).then_some(count)
    }

    /// So many words.
    pub(crate) fn words(&mut self, count: usize) -> Option<impl ExactSizeIterator<Item = u32> + use<'a>> {
        let bytes = self.bytes(count.checked_mul(4)?)?;
        Some(bytes.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)))
    }

    pub(crate) fn is_done(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGINNING: Beginning = *b"any\x01";

    #[test]
    fn what_is_written_is_read_and_what_was_changed_is_not() {
        let mut packer = Packer::new();
        packer.count(2);
        packer.word(7);
        packer.word(u32::MAX);
        packer.long(u64::MAX - 1);
        packer.bytes(b"abc");
        let bytes = packer.closed(BEGINNING);
        let mut read = Unpacker::opened(BEGINNING, &bytes).unwrap();
        let count = read.count(4).unwrap();
        assert_eq!(read.words(count).unwrap().collect::<Vec<_>>(), [7, u32::MAX]);
        assert_eq!((read.long(), read.array(), read.is_done()), (Some(u64::MAX - 1), Some(*b"abc"), true));
        assert_eq!((read.word(), read.bytes(1), read.count(1)), (None, None, None));
        for place in [0, 3, 8, 15, 16, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert!(Unpacker::opened(BEGINNING, &changed).is_none(), "{place}");
        }
        assert!(Unpacker::opened(BEGINNING, &bytes[..bytes.len() - 1]).is_none());
        assert!(Unpacker::opened(BEGINNING, &bytes[..9]).is_none());
        assert!(Unpacker::opened(*b"any\x02", &bytes).is_none());
    }

    #[test]
    fn a_count_that_cannot_be_is_refused() {
        let mut packer = Packer::new();
        packer.count(1_000_000_000);
        let bytes = packer.closed(BEGINNING);
        assert_eq!(Unpacker::opened(BEGINNING, &bytes).unwrap().count(1), None);
    }
}
