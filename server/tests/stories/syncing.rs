//! Commands go up, changes and verdicts come down: each command once, nothing lost, nobody else's seen.

use std::collections::BTreeSet;

use qinda::model::{
    ArticleFields, ArticleId, Author, ConversationState, DeviceId, MESSAGE_CHARS_MAX, MessageId, QuickReplyFields,
    QuickReplyId, Role,
};
use qinda::sync::{
    Action, CloseConversation, Command, Cursor, PULL_ROWS_MAX, PUSH_COMMANDS_MAX, PutArticle, PutQuickReply,
    RemoveArticle, Scope, SendMessage, TakeConversation,
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Desk, TestShop, add_member, add_shop, new_id, refusal};

async fn staffed() -> TestShop {
    TestShop::open().await.with_member("1001", "agent").await.with_member("1002", "agent").await
}

/// A desk that has a shopper's question on its screen.
async fn desk_with_question(shop: &TestShop, number: &str, question: &str) -> Desk {
    shop.shopper().writes(question).await;
    let mut desk = shop.desk(number).await;
    desk.pull().await;
    desk
}

fn send(args: SendMessage) -> Action {
    Action::SendMessage(args)
}

fn article(id: ArticleId, title: &str, base: u32) -> Action {
    let fields = ArticleFields { title: title.into(), answers: vec!["三天".into()], ..Default::default() };
    Action::PutArticle(PutArticle { id, fields, base, was: None, settles: Vec::new() })
}

async fn refused(desk: &Desk, commands: &[Command]) -> Value {
    let response = desk.push_raw(commands).await;
    assert_eq!(response.status(), StatusCode::CONFLICT);
    response.json().await.unwrap()
}

#[tokio::test]
async fn a_question_arrives_is_answered_and_reaches_the_colleague() {
    let shop = staffed().await;
    let mut desk = desk_with_question(&shop, "1001", "什么时候发货").await;
    let asked = desk.conversation_with("什么时候发货");
    assert_eq!((asked.state, asked.owner, asked.last_position), (ConversationState::Open, None, 1));

    let reply = send(desk.reply(&asked, "亲，今天发"));
    assert_eq!(desk.give(&reply).await, json!({ "verdict": "applied" }));
    assert_eq!(desk.words(asked.id), ["什么时候发货", "亲，今天发"]);

    let mut colleague = shop.desk("1002").await;
    colleague.pull().await;
    assert_eq!(colleague.thread(asked.id), desk.thread(asked.id));
    let answered = colleague.conversation_with("亲，今天发");
    assert_eq!((answered.owner, answered.last_position), (Some(desk.member()), 2));
    let thread = colleague.thread(asked.id);
    assert!(thread[0].at < thread[1].at && thread[1].author == Author::Member(desk.member()));
}

#[tokio::test]
async fn a_reply_sent_again_is_one_reply_even_when_both_are_on_the_way() {
    let shop = staffed().await;
    let mut desk = desk_with_question(&shop, "1001", "在吗").await;
    let asked = desk.conversation_with("在吗");
    let command = {
        let reply = send(desk.reply(&asked, "在的"));
        desk.command(&reply)
    };
    let again = [command.clone()];
    let tries = futures::future::join_all((0..5).map(|_| desk.push(&again))).await;
    assert_eq!(tries, [1; 5]);
    desk.pull().await;
    assert_eq!(desk.words(asked.id), ["在吗", "在的"]);
    assert_eq!(desk.verdicts.len(), 1);
}

#[tokio::test]
async fn a_device_that_lost_its_count_does_not_say_things_twice() {
    let shop = staffed().await;
    let mut desk = desk_with_question(&shop, "1001", "在吗").await;
    let asked = desk.conversation_with("在吗");
    let reply = send(desk.reply(&asked, "在的"));
    desk.give(&reply).await;
    desk.epoch = new_id(qinda::model::EpochId::new);
    desk.forget_everything();
    let command = Command::new(1, &reply);
    assert_eq!(desk.push(&[command]).await, 1);
    desk.pull().await;
    assert_eq!(desk.words(asked.id), ["在吗", "在的"]);
    assert_eq!(desk.verdict(1), json!({ "verdict": "applied" }));
}

