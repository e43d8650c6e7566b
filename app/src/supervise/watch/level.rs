//! The level of the last minutes, and how it moved.

use qinda::sync::{LevelStanding, LevelTold, NowAnswer};

use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::pages::{NO_ROUNDS, level_spoken};

const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 32.0;
/// The line stays off the edges by so much.
const EDGE: f64 = 3.0;

/// The share that was answered in time, with its trend.
#[component]
pub(super) fn LevelTile(answer: Memo<Option<NowAnswer>>) -> impl IntoView {
    let hand = use_hand();
    let level = memo(move || answer.with(|it| it.as_ref().map(|it| it.level.clone())));
    let said = move || {
        let share = level.with(|it| it.as_ref().map(|it| it.now().share()));
        match share {
            None => super::super::NONE.to_owned(),
            Some(None) => NO_ROUNDS.say(hand.lang.get()).to_owned(),
            Some(Some(share)) => format!("{:.0}%", share * 100.0),
        }
    };
    let kind = move || {
        level.with(|it| {
            it.as_ref().map_or("well", |it| match it.standing() {
                LevelStanding::Kept => "well",
                LevelStanding::InDanger => "soon",
                LevelStanding::Below => "late",
            })
        })
    };
    let none = memo(move || level.with(|it| it.as_ref().is_some_and(|it| it.now().share().is_none())));
    view! {
        <dd data-kind=kind class:small=move || none.get() data-testid="now-level">
            {said}
            {move || level.with(|it| it.as_ref().map(|it| trend(it, level_spoken(hand.lang.get(), it))))}
        </dd>
    }
}

/// The trend as a line; where nobody asked it has a gap.
fn trend(level: &LevelTold, spoken: String) -> impl IntoView + use<> {
    let last = level.points.len().saturating_sub(1).max(1) as f64;
    let x = |place: usize| EDGE + place as f64 / last * (WIDTH - 2.0 * EDGE);
    let y = |share: f64| EDGE + (1.0 - share) * (HEIGHT - 2.0 * EDGE);
    let mut path = String::new();
    let mut is_drawing = false;
    for (place, (_, value)) in level.points.iter().enumerate() {
        let share = value.share();
        if let Some(share) = share {
            // A line of no length is a dot: a moment alone is seen too.
            let (from, to) = if is_drawing { ("L", "") } else { ("M", "l0 0") };
            path += &format!("{from}{:.1} {:.1}{to}", x(place), y(share));
        }
        is_drawing = share.is_some();
    }
    let goal = y(f64::from(level.goal_percent) / 100.0);
    view! {
        <svg class="spark" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=spoken>
            <line x1=EDGE x2=WIDTH - EDGE y1=goal y2=goal/>
            <path d=path/>
        </svg>
    }
}
