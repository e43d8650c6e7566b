//! What a shop's own history tells its editors, over HTTP.

use qinda::model::{ArticleFields, ArticleId, Composed, EntryId, How, MessageId};
use qinda::sync::{Action, PutArticle, SendMessage};
use reqwest::StatusCode;
use serde_json::Value;

use crate::support::{Desk, TestShop, new_id, refusal};

async fn staffed() -> TestShop {
    TestShop::open().await.with_member("1001", "agent").await.with_member("3001", "editor").await
}

async fn invoice(editor: &mut Desk) -> ArticleId {
    let id = new_id(ArticleId::new);
    let fields = ArticleFields {
        title: "可以开发票吗".into(),
        answers: vec!["可以开电子发票".into()],
        ..ArticleFields::default()
    };
    editor.give(&Action::PutArticle(PutArticle { id, fields, base: 0, was: None, settles: Vec::new() })).await;
    id
}

/// A shopper asks, the agent answers, perhaps from an article.
async fn talk(shop: &TestShop, agent: &mut Desk, question: &str, reply: &str, article: Option<ArticleId>) {
    shop.shopper().writes(question).await;
    agent.pull().await;
    let conversation = agent.conversation_with(question);
    let chosen = article.map(EntryId::Article);
    let composed = Some(Composed { chosen, how: chosen.map(|_| How::Suggested), ..Composed::default() });
    let id = new_id(MessageId::new);
    let action = SendMessage { id, composed, ..agent.reply(&conversation, reply) };
    assert_eq!(agent.give(&Action::SendMessage(action)).await["verdict"], "applied");
}

async fn told(desk: &Desk, path: &str) -> Value {
    desk.get(path).await.json().await.unwrap()
}

#[tokio::test]
async fn an_editor_reads_how_well_the_articles_answer_and_what_nothing_answered() {
    let shop = staffed().await;
    let (mut agent, mut editor) = (shop.desk("1001").await, shop.desk("3001").await);
    let article = invoice(&mut editor).await;
    talk(&shop, &mut agent, "能开发票不", "可以开电子发票", Some(article)).await;
    talk(&shop, &mut agent, "伞骨断了能修吗，电话13800138000", "可以寄回来免费修一次", None).await;

    let review = told(&editor, "/api/answers/review?days=31").await;
    assert_eq!((&review["asked"], &review["chosen"], &review["first"]), (&2.into(), &1.into(), &1.into()), "{review}");
    let group = &review["unanswered"][0];
    assert_eq!(group["example"], "伞骨断了能修吗，电话#");
    assert_eq!(group["replies"][0], "可以寄回来免费修一次");
}

#[tokio::test]
async fn a_reply_that_recurs_is_offered_as_an_article() {
    let shop = staffed().await;
    let (mut agent, editor) = (shop.desk("1001").await, shop.desk("3001").await);
    for question in ["这伞防水吗", "会不会漏雨", "下大雨能用吗"] {
        talk(&shop, &mut agent, question, "伞面是防水涂层，小雨不沾水", None).await;
    }
    let offers = told(&editor, "/api/answers/recurring?days=31").await;
    assert_eq!((&offers[0]["answer"], &offers[0]["times"]), (&"伞面是防水涂层，小雨不沾水".into(), &3.into()));
}

#[tokio::test]
async fn only_editors_read_it_and_only_of_their_shop() {
    let shop = staffed().await;
    let mut agent = shop.desk("1001").await;
    talk(&shop, &mut agent, "伞骨断了能修吗", "可以寄回来免费修一次", None).await;
    for path in ["/api/answers/review?days=31", "/api/answers/recurring?days=31"] {
        assert_eq!(refusal(agent.get(path).await).await.0, StatusCode::FORBIDDEN);
    }
    let other = staffed().await;
    let review = told(&other.desk("3001").await, "/api/answers/review?days=31").await;
    assert_eq!(review["asked"], 0);
}
