//! Gives what the fuzzer found and kept to the targets once more, without a fuzzer.

use std::path::Path;

use crate::target::Target;

/// The most files that the corpus of a target has.
const FILES_MAX: usize = 120;

/// Runs every seed and every kept input of these targets. Each target has some of both, and seeds decode.
pub fn replay(corpus: &Path, targets: &[Target]) {
    for target in targets {
        for (place, seed) in (target.seeds)().iter().enumerate() {
            assert!(seed.len() <= target.bytes_max, "seed {place} of {} is too long", target.name);
            assert!((target.run)(seed), "seed {place} of {} does not decode", target.name);
        }
        let folder = corpus.join(target.name);
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let files: Vec<_> = entries.map(|entry| entry.expect("the corpus can be listed").path()).collect();
        assert!((1..=FILES_MAX).contains(&files.len()), "{} has {} files", target.name, files.len());
        let mut decoded = 0;
        for file in files {
            println!("{}", file.display());
            let input = std::fs::read(&file).expect("the corpus can be read");
            decoded += usize::from((target.run)(&input));
        }
        assert!(decoded > 0, "the corpus of {} has something that decodes", target.name);
    }
}
