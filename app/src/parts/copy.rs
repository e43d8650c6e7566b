//! Copying words, and saying whether it worked.

use std::time::Duration;

use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::icon::{Glyph, Icon};
use crate::prelude::*;
use crate::words::{Word, t};

/// How long the button says what happened.
const SAID_FOR: Duration = Duration::from_millis(1_600);

/// A button that copies a text.
#[component]
pub(crate) fn CopyButton(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// What to do once it is copied.
    #[prop(optional, into)]
    on_copied: Option<Callback<()>>,
) -> impl IntoView {
    let copied = RwSignal::new(None);
    let copy = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        let text = text.get_untracked();
        spawn_local(async move {
            let done = to_clipboard(&text).await;
            copied.set(Some(done));
            if let Some(on_copied) = on_copied.filter(|_| done) {
                on_copied.run(());
            }
            set_timeout(
                move || {
                    copied.try_set(None);
                },
                SAID_FOR,
            );
        });
    };
    let label = move || match copied.get() {
        None => Word::Copy,
        Some(true) => Word::Copied,
        Some(false) => Word::NotCopied,
    };
    let icon = move || if copied.get() == Some(true) { Icon::Check } else { Icon::Copy };
    view! {
        <button type="button" class="quiet copy" class:done=move || copied.get() == Some(true) on:click=handler(copy)>
            {move || view! { <Glyph icon=icon()/> }}
            <span aria-live="polite">{move || t(label())()}</span>
        </button>
    }
}

/// Puts a text on the clipboard; says whether it is there.
async fn to_clipboard(text: &str) -> bool {
    let navigator = window().navigator();
    // Pages that are not served securely have no clipboard object.
    let has_clipboard = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"))
        .is_ok_and(|clipboard| !clipboard.is_undefined());
    if has_clipboard && JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok() {
        return true;
    }
    copy_by_selection(text).unwrap_or(false)
}

fn copy_by_selection(text: &str) -> Option<bool> {
    let document = document();
    let field: web_sys::HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    field.set_value(text);
    field.set_class_name("unseen");
    let body = document.body()?;
    body.append_child(&field).ok()?;
    field.select();
    let copied = document.dyn_ref::<web_sys::HtmlDocument>()?.exec_command("copy");
    field.remove();
    copied.ok()
}
