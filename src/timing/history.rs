//! A figure through time: what it says of each piece of a span, how its times are spread, and how it does at each hour of
//! the week.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::define::Definition;
use super::life::{Case, Subject};
use super::value::{Asked, Standing, Value, counted, value};
use super::zone::Zone;
use crate::model::{MICROS_PER_SECOND, Micros};

/// Up to where the bands of waits go, in seconds; what takes exactly so long is within.
const BANDS_OF_WAITS: [u32; 12] = [5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600];
/// The same of what takes minutes and hours.
const BANDS_OF_WORK: [u32; 12] = [60, 120, 300, 600, 900, 1_800, 2_700, 3_600, 7_200, 14_400, 28_800, 86_400];

/// How the times behind a figure are spread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// The bands, the shortest first; the last has no end.
    pub bands: Vec<Band>,
    /// How many did not end: nobody answered.
    pub not_ended: u32,
    /// How many may still end.
    pub running: u32,
}

/// How many times lie above the band before and up to the end of this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// Where it ends, in seconds, that included; `None` of the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to_seconds: Option<u32>,
    /// How many.
    pub count: u32,
}

/// An hour of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HourOfWeek {
    /// The weekday, from 0 for Monday.
    pub weekday: u8,
    /// The hour of the day.
    pub hour: u8,
}

impl HourOfWeek {
    /// The hour that the clocks show at a moment.
    #[must_use]
    pub fn of(zone: &Zone, at: Micros) -> Self {
        let local = zone.local(at);
        let small = |number: usize| u8::try_from(number).unwrap_or(0);
        Self { weekday: small(local.day.weekday()), hour: small(local.hour() as usize) }
    }

    /// Its number among the hours of the week, from 0 for Monday's first.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.weekday as u32 * 24 + self.hour as u32
    }
}

/// What a figure says of each piece of a span. The pieces are in order and do not overlap.
#[must_use]
pub fn series(definition: &Definition, cases: &[Case], asked: &Asked<'_>, pieces: &[(Micros, Micros)]) -> Vec<Value> {
    let mut of = vec![Vec::new(); pieces.len()];
    for case in cases {
        if let Some(place) = definition.moment(case).and_then(|moment| piece_of(pieces, moment)) {
            of[place].push(*case);
        }
    }
    let asked_of = |(from, to): (Micros, Micros)| Asked { from, to, ..*asked };
    of.iter().zip(pieces).map(|(cases, piece)| value(definition, cases, &asked_of(*piece))).collect()
}

/// The piece in which a moment lies.
#[must_use]
pub fn piece_of(pieces: &[(Micros, Micros)], moment: Micros) -> Option<usize> {
    let place = pieces.partition_point(|(from, _)| *from <= moment).checked_sub(1)?;
    (moment < pieces[place].1).then_some(place)
}

/// How the times behind a figure are spread. They are told as long as they were: a cap changes nothing here.
#[must_use]
pub fn spread(definition: &Definition, cases: &[Case], asked: &Asked<'_>) -> Spread {
    let definition = Definition { cap_seconds: None, ..definition.clone() };
    let ends = match definition.subject {
        Subject::Response | Subject::FirstResponse | Subject::Handover => BANDS_OF_WAITS,
        Subject::Handling | Subject::Resolution => BANDS_OF_WORK,
    };
    let ends = ends.map(Some).into_iter().chain([None]);
    let mut bands: Vec<Band> = ends.map(|up_to_seconds| Band { up_to_seconds, count: 0 }).collect();
    let (mut not_ended, mut running) = (0, 0);
    for (_, standing) in counted(&definition, cases, asked) {
        match standing {
            Standing::NotEnded => not_ended += 1,
            Standing::Running => running += 1,
            Standing::Ended(micros) => {
                let is_within = |band: &&mut Band| {
                    band.up_to_seconds.is_none_or(|seconds| micros <= i64::from(seconds) * MICROS_PER_SECOND)
                };
                if let Some(band) = bands.iter_mut().find(is_within) {
                    band.count += 1;
                }
            }
        }
    }
    Spread { bands, not_ended, running }
}

