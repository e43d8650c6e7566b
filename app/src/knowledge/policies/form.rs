//! Writing and changing a policy: its rules as cards, the first that fits counts.

use leptos::task::spawn_local;
use qinda::policy::{POLICY_DAYS_MAX, POLICY_RULES_MAX, Payer, Policy, PolicyFields, PolicyRule};
use serde::{Deserialize, Serialize};

use super::gaps::gaps;
use super::try_out::TryOut;
use crate::desk::{CannotKeep, use_desk};
use crate::frame::hand::use_hand;
use crate::knowledge::checks::AnswerChecks;
use crate::local::outbox::DraftOf;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::removal::RemovalFoot;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::pages::{
    ADD_RULE, ANY, EDIT_POLICY, FAULT, FROM_DAY, GAPS, GIFT, GRANTED, GRANTED_OR_NOT, MOVE_DOWN, MOVE_UP, NEW_POLICY,
    NO, NO_GAPS, NOT_GRANTED, OPENED, PAYER, POLICY_MOVED_ON, POLICY_TITLE, POLICY_WORDS, TO_DAY, Text, WITHIN_DAYS,
    YES, p, payer_name, rule_case_text, rule_number,
};
use crate::words::{Word, phrases, t};

/// How many gaps are told one by one.
const GAPS_SHOWN: usize = 8;
const PAYERS: [Payer; 4] = [Payer::Shop, Payer::Shopper, Payer::Each, Payer::Nobody];

/// A rule in the form; the number stays with it when it moves.
type RuleField = (usize, ArcRwSignal<PolicyRule>);

/// The fields of a policy as they are typed.
#[derive(Clone, Copy)]
struct Fields {
    title: RwSignal<String>,
    rules: RwSignal<Vec<RuleField>>,
    next: StoredValue<usize>,
}

impl Fields {
    fn new(fields: PolicyFields) -> Self {
        let it = Self { title: RwSignal::default(), rules: RwSignal::default(), next: StoredValue::new(0) };
        it.set(fields);
        it
    }

    fn set(self, fields: PolicyFields) {
        self.title.set(fields.title);
        self.rules.set(Vec::new());
        for rule in fields.rules {
            self.add(rule);
        }
        if self.rules.with_untracked(Vec::is_empty) {
            self.add(PolicyRule { granted: true, ..PolicyRule::default() });
        }
    }

    fn add(self, rule: PolicyRule) {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        self.rules.update(|rules| rules.push((number, ArcRwSignal::new(rule))));
    }

    fn get(self) -> PolicyFields {
        let rules = self.rules.get().into_iter().map(|(_, rule)| rule.get()).collect();
        PolicyFields { title: self.title.get(), rules }
    }

    /// Where a rule stands, from 0.
    fn place(self, number: usize) -> usize {
        self.rules.with(|rules| rules.iter().position(|(kept, _)| *kept == number)).unwrap_or(0)
    }

    fn shift(self, number: usize, down: bool) {
        let place = untrack(|| self.place(number));
        let other = if down { place + 1 } else { place.wrapping_sub(1) };
        self.rules.update(|rules| {
            if other < rules.len() {
                rules.swap(place, other);
            }
        });
    }
}

/// A form that was begun and not saved, as it outlives a reload.
#[derive(Serialize, Deserialize)]
struct Begun {
    base: Option<Policy>,
    fields: PolicyFields,
}

