//! The device: its storage, its clock, its luck, and its way to the server. Nothing else in the crate touches
//! IndexedDB or the network.

pub(crate) mod clock;
pub(crate) mod confirmed;
pub(crate) mod early;
pub(crate) mod http;
pub(crate) mod idb;
pub(crate) mod lease;
pub(crate) mod live;
pub(crate) mod outbox;
mod packed;
pub(crate) mod pictures;
pub(crate) mod prefs;
pub(crate) mod prepared;
pub(crate) mod random;
pub(crate) mod seal;
pub(crate) mod storage;
pub(crate) mod updates;
pub(crate) mod vault;
pub(crate) mod wipe;

#[cfg(test)]
mod tests;
