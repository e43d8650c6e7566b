//! The program `qinda`.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// It gives back to the system what was used for a moment, such as the 19 MB that comparing a password takes. The C
/// library's own keeps that: a server that had let four people in held 115 MB of which it used 18.
#[global_allocator]
static MEMORY: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    qinda_server::cli::run()
}
