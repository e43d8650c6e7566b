//! Blanks in an answer: `{订单号}` and the like, filled before it is sent. And answers that are sent in parts.

use std::ops::Range;

/// The longest name of a blank, in characters; what is longer between braces is plain text.
pub const BLANK_CHARS_MAX: usize = 20;
/// The most parts of an answer; the last one holds the rest.
pub const PARTS_MAX: usize = 10;

/// What the desk knows how to fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Known {
    /// What the shopper is called.
    CustomerName,
    /// The product.
    Product,
    /// The order's number.
    Order,
    /// The courier.
    Courier,
    /// The parcel's number.
    Tracking,
    /// When it is expected.
    Arrives,
    /// The shop's name.
    Shop,
    /// The agent's work number; never a name.
    WorkNumber,
    /// Today's date.
    Today,
}

impl Known {
    /// Every blank that the desk knows.
    pub const ALL: [Self; 9] = [
        Self::CustomerName,
        Self::Product,
        Self::Order,
        Self::Courier,
        Self::Tracking,
        Self::Arrives,
        Self::Shop,
        Self::WorkNumber,
        Self::Today,
    ];

    /// Its name between braces, in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        self.names()[0]
    }

    /// Its name between braces, in English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        self.names()[1]
    }

    /// Every name it goes by.
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Self::CustomerName => &["客户昵称", "customer", "客户姓名", "买家昵称", "昵称"],
            Self::Product => &["商品", "product", "商品名称", "宝贝名称"],
            Self::Order => &["订单号", "order", "订单编号"],
            Self::Courier => &["快递公司", "courier", "物流公司", "快递"],
            Self::Tracking => &["快递单号", "tracking", "物流单号", "运单号"],
            Self::Arrives => &["预计送达", "arrives", "预计到达", "到货时间"],
            Self::Shop => &["店铺名", "shop", "店铺名称", "店铺"],
            Self::WorkNumber => &["客服工号", "agent", "工号"],
            Self::Today => &["今天日期", "today", "日期"],
        }
    }

    /// The blank of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let same = |known: &str| known.eq_ignore_ascii_case(name);
        Self::ALL.into_iter().find(|known| known.names().iter().any(|known| same(known)))
    }
}

/// A blank in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blank {
    /// What stands between the braces.
    pub name: String,
    /// What the desk knows it as; `None` when it can only be asked for.
    pub known: Option<Known>,
    /// Where it stands with its braces, in characters.
    pub at: Range<usize>,
}

/// The blanks of a text, in order.
///
/// A blank is a name between braces, half or full width: one that the desk knows, or any with a Chinese character in it.
/// So a piece of code that a shopper asked about is no blank.
#[must_use]
pub fn blanks(text: &str) -> Vec<Blank> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut open = None;
    for (place, character) in chars.iter().enumerate() {
        match character {
            '{' | '｛' => open = Some(place),
            '}' | '｝' => found.extend(open.take().and_then(|from| blank(&chars, from..place + 1))),
            '\n' => open = None,
            _ => {}
        }
    }
    found
}

fn blank(chars: &[char], at: Range<usize>) -> Option<Blank> {
    let name: String = chars[at.start + 1..at.end - 1].iter().collect();
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > BLANK_CHARS_MAX {
        return None;
    }
    let known = Known::named(&name);
    let is_asked_for = name.chars().any(|c| matches!(c, '\u{4e00}'..='\u{9fff}'));
    (known.is_some() || is_asked_for).then_some(Blank { name, known, at })
}

/// The text with every blank filled that `value` knows.
#[must_use]
pub fn filled(text: &str, value: impl Fn(&Blank) -> Option<String>) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for blank in blanks(text) {
        let Some(value) = value(&blank).filter(|value| !value.trim().is_empty()) else { continue };
        out.extend(&chars[from..blank.at.start]);
        // A value never brings a blank of its own.
        out.push_str(&value.replace(['{', '}', '｛', '｝'], ""));
        from = blank.at.end;
    }
    out.extend(&chars[from..]);
    out
}

