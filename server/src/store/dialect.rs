//! The only place that knows which database it is. Everything else is SQL that SQLite and PostgreSQL both speak, with
//! `$1` for what is bound; what must differ has a name here.

mod connect;
mod file;
mod many;
mod notify;
mod place;
mod query;
mod row;
mod trouble;

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use qinda::model::ShopId;
use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, Executor as _, PgConnection, PgPool, Postgres, Transaction};

pub use connect::{looker, migrating, readers, writer};
use file::{FileLink, FilePool};
pub use many::{AMONG, Among, Many};
#[cfg(test)]
pub use notify::MESSAGE_BYTES_MAX;
pub use notify::{Hearer, Teller};
pub use place::{Place, PlaceFault};
pub use query::{Query, Value, query};
pub use row::DbRow;
pub use trouble::{Trouble, trouble};

/// A connection to whichever database it is.
pub enum Conn {
    /// To a file.
    Sqlite(FileLink),
    /// To a server.
    Postgres(ServerLink),
}

/// A connection to a server, and whose it is.
pub enum ServerLink {
    /// Its holder's alone.
    Own(Box<PgConnection>),
    /// Lent by a pool.
    Lent(PoolConnection<Postgres>),
    /// Lent by a pool, and inside a transaction that only reads.
    Snapshot(Transaction<'static, Postgres>),
}

impl ServerLink {
    /// The driver's connection.
    pub fn driver(&mut self) -> &mut PgConnection {
        match self {
            Self::Own(conn) => conn,
            Self::Lent(conn) => conn,
            Self::Snapshot(conn) => conn,
        }
    }
}

impl Conn {
    /// Runs words that answer nothing and bind nothing, such as `COMMIT`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn run(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(link) => link.run(sql),
            Self::Postgres(link) => link.driver().execute(sql).await.map(drop),
        }
    }

    /// Says goodbye to the database.
    ///
    /// # Errors
    /// When the goodbye does not arrive.
    pub async fn close(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(link) => link.close(),
            Self::Postgres(ServerLink::Own(conn)) => conn.close().await,
            // Lent ones go back to their pool.
            Self::Postgres(_) => Ok(()),
        }
    }
}

/// Connections that read.
#[derive(Clone)]
pub enum Pool {
    /// From a file.
    Sqlite(FilePool),
    /// From a server.
    Postgres(PgPool),
}

impl Pool {
    /// A connection that only reads.
    pub async fn reader(&self) -> Result<Reader, sqlx::Error> {
        Ok(Reader(match self {
            Self::Sqlite(pool) => Conn::Sqlite(pool.lend().await?),
            Self::Postgres(pool) => Conn::Postgres(ServerLink::Lent(pool.acquire().await?)),
        }))
    }

    /// A connection that reads everything from one moment.
    pub async fn snapshot(&self) -> Result<Reader, sqlx::Error> {
        Ok(Reader(match self {
            Self::Sqlite(pool) => {
                let mut link = pool.lend().await?;
                link.run("BEGIN")?;
                Conn::Sqlite(link)
            }
            Self::Postgres(pool) => Conn::Postgres(ServerLink::Snapshot(pool.begin_with(BEGIN_SNAPSHOT).await?)),
        }))
    }

