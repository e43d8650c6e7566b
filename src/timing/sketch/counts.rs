//! How many times lie in each bucket: the buckets of few times one after the other, of many a count for each.

use std::collections::BTreeMap;

/// So many times are kept one by one: with a count for each bucket a sketch of few would be room for nothing.
const FEW_MAX: usize = 128;

/// Counts begin at a bucket whose number is a multiple of this, so that shorter times rarely move them.
const BEGIN_AT: usize = 64;
/// Times of one kind mostly lie in so many buckets.
const USUAL: usize = 512;
/// So many counts are added up at once.
const AT_ONCE: usize = 32;

#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// The bucket of each time, in any order, as long as there are few.
    few: Vec<u16>,
    /// Of more, how many times lie in each bucket from `first` on; the last one holds some. There are very many of these, so
    /// they are small …
    each: Vec<u32>,
    first: usize,
    /// … and of those that became too large for that, how often they did, by bucket.
    carried: BTreeMap<usize, u32>,
}

impl PartialEq for Counts {
    fn eq(&self, other: &Self) -> bool {
        self.filled() == other.filled()
    }
}

impl Eq for Counts {}

impl Counts {
    const fn is_few(&self) -> bool {
        self.each.is_empty()
    }

    /// Whether so many more buckets, the last of which is this, are counted bucket by bucket. There is room for them then, and
    /// once they are [added](Self::add_counted) the last one holds some.
    pub fn is_counted(&mut self, last: usize, buckets: usize) -> bool {
        if self.is_few() && self.few.len() + buckets <= FEW_MAX {
            self.few.reserve(buckets);
            return false;
        }
        self.count_each();
        self.reach(last.saturating_sub(buckets.max(USUAL)), last);
        true
    }

    /// Adds to a bucket, where all are counted bucket by bucket.
    #[inline]
    pub fn add_counted(&mut self, bucket: usize, many: u64) {
        match self.each.get_mut(bucket.wrapping_sub(self.first)) {
            Some(count) if many <= u64::from(u32::MAX - *count) => *count += many as u32,
            _ => self.add_beyond(bucket, many),
        }
    }

    #[cold]
    fn add_beyond(&mut self, bucket: usize, many: u64) {
        self.reach(bucket, bucket);
        self.put(bucket, self.count(bucket).saturating_add(many));
    }

    /// Takes back what was added just now.
    pub fn take_counted(&mut self, bucket: usize, many: u64) {
        self.put(bucket, self.count(bucket).saturating_sub(many));
    }

    /// Ends with a bucket that holds some.
    pub fn trim(&mut self) {
        while self.each.last() == Some(&0) && !self.carried.contains_key(&(self.first + self.each.len() - 1)) {
            self.each.pop();
        }
    }

    /// How many times lie in a bucket, where all are counted bucket by bucket.
    fn count(&self, bucket: usize) -> u64 {
        let low = self.each.get(bucket.wrapping_sub(self.first)).map_or(0, |count| u64::from(*count));
        low | self.carried.get(&bucket).map_or(0, |carried| u64::from(*carried) << u32::BITS)
    }

    /// Says how many times lie in a bucket for which there is a count.
    fn put(&mut self, bucket: usize, many: u64) {
        let (low, carried) = (many as u32, (many >> u32::BITS) as u32);
        if let Some(count) = self.each.get_mut(bucket.wrapping_sub(self.first)) {
            *count = low;
        }
        if carried > 0 {
            self.carried.insert(bucket, carried);
        } else if !self.carried.is_empty() {
            self.carried.remove(&bucket);
        }
    }

    /// Has a count for each bucket from one to another.
    fn reach(&mut self, from: usize, to: usize) {
        let from = from - from % BEGIN_AT;
        if self.each.is_empty() {
            self.first = from;
        }
        if from < self.first {
            self.each.splice(..0, std::iter::repeat_n(0, self.first - from));
            self.first = from;
        }
        if self.each.len() <= to - self.first {
            self.each.resize(to - self.first + 1, 0);
        }
    }

    #[inline]
    pub fn add(&mut self, bucket: usize, many: u64) {
        if !self.is_few() {
            self.add_to_each(bucket, many);
        } else if many == 1 && self.few.len() < FEW_MAX {
            self.few.push(small(bucket));
        } else {
            self.add_several(bucket, many);
        }
    }

    fn add_several(&mut self, bucket: usize, many: u64) {
        match usize::try_from(many).ok().and_then(|many| self.few.len().checked_add(many)) {
            Some(len) if len <= FEW_MAX => self.few.resize(len, small(bucket)),
            _ => {
                self.count_each();
                self.add_to_each(bucket, many);
            }
        }
    }

