//! The wording rules: the pack that ships with the desk, or the shop's edition of it, and the shop's own rules.

mod editor;
pub(crate) mod finding;
mod try_out;

use leptos::task::spawn_local;
use qinda::model::PackId;
use qinda::wording::{Level, Pack, PackFields, Rule, Topic, default_pack};
use serde::{Deserialize, Serialize};

use self::editor::RuleEditor;
use self::finding::{level_key, level_name};
use self::try_out::TestBox;
use crate::desk::{CannotKeep, Desk, use_desk};
use crate::frame::hand::{Hand, use_hand};
use crate::local::outbox::DraftOf;
use crate::parts::icon::{Glyph, Icon};
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::pages::{
    ADD_NEW_RULES, DEFAULT_RULES, NEW_RULE, RULE_ON, RULE_RESTS, RULES, RULES_HINT, SHIPPED_AGAIN,
    SHIPPED_AGAIN_REALLY, TAKE_NEW_EDITION, newer_edition, p, pack_standing, topic_name,
};

/// How many phrases stand for a rule in the list.
const PHRASES_SHOWN: usize = 4;

/// A pack as it counts: the shop's, or the one that ships.
#[derive(Debug, Clone, PartialEq)]
struct InForce {
    id: PackId,
    fields: PackFields,
    /// 0 while the shop keeps no edition of its own.
    version: u32,
}

impl InForce {
    fn is_default(&self) -> bool {
        self.id == Pack::default_id()
    }
}

impl From<Pack> for InForce {
    fn from(pack: Pack) -> Self {
        Self { id: pack.id, fields: pack.fields, version: pack.version }
    }
}

/// Every pack that counts, the default pack first.
fn packs_in_force(desk: Desk) -> Vec<InForce> {
    let (mut default, own): (Vec<Pack>, Vec<Pack>) =
        desk.packs().into_iter().partition(|pack| pack.id == Pack::default_id());
    let shipped = || InForce { id: Pack::default_id(), fields: default_pack().clone(), version: 0 };
    let first = default.pop().map_or_else(shipped, InForce::from);
    std::iter::once(first).chain(own.into_iter().map(InForce::from)).collect()
}

/// A rule that is being written, as it outlives a reload.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Writing {
    /// Its pack; `None` for the pack of the shop's own rules.
    pack: Option<PackId>,
    /// The rule as it stood when it was opened; `None` for a new one.
    began: Option<Rule>,
    /// The rule as it is written.
    rule: Rule,
}

impl Writing {
    fn of_draft(desk: Desk) -> Option<Self> {
        serde_json::from_str(&desk.draft(DraftOf::Rule)).ok()
    }

    fn keep(&self, desk: Desk) {
        desk.set_draft(DraftOf::Rule, serde_json::to_string(self).unwrap_or_default());
    }

    /// Opens the form with it.
    fn open(&self, desk: Desk, hand: Hand) {
        self.keep(desk);
        hand.go(Place::EditRule);
    }
}

/// The rules, or the one that is being written.
#[component]
pub(super) fn Rules(edits: Memo<bool>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let writing = memo(move || hand.place.get() == Place::EditRule && edits.get());
    move || {
        let begun = writing.get().then(|| Writing::of_draft(desk)).flatten();
        match begun {
            Some(begun) => view! { <RuleEditor begun/> }.into_any(),
            None => view! { <RuleList edits/> }.into_any(),
        }
    }
}

#[component]
fn RuleList(edits: Memo<bool>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let packs = memo(move || packs_in_force(desk));
    let begin = move |_| {
        let rule = Rule { topic: Topic::Own, level: Level::Warn, ..Rule::default() };
        Writing { pack: None, began: None, rule }.open(desk, hand);
    };
    view! {
        <section class="page rules" aria-label=p(RULES)>
            <header class="page-head">
                <h1>{p(RULES)}</h1>
                <Show when=move || edits.get()>
                    <button type="button" class="strong" on:click=handler(begin)><Glyph icon=Icon::Add/>{p(NEW_RULE)}</button>
                </Show>
            </header>
            <p class="hint">{p(RULES_HINT)}</p>
            <TestBox unsaved=None/>
            <For each=move || packs.with(|packs| packs.iter().map(|pack| pack.id).collect::<Vec<_>>()) key=|id| *id let:id>
                {
                    let pack = memo(move || packs.with(|packs| packs.iter().find(|pack| pack.id == id).cloned()));
                    view! { <PackOf pack edits/> }
                }
            </For>
        </section>
    }
}

#[component]
fn PackOf(pack: Memo<Option<InForce>>, edits: Memo<bool>) -> impl IntoView {
    let hand = use_hand();
    let name = move || {
        pack.with(|pack| match pack.as_ref()? {
            pack if pack.is_default() => Some(DEFAULT_RULES.say(hand.lang.get()).to_owned()),
            pack => Some(pack.fields.name.clone()),
        })
    };
    let standing = move || {
        pack.with(|pack| {
            let pack = pack.as_ref()?;
            let edited = pack.is_default().then_some(pack.version > 0);
            Some(pack_standing(hand.lang.get(), edited, pack.fields.edition, pack.fields.rules.len()))
        })
    };
    let topics = Topic::ALL.map(|topic| view! { <TopicOf pack topic edits/> });
    view! {
        <section class="pack">
            <h2>{name}</h2>
            <p class="hint">{standing}</p>
            <Show when=move || edits.get()>
                <EditionOf pack/>
            </Show>
            {topics}
        </section>
    }
}

