//! One form for what looks alike, so that a query and a text meet whatever keyboard they came from.

use std::ops::Range;

use super::simplified::simplified;

/// A text folded for comparison, with the way back to the text as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalised {
    chars: Vec<char>,
    /// For each folded character the place of the written one; `None` when the places agree.
    origin: Option<Vec<u32>>,
}

impl Normalised {
    /// The folded characters.
    #[must_use]
    pub fn chars(&self) -> &[char] {
        &self.chars
    }

    /// The characters of the text as written that a range of folded characters came from.
    #[must_use]
    pub fn written(&self, folded: Range<usize>) -> Range<usize> {
        written(self.origin.as_deref(), folded)
    }

    pub(super) fn into_parts(self) -> (Vec<char>, Option<Vec<u32>>) {
        (self.chars, self.origin)
    }
}

/// As [`Normalised::written`], for parts kept elsewhere.
pub(super) fn written(origin: Option<&[u32]>, folded: Range<usize>) -> Range<usize> {
    match origin {
        Some(origin) if !folded.is_empty() => origin[folded.start] as usize..origin[folded.end - 1] as usize + 1,
        _ => folded,
    }
}

/// Folds case, width, punctuation and traditional characters, and drops what cannot be seen.
///
/// Each character is folded by itself, so a part of a text folds to a part of the folded text: search relies on it.
#[must_use]
pub fn normalise(text: &str) -> Normalised {
    let mut chars = Vec::with_capacity(text.len() / 2);
    let mut origin = Vec::new();
    let mut places_agree = true;
    for (place, written) in text.chars().enumerate() {
        let before = chars.len();
        fold(written, &mut chars);
        if places_agree && (before != place || chars.len() != before + 1) {
            places_agree = false;
            origin.extend((0..before).map(|same| same as u32));
        }
        if !places_agree {
            origin.resize(chars.len(), place as u32);
        }
    }
    Normalised { chars, origin: (!places_agree).then_some(origin) }
}

fn fold(written: char, out: &mut Vec<char>) {
    match written {
        'a'..='z' | '0'..='9' => out.push(written),
        '\u{4e00}'..='\u{9fff}' => out.push(simplified(written)),
        c if is_invisible(c) => {}
        '\u{ff01}'..='\u{ff5e}' => out.extend(half_width(written).to_lowercase()),
        '…' => out.extend(['.'; 3]),
        _ => match punctuation(written) {
            Some(plain) => out.push(plain),
            None if written.is_whitespace() => out.push(' '),
            None => out.extend(written.to_lowercase()),
        },
    }
}

/// Joiners, direction marks and variation selectors: they come along when text is copied from pages.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

fn half_width(full: char) -> char {
    char::from_u32(u32::from(full) - 0xfee0).unwrap_or(full)
}

fn punctuation(c: char) -> Option<char> {
    Some(match c {
        '。' | '｡' => '.',
        '、' | '､' => ',',
        '“' | '”' | '„' | '「' | '」' | '『' | '』' | '«' | '»' => '"',
        '‘' | '’' | '‛' => '\'',
        '【' | '〔' | '〖' => '[',
        '】' | '〕' | '〗' => ']',
        '《' | '〈' => '<',
        '》' | '〉' => '>',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        '〜' | '∼' => '~',
        '•' | '・' | '‧' | '∙' => '·',
        '￥' => '¥',
        '×' | '✕' => 'x',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> String {
        normalise(text).chars().iter().collect()
    }

    #[test]
    fn width_case_and_punctuation_fold_to_one_form() {
        assert_eq!(folded("ＳＫＵ－Ａ１２"), "sku-a12");
        assert_eq!(folded("能换吗？亲，「大号」……"), "能换吗?亲,\"大号\"......");
        assert_eq!(folded("３５×５０　厘米\t¥９"), "35x50 厘米 ¥9");
    }

    #[test]
    fn traditional_and_simplified_fold_to_one_form() {
        assert_eq!(folded("請問什麼時候發貨"), "请问什么时候发货");
        assert_eq!(folded("頭髮後麵裡外"), "头发后面里外");
        assert_eq!(normalise("退貨").written(1..2), 1..2);
    }

    #[test]
    fn what_cannot_be_seen_is_dropped_and_the_way_back_stays() {
        let text = normalise("❤\u{fe0f}收\u{200b}到…了");
        assert_eq!(text.chars().iter().collect::<String>(), "❤收到...了");
        assert_eq!(text.written(1..3), 2..5);
        assert_eq!(text.written(3..6), 5..6);
        assert_eq!(text.written(6..7), 6..7);
    }

    #[test]
    fn a_plain_text_needs_no_map() {
        let text = normalise("今天能发货吗");
        assert_eq!(text, Normalised { chars: "今天能发货吗".chars().collect(), origin: None });
        assert_eq!(text.written(3..5), 3..5);
    }

    proptest! {
        #[test]
        fn a_part_folds_to_a_part(text in "\\PC{0,30}", from in 0usize..30, length in 0usize..30) {
            let part: String = text.chars().skip(from).take(length).collect();
            prop_assert!(folded(&text).contains(&folded(&part)));
        }

        #[test]
        fn every_folded_character_knows_its_written_one(text in any::<String>()) {
            let written: Vec<char> = text.chars().collect();
            let whole = normalise(&text);
            for place in 0..whole.chars().len() {
                let from = whole.written(place..place + 1);
                prop_assert_eq!(from.len(), 1);
                let again = normalise(&written[from.start].to_string());
                prop_assert!(again.chars().contains(&whole.chars()[place]));
            }
        }
    }
}
