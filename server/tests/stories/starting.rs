//! The program as an operator meets it: what it makes, what it refuses, and in which words.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use qinda_server::demo::DEMO_PASSWORD;
use qinda_server::store::{Clock, Store};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{DEADLINE, browser};

/// How soon to look again whether a process has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The program, without what the environment of the test may say.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qinda"));
    for name in ["QINDA_DATA", "QINDA_LISTEN", "QINDA_DEMO", "QINDA_SECURE_COOKIES", "QINDA_LOG_JSON", "RUST_LOG"] {
        command.env_remove(name);
    }
    command
}

/// Runs the program to its end.
pub fn qinda(args: &[&str]) -> Output {
    program().args(args).stdin(Stdio::null()).output().unwrap()
}

/// A server in a process of its own. It is killed when it goes out of scope.
pub struct Running {
    pub child: Child,
    pub origin: String,
}

impl Running {
    /// Starts `qinda serve` on a port that the system chooses, and waits until it greets.
    pub fn start(data: &str, more: &[&str]) -> Self {
        let mut child = program()
            .args(["serve", "--listen", "127.0.0.1:0", "--data", data])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let origin = loop {
            let line = lines.next().expect("it greets before it ends").unwrap();
            if let Some(at) = line.find("http://") {
                let address = line[at..].split_whitespace().next().unwrap();
                break address.trim_end_matches("/desk").to_owned();
            }
        };
        // The rest of the greeting is read too: a server whose output nobody takes would stand still.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { child, origin }
    }

    /// Asks it to stop, as an operator does, and waits until it has.
    pub async fn terminate(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let stopped = async {
            loop {
                if let Some(status) = self.child.try_wait().unwrap() {
                    return status.code();
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        tokio::time::timeout(DEADLINE, stopped).await.expect("it stops in time")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn refused(args: &[&str], zh: &str, en: &str) {
    let output = qinda(args);
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains(zh) && told.contains(en), "{told}");
}

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

#[test]
fn a_place_that_cannot_be_written_is_told() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("data");
    std::fs::write(&file, "not a directory").unwrap();
    refused(&["serve", "--listen", "127.0.0.1:0", "--data", file.to_str().unwrap()], "写不进", "Cannot write");
    // A directory of the kernel's that nobody can write, not even root.
    refused(&["serve", "--listen", "127.0.0.1:0", "--data", "/proc/self/qinda"], "写不进", "Cannot write");
}

#[tokio::test]
async fn a_newer_or_a_broken_database_is_left_as_it_is() {
    let directory = TempDir::new().unwrap();
    let data = data_in(&directory);
    let path = directory.path().join("data/qinda.db");
    let store = Store::open(&path, Clock::system()).await.unwrap();
    store.close().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let mut conn = sqlx::ConnectOptions::connect(&options).await.unwrap();
    sqlx::query("INSERT INTO _sqlx_migrations VALUES (9001, 'of tomorrow', CURRENT_TIMESTAMP, 1, x'00', 0)")
        .execute(&mut conn)
        .await
        .unwrap();
    sqlx::Connection::close(conn).await.unwrap();
    let before = std::fs::read(&path).unwrap();
    refused(&["serve", "--listen", "127.0.0.1:0", "--data", &data], "更新版本", "newer Qinda");
    assert_eq!(std::fs::read(&path).unwrap(), before);

    std::fs::write(&path, "this was never a database, and it is long enough to be looked at".repeat(40)).unwrap();
    let before = std::fs::read(&path).unwrap();
    refused(&["serve", "--listen", "127.0.0.1:0", "--data", &data], "不是完好的数据库", "not a sound database");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_makes_a_shop_and_its_members_without_showing_a_password() {
    let directory = TempDir::new().unwrap();
    let data = data_in(&directory);
    refused(&["member", "list", "--data", &data], "还不存在", "There is no");
    assert!(qinda(&["shop", "add", "--slug", "tea", "--name", "茶", "--data", &data]).status.success());
    refused(&["shop", "add", "--slug", "tea", "--name", "茶", "--data", &data], "已经有", "already");

    let add = |number: &str, password: &str| {
        let mut child = program()
            .args(["member", "add", "--number", number, "--name", "方晓", "--roles", "agent,supervisor"])
            .args(["--password-stdin", "--data", &data])
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
