//! One form for what a shopper reads alike, so that a disguise does not hide a word.
//!
//! A text becomes a row of [`Unit`]s: letters, digits and characters in one plain form, without what stands between
//! them. What stood between is kept as a [`Gap`], because two clauses do not make one word.

use super::alike;

/// What stood before a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing, or what cannot be seen.
    None,
    /// Spaces, emoji, marks within a clause.
    Light,
    /// The end of a clause.
    Clause,
}

/// One character in its plain form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    /// The plain form: lower-case letters, digits for numerals, simplified characters.
    pub plain: char,
    /// The character that is read aloud; differs from `plain` for numerals.
    pub read: char,
    /// Where it begins among the written characters.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// What stood before it.
    pub gap: Gap,
    /// Whether a dot, as in an address, stood before it.
    pub dotted: bool,
    /// Whether it is a symbol that may also be mere decoration.
    pub soft: bool,
}

impl Unit {
    pub(super) fn is_letter(self) -> bool {
        self.plain.is_ascii_lowercase()
    }

    pub(super) fn is_digit(self) -> bool {
        self.plain.is_ascii_digit()
    }
}

/// The units of a text.
pub(super) fn units(text: &str) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::with_capacity(text.len() / 3 + 1);
    let (mut gap, mut dotted) = (Gap::None, false);
    for (place, written) in text.chars().enumerate() {
        match alike::plain(written) {
            Plain::Unseen => {}
            Plain::Between => {
                gap = gap.max(if ends_clause(written) { Gap::Clause } else { Gap::Light });
                dotted |= matches!(written, '.' | '．' | '。' | '·' | '•');
            }
            Plain::Is(plain, read, soft) => {
                let (from, to) = (place as u32, place as u32 + 1);
                push(&mut units, Unit { plain, read, from, to, gap, dotted, soft });
                (gap, dotted) = (Gap::None, false);
            }
            Plain::Number(number) => {
                let (from, to) = (place as u32, place as u32 + 1);
                for digit in number.to_string().chars() {
                    units.push(Unit { plain: digit, read: digit, from, to, gap, dotted, soft: false });
                    (gap, dotted) = (Gap::None, false);
                }
            }
        }
    }
    units
}

/// Two parts of one character written side by side are that character.
fn push(units: &mut Vec<Unit>, unit: Unit) {
    let whole = units.last().filter(|_| unit.gap < Gap::Clause).and_then(|left| alike::whole(left.plain, unit.plain));
    match (whole, units.last_mut()) {
        (Some(whole), Some(left)) => {
            left.plain = whole;
            left.read = whole;
            left.to = unit.to;
        }
        _ => units.push(unit),
    }
}

fn ends_clause(c: char) -> bool {
    matches!(c, ',' | '，' | '。' | '｡' | '!' | '！' | '?' | '？' | ';' | '；' | '、' | '\n')
}

/// What a single character is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain {
    /// Not to be seen, or a mark upon another character.
    Unseen,
    /// Something between words.
    Between,
    /// A letter, digit or character: its plain form, what is read, and whether it may be decoration.
    Is(char, char, bool),
    /// A number in one character, such as ⑫.
    Number(u32),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        units(text).iter().map(|unit| unit.plain).collect()
    }

    #[test]
    fn disguises_fold_to_one_form() {
        for (text, folded) in [
            ("ＶＸ：Ａｂｃ", "vxabc"),
            ("𝐯𝟏𝟑ⓧ⑫⒈❸", "v13x1213"),
            ("ᴠх Ⅴ信", "vxv信"),
            ("壹貳三〇", "1230"),
            ("zuì hǎo", "zuihao"),
            ("微亻言", "微信"),
            ("絕對、保證", "绝对保证"),
            ("威❤\u{fe0f}", "威心"),
            ("1\u{fe0f}\u{20e3}3\u{fe0f}\u{20e3}", "13"),
        ] {
            assert_eq!(plain(text), folded, "{text}");
        }
    }

    #[test]
    fn what_stood_between_is_kept() {
        let gaps: Vec<Gap> = units("最 好，的a.b").iter().map(|unit| unit.gap).collect();
        assert_eq!(gaps, [Gap::None, Gap::Light, Gap::Clause, Gap::None, Gap::Light]);
        assert!(units("a.b")[1].dotted);
    }

    #[test]
    fn the_way_back_covers_both_parts_of_a_character() {
        let units = units("加微亻言");
        assert_eq!((units[2].from, units[2].to), (2, 4));
    }
}
