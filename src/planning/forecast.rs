//! What will come, hour by hour, and how wrong that was in past weeks.

use std::collections::BTreeMap;

use crate::model::{Day, MemberId};

use super::{DAYS_PER_WEEK, HOURS_PER_DAY, Week, week_of};

/// So many weeks before are looked at.
pub const FORECAST_WEEKS_MAX: usize = 8;
/// With fewer weeks nothing is foretold.
pub const FORECAST_WEEKS_MIN: usize = 2;
/// So many past weeks are foretold once more, to see how wrong that was.
pub const BACKTEST_WEEKS_MAX: usize = 8;
/// A week with fewer hours than this is none: half of it.
const WEEK_HOURS_MIN: usize = DAYS_PER_WEEK * HOURS_PER_DAY / 2;
/// A trend needs so many weeks …
const TREND_WEEKS_MIN: usize = 4;
/// … of which so large a share of all pairs goes the same way, in quarters.
const TREND_PAIRS_QUARTERS: usize = 3;
/// The level of the weeks before which it moves on from, where there is no trend.
const LEVEL_WEEKS: usize = 3;
/// A trend makes at most half or twice as much of what was.
const LEVEL_MIN: f64 = 0.5;
const LEVEL_MAX: f64 = 2.0;
/// Nine tenths of what came lay above the low end of the range, and nine tenths below the high one.
const TENTH: f64 = 0.1;

/// What came in a week, by the shop's clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastWeek {
    /// Its Monday.
    pub begins: Day,
    /// How many chats began in each hour. `None` where the hour says nothing: special days, and what is not over yet.
    pub counts: Week<Option<u32>>,
}

impl PastWeek {
    fn known(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        let hours = self.counts.iter().enumerate();
        hours.flat_map(|(day, hours)| {
            hours.iter().enumerate().filter_map(move |(hour, count)| Some((day, hour, f64::from((*count)?))))
        })
    }

    /// Whether enough of it is known to learn from.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.known().count() >= WEEK_HOURS_MIN
    }
}

/// What will come in the week that begins on a Monday, from the weeks before it in their order; `None` with too few of them.
///
/// For each hour of the week stands the mean of the middle half of what came in that hour: the highest and lowest quarter
/// are left out, so that one sale moves nothing. That is levelled by how the weeks went as a whole: where at least three
/// quarters of all pairs of weeks go the same way the line through them is followed (H. Theil, 1950; P. K. Sen, 1968: the
/// median of the slopes of all pairs), else the latest weeks tell the level.
#[must_use]
pub fn forecast(before: &[PastWeek], week: Day) -> Option<Week<f64>> {
    let weeks: Vec<&PastWeek> = before.iter().filter(|past| past.begins < week && past.is_whole()).collect();
    let weeks = &weeks[weeks.len().saturating_sub(FORECAST_WEEKS_MAX)..];
    if weeks.len() < FORECAST_WEEKS_MIN {
        return None;
    }
    let profile = profile(weeks);
    let levels: Vec<(f64, f64)> = weeks.iter().filter_map(|past| level(past, &profile, week)).collect();
    let level = level_to_come(&levels);
    Some(week_of(|day, hour| profile[day][hour] * level))
}

/// What comes in each hour of an ordinary week. An hour that was never known is as that hour of the other days.
fn profile(weeks: &[&PastWeek]) -> Week<f64> {
    let known = |day: usize, hour: usize| {
        let counts = weeks.iter().filter_map(|past| past.counts[day][hour]).map(f64::from);
        middle_mean(counts.collect())
    };
    let of_hour = |hour: usize| middle_mean((0..DAYS_PER_WEEK).filter_map(|day| known(day, hour)).collect());
    week_of(|day, hour| known(day, hour).or_else(|| of_hour(hour)).unwrap_or(0.0))
}

/// How much of an ordinary week a week was, and how many weeks before (less than 0) it lies.
fn level(past: &PastWeek, profile: &Week<f64>, week: Day) -> Option<(f64, f64)> {
    let came: f64 = past.known().map(|(_, _, count)| count).sum();
    let ordinary: f64 = past.known().map(|(day, hour, _)| profile[day][hour]).sum();
    let weeks = (past.begins.0 - week.0) as f64 / DAYS_PER_WEEK as f64;
    (ordinary > 0.0).then(|| (weeks, came / ordinary))
}

fn level_to_come(levels: &[(f64, f64)]) -> f64 {
    let level = match slope(levels) {
        Some(slope) => median(levels.iter().map(|(weeks, level)| level - slope * weeks).collect()),
        None => median(levels.iter().rev().take(LEVEL_WEEKS).map(|(_, level)| *level).collect()),
    };
    level.unwrap_or(1.0).clamp(LEVEL_MIN, LEVEL_MAX)
}

/// By how much the level changes in a week, where it does.
fn slope(levels: &[(f64, f64)]) -> Option<f64> {
    if levels.len() < TREND_WEEKS_MIN {
        return None;
    }
    let pairs =
        levels.iter().enumerate().flat_map(|(place, first)| levels[place + 1..].iter().map(move |it| (first, it)));
    let slopes: Vec<f64> = pairs.map(|(first, second)| (second.1 - first.1) / (second.0 - first.0)).collect();
    let (up, down) = slopes
        .iter()
        .fold((0, 0), |(up, down), slope| (up + usize::from(*slope > 0.0), down + usize::from(*slope < 0.0)));
    if up.max(down) * 4 < slopes.len() * TREND_PAIRS_QUARTERS { None } else { median(slopes) }
}

