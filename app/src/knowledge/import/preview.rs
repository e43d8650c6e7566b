//! What a file holds, to correct before it is taken.

use leptos::task::spawn_local;
use qinda::import::{Left, Plan, Taken};
use qinda::model::{ArticleFields, ArticleId};

use super::decode::Encoding;
use crate::desk::{CannotKeep, use_desk};
use crate::frame::hand::use_hand;
use crate::knowledge::form::{Fields, FieldsOf};
use crate::parts::left_behind::{LeftBehind, LeftLine};
use crate::prelude::*;
use crate::words::{Lang, Word, phrases, t};

/// How many entries are shown at first, and how many more come at each wish.
const SHOWN_AT_ONCE: usize = 50;

/// Something that may be taken.
#[derive(Debug, Clone)]
struct Candidate {
    place: usize,
    taken: Taken,
    /// The article that stands, where the file answers otherwise.
    stands: Option<ArticleId>,
}

/// What a file holds, compared with the articles there are.
#[derive(Debug, Clone)]
pub(super) struct Previewed {
    name: String,
    encoding: Option<Encoding>,
    candidates: Vec<Candidate>,
    unchanged: Vec<Taken>,
    left: Vec<Left>,
}

impl Previewed {
    pub(super) fn new(name: String, encoding: Option<Encoding>, plan: Plan) -> Self {
        let new = plan.new.into_iter().map(|taken| (None, taken));
        let different = plan.different.into_iter().map(|(stands, taken)| (Some(stands), taken));
        let candidates = new.chain(different).enumerate();
        let candidates = candidates.map(|(place, (stands, taken))| Candidate { place, taken, stands }).collect();
        Self { name, encoding, candidates, unchanged: plan.unchanged, left: plan.left }
    }
}

/// What the editor made of the candidates, by their place.
#[derive(Clone, Copy)]
struct Choices {
    taken: RwSignal<Vec<bool>>,
    corrected: StoredValue<Vec<Option<Fields>>>,
}

/// The preview.
#[component]
pub(super) fn Preview(
    /// What the file holds.
    previewed: Previewed,
    /// Called with the number of articles once they are taken.
    on_done: impl Fn(usize) + Copy + Send + Sync + 'static,
    /// Called to choose another file.
    on_back: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let Previewed { name, encoding, candidates, unchanged, left } = previewed;
    // What the shop answers otherwise is replaced only when the editor says so.
    let choices = Choices {
        taken: RwSignal::new(candidates.iter().map(|candidate| candidate.stands.is_none()).collect()),
        corrected: StoredValue::new(vec![None; candidates.len()]),
    };
    let fault = RwSignal::new(None::<CannotKeep>);
    let chosen = memo(move || choices.taken.with(|taken| taken.iter().filter(|taken| **taken).count()));
    let (new, different): (Vec<_>, Vec<_>) = candidates.iter().cloned().partition(|it| it.stands.is_none());
    let counts = (new.len(), different.len(), unchanged.len(), left.len());
    let all = StoredValue::new(candidates);
    let take = move |_| {
        let (fresh, replacing) = all.with_value(|all| decided(all, choices));
        let count = fresh.len() + replacing.len();
        spawn_local(async move {
            let done = async {
                desk.import_articles(fresh).await?;
                for (id, fields) in replacing {
                    let read = untrack(|| desk.article(id));
                    desk.put_article(Some(id), fields, read).await?;
                }
                Ok::<_, CannotKeep>(())
            };
            match done.await {
                Ok(()) => on_done(count),
                Err(why) => {
                    fault.try_set(Some(why));
                }
            }
        });
    };
    let source = move || phrases::import_source(hand.lang.get(), &name, encoding.map(Encoding::name));
    let said = move || fault.get().map(|fault| phrases::cannot_keep(hand.lang.get(), &fault));
    view! {
        <p class="sentence">{move || phrases::import_found(hand.lang.get(), counts.0, counts.1, counts.2, counts.3)}</p>
        <p class="hint">{source}</p>
        <Group word=Word::ImportNew candidates=new choices/>
        <Group word=Word::ImportDifferent candidates=different choices/>
        <LeftBehind lines=left.into_iter().map(LeftLine::from).collect() title=Signal::derive(t(Word::ImportLeft))/>
        <Unchanged unchanged/>
        <p class="fault" role="alert">{said}</p>
        <footer class="page-foot">
            <button type="button" on:click=handler(move |_| on_back())>{t(Word::AnotherFile)}</button>
            <button type="button" class="strong" disabled=move || chosen.get() == 0 on:click=handler(take)>
                {move || phrases::take(hand.lang.get(), chosen.get())}
            </button>
        </footer>
    }
}

type Decided = (Vec<ArticleFields>, Vec<(ArticleId, ArticleFields)>);

