//! A figure piece by piece: bars, the time before as a pale line, the goal, and how much there was below; and the same as a
//! table.

use std::fmt::Write;

use qinda::model::Micros;
use qinda::sync::{HistoryAnswer, HistoryPiece};
use qinda::timing::{Definition, Goal, Step, Value};

use super::super::NONE;
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::Lang;
use crate::words::pages::{
    AS_A_TABLE, GOAL, OF_HOW_MANY, PIECE, TAP_A_BAR, THIS_TIME, THROUGH_TIME, TIME_BEFORE, VOLUME, chart_said,
    figure_of, figure_value, goal_text, number_of, p, piece_mark, piece_name, piece_said, reaches,
};

const LEFT: f64 = 54.0;
const TOP: f64 = 16.0;
/// Where the bars stand.
const BASE: f64 = 170.0;
/// Where the bars of the volume stand, and how tall they are at most.
const VOLUME_BASE: f64 = 214.0;
const VOLUME_HEIGHT: f64 = 32.0;
const HEIGHT: f64 = 240.0;
/// How tall the mark on a bar is that misses the goal.
const CAP: f64 = 3.0;
/// The part of its room that a bar fills.
const BAR: f64 = 0.72;
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// Which piece is looked at more closely.
pub(super) type Chosen = RwSignal<Option<(Micros, Micros)>>;

/// The room that the drawing has.
#[derive(Clone, Copy)]
struct Room {
    width: f64,
    /// The most marks below it.
    marks: usize,
}

const WIDE: Room = Room { width: 720.0, marks: 6 };
const NARROW: Room = Room { width: 380.0, marks: 4 };

struct Bar {
    x: f64,
    width: f64,
    height: f64,
    volume: f64,
    class: &'static str,
    said: String,
    piece: (Micros, Micros),
    mark: Option<String>,
}

/// The figure through time.
#[component]
pub(super) fn Through(
    /// The answer, without what passes by itself.
    answer: Memo<Option<HistoryAnswer>>,
    /// The piece that goes on at this moment.
    now: Memo<Option<usize>>,
    /// The piece that is looked at more closely.
    chosen: Chosen,
) -> impl IntoView {
    let hand = use_hand();
    let goal = memo(move || answer.with(|answer| answer.as_ref().and_then(|it| it.definition.goal())));
    let drawing = move || {
        let (lang, room) = (hand.lang.get(), if hand.wide.get() { WIDE } else { NARROW });
        answer.with(|answer| answer.as_ref().map(|it| drawn(lang, it, room, now.get(), chosen)))
    };
    let goal_said = move || {
        let lang = hand.lang.get();
        goal.get().map(|goal| format!("{} {}", GOAL.say(lang), goal_text(lang, goal)))
    };
    view! {
        <figure class="chart trend-chart">
            <figcaption>
                {p(THROUGH_TIME)}
                <span class="key key-median">{p(THIS_TIME)}</span>
                <span class="key key-before">{p(TIME_BEFORE)}</span>
                <Show when=move || goal.get().is_some()>
                    <span class="key key-limit">{goal_said}</span>
                </Show>
                <span class="key key-volume">{p(VOLUME)}</span>
            </figcaption>
            {drawing}
            <p class="hint screen-only">{p(TAP_A_BAR)}</p>
            <details class="behind-chart">
                <summary>{p(AS_A_TABLE)}</summary>
                <PieceTable answer chosen/>
            </details>
        </figure>
    }
}

