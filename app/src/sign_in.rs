//! Signing in: on a screen of its own at first, and within the banner when a sign-in has ended.

use leptos::html::Input;
use leptos::task::spawn_local;

use crate::desk::{SignInProblem, use_desk};
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::devices::{CUT_OFF_TEXT, CUT_OFF_TITLE, p};
use crate::words::{Lang, Word, phrases, t};

/// The first screen on a device that knows nobody.
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let other = move || match hand.lang.get() {
        Lang::Zh => Lang::En,
        Lang::En => Lang::Zh,
    };
    let switch = move |_| {
        let mut preferences = desk.preferences();
        preferences.language = Some(other().code_short().to_owned());
        desk.set_preferences(preferences);
    };
    let was_cut_off = desk.was_cut_off();
    view! {
        <main class="sign-in">
            <div class="sign-in-box">
                <img src="/icons/qinda.svg" alt="" width="56" height="56"/>
                <h1>{t(Word::Name)}</h1>
                <Show when=move || was_cut_off>
                    <div class="notice trouble" role="status" data-testid="was-cut-off">
                        <p><b>{p(CUT_OFF_TITLE)}</b></p>
                        <p>{p(CUT_OFF_TEXT)}</p>
                    </div>
                </Show>
                <p class="hint">{t(Word::SignInHint)}</p>
                <SignInFields/>
                <button type="button" class="quiet" lang=move || other().code() on:click=handler(switch)>
                    {move || other().own_name()}
                </button>
            </div>
        </main>
    }
}

/// The fields of signing in.
#[component]
pub(crate) fn SignInFields(
    /// Whether they stand within the banner, where the member is known already.
    #[prop(optional)]
    inline: bool,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let known = untrack(|| desk.session());
    let slug = known.as_ref().map(|session| session.shop.slug.clone()).unwrap_or_default();
    let shop = RwSignal::new(slug);
    let number = RwSignal::new(known.map(|session| session.me.work_number).unwrap_or_default());
    let password = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<SignInProblem>);
    let busy = RwSignal::new(false);
    let password_field = NodeRef::<Input>::new();

    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let (shop, number) = (shop.get_untracked().trim().to_owned(), number.get_untracked().trim().to_owned());
        spawn_local(async move {
            let outcome = desk.sign_in(shop, number, password.get_untracked()).await;
            // Signing in may have taken these fields away.
            busy.try_set(false);
            problem.try_set(outcome.err());
            if outcome.is_err() {
                password_field.get_untracked().map(|field| field.focus());
            }
        });
    };
    let said = move || problem.get().map(|problem| phrases::sign_in_problem(hand.lang.get(), problem));
    let no_shop = !inline;
    view! {
        <form class="sign-in-fields" class:inline=inline on:submit=handler(submit)>
            <label>
                <span>{t(Word::WorkNumber)}</span>
                <input
                    data-testid="work-number"
                    name="username"
                    autocomplete="username"
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    prop:value=number
                    on:input=written(move |text| number.set(text))
                />
            </label>
            <label>
                <span>{t(Word::Password)}</span>
                <input
                    node_ref=password_field
                    data-testid="password"
                    type="password"
                    name="password"
                    autocomplete="current-password"
                    required
                    prop:value=password
                    on:input=written(move |text| password.set(text))
                />
            </label>
            {no_shop
                .then(|| {
                    view! {
                        <details class="other-shop">
                            <summary>{t(Word::OtherShop)}</summary>
                            <label>
                                <span>{t(Word::ShopSlug)}</span>
                                <input
                                    autocapitalize="none"
                                    spellcheck="false"
                                    prop:value=shop
                                    on:input=written(move |text| shop.set(text))
                                />
                            </label>
                        </details>
                    }
                })}
            <p class="fault" role="alert">{said}</p>
            <button type="submit" class="strong" data-testid="sign-in" aria-busy=move || busy.get().to_string()>
                {t(Word::SignIn)}
            </button>
        </form>
    }
}
