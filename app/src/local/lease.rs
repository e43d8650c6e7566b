//! Until when this device may show customer data without hearing the server. It lies beside the preferences, where it is
//! read and written at once, by whichever tab comes first.

use gloo_storage::{LocalStorage, Storage};
use qinda::sync::{Lease, LeaseState, LeaseTold};

use super::clock::wall;

const LEASE: &str = "qinda.lease";

/// The server was heard. Older servers say nothing of a lease, and then there is none.
pub(crate) fn heard(told: Option<LeaseTold>) {
    if let Some(LeaseTold { at, until }) = told {
        let _ = LocalStorage::set(LEASE, Lease::heard(at, until, wall()));
    }
}

/// What holds now, which is noted, so that a clock that is set back brings no time back. Without a lease everything is
/// shown: the server was never heard to give one.
pub(crate) fn noted() -> LeaseState {
    let Ok(lease) = LocalStorage::get::<Lease>(LEASE) else { return LeaseState::Open(i64::MAX) };
    let wall = wall();
    let _ = LocalStorage::set(LEASE, lease.noted(wall));
    lease.state(wall)
}

/// Forgets it together with everything it is about.
pub(crate) fn forget() {
    LocalStorage::delete(LEASE);
}
