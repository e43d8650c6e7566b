//! The open conversation: its head, its messages, and the composer.

use leptos::html::Div;
use leptos::task::spawn_local;
use qinda::model::{ConversationId, ConversationState, Deed};
use qinda::sync::Action;

use super::about::AboutButton;
use super::bubble::{MessageBubble, Shown, shown};
use super::composer::{Composer, Editing};
use super::erasing::ErasedLine;
use super::presence::WhoLine;
use super::suggestions::SuggestionRow;
use super::transfer::{HandoverNotice, TransferButton};
use super::whisper::{WhisperButton, WhisperNotice};
use crate::desk::{Link, Thread, use_desk};
use crate::frame::hand::{Wish, use_hand};
use crate::local::outbox::{DraftOf, Held};
use crate::parts::clock::WaitClock;
use crate::parts::icon::{Glyph, Icon};
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::hand::erasing::shopper;
use crate::words::{Word, phrases, t};

/// How many messages are on the screen at first, and how many more come at each wish.
const MESSAGES_AT_ONCE: usize = 150;
/// Within this distance of the end, the end is in sight.
const END_PX: i32 = 48;

/// A conversation.
#[component]
pub(crate) fn ConversationPane(
    /// Which.
    id: ConversationId,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let thread = memo(move || desk.thread(id));
    let here = memo(move || thread.with(Option::is_some));
    let closed = memo(move || {
        thread.with(|thread| thread.as_ref().is_some_and(|it| it.conversation.state == ConversationState::Closed))
    });
    let erased = memo(move || thread.with(|thread| thread.as_ref().is_some_and(Thread::is_erased)));
    hand.trouble.set(None);
    effect(move || {
        // A closed conversation has no composer that could take the wish away.
        if closed.get() {
            hand.composer_wanted.set(false);
        }
    });
    let editing: Editing = RwSignal::new(None);
    move || {
        if !here.get() {
            return view! { <NotHere/> }.into_any();
        }
        if erased.get() {
            return view! { <Erased id thread editing/> }.into_any();
        }
        view! {
            <section class="conversation" aria-label=t(Word::Conversation)>
                <Head id thread/>
                <HandoverNotice thread/>
                <WhisperNotice thread/>
                <Messages thread editing/>
                <Notices id/>
                <Show when=move || !hand.roomy.get() && !closed.get()>
                    <SuggestionRow id/>
                </Show>
                <Show when=move || closed.get()>
                    <p class="ended">{t(Word::ConversationEnded)}</p>
                </Show>
                // Words that were begun before somebody closed it stay in reach, and a held reply can be changed.
                <Show when=move || !closed.get() || editing.with(Option::is_some) || !desk.draft(DraftOf::Reply(id)).is_empty()>
                    <Composer id editing/>
                </Show>
            </section>
        }
        .into_any()
    }
}

/// A conversation of which everything was erased, but for what did not go out before.
#[component]
fn Erased(id: ConversationId, thread: Memo<Option<Thread>>, editing: Editing) -> impl IntoView {
    view! {
        <section class="conversation" aria-label=t(Word::Conversation)>
            <Head id thread/>
            <Messages thread editing/>
            <Notices id/>
            <ErasedLine thread/>
        </section>
    }
}

#[component]
fn NotHere() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let fetching = memo(move || desk.behind() > 0 || desk.link() == Link::Connecting);
    view! {
        <section class="conversation">
            <Show when=move || !hand.wide.get()>
                <header class="head"><BackButton/></header>
            </Show>
            <Show when=move || !fetching.get()>
                <div class="blank">
                    <h2>{t(Word::ConversationGone)}</h2>
                    <p>{t(Word::ConversationGoneText)}</p>
                    <a class="button" href=Place::Inbox.path()>{t(Word::GoOn)}</a>
                </div>
            </Show>
        </section>
    }
}

#[component]
fn BackButton() -> impl IntoView {
    view! {
        <a class="icon-button" href=Place::Inbox.path() aria-label=t(Word::BackToList)><Glyph icon=Icon::Back/></a>
    }
}

