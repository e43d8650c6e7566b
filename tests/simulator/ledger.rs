//! The oracle's book of commands: who gave which, and under which numbers it travels.

use std::collections::{BTreeMap, BTreeSet};

use qinda::model::{DeviceId, EpochId, MessageId};
use qinda::sync::{Action, Command, CommandHash, Queued};

/// A command as the person who gave it would know it.
pub type Uid = usize;

/// What is known of a command.
#[derive(Debug, Clone)]
pub struct Given {
    /// The profile on which it was given.
    pub profile: usize,
    /// The message it sends, if it does.
    pub message: Option<MessageId>,
    /// Whether nobody is told about it when it is refused.
    pub is_silent: bool,
    /// It may be missing: its storage was lost or set back before the server had it, or the server itself was.
    pub may_be_lost: bool,
    /// It may count twice: the storage was set back to before an epoch in which it got another number.
    pub may_be_twice: bool,
    /// It may be missing from the held list: a person disposed of it, or the storage was lost or set back.
    pub may_be_unheld: bool,
}

type Number = (DeviceId, EpochId, u64, String);

/// All commands of a history.
#[derive(Debug, Default)]
pub struct Ledger {
    given: Vec<Given>,
    numbers: BTreeMap<Number, Uid>,
    /// Commands that the server does not have durably, by profile.
    open: BTreeMap<usize, BTreeSet<Uid>>,
}

fn number(device: DeviceId, epoch: EpochId, command: &Command) -> Number {
    (device, epoch, command.n, command.hash.0.clone())
}

impl Ledger {
    /// Notes a command that was just written to an outbox.
    pub fn give(&mut self, profile: usize, device: DeviceId, epoch: EpochId, command: &Command) -> Uid {
        let key = number(device, epoch, command);
        if let Some(uid) = self.numbers.get(&key) {
            // The storage was set back, and the very same was done again under the same number.
            return *uid;
        }
        let uid = self.given.len();
        let action = command.action().ok();
        let message = match &action {
            Some(Action::SendMessage(args)) => Some(args.id),
            _ => None,
        };
        let is_silent = action.is_some_and(|action| action.is_silent());
        self.given.push(Given {
            profile,
            message,
            is_silent,
            may_be_lost: false,
            may_be_twice: false,
            may_be_unheld: false,
        });
        self.numbers.insert(key, uid);
        self.open.entry(profile).or_default().insert(uid);
        uid
    }

    /// Notes the new numbers that commands got in a new epoch.
    pub fn renumber(&mut self, device: DeviceId, epoch: EpochId, commands: &[Queued]) {
        for Queued { command, .. } in commands {
            let Some(former) = command.former.first() else { continue };
            let old = (device, former.epoch, former.n, command.hash.0.clone());
            if let Some(uid) = self.numbers.get(&old).copied() {
                self.numbers.insert(number(device, epoch, command), uid);
            }
        }
    }

    /// The command of a number.
    pub fn uid(&self, device: DeviceId, epoch: EpochId, command: &Command) -> Option<Uid> {
        self.numbers.get(&number(device, epoch, command)).copied()
    }

    /// The command that bears a number and has this hash.
    pub fn uid_of(&self, device: DeviceId, epoch: EpochId, n: u64, hash: &CommandHash) -> Option<Uid> {
        self.numbers.get(&(device, epoch, n, hash.0.clone())).copied()
    }

    /// What is known of a command.
    pub fn given(&self, uid: Uid) -> &Given {
        &self.given[uid]
    }

    /// The same, to be changed.
    pub fn given_mut(&mut self, uid: Uid) -> &mut Given {
        &mut self.given[uid]
    }

    /// Every command.
    pub fn all(&self) -> impl Iterator<Item = (Uid, &Given)> {
        self.given.iter().enumerate()
    }

    /// The commands of a profile that the server did not have durably when it was last looked at.
    pub fn open_mut(&mut self, profile: usize) -> &mut BTreeSet<Uid> {
        self.open.entry(profile).or_default()
    }

    /// Opens all commands of all profiles again, after the server was set back.
    pub fn reopen_all(&mut self) {
        for (uid, given) in self.given.iter().enumerate() {
            self.open.entry(given.profile).or_default().insert(uid);
        }
    }

    /// How many commands were given.
    pub fn len(&self) -> usize {
        self.given.len()
    }
}
