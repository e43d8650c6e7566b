//! Which words betray a question, an address to the shopper, a remark for agents.

use crate::import::half_width;

/// How much of a line is looked at to judge what it is.
const LOOKED_AT_CHARS: usize = 64;
/// The longest question that carries no question mark.
const UNMARKED_QUESTION_CHARS_MAX: usize = 32;
/// The longest heading.
pub(super) const HEADING_CHARS_MAX: usize = 30;
/// The longest item that may be a topic such as 质量问题.
const TOPIC_CHARS_MAX: usize = 14;

const ASKING: [&str; 36] = [
    "什么",
    "怎么",
    "怎样",
    "如何",
    "多少",
    "几天",
    "几个",
    "几号",
    "几件",
    "几种",
    "几点",
    "哪",
    "是否",
    "能不能",
    "可不可以",
    "有没有",
    "为何",
    "多久",
    "多大",
    "多长",
    "多重",
    "多远",
    "是不是",
    "会不会",
    "要不要",
    "好不好",
    "够不够",
    "能否",
    "可否",
    "有无",
    "谁",
    "咋",
    "啥",
    "吗",
    "可以便宜",
    "行不行",
];

const ASKING_ENGLISH: [&str; 22] = [
    "how", "what", "when", "where", "which", "who", "whose", "why", "can", "could", "do", "does", "did", "is", "are",
    "will", "would", "should", "may", "has", "have", "am",
];

/// What begins with 亲 and yet speaks to nobody.
const NOT_ADDRESSING: [char; 19] =
    ['自', '肤', '子', '身', '戚', '情', '密', '测', '手', '切', '友', '人', '属', '眼', '口', '近', '水', '和', '缘'];

const THIRD_PERSON: [&str; 12] =
    ["顾客", "客户", "买家", "客人", "消费者", "业主", "会员", "员工", "店长", "the customer", "the buyer", "agents"];
const FOR_AGENTS: [&str; 11] =
    ["如实", "视情况", "酌情", "请示", "店长", "主管", "话术", "告知", "客服", "tell them", "escalate"];
const SPEAKS_ABOUT: [&str; 14] =
    ["如", "跟", "与", "向", "当", "让", "给", "对", "告知", "提醒", "问", "请", "若", "tell "];

const FAQ_WORDS: [&str; 11] =
    ["常见问题", "问题与回答", "问题及回答", "问题汇总", "问题解答", "问答", "答疑", "faq", "q&a", "快捷回复", "话术"];

/// How much a text looks like something a shopper asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// A whole sentence or a long clause: a rule, a duty, a minute.
    Statement,
    /// A few words which may name anything.
    Topic,
    /// A few words which name a trouble, such as 质量问题.
    Trouble,
    /// Asking words without a question mark.
    Asking,
    /// A question with its mark.
    Question,
}

/// Judges the text of a numbered item, without its number.
pub(super) fn likeness(text: &str) -> Likeness {
    let looked_at = first_chars(text, LOOKED_AT_CHARS);
    if let Some(mark) = looked_at.find(['?', '？']) {
        let asked = &looked_at[..mark];
        return if asked.contains(['。', ';', '；']) || asked.trim().is_empty() {
            Likeness::Statement
        } else {
            Likeness::Question
        };
    }
    if let Some((label, _)) = looked_at.split_once([':', '：']).filter(|(_, after)| !after.trim().is_empty()) {
        return likeness_of_clause(label.trim()).min(Likeness::Trouble);
    }
    likeness_of_clause(without_brackets_at_end(looked_at))
}

fn likeness_of_clause(clause: &str) -> Likeness {
    let ends_sentence = clause.ends_with(['。', ';', '；', ',', '，', '、']);
    let chars = clause.chars().count();
    if clause.is_empty() || ends_sentence || clause.contains(['。', ';', '；']) {
        return Likeness::Statement;
    }
    if is_asking(clause, chars) {
        return Likeness::Asking;
    }
    let clause = clause.trim_end_matches([':', '：']);
    match chars {
        0..=TOPIC_CHARS_MAX if clause.ends_with("问题") => Likeness::Trouble,
        0..=TOPIC_CHARS_MAX => Likeness::Topic,
        _ => Likeness::Statement,
    }
}

fn is_asking(clause: &str, chars: usize) -> bool {
    let first_word: String =
        clause.chars().take_while(|c| c.is_ascii_alphabetic()).map(|c| c.to_ascii_lowercase()).collect();
    if !first_word.is_empty() && ASKING_ENGLISH.contains(&first_word.as_str()) {
        return first_word.len() < clause.len() && chars < LOOKED_AT_CHARS;
    }
    chars <= UNMARKED_QUESTION_CHARS_MAX
        && (clause.ends_with(['吗', '呢', '么', '不']) || ASKING.iter().any(|word| clause.contains(word)))
}

