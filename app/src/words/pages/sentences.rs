//! Sentences with numbers and names in them.

use qinda::policy::{Payer, PolicyRule};

use super::super::Lang;
use super::super::phrases::grouped;
use super::payer_name;

/// How often and when a shopper's words led to an article.
pub(crate) fn lesson_counts(lang: Lang, times: u32, date: &str) -> String {
    match lang {
        Lang::Zh => format!("选过 {times} 次 · 最近 {date}"),
        Lang::En => format!("chosen {times}× · last {date}"),
    }
}

/// The heading of what was learned for one article.
pub(crate) fn learned_from_this(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("顾客这样问时客服选了它（{count}）"),
        Lang::En => format!("Agents chose it when shoppers wrote ({count})"),
    }
}

/// In how many parts an answer is sent.
pub(crate) fn in_parts(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("空行把它分成 {count} 段，可以一段一段发。"),
        Lang::En => format!("Empty lines divide it into {count} parts, to be sent one by one."),
    }
}

/// Variables that the desk cannot fill.
pub(crate) fn unknown_blanks(lang: Lang, names: &[String]) -> String {
    let named = |around: (&str, &str)| {
        names.iter().map(|name| format!("{}{name}{}", around.0, around.1)).collect::<Vec<_>>().join("、")
    };
    let names = named(("{", "}"));
    match lang {
        Lang::Zh => format!("{names} 这个变量系统不认识，发送时会请客服手填。"),
        Lang::En => format!("{names}: the desk cannot fill this; it asks the agent before sending."),
    }
}

/// The safe wording of a finding.
pub(crate) fn say_instead(lang: Lang, safe: &str) -> String {
    match lang {
        Lang::Zh => format!("可以说：{safe}"),
        Lang::En => format!("Say: {safe}"),
    }
}

/// What a pack is: the shop's own (`None`), the shipped one, or the shop's edition of it.
pub(crate) fn pack_standing(lang: Lang, edited: Option<bool>, edition: u32, rules: usize) -> String {
    match (lang, edited) {
        (Lang::Zh, None) => format!("{rules} 条规则"),
        (Lang::Zh, Some(false)) => format!("出厂规则第 {edition} 版 · {rules} 条规则"),
        (Lang::Zh, Some(true)) => format!("本店改过的版本（来自出厂第 {edition} 版）· {rules} 条规则"),
        (Lang::En, None) => format!("{rules} rules"),
        (Lang::En, Some(false)) => format!("Shipped edition {edition} · {rules} rules"),
        (Lang::En, Some(true)) => format!("The shop's edition (from shipped {edition}) · {rules} rules"),
    }
}

/// A newer shipped edition is there.
pub(crate) fn newer_edition(lang: Lang, edition: u32) -> String {
    match lang {
        Lang::Zh => format!("出厂规则有了第 {edition} 版。补上新增的规则，您改过的都保留。"),
        Lang::En => format!("Edition {edition} of the shipped rules is here. Add what is new; your changes stay."),
    }
}

/// What a rule would have flagged.
pub(crate) fn trial_sentence(lang: Lang, checked: usize, flagged: usize) -> String {
    let share = share_text(flagged, checked);
    let (checked, flagged) = (grouped(checked as u64), grouped(flagged as u64));
    match lang {
        Lang::Zh => format!("{checked} 条消息里会标出 {flagged} 条（{share}）。"),
        Lang::En => format!("It would have flagged {flagged} of {checked} messages ({share})."),
    }
}

/// A share in per cent with one digit behind the point; nothing of nothing is none.
pub(crate) fn share_text(part: usize, whole: usize) -> String {
    format!("{:.1}%", part as f64 * 100.0 / whole.max(1) as f64)
}

/// How many rules a policy has.
pub(crate) fn rules_count(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("{count} 条规则"),
        Lang::En => format!("{count} rule{}", if count == 1 { "" } else { "s" }),
    }
}

/// What a rule is called by its place.
pub(crate) fn rule_number(lang: Lang, number: usize) -> String {
    match lang {
        Lang::Zh => format!("第 {number} 条"),
        Lang::En => format!("Rule {number}"),
    }
}

