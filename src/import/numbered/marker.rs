//! What stands at the head of an item: `3.`, `(3)`, `三、`, `③`, `Q3:`, `问：`, `答：`.

use crate::import::half_width;

use super::words::starts_with_ignoring_case;

/// Longer runs of digits number nothing.
const DIGITS_MAX: u8 = 6;

const ASKED: [&str; 5] = ["question", "q", "问题", "提问", "问"];
const ANSWERED: [&str; 15] = [
    "标准回答",
    "规范回答",
    "参考回答",
    "参考答案",
    "客服回答",
    "客服",
    "answer",
    "reply",
    "话术",
    "答案",
    "回答",
    "答复",
    "回复",
    "答",
    "a",
];
const OPENING: [char; 5] = ['(', '（', '[', '【', '「'];
const CLOSING: [char; 5] = [')', '）', ']', '】', '」'];
const SEPARATORS: [char; 7] = ['.', '、', ')', ':', ',', '-', '。'];

/// How items are numbered. Items of one list share a style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `3.`, `3、`, `3)`
    Arabic,
    /// `(3)`
    Bracketed,
    /// `三、`
    Chinese,
    /// `(三)`
    BracketedChinese,
    /// `③`
    Circled,
    /// `Q3:`, `问：`, `3、问：`
    Asked,
}

/// How many styles there are.
pub(super) const STYLES: usize = 6;

/// The head of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marker {
    pub(super) style: Style,
    /// The number as written; a page number may be glued to its front.
    pub(super) number: Option<u32>,
    /// How many digits it is written with.
    pub(super) digits: u8,
    /// What stands between the number and the words; a space when nothing does.
    pub(super) separator: char,
    /// Whether the number might as well belong to the words, as in `3.5折` or `2远红外`.
    pub(super) doubtful: bool,
    /// Where the words begin, in bytes.
    pub(super) rest_at: usize,
}

impl Marker {
    /// The numbers it may stand for: as written, then with digits of a page number taken off its front.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> + use<> {
        let written = self.number;
        let digits = u32::from(self.digits);
        let glued = (1..digits).rev().filter_map(move |kept| {
            let suffix = written? % 10u32.pow(kept);
            (digits <= 5 && suffix >= 10u32.pow(kept - 1)).then_some(suffix)
        });
        written.into_iter().chain(glued)
    }
}

/// Reads the head of a line.
pub(super) fn marker(line: &str) -> Option<Marker> {
    let mut cursor = Cursor { line, at: 0 };
    cursor.skip_decoration();
    asked(cursor).or_else(|| numbered(cursor))
}

/// Where the words of an answer begin, if the line says that it is one.
pub(super) fn answer_at(line: &str) -> Option<usize> {
    let mut cursor = Cursor { line, at: 0 };
    cursor.skip_decoration();
    cursor.label(&ANSWERED).map(|(_, at)| at)
}

fn asked(mut cursor: Cursor<'_>) -> Option<Marker> {
    let outer = numbered(cursor);
    if let Some(outer) = &outer {
        cursor.at = outer.rest_at;
    }
    let (inner, rest_at) = cursor.label(&ASKED)?;
    let number = outer.and_then(|outer| outer.number).or(inner);
    Some(Marker { style: Style::Asked, number, digits: 0, separator: ':', doubtful: false, rest_at })
}

fn numbered(cursor: Cursor<'_>) -> Option<Marker> {
    circled(cursor).or_else(|| bracketed(cursor)).or_else(|| chinese(cursor)).or_else(|| arabic(cursor))
}

fn circled(mut cursor: Cursor<'_>) -> Option<Marker> {
    let c = cursor.next()? as u32;
    let (style, number) = match c {
        0x2460..=0x2473 => (Style::Circled, c - 0x2460 + 1),
        0x2474..=0x2487 => (Style::Bracketed, c - 0x2474 + 1),
        0x2488..=0x249B => (Style::Arabic, c - 0x2488 + 1),
        _ => return None,
    };
    cursor.skip_separators();
    Some(Marker { style, number: Some(number), digits: 1, separator: ' ', doubtful: false, rest_at: cursor.at })
}

fn bracketed(mut cursor: Cursor<'_>) -> Option<Marker> {
    cursor.digits();
    cursor.one_of(&OPENING)?;
    cursor.skip_spaces();
    let (style, number, digits) = match cursor.digits() {
        Some((number, digits)) => (Style::Bracketed, number, digits),
        None => (Style::BracketedChinese, cursor.chinese_number()?, 1),
    };
    cursor.skip_spaces();
    cursor.one_of(&CLOSING)?;
    cursor.skip_separators();
    Some(Marker { style, number: Some(number), digits, separator: ')', doubtful: false, rest_at: cursor.at })
}

fn chinese(mut cursor: Cursor<'_>) -> Option<Marker> {
    cursor.digits();
    let number = cursor.chinese_number()?;
    let separator = cursor.separator()?;
    cursor.skip_separators();
    let rest_at = cursor.at;
    Some(Marker { style: Style::Chinese, number: Some(number), digits: 1, separator, doubtful: false, rest_at })
}

fn arabic(mut cursor: Cursor<'_>) -> Option<Marker> {
    let (number, digits) = cursor.digits()?;
    let separator = cursor.separator();
    let digit_follows = cursor.peek().is_some_and(|c| c.is_ascii_digit());
    let doubtful = match separator {
        Some('.' | '、' | ')') => digit_follows,
        Some(' ') => true,
        Some(_) if digit_follows => return None,
        Some(separator) => separator == '-',
        None if cursor.peek().is_some_and(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) => true,
        None => return None,
    };
    cursor.skip_separators();
    let separator = separator.unwrap_or(' ');
    Some(Marker { style: Style::Arabic, number: Some(number), digits, separator, doubtful, rest_at: cursor.at })
}