/// What the editor wants: new articles, and those that replace one.
fn decided(candidates: &[Candidate], choices: Choices) -> Decided {
    let mut decided = Decided::default();
    for candidate in candidates {
        if !choices.taken.with_untracked(|taken| taken[candidate.place]) {
            continue;
        }
        let corrected = choices.corrected.with_value(|corrected| corrected[candidate.place]);
        let fields = corrected.map_or_else(|| candidate.taken.fields.clone(), |fields| untrack(|| fields.get()));
        match candidate.stands {
            None => decided.0.push(fields),
            Some(id) => decided.1.push((id, fields)),
        }
    }
    decided
}

#[component]
fn Group(word: Word, candidates: Vec<Candidate>, choices: Choices) -> impl IntoView {
    let hand = use_hand();
    let count = candidates.len();
    let limit = RwSignal::new(SHOWN_AT_ONCE);
    let places = StoredValue::new(candidates.iter().map(|candidate| candidate.place).collect::<Vec<_>>());
    let candidates = StoredValue::new(candidates);
    let every =
        move || places.with_value(|places| choices.taken.with(|taken| places.iter().all(|place| taken[*place])));
    let set_all = move |on: bool| {
        places.with_value(|places| choices.taken.update(|taken| places.iter().for_each(|place| taken[*place] = on)));
    };
    (count > 0).then(|| {
        view! {
            <section class="import-group">
                <h2>
                    <label class="tick">
                        <input type="checkbox" prop:checked=every on:change=ticked(set_all)/>
                        <span>{t(word)} " " <b>{count}</b></span>
                    </label>
                </h2>
                <For
                    each=move || candidates.with_value(|all| all.iter().take(limit.get()).cloned().collect::<Vec<_>>())
                    key=|candidate| candidate.place
                    let:candidate
                >
                    <CandidateRow candidate choices/>
                </For>
                <Show when=move || { limit.get() < count }>
                    <button type="button" class="small" on:click=handler(move |_| limit.update(|limit| *limit += SHOWN_AT_ONCE))>
                        {move || phrases::show_more(hand.lang.get(), count - limit.get())}
                    </button>
                </Show>
            </section>
        }
    })
}

#[component]
fn CandidateRow(candidate: Candidate, choices: Choices) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let Candidate { place, taken, stands } = candidate;
    let open = RwSignal::new(None::<Fields>);
    let begun = StoredValue::new(taken.fields.clone());
    // The fields are made when somebody looks: a file may hold ten thousand.
    let owner = Owner::current().unwrap_or_default();
    let toggle = move |_| {
        if open.get_untracked().is_some() {
            open.set(None);
            return;
        }
        let corrected = choices.corrected.with_value(|corrected| corrected[place]);
        let fields = corrected.unwrap_or_else(|| owner.with(|| Fields::new(begun.get_value())));
        choices.corrected.update_value(|corrected| corrected[place] = Some(fields));
        open.set(Some(fields));
    };
    let now = move || {
        open.track();
        choices
            .corrected
            .with_value(|corrected| corrected[place])
            .map_or_else(|| begun.get_value(), |fields| fields.get())
    };
    let on = move || choices.taken.with(|taken| taken[place]);
    let note = taken.note;
    let standing = stands.and_then(|id| untrack(|| desk.article(id))).map(|article| article.fields.answers.join("\n"));
    view! {
        <div class="candidate" class:off=move || !on()>
            <input
                type="checkbox"
                aria-label=move || now().title
                prop:checked=on
                on:change=ticked(move |ticked| choices.taken.update(|taken| taken[place] = ticked))
            />
            <button type="button" class="candidate-text" aria-expanded=move || open.get().is_some().to_string() on:click=handler(toggle)>
                <b>{move || now().title}</b>
                <span>{move || now().answers.join(" ／ ").chars().take(140).collect::<String>()}</span>
                <small>
                    {move || phrases::line_and_answers(hand.lang.get(), taken.line, now().answers.len())}
                    {note
                        .map(|note| {
                            view! {
                                " "
                                <em>{move || match hand.lang.get() {
                                    Lang::Zh => note.zh(),
                                    Lang::En => note.en(),
                                }}</em>
                            }
                        })}
                </small>
            </button>
            {move || {
                open.get()
                    .map(|fields| {
                        view! {
                            <div class="candidate-fields">
                                {standing
                                    .clone()
                                    .map(|standing| view! { <div class="standing"><small>{t(Word::StandsNow)}</small><p>{standing}</p></div> })}
                                <FieldsOf fields/>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

#[component]
fn Unchanged(unchanged: Vec<Taken>) -> impl IntoView {
    let count = unchanged.len();
    (count > 0).then(|| {
        view! {
            <details class="left-behind">
                <summary>{t(Word::ImportUnchanged)} " " <b>{count}</b></summary>
                <ol>
                    {unchanged
                        .into_iter()
                        .map(|taken| view! { <li><span class="line">{taken.line}</span><span>{taken.fields.title}</span></li> })
                        .collect_view()}
                </ol>
            </details>
        }
    })
}
