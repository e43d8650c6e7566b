//! One hand on the keyboard. Single letters count only while no field has the focus, and never within a composition.

use leptos::ev;
use leptos::html::Dialog;
use qinda::model::{ConversationId, Deed};
use wasm_bindgen::JsCast;

use super::hand::{Hand, Wish, use_hand};
use crate::prelude::*;
use crate::screen::place::{Area, Place};
use crate::words::{Word, t};

/// The key code that Safari gives to the key that ends a composition.
const COMPOSITION_KEY: u32 = 229;
/// How many suggestions have a key of their own.
pub(crate) const SUGGESTION_KEYS: usize = 3;

/// Whether a key belongs to an input method. An Enter that ends a composition must not send.
pub(crate) fn is_composing(event: &web_sys::KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == COMPOSITION_KEY
}

/// Listens for the desk's keys.
pub(crate) fn follow_keys(list: RwSignal<bool>) {
    let hand = use_hand();
    let gone = StoredValue::new(false);
    let keys = Keys { hand, list, gone, answers: hand.may(Deed::Answer), figures: hand.may(Deed::SeeFigures) };
    let listener = window_event_listener(ev::keydown, move |event| {
        if is_composing(&event) || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        if event.default_prevented() || in_field(&event) || in_dialog() {
            return;
        }
        if keys.pressed(&event.key()) {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}

#[derive(Clone, Copy)]
struct Keys {
    hand: Hand,
    list: RwSignal<bool>,
    /// `G` was pressed: the next letter says where to.
    gone: StoredValue<bool>,
    answers: Memo<bool>,
    figures: Memo<bool>,
}

impl Keys {
    /// Does what a key asks for; says whether it asks for anything.
    fn pressed(&self, key: &str) -> bool {
        let key = key.to_ascii_lowercase();
        if self.gone.get_value() {
            self.gone.set_value(false);
            return self.go(&key);
        }
        match key.as_str() {
            "j" => self.step(1),
            "k" => self.step(-1),
            "n" => self.longest_waiting(),
            "a" if self.open().is_some() => self.hand.wish.set(Some(Wish::Take)),
            "t" if self.open().is_some() => self.hand.wish.set(Some(Wish::Transfer)),
            "e" if self.open().is_some() => self.hand.wish.set(Some(Wish::Close)),
            "r" if self.open().is_some() => self.hand.composer_wanted.set(true),
            "/" => self.search(),
            "?" => self.list.set(true),
            "g" => self.gone.set_value(true),
            _ => return false,
        }
        true
    }

    fn go(&self, key: &str) -> bool {
        let place = match key {
            "n" if self.answers.get_untracked() => Place::Inbox,
            "w" if self.figures.get_untracked() => Place::Now,
            "f" if self.figures.get_untracked() => Place::Figures,
            "k" => Place::Knowledge,
            "s" => Place::Answers,
            "m" => Place::Me,
            _ => return false,
        };
        self.hand.go(place);
        true
    }

    fn order(&self) -> Vec<ConversationId> {
        self.hand.inbox.with_untracked(|rows| rows.iter().map(|row| row.conversation.id).collect())
    }

    fn open(&self) -> Option<ConversationId> {
        self.hand.place.get_untracked().conversation()
    }

    fn step(&self, by: isize) {
        let order = self.order();
        let at = self.open().and_then(|open| order.iter().position(|id| *id == open));
        let next = match at {
            Some(at) => at.checked_add_signed(by),
            None => Some(0),
        };
        if let Some(id) = next.and_then(|next| order.get(next)) {
            self.hand.go(Place::Conversation(*id));
        }
    }

    fn longest_waiting(&self) {
        let first = self
            .hand
            .inbox
            .with_untracked(|rows| rows.iter().find(|row| row.waiting.is_some()).map(|row| row.conversation.id));
        if let Some(id) = first {
            self.hand.go(Place::Conversation(id));
            self.hand.composer_wanted.set(true);
        }
    }

    fn search(&self) {
        let area = self.hand.place.get_untracked().area();
        if area != Area::Inbox && area != Area::Answers {
            self.hand.go(Place::Answers);
        }
        self.hand.search_wanted.set(true);
    }
}

fn in_field(event: &web_sys::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| element.closest("input, textarea, select, [contenteditable]").ok().flatten().is_some())
}

fn in_dialog() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}

/// The keys, for whoever asks with `?`.
#[component]
pub(crate) fn KeyList(
    /// Whether it is open.
    shown: RwSignal<bool>,
) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    effect(move || {
        let Some(dialog) = dialog.get() else { return };
        if shown.get() && !dialog.open() {
            // A dialog that is in the page and closed can always be shown.
            let _ = dialog.show_modal();
        }
    });
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let rows: [(&[&str], Word); 17] = [
        (&["J", "K"], Word::KeyNextPrevious),
        (&["N"], Word::KeyLongestWaiting),
        (&["R"], Word::KeyWrite),
        (&["Alt+1", "Alt+2", "Alt+3"], Word::KeySuggestion),
        (&["/"], Word::KeySearch),
        (&["↑", "↓"], Word::KeyChoose),
        (&["Tab"], Word::KeyBlank),
        (&["Enter"], Word::KeySend),
        (&["Shift+Enter"], Word::KeyLine),
        (&["A"], Word::KeyTake),
        (&["T"], Word::KeyTransfer),
        (&["E"], Word::KeyClose),
        (&["Esc"], Word::KeyLeave),
        (&["G N"], Word::KeyGoInbox),
        (&["G S", "G K"], Word::KeyGoAnswers),
        (&["G W", "G F"], Word::KeyGoFigures),
        (&["G M"], Word::KeyGoMe),
    ];
    view! {
        <dialog class="keys" node_ref=dialog on:close=handler(move |_| shown.set(false)) aria-labelledby="keys-title">
            <header>
                <h2 id="keys-title">{t(Word::Keys)}</h2>
                <button type="button" class="quiet" on:click=handler(close)>{t(Word::CloseThis)}</button>
            </header>
            <dl>
                {rows
                    .into_iter()
                    .map(|(keys, word)| {
                        view! {
                            <div>
                                <dt>{keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view()}</dt>
                                <dd>{t(word)}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
            <p class="hint">{t(Word::KeysHint)}</p>
        </dialog>
    }
}
