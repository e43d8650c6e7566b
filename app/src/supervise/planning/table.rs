//! Tables of the planning page: some columns of numbers with small bars, and a week hour by hour.

use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::pages::{HOURS_OF_DAY, NO_CHATS_THEN, Text, p, weekday_short};

/// A cell: what it says, how long its bar is, whether that is trouble.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) said: String,
    /// In per cent of the cell.
    pub(super) bar: Option<u32>,
    pub(super) is_bad: bool,
}

impl Cell {
    pub(super) fn of(said: impl ToString) -> Self {
        Self { said: said.to_string(), ..Self::default() }
    }

    pub(super) fn bar(self, percent: u32) -> Self {
        Self { bar: Some(percent.min(100)), ..self }
    }

    pub(super) fn bad(self, is_bad: bool) -> Self {
        Self { is_bad, ..self }
    }
}

/// A row: what it is of, and its cells.
pub(super) type TableRow = (String, Vec<Cell>);

/// A table of numbers.
#[component]
pub(super) fn NumberTable(
    title: Text,
    testid: &'static str,
    /// What the rows are of, and the columns.
    heads: &'static [Text],
    rows: Memo<Vec<TableRow>>,
) -> impl IntoView {
    let row = |(name, cells): TableRow| {
        let cell = |cell: Cell| {
            let bar = cell.bar.map(|percent| view! { <i class="bar" style:width=format!("{percent}%")></i> });
            view! { <td class:bad=cell.is_bad>{cell.said} {bar}</td> }
        };
        view! { <tr><th scope="row">{name}</th>{cells.into_iter().map(cell).collect_view()}</tr> }
    };
    let is_empty = memo(move || rows.with(Vec::is_empty));
    view! {
        <Show when=move || !is_empty.get() fallback=|| view! { <p class="hint">{p(NO_CHATS_THEN)}</p> }>
            <div class="table-scroll" tabindex="0" role="region" aria-label=p(title)>
                <table data-testid=testid>
                    <thead>
                        <tr>{heads.iter().map(|head| view! { <th scope="col">{p(*head)}</th> }).collect_view()}</tr>
                    </thead>
                    <tbody>{move || rows.get().into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </Show>
    }
}

/// What makes the cells of a week.
pub(super) type CellOf = Box<dyn Fn(usize, usize) -> AnyView + Send + Sync>;
/// What makes the heads of its days.
pub(super) type HeadOf = Box<dyn Fn(usize) -> AnyView + Send + Sync>;

/// The name of a day as a head.
pub(super) fn day_head() -> HeadOf {
    let hand = use_hand();
    Box::new(move |day| (move || weekday_short(hand.lang.get(), day)).into_any())
}

/// The hours of a week: days side by side, hours one below the other.
#[component]
pub(super) fn WeekTable(
    title: Text,
    testid: &'static str,
    /// The hours that are shown.
    shown: Memo<Vec<usize>>,
    head: HeadOf,
    cell: CellOf,
) -> impl IntoView {
    let row = move |hour: usize| {
        view! { <tr><th scope="row">{hour}</th>{(0..7).map(|day| cell(day, hour)).collect_view()}</tr> }
    };
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=p(title)>
            <table class="week-table" data-testid=testid>
                <thead>
                    <tr>
                        <th scope="col">{p(HOURS_OF_DAY)}</th>
                        {(0..7).map(|day| view! { <th scope="col">{head(day)}</th> }).collect_view()}
                    </tr>
                </thead>
                <tbody>{move || shown.get().into_iter().map(&row).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// Tenths as a number: whole from ten on.
pub(super) fn tenths_text(tenths: u32) -> String {
    if tenths >= 100 || tenths.is_multiple_of(10) {
        ((tenths + 5) / 10).to_string()
    } else {
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

/// A difference in per cent, with its sign; nothing of nothing.
pub(super) fn off_by(foretold_tenths: u32, came: u32) -> String {
    if came == 0 {
        return super::super::NONE.to_owned();
    }
    let difference = i64::from(foretold_tenths) - i64::from(came) * 10;
    let percent = (difference as f64 * 10.0 / f64::from(came)).round() as i64;
    if percent > 0 { format!("+{percent}%") } else { format!("{percent}%") }
}

/// A share from 0 to 1 in per cent; what is almost all is not told to be all.
pub(super) fn share_percent(share: f64) -> u32 {
    let percent = (share * 100.0).round() as u32;
    if share < 1.0 { percent.min(99) } else { percent }
}

/// An hour of the day.
pub(super) fn hour_text(hour: usize) -> String {
    format!("{hour}:00")
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn numbers_are_as_exact_as_they_are_worth() {
        assert_eq!([0, 4, 10, 16, 99, 100, 634].map(tenths_text), ["0", "0.4", "1", "1.6", "9.9", "10", "63"]);
        assert_eq!([off_by(110, 10), off_by(90, 10), off_by(100, 10), off_by(5, 0)], ["+10%", "-10%", "0%", "–"]);
        assert_eq!([share_percent(0.999), share_percent(1.0), share_percent(0.0)], [99, 100, 0]);
    }
}
