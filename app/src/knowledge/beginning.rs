//! The first articles of a shop: ready-made ones, or what its agents keep answering.

use leptos::task::spawn_local;
use qinda::model::{ArticleFields, Deed};
use serde::Deserialize;

use super::standing::Standing;
use crate::desk::{CannotKeep, Told, use_desk};
use crate::frame::hand::use_hand;
use crate::parts::icon::{Glyph, Icon};
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::pages::{
    ALL_TAKEN, BEGIN, BEGIN_AGENT, BEGIN_FILE, BEGIN_HISTORY, BEGIN_HISTORY_HINT, BEGIN_STARTER, BEGIN_STARTER_HINT,
    BEGIN_TITLE, BEGIN_WRITE, LOOKING, NOTHING_RECURS, TAKE_ALL, p, recurs, take_articles,
};
use crate::words::{Word, phrases, t};

/// Where the ready-made articles lie.
const STARTER: &str = "/starter.json";
/// How far back recurring answers are looked for.
const HISTORY_DAYS: u32 = 31;

/// What stands where a shop has no article yet.
#[component]
pub(crate) fn FirstUse() -> impl IntoView {
    let hand = use_hand();
    let edits = hand.may(Deed::EditKnowledge);
    view! {
        <div class="blank first-use" data-testid="first-use">
            <Show when=move || edits.get() fallback=|| view! { <p>{p(BEGIN_AGENT)}</p> }>
                <h2>{p(BEGIN)}</h2>
                <a class="button strong" href=Place::Beginning.path()>{p(BEGIN_STARTER)}</a>
                <a class="button" href=Place::Import.path()>{p(BEGIN_FILE)}</a>
                <a class="button" href=Place::Beginning.path()>{p(BEGIN_HISTORY)}</a>
                <a class="quiet button" href=Place::NewArticle.path()>{p(BEGIN_WRITE)}</a>
            </Show>
        </div>
    }
}

/// An article to be had.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Offer {
    title: String,
    #[serde(default)]
    questions: Vec<String>,
    /// Ready-made ones may have several answers.
    #[serde(default)]
    answers: Vec<String>,
    /// A recurring answer is one.
    #[serde(default)]
    answer: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    shortcut: String,
    /// How often it was answered.
    #[serde(default)]
    times: usize,
}

impl Offer {
    fn fields(self) -> ArticleFields {
        let Self { title, questions, mut answers, answer, tags, shortcut, .. } = self;
        if !answer.is_empty() {
            answers.insert(0, answer);
        }
        ArticleFields { title, questions, answers, tags, shortcut }
    }
}

/// Where the offers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Starter,
    History,
}

impl Source {
    fn question(self) -> (&'static str, String) {
        match self {
            Self::Starter => ("starter", STARTER.to_owned()),
            Self::History => ("recurring", format!("/api/answers/recurring?days={HISTORY_DAYS}")),
        }
    }
}

/// The page of the first articles.
#[component]
pub(super) fn Beginning() -> impl IntoView {
    let hand = use_hand();
    let source = RwSignal::new(None::<Source>);
    let done = RwSignal::new(None::<usize>);
    let way = move |one: Source, name, hint| {
        view! {
            <button type="button" class="way" aria-pressed=move || (source.get() == Some(one)).to_string() on:click=handler(move |_| {
                done.set(None);
                source.set(Some(one));
            })>
                <b>{p(name)}</b>
                <span>{p(hint)}</span>
            </button>
        }
    };
    view! {
        <section class="page import beginning" aria-label=p(BEGIN_TITLE)>
            <header class="page-head">
                <a class="icon-button" href=Place::Knowledge.path() aria-label=t(Word::Knowledge)><Glyph icon=Icon::Back/></a>
                <h1>{p(BEGIN_TITLE)}</h1>
            </header>
            <div class="ways">
                {way(Source::Starter, BEGIN_STARTER, BEGIN_STARTER_HINT)}
                {way(Source::History, BEGIN_HISTORY, BEGIN_HISTORY_HINT)}
                <a class="way button" href=Place::Import.path()><b>{p(BEGIN_FILE)}</b></a>
            </div>
            {move || match (done.get(), source.get()) {
                (Some(count), _) => {
                    view! {
                        <div class="blank" role="status">
                            <h2>{phrases::imported(hand.lang.get(), count)}</h2>
                            <p>{t(Word::ImportedText)}</p>
                            <a class="button" href=Place::Knowledge.path()>{t(Word::Knowledge)}</a>
                        </div>
                    }
                        .into_any()
                }
                (None, Some(source)) => view! { <OffersOf source done/> }.into_any(),
                (None, None) => ().into_any(),
            }}
        </section>
    }
}

