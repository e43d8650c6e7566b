//! A desk that asks for the newest rows first is usable with the first page and has everything in the end.

use qinda::model::{Article, ArticleFields, ArticleId, Author, Conversation, Message, MessageId, Micros};
use qinda::sync::{Action, Change, Gap, PULL_ROWS_MAX, RemoveArticle, Scope};
use serde_json::json;

use crate::support::{Desk, TestShop, new_id};

/// More than one page has room for.
const MANY: u32 = PULL_ROWS_MAX as u32 + 500;

async fn write(shop: &TestShop, changes: Vec<Change>) {
    let id = shop.id;
    let written = shop.serving.store.write(id, move |work| Box::pin(work.write_changes(id, changes.clone(), None)));
    written.await.unwrap();
}

fn article(n: u32, version: u32) -> Change {
    let fields =
        ArticleFields { title: format!("第 {n} 条 {version}"), answers: vec!["三天".into()], ..Default::default() };
    let id = ArticleId::of_name(&n.to_string());
    Change::Article(Article { id, fields, version, changed_by: None, changed_at: Micros(1), copies: Vec::new() })
}

async fn write_articles(shop: &TestShop, version: u32) {
    write(shop, (0..MANY).map(|n| article(n, version)).collect()).await;
}

/// A conversation in which the shopper has written and written.
async fn write_messages(shop: &TestShop, conversation: &Conversation) {
    let message = |position: u32| Message {
        id: new_id(MessageId::new),
        conversation: conversation.id,
        position,
        author: Author::Shopper,
        text: format!("第 {position} 句"),
        picture: None,
        at: Micros(conversation.opened_at.0 + i64::from(position)),
        written_at: None,
    };
    let positions = conversation.last_position + 1..=MANY;
    let mut changes: Vec<Change> =
        positions.map(|position| Change::Message(conversation.team, message(position))).collect();
    let grown = Conversation { last_position: MANY, version: conversation.version + 1, ..conversation.clone() };
    changes.push(Change::Conversation(grown));
    write(shop, changes).await;
}

/// A shop with a question that waits since long, a long conversation, and many articles.
async fn busy() -> (TestShop, Desk) {
    let shop = TestShop::open().await.with_member("1001", "agent").await.with_member("3001", "agent,editor").await;
    shop.shopper().writes("昨天问的").await;
    shop.shopper().writes("刚刚问的").await;
    let mut desk = shop.desk("1001").await;
    desk.pull().await;
    write_messages(&shop, &desk.conversation_with("刚刚问的")).await;
    write_articles(&shop, 1).await;
    (shop, desk)
}

fn gap(desk: &Desk, scope: Scope) -> Gap {
    desk.newest_first.as_ref().unwrap().filling[&scope].gap
}

#[tokio::test]
async fn a_new_device_is_usable_with_the_first_page_and_fills_up_behind() {
    let (shop, mut whole) = busy().await;
    whole.pull().await;
    let mut desk = shop.desk("1001").await.reading_the_newest_first();
    let first = desk.pull_page().await;
    assert!(!first.more, "whatever is new has come");
    desk.absorb(first);
    assert_eq!((desk.gaps(), desk.state.conversations.len()), (2, 2));
    let (waits, talks) = (desk.conversation_with("昨天问的"), desk.conversation_with(&format!("第 {MANY} 句")));
    assert_eq!((waits.last_position, talks.last_position), (1, MANY), "also what was asked long ago and is open");
    let (inbox, knowledge) = (gap(&desk, desk.inbox()), gap(&desk, Scope::Knowledge));
    assert!(inbox.above == 0 && !inbox.holds);
    let missing = whole.state.thread(talks.id).count() - desk.state.thread(talks.id).count();
    assert_eq!(inbox.rows, missing as u64 + 2, "what came before its turn comes again");
    let articles = (whole.state.articles.len(), desk.state.articles.len());
    assert!(articles.1 > 0 && knowledge.rows >= (articles.0 - articles.1) as u64);

    // What happens meanwhile comes with the next page.
    shop.shopper().writes("现在问的").await;
    let next = desk.pull_page().await;
    assert!(next.scopes.iter().map(|page| page.older.len()).sum::<usize>() > PULL_ROWS_MAX / 2);
    desk.absorb(next);
    desk.conversation_with("现在问的");
    assert!(gap(&desk, Scope::Knowledge).up_to < knowledge.up_to);
    assert!(gap(&desk, desk.inbox()).rows < inbox.rows);

    desk.pull().await;
    whole.pull().await;
    assert_eq!((desk.gaps(), &desk.state, &desk.cursors), (0, &whole.state, &whole.cursors));
    assert_eq!(desk.pull().await, 1, "and goes on as any other");
}

