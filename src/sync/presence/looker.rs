//! What a page tells of itself, and what it knows of those who look where it does.

use super::{
    MICROS_PER_MILLI, PRESENCE_BEAT_MILLIS, PRESENCE_PAUSE_MILLIS, PRESENCE_SECONDS, Presence, PresenceRequest,
    Present, RESTING_BEAT_MILLIS, RESTING_SECONDS, TYPING_BEAT_MILLIS, TYPING_REST_MILLIS, TYPING_SECONDS,
};
use crate::model::{ConversationId, MICROS_PER_SECOND, MemberId, Micros, PageId};

/// A page of a desk. Its moments come from a clock that only has to go on, such as the time since the page began.
#[derive(Debug, Clone)]
pub struct Looker {
    page: PageId,
    open: Option<ConversationId>,
    pressed: Option<Micros>,
    told: Option<(PresenceRequest, Micros)>,
    heard: Option<(Presence, Micros)>,
}

impl Looker {
    /// A page that looks at nothing.
    #[must_use]
    pub const fn new(page: PageId) -> Self {
        Self { page, open: None, pressed: None, told: None, heard: None }
    }

    /// The conversation that the page shows.
    #[must_use]
    pub const fn open(&self) -> Option<ConversationId> {
        self.open
    }

    /// The page shows another conversation, or none. What was known of the last one is forgotten.
    pub fn look_at(&mut self, conversation: Option<ConversationId>) {
        if self.open != conversation {
            self.open = conversation;
            self.pressed = None;
            self.heard = None;
        }
    }

    /// A key was pressed in the composer.
    pub const fn press(&mut self, now: Micros) {
        self.pressed = Some(now);
    }

    /// There is nothing in the composer any more.
    pub const fn rest(&mut self) {
        self.pressed = None;
    }

    /// What has to be told now, if anything; it counts as told. Only a page that would hear of whoever comes may rest.
    pub fn due(&mut self, now: Micros, hears: bool) -> Option<PresenceRequest> {
        let wish = self.wish(now);
        let beat = if hears && self.may_rest(now) { RESTING_BEAT_MILLIS } else { PRESENCE_BEAT_MILLIS };
        let due = match self.told {
            None => wish.conversation.is_some(),
            Some((told, at)) => now.since(at) >= wait(&told, &wish, beat)? * MICROS_PER_MILLI,
        };
        due.then(|| self.tell(wish, now))
    }

    /// What is told when the page is left for good, if anything is to be taken back.
    pub fn parting(&mut self, now: Micros) -> Option<PresenceRequest> {
        self.look_at(None);
        let wish = self.wish(now);
        self.told.is_some_and(|(told, _)| told.conversation.is_some()).then(|| self.tell(wish, now))
    }

    fn tell(&mut self, wish: PresenceRequest, now: Micros) -> PresenceRequest {
        self.told = Some((wish, now));
        wish
    }

    fn wish(&self, now: Micros) -> PresenceRequest {
        let types = |pressed: Micros| now.since(pressed) < TYPING_REST_MILLIS * MICROS_PER_MILLI;
        let typing = self.open.is_some() && self.pressed.is_some_and(types) && !self.is_alone(now);
        PresenceRequest { page: self.page, conversation: self.open, typing }
    }

    /// Whether nobody else looks, as the server told just now: then nobody is told of typing. It tells when somebody comes.
    fn is_alone(&self, now: Micros) -> bool {
        let is_fresh = |at: Micros| now.since(at) <= PRESENCE_SECONDS * MICROS_PER_SECOND;
        let was_alone = |(presence, at): &(Presence, Micros)| presence.present.len() <= 1 && is_fresh(*at);
        self.may_rest(now) || self.heard.as_ref().is_some_and(was_alone)
    }

    /// Whether the server waits longer for the next telling, as it told not too long ago.
    fn may_rest(&self, now: Micros) -> bool {
        let is_fresh = |at: Micros| now.since(at) <= RESTING_SECONDS * MICROS_PER_SECOND;
        self.heard.as_ref().is_some_and(|(presence, at)| presence.may_rest && is_fresh(*at))
    }

