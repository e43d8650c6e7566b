//! Passwords: hashed with argon2id, compared in the same time whether the account exists or not.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use tokio::sync::Semaphore;

/// The shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 8;
/// The longest password, in bytes; hashing more would only cost time.
pub const PASSWORD_BYTES_MAX: usize = 512;
/// How many passwords are hashed at the same time: each takes some 20 MB and a core.
const HASHING_MAX: usize = 2;
/// How many random bytes a salt has.
const SALT_BYTES: usize = 16;

/// Why a password cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnfitPassword {
    /// Too short.
    #[error("the password needs at least {PASSWORD_CHARS_MIN} characters")]
    TooShort,
    /// Too long.
    #[error("the password may have at most {PASSWORD_BYTES_MAX} bytes")]
    TooLong,
}

/// Hashes a new password.
///
/// # Errors
/// When it is too short or too long.
///
/// # Panics
/// When the machine has no random bits.
pub fn hash(password: &str) -> Result<String, UnfitPassword> {
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(UnfitPassword::TooShort);
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(UnfitPassword::TooLong);
    }
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).expect("the machine gives random bits");
    let salt = SaltString::encode_b64(&salt).expect("a salt of 16 bytes is fit");
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt).expect("the password is not too long");
    Ok(hash.to_string())
}

/// Compares passwords with hashes, a few at a time.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    nobodys: Arc<str>,
}

impl Passwords {
    /// Gets ready, which takes as long as hashing one password.
    ///
    /// # Panics
    /// When the machine has no random bits.
    #[must_use]
    pub fn new() -> Self {
        let nobodys = hash("nobody signs in with this").expect("the words are long enough");
        Self { turns: Arc::new(Semaphore::new(HASHING_MAX)), nobodys: nobodys.into() }
    }

    /// Whether a password is the one of a hash. Without a hash it takes as long and is never right.
    pub async fn fits(&self, password: String, hash: Option<String>) -> bool {
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobodys.to_string());
        let Ok(_turn) = self.turns.acquire().await else { return false };
        let fits = tokio::task::spawn_blocking(move || fits_now(&password, &hash)).await.unwrap_or(false);
        exists && fits
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

fn fits_now(password: &str, hash: &str) -> bool {
    password.len() <= PASSWORD_BYTES_MAX
        && PasswordHash::new(hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_an_existing_account_fits() {
        let passwords = Passwords::new();
        let kept = hash("茶与水-2026").unwrap();
        assert!(kept.starts_with("$argon2id$"));
        assert!(passwords.fits("茶与水-2026".into(), Some(kept.clone())).await);
        assert!(!passwords.fits("茶与水-2027".into(), Some(kept)).await);
        assert!(!passwords.fits("nobody signs in with this".into(), None).await);
    }

    #[test]
    fn a_short_password_is_told_why() {
        assert_eq!(hash("七个字的密码啊"), Err(UnfitPassword::TooShort));
        assert_eq!(hash(&"x".repeat(PASSWORD_BYTES_MAX + 1)), Err(UnfitPassword::TooLong));
    }
}
