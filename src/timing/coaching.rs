//! Figures for coaching: how fast an agent types, how much comes from ready answers, how quickly they are found.
//!
//! They are kept apart from response times and are an agent's own affair: no clock of the service runs on them. A desk
//! tells how each reply came to be; a reply of which it told nothing counts among the replies and nowhere else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::quantile;
use crate::model::{Composed, EntryId, How, MemberId};

const MS_PER_MINUTE: u64 = 60_000;
/// The ways in which an answer is come by, in the order in which they are shown.
const WAYS: [How; 6] = [How::Suggested, How::Searched, How::AtHand, How::Policy, How::Copied, How::Newer];

/// A reply and how it came to be, if its desk told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplyOf {
    /// Who sent it.
    pub member: MemberId,
    /// How it came to be.
    pub composed: Option<Composed>,
}

/// The figures of one member, or of several together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coaching {
    /// The replies that were sent.
    pub replies: u32,
    /// Those of which the desk told how they came to be; shares are of these.
    pub told: u32,
    /// The characters that were typed, over replies with a typing time.
    pub typed_chars: u64,
    /// How long that took, in milliseconds, without pauses.
    pub typing_ms: u64,
    /// Characters typed a minute: the sum of the characters by the sum of the times, so that a long reply counts for
    /// more than "好的". `None` when nothing was typed.
    pub chars_per_minute: Option<u32>,
    /// Replies that were taken from an article.
    pub from_articles: u32,
    /// Replies that were taken from a quick reply.
    pub from_quick_replies: u32,
    /// From the shopper's message to the choice of an answer: the middle time, in milliseconds.
    pub median_choice_ms: Option<i64>,
    /// The 90th percentile of these times, interpolated as a spreadsheet's PERCENTILE does.
    pub p90_choice_ms: Option<i64>,
    /// The choices by how they were come by; ways that were not taken are left out.
    pub by_how: Vec<CoachingOfWay>,
}

/// The choices of one way of coming by an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoachingOfWay {
    /// The way.
    pub how: How,
    /// How many replies were taken from an answer come by so.
    pub replies: u32,
    /// The middle time to the choice, in milliseconds.
    pub median_choice_ms: Option<i64>,
    /// The 90th percentile of these times.
    pub p90_choice_ms: Option<i64>,
}

impl Coaching {
    /// The figures of these replies together.
    #[must_use]
    pub fn of<'r>(replies: impl Iterator<Item = &'r ReplyOf> + Clone) -> Self {
        let told: Vec<Composed> = replies.clone().filter_map(|reply| reply.composed).collect();
        let typed = told.iter().filter(|composed| composed.typing_ms > 0);
        let typed_chars: u64 = typed.clone().map(|composed| u64::from(composed.typed_chars)).sum();
        let typing_ms: u64 = typed.map(|composed| u64::from(composed.typing_ms)).sum();
        let taken = |is: fn(EntryId) -> bool| told.iter().filter(|composed| composed.chosen.is_some_and(is)).count();
        let (median_choice_ms, p90_choice_ms) = choice_times(told.iter());
        Self {
            replies: count(replies.count()),
            told: count(told.len()),
            typed_chars,
            typing_ms,
            chars_per_minute: a_minute(typed_chars, typing_ms),
            from_articles: count(taken(|entry| matches!(entry, EntryId::Article(_)))),
            from_quick_replies: count(taken(|entry| matches!(entry, EntryId::QuickReply(_)))),
            median_choice_ms,
            p90_choice_ms,
            by_how: WAYS.into_iter().filter_map(|how| of_way(how, &told)).collect(),
        }
    }

    /// The share of replies that were taken from an answer, of those of which the desk told; `None` without any.
    #[must_use]
    pub fn taken_share(&self) -> Option<f64> {
        let taken = f64::from(self.from_articles) + f64::from(self.from_quick_replies);
        (self.told > 0).then(|| taken / f64::from(self.told))
    }
}

/// The figures of each member who sent a reply, by member.
#[must_use]
pub fn coaching(replies: &[ReplyOf]) -> Vec<(MemberId, Coaching)> {
    let mut by_member = BTreeMap::<MemberId, Vec<&ReplyOf>>::new();
    for reply in replies {
        by_member.entry(reply.member).or_default().push(reply);
    }
    by_member.into_iter().map(|(member, replies)| (member, Coaching::of(replies.into_iter()))).collect()
}

