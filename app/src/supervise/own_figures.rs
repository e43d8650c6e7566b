//! Changing a figure, or making one of the shop's own: every part is chosen, nothing is programmed, and what it would have
//! been last month is told before it is kept.

use leptos::task::spawn_local;
use qinda::sync::FigureTrial;
use qinda::timing::{
    ClockRule, Definition, FIGURE_NAME_CHARS_MAX, Hours, Merge, Statistic, Subject, Unit, shipped, spans_of, spans_text,
};

use super::rules::{Kept, SaveButton, SavedLine};
use crate::desk::{Desk, RulesProblem, use_desk};
use crate::frame::hand::use_hand;
use crate::local::random;
use crate::prelude::*;
use crate::words::pages::{
    AT_ONCE, CAP, DAILY_HOURS, DAILY_HOURS_HINT, FIGURE_NAME, FIGURE_SAVED, GOAL_HINT, GOAL_PERCENT, IN_OPENING,
    LEFT_OUT, MERGE, MERGES, NEW_FIGURE, NEXT_DAY, NOT_ENDED, ONLY_OPEN_TIME, OWN_FIGURES, OWN_FIGURES_HINT,
    PUT_BACK_SHIPPED, REMOVE_FIGURE, STATISTIC, STATISTICS, SUBJECT, SUBJECTS, THRESHOLD, TRY_FIGURE, Text, UNIT,
    UNITS, WHICH_FIGURE, definition_fault, described, figure_name, figure_trial, p, rules_problem,
};

const SUBJECT_CHOICES: [Subject; 5] =
    [Subject::Response, Subject::FirstResponse, Subject::Handover, Subject::Handling, Subject::Resolution];
const UNIT_CHOICES: [Unit; 3] = [Unit::Case, Unit::Conversation, Unit::Customer];
const MERGE_CHOICES: [Merge; 3] = [Merge::First, Merge::Last, Merge::Each];
const STATISTIC_CHOICES: [Statistic; 8] = [
    Statistic::ShareWithin,
    Statistic::ShareEnded,
    Statistic::Median,
    Statistic::P90,
    Statistic::P95,
    Statistic::Mean,
    Statistic::Longest,
    Statistic::Number,
];

/// A figure that is about to be made.
fn new_figure() -> Definition {
    let template = shipped().swap_remove(1);
    Definition {
        id: format!("own-{:08x}", random::number() as u32),
        name: String::new(),
        name_en: String::new(),
        source: None,
        ..template
    }
}

/// What a trial told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tried {
    Said(FigureTrial),
    Not(RulesProblem),
}

