//! What the shop assumes and planned, as it is typed, and keeping it: nothing that is typed is lost, and nothing of a colleague's
//! is overwritten unseen.

use leptos::task::spawn_local;
use qinda::planning::Assumptions;
use qinda::sync::{PlanTold, PlanningAnswer};

use crate::desk::{Desk, RulesProblem, Told};
use crate::prelude::*;

/// The plan as it is typed.
#[derive(Clone, Copy)]
pub(super) struct Typed {
    desk: Desk,
    told: Told,
    typed: RwSignal<Assumptions>,
    /// What it was typed from.
    from: RwSignal<PlanTold>,
    /// What the server has now.
    stands: Memo<Option<PlanTold>>,
    problem: RwSignal<Option<RulesProblem>>,
    saved: RwSignal<bool>,
    busy: RwSignal<bool>,
}

impl Typed {
    pub(super) fn new(desk: Desk, told: Told, answer: Memo<Option<PlanningAnswer>>) -> Self {
        let stands = memo(move || answer.with(|answer| answer.as_ref().map(|answer| answer.plan.clone())));
        let it = Self {
            desk,
            told,
            typed: RwSignal::default(),
            from: RwSignal::default(),
            stands,
            problem: RwSignal::new(None),
            saved: RwSignal::new(false),
            busy: RwSignal::new(false),
        };
        // What a colleague changed comes in by itself only where nothing was typed; an older answer that the device kept is
        // none of that.
        effect(move || {
            if let Some(stands) = stands.get()
                && untrack(|| !it.is_changed() && it.from.with(|from| from.version <= stands.version))
            {
                it.take(stands);
            }
        });
        it
    }

    fn take(self, plan: PlanTold) {
        self.typed.set(plan.assumptions.clone());
        self.from.set(plan);
    }

    pub(super) fn with<T>(self, read: impl FnOnce(&Assumptions) -> T) -> T {
        self.typed.with(read)
    }

    pub(super) fn with_untracked<T>(self, read: impl FnOnce(&Assumptions) -> T) -> T {
        self.typed.with_untracked(read)
    }

    pub(super) fn update(self, change: impl FnOnce(&mut Assumptions)) {
        self.saved.set(false);
        self.typed.update(change);
    }

    /// Whether something was typed that is not kept.
    pub(super) fn is_changed(self) -> bool {
        self.typed.with(|typed| self.from.with(|from| *typed != from.assumptions))
    }

    pub(super) fn is_busy(self) -> bool {
        self.busy.get()
    }

    pub(super) fn is_saved(self) -> bool {
        self.saved.get() && !self.is_changed()
    }

    pub(super) fn problem(self) -> Option<RulesProblem> {
        self.problem.get()
    }

    /// Keeps what is typed.
    pub(super) fn save(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let plan = PlanTold { assumptions: self.typed.get_untracked(), version: self.from.get_untracked().version };
        spawn_local(async move {
            let put = self.desk.put_plan(&plan).await;
            self.busy.try_set(false);
            self.problem.try_set(put.as_ref().err().copied());
            match put {
                Ok(kept) => {
                    self.from.try_set(kept);
                    self.saved.try_set(true);
                }
                // What stands now is read, to choose between the two.
                Err(RulesProblem::MovedOn) => {}
                Err(_) => return,
            }
            self.told.ask();
        });
    }

    /// Whether what stands now is known, after a colleague changed it.
    pub(super) fn knows_theirs(self) -> bool {
        let read = self.from.with(|from| from.version);
        self.problem.get() == Some(RulesProblem::MovedOn) && self.stands.get().is_some_and(|plan| plan.version > read)
    }

    /// Takes what a colleague kept, instead of what is typed.
    pub(super) fn take_theirs(self) {
        if let Some(plan) = self.stands.get_untracked() {
            self.take(plan);
        }
        self.problem.set(None);
    }

    /// Keeps what is typed in place of what a colleague kept.
    pub(super) fn keep_mine(self) {
        if let Some(plan) = self.stands.get_untracked() {
            self.from.set(plan);
        }
        self.save();
    }
}
