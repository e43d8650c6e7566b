//! Trying rules out: on words that are typed here, and on the messages of last month.

use leptos::task::spawn_local;
use qinda::sync::TrialAnswer;
use qinda::wording::{PackFault, PackFields, Rule, Trial};

use super::finding::FindingLine;
use crate::desk::{FiguresProblem, use_desk};
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::pages::{
    NOTHING_WRONG, TEST_HINT, TEST_WORDS, TRIAL, TRIAL_HERE, TRIAL_NO_ANSWER, TRIAL_RUNS, p, trial_sentence,
};
use crate::words::phrases;

/// How far a trial looks back.
const TRIAL_DAYS: u16 = 31;
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
    let findings = memo(move || {
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
                        on:input=written(move |text| typed.set(text))
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
    Done(Outcome),
    /// The rule makes no sense yet.
    Unfit(PackFault),
    Failed,
}

/// What came out.
#[derive(Clone)]
struct Outcome {
    checked: usize,
    flagged: usize,
    /// Texts with the words for which they were flagged.
    examples: Vec<(String, String)>,
    /// Whether only the messages of this device were tried.
    here: bool,
}

impl From<TrialAnswer> for Outcome {
    fn from(answer: TrialAnswer) -> Self {
        let TrialAnswer { checked, flagged, examples, .. } = answer;
        let examples = examples.into_iter().map(|example| (example.text, example.words)).collect();
        Self { checked, flagged, examples, here: false }
    }
}

impl From<Trial> for Outcome {
    fn from(trial: Trial) -> Self {
        let Trial { checked, flagged, examples, .. } = trial;
        let examples = examples.into_iter().map(|(text, finding)| (text, finding.words)).collect();
        Self { checked, flagged, examples, here: true }
    }
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
    effect(move || {
        pack.track();
        tried.set(Tried::Not);
    });
    let run = move |_| {
        let asked = pack.get_untracked();
        if let Err(fault) = asked.clone().checked() {
            tried.set(Tried::Unfit(fault));
            return;
        }
        tried.set(Tried::Runs);
        spawn_local(async move {
            let done = match desk.try_pack(&asked, TRIAL_DAYS).await {
                Ok(answer) => Tried::Done(answer.into()),
                Err(FiguresProblem::Unreachable | FiguresProblem::SignedOut) => {
                    Tried::Done(desk.try_pack_here(&asked).into())
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
            <button type="button" on:click=handler(run)>{p(TRIAL)}</button>
            <div role="status">
                {move || match tried.get() {
                    Tried::Not => ().into_any(),
                    Tried::Runs => view! { <p class="hint">{p(TRIAL_RUNS)}</p> }.into_any(),
                    Tried::Failed => view! { <p class="fault">{p(TRIAL_NO_ANSWER)}</p> }.into_any(),
                    Tried::Unfit(fault) => {
                        let sentence = phrases::cannot_keep(hand.lang.get(), &fault.into());
                        let said = pack.with_untracked(|pack| with_words_for_id(&sentence, pack.rules.first()));
                        view! { <p class="fault" role="alert">{said}</p> }.into_any()
                    }
                    Tried::Done(Outcome { checked, flagged, examples, here }) => {
                        view! {
                            {here.then(|| view! { <p class="hint">{p(TRIAL_HERE)}</p> })}
                            <p>{move || trial_sentence(hand.lang.get(), checked, flagged)}</p>
                            <ul class="trial-examples">
                                {examples.into_iter().map(|(text, words)| view! { <Example text words/> }).collect_view()}
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
fn Example(text: String, words: String) -> impl IntoView {
    let at = text.find(&words).unwrap_or(0);
    let (before, rest) = text.split_at(at);
    let (found, behind) = rest.split_at(if rest.starts_with(&words) { words.len() } else { 0 });
    let cut = before.char_indices().rev().nth(EXAMPLE_AROUND).map_or(0, |(place, _)| place);
    let end = behind.char_indices().nth(EXAMPLE_AROUND).map_or(behind.len(), |(place, _)| place);
    let before = format!("{}{}", if cut > 0 { "…" } else { "" }, &before[cut..]);
    let behind = format!("{}{}", &behind[..end], if end < behind.len() { "…" } else { "" });
    view! { <li>{before} <mark>{found.to_owned()}</mark> {behind}</li> }
}

/// A shop knows its rules by their words, not by ids that were given to them.
pub(super) fn with_words_for_id(sentence: &str, rule: Option<&Rule>) -> String {
    let phrase = rule.and_then(|rule| Some((&rule.id, rule.phrases.first()?)));
    phrase.map_or_else(
        || sentence.to_owned(),
        |(id, phrase)| sentence.replace(&format!("“{id}”"), &format!("“{phrase}”")),
    )
}
