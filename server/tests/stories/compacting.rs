//! What devices need no more leaves the feeds, and nobody notices but by its absence.

use qinda::model::{Article, ArticleFields, ArticleId, Micros};
use qinda::sync::{
    Action, Change, CloseConversation, FiguresAnswer, PULL_ROWS_MAX, PutArticle, RemoveArticle, Scope, SendMessage,
};
use qinda_server::store::compaction::{CLOSED_KEPT_DAYS, Compacted, GONE_KEPT_DAYS};
use serde_json::json;

use crate::support::{Desk, TestShop, new_id};

const DAY: i64 = 86_400;

async fn staffed() -> TestShop {
    TestShop::open_at_ten().await.with_member("1001", "agent").await.with_member("3001", "agent,editor").await
}

async fn compact(shop: &TestShop) -> Compacted {
    shop.serving.store.compact().await.unwrap()
}

/// The same device after a while: its session is over by then, what it holds is not.
async fn later_on(shop: &TestShop, old: &Desk) -> Desk {
    let mut desk = shop.desk("1001").await;
    (desk.state, desk.cursors) = (old.state.clone(), old.cursors.clone());
    desk
}

async fn fresh(shop: &TestShop) -> Desk {
    let mut desk = shop.desk("1001").await;
    desk.pull().await;
    desk
}

/// How many questions count as answered, of those that came that many days ago.
async fn answered(shop: &TestShop, days_ago: i64) -> u32 {
    let from = shop.serving.store.clock().now().plus_seconds(-days_ago * DAY - DAY / 2);
    let lead = shop.desk("2001").await;
    let answer = lead.get(&format!("/api/figures?from={}&to={}", from.0, from.plus_seconds(DAY).0)).await;
    let answer: FiguresAnswer = answer.json().await.unwrap();
    answer.figures.total.every.answered
}

#[tokio::test]
async fn a_conversation_leaves_a_month_after_it_was_closed_and_its_words_stay_with_the_shop() {
    let shop = staffed().await.with_member("2001", "supervisor").await;
    let shopper = shop.shopper();
    shopper.writes("几天到").await;
    shop.shopper().writes("还在等").await;
    let mut desk = fresh(&shop).await;
    let asked = desk.conversation_with("几天到");
    let reply = desk.reply(&asked, "三天左右");
    desk.give(&Action::SendMessage(reply)).await;
    let close = CloseConversation { conversation: asked.id, seen: 2 };
    assert_eq!(desk.give(&Action::CloseConversation(close)).await, json!({ "verdict": "applied" }));

    shop.later((CLOSED_KEPT_DAYS - 1) * DAY);
    assert_eq!(compact(&shop).await, Compacted::default());
    shop.later(2 * DAY);
    assert_eq!(compact(&shop).await, Compacted { conversations: 1, gone: 0 });
    assert_eq!(compact(&shop).await, Compacted::default(), "it left once");

    let mut desk = later_on(&shop, &desk).await;
    desk.pull().await;
    assert!(!desk.state.conversations.contains_key(&asked.id) && desk.state.thread(asked.id).next().is_none());
    desk.conversation_with("还在等");
    let newest = fresh(&shop).await;
    assert_eq!((&desk.state, &desk.cursors), (&newest.state, &newest.cursors));
    assert_eq!(answered(&shop, CLOSED_KEPT_DAYS + 1).await, 1, "it still counts");

    // Somebody writes into it after all, and it is back with every word.
    let reply = SendMessage { anyway: true, ..desk.reply(&asked, "到了吗亲") };
    assert_eq!(desk.give(&Action::SendMessage(reply)).await, json!({ "verdict": "applied" }));
    assert_eq!(desk.words(asked.id), ["几天到", "三天左右", "到了吗亲"]);
    let newest = fresh(&shop).await;
    assert_eq!((&desk.state, &desk.cursors), (&newest.state, &newest.cursors));
    assert_eq!(compact(&shop).await, Compacted::default(), "it is open again");
}

