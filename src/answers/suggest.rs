//! Suggestions: the articles that ask what a shopper asked, and silence when none does.

use super::entry::{EntryId, Field, Shelf};
use super::grams::{Gram, Posting};
use super::hits::best;
use super::index::Index;
use super::normal::normalise;

/// How many messages are looked back when the last say nothing.
pub const MESSAGES_READ: usize = 5;
/// How much of a message is read, in characters.
pub const MESSAGE_CHARS_READ: usize = 200;

/// BM25: how fast repetition stops to count.
const K1: f32 = 1.2;
/// BM25: how much long lines are held back.
const B: f32 = 0.75;
/// What the words of an answer count beside those of a question.
const ANSWER_WEIGHT: f32 = 0.15;
/// The least of the weight of the message, or of the wording when that is less, that both must share.
const SHARE_MIN: f32 = 0.35;
/// The least for what comes beside an article that shares enough.
const FURTHER_SHARE_MIN: f32 = 0.2;
/// What the commonest words count beside others that are as rare in the shop's own questions.
const COMMON_WEIGHT: f32 = 0.5;
/// How many of the best are compared closely.
const WEIGHED_MAX: usize = 50;
/// Fewer characters than this say nothing.
const MEANING_CHARS_MIN: usize = 2;

/// An article that fits what a shopper wrote.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The entry.
    pub id: EntryId,
    /// How well it fits; comparable within one call.
    pub score: f32,
    /// How much of what was asked, or of the wording, both share: 0 to about 1.
    pub share: f32,
    /// The title or wording that fits, as it was written.
    pub because: String,
    /// The field of that wording.
    pub field: Field,
    /// Which wording it is, from 0.
    pub line: usize,
}

impl Index {
    /// The articles that fit a shopper's unanswered messages (the newest last), the best first; often none.
    ///
    /// The newest message that says more than a greeting or a thanks is what counts.
    #[must_use]
    pub fn suggest(&self, messages: &[&str], limit: usize) -> Vec<Suggestion> {
        let recent = messages.iter().rev().take(MESSAGES_READ);
        let Some(asked) = recent.map(|message| Asked::new(message)).find(Asked::has_meaning) else {
            return Vec::new();
        };
        if limit == 0 || self.questions() == 0 {
            return Vec::new();
        }
        let total = self.told_by(&asked);
        let fits = self.fitting(&asked);
        let scores = fits.iter().flatten().map(|fit| (self.head(fit.line).entry, fit.score)).collect();
        let promising =
            best(self, scores, WEIGHED_MAX).into_iter().filter_map(|(slot, _)| fits[slot as usize].as_ref());
        let fitting = promising.filter(|fit| self.shares_a_pair(fit.line, &asked));
        let suggestions = fitting.map(|fit| self.suggestion(fit, total));
        let mut suggestions: Vec<Suggestion> = suggestions.filter(|fit| fit.share >= FURTHER_SHARE_MIN).collect();
        if suggestions.iter().take(limit).all(|suggestion| suggestion.share < SHARE_MIN) {
            return Vec::new();
        }
        suggestions.truncate(limit);
        suggestions
    }

    /// The best wording of each article that shares anything with what was asked.
    fn fitting(&self, asked: &Asked) -> Vec<Option<Fit>> {
        let mut of_lines = vec![0.0f32; self.line_slots()];
        for gram in &asked.grams {
            let rarity = self.rarity(*gram);
            self.add(&mut of_lines, self.grams(Shelf::Questions).get(*gram), rarity, self.question_chars_mean());
        }
        let mut fits: Vec<Option<Fit>> = vec![None; self.slots()];
        for (line, asked) in (0u32..).zip(&of_lines).filter(|(_, asked)| **asked > 0.0) {
            let fit = &mut fits[self.head(line).entry as usize];
            if fit.as_ref().is_none_or(|fit| *asked > fit.asked) {
                *fit = Some(Fit { line, asked: *asked, score: *asked });
            }
        }
        self.add_answers(asked, &mut fits);
        fits
    }

