//! The models against published values, exact fractions, and a desk that is played through chat by chat.

use proptest::prelude::*;

use super::*;

fn queue(load: f64, handling_seconds: f64, patience_seconds: Option<f64>) -> Queue {
    Queue { load, handling_seconds, patience_seconds }
}

fn is_near(one: f64, other: f64, by: f64) -> bool {
    f64::abs(one - other) <= by
}

/// Erlang's C as textbooks write it, with powers and factorials.
fn waits_by_factorials(load: f64, servers: u32) -> f64 {
    let term = |n: u32| (1..=n).fold(1.0, |term, k| term * load / f64::from(k));
    let all_busy = term(servers) * f64::from(servers) / (f64::from(servers) - load);
    all_busy / ((0..servers).map(term).sum::<f64>() + all_busy)
}

#[test]
fn a_hundred_calls_in_half_an_hour_need_fourteen_agents() {
    // The worked example of many call-centre handbooks: 100 calls in 30 minutes of 3 minutes each, 80 % within 20 s.
    let calls = queue(100.0 * 180.0 / 1_800.0, 180.0, None);
    assert_eq!(calls.servers_for(0.8, 20.0), Some(14));
    let outcome = calls.outcome(14, 20.0);
    assert!(is_near(outcome.waits, 0.1741, 5e-5) && is_near(outcome.within, 0.8884, 5e-5), "{outcome:?}");
    assert!(is_near(outcome.busy, 0.7143, 5e-5));
    assert!(is_near(calls.outcome(13, 20.0).within, 0.7956, 5e-5), "one fewer does not do");
}

#[test]
fn erlangs_tables_are_met() {
    // Erlang's B, as tables print it.
    for (load, servers, blocked) in [(1.0, 1, 0.5), (10.0, 10, 0.21458), (20.0, 20, 0.15889), (100.0, 100, 0.07570)] {
        assert!(is_near(blocking(load, servers), blocked, 5e-6), "{load} {servers}: {}", blocking(load, servers));
    }
    // Fractions that can be worked out by hand.
    for (load, servers, waits) in [(0.5, 1, 0.5), (1.0, 2, 1.0 / 3.0), (2.0, 3, 4.0 / 9.0), (3.0, 4, 27.0 / 53.0)] {
        assert!(is_near(queue(load, 60.0, None).outcome(servers, 0.0).waits, waits, 1e-12));
    }
    for (load, servers) in [(5.0, 7), (10.0, 11), (30.0, 36), (60.0, 61)] {
        let (fast, slow) = (queue(load, 60.0, None).outcome(servers, 0.0).waits, waits_by_factorials(load, servers));
        assert!(is_near(fast, slow, 1e-12), "{load} {servers}: {fast} {slow}");
    }
}

#[test]
fn patience_changes_all_as_was_published() {
    // O. Garnett, A. Mandelbaum, M. Reiman, Designing a call center with impatient customers, 2002: 48 calls a minute of one
    // minute each, 50 agents, patience 2 minutes. 3.1 % leave and agents are busy 93 % of the time, where 96 % were without.
    let impatient = queue(48.0, 60.0, Some(120.0)).outcome(50, 0.0);
    assert!(is_near(impatient.leaves, 0.031, 5e-4) && is_near(impatient.busy, 0.93, 5e-3), "{impatient:?}");
    assert!(is_near(queue(48.0, 60.0, None).outcome(50, 0.0).busy, 0.96, 1e-12));
    // One server, coming, serving and leaving at the same rate: the number present is Poisson's, so nobody is there with
    // 1/e, and whoever comes otherwise waits.
    let even = queue(1.0, 60.0, Some(60.0)).outcome(1, 0.0);
    let nobody = (-1.0_f64).exp();
    assert!(is_near(even.waits, 1.0 - nobody, 1e-12) && is_near(even.leaves, nobody, 1e-12), "{even:?}");
}

#[test]
fn the_ends_are_as_everybody_expects() {
    for patience in [None, Some(60.0)] {
        let none = queue(0.0, 60.0, patience);
        assert_eq!((none.servers_for(0.8, 20.0), none.outcome(0, 20.0).within), (Some(0), 1.0));
        let some = queue(5.0, 60.0, patience);
        assert_eq!((some.servers_for(1.0, 20.0), some.outcome(0, 20.0).within), (None, 0.0));
        assert_eq!(queue(LOAD_MAX * 1.01, 60.0, patience).servers_for(0.5, 20.0), None);
        assert!(some.outcome(1_000, 0.0).waits < 1e-12);
    }
    let overrun = queue(5.0, 60.0, None).outcome(5, 20.0);
    assert_eq!((overrun.within, overrun.waits, overrun.busy), (0.0, 1.0, 1.0), "whoever stays waits for ever");
    assert!(queue(5.0, 60.0, Some(60.0)).outcome(5, 20.0).within > 0.5, "where some leave others are served");
}

