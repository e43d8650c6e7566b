//! What the shop grants in a case, as a small form: the rule that fits and the words to say, at once.

use qinda::model::{ConversationId, How};
use qinda::policy::{Case, POLICY_DAYS_MAX, PolicyRule};

use crate::desk::use_desk;
use crate::frame::hand::{Filling, use_hand};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::sheet::Sheet;
use crate::prelude::*;
use crate::words::hand::{self, Said, said};
use crate::words::{Word, t};

/// A button that opens the form. There is none while the shop has no policy.
#[component]
pub(super) fn PolicyButton(
    /// The open conversation.
    #[prop(into)]
    conversation: Signal<Option<ConversationId>>,
    /// How the button looks.
    class: &'static str,
) -> impl IntoView {
    let (desk, screen) = (use_desk(), use_hand());
    let open = RwSignal::new(false);
    let any = memo(move || conversation.get().is_some() && !desk.policies().is_empty());
    effect(move || {
        screen.fillings.track();
        open.set(false);
    });
    view! {
        <Show when=move || any.get()>
            <button
                type="button"
                class=class
                data-testid="policy-button"
                aria-haspopup="dialog"
                on:click=handler(move |_| open.set(true))
            >
                <Glyph icon=Icon::Policy/>
                <span>{said(hand::BY_POLICY)}</span>
            </button>
        </Show>
        <Sheet open title=hand::BY_POLICY>
            <PolicyForm conversation/>
        </Sheet>
    }
}

#[component]
fn PolicyForm(conversation: Signal<Option<ConversationId>>) -> impl IntoView {
    let (desk, screen) = (use_desk(), use_hand());
    let policies = memo(move || desk.policies());
    let chosen = RwSignal::new(0_usize);
    let said_by_shopper = untrack(|| conversation.get().map(|id| desk.latest_words(id))).unwrap_or_default();
    let day = said_by_shopper.iter().rev().find_map(|words| days_said(words)).unwrap_or(1);
    let case = RwSignal::new(Case { day, ..Case::default() });
    let rule = memo(move || policies.with(|policies| policies.get(chosen.get())?.fields.rule_for(case.get()).cloned()));
    let set_day = move |day: u32| case.update(|case| case.day = day.clamp(1, POLICY_DAYS_MAX));
    let select_all = move |event: web_sys::FocusEvent| {
        let field: web_sys::HtmlInputElement = event_target(&event);
        field.select();
    };
    let policy = move |(place, title): (usize, String)| {
        view! {
            <button
                type="button"
                aria-pressed=move || (chosen.get() == place).to_string()
                on:click=handler(move |_| chosen.set(place))
            >
                {title}
            </button>
        }
    };
    let titles = move || {
        let titles = |policies: &Vec<qinda::policy::Policy>| {
            policies.iter().map(|policy| policy.fields.title.clone()).enumerate().collect::<Vec<_>>()
        };
        policies.with(titles)
    };
    view! {
        <div class="policy-form" data-testid="policy">
            <Show when=move || { policies.with(Vec::len) > 1 }>
                <div class="choice" role="group" aria-label=said(hand::BY_POLICY)>
                    {move || titles().into_iter().map(policy).collect_view()}
                </div>
            </Show>
            <div class="field">
                <span>{said(hand::POLICY_DAY)}</span>
                <div class="stepper">
                    <button type="button" aria-label=said(hand::EARLIER_DAY) on:click=handler(move |_| set_day(case.get_untracked().day.saturating_sub(1)))>
                        "−"
                    </button>
                    <input
                        type="text"
                        inputmode="numeric"
                        data-testid="policy-day"
                        aria-label=said(hand::POLICY_DAY)
                        prop:value=move || case.get().day.to_string()
                        on:input=written(move |text| {
                            if let Ok(day) = text.trim().parse() {
                                set_day(day);
                            }
                        })
                        on:focus=handler(select_all)
                    />
                    <button type="button" aria-label=said(hand::LATER_DAY) on:click=handler(move |_| set_day(case.get_untracked().day + 1))>
                        "+"
                    </button>
                </div>
            </div>
            <div class="policy-marks">
                <YesNo label=hand::POLICY_FAULT case read=|case| case.fault write=|case, yes| case.fault = yes/>
                <YesNo label=hand::POLICY_OPENED case read=|case| case.opened write=|case, yes| case.opened = yes/>
                <YesNo label=hand::POLICY_GIFT case read=|case| case.gift write=|case, yes| case.gift = yes/>
            </div>
            <div class="policy-found" role="status" aria-live="polite" data-testid="policy-found">
                {move || match rule.get() {
                    Some(rule) => view! { <Found rule/> }.into_any(),
                    None => view! { <p class="policy-none"><Glyph icon=Icon::Warning/>{said(hand::NO_RULE)}</p> }.into_any(),
                }}
            </div>
            <Show when=move || rule.with(Option::is_some)>
                <button
                    type="button"
                    class="strong"
                    data-testid="policy-take"
                    on:click=handler(move |_| {
                        if let Some(rule) = rule.get_untracked() {
                            screen.fill(Filling { text: rule.words, entry: None, how: How::Policy, picture: None });
                        }
                    })
                >
                    {said(hand::TAKE_WORDS)}
                </button>
            </Show>
        </div>
    }
}