/// Whether the text opens by speaking to the shopper.
pub(super) fn opens_address(text: &str) -> bool {
    let text = text.trim_start_matches(['"', '“', '「', '\'']);
    if let Some(after) = text.strip_prefix('亲') {
        return !after.starts_with(NOT_ADDRESSING);
    }
    ["您好", "你好"].iter().any(|word| text.starts_with(word))
        || ["dear ", "hi ", "hi,", "hello"].iter().any(|word| starts_with_ignoring_case(text, word))
}

/// Whether the text speaks about shoppers, or to agents, rather than to the shopper.
pub(super) fn is_for_agents(text: &str) -> bool {
    THIRD_PERSON.iter().chain(&FOR_AGENTS).any(|word| contains_ignoring_case(text, word))
}

/// Whether words for the shopper have remarks for agents among them.
pub(super) fn has_aside_for_agents(text: &str) -> bool {
    ["店长", "请示", "主管", "如实回答"].iter().any(|word| text.contains(word))
        || ["顾客", "客户", "买家", "the customer"].iter().any(|noun| {
            text.match_indices(noun).any(|(at, _)| SPEAKS_ABOUT.iter().any(|before| text[..at].ends_with(before)))
        })
}

/// Whether the text names itself a collection of questions and answers.
pub(super) fn names_faq(text: &str) -> bool {
    let looked_at = first_chars(text, LOOKED_AT_CHARS);
    FAQ_WORDS.iter().any(|word| contains_ignoring_case(looked_at, word))
}

/// Whether the text ends as a sentence does.
pub(super) fn ends_sentence(text: &str) -> bool {
    text.trim_end()
        .ends_with(['。', '.', '！', '!', '？', '?', '；', ';', '…', '~', '～', '哦', '呢', '」', '”', ')', '）'])
}

/// Whether the text has no punctuation at all and is short: the look of a title.
pub(super) fn is_bare_title(text: &str) -> bool {
    text.chars().count() <= 20
        && !opens_address(text)
        && !text.contains(['。', '，', ',', '！', '!', '？', '?', '；', ';', '~', '～', '.', '…'])
        && !text.ends_with(['哦', '呢', '的', '啦', '呀'])
}

/// The text without a bracketed remark at its end, and without the punctuation of a shout.
pub(super) fn without_brackets_at_end(text: &str) -> &str {
    let mut kept = text.trim_end_matches(['!', '！', '~', '～', ' ', '\u{3000}', '*']);
    while kept.ends_with([')', '）']) {
        match kept.rfind(['(', '（']) {
            Some(open) if open > 0 => kept = kept[..open].trim_end(),
            _ => break,
        }
    }
    kept.trim()
}

/// At most so many characters from the start.
pub(super) fn first_chars(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(end, _)| &text[..end])
}

fn contains_ignoring_case(text: &str, word: &str) -> bool {
    if !word.is_ascii() {
        return text.contains(word);
    }
    text.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

/// `word` is in lower case; full-width letters count as half-width ones.
pub(super) fn starts_with_ignoring_case(text: &str, word: &str) -> bool {
    let mut folded = text.chars().map(|c| half_width(c).to_ascii_lowercase());
    word.chars().all(|wanted| folded.next() == Some(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_told_from_rules_and_topics() {
        for question in ["有小包装吗?", "茶叶能放多久？密封的话。", "Do you ship abroad?"] {
            assert_eq!(likeness(question), Likeness::Question, "{question}");
        }
        for question in ["能开发票吗", "怎么泡", "保质期多久(必背)", "How to brew it"] {
            assert_eq!(likeness(question), Likeness::Asking, "{question}");
        }
        assert_eq!(likeness("物流问题"), Likeness::Trouble);
        assert_eq!(likeness("单宁"), Likeness::Topic);
        for rule in ["准时到岗,不得迟到。", "整理货架;", "每天检查库存。为什么?", ""] {
            assert_eq!(likeness(rule), Likeness::Statement, "{rule}");
        }
    }

    #[test]
    fn an_address_is_told_from_words_that_begin_alike() {
        assert!(opens_address("亲,在的") && opens_address("亲爱的,在的") && opens_address("您好，在的"));
        assert!(!opens_address("亲自采摘") && !opens_address("亲肤") && !opens_address("在的亲"));
        assert!(opens_address("Hi there") && !opens_address("High quality"));
    }

    #[test]
    fn words_for_agents_are_noticed() {
        assert!(is_for_agents("按实际情况如实说明,不要夸大。"));
        assert!(has_aside_for_agents("亲,可以的(如顾客坚持,先问店长)"));
        assert!(!has_aside_for_agents("亲,很多老客户都回购呢"));
    }
}
