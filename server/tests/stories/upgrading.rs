//! A database of the first version is brought up to date with everything that is in it.

use std::path::Path;

use qinda::model::{About, Keeper};
use qinda_server::store::{Clock, Place, Store, conversations, quick_replies, shops, visitors};
use sqlx::migrate::{Migration, Migrator};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqlSafeStr as _};
use tempfile::TempDir;

use crate::support::aside::aside;
use crate::support::database;

const FIRST: &str = include_str!("../../migrations/0001_the_desk.sql");
const ROWS: &str = "
INSERT INTO shops VALUES ('01900000-0000-7000-8000-000000000001', 'tea', 'Tea', 480, 0);
INSERT INTO teams VALUES ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000002', 'day');
INSERT INTO channels VALUES ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000003', 'tea',
    'Tea', '01900000-0000-7000-8000-000000000002');
INSERT INTO customers VALUES ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000004', 'hash',
    'Lin', 5);
INSERT INTO conversations VALUES ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000005',
    '01900000-0000-7000-8000-000000000002', '01900000-0000-7000-8000-000000000003',
    '01900000-0000-7000-8000-000000000004', 'Lin', 'open', NULL, 5, NULL, 1, 1);
INSERT INTO messages VALUES ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000006',
    '01900000-0000-7000-8000-000000000005', 1, '01900000-0000-7000-8000-000000000004', 1, 'shopper', NULL, NULL,
    '在吗', 5, NULL);
INSERT INTO quick_replies VALUES ('01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000007', NULL,
    'hi', '您好', 3, 6);
";

/// The database as the first version left it, with what its migrator noted down.
async fn first_version(place: &Place) {
    let migrator = Migrator::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations")).await.unwrap();
    let mut all: Vec<Migration> = migrator.iter().filter(|migration| migration.version == 1).cloned().collect();
    assert_eq!(all[0].sql.as_str(), FIRST);
    match place {
        Place::File(path) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
            let mut conn = options.connect().await.unwrap();
            Migrator::with_migrations(all).run_direct(None, &mut conn, false).await.unwrap();
            conn.close().await.unwrap();
        }
        Place::Server(options) => {
            // What a server has of the first version bears the checksum of the file, not of its own words.
            all[0].sql = AssertSqlSafe(FIRST.replace("TEXT", "TEXT COLLATE \"C\"")).into_sql_str();
            let mut conn = options.connect().await.unwrap();
            Migrator::with_migrations(all).run_direct(None, &mut conn, false).await.unwrap();
            conn.close().await.unwrap();
        }
    }
    aside(place, ROWS).await;
}

#[tokio::test]
async fn what_the_first_version_kept_is_there_after_the_upgrade() {
    let directory = TempDir::new().unwrap();
    let place = database::of(directory.path());
    first_version(&place).await;
    let store = Store::open(&place, Clock::system()).await.unwrap();
    {
        let mut reader = store.reader().await.unwrap();
        let shop = shops::by_slug(&mut reader, "tea").await.unwrap().unwrap().card.id;
        let replies = quick_replies::all_of(&mut reader, shop, Keeper::Shop).await.unwrap();
        let fields = &replies[0].fields;
        assert_eq!((replies.len(), replies[0].version, fields.shortcut.as_str()), (1, 3, "hi"));
        assert_eq!((fields.category.as_str(), fields.picture), ("", None));
        let id = "01900000-0000-7000-8000-000000000005".parse().unwrap();
        let conversation = conversations::find(&mut reader, shop, id).await.unwrap().unwrap();
        assert_eq!((conversation.about, conversation.last_position), (About::default(), 1));
        let read = visitors::messages_after(&mut reader, shop, conversation.customer, 0).await.unwrap();
        assert_eq!((read[0].text.as_str(), read[0].picture), ("在吗", None));
    }
    store.close().await;
    Store::open(&place, Clock::system()).await.unwrap().close().await;
}
