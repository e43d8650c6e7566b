//! What is to be known of an answer before shoppers read it: its parts, variables that name nothing, wording rules.

use qinda::blanks::{blanks, parts};

use crate::desk::use_desk;
use crate::frame::hand::use_hand;
use crate::knowledge::rules::finding::FindingLine;
use crate::prelude::*;
use crate::words::pages::{in_parts, unknown_blanks};

/// Tells about an answer while it is written.
#[component]
pub(super) fn AnswerChecks(
    /// The answer.
    answer: RwSignal<String>,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let unknown = memo(move || {
        let blanks = answer.with(|answer| blanks(answer));
        let mut names: Vec<String> =
            blanks.into_iter().filter(|blank| blank.known.is_none()).map(|blank| blank.name).collect();
        names.dedup();
        names
    });
    let sent_in = memo(move || answer.with(|answer| parts(answer).len()));
    let findings = memo(move || answer.with(|answer| desk.findings(answer)));
    view! {
        <div class="answer-checks">
            <Show when=move || { sent_in.get() > 1 }>
                <p class="hint">{move || in_parts(hand.lang.get(), sent_in.get())}</p>
            </Show>
            <Show when=move || !unknown.with(Vec::is_empty)>
                <p class="warned">{move || unknown.with(|names| unknown_blanks(hand.lang.get(), names))}</p>
            </Show>
            {move || findings.get().into_iter().map(|finding| view! { <FindingLine finding/> }).collect_view()}
        </div>
    }
}
