//! Signing out, which wipes the device: what was not sent is offered first, to be sent or to be saved.

use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlElement, Url};

use crate::desk::use_desk;
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::devices::{self as words, CANNOT_EXPORT, EXPORT, LEAVE_AND_WIPE, NOTHING_LEFT, SEND_NOW, p};
use crate::words::{Word, t};

/// Under which name what was not sent is saved.
const FILE: &str = "qinda-unsent.json";

/// Signing out; with unsent words on the device it asks first.
#[component]
pub(super) fn SignOut() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let asked = RwSignal::new(false);
    let fault = RwSignal::new(false);
    let waiting = memo(move || desk.unsent() + desk.held().len());
    let sendable = memo(move || desk.unsent() > 0);
    let drafts = memo(move || desk.drafts());
    let leave = move || spawn_local(async move { desk.sign_out().await });
    let ask = move |_| {
        if untrack(|| waiting.get() + drafts.get()) > 0 {
            asked.set(true);
        } else {
            leave();
        }
    };
    let said = move || match (waiting.get(), drafts.get()) {
        (0, 0) => NOTHING_LEFT.say(hand.lang.get()).to_owned(),
        (waiting, drafts) => words::leaving_with(hand.lang.get(), waiting, drafts),
    };
    let is_left = move || waiting.get() + drafts.get() > 0;
    let send = move |_| desk.try_now();
    let export = move |_| fault.set(save(&desk.unsent_as_json()).is_err());
    let leave_word =
        move || if is_left() { LEAVE_AND_WIPE.say(hand.lang.get()) } else { Word::SignOut.say(hand.lang.get()) };
    view! {
        <section class="block sign-out">
            <Show
                when=move || asked.get()
                fallback=move || view! { <button type="button" data-testid="sign-out" on:click=handler(ask)>{t(Word::SignOut)}</button> }
            >
                <div class="notice trouble" role="alert">
                    <p>{said}</p>
                    <Show when=move || fault.get()><p class="fault">{p(CANNOT_EXPORT)}</p></Show>
                    <div class="buttons">
                        <button type="button" class="small" on:click=handler(move |_| asked.set(false))>{t(Word::StaySignedIn)}</button>
                        <Show when=move || sendable.get()>
                            <button type="button" class="small" on:click=handler(send)>{p(SEND_NOW)}</button>
                        </Show>
                        <Show when=is_left>
                            <button type="button" class="small" data-testid="export-unsent" on:click=handler(export)>{p(EXPORT)}</button>
                        </Show>
                        <button type="button" class="small careful" data-testid="leave" on:click=handler(move |_| leave())>{leave_word}</button>
                    </div>
                </div>
            </Show>
        </section>
    }
}

/// Hands a text to the browser as a file to be saved.
fn save(text: &str) -> Result<(), JsValue> {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let kind = BlobPropertyBag::new();
    kind.set_type("application/json");
    let address = Url::create_object_url_with_blob(&Blob::new_with_str_sequence_and_options(&parts, &kind)?)?;
    let link: HtmlElement = document().create_element("a")?.unchecked_into();
    link.set_attribute("href", &address)?;
    link.set_attribute("download", FILE)?;
    link.click();
    Url::revoke_object_url(&address)
}
