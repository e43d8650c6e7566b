//! What waits to be sent, and what came back without effect.

use leptos::task::spawn_local;
use qinda::sync::Action;

use crate::desk::{CannotKeep, use_desk};
use crate::frame::hand::use_hand;
use crate::local::outbox::Held;
use crate::parts::copy::CopyButton;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::replies::refusal;
use crate::words::{Word, phrases, t};

/// The member's own words that are not with the server.
#[component]
pub(super) fn Unsent() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let unsent = memo(move || desk.unsent());
    let held = memo(move || desk.held());
    let fault = RwSignal::new(None::<CannotKeep>);
    let anything = move || unsent.get() > 0 || !held.with(Vec::is_empty);
    let said = move || fault.get().map(|fault| phrases::cannot_keep(hand.lang.get(), &fault));
    view! {
        <Show when=anything>
            <section class="block">
                <h2>{t(Word::NotSentYet)}</h2>
                <Show when=move || { unsent.get() > 0 }>
                    <p>{move || phrases::waits_to_go_out(hand.lang.get(), unsent.get())}</p>
                </Show>
                <p class="fault" role="alert">{said}</p>
                <For each=move || held.get() key=|held| held.key.clone() let:held>
                    <HeldRow held fault/>
                </For>
            </section>
        </Show>
    }
}

#[component]
fn HeldRow(held: Held, fault: RwSignal<Option<CannotKeep>>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let action = held.command.action().ok();
    let words = action.as_ref().and_then(words);
    let place = action.as_ref().and_then(place);
    let at = held.at;
    let is_reply = matches!(action, Some(Action::SendMessage(_)));
    let may_go_again = held.may_go_again() && !is_reply;
    let kept = StoredValue::new(held);
    let first_is_here = memo(move || desk.held().iter().any(|other| kept.with_value(|held| held.waits_for(other))));
    let again = move |_| {
        spawn_local(async move {
            let done = desk.send_again(&kept.get_value()).await;
            fault.try_set(done.err());
        });
    };
    let title = move || kept.with_value(|held| phrases::deed(hand.lang.get(), held));
    let reason = move || kept.with_value(|held| refusal(desk, hand.lang.get(), held));
    let discard = move |_| {
        spawn_local(async move {
            let done = desk.discard(kept.get_value()).await;
            fault.try_set(done.err());
        });
    };
    view! {
        <article class="held-row">
            <p><b>{title}</b> " " <time class="hint">{move || hand.local(at).exact()}</time></p>
            {words.clone().map(|words| view! { <p class="words">{words}</p> })}
            <p class="hint">
                {reason}
                <Show when=move || first_is_here.get()>" " {t(Word::GoesAlong)}</Show>
            </p>
            <div class="buttons">
                <Show when=move || may_go_again && !first_is_here.get()>
                    <button type="button" class="small" on:click=handler(again)>{t(Word::SendAgain)}</button>
                </Show>
                {place.map(|place| view! { <a class="small button" href=place.path()>{t(Word::OpenIt)}</a> })}
                {words.map(|words| view! { <CopyButton text=Signal::stored(words)/> })}
                <button type="button" class="small" on:click=handler(discard)>{t(Word::Discard)}</button>
            </div>
        </article>
    }
}

/// The words that would be lost with it.
fn words(action: &Action) -> Option<String> {
    match action {
        Action::SendMessage(args) => Some(args.text.clone()),
        Action::PutDraft(args) => Some(args.text.clone()),
        Action::PutArticle(args) => Some(format!("{}\n{}", args.fields.title, args.fields.answers.join("\n\n"))),
        Action::PutQuickReply(args) => Some(args.fields.text.clone()),
        Action::PutPolicy(args) => {
            let words = args.fields.rules.iter().map(|rule| rule.words.as_str());
            Some(std::iter::once(args.fields.title.as_str()).chain(words).collect::<Vec<_>>().join("\n"))
        }
        Action::PutPack(args) => Some(args.fields.name.clone()),
        Action::WhisperTo(args) => (!args.words.is_empty()).then(|| args.words.clone()),
        Action::TransferConversation(args) => (!args.note.is_empty()).then(|| args.note.clone()),
        Action::TakeConversation(_)
        | Action::DescribeConversation(_)
        | Action::ChooseAnswer(_)
        | Action::JudgeLesson(_)
        | Action::RemovePack(_)
        | Action::RemovePolicy(_)
        | Action::CloseConversation(_)
        | Action::RemoveArticle(_)
        | Action::RemoveQuickReply(_) => None,
    }
}

/// Where it can be put right.
fn place(action: &Action) -> Option<Place> {
    match action {
        Action::SendMessage(args) => Some(Place::Conversation(args.conversation)),
        Action::TakeConversation(args) => Some(Place::Conversation(args.conversation)),
        Action::TransferConversation(args) => Some(Place::Conversation(args.conversation)),
        Action::WhisperTo(args) => Some(Place::Conversation(args.conversation)),
        Action::CloseConversation(args) => Some(Place::Conversation(args.conversation)),
        Action::PutDraft(args) => Some(Place::Conversation(args.conversation)),
        Action::PutArticle(args) => Some(Place::Article(args.id)),
        Action::RemoveArticle(args) => Some(Place::Article(args.id)),
        Action::DescribeConversation(args) => Some(Place::Conversation(args.conversation)),
        Action::PutQuickReply(args) => Some(Place::QuickReply(args.id)),
        Action::RemoveQuickReply(args) => Some(Place::QuickReply(args.id)),
        Action::ChooseAnswer(_)
        | Action::JudgeLesson(_)
        | Action::PutPack(_)
        | Action::RemovePack(_)
        | Action::PutPolicy(_)
        | Action::RemovePolicy(_) => None,
    }
}