#[tokio::test]
async fn a_command_that_arrived_before_its_device_numbered_anew_is_known_again() {
    let shop = TestShop::open().await.with_member("3001", "editor").await;
    let mut desk = shop.desk("3001").await;
    let id = new_id(ArticleId::new);
    let first = desk.command(&article(id, "几天到", 0));
    let second = desk.command(&article(id, "几天能到", 1));
    desk.push(std::slice::from_ref(&first)).await;

    // The answer was lost, and the device began a new epoch with both.
    let (left, fresh) = (desk.epoch, new_id(qinda::model::EpochId::new));
    desk.epoch = fresh;
    let renumbered = [first.renumbered(left, 1), second.renumbered(left, 2)];
    assert_eq!(desk.push(&renumbered).await, 2);
    desk.pull().await;
    assert_eq!([1, 2].map(|n| desk.verdict(n)), [json!({ "verdict": "applied" }), json!({ "verdict": "applied" })]);
    assert_eq!(desk.state.articles[&id].version, 2, "each of them once");

    // A tab that has not heard of the new epoch sends the second under its old number.
    desk.epoch = left;
    assert_eq!(desk.push(&[first, second]).await, 2);
    desk.pull().await;
    assert_eq!(desk.state.articles[&id].version, 2);
}

#[tokio::test]
async fn a_number_used_again_a_gap_and_damage_are_told_and_nothing_is_taken() {
    let shop = staffed().await;
    let mut desk = desk_with_question(&shop, "1001", "在吗").await;
    let asked = desk.conversation_with("在吗");
    let first = send(desk.reply(&asked, "在的"));
    desk.give(&first).await;

    let other = send(desk.reply(&asked, "不在"));
    let reused = refused(&desk, &[Command::new(1, &other)]).await;
    assert_eq!((&reused["error"], &reused["through"]), (&json!("reused"), &json!(1)));

    for numbers in [vec![3], vec![2, 4], vec![2, 2], vec![0]] {
        let commands: Vec<Command> = numbers.iter().map(|n| Command::new(*n, &other)).collect();
        let gap = refused(&desk, &commands).await;
        assert_eq!((&gap["error"], &gap["through"]), (&json!("gap"), &json!(1)), "{numbers:?}");
    }

    let mut damaged = Command::new(3, &other);
    damaged.args = serde_json::value::to_raw_value(&json!({})).unwrap();
    let answer = refused(&desk, &[Command::new(2, &other), damaged]).await;
    assert_eq!((&answer["error"], &answer["through"]), (&json!("damaged"), &json!(1)));

    desk.pull().await;
    assert_eq!(desk.words(asked.id), ["在吗", "在的"]);
}

#[tokio::test]
async fn an_overlap_of_old_and_new_commands_takes_the_new_ones() {
    let shop = staffed().await;
    let mut desk = desk_with_question(&shop, "1001", "在吗").await;
    let asked = desk.conversation_with("在吗");
    let mut commands = Vec::new();
    for words in ["一", "二", "三"] {
        let reply = send(desk.reply(&asked, words));
        commands.push(desk.command(&reply));
    }
    assert_eq!(desk.push(&commands[..2]).await, 2);
    assert_eq!(desk.push(&commands).await, 3);
    assert_eq!(desk.push(&[]).await, 3);
    desk.pull().await;
    assert_eq!(desk.words(asked.id), ["在吗", "一", "二", "三"]);
}

#[tokio::test]
async fn a_reply_is_held_when_a_colleague_answered_first() {
    let shop = staffed().await;
    let mut desk = desk_with_question(&shop, "1001", "几天到").await;
    let mut colleague = shop.desk("1002").await;
    colleague.pull().await;
    let asked = desk.conversation_with("几天到");
    let first = send(colleague.reply(&asked, "三天左右"));
    colleague.give(&first).await;

    let late = desk.reply(&asked, "两天左右");
    let verdict = desk.give(&send(late.clone())).await;
    assert_eq!((&verdict["verdict"], &verdict["reason"]["what"]), (&json!("parked"), &json!("answered")));
    assert_eq!(verdict["reason"]["by"], json!(colleague.member()));
    assert_eq!(desk.words(asked.id), ["几天到", "三天左右"]);

    let anyway = SendMessage { anyway: true, ..late };
    assert_eq!(desk.give(&send(anyway)).await, json!({ "verdict": "applied" }));
    assert_eq!(desk.words(asked.id), ["几天到", "三天左右", "两天左右"]);
}

