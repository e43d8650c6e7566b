//! Who looks at a conversation is told to those who look there too, to nobody else, and is kept nowhere.

use std::sync::Arc;

use qinda::model::{ConversationId, MemberId, PageId};
use qinda::sync::{
    OnDuty, PRESENCE_SECONDS, Presence, PresenceRequest, RESTING_BEAT_MILLIS, ROUSED_SECONDS, TYPING_SECONDS,
};
use qinda_server::store::{LiveEvent, ON_DUTY_SECONDS};
use reqwest::{Response, StatusCode};
use serde_json::Value;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;
use tokio::time::timeout;

use crate::support::aside::aside;
use crate::support::{DEADLINE, Desk, TestShop, new_id};

/// The page of a desk, as long as it is told of.
pub struct Page {
    id: PageId,
}

impl Page {
    pub fn open() -> Self {
        Self { id: new_id(PageId::new) }
    }

    /// Tells where the member looks.
    pub async fn tells(&self, desk: &Desk, conversation: Option<ConversationId>, typing: bool) -> Response {
        let told = PresenceRequest { page: self.id, conversation, typing };
        desk.client.post(format!("{}/sync/presence", desk.origin)).json(&told).send().await.unwrap()
    }

    /// Looks at a conversation, and answers who does.
    pub async fn looks(&self, desk: &Desk, conversation: ConversationId, typing: bool) -> Presence {
        let response = self.tells(desk, Some(conversation), typing).await;
        assert_eq!(response.status(), StatusCode::OK);
        response.json().await.unwrap()
    }
}

/// The live channel of a desk that hears who looks where.
pub struct Hearing {
    response: Response,
    text: String,
}

impl Hearing {
    pub async fn begin(desk: &Desk) -> Self {
        let mut response = desk.get("/sync/live").await;
        let first = response.chunk().await.unwrap().expect("it begins with the heads");
        Self { response, text: String::from_utf8(first.to_vec()).unwrap() }
    }

