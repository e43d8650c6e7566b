//! What views read. Everything here tracks what it depends on.

use qinda::model::{
    Article, ArticleId, Author, Conversation, ConversationId, ConversationState, MemberCard, MemberId, Message, Micros,
    QuickReply,
};
use qinda::order;
use qinda::sync::{Action, Scope, SendMessage, SignedIn};
use qinda::timing::{Waiting, waiting};

use super::{AtDesk, Desk, Held, Link, Stage, StorageTrouble};
use crate::local::outbox::DraftOf;
use crate::local::prefs::Preferences;
use crate::prelude::*;

/// A line of the conversation list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InboxRow {
    /// The conversation.
    pub(crate) conversation: Conversation,
    /// The latest words in it, queued ones included.
    pub(crate) latest: String,
    /// Whether a picture goes with them.
    pub(crate) latest_has_picture: bool,
    /// Whether the latest words are the shopper's.
    pub(crate) latest_by_shopper: bool,
    /// When they were said.
    pub(crate) latest_at: Micros,
    /// Who waits, by what the server has; a queued reply stops no clock.
    pub(crate) waiting: Option<Waiting>,
    /// How many of the shopper's messages have no answer.
    pub(crate) unanswered: u32,
    /// How many replies wait to be sent.
    pub(crate) queued: usize,
    /// How many replies are held or rejected.
    pub(crate) held: usize,
    /// The owner's work number.
    pub(crate) owner: Option<String>,
    /// Whether the member at the desk owns it.
    pub(crate) mine: bool,
    /// Whether a half-written text waits.
    pub(crate) has_draft: bool,
}

/// How far a message got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The server has it.
    Sent,
    /// It waits in the outbox.
    Queued,
    /// It took no effect; its words are kept.
    Held(Box<Held>),
}

/// A message on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bubble {
    /// A key that stays the same from queued to sent.
    pub(crate) key: String,
    /// The message.
    pub(crate) message: Message,
    /// How far it got.
    pub(crate) delivery: Delivery,
    /// The work number of the member who wrote it.
    pub(crate) work_number: Option<String>,
}

/// An open conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Thread {
    /// The conversation.
    pub(crate) conversation: Conversation,
    /// Its messages: delivered, queued, held.
    pub(crate) bubbles: Vec<Bubble>,
    /// Who waits.
    pub(crate) waiting: Option<Waiting>,
    /// The owner's work number.
    pub(crate) owner: Option<String>,
    /// Whether the member at the desk owns it.
    pub(crate) mine: bool,
}

impl Thread {
    /// Whether everything in it was erased at its shopper's wish.
    pub(crate) const fn is_erased(&self) -> bool {
        self.conversation.erased_at.is_some()
    }
}

impl Desk {
    /// What the screen shows as a whole.
    pub(crate) fn stage(&self) -> Stage {
        self.stage.get()
    }

    /// How the desk stands with the server.
    pub(crate) fn link(&self) -> Link {
        self.link.get()
    }

    /// Who sits at the desk.
    pub(crate) fn session(&self) -> Option<SignedIn> {
        self.session.get()
    }

    /// What the device's storage is short of.
    pub(crate) fn storage_trouble(&self) -> Option<StorageTrouble> {
        self.storage_trouble.get()
    }

    /// Whether a new version of the desk waits to take over.
    pub(crate) fn update_waits(&self) -> bool {
        self.update_waits.get()
    }

    /// How many changes are still to come; 0 when up to date.
    pub(crate) fn behind(&self) -> u64 {
        self.behind.get()
    }

    /// Whether the open chats are on the device: they come with the first page, so nothing that follows adds to them.
    pub(crate) fn inbox_has_arrived(&self) -> bool {
        self.inbox_version.track();
        self.behind.track();
        self.link.track();
        let has_arrived = |desk: &AtDesk| desk.device.has_read(Scope::Inbox(desk.device.replica().actor().team));
        self.with(has_arrived).unwrap_or(false)
    }

    /// The server's time; changes once a second.
    pub(crate) fn now(&self) -> Micros {
        self.tick.get()
    }

    /// The preferences of this device.
    pub(crate) fn preferences(&self) -> Preferences {
        self.preferences.get()
    }

    /// The open conversations: who has waited longest first, then the latest.
    pub(crate) fn inbox(&self) -> Vec<InboxRow> {
        self.inbox_version.track();
        self.knowledge_version.track();
        let mut rows = self.with(inbox_rows).unwrap_or_default();
        order::sort_by_key(&mut rows, |row| match row.waiting {
            Some(waiting) => (0, waiting.since.0, row.conversation.id),
            None => (1, -row.latest_at.0, row.conversation.id),
        });
        rows
    }

