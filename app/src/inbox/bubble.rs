//! A message on the screen: whose it is, when it was said, and how far it got.

use leptos::task::spawn_local;
use qinda::model::Author;

use super::composer::Editing;
use crate::desk::{Bubble, Delivery, Thread, picture_of, use_desk};
use crate::frame::hand::use_hand;
use crate::local::outbox::Held;
use crate::parts::copy::CopyButton;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::picture::Picture;
use crate::parts::when::{Local, day_name};
use crate::prelude::*;
use crate::words::replies::refusal;
use crate::words::{Lang, Word, phrases, t};

/// Longer texts are folded until somebody wants all of them.
const FOLD_CHARS: usize = 700;
/// Texts with more lines are folded too.
const FOLD_LINES: usize = 16;
/// Messages of one author within so many minutes stand together and tell their time once.
const TOGETHER_MINUTES: i64 = 2;

/// A message and what stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    bubble: Bubble,
    /// The day, where a new one begins.
    day: Option<String>,
    /// Whether it ends a group, and so tells its time.
    tail: bool,
    time: String,
    exact: String,
}

impl Shown {
    /// What it looks like as a key: a message that changes is drawn anew.
    pub(crate) fn key(&self) -> String {
        format!("{} {} {} {:?}", self.bubble.key, state(&self.bubble), self.tail, self.day)
    }
}

/// The last messages of a conversation, with day dividers and grouped by author.
pub(crate) fn shown(thread: &Thread, limit: usize, offset_seconds: i64, lang: Lang, today: i64) -> Vec<Shown> {
    let bubbles = &thread.bubbles[thread.bubbles.len().saturating_sub(limit)..];
    let local = |bubble: &Bubble| Local::of(bubble.message.at, offset_seconds);
    let mut day_before = None;
    let one = |(place, bubble): (usize, &Bubble)| {
        let at = local(bubble);
        let begins = day_before.replace(at.day) != Some(at.day);
        let day = begins.then(|| day_name(lang, at, Local { day: today, ..at }));
        let tail = bubbles.get(place + 1).is_none_or(|next| !together(bubble, next));
        Shown { bubble: bubble.clone(), day, tail, time: at.time(), exact: at.exact() }
    };
    bubbles.iter().enumerate().map(one).collect()
}

fn together(bubble: &Bubble, next: &Bubble) -> bool {
    bubble.message.author == next.message.author
        && bubble.delivery == Delivery::Sent
        && next.delivery == Delivery::Sent
        && next.message.at.since(bubble.message.at) < TOGETHER_MINUTES * 60 * qinda::model::MICROS_PER_SECOND
}

fn state(bubble: &Bubble) -> &'static str {
    match &bubble.delivery {
        Delivery::Sent => "sent",
        Delivery::Queued => "queued",
        Delivery::Held(held) if held.is_parked() => "held",
        Delivery::Held(_) => "rejected",
    }
}

/// A message.
#[component]
pub(crate) fn MessageBubble(
    /// The message.
    shown: Shown,
    /// Where a held reply goes to be changed.
    editing: Editing,
) -> impl IntoView {
    let Shown { bubble, day, tail, time, exact } = shown;
    let state = state(&bubble);
    let author = match bubble.message.author {
        Author::Shopper => "shopper",
        Author::Member(_) => "member",
        Author::Automatic | Author::Newer => "automatic",
    };
    let meta = (tail || state != "sent").then(|| view! { <Meta bubble=bubble.clone() time exact/> });
    let held = match bubble.delivery {
        Delivery::Held(held) => Some(view! { <HeldReply held=*held text=bubble.message.text.clone() editing/> }),
        Delivery::Sent | Delivery::Queued => None,
    };
    let (text, picture) = (bubble.message.text, bubble.message.picture);
    view! {
        {day.map(|day| view! { <p class="day"><span>{day}</span></p> })}
        <article class="message" class:tail=tail data-testid="message" data-author=author data-delivery=state>
            {picture.map(|id| view! { <Picture id opens=true/> })}
            {(!text.is_empty()).then(|| view! { <Words text/> })}
            {meta}
            {held}
        </article>
    }
}

