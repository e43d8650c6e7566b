//! The shop's server: pages, sync, figures, import and sign-in, over one database file.
//!
//! What must hold always: what was acknowledged is on the disk; every command has one effect; every handler asks who
//! is asking. What a command means, what may be said and how long a shopper waited is the core's to say, never ours.

pub mod cli;
pub mod demo;
pub mod errors;
pub mod meters;
pub mod passwords;
pub mod reports;
pub mod sheet;
pub mod sheet_of_figures;
pub mod sheet_of_history;
pub mod sheets;
pub mod store;
pub mod web;
pub mod zones;
