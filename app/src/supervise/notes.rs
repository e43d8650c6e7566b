//! What was sent with a reason although the wording check warned.

use qinda::model::MemberCard;
use qinda::sync::{WordingNote, WordingNotes};

use super::NONE;
use crate::desk::{Told, use_desk};
use crate::frame::hand::use_hand;
use crate::knowledge::standing::Standing;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::pages::{MORE_NOTES, NO_NOTES, NOTES, NOTES_HINT, OPEN_CHAT, p, reason_given};

/// How far back the notes go.
const NOTES_DAYS: u32 = 31;

/// The notes of the last month, the newest first.
#[component]
pub(crate) fn Notes() -> impl IntoView {
    let desk = use_desk();
    let told = Told::of(desk, memo(|| ("wording-notes", format!("/api/wording/notes?days={NOTES_DAYS}"))));
    let notes = memo(move || told.read::<WordingNotes>());
    view! {
        <section class="wording-notes" data-testid="wording-notes">
            <h2>{p(NOTES)}</h2>
            <p class="hint">{p(NOTES_HINT)}</p>
            <Standing told/>
            {move || {
                notes
                    .get()
                    .map(|WordingNotes { notes, members, more }| {
                        let nothing = notes.is_empty();
                        view! {
                            {nothing.then(|| view! { <p class="hint">{p(NO_NOTES)}</p> })}
                            <ol>{notes.into_iter().map(|note| view! { <Note note members=&members/> }).collect_view()}</ol>
                            {more.then(|| view! { <p class="hint">{p(MORE_NOTES)}</p> })}
                        }
                    })
            }}
        </section>
    }
}

#[component]
fn Note<'m>(note: WordingNote, members: &'m [MemberCard]) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let member = members.iter().find(|member| member.id == note.member);
    let who = member.map_or_else(|| NONE.to_owned(), |member| format!("{} {}", member.work_number, member.name));
    let words = note.findings.iter().map(|finding| format!("“{}”", finding.words)).collect::<Vec<_>>().join("、");
    let WordingNote { at, reason, conversation, .. } = note;
    let here = memo(move || desk.holds(conversation));
    view! {
        <li>
            <span class="hint">
                {move || {
                    let at = hand.local(at);
                    format!("{} {} · {who}", at.date(hand.lang.get()), at.time())
                }}
            </span>
            <b>{words}</b>
            <span>{move || reason_given(hand.lang.get(), &reason)}</span>
            <Show when=move || here.get()>
                <a href=Place::Conversation(conversation).path()>{p(OPEN_CHAT)}</a>
            </Show>
        </li>
    }
}
