//! The core of Qinda: what exists, how it travels, which words fit, how fast we answered.
//!
//! The same code runs in the agent's browser and in the shop's server, so both decide alike.
//! It must hold always: no I/O, no clock, no randomness, no feature that changes its meaning.
//! Time and random bits come in as arguments. It knows nothing of SQL, HTTP or a browser.

pub mod answers;
pub mod blanks;
pub mod import;
pub mod model;
pub mod order;
mod packing;
pub mod planning;
pub mod policy;
pub mod sync;
pub mod timing;
pub mod wording;
