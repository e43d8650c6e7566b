//! How well the articles answer what shoppers asked: a sentence, the table, the articles that miss most.

use super::review::{MONTH, Missed, Review, WEEK, review_of};
use super::standing::Standing;
use crate::desk::{Told, use_desk};
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::pages::{
    ASKED, CHOSEN, CHOSEN_FOR, FIRST_RIGHT, LAST_7_DAYS, LAST_31_DAYS, LOOKING, MEANINGFUL, MISSES, MOST_MISSES,
    QUALITY, QUALITY_HOW, QUALITY_NONE, QUALITY_NONE_TEXT, RANK, SUGGESTED_SHARE, THIRD_RIGHT, p, percent,
    quality_sentence,
};
use crate::words::phrases::grouped;
use crate::words::{Word, t};

/// Chooses how far to look back.
#[component]
pub(super) fn DaysChoice(
    /// In days.
    days: RwSignal<u32>,
) -> impl IntoView {
    view! {
        <div class="choice" role="group" aria-label=t(Word::Span)>
            {[(WEEK, LAST_7_DAYS), (MONTH, LAST_31_DAYS)]
                .map(|(one, name)| {
                    view! {
                        <button type="button" aria-pressed=move || (days.get() == one).to_string() on:click=handler(move |_| days.set(one))>
                            {p(name)}
                        </button>
                    }
                })}
        </div>
    }
}

/// The page that tells how well the articles answer.
#[component]
pub(super) fn Quality() -> impl IntoView {
    let desk = use_desk();
    let days = RwSignal::new(MONTH);
    let told = Told::of(desk, memo(move || review_of(days.get())));
    let review = memo(move || told.read::<Review>());
    view! {
        <section class="page quality" aria-label=p(QUALITY)>
            <header class="page-head">
                <h1>{p(QUALITY)}</h1>
                <DaysChoice days/>
            </header>
            {move || match review.get() {
                Some(review) if review.meaningful == 0 => {
                    view! { <div class="blank"><h2>{p(QUALITY_NONE)}</h2><p>{p(QUALITY_NONE_TEXT)}</p></div> }.into_any()
                }
                Some(review) => view! { <Figures review days=days.get_untracked()/> }.into_any(),
                None if told.problem().is_none() => view! { <p class="hint" role="status">{p(LOOKING)}</p> }.into_any(),
                None => ().into_any(),
            }}
            <Standing told/>
        </section>
    }
}

#[component]
fn Figures(review: Review, days: u32) -> impl IntoView {
    let hand = use_hand();
    let Review { asked, meaningful, suggested, chosen, first, third, mrr, missed, .. } = review;
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    let (suggested, first, third) = (share(suggested, meaningful), share(first, chosen), share(third, chosen));
    let lines = [
        (ASKED, grouped(asked as u64)),
        (MEANINGFUL, grouped(meaningful as u64)),
        (SUGGESTED_SHARE, percent(suggested)),
        (CHOSEN_FOR, grouped(chosen as u64)),
        (FIRST_RIGHT, percent(first)),
        (THIRD_RIGHT, percent(third)),
        (RANK, format!("{mrr:.2}")),
    ];
    view! {
        <p class="sentence" data-testid="quality-sentence">
            {move || quality_sentence(hand.lang.get(), days, meaningful, suggested, (chosen > 0).then_some(first))}
        </p>
        <table class="plain-table" data-testid="quality">
            <tbody>
                {lines.map(|(name, value)| view! { <tr><th scope="row">{p(name)}</th><td>{value}</td></tr> })}
            </tbody>
        </table>
        <p class="hint">{p(QUALITY_HOW)}</p>
        {(!missed.is_empty()).then(|| view! { <MostMissed missed/> })}
    }
}

/// The articles to look at first.
#[component]
fn MostMissed(missed: Vec<Missed>) -> impl IntoView {
    let desk = use_desk();
    let row = move |missed: Missed| {
        let title = move || desk.article(missed.article).map(|article| article.fields.title);
        view! {
            <tr>
                <th scope="row"><a href=Place::Article(missed.article).path()>{title}</a></th>
                <td>{missed.missed}</td>
                <td>{missed.chosen}</td>
            </tr>
        }
    };
    view! {
        <h2>{p(MOST_MISSES)}</h2>
        <table class="plain-table">
            <thead>
                <tr>
                    <th scope="col">{t(Word::Question)}</th>
                    <th scope="col">{p(MISSES)}</th>
                    <th scope="col">{p(CHOSEN)}</th>
                </tr>
            </thead>
            <tbody>{missed.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}
