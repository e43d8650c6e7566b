//! The texts of all lines, folded, in as few bytes as they need and side by side: thousands are read for a key.

mod packed;

use std::ops::Range;

use super::grams::Fast;
use super::normal::{normalise, written};

/// Less room than this is not worth taking back.
const UNUSED_MIN: usize = 4_096;

/// The folded texts by line.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// Two bytes for a character; what does not fit is kept in `rest` too.
    units: Vec<u16>,
    spans: Vec<Span>,
    /// How many units belong to no line.
    unused: usize,
    rest: Fast<u32, Rest>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Span {
    from: u32,
    /// How many characters, times four; and 1 where something is kept in `rest`, 2 where the wide characters are.
    length: u32,
}

const HAS_REST: u32 = 1;
const IS_WIDE: u32 = 2;

/// What few lines need.
#[derive(Debug, Default)]
struct Rest {
    /// The text as written, where folding changed it.
    text: Option<Box<str>>,
    origin: Option<Box<[u32]>>,
    /// The folded characters, where one takes more than two bytes.
    wide: Option<Box<[char]>>,
}

impl Texts {
    /// Takes in the text of a line that has none.
    pub(super) fn put(&mut self, line: u32, text: &str, chars: &[char], origin: Option<Vec<u32>>) {
        let at = line as usize;
        if self.spans.len() <= at {
            self.spans.resize(at + 1, Span::default());
        }
        let wide = chars.iter().any(|character| u32::from(*character) > u32::from(u16::MAX));
        let changed = origin.is_some() || !text.chars().eq(chars.iter().copied());
        self.spans[at] = Span::new(self.units.len(), chars.len(), changed, wide);
        if self.units.capacity() - self.units.len() < chars.len() {
            // Doubling would leave a quarter of the memory unused.
            self.units.reserve_exact(self.units.len() / 8 + chars.len());
        }
        self.units.extend(chars.iter().map(|character| u32::from(*character) as u16));
        if changed || wide {
            let rest = Rest {
                text: changed.then(|| text.into()),
                origin: origin.map(Vec::into_boxed_slice),
                wide: wide.then(|| chars.into()),
            };
            self.rest.insert(line, rest);
        }
    }

    /// Takes the text of a line out.
    pub(super) fn remove(&mut self, line: u32) {
        self.unused += std::mem::take(&mut self.spans[line as usize]).chars();
        self.rest.remove(&line);
        if self.unused > UNUSED_MIN.max(self.units.len() / 4) {
            self.close_up();
        }
    }

    fn close_up(&mut self) {
        let mut units = Vec::with_capacity(self.units.len() - self.unused);
        for span in &mut self.spans {
            let text = &self.units[span.range()];
            span.from = units.len() as u32;
            units.extend_from_slice(text);
        }
        self.units = units;
        self.unused = 0;
    }

    pub(super) fn get(&self, line: u32) -> Line<'_> {
        let span = self.spans[line as usize];
        let rest = if span.has_rest() { self.rest.get(&line) } else { None };
        Line { units: &self.units[span.range()], rest }
    }

    /// Writes the folded characters of a line over what `out` holds: reading line after line needs no new memory.
    pub(super) fn read(&self, line: u32, out: &mut Vec<char>) {
        self.read_part(line, 0, usize::MAX, out);
    }

    /// As [`Texts::read`], so many characters from a place on.
    pub(super) fn read_part(&self, line: u32, from: usize, most: usize, out: &mut Vec<char>) {
        out.clear();
        let span = self.spans[line as usize];
        let from = from.min(span.chars());
        let to = from.saturating_add(most).min(span.chars());
        match self.wide(line, span) {
            Some(wide) => out.extend_from_slice(&wide[from..to]),
            None => out.extend(self.units[span.range()][from..to].iter().map(|unit| char_of(*unit))),
        }
    }

    /// Whether a line holds some characters at a place. Nothing is read but these.
    #[inline]
    pub(super) fn holds_at(&self, line: u32, place: usize, chars: &[char]) -> bool {
        let span = self.spans[line as usize];
        if place + chars.len() > span.chars() {
            return false;
        }
        if let Some(wide) = self.wide(line, span) {
            return wide[place..].starts_with(chars);
        }
        let units = &self.units[span.from as usize + place..][..chars.len()];
        units.iter().zip(chars).all(|(unit, character)| u32::from(*unit) == u32::from(*character))
    }

    /// All characters of a line that has wide ones.
    fn wide(&self, line: u32, span: Span) -> Option<&[char]> {
        if span.is_wide() { self.rest.get(&line)?.wide.as_deref() } else { None }
    }

    pub(super) fn bytes(&self) -> usize {
        let spans = self.spans.capacity() * size_of::<Span>();
        let rest =
            self.rest.capacity() * (size_of::<(u32, Rest)>() + 1) + self.rest.values().map(Rest::bytes).sum::<usize>();
        self.units.capacity() * size_of::<u16>() + spans + rest
    }
}

