//! The rules that the simulator can break, and the promises it checks.

/// Rules of the protocol. All hold, unless a test breaks one to see that the simulator finds out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Broken {
    /// None.
    #[default]
    Nothing,
    /// The server acknowledges before it commits.
    AcknowledgedBeforeCommit,
    /// Cursors are drawn from a sequence before the commit, so that a late commit hides behind an early one.
    CursorFromSequence,
    /// The server knows only in memory which commands came before.
    DedupeInMemory,
    /// An upgrade of the desk drops the outbox.
    OutboxDroppedAtUpgrade,
    /// The desk is made anew without removing the commands that were acknowledged.
    RebaseWithoutRemoving,
    /// A tab keeps its pages whatever the disk holds by now.
    PagesKeptBlindly,
    /// Refused commands are moved aside by their numbers, whatever epoch the outbox is in.
    HeldInAnyEpoch,
    /// A tab looks for other tabs' commands only when the server finds a gap.
    OtherTabsForgotten,
    /// A command that gets a new number does not tell the old one.
    FormerNumbersForgotten,
    /// Older rows are kept whatever newer ones the disk holds by now.
    OlderOverNewer,
    /// A scope counts as whole once its newest rows are there.
    GapForgotten,
    /// Verdicts come although their effects may lie in a gap.
    VerdictsBeforeGaps,
    /// Word of what is gone leaves the feed, and devices that have not heard it read on.
    FloorForgotten,
    /// Checksums look at which rows there are, not at what they say.
    DigestsWithoutBodies,
    /// What a checksum finds is left as it is.
    RepairSkipped,
    /// A tab that puts rows right does not tell the others.
    ReplacedUntold,
    /// Ranges are compared although something changed in them behind the device's cursor.
    ChangedRangesCompared,
    /// A page that came unasked is taken whatever the device has by now.
    UnaskedPagesTaken,
    /// Verdicts come unasked although not every row came before them.
    UnaskedVerdictsEarly,
}

/// What must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// Every command has at most one effect and one verdict.
    Once,
    /// What was acknowledged is durable at the server.
    Acknowledged,
    /// A command that was queued is in the outbox until the server has it durably.
    NothingLost,
    /// Cursors move on only, and what lies below a cursor is on the device exactly as the server has it.
    Cursors,
    /// A device sees its own work at once, and a verdict never before its effect.
    OwnWrites,
    /// No row lies on a device outside the scopes it follows.
    Scopes,
    /// What was refused is on the held list with the server's verdict until a person disposes of it.
    Held,
    /// The replies of a device stand in the order in which they were written; moments never run backwards.
    Order,
    /// A reply into a conversation that moved on is never sent by itself.
    StaleSend,
    /// What is shown is what the confirmed state and the outbox give together.
    Shown,
    /// Once the faults are over every queue drains.
    Drains,
    /// Once everything has drained a device has what a new device would get.
    Converges,
    /// A device whose rows were not tampered with is never told that they differ.
    Checksums,
    /// Nothing of what was said to a shopper who was erased is left anywhere.
    Erased,
    /// The simulator itself goes wrong.
    Sound,
}

/// A promise that was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub promise: Promise,
    /// What was seen.
    pub seen: String,
}

/// Whether everything holds so far.
pub type Holds<T = ()> = Result<T, Violation>;

/// Checks a promise.
pub fn holds(promise: Promise, is_kept: bool, seen: impl FnOnce() -> String) -> Holds {
    if is_kept { Ok(()) } else { Err(Violation { promise, seen: seen() }) }
}
