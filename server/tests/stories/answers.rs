//! What agents choose is learned and travels; what they say is checked again where it counts.

use qinda::model::{
    About, ArticleFields, ArticleId, EntryId, How, Lesson, MessageId, PackId, PictureId, PolicyId, QuickReplyFields,
    QuickReplyId, Whose,
};
use qinda::policy::{Payer, PolicyFields, PolicyRule};
use qinda::sync::{
    Action, ChooseAnswer, Command, DescribeConversation, JudgeLesson, PutArticle, PutPack, PutPolicy, PutQuickReply,
    RemoveArticle, RemovePack, RemovePolicy, SendMessage,
};
use qinda::wording::{Level, PackFields, Rule};
use serde_json::{Value, json};

use crate::support::{Desk, TestShop, new_id};

async fn staffed() -> TestShop {
    let shop = TestShop::open().await.with_member("1001", "agent").await.with_member("1002", "agent").await;
    shop.with_member("3001", "editor").await.with_member_of("night", "1009", "agent").await
}

async fn desk(shop: &TestShop, number: &str) -> Desk {
    let mut desk = shop.desk(number).await;
    desk.pull().await;
    desk
}

fn applied() -> Value {
    json!({ "verdict": "applied" })
}

fn rejected(code: &str) -> Value {
    json!({ "verdict": "rejected", "code": code })
}

fn article(id: ArticleId) -> Action {
    let fields =
        ArticleFields { title: "多久发货".into(), answers: vec!["三天内".into()], ..Default::default() };
    Action::PutArticle(PutArticle { id, fields, base: 0, was: None, settles: Vec::new() })
}

fn choose(entry: EntryId, text: &str) -> Action {
    Action::ChooseAnswer(ChooseAnswer { entry, text: text.into(), how: How::Suggested, conversation: None })
}

pub fn pack(words: &str, level: Level) -> PackFields {
    let rule = Rule { id: "own-words".into(), level, phrases: vec![words.into()], ..Rule::default() };
    PackFields { name: "自定".into(), edition: 1, rules: vec![rule] }
}

pub fn put_pack(id: PackId, fields: PackFields, base: u32) -> Action {
    Action::PutPack(PutPack { id, fields, base })
}

/// A desk with a shopper's question on its screen, and a reply to it.
async fn asked(shop: &TestShop, number: &str) -> (Desk, SendMessage) {
    shop.shopper().writes("在吗").await;
    let desk = desk(shop, number).await;
    let conversation = desk.conversation_with("在吗");
    let reply = desk.reply(&conversation, "在的");
    (desk, reply)
}

fn saying(reply: &SendMessage, text: &str, reason: &str) -> Action {
    let id = new_id(MessageId::new);
    Action::SendMessage(SendMessage { id, text: text.into(), reason: reason.into(), anyway: true, ..reply.clone() })
}

#[tokio::test]
async fn what_one_agent_chose_another_desk_knows() {
    let shop = staffed().await;
    let (mut editor, mut agent) = (desk(&shop, "3001").await, desk(&shop, "1001").await);
    let id = new_id(ArticleId::new);
    editor.give(&article(id)).await;
    let entry = EntryId::Article(id);
    assert_eq!(agent.give(&choose(entry, "几天能发呀")).await, applied());
    assert_eq!(agent.give(&choose(entry, "几天能发呀！")).await, applied());

    let colleague = desk(&shop, "1002").await;
    let lessons: Vec<&Lesson> = colleague.state.lessons.values().collect();
    assert_eq!(lessons.len(), 1);
    assert_eq!((lessons[0].article, lessons[0].times, lessons[0].text.as_str()), (id, 2, "几天能发呀"));
    let team = Whose::Team(agent.signed_in.actor.team);
    let own = Whose::Member(agent.member());
    assert_eq!(colleague.state.used.keys().copied().collect::<Vec<_>>(), [(team, entry)]);
    assert!(agent.state.used[&(own, entry)].weight_milli > 1_900);

    let night = desk(&shop, "1009").await;
    assert!(night.state.used.is_empty() && night.state.lessons.len() == 1);
}

