//! Rounds: from a shopper's first unanswered message to the first human answer.

use super::life::{Happened, What};
use crate::model::{MICROS_PER_SECOND, MemberId, Message, Micros};

/// The first greeting shall stand within this many seconds of the shopper's first message.
pub const GREETING_LIMIT_SECONDS: i64 = 15;
/// Each later answer shall stand within this many seconds.
pub const ANSWER_LIMIT_SECONDS: i64 = 20;

/// One question, however many messages it came in, and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// Whether it is the first of its conversation: its wait is the first response time.
    pub first: bool,
    /// When the first unanswered message arrived.
    pub asked_at: Micros,
    /// How many messages the shopper wrote in it.
    pub questions: u32,
    /// The first human answer, if there is one.
    pub answer: Option<Answer>,
    /// Who held the conversation when the round ended, or holds it now: after a handover it is the receiver's.
    pub owner: Option<MemberId>,
    /// When the conversation was closed without an answer.
    pub left_at: Option<Micros>,
    /// When the conversation was last closed between the round before and this one.
    pub closed_before: Option<Micros>,
}

/// The answer that ends a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Who wrote it.
    pub by: MemberId,
    /// When the shopper could read it.
    pub at: Micros,
    /// When its author sent it, by the author's own clock: told beside, never counted.
    pub written_at: Option<Micros>,
}

impl Round {
    /// How long the shopper waited, in microseconds; `None` while nobody answered.
    #[must_use]
    pub fn response_micros(&self) -> Option<i64> {
        self.answer.map(|answer| answer.at.since(self.asked_at))
    }
}

/// The rounds of a conversation, told in order. A shopper's further messages before an answer join the round; robots and
/// automatic greetings never end it; an agent's further messages after an answer begin none. Who writes again after a
/// conversation was closed on an open question begins another round; an answer that comes after the closing still counts.
#[must_use]
pub fn rounds(happened: impl IntoIterator<Item = Happened>) -> Vec<Round> {
    let mut rounds: Vec<Round> = Vec::new();
    let (mut owner, mut closed) = (None, None);
    for Happened { at, what } in happened {
        let open = rounds.last_mut().filter(|round| round.answer.is_none());
        match (what, open) {
            (What::Asked, Some(round)) if round.left_at.is_none() => round.questions += 1,
            (What::Asked, _) => {
                let first = rounds.is_empty();
                let closed_before = closed.take();
                rounds.push(Round {
                    first,
                    asked_at: at,
                    questions: 1,
                    answer: None,
                    owner,
                    left_at: None,
                    closed_before,
                });
            }
            (What::Answered { by, written_at }, open) => {
                owner = owner.or(Some(by));
                if let Some(round) = open {
                    (round.answer, round.owner, round.left_at) = (Some(Answer { by, at, written_at }), owner, None);
                }
            }
            (What::Given(to), open) => {
                owner = to;
                if let Some(round) = open.filter(|round| round.left_at.is_none()) {
                    round.owner = to;
                }
            }
            (What::Closed, open) => {
                closed = Some(at);
                if let Some(round) = open {
                    round.left_at = round.left_at.or(Some(at));
                }
            }
            (What::Automatic, _) => {}
        }
    }
    rounds
}

/// An answer is due soon once so much of its time is over, in percent: 9 s of 15, 12 s of 20.
pub const SOON_PERCENT: i64 = 60;

/// How urgent an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// There is time.
    Calm,
    /// It is due soon.
    Soon,
    /// The limit has been reached.
    Overdue,
}

/// A shopper who waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Since when.
    pub since: Micros,
    /// Whether it is for the first greeting.
    pub greeting: bool,
}

impl Waiting {
    /// How many seconds the answer may take.
    #[must_use]
    pub const fn limit_seconds(&self) -> i64 {
        if self.greeting { GREETING_LIMIT_SECONDS } else { ANSWER_LIMIT_SECONDS }
    }

