//! What the fuzzer found and kept of what the server alone reads, once more: see `fuzz/`.

use std::path::Path;

use qinda_server::{errors, sheets};

#[path = "../../fuzz/src/of_server.rs"]
mod of_server;
#[path = "../../fuzz/src/replay.rs"]
mod replay;
#[path = "../../fuzz/src/target.rs"]
mod target;

#[test]
fn what_the_fuzzer_kept_holds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    replay::replay(&corpus, of_server::TARGETS);
}
