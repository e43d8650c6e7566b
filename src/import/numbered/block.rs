//! A question's words and the lines below it: where its answer ends, and which answers these are.

use std::ops::Range;

use super::lines::{Line, after_question_mark, is_document_title};
use super::marker::{Style, answer_at, marker};
use super::words::{
    Likeness, ends_sentence, first_chars, has_aside_for_agents, is_bare_title, is_for_agents, likeness, names_faq,
    opens_address, without_brackets_at_end,
};
use crate::import::Note;

/// The most lines an answer may have.
const ANSWER_LINES_MAX: usize = 80;
/// The longest line that announces others: 客服礼仪：
const ANNOUNCING_CHARS_MAX: usize = 16;
/// The longest remark such as 以下是关于…的常见问题.
const REMARK_CHARS_MAX: usize = 48;
/// The shortest complete answer before another on the same line.
const ANSWER_CHARS_MIN: usize = 8;
/// The longest label before an answer, as in `有货：亲，…`.
const LABEL_CHARS_MAX: usize = 8;

const EMPHASIS: [&str; 8] = ["重要", "必读", "必背", "注意", "重点", "高频", "常问", "important"];

/// How the entries of a list look, which tells where the last one ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habits {
    pub(super) style: Style,
    pub(super) separator: char,
    /// Whether empty lines stand inside answers.
    pub(super) has_blanks_inside: bool,
    /// Whether answers stand on the line of the question.
    pub(super) answers_on_same_line: bool,
}

/// Which lines below a question belong to it.
#[derive(Debug)]
pub(super) struct Extent {
    /// The lines of its answers.
    pub(super) kept: Vec<usize>,
    /// The first line after which nothing belongs to it.
    pub(super) end: usize,
}

