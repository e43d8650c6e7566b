//! The rows of a feed.

use qinda::answers::{Asked, Index};
use qinda::model::EntryId;
use qinda::sync::{Change, Row, State};
use qinda::wording::Checker;

use super::examples::{self, raw};
use crate::target::{again, headed};

/// The kind on the first line, then the body: what a device makes of a row.
pub fn change(input: &[u8]) -> bool {
    let Some((kind, body)) = headed(input) else { return false };
    let Some(body) = raw(body) else { return false };
    let Ok(Some(change)) = Change::read(kind, &body) else { return false };
    assert_eq!(change.kind(), kind);
    assert_eq!(Change::read(kind, &change.body()).ok(), Some(Some(change.clone())));
    let row = again(&Row::new(1, &change));
    assert_eq!(row.change().ok(), Some(Some(change.clone())));
    assert!(!change.entity().0.is_empty());

    let mut once = State::default();
    once.apply(change.clone());
    let mut twice = once.clone();
    twice.apply(change.clone());
    assert_eq!(once, twice, "a row that comes twice changes something");
    used(&change);
    once.forget(change.scope());
    if !matches!(change, Change::Message(..)) {
        assert_eq!(once, State::default(), "something stays of a scope that was forgotten");
    }
    true
}

/// What a desk does with what it was told, which no limit of ours holds for sure.
fn used(change: &Change) {
    let mut index = Index::new();
    match change {
        Change::Article(article) => {
            index.put_article(article);
            let asked = [article.fields.title.as_str()];
            let _ = index.suggest(&Asked::of(&asked), 3);
            index.remove(EntryId::Article(article.id));
            assert!(index.is_empty());
        }
        Change::QuickReply(reply) => index.put_quick_reply(reply),
        Change::Lesson(lesson) => index.put_lesson(lesson),
        Change::Used(used) => {
            let next = used.usage.chosen(examples::NOW);
            assert!(next.at >= used.usage.at && next.weight_at(examples::NOW).is_finite());
        }
        Change::Pack(pack) => {
            let _ = Checker::new([&pack.fields]).check("我们的茶质量最好，加微信 13800138000");
        }
        Change::Policy(policy) => {
            assert!(policy.fields.gaps().iter().all(|case| policy.fields.rule_for(*case).is_none()));
        }
        _ => {}
    }
}

/// One row of each kind.
pub fn change_seeds() -> Vec<Vec<u8>> {
    let changes = examples::changes().into_iter();
    changes.map(|change| format!("{}\n{}", change.kind(), change.body()).into_bytes()).collect()
}
