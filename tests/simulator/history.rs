//! Histories: lists of steps made from a seed. A step names what it is about by numbers that are taken modulo what
//! there is, so that a history still makes sense when steps are left out.

use super::chance::Chance;

/// What happens in one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A person does something at a desk.
    Act,
    /// A tab takes its next step.
    Tick,
    /// A tab runs a whole exchange, if the network lets it.
    Run,
    /// A frame arrives, any of those under way.
    Deliver,
    /// The server commits.
    Commit,
    /// A shopper writes.
    ShopperWrites,
    /// A shopper wishes to be forgotten, and is erased.
    Erase,
    /// A person gives up a refused command, or sends it anyway.
    Dispose,
    /// A tab compares a scope with the server.
    CheckUp,
    /// A tab opens the live channel for all tabs of its device.
    Listen,
    /// The server tells those who listen what is new.
    Tell,
    /// A tab is opened.
    OpenTab,
    /// A frame is lost.
    Lose,
    /// A frame arrives twice.
    Duplicate,
    /// A frame's commands are damaged on the way.
    Damage,
    /// A tab gives up waiting for an answer.
    GiveUp,
    /// One direction between a device and the server is cut, or joined again.
    Partition,
    /// A tab is frozen, or wakes.
    Freeze,
    /// A tab is killed where it stands.
    KillTab,
    /// The browser forgets everything of the desk.
    Evict,
    /// The relaxed writes reach the disk.
    Flush,
    /// The browser is killed, and what was written relaxed since the last flush is lost.
    LoseRelaxed,
    /// A row on the device's disk is lost, and nobody notices.
    LoseRow,
    /// A row on the device's disk says something else, and nobody notices.
    AlterRow,
    /// The device's disk becomes full, or has room again.
    Quota,
    /// A clock jumps.
    ClockJump,
    /// A member gets other roles or another team.
    MemberChanged,
    /// A scope is numbered anew.
    ScopeReset,
    /// The server crashes before it commits.
    CrashBeforeCommit,
    /// The server crashes after it commits, before it answers.
    CrashAfterCommit,
    /// A conversation that was closed leaves its feed.
    Leave,
    /// Word of what is gone leaves a feed.
    ForgetGone,
    /// A backup of the server is made.
    Backup,
    /// The backup is restored.
    Restore,
    /// A copy of the device's storage is made.
    CopyStorage,
    /// The device's storage is set back to the copy.
    SetBack,
    /// The desk's version is changed; every tab starts anew.
    Upgrade,
    /// A newer desk gives a command that the server does not know.
    NewerCommand,
    /// A newer server writes a row that the desk does not know.
    NewerRow,
}

/// How often each kind comes up, of all weights together.
const WEIGHTS: [(Kind, u64); 33] = [
    (Kind::Act, 180),
    (Kind::Tick, 230),
    (Kind::Run, 60),
    (Kind::Deliver, 150),
    (Kind::Commit, 60),
    (Kind::ShopperWrites, 60),
    (Kind::Dispose, 30),
    (Kind::OpenTab, 14),
    (Kind::Lose, 18),
    (Kind::Duplicate, 18),
    (Kind::Damage, 4),
    (Kind::GiveUp, 16),
    (Kind::Partition, 10),
    (Kind::Freeze, 14),
    (Kind::KillTab, 14),
    (Kind::Evict, 3),
    (Kind::Flush, 12),
    (Kind::LoseRelaxed, 8),
    (Kind::Quota, 8),
    (Kind::ClockJump, 8),
    (Kind::MemberChanged, 10),
    (Kind::ScopeReset, 4),
    (Kind::CrashBeforeCommit, 8),
    (Kind::CrashAfterCommit, 8),
    (Kind::Leave, 14),
    (Kind::ForgetGone, 10),
    (Kind::Backup, 3),
    (Kind::Restore, 3),
    (Kind::CopyStorage, 4),
    (Kind::SetBack, 4),
    (Kind::Upgrade, 4),
    (Kind::NewerCommand, 4),
    (Kind::NewerRow, 4),
];

/// What histories are mixed with in which disks do not keep what they are given; in the others each row is looked at
/// after each step.
const TAMPERING: [Kind; 4] = [Kind::CheckUp, Kind::CheckUp, Kind::LoseRow, Kind::AlterRow];
/// What histories are mixed with in which devices listen.
const LISTENING: [Kind; 4] = [Kind::Listen, Kind::Tell, Kind::Deliver, Kind::Deliver];
/// What histories are mixed with in which shoppers are erased; some come again.
const ERASING: [Kind; 3] = [Kind::Erase, Kind::ShopperWrites, Kind::ShopperWrites];
/// Once in so many steps.
const BETWEEN: u64 = 12;
/// In a history in which devices listen, once in so many.
const BETWEEN_LISTENING: u64 = 3;

impl Kind {
    /// Whether it is a fault rather than work.
    pub fn is_fault(self) -> bool {
        self >= Self::Lose && !matches!(self, Self::Flush | Self::Backup | Self::CopyStorage)
    }
}

/// One step.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// What happens.
    pub kind: Kind,
    /// To which.
    pub which: u64,
    /// How.
    pub how: u64,
}

/// A history.
#[derive(Debug, Clone)]
pub struct History {
    /// How many rows a page holds.
    pub pull_rows: usize,
    /// What happens.
    pub steps: Vec<Step>,
}

/// The history of a seed.
pub fn history(seed: u64, steps: usize) -> History {
    let mut chance = Chance::new(seed);
    let total: u64 = WEIGHTS.iter().map(|(_, weight)| weight).sum();
    // Some histories know no storage that is set back and no restored backup: there the strictest promises hold.
    let calm = chance.below(2) == 0;
    let mut steps: Vec<Step> = (0..steps)
        .map(|_| {
            let mut at = chance.below(total);
            let drawn = WEIGHTS.iter().find(|(_, weight)| {
                let found = at < *weight;
                at = at.wrapping_sub(*weight);
                found
            });
            let kind = drawn.map_or(Kind::Tick, |(kind, _)| *kind);
            Step { kind, which: chance.draw(), how: chance.draw() }
        })
        .collect();
    if calm {
        steps.retain(|step| !matches!(step.kind, Kind::Restore | Kind::SetBack | Kind::Evict));
    }
    let pull_rows = [6, 20, 60, 200][chance.below(4) as usize];
    match seed % 3 {
        0 => steps = with_some(steps, &[Kind::CheckUp], BETWEEN, &mut chance),
        1 => steps = with_some(steps, &TAMPERING, BETWEEN, &mut chance),
        _ => {}
    }
    if seed.is_multiple_of(2) {
        steps = with_some(steps, &LISTENING, BETWEEN_LISTENING, &mut chance);
    }
    if seed % 5 == 2 {
        steps = with_some(steps, &ERASING, BETWEEN, &mut chance);
    }
    History { pull_rows, steps }
}

/// Puts steps of these kinds between the others.
fn with_some(steps: Vec<Step>, kinds: &[Kind], between: u64, chance: &mut Chance) -> Vec<Step> {
    let mut mixed = Vec::with_capacity(steps.len() * 2);
    for step in steps {
        mixed.push(step);
        if chance.below(between) == 0 {
            let kind = kinds[chance.below(kinds.len() as u64) as usize];
            mixed.push(Step { kind, which: chance.draw(), how: chance.draw() });
        }
    }
    mixed
}

/// Every kind of fault.
pub fn faults() -> impl Iterator<Item = Kind> {
    WEIGHTS.iter().map(|(kind, _)| *kind).chain(TAMPERING).filter(|kind| kind.is_fault())
}
