//! How a figure is made, in sentences: the same on the desk, in reports and on what is printed.

use super::define::{ClockRule, Definition, Hours, HoursOf, LeaveOut, Merge, Statistic, Unit, Window};
use super::hours::spans_text;
use super::life::Subject;

/// A text in Chinese and in English.
type Text = (&'static str, &'static str);

/// One of the two languages.
#[derive(Clone, Copy)]
enum Lang {
    Zh,
    En,
}

impl Lang {
    const fn say(self, (zh, en): Text) -> &'static str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// A length of time in the unit that suits it.
    fn long(self, seconds: u32) -> String {
        let (number, unit) = match seconds {
            0..60 => (seconds, ("秒", "s")),
            _ if seconds.is_multiple_of(3_600) => (seconds / 3_600, ("小时", "h")),
            _ if seconds.is_multiple_of(60) => (seconds / 60, ("分钟", "min")),
            _ => (seconds, ("秒", "s")),
        };
        format!("{number} {}", self.say(unit))
    }
}

impl Definition {
    /// How the figure is made, in Chinese.
    #[must_use]
    pub fn described_zh(&self) -> String {
        described(self, Lang::Zh)
    }

    /// The same in English.
    #[must_use]
    pub fn described_en(&self) -> String {
        described(self, Lang::En)
    }
}

fn described(definition: &Definition, lang: Lang) -> String {
    let plain = |text: Text| lang.say(text).to_owned();
    let mut said = vec![plain(subject(definition)), statistic(definition, lang)];
    said.extend(unit(definition.unit).map(plain));
    said.extend(hours(definition, lang));
    if definition.clock == ClockRule::Opening {
        said.push(plain(("只计营业时间里的时长", "only time within opening hours counts")));
    }
    if definition.window == Window::End {
        said.push(plain(("按结束的时刻归日期", "dated by its end")));
    }
    if let Some(cap) = definition.cap_seconds.map(|cap| lang.long(cap)) {
        said.push(match lang {
            Lang::Zh => format!("超过 {cap} 的按 {cap} 计"),
            Lang::En => format!("what takes longer than {cap} counts as {cap}"),
        });
    }
    if let Some(gap) = definition.session_gap_seconds.map(|gap| lang.long(gap)) {
        said.push(match lang {
            Lang::Zh => format!("关闭超过 {gap} 后再来算新的一次"),
            Lang::En => format!("who returns more than {gap} after the closing begins anew"),
        });
    }
    said.extend(left_out(definition.leave_out, lang));
    said.join(lang.say(("；", "; "))) + lang.say(("。", "."))
}

const fn subject(definition: &Definition) -> Text {
    match (definition.subject, definition.merging()) {
        (Subject::Response, Merge::First) => (
            "每一轮，从顾客第一句没被回答的话到第一个人工回答",
            "each round, from the shopper's first unanswered message to the first human answer",
        ),
        (Subject::Response, Merge::Last) => (
            "每一轮，从顾客在回答前的最后一句到第一个人工回答",
            "each round, from the shopper's last message before the answer to the first human answer",
        ),
        (Subject::Response, Merge::Each) => (
            "顾客的每一句各算一次，到之后第一个人工回答",
            "each message of the shopper by itself, to the first human answer after it",
        ),
        (Subject::FirstResponse, Merge::First) => {
            ("每个会话的第一轮，到第一个人工回答", "the first round of each conversation, to the first human answer")
        }
        (Subject::FirstResponse, Merge::Last) => (
            "每个会话的第一轮，从回答前的最后一句到第一个人工回答",
            "the first round of each conversation, from the last message before the answer to the first human answer",
        ),
        (Subject::FirstResponse, Merge::Each) => (
            "每个会话第一轮里的每一句各算一次，到第一个人工回答",
            "each message of the first round of each conversation, to the first human answer",
        ),
        (Subject::Handover, _) => ("从转接到接手人的第一个回答", "from a handover to the receiver's first answer"),
        (Subject::Handling, _) => (
            "从客服第一句话到之后没人再说话的关闭",
            "from a member's first words to the closing after which nobody wrote",
        ),
        (Subject::Resolution, _) => (
            "从顾客第一句到之后没人再说话的关闭",
            "from the shopper's first message to the closing after which nobody wrote",
        ),
    }
}

