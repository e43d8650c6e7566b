//! Small preferences, in `localStorage`. Losing them loses no work.

use gloo_storage::{LocalStorage, Storage};
use qinda::sync::SignedIn;
use serde::{Deserialize, Serialize};

const SESSION: &str = "qinda.session";
const SIGN_OUT_OWED: &str = "qinda.sign-out-owed";
const WAS_CUT_OFF: &str = "qinda.was-cut-off";
const PREFERENCES: &str = "qinda.preferences";

/// How a member likes the desk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Preferences {
    /// `zh` or `en`; `None` follows the browser.
    #[serde(default)]
    pub(crate) language: Option<String>,
    /// `light` or `dark`; `None` follows the device.
    #[serde(default)]
    pub(crate) theme: Option<String>,
    /// Enter makes a new line and Ctrl+Enter sends, instead of the other way round.
    #[serde(default)]
    pub(crate) enter_breaks_line: bool,
}

/// Who signed in on this device last; `None` after signing out.
pub(crate) fn session() -> Option<SignedIn> {
    LocalStorage::get(SESSION).ok()
}

/// Remembers who is signed in. Where the browser keeps nothing, the next start asks again.
pub(crate) fn remember_session(session: &SignedIn) {
    let _ = LocalStorage::set(SESSION, session);
}

/// Forgets who was signed in.
pub(crate) fn forget_session() {
    LocalStorage::delete(SESSION);
}

/// The preferences of this device.
pub(crate) fn preferences() -> Preferences {
    LocalStorage::get(PREFERENCES).unwrap_or_default()
}

/// Keeps the preferences of this device.
pub(crate) fn keep_preferences(preferences: &Preferences) {
    let _ = LocalStorage::set(PREFERENCES, preferences);
}

/// Whether the server was never told of the last sign-out, because the network was gone.
pub(crate) fn sign_out_owed() -> bool {
    LocalStorage::get(SIGN_OUT_OWED).unwrap_or(false)
}

/// Notes whether the server still has to be told of a sign-out.
pub(crate) fn set_sign_out_owed(owed: bool) {
    if owed {
        let _ = LocalStorage::set(SIGN_OUT_OWED, true);
    } else {
        LocalStorage::delete(SIGN_OUT_OWED);
    }
}

/// Whether the last member's data left this device because it was cut off.
pub(crate) fn was_cut_off() -> bool {
    LocalStorage::get(WAS_CUT_OFF).unwrap_or(false)
}

/// Notes that the device was cut off, or that somebody signed in since.
pub(crate) fn set_was_cut_off(was: bool) {
    if was {
        let _ = LocalStorage::set(WAS_CUT_OFF, true);
    } else {
        LocalStorage::delete(WAS_CUT_OFF);
    }
}
