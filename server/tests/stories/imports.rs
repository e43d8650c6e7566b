//! `qinda import articles`, as an operator runs it.

use std::path::Path;
use std::process::Output;

use encoding_rs::GB18030;
use serde_json::Value;
use tempfile::TempDir;

use crate::sheets::workbook;
use crate::support::TestShop;
use crate::support::program::{program, qinda};

const TABLE: &str = "question,answer\n几天到,三天左右\n包邮吗,满 68 元包邮\n";

fn import(data: &Path, file: &Path, more: &[&str]) -> Output {
    let (data, file) = (data.to_str().unwrap(), file.to_str().unwrap());
    qinda(&[&["import", "articles", file, "--data", data, "--json"], more].concat())
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn outcomes(output: &Output) -> Vec<String> {
    let report = report(output);
    let taken = report["taken"].as_array().unwrap();
    taken.iter().map(|taken| taken["outcome"].as_str().unwrap().to_owned()).collect()
}

fn written(directory: &TempDir, name: &str, bytes: impl AsRef<[u8]>) -> std::path::PathBuf {
    let path = directory.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_comes_in_once_while_the_server_runs_and_reaches_a_desk() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let mut desk = shop.desk("1001").await;
    let data = shop.directory.path();
    let file = written(&shop.directory, "faq.csv", TABLE);

    assert_eq!(outcomes(&import(data, &file, &["--dry-run"])), ["new", "new"]);
    desk.pull().await;
    assert!(desk.state.articles.is_empty(), "a preview writes nothing");

    assert_eq!(outcomes(&import(data, &file, &[])), ["new", "new"]);
    desk.pull().await;
    let mut titles: Vec<&str> = desk.state.articles.values().map(|article| article.fields.title.as_str()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["几天到", "包邮吗"]);

    let before = desk.cursors.clone();
    assert_eq!(outcomes(&import(data, &file, &[])), ["unchanged", "unchanged"]);
    desk.pull().await;
    assert_eq!(desk.cursors, before, "the second time changes nothing");

    let changed = written(&shop.directory, "changed.csv", TABLE.replace("三天左右", "两三天"));
    assert_eq!(outcomes(&import(data, &changed, &[])), ["different", "unchanged"]);
    desk.pull().await;
    assert_eq!(desk.cursors, before, "the shop keeps its answer unless told otherwise");
    assert_eq!(outcomes(&import(data, &changed, &["--replace"])), ["replaced", "unchanged"]);
    desk.pull().await;
    let article = desk.state.articles.values().find(|article| article.fields.title == "几天到").unwrap();
    assert_eq!((&article.fields.answers[..], article.version), (&["两三天".to_owned()][..], 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_a_chinese_office_program_is_understood() {
    let shop = TestShop::open().await;
    let file = written(&shop.directory, "faq.csv", GB18030.encode(TABLE).0);
    let output = import(shop.directory.path(), &file, &["--shop", "tea"]);
    let report = report(&output);
    assert_eq!((&report["encoding"], &report["taken"][0]["title"]), (&"GB18030".into(), &"几天到".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_row_is_named_and_does_not_stop_the_rest() {
    let shop = TestShop::open().await;
    let lines = "{\"question\":\"几天到\",\"answer\":\"三天\"}\n{broken\n{\"question\":\"包邮吗\",\"answer\":\"包\"}\n";
    let file = written(&shop.directory, "faq.jsonl", lines);
    let output = import(shop.directory.path(), &file, &[]);
    assert_eq!(outcomes(&output), ["new", "new"]);
    let left = &report(&output)["left"];
    assert_eq!((left.as_array().unwrap().len(), &left[0]["line"]), (1, &2.into()));
    assert!(!left[0]["why"]["zh"].as_str().unwrap().is_empty());
}

#[test]
fn a_preview_makes_no_database() {
    let directory = TempDir::new().unwrap();
    let file = written(&directory, "faq.csv", TABLE);
    let data = directory.path().join("data");
    let output = import(&data, &file, &["--dry-run"]);
    assert_eq!(outcomes(&output), ["new", "new"]);
    assert!(!data.exists());
    let output = import(&data, &file, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!data.exists(), "without a shop there is nothing to import into");
}

#[test]
fn what_cannot_be_imported_is_told_in_words() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("data");
    for (name, bytes, zh) in [
        ("empty.csv", &b""[..], "文件是空的"),
        ("nul.txt", b"a\0b", "空字节"),
        ("prose.txt", "今天开会。".as_bytes(), "没有找到"),
        ("large.txt", &vec![b'a'; 5 << 20], "文件太大"),
    ] {
        let output = import(&data, &written(&directory, name, bytes), &["--dry-run"]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), told.contains(zh)), (Some(1), true), "{name}: {told}");
    }
    let output = import(&data, &directory.path().join("nowhere.csv"), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("nowhere.csv"));
}

#[test]
fn a_pipe_is_a_file_too() {
    use std::io::Write as _;
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("data");
    let mut child = program(&["import", "articles", "-", "--json", "--dry-run", "--data", data.to_str().unwrap()])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(TABLE.as_bytes()).unwrap();
    assert_eq!(outcomes(&child.wait_with_output().unwrap()), ["new", "new"]);
}

fn import_replies(data: &Path, file: &Path, more: &[&str]) -> Output {
    let (data, file) = (data.to_str().unwrap(), file.to_str().unwrap());
    qinda(&[&["import", "quick-replies", file, "--data", data, "--json"], more].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn quick_replies_come_in_with_their_pictures_and_the_second_time_nothing_changes() {
    let shop = TestShop::open().await.with_member("1001", "agent").await.with_member_of("night", "1009", "agent").await;
    let data = shop.directory.path();
    let picture = b"\x89PNG\r\n\x1a\nsizes";
    written(&shop.directory, "sizes.png", picture);
    let table = "分组,快捷码,内容,图片\n问候,hi,您好,\n售前,cm,,sizes.png\n售前,lost,看图,lost.png\n,,,\n问候,,再见,\n售前,bad,,\n";
    let file = written(&shop.directory, "replies.csv", GB18030.encode(table).0);
    let to_day = ["--to", "team:day", "--pictures", data.to_str().unwrap()];

    let preview = import_replies(data, &file, &[&to_day[..], &["--dry-run"]].concat());
    assert_eq!(outcomes(&preview), ["new"; 4]);
    let first = import_replies(data, &file, &to_day);
    assert_eq!(outcomes(&first), ["new"; 4]);
    let told = report(&first);
    assert_eq!((&told["left"][0]["line"], &told["pictures_missing"][0]), (&Value::from(7), &Value::from("lost.png")));

    let mut desk = shop.desk("1001").await;
    desk.pull().await;
    let replies: Vec<_> = desk.state.quick_replies.values().map(|reply| &reply.fields).collect();
    let shown = replies.iter().find(|fields| fields.shortcut == "cm").unwrap();
    assert_eq!((replies.len(), shown.category.as_str()), (4, "售前"));
    let address = format!("/api/pictures/{}", shown.picture.unwrap());
    assert_eq!(desk.get(&address).await.bytes().await.unwrap(), picture.as_slice());
    let mut night = shop.desk("1009").await;
    night.pull().await;
    assert!(night.state.quick_replies.is_empty());

    let before = desk.cursors.clone();
    assert_eq!(outcomes(&import_replies(data, &file, &to_day)), ["unchanged"; 4]);
    desk.pull().await;
    assert_eq!(desk.cursors, before, "the second time changes nothing");
    assert!(!import_replies(data, &file, &["--to", "team:nobody"]).status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn quick_replies_of_a_workbook_come_in_for_the_whole_shop_once() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let data = shop.directory.path();
    let cells = [("A1", "快捷码"), ("B1", "内容"), ("A2", "hi"), ("B2", "您好"), ("A4", "zj"), ("B4", "再见")];
    let file = written(&shop.directory, "replies.xlsx", workbook(&cells));
    assert_eq!(outcomes(&import_replies(data, &file, &[])), ["new", "new"]);
    assert_eq!(outcomes(&import_replies(data, &file, &[])), ["unchanged", "unchanged"]);
    let mut desk = shop.desk("1001").await;
    desk.pull().await;
    assert!(desk.state.quick_replies.values().all(|reply| reply.owner.is_none() && reply.team.is_none()));
    assert_eq!(desk.state.quick_replies.len(), 2);
}