    /// A conversation with its messages; `None` when the device does not hold it.
    pub(crate) fn thread(&self, id: ConversationId) -> Option<Thread> {
        self.inbox_version.track();
        self.knowledge_version.track();
        self.with(|desk| thread(desk, id)).flatten()
    }

    /// Whether a conversation was erased at its shopper's wish.
    pub(crate) fn is_erased(&self, id: ConversationId) -> bool {
        self.inbox_version.track();
        self.with(|desk| desk.is_erased(id)).unwrap_or(false)
    }

    /// The colleague who owns a conversation, if one does.
    pub(crate) fn other_owner(&self, id: ConversationId) -> Option<MemberId> {
        self.inbox_version.track();
        let owner = |desk: &AtDesk| {
            let owner = desk.device.replica().conversation(id)?.owner;
            owner.filter(|owner| *owner != desk.device.replica().actor().member)
        };
        self.with(owner).flatten()
    }

    /// A half-written text. Not tracked: the field in which it is written owns it.
    pub(crate) fn draft(&self, of: DraftOf) -> String {
        self.with(|desk| desk.drafts.get(&of).cloned()).flatten().unwrap_or_default()
    }

    /// How many commands wait for a verdict; drafts that are told to other devices are kept here anyway.
    pub(crate) fn unsent(&self) -> usize {
        self.inbox_version.track();
        self.with(|desk| desk.device.replica().pending().iter().filter(|pending| !is_draft(&pending.action)).count())
            .unwrap_or(0)
    }

    /// What came back without effect, oldest first.
    pub(crate) fn held(&self) -> Vec<Held> {
        self.inbox_version.track();
        let told = |desk: &AtDesk| desk.device.held().iter().filter(|held| !held.is_silent()).cloned().collect();
        self.with(told).unwrap_or_default()
    }

    /// Every article, by title.
    pub(crate) fn articles(&self) -> Vec<Article> {
        self.knowledge_version.track();
        let mut articles: Vec<Article> =
            self.with(|desk| desk.device.replica().articles().cloned().collect()).unwrap_or_default();
        order::sort_by(&mut articles, |one, other| one.fields.title.cmp(&other.fields.title));
        articles
    }

    /// So many articles, the first by title.
    pub(crate) fn first_articles(&self, most: usize) -> Vec<Article> {
        self.knowledge_version.track();
        let first = |desk: &AtDesk| {
            let mut first: Vec<&Article> = Vec::new();
            for article in desk.device.replica().articles() {
                let at = first.partition_point(|known| known.fields.title <= article.fields.title);
                if at < most {
                    first.truncate(most - 1);
                    first.insert(at, article);
                }
            }
            first.into_iter().cloned().collect()
        };
        self.with(first).unwrap_or_default()
    }

    /// How many articles there are.
    pub(crate) fn article_count(&self) -> usize {
        self.knowledge_version.track();
        self.with(|desk| desk.device.replica().articles().count()).unwrap_or(0)
    }

    /// An article.
    pub(crate) fn article(&self, id: ArticleId) -> Option<Article> {
        self.knowledge_version.track();
        self.with(|desk| desk.device.replica().article(id).cloned()).flatten()
    }

    /// Every quick reply, by shortcut.
    pub(crate) fn quick_replies(&self) -> Vec<QuickReply> {
        self.knowledge_version.track();
        let mut replies: Vec<QuickReply> =
            self.with(|desk| desk.device.replica().quick_replies().cloned().collect()).unwrap_or_default();
        order::sort_by(&mut replies, |one, other| one.fields.shortcut.cmp(&other.fields.shortcut));
        replies
    }

    /// Every member of the shop, by work number.
    pub(crate) fn members(&self) -> Vec<MemberCard> {
        self.knowledge_version.track();
        let mut members: Vec<MemberCard> =
            self.with(|desk| desk.device.replica().confirmed().members.values().cloned().collect()).unwrap_or_default();
        order::sort_by(&mut members, |one, other| one.work_number.cmp(&other.work_number));
        members
    }

    /// Who else of the team may answer, by work number.
    pub(crate) fn colleagues(&self) -> Vec<MemberCard> {
        let Some(actor) = self.session().map(|session| session.actor) else { return Vec::new() };
        let mut colleagues = self.members();
        colleagues.retain(|card| card.id != actor.member && card.may_answer_in(actor.team));
        colleagues
    }

