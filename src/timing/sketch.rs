//! Many times in little room: a sketch tells every percentile within one percent, and sketches of five minutes, an agent or
//! a channel are added up to those of a month, a team or the shop.
//!
//! Times are counted in buckets whose width is at most 1/64 of what lies in them, and never less than 1/1024 of a second: the
//! middle of a bucket is within 1/128 of each time in it, or within half a millisecond. Every whole second up to 128 ends a
//! bucket, as do two minutes and three, five and ten, so that what came within them is counted, not reckoned. How many there
//! are, their sum and the longest are kept exactly. All is counted in whole numbers: every device and server comes to the
//! same bytes.

use crate::model::MICROS_PER_SECOND;

mod counts;

use counts::Counts;

/// Each doubling is divided into so many buckets.
const BUCKETS_PER_DOUBLING: u64 = 64;
const DOUBLING_BITS: u32 = BUCKETS_PER_DOUBLING.trailing_zeros();
/// The narrowest bucket is this part of a second. Doublings begin at a second, so that whole seconds end buckets.
const UNITS_PER_SECOND: u64 = 1_024;
/// How a packed sketch begins, beside its longest time: it holds that alone, or others, and the longest is told exactly or
/// as the middle of its bucket.
const ALONE: u128 = 0;
const EXACT: u128 = 1;
const ABOUT: u128 = 2;
/// A bucket with a short gap before it and few times in it takes one byte: three bits of gap and four of times.
const SHORT_GAP: usize = 8;
const FEW: u64 = 16;
const LONG: u8 = 0x80;
/// The bucket of a single time.
const ONE_TIME: [u8; 1] = [0];
const LONGER: u8 = 0xFF;
/// A number of so many bytes fits into 64 bits.
const SHORT_BYTES: usize = 9;
/// So many buckets are known by heart: those of times up to some decades.
const KNOWN_BUCKETS: usize = 32 * BUCKETS_PER_DOUBLING as usize;
/// The shortest time in each of them, and in the one after them.
static SHORTEST: [u64; KNOWN_BUCKETS + 1] = shortest_in_each();

/// Times, counted so that percentiles can be told, and sketches be added up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sketch {
    counts: Counts,
    many: u64,
    total_micros: u128,
    longest: Longest,
}

/// The longest time of a sketch. Of two that are as long the exact one is the longer, so the order of adding says nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Longest {
    micros: u64,
    /// Whether it is the time itself. When the longest is taken back the next one is known as well as its bucket tells.
    is_exact: bool,
}

impl Longest {
    /// By how much the sum must, and by how much it can, be more than the least one, which the buckets alone allow to be
    /// `more`: an exact longest time stands where it stands in its bucket.
    fn over_extent(self, more: u128) -> (u128, u128) {
        if !self.is_exact {
            return (0, more);
        }
        let (shortest, width) = extent(bucket(self.micros));
        let above = self.micros - shortest;
        (u128::from(above), more - u128::from(width - 1 - above))
    }
}

/// Why a sketch stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SketchFault {
    /// The time that shall be taken back was never added.
    #[error("a time that was never added cannot be taken back")]
    NotThere,
    /// The bytes are not those of a sketch, or contradict themselves.
    #[error("these bytes are no sketch")]
    Bytes,
}

/// The bucket of a time. A bucket begins after its first unit and ends with its last, so that what takes exactly a second is
/// with what takes less.
const fn bucket(micros: u64) -> usize {
    let before = micros.saturating_sub(1);
    let unit = match before.checked_mul(UNITS_PER_SECOND) {
        Some(parts) => parts / MICROS_PER_SECOND as u64,
        None => (before as u128 * UNITS_PER_SECOND as u128 / MICROS_PER_SECOND as u128) as u64,
    };
    let bits = u64::BITS - unit.leading_zeros();
    let doublings = bits.saturating_sub(DOUBLING_BITS + 1) as u64;
    (doublings * BUCKETS_PER_DOUBLING + (unit >> doublings)) as usize
}

