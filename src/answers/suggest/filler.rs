//! Greetings, thanks and assent: what a message says besides its question.

/// Fewer characters than this say nothing.
const MEANING_CHARS_MIN: usize = 2;

/// Whether folded characters say more than a greeting, a thanks, an assent or a number.
pub(in super::super) fn has_meaning(folded: &[char]) -> bool {
    let parts = folded.split(|character| !character.is_alphanumeric()).flat_map(without_filler);
    let telling = parts.filter(|part| !part.iter().all(char::is_ascii_digit));
    telling.map(<[char]>::len).sum::<usize>() >= MEANING_CHARS_MIN
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
    let begins = |filler: &&&str| {
        let mut rest = text.iter();
        filler.chars().all(|character| rest.next() == Some(&character))
    };
    FILLER.iter().filter(begins).map(|filler| filler.chars().count()).max().unwrap_or(0)
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
