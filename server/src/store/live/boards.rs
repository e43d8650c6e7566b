//! Who looks at what, shop by shop: in memory, on every node all of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use qinda::model::{ConversationId, MemberId, Micros, ShopId};
use qinda::sync::{Board, Presence, PresenceRequest};

/// The boards of the shops at which somebody looks at something.
#[derive(Debug, Clone, Default)]
pub struct Boards(Arc<Mutex<HashMap<ShopId, Board>>>);

impl Boards {
    fn all(&self) -> MutexGuard<'_, HashMap<ShopId, Board>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the page told something only just now.
    pub fn is_hasty(&self, shop: ShopId, member: MemberId, told: &PresenceRequest, now: Micros) -> bool {
        self.all().get(&shop).is_some_and(|board| board.is_hasty(member, told, now))
    }

    /// Notes what a page told, and says what those who look there too have to hear.
    pub fn note(&self, shop: ShopId, member: MemberId, told: &PresenceRequest, now: Micros) -> Vec<Presence> {
        let mut boards = self.all();
        if !boards.contains_key(&shop) {
            // A shop at which nobody looks any more makes room for the next.
            boards.retain(|_, board| !board.is_empty(now));
        }
        boards.entry(shop).or_default().note(member, told, now)
    }

    /// Who looks at a conversation.
    pub fn at(&self, shop: ShopId, conversation: ConversationId, now: Micros) -> Presence {
        let nobody = || Presence { conversation, present: Vec::new(), may_rest: false };
        self.all().get(&shop).map_or_else(nobody, |board| board.at(conversation, now))
    }
}

#[cfg(test)]
mod tests {
    use qinda::sync::RESTING_SECONDS;

    use qinda::model::PageId;

    use super::*;

    #[test]
    fn shops_know_nothing_of_each_other_and_a_quiet_one_makes_room() {
        let (tea, coffee) = (ShopId::of_name("tea"), ShopId::of_name("coffee"));
        let (member, conversation) = (MemberId::of_name("1001"), ConversationId::of_name("c"));
        let told = PresenceRequest { page: PageId::of_name("p"), conversation: Some(conversation), typing: false };
        let (boards, now) = (Boards::default(), Micros(1_000_000_000));
        boards.note(tea, member, &told, now);
        assert!(boards.at(tea, conversation, now).has(member));
        assert!(!boards.at(coffee, conversation, now).has(member));
        boards.note(coffee, member, &told, now.plus_seconds(RESTING_SECONDS + 1));
        assert_eq!(boards.all().keys().collect::<Vec<_>>(), [&coffee]);
    }
}
