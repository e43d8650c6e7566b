//! The running clock of a shopper who waits.

use qinda::timing::{Urgency, Waiting};

use super::when::clock_text;
use crate::desk::use_desk;
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::phrases;

/// How long a shopper has waited. It turns when the answer is due soon, and again when
/// the limit is reached: colour, weight and shape.
#[component]
pub(crate) fn WaitClock(
    /// Who waits.
    waiting: Waiting,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let seconds = memo(move || waiting.seconds(desk.now()));
    let urgency = memo(move || waiting.urgency(desk.now()));
    let state = move || match urgency.get() {
        Urgency::Calm => "calm",
        Urgency::Soon => "soon",
        Urgency::Overdue => "overdue",
    };
    let said = move || phrases::waited(hand.lang.get(), &clock_text(seconds.get()), urgency.get());
    let since = move || hand.local(waiting.since).exact();
    view! {
        <span class="clock" data-testid="clock" data-state=state role="img" aria-label=said title=since>
            {move || clock_text(seconds.get())}
        </span>
    }
}