#[component]
fn Head(id: ConversationId, thread: Memo<Option<Thread>>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let name = memo(move || {
        let lang = hand.lang.get();
        thread.with(|thread| thread.as_ref().map(|thread| shopper(lang, &thread.conversation))).unwrap_or_default()
    });
    let erased = memo(move || thread.with(|thread| thread.as_ref().is_some_and(Thread::is_erased)));
    let waiting = memo(move || thread.with(|thread| thread.as_ref().and_then(|thread| thread.waiting)));
    let mine = memo(move || thread.with(|thread| thread.as_ref().is_some_and(|thread| thread.mine)));
    let owner = memo(move || thread.with(|thread| thread.as_ref().and_then(|thread| thread.owner.clone())));
    let open = memo(move || {
        thread.with(|thread| thread.as_ref().is_some_and(|it| it.conversation.state == ConversationState::Open))
    });
    // A narrow screen has room for two deeds: what is not one's own is taken before it is handed on.
    let hands_on = memo(move || open.get() && (hand.wide.get() || mine.get()));
    let leads = hand.may(Deed::SeeFigures);
    let held_by = memo(move || match (mine.get(), owner.get()) {
        (true, _) => Word::OwnerMe.say(hand.lang.get()).to_owned(),
        (false, Some(owner)) => phrases::owner(hand.lang.get(), &owner),
        (false, None) => Word::OwnerNobody.say(hand.lang.get()).to_owned(),
    });
    // Closing while somebody waits takes a second tap.
    let asked = RwSignal::new(false);
    let give = move |take: bool| {
        spawn_local(async move {
            let done = if take { desk.take(id).await } else { desk.close(id).await };
            let kept = done.is_ok();
            hand.trouble.set(done.err());
            if kept && !take && !hand.wide.get_untracked() {
                hand.go(Place::Inbox);
            }
        });
    };
    let close = move || {
        if waiting.get_untracked().is_some() && !asked.get_untracked() {
            asked.set(true);
        } else {
            give(false);
        }
    };
    effect(move || {
        waiting.track();
        asked.set(false);
    });
    effect(move || {
        let Some(wish) = hand.wish.get().filter(|wish| *wish != Wish::Transfer || !hands_on.get_untracked()) else {
            return;
        };
        hand.wish.set(None);
        match wish {
            Wish::Take if !mine.get_untracked() => give(true),
            Wish::Close if open.get_untracked() => close(),
            Wish::Take | Wish::Close | Wish::Transfer => {}
        }
    });
    let close_word = move || match (asked.get(), hand.wide.get()) {
        (false, _) => Word::CloseConversation,
        (true, true) => Word::CloseAlthoughWaiting,
        (true, false) => Word::CloseAnyway,
    };
    view! {
        <header class="head">
            <Show when=move || !hand.wide.get()>
                <BackButton/>
            </Show>
            <div class="head-who">
                <h2>{move || name.get()}</h2>
                <WhoLine id held_by/>
            </div>
            {move || waiting.get().map(|waiting| view! { <WaitClock waiting/> })}
            <Show when=move || !hand.roomy.get() && !erased.get()>
                <AboutButton id/>
            </Show>
            <Show when=move || open.get()>
                <div class="head-deeds">
                    <Show when=move || !mine.get()>
                        <button type="button" class="small" on:click=handler(move |_| give(true))>{t(Word::Take)}</button>
                    </Show>
                    <Show when=move || leads.get() && hand.wide.get() && !mine.get() && owner.with(Option::is_some)>
                        <WhisperButton id/>
                    </Show>
                    <Show when=move || hands_on.get()>
                        <TransferButton id/>
                    </Show>
                    <button
                        type="button"
                        class="small"
                        class:careful=move || asked.get()
                        on:click=handler(move |_| close())
                        on:blur=handler(move |_| asked.set(false))
                    >
                        {move || close_word().say(hand.lang.get())}
                    </button>
                </div>
            </Show>
        </header>
    }
}

