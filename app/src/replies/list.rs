//! The list of quick replies: by category, searched and filtered in place.

use std::collections::BTreeMap;

use leptos::task::spawn_local;
use qinda::model::{QuickReply, QuickReplyId};
use qinda::order;

use crate::desk::{Desk, FoundIn, KeptBy, use_desk};
use crate::frame::hand::use_hand;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::picture::Picture;
use crate::parts::rows::Rows;
use crate::parts::search_box::SearchBox;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::replies::{
    self as said, CATEGORY, EVERY_CATEGORY, EVERYBODYS, NEW, NO_CATEGORY, NONE_HERE, NONE_YET, NONE_YET_TEXT, SEARCH,
    UNDO, WHO_SEES, p,
};
use crate::words::{Word, t};

/// The height of a row in pixels; `.reply-row` in the style sheet has the same.
const ROW_HEIGHT: f64 = 58.0;
/// How many hits a search brings beside those that have the very words.
const FOUND_MAX: usize = 200;
/// How much of a text a row shows, in characters.
const PREVIEW_CHARS: usize = 80;

/// What the member wants to see of the list.
#[derive(Clone, Copy)]
pub(super) struct Looking {
    typed: RwSignal<String>,
    keeper: RwSignal<Option<KeptBy>>,
    /// The category; an empty one holds what has none.
    category: RwSignal<Option<String>>,
}

impl Looking {
    pub(super) fn new() -> Self {
        Self { typed: RwSignal::new(String::new()), keeper: RwSignal::new(None), category: RwSignal::new(None) }
    }

    fn wants(self, reply: &QuickReply) -> bool {
        let keeper = self.keeper.get();
        keeper.is_none_or(|keeper| KeptBy::of(reply) == keeper)
            && self
                .category
                .with(|category| category.as_ref().is_none_or(|category| *category == reply.fields.category))
    }
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    /// A category, and how many stand under it.
    Heading(String, usize),
    /// A quick reply.
    Reply(QuickReply),
}

impl Line {
    fn key(&self) -> QuickReplyId {
        match self {
            Self::Heading(category, _) => QuickReplyId::of_name(category),
            Self::Reply(reply) => reply.id,
        }
    }
}

/// The quick replies under their categories, those without one last.
fn by_category(replies: Vec<QuickReply>) -> Vec<Line> {
    let mut groups: BTreeMap<(bool, String), Vec<QuickReply>> = BTreeMap::new();
    for reply in replies {
        let category = reply.fields.category.clone();
        groups.entry((category.is_empty(), category)).or_default().push(reply);
    }
    let alone = groups.len() == 1 && groups.keys().all(|(bare, _)| *bare);
    let mut lines = Vec::new();
    for ((_, category), replies) in groups {
        if !alone {
            lines.push(Line::Heading(category, replies.len()));
        }
        lines.extend(replies.into_iter().map(Line::Reply));
    }
    lines
}

/// What has the very words first, then what the search of the answers finds by pinyin and the like.
fn found(desk: Desk, replies: Vec<QuickReply>, query: &str) -> Vec<QuickReply> {
    let words = query.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&words);
    let hits = desk.search(query, FOUND_MAX).into_iter().filter_map(|found| match found.entry {
        FoundIn::QuickReply(reply) => Some(reply.id),
        FoundIn::Article(_) => None,
    });
    let rank = order::map_of(hits.enumerate().map(|(place, id)| (id, place)));
    let mut found: Vec<(usize, QuickReply)> = replies
        .into_iter()
        .filter_map(|reply| {
            let fields = &reply.fields;
            let plain = has(&fields.shortcut) || has(&fields.category) || has(&fields.text);
            let place = rank.get(&reply.id).copied();
            (plain || place.is_some()).then(|| (place.unwrap_or(FOUND_MAX), reply))
        })
        .collect();
    order::sort_by_key(&mut found, |(place, _)| *place);
    found.into_iter().map(|(_, reply)| reply).collect()
}

