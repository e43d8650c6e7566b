//! How the shop counts, to be read and changed: its hours, and what each figure is made of.

use leptos::task::spawn_local;
use qinda::sync::{NamedPart, RulesAnswer, RulesTold};
use qinda::timing::FigureRules;

use super::hours::HoursForm;
use super::own_figures::OwnFigures;
use super::surge_plan::SurgeForm;
use crate::desk::{Desk, RulesProblem, use_desk};
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::pages::{ASK_AGAIN, RULES_KEPT, RULES_OF_FIGURES, Text, p, rules_problem};
use crate::words::{Word, t};

/// The rules as they were read last, and what became of the latest change.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    desk: Desk,
    told: RwSignal<Option<RulesTold>>,
    places: RwSignal<Vec<NamedPart>>,
    problem: RwSignal<Option<RulesProblem>>,
    busy: RwSignal<bool>,
}

impl Kept {
    fn new(desk: Desk) -> Self {
        Self {
            desk,
            told: RwSignal::new(None),
            places: RwSignal::new(Vec::new()),
            problem: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// Reads the rules anew.
    fn read(self) {
        spawn_local(async move {
            match self.desk.figure_rules().await {
                Ok(RulesAnswer { rules, version, places }) => {
                    self.told.try_set(Some(RulesTold { rules, version }));
                    self.places.try_set(places);
                    self.problem.try_set(None);
                }
                Err(problem) => {
                    self.problem.try_set(Some(problem));
                }
            }
        });
    }

    /// The rules of now; every part of the page that shows them follows.
    pub(super) fn rules(self) -> FigureRules {
        self.told.with(|told| told.as_ref().map(|told| told.rules.clone())).unwrap_or_default()
    }

    /// The teams and channels that may have hours of their own.
    pub(super) fn places(self) -> Vec<NamedPart> {
        self.places.get()
    }

    /// Whether a change is on its way.
    pub(super) fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// Keeps the rules as they are after a change, and says whether the server took them.
    pub(super) fn change(
        self,
        change: impl FnOnce(&mut FigureRules),
        done: impl FnOnce(Option<RulesProblem>) + 'static,
    ) {
        let Some(RulesTold { mut rules, version }) = self.told.get_untracked() else { return };
        if self.busy.get_untracked() {
            return;
        }
        change(&mut rules);
        self.busy.set(true);
        spawn_local(async move {
            let put = self.desk.put_figure_rules(rules, version).await;
            self.busy.try_set(false);
            let problem = put.as_ref().err().copied();
            if let Ok(told) = put {
                self.told.try_set(Some(told));
            }
            self.problem.try_set(problem);
            done(problem);
        });
    }
}

/// That what was typed is kept, once it is.
#[component]
pub(super) fn SavedLine(saved: RwSignal<bool>, text: Text) -> impl IntoView {
    let hand = use_hand();
    view! { <p class="hint" role="status">{move || saved.get().then(|| text.say(hand.lang.get()))}</p> }
}

/// Keeps what was typed; busy while it is on its way.
#[component]
pub(super) fn SaveButton(kept: Kept) -> impl IntoView {
    view! { <button type="submit" class="strong" aria-busy=move || kept.is_busy().to_string()>{t(Word::Save)}</button> }
}

/// The rules, behind one line until somebody wants them.
#[component]
pub(super) fn Rules() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let kept = Kept::new(desk);
    let is_there = memo(move || kept.told.with(Option::is_some));
    let begin = handler(move |_| {
        if !is_there.get_untracked() {
            kept.read();
        }
    });
    let said = move || kept.problem.get().map(|problem| rules_problem(hand.lang.get(), problem));
    let moved_on = move || matches!(kept.problem.get(), Some(RulesProblem::MovedOn | RulesProblem::NoSuchPlace));
    let again = move |_| kept.read();
    view! {
        <details class="definitions rules" data-testid="figure-rules" on:toggle=begin>
            <summary>{p(RULES_OF_FIGURES)}</summary>
            <p class="hint">{p(RULES_KEPT)}</p>
            <p class="fault" role="alert">{said}</p>
            <Show when=move || !is_there.get() && kept.problem.get().is_some()>
                <button type="button" on:click=handler(again)>{p(ASK_AGAIN)}</button>
            </Show>
            <Show when=moved_on>
                <button type="button" on:click=handler(again)>{t(Word::TakeTheirs)}</button>
            </Show>
            <Show when=move || is_there.get()>
                <HoursForm kept/>
                <SurgeForm kept/>
                <OwnFigures kept/>
            </Show>
        </details>
    }
}
