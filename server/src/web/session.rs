//! Who is asking: every handler for members takes a [`SignedInMember`], and so refuses everybody else.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use qinda::model::{Actor, Deed};
use qinda::sync::SignedIn;

use super::AppState;
use super::devices;
use super::errors::Refusal;
use crate::store::sessions::{self, SESSION_LONGEST_SECONDS, Session, Standing};
use crate::store::{Store, StoreError, token_hash};

/// The name of the cookie that carries a session's token.
pub const SESSION_COOKIE: &str = "qinda_session";

/// The member who is asking, with the roles that the database names at this moment.
pub struct SignedInMember(pub Session);

impl SignedInMember {
    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.0.signed_in.actor
    }

    /// Who is signed in.
    #[must_use]
    pub fn signed_in(&self) -> &SignedIn {
        &self.0.signed_in
    }

    /// Goes on only if the member's roles allow that.
    ///
    /// # Errors
    /// When they do not.
    pub fn require(&self, deed: Deed) -> Result<(), Refusal> {
        if self.actor().roles.may(deed) { Ok(()) } else { Err(Refusal::forbidden()) }
    }
}

impl FromRequestParts<AppState> for SignedInMember {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        let token = cookie(&parts.headers, SESSION_COOKIE).ok_or_else(Refusal::signed_out)?;
        let session = match standing(&state.store, &token_hash(token)).await? {
            Standing::GoesOn(session) => *session,
            Standing::CutOff { shop, device, told } => {
                return Err(devices::to_wipe(&state.store, shop, device, told).await);
            }
            Standing::Over => return Err(Refusal::signed_out()),
        };
        if session.is_to_be_touched(state.store.clock().now()) {
            touch(&state.store, &session).await;
        }
        Ok(Self(session))
    }
}

/// The session of a token's hash, if it goes on.
pub async fn find(store: &Store, token_hash: &str) -> Result<Option<Session>, StoreError> {
    Ok(match standing(store, token_hash).await? {
        Standing::GoesOn(session) => Some(*session),
        Standing::CutOff { .. } | Standing::Over => None,
    })
}

async fn standing(store: &Store, token_hash: &str) -> Result<Standing, StoreError> {
    sessions::standing(&mut *store.reader().await?, token_hash, store.clock().now()).await
}

/// A request is not refused because its time could not be noted.
async fn touch(store: &Store, session: &Session) {
    let (shop, token_hash) = (session.signed_in.actor.shop, session.token_hash.clone());
    let touched = store.write(shop, move |work| Box::pin(sessions::touch(work, token_hash))).await;
    if let Err(error) = touched {
        tracing::warn!(%error, "that a session is in use could not be written down");
    }
}

/// The value of a cookie.
#[must_use]
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|pairs| pairs.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The cookie that begins a session in the browser.
#[must_use]
pub fn beginning(token: &str, secure: bool) -> HeaderValue {
    set_cookie(token, SESSION_LONGEST_SECONDS, secure)
}

/// The cookie that ends it.
#[must_use]
pub fn ending(secure: bool) -> HeaderValue {
    set_cookie("", 0, secure)
}

fn set_cookie(value: &str, max_age_seconds: i64, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let text =
        format!("{SESSION_COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_seconds}{secure}");
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; qinda_session=t0ken"));
        headers.append(header::COOKIE, HeaderValue::from_static("b=2"));
        assert_eq!(cookie(&headers, SESSION_COOKIE), Some("t0ken"));
        assert_eq!(cookie(&headers, "b"), Some("2"));
        assert_eq!(cookie(&headers, "session"), None);
    }

    #[test]
    fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
        let cookie = beginning("abc", true);
        let text = cookie.to_str().unwrap();
        for part in ["qinda_session=abc", "HttpOnly", "SameSite=Strict", "Path=/", "Secure"] {
            assert!(text.contains(part), "{text} lacks {part}");
        }
        assert!(!beginning("abc", false).to_str().unwrap().contains("Secure"));
    }
}
