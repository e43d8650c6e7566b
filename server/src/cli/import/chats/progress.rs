//! How far an import is, on the error output: one line that changes at a terminal, else a line now and then.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// How often the line of a terminal changes.
const SHOWN_EVERY: Duration = Duration::from_millis(200);
/// How often a line is written where there is no terminal.
const WRITTEN_EVERY: Duration = Duration::from_secs(10);
/// How wide the bar is, in characters.
const WIDTH: u64 = 24;

/// A line that tells how far something is.
#[derive(Default)]
pub struct Line {
    shown: Option<Instant>,
}

impl Line {
    /// Whether it was not shown just now.
    pub fn is_due(&self) -> bool {
        let every = if is_terminal() { SHOWN_EVERY } else { WRITTEN_EVERY };
        self.shown.is_none_or(|shown| shown.elapsed() >= every)
    }

    /// Shows it.
    pub fn show(&mut self, line: &str) {
        self.shown = Some(Instant::now());
        let mut stderr = std::io::stderr();
        // Nobody may be there to see it.
        let _ = if is_terminal() { write!(stderr, "\r{line}\x1b[K") } else { writeln!(stderr, "{line}") };
    }

    /// Leaves it, if it was shown.
    pub fn end(&self) {
        if self.shown.is_some() && is_terminal() {
            let _ = writeln!(std::io::stderr());
        }
    }
}

fn is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

/// Shows how far an import is.
pub struct Bar {
    began: Instant,
    line: Line,
    /// How many bytes there are to read; of a workbook nobody knows.
    bytes: Option<u64>,
}

impl Bar {
    /// Begins to count the time.
    pub fn new(bytes: Option<u64>) -> Self {
        Self { began: Instant::now(), line: Line::default(), bytes }
    }

    /// Shows how far it is, unless that was shown just now.
    pub fn show(&mut self, rows: u64, read_bytes: u64) {
        if self.line.is_due() {
            let share = self.bytes.filter(|bytes| *bytes > 0).map(|bytes| read_bytes.min(bytes) * 100 / bytes);
            self.line.show(&line(rows, speed(rows, self.began.elapsed()), share));
        }
    }

    /// Leaves the line.
    pub fn end(&mut self, rows: u64) {
        self.line.show(&line(rows, speed(rows, self.began.elapsed()), None));
        self.line.end();
    }
}

fn speed(rows: u64, took: Duration) -> u64 {
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    rows.saturating_mul(1_000) / millis
}

fn line(rows: u64, speed: u64, share: Option<u64>) -> String {
    let bar = share.map(|share| {
        let full = share * WIDTH / 100;
        let drawn: String = (0..WIDTH).map(|place| if place < full { '█' } else { '░' }).collect();
        format!("{drawn} {share:>3} %  ")
    });
    format!("{}{rows} 行 rows  {speed} 行/秒 rows/s", bar.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_how_far_it_is() {
        assert_eq!(line(2_000, 900, Some(50)), "████████████░░░░░░░░░░░░  50 %  2000 行 rows  900 行/秒 rows/s");
        assert_eq!(line(7, 1, None), "7 行 rows  1 行/秒 rows/s");
        assert_eq!(speed(3_000, Duration::from_millis(1_500)), 2_000);
        assert_eq!(speed(3, Duration::ZERO), 3_000);
    }
}
