//! Many small histories of a shop with a bad network, bad storage and bad luck, on the very code that devices and the
//! server run. `docs/SYNC.md` tells what is simulated and what must hold.

mod simulator {
    pub mod acts;
    pub mod chance;
    pub mod checking;
    pub mod database;
    pub mod desk;
    pub mod history;
    pub mod ledger;
    pub mod listening;
    pub mod network;
    pub mod pages;
    pub mod profile;
    pub mod promises;
    pub mod quiet;
    pub mod rules;
    pub mod runner;
    pub mod server;
    pub mod storage;
    pub mod trace;
    pub mod world;
}

use simulator::history::history;
use simulator::rules::{Broken, Promise};
use simulator::runner::{STEPS, Tally, report, run_seed};
use simulator::trace::Trace;

/// Histories of an ordinary test run.
const HISTORIES: u64 = 1_500;
/// Every so many seeds are run twice.
const TWICE_EVERY: u64 = 20;
/// Commands of a soak.
const SOAK_COMMANDS: u64 = 1_000_000;
/// Steps of a long history, as a soak has them beside the short ones.
const LONG_STEPS: usize = 2_000;
/// Within so many seeds a broken rule is found.
const SEEDS_TO_FIND: u64 = 2_000;

/// Fails with a minimal history when a seed does.
fn must_hold(seed: u64, steps: usize, tally: &mut Tally) {
    let outcome = run_seed(seed, steps, Broken::Nothing, Trace::default(), tally);
    if let Some(violation) = outcome.violation {
        panic!("{}", report(seed, steps, Broken::Nothing, &violation));
    }
}

#[test]
fn every_promise_holds_in_every_history() {
    let mut tally = Tally::default();
    for seed in 0..HISTORIES {
        must_hold(seed, STEPS, &mut tally);
    }
    println!("{tally:#?}");
    assert!(tally.commands > HISTORIES * 5, "people did something: {}", tally.commands);
    assert!(tally.unasked > HISTORIES / 4, "devices that listen take pages: {}", tally.unasked);
    assert!(tally.verdicts.len() >= 8, "every way of ending comes up: {:?}", tally.verdicts);
    let all = simulator::history::faults();
    let missing: Vec<_> = all.filter(|kind| !tally.faults.contains_key(kind)).collect();
    assert!(missing.is_empty(), "faults that never came: {missing:?}");
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    for seed in (0..HISTORIES).step_by(TWICE_EVERY as usize) {
        let run = || run_seed(seed, STEPS, Broken::Nothing, Trace::kept(), &mut Tally::default()).trace;
        let (one, two) = (run(), run());
        assert!(one.lines().len() > STEPS / 2, "a trace tells what happened");
        assert_eq!(one.hash(), two.hash(), "seed {seed} ran in two ways");
    }
}

#[test]
fn replay() {
    let Ok(seed) = std::env::var("QINDA_SEED") else { return };
    let seed = seed.parse().expect("QINDA_SEED is a number");
    let steps = steps_of(seed);
    let outcome = run_seed(seed, steps, Broken::Nothing, Trace::kept(), &mut Tally::default());
    for line in outcome.trace.lines() {
        println!("{line}");
    }
    if let Some(violation) = outcome.violation {
        panic!("{}", report(seed, steps, Broken::Nothing, &violation));
    }
}

/// How long the history of a seed is: those of `make test` are short, and now and then one of a soak is not.
const fn steps_of(seed: u64) -> usize {
    if seed >= HISTORIES && seed.is_multiple_of(50) { LONG_STEPS } else { STEPS }
}

/// A million commands.
#[test]
#[ignore = "takes minutes: make soak"]
fn soak() {
    let mut tally = Tally::default();
    let mut seed = HISTORIES;
    while tally.commands < SOAK_COMMANDS {
        must_hold(seed, steps_of(seed), &mut tally);
        seed += 1;
    }
    println!("{tally:#?}");
}

