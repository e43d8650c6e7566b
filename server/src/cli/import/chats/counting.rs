//! The figures of what comes in are counted as it comes, while it is at hand: a page of a long log is quick at once.

use std::sync::atomic::{AtomicBool, Ordering};

use qinda::model::ShopId;

use super::progress::Line;
use super::{TRIES_MAX, WAIT, passes};
use crate::store::{Store, Stored, rollups};

/// So many times is counted after a batch; its conversations are fewer.
const FOLDS_A_BATCH: usize = 4;

/// Counts what a batch changed. What cannot be counted now is counted later.
pub async fn count_some(store: &Store, shop: ShopId) {
    for _ in 0..FOLDS_A_BATCH {
        if !matches!(rollups::fold_some(store, shop).await, Ok(true)) {
            return;
        }
    }
}

/// Counts what is left, until somebody stops it. A server that runs does so, too, and more slowly.
pub async fn count_rest(store: &Store, shop: ShopId, stop: &AtomicBool) {
    let mut line = Line::default();
    let is_counted = count_until(store, shop, stop, &mut line).await.unwrap_or(false);
    line.end();
    if !is_counted {
        eprintln!("数字还没统计完，服务器会接着统计。 Not all figures are counted; the server goes on with it.");
    }
}

async fn count_until(store: &Store, shop: ShopId, stop: &AtomicBool, line: &mut Line) -> Stored<bool> {
    let mut tries = 1;
    loop {
        match rollups::fold_some(store, shop).await {
            Ok(false) => return Ok(true),
            Ok(true) => tries = 1,
            Err(error) if passes(&error) && tries < TRIES_MAX => {
                tries += 1;
                tokio::time::sleep(WAIT).await;
            }
            Err(error) => return Err(error),
        }
        if stop.load(Ordering::Relaxed) {
            return Ok(false);
        }
        if line.is_due() {
            let left = rollups::marked(&mut *store.reader().await?, shop).await?;
            line.show(&format!("统计数字，还剩 {left} 个会话 counting figures, {left} conversations left"));
        }
    }
}
