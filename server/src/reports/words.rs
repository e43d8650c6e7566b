//! What reports say, Chinese first, English beside it.

use qinda::model::Day;
use qinda::sync::{NamedPart, Part};
use qinda::timing::{Definition, OpeningHours, Statistic, Value, spans_text};
use qinda_app::visitor::Lang;

use super::{Kind, Span};

/// The same in both languages.
#[derive(Debug, Clone, Copy)]
pub struct Text(pub &'static str, pub &'static str);

impl Text {
    /// In one of them.
    #[must_use]
    pub const fn say(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.0,
            Lang::En => self.1,
        }
    }
}

const WEEKDAYS: [Text; 7] = [
    Text("周一", "Mon"),
    Text("周二", "Tue"),
    Text("周三", "Wed"),
    Text("周四", "Thu"),
    Text("周五", "Fri"),
    Text("周六", "Sat"),
    Text("周日", "Sun"),
];

/// Where there is nothing to say it of.
pub const NO_ROUNDS: Text = Text("没有可算的", "no rounds");

/// What a kind of report is called.
#[must_use]
pub const fn kind_name(kind: Kind) -> Text {
    match kind {
        Kind::Daily => Text("日报", "Daily report"),
        Kind::Weekly => Text("周报", "Weekly report"),
        Kind::Monthly => Text("月报", "Monthly report"),
    }
}

/// The time before, as one speaks of it.
#[must_use]
pub const fn time_before(kind: Kind, is_partial: bool) -> Text {
    match (kind, is_partial) {
        (Kind::Daily, false) => Text("前一天", "the day before"),
        (Kind::Weekly, false) => Text("前一周", "the week before"),
        (Kind::Monthly, false) => Text("上个月", "the month before"),
        (Kind::Daily, true) => Text("前一天同一时刻", "the day before by this hour"),
        (Kind::Weekly, true) => Text("前一周同一时刻", "the week before by this hour"),
        (Kind::Monthly, true) => Text("上个月同一时刻", "the month before by this day"),
    }
}

/// A day with its weekday.
#[must_use]
pub fn day(lang: Lang, day: Day) -> String {
    format!("{day} {}", WEEKDAYS[day.weekday()].say(lang))
}

/// The days of a report.
#[must_use]
pub fn span(lang: Lang, span: Span) -> String {
    let (year, month, _) = span.first.date();
    match (span.kind, lang) {
        (Kind::Daily, _) => day(lang, span.first),
        (Kind::Weekly, Lang::Zh) => format!("{} 至 {}", span.first, span.last()),
        (Kind::Weekly, Lang::En) => format!("{} to {}", span.first, span.last()),
        (Kind::Monthly, Lang::Zh) => format!("{year} 年 {month} 月"),
        (Kind::Monthly, Lang::En) => format!("{year}-{month:02}"),
    }
}

/// A span of the trend, short.
#[must_use]
pub fn step(lang: Lang, span: Span) -> String {
    let (year, month, day) = span.first.date();
    match span.kind {
        Kind::Daily => format!("{month}/{day} {}", WEEKDAYS[span.first.weekday()].say(lang)),
        Kind::Weekly => {
            let (_, last_month, last_day) = span.last().date();
            format!("{month}/{day}–{last_month}/{last_day}")
        }
        Kind::Monthly => format!("{year}-{month:02}"),
    }
}

/// An hour of the day.
#[must_use]
pub fn hour(hour: usize) -> String {
    format!("{hour:02}:00–{:02}:00", hour + 1)
}

/// The name of a figure.
#[must_use]
pub fn figure_name(lang: Lang, definition: &Definition) -> &str {
    match lang {
        Lang::En if !definition.name_en.is_empty() => &definition.name_en,
        _ => &definition.name,
    }
}

/// What a figure says.
#[must_use]
pub fn figure_value(lang: Lang, definition: &Definition, value: &Value) -> String {
    let said = match definition.statistic {
        Statistic::Number => Some(value.of.to_string()),
        Statistic::ShareWithin | Statistic::ShareEnded => value.share().map(|share| format!("{:.1}%", share * 100.0)),
        _ => value.ms.map(|ms| lasting(lang, ms)),
    };
    said.unwrap_or_else(|| NO_ROUNDS.say(lang).to_owned())
}

