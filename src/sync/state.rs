//! The state that changes add up to.

use std::collections::BTreeMap;

use super::{Change, Scope};
use crate::model::{
    Article, ArticleId, Conversation, ConversationId, Draft, EntryId, Lesson, LessonId, MemberCard, MemberId, Message,
    PackId, PolicyId, QuickReply, QuickReplyId, Usage, Whose,
};
use crate::policy::Policy;
use crate::wording::Pack;

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
    /// What was learned from choices.
    pub lessons: BTreeMap<LessonId, Lesson>,
    /// How often each answer was chosen, by whom.
    pub used: BTreeMap<(Whose, EntryId), Usage>,
    /// The packs of wording rules.
    pub packs: BTreeMap<PackId, Pack>,
    /// The policies.
    pub policies: BTreeMap<PolicyId, Policy>,
    /// What is half-written, by whom and for which conversation.
    pub drafts: BTreeMap<(MemberId, ConversationId), Draft>,
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
    /// A lesson.
    Lesson(LessonId),
    /// How often an answer was chosen.
    Used(Whose, EntryId),
    /// A pack of wording rules.
    Pack(PackId),
    /// A policy.
    Policy(PolicyId),
    /// A half-written reply in a conversation.
    Draft(ConversationId),
}

impl Touched {
    /// Whether two states say the same of it.
    #[must_use]
    pub fn is_same(&self, one: &State, other: &State) -> bool {
        match self {
            Self::Conversation(id) => {
                one.conversations.get(id) == other.conversations.get(id) && one.threads.get(id) == other.threads.get(id)
            }
            Self::Article(id) => one.articles.get(id) == other.articles.get(id),
            Self::QuickReply(id) => one.quick_replies.get(id) == other.quick_replies.get(id),
            Self::Member(id) => one.members.get(id) == other.members.get(id),
            Self::Lesson(id) => one.lessons.get(id) == other.lessons.get(id),
            Self::Used(whose, entry) => one.used.get(&(*whose, *entry)) == other.used.get(&(*whose, *entry)),
            Self::Pack(id) => one.packs.get(id) == other.packs.get(id),
            Self::Policy(id) => one.policies.get(id) == other.policies.get(id),
            Self::Draft(id) => {
                let of = |state: &State| -> Vec<Draft> {
                    state.drafts.values().filter(|draft| draft.conversation == *id).cloned().collect()
                };
                of(one) == of(other)
            }
        }
    }
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
            Change::ConversationGone(gone) => {
                self.conversations.remove(&gone.id);
                self.threads.remove(&gone.id);
                Touched::Conversation(gone.id)
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
            Change::Lesson(lesson) => {
                let id = lesson.id;
                self.lessons.insert(id, lesson);
                Touched::Lesson(id)
            }
            Change::LessonGone(id) => {
                self.lessons.remove(&id);
                Touched::Lesson(id)
            }
            Change::Used(used) => {
                self.used.insert((used.whose, used.entry), used.usage);
                Touched::Used(used.whose, used.entry)
            }
            Change::Pack(pack) => {
                let id = pack.id;
                self.packs.insert(id, pack);
                Touched::Pack(id)
            }
            Change::PackGone(id) => {
                self.packs.remove(&id);
                Touched::Pack(id)
            }
            Change::Policy(policy) => {
                let id = policy.id;
                self.policies.insert(id, policy);
                Touched::Policy(id)
            }
            Change::PolicyGone(id) => {
                self.policies.remove(&id);
                Touched::Policy(id)
            }
            Change::Draft(draft) => {
                let conversation = draft.conversation;
                self.drafts.insert((draft.member, conversation), draft);
                Touched::Draft(conversation)
            }
            Change::DraftGone(member, conversation) => {
                self.drafts.remove(&(member, conversation));
                Touched::Draft(conversation)
            }
        }
    }

    /// Forgets everything whose home is that scope, and says what that was.
    pub fn forget(&mut self, scope: Scope) -> Vec<Touched> {
        let mut touched = Vec::new();
        if scope == Scope::Knowledge {
            touched.extend(std::mem::take(&mut self.articles).into_keys().map(Touched::Article));
            touched.extend(std::mem::take(&mut self.members).into_keys().map(Touched::Member));
            touched.extend(std::mem::take(&mut self.lessons).into_keys().map(Touched::Lesson));
            touched.extend(std::mem::take(&mut self.packs).into_keys().map(Touched::Pack));
            touched.extend(std::mem::take(&mut self.policies).into_keys().map(Touched::Policy));
        }
        self.used.retain(|(whose, entry), _| {
            let stays = Scope::of_whose(*whose) != scope;
            if !stays {
                touched.push(Touched::Used(*whose, *entry));
            }
            stays
        });
        self.drafts.retain(|(member, conversation), _| {
            let stays = Scope::Mailbox(*member) != scope;
            if !stays {
                touched.push(Touched::Draft(*conversation));
            }
            stays
        });
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
    Scope::of_keeper(reply.keeper())
}
