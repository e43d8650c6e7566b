//! A reply that is begun on one device is known to the member's others, and to nobody else.

use qinda::model::{Conversation, ConversationId, DRAFT_KEPT_SECONDS, DRAFTS_MAX, Draft, MESSAGE_CHARS_MAX, Micros};
use qinda::sync::{Action, CloseConversation, PutDraft, SendMessage};
use serde_json::json;

use crate::support::{Desk, TestShop};

/// Two agents, and one of another team; the clock stands still.
async fn staffed() -> TestShop {
    let shop = TestShop::open_at_ten().await.with_member("1001", "agent").await;
    shop.with_member("1002", "agent").await.with_member_of("night", "1009", "agent").await
}

async fn desk(shop: &TestShop, number: &str) -> Desk {
    let mut desk = shop.desk(number).await;
    desk.pull().await;
    desk
}

/// Half-written words, as this device tells them a second after the shopper wrote.
fn draft(desk: &Desk, conversation: &Conversation, text: &str) -> PutDraft {
    let known = desk.state.drafts.get(&(desk.member(), conversation.id));
    PutDraft {
        conversation: conversation.id,
        text: text.into(),
        device: desk.device,
        over: known.map(|known| known.at),
        written_at: conversation.opened_at.plus_seconds(1),
    }
}

fn put(args: PutDraft) -> Action {
    Action::PutDraft(args)
}

fn drafts(desk: &Desk) -> Vec<(ConversationId, &str)> {
    desk.state.drafts.values().map(|draft| (draft.conversation, draft.text.as_str())).collect()
}

#[tokio::test]
async fn what_is_begun_on_one_device_is_on_the_other_until_it_is_sent_and_on_no_colleagues() {
    let shop = staffed().await;
    shop.shopper().writes("几天到").await;
    let (mut phone, mut laptop) = (desk(&shop, "1001").await, desk(&shop, "1001").await);
    let mut colleague = desk(&shop, "1002").await;
    let asked = phone.conversation_with("几天到");
    shop.later(60);

    let begun = phone.give(&put(draft(&phone, &asked, "亲，三天"))).await;
    assert_eq!(begun, json!({ "verdict": "applied" }));
    laptop.pull().await;
    let known: Vec<&Draft> = laptop.state.drafts.values().collect();
    assert_eq!((known[0].text.as_str(), known[0].device), ("亲，三天", phone.device));
    assert_eq!(known[0].at, asked.opened_at.plus_seconds(1));

    let taken = put(draft(&laptop, &asked, "亲，三天左右"));
    laptop.give(&taken).await;
    phone.pull().await;
    assert_eq!(drafts(&phone), [(asked.id, "亲，三天左右")], "one for each conversation");
    colleague.pull().await;
    assert_eq!(drafts(&colleague), []);

    let reply = laptop.reply(&asked, "亲，三天左右到。");
    laptop.give(&Action::SendMessage(SendMessage { owner_seen: None, ..reply })).await;
    phone.pull().await;
    assert_eq!((drafts(&phone), drafts(&laptop)), (vec![], vec![]));
}

#[tokio::test]
async fn old_words_of_a_device_that_was_away_put_out_nothing() {
    let shop = staffed().await;
    shop.shopper().writes("几天到").await;
    let (mut phone, mut laptop) = (desk(&shop, "1001").await, desk(&shop, "1001").await);
    let asked = phone.conversation_with("几天到");
    shop.later(3_600);
    let later = PutDraft { written_at: asked.opened_at.plus_seconds(900), ..draft(&laptop, &asked, "新写的") };
    laptop.give(&put(later)).await;
    let late = phone.give(&put(draft(&phone, &asked, "早写的"))).await;
    assert_eq!(late, json!({ "verdict": "applied" }), "nobody is bothered with it");
    assert_eq!(drafts(&phone), [(asked.id, "新写的")]);

    let ahead = PutDraft { written_at: asked.opened_at.plus_seconds(90_000), ..draft(&phone, &asked, "时钟快了") };
    phone.give(&put(ahead)).await;
    let at: Vec<Micros> = phone.state.drafts.values().map(|draft| draft.at).collect();
    assert!(at[0] >= asked.opened_at.plus_seconds(3_600) && at[0] < asked.opened_at.plus_seconds(3_700));
}

