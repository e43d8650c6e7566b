//! What another device of the member has half-written, above what is written here. It never goes in by itself.

use super::taken::words_with;
use super::writing::Writing;
use crate::prelude::*;
use crate::words::hand::{DROP_OFFERED, OFFERED, TAKE_OFFERED, said};

/// The offer, as long as there is one.
#[component]
pub(super) fn OfferedRow(
    /// What is being written.
    writing: Writing,
) -> impl IntoView {
    let offered = memo(move || writing.text.with(|text| writing.desk.offered_draft(writing.id, text)));
    let words = memo(move || offered.with(|offered| offered.as_ref().map(|draft| draft.text.trim().to_owned())));
    let take = move |_| {
        let Some(words) = words.get_untracked() else { return };
        let before = writing.text.get_untracked();
        writing.write(words_with(&before, None, &words));
        writing.desk.tell_drafts_at_once();
        writing.focus_soon();
    };
    let put_aside = move |_| {
        if let Some(offered) = offered.get_untracked() {
            writing.desk.drop_offered(offered);
        }
        writing.focus_soon();
    };
    view! {
        <div role="status">
            <Show when=move || words.with(Option::is_some)>
                <div class="offered-row" data-testid="offered">
                    <p>{said(OFFERED)} <q dir="auto">{move || words.get()}</q></p>
                    <div class="buttons">
                        <button type="button" class="small" on:click=handler(take)>{said(TAKE_OFFERED)}</button>
                        <button type="button" class="quiet" on:click=handler(put_aside)>{said(DROP_OFFERED)}</button>
                    </div>
                </div>
            </Show>
        </div>
    }
}
