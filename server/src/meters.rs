//! What the operator measures a server by: counters that cost an addition each, and how they are written for Prometheus.
//! They hold no name, no id and no words of anybody; every label has a handful of values.

use std::fmt::{Display, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use qinda::sync::Verdict;

/// Below how many seconds a request is counted in each bucket.
const SECONDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];
/// Up to how many jobs a group of writes is counted in each bucket.
const JOBS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];
const MICROS_PER_SECOND: f64 = 1_000_000.0;

/// What a request is for, by the beginning of its address.
const ROUTES: [(&str, &[&str]); 10] = [
    ("push", &["/sync/push"]),
    ("pull", &["/sync/pull"]),
    ("live", &["/sync/live"]),
    ("sync", &["/sync/"]),
    ("api", &["/api/"]),
    ("report", &["/report/"]),
    ("shopper", &["/c/"]),
    ("desk", &["/desk"]),
    ("health", &["/healthz"]),
    // Files of the site, and whatever else is asked for.
    ("other", &["/"]),
];
const STATUSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
const VERDICTS: [&str; 4] = ["applied", "rejected", "parked", "newer"];

/// Who holds a live channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveOf {
    /// A desk.
    Desk,
    /// A shopper's page.
    Shopper,
}

/// A number that goes up and down, or only up.
type Count = AtomicU64;

/// How many fell into each bucket, and their sum.
struct Histogram<const N: usize> {
    bounds: [f64; N],
    /// One for each bound, and one for what lies beyond the last.
    within: [Count; N],
    beyond: Count,
    /// In millionths.
    sum: Count,
}

impl<const N: usize> Histogram<N> {
    fn new(bounds: [f64; N]) -> Self {
        Self {
            bounds,
            within: std::array::from_fn(|_| Count::default()),
            beyond: Count::default(),
            sum: Count::default(),
        }
    }

    fn add(&self, value: f64, millionths: u64) {
        let bucket = self.bounds.iter().position(|bound| value <= *bound);
        bucket.map_or(&self.beyond, |bucket| &self.within[bucket]).fetch_add(1, Relaxed);
        self.sum.fetch_add(millionths, Relaxed);
    }

    fn write(&self, page: &mut Page, name: &str, labels: &str) {
        let mut total = 0;
        let with = |more: &str| if labels.is_empty() { more.to_owned() } else { format!("{labels},{more}") };
        for (bound, count) in self.bounds.iter().zip(&self.within) {
            total += count.load(Relaxed);
            page.line(&format!("{name}_bucket"), &with(&format!("le=\"{bound}\"")), total);
        }
        total += self.beyond.load(Relaxed);
        page.line(&format!("{name}_bucket"), &with("le=\"+Inf\""), total);
        page.line(&format!("{name}_sum"), labels, self.sum.load(Relaxed) as f64 / MICROS_PER_SECOND);
        page.line(&format!("{name}_count"), labels, total);
    }
}

/// What a server counts of itself.
pub struct Meters {
    began: Instant,
    requests: [[Count; STATUSES.len()]; ROUTES.len()],
    seconds: [Histogram<{ SECONDS.len() }>; ROUTES.len()],
    verdicts: [Count; VERDICTS.len()],
    live: [AtomicI64; 2],
    groups: Histogram<{ JOBS.len() }>,
    groups_lost: Count,
    heads_missed: Count,
    feed_behind: Count,
    /// When the heads were last looked at, in microseconds after the beginning.
    looked_at: Count,
    reports: [Count; 2],
}

impl Default for Meters {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            requests: std::array::from_fn(|_| Default::default()),
            seconds: std::array::from_fn(|_| Histogram::new(SECONDS)),
            verdicts: Default::default(),
            live: Default::default(),
            groups: Histogram::new(JOBS),
            groups_lost: Count::default(),
            heads_missed: Count::default(),
            feed_behind: Count::default(),
            looked_at: Count::default(),
            reports: Default::default(),
        }
    }
}

/// What is asked of the database and the system when somebody reads the meters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Looked {
    /// Which kind of database it is.
    pub database: &'static str,
    /// Writes that wait.
    pub writes_waiting: usize,
    /// Open conversations in which the shopper has the last word; `None` when the database does not answer.
    pub conversations_waiting: Option<u64>,
    /// The memory of the process, in bytes.
    pub resident_bytes: Option<u64>,
}