fn drawn(lang: Lang, answer: &HistoryAnswer, sheet: Room, now: Option<usize>, chosen: Chosen) -> impl IntoView + use<> {
    let definition = &answer.definition;
    let scale = Scale::of(answer);
    let y = |number: f64| BASE - scale.height(number);
    let right = sheet.width;
    let room = (right - LEFT) / answer.pieces.len().max(1) as f64;
    let middle = |place: usize| LEFT + room * (place as f64 + 0.5);
    let bars = bars(lang, answer, &scale, now, (room, sheet.marks));
    let before = line(answer, |place, number| (middle(place), y(number)));
    let goal_y = definition.goal().map(|goal| y(goal_number(goal)));
    let grid = [0.5, 1.0].map(|part| {
        let number = scale.top * part;
        view! {
            <line class="axis" x1=LEFT x2=right y1=y(number) y2=y(number)/>
            <text x=LEFT - 8.0 y=y(number) + 4.0 text-anchor="end">{scale.said(lang, definition, number)}</text>
        }
    });
    let bar = |bar: Bar| {
        let Bar { x, width, height, volume, class, said, piece, mark } = bar;
        let is_chosen = move || chosen.get() == Some(piece);
        view! {
            <g class=class class:chosen=is_chosen data-piece=piece.0.0>
                <title>{said}</title>
                <rect class="value" x=x y=BASE - height width=width height=height rx="1.5"></rect>
                <rect class="cap" x=x y=BASE - height width=width height=CAP></rect>
                <rect class="volume" x=x y=VOLUME_BASE - volume width=width height=volume></rect>
                <rect
                    class="whole"
                    x=x - width * (1.0 - BAR) / BAR / 2.0
                    y=TOP
                    width=width / BAR
                    height=VOLUME_BASE - TOP
                    on:click=handler(move |_| chosen.update(|chosen| *chosen = (*chosen != Some(piece)).then_some(piece)))
                ></rect>
                {mark.map(|mark| view! { <text x=x + width / 2.0 y=HEIGHT - 6.0 text-anchor="middle">{mark}</text> })}
            </g>
        }
    };
    view! {
        <svg viewBox=format!("0 0 {right} {HEIGHT}") role="img" aria-label=chart_said(lang, definition, &answer.pieces)>
            {grid}
            <line class="axis" x1=LEFT x2=right y1=BASE y2=BASE/>
            <line class="axis" x1=LEFT x2=right y1=VOLUME_BASE y2=VOLUME_BASE/>
            {bars.into_iter().map(bar).collect_view()}
            <path class="before" d=before/>
            {goal_y.map(|y| view! { <line class="limit" x1=LEFT x2=right y1=y y2=y/> })}
        </svg>
    }
}

fn bars(
    lang: Lang,
    answer: &HistoryAnswer,
    scale: &Scale,
    now: Option<usize>,
    (room, marks): (f64, usize),
) -> Vec<Bar> {
    let HistoryAnswer { definition, pieces, step, .. } = answer;
    let most = pieces.iter().map(|piece| piece.rounds).max().unwrap_or(0).max(1);
    let every = pieces.len().div_ceil(marks).max(1);
    let one_day = answer.to.0 - answer.from.0 <= MICROS_PER_DAY * 5 / 4;
    let bar = |(place, piece): (usize, &HistoryPiece)| {
        let number = number_of(definition, &piece.value);
        let misses = definition.goal().zip(number).is_some_and(|(goal, number)| !reaches(goal, number));
        let class = match (misses, now == Some(place)) {
            (true, true) => "bar late running",
            (true, false) => "bar late",
            (false, true) => "bar running",
            (false, false) => "bar",
        };
        Bar {
            x: LEFT + room * (place as f64 + (1.0 - BAR) / 2.0),
            width: room * BAR,
            height: number.map_or(0.0, |number| scale.height(number)),
            volume: f64::from(piece.rounds) / f64::from(most) * VOLUME_HEIGHT,
            class,
            said: piece_said(lang, *step, definition, piece),
            piece: (piece.from, piece.to),
            mark: place.is_multiple_of(every).then(|| piece_mark(lang, *step, one_day, piece)),
        }
    };
    pieces.iter().enumerate().map(bar).collect()
}

/// The time before as a line, with a gap where there was nothing to say it of.
fn line(answer: &HistoryAnswer, at: impl Fn(usize, f64) -> (f64, f64)) -> String {
    let mut path = String::new();
    let mut goes_on = false;
    for (place, piece) in answer.pieces.iter().enumerate() {
        let number = piece.before.and_then(|before| number_of(&answer.definition, &before));
        if let Some(number) = number {
            let (x, y) = at(place, number);
            // A lone point is drawn as a short line.
            let _ = if goes_on { write!(path, "L{x:.1} {y:.1}") } else { write!(path, "M{x:.1} {y:.1}h0.1") };
        }
        goes_on = number.is_some();
    }
    path
}