/// The cases that a rule is for.
pub(crate) fn rule_case_text(lang: Lang, rule: &PolicyRule) -> String {
    let zh = lang == Lang::Zh;
    let days = match (rule.from_day, rule.to_day) {
        (None | Some(1), None) => (if zh { "任何时候" } else { "any day" }).to_owned(),
        (Some(from), None) if zh => format!("第 {from} 天起"),
        (Some(from), None) => format!("from day {from}"),
        (from, Some(to)) if zh => format!("第 {}–{to} 天", from.unwrap_or(1)),
        (from, Some(to)) => format!("days {}–{to}", from.unwrap_or(1)),
    };
    let points = [
        (rule.fault, ["有质量问题", "无质量问题", "faulty", "no fault"]),
        (rule.opened, ["已拆封", "未拆封", "opened", "unopened"]),
        (rule.gift, ["赠品", "不是赠品", "gift", "not a gift"]),
    ];
    let points = points.into_iter().filter_map(|(is, names)| {
        let place = usize::from(!is?) + if zh { 0 } else { 2 };
        Some(names[place].to_owned())
    });
    std::iter::once(days).chain(points).collect::<Vec<_>>().join(" · ")
}

/// What a rule grants.
pub(crate) fn outcome_text(lang: Lang, rule: &PolicyRule) -> String {
    let zh = lang == Lang::Zh;
    let granted = match (zh, rule.granted) {
        (true, true) => "可以",
        (true, false) => "不可以",
        (false, true) => "Granted",
        (false, false) => "Not granted",
    };
    let payer = (rule.payer != Payer::Nobody).then(|| {
        let name = payer_name(rule.payer).say(lang);
        if zh { format!("运费{name}") } else { format!("freight: {}", name.to_lowercase()) }
    });
    let within = rule
        .within_days
        .map(|days| if zh { format!("{days} 天内办好") } else { format!("settled within {days} days") });
    std::iter::once(granted.to_owned()).chain(payer).chain(within).collect::<Vec<_>>().join(" · ")
}

/// How often an answer was given, and with how many wordings.
pub(crate) fn recurs(lang: Lang, times: usize, wordings: usize) -> String {
    match lang {
        Lang::Zh => format!("答过 {times} 次 · {wordings} 种问法"),
        Lang::En => format!("answered {times}× · {wordings} wordings"),
    }
}

/// Taking so many articles.
pub(crate) fn take_articles(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("收下这 {count} 条"),
        Lang::En => format!("Take these {count}"),
    }
}

/// How often a question was asked.
pub(crate) fn asked_times(lang: Lang, times: usize) -> String {
    match lang {
        Lang::Zh => format!("问过 {times} 次"),
        Lang::En => format!("asked {times}×"),
    }
}

/// Why a message was sent despite a warning.
pub(crate) fn reason_given(lang: Lang, reason: &str) -> String {
    match lang {
        Lang::Zh => format!("原因：{reason}"),
        Lang::En => format!("Reason: {reason}"),
    }
}

/// A share of one in whole per cent.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

/// How well the articles answer, in a sentence; `first` is the share whose first suggestion was right.
pub(crate) fn quality_sentence(lang: Lang, days: u32, questions: usize, suggested: f64, first: Option<f64>) -> String {
    let (questions, suggested) = (grouped(questions as u64), percent(suggested));
    let first = first.map(percent);
    match (lang, first) {
        (Lang::Zh, Some(first)) => {
            format!("近 {days} 天 {questions} 个问题里，{suggested} 有合适的建议；客服选过的，{first} 第一条就是。")
        }
        (Lang::Zh, None) => format!("近 {days} 天 {questions} 个问题里，{suggested} 有合适的建议。"),
        (Lang::En, Some(first)) => format!(
            "Of {questions} questions in {days} days {suggested} had a suggestion; where an agent chose, it came first for {first}."
        ),
        (Lang::En, None) => format!("Of {questions} questions in {days} days {suggested} had a suggestion."),
    }
}
