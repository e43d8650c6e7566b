//! What an answer leaves open is asked for in place, above the composer.

use leptos::html::Div;
use leptos::task::spawn_local;
use qinda::blanks::{BLANK_CHARS_MAX, Blank, Known, filled};
use qinda::model::ABOUT_CHARS_MAX;
use wasm_bindgen::JsCast;

use super::writing::Writing;
use crate::desk::learned;
use crate::frame::keys::is_composing;
use crate::prelude::*;
use crate::words::hand::{self, said};

/// One small field for each blank that nobody filled. It is in the page as long as there is one.
#[component]
pub(super) fn BlankRow(
    /// What is being written.
    writing: Writing,
    /// The row, for whoever wants the focus in it.
    row: NodeRef<Div>,
) -> impl IntoView {
    let names = memo(move || writing.unfilled());
    view! {
        <Show when=move || !names.with(Vec::is_empty)>
            <div class="blank-row" node_ref=row role="group" aria-label=said(hand::BLANKS) data-testid="blanks">
                <For each=move || names.get() key=Clone::clone let:name>
                    <BlankField writing name row/>
                </For>
            </div>
        </Show>
    }
}

#[component]
fn BlankField(writing: Writing, name: String, row: NodeRef<Div>) -> impl IntoView {
    let screen = writing.hand;
    let known = Known::named(&name);
    let blank = Blank { name: name.clone(), known, at: 0..0 };
    // What the desk knows stands here already, for a blank that was typed or pasted.
    let value = RwSignal::new(writing.facts().value(&blank).unwrap_or_default());
    let label = {
        let name = name.clone();
        move || known.map_or_else(|| name.clone(), |known| hand::blank(screen.lang.get(), known).to_owned())
    };
    let name = StoredValue::new(name);
    let keep = move || {
        let given = value.get_untracked().trim().to_owned();
        if given.is_empty() || given.contains(['{', '}', '｛', '｝']) {
            return;
        }
        let is_it = |blank: &Blank| name.with_value(|name| blank.name == *name);
        let words = writing.text.with_untracked(|text| filled(text, |blank| is_it(blank).then(|| given.clone())));
        writing.write_filled(words);
        if let Some(about) = known.and_then(|known| learned(known, given)) {
            spawn_local(async move {
                if let Err(why) = writing.desk.describe(writing.id, about).await {
                    screen.trouble.try_set(Some(why));
                }
            });
        }
    };
    let pressed = move |event: web_sys::KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                keep();
                // The filled blank is gone by then.
                request_animation_frame(move || {
                    if !focus_first(row) {
                        writing.focus_soon();
                    }
                });
            }
            "Escape" => {
                event.prevent_default();
                writing.focus_soon();
            }
            _ => {}
        }
    };
    view! {
        <label class="blank-field">
            <span>{label}</span>
            <input
                type="text"
                data-testid="blank"
                autocomplete="off"
                enterkeyhint="next"
                maxlength=ABOUT_CHARS_MAX.to_string()
                size=BLANK_CHARS_MAX.to_string()
                prop:value=value
                on:input=written(move |text| value.set(text))
                on:change=handler(move |_| keep())
                on:keydown=handler(pressed)
            />
        </label>
    }
}

/// Puts the focus into the first blank; says whether there is one.
pub(super) fn focus_first(row: NodeRef<Div>) -> bool {
    let row = row.get_untracked().filter(|row| row.is_connected());
    let field = row.and_then(|row| row.query_selector("input").ok().flatten());
    let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok()) else { return false };
    let _ = field.focus();
    field.select();
    true
}
