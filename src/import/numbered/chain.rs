//! Finds the lists of questions among all the numbered things: the best way to read 1, 2, 3, …
//!
//! One pass over the items. For every style and number the best chain that ends there is kept, and
//! the best reading that lies outside any chain; a chain pays to begin and is paid for questions,
//! so that a list of rules is cheaper left out. A number that does not fit the sequence, such as
//! the items of a list inside an answer, finds no chain to join that pays.

use super::lines::{Item, Line, after_question_mark};
use super::marker::{STYLES, Style};
use super::words::Likeness;

/// Chains hold no higher numbers.
const NUMBER_MAX: u32 = 20_000;
/// The most lines from one question to the next.
const LINES_APART_MAX: usize = 80;
/// How far away the next of a list may always be.
const EXTENDED_LINES_APART: usize = 10;
/// How many numbers of a sequence may be missing in a row.
const MISSING_MAX: u32 = 2;

const COST_BEGIN: i32 = 8;
const COST_BEGIN_ASKED: i32 = 4;
const COST_BEGIN_MIN: i32 = 1;
const COST_BEGIN_LATE: i32 = 12;
const COST_MISSING: i32 = 6;
const COST_GLUED: i32 = 1;
const COST_DOUBTFUL: i32 = 3;
const COST_OTHER_SEPARATOR: i32 = 1;
const COST_UNANSWERED: i32 = 8;
const GAIN_ANSWERED: i32 = 2;
const GAIN_ADDRESSED: i32 = 3;
const GAIN_FAQ_HEADING: i32 = 6;

/// A question of a list, with the number the sequence gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    /// Which of the items.
    pub(super) item: usize,
    pub(super) number: Option<u32>,
}

/// The lists of questions, in order, each with its items in order.
pub(super) fn chains(lines: &[Line<'_>], items: &[Item]) -> Vec<Vec<Link>> {
    let mut search = Search::new(lines, items);
    for item in 0..items.len() {
        search.visit(item);
    }
    let mut chains = search.best();
    chains.retain(|chain| is_mostly_questions(items, chain));
    let ends: Vec<usize> =
        chains.iter().skip(1).map(|chain| chain[0].item).chain(std::iter::once(items.len())).collect();
    for (chain, end) in chains.iter_mut().zip(ends) {
        extend(lines, items, chain, end);
    }
    chains
}

#[derive(Clone, Copy)]
struct Node {
    item: usize,
    number: u32,
    score: i32,
    /// The link before it in its chain.
    previous: Option<usize>,
    /// For the first link: the last link of the chain before.
    outside: Option<usize>,
}

struct Search<'a> {
    lines: &'a [Line<'a>],
    items: &'a [Item],
    nodes: Vec<Node>,
    /// By style and number: the best chain that ends there.
    ends: [Vec<Option<usize>>; STYLES],
    outside: (i32, Option<usize>),
}