    /// Has a count for each bucket from here on, once it holds any time.
    fn count_each(&mut self) {
        for bucket in std::mem::take(&mut self.few) {
            self.add_to_each(usize::from(bucket), 1);
        }
    }

    #[inline]
    fn add_to_each(&mut self, bucket: usize, many: u64) {
        self.add_counted(bucket, many);
    }

    /// Adds others; together there are so many times, and no bucket holds more.
    pub fn merge(&mut self, other: &Self, many: u64) {
        if other.is_few() {
            other.few.iter().for_each(|bucket| self.add(usize::from(*bucket), 1));
            return;
        }
        self.count_each();
        self.reach(other.first, other.first + other.each.len() - 1);
        if u32::try_from(many).is_ok() {
            // Several at once, unlike those that may become too large.
            let both = self.each[other.first - self.first..].iter_mut().zip(&other.each);
            both.for_each(|(count, more)| *count = count.wrapping_add(*more));
        } else {
            other.filled().into_iter().for_each(|(bucket, many)| self.add_counted(bucket, many));
        }
    }

    /// Takes times out of a bucket. `false` where there are not so many in it, and it stays as it is.
    pub fn take(&mut self, bucket: usize, many: u64) -> bool {
        let (_, there) = self.up_to(bucket);
        if there < many {
            return false;
        }
        if self.is_few() {
            self.few.retain(|it| usize::from(*it) != bucket);
            self.add_several(bucket, there - many);
        } else if many > 0 {
            self.put(bucket, there - many);
            self.trim();
        }
        true
    }

    /// The last bucket that holds times.
    pub fn last(&self) -> Option<usize> {
        if self.is_few() {
            self.few.iter().max().map(|bucket| usize::from(*bucket))
        } else {
            Some(self.first + self.each.len() - 1)
        }
    }

    /// How many times lie in the buckets before one, and in it.
    pub fn up_to(&self, bucket: usize) -> (u64, u64) {
        if self.is_few() {
            return self.few.iter().fold((0, 0), |(before, within), it| {
                let it = usize::from(*it);
                (before + u64::from(it < bucket), within + u64::from(it == bucket))
            });
        }
        let Some(place) = bucket.checked_sub(self.first) else { return (0, 0) };
        let carried: u64 = self.carried.range(..bucket).map(|(_, carried)| u64::from(*carried) << u32::BITS).sum();
        (self.each.iter().take(place).map(|count| u64::from(*count)).sum::<u64>() + carried, self.count(bucket))
    }

    /// The bucket of the time that stands at a place of the sorted list.
    pub fn at_rank(&self, rank: u64) -> Option<usize> {
        if self.is_few() {
            let place = usize::try_from(rank).ok().filter(|place| *place < self.few.len())?;
            return Some(usize::from(*self.few.clone().select_nth_unstable(place).1));
        }
        if !self.carried.is_empty() {
            return self.at_rank_of_very_many(rank);
        }
        // Several at once are added up faster than one after the other.
        let (mut before, mut first) = (0, self.first);
        for several in self.each.chunks(AT_ONCE) {
            let with_these = before + several.iter().map(|count| u64::from(*count)).sum::<u64>();
            if with_these > rank {
                let is_there = |count: &u32| {
                    before += u64::from(*count);
                    before > rank
                };
                return Some(first + several.iter().position(is_there)?);
            }
            (before, first) = (with_these, first + several.len());
        }
        None
    }

    #[cold]
    fn at_rank_of_very_many(&self, rank: u64) -> Option<usize> {
        let mut before = 0u64;
        let is_there = |(_, count): &(usize, u64)| {
            before = before.saturating_add(*count);
            before > rank
        };
        self.filled().into_iter().find(is_there).map(|(bucket, _)| bucket)
    }

    /// Each bucket that holds times and how many, in order.
    pub fn filled(&self) -> Vec<(usize, u64)> {
        if self.is_few() {
            let mut few = self.few.clone();
            few.sort_unstable();
            return few
                .chunk_by(|one, other| one == other)
                .map(|same| (usize::from(same[0]), same.len() as u64))
                .collect();
        }
        let buckets = self.first..self.first + self.each.len();
        buckets.map(|bucket| (bucket, self.count(bucket))).filter(|(_, count)| *count > 0).collect()
    }
}

/// No time that can be told lies in a bucket beyond.
fn small(bucket: usize) -> u16 {
    u16::try_from(bucket).unwrap_or(u16::MAX)
}
