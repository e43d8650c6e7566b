//! The live channel brings a desk that says how far it is what its pull would bring, and nothing else.

use std::io::Read as _;

use flate2::read::GzDecoder;
use qinda::model::{ArticleFields, ArticleId, ConversationId};
use qinda::sync::{
    Action, Asked, Beat, Heads, LIVE_ASKS_BYTES_MAX, LIVE_PAGE_ROWS_MAX, LivePage, PullRequest, PutArticle, Scope,
    TakeConversation,
};
use reqwest::{Response, StatusCode, header};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::support::aside::aside;
use crate::support::{DEADLINE, Desk, TestShop, new_id, refusal};

/// What a channel says.
#[derive(Debug)]
enum Told {
    Page(Box<LivePage>),
    Beat(Beat),
    Heads(Heads),
}

impl Told {
    fn page(self) -> LivePage {
        match self {
            Self::Page(page) => *page,
            other => panic!("a page was expected, and it told {other:?}"),
        }
    }
}

/// The channel of a desk that says how far it is.
struct Channel {
    response: Response,
    text: String,
}

async fn open(desk: &Desk, query: &[(&str, &str)]) -> Response {
    desk.client.get(format!("{}/sync/live", desk.origin)).query(query).send().await.unwrap()
}

fn text(request: &PullRequest) -> String {
    serde_json::to_string(request).unwrap()
}

impl Channel {
    async fn open(desk: &Desk) -> Self {
        let response = open(desk, &[("asks", &text(&desk.request()))]).await;
        assert_eq!(response.status(), StatusCode::OK);
        Self { response, text: String::new() }
    }

