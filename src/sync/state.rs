//! The state that changes add up to.

use std::collections::BTreeMap;

use super::{Change, Scope};
use crate::model::{
    Article, ArticleId, Conversation, ConversationId, MemberCard, MemberId, Message, QuickReply, QuickReplyId,
};

/// Everything a device holds of a shop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// The articles.
    pub articles: BTreeMap<ArticleId, Article>,
    /// The quick replies, the shop's and the member's own.
    pub quick_replies: BTreeMap<QuickReplyId, QuickReply>,
    /// The members.
    pub members: BTreeMap<MemberId, MemberCard>,
    /// The conversations.
    pub conversations: BTreeMap<ConversationId, Conversation>,
    /// The messages of each conversation by position.
    pub threads: BTreeMap<ConversationId, BTreeMap<u32, Message>>,
}

/// What a change touched, for whoever keeps something derived from the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Touched {
    /// A conversation or its messages.
    Conversation(ConversationId),
    /// An article.
    Article(ArticleId),
    /// A quick reply.
    QuickReply(QuickReplyId),
    /// A member.
    Member(MemberId),
}

impl State {
    /// Applies one change.
    pub fn apply(&mut self, change: Change) -> Touched {
        match change {
            Change::Conversation(conversation) => {
                let id = conversation.id;
                self.conversations.insert(id, conversation);
                Touched::Conversation(id)
            }
            Change::Message(_, message) => {
                let id = message.conversation;
                self.threads.entry(id).or_default().insert(message.position, message);
                Touched::Conversation(id)
            }
            Change::Article(article) => {
                let id = article.id;
                self.articles.insert(id, article);
                Touched::Article(id)
            }
            Change::ArticleGone(id) => {
                self.articles.remove(&id);
                Touched::Article(id)
            }
            Change::QuickReply(reply) => {
                let id = reply.id;
                self.quick_replies.insert(id, reply);
                Touched::QuickReply(id)
            }
            Change::QuickReplyGone(scope, id) => {
                // The same reply may have moved to another scope, whose change may have come first.
                if self.quick_replies.get(&id).is_some_and(|reply| home(reply) == scope) {
                    self.quick_replies.remove(&id);
                }
                Touched::QuickReply(id)
            }
            Change::Member(member) => {
                let id = member.id;
                self.members.insert(id, member);
                Touched::Member(id)
            }
        }
    }

    /// Forgets everything whose home is that scope, and says what that was.
    pub fn forget(&mut self, scope: Scope) -> Vec<Touched> {
        let mut touched = Vec::new();
        if scope == Scope::Knowledge {
            touched.extend(std::mem::take(&mut self.articles).into_keys().map(Touched::Article));
            touched.extend(std::mem::take(&mut self.members).into_keys().map(Touched::Member));
        }
        self.quick_replies.retain(|id, reply| {
            let stays = home(reply) != scope;
            if !stays {
                touched.push(Touched::QuickReply(*id));
            }
            stays
        });
        if let Scope::Inbox(team) = scope {
            self.conversations.retain(|id, conversation| {
                let stays = conversation.team != team;
                if !stays {
                    touched.push(Touched::Conversation(*id));
                }
                stays
            });
            self.threads.retain(|id, _| self.conversations.contains_key(id));
        }
        touched
    }

    /// The messages of a conversation, in order.
    pub fn thread(&self, conversation: ConversationId) -> impl DoubleEndedIterator<Item = &Message> {
        self.threads.get(&conversation).into_iter().flat_map(BTreeMap::values)
    }
}

fn home(reply: &QuickReply) -> Scope {
    reply.owner.map_or(Scope::Knowledge, Scope::Mailbox)
}
