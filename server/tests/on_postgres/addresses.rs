//! What the operator is told about `DATABASE_URL`, and that its password is told to nobody.

use std::process::Stdio;

use crate::support::program::program;

fn told(address: &str) -> (Option<i32>, String) {
    let mut serve = program(&["serve", "--listen", "127.0.0.1:0"]);
    let output = serve.env("DATABASE_URL", address).env("RUST_LOG", "trace").stdin(Stdio::null()).output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(told).unwrap())
}

#[test]
fn an_address_that_leads_nowhere_is_told_without_its_password() {
    for (address, zh, en) in [
        ("postgres://qinda:s3cret@127.0.0.1:1/desk", "连不上数据库", "does not answer"),
        ("postgres://qinda:s3cret@127.0.0.1:port/desk", "读不懂", "cannot be understood"),
        ("mysql://qinda:s3cret@127.0.0.1/desk", "postgres://", "leave it unset"),
    ] {
        let (code, told) = told(address);
        assert_eq!(code, Some(1), "{told}");
        assert!(told.contains(zh) && told.contains(en), "{told}");
        assert!(!told.contains("s3cret"), "{told}");
    }
}

#[test]
fn help_does_not_tell_the_address() {
    let mut help = program(&["serve", "--help"]);
    let output = help.env("DATABASE_URL", "postgres://qinda:s3cret@db/desk").output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("DATABASE_URL") && !told.contains("s3cret"), "{told}");
}
