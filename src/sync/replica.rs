//! A device's picture of the shop: what the server confirmed, and on top of it what the outbox will most
//! likely do. The confirmed part changes only through the feed; the upper part is made anew from the outbox.

use std::collections::BTreeMap;

use super::{Action, Change, Facts, Scope, State, Touched, Verdict, decide};
use crate::model::{
    Actor, Article, ArticleId, Author, Conversation, ConversationId, MemberCard, MemberId, Message, Micros, QuickReply,
    QuickReplyId,
};

/// A command that waits for its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its number.
    pub n: u64,
    /// What it does.
    pub action: Action,
    /// When the member gave it.
    pub at: Micros,
}

/// What lies on top of the confirmed state. `None` marks what a pending command removes.
#[derive(Debug, Clone, Default)]
struct Overlay {
    articles: BTreeMap<ArticleId, Option<Article>>,
    quick_replies: BTreeMap<QuickReplyId, Option<QuickReply>>,
    conversations: BTreeMap<ConversationId, Conversation>,
    messages: BTreeMap<ConversationId, Vec<(u64, Message)>>,
}

/// Confirmed state and outbox, and what they show together.
#[derive(Debug, Clone)]
pub struct Replica {
    actor: Actor,
    confirmed: State,
    through: u64,
    pending: Vec<Pending>,
    overlay: Overlay,
}

impl Replica {
    /// A picture made of a confirmed state, in which every command up to `through` had its verdict.
    #[must_use]
    pub fn new(actor: Actor, confirmed: State, through: u64) -> Self {
        Self { actor, confirmed, through, pending: Vec::new(), overlay: Overlay::default() }
    }

    /// Who sits at the desk.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Another role or team counts from now on.
    pub fn set_actor(&mut self, actor: Actor) {
        self.actor = actor;
        self.rebase();
    }

    /// What the server confirmed.
    #[must_use]
    pub fn confirmed(&self) -> &State {
        &self.confirmed
    }

    /// The commands that wait for a verdict, in order.
    #[must_use]
    pub fn pending(&self) -> &[Pending] {
        &self.pending
    }

    /// The last command that had its verdict.
    #[must_use]
    pub fn through(&self) -> u64 {
        self.through
    }

    /// Adds a command that was just written to the outbox, and says what it touches.
    pub fn enqueue(&mut self, pending: Pending) -> Vec<Touched> {
        if pending.n <= self.through || self.pending.iter().any(|known| known.n == pending.n) {
            return Vec::new();
        }
        let place = self.pending.partition_point(|known| known.n < pending.n);
        if place < self.pending.len() {
            // Another tab wrote it earlier than what lies here already.
            self.pending.insert(place, pending);
            self.rebase();
            return sorted(self.touched_by_outbox());
        }
        let touched = self.lay(&pending);
        self.pending.push(pending);
        touched
    }

    /// Applies a page of confirmed changes and drops the commands whose verdict came with it.
    pub fn absorb(&mut self, changes: Vec<Change>, through: u64) -> Vec<Touched> {
        let mut touched: Vec<Touched> = changes.into_iter().map(|change| self.confirmed.apply(change)).collect();
        touched.extend(self.touched_by_outbox());
        self.through = self.through.max(through);
        let through = self.through;
        self.pending.retain(|pending| pending.n > through);
        self.rebase();
        touched.extend(self.touched_by_outbox());
        sorted(touched)
    }

    /// Forgets a scope that the member may no longer follow, or that is about to be read anew.
    pub fn forget(&mut self, scope: Scope) -> Vec<Touched> {
        let touched = self.confirmed.forget(scope);
        self.rebase();
        touched
    }

    /// Begins a new epoch: the same commands under new numbers, none of which had a verdict.
    pub fn renumber(&mut self, pending: Vec<Pending>) {
        self.through = 0;
        self.pending = pending;
        self.rebase();
    }

    fn rebase(&mut self) {
        self.overlay = Overlay::default();
        for pending in std::mem::take(&mut self.pending) {
            self.lay(&pending);
            self.pending.push(pending);
        }
    }

    fn lay(&mut self, pending: &Pending) -> Vec<Touched> {
        let facts = self.facts(&pending.action);
        let decision = decide(pending.action.clone(), &self.actor, facts, pending.at);
        debug_assert!(decision.verdict == Verdict::Applied || decision.changes.is_empty());
        decision.changes.into_iter().map(|change| self.overlay.put(pending.n, change)).collect()
    }

