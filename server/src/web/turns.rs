//! Work that reads much of a shop's history takes turns: one at a time for each shop, so that nobody who tries things
//! out slows the desks down.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use qinda::model::ShopId;

use super::errors::Refusal;

/// The shops whose turn is taken.
#[derive(Clone, Default)]
pub struct Turns(Arc<Mutex<HashSet<ShopId>>>);

/// The turn of a shop, until it is dropped.
pub struct Turn {
    turns: Turns,
    shop: ShopId,
}

impl Turns {
    fn shops(&self) -> std::sync::MutexGuard<'_, HashSet<ShopId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the turn of a shop.
    ///
    /// # Errors
    /// When somebody of the shop has it.
    pub fn take(&self, shop: ShopId) -> Result<Turn, Refusal> {
        let is_free = self.shops().insert(shop);
        if is_free { Ok(Turn { turns: self.clone(), shop }) } else { Err(Refusal::busy()) }
    }

    /// Runs long work of a shop beside everything else.
    ///
    /// # Errors
    /// When somebody of the shop runs some already, or the work broke off.
    pub async fn run<T: Send + 'static>(turn: Turn, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
        // The turn goes with the work: whoever hangs up meanwhile does not free it early.
        let job = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        job.await.map_err(|error| {
            tracing::error!(%error, "long work broke off");
            Refusal::busy()
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.shops().remove(&self.shop);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_has_one_turn_and_gets_it_back() {
        let turns = Turns::default();
        let (tea, ink) = (ShopId::of_name("tea"), ShopId::of_name("ink"));
        let turn = turns.take(tea).unwrap();
        assert!(turns.take(tea).is_err() && turns.take(ink).is_ok());
        drop(turn);
        assert!(turns.take(tea).is_ok());
    }
}
