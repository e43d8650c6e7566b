//! Pictures: kept once by their bytes, seen by the shop's members and by the shopper to whom they were sent.

use qinda::model::{MessageId, PICTURE_BYTES_MAX, PictureId, QuickReplyFields, QuickReplyId};
use qinda::sync::{Action, PutQuickReply, SendMessage};
use reqwest::{Response, StatusCode};
use serde_json::json;

use crate::support::{Desk, TestShop, add_member, add_shop, new_id, refusal};

/// Bytes that begin as a PNG does.
fn png(rest: &[u8]) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n".as_slice(), rest].concat()
}

async fn put(desk: &Desk, id: PictureId, media_type: &str, bytes: &[u8]) -> Response {
    let put = desk.client.put(format!("{}/api/pictures/{id}", desk.origin)).header("content-type", media_type);
    put.body(bytes.to_vec()).send().await.unwrap()
}

async fn kept(desk: &Desk, bytes: &[u8]) -> PictureId {
    let id = PictureId::of_bytes(bytes);
    assert_eq!(put(desk, id, "image/png", bytes).await.status(), StatusCode::NO_CONTENT);
    id
}

#[tokio::test]
async fn a_picture_is_kept_once_and_read_by_the_shop_alone() {
    let shop = TestShop::open().await.with_member("1001", "agent").await.with_member("3001", "editor").await;
    let (agent, editor) = (shop.desk("1001").await, shop.desk("3001").await);
    let bytes = png(b"size table");
    let id = kept(&agent, &bytes).await;
    assert_eq!(kept(&editor, &bytes).await, id);

    let response = editor.get(&format!("/api/pictures/{id}")).await;
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((header("content-type").as_str(), header("x-content-type-options").as_str()), ("image/png", "nosniff"));
    assert_eq!(header("cache-control"), "private, no-store");
    assert!(header("content-security-policy").contains("sandbox"));
    assert_eq!(response.bytes().await.unwrap(), bytes);

    let other = add_shop(&shop.serving.store, "ink").await;
    add_member(&shop.serving.store, other, "1001", "agent", "day").await;
    let stranger = Desk::sign_in(shop.url(""), "ink", "1001").await;
    assert_eq!(stranger.get(&format!("/api/pictures/{id}")).await.status(), StatusCode::NOT_FOUND);
    let nobody = reqwest::get(shop.url(&format!("/api/pictures/{id}"))).await.unwrap();
    assert_eq!(refusal(nobody).await, (StatusCode::UNAUTHORIZED, "signed_out".into()));
}

#[tokio::test]
async fn what_is_no_picture_or_not_the_one_it_says_is_refused() {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let desk = shop.desk("1001").await;
    let bytes = png(b"x");
    let other = put(&desk, PictureId::of_bytes(b"y"), "image/png", &bytes).await;
    assert_eq!(refusal(other).await, (StatusCode::UNPROCESSABLE_ENTITY, "other_bytes".into()));

    let script = b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>";
    let drawn = put(&desk, PictureId::of_bytes(script), "image/svg+xml", script).await;
    assert_eq!(refusal(drawn).await, (StatusCode::UNSUPPORTED_MEDIA_TYPE, "no_picture".into()));

    let large = png(&vec![0; PICTURE_BYTES_MAX]);
    let too_large = put(&desk, PictureId::of_bytes(&large), "image/png", &large).await;
    assert_eq!(refusal(too_large).await, (StatusCode::PAYLOAD_TOO_LARGE, "picture_too_large".into()));

    // A plain form of another page could send this type without asking.
    let from_form = put(&desk, PictureId::of_bytes(&bytes), "text/plain", &bytes).await;
    assert_eq!(refusal(from_form).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_quick_reply_with_a_picture_travels_and_its_picture_reaches_its_shopper_only() {
    let shop = TestShop::open().await.with_member("1001", "agent").await.with_member("1002", "agent").await;
    let (lin, zhou) = (shop.shopper(), shop.shopper());
    lin.writes("有尺码表吗").await;
    zhou.writes("几天到").await;
    let (mut desk, mut colleague) = (shop.desk("1001").await, shop.desk("1002").await);
    desk.pull().await;
    let id = kept(&desk, &png(b"size table")).await;

    let fields = QuickReplyFields { shortcut: "cm".into(), picture: Some(id), ..Default::default() };
    let reply = QuickReplyId::of_name("cm");
    let own = PutQuickReply { id: reply, fields, shared: false, team: false, base: 0, keeps_rest: false };
    assert_eq!(desk.give(&Action::PutQuickReply(own)).await, json!({ "verdict": "applied" }));
    colleague.pull().await;
    assert!(colleague.state.quick_replies.is_empty());

    let asked = desk.conversation_with("有尺码表吗");
    let shown = SendMessage { picture: Some(id), id: new_id(MessageId::new), ..desk.reply(&asked, "") };
    assert_eq!(desk.give(&Action::SendMessage(shown)).await, json!({ "verdict": "applied" }));
    colleague.pull().await;
    assert_eq!(colleague.thread(asked.id)[1].picture, Some(id));

    let seen = lin.gets(&format!("/pictures/{id}")).await;
    assert_eq!(seen.status(), StatusCode::OK);
    assert_eq!(seen.headers()["cache-control"], "private, max-age=31536000, immutable");
    assert_eq!(seen.headers()["content-security-policy"], "default-src 'none'; sandbox");
    assert_eq!(zhou.gets(&format!("/pictures/{id}")).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(shop.shopper().gets(&format!("/pictures/{id}")).await.status(), StatusCode::NOT_FOUND);

    let told: serde_json::Value = lin.gets("/messages").await.json().await.unwrap();
    assert_eq!(told["messages"][1]["picture"], id.to_string());
    let page = lin.gets("").await.text().await.unwrap();
    assert!(page.contains(&format!("/c/tea/pictures/{id}")) && page.contains("alt=\"客服发来的图片\""));
}
