//! What the server keeps durably, and what has to be known to decide on a command.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use qinda::model::{
    Actor, Author, BackendId, Conversation, ConversationId, ConversationState, CustomerId, Deed, DeviceId, EntryId,
    EpochId, Keeper, Lesson, MemberCard, MemberId, MessageId, Micros, QuickReply, Usage, Whose,
};
use qinda::sync::{
    Action, Change, ChooseAnswer, CommandHash, Cursor, Entity, Facts, FormerNumber, GoneConversation, Row, Scope,
    SendMessage, State, Verdict, erased_conversation, erased_message,
};
use qinda::wording::Level;

use super::ledger::Uid;

/// A row of a feed and what it says; nothing for a kind that only a newer desk knows.
#[derive(Debug)]
pub struct FeedRow {
    /// What it is about.
    pub entity: Entity,
    /// The key under which a device keeps it.
    pub key: String,
    /// The row.
    pub row: Row,
    /// What it says.
    pub change: Option<Change>,
}

/// The feed of a scope.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Its numbering.
    pub generation: u32,
    /// Its newest row.
    pub head: u64,
    /// Who has not read up to here begins anew.
    pub floor: u64,
    /// The latest row of each entity.
    pub rows: BTreeMap<u64, Rc<FeedRow>>,
    places: BTreeMap<Entity, u64>,
}

impl Default for Feed {
    fn default() -> Self {
        Self { generation: 1, head: 0, floor: 0, rows: BTreeMap::new(), places: BTreeMap::new() }
    }
}

impl Feed {
    /// Writes a row under its number, in place of an earlier one of the entity.
    pub fn put(&mut self, entity: Entity, row: Row, change: Option<Change>) {
        let seq = row.seq;
        let key = change.as_ref().map_or_else(String::new, |change| format!("{}|{}", change.scope(), entity.0));
        if let Some(old) = self.places.insert(entity.clone(), seq) {
            self.rows.remove(&old);
        }
        self.rows.insert(seq, Rc::new(FeedRow { entity, key, row, change }));
        self.head = self.head.max(seq);
    }

    /// Takes the row of an entity out.
    pub fn remove(&mut self, entity: &Entity) {
        if let Some(seq) = self.places.remove(entity) {
            self.rows.remove(&seq);
        }
    }

    /// Takes out what tells up to a number that something is gone, and raises the floor with it.
    pub fn forget_gone(&mut self, up_to: u64) {
        let is_gone = |row: &FeedRow| row.change.as_ref().is_some_and(Change::is_gone);
        let old = self.rows.range(..=up_to).filter(|(_, row)| is_gone(row));
        let gone: Vec<(u64, Entity)> = old.map(|(seq, row)| (*seq, row.entity.clone())).collect();
        for (seq, entity) in gone {
            self.floor = self.floor.max(seq);
            self.remove(&entity);
        }
    }

    /// Numbers all rows anew.
    pub fn renumber(&mut self) {
        let old = std::mem::take(self);
        self.generation = old.generation + 1;
        for (seq, row) in (1..).zip(old.rows.into_values()) {
            let numbered = Row { seq, ..row.row.clone() };
            self.put(row.entity.clone(), numbered, row.change.clone());
        }
    }

    /// How far it is.
    pub fn standing(&self) -> Cursor {
        Cursor { generation: self.generation, seq: self.head }
    }
}

/// The tables.
#[derive(Debug, Clone)]
pub struct Database {
    /// Every record of the shop.
    pub state: State,
    /// Where each reply was written.
    pub written_on: BTreeMap<MessageId, DeviceId>,
    /// In which order the replies were given.
    pub given_as: BTreeMap<MessageId, Uid>,
    /// Conversations that left their feed.
    pub left: BTreeSet<ConversationId>,
    /// The feeds.
    pub feeds: BTreeMap<Scope, Feed>,
    /// Whose each device is.
    pub devices: BTreeMap<DeviceId, MemberId>,
    /// The last command of each epoch.
    pub through: BTreeMap<(DeviceId, EpochId), u64>,
    /// The commands and their verdicts.
    pub commands: BTreeMap<(DeviceId, EpochId, u64), (CommandHash, Verdict)>,
    /// The members, with the roles of this moment.
    pub members: BTreeMap<MemberId, (Actor, MemberCard)>,
    /// Which life of the database this is.
    pub backend: BackendId,
    /// The oracle's note of what was decided; it comes and goes with the transactions.
    pub taken: BTreeMap<Uid, Verdict>,
}

impl Database {
    /// An empty shop with these members.
    pub fn new(members: Vec<(Actor, MemberCard)>) -> Self {
        Self {
            state: State::default(),
            written_on: BTreeMap::new(),
            given_as: BTreeMap::new(),
            left: BTreeSet::new(),
            feeds: BTreeMap::new(),
            devices: BTreeMap::new(),
            through: BTreeMap::new(),
            commands: BTreeMap::new(),
            members: members.into_iter().map(|member| (member.0.member, member)).collect(),
            backend: BackendId::of_name("first"),
            taken: BTreeMap::new(),
        }
    }

