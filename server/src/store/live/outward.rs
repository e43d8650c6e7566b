//! What the other nodes are to hear: gathered while the last message is under way, so that a burst of commits becomes
//! one message. It names heads, not what is new.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use qinda::model::{CustomerId, MemberId, PageId, ShopId};
use qinda::sync::{PAGES_MAX, PresenceRequest, Scope};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::LiveEvent;
use crate::store::feed::ScopeHead;

/// The most heads in one message.
const MESSAGE_HEADS_MAX: usize = 40;
/// The most shoppers in one message. Of more, none is named.
const MESSAGE_CUSTOMERS_MAX: usize = 40;
/// The most ended sessions in one message.
const MESSAGE_ENDED_MAX: usize = 20;
/// The most pages in one message that tell where their members look.
const MESSAGE_LOOKS_MAX: usize = 25;
/// The most members in one message whose desks were heard of.
const MESSAGE_DUTY_MAX: usize = 40;

/// A message to the other nodes.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who tells.
    pub node: String,
    /// The heads that moved.
    #[serde(default)]
    heads: Vec<(ShopId, Scope, u64)>,
    /// Whose shoppers' messages they were; nobody named means anybody.
    #[serde(default)]
    customers: Vec<CustomerId>,
    /// The sessions that ended, by the hash of their token.
    #[serde(default)]
    ended: Vec<String>,
    /// Where members look: not who looks at a conversation, which each node adds up for itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looks: Vec<(ShopId, MemberId, PresenceRequest)>,
    /// Whose desks were heard of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duty: Vec<(ShopId, MemberId)>,
}

impl Message {
    /// What is told, event by event.
    pub fn events(self) -> impl Iterator<Item = LiveEvent> {
        let heads = self.heads.into_iter().map(|(shop, scope, head)| ScopeHead { shop, scope, head });
        let moved = LiveEvent::Moved { heads: heads.collect(), customers: self.customers };
        let ended = self.ended.into_iter().map(|token_hash| LiveEvent::SessionEnded { token_hash });
        std::iter::once(moved).chain(ended)
    }
}

/// What has to be told to the other nodes.
#[derive(Default)]
pub struct Outward {
    waiting: Mutex<Gathered>,
    news: Notify,
}

#[derive(Default)]
struct Gathered {
    heads: BTreeMap<(ShopId, Scope), u64>,
    /// `None` when there were too many to name.
    customers: Option<BTreeSet<CustomerId>>,
    ended: BTreeSet<String>,
    /// Of each page the latest.
    looks: BTreeMap<(ShopId, MemberId, PageId), PresenceRequest>,
    duty: BTreeSet<(ShopId, MemberId)>,
}

impl Outward {
    /// Adds an event of this node.
    pub fn add(&self, event: &LiveEvent) {
        self.gather(|gathered| match event {
            LiveEvent::Moved { heads, customers } => gathered.moved(heads, customers),
            LiveEvent::SessionEnded { token_hash } => drop(gathered.ended.insert(token_hash.clone())),
            // Every node adds up for itself who looks where. A device that listens elsewhere than it pushes asks for its
            // verdicts, unless an effect tells of them.
            LiveEvent::Presence { .. } | LiveEvent::Decided { .. } => {}
        });
    }

    /// Adds where a member looks. What finds no room comes again with the next beat.
    pub fn add_look(&self, shop: ShopId, member: MemberId, told: PresenceRequest) {
        self.gather(|gathered| {
            let key = (shop, member, told.page);
            if gathered.looks.len() < PAGES_MAX || gathered.looks.contains_key(&key) {
                gathered.looks.insert(key, told);
            }
        });
    }

    /// Adds whose desk was heard of.
    pub fn add_duty(&self, shop: ShopId, member: MemberId) {
        self.gather(|gathered| {
            gathered.duty.insert((shop, member));
        });
    }

    fn gather(&self, gather: impl FnOnce(&mut Gathered)) {
        gather(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        self.news.notify_one();
    }

    /// Waits for something to tell, and takes all of it.
    pub async fn take(&self, node: &str) -> Vec<Message> {
        loop {
            self.news.notified().await;
            let gathered = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
            let messages = gathered.messages(node);
            if !messages.is_empty() {
                return messages;
            }
        }
    }
}

impl Gathered {
    fn moved(&mut self, heads: &[ScopeHead], customers: &[CustomerId]) {
        let is_first = self.heads.is_empty();
        for head in heads {
            let newest = self.heads.entry((head.shop, head.scope)).or_default();
            *newest = head.head.max(*newest);
        }
        let named = if is_first { Some(BTreeSet::new()) } else { self.customers.take() };
        self.customers =
            named.filter(|named| named.len() + customers.len() <= MESSAGE_CUSTOMERS_MAX).map(|mut named| {
                named.extend(customers);
                named
            });
    }

