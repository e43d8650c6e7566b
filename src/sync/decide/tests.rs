use super::*;
use crate::model::{
    ArticleFields, ArticleId, DeviceId, EntryId, How, PictureId, QuickReplyFields, QuickReplyId, Roles, ShopId,
};
use crate::sync::{
    ChooseAnswer, JudgeLesson, PutArticle, PutDraft, PutQuickReply, REPLY_EXPIRES_SECONDS, RemoveArticle, Scope,
    TakeConversation, TransferConversation, WhisperTo,
};

mod drafts;
mod owner;

const NOW: Micros = Micros(1_000_000_000);

fn actor(number: &str, roles: &str) -> Actor {
    Actor {
        shop: ShopId::of_name("demo"),
        team: TeamId::of_name("day"),
        member: MemberId::of_name(number),
        roles: Roles::parse(roles),
    }
}

fn shopper_asks(text: &str, open: Option<Conversation>) -> Vec<Change> {
    let message = ShopperMessage {
        id: MessageId::of_name(text),
        text: text.into(),
        customer: CustomerId::of_name("lin"),
        customer_name: "林女士".into(),
        channel: ChannelId::of_name("page"),
        team: TeamId::of_name("day"),
        new_conversation: ConversationId::of_name("c"),
        about: About::default(),
    };
    shopper_wrote(message, open, None, NOW).unwrap()
}

fn conversation_of(changes: &[Change]) -> Conversation {
    changes
        .iter()
        .find_map(|change| match change {
            Change::Conversation(conversation) => Some(conversation.clone()),
            _ => None,
        })
        .expect("the changes put a conversation")
}

fn waiting() -> Conversation {
    conversation_of(&shopper_asks("在吗", None))
}

fn reply(conversation: &Conversation) -> SendMessage {
    SendMessage {
        id: MessageId::of_name("reply"),
        conversation: conversation.id,
        text: "亲，在的".into(),
        picture: None,
        seen: conversation.last_position,
        owner_seen: conversation.owner,
        written_at: NOW,
        expires_at: NOW.plus_seconds(REPLY_EXPIRES_SECONDS),
        chosen: None,
        composed: None,
        reason: String::new(),
        beside_owner: false,
        anyway: false,
    }
}

fn facts(conversation: Conversation) -> Facts {
    Facts { conversation: Some(conversation), ..Facts::default() }
}

fn verdict(action: Action, actor: &Actor, facts: Facts) -> Verdict {
    decide(action, actor, facts, NOW).verdict
}

#[test]
fn the_first_reply_stands_after_the_question_and_owns_the_conversation() {
    let agent = actor("1001", "agent");
    let decision = decide(Action::SendMessage(reply(&waiting())), &agent, facts(waiting()), NOW);
    assert_eq!(decision.verdict, Verdict::Applied);
    let conversation = conversation_of(&decision.changes);
    assert_eq!((conversation.last_position, conversation.owner), (2, Some(agent.member)));
    assert!(matches!(&decision.changes[0], Change::Message(_, m) if m.position == 2 && m.at == NOW));
}

#[test]
fn a_reply_is_held_when_the_conversation_moved_on_and_goes_out_anyway_when_told() {
    let (agent, other) = (actor("1001", "agent"), MemberId::of_name("1002"));
    let send = |args: SendMessage, facts| verdict(Action::SendMessage(args), &agent, facts);
    let parked = |reason| Verdict::Parked { reason };

    let answered = Facts { answered_since: Some((other, NOW)), ..facts(waiting()) };
    assert_eq!(send(reply(&waiting()), answered.clone()), parked(ParkReason::Answered { by: other, at: NOW }));

    let closed = Conversation { state: ConversationState::Closed, ..waiting() };
    assert_eq!(send(reply(&waiting()), facts(closed)), parked(ParkReason::Closed));

    let taken = Conversation { owner: Some(other), ..waiting() };
    assert_eq!(send(reply(&waiting()), facts(taken)), parked(ParkReason::TakenOver { by: other }));

    let late = SendMessage { expires_at: Micros(NOW.0 - 1), ..reply(&waiting()) };
    assert_eq!(send(late, facts(waiting())), parked(ParkReason::Expired));

    let anyway = SendMessage { anyway: true, ..reply(&waiting()) };
    assert_eq!(send(anyway, answered), Verdict::Applied);
}

#[test]
fn a_message_that_stands_already_is_not_sent_again() {
    let known = Facts { message_exists: true, ..facts(waiting()) };
    let decision = decide(Action::SendMessage(reply(&waiting())), &actor("1001", "agent"), known, NOW);
    assert_eq!((decision.verdict, decision.changes), (Verdict::Applied, vec![]));
}

