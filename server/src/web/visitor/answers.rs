//! What the page's script sends and fetches.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::IntoResponse;
use qinda::model::TextFault;
use qinda_app::visitor::{Bubble, Lang};
use serde::{Deserialize, Serialize};

use super::posted::Sent;
use super::{Visitor, cookie};
use crate::store::Stored;
use crate::store::visitors::{self, FromPage, Taken};
use crate::web::{AppState, Given, Refusal, is_foreign};

/// Which messages are asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    after: u64,
    lang: Option<String>,
}

/// The message as it stands.
#[derive(Debug, Serialize)]
struct Received {
    message: Bubble,
}

/// Messages after the place that was asked for.
#[derive(Debug, Serialize)]
struct Messages {
    messages: Vec<Bubble>,
    /// The place to ask from next.
    cursor: u64,
    /// Whether asking again would bring more at once.
    more: bool,
    today: String,
    yesterday: String,
}

/// `GET /c/{channel}/messages`.
pub(super) async fn messages(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let lang = Lang::choose(asked.lang.as_deref(), "");
    let messages = read(&state, &slug, &headers, asked.after, lang).await?.ok_or_else(Refusal::not_found)?;
    Ok(([(CACHE_CONTROL, "no-store")], Json(messages)))
}

async fn read(state: &AppState, slug: &str, headers: &HeaderMap, after: u64, lang: Lang) -> Stored<Option<Messages>> {
    let mut snapshot = state.store.snapshot().await?;
    let conn = &mut *snapshot;
    let Some(visitor) = Visitor::at_door(conn, slug, cookie::token(headers)).await? else { return Ok(None) };
    let shop = visitor.channel.shop;
    let (messages, head) = match visitor.customer {
        Some(customer) => {
            (visitors::messages_after(conn, shop, customer, after).await?, visitors::head(conn, shop, customer).await?)
        }
        None => (Vec::new(), 0),
    };
    let cursor = messages.last().map_or(after.min(head), |message| message.seq);
    let now = state.store.clock().now();
    Ok(Some(Messages {
        messages: messages.into_iter().map(|message| visitor.bubble(message, lang)).collect(),
        cursor,
        more: cursor < head,
        today: visitor.moment(now, lang).day,
        yesterday: visitor.moment(now.plus_seconds(-super::SECONDS_PER_DAY), lang).day,
    }))
}

/// `POST /c/{channel}/messages`.
pub(super) async fn receive(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Given(sent): Given<Sent>,
) -> Result<impl IntoResponse, Refusal> {
    if is_foreign(&headers) {
        return Err(Refusal::foreign_page());
    }
    let visitor = Visitor::at_door(&mut *state.store.reader().await?, &slug, cookie::token(&headers)).await?;
    let visitor = visitor.ok_or_else(Refusal::not_found)?;
    let message = FromPage { id: sent.id, text: sent.text, about: sent.about.about() };
    match visitor.write(&state.store, message).await? {
        Taken::Stands(message) => {
            let headers = [
                (CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (SET_COOKIE, cookie::set(&visitor.token, state.front.secure_cookies)),
            ];
            Ok((headers, Json(Received { message: visitor.bubble(message, Lang::default()) })))
        }
        Taken::NotYours => Err(REUSED),
        Taken::Unfit(TextFault::Empty { .. }) => Err(EMPTY),
        Taken::Unfit(_) => Err(TOO_LONG),
        Taken::TooMany(seconds) => Err(TOO_MANY.retry_after(seconds)),
    }
}

const REUSED: Refusal =
    Refusal::new(StatusCode::CONFLICT, "reused", "这条消息的编号已被用过。", "The id of this message is taken.");
const EMPTY: Refusal =
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "empty", "还没写内容。", "There is nothing written yet.");
const TOO_LONG: Refusal = Refusal::new(
    StatusCode::UNPROCESSABLE_ENTITY,
    "too_long",
    "太长了，一条最多 10,000 字。",
    "Too long: one message holds 10,000 characters.",
);
const TOO_MANY: Refusal = Refusal::new(
    StatusCode::TOO_MANY_REQUESTS,
    "too_many_messages",
    "发得有点快，请稍等一会儿。",
    "That was quick. Please wait a moment.",
);
