//! Who looks at a conversation, and who types. It is told from moment to moment, is never kept, and ends by itself.

mod board;
mod looker;

use serde::{Deserialize, Serialize};

use crate::model::{ConversationId, MICROS_PER_SECOND, MemberId, PageId};

pub use board::{Board, HASTE_MILLIS, PAGES_MAX, PAGES_OF_MEMBER_MAX};
pub use looker::Looker;

/// A page with an open conversation that somebody can see tells of it this often, in milliseconds.
pub const PRESENCE_BEAT_MILLIS: i64 = 20_000;
/// Whoever was not heard of for so long looks no more: two beats and the way to the server.
pub const PRESENCE_SECONDS: i64 = 45;
/// A page that the server told to rest, because nobody else looks where it does, tells of itself this often, in
/// milliseconds.
pub const RESTING_BEAT_MILLIS: i64 = 60_000;
/// So long the server waits for a page that may rest: two of its beats and the way.
pub const RESTING_SECONDS: i64 = 125;
/// Once somebody comes, a page that rested has so long to tell that it is still there: one beat and the way.
pub const ROUSED_SECONDS: i64 = 25;
/// A page does not tell twice within this, in milliseconds; what changed meanwhile is told after it.
pub const PRESENCE_PAUSE_MILLIS: i64 = 1_000;
/// Who goes on typing is told of this often, in milliseconds.
pub const TYPING_BEAT_MILLIS: i64 = 4_000;
/// Whoever pressed no key for so long does not type, in milliseconds.
pub const TYPING_REST_MILLIS: i64 = 4_000;
/// Whoever was not told of as typing for so long does not type: one beat and the way over the server.
pub const TYPING_SECONDS: i64 = 8;
/// How many members at one conversation are told at most; those who type come first.
pub const PRESENT_TOLD_MAX: usize = 20;

const MICROS_PER_MILLI: i64 = MICROS_PER_SECOND / 1_000;

/// What a page tells with `POST /sync/presence`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceRequest {
    /// The page: two tabs of one browser may show two conversations.
    pub page: PageId,
    /// The conversation on its screen; none when it was left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// Whether the member is typing there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub typing: bool,
}

/// A member who looks at a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    /// Who.
    pub member: MemberId,
    /// Whether they type.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub typing: bool,
}

/// Everybody who looks at a conversation: the answer to [`PresenceRequest`], and the event `presence` when it changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Who looks at it, each once, whoever is told among them. At most [`PRESENT_TOLD_MAX`].
    pub present: Vec<Present>,
    /// Nobody else looks, and the server waits longer for the next telling: until [`RESTING_SECONDS`] are over, or
    /// somebody comes. Older servers do not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_rest: bool,
}

impl Presence {
    /// Whether a member is among them.
    #[must_use]
    pub fn has(&self, member: MemberId) -> bool {
        self.present.iter().any(|one| one.member == member)
    }

    /// Whether anybody but this member is among them.
    #[must_use]
    pub fn has_others(&self, member: MemberId) -> bool {
        self.present.iter().any(|one| one.member != member)
    }
}

/// The members of one's shop whose desks the server hears of: the answer of `GET /api/duty`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnDuty {
    /// Who, sorted.
    pub members: Vec<MemberId>,
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::Value;

    use super::*;

    const PAGE: &str = include_str!("../../docs/SYNC.md");

    /// The examples below a heading.
    fn examples(heading: &str) -> Vec<&'static str> {
        let (_, after) = PAGE.split_once(heading).expect("the page has this heading");
        let part = after.split("\n## ").next().unwrap_or_default();
        part.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
    }

    /// The frame of an example, which says nothing that the frame does not.
    fn frame<T: DeserializeOwned + Serialize>(example: &str) -> T {
        let frame: T = serde_json::from_str(example).unwrap();
        let value: Value = serde_json::from_str(example).unwrap();
        assert_eq!(serde_json::to_value(&frame).unwrap(), value);
        frame
    }

    #[test]
    fn the_examples_of_the_page_are_frames() {
        let [told, heard] = examples("\n## Who looks at a conversation").try_into().unwrap();
        let told: PresenceRequest = frame(told);
        let heard: Presence = frame(heard);
        assert_eq!(Some(heard.conversation), told.conversation);
        assert_eq!(heard.present.iter().map(|one| one.typing).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn the_spans_of_the_page_are_those_of_the_code() {
        let (_, part) = PAGE.split_once("\n## Who looks at a conversation").unwrap();
        let spans = [
            format!("at most {PRESENT_TOLD_MAX}."),
            format!("within {} second of", PRESENCE_PAUSE_MILLIS / 1_000),
            format!("every {} seconds", PRESENCE_BEAT_MILLIS / 1_000),
            format!("A key counts for {} seconds", TYPING_REST_MILLIS / 1_000),
            format!("for {PRESENCE_SECONDS} seconds looks no more"),
            format!("as typing for {TYPING_SECONDS}\n"),
            format!("every {} seconds while the live", RESTING_BEAT_MILLIS / 1_000),
            format!("after {RESTING_SECONDS} seconds"),
            format!("after {ROUSED_SECONDS} seconds"),
            format!("{} of a member", PAGES_OF_MEMBER_MAX),
        ];
        for span in spans {
            assert!(part.contains(&span), "{span}");
        }
        assert_eq!((TYPING_BEAT_MILLIS, PAGES_MAX, HASTE_MILLIS), (4_000, 2_000, 250), "as the page says");
    }
}
