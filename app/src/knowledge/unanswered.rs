//! Questions that no article answered, to be made articles, or wordings of an article that is there.

use leptos::task::spawn_local;
use qinda::model::{Article, ArticleFields, ArticleId};

use super::form::begin_article;
use super::quality::DaysChoice;
use super::review::{Group, MONTH, Review, review_of};
use super::standing::Standing;
use crate::desk::{CannotKeep, FoundIn, Told, use_desk};
use crate::frame::hand::use_hand;
use crate::local::outbox::DraftOf;
use crate::parts::search_box::SearchBox;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::pages::{
    ADD_TO_ARTICLE, ALL_ANSWERED, ALL_ANSWERED_TEXT, HALF_WRITTEN, HAS_ARTICLE, LOOKING, MAKE_ARTICLE, UNANSWERED,
    UNANSWERED_HINT, WRITE_ON, WRITE_OVER, asked_times, p,
};
use crate::words::{Word, phrases, t};

/// How many groups are shown at first, and how many more come at each wish.
const SHOWN_AT_ONCE: usize = 30;
/// How many further wordings and replies of a group are shown.
const WORDINGS_SHOWN: usize = 6;
const REPLIES_SHOWN: usize = 3;
/// How many articles the search offers.
const FOUND_MAX: usize = 6;

/// The page of the questions that nothing answered.
#[component]
pub(super) fn Unanswered() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let days = RwSignal::new(MONTH);
    let told = Told::of(desk, memo(move || review_of(days.get())));
    let groups = memo(move || told.read::<Review>().map(|review| review.unanswered));
    let limit = RwSignal::new(SHOWN_AT_ONCE);
    let shown = move || {
        let groups = groups.get().unwrap_or_default();
        groups.into_iter().take(limit.get()).collect::<Vec<_>>()
    };
    let left = memo(move || groups.with(|groups| groups.as_ref().map_or(0, Vec::len)).saturating_sub(limit.get()));
    view! {
        <section class="page unanswered" aria-label=p(UNANSWERED)>
            <header class="page-head">
                <h1>{p(UNANSWERED)}</h1>
                <DaysChoice days/>
            </header>
            <p class="hint">{p(UNANSWERED_HINT)}</p>
            <Standing told/>
            <Show when=move || groups.with(Option::is_none) && told.problem().is_none()>
                <p class="hint" role="status">{p(LOOKING)}</p>
            </Show>
            <Show when=move || groups.with(|groups| groups.as_ref().is_some_and(Vec::is_empty))>
                <div class="blank"><h2>{p(ALL_ANSWERED)}</h2><p>{p(ALL_ANSWERED_TEXT)}</p></div>
            </Show>
            <For each=shown key=|group| group.example.clone() let:group>
                <GroupCard group/>
            </For>
            <Show when=move || { left.get() > 0 }>
                <button type="button" class="small" on:click=handler(move |_| limit.update(|limit| *limit += SHOWN_AT_ONCE))>
                    {move || phrases::show_more(hand.lang.get(), left.get())}
                </button>
            </Show>
        </section>
    }
}