/// The shortest time in a bucket, and how many microseconds wide it is.
fn extent(bucket: usize) -> (u64, u64) {
    if bucket < KNOWN_BUCKETS {
        let shortest = SHORTEST[bucket];
        return (shortest, SHORTEST[bucket + 1] - shortest);
    }
    reckoned_extent(bucket)
}

const fn shortest_in_each() -> [u64; KNOWN_BUCKETS + 1] {
    let mut shortest = [0; KNOWN_BUCKETS + 1];
    let mut bucket = 0;
    while bucket <= KNOWN_BUCKETS {
        shortest[bucket] = reckoned_extent(bucket).0;
        bucket += 1;
    }
    shortest
}

const fn reckoned_extent(bucket: usize) -> (u64, u64) {
    let bucket = bucket as u64;
    let (unit, units) = if bucket < 2 * BUCKETS_PER_DOUBLING {
        (bucket, 1)
    } else {
        let doublings = bucket / BUCKETS_PER_DOUBLING - 1;
        ((bucket - doublings * BUCKETS_PER_DOUBLING) << doublings, 1 << doublings)
    };
    let shortest = shortest_in(unit);
    (shortest, shortest_in(unit + units) - shortest)
}

/// The shortest time that reaches into a unit.
const fn shortest_in(unit: u64) -> u64 {
    match unit {
        0 => 0,
        _ => (unit as u128 * MICROS_PER_SECOND as u128).div_ceil(UNITS_PER_SECOND as u128) as u64 + 1,
    }
}

fn middle(bucket: usize) -> u64 {
    let (shortest, width) = extent(bucket);
    shortest + width / 2
}

impl Sketch {
    /// One without any time.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a time; a negative one counts as none.
    pub fn add(&mut self, micros: i64) {
        self.add_many(micros, 1);
    }

    /// Adds a time so many times.
    #[inline]
    pub fn add_many(&mut self, micros: i64, many: u64) {
        if many == 0 {
            return;
        }
        let micros = u64::try_from(micros).unwrap_or(0);
        self.count(bucket(micros), many);
        self.total_micros += u128::from(micros) * u128::from(many);
        self.longest = self.longest.max(Longest { micros, is_exact: true });
    }

    /// Takes a time back that was added. When it was the longest, the next one is told within one percent from then on.
    ///
    /// # Errors
    /// When it cannot have been added; nothing changes then.
    pub fn remove(&mut self, micros: i64) -> Result<(), SketchFault> {
        let micros = u64::try_from(micros).unwrap_or(0);
        if self.longest.is_exact && micros > self.longest.micros {
            return Err(SketchFault::NotThere);
        }
        let mut left = self.clone();
        if !left.counts.take(bucket(micros), 1) {
            return Err(SketchFault::NotThere);
        }
        left.many -= 1;
        left.total_micros = left.total_micros.checked_sub(u128::from(micros)).ok_or(SketchFault::NotThere)?;
        let last = left.counts.last();
        if self.longest.micros <= micros || last < self.counts.last() {
            left.longest = last.map(about).unwrap_or_default();
        }
        if !left.is_sound() {
            return Err(SketchFault::NotThere);
        }
        *self = left;
        Ok(())
    }

    /// Takes all times of another one back, each of which was added. When the longest is among them, the next one is told
    /// within one percent from then on.
    ///
    /// # Errors
    /// When they cannot have been added; the sketch is of no use then.
    pub fn remove_all(&mut self, other: &Self) -> Result<(), SketchFault> {
        let before = self.counts.last();
        for (bucket, many) in other.counts.filled() {
            if !self.counts.take(bucket, many) {
                return Err(SketchFault::NotThere);
            }
        }
        self.many = self.many.checked_sub(other.many).ok_or(SketchFault::NotThere)?;
        self.total_micros = self.total_micros.checked_sub(other.total_micros).ok_or(SketchFault::NotThere)?;
        let last = self.counts.last();
        if other.many > 0 && (self.longest.micros <= other.longest.micros || last < before) {
            self.longest = last.map(about).unwrap_or_default();
        }
        Ok(())
    }

