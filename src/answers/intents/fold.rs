//! What a shopper says in many ways, brought to one: polite words dropped, "when" in its dozen forms made one token.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::super::grams::GramHasher;
use super::super::normal::normalise;

/// How much of one clause is read, in tokens.
pub(super) const CLAUSE_TOKENS_MAX: usize = 48;
/// How many clauses of a text are read.
pub(super) const CLAUSES_MAX: usize = 12;
/// How much of a text is read, in characters.
const TEXT_CHARS_MAX: usize = 400;
/// The longest name of a small picture, with its brackets.
const PICTURE_CHARS_MAX: usize = 8;
/// Stands for any number but one.
const NUMBER: char = '0';

const TRADITIONAL: &str = "麼么嗎吗貨货發发時时間间錢钱運运費费郵邮質质碼码顏颜尺尺換换貴贵樣样個个這这還还來来優优惠惠贈赠禮礼過过\
    敏敏說说覺觉會会開开壞坏寄寄號号東东買买賣卖單单快快遞递們们麗丽點点兒儿幾几長长溫温夠够熱热燙烫膚肤婦妇軟软\
    舊旧裝装裡里裏里內内盒盒對对錯错漏漏補补員员務务經经濟济無无產产給给從从後后價价報报實实體体證证書书應应該该選选";

type ByCharacter<T> = HashMap<char, T, BuildHasherDefault<GramHasher>>;

/// A word and the tokens it stands for.
type Phrase = (Vec<char>, Vec<char>);

/// Words with one meaning, by their first character, the longest first.
pub(super) struct Phrases {
    by_first: ByCharacter<Vec<Phrase>>,
    simplified: ByCharacter<char>,
}

impl Phrases {
    pub(super) fn read(text: &str) -> Self {
        let mut by_first: ByCharacter<Vec<Phrase>> = ByCharacter::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split(' ');
            let token = words.next().unwrap_or_default();
            for word in words.filter(|word| !word.is_empty()) {
                let to = match token {
                    "-" => Vec::new(),
                    "=" => word.chars().collect(),
                    token => token.chars().collect(),
                };
                let word: Vec<char> = word.chars().collect();
                by_first.entry(word[0]).or_default().push((word, to));
            }
        }
        for list in by_first.values_mut() {
            list.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        }
        let pairs: Vec<char> = TRADITIONAL.chars().collect();
        let simplified = pairs.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        Self { by_first, simplified }
    }

    /// The clauses of a text as tokens, in their order; those that say nothing are left out.
    pub(super) fn clauses(&self, text: &str) -> Vec<Vec<char>> {
        let read: String = text.chars().take(TEXT_CHARS_MAX).collect();
        let chars: Vec<char> =
            normalise(&read).chars().iter().map(|c| self.simplified.get(c).copied().unwrap_or(*c)).collect();
        let chars = without_pictures(&chars);
        let parts = chars.split(|c| !c.is_alphanumeric()).flat_map(questions);
        parts.map(|part| self.tokens(part)).filter(|tokens| says_something(tokens)).take(CLAUSES_MAX).collect()
    }

    fn tokens(&self, clause: &[char]) -> Vec<char> {
        let clause = without_alternatives(clause);
        let mut tokens = Vec::with_capacity(clause.len());
        let mut at = 0;
        while at < clause.len() && tokens.len() < CLAUSE_TOKENS_MAX {
            if let Some((word, to)) = self.at(&clause[at..]) {
                tokens.extend(to);
                at += word.len();
            } else if is_number(clause[at]) {
                let end = clause[at..].iter().position(|c| !is_number(*c)).map_or(clause.len(), |length| at + length);
                tokens.push(if clause[at..end] == ['1'] { '一' } else { NUMBER });
                at = end;
            } else {
                tokens.push(clause[at]);
                at += 1;
            }
        }
        without_tail(tokens)
    }

    fn at(&self, rest: &[char]) -> Option<&Phrase> {
        self.by_first.get(&rest[0])?.iter().find(|(word, _)| rest.starts_with(word) && is_whole(word, rest))
    }
}

/// Small pictures come as their names in brackets.
fn without_pictures(chars: &[char]) -> Vec<char> {
    let mut out = Vec::with_capacity(chars.len());
    let mut at = 0;
    while at < chars.len() {
        let name = (chars[at] == '[').then(|| chars[at..].iter().take(PICTURE_CHARS_MAX).position(|c| *c == ']'));
        match name.flatten() {
            Some(length) => {
                out.push(' ');
                at += length + 1;
            }
            None => {
                out.push(chars[at]);
                at += 1;
            }
        }
    }
    out
}

/// A word in letters ends where the letters end.
fn is_whole(word: &[char], rest: &[char]) -> bool {
    let in_letters = word.last().is_some_and(char::is_ascii_alphanumeric);
    !in_letters || !rest.get(word.len()).is_some_and(char::is_ascii_alphanumeric)
}

fn is_number(c: char) -> bool {
    c.is_ascii_digit() || "二两三四五六七八九十百千".contains(c)
}

/// Phones send questions without punctuation: a particle that asks ends one.
fn questions(part: &[char]) -> Vec<&[char]> {
    let mut out = Vec::new();
    let mut from = 0;
    for at in 0..part.len() {
        if "吗嘛呢".contains(part[at]) && at + 1 < part.len() {
            out.push(&part[from..=at]);
            from = at + 1;
        }
    }
    out.push(&part[from..]);
    out
}

/// "Hot or not hot" asks the same as "hot".
fn without_alternatives(clause: &[char]) -> Vec<char> {
    let mut out = Vec::with_capacity(clause.len());
    let mut at = 0;
    while at < clause.len() {
        out.push(clause[at]);
        let doubled = at + 2 < clause.len() && clause[at] == clause[at + 2] && "不没".contains(clause[at + 1]);
        at += if doubled { 3 } else { 1 };
    }
    out
}

/// "Can be cheaper, no?": the last word only asks.
fn without_tail(mut tokens: Vec<char>) -> Vec<char> {
    if tokens.len() > 1 && tokens.last().is_some_and(|last| "不没否".contains(*last)) {
        tokens.pop();
    }
    tokens
}

fn says_something(tokens: &[char]) -> bool {
    tokens.iter().any(|token| *token != NUMBER)
}