    /// The feed of a scope.
    pub fn feed(&self, scope: Scope) -> Feed {
        self.feeds.get(&scope).cloned().unwrap_or_default()
    }

    /// Writes a change to the tables.
    pub fn write(&mut self, change: &Change, by: Option<(DeviceId, Option<Uid>)>) {
        if let (Change::Message(_, message), Some((device, uid))) = (change, by) {
            self.written_on.insert(message.id, device);
            self.given_as.extend(uid.map(|uid| (message.id, uid)));
        }
        self.state.apply(change.clone());
    }

    /// A closed conversation leaves its feed, with its messages.
    pub fn leave(&mut self, pick: u64) -> Option<Change> {
        let is_closed = |known: &&Conversation| known.state == ConversationState::Closed;
        let mut closed: Vec<&Conversation> = self.state.conversations.values().filter(is_closed).collect();
        closed.retain(|known| !self.left.contains(&known.id));
        let gone = closed.get((pick % closed.len().max(1) as u64) as usize)?;
        let (id, team) = (gone.id, gone.team);
        let messages: Vec<MessageId> = self.state.thread(id).map(|message| message.id).collect();
        let feed = self.feeds.entry(Scope::Inbox(team)).or_default();
        messages.iter().for_each(|message| feed.remove(&Entity::of_message(*message)));
        self.left.insert(id);
        Some(Change::ConversationGone(GoneConversation { team, id, messages }))
    }

    /// Erases a shopper, as the server does: every conversation of theirs, those too that left their feed.
    pub fn erase(&mut self, pick: u64, now: Micros) -> Vec<Change> {
        let known = self.state.conversations.values().filter(|known| known.erased_at.is_none());
        let shoppers: BTreeSet<CustomerId> = known.map(|known| known.customer).collect();
        let Some(shopper) = shoppers.iter().nth((pick % shoppers.len().max(1) as u64) as usize) else {
            return Vec::new();
        };
        let nobody = CustomerId::of_name(&format!("nobody {}", now.0));
        let theirs = self.state.conversations.values().filter(|known| known.customer == *shopper);
        let mut changes = Vec::new();
        for conversation in theirs {
            let id = conversation.id;
            let begun = self.state.drafts.values().filter(|draft| draft.conversation == id);
            changes.extend(begun.map(|draft| Change::DraftGone(draft.member, id)));
            let at = self.not_before(now, Some(id));
            let messages = self.state.thread(id).cloned().map(erased_message);
            changes.extend(messages.map(|message| Change::Message(conversation.team, message)));
            changes.push(Change::Conversation(erased_conversation(conversation.clone(), nobody, at)));
        }
        for change in &changes {
            self.state.apply(change.clone());
        }
        let has_left = |id: &ConversationId| self.left.contains(id);
        changes.retain(|change| match change {
            Change::Message(_, message) => !has_left(&message.conversation),
            Change::Conversation(conversation) => !has_left(&conversation.id),
            _ => true,
        });
        changes
    }

