//! The page and its form, as they work without script.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use leptos::prelude::IntoView;
use qinda::model::{MESSAGE_CHARS_MAX, MessageId};
use qinda_app::visitor::{Composer, Fault, Lang, UnknownChannel, VisitorPage, unknown_channel, visitor_page};
use serde::Deserialize;

use super::hearsay::Hearsay;
use super::posted::Posted;
use super::{Visitor, cookie};
use crate::store::visitors::{self, FromPage, Taken, VisitorMessage};
use crate::store::{Conn, StoreError, Stored, random_id};
use crate::web::{AppState, Refusal, is_foreign, render};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// How many seconds a shopper waits when the server could not take a message.
const BUSY_SECONDS: i64 = 5;
const TOO_LARGE: &str = "太长了，没能收下。请返回上一页，文字还在那里，分几条发。\n\
    Too long, it was not taken. Please go back: your text is still there, and can be sent in parts.\n";
const UNREADABLE: &str = "没能读懂这条消息。请返回上一页再发一次。\n\
    This message could not be read. Please go back and send it again.\n";

/// What may stand in the page's address.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    lang: Option<String>,
    /// A question to begin with.
    ask: Option<String>,
    /// Show what came before this message.
    before: Option<u64>,
}

impl Asked {
    fn lang(&self, headers: &HeaderMap) -> Lang {
        let accepted = headers.get("accept-language").and_then(|value| value.to_str().ok()).unwrap_or_default();
        Lang::choose(self.lang.as_deref(), accepted)
    }
}

/// `GET /c/{channel}`.
pub(super) async fn show(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    Query(hearsay): Query<Hearsay>,
    headers: HeaderMap,
) -> Response {
    let text = asked.ask.clone().unwrap_or_default().chars().take(MESSAGE_CHARS_MAX).collect();
    let composer = Composer {
        id: random_id(MessageId::new, state.store.clock().now()),
        text,
        about: hearsay.about(),
        fault: None,
    };
    let door = At { slug, asked, headers };
    door.page(&state, composer, StatusCode::OK).await
}

/// `POST /c/{channel}`.
pub(super) async fn post(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    form: Result<Form<Posted>, FormRejection>,
) -> Response {
    if is_foreign(&headers) {
        return Refusal::foreign_page().into_response();
    }
    let posted = match form {
        Ok(Form(posted)) => posted,
        Err(refused) if refused.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return (StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE).into_response();
        }
        Err(refused) => return (refused.status(), UNREADABLE).into_response(),
    };
    let id = posted.id.parse().unwrap_or_else(|_| random_id(MessageId::new, state.store.clock().now()));
    let door = At { slug, asked, headers };
    door.take(&state, FromPage { id, text: posted.text, about: posted.about.about() }).await
}

/// A request at the door of a channel.
struct At {
    slug: String,
    asked: Asked,
    headers: HeaderMap,
}

impl At {
    async fn visitor(&self, conn: &mut Conn) -> Stored<Option<Visitor>> {
        Visitor::at_door(conn, &self.slug, cookie::token(&self.headers)).await
    }