/// The list.
#[component]
pub(super) fn ReplyList(
    /// What the member wants to see of it.
    looking: Looking,
    /// How far it was scrolled.
    kept_at: StoredValue<i32>,
    /// What was just removed.
    removed: RwSignal<Option<QuickReply>>,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let all = memo(move || desk.quick_replies());
    let count = memo(move || all.with(Vec::len));
    let lines = memo(move || {
        let wanted = all.with(|all| all.iter().filter(|reply| looking.wants(reply)).cloned().collect::<Vec<_>>());
        let query = looking.typed.get();
        match query.trim() {
            "" => by_category(wanted),
            query => found(desk, wanted, query).into_iter().map(Line::Reply).collect(),
        }
    });
    let empty = memo(move || lines.with(Vec::is_empty));
    view! {
        <section class="list" aria-label=t(Word::QuickReplies)>
            <header class="list-head">
                <Show when=move || !hand.wide.get()>
                    <a class="icon-button" href=Place::Me.path() aria-label=t(Word::GoOn)><Glyph icon=Icon::Back/></a>
                </Show>
                <h1><span class="count">{t(Word::QuickReplies)} " " <b>{move || count.get()}</b></span></h1>
                <a class="small button" href=Place::ImportQuickReplies.path()>{t(Word::Import)}</a>
                <a class="icon-button" href=Place::NewQuickReply.path() aria-label=p(NEW) title=p(NEW) data-testid="new-quick-reply">
                    <Glyph icon=Icon::Add/>
                </a>
            </header>
            <SearchBox typed=looking.typed label=Signal::derive(p(SEARCH)) hint=Signal::derive(t(Word::SearchHint))/>
            <Filters looking all/>
            <Show when=move || !empty.get() fallback=move || view! { <Empty none=count.get() == 0/> }>
                <Rows items=lines key=Line::key row_height=ROW_HEIGHT kept_at label=Word::QuickReplies row=|_, line| view! { <Row line/> }/>
            </Show>
            <Removed removed/>
        </section>
    }
}

#[component]
fn Filters(looking: Looking, all: Memo<Vec<QuickReply>>) -> impl IntoView {
    let hand = use_hand();
    let categories = memo(move || {
        let mut names = all.with(|all| all.iter().map(|reply| reply.fields.category.clone()).collect::<Vec<_>>());
        names.sort_unstable();
        names.dedup();
        // What has no category stands last, as in the list.
        let bare = usize::from(names.first().is_some_and(String::is_empty));
        names.rotate_left(bare);
        names
    });
    // The place in the list, for a name may be anything.
    let chosen = move |event: web_sys::Event| {
        let place = event_target_value(&event).parse::<usize>().ok();
        looking.category.set(place.and_then(|place| categories.with_untracked(|names| names.get(place).cloned())));
    };
    let keepers = std::iter::once(None).chain(KeptBy::ALL.map(Some));
    view! {
        <Show when=move || !all.with(Vec::is_empty)>
            <div class="reply-filters">
                <div class="choice" role="group" aria-label=p(WHO_SEES)>
                    {keepers
                        .clone()
                        .map(|keeper| {
                            view! {
                                <button
                                    type="button"
                                    aria-pressed=move || (looking.keeper.get() == keeper).to_string()
                                    on:click=handler(move |_| looking.keeper.set(keeper))
                                >
                                    {p(keeper.map_or(EVERYBODYS, KeptBy::word))}
                                </button>
                            }
                        })
                        .collect_view()}
                </div>
                <Show when=move || { categories.with(|names| names.len() > 1) }>
                    <select aria-label=p(CATEGORY) on:change=handler(chosen)>
                        <option value="" selected=move || looking.category.with(Option::is_none)>{p(EVERY_CATEGORY)}</option>
                        {move || {
                            let names = categories.get().into_iter().enumerate();
                            names
                                .map(|(place, name)| {
                                    let shown = if name.is_empty() { NO_CATEGORY.say(hand.lang.get()).to_owned() } else { name.clone() };
                                    let here = looking.category.with_untracked(|chosen| chosen.as_ref() == Some(&name));
                                    view! { <option value=place.to_string() selected=here>{shown}</option> }
                                })
                                .collect_view()
                        }}
                    </select>
                </Show>
            </div>
        </Show>
    }
}

