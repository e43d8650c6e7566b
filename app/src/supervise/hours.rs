//! The shop's time zone and opening hours, written as people write them.

use std::collections::BTreeMap;

use qinda::model::Day;
use qinda::timing::{DaySpan, FigureRules, HoursFault, OpeningHours, spans_of, spans_text};

use super::rules::{Kept, SaveButton, SavedLine};
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::pages::{
    HOURS, HOURS_HINT, HOURS_SAVED, SPECIAL_DAYS, SPECIAL_DAYS_HINT, TIME_ZONE, TIME_ZONE_HINT, WEEKDAYS, hours_fault,
    p,
};

/// Time zones that are offered while one is typed; every other that the world knows is taken too.
const ZONES: [&str; 8] = [
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Europe/Berlin",
    "America/Los_Angeles",
    "Australia/Sydney",
];

/// Where the hours as they are typed name none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Misread {
    /// The hours of a weekday, from 0 for Monday.
    Weekday(usize, HoursFault),
    /// A line of the special days, from 1.
    Special(usize),
}

/// The hours as they are typed.
#[derive(Clone, Copy)]
struct Fields {
    zone: RwSignal<String>,
    week: [RwSignal<String>; 7],
    special: RwSignal<String>,
}

impl Fields {
    fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self { zone: empty(), week: std::array::from_fn(|_| empty()), special: empty() }
    }

    fn set(self, rules: &FigureRules) {
        let OpeningHours { week, special } = &rules.hours;
        let line = |(day, spans): (&Day, &Vec<DaySpan>)| format!("{day} {}", written_spans(spans));
        self.zone.set(rules.zone.clone());
        self.week.iter().zip(week).for_each(|(field, spans)| field.set(written_spans(spans)));
        self.special.set(special.iter().map(line).collect::<Vec<_>>().join("\n"));
    }

    fn read(self) -> Result<(String, OpeningHours), Misread> {
        let mut week: [Vec<DaySpan>; 7] = Default::default();
        for (day, spans) in week.iter_mut().enumerate() {
            let text = self.week[day].get_untracked();
            *spans = spans_of(&text).map_err(|fault| Misread::Weekday(day, fault))?;
        }
        let special = special_days(&self.special.get_untracked())?;
        Ok((self.zone.get_untracked().trim().to_owned(), OpeningHours { week, special }))
    }
}

fn written_spans(spans: &[DaySpan]) -> String {
    if spans.is_empty() { "休".to_owned() } else { spans_text(spans) }
}

/// Days with hours of their own, one in a line: `2026-11-11 8:00-26:00`.
fn special_days(text: &str) -> Result<BTreeMap<Day, Vec<DaySpan>>, Misread> {
    let lines = text.lines().enumerate().map(|(place, line)| (place + 1, line.trim()));
    let day = |(place, line): (usize, &str)| {
        let (day, hours) = line.split_once(char::is_whitespace).unwrap_or((line, "休"));
        let read = day.parse::<Day>().ok().zip(spans_of(hours).ok());
        read.ok_or(Misread::Special(place))
    };
    lines.filter(|(_, line)| !line.is_empty()).map(day).collect()
}

/// The time zone and the opening hours.
#[component]
pub(super) fn HoursForm(kept: Kept) -> impl IntoView {
    let hand = use_hand();
    let fields = Fields::new();
    let misread = RwSignal::new(None::<Misread>);
    let saved = RwSignal::new(false);
    // What a colleague changed comes in when the rules are read anew; what is typed stays while only figures change.
    let theirs = memo(move || {
        let FigureRules { zone, hours, .. } = kept.rules();
        FigureRules { zone, hours, ..FigureRules::default() }
    });
    effect(move || fields.set(&theirs.get()));
    let save = handler(move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        saved.set(false);
        let read = fields.read();
        misread.set(read.as_ref().err().copied());
        let Ok((zone, hours)) = read else { return };
        let change = |rules: &mut FigureRules| (rules.zone, rules.hours) = (zone, hours);
        kept.change(change, move |problem| {
            saved.try_set(problem.is_none());
        });
    });
    view! {
        <form class="hours-form" data-testid="hours" on:submit=save>
            <h3>{p(HOURS)}</h3>
            <p class="hint">{p(HOURS_HINT)}</p>
            <label class="field">
                <span>{p(TIME_ZONE)}</span>
                <input
                    list="time-zones"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    prop:value=fields.zone
                    on:input=written(move |text| fields.zone.set(text))
                />
                <small class="hint">{p(TIME_ZONE_HINT)}</small>
            </label>
            <datalist id="time-zones">{ZONES.map(|zone| view! { <option value=zone></option> })}</datalist>
            <div class="week">
                {(0..7)
                    .map(|day| {
                        let text = fields.week[day];
                        view! {
                            <label class="field">
                                <span>{p(WEEKDAYS[day])}</span>
                                <input
                                    autocomplete="off"
                                    data-weekday=day
                                    prop:value=text
                                    on:input=written(move |typed| text.set(typed))
                                />
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
            <label class="field">
                <span>{p(SPECIAL_DAYS)}</span>
                <textarea
                    rows="3"
                    data-testid="special-days"
                    placeholder="2026-11-11 8:00-26:00"
                    prop:value=fields.special
                    on:input=written(move |text| fields.special.set(text))
                ></textarea>
                <small class="hint">{p(SPECIAL_DAYS_HINT)}</small>
            </label>
            <p class="fault" role="alert">{move || misread.get().map(|misread| hours_fault(hand.lang.get(), misread))}</p>
            <SavedLine saved text=HOURS_SAVED/>
            <div class="buttons">
                <SaveButton kept/>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn special_days_stand_one_in_a_line() {
        let days = special_days("2026-10-01 休\n\n 2026-11-11   8:00-26:00 \n2026-12-31").unwrap();
        let told: Vec<(String, String)> =
            days.iter().map(|(day, spans)| (day.to_string(), written_spans(spans))).collect();
        let expected = [("2026-10-01", "休"), ("2026-11-11", "8:00-26:00"), ("2026-12-31", "休")];
        assert_eq!(told, expected.map(|(day, hours)| (day.to_owned(), hours.to_owned())));
    }

    #[wasm_bindgen_test]
    fn a_line_that_names_no_day_is_told_by_its_number() {
        assert_eq!(special_days("2026-10-01\n双十一 8-26"), Err(Misread::Special(2)));
        assert_eq!(special_days("\n\n2026-02-30 9-18"), Err(Misread::Special(3)));
        assert_eq!(special_days("2026-10-01 9-"), Err(Misread::Special(1)));
    }

    #[wasm_bindgen_test]
    fn what_is_kept_is_typed_as_it_reads() {
        let mut hours = OpeningHours::daily(540, 720);
        hours.week[6].clear();
        hours.special.insert("2026-11-11".parse().unwrap(), vec![DaySpan { from: 480, to: 1_560 }]);
        let rules = FigureRules { zone: "Asia/Shanghai".into(), hours: hours.clone(), ..FigureRules::default() };
        let fields = Fields::new();
        fields.set(&rules);
        assert_eq!(fields.read(), Ok(("Asia/Shanghai".to_owned(), hours)));
    }
}
