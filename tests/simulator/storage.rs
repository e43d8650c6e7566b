//! A browser profile's storage: two databases, one written strictly, the other relaxed.

use std::collections::BTreeMap;

use qinda::model::{DeviceId, EpochId};
use qinda::sync::{Change, ConfirmedWrite, Contents, Counter, Held, OutboxWrite, Progress, Queued, Row};

use super::chance::Chance;

/// The outbox as it lies on the disk.
#[derive(Debug, Clone, Default)]
pub struct OutboxDisk {
    counter: Option<String>,
    commands: BTreeMap<u64, String>,
    held: BTreeMap<String, String>,
}

/// The confirmed state as it lies on the disk.
#[derive(Debug, Clone, Default)]
pub struct ConfirmedDisk {
    /// How far it is.
    pub progress: Progress,
    /// The rows, under scope and entity.
    pub rows: BTreeMap<String, Row>,
}

/// Both databases.
#[derive(Debug, Clone, Default)]
pub struct Storage {
    /// What the tabs see of the outbox; every write is on the disk at once.
    pub outbox: OutboxDisk,
    /// What the tabs see of the confirmed state.
    pub confirmed: ConfirmedDisk,
    /// What of it would be there after a power cut.
    pub flushed: ConfirmedDisk,
    /// An older state, to be set back to.
    pub copy: Option<(OutboxDisk, ConfirmedDisk)>,
    /// Whether there is no room for conversations.
    pub is_full: bool,
}

fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl OutboxDisk {
    /// Reads everything; makes the numbering when there is none.
    pub fn load(&mut self, chance: &mut Chance) -> Contents {
        let counter = self.counter().unwrap_or_else(|| Counter {
            device: DeviceId::new(1, chance.bits()),
            epoch: EpochId::new(1, chance.bits()),
            next: 1,
        });
        self.counter = Some(text(&counter));
        Contents { counter, commands: self.commands(), held: self.held() }
    }

    /// The numbering, once there is one.
    pub fn counter(&self) -> Option<Counter> {
        self.counter.as_ref().and_then(|text| serde_json::from_str(text).ok())
    }

    /// The commands.
    pub fn commands(&self) -> Vec<Queued> {
        self.commands.values().filter_map(|text| serde_json::from_str(text).ok()).collect()
    }

    /// The held list.
    pub fn held(&self) -> Vec<Held> {
        let read = |(key, text): (&String, &String)| {
            let held: Held = serde_json::from_str(text).ok()?;
            Some(Held { key: key.clone(), ..held })
        };
        self.held.iter().filter_map(read).collect()
    }

    /// One transaction.
    pub fn write(&mut self, writes: Vec<OutboxWrite>) {
        for write in writes {
            match write {
                OutboxWrite::Counter(counter) => self.counter = Some(text(&counter)),
                OutboxWrite::Queue(queued) => {
                    self.commands.insert(queued.command.n, text(&queued));
                }
                OutboxWrite::Unqueue(n) => {
                    self.commands.remove(&n);
                }
                OutboxWrite::UnqueueAll => self.commands.clear(),
                OutboxWrite::Hold(held) => {
                    self.held.insert(held.key.clone(), text(&held));
                }
                OutboxWrite::Release(key) => self.release(&key),
            }
        }
    }

    /// Drops a held command.
    pub fn release(&mut self, key: &str) {
        self.held.remove(key);
    }

    /// Drops every command, as nothing ever should.
    pub fn drop_commands(&mut self) {
        self.commands.clear();
    }
}

impl ConfirmedDisk {
    /// Every record that this desk can read.
    pub fn changes(&self) -> Vec<Change> {
        self.rows.values().filter_map(|row| row.change().ok().flatten()).collect()
    }

    /// One transaction.
    pub fn write(&mut self, writes: &[ConfirmedWrite]) {
        for write in writes {
            match write {
                ConfirmedWrite::DropScope(scope) => self.drop_keys(&format!("{scope}|")),
                ConfirmedWrite::DropInboxes => self.drop_keys("inbox:"),
                ConfirmedWrite::Put(scope, entity, row) => {
                    self.rows.insert(format!("{scope}|{}", entity.0), row.clone());
                }
                ConfirmedWrite::Delete(scope, entity) => {
                    self.rows.remove(&format!("{scope}|{}", entity.0));
                }
                ConfirmedWrite::Progress(progress) => self.progress = progress.clone(),
            }
        }
    }

    fn drop_keys(&mut self, start: &str) {
        self.rows.retain(|key, _| !key.starts_with(start));
    }
}

/// Whether a transaction brings rows of conversations, which a full disk has no room for.
pub fn brings_chats(writes: &[ConfirmedWrite]) -> bool {
    use qinda::sync::Scope;
    writes.iter().any(|write| matches!(write, ConfirmedWrite::Put(Scope::Inbox(_), ..)))
}
