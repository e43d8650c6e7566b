//! The frames that go back and forth all day, said in fewer bytes.
//!
//! What is short cannot be packed: most of a push is ids, hashes and names of fields. So a text of JSON has a second form,
//! in which ids are their sixteen bytes, long numbers are binary, what every frame says is one byte, and Chinese takes two
//! bytes a character. It is about the text and not about what the text says: what comes out is, byte for byte, what went in,
//! so arguments are still the very bytes that were hashed, and whatever a newer desk says goes through.

use uuid::Uuid;

/// The media type of the terse form. The first byte of a body says by which table it was written.
pub const TERSE: &str = "application/vnd.qinda.terse";
/// The table of phrases. Whoever changes it makes another one with another number, and reads both.
pub const TERSE_TABLE: u8 = 1;
/// The longest text that is said tersely, in bytes. Some bytes say many, so this is what a reader has to have room for.
pub const TERSE_BYTES_MAX: usize = 64 * 1024;

/// What the frames say again and again, one in each line, those of every reply first.
const PHRASES: &str = include_str!("terse/phrases.txt");

/// Sixteen bytes of an id follow.
const ID: u8 = 0;
/// One byte follows: which of the ids before, counted from the first.
const ID_AGAIN: u8 = 1;
/// The sixteen bytes of 32 digits in hex follow.
const HEX: u8 = 2;
/// A number follows, seven bits in each byte, the lowest first, with the highest bit set in all but the last.
const NUMBER: u8 = 3;
/// Wide characters follow, of two bytes each, and between them others as their byte with the highest bit set.
const WIDE: u8 = 4;
/// One byte follows: which of the phrases that have no byte of their own.
const PHRASE: u8 = 5;
/// The first phrase is this byte, and so on up to the last byte that no text of JSON has.
const PHRASES_FROM: u8 = 6;
const PHRASES_OWN: usize = (b' ' - PHRASES_FROM) as usize;
/// Where wide characters end.
const WIDE_END: u8 = 0x7f;

/// The first and the last of each stretch of wide characters: ideographs, kana and their marks, wide forms, dashes and quotes.
const WIDE_STRETCHES: [(u16, u16); 4] = [(0x4e00, 0x9fff), (0x3000, 0x30ff), (0xff00, 0xffef), (0x2000, 0x206f)];
/// Fewer are no shorter.
const WIDE_CHARS_MIN: usize = 3;
/// More of others between wide ones are better said by themselves.
const NARROW_CHARS_MAX: usize = 3;
const NUMBER_DIGITS_MIN: usize = 4;
/// All numbers of so many digits fit.
const NUMBER_DIGITS_MAX: usize = 19;
const ID_CHARS: usize = 36;
const HEX_CHARS: usize = 32;

/// Bytes that are no terse text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTerse {
    /// They were written by a table that this code does not have.
    #[error("said by another table")]
    OtherTable,
    /// They end too early, or mean nothing.
    #[error("damaged")]
    Damaged,
    /// More than [`TERSE_BYTES_MAX`] would come out.
    #[error("too long")]
    TooLong,
}

/// The terse form of a text of JSON. `None` for one that is too long, or is spread over lines.
#[must_use]
pub fn terse(text: &str) -> Option<Vec<u8>> {
    if text.len() > TERSE_BYTES_MAX || text.bytes().any(|byte| byte < b' ') {
        return None;
    }
    let mut writer = Writer { said: vec![TERSE_TABLE], ids: Vec::new(), phrases: PHRASES.lines().collect() };
    let mut rest = text;
    while !rest.is_empty() {
        rest = &rest[writer.say(rest)..];
    }
    Some(writer.said)
}

/// The text that a terse form stands for.
///
/// # Errors
/// When the bytes are no terse form, or more comes out than is taken.
pub fn from_terse(bytes: &[u8]) -> Result<String, NotTerse> {
    let [TERSE_TABLE, rest @ ..] = bytes else {
        return Err(if bytes.is_empty() { NotTerse::Damaged } else { NotTerse::OtherTable });
    };
    // No text gets longer, but for the number of the table.
    if rest.len() > TERSE_BYTES_MAX {
        return Err(NotTerse::TooLong);
    }
    let mut reader = Reader { rest, ids: Vec::new(), phrases: PHRASES.lines().collect(), read: Vec::new() };
    while let Some(byte) = reader.next() {
        reader.read_one(byte).ok_or(NotTerse::Damaged)?;
        if reader.read.len() > TERSE_BYTES_MAX {
            return Err(NotTerse::TooLong);
        }
    }
    String::from_utf8(reader.read).map_err(|_| NotTerse::Damaged)
}

struct Writer {
    said: Vec<u8>,
    ids: Vec<Uuid>,
    phrases: Vec<&'static str>,
}

impl Writer {
    /// Says the beginning of a text, and how many bytes of it these were.
    fn say(&mut self, text: &str) -> usize {
        let said = self.phrase(text).or_else(|| self.id(text)).or_else(|| self.hex(text));
        said.or_else(|| self.number(text)).or_else(|| self.wide(text)).unwrap_or_else(|| self.as_it_is(text))
    }

