//! How many times lie in each bucket: the buckets of few times one after the other, of many a count for each.

/// So many times are kept one by one: with a count for each bucket a sketch of few would be room for nothing.
const FEW_MAX: usize = 128;

/// Counts begin at a bucket whose number is a multiple of this, so that shorter times rarely move them.
const BEGIN_AT: usize = 64;
/// Times of one kind mostly lie in so many buckets.
const USUAL: usize = 448;
/// So many counts are added up at once.
const AT_ONCE: usize = 32;

#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// The bucket of each time, in any order, as long as there are few.
    few: Vec<u16>,
    /// Of more, how many times lie in each bucket from `first` on; the last one holds some.
    each: Vec<u64>,
    first: usize,
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
            Some(count) => *count = count.wrapping_add(many),
            None => self.add_beyond(bucket, many),
        }
    }

    #[cold]
    fn add_beyond(&mut self, bucket: usize, many: u64) {
        self.reach(bucket, bucket);
        self.each[bucket - self.first] = many;
    }

    /// Takes back what was added just now.
    pub fn take_counted(&mut self, bucket: usize, many: u64) {
        if let Some(count) = self.each.get_mut(bucket.wrapping_sub(self.first)) {
            *count = count.wrapping_sub(many);
        }
    }

    /// Ends with a bucket that holds some.
    pub fn trim(&mut self) {
        while self.each.last() == Some(&0) {
            self.each.pop();
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

    fn count_of(&mut self, bucket: usize) -> &mut u64 {
        if bucket.wrapping_sub(self.first) >= self.each.len() {
            self.reach(bucket, bucket);
        }
        &mut self.each[bucket - self.first]
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

    fn add_to_each(&mut self, bucket: usize, many: u64) {
        let count = self.count_of(bucket);
        *count = count.saturating_add(many);
    }

    /// Adds others, of which it is known or not that they `fit`: that no count becomes too large.
    pub fn merge(&mut self, other: &Self, fit: bool) {
        if other.is_few() {
            other.few.iter().for_each(|bucket| self.add(usize::from(*bucket), 1));
            return;
        }
        self.count_each();
        self.reach(other.first, other.first + other.each.len() - 1);
        let both = self.each[other.first - self.first..].iter_mut().zip(&other.each);
        if fit {
            // Several at once, unlike those that end at the largest number.
            both.for_each(|(count, more)| *count = count.wrapping_add(*more));
        } else {
            both.for_each(|(count, more)| *count = count.saturating_add(*more));
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
            *self.count_of(bucket) -= many;
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
        (self.each.iter().take(place).sum(), self.each.get(place).copied().unwrap_or(0))
    }

    /// The bucket of the time that stands at a place of the sorted list.
    pub fn at_rank(&self, rank: u64) -> Option<usize> {
        if self.is_few() {
            let place = usize::try_from(rank).ok().filter(|place| *place < self.few.len())?;
            return Some(usize::from(*self.few.clone().select_nth_unstable(place).1));
        }
        // Several at once are added up faster than one after the other.
        let (mut before, mut first) = (0, self.first);
        for several in self.each.chunks(AT_ONCE) {
            let with_these = before + several.iter().sum::<u64>();
            if with_these > rank {
                let is_there = |count: &u64| {
                    before += count;
                    before > rank
                };
                return Some(first + several.iter().position(is_there)?);
            }
            (before, first) = (with_these, first + several.len());
        }
        None
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
        (self.first..).zip(self.each.iter().copied()).filter(|(_, count)| *count > 0).collect()
    }
}

/// No time that can be told lies in a bucket beyond.
fn small(bucket: usize) -> u16 {
    u16::try_from(bucket).unwrap_or(u16::MAX)
}
