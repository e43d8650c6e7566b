//! Writing: whatever waits in a lane is run in one transaction, the changes are numbered, it is committed, and only then
//! answered. So a commit to disk is shared by everybody who waits for it.
//!
//! A file has one writer for everything. At a server each node has a few, each busy with another shop; nodes meet at the
//! lock of the shop, which a transaction takes before it reads anything. There a transaction may be taken back for
//! reasons that are not its own, so jobs can be run again.

mod job;
mod lanes;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use qinda::model::{ConversationId, CustomerId, Micros, ShopId};
use qinda::sync::{Change, Scope};
use qinda::wording::Checker;
use tokio::sync::{oneshot, watch};

use super::dialect::{self, Conn, Place, Trouble};
use super::feed;
use super::live::{Live, LiveEvent};
use super::wording::Checkers;
use super::{Clock, StoreError, Stored};
use crate::meters::Meters;
use job::{Job, Ran, Waiting};
pub use lanes::Lane;
use lanes::{Lanes, NotTaken};

/// How many writes may wait. More are refused, so that a slow disk shows as "try again", not as a growing heap.
pub const QUEUE_JOBS_MAX: usize = 1_024;
/// How many writes share a transaction.
pub const BATCH_JOBS_MAX: usize = 256;
/// How often a group is run when the database takes it back for reasons that are not its own.
pub const GROUP_TRIES_MAX: u32 = 6;
/// The longest wait before the second try, in milliseconds. It doubles with each.
const FIRST_WAIT_MS: u64 = 10;
/// How long a server may take for a group before its connection is given up, in seconds.
const GROUP_SECONDS_MAX: u64 = 60;

/// What a job works with: the writing connection and the changes that the group has made so far.
pub struct Work {
    /// `None` until it is needed, and after it broke.
    conn: Option<Conn>,
    place: Place,
    clock: Clock,
    last: Arc<AtomicI64>,
    /// Whose lock the group holds.
    lane: Lane,
    staged: Vec<(ShopId, Change)>,
    /// The verdicts of the group so far, as they are counted.
    pub(super) verdicts: Vec<u8>,
    pub(super) checkers: Checkers,
    /// The rules as the group knows them, until it changes them. Nobody else can while it runs.
    pub(super) checker: Option<(ShopId, Arc<Checker>)>,
}

impl Work {
    /// The connection, inside the group's transaction.
    ///
    /// # Panics
    /// Outside a group, where no job is.
    pub fn conn(&mut self) -> &mut Conn {
        self.conn.as_mut().expect("a group begins with a connection")
    }

    /// The moment. On one node never the same twice and never an earlier one, whatever the machine's clock does.
    pub fn now(&mut self) -> Micros {
        let clock = self.clock.now().0;
        let after = |last: i64| clock.max(last + 1);
        let last = self.last.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(after(last)));
        Micros(last.map_or(clock, after))
    }

    /// Remembers a change for the feed. It gets its number at the end of the transaction.
    pub(super) fn stage(&mut self, shop: ShopId, change: Change) {
        debug_assert!(self.lane == Lane::Server || self.lane == Lane::Shop(shop), "the group locked another shop");
        self.staged.push((shop, change));
    }

    /// Whether the group has changed a conversation already.
    pub(super) fn has_changed(&self, id: ConversationId) -> bool {
        self.staged.iter().any(|(_, change)| match change {
            Change::Conversation(conversation) => conversation.id == id,
            Change::Message(_, message) => message.conversation == id,
            _ => false,
        })
    }
}

/// Hands jobs to the writers. They stop when the last of these is dropped.
#[derive(Clone)]
pub struct Writer(Arc<Handle>);

struct Handle {
    lanes: Arc<Lanes<Box<dyn Job>>>,
    /// Whether a group may hold the jobs of one shop only.
    by_shop: bool,
    running: watch::Receiver<usize>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.lanes.stop();
    }
}