    fn add_answers(&self, asked: &Asked, fits: &mut [Option<Fit>]) {
        for gram in &asked.pairs {
            let weight = ANSWER_WEIGHT * self.rarity(*gram);
            for posting in self.grams(Shelf::Answers).get(*gram) {
                if let Some(fit) = &mut fits[self.head(posting.line()).entry as usize] {
                    fit.score += weight;
                }
            }
        }
    }

    fn add(&self, scores: &mut [f32], list: &[Posting], rarity: f32, mean: f32) {
        for posting in list {
            let times = posting.times() as f32;
            let length = self.head(posting.line()).chars as f32 / mean;
            scores[posting.line() as usize] += rarity * times * (K1 + 1.0) / (times + K1 * (1.0 - B + B * length));
        }
    }

    /// How much a gram tells: the less questions hold it, the more.
    fn rarity(&self, gram: Gram) -> f32 {
        let holding = self.grams(Shelf::Questions).get(gram).len() as f32;
        let rarity = ((self.questions() as f32 - holding + 0.5) / (holding + 0.5)).ln_1p();
        if is_common(gram) { rarity * COMMON_WEIGHT } else { rarity }
    }

    /// A long message may hold a short question, and a short message hit a long wording: the lesser weight is the whole.
    fn share(&self, fit: &Fit, asked_total: f32) -> f32 {
        let wording_total = self.told_by(&Asked::of(&self.text(fit.line).chars()));
        fit.asked / asked_total.min(wording_total).max(f32::EPSILON)
    }

    /// How much all the words of a question tell.
    fn told_by(&self, question: &Asked) -> f32 {
        question.grams.iter().map(|gram| self.rarity(*gram)).sum()
    }

    fn shares_a_pair(&self, line: u32, asked: &Asked) -> bool {
        self.text(line).chars().windows(2).any(|pair| asked.pairs.binary_search(&Gram::two(pair[0], pair[1])).is_ok())
    }

    fn suggestion(&self, fit: &Fit, asked_total: f32) -> Suggestion {
        let head = self.head(fit.line);
        Suggestion {
            id: self.entry(head.entry).id,
            score: fit.score,
            share: self.share(fit, asked_total),
            because: self.text(fit.line).text(),
            field: head.field,
            line: usize::from(head.place),
        }
    }
}

#[derive(Debug, Clone)]
struct Fit {
    line: u32,
    /// What the wording alone has in common with the message.
    asked: f32,
    /// With what the answers add.
    score: f32,
}

/// What a message asks, without greetings, thanks and particles.
struct Asked {
    chars: usize,
    grams: Vec<Gram>,
    pairs: Vec<Gram>,
}

impl Asked {
    fn new(message: &str) -> Self {
        let read: String = message.chars().take(MESSAGE_CHARS_READ).collect();
        Self::of(normalise(&read).chars())
    }

    fn of(chars: &[char]) -> Self {
        let parts: Vec<&[char]> = chars
            .split(|character| !character.is_alphanumeric())
            .flat_map(without_filler)
            .filter(|part| !part.iter().all(char::is_ascii_digit))
            .collect();
        let one = parts.iter().flat_map(|part| part.iter().map(|character| Gram::one(*character)));
        let pairs = distinct(parts.iter().flat_map(|part| part.windows(2)).map(|pair| Gram::two(pair[0], pair[1])));
        let grams = distinct(one.chain(pairs.iter().copied()));
        Self { chars: parts.iter().map(|part| part.len()).sum(), grams, pairs }
    }

    fn has_meaning(&self) -> bool {
        self.chars >= MEANING_CHARS_MIN
    }
}

fn distinct(grams: impl Iterator<Item = Gram>) -> Vec<Gram> {
    let mut grams: Vec<Gram> = grams.collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}