/// The figures, one of them open to be changed.
#[component]
pub(super) fn OwnFigures(kept: Kept) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let fields = RwSignal::new(new_figure());
    let hours = RwSignal::new(String::new());
    let (saved, tried) = (RwSignal::new(false), RwSignal::new(None::<Tried>));
    let chosen = RwSignal::new(String::new());
    let open = move |id: String| {
        let known = untrack(|| kept.rules()).definitions().into_iter().find(|definition| definition.id == id);
        let definition = known.unwrap_or_else(new_figure);
        hours.set(hours_written(&definition.hours));
        fields.set(definition);
        chosen.set(id);
        saved.set(false);
        tried.set(None);
    };
    let names = move || {
        let lang = hand.lang.get();
        let known = kept.rules().definitions();
        let option = |definition: Definition| {
            let name = figure_name(lang, &definition).to_owned();
            view! { <option value=definition.id>{name}</option> }
        };
        known.into_iter().map(option).collect_view()
    };
    let is_own = memo(move || fields.with(|fields| kept.rules().own.iter().any(|own| own.id == fields.id)));
    let is_shipped = memo(move || fields.with(|fields| shipped().iter().any(|definition| definition.id == fields.id)));
    // What it would say and whether it can be kept is looked at as it is typed.
    let checked = memo(move || read(&fields.get(), &hours.get()));
    // What was tried or kept is what was typed then.
    effect(move || {
        checked.track();
        tried.set(None);
        saved.set(false);
    });
    let meaning = move || {
        let lang = hand.lang.get();
        checked.with(|checked| match checked {
            Ok(definition) => described(lang, definition),
            Err(_) => fields.with(|fields| described(lang, fields)),
        })
    };
    let fault = move || checked.get().err().map(|fault| definition_fault(hand.lang.get(), fault));
    let save = handler(move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        saved.set(false);
        let Ok(definition) = checked.get_untracked() else { return };
        let id = definition.id.clone();
        kept.change(
            move |rules| {
                rules.own.retain(|own| own.id != definition.id);
                rules.own.push(definition);
            },
            move |problem| {
                saved.try_set(problem.is_none());
                if problem.is_none() {
                    chosen.try_set(id);
                }
            },
        );
    });
    let remove = move |_| {
        let id = fields.with_untracked(|fields| fields.id.clone());
        let opened = id.clone();
        kept.change(
            move |rules| rules.own.retain(|own| own.id != id),
            move |problem| {
                if problem.is_none() {
                    open(opened);
                }
            },
        );
    };
    let try_out = handler(move |_| try_figure(desk, checked.get_untracked().ok(), tried));
    let told = move || {
        let lang = hand.lang.get();
        match tried.get()? {
            Tried::Said(trial) => Some(fields.with(|fields| figure_trial(lang, fields, &trial))),
            Tried::Not(problem) => Some(rules_problem(lang, problem).to_owned()),
        }
    };
    view! {
        <form class="hours-form" data-testid="own-figures" on:submit=save>
            <h3>{p(OWN_FIGURES)}</h3>
            <p class="hint">{p(OWN_FIGURES_HINT)}</p>
            <label class="field">
                <span>{p(WHICH_FIGURE)}</span>
                <select data-testid="which-figure" prop:value=chosen on:change=written(open)>
                    <option value="">{p(NEW_FIGURE)}</option>
                    {names}
                </select>
            </label>
            <Fields fields hours/>
            <p class="hint">{meaning}</p>
            <p class="fault" role="alert">{fault}</p>
            <p role="status" data-testid="figure-trial">{told}</p>
            <SavedLine saved text=FIGURE_SAVED/>
            <div class="buttons">
                <button type="button" disabled=move || checked.get().is_err() on:click=try_out>{p(TRY_FIGURE)}</button>
                <SaveButton kept/>
                <Show when=move || is_own.get()>
                    <button type="button" on:click=handler(remove)>
                        {move || if is_shipped.get() { PUT_BACK_SHIPPED } else { REMOVE_FIGURE }.say(hand.lang.get())}
                    </button>
                </Show>
            </div>
        </form>
    }
}

fn try_figure(desk: Desk, definition: Option<Definition>, tried: RwSignal<Option<Tried>>) {
    let Some(definition) = definition else { return };
    spawn_local(async move {
        let said = desk.try_figure(&definition).await;
        tried.try_set(Some(said.map_or_else(Tried::Not, Tried::Said)));
    });
}

/// Why a definition as it is typed is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FigureMisread {
    /// The hours of each day do not read, or are several spans.
    Hours,
    /// Anything else.
    Definition(qinda::timing::DefinitionFault),
}

/// The definition as it is typed, if figures can be made of it.
fn read(fields: &Definition, hours: &str) -> Result<Definition, FigureMisread> {
    let hours = match (&fields.hours, hours.trim()) {
        (Hours::Opening, _) => Hours::Opening,
        (_, "") => Hours::Any,
        (_, text) => match spans_of(text).map_err(|_| FigureMisread::Hours)?[..] {
            [span] => Hours::Daily(span),
            _ => return Err(FigureMisread::Hours),
        },
    };
    // What the shop changed is its own rule from then on.
    let definition = Definition { hours, merge: fields.merging(), ..fields.clone() };
    let as_shipped = Definition { goal_percent: None, ..definition.clone() };
    let source = definition.source.clone().filter(|_| shipped().contains(&as_shipped));
    // Only a share is to reach a share.
    let goal_percent = definition.goal_percent.filter(|_| definition.statistic.is_share());
    Definition { source, goal_percent, ..definition }.checked().map_err(FigureMisread::Definition)
}