#[component]
fn OffersOf(source: Source, done: RwSignal<Option<usize>>) -> impl IntoView {
    let desk = use_desk();
    let told = Told::of(desk, memo(move || source.question()));
    let offers = memo(move || told.read::<Vec<Offer>>());
    move || match (offers.get(), told.problem()) {
        (Some(offers), _) => {
            // What the shop has already is not offered again.
            let titles: Vec<String> = untrack(|| desk.titles()).into_values().collect();
            let found = offers.len();
            let new: Vec<Offer> = offers.into_iter().filter(|offer| !titles.contains(&offer.title)).collect();
            match (found, new.is_empty()) {
                (0, _) => view! { <p class="hint">{p(NOTHING_RECURS)}</p> }.into_any(),
                (_, true) => view! { <p class="hint">{p(ALL_TAKEN)}</p> }.into_any(),
                _ => view! { <Offers offers=new done/> }.into_any(),
            }
        }
        (None, Some(_)) => view! { <Standing told/> }.into_any(),
        (None, None) => view! { <p class="hint" role="status">{p(LOOKING)}</p> }.into_any(),
    }
}

#[component]
fn Offers(offers: Vec<Offer>, done: RwSignal<Option<usize>>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let ticks = RwSignal::new(vec![true; offers.len()]);
    let fault = RwSignal::new(None::<CannotKeep>);
    let count = memo(move || ticks.with(|ticks| ticks.iter().filter(|on| **on).count()));
    let every = move || ticks.with(|ticks| ticks.iter().all(|on| *on));
    let set_all = move |event| {
        let on = event_target_checked(&event);
        ticks.update(|ticks| ticks.fill(on));
    };
    let all = StoredValue::new(offers.clone());
    let take = move |_| {
        let ticks = ticks.get_untracked();
        let chosen = all.get_value().into_iter().zip(ticks).filter(|(_, on)| *on);
        let chosen: Vec<ArticleFields> = chosen.map(|(offer, _)| offer.fields()).collect();
        spawn_local(async move {
            match desk.import_articles(chosen).await {
                Ok(count) => {
                    done.try_set(Some(count));
                }
                Err(why) => {
                    fault.try_set(Some(why));
                }
            }
        });
    };
    let said = move || fault.get().map(|fault| phrases::cannot_keep(hand.lang.get(), &fault));
    let row = move |(place, offer): (usize, Offer)| {
        let (times, wordings) = (offer.times, offer.questions.len() + 1);
        let fields = offer.fields();
        view! {
            <label class="offer">
                <input
                    type="checkbox"
                    prop:checked=move || ticks.with(|ticks| ticks[place])
                    on:change=ticked(move |ticked| ticks.update(|ticks| ticks[place] = ticked))
                />
                <span class="candidate-text">
                    <b>{fields.title}</b>
                    <span>{fields.answers.join(" ／ ")}</span>
                    {(times > 0).then(|| view! { <small>{move || recurs(hand.lang.get(), times, wordings)}</small> })}
                </span>
            </label>
        }
    };
    view! {
        <label class="tick">
            <input type="checkbox" prop:checked=every on:change=handler(set_all)/>
            <span>{p(TAKE_ALL)}</span>
        </label>
        {offers.into_iter().enumerate().map(row).collect_view()}
        <p class="fault" role="alert">{said}</p>
        <footer class="page-foot">
            <button type="button" class="strong" disabled=move || count.get() == 0 on:click=handler(take)>
                {move || take_articles(hand.lang.get(), count.get())}
            </button>
        </footer>
    }
}