impl Writer {
    /// Starts the writers, the first one on this connection.
    pub(super) fn start(
        conn: Conn,
        place: &Place,
        clock: &Clock,
        live: &Live,
        checkers: &Checkers,
        meters: &Arc<Meters>,
    ) -> Self {
        let lanes = Arc::new(Lanes::new());
        let (count, running) = watch::channel(0);
        let count = Arc::new(count);
        let last = Arc::new(AtomicI64::new(0));
        let mut conn = Some(conn);
        for _ in 0..dialect::writers_max(place) {
            let work = Work {
                conn: conn.take(),
                place: place.clone(),
                clock: clock.clone(),
                last: Arc::clone(&last),
                lane: Lane::Server,
                staged: Vec::new(),
                verdicts: Vec::new(),
                checkers: checkers.clone(),
                checker: None,
            };
            let runs = Runs::begin(&count, &lanes);
            let (lanes, live, meters) = (Arc::clone(&lanes), live.clone(), Arc::clone(meters));
            let written = async move {
                run(work, &lanes, &live, &meters).await;
                drop(runs);
            };
            match place {
                Place::File(_) => on_its_own_thread(written),
                Place::Server(_) => drop(tokio::spawn(written)),
            }
        }
        let by_shop = matches!(place, Place::Server(_));
        Self(Arc::new(Handle { lanes, by_shop, running }))
    }

    /// How many writes wait.
    pub fn waiting(&self) -> usize {
        self.0.lanes.waiting()
    }

    /// Whether nothing can be written any more.
    pub fn has_stopped(&self) -> bool {
        self.0.lanes.has_stopped()
    }

    /// Runs a job in the next group of its lane.
    pub async fn write<T, F>(&self, lane: Lane, job: F) -> Stored<T>
    where
        T: Send + 'static,
        F: for<'w> FnOnce(&'w mut Work) -> BoxFuture<'w, Stored<T>> + Clone + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let lane = if self.0.by_shop { lane } else { Lane::Server };
        self.0.lanes.put(lane, Box::new(Waiting::new(job, reply))).map_err(|refused| match refused {
            NotTaken::Full => StoreError::Full,
            NotTaken::Stopped => StoreError::Stopped,
        })?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }

    /// Finishes what waits and closes the connections.
    pub async fn stop(&self) {
        self.0.lanes.stop();
        let _ = self.0.running.clone().wait_for(|running| *running == 0).await;
    }
}

/// Counts a writer as long as it runs. With the last one what still waits is dropped, and so learns that nobody comes.
struct Runs {
    count: Arc<watch::Sender<usize>>,
    lanes: Arc<Lanes<Box<dyn Job>>>,
}

impl Runs {
    fn begin(count: &Arc<watch::Sender<usize>>, lanes: &Arc<Lanes<Box<dyn Job>>>) -> Self {
        count.send_modify(|count| *count += 1);
        Self { count: Arc::clone(count), lanes: Arc::clone(lanes) }
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        self.count.send_modify(|count| *count -= 1);
        if *self.count.borrow() == 0 {
            self.lanes.abandon();
        }
    }
}

/// A file is written by the thread that asks, and a commit waits for the disk: nobody else's turn may wait with it.
fn on_its_own_thread(written: impl Future<Output = ()> + Send + 'static) {
    let runtime = tokio::runtime::Handle::current();
    std::thread::spawn(move || runtime.block_on(written));
}

async fn run(mut work: Work, lanes: &Lanes<Box<dyn Job>>, live: &Live, meters: &Meters) {
    while let Some((lane, jobs)) = lanes.take().await {
        run_group(&mut work, lane, jobs, live, meters).await;
        lanes.done(lane);
    }
    if let Some(conn) = work.conn {
        close(conn).await;
    }
}

async fn close(mut conn: Conn) {
    if let Err(error) = dialect::fold_log(&mut conn).await {
        tracing::warn!(%error, "the log could not be folded into the database file; the next start does it");
    }
    if let Err(error) = conn.close().await {
        tracing::warn!(%error, "the database did not close cleanly");
    }
}

