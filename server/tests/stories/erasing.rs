//! A shopper wishes to be forgotten: everything they and the staff said goes, everywhere, and figures stay what they were.

use std::collections::BTreeSet;

use qinda::model::{
    About, ArticleFields, ArticleId, ConversationId, ConversationState, EntryId, How, MemberId, PackId, PictureId,
};
use qinda::sync::{
    Action, ChooseAnswer, CloseConversation, Command, DescribeConversation, ErasureTold, ErasuresAnswer, PutArticle,
    PutDraft, PutPack, SendMessage, ShopperTold, TransferConversation, WhisperTo,
};
use qinda::wording::{Level, PackFields, Rule};
use qinda_server::store::rollups::{self, Rebuilt};
use qinda_server::store::{Place, shops};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::aside::aside;
use crate::support::program::{qinda, refused};
use crate::support::{Desk, Shopper, TEN_O_CLOCK, TestShop, add_member, add_shop, new_id, refusal};

/// A word that stands in everything that is said here, and nowhere else.
const MARK: &str = "紫云英";
const DAY: i64 = 86_400;

async fn staffed() -> TestShop {
    let shop = TestShop::open_at_ten().await.with_member("1001", "agent").await.with_member("1002", "agent").await;
    let shop = shop.with_member("2001", "agent,supervisor").await.with_member("3001", "editor").await;
    shop.with_member("9001", "admin").await.with_member_of("night", "2009", "supervisor").await
}

async fn desk(shop: &TestShop, number: &str) -> Desk {
    let mut desk = shop.desk(number).await;
    desk.pull().await;
    desk
}

async fn does(desk: &mut Desk, action: Action) {
    let told = desk.give(&action).await;
    assert_eq!(told["verdict"], "applied", "{action:?}: {told}");
}

async fn erase(desk: &Desk, conversation: ConversationId) -> reqwest::Response {
    let address = format!("{}/api/conversations/{conversation}/erase-shopper", desk.origin);
    desk.client.post(address).json(&json!({})).send().await.unwrap()
}

async fn erased(desk: &Desk, conversation: ConversationId) -> ErasureTold {
    let answer = erase(desk, conversation).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

fn png(rest: &str) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n".as_slice(), rest.as_bytes()].concat()
}

