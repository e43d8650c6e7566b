//! The words about a figure through time.

mod pieces;

use qinda::model::DeviceKind;
use qinda::sync::{HistorySpan, Split};
use qinda::timing::{Definition, Goal, Statistic, Step, Value};

use super::super::Lang;
use super::super::devices::device_name;
use super::{NO_ROUNDS, Text, figure_name, figure_value};
use crate::parts::when::span_text;

pub(crate) use pieces::*;

pub(crate) const PAGE_TODAY: Text = Text("近日", "Lately");
pub(crate) const PAGE_TREND: Text = Text("趋势", "Trend");
pub(crate) const PAGES_OF_FIGURES: Text = Text("数据的各页", "Pages of figures");
pub(crate) const WHICH: Text = Text("指标", "Figure");
pub(crate) const SPAN: Text = Text("时间", "Time");
pub(crate) const STEP: Text = Text("每格", "Step");
pub(crate) const BY: Text = Text("分开看", "Split");
pub(crate) const FIRST_DAY: Text = Text("从", "From");
pub(crate) const LAST_DAY: Text = Text("到", "To");
pub(crate) const DAYS_FAULT: Text = Text(
    "请选两个日期：开始不晚于结束，最多十年。",
    "Choose two dates: the first not after the last, at most ten years.",
);
pub(crate) const TWO_DATES: Text = Text("两个日期之间…", "Between two dates…");
pub(crate) const STEP_THAT_SUITS: Text = Text("自动", "Automatic");
pub(crate) const NOTHING_COUNTED: Text = Text("这段时间没有可算的", "Nothing to count in this time");
pub(crate) const NOTHING_COUNTED_TEXT: Text = Text(
    "没有一次符合这个指标。换一段时间，或换一个指标看看。",
    "No round belongs to this figure. Choose another time, or another figure.",
);
pub(crate) const NOT_COUNTED: Text = Text("这项数据没有算", "This figure was not counted");
pub(crate) const THROUGH_TIME: Text = Text("一格一格看", "Piece by piece");
pub(crate) const THIS_TIME: Text = Text("这段时间", "This time");
pub(crate) const TIME_BEFORE: Text = Text("之前同一段", "The time before");
pub(crate) const GOAL: Text = Text("目标", "Goal");
pub(crate) const VOLUME: Text = Text("提问轮数", "Rounds begun");
pub(crate) const AS_A_TABLE: Text = Text("看表格", "As a table");
pub(crate) const TAP_A_BAR: Text = Text("点一格，看背后的每一次。", "Choose a bar to see the rounds behind it.");
pub(crate) const PIECE: Text = Text("时间", "Time");
pub(crate) const OF_HOW_MANY: Text = Text("多少次", "Of how many");
pub(crate) const SPREAD: Text = Text("快慢怎么分布", "How the times are spread");
pub(crate) const TOOK: Text = Text("用时", "Took");
pub(crate) const HOW_OFTEN: Text = Text("次数", "How often");
pub(crate) const SO_FAR: Text = Text("累计", "Up to here");
pub(crate) const NOBODY_ANSWERED: Text = Text("没有结果", "No end");
pub(crate) const STILL_RUNNING: Text = Text("还在进行", "Still open");
pub(crate) const HOURS_OF_WEEK: Text = Text("一周里的每个小时", "The hours of the week");
pub(crate) const HOW_MUCH: Text = Text("多少", "How many");
pub(crate) const HOW_WELL: Text = Text("怎样", "How well");
pub(crate) const HOUR: Text = Text("钟点", "Hour");
pub(crate) const WITHOUT_OWNER: Text = Text("没有负责人", "Nobody's");
pub(crate) const LINE: Text = Text("走势", "Course");
pub(crate) const CHANGE: Text = Text("比之前", "Change");
pub(crate) const EVERYBODY: Text = Text("看全部", "Show everybody");
pub(crate) const CLOSE_LIST: Text = Text("收起", "Close");
pub(crate) const EXPORT_TREND: Text = Text("把这一页导出 CSV", "Export this page as CSV");
pub(crate) const PRINT_TREND: Text = Text("打印", "Print");
const POINTS: Text = Text("点", "pts");
pub(crate) const MY_TREND: Text = Text("我的趋势（近 30 天）", "My trend (30 days)");
pub(crate) const MY_TREND_HINT: Text =
    Text("只有您自己看得到这里；主管看得到全组的。", "Only you see this page; supervisors see everybody's.");

