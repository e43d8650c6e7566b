//! Keys in the composer: what they do, and what of it counts as typing.

use wasm_bindgen::JsCast;

use super::sending::Sending;
use super::writing::Writing;
use crate::frame::keys::is_composing;
use crate::local::clock::page_millis;
use crate::prelude::*;

/// Does what a key asks for.
pub(super) fn pressed(writing: Writing, sending: Sending, event: &web_sys::KeyboardEvent) {
    if is_composing(event) {
        return;
    }
    let breaks = untrack(|| writing.desk.preferences()).enter_breaks_line;
    let with = event.ctrl_key() || event.meta_key();
    match event.key().as_str() {
        "Enter" if event.shift_key() || event.alt_key() => {}
        "Enter" if breaks && !with => {}
        "Enter" => {
            event.prevent_default();
            if !event.repeat() {
                sending.send();
            }
        }
        "Tab" if !event.shift_key() && !with && writing.select_next_blank() => event.prevent_default(),
        "/" if writing.text.with_untracked(String::is_empty) && !with => {
            event.prevent_default();
            writing.hand.search_wanted.set(true);
        }
        "Escape" => {
            if let Some(field) = writing.field.get_untracked() {
                let _ = field.blur();
            }
        }
        _ => {}
    }
}

/// Counts what a key brought. What was pasted or corrected by the device is not typed; what an input method is still
/// composing counts once it is done.
pub(super) fn count(writing: Writing, event: &web_sys::Event) {
    let Some(event) = event.dyn_ref::<web_sys::InputEvent>() else { return };
    let chars = match event.input_type().as_str() {
        "insertText" if !event.is_composing() => event.data().map_or(0, |data| data.chars().count()),
        "insertLineBreak" | "insertParagraph" => 1,
        "insertCompositionText" | "deleteContentBackward" => 0,
        _ => return,
    };
    typed(writing, chars);
}

/// Counts the words that an input method has composed.
pub(super) fn count_composed(writing: Writing, event: &web_sys::CompositionEvent) {
    typed(writing, event.data().map_or(0, |data| data.chars().count()));
}

fn typed(writing: Writing, chars: usize) {
    writing.typing.update_value(|typing| typing.typed(chars, page_millis()));
}
