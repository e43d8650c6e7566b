//! Two editors change one article: both changes stand, and where they cannot, both wordings are kept.

use qinda::model::{ARTICLE_VERSIONS_MAX, Article, ArticleField, ArticleFields, ArticleId};
use qinda::sync::{Action, PutArticle, RemoveArticle, VersionsAnswer};
use reqwest::StatusCode;
use serde_json::json;

use crate::support::{Desk, TestShop, new_id};

/// Two editors with an article that both have read.
async fn editing() -> (TestShop, Desk, Desk, ArticleId) {
    let shop = TestShop::open().await.with_member("3001", "editor").await.with_member("3002", "editor").await;
    let (mut one, mut other) = (shop.desk("3001").await, shop.desk("3002").await);
    let id = new_id(ArticleId::new);
    let fields =
        ArticleFields { title: "几天到".into(), answers: vec!["三天".into()], ..ArticleFields::default() };
    let put = PutArticle { id, fields, base: 0, was: None, settles: Vec::new() };
    one.give(&Action::PutArticle(put)).await;
    other.pull().await;
    (shop, one, other, id)
}

fn read(desk: &Desk, id: ArticleId) -> Article {
    desk.state.articles[&id].clone()
}

/// A change of what this desk has read.
fn change(desk: &Desk, id: ArticleId, edit: impl FnOnce(&mut ArticleFields)) -> PutArticle {
    let article = read(desk, id);
    let mut fields = article.fields.clone();
    edit(&mut fields);
    PutArticle { id, fields, base: article.version, was: Some(Box::new(article.fields)), settles: Vec::new() }
}

async fn applied(desk: &mut Desk, put: PutArticle) {
    assert_eq!(desk.give(&Action::PutArticle(put)).await, json!({ "verdict": "applied" }));
}

async fn versions(desk: &Desk, id: ArticleId) -> Vec<(u32, String)> {
    let response = desk.get(&format!("/api/articles/{id}/versions")).await;
    assert_eq!(response.status(), StatusCode::OK);
    let answer: VersionsAnswer = response.json().await.unwrap();
    answer.versions.into_iter().map(|former| (former.version, former.fields.title)).collect()
}

#[tokio::test]
async fn changes_of_different_fields_both_stand() {
    let (_shop, mut one, mut other, id) = editing().await;
    let titled = change(&one, id, |fields| fields.title = "多久能到".into());
    let tagged = change(&other, id, |fields| fields.tags = vec!["物流".into()]);
    applied(&mut one, titled).await;
    applied(&mut other, tagged).await;
    let merged = read(&other, id);
    assert_eq!((merged.fields.title.as_str(), merged.fields.tags.len()), ("多久能到", 1));
    assert_eq!((merged.version, merged.copies), (3, vec![]));
}

#[tokio::test]
async fn the_same_field_changed_twice_keeps_both_until_an_editor_decides() {
    let (shop, mut one, mut other, id) = editing().await;
    let two_days = change(&one, id, |fields| fields.answers = vec!["两天".into()]);
    let five_days = change(&other, id, |fields| fields.answers = vec!["五天".into()]);
    applied(&mut one, two_days).await;
    applied(&mut other, five_days.clone()).await;
    // It is sent again under another number, as after a lost storage: that makes no second copy.
    applied(&mut other, five_days).await;

    let shop = shop.restarted().await;
    let mut editor = shop.desk("3001").await;
    editor.pull().await;
    let article = read(&editor, id);
    assert_eq!(article.fields.answers, ["两天"]);
    let [copy] = &article.copies[..] else { panic!("one copy, not {:?}", article.copies) };
    assert_eq!((&copy.fields.answers[..], copy.by), (&["五天".to_owned()][..], other.member()));
    assert_eq!(copy.differs, [ArticleField::Answers]);

    let settles = vec![copy.version];
    let both = article.fields.with_both(copy);
    let decided = PutArticle { settles, ..change(&editor, id, |fields| *fields = both) };
    applied(&mut editor, decided).await;
    let settled = read(&editor, id);
    assert_eq!((settled.fields.answers.len(), settled.copies.len()), (2, 0));
}

#[tokio::test]
async fn a_desk_that_does_not_tell_what_it_read_is_told_of_the_conflict() {
    let (_shop, mut one, mut other, id) = editing().await;
    let change_of = |desk: &Desk, title: &str| {
        let title = title.to_owned();
        PutArticle { was: None, ..change(desk, id, |fields| fields.title = title) }
    };
    let (first, second) = (change_of(&one, "多久能到"), change_of(&other, "几时到"));
    applied(&mut one, first).await;
    let refused = other.give(&Action::PutArticle(second)).await;
    assert_eq!(refused, json!({ "verdict": "rejected", "code": "conflict" }));
    assert_eq!(read(&other, id).fields.title, "多久能到");
}

#[tokio::test]
async fn former_versions_are_kept_as_many_as_are_useful_and_are_for_editors() {
    let (shop, mut one, _other, id) = editing().await;
    assert_eq!(versions(&one, id).await, []);
    for number in 0..ARTICLE_VERSIONS_MAX + 2 {
        let put = change(&one, id, |fields| fields.title = format!("第{number}版"));
        applied(&mut one, put).await;
    }
    let former = versions(&one, id).await;
    assert_eq!(former.len(), ARTICLE_VERSIONS_MAX);
    let version = read(&one, id).version;
    assert_eq!(former[0], (version - 1, format!("第{ARTICLE_VERSIONS_MAX}版")));
    assert_eq!(former.last().unwrap().0, version - ARTICLE_VERSIONS_MAX as u32);

    let shop = shop.with_member("1001", "agent").await;
    let agent = shop.desk("1001").await;
    let path = format!("/api/articles/{id}/versions");
    assert_eq!(agent.get(&path).await.status(), StatusCode::FORBIDDEN);
    one.give(&Action::RemoveArticle(RemoveArticle { id, base: version })).await;
    assert_eq!(one.get(&path).await.status(), StatusCode::NOT_FOUND);
}