#[component]
fn YesNo(label: Said, case: RwSignal<Case>, read: fn(&Case) -> bool, write: fn(&mut Case, bool)) -> impl IntoView {
    let answer = move |yes: bool| {
        let word = if yes { hand::YES } else { hand::NO };
        view! {
            <button
                type="button"
                aria-pressed=move || (case.with(read) == yes).to_string()
                on:click=handler(move |_| case.update(|case| write(case, yes)))
            >
                {said(word)}
            </button>
        }
    };
    view! {
        <div class="yes-no" role="group" aria-label=said(label)>
            <span>{said(label)}</span>
            <div class="choice">{[true, false].map(answer).collect_view()}</div>
        </div>
    }
}

/// What the rule grants: a sign, words, and what to say.
#[component]
fn Found(rule: PolicyRule) -> impl IntoView {
    let screen = use_hand();
    let (icon, word) = if rule.granted { (Icon::Check, hand::GRANTED) } else { (Icon::Close, hand::NOT_GRANTED) };
    let within = rule.within_days;
    view! {
        <p class="policy-verdict" class:granted=rule.granted>
            <Glyph icon/>
            <b>{said(word)}</b>
            <span>{said(hand::payer(rule.payer))}</span>
            {within.map(|days| view! { <span>{move || hand::within(screen.lang.get(), days)}</span> })}
        </p>
        <p class="policy-words" aria-label=t(Word::Text)>{rule.words}</p>
    }
}

/// A number of days that somebody wrote: `第3天`, `买了十二天`.
fn days_said(words: &str) -> Option<u32> {
    let chars: Vec<char> = words.chars().collect();
    let numbers =
        (0..chars.len()).filter(|place| chars[*place] == '天').filter_map(|place| number_before(&chars[..place]));
    numbers.into_iter().find(|days| (1..=POLICY_DAYS_MAX).contains(days))
}

fn number_before(chars: &[char]) -> Option<u32> {
    let is_number = |c: &char| c.is_ascii_digit() || "一二两三四五六七八九十".contains(*c);
    let from = chars.iter().rposition(|c| !is_number(c)).map_or(0, |place| place + 1);
    let number: String = chars[from..].iter().collect();
    number.parse().ok().or_else(|| spelled_number(&number))
}

/// Up to 99.
fn spelled_number(number: &str) -> Option<u32> {
    let digit = |text: &str| match text.chars().collect::<Vec<_>>()[..] {
        [] => None,
        ['两'] => Some(2),
        [one] => {
            "一二三四五六七八九".chars().position(|digit| digit == one).and_then(|place| u32::try_from(place + 1).ok())
        }
        _ => None,
    };
    match number.split_once('十') {
        None => digit(number),
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { 1 } else { digit(tens)? };
            let ones = if ones.is_empty() { 0 } else { digit(ones)? };
            Some(tens * 10 + ones)
        }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn the_days_that_a_shopper_wrote_are_where_the_form_begins() {
        assert_eq!(days_said("收到6天了还能退吗"), Some(6));
        assert_eq!(days_said("第十二天"), Some(12));
        assert_eq!(days_said("两天前到的"), Some(2));
        assert_eq!(days_said("二十天"), Some(20));
        for none in ["今天到的", "能退吗", "0天", "天", "99999天"] {
            assert_eq!(days_said(none), None, "{none}");
        }
    }
}
