//! The people of each hour: written as in a spreadsheet, with what is needed below.

use qinda::planning::{Assumptions, DAYS_PER_WEEK, HOURS_PER_DAY, PLANNED_MAX};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::Planned;
use super::outcome::{Hour, shown_hours};
use super::table::{WeekTable, day_head, tenths_text};
use crate::frame::hand::use_hand;
use crate::frame::keys::is_composing;
use crate::prelude::*;
use crate::words::pages::{FILL_NEEDED, SEATS, SEATS_HINT, cell_spoken, needed_short, p, short_by};

/// The seats by hour.
#[component]
pub(super) fn SeatsTable(planned: Planned) -> impl IntoView {
    let Planned { hours, typed, .. } = planned;
    let shown = shown_hours_of(planned);
    let most = most_expected(planned);
    let write = move |event: web_sys::Event| {
        if let Some((input, (day, hour))) = written_in(&event) {
            let people = people_of(&input.value());
            typed.update(|typed| typed.planned[day][hour] = people);
        }
    };
    // What was typed stands as it counts, once one goes on.
    let tidy = move |event: web_sys::Event| {
        if let Some((input, (day, hour))) = written_in(&event) {
            input.set_value(&typed.with_untracked(|typed| people_text(typed.planned[day][hour])));
        }
    };
    let paste = move |event: web_sys::ClipboardEvent| {
        let text = event.clipboard_data().and_then(|data| data.get_data("text/plain").ok()).unwrap_or_default();
        let rows = pasted(&text);
        let is_one = rows.iter().map(Vec::len).sum::<usize>() < 2;
        if let Some((_, at)) = written_in(&event).filter(|_| !is_one) {
            event.prevent_default();
            let shown = shown.get_untracked();
            typed.update(|typed| fill(typed, &shown, at, &rows));
        }
    };
    let fill_needed = move |_| {
        let Some(hours) = hours.get_untracked() else { return };
        typed.update(|typed| {
            for (planned, hour) in typed.planned.iter_mut().flatten().zip(hours.iter().flatten()) {
                if let Some(needed) = hour.needed.flatten() {
                    *planned = u16::try_from(needed).unwrap_or(PLANNED_MAX).min(PLANNED_MAX);
                }
            }
        });
    };
    let can_fill = memo(move || hours.with(|hours| hours.is_some_and(|hours| hours[0][0].needed.is_some())));
    view! {
        <section class="seats" on:input=handler(write) on:change=handler(tidy) on:keydown=handler(go_on) on:paste=paste>
            <h2>{p(SEATS)}</h2>
            <p class="hint">{p(SEATS_HINT)}</p>
            <WeekTable
                title=SEATS
                testid="seats"
                shown
                head=day_head()
                cell=Box::new(move |day, hour| cell(planned, most, day, hour))
            />
            <Show when=move || can_fill.get()>
                <button type="button" on:click=handler(fill_needed)>{p(FILL_NEEDED)}</button>
            </Show>
        </section>
    }
}

/// The hours that are shown; they stay while one types.
pub(super) fn shown_hours_of(planned: Planned) -> Memo<Vec<usize>> {
    memo(move || planned.hours.with(|hours| hours.as_ref().map(shown_hours)).unwrap_or_default())
}

/// What is expected in the busiest hour, in tenths.
pub(super) fn most_expected(planned: Planned) -> Memo<u32> {
    let most = |hours: &qinda::planning::Week<Hour>| hours.iter().flatten().map(|hour| hour.expected).max();
    memo(move || planned.hours.with(|hours| hours.as_ref().and_then(most)).unwrap_or(0))
}

/// How dark a cell is: what is expected, by the busiest hour.
pub(super) fn heat(expected: u32, most: u32) -> String {
    format!("{}%", u64::from(expected) * 100 / u64::from(most.max(1)))
}

fn cell(planned: Planned, most: Memo<u32>, day: usize, hour: usize) -> AnyView {
    let hand = use_hand();
    let it = memo(move || planned.hours.with(|hours| hours.as_ref().map(|it| it[day][hour])).unwrap_or_default());
    let people = memo(move || planned.typed.with(|typed| typed.planned[day][hour]));
    let spoken = move || {
        let Hour { expected, needed, planned, .. } = it.get();
        cell_spoken(hand.lang.get(), (day, hour), &tenths_text(expected), (needed.flatten(), planned))
    };
    let needed = move || it.get().needed.map(|needed| needed_short(hand.lang.get(), needed));
    let short = move || it.get().gap().filter(|gap| *gap != 0).map(|gap| short_by(hand.lang.get(), gap));
    let is = move |which: fn(&Hour) -> bool| move || which(&it.get());
    view! {
        <td
            class:short=is(|it| it.gap().is_some_and(|gap| gap > 0))
            class:closed=is(|it| !it.open)
            style:--heat=move || heat(it.get().expected, most.get())
        >
            <input
                type="text"
                inputmode="numeric"
                autocomplete="off"
                maxlength="4"
                data-cell=format!("{day}-{hour}")
                aria-label=spoken
                title=spoken
                prop:value=move || people_text(people.get())
            />
            <small aria-hidden="true">{needed} " " <b>{short}</b></small>
        </td>
    }
    .into_any()
}