#[test]
fn roles_and_teams_are_asked_every_time() {
    let editor = actor("3001", "editor");
    let rejected = |code| Verdict::Rejected { code };
    assert_eq!(
        verdict(Action::SendMessage(reply(&waiting())), &editor, facts(waiting())),
        rejected(RejectCode::Forbidden)
    );
    let elsewhere = Actor { team: TeamId::of_name("night"), ..actor("1009", "agent") };
    assert_eq!(
        verdict(Action::SendMessage(reply(&waiting())), &elsewhere, facts(waiting())),
        rejected(RejectCode::Gone)
    );
    let article = PutArticle {
        id: ArticleId::of_name("a"),
        fields: ArticleFields::default(),
        base: 0,
        was: None,
        settles: Vec::new(),
    };
    assert_eq!(
        verdict(Action::PutArticle(article), &actor("1001", "agent"), Facts::default()),
        rejected(RejectCode::Forbidden)
    );
}

#[test]
fn unfit_words_are_rejected() {
    let agent = actor("1001", "agent");
    for text in [" \n".to_owned(), "长".repeat(MESSAGE_CHARS_MAX + 1)] {
        let args = SendMessage { text, ..reply(&waiting()) };
        assert_eq!(
            verdict(Action::SendMessage(args), &agent, facts(waiting())),
            Verdict::Rejected { code: RejectCode::Invalid }
        );
    }
}

#[test]
fn closing_waits_for_a_shopper_who_just_wrote() {
    let agent = actor("1001", "agent");
    let close = |seen| Action::CloseConversation(CloseConversation { conversation: waiting().id, seen });
    let wrote = Facts { shopper_wrote_since: true, ..facts(Conversation { last_position: 2, ..waiting() }) };
    assert_eq!(verdict(close(1), &agent, wrote), Verdict::Rejected { code: RejectCode::Conflict });
    let decision = decide(close(1), &agent, facts(waiting()), NOW);
    assert_eq!(conversation_of(&decision.changes).state, ConversationState::Closed);
}

#[test]
fn a_shopper_joins_the_open_conversation_or_begins_one() {
    let second = conversation_of(&shopper_asks("人呢", Some(waiting())));
    assert_eq!((second.id, second.last_position), (waiting().id, 2));
}

#[test]
fn an_article_changes_only_from_the_version_that_was_read() {
    let editor = actor("3001", "editor");
    let fields =
        ArticleFields { title: "几天到".into(), answers: vec!["三天左右".into()], ..ArticleFields::default() };
    let put = |base| {
        Action::PutArticle(PutArticle {
            id: ArticleId::of_name("a"),
            fields: fields.clone(),
            base,
            was: None,
            settles: Vec::new(),
        })
    };
    let decision = decide(put(0), &editor, Facts::default(), NOW);
    let [Change::Article(article)] = &decision.changes[..] else { panic!("one article") };
    assert_eq!(article.version, 1);

    let known = Facts { article: Some(article.clone()), ..Facts::default() };
    assert_eq!(verdict(put(1), &editor, known.clone()), Verdict::Applied);
    assert_eq!(verdict(put(0), &editor, known), Verdict::Rejected { code: RejectCode::Conflict });
}

#[test]
fn a_quick_reply_moves_between_the_member_and_the_shop() {
    let lead = actor("2001", "supervisor");
    let fields = QuickReplyFields { shortcut: "hi".into(), text: "亲，您好".into(), ..Default::default() };
    let put = |shared, base| {
        let id = QuickReplyId::of_name("q");
        Action::PutQuickReply(PutQuickReply {
            id,
            fields: fields.clone(),
            shared,
            team: false,
            base,
            keeps_rest: false,
        })
    };
    let own = decide(put(false, 0), &lead, Facts::default(), NOW);
    let [Change::QuickReply(reply)] = &own.changes[..] else { panic!("one quick reply") };
    assert_eq!(own.changes[0].scope(), Scope::Mailbox(lead.member));

    let known = Facts { quick_reply: Some(reply.clone()), ..Facts::default() };
    let shared = decide(put(true, 1), &lead, known.clone(), NOW);
    let scopes: Vec<Scope> = shared.changes.iter().map(Change::scope).collect();
    assert_eq!(scopes, vec![Scope::Mailbox(lead.member), Scope::Knowledge]);

    let stranger = verdict(put(false, 1), &actor("1001", "agent"), known);
    assert_eq!(stranger, Verdict::Rejected { code: RejectCode::Gone });
}