fn of_way(how: How, told: &[Composed]) -> Option<CoachingOfWay> {
    let chosen = told.iter().filter(|composed| composed.chosen.is_some() && composed.how == Some(how));
    let replies = count(chosen.clone().count());
    let (median_choice_ms, p90_choice_ms) = choice_times(chosen);
    (replies > 0).then_some(CoachingOfWay { how, replies, median_choice_ms, p90_choice_ms })
}

/// The median and the 90th percentile of the times to the choice.
fn choice_times<'c>(told: impl Iterator<Item = &'c Composed>) -> (Option<i64>, Option<i64>) {
    let chosen = told.filter(|composed| composed.chosen.is_some());
    let mut times: Vec<i64> = chosen.filter_map(|composed| composed.choice_ms.map(i64::from)).collect();
    times.sort_unstable();
    (quantile(&times, 50), quantile(&times, 90))
}

fn a_minute(chars: u64, ms: u64) -> Option<u32> {
    let rounded = (chars * MS_PER_MINUTE + ms / 2).checked_div(ms)?;
    Some(u32::try_from(rounded).unwrap_or(u32::MAX))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ArticleId, QuickReplyId};

    fn typed(member: &str, typed_chars: u32, typing_ms: u32) -> ReplyOf {
        let composed = Composed { typed_chars, typing_ms, ..Composed::default() };
        ReplyOf { member: MemberId::of_name(member), composed: Some(composed) }
    }

    fn chosen(member: &str, entry: EntryId, how: How, choice_ms: Option<u32>) -> ReplyOf {
        let composed = Composed { chosen: Some(entry), how: Some(how), choice_ms, ..Composed::default() };
        ReplyOf { member: MemberId::of_name(member), composed: Some(composed) }
    }

    fn article() -> EntryId {
        EntryId::Article(ArticleId::of_name("a"))
    }

    #[test]
    fn typing_is_the_sum_of_characters_by_the_sum_of_times() {
        // 30 + 10 characters in 20 + 40 seconds; nothing was typed in the third.
        let replies = [typed("a", 30, 20_000), typed("a", 10, 40_000), typed("a", 99, 0)];
        let of = Coaching::of(replies.iter());
        assert_eq!((of.typed_chars, of.typing_ms, of.chars_per_minute), (40, 60_000, Some(40)));
        assert_eq!(Coaching::of([typed("a", 5, 0)].iter()).chars_per_minute, None);
        assert_eq!(Coaching::of([].iter()), Coaching::default());
    }

    #[test]
    fn shares_are_of_the_replies_that_were_told_about() {
        let quick = EntryId::QuickReply(QuickReplyId::of_name("q"));
        let silent = ReplyOf { member: MemberId::of_name("a"), composed: None };
        let replies = [
            chosen("a", article(), How::Suggested, Some(1_000)),
            chosen("a", quick, How::AtHand, None),
            typed("a", 8, 4_000),
            typed("a", 8, 4_000),
            silent,
        ];
        let of = Coaching::of(replies.iter());
        assert_eq!((of.replies, of.told, of.from_articles, of.from_quick_replies), (5, 4, 1, 1));
        assert_eq!(of.taken_share(), Some(0.5));
        assert_eq!(Coaching::of([silent].iter()).taken_share(), None);
    }

    #[test]
    fn times_to_the_choice_are_told_by_way_too() {
        let replies = [
            chosen("a", article(), How::Suggested, Some(1_000)),
            chosen("a", article(), How::Suggested, Some(3_000)),
            chosen("a", article(), How::Searched, Some(11_000)),
            chosen("a", article(), How::Searched, None),
        ];
        let of = Coaching::of(replies.iter());
        assert_eq!((of.median_choice_ms, of.p90_choice_ms), (Some(3_000), Some(9_400)));
        let ways: Vec<(How, u32, Option<i64>)> =
            of.by_how.iter().map(|way| (way.how, way.replies, way.median_choice_ms)).collect();
        assert_eq!(ways, [(How::Suggested, 2, Some(2_000)), (How::Searched, 2, Some(11_000))]);
    }

    #[test]
    fn each_member_has_figures_of_their_own() {
        let replies = [typed("a", 30, 60_000), typed("b", 60, 60_000), typed("a", 30, 60_000)];
        let both = coaching(&replies);
        let of = |name| both.iter().find(|(member, _)| *member == MemberId::of_name(name)).unwrap().1.clone();
        assert_eq!(both.len(), 2);
        assert_eq!((of("a").replies, of("a").chars_per_minute), (2, Some(30)));
        assert_eq!((of("b").replies, of("b").chars_per_minute), (1, Some(60)));
    }
}
