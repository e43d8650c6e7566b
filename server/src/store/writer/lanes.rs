//! What waits to be written. Jobs of one lane are run in the order in which they came, one group at a time; lanes are
//! run side by side.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use qinda::model::ShopId;
use tokio::sync::Notify;

use super::{BATCH_JOBS_MAX, QUEUE_JOBS_MAX};

/// Which jobs may share a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Those of a shop.
    Shop(ShopId),
    /// Those of no shop, such as making one or counting sign-ins.
    Server,
}

impl From<ShopId> for Lane {
    fn from(shop: ShopId) -> Self {
        Self::Shop(shop)
    }
}

/// Why a job was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// Too many wait.
    Full,
    /// Nothing is written any more.
    Stopped,
}

/// The jobs that wait, lane by lane.
pub struct Lanes<J> {
    state: Mutex<State<J>>,
    news: Notify,
}

struct State<J> {
    waiting: HashMap<Lane, VecDeque<J>>,
    /// The lanes that have jobs and are not being run, in the order in which they come next.
    ready: VecDeque<Lane>,
    running: HashSet<Lane>,
    count: usize,
    stopped: bool,
}

impl<J> Lanes<J> {
    pub fn new() -> Self {
        let state = State {
            waiting: HashMap::new(),
            ready: VecDeque::new(),
            running: HashSet::new(),
            count: 0,
            stopped: false,
        };
        Self { state: Mutex::new(state), news: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a job at the end of its lane.
    pub fn put(&self, lane: Lane, job: J) -> Result<(), NotTaken> {
        let mut state = self.state();
        if state.stopped {
            return Err(NotTaken::Stopped);
        }
        if state.count >= QUEUE_JOBS_MAX {
            return Err(NotTaken::Full);
        }
        state.count += 1;
        let jobs = state.waiting.entry(lane).or_default();
        jobs.push_back(job);
        let is_first = jobs.len() == 1;
        if is_first && !state.running.contains(&lane) {
            state.ready.push_back(lane);
            self.news.notify_one();
        }
        Ok(())
    }

    /// The next group: a lane that nobody else runs until it is [`Self::done`], and its first jobs. `None` when
    /// everything is written and nothing more comes.
    pub async fn take(&self) -> Option<(Lane, Vec<J>)> {
        loop {
            let news = self.news.notified();
            {
                let mut state = self.state();
                if let Some(group) = state.take() {
                    if !state.ready.is_empty() {
                        self.news.notify_one();
                    }
                    return Some(group);
                }
                if state.stopped {
                    // Whoever else waits for news learns it too.
                    self.news.notify_one();
                    return None;
                }
            }
            news.await;
        }
    }

    /// A lane may be run again.
    pub fn done(&self, lane: Lane) {
        let mut state = self.state();
        state.running.remove(&lane);
        if state.waiting.contains_key(&lane) {
            state.ready.push_back(lane);
            self.news.notify_one();
        }
    }

    /// Takes no more jobs. What waits is still run.
    pub fn stop(&self) {
        self.state().stopped = true;
        self.news.notify_one();
    }

    /// Takes no more jobs and drops those that wait: nobody is left to run them.
    pub fn abandon(&self) {
        let mut state = self.state();
        state.stopped = true;
        state.count = 0;
        state.ready.clear();
        let dropped = std::mem::take(&mut state.waiting);
        drop(state);
        drop(dropped);
    }

    /// How many jobs wait.
    pub fn waiting(&self) -> usize {
        self.state().count
    }

    /// Whether no more jobs are taken.
    pub fn has_stopped(&self) -> bool {
        self.state().stopped
    }
}

impl<J> State<J> {
    fn take(&mut self) -> Option<(Lane, Vec<J>)> {
        let lane = self.ready.pop_front()?;
        let waiting = self.waiting.get_mut(&lane)?;
        let jobs: Vec<J> = waiting.drain(..waiting.len().min(BATCH_JOBS_MAX)).collect();
        if waiting.is_empty() {
            self.waiting.remove(&lane);
        }
        self.count -= jobs.len();
        self.running.insert(lane);
        Some((lane, jobs))
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    fn lane(name: &str) -> Lane {
        Lane::Shop(ShopId::of_name(name))
    }

    fn next(lanes: &Lanes<u32>) -> Option<(Lane, Vec<u32>)> {
        lanes.take().now_or_never().flatten()
    }

    #[test]
    fn a_lane_is_run_by_one_at_a_time_and_the_others_beside_it() {
        let lanes = Lanes::new();
        let (tea, ink) = (lane("tea"), lane("ink"));
        for (of, job) in [(tea, 1), (tea, 2), (ink, 3)] {
            lanes.put(of, job).unwrap();
        }
        assert_eq!(next(&lanes), Some((tea, vec![1, 2])));
        lanes.put(tea, 4).unwrap();
        assert_eq!(next(&lanes), Some((ink, vec![3])));
        assert_eq!(next(&lanes), None, "both are being run");
        lanes.done(tea);
        assert_eq!(next(&lanes), Some((tea, vec![4])));
    }

    #[test]
    fn what_waits_is_bounded_and_is_still_run_after_the_end() {
        let lanes = Lanes::new();
        for job in 0..u32::try_from(QUEUE_JOBS_MAX).unwrap() {
            lanes.put(Lane::Server, job).unwrap();
        }
        assert_eq!(lanes.put(lane("tea"), 0), Err(NotTaken::Full));
        lanes.stop();
        assert_eq!(lanes.put(Lane::Server, 0), Err(NotTaken::Stopped));
        let mut run = 0;
        while let Some((of, jobs)) = next(&lanes) {
            assert!(jobs.len() <= BATCH_JOBS_MAX);
            run += jobs.len();
            lanes.done(of);
        }
        assert_eq!(run, QUEUE_JOBS_MAX);
    }
}