#[derive(Clone, Copy)]
struct Cursor<'a> {
    line: &'a str,
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.line[self.at..].chars().next().map(half_width)
    }

    fn next(&mut self) -> Option<char> {
        let c = self.line[self.at..].chars().next()?;
        self.at += c.len_utf8();
        Some(half_width(c))
    }

    fn one_of(&mut self, wanted: &[char]) -> Option<char> {
        let c = self.peek().filter(|c| wanted.contains(c))?;
        self.next();
        Some(c)
    }

    fn skip_spaces(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.next();
        }
    }

    fn skip_separators(&mut self) {
        while self.peek().is_some_and(|c| c.is_whitespace() || SEPARATORS.contains(&c) || c == '*') {
            self.next();
        }
    }

    /// Marks of a heading, of bold type or of a bullet before the number.
    fn skip_decoration(&mut self) {
        let decorated = ["#", "**", "- ", "> ", "• ", "· ", "●", "◆", "■"];
        while let Some(mark) = decorated.iter().find(|mark| self.line[self.at..].starts_with(**mark)) {
            self.at += mark.len();
            self.skip_spaces();
        }
    }

    fn separator(&mut self) -> Option<char> {
        let before_spaces = self.at;
        self.skip_spaces();
        self.one_of(&SEPARATORS).or((self.at > before_spaces).then_some(' '))
    }

    fn digits(&mut self) -> Option<(u32, u8)> {
        let before = self.at;
        let (mut number, mut digits) = (0u32, 0);
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            digits += 1;
            if digits > DIGITS_MAX {
                self.at = before;
                return None;
            }
            number = number * 10 + digit;
            self.next();
        }
        (digits > 0).then_some((number, digits))
    }

    fn chinese_number(&mut self) -> Option<u32> {
        let (mut tens, mut ones, mut length) = (0, 0, 0);
        while let Some(c) = self.peek() {
            match c {
                '十' if tens == 0 => (tens, ones) = (if length == 0 { 1 } else { ones }, 0),
                '零' | '〇' if length > 0 => {}
                _ => match "一二三四五六七八九".chars().position(|digit| digit == c) {
                    Some(digit) if ones == 0 => ones = digit as u32 + 1,
                    _ => break,
                },
            }
            length += 1;
            self.next();
        }
        (length > 0).then_some(tens * 10 + ones)
    }

    /// A word such as 问 with its number and colon: the number, and where the words after it begin.
    fn label(&mut self, words: &[&str]) -> Option<(Option<u32>, usize)> {
        let bracketed = self.one_of(&OPENING).is_some();
        let word = words.iter().find(|word| starts_with_ignoring_case(&self.line[self.at..], word))?;
        for _ in word.chars() {
            self.next();
        }
        self.skip_spaces();
        let number = self.digits().map(|(number, _)| number).or_else(|| self.chinese_number());
        if bracketed {
            self.one_of(&CLOSING)?;
        } else {
            let separator = self.separator().or(number.and(Some(' ')).filter(|_| self.at < self.line.len()))?;
            if separator != ':' && (number.is_none() || word.chars().count() > 1 && separator == ' ') {
                return None;
            }
        }
        self.skip_separators();
        Some((number, self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(Style, Option<u32>, &str)> {
        marker(line).map(|marker| (marker.style, marker.number, &line[marker.rest_at..]))
    }

    #[test]
    fn every_way_to_number_is_read() {
        for (line, style, number) in [
            ("3.有货吗", Style::Arabic, 3),
            ("３、有货吗", Style::Arabic, 3),
            ("12） 有货吗", Style::Arabic, 12),
            ("（3）有货吗", Style::Bracketed, 3),
            ("三、有货吗", Style::Chinese, 3),
            ("4二十一、有货吗", Style::Chinese, 21),
            ("（十）有货吗", Style::BracketedChinese, 10),
            ("③有货吗", Style::Circled, 3),
            ("Q3: 有货吗", Style::Asked, 3),
            ("问题三：有货吗", Style::Asked, 3),
            ("3、问：有货吗", Style::Asked, 3),
            ("## 3. 有货吗", Style::Arabic, 3),
            ("**Q3：有货吗", Style::Asked, 3),
        ] {
            assert_eq!(read(line), Some((style, Some(number), "有货吗")), "{line}");
        }
        assert_eq!(read("问：有货吗"), Some((Style::Asked, None, "有货吗")));
        assert_eq!(read("【问】有货吗"), Some((Style::Asked, None, "有货吗")));
    }

    #[test]
    fn clocks_prices_and_words_are_no_markers() {
        for line in ["8:30 开门", "1,200 元", "问题多多", "Quality", "答应", "1234567.", "十分好", ""] {
            assert_eq!(read(line).filter(|(style, ..)| *style != Style::Chinese), None, "{line}");
        }
        assert!(marker("3.5折").unwrap().doubtful);
    }

    #[test]
    fn an_answer_says_so() {
        assert_eq!(answer_at("答：有"), Some("答：".len()));
        assert_eq!(answer_at("A2: yes"), Some(4));
        assert_eq!(answer_at("A cup of tea"), None);
        assert_eq!(answer_at("A.听到铃响"), None);
        assert_eq!(answer_at("客服回答：有"), Some("客服回答：".len()));
    }

    #[test]
    fn a_page_number_may_be_glued_to_the_front() {
        let numbers = |line| marker(line).unwrap().numbers().collect::<Vec<_>>();
        assert_eq!(numbers("314.茶"), [314, 14, 4]);
        assert_eq!(numbers("28.茶"), [28, 8]);
        assert_eq!(numbers("10.茶"), [10]);
    }
}