/// The weekdays where there is little room, Monday first.
pub(crate) const SHORT_WEEKDAYS: [Text; 7] = [
    Text("一", "Mo"),
    Text("二", "Tu"),
    Text("三", "We"),
    Text("四", "Th"),
    Text("五", "Fr"),
    Text("六", "Sa"),
    Text("日", "Su"),
];

/// What a span is called.
pub(crate) fn span_name(lang: Lang, span: HistorySpan) -> String {
    let text = match span {
        HistorySpan::Today => Text("今天", "Today"),
        HistorySpan::Yesterday => Text("昨天", "Yesterday"),
        HistorySpan::SevenDays => Text("近 7 天", "Last 7 days"),
        HistorySpan::ThirtyDays => Text("近 30 天", "Last 30 days"),
        HistorySpan::TwelveWeeks => Text("近 12 周", "Last 12 weeks"),
        HistorySpan::TwelveMonths => Text("近 12 个月", "Last 12 months"),
        HistorySpan::Days(first, last) if first == last => return first.to_string(),
        HistorySpan::Days(first, last) => return format!("{first} – {last}"),
        HistorySpan::Moments(..) => Text("这段时间", "This time"),
    };
    text.say(lang).to_owned()
}

/// What the time before a span is called: as much of it as has passed of the span.
const fn before_name(lang: Lang, span: HistorySpan) -> &'static str {
    let text = match span {
        HistorySpan::Today => Text("昨天到这个时候", "yesterday by this time"),
        HistorySpan::Yesterday => Text("前天", "the day before"),
        HistorySpan::SevenDays => Text("之前 7 天同期", "the 7 days before"),
        HistorySpan::ThirtyDays => Text("之前 30 天同期", "the 30 days before"),
        HistorySpan::TwelveWeeks => Text("之前 12 周同期", "the 12 weeks before"),
        HistorySpan::TwelveMonths => Text("再往前 12 个月同期", "the 12 months before"),
        HistorySpan::Days(..) | HistorySpan::Moments(..) => Text("之前同样长的时间", "as long a time before"),
    };
    text.say(lang)
}

/// What a step is called.
pub(crate) const fn step_name(step: Step) -> Text {
    match step {
        Step::Hour => Text("小时", "Hour"),
        Step::Day => Text("天", "Day"),
        Step::Week => Text("周", "Week"),
        Step::Month => Text("月", "Month"),
    }
}

/// What a split is called.
pub(crate) const fn split_name(by: Split) -> Text {
    match by {
        Split::None => Text("不分开", "Not split"),
        Split::Agent => Text("按客服", "By agent"),
        Split::Team => Text("按团队", "By team"),
        Split::Channel => Text("按渠道", "By channel"),
    }
}

/// What one part of a split is called.
pub(crate) const fn part_name(by: Split) -> Text {
    match by {
        Split::None => Text("", ""),
        Split::Agent => Text("客服", "Agent"),
        Split::Team => Text("团队", "Team"),
        Split::Channel => Text("渠道", "Channel"),
    }
}

/// What a figure says of a span, against the time before and the goal.
pub(crate) fn trend_sentence(
    lang: Lang,
    span: HistorySpan,
    part: Option<&str>,
    definition: &Definition,
    (value, before): (&Value, &Value),
) -> String {
    let (name, span_said) = (figure_name(lang, definition), span_name(lang, span));
    let whose = part.map(|part| format!("{part} · ")).unwrap_or_default();
    let Some(number) = number_of(definition, value) else {
        return match lang {
            Lang::Zh => format!("{whose}{span_said}，{name}{}。", NO_ROUNDS.say(lang)),
            Lang::En => format!("{whose}{span_said}: {name}, {}.", NO_ROUNDS.say(lang)),
        };
    };
    let said = figure_value(lang, definition, value);
    let against = before_name(lang, span);
    let compared = match number_of(definition, before) {
        Some(former) => compared(lang, definition, number - former, against),
        None => match lang {
            Lang::Zh => format!("{against}没有可比的"),
            Lang::En => format!("nothing to compare with in {against}"),
        },
    };
    let goal = goal_said(lang, definition, number).unwrap_or_default();
    match lang {
        Lang::Zh => format!("{whose}{span_said}，{name} {said}，{compared}。{goal}"),
        Lang::En => format!("{whose}{span_said}: {name} {said}, {compared}.{goal}"),
    }
}

