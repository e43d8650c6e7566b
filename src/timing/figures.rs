//! Figures: what the rounds of many conversations say together, with the whole distribution behind them.

use serde::{Deserialize, Serialize};

use super::{ANSWER_LIMIT_SECONDS, GREETING_LIMIT_SECONDS, Round};
use crate::model::{MICROS_PER_SECOND, MemberId, Micros};

const MICROS_PER_HOUR: i64 = 3_600 * MICROS_PER_SECOND;

/// A round and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundOf {
    /// The round.
    pub round: Round,
    /// Who holds the conversation, or held it when it was closed; an unanswered round is theirs.
    pub owner: Option<MemberId>,
    /// When the conversation was closed; a round that nobody answered waited until then.
    pub closed_at: Option<Micros>,
}

impl RoundOf {
    /// Who answered, or else who should have.
    fn agent(&self) -> Option<MemberId> {
        self.round.answer.map(|answer| answer.by).or(self.owner)
    }

    fn waited_micros(&self, now: Micros) -> i64 {
        let end = self.round.answer.map(|answer| answer.at).or(self.closed_at).unwrap_or(now);
        end.since(self.round.asked_at)
    }
}

/// One distribution of response times. Times are in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Rounds with an answer; median, percentile, mean and longest are over these.
    pub answered: u32,
    /// Rounds without an answer that have waited past the limit: 15 s for first responses, 20 s for the others.
    pub unanswered: u32,
    /// The middle response time: of an even number, the mean of the two in the middle.
    pub median_ms: Option<i64>,
    /// The 90th percentile, interpolated between neighbours as a spreadsheet's PERCENTILE does.
    pub p90_ms: Option<i64>,
    /// The mean.
    pub mean_ms: Option<i64>,
    /// The longest.
    pub longest_ms: Option<i64>,
    /// Rounds answered within 15 seconds. Shares are of `answered + unanswered`.
    pub within_15s: u32,
    /// Rounds answered within 20 seconds.
    pub within_20s: u32,
}

/// First responses and all responses of one agent, one hour or everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// First response time: the first round of each conversation.
    pub first: Figure,
    /// Response time: every round, the first one included.
    pub every: Figure,
}

/// The figures of a span of time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Everybody's.
    pub total: Group,
    /// By who answered, or who owns the conversation that waits; `None` where nobody does yet.
    pub by_agent: Vec<(Option<MemberId>, Group)>,
    /// By the hour in which the shopper asked; the moment is the hour's beginning.
    pub by_hour: Vec<(Micros, Group)>,
}

/// Adds the rounds up. `utc_offset_seconds` is the shop's, so that hours begin where its clocks say.
#[must_use]
pub fn figures(rounds: &[RoundOf], now: Micros, utc_offset_seconds: i64) -> Figures {
    let hour = |round: &RoundOf| hour_begins(round.round.asked_at, utc_offset_seconds);
    Figures {
        total: group(rounds.iter(), now),
        by_agent: grouped(rounds, RoundOf::agent, now),
        by_hour: grouped(rounds, hour, now),
    }
}

/// When the hour of a moment begins, by clocks that never change.
#[must_use]
pub fn hour_begins(at: Micros, utc_offset_seconds: i64) -> Micros {
    let local = at.plus_seconds(utc_offset_seconds);
    Micros(local.0 - local.0.rem_euclid(MICROS_PER_HOUR)).plus_seconds(-utc_offset_seconds)
}

fn grouped<K: Ord + Copy>(rounds: &[RoundOf], key: impl Fn(&RoundOf) -> K, now: Micros) -> Vec<(K, Group)> {
    let mut groups = std::collections::BTreeMap::<K, Vec<&RoundOf>>::new();
    for round in rounds {
        groups.entry(key(round)).or_default().push(round);
    }
    groups.into_iter().map(|(key, rounds)| (key, group(rounds.into_iter(), now))).collect()
}

fn group<'r>(rounds: impl Iterator<Item = &'r RoundOf> + Clone, now: Micros) -> Group {
    Group { first: figure(rounds.clone().filter(|of| of.round.first), now), every: figure(rounds, now) }
}

