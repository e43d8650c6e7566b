//! What is recognised by its shape: phone numbers, addresses of pages and mail, accounts, numbers of cards.

use super::fold::{Gap, Unit};
use super::phrase::Shape;

/// The longest number that is looked at.
const NUMBER_DIGITS_MAX: usize = 40;
/// The longest address that is looked at, in units.
const ADDRESS_UNITS_MAX: usize = 200;
/// The longest name that is looked at, in units.
const WORD_UNITS_MAX: usize = 64;
const ACCOUNT_CHARS: std::ops::RangeInclusive<usize> = 6..=20;
const ENDINGS: [&str; 16] =
    ["com", "cn", "net", "org", "cc", "top", "vip", "shop", "xyz", "info", "biz", "site", "club", "store", "tv", "ltd"];

/// Addresses of marketplaces and of what shops work with do not lead away.
const MARKETPLACES: [&str; 16] = [
    "jd",
    "taobao",
    "tmall",
    "tb",
    "alipay",
    "1688",
    "pinduoduo",
    "yangkeduo",
    "douyin",
    "jinritemai",
    "kuaishou",
    "xiaohongshu",
    "suning",
    "vip",
    "dangdang",
    "weidian",
];

/// Where a shape that begins at a place ends.
pub(super) fn end(shape: Shape, units: &[Unit], at: usize) -> Option<usize> {
    match shape {
        Shape::Account => account(units, at),
        Shape::Phone => phone(units, at),
        Shape::Link => link(units, at),
        Shape::Mail => mail(units, at),
        Shape::Identity => identity(units, at),
        Shape::Card => card(units, at),
    }
}

/// Where a number that begins here ends; `None` in the middle of one, or when it is longer than any number we know.
pub(super) fn number(units: &[Unit], at: usize) -> Option<usize> {
    let follows = |place: usize| units[place].gap < Gap::Clause && units[place - 1].is_digit();
    if !units.get(at)?.is_digit() || (at > 0 && follows(at)) {
        return None;
    }
    let limit = units.len().min(at + NUMBER_DIGITS_MAX + 1);
    let end = (at + 1..limit).find(|place| !(units[*place].is_digit() && follows(*place))).unwrap_or(limit);
    (end - at <= NUMBER_DIGITS_MAX).then_some(end)
}

/// Eleven digits of a mobile phone, with or without the number of the country, grouped as people group them.
fn phone(units: &[Unit], at: usize) -> Option<usize> {
    let end = number(units, at)?;
    let digits = &units[at..end];
    let local = match digits.len() {
        11 => digits,
        13 if plain(&digits[..2], "86") => &digits[2..],
        15 if plain(&digits[..4], "0086") => &digits[4..],
        _ => return None,
    };
    let mobile = local[0].plain == '1' && ('3'..='9').contains(&local[1].plain);
    (mobile && grouped(local)).then_some(end)
}

/// A row of sizes or prices may have eleven digits as well: more than three groups are one number only when they are
/// short ones.
fn grouped(digits: &[Unit]) -> bool {
    let groups = 1 + digits[1..].iter().filter(|unit| unit.gap > Gap::None).count();
    groups <= 3 || digits.len() <= groups * 2
}

fn plain(units: &[Unit], text: &str) -> bool {
    units.len() == text.len() && units.iter().zip(text.chars()).all(|(unit, c)| unit.plain == c)
}

fn is_word(unit: Unit) -> bool {
    unit.is_letter() || unit.is_digit()
}

/// Where the letters and digits that stand together end.
fn word(units: &[Unit], at: usize) -> usize {
    let mut end = at;
    while end < units.len().min(at + WORD_UNITS_MAX)
        && is_word(units[end])
        && (end == at || units[end].gap == Gap::None)
    {
        end += 1;
    }
    end
}

/// Whether letters and digits that stand together begin here.
pub(super) fn begins_word(units: &[Unit], at: usize) -> bool {
    let Some(unit) = units.get(at) else { return false };
    is_word(*unit) && (at == 0 || unit.gap > Gap::None || !is_word(units[at - 1]))
}

/// Letters and digits as long as names of accounts are; in the middle of a word only with a digit.
fn account(units: &[Unit], at: usize) -> Option<usize> {
    let mut end = word(units, at);
    // One mark, as in `abc_123`, does not end a name.
    let marked = |end: usize| units.get(end).is_some_and(|unit| is_word(*unit) && unit.from == units[end - 1].to + 1);
    if end > at && marked(end) && word(units, end) - at <= *ACCOUNT_CHARS.end() {
        end = word(units, end);
    }
    let has_digit = units.get(at..end)?.iter().any(|unit| unit.is_digit());
    let whole = end > at && end == word(units, at) && begins_word(units, at);
    ((has_digit || whole) && ACCOUNT_CHARS.contains(&(end - at))).then_some(end)
}

