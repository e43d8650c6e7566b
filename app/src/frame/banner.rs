//! The banner: how the desk stands with the server and the device. It takes its place in the page and covers nothing.

use leptos::task::spawn_local;

use super::hand::use_hand;
use crate::desk::{Link, StorageTrouble, use_desk};
use crate::parts::icon::{Glyph, Icon};
use crate::prelude::*;
use crate::sign_in::SignInFields;
use crate::words::lock::unreadable;
use crate::words::{Word, phrases, t};

/// Fewer entries than these arrive before anybody could read how many are left.
const PROGRESS_FROM: u64 = 200;

/// Everything the member should know about the desk itself.
#[component]
pub(crate) fn Banner() -> impl IntoView {
    let desk = use_desk();
    let link = memo(move || desk.link());
    let progress = memo(move || Some(desk.behind()).filter(|behind| *behind >= PROGRESS_FROM));
    let trouble = memo(move || desk.storage_trouble());
    let update = memo(move || desk.update_waits());
    view! {
        <div class="banner" role="status" data-testid="link-banner">
            {move || match link.get() {
                Link::Offline => Some(view! { <Offline/> }.into_any()),
                Link::SignedOut => Some(view! { <SignedOut/> }.into_any()),
                Link::Connecting | Link::Online => None,
            }}
            {move || progress.get().map(|behind| view! { <Progress behind/> })}
            {move || trouble.get().map(|trouble| view! { <Storage trouble/> })}
            {move || (update.get() && trouble.get() != Some(StorageTrouble::LetGo)).then(|| view! { <Update/> })}
        </div>
    }
}

#[component]
fn Offline() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let unsent = memo(move || desk.unsent());
    view! { <p class="notice trouble"><Glyph icon=Icon::Warning/><span>{move || phrases::offline(hand.lang.get(), unsent.get())}</span></p> }
}

#[component]
fn SignedOut() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let unsent = memo(move || desk.unsent());
    view! {
        <div class="notice trouble">
            <p><Glyph icon=Icon::Warning/>{move || phrases::signed_out(hand.lang.get(), unsent.get())}</p>
            <SignInFields inline=true/>
        </div>
    }
}

#[component]
fn Progress(behind: u64) -> impl IntoView {
    let hand = use_hand();
    view! { <p class="notice"><Glyph icon=Icon::Clock/><span>{move || phrases::first_sync(hand.lang.get(), behind)}</span></p> }
}

#[component]
fn Storage(trouble: StorageTrouble) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let said = move || match (trouble, hand.lang.get()) {
        (StorageTrouble::Refused, lang) => Word::StorageRefused.say(lang).to_owned(),
        (StorageTrouble::Full, lang) => Word::StorageFull.say(lang).to_owned(),
        (StorageTrouble::Unreadable(count), lang) => unreadable(lang, count),
        (StorageTrouble::Blocked, lang) => Word::StorageBlocked.say(lang).to_owned(),
        (StorageTrouble::LetGo, lang) => Word::StorageLetGo.say(lang).to_owned(),
        (StorageTrouble::Gone, lang) => Word::StorageGone.say(lang).to_owned(),
    };
    let reload = trouble.needs_reload().then(|| {
        let reload = move |_| desk.take_update();
        view! {
            <button type="button" class="small" on:click=handler(reload)>
                {t(Word::Reload)}
            </button>
        }
    });
    view! { <p class="notice trouble"><Glyph icon=Icon::Warning/><span>{said}</span>{reload}</p> }
}

#[component]
fn Update() -> impl IntoView {
    let desk = use_desk();
    let take = move |_| spawn_local(async move { desk.take_update() });
    view! {
        <p class="notice">
            {t(Word::UpdateWaits)}
            <button type="button" class="small" on:click=handler(take)>{t(Word::UpdateNow)}</button>
        </p>
    }
}
