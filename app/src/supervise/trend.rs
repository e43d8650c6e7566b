//! A figure through time: a sentence first, then the pieces of the span, who it is of, how the times are spread, the hours of
//! the week; and from each piece the very rounds behind it.

mod chart;
mod choice;
mod mine;
mod rows;
mod spread;
mod week;

use qinda::model::{Day, Micros};
use qinda::sync::HistoryAnswer;
use qinda::timing::Value;

pub(crate) use self::choice::TrendChoice;
pub(crate) use self::mine::MyTrend;

use self::chart::{Chosen, Through};
use self::choice::Choose;
use self::rows::Parts;
use self::spread::Spread;
use self::week::HoursOfWeek;
use super::defined::Cases;
use super::silent::Silent;
use crate::desk::{Told, use_desk};
use crate::frame::hand::{Hand, use_hand};
use crate::knowledge::standing::Standing;
use crate::prelude::*;
use crate::words::Lang;
use crate::words::pages::{
    CLOSE_LIST, EVERYBODY, EXPORT_TREND, EXPORT_XLSX, IN_HOURS, NOT_COUNTED, NOTHING_COUNTED, NOTHING_COUNTED_TEXT,
    PAGE_TREND, PRINT_TREND, behind_title, described, figure_of, figure_source, figure_value, left_out, only_of, p,
    piece_name, trend_sentence,
};

/// What the server told, without what passes by itself: it changes when a number does.
fn told_of(told: Told) -> Memo<Option<HistoryAnswer>> {
    memo(move || {
        let answer = told.read::<HistoryAnswer>()?;
        Some(HistoryAnswer { at: Micros(0), before_to: Micros(0), ..answer })
    })
}

/// The piece in which the server's answer was made.
fn piece_of_now(told: Told) -> Memo<Option<usize>> {
    memo(move || {
        let answer = told.read::<HistoryAnswer>()?;
        answer.pieces.iter().position(|piece| (piece.from..piece.to).contains(&answer.at))
    })
}

/// What is said where the figure would have to be counted from too many messages.
fn left_out_of(hand: Hand, answer: Memo<Option<HistoryAnswer>>) -> Memo<Option<String>> {
    memo(move || {
        answer.with(|answer| {
            let answer = answer.as_ref()?;
            Some(left_out(hand.lang.get(), answer.left_out.as_ref()?, answer.own))
        })
    })
}

/// Whether there is nothing at all to tell.
fn is_empty(answer: &HistoryAnswer) -> bool {
    let is_nothing = |value: &Value| value.of == 0 && value.running == 0;
    is_nothing(&answer.value) && is_nothing(&answer.before) && answer.rounds == 0
}

/// The page.
#[component]
pub(super) fn Trend() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let choice = hand.trend;
    let query = memo(move || choice.with(TrendChoice::query));
    let told = Told::fresh(desk, memo(move || ("trend", format!("/api/figures/history?{}", query.get()))));
    let answer = told_of(told);
    let now = piece_of_now(told);
    // The controls stay as they are while another answer is on its way.
    let figures = RwSignal::new(Vec::new());
    effect(move || {
        if let Some(known) = answer.with(|answer| answer.as_ref().map(|it| it.figures.clone())) {
            figures.set(known);
        }
    });
    let chosen: Chosen = RwSignal::new(choice.get_untracked().piece);
    effect(move || {
        let piece = chosen.get();
        choice.update(|choice| choice.piece = piece);
    });
    effect(move || {
        let piece = choice.with(|choice| choice.piece);
        if chosen.get_untracked() != piece {
            chosen.set(piece);
        }
    });
    let left_out = left_out_of(hand, answer);
    let is_left_out = memo(move || left_out.with(Option::is_some));
    let is_told = memo(move || answer.with(Option::is_some));
    let nothing = memo(move || answer.with(|answer| answer.as_ref().is_some_and(is_empty)));
    let waits = memo(move || !is_told.get() && told.problem().is_none());
    let today = memo(move || Day(hand.local(desk.now()).day));
    let is_of_now = memo(move || choice.with(TrendChoice::is_of_now));
    view! {
        <section class="page figures trend" aria-label=p(PAGE_TREND)>
            <Choose choice figures today/>
            <Only answer/>
            <Sentence answer/>
            <Standing told/>
            <Show when=move || is_of_now.get()>
                <Silent/>
            </Show>
            <Show when=move || waits.get()>
                <div class="figures-shape"><i></i><i></i><i></i></div>
            </Show>
            <Show when=move || is_left_out.get()>
                <div class="blank" data-testid="left-out">
                    <h2>{p(NOT_COUNTED)}</h2>
                    <p>{left_out}</p>
                </div>
            </Show>
            <Show when=move || nothing.get() && !is_left_out.get()>
                <div class="blank">
                    <h2>{p(NOTHING_COUNTED)}</h2>
                    <p>{p(NOTHING_COUNTED_TEXT)}</p>
                </div>
            </Show>
            <Show when=move || is_told.get() && !nothing.get() && !is_left_out.get()>
                <Through answer now chosen/>
                <Behind answer chosen own=false/>
                <Parts answer/>
                <div class="two">
                    <Spread answer/>
                    <HoursOfWeek answer/>
                </div>
                <Made answer/>
                <p class="page-foot screen-only">
                    <a
                        class="button"
                        download=""
                        href=move || format!("/api/figures/history.csv?{}", query.get())
                    >
                        {p(EXPORT_TREND)}
                    </a>
                    <a
                        class="button"
                        download=""
                        href=move || format!("/api/figures/history.xlsx?{}", query.get())
                    >
                        {p(EXPORT_XLSX)}
                    </a>
                    <button type="button" on:click=handler(|_| drop(window().print()))>{p(PRINT_TREND)}</button>
                </p>
            </Show>
        </section>
    }
}