/// Why a group does not stand.
struct Failure {
    trouble: Trouble,
    why: String,
    /// The commit was asked for and its answer never came: it may stand all the same.
    is_unknown: bool,
    /// One job failed for reasons of its own.
    is_of_a_job: bool,
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self { trouble: dialect::trouble(&error), why: error.to_string(), is_unknown: false, is_of_a_job: false }
    }
}

impl Failure {
    const fn met(trouble: Trouble, why: String) -> Self {
        Self { trouble, why, is_unknown: false, is_of_a_job: false }
    }

    /// Whether the same group may succeed if it is run again.
    const fn passes(&self) -> bool {
        matches!(self.trouble, Trouble::Conflict | Trouble::Lost) && !self.is_unknown
    }

    fn told(&self) -> StoreError {
        if self.is_unknown { StoreError::Unknown(self.why.clone()) } else { StoreError::NotCommitted(self.why.clone()) }
    }
}

/// How the jobs of a group share their transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sharing {
    /// As one: what a job fails at takes back the writes of all. Nearly no job fails, and keeping them apart costs about a
    /// tenth of the work on a file, and two more questions for each at a server.
    AsOne,
    /// Each can be taken back alone.
    Apart,
    /// The same, and a job that meets trouble once more is left out of the group.
    ApartAtLast,
}

async fn run_group(work: &mut Work, lane: Lane, mut jobs: Vec<Box<dyn Job>>, live: &Live, meters: &Meters) {
    let mut tries = 1;
    let mut sharing = Sharing::AsOne;
    loop {
        let failure = match commit_in_time(work, lane, &mut jobs, sharing).await {
            Ok(event) => {
                meters.group(jobs.len(), &work.verdicts);
                jobs.into_iter().for_each(|job| job.answer(None));
                return live.tell(event);
            }
            Err(failure) => failure,
        };
        take_back(work, &failure).await;
        if failure.is_of_a_job {
            if jobs.len() == 1 {
                return jobs.into_iter().for_each(|job| job.answer(None));
            }
            sharing = Sharing::Apart;
            continue;
        }
        if !failure.passes() || tries == GROUP_TRIES_MAX {
            meters.group_lost();
            tracing::error!(error = failure.why, jobs = jobs.len(), tries, "a group of writes was not committed");
            return jobs.into_iter().for_each(|job| job.answer(Some(failure.told())));
        }
        tracing::debug!(error = failure.why, tries, "a group of writes is run again");
        wait_a_little(tries).await;
        tries += 1;
        if tries == GROUP_TRIES_MAX {
            sharing = Sharing::ApartAtLast;
        }
    }
}

/// Leaves the connection as a new group wants it, or none.
async fn take_back(work: &mut Work, failure: &Failure) {
    if failure.trouble == Trouble::Lost || failure.is_unknown {
        work.conn = None;
        return;
    }
    let Some(conn) = work.conn.as_mut() else { return };
    if let Err(error) = conn.run("ROLLBACK").await {
        tracing::debug!(%error, "there was nothing to roll back");
        if matches!(work.place, Place::Server(_)) {
            work.conn = None;
        }
    }
}

/// Waits a while that nobody can foresee, so that those who met do not meet again.
async fn wait_a_little(tries: u32) {
    let mut random = [0; 8];
    // Without random bits everybody waits for the longest time.
    let share = getrandom::fill(&mut random).map_or(u64::MAX, |()| u64::from_le_bytes(random));
    let longest = FIRST_WAIT_MS << (tries - 1);
    tokio::time::sleep(Duration::from_millis(1 + share % longest)).await;
}

/// Runs and commits a group. A server that says nothing at all for too long counts as lost.
async fn commit_in_time(
    work: &mut Work,
    lane: Lane,
    jobs: &mut [Box<dyn Job>],
    sharing: Sharing,
) -> Result<LiveEvent, Failure> {
    if matches!(work.place, Place::File(_)) {
        return commit_group(work, lane, jobs, sharing).await;
    }
    let committed = commit_group(work, lane, jobs, sharing);
    match tokio::time::timeout(Duration::from_secs(GROUP_SECONDS_MAX), committed).await {
        Ok(committed) => committed,
        Err(_) => {
            Err(Failure { is_unknown: true, ..Failure::met(Trouble::Lost, "the server says nothing".to_owned()) })
        }
    }
}