#[tokio::test]
async fn drafts_end_with_the_conversation_and_after_a_week() {
    let shop = staffed().await;
    for question in ["几天到", "有货吗"] {
        shop.shopper().writes(question).await;
    }
    let (mut phone, mut colleague) = (desk(&shop, "1001").await, desk(&shop, "1002").await);
    let (first, second) = (phone.conversation_with("几天到"), phone.conversation_with("有货吗"));
    phone.give(&put(draft(&phone, &first, "亲，三天"))).await;
    colleague.give(&put(draft(&colleague, &first, "三到五天"))).await;
    colleague.give(&Action::CloseConversation(CloseConversation { conversation: first.id, seen: 1 })).await;
    phone.pull().await;
    assert_eq!((drafts(&phone), drafts(&colleague)), (vec![], vec![]));
    phone.give(&put(draft(&phone, &first, "亲，三天"))).await;
    assert_eq!(drafts(&phone), [], "a closed conversation has none");

    phone.give(&put(draft(&phone, &second, "有的"))).await;
    shop.later(DRAFT_KEPT_SECONDS + 60);
    shop.shopper().writes("还在吗").await;
    // The sessions are over too.
    let (mut phone, mut colleague) = (desk(&shop, "1001").await, desk(&shop, "1002").await);
    assert_eq!(drafts(&phone), [(second.id, "有的")]);
    let third = colleague.conversation_with("还在吗");
    colleague.give(&put(draft(&colleague, &third, "在的"))).await;
    phone.pull().await;
    assert_eq!(drafts(&phone), [], "anybody's draft takes those along that are over");
}

#[tokio::test]
async fn a_members_drafts_are_bounded_and_the_oldest_give_way() {
    let shop = staffed().await;
    let mut phone = desk(&shop, "1001").await;
    for asked in 0..=DRAFTS_MAX {
        shop.shopper().writes(&format!("问题 {asked} 号")).await;
    }
    phone.pull().await;
    let mut asked: Vec<Conversation> = phone.state.conversations.values().cloned().collect();
    asked.sort_by_key(|conversation| conversation.opened_at);
    shop.later(600);
    let mut commands = Vec::new();
    for (conversation, second) in asked.iter().zip(1..) {
        let written_at = conversation.opened_at.plus_seconds(second);
        let args = PutDraft { written_at, ..draft(&phone, conversation, "亲") };
        commands.push(phone.command(&put(args)));
    }
    phone.push(&commands).await;
    phone.pull().await;
    assert_eq!(phone.state.drafts.len(), DRAFTS_MAX);
    assert!(drafts(&phone).iter().all(|(id, _)| *id != asked[0].id));
}

#[tokio::test]
async fn only_who_may_answer_there_drafts_there_and_no_more_than_a_message_holds() {
    let shop = staffed().await;
    shop.shopper().writes("几天到").await;
    let (mut phone, mut night) = (desk(&shop, "1001").await, desk(&shop, "1009").await);
    let asked = phone.conversation_with("几天到");
    let elsewhere = night.give(&put(draft(&night, &asked, "亲"))).await;
    assert_eq!(elsewhere, json!({ "verdict": "rejected", "code": "gone" }));
    let long = put(draft(&phone, &asked, &"亲".repeat(MESSAGE_CHARS_MAX + 1)));
    assert_eq!(phone.give(&long).await, json!({ "verdict": "rejected", "code": "invalid" }));
    let odd = put(draft(&phone, &asked, "亲\u{0}，"));
    assert_eq!(phone.give(&odd).await, json!({ "verdict": "applied" }));
    assert_eq!(drafts(&phone), [(asked.id, "亲，")]);
}
