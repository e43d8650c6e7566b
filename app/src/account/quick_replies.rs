//! Quick replies: a member keeps their own, editors also keep the shop's.

use leptos::prelude::*;
use leptos::task::spawn_local;
use qinda::model::{Deed, QuickReply, QuickReplyFields};

use crate::desk::{CannotKeep, use_desk};
use crate::frame::hand::use_hand;
use crate::local::outbox::DraftOf;
use crate::parts::icon::{Glyph, Icon};
use crate::words::{Word, phrases, t};

/// What is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Writing {
    New,
    Changed(QuickReply),
}

/// The quick replies that this member may keep.
#[component]
pub(super) fn QuickReplies() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let edits = hand.may(Deed::EditKnowledge);
    let replies = Memo::new(move |_| {
        let mut replies = desk.quick_replies();
        replies.retain(|reply| reply.owner.is_some() || edits.get());
        replies
    });
    let writing = RwSignal::new(None::<Writing>);
    view! {
        <section class="block">
            <h2>{t(Word::QuickReplies)}</h2>
            <Show when=move || replies.with(Vec::is_empty)>
                <p class="hint">{t(Word::NoQuickReplies)}</p>
            </Show>
            <ul class="quick-replies">
                <For each=move || replies.get() key=|reply| (reply.id, reply.version) let:reply>
                    <Row reply writing edits/>
                </For>
            </ul>
            {move || match writing.get() {
                None => {
                    view! {
                        <button type="button" on:click=move |_| writing.set(Some(Writing::New))>
                            <Glyph icon=Icon::Add/>
                            {t(Word::NewQuickReply)}
                        </button>
                    }
                        .into_any()
                }
                Some(what) => view! { <Form what writing edits/> }.into_any(),
            }}
        </section>
    }
}

#[component]
fn Row(reply: QuickReply, writing: RwSignal<Option<Writing>>, edits: Memo<bool>) -> impl IntoView {
    let shared = reply.owner.is_none();
    let QuickReplyFields { shortcut, text, .. } = reply.fields.clone();
    let change = move |_| writing.set(Some(Writing::Changed(reply.clone())));
    view! {
        <li>
            <button type="button" on:click=change>
                <code>{shortcut}</code>
                <span>{text}</span>
                <Show when=move || shared && edits.get()>
                    <small>{t(Word::OfTheShop)}</small>
                </Show>
            </button>
        </li>
    }
}

#[component]
fn Form(what: Writing, writing: RwSignal<Option<Writing>>, edits: Memo<bool>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let old = match what {
        Writing::New => None,
        Writing::Changed(reply) => Some(reply),
    };
    let draft_of = DraftOf::QuickReply(old.as_ref().map(|reply| reply.id));
    let stands = old.as_ref().map(|reply| reply.fields.clone()).unwrap_or_default();
    let begun: QuickReplyFields = serde_json::from_str(&desk.draft(draft_of)).unwrap_or_else(|_| stands.clone());
    let shortcut = RwSignal::new(begun.shortcut);
    let text = RwSignal::new(begun.text);
    let shared = RwSignal::new(old.as_ref().is_some_and(|reply| reply.owner.is_none()));
    Effect::new(move |_| {
        let now = QuickReplyFields { shortcut: shortcut.get(), text: text.get(), ..stands.clone() };
        let draft = if now == stands { String::new() } else { serde_json::to_string(&now).unwrap_or_default() };
        desk.set_draft(draft_of, draft);
    });
    let fault = RwSignal::new(None::<CannotKeep>);
    let removable = old.is_some();
    let old = StoredValue::new(old);
    let outcome = move |done: Result<(), CannotKeep>| match done {
        Ok(()) => {
            writing.try_set(None);
        }
        Err(why) => {
            fault.try_set(Some(why));
        }
    };
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let stood = old.with_value(|old| old.as_ref().map(|old| old.fields.clone())).unwrap_or_default();
        let fields = QuickReplyFields { shortcut: shortcut.get_untracked(), text: text.get_untracked(), ..stood };
        let (id, base) = old.with_value(|old| old.as_ref().map(|old| (old.id, old.version))).unzip();
        let shared = shared.get_untracked();
        spawn_local(async move {
            outcome(desk.put_quick_reply(id, fields, shared, base.unwrap_or(0)).await.map(|_| ()));
        });
    };
    let remove = move |_| {
        if let Some(reply) = old.get_value() {
            spawn_local(async move { outcome(desk.remove_quick_reply(reply).await) });
        }
    };
    let cancel = move |_| {
        desk.set_draft(draft_of, String::new());
        writing.set(None);
    };
    let said = move || fault.get().map(|fault| phrases::cannot_keep(hand.lang.get(), &fault));
    view! {
        <form class="quick-reply-form" on:submit=save>
            <label class="field">
                <span>{t(Word::Shortcut)}</span>
                <input
                    required
                    autocapitalize="none"
                    spellcheck="false"
                    prop:value=shortcut
                    on:input=move |event| shortcut.set(event_target_value(&event))
                />
            </label>
            <label class="field">
                <span>{t(Word::Text)}</span>
                <span class="grow" data-text=move || text.get()>
                    <textarea required rows="2" prop:value=text on:input=move |event| text.set(event_target_value(&event))></textarea>
                </span>
            </label>
            <Show when=move || edits.get()>
                <label class="tick">
                    <input type="checkbox" prop:checked=shared on:change=move |event| shared.set(event_target_checked(&event))/>
                    <span>{t(Word::ForTheShop)}</span>
                </label>
            </Show>
            <p class="fault" role="alert">{said}</p>
            <div class="buttons">
                <button type="submit" class="strong small">{t(Word::Save)}</button>
                <button type="button" class="small" on:click=cancel>{t(Word::Cancel)}</button>
                {removable.then(|| view! { <button type="button" class="small" on:click=remove>{t(Word::Remove)}</button> })}
            </div>
        </form>
    }
}
