//! Finding answers: for what was typed, and for what a shopper asks.

use leptos::prelude::*;
use qinda::answers::{Around, Asked, EntryId, Hit, Why};
use qinda::model::{Article, ConversationId, QuickReply};

use super::choosing::latest_words;
use super::{AtDesk, Desk};
use crate::local::clock::Measured;
use crate::words::hand::Reason;

/// Where words were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FoundIn {
    /// An article.
    Article(Article),
    /// A quick reply.
    QuickReply(QuickReply),
}

/// Something found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// What.
    pub(crate) entry: FoundIn,
    /// Why and where.
    pub(crate) hit: Hit,
}

/// An article that fits what the shopper asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suggested {
    /// The article.
    pub(crate) article: Article,
    /// Why it fits.
    pub(crate) reason: Reason,
}

impl Desk {
    /// Articles and quick replies for what was typed, the best first.
    pub(crate) fn search(&self, query: &str, limit: usize) -> Vec<Found> {
        self.search_in(query, limit, None)
    }

    /// Articles and quick replies for what was typed, the best first; for nothing, those chosen most. What fits the
    /// open conversation comes before what fits as well but for that.
    pub(crate) fn search_in(&self, query: &str, limit: usize, open: Option<ConversationId>) -> Vec<Found> {
        self.knowledge_version.track();
        let about = open.map(|id| self.about(id)).unwrap_or_default();
        let now = self.inner().clock.now();
        let find = |desk: &AtDesk| {
            // What is found among a part of the articles must not pass for all there is.
            if !desk.index_ready {
                return Vec::new();
            }
            let around = Around { now, product: about.product.as_deref(), stage: about.likely_stage() };
            let measured = Measured::start("qinda.search");
            let hits = desk.index.search(query, &around, limit);
            drop(measured);
            hits.into_iter().filter_map(|hit| Some(Found { entry: entry(desk, hit.id)?, hit })).collect()
        };
        self.with(find).unwrap_or_default()
    }

    /// Articles for what the shopper asks in a conversation, the best first; none when nothing fits.
    pub(crate) fn suggestions(&self, id: ConversationId, limit: usize) -> Vec<Suggested> {
        self.inbox_version.track();
        self.knowledge_version.track();
        let _measured = Measured::start("qinda.suggest");
        self.with(|desk| suggestions(desk, id, limit)).unwrap_or_default()
    }
}

fn entry(desk: &AtDesk, id: EntryId) -> Option<FoundIn> {
    match id {
        EntryId::Article(id) => desk.device.replica().article(id).cloned().map(FoundIn::Article),
        EntryId::QuickReply(id) => desk.device.replica().quick_reply(id).cloned().map(FoundIn::QuickReply),
    }
}

/// Suggestions for what the shopper asked last, in however many messages.
fn suggestions(desk: &AtDesk, id: ConversationId, limit: usize) -> Vec<Suggested> {
    let words = latest_words(desk, id);
    let messages: Vec<&str> = words.iter().map(String::as_str).collect();
    let article = |suggestion: qinda::answers::Suggestion| match suggestion.id {
        EntryId::Article(id) => {
            Some(Suggested { article: desk.device.replica().article(id)?.clone(), reason: reason(suggestion.why) })
        }
        EntryId::QuickReply(_) => None,
    };
    let about =
        desk.device.replica().conversation(id).map(|conversation| conversation.about.clone()).unwrap_or_default();
    let asked = Asked { product: about.product.as_deref(), stage: about.likely_stage(), ..Asked::of(&messages) };
    desk.index.suggest(&asked, limit).into_iter().filter_map(article).collect()
}

fn reason(why: Why) -> Reason {
    match why {
        Why::Wording { text, .. } => Reason::Wording(text),
        Why::Learned { text, times } => Reason::Learned { text, times },
        Why::Intent(intent) => Reason::Intent { zh: intent.zh(), en: intent.en() },
    }
}