/// The messages. The box is laid out from its end, so that the end stays in sight by itself: when a message comes,
/// when the composer grows, when a keyboard opens.
#[component]
fn Messages(thread: Memo<Option<Thread>>, editing: Editing) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let limit = RwSignal::new(MESSAGES_AT_ONCE);
    let scroller = NodeRef::<Div>::new();
    let at_end = RwSignal::new(true);
    let count = memo(move || thread.with(|thread| thread.as_ref().map_or(0, |thread| thread.bubbles.len())));
    let today = memo(move || hand.local(desk.now()).day);
    let messages = memo(move || {
        let (offset, lang, today) = (hand.offset_seconds(), hand.lang.get(), today.get());
        thread.with(|thread| match thread {
            Some(thread) => shown(thread, limit.get(), offset, lang, today),
            None => Vec::new(),
        })
    });
    let news = RwSignal::new(false);
    Effect::new(move |before: Option<usize>| {
        let now = count.get();
        if before.is_some_and(|before| now > before) && !at_end.get_untracked() {
            news.set(true);
        }
        now
    });
    let scrolled = move |_| {
        let Some(scroller) = scroller.get_untracked() else { return };
        let end = scroller.scroll_top().abs() < END_PX;
        if end != at_end.get_untracked() {
            at_end.set(end);
        }
        if end {
            news.set(false);
        }
    };
    let to_end = move |_| {
        if let Some(scroller) = scroller.get_untracked() {
            scroller.set_scroll_top(0);
        }
        news.set(false);
    };
    view! {
        <div class="messages" node_ref=scroller on:scroll=handler(scrolled) tabindex="0" aria-label=t(Word::Messages)>
            <div class="messages-all" role="log" aria-live="polite">
                <Show when=move || { count.get() > limit.get() }>
                    <button
                        type="button"
                        class="small earlier"
                        on:click=handler(move |_| limit.update(|limit| *limit += MESSAGES_AT_ONCE))
                    >
                        {t(Word::Earlier)}
                    </button>
                </Show>
                <For each=move || messages.get() key=Shown::key let:one>
                    <MessageBubble shown=one editing/>
                </For>
            </div>
        </div>
        <Show when=move || !at_end.get()>
            <div class="to-end">
                <button type="button" class="small" on:click=handler(to_end)>
                    {move || if news.get() { Word::NewMessages } else { Word::ToEnd }.say(hand.lang.get())}
                </button>
            </div>
        </Show>
    }
}

/// What came of taking, handing over or closing, where it was not what the member wanted.
#[component]
fn Notices(id: ConversationId) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let refused = memo(move || {
        let about = |held: &Held| match held.command.action() {
            Ok(Action::TakeConversation(args)) => args.conversation == id,
            Ok(Action::TransferConversation(args)) => args.conversation == id,
            Ok(Action::WhisperTo(args)) => args.conversation == id,
            Ok(Action::CloseConversation(args)) => args.conversation == id,
            _ => false,
        };
        desk.held().into_iter().filter(about).collect::<Vec<_>>()
    });
    let put_away = move |held: Held| spawn_local(async move { hand.trouble.set(desk.discard(held).await.err()) });
    let said = move |held: &Held| phrases::refused(hand.lang.get(), held, &desk.members());
    let note = |held: &Held| match held.command.action() {
        Ok(Action::TransferConversation(args)) => Some(args.note).filter(|note| !note.is_empty()),
        Ok(Action::WhisperTo(args)) => Some(args.words).filter(|words| !words.is_empty()),
        _ => None,
    };
    view! {
        <div class="notices" role="status">
            {move || {
                refused
                    .get()
                    .into_iter()
                    .map(|held| {
                        view! {
                            <p class="notice">
                                {said(&held)}
                                {note(&held).map(|note| view! { <q dir="auto">{note}</q> })}
                                <button type="button" class="small" on:click=handler(move |_| put_away(held.clone()))>
                                    {t(Word::Understood)}
                                </button>
                            </p>
                        }
                    })
                    .collect_view()
            }}
            {move || {
                hand.trouble.get().map(|trouble| view! { <p class="notice trouble">{phrases::cannot_keep(hand.lang.get(), &trouble)}</p> })
            }}
        </div>
    }
}
