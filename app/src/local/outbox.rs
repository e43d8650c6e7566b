//! The outbox: commands that wait for their verdict, what came back refused, and drafts. It is a database of
//! its own that nothing drops, and a command counts as queued only once it is on disk.

use std::fmt;
use std::str::FromStr;

use qinda::model::{ArticleId, ConversationId, DeviceId, EpochId, MemberId, Micros, NotAnId, PolicyId, QuickReplyId};
pub(crate) use qinda::sync::Held;
use qinda::sync::{Action, Contents, Counter, Enqueued, FormerNumber, Moved, OutboxWrite, Queued, VerdictRow, outbox};
use serde::Serialize;

use super::idb::Database;
use super::random;
use super::seal::Seal;
use super::storage::{Durability, Entries, Sealing, Storage, StorageError, Write};

const META: &str = "meta";
const COMMANDS: &str = "commands";
const HELD: &str = "held";
const DRAFTS: &str = "drafts";
const COUNTER: &str = "counter";

/// What a half-written text belongs to; something new has no id yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DraftOf {
    /// A reply.
    Reply(ConversationId),
    /// The picture that goes with a reply, by its id.
    Attachment(ConversationId),
    /// The form of an article.
    Article(Option<ArticleId>),
    /// The form of a quick reply.
    QuickReply(Option<QuickReplyId>),
    /// The form of a policy.
    Policy(Option<PolicyId>),
    /// The form of a wording rule; one is written at a time.
    Rule,
    /// Text that was pasted to be imported.
    Import,
    /// What a reply was taken from, and which parts of it are still to come.
    Taken(ConversationId),
}

const ATTACHMENT: &str = "picture:";
const TAKEN: &str = "taken:";
const ARTICLE: &str = "article:";
const QUICK_REPLY: &str = "quick-reply:";
const POLICY: &str = "policy:";
const RULE: &str = "rule:";
const IMPORT: &str = "import:";

impl fmt::Display for DraftOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reply(id) => id.fmt(f),
            Self::Attachment(id) => write!(f, "{ATTACHMENT}{id}"),
            Self::Article(None) => f.write_str(ARTICLE),
            Self::Article(Some(id)) => write!(f, "{ARTICLE}{id}"),
            Self::QuickReply(None) => f.write_str(QUICK_REPLY),
            Self::QuickReply(Some(id)) => write!(f, "{QUICK_REPLY}{id}"),
            Self::Policy(None) => f.write_str(POLICY),
            Self::Policy(Some(id)) => write!(f, "{POLICY}{id}"),
            Self::Rule => f.write_str(RULE),
            Self::Import => f.write_str(IMPORT),
            Self::Taken(id) => write!(f, "{TAKEN}{id}"),
        }
    }
}

impl FromStr for DraftOf {
    type Err = NotAnId;

    fn from_str(key: &str) -> Result<Self, NotAnId> {
        if let Some(id) = key.strip_prefix(ATTACHMENT) {
            return id.parse().map(Self::Attachment);
        }
        if let Some(id) = key.strip_prefix(ARTICLE) {
            return if id.is_empty() { Ok(Self::Article(None)) } else { id.parse().map(Some).map(Self::Article) };
        }
        if let Some(id) = key.strip_prefix(QUICK_REPLY) {
            return if id.is_empty() { Ok(Self::QuickReply(None)) } else { id.parse().map(Some).map(Self::QuickReply) };
        }
        if let Some(id) = key.strip_prefix(POLICY) {
            return if id.is_empty() { Ok(Self::Policy(None)) } else { id.parse().map(Some).map(Self::Policy) };
        }
        if let Some(id) = key.strip_prefix(TAKEN) {
            return id.parse().map(Self::Taken);
        }
        match key {
            RULE => Ok(Self::Rule),
            IMPORT => Ok(Self::Import),
            _ => key.parse().map(Self::Reply),
        }
    }
}

/// Everything in the outbox.
pub(crate) struct Loaded {
    /// The commands and what came back refused.
    pub(crate) contents: Contents,
    /// Half-written texts.
    pub(crate) drafts: Vec<(DraftOf, String)>,
    /// How many records did not read.
    pub(crate) unreadable: usize,
}

/// The outbox of one member on this device.
pub(crate) struct Outbox {
    storage: Storage,
}