#[component]
fn Sentence(answer: Memo<Option<HistoryAnswer>>) -> impl IntoView {
    let hand = use_hand();
    let said = move || {
        answer.with(|answer| {
            let it = answer.as_ref().filter(|it| it.left_out.is_none())?;
            let part = it.part.as_ref().map(|part| part.name.as_str()).filter(|name| !name.is_empty());
            Some(trend_sentence(hand.lang.get(), it.span, part, &it.definition, (&it.value, &it.before)))
        })
    };
    view! { <p class="sentence" data-testid="trend-sentence">{said}</p> }
}

/// That a part alone is looked at, and the way back to everybody.
#[component]
fn Only(answer: Memo<Option<HistoryAnswer>>) -> impl IntoView {
    let hand = use_hand();
    let choice = hand.trend;
    let is_part = memo(move || choice.with(|choice| choice.part.is_some()));
    let said = move || {
        let lang = hand.lang.get();
        answer.with(|answer| {
            let part = answer.as_ref()?.part.as_ref()?;
            Some(only_of(lang, rows::name_said(lang, part)))
        })
    };
    let everybody = move |_| {
        choice.update(|choice| {
            choice.part = None;
            choice.piece = None;
        });
    };
    view! {
        <Show when=move || is_part.get()>
            <p class="only">
                <b>{said}</b>
                <button type="button" class="quiet" on:click=handler(everybody)>{p(EVERYBODY)}</button>
            </p>
        </Show>
    }
}

/// The rounds behind the chosen piece.
#[component]
fn Behind(answer: Memo<Option<HistoryAnswer>>, chosen: Chosen, own: bool) -> impl IntoView {
    let hand = use_hand();
    let figure =
        memo(move || answer.with(|answer| answer.as_ref().map(|it| it.definition.id.clone())).unwrap_or_default());
    let query = memo(move || {
        let (from, to) = chosen.get().unwrap_or_default();
        let part = answer.with(|answer| answer.as_ref()?.part.as_ref().map(|it| format!("&part={}", it.part)));
        let own = if own { "&own=true" } else { "" };
        format!("from={}&to={}{}{own}", from.0, to.0, part.unwrap_or_default())
    });
    let title = move || {
        let (chosen, lang) = (chosen.get(), hand.lang.get());
        answer.with(|answer| {
            let it = answer.as_ref()?;
            let piece = it.pieces.iter().find(|piece| Some((piece.from, piece.to)) == chosen)?;
            Some(behind_title(lang, &piece_name(lang, it.step, piece)))
        })
    };
    let is_open = memo(move || chosen.get().is_some());
    view! {
        <Show when=move || is_open.get()>
            <section class="defined behind" data-testid="trend-behind">
                <header>
                    <h2>{title}</h2>
                    <button type="button" class="quiet" on:click=handler(move |_| chosen.set(None))>{p(CLOSE_LIST)}</button>
                </header>
                {move || view! { <Cases path=format!("/api/figures/cases?figure={}", figure.get()) query/> }}
            </section>
        </Show>
    }
}

/// Of how many it is said, and how the figure is made.
#[component]
fn Made(answer: Memo<Option<HistoryAnswer>>) -> impl IntoView {
    let hand = use_hand();
    let lines = move |lang: Lang, it: &HistoryAnswer| {
        let definition = &it.definition;
        let in_hours = it.in_hours.map(|value| {
            let (said, of) = (figure_value(lang, definition, &value), figure_of(lang, definition, &value));
            format!("{} {said} · {of}", IN_HOURS.say(lang))
        });
        let zone = (!it.zone.is_empty()).then(|| it.zone.clone());
        let lines = [Some(figure_of(lang, definition, &it.value)), in_hours, Some(described(lang, definition))];
        lines.into_iter().chain([figure_source(lang, definition), zone]).flatten().collect::<Vec<_>>()
    };
    let said = move || {
        let lang = hand.lang.get();
        let lines = answer.with(|answer| answer.as_ref().map(|it| lines(lang, it))).unwrap_or_default();
        lines.into_iter().map(|line| view! { <p class="hint">{line}</p> }).collect_view()
    };
    view! { <section class="made" data-testid="trend-made">{said}</section> }
}
