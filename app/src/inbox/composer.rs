//! The composer. What is typed is kept on the device at every key, and nothing here waits for a network.

mod back;
mod blanks;
mod keyboard;
mod offered;
mod owned;
mod sending;
mod taken;
mod wording;
mod writing;

use leptos::html::Div;
use qinda::model::{ConversationId, MESSAGE_CHARS_MAX};

use self::back::Back;
use self::blanks::{BlankRow, focus_first};
use self::offered::OfferedRow;
use self::owned::OwnedRow;
use self::sending::Sending;
use self::taken::{Taken, words_with};
use self::wording::{FindingLine, ReasonRow};
use self::writing::{Refused, Writing};
use super::attachment::{AttachButton, Attached, Attachment};
use crate::desk::{picture_of, use_desk};
use crate::frame::hand::use_hand;
use crate::local::clock::page_millis;
use crate::local::outbox::Held;
use crate::parts::icon::{Glyph, Icon};
use crate::prelude::*;
use crate::words::hand::{self, said};
use crate::words::{Word, phrases, t};

/// From here on the composer counts.
const COUNT_FROM_CHARS: usize = MESSAGE_CHARS_MAX - 1_000;

/// A held reply that is being changed, with the words to begin with.
pub(crate) type Editing = RwSignal<Option<(Held, String)>>;

/// Where a reply is written.
#[component]
pub(crate) fn Composer(
    /// Whom it answers.
    id: ConversationId,
    /// A held reply that is being changed.
    editing: Editing,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let opened_at = page_millis();
    let writing = Writing::begin(id, desk, hand);
    let attached = Attached::of(id);
    let (row, line) = (NodeRef::<Div>::new(), NodeRef::<Div>::new());
    let findings = wording::follow(writing);
    let sending = Sending::new(writing, editing, attached, row, line);

    effect(move || {
        let Some(filling) = hand.filling.get() else { return };
        hand.filling.set(None);
        attached.fill(filling.picture);
        let before = writing.text.get_untracked();
        let last = writing.taken.get_untracked();
        let taken = Taken::new(filling, &before, last.as_ref(), &writing.facts());
        let words = taken.words.clone();
        let told = Taken { choice_ms: desk.choice_ms(id, opened_at), asked: Some(desk.asked(id)), ..taken };
        writing.write(words);
        writing.set_taken(Some(told));
        // On a phone the keyboard would cover what the thumb needs next: the send key.
        if !hand.fingers.get_untracked() {
            request_animation_frame(move || {
                if !focus_first(row) {
                    writing.focus_soon();
                }
            });
        }
    });
    effect(move || {
        let Some((held, words)) = editing.get() else { return };
        let before = writing.text.get_untracked();
        let same = sending.is_changing();
        writing.write(if same { words } else { words_with(&before, None, &words) });
        writing.reason.set(held.reply().map(|reply| reply.reason).unwrap_or_default());
        attached.set(picture_of(&held.command));
        sending.change(held);
        writing.focus_soon();
    });
    effect(move || {
        if writing.text.with(String::is_empty) {
            desk.note_rest();
        }
    });
    on_cleanup(move || desk.tell_drafts_at_once());
    effect(move || {
        if hand.composer_wanted.get() {
            hand.composer_wanted.set(false);
            writing.focus_soon();
        }
    });

    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if sending.send() {
            writing.focus_soon();
        }
    };
    let chars = memo(move || writing.text.with(|text| text.chars().count()));
    let count = move || (chars.get() >= COUNT_FROM_CHARS).then(|| phrases::of_chars(chars.get(), MESSAGE_CHARS_MAX));
    let stop_changing = move |_| {
        sending.change_nothing();
        editing.set(None);
        attached.set(None);
        writing.write(String::new());
    };
    let fault = move || {
        let lang = hand.lang.get();
        writing.refused.get().map(|refused| match refused {
            Refused::Unfilled(names) => hand::unfilled(lang, &names),
            Refused::Blocked(words) => hand::blocked(lang, &words),
            Refused::NeedsReason | Refused::Owned => String::new(),
            Refused::NotKept(why) => phrases::cannot_keep(lang, &why),
        })
    };
    let careful = move || writing.refused.with(|refused| *refused == Some(Refused::NeedsReason));
    let part = memo(move || {
        let part = |taken: &Taken| (taken.of > 1).then(|| (taken.number(), taken.of));
        writing.taken.with(|taken| taken.as_ref().and_then(part))
    });
    let send_word = move || {
        let lang = hand.lang.get();
        match part.get() {
            _ if careful() => hand::SEND_ANYWAY.say(lang).to_owned(),
            Some((number, of)) => hand::send_part(lang, number, of),
            None => Word::Send.say(lang).to_owned(),
        }
    };
    view! {
        <form
            class="composer"
            on:submit=handler(submit)
            on:paste=move |event| attached.pasted(&event)
            on:dragover=move |event| event.prevent_default()
            on:drop=move |event| attached.dropped(&event)
        >
            <Show when=move || editing.with(Option::is_some)>
                <p class="changing">
                    {t(Word::ChangingHeld)}
                    <button type="button" class="quiet" on:click=handler(stop_changing)>{t(Word::Cancel)}</button>
                </p>
            </Show>
            <OfferedRow writing/>
            <FindingLine writing findings line/>
            <ReasonRow writing/>
            <OwnedRow writing sending/>
            <BlankRow writing row/>
            <PartRow writing part/>
            <p class="fault" role="alert" data-testid="refused">{fault}</p>
            <Attachment attached/>
            <AttachButton attached/>
            <div class="composer-field">
                <Back writing findings/>
                <textarea
                    node_ref=writing.field
                    data-testid="composer"
                    rows="1"
                    enterkeyhint=move || if desk.preferences().enter_breaks_line { "enter" } else { "send" }
                    aria-label=t(Word::Reply)
                    placeholder=move || if hand.roomy.get() { Word::ReplyHint } else { Word::Reply }.say(hand.lang.get())
                    prop:value=writing.text
                    on:input=move |event| {
                        desk.note_typing();
                        keyboard::count(writing, &event);
                        writing.write(event_target_value(&event));
                    }
                    on:compositionend=move |event| keyboard::count_composed(writing, &event)
                    on:keydown=move |event| keyboard::pressed(writing, sending, &event)
                ></textarea>
                <span class="composer-count" class:over=move || { chars.get() > MESSAGE_CHARS_MAX }>{count}</span>
            </div>
            <button type="submit" class="send strong" class:anyway=careful data-testid="send" aria-label=send_word>
                <Glyph icon=Icon::Send/>
                <span>{send_word}</span>
            </button>
        </form>
    }
}

/// Where one stands in an answer that is sent in parts.
#[component]
fn PartRow(writing: Writing, part: Memo<Option<(usize, usize)>>) -> impl IntoView {
    let lang = writing.hand.lang;
    let skip = move |_| writing.write(String::new());
    view! {
        {move || {
            part.get()
                .map(|(number, of)| {
                    view! {
                        <p class="part-row" data-testid="part">
                            {hand::part(lang.get(), number, of)}
                            <button type="button" class="quiet" on:click=handler(skip)>{said(hand::SKIP_PARTS)}</button>
                        </p>
                    }
                })
        }}
    }
}
