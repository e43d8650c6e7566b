//! Figures as the shop defines them: what each says, how it is made, and the very rounds behind it.

use qinda::model::{MemberCard, MemberId};
use qinda::order;
use qinda::sync::{CasesAnswer, DefinedAnswer, DefinedFigure, LeftOut, ToldCase};
use qinda::timing::{Definition, Value};

use super::{NONE, Range, follow_span};
use crate::desk::{Told, use_desk};
use crate::frame::hand::use_hand;
use crate::knowledge::standing::Standing;
use crate::parts::when::span_text;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::pages::{
    CASES, CASES_HINT, COUNT_REST, DEFINED, DEFINED_HINT, EXPORT_CSV, EXPORT_XLSX, IN_HOURS, MY_FIGURES, NEVER_ENDED,
    NO_CASES, OPEN_CHAT, REPORTS, REST_HINT, STILL_WAITING, Text, WRITTEN_BEFORE, cases_listed, cases_since, described,
    figure_before, figure_name, figure_of, figure_source, figure_value, left_out, p,
};
use crate::words::{Lang, Word};

/// The figures that an agent sees of themselves, by their ids.
const OWN: [&str; 6] = ["greeting-15s", "answer-20s", "reply-rate", "median", "p90", "tmall-3min"];

/// Everybody's, for those who see everybody's figures.
#[component]
pub(crate) fn DefinedFigures(
    /// The chosen span.
    range: RwSignal<Range>,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let span = follow_span(desk, hand, range);
    let query = memo(move || {
        let (from, to) = span.get();
        format!("from={}&to={}", from.0, to.0)
    });
    let told = Told::fresh(desk, memo(move || (range.get().defined_name(), quick(&query.get()))));
    let answers = Answers::of(told, query);
    // What is exported is what the screen shows.
    let shown =
        memo(move || if answers.is_partial.get() { format!("{}&quick=true", query.get()) } else { query.get() });
    view! {
        <section class="defined" data-testid="defined-figures">
            <h2>{p(DEFINED)}</h2>
            <p class="hint">{p(DEFINED_HINT)}</p>
            <Standing told/>
            <List answers query shows=|_| true/>
            <a class="quiet button" download="" href=move || format!("/api/figures/defined.csv?{}", shown.get())>
                {p(EXPORT_CSV)}
            </a>
            <a class="quiet button" download="" href=move || format!("/api/figures/defined.xlsx?{}", shown.get())>
                {p(EXPORT_XLSX)}
            </a>
            <a
                class="quiet button"
                href=move || format!("/report/daily?lang={}", hand.lang.get().code_short())
                target="_blank"
                rel="external"
            >
                {p(REPORTS)}
            </a>
        </section>
    }
}

/// The member's own, of the last seven days.
#[component]
pub(crate) fn MyFigures() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let span = follow_span(desk, hand, RwSignal::new(Range::Week));
    let query = memo(move || {
        let (from, to) = span.get();
        format!("from={}&to={}&own=true", from.0, to.0)
    });
    let told = Told::of(desk, memo(move || ("defined-own", quick(&query.get()))));
    let answers = Answers::of(told, query);
    view! {
        <section class="block defined" data-testid="my-figures">
            <h2>{p(MY_FIGURES)}</h2>
            <Standing told/>
            <List answers query shows=|definition| OWN.contains(&definition.id.as_str())/>
        </section>
    }
}

/// The address of what is told at once.
fn quick(query: &str) -> String {
    format!("/api/figures/defined?{query}&quick=true")
}

/// What is told at once, and with it what somebody asked to be counted.
#[derive(Clone, Copy)]
struct Answers {
    answer: Memo<Option<DefinedAnswer>>,
    /// Whether something is left to be counted.
    is_partial: Memo<bool>,
    /// Whether somebody asked for that.
    is_asked: RwSignal<bool>,
    whole: RwSignal<Option<DefinedAnswer>>,
}

impl Answers {
    fn of(told: Told, query: Memo<String>) -> Self {
        let (is_asked, whole) = (RwSignal::new(false), RwSignal::new(None::<DefinedAnswer>));
        Effect::new(move |before: Option<String>| {
            let query = query.get();
            if before.is_some_and(|before| before != query) {
                is_asked.set(false);
                whole.set(None);
            }
            query
        });
        let answer = memo(move || {
            let quick = told.read::<DefinedAnswer>()?;
            Some(whole.with(|whole| whole.as_ref().map(|whole| completed(&quick, whole))).unwrap_or(quick))
        });
        let is_partial = memo(move || answer.with(|answer| answer.as_ref().is_some_and(|it| it.is_partial)));
        // What is kept is soon told, so nobody has to ask for it.
        Effect::new(move |_| {
            if answer.with(|answer| answer.as_ref().is_some_and(|it| it.rest_is_kept)) {
                is_asked.set(true);
            }
        });
        Self { answer, is_partial, is_asked, whole }
    }
}

