//! What the wording check says while somebody writes: one line with one button, and a reason where it warns.

use std::time::Duration;

use leptos::html::Div;
use qinda::sync::REASON_CHARS_MAX;
use qinda::wording::{Finding, Level, replaced};

use super::writing::{Refused, Writing};
use crate::frame::keys::is_composing;
use crate::parts::icon::{Glyph, Icon};
use crate::prelude::*;
use crate::words::hand::{self, Said, said};

/// The check waits for so short a rest of the keys.
const REST: Duration = Duration::from_millis(40);

/// The findings in what is being written, as soon as the keys rest.
pub(super) fn follow(writing: Writing) -> Memo<Vec<Finding>> {
    let rested = RwSignal::new(writing.text.get_untracked());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    on_cleanup(stop);
    effect(move || {
        let text = writing.text.get();
        stop();
        let rest = move || {
            rested.try_set(text);
        };
        timer.set_value(set_timeout_with_handle(rest, REST).ok());
    });
    memo(move || rested.with(|text| writing.desk.findings(text)))
}

/// The finding that counts: the gravest, and of those the first.
pub(super) fn gravest(findings: &[Finding]) -> Option<&Finding> {
    findings.iter().max_by_key(|finding| (finding.level, std::cmp::Reverse(finding.from)))
}

const fn sign(level: Level) -> Icon {
    match level {
        Level::Hint => Icon::Info,
        Level::Warn => Icon::Warning,
        Level::Block => Icon::Stop,
    }
}

/// As style sheets and tests know a level.
pub(super) const fn level_name(level: Level) -> &'static str {
    match level {
        Level::Hint => "hint",
        Level::Warn => "warn",
        Level::Block => "block",
    }
}

/// The finding that counts, told politely to those who do not see it.
#[component]
pub(super) fn FindingLine(
    /// What is being written.
    writing: Writing,
    /// What was found in it.
    findings: Memo<Vec<Finding>>,
    /// The line, for whoever wants the focus in it.
    line: NodeRef<Div>,
) -> impl IntoView {
    let screen = writing.hand;
    // Without its place: where words before it grow, nothing new is to be told.
    let shown = memo(move || {
        findings.with(|findings| gravest(findings).map(|finding| Finding { from: 0, to: 0, ..finding.clone() }))
    });
    let others = memo(move || findings.with(|findings| findings.len().saturating_sub(1)));
    let take = move |_| {
        let Some(finding) = findings.with_untracked(|findings| gravest(findings).cloned()) else { return };
        writing.write_filled(writing.text.with_untracked(|text| replaced(text, &finding)));
        if !screen.fingers.get_untracked() {
            writing.focus_soon();
        }
    };
    let source_open = RwSignal::new(false);
    let draw = move |finding: Finding| {
        let Finding { level, words, why, source, safe, .. } = finding;
        let has_source = !source.zh.is_empty() || !source.en.is_empty();
        let has_safe = !safe.is_empty();
        view! {
            <div class="finding" data-level=level_name(level) data-testid="finding">
                <Glyph icon=sign(level)/>
                <p>
                    <b>{said(hand::level(level))}</b>
                    " "
                    <q>{words}</q>
                    " "
                    {move || hand::bilingual(screen.lang.get(), &why)}
                    {has_safe.then(|| view! { <span class="safe">" → " {safe}</span> })}
                    {move || (others.get() > 0).then(|| view! { <small>{hand::more_findings(screen.lang.get(), others.get())}</small> })}
                    <Show when=move || source_open.get()>
                        <small class="source">{hand::bilingual(screen.lang.get(), &source)}</small>
                    </Show>
                </p>
                {has_source
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="quiet"
                                aria-expanded=move || source_open.get().to_string()
                                on:click=handler(move |_| source_open.update(|open| *open = !*open))
                            >
                                {said(hand::SOURCE)}
                            </button>
                        }
                    })}
                {has_safe
                    .then(|| {
                        view! {
                            <button type="button" class="small" data-testid="replace" on:click=handler(take)>
                                {said(hand::REPLACE)}
                            </button>
                        }
                    })}
            </div>
        }
    };
    view! {
        <div class="finding-line" role="status" aria-live="polite" node_ref=line tabindex="-1">
            {move || shown.get().map(draw)}
        </div>
    }
}

/// Asks why words are sent of which the check warns.
#[component]
pub(super) fn ReasonRow(
    /// What is being written.
    writing: Writing,
) -> impl IntoView {
    let asked = memo(move || writing.refused.with(|refused| *refused == Some(Refused::NeedsReason)));
    let lang = writing.hand.lang;
    let choice = move |reason: Said| {
        let text = move || reason.say(lang.get());
        let take = move |_| {
            writing.reason.set(untrack(text).to_owned());
            // The next Enter is the second press.
            if !writing.hand.fingers.get_untracked() {
                writing.focus_soon();
            }
        };
        view! {
            <button
                type="button"
                class="small"
                aria-pressed=move || (writing.reason.get() == text()).to_string()
                on:click=handler(take)
            >
                {text}
            </button>
        }
    };
    let pressed = move |event: web_sys::KeyboardEvent| {
        if is_composing(&event) || event.key() != "Enter" {
            return;
        }
        // The form would take it for the send key already; here it only ends the reason.
        event.prevent_default();
        writing.focus_soon();
    };
    view! {
        <Show when=move || asked.get()>
            <div class="reason-row" role="group" aria-label=said(hand::REASON) data-testid="reasons">
                <p>{said(hand::REASON)}</p>
                <div class="buttons">{hand::REASONS.map(choice).collect_view()}</div>
                <input
                    type="text"
                    data-testid="reason"
                    autocomplete="off"
                    enterkeyhint="done"
                    maxlength=REASON_CHARS_MAX.to_string()
                    aria-label=said(hand::REASON_OWN)
                    placeholder=said(hand::REASON_OWN)
                    prop:value=writing.reason
                    on:input=written(move |text| writing.reason.set(text))
                    on:keydown=handler(pressed)
                />
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn the_gravest_finding_is_shown_and_of_those_the_first() {
        let finding = |from, level| Finding {
            rule: String::new(),
            topic: Default::default(),
            level,
            from,
            to: from + 1,
            words: "词".into(),
            why: Default::default(),
            source: Default::default(),
            safe: String::new(),
        };
        let findings = [finding(0, Level::Hint), finding(3, Level::Warn), finding(5, Level::Warn)];
        assert_eq!(gravest(&findings).map(|finding| finding.from), Some(3));
        assert_eq!(gravest(&[]), None);
    }
}
