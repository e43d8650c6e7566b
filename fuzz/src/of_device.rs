//! What the device alone decodes: what lies closed in its storage.

#[path = "of_device/closed.rs"]
mod closed;
#[path = "../../app/src/local/seal.rs"]
mod seal;

/// What the desk's own module of this name gives, without a browser: to close twice what is the same does not matter here.
mod random {
    pub fn fill(bytes: &mut [u8]) {
        (1..).zip(bytes).for_each(|(number, byte)| *byte = number);
    }
}

use crate::target::Target;

/// The targets.
pub const TARGETS: &[Target] =
    &[Target { name: "closed", bytes_max: 384, run: closed::closed, seeds: closed::closed_seeds }];
