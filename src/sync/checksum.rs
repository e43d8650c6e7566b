//! Checksums of what a scope holds, which do not depend on the order in which its rows came.
//!
//! Each row has a digest of its entity, kind and body. The rows are spread over ranges by their entities, and the sum of a
//! range is that of its digests. Two sides that hold the same rows have the same sums; where one row differs, so does the
//! sum of its range alone. It guards against lost writes and mistakes, not against somebody who makes rows up.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The most ranges of one scope.
pub const CHECK_RANGES_MAX: usize = 256;
/// A range has about this many rows, as long as there are not too many ranges.
const ROWS_PER_RANGE: usize = 100;

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

fn fnv_1a(from: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(from, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME))
}

/// Spreads every bit over all others: digests are added up, and those of similar rows must not be similar.
const fn mixed(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

/// The digest of a row: FNV-1a over its entity, kind and body, with a zero byte behind each of the first two, then mixed.
#[must_use]
pub fn digest(entity: &str, kind: &str, body: &str) -> u64 {
    let parts = [entity.as_bytes(), &[0], kind.as_bytes(), &[0], body.as_bytes()];
    mixed(parts.into_iter().fold(FNV_OFFSET, fnv_1a))
}

/// The range of an entity, of so many, which are a power of two.
#[must_use]
pub fn range_of(entity: &str, ranges: usize) -> usize {
    mixed(fnv_1a(FNV_OFFSET, entity.as_bytes())) as usize & (ranges - 1)
}

/// Whether there may be so many ranges.
#[must_use]
pub const fn may_have_ranges(ranges: usize) -> bool {
    ranges.is_power_of_two() && ranges <= CHECK_RANGES_MAX
}

/// The sum of a range. It travels as 16 digits in hex, for not every reader of JSON has whole numbers of 64 bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum(pub u64);

impl Sum {
    /// Adds the digest of a row.
    pub const fn add(&mut self, digest: u64) {
        self.0 = self.0.wrapping_add(digest);
    }
}

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:016x}", self.0))
    }
}

impl<'de> Deserialize<'de> for Sum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let is_hex = text.len() == 16 && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        let number = u64::from_str_radix(&text, 16).ok().filter(|_| is_hex);
        number.map(Self).ok_or_else(|| serde::de::Error::custom("a sum has 16 digits in hex"))
    }
}

/// The sums of everything in a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    sums: Vec<Sum>,
    rows: usize,
}

impl Default for Sums {
    fn default() -> Self {
        Self { sums: vec![Sum::default(); CHECK_RANGES_MAX], rows: 0 }
    }
}

impl Sums {
    /// Adds a row.
    pub fn add(&mut self, entity: &str, digest: u64) {
        self.sums[range_of(entity, CHECK_RANGES_MAX)].add(digest);
        self.rows += 1;
    }

    /// The sums of as many ranges as so many rows are worth.
    #[must_use]
    pub fn folded(&self) -> Vec<Sum> {
        self.folded_to(self.rows.div_ceil(ROWS_PER_RANGE).next_power_of_two().min(CHECK_RANGES_MAX))
    }

    /// The sums of so many ranges, a power of two of them.
    #[must_use]
    pub fn folded_to(&self, ranges: usize) -> Vec<Sum> {
        let mut folded = vec![Sum::default(); ranges];
        for (at, sum) in self.sums.iter().enumerate() {
            folded[at & (ranges - 1)].add(sum.0);
        }
        folded
    }
}
