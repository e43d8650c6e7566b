//! The field for a PIN.

use leptos::html::Input;

use crate::prelude::*;
use crate::words::replies::{Pair, p};

/// A PIN, typed unseen on a keypad of digits.
#[component]
pub(crate) fn PinField(
    name: Pair,
    value: RwSignal<String>,
    #[prop(optional)] field: NodeRef<Input>,
    test: &'static str,
) -> impl IntoView {
    view! {
        <label>
            <span>{p(name)}</span>
            <input
                node_ref=field
                data-testid=test
                type="password"
                inputmode="numeric"
                autocomplete="off"
                required
                prop:value=value
                on:input=written(move |text| value.set(text))
            />
        </label>
    }
}
