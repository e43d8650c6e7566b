//! A backup is restored: what devices read of the lost time is never taken for what came after, and their work goes on.

use qinda::model::{ArticleFields, ArticleId};
use qinda::sync::{Action, PutArticle, Scope, State};
use reqwest::StatusCode;

use crate::support::program::qinda;
use crate::support::{Desk, TestShop, database, new_id, refusal};

fn article(title: &str) -> Action {
    let fields = ArticleFields { title: title.into(), answers: vec!["三天".into()], ..Default::default() };
    Action::PutArticle(PutArticle { id: new_id(ArticleId::new), fields, base: 0, was: None, settles: Vec::new() })
}

/// The titles that a desk holds, in order.
fn titles(state: &State) -> Vec<String> {
    let mut titles: Vec<String> = state.articles.values().map(|article| article.fields.title.clone()).collect();
    titles.sort_unstable();
    titles
}

async fn writes(desk: &mut Desk, titles: &[&str]) {
    for title in titles {
        desk.give(&article(title)).await;
    }
}

/// A shop with two desks that have read more than the backup holds, set back to it.
async fn set_back() -> (TestShop, Desk, Desk) {
    let shop = TestShop::open().await.with_member("1001", "editor").await.with_member("1002", "editor").await;
    let shop = shop.with_member("1003", "editor").await;
    let (mut one, mut two) = (shop.desk("1001").await, shop.desk("1002").await);
    writes(&mut one, &["前"]).await;
    two.pull().await;
    let (shop, backup) = shop.backed_up().await;
    one.origin = shop.url("");
    two.origin = shop.url("");
    writes(&mut one, &["丢一", "丢二"]).await;
    two.pull().await;
    assert_eq!(titles(&two.state), ["丢一", "丢二", "前"]);
    let shop = shop.restored(backup).await;
    one.origin = shop.url("");
    two.origin = shop.url("");
    (shop, one, two)
}

/// Writes more than was lost, so that the numbers of the lost time stand for something else.
async fn overtakes(shop: &TestShop) -> Desk {
    let mut third = shop.desk("1003").await;
    writes(&mut third, &["后一", "后二", "后三"]).await;
    third
}

#[tokio::test]
async fn one_device_that_has_read_more_than_there_is_makes_everybody_read_anew() {
    let (shop, mut one, mut two) = set_back().await;
    one.pull().await;
    assert_eq!(titles(&one.state), ["前"], "what is lost on the server is not shown as if it were there");
    let third = overtakes(&shop).await;
    assert_eq!(
        two.cursors[&Scope::Knowledge].seq + 1,
        third.cursors[&Scope::Knowledge].seq,
        "its number means another row"
    );
    two.pull().await;
    one.pull().await;
    assert_eq!(titles(&third.state), ["前", "后一", "后三", "后二"]);
    assert_eq!((&one.state.articles, &two.state.articles), (&third.state.articles, &third.state.articles));
}

#[tokio::test]
async fn a_device_that_lies_about_what_it_has_read_costs_one_reading_and_no_more() {
    let shop = TestShop::open().await.with_member("1001", "editor").await.with_member("1002", "editor").await;
    let (mut liar, mut other) = (shop.desk("1001").await, shop.desk("1002").await);
    writes(&mut other, &["前"]).await;
    let generation = async |desk: &mut Desk| {
        desk.pull().await;
        desk.cursors[&Scope::Knowledge].generation
    };
    let before = generation(&mut liar).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        liar.cursors.get_mut(&Scope::Knowledge).unwrap().seq += 1_000;
        generation(&mut liar).await;
        seen.push(generation(&mut other).await);
    }
    assert!(seen[0] > before && seen.iter().all(|generation| *generation == seen[0]), "{before}, then {seen:?}");
    assert_eq!(titles(&other.state), ["前"]);
}

#[tokio::test]
async fn work_that_waits_goes_out_after_the_device_numbers_it_anew() {
    let (shop, mut one, _) = set_back().await;
    let waiting = one.command(&article("等着"));
    let refused = one.push_raw(std::slice::from_ref(&waiting)).await;
    assert_eq!(refusal(refused).await, (StatusCode::CONFLICT, "gap".into()));
    let former = std::mem::replace(&mut one.epoch, new_id(qinda::model::EpochId::new));
    one.through = 0;
    assert_eq!(one.push(&[waiting.renumbered(former, 1)]).await, 1);
    one.pull().await;
    let mut third = shop.desk("1003").await;
    third.pull().await;
    assert_eq!(titles(&third.state), ["前", "等着"]);
}

#[tokio::test]
async fn said_by_the_operator_nobody_goes_on_from_the_lost_time() {
    let (shop, mut one, mut two) = set_back().await;
    let life = shop.serving.store.backend().await.unwrap();
    let data = shop.directory_of_data();
    let told = qinda(&["restored", "--data", &data]);
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    assert_ne!(shop.serving.store.backend().await.unwrap(), life, "the server that runs knows at once");
    for desk in [&one, &two] {
        assert_eq!(refusal(desk.get("/api/me").await).await, (StatusCode::UNAUTHORIZED, "signed_out".into()));
    }
    // Nobody who was ahead has come yet, and their numbers mean other rows already.
    let third = overtakes(&shop).await;
    for (desk, number) in [(&mut one, "1001"), (&mut two, "1002")] {
        desk.client = shop.desk(number).await.client;
        desk.pull().await;
        assert_eq!(desk.state.articles, third.state.articles);
        assert_ne!(desk.backend, Some(life));
    }
    // The same backup once more: again another life, and another numbering.
    let generation = third.cursors[&Scope::Knowledge].generation;
    let shop_again = shop.serving.store.backend().await.unwrap();
    assert!(qinda(&["restored", "--data", &data]).status.success());
    let mut fourth = shop.desk("1003").await;
    fourth.pull().await;
    assert!(fourth.backend != Some(shop_again) && fourth.cursors[&Scope::Knowledge].generation >= generation);
}

#[test]
fn a_place_without_a_database_is_told() {
    let directory = tempfile::TempDir::new().unwrap();
    if !database::on_postgres() {
        let data = directory.path().to_str().unwrap();
        crate::support::program::refused(&["restored", "--data", data], "还不存在", "There is no");
    }
}
