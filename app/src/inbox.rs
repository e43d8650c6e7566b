//! The conversations: the list, the open one, and the answers beside it.

mod about;
mod attachment;
mod bubble;
mod composer;
mod conversation;
mod erasing;
mod list;
mod policy;
mod presence;
mod suggestions;
mod transfer;
mod whisper;

use self::conversation::ConversationPane;
use self::list::ConversationList;
use self::suggestions::AnswerPane;
pub(crate) use self::transfer::TransferButton;
pub(crate) use self::whisper::WhisperButton;
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::{Word, t};

/// List, conversation and answers, as many of them as the screen has room for.
#[component]
pub(crate) fn Inbox() -> impl IntoView {
    let hand = use_hand();
    let open = memo(move || hand.open_conversation());
    let list = memo(move || hand.wide.get() || open.get().is_none());
    let kept_at = StoredValue::new(0);
    let beside = memo(move || hand.roomy.get());
    view! {
        <div class="inbox">
            <Show when=move || list.get()>
                <ConversationList kept_at/>
            </Show>
            {move || match open.get() {
                Some(id) => view! { <ConversationPane id/> }.into_any(),
                None if hand.wide.get() => view! { <NoneOpen/> }.into_any(),
                None => ().into_any(),
            }}
            <Show when=move || beside.get()>
                <AnswerPane open/>
            </Show>
        </div>
    }
}

#[component]
fn NoneOpen() -> impl IntoView {
    view! {
        <section class="conversation none-open">
            <p class="hint">{t(Word::NoneOpen)}</p>
            <p class="hint"><kbd>"N"</kbd>{t(Word::KeyLongestWaiting)}</p>
            <p class="hint"><kbd>"?"</kbd>{t(Word::Keys)}</p>
        </section>
    }
}
