//! Everything that is kept: one database, one writer, many readers.
//!
//! What must hold always: every write goes through [`Store::write`], so that effects, verdicts and the feed become
//! durable in one transaction, and what was acknowledged is on the disk. Nothing outside this module writes SQL.

mod changes;
mod clock;
mod commands;
mod composed;
mod dialect;
mod documents;
mod drafts;
mod duty;
mod facts;
mod feed;
mod live;
mod lives;
mod migrate;
mod now;
mod row;
mod used;
mod writer;

#[cfg(test)]
#[path = "../tests/support/cluster.rs"]
mod cluster;

pub mod articles;
pub mod attempts;
pub mod chats;
pub mod compaction;
pub mod conversations;
pub mod defined;
pub mod devices;
pub mod erasures;
pub mod figure_history;
pub mod figure_rules;
pub mod figures;
pub mod history;
pub mod kept_figures;
pub mod keys;
pub mod lessons;
pub mod members;
pub mod packs;
pub mod pictures;
pub mod planning;
pub mod policies;
pub mod quick_replies;
pub mod report_sends;
pub mod reported;
pub mod restored;
pub mod rollups;
pub mod sessions;
pub mod shops;
pub mod silent;
pub mod stretches;
pub mod visitors;
pub mod waiting;
pub mod wording;

use std::sync::Arc;

use dialect::{Trouble, query};
use futures::future::BoxFuture;
use qinda::model::{Actor, BackendId, MemberId, ShopId};
use qinda::sync::PushRequest;

use crate::meters::Meters;
pub use clock::{Clock, random_id, random_token, token_hash};
pub use commands::{PushRefused, Pushed, push};
pub use dialect::{Conn, Place, PlaceFault, Reader};
pub use duty::{Duty, ON_DUTY_SECONDS};
pub use feed::{ScopeHead, check, heads, is_set_back, pull, pull_unasked};
pub use live::{Live, LiveEvent};
pub use migrate::OpenError;
pub use now::now;
pub use writer::{BATCH_JOBS_MAX, Lane, QUEUE_JOBS_MAX, Work};

/// How many connections read at the same time.
pub const READERS_MAX: u32 = 8;
/// How long a reader waits for a free connection, in seconds.
pub const READER_WAIT_SECONDS: u64 = 5;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Too many writes wait already; the same write may succeed in a moment.
    #[error("the write queue is full")]
    Full,
    /// The server is stopping, or its writer died.
    #[error("the writer has stopped")]
    Stopped,
    /// The transaction of the whole group was not committed.
    #[error("not committed: {0}")]
    NotCommitted(String),
    /// The connection broke while the group was being committed: it may stand or not. Doing the same again is safe
    /// where the same twice is the same once.
    #[error("not known to be committed: {0}")]
    Unknown(String),
    /// A write met a mistake in this program and was taken back.
    #[error("a write panicked and was taken back")]
    Panicked,
    /// The database refused.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

impl StoreError {
    /// Whether trying again in a moment makes sense.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::Full | Self::Stopped | Self::NotCommitted(_) | Self::Unknown(_) => true,
            Self::Database(error) => {
                matches!(dialect::trouble(error), Trouble::Busy | Trouble::Conflict | Trouble::Lost)
            }
            Self::Panicked => false,
        }
    }
}

/// What most functions of the store answer.
pub type Stored<T> = Result<T, StoreError>;

/// The open database.
#[derive(Clone)]
pub struct Store {
    reads: dialect::Pool,
    writer: writer::Writer,
    live: Live,
    duty: Duty,
    clock: Clock,
    place: Place,
    checkers: wording::Checkers,
    meters: Arc<Meters>,
}

impl Store {
    /// Opens the database, makes it when there is none, and brings its tables up to date.
    ///
    /// # Errors
    /// When the place cannot be written, or what lies there is not a database of this or an older version.
    pub async fn open(place: impl Into<Place>, clock: Clock) -> Result<Self, OpenError> {
        let place = place.into();
        let mut conn = migrate::open_for_writing(&place).await?;
        name_backend(&mut conn).await.map_err(|error| OpenError::of(&place, error))?;
        let reads = dialect::readers(&place);
        let live = Live::new(&place);
        let checkers = wording::Checkers::default();
        let meters = Arc::<Meters>::default();
        let writer = writer::Writer::start(conn, &place, &clock, &live, &checkers, &meters);
        Ok(Self { reads, writer, live, duty: Duty::default(), clock, place, checkers, meters })
    }

