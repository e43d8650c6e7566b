//! What supervisors read beside response times: how replies come to be, and what was sent despite a warning.

use qinda::model::{ArticleId, Composed, EntryId, How, MessageId, PackId};
use qinda::sync::{Action, CoachingAnswer, PutPack, SendMessage, TrialAnswer, TrialRequest, WordingNotes};
use qinda::wording::{Level, PackFields, Rule};
use reqwest::StatusCode;
use serde_json::json;

use crate::support::{Desk, TEN_O_CLOCK, TestShop, new_id, refusal};

async fn staffed() -> TestShop {
    let shop = TestShop::open_at_ten().await.with_member("1001", "agent").await.with_member("1002", "agent").await;
    shop.with_member("2001", "supervisor").await.with_member("3001", "editor").await
}

async fn asked(shop: &TestShop, number: &str, question: &str) -> (Desk, SendMessage) {
    shop.shopper().writes(question).await;
    let mut desk = shop.desk(number).await;
    desk.pull().await;
    let conversation = desk.conversation_with(question);
    let reply = desk.reply(&conversation, "在的");
    (desk, reply)
}

async fn says(desk: &mut Desk, reply: &SendMessage, composed: Option<Composed>) {
    let action = SendMessage { id: new_id(MessageId::new), composed, anyway: true, ..reply.clone() };
    assert_eq!(desk.give(&Action::SendMessage(action)).await, json!({ "verdict": "applied" }));
}

fn coaching_path() -> String {
    let (from, to) = (TEN_O_CLOCK, TEN_O_CLOCK.plus_seconds(3_600));
    format!("/api/figures/coaching?from={}&to={}", from.0, to.0)
}

async fn coaching(desk: &Desk) -> CoachingAnswer {
    desk.get(&coaching_path()).await.json().await.unwrap()
}

#[tokio::test]
async fn a_supervisor_sees_everybodys_figures_and_an_agent_their_own() {
    let shop = staffed().await;
    let (mut first, to_first) = asked(&shop, "1001", "在吗").await;
    let (mut second, to_second) = asked(&shop, "1002", "几天到").await;
    let typed = Composed { typed_chars: 40, typing_ms: 30_000, ..Composed::default() };
    let taken = Composed {
        chosen: Some(EntryId::Article(ArticleId::of_name("a"))),
        how: Some(How::Suggested),
        choice_ms: Some(2_400),
        ..Composed::default()
    };
    says(&mut first, &to_first, Some(typed)).await;
    says(&mut first, &to_first, Some(taken)).await;
    says(&mut first, &to_first, None).await;
    says(&mut second, &to_second, Some(typed)).await;

    let supervisor = shop.desk("2001").await;
    let all = coaching(&supervisor).await;
    let total = all.total.unwrap();
    assert_eq!((total.replies, total.told, total.from_articles, total.chars_per_minute), (4, 3, 1, Some(80)));
    assert_eq!((total.median_choice_ms, total.by_how[0].how), (Some(2_400), How::Suggested));
    assert_eq!((all.by_member.len(), all.members.len()), (2, 2));

    let own = coaching(&first).await;
    assert_eq!(own.total, None);
    let members: Vec<_> = own.by_member.iter().map(|(member, figures)| (*member, figures.replies)).collect();
    assert_eq!(members, [(first.member(), 3)]);
    let editor = shop.desk("3001").await;
    assert_eq!(refusal(editor.get(&coaching_path()).await).await.0, StatusCode::FORBIDDEN);
    let endless = supervisor.get("/api/figures/coaching?from=0&to=9000000000000000").await;
    assert_eq!(refusal(endless).await, (StatusCode::UNPROCESSABLE_ENTITY, "unfit_span".into()));
}

#[tokio::test]
async fn what_went_out_despite_a_warning_is_kept_with_its_reason() {
    let shop = staffed().await;
    let mut editor = shop.desk("3001").await;
    let phrases = vec!["青岛仓库".into()];
    let rule = Rule { id: "own-words".into(), level: Level::Warn, phrases, ..Rule::default() };
    let fields = PackFields { name: "自定".into(), edition: 1, rules: vec![rule] };
    let pack = PutPack { id: new_id(PackId::new), fields, base: 0 };
    assert_eq!(editor.give(&Action::PutPack(pack)).await, json!({ "verdict": "applied" }));

    let (mut agent, reply) = asked(&shop, "1001", "在吗").await;
    let warned = SendMessage { text: "从青岛仓库发".into(), reason: " 客户在问仓库 ".into(), ..reply };
    let command = agent.command(&Action::SendMessage(warned.clone()));
    agent.push(std::slice::from_ref(&command)).await;
    agent.push(std::slice::from_ref(&command)).await;

    let supervisor = shop.desk("2001").await;
    let told: WordingNotes = supervisor.get("/api/wording/notes?days=31").await.json().await.unwrap();
    assert_eq!((told.notes.len(), told.more, told.members.len()), (1, false, 1));
    let note = &told.notes[0];
    assert_eq!((note.message, note.member, note.reason.as_str()), (warned.id, agent.member(), "客户在问仓库"));
    assert_eq!((note.findings[0].rule.as_str(), note.findings[0].words.as_str()), ("own-words", "青岛仓库"));
    shop.later(2 * 24 * 3600);
    let supervisor = shop.desk("2001").await;
    let recent: WordingNotes = supervisor.get("/api/wording/notes?days=1").await.json().await.unwrap();
    assert_eq!(recent.notes, []);
    let agent = shop.desk("1001").await;
    assert_eq!(refusal(agent.get("/api/wording/notes?days=31").await).await.0, StatusCode::FORBIDDEN);
}

fn pack(phrase: &str) -> PackFields {
    let rule = Rule { id: "own-words".into(), level: Level::Warn, phrases: vec![phrase.into()], ..Rule::default() };
    PackFields { name: "自定".into(), edition: 1, rules: vec![rule] }
}

async fn try_out(desk: &Desk, pack: PackFields) -> reqwest::Response {
    let post = desk.client.post(format!("{}/api/wording/trial", desk.origin));
    post.json(&TrialRequest { pack, days: 31 }).send().await.unwrap()
}

#[tokio::test]
async fn a_pack_is_tried_on_what_the_agents_said() {
    let shop = staffed().await;
    let (mut agent, reply) = asked(&shop, "1001", "从青岛仓库发吗").await;
    for text in ["从青岛仓库发，电话 13800138000", "今天发"] {
        says(&mut agent, &SendMessage { text: text.into(), reason: "核对".into(), ..reply.clone() }, None).await;
    }
    let editor = shop.desk("3001").await;
    let told: TrialAnswer = try_out(&editor, pack("青岛仓库")).await.json().await.unwrap();
    assert_eq!((told.checked, told.flagged, told.cut, told.by_rule[0].texts), (2, 1, false, 1));
    assert_eq!((told.examples[0].words.as_str(), told.examples.len()), ("青岛仓库", 1));
    assert!(!told.examples[0].text.contains("13800138000"));

    let empty = try_out(&editor, pack(" ")).await;
    assert_eq!(empty.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(empty.json::<serde_json::Value>().await.unwrap()["rule"], "own-words");
    assert_eq!(refusal(try_out(&agent, pack("青岛仓库")).await).await.0, StatusCode::FORBIDDEN);
}
