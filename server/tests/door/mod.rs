//! A shop with its door open to shoppers: a real server on a port of its own, over a database of its own, told the
//! time by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use qinda::model::{MICROS_PER_SECOND, ShopId};
use qinda_server::passwords::Passwords;
use qinda_server::reports::{Posting, Sender};
use qinda_server::store::shops::{self, NewShop, ShopAdded};
use qinda_server::store::{Clock, Lane, Store};
use qinda_server::web::{self, AppState, Assets};
use reqwest::redirect::Policy;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::database;

/// 2026-01-01 07:59:59 on the shop's clock, which is eight hours ahead of UTC.
const OPENING: i64 = 1_767_225_599 * MICROS_PER_SECOND;

pub struct Door {
    pub store: Store,
    pub shop: ShopId,
    address: String,
    clock: Arc<AtomicI64>,
    _stop: watch::Sender<bool>,
    _directory: TempDir,
}

impl Door {
    /// Opens the shop's door at `/c/tea`.
    pub async fn open(shop_name: &str, assets: Assets) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(OPENING));
        let store = Store::open(database::of(directory.path()), Clock::by_hand(clock.clone())).await.unwrap();
        let new = NewShop {
            slug: "tea".into(),
            name: shop_name.into(),
            utc_offset_minutes: 480,
            demo: false,
            team: "day".into(),
            channel: "tea".into(),
        };
        let added = store.write(Lane::Server, move |work| Box::pin(shops::add(work, new))).await.unwrap();
        let ShopAdded::Added(shop) = added else { panic!("the shop was not added: {added:?}") };
        let (stop, stopping) = watch::channel(false);
        let state = AppState {
            store: store.clone(),
            reports: Sender::new(store.clone(), Posting::default()),
            assets: Arc::new(assets),
            passwords: Passwords::new(),
            front: Default::default(),
            turns: Default::default(),
            checks: Default::default(),
            moments: Default::default(),
            stopping: stopping.clone(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(web::serve(listener, web::router(state), stopping));
        Self { store, shop, address, clock, _stop: stop, _directory: directory }
    }

    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    pub fn seconds_pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * MICROS_PER_SECOND, Ordering::SeqCst);
    }
}

/// A browser with a cookie jar, which shows where it is sent instead of going there.
pub fn browser() -> reqwest::Client {
    reqwest::Client::builder().cookie_store(true).redirect(Policy::none()).build().unwrap()
}

/// A header's value.
pub fn header<'r>(response: &'r reqwest::Response, name: &str) -> &'r str {
    response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}
