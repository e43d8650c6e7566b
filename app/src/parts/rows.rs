//! A list of rows of one height, of which only those in sight exist.

use std::collections::HashMap;
use std::hash::Hash;

use leptos::html::Div;

use crate::prelude::*;
use crate::words::{Word, t};

/// Rows beyond the edges that exist already, so that a flick meets no gap.
const ROWS_BEYOND: usize = 8;

/// A list that stays quick with ten thousand rows. When rows come and go above, what is in sight stays put.
#[component]
pub(crate) fn Rows<T, K, V>(
    /// What the list shows, in order.
    items: Memo<Vec<T>>,
    /// The key of an item.
    key: fn(&T) -> K,
    /// The height of each row in pixels, as the style sheet has it.
    row_height: f64,
    /// How far it was scrolled when it was last on the screen.
    kept_at: StoredValue<i32>,
    /// What the list is called.
    label: Word,
    /// Draws a row; the item is `None` for the moment in which its row is taken away.
    row: impl Fn(K, Memo<Option<T>>) -> V + Clone + Send + 'static,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    K: Copy + Eq + Hash + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let scroller = NodeRef::<Div>::new();
    let (top, set_top) = signal(0.0);
    let (height, set_height) = signal(window_height());
    let measure = move || {
        if let Some(element) = scroller.get_untracked() {
            kept_at.set_value(element.scroll_top());
            set_top.set(f64::from(element.scroll_top()));
            set_height.set(f64::from(element.client_height()));
        }
    };
    effect(move || {
        if let Some(element) = scroller.get() {
            element.set_scroll_top(kept_at.get_value());
            measure();
        }
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());

    let places = memo(move || {
        items.with(|items| items.iter().enumerate().map(|(place, item)| (key(item), place)).collect::<HashMap<_, _>>())
    });
    let range = memo(move || {
        let count = items.with(Vec::len);
        let first = row_at(top.get(), row_height).saturating_sub(ROWS_BEYOND).min(count);
        let last = row_at(top.get() + height.get(), row_height) + 1 + ROWS_BEYOND;
        (first, last.min(count))
    });
    stay_put(items, key, row_height, scroller);

    let shown = move || {
        let (first, last) = range.get();
        items.with(|items| {
            items.get(first..last.min(items.len())).unwrap_or_default().iter().map(key).collect::<Vec<_>>()
        })
    };
    let count = move || items.with(Vec::len);
    let total = move || format!("{}px", count() as f64 * row_height);
    view! {
        <div class="rows" node_ref=scroller on:scroll=handler(move |_| measure())>
            <div class="rows-all" role="list" aria-label=t(label) style:height=total>
                <For each=shown key=|key| *key let:key>
                    {
                        let place = memo(move || places.with(|places| places.get(&key).copied()));
                        let item = memo(move || {
                            let place = place.get()?;
                            items.with(|items| items.get(place).cloned())
                        });
                        let offset = move || {
                            let place = place.get().unwrap_or(0);
                            format!("translateY({}px)", place as f64 * row_height)
                        };
                        view! {
                            <div
                                class="rows-one"
                                role="listitem"
                                aria-setsize=count
                                aria-posinset=move || place.get().map_or(0, |place| place + 1)
                                style:transform=offset
                            >
                                {row(key, item)}
                            </div>
                        }
                    }
                </For>
            </div>
        </div>
    }
}

/// When rows come or go above what is in sight, scrolls by as much.
fn stay_put<T, K>(items: Memo<Vec<T>>, key: fn(&T) -> K, row_height: f64, scroller: NodeRef<Div>)
where
    T: Send + Sync + 'static,
    K: Copy + Eq + Hash + Send + Sync + 'static,
{
    Effect::new(move |before: Option<Vec<K>>| {
        let now: Vec<K> = items.with(|items| items.iter().map(key).collect());
        let scrolled = scroller.get_untracked().filter(|element| element.scroll_top() > 0);
        if let (Some(element), Some(before)) = (scrolled, before) {
            let first = row_at(f64::from(element.scroll_top()), row_height);
            let last = row_at(f64::from(element.scroll_top() + element.client_height()), row_height);
            let in_sight = before.get(first..(last + 1).min(before.len())).unwrap_or_default();
            let rows = most_common_move(in_sight, first, &now);
            element.set_scroll_top(element.scroll_top() + (rows as f64 * row_height) as i32);
        }
        now
    });
}

/// By how many rows most of those in sight moved.
fn most_common_move<K: Copy + Eq + Hash>(in_sight: &[K], first: usize, now: &[K]) -> i64 {
    let wanted: HashMap<K, usize> = in_sight.iter().enumerate().map(|(place, key)| (*key, first + place)).collect();
    let mut moves = HashMap::<i64, usize>::new();
    for (place, key) in now.iter().enumerate() {
        if let Some(old) = wanted.get(key) {
            *moves.entry(place as i64 - *old as i64).or_default() += 1;
        }
    }
    moves.into_iter().max_by_key(|(rows, count)| (*count, -rows.abs())).map_or(0, |(rows, _)| rows)
}

fn row_at(pixels: f64, row_height: f64) -> usize {
    (pixels / row_height).max(0.0) as usize
}

fn window_height() -> f64 {
    window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(1_000.0)
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn what_is_in_sight_stays_when_rows_come_above() {
        assert_eq!(most_common_move(&['c', 'd', 'e'], 2, &['a', 'b', 'x', 'c', 'd', 'e']), 1);
        assert_eq!(most_common_move(&['c', 'd', 'e'], 2, &['c', 'd', 'e']), -2);
    }

    #[wasm_bindgen_test]
    fn a_row_that_moves_alone_moves_nobody_else() {
        assert_eq!(most_common_move(&['c', 'd', 'e'], 2, &['e', 'a', 'b', 'c', 'd']), 1);
        assert_eq!(most_common_move(&['c', 'd', 'e'], 2, &['a', 'b', 'd', 'e', 'f', 'c']), -1);
        assert_eq!(most_common_move(&['c'], 0, &['a']), 0);
    }
}
