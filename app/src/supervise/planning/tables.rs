//! What will come and whether it can be carried, who did what, and how wrong it was.

use qinda::model::{MemberCard, MemberId};
use qinda::order;
use qinda::planning::{Outlook, Staffing};
use qinda::sync::PlanningAnswer;

use super::Planned;
use super::outcome::{Hour, busiest_hour, chats, percent, staffing_of};
use super::seats::{heat, most_expected, shown_hours_of};
use super::table::{Cell, NumberTable, TableRow, WeekTable, hour_text, off_by, share_percent, tenths_text};
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::supervise::NONE;
use crate::words::Lang;
use crate::words::pages::{
    AT_ONCE_LOAD, BUSY, BY_HOUR_OF_DAY, CAME, CAPACITY, CHATS_OF_PERSON, DIFFERENCE, EXPECTED, HOURS_OF_DAY,
    HOURS_THERE, IN_TIME, LEAVING, LOAD, LOAD_HINT, NEEDED, NOBODYS, PAST_LOAD, PAST_LOAD_HINT, PAST_PERSONS,
    PAST_PERSONS_HINT, PER_HOUR, PERSONS, PLANNED, RANGE, REPLIES_OF_PERSON, SHARE_OF_ALL, Text, WEEK, WEEKDAYS, WHO,
    WRONG_BY_HOUR, days_told, p, weekday_short,
};

const OF_DAY: [Text; 10] =
    [HOURS_OF_DAY, EXPECTED, RANGE, AT_ONCE_LOAD, NEEDED, PLANNED, CAPACITY, BUSY, IN_TIME, LEAVING];
const OF_PERSON: [Text; 6] = [WHO, CHATS_OF_PERSON, SHARE_OF_ALL, REPLIES_OF_PERSON, HOURS_THERE, PER_HOUR];
const OF_WEEK: [Text; 5] = [WEEK, EXPECTED, CAME, DIFFERENCE, WRONG_BY_HOUR];
const OF_HOUR: [Text; 5] = [HOURS_OF_DAY, EXPECTED, CAME, DIFFERENCE, WRONG_BY_HOUR];
const OF_SHARE: [Text; 4] = [WHO, EXPECTED, CAME, DIFFERENCE];

/// What is expected in the week, and what a day of it means for those who are planned.
#[component]
pub(super) fn LoadTables(planned: Planned) -> impl IntoView {
    let hand = use_hand();
    let Planned { hours, .. } = planned;
    let shown = shown_hours_of(planned);
    let most = most_expected(planned);
    let chosen = RwSignal::new(None::<usize>);
    let day = memo(move || {
        let busiest = hours.with(|hours| hours.as_ref().and_then(busiest_hour)).map_or(0, |(day, _)| day);
        chosen.get().unwrap_or(busiest)
    });
    let head = move |of: usize| {
        view! {
            <button type="button" class="quiet" aria-pressed=move || (day.get() == of).to_string() on:click=handler(move |_| chosen.set(Some(of)))>
                {move || weekday_short(hand.lang.get(), of)}
            </button>
        }
        .into_any()
    };
    let cell = move |day: usize, hour: usize| {
        let expected =
            memo(move || hours.with(|hours| hours.as_ref().map(|hours| hours[day][hour].expected)).unwrap_or(0));
        view! { <td style:--heat=move || heat(expected.get(), most.get())>{move || tenths_text(expected.get())}</td> }
            .into_any()
    };
    let rows = memo(move || rows_of_day(planned, day.get(), &shown.get()));
    view! {
        <section class="load">
            <h2>{p(LOAD)}</h2>
            <p class="hint">{p(LOAD_HINT)}</p>
            <WeekTable title=LOAD testid="expected" shown head=Box::new(head) cell=Box::new(cell)/>
            <h3>{move || WEEKDAYS[day.get()].say(hand.lang.get())}</h3>
            <NumberTable title=LOAD testid="load-of-day" heads=&OF_DAY rows/>
        </section>
    }
}

fn rows_of_day(planned: Planned, day: usize, shown: &[usize]) -> Vec<TableRow> {
    let Planned { answer, typed, hours } = planned;
    answer.with(|answer| {
        let (Some(answer), Some(hours)) = (answer, hours.get()) else { return Vec::new() };
        let staffing = typed.with(|typed| staffing_of(answer, typed)).ok();
        let level = typed.with(|typed| typed.level_percent);
        let most = hours[day].iter().map(|hour| hour.expected).max().unwrap_or(0);
        let row = |hour: &usize| {
            let range = answer.foretold.as_ref().map(|it| (it.low[day][*hour], it.high[day][*hour]));
            (hour_text(*hour), cells_of_hour(&hours[day][*hour], range, (staffing.as_ref(), level), most))
        };
        shown.iter().map(row).collect()
    })
}

fn cells_of_hour(
    it: &Hour,
    range: Option<(u32, u32)>,
    (staffing, level): (Option<&Staffing>, u32),
    most: u32,
) -> Vec<Cell> {
    let nothing = || Cell::of(NONE);
    let outlook = staffing.filter(|_| it.expected > 0).map(|staffing| staffing.outlook(chats(it.expected), it.planned));
    let of_outlook = |of: fn(&Outlook) -> f64| outlook.as_ref().map(|outlook| share_percent(of(outlook)));
    let in_percent = |percent: Option<u32>| percent.map_or_else(nothing, |it| Cell::of(format!("{it}%")));
    let busy = of_outlook(|it| it.busy);
    let in_time = of_outlook(|it| it.within);
    vec![
        Cell::of(tenths_text(it.expected)).bar(percent(it.expected, most).unwrap_or(0)),
        range.map_or_else(nothing, |(low, high)| Cell::of(format!("{}–{}", tenths_text(low), tenths_text(high)))),
        staffing
            .map_or_else(nothing, |staffing| Cell::of(tenths_text((staffing.load(chats(it.expected)) * 10.0) as u32))),
        it.needed.map_or_else(nothing, |needed| needed.map_or_else(|| Cell::of("∞"), Cell::of)),
        Cell::of(it.planned).bad(it.gap().is_some_and(|gap| gap > 0)),
        staffing.map_or_else(nothing, |staffing| Cell::of(staffing.capacity(it.planned) as u32)),
        in_percent(busy).bar(busy.unwrap_or(0)),
        in_percent(in_time).bad(it.open && in_time.is_some_and(|in_time| in_time < level)),
        in_percent(of_outlook(|it| it.leaves)),
    ]
}