/// Breaks a rule and looks for the first seed that shows it.
fn is_caught(broken: Broken, expected: &[Promise]) {
    for seed in 0..SEEDS_TO_FIND {
        let outcome = run_seed(seed, STEPS, broken, Trace::default(), &mut Tally::default());
        let Some(violation) = outcome.violation else { continue };
        assert!(expected.contains(&violation.promise), "{}", report(seed, STEPS, broken, &violation));
        let short = simulator::runner::minimal(history(seed, STEPS), broken, &violation);
        assert!(short.steps.len() < STEPS, "most of the history is not needed");
        println!("{broken:?} is found by seed {seed}: {violation:?}, {} steps", short.steps.len());
        return;
    }
    panic!("{broken:?} is not found in {SEEDS_TO_FIND} seeds");
}

#[test]
fn acknowledging_before_the_commit_is_caught() {
    is_caught(Broken::AcknowledgedBeforeCommit, &[Promise::Acknowledged]);
}

#[test]
fn a_cursor_from_a_sequence_is_caught() {
    is_caught(Broken::CursorFromSequence, &[Promise::Cursors]);
}

#[test]
fn dedupe_in_memory_only_is_caught() {
    is_caught(Broken::DedupeInMemory, &[Promise::Once]);
}

#[test]
fn an_outbox_dropped_at_an_upgrade_is_caught() {
    is_caught(Broken::OutboxDroppedAtUpgrade, &[Promise::NothingLost]);
}

#[test]
fn a_rebase_that_keeps_acknowledged_commands_is_caught() {
    is_caught(Broken::RebaseWithoutRemoving, &[Promise::Shown]);
}

#[test]
fn a_tab_that_overwrites_what_others_kept_is_caught() {
    is_caught(Broken::PagesKeptBlindly, &[Promise::Cursors, Promise::Scopes]);
}

#[test]
fn moving_aside_what_another_epoch_refused_is_caught() {
    is_caught(Broken::HeldInAnyEpoch, &[Promise::Held, Promise::NothingLost, Promise::OwnWrites]);
}

#[test]
fn a_closed_tabs_command_that_nobody_sends_is_caught() {
    is_caught(Broken::OtherTabsForgotten, &[Promise::Drains]);
}

#[test]
fn a_new_number_without_the_old_one_is_caught() {
    is_caught(Broken::FormerNumbersForgotten, &[Promise::Once]);
}

#[test]
fn an_older_row_over_a_newer_one_is_caught() {
    is_caught(Broken::OlderOverNewer, &[Promise::Cursors]);
}

#[test]
fn a_gap_that_is_forgotten_is_caught() {
    is_caught(Broken::GapForgotten, &[Promise::Cursors]);
}

#[test]
fn a_verdict_whose_effect_lies_in_a_gap_is_caught() {
    is_caught(Broken::VerdictsBeforeGaps, &[Promise::OwnWrites]);
}

#[test]
fn a_checksum_of_entities_alone_is_caught() {
    is_caught(Broken::DigestsWithoutBodies, &[Promise::Converges, Promise::Cursors]);
}

#[test]
fn a_difference_that_is_found_and_left_is_caught() {
    is_caught(Broken::RepairSkipped, &[Promise::Converges, Promise::Cursors]);
}

#[test]
fn rows_put_right_of_which_other_tabs_do_not_hear_are_caught() {
    is_caught(Broken::ReplacedUntold, &[Promise::Converges]);
}

#[test]
fn ranges_compared_although_they_changed_meanwhile_are_caught() {
    is_caught(Broken::ChangedRangesCompared, &[Promise::Checksums]);
}

#[test]
fn word_of_what_is_gone_that_leaves_too_early_is_caught() {
    is_caught(Broken::FloorForgotten, &[Promise::Converges, Promise::Checksums]);
}

#[test]
fn an_unasked_page_that_is_taken_whatever_it_answers_is_caught() {
    is_caught(Broken::UnaskedPagesTaken, &[Promise::Cursors, Promise::OwnWrites, Promise::Scopes, Promise::Held]);
}

#[test]
fn a_verdict_that_comes_unasked_before_its_effect_is_caught() {
    is_caught(Broken::UnaskedVerdictsEarly, &[Promise::Cursors, Promise::OwnWrites]);
}
