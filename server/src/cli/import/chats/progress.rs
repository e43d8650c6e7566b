//! How far an import is, on the error output: one line that changes at a terminal, else a line now and then.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// How often the line of a terminal changes.
const SHOWN_EVERY: Duration = Duration::from_millis(200);
/// How often a line is written where there is no terminal.
const WRITTEN_EVERY: Duration = Duration::from_secs(10);
/// How wide the bar is, in characters.
const WIDTH: u64 = 24;

/// Shows how far an import is.
pub struct Bar {
    is_terminal: bool,
    began: Instant,
    shown: Option<Instant>,
    /// How many bytes there are to read; of a workbook nobody knows.
    bytes: Option<u64>,
}

impl Bar {
    /// Begins to count the time.
    pub fn new(bytes: Option<u64>) -> Self {
        Self { is_terminal: std::io::stderr().is_terminal(), began: Instant::now(), shown: None, bytes }
    }

    /// Shows how far it is, unless that was shown just now.
    pub fn show(&mut self, rows: u64, read_bytes: u64) {
        let every = if self.is_terminal { SHOWN_EVERY } else { WRITTEN_EVERY };
        if self.shown.is_some_and(|shown| shown.elapsed() < every) {
            return;
        }
        self.shown = Some(Instant::now());
        let share = self.bytes.filter(|bytes| *bytes > 0).map(|bytes| read_bytes.min(bytes) * 100 / bytes);
        let speed = speed(rows, self.began.elapsed());
        let line = line(rows, speed, share);
        let mut stderr = std::io::stderr();
        // Nobody may be there to see it.
        let _ = if self.is_terminal { write!(stderr, "\r{line}\x1b[K") } else { writeln!(stderr, "{line}") };
    }

    /// Leaves the line.
    pub fn end(&mut self, rows: u64) {
        let mut stderr = std::io::stderr();
        let line = line(rows, speed(rows, self.began.elapsed()), None);
        let _ = if self.is_terminal { writeln!(stderr, "\r{line}\x1b[K") } else { writeln!(stderr, "{line}") };
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
