//! The lines of a text, the items among them, and the headings above them.

use super::marker::{Marker, Style, answer_at, marker};
use super::words::{HEADING_CHARS_MAX, Likeness, ends_sentence, first_chars, likeness, names_faq, opens_address};

/// A question inside a line has its mark within so many characters.
const INLINE_QUESTION_CHARS_MAX: usize = 40;

/// A line with words on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Counted from 1, as an editor counts.
    pub(super) number: usize,
    pub(super) text: &'a str,
    /// Whether an empty line stands before it.
    pub(super) after_blank: bool,
    /// How it is numbered.
    pub(super) marker: Option<Marker>,
    /// Whether it is a heading of the document: a title, `三、…` over other things, `## …`, `【…】`.
    pub(super) is_heading: bool,
}

impl<'a> Line<'a> {
    /// The line without its number.
    pub(super) fn words(&self) -> &'a str {
        &self.text[self.marker.map_or(0, |marker| marker.rest_at)..]
    }
}

/// A numbered thing: a question, a rule, a duty.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    /// Which of the lines it begins on.
    pub(super) line: usize,
    /// Where on the line the item begins, in bytes.
    pub(super) starts_at: usize,
    /// Where its words begin.
    pub(super) words_at: usize,
    pub(super) marker: Marker,
    pub(super) likeness: Likeness,
    /// Whether words to the shopper, or a line that says it is the answer, follow.
    pub(super) is_answered: bool,
    /// Whether it stands under a heading that announces questions and answers.
    pub(super) is_in_faq: bool,
}

/// The lines with words on them. Windows and old Mac line ends are line ends too.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let (mut number, mut after_blank) = (0, false);
    for chunk in text.split('\n') {
        for piece in chunk.strip_suffix('\r').unwrap_or(chunk).split('\r') {
            number += 1;
            let text = piece.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}');
            if text.is_empty() {
                after_blank = true;
            } else {
                lines.push(Line { number, text, after_blank, marker: marker(text), is_heading: false });
                after_blank = false;
            }
        }
    }
    for at in 0..lines.len() {
        lines[at].is_heading = is_heading(&lines, at);
    }
    lines
}

