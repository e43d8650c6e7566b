//! The member and this device: how the desk shall be, quick replies of one's own, what is not sent, signing out.

mod devices;
mod lapsed;
mod leaving;
mod protection;
mod unsent;

use leptos::task::spawn_local;
use qinda::model::{Deed, Role};

use self::devices::Devices;
pub(crate) use self::lapsed::Lapsed;
use self::leaving::SignOut;
use self::protection::Protection;
use self::unsent::Unsent;
use crate::desk::{StorageTrouble, use_desk};
use crate::frame::hand::use_hand;
use crate::local::prefs::Preferences;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::supervise::{MyCoaching, MyFigures, MyTrend};
use crate::words::replies::{MANAGE, p, replies};
use crate::words::{Lang, Word, phrases, t};

/// Everything about the member at the desk.
#[component]
pub(crate) fn Account() -> impl IntoView {
    let hand = use_hand();
    let edits = hand.may(Deed::EditKnowledge);
    let answers = hand.may(Deed::Answer);
    view! {
        <section class="page account" aria-label=t(Word::Me)>
            <Who/>
            <Unsent/>
            <QuickReplies/>
            <Show when=move || answers.get()>
                <MyFigures/>
                <MyTrend/>
                <MyCoaching/>
            </Show>
            <Likes/>
            <Show when=move || !hand.wide.get()>
                <section class="block">
                    <h2>{t(Word::Knowledge)}</h2>
                    <div class="buttons">
                        <a class="button" href=Place::Knowledge.path()>{t(Word::ReadArticles)}</a>
                        <Show when=move || edits.get()>
                            <a class="button" href=Place::Import.path()>{t(Word::Import)}</a>
                        </Show>
                    </div>
                </section>
            </Show>
            <Device/>
            <Protection/>
            <Devices/>
            <SignOut/>
        </section>
    }
}

#[component]
fn Who() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let session = move || desk.session();
    let roles = move || {
        let roles = session().map(|session| session.actor.roles).unwrap_or_default();
        let names = roles.as_slice().iter().map(|role| role_word(*role).say(hand.lang.get()));
        names.collect::<Vec<_>>().join(" · ")
    };
    view! {
        <header class="member">
            <span class="initial" aria-hidden="true">
                {move || session().and_then(|session| session.me.name.chars().next()).map(String::from)}
            </span>
            <div>
                <h1>{move || session().map(|session| session.me.name)}</h1>
                <p class="hint">
                    {move || session().map(|session| phrases::number_and_shop(hand.lang.get(), &session.me.work_number, &session.shop.name))}
                </p>
                <p class="hint">{roles}</p>
            </div>
        </header>
    }
}

const fn role_word(role: Role) -> Word {
    match role {
        Role::Agent => Word::RoleAgent,
        Role::Supervisor => Word::RoleSupervisor,
        Role::Editor => Word::RoleEditor,
        Role::Admin => Word::RoleAdmin,
    }
}

/// The way to the quick replies.
#[component]
fn QuickReplies() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let count = memo(move || desk.quick_replies().len());
    view! {
        <section class="block">
            <h2>{t(Word::QuickReplies)}</h2>
            <p class="hint">{move || replies(hand.lang.get(), count.get())}</p>
            <a class="button" href=Place::QuickReplies.path() data-testid="manage-quick-replies">{p(MANAGE)}</a>
        </section>
    }
}

/// How the member likes the desk.
#[component]
fn Likes() -> impl IntoView {
    let desk = use_desk();
    let change = move |change: fn(&mut Preferences, Option<&'static str>), value: Option<&'static str>| {
        let mut preferences = untrack(|| desk.preferences());
        change(&mut preferences, value);
        desk.set_preferences(preferences);
    };
    let language = move |preferences: &mut Preferences, value: Option<&'static str>| {
        preferences.language = value.map(str::to_owned);
    };
    let theme = |preferences: &mut Preferences, value: Option<&'static str>| {
        preferences.theme = value.map(str::to_owned);
    };
    let enter = |preferences: &mut Preferences, value: Option<&'static str>| {
        preferences.enter_breaks_line = value.is_some();
    };
    view! {
        <section class="block">
            <h2>{t(Word::Likes)}</h2>
            <Choice
                word=Word::Language
                options=vec![(None, Word::AsTheBrowser), (Some(Lang::Zh.code_short()), Word::Chinese), (Some(Lang::En.code_short()), Word::English)]
                chosen=move || desk.preferences().language
                choose=move |value| change(language, value)
            />
            <Choice
                word=Word::Theme
                options=vec![(None, Word::AsTheDevice), (Some("light"), Word::Light), (Some("dark"), Word::Dark)]
                chosen=move || desk.preferences().theme
                choose=move |value| change(theme, value)
            />
            <Choice
                word=Word::EnterKey
                options=vec![(None, Word::EnterSends), (Some("breaks"), Word::EnterBreaks)]
                chosen=move || desk.preferences().enter_breaks_line.then(|| "breaks".to_owned())
                choose=move |value| change(enter, value)
            />
        </section>
    }
}

#[component]
fn Choice(
    word: Word,
    options: Vec<(Option<&'static str>, Word)>,
    chosen: impl Fn() -> Option<String> + Copy + Send + Sync + 'static,
    choose: impl Fn(Option<&'static str>) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <div class="setting">
            <span>{t(word)}</span>
            <div class="choice" role="group" aria-label=t(word)>
                {options
                    .into_iter()
                    .map(|(value, word)| {
                        view! {
                            <button
                                type="button"
                                aria-pressed=move || (chosen().as_deref() == value).to_string()
                                on:click=handler(move |_| choose(value))
                            >
                                {t(word)}
                            </button>
                        }
                    })
                    .collect_view()}
            </div>
        </div>
    }
}

/// What is on this device, and whether the browser will keep it.
#[component]
fn Device() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let kept = RwSignal::new(None::<bool>);
    let keep = move |_| {
        spawn_local(async move {
            let will = desk.keep_storage().await;
            kept.try_set(Some(will));
        });
    };
    let state = move || match (desk.storage_trouble(), kept.get()) {
        (Some(StorageTrouble::Refused), _) => Word::StorageRefused,
        (Some(StorageTrouble::Full), _) => Word::StorageFull,
        (Some(StorageTrouble::Gone), _) => Word::StorageGone,
        (_, Some(true)) => Word::StorageKept,
        (_, Some(false)) => Word::StorageNotPromised,
        (_, None) => Word::StorageMayGo,
    };
    let holds = move || {
        let conversations = hand.inbox.with(Vec::len);
        phrases::device_holds(hand.lang.get(), desk.article_count(), conversations)
    };
    view! {
        <section class="block">
            <h2>{t(Word::ThisDevice)}</h2>
            <p>{holds}</p>
            <p class="hint" role="status">{move || state().say(hand.lang.get())}</p>
            <Show when=move || desk.storage_trouble() != Some(StorageTrouble::Refused) && kept.get() != Some(true)>
                <button type="button" on:click=handler(keep)>{t(Word::KeepStorage)}</button>
            </Show>
            <p class="hint">{t(Word::InstallHint)}</p>
            <p class="hint">"Qinda " {env!("CARGO_PKG_VERSION")}</p>
        </section>
    }
}
