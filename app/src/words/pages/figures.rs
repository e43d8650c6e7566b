//! The words about figures as the shop defines them.

use qinda::sync::{FIGURE_TRIAL_DAYS, FigureTrial, LeftOut, NamedPart, Part};
use qinda::timing::{
    Definition, DefinitionFault, HoursFault, PLACES_MAX, SPANS_MAX, SPECIAL_DAYS_MAX, Statistic, Unit, Value,
};

use super::super::Lang;
use super::Text;
use crate::desk::RulesProblem;
use crate::parts::when::span_text;
use crate::supervise::{FigureMisread, Misread};

const HOURS_PER_DAY: i64 = 24;
const MICROS_PER_HOUR: i64 = 3_600 * qinda::model::MICROS_PER_SECOND;
const LEFT_OUT_HOURS: Text = Text("其余各项只看营业时间的数", "what the others say of opening hours");

/// The name of a figure.
pub(crate) fn figure_name(lang: Lang, definition: &Definition) -> &str {
    match lang {
        Lang::En if !definition.name_en.is_empty() => &definition.name_en,
        _ => &definition.name,
    }
}

/// What a figure says; that there is nothing to say it of, where that is so.
pub(crate) fn figure_value(lang: Lang, definition: &Definition, value: &Value) -> String {
    match definition.statistic {
        Statistic::Number => value.of.to_string(),
        Statistic::ShareWithin | Statistic::ShareEnded => {
            value.share().map_or_else(|| NO_ROUNDS.say(lang).to_owned(), |share| format!("{:.1}%", share * 100.0))
        }
        _ => value.ms.map_or_else(|| NO_ROUNDS.say(lang).to_owned(), |ms| span_text(lang, ms)),
    }
}

/// Of how many a figure is said.
pub(crate) fn figure_of(lang: Lang, definition: &Definition, value: &Value) -> String {
    let Value { of, met, not_ended, running, .. } = *value;
    let unit = match definition.unit {
        Unit::Case => Text("次", "cases"),
        Unit::Conversation => Text("个会话", "conversations"),
        Unit::Customer => Text("位顾客", "shoppers"),
    };
    let unit = unit.say(lang);
    let is_share = matches!(definition.statistic, Statistic::ShareWithin | Statistic::ShareEnded);
    let mut said = match lang {
        Lang::Zh if is_share => format!("{of} {unit}里 {met} {unit}做到"),
        Lang::En if is_share => format!("{met} of {of} {unit}"),
        Lang::Zh => format!("共 {of} {unit}"),
        Lang::En => format!("of {of} {unit}"),
    };
    if not_ended > 0 {
        said += &match lang {
            Lang::Zh if is_share => format!(" · 其中 {not_ended} {unit}没有结果"),
            Lang::Zh => format!(" · 另有 {not_ended} {unit}没有结果"),
            Lang::En => format!(" · {not_ended} without an end"),
        };
    }
    if running > 0 {
        said += &match lang {
            Lang::Zh => format!(" · 另有 {running} {unit}还在进行"),
            Lang::En => format!(" · {running} more still open"),
        };
    }
    said
}

/// What a figure said of the time before; nothing where there was nothing to say it of.
pub(crate) fn figure_before(lang: Lang, definition: &Definition, before: &Value) -> String {
    if before.of == 0 {
        return String::new();
    }
    let said = figure_value(lang, definition, before);
    match lang {
        Lang::Zh => format!("上一段 {said}"),
        Lang::En => format!("before: {said}"),
    }
}

/// How a figure is made, in sentences.
pub(crate) fn described(lang: Lang, definition: &Definition) -> String {
    match lang {
        Lang::Zh => definition.described_zh(),
        Lang::En => definition.described_en(),
    }
}

/// Where a definition comes from.
pub(crate) fn figure_source(lang: Lang, definition: &Definition) -> Option<String> {
    let source = definition.source.as_ref()?;
    Some(match lang {
        Lang::Zh => format!("来源：{}（{} 查阅）。规则会变，请以最新公布的为准。", source.by, source.read_on),
        Lang::En => {
            let by = source.said_en();
            format!("Source: {by} (read on {}). Rules change; what is published last counts.", source.read_on)
        }
    })
}

