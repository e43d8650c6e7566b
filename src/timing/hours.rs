//! Opening hours: when somebody is there to answer.

mod places;
mod text;

pub use places::{ByPlace, OpenHours, PLACES_MAX};
pub use text::{spans_of, spans_text};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::zone::{MINUTES_PER_DAY, Twice, Zone};
use crate::model::{Day, Micros};

/// The most spans of one day.
pub const SPANS_MAX: usize = 8;
/// The most special days that are kept.
pub const SPECIAL_DAYS_MAX: usize = 400;
/// The longest span of time that hours are laid out over, in days: ten years and a little.
pub const LAID_OUT_DAYS_MAX: i64 = 3_700;

/// A span of a day, in minutes after its midnight by the shop's clocks. One that ends after 24:00 goes on into the
/// next day: 22:00 to 26:00 closes at two in the morning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DaySpan {
    /// Where it begins, before 24:00.
    pub from: u32,
    /// Where it ends: after it begins, and not more than 24 hours after it.
    pub to: u32,
}

/// When a shop, a team or a channel is open: the spans of each weekday, and of days that are special.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningHours {
    /// The spans of each weekday, Monday first.
    pub week: [Vec<DaySpan>; 7],
    /// Days with spans of their own, such as a sale with longer hours; a holiday has none.
    #[serde(default)]
    pub special: BTreeMap<Day, Vec<DaySpan>>,
}

/// Why hours cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HoursFault {
    /// A span that ends before it begins, begins after 24:00 or is longer than a day.
    #[error("a span of opening hours begins before 24:00, ends after it begins, and lasts at most 24 hours")]
    Span,
    /// Too many spans on a day.
    #[error("a day has at most {SPANS_MAX} spans of opening hours")]
    Spans,
    /// Too many special days.
    #[error("at most {SPECIAL_DAYS_MAX} special days are kept")]
    Days,
    /// Too many teams and channels have hours of their own.
    #[error("at most {PLACES_MAX} teams and channels have hours of their own")]
    Places,
}

impl OpeningHours {
    /// Open at all times.
    #[must_use]
    pub fn always() -> Self {
        Self::daily(0, MINUTES_PER_DAY)
    }

    /// The same span each day.
    #[must_use]
    pub fn daily(from: u32, to: u32) -> Self {
        let spans = || vec![DaySpan { from, to }];
        Self { week: std::array::from_fn(|_| spans()), special: BTreeMap::new() }
    }

    /// The hours, fit to be kept: the spans of each day in order, those that overlap or touch made one of at most a day.
    ///
    /// # Errors
    /// When a span is none, or there are too many.
    pub fn checked(mut self) -> Result<Self, HoursFault> {
        if self.special.len() > SPECIAL_DAYS_MAX {
            return Err(HoursFault::Days);
        }
        for spans in self.week.iter_mut().chain(self.special.values_mut()) {
            *spans = tidied(std::mem::take(spans))?;
        }
        Ok(self)
    }

    fn of_day(&self, day: Day) -> &[DaySpan] {
        self.special.get(&day).unwrap_or(&self.week[day.weekday()])
    }

    /// The hours as moments, laid out from one to the other; beyond [`LAID_OUT_DAYS_MAX`] days nothing is open.
    #[must_use]
    pub fn laid_out(&self, zone: &Zone, from: Micros, to: Micros) -> Open {
        // What began the day before may go on.
        let first = zone.local(from).day.plus(-1);
        let last = zone.local(to).day.min(first.plus(LAID_OUT_DAYS_MAX));
        let days = (first.0..=last.0).map(Day);
        let spans = days.flat_map(|day| self.of_day(day).iter().map(move |span| (day, *span)));
        let moments = spans
            .map(|(day, span)| (moment(zone, day, span.from, Twice::First), moment(zone, day, span.to, Twice::Last)));
        let within = moments.map(|(begins, ends)| (begins.max(from), ends.min(to)));
        Open::of(within.filter(|(begins, ends)| begins < ends).collect())
    }
}

/// The moment of a minute that may lie on the next day.
fn moment(zone: &Zone, day: Day, minute: u32, twice: Twice) -> Micros {
    zone.at(day.plus(i64::from(minute / MINUTES_PER_DAY)), minute % MINUTES_PER_DAY, twice)
}