#[tokio::test]
async fn word_of_what_is_gone_is_kept_for_a_while_and_who_missed_it_begins_anew() {
    let shop = staffed().await;
    let mut editor = shop.desk("3001").await;
    let ids = [(); 2].map(|()| new_id(ArticleId::new));
    for id in ids {
        let fields = ArticleFields { title: "几天到".into(), answers: vec!["三天".into()], ..Default::default() };
        editor.give(&Action::PutArticle(PutArticle { id, fields, base: 0, was: None, settles: Vec::new() })).await;
    }
    let away = fresh(&shop).await;
    assert_eq!(away.state.articles.len(), 2);
    editor.give(&Action::RemoveArticle(RemoveArticle { id: ids[0], base: 1 })).await;
    let heard = fresh(&shop).await;
    assert_eq!(heard.state.articles.len(), 1);

    // Where the scope stands is noted once a day.
    shop.later(2 * DAY);
    assert_eq!(compact(&shop).await, Compacted::default());
    shop.later((GONE_KEPT_DAYS - 1) * DAY);
    assert_eq!(compact(&shop).await, Compacted::default());
    shop.later(2 * DAY);
    assert_eq!(compact(&shop).await, Compacted { conversations: 0, gone: 1 });
    assert_eq!(compact(&shop).await, Compacted::default());

    for newest_first in [false, true] {
        for (old, is_anew) in [(&away, true), (&heard, false)] {
            let mut desk = later_on(&shop, old).await;
            if newest_first {
                desk = desk.reading_the_newest_first();
            }
            let page = desk.pull_page().await;
            let knowledge = page.scopes.iter().find(|page| page.scope == Scope::Knowledge).unwrap();
            assert_eq!(knowledge.reset, is_anew);
            desk.absorb(page);
            desk.pull().await;
            assert_eq!(desk.state.articles.keys().collect::<Vec<_>>(), [&ids[1]]);
        }
    }
}

/// A desk that does not ask for the newest first began anew with every page, where more lay below the floor than one holds.
#[tokio::test]
async fn who_reads_in_order_is_above_the_floor_with_the_first_page() {
    let shop = staffed().await;
    let many = PULL_ROWS_MAX + 50;
    let article = |n: usize| {
        let fields =
            ArticleFields { title: format!("第 {n} 条"), answers: vec!["三天".into()], ..Default::default() };
        let id = ArticleId::of_name(&n.to_string());
        Change::Article(Article { id, fields, version: 1, changed_by: None, changed_at: Micros(1), copies: Vec::new() })
    };
    let (id, articles) = (shop.id, (0..many).map(article).collect::<Vec<_>>());
    let write = shop.serving.store.write(id, move |work| Box::pin(work.write_changes(id, articles.clone(), None)));
    write.await.unwrap();
    let remove = RemoveArticle { id: ArticleId::of_name("0"), base: 1 };
    let removed = shop.desk("3001").await.give(&Action::RemoveArticle(remove)).await;
    assert_eq!(removed, json!({ "verdict": "applied" }));
    shop.later(2 * DAY);
    compact(&shop).await;
    shop.later((GONE_KEPT_DAYS + 1) * DAY);
    assert_eq!(compact(&shop).await, Compacted { conversations: 0, gone: 1 });

    let mut desk = shop.desk("1001").await;
    let first = desk.pull_page().await;
    let knowledge = first.scopes.iter().find(|page| page.scope == Scope::Knowledge).unwrap();
    assert!(knowledge.reset && knowledge.rows.len() > PULL_ROWS_MAX / 2);
    desk.absorb(first);
    let next = desk.pull_page().await;
    assert!(next.scopes.iter().all(|page| !page.reset), "it goes on");
    desk.absorb(next);
    desk.pull().await;
    assert_eq!(desk.state.articles.len(), many - 1);
}
