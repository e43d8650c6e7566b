//! The screen before the desk where a PIN closes it.

use leptos::html::Input;
use leptos::task::spawn_local;

use crate::desk::{PinProblem, use_desk};
use crate::frame::hand::use_hand;
use crate::parts::pin::PinField;
use crate::prelude::*;
use crate::words::lock::{EMPTY_DEVICE, FORGOTTEN, FORGOTTEN_TEXT, PIN, UNLOCK, UNLOCK_HINT, pin_problem};
use crate::words::replies::p;
use crate::words::{Word, phrases, t};

/// Asks for the PIN.
#[component]
pub(crate) fn Unlock() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let who = move || {
        let session = desk.session()?;
        Some(phrases::number_and_shop(hand.lang.get(), &session.me.work_number, &session.shop.name))
    };
    view! {
        <main class="sign-in">
            <div class="sign-in-box">
                <img src="/icons/qinda.svg" alt="" width="56" height="56"/>
                <h1>{t(Word::Name)}</h1>
                <p class="hint">{who}</p>
                <PinForm/>
                <Forgotten/>
            </div>
        </main>
    }
}

#[component]
fn PinForm() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let pin = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<PinProblem>);
    let busy = RwSignal::new(false);
    let field = NodeRef::<Input>::new();
    effect(move || {
        field.get().map(|field| field.focus());
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let outcome = desk.unlock(&pin.get_untracked()).await;
            // Unlocking takes this form away.
            busy.try_set(false);
            problem.try_set(outcome.err());
            if outcome.is_err() {
                pin.try_set(String::new());
                field.get_untracked().map(|field| field.focus());
            }
        });
    };
    let said = move || problem.get().map(|problem| pin_problem(hand.lang.get(), problem));
    view! {
        <form class="sign-in-fields" on:submit=handler(submit)>
            <p>{p(UNLOCK_HINT)}</p>
            <PinField name=PIN value=pin field test="pin"/>
            <p class="fault" role="alert">{said}</p>
            <button type="submit" class="strong" data-testid="unlock" aria-busy=move || busy.get().to_string()>
                {p(UNLOCK)}
            </button>
        </form>
    }
}

#[component]
fn Forgotten() -> impl IntoView {
    let desk = use_desk();
    let empty = move |_| spawn_local(async move { desk.forget_device().await });
    view! {
        <details class="other-shop">
            <summary>{p(FORGOTTEN)}</summary>
            <p>{p(FORGOTTEN_TEXT)}</p>
            <button type="button" class="careful" data-testid="empty-device" on:click=handler(empty)>{p(EMPTY_DEVICE)}</button>
        </details>
    }
}
