//! The shopper's page, over real HTTP: without script, with it, and for those who mean no good.

use std::time::Duration;

use futures::StreamExt as _;
use qinda::model::{
    Article, ArticleFields, ArticleId, Author, ConversationId, MESSAGE_CHARS_MAX, Message, MessageId, Micros, Roles,
};
use qinda::sync::Change;
use qinda_server::store::conversations;
use qinda_server::store::members::{self, NewMember};
use qinda_server::store::visitors::{VISITOR_MESSAGES_MAX, VISITOR_MESSAGES_SPAN_SECONDS, VISITOR_PAGE_MESSAGES};
use qinda_server::web::Assets;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

use crate::aside::aside;
use crate::door::{Door, browser, header};

/// Every way out of a text field that a page can leave open.
const HOSTILE: &str = "</textarea></title><script>alert(1)</script><b a=\"'>&lt;";
const A_DAY: i64 = 86_400;
/// What the whole page may weigh, compressed.
const PAGE_BYTES_MAX: usize = 30 * 1024;

async fn open() -> Door {
    Door::open("山前茶铺", Assets::load()).await
}

async fn page(client: &Client, door: &Door, path: &str) -> String {
    client.get(door.at(path)).send().await.unwrap().text().await.unwrap()
}

/// Sends the page's form as a browser without script does.
async fn post(client: &Client, door: &Door, id: &str, text: &str) -> Response {
    client.post(door.at("/c/tea")).form(&[("id", id), ("text", text)]).send().await.unwrap()
}

/// Sends a message as the page's script does.
async fn send(client: &Client, door: &Door, id: MessageId, text: &str) -> Response {
    let body = json!({ "id": id, "text": text });
    client.post(door.at("/c/tea/messages")).json(&body).send().await.unwrap()
}

async fn messages(client: &Client, door: &Door, after: u64) -> Value {
    client.get(door.at(&format!("/c/tea/messages?after={after}"))).send().await.unwrap().json().await.unwrap()
}

fn texts(answer: &Value) -> Vec<&str> {
    answer["messages"].as_array().unwrap().iter().map(|message| message["text"].as_str().unwrap()).collect()
}

/// What stands between two marks.
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("{before} is not in {text}"));
    rest.split_once(after).unwrap_or_else(|| panic!("{after} is not in {rest}")).0
}

fn form_id(page: &str) -> String {
    between(page, "name=\"id\" value=\"", "\"").to_owned()
}

/// What a browser puts into the box.
fn in_the_box(page: &str) -> String {
    let (_, rest) = page.split_once("<textarea").unwrap();
    let text = between(rest, ">\n", "</textarea>");
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

async fn conversation(door: &Door) -> ConversationId {
    aside(door.store.place(), "SELECT id FROM conversations").await[0].parse().unwrap()
}

/// Lets a member answer in the shop's only conversation.
async fn reply(door: &Door, work_number: &str, name: &str, text: &str) {
    let conversation = conversation(door).await;
    let (shop, text) = (door.shop, text.to_owned());
    let new = NewMember {
        shop,
        work_number: work_number.into(),
        name: name.into(),
        roles: Roles::parse("agent"),
        team: "day".into(),
        password_hash: "none".into(),
    };
    let member = door.store.write(shop, move |work| Box::pin(members::add(work, new))).await.unwrap().unwrap();
    let answered = door.store.write(shop, move |work| {
        Box::pin(async move {
            let mut conversation = conversations::find(work.conn(), shop, conversation).await?.unwrap();
            conversation.last_position += 1;
            let message = Message {
                id: MessageId::of_name(&text),
                conversation: conversation.id,
                position: conversation.last_position,
                author: Author::Member(member),
                text,
                picture: None,
                at: work.now(),
                written_at: None,
            };
            let changes = vec![Change::Message(conversation.team, message), Change::Conversation(conversation)];
            work.write_changes(shop, changes, None).await
        })
    });
    answered.await.unwrap();
}

#[tokio::test]
async fn a_shopper_without_script_writes_and_reads() {
    let (door, shopper) = (open().await, browser());
    let first = page(&shopper, &door, "/c/tea").await;
    let id = form_id(&first);
    let posted = post(&shopper, &door, &id, "什么时候发货？").await;
    assert_eq!((posted.status().as_u16(), header(&posted, "location")), (303, "/c/tea#end"));
    let after = page(&shopper, &door, "/c/tea").await;
    assert!(after.contains("<p>什么时候发货？</p>"), "{after}");
    assert_ne!(form_id(&after), id, "the next message needs an id of its own");

    let again = post(&shopper, &door, &id, "什么时候发货？").await;
    assert_eq!(again.status(), 303);
    assert_eq!(texts(&messages(&shopper, &door, 0).await), ["什么时候发货？"]);
}

#[tokio::test]
async fn nothing_is_kept_of_a_shopper_who_only_looks() {
    let (door, shopper) = (open().await, browser());
    page(&shopper, &door, "/c/tea").await;
    assert_eq!(aside(door.store.place(), "SELECT id FROM customers").await, Vec::<String>::new());
}

#[tokio::test]
async fn only_a_hash_of_the_cookie_is_kept_and_scripts_cannot_read_it() {
    let (door, shopper) = (open().await, browser());
    let response = shopper.get(door.at("/c/tea")).send().await.unwrap();
    let cookie = header(&response, "set-cookie").to_owned();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/c", "Max-Age="] {
        assert!(cookie.contains(part), "{cookie} lacks {part}");
    }
    let token = between(&cookie, "qinda_shopper=", ";");
    assert_eq!(token.len(), 64);
    send(&shopper, &door, MessageId::of_name("1"), "在吗").await;
    let kept = aside(door.store.place(), "SELECT token_hash FROM customers").await;
    assert_eq!(kept.len(), 1);
    assert_ne!(kept[0], token);
}

