//! Packing a live channel: what was said before makes what follows small, for pages are much alike.
//!
//! A compressor of its own for each channel would hold more memory than all the rest of it. So a channel keeps the end of
//! what it said, in plain; for each event one compressor of the thread is given that to refer to, and ends its output on a
//! whole byte. What comes out is one stream as by a single compressor that is flushed after each event.

use std::cell::RefCell;

use flate2::{Compress, Compression, Crc, FlushCompress};

/// So much of what was said is kept, in bytes: a page and some beats.
pub const CONTEXT_BYTES_MAX: usize = 4 * 1024;
/// The head of a gzip stream: deflate, no name, no time.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// The last block of a deflate stream, with nothing in it.
const LAST_BLOCK: [u8; 2] = [0x03, 0x00];
/// More than a flush takes.
const FLUSH_BYTES: usize = 64;

thread_local! {
    static COMPRESSOR: RefCell<Compress> = RefCell::new(Compress::new(Compression::default(), false));
}

/// The gzip stream of one channel.
#[derive(Debug, Default)]
pub struct Packing {
    said: Vec<u8>,
    sum: Crc,
    has_begun: bool,
}

impl Packing {
    /// Packs what is said next, so that it can be read at once.
    pub fn pack(&mut self, text: &[u8]) -> Vec<u8> {
        let mut packed = self.head();
        COMPRESSOR.with_borrow_mut(|compressor| deflate(compressor, &self.said, text, &mut packed));
        self.sum.update(text);
        self.said.extend_from_slice(text);
        if self.said.len() > CONTEXT_BYTES_MAX {
            // As much as it needs and no more: there may be ten thousand.
            self.said = self.said.split_off(self.said.len() - CONTEXT_BYTES_MAX);
        }
        packed
    }

    /// Forgets what was said: what follows does not refer to it.
    pub fn forget(&mut self) {
        self.said = Vec::new();
    }

    /// The end of the stream.
    pub fn end(mut self) -> Vec<u8> {
        let mut packed = self.head();
        packed.extend(LAST_BLOCK);
        packed.extend(self.sum.sum().to_le_bytes());
        packed.extend(self.sum.amount().to_le_bytes());
        packed
    }

    fn head(&mut self) -> Vec<u8> {
        if std::mem::replace(&mut self.has_begun, true) { Vec::new() } else { HEAD.to_vec() }
    }
}

/// Adds whole bytes of deflated text, which refers to what was said before.
fn deflate(compressor: &mut Compress, said: &[u8], mut text: &[u8], packed: &mut Vec<u8>) {
    compressor.reset();
    if !said.is_empty() && compressor.set_dictionary(said).is_err() {
        // Without a context it is only longer.
        compressor.reset();
    }
    loop {
        packed.reserve(text.len() + FLUSH_BYTES);
        let before = compressor.total_in();
        let done = compressor.compress_vec(text, packed, FlushCompress::Sync);
        let taken = usize::try_from(compressor.total_in() - before).unwrap_or(text.len());
        text = text.get(taken..).unwrap_or_default();
        // Room that is left over shows that the flush has come to its end.
        if done.is_err() || (text.is_empty() && packed.len() < packed.capacity()) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    /// Reads what there is of a stream.
    fn read(stream: &[u8]) -> String {
        let (mut text, mut piece) = (Vec::new(), [0; 512]);
        let mut decoder = GzDecoder::new(stream);
        while let Ok(length @ 1..) = decoder.read(&mut piece) {
            text.extend_from_slice(&piece[..length]);
        }
        String::from_utf8(text).unwrap()
    }

    fn event(number: usize) -> String {
        format!("event: page\ndata: {{\"epoch\":\"0199d1a0-0000-7000-8000-000000000002\",\"第几条\":{number}}}\n\n")
    }

    #[test]
    fn each_event_reads_as_soon_as_it_is_there_and_the_whole_is_one_stream() {
        let (mut packing, mut stream, mut told) = (Packing::default(), Vec::new(), String::new());
        for number in 0..200 {
            stream.extend(packing.pack(event(number).as_bytes()));
            told += &event(number);
            assert_eq!(read(&stream), told);
            if number == 100 {
                packing.forget();
            }
        }
        stream.extend(packing.end());
        let mut whole = String::new();
        GzDecoder::new(&stream[..]).read_to_string(&mut whole).expect("its sum is right");
        assert_eq!(whole, told);
        assert!(stream.len() * 4 < told.len(), "{} of {} bytes", stream.len(), told.len());
    }

    #[test]
    fn what_was_said_makes_what_follows_small_until_it_is_forgotten() {
        let mut packing = Packing::default();
        let first = packing.pack(event(1).as_bytes()).len();
        let second = packing.pack(event(2).as_bytes()).len();
        packing.forget();
        let third = packing.pack(event(3).as_bytes()).len();
        assert!(second * 3 < first && second * 3 < third, "{first}, {second}, {third}");
    }

    #[test]
    fn no_more_is_kept_than_a_page_needs_and_long_words_pass() {
        let mut packing = Packing::default();
        // Words that cannot be packed.
        let mut state = 1_u32;
        let noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b' ' + (state >> 24) as u8 % 94)
        };
        let long: String = std::iter::repeat_with(noise).take(100_000).collect();
        let mut stream = packing.pack(long.as_bytes());
        assert_eq!(packing.said.len(), CONTEXT_BYTES_MAX);
        stream.extend(packing.pack(event(1).as_bytes()));
        assert_eq!(read(&stream), long + &event(1));
        assert!(packing.said.capacity() <= CONTEXT_BYTES_MAX * 2);
    }

    #[test]
    fn a_channel_that_says_nothing_ends_as_a_stream_too() {
        assert_eq!(read(&Packing::default().end()), "");
    }
}