/// The parts of a text between polite words.
fn without_filler(text: &[char]) -> Vec<&[char]> {
    let mut parts = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < text.len() {
        match filler_at(&text[at..]) {
            0 => at += 1,
            length => {
                parts.push(&text[from..at]);
                at += length;
                from = at;
            }
        }
    }
    parts.push(&text[from..]);
    parts.retain(|part| !part.is_empty() && !is_filler_alone(part));
    parts
}

fn filler_at(text: &[char]) -> usize {
    let longest = FILLER.iter().filter(|filler| filler.chars().eq(text.iter().copied().take(filler.chars().count())));
    longest.map(|filler| filler.chars().count()).max().unwrap_or(0)
}

/// A small shop's own questions don't tell that these are common everywhere.
fn is_common(gram: Gram) -> bool {
    const ONE: &str = "我你您他的了是不有在这那个么怎什为时候今天们就都也还吗呢吧要会能可以没到给";
    const TWO: [&str; 44] = [
        "什么", "怎么", "可以", "不可", "今天", "明天", "昨天", "时候", "么时", "现在", "为什", "我的", "你们", "我们",
        "没有", "不能", "不是", "是不", "多久", "多少", "有没", "能不", "还是", "这个", "那个", "么办", "一个", "已经",
        "我要", "我想", "就是", "还有", "还没", "知道", "这样", "怎样", "么样", "哪里", "如果", "因为", "的话", "不了",
        "是什", "么回",
    ];
    let mut pairs = TWO.iter().filter_map(|pair| pair.chars().next().zip(pair.chars().nth(1)));
    ONE.chars().any(|one| Gram::one(one) == gram) || pairs.any(|(first, second)| Gram::two(first, second) == gram)
}

/// Short answers to the desk's own questions; within a sentence the same characters may carry it.
fn is_filler_alone(part: &[char]) -> bool {
    const ALONE: [&str; 20] = [
        "亲",
        "可以",
        "不可以",
        "可以了",
        "没有",
        "没有了",
        "没",
        "有",
        "有的",
        "不用",
        "不用了",
        "需要",
        "不需要",
        "不需要了",
        "是",
        "不是",
        "对",
        "行",
        "没问题",
        "暂时没有",
    ];
    ALONE.iter().any(|alone| alone.chars().eq(part.iter().copied()))
}

/// Greetings, thanks, assent and particles: they tell nothing of what is asked.
#[rustfmt::skip]
static FILLER: [&str; 117] = [
    "你好", "您好", "hi", "hello", "在吗", "在么", "在不在", "在不", "有人吗", "有人么", "有人在吗", "人呢", "亲亲",
    "亲爱的", "客服", "人工", "小姐姐", "老板", "掌柜", "请问", "请问一下", "问一下", "问下", "咨询一下", "咨询下",
    "想问", "我想问", "想问一下", "我想问下", "我想咨询", "麻烦", "麻烦你", "麻烦您", "麻烦了", "不好意思", "打扰了",
    "打扰一下", "帮我", "帮忙", "帮我看下", "帮我看看", "谢谢", "谢谢你", "谢谢您", "谢谢亲", "多谢", "感谢", "谢了",
    "辛苦了", "辛苦", "好的", "好的呢", "好的谢谢", "好吧", "好滴", "好嘞", "好哒", "好呢", "行吧", "可以的",
    "知道了", "明白了", "明白", "收到了谢谢", "了解了", "了解", "嗯嗯", "嗯", "哦", "噢", "喔", "额", "呃", "哈",
    "呵", "嘻", "嘿", "哇", "唉", "诶", "欸", "呀", "啊", "呢", "吗", "嘛", "吧", "啦", "么么", "ok", "okok",
    "thanks", "没事了", "没事", "没关系", "不客气", "再见", "拜拜", "晚安", "早上好", "上午好", "中午好", "下午好",
    "晚上好", "早安", "等一下", "稍等", "等等", "那个", "这样啊", "这样子", "原来如此", "对的", "是的", "对对",
    "是吧", "一下",
];
