//! Texts as bytes.

use super::{Rest, Span, Texts};
use crate::packing::{Packer, Unpacker};

impl Texts {
    /// Writes the texts of some lines.
    pub(in super::super) fn pack(&self, lines: impl Iterator<Item = u32> + Clone, packer: &mut Packer) {
        let spans = lines.map(|line| (line, self.spans[line as usize]));
        spans.clone().for_each(|(_, span)| packer.word(span.length));
        for (_, span) in spans.clone() {
            self.units[span.range()].iter().for_each(|unit| packer.bytes(&unit.to_le_bytes()));
        }
        for (line, _) in spans.filter(|(_, span)| span.has_rest()) {
            self.rest.get(&line).unwrap_or(&Rest::default()).pack(packer);
        }
    }

    /// Reads the texts of so many lines.
    pub(in super::super) fn unpacked(lines: usize, unpacker: &mut Unpacker<'_>) -> Option<Self> {
        let mut spans = Vec::with_capacity(lines);
        let mut from = 0_u32;
        for length in unpacker.words(lines)? {
            let span = Span { from, length };
            from = from.checked_add(span.chars() as u32)?;
            spans.push(span);
        }
        let units = unpacker.bytes((from as usize).checked_mul(2)?)?;
        let units = units.as_chunks().0.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
        let mut rest = super::Fast::default();
        for (line, span) in (0..).zip(&spans).filter(|(_, span)| span.has_rest()) {
            rest.insert(line, Rest::unpacked(*span, unpacker)?);
        }
        Some(Self { units, spans, unused: 0, rest })
    }

    /// How many folded characters a line has.
    pub(in super::super) fn chars(&self, line: u32) -> usize {
        self.spans[line as usize].chars()
    }
}

const HAS_TEXT: u32 = 1;
const HAS_ORIGIN: u32 = 2;

impl Rest {
    fn pack(&self, packer: &mut Packer) {
        let text = if self.text.is_some() { HAS_TEXT } else { 0 };
        packer.word(text | if self.origin.is_some() { HAS_ORIGIN } else { 0 });
        if let Some(text) = &self.text {
            packer.count(text.len());
            packer.bytes(text.as_bytes());
        }
        self.origin.iter().flatten().for_each(|place| packer.word(*place));
        self.wide.iter().flatten().for_each(|character| packer.word(u32::from(*character)));
    }

    fn unpacked(span: Span, unpacker: &mut Unpacker<'_>) -> Option<Self> {
        let has = unpacker.word()?;
        let mut rest = Self::default();
        if has & HAS_TEXT != 0 {
            let length = unpacker.count(1)?;
            rest.text = Some(std::str::from_utf8(unpacker.bytes(length)?).ok()?.into());
        }
        if has & HAS_ORIGIN != 0 {
            let origin: Box<[u32]> = unpacker.words(span.chars())?.collect();
            let written = rest.text.as_ref()?.chars().count();
            if !origin.is_sorted() || origin.last().is_some_and(|last| *last as usize >= written) {
                return None;
            }
            rest.origin = Some(origin);
        }
        if span.is_wide() {
            rest.wide = Some(unpacker.words(span.chars())?.map(char::from_u32).collect::<Option<_>>()?);
        }
        Some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packing::Beginning;

    const BEGINNING: Beginning = *b"any\x01";

    /// A line whose characters say of themselves where they were written.
    fn line(text: Option<&str>, origin: &[u32]) -> Option<Texts> {
        let rest = Rest { text: text.map(Into::into), origin: Some(origin.into()), wide: None };
        let mut packer = Packer::new();
        packer.word(Span::new(0, origin.len(), true, false).length);
        origin.iter().for_each(|_| packer.bytes(&0x53d1_u16.to_le_bytes()));
        rest.pack(&mut packer);
        Texts::unpacked(1, &mut Unpacker::opened(BEGINNING, &packer.closed(BEGINNING))?)
    }

    /// A search would have marked what is not there, or an end before its beginning.
    #[test]
    fn places_beyond_the_text_and_out_of_order_are_refused() {
        assert_eq!(line(Some("x发"), &[1]).map(|texts| texts.get(0).written(0..1)), Some(1..2));
        assert!(line(Some("发x发"), &[0, 2]).is_some());
        assert!(line(Some("x发"), &[2]).is_none());
        assert!(line(Some("发x发"), &[2, 0]).is_none());
        assert!(line(None, &[0]).is_none());
    }
}
