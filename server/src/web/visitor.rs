//! The page on which shoppers write: `/c/{channel}`.
//!
//! A shopper is whoever holds the token in the cookie; only a hash of it is kept, and nothing at all before the first
//! message. Every message carries an id made by the page, so a form or a script that sends twice is stored once.

mod answers;
mod cookie;
mod hearsay;
mod live;
mod page;
mod pictures;
mod posted;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use qinda::model::{CustomerId, Micros};
use qinda_app::visitor::{Bubble, Lang, Moment, Side};

use crate::store::shops::{self, Channel};
use crate::store::visitors::{self, FromPage, Taken, VisitorMessage, Writer};
use crate::store::{self, Conn, Store, Stored};

use super::AppState;

/// The most bytes of a posted message, many times what a message of the longest kind has in a form, so that one that
/// is too long comes back to its writer with its words.
pub const VISITOR_BODY_BYTES_MAX: usize = 1024 * 1024;

const SECONDS_PER_DAY: i64 = 86_400;

/// The addresses of the shopper's page.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/c/{channel}", get(page::show).post(page::post))
        .route("/c/{channel}/messages", get(answers::messages).post(answers::receive))
        .route("/c/{channel}/pictures/{id}", get(pictures::show))
        .layer(DefaultBodyLimit::max(VISITOR_BODY_BYTES_MAX))
}

/// The address of its live channel.
pub fn live_routes() -> Router<AppState> {
    Router::new().route("/c/{channel}/live", get(live::listen))
}

/// A shopper at a channel's door, known or not.
struct Visitor {
    channel: Channel,
    token: String,
    hash: String,
    customer: Option<CustomerId>,
}

impl Visitor {
    /// Whoever holds this token, at the channel of that slug if there is one.
    async fn at_door(conn: &mut Conn, slug: &str, token: Option<String>) -> Stored<Option<Self>> {
        let Some(channel) = shops::channel(conn, slug).await? else { return Ok(None) };
        let token = token.unwrap_or_else(store::random_token);
        let hash = visitors::visitor_hash(channel.shop, &token);
        let customer = visitors::find(conn, channel.shop, &hash).await?;
        Ok(Some(Self { channel, token, hash, customer }))
    }

    async fn write(&self, store: &Store, message: FromPage) -> Stored<Taken> {
        let (channel, hash, duty) = (self.channel.clone(), self.hash.clone(), store.duty().clone());
        store.write(channel.shop, move |work| Box::pin(visitors::take(work, channel, hash, message, duty))).await
    }

    fn moment(&self, at: Micros, lang: Lang) -> Moment {
        Moment::at(at, self.channel.utc_offset_minutes, lang)
    }

    fn bubble(&self, message: VisitorMessage, lang: Lang) -> Bubble {
        let side = match message.writer {
            Writer::Shopper => Side::Mine,
            Writer::Staff(number) => Side::Staff(number),
            Writer::Automatic => Side::Automatic,
        };
        let moment = self.moment(message.at, lang);
        Bubble::new(message.seq, message.id, side, message.text, moment).with_picture(message.picture)
    }
}