#[tokio::test]
async fn ones_own_queue_is_not_held_but_ones_other_device_is() {
    let shop = staffed().await;
    let mut phone = desk_with_question(&shop, "1001", "几天到").await;
    let mut laptop = shop.desk("1001").await;
    laptop.pull().await;
    let asked = phone.conversation_with("几天到");
    let written_offline = ["稍等", "我查查", "三天左右"].map(|words| send(phone.reply(&asked, words)));
    let commands: Vec<Command> = written_offline.iter().map(|action| phone.command(action)).collect();
    phone.push(&commands).await;
    phone.pull().await;
    assert_eq!(phone.words(asked.id), ["几天到", "稍等", "我查查", "三天左右"]);

    let late = send(laptop.reply(&asked, "马上查"));
    let verdict = laptop.give(&late).await;
    assert_eq!(verdict["reason"]["what"], json!("answered"));
}

#[tokio::test]
async fn taking_and_closing_are_compare_and_set() {
    let shop = staffed().await;
    let mut desk = desk_with_question(&shop, "1001", "在吗").await;
    let mut colleague = shop.desk("1002").await;
    colleague.pull().await;
    let asked = desk.conversation_with("在吗");
    let take = Action::TakeConversation(TakeConversation { conversation: asked.id, owner_seen: None });
    assert_eq!(desk.give(&take).await["verdict"], json!("applied"));
    assert_eq!(colleague.give(&take).await, json!({ "verdict": "rejected", "code": "conflict" }));

    shop.shopper().writes("另一位").await;
    let close = |seen| Action::CloseConversation(CloseConversation { conversation: asked.id, seen });
    assert_eq!(desk.give(&close(0)).await["code"], json!("conflict"), "the question was not seen");
    assert_eq!(desk.give(&close(1)).await["verdict"], json!("applied"));
    assert_eq!(desk.state.conversations[&asked.id].state, ConversationState::Closed);
}

#[tokio::test]
async fn a_shopper_who_writes_after_closing_begins_a_new_conversation() {
    let shop = staffed().await;
    let shopper = shop.shopper();
    shopper.writes("第一次").await;
    let mut desk = shop.desk("1001").await;
    desk.pull().await;
    let first = desk.conversation_with("第一次");
    desk.give(&Action::CloseConversation(CloseConversation { conversation: first.id, seen: 1 })).await;
    shopper.writes("第二次").await;
    desk.pull().await;
    let second = desk.conversation_with("第二次");
    assert_ne!(first.id, second.id);
    assert_eq!((second.customer, second.last_position), (first.customer, 1));
}

#[tokio::test]
async fn the_same_message_of_a_shopper_many_times_at_once_is_stored_once() {
    let shop = staffed().await;
    let shopper = shop.shopper();
    shopper.writes("你好").await;
    let id = new_id(MessageId::new);
    let tries = futures::future::join_all((0..10).map(|_| shopper.sends(id, "在吗"))).await;
    assert_eq!(tries, [StatusCode::OK; 10]);
    let mut desk = shop.desk("1001").await;
    desk.pull().await;
    assert_eq!(desk.words(desk.conversation_with("你好").id), ["你好", "在吗"]);
    assert_eq!(shop.shopper().sends(id, "抢号").await, StatusCode::CONFLICT, "somebody else's id");
}

