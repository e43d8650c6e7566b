//! Who waits, the longest first, and what can be done from here.

use leptos::task::spawn_local;
use qinda::model::{ConversationId, Deed, MemberId};
use qinda::order;
use qinda::sync::NowAnswer;
use qinda::timing::Waiting;

use crate::desk::{Desk, use_desk};
use crate::frame::hand::{Hand, use_hand};
use crate::inbox::{TransferButton, WhisperButton};
use crate::parts::clock::WaitClock;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::pages::{ELSEWHERE, TAKE_OVER, p};
use crate::words::{Word, phrases, t};

/// How many of those who wait are shown one by one.
const SHOWN_MAX: usize = 50;

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waits {
    pub(super) id: ConversationId,
    pub(super) waiting: Waiting,
    /// The shopper and the latest words, of a conversation that this device holds.
    here: Option<(String, String)>,
    owner: Option<MemberId>,
}

/// Everybody who waits: of the conversations that this device holds it knows best, the others the server tells.
pub(super) fn all(desk: Desk, hand: Hand, answer: Memo<Option<NowAnswer>>) -> Memo<Vec<Waits>> {
    memo(move || {
        let of_row = |row: &crate::desk::InboxRow| {
            Some(Waits {
                id: row.conversation.id,
                waiting: row.waiting?,
                here: Some((row.conversation.customer_name.clone(), row.latest.clone())),
                owner: row.conversation.owner,
            })
        };
        let mut waits: Vec<Waits> = hand.inbox.with(|rows| rows.iter().filter_map(of_row).collect());
        answer.with(|answer| {
            let told = answer.iter().flat_map(|answer| &answer.waiting);
            waits.extend(told.filter(|it| !desk.holds(it.conversation)).map(|it| Waits {
                id: it.conversation,
                waiting: Waiting { since: it.since, greeting: it.first },
                here: None,
                owner: it.owner,
            }));
        });
        order::sort_by_key(&mut waits, |it| it.waiting.since);
        waits
    })
}

/// The list.
#[component]
pub(super) fn WaitingRows(waits: Memo<Vec<Waits>>) -> impl IntoView {
    let hand = use_hand();
    let count = memo(move || waits.with(Vec::len));
    view! {
        <section class="now-waiting">
            <h2>{t(Word::WaitingNow)}</h2>
            <Show when=move || count.get() == 0>
                <p class="hint">{t(Word::NobodyWaits)}</p>
            </Show>
            <ol data-testid="now-waiting">
                <For
                    each=move || waits.get().into_iter().take(SHOWN_MAX)
                    key=|it| (it.id, it.waiting.since.0, it.owner, it.here.is_some())
                    let:it
                >
                    <Row waits=it/>
                </For>
            </ol>
            <Show when=move || { count.get() > SHOWN_MAX }>
                <p class="hint">{move || phrases::more_waiting(hand.lang.get(), count.get() - SHOWN_MAX)}</p>
            </Show>
        </section>
    }
}

#[component]
fn Row(waits: Waits) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let Waits { id, waiting, here, owner } = waits;
    let who = move || match owner {
        None => Word::OwnerNobody.say(hand.lang.get()).to_owned(),
        Some(owner) => super::agents::name_of(desk, owner),
    };
    let is_mine = memo(move || owner.is_some() && owner == desk.session().map(|session| session.actor.member));
    let may_answer = hand.may(Deed::Answer);
    let acts = here.is_some();
    let (name, words) = here.unzip();
    let title = move || match &name {
        Some(name) => name.clone(),
        None => ELSEWHERE.say(hand.lang.get()).to_owned(),
    };
    let take = move |_| {
        spawn_local(async move {
            match desk.take(id).await {
                Ok(()) => hand.go(Place::Conversation(id)),
                Err(why) => hand.trouble.set(Some(why)),
            }
        });
    };
    let about = view! {
        <WaitClock waiting/>
        <span class="who" dir="auto">{title}</span>
        <span class="latest" dir="auto">{words}</span>
        <span class="owner">{who}</span>
    };
    view! {
        <li data-testid="now-row">
            {if acts {
                view! { <a href=Place::Conversation(id).path()>{about}</a> }.into_any()
            } else {
                view! { <div>{about}</div> }.into_any()
            }}
            <Show when=move || acts && may_answer.get()>
                <span class="acts">
                    <Show when=move || !is_mine.get()>
                        <button type="button" class="small" data-testid="now-take" on:click=handler(take)>{p(TAKE_OVER)}</button>
                    </Show>
                    <Show when=move || owner.is_some() && !is_mine.get()>
                        <WhisperButton id/>
                    </Show>
                    <TransferButton id/>
                </span>
            </Show>
        </li>
    }
}
