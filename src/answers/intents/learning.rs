//! Reads the base and learns its model in small parts, so that nobody waits for all of it.

use super::everyday::Counting;
use super::fold::Phrases;
use super::model::Training;
use super::{BASE, Intent, IntentId, Intents, NOTHING, PHRASES};

/// How many lines of the base are read in one part.
const LINES_READ: usize = 75;

/// An intent, another that may answer it, and how well.
type Near = (usize, &'static str, f32);

/// The base while it is learned.
pub(in super::super) struct Learning {
    lines: std::iter::Peekable<std::str::Lines<'static>>,
    phrases: Phrases,
    intents: Vec<Intent>,
    wordings: Vec<(usize, Vec<char>)>,
    near: Vec<Near>,
    counting: Counting,
    training: Option<Training>,
}

impl std::fmt::Debug for Learning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Learning").finish_non_exhaustive()
    }
}

impl Learning {
    pub(in super::super) fn new() -> Self {
        Self {
            lines: BASE.lines().peekable(),
            phrases: Phrases::read(PHRASES),
            intents: Vec::new(),
            wordings: Vec::new(),
            near: Vec::new(),
            counting: Counting::default(),
            training: None,
        }
    }

    /// Learns a part; whether something is left.
    pub(in super::super) fn part(&mut self) -> bool {
        if let Some(training) = &mut self.training {
            return training.part();
        }
        for _ in 0..LINES_READ {
            let Some(line) = self.lines.next() else { break };
            self.read(line);
        }
        if self.lines.peek().is_none() {
            self.training = Some(self.all_read());
        }
        true
    }

    /// What was learned, when nothing is left.
    pub(in super::super) fn finish(mut self) -> Intents {
        while self.part() {}
        let model = self.training.unwrap_or_else(|| Training::new(Vec::new(), 0)).finish();
        let mut intents = self.intents;
        intents.retain(|intent| intent.name != NOTHING);
        Intents { phrases: self.phrases, model, intents, everyday: self.counting.finish() }
    }

    fn read(&mut self, line: &'static str) {
        let class = self.intents.len().saturating_sub(1);
        if let Some(head) = line.strip_prefix("# ") {
            let mut parts = head.split(" | ");
            let mut next = || parts.next().unwrap_or_default();
            self.intents.push(Intent { name: next(), zh: next(), en: next(), near: Vec::new() });
            self.counting.begin_intent();
        } else if let Some((name, nearness)) = line.strip_prefix("~ ").and_then(|near| near.split_once(' ')) {
            self.near.push((class, name, nearness.parse().unwrap_or_default()));
        } else {
            let spread = spread(line);
            if self.intents.last().is_some_and(|intent| intent.name != NOTHING) {
                spread.iter().for_each(|wording| self.counting.put(wording));
            }
            let spread = spread.iter().map(|wording| self.phrases.clauses(wording).concat());
            self.wordings.extend(spread.filter(|tokens| !tokens.is_empty()).map(|tokens| (class, tokens)));
        }
    }

    fn all_read(&mut self) -> Training {
        let mut wordings = std::mem::take(&mut self.wordings);
        wordings.sort_unstable();
        wordings.dedup();
        for (of, name, by) in std::mem::take(&mut self.near) {
            if let Some(place) = self.intents.iter().position(|intent| intent.name == name) {
                self.intents[of].near.push((IntentId(place as u8), by));
            }
        }
        Training::new(wordings, self.intents.len())
    }
}

/// A line with choices in brackets, in every way it can be read.
fn spread(line: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('[') {
        let (choices, after) = after.split_once(']').unwrap_or((after, ""));
        out = out
            .iter()
            .flat_map(|begun| choices.split('|').map(move |choice| format!("{begun}{before}{choice}")))
            .collect();
        rest = after;
    }
    out.into_iter().map(|begun| begun + rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_is_learned_in_many_small_parts() {
        let mut learning = Learning::new();
        let parts = std::iter::from_fn(|| learning.part().then_some(())).count();
        assert!(parts >= 50, "{parts}");
        let learned = learning.finish();
        for text in ["什么时候发货", "可以开发票吗", "怎么还没到", "你好"] {
            assert_eq!(learned.of(text), Intents::base().of(text), "{text}");
        }
    }
}
