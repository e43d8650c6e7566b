//! The search box of the answers. It answers at every key, without a network, and already while an input method
//! is composing: the letters typed so far are searched as pinyin.

use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::card::{Entry, EntryCard};
use crate::desk::use_desk;
use crate::frame::hand::use_hand;
use crate::frame::keys::is_composing;
use crate::parts::icon::{Glyph, Icon};
use crate::words::{Word, phrases, t};

/// How many hits are shown.
const HITS_MAX: usize = 20;

/// A search box with what it finds. Before anything is typed it shows what it holds.
#[component]
pub(crate) fn AnswerSearch(
    /// Whether a hit goes into the composer.
    #[prop(into)]
    fills: Signal<bool>,
    /// What to do when the member leaves the search.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
    /// Shown before anything is typed.
    children: ChildrenFn,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let field = NodeRef::<Input>::new();
    let typed = RwSignal::new(String::new());
    let composing = RwSignal::new(false);
    let query = Memo::new(move |_| {
        let typed = typed.get();
        if composing.get() { letters_together(&typed) } else { typed.trim().to_owned() }
    });
    let hits = Memo::new(move |_| {
        let found = query.with(|query| if query.is_empty() { Vec::new() } else { desk.search(query, HITS_MAX) });
        found.iter().map(Entry::of_hit).collect::<Vec<_>>()
    });
    let searching = Memo::new(move |_| query.with(|query| !query.is_empty()));
    let none = Memo::new(move |_| searching.get() && hits.with(Vec::is_empty));

    Effect::new(move |_| {
        if hand.search_wanted.get() {
            hand.search_wanted.set(false);
            request_animation_frame(move || {
                if let Some(field) = field.get_untracked() {
                    // A field in the page takes the focus.
                    let _ = field.focus();
                    field.select();
                }
            });
        }
    });
    // What was put into the composer needs no search any more.
    Effect::new(move |_| {
        hand.fillings.track();
        typed.set(String::new());
    });
    let take_first = move || {
        let filling = hits.with_untracked(|hits| hits.first().and_then(|entry| entry.filling(0)));
        if let Some(filling) = filling.filter(|_| fills.get_untracked()) {
            hand.fill(filling);
        }
    };
    let leave = move || {
        if typed.with_untracked(String::is_empty) {
            if let Some(field) = field.get_untracked() {
                let _ = field.blur();
            }
            match on_leave {
                Some(leave) => leave.run(()),
                None => hand.composer_wanted.set(hand.place.get_untracked().conversation().is_some()),
            }
        } else {
            typed.set(String::new());
        }
    };
    let pressed = move |event: web_sys::KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        match event.key().as_str() {
            "Enter" => take_first(),
            "Escape" => leave(),
            "ArrowDown" => focus_first_hit(&event),
            _ => return,
        }
        event.prevent_default();
    };
    let said = move || {
        let count = hits.with(Vec::len);
        if searching.get() && !composing.get() { phrases::hits(hand.lang.get(), count) } else { String::new() }
    };
    view! {
        <div class="search">
            <div class="search-box">
                <Glyph icon=Icon::Search/>
                <input
                    node_ref=field
                    type="search"
                    data-testid="answer-search"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    enterkeyhint="search"
                    aria-label=t(Word::SearchAnswers)
                    placeholder=t(Word::SearchHint)
                    prop:value=typed
                    on:input=move |event| typed.set(event_target_value(&event))
                    on:compositionstart=move |_| composing.set(true)
                    on:compositionend=move |_| composing.set(false)
                    on:keydown=pressed
                />
                <Show when=move || !hand.fingers.get() && !searching.get()>
                    <kbd>"/"</kbd>
                </Show>
                {on_leave
                    .map(|leave| {
                        view! {
                            <button type="button" class="icon-button" aria-label=t(Word::CloseThis) on:click=move |_| leave.run(())>
                                <Glyph icon=Icon::Close/>
                            </button>
                        }
                    })}
            </div>
            <p class="unseen" role="status">{said}</p>
            <div class="search-found">
                <Show when=move || searching.get() fallback=move || children()>
                    <Show when=move || none.get()>
                        <p class="hint nothing">{move || phrases::nothing_found(hand.lang.get(), desk.search_ready())}</p>
                    </Show>
                    <For each=move || hits.get() key=|hit| format!("{hit:?}") let:hit>
                        <EntryCard entry=hit fills testid="answer-hit"/>
                    </For>
                </Show>
            </div>
        </div>
    }
}

/// What an input method has composed so far, as one word: it divides syllables by spaces or apostrophes.
fn letters_together(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’')).collect()
}

fn focus_first_hit(event: &web_sys::KeyboardEvent) {
    let search = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let search = search.and_then(|field| field.closest(".search").ok().flatten());
    let button = search.and_then(|search| search.query_selector(".search-found button").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
        // A button in the page takes the focus.
        let _ = button.focus();
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn an_unfinished_composition_is_one_pinyin_word() {
        assert_eq!(letters_together("fa huo"), "fahuo");
        assert_eq!(letters_together("fa'h"), "fah");
        assert_eq!(letters_together("几点fa'h"), "几点fah");
    }
}