fn figure<'r>(rounds: impl Iterator<Item = &'r RoundOf>, now: Micros) -> Figure {
    let mut answered: Vec<i64> = Vec::new();
    let mut unanswered = 0;
    for of in rounds {
        let limit = if of.round.first { GREETING_LIMIT_SECONDS } else { ANSWER_LIMIT_SECONDS };
        match of.round.response_micros() {
            Some(micros) => answered.push(micros),
            None if of.closed_at.is_some() || of.waited_micros(now) > limit * MICROS_PER_SECOND => unanswered += 1,
            None => {}
        }
    }
    answered.sort_unstable();
    let within = |seconds: i64| count(answered.partition_point(|micros| *micros <= seconds * MICROS_PER_SECOND));
    let mean = || {
        let total: i128 = answered.iter().map(|micros| i128::from(*micros)).sum();
        let rounds = i128::try_from(answered.len()).ok().filter(|rounds| *rounds > 0)?;
        i64::try_from(total / rounds).ok()
    };
    Figure {
        answered: count(answered.len()),
        unanswered,
        median_ms: quantile(&answered, 50).map(to_ms),
        p90_ms: quantile(&answered, 90).map(to_ms),
        mean_ms: mean().map(to_ms),
        longest_ms: answered.last().copied().map(to_ms),
        within_15s: within(GREETING_LIMIT_SECONDS),
        within_20s: within(ANSWER_LIMIT_SECONDS),
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

const fn to_ms(micros: i64) -> i64 {
    micros.saturating_add(500) / 1_000
}

/// The value below which `percent` of a sorted list lies, interpolated between neighbours; `None` of an empty list.
/// It equals a spreadsheet's PERCENTILE (and MEDIAN at 50), so a person can check it.
#[must_use]
pub fn quantile(sorted: &[i64], percent: u32) -> Option<i64> {
    let last = sorted.len().checked_sub(1)?;
    let hundredths = last * percent.min(100) as usize;
    let (below, share) = (hundredths / 100, hundredths % 100);
    let low = sorted[below];
    let high = sorted[(below + 1).min(last)];
    let step = i128::from(high - low) * i128::try_from(share).ok()? / 100;
    Some(low + i64::try_from(step).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timing::Answer;

    const HOUR: i64 = 3_600;

    fn answered(asked_second: i64, seconds: i64, first: bool, by: &str) -> RoundOf {
        let asked_at = Micros(0).plus_seconds(asked_second);
        let by = MemberId::of_name(by);
        let answer = Some(Answer { by, at: asked_at.plus_seconds(seconds), written_at: None });
        let round =
            Round { first, asked_at, questions: 1, answer, owner: Some(by), left_at: None, closed_before: None };
        RoundOf { round, owner: Some(by), closed_at: None }
    }

    fn open(asked_second: i64, owner: Option<&str>) -> RoundOf {
        let asked_at = Micros(0).plus_seconds(asked_second);
        let round = Round {
            first: true,
            asked_at,
            questions: 1,
            answer: None,
            owner: None,
            left_at: None,
            closed_before: None,
        };
        RoundOf { round, owner: owner.map(MemberId::of_name), closed_at: None }
    }

    #[test]
    fn quantiles_are_those_of_a_spreadsheet() {
        assert_eq!(quantile(&[], 50), None);
        assert_eq!(quantile(&[7], 90), Some(7));
        assert_eq!(quantile(&[10, 20], 50), Some(15));
        assert_eq!(quantile(&[10, 20, 30, 40, 50], 90), Some(46));
    }

    #[test]
    fn a_supervisor_can_check_the_figures_by_hand() {
        // First responses 5 s, 18 s and 40 s; a later answer of 10 s; all by one agent.
        let rounds = [
            answered(0, 5, true, "1001"),
            answered(60, 18, true, "1001"),
            answered(120, 40, true, "1001"),
            answered(300, 10, false, "1001"),
        ];
        let figures = figures(&rounds, Micros(0).plus_seconds(HOUR), 0);
        let first = &figures.total.first;
        assert_eq!((first.answered, first.median_ms, first.p90_ms), (3, Some(18_000), Some(35_600)));
        assert_eq!((first.within_15s, first.within_20s, first.longest_ms), (1, 2, Some(40_000)));
        let every = &figures.total.every;
        assert_eq!((every.answered, every.median_ms, every.mean_ms), (4, Some(14_000), Some(18_250)));
        assert_eq!(figures.by_agent, vec![(Some(MemberId::of_name("1001")), figures.total.clone())]);
    }

    #[test]
    fn who_still_waits_counts_once_the_limit_has_passed() {
        let rounds = [open(0, None), open(0, Some("1001"))];
        let early = figures(&rounds, Micros(0).plus_seconds(15), 0);
        assert_eq!(early.total.first.unanswered, 0);
        let late = figures(&rounds, Micros(0).plus_seconds(16), 0);
        assert_eq!(late.total.first.unanswered, 2);
        assert_eq!(late.by_agent.len(), 2);
        let mut closed = open(0, None);
        closed.closed_at = Some(Micros(0).plus_seconds(3));
        assert_eq!(figures(&[closed], Micros(0).plus_seconds(4), 0).total.first.unanswered, 1);
    }

    #[test]
    fn an_hour_begins_by_the_clock_of_the_shop() {
        let half_past = 30 * 60;
        let figures = figures(&[answered(0, 1, true, "1001")], Micros(0), half_past);
        assert_eq!(figures.by_hour[0].0, Micros(0).plus_seconds(-half_past));
    }
}
