//! Two must not answer one shopper: in a colleague's conversation sending asks first.

use super::sending::Sending;
use super::writing::{Refused, Writing};
use crate::desk::Beside;
use crate::prelude::*;
use crate::words::hand::owner::{self, GO_ON, SEND_BESIDE, TAKE_AND_SEND};
use crate::words::hand::said;

/// The question, from the first press of the send key until it is answered or the words change.
#[component]
pub(super) fn OwnedRow(
    /// What is being written.
    writing: Writing,
    /// What sends it.
    sending: Sending,
) -> impl IntoView {
    let lang = writing.hand.lang;
    let name = memo(move || {
        let asked = writing.refused.with(|refused| *refused == Some(Refused::Owned));
        let other = writing.other_owner().filter(|_| asked)?;
        Some(owner::colleague(lang.get(), &writing.desk.members(), other))
    });
    let send = move |beside| {
        if sending.send_beside(Some(beside)) {
            writing.focus_soon();
        }
    };
    let go_on = move |_| {
        writing.refused.set(None);
        writing.focus_soon();
    };
    let question = move || name.get().map(|name| owner::answered_by(lang.get(), &name));
    view! {
        <div role="status">
            <Show when=move || name.with(Option::is_some)>
                <div class="owned-row" data-testid="owned">
                    <p>{question}</p>
                    <div class="buttons">
                        <button type="button" class="small strong" on:click=handler(move |_| send(Beside::TakesOver))>
                            {said(TAKE_AND_SEND)}
                        </button>
                        <button type="button" class="small" on:click=handler(move |_| send(Beside::Owner))>
                            {said(SEND_BESIDE)}
                        </button>
                        <button type="button" class="small" on:click=handler(go_on)>{said(GO_ON)}</button>
                    </div>
                </div>
            </Show>
        </div>
    }
}