async fn commit_group(
    work: &mut Work,
    lane: Lane,
    jobs: &mut [Box<dyn Job>],
    sharing: Sharing,
) -> Result<LiveEvent, Failure> {
    work.staged.clear();
    work.verdicts.clear();
    work.checker = None;
    work.lane = lane;
    if work.conn.is_none() {
        work.conn = Some(dialect::writer(&work.place).await?);
    }
    dialect::begin_writing(work.conn()).await?;
    if let Lane::Shop(shop) = lane {
        dialect::lock_shop(work.conn(), shop).await?;
    }
    for job in jobs {
        match sharing {
            Sharing::AsOne => run_as_one(work, job.as_mut()).await?,
            Sharing::Apart | Sharing::ApartAtLast => run_apart(work, job.as_mut(), sharing).await?,
        }
    }
    let staged = std::mem::take(&mut work.staged);
    let customers = customers(&staged);
    let heads = feed::number(work.conn(), latest(staged)).await?;
    if let Err(error) = work.conn().run("COMMIT").await {
        let is_unknown = dialect::may_have_committed(work.conn(), &error);
        return Err(Failure { is_unknown, ..Failure::from(error) });
    }
    Ok(LiveEvent::Moved { heads, customers })
}

/// Runs one job so that its failure takes back the whole group.
async fn run_as_one(work: &mut Work, job: &mut dyn Job) -> Result<(), Failure> {
    match job.run(work).await {
        Ran::Stands => Ok(()),
        Ran::Met(trouble, why) => Err(Failure::met(trouble, why)),
        Ran::Failed => Err(Failure { is_of_a_job: true, ..Failure::met(Trouble::Other, "a job failed".to_owned()) }),
    }
}

/// Runs one job so that its failure takes back its own writes alone.
async fn run_apart(work: &mut Work, job: &mut dyn Job, sharing: Sharing) -> Result<(), Failure> {
    let (staged_before, verdicts_before) = (work.staged.len(), work.verdicts.len());
    work.conn().run("SAVEPOINT job").await?;
    match job.run(work).await {
        Ran::Stands => {}
        Ran::Met(trouble, why) if trouble == Trouble::Lost || sharing != Sharing::ApartAtLast => {
            return Err(Failure::met(trouble, why));
        }
        Ran::Failed | Ran::Met(..) => {
            work.staged.truncate(staged_before);
            work.verdicts.truncate(verdicts_before);
            work.checker = None;
            work.conn().run("ROLLBACK TO SAVEPOINT job").await?;
        }
    }
    work.conn().run("RELEASE SAVEPOINT job").await?;
    Ok(())
}

/// Of several changes of one entity in the group only the latest is worth a number.
fn latest(staged: Vec<(ShopId, Change)>) -> BTreeMap<(ShopId, Scope), Vec<Change>> {
    let mut seen = HashSet::new();
    let mut scopes = BTreeMap::<(ShopId, Scope), Vec<Change>>::new();
    for (shop, change) in staged.into_iter().rev() {
        let scope = change.scope();
        if seen.insert((shop, scope, change.entity())) {
            scopes.entry((shop, scope)).or_default().push(change);
        }
    }
    scopes.values_mut().for_each(|changes| changes.reverse());
    scopes
}

fn customers(staged: &[(ShopId, Change)]) -> Vec<CustomerId> {
    let touched: BTreeSet<CustomerId> = staged
        .iter()
        .filter_map(|(_, change)| match change {
            Change::Conversation(conversation) => Some(conversation.customer),
            _ => None,
        })
        .collect();
    touched.into_iter().collect()
}

#[cfg(test)]
mod tests;
