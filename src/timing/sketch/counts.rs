//! How many times lie in each bucket: the buckets of few times one after the other, of many a count for each.

/// So many times are kept one by one: with a count for each bucket a sketch of few would be room for nothing.
const FEW_MAX: usize = 128;

#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// The bucket of each time, in any order, as long as there are few.
    few: Vec<u16>,
    /// Of more, how many times lie in each bucket; the last one holds some.
    each: Vec<u64>,
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

    /// Room for times up to a bucket, in about so many buckets.
    pub fn make_room(&mut self, last: usize, buckets: usize) {
        if self.is_few() && self.few.len() + buckets <= FEW_MAX {
            self.few.reserve(buckets);
            return;
        }
        self.count_each();
        if !self.is_few() && self.each.len() <= last {
            self.each.reserve(last + 1 - self.each.len());
        }
    }

    #[inline]
    pub fn add(&mut self, bucket: usize, many: u64) {
        if !self.is_few() {
            add_to(&mut self.each, bucket, many);
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
                add_to(&mut self.each, bucket, many);
            }
        }
    }

    /// Has a count for each bucket from here on, once it holds any time.
    fn count_each(&mut self) {
        for bucket in std::mem::take(&mut self.few) {
            add_to(&mut self.each, usize::from(bucket), 1);
        }
    }

    pub fn merge(&mut self, other: &Self) {
        if other.is_few() {
            other.few.iter().for_each(|bucket| self.add(usize::from(*bucket), 1));
            return;
        }
        self.count_each();
        if self.each.len() < other.each.len() {
            self.each.resize(other.each.len(), 0);
        }
        for (count, more) in self.each.iter_mut().zip(&other.each) {
            *count = count.saturating_add(*more);
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
            self.each[bucket] -= many;
            while self.each.last() == Some(&0) {
                self.each.pop();
            }
        }
        true
    }

    /// The last bucket that holds times.
    pub fn last(&self) -> Option<usize> {
        if self.is_few() { self.few.iter().max().map(|bucket| usize::from(*bucket)) } else { Some(self.each.len() - 1) }
    }

    /// How many times lie in the buckets before one, and in it.
    pub fn up_to(&self, bucket: usize) -> (u64, u64) {
        if self.is_few() {
            return self.few.iter().fold((0, 0), |(before, within), it| {
                let it = usize::from(*it);
                (before + u64::from(it < bucket), within + u64::from(it == bucket))
            });
        }
        (self.each.iter().take(bucket).sum(), self.each.get(bucket).copied().unwrap_or(0))
    }

    /// The bucket of the time that stands at a place of the sorted list.
    pub fn at_rank(&self, rank: u64) -> Option<usize> {
        if self.is_few() {
            let place = usize::try_from(rank).ok().filter(|place| *place < self.few.len())?;
            return Some(usize::from(*self.few.clone().select_nth_unstable(place).1));
        }
        let mut before = 0;
        self.each.iter().position(|count| {
            before += count;
            before > rank
        })
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
        self.each.iter().copied().enumerate().filter(|(_, count)| *count > 0).collect()
    }
}

/// No time that can be told lies in a bucket beyond.
fn small(bucket: usize) -> u16 {
    u16::try_from(bucket).unwrap_or(u16::MAX)
}

#[inline]
fn add_to(counts: &mut Vec<u64>, bucket: usize, many: u64) {
    match counts.get_mut(bucket) {
        Some(count) => *count = count.saturating_add(many),
        None => {
            counts.resize(bucket + 1, 0);
            counts[bucket] = many;
        }
    }
}
