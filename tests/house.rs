//! The house is as `docs/ARCHITECTURE.md` says.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(&root().join(folder), &mut files);
    assert!(!files.is_empty(), "{folder} holds code");
    files
}

/// The files under a folder, other than those excepted, that hold one of the words.
fn files_with(folder: &str, words: &[&str], except: &[&str]) -> Vec<String> {
    let named = |path: &PathBuf| path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
    let holds = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        words.iter().any(|word| text.contains(word))
    };
    let excepted = |name: &String| except.iter().any(|start| name.starts_with(start));
    rust_files(folder).iter().filter(|path| holds(path)).map(named).filter(|name| !excepted(name)).collect()
}

#[test]
fn every_path_the_page_names_exists() {
    let page = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    // Every other piece between triple backticks is a drawing, every other one between single backticks a name.
    let prose = page.split("```").step_by(2).collect::<String>();
    let spans = prose.split('`').skip(1).step_by(2);
    let paths: Vec<&str> =
        spans.filter(|span| span.contains('/') && !span.starts_with('/') && !span.contains('…')).collect();
    assert!(paths.len() > 15, "the page names its places");
    let missing: Vec<&&str> = paths.iter().filter(|path| !root().join(path).exists()).collect();
    assert!(missing.is_empty(), "named but not there: {missing:?}");
}

#[test]
fn the_core_has_no_io_no_clock_and_no_randomness() {
    let foreign = [
        "std::fs",
        "std::net",
        "std::env",
        "std::thread",
        "SystemTime",
        "Instant::now",
        "getrandom",
        "web_sys",
        "js_sys",
        "sqlx",
        "axum",
        "tokio",
    ];
    assert_eq!(files_with("src", &foreign, &[]), Vec::<String>::new());
}

#[test]
fn only_the_device_layer_touches_storage_and_network() {
    let foreign = ["idb::", "gloo_net", "gloo_storage", "EventSource", "indexed_db"];
    assert_eq!(files_with("app/src", &foreign, &["app/src/local"]), Vec::<String>::new());
}

#[test]
fn sql_stays_in_the_store() {
    assert_eq!(files_with("server/src", &["sqlx::"], &["server/src/store"]), Vec::<String>::new());
    let drivers = ["sqlx::query", "sqlx::sqlite", "sqlx::postgres", "Postgres", "Sqlite"];
    let dialect = ["server/src/store/dialect", "server/src/store/migrate.rs", "server/src/store/feed/tests.rs"];
    assert_eq!(files_with("server/src", &drivers, &dialect), Vec::<String>::new());
    assert_eq!(files_with("app/src", &["sqlx"], &[]), Vec::<String>::new());
}
