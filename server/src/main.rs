//! The program `qinda`.

use std::process::ExitCode;

fn main() -> ExitCode {
    qinda_server::cli::run()
}