    async fn take(self, state: &AppState, message: FromPage) -> Response {
        let (fault, status, after) = match self.write(state, message.clone()).await {
            Ok(None) => return unknown(state).await,
            // An id of somebody else's message is this shopper's own, who lost the cookie and sends again.
            Ok(Some((visitor, Taken::Stands(_) | Taken::NotYours))) => return self.back(state, &visitor),
            Ok(Some((_, Taken::Unfit(fault)))) => (Fault::Text(fault), StatusCode::UNPROCESSABLE_ENTITY, None),
            Ok(Some((_, Taken::TooMany(seconds)))) => (Fault::TooFast, StatusCode::TOO_MANY_REQUESTS, Some(seconds)),
            Err(error) => {
                tracing::error!(%error, "a shopper's message was not taken");
                (Fault::Busy, StatusCode::SERVICE_UNAVAILABLE, Some(BUSY_SECONDS))
            }
        };
        let FromPage { id, text, about } = message;
        let composer = Composer { id, text, about, fault: Some(fault) };
        let mut response = self.page(state, composer, status).await;
        if let Some(seconds) = after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    async fn write(&self, state: &AppState, message: FromPage) -> Stored<Option<(Visitor, Taken)>> {
        let Some(visitor) = self.visitor(&mut *state.store.reader().await?).await? else { return Ok(None) };
        let taken = visitor.write(&state.store, message).await?;
        Ok(Some((visitor, taken)))
    }

    /// Back to the page, at its end; a reload there does not post again.
    fn back(&self, state: &AppState, visitor: &Visitor) -> Response {
        let lang = self.asked.lang.as_deref().map(|_| self.asked.lang(&self.headers).short());
        let query = lang.map_or_else(String::new, |lang| format!("?lang={lang}"));
        let location = format!("/c/{}{query}#end", self.slug);
        let Ok(location) = HeaderValue::try_from(location) else { return StatusCode::NOT_FOUND.into_response() };
        let mut response = StatusCode::SEE_OTHER.into_response();
        response.headers_mut().insert(LOCATION, location);
        response.headers_mut().insert(SET_COOKIE, cookie::set(&visitor.token, state.front.secure_cookies));
        response
    }

    async fn page(self, state: &AppState, composer: Composer, status: StatusCode) -> Response {
        match self.read(state, composer.clone()).await {
            Ok(Some((visitor, page))) => {
                let mut response = rendered(status, move || visitor_page(page)).await;
                response.headers_mut().insert(SET_COOKIE, cookie::set(&visitor.token, state.front.secure_cookies));
                response
            }
            Ok(None) => unknown(state).await,
            Err(error) => unavailable(&error),
        }
    }

    async fn read(&self, state: &AppState, composer: Composer) -> Stored<Option<(Visitor, VisitorPage)>> {
        let mut snapshot = state.store.snapshot().await?;
        let conn = &mut *snapshot;
        let Some(visitor) = self.visitor(conn).await? else { return Ok(None) };
        let (messages, head) = self.messages(conn, &visitor).await?;
        let questions = match messages.as_slice() {
            [] => visitors::offered_questions(conn, visitor.channel.shop).await?,
            _ => Vec::new(),
        };
        let lang = self.asked.lang(&self.headers);
        let now = state.store.clock().now();
        let cursor = messages.last().map_or(0, |message| message.seq);
        let page = VisitorPage {
            lang,
            lang_asked: self.asked.lang.is_some(),
            channel: self.slug.clone(),
            shop_name: visitor.channel.shop_name.clone(),
            earlier: messages.first().is_some_and(|message| message.seq > 1),
            later: cursor < head,
            messages: messages.into_iter().map(|message| visitor.bubble(message, lang)).collect(),
            cursor,
            now: visitor.moment(now, lang),
            yesterday: visitor.moment(now.plus_seconds(-super::SECONDS_PER_DAY), lang),
            questions,
            composer,
            pkg: state.assets.pkg(),
        };
        Ok(Some((visitor, page)))
    }

    /// The latest messages, or those before the one that was asked for; and the number of the latest.
    async fn messages(&self, conn: &mut Conn, visitor: &Visitor) -> Stored<(Vec<VisitorMessage>, u64)> {
        let Some(customer) = visitor.customer else { return Ok((Vec::new(), 0)) };
        let shop = visitor.channel.shop;
        let head = visitors::head(conn, shop, customer).await?;
        let before = self.asked.before.map_or(head + 1, |before| before.min(head + 1));
        Ok((visitors::messages_before(conn, shop, customer, before).await?, head))
    }
}

async fn unknown(state: &AppState) -> Response {
    let page = UnknownChannel { pkg: state.assets.pkg() };
    rendered(StatusCode::NOT_FOUND, move || unknown_channel(page)).await
}

fn unavailable(error: &StoreError) -> Response {
    tracing::error!(%error, "the shopper's page could not be read");
    let told = "暂时打不开，请稍后刷新。\nThis page cannot be opened right now. Please reload it in a moment.\n";
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, BUSY_SECONDS.to_string())], told).into_response()
}

async fn rendered<V: IntoView + 'static>(status: StatusCode, view: impl FnOnce() -> V + Send + 'static) -> Response {
    let mut response = render::document(view).await;
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}
