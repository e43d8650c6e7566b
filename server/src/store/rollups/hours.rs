//! The hours of each day that figures ask for: what began is told apart by which of them it began in, so that one look at
//! what is kept, or one sum, answers for all of them.

use std::collections::BTreeSet;

use qinda::model::Micros;
use qinda::timing::rollup::SLOT_SECONDS;
use qinda::timing::{DaySpan, Definition, FigureRules, Open, OpeningHours, Zone};

/// Of so many hours sums are told apart, and questions are asked at once. A shop rarely asks for more than two.
pub const HOURS_MAX: usize = 6;

/// The hours of each day that the figures of a shop ask for and sums are told apart by, in order.
pub fn of_figures(rules: &FigureRules) -> Vec<DaySpan> {
    let told = rules.definitions().into_iter().filter(Definition::is_kept);
    let hours: BTreeSet<DaySpan> = told.filter_map(|definition| definition.daily()).collect();
    hours.into_iter().take(HOURS_MAX).collect()
}

/// Hours of each day as moments of a span.
pub struct LaidOut(Vec<Open>);

impl LaidOut {
    pub fn of(hours: &[DaySpan], zone: &Zone, (from, to): (Micros, Micros)) -> Self {
        Self(hours.iter().map(|hours| OpeningHours::daily(hours.from, hours.to).laid_out(zone, from, to)).collect())
    }

    /// In which of the hours a moment lies: a bit for each, the lowest for the first.
    pub fn number(&self, at: Micros) -> u32 {
        self.0.iter().enumerate().fold(0, |number, (bit, open)| number | u32::from(open.at(at)) << bit)
    }
}

/// Whether hours begin and end where slots do, in a span of time; the first may begin and the last end with the span, which
/// divides them.
pub fn is_in_slots(hours: DaySpan, zone: &Zone, span: (Micros, Micros)) -> bool {
    is_open_in_slots(&OpeningHours::daily(hours.from, hours.to).laid_out(zone, span.0, span.1), span)
}

/// Whether it opens and closes where slots begin, likewise.
pub fn is_open_in_slots(open: &Open, (from, to): (Micros, Micros)) -> bool {
    let mut ends = open.spans().iter().flat_map(|(begins, ends)| [*begins, *ends]);
    ends.all(|at| !(from < at && at < to) || at.0.rem_euclid(SLOT_SECONDS * 1_000_000) == 0)
}