/// What can be measured, in the order of the choices.
pub(crate) const SUBJECTS: [Text; 5] = [
    Text("每一轮响应", "Every response"),
    Text("首次响应", "First response"),
    Text("转接等待", "Wait at handover"),
    Text("处理时长", "Handling"),
    Text("解决时长", "Resolution"),
];

/// Of what a figure can be said, in the order of the choices.
pub(crate) const UNITS: [Text; 3] =
    [Text("每一次", "Each case"), Text("每个会话", "Conversations"), Text("每位顾客", "Shoppers")];

/// How questions can merge, in the order of the choices.
pub(crate) const MERGES: [Text; 3] = [
    Text("并成一次，从第一句算", "One case, from the first"),
    Text("并成一次，从最后一句算", "One case, from the last"),
    Text("每句各算一次", "Each by itself"),
];

/// What can be said, in the order of the choices.
pub(crate) const STATISTICS: [Text; 8] = [
    Text("达标率", "Share within the threshold"),
    Text("有结果的占比", "Share that ended"),
    Text("中位数", "Median"),
    Text("九成以内", "90th percentile"),
    Text("九成五以内", "95th percentile"),
    Text("平均", "Mean"),
    Text("最长", "Longest"),
    Text("次数", "Number"),
];

/// What a definition would have said of the last days, or of as many hours where days have too many messages.
pub(crate) fn figure_trial(lang: Lang, definition: &Definition, trial: &FigureTrial) -> String {
    let FigureTrial { from, to, ref value } = *trial;
    let (said, of) = (figure_value(lang, definition, value), figure_of(lang, definition, value));
    let hours = to.since(from) / MICROS_PER_HOUR;
    let time = match (lang, hours / HOURS_PER_DAY) {
        (Lang::Zh, 0) => format!("近 {hours} 小时"),
        (Lang::Zh, days) => format!("近 {days} 天"),
        (Lang::En, 0) => format!("The last {hours} hours"),
        (Lang::En, days) => format!("The last {days} days"),
    };
    let is_short = hours < FIGURE_TRIAL_DAYS * HOURS_PER_DAY;
    match lang {
        Lang::Zh if is_short => format!("{time}：{said}（{of}）。更早的消息太多，没有翻看。"),
        Lang::Zh => format!("{time}：{said}（{of}）"),
        Lang::En if is_short => format!("{time}: {said} ({of}). Before that are too many messages to read."),
        Lang::En => format!("{time}: {said} ({of})"),
    }
}

/// That figures would have to be counted from too many messages, and what to do. Agents choose no span of their own.
pub(crate) fn left_out(lang: Lang, left_out: &LeftOut, own: bool) -> String {
    let LeftOut { days, figures, hours } = left_out;
    let names: Vec<&str> = figures.iter().map(|definition| figure_name(lang, definition)).collect();
    let hours = hours.then(|| LEFT_OUT_HOURS.say(lang));
    let what = names.into_iter().chain(hours).collect::<Vec<_>>().join(Text("、", ", ").say(lang));
    let mut said = match lang {
        Lang::Zh => format!("这段时间消息太多，要逐条翻看的这几项没有算：{what}。"),
        Lang::En => format!("There are too many messages in this time to count from them one by one: {what}."),
    };
    if !own {
        said += &match (lang, days) {
            (Lang::Zh, 0) => "一天的消息就太多，请在服务器上用 qinda figures 统计。".to_owned(),
            (Lang::Zh, _) => format!("请选不超过 {days} 天；更长的请在服务器上用 qinda figures 统计。"),
            (Lang::En, 0) => " A single day has too many; qinda figures counts it on the server.".to_owned(),
            (Lang::En, 1) => " Choose a single day; qinda figures counts longer times on the server.".to_owned(),
            (Lang::En, _) => {
                format!(" Choose at most {days} days; qinda figures counts longer times on the server.")
            }
        };
    }
    said
}