impl Outbox {
    /// Opens this member's outbox, in which words are closed with the seal.
    pub(crate) async fn open(member: MemberId, seal: Option<Seal>) -> Self {
        let sealing = seal.map(|seal| Sealing { seal, covers: |store, _| store != META });
        Self { storage: Storage::open(&database_name(member), &[META, COMMANDS, HELD, DRAFTS], sealing).await }
    }

    /// Closes what was kept before it could be closed.
    pub(crate) async fn close_open_ones(&self) -> Result<(), StorageError> {
        self.storage.close_open_ones(&[COMMANDS, HELD, DRAFTS]).await
    }

    /// Whether what is queued outlives a reload.
    pub(crate) fn is_kept(&self) -> bool {
        self.storage.is_kept()
    }

    /// Reads everything, record by record; makes the numbering when the outbox is new. What does not even open is dropped
    /// and counted; what opens and does not read may be of a newer version, and stays.
    pub(crate) async fn load(&self) -> Result<Loaded, StorageError> {
        let loaded = self.storage.transact(&[META, COMMANDS, HELD, DRAFTS], &[], |stores| {
            let contents = contents(&stores);
            let drafts = stores[3].iter().filter(|(_, text)| !text.is_empty());
            let drafts = drafts.filter_map(|(key, text)| Some((key.parse().ok()?, text.clone()))).collect();
            let damaged: Vec<Write> =
                [COMMANDS, HELD, DRAFTS].into_iter().zip(&stores[1..]).flat_map(damaged).collect();
            let loaded = Loaded { unreadable: damaged.len(), drafts, contents };
            let counter = write(OutboxWrite::Counter(loaded.contents.counter));
            (damaged.into_iter().chain([counter]).collect(), loaded)
        });
        loaded.await
    }

    /// Deletes all that a member's outbox holds.
    pub(crate) async fn delete(member: MemberId) -> Result<(), StorageError> {
        Database::delete(&database_name(member)).await
    }

    /// Reads what other tabs changed. `None` where a glance at the numbering and the keys of the held list shows only what
    /// is known, and once the storage is gone.
    pub(crate) async fn look(&self, is_known: impl FnOnce(Counter, &[String]) -> bool) -> Option<Contents> {
        let (meta, held) = futures::join!(self.storage.read(&[META]), self.storage.keys(HELD));
        if is_known(kept_counter(meta.ok()?.first()?)?, &held.ok()?) {
            return None;
        }
        let stores = self.storage.read(&[META, COMMANDS, HELD]).await.ok()?;
        kept_counter(&stores[0]).map(|_| contents(&stores))
    }

    /// Puts actions into the outbox under the next numbers, with what each needs. When it returns the commands are on disk.
    /// What becomes of the drafts they were made from is written in the same transaction, so that no words can be
    /// doubled or lost; an empty draft is dropped.
    pub(crate) async fn enqueue(
        &self,
        actions: &[Action],
        needs: &[Option<FormerNumber>],
        at: Micros,
        drafts: &[(DraftOf, String)],
    ) -> Result<Enqueued, StorageError> {
        let enqueued = self.storage.transact(&[META], &[COMMANDS, DRAFTS], |stores| {
            let (writes, enqueued) = outbox::enqueue(counter(&stores[0]), actions, needs, at);
            let drafts = drafts.iter().map(|(of, text)| draft_write(*of, text));
            (writes.into_iter().map(write).chain(drafts).collect(), enqueued)
        });
        enqueued.await
    }

    /// Moves the commands that took no effect to the held list. Doing it twice changes nothing.
    pub(crate) async fn hold(
        &self,
        epoch: EpochId,
        through: u64,
        verdicts: &[VerdictRow],
    ) -> Result<Moved, StorageError> {
        let moved = self.storage.transact(&[META, COMMANDS, HELD], &[], |stores| {
            let (writes, moved) = outbox::hold(&contents(&stores), epoch, through, verdicts);
            (writes.into_iter().map(write).collect(), moved)
        });
        moved.await
    }

    /// Drops the commands that had their verdict.
    pub(crate) async fn settle(&self, epoch: EpochId, through: u64) -> Result<(), StorageError> {
        let settled = self.storage.transact(&[META, COMMANDS], &[], |stores| {
            let writes = outbox::settle(&contents(&stores), epoch, through);
            (writes.into_iter().map(write).collect(), ())
        });
        settled.await
    }