/// What was told at once, which is newer, and of the whole what that leaves out.
fn completed(quick: &DefinedAnswer, whole: &DefinedAnswer) -> DefinedAnswer {
    let figure = |of_whole: &DefinedFigure| {
        let newer = quick.figures.iter().find(|figure| figure.definition.id == of_whole.definition.id);
        newer.map_or_else(|| of_whole.clone(), |newer| DefinedFigure { in_hours: of_whole.in_hours, ..newer.clone() })
    };
    let mut members = quick.members.clone();
    members.extend(whole.members.iter().filter(|it| !quick.members.iter().any(|member| member.id == it.id)).cloned());
    let figures = whole.figures.iter().map(figure).collect();
    let left_out = whole.left_out.clone();
    DefinedAnswer { figures, members, is_partial: false, rest_is_kept: false, left_out, ..quick.clone() }
}

/// What has to be counted from many messages, for whoever waits for it.
#[component]
fn Rest(answers: Answers, query: Memo<String>) -> impl IntoView {
    let Answers { answer, is_asked, is_partial, .. } = answers;
    let rest_is_kept = memo(move || answer.with(|answer| answer.as_ref().is_some_and(|it| it.rest_is_kept)));
    view! {
        <Show when=move || is_partial.get() && !rest_is_kept.get()>
            <p class="hint">{p(REST_HINT)}</p>
            <button
                type="button"
                class="quiet"
                disabled=move || is_asked.get()
                on:click=handler(move |_| is_asked.set(true))
            >
                {p(COUNT_REST)}
            </button>
        </Show>
        <Show when=move || is_asked.get()>
            <Counting answers query/>
        </Show>
    }
}

#[component]
fn Counting(answers: Answers, query: Memo<String>) -> impl IntoView {
    let desk = use_desk();
    let told = Told::of(desk, memo(move || ("defined-whole", format!("/api/figures/defined?{}", query.get()))));
    Effect::new(move |_| {
        if let Some(whole) = told.read::<DefinedAnswer>() {
            answers.whole.set(Some(whole));
        }
    });
    view! { <Standing told/> }
}

#[component]
fn List(answers: Answers, query: Memo<String>, shows: fn(&Definition) -> bool) -> impl IntoView {
    let Answers { answer, .. } = answers;
    // A figure that is open stays open when newer numbers come.
    let ids = memo(move || {
        answer.with(|answer| {
            let figures = answer.iter().flat_map(|answer| &answer.figures).map(|figure| &figure.definition);
            figures.filter(|definition| shows(definition)).map(|definition| definition.id.clone()).collect::<Vec<_>>()
        })
    });
    let figures = move || ids.get().into_iter().map(|id| view! { <Figure id answer query/> }).collect_view();
    view! {
        <ul>{figures}</ul>
        <Rest answers query/>
        <TooMany answer shows/>
    }
}

/// What has to be counted from too many messages.
#[component]
fn TooMany(answer: Memo<Option<DefinedAnswer>>, shows: fn(&Definition) -> bool) -> impl IntoView {
    let hand = use_hand();
    let said = memo(move || {
        answer.with(|answer| {
            let answer = answer.as_ref()?;
            let left = answer.left_out.as_ref()?;
            let figures: Vec<Definition> = left.figures.iter().filter(|it| shows(it)).cloned().collect();
            let left = LeftOut { figures, ..left.clone() };
            (left.hours || !left.figures.is_empty()).then(|| left_out(hand.lang.get(), &left, answer.own))
        })
    });
    view! {
        <Show when=move || said.with(Option::is_some)>
            <p class="hint" role="status" data-testid="left-out">{said}</p>
        </Show>
    }
}

#[component]
fn Figure(id: String, answer: Memo<Option<DefinedAnswer>>, query: Memo<String>) -> impl IntoView {
    let hand = use_hand();
    let is_open = RwSignal::new(false);
    let path = format!("/api/figures/cases?figure={id}");
    let own = memo(move || answer.with(|answer| answer.as_ref().is_none_or(|it| it.own)));
    let sought = id.clone();
    let figure = memo(move || {
        answer.with(|answer| answer.as_ref()?.figures.iter().find(|figure| figure.definition.id == sought).cloned())
    });
    let say = move |read: fn(Lang, &DefinedFigure) -> String| {
        move || figure.with(|figure| figure.as_ref().map(|it| read(hand.lang.get(), it)))
    };
    view! {
        <li>
            <details on:toggle=handler(move |_| is_open.update(|is_open| *is_open = !*is_open)) data-figure=id>
                <summary>
                    <span class="name">{say(|lang, it| figure_name(lang, &it.definition).to_owned())}</span>
                    <b>{say(|lang, it| figure_value(lang, &it.definition, &it.value))}</b>
                    <span class="hint">{say(|lang, it| figure_before(lang, &it.definition, &it.before))}</span>
                </summary>
                <p>{say(|lang, it| figure_of(lang, &it.definition, &it.value))}</p>
                {move || figure.with(|it| it.as_ref().and_then(|it| in_hours(hand.lang.get(), it)))}
                <p class="hint">{say(|lang, it| described(lang, &it.definition))}</p>
                <p class="hint">{say(|lang, it| figure_source(lang, &it.definition).unwrap_or_default())}</p>
                <Show when=move || !own.get()>
                    <ByAgent figure answer/>
                </Show>
                <Show when=move || is_open.get()>
                    <Cases path=path.clone() query/>
                </Show>
            </details>
        </li>
    }
}

