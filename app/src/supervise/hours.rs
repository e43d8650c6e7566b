//! The shop's time zone and opening hours, and those of its teams and channels, written as people write them.

use std::collections::BTreeMap;

use leptos::html::Form;
use qinda::model::Day;
use qinda::sync::{NamedPart, Part};
use qinda::timing::{DaySpan, FigureRules, HoursFault, OpeningHours, PLACES_MAX, spans_of, spans_text};
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

use super::rules::{Kept, SaveButton, SavedLine};
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::pages::{
    COPY_HOURS, HOURS, HOURS_HINT, HOURS_SAVED, REMOVE_HOURS, SPECIAL_DAYS, SPECIAL_DAYS_HINT, TIME_ZONE,
    TIME_ZONE_HINT, UNSAVED_MARK, WEEKDAYS, WHOLE_SHOP, WHOSE_HOURS, WHOSE_HOURS_HINT, hours_fault, like_others, p,
    place_name,
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

/// The fields that take the focus.
const MONDAY: &str = "[data-weekday=\"0\"]";
const WHOSE: &str = "select";

/// Where the hours as they are typed name none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Misread {
    /// The hours of a weekday, from 0 for Monday.
    Weekday(usize, HoursFault),
    /// A line of the special days, from 1.
    Special(usize),
    /// There is too much of it.
    TooMuch(HoursFault),
}

/// What stands in the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Written {
    zone: String,
    week: [String; 7],
    special: String,
}

