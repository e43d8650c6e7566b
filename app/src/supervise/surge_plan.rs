//! The shop's surge plan, a step in a line.

use qinda::timing::{FigureRules, SurgeFault, SurgePlan, SurgeStep};

use super::rules::Kept;
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::pages::{
    HOURS_SAVED, PLAN_STEPS, PLAN_STEPS_HINT, RELEASE_AT, RELEASE_MINUTES, SURGE, SURGE_HINT, p, plan_fault,
};
use crate::words::{Word, t};

/// What stands between the Chinese and the English of a step.
const LANGUAGES_APART: &str = " / ";

/// Why the plan as it is typed is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlanMisread {
    /// A line, from 1, has no two numbers and words.
    Line(usize),
    /// One of the numbers below the steps is none.
    Release,
    /// The plan cannot be followed.
    Plan(SurgeFault),
}

/// The plan as it is typed.
#[derive(Clone, Copy)]
struct Fields {
    steps: RwSignal<String>,
    release_at: RwSignal<String>,
    release_minutes: RwSignal<String>,
}

impl Fields {
    fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self { steps: empty(), release_at: empty(), release_minutes: empty() }
    }

    fn set(self, plan: &SurgePlan) {
        self.steps.set(plan.steps.iter().map(line_of).collect::<Vec<_>>().join("\n"));
        self.release_at.set(plan.release_at.to_string());
        self.release_minutes.set(plan.release_minutes.to_string());
    }

    fn read(self) -> Result<SurgePlan, PlanMisread> {
        let steps = self.steps.with_untracked(|text| steps_of(text))?;
        let number = |field: RwSignal<String>| {
            field.with_untracked(|text| text.trim().parse::<u32>()).map_err(|_| PlanMisread::Release)
        };
        let (release_at, release_minutes) = (number(self.release_at)?, number(self.release_minutes)?);
        SurgePlan { steps, release_at, release_minutes }.checked().map_err(PlanMisread::Plan)
    }
}

/// A step as it is typed: more than so many wait, for so many minutes, whom to bring in.
fn line_of(step: &SurgeStep) -> String {
    let SurgeStep { call, call_en, above, minutes } = step;
    let apart = if call_en.is_empty() { "" } else { LANGUAGES_APART };
    format!("{above} {minutes} {call}{apart}{call_en}")
}

fn steps_of(text: &str) -> Result<Vec<SurgeStep>, PlanMisread> {
    let lines = (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty());
    lines.map(|(place, line)| step_of(line).ok_or(PlanMisread::Line(place))).collect()
}

fn step_of(line: &str) -> Option<SurgeStep> {
    let (above, rest) = line.split_once(char::is_whitespace)?;
    let (minutes, words) = rest.trim_start().split_once(char::is_whitespace)?;
    let (call, call_en) = words.split_once(LANGUAGES_APART).unwrap_or((words, ""));
    let [call, call_en] = [call, call_en].map(|words| words.trim().to_owned());
    (!call.is_empty()).then_some(SurgeStep {
        call,
        call_en,
        above: above.parse().ok()?,
        minutes: minutes.parse().ok()?,
    })
}

/// The form.
#[component]
pub(super) fn SurgeForm(kept: Kept) -> impl IntoView {
    let hand = use_hand();
    let fields = Fields::new();
    let misread = RwSignal::new(None::<PlanMisread>);
    let saved = RwSignal::new(false);
    // What is typed stays while other rules change.
    let theirs = memo(move || kept.rules().surge);
    effect(move || fields.set(&theirs.get()));
    let save = handler(move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        saved.set(false);
        let read = fields.read();
        misread.set(read.as_ref().err().copied());
        let Ok(plan) = read else { return };
        kept.change(
            move |rules: &mut FigureRules| rules.surge = plan,
            move |problem| {
                saved.try_set(problem.is_none());
            },
        );
    });
    let number = move |label, field: RwSignal<String>, name: &'static str| {
        view! {
            <label class="field">
                <span>{p(label)}</span>
                <input
                    inputmode="numeric"
                    autocomplete="off"
                    data-testid=name
                    prop:value=field
                    on:input=written(move |text| field.set(text))
                />
            </label>
        }
    };
    view! {
        <form class="hours-form" data-testid="surge-plan" on:submit=save>
            <h3>{p(SURGE)}</h3>
            <p class="hint">{p(SURGE_HINT)}</p>
            <label class="field">
                <span>{p(PLAN_STEPS)}</span>
                <textarea
                    rows="7"
                    spellcheck="false"
                    data-testid="surge-steps"
                    prop:value=fields.steps
                    on:input=written(move |text| fields.steps.set(text))
                ></textarea>
                <small class="hint">{p(PLAN_STEPS_HINT)}</small>
            </label>
            <div class="week">
                {number(RELEASE_AT, fields.release_at, "surge-release-at")}
                {number(RELEASE_MINUTES, fields.release_minutes, "surge-release-minutes")}
            </div>
            <p class="fault" role="alert">{move || misread.get().map(|misread| plan_fault(hand.lang.get(), misread))}</p>
            <p class="hint" role="status">{move || saved.get().then(|| HOURS_SAVED.say(hand.lang.get()))}</p>
            <div class="buttons">
                <button type="submit" class="strong" aria-busy=move || kept.is_busy().to_string()>{t(Word::Save)}</button>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_plan_is_typed_as_it_reads() {
        let fields = Fields::new();
        fields.set(&SurgePlan::default());
        assert_eq!(fields.read(), Ok(SurgePlan::default()));
        fields.steps.set("6  3   叫店长来\n\n 12 1 全员 / Everybody ".into());
        let plan = fields.read().unwrap();
        let told: Vec<_> = plan.steps.iter().map(line_of).collect();
        assert_eq!(told, ["6 3 叫店长来", "12 1 全员 / Everybody"]);
    }

    #[wasm_bindgen_test]
    fn what_is_no_plan_says_where() {
        assert_eq!(steps_of("5 5 专家\n很多人 5 质检"), Err(PlanMisread::Line(2)));
        assert_eq!(steps_of("\n5 5"), Err(PlanMisread::Line(2)));
        let fields = Fields::new();
        fields.set(&SurgePlan::default());
        fields.release_at.set("少".into());
        assert_eq!(fields.read(), Err(PlanMisread::Release));
        fields.release_at.set("6".into());
        assert_eq!(fields.read(), Err(PlanMisread::Plan(SurgeFault::Order)));
    }
}
