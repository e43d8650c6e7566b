//! A database in a file. A statement runs on the thread that asks for it: most take a few microseconds, and handing each
//! to another thread and back would cost many times that.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::error::Error as StdError;
use std::fmt;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, Value as Kept, ValueRef};
use rusqlite::{Connection, OpenFlags, Statement, ToSql};
use sqlx::error::{DatabaseError, ErrorKind};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connect::{BUSY_WAIT_MS, CACHE_KIB, LOG_PAGES_MAX, STATEMENTS_MAX};
use super::query::Value;
use crate::store::{READER_WAIT_SECONDS, READERS_MAX};

type Done<T> = Result<T, sqlx::Error>;

/// A connection to a file.
pub enum FileLink {
    /// Its holder's alone.
    Own(FileConn),
    /// Lent by a pool.
    Lent(Lent),
}

impl FileLink {
    /// A connection that writes. A file is made when there is none.
    pub fn writer(path: &Path) -> Done<Self> {
        let conn = open(path, OpenFlags::SQLITE_OPEN_CREATE)?;
        // FULL: a commit returns once the log is on the disk, so an acknowledged message survives a power cut.
        set(&conn, "PRAGMA journal_mode = WAL")?;
        set(&conn, "PRAGMA synchronous = FULL")?;
        set(&conn, "PRAGMA foreign_keys = ON")?;
        // What is deleted or changed leaves nothing behind in its page.
        set(&conn, "PRAGMA secure_delete = ON")?;
        conn.pragma_update(None, "wal_autocheckpoint", LOG_PAGES_MAX).map_err(fault)?;
        Ok(Self::Own(conn.into()))
    }

    /// Folds the log into the file by a connection of its own, unless it is being used for longer than that. Says whether it
    /// was folded whole.
    pub fn folded(path: &Path, busy_ms: u64) -> Done<bool> {
        let conn = open(path, OpenFlags::empty())?;
        conn.busy_timeout(Duration::from_millis(busy_ms)).map_err(fault)?;
        let is_busy = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
        is_busy.map(|is_busy| !is_busy).map_err(fault)
    }

    /// A connection that cannot write, to a file that is there.
    pub fn looker(path: &Path) -> Done<Self> {
        reader(path).map(Self::Own)
    }

    fn conn(&mut self) -> Done<&mut FileConn> {
        match self {
            Self::Own(conn) => Ok(conn),
            Self::Lent(lent) => lent.conn.as_mut().ok_or(sqlx::Error::PoolClosed),
        }
    }