/// The form of a policy; of a new one when there is none.
#[component]
pub(super) fn PolicyForm(
    /// The policy to change.
    policy: Option<Policy>,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let id = policy.as_ref().map(|policy| policy.id);
    let draft_of = DraftOf::Policy(id);
    let begun: Begun = serde_json::from_str(&desk.draft(draft_of)).unwrap_or_else(|_| Begun {
        fields: policy.as_ref().map(|policy| policy.fields.clone()).unwrap_or_default(),
        base: policy,
    });
    let fields = Fields::new(begun.fields);
    let base = RwSignal::new(begun.base);
    let now = memo(move || fields.get());
    let stands = memo(move || id.and_then(|id| desk.policies().into_iter().find(|policy| policy.id == id)));
    let changed = memo(move || {
        let began = base.with(|base| base.as_ref().map(|base| base.fields.clone()));
        now.with(|now| match began {
            Some(began) => *now != began,
            None => !now.title.is_empty() || now.rules.iter().any(|rule| !rule.words.is_empty()) || now.rules.len() > 1,
        })
    });
    let moved_on = memo(move || {
        let version = |policy: &Option<Policy>| policy.as_ref().map(|policy| policy.version);
        base.with(version) != stands.with(version)
    });
    let take_theirs = move || {
        let theirs = stands.get_untracked();
        fields.set(theirs.as_ref().map(|policy| policy.fields.clone()).unwrap_or_default());
        base.set(theirs);
    };
    effect(move || {
        if moved_on.get() && !changed.get_untracked() {
            take_theirs();
        }
    });
    effect(move || {
        let begun = changed.get().then(|| Begun { base: base.get(), fields: now.get() });
        let text = begun.and_then(|begun| serde_json::to_string(&begun).ok()).unwrap_or_default();
        desk.set_draft(draft_of, text);
    });
    let fault = RwSignal::new(None::<CannotKeep>);
    let saved = RwSignal::new(false);
    effect(move || {
        now.track();
        fault.set(None);
        saved.set(false);
    });
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let version = base.with_untracked(|base| base.as_ref().map_or(0, |base| base.version));
        spawn_local(async move {
            match desk.put_policy(id, now.get_untracked(), version).await {
                Ok(kept) => {
                    base.try_set(untrack(|| stands.get()));
                    saved.try_set(true);
                    if id.is_none() {
                        hand.replace(Place::Policy(kept));
                    }
                }
                Err(why) => {
                    fault.try_set(Some(why));
                }
            }
        });
    };
    let remove = Callback::new(move |()| {
        let Some(policy) = base.get_untracked() else { return };
        spawn_local(async move {
            match desk.remove_policy(policy).await {
                Ok(()) => hand.go(Place::Policies),
                Err(why) => {
                    fault.try_set(Some(why));
                }
            }
        });
    });
    let said = move || fault.get().map(|fault| phrases::cannot_keep(hand.lang.get(), &fault));
    let count = memo(move || fields.rules.with(Vec::len));
    view! {
        <form class="article-form policy-form" on:submit=handler(save)>
            <header class="head">
                <Show when=move || !hand.wide.get()>
                    <a class="icon-button" href=Place::Policies.path() aria-label=t(Word::BackToList)><Glyph icon=Icon::Back/></a>
                </Show>
                <h2>{p(if id.is_some() { EDIT_POLICY } else { NEW_POLICY })}</h2>
                <span class="hint" role="status">{move || saved.get().then(|| Word::Saved.say(hand.lang.get()))}</span>
                <button type="submit" class="strong small">{t(Word::Save)}</button>
            </header>
            <Show when=move || moved_on.get() && changed.get()>
                <div class="notice trouble" role="alert">
                    <p>{p(POLICY_MOVED_ON)}</p>
                    <button type="button" class="small" on:click=handler(move |_| take_theirs())>{t(Word::TakeTheirs)}</button>
                    <button type="button" class="small" on:click=handler(move |_| base.set(stands.get_untracked()))>{t(Word::KeepMine)}</button>
                </div>
            </Show>
            <p class="fault" role="alert">{said}</p>
            <label class="field">
                <span>{p(POLICY_TITLE)}</span>
                <input required prop:value=fields.title on:input=written(move |text| fields.title.set(text))/>
            </label>
            <ol class="policy-rules">
                <For each=move || fields.rules.get() key=|(number, _)| *number let((number, rule))>
                    <RuleCard fields number rule/>
                </For>
            </ol>
            <Show when=move || { count.get() < POLICY_RULES_MAX }>
                <button
                    type="button"
                    class="add-rule"
                    on:click=handler(move |_| fields.add(PolicyRule { granted: true, ..PolicyRule::default() }))
                >
                    <Glyph icon=Icon::Add/>
                    {p(ADD_RULE)}
                </button>
            </Show>
            <Gaps now/>
            <TryOut fields=now/>
            {id
                .map(|_| {
                    view! {
                        <RemovalFoot remove/>
                    }
                })}
        </form>
    }
}

/// The cases that no rule fits.
#[component]
fn Gaps(now: Memo<PolicyFields>) -> impl IntoView {
    let hand = use_hand();
    let open = memo(move || now.with(gaps));
    let lines = move || {
        let lang = hand.lang.get();
        let lines = open.get().into_iter().take(GAPS_SHOWN);
        lines.map(|gap| view! { <li>{rule_case_text(lang, &gap)}</li> }).collect_view()
    };
    view! {
        <section class="gaps" role="status" data-testid="policy-gaps">
            {move || if open.with(Vec::is_empty) { NO_GAPS } else { GAPS }.say(hand.lang.get())}
            <ul>{lines}</ul>
        </section>
    }
}

