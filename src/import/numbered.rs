//! A shop's FAQ as people write it: numbered questions with answers, among other papers.

mod block;
mod chain;
mod leftovers;
mod lines;
mod marker;
mod words;

use self::block::{Habits, entry, extent, note};
use self::chain::Link;
use self::lines::{Item, Line, after_question_mark, lines};
use self::marker::{Marker, Style, marker};
use self::words::{Likeness, likeness};
use super::{Left, Reason, Taken, fields_or_left};
use crate::model::ArticleFields;
use crate::order;

/// A text without any numbers is read as questions and answers in turn from so many questions on.
const UNNUMBERED_QUESTIONS_MIN: usize = 2;

/// What the text holds of questions with answers, and what else it holds.
pub(super) fn read(text: &str) -> (Vec<Taken>, Vec<Left>) {
    let lines = lines(text);
    let mut items = lines::items(&lines);
    let mut chains = chain::chains(&lines, &items);
    if chains.is_empty() {
        (items, chains) = unnumbered(&lines);
    }
    let mut reading =
        Reader { lines: &lines, items: &items, is_taken: vec![false; lines.len()], taken: vec![], left: vec![] };
    for (at, chain) in chains.iter().enumerate() {
        let end = chains.get(at + 1).map(|next| next[0].item);
        reading.chain(chain, end);
    }
    let mut left = reading.left;
    left.extend(leftovers::leftovers(&lines, &reading.is_taken));
    order::sort_by_key(&mut left, |left| left.line);
    (reading.taken, left)
}

/// Questions without numbers: each ends in a question mark and stands on a line of its own.
fn unnumbered(lines: &[Line<'_>]) -> (Vec<Item>, Vec<Vec<Link>>) {
    let asks = |at: usize| {
        lines.get(at).is_some_and(|line: &Line<'_>| {
            let words = line.text.trim_end_matches(['"', '”', '*']);
            likeness(words) >= Likeness::Asking
                && (words.ends_with(['?', '？', '吗', '呢']) && marker(words).is_none() || line.text.starts_with('#'))
        })
    };
    let items: Vec<Item> = (0..lines.len().saturating_sub(1))
        .filter(|at| asks(*at) && !asks(at + 1))
        .map(|line| Item {
            line,
            starts_at: 0,
            words_at: lines[line].text.len() - lines[line].text.trim_start_matches(['#', '*', ' ']).len(),
            marker: Marker {
                style: Style::Asked,
                number: None,
                digits: 0,
                separator: ':',
                doubtful: false,
                rest_at: 0,
            },
            likeness: Likeness::Question,
            is_answered: true,
            is_in_faq: false,
        })
        .collect();
    if items.len() < UNNUMBERED_QUESTIONS_MIN || items.len() * 5 < lines.len() {
        return (Vec::new(), Vec::new());
    }
    let chain = (0..items.len()).map(|item| Link { item, number: None }).collect();
    (items, vec![chain])
}

struct Reader<'a> {
    lines: &'a [Line<'a>],
    items: &'a [Item],
    is_taken: Vec<bool>,
    taken: Vec<Taken>,
    left: Vec<Left>,
}

impl Reader<'_> {
    /// `end` is the item that begins the next list.
    fn chain(&mut self, chain: &[Link], end: Option<usize>) {
        let habits = self.habits(chain);
        for (at, link) in chain.iter().enumerate() {
            let next = chain.get(at + 1).map(|next| next.item);
            self.question(*link, next.or(end), habits, next.is_none());
        }
    }

    fn question(&mut self, link: Link, next: Option<usize>, habits: Habits, is_last: bool) {
        let item = &self.items[link.item];
        let (head, mut below) = self.words(item, next);
        let has_tail = after_question_mark(head).is_some_and(|tail| !tail.is_empty());
        // The words before a question inside a line are the end of the answer before it.
        let last_part = next.map(|next| &self.items[next]).filter(|next| next.starts_at > 0 && next.line > item.line);
        if last_part.is_some() {
            below.end += 1;
        }
        let extent = extent(self.lines, below, habits, is_last, has_tail);
        let texts: Vec<&str> = extent
            .kept
            .iter()
            .map(|at| match last_part {
                Some(next) if next.line == *at => self.lines[*at].text[..next.starts_at].trim(),
                _ => self.lines[*at].text,
            })
            .collect();
        let entry = entry(head, &texts, habits);
        for at in extent.kept.into_iter().chain([item.line]) {
            self.is_taken[at] = true;
        }
        self.keep(self.lines[item.line].number, link.number, entry);
    }

    fn keep(&mut self, line: usize, number: Option<u32>, entry: block::Entry) {
        if entry.answers.is_empty() {
            return self.left.push(Left::new(line, &entry.title, Reason::NoAnswer));
        }
        let note = note(&entry.answers);
        let fields = ArticleFields { title: entry.title, answers: entry.answers, ..Default::default() };
        match fields_or_left(line, fields) {
            Ok(fields) => self.taken.push(Taken { line, number, fields, note }),
            Err(left) => self.left.push(left),
        }
    }

    /// The words of an item on its own line, and the whole lines between it and the next.
    fn words(&self, item: &Item, next: Option<usize>) -> (&str, std::ops::Range<usize>) {
        let line = self.lines[item.line].text;
        match next.map(|next| &self.items[next]) {
            Some(next) if next.line == item.line => (&line[item.words_at..next.starts_at], next.line..next.line),
            Some(next) => (&line[item.words_at..], item.line + 1..next.line),
            None => (&line[item.words_at..], item.line + 1..self.lines.len()),
        }
    }

    fn habits(&self, chain: &[Link]) -> Habits {
        let first = &self.items[chain[0].item].marker;
        let pairs = || chain.windows(2).map(|pair| (&self.items[pair[0].item], Some(pair[1].item)));
        let on_same_line = pairs()
            .filter(|(item, next)| {
                let (head, below) = self.words(item, *next);
                below.is_empty() && after_question_mark(head).is_some_and(|tail| !tail.is_empty())
            })
            .count();
        Habits {
            style: first.style,
            separator: first.separator,
            has_blanks_inside: pairs().any(|(item, next)| {
                let (_, below) = self.words(item, next);
                self.lines[below].iter().skip(1).any(|line| line.after_blank)
            }),
            answers_on_same_line: on_same_line * 2 > chain.len().saturating_sub(1),
        }
    }
}
