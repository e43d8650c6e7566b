//! What happened in a history, for a person to read and for two runs to be compared.

use std::hash::{DefaultHasher, Hasher as _};

/// The lines of a history.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    lines: Option<Vec<String>>,
}

impl Trace {
    /// A trace that keeps its lines.
    pub fn kept() -> Self {
        Self { lines: Some(Vec::new()) }
    }

    /// Notes a line, if lines are kept.
    pub fn note(&mut self, line: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push(line());
        }
    }

    /// The lines.
    pub fn lines(&self) -> &[String] {
        self.lines.as_deref().unwrap_or_default()
    }

    /// A number that differs between different traces.
    pub fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for line in self.lines() {
            hasher.write(line.as_bytes());
            hasher.write_u8(0);
        }
        hasher.finish()
    }
}
