//! What the fuzzer found and kept, once more: see `fuzz/`.

use std::path::Path;

#[path = "../fuzz/src/of_core.rs"]
mod of_core;
#[path = "../fuzz/src/of_device.rs"]
mod of_device;
#[path = "../fuzz/src/replay.rs"]
mod replay;
#[path = "../fuzz/src/target.rs"]
mod target;

#[test]
fn what_the_fuzzer_kept_holds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    replay::replay(&corpus, of_core::TARGETS);
    replay::replay(&corpus, of_device::TARGETS);
}
