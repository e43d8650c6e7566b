//! What the server knows of who looks where, in memory.

use super::{MICROS_PER_MILLI, PRESENCE_SECONDS, PRESENT_TOLD_MAX, Presence, PresenceRequest, Present, TYPING_SECONDS};
use crate::model::{ConversationId, MICROS_PER_SECOND, MemberId, Micros, PageId};

/// How many pages of a shop are noted at one time at most; those beyond look unseen.
pub const PAGES_MAX: usize = 2_000;
/// How many pages of one member are noted at one time at most.
pub const PAGES_OF_MEMBER_MAX: usize = 8;
/// A page that tells again within this is not listened to, in milliseconds. One that keeps to
/// [`super::PRESENCE_PAUSE_MILLIS`] never does, unless the way made two tellings one.
pub const HASTE_MILLIS: i64 = 250;

/// A page on the board. One that looks at nothing stays until it lapses, so that coming and going again and again is
/// bounded too.
#[derive(Debug, Clone, Copy)]
struct Seen {
    page: PageId,
    member: MemberId,
    conversation: Option<ConversationId>,
    typing: bool,
    at: Micros,
}

impl Seen {
    fn is_lately(&self, now: Micros) -> bool {
        now.since(self.at) <= PRESENCE_SECONDS * MICROS_PER_SECOND
    }

    fn types(&self, now: Micros) -> bool {
        self.typing && now.since(self.at) <= TYPING_SECONDS * MICROS_PER_SECOND
    }
}

/// The pages of one shop that look at conversations.
#[derive(Debug, Clone, Default)]
pub struct Board(Vec<Seen>);

impl Board {
    /// Whether the page told something only just now. To leave what it looked at is never hasty: that may follow close
    /// on a beat, and what was sent before it and comes after it is then passed over.
    #[must_use]
    pub fn is_hasty(&self, member: MemberId, told: &PresenceRequest, now: Micros) -> bool {
        let before = self.0.iter().find(|seen| seen.page == told.page && seen.member == member);
        let is_soon = |seen: &Seen| now.since(seen.at) < HASTE_MILLIS * MICROS_PER_MILLI;
        let leaves = |seen: &Seen| told.conversation.is_none() && seen.conversation.is_some();
        before.is_some_and(|seen| is_soon(seen) && !leaves(seen))
    }

    /// Notes what a page told, and says what others have to hear of it: whom they see otherwise now, and who goes on
    /// typing. Where nobody else looks there is nobody to tell.
    pub fn note(&mut self, member: MemberId, told: &PresenceRequest, now: Micros) -> Vec<Presence> {
        let place = self.0.iter().position(|seen| seen.page == told.page && seen.member == member);
        let left = place.and_then(|place| self.0[place].conversation);
        let mut touched: Vec<ConversationId> = left.into_iter().chain(told.conversation).collect();
        touched.dedup();
        let was: Vec<Presence> = touched.iter().map(|conversation| self.at(*conversation, now)).collect();
        let (page, conversation) = (told.page, told.conversation);
        let seen = Seen { page, member, conversation, typing: told.typing && conversation.is_some(), at: now };
        match place {
            Some(place) => self.0[place] = seen,
            None => self.add(seen, now),
        }
        let is = touched.iter().map(|conversation| self.at(*conversation, now));
        let goes_on_typing = |is: &Presence| seen.typing && Some(is.conversation) == seen.conversation;
        let is_news = |(is, was): &(Presence, Presence)| is != was || goes_on_typing(is);
        is.zip(was).filter(is_news).map(|(is, _)| is).filter(|is| is.has_others(member)).collect()
    }

    /// Whoever looks no more makes room for whoever comes.
    fn add(&mut self, seen: Seen, now: Micros) {
        self.0.retain(|seen| seen.is_lately(now));
        let own = self.0.iter().filter(|one| one.member == seen.member).count();
        if seen.conversation.is_some() && self.0.len() < PAGES_MAX && own < PAGES_OF_MEMBER_MAX {
            self.0.push(seen);
        }
    }

    /// Who looks at a conversation now, those who type first; a member with two pages types if one of them does.
    #[must_use]
    pub fn at(&self, conversation: ConversationId, now: Micros) -> Presence {
        let here = self.0.iter().filter(|seen| seen.conversation == Some(conversation) && seen.is_lately(now));
        let mut present: Vec<Present> =
            here.map(|seen| Present { member: seen.member, typing: seen.types(now) }).collect();
        present.sort_unstable_by_key(|one| (one.member, !one.typing));
        present.dedup_by_key(|one| one.member);
        present.sort_unstable_by_key(|one| (!one.typing, one.member));
        present.truncate(PRESENT_TOLD_MAX);
        Presence { conversation, present }
    }