    /// Adds all times of another one.
    pub fn merge(&mut self, other: &Self) {
        self.many = self.many.saturating_add(other.many);
        self.counts.merge(&other.counts, self.many);
        self.total_micros += other.total_micros;
        self.longest = self.longest.max(other.longest);
    }

    /// How many times were added.
    #[must_use]
    pub const fn many(&self) -> u64 {
        self.many
    }

    /// Their sum, exactly, in microseconds.
    #[must_use]
    pub const fn total_micros(&self) -> u128 {
        self.total_micros
    }

    /// The mean, exactly, in microseconds.
    #[must_use]
    pub fn mean(&self) -> Option<i64> {
        i64::try_from(self.total_micros.checked_div(u128::from(self.many))?).ok()
    }

    /// The mean where a longer time than `cap`, in microseconds, counts as that long: exactly where none is longer, and else
    /// within one percent.
    #[must_use]
    pub fn mean_within(&self, cap: i64) -> Option<i64> {
        let cap = u64::try_from(cap).unwrap_or(0);
        if self.longest.micros <= cap {
            return self.mean();
        }
        let capped = self.counts.filled().into_iter();
        let total: u128 = capped.map(|(bucket, many)| u128::from(middle(bucket).min(cap)) * u128::from(many)).sum();
        i64::try_from(total.checked_div(u128::from(self.many))?).ok()
    }

    /// The longest, in microseconds, and whether it is exact: unless a longer one was taken back it is.
    #[must_use]
    pub fn longest(&self) -> Option<(i64, bool)> {
        let micros = i64::try_from(self.longest.micros).ok().filter(|_| self.many > 0)?;
        Some((micros, self.longest.is_exact))
    }

    /// How many took at most that long, and whether that was counted: it is reckoned where a bucket goes on beyond, as none
    /// does after a whole second up to 128. What took less than a unit took no time.
    #[must_use]
    pub fn within(&self, micros: i64) -> (u64, bool) {
        let Ok(micros) = u64::try_from(micros) else { return (0, true) };
        let last = bucket(micros);
        if self.longest.is_exact && self.longest.micros <= micros {
            return (self.many, true);
        }
        let (before, count) = self.counts.up_to(last);
        let (shortest, width) = extent(last);
        let micros = if last == 0 { width - 1 } else { micros };
        let part = micros - shortest + 1;
        let reckoned = u64::try_from(u128::from(count) * u128::from(part) / u128::from(width)).unwrap_or(count);
        (before + reckoned, count == 0 || part == width)
    }

    /// The time below which `percent` of the times lie, in microseconds, within one percent, or half a millisecond, of what
    /// [`quantile`](super::quantile) says of the times themselves.
    #[must_use]
    pub fn quantile(&self, percent: u32) -> Option<i64> {
        self.quantile_within(percent, i64::MAX)
    }

    /// The same where a longer time than `cap`, in microseconds, counts as that long.
    #[must_use]
    pub fn quantile_within(&self, percent: u32, cap: i64) -> Option<i64> {
        let cap = u64::try_from(cap).unwrap_or(0);
        let last = u128::from(self.many.checked_sub(1)?);
        let hundredths = last * u128::from(percent.min(100));
        let (below, share) = (u64::try_from(hundredths / 100).ok()?, hundredths % 100);
        let low = u128::from(self.at_rank(below).min(cap));
        let high = u128::from(self.at_rank((below + 1).min(self.many - 1)).min(cap));
        i64::try_from(low + (high - low) * share / 100).ok()
    }

    /// About the time that stands at a place of the sorted list.
    fn at_rank(&self, rank: u64) -> u64 {
        if rank + 1 == self.many {
            return self.longest.micros;
        }
        self.counts.at_rank(rank).map_or(self.longest.micros, middle).min(self.longest.micros)
    }