#[test]
fn thousands_are_reckoned_as_surely_as_ten() {
    let many = queue(5_000.0, 300.0, None);
    let servers = many.servers_for(0.8, 20.0).unwrap();
    // The square-root rule (S. Halfin and W. Whitt, 1981): some half root more than the load.
    assert!((5_000..5_110).contains(&servers), "{servers}");
    for patience in [1.0, 300.0, 86_400.0] {
        let fewer = queue(5_000.0, 300.0, Some(patience)).servers_for(0.8, 20.0).unwrap();
        assert!((4_000..=5_110).contains(&fewer), "{patience}: {fewer}");
    }
    let largest = queue(LOAD_MAX, 300.0, Some(1e6)).outcome(19_000, 20.0);
    assert!(largest.within.is_finite() && largest.leaves > 0.04, "{largest:?}");
}

/// Random numbers that are the same in each run.
struct Dice(u64);

impl Dice {
    fn exponential(&mut self, mean: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let even = ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64;
        -mean * (1.0 - even).ln()
    }
}

/// A desk played through: whoever comes is served by the first who is free, unless they have left by then.
fn played(queue: &Queue, servers: usize, within_seconds: f64) -> Outcome {
    const CHATS: u32 = 300_000;
    let mut dice = Dice(7);
    let mut free_at = vec![0.0_f64; servers];
    let (mut now, mut within, mut waits, mut leaves) = (0.0, 0_u32, 0_u32, 0_u32);
    for _ in 0..CHATS {
        now += dice.exponential(queue.handling_seconds / queue.load);
        let first = (0..servers).min_by(|one, other| free_at[*one].total_cmp(&free_at[*other])).unwrap();
        let wait = (free_at[first] - now).max(0.0);
        waits += u32::from(wait > 0.0);
        let patience = queue.patience_seconds.map_or(f64::INFINITY, |mean| dice.exponential(mean));
        if patience < wait {
            leaves += 1;
            continue;
        }
        within += u32::from(wait <= within_seconds);
        free_at[first] = now + wait + dice.exponential(queue.handling_seconds);
    }
    let share = |of: u32| f64::from(of) / f64::from(CHATS);
    Outcome { within: share(within), waits: share(waits), leaves: share(leaves), busy: 0.0 }
}

#[test]
fn a_desk_that_is_played_through_comes_to_the_same() {
    for (load, servers, handling, patience, within) in [
        (10.0, 14, 180.0, None, 20.0),
        (2.4, 3, 300.0, None, 60.0),
        (10.0, 12, 180.0, Some(90.0), 20.0),
        (10.0, 9, 180.0, Some(300.0), 60.0),
        (3.0, 2, 240.0, Some(60.0), 0.0),
        (30.0, 30, 120.0, Some(600.0), 20.0),
    ] {
        let queue = queue(load, handling, patience);
        let (reckoned, played) = (queue.outcome(servers, within), played(&queue, servers as usize, within));
        let differs = |of: fn(&Outcome) -> f64| !is_near(of(&reckoned), of(&played), 0.012);
        let fields: [fn(&Outcome) -> f64; 3] = [|it| it.within, |it| it.waits, |it| it.leaves];
        assert!(!fields.into_iter().any(differs), "{queue:?} {servers}: {reckoned:?} {played:?}");
    }
}

proptest! {
    #[test]
    fn more_people_never_make_it_worse(
        load in 0.05_f64..200.0,
        servers in 1_u32..260,
        handling in 5.0_f64..3_000.0,
        patience in prop::option::of(1.0_f64..20_000.0),
        within in 0.0_f64..600.0,
    ) {
        let queue = queue(load, handling, patience);
        let (fewer, more) = (queue.outcome(servers, within), queue.outcome(servers + 1, within));
        for one in [fewer.within, fewer.waits, fewer.leaves, fewer.busy] {
            prop_assert!((0.0..=1.0).contains(&one), "{:?}", fewer);
        }
        prop_assert!(more.within >= fewer.within - 1e-9);
        prop_assert!(more.waits <= fewer.waits + 1e-9 && more.leaves <= fewer.leaves + 1e-9);
        prop_assert!(queue.outcome(servers, within + 5.0).within >= fewer.within - 1e-9);
    }

    #[test]
    fn those_who_leave_shorten_the_line_of_those_who_stay(
        load in 0.05_f64..200.0,
        servers in 1_u32..260,
        patience in 1.0_f64..20_000.0,
    ) {
        let (stays, leaves) = (queue(load, 120.0, None), queue(load, 120.0, Some(patience)));
        prop_assert!(leaves.outcome(servers, 0.0).waits <= stays.outcome(servers, 0.0).waits + 1e-9);
        // With endless patience both are the same.
        if f64::from(servers) > load * 1.02 {
            let endless = queue(load, 120.0, Some(1e9)).outcome(servers, 20.0);
            prop_assert!(is_near(endless.within, stays.outcome(servers, 20.0).within, 1e-4));
        }
    }

    #[test]
    fn the_number_that_is_found_does_and_one_fewer_does_not(
        load in 0.05_f64..400.0,
        share in 0.05_f64..0.99,
        patience in prop::option::of(1.0_f64..20_000.0),
        within in 0.0_f64..300.0,
    ) {
        let queue = queue(load, 200.0, patience);
        let servers = queue.servers_for(share, within).unwrap();
        prop_assert!(queue.outcome(servers, within).within >= share);
        prop_assert!(servers == 1 || queue.outcome(servers - 1, within).within < share);
    }
}