fn tidied(mut spans: Vec<DaySpan>) -> Result<Vec<DaySpan>, HoursFault> {
    let is_span =
        |span: &DaySpan| span.from < MINUTES_PER_DAY && span.from < span.to && span.to - span.from <= MINUTES_PER_DAY;
    if !spans.iter().all(is_span) {
        return Err(HoursFault::Span);
    }
    spans.sort_unstable();
    let mut tidy: Vec<DaySpan> = Vec::new();
    for span in spans {
        match tidy.last_mut() {
            // Two that are longer than a day together stay two: a span never is.
            Some(before) if span.from <= before.to && span.to.max(before.to) - before.from <= MINUTES_PER_DAY => {
                before.to = before.to.max(span.to);
            }
            _ => tidy.push(span),
        }
    }
    if tidy.len() > SPANS_MAX { Err(HoursFault::Spans) } else { Ok(tidy) }
}

/// When it was open: spans of time, in order and apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Open {
    spans: Vec<(Micros, Micros)>,
    /// How much was open before each span, in microseconds.
    before: Vec<i64>,
}

impl Open {
    fn of(mut spans: Vec<(Micros, Micros)>) -> Self {
        spans.sort_unstable();
        let mut open = Self::default();
        let mut total = 0;
        for (begins, ends) in spans {
            match open.spans.last_mut() {
                Some((_, before_ends)) if begins <= *before_ends => {
                    total += ends.since(*before_ends);
                    *before_ends = ends.max(*before_ends);
                }
                _ => {
                    open.spans.push((begins, ends));
                    open.before.push(total);
                    total += ends.since(begins);
                }
            }
        }
        open
    }

    /// Whether it is open at a moment; the moment of closing is not.
    #[must_use]
    pub fn at(&self, at: Micros) -> bool {
        self.latest(at).is_some_and(|latest| at < self.spans[latest].1)
    }

    /// For how much of the time between two moments it was open, in microseconds.
    #[must_use]
    pub fn between(&self, from: Micros, to: Micros) -> i64 {
        (self.until(to) - self.until(from)).max(0)
    }

    /// The first moment since which, until now, it was open for no longer than so many microseconds. Where it was not open for
    /// so long it is the earliest there is.
    #[must_use]
    pub fn since(&self, now: Micros, micros: i64) -> Micros {
        let target = self.until(now) - micros;
        if target <= 0 {
            return Micros(i64::MIN);
        }
        // The span in which so much had been open.
        let place = self.before.partition_point(|before| *before < target) - 1;
        Micros(self.spans[place].0.0 + (target - self.before[place]))
    }

    /// Its spans, in order and apart.
    #[must_use]
    pub fn spans(&self) -> &[(Micros, Micros)] {
        &self.spans
    }

    /// The latest span that had begun by then.
    fn latest(&self, at: Micros) -> Option<usize> {
        self.spans.partition_point(|(begins, _)| *begins <= at).checked_sub(1)
    }