async fn kept_picture(desk: &Desk, bytes: Vec<u8>) -> PictureId {
    let id = PictureId::of_bytes(&bytes);
    let put = desk.client.put(format!("{}/api/pictures/{id}", desk.origin)).header("content-type", "image/png");
    assert_eq!(put.body(bytes).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    id
}

/// Every column of every table in which a word stands.
async fn columns_with(place: &Place, word: &str) -> BTreeSet<String> {
    let columns = match place {
        Place::File(_) => {
            "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY 1"
        }
        Place::Server(_) => {
            "SELECT table_name || '.' || column_name FROM information_schema.columns
             WHERE table_schema = 'public' ORDER BY 1"
        }
    };
    let mut found = BTreeSet::new();
    for column in aside(place, columns).await {
        let (table, name) = column.split_once('.').unwrap();
        let sql = format!("SELECT 'found' FROM {table} WHERE CAST({name} AS TEXT) LIKE '%{word}%' LIMIT 1");
        if !aside(place, Box::leak(sql.into_boxed_str())).await.is_empty() {
            found.insert(column);
        }
    }
    found
}

/// Lets a shopper and the staff say something in every place where something can be said of a shopper.
struct Told {
    shopper: Shopper,
    closed: ConversationId,
    open: ConversationId,
    picture: PictureId,
    article: ArticleId,
}

async fn told_everywhere(shop: &TestShop) -> Told {
    let (mut editor, shopper) = (desk(shop, "3001").await, shop.shopper());
    let fields =
        ArticleFields { title: "多久发货".into(), answers: vec!["三天内".into()], ..Default::default() };
    let article = ArticleId::of_name("sending");
    does(&mut editor, Action::PutArticle(PutArticle { id: article, fields, base: 0, was: None, settles: vec![] }))
        .await;
    let rule = Rule { id: "flower".into(), level: Level::Warn, phrases: vec![MARK.into()], ..Rule::default() };
    let fields = PackFields { name: "自定".into(), edition: 1, rules: vec![rule] };
    let pack = new_id(PackId::new);
    does(&mut editor, Action::PutPack(PutPack { id: pack, fields, base: 0 })).await;

    shopper.writes_about(&format!("我叫{MARK}，几天到"), json!({ "order": format!("{MARK}号") })).await;
    shop.later(12);
    let mut agent = desk(shop, "1001").await;
    let first = agent.state.conversations.values().next().unwrap().clone();
    let bytes = png(MARK);
    let picture = kept_picture(&agent, bytes).await;
    let text = format!("{MARK}您好，三天");
    let reply =
        SendMessage { text, picture: Some(picture), reason: format!("{MARK}自己说的"), ..agent.reply(&first, "") };
    does(&mut agent, Action::SendMessage(reply)).await;
    shop.later(30);
    let seen = agent.state.conversations[&first.id].last_position;
    does(&mut agent, Action::CloseConversation(CloseConversation { conversation: first.id, seen })).await;
    // The rule was the editor's, and would keep the word by itself.
    does(&mut editor, Action::RemovePack(qinda::sync::RemovePack { id: pack, base: 1 })).await;

    let other = format!("{MARK}想退货");
    shopper.writes(&other).await;
    shop.later(9);
    agent.pull().await;
    let mut second = agent.conversation_with(&other);
    let conversation = second.id;
    let reply = agent.reply(&second, &format!("{MARK}请稍等"));
    does(&mut agent, Action::SendMessage(reply)).await;
    second = agent.state.conversations[&conversation].clone();
    let about = About { order: Some(format!("{MARK}-7")), ..About::default() };
    does(&mut agent, Action::DescribeConversation(DescribeConversation { conversation, about })).await;
    let (entry, text) = (EntryId::Article(article), other);
    let choice = ChooseAnswer { entry, text, how: How::Suggested, conversation: Some(conversation) };
    does(&mut agent, Action::ChooseAnswer(choice)).await;
    let mut lead = desk(shop, "2001").await;
    let to = lead.member();
    let transfer = TransferConversation { conversation, to, note: format!("{MARK}急"), owner_seen: second.owner };
    does(&mut agent, Action::TransferConversation(transfer)).await;
    does(&mut lead, Action::WhisperTo(WhisperTo { conversation, words: format!("给{MARK}道歉"), heard: None })).await;
    let device = agent.device;
    let draft = PutDraft { conversation, text: format!("{MARK}，"), device, over: None, written_at: TEN_O_CLOCK };
    does(&mut agent, Action::PutDraft(draft)).await;
    Told { shopper, closed: first.id, open: conversation, picture, article }
}

async fn figures(shop: &TestShop) -> Value {
    let lead = shop.desk("2001").await;
    let (from, to) = (TEN_O_CLOCK.plus_seconds(-DAY), TEN_O_CLOCK.plus_seconds(DAY));
    let path = |name: &str| format!("/api/figures/{name}?from={}&to={}", from.0, to.0);
    let defined: Value = lead.get(&path("defined")).await.json().await.unwrap();
    let coaching: Value = lead.get(&path("coaching")).await.json().await.unwrap();
    let rounds: Value = lead.get(&format!("/api/figures?from={}&to={}", from.0, to.0)).await.json().await.unwrap();
    assert!(defined["figures"].as_array().is_some_and(|all| all.len() > 10), "{defined}");
    json!({ "defined": defined["figures"], "coaching": [coaching["total"], coaching["by_member"]], "rounds": rounds["figures"] })
}

async fn rebuilt(shop: &TestShop) -> Rebuilt {
    let store = &shop.serving.store;
    let all = shops::all(&mut store.reader().await.unwrap()).await.unwrap();
    let card = all.into_iter().map(|found| found.card).find(|card| card.id == shop.id).unwrap();
    rollups::rebuild(store, &card).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_was_said_is_gone_from_every_table_and_every_device() {
    let shop = staffed().await;
    let place = shop.serving.store.place().clone();
    let Told { shopper, closed, open, picture, .. } = told_everywhere(&shop).await;
    shop.shopper().writes("别人的话").await;
    let (mut old, lead) = (desk(&shop, "1001").await, desk(&shop, "2001").await);
    let mut newest = shop.desk("1002").await.reading_the_newest_first();
    newest.pull().await;
    let before = columns_with(&place, MARK).await;
    let expected = [
        "conversations.about",
        "conversations.handover",
        "conversations.whisper",
        "drafts.text",
        "feed.body",
        "lessons.text",
        "messages.text",
        "wording_notes.findings",
        "wording_notes.reason",
    ];
    // At a server bytes are no text to be looked through; that the picture is gone is seen below.
    let bytes = matches!(place, Place::File(_)).then_some("pictures.bytes");
    let expected = expected.into_iter().chain(bytes).map(str::to_owned).collect();
    assert_eq!(before, expected, "the word stands wherever something can stand");
    if let Place::File(path) = &place {
        assert!(bytes_of(path).windows(MARK.len()).any(|bytes| bytes == MARK.as_bytes()), "it stands in the file");
    }

    let told: ShopperTold = lead.get(&format!("/api/conversations/{open}/shopper")).await.json().await.unwrap();
    assert_eq!((told.conversations, told.open, told.erased_at), (2, 1, None));
    assert!(told.name.starts_with("访客"), "{told:?}");
    let erasure = erased(&lead, open).await;
    assert_eq!((erasure.by, erasure.conversation, erasure.conversations), (Some(lead.member()), open, 2));

    assert_eq!(columns_with(&place, MARK).await, BTreeSet::new());
    let name = told.name;
    assert_eq!(columns_with(&place, &name).await, BTreeSet::new(), "nor what they were called");
    if let Place::File(path) = &place {
        shop.serving.store.fold_log().await;
        assert!(!bytes_of(path).windows(MARK.len()).any(|bytes| bytes == MARK.as_bytes()), "nor in the file");
    }
    assert_eq!(lead.get(&format!("/api/pictures/{picture}")).await.status(), StatusCode::NOT_FOUND);

    // Devices: one that held everything, one that begins, one that reads the newest first.
    old.pull().await;
    newest.pull().await;
    let fresh = desk(&shop, "1001").await;
    assert_eq!(old.state, fresh.state, "what followed on the old cursor is what there is");
    for desk in [&old, &newest] {
        assert!(!format!("{:?}", desk.state).contains(MARK));
        for id in [closed, open] {
            let conversation = &desk.state.conversations[&id];
            assert_eq!((conversation.state, conversation.erased_at.is_some()), (ConversationState::Closed, true));
            assert_eq!((conversation.customer_name.as_str(), conversation.about.is_empty()), ("", true));
            assert!(desk.words(id).iter().all(String::is_empty) && desk.words(id).len() == 2);
        }
    }
    old.conversation_with("别人的话");

    // The page of the shopper.
    let page: Value = shopper.gets("/messages?after=3").await.json().await.unwrap();
    assert_eq!((page["messages"].as_array().unwrap().len(), &page["cursor"]), (0, &json!(0)));
    assert_eq!(shopper.gets(&format!("/pictures/{picture}")).await.status(), StatusCode::NOT_FOUND);
    shopper.writes("我又来了").await;
    old.pull().await;
    let anew = old.conversation_with("我又来了");
    assert!(anew.erased_at.is_none() && ![closed, open].contains(&anew.id));
    assert_ne!(anew.customer, old.state.conversations[&open].customer, "nobody tells that they are the same");
}

fn bytes_of(path: &std::path::Path) -> Vec<u8> {
    let log = path.with_extension("db-wal");
    [std::fs::read(path).unwrap(), std::fs::read(log).unwrap_or_default()].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_the_same_before_and_after() {
    let shop = staffed().await;
    let Told { closed, open, .. } = told_everywhere(&shop).await;
    let mut lead = desk(&shop, "2001").await;
    // One that goes on is closed by erasing it, which is counted as any closing; here it was closed before.
    let seen = lead.state.conversations[&open].last_position;
    does(&mut lead, Action::CloseConversation(CloseConversation { conversation: open, seen })).await;
    shop.shopper().writes("还没答").await;
    rollups::fold_all(&shop.serving.store, shop.id).await.unwrap();
    let before = figures(&shop).await;
    erased(&lead, closed).await;
    assert_eq!(figures(&shop).await, before, "before anything is counted anew");
    rollups::fold_all(&shop.serving.store, shop.id).await.unwrap();
    assert_eq!(figures(&shop).await, before);
    let Rebuilt { days, differed } = rebuilt(&shop).await;
    assert_eq!((days > 0, differed), (true, 0));
    assert_eq!(figures(&shop).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_on_is_closed_and_counted_as_closed() {
    let shop = staffed().await;
    shop.shopper().writes("在吗").await;
    let lead = desk(&shop, "2001").await;
    let asked = lead.conversation_with("在吗");
    rollups::fold_all(&shop.serving.store, shop.id).await.unwrap();
    shop.later(60);
    erased(&lead, asked.id).await;
    let now: Value = lead.get("/api/now").await.json().await.unwrap();
    assert_eq!(now["waiting"], json!([]), "nobody waits for an answer that cannot come: {now}");
    rollups::fold_all(&shop.serving.store, shop.id).await.unwrap();
    assert_eq!(rebuilt(&shop).await.differed, 0);
    let closings = aside(shop.serving.store.place(), "SELECT what FROM happened WHERE what = 'closed'").await;
    assert_eq!(closings.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_cannot_and_twice_is_once() {
    let shop = staffed().await;
    shop.shopper().writes("在吗").await;
    let (agent, lead) = (desk(&shop, "1001").await, desk(&shop, "2001").await);
    let asked = agent.conversation_with("在吗");
    for number in ["1001", "3001"] {
        let desk = shop.desk(number).await;
        assert_eq!(refusal(erase(&desk, asked.id).await).await.0, StatusCode::FORBIDDEN, "{number}");
        let shown = desk.get(&format!("/api/conversations/{}/shopper", asked.id)).await;
        assert_eq!(refusal(shown).await.0, StatusCode::FORBIDDEN, "{number}");
        assert_eq!(refusal(desk.get("/api/erasures").await).await.0, StatusCode::FORBIDDEN, "{number}");
    }
    let of_another_team = shop.desk("2009").await;
    assert_eq!(refusal(erase(&of_another_team, asked.id).await).await.0, StatusCode::NOT_FOUND);
    let other = add_shop(&shop.serving.store, "ink").await;
    add_member(&shop.serving.store, other, "2001", "agent,supervisor,admin", "day").await;
    let stranger = Desk::sign_in(shop.url(""), "ink", "2001").await;
    assert_eq!(refusal(erase(&stranger, asked.id).await).await.0, StatusCode::NOT_FOUND);
    assert_eq!(refusal(erase(&lead, new_id(ConversationId::new)).await).await.0, StatusCode::NOT_FOUND);
    let nobody = reqwest::Client::new().post(shop.url(&format!("/api/conversations/{}/erase-shopper", asked.id)));
    assert_eq!(nobody.json(&json!({})).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(desk(&shop, "1001").await.words(asked.id), ["在吗"], "nothing of that did anything");

    let first = erased(&lead, asked.id).await;
    let head = desk(&shop, "1001").await.cursors;
    let admin = shop.desk("9001").await;
    assert_eq!(erased(&admin, asked.id).await, first, "who erased them stays who did");
    assert_eq!(desk(&shop, "1001").await.cursors, head, "the second time changes nothing");
    let told: ErasuresAnswer = admin.get("/api/erasures").await.json().await.unwrap();
    assert_eq!((told.erasures, told.more), (vec![first], false));
    assert_eq!(told.members.iter().map(|card| card.work_number.as_str()).collect::<Vec<_>>(), ["2001"]);
    let told: ErasuresAnswer = stranger.get("/api/erasures").await.json().await.unwrap();
    assert_eq!(told.erasures, []);
    let listed = qinda(&["shop", "erasures", "--shop", "tea", "--data", &shop.directory_of_data()]);
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains("2001  1  ") && listed.contains(&asked.id.to_string()), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_device_sends_late_is_refused_with_the_reason_and_brings_nothing_back() {
    let shop = staffed().await;
    let Told { open, article, .. } = told_everywhere(&shop).await;
    let (mut offline, mut lead) = (desk(&shop, "1001").await, desk(&shop, "2001").await);
    let conversation = offline.state.conversations[&open].clone();
    let arrived = offline.reply(&conversation, &format!("{MARK}，马上"));
    let arrived = SendMessage { anyway: true, ..arrived };
    does(&mut offline, Action::SendMessage(arrived.clone())).await;

    let late = SendMessage { anyway: true, ..offline.reply(&conversation, &format!("{MARK}，好了")) };
    let choice = ChooseAnswer {
        entry: EntryId::Article(article),
        text: format!("{MARK}想退货"),
        how: How::Suggested,
        conversation: Some(open),
    };
    let device = offline.device;
    let draft =
        PutDraft { conversation: open, text: format!("{MARK}…"), device, over: None, written_at: TEN_O_CLOCK };
    let waits: Vec<Command> = [
        Action::SendMessage(late),
        Action::ChooseAnswer(choice),
        Action::PutDraft(draft),
        // It arrived before, under a number that the device has forgotten.
        Action::SendMessage(arrived.clone()),
    ]
    .iter()
    .map(|action| offline.command(action))
    .collect();
    erased(&lead, open).await;
    for _ in 0..2 {
        offline.push(&waits).await;
    }
    offline.pull().await;
    let verdict = |at: usize| offline.verdict(waits[at].n);
    assert_eq!(verdict(0), json!({ "verdict": "rejected", "code": "erased" }));
    for at in 1..4 {
        assert_eq!(verdict(at), json!({ "verdict": "applied" }), "{at}");
    }
    assert_eq!(offline.thread(open).iter().filter(|message| message.id == arrived.id).count(), 1);
    assert!(!format!("{:?}", offline.state).contains(MARK));
    assert_eq!(columns_with(shop.serving.store.place(), MARK).await, BTreeSet::new());
    lead.pull().await;
    assert_eq!(lead.state.lessons.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_is_on_its_way_leaves_no_words_whichever_comes_first() {
    for round in 0..3 {
        let shop = staffed().await;
        shop.shopper().writes(&format!("{MARK}在吗")).await;
        let (mut agent, lead) = (desk(&shop, "1001").await, desk(&shop, "2001").await);
        let asked = agent.conversation_with(&format!("{MARK}在吗"));
        let replies: Vec<SendMessage> =
            (0..8).map(|n| SendMessage { anyway: true, ..agent.reply(&asked, &format!("{MARK}{n}")) }).collect();
        let commands: Vec<Command> =
            replies.into_iter().map(|reply| agent.command(&Action::SendMessage(reply))).collect();
        let pushes = async {
            for command in commands.chunks(1) {
                agent.push(command).await;
            }
        };
        let erasing = async {
            tokio::time::sleep(std::time::Duration::from_millis(round * 8)).await;
            erased(&lead, asked.id).await
        };
        tokio::join!(pushes, erasing);
        assert_eq!(columns_with(shop.serving.store.place(), MARK).await, BTreeSet::new());
        agent.pull().await;
        let thread = agent.thread(asked.id);
        let applied = commands.iter().filter(|command| agent.verdict(command.n)["verdict"] == "applied").count();
        assert_eq!((thread.len(), agent.words(asked.id).concat().as_str()), (applied + 1, ""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_that_left_the_feed_are_erased_too() {
    let shop = staffed().await;
    let Told { closed, open, shopper, .. } = told_everywhere(&shop).await;
    shop.later(40 * DAY);
    shop.serving.store.compact().await.unwrap();
    let lead = desk(&shop, "2001").await;
    assert!(!lead.state.conversations.contains_key(&closed) && lead.state.conversations.contains_key(&open));
    assert_eq!(erased(&lead, open).await.conversations, 2);
    assert_eq!(columns_with(shop.serving.store.place(), MARK).await, BTreeSet::new());
    rollups::fold_all(&shop.serving.store, shop.id).await.unwrap();
    assert_eq!(rebuilt(&shop).await.differed, 0);

    // The erased ones leave the feed in their turn, and nothing brings them back.
    shopper.writes("又来了").await;
    shop.later(40 * DAY);
    shop.serving.store.compact().await.unwrap();
    let later = desk(&shop, "2001").await;
    assert!(!later.state.conversations.contains_key(&open) && later.state.conversations.len() == 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_said_too_stays() {
    let shop = staffed().await;
    let mut agent = desk(&shop, "1001").await;
    let (mut editor, article) = (desk(&shop, "3001").await, ArticleId::of_name("sending"));
    let fields =
        ArticleFields { title: "多久发货".into(), answers: vec!["三天内".into()], ..Default::default() };
    does(&mut editor, Action::PutArticle(PutArticle { id: article, fields, base: 0, was: None, settles: vec![] }))
        .await;
    let picture = kept_picture(&agent, png("size table")).await;
    let mut asked = Vec::new();
    for words in ["几天能到啊", "几天能到啊", "我住楼上"] {
        let shopper = shop.shopper();
        shopper.writes(words).await;
        agent.pull().await;
        let known = |id: &ConversationId| asked.contains(id);
        let conversation = agent.state.conversations.values().find(|it| !known(&it.id)).unwrap().clone();
        let reply = SendMessage { picture: Some(picture), ..agent.reply(&conversation, "三天") };
        does(&mut agent, Action::SendMessage(reply)).await;
        let text = words.to_owned();
        let conversation = conversation.id;
        let entry = EntryId::Article(article);
        let choice = ChooseAnswer { entry, text, how: How::Suggested, conversation: Some(conversation) };
        does(&mut agent, Action::ChooseAnswer(choice)).await;
        asked.push(conversation);
    }
    let lead = desk(&shop, "2001").await;
    erased(&lead, asked[0]).await;
    erased(&lead, asked[2]).await;
    agent.pull().await;
    let taught: Vec<&str> = agent.state.lessons.values().map(|lesson| lesson.text.as_str()).collect();
    assert_eq!(taught, ["几天能到啊"], "another shopper said it, too; where somebody lives nobody else said");
    assert_eq!(lead.get(&format!("/api/pictures/{picture}")).await.status(), StatusCode::OK, "another has it still");
    erased(&lead, asked[1]).await;
    assert_eq!(lead.get(&format!("/api/pictures/{picture}")).await.status(), StatusCode::NOT_FOUND);
}

async fn figures_of_march(shop: &TestShop) -> Value {
    let path = format!("/api/figures/defined?from={}&to={}", 1_772_380_800_000_000_i64, 1_772_726_400_000_000_i64);
    shop.desk("2001").await.get(&path).await.json::<Value>().await.unwrap()["figures"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shopper_of_an_imported_log_is_erased_and_the_log_brings_nothing_back() {
    let shop = staffed().await;
    let data = shop.directory_of_data();
    let log = shop.directory.path().join("log.csv");
    let rows = [
        "会话ID,发送时间,发送人,发送人类型,消息内容".to_owned(),
        format!("c1,2026/3/2 9:00:00,{MARK}买家,买家,我叫{MARK}"),
        format!("c1,2026/3/2 9:00:10,小林,客服,{MARK}您好"),
        format!("c2,2026/3/3 9:00:00,{MARK}买家,买家,{MARK}退货"),
        "c2,2026/3/3 9:00:30,小林,客服,好的".to_owned(),
        "c3,2026/3/3 9:10:00,别人,买家,别人的话".to_owned(),
    ];
    let import = |rows: &[String], more: &[&str]| {
        std::fs::write(&log, format!("{}\n", rows.join("\n"))).unwrap();
        let file = log.to_str().unwrap();
        let args = ["import", "chats", file, "--data", &data, "--shop", "tea", "--source", "市集", "--json"];
        let done = qinda(&[&args, more].concat());
        serde_json::from_slice::<Value>(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:?}"))
    };
    assert_eq!(import(&rows, &["--keep-text"])["new"], 5);
    rollups::fold_all(&shop.serving.store, shop.id).await.unwrap();
    let before = figures_of_march(&shop).await;

    let who = format!("{MARK}买家");
    let args = ["shop", "erase-shopper", "--data", &data, "--source", "市集", "--shopper", &who];
    let looked = qinda(&args);
    let said = String::from_utf8(looked.stdout).unwrap();
    assert!(!looked.status.success() && said.contains("2 个会话") && said.contains("conversations: 2"), "{said}");
    assert!(!columns_with(shop.serving.store.place(), MARK).await.is_empty(), "without --yes nothing happens");
    let done = qinda(&[&args[..], &["--yes"]].concat());
    assert!(done.status.success(), "{done:?}");
    assert_eq!(columns_with(shop.serving.store.place(), MARK).await, BTreeSet::new());
    assert_eq!(figures_of_march(&shop).await, before);
    rollups::fold_all(&shop.serving.store, shop.id).await.unwrap();
    assert_eq!((figures_of_march(&shop).await, rebuilt(&shop).await.differed), (before.clone(), 0));
    refused(&[&args[..], &["--yes"]].concat(), "没有这位顾客", "no such shopper");
    refused(
        &["shop", "erase-shopper", "--data", &data, "--source", "没有", "--shopper", "谁", "--yes"],
        "没有叫 没有 的来源",
        "no source called",
    );

    // The same file again, and one in which the conversation went on.
    let again = import(&rows, &["--again", "--keep-text"]);
    assert_eq!((&again["new"], &again["known"]), (&json!(0), &json!(5)));
    let went_on = [rows.to_vec(), vec![format!("c2,2026/3/3 9:05:00,{MARK}买家,买家,{MARK}，还在吗")]].concat();
    assert_eq!(import(&went_on, &["--again", "--keep-text"])["new"], 1);
    assert_eq!(columns_with(shop.serving.store.place(), MARK).await, BTreeSet::new(), "only when, not what");
    rollups::fold_all(&shop.serving.store, shop.id).await.unwrap();
    assert_eq!(rebuilt(&shop).await.differed, 0);
    let shoppers =
        aside(shop.serving.store.place(), "SELECT DISTINCT customer FROM conversations WHERE erased_at IS NOT NULL");
    assert_eq!(shoppers.await.len(), 1, "they are one shopper still, of whom nothing is known");
    let erasures = aside(shop.serving.store.place(), "SELECT COALESCE(member, 'nobody') FROM erasures").await;
    assert_eq!(erasures, ["nobody"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_erases_by_a_conversation_when_nobody_is_at_the_desk() {
    let shop = staffed().await;
    shop.shopper().writes(MARK).await;
    let id = desk(&shop, "1001").await.conversation_with(MARK).id.to_string();
    let data = shop.directory_of_data();
    let args = ["shop", "erase-shopper", "--data", &data, "--conversation", &id];
    refused(&args, "还没有抹除", "Nothing was erased yet");
    let done = qinda(&[&args[..], &["--yes"]].concat());
    assert!(done.status.success(), "{done:?}");
    assert_eq!(columns_with(shop.serving.store.place(), MARK).await, BTreeSet::new());
    let again = qinda(&[&args[..], &["--yes"]].concat());
    assert!(again.status.success() && String::from_utf8(again.stdout).unwrap().contains("已经抹除"));
    let unknown = new_id(ConversationId::new).to_string();
    refused(
        &["shop", "erase-shopper", "--data", &data, "--conversation", &unknown, "--yes"],
        "没有这位顾客",
        "no such shopper",
    );
    let told: ErasuresAnswer = shop.desk("9001").await.get("/api/erasures").await.json().await.unwrap();
    assert_eq!(told.erasures.iter().map(|it| it.by).collect::<Vec<Option<MemberId>>>(), [None]);
}