/// What can be done with the shop's edition of the pack that ships.
#[component]
fn EditionOf(pack: Memo<Option<InForce>>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let edited =
        memo(move || pack.with(|pack| pack.as_ref().is_some_and(|pack| pack.is_default() && pack.version > 0)));
    let newer = memo(move || {
        let edition = default_pack().edition;
        let old = pack.with(|pack| pack.as_ref().is_some_and(|pack| pack.fields.edition < edition));
        edited.get() && old
    });
    let asked = RwSignal::new(false);
    let ship_again = move |_| {
        let kept = untrack(|| desk.packs()).into_iter().find(|pack| pack.id == Pack::default_id());
        let Some(kept) = kept else { return };
        if !asked.get_untracked() {
            asked.set(true);
            return;
        }
        asked.set(false);
        spawn_local(async move { tell(hand, desk.remove_pack(kept).await) });
    };
    let add_new = move |_| {
        let Some(kept) = pack.get_untracked() else { return };
        let mut fields = kept.fields;
        let known = |rule: &&Rule| fields.rules.iter().all(|kept| kept.id != rule.id);
        let new: Vec<Rule> = default_pack().rules.iter().filter(known).cloned().collect();
        fields.rules.extend(new);
        fields.edition = default_pack().edition;
        spawn_local(
            async move { tell(hand, desk.put_pack(Some(kept.id), fields, kept.version, None).await.map(drop)) },
        );
    };
    view! {
        <Show when=move || newer.get()>
            <div class="notice" role="status">
                <p>{move || newer_edition(hand.lang.get(), default_pack().edition)}</p>
                <button type="button" class="small" on:click=handler(add_new)>{p(ADD_NEW_RULES)}</button>
            </div>
        </Show>
        <Show when=move || edited.get()>
            <button type="button" class="small" class:careful=move || asked.get() on:click=handler(ship_again) on:blur=handler(move |_| asked.set(false))>
                {move || match (asked.get(), newer.get()) {
                    (true, _) => SHIPPED_AGAIN_REALLY,
                    (false, true) => TAKE_NEW_EDITION,
                    (false, false) => SHIPPED_AGAIN,
                }
                    .say(hand.lang.get())}
            </button>
        </Show>
    }
}

fn tell(hand: Hand, done: Result<(), CannotKeep>) {
    hand.trouble.try_set(done.err());
}

#[component]
fn TopicOf(pack: Memo<Option<InForce>>, topic: Topic, edits: Memo<bool>) -> impl IntoView {
    let rules = memo(move || {
        pack.with(|pack| {
            let rules = pack.iter().flat_map(|pack| &pack.fields.rules);
            rules.filter(|rule| rule.topic == topic).cloned().collect::<Vec<Rule>>()
        })
    });
    let count = memo(move || rules.with(Vec::len));
    view! {
        <Show when=move || { count.get() > 0 }>
            <details class="topic">
                <summary>{p(topic_name(topic))} " " <b>{move || count.get()}</b></summary>
                <ul>
                    <For each=move || rules.with(|rules| rules.iter().map(|rule| rule.id.clone()).collect::<Vec<_>>()) key=Clone::clone let:id>
                        {
                            let rule = memo(move || rules.with(|rules| rules.iter().find(|rule| rule.id == id).cloned()));
                            view! { <RuleRow pack rule edits/> }
                        }
                    </For>
                </ul>
            </details>
        </Show>
    }
}

#[component]
fn RuleRow(pack: Memo<Option<InForce>>, rule: Memo<Option<Rule>>, edits: Memo<bool>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let phrases = move || rule.with(|rule| rule.as_ref().map(|rule| first_phrases(&rule.phrases)));
    let level = memo(move || rule.with(|rule| rule.as_ref().map_or(Level::Hint, |rule| rule.level)));
    let off = memo(move || rule.with(|rule| rule.as_ref().is_some_and(|rule| rule.off)));
    let open = move |_| {
        let (Some(pack), Some(rule)) = (pack.get_untracked(), rule.get_untracked()) else { return };
        Writing { pack: Some(pack.id), began: Some(rule.clone()), rule }.open(desk, hand);
    };
    let switch = move |event| {
        let (Some(mut pack), Some(rule)) = (pack.get_untracked(), rule.get_untracked()) else { return };
        let off = !event_target_checked(&event);
        pack.fields.rules.iter_mut().filter(|one| one.id == rule.id).for_each(|one| one.off = off);
        spawn_local(async move {
            tell(hand, desk.put_pack(Some(pack.id), pack.fields, pack.version, None).await.map(drop));
        });
    };
    let why = move || rule.with(|rule| rule.as_ref().map(|rule| finding::in_language(&rule.why, hand.lang.get())));
    let words = move || {
        view! {
            <b>{why}</b>
            <span>{phrases}</span>
        }
    };
    view! {
        <li class="rule-row" class:off=move || off.get() data-level=move || level_key(level.get())>
            <b class="level">{move || level_name(level.get()).say(hand.lang.get())}</b>
            <Show when=move || edits.get() fallback=move || view! { <span class="rule-words">{words()}</span> }>
                <button type="button" class="rule-words" on:click=handler(open)>{words()}</button>
            </Show>
            <Show
                when=move || edits.get()
                fallback=move || view! { <Show when=move || off.get()><small class="hint">{p(RULE_RESTS)}</small></Show> }
            >
                <label class="tick">
                    <input type="checkbox" role="switch" prop:checked=move || !off.get() on:change=handler(switch)/>
                    <span>{p(RULE_ON)}</span>
                </label>
            </Show>
        </li>
    }
}

fn first_phrases(phrases: &[String]) -> String {
    let shown = phrases.iter().take(PHRASES_SHOWN).map(String::as_str).collect::<Vec<_>>().join("、");
    if phrases.len() > PHRASES_SHOWN { format!("{shown} … {}", phrases.len()) } else { shown }
}
