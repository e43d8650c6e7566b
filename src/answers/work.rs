//! A bound on how much is done for one key, counted in steps and not in time, so that it is the same everywhere.

/// Steps that may still be done. One step is about what reading a posting takes.
#[derive(Debug)]
pub(super) struct Work {
    left: usize,
    done: usize,
}

impl Work {
    pub(super) fn new(steps: usize) -> Self {
        Self { left: steps, done: 0 }
    }

    /// Gives further steps in place of those that are left.
    pub(super) fn give(&mut self, steps: usize) {
        self.left = steps;
    }

    pub(super) fn spend(&mut self, steps: usize) {
        self.left = self.left.saturating_sub(steps);
        self.done += steps;
    }

    pub(super) fn left(&self) -> usize {
        self.left
    }

    pub(super) fn is_done(&self) -> bool {
        self.left == 0
    }

    /// All steps that were done.
    pub(super) fn done(&self) -> usize {
        self.done
    }
}
