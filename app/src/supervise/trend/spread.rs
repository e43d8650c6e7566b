//! How the times behind a figure are spread: a bar for each band, in a table that reads without them too.

use qinda::sync::HistoryAnswer;

use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::Lang;
use crate::words::pages::{HOW_OFTEN, NOBODY_ANSWERED, SO_FAR, SPREAD, STILL_RUNNING, TOOK, band_name, p};

struct Line {
    name: String,
    count: u32,
    /// The share of all that ended or never will, up to here.
    so_far: Option<f64>,
    class: &'static str,
}

fn lines(lang: Lang, answer: &HistoryAnswer) -> Vec<Line> {
    let spread = &answer.spread;
    let all = spread.bands.iter().map(|band| band.count).sum::<u32>() + spread.not_ended;
    let threshold = answer.definition.threshold_seconds;
    let mut sum = 0;
    let mut before = None;
    let mut lines: Vec<Line> = Vec::new();
    for band in &spread.bands {
        sum += band.count;
        let is_late = threshold.is_some_and(|seconds| band.up_to_seconds.is_none_or(|end| end > seconds));
        lines.push(Line {
            name: band_name(lang, band.up_to_seconds, before),
            count: band.count,
            so_far: (all > 0).then(|| f64::from(sum) / f64::from(all)),
            class: if is_late { "late" } else { "" },
        });
        before = band.up_to_seconds;
    }
    // What is longer than anything that happened says nothing.
    let last = lines.iter().rposition(|line| line.count > 0).map_or(0, |last| last + 1);
    lines.truncate(last);
    let beside = [(spread.not_ended, NOBODY_ANSWERED, "late"), (spread.running, STILL_RUNNING, "running")];
    let beside = beside.into_iter().filter(|(count, ..)| *count > 0);
    lines.extend(beside.map(|(count, name, class)| Line {
        name: name.say(lang).to_owned(),
        count,
        so_far: None,
        class,
    }));
    lines
}

/// The bands.
#[component]
pub(super) fn Spread(answer: Memo<Option<HistoryAnswer>>) -> impl IntoView {
    let hand = use_hand();
    let rows = move || {
        let lines = answer.with(|answer| answer.as_ref().map(|it| lines(hand.lang.get(), it))).unwrap_or_default();
        let most = lines.iter().map(|line| line.count).max().unwrap_or(0).max(1);
        let row = |Line { name, count, so_far, class }: Line| {
            let width = format!("{:.1}%", f64::from(count) * 100.0 / f64::from(most));
            let so_far = so_far.map(|share| format!("{:.1}%", share * 100.0));
            view! {
                <tr class=class>
                    <th scope="row">{name}</th>
                    <td class="band"><i style:width=width></i></td>
                    <td>{count}</td>
                    <td>{so_far}</td>
                </tr>
            }
        };
        lines.into_iter().map(row).collect_view()
    };
    view! {
        <section class="spread">
            <h2>{p(SPREAD)}</h2>
            <table class="plain-table" data-testid="trend-spread">
                <thead>
                    <tr>
                        <th scope="col">{p(TOOK)}</th>
                        <td></td>
                        <th scope="col">{p(HOW_OFTEN)}</th>
                        <th scope="col">{p(SO_FAR)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}