    /// Whole seconds waited at that moment, by the server's clock.
    #[must_use]
    pub fn seconds(&self, now: Micros) -> i64 {
        now.since(self.since) / MICROS_PER_SECOND
    }

    /// Whether the limit has been reached at that moment.
    #[must_use]
    pub fn overdue(&self, now: Micros) -> bool {
        self.seconds(now) >= self.limit_seconds()
    }

    /// How urgent it is at that moment.
    #[must_use]
    pub fn urgency(&self, now: Micros) -> Urgency {
        let (seconds, limit) = (self.seconds(now), self.limit_seconds());
        if seconds >= limit {
            Urgency::Overdue
        } else if seconds * 100 >= limit * SOON_PERCENT {
            Urgency::Soon
        } else {
            Urgency::Calm
        }
    }
}

/// Who waits in a conversation whose messages come in order.
#[must_use]
pub fn waiting<'m>(messages: impl IntoIterator<Item = &'m Message>) -> Option<Waiting> {
    let last = rounds(messages.into_iter().map(Happened::from)).pop()?;
    last.answer.is_none().then_some(Waiting { since: last.asked_at, greeting: last.first })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Author, ConversationId, MessageId};

    fn agent() -> Author {
        Author::Member(MemberId::of_name("1001"))
    }

    fn conversation(said: &[(Author, i64)]) -> Vec<Message> {
        let message = |(index, (author, second)): (usize, &(Author, i64))| Message {
            id: MessageId::of_name(&index.to_string()),
            conversation: ConversationId::of_name("c"),
            position: u32::try_from(index).unwrap() + 1,
            author: *author,
            text: "…".into(),
            picture: None,
            at: Micros(0).plus_seconds(*second),
            written_at: None,
        };
        said.iter().enumerate().map(message).collect()
    }

    fn rounds_of(said: &[(Author, i64)]) -> Vec<Round> {
        rounds(conversation(said).iter().map(Happened::from))
    }

    fn seconds(said: &[(Author, i64)]) -> Vec<Option<i64>> {
        rounds_of(said).iter().map(|round| round.response_micros().map(|micros| micros / MICROS_PER_SECOND)).collect()
    }

    #[test]
    fn repeated_questions_are_one_round_and_further_answers_begin_none() {
        let said = [(Author::Shopper, 0), (Author::Shopper, 5), (agent(), 12), (agent(), 20), (Author::Shopper, 60)];
        assert_eq!(seconds(&said), vec![Some(12), None]);
        assert_eq!(rounds_of(&said)[0].questions, 2);
        assert_eq!(rounds_of(&said).iter().map(|r| r.first).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn a_robot_never_stops_the_clock() {
        assert_eq!(seconds(&[(Author::Shopper, 0), (Author::Automatic, 1), (agent(), 9)]), vec![Some(9)]);
    }

    #[test]
    fn an_agent_who_writes_first_answers_nothing() {
        assert_eq!(seconds(&[(agent(), 0), (Author::Shopper, 10), (agent(), 13)]), vec![Some(3)]);
        assert_eq!(seconds(&[]), Vec::<Option<i64>>::new());
    }

    #[test]
    fn the_running_clock_turns_at_15_seconds_for_the_greeting_and_20_later() {
        let greeting = waiting(&conversation(&[(Author::Shopper, 100)])).unwrap();
        assert!(!greeting.overdue(Micros(0).plus_seconds(114)) && greeting.overdue(Micros(0).plus_seconds(115)));

        let later = [(Author::Shopper, 0), (agent(), 3), (Author::Shopper, 100)];
        let answer = waiting(&conversation(&later)).unwrap();
        assert!(!answer.overdue(Micros(0).plus_seconds(119)) && answer.overdue(Micros(0).plus_seconds(120)));
        assert_eq!(waiting(&conversation(&later[..2])), None);
    }

    #[test]
    fn a_clock_set_back_waits_zero_not_less() {
        let waiting = Waiting { since: Micros(0).plus_seconds(50), greeting: true };
        assert_eq!(waiting.seconds(Micros(0).plus_seconds(10)), 0);
    }
}