fn compared(lang: Lang, definition: &Definition, more: f64, against: &str) -> String {
    let by = difference(lang, definition, more.abs());
    let statistic = definition.statistic;
    let (up, down) = if statistic.is_share() {
        (Text("高", "higher"), Text("低", "lower"))
    } else if statistic.is_time() {
        (Text("慢", "slower"), Text("快", "faster"))
    } else {
        (Text("多", "more"), Text("少", "fewer"))
    };
    let Some(by) = by else {
        return match lang {
            Lang::Zh => format!("和{against}一样"),
            Lang::En => format!("the same as {against}"),
        };
    };
    let way = if more > 0.0 { up } else { down };
    match lang {
        Lang::Zh => format!("比{against}{}{by}", way.say(lang)),
        Lang::En => format!("{by} {} than {against}", way.say(lang)),
    }
}

/// How large a difference is; `None` where it is too small to be seen.
fn difference(lang: Lang, definition: &Definition, by: f64) -> Option<String> {
    if definition.statistic.is_share() {
        let tenths = (by * 1_000.0).round();
        return (tenths > 0.0).then(|| match lang {
            Lang::Zh => format!(" {:.1} 个百分点", tenths / 10.0),
            Lang::En => format!("{:.1} points", tenths / 10.0),
        });
    }
    let many = by.round() as i64;
    if definition.statistic.is_time() {
        return (many >= 50).then(|| match lang {
            Lang::Zh => format!(" {}", span_text(lang, many)),
            Lang::En => span_text(lang, many),
        });
    }
    (many > 0).then(|| match lang {
        Lang::Zh => format!(" {many} 次"),
        Lang::En => many.to_string(),
    })
}

/// The change of a figure against the time before, where there is little room: `+3.1 点`, `−0:12`.
pub(crate) fn change_said(lang: Lang, definition: &Definition, value: &Value, before: &Value) -> String {
    let both = number_of(definition, value).zip(number_of(definition, before));
    let Some((number, former)) = both.filter(|_| before.of > 0) else { return "–".to_owned() };
    let more = number - former;
    let sign = if more > 0.0 { "+" } else { "−" };
    let Some(by) = difference(lang, definition, more.abs()) else { return "=".to_owned() };
    // Points of a per cent are written short where they stand one below the other.
    let points = definition.statistic.is_share().then(|| format!("{:.1} {}", more.abs() * 100.0, POINTS.say(lang)));
    format!("{sign}{}", points.as_deref().unwrap_or(by.trim()))
}

/// Whether a change is for the better; `None` where it is neither.
pub(crate) fn is_better(definition: &Definition, value: &Value, before: &Value) -> Option<bool> {
    let more = number_of(definition, value)? - number_of(definition, before).filter(|_| before.of > 0)?;
    let is_seen = difference(Lang::En, definition, more.abs()).is_some();
    (is_seen && definition.statistic != Statistic::Number).then_some((more > 0.0) == definition.statistic.is_share())
}

fn goal_said(lang: Lang, definition: &Definition, number: f64) -> Option<String> {
    let goal = definition.goal()?;
    let said = goal_text(lang, goal);
    let reached = reaches(goal, number);
    Some(match (lang, reached) {
        (Lang::Zh, true) => format!("目标 {said}，达到了。"),
        (Lang::Zh, false) => format!("目标 {said}，还没达到。"),
        (Lang::En, true) => format!(" The goal of {said} is reached."),
        (Lang::En, false) => format!(" The goal of {said} is not reached."),
    })
}

/// Whether a number reaches the goal.
pub(crate) fn reaches(goal: Goal, number: f64) -> bool {
    match goal {
        Goal::Share(least) => number >= least,
        Goal::Ms(most) => number <= most as f64,
    }
}

/// A goal, as its number is said.
pub(crate) fn goal_text(lang: Lang, goal: Goal) -> String {
    match goal {
        Goal::Share(share) => format!("{:.0}%", share * 100.0),
        Goal::Ms(ms) => span_text(lang, ms),
    }
}

/// What a figure says, as a number: a share from 0 to 1, a time in milliseconds, how many.
pub(crate) fn number_of(definition: &Definition, value: &Value) -> Option<f64> {
    match definition.statistic {
        Statistic::Number => Some(f64::from(value.of)),
        Statistic::ShareWithin | Statistic::ShareEnded => value.share(),
        _ => value.ms.map(|ms| ms as f64),
    }
}

/// A figure where there is very little room.
pub(crate) fn short_value(definition: &Definition, value: &Value) -> String {
    match number_of(definition, value) {
        None => String::new(),
        Some(share) if definition.statistic.is_share() => format!("{:.0}%", share * 100.0),
        Some(ms) if definition.statistic.is_time() => short_seconds((ms / 1_000.0).round() as u32),
        Some(many) => format!("{many:.0}"),
    }
}