impl Span {
    fn new(from: usize, chars: usize, is_changed: bool, is_wide: bool) -> Self {
        let rest = if is_changed || is_wide { HAS_REST } else { 0 };
        let wide = if is_wide { IS_WIDE } else { 0 };
        Self { from: from as u32, length: (chars as u32) << 2 | wide | rest }
    }

    fn chars(self) -> usize {
        (self.length >> 2) as usize
    }

    fn has_rest(self) -> bool {
        self.length & HAS_REST != 0
    }

    fn is_wide(self) -> bool {
        self.length & IS_WIDE != 0
    }

    fn range(self) -> Range<usize> {
        self.from as usize..self.from as usize + self.chars()
    }
}

impl Rest {
    fn bytes(&self) -> usize {
        let text = self.text.as_ref().map_or(0, |text| text.len());
        let origin = self.origin.as_ref().map_or(0, |map| size_of_val(&**map));
        text + origin + self.wide.as_ref().map_or(0, |wide| size_of_val(&**wide))
    }
}

/// One text of an entry, folded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    units: &'a [u16],
    rest: Option<&'a Rest>,
}

impl Line<'_> {
    /// The folded characters.
    pub(super) fn chars(&self) -> Vec<char> {
        match self.rest.and_then(|rest| rest.wide.as_deref()) {
            Some(wide) => wide.to_vec(),
            None => self.units.iter().map(|unit| char_of(*unit)).collect(),
        }
    }

    /// The text as it was written.
    pub(super) fn text(&self) -> String {
        let written = self.rest.and_then(|rest| rest.text.as_deref());
        written.map_or_else(|| self.chars().into_iter().collect(), str::to_owned)
    }

    /// The characters of the text as written that a range of folded characters came from.
    pub(super) fn written(&self, folded: Range<usize>) -> Range<usize> {
        written(self.rest.and_then(|rest| rest.origin.as_deref()), folded)
    }
}

/// A unit of a line with wide characters may be half of one.
fn char_of(unit: u16) -> char {
    char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// A text folded, and the way back to it.
pub(super) fn folded(text: &str) -> (Vec<char>, Option<Vec<u32>>) {
    normalise(text).into_parts()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(texts: &mut Texts, line: u32, text: &str) -> Vec<char> {
        let (chars, origin) = folded(text);
        texts.put(line, text, &chars, origin);
        chars
    }

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let mut texts = Texts::default();
        let mut read = vec!['x'];
        let written = ["", "退货a", "好的😀退貨", "\u{ffff}", "【ＡＢ】……"];
        for (line, text) in (0u32..).zip(written) {
            let chars = put(&mut texts, line, text);
            texts.read(line, &mut read);
            assert_eq!(
                (texts.get(line).text().as_str(), texts.get(line).chars(), &read),
                (text, chars.clone(), &chars)
            );
        }
        assert_eq!(texts.rest.len(), 2, "the others need no more than their units");
    }

    #[test]
    fn what_is_taken_out_leaves_no_room_behind() {
        let mut texts = Texts::default();
        for line in 0..1_000 {
            put(&mut texts, line, &format!("第{line}个问题怎么办"));
        }
        for line in (0..1_000).filter(|line| line % 10 != 0) {
            texts.remove(line);
        }
        assert!(texts.units.len() < 6_000, "{}", texts.units.len());
        assert_eq!(texts.get(990).text(), "第990个问题怎么办");
    }
}
