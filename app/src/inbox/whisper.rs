//! A supervisor's word to whoever holds a conversation; the shopper never sees it.

use leptos::task::spawn_local;
use qinda::model::{ConversationId, ConversationState, NOTE_CHARS_MAX};

use crate::desk::{CannotKeep, Thread, use_desk};
use crate::frame::hand::use_hand;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::sheet::Sheet;
use crate::prelude::*;
use crate::words::hand::owner::{SAY_SOMETHING, WHISPER, WHISPER_HINT, WHISPER_TO, whispered};
use crate::words::hand::said;
use crate::words::{Word, phrases, t};

/// Why nothing was whispered.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Missing {
    Words,
    Room(CannotKeep),
}

/// Opens the sheet on which a supervisor whispers.
#[component]
pub(crate) fn WhisperButton(
    /// In which conversation.
    id: ConversationId,
) -> impl IntoView {
    let hand = use_hand();
    let desk = use_desk();
    let open = RwSignal::new(false);
    let words = RwSignal::new(String::new());
    let missing = RwSignal::new(None::<Missing>);
    let whisper = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if words.with_untracked(|words| words.trim().is_empty()) {
            missing.set(Some(Missing::Words));
            return;
        }
        spawn_local(async move {
            match desk.whisper(id, &words.get_untracked()).await {
                Ok(()) => {
                    open.try_set(false);
                    words.try_set(String::new());
                    missing.try_set(None);
                }
                Err(why) => drop(missing.try_set(Some(Missing::Room(why)))),
            }
        });
    };
    let fault = move || {
        let lang = hand.lang.get();
        missing.get().map(|missing| match missing {
            Missing::Words => SAY_SOMETHING.say(lang).to_owned(),
            Missing::Room(why) => phrases::cannot_keep(lang, &why),
        })
    };
    view! {
        <button type="button" class="small" data-testid="whisper" aria-haspopup="dialog" on:click=handler(move |_| open.set(true))>
            {said(WHISPER)}
        </button>
        <Sheet open=open title=WHISPER>
            <form class="transfer-form" on:submit=handler(whisper)>
                <label class="field">
                    <span>{said(WHISPER_TO)}</span>
                    <textarea
                        rows="3"
                        data-testid="whisper-words"
                        maxlength=NOTE_CHARS_MAX.to_string()
                        placeholder=said(WHISPER_HINT)
                        prop:value=words
                        on:input=written(move |text| words.set(text))
                    ></textarea>
                </label>
                <p class="fault" role="alert">{fault}</p>
                <button type="submit" class="strong" data-testid="whisper-send">{said(WHISPER)}</button>
            </form>
        </Sheet>
    }
}

/// What was whispered, until somebody answers or says that they heard.
#[component]
pub(super) fn WhisperNotice(
    /// The conversation.
    thread: Memo<Option<Thread>>,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let whisper = memo(move || {
        thread.with(|thread| {
            let thread = thread.as_ref().filter(|it| it.conversation.state == ConversationState::Open)?;
            Some((thread.conversation.id, thread.conversation.whisper.clone()?))
        })
    });
    view! {
        <div role="status">
            {move || {
                whisper
                    .get()
                    .map(|(id, whisper)| {
                        let heard = whisper.at;
                        let hear = move |_| {
                            spawn_local(async move { hand.trouble.set(desk.hear_whisper(id, heard).await.err()) });
                        };
                        view! {
                            <p class="notice whisper" data-testid="whispered">
                                <Glyph icon=Icon::Info/>
                                <span>{whispered(hand.lang.get(), &desk.members(), &whisper)}</span>
                                <q dir="auto">{whisper.words.clone()}</q>
                                <button type="button" class="small" on:click=handler(hear)>{t(Word::Understood)}</button>
                            </p>
                        }
                    })
            }}
        </div>
    }
}