fn statistic(definition: &Definition, lang: Lang) -> String {
    let text = match definition.statistic {
        Statistic::ShareWithin => {
            let within = lang.long(definition.threshold_seconds.unwrap_or(0));
            return match lang {
                Lang::Zh => format!("{within}以内（含）的占比"),
                Lang::En => format!("the share within {within}, that included"),
            };
        }
        Statistic::ShareEnded => ("有结果的占比", "the share that ended"),
        Statistic::Median => ("排在中间的时长", "the middle time"),
        Statistic::P90 => ("九成不超过的时长", "the time that nine of ten stay within"),
        Statistic::P95 => ("九成五不超过的时长", "the time that nineteen of twenty stay within"),
        Statistic::Mean => ("平均时长", "the mean time"),
        Statistic::Longest => ("最长的一次", "the longest time"),
        Statistic::Number => ("次数", "how many"),
    };
    lang.say(text).to_owned()
}

const fn unit(unit: Unit) -> Option<Text> {
    match unit {
        Unit::Case => None,
        Unit::Conversation => Some(("按会话算，每一次都做到才算做到", "by conversation: all of its cases must do")),
        Unit::Customer => Some(("按顾客算，每一次都做到才算做到", "by shopper: all of their cases must do")),
    }
}

fn hours(definition: &Definition, lang: Lang) -> Option<String> {
    let what = lang.say(match definition.hours_of {
        HoursOf::Case => ("", "what"),
        HoursOf::Session => ("那次咨询", "whose session"),
    });
    match definition.hours {
        Hours::Any => None,
        Hours::Opening => Some(match lang {
            Lang::Zh => format!("只算{what}在营业时间里开始的"),
            Lang::En => format!("only {what} begins in opening hours"),
        }),
        Hours::Daily(span) => {
            let span = spans_text(&[span]).replace('-', "–");
            Some(match lang {
                Lang::Zh => format!("只算{what}在 {span} 开始的"),
                Lang::En => format!("only {what} begins within {span}"),
            })
        }
    }
}

fn left_out(leave_out: LeaveOut, lang: Lang) -> Option<String> {
    let parts = [
        (leave_out.at_once, ("不足 1 秒的", "what took less than a second")),
        (leave_out.next_day, ("隔天才结束的", "what ended on a later day")),
        (leave_out.not_ended, ("没有结果的", "what did not end")),
    ];
    let named: Vec<&str> = parts.iter().filter(|(is_out, _)| *is_out).map(|(_, text)| lang.say(*text)).collect();
    (!named.is_empty()).then(|| match lang {
        Lang::Zh => format!("{}不计", named.join("、")),
        Lang::En => format!("left out: {}", named.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timing::shipped;

    fn shipped_one(id: &str) -> Definition {
        shipped().into_iter().find(|definition| definition.id == id).unwrap()
    }

    #[test]
    fn every_shipped_figure_is_told_in_both_languages() {
        let is_chinese = |c: char| ('\u{4e00}'..'\u{9fff}').contains(&c);
        for definition in shipped() {
            let (zh, en) = (definition.described_zh(), definition.described_en());
            assert!(zh.ends_with('。') && zh.contains('；'), "{zh}");
            assert!(en.ends_with('.') && !en.chars().any(is_chinese), "{en}");
        }
        let said = shipped_one("tmall-response").described_zh();
        for part in [
            "平均时长",
            "只算在 8:00–23:00 开始的",
            "超过 10 分钟 的按 10 分钟 计",
            "不足 1 秒的、隔天才结束的、没有结果的不计",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn how_questions_merge_is_said_where_it_matters() {
        let merged = |id: &str| {
            let all = [Merge::First, Merge::Last, Merge::Each];
            all.map(|merge| Definition { merge, ..shipped_one(id) }.described_zh())
        };
        for id in ["answer-20s", "greeting-15s"] {
            let [first, last, each] = merged(id);
            assert!(last.contains("最后一句") && each.contains("每一句各算一次"), "{last} {each}");
            assert!(first != last && first != each);
        }
        let [first, last, each] = merged("handling-mean");
        assert!(first == last && first == each, "there are no questions to merge");
    }

    #[test]
    fn lengths_of_time_stand_in_the_unit_that_suits_them() {
        let told = [0, 15, 60, 90, 180, 3_600, 5_400].map(|seconds| Lang::Zh.long(seconds));
        assert_eq!(told, ["0 秒", "15 秒", "1 分钟", "90 秒", "3 分钟", "1 小时", "90 分钟"]);
    }
}
