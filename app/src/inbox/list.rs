//! The list of conversations: who has waited longest stands first.

use qinda::model::{ConversationId, ConversationState};

use crate::desk::{InboxRow, Link, use_desk};
use crate::frame::hand::use_hand;
use crate::parts::clock::WaitClock;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::rows::Rows;
use crate::parts::when::lately;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::hand::erasing::shopper;
use crate::words::hand::owner;
use crate::words::replies::PICTURE_MARK;
use crate::words::{Lang, Word, phrases, t};

/// The height of a row in pixels; `.row` in the style sheet has the same.
const ROW_HEIGHT: f64 = 66.0;
/// How many digits of a visitor's number stand for a name.
const VISITOR_DIGITS: usize = 2;

/// The open conversations, and how many of them wait.
#[component]
pub(crate) fn ConversationList(
    /// How far the list was scrolled when it was last on the screen.
    kept_at: StoredValue<i32>,
) -> impl IntoView {
    let hand = use_hand();
    let counts = memo(move || {
        hand.inbox.with(|rows| {
            let waiting = rows.iter().filter(|row| row.waiting.is_some()).count();
            (waiting, rows.len() - waiting)
        })
    });
    let empty = memo(move || hand.inbox.with(Vec::is_empty));
    let key = |row: &InboxRow| row.conversation.id;
    view! {
        <section class="list" aria-label=t(Word::Chats)>
            <header class="list-head">
                <h1>
                    <span class="count" class:some=move || { counts.get().0 > 0 }>
                        {t(Word::ToAnswer)}
                        " "
                        <b>{move || counts.get().0}</b>
                    </span>
                    <span class="count">{t(Word::InProgress)} " " <b>{move || counts.get().1}</b></span>
                </h1>
                <Show when=move || !hand.wide.get()>
                    <a class="icon-button" href=Place::Answers.path() aria-label=t(Word::SearchAnswers)>
                        <Glyph icon=Icon::Search/>
                    </a>
                </Show>
            </header>
            <Show when=move || !empty.get() fallback=|| view! { <Empty/> }>
                <Rows items=hand.inbox key row_height=ROW_HEIGHT kept_at label=Word::Chats row=|id, row| view! { <Row id row/> }/>
            </Show>
        </section>
    }
}

#[component]
fn Row(id: ConversationId, row: Memo<Option<InboxRow>>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let fingers = hand.fingers;
    let here = memo(move || hand.open_conversation() == Some(id));
    let name = memo(move || row.with(|row| row.as_ref().map(|row| shopper(hand.lang.get(), &row.conversation))));
    let initial = move || name.get().map(|name| initials(&name));
    let waiting = memo(move || row.with(|row| row.as_ref().and_then(|row| row.waiting)));
    let latest_at = memo(move || row.with(|row| row.as_ref().map(|row| row.latest_at)));
    let moment = move || {
        let (at, now) = (hand.local(latest_at.get()?), hand.local(desk.now()));
        Some(lately(hand.lang.get(), at, now))
    };
    view! {
        <a
            class="row"
            data-testid="conversation-row"
            data-conversation=id.to_string()
            href=Place::Conversation(id).path()
            aria-current=move || here.get().then_some("true")
            on:click=handler(move |_| hand.composer_wanted.set(!fingers.get_untracked()))
        >
            <span class="initial" aria-hidden="true">{initial}</span>
            <span class="row-name">{move || name.get()}</span>
            <span class="row-when">
                {move || match waiting.get() {
                    Some(waiting) => view! { <WaitClock waiting/> }.into_any(),
                    None => view! { <span class="moment">{moment}</span> }.into_any(),
                }}
            </span>
            <span class="row-latest">{move || row.with(|row| row.as_ref().map(|row| latest(hand.lang.get(), row)))}</span>
            <span class="row-marks">{move || row.with(|row| row.as_ref().map(|row| marks(hand.lang.get(), row)))}</span>
        </a>
    }
}