fn goal_number(goal: Goal) -> f64 {
    match goal {
        Goal::Share(share) => share,
        Goal::Ms(ms) => ms as f64,
    }
}

/// What the top of the bars stands for.
struct Scale {
    top: f64,
}

impl Scale {
    fn of(answer: &HistoryAnswer) -> Self {
        let definition = &answer.definition;
        if definition.statistic.is_share() {
            return Self { top: 1.0 };
        }
        let told = answer.pieces.iter().flat_map(|piece| [Some(piece.value), piece.before]).flatten();
        let numbers = told.filter_map(|value| number_of(definition, &value));
        let most = numbers.chain(definition.goal().map(goal_number)).fold(0.0, f64::max);
        let unit = if definition.statistic.is_time() { 1_000.0 } else { 1.0 };
        Self { top: nice(most / unit) * unit }
    }

    fn height(&self, number: f64) -> f64 {
        (number / self.top).clamp(0.0, 1.0) * (BASE - TOP)
    }

    fn said(&self, lang: Lang, definition: &Definition, number: f64) -> String {
        if definition.statistic.is_share() {
            goal_text(lang, Goal::Share(number))
        } else if definition.statistic.is_time() {
            goal_text(lang, Goal::Ms(number as i64))
        } else {
            format!("{number:.0}")
        }
    }
}

/// The next number above that people like to read.
fn nice(most: f64) -> f64 {
    let power = 10f64.powf(most.max(1.0).log10().floor());
    let times = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0].into_iter().find(|times| times * power >= most);
    times.unwrap_or(10.0) * power * if most < 1.0 { 2.0 } else { 1.0 }
}

/// The same as a table, from which each piece is opened too.
#[component]
fn PieceTable(answer: Memo<Option<HistoryAnswer>>, chosen: Chosen) -> impl IntoView {
    let hand = use_hand();
    let rows = move || {
        let lang = hand.lang.get();
        answer.with(|answer| {
            let HistoryAnswer { pieces, definition, step, .. } = answer.as_ref()?;
            Some(pieces.iter().map(|piece| row(lang, *step, definition, piece, chosen)).collect_view())
        })
    };
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=p(THROUGH_TIME)>
            <table class="plain-table" data-testid="trend-pieces">
                <thead>
                    <tr>
                        <th scope="col">{p(PIECE)}</th>
                        <th scope="col">{p(THIS_TIME)}</th>
                        <th scope="col">{p(TIME_BEFORE)}</th>
                        <th scope="col">{p(VOLUME)}</th>
                        <th scope="col">{p(OF_HOW_MANY)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row(lang: Lang, step: Step, definition: &Definition, piece: &HistoryPiece, chosen: Chosen) -> impl IntoView + use<> {
    let span = (piece.from, piece.to);
    let said = |value: &Value| {
        number_of(definition, value).map_or_else(|| NONE.to_owned(), |_| figure_value(lang, definition, value))
    };
    let before = piece.before.as_ref().map(said);
    let of = (piece.value.of + piece.value.not_ended + piece.value.running > 0)
        .then(|| figure_of(lang, definition, &piece.value));
    view! {
        <tr>
            <th scope="row">
                <button type="button" class="quiet" on:click=handler(move |_| chosen.set(Some(span)))>
                    {piece_name(lang, step, piece)}
                </button>
            </th>
            <td>{said(&piece.value)}</td>
            <td>{before}</td>
            <td>{piece.rounds}</td>
            <td>{of}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn the_top_of_a_scale_is_a_number_to_read() {
        let tops = [0.0, 0.7, 1.0, 1.2, 18.0, 31.0, 45.0, 95.0, 101.0].map(nice);
        assert_eq!(tops, [2.0, 2.0, 1.0, 2.0, 20.0, 40.0, 60.0, 100.0, 200.0]);
    }
}
