//! The cookie that a shopper is known by.

use axum::http::{HeaderMap, HeaderValue};

use crate::web::session;

const NAME: &str = "qinda_shopper";
/// How many hexadecimal digits a token has.
const TOKEN_DIGITS: usize = 64;
/// A shopper who comes back within this time finds the conversation again.
const AGE_SECONDS: u32 = 365 * 24 * 3600;

/// The token that the browser sent, if it looks like one of ours.
pub(super) fn token(headers: &HeaderMap) -> Option<String> {
    let token = session::cookie(headers, NAME)?;
    let is_token = token.len() == TOKEN_DIGITS && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_token.then(|| token.to_owned())
}

/// The header that gives the browser its token, or makes the one that it has last longer.
pub(super) fn set(token: &str, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{NAME}={token}; Path=/c; Max-Age={AGE_SECONDS}; HttpOnly; SameSite=Lax{secure}"))
        .expect("a token is made of hexadecimal digits")
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;

    use super::*;

    fn sent(cookies: &str) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(cookies).unwrap())])
    }

    #[test]
    fn only_a_whole_token_counts() {
        let whole = "0123456789abcdef".repeat(4);
        assert_eq!(token(&sent(&format!("a=b; qinda_shopper={whole}; c=d"))), Some(whole));
        assert_eq!(token(&sent("qinda_shopper=0123")), None);
        assert_eq!(token(&sent(&format!("qinda_shopper={}", "x".repeat(64)))), None);
        assert_eq!(token(&HeaderMap::new()), None);
    }
}
