//! The outbox: commands that wait for their verdict, what came back refused, and drafts. It is a database of
//! its own that nothing drops, and a command counts as queued only once it is on disk.

use std::fmt;
use std::str::FromStr;

use qinda::model::{ArticleId, ConversationId, DeviceId, EpochId, MemberId, Micros, NotAnId, PolicyId, QuickReplyId};
use qinda::sync::{Action, Command, Verdict, VerdictRow};
use serde::{Deserialize, Serialize};

use super::random;
use super::storage::{Durability, Entries, Storage, StorageError, Write};

const META: &str = "meta";
const COMMANDS: &str = "commands";
const HELD: &str = "held";
const DRAFTS: &str = "drafts";
const COUNTER: &str = "counter";

/// Who numbers the commands, and the next number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counter {
    /// The device.
    pub(crate) device: DeviceId,
    /// The life of its storage.
    pub(crate) epoch: EpochId,
    /// The number that the next command gets.
    pub(crate) next: u64,
}

impl Counter {
    fn fresh() -> Self {
        let (ms, bits) = (random::unix_ms(), random::bits);
        Self { device: DeviceId::new(ms, bits()), epoch: EpochId::new(ms, bits()), next: 1 }
    }

    fn next_epoch(self) -> Self {
        Self { epoch: EpochId::new(random::unix_ms(), random::bits()), next: 1, ..self }
    }
}

/// A command in the outbox.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Queued {
    /// The command.
    pub(crate) command: Command,
    /// When it was given.
    pub(crate) at: Micros,
}

/// A command that took no effect, with its words.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Held {
    /// The key under which it is kept.
    #[serde(skip)]
    pub(crate) key: String,
    /// The command.
    pub(crate) command: Command,
    /// When it was given.
    pub(crate) at: Micros,
    /// What became of it.
    pub(crate) verdict: Verdict,
}

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
pub(crate) struct Contents {
    /// The numbering.
    pub(crate) counter: Counter,
    /// The commands, in order.
    pub(crate) commands: Vec<Queued>,
    /// What came back refused.
    pub(crate) held: Vec<Held>,
    /// Half-written texts.
    pub(crate) drafts: Vec<(DraftOf, String)>,
}

/// The outbox of one member on this device.
pub(crate) struct Outbox {
    storage: Storage,
}

impl Outbox {
    /// Opens this member's outbox.
    pub(crate) async fn open(member: MemberId) -> Self {
        let name = format!("qinda-outbox-{member}");
        Self { storage: Storage::open(&name, &[META, COMMANDS, HELD, DRAFTS]).await }
    }

    /// Whether what is queued outlives a reload.
    pub(crate) fn is_kept(&self) -> bool {
        self.storage.is_kept()
    }

    /// Reads everything, record by record; makes the numbering when the outbox is new.
    pub(crate) async fn load(&self) -> Result<Contents, StorageError> {
        let contents = self.storage.transact(&[META, COMMANDS, HELD, DRAFTS], &[], |stores| {
            let contents = contents(&stores);
            (vec![counter_write(contents.counter)], contents)
        });
        contents.await
    }

    /// Puts actions into the outbox under the next numbers. When it returns the commands are on disk.
    /// What becomes of the drafts they were made from is written in the same transaction, so that no words can be
    /// doubled or lost; an empty draft is dropped.
    pub(crate) async fn enqueue(
        &self,
        actions: &[Action],
        at: Micros,
        drafts: &[(DraftOf, String)],
    ) -> Result<Vec<Queued>, StorageError> {
        let enqueued = self.storage.transact(&[META], &[COMMANDS, DRAFTS], |stores| {
            let counter = counter(&stores[0]);
            let numbered = (counter.next..).zip(actions);
            let queued: Vec<Queued> =
                numbered.map(|(n, action)| Queued { command: Command::new(n, action), at }).collect();
            let next = counter.next + queued.len() as u64;
            let mut writes = vec![counter_write(Counter { next, ..counter })];
            writes.extend(queued.iter().map(|queued| put(COMMANDS, command_key(queued.command.n), queued)));
            writes.extend(drafts.iter().map(|(of, text)| draft_write(*of, text)));
            (writes, queued)
        });
        enqueued.await
    }

