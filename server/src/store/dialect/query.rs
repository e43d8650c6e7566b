//! A statement with what is bound to it, for whichever database it is.

use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use sqlx::Executor as _;

use super::{Conn, DbRow, on_driver};

type Done<T> = Result<T, sqlx::Error>;

/// What can be bound: the few types that are stored.
pub enum Value {
    /// A text, or null.
    Text(Option<String>),
    /// A number, or null.
    Number(Option<i64>),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

/// A statement and what is bound to its `$1`, `$2` and so on.
#[must_use = "a statement does nothing until it is run"]
pub struct Query {
    sql: &'static str,
    values: Vec<Value>,
}

/// A statement of the SQL that every database here speaks.
pub const fn query(sql: &'static str) -> Query {
    Query { sql, values: Vec::new() }
}

/// The statement as its driver wants it.
macro_rules! bound {
    ($query:expr) => {{
        let query = $query;
        let mut bound = sqlx::query(query.sql);
        for value in query.values {
            bound = match value {
                Value::Text(text) => bound.bind(text),
                Value::Number(number) => bound.bind(number),
                Value::Bytes(bytes) => bound.bind(bytes),
            };
        }
        bound
    }};
}

impl Query {
    /// Binds the next value.
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Runs it for what it does.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn execute(self, conn: &mut Conn) -> Done<()> {
        on_driver!(conn, link => link.execute(bound!(self)).await.map(drop))
    }

    /// All rows of its answer.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn fetch_all(self, conn: &mut Conn) -> Done<Vec<DbRow>> {
        self.fetch(conn).try_collect().await
    }

    /// The first row of its answer, if there is one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn fetch_optional(self, conn: &mut Conn) -> Done<Option<DbRow>> {
        on_driver!(conn, link => Ok(link.fetch_optional(bound!(self)).await?.map(DbRow::from)))
    }

    /// The row of its answer.
    ///
    /// # Errors
    /// When the database refuses, or there is none.
    pub async fn fetch_one(self, conn: &mut Conn) -> Done<DbRow> {
        self.fetch_optional(conn).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// The rows of its answer, one by one.
    pub fn fetch(self, conn: &mut Conn) -> BoxStream<'_, Done<DbRow>> {
        on_driver!(conn, link => link.fetch(bound!(self)).map_ok(DbRow::from).boxed())
    }
}
