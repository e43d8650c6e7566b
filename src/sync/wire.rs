//! What goes over HTTP: `POST /sync/push`, `POST /sync/pull`, and the heads that the live channel tells.
//! All of it is JSON; a reader skips fields and kinds it does not know.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::tolerant::{known_pages, known_scopes};
use super::{Change, Command, CommandHash, Cursor, Filling, Gap, LEASE_SECONDS, Scope, Standing, Verdict};
use crate::model::{Actor, BackendId, DeviceId, EpochId, MemberCard, Micros, ShopCard};
use crate::timing::Figures;

/// The version of these frames.
pub const PROTOCOL: u16 = 1;
/// The most commands in one push.
pub const PUSH_COMMANDS_MAX: usize = 200;
/// The most bytes of one push.
pub const PUSH_BYTES_MAX: usize = 2 * 1024 * 1024;
/// The most rows in one pull, all scopes together.
pub const PULL_ROWS_MAX: usize = 2_000;
/// A pull ends its page after this many bytes of bodies.
pub const PULL_BYTES_MAX: usize = 1024 * 1024;

/// Commands of a device, in order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PushRequest {
    /// [`PROTOCOL`].
    pub protocol: u16,
    /// Which device.
    pub device: DeviceId,
    /// Which life of its storage.
    pub epoch: EpochId,
    /// The commands, their numbers without gaps.
    pub commands: Vec<Command>,
}

/// What the server has of a device's commands. The verdicts come with the next pull, together with the effects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushAnswer {
    /// Every command up to this number has its verdict, durably.
    pub through: u64,
    /// The server's clock and until when the device may show customer data without another contact; older servers did
    /// not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<LeaseTold>,
}

/// For how long a device may show customer data, as each contact tells it. See [`super::Lease`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseTold {
    /// The server's clock.
    pub at: Micros,
    /// Without another contact no customer data is shown from this moment on.
    pub until: Micros,
}

impl LeaseTold {
    /// The lease that begins now.
    #[must_use]
    pub const fn from(at: Micros) -> Self {
        Self { at, until: at.plus_seconds(LEASE_SECONDS) }
    }
}

/// Why the server took nothing of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PushRefusal {
    /// The first command does not follow the last one received.
    Gap,
    /// A number was used before for another command: the device must begin a new epoch.
    Reused,
    /// A command's bytes are not those that were hashed.
    Damaged,
}

/// What a device has, and asks to be brought up to date from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PullRequest {
    /// [`PROTOCOL`].
    pub protocol: u16,
    /// Which device.
    pub device: DeviceId,
    /// Which life of its storage.
    pub epoch: EpochId,
    /// How far it has read each scope.
    #[serde(deserialize_with = "known_scopes")]
    pub cursors: BTreeMap<Scope, Cursor>,
    /// The last command whose verdict it has.
    pub verdicts_after: u64,
    /// Told by a device that reads the newest rows first. The others read from the beginning on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest_first: Option<NewestFirst>,
}

/// What a device tells that reads the newest rows of a scope first, and the older ones afterwards.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewestFirst {
    /// How far the scopes were read that have a gap. Among the cursors they stand as if nothing had been read, so that a
    /// server that does not know of gaps reads them out from the beginning on.
    #[serde(default, deserialize_with = "known_scopes")]
    pub filling: BTreeMap<Scope, Filling>,
    /// Whether commands wait for their verdicts.
    #[serde(default)]
    pub queued: bool,
}

impl PullRequest {
    /// How far the device has read a scope.
    #[must_use]
    pub fn standing(&self, scope: Scope) -> Standing {
        let filling = self.newest_first.as_ref().and_then(|newest| newest.filling.get(&scope));
        let whole = || self.cursors.get(&scope).copied().unwrap_or_default().into();
        filling.map_or_else(whole, |filling| (*filling).into())
    }
}