#[tokio::test]
async fn a_device_that_was_away_hears_the_newest_of_what_it_missed_first() {
    let (shop, _) = busy().await;
    let mut desk = shop.desk("1001").await.reading_the_newest_first();
    desk.pull().await;
    let mut editor = shop.desk("3001").await;
    editor.pull().await;
    let gone = ArticleId::of_name("7");
    editor.give(&Action::RemoveArticle(RemoveArticle { id: gone, base: 1 })).await;
    let changed: Vec<Change> = (8..MANY).map(|n| article(n, 2)).collect();
    write(&shop, changed).await;
    let before = desk.cursors[&Scope::Knowledge].seq;

    let first = desk.pull_page().await;
    assert!(first.scopes.iter().all(|page| !page.reset), "it keeps what it has");
    desk.absorb(first);
    let missed = gap(&desk, Scope::Knowledge);
    assert_eq!(missed.above, before);
    assert_eq!(desk.state.articles[&ArticleId::of_name(&(MANY - 1).to_string())].version, 2);
    assert!(desk.state.articles.contains_key(&gone), "of that it hears later");
    desk.pull().await;
    let mut fresh = shop.desk("1001").await;
    fresh.pull().await;
    assert_eq!((&desk.state, &desk.cursors), (&fresh.state, &fresh.cursors));
    assert!(!desk.state.articles.contains_key(&gone));
}

#[tokio::test]
async fn a_verdict_waits_for_its_effect_when_that_lies_in_a_gap() {
    let (shop, _) = busy().await;
    let mut desk = shop.desk("1001").await.reading_the_newest_first();
    desk.pull().await;
    let asked = desk.conversation_with("昨天问的");
    let reply = Action::SendMessage(desk.reply(&asked, "亲，在的"));
    let command = desk.command(&reply);
    desk.push(&[command]).await;
    // Its storage is lost, and the answer was never heard.
    desk.forget_everything();
    write_articles(&shop, 2).await;
    let first = desk.pull_page().await;
    assert!(first.verdicts.is_empty() && first.through == 0);
    desk.absorb(first);
    assert!(gap(&desk, Scope::Knowledge).holds);
    desk.pull().await;
    assert_eq!(desk.verdict(1), json!({ "verdict": "applied" }));
    assert_eq!(desk.words(asked.id), ["昨天问的", "亲，在的"]);
}

#[tokio::test]
async fn a_gap_in_a_numbering_that_is_over_is_read_anew() {
    let (shop, mut whole) = busy().await;
    whole.pull().await;
    let mut desk = shop.desk("1001").await.reading_the_newest_first();
    let first = desk.pull_page().await;
    desk.absorb(first);
    let newest = desk.newest_first.as_mut().unwrap();
    newest.filling.get_mut(&Scope::Knowledge).unwrap().cursor.generation += 1;
    let again = desk.pull_page().await;
    let knowledge = again.scopes.iter().find(|page| page.scope == Scope::Knowledge).unwrap();
    assert!(knowledge.reset && knowledge.gap.is_some() && knowledge.older.is_empty());
    desk.absorb(again);
    desk.pull().await;
    assert_eq!(desk.state, whole.state);
}
