//! Pages that the live channel brings before a device asks for them.
//!
//! The server remembers how far a device that listens has read, and answers as if it asked again whenever something
//! moved. Such a page is a pull's answer like any other, so it may come late, twice or beside a pull: the device looks
//! whether it follows on what it has, and otherwise pulls.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::tolerant::known_scopes;
use super::{Cursor, PullAnswer, PullRequest, Scope, ScopePage};
use crate::model::{DeviceId, EpochId};

/// The most rows, and the most verdicts, of a page that comes unasked. For more a device pulls.
pub const LIVE_PAGE_ROWS_MAX: usize = 64;
/// A page that comes unasked has about so many bytes of bodies at most.
pub const LIVE_PAGE_BYTES_MAX: usize = 16 * 1024;
/// The longest request in the address of the live channel, in bytes.
pub const LIVE_ASKS_BYTES_MAX: usize = 4 * 1024;
/// So long a device waits after a push for the page that brings the verdicts, before it pulls, in milliseconds.
pub const LIVE_PAGE_WAIT_MILLIS: u32 = 1_000;
/// After so many pages in a row that do not follow on what it has, a device tells the server anew how far it is.
pub const LIVE_MISSES_MAX: u32 = 3;

/// How far a device is that listens, as its pull would tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Which life of its storage.
    pub epoch: EpochId,
    /// How far it has read each scope.
    #[serde(deserialize_with = "known_scopes")]
    pub cursors: BTreeMap<Scope, Cursor>,
    /// The last command whose verdict it has.
    pub verdicts_after: u64,
}

impl Asked {
    /// `None` for a device that has a gap: it pulls without a pause until that is closed.
    #[must_use]
    pub fn of(request: &PullRequest) -> Option<Self> {
        let PullRequest { epoch, cursors, verdicts_after, newest_first, .. } = request;
        let is_whole = newest_first.as_ref().is_none_or(|newest| newest.filling.is_empty());
        is_whole.then(|| Self { epoch: *epoch, cursors: cursors.clone(), verdicts_after: *verdicts_after })
    }

    /// What the device would ask.
    #[must_use]
    pub fn request(&self, device: DeviceId) -> PullRequest {
        PullRequest {
            protocol: super::PROTOCOL,
            device,
            epoch: self.epoch,
            cursors: self.cursors.clone(),
            verdicts_after: self.verdicts_after,
            newest_first: None,
        }
    }

    /// The heads that it has read up to.
    #[must_use]
    pub fn heads(&self) -> BTreeMap<Scope, u64> {
        self.cursors.iter().map(|(scope, cursor)| (*scope, cursor.seq)).collect()
    }

    /// Whether these are the heads that it has read up to.
    #[must_use]
    pub fn is_at(&self, heads: &BTreeMap<Scope, u64>) -> bool {
        self.heads() == *heads
    }

    /// Goes on as the device does once it has the answer, by this page or by its own pulls.
    pub fn follow(&mut self, answer: &PullAnswer) {
        let at_head = |page: &ScopePage| (page.scope, Cursor { seq: page.head, ..page.cursor });
        self.cursors = answer.scopes.iter().map(at_head).collect();
        self.verdicts_after = answer.through;
    }
}

/// A page that comes unasked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LivePage {
    /// What it answers.
    pub asked: Asked,
    /// What a pull that asks so is answered.
    pub answer: PullAnswer,
}

impl LivePage {
    /// `None` for an answer that does not come unasked: it brings nothing, or there is more than it brings, or it does not
    /// merely go on from what the device has.
    #[must_use]
    pub fn new(asked: Asked, answer: PullAnswer) -> Option<Self> {
        let page = Self { asked, answer };
        (page.is_plain() && page.brings_something()).then_some(page)
    }

    /// The newest changes of the scopes, as of this page.
    #[must_use]
    pub fn heads(&self) -> BTreeMap<Scope, u64> {
        self.answer.scopes.iter().map(|page| (page.scope, page.head)).collect()
    }