#[tokio::test]
async fn a_lesson_taken_back_stays_back_and_goes_with_its_article() {
    let shop = staffed().await;
    let (mut editor, mut agent) = (desk(&shop, "3001").await, desk(&shop, "1001").await);
    let id = new_id(ArticleId::new);
    editor.give(&article(id)).await;
    agent.give(&choose(EntryId::Article(id), "几天能发呀")).await;
    editor.pull().await;
    let lesson = *editor.state.lessons.keys().next().unwrap();
    let judge = Action::JudgeLesson(JudgeLesson { id: lesson, taken_back: true });
    assert_eq!(agent.give(&judge).await, rejected("forbidden"));
    assert_eq!(editor.give(&judge).await, applied());
    agent.give(&choose(EntryId::Article(id), "几天能发呀")).await;
    assert!(agent.state.lessons[&lesson].taken_back);

    editor.give(&Action::RemoveArticle(RemoveArticle { id, base: 1 })).await;
    agent.pull().await;
    assert!(agent.state.lessons.is_empty());
    assert_eq!(agent.give(&choose(EntryId::Article(id), "几天能发呀")).await, rejected("gone"));
}

#[tokio::test]
async fn quick_replies_belong_to_the_shop_a_team_or_a_member() {
    let shop = staffed().await.with_member("2001", "supervisor").await;
    let (mut supervisor, mut agent) = (desk(&shop, "2001").await, desk(&shop, "1001").await);
    let id = new_id(QuickReplyId::new);
    let fields =
        QuickReplyFields { shortcut: "hi".into(), text: "您好".into(), category: "问候".into(), picture: None };
    let put = |shared, team, base, fields: &QuickReplyFields| {
        Action::PutQuickReply(PutQuickReply { id, fields: fields.clone(), shared, team, base, keeps_rest: false })
    };
    assert_eq!(supervisor.give(&put(false, true, 0, &fields)).await, applied());
    agent.pull().await;
    assert_eq!(agent.state.quick_replies[&id].fields, fields);
    assert!(desk(&shop, "1009").await.state.quick_replies.is_empty());
    assert_eq!(agent.give(&choose(EntryId::QuickReply(id), "")).await, applied());
    let mut night = desk(&shop, "1009").await;
    assert_eq!(night.give(&choose(EntryId::QuickReply(id), "")).await, rejected("gone"));

    // To the shop, and back to the team: it lives in one place at a time.
    assert_eq!(supervisor.give(&put(true, false, 1, &fields)).await, applied());
    night.pull().await;
    assert_eq!(night.state.quick_replies[&id].version, 2);
    assert_eq!(supervisor.give(&put(false, true, 2, &fields)).await, applied());
    night.pull().await;
    agent.pull().await;
    assert!(night.state.quick_replies.is_empty());
    assert_eq!(agent.state.quick_replies[&id].version, 3);

    let shown = QuickReplyFields { picture: Some(PictureId::of_bytes(b"nothing")), ..fields };
    assert_eq!(supervisor.give(&put(false, true, 3, &shown)).await, rejected("gone"));
}

#[tokio::test]
async fn words_that_a_rule_refuses_do_not_leave_whatever_the_desk_thought() {
    let shop = staffed().await;
    let mut editor = desk(&shop, "3001").await;
    let (mut agent, reply) = asked(&shop, "1001").await;
    let id = new_id(PackId::new);
    assert_eq!(agent.give(&put_pack(id, pack("青岛仓库", Level::Block), 0)).await, rejected("forbidden"));
    assert_eq!(agent.give(&saying(&reply, "从青岛仓库发出", "")).await, applied());
    assert_eq!(editor.give(&put_pack(id, pack("青岛仓库", Level::Block), 0)).await, applied());
    assert_eq!(agent.give(&saying(&reply, "从青岛仓库发出", "客户问的")).await, rejected("wording"));

    assert_eq!(editor.give(&put_pack(id, pack("青岛仓库", Level::Warn), 1)).await, applied());
    assert_eq!(agent.give(&saying(&reply, "从青岛仓库发出", " ")).await, rejected("wording"));
    assert_eq!(agent.give(&saying(&reply, "从青岛仓库发出", "客户问的")).await, applied());

    assert_eq!(editor.give(&put_pack(id, pack("青岛仓库", Level::Hint), 2)).await, applied());
    assert_eq!(agent.give(&saying(&reply, "从青岛仓库发出", "")).await, applied());
    assert_eq!(editor.give(&Action::RemovePack(RemovePack { id, base: 3 })).await, applied());
    agent.pull().await;
    assert!(agent.state.packs.is_empty());
}

