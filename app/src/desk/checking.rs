//! Looking now and then whether the device holds what the server has, and putting right what it does not. It goes on
//! beside everything else and waits for nobody: what is sent, received and shown meanwhile comes first.

use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::GetUntracked as _;
use leptos::task::spawn_local;
use qinda::sync::{CheckAnswer, CheckRequest, Checkups, Keeping, Remedy, Repair, Scope};

use super::{Desk, Link};
use crate::local::clock::Measured;
use crate::local::confirmed::Confirmed;
use crate::local::http::{self, Failure};
use crate::local::random;

/// A page looks for the first time this long after it has everything, and some time more.
const FIRST_AFTER_SECONDS: f64 = 60.0;
/// How often is looked, in seconds.
const EVERY_SECONDS: f64 = 3_600.0;
/// How soon is looked again whether it helped, or whether it is possible by now, in seconds.
const AGAIN_AFTER_SECONDS: f64 = 60.0;

/// What a page remembers of its checks.
#[derive(Default)]
pub(super) struct Checks {
    have_begun: bool,
    checkups: Checkups,
}

/// So many seconds in milliseconds, and up to as much again: a thousand devices shall not come at once.
fn in_a_while(seconds: f64) -> u32 {
    (seconds * 1_000.0 * (1.0 + random::jitter())) as u32
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Checked {
    /// There is nothing to be done, or nothing that can be.
    Settled,
    /// It is to be looked again soon.
    Again,
    /// The server knows of no checks.
    Unknown,
}

impl Desk {
    /// Looks now and then from here on, as long as this member is at the desk.
    pub(super) fn keep_checking(self) {
        let begins = self.change(|at_desk| {
            let have_begun = std::mem::replace(&mut at_desk.checks.have_begun, true);
            (!have_begun).then(|| Rc::downgrade(&at_desk.confirmed))
        });
        let Some(here) = begins.flatten() else { return };
        spawn_local(async move {
            let mut wait = FIRST_AFTER_SECONDS;
            loop {
                TimeoutFuture::new(in_a_while(wait)).await;
                let stays = self.with(|at_desk| Rc::downgrade(&at_desk.confirmed).ptr_eq(&here));
                if stays != Some(true) {
                    return;
                }
                wait = match self.check_all().await {
                    Checked::Settled => EVERY_SECONDS,
                    Checked::Again => AGAIN_AFTER_SECONDS,
                    Checked::Unknown => return,
                };
            }
        });
    }

    async fn check_all(self) -> Checked {
        if self.link.get_untracked() != Link::Online {
            return Checked::Again;
        }
        let scopes: Option<Vec<Scope>> = self.with(|at_desk| at_desk.device.progress().scopes().collect());
        let mut all = Checked::Settled;
        for scope in scopes.unwrap_or_default() {
            match self.check(scope).await {
                Ok(Checked::Settled) => {}
                Ok(Checked::Again) | Err(Failure::Busy(_) | Failure::Unreachable) => all = Checked::Again,
                Ok(Checked::Unknown) => return Checked::Unknown,
                // The sync loop meets the same and says what there is to be said.
                Err(_) => return Checked::Settled,
            }
        }
        all
    }

    async fn check(self, scope: Scope) -> Result<Checked, Failure> {
        let known = self.with(|at_desk| {
            let device = at_desk.device.counter().device;
            (Rc::clone(&at_desk.confirmed), device, at_desk.checks.checkups.has_given_up(scope))
        });
        let Some((confirmed, device, false)) = known else { return Ok(Checked::Settled) };
        if confirmed.keeping() != Keeping::All {
            // The disk is not what the screen shows.
            return Ok(Checked::Settled);
        }
        let measured = Measured::start("qinda.sums");
        let Ok((progress, sums)) = confirmed.sums(scope).await else { return Ok(Checked::Settled) };
        drop(measured);
        let Some(request) = CheckRequest::new(device, &progress, scope, &sums) else { return Ok(Checked::Again) };
        let answer: CheckAnswer = match http::post("/sync/check", &request).await {
            Err(Failure::Refused(404 | 405, _)) => return Ok(Checked::Unknown),
            answer => answer?,
        };
        let remedy = self.change(|at_desk| at_desk.checks.checkups.remedy(scope, &answer));
        Ok(match remedy.unwrap_or(Remedy::Nothing) {
            Remedy::Nothing => Checked::Settled,
            Remedy::Later => Checked::Again,
            Remedy::Ranges => self.put_right(&confirmed, &request, &answer).await,
            Remedy::Anew => {
                leptos::logging::warn!("what the device holds of {scope} is not what the server has; it is read anew");
                self.change(|at_desk| at_desk.device.read_anew(scope));
                self.wake();
                Checked::Again
            }
            Remedy::GiveUp => {
                leptos::logging::warn!("what the device holds of {scope} still is not what the server has");
                Checked::Settled
            }
        })
    }

    async fn put_right(self, confirmed: &Confirmed, request: &CheckRequest, answer: &CheckAnswer) -> Checked {
        let scope = request.scope;
        match confirmed.repair(request, answer).await {
            Ok(Repair::Writes(writes)) => {
                let rows = writes.len().saturating_sub(1);
                leptos::logging::warn!("{rows} rows of {scope} were not as the server has them, and were put right");
                self.change(|at_desk| at_desk.device.outdate(scope));
                self.reload_outdated().await;
                Checked::Again
            }
            Ok(Repair::MovedOn) => {
                self.change(|at_desk| at_desk.checks.checkups.was_not_tried(scope));
                Checked::Again
            }
            Ok(Repair::Nothing) => {
                self.change(|at_desk| at_desk.checks.checkups.give_up(scope));
                Checked::Settled
            }
            Err(_) => Checked::Again,
        }
    }

    /// Shows what was put right on the disk, by this tab or another. Where the disk is not as far as this tab just now,
    /// it is tried again with the next page.
    pub(super) async fn reload_outdated(self) {
        let outdated = self.with(|at_desk| {
            let scopes: Vec<Scope> = at_desk.device.outdated().iter().copied().collect();
            (Rc::clone(&at_desk.confirmed), scopes)
        });
        let Some((confirmed, scopes)) = outdated else { return };
        for scope in scopes {
            let Ok((progress, changes)) = confirmed.load_scope(scope).await else { continue };
            let touched = self.change(|at_desk| {
                let touched = at_desk.device.reload(scope, &progress, changes)?;
                at_desk.reindex(&touched);
                Some(touched)
            });
            if let Some(touched) = touched.flatten() {
                self.tell(&touched);
            }
        }
    }
}