    /// Runs a statement and hands over the rows of its answer, until told to stop.
    pub fn each<E: From<sqlx::Error>>(
        &mut self,
        sql: &'static str,
        values: &[Value],
        mut take: impl FnMut(FileRow) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let FileConn { conn, shapes } = self.conn()?;
        let mut statement = conn.prepare_cached(sql).map_err(fault)?;
        let shape = shapes.of(sql, &statement)?;
        for (at, place) in (1..).zip(&shape.places) {
            statement.raw_bind_parameter(at, values.get(*place).ok_or_else(unbound)?).map_err(fault)?;
        }
        let columns = Arc::clone(&shape.columns);
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(fault)? {
            let values = (0..columns.len()).map(|at| row.get(at)).collect::<Result<_, _>>().map_err(fault)?;
            if take(FileRow { columns: Arc::clone(&columns), values })?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Runs a statement that binds nothing for what it does.
    pub fn run(&mut self, sql: &'static str) -> Done<()> {
        self.each(sql, &[], |_| Ok(ControlFlow::Continue(())))
    }

    /// Says goodbye to the file.
    pub fn close(self) -> Done<()> {
        match self {
            Self::Own(conn) => conn.conn.close().map_err(|(_, error)| fault(error)),
            // Goes back to its pool.
            Self::Lent(_) => Ok(()),
        }
    }
}

/// A connection, and what it knows of its statements.
pub struct FileConn {
    conn: Connection,
    shapes: Shapes,
}

impl From<Connection> for FileConn {
    fn from(conn: Connection) -> Self {
        Self { conn, shapes: Shapes::default() }
    }
}

/// What statements bind and answer, by where their words stand in the program. To ask each time would cost about as much
/// as many a statement itself.
#[derive(Default)]
struct Shapes(HashMap<(usize, usize), Shape>);

struct Shape {
    /// For each place of the statement, which value it takes, counted from 0.
    places: Vec<usize>,
    columns: Arc<[Box<str>]>,
}

impl Shapes {
    fn of(&mut self, sql: &'static str, statement: &Statement<'_>) -> Done<&Shape> {
        // Another program may have added columns to a table since.
        let is_other = |shape: &Shape| shape.columns.len() != statement.column_count();
        match self.0.entry((sql.as_ptr().addr(), sql.len())) {
            Entry::Occupied(mut known) => {
                if is_other(known.get()) {
                    known.insert(Shape::of(statement)?);
                }
                Ok(known.into_mut())
            }
            Entry::Vacant(unknown) => Ok(unknown.insert(Shape::of(statement)?)),
        }
    }
}

impl Shape {
    fn of(statement: &Statement<'_>) -> Done<Self> {
        let columns = statement.column_names().into_iter().map(Box::from).collect();
        // SQLite numbers `$2` by where it stands first, not by its name.
        let number = |at| statement.parameter_name(at)?.strip_prefix('$')?.parse::<usize>().ok()?.checked_sub(1);
        let places = (1..=statement.parameter_count()).map(|at| number(at).ok_or_else(unbound));
        Ok(Self { places: places.collect::<Done<_>>()?, columns })
    }
}

fn open(path: &Path, more: OpenFlags) -> Done<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let conn = Connection::open_with_flags(path, flags).map_err(fault)?;
    conn.busy_timeout(Duration::from_millis(BUSY_WAIT_MS)).map_err(fault)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    conn.pragma_update(None, "cache_size", CACHE_KIB).map_err(fault)?;
    set(&conn, "PRAGMA temp_store = MEMORY")?;
    Ok(conn)
}

fn reader(path: &Path) -> Done<FileConn> {
    let conn = open(path, OpenFlags::empty())?;
    set(&conn, "PRAGMA query_only = ON")?;
    Ok(conn.into())
}

/// Some of these answer with the new value and some with nothing.
fn set(conn: &Connection, pragma: &str) -> Done<()> {
    let mut statement = conn.prepare(pragma).map_err(fault)?;
    let mut rows = statement.raw_query();
    while rows.next().map_err(fault)?.is_some() {}
    Ok(())
}

fn unbound() -> sqlx::Error {
    sqlx::Error::Encode("a statement has a place that nothing is bound to".into())
}

/// Connections that read a file.
#[derive(Clone)]
pub struct FilePool(Arc<Home>);

struct Home {
    path: PathBuf,
    idle: Mutex<Vec<FileConn>>,
    places: Arc<Semaphore>,
}

impl Home {
    fn idle(&self) -> MutexGuard<'_, Vec<FileConn>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FilePool {
    /// Opens none before it is asked for one.
    pub fn of(path: &Path) -> Self {
        let places = Arc::new(Semaphore::new(READERS_MAX as usize));
        Self(Arc::new(Home { path: path.to_owned(), idle: Mutex::default(), places }))
    }

    /// Lends a connection, once one is free.
    pub async fn lend(&self) -> Done<FileLink> {
        let place = Arc::clone(&self.0.places).acquire_owned();
        let place = tokio::time::timeout(Duration::from_secs(READER_WAIT_SECONDS), place)
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)?
            .map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = self.0.idle().pop();
        let conn = match idle {
            Some(conn) => conn,
            None => reader(&self.0.path)?,
        };
        Ok(FileLink::Lent(Lent { conn: Some(conn), home: Arc::clone(&self.0), _place: place }))
    }

