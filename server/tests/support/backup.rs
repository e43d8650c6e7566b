//! A backup of a database that stands still, and putting it back.

use qinda_server::store::Place;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

/// A copy of a database that no server uses at the moment.
pub async fn copy_of(place: &Place) -> Place {
    match place {
        Place::File(path) => {
            let copy = path.with_extension("backup");
            std::fs::copy(path, &copy).unwrap();
            Place::File(copy)
        }
        Place::Server(options) => {
            let name = options.get_database().unwrap();
            let copy = format!("{name}_copy");
            let send_away = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            beside(options, &[send_away, format!("CREATE DATABASE {copy} TEMPLATE {name}")]).await;
            Place::Server(Box::new(options.as_ref().clone().database(&copy)))
        }
    }
}

/// Puts a copy in the place of the database that it was made of.
pub async fn put_back(copy: &Place, place: &Place) {
    match (place, copy) {
        (Place::File(path), Place::File(copy)) => std::fs::rename(copy, path).unwrap(),
        (Place::Server(place), Place::Server(copy)) => {
            let (name, copy) = (place.get_database().unwrap(), copy.get_database().unwrap());
            let rename = format!("ALTER DATABASE {copy} RENAME TO {name}");
            beside(place, &[format!("DROP DATABASE {name} WITH (FORCE)"), rename]).await;
        }
        _ => panic!("{copy} is no copy of {place}"),
    }
}

/// Runs statements in another database of the same server.
async fn beside(options: &PgConnectOptions, statements: &[String]) {
    let mut conn = options.clone().database("postgres").connect().await.unwrap();
    for statement in statements {
        conn.execute(sqlx::AssertSqlSafe(statement.clone())).await.unwrap();
    }
    conn.close().await.unwrap();
}
