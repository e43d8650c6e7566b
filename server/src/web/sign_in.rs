//! Signing in and out.

use std::net::{IpAddr, SocketAddr};

use axum::Json;
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{Router, get, post};
use qinda::sync::SignedIn;
use serde::Deserialize;

use super::AppState;
use super::errors::Refusal;
use super::limits::{Given, SIGN_IN_BYTES_MAX};
use super::session::{self, SignedInMember};
use crate::store::attempts::{self, Attempt};
use crate::store::members::{self, Account};
use crate::store::shops::{self, Shop};
use crate::store::{Lane, LiveEvent, StoreError, random_token, sessions, token_hash};

/// The longest work number or slug that is looked at, in bytes.
const NAME_BYTES_MAX: usize = 100;

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    let sign_in = post(sign_in).layer(DefaultBodyLimit::max(SIGN_IN_BYTES_MAX));
    Router::new().route("/api/sign-in", sign_in).route("/api/sign-out", post(sign_out)).route("/api/me", get(me))
}

#[derive(Deserialize)]
struct Credentials {
    #[serde(default)]
    shop: String,
    work_number: String,
    password: String,
}

async fn sign_in(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Given(given): Given<Credentials>,
) -> Result<Response, Refusal> {
    if given.work_number.len() > NAME_BYTES_MAX || given.shop.len() > NAME_BYTES_MAX {
        return Err(wrong_credentials());
    }
    let (slug, work_number) = (given.shop.trim(), given.work_number.trim());
    let shop = shop(&state, slug).await?;
    // Counted by the shop that is meant, so that naming it in two ways gives no second set of tries.
    let meant = shop.as_ref().map_or(slug, |shop| shop.card.slug.as_str());
    let from = if state.front.behind_proxy { forwarded(&headers) } else { None }.unwrap_or(peer.ip());
    let attempt = Attempt::new(meant, work_number, &from.to_string());
    let counted = attempt.clone();
    if let Some(seconds) = state.store.write(Lane::Server, move |work| Box::pin(attempts::count(work, counted))).await?
    {
        return Err(too_many_attempts(seconds));
    }
    let account = match shop {
        Some(shop) => members::by_number(&mut *state.store.reader().await?, shop.card.id, work_number).await?,
        None => None,
    };
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    if !state.passwords.fits(given.password, hash).await {
        return Err(wrong_credentials());
    }
    let Some(account) = account.filter(|account| account.card.active) else { return Err(wrong_credentials()) };
    begin_session(&state, account, attempt).await
}

/// The address that the proxy in front saw. Only the last entry is its own; the others are whatever the browser sent.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?;
    last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

/// The shop of a slug; of no slug, the only shop.
async fn shop(state: &AppState, slug: &str) -> Result<Option<Shop>, StoreError> {
    let mut reader = state.store.reader().await?;
    if !slug.is_empty() {
        return shops::by_slug(&mut reader, slug).await;
    }
    let mut all = shops::all(&mut reader).await?;
    Ok(if all.len() == 1 { all.pop() } else { None })
}

async fn begin_session(state: &AppState, account: Account, attempt: Attempt) -> Result<Response, Refusal> {
    let token = random_token();
    let (hash, shop, member) = (token_hash(&token), account.actor.shop, account.card.id);
    let kept = hash.clone();
    let begin = state.store.write(shop, move |work| {
        Box::pin(async move {
            attempts::succeeded(work, attempt).await?;
            sessions::begin(work, kept, shop, member).await
        })
    });
    begin.await?;
    let session = session::find(&state.store, &hash).await?.ok_or_else(Refusal::signed_out)?;
    let cookie = session::beginning(&token, state.front.secure_cookies);
    Ok(([(header::SET_COOKIE, cookie)], Json(session.signed_in)).into_response())
}

async fn sign_out(State(state): State<AppState>, member: SignedInMember) -> Result<Response, Refusal> {
    let (shop, token_hash) = (member.actor().shop, member.0.token_hash);
    let ended = token_hash.clone();
    state.store.write(shop, move |work| Box::pin(sessions::end(work, ended))).await?;
    state.store.live().tell(LiveEvent::SessionEnded { token_hash });
    let cookie = session::ending(state.front.secure_cookies);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

async fn me(member: SignedInMember) -> Json<SignedIn> {
    Json(member.0.signed_in)
}

const fn wrong_credentials() -> Refusal {
    Refusal::new(
        StatusCode::UNAUTHORIZED,
        "wrong_credentials",
        "工号或密码不对。",
        "The work number or the password is wrong.",
    )
}

const fn too_many_attempts(seconds: i64) -> Refusal {
    Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_attempts",
        "试的次数太多了，请过一会儿再试。",
        "Too many tries. Wait a while, then try again.",
    )
    .retry_after(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_proxys_own_word_counts() {
        let mut headers = HeaderMap::new();
        assert_eq!(forwarded(&headers), None);
        headers.append("x-forwarded-for", "10.0.0.1, 203.0.113.7".parse().unwrap());
        assert_eq!(forwarded(&headers), Some("203.0.113.7".parse().unwrap()));
        headers.append("x-forwarded-for", "2001:db8::1".parse().unwrap());
        assert_eq!(forwarded(&headers), Some("2001:db8::1".parse().unwrap()));
        headers.append("x-forwarded-for", "nobody".parse().unwrap());
        assert_eq!(forwarded(&headers), None);
    }
}
