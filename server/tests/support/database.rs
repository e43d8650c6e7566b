//! The database of a test: a file in a directory of its own, or a new database of a PostgreSQL server that the tests
//! start for themselves. Which of the two follows from the test program: `on_postgres` tells the stories of the others
//! once more.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use qinda_server::store::Place;
#[path = "cluster.rs"]
pub mod cluster;

/// Whether this test program tells its stories of PostgreSQL.
pub fn on_postgres() -> bool {
    env!("CARGO_CRATE_NAME") == "on_postgres"
}

/// The database that belongs to a data directory.
pub fn of(directory: &Path) -> Place {
    match address_of(directory) {
        Some(address) => Place::server(&address).unwrap(),
        None => Place::File(directory.join("qinda.db")),
    }
}

/// What `DATABASE_URL` has to say for a data directory, if anything.
pub fn address_of(directory: &Path) -> Option<String> {
    static ADDRESSES: LazyLock<Mutex<HashMap<PathBuf, String>>> = LazyLock::new(Mutex::default);
    on_postgres().then(|| {
        let mut addresses = ADDRESSES.lock().unwrap();
        addresses.entry(directory.to_owned()).or_insert_with(cluster::new_database).clone()
    })
}
