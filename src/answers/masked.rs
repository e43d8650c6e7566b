//! What a lesson keeps of a shopper's words: nothing that tells who it was.

use crate::model::LESSON_CHARS_MAX;

/// Stands for what is not kept.
const MASK: char = '#';
/// Digits from here on are a number of somebody or something: orders, telephones, identity cards.
const NUMBER_DIGITS_MIN: usize = 5;
/// How long a name is at most, in characters.
const NAME_CHARS_MAX: usize = 4;
/// A name follows.
const NAMED: [&str; 8] = ["我叫", "我姓", "名字是", "姓名是", "收件人是", "收货人是", "姓名:", "收件人:"];
/// What ends a name.
const AFTER_NAME: &str = "的是在要想,.!?，。！？、;；:： \t\n啊呢吧了,~";
/// The digits before these are where somebody lives.
const PLACES: [&str; 10] = ["号楼", "单元", "号", "栋", "幢", "弄", "室", "楼", "层", "座"];
/// What before them says that an address is meant, and not "一号" of a month.
const STREETS: [char; 10] = ['路', '街', '巷', '区', '村', '镇', '道', '苑', '园', '城'];
/// How far before a number a street is looked for, in characters.
const STREET_CHARS_MAX: usize = 12;

/// A shopper's words without telephone, order and identity numbers, addresses of houses, pages and mail, and names;
/// at most [`LESSON_CHARS_MAX`] characters.
#[must_use]
pub fn masked(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut hidden = vec![false; chars.len()];
    hide_addresses_of_pages(&chars, &mut hidden);
    hide_numbers(&chars, &mut hidden);
    hide_names(&chars, &mut hidden);
    let mut out = String::new();
    let mut was_hidden = false;
    let shown = chars.iter().zip(&hidden).filter_map(|(character, hidden)| {
        let again = *hidden && was_hidden;
        was_hidden = *hidden;
        (!again).then_some(if *hidden { MASK } else { *character })
    });
    out.extend(shown.take(LESSON_CHARS_MAX));
    out.trim().to_owned()
}

/// Pages and mail addresses: what of printable Latin characters holds `://`, `www.` or `@`, or a dot between letters.
fn hide_addresses_of_pages(chars: &[char], hidden: &mut [bool]) {
    let mut from = 0;
    for part in chars.chunk_by(|one, next| is_of_address(*one) == is_of_address(*next)) {
        let range = from..from + part.len();
        from = range.end;
        if !is_of_address(part[0]) {
            continue;
        }
        let text: String = part.iter().collect::<String>().to_lowercase();
        let dotted = part.windows(3).any(|three| three[1] == '.' && three[2].is_ascii_alphabetic() && three[0] != '.');
        if text.contains("://") || text.contains("www.") || (text.contains('@') && text.len() > 2) || dotted {
            hidden[range].fill(true);
        }
    }
}

fn is_of_address(character: char) -> bool {
    character.is_ascii_graphic() && !matches!(character, ',' | ';' | '!' | '"' | '\'' | '(' | ')' | '[' | ']')
}

/// Long numbers, also spaced or hyphenated, with what letters belong to them, and the numbers of houses.
fn hide_numbers(chars: &[char], hidden: &mut [bool]) {
    let mut at = 0;
    while at < chars.len() {
        if !is_digit(chars[at]) {
            at += 1;
            continue;
        }
        let (end, digits) = number_from(chars, at);
        if digits >= NUMBER_DIGITS_MIN {
            hidden[widened(chars, at)..end_widened(chars, end)].fill(true);
        } else if is_of_house(chars, at, end) {
            hidden[at..end].fill(true);
        }
        at = end;
    }
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit() || ('０'..='９').contains(&character)
}

/// Where a number ends, and how many digits it has; single blanks and hyphens may stand between digits.
fn number_from(chars: &[char], from: usize) -> (usize, usize) {
    let (mut end, mut digits) = (from, 0);
    let mut at = from;
    while let Some(character) = chars.get(at) {
        if is_digit(*character) {
            digits += 1;
            end = at + 1;
        } else if !matches!(character, ' ' | '-' | '－') || !chars.get(at + 1).is_some_and(|next| is_digit(*next)) {
            break;
        }
        at += 1;
    }
    (end, digits)
}

/// Letters that stand before a number, as in tracking numbers.
fn widened(chars: &[char], from: usize) -> usize {
    from - chars[..from]
        .iter()
        .rev()
        .take_while(|character| character.is_ascii_alphabetic() || **character == '+')
        .count()
}

/// The X of an identity card.
fn end_widened(chars: &[char], end: usize) -> usize {
    end + chars[end..].iter().take_while(|character| character.is_ascii_alphanumeric()).count()
}

fn is_of_house(chars: &[char], from: usize, end: usize) -> bool {
    let after: String = chars[end..].iter().take(2).collect();
    let before = &chars[from.saturating_sub(STREET_CHARS_MAX)..from];
    PLACES.iter().any(|place| after.starts_with(place)) && before.iter().any(|character| STREETS.contains(character))
}

fn hide_names(chars: &[char], hidden: &mut [bool]) {
    for from in 0..chars.len() {
        let here = &chars[from..];
        let begins = |words: &str| words.chars().eq(here.iter().copied().take(words.chars().count()));
        let Some(words) = NAMED.iter().find(|words| begins(words)) else { continue };
        let name = from + words.chars().count();
        let rest = &chars[name.min(chars.len())..];
        let length = rest.iter().take(NAME_CHARS_MAX).take_while(|character| !AFTER_NAME.contains(**character)).count();
        hidden[name..name + length].fill(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_of_people_and_orders_are_not_kept() {
        for (text, kept) in [
            ("我的电话13800001111麻烦快点", "我的电话#麻烦快点"),
            ("电话 138 0000 1111", "电话 #"),
            ("订单号是20240101-777888", "订单号是#"),
            ("运单SF1234567890123到哪了", "运单#到哪了"),
            ("身份证11010119900101123X可以吗", "身份证#可以吗"),
            ("１３８００００１１１１", "#"),
        ] {
            assert_eq!(masked(text), kept);
        }
    }

    #[test]
    fn addresses_and_names_are_not_kept() {
        for (text, kept) in [
            ("发到someone@mail.example吧", "发到#吧"),
            ("看这个https://shop.example/a?b=1 有货吗", "看这个# 有货吗"),
            ("改到幸福路12号3栋501室", "改到幸福路#号#栋#室"),
            ("我叫王小明,什么时候发货", "我叫#,什么时候发货"),
            ("我姓欧阳", "我姓#"),
        ] {
            assert_eq!(masked(text), kept);
        }
    }

    #[test]
    fn what_is_asked_stays() {
        for text in ["3号能发货吗", "买2件多少钱", "500ml 的还有吗", "48小时内发货吗", "180斤穿XXL还是3XL", "5.5折"]
        {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn a_long_message_is_cut() {
        assert_eq!(masked(&"长".repeat(1_000)).chars().count(), LESSON_CHARS_MAX);
    }

    proptest! {
        #[test]
        fn no_long_number_is_ever_kept(text in prop_oneof![any::<String>(), "[0-9我叫姓a-z@.:/ 路号#-]{0,40}"]) {
            let once = masked(&text);
            prop_assert!(once.chars().count() <= LESSON_CHARS_MAX);
            prop_assert!(!once.chars().collect::<Vec<_>>().windows(6).any(|six| six.iter().all(char::is_ascii_digit)));
        }
    }
}