    fn until(&self, at: Micros) -> i64 {
        self.latest(at).map_or(0, |latest| {
            let (begins, ends) = self.spans[latest];
            self.before[latest] + at.min(ends).since(begins)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MICROS_PER_SECOND;

    const HOUR: u32 = 60;

    fn at(day: i64, hour: i64, minute: i64) -> Micros {
        Micros(0).plus_seconds(day * 86_400 + hour * 3_600 + minute * 60)
    }

    fn minutes(open: &Open, from: Micros, to: Micros) -> i64 {
        open.between(from, to) / (60 * MICROS_PER_SECOND)
    }

    fn utc() -> Zone {
        Zone::fixed(0)
    }

    #[test]
    fn several_spans_a_day_leave_the_pause_out() {
        let mut hours = OpeningHours::daily(9 * HOUR, 12 * HOUR);
        hours.week.iter_mut().for_each(|spans| spans.push(DaySpan { from: 13 * HOUR, to: 18 * HOUR }));
        let open = hours.checked().unwrap().laid_out(&utc(), at(0, 0, 0), at(3, 0, 0));
        assert_eq!(minutes(&open, at(0, 11, 50), at(0, 13, 10)), 20);
        assert_eq!(minutes(&open, at(0, 17, 0), at(1, 10, 0)), 120);
        assert_eq!(minutes(&open, at(0, 12, 10), at(0, 12, 50)), 0);
        assert_eq!(minutes(&open, at(0, 10, 0), at(0, 9, 0)), 0, "backwards is no time");
        let states = [(8, 59), (9, 0), (11, 59), (12, 0), (12, 59), (13, 0), (18, 0)];
        assert_eq!(
            states.map(|(hour, minute)| open.at(at(1, hour, minute))),
            [false, true, true, false, false, true, false]
        );
    }

    #[test]
    fn a_span_past_midnight_belongs_to_the_day_it_began_on() {
        let mut hours = OpeningHours::daily(20 * HOUR, 26 * HOUR);
        // The third day is a holiday: what began on the second goes on until two, and nothing begins.
        hours.special.insert(Day(2), Vec::new());
        let open = hours.laid_out(&utc(), at(1, 0, 0), at(4, 0, 0));
        assert_eq!(
            open.spans(),
            [(at(1, 0, 0), at(1, 2, 0)), (at(1, 20, 0), at(2, 2, 0)), (at(3, 20, 0), at(4, 0, 0))]
        );
        assert_eq!(minutes(&open, at(1, 23, 0), at(3, 21, 0)), 240);
    }

    #[test]
    fn hours_that_overlap_count_once() {
        let spans = vec![
            DaySpan { from: 13 * HOUR, to: 20 * HOUR },
            DaySpan { from: 9 * HOUR, to: 14 * HOUR },
            DaySpan { from: 20 * HOUR, to: 28 * HOUR },
        ];
        let hours = OpeningHours { week: std::array::from_fn(|_| spans.clone()), special: BTreeMap::new() };
        let tidy = hours.checked().unwrap();
        assert_eq!(tidy.week[0], [DaySpan { from: 9 * HOUR, to: 28 * HOUR }]);
        // From nine to four in the morning, each day anew.
        let open = tidy.laid_out(&utc(), at(0, 0, 0), at(2, 0, 0));
        assert_eq!(minutes(&open, at(0, 4, 0), at(1, 4, 0)), 19 * 60);
        let long = OpeningHours::daily(0, 24 * HOUR);
        assert_eq!(long.laid_out(&utc(), at(0, 0, 0), at(9, 0, 0)).spans(), [(at(0, 0, 0), at(9, 0, 0))]);
    }

    #[test]
    fn what_are_no_hours_is_refused() {
        for (from, to) in [(24 * HOUR, 25 * HOUR), (600, 600), (600, 599), (0, 24 * HOUR + 1)] {
            assert_eq!(OpeningHours::daily(from, to).checked(), Err(HoursFault::Span));
        }
        let mut hours = OpeningHours::always();
        hours.week[3] = (0..9).map(|n| DaySpan { from: n * 20, to: n * 20 + 10 }).collect();
        assert_eq!(hours.clone().checked(), Err(HoursFault::Spans));
        hours.week[3].clear();
        hours.special = (0..=400).map(|day| (Day(day), Vec::new())).collect();
        assert_eq!(hours.checked(), Err(HoursFault::Days));
    }

    #[test]
    fn the_day_on_which_clocks_change_has_the_hours_that_pass() {
        // Two hours are skipped at 02:00 on the first day, and come again at 03:00 on the third.
        let zone = Zone::new(0, vec![(at(1, 2, 0), 7_200), (at(3, 1, 0), 0)]);
        let open = OpeningHours::daily(HOUR, 5 * HOUR).laid_out(&zone, at(0, 0, 0), at(5, 0, 0));
        let of_day = |day| minutes(&open, zone.day_begins(Day(day)), zone.day_begins(Day(day + 1)));
        assert_eq!([0, 1, 2, 3, 4].map(of_day), [240, 120, 240, 360, 240]);
    }

    #[test]
    fn laid_out_over_ages_it_stays_bounded() {
        let open = OpeningHours::daily(0, HOUR).laid_out(&utc(), Micros(0), at(1_000_000, 0, 0));
        assert!(open.spans().len() <= LAID_OUT_DAYS_MAX as usize + 1);
    }
}