#[tokio::test]
async fn a_rule_counts_from_the_next_command_of_the_same_push() {
    let shop = TestShop::open().await.with_member("2001", "supervisor").await;
    let (mut desk, reply) = asked(&shop, "2001").await;
    let id = new_id(PackId::new);
    let actions = [
        saying(&reply, "从青岛仓库发出", ""),
        put_pack(id, pack("青岛仓库", Level::Block), 0),
        saying(&reply, "从青岛仓库发出", ""),
        Action::RemovePack(RemovePack { id, base: 1 }),
        saying(&reply, "从青岛仓库发出", ""),
    ];
    let commands: Vec<Command> = actions.iter().map(|action| desk.command(action)).collect();
    desk.push(&commands).await;
    desk.pull().await;
    let verdicts: Vec<Value> = commands.iter().map(|command| desk.verdict(command.n)).collect();
    assert_eq!(verdicts, [applied(), applied(), rejected("wording"), applied(), applied()]);
}

#[tokio::test]
async fn an_unfilled_blank_and_a_missing_picture_do_not_leave() {
    let shop = staffed().await;
    let (mut agent, reply) = asked(&shop, "1001").await;
    assert_eq!(agent.give(&saying(&reply, "单号{快递单号}", "")).await, rejected("unfilled"));
    let picture = Some(PictureId::of_bytes(b"nothing"));
    let shown = Action::SendMessage(SendMessage { picture, text: String::new(), ..reply });
    assert_eq!(agent.give(&shown).await, rejected("gone"));
}

#[tokio::test]
async fn policies_are_kept_and_travel() {
    let shop = staffed().await;
    let (mut editor, mut agent) = (desk(&shop, "3001").await, desk(&shop, "1001").await);
    let id = new_id(PolicyId::new);
    let rule = PolicyRule { granted: true, payer: Payer::Shop, words: "可以退".into(), ..PolicyRule::default() };
    let fields = PolicyFields { title: "退货".into(), rules: vec![rule] };
    let put = |base| Action::PutPolicy(PutPolicy { id, fields: fields.clone(), base });
    assert_eq!(agent.give(&put(0)).await, rejected("forbidden"));
    assert_eq!(editor.give(&put(0)).await, applied());
    assert_eq!(editor.give(&put(0)).await, rejected("conflict"));
    agent.pull().await;
    assert_eq!(agent.state.policies[&id].fields, fields);
    assert_eq!(editor.give(&Action::RemovePolicy(RemovePolicy { id, base: 1 })).await, applied());
    agent.pull().await;
    assert!(agent.state.policies.is_empty());
}

#[tokio::test]
async fn the_page_says_what_it_is_about_and_the_agent_knows_better() {
    let shop = staffed().await;
    let shopper = shop.shopper();
    let said = json!({ "product": "龙井", "order": "长".repeat(101), "stage": "paid" });
    shopper.writes_about("什么时候发货", said).await;
    let mut agent = desk(&shop, "1001").await;
    let conversation = agent.conversation_with("什么时候发货");
    let facts = serde_json::to_value(&conversation.about).unwrap();
    assert_eq!(facts, json!({ "product": "龙井", "stage": "paid" }));

    let about = About { product: Some("白茶".into()), order: Some("T-9".into()), ..About::default() };
    let describe = DescribeConversation { conversation: conversation.id, about };
    assert_eq!(agent.give(&Action::DescribeConversation(describe)).await, applied());
    shopper.writes_about("在吗", json!({ "product": "龙井", "courier": "顺丰" })).await;
    agent.pull().await;
    let facts = serde_json::to_value(&agent.conversation_with("在吗").about).unwrap();
    assert_eq!(facts, json!({ "product": "白茶", "order": "T-9", "courier": "顺丰", "stage": "paid" }));
}