#[test]
fn a_teams_quick_reply_is_its_editors_to_write_and_a_picture_must_be_there() {
    let fields = QuickReplyFields { shortcut: "t".into(), text: "图".into(), ..Default::default() };
    let id = QuickReplyId::of_name("q");
    let put =
        Action::PutQuickReply(PutQuickReply { id, fields, shared: false, team: true, base: 0, keeps_rest: false });
    let lead = actor("2001", "agent,supervisor");
    let decision = decide(put.clone(), &lead, Facts::default(), NOW);
    assert_eq!(decision.changes[0].scope(), Scope::Inbox(lead.team));
    let forbidden = verdict(put.clone(), &actor("1001", "agent"), Facts::default());
    assert_eq!(forbidden, Verdict::Rejected { code: RejectCode::Forbidden });
    let missing = Facts { picture_missing: true, ..Facts::default() };
    assert_eq!(verdict(put, &lead, missing), Verdict::Rejected { code: RejectCode::Gone });
}

#[test]
fn words_that_the_rules_refuse_stay_and_a_warning_asks_for_a_reason() {
    let agent = actor("1001", "agent");
    let send = |level, reason: &str| {
        let args = SendMessage { reason: reason.into(), ..reply(&waiting()) };
        verdict(Action::SendMessage(args), &agent, Facts { wording: level, ..facts(waiting()) })
    };
    let refused = Verdict::Rejected { code: RejectCode::Wording };
    assert_eq!(send(Some(Level::Hint), ""), Verdict::Applied);
    assert_eq!(send(Some(Level::Warn), " "), refused);
    assert_eq!(send(Some(Level::Warn), "顾客问的原话"), Verdict::Applied);
    assert_eq!(send(Some(Level::Block), "顾客问的原话"), refused);
    let long = "因".repeat(REASON_CHARS_MAX + 1);
    assert_eq!(send(None, &long), Verdict::Rejected { code: RejectCode::Invalid });
}

#[test]
fn an_unfilled_blank_does_not_leave_and_a_picture_needs_no_words() {
    let agent = actor("1001", "agent");
    let send = |text: &str, picture| {
        let args = SendMessage { text: text.into(), picture, ..reply(&waiting()) };
        verdict(Action::SendMessage(args), &agent, facts(waiting()))
    };
    let picture = Some(PictureId::of_bytes(b"picture"));
    assert_eq!(send("单号{快递单号}", None), Verdict::Rejected { code: RejectCode::Unfilled });
    assert_eq!(send("", picture), Verdict::Applied);
    assert_eq!(send(" ", None), Verdict::Rejected { code: RejectCode::Invalid });
}

#[test]
fn a_choice_is_counted_and_learned_and_a_lesson_taken_back_stays_so() {
    let agent = actor("1001", "agent");
    let article = article_named("发货");
    let choose = |text: &str| {
        Action::ChooseAnswer(ChooseAnswer {
            entry: EntryId::Article(article.id),
            text: text.into(),
            how: How::Suggested,
            conversation: None,
        })
    };
    let known = Facts { article: Some(article.clone()), ..Facts::default() };
    let decision = decide(choose("啥时候发"), &agent, known.clone(), NOW);
    let scopes: Vec<Scope> = decision.changes.iter().map(Change::scope).collect();
    assert_eq!(scopes, [Scope::Mailbox(agent.member), Scope::Inbox(agent.team), Scope::Knowledge]);
    let Some(Change::Lesson(lesson)) = decision.changes.last() else { panic!("a lesson") };
    assert_eq!((lesson.times, lesson.text.as_str()), (1, "啥时候发"));

    let editor = actor("3001", "editor");
    let judge = Action::JudgeLesson(JudgeLesson { id: lesson.id, taken_back: true });
    let with_lesson = Facts { lesson: Some(lesson.clone()), ..known.clone() };
    assert_eq!(verdict(judge.clone(), &agent, with_lesson.clone()), Verdict::Rejected { code: RejectCode::Forbidden });
    let judged = decide(judge, &editor, with_lesson, NOW);
    let [Change::Lesson(taken_back)] = &judged.changes[..] else { panic!("one lesson") };
    assert!(taken_back.taken_back);
    let again = decide(choose("啥时候发？"), &agent, Facts { lesson: Some(taken_back.clone()), ..known.clone() }, NOW);
    assert!(matches!(again.changes.last(), Some(Change::Lesson(l)) if l.taken_back && l.times == 2));

    assert_eq!(decide(choose(" ？"), &agent, known, NOW).changes.len(), 2, "nothing was asked");
    assert_eq!(verdict(choose("啥"), &agent, Facts::default()), Verdict::Rejected { code: RejectCode::Gone });
}