fn hours_written(hours: &Hours) -> String {
    match hours {
        Hours::Daily(span) => spans_text(&[*span]),
        Hours::Any | Hours::Opening => String::new(),
    }
}

#[component]
fn Fields(fields: RwSignal<Definition>, hours: RwSignal<String>) -> impl IntoView {
    let hand = use_hand();
    let choice = move |label: Text,
                       names: &'static [Text],
                       at: fn(&Definition) -> usize,
                       set: fn(&mut Definition, usize)| {
        let options = names.iter().enumerate();
        let options = options.map(|(place, name)| {
            view! { <option value=place selected=move || fields.with(at) == place>{move || name.say(hand.lang.get())}</option> }
        });
        view! {
            <label class="field">
                <span>{p(label)}</span>
                <select
                    prop:value=move || fields.with(at).to_string()
                    on:change=written(move |text| {
                        let Ok(place) = text.parse() else { return };
                        fields.update(|fields| set(fields, place));
                    })
                >
                    {options.collect_view()}
                </select>
            </label>
        }
    };
    let seconds = move |label: Text, get: fn(&Definition) -> Option<u32>, set: fn(&mut Definition, Option<u32>)| {
        view! {
            <label class="field">
                <span>{p(label)}</span>
                <input
                    type="number"
                    inputmode="numeric"
                    min="0"
                    prop:value=move || fields.with(get).map(|seconds| seconds.to_string()).unwrap_or_default()
                    on:change=written(move |text| fields.update(|fields| set(fields, text.trim().parse().ok())))
                />
            </label>
        }
    };
    let tick = move |label: Text, get: fn(&Definition) -> bool, set: fn(&mut Definition, bool)| {
        view! {
            <label class="tick">
                <input
                    type="checkbox"
                    prop:checked=move || fields.with(get)
                    on:change=ticked(move |is| fields.update(|fields| set(fields, is)))
                />
                <span>{p(label)}</span>
            </label>
        }
    };
    view! {
        <label class="field">
            <span>{p(FIGURE_NAME)}</span>
            <input
                maxlength=FIGURE_NAME_CHARS_MAX
                data-testid="figure-name"
                prop:value=move || fields.with(|fields| fields.name.clone())
                on:input=written(move |name| fields.update(|fields| fields.name = name))
            />
        </label>
        <div class="week">
            {choice(SUBJECT, &SUBJECTS, |it| place_of(&SUBJECT_CHOICES, it.subject), |it, place| it.subject = SUBJECT_CHOICES[place])}
            <Show when=move || fields.with(|it| matches!(it.subject, Subject::Response | Subject::FirstResponse))>
                {choice(MERGE, &MERGES, |it| place_of(&MERGE_CHOICES, it.merge), |it, place| it.merge = MERGE_CHOICES[place])}
            </Show>
            {choice(UNIT, &UNITS, |it| place_of(&UNIT_CHOICES, it.unit), |it, place| it.unit = UNIT_CHOICES[place])}
            {choice(STATISTIC, &STATISTICS, |it| place_of(&STATISTIC_CHOICES, it.statistic), |it, place| it.statistic = STATISTIC_CHOICES[place])}
            {seconds(THRESHOLD, |it| it.threshold_seconds, |it, seconds| it.threshold_seconds = seconds)}
            <Show when=move || fields.with(|it| it.statistic.is_share())>
                <label class="field">
                    <span>{p(GOAL_PERCENT)}</span>
                    <input
                        type="number"
                        inputmode="numeric"
                        min="0"
                        max="100"
                        data-testid="figure-goal"
                        prop:value=move || fields.with(|it| it.goal_percent.map(|percent| percent.to_string()).unwrap_or_default())
                        on:input=written(move |text| fields.update(|it| it.goal_percent = percent_of(&text)))
                    />
                    <small class="hint">{p(GOAL_HINT)}</small>
                </label>
            </Show>
            {seconds(CAP, |it| it.cap_seconds, |it, seconds| it.cap_seconds = seconds)}
            <label class="field">
                <span>{p(DAILY_HOURS)}</span>
                <input autocomplete="off" placeholder="8:00-23:00" prop:value=hours on:input=written(move |text| hours.set(text))/>
                <small class="hint">{p(DAILY_HOURS_HINT)}</small>
            </label>
        </div>
        {tick(IN_OPENING, |it| it.hours == Hours::Opening, |it, is| it.hours = if is { Hours::Opening } else { Hours::Any })}
        {tick(ONLY_OPEN_TIME, |it| it.clock == ClockRule::Opening, |it, is| it.clock = if is { ClockRule::Opening } else { ClockRule::Wall })}
        <p>{p(LEFT_OUT)}</p>
        {tick(AT_ONCE, |it| it.leave_out.at_once, |it, is| it.leave_out.at_once = is)}
        {tick(NEXT_DAY, |it| it.leave_out.next_day, |it, is| it.leave_out.next_day = is)}
        {tick(NOT_ENDED, |it| it.leave_out.not_ended, |it, is| it.leave_out.not_ended = is)}
    }
}