    /// What comes next; `None` when the channel has ended.
    async fn next(&mut self) -> Option<Told> {
        let next = timeout(DEADLINE, async {
            loop {
                if let Some((event, rest)) = self.text.split_once("\n\n") {
                    let told = read(event);
                    self.text = rest.to_owned();
                    return Some(told);
                }
                let chunk = self.response.chunk().await.ok()??;
                self.text.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        });
        next.await.expect("the channel says something in time")
    }

    /// What comes next that is not only a sign of life.
    async fn news(&mut self) -> Told {
        loop {
            match self.next().await.expect("the channel goes on") {
                Told::Beat(_) => {}
                told => return told,
            }
        }
    }
}

fn read(event: &str) -> Told {
    let line = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    let data = line("data: ");
    match line("event: ") {
        "page" => Told::Page(serde_json::from_str(data).unwrap()),
        "beat" => {
            let beat: Beat = serde_json::from_str(data).unwrap();
            assert!(beat.pages);
            Told::Beat(beat)
        }
        "heads" => Told::Heads(serde_json::from_str(data).unwrap()),
        other => panic!("nobody tells {other}"),
    }
}

/// A shop with a desk that has read everything.
async fn settled() -> (TestShop, Desk) {
    let shop = TestShop::open().await.with_member("1001", "agent").await;
    let mut desk = shop.desk("1001").await.reading_the_newest_first();
    desk.pull().await;
    (shop, desk)
}

fn put(title: &str) -> Action {
    let fields = ArticleFields { title: title.into(), answers: vec!["三天".into()], ..ArticleFields::default() };
    let id = new_id(ArticleId::new);
    Action::PutArticle(PutArticle { id, fields, base: 0, was: None, settles: Vec::new() })
}

/// A page without what differs from moment to moment, and what only a pull is told.
fn timeless(answer: &impl serde::Serialize) -> Value {
    let mut value = serde_json::to_value(answer).unwrap();
    for name in ["at", "lease", "terse"] {
        value.as_object_mut().unwrap().remove(name);
    }
    // A pull that reads the newest first tells its rows in that order.
    for scope in value["scopes"].as_array_mut().unwrap() {
        scope["rows"].as_array_mut().unwrap().sort_by_key(|row| row["seq"].as_u64());
    }
    value
}

#[tokio::test]
async fn what_is_brought_is_what_a_pull_would_be_answered() {
    let (shop, mut desk) = settled().await;
    let mut channel = Channel::open(&desk).await;
    let read_up_to: u64 = desk.request().cursors.values().map(|cursor| cursor.seq).sum();
    let beat = channel.next().await;
    assert!(matches!(beat, Some(Told::Beat(beat)) if beat.sum == read_up_to), "there is nothing new: {beat:?}");
    let shopper = shop.shopper();
    for words in ["在吗", "有优惠吗", "包邮吗"] {
        shopper.writes(words).await;
        let page = channel.news().await.page();
        assert_eq!(Some(&page.asked), Asked::of(&desk.request()).as_ref());
        assert_eq!(timeless(&page.answer), timeless(&desk.pull_page().await));
        desk.absorb(page.answer);
        assert_eq!(desk.words(desk.conversation_with("在吗").id).last().map(String::as_str), Some(words));
    }
}

#[tokio::test]
async fn a_reply_needs_no_more_than_its_push() {
    let (shop, mut desk) = settled().await;
    let mut channel = Channel::open(&desk).await;
    shop.shopper().writes("在吗").await;
    desk.absorb(channel.news().await.page().answer);
    let asked = desk.conversation_with("在吗");
    let reply = Action::SendMessage(desk.reply(&asked, "亲，在的"));
    let command = desk.command(&reply);
    desk.push(std::slice::from_ref(&command)).await;
    let page = channel.news().await.page();
    assert_eq!(page.answer.through, command.n);
    desk.absorb(page.answer);
    assert_eq!(desk.verdict(command.n), json!({ "verdict": "applied" }));
    assert_eq!(desk.words(asked.id), ["在吗", "亲，在的"]);

    // Refused, it moves no head; its verdict comes all the same.
    let nowhere = Action::TakeConversation(TakeConversation {
        conversation: ConversationId::of_name("nowhere"),
        owner_seen: None,
    });
    let refused = desk.command(&nowhere);
    desk.push(std::slice::from_ref(&refused)).await;
    let page = channel.news().await.page();
    assert!(page.answer.scopes.iter().all(|page| page.rows.is_empty()));
    desk.absorb(page.answer);
    assert_eq!(desk.verdict(refused.n)["verdict"], json!("rejected"));
}

#[tokio::test]
async fn a_desk_that_opens_behind_is_brought_up_and_one_far_behind_is_sent_to_pull() {
    let (shop, mut desk) = settled().await;
    shop.shopper().writes("在吗").await;
    let mut channel = Channel::open(&desk).await;
    desk.absorb(channel.next().await.unwrap().page().answer);
    drop(channel);

    // Each of them makes two rows: the conversation and the message.
    for number in 0..=LIVE_PAGE_ROWS_MAX / 2 {
        shop.shopper().writes(&format!("第{number}位")).await;
    }
    let mut channel = Channel::open(&desk).await;
    let Some(Told::Heads(heads)) = channel.next().await else { panic!("this is more than comes unasked") };
    assert!(heads.heads[&desk.inbox()] > desk.cursors[&desk.inbox()].seq);
    desk.pull().await;
    shop.shopper().writes("还在吗").await;
    let page = channel.news().await.page();
    assert_eq!(Some(&page.asked), Asked::of(&desk.request()).as_ref(), "it knows that the desk pulled");
    desk.absorb(page.answer);
    desk.conversation_with("还在吗");
}

#[tokio::test]
async fn nothing_of_another_team_or_shop_is_brought() {
    let shop = TestShop::open().await.with_member("1001", "agent").await.with_member_of("night", "1002", "agent").await;
    let (day, mut night) = (shop.desk("1001").await, shop.desk("1002").await);
    night.pull().await;
    // Somebody may say that they follow what they do not.
    let mut request = night.request();
    request.cursors.insert(day.inbox(), qinda::sync::Cursor { generation: 1, seq: 0 });
    let response = open(&night, &[("asks", &text(&request))]).await;
    let mut liar = Channel { response, text: String::new() };
    assert!(matches!(liar.next().await, Some(Told::Heads(heads)) if !heads.heads.contains_key(&day.inbox())));
    let mut channel = Channel::open(&night).await;
    assert!(matches!(channel.next().await, Some(Told::Beat(_))));

    shop.shopper().writes("在吗").await;
    crate::support::add_member(&shop.serving.store, shop.id, "1003", "agent", "day").await;
    for channel in [&mut channel, &mut liar] {
        let page = channel.news().await.page();
        let scopes: Vec<Scope> = page.answer.scopes.iter().map(|page| page.scope).collect();
        assert!(!scopes.contains(&day.inbox()) && scopes.len() == Scope::of(&night.signed_in.actor).len());
        assert!(!serde_json::to_string(&page).unwrap().contains("在吗"));
    }
}

#[tokio::test]
async fn a_role_that_is_taken_away_counts_with_the_next_page() {
    let shop = TestShop::open().await.with_member("1001", "agent").await.with_member("3001", "editor").await;
    let mut desk = shop.desk("1001").await;
    desk.pull().await;
    let mut channel = Channel::open(&desk).await;
    assert!(matches!(channel.next().await, Some(Told::Beat(_))));
    aside(shop.serving.store.place(), "UPDATE members SET roles = 'editor' WHERE work_number = '1001'").await;
    shop.shopper().writes("在吗").await;
    // That a scope goes is told by a pull.
    let Told::Heads(heads) = channel.news().await else { panic!("nothing of the inbox is brought") };
    assert!(!heads.heads.contains_key(&desk.inbox()));
    desk.pull().await;
    let mut editor = shop.desk("3001").await;
    editor.give(&put("几天到")).await;
    let page = channel.news().await.page();
    assert!(page.answer.scopes.iter().all(|page| page.scope != desk.inbox()));
    assert_eq!(page.answer.actor.roles, qinda::model::Roles::parse("editor"));
}

#[tokio::test]
async fn a_device_that_is_cut_off_and_a_session_that_ends_are_brought_nothing_more() {
    let (shop, desk) = settled().await;
    let mut laptop = shop.desk("1001").await;
    laptop.pull().await;
    for end in ["cut off", "signed out"] {
        let mut phone = shop.desk("1001").await;
        phone.pull().await;
        let mut channel = Channel::open(&phone).await;
        assert!(matches!(channel.next().await, Some(Told::Beat(_))));
        if end == "cut off" {
            let address = format!("{}/api/devices/{}/cut-off", laptop.origin, phone.device);
            assert_eq!(
                laptop.client.post(address).json(&json!({})).send().await.unwrap().status(),
                StatusCode::NO_CONTENT
            );
        } else {
            phone.sign_out().await;
        }
        shop.shopper().writes("在吗").await;
        assert!(channel.next().await.is_none(), "{end}");
        let refused = refusal(open(&phone, &[("asks", &text(&phone.request()))]).await).await;
        assert_eq!(refused.0, StatusCode::UNAUTHORIZED, "{end}");
    }
    let mut goes_on = Channel::open(&desk).await;
    goes_on.news().await.page();
}

#[tokio::test]
async fn a_device_of_somebody_else_is_brought_nothing() {
    let (shop, desk) = settled().await;
    let shop = shop.with_member("1002", "agent").await;
    let colleague = shop.desk("1002").await;
    let refused = refusal(open(&colleague, &[("asks", &text(&desk.request()))]).await).await;
    assert_eq!(refused, (StatusCode::FORBIDDEN, "device_taken".into()));
}

#[tokio::test]
async fn an_address_that_says_nonsense_is_refused_in_words() {
    let (_shop, desk) = settled().await;
    let other_protocol = PullRequest { protocol: 2, ..desk.request() };
    let long = " ".repeat(LIVE_ASKS_BYTES_MAX + 1);
    let longer = "x".repeat(LIVE_ASKS_BYTES_MAX * 3);
    for (asks, status, code) in [
        ("", StatusCode::BAD_REQUEST, "malformed"),
        ("{\"protocol\":1}", StatusCode::BAD_REQUEST, "malformed"),
        ("[[[[", StatusCode::BAD_REQUEST, "malformed"),
        (&text(&other_protocol), StatusCode::CONFLICT, "other_protocol"),
        (&long, StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
        (&longer, StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
    ] {
        assert_eq!(refusal(open(&desk, &[("asks", asks)]).await).await, (status, code.into()), "{asks:.40}");
    }
    let raw = desk.get("/sync/live?asks=%ff%fe&asks=%00").await;
    assert_eq!(refusal(raw).await, (StatusCode::BAD_REQUEST, "malformed".into()));
    assert_eq!(desk.get("/sync/live?ask=x").await.status(), StatusCode::OK, "what is not known is skipped");
}

#[tokio::test]
async fn a_packed_channel_reads_event_by_event_and_comes_to_an_end() {
    let (shop, desk) = settled().await;
    let get = desk.client.get(format!("{}/sync/live", desk.origin)).query(&[("asks", text(&desk.request()))]);
    let mut response = get.header(header::ACCEPT_ENCODING, "gzip, deflate, br").send().await.unwrap();
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    let (mut stream, mut told) = (Vec::new(), String::new());
    let shopper = shop.shopper();
    for words in ["在吗", "有优惠吗"] {
        shopper.writes(words).await;
        while !told.contains(words) {
            let chunk = timeout(DEADLINE, response.chunk()).await.unwrap().unwrap().expect("it goes on");
            stream.extend_from_slice(&chunk);
            told = unpacked(&stream).0;
        }
    }
    let (begun, told_until_now) = (stream.len(), told.len());
    assert!(begun * 2 < told_until_now, "{begun} of {told_until_now} bytes");
    desk.sign_out().await;
    while let Some(chunk) = timeout(DEADLINE, response.chunk()).await.unwrap().unwrap() {
        stream.extend_from_slice(&chunk);
    }
    let (told, has_ended) = unpacked(&stream);
    assert!(has_ended, "its sum is right");
    told.split("\n\n").filter(|event| !event.is_empty()).for_each(|event| drop(read(event)));
}

/// What there is of a stream, and whether it is whole.
fn unpacked(stream: &[u8]) -> (String, bool) {
    let (mut told, mut piece, mut decoder) = (Vec::new(), [0; 1024], GzDecoder::new(stream));
    let is_whole = loop {
        match decoder.read(&mut piece) {
            Ok(0) => break true,
            Ok(length) => told.extend_from_slice(&piece[..length]),
            Err(_) => break false,
        }
    };
    (String::from_utf8_lossy(&told).into_owned(), is_whole)
}
