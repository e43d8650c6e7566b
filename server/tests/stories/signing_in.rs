//! Who gets in, who does not, and for how long.

use qinda_server::store::members;
use reqwest::{Method, StatusCode, header};
use serde_json::json;

use crate::support::{Desk, PASSWORD, TestShop, add_member, add_shop, browser, refusal};

const QUARTER_OF_AN_HOUR: i64 = 15 * 60;
const HOUR: i64 = 3600;

/// Every address that is for members.
const FOR_MEMBERS: [(Method, &str); 8] = [
    (Method::GET, "/api/me"),
    (Method::POST, "/api/sign-out"),
    (Method::POST, "/sync/push"),
    (Method::POST, "/sync/pull"),
    (Method::GET, "/sync/live"),
    (Method::GET, "/api/figures?from=0&to=1"),
    (Method::GET, "/api/devices"),
    (Method::POST, "/api/devices/0190b5a8-0000-7000-8000-000000000000/cut-off"),
];

async fn sign_in(shop: &TestShop, slug: &str, work_number: &str, password: &str) -> reqwest::Response {
    let given = json!({ "shop": slug, "work_number": work_number, "password": password });
    browser().post(shop.url("/api/sign-in")).json(&given).send().await.unwrap()
}

#[tokio::test]
async fn a_member_signs_in_is_known_and_signs_out() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let desk = shop.desk("1001").await;
    assert_eq!((desk.signed_in.me.work_number.as_str(), desk.signed_in.shop.slug.as_str()), ("1001", "tea"));

    let me = desk.get("/api/me").await;
    assert_eq!(me.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(me.json::<qinda::sync::SignedIn>().await.unwrap().actor, desk.signed_in.actor);

    assert_eq!(desk.sign_out().await, StatusCode::NO_CONTENT);
    assert_eq!(refusal(desk.get("/api/me").await).await, (StatusCode::UNAUTHORIZED, "signed_out".into()));
}