    /// Closes every connection, once it came back.
    pub async fn close(&self) {
        let all = Arc::clone(&self.0.places).acquire_many_owned(READERS_MAX).await;
        self.0.places.close();
        self.0.idle().clear();
        drop(all);
    }
}

/// A connection that goes back to its pool when it is dropped.
pub struct Lent {
    conn: Option<FileConn>,
    home: Arc<Home>,
    /// Given back last, when the connection is there for the next one.
    _place: OwnedSemaphorePermit,
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take() else { return };
        // One that cannot end its transaction is closed instead of lent again.
        if conn.conn.is_autocommit() || conn.conn.execute_batch("ROLLBACK").is_ok() {
            self.home.idle().push(conn);
        }
    }
}

/// A row of an answer.
pub struct FileRow {
    columns: Arc<[Box<str>]>,
    values: Vec<Kept>,
}

impl FileRow {
    fn place(&self, column: &str) -> Done<usize> {
        let at = self.columns.iter().position(|name| **name == *column);
        at.filter(|at| *at < self.values.len()).ok_or_else(|| sqlx::Error::ColumnNotFound(column.to_owned()))
    }

    fn kept(&self, column: &str) -> Done<&Kept> {
        Ok(&self.values[self.place(column)?])
    }

    /// A text, or null.
    pub fn text(&self, column: &str) -> Done<Option<&str>> {
        match self.kept(column)? {
            Kept::Text(text) => Ok(Some(text)),
            other => other.or_null(column),
        }
    }

    /// A whole number, or null.
    pub fn number(&self, column: &str) -> Done<Option<i64>> {
        match self.kept(column)? {
            Kept::Integer(number) => Ok(Some(*number)),
            other => other.or_null(column),
        }
    }

    /// Bytes, or null; they are not there any more.
    pub fn take_bytes(&mut self, column: &str) -> Done<Option<Vec<u8>>> {
        let at = self.place(column)?;
        match &mut self.values[at] {
            Kept::Blob(bytes) => Ok(Some(std::mem::take(bytes))),
            other => other.or_null(column),
        }
    }

    /// Bytes, or null.
    pub fn bytes(&self, column: &str) -> Done<Option<Vec<u8>>> {
        match self.kept(column)? {
            Kept::Blob(bytes) => Ok(Some(bytes.clone())),
            other => other.or_null(column),
        }
    }
}

trait OrNull {
    /// Nothing where nothing is kept; anything else is of another type than was asked for.
    fn or_null<T>(&self, column: &str) -> Done<Option<T>>;
}

impl OrNull for Kept {
    fn or_null<T>(&self, column: &str) -> Done<Option<T>> {
        match self {
            Self::Null => Ok(None),
            other => Err(sqlx::Error::Decode(format!("{column} is kept as {}", other.data_type()).into())),
        }
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Self::Number(Some(number)) => ValueRef::Integer(*number),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Text(None) | Self::Number(None) => ValueRef::Null,
        }))
    }
}

/// What SQLite says went wrong.
#[derive(Debug)]
struct FileFault {
    said: String,
    code: i32,
}

impl fmt::Display for FileFault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{} (code {})", self.said, self.code)
    }
}

impl StdError for FileFault {}

impl DatabaseError for FileFault {
    fn message(&self) -> &str {
        &self.said
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.code.to_string().into())
    }

    fn as_error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn StdError + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn StdError + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

/// The error as the rest of the store knows errors.
fn fault(error: rusqlite::Error) -> sqlx::Error {
    match error {
        rusqlite::Error::SqliteFailure(failure, said) => sqlx::Error::Database(Box::new(FileFault {
            said: said.unwrap_or_else(|| failure.to_string()),
            code: failure.extended_code,
        })),
        other => sqlx::Error::Decode(Box::new(other)),
    }
}
