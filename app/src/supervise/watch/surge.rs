//! The surge plan as a live guide: which steps apply, since when, and what comes next.

use qinda::model::MICROS_PER_SECOND;
use qinda::timing::{SurgePlan, SurgeState, SurgeStep};

use crate::desk::use_desk;
use crate::frame::hand::use_hand;
use crate::parts::when::clock_text;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::pages::{
    CHANGE_PLAN, NO_SURGE, SURGE, applies_since, next_step_in, p, release_in, step_call, step_rule,
};

/// The steps of the plan; those that apply stand out.
#[component]
pub(super) fn SurgeSteps(plan: SurgePlan, surge: SurgeState) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let is_quiet = surge.steps == 0;
    let left = move |at: qinda::model::Micros| clock_text((at.since(desk.now()) / MICROS_PER_SECOND).max(0));
    let next = plan.steps.get(surge.steps).cloned().zip(surge.next_at);
    let last = surge.steps.checked_sub(1).and_then(|place| plan.steps.get(place).cloned()).zip(surge.release_at);
    let foretold = move || {
        let lang = hand.lang.get();
        let next = next.as_ref().map(|(step, at)| next_step_in(lang, step, &left(*at)));
        next.or_else(|| last.as_ref().map(|(step, at)| release_in(lang, step, &left(*at))))
    };
    let since = move || surge.since.map(|since| applies_since(hand.lang.get(), &hand.local(since).time()));
    let steps = StoredValue::new(plan.steps);
    let rows = move || {
        steps.with_value(|steps| {
            steps.iter().enumerate().map(|(place, step)| row(place, step, surge.steps)).collect_view()
        })
    };
    view! {
        <details class="surge" data-testid="surge" open=!is_quiet>
            <summary>
                <b>{p(SURGE)}</b>
                " "
                <span data-kind=if is_quiet { "well" } else { "late" }>
                    {move || if is_quiet { Some(NO_SURGE.say(hand.lang.get()).to_owned()) } else { since() }}
                </span>
            </summary>
            <p class="hint" data-testid="surge-foretold">{foretold}</p>
            <ol>{rows}</ol>
            <a href=Place::Figures.path()>{p(CHANGE_PLAN)}</a>
        </details>
    }
}

fn row(place: usize, step: &SurgeStep, applied: usize) -> impl IntoView + use<> {
    let hand = use_hand();
    let (called, ruled) = (step.clone(), step.clone());
    view! {
        <li class:applies=place < applied aria-current=(place + 1 == applied).then_some("step")>
            <span>{move || step_call(hand.lang.get(), &called).to_owned()}</span>
            <span class="hint">{move || step_rule(hand.lang.get(), &ruled)}</span>
        </li>
    }
}
