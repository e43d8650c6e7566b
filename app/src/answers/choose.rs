//! A list to choose an answer from: arrows move, Enter or a tap takes, and the focus stays in the search box.

use super::card::{Entry, Lines};
use crate::frame::hand::{Filling, use_hand};
use crate::parts::marked::Marked;
use crate::prelude::*;
use crate::words::hand::{self, said};

/// The list's id in the page; its options are numbered after it.
pub(super) const LIST: &str = "hits";
/// So many of an entry's answers can be chosen here; its card has them all.
const ANSWERS_SHOWN: usize = 3;

/// The handle of a list.
#[derive(Clone, Copy)]
pub(super) struct Choosing {
    /// What there is to choose from.
    hits: Memo<Vec<Entry>>,
    /// The options: which entry, which of its answers.
    options: Memo<Vec<(usize, usize)>>,
    /// The option that Enter takes.
    active: RwSignal<usize>,
}

impl Choosing {
    pub(super) fn new(hits: Memo<Vec<Entry>>) -> Self {
        let options = memo(move || {
            let answers = |(place, entry): (usize, &Entry)| {
                (0..entry.answer_count().min(ANSWERS_SHOWN)).map(move |answer| (place, answer)).collect::<Vec<_>>()
            };
            hits.with(|hits| hits.iter().enumerate().flat_map(answers).collect())
        });
        let active = RwSignal::new(0);
        // What was found for other words begins at the top again.
        effect(move || {
            options.track();
            active.set(0);
        });
        Self { hits, options, active }
    }

    /// Moves on by so many options, around the ends.
    pub(super) fn step(&self, by: isize) {
        let count = self.options.with_untracked(Vec::len);
        if count == 0 {
            return;
        }
        let from = self.active.get_untracked().min(count - 1);
        let to = (from + count).saturating_add_signed(by) % count;
        self.active.set(to);
        let option = document().get_element_by_id(&option_id(to));
        if let Some(option) = option {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            option.scroll_into_view_with_scroll_into_view_options(&options);
        }
    }

    /// The id of the option that Enter takes.
    pub(super) fn active_id(&self) -> Option<String> {
        let active = self.active.get();
        (active < self.options.with(Vec::len)).then(|| option_id(active))
    }

    /// The words of the option that Enter takes.
    pub(super) fn chosen(&self) -> Option<Filling> {
        self.filling(self.active.get_untracked())
    }

    fn filling(&self, option: usize) -> Option<Filling> {
        let (place, answer) = self.options.with_untracked(|options| options.get(option).copied())?;
        self.hits.with_untracked(|hits| hits.get(place)?.filling(answer))
    }

    /// The entries, each with the number of its first option.
    fn groups(&self) -> Vec<(usize, Entry)> {
        let options = self.options.get();
        let first = |place: usize| options.iter().position(|(entry, _)| *entry == place).unwrap_or(0);
        self.hits.get().into_iter().enumerate().map(|(place, entry)| (first(place), entry)).collect()
    }
}

fn option_id(number: usize) -> String {
    format!("{LIST}-{number}")
}

/// The list.
#[component]
pub(super) fn ChoiceList(
    /// What there is to choose from.
    choosing: Choosing,
) -> impl IntoView {
    view! {
        // A press here must not take the focus from the search box: without it the list would be gone before the tap.
        <div id=LIST class="choices" role="listbox" aria-label=said(hand::HITS) on:mousedown=|event| event.prevent_default()>
            <For each=move || choosing.groups() key=|(first, entry)| format!("{first} {entry:?}") let((first, entry))>
                <Group choosing first entry/>
            </For>
        </div>
    }
}

#[component]
fn Group(choosing: Choosing, first: usize, entry: Entry) -> impl IntoView {
    let Lines { title, because, shortcut, answers } = entry.lines();
    let label = title.0.clone();
    let option = move |(place, (text, marks)): (usize, (String, Vec<std::ops::Range<usize>>))| {
        view! { <Choice choosing number=first + place text marks/> }
    };
    view! {
        <div class="choice-group" role="group" aria-label=label data-testid="answer-hit">
            <p class="choice-title" aria-hidden="true">
                <b><Marked text=title.0 marks=title.1/></b>
                {(!shortcut.0.is_empty()).then(|| view! { <code><Marked text=shortcut.0 marks=shortcut.1/></code> })}
            </p>
            {because.map(|(text, marks)| view! { <p class="because" aria-hidden="true"><Marked text marks/></p> })}
            {answers.into_iter().take(ANSWERS_SHOWN).enumerate().map(option).collect_view()}
        </div>
    }
}

#[component]
fn Choice(choosing: Choosing, number: usize, text: String, marks: Vec<std::ops::Range<usize>>) -> impl IntoView {
    let hand = use_hand();
    let active = memo(move || choosing.active.get() == number);
    let take = move |_| {
        if let Some(filling) = choosing.filling(number) {
            hand.fill(filling);
        }
    };
    view! {
        <div
            id=option_id(number)
            class="choice-option"
            role="option"
            data-testid="choice"
            aria-selected=move || active.get().to_string()
            on:click=handler(take)
        >
            <p dir="auto"><Marked text marks/></p>
        </div>
    }
}