    fn count(&mut self, bucket: usize, many: u64) {
        self.counts.add(bucket, many);
        self.many = self.many.saturating_add(many);
    }

    /// The least that the sum of the times can be, and by how much it can be more.
    fn total_extent(&self) -> (u128, u128) {
        self.counts.filled().into_iter().fold((0, 0), |(least, more), (bucket, count)| {
            let (shortest, width) = extent(bucket);
            (least + u128::from(shortest) * u128::from(count), more + u128::from(width - 1) * u128::from(count))
        })
    }

    /// Whether sum and longest can be those of times in these buckets.
    fn is_sound(&self) -> bool {
        let (least, more) = self.total_extent();
        let Some(last) = self.counts.last() else { return *self == Self::default() };
        let is_there = bucket(self.longest.micros) == last && (self.longest.is_exact || self.longest == about(last));
        let (over_min, over_max) = self.longest.over_extent(more);
        is_there && (least + over_min..=least + over_max).contains(&self.total_micros)
    }

    /// The sketch in few bytes: none for an empty one, the time for a single one, and about one for each bucket that holds
    /// times, from the longest down.
    #[must_use]
    pub fn packed(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let Some(last) = self.counts.last() else { return bytes };
        let longest = u128::from(self.longest.micros) << 2;
        if self.many == 1 && self.longest.is_exact {
            put(&mut bytes, longest | ALONE);
            return bytes;
        }
        put(&mut bytes, longest | if self.longest.is_exact { EXACT } else { ABOUT });
        put(&mut bytes, self.total_micros - self.total_extent().0);
        let mut next = last;
        for (bucket, count) in self.counts.filled().into_iter().rev() {
            put_bucket(&mut bytes, next - bucket, count);
            next = bucket.saturating_sub(1);
        }
        bytes
    }

    /// The sketch of such bytes.
    ///
    /// # Errors
    /// When they are not those of a sketch.
    pub fn unpacked(bytes: &[u8]) -> Result<Self, SketchFault> {
        let mut sketch = Self::new();
        sketch.merge_packed(bytes)?;
        Ok(sketch)
    }

    /// How many times a packed sketch holds, without looking at how long they are.
    ///
    /// # Errors
    /// When the bytes do not end where those of a sketch do.
    pub fn many_packed(bytes: &[u8]) -> Result<u64, SketchFault> {
        let Some(packed) = Packed::read(bytes)? else { return Ok(0) };
        let Some(mut bytes) = packed.buckets else { return Ok(1) };
        let mut many = 0u64;
        while let Some((first, rest)) = bytes.split_first() {
            let (_, count) = if first & LONG == 0 {
                bytes = rest;
                short_bucket(*first)
            } else {
                take_bucket(&mut bytes)?
            };
            many = many.checked_add(count).ok_or(SketchFault::Bytes)?;
        }
        Ok(many)
    }

    /// Adds all times of a packed sketch, without unpacking it elsewhere first.
    ///
    /// # Errors
    /// When the bytes are not those of a sketch; nothing changes then.
    pub fn merge_packed(&mut self, bytes: &[u8]) -> Result<(), SketchFault> {
        let Some(packed) = Packed::read(bytes)? else { return Ok(()) };
        let told = self.add_packed(&packed)?;
        self.many = told.many;
        self.total_micros += told.least() + packed.over;
        self.longest = self.longest.max(packed.longest);
        Ok(())
    }

