//! `/report/daily`, `/report/weekly` and `/report/monthly`: a report as a page to read and to print, for supervisors.

use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{Router, get};
use qinda::model::{Day, Deed};
use qinda_app::visitor::Lang;
use serde::Deserialize;

use super::AppState;
use super::errors::Refusal;
use super::session::SignedInMember;
use crate::reports::{Kind, page};
use crate::store::defined::How;
use crate::store::reported;

const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const STYLE: &str = include_str!("../reports/report.css");
/// Days further from 1970 than this lie in no shop's history.
const DAYS_MAX: i64 = 100_000;

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/report", get(async || Redirect::to("/report/daily")))
        .route("/report/report.css", get(style))
        .route("/report/{kind}", get(show))
}

/// What may stand in the page's address.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    on: Option<String>,
    pub(super) lang: Option<String>,
}

/// The language that was asked for, or that the browser prefers.
pub(super) fn language(asked: Option<&str>, headers: &HeaderMap) -> Lang {
    let accepted = headers.get("accept-language").and_then(|value| value.to_str().ok()).unwrap_or_default();
    Lang::choose(asked, accepted)
}

async fn style() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "no-cache")], STYLE)
}

async fn show(
    State(state): State<AppState>,
    Path(kind): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    address: Uri,
    member: Result<SignedInMember, Refusal>,
) -> Response {
    let lang = language(asked.lang.as_deref(), &headers);
    match read(&state, &kind, &asked, member).await {
        Ok(reported) => written(StatusCode::OK, page::page(&reported, lang)),
        Err(refusal) => refused(&refusal, lang, &address),
    }
}

async fn read(
    state: &AppState,
    kind: &str,
    asked: &Asked,
    member: Result<SignedInMember, Refusal>,
) -> Result<reported::Reported, Refusal> {
    let member = member?;
    member.require(Deed::SeeFigures)?;
    let kind: Kind = kind.parse().map_err(|_| Refusal::not_found())?;
    let on = asked.on.as_deref().map(day).transpose()?;
    // A report reads much, so a shop's are made one at a time.
    let _turn = state.turns.take(member.actor().shop)?;
    let mut snapshot = state.store.snapshot().await?;
    let (shop, now) = (member.signed_in().shop.clone(), state.store.clock().now());
    reported::report(&mut snapshot, shop, (kind, on), now, How::default()).await?.ok_or_else(Refusal::being_counted)
}

fn day(text: &str) -> Result<Day, Refusal> {
    let day = text.parse::<Day>().ok().filter(|day| day.0.abs() <= DAYS_MAX);
    day.ok_or_else(Refusal::malformed)
}

/// A page for browsers alone: no script, nothing from elsewhere, kept nowhere.
pub(super) fn written(status: StatusCode, page: String) -> Response {
    let headers: [(HeaderName, &str); 3] =
        [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-store"), (CONTENT_SECURITY_POLICY, POLICY)];
    (status, headers, page).into_response()
}

/// Says why there is nothing to see. Whoever followed a link from elsewhere is known only when they open it again: browsers
/// send the cookie of a session to nobody else's links.
pub(super) fn refused(refusal: &Refusal, lang: Lang, address: &Uri) -> Response {
    let (status, zh, en) = refusal.told();
    let again = address.path_and_query().map_or("/report/daily", |it| it.as_str());
    let text = match lang {
        Lang::Zh => zh,
        Lang::En => en,
    };
    written(status, page::notice(lang, text, again))
}
