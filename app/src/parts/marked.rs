//! A text with the characters marked that were found.

use std::ops::Range;

use crate::prelude::*;

/// The text with these character ranges marked.
#[component]
pub(crate) fn Marked(
    /// The text.
    text: String,
    /// Ranges of characters, in order and apart.
    marks: Vec<Range<usize>>,
) -> impl IntoView {
    pieces(&text, &marks)
        .into_iter()
        .map(|(piece, marked)| if marked { view! { <mark>{piece}</mark> }.into_any() } else { piece.into_any() })
        .collect_view()
}

/// The text cut at the marks; `true` for the pieces within one.
fn pieces(text: &str, marks: &[Range<usize>]) -> Vec<(String, bool)> {
    let mut pieces = Vec::with_capacity(marks.len() * 2 + 1);
    let mut chars = text.chars();
    let mut at = 0;
    for mark in marks {
        let plain: String = chars.by_ref().take(mark.start.saturating_sub(at)).collect();
        let marked: String = chars.by_ref().take(mark.end.saturating_sub(mark.start.max(at))).collect();
        at = at.max(mark.end);
        pieces.extend([(plain, false), (marked, true)]);
    }
    pieces.push((chars.collect(), false));
    pieces.retain(|(piece, _)| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn marks_are_counted_in_characters() {
        let piece = |text: &str, marked| (text.to_owned(), marked);
        assert_eq!(
            pieces("什么时候发货？", &[4..6, 6..6]),
            [piece("什么时候", false), piece("发货", true), piece("？", false)]
        );
        assert_eq!(pieces("发货", &[0..1, 1..9]), [piece("发", true), piece("货", true)]);
        assert_eq!(pieces("", &[0..1, 1..2]), []);
    }
}
