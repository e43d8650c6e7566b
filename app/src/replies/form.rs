//! Writing a quick reply. What is typed is kept at every key, and saving needs no network.

use leptos::html::Textarea;
use leptos::task::spawn_local;
use qinda::blanks::{Known, blanks};
use qinda::model::{Deed, QuickReply, QuickReplyFields};
use serde::{Deserialize, Serialize};

use crate::desk::{CannotKeep, KeptBy, use_desk};
use crate::frame::hand::use_hand;
use crate::local::outbox::DraftOf;
use crate::parts::choose_picture::{Choosing, PictureField};
use crate::parts::copy::CopyButton;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::picture::Picture;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::replies::{
    self as said, BLANKS, CATEGORY, CATEGORY_HINT, EDIT, MAKE_MINE, MOVED_ON, NEW, READ_ONLY, SHORTCUT_HINT, WHO_SEES,
    p,
};
use crate::words::{Lang, Word, phrases, t};

/// How many categories are offered while one is typed.
const CATEGORIES_OFFERED: usize = 100;

/// What is being written, as it is kept until it is saved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Begun {
    #[serde(flatten)]
    fields: QuickReplyFields,
    #[serde(default)]
    keeper: KeptBy,
}

impl Begun {
    fn of(reply: &QuickReply) -> Self {
        Self { fields: reply.fields.clone(), keeper: KeptBy::of(reply) }
    }
}

/// The fields on the screen.
#[derive(Clone, Copy)]
struct Fields {
    shortcut: RwSignal<String>,
    text: RwSignal<String>,
    category: RwSignal<String>,
    keeper: RwSignal<KeptBy>,
    choosing: Choosing,
}

impl Fields {
    fn new(begun: Begun) -> Self {
        Self {
            shortcut: RwSignal::new(begun.fields.shortcut),
            text: RwSignal::new(begun.fields.text),
            category: RwSignal::new(begun.fields.category),
            keeper: RwSignal::new(begun.keeper),
            choosing: Choosing::new(begun.fields.picture),
        }
    }

    fn get(self) -> Begun {
        let fields = QuickReplyFields {
            shortcut: self.shortcut.get(),
            text: self.text.get(),
            category: self.category.get(),
            picture: self.choosing.picture.get(),
        };
        Begun { fields, keeper: self.keeper.get() }
    }

    fn set(self, begun: Begun) {
        self.shortcut.set(begun.fields.shortcut);
        self.text.set(begun.fields.text);
        self.category.set(begun.fields.category);
        self.keeper.set(begun.keeper);
        self.choosing.picture.set(begun.fields.picture);
    }
}

