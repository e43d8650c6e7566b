//! A conversation of a log in order, whatever order its messages come in, and however often.

use std::collections::HashSet;

use crate::model::{Author, MemberId, MessageId, Micros};

/// A message of a log, once it is known who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogMessage {
    /// Its id, which follows from what it is.
    pub id: MessageId,
    /// Who wrote it.
    pub author: Author,
    /// When.
    pub at: Micros,
    /// Its words, where they are kept.
    pub text: String,
}

/// A conversation as it is known from a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thread {
    /// Its messages by time. Of two at one moment the one that was read first stands first.
    pub messages: Vec<LogMessage>,
    /// When the log says that it ended, in order.
    pub ends: Vec<Micros>,
}

/// What more of a log did to a conversation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Joined {
    /// So many messages at the beginning stay in their places.
    pub stay: usize,
    /// So many are new.
    pub new: usize,
    /// So many were there already.
    pub known: usize,
}

impl Thread {
    /// Adds what a log says of this conversation. The same once more changes nothing.
    pub fn join(&mut self, messages: Vec<LogMessage>, ends: Vec<Micros>) -> Joined {
        let mut ids: HashSet<MessageId> = self.messages.iter().map(|message| message.id).collect();
        let told = messages.len();
        let new: Vec<LogMessage> = messages.into_iter().filter(|message| ids.insert(message.id)).collect();
        let earliest = new.iter().map(|message| message.at).min();
        let stay = earliest.map_or(self.messages.len(), |at| self.messages.partition_point(|it| it.at <= at));
        let joined = Joined { stay, new: new.len(), known: told - new.len() };
        self.messages.extend(new);
        self.messages.sort_by_key(|message| message.at);
        self.ends.extend(ends);
        self.ends.sort_unstable();
        self.ends.dedup();
        joined
    }

    /// When it began: with its first message, or with its end where that is all that is known.
    #[must_use]
    pub fn begins(&self) -> Option<Micros> {
        self.messages.first().map(|message| message.at).or(self.ends.first().copied())
    }

    /// When it ended last. Where a log does not tell, that was with the last message.
    #[must_use]
    pub fn ended(&self) -> Option<Micros> {
        self.messages.last().map(|message| message.at).max(self.ends.last().copied())
    }

    /// The end that the log does not tell: nothing says that the conversation ended after its last message.
    #[must_use]
    pub fn untold_end(&self) -> Option<Micros> {
        let last = self.messages.last()?.at;
        self.ends.last().is_none_or(|end| *end < last).then_some(last)
    }

    /// The member who answered first, who holds what nobody answered.
    #[must_use]
    pub fn owner(&self) -> Option<MemberId> {
        self.messages.iter().find_map(|message| match message.author {
            Author::Member(member) => Some(member),
            _ => None,
        })
    }

    /// Whether a shopper wrote in it.
    #[must_use]
    pub fn has_shopper(&self) -> bool {
        self.messages.iter().any(|message| message.author == Author::Shopper)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(number: usize, second: i64) -> LogMessage {
        let author =
            if number.is_multiple_of(2) { Author::Shopper } else { Author::Member(MemberId::of_name("小美")) };
        let id = MessageId::of_name(&number.to_string());
        LogMessage { id, author, at: Micros(0).plus_seconds(second), text: String::new() }
    }

    fn seconds(thread: &Thread) -> Vec<i64> {
        thread.messages.iter().map(|message| message.at.0 / 1_000_000).collect()
    }

    #[test]
    fn what_comes_late_takes_its_place_and_the_rest_moves() {
        let mut thread = Thread::default();
        let first = thread.join(vec![message(0, 10), message(1, 30)], vec![]);
        assert_eq!(first, Joined { stay: 0, new: 2, known: 0 });
        assert_eq!(thread.join(vec![message(2, 40)], vec![]), Joined { stay: 2, new: 1, known: 0 });
        let late = thread.join(vec![message(3, 30), message(0, 10)], vec![]);
        assert_eq!(late, Joined { stay: 2, new: 1, known: 1 }, "of one moment what was there stands first");
        assert_eq!(seconds(&thread), [10, 30, 30, 40]);
        assert_eq!((thread.owner(), thread.has_shopper()), (Some(MemberId::of_name("小美")), true));
    }

    #[test]
    fn an_end_that_nobody_tells_is_the_last_message() {
        let at = |second| Micros(0).plus_seconds(second);
        let mut thread = Thread::default();
        assert_eq!((thread.begins(), thread.ended(), thread.untold_end()), (None, None, None));
        thread.join(vec![message(0, 10), message(1, 30)], vec![]);
        assert_eq!((thread.begins(), thread.untold_end()), (Some(at(10)), Some(at(30))));
        thread.join(vec![], vec![at(30), at(20), at(30)]);
        assert_eq!((thread.untold_end(), thread.ended()), (None, Some(at(30))));
        assert_eq!(thread.ends, [at(20), at(30)]);
        thread.join(vec![message(2, 50)], vec![]);
        assert_eq!((thread.untold_end(), thread.ended()), (Some(at(50)), Some(at(50))));
        let mut empty = Thread::default();
        empty.join(vec![], vec![at(5)]);
        assert_eq!((empty.begins(), empty.ended(), empty.untold_end()), (Some(at(5)), Some(at(5)), None));
    }

    /// Brings rows in by pieces of these sizes, over and over.
    fn by_pieces(rows: &[LogMessage], sizes: &[usize]) -> Thread {
        let (mut thread, mut rest) = (Thread::default(), rows);
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                return thread;
            }
            let (piece, more) = rest.split_at((*size).min(rest.len()));
            let standing: Vec<MessageId> = thread.messages.iter().map(|message| message.id).collect();
            let joined = thread.join(piece.to_vec(), vec![]);
            let stayed: Vec<MessageId> = thread.messages.iter().map(|message| message.id).take(joined.stay).collect();
            assert_eq!(stayed, standing[..joined.stay], "what is said to stay does");
            assert!(thread.messages.is_sorted_by_key(|message| message.at));
            rest = more;
        }
        thread
    }

    proptest! {
        /// However a log is cut into pieces, and however many messages share a moment, the same conversation comes out; and a
        /// second time changes nothing.
        #[test]
        fn pieces_of_a_log_make_the_whole(
            times in prop::collection::vec(0_i64..8, 1..40),
            sizes in prop::collection::vec(1_usize..9, 1..5),
        ) {
            let rows: Vec<LogMessage> = times.iter().enumerate().map(|(number, second)| message(number, *second)).collect();
            let whole = by_pieces(&rows, &[rows.len()]);
            let mut pieces = by_pieces(&rows, &sizes);
            prop_assert_eq!(&pieces, &whole);
            let again = pieces.join(rows.clone(), vec![]);
            prop_assert_eq!(again, Joined { stay: rows.len(), new: 0, known: rows.len() });
            prop_assert_eq!(pieces, whole);
        }

        /// Whatever order messages of different moments come in, the same conversation comes out.
        #[test]
        fn any_order_makes_the_same(
            order in Just((0..25_usize).collect::<Vec<_>>()).prop_shuffle(),
            sizes in prop::collection::vec(1_usize..9, 1..5),
        ) {
            let rows: Vec<LogMessage> = (0..25).map(|number| message(number, number as i64)).collect();
            let shuffled: Vec<LogMessage> = order.iter().map(|number| rows[*number].clone()).collect();
            prop_assert_eq!(by_pieces(&shuffled, &sizes), by_pieces(&rows, &[25]));
        }
    }
}
