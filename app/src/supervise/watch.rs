//! This moment: what must be looked at, who waits, who works, and what the surge plan asks for. It runs for days on a wall,
//! and on a phone; without a network what this device holds goes on.

mod agents;
mod level;
mod surge;
mod waiting;

use std::time::Duration;

use qinda::model::Micros;
use qinda::sync::{LevelStanding, NowAnswer};
use qinda::timing::{Urgency, Waiting};

use self::agents::AgentRows;
use self::level::LevelTile;
use self::surge::SurgeSteps;
use self::waiting::{WaitingRows, Waits};
use crate::desk::{Told, use_desk};
use crate::frame::hand::use_hand;
use crate::parts::when::clock_text;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::pages::{
    AGENTS_ON, LEVEL_NOW, LONGEST_WAIT, NOBODY, NOW, TO_FIGURES, TO_NOTICE, WAITING, all_is_well, level_below,
    level_in_danger, next_step_in, p, soon_late, too_late,
};
use crate::words::{Lang, phrases};

/// How often the server is asked while somebody looks.
const REFRESH: Duration = Duration::from_secs(5);
/// So long before a step of the surge plan it is announced.
const STEP_ANNOUNCED_SECONDS: i64 = 120;

/// What the page shows, from the server and from this device.
#[derive(Clone, Copy)]
struct Moment {
    answer: Memo<Option<NowAnswer>>,
    waits: Memo<Vec<Waits>>,
}

/// The page.
#[component]
pub(crate) fn NowPage() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let told = Told::fresh_every(desk, memo(|| ("now", "/api/now".to_owned())), REFRESH);
    let answer = memo(move || told.read::<NowAnswer>());
    let moment = Moment { answer, waits: waiting::all(desk, hand, answer) };
    let standing = move || {
        let as_of = told.at().map(|at| hand.local(at).time());
        phrases::figures_standing(hand.lang.get(), told.problem(), as_of.as_deref())
    };
    view! {
        <section class="page now" aria-label=p(NOW)>
            <header class="page-head">
                <h1>{p(NOW)}</h1>
                <a href=Place::Figures.path()>{p(TO_FIGURES)}</a>
            </header>
            <p class="hint" data-testid="now-standing">{standing}</p>
            <Notices moment/>
            <Tiles moment/>
            {move || answer.with(|it| it.as_ref().map(|it| view! { <SurgeSteps plan=it.plan.clone() surge=it.surge/> }))}
            <WaitingRows waits=moment.waits/>
            <AgentRows answer/>
        </section>
    }
}

/// What must be looked at, the most urgent first; said to a screen reader as it changes.
#[component]
fn Notices(moment: Moment) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let notices = memo(move || {
        let (lang, now) = (hand.lang.get(), desk.now());
        let mut notices: Vec<(&'static str, String)> = Vec::new();
        let urgent = |urgency: Urgency| {
            moment.waits.with(|waits| waits.iter().filter(|it| it.waiting.urgency(now) == urgency).count())
        };
        let (late, soon) = (urgent(Urgency::Overdue), urgent(Urgency::Soon));
        if late > 0 {
            notices.push(("late", too_late(lang, late)));
        }
        if soon > 0 {
            notices.push(("soon", soon_late(lang, soon)));
        }
        moment.answer.with(|answer| {
            let Some(answer) = answer else { return };
            notices.extend(of_level(lang, answer));
            notices.extend(of_surge(lang, answer, now));
        });
        notices
    });
    let nothing = memo(move || notices.with(Vec::is_empty) && moment.answer.with(Option::is_some));
    view! {
        <div class="notices" role="status" aria-label=p(TO_NOTICE) data-testid="notices">
            {move || {
                notices.get().into_iter().map(|(kind, said)| view! { <p data-kind=kind>{said}</p> }).collect_view()
            }}
            <Show when=move || nothing.get()>
                <p data-kind="well">{move || all_is_well(hand.lang.get())}</p>
            </Show>
        </div>
    }
}

fn of_level(lang: Lang, answer: &NowAnswer) -> Option<(&'static str, String)> {
    let level = &answer.level;
    match level.standing() {
        LevelStanding::Kept => None,
        LevelStanding::Below => Some(("late", level_below(lang, level.now().share()?, level.goal_percent))),
        LevelStanding::InDanger => {
            let waiting = level.now().running;
            Some(("soon", level_in_danger(lang, waiting, level.share_at_worst()?, level.goal_percent)))
        }
    }
}

fn of_surge(lang: Lang, answer: &NowAnswer, now: Micros) -> Option<(&'static str, String)> {
    let next = answer.plan.steps.get(answer.surge.steps)?;
    let seconds = answer.surge.next_at?.since(now) / qinda::model::MICROS_PER_SECOND;
    let is_near = (0..=STEP_ANNOUNCED_SECONDS).contains(&seconds);
    is_near.then(|| ("soon", next_step_in(lang, next, &clock_text(seconds))))
}

/// The large figures, to be read from three metres.
#[component]
fn Tiles(moment: Moment) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let count = memo(move || {
        let here = moment.waits.with(Vec::len);
        // Of very many the server tells only the first, and how many there are.
        let further = moment.answer.with(|it| it.as_ref().map_or(0, |it| it.waiting_count - it.waiting.len()));
        here + further
    });
    let longest = memo(move || moment.waits.with(|waits| waits.first().map(|first| first.waiting)));
    let longest_text = move || {
        longest.get().map_or_else(|| NOBODY.say(hand.lang.get()).to_owned(), |it| clock_text(it.seconds(desk.now())))
    };
    let state = move || longest.get().map_or("well", |it: Waiting| kind_of(it.urgency(desk.now())));
    let on_duty = move || {
        let on = |it: &NowAnswer| it.agents.iter().filter(|agent| agent.on_duty).count();
        moment.answer.with(|it| it.as_ref().map_or_else(|| super::NONE.to_owned(), |it| on(it).to_string()))
    };
    view! {
        <dl class="tiles">
            <div>
                <dt>{p(WAITING)}</dt>
                <dd data-testid="now-count">{move || count.get()}</dd>
            </div>
            <div>
                <dt>{p(LONGEST_WAIT)}</dt>
                <dd data-kind=state data-testid="now-longest">{longest_text}</dd>
            </div>
            <div>
                <dt>{p(LEVEL_NOW)}</dt>
                <LevelTile answer=moment.answer/>
            </div>
            <div>
                <dt>{p(AGENTS_ON)}</dt>
                <dd data-testid="now-agents-on">{on_duty}</dd>
            </div>
        </dl>
    }
}

/// How a state of waiting is coloured.
const fn kind_of(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Calm => "well",
        Urgency::Soon => "soon",
        Urgency::Overdue => "late",
    }
}
