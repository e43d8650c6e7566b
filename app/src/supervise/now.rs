//! Who waits at this moment, the longest first; from the device itself, so it runs without a network too.

use qinda::model::Deed;

use crate::desk::InboxRow;
use crate::frame::hand::use_hand;
use crate::parts::clock::WaitClock;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::pages::{TO_NOW, p};
use crate::words::{Word, phrases, t};

/// How many of those who wait are shown one by one.
const SHOWN_MAX: usize = 6;

/// Who waits now.
#[component]
pub(crate) fn WaitingNow() -> impl IntoView {
    let hand = use_hand();
    let waiting = memo(move || {
        hand.inbox.with(|rows| rows.iter().filter(|row| row.waiting.is_some()).cloned().collect::<Vec<_>>())
    });
    let count = memo(move || waiting.with(Vec::len));
    // Who sees figures but no conversations is told nothing about who waits: the device does not have it.
    let knows = hand.may(Deed::Answer);
    view! {
        <Show when=move || knows.get()>
            <section class="waiting-now" data-testid="waiting-now">
                <h2>
                    {t(Word::WaitingNow)}
                    " "
                    <b class:some=move || { count.get() > 0 }>{move || count.get()}</b>
                </h2>
                <Show when=move || count.get() == 0>
                    <p class="hint">{t(Word::NobodyWaits)}</p>
                </Show>
                <ol>
                    <For
                        each=move || waiting.get().into_iter().take(SHOWN_MAX)
                        key=|row| (row.conversation.id, row.waiting.map(|waiting| waiting.since.0), row.owner.clone())
                        let:row
                    >
                        <WaitingRow row/>
                    </For>
                </ol>
                <Show when=move || { count.get() > SHOWN_MAX }>
                    <a class="hint" href=Place::Inbox.path()>
                        {move || phrases::more_waiting(hand.lang.get(), count.get() - SHOWN_MAX)}
                    </a>
                </Show>
                <a class="hint" href=Place::Now.path()>{p(TO_NOW)}</a>
            </section>
        </Show>
    }
}

#[component]
fn WaitingRow(row: InboxRow) -> impl IntoView {
    let hand = use_hand();
    let owner = row.owner.clone();
    let who = move || owner.clone().unwrap_or_else(|| Word::OwnerNobody.say(hand.lang.get()).to_owned());
    view! {
        <li>
            <a href=Place::Conversation(row.conversation.id).path()>
                {row.waiting.map(|waiting| view! { <WaitClock waiting/> })}
                <span class="who">{row.conversation.customer_name}</span>
                <span class="latest">{row.latest}</span>
                <span class="owner">{who}</span>
            </a>
        </li>
    }
}
