//! Pinyin as another program understands it.

use ib_matcher::matcher::{IbMatcher, PinyinMatchConfig};
use proptest::prelude::*;

use super::*;

/// Words of the trade.
#[rustfmt::skip]
const WORDS: [&str; 120] = [
    "发货", "退货", "重量", "重新", "快递", "发票", "尺码", "绿色", "女款", "长度", "银行", "还款", "优惠券", "护膝",
    "微波炉", "洗碗机", "什么时候", "地址", "西安", "调换", "差评", "降价", "藏青", "便宜", "包邮", "运费险", "签收",
    "拒收", "催单", "预售", "定金", "尾款", "满减", "赠品", "色差", "掉色", "起球", "缩水", "保质期", "生产日期",
    "说明书", "合格证", "质检", "正品", "专柜", "代购", "海关", "税费", "增值税", "抬头", "税号", "补发", "漏发", "错发",
    "少件", "破损", "漏液", "外包装", "防震", "冷链", "冰袋", "自提", "驿站", "丰巢", "派送", "中转", "揽收", "物流",
    "单号", "停滞", "丢件", "理赔", "运费", "承担", "无理由", "七天", "质量", "开线", "脱胶", "异味", "甲醛", "材质",
    "纯棉", "羽绒", "充绒量", "弹力", "薄款", "厚薄", "腰围", "胸围", "肩宽", "身高", "体重", "推荐", "偏大", "偏小",
    "均码", "加长", "安装", "师傅", "上门", "保修", "维修", "配件", "遥控器", "充电器", "电压", "续航", "蓝牙", "开机",
    "闪退", "登录", "密码", "账号", "会员", "积分", "红包", "津贴", "价保", "乐器",
];

fn found_by_us<'a>(words: &[&'a str], query: &str) -> Vec<&'a str> {
    let articles: Vec<Article> = words.iter().map(|word| titled(word)).collect();
    let hits = index_of(&articles).search(query, &Around::default(), words.len());
    let is_hit =
        |word: &&str| hits.iter().any(|hit| !hit.nearly && hit.id == EntryId::Article(ArticleId::of_name(word)));
    words.iter().copied().filter(is_hit).collect()
}

fn found_by_them<'a>(words: &[&'a str], query: &str) -> Vec<&'a str> {
    let pinyin = PinyinMatchConfig::default();
    let matcher = IbMatcher::builder(query).is_pattern_partial(true).pinyin(pinyin).build();
    words.iter().copied().filter(|word| matcher.is_match(*word)).collect()
}

#[test]
fn what_is_typed_finds_the_same_words() {
    let typed = [
        "fa",
        "z",
        "hux",
        "kuaid",
        "chidi",
        "nvk",
        "fp",
        "cp",
        "fahuo",
        "tuih",
        "zhongl",
        "chongx",
        "lvse",
        "piany",
        "youhuiquan",
        "weibolu",
        "shenmesh",
        "diaohuan",
        "tiaohuan",
        "yinh",
        "zangq",
        "hf",
        "kdf",
        "huot",
    ];
    for query in typed {
        assert_eq!(found_by_us(&WORDS[..24], query), found_by_them(&WORDS[..24], query), "{query}");
    }
}

#[test]
fn a_reading_that_no_common_word_has_is_no_match() {
    assert_eq!(found_by_us(&WORDS[..24], "xian"), ["西安", "降价"]);
    assert!(found_by_them(&WORDS[..24], "xian").contains(&"洗碗机"));
}

#[test]
fn a_character_is_read_as_in_the_words_of_a_shop() {
    for (query, word) in [("yujiadian", "瑜伽垫"), ("yjd", "瑜伽垫"), ("liangzhuang", "靓装"), ("hg", "嗨购")]
    {
        assert_eq!(found_by_us(&["瑜伽垫", "靓装", "嗨购"], query), [word], "{query}");
    }
    assert_eq!(found_by_us(&["瑜伽垫质量"], "gdz"), Vec::<&str>::new(), "nobody reads it as in 伽马");
}

/// One way to type a word: syllables, initials and characters by turns, the last syllable perhaps not to its end.
fn typed(word: &str, ways: &[(u8, prop::sample::Index)], last: prop::sample::Index) -> String {
    let characters: Vec<char> = word.chars().collect();
    let mut query = String::new();
    for (place, (character, (way, reading))) in characters.iter().zip(ways.iter().cycle()).enumerate() {
        let letters = reading.get(readings(*character)).letters();
        match way % 4 {
            0 => query.push(*character),
            1 => query.push_str(&letters[..1]),
            _ if place + 1 == characters.len() => query.push_str(&letters[..=last.index(letters.len())]),
            _ => query.push_str(letters),
        }
    }
    query
}

proptest! {
    #[test]
    fn every_way_to_type_a_word_finds_it_here_and_there(
        picked in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 1..4),
        ways in prop::collection::vec((any::<u8>(), any::<prop::sample::Index>()), 1..8),
        last in any::<prop::sample::Index>(),
    ) {
        let word = picked.concat();
        let query = typed(&word, &ways, last);
        prop_assert_eq!(found_by_us(&[&word], &query), vec![word.as_str()], "{}", query);
        prop_assert_eq!(found_by_them(&[&word], &query), vec![word.as_str()], "{}", query);
    }

    /// The double initials `zh` `ch` `sh` and `u` for `ü` are ours alone.
    #[test]
    fn what_is_found_here_is_found_there(letters in "[abd-gi-rtw-y][a-gi-tv-z]{0,2}") {
        let (ours, theirs) = (found_by_us(&WORDS, &letters), found_by_them(&WORDS, &letters));
        prop_assert!(ours.iter().all(|word| theirs.contains(word)), "{} {:?} {:?}", letters, ours, theirs);
    }
}
