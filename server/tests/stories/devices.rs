//! A phone is lost: its device is listed, cut off, told to wipe, and gets nothing any more.

use qinda::model::{Browser, DeviceId, Machine, Micros};
use qinda::sync::{CUT_OFF, DeviceCard, DevicesAnswer, LEASE_SECONDS};
use qinda_server::store::members;
use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use crate::live::Listening;
use crate::support::{Desk, TEN_O_CLOCK, TestShop, new_id, refusal};

const HOUR: i64 = 3600;
const PHONE: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 \
                     Mobile Safari/537.36";

async fn staffed() -> TestShop {
    TestShop::open_at_ten().await.with_member("1001", "agent").await.with_member("1002", "agent").await
}

async fn devices(desk: &Desk, path: &str) -> DevicesAnswer {
    let response = desk.get(path).await;
    assert_eq!(response.status(), StatusCode::OK);
    response.json().await.unwrap()
}

async fn card(desk: &Desk, device: DeviceId) -> DeviceCard {
    let listed = devices(desk, "/api/devices").await.devices;
    listed.into_iter().find(|card| card.id == device).expect("the device is listed")
}

async fn cut_off(desk: &Desk, device: DeviceId) -> reqwest::Response {
    let post = desk.client.post(format!("{}/api/devices/{device}/cut-off", desk.origin));
    post.json(&json!({})).send().await.unwrap()
}

/// The refusals that a desk gets everywhere.
async fn refusals(desk: &Desk) -> Vec<(StatusCode, String)> {
    let pull = json!({ "protocol": 1, "device": desk.device, "epoch": desk.epoch, "cursors": {}, "verdicts_after": 0 });
    let pull = desk.client.post(format!("{}/sync/pull", desk.origin)).json(&pull).send().await.unwrap();
    let push = desk.push_raw(&[]).await;
    let others = [desk.get("/api/me").await, desk.get("/sync/live").await, desk.get("/api/devices").await];
    futures::future::join_all([pull, push].into_iter().chain(others).map(refusal)).await
}

fn everywhere(code: &str) -> Vec<(StatusCode, String)> {
    vec![(StatusCode::UNAUTHORIZED, code.to_owned()); 5]
}

#[tokio::test]
async fn every_device_is_listed_with_what_it_is_and_when_it_was_heard_of() {
    let shop = staffed().await;
    let (mut laptop, mut phone) = (shop.desk("1001").await, shop.desk("1001").await);
    assert_eq!(devices(&laptop, "/api/devices").await.devices, [], "nothing was asked from any device yet");
    laptop.pull().await;
    shop.later(HOUR);
    let pull =
        json!({ "protocol": 1, "device": phone.device, "epoch": phone.epoch, "cursors": {}, "verdicts_after": 0 });
    let post = phone.client.post(shop.url("/sync/pull")).header(header::USER_AGENT, PHONE).json(&pull);
    assert_eq!(post.send().await.unwrap().status(), StatusCode::OK);

    let listed = devices(&laptop, "/api/devices").await;
    assert_eq!((listed.here, listed.more), (Some(laptop.device), false));
    assert_eq!(listed.members.iter().map(|member| member.id).collect::<Vec<_>>(), [laptop.member()]);
    let [first, second] = listed.devices.try_into().expect("two devices, the latest contact first");
    assert_eq!(
        (first.id, first.kind.machine, first.kind.browser),
        (phone.device, Machine::AndroidPhone, Browser::Chrome)
    );
    assert_eq!((second.id, second.kind.machine), (laptop.device, Machine::Other));
    let hour = TEN_O_CLOCK.plus_seconds(HOUR);
    let is_at = |moment: Option<Micros>, at: Micros| moment.is_some_and(|moment| moment.since(at) < 1_000_000);
    assert!(is_at(Some(second.first_at), TEN_O_CLOCK) && is_at(second.last_at, TEN_O_CLOCK));
    assert!(is_at(Some(first.first_at), hour) && is_at(first.last_at, hour));
    assert!(first.signed_in && second.signed_in && first.cut_off.is_none());

    shop.later(2 * HOUR);
    laptop.pull().await;
    assert!(is_at(card(&laptop, laptop.device).await.last_at, TEN_O_CLOCK.plus_seconds(3 * HOUR)));
    phone.pull().await;
    phone.sign_out().await;
    assert!(!card(&laptop, phone.device).await.signed_in);
    shop.later(12 * HOUR + 1);
    let later = shop.desk("1001").await;
    assert!(!card(&later, laptop.device).await.signed_in, "nobody used that session for twelve hours");
}

