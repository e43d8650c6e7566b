//! The desk's shell and the built site, over real HTTP.

#[path = "support/database.rs"]
mod database;
mod door;

use std::collections::BTreeSet;

use door::{Door, browser, header};
use qinda_server::web::Assets;

const SERVICE_WORKER: &str = include_str!("../../public/sw.js");

fn built() -> Assets {
    let files = [
        ("pkg/qinda.js", "export default () => {}"),
        ("pkg/qinda.js.br", "brotli"),
        ("pkg/qinda.js.gz", "gzip"),
        ("pkg/qinda.css", "body {}"),
        ("pkg/qinda_bg.wasm", "\0asm"),
        ("pkg/desk.js", "import './qinda.js'"),
        ("pkg/visitor.js", "// of the shopper's page"),
        ("pkg/visitor.css", "/* of the shopper's page */"),
        ("icons/qinda.svg", "<svg/>"),
        ("manifest.webmanifest", "{}"),
        ("favicon.ico", "icon"),
        ("sw.js", SERVICE_WORKER),
    ];
    Assets::of(files.map(|(name, text)| (name.to_owned(), text.into())))
}

async fn open() -> Door {
    Door::open("山前茶铺", built()).await
}

async fn text(door: &Door, path: &str) -> String {
    browser().get(door.at(path)).send().await.unwrap().text().await.unwrap()
}

/// What stands between two marks.
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("{before} is not in {text}"));
    rest.split_once(after).unwrap_or_else(|| panic!("{after} is not in {rest}")).0
}

#[tokio::test]
async fn the_shell_is_the_same_bytes_at_every_address_for_everybody() {
    let door = open().await;
    let first = text(&door, "/desk").await;
    for path in ["/desk/", "/desk/answers", "/desk/c/0190?x=<script>", "/desk/a/b/c"] {
        assert_eq!(text(&door, path).await, first, "{path}");
    }
    let signed_in =
        browser().get(door.at("/desk")).header("cookie", "qinda_session=abc").header("accept-language", "en");
    assert_eq!(signed_in.send().await.unwrap().text().await.unwrap(), first);
    door.seconds_pass(3600);
    assert_eq!(text(&door, "/desk").await, first);
    for datum in ["山前茶铺", &door.shop.to_string(), &door.store.backend().await.unwrap().to_string()] {
        assert!(!first.contains(datum), "the shell carries {datum}");
    }
}

#[tokio::test]
async fn the_shell_runs_only_our_own_files_and_is_asked_for_again() {
    let door = open().await;
    let response = browser().get(door.at("/desk/answers")).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "cache-control"), "no-cache");
    assert_eq!(header(&response, "set-cookie"), "");
    let policy = header(&response, "content-security-policy").to_owned();
    assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval'") && !policy.contains("unsafe-inline"), "{policy}");
    let shell = response.text().await.unwrap();
    assert_eq!(shell.matches("<script").count(), 1, "{shell}");
    assert!(shell.contains("<script type=\"module\" src=\"/pkg/"), "{shell}");
    assert!(!shell.contains("style=") && !shell.contains("<style"), "{shell}");
}

#[tokio::test]
async fn the_front_door_leads_to_the_desk() {
    let door = open().await;
    let response = browser().get(door.at("/")).send().await.unwrap();
    assert_eq!((response.status().as_u16(), header(&response, "location")), (303, "/desk"));
}

#[tokio::test]
async fn the_service_worker_keeps_exactly_the_files_of_the_desk() {
    let door = open().await;
    let response = browser().get(door.at("/sw.js")).send().await.unwrap();
    assert_eq!(header(&response, "cache-control"), "no-cache");
    assert!(header(&response, "content-type").starts_with("text/javascript"));
    let worker = response.text().await.unwrap();
    let version = between(&worker, "const VERSION = '", "'").to_owned();
    let files: BTreeSet<String> = serde_json::from_str(between(&worker, "const FILES = ", "\n")).unwrap();
    let wanted = ["qinda.js", "qinda.css", "qinda_bg.wasm", "desk.js"].map(|file| format!("/pkg/{version}/{file}"));
    let fixed = ["/icons/qinda.svg", "/manifest.webmanifest", "/favicon.ico"].map(str::to_owned);
    assert_eq!(files, wanted.into_iter().chain(fixed).collect());
    for file in &files {
        assert_eq!(browser().get(door.at(file)).send().await.unwrap().status(), 200, "{file}");
    }
    assert_eq!(between(&text(&door, "/desk").await, "name=\"qinda-build\" content=\"", "\""), version);
}

#[tokio::test]
async fn built_files_are_kept_for_ever_and_sent_in_the_smallest_form() {
    let door = open().await;
    let version = between(&text(&door, "/desk").await, "name=\"qinda-build\" content=\"", "\"").to_owned();
    let get = |file: &str, encodings: &'static str| {
        browser().get(door.at(&format!("/pkg/{version}/{file}"))).header("accept-encoding", encodings).send()
    };
    let brotli = get("qinda.js", "gzip, br").await.unwrap();
    assert_eq!(header(&brotli, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(header(&brotli, "vary"), "accept-encoding");
    assert_eq!(header(&brotli, "content-encoding"), "br");
    assert_eq!(brotli.text().await.unwrap(), "brotli");
    assert_eq!(get("qinda.js", "gzip").await.unwrap().text().await.unwrap(), "gzip");
    assert_eq!(get("qinda.js", "identity").await.unwrap().text().await.unwrap(), "export default () => {}");
    let wasm = get("qinda_bg.wasm", "identity").await.unwrap();
    assert_eq!(header(&wasm, "content-type"), "application/wasm");
    assert_eq!(get("nothing.js", "br").await.unwrap().status(), 404);
    let other = browser().get(door.at("/pkg/0000000000000000/qinda.js")).send().await.unwrap();
    assert_eq!(other.status(), 404);
    assert!(!header(&other, "cache-control").contains("immutable"));
    assert!(other.text().await.unwrap().contains("another version"));
}

#[tokio::test]
async fn a_desk_that_was_not_built_says_how_to_build_it() {
    let door = Door::open("山前茶铺", Assets::of([])).await;
    let response = browser().get(door.at("/desk")).send().await.unwrap();
    assert_eq!(response.status(), 503);
    assert!(response.text().await.unwrap().contains("make build"));
}

#[tokio::test]
async fn what_an_installed_desk_needs_is_there() {
    let door = Door::open("山前茶铺", Assets::load()).await;
    let response = browser().get(door.at("/manifest.webmanifest")).send().await.unwrap();
    assert_eq!(header(&response, "content-type"), "application/manifest+json");
    let manifest: serde_json::Value = response.json().await.unwrap();
    assert_eq!((&manifest["start_url"], &manifest["display"]), (&"/desk".into(), &"standalone".into()));
    let icons = manifest["icons"].as_array().unwrap();
    assert!(icons.iter().any(|icon| icon["purpose"] == "maskable"));
    for icon in icons {
        let path = icon["src"].as_str().unwrap();
        let response = browser().get(door.at(path)).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), header(&response, "content-type")),
            (200, icon["type"].as_str().unwrap())
        );
    }
    assert_eq!(browser().get(door.at("/favicon.ico")).send().await.unwrap().status(), 200);
}
