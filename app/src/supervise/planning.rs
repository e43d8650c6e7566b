//! Planning: what will come in a week, how many people that needs and whom the shop planned, in one sentence and five tables.
//! What comes is told by the server; what it needs is reckoned here, at once with every assumption that is typed.

mod form;
mod outcome;
mod seats;
mod table;
mod tables;
mod typed;

use qinda::sync::PlanningAnswer;

use self::form::{AssumptionsForm, SaveBar};
use self::outcome::{Hour, busiest_hour, gaps_of, hours_of, percent_wrong};
use self::seats::SeatsTable;
use self::tables::{LoadTables, PastTables, PersonTables};
use self::typed::Typed;
use crate::desk::{Told, use_desk};
use crate::frame::hand::use_hand;
use crate::knowledge::standing::Standing;
use crate::parts::when::Local;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::pages::{
    BACK_TO_FIGURES, HOW_PLANNED, PLANNED_CHAT, PLANNED_FORECAST, PLANNED_HANDLING, PLANNED_PATIENCE, PLANNED_QUEUE,
    PLANNED_RANGE, PLANNED_WEEKS, PLANNING, PRINT, TOO_LITTLE, WHICH_WEEK, busiest, error_told, gaps, p, special_told,
    too_little,
};

/// Under which names the answers for each week are kept.
const TOLD_AS: [&str; 3] = ["planning-0", "planning-1", "planning-2"];
const NEXT_WEEK: usize = 1;

/// What every part of the page stands on.
#[derive(Clone, Copy)]
struct Planned {
    /// What the server told.
    answer: Memo<Option<PlanningAnswer>>,
    /// What is assumed and planned, as it is typed.
    typed: Typed,
    /// Each hour of the week by that.
    hours: Memo<Option<qinda::planning::Week<Hour>>>,
}

/// The supervisor's planning.
#[component]
pub(crate) fn Planning() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let ahead = RwSignal::new(NEXT_WEEK);
    let today = memo(move || Local::of(desk.now(), hand.offset_seconds()).day);
    let told = Told::of(
        desk,
        memo(move || {
            let week = qinda::model::Day(today.get()).plus(7 * ahead.get() as i64);
            (TOLD_AS[ahead.get()], format!("/api/planning?week={week}"))
        }),
    );
    let answer = memo(move || told.read::<PlanningAnswer>());
    let typed = Typed::new(desk, told, answer);
    let hours = memo(move || answer.with(|answer| answer.as_ref().map(|it| typed.with(|typed| hours_of(it, typed)))));
    let planned = Planned { answer, typed, hours };
    let is_there = memo(move || answer.with(Option::is_some));
    let print = handler(move |_| {
        let _ = window().print();
    });
    view! {
        <section class="page figures planning" aria-label=p(PLANNING)>
            <header class="page-head">
                <h1>{p(PLANNING)}</h1>
                <div class="choice" role="group" aria-label=p(WHICH_WEEK)>
                    {(0..TOLD_AS.len())
                        .map(|week| {
                            view! {
                                <button
                                    type="button"
                                    aria-pressed=move || (ahead.get() == week).to_string()
                                    on:click=handler(move |_| ahead.set(week))
                                >
                                    {p(PLANNED_WEEKS[week])}
                                </button>
                            }
                        })
                        .collect_view()}
                </div>
                <a class="quiet button" href=Place::Figures.path()>{p(BACK_TO_FIGURES)}</a>
                <button type="button" class="quiet" on:click=print>{p(PRINT)}</button>
            </header>
            <Sentence planned ahead/>
            <Standing told/>
            <Show when=move || is_there.get() fallback=|| view! { <div class="figures-shape"><i></i><i></i><i></i></div> }>
                <SeatsTable planned/>
                <AssumptionsForm planned/>
                <LoadTables planned/>
                <PersonTables planned/>
                <PastTables planned/>
                <SaveBar planned/>
            </Show>
            <How/>
        </section>
    }
}

/// The busiest hour and the gaps of the week, and how sure that is.
#[component]
fn Sentence(planned: Planned, ahead: RwSignal<usize>) -> impl IntoView {
    let hand = use_hand();
    let Planned { answer, hours, .. } = planned;
    let said = move || {
        let lang = hand.lang.get();
        hours.with(|hours| {
            let hours = hours.as_ref()?;
            let (day, hour) = busiest_hour(hours)?;
            let Hour { expected, needed, planned, .. } = hours[day][hour];
            let week = PLANNED_WEEKS[ahead.get()].say(lang);
            let chats = (expected + 5) / 10;
            Some(busiest(lang, week, (day, hour), chats, (needed?, planned)) + &gaps(lang, gaps_of(hours)))
        })
    };
    let about = move || {
        let lang = hand.lang.get();
        answer.with(|answer| {
            let answer = answer.as_ref()?;
            answer.foretold.as_ref()?;
            let special = if answer.special.is_empty() { String::new() } else { special_told(lang, &answer.special) };
            Some(error_told(lang, answer.past.len(), percent_wrong(&answer.past)) + &special)
        })
    };
    let too_few =
        memo(move || answer.with(|answer| answer.as_ref().filter(|it| it.foretold.is_none()).map(|it| it.weeks_known)));
    view! {
        <p class="sentence" data-testid="planning-sentence">{said}</p>
        <p class="hint" data-testid="forecast-error">{about}</p>
        {move || {
            too_few
                .get()
                .map(|weeks| {
                    view! {
                        <div class="blank">
                            <h2>{p(TOO_LITTLE)}</h2>
                            <p>{move || too_little(hand.lang.get(), weeks)}</p>
                        </div>
                    }
                })
        }}
    }
}

/// How the numbers are made, and what is assumed beyond the form.
#[component]
fn How() -> impl IntoView {
    let told = [PLANNED_CHAT, PLANNED_FORECAST, PLANNED_RANGE, PLANNED_QUEUE, PLANNED_HANDLING, PLANNED_PATIENCE];
    view! {
        <details class="definitions">
            <summary>{p(HOW_PLANNED)}</summary>
            <ul>{told.map(|text| view! { <li>{p(text)}</li> })}</ul>
        </details>
    }
}