#[component]
fn Row(line: Memo<Option<Line>>) -> impl IntoView {
    move || match line.get()? {
        Line::Heading(category, count) => Some(view! { <Heading category count/> }.into_any()),
        Line::Reply(reply) => Some(view! { <ReplyRow reply/> }.into_any()),
    }
}

#[component]
fn Heading(category: String, count: usize) -> impl IntoView {
    let name = StoredValue::new(category);
    let shown = move || match name.get_value() {
        name if name.is_empty() => p(NO_CATEGORY)().to_owned(),
        name => name,
    };
    view! { <h2 class="reply-heading" data-testid="reply-category">{shown} " " <span class="hint">{count}</span></h2> }
}

#[component]
fn ReplyRow(reply: QuickReply) -> impl IntoView {
    let hand = use_hand();
    let place = Place::QuickReply(reply.id);
    let here = memo(move || hand.place.get() == place);
    let keeper = KeptBy::of(&reply);
    let fields = reply.fields;
    let text: String = fields.text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(PREVIEW_CHARS).collect();
    view! {
        <a class="reply-row" href=place.path() data-testid="quick-reply" aria-current=move || here.get().then_some("true")>
            <span class="row-name">{fields.shortcut}</span>
            {(keeper != KeptBy::Me).then(|| view! { <span class="owner">{p(keeper.word())}</span> })}
            <span class="row-latest">{text}</span>
            {fields.picture.map(|id| view! { <Picture id/> })}
        </a>
    }
}

#[component]
fn Empty(none: bool) -> impl IntoView {
    let (title, text) = if none { (NONE_YET, Some(NONE_YET_TEXT)) } else { (NONE_HERE, None) };
    view! {
        <div class="blank">
            <h2>{p(title)}</h2>
            {text.map(|text| view! { <p>{p(text)}</p> })}
            {none.then(|| view! { <a class="button" href=Place::NewQuickReply.path()>{p(NEW)}</a> })}
        </div>
    }
}

/// What was just removed, and the way back.
#[component]
fn Removed(removed: RwSignal<Option<QuickReply>>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let undo = move |_| {
        let Some(reply) = removed.get_untracked() else { return };
        spawn_local(async move {
            match desk.restore_quick_reply(reply).await {
                Ok(()) => {
                    removed.try_set(None);
                }
                Err(why) => {
                    hand.trouble.try_set(Some(why));
                }
            }
        });
    };
    view! {
        <div role="status">
            {move || {
                removed
                    .get()
                    .map(|reply| {
                        view! {
                            <div class="notice removed">
                                <p>{said::removed(hand.lang.get(), &reply.fields.shortcut)}</p>
                                <button type="button" class="small" on:click=handler(undo)>{p(UNDO)}</button>
                                <button type="button" class="icon-button" aria-label=t(Word::CloseThis) on:click=handler(move |_| removed.set(None))>
                                    <Glyph icon=Icon::Close/>
                                </button>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use qinda::model::{Micros, QuickReplyFields};
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn reply(shortcut: &str, category: &str) -> QuickReply {
        let fields = QuickReplyFields {
            shortcut: shortcut.into(),
            text: "好".into(),
            category: category.into(),
            ..QuickReplyFields::default()
        };
        QuickReply {
            id: QuickReplyId::of_name(shortcut),
            owner: None,
            team: None,
            fields,
            version: 1,
            changed_at: Micros(1),
        }
    }

    #[wasm_bindgen_test]
    fn quick_replies_stand_under_their_categories_and_the_rest_last() {
        let lines = by_category(vec![reply("a", ""), reply("b", "物流"), reply("c", "售后"), reply("d", "物流")]);
        let shown: Vec<String> = lines
            .iter()
            .map(|line| match line {
                Line::Heading(category, count) => format!("{category}{count}"),
                Line::Reply(reply) => reply.fields.shortcut.clone(),
            })
            .collect();
        assert_eq!(shown, ["售后1", "c", "物流2", "b", "d", "1", "a"]);
        assert_eq!(by_category(vec![reply("a", "")]).len(), 1);
    }
}