    /// Whether searching is ready; it is within a moment of the start.
    pub(crate) fn search_ready(&self) -> bool {
        self.knowledge_version.track();
        self.with(|desk| desk.index_ready).unwrap_or(false)
    }
}

impl AtDesk {
    pub(super) fn is_erased(&self, id: ConversationId) -> bool {
        self.device.replica().conversation(id).is_some_and(|known| known.erased_at.is_some())
    }
}

const fn is_draft(action: &Action) -> bool {
    matches!(action, Action::PutDraft(_))
}

fn work_number(desk: &AtDesk, member: Option<MemberId>) -> Option<String> {
    member.and_then(|id| desk.device.replica().member(id)).map(|card| card.work_number.clone())
}

fn held_in(desk: &AtDesk, id: ConversationId) -> impl Iterator<Item = (&Held, SendMessage)> {
    let replies = desk.device.held().iter().filter_map(|held| Some((held, held.reply()?)));
    replies.filter(move |(_, reply)| reply.conversation == id)
}

fn inbox_rows(desk: &AtDesk) -> Vec<InboxRow> {
    let shown = desk.device.replica().conversations().filter(|conversation| {
        conversation.state == ConversationState::Open || held_in(desk, conversation.id).next().is_some()
    });
    shown.map(|conversation| inbox_row(desk, conversation)).collect()
}

fn inbox_row(desk: &AtDesk, conversation: &Conversation) -> InboxRow {
    let id = conversation.id;
    let queued = desk.device.replica().queued(id);
    let latest = queued.last().map(|(_, message)| message).or_else(|| desk.device.replica().delivered(id).next_back());
    let unanswered =
        desk.device.replica().delivered(id).rev().take_while(|message| message.author == Author::Shopper).count();
    InboxRow {
        latest: latest.map(|message| message.text.clone()).unwrap_or_default(),
        latest_has_picture: latest.is_some_and(|message| message.picture.is_some()),
        latest_by_shopper: latest.is_some_and(|message| message.author == Author::Shopper),
        latest_at: latest.map_or(conversation.opened_at, |message| message.at),
        waiting: open_waiting(desk, conversation),
        unanswered: u32::try_from(unanswered).unwrap_or(u32::MAX),
        queued: queued.len(),
        held: held_in(desk, id).count(),
        owner: work_number(desk, conversation.owner),
        mine: conversation.owner == Some(desk.device.replica().actor().member),
        has_draft: desk.drafts.contains_key(&DraftOf::Reply(id)) || desk.is_offered_draft(id),
        conversation: conversation.clone(),
    }
}

fn open_waiting(desk: &AtDesk, conversation: &Conversation) -> Option<Waiting> {
    let open = conversation.state == ConversationState::Open;
    open.then(|| waiting(desk.device.replica().delivered(conversation.id))).flatten()
}

fn thread(desk: &AtDesk, id: ConversationId) -> Option<Thread> {
    let conversation = desk.device.replica().conversation(id)?.clone();
    let bubble = |message: &Message, delivery| Bubble {
        key: message.id.to_string(),
        work_number: match message.author {
            Author::Member(member) => work_number(desk, Some(member)),
            Author::Shopper | Author::Automatic | Author::Newer => None,
        },
        message: message.clone(),
        delivery,
    };
    let is_erased = conversation.erased_at.is_some();
    // What is left of an erased conversation are times, which say nothing to anybody here.
    let delivered = desk.device.replica().delivered(id).filter(|_| !is_erased);
    let delivered = delivered.map(|message| bubble(message, Delivery::Sent));
    let queued = desk.device.replica().queued(id).iter().map(|(_, message)| bubble(message, Delivery::Queued));
    let held = held_in(desk, id).map(|(held, reply)| {
        let message = Message {
            id: reply.id,
            conversation: id,
            position: 0,
            author: Author::Member(desk.device.replica().actor().member),
            text: reply.text,
            picture: reply.picture,
            at: held.at,
            written_at: Some(held.at),
        };
        let delivery = Delivery::Held(Box::new(held.clone()));
        Bubble { key: held.key.clone(), ..bubble(&message, delivery) }
    });
    Some(Thread {
        bubbles: delivered.chain(queued).chain(held).collect(),
        waiting: open_waiting(desk, &conversation),
        owner: work_number(desk, conversation.owner),
        mine: conversation.owner == Some(desk.device.replica().actor().member),
        conversation,
    })
}