/// That of many cases some are listed.
pub(crate) fn cases_listed(lang: Lang, shown: usize, count: usize) -> String {
    match lang {
        Lang::Zh => format!("共 {count} 次，这里是前 {shown} 次。"),
        Lang::En => format!("The first {shown} of {count}."),
    }
}

/// That of a long time the last part alone was looked at.
pub(crate) fn cases_since(lang: Lang, since: &str, count: usize, of_all: Option<u32>) -> String {
    match (lang, of_all) {
        (Lang::Zh, Some(all)) => {
            format!(
                "这段时间消息太多，只翻看了 {since} 以来的 {count} 次，全部有 {all} 次。要看更早的，请选短一点的时间。"
            )
        }
        (Lang::Zh, None) => {
            format!("这段时间消息太多，只翻看了 {since} 以来的 {count} 次。要看更早的，请选短一点的时间。")
        }
        (Lang::En, Some(all)) => format!(
            "There are too many messages in this time: these are of the {count} since {since}, out of {all} in all. For earlier ones choose a shorter time."
        ),
        (Lang::En, None) => format!(
            "There are too many messages in this time: these are of the {count} since {since}. For earlier ones choose a shorter time."
        ),
    }
}

/// Why a figure as it is typed is none yet.
pub(crate) const fn definition_fault(lang: Lang, misread: FigureMisread) -> &'static str {
    let text = match misread {
        FigureMisread::Hours => Text(
            "每天时段写一段，如 8:00-23:00；空着就不限。",
            "Hours of each day are one span, such as 8:00-23:00; empty means any.",
        ),
        FigureMisread::Definition(DefinitionFault::Name) => {
            Text("请起个名称，60 个字以内。", "Give it a name of at most 60 characters.")
        }
        FigureMisread::Definition(DefinitionFault::NoThreshold) => {
            Text("达标率要填达标秒数。", "A share within a time needs its threshold.")
        }
        FigureMisread::Definition(DefinitionFault::Seconds) => {
            Text("秒数不能超过一周，封顶要大于 0。", "Times are at most a week, and a cap is more than nothing.")
        }
        FigureMisread::Definition(DefinitionFault::Goal) => Text("目标最多 100%。", "A goal is at most 100 per cent."),
        FigureMisread::Definition(DefinitionFault::TimesOfCases) => {
            Text("按会话或顾客只能算占比和次数。", "Of conversations and shoppers only shares and numbers can be told.")
        }
        FigureMisread::Definition(DefinitionFault::Hours(_)) => {
            Text("每天时段不对，请写成 8:00-23:00。", "The hours of each day do not fit; write 8:00-23:00.")
        }
    };
    text.say(lang)
}

/// The weekdays, Monday first.
pub(crate) const WEEKDAYS: [Text; 7] = [
    Text("周一", "Monday"),
    Text("周二", "Tuesday"),
    Text("周三", "Wednesday"),
    Text("周四", "Thursday"),
    Text("周五", "Friday"),
    Text("周六", "Saturday"),
    Text("周日", "Sunday"),
];

/// A team or a channel by its name, and whether it has hours of its own.
pub(crate) fn place_name(lang: Lang, of: &NamedPart, is_own: bool) -> String {
    let what = match of.part {
        Part::Team(_) => Text("团队", "Team"),
        Part::Channel(_) => Text("渠道", "Channel"),
        Part::Agent(_) => Text("客服", "Agent"),
    };
    let own = if is_own { Text("（单独设）", " (its own)") } else { Text("", "") };
    format!("{} {}{}", what.say(lang), of.name, own.say(lang))
}

/// Whose hours hold for a team or a channel that has none of its own.
pub(crate) const fn like_others(lang: Lang, place: Part) -> &'static str {
    let text = match place {
        Part::Channel(_) => Text(
            "和它的团队一样；团队没有单独设，就和全店一样。",
            "Like its team's; if that has none of its own, like the shop's.",
        ),
        Part::Team(_) | Part::Agent(_) => Text("和全店一样。", "Like the shop's."),
    };
    text.say(lang)
}

