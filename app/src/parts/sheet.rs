//! A sheet over the screen: from below on a phone, in the middle on a laptop. What lies under it stays as it is.

use leptos::html::Dialog;

use super::icon::{Glyph, Icon};
use crate::prelude::*;
use crate::words::hand::{Said, said};
use crate::words::{Word, t};

/// A sheet. What is on it is in the page only while it is open.
#[component]
pub(crate) fn Sheet(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What it is called.
    title: Said,
    /// What is on it.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    effect(move || {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            // A dialog that is in the page and closed can always be shown.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    view! {
        <dialog class="sheet" node_ref=dialog on:close=handler(move |_| open.set(false)) aria-label=said(title)>
            <header>
                <h2>{said(title)}</h2>
                <button type="button" class="icon-button" aria-label=t(Word::CloseThis) on:click=handler(move |_| open.set(false))>
                    <Glyph icon=Icon::Close/>
                </button>
            </header>
            <Show when=move || open.get()>{children()}</Show>
        </dialog>
    }
}
