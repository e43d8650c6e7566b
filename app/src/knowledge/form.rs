//! Writing and changing an article.

use leptos::task::spawn_local;
use qinda::model::{ARTICLE_ANSWERS_MAX, Article, ArticleFields};
use qinda::sync::merge_article;
use serde::{Deserialize, Serialize};

use super::checks::AnswerChecks;
use super::copies::Copies;
use super::former::FormerVersions;
use super::lessons::LessonsOf;
use crate::desk::{CannotKeep, Desk, use_desk};
use crate::frame::hand::use_hand;
use crate::local::outbox::DraftOf;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::removal::RemovalFoot;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::{Word, phrases, t};

/// An answer in the form; the number stays with it when others come and go. It belongs to no owner, because answers
/// are also added by effects and taps, which are over before the answer is.
type AnswerField = (usize, ArcRwSignal<String>);

/// The fields of an article as they are typed.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    title: RwSignal<String>,
    questions: RwSignal<String>,
    answers: RwSignal<Vec<AnswerField>>,
    next_answer: StoredValue<usize>,
    tags: RwSignal<String>,
    shortcut: RwSignal<String>,
}

impl Fields {
    pub(super) fn new(fields: ArticleFields) -> Self {
        let it = Self {
            title: RwSignal::new(String::new()),
            questions: RwSignal::new(String::new()),
            answers: RwSignal::new(Vec::new()),
            next_answer: StoredValue::new(0),
            tags: RwSignal::new(String::new()),
            shortcut: RwSignal::new(String::new()),
        };
        it.set(fields);
        it
    }

    pub(super) fn set(&self, fields: ArticleFields) {
        self.title.set(fields.title);
        self.questions.set(fields.questions.join("\n"));
        self.tags.set(fields.tags.join("，"));
        self.shortcut.set(fields.shortcut);
        self.answers.set(Vec::new());
        for answer in fields.answers {
            self.add_answer(answer);
        }
        if self.answers.with_untracked(Vec::is_empty) {
            self.add_answer(String::new());
        }
    }

    fn add_answer(&self, answer: String) {
        let number = self.next_answer.get_value();
        self.next_answer.set_value(number + 1);
        self.answers.update(|answers| answers.push((number, ArcRwSignal::new(answer))));
    }

    /// What stands in the fields; wordings one on each line, tags divided by commas.
    pub(super) fn get(&self) -> ArticleFields {
        let parts = |text: String, divides: fn(char) -> bool| {
            let parts = text.split(divides).map(str::trim).filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect::<Vec<_>>()
        };
        ArticleFields {
            title: self.title.get(),
            questions: parts(self.questions.get(), |c| c == '\n'),
            answers: self.answers.get().into_iter().map(|(_, answer)| answer.get()).collect(),
            tags: parts(self.tags.get(), |c| matches!(c, ',' | '，' | '、' | '\n')),
            shortcut: self.shortcut.get(),
        }
    }
}

/// A form that was begun and not saved, as it outlives a reload.
#[derive(Serialize, Deserialize)]
struct Begun {
    base: Option<Article>,
    fields: ArticleFields,
}

impl From<Option<Article>> for Begun {
    fn from(base: Option<Article>) -> Self {
        Self { fields: base.as_ref().map(|article| article.fields.clone()).unwrap_or_default(), base }
    }
}

