//! A row of an answer, from whichever database it is.

use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::file::FileRow;

/// A row of an answer.
pub enum DbRow {
    /// From a file.
    Sqlite(FileRow),
    /// From a server.
    Postgres(PgRow),
}

type Read<T> = Result<T, sqlx::Error>;

/// The columns of the few types that are stored. A column that is null reads as `None`.
impl DbRow {
    /// A text.
    pub fn kept_text(&self, column: &str) -> Read<Option<&str>> {
        match self {
            Self::Sqlite(row) => row.text(column),
            Self::Postgres(row) => row.try_get(column),
        }
    }

    /// A whole number.
    pub fn kept_number(&self, column: &str) -> Read<Option<i64>> {
        match self {
            Self::Sqlite(row) => row.number(column),
            Self::Postgres(row) => row.try_get(column),
        }
    }

    /// Bytes, which are taken out of the row where they can be.
    pub fn take_bytes(&mut self, column: &str) -> Read<Option<Vec<u8>>> {
        match self {
            Self::Sqlite(row) => row.take_bytes(column),
            Self::Postgres(row) => row.try_get(column),
        }
    }

    /// Bytes.
    pub fn kept_bytes(&self, column: &str) -> Read<Option<Vec<u8>>> {
        match self {
            Self::Sqlite(row) => row.bytes(column),
            Self::Postgres(row) => row.try_get(column),
        }
    }
}