/// Whether a text still has a blank that nobody filled.
#[must_use]
pub fn is_unfilled(text: &str) -> bool {
    !blanks(text).is_empty()
}

/// The parts in which an answer is sent: they stand between empty lines, or lines of three dashes or more.
#[must_use]
pub fn parts(answer: &str) -> Vec<String> {
    let mut parts: Vec<String> = vec![String::new()];
    for line in answer.lines() {
        let is_end = is_divider(line) && parts.len() < PARTS_MAX;
        match parts.last_mut() {
            Some(last) if is_end && !last.is_empty() => parts.push(String::new()),
            Some(last) if !is_end => {
                if !last.is_empty() {
                    last.push('\n');
                }
                last.push_str(line);
            }
            _ => {}
        }
    }
    parts.iter_mut().for_each(|part| *part = part.trim().to_owned());
    parts.retain(|part| !part.is_empty());
    parts
}

fn is_divider(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || (line.chars().count() >= 3 && line.chars().all(|c| matches!(c, '-' | '—' | '－')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(text: &str) -> Vec<(String, Option<Known>)> {
        blanks(text).into_iter().map(|blank| (blank.name, blank.known)).collect()
    }

    #[test]
    fn known_and_unknown_blanks_are_found_and_code_is_not() {
        let text = "您好{客户昵称}，订单 ｛ order ｝ 由{随便}承运 {x: 1} {} {a}";
        let expected = [
            ("客户昵称".to_owned(), Some(Known::CustomerName)),
            ("order".to_owned(), Some(Known::Order)),
            ("随便".to_owned(), None),
        ];
        assert_eq!(names(text), expected);
        assert_eq!(names("{{订单号}}"), [("订单号".to_owned(), Some(Known::Order))]);
        assert_eq!(names("{订单\n号}"), []);
        assert_eq!(names(&format!("{{{}}}", "长".repeat(BLANK_CHARS_MAX + 1))), []);
    }

    #[test]
    fn what_is_known_is_filled_and_the_rest_stays_to_be_asked() {
        let value = |blank: &Blank| (blank.known == Some(Known::Order)).then(|| "A{订单号}1".to_owned());
        assert_eq!(filled("订单{订单号}发{快递公司}", value), "订单A订单号1发{快递公司}");
        assert!(is_unfilled(&filled("订单{订单号}发{快递公司}", value)));
        assert!(!is_unfilled(&filled("订单{订单号}", value)));
    }

    #[test]
    fn no_two_blanks_share_a_name() {
        let mut names: Vec<&str> = Known::ALL.iter().flat_map(|known| known.names()).copied().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(Known::ALL.into_iter().all(|known| Known::named(known.zh()) == Some(known)));
    }

    #[test]
    fn an_answer_is_sent_in_parts() {
        assert_eq!(parts("先看这里\n再看\n\n第二段\n---\n第三段\n"), ["先看这里\n再看", "第二段", "第三段"]);
        assert_eq!(parts("\n---\n\n"), Vec::<String>::new());
        assert_eq!(parts("一段"), ["一段"]);
        assert_eq!(parts(&"段\n\n".repeat(30)).len(), PARTS_MAX);
    }

    proptest! {
        #[test]
        fn any_text_has_its_blanks_in_order_and_within(text in "[{}｛｝订单号a \\n]{0,40}") {
            let chars = text.chars().count();
            let found = blanks(&text);
            prop_assert!(found.iter().all(|blank| blank.at.end <= chars));
            prop_assert!(found.windows(2).all(|pair| pair[0].at.end <= pair[1].at.start));
            // Braces around braces may become a blank once the inner one is filled, and are asked for then.
            prop_assert!(blanks(&filled(&text, |_| Some("一".to_owned()))).len() <= found.len());
        }

        #[test]
        fn parts_hold_every_word_in_order(text in "[字a\\n-]{0,60}") {
            let words = |text: &str| text.chars().filter(|c| !matches!(c, '\n' | '-')).collect::<String>();
            prop_assert_eq!(words(&parts(&text).concat()), words(&text));
        }
    }
}
