//! The figure of each agent, team or channel: what it says, how that changed, and its course.

use std::fmt::Write;

use qinda::sync::{HistoryAnswer, HistoryRow, NamedPart, Split};
use qinda::timing::Definition;

use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::Lang;
use crate::words::pages::{
    BY, CHANGE, LINE, OF_HOW_MANY, THIS_TIME, WITHOUT_OWNER, change_said, figure_of, figure_value, is_better,
    more_rows, number_of, p, part_name, split_name,
};

const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 26.0;

/// What a part is called.
pub(super) fn name_said(lang: Lang, part: &NamedPart) -> &str {
    if part.name.is_empty() { WITHOUT_OWNER.say(lang) } else { &part.name }
}

/// The rows of a split; nothing where it is not split.
#[component]
pub(super) fn Parts(answer: Memo<Option<HistoryAnswer>>) -> impl IntoView {
    let hand = use_hand();
    let by = memo(move || answer.with(|answer| answer.as_ref().map_or(Split::None, |it| it.by)));
    let is_split =
        memo(move || by.get() != Split::None && answer.with(|it| it.as_ref().is_some_and(|it| !it.rows.is_empty())));
    let rows = move || {
        let lang = hand.lang.get();
        answer.with(|answer| {
            let it = answer.as_ref()?;
            let scale = Scale::of(it);
            Some(it.rows.iter().map(|one| row(lang, &it.definition, one, &scale)).collect_view())
        })
    };
    let more = move || {
        let count = answer.with(|answer| answer.as_ref().map_or(0, |it| it.more_rows));
        (count > 0).then(|| more_rows(hand.lang.get(), count))
    };
    view! {
        <Show when=move || is_split.get()>
            <section class="table">
                <h2>{move || split_name(by.get()).say(hand.lang.get())}</h2>
                <div class="table-scroll" tabindex="0" role="region" aria-label=p(BY)>
                    <table class="plain-table trend-rows" data-testid="trend-rows">
                        <thead>
                            <tr>
                                <th scope="col">{move || part_name(by.get()).say(hand.lang.get())}</th>
                                <th scope="col">{p(THIS_TIME)}</th>
                                <th scope="col">{p(CHANGE)}</th>
                                <th scope="col" class="course">{p(LINE)}</th>
                                <th scope="col">{p(OF_HOW_MANY)}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                <p class="hint">{more}</p>
            </section>
        </Show>
    }
}

fn row(lang: Lang, definition: &Definition, row: &HistoryRow, scale: &Scale) -> impl IntoView + use<> {
    let choice = use_hand().trend;
    let HistoryRow { of, value, before, series } = row;
    let part = of.part;
    let only = move |_| {
        choice.update(|choice| {
            choice.part = Some(part);
            choice.piece = None;
        });
    };
    let class = match is_better(definition, value, before) {
        Some(true) => "better",
        Some(false) => "worse",
        None => "",
    };
    let numbers: Vec<Option<f64>> = series.iter().map(|value| number_of(definition, value)).collect();
    view! {
        <tr>
            <th scope="row">
                <button type="button" class="quiet" on:click=handler(only)>{name_said(lang, of).to_owned()}</button>
            </th>
            <td><b>{figure_value(lang, definition, value)}</b></td>
            <td class=class>{change_said(lang, definition, value, before)}</td>
            <td class="course">
                <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") aria-hidden="true">
                    <path d=course(&numbers, scale)/>
                </svg>
            </td>
            <td>{figure_of(lang, definition, value)}</td>
        </tr>
    }
}

/// Between which numbers the courses lie: the same for all rows, so that they can be compared.
struct Scale {
    least: f64,
    most: f64,
}

impl Scale {
    fn of(answer: &HistoryAnswer) -> Self {
        let values = answer.rows.iter().flat_map(|row| &row.series);
        let numbers = values.filter_map(|value| number_of(&answer.definition, value));
        let (least, most) = numbers.fold((f64::MAX, f64::MIN), |(least, most), it| (least.min(it), most.max(it)));
        Self { least, most }
    }

    fn part(&self, number: f64) -> f64 {
        if self.most > self.least { (number - self.least) / (self.most - self.least) } else { 0.5 }
    }
}

/// The course of a row as a line, with a gap where there was nothing to say it of.
fn course(numbers: &[Option<f64>], scale: &Scale) -> String {
    let step = WIDTH / numbers.len().max(1) as f64;
    let mut path = String::new();
    let mut goes_on = false;
    for (place, number) in numbers.iter().enumerate() {
        if let Some(number) = number {
            let (x, y) = (step * (place as f64 + 0.5), HEIGHT - 2.0 - scale.part(*number) * (HEIGHT - 4.0));
            let _ = if goes_on { write!(path, "L{x:.1} {y:.1}") } else { write!(path, "M{x:.1} {y:.1}h0.1") };
        }
        goes_on = number.is_some();
    }
    path
}