/// Every numbered thing, in order.
pub(super) fn items(lines: &[Line<'_>]) -> Vec<Item> {
    let mut items = Vec::new();
    let mut faq = FaqSection::default();
    for (at, line) in lines.iter().enumerate() {
        let head = line.marker;
        if line.is_heading {
            faq.heading(line.text, head.map(|marker| marker.style));
        }
        let is_in_faq = faq.heading_style.is_some();
        // A number by itself numbers nothing.
        let named = head.filter(|marker| marker.style == Style::Asked || !line.words().is_empty());
        items.extend(named.map(|marker| item(lines, at, 0, marker, is_in_faq)));
        push_inline(lines, at, head.map_or(0, |marker| marker.rest_at), is_in_faq, &mut items);
    }
    items
}

/// Whether a heading above announces questions and answers.
#[derive(Default)]
struct FaqSection {
    /// How that heading is numbered, if there is one. Headings numbered otherwise are below it.
    heading_style: Option<Option<Style>>,
}

impl FaqSection {
    fn heading(&mut self, text: &str, style: Option<Style>) {
        let is_title = is_document_title(text);
        let ends_section = is_title || self.heading_style == Some(style);
        if names_faq(text) && (is_title || self.heading_style.is_none_or(|current| current == style)) {
            self.heading_style = Some(style);
        } else if ends_section {
            self.heading_style = None;
        }
    }
}

/// Items such as the second one of `1.…。2.有小包装吗?`: only what is plainly a question is taken for one.
fn push_inline(lines: &[Line<'_>], at: usize, mut from: usize, is_in_faq: bool, items: &mut Vec<Item>) {
    let text = lines[at].text;
    let mut before = None;
    for (starts_at, c) in text.char_indices() {
        let is_edge = before.is_some_and(|b: char| b.is_whitespace() || "。！？!?;；~～)）".contains(b));
        before = Some(c);
        if starts_at < from || !is_edge || !c.is_numeric() && !matches!(c, 'Q' | 'q' | '问') {
            continue;
        }
        let rest = &text[starts_at..];
        let Some(marker) = marker(rest).filter(|m| !m.doubtful && matches!(m.style, Style::Arabic | Style::Asked))
        else {
            continue;
        };
        let words = &rest[marker.rest_at..];
        let asked = first_chars(words, INLINE_QUESTION_CHARS_MAX);
        let is_question = asked.contains(['?', '？']) && likeness(asked) == Likeness::Question
            || asked.len() == words.len() && likeness(words) >= Likeness::Asking;
        if is_question {
            from = starts_at + marker.rest_at;
            items.push(item(lines, at, starts_at, marker, is_in_faq));
        }
    }
}

fn item(lines: &[Line<'_>], line: usize, starts_at: usize, marker: Marker, is_in_faq: bool) -> Item {
    let words_at = starts_at + marker.rest_at;
    let words = &lines[line].text[words_at..];
    let next = lines.get(line + 1).map_or("", |next| next.text);
    let likeness = if announces_list(lines, line, marker) { Likeness::Statement } else { likeness(words) };
    let is_answered = opens_address(next)
        || answer_at(next).is_some()
        || after_question_mark(words).is_some_and(|tail| opens_address(tail) || answer_at(tail).is_some());
    Item { line, starts_at, words_at, marker, likeness, is_answered, is_in_faq }
}

/// Whether it is a `一、…` above a `1.…`: a heading, whatever it says.
fn announces_list(lines: &[Line<'_>], line: usize, marker_here: Marker) -> bool {
    matches!(marker_here.style, Style::Chinese | Style::BracketedChinese)
        && lines
            .get(line + 1)
            .and_then(|next| next.marker)
            .is_some_and(|next| next.number == Some(1) && next.style != marker_here.style || next.style == Style::Asked)
}

/// What stands after the question mark on the same line, remarks in brackets aside.
pub(super) fn after_question_mark(words: &str) -> Option<&str> {
    let looked_at = first_chars(words, INLINE_QUESTION_CHARS_MAX * 2);
    let mark = looked_at.find(['?', '？'])?;
    let tail = words[mark..].trim_start_matches(['?', '？', '!', '！', '*']).trim();
    match tail.strip_prefix(['(', '（']).and_then(|inside| inside.split_once([')', '）'])) {
        Some((_, after)) => Some(after.trim()),
        None => Some(tail),
    }
}

fn is_heading(lines: &[Line<'_>], at: usize) -> bool {
    let text = lines[at].text;
    if is_document_title(text) || is_rule_line(text) {
        return true;
    }
    if first_chars(text, HEADING_CHARS_MAX + 6).len() < text.len() || opens_address(text) {
        return false;
    }
    let is_framed =
        text.starts_with('【') && text.ends_with('】') || text.starts_with("##") && lines[at].marker.is_none();
    match lines[at].marker {
        Some(here) if matches!(here.style, Style::Chinese | Style::BracketedChinese) => {
            let words = lines[at].words();
            let next_is_alike =
                lines.get(at + 1).and_then(|next| next.marker).is_some_and(|next| next.style == here.style);
            !next_is_alike
                && (announces_list(lines, at, here) || !ends_sentence(words) && likeness(words) < Likeness::Asking)
        }
        Some(_) => is_framed,
        None => is_framed || names_faq(text) && !ends_sentence(text),
    }
}

/// Whether the line opens another paper or chapter: `…制度 篇3`, `第三章 …`.
pub(super) fn is_document_title(text: &str) -> bool {
    if first_chars(text, HEADING_CHARS_MAX).len() < text.len() {
        return false;
    }
    let unnumbered = text.trim_end_matches(|c: char| c.is_numeric() || "一二三四五六七八九十".contains(c));
    if unnumbered.len() < text.len() && unnumbered.ends_with('篇') {
        return true;
    }
    text.strip_prefix('第').is_some_and(|rest| {
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
        after.len() < rest.len() && after.starts_with(['章', '节', '篇', '部'])
    })
}

fn is_rule_line(text: &str) -> bool {
    text.len() >= 3 && text.chars().all(|c| "-=*_—－＝~#".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let read: Vec<_> =
            lines("一\r\n\r\n 二\n三\r四").iter().map(|line| (line.number, line.text, line.after_blank)).collect();
        assert_eq!(read, [(1, "一", false), (3, "二", true), (4, "三", false), (5, "四", false)]);
    }

    #[test]
    fn headings_are_told_from_items() {
        let text = "茶庄手册 篇2\n四、顾客常问\n1.有货吗?\n亲,有的\n一、准时到岗\n二、礼貌待人\n三、爱护茶具";
        let lines = lines(text);
        let headings: Vec<_> = (0..lines.len()).filter(|at| lines[*at].is_heading).collect();
        assert_eq!(headings, [0, 1, 6], "the last of a list could be a heading; nothing hangs on it");
    }
}
