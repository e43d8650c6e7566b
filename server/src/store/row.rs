//! Reading columns into the core's types.

use std::error::Error;
use std::str::FromStr;

use qinda::model::Micros;

use super::dialect::DbRow;

type Read<T> = Result<T, sqlx::Error>;

/// The columns of a row, as what they mean.
pub trait Columns {
    /// A text that reads as an id or a scope.
    fn parsed<T>(&self, column: &'static str) -> Read<T>
    where
        T: FromStr,
        T::Err: Error + Send + Sync + 'static;

    /// Such a text, or null.
    fn parsed_or_none<T>(&self, column: &'static str) -> Read<Option<T>>
    where
        T: FromStr,
        T::Err: Error + Send + Sync + 'static;

    /// A moment.
    fn micros(&self, column: &'static str) -> Read<Micros>;

    /// A moment, or null.
    fn micros_or_none(&self, column: &'static str) -> Read<Option<Micros>>;

    /// A whole number that fits its type.
    fn number<T: TryFrom<i64>>(&self, column: &'static str) -> Read<T>;

    /// Such a number, or null.
    fn number_or_none<T: TryFrom<i64>>(&self, column: &'static str) -> Read<Option<T>>;

    /// A text, or null.
    fn text_or_none(&self, column: &'static str) -> Read<Option<String>>;

    /// A text.
    fn text(&self, column: &'static str) -> Read<String>;

    /// Bytes.
    fn bytes(&self, column: &'static str) -> Read<Vec<u8>>;

    /// Bytes, or none.
    fn bytes_or_none(&self, column: &'static str) -> Read<Option<Vec<u8>>>;

    /// Bytes, which are read once.
    fn take(&mut self, column: &'static str) -> Read<Vec<u8>>;

    /// A truth, kept as 0 or 1.
    fn truth(&self, column: &'static str) -> Read<bool>;
}

impl Columns for DbRow {
    fn parsed<T>(&self, column: &'static str) -> Read<T>
    where
        T: FromStr,
        T::Err: Error + Send + Sync + 'static,
    {
        there(column, self.kept_text(column)?)?.parse().map_err(unreadable)
    }

    fn parsed_or_none<T>(&self, column: &'static str) -> Read<Option<T>>
    where
        T: FromStr,
        T::Err: Error + Send + Sync + 'static,
    {
        self.kept_text(column)?.map(|text| text.parse().map_err(unreadable)).transpose()
    }

    fn micros(&self, column: &'static str) -> Read<Micros> {
        there(column, self.kept_number(column)?).map(Micros)
    }

    fn micros_or_none(&self, column: &'static str) -> Read<Option<Micros>> {
        Ok(self.kept_number(column)?.map(Micros))
    }

    fn number<T: TryFrom<i64>>(&self, column: &'static str) -> Read<T> {
        in_range(column, there(column, self.kept_number(column)?)?)
    }

    fn number_or_none<T: TryFrom<i64>>(&self, column: &'static str) -> Read<Option<T>> {
        self.kept_number(column)?.map(|number| in_range(column, number)).transpose()
    }

    fn text_or_none(&self, column: &'static str) -> Read<Option<String>> {
        Ok(self.kept_text(column)?.map(str::to_owned))
    }

    fn text(&self, column: &'static str) -> Read<String> {
        there(column, self.kept_text(column)?).map(str::to_owned)
    }

    fn bytes(&self, column: &'static str) -> Read<Vec<u8>> {
        there(column, self.kept_bytes(column)?)
    }

    fn bytes_or_none(&self, column: &'static str) -> Read<Option<Vec<u8>>> {
        self.kept_bytes(column)
    }

    fn take(&mut self, column: &'static str) -> Read<Vec<u8>> {
        there(column, self.take_bytes(column)?)
    }

    fn truth(&self, column: &'static str) -> Read<bool> {
        Ok(there(column, self.kept_number(column)?)? != 0)
    }
}

fn there<T>(column: &str, kept: Option<T>) -> Read<T> {
    kept.ok_or_else(|| sqlx::Error::Decode(format!("{column} is null").into()))
}

fn in_range<T: TryFrom<i64>>(column: &str, number: i64) -> Read<T> {
    T::try_from(number).map_err(|_| sqlx::Error::Decode(format!("{column} is out of range: {number}").into()))
}

/// What was written by us and does not read back.
pub fn unreadable(error: impl Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

/// A number as the database keeps it; one too large to keep is larger than all that are kept.
pub fn kept(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
