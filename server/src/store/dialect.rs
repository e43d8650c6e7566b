//! The only place that knows which database it is. Everything else is SQL that SQLite and PostgreSQL both speak.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Executor, Row as _};

use super::{READER_WAIT_SECONDS, READERS_MAX};

/// The database.
pub type Db = sqlx::Sqlite;
/// A connection.
pub type Conn = sqlx::SqliteConnection;
/// Connections that read.
pub type Pool = sqlx::SqlitePool;
/// A row of an answer.
pub type DbRow = sqlx::sqlite::SqliteRow;
/// A transaction that reads.
pub type ReadTransaction = sqlx::Transaction<'static, Db>;

/// How long a writer waits for another process to finish, in milliseconds.
pub const BUSY_WAIT_MS: u64 = 5_000;
/// How many prepared statements a connection keeps.
const STATEMENTS_MAX: usize = 200;
/// How much of the database a connection keeps in memory, in KiB.
const CACHE_KIB: &str = "-16384";

/// Begins a transaction that may write, and waits its turn for it.
pub const BEGIN_WRITING: &str = "BEGIN IMMEDIATE";

fn options(path: &Path) -> SqliteConnectOptions {
    // FULL: a commit returns once the log is on the disk, so an acknowledged message survives a power cut.
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_millis(BUSY_WAIT_MS))
        .statement_cache_capacity(STATEMENTS_MAX)
        .pragma("cache_size", CACHE_KIB)
        .pragma("temp_store", "MEMORY")
}

/// The one connection that writes.
pub async fn writer(path: &Path) -> Result<Conn, sqlx::Error> {
    let mut conn = options(path).create_if_missing(true).connect().await?;
    // Finds out at once, not at the first message, when the disk cannot be written.
    conn.execute(BEGIN_WRITING).await?;
    conn.execute("COMMIT").await?;
    Ok(conn)
}

/// The connections that read. They cannot write.
pub fn readers(path: &Path) -> Result<Pool, sqlx::Error> {
    Ok(SqlitePoolOptions::new()
        .max_connections(READERS_MAX)
        .acquire_timeout(Duration::from_secs(READER_WAIT_SECONDS))
        .connect_lazy_with(options(path).pragma("query_only", "ON")))
}

/// A connection to a database that exists, for looking only.
pub async fn looker(path: &Path) -> Result<Conn, sqlx::Error> {
    options(path).create_if_missing(false).pragma("query_only", "ON").connect().await
}

/// A number that changes when another connection commits.
pub async fn commits_of_others(conn: &mut Conn) -> Result<i64, sqlx::Error> {
    conn.fetch_one("PRAGMA data_version").await?.try_get(0)
}

/// Folds the log into the database file, so that a copy of the file alone is whole.
pub async fn fold_log(conn: &mut Conn) -> Result<(), sqlx::Error> {
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.map(drop)
}

/// What kind of trouble an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Another program holds the database.
    Busy,
    /// The place cannot be written.
    ReadOnly,
    /// The disk is full.
    Full,
    /// What lies there is no database, or a damaged one.
    Damaged,
    /// Anything else.
    Other,
}

/// Tells the kinds of trouble apart.
pub fn trouble(error: &sqlx::Error) -> Trouble {
    let code = error.as_database_error().and_then(|error| error.code()).and_then(|code| code.parse::<u32>().ok());
    // The low byte of SQLite's extended result codes is the kind.
    match code.map(|code| code & 0xff) {
        Some(5 | 6) => Trouble::Busy,
        Some(3 | 8 | 14 | 23) => Trouble::ReadOnly,
        Some(13) => Trouble::Full,
        Some(11 | 26) => Trouble::Damaged,
        _ => Trouble::Other,
    }
}

/// Whether another program held the database for too long.
pub fn is_busy(error: &sqlx::Error) -> bool {
    trouble(error) == Trouble::Busy
}