fn short_seconds(seconds: u32) -> String {
    if seconds < 60 { format!("{seconds}″") } else { format!("{}:{:02}", seconds / 60, seconds % 60) }
}

/// What stands over the rounds behind a bar.
pub(crate) fn behind_title(lang: Lang, when: &str) -> String {
    match lang {
        Lang::Zh => format!("{when} 背后的每一次"),
        Lang::En => format!("The rounds behind {when}"),
    }
}

/// That a part alone is looked at.
pub(crate) fn only_of(lang: Lang, name: &str) -> String {
    match lang {
        Lang::Zh => format!("只看 {name}"),
        Lang::En => format!("Only {name}"),
    }
}

/// That there are more rows than are shown.
pub(crate) fn more_rows(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("另有 {count} 个次数更少的没有列出。"),
        Lang::En => format!("{count} more with fewer rounds are not listed."),
    }
}

/// That devices may still hold replies which change the day.
pub(crate) fn silent_said(lang: Lang, count: usize, since: &str) -> String {
    match (lang, count) {
        (Lang::Zh, _) => {
            format!("{count} 台设备从 {since} 起没有消息，上面可能还有没送到的回复；送到后今天的数据会补上。")
        }
        (Lang::En, 1) => format!(
            "1 device has not reported since {since}. It may still hold replies; today's figures follow when they arrive."
        ),
        (Lang::En, _) => format!(
            "{count} devices have not reported since {since}. They may still hold replies; today's figures follow when they arrive."
        ),
    }
}

/// A silent device, whose it is, and when it was last heard of.
pub(crate) fn silent_device(lang: Lang, who: &str, kind: DeviceKind, last: &str) -> String {
    let device = device_name(lang, kind);
    match lang {
        Lang::Zh => format!("{who} · {device} · 最后 {last}"),
        Lang::En => format!("{who} · {device} · last at {last}"),
    }
}

#[cfg(test)]
mod tests {
    use qinda::timing::shipped;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn of(id: &str) -> Definition {
        shipped().into_iter().find(|definition| definition.id == id).unwrap()
    }

    fn share(met: u32, of: u32) -> Value {
        Value { of, met, ..Value::default() }
    }

    fn time(ms: i64) -> Value {
        Value { of: 9, met: 9, ms: Some(ms), ..Value::default() }
    }

    #[wasm_bindgen_test]
    fn a_sentence_compares_with_the_time_before_and_the_goal() {
        let answer = Definition { goal_percent: Some(90), ..of("answer-20s") };
        let said = |lang, value: &Value, before: &Value| {
            trend_sentence(lang, HistorySpan::ThirtyDays, None, &answer, (value, before))
        };
        assert_eq!(
            said(Lang::Zh, &share(92, 100), &share(89, 100)),
            "近 30 天，20 秒回答率 92.0%，比之前 30 天同期高 3.0 个百分点。目标 90%，达到了。"
        );
        assert_eq!(
            said(Lang::En, &share(85, 100), &share(85, 100)),
            "Last 30 days: Answered within 20 s 85.0%, the same as the 30 days before. The goal of 90% is not reached."
        );
        assert!(said(Lang::Zh, &share(0, 0), &share(1, 1)).contains("没有可算的"));
        assert!(said(Lang::Zh, &share(1, 1), &share(0, 0)).contains("没有可比的"));
        let faster = trend_sentence(Lang::En, HistorySpan::Today, None, &of("median"), (&time(9_000), &time(10_500)));
        assert_eq!(faster, "Today: Response, median 9.0 s, 1.5 s faster than yesterday by this time.");
    }

    #[wasm_bindgen_test]
    fn a_change_is_for_the_better_where_more_is_answered_or_sooner() {
        let (answer, median) = (of("answer-20s"), of("median"));
        assert_eq!(is_better(&answer, &share(9, 10), &share(8, 10)), Some(true));
        assert_eq!(is_better(&median, &time(9_000), &time(8_000)), Some(false));
        assert_eq!(is_better(&median, &time(8_010), &time(8_000)), None, "nobody sees that");
        assert_eq!(change_said(Lang::En, &median, &time(9_000), &time(8_000)), "+1.0 s");
        assert_eq!(change_said(Lang::Zh, &answer, &share(8, 10), &share(9, 10)), "−10.0 点");
        assert_eq!(change_said(Lang::Zh, &answer, &share(8, 10), &share(0, 0)), "–");
    }

    #[wasm_bindgen_test]
    fn a_time_fits_where_there_is_little_room() {
        assert_eq!([0, 59, 60, 125].map(short_seconds), ["0″", "59″", "1:00", "2:05"]);
    }
}
