//! What is said at the composer and at the answers beside it.

pub(crate) mod erasing;
pub(crate) mod owner;

use qinda::blanks::Known;
use qinda::model::Stage;
use qinda::policy::Payer;
use qinda::wording::{Bilingual, Level};

use super::{Lang, in_language};

/// Something said in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said(&'static str, &'static str);

impl Said {
    /// In a language.
    pub(crate) const fn say(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.0,
            Lang::En => self.1,
        }
    }
}

/// What is said, in the language of the screen; follows when the language changes.
pub(crate) fn said(said: Said) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    in_language(said.0, said.1)
}

// What another device has half-written.
pub(crate) const OFFERED: Said = Said("在另一台设备上写了草稿：", "Half-written on another device:");
pub(crate) const TAKE_OFFERED: Said = Said("取用", "Take it");
pub(crate) const DROP_OFFERED: Said = Said("不用", "Leave it");

// What the chat is about.
pub(crate) const ABOUT: Said = Said("关于这次咨询", "About this chat");
pub(crate) const ABOUT_HINT: Said = Said(
    "填一次，答案里的空会自动补上，更合适的答案排在前面。",
    "Once known, it fills the blanks of answers and puts the fitting ones first.",
);
pub(crate) const ABOUT_NOTHING: Said = Said("还不知道", "Nothing known yet");
pub(crate) const STAGE: Said = Said("到哪一步了", "How far");

// Blanks.
pub(crate) const BLANKS: Said = Said("先填好这几处", "Fill these first");

// Parts.
pub(crate) const SKIP_PARTS: Said = Said("不发了", "Skip the rest");

// The wording.
pub(crate) const REPLACE: Said = Said("替换", "Replace");
pub(crate) const SOURCE: Said = Said("依据", "Source");
pub(crate) const REASON: Said =
    Said("为什么仍要这样发？主管会看到。", "Why send it all the same? The supervisor sees it.");
pub(crate) const REASON_OWN: Said = Said("其他原因", "Another reason");
pub(crate) const REASONS: [Said; 4] = [
    Said("转述顾客的话", "Quoting the shopper"),
    Said("有证明，已核实", "Proven and checked"),
    Said("主管已同意", "The supervisor agreed"),
    Said("这里不是那个意思", "It does not mean that here"),
];
pub(crate) const SEND_ANYWAY: Said = Said("仍要发送", "Send anyway");

// Choosing.
pub(crate) const OFTEN_USED: Said = Said("常用", "Often used");
pub(crate) const CHOOSE_KEYS: Said = Said("↑ ↓ 选择，回车填入，Esc 离开", "↑ ↓ choose, Enter inserts, Esc leaves");
pub(crate) const HITS: Said = Said("找到的答案", "Answers found");

// Policies.
pub(crate) const BY_POLICY: Said = Said("按政策答复", "Answer by policy");
pub(crate) const POLICY_DAY: Said = Said("签收后第几天（当天算第 1 天）", "Day since receipt (that day is day 1)");
pub(crate) const POLICY_FAULT: Said = Said("质量问题", "Quality fault");
pub(crate) const POLICY_OPENED: Said = Said("拆封或用过", "Opened or used");
pub(crate) const POLICY_GIFT: Said = Said("赠品", "A gift");
pub(crate) const YES: Said = Said("是", "Yes");
pub(crate) const NO: Said = Said("否", "No");
pub(crate) const EARLIER_DAY: Said = Said("减一天", "One day less");
pub(crate) const LATER_DAY: Said = Said("加一天", "One day more");
pub(crate) const GRANTED: Said = Said("可以办理", "Granted");
pub(crate) const NOT_GRANTED: Said = Said("不能办理", "Not granted");
pub(crate) const NO_RULE: Said =
    Said("政策里没有写这种情况，请问一下主管。", "The policy does not cover this case. Ask the supervisor.");
pub(crate) const TAKE_WORDS: Said = Said("用这段话", "Use these words");

/// Who pays the freight.
pub(crate) const fn payer(payer: Payer) -> Said {
    match payer {
        Payer::Shop => Said("运费店铺出", "The shop pays the freight"),
        Payer::Shopper => Said("运费顾客出", "The shopper pays the freight"),
        Payer::Each => Said("运费各出各的", "Each pays their own freight"),
        Payer::Nobody => Said("不涉及运费", "No freight"),
        Payer::Newer => Said("运费以话术为准", "Freight as the words say"),
    }
}