impl<'a> Search<'a> {
    fn new(lines: &'a [Line<'a>], items: &'a [Item]) -> Self {
        Self { lines, items, nodes: Vec::new(), ends: std::array::from_fn(|_| Vec::new()), outside: (0, None) }
    }

    fn visit(&mut self, item: usize) {
        let outside = self.outside;
        let mut found = [None; 6];
        let marker = self.items[item].marker;
        if marker.style == Style::Asked {
            found[0] = Some(self.node(item, 0, 0, outside));
        } else {
            for (slot, number) in found.iter_mut().zip(marker.numbers()) {
                let glued = if Some(number) == marker.number { 0 } else { COST_GLUED };
                *slot = (1..=NUMBER_MAX).contains(&number).then(|| self.node(item, number, glued, outside));
            }
        }
        for node in found.into_iter().flatten() {
            self.keep(node);
        }
    }

    /// The best chain that ends with this item under this number.
    fn node(&self, item: usize, number: u32, cost: i32, outside: (i32, Option<usize>)) -> Node {
        let gain = self.gain(item) - cost;
        let begin = Node {
            item,
            number,
            score: outside.0 + gain - self.cost_to_begin(item, number),
            previous: None,
            outside: outside.1,
        };
        let missing_max = if number == 0 { 0 } else { MISSING_MAX.min(number - 1) };
        (0..=missing_max)
            .filter_map(|missing| {
                let before = if number == 0 { 0 } else { number - 1 - missing };
                let previous = self.chain_end(self.items[item].marker.style, before)?;
                let score = self.score_joined(previous, item)? + gain - missing as i32 * COST_MISSING;
                Some(Node { item, number, score, previous: Some(previous), outside: None })
            })
            .fold(begin, |best, other| if other.score > best.score { other } else { best })
    }

    fn chain_end(&self, style: Style, number: u32) -> Option<usize> {
        *self.ends[style as usize].get(number as usize)?
    }

    /// What the chain is worth up to this item, which must not be too far away.
    fn score_joined(&self, previous: usize, item: usize) -> Option<i32> {
        let node = self.nodes[previous];
        let (before, here) = (&self.items[node.item], &self.items[item]);
        if here.line - before.line > LINES_APART_MAX {
            return None;
        }
        let separator = if before.marker.separator == here.marker.separator { 0 } else { COST_OTHER_SEPARATOR };
        Some(node.score + self.worth_of_answer(before, Some(here)) - separator)
    }

    fn gain(&self, item: usize) -> i32 {
        let item = &self.items[item];
        let likeness = if item.marker.style == Style::Asked { Likeness::Question } else { item.likeness };
        let addressed = if item.is_answered { GAIN_ADDRESSED } else { 0 };
        let in_faq = if item.is_in_faq && likeness >= Likeness::Topic { 1 } else { 0 };
        let doubtful = if item.marker.doubtful { COST_DOUBTFUL } else { 0 };
        worth(likeness) + addressed + in_faq - doubtful
    }

    fn cost_to_begin(&self, item: usize, number: u32) -> i32 {
        let item = &self.items[item];
        let begin = if item.marker.style == Style::Asked { COST_BEGIN_ASKED } else { COST_BEGIN };
        let late = if number > 1 { COST_BEGIN_LATE } else { 0 };
        let announced = if item.is_in_faq { GAIN_FAQ_HEADING } else { 0 };
        (begin + late - announced).max(COST_BEGIN_MIN)
    }

    fn worth_of_answer(&self, item: &Item, next: Option<&Item>) -> i32 {
        match has_answer(self.lines, item, next) {
            false => -COST_UNANSWERED,
            true if item.likeness >= Likeness::Trouble => GAIN_ANSWERED,
            true => 0,
        }
    }

    fn keep(&mut self, node: Node) {
        let at = self.nodes.len();
        self.nodes.push(node);
        let item = &self.items[node.item];
        let next = self
            .items
            .get(node.item + 1)
            .filter(|next| next.marker.style == item.marker.style && !next.marker.doubtful);
        let score = node.score + self.worth_of_answer(item, next);
        // Of equals the longer reading wins: what follows a list in sequence belongs to it.
        if score >= self.outside.0 {
            self.outside = (score, Some(at));
        }
        let ends = &mut self.ends[item.marker.style as usize];
        let number = node.number as usize;
        if ends.len() <= number {
            ends.resize(number + 1, None);
        }
        let stays = ends[number].is_some_and(|end| {
            let end = self.nodes[end];
            end.score >= node.score && item.line - self.items[end.item].line <= LINES_APART_MAX
        });
        if !stays || node.number == 0 {
            ends[number] = Some(at);
        }
    }

    fn best(&self) -> Vec<Vec<Link>> {
        let mut chains = Vec::new();
        let mut chain = Vec::new();
        let mut at = self.outside.1;
        while let Some(node) = at.map(|at| self.nodes[at]) {
            let number = if node.number == 0 { self.items[node.item].marker.number } else { Some(node.number) };
            chain.push(Link { item: node.item, number });
            at = node.previous.or(node.outside);
            if node.previous.is_none() {
                chain.reverse();
                chains.push(std::mem::take(&mut chain));
            }
        }
        chains.reverse();
        chains
    }
}

fn worth(likeness: Likeness) -> i32 {
    match likeness {
        Likeness::Question => 6,
        Likeness::Asking => 5,
        Likeness::Trouble => 2,
        Likeness::Topic => -1,
        Likeness::Statement => -4,
    }
}

/// Whether words stand between the question and what comes next.
fn has_answer(lines: &[Line<'_>], item: &Item, next: Option<&Item>) -> bool {
    let line = lines[item.line].text;
    let until = match next {
        Some(next) if next.line == item.line => next.starts_at,
        Some(next) if next.line > item.line + 1 => return true,
        None if item.line + 1 < lines.len() => return true,
        _ => line.len(),
    };
    let words = &line[item.words_at.min(until)..until];
    after_question_mark(words).is_some_and(|tail| !tail.is_empty())
        || item.is_answered
        || words.contains(['：', ':', '\t']) && !words.ends_with(['：', ':'])
}

fn is_mostly_questions(items: &[Item], chain: &[Link]) -> bool {
    let questions = chain
        .iter()
        .map(|link| &items[link.item])
        .filter(|item| item.marker.style == Style::Asked || item.is_answered || item.likeness >= Likeness::Trouble)
        .count();
    questions * 2 >= chain.len()
}

/// A list goes on with what follows in the sequence, even if it looks less like a question: `20.其他`.
fn extend(lines: &[Line<'_>], items: &[Item], chain: &mut Vec<Link>, end: usize) {
    let widest = chain.windows(2).map(|pair| items[pair[1].item].line - items[pair[0].item].line).max().unwrap_or(0);
    while let Some((last, number)) = chain.last().and_then(|link| Some((link.item, link.number?))) {
        let end = end.min(items.len());
        let reach = items[last].line + widest.max(EXTENDED_LINES_APART);
        let next = (last + 1..end).take_while(|at| items[*at].line <= reach).find(|at| {
            let item = &items[*at];
            item.marker.style == items[last].marker.style
                && item.marker.separator == items[last].marker.separator
                && item.likeness > Likeness::Statement
                && item.marker.numbers().any(|other| other == number + 1)
                && has_answer(lines, item, items.get(at + 1).filter(|next| !next.marker.doubtful))
        });
        match next {
            Some(item) => chain.push(Link { item, number: Some(number + 1) }),
            None => return,
        }
    }
}