/// The mean of the middle half: of eight the lowest two and the highest two are left out, of three the ends.
fn middle_mean(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let left_out = (numbers.len() + 1) / 4;
    let middle = numbers.get(left_out..numbers.len() - left_out).filter(|middle| !middle.is_empty())?;
    Some(middle.iter().sum::<f64>() / middle.len() as f64)
}

fn median(numbers: Vec<f64>) -> Option<f64> {
    quantile(numbers, 0.5)
}

/// Between two neighbours in proportion, as a spreadsheet does.
fn quantile(mut numbers: Vec<f64>, share: f64) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let place = share * numbers.len().checked_sub(1)? as f64;
    let (low, high) = (numbers[place.floor() as usize], numbers[place.ceil() as usize]);
    Some(low + (high - low) * place.fract())
}

/// How a past week was foretold from those before it, and how it went.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeekError {
    /// Its Monday.
    pub begins: Day,
    /// How many chats were foretold for the hours that are known.
    pub foretold: f64,
    /// How many came.
    pub came: u32,
    /// By how many the hours were wrong together, whichever way.
    pub wrong: f64,
}

impl WeekError {
    /// How wrong the hours were, as a share of what came (the weighted absolute percentage error); `None` where nothing came.
    #[must_use]
    pub fn share_wrong(&self) -> Option<f64> {
        (self.came > 0).then(|| self.wrong / f64::from(self.came))
    }
}

/// The same of one hour of the day, over all weeks that were foretold.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ByHour {
    /// How many chats were foretold.
    pub foretold: f64,
    /// How many came.
    pub came: u32,
    /// By how many each was wrong, together.
    pub wrong: f64,
}

/// How wrong forecasts would have been.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// The weeks that were foretold, in their order.
    pub weeks: Vec<WeekError>,
    /// By hour of the day.
    pub by_hour: [ByHour; HOURS_PER_DAY],
    /// Between which two numbers eight tenths of the differences lay, each divided by the root of what was foretold.
    spread: (f64, f64),
}

/// Foretells past weeks, each from those before it alone.
#[must_use]
pub fn backtest(past: &[PastWeek]) -> Backtest {
    let foretold = past.iter().enumerate().filter(|(_, week)| week.is_whole());
    let foretold = foretold.filter_map(|(place, week)| Some((week, forecast(&past[..place], week.begins)?)));
    let foretold: Vec<(&PastWeek, Week<f64>)> = foretold.collect();
    let latest = &foretold[foretold.len().saturating_sub(BACKTEST_WEEKS_MAX)..];
    let mut by_hour = [ByHour::default(); HOURS_PER_DAY];
    let (mut weeks, mut differences) = (Vec::new(), Vec::new());
    for (week, expected) in latest {
        let mut error = WeekError { begins: week.begins, foretold: 0.0, came: 0, wrong: 0.0 };
        for (day, hour, count) in week.known() {
            let (expected, came) = (expected[day][hour], count as u32);
            let wrong = f64::abs(count - expected);
            error.foretold += expected;
            error.came += came;
            error.wrong += wrong;
            let of_hour = &mut by_hour[hour];
            of_hour.foretold += expected;
            of_hour.came += came;
            of_hour.wrong += wrong;
            // Hours in which nothing was to come and nothing came would make all others look sure.
            if expected >= 0.5 || count > 0.0 {
                differences.push((count - expected) / root(expected));
            }
        }
        weeks.push(error);
    }
    let spread = quantile(differences.clone(), TENTH).zip(quantile(differences, 1.0 - TENTH));
    Backtest { weeks, by_hour, spread: spread.unwrap_or((0.0, 0.0)) }
}

/// Numbers of chats are the more spread the larger they are, as their root.
fn root(expected: f64) -> f64 {
    expected.max(1.0).sqrt()
}

/// Between which two numbers what comes will lie in eight of ten hours, by how wrong past weeks were.
#[must_use]
pub fn range_of(backtest: &Backtest, expected: f64) -> (f64, f64) {
    let (low, high) = backtest.spread;
    let at = |spread: f64| (expected + spread * root(expected)).max(0.0);
    (at(low.min(0.0)), at(high.max(0.0)))
}

/// What each member would have had of what was foretold, if everybody who was there in an hour had taken as many as the others.
#[must_use]
pub fn fair_shares(
    foretold: &Week<f64>,
    there: impl IntoIterator<Item = (MemberId, usize, usize)>,
) -> BTreeMap<MemberId, f64> {
    let mut by_hour = BTreeMap::<(usize, usize), Vec<MemberId>>::new();
    for (member, day, hour) in there {
        let members = by_hour.entry((day, hour)).or_default();
        if !members.contains(&member) {
            members.push(member);
        }
    }
    let mut shares = BTreeMap::new();
    for ((day, hour), members) in by_hour {
        for member in &members {
            *shares.entry(*member).or_insert(0.0) += foretold[day][hour] / members.len() as f64;
        }
    }
    shares
}

#[cfg(test)]
mod tests;
