//! What of the trend is looked at: the figure, the time, the step, the split; kept while the member is elsewhere.

use qinda::model::{Day, Micros};
use qinda::sync::{FigureName, HISTORY_DAYS_MAX, HISTORY_PIECES_MAX, HistorySpan, Part, Split};
use qinda::timing::Step;

use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::Lang;
use crate::words::pages::{
    BY, DAYS_FAULT, FIRST_DAY, LAST_DAY, SPAN, STEP, STEP_THAT_SUITS, TWO_DATES, Text, WHICH, p, span_name, split_name,
    step_name,
};

const SPLITS: [Split; 4] = [Split::None, Split::Agent, Split::Team, Split::Channel];
/// The choice of two dates among the spans with names.
const DATES: &str = "dates";
const HOURS_PER_DAY: i64 = 24;

/// What is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TrendChoice {
    pub(super) figure: String,
    pub(super) span: HistorySpan,
    /// Into what the span is cut; what suits it, if nothing was chosen.
    pub(super) step: Option<Step>,
    pub(super) by: Split,
    /// The part that is looked at alone.
    pub(super) part: Option<Part>,
    /// The piece whose rounds are listed.
    pub(super) piece: Option<(Micros, Micros)>,
    /// Whether the hours of the week show how well it went instead of how much there was.
    pub(super) well: bool,
}

impl Default for TrendChoice {
    fn default() -> Self {
        Self {
            figure: "answer-20s".to_owned(),
            span: HistorySpan::ThirtyDays,
            step: None,
            by: Split::Agent,
            part: None,
            piece: None,
            well: false,
        }
    }
}

impl TrendChoice {
    /// The question, as an address has it.
    pub(super) fn query(&self) -> String {
        let Self { figure, span, step, by, part, .. } = self;
        let by = match by {
            Split::None => "none",
            Split::Agent => "agent",
            Split::Team => "team",
            Split::Channel => "channel",
        };
        let mut query = format!("figure={figure}&span={span}&by={by}");
        if let Some(step) = step {
            query += "&step=";
            query += step_id(*step);
        }
        if let Some(part) = part {
            query += &format!("&part={part}");
        }
        query
    }

    /// Whether the span goes on at this moment.
    pub(super) const fn is_of_now(&self) -> bool {
        !matches!(self.span, HistorySpan::Yesterday | HistorySpan::Days(..) | HistorySpan::Moments(..))
    }
}

const fn step_id(step: Step) -> &'static str {
    match step {
        Step::Hour => "hour",
        Step::Day => "day",
        Step::Week => "week",
        Step::Month => "month",
    }
}

/// Whether a span is cut into few enough pieces by a step.
fn fits(step: Step, span: HistorySpan, today: Day) -> bool {
    let Some((first, end, _)) = span.days(today) else { return false };
    let days = end.0 - first.0;
    let pieces = match step {
        // A day on which clocks are set back has one more.
        Step::Hour => days * HOURS_PER_DAY + 2,
        Step::Day => days,
        Step::Week => days / 7 + 2,
        Step::Month => days / 28 + 2,
    };
    usize::try_from(pieces).is_ok_and(|pieces| pieces <= HISTORY_PIECES_MAX)
}

/// The span between two dates as they are typed.
fn dates(first: &str, last: &str) -> Option<HistorySpan> {
    let (first, last) = (first.parse::<Day>().ok()?, last.parse::<Day>().ok()?);
    (first <= last && last.0 - first.0 < HISTORY_DAYS_MAX).then_some(HistorySpan::Days(first, last))
}

/// A choice among few, as the browser offers it.
#[component]
fn Pick(
    label: Text,
    testid: &'static str,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    #[prop(into)] chosen: Signal<String>,
    choose: Box<dyn Fn(String)>,
) -> impl IntoView {
    let list = move || {
        let chosen = chosen.get();
        let option = |(id, name): (String, String)| {
            let selected = id == chosen;
            view! { <option value=id selected=selected>{name}</option> }
        };
        options.get().into_iter().map(option).collect_view()
    };
    view! {
        <label class="field">
            <span>{p(label)}</span>
            <select data-testid=testid prop:value=chosen on:change=written(choose)>{list}</select>
        </label>
    }
}

