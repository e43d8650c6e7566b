//! Of when an answer of the server is, and why there is no newer one.

use crate::desk::{Told, use_desk};
use crate::frame::hand::use_hand;
use crate::parts::when::day_name;
use crate::prelude::*;
use crate::words::phrases;

/// One line that tells how old the answer is.
#[component]
pub(crate) fn Standing(
    /// The answer.
    told: Told,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let line = move || {
        let lang = hand.lang.get();
        let as_of = told.at().map(|at| {
            let at = hand.local(at);
            // The day is named by the shop's clocks, seen from the moment at which the line is drawn.
            let now = hand.local(untrack(|| desk.now()));
            if at.day == now.day { at.time() } else { format!("{} {}", day_name(lang, at, now), at.time()) }
        });
        phrases::figures_standing(lang, told.problem(), as_of.as_deref())
    };
    view! { <p class="hint" role="status" data-testid="standing">{line}</p> }
}
