//! The hours of the week: how much there was, or how well it went, as a table whose cells are shaded too.

use qinda::sync::{HistoryAnswer, HistoryHour};

use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::Lang;
use crate::words::pages::{
    HOUR, HOURS_OF_WEEK, HOW_MUCH, HOW_WELL, SHORT_WEEKDAYS, WEEKDAYS, figure_value, number_of, p, short_value,
};

/// How many shades there are; the style sheet has a colour for each.
const SHADES: f64 = 8.0;

/// The hours of the week.
#[component]
pub(super) fn HoursOfWeek(answer: Memo<Option<HistoryAnswer>>) -> impl IntoView {
    let hand = use_hand();
    let choice = hand.trend;
    let well = memo(move || choice.with(|choice| choice.well));
    let rows = move || answer.with(|answer| answer.as_ref().map(|it| rows(hand.lang.get(), it, well.get())));
    let button = move |text, is_well: bool| {
        view! {
            <button
                type="button"
                aria-pressed=move || (well.get() == is_well).to_string()
                on:click=handler(move |_| choice.update(|choice| choice.well = is_well))
            >
                {p(text)}
            </button>
        }
    };
    view! {
        <section class="week-hours">
            <header>
                <h2>{p(HOURS_OF_WEEK)}</h2>
                <div class="choice screen-only" role="group" aria-label=p(HOURS_OF_WEEK)>
                    {button(HOW_MUCH, false)}
                    {button(HOW_WELL, true)}
                </div>
            </header>
            <table class="heat" class:well=move || well.get() data-testid="trend-week">
                <thead>
                    <tr>
                        <th scope="col">{p(HOUR)}</th>
                        {(0..7).map(|day| view! { <th scope="col" title=p(WEEKDAYS[day])>{p(SHORT_WEEKDAYS[day])}</th> }).collect_view()}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

fn rows(lang: Lang, answer: &HistoryAnswer, well: bool) -> impl IntoView + use<> {
    let hours = &answer.hours_of_week;
    let first = hours.iter().map(|hour| hour.at.hour).min().unwrap_or(0);
    let last = hours.iter().map(|hour| hour.at.hour).max().unwrap_or(0);
    let most = hours.iter().map(|hour| hour.rounds).max().unwrap_or(0).max(1);
    let worst = hours.iter().filter_map(|hour| number_of(&answer.definition, &hour.value)).fold(0.0, f64::max);
    let cell = |weekday: u8, hour: u8| {
        let found = hours.iter().find(|it| (it.at.weekday, it.at.hour) == (weekday, hour));
        let Some(it) = found else { return view! { <td></td> }.into_any() };
        let (shade, text) = if well {
            (badness(answer, it, worst), short_value(&answer.definition, &it.value))
        } else {
            (Some(f64::from(it.rounds) / f64::from(most)), it.rounds.to_string())
        };
        let shade = shade.map(|shade| (shade.clamp(0.0, 1.0) * (SHADES - 1.0)).round() as u8);
        let title = said(lang, answer, it);
        view! { <td data-shade=shade title=title>{text}</td> }.into_any()
    };
    let row = |hour: u8| {
        let cells = (0..7).map(|weekday| cell(weekday, hour)).collect_view();
        view! { <tr><th scope="row">{format!("{hour}:00")}</th>{cells}</tr> }
    };
    (first..=last).map(row).collect_view()
}

/// How bad it was, from 0 to 1; `None` where there is nothing to say it of.
fn badness(answer: &HistoryAnswer, hour: &HistoryHour, worst: f64) -> Option<f64> {
    let number = number_of(&answer.definition, &hour.value)?;
    let part = if worst > 0.0 { number / worst } else { 0.0 };
    Some(if answer.definition.statistic.is_share() { 1.0 - number } else { part })
}

fn said(lang: Lang, answer: &HistoryAnswer, hour: &HistoryHour) -> String {
    let day = WEEKDAYS.get(usize::from(hour.at.weekday)).map_or("", |day| day.say(lang));
    let value = figure_value(lang, &answer.definition, &hour.value);
    match lang {
        Lang::Zh => format!("{day} {}:00，{} 轮提问，{value}", hour.at.hour, hour.rounds),
        Lang::En => format!("{day} {}:00, {} rounds, {value}", hour.at.hour, hour.rounds),
    }
}
