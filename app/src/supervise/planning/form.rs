//! What is assumed, each with what it means; and keeping it.

use qinda::planning::{
    Assumptions, CHATS_MAX, Measured, PATIENCE_SECONDS_MAX, STRETCH_PERCENT_MAX, STRETCH_PERCENT_MIN,
};

use super::Planned;
use super::outcome::staffing_of;
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::pages::{
    ASSUMED, AWAY_FIELD, AWAY_HINT, CHATS_FIELD, HANDLING_FIELD, LEAVES_FIELD, LEVEL_FIELD, LEVEL_HINT, PATIENCE_FIELD,
    PLAN_SAVED, STRETCH_FIELD, STRETCH_HINT, TYPED_NOT_SAVED, Text, WITHIN_FIELD, WITHIN_HINT, chats_hint,
    handling_hint, p, patience_hint, plan_problem, planning_fault,
};
use crate::words::{Lang, Word, t};

/// The hint of a field: words of the page, or what was measured.
#[derive(Clone, Copy)]
enum Hint {
    Fixed(Text),
    Measured(fn(Lang, &Measured) -> String),
}

/// A field: which it is, its words, from what to what it goes, and where its number stands.
struct Field {
    name: &'static str,
    label: Text,
    hint: Hint,
    range: (u32, u32),
    get: fn(&Assumptions) -> Option<u32>,
    set: fn(&mut Assumptions, Option<u32>),
}

const FIELDS: [Field; 6] = [
    Field {
        name: "level",
        label: LEVEL_FIELD,
        hint: Hint::Fixed(LEVEL_HINT),
        range: (1, 99),
        get: |it| Some(it.level_percent),
        set: |it, number| it.level_percent = number.unwrap_or(0),
    },
    Field {
        name: "within",
        label: WITHIN_FIELD,
        hint: Hint::Fixed(WITHIN_HINT),
        range: (0, PATIENCE_SECONDS_MAX),
        get: |it| Some(it.within_seconds),
        set: |it, number| it.within_seconds = number.unwrap_or(0),
    },
    Field {
        name: "handling",
        label: HANDLING_FIELD,
        hint: Hint::Measured(handling_hint),
        range: (1, PATIENCE_SECONDS_MAX),
        get: |it| it.handling_seconds,
        set: |it, number| it.handling_seconds = number,
    },
    Field {
        name: "chats",
        label: CHATS_FIELD,
        hint: Hint::Measured(chats_hint),
        range: (1, CHATS_MAX),
        get: |it| Some(it.chats),
        set: |it, number| it.chats = number.unwrap_or(0),
    },
    Field {
        name: "stretch",
        label: STRETCH_FIELD,
        hint: Hint::Fixed(STRETCH_HINT),
        range: (STRETCH_PERCENT_MIN, STRETCH_PERCENT_MAX),
        get: |it| Some(it.stretch_percent),
        set: |it, number| it.stretch_percent = number.unwrap_or(0),
    },
    Field {
        name: "away",
        label: AWAY_FIELD,
        hint: Hint::Fixed(AWAY_HINT),
        range: (0, 90),
        get: |it| Some(it.away_percent),
        set: |it, number| it.away_percent = number.unwrap_or(0),
    },
];

const PATIENCE: Field = Field {
    name: "patience",
    label: PATIENCE_FIELD,
    hint: Hint::Measured(patience_hint),
    range: (1, PATIENCE_SECONDS_MAX),
    get: |it| it.patience_seconds,
    set: |it, number| it.patience_seconds = number,
};

/// The assumptions.
#[component]
pub(super) fn AssumptionsForm(planned: Planned) -> impl IntoView {
    let hand = use_hand();
    let Planned { answer, typed, .. } = planned;
    let fault = memo(move || {
        answer.with(|answer| answer.as_ref().and_then(|it| typed.with(|typed| staffing_of(it, typed).err())))
    });
    let leaves = memo(move || typed.with(|typed| typed.leaves));
    let save = handler(move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        typed.save();
    });
    view! {
        <form class="hours-form assumptions" data-testid="assumptions" novalidate on:submit=save>
            <h2>{p(ASSUMED)}</h2>
            <div class="week">{FIELDS.iter().map(|field| number(planned, field)).collect_view()}</div>
            <label class="tick">
                <input
                    type="checkbox"
                    data-field="leaves"
                    prop:checked=move || leaves.get()
                    on:change=ticked(move |is| typed.update(|typed| typed.leaves = is))
                />
                <span>{p(LEAVES_FIELD)}</span>
            </label>
            <Show when=move || leaves.get()>
                <div class="week">{number(planned, &PATIENCE)}</div>
            </Show>
            <p class="fault" role="alert">{move || fault.get().map(|fault| planning_fault(hand.lang.get(), fault))}</p>
        </form>
    }
}

fn number(planned: Planned, field: &'static Field) -> AnyView {
    let hand = use_hand();
    let Planned { answer, typed, .. } = planned;
    let value = memo(move || typed.with(field.get));
    let hint = move || {
        let lang = hand.lang.get();
        match field.hint {
            Hint::Fixed(text) => text.say(lang).to_owned(),
            Hint::Measured(say) => {
                answer.with(|answer| answer.as_ref().map(|it| say(lang, &it.measured)).unwrap_or_default())
            }
        }
    };
    view! {
        <label class="field">
            <span>{p(field.label)}</span>
            <input
                type="number"
                inputmode="numeric"
                min=field.range.0
                max=field.range.1
                data-field=field.name
                prop:value=move || value.get().map(|number| number.to_string()).unwrap_or_default()
                on:input=written(move |text| typed.update(|typed| (field.set)(typed, text.trim().parse().ok())))
            />
            <small class="hint">{hint}</small>
        </label>
    }
    .into_any()
}

/// What is not kept yet, why, and what can be done. It stays in sight while there is something to say.
#[component]
pub(super) fn SaveBar(planned: Planned) -> impl IntoView {
    let hand = use_hand();
    let Planned { typed, .. } = planned;
    let said = memo(move || {
        let lang = hand.lang.get();
        match typed.problem() {
            Some(problem) => plan_problem(lang, problem),
            None if typed.is_saved() => PLAN_SAVED.say(lang),
            None if typed.is_changed() => TYPED_NOT_SAVED.say(lang),
            None => "",
        }
    });
    let take_theirs = handler(move |_| typed.take_theirs());
    let keep_mine = handler(move |_| typed.keep_mine());
    let save = handler(move |_| typed.save());
    view! {
        <div class="save-bar" class:waits=move || !said.get().is_empty() data-testid="save-bar">
            <p role="status" data-testid="plan-standing">{move || said.get()}</p>
            <div class="buttons" hidden=move || !typed.knows_theirs()>
                <button type="button" on:click=take_theirs>{t(Word::TakeTheirs)}</button>
                <button type="button" class="strong" on:click=keep_mine>{t(Word::KeepMine)}</button>
            </div>
            <button
                type="button"
                class="strong"
                hidden=move || !typed.is_changed() || typed.knows_theirs()
                aria-busy=move || typed.is_busy().to_string()
                on:click=save
            >
                {t(Word::Save)}
            </button>
        </div>
    }
}