impl Written {
    fn of(zone: &str, OpeningHours { week, special }: &OpeningHours) -> Self {
        let line = |(day, spans): (&Day, &Vec<DaySpan>)| format!("{day} {}", written_spans(spans));
        Self {
            zone: zone.to_owned(),
            week: std::array::from_fn(|day| written_spans(&week[day])),
            special: special.iter().map(line).collect::<Vec<_>>().join("\n"),
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
    fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self { zone: empty(), week: std::array::from_fn(|_| empty()), special: empty() }
    }

    fn set(self, Written { zone, week, special }: Written) {
        self.zone.set(zone);
        self.week.iter().zip(week).for_each(|(field, text)| field.set(text));
        self.special.set(special);
    }

    fn written(self) -> Written {
        let week = self.week.map(|field| field.get_untracked());
        Written { zone: self.zone.get_untracked(), week, special: self.special.get_untracked() }
    }

    fn read(self) -> Result<(String, OpeningHours), Misread> {
        let mut week: [Vec<DaySpan>; 7] = Default::default();
        for (day, spans) in week.iter_mut().enumerate() {
            let text = self.week[day].get_untracked();
            *spans = spans_of(&text).map_err(|fault| Misread::Weekday(day, fault))?;
        }
        let special = special_days(&self.special.get_untracked())?;
        let hours = OpeningHours { week, special }.checked().map_err(Misread::TooMuch)?;
        Ok((self.zone.get_untracked().trim().to_owned(), hours))
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

/// The hours of a team or a channel as they stand; with the clocks, those of the shop where none is chosen.
#[derive(Clone, PartialEq)]
struct Theirs {
    place: Option<Part>,
    zone: String,
    /// None where they are not its own.
    hours: Option<OpeningHours>,
}

impl Theirs {
    fn of(rules: FigureRules, place: Option<Part>) -> Self {
        match place {
            None => Self { place, zone: rules.zone, hours: Some(rules.hours) },
            Some(of) => Self { place, zone: String::new(), hours: of.own(&rules.own_hours).cloned() },
        }
    }

    fn written(&self) -> Option<Written> {
        self.hours.as_ref().map(|hours| Written::of(&self.zone, hours))
    }
}

/// Puts hours that were typed in their place.
fn put(rules: &mut FigureRules, place: Option<Part>, zone: String, hours: OpeningHours) {
    match place {
        None => (rules.zone, rules.hours) = (zone, hours),
        Some(place) => place.set_own(&mut rules.own_hours, Some(hours)),
    }
}

/// Whether one more team or channel may have hours of its own.
fn has_room(rules: &FigureRules, place: Option<Part>) -> bool {
    place.is_none_or(|place| place.own(&rules.own_hours).is_some() || rules.own_hours.len() < PLACES_MAX)
}

/// Puts the focus into a field of the form that comes with the next frame: the button that was pressed is gone by then.
fn focus_on(form: NodeRef<Form>, field: &'static str) {
    request_animation_frame(move || {
        let found = form.get_untracked().and_then(|form| form.query_selector(field).ok().flatten());
        if let Some(found) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            // A field in the page takes the focus.
            let _ = found.focus();
        }
    });
}

/// The time zone and the opening hours: the shop's, or those of a team or a channel.
#[component]
pub(super) fn HoursForm(kept: Kept) -> impl IntoView {
    let hand = use_hand();
    let form = NodeRef::<Form>::new();
    let fields = Fields::new();
    let misread = RwSignal::new(None::<Misread>);
    let saved = RwSignal::new(false);
    let place = RwSignal::new(None::<Part>);
    // Whether there is something to write: not while a team's hours are the shop's.
    let is_own = RwSignal::new(true);
    // What was typed for others than the chosen one and is not saved.
    let unsaved = RwSignal::new(BTreeMap::<Option<Part>, Written>::new());
    // What a colleague changed comes in when the rules are read anew; what is typed stays while other rules change.
    let theirs = memo(move || Theirs::of(kept.rules(), place.get()));
    effect(move || {
        let theirs = theirs.get();
        let typed = unsaved.try_update(|unsaved| unsaved.remove(&theirs.place)).flatten();
        let written = typed.or_else(|| theirs.written());
        is_own.set(written.is_some());
        fields.set(written.unwrap_or_else(|| Written::of("", &OpeningHours::always())));
        misread.set(None);
    });
    // A channel that is no more is not chosen any more.
    effect(move || {
        let places = kept.places();
        let is_there = |chosen: Part| places.iter().any(|of| of.part == chosen);
        if !place.get_untracked().is_none_or(is_there) {
            place.set(None);
        }
    });
    let done = move |problem: Option<_>| {
        saved.try_set(problem.is_none());
    };
    let choose = move |text: String| {
        saved.set(false);
        let (left, typed) = (theirs.get_untracked(), fields.written());
        if is_own.get_untracked() && left.written().as_ref() != Some(&typed) {
            unsaved.update(|unsaved| drop(unsaved.insert(left.place, typed)));
        }
        place.set(text.parse().ok());
    };
    let save = handler(move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        saved.set(false);
        if !is_own.get_untracked() {
            return;
        }
        let place = place.get_untracked();
        let read = fields.read();
        let is_full = !untrack(|| has_room(&kept.rules(), place));
        let read = read.and_then(|read| if is_full { Err(Misread::TooMuch(HoursFault::Places)) } else { Ok(read) });
        misread.set(read.as_ref().err().copied());
        let Ok((zone, hours)) = read else { return };
        kept.change(move |rules| put(rules, place, zone, hours), done);
    });
    let copy = move |_| {
        let rules = untrack(|| kept.rules());
        fields.set(Written::of("", &rules.hours));
        saved.set(false);
        is_own.set(true);
        focus_on(form, MONDAY);
    };
    let remove = move |_| {
        let Theirs { place, hours, .. } = theirs.get_untracked();
        saved.set(false);
        misread.set(None);
        match place.zip(hours) {
            Some((place, _)) => kept.change(
                move |rules| place.set_own(&mut rules.own_hours, None),
                move |problem| {
                    done(problem);
                    if problem.is_none() {
                        focus_on(form, WHOSE);
                    }
                },
            ),
            // They were never kept.
            None => {
                is_own.set(false);
                focus_on(form, WHOSE);
            }
        }
    };
    let is_shop = move || place.get().is_none();
    view! {
        <form class="hours-form" data-testid="hours" node_ref=form on:submit=save>
            <h3>{p(HOURS)}</h3>
            <p class="hint">{p(HOURS_HINT)}</p>
            <WhoseHours kept place unsaved choose=Box::new(choose)/>
            <Show when=is_shop>
                <ZoneField zone=fields.zone/>
            </Show>
            <Show when=move || is_own.get()>
                <WeekFields fields/>
            </Show>
            <Show when=move || !is_own.get()>
                <p data-testid="like-others">{move || place.get().map(|place| like_others(hand.lang.get(), place))}</p>
            </Show>
            <p class="fault" role="alert">{move || misread.get().map(|misread| hours_fault(hand.lang.get(), misread))}</p>
            <SavedLine saved text=HOURS_SAVED/>
            <div class="buttons">
                <Show when=move || is_own.get()>
                    <SaveButton kept/>
                </Show>
                <Show when=move || is_own.get() && !is_shop()>
                    <button type="button" on:click=handler(remove)>{p(REMOVE_HOURS)}</button>
                </Show>
                <Show when=move || !is_own.get()>
                    <button type="button" on:click=handler(copy)>{p(COPY_HOURS)}</button>
                </Show>
            </div>
        </form>
    }
}

/// The shop, its teams and its channels, of which one is chosen; nothing where the server tells of none.
#[component]
fn WhoseHours(
    kept: Kept,
    place: RwSignal<Option<Part>>,
    unsaved: RwSignal<BTreeMap<Option<Part>, Written>>,
    choose: Box<dyn Fn(String) + Send + Sync>,
) -> impl IntoView {
    let hand = use_hand();
    let marked = move |name: &str, place: Option<Part>| {
        let mark =
            if unsaved.with(|unsaved| unsaved.contains_key(&place)) { UNSAVED_MARK.say(hand.lang.get()) } else { "" };
        format!("{name}{mark}")
    };
    let options = move || {
        let (lang, own) = (hand.lang.get(), kept.rules().own_hours);
        let option = |of: NamedPart| {
            let name = place_name(lang, &of, of.part.own(&own).is_some());
            let text = move || marked(&name, Some(of.part));
            let is_chosen = place.get_untracked() == Some(of.part);
            view! { <option value=of.part.to_string() selected=is_chosen>{text}</option> }
        };
        kept.places().into_iter().map(option).collect_view()
    };
    let choose = StoredValue::new(choose);
    view! {
        <Show when=move || !kept.places().is_empty()>
            <label class="field">
                <span>{p(WHOSE_HOURS)}</span>
                <select
                    data-testid="whose-hours"
                    prop:value=move || place.get().map(|place| place.to_string()).unwrap_or_default()
                    on:change=written(move |text| choose.with_value(|choose| choose(text)))
                >
                    <option value="">{move || marked(WHOLE_SHOP.say(hand.lang.get()), None)}</option>
                    {options}
                </select>
                <small class="hint">{p(WHOSE_HOURS_HINT)}</small>
            </label>
        </Show>
    }
}

#[component]
fn ZoneField(zone: RwSignal<String>) -> impl IntoView {
    view! {
        <label class="field">
            <span>{p(TIME_ZONE)}</span>
            <input
                list="time-zones"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                prop:value=zone
                on:input=written(move |text| zone.set(text))
            />
            <small class="hint">{p(TIME_ZONE_HINT)}</small>
        </label>
        <datalist id="time-zones">{ZONES.map(|zone| view! { <option value=zone></option> })}</datalist>
    }
}

/// The hours of each weekday, and of special days.
#[component]
fn WeekFields(fields: Fields) -> impl IntoView {
    let weekday = move |day: usize| {
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
    };
    view! {
        <div class="week">{(0..7).map(weekday).collect_view()}</div>
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
    }
}

#[cfg(test)]
mod tests {
    use qinda::model::{ChannelId, TeamId};
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
        let fields = Fields::new();
        fields.set(Written::of("Asia/Shanghai", &hours));
        assert_eq!(fields.read(), Ok(("Asia/Shanghai".to_owned(), hours)));
    }

