//! The shop's time zone and opening hours, written as people write them.

use std::collections::BTreeMap;

use leptos::task::spawn_local;
use qinda::model::Day;
use qinda::sync::RulesTold;
use qinda::timing::{DaySpan, FigureRules, HoursFault, OpeningHours, spans_of, spans_text};

use crate::desk::{RulesProblem, use_desk};
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::pages::{
    ASK_AGAIN, HOURS, HOURS_HINT, HOURS_SAVED, SPECIAL_DAYS, SPECIAL_DAYS_HINT, TIME_ZONE, TIME_ZONE_HINT, WEEKDAYS,
    hours_fault, p, rules_problem,
};
use crate::words::{Lang, Word, t};

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

/// Why the hours were not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Misread(Misread),
    Problem(RulesProblem),
}

impl Fault {
    fn say(self, lang: Lang) -> String {
        match self {
            Self::Misread(misread) => hours_fault(lang, misread),
            Self::Problem(problem) => rules_problem(lang, problem).to_owned(),
        }
    }
}

/// The hours as they are typed.
#[derive(Clone, Copy)]
struct Fields {
    zone: RwSignal<String>,
    week: [RwSignal<String>; 7],
    special: RwSignal<String>,
}

impl Fields {
    fn of(rules: &FigureRules) -> Self {
        let OpeningHours { week, special } = &rules.hours;
        let line = |(day, spans): (&Day, &Vec<DaySpan>)| format!("{day} {}", written_spans(spans));
        Self {
            zone: RwSignal::new(rules.zone.clone()),
            week: std::array::from_fn(|day| RwSignal::new(written_spans(&week[day]))),
            special: RwSignal::new(special.iter().map(line).collect::<Vec<_>>().join("\n")),
        }
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

/// The time zone and the opening hours, to be read and changed.
#[component]
pub(crate) fn Hours() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let told = RwSignal::new(None::<Result<RulesTold, RulesProblem>>);
    let ask = move || {
        spawn_local(async move {
            let rules = desk.figure_rules().await;
            told.try_set(Some(rules));
        });
    };
    let begin = handler(move |_| {
        if !matches!(told.get_untracked(), Some(Ok(_))) {
            ask();
        }
    });
    view! {
        <details class="definitions hours" data-testid="hours" on:toggle=begin>
            <summary>{p(HOURS)}</summary>
            <p class="hint">{p(HOURS_HINT)}</p>
            {move || match told.get() {
                None => ().into_any(),
                Some(Ok(rules)) => view! { <HoursForm rules again=Callback::new(move |()| ask())/> }.into_any(),
                Some(Err(problem)) => {
                    view! {
                        <p class="fault" role="alert">{move || rules_problem(hand.lang.get(), problem)}</p>
                        <button type="button" on:click=handler(move |_| ask())>{p(ASK_AGAIN)}</button>
                    }
                        .into_any()
                }
            }}
        </details>
    }
}

#[component]
fn HoursForm(rules: RulesTold, again: Callback<()>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let fields = Fields::of(&rules.rules);
    let kept = StoredValue::new(rules);
    let fault = RwSignal::new(None::<Fault>);
    let (saved, busy) = (RwSignal::new(false), RwSignal::new(false));
    let save = handler(move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        saved.set(false);
        let (zone, hours) = match fields.read() {
            Ok(read) => read,
            Err(misread) => return fault.set(Some(Fault::Misread(misread))),
        };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let RulesTold { rules, version } = kept.get_value();
        spawn_local(async move {
            let put = desk.put_figure_rules(FigureRules { zone, hours, ..rules }, version).await;
            busy.try_set(false);
            saved.try_set(put.is_ok());
            match put {
                Ok(rules) => {
                    fault.try_set(None);
                    kept.try_set_value(rules);
                }
                Err(problem) => {
                    fault.try_set(Some(Fault::Problem(problem)));
                }
            }
        });
    });
    let moved_on = move || fault.get() == Some(Fault::Problem(RulesProblem::MovedOn));
    view! {
        <form class="hours-form" on:submit=save>
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
            <p class="fault" role="alert">{move || fault.get().map(|fault| fault.say(hand.lang.get()))}</p>
            <p class="hint" role="status">{move || saved.get().then(|| HOURS_SAVED.say(hand.lang.get()))}</p>
            <div class="buttons">
                <button type="submit" class="strong" aria-busy=move || busy.get().to_string()>{t(Word::Save)}</button>
                <Show when=moved_on>
                    <button type="button" on:click=handler(move |_| again.run(()))>{t(Word::TakeTheirs)}</button>
                </Show>
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
        assert_eq!(Fields::of(&rules).read(), Ok(("Asia/Shanghai".to_owned(), hours)));
    }
}
