//! Writing a wording rule, with a box to try it out before it counts.

use leptos::task::spawn_local;
use qinda::model::PackId;
use qinda::wording::{Bilingual, Level, Pack, PackFields, Rule, Topic};

use super::finding::level_name;
use super::try_out::{TestBox, TrialOf, with_words_for_id};
use super::{InForce, Writing, packs_in_force};
use crate::desk::{CannotKeep, Desk, use_desk};
use crate::frame::hand::use_hand;
use crate::local::outbox::DraftOf;
use crate::parts::icon::{Glyph, Icon};
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::pages::{
    EDIT_RULE, EXCEPTIONS, EXCEPTIONS_HINT, HOW_WRITTEN, LEVEL, NEW_RULE, OWN_PACK, PHRASES, PHRASES_HINT,
    RULE_MOVED_ON, SAFE, SAFE_HINT, SOURCE_EN, SOURCE_ZH, TOPIC, Text, WAY_ANY, WAY_AROUND, WAY_ONE_OF, WAY_SHAPES,
    WAY_SOUND, WHY_EN, WHY_ZH, p, topic_name,
};
use crate::words::{Word, phrases, t};

/// How the ids of a shop's own rules begin.
const OWN: &str = "own-";

/// What a phrase may say beyond plain words.
const WAYS: [Text; 5] = [WAY_ONE_OF, WAY_ANY, WAY_SOUND, WAY_AROUND, WAY_SHAPES];

/// A rule in the form: lists as lines.
#[derive(Clone, Copy)]
struct Fields {
    topic: RwSignal<Topic>,
    level: RwSignal<Level>,
    phrases: RwSignal<String>,
    exceptions: RwSignal<String>,
    why: (RwSignal<String>, RwSignal<String>),
    source: (RwSignal<String>, RwSignal<String>),
    safe: RwSignal<String>,
}

impl Fields {
    fn new(rule: &Rule) -> Self {
        let both = |text: &Bilingual| (RwSignal::new(text.zh.clone()), RwSignal::new(text.en.clone()));
        Self {
            topic: RwSignal::new(rule.topic),
            level: RwSignal::new(rule.level),
            phrases: RwSignal::new(rule.phrases.join("\n")),
            exceptions: RwSignal::new(rule.exceptions.join("\n")),
            why: both(&rule.why),
            source: both(&rule.source),
            safe: RwSignal::new(rule.safe.clone()),
        }
    }

    fn get(self, id: String, off: bool) -> Rule {
        let lines = |text: String| {
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        };
        let both = |text: (RwSignal<String>, RwSignal<String>)| Bilingual {
            zh: text.0.get().trim().to_owned(),
            en: text.1.get().trim().to_owned(),
        };
        Rule {
            id,
            topic: self.topic.get(),
            level: self.level.get(),
            phrases: lines(self.phrases.get()),
            exceptions: lines(self.exceptions.get()),
            why: both(self.why),
            source: both(self.source),
            safe: self.safe.get().trim().to_owned(),
            off,
        }
    }
}

