//! What goes up is told as JSON, or in fewer bytes by who knows how, and does the same.

use qinda::sync::{Action, PROTOCOL, Presence, PushRequest, TERSE, TERSE_BYTES_MAX, TERSE_TABLE, from_terse, terse};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::looking::Page;
use crate::support::{Desk, TestShop, browser, refusal};

async fn staffed() -> TestShop {
    TestShop::open().await.with_member("1001", "agent").await.with_member("1002", "agent").await
}

async fn post(desk: &Desk, path: &str, media_type: &str, body: Vec<u8>) -> Response {
    let request = desk.client.post(format!("{}{path}", desk.origin)).header("content-type", media_type);
    request.body(body).send().await.unwrap()
}

async fn told_tersely(desk: &Desk, path: &str, text: &str) -> Response {
    post(desk, path, TERSE, terse(text).expect("it can be said tersely")).await
}

/// What is answered tersely.
async fn heard(response: Response) -> Value {
    assert_eq!((response.status(), response.headers()["content-type"].to_str().unwrap()), (StatusCode::OK, TERSE));
    serde_json::from_str(&from_terse(&response.bytes().await.unwrap()).unwrap()).unwrap()
}

/// A push of one reply, as text.
fn reply(desk: &mut Desk, question: &str, words: &str) -> String {
    let conversation = desk.conversation_with(question);
    let command = {
        let reply = Action::SendMessage(desk.reply(&conversation, words));
        desk.command(&reply)
    };
    let request = PushRequest { protocol: PROTOCOL, device: desk.device, epoch: desk.epoch, commands: vec![command] };
    serde_json::to_string(&request).unwrap()
}

#[tokio::test]
async fn a_reply_that_is_told_tersely_is_the_reply_that_is_told_as_json() {
    let shop = staffed().await;
    shop.shopper().writes("什么时候发货").await;
    let mut desk = shop.desk("1001").await;
    assert_eq!(desk.pull_page().await.terse, [TERSE_TABLE], "the server says what it reads");
    desk.pull().await;
    let asked = desk.conversation_with("什么时候发货").id;

    let push = reply(&mut desk, "什么时候发货", "亲，今天 16:00 前的订单“当天”发出 😊");
    let answer = heard(told_tersely(&desk, "/sync/push", &push).await).await;
    assert_eq!(answer["through"], 1);
    assert!(answer["lease"]["until"].as_i64() > answer["lease"]["at"].as_i64());
    // Its answer was lost, and the desk says it once more in each way.
    assert_eq!(heard(told_tersely(&desk, "/sync/push", &push).await).await["through"], 1);
    let plain = post(&desk, "/sync/push", "application/json", push.into_bytes()).await;
    assert_eq!(plain.headers()["content-type"], "application/json");
    assert_eq!(plain.json::<Value>().await.unwrap()["through"], 1);
    desk.pull().await;
    assert_eq!(desk.words(asked), ["什么时候发货", "亲，今天 16:00 前的订单“当天”发出 😊"]);
    assert_eq!(desk.verdict(1), json!({ "verdict": "applied" }));
}

#[tokio::test]
async fn who_looks_is_told_and_heard_tersely() {
    let shop = staffed().await;
    shop.shopper().writes("在吗").await;
    let (mut one, mut other) = (shop.desk("1001").await, shop.desk("1002").await);
    one.pull().await;
    other.pull().await;
    let id = one.conversation_with("在吗").id;
    Page::open().looks(&other, id, false).await;
    let page = "0199d1a0-0000-7000-8000-000000000001";
    let looks = format!(r#"{{"page":"{page}","conversation":"{id}","typing":true}}"#);
    let answer = heard(told_tersely(&one, "/sync/presence", &looks).await).await;
    let presence: Presence = serde_json::from_value(answer).unwrap();
    assert_eq!((presence.conversation, presence.present.len()), (id, 2));
    assert!(presence.present[0].typing && presence.present[0].member == one.member());
    let away = told_tersely(&one, "/sync/presence", &format!(r#"{{"page":"{page}"}}"#)).await;
    assert_eq!(heard(away).await, Value::Null);
}

#[tokio::test]
async fn a_refusal_is_told_as_json() {
    let shop = staffed().await;
    shop.shopper().writes("在吗").await;
    let mut desk = shop.desk("1001").await;
    desk.pull().await;
    reply(&mut desk, "在吗", "第一句");
    let second = reply(&mut desk, "在吗", "第二句");
    let gap: Value = told_tersely(&desk, "/sync/push", &second).await.json().await.unwrap();
    assert_eq!((&gap["error"], &gap["through"]), (&json!("gap"), &json!(0)));
    let mut stranger = shop.desk("1002").await;
    stranger.client = browser();
    let refused = told_tersely(&stranger, "/sync/push", &second).await;
    assert_eq!(refusal(refused).await, (StatusCode::UNAUTHORIZED, "signed_out".into()));
}

#[tokio::test]
async fn bytes_that_say_nothing_are_refused_with_a_reason_and_take_nothing() {
    let shop = staffed().await;
    shop.shopper().writes("在吗").await;
    let mut desk = shop.desk("1001").await;
    desk.pull().await;
    let push = reply(&mut desk, "在吗", "在的");
    let said = terse(&push).unwrap();
    let other_table = [&[TERSE_TABLE + 1], &said[1..]].concat();
    let bomb = [&[TERSE_TABLE, 0][..], &[7; 16], &[1, 0].repeat(4_000)[..]].concat();
    let other_frame = terse(r#"{"page":1}"#).unwrap();
    for (body, status, code) in [
        (Vec::new(), StatusCode::BAD_REQUEST, "malformed"),
        (said[..said.len() - 9].to_vec(), StatusCode::BAD_REQUEST, "malformed"),
        (other_frame, StatusCode::BAD_REQUEST, "malformed"),
        (other_table, StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json"),
        (push.clone().into_bytes(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json"),
        (bomb, StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
        (vec![TERSE_TABLE; TERSE_BYTES_MAX + 2], StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
    ] {
        for path in ["/sync/push", "/sync/presence"] {
            let refused = post(&desk, path, TERSE, body.clone()).await;
            assert_eq!(refusal(refused).await, (status, code.into()), "{path} {:?}", body.first());
        }
    }
    // Elsewhere only JSON is taken.
    let elsewhere = post(&desk, "/sync/pull", TERSE, said.clone()).await;
    assert_eq!(refusal(elsewhere).await, (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json".into()));
    let foreign = desk.client.post(format!("{}/sync/push", desk.origin)).header("content-type", TERSE);
    let foreign = foreign.header("origin", "https://evil.example").body(said.clone()).send().await.unwrap();
    assert_eq!(refusal(foreign).await, (StatusCode::FORBIDDEN, "foreign_page".into()));
    assert_eq!(heard(post(&desk, "/sync/push", TERSE, said).await).await["through"], 1, "it is still there to be said");
}
