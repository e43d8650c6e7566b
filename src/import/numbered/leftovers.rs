//! Sums up what is left: one entry for a list or a run of paragraphs, under its heading.

use super::lines::{Line, is_document_title, is_heading};
use super::marker::marker;
use super::words::{Likeness, likeness, names_faq};
use crate::import::{Left, Reason};

/// The lines that were not taken, in groups.
pub(super) fn leftovers(lines: &[Line<'_>], is_taken: &[bool]) -> Vec<Left> {
    let mut left = Vec::new();
    let mut group: Vec<usize> = Vec::new();
    for at in 0..lines.len() {
        if is_taken[at] {
            flush(lines, &mut group, true, &mut left);
            continue;
        }
        let has_body = group.iter().any(|at| !is_heading(lines, *at));
        let is_starred = is_starred(lines[at].text);
        if is_starred || is_document_title(lines[at].text) || has_body && is_heading(lines, at) {
            flush(lines, &mut group, false, &mut left);
        }
        group.push(at);
        if is_starred {
            flush(lines, &mut group, false, &mut left);
        }
    }
    flush(lines, &mut group, false, &mut left);
    left
}

fn flush(lines: &[Line<'_>], group: &mut Vec<usize>, is_before_question: bool, left: &mut Vec<Left>) {
    let Some(first) = group.first().map(|at| lines[*at]) else { return };
    let reason = reason(lines, group, is_before_question);
    left.push(Left::new(first.number, first.text, reason));
    group.clear();
}

fn reason(lines: &[Line<'_>], group: &[usize], is_before_question: bool) -> Reason {
    let texts = || group.iter().map(|at| lines[*at].text);
    let numbered: Vec<&str> = texts().filter_map(|text| Some(&text[marker(text)?.rest_at..])).collect();
    let asking = numbered.iter().filter(|words| likeness(words) >= Likeness::Asking).count();
    if group.iter().all(|at| is_heading(lines, *at)) {
        let remarks = is_before_question && group.len() == 1 && names_faq(texts().next().unwrap_or_default());
        return if remarks && marker(lines[group[0]].text).is_none() { Reason::Remark } else { Reason::Heading };
    }
    match numbered.len() {
        2.. if asking * 2 > numbered.len() => Reason::QuestionsOnly,
        2.. => Reason::RuleList,
        _ if group.len() <= 2 && is_before_question || texts().any(is_starred) => Reason::Remark,
        _ => Reason::Prose,
    }
}

fn is_starred(text: &str) -> bool {
    text.starts_with(['*', '※', '★']) && !text.starts_with("**")
}
