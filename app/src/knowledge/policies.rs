//! Policies: what the shop grants in which case. Everybody reads them and tries them out; editors change them.

mod form;
mod gaps;
mod try_out;

use qinda::model::PolicyId;
use qinda::policy::{Policy, PolicyFields};

use self::form::PolicyForm;
use self::try_out::TryOut;
use crate::desk::use_desk;
use crate::frame::hand::use_hand;
use crate::parts::icon::{Glyph, Icon};
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::pages::{
    NEW_POLICY, NO_POLICIES, NO_POLICIES_TEXT, NO_POLICY_OPEN, POLICIES, POLICY_GONE, outcome_text, p, rule_case_text,
    rules_count,
};
use crate::words::{Word, t};

/// The list of policies, and the one that is open.
#[component]
pub(super) fn Policies(edits: Memo<bool>) -> impl IntoView {
    let hand = use_hand();
    let list = memo(move || hand.wide.get() || hand.place.get() == Place::Policies);
    view! {
        <div class="knowledge">
            <Show when=move || list.get()>
                <PolicyList edits/>
            </Show>
            {move || match hand.place.get() {
                Place::Policy(id) => view! { <section class="detail"><OnePolicy id edits/></section> }.into_any(),
                Place::NewPolicy if edits.get() => {
                    view! { <section class="detail"><PolicyForm policy=None/></section> }.into_any()
                }
                Place::NewPolicy => {
                    view! { <section class="detail"><Empty title=t(Word::ForbiddenTitle)() text=t(Word::ForbiddenText)()/></section> }
                        .into_any()
                }
                _ if hand.wide.get() => {
                    view! { <section class="detail none-open"><p class="hint">{p(NO_POLICY_OPEN)}</p></section> }.into_any()
                }
                _ => ().into_any(),
            }}
        </div>
    }
}

#[component]
fn Empty(title: &'static str, text: &'static str) -> impl IntoView {
    view! { <div class="blank"><h2>{title}</h2><p>{text}</p></div> }
}

#[component]
fn PolicyList(edits: Memo<bool>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let policies = memo(move || desk.policies());
    let row = move |policy: Policy| {
        let here = memo(move || hand.place.get() == Place::Policy(policy.id));
        let count = policy.fields.rules.len();
        view! {
            <a class="article-row" href=Place::Policy(policy.id).path() aria-current=move || here.get().then_some("true")>
                <span class="row-name">{policy.fields.title}</span>
                <span class="row-latest">{move || rules_count(hand.lang.get(), count)}</span>
            </a>
        }
    };
    view! {
        <section class="list" aria-label=p(POLICIES)>
            <header class="list-head">
                <h1><span class="count">{p(POLICIES)} " " <b>{move || policies.with(Vec::len)}</b></span></h1>
                <Show when=move || edits.get()>
                    <a class="icon-button" href=Place::NewPolicy.path() aria-label=p(NEW_POLICY) title=p(NEW_POLICY)>
                        <Glyph icon=Icon::Add/>
                    </a>
                </Show>
            </header>
            <div class="rows">
                <For each=move || policies.get() key=|policy| (policy.id, policy.version) children=row/>
                <Show when=move || policies.with(Vec::is_empty)>
                    <div class="blank">
                        <h2>{p(NO_POLICIES)}</h2>
                        <p>{p(NO_POLICIES_TEXT)}</p>
                        <Show when=move || edits.get()>
                            <a class="button strong" href=Place::NewPolicy.path()>{p(NEW_POLICY)}</a>
                        </Show>
                    </div>
                </Show>
            </div>
        </section>
    }
}

#[component]
fn OnePolicy(id: PolicyId, edits: Memo<bool>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let policy = memo(move || desk.policies().into_iter().find(|policy| policy.id == id));
    let here = memo(move || policy.with(Option::is_some));
    move || {
        if !here.get() {
            return view! {
                <div class="blank">
                    <h2>{p(POLICY_GONE)}</h2>
                    <a class="button" href=Place::Policies.path()>{t(Word::GoOn)}</a>
                </div>
            }
            .into_any();
        }
        if edits.get() {
            return view! { <PolicyForm policy=policy.get_untracked()/> }.into_any();
        }
        let fields = memo(move || policy.get().map(|policy| policy.fields).unwrap_or_default());
        view! {
            <Show when=move || !hand.wide.get()>
                <header class="head">
                    <a class="icon-button" href=Place::Policies.path() aria-label=t(Word::BackToList)><Glyph icon=Icon::Back/></a>
                </header>
            </Show>
            <ReadPolicy fields/>
        }
        .into_any()
    }
}

#[component]
fn ReadPolicy(fields: Memo<PolicyFields>) -> impl IntoView {
    let hand = use_hand();
    let rules = move || {
        let lang = hand.lang.get();
        let rules = fields.get().rules.into_iter();
        let line = |rule: qinda::policy::PolicyRule| {
            view! {
                <li class="policy-line">
                    <b>{rule_case_text(lang, &rule)}</b>
                    <span>{outcome_text(lang, &rule)}</span>
                    <p>{rule.words}</p>
                </li>
            }
        };
        rules.map(line).collect_view()
    };
    view! {
        <div class="reading">
            <h2>{move || fields.with(|fields| fields.title.clone())}</h2>
            <ol>{rules}</ol>
            <TryOut fields/>
        </div>
    }
}