#[component]
fn Words(text: String) -> impl IntoView {
    let long = text.chars().count() > FOLD_CHARS || text.lines().count() > FOLD_LINES;
    let chars = text.chars().count();
    let folded = RwSignal::new(long);
    let hand = use_hand();
    let label = move || {
        if folded.get() {
            phrases::show_all(hand.lang.get(), chars)
        } else {
            Word::Fold.say(hand.lang.get()).to_owned()
        }
    };
    view! {
        <div class="words" class:folded=folded dir="auto">{text}</div>
        {long
            .then(|| {
                view! {
                    <button
                        type="button"
                        class="quiet fold"
                        aria-expanded=move || (!folded.get()).to_string()
                        on:click=handler(move |_| folded.update(|folded| *folded = !*folded))
                    >
                        {label}
                    </button>
                }
            })}
    }
}

#[component]
fn Meta(bubble: Bubble, time: String, exact: String) -> impl IntoView {
    let hand = use_hand();
    let who = bubble.work_number;
    let robot = bubble.message.author == Author::Automatic;
    let sign = match &bubble.delivery {
        _ if !matches!(bubble.message.author, Author::Member(_)) => None,
        Delivery::Sent => Some((Icon::Check, Word::Sent)),
        Delivery::Queued => Some((Icon::Clock, Word::Queued)),
        Delivery::Held(held) if held.is_parked() => Some((Icon::Warning, Word::HeldBack)),
        Delivery::Held(_) => Some((Icon::Warning, Word::NotSent)),
    };
    let quiet = bubble.delivery == Delivery::Sent;
    view! {
        <p class="meta">
            {who.map(|who| view! { <span>{who}</span> })}
            {robot.then(|| view! { <span>{t(Word::Automatic)}</span> })}
            <time title=exact>{time}</time>
            {sign
                .map(|(icon, word)| {
                    view! {
                        <span class="sign" title=t(word)>
                            <Glyph icon/>
                            <span class:unseen=quiet>{move || word.say(hand.lang.get())}</span>
                        </span>
                    }
                })}
        </p>
    }
}

/// Why a reply did not go out, and what may become of it.
#[component]
fn HeldReply(held: Held, text: String, editing: Editing) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let held = StoredValue::new(held);
    let words = StoredValue::new(text.clone());
    let reason = move || held.with_value(|held| refusal(desk, hand.lang.get(), held));
    let parked = held.with_value(Held::is_parked);
    let lost = held.with_value(Held::is_erased);
    let change = move |_: web_sys::MouseEvent| editing.set(Some((held.get_value(), words.get_value())));
    let anyway = move |event| {
        // Words that may not leave as they are go to the composer, which says why.
        if !untrack(|| held.with_value(|held| desk.may_leave(held))) {
            return change(event);
        }
        spawn_local(async move {
            let picture = held.with_value(|held| picture_of(&held.command));
            let sent = desk.send_anyway(held.get_value(), words.get_value(), picture, None).await;
            hand.trouble.set(sent.err());
        });
    };
    let discard = move |_| spawn_local(async move { hand.trouble.set(desk.discard(held.get_value()).await.err()) });
    let again = if parked { Word::SendAnyway } else { Word::SendAgain };
    view! {
        <div class="held-reply">
            <p>{reason}</p>
            <div class="buttons">
                {(!lost)
                    .then(|| {
                        view! {
                            <button type="button" class="small" on:click=handler(anyway)>{t(again)}</button>
                            <button type="button" class="small" on:click=handler(change)>{t(Word::Change)}</button>
                        }
                    })}
                <CopyButton text=Signal::stored(text)/>
                <button type="button" class="small" on:click=handler(discard)>{t(Word::Discard)}</button>
            </div>
        </div>
    }
}