/// What changed, read from all scopes in one snapshot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PullAnswer {
    /// [`PROTOCOL`].
    pub protocol: u16,
    /// Which life of the server's database; another one means that a backup was restored.
    pub backend: BackendId,
    /// The server's clock.
    pub at: Micros,
    /// Who is asking, with the roles of this moment.
    pub actor: Actor,
    /// The asker's own card.
    pub me: MemberCard,
    /// One page for each scope that the member may follow; other scopes are to be forgotten.
    #[serde(deserialize_with = "known_pages")]
    pub scopes: Vec<ScopePage>,
    /// Verdicts after the one asked for, in order.
    pub verdicts: Vec<VerdictRow>,
    /// Every command of this device and epoch up to this number has its verdict.
    pub through: u64,
    /// Whether another pull would bring more at once.
    pub more: bool,
    /// Until when the device may show customer data without another contact; older servers did not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<LeaseTold>,
    /// The tables by which the server reads what is said tersely; older servers read none. See [`super::terse`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terse: Vec<u8>,
}

/// A piece of one scope's feed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScopePage {
    /// Which scope.
    pub scope: Scope,
    /// The device's rows of this scope are to be dropped before these are applied.
    pub reset: bool,
    /// Where the device stands once it has applied the rows.
    pub cursor: Cursor,
    /// The newest change of the scope.
    pub head: u64,
    /// The changes, in order.
    pub rows: Vec<Row>,
    /// Only for devices that read the newest rows first: what is missing once these rows are applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
    /// The topmost rows of the gap that the device asked with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub older: Vec<Row>,
}

impl ScopePage {
    /// How far the device has read the scope once it has applied the page.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing::new(self.cursor, self.gap)
    }

    /// Every row, older ones first.
    pub fn all_rows(&self) -> impl Iterator<Item = &Row> {
        self.older.iter().chain(&self.rows)
    }
}

/// One change with its number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Row {
    /// Its number in the scope.
    pub seq: u64,
    /// The kind of [`Change`].
    pub kind: String,
    /// Its body.
    pub body: Box<RawValue>,
}

impl Row {
    /// Writes a change down under its number.
    #[must_use]
    pub fn new(seq: u64, change: &Change) -> Self {
        Self { seq, kind: change.kind().to_owned(), body: change.body() }
    }

    /// Reads the change; `None` for a kind that only a newer server knows.
    ///
    /// # Errors
    /// When the body does not fit the kind.
    pub fn change(&self) -> Result<Option<Change>, serde_json::Error> {
        Change::read(&self.kind, &self.body)
    }
}

/// The verdict on one command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictRow {
    /// The command's number.
    pub n: u64,
    /// What became of it.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The command's hash. A device whose storage was set back sees by it that the number was another command's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<CommandHash>,
}

impl VerdictRow {
    /// Whether it is about a command of this number, unless its hash says that it is another.
    #[must_use]
    pub fn is_of(&self, command: &Command) -> bool {
        self.n == command.n && self.hash.as_ref().is_none_or(|hash| *hash == command.hash)
    }
}

/// What the live channel tells: the newest change of each scope the member follows. Only a hint to pull.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heads {
    /// The server's clock.
    pub at: Micros,
    /// The newest change by scope.
    #[serde(deserialize_with = "known_scopes")]
    pub heads: BTreeMap<Scope, u64>,
}

/// Who is signed in, as `POST /api/sign-in` and `GET /api/me` tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The member with shop, team and roles.
    pub actor: Actor,
    /// The member's card.
    pub me: MemberCard,
    /// The shop.
    pub shop: ShopCard,
    /// The server's clock.
    pub at: Micros,
}

/// The figures of a span of time, as `GET /api/figures` tells them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiguresAnswer {
    /// Rounds whose question came at this moment or later …
    pub from: Micros,
    /// … and before this one are counted.
    pub to: Micros,
    /// When the figures were made.
    pub at: Micros,
    /// How far the shop's clocks are ahead of UTC.
    pub utc_offset_seconds: i64,
    /// The figures.
    pub figures: Figures,
    /// The members named in them.
    pub members: Vec<MemberCard>,
}