fn who(lang: Lang, members: &[MemberCard], id: Option<MemberId>) -> String {
    let Some(id) = id else { return NOBODYS.say(lang).to_owned() };
    let member = members.iter().find(|member| member.id == id);
    member.map_or_else(|| NONE.to_owned(), |member| format!("{} {}", member.work_number, member.name))
}

/// Rows that follow the answer and the language.
fn rows_from(planned: Planned, rows: fn(Lang, &PlanningAnswer) -> Vec<TableRow>) -> Memo<Vec<TableRow>> {
    let hand = use_hand();
    memo(move || planned.answer.with(|answer| answer.as_ref().map(|it| rows(hand.lang.get(), it)).unwrap_or_default()))
}

/// Who did what lately, and who had how much of what was foretold.
#[component]
pub(super) fn PersonTables(planned: Planned) -> impl IntoView {
    let days = move || planned.answer.with(|it| it.as_ref().map(|it| days_told(it.persons.from, it.persons.until)));
    let did = rows_from(planned, |lang, answer| {
        let mut persons = answer.persons.persons.clone();
        order::sort_by(&mut persons, |one, other| other.chats.cmp(&one.chats));
        let all = persons.iter().fold(0, |all, it| u32::saturating_add(all, it.chats));
        let most = persons.first().map_or(0, |it| it.chats);
        let row = |it: &qinda::sync::PersonTold| {
            let share = percent(it.chats, all).map_or_else(|| Cell::of(NONE), |it| Cell::of(format!("{it}%")));
            let an_hour = if it.hours == 0 {
                Cell::of(NONE)
            } else {
                Cell::of(tenths_text((u64::from(it.chats) * 10 / u64::from(it.hours)) as u32))
            };
            let bar = percent(it.chats, most).unwrap_or(0);
            (
                who(lang, &answer.members, it.member),
                vec![Cell::of(it.chats).bar(bar), share, Cell::of(it.replies), Cell::of(it.hours), an_hour],
            )
        };
        persons.iter().map(row).collect()
    });
    let shares = rows_from(planned, |lang, answer| {
        let mut shares = answer.shares.clone();
        order::sort_by(&mut shares, |one, other| other.came.cmp(&one.came));
        let most = shares.iter().map(|it| (it.foretold / 10).max(it.came)).max().unwrap_or(0);
        let row = |it: &qinda::sync::ShareTold| {
            let came = Cell::of(it.came).bar(percent(it.came, most).unwrap_or(0));
            let foretold = Cell::of(tenths_text(it.foretold)).bar(percent(it.foretold / 10, most).unwrap_or(0));
            (who(lang, &answer.members, it.member), vec![foretold, came, Cell::of(off_by(it.foretold, it.came))])
        };
        shares.iter().map(row).collect()
    });
    view! {
        <section>
            <h2>{p(PERSONS)} " " <small>{days}</small></h2>
            <NumberTable title=PERSONS testid="persons" heads=&OF_PERSON rows=did/>
        </section>
        <section>
            <h2>{p(PAST_PERSONS)}</h2>
            <p class="hint">{p(PAST_PERSONS_HINT)}</p>
            <NumberTable title=PAST_PERSONS testid="shares" heads=&OF_SHARE rows=shares/>
        </section>
    }
}

/// What was foretold, what came, by how much the whole and the hours were off.
fn compared(foretold: u32, came: u32, wrong: u32) -> Vec<Cell> {
    let wrong = percent(wrong, came.saturating_mul(10));
    let hours = wrong.map_or_else(|| Cell::of(NONE), |it| Cell::of(format!("{it}%")).bar(it));
    vec![Cell::of(tenths_text(foretold)), Cell::of(came), Cell::of(off_by(foretold, came)), hours]
}

/// How wrong past weeks were foretold.
#[component]
pub(super) fn PastTables(planned: Planned) -> impl IntoView {
    let weeks = rows_from(planned, |_, answer| {
        let row = |it: &qinda::sync::PastTold| {
            (days_told(it.week, it.week.plus(6)), compared(it.foretold, it.came, it.wrong))
        };
        answer.past.iter().rev().map(row).collect()
    });
    let hours = rows_from(planned, |_, answer| {
        let known = answer.by_hour.iter().enumerate().filter(|(_, it)| it.foretold > 0 || it.came > 0);
        known.map(|(hour, it)| (hour_text(hour), compared(it.foretold, it.came, it.wrong))).collect()
    });
    view! {
        <section>
            <h2>{p(PAST_LOAD)}</h2>
            <p class="hint">{p(PAST_LOAD_HINT)}</p>
            <NumberTable title=PAST_LOAD testid="past-weeks" heads=&OF_WEEK rows=weeks/>
            <h3>{p(BY_HOUR_OF_DAY)}</h3>
            <NumberTable title=BY_HOUR_OF_DAY testid="past-hours" heads=&OF_HOUR rows=hours/>
        </section>
    }
}