    /// The server told who looks at a conversation.
    pub fn hear(&mut self, presence: Presence, now: Micros) {
        if self.open == Some(presence.conversation) {
            self.heard = Some((presence, now));
        }
    }

    /// What was heard holds no more: the server told nothing.
    pub fn forget(&mut self) {
        self.heard = None;
    }

    /// There is no way to the server: what was heard holds no more, and what was told is told anew.
    pub fn lose(&mut self) {
        self.forget();
        self.told = None;
    }

    /// The others who look at the open conversation, as far as what was heard of them is fresh.
    #[must_use]
    pub fn others(&self, me: MemberId, now: Micros) -> Vec<Present> {
        let Some((presence, at)) = &self.heard else { return Vec::new() };
        let is_within = |seconds: i64| now.since(*at) <= seconds * MICROS_PER_SECOND;
        let others = presence.present.iter().filter(|one| one.member != me && is_within(PRESENCE_SECONDS));
        others.map(|one| Present { typing: one.typing && is_within(TYPING_SECONDS), ..*one }).collect()
    }
}

/// How long after what was told last the wish is told, in milliseconds. Nothing is told of looking at nothing again.
fn wait(told: &PresenceRequest, wish: &PresenceRequest, beat: i64) -> Option<i64> {
    match (told == wish, wish.conversation) {
        (false, _) => Some(PRESENCE_PAUSE_MILLIS),
        (true, Some(_)) if wish.typing => Some(TYPING_BEAT_MILLIS),
        (true, Some(_)) => Some(beat),
        (true, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Micros {
        Micros(millis * MICROS_PER_MILLI)
    }

    fn conversation(name: &str) -> Option<ConversationId> {
        Some(ConversationId::of_name(name))
    }

    fn looking() -> Looker {
        let mut looker = Looker::new(PageId::of_name("page"));
        looker.look_at(conversation("c"));
        looker
    }

    /// What a page tells in a span in which it is asked every 250 milliseconds, with the moments.
    fn told(looker: &mut Looker, from: i64, to: i64) -> Vec<(i64, bool)> {
        let asked = (from..to).step_by(250);
        asked.filter_map(|millis| looker.due(at(millis), true).map(|told| (millis, told.typing))).collect()
    }

    #[test]
    fn an_open_conversation_is_told_at_once_and_with_every_beat() {
        let mut looker = looking();
        assert_eq!(told(&mut looker, 0, 40_001), [(0, false), (20_000, false), (40_000, false)]);
        looker.look_at(None);
        assert_eq!(looker.due(at(40_500), true), None, "not within the pause");
        assert_eq!(looker.due(at(41_000), true).map(|told| told.conversation), Some(None));
        assert_eq!(told(&mut looker, 41_000, 90_000), []);
    }

    #[test]
    fn typing_is_told_when_it_begins_while_it_goes_on_and_when_it_rests() {
        let mut looker = looking();
        assert_eq!(told(&mut looker, 0, 1_000), [(0, false)]);
        looker.press(at(2_000));
        assert_eq!(told(&mut looker, 2_000, 5_750), [(2_000, true)]);
        looker.press(at(5_750));
        assert_eq!(told(&mut looker, 5_750, 19_000), [(6_000, true), (9_750, false)]);
        looker.press(at(19_000));
        assert_eq!(told(&mut looker, 19_000, 19_500), [(19_000, true)]);
        looker.rest();
        assert_eq!(told(&mut looker, 19_500, 25_000), [(20_000, false)], "what was sent is not typed");
    }

    #[test]
    fn who_is_alone_there_tells_of_typing_when_somebody_comes() {
        let present = |names: &[&str]| {
            let one = |name: &&str| Present { member: MemberId::of_name(name), typing: false };
            Presence {
                conversation: ConversationId::of_name("c"),
                present: names.iter().map(one).collect(),
                may_rest: false,
            }
        };
        let mut looker = looking();
        assert_eq!(told(&mut looker, 0, 250), [(0, false)]);
        looker.hear(present(&["1001"]), at(250));
        looker.press(at(3_000));
        assert_eq!(told(&mut looker, 3_000, 4_000), []);
        looker.hear(present(&["1001", "1002"]), at(4_000));
        assert_eq!(told(&mut looker, 4_000, 5_000), [(4_000, true)]);
        looker.hear(present(&["1001"]), at(5_000));
        assert_eq!(told(&mut looker, 5_000, 6_000), [(5_000, false)]);
        // Of whom nothing was heard for long, nothing is known.
        looker.press(at(51_000));
        assert_eq!(told(&mut looker, 51_000, 51_250), [(51_000, true)]);
    }

    #[test]
    fn a_page_that_may_rest_beats_seldom_for_as_long_as_it_would_hear_of_whoever_comes() {
        let one = |name: &str| Present { member: MemberId::of_name(name), typing: false };
        let alone = Presence { conversation: ConversationId::of_name("c"), present: vec![one("1001")], may_rest: true };
        let mut looker = looking();
        assert_eq!(told(&mut looker, 0, 250), [(0, false)]);
        looker.hear(alone.clone(), at(250));
        looker.press(at(50_000));
        assert_eq!(told(&mut looker, 250, 60_001), [(60_000, false)], "nobody is there to be told of typing");
        looker.hear(alone.clone(), at(60_250));
        assert_eq!(looker.due(at(79_750), false), None);
        assert!(looker.due(at(80_000), false).is_some(), "it does not hear of whoever comes");
        looker.hear(alone.clone(), at(80_250));
        let company = Presence { present: vec![one("1001"), one("1002")], may_rest: false, ..alone.clone() };
        looker.hear(company.clone(), at(130_000));
        assert_eq!(told(&mut looker, 130_000, 131_000), [(130_000, false)], "it is still there");
        looker.hear(alone, at(131_000));
        looker.hear(company, at(140_000));
        assert_eq!(told(&mut looker, 140_000, 171_000), [(150_000, false), (170_000, false)]);
        looker.forget();
        assert_eq!(told(&mut looker, 171_000, 191_000), [(190_000, false)], "the server told nothing");
    }

    #[test]
    fn leafing_through_conversations_tells_of_the_one_that_stays() {
        let mut looker = looking();
        looker.due(at(0), true);
        let mut heard = Vec::new();
        for (step, name) in ["d", "e", "f", "g"].into_iter().enumerate() {
            looker.look_at(conversation(name));
            heard.extend(looker.due(at(100 * step as i64), true));
        }
        heard.extend(looker.due(at(1_000), true));
        assert_eq!(heard.iter().map(|told| told.conversation).collect::<Vec<_>>(), [conversation("g")]);
    }

    #[test]
    fn what_was_heard_grows_old_and_ends_with_the_network_or_the_conversation() {
        let (me, other) = (MemberId::of_name("1001"), MemberId::of_name("1002"));
        let present = vec![Present { member: other, typing: true }, Present { member: me, typing: true }];
        let presence = Presence { conversation: ConversationId::of_name("c"), present, may_rest: false };
        let mut looker = looking();
        looker.hear(presence.clone(), at(0));
        let seen = |looker: &Looker, now: Micros| {
            let others = looker.others(me, now);
            others.iter().map(|one| if one.typing { "types" } else { "looks" }).collect::<String>()
        };
        assert_eq!(seen(&looker, at(TYPING_SECONDS * 1_000)), "types");
        assert_eq!(seen(&looker, at(TYPING_SECONDS * 1_000 + 1)), "looks");
        assert_eq!(seen(&looker, at(PRESENCE_SECONDS * 1_000)), "looks");
        assert_eq!(seen(&looker, at(PRESENCE_SECONDS * 1_000 + 1)), "");
        looker.hear(presence.clone(), at(0));
        looker.lose();
        assert_eq!(seen(&looker, at(0)), "");
        looker.hear(presence.clone(), at(0));
        looker.look_at(conversation("d"));
        assert_eq!(seen(&looker, at(0)), "");
        looker.hear(presence, at(0));
        assert_eq!(seen(&looker, at(0)), "", "it is not about this conversation");
    }

    #[test]
    fn a_page_that_is_left_takes_back_what_it_told() {
        let mut looker = looking();
        assert_eq!(looker.clone().parting(at(0)), None, "nothing was told");
        looker.due(at(0), true);
        assert_eq!(looker.parting(at(10)).map(|told| told.conversation), Some(None));
        assert_eq!(looker.parting(at(20)), None);
    }
}
