//! The screen as a whole: which stage the desk is in, and which area of it the member looks at.

pub(crate) mod place;

use leptos_router::components::Router;
use leptos_router::hooks::use_location;
use leptos_router::location::{BrowserUrl, LocationProvider};
use qinda::model::Deed;

use self::place::{Area, BASE, Place};
use crate::account::{Account, Lapsed};
use crate::answers::AnswersPage;
use crate::desk::{Stage, StorageTrouble, use_desk};
use crate::frame::hand::{Hand, use_hand};
use crate::frame::{Frame, appearance};
use crate::inbox::Inbox;
use crate::knowledge::Knowledge;
use crate::parts::blank::Blank;
use crate::prelude::*;
use crate::replies::QuickReplies;
use crate::replies::import::ImportQuickReplies;

use crate::sign_in::SignIn;
use crate::supervise::{NowPage, Planning, Supervision};
use crate::unlock::Unlock;
use crate::words::{Word, t};

/// Everything on the page.
#[component]
pub(crate) fn Screen() -> impl IntoView {
    view! {
        <Router base=BASE>
            <Stages/>
        </Router>
    }
}

#[component]
fn Stages() -> impl IntoView {
    let desk = use_desk();
    let place = follow_address();
    Hand::provide(place);
    appearance::follow();
    let stage = memo(move || desk.stage());
    let is_lapsed = memo(move || desk.lapsed().is_some());
    move || match stage.get() {
        Stage::Starting => view! { <Starting/> }.into_any(),
        Stage::SignIn => view! { <SignIn/> }.into_any(),
        Stage::PinAsked => view! { <Unlock/> }.into_any(),
        Stage::Ready if is_lapsed.get() => view! { <Lapsed/> }.into_any(),
        Stage::Ready => view! { <Frame><Areas/></Frame> }.into_any(),
    }
}

/// The place of the address. The desk matches addresses itself, so it also tells the router when a change is done;
/// without that a followed link would never reach the address bar.
fn follow_address() -> Memo<Place> {
    let path = use_location().pathname;
    let address = expect_context::<BrowserUrl>();
    effect(move || {
        path.track();
        address.ready_to_complete();
    });
    memo(move || path.with(|path| Place::of(path)))
}

/// The shape of the desk while the device is read; it shows only when that takes a while.
#[component]
fn Starting() -> impl IntoView {
    let desk = use_desk();
    let is_blocked = memo(move || desk.storage_trouble() == Some(StorageTrouble::Blocked));
    view! {
        <Show when=move || is_blocked.get()>
            <p class="notice trouble" role="alert">{t(Word::StorageBlocked)}</p>
        </Show>
        <div id="qinda-loading" role="status" aria-label=t(Word::Opening)>
            <i></i>
            <i></i>
            <i></i>
            <i></i>
        </div>
    }
}

#[component]
fn Areas() -> impl IntoView {
    let hand = use_hand();
    let area = memo(move || hand.place.get().area());
    let may_answer = hand.may(Deed::Answer);
    let may_see_figures = hand.may(Deed::SeeFigures);
    // Who answers nobody begins with the answers.
    effect(move || {
        if hand.place.get() == Place::Inbox && !may_answer.get() {
            hand.replace(Place::Answers);
        }
    });
    move || match area.get() {
        Area::Inbox if may_answer.get() => view! { <Inbox/> }.into_any(),
        Area::Answers => view! { <AnswersPage/> }.into_any(),
        Area::Now if may_see_figures.get() => view! { <NowPage/> }.into_any(),
        Area::Figures if may_see_figures.get() => view! { <Supervision/> }.into_any(),
        Area::Planning if may_see_figures.get() => view! { <Planning/> }.into_any(),
        Area::Knowledge => view! { <Knowledge/> }.into_any(),
        Area::QuickReplies => view! { <QuickReplies/> }.into_any(),
        Area::ImportQuickReplies => view! { <ImportQuickReplies/> }.into_any(),
        Area::Me => view! { <Account/> }.into_any(),
        Area::Nowhere => view! { <Blank title=Word::NowhereTitle text=Word::NowhereText to=Place::Inbox/> }.into_any(),
        Area::Inbox | Area::Now | Area::Figures | Area::Planning => {
            view! { <Blank title=Word::ForbiddenTitle text=Word::ForbiddenText to=Place::Answers/> }.into_any()
        }
    }
}
