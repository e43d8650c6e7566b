//! The fuzzer of all targets: `QINDA_FUZZ` names the one to run, the arguments are libFuzzer's. With `QINDA_FUZZ=seeds`
//! it writes the seeds of every target under the folder that `QINDA_FUZZ_CORPUS` names, and runs nothing.
#![no_main]

#[path = "of_core.rs"]
mod of_core;
#[path = "of_device.rs"]
mod of_device;
#[path = "of_server.rs"]
mod of_server;
#[path = "../../server/src/sheets.rs"]
mod sheets;
#[path = "target.rs"]
mod target;

/// What allocates: an input of some kilobytes needs no piece of memory like this, whatever it says of itself.
const PIECE_BYTES_MAX: usize = 64 * 1024 * 1024;

struct Bounded;

// SAFETY: it is the system's own, but for what is refused.
unsafe impl GlobalAlloc for Bounded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() > PIECE_BYTES_MAX {
            std::process::abort();
        }
        // SAFETY: whoever calls keeps to what the system asks.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        // SAFETY: it came from there.
        unsafe { System.dealloc(piece, layout) }
    }
}

#[global_allocator]
static BOUNDED: Bounded = Bounded;

/// What the server's own module of this name tells a person, as far as the decoders need it.
mod errors {
    #[derive(Debug)]
    pub struct Trouble;

    impl Trouble {
        pub fn new(_zh: impl Into<String>, _en: impl Into<String>) -> Self {
            Self
        }
    }
}

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;
use std::sync::OnceLock;

use libfuzzer_sys::{Corpus, fuzz_target};
use target::Target;

static CHOSEN: OnceLock<&'static Target> = OnceLock::new();

fn targets() -> impl Iterator<Item = &'static Target> {
    of_core::TARGETS.iter().chain(of_device::TARGETS).chain(of_server::TARGETS)
}

fn choose() -> &'static Target {
    let name = std::env::var("QINDA_FUZZ").unwrap_or_default();
    if name == "seeds" {
        let corpus = std::env::var("QINDA_FUZZ_CORPUS").expect("QINDA_FUZZ_CORPUS names a folder");
        targets().for_each(|target| write_seeds(&Path::new(&corpus).join(target.name), target));
        std::process::exit(0);
    }
    let known: Vec<&str> = targets().map(|target| target.name).collect();
    targets().find(|target| target.name == name).unwrap_or_else(|| panic!("QINDA_FUZZ is one of {}", known.join(" ")))
}

fn write_seeds(folder: &Path, target: &Target) {
    std::fs::create_dir_all(folder).expect("the folder of the corpus can be made");
    for (place, seed) in (target.seeds)().iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{place:02}")), seed).expect("a seed can be written");
    }
    println!("{} {}", target.name, target.bytes_max);
}

fuzz_target!(
    init: { CHOSEN.get_or_init(choose); },
    |input: &[u8]| -> Corpus {
        let target = CHOSEN.get_or_init(choose);
        if input.len() > target.bytes_max {
            return Corpus::Reject;
        }
        (target.run)(input);
        Corpus::Keep
    }
);
