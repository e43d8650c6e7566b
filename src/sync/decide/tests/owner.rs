use super::*;
use crate::model::{Handover, NOTE_CHARS_MAX, Whisper};
use crate::sync::{KNOWS_SHOPPER_SECONDS, TakeConversation, TransferConversation, WhisperTo, knows_shopper};

fn member(number: &str) -> MemberId {
    MemberId::of_name(number)
}

fn transfer(owner_seen: Option<MemberId>, note: &str) -> Action {
    let (conversation, to, note) = (waiting().id, member("1002"), note.into());
    Action::TransferConversation(TransferConversation { conversation, to, note, owner_seen })
}

/// The conversation and a receiver who may answer in its team.
fn with_receiver(conversation: Conversation) -> Facts {
    Facts { receiver_team: Some(conversation.team), ..facts(conversation) }
}

fn rejected(code: RejectCode) -> Verdict {
    Verdict::Rejected { code }
}

fn handed_over() -> Conversation {
    let agent = actor("1001", "agent");
    let decision = decide(transfer(None, " 要发票 "), &agent, with_receiver(waiting()), NOW);
    assert_eq!(decision.verdict, Verdict::Applied);
    conversation_of(&decision.changes)
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
fn a_transfer_is_compare_and_set_and_brings_its_note() {
    let agent = actor("1001", "agent");
    let given = handed_over();
    assert_eq!((given.owner, given.version), (Some(member("1002")), waiting().version + 1));
    let note = Handover { by: agent.member, to: member("1002"), note: "要发票".into(), at: NOW };
    assert_eq!(given.handover, Some(note));

    let again = decide(transfer(None, "要发票"), &agent, with_receiver(given.clone()), NOW);
    assert_eq!((again.verdict, again.changes), (Verdict::Applied, vec![]), "it stands already");
    let taken = Conversation { owner: Some(member("1003")), ..waiting() };
    assert_eq!(verdict(transfer(None, ""), &agent, with_receiver(taken)), rejected(RejectCode::Conflict));
    let closed = Conversation { state: ConversationState::Closed, ..waiting() };
    assert_eq!(verdict(transfer(None, ""), &agent, with_receiver(closed)), rejected(RejectCode::Conflict));
}

#[test]
fn only_who_may_answer_in_the_team_receives_a_conversation() {
    let agent = actor("1001", "agent");
    let elsewhere = Facts { receiver_team: Some(TeamId::of_name("night")), ..facts(waiting()) };
    for unfit in [facts(waiting()), elsewhere] {
        assert_eq!(verdict(transfer(None, ""), &agent, unfit), rejected(RejectCode::Invalid));
    }
    let oneself = actor("1002", "agent");
    assert_eq!(verdict(transfer(None, ""), &oneself, with_receiver(waiting())), rejected(RejectCode::Invalid));
    let long = "长".repeat(NOTE_CHARS_MAX + 1);
    assert_eq!(verdict(transfer(None, &long), &agent, with_receiver(waiting())), rejected(RejectCode::Invalid));
    assert_eq!(verdict(transfer(None, ""), &agent, with_receiver(waiting())), Verdict::Applied, "a note is no duty");
    let editor = actor("3001", "editor");
    assert_eq!(verdict(transfer(None, ""), &editor, with_receiver(waiting())), rejected(RejectCode::Forbidden));
}

#[test]
fn a_handover_is_told_until_its_receiver_answers_or_somebody_takes_or_closes() {
    let after = |action, actor: &Actor| {
        let facts = Facts { receiver_team: Some(actor.team), ..facts(handed_over()) };
        conversation_of(&decide(action, actor, facts, NOW).changes).handover
    };
    let (giver, receiver) = (actor("1001", "agent"), actor("1002", "agent"));
    let anyway = SendMessage { anyway: true, ..reply(&handed_over()) };
    assert_eq!(after(Action::SendMessage(anyway), &giver), handed_over().handover);
    assert_eq!(after(Action::SendMessage(reply(&handed_over())), &receiver), None);
    let take = TakeConversation { conversation: waiting().id, owner_seen: handed_over().owner };
    assert_eq!(after(Action::TakeConversation(take), &giver), None);
    let close = CloseConversation { conversation: waiting().id, seen: 1 };
    assert_eq!(after(Action::CloseConversation(close), &receiver), None);
}

#[test]
fn only_the_owners_reply_goes_out_at_once() {
    let (agent, owner) = (actor("1001", "agent"), member("1002"));
    let owned = Conversation { owner: Some(owner), ..waiting() };
    let send = |args: SendMessage, facts| verdict(Action::SendMessage(args), &agent, facts);
    let parked = |by| Verdict::Parked { reason: ParkReason::TakenOver { by } };
    // A desk of the first version knows the owner and asks nobody; its reply waits for a second word.
    assert_eq!(send(reply(&owned), facts(owned.clone())), parked(owner));
    assert_eq!(send(SendMessage { anyway: true, ..reply(&owned) }, facts(owned.clone())), Verdict::Applied);

    let beside = SendMessage { beside_owner: true, ..reply(&owned) };
    assert_eq!(send(beside.clone(), facts(owned.clone())), Verdict::Applied);
    let passed_on = Conversation { owner: Some(member("1003")), ..waiting() };
    assert_eq!(send(beside.clone(), facts(passed_on)), parked(member("1003")), "it was asked about another");
    let answered = Facts { answered_since: Some((owner, NOW)), ..facts(owned.clone()) };
    let reason = ParkReason::Answered { by: owner, at: NOW };
    assert_eq!(send(beside, answered), Verdict::Parked { reason }, "an unseen answer still holds it");

    let own = actor("1002", "agent");
    assert_eq!(verdict(Action::SendMessage(reply(&owned)), &own, facts(owned)), Verdict::Applied);
}

#[test]
fn a_shopper_who_comes_back_belongs_to_the_agent_who_knows_them() {
    let message = |name: &str| ShopperMessage {
        id: MessageId::of_name(name),
        text: name.into(),
        customer: CustomerId::of_name("lin"),
        customer_name: "林女士".into(),
        channel: ChannelId::of_name("page"),
        team: TeamId::of_name("day"),
        new_conversation: ConversationId::of_name("second"),
        about: About::default(),
    };
    let knows = Some(member("1002"));
    let begun = conversation_of(&shopper_wrote(message("又来了"), None, knows, NOW).unwrap());
    assert_eq!((begun.owner, begun.handover), (knows, None));
    let joined = conversation_of(&shopper_wrote(message("还在吗"), Some(waiting()), knows, NOW).unwrap());
    assert_eq!((joined.id, joined.owner), (waiting().id, None), "an open conversation stays whose it is");

    let end = NOW.plus_seconds(KNOWS_SHOPPER_SECONDS);
    assert!(knows_shopper(NOW, end) && !knows_shopper(NOW, Micros(end.0 + 1)));
}

#[test]
fn old_desks_read_and_write_conversations_without_a_handover() {
    let text = serde_json::to_string(&waiting()).unwrap();
    assert!(!text.contains("handover"));
    assert_eq!(serde_json::from_str::<Conversation>(&text).unwrap(), waiting());
}

fn whisper(words: &str, heard: Option<Micros>) -> Action {
    Action::WhisperTo(WhisperTo { conversation: waiting().id, words: words.into(), heard })
}

fn whispered() -> Conversation {
    let held = Conversation { owner: Some(member("1001")), ..waiting() };
    let decision = decide(whisper(" 先道歉 ", None), &actor("2001", "supervisor"), facts(held), NOW);
    assert_eq!(decision.verdict, Verdict::Applied);
    conversation_of(&decision.changes)
}

#[test]
fn a_supervisor_whispers_and_nobody_else() {
    let said = Whisper { by: member("2001"), words: "先道歉".into(), at: NOW };
    assert_eq!((whispered().whisper, whispered().version), (Some(said), waiting().version + 1));
    assert_eq!(
        verdict(whisper("先道歉", None), &actor("1001", "agent"), facts(waiting())),
        rejected(RejectCode::Forbidden)
    );
    let lead = actor("2001", "supervisor");
    let again = decide(whisper("先道歉", None), &lead, facts(whispered()), NOW);
    assert_eq!((again.verdict, again.changes), (Verdict::Applied, vec![]), "it stands already");
    let closed = Conversation { state: ConversationState::Closed, ..waiting() };
    assert_eq!(verdict(whisper("先道歉", None), &lead, facts(closed)), rejected(RejectCode::Conflict));
    let too_long = "长".repeat(NOTE_CHARS_MAX + 1);
    assert_eq!(verdict(whisper(&too_long, None), &lead, facts(waiting())), rejected(RejectCode::Invalid));
}

#[test]
fn a_whisper_is_over_once_it_was_heard_or_somebody_answered() {
    let (agent, other) = (actor("1001", "agent"), actor("1002", "agent"));
    let heard = decide(whisper("", Some(NOW)), &agent, facts(whispered()), NOW);
    assert_eq!(conversation_of(&heard.changes).whisper, None);
    // A later one, which the agent has not seen, stays.
    let unseen = decide(whisper("", Some(Micros(NOW.0 - 1))), &agent, facts(whispered()), NOW);
    assert_eq!((unseen.verdict, unseen.changes), (Verdict::Applied, vec![]));
    assert_eq!(verdict(whisper("", Some(NOW)), &other, facts(whispered())), rejected(RejectCode::Forbidden));
    let close = Action::CloseConversation(CloseConversation { conversation: waiting().id, seen: 9 });
    assert_eq!(conversation_of(&decide(close, &agent, facts(whispered()), NOW).changes).whisper, None);
}