/// A goal as it is typed; a number that is too large stays so, to be told of.
fn percent_of(text: &str) -> Option<u8> {
    let percent: u32 = text.trim().parse().ok()?;
    Some(u8::try_from(percent).unwrap_or(u8::MAX))
}

fn place_of<T: PartialEq>(choices: &[T], one: T) -> usize {
    choices.iter().position(|choice| *choice == one).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use qinda::timing::DaySpan;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_figure_reads_as_it_is_typed() {
        let named = Definition { name: "半分钟".into(), threshold_seconds: Some(30), ..new_figure() };
        assert_eq!(read(&named, "").unwrap().hours, Hours::Any);
        assert_eq!(read(&named, "8～23").unwrap().hours, Hours::Daily(DaySpan { from: 480, to: 1_380 }));
        let opening = Definition { hours: Hours::Opening, ..named.clone() };
        assert_eq!(read(&opening, "").unwrap().hours, Hours::Opening);
        assert_eq!(read(&named, "8-9 10-11"), Err(FigureMisread::Hours));
        assert_eq!(read(&named, "早上"), Err(FigureMisread::Hours));
        assert!(matches!(read(&new_figure(), ""), Err(FigureMisread::Definition(_))), "it has no name yet");
        assert_ne!(new_figure().id, new_figure().id);
        let tmall = shipped().into_iter().find(|definition| definition.id == "tmall-3min").unwrap();
        assert_eq!(read(&tmall, "8-23"), Ok(tmall.clone()), "as shipped it says where it comes from");
        assert_eq!(read(&tmall, "8-24").unwrap().source, None, "what the shop changed is its own");
        let aimed = Definition { goal_percent: Some(95), ..tmall.clone() };
        assert_eq!(read(&aimed, "8-23"), Ok(aimed), "a goal changes nothing of the rule");
        let handling = Definition { subject: Subject::Handling, merge: Merge::Each, ..named };
        assert_eq!(read(&handling, "").unwrap().merge, Merge::First, "where there are no questions nothing merges");
        assert_eq!(["", "90", "101", "9999", "x"].map(percent_of), [None, Some(90), Some(101), Some(u8::MAX), None]);
    }

    #[wasm_bindgen_test]
    fn every_choice_has_its_words() {
        assert_eq!(SUBJECT_CHOICES.len(), SUBJECTS.len());
        assert_eq!(MERGE_CHOICES.len(), MERGES.len());
        assert_eq!(UNIT_CHOICES.len(), UNITS.len());
        assert_eq!(STATISTIC_CHOICES.len(), STATISTICS.len());
    }
}