/// Goes down the lines below a question until something else begins.
///
/// Nothing follows the last question of a list that would show where its answer ends, so more is
/// taken for an end there. `is_begun` says that the answer began on the question's own line.
pub(super) fn extent(
    lines: &[Line<'_>],
    below: Range<usize>,
    habits: Habits,
    is_last: bool,
    mut is_begun: bool,
) -> Extent {
    let mut extent = Extent { kept: Vec::new(), end: below.start };
    for at in below.take(ANSWER_LINES_MAX) {
        let ends = is_hard_end(lines, at, habits, is_begun)
            || is_last && is_begun && is_soft_end(lines, at, &extent.kept, habits);
        if ends {
            return extent;
        }
        if is_remark(lines[at].text) {
            if is_last {
                return extent;
            }
        } else {
            extent.kept.push(at);
            is_begun = true;
        }
        extent.end = at + 1;
    }
    extent
}

/// What ends an answer wherever it stands: titles, headings of another kind than the list's numbers.
fn is_hard_end(lines: &[Line<'_>], at: usize, habits: Habits, is_begun: bool) -> bool {
    let line = &lines[at];
    if is_document_title(line.text) || introduces_questions(line) {
        return true;
    }
    // The first line below a question is its answer, even if a number stands before it.
    let is_numbered_alike = line.marker.is_some_and(|marker| marker.style == habits.style);
    is_begun && !is_numbered_alike && line.is_heading
}

/// What ends the last answer of a list.
fn is_soft_end(lines: &[Line<'_>], at: usize, kept: &[usize], habits: Habits) -> bool {
    let (line, before) = (&lines[at], lines[at - 1].text);
    let text = line.text;
    if line.after_blank && !habits.has_blanks_inside && !opens_address(text) {
        return true;
    }
    if before.ends_with([':', '：']) || opens_address(text) || answer_at(text).is_some() {
        return false;
    }
    if let Some(here) = line.marker.filter(|marker| !marker.doubtful) {
        let goes_on = kept.iter().rev().filter_map(|at| lines[*at].marker?.number).next();
        let is_next = goes_on.is_some_and(|before| here.number == Some(before + 1));
        return !is_next && here.style == habits.style && here.separator == habits.separator;
    }
    if text.starts_with(['(', '（']) {
        return false;
    }
    let announces = text.ends_with([':', '：']) && first_chars(text, ANNOUNCING_CHARS_MAX).len() == text.len();
    text.starts_with(['*', '※', '★'])
        || announces
        || ends_sentence(before) && (is_bare_title(text) || is_for_agents(text))
}

/// Remarks for agents between the lines of an answer: `*跟顾客…`.
fn is_remark(text: &str) -> bool {
    let is_marked = text.starts_with(['*', '※', '★']) && !text.starts_with("**")
        || ["注:", "注：", "备注", "提示:", "提示："].iter().any(|word| text.starts_with(word));
    is_marked && !opens_address(text) && is_for_agents(text)
}

/// `以下是关于…的常见问题与回答`
fn introduces_questions(line: &Line<'_>) -> bool {
    let text = line.text;
    let is_short = first_chars(text, REMARK_CHARS_MAX).len() == text.len();
    let points_down = ["以下", "下面", "下列"].iter().any(|word| text.starts_with(word));
    is_short
        && !ends_sentence(text)
        && !opens_address(text)
        && line.marker.is_none()
        && !text.contains('您')
        && (names_faq(text) || points_down && text.contains("问题"))
}

/// A question with its answers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) title: String,
    pub(super) answers: Vec<String>,
}

/// Reads the words on the question's line and the lines below it.
pub(super) fn entry(head: &str, below: &[&str], habits: Habits) -> Entry {
    let (title, same_line) = split_head(head, !below.is_empty(), habits.answers_on_same_line);
    let mut title = title.to_owned();
    let below = match below.iter().position(|line| answer_at(line).is_some()) {
        // With the answers labelled, what stands before the first label still asks.
        Some(first @ 1..=2) if same_line.is_none() && !below[..first].iter().any(|line| opens_address(line)) => {
            for line in &below[..first] {
                title.push_str(if line.is_ascii() { " " } else { "" });
                title.push_str(line);
            }
            &below[first..]
        }
        _ => below,
    };
    let below = match below.split_first() {
        Some((first, rest)) if habits.style == Style::Asked => &[&[without_loose_label(first)], rest].concat(),
        _ => below,
    };
    let mut answers = Answers::default();
    same_line.into_iter().chain(below.iter().copied()).for_each(|line| answers.line(line));
    Entry { title: clean_title(&title), answers: answers.done() }
}

/// Under a `Q:` even `A.` and `A、` say that it is the answer; elsewhere they would number something.
fn without_loose_label(line: &str) -> &str {
    let after =
        ["A", "Ａ", "a", "答"].iter().find_map(|label| line.strip_prefix(label)?.strip_prefix(['.', '、', '．']));
    after.map_or(line, str::trim)
}

/// Parts a question from an answer on the same line.
fn split_head(head: &str, has_below: bool, answers_on_same_line: bool) -> (&str, Option<&str>) {
    let head = head.trim();
    if let Some((label_at, answer)) = labelled_answer(head) {
        return (&head[..label_at], Some(answer));
    }
    if let Some(tail) = after_question_mark(head) {
        let question = head[..head.len() - tail.len()].trim();
        let is_answer = opens_address(tail) || !has_below || answers_on_same_line && !tail.ends_with(['?', '？']);
        return match tail {
            "" => (question, None),
            _ if is_answer => (question, Some(tail)),
            _ => (head, None),
        };
    }
    if let Some(at) = address_after_space(head) {
        return (&head[..at], Some(head[at..].trim()));
    }
    if has_below {
        return (head, None);
    }
    let parted = head
        .split_once(['：', ':', '\t'])
        .or_else(|| head.split_once("——"))
        .or_else(|| head.split_once([' ', '\u{3000}']).filter(|(before, _)| likeness(before) >= Likeness::Asking));
    match parted {
        Some((title, answer)) if !answer.trim().is_empty() => (title, Some(answer.trim())),
        _ => (head, None),
    }
}

/// `有货吗? 答:有的`: where the label stands, and the words after it.
fn labelled_answer(head: &str) -> Option<(usize, &str)> {
    let mut before = None;
    for (at, c) in head.char_indices() {
        let is_edge = before.is_some_and(|b: char| b.is_whitespace() || "？?。！!".contains(b));
        if is_edge
            && !c.is_whitespace()
            && let Some(words) = answer_at(&head[at..])
        {
            return Some((at, head[at + words..].trim()));
        }
        before = Some(c);
    }
    None
}

fn address_after_space(head: &str) -> Option<usize> {
    head.char_indices()
        .zip(head.chars().skip(1))
        .filter(|((_, before), _)| before.is_whitespace())
        .map(|((at, before), _)| at + before.len_utf8())
        .find(|at| opens_address(&head[*at..]))
}

fn clean_title(title: &str) -> String {
    let title = title.trim().trim_matches('*').trim();
    let is_emphasised =
        title.rfind(['(', '（']).is_some_and(|open| EMPHASIS.iter().any(|word| title[open..].contains(word)));
    let asks_before_brackets = without_brackets_at_end(title).ends_with(['?', '？']);
    let kept = if title.ends_with([')', '）']) && (is_emphasised || asks_before_brackets) {
        without_brackets_at_end(title)
    } else {
        title
    };
    kept.trim_end_matches([':', '：']).trim().to_owned()
}

/// Gathers lines to answers: a line that addresses the shopper anew, or says that it is an answer, begins one.
#[derive(Default)]
struct Answers(Vec<String>);

impl Answers {
    fn line(&mut self, line: &str) {
        let words = line.trim_matches('*').trim();
        if matches!(words, "或" | "或者" | "或：" | "或者：" | "or" | "OR") {
            return self.0.push(String::new());
        }
        if let Some(at) = answer_at(line) {
            self.0.push(String::new());
            return self.alternatives(line[at..].trim());
        }
        let inside = marker(line).map_or(line, |marker| &line[marker.rest_at..]);
        let unlabelled = without_label(inside);
        if opens_address(unlabelled) { self.alternatives(unlabelled) } else { self.add(line) }
    }

    /// Several answers may stand on one line, each addressing the shopper.
    fn alternatives(&mut self, line: &str) {
        let mut rest = line;
        while let Some(at) = next_alternative(rest) {
            self.begin(rest[..at].trim_end_matches(['/', '|', '｜', ' ', '或', '\u{3000}']));
            rest = &rest[at..];
        }
        self.begin(rest);
    }

    fn begin(&mut self, words: &str) {
        match self.0.last_mut() {
            Some(last) if last.is_empty() || !opens_address(words) => self.add(words),
            _ => self.0.push(words.trim().to_owned()),
        }
    }

    fn add(&mut self, words: &str) {
        match self.0.last_mut() {
            Some(last) if last.is_empty() => last.push_str(words.trim()),
            Some(last) => {
                last.push('\n');
                last.push_str(words.trim());
            }
            None => self.0.push(words.trim().to_owned()),
        }
    }

    fn done(mut self) -> Vec<String> {
        self.0.retain(|answer| !answer.trim().is_empty());
        self.0
    }
}

fn without_label(words: &str) -> &str {
    match words.split_once([':', '：']) {
        Some((label, after))
            if first_chars(label, LABEL_CHARS_MAX).len() == label.len()
                && after.trim().starts_with('亲')
                && opens_address(after.trim()) =>
        {
            after.trim()
        }
        _ => words,
    }
}

/// Where on the line the shopper is addressed anew: after a space, or with an apology after a full sentence.
fn next_alternative(line: &str) -> Option<usize> {
    if !opens_address(line) {
        return None;
    }
    line.match_indices('亲').map(|(at, _)| at).filter(|at| *at > 0).find(|at| {
        let (before, here) = line.split_at(*at);
        let after = here['亲'.len_utf8()..].trim_start();
        let Some(called) = after.strip_prefix([',', '，', '!', '！', '~', '～', ':', '：']) else { return false };
        let apologises =
            ["非常抱歉", "很抱歉", "抱歉", "不好意思", "很遗憾"].iter().any(|word| called.trim().starts_with(word));
        let is_long = first_chars(before, ANSWER_CHARS_MIN).len() < before.len();
        is_long && (before.ends_with([' ', '\u{3000}', '/', '|', '｜']) || apologises && ends_sentence(before))
    })
}

/// What an editor should know about these answers.
pub(super) fn note(answers: &[String]) -> Option<Note> {
    let is_guidance = |answer: &String| {
        !opens_address(answer) && is_for_agents(answer) && (!answer.contains('您') || has_aside_for_agents(answer))
    };
    if answers.iter().any(is_guidance) {
        Some(Note::Guidance)
    } else if answers.iter().any(|answer| has_aside_for_agents(answer)) {
        Some(Note::PartlyGuidance)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HABITS: Habits =
        Habits { style: Style::Arabic, separator: '.', has_blanks_inside: false, answers_on_same_line: false };

    fn read(head: &str, below: &[&str]) -> (String, Vec<String>) {
        let entry = entry(head, below, HABITS);
        (entry.title, entry.answers)
    }

    fn pair(title: &str, answers: &[&str]) -> (String, Vec<String>) {
        (title.to_owned(), answers.iter().map(|answer| (*answer).to_owned()).collect())
    }

    #[test]
    fn an_answer_may_stand_on_the_line_of_the_question() {
        assert_eq!(read("有小罐装吗?亲,有的", &[]), pair("有小罐装吗?", &["亲,有的"]));
        assert_eq!(read("有小罐装吗? 答：有的", &[]), pair("有小罐装吗?", &["有的"]));
        assert_eq!(read("发货时间：当天", &[]), pair("发货时间", &["当天"]));
        assert_eq!(read("Do you ship abroad? Yes, we do.", &[]), pair("Do you ship abroad?", &["Yes, we do."]));
        assert_eq!(
            read("为什么这么贵?别家便宜。", &["亲,这是手工茶"]),
            pair("为什么这么贵?别家便宜。", &["亲,这是手工茶"])
        );
    }

    #[test]
    fn brackets_for_agents_leave_the_title() {
        assert_eq!(read("能开发票吗?(必须会答)", &["能"]), pair("能开发票吗?", &["能"]));
        assert_eq!(read("能开发票吗(非常重要)", &["能"]), pair("能开发票吗", &["能"]));
        assert_eq!(read("发票(增值税)", &["能"]), pair("发票(增值税)", &["能"]));
    }

    #[test]
    fn each_address_begins_an_answer() {
        assert_eq!(
            read("有货吗?", &["亲,这款茶有货,可以拍哦~ 亲,抱歉这款茶卖完了", "亲,换一款也好喝", "泡法相同"]),
            pair("有货吗?", &["亲,这款茶有货,可以拍哦~", "亲,抱歉这款茶卖完了", "亲,换一款也好喝\n泡法相同"])
        );
        assert_eq!(read("香吗?", &["亲,很香的,所以,亲,放心买"]), pair("香吗?", &["亲,很香的,所以,亲,放心买"]));
        assert_eq!(read("香吗?", &["有货：亲,香", "没货：亲,也香"]), pair("香吗?", &["亲,香", "亲,也香"]));
    }

    #[test]
    fn labelled_answers_are_alternatives() {
        assert_eq!(
            read("甜吗", &["和别家比", "答1：甜", "很甜", "答2：不甜"]),
            pair("甜吗和别家比", &["甜\n很甜", "不甜"])
        );
    }

    #[test]
    fn guidance_is_noticed() {
        let noted = |answer: &str| note(&[answer.to_owned()]);
        assert_eq!(noted("按茶的产地如实说明"), Some(Note::Guidance));
        assert_eq!(noted("亲,包邮的(如顾客要发别家,先问店长)"), Some(Note::PartlyGuidance));
        assert_eq!(noted("我们的茶是春茶哦"), None);
    }
}