    /// Counts what lies in each bucket of a packed sketch, and says how many there are then and the least that the sum of
    /// those added can be. Where it is none nothing is counted.
    fn add_packed(&mut self, packed: &Packed<'_>) -> Result<ToldBuckets, SketchFault> {
        let mut told = ToldBuckets { many: self.many, ..ToldBuckets::default() };
        let is_counted = self.counts.is_counted(bucket(packed.longest.micros), packed.buckets.map_or(1, <[u8]>::len));
        let counts = &mut self.counts;
        // Most of what is added up goes through one of these two loops, so each is as short as it can be.
        let is_read = if is_counted {
            packed.each(|bucket, count| told.count(bucket, count).map(|()| counts.add_counted(bucket, count)))
        } else {
            packed.each(|bucket, count| told.count(bucket, count).map(|()| counts.add(bucket, count)))
        };
        let is_sound = || {
            let (over_min, over_max) = packed.longest.over_extent(told.more());
            (over_min..=over_max).contains(&packed.over)
        };
        if is_read && is_sound() {
            return Ok(told);
        }
        let mut left = told.buckets;
        packed.each(|bucket, count| {
            left = left.checked_sub(1)?;
            if is_counted {
                self.counts.take_counted(bucket, count);
            } else {
                self.counts.take(bucket, count);
            }
            Some(())
        });
        self.counts.trim();
        Err(SketchFault::Bytes)
    }
}

/// What was read of the buckets of a packed sketch.
#[derive(Default)]
struct ToldBuckets {
    buckets: usize,
    /// How many times there are with these.
    many: u64,
    /// The least that the sum of the times can be, and by how much it can be more: of buckets of few times, which are most
    /// and which fit here, and of all others.
    few: (u64, u64),
    others: (u128, u128),
}

impl ToldBuckets {
    /// `None` where there are too many.
    #[inline]
    fn count(&mut self, bucket: usize, count: u64) -> Option<()> {
        let (shortest, width) = extent(bucket);
        self.many = self.many.checked_add(count)?;
        if bucket < KNOWN_BUCKETS && count <= FEW {
            // No bucket comes twice: 64 of each doubling up to some decades, 16 times each, stay below 2^63 microseconds.
            self.few = (self.few.0 + shortest * count, self.few.1 + (width - 1) * count);
        } else {
            self.others.0 += u128::from(shortest) * u128::from(count);
            self.others.1 += u128::from(width - 1) * u128::from(count);
        }
        self.buckets += 1;
        Some(())
    }

    fn least(&self) -> u128 {
        u128::from(self.few.0) + self.others.0
    }

    fn more(&self) -> u128 {
        u128::from(self.few.1) + self.others.1
    }
}

/// A packed sketch as it is read.
struct Packed<'b> {
    longest: Longest,
    /// By how much the sum is more than the least that it can be.
    over: u128,
    /// None for a single time, whose bucket is known.
    buckets: Option<&'b [u8]>,
}

impl<'b> Packed<'b> {
    /// `None` for an empty sketch.
    fn read(mut bytes: &'b [u8]) -> Result<Option<Self>, SketchFault> {
        if bytes.is_empty() {
            return Ok(None);
        }
        let head = take(&mut bytes)?;
        let micros = u64::try_from(head >> 2).ok().filter(|micros| i64::try_from(*micros).is_ok());
        let micros = micros.ok_or(SketchFault::Bytes)?;
        let last = bucket(micros);
        match head & 3 {
            ALONE if bytes.is_empty() => {
                let over = u128::from(micros - extent(last).0);
                Ok(Some(Self { longest: Longest { micros, is_exact: true }, over, buckets: None }))
            }
            kind @ (EXACT | ABOUT) => {
                let longest = Longest { micros, is_exact: kind == EXACT };
                if !longest.is_exact && longest != about(last) {
                    return Err(SketchFault::Bytes);
                }
                let over = take(&mut bytes)?;
                let buckets = Some(bytes).filter(|bytes| !bytes.is_empty());
                Ok(Some(Self { longest, over, buckets: Some(buckets.ok_or(SketchFault::Bytes)?) }))
            }
            _ => Err(SketchFault::Bytes),
        }
    }

