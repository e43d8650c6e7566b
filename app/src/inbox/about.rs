//! What the chat is about: said once, it fills the blanks of answers and puts the fitting ones first.

use leptos::task::spawn_local;
use qinda::blanks::Known;
use qinda::model::{ABOUT_CHARS_MAX, About, ConversationId, Stage};

use super::erasing::EraseButton;
use crate::desk::{fact, learned, use_desk};
use crate::frame::hand::use_hand;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::sheet::Sheet;
use crate::prelude::*;
use crate::words::Lang;
use crate::words::hand::{self, said};

const FACTS: [Known; 5] = [Known::Product, Known::Order, Known::Courier, Known::Tracking, Known::Arrives];
const STAGES: [Stage; 4] = [Stage::Before, Stage::Paid, Stage::Shipped, Stage::Received];
/// So much of an order's number tells it from others at a glance.
const ORDER_END_CHARS: usize = 4;

/// The facts as a fold, where the answers have a column of their own.
#[component]
pub(super) fn AboutFold(
    /// The open conversation.
    open: Memo<Option<ConversationId>>,
) -> impl IntoView {
    let (desk, screen) = (use_desk(), use_hand());
    // Nothing is known of an erased chat. A memo, so that the fold stays open whatever else happens.
    let here = memo(move || open.get().filter(|id| !desk.is_erased(*id)));
    let known = move || {
        let about = here.get().map(|id| desk.about(id)).unwrap_or_default();
        summary(screen.lang.get(), &about)
    };
    move || {
        here.get().map(|id| {
            view! {
                <details class="about-fold" data-testid="about">
                    <summary>
                        <span>{said(hand::ABOUT)}</span>
                        <span class="hint">{known}</span>
                    </summary>
                    <AboutForm id/>
                </details>
            }
        })
    }
}

/// The facts on a sheet, where the conversation has the screen.
#[component]
pub(super) fn AboutButton(
    /// The open conversation.
    id: ConversationId,
) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <button
            type="button"
            class="icon-button"
            data-testid="about-button"
            aria-haspopup="dialog"
            aria-label=said(hand::ABOUT)
            on:click=handler(move |_| open.set(true))
        >
            <Glyph icon=Icon::Info/>
        </button>
        <Sheet open title=hand::ABOUT>
            <AboutForm id/>
        </Sheet>
    }
}

#[component]
fn AboutForm(id: ConversationId) -> impl IntoView {
    let (desk, screen) = (use_desk(), use_hand());
    let about = memo(move || desk.about(id));
    let describe = move |about: About| {
        spawn_local(async move {
            screen.trouble.set(desk.describe(id, about).await.err());
        });
    };
    let field = move |known: Known| {
        let value = move || about.with(|about| fact(about, known)).unwrap_or_default();
        let keep = move |event: web_sys::Event| {
            let given = event_target_value(&event).trim().to_owned();
            if given != untrack(value)
                && let Some(about) = learned(known, given)
            {
                describe(about);
            }
        };
        view! {
            <label class="field">
                <span>{move || hand::blank(screen.lang.get(), known)}</span>
                <input
                    type="text"
                    autocomplete="off"
                    data-testid=format!("about-{}", known.en())
                    maxlength=ABOUT_CHARS_MAX.to_string()
                    prop:value=value
                    on:change=handler(keep)
                />
            </label>
        }
    };
    let stage = move |stage: Stage| {
        let here = move || about.with(|about| about.likely_stage() == Some(stage));
        let say = move |_| describe(About { stage: Some(stage), ..About::default() });
        view! {
            <button type="button" aria-pressed=move || here().to_string() on:click=handler(say)>{said(hand::stage(stage))}</button>
        }
    };
    view! {
        <div class="about-form">
            <p class="hint">{said(hand::ABOUT_HINT)}</p>
            <div class="field">
                <span>{said(hand::STAGE)}</span>
                <div class="choice" role="group" aria-label=said(hand::STAGE)>{STAGES.map(stage).collect_view()}</div>
            </div>
            {FACTS.map(field).collect_view()}
            <EraseButton id/>
        </div>
    }
}

/// The facts in one line.
fn summary(lang: Lang, about: &About) -> String {
    let order = about.order.as_ref().map(|order| {
        let skip = order.chars().count().saturating_sub(ORDER_END_CHARS);
        format!("{}{}", if skip > 0 { "··" } else { "" }, order.chars().skip(skip).collect::<String>())
    });
    let stage = about.likely_stage().map(|stage| hand::stage(stage).say(lang).to_owned());
    let known: Vec<String> = [about.product.clone(), order, stage].into_iter().flatten().collect();
    if known.is_empty() { hand::ABOUT_NOTHING.say(lang).to_owned() } else { known.join(" · ") }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn the_facts_are_told_in_one_line() {
        assert_eq!(summary(Lang::Zh, &About::default()), "还不知道");
        let about = About { product: Some("护膝".into()), order: Some("20260008832".into()), ..About::default() };
        assert_eq!(summary(Lang::Zh, &about), "护膝 · ··8832 · 已付款");
        let short = About { order: Some("12".into()), stage: Some(Stage::Received), ..About::default() };
        assert_eq!(summary(Lang::En, &short), "12 · Received");
    }
}
