//! The one writer: it takes whatever waits, runs it in one transaction, numbers the changes, commits, and only then
//! answers. So a commit to disk is shared by everybody who waits for it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use qinda::model::{CustomerId, Micros, ShopId};
use qinda::sync::{Change, Scope};
use sqlx::{Connection as _, Executor as _};
use tokio::sync::{mpsc, oneshot};

use super::dialect::{self, Conn};
use super::feed;
use super::live::{Live, LiveEvent};
use super::wording::Checkers;
use super::{Clock, StoreError, Stored};

/// How many writes may wait. More are refused, so that a slow disk shows as "try again", not as a growing heap.
pub const QUEUE_JOBS_MAX: usize = 1_024;
/// How many writes share a transaction.
pub const BATCH_JOBS_MAX: usize = 256;

/// What a job works with: the writing connection and the changes that the group has made so far.
pub struct Work {
    conn: Conn,
    clock: Clock,
    last: Micros,
    staged: Vec<(ShopId, Change)>,
    pub(super) checkers: Checkers,
}

impl Work {
    /// The connection, inside the group's transaction.
    pub fn conn(&mut self) -> &mut Conn {
        &mut self.conn
    }

    /// The moment. Never the same twice and never an earlier one, whatever the machine's clock does.
    pub fn now(&mut self) -> Micros {
        self.last = self.clock.now().max(Micros(self.last.0 + 1));
        self.last
    }

    /// Remembers a change for the feed. It gets its number at the end of the transaction.
    pub(super) fn stage(&mut self, shop: ShopId, change: Change) {
        self.staged.push((shop, change));
    }
}

type Answer = Box<dyn FnOnce(Option<StoreError>) + Send>;

/// What a job left: whether its writes stand, and how to tell whoever waits.
struct Ran {
    stands: bool,
    answer: Answer,
}

type Job = Box<dyn for<'w> FnOnce(&'w mut Work) -> BoxFuture<'w, Ran> + Send>;

enum Message {
    Job(Job),
    Stop(oneshot::Sender<()>),
}

/// Hands jobs to the writer.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Message>,
}

impl Writer {
    /// Starts the writer on its connection.
    pub fn start(conn: Conn, clock: Clock, live: Live) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE_JOBS_MAX);
        let work = Work { conn, clock, last: Micros(0), staged: Vec::new(), checkers: Checkers::default() };
        tokio::spawn(run(work, waiting, live));
        Self { queue }
    }

    /// Whether nothing can be written any more.
    pub fn has_stopped(&self) -> bool {
        self.queue.is_closed()
    }

    /// Runs a job in the next group.
    pub async fn write<T, F>(&self, job: F) -> Stored<T>
    where
        T: Send + 'static,
        F: for<'w> FnOnce(&'w mut Work) -> BoxFuture<'w, Stored<T>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |work| {
            Box::pin(async move {
                let result =
                    AssertUnwindSafe(job(work)).catch_unwind().await.unwrap_or_else(|_| Err(StoreError::Panicked));
                let stands = result.is_ok();
                let answer = move |lost: Option<StoreError>| {
                    // Whoever asked may have hung up; the write stands all the same.
                    let _ = reply.send(lost.map_or(result, Err));
                };
                Ran { stands, answer: Box::new(answer) }
            })
        });
        self.queue.try_send(Message::Job(job)).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => StoreError::Full,
            mpsc::error::TrySendError::Closed(_) => StoreError::Stopped,
        })?;
        answer.await.map_err(|_| StoreError::NotCommitted("the group could not begin".to_owned()))?
    }

    /// Finishes what waits and closes the connection.
    pub async fn stop(&self) {
        let (done, finished) = oneshot::channel();
        if self.queue.send(Message::Stop(done)).await.is_ok() {
            let _ = finished.await;
        }
    }
}

async fn run(mut work: Work, mut waiting: mpsc::Receiver<Message>, live: Live) {
    let mut messages = Vec::with_capacity(BATCH_JOBS_MAX);
    while waiting.recv_many(&mut messages, BATCH_JOBS_MAX).await > 0 {
        let mut jobs = Vec::with_capacity(messages.len());
        let mut stop = None;
        for message in messages.drain(..) {
            match message {
                Message::Job(job) => jobs.push(job),
                Message::Stop(done) => stop = Some(done),
            }
        }
        if !jobs.is_empty() {
            run_group(&mut work, jobs, &live).await;
        }
        if let Some(done) = stop {
            close(work.conn).await;
            let _ = done.send(());
            return;
        }
    }
    close(work.conn).await;
}

async fn close(mut conn: Conn) {
    if let Err(error) = dialect::fold_log(&mut conn).await {
        tracing::warn!(%error, "the log could not be folded into the database file; the next start does it");
    }
    if let Err(error) = conn.close().await {
        tracing::warn!(%error, "the database did not close cleanly");
    }
}

async fn run_group(work: &mut Work, jobs: Vec<Job>, live: &Live) {
    let mut answers = Vec::with_capacity(jobs.len());
    match commit_group(work, jobs, &mut answers).await {
        Ok(event) => {
            answers.into_iter().for_each(|answer| answer(None));
            live.tell(event);
        }
        Err(error) => {
            tracing::error!(%error, jobs = answers.len(), "a group of writes was not committed");
            work.checkers.forget_all();
            if let Err(error) = work.conn.execute("ROLLBACK").await {
                tracing::debug!(%error, "there was nothing to roll back");
            }
            let why = error.to_string();
            answers.into_iter().for_each(|answer| answer(Some(StoreError::NotCommitted(why.clone()))));
        }
    }
}

/// Leaves with `answers` what every job that ran has to say. A job that could not run is dropped, which its waiting
/// caller notices.
async fn commit_group(work: &mut Work, jobs: Vec<Job>, answers: &mut Vec<Answer>) -> Result<LiveEvent, sqlx::Error> {
    work.staged.clear();
    work.conn.execute(dialect::BEGIN_WRITING).await?;
    for job in jobs {
        run_apart(work, job, answers).await?;
    }
    let staged = std::mem::take(&mut work.staged);
    let customers = customers(&staged);
    let heads = feed::number(&mut work.conn, latest(staged)).await?;
    work.conn.execute("COMMIT").await?;
    Ok(LiveEvent::Moved { heads, customers })
}

/// Runs one job so that its failure takes back its own writes alone.
async fn run_apart(work: &mut Work, job: Job, answers: &mut Vec<Answer>) -> Result<(), sqlx::Error> {
    let staged_before = work.staged.len();
    work.conn.execute("SAVEPOINT job").await?;
    let ran = job(work).await;
    answers.push(ran.answer);
    if !ran.stands {
        work.staged.truncate(staged_before);
        work.checkers.forget_all();
        work.conn.execute("ROLLBACK TO SAVEPOINT job").await?;
    }
    work.conn.execute("RELEASE SAVEPOINT job").await?;
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
