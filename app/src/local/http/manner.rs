//! Whether this page speaks tersely with the server.

use std::cell::Cell;

use qinda::sync::{TERSE_TABLE, terse};

use super::Failure;

/// Nothing that comes later tells whether the server or something on the way to it refused the form, so once is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// The server said nothing of it.
    Unknown,
    /// It reads it.
    Understood,
    /// It was refused.
    Refused,
}

thread_local! {
    static STANDING: Cell<Standing> = const { Cell::new(Standing::Unknown) };
}

/// The server said by which tables it reads.
pub(crate) fn heard(tables: &[u8]) {
    if STANDING.get() != Standing::Refused {
        STANDING.set(if tables.contains(&TERSE_TABLE) { Standing::Understood } else { Standing::Unknown });
    }
}

/// The terse form of a text, for a server that reads it.
pub(super) fn said(text: &str) -> Option<Vec<u8>> {
    if STANDING.get() == Standing::Understood { terse(text) } else { None }
}

/// Whether a failure may be about the form and not about what was said. Then it is not used any more. What somebody on the
/// way refuses bears no code of ours. What did not arrive is said as JSON until the server is heard again.
pub(super) fn is_of_the_form(failure: &Failure) -> bool {
    match failure {
        Failure::Refused(status, code) if matches!(status, 400 | 413 | 415) || code.is_empty() => {
            STANDING.set(Standing::Refused);
            true
        }
        Failure::Unreachable => {
            STANDING.set(Standing::Unknown);
            false
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn refused(status: u16, code: &str) -> Failure {
        Failure::Refused(status, code.to_owned())
    }

    fn speaks_tersely() -> bool {
        said("{}").is_some()
    }

    #[wasm_bindgen_test]
    fn the_form_is_used_once_the_server_reads_it_and_never_again_once_it_is_refused() {
        STANDING.set(Standing::Unknown);
        assert!(!speaks_tersely());
        heard(&[TERSE_TABLE + 1]);
        assert!(!speaks_tersely(), "it reads another");
        heard(&[TERSE_TABLE, TERSE_TABLE + 1]);
        assert!(speaks_tersely());
        for of_the_words in [Failure::SignedOut, Failure::Busy(5), refused(403, "device_taken"), refused(409, "gap")] {
            assert!(!is_of_the_form(&of_the_words) && speaks_tersely(), "{of_the_words:?}");
        }
        assert!(!is_of_the_form(&Failure::Unreachable) && !speaks_tersely(), "something on the way may break it off");
        heard(&[TERSE_TABLE]);
        assert!(speaks_tersely());
        heard(&[]);
        assert!(!speaks_tersely(), "the server is an older one by now");
        for of_the_form in [refused(415, "not_json"), refused(400, "malformed"), refused(406, "")] {
            STANDING.set(Standing::Understood);
            assert!(is_of_the_form(&of_the_form) && !speaks_tersely(), "{of_the_form:?}");
            heard(&[TERSE_TABLE]);
            assert!(!speaks_tersely());
        }
        STANDING.set(Standing::Unknown);
    }
}