    fn messages(self, node: &str) -> Vec<Message> {
        let customers: Vec<CustomerId> = self.customers.into_iter().flatten().collect();
        let heads: Vec<_> = self.heads.into_iter().map(|((shop, scope), head)| (shop, scope, head)).collect();
        let ended: Vec<_> = self.ended.into_iter().collect();
        let looks: Vec<_> = self.looks.into_iter().map(|((shop, member, _), told)| (shop, member, told)).collect();
        let duty: Vec<_> = self.duty.into_iter().collect();
        let nothing = || Message { node: node.to_owned(), ..Message::default() };
        let of_heads = heads.chunks(MESSAGE_HEADS_MAX).map(|heads| Message {
            heads: heads.to_vec(),
            customers: customers.clone(),
            ..nothing()
        });
        let of_ended = ended.chunks(MESSAGE_ENDED_MAX).map(|ended| Message { ended: ended.to_vec(), ..nothing() });
        let of_looks = looks.chunks(MESSAGE_LOOKS_MAX).map(|looks| Message { looks: looks.to_vec(), ..nothing() });
        let of_duty = duty.chunks(MESSAGE_DUTY_MAX).map(|duty| Message { duty: duty.to_vec(), ..nothing() });
        of_heads.chain(of_ended).chain(of_looks).chain(of_duty).collect()
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use qinda::model::ConversationId;

    use super::*;
    use crate::store::dialect::MESSAGE_BYTES_MAX;

    fn moved(name: &str, head: u64, customers: usize) -> LiveEvent {
        let (shop, scope) = (ShopId::of_name("tea"), Scope::Mailbox(MemberId::of_name(name)));
        let customers = (0..customers).map(|number| CustomerId::of_name(&number.to_string())).collect();
        LiveEvent::Moved { heads: vec![ScopeHead { shop, scope, head }], customers }
    }

    fn taken(outward: &Outward) -> Vec<Message> {
        outward.take("node").now_or_never().unwrap_or_default()
    }

    #[test]
    fn a_burst_becomes_one_message_with_the_newest_heads() {
        let outward = Outward::default();
        for head in [3, 5, 4] {
            outward.add(&moved("1001", head, 1));
        }
        let [message] = taken(&outward).try_into().unwrap();
        let events: Vec<LiveEvent> = message.events().collect();
        assert_eq!(events, [moved("1001", 5, 1)]);
        assert_eq!(taken(&outward), [], "it is told once");
    }

    #[test]
    fn too_many_shoppers_are_anybody() {
        let outward = Outward::default();
        outward.add(&moved("1001", 1, MESSAGE_CUSTOMERS_MAX));
        outward.add(&moved("1001", 2, 1));
        outward.add(&moved("1001", 3, 1));
        assert_eq!(taken(&outward)[0].customers, []);
        outward.add(&moved("1001", 4, 1));
        assert_eq!(taken(&outward)[0].customers.len(), 1);
    }

    #[test]
    fn every_message_fits_and_nothing_is_left_out() {
        let outward = Outward::default();
        for number in 0..500 {
            outward.add(&moved(&number.to_string(), u64::MAX, 0));
            outward.add(&LiveEvent::SessionEnded { token_hash: format!("{number:064}") });
            let (member, page) = (MemberId::of_name(&number.to_string()), PageId::of_name("page"));
            let conversation = Some(ConversationId::of_name("c"));
            outward.add_look(ShopId::of_name("tea"), member, PresenceRequest { page, conversation, typing: true });
            outward.add_duty(ShopId::of_name("tea"), member);
        }
        outward.add(&moved("0", u64::MAX, MESSAGE_CUSTOMERS_MAX));
        let messages = taken(&outward);
        assert!(messages.iter().all(|message| serde_json::to_string(message).unwrap().len() <= MESSAGE_BYTES_MAX));
        let told = |of: fn(&Message) -> usize| messages.iter().map(of).sum::<usize>();
        assert_eq!((told(|message| message.heads.len()), told(|message| message.ended.len())), (500, 500));
        assert_eq!((told(|message| message.looks.len()), told(|message| message.duty.len())), (500, 500));
    }

    #[test]
    fn of_each_page_the_latest_is_told_and_a_flood_is_bounded() {
        let outward = Outward::default();
        let (shop, member) = (ShopId::of_name("tea"), MemberId::of_name("1001"));
        let look = |page: usize, typing| PresenceRequest {
            page: PageId::of_name(&page.to_string()),
            conversation: Some(ConversationId::of_name("c")),
            typing,
        };
        outward.add_look(shop, member, look(0, false));
        outward.add_look(shop, member, look(0, true));
        assert_eq!(taken(&outward)[0].looks, [(shop, member, look(0, true))]);
        for page in 0..=PAGES_MAX {
            outward.add_look(shop, member, look(page, false));
        }
        assert_eq!(taken(&outward).iter().map(|message| message.looks.len()).sum::<usize>(), PAGES_MAX);
    }

    #[test]
    fn a_message_of_an_older_node_is_understood() {
        let message: Message = serde_json::from_str(r#"{"node":"n","heads":[],"customers":[],"ended":[]}"#).unwrap();
        assert_eq!(message, Message { node: "n".into(), ..Message::default() });
    }
}