/// The first sign of a name; of a numbered visitor the last digits, which tell one from the next.
fn initials(name: &str) -> String {
    let digits: Vec<char> = name.chars().rev().take_while(char::is_ascii_digit).take(VISITOR_DIGITS).collect();
    if digits.is_empty() { name.chars().take(1).collect() } else { digits.into_iter().rev().collect() }
}

fn latest(lang: Lang, row: &InboxRow) -> AnyView {
    let text: String = row.latest.chars().map(|c| if c.is_control() { ' ' } else { c }).take(120).collect();
    if row.held > 0 {
        return view! { <span class="held">{phrases::held(lang, row.held)}</span> }.into_any();
    }
    let lead = match row {
        InboxRow { has_draft: true, .. } => {
            Some(view! { <span class="draft">{Word::Draft.say(lang)}</span> }.into_any())
        }
        InboxRow { latest_by_shopper: false, .. } if !text.is_empty() || row.latest_has_picture => {
            Some(view! { <span class="ours">{Word::Ours.say(lang)}</span> }.into_any())
        }
        _ => None,
    };
    let picture = row.latest_has_picture.then(|| PICTURE_MARK.say(lang));
    view! { {lead} {picture} {text} }.into_any()
}

fn marks(lang: Lang, row: &InboxRow) -> AnyView {
    let closed = row.conversation.state == ConversationState::Closed;
    view! {
        {(row.queued > 0)
            .then(|| {
                view! {
                    <span class="mark-queued" title=phrases::queued(lang, row.queued)>
                        <Glyph icon=Icon::Clock/>
                        {row.queued}
                    </span>
                }
            })}
        {(row.held > 0)
            .then(|| view! { <span class="mark-held" title=phrases::held(lang, row.held)><Glyph icon=Icon::Warning/></span> })}
        {(row.mine && row.conversation.handover.is_some())
            .then(|| view! { <span class="mark-handed" data-testid="handed">{owner::HANDED.say(lang)}</span> })}
        {(row.mine && row.conversation.whisper.is_some())
            .then(|| view! { <span class="mark-handed" data-testid="whisper-mark">{owner::WHISPER.say(lang)}</span> })}
        {closed.then(|| view! { <span class="owner">{Word::Closed.say(lang)}</span> })}
        {(!closed)
            .then(|| row.owner.clone())
            .flatten()
            .map(|owner| {
                let owner = if row.mine { Word::Mine.say(lang).to_owned() } else { owner };
                view! { <span class="owner" class:mine=row.mine>{owner}</span> }
            })}
        {(row.unanswered > 0)
            .then(|| {
                view! {
                    <span class="badge" title=phrases::unanswered(lang, row.unanswered)>
                        {phrases::at_most_99(row.unanswered as usize)}
                    </span>
                }
            })}
    }
    .into_any()
}

/// Nobody wrote yet, or nothing has arrived on this device yet.
#[component]
fn Empty() -> impl IntoView {
    let desk = use_desk();
    let page = move || desk.session().map(|session| format!("/c/{}", session.shop.slug));
    let fetching = memo(move || !desk.inbox_has_arrived() && matches!(desk.link(), Link::Connecting | Link::Online));
    move || {
        if fetching.get() {
            return view! { <div class="list-shape" role="status" aria-label=t(Word::Opening)>{[(); 5].map(|()| view! { <i></i> })}</div> }
                .into_any();
        }
        view! {
            <div class="blank">
                <h2>{t(Word::NobodyWrote)}</h2>
                <p>{t(Word::NobodyWroteText)}</p>
                {page()
                    .map(|page| {
                        let shown = page.clone();
                        view! {
                            <p class="address"><code>{shown}</code></p>
                            <a class="button" href=page target="_blank" rel="external">{t(Word::OpenShopPage)}</a>
                        }
                    })}
            </div>
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn visitors_are_told_apart_by_their_digits() {
        assert_eq!(["林女士", "访客 7244", "Visitor 7", ""].map(initials), ["林", "44", "7", ""]);
    }
}
