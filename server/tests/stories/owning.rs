//! One shopper, one agent: conversations are handed over whole, and a shopper who comes back meets whom they know.

use qinda::model::{Conversation, ConversationId, MemberId};
use qinda::sync::{
    Action, CloseConversation, KNOWS_SHOPPER_SECONDS, SendMessage, TakeConversation, TransferConversation,
};
use qinda_server::store::{ON_DUTY_SECONDS, members};
use serde_json::json;

use crate::support::{Desk, TestShop};

/// Two agents, an editor, an agent of another team; the clock stands still.
async fn staffed() -> TestShop {
    let shop = TestShop::open_at_ten().await.with_member("1001", "agent").await.with_member("1002", "agent").await;
    shop.with_member("3001", "editor").await.with_member_of("night", "1009", "agent").await
}

async fn desk(shop: &TestShop, number: &str) -> Desk {
    let mut desk = shop.desk(number).await;
    desk.pull().await;
    desk
}

fn transfer(conversation: &Conversation, to: MemberId, note: &str) -> Action {
    let (conversation, owner_seen, note) = (conversation.id, conversation.owner, note.into());
    Action::TransferConversation(TransferConversation { conversation, to, note, owner_seen })
}

fn close(conversation: ConversationId, seen: u32) -> Action {
    Action::CloseConversation(CloseConversation { conversation, seen })
}

fn send(args: SendMessage) -> Action {
    Action::SendMessage(args)
}

#[tokio::test]
async fn a_conversation_is_handed_over_with_a_note_that_stays_until_its_new_owner_answers() {
    let shop = staffed().await;
    shop.shopper().writes("发票开错了").await;
    let (mut giver, mut receiver) = (desk(&shop, "1001").await, desk(&shop, "1002").await);
    let asked = giver.conversation_with("发票开错了");
    let given = giver.give(&transfer(&asked, receiver.member(), "要重开发票")).await;
    assert_eq!(given, json!({ "verdict": "applied" }));

    let shop = shop.restarted().await;
    receiver.origin = shop.url("");
    receiver.pull().await;
    let handed = receiver.conversation_with("发票开错了");
    let handover = handed.handover.clone().expect("the receiver is told");
    assert_eq!((handed.owner, handover.by, handover.to), (Some(receiver.member()), giver.member(), receiver.member()));
    assert_eq!(handover.note, "要重开发票");

    let reply = send(receiver.reply(&handed, "亲，给您重开"));
    assert_eq!(receiver.give(&reply).await["verdict"], json!("applied"));
    assert_eq!(receiver.conversation_with("发票开错了").handover, None);
}

#[tokio::test]
async fn a_handover_to_nobody_who_may_answer_or_behind_ones_back_is_refused() {
    let shop = staffed().await;
    shop.shopper().writes("在吗").await;
    let (mut giver, receiver) = (desk(&shop, "1001").await, desk(&shop, "1002").await);
    let (editor, elsewhere) = (desk(&shop, "3001").await, desk(&shop, "1009").await);
    let asked = giver.conversation_with("在吗");
    for unfit in [editor.member(), elsewhere.member(), giver.member(), MemberId::of_name("nobody")] {
        let verdict = giver.give(&transfer(&asked, unfit, "")).await;
        assert_eq!(verdict, json!({ "verdict": "rejected", "code": "invalid" }));
    }
    let cards = &giver.state.members;
    let team = giver.signed_in.actor.team;
    assert!(cards[&receiver.member()].may_answer_in(team));
    assert!(!cards[&editor.member()].may_answer_in(team) && !cards[&elsewhere.member()].may_answer_in(team));

    let mut colleague = desk(&shop, "1002").await;
    let take = Action::TakeConversation(TakeConversation { conversation: asked.id, owner_seen: None });
    assert_eq!(colleague.give(&take).await["verdict"], json!("applied"));
    let late = giver.give(&transfer(&asked, receiver.member(), "")).await;
    assert_eq!(late, json!({ "verdict": "rejected", "code": "conflict" }));
}

#[tokio::test]
async fn only_the_owners_reply_goes_out_at_once() {
    let shop = staffed().await;
    shop.shopper().writes("多久发货").await;
    let (mut owner, mut other) = (desk(&shop, "1001").await, desk(&shop, "1002").await);
    let asked = owner.conversation_with("多久发货");
    let take = Action::TakeConversation(TakeConversation { conversation: asked.id, owner_seen: None });
    owner.give(&take).await;
    other.pull().await;
    let owned = other.conversation_with("多久发货");

    let unasked = send(other.reply(&owned, "今天"));
    let reason = json!({ "what": "taken_over", "by": owner.member() });
    assert_eq!(other.give(&unasked).await, json!({ "verdict": "parked", "reason": reason }));
    let beside = SendMessage { beside_owner: true, ..other.reply(&owned, "今天就发") };
    assert_eq!(other.give(&send(beside)).await["verdict"], json!("applied"));
    assert_eq!(other.conversation_with("今天就发").owner, Some(owner.member()));

    let take = Action::TakeConversation(TakeConversation { conversation: asked.id, owner_seen: owned.owner });
    other.give(&take).await;
    let seen = other.conversation_with("多久发货");
    let own = send(other.reply(&seen, "单号稍后给您"));
    assert_eq!(other.give(&own).await["verdict"], json!("applied"));
}

#[tokio::test]
async fn a_shopper_who_comes_back_goes_to_the_agent_who_knows_them_if_on_duty() {
    let shop = staffed().await;
    let shopper = shop.shopper();
    shopper.writes("第一次").await;
    let mut agent = desk(&shop, "1001").await;
    let first = agent.conversation_with("第一次");
    let reply = send(agent.reply(&first, "您好"));
    agent.give(&reply).await;
    agent.give(&close(first.id, 2)).await;

    shopper.writes("第二次").await;
    agent.pull().await;
    let second = agent.conversation_with("第二次");
    assert_eq!((second.owner, second.handover.clone()), (Some(agent.member()), None));
    agent.give(&close(second.id, 1)).await;

    shop.later(ON_DUTY_SECONDS + 1);
    shopper.writes("没人在").await;
    agent.pull().await;
    let waits = agent.conversation_with("没人在");
    assert_eq!(waits.owner, None, "off duty, it waits for everybody");
    agent.give(&transfer(&waits, desk(&shop, "1002").await.member(), "")).await;
    agent.give(&close(waits.id, 1)).await;

    shop.later(KNOWS_SHOPPER_SECONDS + 1);
    let mut other = desk(&shop, "1002").await;
    shopper.writes("四天以后").await;
    other.pull().await;
    assert_eq!(other.conversation_with("四天以后").owner, None, "after three days nobody knows them");
}

#[tokio::test]
async fn nobody_gets_a_shopper_whom_they_may_not_answer_any_more() {
    let shop = staffed().await;
    let shopper = shop.shopper();
    shopper.writes("第一次").await;
    let mut agent = desk(&shop, "1001").await;
    let first = agent.conversation_with("第一次");
    let take = Action::TakeConversation(TakeConversation { conversation: first.id, owner_seen: None });
    agent.give(&take).await;
    agent.give(&close(first.id, 1)).await;
    let id = shop.id;
    let store = &shop.serving.store;
    store.write(id, move |work| Box::pin(members::deactivate(work, id, "1001".into()))).await.unwrap();
    shopper.writes("第二次").await;
    assert_eq!(desk(&shop, "1002").await.conversation_with("第二次").owner, None);
}