/// Where hours as they are typed name none.
pub(crate) fn hours_fault(lang: Lang, misread: Misread) -> String {
    match (misread, lang) {
        (Misread::Weekday(day, HoursFault::Spans), Lang::Zh) => {
            format!("{}最多 {SPANS_MAX} 段时间。", WEEKDAYS[day].say(lang))
        }
        (Misread::Weekday(day, HoursFault::Spans), Lang::En) => {
            format!("{} has at most {SPANS_MAX} spans.", WEEKDAYS[day].say(lang))
        }
        (Misread::Weekday(day, _), Lang::Zh) => {
            format!("{}的时间没看懂，请写成 9:00-12:00 13:00-18:00，或者“休”。", WEEKDAYS[day].say(lang))
        }
        (Misread::Weekday(day, _), Lang::En) => {
            format!("The hours of {} do not read; write 9:00-12:00 13:00-18:00, or “off”.", WEEKDAYS[day].say(lang))
        }
        (Misread::TooMuch(HoursFault::Places), Lang::Zh) => {
            format!("单独设时间的团队和渠道最多 {PLACES_MAX} 个，请先去掉一个。")
        }
        (Misread::TooMuch(HoursFault::Places), Lang::En) => {
            format!("At most {PLACES_MAX} teams and channels have hours of their own; take one away first.")
        }
        (Misread::TooMuch(_), Lang::Zh) => format!("特别的日子最多 {SPECIAL_DAYS_MAX} 天，请删去过去的。"),
        (Misread::TooMuch(_), Lang::En) => {
            format!("At most {SPECIAL_DAYS_MAX} special days are kept; take away those that are over.")
        }
        (Misread::Special(line), Lang::Zh) => format!("特别的日子第 {line} 行没看懂，请写成 2026-11-11 8:00-26:00。"),
        (Misread::Special(line), Lang::En) => {
            format!("Line {line} of the special days does not read; write 2026-11-11 8:00-26:00.")
        }
    }
}

/// Why the hours are not there, or were not kept.
pub(crate) const fn rules_problem(lang: Lang, problem: RulesProblem) -> &'static str {
    let text = match problem {
        RulesProblem::Unreachable => Text(
            "网络断了，还没有保存。写的都在，联网后再存。",
            "Offline: not saved yet. What you typed stays; save it when the network is back.",
        ),
        RulesProblem::SignedOut => Text("登录已过期，登录后再存。", "You are signed out; sign in and save again."),
        RulesProblem::Forbidden => {
            Text("您现在的角色不能看也不能改。", "Your roles do not let you see or change this now.")
        }
        RulesProblem::MovedOn => {
            Text("同事刚改过，还没有保存您的。", "A colleague changed them meanwhile; yours are not saved.")
        }
        RulesProblem::NoSuchPlace => Text(
            "有个团队或渠道已经不在了，还没有保存您的。请取最新的再改。",
            "A team or a channel is not there any more; yours are not saved. Take what stands and change it again.",
        ),
        RulesProblem::NoSuchZone => Text(
            "没有这个时区，请写成 Asia/Shanghai 这样的名字。",
            "There is no such time zone; write a name such as Asia/Shanghai.",
        ),
        RulesProblem::Other => Text("服务器暂时不行，请稍后再试。", "The server has trouble; try again shortly."),
    };
    text.say(lang)
}

pub(crate) const NO_ROUNDS: Text = Text("没有可算的", "no rounds");

#[cfg(test)]
mod tests {
    use qinda::timing::shipped;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn nothing_to_say_it_of_is_said_so() {
        let (shares, times) = (&shipped()[0], &shipped()[4]);
        let nothing = Value::default();
        assert_eq!(figure_value(Lang::Zh, shares, &nothing), "没有可算的");
        assert_eq!(figure_value(Lang::En, times, &nothing), "no rounds");
        let none_of_two = Value { of: 2, not_ended: 1, running: 1, ..nothing };
        assert_eq!(figure_value(Lang::Zh, shares, &none_of_two), "0.0%");
        assert_eq!(
            figure_of(Lang::Zh, shares, &none_of_two),
            "2 次里 0 次做到 · 其中 1 次没有结果 · 另有 1 次还在进行"
        );
    }
}
