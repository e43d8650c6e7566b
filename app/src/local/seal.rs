//! Closing what is kept of customers, so that whoever copies the device's files reads nothing. What is closed fits only
//! the place it was closed for, and a change of a single bit shows.

use std::rc::Rc;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

use super::random;

/// The bytes of a key.
pub(crate) const KEY_BYTES: usize = 32;
/// How everything closed begins; the last byte is the version.
const BEGINNING: [u8; 4] = [0xf5, b'Q', b'S', 1];
/// Random ones of this length do not repeat.
const NONCE_BYTES: usize = 24;

/// Closes and opens with one key.
#[derive(Clone)]
pub(crate) struct Seal(Rc<XChaCha20Poly1305>);

/// Something closed that does not open: it was changed, or closed with another key or for another place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Damaged;

impl Seal {
    /// Closes and opens with this key.
    pub(crate) fn new(key: [u8; KEY_BYTES]) -> Self {
        Self(Rc::new(XChaCha20Poly1305::new(&key.into())))
    }

    /// Closes something for a place.
    pub(crate) fn close(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        random::fill(&mut nonce);
        let message = Payload { msg: plain, aad: place.as_bytes() };
        // Only what does not fit the memory fails to be closed, and that came from memory.
        let closed = self.0.encrypt(&XNonce::from(nonce), message).unwrap_or_default();
        [&BEGINNING[..], &nonce, &closed].concat()
    }

    /// Opens what was closed for a place.
    ///
    /// # Errors
    /// [`Damaged`] where it was not closed so.
    pub(crate) fn open(&self, place: &str, closed: &[u8]) -> Result<Vec<u8>, Damaged> {
        let rest = closed.strip_prefix(&BEGINNING).ok_or(Damaged)?;
        let (nonce, closed) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(Damaged)?;
        let message = Payload { msg: closed, aad: place.as_bytes() };
        self.0.decrypt(&XNonce::from(*nonce), message).map_err(|_| Damaged)
    }
}

/// Whether bytes say that they are closed. No picture and no text begins so.
pub(crate) fn is_closed(bytes: &[u8]) -> bool {
    bytes.starts_with(&BEGINNING)
}