    /// A connection for looking only, which leaves the tables as they are. `None` when nothing was ever kept there.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn look(place: &Place) -> Result<Option<Conn>, OpenError> {
        dialect::looker(place).await.map_err(|error| OpenError::of(place, error))
    }

    /// The database's name for this life of it. It is read each time: another process may begin a new one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn backend(&self) -> Stored<BackendId> {
        backend(&mut *self.reader().await?).await
    }

    /// Where the database is.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The clock that everything on this server is told by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What tells of new changes.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// What the operator measures this server by.
    #[must_use]
    pub fn meters(&self) -> &Arc<Meters> {
        &self.meters
    }

    /// How many writes wait for their turn.
    #[must_use]
    pub fn writes_waiting(&self) -> usize {
        self.writer.waiting()
    }

    /// A desk of the member was heard of just now.
    pub fn heard_of(&self, shop: ShopId, member: MemberId) {
        if self.duty.heard_of(shop, member, self.clock.now()) {
            self.live.tell_duty(shop, member);
        }
    }

    /// Who is on duty.
    #[must_use]
    pub fn duty(&self) -> &Duty {
        &self.duty
    }

    /// A connection that only reads.
    ///
    /// # Errors
    /// When none is free in time.
    pub async fn reader(&self) -> Stored<Reader> {
        Ok(self.reads.reader().await?)
    }

    /// A transaction that reads everything from one moment.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn snapshot(&self) -> Stored<Reader> {
        Ok(self.reads.snapshot().await?)
    }

    /// Runs a job in the next group of writes of its lane and answers once that group is on the disk. A job that fails
    /// takes back its own writes alone. It may be run more than once, and only its last run stands.
    ///
    /// # Errors
    /// [`StoreError::Full`] when too many writes wait; whatever the job met; or that the group was not committed.
    pub async fn write<T, F>(&self, lane: impl Into<Lane>, job: F) -> Stored<T>
    where
        T: Send + 'static,
        F: for<'w> FnOnce(&'w mut Work) -> BoxFuture<'w, Stored<T>> + Clone + Send + 'static,
    {
        self.writer.write(lane.into(), job).await
    }

    /// Gets a push of a member ready for [`push`].
    #[must_use]
    pub fn pushed(&self, actor: Actor, request: PushRequest) -> Pushed {
        Pushed::new(actor, request, &self.checkers)
    }

    /// Looks whether the database answers and the writer lives.
    ///
    /// # Errors
    /// When one of them does not.
    pub async fn check(&self) -> Stored<()> {
        if self.writer.has_stopped() {
            return Err(StoreError::Stopped);
        }
        let mut reader = self.reader().await?;
        query("SELECT value FROM meta WHERE name = 'backend'").fetch_one(&mut reader).await?;
        Ok(())
    }

    /// Tells of changes that other processes wrote, such as an import, until the server stops.
    pub async fn watch_other_writers(&self) {
        live::watch_other_writers(self).await;
    }

    /// Lets leave the feeds what devices need no more, now and then, until the server stops.
    pub async fn keep_compact(&self) {
        compaction::keep_compact(self).await;
    }

    /// The same, once and at once.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn compact(&self) -> Stored<compaction::Compacted> {
        compaction::compact(self).await
    }

    /// Keeps the figures of every shop as they happen, until the server stops.
    pub async fn keep_figures(&self) {
        rollups::keep(self).await;
    }

    /// Folds the log into the database file, so that what was erased stands in neither; a server does that in its own time.
    /// Readers are waited for; whoever reads for very long keeps the log, and the next erasure or the end folds it.
    pub async fn fold_log(&self) {
        dialect::fold_log_beside(&self.place).await;
    }

    /// Finishes the waiting writes, folds the log into the database file and closes it.
    pub async fn close(self) {
        self.writer.stop().await;
        self.reads.close().await;
    }
}

/// Gives a new database its name.
async fn name_backend(conn: &mut Conn) -> Result<(), sqlx::Error> {
    query("INSERT INTO meta (name, value) VALUES ('backend', $1) ON CONFLICT (name) DO NOTHING")
        .bind(random_id(BackendId::new, Clock::system().now()).to_string())
        .execute(conn)
        .await
}

async fn backend(conn: &mut Conn) -> Stored<BackendId> {
    let row = query("SELECT value FROM meta WHERE name = 'backend'").fetch_one(conn).await?;
    Ok(row::Columns::parsed(&row, "value")?)
}