/// A live channel that is open, until it is dropped.
pub struct LiveHeld(Arc<Meters>, LiveOf);

impl Drop for LiveHeld {
    fn drop(&mut self) {
        self.0.live[self.1 as usize].fetch_sub(1, Relaxed);
    }
}

impl Meters {
    /// Counts a request that was answered.
    pub fn request(&self, path: &str, status: u16, took: Duration) {
        let is_of = |prefixes: &[&str]| prefixes.iter().any(|prefix| path.starts_with(prefix));
        let route = ROUTES.iter().position(|(_, prefixes)| is_of(prefixes)).unwrap_or(ROUTES.len() - 1);
        let status = usize::from(status / 100).clamp(1, STATUSES.len()) - 1;
        self.requests[route][status].fetch_add(1, Relaxed);
        self.seconds[route].add(took.as_secs_f64(), u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// Counts a group of writes that was committed, with the verdicts in it.
    pub fn group(&self, jobs: usize, verdicts: &[u8]) {
        let jobs = u32::try_from(jobs).unwrap_or(u32::MAX);
        self.groups.add(f64::from(jobs), u64::from(jobs) * 1_000_000);
        for verdict in verdicts {
            self.verdicts[usize::from(*verdict)].fetch_add(1, Relaxed);
        }
    }

    /// Counts a group of writes that was not committed.
    pub fn group_lost(&self) {
        self.groups_lost.fetch_add(1, Relaxed);
    }

    /// A live channel begins.
    #[must_use]
    pub fn hold_live(self: &Arc<Self>, of: LiveOf) -> LiveHeld {
        self.live[of as usize].fetch_add(1, Relaxed);
        LiveHeld(Arc::clone(self), of)
    }

    /// The heads of the feeds were looked at: so many had moved unheard, by so many changes.
    pub fn looked_at_heads(&self, missed: u64, changes: u64) {
        self.heads_missed.fetch_add(missed, Relaxed);
        self.feed_behind.store(changes, Relaxed);
        self.looked_at.store(self.micros(), Relaxed);
    }

    /// A report was sent, or not taken.
    pub fn report(&self, is_delivered: bool) {
        self.reports[usize::from(!is_delivered)].fetch_add(1, Relaxed);
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Everything, as Prometheus reads it.
    #[must_use]
    pub fn page(&self, looked: &Looked) -> String {
        let mut page = Page(String::new());
        let version = env!("CARGO_PKG_VERSION");
        page.head("qinda_build_info", "gauge", "What runs, on which kind of database.");
        page.line("qinda_build_info", &format!("version=\"{version}\",database=\"{}\"", looked.database), 1);
        page.one("qinda_uptime_seconds", "gauge", "Since the start.", self.began.elapsed().as_secs());
        if let Some(bytes) = looked.resident_bytes {
            page.one("process_resident_memory_bytes", "gauge", "Memory of the process.", bytes);
        }
        self.write_requests(&mut page);
        self.write_writes(&mut page, looked);
        page.head("qinda_live_connections", "gauge", "Open live channels.");
        for (of, name) in [(LiveOf::Desk, "desk"), (LiveOf::Shopper, "shopper")] {
            page.line("qinda_live_connections", &format!("of=\"{name}\""), self.live[of as usize].load(Relaxed));
        }
        let age = self.micros().saturating_sub(self.looked_at.load(Relaxed)) as f64 / MICROS_PER_SECOND;
        page.one("qinda_feed_look_age_seconds", "gauge", "Since the heads of the feeds were looked at.", age);
        let behind = self.feed_behind.load(Relaxed);
        page.one("qinda_feed_lag_changes", "gauge", "Changes of others that were not heard of at that look.", behind);
        let missed = self.heads_missed.load(Relaxed);
        page.one(
            "qinda_feed_heads_missed_total",
            "counter",
            "Heads that moved unheard and were found by looking.",
            missed,
        );
        if let Some(waiting) = looked.conversations_waiting {
            page.one("qinda_conversations_waiting", "gauge", "Open conversations that wait for an answer.", waiting);
        }
        page.head("qinda_reports_total", "counter", "Reports that were sent to a webhook.");
        for (outcome, count) in ["delivered", "failed"].into_iter().zip(&self.reports) {
            page.line("qinda_reports_total", &format!("outcome=\"{outcome}\""), count.load(Relaxed));
        }
        page.0
    }

    fn write_requests(&self, page: &mut Page) {
        page.head("qinda_requests_total", "counter", "Requests that were answered.");
        for ((route, _), counts) in ROUTES.iter().zip(&self.requests) {
            for (status, count) in STATUSES.iter().zip(counts) {
                let labels = format!("route=\"{route}\",status=\"{status}\"");
                page.line("qinda_requests_total", &labels, count.load(Relaxed));
            }
        }
        page.head("qinda_request_seconds", "histogram", "How long answers took to begin.");
        for ((route, _), seconds) in ROUTES.iter().zip(&self.seconds) {
            seconds.write(page, "qinda_request_seconds", &format!("route=\"{route}\""));
        }
    }

    fn write_writes(&self, page: &mut Page, looked: &Looked) {
        page.head("qinda_commands_total", "counter", "Commands of devices, by what became of them.");
        for (verdict, count) in VERDICTS.iter().zip(&self.verdicts) {
            page.line("qinda_commands_total", &format!("verdict=\"{verdict}\""), count.load(Relaxed));
        }
        page.one("qinda_writes_waiting", "gauge", "Writes that wait for their turn.", looked.writes_waiting);
        page.head("qinda_write_group_jobs", "histogram", "Writes that shared a commit.");
        self.groups.write(page, "qinda_write_group_jobs", "");
        let lost = self.groups_lost.load(Relaxed);
        page.one("qinda_write_groups_lost_total", "counter", "Groups of writes that were not committed.", lost);
    }
}

/// By which number a verdict is counted.
#[must_use]
pub const fn number_of(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Applied => 0,
        Verdict::Rejected { .. } => 1,
        Verdict::Parked { .. } => 2,
        Verdict::Newer(_) => 3,
    }
}

/// The memory of this process, in bytes, where the system tells.
#[must_use]
pub fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1_024)
}

struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a text cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl Display) {
        let _ = match labels {
            "" => writeln!(self.0, "{name} {value}"),
            labels => writeln!(self.0, "{name}{{{labels}}} {value}"),
        };
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.head(name, kind, help);
        self.line(name, "", value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_stands_on_the_page_and_names_nobody() {
        let meters = Arc::new(Meters::default());
        meters.request("/c/tea/messages", 200, Duration::from_micros(2_000));
        meters.request("/c/tea/messages", 200, Duration::from_secs(60));
        meters.request("/sync/push", 503, Duration::ZERO);
        meters.request("*", 999, Duration::ZERO);
        meters.group(3, &[0, 0, 2]);
        let held = meters.hold_live(LiveOf::Shopper);
        let page = meters.page(&Looked { database: "sqlite", writes_waiting: 7, ..Looked::default() });
        for line in [
            "qinda_requests_total{route=\"shopper\",status=\"2xx\"} 2",
            "qinda_requests_total{route=\"push\",status=\"5xx\"} 1",
            "qinda_requests_total{route=\"other\",status=\"5xx\"} 1",
            "qinda_request_seconds_bucket{route=\"shopper\",le=\"0.001\"} 0",
            "qinda_request_seconds_bucket{route=\"shopper\",le=\"0.0025\"} 1",
            "qinda_request_seconds_bucket{route=\"shopper\",le=\"30\"} 1",
            "qinda_request_seconds_bucket{route=\"shopper\",le=\"+Inf\"} 2",
            "qinda_request_seconds_sum{route=\"shopper\"} 60.002",
            "qinda_commands_total{verdict=\"applied\"} 2",
            "qinda_commands_total{verdict=\"parked\"} 1",
            "qinda_write_group_jobs_sum 3",
            "qinda_writes_waiting 7",
            "qinda_live_connections{of=\"shopper\"} 1",
        ] {
            assert!(page.lines().any(|told| told == line), "{line} in\n{page}");
        }
        assert!(!page.contains("tea") && !page.contains("qinda_conversations_waiting"));
        drop(held);
        assert!(meters.page(&Looked::default()).contains("qinda_live_connections{of=\"shopper\"} 0"));
    }

    #[test]
    fn addresses_that_nobody_serves_make_no_new_lines() {
        let meters = Meters::default();
        let lines = |meters: &Meters| meters.page(&Looked::default()).lines().count();
        let before = lines(&meters);
        for number in 0..1_000_u16 {
            meters.request(&format!("/{number}/x"), number, Duration::ZERO);
        }
        assert_eq!(lines(&meters), before);
    }
}