    /// What goes to the feed with a change: a conversation that had left comes back with all of its messages.
    pub fn with_it(&mut self, change: &Change) -> Vec<Change> {
        match change {
            Change::Conversation(known) if self.left.remove(&known.id) => {
                let thread = self.state.thread(known.id);
                thread.map(|message| Change::Message(known.team, message.clone())).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The hash under a former number.
    pub fn hash_of(&self, device: DeviceId, former: FormerNumber) -> Option<CommandHash> {
        self.commands.get(&(device, former.epoch, former.n)).map(|(hash, _)| hash.clone())
    }

    /// The open conversation of a shopper.
    pub fn open_of(&self, customer: CustomerId) -> Option<ConversationId> {
        let mut all = self.state.conversations.values();
        all.find(|known| known.customer == customer && known.state == ConversationState::Open).map(|known| known.id)
    }

    /// When the latest message of a conversation arrived.
    pub fn last_at(&self, conversation: ConversationId) -> Option<Micros> {
        self.state.thread(conversation).next_back().map(|message| message.at)
    }

    /// The moment of something in a conversation: never before what stands there.
    pub fn not_before(&self, now: Micros, conversation: Option<ConversationId>) -> Micros {
        let last = conversation.and_then(|id| self.last_at(id));
        last.map_or(now, |last| now.max(Micros(last.0 + 1)))
    }

    /// What has to be known to decide on an action, and the moment at which it happens.
    pub fn facts(&self, actor: &Actor, action: &Action, device: DeviceId, now: Micros) -> (Facts, Micros) {
        let state = &self.state;
        let mut facts = Facts::default();
        let mut about = None;
        match action {
            Action::SendMessage(args) => {
                about = Some(args.conversation);
                facts = self.since(args.conversation, args.seen, device);
                facts.message_exists = state.threads.values().flat_map(BTreeMap::values).any(|m| m.id == args.id);
                facts.wording = self.level(args);
                facts.draft = state.drafts.get(&(actor.member, args.conversation)).cloned();
            }
            Action::TakeConversation(args) => about = Some(args.conversation),
            Action::TransferConversation(args) => {
                about = Some(args.conversation);
                let receiver = self.members.get(&args.to).map(|(actor, _)| actor);
                facts.receiver_team = receiver.filter(|actor| actor.roles.may(Deed::Answer)).map(|actor| actor.team);
            }
            Action::CloseConversation(args) => {
                about = Some(args.conversation);
                facts = self.since(args.conversation, args.seen, device);
                let drafts = state.drafts.values().filter(|draft| draft.conversation == args.conversation);
                facts.drafts_of_conversation = drafts.cloned().collect();
            }
            Action::WhisperTo(args) => about = Some(args.conversation),
            Action::DescribeConversation(args) => about = Some(args.conversation),
            Action::PutArticle(args) => facts.article = state.articles.get(&args.id).cloned(),
            Action::RemoveArticle(args) => {
                facts.article = state.articles.get(&args.id).cloned();
                let lessons = state.lessons.values().filter(|lesson| lesson.article == args.id);
                facts.lessons_of_article = lessons.map(|lesson| lesson.id).collect();
            }
            Action::PutQuickReply(args) => facts.quick_reply = state.quick_replies.get(&args.id).cloned(),
            Action::RemoveQuickReply(args) => facts.quick_reply = state.quick_replies.get(&args.id).cloned(),
            Action::ChooseAnswer(args) => facts = self.of_choice(actor, args),
            Action::JudgeLesson(args) => facts.lesson = state.lessons.get(&args.id).cloned(),
            Action::PutPack(args) => facts.pack = state.packs.get(&args.id).cloned(),
            Action::RemovePack(args) => facts.pack = state.packs.get(&args.id).cloned(),
            Action::PutPolicy(args) => facts.policy = state.policies.get(&args.id).cloned(),
            Action::RemovePolicy(args) => facts.policy = state.policies.get(&args.id).cloned(),
            Action::PutDraft(args) => {
                about = Some(args.conversation);
                facts.draft = state.drafts.get(&(actor.member, args.conversation)).cloned();
            }
        }
        facts.conversation = about.and_then(|id| state.conversations.get(&id)).cloned();
        (facts, self.not_before(now, about))
    }

    fn since(&self, conversation: ConversationId, seen: u32, device: DeviceId) -> Facts {
        let mut facts = Facts::default();
        for message in self.state.thread(conversation).filter(|message| message.position > seen) {
            match message.author {
                Author::Shopper => facts.shopper_wrote_since = true,
                Author::Member(by) if self.written_on.get(&message.id) != Some(&device) => {
                    facts.answered_since = facts.answered_since.or(Some((by, message.at)));
                }
                Author::Member(_) | Author::Automatic | Author::Newer => {}
            }
        }
        facts
    }

    fn level(&self, args: &SendMessage) -> Option<Level> {
        let rules = self.state.packs.values().flat_map(|pack| &pack.fields.rules);
        let found = rules.filter(|rule| rule.phrases.iter().any(|phrase| args.text.contains(phrase.as_str())));
        found.map(|rule| rule.level).max()
    }

    fn of_choice(&self, actor: &Actor, args: &ChooseAnswer) -> Facts {
        let used = |whose| self.state.used.get(&(whose, args.entry)).copied().unwrap_or_else(Usage::default);
        let mut facts = Facts {
            used_by_member: used(Whose::Member(actor.member)),
            used_by_team: used(Whose::Team(actor.team)),
            ..Facts::default()
        };
        match args.entry {
            EntryId::Article(id) => {
                facts.article = self.state.articles.get(&id).cloned();
                let words = Lesson::words(&args.text);
                facts.lesson = words.and_then(|words| self.state.lessons.get(&Lesson::id_of(id, &words))).cloned();
            }
            EntryId::QuickReply(id) => {
                let found = self.state.quick_replies.get(&id).cloned();
                facts.quick_reply = found.filter(|reply| is_seen_by(reply, actor));
            }
        }
        facts
    }

    /// What a member's device holds that has read everything.
    pub fn seen_by(&self, actor: &Actor) -> State {
        let mut state = State::default();
        for scope in Scope::of(actor).into_iter().rev() {
            for row in self.feeds.get(&scope).into_iter().flat_map(|feed| feed.rows.values()) {
                if let Some(change) = &row.change {
                    state.apply(change.clone());
                }
            }
        }
        state
    }
}

fn is_seen_by(reply: &QuickReply, actor: &Actor) -> bool {
    match reply.keeper() {
        Keeper::Shop => true,
        Keeper::Team(team) => team == actor.team,
        Keeper::Member(member) => member == actor.member,
    }
}
