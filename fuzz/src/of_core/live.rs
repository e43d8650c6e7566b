//! What the live channel tells, and what a page tells of itself.

use std::collections::BTreeMap;

use qinda::model::{MemberId, PageId};
use qinda::sync::{
    Board, Cursor, Device, Heads, Looker, OnDuty, PRESENCE_SECONDS, PRESENT_TOLD_MAX, Presence, PresenceRequest,
    Present, Progress, RESTING_SECONDS,
};

use super::examples::{self, NOW, headed_seed};
use super::pulls::contents;
use crate::target::{headed, same_again};

/// Where it comes from on the first line, then what is told.
pub fn live(input: &[u8]) -> bool {
    let Some((head, told)) = headed(input) else { return false };
    match head {
        "event" => event(told),
        "page" => serde_json::from_str(told).map(|told| page(&told)).is_ok(),
        "duty" => serde_json::from_str::<OnDuty>(told).map(|duty| same_again(&duty)).is_ok(),
        _ => false,
    }
}

/// An event, as the desk reads it from the server or from another tab.
fn event(told: &str) -> bool {
    if let Ok(heads) = serde_json::from_str::<Heads>(told) {
        same_again(&heads);
        hears_heads(&heads);
        return true;
    }
    let Ok(presence) = serde_json::from_str::<Presence>(told) else { return false };
    same_again(&presence);
    hears_presence(presence);
    true
}

/// Who has read so far is not woken again, and who has not is.
fn hears_heads(heads: &Heads) {
    let cursor = |seq: &u64| Cursor { generation: 1, seq: *seq };
    let cursors: BTreeMap<_, _> = heads.heads.iter().map(|(scope, seq)| (*scope, cursor(seq))).collect();
    let open = |cursors| {
        let progress = Progress { cursors, ..Progress::default() };
        Device::open(examples::actor(), contents(), progress, [])
    };
    assert!(!open(cursors.clone()).is_behind(&heads.heads));
    if let Some(scope) = cursors.keys().next().copied() {
        let without = cursors.into_iter().filter(|(known, _)| *known != scope).collect();
        assert_eq!(open(without).is_behind(&heads.heads), heads.heads[&scope] != 0);
    }
}

/// The others at the open conversation are shown, for as long as they count, and at no other.
fn hears_presence(presence: Presence) {
    let me = presence.present.first().map_or(examples::actor().member, |one| one.member);
    let mut looker = Looker::new(PageId::of_name("page"));
    looker.look_at(Some(presence.conversation));
    looker.hear(presence.clone(), NOW);
    let others = looker.others(me, NOW);
    assert_eq!(!others.is_empty(), presence.has_others(me));
    assert!(others.iter().all(|one| one.member != me && presence.has(one.member)));
    assert!(looker.others(me, NOW.plus_seconds(PRESENCE_SECONDS + 1)).is_empty());
    looker.look_at(Some(examples::conversation().id));
    if presence.conversation != examples::conversation().id {
        assert!(looker.others(me, NOW).is_empty(), "others are shown where they are not");
    }
}

/// A page may tell what it will: everybody is told once, with those who type first, and no more than so many.
fn page(told: &PresenceRequest) {
    same_again(told);
    let mut board = Board::default();
    let conversation = told.conversation.unwrap_or(examples::conversation().id);
    for number in 0..PRESENT_TOLD_MAX + 5 {
        let member = MemberId::of_name(&number.to_string());
        let here = PresenceRequest { page: PageId::of_name("page"), conversation: Some(conversation), typing: false };
        board.note(member, &here, NOW);
    }
    let me = examples::actor().member;
    for news in board.note(me, told, NOW) {
        same_again(&news);
        assert!(news.present.len() <= PRESENT_TOLD_MAX && news.has_others(me));
        assert!(news.present.is_sorted_by_key(|one| (!one.typing, one.member)));
    }
    let types = told.conversation.is_some() && told.typing;
    assert_eq!(board.at(conversation, NOW).present.first() == Some(&Present { member: me, typing: true }), types);
    assert!(board.is_empty(NOW.plus_seconds(RESTING_SECONDS + 1)));
}

/// One of each.
pub fn live_seeds() -> Vec<Vec<u8>> {
    let heads =
        Heads { at: NOW, heads: super::pulls::cursors().into_iter().map(|(scope, at)| (scope, at.seq)).collect() };
    let (conversation, member) = (examples::conversation().id, examples::actor().member);
    let other = Present { member: MemberId::of_name("1002"), typing: true };
    let present = vec![other, Present { member, typing: false }];
    let presence = Presence { conversation, present, may_rest: false };
    let page = |conversation, typing| PresenceRequest { page: PageId::of_name("page"), conversation, typing };
    vec![
        headed_seed("event", &heads),
        headed_seed("event", &presence),
        headed_seed("page", &page(Some(conversation), true)),
        headed_seed("page", &page(None, false)),
        headed_seed("duty", &OnDuty { members: vec![member] }),
    ]
}