#[test]
fn removing_an_article_removes_its_lessons() {
    let editor = actor("3001", "editor");
    let article = article_named("发货");
    let lessons = vec![LessonId::of_name("a"), LessonId::of_name("b")];
    let facts = Facts { article: Some(article.clone()), lessons_of_article: lessons.clone(), ..Facts::default() };
    let decision = decide(Action::RemoveArticle(RemoveArticle { id: article.id, base: 1 }), &editor, facts, NOW);
    let gone = lessons.into_iter().map(Change::LessonGone);
    assert_eq!(decision.changes, std::iter::once(Change::ArticleGone(article.id)).chain(gone).collect::<Vec<_>>());
}

#[test]
fn what_a_conversation_is_about_is_completed_and_emptied_only_on_purpose() {
    let agent = actor("1001", "agent");
    let (order, product) = (Some("A1".into()), Some("茶".into()));
    let known = Conversation { about: About { order, product, ..About::default() }, ..waiting() };
    let about = About { courier: Some("顺风".into()), product: Some(" ".into()), ..About::default() };
    let describe = Action::DescribeConversation(DescribeConversation { conversation: known.id, about });
    let described = conversation_of(&decide(describe.clone(), &agent, facts(known), NOW).changes);
    assert_eq!(described.about.order.as_deref(), Some("A1"));
    assert_eq!(described.about.courier.as_deref(), Some("顺风"));
    assert_eq!(described.about.product, None);
    assert!(decide(describe, &agent, facts(described), NOW).changes.is_empty());
}

fn article_named(title: &str) -> Article {
    Article {
        id: ArticleId::of_name(title),
        fields: ArticleFields { title: title.into(), answers: vec!["好的".into()], ..ArticleFields::default() },
        version: 1,
        changed_by: None,
        changed_at: NOW,
        copies: Vec::new(),
    }
}

#[test]
fn an_erased_conversation_takes_nothing_more_and_teaches_nothing() {
    let agent = actor("1001", "agent,supervisor");
    let erased = erased_conversation(waiting(), CustomerId::of_name("nobody"), NOW);
    let known = || Facts { conversation: Some(erased.clone()), ..Facts::default() };
    let refused = Verdict::Rejected { code: RejectCode::Erased };

    let reply = SendMessage { anyway: true, ..reply(&erased) };
    assert_eq!(verdict(Action::SendMessage(reply.clone()), &agent, known()), refused);
    let arrived = Facts { message_exists: true, ..known() };
    assert_eq!(verdict(Action::SendMessage(reply), &agent, arrived), Verdict::Applied, "it stood there before");
    let conversation = erased.id;
    let take = Action::TakeConversation(TakeConversation { conversation, owner_seen: None });
    assert_eq!(verdict(take, &agent, known()), refused);
    let about = About { order: Some("A1".into()), ..About::default() };
    let describe = Action::DescribeConversation(DescribeConversation { conversation, about });
    assert_eq!(verdict(describe, &agent, known()), refused);
    let words = "先道歉".to_owned();
    let whisper = Action::WhisperTo(WhisperTo { conversation, words, heard: None });
    assert_eq!(verdict(whisper, &agent, known()), refused);
    let (to, note) = (MemberId::of_name("1002"), "急".to_owned());
    let transfer = Action::TransferConversation(TransferConversation { conversation, to, note, owner_seen: None });
    assert_eq!(verdict(transfer, &agent, Facts { receiver_team: Some(erased.team), ..known() }), refused);

    // It is closed already, and nobody's words are kept for it.
    let close = decide(Action::CloseConversation(CloseConversation { conversation, seen: 0 }), &agent, known(), NOW);
    assert_eq!((close.verdict, close.changes), (Verdict::Applied, vec![]));
    let device = DeviceId::of_name("phone");
    let draft = PutDraft { conversation, text: "亲".into(), device, over: None, written_at: NOW };
    let draft = decide(Action::PutDraft(draft), &agent, known(), NOW);
    assert_eq!((draft.verdict, draft.changes), (Verdict::Applied, vec![]));

    let article = article_named("发货");
    let (entry, text) = (EntryId::Article(article.id), "啥时候发".to_owned());
    let choice = ChooseAnswer { entry, text, how: How::Suggested, conversation: Some(conversation) };
    let chosen = decide(Action::ChooseAnswer(choice), &agent, Facts { article: Some(article), ..known() }, NOW);
    assert_eq!(chosen.verdict, Verdict::Applied);
    assert!(!chosen.changes.iter().any(|change| matches!(change, Change::Lesson(_))), "{:?}", chosen.changes);
}
