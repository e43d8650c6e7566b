//! A small form that asks for the case and says what the policy grants.

use qinda::policy::{Case, POLICY_DAYS_MAX, PolicyFields};

use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::pages::{CASE_DAY, FAULT, GIFT, NO_RULE_FITS, OPENED, TRY_POLICY, Text, outcome_text, p};

/// Tries a policy out.
#[component]
pub(super) fn TryOut(
    /// The policy as it is written.
    fields: Memo<PolicyFields>,
) -> impl IntoView {
    let hand = use_hand();
    let case = RwSignal::new(Case { day: 1, ..Case::default() });
    let tick = move |label: Text, read: fn(&Case) -> bool, write: fn(&mut Case, bool)| {
        view! {
            <label class="tick">
                <input
                    type="checkbox"
                    prop:checked=move || case.with(read)
                    on:change=move |event| {
                        let is = event_target_checked(&event);
                        case.update(|case| write(case, is));
                    }
                />
                <span>{p(label)}</span>
            </label>
        }
    };
    let rule = memo(move || fields.with(|fields| fields.rule_for(case.get()).cloned()));
    view! {
        <section class="try-out" data-testid="policy-try">
            <h3 class="over">{p(TRY_POLICY)}</h3>
            <div class="try-case">
                <label class="field">
                    <span>{p(CASE_DAY)}</span>
                    <input
                        type="number"
                        inputmode="numeric"
                        min="1"
                        max=POLICY_DAYS_MAX
                        prop:value=move || case.with(|case| case.day.to_string())
                        on:input=written(move |text| {
                            let day = text.parse().unwrap_or(1);
                            case.update(|case| case.day = day);
                        })
                    />
                </label>
                {tick(FAULT, |case| case.fault, |case, is| case.fault = is)}
                {tick(OPENED, |case| case.opened, |case, is| case.opened = is)}
                {tick(GIFT, |case| case.gift, |case, is| case.gift = is)}
            </div>
            <div role="status" class="try-outcome">
                {move || match rule.get() {
                    Some(rule) => {
                        view! {
                            <b>{outcome_text(hand.lang.get(), &rule)}</b>
                            <p>{rule.words}</p>
                        }
                            .into_any()
                    }
                    None => view! { <b>{NO_RULE_FITS.say(hand.lang.get())}</b> }.into_any(),
                }}
            </div>
        </section>
    }
}
