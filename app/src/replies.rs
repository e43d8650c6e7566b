//! Quick replies: everybody keeps their own; supervisors and editors keep the team's and the shop's.

mod form;
pub(crate) mod import;
mod list;

use qinda::model::{Deed, QuickReply, QuickReplyId};

use self::form::{ReadReply, ReplyForm};
use self::list::ReplyList;
use crate::desk::{KeptBy, use_desk};
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::replies::{GONE, GONE_TEXT, NONE_OPEN, p};
use crate::words::{Word, t};

/// The list of quick replies, and the one that is open.
#[component]
pub(crate) fn QuickReplies() -> impl IntoView {
    let hand = use_hand();
    let list = memo(move || hand.wide.get() || hand.place.get() == Place::QuickReplies);
    let kept_at = StoredValue::new(0);
    let removed = RwSignal::new(None::<QuickReply>);
    let looking = list::Looking::new();
    view! {
        <div class="knowledge replies">
            <Show when=move || list.get()>
                <ReplyList looking kept_at removed/>
            </Show>
            {move || match hand.place.get() {
                Place::QuickReply(id) => view! { <OneReply id removed/> }.into_any(),
                Place::NewQuickReply => {
                    view! {
                        <section class="detail">
                            <ReplyForm reply=None removed/>
                        </section>
                    }
                        .into_any()
                }
                _ if hand.wide.get() => {
                    view! {
                        <section class="detail none-open">
                            <p class="hint">{p(NONE_OPEN)}</p>
                        </section>
                    }
                        .into_any()
                }
                _ => ().into_any(),
            }}
        </div>
    }
}

#[component]
fn OneReply(id: QuickReplyId, removed: RwSignal<Option<QuickReply>>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let reply = memo(move || desk.quick_reply(id));
    let here = memo(move || reply.with(Option::is_some));
    let edits = hand.may(Deed::EditKnowledge);
    move || {
        let Some(reply) = here.get().then(|| reply.get_untracked()).flatten() else {
            return view! {
                <section class="detail">
                    <div class="blank">
                        <h2>{p(GONE)}</h2>
                        <p>{p(GONE_TEXT)}</p>
                        <a class="button" href=Place::QuickReplies.path()>{t(Word::GoOn)}</a>
                    </div>
                </section>
            }
            .into_any();
        };
        if edits.get() || KeptBy::of(&reply) == KeptBy::Me {
            view! { <section class="detail"><ReplyForm reply=Some(reply) removed/></section> }.into_any()
        } else {
            view! { <section class="detail"><ReadReply reply/></section> }.into_any()
        }
    }
}