#[tokio::test]
async fn the_only_shop_need_not_be_named_and_one_of_two_must() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    assert_eq!(sign_in(&shop, "", "1001", PASSWORD).await.status(), StatusCode::OK);

    add_shop(&shop.serving.store, "silk").await;
    assert_eq!(sign_in(&shop, "", "1001", PASSWORD).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&shop, "tea", "1001", PASSWORD).await.status(), StatusCode::OK);
    assert_eq!(sign_in(&shop, "silk", "1001", PASSWORD).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_password_cannot_be_guessed_by_trying() {
    let shop = TestShop::open_at_ten().await.with_member("1001", "agent").await.with_member("1002", "agent").await;
    for _ in 0..5 {
        let answer = refusal(sign_in(&shop, "tea", "1001", "wrong wrong").await).await;
        assert_eq!(answer, (StatusCode::UNAUTHORIZED, "wrong_credentials".into()));
    }
    let limited = sign_in(&shop, "tea", "1001", PASSWORD).await;
    let seconds: i64 = limited.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=QUARTER_OF_AN_HOUR + 1).contains(&seconds));
    assert_eq!(refusal(limited).await, (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts".into()));
    assert_eq!(
        sign_in(&shop, "", "1001", PASSWORD).await.status(),
        StatusCode::TOO_MANY_REQUESTS,
        "the only shop unnamed"
    );
    assert_eq!(sign_in(&shop, "tea", "1002", PASSWORD).await.status(), StatusCode::OK, "a colleague is not locked out");

    shop.later(QUARTER_OF_AN_HOUR + 1);
    assert_eq!(sign_in(&shop, "tea", "1001", PASSWORD).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn tries_at_the_same_time_are_counted_one_by_one() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let tries = (0..12).map(|_| sign_in(&shop, "tea", "1001", "wrong wrong"));
    let answers = futures::future::join_all(tries).await;
    let looked_at = answers.iter().filter(|answer| answer.status() == StatusCode::UNAUTHORIZED).count();
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn an_address_that_tries_many_accounts_is_slowed() {
    let shop = TestShop::open_at_ten().await;
    for number in 0..50 {
        let answer = sign_in(&shop, "tea", &number.to_string(), "wrong wrong").await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!(sign_in(&shop, "tea", "51", "wrong wrong").await.status(), StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn an_unknown_number_and_a_wrong_password_answer_alike() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let wrong = sign_in(&shop, "tea", "1001", "wrong wrong").await.text().await.unwrap();
    let unknown = sign_in(&shop, "tea", "4711", "wrong wrong").await.text().await.unwrap();
    let elsewhere = sign_in(&shop, "nowhere", "1001", PASSWORD).await.text().await.unwrap();
    assert_eq!((&wrong, &wrong), (&unknown, &elsewhere));
}

#[tokio::test]
async fn nobody_passes_any_door_without_a_session() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let forged = format!("qinda_session={}", "0".repeat(64));
    for (method, path) in FOR_MEMBERS {
        for cookie in ["", forged.as_str()] {
            let request = browser().request(method.clone(), shop.url(path)).header(header::COOKIE, cookie);
            let answer = request.json(&json!({})).send().await.unwrap();
            assert_eq!(refusal(answer).await, (StatusCode::UNAUTHORIZED, "signed_out".into()), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_page_of_another_site_gets_nothing_done() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let desk = shop.desk("1001").await;
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        let request = desk.client.post(shop.url("/api/sign-out")).header(name, value).json(&json!({}));
        assert_eq!(refusal(request.send().await.unwrap()).await, (StatusCode::FORBIDDEN, "foreign_page".into()));
    }
    for path in ["/sync/pull", "/api/sign-out"] {
        let form = desk.client.post(shop.url(path)).header(header::CONTENT_TYPE, "text/plain").body("{}");
        assert_eq!(form.send().await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    assert_eq!(desk.get("/api/me").await.status(), StatusCode::OK, "the session went on");
}

#[tokio::test]
async fn a_session_that_nobody_uses_ends_and_one_in_use_goes_on_for_a_month() {
    let shop = TestShop::open_at_ten().await.with_member("1001", "agent").await;
    let idle = shop.desk("1001").await;
    let used = shop.desk("1001").await;
    for _ in 0..2 {
        shop.later(7 * HOUR);
        assert_eq!(used.get("/api/me").await.status(), StatusCode::OK);
    }
    assert_eq!(idle.get("/api/me").await.status(), StatusCode::UNAUTHORIZED);
    for _ in 0..3 * 30 {
        shop.later(8 * HOUR);
        used.get("/api/me").await;
    }
    assert_eq!(used.get("/api/me").await.status(), StatusCode::UNAUTHORIZED, "a month is over");
}

#[tokio::test]
async fn a_closed_account_is_out_at_once() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let desk = shop.desk("1001").await;
    let id = shop.id;
    assert!(
        shop.serving.store.write(id, move |work| Box::pin(members::deactivate(work, id, "1001".into()))).await.unwrap()
    );
    assert_eq!(desk.get("/api/me").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&shop, "tea", "1001", PASSWORD).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn two_browsers_of_one_member_are_two_sessions() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let (phone, laptop) = (shop.desk("1001").await, shop.desk("1001").await);
    phone.sign_out().await;
    assert_eq!(phone.get("/api/me").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(laptop.get("/api/me").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_session_outlives_a_restart_of_the_server() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let mut desk = shop.desk("1001").await;
    let shop = shop.restarted().await;
    desk.origin = shop.url("");
    assert_eq!(desk.get("/api/me").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_same_number_in_another_shop_is_somebody_else() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let silk = add_shop(&shop.serving.store, "silk").await;
    add_member(&shop.serving.store, silk, "1001", "agent", "day").await;
    let of_tea = shop.desk("1001").await;
    let of_silk = Desk::sign_in(shop.url(""), "silk", "1001").await;
    assert_ne!(of_tea.member(), of_silk.member());
    assert_eq!(of_silk.signed_in.actor.shop, silk);
}
