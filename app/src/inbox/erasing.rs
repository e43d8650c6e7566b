//! Erasing a shopper who wishes to be forgotten: what will go, what stays, and a deliberate yes.

use leptos::task::spawn_local;
use qinda::model::{ConversationId, Deed};
use qinda::sync::ShopperTold;

use crate::desk::{FiguresProblem, Thread, use_desk};
use crate::frame::hand::use_hand;
use crate::parts::sheet::Sheet;
use crate::prelude::*;
use crate::words::hand::erasing::{
    ERASE, ERASE_NOW, ERASING, FOR_GOOD, GOES, GOES_WHAT, LOOK_AGAIN, LOOKING, SAY_SURE, STAYS, STAYS_WHAT, SURE,
    erase_problem, erased_at, whom,
};
use crate::words::hand::said;

/// Why nothing was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    Yes,
    Server(FiguresProblem),
}

/// Opens the sheet on which a shopper is erased, for those who may.
#[component]
pub(super) fn EraseButton(
    /// A conversation of the shopper.
    id: ConversationId,
) -> impl IntoView {
    let hand = use_hand();
    let may = hand.may(Deed::EraseShoppers);
    let open = RwSignal::new(false);
    view! {
        <Show when=move || may.get()>
            <button
                type="button"
                class="small erase-open"
                data-testid="erase"
                aria-haspopup="dialog"
                on:click=handler(move |_| open.set(true))
            >
                {said(ERASE)}
            </button>
            <Sheet open title=ERASE>
                <EraseSheet id open/>
            </Sheet>
        </Show>
    }
}

#[component]
fn EraseSheet(id: ConversationId, open: RwSignal<bool>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let told = RwSignal::new(None::<Result<ShopperTold, FiguresProblem>>);
    let look = move || {
        told.set(None);
        spawn_local(async move {
            let shopper = desk.shopper_of(id).await;
            told.try_set(Some(shopper));
        });
    };
    look();
    move || {
        let lang = hand.lang.get();
        match told.get() {
            None => view! { <p class="hint" role="status">{LOOKING.say(lang)}</p> }.into_any(),
            Some(Err(problem)) => view! {
                <p class="fault" role="alert">{erase_problem(lang, problem)}</p>
                <button type="button" on:click=handler(move |_| look())>{LOOK_AGAIN.say(lang)}</button>
            }
            .into_any(),
            Some(Ok(ShopperTold { erased_at: Some(at), .. })) => {
                view! { <p role="status">{erased_at(lang, at, hand.offset_seconds())}</p> }.into_any()
            }
            Some(Ok(shopper)) => view! { <EraseForm id shopper open/> }.into_any(),
        }
    }
}

#[component]
fn EraseForm(id: ConversationId, shopper: ShopperTold, open: RwSignal<bool>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let sure = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let missing = RwSignal::new(None::<Missing>);
    let erase = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if !sure.get_untracked() {
            missing.set(Some(Missing::Yes));
            return;
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        missing.set(None);
        spawn_local(async move {
            let erased = desk.erase_shopper(id).await;
            busy.try_set(false);
            match erased {
                Ok(_) => drop(open.try_set(false)),
                Err(problem) => drop(missing.try_set(Some(Missing::Server(problem)))),
            }
        });
    };
    let fault = move || {
        let lang = hand.lang.get();
        missing.get().map(|missing| match missing {
            Missing::Yes => SAY_SURE.say(lang),
            Missing::Server(problem) => erase_problem(lang, problem),
        })
    };
    view! {
        <form class="erase-form" on:submit=handler(erase)>
            <p class="erase-whom" dir="auto">{move || whom(hand.lang.get(), &shopper)}</p>
            <h3>{said(GOES)}</h3>
            <p>{said(GOES_WHAT)}</p>
            <h3>{said(STAYS)}</h3>
            <p>{said(STAYS_WHAT)}</p>
            <p><b>{said(FOR_GOOD)}</b></p>
            <label class="erase-sure">
                <input
                    type="checkbox"
                    data-testid="erase-sure"
                    prop:checked=sure
                    on:change=handler(move |event: web_sys::Event| sure.set(event_target_checked(&event)))
                />
                <span>{said(SURE)}</span>
            </label>
            <p class="fault" role="alert">{fault}</p>
            <button type="submit" class="careful" data-testid="erase-now" aria-disabled=move || busy.get().to_string()>
                {move || if busy.get() { ERASING } else { ERASE_NOW }.say(hand.lang.get())}
            </button>
        </form>
    }
}

/// The line that is left of an erased conversation.
#[component]
pub(super) fn ErasedLine(
    /// The conversation.
    thread: Memo<Option<Thread>>,
) -> impl IntoView {
    let hand = use_hand();
    let at = memo(move || thread.with(|thread| thread.as_ref().and_then(|thread| thread.conversation.erased_at)));
    let line = move || at.get().map(|at| erased_at(hand.lang.get(), at, hand.offset_seconds()));
    view! { <p class="ended" role="status" data-testid="erased">{line}</p> }
}