#[tokio::test]
async fn another_teams_and_another_shops_conversations_do_not_exist() {
    let shop = staffed().await.with_member_of("night", "1003", "agent").await;
    let silk = add_shop(&shop.serving.store, "silk").await;
    add_member(&shop.serving.store, silk, "1001", "agent,editor,admin", "day").await;
    let mut desk = desk_with_question(&shop, "1001", "在吗").await;
    let asked = desk.conversation_with("在吗");
    let mut editor_of_tea = TestEditor::new(&shop).await;
    let article_id = editor_of_tea.article("几天到").await;

    let mut night = shop.desk("1003").await;
    let mut stranger = Desk::sign_in(shop.url(""), "silk", "1001").await;
    for desk in [&mut night, &mut stranger] {
        desk.pull().await;
        assert_eq!((desk.state.conversations.len(), desk.state.threads.len()), (0, 0));
        let reply = send(desk.reply(&asked, "偷看"));
        assert_eq!(desk.give(&reply).await, json!({ "verdict": "rejected", "code": "gone" }));
    }
    assert!(stranger.state.articles.is_empty());
    let put = article(article_id, "别家的", 0);
    assert_eq!(stranger.give(&put).await["verdict"], json!("applied"), "in silk that id is free");
    desk.pull().await;
    assert_eq!(desk.state.articles[&article_id].fields.title, "几天到");
    assert_eq!(desk.words(asked.id), ["在吗"]);
}

/// Somebody who writes articles.
struct TestEditor(Desk);

impl TestEditor {
    async fn new(shop: &TestShop) -> Self {
        add_member(&shop.serving.store, shop.id, "3001", "editor", "day").await;
        Self(shop.desk("3001").await)
    }

    async fn article(&mut self, title: &str) -> ArticleId {
        let id = new_id(ArticleId::new);
        assert_eq!(self.0.give(&article(id, title, 0)).await["verdict"], json!("applied"));
        id
    }
}

#[tokio::test]
async fn roles_are_asked_by_the_database_at_every_command() {
    let shop = staffed().await;
    let mut desk = desk_with_question(&shop, "1001", "在吗").await;
    assert_eq!(desk.give(&article(new_id(ArticleId::new), "几天到", 0)).await["code"], json!("forbidden"));

    let mut editor = TestEditor::new(&shop).await.0;
    let page = editor.pull_page().await;
    assert_eq!(page.actor.roles.as_slice(), [Role::Editor]);
    let scopes: BTreeSet<Scope> = page.scopes.iter().map(|page| page.scope).collect();
    assert_eq!(scopes, BTreeSet::from([Scope::Knowledge, Scope::Mailbox(editor.member())]));
    let asked = desk.conversation_with("在吗");
    let reply = send(editor.reply(&asked, "我来"));
    assert_eq!(editor.give(&reply).await["code"], json!("forbidden"));
}

#[tokio::test]
async fn articles_are_kept_changed_from_the_version_that_was_read_and_removed() {
    let shop = staffed().await;
    let mut editor = TestEditor::new(&shop).await;
    let id = editor.article("几天到").await;
    let mut desk = shop.desk("1001").await;
    desk.pull().await;
    assert_eq!(desk.state.articles[&id].version, 1);

    let editor = &mut editor.0;
    assert_eq!(editor.give(&article(id, "几天能到", 1)).await["verdict"], json!("applied"));
    assert_eq!(editor.give(&article(id, "多久到", 1)).await["code"], json!("conflict"));
    desk.pull().await;
    assert_eq!(desk.state.articles[&id].fields.title, "几天能到");

    assert_eq!(editor.give(&Action::RemoveArticle(RemoveArticle { id, base: 2 })).await["verdict"], json!("applied"));
    desk.pull().await;
    assert!(desk.state.articles.is_empty());
}

