//! Order for lists that no hurry is about.
//!
//! The sort of the standard library is compiled anew for every type and every comparison, some four kilobytes a time,
//! and a map made of a whole sequence brings one along. These are compiled once for the whole desk, save a few lines.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Sorts by a comparison; what is equal keeps its order.
pub fn sort_by<T>(list: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut places: Vec<usize> = (0..list.len()).collect();
    sort_places(&mut places, &|one, other| compare(&list[one], &list[other]));
    arrange(places, &mut |one, other| list.swap(one, other));
}

/// Sorts by a key; what has the same key keeps its order.
pub fn sort_by_key<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(list, |one, other| key(one).cmp(&key(other)));
}

/// A map of some pairs; of those with the same key the last stays.
pub fn map_of<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    for (key, value) in pairs {
        map.insert(key, value);
    }
    map
}

fn sort_places(places: &mut [usize], compare: &dyn Fn(usize, usize) -> Ordering) {
    places.sort_by(|one, other| compare(*one, *other));
}

/// Brings to each place what stands at the place that `places` names for it, by exchanging two at a time.
fn arrange(mut places: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..places.len() {
        let mut at = start;
        while places[at] != start {
            let next = places[at];
            swap(at, next);
            places[at] = at;
            at = next;
        }
        places[at] = at;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lists_are_sorted_as_the_standard_library_does(keys in prop::collection::vec(0_u8..20, 0..60)) {
            let mut expected: Vec<(u8, usize)> = keys.into_iter().zip(0..).collect();
            let (mut by_key, mut backwards) = (expected.clone(), expected.clone());
            expected.sort_by_key(|(key, _)| *key);
            sort_by_key(&mut by_key, |(key, _)| *key);
            prop_assert_eq!(&by_key, &expected);
            expected.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
            sort_by(&mut backwards, |one, other| other.0.cmp(&one.0));
            prop_assert_eq!(backwards, expected);
        }

        #[test]
        fn a_map_keeps_the_last_of_each_key(pairs in prop::collection::vec((0_u8..9, 0_u8..99), 0..30)) {
            prop_assert_eq!(map_of(pairs.clone()), pairs.into_iter().collect::<BTreeMap<_, _>>());
        }
    }
}
