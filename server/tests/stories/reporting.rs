//! Reports: a page to print, and a message that goes out by itself, once, signed, and again when it did not arrive.

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode as Status};
use axum::routing::post;
use qinda::model::Roles;
use qinda::sync::{Action, DefinedAnswer};
use qinda_server::passwords;
use qinda_server::reports::Sender;
use qinda_server::reports::rules::signed;
use qinda_server::store::Store;
use qinda_server::store::members::{self, NewMember};
use reqwest::{Response, StatusCode};
use serde_json::Value;

use crate::defining::{busy_morning, staffed};
use crate::support::{Desk, PASSWORD, TestShop, add_member, add_shop, posting};

/// Seconds from ten in the morning to a quarter to nine in the evening.
pub const TO_QUARTER_TO_NINE: i64 = (10 * 60 + 45) * 60;
const HOUR: i64 = 3_600;

async fn page(desk: &Desk, path: &str) -> String {
    let response = desk.get(path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'self';") && !policy.contains("script"), "{policy}");
    response.text().await.unwrap()
}

#[tokio::test]
async fn a_report_says_what_the_figures_say_and_names_the_waits() {
    let shop = staffed().await;
    busy_morning(&shop).await;
    let lead = shop.desk("2001").await;
    let said = page(&lead, "/report/daily?lang=zh").await;
    for words in [
        "日报 <span>2026-11-23 周一</span>",
        "顾客问了 4 轮（前一天同一时刻 0 轮），回答了 2 轮，1 轮没答就关了，1 轮还在等；15 秒问候率 33.3%；20 秒回答率 33.3%",
        "最忙的是 10:00–11:00",
        "<th scope=\"row\">15 秒问候率</th><td>33.3%</td><td>1/3",
        "没答就关了",
        "1001 member 1001",
        "每一轮，从顾客第一句没被回答的话到第一个人工回答；20 秒以内（含）的占比。",
        "UTC+08:00",
        "这段时间还没有过完",
    ] {
        assert!(said.contains(words), "{words} in {said}");
    }
    assert_eq!(said.matches("href=\"/desk/c/").count(), 4 + 2, "four waits, two of them unanswered");
    assert!(!said.contains("<script") && !said.contains(" style="));
    let english = page(&lead, "/report/weekly?on=2026-11-23&lang=en").await;
    assert!(
        english.contains("2026-11-23 to 2026-11-29") && english.contains("Shoppers asked in 4 rounds"),
        "{english}"
    );
    assert!(english.contains("Categories, and measures taken"));
    let monthly = page(&lead, "/report/monthly?on=2026-11-30&lang=en").await;
    assert!(monthly.contains("The last 6 months") && monthly.contains("<th scope=\"row\">2026-11</th><td>4</td>"));
    let empty = page(&lead, "/report/daily?on=2026-11-20&lang=en").await;
    assert!(empty.contains("No rounds: no shopper asked anything") && empty.contains("<td>no rounds</td>"), "{empty}");
    assert!(!empty.contains("100.0%") && !empty.contains("0.0%"), "nothing is neither all nor none");
}

#[tokio::test]
async fn hostile_names_stay_names() {
    let shop = staffed().await;
    let (store, id) = (&shop.serving.store, shop.id);
    let hostile = NewMember {
        shop: id,
        work_number: "1003".into(),
        name: "<script>alert(1)</script>\" onload='x'".into(),
        roles: Roles::parse("agent"),
        team: "day".into(),
        password_hash: passwords::hash(PASSWORD).unwrap(),
    };
    store.write(id, move |work| Box::pin(members::add(work, hostile))).await.unwrap().unwrap();
    let mut desk = shop.desk("1003").await;
    shop.shopper().writes("林一").await;
    shop.later(5);
    desk.pull().await;
    let reply = Action::SendMessage(desk.reply(&desk.conversation_with("林一"), "在的"));
    assert_eq!(desk.give(&reply).await["verdict"], "applied");
    let said = page(&shop.desk("2001").await, "/report/daily").await;
    assert!(!said.contains("<script") && !said.contains("onload='"), "{said}");
    assert!(said.contains("1003 &lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39;"), "{said}");
}

#[tokio::test]
async fn a_report_is_for_supervisors_of_the_shop() {
    let shop = staffed().await;
    let (agent, lead) = (shop.desk("1001").await, shop.desk("2001").await);
    for path in ["/report/daily", "/report/settings"] {
        let refused = agent.get(path).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{path}");
        let stranger = crate::support::browser().get(shop.url(&format!("{path}?lang=zh"))).send().await.unwrap();
        assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
        let told = stranger.text().await.unwrap();
        assert!(told.contains("请重新登录") && told.contains(&format!("href=\"{path}?lang=zh\"")), "{told}");
    }
    for (path, status) in [
        ("/report/yearly", StatusCode::NOT_FOUND),
        ("/report/daily?on=yesterday", StatusCode::BAD_REQUEST),
        ("/report/daily?on=9999-12-31", StatusCode::BAD_REQUEST),
        ("/report/daily?on=1970-01-01", StatusCode::OK),
    ] {
        assert_eq!(lead.get(path).await.status(), status, "{path}");
    }
    busy_morning(&shop).await;
    let silk = add_shop(&shop.serving.store, "silk").await;
    add_member(&shop.serving.store, silk, "2001", "supervisor", "day").await;
    let other = Desk::sign_in(shop.url(""), "silk", "2001").await;
    assert!(page(&other, "/report/daily?lang=en").await.contains("No rounds"));
}

/// What was posted: its headers and its body.
type Posted = (HeaderMap, Bytes);

/// Somebody who takes reports, and answers what a test says, one answer after the other; then 204.
pub struct Hook {
    pub address: String,
    taken: Arc<Mutex<Vec<Posted>>>,
}

type Hearing = (Arc<Mutex<Vec<Posted>>>, Arc<Mutex<Vec<(u16, &'static str)>>>);

impl Hook {
    pub async fn open(answers: &[(u16, &'static str)]) -> Self {
        let taken = Arc::<Mutex<Vec<Posted>>>::default();
        let state: Hearing = (Arc::clone(&taken), Arc::new(Mutex::new(answers.iter().rev().copied().collect())));
        let hear = async |State((taken, answers)): State<Hearing>, headers: HeaderMap, body: Bytes| {
            taken.lock().unwrap().push((headers, body));
            let (status, answer) = answers.lock().unwrap().pop().unwrap_or((204, ""));
            (Status::from_u16(status).unwrap(), [("location", "/elsewhere")], answer)
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hook?key=1", listener.local_addr().unwrap());
        let router = axum::Router::new().route("/hook", post(hear)).with_state(state);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, taken }
    }

    pub fn count(&self) -> usize {
        self.taken.lock().unwrap().len()
    }

    fn last(&self) -> Posted {
        self.taken.lock().unwrap().last().cloned().unwrap()
    }
}

pub async fn keep(desk: &Desk, fields: &[(&str, &str)]) -> Response {
    let body = serde_urlencoded::to_string(fields).unwrap();
    let post = desk.client.post(format!("{}/report/settings?lang=en", desk.origin));
    post.header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap()
}

pub fn daily<'f>(address: &'f str, format: &'f str, version: &'f str) -> Vec<(&'f str, &'f str)> {
    let fixed =
        [("daily", "on"), ("daily_at", "20:45"), ("later_at", "09:00"), ("tongue", "zh"), ("secret", "tea & water")];
    [("address", address), ("format", format), ("version", version)].into_iter().chain(fixed).collect()
}

fn sender(shop: &TestShop) -> Sender {
    sender_at(&shop.serving.store)
}

/// A node that sends what is due.
pub fn sender_at(store: &Store) -> Sender {
    Sender::new(store.clone(), posting())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_goes_out_at_its_time_once_signed_and_says_what_the_figures_say() {
    let shop = staffed().await;
    busy_morning(&shop).await;
    let lead = shop.desk("2001").await;
    let hook = Hook::open(&[]).await;
    assert!(keep(&lead, &daily(&hook.address, "qinda", "0")).await.text().await.unwrap().contains("Saved."));
    let (one, other) = (sender(&shop), sender(&shop));
    assert_eq!(one.send_due().await.unwrap(), 0, "its time has not come");
    shop.later(TO_QUARTER_TO_NINE);
    let (first, second) = tokio::join!(one.send_due(), other.send_due());
    assert_eq!((first.unwrap() + second.unwrap(), hook.count()), (1, 1), "two look, one sends");
    assert_eq!((one.send_due().await.unwrap(), other.send_due().await.unwrap()), (0, 0));

    let (headers, body) = hook.last();
    let signature = headers["x-qinda-signature"].to_str().unwrap();
    let (time, hex) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    let message = [format!("{time}.").as_bytes(), &body].concat();
    let expected: String = signed("tea & water", &message).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, expected);
    assert_eq!(headers["x-qinda-delivery"], "daily-2026-11-23");
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&told["kind"], &told["rounds"]["asked"]), (&"daily".into(), &4.into()));
    assert_eq!(told["link"], "https://desk.example/report/daily?on=2026-11-23&lang=zh");
    let figures: DefinedAnswer = serde_json::from_value(told["figures"].clone()).unwrap();
    let asked = format!("/api/figures/defined?from={}&to={}", figures.from.0, figures.to.0);
    let screen: DefinedAnswer = lead.get(&asked).await.json().await.unwrap();
    let values = |answer: &DefinedAnswer| {
        let values = answer.figures.iter().map(|figure| (figure.definition.id.clone(), figure.value));
        values.collect::<Vec<_>>()
    };
    assert_eq!(values(&figures), values(&screen));
    let settings = page(&lead, "/report/settings?lang=en").await;
    assert!(settings.contains("<td>2026-11-23 20:45</td><td>delivered 2026-11-23"), "{settings}");
    assert!(!settings.contains("tea &amp; water"), "the secret is never told");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_did_not_arrive_is_tried_again_and_one_that_was_missed_is_made_up_for() {
    let shop = staffed().await;
    let lead = shop.desk("2001").await;
    let hook = Hook::open(&[(500, ""), (302, "")]).await;
    keep(&lead, &daily(&hook.address, "qinda", "0")).await;
    // The server was away until after midnight.
    shop.later(TO_QUARTER_TO_NINE + 5 * HOUR);
    let sender = sender(&shop);
    assert_eq!((sender.send_due().await.unwrap(), hook.count()), (1, 1));
    let settings = page(&shop.desk("2001").await, "/report/settings?lang=en").await;
    assert!(settings.contains("the other side answered 500; tries again 2026-11-24 01:46"), "{settings}");
    assert_eq!(sender.send_due().await.unwrap(), 0, "not before its time");
    shop.later(61);
    assert_eq!((sender.send_due().await.unwrap(), hook.count()), (1, 2));
    let settings = page(&shop.desk("2001").await, "/report/settings?lang=en").await;
    assert!(settings.contains("answered 302"), "nothing follows a redirect: {settings}");
    shop.later(5 * 60 + 1);
    assert_eq!((sender.send_due().await.unwrap(), hook.count()), (1, 3));
    assert!(page(&shop.desk("2001").await, "/report/settings?lang=en").await.contains("delivered 2026-11-24 01:5"));
    shop.later(60);
    assert_eq!((sender.send_due().await.unwrap(), hook.count()), (0, 3));
    let told: Value = serde_json::from_slice(&hook.last().1).unwrap();
    assert_eq!(told["span"]["first_day"], "2026-11-23");
    assert_eq!(told["sentence"]["en"], "No rounds: no shopper asked anything (the day before: 0).");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_arrives_is_given_up_and_nothing_goes_to_a_private_address_unasked() {
    let shop = staffed().await;
    let lead = shop.desk("2001").await;
    let hook = Hook::open(&[]).await;
    keep(&lead, &daily(&hook.address, "qinda", "0")).await;
    shop.later(TO_QUARTER_TO_NINE);
    let careful = Sender::new(shop.serving.store.clone(), Default::default());
    let mut tries = 0;
    // Seven tries: the first, and one after each of six waits of at most six hours.
    for _ in 0..7 {
        tries += careful.send_due().await.unwrap();
        shop.later(6 * HOUR);
    }
    assert_eq!(hook.count(), 0);
    let settings = page(&shop.desk("2001").await, "/report/settings?lang=en").await;
    assert!(
        tries >= 7 && settings.contains("this is a private address") && settings.contains("given up after 7 tries"),
        "{settings}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn robots_of_groups_get_their_own_words_and_say_how_it_went() {
    let shop = staffed().await;
    busy_morning(&shop).await;
    let lead = shop.desk("2001").await;
    let hook = Hook::open(&[(200, r#"{"errcode":93000}"#), (200, r#"{"errcode":0}"#)]).await;
    keep(&lead, &daily(&hook.address, "wecom", "0")).await;
    shop.later(TO_QUARTER_TO_NINE);
    let sender = sender(&shop);
    sender.send_due().await.unwrap();
    assert!(
        page(&shop.desk("2001").await, "/report/settings?lang=en").await.contains("the robot answered errcode 93000")
    );
    let told: Value = serde_json::from_slice(&hook.last().1).unwrap();
    let text = told["markdown"]["content"].as_str().unwrap();
    assert!(told["msgtype"] == "markdown" && text.contains("**日报 2026-11-23 周一 · tea**"), "{text}");
    assert!(text.contains("> 15 秒问候率 25.0%") && text.contains("](https://desk.example/report/daily?on="), "{text}");
    assert!(!text.contains("member"), "a group is told no names");
    keep(&shop.desk("2001").await, &daily(&hook.address, "dingtalk", "1")).await;
    shop.later(61);
    assert_eq!(sender.send_due().await.unwrap(), 1);
    let told: Value = serde_json::from_slice(&hook.last().1).unwrap();
    assert_eq!((&told["markdown"]["title"], hook.count()), (&"日报".into(), 2));
    assert!(page(&shop.desk("2001").await, "/report/settings?lang=en").await.contains("delivered"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_sent_at_once_to_try_it_out_and_the_one_that_is_due_comes_all_the_same() {
    let shop = staffed().await;
    busy_morning(&shop).await;
    let lead = shop.desk("2001").await;
    let hook = Hook::open(&[(500, "")]).await;
    let try_out = async |version| {
        let fields = [daily(&hook.address, "qinda", version), vec![("try_out", "on")]].concat();
        keep(&lead, &fields).await.text().await.unwrap()
    };
    let refused = try_out("0").await;
    assert!(refused.contains("did not arrive: the other side answered 500."), "{refused}");
    assert!(try_out("1").await.contains("to try it out arrived"));
    let (headers, body) = hook.last();
    assert!(headers["x-qinda-delivery"].to_str().unwrap().starts_with("trial-"));
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&told["kind"], &told["rounds"]["asked"]), (&"daily".into(), &4.into()));
    assert!(page(&lead, "/report/settings?lang=en").await.contains("Nothing was sent yet."));
    shop.later(TO_QUARTER_TO_NINE);
    assert_eq!((sender(&shop).send_due().await.unwrap(), hook.count()), (1, 3));
    let mut nowhere = [daily("", "qinda", "2"), vec![("try_out", "on")]].concat();
    nowhere.retain(|(name, _)| *name != "daily");
    assert!(keep(&lead, &nowhere).await.text().await.unwrap().contains("There must be an address"));
}

#[tokio::test]
async fn settings_that_do_not_fit_are_not_kept_and_keep_what_was_typed() {
    let shop = staffed().await;
    let lead = shop.desk("2001").await;
    let unfit = keep(&lead, &daily("ftp://\"><b>", "qinda", "0")).await;
    assert_eq!(unfit.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let told = unfit.text().await.unwrap();
    assert!(told.contains("value=\"ftp://&quot;&gt;&lt;b&gt;\"") && told.contains("Not saved"), "{told}");
    assert_eq!(keep(&lead, &daily("https://a.example/", "qinda", "0")).await.status(), StatusCode::OK);
    let late = keep(&lead, &daily("https://b.example/", "qinda", "0")).await;
    assert_eq!(late.status(), StatusCode::CONFLICT);
    assert!(page(&lead, "/report/settings").await.contains("value=\"https://a.example/\""));
    let foreign = lead.client.post(format!("{}/report/settings", lead.origin)).header("origin", "https://evil.example");
    let foreign = foreign.header("content-type", "application/x-www-form-urlencoded").body("version=1").send().await;
    assert_eq!(foreign.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(keep(&lead, &[("version", "1")]).await.status(), StatusCode::BAD_REQUEST);
    let agent = shop.desk("1001").await;
    assert_eq!(keep(&agent, &daily("https://c.example/", "qinda", "1")).await.status(), StatusCode::FORBIDDEN);
}
