//! The sketch of many times tells percentiles within one percent, adds up in any order, and reads no bytes but its own.

use proptest::prelude::*;
use qinda::timing::{Sketch, SketchFault, quantile};

use super::random::runner;

const MILLISECOND: i64 = 1_000;
const WEEK: i64 = 7 * 24 * 3_600 * 1_000 * MILLISECOND;
const PERCENTS: [u32; 9] = [0, 1, 10, 25, 50, 75, 90, 95, 100];

fn sketch_of(times: &[i64]) -> Sketch {
    let mut sketch = Sketch::new();
    times.iter().for_each(|time| sketch.add(*time));
    sketch
}

/// Or within half a millisecond, where one percent is less.
fn is_within_one_percent(told: i64, exact: i64) -> bool {
    (told - exact).abs() * 100 <= exact.max(50 * MILLISECOND)
}

fn tells_the_times(sketch: &Sketch, times: &[i64]) -> Result<(), TestCaseError> {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    for percent in PERCENTS {
        let (told, exact) = (sketch.quantile(percent), quantile(&sorted, percent));
        prop_assert_eq!(told.is_some(), exact.is_some());
        let near = told.zip(exact).is_none_or(|(told, exact)| is_within_one_percent(told, exact));
        prop_assert!(near, "{} %: {:?} for {:?}", percent, told, exact);
    }
    let total: i128 = times.iter().map(|time| i128::from(*time)).sum();
    prop_assert_eq!(sketch.many(), times.len() as u64);
    prop_assert_eq!(sketch.total_micros(), u128::try_from(total).unwrap());
    prop_assert_eq!(sketch.longest().map(|(longest, _)| longest).is_some(), !times.is_empty());
    if let Some((longest, is_exact)) = sketch.longest() {
        let exact = *sorted.last().unwrap();
        let is_near = longest == exact || (!is_exact && is_within_one_percent(longest, exact));
        prop_assert!(is_near);
    }
    Ok(())
}

/// Times of every size alike, or as people answer: most within half a minute, some much later.
fn time() -> impl Strategy<Value = i64> {
    let of_any_size = (0u32..30, any::<u32>())
        .prop_map(|(doublings, part)| (MILLISECOND << doublings) + (i64::from(part) << doublings) / 4_300_000);
    let as_answered = (1i64..30_000, prop_oneof![8 => Just(1i64), 3 => 1i64..20, 1 => 1i64..2_000])
        .prop_map(|(ms, times)| ms * times * MILLISECOND);
    prop_oneof![1 => of_any_size, 3 => as_answered, 1 => Just(20_000_000), 1 => MILLISECOND..WEEK]
        .prop_map(|time| time.clamp(MILLISECOND, WEEK))
}

fn times(most: usize) -> impl Strategy<Value = Vec<i64>> {
    proptest::collection::vec(time(), 0..most)
}

