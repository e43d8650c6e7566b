use super::*;
use crate::model::{Conversation, DRAFT_KEPT_SECONDS, DRAFTS_MAX};
use crate::sync::examples::{actor, conversation};
use crate::sync::{Change, Pending, State};

const NOW: Micros = Micros(1_000);

fn chat() -> Conversation {
    conversation(0)
}

fn phone() -> DeviceId {
    DeviceId::of_name("phone")
}

fn laptop() -> DeviceId {
    DeviceId::of_name("laptop")
}

fn written(device: DeviceId, text: &str) -> Change {
    let (member, conversation) = (actor().member, chat().id);
    Change::Draft(Draft { member, conversation, text: text.into(), device, at: Micros(9) })
}

fn replica(changes: Vec<Change>) -> Replica {
    let mut replica = Replica::new(actor(), State::default(), 0);
    replica.absorb(std::iter::once(Change::Conversation(chat())).chain(changes).collect(), 0);
    replica
}

fn told(replica: &Replica, text: &str) -> TellDraft {
    tell_draft(replica, phone(), chat().id, text, NOW)
}

fn put(text: &str, over: Option<Micros>) -> PutDraft {
    PutDraft { conversation: chat().id, text: text.into(), device: phone(), over, written_at: NOW }
}

#[test]
fn new_words_are_told_once_and_their_end_too() {
    assert_eq!(told(&replica(vec![]), " "), TellDraft::Told);
    assert_eq!(told(&replica(vec![]), "亲"), TellDraft::Put(put("亲", None)));
    let mine = replica(vec![written(phone(), "亲")]);
    assert_eq!(told(&mine, "亲"), TellDraft::Told);
    assert_eq!(told(&mine, "亲，"), TellDraft::Put(put("亲，", Some(Micros(9)))));
    assert_eq!(told(&mine, ""), TellDraft::Put(put("", Some(Micros(9)))));
}

/// They were told again at every look: what nobody sees does not travel, and so was missing each time.
#[test]
fn characters_that_nobody_sees_are_nothing_to_tell() {
    assert_eq!(told(&replica(vec![]), "\u{7} "), TellDraft::Told);
    let mine = replica(vec![written(phone(), "亲")]);
    assert_eq!(told(&mine, "亲\u{b}"), TellDraft::Told);
    let mut queued = replica(vec![]);
    queued.enqueue(Pending { n: 1, action: Action::PutDraft(put("亲\u{b}", None)), at: NOW });
    assert_eq!(queued.draft(chat().id).map(|draft| draft.text.as_str()), Some("亲"));
}

#[test]
fn one_draft_is_under_way_at_a_time_and_shows_at_once() {
    let mut replica = replica(vec![]);
    replica.enqueue(Pending { n: 1, action: Action::PutDraft(put("亲", None)), at: NOW });
    assert_eq!(replica.draft(chat().id).map(|draft| draft.text.as_str()), Some("亲"));
    assert_eq!(told(&replica, "亲，在的"), TellDraft::Waits);
    replica.absorb(vec![written(phone(), "亲")], 1);
    assert!(matches!(told(&replica, "亲，在的"), TellDraft::Put(_)));
}

#[test]
fn another_devices_words_are_offered_until_they_stand_here_and_are_not_written_over_meanwhile() {
    let other = replica(vec![written(laptop(), "明天到\n")]);
    let offered = |text: &str| offered_draft(&other, phone(), chat().id, text, NOW).is_some();
    assert!(offered("") && offered("后天到"));
    assert_eq!(told(&other, "后天到"), TellDraft::Waits);
    assert!(!offered("亲，明天到"), "its words are here");
    assert_eq!(told(&other, "亲，明天到"), TellDraft::Put(put("亲，明天到", Some(Micros(9)))));
    assert!(offered_draft(&other, laptop(), chat().id, "", NOW).is_none(), "its own are no news to a device");
}

#[test]
fn nothing_is_offered_or_told_of_what_is_over() {
    let other = replica(vec![written(laptop(), "明天到")]);
    let late = Micros(9).plus_seconds(DRAFT_KEPT_SECONDS + 1);
    assert!(offered_draft(&other, phone(), chat().id, "", late).is_none());

    let closed = Change::Conversation(Conversation { state: ConversationState::Closed, ..chat() });
    let closed = replica(vec![closed, written(laptop(), "明天到")]);
    assert!(offered_draft(&closed, phone(), chat().id, "", NOW).is_none());
    assert_eq!(told(&closed, "亲"), TellDraft::Told);
    let gone = Replica::new(actor(), State::default(), 0);
    assert_eq!(told(&gone, "亲"), TellDraft::Told);
    assert_eq!(told(&replica(vec![]), &"亲".repeat(MESSAGE_CHARS_MAX + 1)), TellDraft::Told, "no server takes it");
}

#[test]
fn the_examples_and_spans_of_the_page_are_those_of_the_code() {
    const PAGE: &str = include_str!("../../../docs/SYNC.md");
    let (_, part) = PAGE.split_once("\n### Half-written replies").unwrap();
    let mut examples = part.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    let command: serde_json::Value = serde_json::from_str(examples.next().unwrap()).unwrap();
    let put: PutDraft = serde_json::from_value(command.clone()).unwrap();
    assert_eq!(serde_json::to_value(&put).unwrap(), command);
    let row: serde_json::Value = serde_json::from_str(examples.next().unwrap()).unwrap();
    let draft: Draft = serde_json::from_value(row.clone()).unwrap();
    assert_eq!(serde_json::to_value(&draft).unwrap(), row);
    assert_eq!((&draft.text, draft.device, draft.at), (&put.text, put.device, put.written_at));
    for span in [
        format!("keeps {DRAFTS_MAX} (`DRAFTS_MAX`)"),
        format!("after {} days (`DRAFT_KEPT_SECONDS`)", DRAFT_KEPT_SECONDS / 86_400),
        format!("tells {DRAFT_REST_SECONDS} seconds (`DRAFT_REST_SECONDS`)"),
    ] {
        assert!(part.contains(&span), "{span}");
    }
}