    #[wasm_bindgen_test]
    fn hours_are_put_where_they_belong() {
        let (team, channel) = (TeamId::of_name("night"), ChannelId::of_name("live"));
        let (night, day) = (OpeningHours::daily(1_200, 1_560), OpeningHours::daily(540, 1_080));
        let mut rules = FigureRules::default();
        put(&mut rules, None, "Asia/Tokyo".into(), day.clone());
        put(&mut rules, Some(Part::Team(team)), "Asia/Seoul".into(), night.clone());
        assert_eq!((rules.zone.as_str(), &rules.hours), ("Asia/Tokyo", &day));
        assert_eq!(Theirs::of(rules.clone(), Some(Part::Team(team))).hours, Some(night.clone()));
        assert_eq!(Theirs::of(rules.clone(), Some(Part::Channel(channel))).hours, None, "like the others");
        for n in 1..PLACES_MAX {
            put(&mut rules, Some(Part::Channel(ChannelId::of_name(&n.to_string()))), String::new(), night.clone());
        }
        let rooms = [None, Some(Part::Team(team)), Some(Part::Channel(channel))].map(|place| has_room(&rules, place));
        assert_eq!(rooms, [true, true, false]);
    }

    #[wasm_bindgen_test]
    fn too_many_special_days_are_told_before_they_are_sent() {
        let fields = Fields::new();
        let hours = OpeningHours::always();
        fields.set(Written::of("", &hours));
        fields.special.set((0..401).map(|day| Day(day).to_string()).collect::<Vec<_>>().join("\n"));
        assert_eq!(fields.read(), Err(Misread::TooMuch(HoursFault::Days)));
    }
}