#[test]
fn percentiles_are_within_one_percent_and_the_rest_is_exact() {
    let ran = runner(300).run(&times(600), |times| {
        let sketch = sketch_of(&times);
        prop_assert!(sketch.longest().is_none_or(|(_, is_exact)| is_exact));
        tells_the_times(&sketch, &times)
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn what_took_longer_than_a_cap_counts_as_the_cap() {
    let ran = runner(300).run(&(times(300), time()), |(times, cap)| {
        let sketch = sketch_of(&times);
        let mut capped: Vec<i64> = times.iter().map(|time| (*time).min(cap)).collect();
        capped.sort_unstable();
        let is_near = |told: Option<i64>, exact: Option<i64>| match told.zip(exact) {
            Some((told, exact)) => is_within_one_percent(told, exact),
            None => told == exact,
        };
        for percent in PERCENTS {
            let (told, exact) = (sketch.quantile_within(percent, cap), quantile(&capped, percent));
            prop_assert!(is_near(told, exact), "{} %: {:?} for {:?} up to {}", percent, told, exact, cap);
        }
        let total: i64 = capped.iter().sum();
        let exact = total.checked_div(capped.len() as i64);
        prop_assert!(is_near(sketch.mean_within(cap), exact), "{:?} for {:?}", sketch.mean_within(cap), exact);
        prop_assert_eq!(sketch.mean_within(WEEK * 2), sketch.mean());
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn how_many_came_within_a_whole_second_is_counted() {
    let limits = (1..=128).chain((130..=256).step_by(2)).chain([260, 300, 420, 512, 520, 600, 1_024, 1_200, 2_000]);
    let limits: Vec<i64> = limits.map(|seconds| seconds * 1_000_000).collect();
    let around = |times: &[i64], micros: i64| times.iter().filter(|time| **time <= micros).count() as u64;
    let near = limits.iter().flat_map(|limit| [limit - 1, *limit, limit + 1]).filter(|time| *time >= 0);
    let near: Vec<i64> = near.collect();
    let sketch = sketch_of(&near);
    for limit in &limits {
        assert_eq!(sketch.within(*limit), (around(&near, *limit), true), "{limit}");
    }
    let ran = runner(300).run(&(times(200), any::<prop::sample::Index>(), time()), |(times, which, any)| {
        let (sketch, limit) = (sketch_of(&times), limits[which.index(limits.len())]);
        prop_assert_eq!(sketch.within(limit), (around(&times, limit), true));
        let (told, is_exact) = sketch.within(any);
        let exact = around(&times, any);
        // Reckoned within a bucket: no further off than what lies in it, and never so when it says it was counted.
        let nearby = times.iter().filter(|time| (**time - any).abs() * 60 <= any + 60 * MILLISECOND).count() as u64;
        prop_assert!(told.abs_diff(exact) <= if is_exact { 0 } else { nearby }, "{} for {}", told, exact);
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
    let none = sketch_of(&[0, 0, MILLISECOND]);
    assert_eq!((none.within(0), none.within(-1), none.within(MILLISECOND)), ((2, true), (0, true), (3, true)));
    assert_eq!((Sketch::new().within(5), sketch.within(i64::MAX).0), ((0, true), near.len() as u64));
}

#[test]
fn a_single_time_of_any_size_is_told_as_it_is() {
    for doublings in 0..63 {
        for micros in [(1i64 << doublings) - 1, 1 << doublings, (1 << doublings) + (1 << doublings) / 3] {
            let sketch = sketch_of(&[micros]);
            assert_eq!((sketch.quantile(50), sketch.longest()), (Some(micros), Some((micros, true))));
            assert_eq!(Sketch::unpacked(&sketch.packed()), Ok(sketch));
        }
    }
    assert_eq!(sketch_of(&[i64::MAX, i64::MAX]).mean(), Some(i64::MAX));
    assert_eq!(sketch_of(&[-5]), sketch_of(&[0]));
    assert_eq!((Sketch::new().quantile(50), Sketch::new().mean(), Sketch::new().longest()), (None, None, None));
}

#[test]
fn adding_up_is_the_same_in_any_order() {
    // Few and many: where there are many, each bucket is counted from the shortest time on.
    let some = || prop_oneof![times(60), times(400)];
    let ran = runner(300).run(&(some(), some(), some()), |(one, two, three)| {
        let [a, b, c] = [&one, &two, &three].map(|times| sketch_of(times));
        let sum = |parts: &[&Sketch]| {
            let mut sum = Sketch::new();
            parts.iter().for_each(|part| sum.merge(part));
            sum
        };
        let all = sketch_of(&[one, two, three].concat());
        prop_assert_eq!(&sum(&[&a, &b, &c]), &all);
        prop_assert_eq!(&sum(&[&c, &a, &b]), &all);
        prop_assert_eq!(&sum(&[&a, &sum(&[&b, &c])]), &all);
        let mut packed = a.clone();
        packed.merge_packed(&b.packed()).unwrap();
        packed.merge_packed(&c.packed()).unwrap();
        prop_assert_eq!(&packed, &all);
        prop_assert_eq!(packed.packed(), all.packed());
        prop_assert_eq!(PERCENTS.map(|it| packed.quantile(it)), PERCENTS.map(|it| all.quantile(it)));
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn what_was_added_can_be_taken_back() {
    let ran = runner(300).run(&(times(60), times(20)), |(kept, late)| {
        let mut sketch = sketch_of(&[kept.clone(), late.clone()].concat());
        for time in &late {
            sketch.remove(*time).unwrap();
        }
        tells_the_times(&sketch, &kept)?;
        prop_assert_eq!(Sketch::unpacked(&sketch.packed()), Ok(sketch.clone()));
        let mut at_once = sketch_of(&[kept.clone(), late.clone()].concat());
        at_once.remove_all(&sketch_of(&late)).unwrap();
        tells_the_times(&at_once, &kept)?;
        prop_assert_eq!((at_once.many(), at_once.total_micros()), (sketch.many(), sketch.total_micros()));
        let more = sketch_of(&[kept.clone(), vec![WEEK * 2]].concat());
        prop_assert_eq!(at_once.remove_all(&more), Err(SketchFault::NotThere));
        let before = sketch.clone();
        prop_assert_eq!(sketch.remove(WEEK * 2), Err(SketchFault::NotThere));
        prop_assert_eq!(&sketch, &before);
        // A correction that is told once more ends where it began.
        sketch.add(MILLISECOND);
        sketch.remove(MILLISECOND).unwrap();
        prop_assert_eq!((sketch.many(), sketch.total_micros()), (before.many(), before.total_micros()));
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn a_time_that_was_never_added_is_not_taken_back() {
    let mut sketch = sketch_of(&[1_000_000, 2_000_000]);
    let before = sketch.clone();
    // Of the same bucket as the longest, of one between, and of one beyond.
    for never in [2_000_001, 1_500_000, 4_000_000, 0] {
        assert_eq!(sketch.remove(never), Err(SketchFault::NotThere));
        assert_eq!(sketch, before);
    }
    sketch.remove(2_000_000).unwrap();
    assert!(!sketch.longest().unwrap().1);
    sketch.remove(1_000_000).unwrap();
    assert_eq!((sketch.clone(), sketch.remove(1)), (Sketch::new(), Err(SketchFault::NotThere)));
}

#[test]
fn very_many_times_are_counted_as_few_are() {
    const SECOND: i64 = 1_000_000;
    let most = u64::from(u32::MAX);
    let told = |sketch: &Sketch| {
        let within = [1, 2, 3, 4].map(|seconds| sketch.within(seconds * SECOND));
        (sketch.many(), sketch.total_micros(), sketch.mean(), within, [0, 50, 90, 100].map(|it| sketch.quantile(it)))
    };
    let of = |counts: [u64; 3]| {
        let mut sketch = Sketch::new();
        for (seconds, many) in (1..).zip(counts) {
            sketch.add_many(seconds * SECOND, many);
        }
        sketch
    };
    for (one, other) in [([most, 1, 0], [1, 1, 1]), ([3, most, 7], [2, most, most]), ([most / 2, 0, 900], [most, 9, 0])]
    {
        let (few, more) = (of(one), of(other));
        let mut both = few.clone();
        both.merge(&more);
        let all = [one[0] + other[0], one[1] + other[1], one[2] + other[2]];
        assert_eq!(both, of(all));
        assert_eq!(told(&both).0, all.iter().sum::<u64>());
        assert_eq!(told(&both).3.map(|(many, _)| many), [all[0], all[0] + all[1], told(&both).0, told(&both).0]);
        let place = |percent: u64| (told(&both).0 - 1) * percent / 100;
        for (percent, micros) in [(0, told(&both).4[0]), (50, told(&both).4[1]), (90, told(&both).4[2])] {
            let seconds = if place(percent) < all[0] {
                1
            } else if place(percent) < all[0] + all[1] {
                2
            } else {
                3
            };
            assert!(is_within_one_percent(micros.unwrap(), seconds * SECOND), "{all:?} {percent}");
        }
        let mut packed = few.clone();
        packed.merge_packed(&more.packed()).unwrap();
        assert_eq!((&packed, told(&packed)), (&both, told(&both)));
        assert_eq!(Sketch::unpacked(&both.packed()), Ok(both.clone()));
        let damaged = [both.packed(), vec![0x80]].concat();
        assert!(packed.merge_packed(&damaged).is_err());
        assert_eq!(told(&packed), told(&both));
        both.remove_all(&more).unwrap();
        assert_eq!((both.many(), both.total_micros()), (few.many(), few.total_micros()));
        assert_eq!([1, 2, 3].map(|it| both.within(it * SECOND).0), [1, 2, 3].map(|it| few.within(it * SECOND).0));
    }
}

#[test]
fn what_is_packed_is_read_again() {
    let ran = runner(300).run(&times(300), |times| {
        let sketch = sketch_of(&times);
        prop_assert_eq!(Sketch::unpacked(&sketch.packed()), Ok(sketch));
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn foreign_bytes_are_refused_or_are_a_sketch_that_can_be_used() {
    // One of few times, and one of so many that they are counted bucket by bucket.
    let there = [sketch_of(&[5_000_000]), sketch_of(&answered(400, 3))];
    let is_harmless = |bytes: &[u8]| {
        let is_refused = there.each_ref().map(|before| {
            let mut sketch = before.clone();
            let is_refused = sketch.merge_packed(bytes).is_err();
            assert!(!is_refused || sketch == *before, "{bytes:?}");
            is_refused
        });
        assert_eq!(is_refused[0], is_refused[1], "{bytes:?}");
        if is_refused[0] {
            return;
        }
        let read = Sketch::unpacked(bytes).unwrap();
        assert_eq!(Sketch::unpacked(&read.packed()), Ok(read.clone()), "{bytes:?}");
        let told = PERCENTS.map(|percent| read.quantile(percent));
        assert!(told.is_sorted() && told[8] == read.longest().map(|(longest, _)| longest), "{bytes:?}");
    };
    let ran = runner(2_000).run(&proptest::collection::vec(any::<u8>(), 0..40), |bytes| {
        is_harmless(&bytes);
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
    // One byte of a true sketch that is another one, or that is missing with all after it.
    let true_ones = prop_oneof![times(20), times(400)];
    let ran = runner(500).run(&(true_ones, any::<prop::sample::Index>(), any::<u8>()), |(times, place, byte)| {
        let mut bytes = sketch_of(&times).packed();
        if !bytes.is_empty() {
            let place = place.index(bytes.len());
            is_harmless(&bytes[..place]);
            bytes[place] = byte;
        }
        is_harmless(&bytes);
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
    for bytes in [&[0x80][..], &[0x80, 0], &[3], &[4, 0], &[5], &[5, 0], &[5, 200, 1, 0], &[0xFF; 40], &[5, 0, 0x10]] {
        assert_eq!(Sketch::unpacked(bytes), Err(SketchFault::Bytes), "{bytes:?}");
    }
}

/// A thousand times as agents answer: spread like the product of many small hurries around 14 seconds.
fn answered(many: usize, seed: u64) -> Vec<i64> {
    let mut state = seed;
    let mut chance = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1u32 << 31)
    };
    let mut hurry = move || (0..12).map(|_| chance()).sum::<f64>() - 6.0;
    (0..many).map(|_| (14e6 * (0.9 * hurry()).exp()) as i64).collect()
}

#[test]
fn a_sketch_takes_little_room() {
    let bytes = |many: usize| {
        let sizes = (1..=20).map(|seed| sketch_of(&answered(many, seed)).packed().len());
        sizes.sum::<usize>() / 20
    };
    let sizes = [1, 2, 5, 10, 100, 1_000, 10_000, 100_000].map(|many| (many, bytes(many)));
    println!("bytes of so many times: {sizes:?}");
    let at_most = [4, 11, 17, 26, 110, 370, 780, 1_400];
    assert!(sizes.iter().zip(at_most).all(|((_, bytes), most)| *bytes <= most), "{sizes:?}");
}