#[tokio::test]
async fn a_quick_reply_moves_from_its_keeper_to_the_shop() {
    let shop = staffed().await.with_member("2001", "supervisor").await;
    let (mut lead, mut desk) = (shop.desk("2001").await, shop.desk("1001").await);
    let id = new_id(QuickReplyId::new);
    let put = |shared, base| {
        let fields = QuickReplyFields { shortcut: "hi".into(), text: "亲，您好".into(), ..Default::default() };
        Action::PutQuickReply(PutQuickReply { id, fields, shared, team: false, base, keeps_rest: false })
    };
    lead.give(&put(false, 0)).await;
    desk.pull().await;
    assert!(desk.state.quick_replies.is_empty(), "it is the supervisor's own");

    assert_eq!(lead.give(&put(true, 1)).await["verdict"], json!("applied"));
    desk.pull().await;
    assert_eq!(desk.state.quick_replies[&id].owner, None);
    assert_eq!(lead.state.quick_replies, desk.state.quick_replies);

    lead.forget_everything();
    lead.pull().await;
    assert_eq!(lead.state.quick_replies, desk.state.quick_replies, "a fresh device ends the same");
}

#[tokio::test]
async fn words_have_a_limit_and_markup_stays_words() {
    let shop = staffed().await;
    let mut desk = desk_with_question(&shop, "1001", "<script>alert(1)</script>👩‍👩‍👧").await;
    let asked = desk.conversation_with("<script>alert(1)</script>👩‍👩‍👧");

    let longest = "长".repeat(MESSAGE_CHARS_MAX);
    let fits = send(desk.reply(&asked, &longest));
    assert_eq!(desk.give(&fits).await["verdict"], json!("applied"));
    assert_eq!(desk.words(asked.id)[1], longest);

    let too_long = send(desk.reply(&asked, &"长".repeat(MESSAGE_CHARS_MAX + 1)));
    assert_eq!(desk.give(&too_long).await, json!({ "verdict": "rejected", "code": "invalid" }));
    let empty = send(desk.reply(&asked, " \n\u{0}"));
    assert_eq!(desk.give(&empty).await, json!({ "verdict": "rejected", "code": "invalid" }));
}

#[tokio::test]
async fn a_command_of_a_newer_desk_gets_a_verdict_and_blocks_nothing() {
    let shop = staffed().await;
    let mut desk = desk_with_question(&shop, "1001", "在吗").await;
    let asked = desk.conversation_with("在吗");
    let newer = |n, kind: &str, version: u16, args: Value| {
        let args = args.to_string();
        let hash = hash_of(kind, version, &args);
        serde_json::from_value::<Command>(json!({
            "n": n, "kind": kind, "version": version, "args": serde_json::from_str::<Value>(&args).unwrap(), "hash": hash,
        }))
        .unwrap()
    };
    let reply = send(desk.reply(&asked, "在的"));
    let commands = [
        newer(1, "ticket.open", 1, json!({})),
        newer(2, "message.send", 9, json!({})),
        newer(3, "message.send", 1, json!({})),
        Command::new(4, &reply),
    ];
    assert_eq!(desk.push(&commands).await, 4);
    desk.pull().await;
    let codes: Vec<Value> = (1..=3).map(|n| desk.verdict(n)["code"].clone()).collect();
    assert_eq!(codes, [json!("unknown"), json!("unknown"), json!("invalid")]);
    assert_eq!(desk.verdict(4)["verdict"], json!("applied"));
}