/// What a figure says of each hour of the week in which there is something to say it of.
#[must_use]
pub fn by_hour_of_week(definition: &Definition, cases: &[Case], asked: &Asked<'_>) -> BTreeMap<HourOfWeek, Value> {
    let mut hours = BTreeMap::<HourOfWeek, Vec<Case>>::new();
    for case in cases {
        if let Some(moment) = definition.moment(case) {
            hours.entry(HourOfWeek::of(asked.zone, moment)).or_default().push(*case);
        }
    }
    let told = hours.into_iter().map(|(hour, cases)| (hour, value(definition, &cases, asked)));
    told.filter(|(_, value)| value.of > 0 || value.running > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChannelId, ConversationId, TeamId};
    use crate::timing::{OpenHours, Statistic, Step, shipped};

    const DAY: i64 = 86_400;

    /// One that began so many seconds after 1970, a Thursday, and was answered after so many.
    fn case(from: i64, took: Option<i64>) -> Case {
        let from = Micros(0).plus_seconds(from);
        Case {
            conversation: ConversationId::of_name("c"),
            customer: None,
            team: TeamId::of_name("day"),
            channel: ChannelId::of_name("tea"),
            agent: None,
            from,
            session_from: from,
            until: took.map(|took| from.plus_seconds(took)),
            left_at: None,
            written_at: None,
        }
    }

    fn of(statistic: Statistic) -> Definition {
        Definition { statistic, threshold_seconds: Some(20), ..shipped().swap_remove(1) }
    }

    fn asked<'a>(zone: &'a Zone, open: &'a OpenHours, days: i64) -> Asked<'a> {
        let to = Micros(0).plus_seconds(days * DAY);
        Asked { from: Micros(0), to, now: to, zone, open }
    }

    #[test]
    fn the_pieces_of_a_span_are_the_whole_of_it() {
        let (zone, open) = (Zone::fixed(8 * 3_600), OpenHours::default());
        let asked = asked(&zone, &open, 9);
        let cases: Vec<Case> = (0..500).map(|n| case(n * 1_553, (n % 7 != 0).then_some(n % 40))).collect();
        for statistic in [Statistic::ShareWithin, Statistic::ShareEnded, Statistic::Number] {
            let whole = value(&of(statistic), &cases, &asked);
            for step in Step::ALL {
                let pieces = step.pieces(&zone, asked.from, asked.to, 1_000).unwrap();
                let told = series(&of(statistic), &cases, &asked, &pieces);
                let sum = |read: fn(&Value) -> u32| told.iter().map(read).sum::<u32>();
                assert_eq!((sum(|it| it.of), sum(|it| it.met)), (whole.of, whole.met), "{statistic:?} {step:?}");
            }
            let hours = by_hour_of_week(&of(statistic), &cases, &asked);
            assert_eq!(hours.values().map(|it| it.of).sum::<u32>(), whole.of);
        }
    }

    #[test]
    fn a_moment_lies_in_one_piece_or_in_none() {
        let pieces = [(Micros(0), Micros(10)), (Micros(10), Micros(20))];
        let found = [-1, 0, 9, 10, 19, 20].map(|at| piece_of(&pieces, Micros(at)));
        assert_eq!(found, [None, Some(0), Some(0), Some(1), Some(1), None]);
        assert_eq!(piece_of(&[], Micros(0)), None);
    }

    #[test]
    fn times_lie_in_bands_with_their_ends_included() {
        let (zone, open) = (Zone::fixed(0), OpenHours::default());
        let cases = [Some(5), Some(6), Some(600), Some(601), None].map(|took| case(10, took));
        let capped = Definition { cap_seconds: Some(30), ..of(Statistic::Mean) };
        let told = spread(&capped, &cases, &asked(&zone, &open, 1));
        let some: Vec<(Option<u32>, u32)> =
            told.bands.iter().filter(|band| band.count > 0).map(|band| (band.up_to_seconds, band.count)).collect();
        assert_eq!(some, [(Some(5), 1), (Some(10), 1), (Some(600), 1), (None, 1)]);
        assert_eq!((told.not_ended, told.running), (0, 1), "a mean waits for those that may still end");
        assert_eq!(spread(&of(Statistic::ShareWithin), &cases, &asked(&zone, &open, 1)).not_ended, 1);
    }

    #[test]
    fn the_hour_of_the_week_is_that_of_the_clocks() {
        let thursday_noon_utc = Micros(0).plus_seconds(DAY / 2);
        let china = HourOfWeek::of(&Zone::fixed(8 * 3_600), thursday_noon_utc);
        assert_eq!((china.weekday, china.hour), (3, 20));
        let kiribati = HourOfWeek::of(&Zone::fixed(14 * 3_600), thursday_noon_utc);
        assert_eq!((kiribati.weekday, kiribati.hour), (4, 2));
    }
}
