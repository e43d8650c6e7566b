//! Pages that the live channel brings. They are looked at between two exchanges, never beside one; what does not follow on
//! what this tab has is left, and pulled if it tells of something newer.

use std::cell::Cell;

use leptos::prelude::*;
use leptos::task::spawn_local;
use qinda::model::EpochId;
use qinda::sync::{Beat, LIVE_MISSES_MAX, LIVE_PAGE_WAIT_MILLIS, LivePage};

use super::{Desk, Pulled, Stage, StorageTrouble, Wake};
use crate::local::clock::page_millis;

/// How this tab stands with the pages of the live channel.
#[derive(Default)]
pub(in crate::desk) struct Pages {
    come: Cell<bool>,
    /// How many in a row did not follow on what this tab has.
    misses: Cell<u32>,
}

impl Pages {
    pub(super) fn note_that_they_come(&self) {
        self.come.set(true);
    }

    /// There is no channel to bring them.
    pub(super) fn lose(&self) {
        self.come.set(false);
        self.misses.set(0);
    }

    pub(in crate::desk) fn come(&self) -> bool {
        self.come.get()
    }

    /// Whether the server takes this device for somewhere else than it is. Asked once, it begins to count anew.
    pub(super) fn are_out_of_step(&self) -> bool {
        let is_so = self.misses.get() >= LIVE_MISSES_MAX;
        if is_so {
            self.misses.set(0);
        }
        is_so
    }
}

/// What was pushed; a page is to bring its verdicts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Awaited {
    pub(super) epoch: EpochId,
    /// The last command that was pushed.
    pub(super) n: u64,
    /// Since when something is awaited, in milliseconds of this page.
    pub(super) since: f64,
}

impl Awaited {
    /// Whether it is time to pull instead.
    pub(super) fn is_overdue(self) -> bool {
        page_millis() - self.since >= f64::from(LIVE_PAGE_WAIT_MILLIS)
    }
}

impl Desk {
    /// Whether every command up to the awaited one has its verdict.
    pub(super) fn has_come(&self, awaited: Awaited) -> bool {
        let is_so = |epoch, through| epoch == awaited.epoch && through >= awaited.n;
        self.with(|at_desk| is_so(at_desk.device.epoch(), at_desk.device.replica().through())).unwrap_or(false)
    }

    fn is_behind_the_beat(&self, beat: Beat) -> bool {
        self.with(|at_desk| at_desk.device.is_behind_the_beat(beat)).unwrap_or(false)
    }

    /// What of a wake is a reason for an exchange.
    pub(super) async fn reason_of(&self, wake: Wake) -> Option<Wake> {
        match wake {
            // What was heard of while an exchange ran came with it most of the time.
            Wake::Moved(heads) if !self.is_behind(&heads) => None,
            Wake::Page(page) => self.take_page(*page).await,
            // A tab that came when the page had been brought, or could not take it.
            Wake::Beat(beat) if !self.is_behind_the_beat(beat) => None,
            wake => Some(wake),
        }
    }

    /// Takes a page as if it had been pulled, if it follows on what this tab has.
    async fn take_page(&self, page: LivePage) -> Option<Wake> {
        let has_let_go = self.storage_trouble.get_untracked() == Some(StorageTrouble::LetGo);
        if self.stage.get_untracked() != Stage::Ready || has_let_go {
            return None;
        }
        let request = || self.with(|at_desk| at_desk.device.hear_unasked(&page)).flatten();
        let mut taken = request();
        if taken.is_some() {
            self.look_at_outbox().await;
            taken = request();
        }
        let (heads, pages) = (page.heads(), &self.inner().pages);
        let Some(request) = taken else {
            let is_behind = self.is_behind(&heads);
            pages.misses.update(|misses| if is_behind { misses.saturating_add(1) } else { misses });
            return is_behind.then_some(Wake::Moved(heads));
        };
        pages.misses.set(0);
        let desk = *self;
        match self.absorb(page.answer, request).await {
            Pulled::All => {
                spawn_local(async move { desk.fetch_pictures().await });
                None
            }
            Pulled::More | Pulled::Anew | Pulled::Renumbered => Some(Wake::Moved(heads)),
        }
    }
}