/// Within how long it is settled.
pub(crate) fn within(lang: Lang, days: u32) -> String {
    match (lang, days) {
        (Lang::Zh, _) => format!("{days} 天内处理完"),
        (Lang::En, 1) => "settled within a day".into(),
        (Lang::En, _) => format!("settled within {days} days"),
    }
}

/// How far a purchase has come.
pub(crate) const fn stage(stage: Stage) -> Said {
    match stage {
        Stage::Before => Said("还没买", "Not bought"),
        Stage::Paid => Said("已付款", "Paid"),
        Stage::Shipped => Said("已发出", "Shipped"),
        Stage::Received => Said("已收到", "Received"),
    }
}

/// How much stands in the way of sending.
pub(crate) const fn level(level: Level) -> Said {
    match level {
        Level::Hint => Said("提示", "Hint"),
        Level::Warn => Said("慎用", "Careful"),
        Level::Block => Said("不能发", "Not allowed"),
    }
}

/// A text of a rule in the language of the screen; in the other one where it has none.
pub(crate) fn bilingual(lang: Lang, text: &Bilingual) -> String {
    let (first, other) = match lang {
        Lang::Zh => (&text.zh, &text.en),
        Lang::En => (&text.en, &text.zh),
    };
    if first.is_empty() { other.clone() } else { first.clone() }
}

/// What is found beside the one that is shown.
pub(crate) fn more_findings(lang: Lang, others: usize) -> String {
    match lang {
        Lang::Zh => format!("还有 {others} 处"),
        Lang::En => format!("{others} more"),
    }
}

/// Why the words cannot go out yet.
pub(crate) fn unfilled(lang: Lang, names: &[String]) -> String {
    let shown = |name: &String| Known::named(name).map_or_else(|| name.clone(), |known| blank(lang, known).to_owned());
    let names: Vec<String> = names.iter().map(shown).collect();
    match lang {
        Lang::Zh => format!("还没填好：{}。填好再发。", names.join("、")),
        Lang::En => format!("Not filled yet: {}. Fill it, then send.", names.join(", ")),
    }
}

/// Why blocked words cannot go out.
pub(crate) fn blocked(lang: Lang, words: &str) -> String {
    match lang {
        Lang::Zh => format!("“{words}”不能发出去。换个说法再发。"),
        Lang::En => format!("“{words}” may not be sent. Change it, then send."),
    }
}

/// Which part of an answer is in the composer.
pub(crate) fn part(lang: Lang, number: usize, of: usize) -> String {
    match lang {
        Lang::Zh => format!("第 {number}/{of} 段"),
        Lang::En => format!("Part {number} of {of}"),
    }
}

/// What the send key does with an answer in parts.
pub(crate) fn send_part(lang: Lang, number: usize, of: usize) -> String {
    match lang {
        Lang::Zh => format!("发第 {number}/{of} 段"),
        Lang::En => format!("Send {number}/{of}"),
    }
}

/// A blank's name on the screen.
pub(crate) fn blank(lang: Lang, known: Known) -> &'static str {
    match lang {
        Lang::Zh => known.zh(),
        Lang::En => match known {
            Known::CustomerName => "Customer",
            Known::Product => "Product",
            Known::Order => "Order",
            Known::Courier => "Courier",
            Known::Tracking => "Tracking number",
            Known::Arrives => "Expected",
            Known::Shop => "Shop",
            Known::WorkNumber => "Work number",
            Known::Today => "Today",
        },
    }
}

/// Why an answer is suggested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The shopper asks what this wording of the question asks.
    Wording(String),
    /// Agents chose it for such words.
    Learned {
        /// The words, masked.
        text: String,
        /// How often.
        times: u32,
    },
    /// Both are about the same.
    Intent {
        /// What, in Chinese.
        zh: &'static str,
        /// What, in English.
        en: &'static str,
    },
}

impl Reason {
    /// In plain words.
    pub(crate) fn say(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Wording(wording), Lang::Zh) => format!("因为顾客问“{wording}”"),
            (Self::Wording(wording), Lang::En) => format!("The shopper asks “{wording}”"),
            (Self::Learned { text, times }, Lang::Zh) => format!("同事这样答过 {times} 次：“{text}”"),
            (Self::Learned { text, times }, Lang::En) => format!("Chosen for “{text}”, {times}×"),
            (Self::Intent { zh, .. }, Lang::Zh) => format!("顾客在问：{zh}"),
            (Self::Intent { en, .. }, Lang::En) => format!("The shopper asks about: {en}"),
        }
    }
}