/// The same by opening hours alone, of a shop that has them.
fn in_hours(lang: Lang, figure: &DefinedFigure) -> Option<impl IntoView + use<>> {
    let DefinedFigure { definition, in_hours, .. } = figure;
    let value = (*in_hours)?;
    let said = format!("{} · {}", figure_value(lang, definition, &value), figure_of(lang, definition, &value));
    Some(view! { <p><b>{IN_HOURS.say(lang)}</b> " " {said}</p> })
}

#[component]
fn ByAgent(figure: Memo<Option<DefinedFigure>>, answer: Memo<Option<DefinedAnswer>>) -> impl IntoView {
    let hand = use_hand();
    let rows = move || {
        let lang = hand.lang.get();
        let members = answer.with(|answer| answer.as_ref().map(|it| it.members.clone())).unwrap_or_default();
        figure.with(|figure| {
            let DefinedFigure { definition, by_agent, .. } = figure.as_ref()?;
            let mut rows: Vec<(String, Value)> =
                by_agent.iter().map(|(id, value)| (who(lang, &members, *id), *value)).collect();
            order::sort_by(&mut rows, |one, other| one.0.cmp(&other.0));
            let row = |(name, value): (String, Value)| {
                let (said, of) = (figure_value(lang, definition, &value), figure_of(lang, definition, &value));
                view! { <tr><th scope="row">{name}</th><td>{said}</td><td>{of}</td></tr> }
            };
            Some(rows.into_iter().map(row).collect_view())
        })
    };
    view! { <table class="plain-table"><tbody>{rows}</tbody></table> }
}

fn who(lang: Lang, members: &[MemberCard], id: Option<MemberId>) -> String {
    let Some(id) = id else { return Word::OwnerNobody.say(lang).to_owned() };
    let member = members.iter().find(|member| member.id == id);
    member.map_or_else(|| NONE.to_owned(), |member| format!("{} {}", member.work_number, member.name))
}

/// The cases behind a figure.
#[component]
pub(super) fn Cases(
    /// The address with the figure in it.
    path: String,
    /// Of which span, and of which part.
    query: Memo<String>,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let told = Told::fresh(desk, memo(move || ("figure-cases", format!("{path}&{}", query.get()))));
    let rows = move || {
        let CasesAnswer { cases, members, count, since, count_of_all, .. } = told.read::<CasesAnswer>()?;
        let members = StoredValue::new(members);
        let (nothing, shown) = (cases.is_empty(), cases.len());
        let since = since.map(|since| {
            let (lang, at) = (hand.lang.get(), hand.local(since));
            cases_since(lang, &format!("{} {}", at.date(lang), at.time()), count, count_of_all)
        });
        Some(view! {
            {since.map(|since| view! { <p class="hint" data-testid="cases-since">{since}</p> })}
            {(shown < count).then(|| view! { <p class="hint">{move || cases_listed(hand.lang.get(), shown, count)}</p> })}
            {nothing.then(|| view! { <p class="hint">{p(NO_CASES)}</p> })}
            <ol data-testid="figure-cases">{cases.into_iter().map(|case| view! { <OneCase case members/> }).collect_view()}</ol>
        })
    };
    view! {
        <h3>{p(CASES)}</h3>
        <p class="hint">{p(CASES_HINT)}</p>
        <Standing told/>
        {rows}
    }
}

#[component]
fn OneCase(case: ToldCase, members: StoredValue<Vec<MemberCard>>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let here = memo(move || desk.holds(case.conversation));
    let when = move || {
        let at = hand.local(case.from);
        format!("{} {}", at.date(hand.lang.get()), at.time())
    };
    let took = move || {
        let lang = hand.lang.get();
        let without_end = |text: Text| text.say(lang).to_owned();
        match case.ms {
            Some(ms) => span_text(lang, ms),
            None => without_end(if case.running { STILL_WAITING } else { NEVER_ENDED }),
        }
    };
    let offline = move || {
        let (until, written_at) = case.until.zip(case.written_at)?;
        // A clock that runs ahead says nothing, and a few seconds are the way through the network.
        let waited = until.since(written_at) > WORTH_TELLING_SECONDS * qinda::model::MICROS_PER_SECOND;
        waited.then(|| format!(" · {} {}", WRITTEN_BEFORE.say(hand.lang.get()), hand.local(written_at).time()))
    };
    view! {
        <li class:failed=!case.met && !case.running>
            <span>{when}</span>
            <b>{took}</b>
            <span class="hint">{move || members.with_value(|members| who(hand.lang.get(), members, case.agent))} {offline}</span>
            <Show when=move || here.get()>
                <a href=Place::Conversation(case.conversation).path()>{p(OPEN_CHAT)}</a>
            </Show>
        </li>
    }
}

/// An answer that waited longer than this on an agent's device is told to have been written before.
const WORTH_TELLING_SECONDS: i64 = 10;
