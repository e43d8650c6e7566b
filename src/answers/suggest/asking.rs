//! What kind of question a text asks, and whether it denies.

/// The words that ask how, why, when, where and how many; others with their meaning were read as these.
const KINDS: [[char; 2]; 5] = [['怎', '么'], ['为', '何'], ['何', '时'], ['何', '处'], ['多', '少']];
/// The characters that deny.
const DENIALS: [char; 5] = ['不', '没', '无', '未', '别'];

/// Kinds of questions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Asks(u8);

impl Asks {
    /// What a text asks, by what it means.
    pub(super) fn of(meaning: &[char]) -> Self {
        let has = |kind: &[char; 2]| meaning.windows(2).any(|pair| pair == kind);
        Self(KINDS.iter().enumerate().map(|(place, kind)| u8::from(has(kind)) << place).sum())
    }

    /// Whether one kind is in both.
    pub(super) fn shares(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Whether a text denies something, by what it means: "能不能" was read as "能".
pub(super) fn denies(meaning: &[char]) -> bool {
    meaning.iter().any(|character| DENIALS.contains(character))
}

#[cfg(test)]
mod tests {
    use super::super::folding::{meaning, read};
    use super::*;

    fn meaning_of(text: &str) -> Vec<char> {
        meaning(&read(text, 100))
    }

    fn share(one: &str, other: &str) -> bool {
        Asks::of(&meaning_of(one)).shares(Asks::of(&meaning_of(other)))
    }

    #[test]
    fn questions_of_one_kind_are_known_in_other_words() {
        assert!(share("啥时候能寄出", "几天到货"));
        assert!(share("这个杯子咋洗", "如何清洗杯子"));
        assert!(share("为啥还没发货,多久能到", "什么时候到"));
    }

    #[test]
    fn other_kinds_and_no_questions_share_nothing() {
        assert!(!share("怎么退货", "为什么退货"));
        assert!(!share("帐篷多少钱", "帐篷几点发货"));
        assert!(!share("有货吗", "有货吗"));
        assert!(!share("", ""));
    }

    #[test]
    fn asking_whether_does_not_deny() {
        for text in ["能不能发顺丰", "可不可以退", "是不是正品", "杯子漏水"] {
            assert!(!denies(&meaning_of(text)), "{text}");
        }
        for text in ["不能发顺丰", "优惠券用不了", "还没收到货", "无法下单"] {
            assert!(denies(&meaning_of(text)), "{text}");
        }
    }
}
