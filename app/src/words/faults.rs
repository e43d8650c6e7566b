//! Why a rule or a policy cannot be kept, in plain words.

use qinda::policy::{POLICY_DAYS_MAX, PolicyFault};
use qinda::wording::{BROAD_PERCENT_MAX, PackFault};

use super::Lang;

/// Why a pack of wording rules cannot be kept, and what to do.
pub(crate) fn pack_fault(lang: Lang, fault: &PackFault) -> String {
    match lang {
        Lang::Zh => pack_fault_zh(fault),
        Lang::En => pack_fault_en(fault),
    }
}

fn pack_fault_zh(fault: &PackFault) -> String {
    match fault {
        PackFault::BadId { rule } => format!("规则编号“{rule}”只能用小写字母、数字和连字符。"),
        PackFault::DuplicateId { rule } => format!("有两条规则都叫“{rule}”，请改掉一个。"),
        PackFault::EmptyRule { rule } => format!("规则“{rule}”还没有要找的词。"),
        PackFault::BadPhrase { rule, phrase } => format!("规则“{rule}”里的“{phrase}”看不懂，请检查花括号。"),
        PackFault::ContainsOwnException { rule, phrase } => {
            format!("规则“{rule}”要找“{phrase}”，例外里又放过了它，等于没有。请改其中一处。")
        }
        PackFault::TooBroad { rule, percent } => format!(
            "规则“{rule}”太宽：日常消息里有 {percent}% 会被标出来，最多允许 {BROAD_PERCENT_MAX}%。请写得更具体。"
        ),
        PackFault::TooMany { rule, count, max, .. } => format!("“{rule}”有 {count} 项，最多 {max} 项。"),
        PackFault::TooLong { rule, chars, max, .. } => format!("“{rule}”里有一处 {chars} 字，最多 {max} 字。"),
    }
}

fn pack_fault_en(fault: &PackFault) -> String {
    match fault {
        PackFault::BadId { rule } => format!("“{rule}”: use lower-case letters, digits and hyphens."),
        PackFault::DuplicateId { rule } => format!("Two rules are called “{rule}”. Rename one."),
        PackFault::EmptyRule { rule } => format!("Rule “{rule}” has no words to look for yet."),
        PackFault::BadPhrase { rule, phrase } => format!("Rule “{rule}”: “{phrase}” cannot be read. Check the braces."),
        PackFault::ContainsOwnException { rule, phrase } => {
            format!("Rule “{rule}” looks for “{phrase}” and excepts it too. Change one of them.")
        }
        PackFault::TooBroad { rule, percent } => format!(
            "Rule “{rule}” is too broad: it would flag {percent} % of everyday messages; {BROAD_PERCENT_MAX} % at most."
        ),
        PackFault::TooMany { rule, count, max, .. } => format!("“{rule}”: {count} entries; {max} at most."),
        PackFault::TooLong { rule, chars, max, .. } => format!("“{rule}”: {chars} characters; {max} at most."),
    }
}

/// Why a policy cannot be kept, and what to do.
pub(crate) fn policy_fault(lang: Lang, fault: &PolicyFault) -> String {
    match (fault, lang) {
        (PolicyFault::Text(fault), _) => super::phrases::text_fault(lang, fault),
        (PolicyFault::NoRule, Lang::Zh) => "请至少写一条规则。".into(),
        (PolicyFault::NoRule, Lang::En) => "Write at least one rule.".into(),
        (PolicyFault::Days { rule }, Lang::Zh) => {
            format!("第 {rule} 条的天数不对：从 1 到 {POLICY_DAYS_MAX}，先小后大。")
        }
        (PolicyFault::Days { rule }, Lang::En) => {
            format!("Rule {rule}: days run from 1 to {POLICY_DAYS_MAX}, the smaller first.")
        }
        (PolicyFault::Unreachable { rule }, Lang::Zh) => {
            format!("第 {rule} 条永远用不到：前面的规则已经包括了它。请换个顺序或删掉。")
        }
        (PolicyFault::Unreachable { rule }, Lang::En) => {
            format!("Rule {rule} is never reached: those before it cover it. Move or remove it.")
        }
    }
}