/// The controls. The figures are those that the server told last.
#[component]
pub(super) fn Choose(
    choice: RwSignal<TrendChoice>,
    figures: RwSignal<Vec<FigureName>>,
    today: Memo<Day>,
) -> impl IntoView {
    let hand = use_hand();
    let lang = hand.lang;
    // A piece belongs to the span and the step it was cut by.
    let change = move |change: &dyn Fn(&mut TrendChoice)| {
        choice.update(|choice| {
            change(choice);
            choice.piece = None;
        });
    };
    let is_dates = RwSignal::new(matches!(choice.get_untracked().span, HistorySpan::Days(..)));
    let names = memo(move || {
        let lang = lang.get();
        let name = |one: FigureName| match lang {
            Lang::En if !one.name_en.is_empty() => (one.id, one.name_en),
            _ => (one.id, one.name),
        };
        figures.get().into_iter().map(name).collect::<Vec<_>>()
    });
    let spans = memo(move || {
        let lang = lang.get();
        let named = HistorySpan::NAMED.into_iter().map(|span| (span.to_string(), span_name(lang, span)));
        named.chain([(DATES.to_owned(), TWO_DATES.say(lang).to_owned())]).collect::<Vec<_>>()
    });
    let steps = memo(move || {
        let (lang, span) = (lang.get(), choice.with(|choice| choice.span));
        let fit = Step::ALL.into_iter().filter(|step| fits(*step, span, today.get()));
        let named = fit.map(|step| (step_id(step).to_owned(), step_name(step).say(lang).to_owned()));
        [(String::new(), STEP_THAT_SUITS.say(lang).to_owned())].into_iter().chain(named).collect::<Vec<_>>()
    });
    let splits = memo(move || {
        let lang = lang.get();
        SPLITS
            .iter()
            .enumerate()
            .map(|(place, by)| (place.to_string(), split_name(*by).say(lang).to_owned()))
            .collect::<Vec<_>>()
    });
    let choose_span = move |id: String| {
        is_dates.set(id == DATES);
        if let Ok(span) = id.parse::<HistorySpan>() {
            let today = today.get_untracked();
            change(&|choice| {
                choice.span = span;
                choice.step = choice.step.filter(|step| fits(*step, span, today));
            });
        }
    };
    let chosen_span =
        memo(move || if is_dates.get() { DATES.to_owned() } else { choice.with(|it| it.span.to_string()) });
    let chosen_step = memo(move || choice.with(|it| it.step.map(step_id).unwrap_or_default().to_owned()));
    let chosen_split =
        memo(move || choice.with(|it| SPLITS.iter().position(|by| *by == it.by).unwrap_or_default().to_string()));
    view! {
        <form class="trend-choice" on:submit=handler(|event: web_sys::SubmitEvent| event.prevent_default())>
            <Pick
                label=WHICH
                testid="trend-figure"
                options=names
                chosen=memo(move || choice.with(|it| it.figure.clone()))
                choose=Box::new(move |id| change(&|choice| choice.figure.clone_from(&id)))
            />
            <Pick label=SPAN testid="trend-span" options=spans chosen=chosen_span choose=Box::new(choose_span)/>
            <Pick
                label=STEP
                testid="trend-step"
                options=steps
                chosen=chosen_step
                choose=Box::new(move |id| {
                    let step = Step::ALL.into_iter().find(|step| step_id(*step) == id);
                    change(&|choice| choice.step = step);
                })
            />
            <Pick
                label=BY
                testid="trend-by"
                options=splits
                chosen=chosen_split
                choose=Box::new(move |id| {
                    let by = id.parse().ok().and_then(|place: usize| SPLITS.get(place)).copied().unwrap_or_default();
                    choice.update(|choice| choice.by = by);
                })
            />
            <Show when=move || is_dates.get()>
                <Dates choice today/>
            </Show>
        </form>
    }
}

/// Two dates. What they say counts once it names a span.
#[component]
fn Dates(choice: RwSignal<TrendChoice>, today: Memo<Day>) -> impl IntoView {
    let hand = use_hand();
    let (begun, ended) = match choice.with_untracked(|choice| choice.span.days(today.get_untracked())) {
        Some((first, end, _)) => (first.to_string(), end.plus(-1).to_string()),
        None => (String::new(), String::new()),
    };
    let (first, last) = (RwSignal::new(begun), RwSignal::new(ended));
    let named = memo(move || dates(&first.get(), &last.get()));
    effect(move || {
        let Some(span) = named.get() else { return };
        if choice.with_untracked(|choice| choice.span) != span {
            let today = today.get_untracked();
            choice.update(|choice| {
                choice.span = span;
                choice.step = choice.step.filter(|step| fits(*step, span, today));
                choice.piece = None;
            });
        }
    });
    let date = move |label: Text, testid: &'static str, text: RwSignal<String>| {
        view! {
            <label class="field">
                <span>{p(label)}</span>
                <input
                    type="date"
                    data-testid=testid
                    prop:value=text
                    on:change=written(move |typed| text.set(typed))
                />
            </label>
        }
    };
    view! {
        {date(FIRST_DAY, "trend-first", first)}
        {date(LAST_DAY, "trend-last", last)}
        <p class="fault" role="alert">{move || named.get().is_none().then(|| DAYS_FAULT.say(hand.lang.get()))}</p>
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_choice_is_asked_as_the_server_reads_it() {
        assert_eq!(TrendChoice::default().query(), "figure=answer-20s&span=30d&by=agent");
        let choice = TrendChoice {
            span: dates("2026-10-01", "2026-10-31").unwrap(),
            step: Some(Step::Week),
            by: Split::None,
            part: Some(Part::Agent(None)),
            ..TrendChoice::default()
        };
        assert_eq!(choice.query(), "figure=answer-20s&span=2026-10-01..2026-10-31&by=none&step=week&part=agent:-");
    }

    #[wasm_bindgen_test]
    fn dates_name_a_span_that_begins_before_it_ends() {
        assert!(dates("2026-10-01", "2026-10-01").is_some());
        for (first, last) in [("2026-10-02", "2026-10-01"), ("", "2026-10-01"), ("2016-10-01", "2026-11-01")] {
            assert_eq!(dates(first, last), None, "{first} {last}");
        }
    }

    #[wasm_bindgen_test]
    fn only_steps_that_the_server_takes_are_offered() {
        let today = Day::of_date(2026, 11, 23).unwrap();
        let fit = |span| Step::ALL.map(|step| fits(step, span, today));
        assert_eq!(fit(HistorySpan::Today), [true; 4]);
        assert_eq!(fit(HistorySpan::ThirtyDays), [false, true, true, true]);
        assert_eq!(fit(dates("2020-01-01", "2026-01-01").unwrap()), [false, false, true, true]);
    }
}
