//! Who listens, shop by shop: a commit wakes those of its shop, not every desk of the server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use qinda::model::ShopId;
use tokio::sync::broadcast::{Receiver, Sender};

use super::LiveEvent;

/// How many events of its shop a slow listener may be behind. One that is further behind reads the heads anew.
pub const SHOP_EVENTS_MAX: usize = 128;

/// The shops at which somebody listens.
#[derive(Debug, Clone, Default)]
pub struct Ears(Arc<Mutex<HashMap<ShopId, Sender<Arc<LiveEvent>>>>>);

impl Ears {
    fn all(&self) -> MutexGuard<'_, HashMap<ShopId, Sender<Arc<LiveEvent>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hears what concerns a shop from now on.
    pub fn hear(&self, shop: ShopId) -> Receiver<Arc<LiveEvent>> {
        let mut ears = self.all();
        if !ears.contains_key(&shop) {
            // A shop at which nobody listens any more makes room for the next.
            ears.retain(|_, ear| ear.receiver_count() > 0);
        }
        ears.entry(shop).or_insert_with(|| Sender::new(SHOP_EVENTS_MAX)).subscribe()
    }

    /// Tells an event to the shops that it concerns.
    pub fn tell(&self, event: &Arc<LiveEvent>) {
        let ears = self.all();
        // Nobody listening is no failure.
        let tell = |ear: &Sender<_>| drop(ear.send(Arc::clone(event)));
        match &**event {
            LiveEvent::Moved { heads, .. } => {
                let mut shops: Vec<ShopId> = heads.iter().map(|head| head.shop).collect();
                shops.sort_unstable();
                shops.dedup();
                shops.iter().filter_map(|shop| ears.get(shop)).for_each(tell);
            }
            LiveEvent::Presence { shop, .. } | LiveEvent::Decided { shop, .. } => {
                ears.get(shop).into_iter().for_each(tell)
            }
            LiveEvent::SessionEnded { .. } => ears.values().for_each(tell),
        }
    }
}

#[cfg(test)]
mod tests {
    use qinda::model::MemberId;
    use qinda::sync::Scope;

    use super::*;
    use crate::store::feed::ScopeHead;

    fn moved(shops: &[ShopId]) -> Arc<LiveEvent> {
        let head = |shop: &ShopId| ScopeHead { shop: *shop, scope: Scope::Mailbox(MemberId::of_name("1001")), head: 1 };
        // Two scopes of each.
        let heads = shops.iter().chain(shops).map(head).collect();
        Arc::new(LiveEvent::Moved { heads, customers: Vec::new() })
    }

    fn heard(ear: &mut Receiver<Arc<LiveEvent>>) -> usize {
        std::iter::from_fn(|| ear.try_recv().ok()).count()
    }

    #[test]
    fn a_shop_hears_once_what_concerns_it_and_nothing_of_others() {
        let (tea, ink) = (ShopId::of_name("tea"), ShopId::of_name("ink"));
        let ears = Ears::default();
        let (mut of_tea, mut of_ink) = (ears.hear(tea), ears.hear(ink));
        ears.tell(&moved(&[tea]));
        assert_eq!((heard(&mut of_tea), heard(&mut of_ink)), (1, 0));
        ears.tell(&moved(&[ink, tea]));
        assert_eq!((heard(&mut of_tea), heard(&mut of_ink)), (1, 1));
        ears.tell(&Arc::new(LiveEvent::SessionEnded { token_hash: "hash".to_owned() }));
        assert_eq!((heard(&mut of_tea), heard(&mut of_ink)), (1, 1), "whose session it was is not told");
    }

    #[test]
    fn a_shop_at_which_nobody_listens_makes_room_for_the_next() {
        let (tea, ink) = (ShopId::of_name("tea"), ShopId::of_name("ink"));
        let ears = Ears::default();
        drop(ears.hear(tea));
        let _listens = ears.hear(ink);
        assert_eq!(ears.all().keys().collect::<Vec<_>>(), [&ink]);
    }
}
