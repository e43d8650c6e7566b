//! Taking something away for good, which is asked twice.

use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::Word;

/// The foot of a form, with a button that removes what the form is about at the second press.
#[component]
pub(crate) fn RemovalFoot(
    /// Removes it.
    remove: Callback<()>,
) -> impl IntoView {
    let hand = use_hand();
    let asked = RwSignal::new(false);
    let press = move |_| {
        if asked.get_untracked() {
            remove.run(());
        } else {
            asked.set(true);
        }
    };
    view! {
        <footer class="form-foot">
            <button type="button" class="small" class:careful=asked on:click=handler(press) on:blur=handler(move |_| asked.set(false))>
                {move || if asked.get() { Word::RemoveReally } else { Word::Remove }.say(hand.lang.get())}
            </button>
        </footer>
    }
}
