//! Waiting lines: what becomes of those who ask, when so many can be served at once.

use super::gamma::ln_series;

/// The largest load that is reckoned with, in chats at once.
pub const LOAD_MAX: f64 = 20_000.0;
/// More than are ever needed for the largest load.
const SERVERS_MAX: u32 = 1 << 20;

/// A waiting line: chats come independently of each other at an even rate, and take times that are spread as an exponential
/// distribution is. Who came first is served first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Queue {
    /// How many chats would be under way on average if nobody ever waited: chats per second times seconds per chat, in erlangs.
    pub load: f64,
    /// How long a chat takes on average, in seconds.
    pub handling_seconds: f64,
    /// How long a shopper waits on average before leaving, in seconds; `None` where everybody stays (Erlang C instead of A).
    pub patience_seconds: Option<f64>,
}

/// What becomes of those who ask; each is a share from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Outcome {
    /// How many are served within the time. Who leaves is not.
    pub within: f64,
    /// How many have to wait at all.
    pub waits: f64,
    /// How many leave without having been served.
    pub leaves: f64,
    /// How much of the time those who serve are busy.
    pub busy: f64,
}

/// How likely all servers are busy where nobody waits: Erlang's B. Each step is the next number of servers, so no factorial
/// and no power is ever formed, and thousands of servers are as exact as two (A. A. Jagers and E. A. van Doorn, *On the
/// continued Erlang loss function*, 1986).
fn blocking(load: f64, servers: u32) -> f64 {
    let mut blocking = 1.0;
    for server in 1..=servers {
        blocking = load * blocking / (f64::from(server) + load * blocking);
    }
    blocking
}

impl Queue {
    /// What becomes of those who ask with so many servers, when being served within so many seconds is what counts.
    #[must_use]
    pub fn outcome(&self, servers: u32, within_seconds: f64) -> Outcome {
        if self.load <= 0.0 {
            return Outcome { within: 1.0, ..Outcome::default() };
        }
        if servers == 0 {
            let leaves = if self.patience_seconds.is_some() { 1.0 } else { 0.0 };
            return Outcome { waits: 1.0, leaves, ..Outcome::default() };
        }
        match self.patience_seconds {
            Some(patience) => {
                self.with_patience(f64::from(servers), blocking(self.load, servers), within_seconds, patience)
            }
            None => self.without_end(f64::from(servers), blocking(self.load, servers), within_seconds),
        }
    }

    /// Erlang's C: whoever waits stays (A. K. Erlang, 1917; R. B. Cooper, *Introduction to Queueing Theory*, 3.5).
    fn without_end(&self, servers: f64, blocking: f64, within_seconds: f64) -> Outcome {
        let busy = self.load / servers;
        if busy >= 1.0 {
            // The line grows for as long as chats come.
            return Outcome { waits: 1.0, busy: 1.0, ..Outcome::default() };
        }
        let waits = blocking / (1.0 - busy * (1.0 - blocking));
        let late = waits * (-(servers - self.load) * within_seconds / self.handling_seconds).exp();
        Outcome { within: 1.0 - late, waits, leaves: 0.0, busy }
    }

    /// Erlang's A: patience is spread as an exponential distribution is (C. Palm, 1957; A. Mandelbaum and S. Zeltyn, *Service
    /// engineering in action: the Palm/Erlang-A queue*, 2007). With `m` the rate of serving and `x` that of coming, both
    /// counted by the rate of leaving, everything is told by one series.
    fn with_patience(&self, servers: f64, blocking: f64, within_seconds: f64, patience: f64) -> Outcome {
        let (m, x) = (servers * patience / self.handling_seconds, self.load * patience / self.handling_seconds);
        let all_busy = ln_series(m, x);
        // By the time that counts, so many of those who would have come are still there.
        let passed = within_seconds / patience;
        let x_then = x * (-passed).exp();
        let waits = if blocking > 0.0 { 1.0 / (1.0 + (1.0 / blocking - 1.0) * (-all_busy).exp()) } else { 0.0 };
        let served = (m / x * -(-all_busy).exp_m1()).clamp(0.0, 1.0);
        let late = -passed * (m + 1.0) - x * (-passed).exp_m1() + ln_series(m + 1.0, x_then) - all_busy;
        let late = (m / (m + 1.0) * late.exp()).clamp(0.0, served);
        let leaves = waits * (1.0 - served);
        Outcome {
            within: (1.0 - leaves - waits * late).max(0.0),
            waits,
            leaves,
            busy: (self.load * (1.0 - leaves) / servers).min(1.0),
        }
    }

    /// The fewest servers with which at least that share is served within so many seconds; `None` where the load or the share
    /// are beyond all bounds.
    #[must_use]
    pub fn servers_for(&self, share: f64, within_seconds: f64) -> Option<u32> {
        if self.load <= 0.0 {
            return Some(0);
        }
        if self.load > LOAD_MAX || share >= 1.0 {
            return None;
        }
        let does = |servers| self.outcome(servers, within_seconds).within >= share;
        // Nobody serves more than all the time, so fewer than this cannot do.
        let mut too_few = (self.load * share).ceil() as u32;
        too_few = too_few.saturating_sub(1);
        let mut enough = too_few + 1;
        while !does(enough) {
            too_few = enough;
            enough = enough + enough / 8 + 1;
            if enough > SERVERS_MAX {
                return None;
            }
        }
        while enough - too_few > 1 {
            let middle = too_few + (enough - too_few) / 2;
            *(if does(middle) { &mut enough } else { &mut too_few }) = middle;
        }
        Some(enough)
    }
}

#[cfg(test)]
mod tests;
