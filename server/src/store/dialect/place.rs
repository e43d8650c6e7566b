//! Where a database is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use sqlx::postgres::PgConnectOptions;

/// How the address of a PostgreSQL server begins.
const SERVER_SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// Where a database is.
#[derive(Clone)]
pub enum Place {
    /// In a file, for SQLite.
    File(PathBuf),
    /// At a server, for PostgreSQL.
    Server(Box<PgConnectOptions>),
}

/// Why an address names no database. It does not repeat the address, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceFault {
    /// It begins otherwise than the address of a PostgreSQL server.
    #[error("it does not begin with postgres://")]
    OtherDatabase,
    /// It begins rightly and goes on wrongly.
    #[error("{0}")]
    Unreadable(String),
}

impl Place {
    /// The database of an address such as `postgres://user:password@host:5432/qinda`.
    ///
    /// # Errors
    /// When it is none of PostgreSQL.
    pub fn server(address: &str) -> Result<Self, PlaceFault> {
        if !SERVER_SCHEMES.iter().any(|scheme| address.starts_with(scheme)) {
            return Err(PlaceFault::OtherDatabase);
        }
        let options = PgConnectOptions::from_str(address).map_err(|error| PlaceFault::Unreadable(error.to_string()))?;
        Ok(Self::Server(Box::new(options)))
    }

    /// Which kind of database it is.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::File(_) => "sqlite",
            Self::Server(_) => "postgresql",
        }
    }
}

/// As people are told it: never with the password.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = match self {
            Self::File(path) => return write!(f, "{}", path.display()),
            Self::Server(options) => options,
        };
        let database = options.get_database().unwrap_or_else(|| options.get_username());
        match options.get_socket() {
            Some(socket) => write!(f, "postgres://{}@{}/{database}", options.get_username(), socket.display()),
            None => {
                let (user, host, port) = (options.get_username(), options.get_host(), options.get_port());
                write!(f, "postgres://{user}@{host}:{port}/{database}")
            }
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<&Path> for Place {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl From<&PathBuf> for Place {
    fn from(path: &PathBuf) -> Self {
        Self::File(path.clone())
    }
}

impl From<&Self> for Place {
    fn from(place: &Self) -> Self {
        place.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let place = Place::server("postgres://qinda:s3cret@db.example:6432/desk?sslmode=disable").unwrap();
        assert_eq!(place.to_string(), "postgres://qinda@db.example:6432/desk");
        assert!(!format!("{place:?}").contains("s3cret"));
        let place = Place::server("postgresql:///desk?host=/run/postgresql&user=qinda&password=s3cret").unwrap();
        assert_eq!(place.to_string(), "postgres://qinda@/run/postgresql/desk");
    }

    #[test]
    fn an_address_of_something_else_is_told_without_repeating_it() {
        assert_eq!(Place::server("mysql://root:s3cret@db/desk").unwrap_err(), PlaceFault::OtherDatabase);
        let fault = Place::server("postgres://qinda:s3cret@db:port/desk").unwrap_err();
        assert!(matches!(&fault, PlaceFault::Unreadable(why) if !why.contains("s3cret")), "{fault}");
    }
}