    /// Begins a new epoch: what waits gets new numbers from 1.
    pub(crate) async fn renew_epoch(&self, left: EpochId) -> Result<Contents, StorageError> {
        let fresh = fresh_epoch();
        let renewed = self.storage.transact(&[META, COMMANDS, HELD], &[], |stores| {
            let (writes, contents) = outbox::renew(contents(&stores), left, fresh);
            (writes.into_iter().map(write).collect(), contents)
        });
        renewed.await
    }

    /// Puts a held command into the outbox again, word for word, and behind it what waits for it.
    pub(crate) async fn send_again(&self, key: &str) -> Result<(), StorageError> {
        let sent = self.storage.transact(&[META, COMMANDS, HELD], &[], |stores| {
            let (writes, _) = outbox::send_again(&contents(&stores), key);
            (writes.into_iter().map(write).collect(), ())
        });
        sent.await
    }

    /// Drops a held command, once its words were sent anew or given up, and what silently waits for it. Gives the keys.
    pub(crate) async fn release(&self, key: &str) -> Result<Vec<String>, StorageError> {
        let released = self.storage.transact(&[HELD], &[], |stores| {
            let writes = outbox::give_up(&held(&stores[0]), key);
            let keys = writes.iter().filter_map(OutboxWrite::released).map(str::to_owned).collect();
            (writes.into_iter().map(write).collect(), keys)
        });
        released.await
    }

    /// Keeps a half-written text; an empty one is dropped.
    pub(crate) async fn keep_draft(&self, of: DraftOf, text: &str) -> Result<(), StorageError> {
        self.storage.write(Durability::Strict, vec![draft_write(of, text)]).await
    }
}

fn database_name(member: MemberId) -> String {
    format!("qinda-outbox-{member}")
}

/// Drops the records of a store that do not open.
fn damaged((store, entries): (&'static str, &Entries)) -> impl Iterator<Item = Write> {
    let damaged = entries.iter().filter(|(_, text)| text.is_empty());
    damaged.map(move |(key, _)| Write::Delete { store, key: key.clone() })
}

fn draft_write(of: DraftOf, text: &str) -> Write {
    let key = of.to_string();
    if text.is_empty() {
        Write::Delete { store: DRAFTS, key }
    } else {
        Write::Put { store: DRAFTS, key, text: text.to_owned() }
    }
}

/// What the stores of the numbering, the commands and, if it was read, the held list say.
fn contents(stores: &[Entries]) -> Contents {
    let held = stores.get(2).map(held).unwrap_or_default();
    Contents { counter: counter(&stores[0]), commands: commands(&stores[1]), held }
}

fn held(entries: &Entries) -> Vec<Held> {
    let read = |(key, text): &(String, String)| {
        let held: Held = serde_json::from_str(text).ok()?;
        Some(Held { key: key.clone(), ..held })
    };
    entries.iter().filter_map(read).collect()
}

fn kept_counter(meta: &Entries) -> Option<Counter> {
    let kept = meta.iter().find(|(key, _)| key == COUNTER);
    kept.and_then(|(_, text)| serde_json::from_str(text).ok())
}

fn counter(meta: &Entries) -> Counter {
    let fresh = || Counter { device: DeviceId::new(random::unix_ms(), random::bits()), epoch: fresh_epoch(), next: 1 };
    kept_counter(meta).unwrap_or_else(fresh)
}

fn fresh_epoch() -> EpochId {
    EpochId::new(random::unix_ms(), random::bits())
}

fn commands(entries: &Entries) -> Vec<Queued> {
    entries.iter().filter_map(|(_, text)| serde_json::from_str(text).ok()).collect()
}

/// Numbers as texts that sort like numbers.
fn command_key(n: u64) -> String {
    format!("{n:020}")
}

fn write(write: OutboxWrite) -> Write {
    match write {
        OutboxWrite::Counter(counter) => put(META, COUNTER.to_owned(), &counter),
        OutboxWrite::Queue(queued) => put(COMMANDS, command_key(queued.command.n), &queued),
        OutboxWrite::Unqueue(n) => Write::Delete { store: COMMANDS, key: command_key(n) },
        OutboxWrite::UnqueueAll => Write::DeletePrefix { store: COMMANDS, prefix: String::new() },
        OutboxWrite::Hold(held) => put(HELD, held.key.clone(), &held),
        OutboxWrite::Release(key) => Write::Delete { store: HELD, key },
    }
}

fn put(store: &'static str, key: String, value: &impl Serialize) -> Write {
    Write::Put { store, key, text: serde_json::to_string(value).unwrap_or_default() }
}
