//! What kind of trouble an error of the database is.

use sqlx::Error;
use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;

/// What kind of trouble an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Another program or node holds what is needed for too long.
    Busy,
    /// The transaction met another one and was taken back. The same again may succeed.
    Conflict,
    /// The connection broke, or there is none to be had.
    Lost,
    /// The place cannot be written.
    ReadOnly,
    /// The disk is full.
    Full,
    /// What lies there is no database, or a damaged one.
    Damaged,
    /// The server does not let us in, or has no such database.
    Refused,
    /// Anything else.
    Other,
}

/// Tells the kinds of trouble apart.
pub fn trouble(error: &Error) -> Trouble {
    match error {
        Error::Database(error) => of_database(error.as_ref()),
        Error::Io(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed | Error::Protocol(_) => {
            Trouble::Lost
        }
        _ => Trouble::Other,
    }
}

fn of_database(error: &dyn DatabaseError) -> Trouble {
    let code = error.code().unwrap_or_default();
    match error.try_downcast_ref::<PgDatabaseError>() {
        Some(_) => of_server(&code),
        None => of_file(&code),
    }
}

/// The low byte of SQLite's extended result codes is the kind.
fn of_file(code: &str) -> Trouble {
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(5 | 6) => Trouble::Busy,
        Ok(3 | 8 | 14 | 23) => Trouble::ReadOnly,
        Ok(13) => Trouble::Full,
        Ok(11 | 26) => Trouble::Damaged,
        _ => Trouble::Other,
    }
}

/// The first two characters of an SQLSTATE are its class.
fn of_server(code: &str) -> Trouble {
    match code {
        // A lock was not free in time; a statement took too long.
        "55P03" | "57014" => Trouble::Busy,
        // Two transactions met, or two added the same: the second try finds what the other one wrote.
        "40001" | "40P01" | "40002" | "23505" => Trouble::Conflict,
        // The session was ended or the server stops, starts, or is only a copy by now.
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "25006" | "40003" => Trouble::Lost,
        "53100" => Trouble::Full,
        "42501" => Trouble::ReadOnly,
        "3D000" => Trouble::Refused,
        _ if code.starts_with("08") || code.starts_with("53") => Trouble::Lost,
        _ if code.starts_with("28") => Trouble::Refused,
        _ if code.starts_with("XX") => Trouble::Damaged,
        _ => Trouble::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_told_from_what_stays() {
        for (code, kind) in [
            ("40001", Trouble::Conflict),
            ("40P01", Trouble::Conflict),
            ("57P01", Trouble::Lost),
            ("08006", Trouble::Lost),
            ("55P03", Trouble::Busy),
            ("28P01", Trouble::Refused),
            ("42P01", Trouble::Other),
        ] {
            assert_eq!(of_server(code), kind, "{code}");
        }
        // SQLITE_BUSY_SNAPSHOT and SQLITE_IOERR.
        assert_eq!((of_file("517"), of_file("10")), (Trouble::Busy, Trouble::Other));
    }
}
