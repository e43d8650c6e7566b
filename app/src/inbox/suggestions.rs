//! What to answer: beside the conversation on a laptop, above the composer on a phone.

use std::time::Duration;

use leptos::ev;
use qinda::model::ConversationId;

use super::about::AboutFold;
use super::policy::PolicyButton;
use crate::answers::ManageReplies;
use crate::answers::card::{Entry, EntryCard};
use crate::answers::search::AnswerSearch;
use crate::desk::use_desk;
use crate::frame::hand::use_hand;
use crate::frame::keys::SUGGESTION_KEYS;
use crate::parts::icon::{Glyph, Icon};
use crate::prelude::*;
use crate::words::{Word, phrases, t};

/// How many articles are suggested.
const SUGGESTIONS_MAX: usize = 3;
/// How many quick replies stand at hand; the search finds the others.
const QUICK_REPLIES_MAX: usize = 60;
/// How long a finger rests on a suggestion that it wants to read.
const LONG_PRESS: Duration = Duration::from_millis(450);

fn suggested(id: impl Fn() -> Option<ConversationId> + Send + Sync + 'static) -> Memo<Vec<Entry>> {
    let desk = use_desk();
    memo(move || {
        let suggested = id().map(|id| desk.suggestions(id, SUGGESTIONS_MAX)).unwrap_or_default();
        suggested.iter().map(Entry::of_suggestion).collect()
    })
}

fn quick_replies() -> Memo<Vec<Entry>> {
    let desk = use_desk();
    memo(move || desk.quick_replies().iter().take(QUICK_REPLIES_MAX).map(Entry::of_reply).collect())
}

/// Takes a suggestion by `Alt` and its number, also while somebody writes.
fn follow_number_keys(suggestions: Memo<Vec<Entry>>) {
    let hand = use_hand();
    let listener = window_event_listener(ev::keydown, move |event| {
        if !event.alt_key() || event.ctrl_key() || event.meta_key() {
            return;
        }
        // By its place on the keyboard: with Alt some keyboards write signs instead of digits.
        let number = event.code().strip_prefix("Digit").and_then(|digit| digit.parse::<usize>().ok());
        let Some(place) = number.filter(|number| (1..=SUGGESTION_KEYS).contains(number)) else { return };
        let filling = suggestions.with_untracked(|entries| entries.get(place - 1).and_then(|entry| entry.filling(0)));
        if let Some(filling) = filling {
            event.prevent_default();
            hand.fill(filling);
        }
    });
    on_cleanup(move || listener.remove());
}

/// The answers' own column on a laptop: what fits, what is at hand, and the search.
#[component]
pub(crate) fn AnswerPane(
    /// The open conversation.
    open: Memo<Option<ConversationId>>,
) -> impl IntoView {
    let hand = use_hand();
    let suggestions = suggested(move || open.get());
    let replies = quick_replies();
    let fills = Signal::derive(move || open.get().is_some());
    follow_number_keys(suggestions);
    let key_hint = move |place: usize| (place < SUGGESTION_KEYS).then(|| format!("Alt+{}", place + 1));
    let none = move || open.get().is_some() && suggestions.with(Vec::is_empty);
    view! {
        <aside class="pane" aria-label=t(Word::Answers)>
            <AboutFold open/>
            <AnswerSearch fills>
                <Show when=move || !suggestions.with(Vec::is_empty)>
                    <h2 class="over">{t(Word::Suggested)}</h2>
                    <For
                        each=move || suggestions.get().into_iter().enumerate()
                        key=|(place, entry)| format!("{place}{entry:?}")
                        let((place, entry))
                    >
                        <EntryCard entry fills testid="suggestion" key_hint=key_hint(place)/>
                    </For>
                </Show>
                <PolicyButton conversation=open class="small policy-open"/>
                <Show when=none>
                    <p class="hint nothing">{move || Word::NoSuggestion.say(hand.lang.get())}</p>
                </Show>
                <Show when=move || !replies.with(Vec::is_empty)>
                    <ManageReplies/>
                    <For each=move || replies.get() key=|entry| format!("{entry:?}") let:entry>
                        <EntryCard entry fills/>
                    </For>
                </Show>
            </AnswerSearch>
        </aside>
    }
}

