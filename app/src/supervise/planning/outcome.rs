//! What the assumptions mean for each hour of the week.

use qinda::planning::{Assumptions, HOURS_PER_DAY, PlanningFault, Staffing, Week, week_of};
use qinda::sync::{PastTold, PlanningAnswer};

/// An hour of the week.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hour {
    /// How many chats are expected, in tenths.
    pub(super) expected: u32,
    /// Whether the shop is open.
    pub(super) open: bool,
    /// How many people are needed; `None` where nothing can be reckoned, and `Some(None)` beyond all bounds.
    pub(super) needed: Option<Option<u32>>,
    /// How many are planned.
    pub(super) planned: u32,
}

impl Hour {
    /// How many people are missing (more than 0) or to spare (less).
    pub(super) fn gap(&self) -> Option<i64> {
        self.needed.flatten().map(|needed| i64::from(needed) - i64::from(self.planned))
    }
}

/// What can be reckoned with, or why nothing can.
pub(super) fn staffing_of(answer: &PlanningAnswer, typed: &Assumptions) -> Result<Staffing, PlanningFault> {
    Staffing::of(typed, &answer.measured)
}

/// Chats of an hour that are told in tenths.
pub(super) fn chats(tenths: u32) -> f64 {
    f64::from(tenths) / 10.0
}

/// Each hour of the week.
pub(super) fn hours_of(answer: &PlanningAnswer, typed: &Assumptions) -> Week<Hour> {
    let staffing = staffing_of(answer, typed).ok();
    week_of(|day, hour| {
        let expected = answer.foretold.as_ref().map(|foretold| foretold.expected[day][hour]);
        let open = answer.open[day] >> hour & 1 == 1;
        // Nobody is needed where nobody is asked.
        let reckoned = staffing.zip(expected);
        let needed = reckoned.map(|(staffing, it)| if open { staffing.needed(chats(it)) } else { Some(0) });
        Hour { expected: expected.unwrap_or(0), open, needed, planned: typed.planned[day][hour].into() }
    })
}

/// The hour in which most is expected while the shop is open; `None` where nothing is.
pub(super) fn busiest_hour(hours: &Week<Hour>) -> Option<(usize, usize)> {
    let all = (0..hours.len()).flat_map(|day| (0..HOURS_PER_DAY).map(move |hour| (day, hour)));
    let mut busiest = None;
    let mut most = 0;
    for (day, hour) in all {
        let it = &hours[day][hour];
        if it.open && it.expected > most {
            (busiest, most) = (Some((day, hour)), it.expected);
        }
    }
    busiest
}

/// How many hours fall short, by how many people together, and how many are to spare in the others.
pub(super) fn gaps_of(hours: &Week<Hour>) -> (u32, u32, u32) {
    let (mut hours_short, mut short, mut over) = (0, 0_i64, 0_i64);
    for gap in hours.iter().flatten().filter_map(Hour::gap) {
        hours_short += u32::from(gap > 0);
        short += gap.max(0);
        over += (-gap).max(0);
    }
    let number = |it: i64| u32::try_from(it).unwrap_or(u32::MAX);
    (hours_short, number(short), number(over))
}

/// A share in whole per cent; `None` of nothing.
pub(super) fn percent(part: u32, whole: u32) -> Option<u32> {
    let (part, whole) = (u64::from(part), u64::from(whole));
    if whole == 0 { None } else { u32::try_from((part * 200 + whole) / (whole * 2)).ok() }
}

/// How wrong the hours of past weeks were together.
pub(super) fn percent_wrong(past: &[PastTold]) -> Option<u32> {
    let sum = |of: fn(&PastTold) -> u32| past.iter().map(of).fold(0, u32::saturating_add);
    percent(sum(|it| it.wrong), sum(|it| it.came).saturating_mul(10))
}

/// Hours that are shown: those in which some day is open, something is expected, or somebody planned.
pub(super) fn shown_hours(hours: &Week<Hour>) -> Vec<usize> {
    let is_shown =
        |hour: &usize| hours.iter().any(|day| day[*hour].open || day[*hour].expected > 0 || day[*hour].planned > 0);
    (0..HOURS_PER_DAY).filter(is_shown).collect()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn hour(expected: u32, needed: u32, planned: u32) -> Hour {
        Hour { expected, open: true, needed: Some(Some(needed)), planned }
    }

    #[wasm_bindgen_test]
    fn short_hours_and_spare_people_are_counted_apart() {
        let mut hours = [[Hour::default(); 24]; 7];
        assert_eq!((busiest_hour(&hours), gaps_of(&hours), shown_hours(&hours)), (None, (0, 0, 0), Vec::new()));
        hours[0][20] = hour(630, 9, 7);
        hours[3][10] = hour(100, 2, 5);
        hours[6][3] = Hour { expected: 900, open: false, ..Hour::default() };
        assert_eq!(busiest_hour(&hours), Some((0, 20)), "a closed hour is not busy");
        assert_eq!((gaps_of(&hours), shown_hours(&hours)), ((1, 2, 3), vec![3, 10, 20]));
    }

    #[wasm_bindgen_test]
    fn errors_are_weighed_by_what_came() {
        let week = |came, wrong| PastTold { week: qinda::model::Day(4), foretold: 0, came, wrong };
        assert_eq!(percent_wrong(&[week(100, 200), week(300, 360)]), Some(14));
        assert_eq!((percent_wrong(&[]), percent_wrong(&[week(0, 50)])), (None, None));
        assert_eq!(percent(u32::MAX, u32::MAX), Some(100));
    }
}
