//! What the server answers over HTTP. Every handler for members takes a [`session::SignedInMember`]; every answer to
//! them is `no-store`; nothing here decides what a member may do, the core does.

mod answers;
mod articles;
mod assets;
mod chats;
mod coaching;
mod connections;
mod defined;
mod devices;
mod erasures;
mod errors;
mod figure_history;
mod figures;
mod health;
mod limits;
mod live;
mod log;
mod metrics;
mod now;
mod pages;
mod pictures;
mod planning;
mod presence;
mod render;
mod report;
mod report_settings;
mod session;
mod sheets;
mod sign_in;
mod sync;
mod terse;
mod turns;
mod visitor;
mod wording;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::watch;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::passwords::Passwords;
use crate::reports::Sender;
use crate::store::Store;

pub use assets::Assets;
pub use connections::serve;
pub use errors::Refusal;
pub use limits::{BODY_BYTES_MAX, CONNECTIONS_MAX, Given, is_foreign};
pub use live::LIVE_BEAT_SECONDS;
pub use metrics::metrics_router;
pub use now::Moments;
pub use session::{SESSION_COOKIE, SignedInMember, cookie};
pub use turns::Turns;

/// What stands between the server and the browsers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Front {
    /// Browsers come over https, so cookies travel over https only.
    pub secure_cookies: bool,
    /// A proxy tells the browser's address, as the last one in `X-Forwarded-For`. Without a proxy anybody could.
    pub behind_proxy: bool,
}

/// What every handler can reach.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub store: Store,
    /// Sends a report to try out the way.
    pub reports: Sender,
    /// The built site.
    pub assets: Arc<Assets>,
    /// Compares passwords.
    pub passwords: Passwords,
    /// What stands between the server and the browsers.
    pub front: Front,
    /// Whose turn it is to read much of the history.
    pub turns: Turns,
    /// Whose turn it is to compare what a device holds.
    pub checks: Turns,
    /// What was told last of this moment.
    pub moments: Moments,
    /// Turns true when the server stops: streams end then.
    pub stopping: watch::Receiver<bool>,
}

/// Packed, a shorter answer is hardly smaller, and its head is longer.
const PACKED_BYTES_MIN: u16 = 320;

/// Every address of the server.
pub fn router(state: AppState) -> Router {
    let meters = Arc::clone(state.store.meters());
    let for_browsers = Router::new()
        .merge(packed(visitor::routes()))
        .merge(visitor::live_routes())
        .merge(packed(report_settings::routes().merge(report::routes())))
        .merge(packed(pages::routes(Arc::clone(&state.assets))))
        .merge(packed(assets::routes(Arc::clone(&state.assets))))
        .layer(always(header::REFERRER_POLICY, "same-origin"));
    Router::new()
        .merge(for_members())
        .merge(chats::routes().layer(always(header::CACHE_CONTROL, "no-store")))
        .merge(for_browsers)
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(axum::middleware::from_fn_with_state(limits::Room::new(), limits::within_bounds))
        // Whoever watches over the server is answered also when it is full.
        .merge(health::routes())
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(axum::middleware::from_fn_with_state(meters, log::one_line_each))
        .with_state(state)
}

/// Answers that a browser gets packed. A live channel is none of them: whatever answers here holds six thousand bytes for
/// the packing until it is done. A desk's own packs itself.
fn packed(routes: Router<AppState>) -> Router<AppState> {
    let is_worth_it = SizeAbove::new(PACKED_BYTES_MIN).and(NotForContentType::IMAGES).and(NotForContentType::SSE);
    routes.layer(CompressionLayer::new().compress_when(is_worth_it))
}

fn for_members() -> Router<AppState> {
    // What goes back and forth all day says no more than it has to: nobody opens it as a page, and it is never taken for one.
    let of_sync = Router::new()
        .merge(sync::routes())
        .merge(presence::routes())
        .merge(now::routes())
        .layer(axum::middleware::from_fn(limits::refuse_foreign_pages));
    let of_json = Router::new()
        .merge(sign_in::routes())
        .merge(devices::routes())
        .merge(erasures::routes())
        .merge(figures::routes())
        .merge(coaching::routes())
        .merge(defined::routes())
        .merge(figure_history::routes())
        .merge(planning::routes())
        .merge(wording::routes())
        .merge(answers::routes())
        .merge(articles::routes())
        .layer(axum::middleware::from_fn(limits::refuse_foreign_pages));
    let of_files = Router::new()
        .merge(pictures::routes())
        .merge(sheets::routes())
        .layer(axum::middleware::from_fn(limits::refuse_foreign_files));
    packed(of_json.merge(of_files))
        .layer(always(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
        .layer(always(header::REFERRER_POLICY, "same-origin"))
        .merge(packed(of_sync))
        .merge(live::routes())
        .layer(always(header::CACHE_CONTROL, "no-store"))
}

fn always(name: header::HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

async fn nothing_here() -> Response {
    Refusal::not_found().into_response()
}
