use super::*;
use crate::model::{ArticleFields, ArticleId, QuickReplyFields, QuickReplyId, Roles, ShopId};
use crate::sync::REPLY_EXPIRES_SECONDS;

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
    };
    shopper_wrote(message, open, NOW).unwrap()
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
        seen: conversation.last_position,
        owner_seen: conversation.owner,
        written_at: NOW,
        expires_at: NOW.plus_seconds(REPLY_EXPIRES_SECONDS),
        chosen: None,
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
    assert_eq!(send(reply(&waiting()), facts(taken.clone())), parked(ParkReason::TakenOver { by: other }));
    let known = SendMessage { owner_seen: Some(other), ..reply(&waiting()) };
    assert_eq!(send(known, facts(taken)), Verdict::Applied);

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
    let article = PutArticle { id: ArticleId::of_name("a"), fields: ArticleFields::default(), base: 0 };
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
fn taking_is_compare_and_set() {
    let agent = actor("1001", "agent");
    let other = Some(MemberId::of_name("1002"));
    let take = |owner_seen| Action::TakeConversation(TakeConversation { conversation: waiting().id, owner_seen });
    assert_eq!(verdict(take(None), &agent, facts(waiting())), Verdict::Applied);
    let taken = facts(Conversation { owner: other, ..waiting() });
    assert_eq!(verdict(take(None), &agent, taken.clone()), Verdict::Rejected { code: RejectCode::Conflict });
    assert_eq!(verdict(take(other), &agent, taken), Verdict::Applied);
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
    let put = |base| Action::PutArticle(PutArticle { id: ArticleId::of_name("a"), fields: fields.clone(), base });
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
    let fields = QuickReplyFields { shortcut: "hi".into(), text: "亲，您好".into() };
    let put = |shared, base| {
        Action::PutQuickReply(PutQuickReply { id: QuickReplyId::of_name("q"), fields: fields.clone(), shared, base })
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
