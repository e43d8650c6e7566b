//! What protects the chats on this device, and the PIN.

use leptos::task::spawn_local;

use crate::desk::{Closed, PinProblem, use_desk};
use crate::frame::hand::use_hand;
use crate::parts::pin::PinField;
use crate::prelude::*;
use crate::words::lock::{
    CHANGE_PIN, FORMER_PIN, LOCK_NOW, NEW_PIN, NEW_PIN_AGAIN, NOT_THE_SAME, PROTECTION, REMOVE_PIN, SET_PIN, closed,
    pin_problem,
};
use crate::words::replies::p;
use crate::words::{Lang, Word, t};

/// What is being done about the PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Setting,
    Removing,
}

/// Why it was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    NotTheSame,
    Pin(PinProblem),
}

impl Fault {
    fn say(self, lang: Lang) -> String {
        match self {
            Self::NotTheSame => NOT_THE_SAME.say(lang).into(),
            Self::Pin(problem) => pin_problem(lang, problem),
        }
    }
}

/// How chats are kept closed, and the ways to a PIN.
#[component]
pub(super) fn Protection() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let state = RwSignal::new(None::<Closed>);
    let doing = RwSignal::new(None::<Doing>);
    let look = move || {
        spawn_local(async move {
            state.try_set(Some(desk.closed().await));
        });
    };
    look();
    let done = Callback::new(move |()| {
        doing.set(None);
        look();
    });
    let begin = move |what| handler(move |_| doing.set(Some(what)));
    let has_pin = move || state.get() == Some(Closed::ByPin);
    view! {
        <section class="block" data-testid="protection">
            <h2>{p(PROTECTION)}</h2>
            <p class="hint" role="status">{move || state.get().map(|state| closed(hand.lang.get(), state))}</p>
            {move || match (doing.get(), state.get()) {
                (Some(doing), _) => Some(view! { <PinForm doing has_pin=has_pin() done/> }.into_any()),
                (None, Some(Closed::ByDevice)) => Some(view! {
                    <button type="button" data-testid="set-pin" on:click=begin(Doing::Setting)>{p(SET_PIN)}</button>
                }.into_any()),
                (None, Some(Closed::ByPin)) => Some(view! {
                    <div class="buttons">
                        <button type="button" data-testid="lock" on:click=handler(move |_| desk.lock())>{p(LOCK_NOW)}</button>
                        <button type="button" on:click=begin(Doing::Setting)>{p(CHANGE_PIN)}</button>
                        <button type="button" data-testid="remove-pin" on:click=begin(Doing::Removing)>{p(REMOVE_PIN)}</button>
                    </div>
                }.into_any()),
                (None, _) => None,
            }}
        </section>
    }
}

#[component]
fn PinForm(doing: Doing, has_pin: bool, done: Callback<()>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let [former, new, again] = [(); 3].map(|()| RwSignal::new(String::new()));
    let fault = RwSignal::new(None::<Fault>);
    let busy = RwSignal::new(false);
    let sets = doing == Doing::Setting;
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        if sets && new.get_untracked() != again.get_untracked() {
            fault.set(Some(Fault::NotTheSame));
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let pin = sets.then(|| new.get_untracked());
            let outcome = desk.set_pin(&former.get_untracked(), pin.as_deref()).await;
            busy.try_set(false);
            fault.try_set(outcome.err().map(Fault::Pin));
            if outcome.is_ok() {
                done.run(());
            }
        });
    };
    let said = move || fault.get().map(|fault| fault.say(hand.lang.get()));
    view! {
        <form class="sign-in-fields" on:submit=handler(submit)>
            {has_pin.then(|| view! { <PinField name=FORMER_PIN value=former test="former-pin"/> })}
            {sets.then(|| view! {
                <PinField name=NEW_PIN value=new test="new-pin"/>
                <PinField name=NEW_PIN_AGAIN value=again test="new-pin-again"/>
            })}
            <p class="fault" role="alert">{said}</p>
            <div class="buttons">
                <button type="submit" class="strong" data-testid="keep-pin" aria-busy=move || busy.get().to_string()>
                    {if sets { t(Word::Save)() } else { REMOVE_PIN.say(hand.lang.get_untracked()) }}
                </button>
                <button type="button" on:click=handler(move |_| done.run(()))>{t(Word::Cancel)}</button>
            </div>
        </form>
    }
}
