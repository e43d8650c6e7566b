//! The search box of the answers. It answers at every key, without a network, and already while an input method
//! is composing: the letters typed so far are searched as pinyin.

use leptos::html::Input;
use wasm_bindgen::JsCast;

use super::card::{Entry, EntryCard};
use super::choose::{ChoiceList, Choosing, LIST};
use crate::desk::use_desk;
use crate::frame::hand::use_hand;
use crate::frame::keys::is_composing;
use crate::parts::icon::{Glyph, Icon};
use crate::prelude::*;
use crate::words::hand::{self as words, said as said_in};
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
    let query = memo(move || {
        let typed = typed.get();
        if composing.get() { letters_together(&typed) } else { typed.trim().to_owned() }
    });
    let focused = RwSignal::new(false);
    // Before anything is typed: what this agent and the team choose most.
    let browsing = memo(move || focused.get() && fills.get());
    let hits = memo(move || {
        query.with(|query| match query.is_empty() {
            true if !browsing.get() => Vec::new(),
            _ => {
                let found = desk.search_in(query, HITS_MAX, hand.open_conversation());
                found.iter().map(|found| Entry::of_hit(found, query)).collect::<Vec<_>>()
            }
        })
    });
    let asking = memo(move || query.with(|query| !query.is_empty()));
    let searching = memo(move || asking.get() || !hits.with(Vec::is_empty));
    let none = memo(move || asking.get() && hits.with(Vec::is_empty));
    let choosing = Choosing::new(hits);

    effect(move || {
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
    effect(move || {
        hand.fillings.track();
        typed.set(String::new());
    });
    let take = move || {
        if let Some(filling) = choosing.chosen().filter(|_| fills.get_untracked()) {
            hand.fill(filling);
        }
    };
    let leave = move || {
        typed.set(String::new());
        if let Some(field) = field.get_untracked() {
            let _ = field.blur();
        }
        if let Some(leave) = on_leave {
            leave.run(());
        }
        hand.composer_wanted.set(hand.place.get_untracked().conversation().is_some());
    };
    let pressed = move |event: web_sys::KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        match event.key().as_str() {
            "Enter" => take(),
            "Escape" => leave(),
            "ArrowDown" if fills.get_untracked() => choosing.step(1),
            "ArrowUp" if fills.get_untracked() => choosing.step(-1),
            "ArrowDown" => step_cards(&event, 1),
            _ => return,
        }
        event.prevent_default();
    };
    let walked = move |event: web_sys::KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            _ => return,
        };
        event.prevent_default();
        step_cards(&event, by);
    };
    let role = move || fills.get().then_some("combobox");
    let listed = move || fills.get() && searching.get() && !none.get();
    let said = move || {
        let count = hits.with(Vec::len);
        if asking.get() && !composing.get() { phrases::hits(hand.lang.get(), count) } else { String::new() }
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
                    role=role
                    aria-autocomplete=move || fills.get().then_some("list")
                    aria-expanded=move || fills.get().then(|| listed().to_string())
                    aria-controls=move || listed().then_some(LIST)
                    aria-activedescendant=move || choosing.active_id().filter(|_| listed())
                    aria-label=t(Word::SearchAnswers)
                    placeholder=t(Word::SearchHint)
                    prop:value=typed
                    on:input=written(move |text| typed.set(text))
                    on:compositionstart=handler(move |_| composing.set(true))
                    on:compositionend=handler(move |_| composing.set(false))
                    on:keydown=handler(pressed)
                    on:focus=handler(move |_| focused.set(true))
                    on:blur=handler(move |_| focused.set(false))
                />
                <Show when=move || !hand.fingers.get() && !asking.get() && !focused.get()>
                    <kbd>"/"</kbd>
                </Show>
                {on_leave
                    .map(|leave| {
                        view! {
                            <button type="button" class="icon-button" aria-label=t(Word::CloseThis) on:click=handler(move |_| leave.run(()))>
                                <Glyph icon=Icon::Close/>
                            </button>
                        }
                    })}
            </div>
            <p class="unseen" role="status">{said}</p>
            <div class="search-found" on:keydown=handler(walked)>
                <Show when=move || searching.get() fallback=move || children()>
                    <Show when=move || none.get()>
                        <p class="hint nothing">{move || phrases::nothing_found(hand.lang.get(), desk.search_ready())}</p>
                    </Show>
                    <Show when=move || !asking.get()>
                        <h2 class="over">{said_in(words::OFTEN_USED)}</h2>
                    </Show>
                    <Show
                        when=move || fills.get()
                        fallback=move || {
                            view! {
                                <For each=move || hits.get() key=|hit| format!("{hit:?}") let:hit>
                                    <EntryCard entry=hit fills=false testid="answer-hit"/>
                                </For>
                            }
                        }
                    >
                        <Show when=listed>
                            <ChoiceList choosing/>
                            <p class="hint choose-keys">{said_in(words::CHOOSE_KEYS)}</p>
                        </Show>
                    </Show>
                </Show>
            </div>
        </div>
    }
}

/// What an input method has composed so far, as one word: it divides syllables by spaces or apostrophes.
fn letters_together(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’')).collect()
}

/// Moves the focus from card to card: each by its copy button.
fn step_cards(event: &web_sys::KeyboardEvent, by: isize) {
    let from = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let Some(search) = from.as_ref().and_then(|from| from.closest(".search").ok().flatten()) else { return };
    let Ok(buttons) = search.query_selector_all(".search-found .answer.first .copy") else { return };
    let button = |place: u32| buttons.item(place)?.dyn_into::<web_sys::HtmlElement>().ok();
    let card = from.and_then(|from| from.closest(".entry").ok().flatten());
    let here = card.and_then(|card| {
        (0..buttons.length()).find(|place| button(*place).is_some_and(|button| card.contains(Some(&button))))
    });
    let next = here.map_or(Some(0), |here| u32::try_from(here as isize + by).ok());
    if let Some(button) = next.and_then(button) {
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
