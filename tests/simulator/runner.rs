//! Running histories by their seeds, and making a failing one as short as it gets.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::history::{History, Kind, Step, history};
use super::rules::{Broken, Violation};
use super::trace::Trace;
use super::world::World;

/// Steps of an ordinary history.
pub const STEPS: usize = 70;
/// How often a failing history is gone through to find steps that can be left out.
const MINIMISE_ROUNDS: usize = 4;

/// What histories were made of.
#[derive(Debug, Default)]
pub struct Tally {
    /// Histories.
    pub histories: u64,
    /// Commands that people gave.
    pub commands: u64,
    /// Pages that came unasked and were taken.
    pub unasked: u64,
    /// Faults by kind.
    pub faults: BTreeMap<Kind, u64>,
    /// Verdicts by kind.
    pub verdicts: BTreeMap<String, u64>,
}

/// How a history ended.
pub struct Outcome {
    /// What was not kept, if anything.
    pub violation: Option<Violation>,
    /// What happened.
    pub trace: Trace,
}

/// Runs a history.
pub fn run(history: &History, broken: Broken, trace: Trace, tally: &mut Tally) -> Outcome {
    let mut world = World::new(history.pull_rows, broken, trace);
    let done = history.steps.iter().try_for_each(|step| world.step(*step)).and_then(|()| world.heal());
    tally.histories += 1;
    tally.commands += world.ledger.len() as u64;
    tally.unasked += world.heard_unasked;
    for (kind, count) in &world.faults {
        *tally.faults.entry(*kind).or_default() += count;
    }
    for (verdict, count) in &world.server.verdicts {
        *tally.verdicts.entry(verdict.clone()).or_default() += count;
    }
    Outcome { violation: done.err(), trace: world.trace }
}

/// Runs the history of a seed.
pub fn run_seed(seed: u64, steps: usize, broken: Broken, trace: Trace, tally: &mut Tally) -> Outcome {
    run(&history(seed, steps), broken, trace, tally)
}

/// Leaves out whatever the violation does not need.
pub fn minimal(history: History, broken: Broken, violation: &Violation) -> History {
    let History { pull_rows, mut steps } = history;
    let fails = |steps: &[Step]| {
        let history = History { pull_rows, steps: steps.to_vec() };
        let outcome = run(&history, broken, Trace::default(), &mut Tally::default());
        outcome.violation.is_some_and(|found| found.promise == violation.promise)
    };
    for _ in 0..MINIMISE_ROUNDS {
        let before = steps.len();
        let mut length = (steps.len() / 2).max(1);
        loop {
            let mut at = 0;
            while at < steps.len() {
                let end = (at + length).min(steps.len());
                let shorter = [&steps[..at], &steps[end..]].concat();
                if fails(&shorter) {
                    steps = shorter;
                } else {
                    at = end;
                }
            }
            if length == 1 {
                break;
            }
            length /= 2;
        }
        if steps.len() == before {
            break;
        }
    }
    History { pull_rows, steps }
}

/// What a person needs to look into a failing seed.
pub fn report(seed: u64, steps: usize, broken: Broken, violation: &Violation) -> String {
    let short = minimal(history(seed, steps), broken, violation);
    let outcome = run(&short, broken, Trace::kept(), &mut Tally::default());
    let seen = outcome.violation.as_ref().unwrap_or(violation);
    let mut text = format!("seed {seed}: {:?} does not hold: {}\n", seen.promise, seen.seen);
    let _ = writeln!(text, "replay it with QINDA_SEED={seed} cargo test --test simulator replay -- --nocapture");
    let _ = writeln!(text, "a minimal history, {} steps:", short.steps.len());
    for line in outcome.trace.lines() {
        let _ = writeln!(text, "  {line}");
    }
    text
}
