//! The figures: one sentence, who waits now, the large numbers, the hours, the agents.

mod chart;
mod coaching;
mod defined;
mod hours;
mod notes;
mod now;
mod own_figures;
mod planning;
mod rules;
mod silent;
mod surge_plan;
mod tables;
mod trend;
mod watch;

pub(crate) use self::coaching::MyCoaching;
pub(crate) use self::defined::MyFigures;
pub(crate) use self::hours::Misread;
pub(crate) use self::own_figures::FigureMisread;
pub(crate) use self::planning::Planning;
pub(crate) use self::surge_plan::PlanMisread;
pub(crate) use self::trend::{MyTrend, TrendChoice};
pub(crate) use self::watch::NowPage;

use qinda::model::Micros;
use qinda::sync::FiguresAnswer;
use qinda::timing::Figure;

use self::chart::HourChart;
use self::coaching::CoachingTable;
use self::defined::DefinedFigures;
use self::notes::Notes;
use self::now::WaitingNow;
use self::rules::Rules;
use self::silent::Silent;
use self::tables::{AgentTable, HourTable};
use self::trend::Trend;
use crate::desk::{Desk, FiguresProblem, Told, use_desk};
use crate::frame::hand::{Hand, use_hand};
use crate::parts::when::{Local, day_begins, span_text};
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::pages::{PAGE_TODAY, PAGE_TREND, PAGES_OF_FIGURES, PLANNING, Text, p};
use crate::words::{Lang, Word, phrases, t};

/// The pages of the figures, in the order in which they are offered.
const PAGES: [(Place, Text); 2] = [(Place::Figures, PAGE_TODAY), (Place::Trend, PAGE_TREND)];

/// A span of the shop's days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Range {
    Today,
    Yesterday,
    Week,
}

impl Range {
    const ALL: [Self; 3] = [Self::Today, Self::Yesterday, Self::Week];

    const fn word(self) -> Word {
        match self {
            Self::Today => Word::Today,
            Self::Yesterday => Word::Yesterday,
            Self::Week => Word::LastSevenDays,
        }
    }

    /// Under which name the figures of the span are kept.
    const fn figures_name(self) -> &'static str {
        match self {
            Self::Today => "figures-today",
            Self::Yesterday => "figures-yesterday",
            Self::Week => "figures-week",
        }
    }

    /// Under which name the figures by definition are kept.
    const fn defined_name(self) -> &'static str {
        match self {
            Self::Today => "defined-today",
            Self::Yesterday => "defined-yesterday",
            Self::Week => "defined-week",
        }
    }

    /// Under which name the figures for coaching are kept.
    const fn coaching_name(self) -> &'static str {
        match self {
            Self::Today => "coaching-today",
            Self::Yesterday => "coaching-yesterday",
            Self::Week => "coaching-week",
        }
    }

    /// From where to where, by the shop's clocks.
    fn span(self, now: Micros, offset_seconds: i64) -> (Micros, Micros) {
        let day = |days_before| day_begins(now, offset_seconds, days_before);
        match self {
            Self::Today => (day(0), day(-1)),
            Self::Yesterday => (day(1), day(0)),
            Self::Week => (day(6), day(-1)),
        }
    }
}

/// The chosen span, which moves on with the shop's days.
fn follow_span(desk: Desk, hand: Hand, range: RwSignal<Range>) -> Memo<(Micros, Micros)> {
    memo(move || range.get().span(desk.now(), hand.offset_seconds()))
}

/// Everything for supervisors: the pages of the figures and the way from one to the next.
#[component]
pub(crate) fn Supervision() -> impl IntoView {
    let hand = use_hand();
    let way = move |(place, name): (Place, Text)| {
        let here = memo(move || hand.place.get() == place);
        view! { <a href=place.path() aria-current=move || here.get().then_some("page")>{p(name)}</a> }
    };
    view! {
        <div class="shelves">
            <nav class="shelf-strip" aria-label=p(PAGES_OF_FIGURES)>{PAGES.map(way)}</nav>
            {move || match hand.place.get() {
                Place::Trend => view! { <Trend/> }.into_any(),
                _ => view! { <Figures/> }.into_any(),
            }}
        </div>
    }
}

