//! Trying rules out: on words that are typed here, and on the messages of last month.

use leptos::prelude::*;
use leptos::task::spawn_local;
use qinda::wording::{Finding, PackFields, Trial};

use super::finding::{FindingLine, level_key};
use crate::desk::{FiguresProblem, use_desk};
use crate::frame::hand::use_hand;
use crate::words::pages::{
    NOTHING_WRONG, TEST_HINT, TEST_WORDS, TRIAL, TRIAL_HERE, TRIAL_NO_ANSWER, TRIAL_RUNS, p, trial_sentence,
};

/// How far a trial looks back.
const TRIAL_DAYS: u32 = 31;
/// How many characters stand before and behind what an example was flagged for.
const EXAMPLE_AROUND: usize = 24;

/// A box for any words, and what the rules find in them while they are typed.
#[component]
pub(super) fn TestBox(
    /// A rule that is not saved yet and counts here already.
    unsaved: Option<Memo<PackFields>>,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let typed = RwSignal::new(String::new());
    let findings = Memo::new(move |_| {
        typed.with(|text| match unsaved {
            Some(unsaved) => unsaved.with(|unsaved| desk.findings_with(text, unsaved)),
            None => desk.findings(text),
        })
    });
    let clean = move || !typed.with(|text| text.trim().is_empty()) && findings.with(Vec::is_empty);
    view! {
        <div class="test-box" data-testid="test-box">
            <label class="field">
                <span>{p(TEST_WORDS)}</span>
                <span class="grow" data-text=move || typed.get()>
                    <textarea
                        rows="2"
                        placeholder=p(TEST_HINT)
                        prop:value=typed
                        on:input=move |event| typed.set(event_target_value(&event))
                    ></textarea>
                </span>
            </label>
            <div role="status">
                {move || findings.get().into_iter().map(|finding| view! { <FindingLine finding/> }).collect_view()}
                {move || clean().then(|| view! { <p class="hint">{NOTHING_WRONG.say(hand.lang.get())}</p> })}
            </div>
        </div>
    }
}

/// What is known of a trial.
#[derive(Clone)]
enum Tried {
    Not,
    Runs,
    /// With what came out, and whether only the messages of this device were tried.
    Done(Trial, bool),
    Failed,
}

/// What a rule would have flagged last month.
#[component]
pub(super) fn TrialOf(
    /// The rule, in a pack of its own.
    pack: Memo<PackFields>,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let tried = RwSignal::new(Tried::Not);
    // What was tried was another rule.
    Effect::new(move |_| {
        pack.track();
        tried.set(Tried::Not);
    });
    let run = move |_| {
        tried.set(Tried::Runs);
        let asked = pack.get_untracked();
        spawn_local(async move {
            let done = match desk.try_pack(&asked, TRIAL_DAYS).await {
                Ok(trial) => Tried::Done(trial, false),
                Err(FiguresProblem::Unreachable | FiguresProblem::SignedOut) => {
                    Tried::Done(desk.try_pack_here(&asked), true)
                }
                Err(_) => Tried::Failed,
            };
            if pack.try_with_untracked(|now| *now == asked) == Some(true) {
                tried.try_set(done);
            }
        });
    };
    view! {
        <div class="trial" data-testid="trial">
            <button type="button" on:click=run>{p(TRIAL)}</button>
            <div role="status">
                {move || match tried.get() {
                    Tried::Not => ().into_any(),
                    Tried::Runs => view! { <p class="hint">{p(TRIAL_RUNS)}</p> }.into_any(),
                    Tried::Failed => view! { <p class="fault">{p(TRIAL_NO_ANSWER)}</p> }.into_any(),
                    Tried::Done(trial, here) => {
                        let (checked, flagged) = (trial.checked, trial.flagged);
                        view! {
                            {here.then(|| view! { <p class="hint">{p(TRIAL_HERE)}</p> })}
                            <p>{move || trial_sentence(hand.lang.get(), checked, flagged)}</p>
                            <ul class="trial-examples">
                                {trial.examples.into_iter().map(|(text, finding)| view! { <Example text finding/> }).collect_view()}
                            </ul>
                        }
                            .into_any()
                    }
                }}
            </div>
        </div>
    }
}

#[component]
fn Example(text: String, finding: Finding) -> impl IntoView {
    let chars: Vec<char> = text.chars().collect();
    let to = finding.to.min(chars.len());
    let from = finding.from.min(to);
    let begin = from.saturating_sub(EXAMPLE_AROUND);
    let end = (to + EXAMPLE_AROUND).min(chars.len());
    let part = |range: std::ops::Range<usize>| chars[range].iter().collect::<String>();
    let before = format!("{}{}", if begin > 0 { "…" } else { "" }, part(begin..from));
    let behind = format!("{}{}", part(to..end), if end < chars.len() { "…" } else { "" });
    view! {
        <li data-level=level_key(finding.level)>{before} <mark>{part(from..to)}</mark> {behind}</li>
    }
}