    /// Moves the commands that took no effect to the held list. Doing it twice changes nothing.
    pub(crate) async fn hold(&self, verdicts: &[VerdictRow]) -> Result<Vec<Held>, StorageError> {
        if verdicts.iter().all(|row| row.verdict == Verdict::Applied) {
            return Ok(Vec::new());
        }
        let held = self.storage.transact(&[META, COMMANDS], &[HELD], |stores| {
            let epoch = counter(&stores[0]).epoch;
            let queued = commands(&stores[1]);
            let mut writes = Vec::new();
            let mut held = Vec::new();
            for row in verdicts.iter().filter(|row| row.verdict != Verdict::Applied) {
                let Some(found) = queued.iter().find(|queued| queued.command.n == row.n) else { continue };
                let key = format!("{epoch}|{}", command_key(row.n));
                let refused = Held {
                    key: key.clone(),
                    command: found.command.clone(),
                    at: found.at,
                    verdict: row.verdict.clone(),
                };
                writes.push(put(HELD, key, &refused));
                writes.push(Write::Delete { store: COMMANDS, key: command_key(row.n) });
                held.push(refused);
            }
            (writes, held)
        });
        held.await
    }

    /// Drops the commands that had their verdict.
    pub(crate) async fn settle(&self, epoch: EpochId, through: u64) -> Result<(), StorageError> {
        let settled = self.storage.transact(&[META, COMMANDS], &[], |stores| {
            // Another tab may have begun a new epoch meanwhile, whose numbers mean other commands.
            if counter(&stores[0]).epoch != epoch {
                return (Vec::new(), ());
            }
            let done = commands(&stores[1]).into_iter().map(|queued| queued.command.n).filter(|n| *n <= through);
            (done.map(|n| Write::Delete { store: COMMANDS, key: command_key(n) }).collect(), ())
        });
        settled.await
    }

    /// Begins a new epoch: what waits gets new numbers from 1.
    pub(crate) async fn renew_epoch(&self, old: EpochId) -> Result<Contents, StorageError> {
        let renewed = self.storage.transact(&[META, COMMANDS, HELD, DRAFTS], &[], |stores| {
            let mut contents = contents(&stores);
            if contents.counter.epoch != old {
                return (Vec::new(), contents);
            }
            let mut writes = vec![Write::DeletePrefix { store: COMMANDS, prefix: String::new() }];
            let mut counter = contents.counter.next_epoch();
            for queued in &mut contents.commands {
                queued.command = queued.command.renumbered(old, counter.next);
                writes.push(put(COMMANDS, command_key(counter.next), queued));
                counter.next += 1;
            }
            contents.counter = counter;
            writes.push(counter_write(counter));
            (writes, contents)
        });
        renewed.await
    }

    /// Drops a held command, once its words were sent anew or given up.
    pub(crate) async fn release(&self, key: &str) -> Result<(), StorageError> {
        let write = Write::Delete { store: HELD, key: key.to_owned() };
        self.storage.write(Durability::Strict, vec![write]).await
    }

    /// Keeps a half-written text; an empty one is dropped.
    pub(crate) async fn keep_draft(&self, of: DraftOf, text: &str) -> Result<(), StorageError> {
        self.storage.write(Durability::Strict, vec![draft_write(of, text)]).await
    }
}

fn draft_write(of: DraftOf, text: &str) -> Write {
    let key = of.to_string();
    if text.is_empty() {
        Write::Delete { store: DRAFTS, key }
    } else {
        Write::Put { store: DRAFTS, key, text: text.to_owned() }
    }
}

fn contents(stores: &[Entries]) -> Contents {
    let held = stores[2].iter().filter_map(|(key, text)| {
        let held: Held = serde_json::from_str(text).ok()?;
        Some(Held { key: key.clone(), ..held })
    });
    let drafts = stores[3].iter().filter_map(|(key, text)| Some((key.parse().ok()?, text.clone())));
    Contents {
        counter: counter(&stores[0]),
        commands: commands(&stores[1]),
        held: held.collect(),
        drafts: drafts.collect(),
    }
}

fn counter(meta: &Entries) -> Counter {
    let kept = meta.iter().find(|(key, _)| key == COUNTER);
    kept.and_then(|(_, text)| serde_json::from_str(text).ok()).unwrap_or_else(Counter::fresh)
}

fn counter_write(counter: Counter) -> Write {
    put(META, COUNTER.to_owned(), &counter)
}

fn commands(entries: &Entries) -> Vec<Queued> {
    entries.iter().filter_map(|(_, text)| serde_json::from_str(text).ok()).collect()
}

/// Numbers as texts that sort like numbers.
fn command_key(n: u64) -> String {
    format!("{n:020}")
}

fn put(store: &'static str, key: String, value: &impl Serialize) -> Write {
    Write::Put { store, key, text: serde_json::to_string(value).unwrap_or_default() }
}
