//! What the desk learned from the answers that agents chose, to look through and to take back.

use leptos::task::spawn_local;
use qinda::model::{ArticleId, Lesson, LessonId};

use crate::desk::use_desk;
use crate::frame::hand::use_hand;
use crate::parts::rows::Rows;
use crate::parts::search_box::SearchBox;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::pages::{
    GIVE_AGAIN, LESSONS, LESSONS_HINT, LESSONS_TAKEN_BACK, NO_LESSONS, NO_LESSONS_TEXT, NO_SUCH_LESSON, SEARCH_LESSONS,
    TAKE_BACK, learned_from_this, lesson_counts, p,
};
use crate::words::{Word, t};

/// The height of a row in pixels; `.lesson` in the style sheet has the same.
const ROW_HEIGHT: f64 = 72.0;
/// How many lessons an article shows before the rest is asked for.
const OF_ARTICLE_MAX: usize = 20;

/// A lesson with the title of its article.
type Titled = (Lesson, Option<String>);

/// Every lesson.
#[component]
pub(super) fn Lessons() -> impl IntoView {
    let desk = use_desk();
    let typed = RwSignal::new(String::new());
    let only_taken_back = RwSignal::new(false);
    let kept_at = StoredValue::new(0);
    let all = memo(move || {
        let titles = desk.titles();
        let titled = desk.lessons().into_iter().map(|lesson| (titles.get(&lesson.article).cloned(), lesson));
        titled.map(|(title, lesson)| (lesson, title)).collect::<Vec<Titled>>()
    });
    let count = memo(move || all.with(Vec::len));
    let shown = memo(move || {
        let wanted = typed.get().trim().to_lowercase();
        let only_taken_back = only_taken_back.get();
        all.with(|all| {
            let fits = |text: &str| text.to_lowercase().contains(&wanted);
            let wanted = |(lesson, title): &&Titled| {
                (lesson.taken_back || !only_taken_back)
                    && (wanted.is_empty() || fits(&lesson.text) || title.as_deref().is_some_and(fits))
            };
            all.iter().filter(wanted).cloned().collect::<Vec<_>>()
        })
    });
    let nothing = memo(move || shown.with(Vec::is_empty));
    let key = |(lesson, _): &Titled| lesson.id;
    view! {
        <section class="list lessons" aria-label=p(LESSONS)>
            <header class="list-head">
                <h1><span class="count">{p(LESSONS)} " " <b>{move || count.get()}</b></span></h1>
                <label class="tick">
                    <input
                        type="checkbox"
                        prop:checked=only_taken_back
                        on:change=ticked(move |ticked| only_taken_back.set(ticked))
                    />
                    <span>{p(LESSONS_TAKEN_BACK)}</span>
                </label>
            </header>
            <p class="hint">{p(LESSONS_HINT)}</p>
            <SearchBox typed=typed label=Signal::derive(p(SEARCH_LESSONS)) hint=Signal::derive(p(SEARCH_LESSONS))/>
            <Show
                when=move || !nothing.get()
                fallback=move || {
                    let (title, text) = if count.get() == 0 {
                        (NO_LESSONS, NO_LESSONS_TEXT)
                    } else {
                        (NO_SUCH_LESSON, LESSONS_HINT)
                    };
                    view! { <div class="blank"><h2>{p(title)}</h2><p>{p(text)}</p></div> }
                }
            >
                <Rows items=shown key row_height=ROW_HEIGHT kept_at label=Word::Knowledge row=|_, item| view! { <Row item/> }/>
            </Show>
        </section>
    }
}

#[component]
fn Row(item: Memo<Option<Titled>>) -> impl IntoView {
    let lesson = memo(move || item.with(|item| item.as_ref().map(|(lesson, _)| lesson.clone())));
    let title = move || item.with(|item| item.as_ref().and_then(|(_, title)| title.clone()));
    let place = move || lesson.with(|lesson| lesson.as_ref().map(|lesson| Place::Article(lesson.article).path()));
    view! {
        <div class="lesson" class:off=move || lesson.with(|lesson| lesson.as_ref().is_some_and(|it| it.taken_back))>
            <LessonText lesson/>
            <a class="lesson-article" href=place>{move || title().unwrap_or_else(|| t(Word::ArticleGone)().to_owned())}</a>
            <Judge lesson/>
        </div>
    }
}

/// The shopper's words, and how often and when they led to the article.
#[component]
fn LessonText(lesson: Memo<Option<Lesson>>) -> impl IntoView {
    let hand = use_hand();
    let text = move || lesson.with(|lesson| lesson.as_ref().map(|lesson| lesson.text.clone()));
    let counts = move || {
        let (times, at) = lesson.with(|lesson| lesson.as_ref().map(|lesson| (lesson.times, lesson.last_at)))?;
        let lang = hand.lang.get();
        Some(lesson_counts(lang, times, &hand.local(at).date(lang)))
    };
    view! {
        <q class="lesson-words">{text}</q>
        <span class="hint">{counts}</span>
    }
}

/// Takes a lesson back, or gives it again.
#[component]
fn Judge(lesson: Memo<Option<Lesson>>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let taken_back = memo(move || lesson.with(|lesson| lesson.as_ref().is_some_and(|it| it.taken_back)));
    let judge = move |_| {
        let Some((id, taken_back)) =
            lesson.with_untracked(|lesson| lesson.as_ref().map(|lesson| (lesson.id, lesson.taken_back)))
        else {
            return;
        };
        spawn_local(async move {
            if let Err(why) = desk.judge_lesson(id, !taken_back).await {
                hand.trouble.try_set(Some(why));
            }
        });
    };
    view! {
        <button type="button" class="small" aria-pressed=move || taken_back.get().to_string() on:click=handler(judge)>
            {move || if taken_back.get() { GIVE_AGAIN } else { TAKE_BACK }.say(hand.lang.get())}
        </button>
    }
}

/// What was learned for one article.
#[component]
pub(super) fn LessonsOf(article: ArticleId) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let lessons = memo(move || {
        let mut lessons = desk.lessons();
        lessons.retain(|lesson| lesson.article == article);
        lessons
    });
    let count = memo(move || lessons.with(Vec::len));
    let limit = RwSignal::new(OF_ARTICLE_MAX);
    let one = move |id: LessonId| {
        memo(move || lessons.with(|lessons| lessons.iter().find(|lesson| lesson.id == id).cloned()))
    };
    view! {
        <Show when=move || { count.get() > 0 }>
            <section class="lessons-of">
                <h3 class="over">{move || learned_from_this(hand.lang.get(), count.get())}</h3>
                <ul>
                    <For
                        each=move || lessons.with(|all| all.iter().take(limit.get()).map(|one| one.id).collect::<Vec<_>>())
                        key=|id| *id
                        let:id
                    >
                        {
                            let lesson = one(id);
                            let off = move || lesson.with(|lesson| lesson.as_ref().is_some_and(|it| it.taken_back));
                            view! {
                                <li class="lesson" class:off=off>
                                    <LessonText lesson/>
                                    <Judge lesson/>
                                </li>
                            }
                        }
                    </For>
                </ul>
                <Show when=move || { limit.get() < count.get() }>
                    <button type="button" class="small" on:click=handler(move |_| limit.update(|limit| *limit += OF_ARTICLE_MAX))>
                        {move || crate::words::phrases::show_more(hand.lang.get(), count.get() - limit.get())}
                    </button>
                </Show>
            </section>
        </Show>
    }
}
