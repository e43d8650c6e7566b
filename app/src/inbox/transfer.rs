//! Handing a conversation to a colleague, and what its new owner is told.

use std::cmp::Ordering;

use js_sys::{Array, JsString, Object};
use leptos::task::spawn_local;
use qinda::model::{ConversationId, ConversationState, MemberCard, MemberId, NOTE_CHARS_MAX};
use qinda::order;

use crate::desk::{CannotKeep, Thread, use_desk};
use crate::frame::hand::{Wish, use_hand};
use crate::local::clock::page_millis;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::sheet::Sheet;
use crate::prelude::*;
use crate::words::hand::owner::{self, CHOOSE_COLLEAGUE, NO_COLLEAGUE, NOTE, NOTE_HINT, ON_DUTY, TO_WHOM, TRANSFER};
use crate::words::hand::said;
use crate::words::phrases;

/// Colleagues change places only this soon after the sheet was opened, in milliseconds.
const ORDER_MILLIS_MAX: f64 = 400.0;

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
pub(crate) fn TransferButton(
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
    let on_duty = memo(move || desk.on_duty());
    let first = first_in_order(sheet, on_duty);
    let colleagues = memo(move || {
        let mut colleagues = desk.colleagues();
        colleagues.retain(|card| Some(card.id) != owner.get());
        first.with(|first| put_in_order(&mut colleagues, first));
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
                        <Colleague card sheet on_duty/>
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

/// Who stands first: those on duty. Nothing moves under a finger that is about to choose.
fn first_in_order(sheet: Sheeted, on_duty: Memo<Vec<MemberId>>) -> RwSignal<Vec<MemberId>> {
    use_desk().ask_who_is_on_duty();
    let opened_at = page_millis();
    let first = RwSignal::new(on_duty.get_untracked());
    effect(move || {
        let on_duty = on_duty.get();
        let is_early = page_millis() - opened_at <= ORDER_MILLIS_MAX && sheet.to.get_untracked().is_none();
        if is_early && first.with_untracked(|first| *first != on_duty) {
            first.set(on_duty);
        }
    });
    first
}

/// Those who stand first, then the others, both by name.
fn put_in_order(colleagues: &mut [MemberCard], first: &[MemberId]) {
    order::sort_by(colleagues, |one, other| {
        let stands_back = |card: &MemberCard| !first.contains(&card.id);
        let names = || by_name(&one.name, &other.name).then_with(|| one.work_number.cmp(&other.work_number));
        stands_back(one).cmp(&stands_back(other)).then_with(names)
    });
}

/// Chinese names by how they sound, as in a telephone book.
fn by_name(one: &str, other: &str) -> Ordering {
    let language = Array::of1(&"zh-CN".into());
    JsString::from(one).locale_compare(other, &language, &Object::new()).cmp(&0)
}

#[component]
fn Colleague(card: MemberCard, sheet: Sheeted, on_duty: Memo<Vec<MemberId>>) -> impl IntoView {
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
            <span class="name" dir="auto">{card.name}</span>
            <span class="hint">{card.work_number}</span>
            <Show when=move || on_duty.with(|on_duty| on_duty.contains(&id))><span class="on-duty" data-testid="on-duty">{said(ON_DUTY)}</span></Show>
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

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn card(name: &str, number: &str) -> MemberCard {
        let id = MemberId::of_name(number);
        MemberCard { id, work_number: number.into(), name: name.into(), active: true, team: None, roles: None }
    }

    #[wasm_bindgen_test]
    fn who_is_on_duty_stands_first_and_names_stand_by_their_sound() {
        let mut colleagues =
            [card("赵一", "1"), card("陈二", "3"), card("陈二", "2"), card("Ann", "4"), card("周五", "5")];
        let numbers =
            |colleagues: &[MemberCard]| colleagues.iter().map(|card| card.work_number.clone()).collect::<String>();
        put_in_order(&mut colleagues, &[]);
        let by_name = numbers(&colleagues);
        assert!(by_name.contains("2315"), "{by_name}");
        put_in_order(&mut colleagues, &[MemberId::of_name("5"), MemberId::of_name("3")]);
        assert_eq!(numbers(&colleagues)[..2], *"35");
    }
}
