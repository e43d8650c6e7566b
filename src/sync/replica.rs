//! A device's picture of the shop: what the server confirmed, and on top of it what the outbox will most
//! likely do. The confirmed part changes only through the feed; the upper part is made anew from the outbox.

use std::collections::BTreeMap;

use super::{Action, Change, ChooseAnswer, Facts, Scope, State, Touched, Verdict, decide};
use crate::model::{
    Actor, Article, ArticleId, Author, Conversation, ConversationId, Draft, EntryId, Lesson, LessonId, MemberCard,
    MemberId, Message, Micros, PackId, PolicyId, QuickReply, QuickReplyId, Usage, Whose,
};
use crate::order;
use crate::policy::Policy;
use crate::wording::Pack;

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
    lessons: BTreeMap<LessonId, Option<Lesson>>,
    used: BTreeMap<(Whose, EntryId), Usage>,
    packs: BTreeMap<PackId, Option<Pack>>,
    policies: BTreeMap<PolicyId, Option<Policy>>,
    drafts: BTreeMap<(MemberId, ConversationId), Option<Draft>>,
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

    /// Has other rows in a scope from now on, and says what is another by that.
    pub fn replace(&mut self, scope: Scope, changes: Vec<Change>) -> Vec<Touched> {
        let before = self.confirmed.clone();
        let mut touched = self.confirmed.forget(scope);
        touched.extend(changes.into_iter().map(|change| self.confirmed.apply(change)));
        self.rebase();
        touched.retain(|touched| !touched.is_same(&before, &self.confirmed));
        touched.extend(self.touched_by_outbox());
        sorted(touched)
    }

    /// Begins a new epoch: the same commands under new numbers, none of which had a verdict.
    pub fn renumber(&mut self, pending: Vec<Pending>) -> Vec<Touched> {
        let mut touched = self.touched_by_outbox();
        self.through = 0;
        self.pending = pending;
        self.rebase();
        touched.extend(self.touched_by_outbox());
        sorted(touched)
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
                facts.draft = self.draft(args.conversation).cloned();
            }
            Action::TakeConversation(args) => facts.conversation = self.conversation(args.conversation).cloned(),
            Action::TransferConversation(args) => {
                facts.conversation = self.conversation(args.conversation).cloned();
                let team = self.actor.team;
                let may = self.member(args.to).is_some_and(|card| card.may_answer_in(team));
                facts.receiver_team = may.then_some(team);
            }
            Action::WhisperTo(args) => facts.conversation = self.conversation(args.conversation).cloned(),
            Action::CloseConversation(args) => {
                facts.conversation = self.conversation(args.conversation).cloned();
                facts.shopper_wrote_since = self
                    .confirmed
                    .thread(args.conversation)
                    .any(|message| message.position > args.seen && message.author == Author::Shopper);
                facts.drafts_of_conversation = self.draft(args.conversation).cloned().into_iter().collect();
            }
            Action::PutArticle(args) => facts.article = self.article(args.id).cloned(),
            Action::RemoveArticle(args) => facts.article = self.article(args.id).cloned(),
            Action::PutQuickReply(args) => facts.quick_reply = self.quick_reply(args.id).cloned(),
            Action::RemoveQuickReply(args) => facts.quick_reply = self.quick_reply(args.id).cloned(),
            Action::DescribeConversation(args) => facts.conversation = self.conversation(args.conversation).cloned(),
            Action::ChooseAnswer(args) => self.facts_of_choice(args, &mut facts),
            Action::JudgeLesson(args) => facts.lesson = self.lesson(args.id).cloned(),
            Action::PutPack(args) => facts.pack = self.pack(args.id).cloned(),
            Action::RemovePack(args) => facts.pack = self.pack(args.id).cloned(),
            Action::PutPolicy(args) => facts.policy = self.policy(args.id).cloned(),
            Action::RemovePolicy(args) => facts.policy = self.policy(args.id).cloned(),
            Action::PutDraft(args) => {
                facts.conversation = self.conversation(args.conversation).cloned();
                facts.draft = self.draft(args.conversation).cloned();
            }
        }
        facts
    }

    fn facts_of_choice(&self, args: &ChooseAnswer, facts: &mut Facts) {
        facts.conversation = args.conversation.and_then(|id| self.conversation(id)).cloned();
        match args.entry {
            EntryId::Article(id) => {
                facts.article = self.article(id).cloned();
                let taught = Lesson::words(&args.text).map(|words| Lesson::id_of(id, &words));
                facts.lesson = taught.and_then(|lesson| self.lesson(lesson)).cloned();
            }
            EntryId::QuickReply(id) => facts.quick_reply = self.quick_reply(id).cloned(),
        }
        facts.used_by_member = self.used(Whose::Member(self.actor.member), args.entry);
        facts.used_by_team = self.used(Whose::Team(self.actor.team), args.entry);
    }

    fn touched_by_outbox(&self) -> Vec<Touched> {
        let overlay = &self.overlay;
        let conversations = overlay.conversations.keys().chain(overlay.messages.keys());
        conversations
            .map(|id| Touched::Conversation(*id))
            .chain(overlay.articles.keys().map(|id| Touched::Article(*id)))
            .chain(overlay.quick_replies.keys().map(|id| Touched::QuickReply(*id)))
            .chain(overlay.lessons.keys().map(|id| Touched::Lesson(*id)))
            .chain(overlay.used.keys().map(|(whose, entry)| Touched::Used(*whose, *entry)))
            .chain(overlay.packs.keys().map(|id| Touched::Pack(*id)))
            .chain(overlay.policies.keys().map(|id| Touched::Policy(*id)))
            .chain(overlay.drafts.keys().map(|(_, conversation)| Touched::Draft(*conversation)))
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
        shown(&self.overlay.articles, &self.confirmed.articles, id)
    }

    /// Every article as it is shown.
    pub fn articles(&self) -> impl Iterator<Item = &Article> {
        all_shown(&self.overlay.articles, &self.confirmed.articles)
    }

    /// A quick reply as it is shown.
    #[must_use]
    pub fn quick_reply(&self, id: QuickReplyId) -> Option<&QuickReply> {
        shown(&self.overlay.quick_replies, &self.confirmed.quick_replies, id)
    }

    /// Every quick reply as it is shown.
    pub fn quick_replies(&self) -> impl Iterator<Item = &QuickReply> {
        all_shown(&self.overlay.quick_replies, &self.confirmed.quick_replies)
    }

    /// A lesson as it is shown.
    #[must_use]
    pub fn lesson(&self, id: LessonId) -> Option<&Lesson> {
        shown(&self.overlay.lessons, &self.confirmed.lessons, id)
    }

    /// Every lesson as it is shown.
    pub fn lessons(&self) -> impl Iterator<Item = &Lesson> {
        all_shown(&self.overlay.lessons, &self.confirmed.lessons)
    }

    /// A pack of wording rules as it is shown.
    #[must_use]
    pub fn pack(&self, id: PackId) -> Option<&Pack> {
        shown(&self.overlay.packs, &self.confirmed.packs, id)
    }

    /// Every pack of wording rules as it is shown.
    pub fn packs(&self) -> impl Iterator<Item = &Pack> {
        all_shown(&self.overlay.packs, &self.confirmed.packs)
    }

    /// A policy as it is shown.
    #[must_use]
    pub fn policy(&self, id: PolicyId) -> Option<&Policy> {
        shown(&self.overlay.policies, &self.confirmed.policies, id)
    }

    /// Every policy as it is shown.
    pub fn policies(&self) -> impl Iterator<Item = &Policy> {
        all_shown(&self.overlay.policies, &self.confirmed.policies)
    }

    /// What the member at the desk has half-written in a conversation, on whichever device.
    #[must_use]
    pub fn draft(&self, conversation: ConversationId) -> Option<&Draft> {
        shown(&self.overlay.drafts, &self.confirmed.drafts, (self.actor.member, conversation))
    }

    /// Everything that the member at the desk has half-written, on whichever device.
    pub fn drafts(&self) -> impl Iterator<Item = &Draft> {
        let member = self.actor.member;
        all_shown(&self.overlay.drafts, &self.confirmed.drafts).filter(move |draft| draft.member == member)
    }

    /// How often somebody chose an answer.
    #[must_use]
    pub fn used(&self, whose: Whose, entry: EntryId) -> Usage {
        let key = (whose, entry);
        let laid = self.overlay.used.get(&key).or_else(|| self.confirmed.used.get(&key));
        laid.copied().unwrap_or_default()
    }

    /// Every answer that somebody chose, and how often.
    pub fn all_used(&self) -> impl Iterator<Item = (Whose, EntryId, Usage)> {
        let laid_new = self.overlay.used.keys().filter(|key| !self.confirmed.used.contains_key(key));
        let keys = self.confirmed.used.keys().chain(laid_new);
        keys.map(|(whose, entry)| (*whose, *entry, self.used(*whose, *entry)))
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
            // No command of a member does that.
            Change::ConversationGone(gone) => Touched::Conversation(gone.id),
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
            Change::Lesson(lesson) => {
                let id = lesson.id;
                self.lessons.insert(id, Some(lesson));
                Touched::Lesson(id)
            }
            Change::LessonGone(id) => {
                self.lessons.insert(id, None);
                Touched::Lesson(id)
            }
            Change::Used(used) => {
                self.used.insert((used.whose, used.entry), used.usage);
                Touched::Used(used.whose, used.entry)
            }
            Change::Pack(pack) => {
                let id = pack.id;
                self.packs.insert(id, Some(pack));
                Touched::Pack(id)
            }
            Change::PackGone(id) => {
                self.packs.insert(id, None);
                Touched::Pack(id)
            }
            Change::Policy(policy) => {
                let id = policy.id;
                self.policies.insert(id, Some(policy));
                Touched::Policy(id)
            }
            Change::PolicyGone(id) => {
                self.policies.insert(id, None);
                Touched::Policy(id)
            }
            Change::Draft(draft) => {
                let conversation = draft.conversation;
                self.drafts.insert((draft.member, conversation), Some(draft));
                Touched::Draft(conversation)
            }
            Change::DraftGone(member, conversation) => {
                self.drafts.insert((member, conversation), None);
                Touched::Draft(conversation)
            }
        }
    }
}

/// What lies on top counts, else what was confirmed.
fn shown<'s, K: Ord, V>(laid: &'s BTreeMap<K, Option<V>>, confirmed: &'s BTreeMap<K, V>, key: K) -> Option<&'s V> {
    match laid.get(&key) {
        Some(laid) => laid.as_ref(),
        None => confirmed.get(&key),
    }
}

fn all_shown<'s, K: Ord + Copy, V>(
    laid: &'s BTreeMap<K, Option<V>>,
    confirmed: &'s BTreeMap<K, V>,
) -> impl Iterator<Item = &'s V> {
    let laid_new = laid.keys().filter(|key| !confirmed.contains_key(key));
    // Nearly everything is confirmed alone and needs not be looked up again.
    let known = confirmed.iter().filter_map(|(key, kept)| laid.get(key).map_or(Some(kept), Option::as_ref));
    known.chain(laid_new.filter_map(|key| shown(laid, confirmed, *key)))
}

fn sorted(mut touched: Vec<Touched>) -> Vec<Touched> {
    order::sort_by(&mut touched, Ord::cmp);
    touched.dedup();
    touched
}

#[cfg(test)]
mod tests;
