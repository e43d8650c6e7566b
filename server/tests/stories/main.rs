//! Stories told to the real server over HTTP, on a real database in a directory of the test's own.

mod answers;
mod bounding;
mod bringing;
mod checking;
mod closing;
mod coaching;
mod compacting;
mod counting;
mod defining;
mod devices;
mod drafting;
mod erasing;
mod figures;
mod files;
mod filling;
mod histories;
mod imports;
mod killed;
mod live;
mod logs;
mod looking;
mod measuring;
mod merging;
mod metering;
mod opening;
mod overloading;
mod owning;
mod pictures;
mod planning;
mod reporting;
mod restoring;
mod reviewing;
mod saying;
mod sheets;
mod signing_in;
mod standing;
mod starting;
mod syncing;
mod trending;
mod upgrading;
mod watching;
mod writing;

#[path = "../support/mod.rs"]
mod support;