#[tokio::test]
async fn the_page_runs_only_our_own_files() {
    let (door, shopper) = (open().await, browser());
    let response = shopper.get(door.at("/c/tea")).send().await.unwrap();
    assert_eq!(header(&response, "cache-control"), "no-store");
    let policy = header(&response, "content-security-policy");
    assert!(policy.contains("default-src 'none'; script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    let page = response.text().await.unwrap();
    assert_eq!(page.matches("<script").count(), 1, "{page}");
    assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains(" on"), "{page}");
}

#[tokio::test]
async fn hostile_text_in_every_field_is_shown_as_text() {
    let door = Door::open(HOSTILE, Assets::load()).await;
    let fields = ArticleFields { title: HOSTILE[..28].into(), answers: vec!["a".into()], ..Default::default() };
    let id = ArticleId::of_name("a");
    let article = Article { id, fields, version: 1, changed_by: None, changed_at: Micros(0), copies: Vec::new() };
    let shop = door.shop;
    let changes = vec![Change::Article(article)];
    door.store.write(shop, move |work| Box::pin(work.write_changes(shop, changes, None))).await.unwrap();

    let shopper = browser();
    let empty = page(&shopper, &door, "/c/tea").await;
    assert!(empty.contains("id=\"questions\""), "{empty}");
    send(&shopper, &door, MessageId::of_name("1"), HOSTILE).await;
    reply(&door, HOSTILE, "方晓", HOSTILE).await;
    let ask = "/c/tea?lang=en&ask=%3C/textarea%3E%3Cscript%3Ealert(1)%3C/script%3E";
    let full = page(&shopper, &door, ask).await;
    assert_eq!(in_the_box(&full), "</textarea><script>alert(1)</script>");
    assert_eq!(full.matches("&lt;script&gt;alert(1)").count(), 6, "{full}");
    for page in [empty, full] {
        assert_eq!(page.matches("<script").count(), 1, "{page}");
        assert!(!page.contains("<b a"), "{page}");
    }
}

#[tokio::test]
async fn a_refused_text_is_still_in_the_box() {
    let (door, shopper) = (open().await, browser());
    let id = form_id(&page(&shopper, &door, "/c/tea").await);
    let text = format!("\n{HOSTILE}{}", "长".repeat(MESSAGE_CHARS_MAX));
    let refused = post(&shopper, &door, &id, &text).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.unwrap();
    assert_eq!(in_the_box(&page), text);
    assert_eq!(form_id(&page), id);
    assert_eq!(page.matches("<script").count(), 1);
    let told = format!("太长了：{} 字", HOSTILE.chars().count() + MESSAGE_CHARS_MAX);
    assert!(page.contains(&told), "{}", between(&page, "id=\"note\"", "</p>"));

    let empty = post(&shopper, &door, &id, " \n ").await;
    assert_eq!(empty.status(), 422);
    assert!(empty.text().await.unwrap().contains("还没写内容。"));
    assert_eq!(texts(&messages(&shopper, &door, 0).await), [""; 0]);
}

#[tokio::test]
async fn the_longest_message_fits() {
    let (door, shopper) = (open().await, browser());
    let text = "😀".repeat(MESSAGE_CHARS_MAX);
    assert_eq!(post(&shopper, &door, "", &text).await.status(), 303);
    assert_eq!(texts(&messages(&shopper, &door, 0).await), [text]);
}

#[tokio::test]
async fn the_same_id_is_stored_once_and_belongs_to_one_shopper() {
    let (door, shopper, other) = (open().await, browser(), browser());
    let id = MessageId::of_name("1");
    page(&shopper, &door, "/c/tea").await;
    for _ in 0..2 {
        let answer = send(&shopper, &door, id, "在吗").await;
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.unwrap();
        assert_eq!((&answer["message"]["seq"], &answer["message"]["side"]), (&1.into(), &"mine".into()));
    }
    let theirs = send(&other, &door, id, "也在吗").await;
    assert_eq!(theirs.status(), StatusCode::CONFLICT);
    assert_eq!(theirs.json::<Value>().await.unwrap()["error"], "reused");
    assert_eq!(texts(&messages(&shopper, &door, 0).await), ["在吗"]);
    assert_eq!(texts(&messages(&other, &door, 0).await), [""; 0]);
}

#[tokio::test]
async fn the_first_message_from_a_script_keeps_the_shopper_known() {
    let (door, shopper) = (open().await, browser());
    assert_eq!(send(&shopper, &door, MessageId::of_name("1"), "在吗").await.status(), 200);
    assert_eq!(texts(&messages(&shopper, &door, 0).await), ["在吗"]);
}

#[tokio::test]
async fn an_answer_is_hinted_at_once_and_shows_the_work_number_alone() {
    let (door, shopper) = (open().await, browser());
    send(&shopper, &door, MessageId::of_name("1"), "在吗").await;
    let live = shopper.get(door.at("/c/tea/live")).send().await.unwrap();
    assert!(header(&live, "content-type").starts_with("text/event-stream"));
    let mut events = live.bytes_stream();
    let mut next = async || {
        let event = tokio::time::timeout(Duration::from_secs(20), events.next()).await;
        String::from_utf8(event.unwrap().unwrap().unwrap().to_vec()).unwrap()
    };
    assert_eq!(next().await, "event: head\ndata: 1\n\n");
    reply(&door, "1001", "方晓", "亲，在的").await;
    let mut hint = next().await;
    while hint.contains("data: 1\n") {
        hint = next().await;
    }
    assert_eq!(hint, "event: head\ndata: 2\n\n");

    let answer = messages(&shopper, &door, 1).await;
    assert_eq!(texts(&answer), ["亲，在的"]);
    assert_eq!((&answer["messages"][0]["side"], &answer["messages"][0]["number"]), (&"staff".into(), &"1001".into()));
    assert_eq!((&answer["cursor"], &answer["more"]), (&2.into(), &false.into()));
    let page = page(&shopper, &door, "/c/tea").await;
    assert!(page.contains("客服 1001") && !page.contains("方晓"), "{page}");
}

#[tokio::test]
async fn too_many_messages_are_put_off_and_none_is_lost() {
    let (door, shopper) = (open().await, browser());
    page(&shopper, &door, "/c/tea").await;
    for n in 0..VISITOR_MESSAGES_MAX {
        assert_eq!(send(&shopper, &door, MessageId::of_name(&n.to_string()), "在吗").await.status(), 200);
    }
    let refused = send(&shopper, &door, MessageId::of_name("one more"), "还在吗").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let seconds: i64 = header(&refused, "retry-after").parse().unwrap();
    assert!((1..=VISITOR_MESSAGES_SPAN_SECONDS).contains(&seconds), "{seconds}");
    let standing = send(&shopper, &door, MessageId::of_name("0"), "在吗").await;
    assert_eq!(standing.status(), 200, "one that stands is not too many");

    let form = post(&shopper, &door, &MessageId::of_name("one more").to_string(), "还在吗").await;
    assert_eq!(form.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(in_the_box(&form.text().await.unwrap()), "还在吗");

    door.seconds_pass(seconds + 1);
    assert_eq!(send(&shopper, &door, MessageId::of_name("one more"), "还在吗").await.status(), 200);
}

#[tokio::test]
async fn a_long_history_is_read_page_by_page() {
    let (door, shopper) = (open().await, browser());
    page(&shopper, &door, "/c/tea").await;
    let total = VISITOR_PAGE_MESSAGES + 5;
    for n in 1..=total {
        assert_eq!(post(&shopper, &door, "", &format!("第{n}条。")).await.status(), 303);
        door.seconds_pass(2);
    }
    let latest = page(&shopper, &door, "/c/tea").await;
    assert!(
        latest.contains("<p>第205条。</p>") && latest.contains("<p>第6条。</p>") && !latest.contains("<p>第5条。</p>")
    );
    assert!(latest.contains("/c/tea?before=6"), "there is no way to what came before");
    let earlier = page(&shopper, &door, "/c/tea?before=6").await;
    assert!(
        earlier.contains("<p>第1条。</p>") && earlier.contains("<p>第5条。</p>") && !earlier.contains("<p>第6条。</p>")
    );
    assert!(earlier.contains("回到最新") && !earlier.contains("看更早的消息"), "{earlier}");
    assert!(earlier.contains("data-cursor=\"5\""), "the script would leave a gap");
    let fetched = messages(&shopper, &door, 5).await;
    assert_eq!((texts(&fetched).len() as u64, &fetched["more"]), (VISITOR_PAGE_MESSAGES, &false.into()));
    assert_eq!(messages(&shopper, &door, 4).await["more"], true);
}

#[tokio::test]
async fn times_are_told_by_the_shops_clock() {
    let (door, shopper) = (open().await, browser());
    post(&shopper, &door, "", "在吗").await;
    let told = async |path: &str| {
        let page = page(&shopper, &door, path).await;
        let day = between(&page, "class=\"day\"", "</li>");
        (day.rsplit_once('>').unwrap().1.to_owned(), between(&page, "<small>", "</small>").to_owned())
    };
    let today = told("/c/tea").await;
    assert_eq!((today.0.as_str(), today.1.as_str()), ("今天", "7:59"));
    door.seconds_pass(A_DAY);
    assert_eq!(told("/c/tea").await.0, "昨天");
    assert_eq!(messages(&shopper, &door, 0).await["yesterday"], "2026-01-01");
    door.seconds_pass(A_DAY);
    assert_eq!(told("/c/tea").await.0, "1月1日");
    assert_eq!(told("/c/tea?lang=en").await.0, "1 January");
}

#[tokio::test]
async fn chinese_comes_first_and_english_for_those_who_prefer_it() {
    let (door, shopper) = (open().await, browser());
    assert!(page(&shopper, &door, "/c/tea").await.contains("<html lang=\"zh-CN\">"));
    let english = shopper.get(door.at("/c/tea")).header("accept-language", "en-GB,en;q=0.9").send().await.unwrap();
    assert!(english.text().await.unwrap().contains("<html lang=\"en\">"));
    let asked = page(&shopper, &door, "/c/tea?lang=en").await;
    assert!(asked.contains("action=\"/c/tea?lang=en\""), "{asked}");
    let posted = shopper.post(door.at("/c/tea?lang=en")).form(&[("text", "hello")]).send().await.unwrap();
    assert_eq!(header(&posted, "location"), "/c/tea?lang=en#end");
}

#[tokio::test]
async fn an_address_without_a_shop_says_so_in_both_languages() {
    let (door, shopper) = (open().await, browser());
    let response = shopper.get(door.at("/c/nowhere")).send().await.unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(header(&response, "set-cookie"), "");
    let page = response.text().await.unwrap();
    assert!(page.contains("没有对应的店铺") && page.contains("No shop at this address"), "{page}");
    for path in ["/c/nowhere/messages", "/c/nowhere/live"] {
        assert_eq!(shopper.get(door.at(path)).send().await.unwrap().status(), 404, "{path}");
    }
    let posted = shopper.post(door.at("/c/nowhere")).form(&[("text", "在吗")]).send().await.unwrap();
    assert_eq!(posted.status(), 404);
}

#[tokio::test]
async fn another_sites_page_cannot_write_for_a_shopper() {
    let (door, shopper) = (open().await, browser());
    let form = shopper.post(door.at("/c/tea")).header("sec-fetch-site", "cross-site").form(&[("text", "买它")]);
    assert_eq!(form.send().await.unwrap().status(), 403);
    let body = json!({ "id": MessageId::of_name("1"), "text": "买它" });
    let script = shopper.post(door.at("/c/tea/messages")).header("origin", "https://evil.example").json(&body);
    assert_eq!(script.send().await.unwrap().status(), 403);
    let plain = shopper.post(door.at("/c/tea/messages")).header("content-type", "text/plain").body(body.to_string());
    assert_eq!(plain.send().await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn the_whole_page_is_light() {
    let (door, shopper) = (open().await, browser());
    let html = page(&shopper, &door, "/c/tea").await;
    let style = between(&html, "rel=\"stylesheet\" href=\"", "\"");
    let script = between(&html, "type=\"module\" src=\"", "\"");
    let mut bytes = 0;
    for path in ["/c/tea", style, script] {
        let response = shopper.get(door.at(path)).header("accept-encoding", "gzip").send().await.unwrap();
        assert_eq!((response.status().as_u16(), header(&response, "content-encoding")), (200, "gzip"), "{path}");
        bytes += response.bytes().await.unwrap().len();
    }
    assert!(bytes < PAGE_BYTES_MAX, "{bytes} bytes");
}
