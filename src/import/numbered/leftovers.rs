//! Sums up what is left: one entry for a list or a run of paragraphs, under its heading.

use super::lines::{Line, is_document_title};
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
        // Headings go to the top of what stands below them.
        let has_body = group.last().is_some_and(|last| !lines[*last].is_heading);
        let is_starred = is_starred(lines[at].text);
        if is_starred || is_document_title(lines[at].text) || has_body && lines[at].is_heading {
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
    let numbered = || group.iter().map(|at| &lines[*at]).filter(|line| line.marker.is_some());
    let asking = numbered().filter(|line| likeness(line.words()) >= Likeness::Asking).count();
    if group.iter().all(|at| lines[*at].is_heading) {
        let remarks = is_before_question && group.len() == 1 && names_faq(texts().next().unwrap_or_default());
        return if remarks && lines[group[0]].marker.is_none() { Reason::Remark } else { Reason::Heading };
    }
    match numbered().count() {
        count @ 2.. if asking * 2 > count => Reason::QuestionsOnly,
        2.. => Reason::RuleList,
        _ if group.len() <= 2 && is_before_question || texts().any(is_starred) => Reason::Remark,
        _ => Reason::Prose,
    }
}

fn is_starred(text: &str) -> bool {
    text.starts_with(['*', '※', '★']) && !text.starts_with("**")
}