#[component]
fn RuleCard(fields: Fields, number: usize, rule: ArcRwSignal<PolicyRule>) -> impl IntoView {
    let hand = use_hand();
    let rule = RwSignal::from(rule);
    let words = RwSignal::new(rule.with_untracked(|rule| rule.words.clone()));
    let place = memo(move || fields.place(number));
    let count = memo(move || fields.rules.with(Vec::len));
    let remove = move |_| fields.rules.update(|rules| rules.retain(|(kept, _)| *kept != number));
    let days = move |label: Text, read: fn(&PolicyRule) -> Option<u32>, write: fn(&mut PolicyRule, Option<u32>)| {
        let shown = rule.with_untracked(read).map(|day| day.to_string());
        view! {
            <label class="field">
                <span>{p(label)}</span>
                <input
                    type="number"
                    inputmode="numeric"
                    min="1"
                    max=POLICY_DAYS_MAX
                    value=shown
                    on:input=written(move |text| {
                        let day = text.parse().ok();
                        rule.update(|rule| write(rule, day));
                    })
                />
            </label>
        }
    };
    let open_or =
        move |label: Text, read: fn(&PolicyRule) -> Option<bool>, write: fn(&mut PolicyRule, Option<bool>)| {
            view! {
                <Choice
                    label
                    options=vec![(ANY, None), (YES, Some(true)), (NO, Some(false))]
                    chosen=Signal::derive(move || rule.with(read))
                    choose=Callback::new(move |is| rule.update(|rule| write(rule, is)))
                />
            }
        };
    view! {
        <li class="policy-rule">
            <header>
                <b>{move || rule_number(hand.lang.get(), place.get() + 1)}</b>
                <button type="button" class="small" disabled=move || place.get() == 0 on:click=handler(move |_| fields.shift(number, false))>
                    {p(MOVE_UP)}
                </button>
                <button
                    type="button"
                    class="small"
                    disabled=move || { place.get() + 1 >= count.get() }
                    on:click=handler(move |_| fields.shift(number, true))
                >
                    {p(MOVE_DOWN)}
                </button>
                <Show when=move || { count.get() > 1 }>
                    <button type="button" class="small" on:click=handler(remove)>{t(Word::Remove)}</button>
                </Show>
            </header>
            <div class="field-trio">
                {days(FROM_DAY, |rule| rule.from_day, |rule, day| rule.from_day = day)}
                {days(TO_DAY, |rule| rule.to_day, |rule, day| rule.to_day = day)}
                {days(WITHIN_DAYS, |rule| rule.within_days, |rule, day| rule.within_days = day)}
            </div>
            <div class="rule-choices">
                {open_or(FAULT, |rule| rule.fault, |rule, is| rule.fault = is)}
                {open_or(OPENED, |rule| rule.opened, |rule, is| rule.opened = is)}
                {open_or(GIFT, |rule| rule.gift, |rule, is| rule.gift = is)}
                <Choice
                    label=GRANTED_OR_NOT
                    options=vec![(GRANTED, true), (NOT_GRANTED, false)]
                    chosen=Signal::derive(move || rule.with(|rule| rule.granted))
                    choose=Callback::new(move |is| rule.update(|rule| rule.granted = is))
                />
                <Choice
                    label=PAYER
                    options=PAYERS.map(|payer| (payer_name(payer), payer)).to_vec()
                    chosen=Signal::derive(move || rule.with(|rule| rule.payer))
                    choose=Callback::new(move |payer| rule.update(|rule| rule.payer = payer))
                />
            </div>
            <label class="field">
                <span>{p(POLICY_WORDS)}</span>
                <span class="grow" data-text=move || words.get()>
                    <textarea
                        rows="2"
                        prop:value=words
                        on:input=written(move |text| {
                            words.set(text);
                            rule.update(|rule| rule.words = words.get_untracked());
                        })
                    ></textarea>
                </span>
            </label>
            <AnswerChecks answer=words/>
        </li>
    }
}

/// One of a few, as buttons.
#[component]
fn Choice<T>(label: Text, options: Vec<(Text, T)>, chosen: Signal<T>, choose: Callback<T>) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let one = move |(name, value): (Text, T)| {
        view! {
            <button type="button" aria-pressed=move || (chosen.get() == value).to_string() on:click=handler(move |_| choose.run(value))>
                {p(name)}
            </button>
        }
    };
    view! {
        <div class="field">
            <span>{p(label)}</span>
            <div class="choice" role="group" aria-label=p(label)>{options.into_iter().map(one).collect_view()}</div>
        </div>
    }
}