/// The form for a new quick reply, or for one that stands.
#[component]
pub(super) fn ReplyForm(
    /// The one that stands.
    reply: Option<QuickReply>,
    /// Where a removed one goes, so that it can be brought back.
    removed: RwSignal<Option<QuickReply>>,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let id = reply.as_ref().map(|reply| reply.id);
    let draft_of = DraftOf::QuickReply(id);
    let stands = StoredValue::new(reply.as_ref().map(Begun::of).unwrap_or_default());
    let begun = serde_json::from_str(&desk.draft(draft_of)).unwrap_or_else(|_| stands.get_value());
    let fields = Fields::new(begun);
    // The version that the member looks at; a colleague's change meanwhile is told before it is overwritten.
    let base = RwSignal::new(reply.as_ref().map_or(0, |reply| reply.version));
    let left = StoredValue::new(false);
    effect(move || {
        let now = fields.get();
        if left.get_value() {
            return;
        }
        let unchanged = stands.with_value(|stands| now == *stands);
        desk.set_draft(
            draft_of,
            if unchanged { String::new() } else { serde_json::to_string(&now).unwrap_or_default() },
        );
    });
    let fault = RwSignal::new(None::<CannotKeep>);
    let close = move |outcome: Result<(), CannotKeep>| match outcome {
        Ok(()) => {
            left.try_set_value(true);
            hand.go(Place::QuickReplies);
        }
        Err(why) => {
            fault.try_set(Some(why));
        }
    };
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Begun { fields, keeper } = untrack(|| fields.get());
        let base = base.get_untracked();
        spawn_local(async move { close(desk.put_quick_reply(id, fields, keeper, base).await.map(|_| ())) });
    };
    let cancel = move |_| {
        left.set_value(true);
        desk.set_draft(draft_of, String::new());
        hand.go(Place::QuickReplies);
    };
    let remove = move |_| {
        let Some(reply) = id.and_then(|id| untrack(|| desk.quick_reply(id))) else { return };
        spawn_local(async move {
            let done = desk.remove_quick_reply(&reply).await;
            if done.is_ok() {
                removed.try_set(Some(reply));
            }
            close(done);
        });
    };
    let title = if id.is_some() { EDIT } else { NEW };
    let said = move || fault.get().map(|fault| phrases::cannot_keep(hand.lang.get(), &fault));
    view! {
        <form class="article-form reply-form" on:submit=handler(save) on:paste=move |event| fields.choosing.pasted(&event)>
            <header class="head">
                <Show when=move || !hand.wide.get()>
                    <a class="icon-button" href=Place::QuickReplies.path() aria-label=t(Word::BackToList)><Glyph icon=Icon::Back/></a>
                </Show>
                <h2>{p(title)}</h2>
            </header>
            {id.map(|id| view! { <MovedOn id fields base stands/> })}
            <FieldsOf fields/>
            <p class="fault" role="alert">{said}</p>
            <div class="buttons form-foot">
                <button type="submit" class="strong" disabled=fields.choosing.busy data-testid="save-quick-reply">{t(Word::Save)}</button>
                <button type="button" on:click=handler(cancel)>{t(Word::Cancel)}</button>
                {id.map(|_| view! { <button type="button" on:click=handler(remove)>{t(Word::Remove)}</button> })}
            </div>
        </form>
    }
}

/// A colleague changed it meanwhile: the member decides whose words stand.
#[component]
fn MovedOn(
    id: qinda::model::QuickReplyId,
    fields: Fields,
    base: RwSignal<u32>,
    stands: StoredValue<Begun>,
) -> impl IntoView {
    let desk = use_desk();
    let theirs = memo(move || desk.quick_reply(id).filter(|now| now.version > base.get()));
    let settle = move |take: bool| {
        let Some(now) = theirs.get_untracked() else { return };
        stands.set_value(Begun::of(&now));
        if take {
            fields.set(Begun::of(&now));
        }
        base.set(now.version);
    };
    view! {
        <Show when=move || theirs.with(Option::is_some)>
            <div class="notice trouble" role="alert">
                <p>{p(MOVED_ON)}</p>
                <p class="words">{move || theirs.get().map(|now| now.fields.text)}</p>
                <button type="button" class="small" on:click=handler(move |_| settle(true))>{t(Word::TakeTheirs)}</button>
                <button type="button" class="small" on:click=handler(move |_| settle(false))>{t(Word::KeepMine)}</button>
            </div>
        </Show>
    }
}

#[component]
fn FieldsOf(fields: Fields) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let edits = hand.may(Deed::EditKnowledge);
    let Fields { shortcut, category, keeper, choosing, .. } = fields;
    let offered = memo(move || {
        let mut names: Vec<String> = desk.quick_replies().into_iter().map(|reply| reply.fields.category).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| !name.is_empty());
        names.truncate(CATEGORIES_OFFERED);
        names
    });
    view! {
        <div class="field-pair">
            <label class="field">
                <span>{t(Word::Shortcut)} " " <small>{p(SHORTCUT_HINT)}</small></span>
                <input
                    required
                    autocapitalize="none"
                    spellcheck="false"
                    data-testid="reply-shortcut"
                    prop:value=shortcut
                    on:input=written(move |text| shortcut.set(text))
                />
            </label>
            <label class="field">
                <span>{p(CATEGORY)} " " <small>{p(CATEGORY_HINT)}</small></span>
                <input
                    list="reply-categories"
                    data-testid="reply-category-field"
                    prop:value=category
                    on:input=written(move |text| category.set(text))
                />
                <datalist id="reply-categories">
                    {move || offered.get().into_iter().map(|name| view! { <option value=name></option> }).collect_view()}
                </datalist>
            </label>
        </div>
        <TextField text=fields.text/>
        <PictureField choosing/>
        <Show when=move || edits.get()>
            <div class="field">
                <span id="reply-keeper">{p(WHO_SEES)}</span>
                <div class="choice" role="group" aria-labelledby="reply-keeper">
                    {KeptBy::ALL
                        .map(|who| {
                            view! {
                                <button
                                    type="button"
                                    aria-pressed=move || (keeper.get() == who).to_string()
                                    on:click=handler(move |_| keeper.set(who))
                                >
                                    {p(who.word())}
                                </button>
                            }
                        })
                        .collect_view()}
                </div>
            </div>
        </Show>
    }
}

