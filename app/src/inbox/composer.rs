//! The composer. What is typed is kept on the device at every key, and nothing here waits for a network.

use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::task::spawn_local;
use qinda::model::{ConversationId, MESSAGE_CHARS_MAX};

use super::attachment::{AttachButton, Attached, Attachment};
use crate::desk::{CannotKeep, use_desk};
use crate::frame::hand::{Filling, use_hand};
use crate::frame::keys::is_composing;
use crate::local::outbox::{DraftOf, Held};
use crate::parts::icon::{Glyph, Icon};
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
    let field = NodeRef::<Textarea>::new();
    let text = RwSignal::new(desk.draft(DraftOf::Reply(id)));
    let filled = StoredValue::new(None::<Filling>);
    let attached = Attached::of(id);
    let fault = RwSignal::new(None::<CannotKeep>);
    let sending = StoredValue::new(false);
    let fingers = hand.fingers;
    let being_changed = StoredValue::new(None::<Held>);

    let write = move |words: String| {
        fault.set(None);
        if words.is_empty() {
            filled.set_value(None);
        }
        desk.set_draft(DraftOf::Reply(id), words.clone());
        text.set(words);
    };
    let focus = move || {
        if let Some(field) = field.get_untracked() {
            // A field in the page takes the focus.
            let _ = field.focus();
            let end = u32::try_from(field.value().encode_utf16().count()).unwrap_or(u32::MAX);
            let _ = field.set_selection_range(end, end);
        }
    };
    // Words are in the field only after the page was drawn.
    let focus_soon = move || request_animation_frame(focus);

    Effect::new(move |_| {
        let Some(filling) = hand.filling.get() else { return };
        hand.filling.set(None);
        attached.fill(filling.picture);
        let before = text.get_untracked();
        let last = filled.with_value(|filled| filled.as_ref().map(|filled| filled.text.clone()));
        let words = filled_with(&before, last.as_deref(), &filling.text);
        filled.set_value(Some(Filling { text: words.clone(), ..filling }));
        write(words);
        // On a phone the keyboard would cover what the thumb needs next: the send key.
        if !fingers.get_untracked() {
            focus_soon();
        }
    });
    Effect::new(move |_| {
        let Some((_, words)) = editing.get() else { return };
        let before = text.get_untracked();
        let same = being_changed.with_value(Option::is_some);
        being_changed.set_value(editing.get_untracked().map(|(held, _)| held));
        attached.set(being_changed.with_value(|held| held.as_ref().and_then(Held::picture)));
        write(if same { words } else { filled_with(&before, None, &words) });
        focus_soon();
    });
    Effect::new(move |_| {
        if hand.composer_wanted.get() {
            hand.composer_wanted.set(false);
            focus_soon();
        }
    });

    let send = move || {
        let words = text.get_untracked();
        let picture = untrack(|| attached.get());
        if (words.trim().is_empty() && picture.is_none()) || untrack(|| attached.is_busy()) || sending.get_value() {
            return;
        }
        sending.set_value(true);
        let chosen = filled.with_value(|filled| filled.as_ref().and_then(|filled| filled.article));
        let held = being_changed.get_value();
        spawn_local(async move {
            let kept = match held.clone() {
                Some(held) => desk.send_anyway(held, words.clone(), picture).await,
                None => desk.send(id, words.clone(), picture, chosen).await,
            };
            sending.try_set_value(false);
            match kept {
                Ok(()) => {
                    being_changed.try_set_value(None);
                    editing.try_set(None);
                    attached.sent(picture);
                    // Whoever types on while the disk writes keeps what came after.
                    let now = text.try_get_untracked().unwrap_or_default();
                    let rest = now.strip_prefix(words.as_str()).unwrap_or(&now).to_owned();
                    if !rest.is_empty() || held.is_some() {
                        desk.set_draft(DraftOf::Reply(id), rest.clone());
                    }
                    filled.try_set_value(None);
                    fault.try_set(None);
                    text.try_set(rest);
                }
                Err(why) => {
                    fault.try_set(Some(why));
                }
            }
        });
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        send();
        focus();
    };
    let pressed = move |event: web_sys::KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        let breaks = untrack(|| desk.preferences()).enter_breaks_line;
        let with = event.ctrl_key() || event.meta_key();
        match event.key().as_str() {
            "Enter" if event.shift_key() || event.alt_key() => {}
            "Enter" if breaks && !with => {}
            "Enter" => {
                event.prevent_default();
                if !event.repeat() {
                    send();
                }
            }
            "/" if text.with_untracked(String::is_empty) && !with => {
                event.prevent_default();
                hand.search_wanted.set(true);
            }
            "Escape" => {
                if let Some(field) = field.get_untracked() {
                    let _ = field.blur();
                }
            }
            _ => {}
        }
    };
    let chars = Memo::new(move |_| text.with(|text| text.chars().count()));
    let count = move || (chars.get() >= COUNT_FROM_CHARS).then(|| phrases::of_chars(chars.get(), MESSAGE_CHARS_MAX));
    let stop_changing = move |_| {
        being_changed.set_value(None);
        editing.set(None);
        attached.set(None);
        write(String::new());
    };
    let said = move || fault.get().map(|fault| phrases::cannot_keep(hand.lang.get(), &fault));
    view! {
        <form
            class="composer"
            on:submit=submit
            on:paste=move |event| attached.pasted(&event)
            on:dragover=move |event| event.prevent_default()
            on:drop=move |event| attached.dropped(&event)
        >
            <Show when=move || editing.with(Option::is_some)>
                <p class="changing">
                    {t(Word::ChangingHeld)}
                    <button type="button" class="quiet" on:click=stop_changing>{t(Word::Cancel)}</button>
                </p>
            </Show>
            <p class="fault" role="alert">{said}</p>
            <Attachment attached/>
            <AttachButton attached/>
            <div class="composer-field" data-text=move || text.get()>
                <textarea
                    node_ref=field
                    data-testid="composer"
                    rows="1"
                    enterkeyhint=move || if desk.preferences().enter_breaks_line { "enter" } else { "send" }
                    aria-label=t(Word::Reply)
                    placeholder=move || if hand.roomy.get() { Word::ReplyHint } else { Word::Reply }.say(hand.lang.get())
                    prop:value=text
                    on:input=move |event| write(event_target_value(&event))
                    on:keydown=pressed
                ></textarea>
                <span class="composer-count" class:over=move || { chars.get() > MESSAGE_CHARS_MAX }>{count}</span>
            </div>
            <button type="submit" class="send strong" data-testid="send" aria-label=t(Word::Send)>
                <Glyph icon=Icon::Send/>
                <span>{t(Word::Send)}</span>
            </button>
        </form>
    }
}

/// The composer's words after filling: untouched words of the last filling give way, one's own words stay.
fn filled_with(before: &str, last: Option<&str>, words: &str) -> String {
    if before.trim().is_empty() || last == Some(before) {
        return words.to_owned();
    }
    let gap = if before.ends_with(char::is_whitespace) { "" } else { "\n" };
    format!("{before}{gap}{words}")
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_suggestion_replaces_a_suggestion_but_never_ones_own_words() {
        assert_eq!(filled_with("", None, "今天发"), "今天发");
        assert_eq!(filled_with("今天发", Some("今天发"), "三天到"), "三天到");
        assert_eq!(filled_with("今天发哦", Some("今天发"), "三天到"), "今天发哦\n三天到");
        assert_eq!(filled_with("亲，", None, "三天到"), "亲，\n三天到");
    }
}
