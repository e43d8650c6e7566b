//! Closing and opening.

use super::seal::{Damaged, KEY_BYTES, Seal, is_closed};

const ROW: &str = "rows|inbox:day|message";

fn seal() -> Seal {
    Seal::new([7; KEY_BYTES])
}

/// A place on the first line, then what lies there. Whatever it is, it can be closed for that place, and opens there alone.
pub fn closed(input: &[u8]) -> bool {
    let Some(end) = input.iter().position(|byte| *byte == b'\n') else { return false };
    let Ok(place) = std::str::from_utf8(&input[..end]) else { return false };
    let lies = &input[end + 1..];
    let opened = seal().open(place, lies);
    assert!(opened.is_err() || is_closed(lies), "something opens that is not closed");

    let closed = seal().close(place, lies);
    assert!(is_closed(&closed));
    assert_eq!(seal().open(place, &closed).as_deref(), Ok(lies));
    assert_eq!(seal().open(&format!("{place}|"), &closed), Err(Damaged), "it opens elsewhere");
    assert_eq!(Seal::new([8; KEY_BYTES]).open(place, &closed), Err(Damaged), "it opens with another key");
    for spoiled in 0..closed.len() {
        let mut changed = closed.clone();
        changed[spoiled] ^= 1;
        assert_eq!(seal().open(place, &changed), Err(Damaged), "a bit was changed at {spoiled}");
        assert_eq!(seal().open(place, &closed[..spoiled]), Err(Damaged), "what follows {spoiled} is gone");
    }
    opened.is_ok()
}

/// Rows as they lie in the storage.
pub fn closed_seeds() -> Vec<Vec<u8>> {
    let lies = |plain: &[u8]| [ROW.as_bytes(), b"\n", &seal().close(ROW, plain)].concat();
    vec![lies(br#"{"kind":"message","body":{}}"#), lies(b""), lies("亲，稍等".as_bytes())]
}
