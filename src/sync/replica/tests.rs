use super::*;
use crate::model::{ConversationState, MessageId};
use crate::sync::examples::{actor, conversation};
use crate::sync::{CloseConversation, SendMessage};

fn message(name: &str, position: u32, author: Author) -> Message {
    Message {
        id: MessageId::of_name(name),
        conversation: ConversationId::of_name("c"),
        position,
        author,
        text: name.into(),
        picture: None,
        at: Micros(i64::from(position)),
        written_at: None,
    }
}

fn reply(n: u64, name: &str) -> Pending {
    let args = SendMessage {
        id: MessageId::of_name(name),
        conversation: ConversationId::of_name("c"),
        text: name.into(),
        picture: None,
        seen: 1,
        owner_seen: None,
        written_at: Micros(10),
        expires_at: Micros(1_000),
        chosen: None,
        composed: None,
        reason: String::new(),
        beside_owner: false,
        anyway: false,
    };
    Pending { n, action: Action::SendMessage(args), at: Micros(10) }
}

fn asked() -> Replica {
    let mut replica = Replica::new(actor(), State::default(), 0);
    let question = Change::Message(actor().team, message("在吗", 1, Author::Shopper));
    replica.absorb(vec![question, Change::Conversation(conversation(1))], 0);
    replica
}

fn queued(replica: &Replica) -> Vec<&str> {
    replica.queued(ConversationId::of_name("c")).iter().map(|(_, message)| message.text.as_str()).collect()
}

fn delivered(replica: &Replica) -> Vec<&str> {
    replica.delivered(ConversationId::of_name("c")).map(|message| message.text.as_str()).collect()
}

#[test]
fn a_reply_shows_as_queued_at_once_and_as_delivered_once() {
    let mut replica = asked();
    replica.enqueue(reply(1, "在的"));
    replica.enqueue(reply(2, "请说"));
    assert_eq!((delivered(&replica), queued(&replica)), (vec!["在吗"], vec!["在的", "请说"]));
    assert_eq!(replica.conversation(ConversationId::of_name("c")).unwrap().owner, Some(actor().member));

    let effect = Change::Message(actor().team, message("在的", 2, Author::Member(actor().member)));
    replica.absorb(vec![effect, Change::Conversation(conversation(2))], 1);
    assert_eq!((delivered(&replica), queued(&replica)), (vec!["在吗", "在的"], vec!["请说"]));
}

#[test]
fn a_verdict_without_an_effect_takes_the_words_off_the_thread() {
    let mut replica = asked();
    replica.enqueue(reply(1, "在的"));
    let touched = replica.absorb(Vec::new(), 1);
    assert_eq!(touched, vec![Touched::Conversation(ConversationId::of_name("c"))]);
    assert_eq!((queued(&replica), replica.pending().len()), (vec![], 0));
}

#[test]
fn receiving_goes_on_while_the_outbox_is_full() {
    let mut replica = asked();
    replica.enqueue(reply(1, "在的"));
    let second = Change::Message(actor().team, message("人呢", 2, Author::Shopper));
    replica.absorb(vec![second, Change::Conversation(conversation(2))], 0);
    assert_eq!((delivered(&replica), queued(&replica)), (vec!["在吗", "人呢"], vec!["在的"]));
}

#[test]
fn a_command_met_twice_lies_once() {
    let mut replica = asked();
    replica.enqueue(reply(1, "在的"));
    assert!(replica.enqueue(reply(1, "在的")).is_empty());
    replica.absorb(Vec::new(), 1);
    assert!(replica.enqueue(reply(1, "在的")).is_empty());
    assert!(queued(&replica).is_empty());
}

#[test]
fn what_another_tab_wrote_earlier_stands_before() {
    let mut replica = asked();
    replica.enqueue(reply(2, "请说"));
    let touched = replica.enqueue(reply(1, "在的"));
    assert_eq!(queued(&replica), vec!["在的", "请说"]);
    assert_eq!(touched, vec![Touched::Conversation(ConversationId::of_name("c"))]);
}

#[test]
fn a_forgotten_inbox_leaves_nothing() {
    let mut replica = asked();
    replica.enqueue(reply(1, "在的"));
    replica.forget(Scope::Inbox(actor().team));
    assert_eq!(replica.conversations().count(), 0);
    assert!(delivered(&replica).is_empty() && queued(&replica).is_empty());
    assert_eq!(replica.pending().len(), 1);
}

#[test]
fn a_page_in_one_piece_or_many_or_twice_ends_the_same() {
    let changes = vec![
        Change::Message(actor().team, message("一", 1, Author::Shopper)),
        Change::Conversation(conversation(1)),
        Change::Message(actor().team, message("二", 2, Author::Shopper)),
        Change::Conversation(conversation(2)),
    ];
    let mut whole = Replica::new(actor(), State::default(), 0);
    whole.absorb(changes.clone(), 0);
    let mut pieces = Replica::new(actor(), State::default(), 0);
    for change in &changes {
        pieces.absorb(vec![change.clone()], 0);
    }
    pieces.absorb(changes[2..].to_vec(), 0);
    assert_eq!(whole.confirmed(), pieces.confirmed());
}

#[test]
fn closing_shows_at_once() {
    let mut replica = asked();
    let close = CloseConversation { conversation: ConversationId::of_name("c"), seen: 1 };
    replica.enqueue(Pending { n: 1, action: Action::CloseConversation(close), at: Micros(5) });
    let shown = replica.conversation(ConversationId::of_name("c")).unwrap();
    assert_eq!(shown.state, ConversationState::Closed);
}
