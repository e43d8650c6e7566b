//! The program as an operator meets it: what it makes, what it refuses, and in which words.

use std::io::Write as _;
use std::process::Stdio;

use qinda_server::demo::DEMO_PASSWORD;
use qinda_server::store::{Clock, Store};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::aside::aside;
use crate::support::browser;
use crate::support::database;
use crate::support::program::{Running, program, qinda, refused};

fn data_in(directory: &TempDir) -> String {
    directory.path().join("data").to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_stands_after_the_first_start_and_stays_after_the_second() {
    let directory = TempDir::new().unwrap();
    let data = data_in(&directory);
    let sign_in = async |running: &Running, number: &str| {
        let given = json!({ "work_number": number, "password": DEMO_PASSWORD });
        browser().post(format!("{}/api/sign-in", running.origin)).json(&given).send().await.unwrap()
    };
    let first = Running::start(&data, &["--demo"]);
    for number in ["1001", "1002", "2001", "3001", "9001"] {
        assert_eq!(sign_in(&first, number).await.status(), StatusCode::OK, "{number}");
    }
    let before: Value = sign_in(&first, "1001").await.json().await.unwrap();
    let health: Value = browser().get(format!("{}/healthz", first.origin)).send().await.unwrap().json().await.unwrap();
    assert_eq!(health["status"], json!("ok"));
    assert_eq!(first.terminate().await, Some(0));

    let second = Running::start(&data, &["--demo"]);
    let after: Value = sign_in(&second, "1001").await.json().await.unwrap();
    assert_eq!((&after["actor"], &after["shop"]), (&before["actor"], &before["shop"]));
}

#[test]
fn the_demo_is_not_opened_to_strangers_by_one_word() {
    let directory = TempDir::new().unwrap();
    let data = data_in(&directory);
    for more in [&["--demo"][..], &["--demo", "--expose-demo"]] {
        refused(
            &[&["serve", "--listen", "0.0.0.0:0", "--data", &data], more].concat(),
            "密码人人皆知",
            "passwords are public",
        );
    }
    drop(Running::start(&data, &["--demo"]));
    refused(&["serve", "--listen", "0.0.0.0:0", "--data", &data], "密码人人皆知", "passwords are public");
}

#[test]
fn a_port_in_use_is_told_with_what_to_do() {
    let directory = TempDir::new().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    refused(&["serve", "--listen", &listen, "--data", &data_in(&directory)], "已被占用", "in use");
    assert!(!directory.path().join("data").exists(), "it made nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_database_is_left_as_it_is() {
    let directory = TempDir::new().unwrap();
    let data = data_in(&directory);
    let place = database::of(data.as_ref());
    Store::open(&place, Clock::system()).await.unwrap().close().await;
    let newer = if database::on_postgres() {
        "INSERT INTO _sqlx_migrations VALUES (9001, 'of tomorrow', CURRENT_TIMESTAMP, TRUE, '', 0)"
    } else {
        "INSERT INTO _sqlx_migrations VALUES (9001, 'of tomorrow', CURRENT_TIMESTAMP, 1, x'00', 0)"
    };
    aside(&place, newer).await;
    refused(&["serve", "--listen", "127.0.0.1:0", "--data", &data], "更新版本", "newer Qinda");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_makes_a_shop_and_its_members_without_showing_a_password() {
    let directory = TempDir::new().unwrap();
    let data = data_in(&directory);
    refused(&["member", "list", "--data", &data], "还不存在", "There is no");
    assert!(qinda(&["shop", "add", "--slug", "tea", "--name", "茶", "--data", &data]).status.success());
    refused(&["shop", "add", "--slug", "tea", "--name", "茶", "--data", &data], "已经有", "already");

    let add = |number: &str, password: &str| {
        let account = ["member", "add", "--number", number, "--name", "方晓", "--roles", "agent,supervisor"];
        let mut child = program(&[&account[..], &["--password-stdin", "--data", &data]].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(format!("{password}\n").as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert!(matches!(add("1001", "short"), (Some(1), told) if told.contains("至少 8 个字符")));
    assert_eq!(add("1001", "long enough"), (Some(0), String::new()));
    assert!(matches!(add("1001", "long enough"), (Some(1), told) if told.contains("已经有人用了")));
    let listed = String::from_utf8(qinda(&["member", "list", "--data", &data]).stdout).unwrap();
    assert!(listed.contains("1001") && listed.contains("agent,supervisor"), "{listed}");

    let running = Running::start(&data, &["--secure-cookies"]);
    let given = json!({ "work_number": "1001", "password": "long enough" });
    let post = || browser().post(format!("{}/api/sign-in", running.origin)).json(&given).send();
    let answer = post().await.unwrap();
    assert!(answer.headers()["set-cookie"].to_str().unwrap().contains("Secure"));
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(qinda(&["member", "deactivate", "--number", "1001", "--data", &data]).status.success());
    assert_eq!(post().await.unwrap().status(), StatusCode::UNAUTHORIZED, "at once, in the running server");
}
