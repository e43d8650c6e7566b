//! The hours as bars: half of the answers came within the dark part, nine tenths within the whole bar.

use qinda::model::Micros;
use qinda::sync::FiguresAnswer;
use qinda::timing::{ANSWER_LIMIT_SECONDS, Figure};

use crate::frame::hand::use_hand;
use crate::parts::when::Local;
use crate::prelude::*;
use crate::words::{Word, phrases, t};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 150.0;
const TOP: f64 = 14.0;
const FOOT: f64 = 26.0;
const LEFT: f64 = 56.0;
const MICROS_PER_HOUR: i64 = 3_600 * 1_000_000;
/// Bars are never taller than for a minute: one long wait would flatten all the others.
const SCALE_MAX_MS: i64 = 60_000;
const SCALE_MIN_MS: i64 = 30_000;
const LIMIT_MS: i64 = ANSWER_LIMIT_SECONDS * 1_000;

struct Bar {
    x: f64,
    width: f64,
    median: f64,
    p90: f64,
    late: bool,
    title: String,
}

struct Chart {
    bars: Vec<Bar>,
    labels: Vec<(f64, String)>,
    limit_y: f64,
    /// What the top stands for, and whether longer times end there too.
    top: (i64, bool),
}

/// How fast the answers were in each hour.
#[component]
pub(crate) fn HourChart(
    /// The figures.
    answer: FiguresAnswer,
) -> impl IntoView {
    let hand = use_hand();
    let lang = hand.lang.get_untracked();
    let chart = chart(&answer, |at, every| phrases::bar(lang, at, every));
    let base = HEIGHT - FOOT;
    view! {
        <figure class="chart">
            <figcaption>
                {t(Word::ChartTitle)}
                <span class="key key-median">{t(Word::Median)}</span>
                <span class="key key-p90">{t(Word::NinetyPercent)}</span>
                <span class="key key-limit">{phrases::limit(lang, ANSWER_LIMIT_SECONDS)}</span>
            </figcaption>
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=t(Word::ChartSpoken)>
                <line class="axis" x1=LEFT x2=WIDTH y1=base y2=base/>
                <line class="limit" x1=LEFT x2=WIDTH y1=chart.limit_y y2=chart.limit_y/>
                <text x=LEFT - 6.0 y=chart.limit_y + 4.0 text-anchor="end">{phrases::limit(lang, ANSWER_LIMIT_SECONDS)}</text>
                <text x=LEFT - 6.0 y=TOP + 4.0 text-anchor="end">{phrases::scale_top(lang, chart.top.0, chart.top.1)}</text>
                {chart
                    .bars
                    .into_iter()
                    .map(|bar| {
                        view! {
                            <g class="bar" class:late=bar.late>
                                <title>{bar.title}</title>
                                <rect class="p90" x=bar.x y=base - bar.p90 width=bar.width height=bar.p90></rect>
                                <rect class="median" x=bar.x y=base - bar.median width=bar.width height=bar.median></rect>
                                <rect class="whole" x=bar.x y=TOP width=bar.width height=base - TOP></rect>
                            </g>
                        }
                    })
                    .collect_view()}
                {chart
                    .labels
                    .into_iter()
                    .map(|(x, label)| view! { <text x=x y=HEIGHT - 6.0 text-anchor="middle">{label}</text> })
                    .collect_view()}
            </svg>
        </figure>
    }
}

fn chart(answer: &FiguresAnswer, title: impl Fn(&str, &Figure) -> String) -> Chart {
    let local = |at: Micros| Local::of(at, answer.utc_offset_seconds);
    let hours = ((answer.to.0 - answer.from.0) / MICROS_PER_HOUR).max(1);
    let step = (WIDTH - LEFT) / hours as f64;
    let x = |at: Micros| LEFT + (at.0 - answer.from.0) as f64 / MICROS_PER_HOUR as f64 * step;
    let by_hour = &answer.figures.by_hour;
    let longest = by_hour.iter().filter_map(|(_, group)| group.every.p90_ms).max().unwrap_or(0);
    let scale = longest.clamp(SCALE_MIN_MS, SCALE_MAX_MS);
    let height = |ms: Option<i64>| (ms.unwrap_or(0) as f64 / scale as f64).min(1.0) * (HEIGHT - FOOT - TOP);
    let bars = by_hour.iter().map(|(hour, group)| Bar {
        x: x(*hour) + step * 0.14,
        width: step * 0.72,
        median: height(group.every.median_ms),
        p90: height(group.every.p90_ms),
        late: group.every.p90_ms.is_some_and(|ms| ms > LIMIT_MS),
        title: title(&local(*hour).time(), &group.every),
    });
    let one_day = hours <= 24;
    let labels = (0..hours).filter(|hour| if one_day { hour % 3 == 0 } else { hour % 24 == 0 }).map(|hour| {
        let at = Micros(answer.from.0 + hour * MICROS_PER_HOUR);
        let label = if one_day {
            local(at).hour.to_string()
        } else {
            format!("{}.{}", local(at).month, local(at).day_of_month)
        };
        (x(at) + step * if one_day { 0.5 } else { 12.0 }, label)
    });
    Chart {
        bars: bars.collect(),
        labels: labels.collect(),
        limit_y: HEIGHT - FOOT - height(Some(LIMIT_MS)),
        top: (scale / 1_000, longest > scale),
    }
}
