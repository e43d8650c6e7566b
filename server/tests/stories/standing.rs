//! What a device gives on top of its own waiting work stands or falls with it, and what older desks queued means what it
//! meant.

use qinda::model::{ArticleFields, ArticleId, EpochId, PolicyId, QuickReplyFields, QuickReplyId};
use qinda::policy::{PolicyFields, PolicyRule};
use qinda::sync::{Action, Command, FormerNumber, PutArticle, PutPolicy, PutQuickReply, RemovePolicy};
use serde_json::{Value, json};

use crate::support::{Desk, TestShop, new_id};

fn article(id: ArticleId, title: &str, base: u32) -> Action {
    let fields = ArticleFields { title: title.into(), answers: vec!["三天".into()], ..Default::default() };
    Action::PutArticle(PutArticle { id, fields, base, was: None, settles: Vec::new() })
}

fn policy(id: PolicyId, title: &str, base: u32) -> Action {
    let rules = vec![PolicyRule { granted: true, words: "可以退。".into(), ..PolicyRule::default() }];
    Action::PutPolicy(PutPolicy { id, fields: PolicyFields { title: title.into(), rules }, base })
}

/// The next command of a desk, given on top of an earlier one.
fn on_top(desk: &mut Desk, action: &Action, of: &Command) -> Command {
    let needs = Some(FormerNumber { epoch: desk.epoch, n: of.n });
    Command { needs, ..desk.command(action) }
}

fn waits() -> Value {
    json!({ "verdict": "rejected", "code": "waits" })
}

#[tokio::test]
async fn a_change_of_a_refused_change_waits_and_a_colleagues_words_stand() {
    let shop = TestShop::open().await.with_member("3001", "editor").await.with_member("3002", "editor").await;
    let (mut desk, mut colleague) = (shop.desk("3001").await, shop.desk("3002").await);
    let id = new_id(PolicyId::new);
    assert_eq!(desk.give(&policy(id, "退货", 0)).await["verdict"], json!("applied"));

    // On a train: three changes, each on top of the one before. Meanwhile a colleague makes it anew.
    let first = desk.command(&policy(id, "七天退货", 1));
    let second = on_top(&mut desk, &policy(id, "七天无理由", 2), &first);
    let third = on_top(&mut desk, &policy(id, "七天无理由退货", 3), &second);
    let remove = Action::RemovePolicy(RemovePolicy { id, base: 1 });
    assert_eq!(colleague.give(&remove).await["verdict"], json!("applied"));
    colleague.give(&policy(id, "换货", 0)).await;
    assert_eq!(colleague.give(&policy(id, "十五天换货", 1)).await["verdict"], json!("applied"));

    // By its number alone the second would fit what stands there by now.
    desk.push(&[first.clone(), second.clone(), third.clone()]).await;
    desk.pull().await;
    assert_eq!(desk.verdict(first.n), json!({ "verdict": "rejected", "code": "conflict" }));
    assert_eq!([second.n, third.n].map(|n| desk.verdict(n)), [waits(), waits()]);
    assert_eq!(desk.state.policies[&id].fields.title, "十五天换货");
}

#[tokio::test]
async fn it_waits_over_a_new_epoch_too_and_what_stands_on_something_applied_does_not() {
    let shop = TestShop::open().await.with_member("1001", "agent").await.with_member("3001", "editor").await;
    let (mut agent, mut editor) = (shop.desk("1001").await, shop.desk("3001").await);
    let id = new_id(ArticleId::new);
    let refused = agent.command(&article(id, "几天到", 0));
    let on_it = on_top(&mut agent, &article(id, "几天能到", 1), &refused);
    agent.push(std::slice::from_ref(&refused)).await;

    // What waits gets a new number, and what it needs is still called by the old one.
    let left = std::mem::replace(&mut agent.epoch, new_id(EpochId::new));
    agent.push(&[on_it.renumbered(left, 1)]).await;
    agent.pull().await;
    assert_eq!(agent.verdict(1), waits());

    let put = editor.command(&article(id, "几天到", 0));
    let changed = on_top(&mut editor, &article(id, "几天能到", 1), &put);
    let by_nothing =
        Command { needs: Some(FormerNumber { epoch: left, n: 77 }), ..editor.command(&article(id, "到", 2)) };
    editor.push(&[put, changed, by_nothing]).await;
    editor.pull().await;
    assert_eq!([1, 2, 3].map(|n| editor.verdict(n)), [1, 2, 3].map(|_| json!({ "verdict": "applied" })));
}

#[tokio::test]
async fn a_desk_of_the_first_version_takes_nothing_away_that_it_does_not_know() {
    let shop = TestShop::open().await.with_member("2001", "supervisor").await;
    let mut desk = shop.desk("2001").await;
    let id = new_id(QuickReplyId::new);
    let fields = |text: &str, category: &str| QuickReplyFields {
        shortcut: "nh".into(),
        text: text.into(),
        category: category.into(),
        picture: None,
    };
    let put = |fields, shared, team, base| PutQuickReply { id, fields, shared, team, base, keeps_rest: false };
    desk.give(&Action::PutQuickReply(put(fields("您好", "问候"), false, true, 0))).await;

    let old = put(fields("您好呀", ""), true, false, 1);
    let args = serde_json::value::to_raw_value(&old).unwrap();
    let Command { n, .. } = desk.command(&Action::PutQuickReply(old));
    desk.push(&[Command::written(n, "quick_reply.put", 1, args)]).await;
    desk.pull().await;
    let standing = &desk.state.quick_replies[&id];
    assert_eq!((standing.fields.text.as_str(), standing.fields.category.as_str()), ("您好呀", "问候"));
    assert_eq!((standing.owner, standing.team), (None, Some(desk.signed_in.actor.team)));

    desk.give(&Action::PutQuickReply(put(fields("您好呀", ""), false, true, 2))).await;
    assert_eq!(desk.state.quick_replies[&id].fields.category, "", "a desk of today takes it away by leaving it out");
}