    /// Closes every connection, once it came back.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// A connection that only reads, until it is dropped.
pub struct Reader(Conn);

impl Deref for Reader {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}

/// PostgreSQL takes a new look with every statement unless told otherwise.
const BEGIN_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Begins a transaction that may write. In SQLite it waits its turn here, in PostgreSQL at the lock of its shop.
pub async fn begin_writing(conn: &mut Conn) -> Result<(), sqlx::Error> {
    let begin = match conn {
        Conn::Sqlite(_) => "BEGIN IMMEDIATE",
        Conn::Postgres(_) => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
    };
    conn.run(begin).await
}

/// Keeps every other node from writing to a shop until the transaction ends. Taken before anything of the shop is read,
/// so that what was read still holds at the commit. A file has one writer at a time anyway.
pub async fn lock_shop(conn: &mut Conn, shop: ShopId) -> Result<(), sqlx::Error> {
    match conn {
        Conn::Sqlite(_) => Ok(()),
        Conn::Postgres(_) => {
            query("SELECT id FROM shops WHERE id = $1 FOR UPDATE").bind(shop.to_string()).execute(conn).await
        }
    }
}

/// Whether a commit that ended with this error may stand all the same. A server that took the transaction back says
/// so; when anything else went wrong, its answer may be what got lost.
pub fn may_have_committed(conn: &Conn, error: &sqlx::Error) -> bool {
    matches!(conn, Conn::Postgres(_)) && trouble(error) != Trouble::Conflict
}

/// A number that changes when another connection commits; `None` where there is no cheap one.
pub async fn commits_of_others(conn: &mut Conn) -> Result<Option<i64>, sqlx::Error> {
    match conn {
        Conn::Sqlite(_) => query("PRAGMA data_version").fetch_one(conn).await?.kept_number("data_version"),
        Conn::Postgres(_) => Ok(None),
    }
}

/// Folds the log into the database file, so that a copy of the file alone is whole. A server does that by itself.
pub async fn fold_log(conn: &mut Conn) -> Result<(), sqlx::Error> {
    match conn {
        Conn::Sqlite(_) => conn.run("PRAGMA wal_checkpoint(TRUNCATE)").await,
        Conn::Postgres(_) => Ok(()),
    }
}

/// How often folding beside the writer is tried, and the pause between two tries.
const FOLD_TRIES_MAX: u32 = 40;
const FOLD_PAUSE: Duration = Duration::from_millis(250);
/// How long the writer may wait for a log that is being folded, in milliseconds.
const FOLD_BUSY_MS: u64 = 50;

/// The same beside a writer that goes on, which is hardly kept waiting. It is given up after a while.
pub async fn fold_log_beside(place: &Place) {
    let Place::File(path) = place else { return };
    for _ in 0..FOLD_TRIES_MAX {
        match FileLink::folded(path, FOLD_BUSY_MS) {
            Ok(true) => return,
            Ok(false) => tokio::time::sleep(FOLD_PAUSE).await,
            Err(error) => return tracing::warn!(%error, "the log could not be folded into the database file"),
        }
    }
    tracing::warn!("the log is being read and was not folded into the database file; the end of the server does it");
}

/// How many connections write side by side.
pub const fn writers_max(place: &Place) -> usize {
    match place {
        Place::File(_) => 1,
        Place::Server(_) => SERVER_WRITERS_MAX,
    }
}

/// How many shops a node writes side by side.
pub const SERVER_WRITERS_MAX: usize = 4;

/// Lets statements wait and work as long as they need, as migrations must.
pub async fn take_time(conn: &mut Conn) -> Result<(), sqlx::Error> {
    match conn {
        Conn::Sqlite(_) => Ok(()),
        Conn::Postgres(_) => conn.run("SET lock_timeout = 0; SET statement_timeout = 0").await,
    }
}

/// SQL of a migration with the types of PostgreSQL. Texts sort by their bytes there too, whatever the database's locale.
pub fn server_types(sql: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut translated = String::with_capacity(sql.len());
    for piece in sql.split_inclusive(|c| !is_word(c)) {
        let word = piece.trim_end_matches(|c| !is_word(c));
        translated.push_str(match word {
            "TEXT" => "TEXT COLLATE \"C\"",
            "BLOB" => "BYTEA",
            other => other,
        });
        translated.push_str(&piece[word.len()..]);
    }
    translated
}

#[cfg(test)]
mod tests {
    use super::server_types;

    #[test]
    fn only_the_types_of_a_migration_differ() {
        let sql = "CREATE TABLE a (text TEXT NOT NULL, b BLOB, CONTEXT BIGINT); -- 茶\n";
        let expected = "CREATE TABLE a (text TEXT COLLATE \"C\" NOT NULL, b BYTEA, CONTEXT BIGINT); -- 茶\n";
        assert_eq!(server_types(sql), expected);
    }
}
