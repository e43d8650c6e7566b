//! What the shop knows and keeps: articles, what was learned, what is missing, wording rules, policies. Everybody
//! reads articles, rules and policies; editors change them.

pub(crate) mod beginning;
mod checks;
mod copies;
mod form;
mod former;
pub(crate) mod import;
mod lessons;
mod policies;
mod quality;
mod review;
mod rules;
pub(crate) mod standing;
mod unanswered;

use qinda::model::{Article, ArticleId, Deed};

use self::beginning::{Beginning, FirstUse};
use self::form::ArticleForm;
use self::import::Import;
use self::lessons::Lessons;
use self::policies::Policies;
use self::quality::Quality;
use self::rules::Rules;
use self::unanswered::Unanswered;
use crate::answers::card::{Entry, EntryCard};
use crate::desk::{FoundIn, use_desk};
use crate::frame::hand::use_hand;
use crate::parts::blank::Blank;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::rows::Rows;
use crate::parts::search_box::SearchBox;
use crate::prelude::*;
use crate::screen::place::{Place, Shelf};
use crate::words::pages::{ARTICLES, IMPORT, LESSONS, POLICIES, QUALITY, RULES, TWO_WORDINGS, Text, UNANSWERED, p};
use crate::words::{Word, phrases, t};

/// The height of a row in pixels; `.article-row` in the style sheet has the same.
const ROW_HEIGHT: f64 = 58.0;
/// How many articles a search shows.
const FOUND_MAX: usize = 500;

/// Everything that the shop knows and keeps: one area with a shelf for each kind.
#[component]
pub(crate) fn Knowledge() -> impl IntoView {
    let hand = use_hand();
    let edits = hand.may(Deed::EditKnowledge);
    let shelf = memo(move || hand.place.get().shelf());
    let strip = memo(move || hand.wide.get() || !hand.place.get().is_alone());
    // What went wrong elsewhere was told there.
    hand.trouble.set(None);
    let said = move || hand.trouble.get().map(|why| phrases::cannot_keep(hand.lang.get(), &why));
    view! {
        <div class="shelves">
            <Show when=move || strip.get()>
                <Shelves edits/>
            </Show>
            <p class="fault" role="alert">{said}</p>
            {move || match shelf.get() {
                Shelf::Articles => view! { <Articles edits/> }.into_any(),
                Shelf::Rules => view! { <Rules edits/> }.into_any(),
                Shelf::Policies => view! { <Policies edits/> }.into_any(),
                _ if !edits.get() => {
                    view! { <Blank title=Word::ForbiddenTitle text=Word::ForbiddenText to=Place::Knowledge/> }.into_any()
                }
                Shelf::Lessons => view! { <Lessons/> }.into_any(),
                Shelf::Import => view! { <Importing/> }.into_any(),
                Shelf::Unanswered => view! { <Unanswered/> }.into_any(),
                Shelf::Quality => view! { <Quality/> }.into_any(),
            }}
        </div>
    }
}

/// The way from shelf to shelf.
#[component]
fn Shelves(edits: Memo<bool>) -> impl IntoView {
    let hand = use_hand();
    let shelf = move |shelf: Shelf| {
        let here = memo(move || hand.place.get().shelf() == shelf);
        let tab = NodeRef::<leptos::html::A>::new();
        // On a phone the strip is wider than the screen: the shelf that is open is never outside it.
        effect(move || {
            if let Some(tab) = tab.get().filter(|_| here.get()) {
                tab.scroll_into_view_with_bool(false);
            }
        });
        view! {
            <a node_ref=tab href=shelf.place().path() aria-current=move || here.get().then_some("page")>{p(name_of(shelf))}</a>
        }
    };
    view! {
        <nav class="shelf-strip" aria-label=t(Word::Knowledge)>
            {move || {
                let shelves = Shelf::ALL.into_iter().filter(|shelf| edits.get() || shelf.is_for_readers());
                shelves.map(shelf).collect_view()
            }}
        </nav>
    }
}

const fn name_of(shelf: Shelf) -> Text {
    match shelf {
        Shelf::Articles => ARTICLES,
        Shelf::Lessons => LESSONS,
        Shelf::Unanswered => UNANSWERED,
        Shelf::Quality => QUALITY,
        Shelf::Rules => RULES,
        Shelf::Policies => POLICIES,
        Shelf::Import => IMPORT,
    }
}

#[component]
fn Importing() -> impl IntoView {
    let hand = use_hand();
    let begins = memo(move || hand.place.get() == Place::Beginning);
    move || if begins.get() { view! { <Beginning/> }.into_any() } else { view! { <Import/> }.into_any() }
}

/// The list of articles, and the one that is open.
#[component]
fn Articles(edits: Memo<bool>) -> impl IntoView {
    let hand = use_hand();
    let list = memo(move || hand.wide.get() || hand.place.get() == Place::Knowledge);
    let kept_at = StoredValue::new(0);
    view! {
        <div class="knowledge">
            <Show when=move || list.get()>
                <ArticleList edits kept_at/>
            </Show>
            {move || match hand.place.get() {
                Place::Article(id) => view! { <OneArticle id edits/> }.into_any(),
                Place::NewArticle if edits.get() => {
                    view! {
                        <section class="detail">
                            <ArticleForm article=None/>
                        </section>
                    }
                        .into_any()
                }
                Place::NewArticle => {
                    view! {
                        <section class="detail">
                            <div class="blank"><h2>{t(Word::ForbiddenTitle)}</h2><p>{t(Word::ForbiddenText)}</p></div>
                        </section>
                    }
                        .into_any()
                }
                _ if hand.wide.get() => {
                    view! {
                        <section class="detail none-open">
                            <p class="hint">{t(Word::NoArticleOpen)}</p>
                        </section>
                    }
                        .into_any()
                }
                _ => ().into_any(),
            }}
        </div>
    }
}

