//! Leaving the device: signing out, being cut off, and the lease that ends without a contact.

use qinda::model::DeviceId;
use qinda::sync::{Action, Command, LeaseState, SignedIn};
use serde_json::{Value, json};

use super::{Desk, FiguresProblem, Link};
use crate::local::http::{self, Failure};
use crate::local::{lease, prefs, wipe};
use crate::prelude::*;

impl Desk {
    /// Signs out: everything of the member leaves the device, what was not sent too.
    pub(crate) async fn sign_out(&self) {
        let told: Result<(), Failure> = http::post("/api/sign-out", &()).await;
        let is_over = matches!(told, Ok(()) | Err(Failure::SignedOut | Failure::CutOff));
        prefs::set_sign_out_owed(!is_over);
        self.leave().await;
    }

    /// The device was cut off: everything of the member leaves it, and the sign-in says why.
    pub(super) async fn wipe_as_told(&self) {
        prefs::set_was_cut_off(true);
        self.leave().await;
    }

    /// Deletes everything that the device holds of the member.
    pub(super) async fn leave(&self) {
        let member = self.session.get_untracked().map(|session| session.actor.member);
        // From here on nothing is shown or written any more.
        drop(self.inner().member.borrow_mut().take());
        if let Some(member) = member {
            wipe::everything_of(member).await;
        }
        super::deeds::reload();
    }

    /// Whether the device was cut off, and nobody signed in since.
    pub(crate) fn was_cut_off(&self) -> bool {
        prefs::was_cut_off()
    }

    /// Cuts a device off.
    pub(crate) async fn cut_off(&self, device: DeviceId) -> Result<(), FiguresProblem> {
        http::post(&format!("/api/devices/{device}/cut-off"), &()).await.map_err(FiguresProblem::from)
    }

    /// Why customer data is not shown, if it is not.
    pub(crate) fn lapsed(&self) -> Option<LeaseState> {
        self.lapsed.get()
    }

    /// Looks whether customer data may be shown.
    pub(super) fn look_at_lease(&self) {
        let state = lease::noted();
        let lapsed = state.is_locked().then_some(state);
        if self.lapsed.get_untracked() != lapsed {
            self.lapsed.set(lapsed);
        }
    }

    /// Asks the server at once, as a person wishes.
    pub(crate) fn try_now(&self) {
        self.link.set(Link::Connecting);
        self.wake();
    }

    /// How many texts are half-written.
    pub(crate) fn drafts(&self) -> usize {
        self.inbox_version.track();
        self.with(|desk| desk.drafts.len()).unwrap_or(0)
    }

    /// What was not sent, to be read by people: what waits, what came back, what is half-written.
    pub(crate) fn unsent_as_json(&self) -> String {
        let session = self.session.get_untracked();
        let unsent = self.with(|desk| unsent(desk, session.as_ref()));
        serde_json::to_string_pretty(&unsent.unwrap_or_default()).unwrap_or_default()
    }
}

fn unsent(desk: &super::AtDesk, session: Option<&SignedIn>) -> Value {
    let replica = desk.device.replica();
    let customer = |action: Option<Action>| match action {
        Some(Action::SendMessage(args)) => replica.conversation(args.conversation).map(|it| it.customer_name.clone()),
        _ => None,
    };
    let is_work = |command: &&Command| !matches!(command.action(), Ok(Action::PutDraft(_)));
    let waiting = desk.device.queue().values().filter(is_work).map(
        |command| json!({ "kind": command.kind, "customer": customer(command.action().ok()), "args": command.args }),
    );
    let held = desk.device.held().iter().map(|held| {
        let command = &held.command;
        let customer = customer(command.action().ok());
        json!({ "kind": command.kind, "customer": customer, "args": command.args, "at": held.at, "verdict": held.verdict })
    });
    let drafts = desk.drafts.iter().map(|(of, text)| json!({ "of": of.to_string(), "text": text }));
    json!({
        "qinda": env!("CARGO_PKG_VERSION"),
        "shop": session.map(|session| session.shop.name.clone()),
        "member": session.map(|session| session.me.work_number.clone()),
        "waiting": waiting.collect::<Vec<_>>(),
        "came_back": held.collect::<Vec<_>>(),
        "half_written": drafts.collect::<Vec<_>>(),
    })
}
