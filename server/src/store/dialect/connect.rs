//! Connecting.

use std::path::Path;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Executor as _};

use super::{Conn, FileLink, FilePool, Place, Pool, ServerLink, query};
use crate::store::{READER_WAIT_SECONDS, READERS_MAX};

/// How long a writer waits for another one to finish, in milliseconds.
pub const BUSY_WAIT_MS: u64 = 5_000;
/// How long a server works on one statement before it gives up, in milliseconds.
pub const STATEMENT_WAIT_MS: u64 = 30_000;
/// How long a server waits for the next statement of a transaction, in milliseconds. A node that stands still in the
/// middle of one loses it, so that the others get at its shop.
pub const TRANSACTION_IDLE_WAIT_MS: u64 = 10_000;
/// How long a server may take to let us in.
pub const CONNECT_WAIT: Duration = Duration::from_secs(5);
/// How many prepared statements a connection keeps.
pub const STATEMENTS_MAX: usize = 200;
/// How much of the database a connection keeps in memory, in KiB.
pub const CACHE_KIB: i64 = -16_384;
/// How long the log of a file grows before it is folded in, in pages. A page that changes with every message is then written
/// back once for many of them.
pub const LOG_PAGES_MAX: i64 = 4_000;
/// What the connections are called in the server's own lists, unless the address names them.
const APPLICATION_NAME: &str = "qinda";

/// A connection for bringing the tables of a file up to date, which is the migrator's. A file is made when there is none.
pub async fn migrating(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_millis(BUSY_WAIT_MS));
    let mut conn = options.connect().await?;
    // Finds out at once, not at the first message, when the disk cannot be written.
    conn.execute("BEGIN IMMEDIATE").await?;
    conn.execute("COMMIT").await?;
    Ok(conn)
}

fn of_server(options: &PgConnectOptions) -> PgConnectOptions {
    named(options).statement_cache_capacity(STATEMENTS_MAX).options([
        ("lock_timeout", BUSY_WAIT_MS),
        ("statement_timeout", STATEMENT_WAIT_MS),
        ("idle_in_transaction_session_timeout", TRANSACTION_IDLE_WAIT_MS),
    ])
}

/// So that the server's own lists show whose a connection is.
pub fn named(options: &PgConnectOptions) -> PgConnectOptions {
    match options.get_application_name() {
        Some(_) => options.clone(),
        None => options.clone().application_name(APPLICATION_NAME),
    }
}

/// A connection beside those that read and write.
pub async fn beside(options: &PgConnectOptions) -> Result<Conn, sqlx::Error> {
    Ok(Conn::Postgres(ServerLink::Own(Box::new(connected(&named(options)).await?))))
}

fn of_server_to_read(options: &PgConnectOptions) -> PgConnectOptions {
    of_server(options).options([("default_transaction_read_only", "on")])
}

/// A connection that writes. A file is made when there is none.
pub async fn writer(place: &Place) -> Result<Conn, sqlx::Error> {
    match place {
        Place::File(path) => Ok(Conn::Sqlite(FileLink::writer(path)?)),
        Place::Server(options) => Ok(Conn::Postgres(ServerLink::Own(Box::new(connected(&of_server(options)).await?)))),
    }
}

/// The connections that read. They cannot write.
pub fn readers(place: &Place) -> Pool {
    match place {
        Place::File(path) => Pool::Sqlite(FilePool::of(path)),
        Place::Server(options) => {
            let wait = Duration::from_secs(READER_WAIT_SECONDS);
            let pool = PgPoolOptions::new().max_connections(READERS_MAX).acquire_timeout(wait);
            Pool::Postgres(pool.connect_lazy_with(of_server_to_read(options)))
        }
    }
}

/// A connection for looking only. `None` when there is no file, or no table of ours at the server.
pub async fn looker(place: &Place) -> Result<Option<Conn>, sqlx::Error> {
    match place {
        Place::File(path) if !path.exists() => Ok(None),
        Place::File(path) => Ok(Some(Conn::Sqlite(FileLink::looker(path)?))),
        Place::Server(options) => {
            let mut conn = Conn::Postgres(ServerLink::Own(Box::new(connected(&of_server_to_read(options)).await?)));
            let found = query("SELECT table_name FROM information_schema.tables WHERE table_name = 'shops'");
            let is_there = found.fetch_optional(&mut conn).await?.is_some();
            Ok(is_there.then_some(conn))
        }
    }
}

/// A server that does not answer counts as away.
async fn connected(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    match tokio::time::timeout(CONNECT_WAIT, options.connect()).await {
        Ok(connected) => connected,
        Err(late) => Err(sqlx::Error::Io(late.into())),
    }
}
