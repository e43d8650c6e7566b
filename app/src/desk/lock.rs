//! What closes the desk to others who hold the device: the key, and the PIN before it.

use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use qinda::sync::SignedIn;

use super::preparing::Ready;
use super::{Desk, Stage};
use crate::local::http::{self, Failure};
use crate::local::prefs;
use crate::local::vault::{Keeper, PinProblem, Vault};

/// Whose desk waits for the PIN.
pub(super) struct Waiting {
    session: SignedIn,
    keeper: Rc<Keeper>,
}

/// How what the device keeps of customers is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closed {
    /// It lies open: the browser offers no keys here.
    No,
    /// With the device's key.
    ByDevice,
    /// With the device's key and a PIN.
    ByPin,
}

impl Desk {
    /// Opens the desk of a member, or asks for the PIN first.
    pub(super) async fn open(&self, session: SignedIn) {
        let member = session.actor.member;
        // Nothing in the stock is of customers, so it need not wait for the key, nor what is closed with the key for it.
        let ready = Ready::coming(member);
        match Vault::open(member).await {
            Vault::Missing => self.open_with(session, None, ready).await,
            Vault::Open(keeper, seal) => self.open_with(session, Some((Rc::new(keeper), seal)), ready).await,
            Vault::Locked(keeper) => {
                self.session.set(Some(session.clone()));
                *self.inner().waiting.borrow_mut() = Some(Rc::new(Waiting { session, keeper: Rc::new(keeper) }));
                self.stage.set(Stage::PinAsked);
                spawn_local(leave_if_cut_off(*self));
            }
        }
    }

    /// Opens the desk with the PIN.
    pub(crate) async fn unlock(&self, pin: &str) -> Result<(), PinProblem> {
        let waiting = self.inner().waiting.borrow().clone().ok_or(PinProblem::Failed)?;
        let seal = waiting.keeper.unlock(pin).await?;
        self.inner().waiting.borrow_mut().take();
        let ready = Ready::coming(waiting.session.actor.member);
        self.open_with(waiting.session.clone(), Some((Rc::clone(&waiting.keeper), seal)), ready).await;
        self.wake();
        Ok(())
    }

    /// How what is kept of customers is closed.
    pub(crate) async fn closed(&self) -> Closed {
        match self.keeper() {
            None => Closed::No,
            Some(keeper) if keeper.has_pin().await => Closed::ByPin,
            Some(_) => Closed::ByDevice,
        }
    }

    /// Asks for another PIN from now on, or for none.
    pub(crate) async fn set_pin(&self, former: &str, pin: Option<&str>) -> Result<(), PinProblem> {
        self.keeper().ok_or(PinProblem::Failed)?.set_pin(former, pin).await
    }

    /// Closes the desk until the PIN is given: the page forgets the key.
    pub(crate) fn lock(&self) {
        self.write_drafts_at_once();
        super::deeds::reload();
    }

    /// Deletes everything that the device holds of the member who waits for the PIN, unsent work too, and signs out.
    pub(crate) async fn forget_device(&self) {
        drop(self.inner().waiting.borrow_mut().take());
        prefs::set_sign_out_owed(true);
        self.leave().await;
    }

    fn keeper(&self) -> Option<Rc<Keeper>> {
        self.with(|desk| desk.keeper.clone()).flatten()
    }
}

/// A lost phone that was cut off wipes itself without its PIN.
async fn leave_if_cut_off(desk: Desk) {
    if let Err(Failure::CutOff) = http::get::<SignedIn>("/api/me").await {
        desk.wipe_as_told().await;
    }
}
