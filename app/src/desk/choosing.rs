//! What choosing an answer needs to know: what the shopper asked and since when, and what fills the blanks.

use leptos::prelude::*;
use qinda::answers::masked;
use qinda::blanks::{Blank, Known};
use qinda::model::{About, Author, ConversationId, LESSON_CHARS_MAX, MICROS_PER_SECOND, Message};
use qinda::sync::LEARNED_TOGETHER_MAX;
use qinda::timing::waiting;

use super::{AtDesk, Desk};
use crate::local::clock::page_millis;

/// With so many characters a message is a question of its own, and those before it are not needed to understand it.
const QUESTION_CHARS_MIN: usize = 4;
/// Fewer Chinese characters in a query are a search, not a question that could be learned.
const QUERY_HAN_MIN: usize = 4;

/// What the desk knows to fill blanks with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    about: About,
    customer_name: Option<String>,
    shop: Option<String>,
    work_number: Option<String>,
    today: String,
}

impl Facts {
    /// What fills a blank; `None` has to be asked for.
    pub(crate) fn value(&self, blank: &Blank) -> Option<String> {
        match blank.known? {
            Known::CustomerName => self.customer_name.clone(),
            known @ (Known::Product | Known::Order | Known::Courier | Known::Tracking | Known::Arrives) => {
                fact(&self.about, known)
            }
            Known::Shop => self.shop.clone(),
            Known::WorkNumber => self.work_number.clone(),
            Known::Today => Some(self.today.clone()),
        }
    }
}

/// A fact about a conversation.
pub(crate) fn fact(about: &About, known: Known) -> Option<String> {
    match known {
        Known::Product => about.product.clone(),
        Known::Order => about.order.clone(),
        Known::Courier => about.courier.clone(),
        Known::Tracking => about.tracking.clone(),
        Known::Arrives => about.arrives.clone(),
        Known::CustomerName | Known::Shop | Known::WorkNumber | Known::Today => None,
    }
}

/// What is known of a conversation once this blank was filled; `None` for what is no fact about it.
pub(crate) fn learned(known: Known, value: String) -> Option<About> {
    let value = Some(value);
    let nothing = About::default();
    match known {
        Known::Product => Some(About { product: value, ..nothing }),
        Known::Order => Some(About { order: value, ..nothing }),
        Known::Courier => Some(About { courier: value, ..nothing }),
        Known::Tracking => Some(About { tracking: value, ..nothing }),
        Known::Arrives => Some(About { arrives: value, ..nothing }),
        Known::CustomerName | Known::Shop | Known::WorkNumber | Known::Today => None,
    }
}

impl Desk {
    /// What fills the blanks of an answer in a conversation; `today` as one would write it.
    pub(crate) fn facts(&self, id: ConversationId, today: String) -> Facts {
        self.inbox_version.track();
        let session = self.session.get();
        let conversation = self.with(|desk| desk.device.replica().conversation(id).cloned()).flatten();
        Facts {
            customer_name: conversation.as_ref().map(|it| it.customer_name.clone()),
            about: conversation.map(|it| it.about).unwrap_or_default(),
            work_number: session.as_ref().map(|session| session.me.work_number.clone()),
            shop: session.map(|session| session.shop.name),
            today,
        }
    }

    /// What a conversation is about.
    pub(crate) fn about(&self, id: ConversationId) -> About {
        self.inbox_version.track();
        self.with(|desk| Some(desk.device.replica().conversation(id)?.about.clone())).flatten().unwrap_or_default()
    }

    /// What the shopper asked last, masked, for a choice to be learned from; empty when there is nothing.
    pub(crate) fn asked(&self, id: ConversationId) -> String {
        self.with(|desk| asked(desk, id)).unwrap_or_default()
    }

    /// The shopper's latest words, as many messages as a suggestion looks at.
    pub(crate) fn latest_words(&self, id: ConversationId) -> Vec<String> {
        self.inbox_version.track();
        self.with(|desk| latest_words(desk, id)).unwrap_or_default()
    }

    /// From the shopper's first unanswered message, or the opening of the conversation if that came later, until now.
    /// `None` when nobody waits for an answer.
    pub(crate) fn choice_ms(&self, id: ConversationId, opened_at_millis: f64) -> Option<u32> {
        let now = self.inner().clock.now();
        let since = self.with(|desk| {
            let answered = !desk.device.replica().queued(id).is_empty();
            if answered { None } else { waiting(desk.device.replica().delivered(id)).map(|waiting| waiting.since) }
        });
        let waited = now.since(since.flatten()?) / (MICROS_PER_SECOND / 1_000);
        let open = (page_millis() - opened_at_millis) as i64;
        u32::try_from(waited.min(open).max(0)).ok()
    }
}

/// A query as a choice is learned from it: masked, and empty when it is no question.
pub(crate) fn question_of(query: &str) -> String {
    let han = query.chars().filter(|c| matches!(c, '\u{4e00}'..='\u{9fff}')).count();
    if han < QUERY_HAN_MIN { String::new() } else { teachable(query) }
}

/// What may be learned of a text: nothing of who somebody is, and no more than a lesson holds.
fn teachable(text: &str) -> String {
    masked(text).chars().take(LESSON_CHARS_MAX).collect()
}

pub(super) fn latest_words(desk: &AtDesk, id: ConversationId) -> Vec<String> {
    let by_shopper = |message: &&Message| message.author == Author::Shopper;
    let newest_first = desk.device.replica().delivered(id).rev().skip_while(|message| !by_shopper(message));
    let mut words: Vec<String> =
        newest_first.take_while(by_shopper).take(LEARNED_TOGETHER_MAX).map(|message| message.text.clone()).collect();
    words.reverse();
    words
}

/// The newest message that is a question of its own, with what came after it.
fn asked(desk: &AtDesk, id: ConversationId) -> String {
    let words = latest_words(desk, id);
    let is_question = |text: &String| text.chars().filter(|c| c.is_alphanumeric()).count() >= QUESTION_CHARS_MIN;
    let from = words.iter().rposition(is_question).unwrap_or(0);
    teachable(&words[from..].join(" "))
}
