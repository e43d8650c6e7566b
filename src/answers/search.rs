//! Search: the entries that hold every word of a query, in any spelling.

use super::entry::Field;
use super::favour::{Around, Favour};
use super::finder::Finder;
use super::hits::{Hit, Met, Tally, joined, score, score_max};
use super::index::Index;
use super::nearly::Mistyped;
use super::spelling::{Found, Walk};
use super::word::{Word, words};
use super::work::Work;

/// With fewer finds than this, typing errors are forgiven.
pub const FINDS_FEW: usize = 5;
/// The most steps to find what holds the words.
const FIND_STEPS_MAX: usize = 600_000;
/// The most steps to find what holds them but for typing errors.
const NEARLY_STEPS_MAX: usize = 300_000;
/// The most steps to see what to show of the finds.
const SHOW_STEPS_MAX: usize = 150_000;
/// What a find that takes a typing error counts: even in the best field less than any other find in the last.
const NEARLY_WEIGHT: f32 = 0.03;

impl Index {
    /// The best entries for a query, the best first; for an empty one those that are chosen most and latest.
    ///
    /// Words stand between blanks and must all be found in an entry: as written in any field, by pinyin, initials or a
    /// mixture in shortcut, title, wordings and tags, by two full syllables or more in answers. When that finds fewer
    /// than [`FINDS_FEW`], entries follow whose shortcut, title, wordings or tags hold a longer word but for one error.
    ///
    /// However much is held and whatever is asked, the work is bounded; beyond it the finds may be incomplete.
    #[must_use]
    pub fn search(&self, query: &str, around: &Around<'_>, limit: usize) -> Vec<Hit> {
        self.search_counted(query, around, limit).0
    }

    /// As [`Index::search`], with the steps that it took.
    pub(super) fn search_counted(&self, query: &str, around: &Around<'_>, limit: usize) -> (Vec<Hit>, usize) {
        let words = words(query);
        if limit == 0 || self.is_empty() {
            return (Vec::new(), 0);
        }
        if words.is_empty() {
            let chosen = self.most_chosen(around.now, limit);
            return (chosen.into_iter().filter_map(|(slot, score)| self.at_hand(slot, score)).collect(), 0);
        }
        let mut work = Work::new(0);
        let favour = self.last_favour.at(self, around, &mut work);
        work.give(FIND_STEPS_MAX);
        let mut finder = Finder::new(self, &mut work);
        if words.len() == 1 {
            finder.tally.want_only(limit, &favour);
        }
        for word in &words {
            finder.find(word);
            finder.tally.next_word();
        }
        let tally = finder.tally;
        let found = tally.best(&favour, limit);
        let mut hits = self.shown_all(&found, &words, &tally, false, &mut work);
        if found.len() < limit.min(FINDS_FEW) && words.iter().any(|word| word.may_be_mistyped) {
            let left_out: Vec<u32> = found.iter().map(|(slot, _)| *slot).collect();
            hits.extend(self.nearly(&words, &left_out, &favour, limit - found.len(), &mut work));
        }
        (hits, work.done())
    }

    /// The entries that hold every word, at least one of them with a typing error.
    fn nearly(&self, words: &[Word], left_out: &[u32], favour: &Favour, limit: usize, work: &mut Work) -> Vec<Hit> {
        work.give(NEARLY_STEPS_MAX);
        let mut finder = Finder::new(self, work);
        left_out.iter().for_each(|slot| finder.tally.leave_out(*slot));
        for word in words {
            if words.len() > 1 {
                finder.find(word);
            }
            if word.may_be_mistyped {
                finder.find_nearly(word);
            }
            finder.tally.next_word();
        }
        let tally = finder.tally;
        let found: Vec<(u32, f32)> =
            tally.best(favour, limit).into_iter().map(|(slot, score)| (slot, score * NEARLY_WEIGHT)).collect();
        self.shown_all(&found, words, &tally, true, work)
    }

    fn shown_all(
        &self,
        found: &[(u32, f32)],
        words: &[Word],
        tally: &Tally<'_>,
        nearly: bool,
        work: &mut Work,
    ) -> Vec<Hit> {
        work.give(SHOW_STEPS_MAX);
        let mut show = Show { index: self, words, nearly, walk: Walk::default(), text: Vec::new(), work };
        found.iter().filter_map(|(slot, score)| show.shown(*slot, *score, tally.met(*slot))).collect()
    }

    /// An entry that nothing was asked for: its title, or what is typed to get it.
    fn at_hand(&self, slot: u32, score: f32) -> Option<Hit> {
        let entry = self.entry(slot);
        let title = entry.lines.iter().find(|line| self.head(**line).field == Field::Title);
        let head = self.head(*title.or(entry.lines.first())?);
        let line = usize::from(head.place);
        Some(Hit { id: entry.id, score, field: head.field, line, marks: Vec::new(), nearly: false })
    }
}

/// Sees what to show of the entries that were found.
struct Show<'a> {
    index: &'a Index,
    words: &'a [Word],
    nearly: bool,
    walk: Walk,
    text: Vec<char>,
    work: &'a mut Work,
}

impl Show<'_> {
    /// The line of an entry that shows best what was found in it, the first where a line says all; without further work
    /// the one that was found last.
    fn shown(&mut self, slot: u32, total: f32, met: &Met) -> Option<Hit> {
        let entry = self.index.entry(slot);
        let mut best: Option<(f32, u32, Vec<Found>)> = None;
        for line in &entry.lines {
            let head = self.index.head(*line);
            let most = score_max(head.field) * self.words.len() as f32;
            let is_needed = best.as_ref().is_none_or(|(worth, ..)| *worth < most);
            if !is_needed || (self.work.is_done() && *line != met.line()) {
                continue;
            }
            let found = self.found_in(*line);
            let worth = found.iter().map(|found| score(head, found)).sum::<f32>();
            if worth > best.as_ref().map_or(0.0, |best| best.0) {
                best = Some((worth, *line, found));
                if worth >= met.total() {
                    break;
                }
            }
        }
        let (_, line, found) = best?;
        let (head, text) = (self.index.head(line), self.index.text(line));
        let marks = joined(found.iter().map(|found| text.written(found.from..found.to)).collect());
        let line = usize::from(head.place);
        Some(Hit { id: entry.id, score: total, field: head.field, line, marks, nearly: self.nearly })
    }

    fn found_in(&mut self, line: u32) -> Vec<Found> {
        let Self { index, words, nearly, walk, text, work } = self;
        let shelf = index.head(line).field.shelf();
        index.read(line, text);
        let best = |word: &Word| {
            let best = word.best_in(text, shelf, walk);
            let nearly = *nearly && word.may_be_mistyped && shelf.is_spelled();
            best.or_else(|| nearly.then(|| Mistyped::best_in(word, text)).flatten())
        };
        let found = words.iter().filter_map(best).collect();
        work.spend(walk.take_steps() + text.len() * words.len());
        found
    }
}
