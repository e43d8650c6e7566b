//! Handing a conversation to a colleague, and what its new owner is told.

use leptos::task::spawn_local;
use qinda::model::{ConversationId, ConversationState, MemberCard, MemberId, NOTE_CHARS_MAX};

use crate::desk::{CannotKeep, Thread, use_desk};
use crate::frame::hand::{Wish, use_hand};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::sheet::Sheet;
use crate::prelude::*;
use crate::words::hand::owner::{self, CHOOSE_COLLEAGUE, NO_COLLEAGUE, NOTE, NOTE_HINT, TO_WHOM, TRANSFER};
use crate::words::hand::said;
use crate::words::phrases;

/// Why nothing was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Missing {
    Colleague,
    Room(CannotKeep),
}

/// What the sheet holds; it stays as it is while the sheet is closed.
#[derive(Clone, Copy)]
struct Sheeted {
    id: ConversationId,
    open: RwSignal<bool>,
    to: RwSignal<Option<MemberId>>,
    note: RwSignal<String>,
    missing: RwSignal<Option<Missing>>,
}

/// Opens the sheet on which a conversation is handed over.
#[component]
pub(super) fn TransferButton(
    /// Which conversation.
    id: ConversationId,
) -> impl IntoView {
    let hand = use_hand();
    let sheet = Sheeted {
        id,
        open: RwSignal::new(false),
        to: RwSignal::new(None),
        note: RwSignal::new(String::new()),
        missing: RwSignal::new(None),
    };
    effect(move || {
        if hand.wish.get() == Some(Wish::Transfer) {
            hand.wish.set(None);
            sheet.open.set(true);
        }
    });
    view! {
        <button
            type="button"
            class=move || if hand.wide.get() { "small" } else { "icon-button" }
            data-testid="transfer"
            aria-haspopup="dialog"
            aria-label=said(TRANSFER)
            on:click=handler(move |_| sheet.open.set(true))
        >
            <Show when=move || hand.wide.get() fallback=|| view! { <Glyph icon=Icon::Transfer/> }>{said(TRANSFER)}</Show>
        </button>
        <Sheet open=sheet.open title=TRANSFER>
            <TransferForm sheet/>
        </Sheet>
    }
}

#[component]
fn TransferForm(sheet: Sheeted) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let owner = memo(move || desk.other_owner(sheet.id));
    let colleagues = memo(move || {
        let mut colleagues = desk.colleagues();
        colleagues.retain(|card| Some(card.id) != owner.get());
        colleagues
    });
    let hand_over = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let chosen =
            sheet.to.get_untracked().filter(|to| colleagues.with_untracked(|all| all.iter().any(|c| c.id == *to)));
        let Some(to) = chosen else {
            sheet.missing.set(Some(Missing::Colleague));
            return;
        };
        spawn_local(async move {
            match desk.transfer(sheet.id, to, &sheet.note.get_untracked()).await {
                Ok(()) => {
                    sheet.open.try_set(false);
                    sheet.to.try_set(None);
                    sheet.note.try_set(String::new());
                    sheet.missing.try_set(None);
                }
                Err(why) => drop(sheet.missing.try_set(Some(Missing::Room(why)))),
            }
        });
    };
    let fault = move || {
        let lang = hand.lang.get();
        sheet.missing.get().map(|missing| match missing {
            Missing::Colleague => CHOOSE_COLLEAGUE.say(lang).to_owned(),
            Missing::Room(why) => phrases::cannot_keep(lang, &why),
        })
    };
    view! {
        <Show when=move || !colleagues.with(Vec::is_empty) fallback=|| view! { <p class="hint">{said(NO_COLLEAGUE)}</p> }>
            <form class="transfer-form" on:submit=handler(hand_over)>
                <fieldset>
                    <legend>{said(TO_WHOM)}</legend>
                    <For each=move || colleagues.get() key=|card| card.id let:card>
                        <Colleague card sheet/>
                    </For>
                </fieldset>
                <label class="field">
                    <span>{said(NOTE)}</span>
                    <textarea
                        rows="2"
                        data-testid="transfer-note"
                        maxlength=NOTE_CHARS_MAX.to_string()
                        placeholder=said(NOTE_HINT)
                        prop:value=sheet.note
                        on:input=written(move |text| sheet.note.set(text))
                    ></textarea>
                </label>
                <p class="fault" role="alert">{fault}</p>
                <button type="submit" class="strong" data-testid="transfer-send">{said(TRANSFER)}</button>
            </form>
        </Show>
    }
}

#[component]
fn Colleague(card: MemberCard, sheet: Sheeted) -> impl IntoView {
    let id = card.id;
    let choose = move |_: web_sys::Event| {
        sheet.to.set(Some(id));
        sheet.missing.set(None);
    };
    view! {
        <label class="colleague" data-testid="colleague">
            <input
                type="radio"
                name="colleague"
                prop:checked=move || sheet.to.get() == Some(id)
                on:change=handler(choose)
            />
            <span>{card.name}</span>
            <span class="hint">{card.work_number}</span>
        </label>
    }
}

/// Who handed the conversation over and with what note, until its new owner answers.
#[component]
pub(super) fn HandoverNotice(
    /// The conversation.
    thread: Memo<Option<Thread>>,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let handover = memo(move || {
        thread.with(|thread| {
            let thread = thread.as_ref().filter(|it| it.conversation.state == ConversationState::Open)?;
            Some((thread.conversation.handover.clone()?, thread.mine))
        })
    });
    view! {
        <div role="status">
            {move || {
                handover
                    .get()
                    .map(|(handover, mine)| {
                        let said = owner::handed_over(hand.lang.get(), &desk.members(), &handover, mine);
                        view! {
                            <p class="notice handover" data-testid="handover">
                                <Glyph icon=Icon::Transfer/>
                                <span>{said}</span>
                                {(!handover.note.is_empty()).then(|| view! { <q dir="auto">{handover.note.clone()}</q> })}
                            </p>
                        }
                    })
            }}
        </div>
    }
}