/// Now and lately.
#[component]
fn Figures() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let range = RwSignal::new(Range::Today);
    let span = follow_span(desk, hand, range);
    let told = Told::fresh(
        desk,
        memo(move || {
            let (from, to) = span.get();
            (range.get().figures_name(), format!("/api/figures?from={}&to={}", from.0, to.0))
        }),
    );
    let waiting_count = memo(move || hand.inbox.with(|rows| rows.iter().filter(|row| row.waiting.is_some()).count()));
    Effect::new(move |before: Option<usize>| {
        let count = waiting_count.get();
        if before.is_some_and(|before| before != count) {
            told.ask();
        }
        count
    });

    let answer = memo(move || told.read::<FiguresAnswer>());
    let problem = memo(move || told.problem());
    let nothing =
        memo(move || answer.with(|answer| answer.as_ref().is_some_and(|it| counted(&it.figures.total.every) == 0)));
    view! {
        <section class="page figures" aria-label=t(Word::Figures)>
            <header class="page-head">
                <h1>{t(Word::Figures)}</h1>
                <div class="choice" role="group" aria-label=t(Word::Span)>
                    {Range::ALL
                        .map(|one| {
                            view! {
                                <button
                                    type="button"
                                    aria-pressed=move || (range.get() == one).to_string()
                                    on:click=handler(move |_| range.set(one))
                                >
                                    {t(one.word())}
                                </button>
                            }
                        })}
                </div>
                <a class="quiet button" href=Place::Planning.path()>{p(PLANNING)}</a>
            </header>
            {move || answer.with(|answer| answer.as_ref().map(|answer| view! { <Sentence answer=answer.clone() range/> }))}
            <p class="hint" role="status">{move || standing(problem.get(), answer.get().as_ref(), hand.lang.get())}</p>
            <Show when=move || range.get() == Range::Today>
                <Silent/>
            </Show>
            <WaitingNow/>
            {move || match answer.get() {
                None if problem.get().is_none() => view! { <div class="figures-shape"><i></i><i></i><i></i></div> }.into_any(),
                None => ().into_any(),
                Some(_) if nothing.get() => {
                    view! {
                        <div class="blank">
                            <h2>{t(Word::NoFigures)}</h2>
                            <p>{t(Word::NoFiguresText)}</p>
                        </div>
                    }
                        .into_any()
                }
                Some(answer) => {
                    let figures = answer.figures.clone();
                    view! {
                        <Total first=figures.total.first every=figures.total.every/>
                        <HourChart answer=answer.clone()/>
                        <AgentTable answer=answer.clone()/>
                        <HourTable answer/>
                    }
                        .into_any()
                }
            }}
            <DefinedFigures range/>
            <Rules/>
            <CoachingTable range/>
            <Notes/>
            <Definitions/>
        </section>
    }
}

/// How many rounds a figure's shares are of.
fn counted(figure: &Figure) -> u32 {
    figure.answered + figure.unanswered
}

/// A share of the counted rounds, in whole per cent; `None` of none.
fn share(within: u32, figure: &Figure) -> Option<u32> {
    let all = counted(figure);
    (all > 0).then(|| (u64::from(within) * 200 + u64::from(all)).div_euclid(u64::from(all) * 2) as u32)
}

fn share_text(within: u32, figure: &Figure) -> String {
    share(within, figure).map_or_else(|| NONE.to_owned(), |percent| format!("{percent}%"))
}

fn time_text(lang: Lang, ms: Option<i64>) -> String {
    ms.map_or_else(|| NONE.to_owned(), |ms| span_text(lang, ms))
}

/// Where there is no number.
const NONE: &str = "–";

#[component]
fn Sentence(answer: FiguresAnswer, range: RwSignal<Range>) -> impl IntoView {
    let hand = use_hand();
    let every = answer.figures.total.every;
    let said = move || {
        share(every.within_20s, &every).map(|percent| {
            let lang = hand.lang.get();
            let median = every.median_ms.map(|ms| span_text(lang, ms));
            phrases::figures_sentence(lang, range.get().word().say(lang), percent, counted(&every), median.as_deref())
        })
    };
    view! { <p class="sentence">{said}</p> }
}

/// Of when the figures are, and why there are no newer ones.
fn standing(problem: Option<FiguresProblem>, answer: Option<&FiguresAnswer>, lang: Lang) -> String {
    let as_of = answer.map(|answer| Local::of(answer.at, answer.utc_offset_seconds).time());
    phrases::figures_standing(lang, problem, as_of.as_deref())
}

#[component]
fn Total(first: Figure, every: Figure) -> impl IntoView {
    view! {
        <section class="totals" data-testid="figures-total">
            <TotalOf word=Word::FirstResponse figure=first/>
            <TotalOf word=Word::Response figure=every/>
        </section>
    }
}

#[component]
fn TotalOf(word: Word, figure: Figure) -> impl IntoView {
    let hand = use_hand();
    let numbers = StoredValue::new(figure);
    let number = move |word: Word, read: fn(Lang, &Figure) -> String| {
        view! {
            <div>
                <dt>{t(word)}</dt>
                <dd>{move || numbers.with_value(|figure| read(hand.lang.get(), figure))}</dd>
            </div>
        }
    };
    view! {
        <div class="total">
            <h2>{t(word)}</h2>
            <dl>
                {number(Word::Median, |lang, figure| time_text(lang, figure.median_ms))}
                {number(Word::NinetyPercent, |lang, figure| time_text(lang, figure.p90_ms))}
                {number(Word::Within15, |_, figure| share_text(figure.within_15s, figure))}
                {number(Word::Within20, |_, figure| share_text(figure.within_20s, figure))}
                {number(Word::AnsweredRounds, |_, figure| figure.answered.to_string())}
                {number(Word::Unanswered, |_, figure| figure.unanswered.to_string())}
            </dl>
        </div>
    }
}

/// What the numbers mean.
#[component]
fn Definitions() -> impl IntoView {
    view! {
        <details class="definitions">
            <summary>{t(Word::HowCounted)}</summary>
            <ul>
                <li>{t(Word::DefinedRound)}</li>
                <li>{t(Word::DefinedFirst)}</li>
                <li>{t(Word::DefinedQueued)}</li>
                <li>{t(Word::DefinedUnanswered)}</li>
                <li>{t(Word::DefinedShare)}</li>
                <li>{t(Word::DefinedPercentile)}</li>
                <li>{t(Word::DefinedHour)}</li>
            </ul>
        </details>
    }
}
