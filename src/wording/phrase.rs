//! How a phrase of a rule is written.
//!
//! Plain words are found through every disguise that [`super::fold`] knows, through their pinyin in letters, and, from
//! four characters on, when up to half of the characters were changed for others of the same sound. Spaces and marks in
//! a phrase mean nothing. More is said with:
//!
//! | written | finds |
//! | --- | --- |
//! | `~微信`, `{~微信\|vx}` | the words by their sound alone, whatever the characters |
//! | `质量[最好]` | the words between the brackets, when the others stand around them |
//! | `{加\|添加\|扫}微信` | one of several |
//! | `加{any 0-3}微信` | up to three characters of the same clause between |
//! | `尾号{digits 3-4}` | a number of three or four digits |
//! | `{account}` `{phone}` `{link}` `{mail}` `{identity}` `{card}` | what looks like one |
//! | `{not}` | 不, 没, 无, 未, 别, 勿, 非, 莫, 难, 禁 |
//! | `{surname}` | a common family name |
//! | `最好{end}` | the words at the end of a clause |
//! | `{not}{any 0-3}{words}` | in exceptions: what the rule found, with words around it |

use super::fold::{self, Unit};
use crate::answers::{Syllable, readings};

/// The most characters that `{any}` may stand for.
const ANY_MAX: usize = 20;
/// The most digits that `{digits}` may stand for.
const DIGITS_MAX: usize = 40;
/// The most `{any}` in one phrase: each multiplies the ways to read a text.
const ANY_COUNT_MAX: usize = 3;
/// From so many characters on, words are found when some were changed for others of the same sound.
const HEARD_FROM: usize = 4;

/// What turns a word into its opposite.
const NEGATIONS: &str = "不没无未别勿非莫难禁";
/// The family names of most people.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈\
    姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";

/// What is recognised by its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Account,
    Phone,
    Link,
    Mail,
    Identity,
    Card,
}

/// A part of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A letter, a digit or a character, in its plain form, with its usual reading.
    Char(char, Option<Syllable>),
    Any(usize, usize),
    Digits(usize, usize),
    Shape(Shape),
    /// One of several characters.
    OneOf(&'static str),
    /// The words that the rule found.
    Words,
    /// The end of a clause.
    End,
    /// Here the words begin, when they are not the whole phrase.
    Open,
    /// Here the words end.
    Close,
}

/// A phrase, ready to be looked for: pieces one after another, each of which may be one of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phrase {
    pub pieces: Vec<Vec<Choice>>,
}

/// What stands in one place of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub steps: Vec<Step>,
    /// How many characters may be others of the same sound.
    pub heard: usize,
    /// How many characters it has.
    pub spoken: usize,
}

impl Choice {
    fn says_something(&self) -> bool {
        self.steps.iter().any(|step| !matches!(step, Step::Open | Step::Close | Step::End))
    }

    fn is_any(&self) -> bool {
        matches!(self.steps[..], [Step::Any(..)])
    }
}

impl Phrase {
    /// Everything that a text may begin with: the piece, the choice, its first step.
    pub(super) fn firsts(&self) -> Vec<(usize, usize, &Step)> {
        let mut firsts = Vec::new();
        for (piece, choices) in self.pieces.iter().enumerate() {
            let said = choices.iter().enumerate().filter(|(_, choice)| choice.says_something());
            firsts.extend(said.filter_map(|(place, choice)| Some((piece, place, choice.steps.first()?))));
            if choices.iter().all(Choice::says_something) {
                break;
            }
        }
        firsts
    }

    /// A phrase begins and ends with something definite, and there are few ways to read it.
    fn is_definite(&self) -> bool {
        let can_be_nothing = |choices: &&Vec<Choice>| !choices.iter().all(Choice::says_something);
        let is_any = |choices: &Vec<Choice>| choices.iter().any(Choice::is_any);
        let first = self.pieces.iter().find(|choices| !can_be_nothing(choices) || is_any(choices));
        let last = self.pieces.iter().rev().find(|choices| !can_be_nothing(choices) || is_any(choices));
        let open = first.is_some_and(is_any) || last.is_some_and(is_any);
        !open && self.pieces.iter().filter(|choices| is_any(choices)).count() <= ANY_COUNT_MAX
    }

    /// No brackets, or one pair of them around something.
    fn is_marked(&self) -> bool {
        let is_only = |choices: &[Choice], step: &Step| choices.len() == 1 && choices[0].steps[..] == [step.clone()];
        let places = |step: Step| -> Vec<usize> {
            (0..self.pieces.len()).filter(|place| is_only(&self.pieces[*place], &step)).collect()
        };
        match (&places(Step::Open)[..], &places(Step::Close)[..]) {
            ([], []) => true,
            ([open], [close]) if open < close => {
                self.pieces[*open..*close].iter().flatten().any(Choice::says_something)
            }
            _ => false,
        }
    }
}

/// The phrase cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

/// What a written phrase says; `None` when nothing is left of it but punctuation.
pub(super) fn phrase(written: &str) -> Result<Option<Phrase>, Unreadable> {
    let mut pieces = Vec::new();
    let mut rest = written;
    while let Some((before, braced)) = rest.split_once('{') {
        let (inside, after) = braced.split_once('}').ok_or(Unreadable)?;
        if before.contains('}') || inside.contains('{') {
            return Err(Unreadable);
        }
        bracketed(before, &mut pieces);
        pieces.push(choices(inside.trim())?);
        rest = after;
    }
    if rest.contains('}') {
        return Err(Unreadable);
    }
    bracketed(rest, &mut pieces);
    let phrase = Phrase { pieces };
    if !phrase.pieces.iter().flatten().any(Choice::says_something) {
        return Ok(None);
    }
    if phrase.is_definite() && phrase.is_marked() { Ok(Some(phrase)) } else { Err(Unreadable) }
}

