//! A write that waits, together with whoever waits for it.

use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::sync::oneshot;

use super::Work;
use crate::store::dialect::{self, Trouble};
use crate::store::{StoreError, Stored};

/// What came of running a job.
pub enum Ran {
    /// Its writes stand, if the group does.
    Stands,
    /// It failed for reasons of its own.
    Failed,
    /// It met trouble that may be over when the whole group is run again.
    Met(Trouble, String),
}

/// A write that waits. It can be run any number of times and is answered once.
pub trait Job: Send {
    /// Runs it inside a transaction.
    fn run<'w>(&'w mut self, work: &'w mut Work) -> BoxFuture<'w, Ran>;

    /// Tells whoever waits what came of the last run, or that it was lost with its group.
    fn answer(self: Box<Self>, lost: Option<StoreError>);
}

/// A job and who waits for it.
pub struct Waiting<T, F> {
    job: F,
    result: Option<Stored<T>>,
    reply: oneshot::Sender<Stored<T>>,
}

impl<T, F> Waiting<T, F> {
    pub fn new(job: F, reply: oneshot::Sender<Stored<T>>) -> Self {
        Self { job, result: None, reply }
    }
}

impl<T, F> Job for Waiting<T, F>
where
    T: Send + 'static,
    F: for<'w> FnOnce(&'w mut Work) -> BoxFuture<'w, Stored<T>> + Clone + Send + 'static,
{
    fn run<'w>(&'w mut self, work: &'w mut Work) -> BoxFuture<'w, Ran> {
        let job = self.job.clone();
        Box::pin(async move {
            let run = AssertUnwindSafe(async move { job(work).await }).catch_unwind().await;
            let result = run.unwrap_or(Err(StoreError::Panicked));
            let ran = result.as_ref().map_or_else(met, |_| Ran::Stands);
            self.result = Some(result);
            ran
        })
    }

    fn answer(self: Box<Self>, lost: Option<StoreError>) {
        let result = match lost {
            Some(lost) => Err(lost),
            None => self.result.unwrap_or(Err(StoreError::Stopped)),
        };
        // Whoever asked may have hung up; the write stands all the same.
        let _ = self.reply.send(result);
    }
}

fn met(error: &StoreError) -> Ran {
    let StoreError::Database(error) = error else { return Ran::Failed };
    match dialect::trouble(error) {
        trouble @ (Trouble::Conflict | Trouble::Lost) => Ran::Met(trouble, error.to_string()),
        _ => Ran::Failed,
    }
}