    /// Whether nobody told anything lately.
    #[must_use]
    pub fn is_empty(&self, now: Micros) -> bool {
        !self.0.iter().any(|seen| seen.is_lately(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Micros = Micros(1_000_000_000);

    fn told(page: &str, conversation: Option<&str>, typing: bool) -> PresenceRequest {
        let conversation = conversation.map(ConversationId::of_name);
        PresenceRequest { page: PageId::of_name(page), conversation, typing }
    }

    fn member(number: usize) -> MemberId {
        MemberId::of_name(&number.to_string())
    }

    fn seen(presence: &Presence) -> Vec<(MemberId, bool)> {
        presence.present.iter().map(|one| (one.member, one.typing)).collect()
    }

    fn at(board: &Board, now: Micros) -> Vec<(MemberId, bool)> {
        seen(&board.at(ConversationId::of_name("c"), now))
    }

    #[test]
    fn coming_typing_and_leaving_are_told_where_somebody_else_looks() {
        let (mut board, first, second) = (Board::default(), member(1), member(2));
        assert_eq!(board.note(first, &told("phone", Some("c"), true), NOW), [], "nobody is there to hear it");
        let came = board.note(second, &told("desk", Some("c"), false), NOW);
        assert_eq!(came.iter().map(seen).collect::<Vec<_>>(), [[(first, true), (second, false)]]);
        assert_eq!(board.note(second, &told("desk", Some("c"), false), NOW), [], "a beat is no news");
        assert_eq!(board.note(second, &told("desk", Some("c"), true), NOW).len(), 1);
        assert_eq!(board.note(second, &told("desk", Some("c"), true), NOW).len(), 1, "typing goes on");
        let moved = board.note(second, &told("desk", Some("d"), true), NOW);
        assert_eq!(moved.iter().map(seen).collect::<Vec<_>>(), [[(first, true)]]);
        assert_eq!(board.note(second, &told("desk", None, true), NOW), []);
        assert_eq!(board.note(first, &told("phone", None, false), NOW), []);
        assert_eq!(at(&board, NOW), []);
    }

    #[test]
    fn presence_and_typing_end_by_themselves_and_two_pages_of_a_member_are_one() {
        let (mut board, agent) = (Board::default(), member(1));
        board.note(agent, &told("phone", Some("c"), true), NOW);
        assert_eq!(at(&board, NOW.plus_seconds(TYPING_SECONDS)), [(agent, true)]);
        assert_eq!(at(&board, NOW.plus_seconds(TYPING_SECONDS + 1)), [(agent, false)]);
        let later = NOW.plus_seconds(PRESENCE_SECONDS);
        assert_eq!(at(&board, later), [(agent, false)]);
        board.note(agent, &told("laptop", Some("c"), true), later);
        assert_eq!(at(&board, later), [(agent, true)]);
        assert_eq!(at(&board, later.plus_seconds(TYPING_SECONDS + 1)), [(agent, false)]);
        assert_eq!(at(&board, later.plus_seconds(PRESENCE_SECONDS + 1)), []);
        assert!(board.is_empty(later.plus_seconds(PRESENCE_SECONDS + 1)));
    }

    #[test]
    fn nobody_speaks_for_anothers_page() {
        let (mut board, agent, other) = (Board::default(), member(1), member(2));
        board.note(agent, &told("phone", Some("c"), false), NOW);
        board.note(other, &told("phone", None, false), NOW);
        assert_eq!(at(&board, NOW), [(agent, false)]);
    }

    #[test]
    fn the_board_is_bounded_and_whoever_left_makes_room() {
        let mut board = Board::default();
        for page in 0..2 * PAGES_OF_MEMBER_MAX {
            board.note(member(0), &told(&page.to_string(), Some("c"), false), NOW);
        }
        assert_eq!(board.0.len(), PAGES_OF_MEMBER_MAX);
        for number in 1..=PAGES_MAX {
            let conversation = if number % 50 == 0 { "d".into() } else { number.to_string() };
            board.note(member(number), &told(&format!("of {number}"), Some(&conversation), number == 1_000), NOW);
        }
        assert_eq!(board.0.len(), PAGES_MAX);
        let crowd = board.at(ConversationId::of_name("d"), NOW);
        assert_eq!((crowd.present.len(), crowd.present[0].member), (PRESENT_TOLD_MAX, member(1_000)));
        board.note(member(1), &told("later", Some("c"), false), NOW.plus_seconds(PRESENCE_SECONDS + 1));
        assert_eq!(board.0.len(), 1);
    }

    #[test]
    fn haste_is_of_one_page_and_passes() {
        let mut board = Board::default();
        board.note(member(1), &told("phone", Some("c"), false), NOW);
        let soon = |millis| Micros(NOW.0 + millis * MICROS_PER_MILLI);
        assert!(board.is_hasty(member(1), &told("phone", Some("c"), true), soon(HASTE_MILLIS - 1)));
        assert!(!board.is_hasty(member(1), &told("phone", Some("c"), true), soon(HASTE_MILLIS)));
        assert!(!board.is_hasty(member(1), &told("laptop", Some("c"), true), NOW));
        assert!(!board.is_hasty(member(2), &told("phone", Some("c"), true), NOW), "nobody hurries for another");
        let leaving = told("phone", None, false);
        assert!(!board.is_hasty(member(1), &leaving, soon(1)), "whoever leaves is believed at once");
        board.note(member(1), &leaving, soon(1));
        assert!(board.is_hasty(member(1), &told("phone", Some("c"), true), soon(2)), "what it overtook comes too late");
    }
}
