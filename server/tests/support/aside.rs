//! Looking into a database beside the store, and changing it behind the store's back.

use qinda_server::store::Place;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, Row as _};

/// Runs statements, and answers the first column of the rows they give, which is text.
pub async fn aside(place: &Place, sql: &'static str) -> Vec<String> {
    match place {
        Place::File(path) => {
            let mut conn = sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap();
            let rows = conn.fetch_all(sql).await.unwrap();
            conn.close().await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        }
        Place::Server(options) => {
            let mut conn = options.connect().await.unwrap();
            let rows = conn.fetch_all(sql).await.unwrap();
            conn.close().await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        }
    }
}
