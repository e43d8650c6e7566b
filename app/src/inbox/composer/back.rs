//! What lies behind the words in the composer: the same words again, unseen, with colour where something is to be
//! done. It also gives the field its height.

use std::ops::Range;

use crate::prelude::*;
use qinda::blanks::blanks;
use qinda::order;
use qinda::wording::Finding;

use super::wording::level_name;
use super::writing::Writing;

/// The words once more, for the eyes only.
#[component]
pub(super) fn Back(
    /// What is being written.
    writing: Writing,
    /// What the wording check found a moment ago.
    findings: Memo<Vec<Finding>>,
) -> impl IntoView {
    let pieces = move || writing.text.with(|text| findings.with(|findings| pieces(text, findings)));
    let draw = |(piece, mark): (String, Option<&'static str>)| match mark {
        Some(mark) => view! { <mark class=mark>{piece}</mark> }.into_any(),
        None => piece.into_any(),
    };
    view! {
        // A last line that is empty has its height only with something in it.
        <div class="composer-back" aria-hidden="true">{move || pieces().into_iter().map(draw).collect_view()}" "</div>
    }
}

/// The text cut where a mark begins or ends. A finding whose words have moved on meanwhile marks nothing.
fn pieces(text: &str, findings: &[Finding]) -> Vec<(String, Option<&'static str>)> {
    let chars: Vec<char> = text.chars().collect();
    let stands = |finding: &&Finding| {
        chars.get(finding.from..finding.to).is_some_and(|words| words.iter().copied().eq(finding.words.chars()))
    };
    let found = findings.iter().filter(stands).map(|finding| (finding.from..finding.to, level_name(finding.level)));
    let mut marks: Vec<(Range<usize>, &'static str)> =
        found.chain(blanks(text).into_iter().map(|blank| (blank.at, "unfilled"))).collect();
    order::sort_by_key(&mut marks, |(at, _)| (at.start, at.end));
    let mut pieces = Vec::with_capacity(marks.len() * 2 + 1);
    let mut from = 0;
    for (at, mark) in marks.into_iter().filter(|(at, _)| !at.is_empty()) {
        if at.start < from {
            continue;
        }
        pieces.push((chars[from..at.start].iter().collect::<String>(), None));
        pieces.push((chars[at.clone()].iter().collect(), Some(mark)));
        from = at.end;
    }
    pieces.push((chars[from..].iter().collect(), None));
    pieces.retain(|(piece, _)| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use qinda::wording::Level;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn blanks_and_findings_are_marked_where_they_stand() {
        let finding = Finding {
            rule: String::new(),
            topic: Default::default(),
            level: Level::Warn,
            from: 1,
            to: 3,
            words: "绝对".into(),
            why: Default::default(),
            source: Default::default(),
            safe: String::new(),
        };
        let plain = |text: &str| (text.to_owned(), None);
        let marked = [plain("亲"), ("绝对".to_owned(), Some("warn")), ("{订单号}".to_owned(), Some("unfilled"))];
        assert_eq!(pieces("亲绝对{订单号}", std::slice::from_ref(&finding)), marked);
        assert_eq!(pieces("亲一定好", &[finding]), [plain("亲一定好")]);
        assert_eq!(pieces("", &[]), []);
    }
}