    /// Whether it goes on from what was asked and ends at the heads, in the same scopes.
    pub(super) fn is_plain(&self) -> bool {
        let Self { asked, answer } = self;
        let goes_on = |page: &ScopePage| {
            let is_whole = page.gap.is_none() && page.older.is_empty() && page.cursor.seq == page.head;
            let from = asked.cursors.get(&page.scope);
            let fits = |from: &Cursor| from.generation == page.cursor.generation && from.seq <= page.cursor.seq;
            is_whole && !page.reset && from.is_some_and(fits)
        };
        let rows: usize = answer.scopes.iter().map(|page| page.rows.len()).sum();
        !answer.more
            && answer.scopes.len() == asked.cursors.len()
            && answer.scopes.iter().all(goes_on)
            && rows.max(answer.verdicts.len()) <= LIVE_PAGE_ROWS_MAX
    }

    fn brings_something(&self) -> bool {
        !self.asked.is_at(&self.heads()) || self.answer.through > self.asked.verdicts_after
    }
}

/// The live channel's sign of life where it brings pages and there is nothing to bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beat {
    /// Whether pages come.
    pub pages: bool,
    /// The heads of all scopes added up: by that a tab which missed a page finds out, however it missed it.
    #[serde(default)]
    pub sum: u64,
}

impl Beat {
    /// The beat of a channel that has brought everything up to these heads.
    #[must_use]
    pub fn at(heads: &BTreeMap<Scope, u64>) -> Self {
        Self { pages: true, sum: sum_of(heads.values().copied()) }
    }
}

/// Heads or cursors added up.
pub(super) fn sum_of(seqs: impl Iterator<Item = u64>) -> u64 {
    seqs.fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::Value;

    use super::*;

    /// The examples of the page below its heading.
    fn examples() -> Vec<&'static str> {
        let (_, after) = include_str!("../../docs/SYNC.md").split_once("\n## The live channel").unwrap();
        let part = after.split("\n## ").next().unwrap();
        part.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
    }

    fn frame<T: DeserializeOwned + Serialize>(example: &str) -> T {
        let frame: T = serde_json::from_str(example).unwrap();
        let value: Value = serde_json::from_str(example).unwrap();
        assert_eq!(serde_json::to_value(&frame).unwrap(), value);
        frame
    }

    #[test]
    fn the_examples_of_the_page_are_frames() {
        let [heads, asks, page, beat] = examples().try_into().unwrap();
        let heads: super::super::Heads = frame(heads);
        let asks: PullRequest = frame(asks);
        let mut asked = Asked::of(&asks).unwrap();
        assert!(asked.is_at(&heads.heads), "the heads are those that it stands at");
        let page: LivePage = frame(page);
        assert_eq!(page.asked, asked);
        asked.follow(&page.answer);
        assert!(asked.is_at(&page.heads()) && asked.verdicts_after == 7);
        assert!(LivePage::new(page.asked.clone(), page.answer.clone()).is_some());
        assert_eq!(frame::<Beat>(beat), Beat::at(&page.heads()), "of a desk that took the page");
    }

    #[test]
    fn only_what_merely_goes_on_comes_unasked() {
        let example = frame::<LivePage>(examples()[2]);
        let comes = |change: &dyn Fn(&mut LivePage)| {
            let LivePage { asked, answer } = {
                let mut page = example.clone();
                change(&mut page);
                page
            };
            LivePage::new(asked, answer).is_some()
        };
        assert!(comes(&|_| {}));
        assert!(!comes(&|page| page.answer.more = true));
        assert!(!comes(&|page| page.answer.scopes[0].reset = true));
        assert!(!comes(&|page| page.answer.scopes[0].head += 1));
        assert!(!comes(&|page| page.answer.scopes[0].cursor.generation += 1));
        assert!(!comes(&|page| drop(page.answer.scopes.pop())), "a scope that goes is told by a pull");
        assert!(!comes(&|page| page.asked.cursors.clear()), "and so is one that comes");
        assert!(!comes(&|page| page.asked.cursors.values_mut().for_each(|cursor| cursor.seq += 100)));
        let full = |page: &mut LivePage, rows: usize| {
            let row = page.answer.scopes.iter().find_map(|scope| scope.rows.first()).unwrap().clone();
            let first = page.answer.scopes.iter_mut().find(|scope| !scope.rows.is_empty()).unwrap();
            first.rows = vec![row; rows];
        };
        assert!(comes(&|page| full(page, LIVE_PAGE_ROWS_MAX)));
        assert!(!comes(&|page| full(page, LIVE_PAGE_ROWS_MAX + 1)));
        let nothing = |page: &mut LivePage| page.asked.follow(&page.answer);
        assert!(!comes(&nothing), "there is nothing new");
    }
}
