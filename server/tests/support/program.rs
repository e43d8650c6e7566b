//! The program as an operator runs it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use super::{DEADLINE, database};

/// How soon to look again whether a process has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// What the environment of the test may say, but not to the program.
const VARIABLES: [&str; 7] =
    ["QINDA_DATA", "QINDA_LISTEN", "QINDA_DEMO", "QINDA_SECURE_COOKIES", "QINDA_LOG_JSON", "RUST_LOG", "DATABASE_URL"];

/// The program with these arguments. Where a server holds the databases, it works on the one of its `--data`.
pub fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qinda"));
    for name in VARIABLES {
        command.env_remove(name);
    }
    let data = args.iter().skip_while(|arg| **arg != "--data").nth(1);
    if let Some(address) = data.and_then(|data| database::address_of(Path::new(data))) {
        command.env("DATABASE_URL", address);
    }
    command.args(args);
    command
}

/// Runs the program to its end.
pub fn qinda(args: &[&str]) -> Output {
    program(args).stdin(Stdio::null()).output().unwrap()
}

/// A server in a process of its own. It is killed when it goes out of scope.
pub struct Running {
    pub child: Child,
    pub origin: String,
}

impl Running {
    /// Starts `qinda serve` on a port that the system chooses, and waits until it greets.
    pub fn start(data: &str, more: &[&str]) -> Self {
        let mut child = program(&["serve", "--listen", "127.0.0.1:0", "--data", data])
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

/// Runs the program, which has to refuse with those words.
pub fn refused(args: &[&str], zh: &str, en: &str) {
    let output = qinda(args);
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains(zh) && told.contains(en), "{told}");
}
