//! Which characters are read as which: other scripts, other digits, parts of characters.

use std::sync::OnceLock;

use super::fold::Plain;
use crate::answers::simplified;
use crate::order;

/// Letters of other alphabets and dressed-up letters, each followed by the letter that it is read as.
const LETTERS: &str = "аaвbсcԁdеeёeғfһhіiїiјjкkмmнnоoрpԛqгrѕsтtуyѵvԝwхxзz\
    αaβbγyεeηnιiκkνvοoρpτtυuχxωwσoμuϲc\
    āaáaǎaàaâaäaãaåaēeéeěeèeêeëeīiíiǐiìiîiïiōoóoǒoòoôoöoõoøoūuúuǔuùuûuüuǖuǘuǚuǜuçcñnýyÿy\
    ᴀaʙbᴄcᴅdᴇeɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpʀrᴛtᴜuᴠvᴡwʏyᴢzʋvıiɑaɡgⅴvⅹx∨v⋁v";

/// Numerals, each followed by its digit.
const NUMERALS: &str = "零0〇0一1二2三3四4五5六6七7八8九9壹1贰2貳2弍2叁3參3肆4伍5陆6陸6柒7捌8玖9幺1Ⅰ1Ⅱ2Ⅲ3Ⅳ4Ⅵ6Ⅶ7Ⅷ8Ⅸ9ⅰ1ⅱ2ⅲ3ⅳ4ⅵ6ⅶ7ⅷ8ⅸ9\
    ⁰0¹1²2³3⁴4⁵5⁶6⁷7⁸8⁹9";

/// Where runs of dressed-up numbers begin: the first character, its number, and how many follow one another.
const NUMBERS: [(u32, u32, u32); 20] = [
    (0x2460, 1, 20),
    (0x2474, 1, 20),
    (0x2488, 1, 20),
    (0x24ea, 0, 1),
    (0x24eb, 11, 10),
    (0x24f5, 1, 10),
    (0x24ff, 0, 1),
    (0x2776, 1, 10),
    (0x2780, 1, 10),
    (0x278a, 1, 10),
    (0x3220, 1, 10),
    (0x3280, 1, 10),
    (0x2080, 0, 10),
    (0x0660, 0, 10),
    (0x06f0, 0, 10),
    (0x0966, 0, 10),
    (0x09e6, 0, 10),
    (0x0e50, 0, 10),
    (0x1f100, 0, 1),
    (0x1f101, 0, 10),
];

/// Where alphabets of dressed-up letters begin.
const ALPHABETS: [u32; 7] = [0x249c, 0x24b6, 0x24d0, 0x1f110, 0x1f130, 0x1f150, 0x1f170];

/// Hearts are read as 心, which sounds like 信.
const HEARTS: &str = "❤♥♡❥💓💕💖💗💘💙💚💛💜💝💞🖤🤍🤎🧡";

/// Two parts of a character, followed by the character.
const PARTS: [(char, char, char); 10] = [
    ('亻', '言', '信'),
    ('讠', '正', '证'),
    ('訁', '正', '证'),
    ('纟', '色', '绝'),
    ('又', '寸', '对'),
    ('氵', '台', '治'),
    ('亻', '呆', '保'),
    ('扌', '我', '我'),
    ('钅', '艮', '银'),
    ('扌', '丑', '扭'),
];

/// What a character is.
pub(super) fn plain(written: char) -> Plain {
    match written {
        'a'..='z' | '0'..='9' => Plain::Is(written, written, false),
        'A'..='Z' => is(written.to_ascii_lowercase()),
        '\u{4e00}'..='\u{9fff}' => Plain::Is(han(written), written, false),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(written) - 0xfee0).map_or(Plain::Between, plain),
        '+' | '➕' | '✚' | '⊕' | '﹢' | '⁺' => Plain::Is('加', '加', true),
        '√' | '✓' | '✔' => Plain::Is('v', 'v', true),
        '×' | '✕' | '✖' | '✗' | '✘' => Plain::Is('x', 'x', true),
        '@' | '%' | '🐧' => Plain::Is(written, written, true),
        '﹪' | '٪' => Plain::Is('%', '%', true),
        '﹫' => Plain::Is('@', '@', true),
        _ if unseen(written) => Plain::Unseen,
        _ if HEARTS.contains(written) => Plain::Is('心', '心', true),
        _ => foreign(written),
    }
}

fn is(plain: char) -> Plain {
    Plain::Is(plain, plain, false)
}

fn han(written: char) -> char {
    paired(written).unwrap_or_else(|| simplified(written))
}

fn foreign(written: char) -> Plain {
    let lower = written.to_lowercase().next().unwrap_or(written);
    if let Some(plain) = paired(written).or_else(|| paired(lower)) {
        return is(plain);
    }
    let code = u32::from(written);
    let letter = |place: u32| char::from_u32(u32::from('a') + place % 26).map_or(Plain::Between, is);
    match code {
        0x1d400..=0x1d6a3 => return letter(code - 0x1d400),
        0x1d7ce..=0x1d7ff => return Plain::Number((code - 0x1d7ce) % 10),
        0x1f1e6..=0x1f1ff => return letter(code - 0x1f1e6),
        _ => {}
    }
    if let Some(first) = ALPHABETS.iter().find(|first| (**first..**first + 26).contains(&code)) {
        return letter(code - first);
    }
    if let Some((first, number, _)) = NUMBERS.iter().find(|(first, _, count)| (*first..first + count).contains(&code)) {
        return Plain::Number(number + code - first);
    }
    if written.is_alphanumeric() { is(lower) } else { Plain::Between }
}

/// The character that two parts make side by side.
pub(super) fn whole(left: char, right: char) -> Option<char> {
    PARTS.iter().find(|(a, b, _)| (*a, *b) == (left, right)).map(|(_, _, whole)| *whole)
}

/// Joiners, direction marks, variation selectors, marks upon letters, key caps.
fn unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{20d0}'..='\u{20ff}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

/// The plain form of a character in one of the tables.
fn paired(written: char) -> Option<char> {
    static TABLE: OnceLock<Vec<(char, char)>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let mut pairs: Vec<(char, char)> = [LETTERS, NUMERALS].into_iter().flat_map(pairs).collect();
        order::sort_by(&mut pairs, Ord::cmp);
        pairs
    });
    let place = table.binary_search_by_key(&written, |(from, _)| *from).ok()?;
    Some(table[place].1)
}

fn pairs(joined: &str) -> impl Iterator<Item = (char, char)> {
    let mut chars = joined.chars();
    std::iter::from_fn(move || Some((chars.next()?, chars.next()?)))
}