/// Names joined by dots, the last of them one that addresses end with; after `http` whatever is joined.
fn link(units: &[Unit], at: usize) -> Option<usize> {
    if !begins_word(units, at) {
        return None;
    }
    let units = &units[..units.len().min(at + ADDRESS_UNITS_MAX)];
    let mut names = vec![(at, joined(units, at))];
    let opened = ["http", "https"].iter().any(|start| plain(&units[at..names[0].1], start));
    if opened {
        let from = names.remove(0).1;
        units.get(from).filter(|unit| is_word(**unit) && unit.gap == Gap::Light)?;
        names.push((from, joined(units, from)));
    }
    let name = |(from, to): (usize, usize)| units[from..to].iter().map(|unit| unit.plain).collect::<String>();
    while let Some(next) = names.last().and_then(|(_, end)| dot(units, *end)) {
        names.push((next, joined(units, next)));
    }
    let ending =
        names.iter().skip(1).rposition(|known| ENDINGS.contains(&name(*known).as_str())).map(|place| place + 1);
    let last = ending.or_else(|| (opened && names.len() > 1).then(|| names.len() - 1))?;
    let own = |named: &(usize, usize)| MARKETPLACES.contains(&name(*named).as_str());
    let leads_away = !names[..last].iter().rev().take(2).any(own);
    let long_enough = opened || last > 1 || names[0].1 - names[0].0 > 1;
    (leads_away && long_enough).then_some(names[last].1)
}

/// A name of an address: letters and digits, perhaps spaced out one by one, never across a dot.
fn joined(units: &[Unit], at: usize) -> usize {
    let mut end = word(units, at);
    let spaced = |place: usize| {
        units.get(place).is_some_and(|unit| is_word(*unit) && unit.gap == Gap::Light && !unit.dotted)
            && (place - at == 1 || units[place - 1].gap == Gap::Light)
            && word(units, place) == place + 1
    };
    while spaced(end) {
        end += 1;
    }
    end
}

/// Where the name after a dot begins. The character 点 is one too.
fn dot(units: &[Unit], end: usize) -> Option<usize> {
    let unit = units.get(end)?;
    if unit.plain == '点' || unit.plain == '丶' {
        return units.get(end + 1).filter(|next| is_word(**next)).map(|_| end + 1);
    }
    (unit.dotted && is_word(*unit)).then_some(end)
}

fn mail(units: &[Unit], at: usize) -> Option<usize> {
    if !begins_word(units, at) {
        return None;
    }
    let limit = units.len().min(at + ADDRESS_UNITS_MAX);
    let sign = word(units, at);
    if units[..limit].get(sign)?.plain != '@' || sign + 1 >= limit {
        return None;
    }
    link(units, sign + 1)
}

/// Eighteen digits with a date of birth where it has to be; the last may be an x.
fn identity(units: &[Unit], at: usize) -> Option<usize> {
    let mut end = number(units, at)?;
    if end - at == 17 && units.get(end).is_some_and(|unit| unit.plain == 'x') {
        end += 1;
    }
    let digits: String = units[at..end].iter().map(|unit| unit.plain).collect();
    let within = |part: &str, low: u32, high: u32| part.parse().is_ok_and(|number: u32| (low..=high).contains(&number));
    let dated = digits.len() == 18
        && within(&digits[6..10], 1900, 2099)
        && within(&digits[10..12], 1, 12)
        && within(&digits[12..14], 1, 31);
    dated.then_some(end)
}

/// Sixteen to nineteen digits as banks in China give them out.
fn card(units: &[Unit], at: usize) -> Option<usize> {
    let end = number(units, at)?;
    ((16..=19).contains(&(end - at)) && plain(&units[at..at + 2], "62")).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::fold::units;

    fn whole(shape: Shape, text: &str) -> bool {
        let units = units(text);
        end(shape, &units, 0) == Some(units.len())
    }

    #[test]
    fn phones_are_known_by_their_digits() {
        for phone in
            ["13800138000", "138-0013-8000", "１３８ ００１３ ８０００", "一三八零零一三八零零零", "+8613800138000"]
        {
            let units = units(phone.trim_start_matches('+'));
            assert_eq!(end(Shape::Phone, &units, 0), Some(units.len()), "{phone}");
        }
        for other in ["12800138000", "1380013800", "138001380001", "130 140 150 16", "2024-05-20 10:30"] {
            assert!(!whole(Shape::Phone, other), "{other}");
        }
    }

    #[test]
    fn addresses_are_known_by_their_endings() {
        for link in ["www.abc.com", "http://a.b", "abc.com", "abc点com", "shop123.top", "a b c . c o m"] {
            assert!(whole(Shape::Link, link), "{link}");
        }
        for other in ["iphone", "3.5", "v2.0", "abc", "35.5cm", "a.b"] {
            assert!(!whole(Shape::Link, other), "{other}");
        }
        for own in ["item.jd.com", "https://detail.tmall.com", "https://m.tb.cn"] {
            assert!(!whole(Shape::Link, own), "{own}");
        }
        assert!(whole(Shape::Mail, "abc123@qq.com"));
        assert!(!whole(Shape::Mail, "abc123@张三"));
    }

    #[test]
    fn nothing_stands_behind_the_end_of_a_text() {
        let units = units("加我");
        for shape in [Shape::Account, Shape::Phone, Shape::Link, Shape::Mail, Shape::Identity, Shape::Card] {
            assert_eq!(end(shape, &units, units.len()), None, "{shape:?}");
        }
    }

    #[test]
    fn papers_and_cards_are_known_by_their_digits() {
        assert!(whole(Shape::Identity, "110101199003071234"));
        assert!(whole(Shape::Identity, "11010119900307123X"));
        assert!(!whole(Shape::Identity, "110101189003071234"));
        assert!(!whole(Shape::Identity, "288101199013071234"));
        assert!(whole(Shape::Card, "6222 0200 1234 5678"));
        assert!(!whole(Shape::Card, "2222020012345678"));
    }
}
