use super::*;
use crate::model::{DeviceId, Draft};
use crate::sync::PutDraft;

fn draft(device: &str, at: i64) -> Draft {
    let (member, conversation) = (MemberId::of_name("1001"), waiting().id);
    Draft { member, conversation, text: "亲，".into(), device: DeviceId::of_name(device), at: Micros(at) }
}

fn put(device: &str, text: &str, at: i64) -> PutDraft {
    let (device, text) = (DeviceId::of_name(device), text.into());
    PutDraft { conversation: waiting().id, text, device, over: None, written_at: Micros(at) }
}

fn with(draft: Draft) -> Facts {
    Facts { draft: Some(draft), ..facts(waiting()) }
}

fn changes(action: Action, facts: Facts) -> Vec<Change> {
    let decision = decide(action, &actor("1001", "agent"), facts, NOW);
    assert_eq!(decision.verdict, Verdict::Applied);
    decision.changes
}

#[test]
fn a_draft_is_kept_as_it_was_typed_and_no_words_take_it_away() {
    let kept = changes(Action::PutDraft(put("phone", " 亲\u{0}，\n", 5)), facts(waiting()));
    assert_eq!(kept, [Change::Draft(Draft { text: " 亲，\n".into(), ..draft("phone", 5) })]);
    let gone = Change::DraftGone(MemberId::of_name("1001"), waiting().id);
    assert_eq!(changes(Action::PutDraft(put("phone", " ", 9)), with(draft("phone", 5))), [gone]);
    assert_eq!(changes(Action::PutDraft(put("phone", "", 9)), facts(waiting())), []);
}

#[test]
fn a_clock_ahead_makes_no_draft_of_tomorrow() {
    let kept = changes(Action::PutDraft(put("phone", "亲，", NOW.0 + 99)), facts(waiting()));
    assert_eq!(kept, [Change::Draft(draft("phone", NOW.0))]);
}

#[test]
fn old_words_that_come_late_put_out_nothing_unless_they_were_written_over_it() {
    let late = put("phone", "早上写的", 5);
    assert_eq!(changes(Action::PutDraft(late.clone()), with(draft("laptop", 7))), []);
    let over = PutDraft { over: Some(Micros(7)), ..late.clone() };
    assert_eq!(changes(Action::PutDraft(over), with(draft("laptop", 7))).len(), 1);
    assert_eq!(changes(Action::PutDraft(late), with(draft("phone", 7))).len(), 1, "its own order is the device's");
}

#[test]
fn a_draft_goes_with_the_reply_and_everybodys_with_the_conversation() {
    let gone = |number: &str| Change::DraftGone(MemberId::of_name(number), waiting().id);
    let sent = changes(Action::SendMessage(reply(&waiting())), with(draft("phone", 5)));
    assert_eq!(sent.last(), Some(&gone("1001")));

    let other = Draft { member: MemberId::of_name("1002"), ..draft("phone", 6) };
    let both = Facts { drafts_of_conversation: vec![draft("phone", 5), other], ..facts(waiting()) };
    let close = Action::CloseConversation(CloseConversation { conversation: waiting().id, seen: 1 });
    assert_eq!(changes(close, both)[1..], [gone("1001"), gone("1002")]);
    let closed = Conversation { state: ConversationState::Closed, ..waiting() };
    assert_eq!(changes(Action::PutDraft(put("phone", "亲，", 5)), facts(closed)), []);
}

#[test]
fn drafts_are_for_those_who_may_answer_there_and_no_longer_than_a_message() {
    let put_by = |actor: &Actor, text: &str| verdict(Action::PutDraft(put("phone", text, 5)), actor, facts(waiting()));
    let rejected = |code| Verdict::Rejected { code };
    let elsewhere = Actor { team: TeamId::of_name("night"), ..actor("1001", "agent") };
    assert_eq!(put_by(&elsewhere, "亲"), rejected(RejectCode::Gone));
    assert_eq!(put_by(&actor("1001", "editor"), "亲"), rejected(RejectCode::Forbidden));
    assert_eq!(put_by(&actor("1001", "agent"), &"亲".repeat(MESSAGE_CHARS_MAX)), Verdict::Applied);
    assert_eq!(put_by(&actor("1001", "agent"), &"亲".repeat(MESSAGE_CHARS_MAX + 1)), rejected(RejectCode::Invalid));
}