/// Nobody is no number: a week has many such hours.
fn people_text(people: u16) -> String {
    if people == 0 { String::new() } else { people.to_string() }
}

/// The number that a text names; digits may be wide ones. Nothing is nobody.
fn people_of(text: &str) -> u16 {
    let digit = |c: char| c.to_digit(10).or_else(|| (c as u32).checked_sub('０' as u32).filter(|digit| *digit < 10));
    let number =
        text.chars().filter_map(digit).fold(0_u32, |number, digit| number.saturating_mul(10).saturating_add(digit));
    u16::try_from(number).unwrap_or(PLANNED_MAX).min(PLANNED_MAX)
}

/// The cells of a spreadsheet: lines, and in them what stands between tabs or commas.
fn pasted(text: &str) -> Vec<Vec<u16>> {
    let cells = |line: &str| {
        let by_tab = line.contains('\t');
        let is_between = |c: char| if by_tab { c == '\t' } else { matches!(c, ',' | '，' | ';') };
        line.split(is_between).map(people_of).collect()
    };
    text.trim_end().lines().take(HOURS_PER_DAY).map(cells).collect()
}

/// Puts cells in from a place on: what goes beyond the week or the hours that are shown is left.
fn fill(typed: &mut Assumptions, shown: &[usize], (day, hour): (usize, usize), rows: &[Vec<u16>]) {
    let hours = shown.iter().skip_while(|shown| **shown != hour);
    for (hour, row) in hours.zip(rows) {
        for (day, people) in (day..DAYS_PER_WEEK).zip(row) {
            typed.planned[day][*hour] = *people;
        }
    }
}

/// The field that an event is of, and its hour.
fn written_in(event: &web_sys::Event) -> Option<(HtmlInputElement, (usize, usize))> {
    let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let cell = input.get_attribute("data-cell")?;
    let (day, hour) = cell.split_once('-')?;
    Some((input, (day.parse().ok()?, hour.parse().ok()?)))
}

/// Arrows and Enter go on to the next cell; to the side only from the end of what is written.
fn go_on(event: web_sys::KeyboardEvent) {
    let Some((input, (day, hour))) = written_in(&event).filter(|_| !is_composing(&event)) else { return };
    let length = input.value().len() as u32;
    let (from, to) =
        (input.selection_start().ok().flatten().unwrap_or(0), input.selection_end().ok().flatten().unwrap_or(length));
    let (days, hours) = match event.key().as_str() {
        "ArrowUp" => (0, -1),
        "ArrowDown" | "Enter" => (0, 1),
        "ArrowLeft" if from == 0 => (-1, 0),
        "ArrowRight" if to == length => (1, 0),
        _ => return,
    };
    event.prevent_default();
    let (mut day, mut hour) = (day as i32, hour as i32);
    // Hours that are not shown are passed over.
    for _ in 0..HOURS_PER_DAY {
        (day, hour) = (day + days, hour + hours);
        let next = document().query_selector(&format!("[data-cell=\"{day}-{hour}\"]")).ok().flatten();
        if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlInputElement>().ok()) {
            let _ = next.focus();
            next.select();
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn people_read_as_they_are_typed() {
        let read = ["7", "１２", "", "3 人", "99999", "-2"].map(people_of);
        assert_eq!(read, [7, 12, 0, 3, 9_999, 2]);
    }

    #[wasm_bindgen_test]
    fn what_is_pasted_fills_the_hours_that_are_shown() {
        let rows = pasted("1\t2\t\t4\r\n5\t6\n");
        assert_eq!(rows, [vec![1, 2, 0, 4], vec![5, 6]]);
        assert_eq!(pasted("3, 4"), [vec![3, 4]]);
        let mut typed = Assumptions::default();
        fill(&mut typed, &[8, 12], (5, 8), &rows);
        assert_eq!(
            (typed.planned[5][8], typed.planned[6][8], typed.planned[5][12], typed.planned[6][12]),
            (1, 2, 5, 6)
        );
        fill(&mut typed, &[8, 12], (6, 12), &[vec![9, 9], vec![9]]);
        assert_eq!(typed.planned.iter().flatten().filter(|people| **people == 9).count(), 1, "the rest lies beyond");
    }
}