    /// The next thing that is told of who looks where.
    pub async fn next(&mut self) -> Presence {
        let told = async {
            loop {
                while let Some((event, rest)) = self.text.split_once("\n\n") {
                    let data = event.strip_prefix("event: presence\ndata: ").map(str::to_owned);
                    self.text = rest.to_owned();
                    if let Some(data) = data {
                        return serde_json::from_str(&data).unwrap();
                    }
                }
                let chunk = self.response.chunk().await.unwrap().expect("the channel goes on");
                self.text.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        };
        timeout(DEADLINE, told).await.expect("it is told in time")
    }
}

fn who(presence: &Presence) -> Vec<(MemberId, bool)> {
    presence.present.iter().map(|one| (one.member, one.typing)).collect()
}

fn sorted(mut all: Vec<(MemberId, bool)>) -> Vec<(MemberId, bool)> {
    all.sort_unstable();
    all
}

async fn desk(shop: &TestShop, number: &str) -> Desk {
    let mut desk = shop.desk(number).await;
    desk.pull().await;
    desk
}

#[tokio::test]
async fn who_looks_and_who_types_is_told_to_those_who_look_there_too() {
    let shop = TestShop::open_at_ten().await.with_member("1001", "agent").await.with_member("1002", "agent").await;
    shop.shopper().writes("在吗").await;
    let (first, second) = (desk(&shop, "1001").await, desk(&shop, "1002").await);
    let (one, two) = (first.member(), second.member());
    let asked = first.conversation_with("在吗").id;
    let (here, there) = (Page::open(), Page::open());
    let mut hears = Hearing::begin(&first).await;

    assert_eq!(who(&here.looks(&first, asked, false).await), [(one, false)]);
    let came = there.looks(&second, asked, false).await;
    assert_eq!(sorted(who(&came)), sorted(vec![(one, false), (two, false)]));
    assert_eq!(hears.next().await, came);
    shop.later(1);
    there.looks(&second, asked, true).await;
    assert_eq!(who(&hears.next().await), [(two, true), (one, false)], "who types comes first");

    shop.later(TYPING_SECONDS + 1);
    let rests = here.looks(&first, asked, false).await;
    assert_eq!(sorted(who(&rests)), sorted(vec![(one, false), (two, false)]), "typing ends by itself");
    assert_eq!(there.tells(&second, None, false).await.json::<Value>().await.unwrap(), Value::Null);
    assert_eq!(who(&hears.next().await), [(one, false)]);

    shop.later(1);
    there.looks(&second, asked, false).await;
    shop.later(PRESENCE_SECONDS + 1);
    assert_eq!(who(&here.looks(&first, asked, false).await), [(one, false)], "looking ends by itself");
}

#[tokio::test]
async fn who_is_alone_may_rest_is_seen_by_whoever_comes_and_then_has_to_tell_of_it() {
    let shop = TestShop::open_at_ten().await.with_member("1001", "agent").await.with_member("1002", "agent").await;
    shop.shopper().writes("在吗").await;
    let (first, second) = (desk(&shop, "1001").await, desk(&shop, "1002").await);
    let (one, two) = (first.member(), second.member());
    let asked = first.conversation_with("在吗").id;
    let (here, there) = (Page::open(), Page::open());
    let mut hears = Hearing::begin(&first).await;
    assert!(here.looks(&first, asked, false).await.may_rest);

    shop.later(RESTING_BEAT_MILLIS / 1_000);
    let came = there.looks(&second, asked, false).await;
    assert_eq!(sorted(who(&came)), sorted(vec![(one, false), (two, false)]), "it is seen at once");
    assert!(!came.may_rest);
    assert_eq!(hears.next().await, came);
    // It tells of itself as soon as it hears, and is there from then on.
    assert!(!here.looks(&first, asked, false).await.may_rest);
    shop.later(ROUSED_SECONDS + 1);
    assert_eq!(who(&there.looks(&second, asked, false).await).len(), 2);

    there.tells(&second, None, false).await;
    shop.later(1);
    assert!(here.looks(&first, asked, false).await.may_rest, "the other one left");
    there.looks(&second, asked, false).await;
    shop.later(ROUSED_SECONDS + 1);
    let vanished = there.looks(&second, asked, false).await;
    assert_eq!((who(&vanished), vanished.may_rest), (vec![(two, false)], true), "a page that vanished says nothing");
}

#[tokio::test]
async fn whoever_may_not_see_a_conversation_neither_tells_nor_hears() {
    let shop = TestShop::open_at_ten().await.with_member("1001", "agent").await.with_member("1002", "agent").await;
    let shop = shop.with_member("3001", "editor").await.with_member_of("night", "1009", "agent").await;
    shop.shopper().writes("在吗").await;
    let (first, second) = (desk(&shop, "1001").await, desk(&shop, "1002").await);
    let (editor, elsewhere) = (desk(&shop, "3001").await, desk(&shop, "1009").await);
    let asked = first.conversation_with("在吗").id;
    let (here, there) = (Page::open(), Page::open());
    here.looks(&first, asked, false).await;

    let mut told = shop.serving.store.live().hear();
    for (outside, status) in [(&elsewhere, StatusCode::NOT_FOUND), (&editor, StatusCode::FORBIDDEN)] {
        assert_eq!(Page::open().tells(outside, Some(asked), true).await.status(), status);
    }
    let nowhere = Some(new_id(ConversationId::new));
    assert_eq!(there.tells(&second, nowhere, false).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(looks_told(&mut told), [], "nobody is told of a refusal");
    assert_eq!(who(&here.looks(&first, asked, false).await), [(first.member(), false)]);

    shop.later(1);
    there.looks(&second, asked, false).await;
    assert_eq!(looks_told(&mut told).len(), 1);
    aside(shop.serving.store.place(), "UPDATE members SET roles = 'editor' WHERE work_number = '1002'").await;
    shop.later(1);
    assert_eq!(there.tells(&second, Some(asked), true).await.status(), StatusCode::FORBIDDEN);
    let left = looks_told(&mut told);
    assert_eq!(left.iter().map(who).collect::<Vec<_>>(), [[(first.member(), false)]], "the refusal took them off");
    shop.later(1);
    here.looks(&first, asked, true).await;
    assert_eq!(looks_told(&mut told), [], "there is nobody to hear it");
}

#[tokio::test]
async fn a_page_in_haste_is_not_listened_to_and_two_pages_of_a_member_are_one() {
    let shop = TestShop::open_at_ten().await.with_member("1001", "agent").await.with_member("1002", "agent").await;
    shop.shopper().writes("在吗").await;
    let (first, second) = (desk(&shop, "1001").await, desk(&shop, "1002").await);
    let asked = first.conversation_with("在吗").id;
    let (phone, laptop) = (Page::open(), Page::open());
    Page::open().looks(&first, asked, false).await;
    phone.looks(&second, asked, false).await;
    let mut told = shop.serving.store.live().hear();
    phone.looks(&second, asked, true).await;
    assert_eq!(looks_told(&mut told), [], "it told something only just now");
    for _ in 0..20 {
        phone.tells(&second, None, false).await;
        phone.looks(&second, asked, true).await;
    }
    let left = looks_told(&mut told);
    assert_eq!(left.iter().map(who).collect::<Vec<_>>(), [[(first.member(), false)]], "it left once and came no more");
    laptop.looks(&second, asked, true).await;
    let both = looks_told(&mut told);
    assert_eq!(both.iter().map(who).collect::<Vec<_>>(), [[(second.member(), true), (first.member(), false)]]);
}

#[tokio::test]
async fn who_is_on_duty_is_told_to_those_who_may_hand_over() {
    let shop = TestShop::open_at_ten().await.with_member("1001", "agent").await.with_member("1002", "agent").await;
    let shop = shop.with_member("3001", "editor").await;
    let (first, second, editor) = (desk(&shop, "1001").await, desk(&shop, "1002").await, desk(&shop, "3001").await);
    let on_duty = async || first.get("/api/duty").await.json::<OnDuty>().await.unwrap().members;
    let mut everybody = vec![first.member(), second.member(), editor.member()];
    everybody.sort_unstable();
    assert_eq!(on_duty().await, everybody);
    shop.later(ON_DUTY_SECONDS);
    desk(&shop, "1002").await;
    shop.later(1);
    assert_eq!(on_duty().await, [second.member()]);
    assert_eq!(editor.get("/api/duty").await.status(), StatusCode::FORBIDDEN);
}

/// What was told since of who looks where.
fn looks_told(heard: &mut Receiver<Arc<LiveEvent>>) -> Vec<Presence> {
    let mut looks = Vec::new();
    loop {
        match heard.try_recv() {
            Ok(event) => {
                if let LiveEvent::Presence { presence, .. } = &*event {
                    looks.push(presence.clone());
                }
            }
            Err(TryRecvError::Empty) => return looks,
            Err(error) => panic!("{error}"),
        }
    }
}
