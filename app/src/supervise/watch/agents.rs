//! The agents of this moment: load, state, how fast they answer now.

use qinda::model::{MemberId, Micros};
use qinda::sync::{AgentNow, NowAnswer};
use qinda::timing::Waiting;

use crate::desk::Desk;
use crate::frame::hand::use_hand;
use crate::parts::clock::WaitClock;
use crate::parts::when::span_text;
use crate::prelude::*;
use crate::words::pages::{
    AGENT_GONE, AGENT_LOAD, AGENT_NOW, AGENT_SPEED, AGENT_STATE, AGENT_WAITING, AGENTS_NOW, NO_AGENTS, OFF_DUTY,
    ON_DUTY_NOW, last_seen, p,
};

/// How a member is called on this screen.
pub(super) fn name_of(desk: Desk, id: MemberId) -> String {
    let called = |card: &qinda::model::MemberCard| format!("{} {}", card.work_number, card.name);
    desk.members().iter().find(|card| card.id == id).map_or_else(|| super::super::NONE.to_owned(), called)
}

/// The table.
#[component]
pub(super) fn AgentRows(answer: Memo<Option<NowAnswer>>) -> impl IntoView {
    let agents = memo(move || answer.with(|it| it.as_ref().map(|it| it.agents.clone())));
    let none = memo(move || agents.with(|it| it.as_ref().is_some_and(Vec::is_empty)));
    let head = [AGENT_NOW, AGENT_STATE, AGENT_LOAD, AGENT_WAITING, AGENT_SPEED];
    view! {
        <section class="now-agents">
            <h2>{p(AGENTS_NOW)}</h2>
            <Show when=move || none.get()>
                <p class="hint">{p(NO_AGENTS)}</p>
            </Show>
            <div class="table-scroll" tabindex="0" role="region" aria-label=p(AGENTS_NOW)>
                <table data-testid="now-agents">
                    <thead>
                        <tr>{head.map(|text| view! { <th scope="col">{p(text)}</th> })}</tr>
                    </thead>
                    <tbody>
                        {move || agents.get().into_iter().flatten().map(|agent| view! { <Row agent/> }).collect_view()}
                    </tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn Row(agent: AgentNow) -> impl IntoView {
    let hand = use_hand();
    let AgentNow { member, on_duty, seen_at, open, waiting, waiting_since, answered, median_ms } = agent;
    let state = move || {
        let lang = hand.lang.get();
        if on_duty {
            return ON_DUTY_NOW.say(lang).to_owned();
        }
        seen_at.map_or_else(|| OFF_DUTY.say(lang).to_owned(), |at: Micros| last_seen(lang, &hand.local(at).time()))
    };
    let speed = move || {
        let median = median_ms.map(|ms| span_text(hand.lang.get(), ms));
        median.map_or_else(|| super::super::NONE.to_owned(), |median| format!("{median} · {answered}"))
    };
    let name = format!("{} {}", member.work_number, member.name);
    let gone = !member.active;
    // Of the wait alone is known how long; the limit of a later answer is the shorter warning.
    let clock = waiting_since.map(|since| view! { <WaitClock waiting=Waiting { since, greeting: false }/> });
    view! {
        <tr class:away=!on_duty>
            <th scope="row" dir="auto">{name} {gone.then(|| view! { <span class="hint">{p(AGENT_GONE)}</span> })}</th>
            <td>{state}</td>
            <td>{open}</td>
            <td>{waiting} " " {clock}</td>
            <td>{speed}</td>
        </tr>
    }
}
