//! The box in which somebody types what a list should show.

use crate::prelude::*;

use super::icon::{Glyph, Icon};

/// A box to look something up with.
#[component]
pub(crate) fn SearchBox(
    /// What is typed.
    typed: RwSignal<String>,
    /// What is looked up here.
    #[prop(into)]
    label: Signal<&'static str>,
    /// What the empty box says.
    #[prop(into)]
    hint: Signal<&'static str>,
) -> impl IntoView {
    view! {
        <div class="search-box">
            <Glyph icon=Icon::Search/>
            <input
                type="search"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-label=label
                placeholder=hint
                prop:value=typed
                on:input=written(move |text| typed.set(text))
            />
        </div>
    }
}