/// What a pair of braces stands for.
fn choices(inside: &str) -> Result<Vec<Choice>, Unreadable> {
    if inside.contains('|') {
        let mut choices: Vec<Choice> = inside.split('|').map(spelled).collect();
        let mut nothing = choices.iter().filter(|choice| choice.steps.is_empty());
        let several_nothings = nothing.nth(1).is_some();
        if several_nothings {
            choices.retain(|choice| !choice.steps.is_empty());
            choices.push(spelled(""));
        }
        return Ok(choices);
    }
    let step = match inside.split_once(' ').map_or((inside, ""), |(name, rest)| (name, rest.trim())) {
        ("any", range) => between(range, ANY_MAX).map(|(min, max)| Step::Any(min, max))?,
        ("digits", range) => between(range, DIGITS_MAX).map(|(min, max)| Step::Digits(min.max(1), max))?,
        ("account", "") => Step::Shape(Shape::Account),
        ("phone", "") => Step::Shape(Shape::Phone),
        ("link", "") => Step::Shape(Shape::Link),
        ("mail", "") => Step::Shape(Shape::Mail),
        ("identity", "") => Step::Shape(Shape::Identity),
        ("card", "") => Step::Shape(Shape::Card),
        ("not", "") => Step::OneOf(NEGATIONS),
        ("surname", "") => Step::OneOf(SURNAMES),
        ("words", "") => Step::Words,
        ("end", "") => Step::End,
        _ if !inside.is_ascii() => return Ok(vec![spelled(inside)]),
        _ => return Err(Unreadable),
    };
    Ok(vec![only(step)])
}

fn only(step: Step) -> Choice {
    Choice { steps: vec![step], heard: 0, spoken: 0 }
}

/// Words in which brackets mark those that count.
fn bracketed(words: &str, pieces: &mut Vec<Vec<Choice>>) {
    for part in words.split_inclusive(['[', ']']) {
        let spelled = spelled(part.trim_end_matches(['[', ']']));
        if spelled.says_something() {
            pieces.push(vec![spelled]);
        }
        match part.chars().next_back() {
            Some('[') => pieces.push(vec![only(Step::Open)]),
            Some(']') => pieces.push(vec![only(Step::Close)]),
            _ => {}
        }
    }
}

fn spelled(words: &str) -> Choice {
    let free = words.trim_start().starts_with(['~', '～']);
    let step = |unit: Unit| Step::Char(unit.plain, readings(unit.read).first().copied());
    let steps: Vec<Step> = fold::units(words).into_iter().map(step).collect();
    let spoken = steps.iter().filter(|step| matches!(step, Step::Char(_, Some(_)))).count();
    let heard = match spoken {
        _ if free => spoken,
        0..HEARD_FROM => 0,
        _ => spoken / 2,
    };
    Choice { spoken: steps.len(), steps, heard }
}

fn between(range: &str, most: usize) -> Result<(usize, usize), Unreadable> {
    let (min, max) = range.split_once('-').unwrap_or((range, range));
    let number = |text: &str| text.trim().parse::<usize>().map_err(|_| Unreadable);
    let (min, max) = (number(min)?, number(max)?);
    if min > max || max == 0 || max > most { Err(Unreadable) } else { Ok((min, max)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_counts_from_four_characters_on_or_when_asked() {
        let heard = |written: &str| phrase(written).unwrap().unwrap().pieces[0][0].heard;
        let cases = [("最好", 0), ("~最好", 2), ("国家级", 0), ("药到病除", 2), ("{~最好|很好}的", 2), ("vx", 0)];
        assert_eq!(cases.map(|(written, _)| heard(written)), cases.map(|(_, count)| count));
    }

    #[test]
    fn a_phrase_may_begin_with_each_of_its_choices() {
        let phrase = phrase("{|加|v}[微信]").unwrap().unwrap();
        let firsts: Vec<char> = phrase
            .firsts()
            .iter()
            .map(|(_, _, step)| match step {
                Step::Char(plain, _) => *plain,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(firsts, ['加', 'v', '微']);
    }

    #[test]
    fn what_says_nothing_is_no_phrase() {
        for nothing in ["", "  ", "…", "。、", "~", "🎉", "{|}", "{end}"] {
            assert_eq!(phrase(nothing), Ok(None), "{nothing:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for wrong in ["{", "}", "a}b", "{{any 1}}", "{any}", "{any 3-1}", "{any 0-21}", "{digits x}", "{foo}", "{}"] {
            assert_eq!(phrase(wrong), Err(Unreadable), "{wrong:?}");
        }
        for open in ["{any 1}a", "a{any 1}", "{|b}{any 1}a", "{any 1-3}", "[a", "a[]b", "[a][b]", "]a["] {
            assert_eq!(phrase(open), Err(Unreadable), "{open:?}");
        }
        assert_eq!(phrase(&format!("b{}", "{any 0-3}a".repeat(4))), Err(Unreadable));
    }
}