/// Of how many a figure is said.
#[must_use]
pub fn figure_of(lang: Lang, definition: &Definition, value: &Value) -> String {
    let Value { of, met, not_ended, running, .. } = *value;
    let is_share = matches!(definition.statistic, Statistic::ShareWithin | Statistic::ShareEnded);
    let mut said = if is_share { format!("{met}/{of}") } else { of.to_string() };
    if not_ended > 0 {
        said += &match lang {
            Lang::Zh => format!(" · {not_ended} 未结束"),
            Lang::En => format!(" · {not_ended} without an end"),
        };
    }
    if running > 0 {
        said += &match lang {
            Lang::Zh => format!(" · {running} 进行中"),
            Lang::En => format!(" · {running} still open"),
        };
    }
    said
}

/// A time as people say it: seconds below a minute, then a clock.
#[must_use]
pub fn lasting(lang: Lang, ms: i64) -> String {
    let seconds = (ms + 500) / 1_000;
    match (ms, lang) {
        (..60_000, Lang::Zh) => format!("{}.{} 秒", (ms + 50) / 1_000, (ms + 50) / 100 % 10),
        (..60_000, Lang::En) => format!("{}.{} s", (ms + 50) / 1_000, (ms + 50) / 100 % 10),
        _ if seconds < 3_600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        _ => format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60),
    }
}

/// How a figure is made, in sentences.
#[must_use]
pub fn described(lang: Lang, definition: &Definition) -> String {
    match lang {
        Lang::Zh => definition.described_zh(),
        Lang::En => definition.described_en(),
    }
}

/// Whose hours they are that are not the shop's.
#[must_use]
pub fn hours_of(lang: Lang, of: &NamedPart) -> String {
    let what = match of.part {
        Part::Team(_) => Text("营业时间 · 团队", "Opening hours · team"),
        Part::Channel(_) => Text("营业时间 · 渠道", "Opening hours · channel"),
        Part::Agent(_) => Text("营业时间", "Opening hours"),
    };
    format!("{} {}", what.say(lang), of.name)
}

/// When the shop is open.
#[must_use]
pub fn opening(lang: Lang, hours: Option<&OpeningHours>) -> String {
    let Some(hours) = hours else { return Text("全天", "at all times").say(lang).to_owned() };
    let spans =
        |spans: &[_]| if spans.is_empty() { Text("休", "off").say(lang).to_owned() } else { spans_text(spans) };
    let week = WEEKDAYS.iter().zip(&hours.week).map(|(day, of_day)| format!("{} {}", day.say(lang), spans(of_day)));
    let special = hours.special.iter().map(|(day, of_day)| format!("{day} {}", spans(of_day)));
    week.chain(special).collect::<Vec<_>>().join(Text("；", "; ").say(lang))
}

#[cfg(test)]
mod tests {
    use qinda::timing::shipped;

    use super::*;

    #[test]
    fn nothing_to_say_it_of_is_said_so() {
        let (share, time) = (&shipped()[0], &shipped()[4]);
        assert_eq!(figure_value(Lang::Zh, share, &Value::default()), "没有可算的");
        assert_eq!(figure_value(Lang::En, time, &Value::default()), "no rounds");
        let one = Value { of: 3, met: 1, not_ended: 1, ..Value::default() };
        assert_eq!(figure_value(Lang::Zh, share, &one), "33.3%");
        assert_eq!(figure_of(Lang::Zh, share, &one), "1/3 · 1 未结束");
    }

    #[test]
    fn times_and_days_are_said_as_people_say_them() {
        assert_eq!(
            [45_000, 59_960, 60_000, 3_661_000].map(|ms| lasting(Lang::En, ms)),
            ["45.0 s", "60.0 s", "1:00", "1:01:01"]
        );
        let on = |kind: Kind| kind.around("2026-11-25".parse().unwrap());
        assert_eq!(span(Lang::Zh, on(Kind::Daily)), "2026-11-25 周三");
        assert_eq!(span(Lang::Zh, on(Kind::Weekly)), "2026-11-23 至 2026-11-29");
        assert_eq!(span(Lang::En, on(Kind::Monthly)), "2026-11");
        assert_eq!(step(Lang::En, on(Kind::Weekly)), "11/23–11/29");
    }
}
