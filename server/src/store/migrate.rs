//! Opening the database and bringing its tables up to date.

use sqlx::migrate::{MigrateError, Migration, Migrator};
use sqlx::{AssertSqlSafe, Connection as _, SqlSafeStr as _};

use super::dialect::{self, Conn, Place, Trouble};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Why a database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory cannot be made or the files in it cannot be written.
    #[error("cannot write {place}: {why}")]
    NotWritable {
        /// Where.
        place: Place,
        /// What the system says.
        why: String,
    },
    /// A newer version of this program wrote it.
    #[error("{place} was written by a newer version (its tables are at step {step})")]
    Newer {
        /// Where.
        place: Place,
        /// The step of its tables that this version does not know.
        step: i64,
    },
    /// Another program holds it.
    #[error("another program holds {place}")]
    Busy {
        /// Where.
        place: Place,
    },
    /// It is no database, or a damaged one.
    #[error("{place} is not a sound database: {why}")]
    Damaged {
        /// Where.
        place: Place,
        /// What the database says.
        why: String,
    },
    /// There is none.
    #[error("there is no database at {place}")]
    Missing {
        /// Where.
        place: Place,
    },
    /// No server answers.
    #[error("{place} does not answer: {why}")]
    Unreachable {
        /// Where.
        place: Place,
        /// What the system says.
        why: String,
    },
    /// The server does not let us in, or has no such database.
    #[error("{place} does not let us in: {why}")]
    Refused {
        /// Where.
        place: Place,
        /// What the server says.
        why: String,
    },
    /// Anything else.
    #[error("cannot open {place}: {why}")]
    Other {
        /// Where.
        place: Place,
        /// What the database says.
        why: String,
    },
}

impl OpenError {
    /// Sorts what the database said about a place.
    #[must_use]
    pub fn of(place: &Place, error: sqlx::Error) -> Self {
        let place = place.clone();
        let why = error.to_string();
        match dialect::trouble(&error) {
            Trouble::Busy => Self::Busy { place },
            Trouble::ReadOnly | Trouble::Full => Self::NotWritable { place, why },
            Trouble::Damaged => Self::Damaged { place, why },
            Trouble::Lost => Self::Unreachable { place, why },
            Trouble::Refused => Self::Refused { place, why },
            Trouble::Conflict | Trouble::Other => Self::Other { place, why },
        }
    }

    fn of_migration(place: &Place, error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(step) | MigrateError::VersionTooNew(step, _) => {
                Self::Newer { place: place.clone(), step }
            }
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => Self::of(place, error),
            other => Self::Other { place: place.clone(), why: other.to_string() },
        }
    }
}

/// A writing connection to a database whose tables are up to date. A file and its directory are made when missing.
pub async fn open_for_writing(place: &Place) -> Result<Conn, OpenError> {
    if let Place::File(path) = place
        && let Some(directory) = path.parent()
    {
        std::fs::create_dir_all(directory)
            .map_err(|error| OpenError::NotWritable { place: directory.into(), why: error.to_string() })?;
    }
    migrate(place).await.map_err(|error| OpenError::of_migration(place, error))?;
    dialect::writer(place).await.map_err(|error| OpenError::of(place, error))
}

async fn migrate(place: &Place) -> Result<(), MigrateError> {
    if let Place::File(path) = place {
        let mut conn = dialect::migrating(path).await?;
        MIGRATIONS.run_direct(None, &mut conn, false).await?;
        return Ok(conn.close().await?);
    }
    let mut conn = dialect::writer(place).await?;
    dialect::take_time(&mut conn).await?;
    if let Conn::Postgres(link) = &mut conn {
        for_server().run_direct(None, link.driver(), false).await?;
    }
    Ok(conn.close().await?)
}

/// The same migrations in the types of PostgreSQL, under the checksums of the files.
fn for_server() -> Migrator {
    let translated = MIGRATIONS.iter().map(|migration| Migration {
        sql: AssertSqlSafe(dialect::server_types(migration.sql.as_str())).into_sql_str(),
        ..migration.clone()
    });
    Migrator::with_migrations(translated.collect())
}
