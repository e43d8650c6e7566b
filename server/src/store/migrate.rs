//! Opening the database file and bringing its tables up to date.

use std::path::{Path, PathBuf};

use sqlx::migrate::{MigrateError, Migrator};

use super::dialect::{self, Conn, Trouble};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Why a database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory cannot be made or the files in it cannot be written.
    #[error("cannot write {}: {why}", path.display())]
    NotWritable {
        /// Where.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// A newer version of this program wrote it.
    #[error("{} was written by a newer version (its tables are at step {step})", path.display())]
    Newer {
        /// Where.
        path: PathBuf,
        /// The step of its tables that this version does not know.
        step: i64,
    },
    /// Another program holds it.
    #[error("another program holds {}", path.display())]
    Busy {
        /// Where.
        path: PathBuf,
    },
    /// It is no database, or a damaged one.
    #[error("{} is not a sound database: {why}", path.display())]
    Damaged {
        /// Where.
        path: PathBuf,
        /// What the database says.
        why: String,
    },
    /// There is none.
    #[error("there is no database at {}", path.display())]
    Missing {
        /// Where.
        path: PathBuf,
    },
    /// Anything else.
    #[error("cannot open {}: {why}", path.display())]
    Other {
        /// Where.
        path: PathBuf,
        /// What the database says.
        why: String,
    },
}

impl OpenError {
    /// Sorts what the database said about a path.
    #[must_use]
    pub fn of(path: &Path, error: sqlx::Error) -> Self {
        let path = path.to_owned();
        let why = error.to_string();
        match dialect::trouble(&error) {
            Trouble::Busy => Self::Busy { path },
            Trouble::ReadOnly | Trouble::Full => Self::NotWritable { path, why },
            Trouble::Damaged => Self::Damaged { path, why },
            Trouble::Other => Self::Other { path, why },
        }
    }

    fn of_migration(path: &Path, error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(step) | MigrateError::VersionTooNew(step, _) => {
                Self::Newer { path: path.to_owned(), step }
            }
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => Self::of(path, error),
            other => Self::Other { path: path.to_owned(), why: other.to_string() },
        }
    }
}

/// The writing connection, its directory made, its tables up to date.
pub async fn open_for_writing(path: &Path) -> Result<Conn, OpenError> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)
            .map_err(|error| OpenError::NotWritable { path: directory.to_owned(), why: error.to_string() })?;
    }
    let mut conn = dialect::writer(path).await.map_err(|error| OpenError::of(path, error))?;
    MIGRATIONS.run_direct(None, &mut conn, false).await.map_err(|error| OpenError::of_migration(path, error))?;
    Ok(conn)
}