    /// Gives each bucket and how many times lie in it, from the longest down, and says whether there was no fault; nothing is
    /// given after one. It is what most of the work of adding up goes through: what it calls is small, and called in one place.
    #[inline]
    fn each(&self, mut take: impl FnMut(usize, u64) -> Option<()>) -> bool {
        let mut bytes = self.buckets.unwrap_or(&ONE_TIME);
        // The first one is that of the longest time: no gap is before it.
        if take_bucket(&mut &*bytes).is_ok_and(|(gap, _)| gap != 0) {
            return false;
        }
        let mut before = Some(bucket(self.longest.micros));
        while let Some((first, rest)) = bytes.split_first() {
            let (gap, count) = if first & LONG == 0 {
                bytes = rest;
                short_bucket(*first)
            } else {
                let Ok(long) = take_bucket(&mut bytes) else { return false };
                long
            };
            let Some(bucket) = before.and_then(|before| before.checked_sub(gap)) else { return false };
            if take(bucket, count).is_none() {
                return false;
            }
            before = bucket.checked_sub(1);
        }
        true
    }
}

fn about(bucket: usize) -> Longest {
    Longest { micros: middle(bucket), is_exact: extent(bucket).1 == 1 }
}

fn put(bytes: &mut Vec<u8>, mut number: u128) {
    while number >= u128::from(LONG) {
        bytes.push((number & 0x7F) as u8 | LONG);
        number >>= 7;
    }
    bytes.push((number & 0x7F) as u8);
}

fn take(bytes: &mut &[u8]) -> Result<u128, SketchFault> {
    // Most numbers are short.
    if let Some((byte, rest)) = bytes.split_first().filter(|(byte, _)| **byte < LONG) {
        *bytes = rest;
        return Ok(u128::from(*byte));
    }
    // And nearly all others fit here.
    let mut number = 0u64;
    for (place, byte) in bytes.iter().take(SHORT_BYTES).enumerate() {
        number |= u64::from(byte & !LONG) << (7 * place);
        if byte & LONG == 0 {
            *bytes = &bytes[place + 1..];
            return if *byte == 0 { Err(SketchFault::Bytes) } else { Ok(u128::from(number)) };
        }
    }
    take_large(bytes)
}

#[cold]
fn take_large(bytes: &mut &[u8]) -> Result<u128, SketchFault> {
    let mut number = 0u128;
    for shift in (0..u128::BITS).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or(SketchFault::Bytes)?;
        *bytes = rest;
        let bits = u128::from(byte & !LONG);
        // Neither bits beyond the number nor a nought at its end: a number is written in one way.
        if (bits << shift) >> shift != bits || (*byte == 0 && shift > 0) {
            return Err(SketchFault::Bytes);
        }
        number |= bits << shift;
        if byte & LONG == 0 {
            return Ok(number);
        }
    }
    Err(SketchFault::Bytes)
}

fn put_bucket(bytes: &mut Vec<u8>, gap: usize, count: u64) {
    if gap < SHORT_GAP && count <= FEW {
        bytes.push(((gap as u8) << 4) | (count - 1) as u8);
        return;
    }
    if gap < usize::from(LONGER - LONG) {
        bytes.push(LONG | gap as u8);
    } else {
        bytes.push(LONGER);
        put(bytes, gap as u128);
    }
    put(bytes, u128::from(count - 1));
}

/// The gap and the times of a bucket that takes one byte.
#[inline]
fn short_bucket(byte: u8) -> (usize, u64) {
    (usize::from(byte >> 4), u64::from(byte & 0x0F) + 1)
}

fn take_bucket(bytes: &mut &[u8]) -> Result<(usize, u64), SketchFault> {
    let (first, rest) = bytes.split_first().ok_or(SketchFault::Bytes)?;
    *bytes = rest;
    if first & LONG == 0 {
        return Ok(short_bucket(*first));
    }
    let gap = if *first == LONGER { take(bytes)? } else { u128::from(first & !LONG) };
    let gap = usize::try_from(gap).map_err(|_| SketchFault::Bytes)?;
    let count = u64::try_from(take(bytes)?).ok().and_then(|count| count.checked_add(1));
    Ok((gap, count.ok_or(SketchFault::Bytes)?))
}
