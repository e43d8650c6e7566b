//! A statement with what is bound to it, for whichever database it is.

use std::ops::ControlFlow;

use futures::TryStreamExt as _;
use sqlx::Executor as _;

use super::{Conn, DbRow};

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

/// The statement as the driver of the servers wants it.
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
        match conn {
            Conn::Sqlite(link) => link.each(self.sql, &self.values, |_| Ok(ControlFlow::Continue(()))),
            Conn::Postgres(link) => link.driver().execute(bound!(self)).await.map(drop),
        }
    }

    /// All rows of its answer.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn fetch_all(self, conn: &mut Conn) -> Done<Vec<DbRow>> {
        let mut rows = Vec::new();
        let take = |row| -> Done<_> {
            rows.push(row);
            Ok(ControlFlow::Continue(()))
        };
        self.each(conn, take).await?;
        Ok(rows)
    }

    /// The first row of its answer, if there is one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn fetch_optional(self, conn: &mut Conn) -> Done<Option<DbRow>> {
        let mut first = None;
        match conn {
            Conn::Sqlite(link) => link.each(self.sql, &self.values, |row| -> Done<_> {
                first.get_or_insert(DbRow::Sqlite(row));
                // The rest is run too: a statement that writes and answers is not done before.
                Ok(ControlFlow::Continue(()))
            })?,
            Conn::Postgres(link) => first = link.driver().fetch_optional(bound!(self)).await?.map(DbRow::Postgres),
        }
        Ok(first)
    }

    /// The row of its answer.
    ///
    /// # Errors
    /// When the database refuses, or there is none.
    pub async fn fetch_one(self, conn: &mut Conn) -> Done<DbRow> {
        self.fetch_optional(conn).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// Hands over the rows of its answer one by one, until told to stop. They are never all in memory.
    ///
    /// # Errors
    /// When the database refuses, or whatever the taker met.
    pub async fn each<E: From<sqlx::Error>>(
        self,
        conn: &mut Conn,
        mut take: impl FnMut(DbRow) -> Result<ControlFlow<()>, E> + Send,
    ) -> Result<(), E> {
        match conn {
            Conn::Sqlite(link) => link.each(self.sql, &self.values, |row| take(DbRow::Sqlite(row))),
            Conn::Postgres(link) => {
                let mut rows = link.driver().fetch(bound!(self));
                while let Some(row) = rows.try_next().await? {
                    if take(DbRow::Postgres(row))?.is_break() {
                        break;
                    }
                }
                Ok(())
            }
        }
    }
}
