//! What the server knows of who looks where, in memory.

use super::{
    MICROS_PER_MILLI, PRESENCE_SECONDS, PRESENT_TOLD_MAX, Presence, PresenceRequest, Present, RESTING_SECONDS,
    ROUSED_SECONDS, TYPING_SECONDS,
};
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
    /// It was alone when it told, and nobody came since.
    rests: bool,
    /// After this it looks no more.
    until: Micros,
}

impl Seen {
    fn is_lately(&self, now: Micros) -> bool {
        now <= self.until
    }

    /// Somebody came: it has to show soon that it is still there.
    fn rouse(&mut self, now: Micros) {
        if std::mem::take(&mut self.rests) {
            self.until = self.until.min(now.plus_seconds(ROUSED_SECONDS));
        }
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
        let others = was.iter().filter(|was| Some(was.conversation) == conversation).any(|was| was.has_others(member));
        let rests = conversation.is_some() && !others;
        let until = now.plus_seconds(if rests { RESTING_SECONDS } else { PRESENCE_SECONDS });
        let seen =
            Seen { page, member, conversation, typing: told.typing && conversation.is_some(), at: now, rests, until };
        let here = |one: &&mut Seen| conversation.is_some() && one.conversation == conversation && one.member != member;
        self.0.iter_mut().filter(here).for_each(|one| one.rouse(now));
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
        let here = || self.0.iter().filter(|seen| seen.conversation == Some(conversation) && seen.is_lately(now));
        let may_rest = here().next().is_some() && here().all(|seen| seen.rests);
        let mut present: Vec<Present> =
            here().map(|seen| Present { member: seen.member, typing: seen.types(now) }).collect();
        present.sort_unstable_by_key(|one| (one.member, !one.typing));
        present.dedup_by_key(|one| one.member);
        present.sort_unstable_by_key(|one| (!one.typing, one.member));
        present.truncate(PRESENT_TOLD_MAX);
        Presence { conversation, present, may_rest }
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
        let later = NOW.plus_seconds(RESTING_SECONDS);
        assert_eq!(at(&board, later), [(agent, false)]);
        board.note(agent, &told("laptop", Some("c"), true), later);
        assert_eq!(at(&board, later), [(agent, true)]);
        assert_eq!(at(&board, later.plus_seconds(TYPING_SECONDS + 1)), [(agent, false)]);
        assert_eq!(at(&board, later.plus_seconds(RESTING_SECONDS + 1)), []);
        assert!(board.is_empty(later.plus_seconds(RESTING_SECONDS + 1)));
    }

    #[test]
    fn whoever_is_alone_may_rest_until_somebody_comes_and_has_then_to_tell_of_it() {
        let (mut board, first, second) = (Board::default(), member(1), member(2));
        let (phone, desk) = (told("phone", Some("c"), false), told("desk", Some("c"), false));
        let rest = |board: &Board, now| board.at(ConversationId::of_name("c"), now).may_rest;
        assert!(!rest(&board, NOW), "nobody is there to rest");
        board.note(first, &phone, NOW);
        assert!(rest(&board, NOW));
        board.note(first, &told("second tab", Some("c"), false), NOW);
        assert!(rest(&board, NOW), "two pages of one member are alone");
        board.note(first, &told("second tab", None, false), NOW);

        let came = NOW.plus_seconds(60);
        let news = board.note(second, &desk, came);
        assert_eq!(
            news.iter().map(seen).collect::<Vec<_>>(),
            [[(first, false), (second, false)]],
            "it is seen at once"
        );
        assert!(!news[0].may_rest && !rest(&board, came));
        let roused = came.plus_seconds(ROUSED_SECONDS);
        let mut answered = board.clone();
        answered.note(first, &phone, roused);
        assert_eq!(at(&answered, roused.plus_seconds(1)).len(), 2, "it was there");
        board.note(second, &desk, came.plus_seconds(20));
        assert_eq!(
            at(&board, came.plus_seconds(21)).len(),
            2,
            "a beat of the other one gives it no less time, nor more"
        );
        assert_eq!(at(&board, roused.plus_seconds(1)), [(second, false)], "it vanished");
        // Whose end draws near has no more time because somebody comes.
        let mut late = Board::default();
        late.note(first, &phone, NOW);
        late.note(second, &desk, NOW.plus_seconds(RESTING_SECONDS - 1));
        assert_eq!(at(&late, NOW.plus_seconds(RESTING_SECONDS + 1)), [(second, false)]);

        board.note(second, &desk, came.plus_seconds(40));
        assert!(rest(&board, came.plus_seconds(40)), "the one who stayed rests");
        board.note(second, &told("desk", Some("c"), true), came.plus_seconds(50));
        board.note(first, &phone, came.plus_seconds(50));
        assert_eq!(at(&board, came.plus_seconds(50 + ROUSED_SECONDS + 1)), [(first, false)]);
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
        board.note(member(1), &told("later", Some("c"), false), NOW.plus_seconds(RESTING_SECONDS + 1));
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
