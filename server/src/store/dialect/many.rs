//! Statements about many rows at once. Over a connection to a server each statement costs a round trip, and in a file each
//! costs its beginning and its end.

use std::fmt::Write as _;
use std::sync::OnceLock;

use super::query::{Query, Value};
use super::{Conn, DbRow, query};

/// So many rows are written by one statement.
const ROWS: usize = 32;
/// About so many rows is asked by one statement.
pub const AMONG: usize = 16;

/// A statement that writes rows: `INSERT INTO … (…)`, and what follows the rows.
pub struct Many {
    head: &'static str,
    columns: usize,
    tail: &'static str,
    /// The statement for one row and for many. Their words are made once and stay for as long as the program runs.
    one: OnceLock<&'static str>,
    many: OnceLock<&'static str>,
}

impl Many {
    /// A statement with so many columns.
    pub const fn new(head: &'static str, columns: usize, tail: &'static str) -> Self {
        Self { head, columns, tail, one: OnceLock::new(), many: OnceLock::new() }
    }

    /// Writes rows, each with its columns in order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn write(&self, conn: &mut Conn, rows: Vec<Vec<Value>>) -> Result<(), sqlx::Error> {
        let mut rows = rows.into_iter();
        while rows.len() >= ROWS {
            let sql = self.many.get_or_init(|| self.words(ROWS));
            bound(query(sql), rows.by_ref().take(ROWS).flatten()).execute(conn).await?;
        }
        for row in rows {
            bound(query(self.one.get_or_init(|| self.words(1))), row).execute(conn).await?;
        }
        Ok(())
    }

    fn words(&self, rows: usize) -> &'static str {
        let mut sql = format!("{} VALUES ", self.head);
        for row in 0..rows {
            sql += if row == 0 { "(" } else { ", (" };
            places(&mut sql, row * self.columns + 1, self.columns);
            sql.push(')');
        }
        sql.push(' ');
        sql += self.tail;
        sql.leak()
    }
}

/// A question about the rows of a shop in which a column is one of several: `SELECT … WHERE shop = $1 AND id`, and what follows.
pub struct Among {
    head: &'static str,
    tail: &'static str,
    words: OnceLock<&'static str>,
}

impl Among {
    /// A question.
    pub const fn new(head: &'static str, tail: &'static str) -> Self {
        Self { head, tail, words: OnceLock::new() }
    }

    /// The rows of up to [`AMONG`] of them.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn fetch_all(&self, conn: &mut Conn, shop: &str, among: &[String]) -> Result<Vec<DbRow>, sqlx::Error> {
        debug_assert!(among.len() <= AMONG, "more than one statement asks about");
        let Some(last) = among.last() else { return Ok(Vec::new()) };
        // The same one several times asks nothing more.
        let filled = among.iter().chain(std::iter::repeat(last)).take(AMONG).map(Value::from);
        bound(query(self.words.get_or_init(|| self.words())).bind(shop), filled).fetch_all(conn).await
    }

    fn words(&self) -> &'static str {
        let mut sql = format!("{} IN (", self.head);
        places(&mut sql, 2, AMONG);
        sql += ") ";
        sql += self.tail;
        sql.leak()
    }
}

fn places(sql: &mut String, from: usize, count: usize) {
    for place in from..from + count {
        // Writing to a text does not fail.
        let _ = write!(sql, "{}${place}", if place == from { "" } else { ", " });
    }
}

fn bound(query: Query, values: impl IntoIterator<Item = Value>) -> Query {
    values.into_iter().fold(query, Query::bind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_name_every_place_once() {
        let many = Many::new("INSERT INTO a (b, c)", 2, "ON CONFLICT DO NOTHING");
        assert_eq!(many.words(2), "INSERT INTO a (b, c) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING");
        let among = Among::new("SELECT b FROM a WHERE shop = $1 AND b", "ORDER BY b");
        let words = among.words();
        assert!(
            words.starts_with("SELECT b FROM a WHERE shop = $1 AND b IN ($2, $3, ")
                && words.ends_with(", $17) ORDER BY b")
        );
    }
}
