//! The best of a long list: when only a few finds are wanted, most of the list need never be looked at.

use super::entry::EntryId;
use super::grams::Posting;
use super::spelling::Found;

/// From so many postings on a list tells its best.
pub(super) const LIST_LONG: usize = 512;
/// So many of each field are told.
const TOLD_MAX: usize = 256;

/// The postings of a list that count most whatever word is looked up by them, apart for each field of the shelf, the
/// best first and equal ones by entry.
#[derive(Debug, Clone, Default)]
pub(super) struct Foremost {
    leading: Best,
    others: Best,
}

/// The best of one field.
#[derive(Debug, Clone, Default)]
pub(super) struct Best {
    pub(super) postings: Box<[Posting]>,
    /// Whether these are all there are.
    pub(super) are_all: bool,
}

impl Foremost {
    /// Picks the best of a list by the length and the entry of each line.
    pub(super) fn of(list: &[Posting], told: impl Fn(u32) -> (usize, EntryId)) -> Self {
        let best = |leads: bool| {
            let of_field = list.iter().filter(|posting| posting.leads() == leads);
            let weighed = of_field.map(|posting| {
                let (chars, entry) = told(posting.line());
                (weight(*posting, chars), entry, *posting)
            });
            Best::of(weighed.collect())
        };
        Self { leading: best(true), others: best(false) }
    }

    pub(super) fn field(&self, leads: bool) -> &Best {
        if leads { &self.leading } else { &self.others }
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.leading.postings) + size_of_val(&*self.others.postings)
    }
}

impl Best {
    fn of(mut weighed: Vec<(f32, EntryId, Posting)>) -> Self {
        let are_all = weighed.len() <= TOLD_MAX;
        let order = |one: &(f32, EntryId, Posting), other: &(f32, EntryId, Posting)| {
            other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1))
        };
        if !are_all {
            weighed.select_nth_unstable_by(TOLD_MAX, order);
            weighed.truncate(TOLD_MAX);
        }
        weighed.sort_unstable_by(order);
        Self { postings: weighed.into_iter().map(|(.., posting)| posting).collect(), are_all }
    }
}

/// What a find at the place of a posting counts, whatever is found, but for lines that are nothing else: these are the
/// shortest that begin with it and stand before the others anyway.
fn weight(posting: Posting, chars: usize) -> f32 {
    Found::literal(posting.place(), 0).weight(chars)
}