#[tokio::test]
async fn a_device_that_was_cut_off_is_told_to_wipe_and_gets_nothing() {
    let shop = staffed().await;
    let (mut laptop, mut phone) = (shop.desk("1001").await, shop.desk("1001").await);
    laptop.pull().await;
    phone.pull().await;
    let mut listening = Listening::begin(&phone).await;
    listening.next().await.unwrap();

    assert_eq!(cut_off(&laptop, phone.device).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(listening.next().await, None, "its live channel is closed at once");
    let cut = card(&laptop, phone.device).await;
    let how = cut.cut_off.unwrap();
    assert!(!cut.signed_in && how.by == Some(laptop.member()) && how.told_at.is_none());
    assert_eq!(refusals(&phone).await, everywhere(CUT_OFF));
    assert!(card(&laptop, phone.device).await.cut_off.unwrap().told_at.is_some(), "it is known that it knows");
    assert_eq!(laptop.get("/api/me").await.status(), StatusCode::OK, "the other device goes on");

    // Cutting off again changes nothing.
    shop.later(HOUR);
    assert_eq!(cut_off(&laptop, phone.device).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(card(&laptop, phone.device).await.cut_off.unwrap().at, how.at);
    // Long after its session would have ended, the device is still told.
    shop.later(13 * HOUR);
    assert_eq!(refusals(&phone).await, everywhere(CUT_OFF));
}

#[tokio::test]
async fn a_password_lets_nobody_use_a_device_that_was_cut_off_before_it_wiped() {
    let shop = staffed().await;
    let (mut laptop, mut phone) = (shop.desk("1001").await, shop.desk("1001").await);
    laptop.pull().await;
    phone.pull().await;
    cut_off(&laptop, phone.device).await;

    let mut again = shop.desk("1001").await;
    let fresh = std::mem::replace(&mut again.device, phone.device);
    let first = again.command(&quick_reply());
    assert_eq!(refusal(again.push_raw(&[first]).await).await, (StatusCode::UNAUTHORIZED, CUT_OFF.into()));
    assert!(card(&laptop, phone.device).await.cut_off.unwrap().told_at.is_some());
    // Wiped, it is a new device.
    again.device = fresh;
    again.pull().await;
    assert!(card(&laptop, fresh).await.signed_in);
}

fn quick_reply() -> qinda::sync::Action {
    let fields = qinda::model::QuickReplyFields { shortcut: "zq".into(), text: "在的".into(), ..Default::default() };
    qinda::sync::Action::PutQuickReply(qinda::sync::PutQuickReply {
        id: new_id(qinda::model::QuickReplyId::new),
        fields,
        shared: false,
        team: false,
        base: 0,
        keeps_rest: false,
    })
}

#[tokio::test]
async fn ones_own_devices_are_ones_own_and_those_of_the_shop_their_managers() {
    let shop = staffed().await.with_member("1003", "supervisor").await.with_member("1004", "editor").await;
    let mut desks = Vec::new();
    for number in ["1001", "1002", "1003", "1004"] {
        let mut desk = shop.desk(number).await;
        desk.pull().await;
        desks.push(desk);
    }
    let [agent, other, supervisor, editor] = desks.try_into().ok().unwrap();
    for desk in [&agent, &editor] {
        assert_eq!(refusal(desk.get("/api/devices?of=shop").await).await, (StatusCode::FORBIDDEN, "forbidden".into()));
        assert_eq!(refusal(cut_off(desk, other.device).await).await, (StatusCode::FORBIDDEN, "forbidden".into()));
        assert_eq!(devices(desk, "/api/devices").await.devices.len(), 1);
    }
    let nobodys = cut_off(&supervisor, new_id(DeviceId::new)).await;
    assert_eq!(refusal(nobodys).await, (StatusCode::NOT_FOUND, "not_found".into()));
    assert_eq!(devices(&supervisor, "/api/devices?of=shop").await.devices.len(), 4);
    assert_eq!(cut_off(&supervisor, agent.device).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(refusals(&agent).await, everywhere(CUT_OFF));
    let listed = devices(&supervisor, "/api/devices?of=shop").await;
    let cut = listed.devices.iter().find(|card| card.id == agent.device).unwrap();
    assert_eq!(cut.cut_off.as_ref().unwrap().by, Some(supervisor.member()));
}

#[tokio::test]
async fn another_shops_devices_do_not_exist() {
    let shop = staffed().await;
    let mut here = shop.desk("1001").await;
    here.pull().await;
    let silk = crate::support::add_shop(&shop.serving.store, "silk").await;
    crate::support::add_member(&shop.serving.store, silk, "9", "supervisor", "day").await;
    let there = Desk::sign_in(shop.url(""), "silk", "9").await;
    assert_eq!(refusal(cut_off(&there, here.device).await).await.0, StatusCode::NOT_FOUND);
    assert_eq!(devices(&there, "/api/devices?of=shop").await.devices, []);
}

#[tokio::test]
async fn a_closed_account_wipes_its_devices() {
    let shop = staffed().await.with_member("1003", "supervisor").await;
    let (mut gone, supervisor) = (shop.desk("1001").await, shop.desk("1003").await);
    gone.pull().await;
    let id = shop.id;
    let closed = shop.serving.store.write(id, move |work| Box::pin(members::deactivate(work, id, "1001".into())));
    assert!(closed.await.unwrap());
    assert_eq!(refusals(&gone).await, everywhere(CUT_OFF));
    let listed = devices(&supervisor, "/api/devices?of=shop").await.devices;
    let how = listed.iter().find(|card| card.id == gone.device).unwrap().cut_off.clone().unwrap();
    assert!(how.by.is_none() && how.told_at.is_some());
}

#[tokio::test]
async fn each_contact_says_how_long_the_device_may_show_what_it_holds() {
    let shop = staffed().await;
    let mut desk = shop.desk("1001").await;
    let lease = desk.pull_page().await.lease.unwrap();
    assert_eq!((lease.at, lease.until), (TEN_O_CLOCK, TEN_O_CLOCK.plus_seconds(LEASE_SECONDS)));
    shop.later(HOUR);
    let command = desk.command(&quick_reply());
    let told: Value = desk.push_raw(&[command]).await.json().await.unwrap();
    let at = Micros(told["lease"]["at"].as_i64().unwrap());
    assert!(at.since(TEN_O_CLOCK.plus_seconds(HOUR)) < 1_000_000);
    assert_eq!(told["lease"]["until"], json!(at.plus_seconds(LEASE_SECONDS)));
}
