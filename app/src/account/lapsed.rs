//! What stands in the desk's place once the device has not heard the server for too long.

use crate::desk::{Link, use_desk};
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::sign_in::SignInFields;
use crate::words::devices::{self as words, CONNECTING, LAPSED_TITLE, STILL_OFFLINE, TRY_NOW, p};
use crate::words::phrases;

/// The locked desk. It opens by itself at the next contact.
#[component]
pub(crate) fn Lapsed() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let unsent = memo(move || desk.unsent() + desk.held().len());
    let link = memo(move || desk.link());
    let why = move || desk.lapsed().map(|state| words::lapsed(state).say(hand.lang.get()));
    let status = move || match link.get() {
        Link::Connecting => CONNECTING.say(hand.lang.get()).to_owned(),
        Link::Offline => STILL_OFFLINE.say(hand.lang.get()).to_owned(),
        Link::SignedOut => phrases::signed_out(hand.lang.get(), unsent.get()),
        Link::Online => String::new(),
    };
    view! {
        <main class="sign-in lapsed" data-testid="lapsed">
            <div class="sign-in-box">
                <img src="/icons/qinda.svg" alt="" width="56" height="56"/>
                <h1>{p(LAPSED_TITLE)}</h1>
                <p>{why}</p>
                <Show when=move || { unsent.get() > 0 }>
                    <p>{move || words::kept_behind_the_lock(hand.lang.get(), unsent.get())}</p>
                </Show>
                <p class="hint" role="status">{status}</p>
                <Show
                    when=move || link.get() == Link::SignedOut
                    fallback=move || {
                        view! { <button type="button" on:click=handler(move |_| desk.try_now())>{p(TRY_NOW)}</button> }
                    }
                >
                    <SignInFields inline=true/>
                </Show>
            </div>
        </main>
    }
}