/// The form of a rule.
#[component]
pub(super) fn RuleEditor(
    /// The rule as it was left.
    begun: Writing,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let fields = Fields::new(&begun.rule);
    let (id, off) = (begun.rule.id.clone(), begun.rule.off);
    let is_new = begun.began.is_none();
    let is_own = begun.pack != Some(Pack::default_id());
    let rule = memo(move || {
        let id = if id.is_empty() { untrack(|| free_id(desk)) } else { id.clone() };
        fields.get(id, off)
    });
    // Alone, so that a trial tells of this rule only.
    let alone = memo(move || PackFields { rules: vec![rule.get()], ..PackFields::default() });
    let begun = StoredValue::new(begun);
    effect(move || {
        let rule = rule.get();
        begun.with_value(|begun| Writing { rule, ..begun.clone() }.keep(desk));
    });
    let fault = RwSignal::new(None::<CannotKeep>);
    let moved_on = RwSignal::new(false);
    effect(move || {
        rule.track();
        fault.set(None);
    });
    let leave = move || {
        desk.set_draft(DraftOf::Rule, String::new());
        hand.replace(Place::Rules);
    };
    let finish = move |done: Result<(), CannotKeep>| match done {
        Ok(()) => leave(),
        Err(why) => {
            fault.try_set(Some(why));
        }
    };
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let rule = rule.get_untracked();
        let pack = untrack(|| pack_of(desk, begun.with_value(|begun| begun.pack)));
        let standing = pack.as_ref().and_then(|pack| pack.fields.rules.iter().find(|one| one.id == rule.id)).cloned();
        if begun.with_value(|begun| begun.began != standing) {
            // Somebody else changed it meanwhile; the next press replaces theirs.
            begun.update_value(|begun| begun.began = standing);
            moved_on.set(true);
            return;
        }
        spawn_local(async move { finish(put_rule(desk, pack, rule).await) });
    };
    let remove = move |_| {
        let pack = untrack(|| pack_of(desk, begun.with_value(|begun| begun.pack)));
        let id = rule.with_untracked(|rule| rule.id.clone());
        if let Some(pack) = pack {
            spawn_local(async move { finish(remove_rule(desk, pack, &id).await) });
        }
    };
    let said = move || {
        let sentence = fault.get().map(|fault| phrases::cannot_keep(hand.lang.get(), &fault))?;
        Some(rule.with(|rule| with_words_for_id(&sentence, Some(rule))))
    };
    view! {
        <form class="page rule-form" on:submit=handler(save)>
            <header class="page-head">
                <a class="icon-button" href=Place::Rules.path() aria-label=t(Word::BackToList)><Glyph icon=Icon::Back/></a>
                <h1>{p(if is_new { NEW_RULE } else { EDIT_RULE })}</h1>
                <button type="button" class="small" on:click=handler(move |_| leave())>{t(Word::Cancel)}</button>
                <button type="submit" class="strong small">{t(Word::Save)}</button>
            </header>
            <Show when=move || moved_on.get()>
                <p class="notice trouble" role="alert">{p(RULE_MOVED_ON)}</p>
            </Show>
            <p class="fault" role="alert">{said}</p>
            <div class="field-pair">
                <Lines text=fields.phrases label=PHRASES hint=PHRASES_HINT/>
                <Lines text=fields.exceptions label=EXCEPTIONS hint=EXCEPTIONS_HINT/>
            </div>
            <details class="definitions">
                <summary>{p(HOW_WRITTEN)}</summary>
                <ul>{WAYS.map(|way| view! { <li>{p(way)}</li> })}</ul>
            </details>
            <TestBox unsaved=Some(alone)/>
            <TrialOf pack=alone/>
            <div class="field">
                <span>{p(LEVEL)}</span>
                <div class="choice" role="group" aria-label=p(LEVEL)>
                    {[Level::Hint, Level::Warn, Level::Block]
                        .map(|one| {
                            view! {
                                <button
                                    type="button"
                                    aria-pressed=move || (fields.level.get() == one).to_string()
                                    on:click=handler(move |_| fields.level.set(one))
                                >
                                    {p(level_name(one))}
                                </button>
                            }
                        })}
                </div>
            </div>
            <Lines text=fields.safe label=SAFE hint=SAFE_HINT/>
            <div class="field-pair">
                <Lines text=fields.why.0 label=WHY_ZH/>
                <Lines text=fields.why.1 label=WHY_EN/>
                <Lines text=fields.source.0 label=SOURCE_ZH/>
                <Lines text=fields.source.1 label=SOURCE_EN/>
            </div>
            <label class="field">
                <span>{p(TOPIC)}</span>
                <select on:change=written(move |text| {
                    let chosen = text.parse().ok().and_then(|place: usize| Topic::ALL.get(place).copied());
                    fields.topic.set(chosen.unwrap_or_default());
                })>
                    {Topic::ALL
                        .into_iter()
                        .enumerate()
                        .map(|(place, topic)| {
                            view! {
                                <option value=place.to_string() selected=fields.topic.get_untracked() == topic>
                                    {p(topic_name(topic))}
                                </option>
                            }
                        })
                        .collect_view()}
                </select>
            </label>
            {(is_own && !is_new)
                .then(|| view! { <footer class="form-foot"><button type="button" class="small" on:click=handler(remove)>{t(Word::Remove)}</button></footer> })}
        </form>
    }
}

/// Words of several lines.
#[component]
fn Lines(text: RwSignal<String>, label: Text, #[prop(optional)] hint: Option<Text>) -> impl IntoView {
    view! {
        <label class="field">
            <span>{p(label)} " " {hint.map(|hint| view! { <small>{p(hint)}</small> })}</span>
            <span class="grow" data-text=move || text.get()>
                <textarea rows="1" prop:value=text on:input=written(move |typed| text.set(typed))></textarea>
            </span>
        </label>
    }
}

/// The pack that a rule belongs to; the first of the shop's own for a new one, if there is any.
fn pack_of(desk: Desk, id: Option<PackId>) -> Option<InForce> {
    let belongs = |pack: &InForce| id.map_or(!pack.is_default(), |id| pack.id == id);
    packs_in_force(desk).into_iter().find(belongs)
}

/// The first id for an own rule that no pack has.
fn free_id(desk: Desk) -> String {
    let packs = packs_in_force(desk);
    let is_free = |id: &String| packs.iter().all(|pack| pack.fields.rules.iter().all(|rule| rule.id != *id));
    (1..).map(|number| format!("{OWN}{number}")).find(is_free).unwrap_or_default()
}

async fn put_rule(desk: Desk, pack: Option<InForce>, rule: Rule) -> Result<(), CannotKeep> {
    let Some(InForce { id, mut fields, version }) = pack else {
        let fields =
            PackFields { name: OWN_PACK.say(crate::words::Lang::Zh).to_owned(), edition: 1, rules: vec![rule] };
        return desk.put_pack(None, fields, 0, Some(DraftOf::Rule)).await.map(drop);
    };
    match fields.rules.iter_mut().find(|one| one.id == rule.id) {
        Some(one) => *one = rule,
        None => fields.rules.push(rule),
    }
    desk.put_pack(Some(id), fields, version, Some(DraftOf::Rule)).await.map(drop)
}

/// Takes a rule out; the last one takes its pack with it.
async fn remove_rule(desk: Desk, pack: InForce, rule: &str) -> Result<(), CannotKeep> {
    let mut fields = pack.fields;
    fields.rules.retain(|one| one.id != rule);
    if fields.rules.is_empty() {
        let kept = untrack(|| desk.packs()).into_iter().find(|kept| kept.id == pack.id);
        return match kept {
            Some(kept) => desk.remove_pack(kept).await,
            None => Ok(()),
        };
    }
    desk.put_pack(Some(pack.id), fields, pack.version, Some(DraftOf::Rule)).await.map(drop)
}