#[component]
fn GroupCard(group: Group) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let Group { example: question, wordings, times, replies } = group.clone();
    let asked = question.clone();
    let answered = memo(move || desk.answered_by(&asked).and_then(|id| desk.article(id)));
    let adding = RwSignal::new(false);
    let half_written = RwSignal::new(false);
    let group = StoredValue::new(group);
    let make = move |anyway: bool| {
        // An article that somebody is in the middle of writing is not thrown away for this one.
        if !anyway && !desk.draft(DraftOf::Article(None)).is_empty() {
            half_written.set(true);
            return;
        }
        begin_article(desk, group.with_value(Group::fields));
        hand.go(Place::NewArticle);
    };
    view! {
        <article class="group" class:off=move || answered.with(Option::is_some) data-testid="unanswered">
            <h2>{question}</h2>
            <p class="hint">{move || asked_times(hand.lang.get(), times)}</p>
            <ul class="wordings">
                {wordings.into_iter().take(WORDINGS_SHOWN).map(|wording| view! { <li>{wording}</li> }).collect_view()}
            </ul>
            <ul class="replies">
                {replies
                    .into_iter()
                    .take(REPLIES_SHOWN)
                    .map(|reply| view! { <li><q>{reply}</q></li> })
                    .collect_view()}
            </ul>
            {move || match answered.get() {
                Some(article) => {
                    view! {
                        <p class="hint">
                            {p(HAS_ARTICLE)}
                            " "
                            <a href=Place::Article(article.id).path()>{article.fields.title}</a>
                        </p>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <div class="buttons">
                            <button type="button" class="small strong" on:click=handler(move |_| make(false))>{p(MAKE_ARTICLE)}</button>
                            <button
                                type="button"
                                class="small"
                                aria-expanded=move || adding.get().to_string()
                                on:click=handler(move |_| adding.update(|adding| *adding = !*adding))
                            >
                                {p(ADD_TO_ARTICLE)}
                            </button>
                        </div>
                        <Show when=move || half_written.get()>
                            <div class="notice trouble" role="alert">
                                <p>{p(HALF_WRITTEN)}</p>
                                <button type="button" class="small" on:click=handler(move |_| hand.go(Place::NewArticle))>{p(WRITE_ON)}</button>
                                <button type="button" class="small" on:click=handler(move |_| make(true))>{p(WRITE_OVER)}</button>
                            </div>
                        </Show>
                        <Show when=move || adding.get()>
                            <AddTo group/>
                        </Show>
                    }
                        .into_any()
                }
            }}
        </article>
    }
}

/// Adds the wordings to an article that is found by a search.
#[component]
fn AddTo(group: StoredValue<Group>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let typed = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<CannotKeep>);
    let found = memo(move || {
        let query = typed.get();
        let found = if query.trim().is_empty() { Vec::new() } else { desk.search(query.trim(), FOUND_MAX) };
        let articles = found.into_iter().filter_map(|found| match found.entry {
            FoundIn::Article(article) => Some(article),
            FoundIn::QuickReply(_) => None,
        });
        articles.collect::<Vec<Article>>()
    });
    let add = move |id: ArticleId| {
        let Some(article) = untrack(|| desk.article(id)) else { return };
        let fields = with_wordings(article.fields.clone(), group.with_value(|group| group.all_wordings().collect()));
        spawn_local(async move {
            let done = desk.put_article(Some(id), fields, Some(article)).await;
            fault.try_set(done.err());
        });
    };
    let said = move || fault.get().map(|fault| phrases::cannot_keep(hand.lang.get(), &fault));
    view! {
        <div class="add-to">
            <SearchBox typed=typed label=Signal::derive(t(Word::SearchArticles)) hint=Signal::derive(t(Word::SearchHint))/>
            <p class="fault" role="alert">{said}</p>
            <For each=move || found.get() key=|article| (article.id, article.version) let:article>
                <button type="button" class="found-article" on:click=handler(move |_| add(article.id))>
                    <b>{article.fields.title.clone()}</b>
                    <span>{article.fields.answers.first().cloned()}</span>
                </button>
            </For>
        </div>
    }
}

/// The article with further wordings, none of them twice.
fn with_wordings(mut fields: ArticleFields, wordings: Vec<String>) -> ArticleFields {
    for wording in wordings {
        if fields.title != wording && !fields.questions.contains(&wording) {
            fields.questions.push(wording);
        }
    }
    fields.questions.truncate(qinda::model::ARTICLE_QUESTIONS_MAX);
    fields
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_wording_is_added_once() {
        let fields =
            ArticleFields { title: "发货".into(), questions: vec!["几时发".into()], ..ArticleFields::default() };
        let more = ["发货", "几时发", "何时寄出", "何时寄出"].map(str::to_owned).to_vec();
        assert_eq!(with_wordings(fields, more).questions, ["几时发", "何时寄出"]);
    }
}