/// The words, the blanks that may stand in them, and a warning about those that nobody knows.
#[component]
fn TextField(text: RwSignal<String>) -> impl IntoView {
    let hand = use_hand();
    let field = NodeRef::<Textarea>::new();
    let insert = move |name: &'static str| {
        let Some(field) = field.get_untracked() else { return };
        // A field in the page takes what is put at its caret, and the focus.
        let _ = field.set_range_text(&format!("{{{name}}}"));
        text.set(field.value());
        if let Ok(Some(end)) = field.selection_end() {
            let _ = field.set_selection_range(end, end);
        }
        let _ = field.focus();
    };
    let unknown = memo(move || {
        let blanks = text.with(|text| blanks(text));
        let mut names: Vec<String> =
            blanks.into_iter().filter(|blank| blank.known.is_none()).map(|blank| blank.name).collect();
        names.sort_unstable();
        names.dedup();
        names
    });
    let warned =
        move || unknown.with(|names| (!names.is_empty()).then(|| said::unknown_blanks(hand.lang.get(), names)));
    let name = move |known: Known| match hand.lang.get() {
        Lang::Zh => known.zh(),
        Lang::En => known.en(),
    };
    view! {
        <div class="field">
            <label>
                <span class="over-field">{t(Word::Text)}</span>
                <span class="grow" data-text=move || text.get()>
                    <textarea
                        node_ref=field
                        rows="3"
                        data-testid="reply-text"
                        prop:value=text
                        on:input=written(move |typed| text.set(typed))
                    ></textarea>
                </span>
            </label>
            <p class="warned" role="status">{warned}</p>
            <p class="hint">{p(BLANKS)}</p>
            <div class="blank-names">
                {Known::ALL
                    .map(|known| {
                        view! {
                            <button type="button" class="small" on:click=handler(move |_| insert(untrack(|| name(known))))>
                                {move || format!("{{{}}}", name(known))}
                            </button>
                        }
                    })
                    .collect_view()}
            </div>
        </div>
    }
}

/// A quick reply that others keep: to read, to copy, and to keep a copy of.
#[component]
pub(super) fn ReadReply(
    /// Which.
    reply: QuickReply,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let keeper = KeptBy::of(&reply);
    let fields = reply.fields;
    let text = fields.text.clone();
    let (shortcut, picture) = (fields.shortcut.clone(), fields.picture);
    let copied = StoredValue::new(fields);
    let make_mine = move |_| {
        spawn_local(async move {
            match desk.copy_quick_reply(copied.get_value()).await {
                Ok(id) => hand.go(Place::QuickReply(id)),
                Err(why) => {
                    hand.trouble.try_set(Some(why));
                }
            }
        });
    };
    view! {
        <header class="head">
            <Show when=move || !hand.wide.get()>
                <a class="icon-button" href=Place::QuickReplies.path() aria-label=t(Word::BackToList)><Glyph icon=Icon::Back/></a>
            </Show>
            <h2>{shortcut}</h2>
            <span class="owner">{p(keeper.word())}</span>
        </header>
        <div class="reading">
            {picture.map(|id| view! { <Picture id opens=true/> })}
            <p class="answer-text" dir="auto">{text.clone()}</p>
            <div class="buttons">
                <CopyButton text=Signal::stored(text)/>
                <button type="button" class="small" on:click=handler(make_mine)>{p(MAKE_MINE)}</button>
            </div>
            <p class="hint">{p(READ_ONLY)}</p>
        </div>
    }
}
