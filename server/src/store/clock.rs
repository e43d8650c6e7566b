//! Time and random bits: the two things that the core must be given.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use qinda::model::Micros;
use sha2::{Digest, Sha256};

/// How many random bytes a token has.
const TOKEN_BYTES: usize = 32;

/// What time it is.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Micros + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(|| {
            let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Micros(i64::try_from(since_1970.as_micros()).unwrap_or(i64::MAX))
        }))
    }

    /// A clock that stands where it is put.
    #[must_use]
    pub fn by_hand(micros: Arc<AtomicI64>) -> Self {
        Self(Arc::new(move || Micros(micros.load(Ordering::SeqCst))))
    }

    /// The moment.
    #[must_use]
    pub fn now(&self) -> Micros {
        (self.0)()
    }
}

/// A new id of any kind: `random_id(MessageId::new, now)`.
///
/// # Panics
/// When the machine has no random bits.
pub fn random_id<T>(new: impl FnOnce(u64, [u8; 10]) -> T, now: Micros) -> T {
    let mut random = [0; 10];
    getrandom::fill(&mut random).expect("the machine gives random bits");
    new(now.unix_ms(), random)
}

/// A secret that nobody can guess, in hex.
///
/// # Panics
/// When the machine has no random bits.
#[must_use]
pub fn random_token() -> String {
    let mut random = [0; TOKEN_BYTES];
    getrandom::fill(&mut random).expect("the machine gives random bits");
    hex(&random)
}

/// What is kept of a token.
#[must_use]
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