    /// The longest phrase that is there.
    fn phrase(&mut self, text: &str) -> Option<usize> {
        let found = self.phrases.iter().enumerate().filter(|(_, phrase)| text.starts_with(**phrase));
        let (place, phrase) = found.max_by_key(|(_, phrase)| phrase.len())?;
        match place.checked_sub(PHRASES_OWN) {
            None => self.said.push(PHRASES_FROM + place as u8),
            Some(further) => self.said.extend([PHRASE, further as u8]),
        }
        Some(phrase.len())
    }

    fn id(&mut self, text: &str) -> Option<usize> {
        let written = text.get(..ID_CHARS)?;
        let id = Uuid::try_parse(written).ok().filter(|id| id.to_string() == written)?;
        match self.ids.iter().take(usize::from(u8::MAX) + 1).position(|known| *known == id) {
            Some(place) => self.said.extend([ID_AGAIN, place as u8]),
            None => {
                self.ids.push(id);
                self.said.push(ID);
                self.said.extend(id.as_bytes());
            }
        }
        Some(ID_CHARS)
    }

    fn hex(&mut self, text: &str) -> Option<usize> {
        let written = text.get(..HEX_CHARS)?;
        let is_hex = written.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let number = is_hex.then(|| u128::from_str_radix(written, 16).ok()).flatten()?;
        self.said.push(HEX);
        self.said.extend(number.to_be_bytes());
        Some(HEX_CHARS)
    }

    fn number(&mut self, text: &str) -> Option<usize> {
        let digits = text.bytes().take(NUMBER_DIGITS_MAX).take_while(u8::is_ascii_digit).count();
        if digits < NUMBER_DIGITS_MIN || text.starts_with('0') {
            return None;
        }
        let mut number: u64 = text[..digits].parse().ok()?;
        self.said.push(NUMBER);
        while number > 0x7f {
            self.said.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.said.push(number as u8);
        Some(digits)
    }

    fn wide(&mut self, text: &str) -> Option<usize> {
        let (mut wide, mut narrow, mut end) = (0, 0, 0);
        for (place, character) in text.char_indices() {
            if code_of(character).is_some() {
                (wide, narrow, end) = (wide + 1, 0, place + character.len_utf8());
            } else if wide > 0 && narrow < NARROW_CHARS_MAX && character.is_ascii() {
                narrow += 1;
            } else {
                break;
            }
        }
        if wide < WIDE_CHARS_MIN {
            return None;
        }
        self.said.push(WIDE);
        for character in text[..end].chars() {
            match code_of(character) {
                Some(code) => self.said.extend(code.to_be_bytes()),
                None => self.said.push(character as u8 | 0x80),
            }
        }
        self.said.push(WIDE_END);
        Some(end)
    }

    fn as_it_is(&mut self, text: &str) -> usize {
        let length = text.chars().next().map_or(0, char::len_utf8);
        self.said.extend(&text.as_bytes()[..length]);
        length
    }
}

/// The number of a wide character among all of them, in the order of the stretches.
fn code_of(character: char) -> Option<u16> {
    let character = u16::try_from(u32::from(character)).ok()?;
    let mut before = 0;
    for (first, last) in WIDE_STRETCHES {
        if (first..=last).contains(&character) {
            return Some(before + (character - first));
        }
        before += last - first + 1;
    }
    None
}

fn character_of(mut code: u16) -> Option<char> {
    for (first, last) in WIDE_STRETCHES {
        if code <= last - first {
            return char::from_u32(u32::from(first + code));
        }
        code -= last - first + 1;
    }
    None
}

struct Reader<'a> {
    rest: &'a [u8],
    ids: Vec<Uuid>,
    phrases: Vec<&'static str>,
    read: Vec<u8>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    fn sixteen(&mut self) -> Option<[u8; 16]> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*bytes)
    }

    /// Reads what a byte begins. `None` where that is nothing.
    fn read_one(&mut self, byte: u8) -> Option<()> {
        match byte {
            ID => {
                let id = Uuid::from_bytes(self.sixteen()?);
                self.ids.push(id);
                self.add(&id.to_string());
            }
            ID_AGAIN => {
                let place = self.next()?;
                let id = *self.ids.get(usize::from(place))?;
                self.add(&id.to_string());
            }
            HEX => {
                let number = u128::from_be_bytes(self.sixteen()?);
                self.add(&format!("{number:032x}"));
            }
            NUMBER => {
                let number = self.number()?;
                self.add(&number.to_string());
            }
            WIDE => self.wide()?,
            PHRASE => {
                let place = self.next()?;
                self.phrase(PHRASES_OWN + usize::from(place))?;
            }
            PHRASES_FROM..b' ' => self.phrase(usize::from(byte - PHRASES_FROM))?,
            _ => self.read.push(byte),
        }
        Some(())
    }

    fn add(&mut self, text: &str) {
        self.read.extend(text.as_bytes());
    }

    fn phrase(&mut self, place: usize) -> Option<()> {
        let phrase = *self.phrases.get(place)?;
        self.add(phrase);
        Some(())
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.next()?;
            let bits = u64::from(byte & 0x7f);
            number |= bits.checked_shl(shift).filter(|shifted| shifted >> shift == bits)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn wide(&mut self) -> Option<()> {
        loop {
            let byte = self.next()?;
            let character = match byte {
                WIDE_END => return Some(()),
                0x80.. => char::from(byte & 0x7f),
                _ => character_of(u16::from_be_bytes([byte, self.next()?]))?,
            };
            self.add(character.encode_utf8(&mut [0; 4]));
        }
    }
}

#[cfg(test)]
mod tests;