    fn facts(&self, action: &Action) -> Facts {
        let mut facts = Facts::default();
        match action {
            Action::SendMessage(args) => {
                facts.conversation = self.conversation(args.conversation).cloned();
                facts.message_exists = self.confirmed.thread(args.conversation).any(|message| message.id == args.id);
            }
            Action::TakeConversation(args) => facts.conversation = self.conversation(args.conversation).cloned(),
            Action::CloseConversation(args) => {
                facts.conversation = self.conversation(args.conversation).cloned();
                facts.shopper_wrote_since = self
                    .confirmed
                    .thread(args.conversation)
                    .any(|message| message.position > args.seen && message.author == Author::Shopper);
            }
            Action::PutArticle(args) => facts.article = self.article(args.id).cloned(),
            Action::RemoveArticle(args) => facts.article = self.article(args.id).cloned(),
            Action::PutQuickReply(args) => facts.quick_reply = self.quick_reply(args.id).cloned(),
            Action::RemoveQuickReply(args) => facts.quick_reply = self.quick_reply(args.id).cloned(),
        }
        facts
    }

    fn touched_by_outbox(&self) -> Vec<Touched> {
        let overlay = &self.overlay;
        let conversations = overlay.conversations.keys().chain(overlay.messages.keys());
        conversations
            .map(|id| Touched::Conversation(*id))
            .chain(overlay.articles.keys().map(|id| Touched::Article(*id)))
            .chain(overlay.quick_replies.keys().map(|id| Touched::QuickReply(*id)))
            .collect()
    }

    /// A conversation as it is shown.
    #[must_use]
    pub fn conversation(&self, id: ConversationId) -> Option<&Conversation> {
        self.overlay.conversations.get(&id).or_else(|| self.confirmed.conversations.get(&id))
    }

    /// Every conversation as it is shown.
    pub fn conversations(&self) -> impl Iterator<Item = &Conversation> {
        self.confirmed.conversations.keys().filter_map(|id| self.conversation(*id))
    }

    /// The messages of a conversation that the server has, in order.
    pub fn delivered(&self, id: ConversationId) -> impl DoubleEndedIterator<Item = &Message> {
        self.confirmed.thread(id)
    }

    /// The messages of a conversation that wait in the outbox, in order, each with its command's number.
    #[must_use]
    pub fn queued(&self, id: ConversationId) -> &[(u64, Message)] {
        self.overlay.messages.get(&id).map_or(&[], Vec::as_slice)
    }

    /// An article as it is shown.
    #[must_use]
    pub fn article(&self, id: ArticleId) -> Option<&Article> {
        match self.overlay.articles.get(&id) {
            Some(laid) => laid.as_ref(),
            None => self.confirmed.articles.get(&id),
        }
    }

    /// Every article as it is shown.
    pub fn articles(&self) -> impl Iterator<Item = &Article> {
        let laid_new = self.overlay.articles.keys().filter(|id| !self.confirmed.articles.contains_key(id));
        self.confirmed.articles.keys().chain(laid_new).filter_map(|id| self.article(*id))
    }

    /// A quick reply as it is shown.
    #[must_use]
    pub fn quick_reply(&self, id: QuickReplyId) -> Option<&QuickReply> {
        match self.overlay.quick_replies.get(&id) {
            Some(laid) => laid.as_ref(),
            None => self.confirmed.quick_replies.get(&id),
        }
    }

    /// Every quick reply as it is shown.
    pub fn quick_replies(&self) -> impl Iterator<Item = &QuickReply> {
        let laid_new = self.overlay.quick_replies.keys().filter(|id| !self.confirmed.quick_replies.contains_key(id));
        self.confirmed.quick_replies.keys().chain(laid_new).filter_map(|id| self.quick_reply(*id))
    }

    /// A colleague.
    #[must_use]
    pub fn member(&self, id: MemberId) -> Option<&MemberCard> {
        self.confirmed.members.get(&id)
    }
}

impl Overlay {
    fn put(&mut self, n: u64, change: Change) -> Touched {
        match change {
            Change::Conversation(conversation) => {
                let id = conversation.id;
                self.conversations.insert(id, conversation);
                Touched::Conversation(id)
            }
            Change::Message(_, message) => {
                let id = message.conversation;
                self.messages.entry(id).or_default().push((n, message));
                Touched::Conversation(id)
            }
            Change::Article(article) => {
                let id = article.id;
                self.articles.insert(id, Some(article));
                Touched::Article(id)
            }
            Change::ArticleGone(id) => {
                self.articles.insert(id, None);
                Touched::Article(id)
            }
            Change::QuickReply(reply) => {
                let id = reply.id;
                self.quick_replies.insert(id, Some(reply));
                Touched::QuickReply(id)
            }
            Change::QuickReplyGone(_, id) => {
                self.quick_replies.insert(id, None);
                Touched::QuickReply(id)
            }
            Change::Member(member) => Touched::Member(member.id),
        }
    }
}

fn sorted(mut touched: Vec<Touched>) -> Vec<Touched> {
    touched.sort_unstable();
    touched.dedup();
    touched
}

#[cfg(test)]
mod tests;