/// What is open above the row of suggestions.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Panel {
    /// The search.
    Search,
    /// One entry in full.
    Whole(Box<Entry>),
}

/// A row of suggestions under the thumb: a tap fills the composer, a long press shows the whole answer.
#[component]
pub(crate) fn SuggestionRow(
    /// For which conversation.
    id: ConversationId,
) -> impl IntoView {
    let hand = use_hand();
    let suggestions = suggested(move || Some(id));
    let replies = quick_replies();
    let panel = RwSignal::new(None::<Panel>);
    follow_number_keys(suggestions);
    effect(move || {
        if hand.search_wanted.get() && panel.get_untracked() != Some(Panel::Search) {
            panel.set(Some(Panel::Search));
        }
    });
    effect(move || {
        hand.fillings.track();
        panel.set(None);
    });
    let search = move |_| {
        if panel.get_untracked() == Some(Panel::Search) {
            panel.set(None);
        } else {
            hand.search_wanted.set(true);
        }
    };
    view! {
        {move || match panel.get() {
            None => ().into_any(),
            Some(Panel::Search) => {
                view! {
                    <div class="panel">
                        <AnswerSearch fills=true on_leave=move |()| panel.set(None)>
                            <p class="hint nothing">{t(Word::SearchLong)}</p>
                        </AnswerSearch>
                    </div>
                }
                    .into_any()
            }
            Some(Panel::Whole(entry)) => {
                view! {
                    <div class="panel">
                        <button type="button" class="icon-button panel-close" aria-label=t(Word::CloseThis) on:click=handler(move |_| panel.set(None))>
                            <Glyph icon=Icon::Close/>
                        </button>
                        <EntryCard entry=*entry fills=true open=true/>
                    </div>
                }
                    .into_any()
            }
        }}
        <div class="chips" role="toolbar" aria-label=t(Word::Suggested)>
            <button type="button" class="chip chip-search" aria-label=t(Word::SearchAnswers) on:click=handler(search)>
                <Glyph icon=Icon::Search/>
            </button>
            <For each=move || suggestions.get() key=|entry| format!("{entry:?}") let:entry>
                <Chip entry panel testid="suggestion"/>
            </For>
            <PolicyButton conversation=Signal::stored(Some(id)) class="chip chip-policy"/>
            <For each=move || replies.get() key=|entry| format!("{entry:?}") let:entry>
                <Chip entry panel/>
            </For>
        </div>
    }
}

#[component]
fn Chip(entry: Entry, panel: RwSignal<Option<Panel>>, #[prop(default = "")] testid: &'static str) -> impl IntoView {
    let hand = use_hand();
    let suggested = !testid.is_empty();
    let answers = entry.answer_count();
    let title = entry.name().to_owned();
    let because = entry.reason();
    let entry = StoredValue::new(entry);
    // A further tap brings the next of several answers.
    let next = StoredValue::new(0);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let pressed_long = StoredValue::new(false);
    let let_go = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    on_cleanup(let_go);
    let press = move |_| {
        let_go();
        pressed_long.set_value(false);
        let rested = move || {
            pressed_long.try_set_value(true);
            panel.try_set(entry.try_get_value().map(|entry| Panel::Whole(Box::new(entry))));
        };
        timer.set_value(set_timeout_with_handle(rested, LONG_PRESS).ok());
    };
    let tap = move |_| {
        let_go();
        if pressed_long.get_value() {
            return;
        }
        if let Some(filling) = entry.with_value(|entry| entry.filling(next.get_value())) {
            next.update_value(|next| *next += 1);
            hand.fill(filling);
        }
    };
    view! {
        <button
            type="button"
            class="chip"
            class:suggested=suggested
            data-testid=testid
            on:click=handler(tap)
            on:pointerdown=handler(press)
            on:pointerup=handler(move |_| let_go())
            on:pointercancel=handler(move |_| let_go())
            on:pointerleave=handler(move |_| let_go())
            on:contextmenu=move |event| event.prevent_default()
        >
            <span class="chip-words">
                <span>{title}</span>
                {because.map(|because| view! { <small>{move || because.say(hand.lang.get())}</small> })}
            </span>
            {(answers > 1).then(|| view! { <small aria-label=phrases::answers(hand.lang.get_untracked(), answers)>{answers}</small> })}
        </button>
    }
}
