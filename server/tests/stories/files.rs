//! What can go wrong with a file: a place that cannot be written, a file that is no database.

use tempfile::TempDir;

use crate::support::program::refused;

#[test]
fn a_place_that_cannot_be_written_is_told() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("data");
    std::fs::write(&file, "not a directory").unwrap();
    refused(&["serve", "--listen", "127.0.0.1:0", "--data", file.to_str().unwrap()], "写不进", "Cannot write");
    // A directory of the kernel's that nobody can write, not even root.
    refused(&["serve", "--listen", "127.0.0.1:0", "--data", "/proc/self/qinda"], "写不进", "Cannot write");
}

#[test]
fn a_broken_database_is_left_as_it_is() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("qinda.db");
    std::fs::write(&path, "this was never a database, and it is long enough to be looked at".repeat(40)).unwrap();
    let before = std::fs::read(&path).unwrap();
    let data = directory.path().to_str().unwrap();
    refused(&["serve", "--listen", "127.0.0.1:0", "--data", data], "不是完好的数据库", "not a sound database");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}
