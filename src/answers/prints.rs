//! Telling by a number whether the texts of an entry are as they were.

use super::entry::Field;
use crate::packing::Print;

/// The number of an entry's lines.
pub(super) fn of_lines<'a>(lines: impl Iterator<Item = (Field, usize, &'a str)>) -> u64 {
    let mut print = Print::default();
    lines.for_each(|(field, place, text)| add_line(&mut print, field, place, text));
    print.told()
}

/// Adds one line of an entry.
pub(super) fn add_line(print: &mut Print, field: Field, place: usize, text: &str) {
    print.add((field as u64) << 56 | (place as u64) << 32 | text.len() as u64);
    print.add_bytes(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart_by_field_place_and_words() {
        let print = |lines: &[(Field, usize, &'static str)]| of_lines(lines.iter().copied());
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