impl Begun {
    fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Begins a new article with these fields, in place of one that was begun before; the form shows it when it opens.
pub(super) fn begin_article(desk: Desk, fields: ArticleFields) {
    desk.set_draft(DraftOf::Article(None), Begun { base: None, fields }.text());
}

/// The form of an article; of a new one when there is none.
#[component]
pub(super) fn ArticleForm(
    /// The article to change.
    article: Option<Article>,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let id = article.as_ref().map(|article| article.id);
    let draft_of = DraftOf::Article(id);
    let begun = Begun::read(&desk.draft(draft_of)).unwrap_or_else(|| Begun::from(article));
    let fields = Fields::new(begun.fields);
    // What the member began with; a change by somebody else shows against it.
    let base = RwSignal::new(begun.base);
    let stands = memo(move || id.and_then(|id| desk.article(id)));
    let moved_on = memo(move || {
        let version = |article: &Option<Article>| article.as_ref().map(|article| article.version);
        base.with(version) != stands.with(version)
    });
    let changed = memo(move || {
        let began = base.with(|base| base.as_ref().map(|base| base.fields.clone())).unwrap_or_default();
        let mut now = fields.get();
        now.answers.retain(|answer| !answer.trim().is_empty());
        now != began
    });
    effect(move || {
        let begun = changed.get().then(|| Begun { base: base.get(), fields: fields.get() });
        desk.set_draft(draft_of, begun.map(|begun| begun.text()).unwrap_or_default());
    });
    // What the member and somebody else changed apart is merged when it is saved; only the same field asks.
    let asks = memo(move || {
        let stands = stands.get();
        let began = base.with(|base| base.as_ref().map(|base| base.fields.clone()));
        moved_on.get()
            && changed.get()
            && stands
                .zip(began)
                .is_none_or(|(stands, began)| !merge_article(&began, &stands.fields, &fields.get()).differs.is_empty())
    });
    let fault = RwSignal::new(None::<CannotKeep>);
    let saved = RwSignal::new(false);

    // Untouched fields follow what others write.
    effect(move || {
        if moved_on.get() && !changed.get_untracked() {
            take_theirs(base, stands, fields);
        }
    });
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let read = base.get_untracked();
        let given = untrack(|| fields.get());
        spawn_local(async move {
            match desk.put_article(id, given.clone(), read).await {
                Ok(kept) => {
                    fault.try_set(None);
                    saved.try_set(true);
                    let stands = untrack(|| desk.article(kept));
                    let is_merged = stands.as_ref().is_some_and(|stands| stands.fields != given);
                    if is_merged && untrack(|| fields.get()) == given {
                        fields.set(stands.as_ref().map(|stands| stands.fields.clone()).unwrap_or_default());
                    }
                    base.try_set(stands);
                    if id.is_none() {
                        hand.replace(Place::Article(kept));
                    }
                }
                Err(why) => {
                    fault.try_set(Some(why));
                }
            }
        });
    };
    let remove = Callback::new(move |()| {
        let Some(article) = base.get_untracked() else { return };
        spawn_local(async move {
            match desk.remove_article(article).await {
                Ok(()) => hand.go(Place::Knowledge),
                Err(why) => {
                    fault.try_set(Some(why));
                }
            }
        });
    });
    effect(move || {
        if changed.get() {
            saved.set(false);
        }
    });
    let said = move || fault.get().map(|fault| phrases::cannot_keep(hand.lang.get(), &fault));
    view! {
        <form class="article-form" on:submit=handler(save)>
            <header class="head">
                <Show when=move || !hand.wide.get()>
                    <a class="icon-button" href=Place::Knowledge.path() aria-label=t(Word::BackToList)><Glyph icon=Icon::Back/></a>
                </Show>
                <h2>{t(if id.is_some() { Word::EditArticle } else { Word::NewArticle })}</h2>
                <span class="hint" role="status">{move || saved.get().then(|| Word::Saved.say(hand.lang.get()))}</span>
                <button type="submit" class="strong small">{t(Word::Save)}</button>
            </header>
            <Show when=move || asks.get()>
                <div class="notice trouble" role="alert">
                    <p>{t(Word::ArticleMovedOn)}</p>
                    <button type="button" class="small" on:click=handler(move |_| take_theirs(base, stands, fields))>{t(Word::TakeTheirs)}</button>
                    <button type="button" class="small" on:click=handler(move |_| base.set(stands.get_untracked()))>{t(Word::KeepMine)}</button>
                </div>
            </Show>
            <p class="fault" role="alert">{said}</p>
            <Copies stands/>
            <FieldsOf fields/>
            {id
                .map(|id| {
                    view! {
                        <LessonsOf article=id/>
                        <FormerVersions article=id fields/>
                        <RemovalFoot remove/>
                    }
                })}
        </form>
    }
}

fn take_theirs(base: RwSignal<Option<Article>>, stands: Memo<Option<Article>>, fields: Fields) {
    let theirs = stands.get_untracked();
    fields.set(theirs.as_ref().map(|article| article.fields.clone()).unwrap_or_default());
    base.set(theirs);
}

/// The inputs of an article.
#[component]
pub(super) fn FieldsOf(
    /// What they are of.
    fields: Fields,
) -> impl IntoView {
    let count = memo(move || fields.answers.with(Vec::len));
    view! {
        <label class="field">
            <span>{t(Word::Question)}</span>
            <input required prop:value=fields.title on:input=written(move |text| fields.title.set(text))/>
        </label>
        <div class="field">
            <For each=move || fields.answers.get() key=|(number, _)| *number let((number, answer))>
                <AnswerInput fields number answer/>
            </For>
            <Show when=move || { count.get() < ARTICLE_ANSWERS_MAX }>
                <button type="button" class="quiet" on:click=handler(move |_| fields.add_answer(String::new()))>
                    <Glyph icon=Icon::Add/>
                    {t(Word::AddAnswer)}
                </button>
            </Show>
        </div>
        <label class="field">
            <span>{t(Word::Wordings)} " " <small>{t(Word::OnePerLine)}</small></span>
            <span class="grow" data-text=move || fields.questions.get()>
                <textarea rows="2" prop:value=fields.questions on:input=written(move |text| fields.questions.set(text))></textarea>
            </span>
        </label>
        <div class="field-pair">
            <label class="field">
                <span>{t(Word::Shortcut)} " " <small>{t(Word::ShortcutHint)}</small></span>
                <input
                    autocapitalize="none"
                    spellcheck="false"
                    prop:value=fields.shortcut
                    on:input=written(move |text| fields.shortcut.set(text))
                />
            </label>
            <label class="field">
                <span>{t(Word::Tags)} " " <small>{t(Word::ByCommas)}</small></span>
                <input prop:value=fields.tags on:input=written(move |text| fields.tags.set(text))/>
            </label>
        </div>
    }
}

#[component]
fn AnswerInput(fields: Fields, number: usize, answer: ArcRwSignal<String>) -> impl IntoView {
    let hand = use_hand();
    let answer = RwSignal::from(answer);
    let count = memo(move || fields.answers.with(Vec::len));
    let place =
        move || fields.answers.with(|answers| answers.iter().position(|(kept, _)| *kept == number)).unwrap_or(0);
    let remove = move |_| fields.answers.update(|answers| answers.retain(|(kept, _)| *kept != number));
    view! {
        <label class="field">
            <span>{move || phrases::answer_number(hand.lang.get(), place() + 1, count.get())}</span>
            <span class="grow" data-text=move || answer.get()>
                <textarea rows="2" prop:value=answer on:input=written(move |text| answer.set(text))></textarea>
            </span>
        </label>
        <AnswerChecks answer/>
        <Show when=move || { count.get() > 1 }>
            <button type="button" class="quiet" on:click=handler(remove)>{t(Word::RemoveAnswer)}</button>
        </Show>
    }
}