#[component]
fn ArticleList(edits: Memo<bool>, kept_at: StoredValue<i32>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let typed = RwSignal::new(String::new());
    let articles = memo(move || {
        let query = typed.get();
        if query.trim().is_empty() {
            return desk.articles();
        }
        let found = desk.search(query.trim(), FOUND_MAX).into_iter();
        found
            .filter_map(|found| match found.entry {
                FoundIn::Article(article) => Some(article),
                FoundIn::QuickReply(_) => None,
            })
            .collect()
    });
    let count = memo(move || desk.article_count());
    let shown = memo(move || articles.with(Vec::len));
    let key = |article: &Article| article.id;
    view! {
        <section class="list" aria-label=t(Word::Knowledge)>
            <header class="list-head">
                <Show when=move || !hand.wide.get()>
                    <a class="icon-button" href=Place::Answers.path() aria-label=t(Word::Answers)>
                        <Glyph icon=Icon::Back/>
                    </a>
                </Show>
                <h1><span class="count">{t(Word::Knowledge)} " " <b>{move || count.get()}</b></span></h1>
                <Show when=move || edits.get()>
                    <a class="icon-button" href=Place::NewArticle.path() aria-label=t(Word::NewArticle) title=t(Word::NewArticle)>
                        <Glyph icon=Icon::Add/>
                    </a>
                </Show>
            </header>
            <SearchBox typed=typed label=Signal::derive(t(Word::SearchArticles)) hint=Signal::derive(t(Word::SearchHint))/>
            <Show
                when=move || { shown.get() > 0 }
                fallback=move || {
                    if count.get() == 0 {
                        return view! { <FirstUse/> }.into_any();
                    }
                    view! { <Blank title=Word::NothingFound text=Word::NothingFoundText/> }.into_any()
                }
            >
                <Rows items=articles key row_height=ROW_HEIGHT kept_at label=Word::Knowledge row=|id, article| view! { <Row id article/> }/>
            </Show>
        </section>
    }
}

#[component]
fn Row(id: ArticleId, article: Memo<Option<Article>>) -> impl IntoView {
    let hand = use_hand();
    let here = memo(move || hand.place.get() == Place::Article(id));
    let title = move || article.with(|article| article.as_ref().map(|article| article.fields.title.clone()));
    let answer = move || {
        article.with(|article| {
            let answer = article.as_ref()?.fields.answers.first()?;
            Some(answer.chars().map(|c| if c.is_control() { ' ' } else { c }).take(80).collect::<String>())
        })
    };
    let waits = move || {
        let waits = article.with(|article| article.as_ref().is_some_and(|article| !article.copies.is_empty()));
        waits.then(|| view! { <b class="two-wordings">{p(TWO_WORDINGS)}</b> })
    };
    let shortcut = move || article.with(|article| article.as_ref().map(|article| article.fields.shortcut.clone()));
    view! {
        <a class="article-row" href=Place::Article(id).path() aria-current=move || here.get().then_some("true")>
            <span class="row-name">{title}</span>
            <code>{shortcut}</code>
            <span class="row-latest">{waits} {answer}</span>
        </a>
    }
}

#[component]
fn OneArticle(id: ArticleId, edits: Memo<bool>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let article = memo(move || desk.article(id));
    let here = memo(move || article.with(Option::is_some));
    // What is being edited stays as it is when somebody removes the article meanwhile; the form tells it.
    move || {
        if !here.get() {
            return view! {
                <section class="detail">
                    <div class="blank">
                        <h2>{t(Word::ArticleGone)}</h2>
                        <p>{t(Word::ArticleGoneText)}</p>
                        <a class="button" href=Place::Knowledge.path()>{t(Word::GoOn)}</a>
                    </div>
                </section>
            }
            .into_any();
        }
        if edits.get() {
            return view! { <section class="detail"><ArticleForm article=article.get_untracked()/></section> }
                .into_any();
        }
        view! {
            <section class="detail">
                <Show when=move || !hand.wide.get()>
                    <header class="head">
                        <a class="icon-button" href=Place::Knowledge.path() aria-label=t(Word::BackToList)><Glyph icon=Icon::Back/></a>
                    </header>
                </Show>
                {move || article.get().map(|article| view! { <ReadArticle article/> })}
            </section>
        }
        .into_any()
    }
}

#[component]
fn ReadArticle(article: Article) -> impl IntoView {
    let hand = use_hand();
    let changed = article.changed_at;
    let questions = article.fields.questions.clone();
    let tags = article.fields.tags.join(" · ");
    view! {
        <div class="reading">
            <EntryCard entry=Entry::of_article(&article) fills=false open=true/>
            {(!questions.is_empty())
                .then(|| {
                    view! {
                        <h3 class="over">{t(Word::Wordings)}</h3>
                        <ul>{questions.into_iter().map(|question| view! { <li>{question}</li> }).collect_view()}</ul>
                    }
                })}
            <p class="hint">{tags}</p>
            <p class="hint">{move || phrases::changed_at(hand.lang.get(), &hand.local(changed).exact())}</p>
        </div>
    }
}
