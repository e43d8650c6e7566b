//! The member's own trend, and nobody else's.

use super::chart::{Chosen, Through};
use super::{Behind, Sentence, is_empty, left_out_of, piece_of_now, told_of};
use crate::desk::{Told, use_desk};
use crate::frame::hand::use_hand;
use crate::knowledge::standing::Standing;
use crate::prelude::*;
use crate::words::pages::{MY_TREND, MY_TREND_HINT, p};

/// The figures of the member's own trend: under which name each is kept, and its id.
const OWN: [(&str, &str); 2] = [("trend-own-greeting", "greeting-15s"), ("trend-own-answer", "answer-20s")];

/// The last thirty days of the member at this desk.
#[component]
pub(crate) fn MyTrend() -> impl IntoView {
    view! {
        <section class="block figures trend my-trend" data-testid="my-trend">
            <h2>{p(MY_TREND)}</h2>
            <p class="hint">{p(MY_TREND_HINT)}</p>
            {OWN.map(|(name, figure)| view! { <Mine name figure/> })}
        </section>
    }
}

#[component]
fn Mine(name: &'static str, figure: &'static str) -> impl IntoView {
    let desk = use_desk();
    let path = format!("/api/figures/history?figure={figure}&span=30d&step=day&own=true");
    let told = Told::of(desk, memo(move || (name, path.clone())));
    let (answer, now) = (told_of(told), piece_of_now(told));
    let chosen: Chosen = RwSignal::new(None);
    let something = memo(move || answer.with(|answer| answer.as_ref().is_some_and(|it| !is_empty(it))));
    let left_out = left_out_of(use_hand(), answer);
    view! {
        <Sentence answer/>
        <p class="hint">{left_out}</p>
        <Standing told/>
        <Show when=move || something.get()>
            <Through answer now chosen/>
            <Behind answer chosen own=true/>
        </Show>
    }
}