/// A command's hash, written down here a second time: devices of other makes reckon it too.
fn hash_of(kind: &str, version: u16, args: &str) -> String {
    use sha2::{Digest, Sha256};
    let text = format!("{kind}\0{version}\0{args}\0");
    Sha256::digest(text.as_bytes())[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn effects_and_verdicts_come_in_one_pull_and_never_the_verdict_first() {
    let shop = staffed().await;
    let mut editor = TestEditor::new(&shop).await.0;
    let articles = PULL_ROWS_MAX + 100;
    let mut commands = Vec::new();
    for number in 0..articles {
        commands.push(editor.command(&article(new_id(ArticleId::new), &format!("第 {number} 问"), 0)));
    }
    for piece in commands.chunks(PUSH_COMMANDS_MAX) {
        editor.push(piece).await;
    }
    let last = articles as u64;

    let first = editor.pull_page().await;
    assert!(first.more && first.verdicts.is_empty() && first.through == 0, "effects are not complete yet");
    assert_eq!(first.scopes.iter().map(|page| page.rows.len()).sum::<usize>(), PULL_ROWS_MAX);
    editor.absorb(first);
    let effects_before_verdicts = editor.state.articles.len();
    assert!(effects_before_verdicts < articles);

    editor.pull().await;
    assert_eq!((editor.state.articles.len(), editor.through), (articles, last));
    assert_eq!(editor.verdicts.iter().map(|row| row.n).collect::<Vec<_>>(), (1..=last).collect::<Vec<_>>());
}

#[tokio::test]
async fn pages_in_pieces_end_like_a_fresh_device() {
    let shop = staffed().await;
    let shopper = shop.shopper();
    let mut followed = shop.desk("1001").await;
    for number in 0..30 {
        shopper.writes(&format!("第 {number} 句")).await;
        if number % 7 == 0 {
            followed.pull().await;
        }
        if number == 15 {
            let asked = followed.conversation_with("第 14 句");
            let close = CloseConversation { conversation: asked.id, seen: u32::MAX };
            followed.give(&Action::CloseConversation(close)).await;
        }
    }
    followed.pull().await;
    let mut fresh = shop.desk("1002").await;
    fresh.pull().await;
    assert_eq!(followed.state, fresh.state);
    assert_eq!(fresh.state.conversations.len(), 2);
}

/// A cursor that no device can have come by, made of a right one.
type Wrong = fn(Cursor) -> Cursor;
const BEYOND: Wrong = |standing| Cursor { seq: standing.seq + 1, ..standing };
const FAR_BEYOND: Wrong = |standing| Cursor { seq: u64::MAX, ..standing };
const RENUMBERED: Wrong = |standing| Cursor { generation: standing.generation + 1, ..standing };

#[tokio::test]
async fn a_cursor_of_another_numbering_or_beyond_the_head_begins_anew() {
    let shop = staffed().await;
    let mut desk = desk_with_question(&shop, "1001", "在吗").await;
    let (inbox, whole) = (desk.inbox(), desk.state.clone());
    let quiet = desk.pull_page().await;
    assert!(quiet.scopes.iter().all(|page| page.rows.is_empty() && !page.reset));

    // Whoever is beyond the head shows that the server was set back: once an hour every scope is numbered anew for that.
    let every = Scope::of(&desk.signed_in.actor);
    let steps: [(Wrong, &[Scope]); 4] =
        [(BEYOND, &every), (RENUMBERED, &[inbox]), (FAR_BEYOND, &[inbox]), (BEYOND, &[inbox])];
    for (wrong, expected) in steps {
        let standing = desk.cursors[&inbox];
        desk.cursors.insert(inbox, wrong(standing));
        let page = desk.pull_page().await;
        let reset: BTreeSet<Scope> = page.scopes.iter().filter(|page| page.reset).map(|page| page.scope).collect();
        assert_eq!(reset, expected.iter().copied().collect());
        desk.absorb(page);
        assert_eq!((&desk.state, desk.cursors[&inbox].seq), (&whole, standing.seq));
    }
}

#[tokio::test]
async fn fifty_who_write_at_once_leave_no_gap_that_a_reader_could_fall_into() {
    const WRITERS: usize = 50;
    const MESSAGES: usize = 4;
    let shop = staffed().await;
    let mut reader = shop.desk("1001").await;
    let inbox = reader.inbox();
    let writers = (0..WRITERS).map(|writer| {
        let shopper = shop.shopper();
        async move {
            for number in 0..MESSAGES {
                shopper.writes(&format!("{writer}-{number}")).await;
            }
        }
    });
    let mut writing = Box::pin(futures::future::join_all(writers));
    let (mut finished, mut seen) = (false, 0);
    while !finished {
        finished = futures::poll!(&mut writing).is_ready();
        reader.pull().await;
        let cursor = reader.cursors[&inbox].seq;
        assert!(cursor >= seen, "a head never goes back");
        seen = cursor;
    }
    reader.pull().await;
    assert_eq!(reader.state.threads.values().map(|thread| thread.len()).sum::<usize>(), WRITERS * MESSAGES);
    assert_eq!(reader.state.conversations.len(), WRITERS);

    let mut fresh = shop.desk("1002").await;
    let page = fresh.pull_page().await;
    let rows = &page.scopes.iter().find(|page| page.scope == inbox).unwrap().rows;
    assert!(rows.windows(2).all(|pair| pair[0].seq < pair[1].seq));
    fresh.absorb(page);
    assert_eq!(fresh.state, reader.state);
}

#[tokio::test]
async fn a_device_is_its_first_members() {
    let shop = staffed().await;
    let mut desk = desk_with_question(&shop, "1001", "在吗").await;
    let asked = desk.conversation_with("在吗");
    let reply = send(desk.reply(&asked, "在的"));
    desk.give(&reply).await;

    let mut colleague = shop.desk("1002").await;
    colleague.device = desk.device;
    let command = colleague.command(&reply);
    let taken = (StatusCode::FORBIDDEN, "device_taken".to_owned());
    assert_eq!(refusal(colleague.push_raw(&[command]).await).await, taken);
    let pull = json!({ "protocol": 1, "device": desk.device, "epoch": desk.epoch, "cursors": {}, "verdicts_after": 0 });
    let answer = colleague.client.post(shop.url("/sync/pull")).json(&pull).send().await.unwrap();
    assert_eq!(refusal(answer).await, taken);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_in_words() {
    let shop = staffed().await;
    let desk = shop.desk("1001").await;
    let post = async |path: &str, body: String| {
        let request = desk.client.post(shop.url(path)).header("content-type", "application/json").body(body);
        refusal(request.send().await.unwrap()).await
    };
    for path in ["/sync/push", "/sync/pull"] {
        assert_eq!(post(path, "{".into()).await, (StatusCode::BAD_REQUEST, "malformed".into()));
        assert_eq!(post(path, "x".repeat(3 << 20)).await, (StatusCode::PAYLOAD_TOO_LARGE, "too_large".into()));
    }
    let (device, epoch) = (new_id(DeviceId::new), desk.epoch);
    let other = json!({ "protocol": 99, "device": device, "epoch": epoch, "commands": [] }).to_string();
    assert_eq!(post("/sync/push", other).await, (StatusCode::CONFLICT, "other_protocol".into()));
    let close = CloseConversation { conversation: new_id(qinda::model::ConversationId::new), seen: 0 };
    let close = Action::CloseConversation(close);
    let many: Vec<Command> = (1..=PUSH_COMMANDS_MAX as u64 + 1).map(|n| Command::new(n, &close)).collect();
    assert_eq!(refusal(desk.push_raw(&many).await).await, (StatusCode::PAYLOAD_TOO_LARGE, "too_large".into()));
}

#[tokio::test]
async fn two_hundred_messages_in_one_push_keep_their_order() {
    let shop = staffed().await;
    let mut desk = desk_with_question(&shop, "1001", "在吗").await;
    let asked = desk.conversation_with("在吗");
    let words: Vec<String> = (1..=PUSH_COMMANDS_MAX).map(|number| format!("第 {number} 条")).collect();
    let mut commands = Vec::new();
    for text in &words {
        let reply = send(desk.reply(&asked, text));
        commands.push(desk.command(&reply));
    }
    assert_eq!(desk.push(&commands).await, PUSH_COMMANDS_MAX as u64);
    desk.pull().await;
    assert_eq!(desk.words(asked.id)[1..], words);
    let thread = desk.thread(asked.id);
    assert!(thread.windows(2).all(|pair| pair[0].at < pair[1].at && pair[0].position + 1 == pair[1].position));
}

#[tokio::test]
async fn a_server_clock_set_back_turns_no_conversation_around() {
    let shop = TestShop::open_at_ten().await.with_member("1001", "agent").await;
    let mut desk = desk_with_question(&shop, "1001", "在吗").await;
    let asked = desk.conversation_with("在吗");
    let shop = shop.restarted().await;
    desk.origin = shop.url("");
    shop.later(-3600);
    let reply = send(desk.reply(&asked, "在的"));
    desk.give(&reply).await;
    let thread = desk.thread(asked.id);
    assert_eq!(thread.len(), 2);
    assert!(thread[0].at < thread[1].at);
}
