//! Words with one meaning made one word, so that a question and its paraphrase hold the same characters.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::super::normal::normalise;

const WORDS: &str = include_str!("words.txt");
/// The word that stands for words to be dropped.
const DROPPED: &str = "-";
/// Runs of digits from here on are order or telephone numbers.
const NUMBER_DIGITS_MIN: usize = 5;

/// A word and what it is read as.
type Reading = (Box<[char]>, Box<[char]>);

/// The words of the trade, by their first character, the longest first.
struct Words {
    by_first: HashMap<char, Vec<Reading>>,
}

/// A question as it is compared: folded characters, without words that say nothing and with synonyms made one.
pub(in super::super) fn meaning(text: &[char]) -> Vec<char> {
    words().read(&spoken(text))
}

/// The characters that are spoken: no punctuation, no long numbers.
pub(in super::super) fn spoken(text: &[char]) -> Vec<char> {
    let parts = text.chunk_by(|one, next| one.is_ascii_digit() == next.is_ascii_digit());
    let told = parts.filter(|part| !part[0].is_ascii_digit() || part.len() < NUMBER_DIGITS_MIN);
    told.flatten().copied().filter(|character| character.is_alphanumeric()).collect()
}

/// The folded characters of the first part of a text.
pub(in super::super) fn read(text: &str, chars_max: usize) -> Vec<char> {
    let read: String = text.chars().take(chars_max).collect();
    normalise(&read).chars().to_vec()
}

fn words() -> &'static Words {
    static WORDS_READ: OnceLock<Words> = OnceLock::new();
    WORDS_READ.get_or_init(|| Words::new(WORDS))
}

impl Words {
    fn new(text: &str) -> Self {
        let mut by_first: HashMap<char, Vec<Reading>> = HashMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split_whitespace();
            let Some(kept) = words.next() else { continue };
            let kept: Box<[char]> = if kept == DROPPED { Box::default() } else { kept.chars().collect() };
            // A kept word stands for itself, or a part of it would be read as another word.
            let itself = (kept.len() > 1).then(|| kept.clone());
            for word in words.map(|word| word.chars().collect()).chain(itself) {
                by_first.entry(word[0]).or_default().push((word, kept.clone()));
            }
        }
        by_first.values_mut().for_each(|list| list.sort_by_key(|(word, _)| std::cmp::Reverse(word.len())));
        Self { by_first }
    }

    fn read(&self, text: &[char]) -> Vec<char> {
        let mut out = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some((first, after)) = rest.split_first() {
            let readings = self.by_first.get(first).map_or(&[][..], Vec::as_slice);
            if let Some((word, kept)) = readings.iter().find(|(word, _)| rest.starts_with(word)) {
                out.extend(kept.iter());
                rest = &rest[word.len()..];
            } else {
                out.push(*first);
                rest = after;
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning_of(text: &str) -> String {
        meaning(&read(text, 100)).into_iter().collect()
    }

    #[test]
    fn paraphrases_are_read_alike() {
        for (one, other) in [
            ("请问怎么样才能关掉自动续费?", "如何取消自动续费"),
            ("啥时候能寄出呀", "什么时候可以发货"),
            ("我咋改手机号码", "怎么修改电话号"),
        ] {
            assert_eq!(meaning_of(one), meaning_of(other));
        }
    }

    #[test]
    fn what_differs_in_meaning_stays_apart() {
        for (one, other) in [("怎么退货", "怎么换货"), ("能发顺丰吗", "不能发顺丰吗"), ("几点发货", "哪里发货")]
        {
            assert_ne!(meaning_of(one), meaning_of(other));
        }
    }

    #[test]
    fn long_numbers_and_polite_words_say_nothing() {
        assert_eq!(meaning_of("您好,请问 20240101888 呢"), "");
        assert_eq!(meaning_of("110"), "110");
    }

    #[test]
    fn no_word_is_listed_twice() {
        let words = words();
        for list in words.by_first.values() {
            let mut seen: Vec<&[char]> = list.iter().map(|(word, _)| &**word).collect();
            seen.sort_unstable();
            let all = seen.len();
            seen.dedup();
            assert_eq!(seen.len(), all, "{seen:?}");
        }
    }
}
