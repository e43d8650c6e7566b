//! Stories of finding: a small shop for knee pads and tea cups, searched and asked.

use proptest::prelude::*;

use super::*;
use crate::model::{
    ANSWER_CHARS_MAX, Article, ArticleFields, ArticleId, Micros, QuickReply, QuickReplyFields, QuickReplyId,
};

fn article(shortcut: &str, title: &str, questions: &[&str], tags: &[&str], answers: &[&str]) -> Article {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Article {
        id: ArticleId::of_name(title),
        fields: ArticleFields {
            title: title.into(),
            questions: owned(questions),
            answers: owned(answers),
            tags: owned(tags),
            shortcut: shortcut.into(),
        },
        version: 1,
        changed_by: None,
        changed_at: Micros::default(),
    }
}

fn quick_reply(shortcut: &str, text: &str) -> QuickReply {
    QuickReply {
        id: QuickReplyId::of_name(shortcut),
        owner: None,
        team: None,
        fields: QuickReplyFields { shortcut: shortcut.into(), text: text.into(), ..Default::default() },
        version: 1,
        changed_at: Micros::default(),
    }
}

fn titled(title: &str) -> Article {
    article("", title, &[], &[], &["稍后告诉您"])
}

fn shop() -> Vec<Article> {
    vec![
        article(
            "fh",
            "什么时候发货",
            &["今天能寄出吗", "拍下多久发出来"],
            &["物流"],
            &["十七点前付款当天打包寄走,之后的次日上午寄"],
        ),
        article("", "默认发什么快递", &["走哪家快递公司", "可以指定快递吗"], &["物流"], &["默认中通,偏远地区走邮政"]),
        article(
            "th",
            "怎么退货",
            &["不想要了可以退吗", "退换要什么手续"],
            &["售后"],
            &["签收七天内完好可退,运费各付一程"],
        ),
        article("", "护膝的重量是多少", &["一片护膝有多沉"], &["参数"], &["单片约一百八十克"]),
        article("", "页面打不开要重新登录吗", &["一直闪退"], &["参数"], &["请先清缓存再试"]),
        article(
            "HX-02",
            "绿色护膝适合多大腿围",
            &["尺码怎么挑", "胖一点穿几号"],
            &["尺码"],
            &["量膝盖上十厘米处,看详情页 HX-02 的表"],
        ),
        article("", "杯子能进微波炉吗", &["可以加热吗"], &["使用"], &["杯身可以,木盖请先取下"]),
        article("", "可以开发票吗", &["要专票怎么弄"], &["发票"], &["下单时填抬头和税号,签收后三天内发到邮箱"]),
    ]
}

fn index_of(articles: &[Article]) -> Index {
    let mut index = Index::new();
    articles.iter().for_each(|article| index.put_article(article));
    index
}

fn name_of(articles: &[Article], id: EntryId) -> &str {
    articles
        .iter()
        .find(|article| EntryId::Article(article.id) == id)
        .map_or("", |article| article.fields.title.as_str())
}

fn found<'a>(articles: &'a [Article], query: &str) -> Vec<&'a str> {
    index_of(articles).search(query, 10).iter().map(|hit| name_of(articles, hit.id)).collect()
}

fn first<'a>(articles: &'a [Article], query: &str) -> &'a str {
    found(articles, query).first().copied().unwrap_or("")
}

fn suggested<'a>(articles: &'a [Article], messages: &[&str]) -> Vec<&'a str> {
    index_of(articles).suggest(messages, 3).iter().map(|suggestion| name_of(articles, suggestion.id)).collect()
}

fn places(hit: &Hit) -> Vec<(usize, usize)> {
    hit.marks.iter().map(|mark| (mark.start, mark.end)).collect()
}

#[test]
fn two_keys_are_enough_for_a_shortcut() {
    let shop = shop();
    let hit = index_of(&shop).search("FH", 5).remove(0);
    assert_eq!((name_of(&shop, hit.id), hit.field, hit.line), ("什么时候发货", Field::Shortcut, 0));
    assert_eq!(places(&hit), [(0, 2)]);
    assert_eq!(first(&shop, "hx-02"), "绿色护膝适合多大腿围");
    assert_eq!(first(&shop, "ｈｘ"), "绿色护膝适合多大腿围");
}

#[test]
fn the_same_question_is_found_by_every_keyboard() {
    let shop = shop();
    for query in ["退货", "tuihuo", "tuih", "tuihu", "t货", "退h", "退huo", "怎么t", "zmth"] {
        assert_eq!(first(&shop, query), "怎么退货", "{query}");
    }
    for query in ["fahuo", "fah", "fahu", "f货", "shenmeshihoufahuo", "smshfh"] {
        assert_eq!(first(&shop, query), "什么时候发货", "{query}");
    }
}

#[test]
fn heteronyms_are_found_by_every_reading() {
    let shop = shop();
    assert_eq!(first(&shop, "zhongliang"), "护膝的重量是多少");
    assert_eq!(first(&shop, "chongxin"), "页面打不开要重新登录吗");
    assert_eq!(first(&shop, "lvse"), "绿色护膝适合多大腿围");
}

#[test]
fn words_between_blanks_must_all_be_there() {
    let shop = shop();
    assert_eq!(found(&shop, "护膝 尺码"), ["绿色护膝适合多大腿围"]);
    assert_eq!(found(&shop, "物流　zhongtong"), ["默认发什么快递"]);
    assert_eq!(found(&shop, "护膝 快递"), Vec::<&str>::new());
}

#[test]
fn answers_are_found_by_their_words_and_by_two_syllables() {
    let shop = shop();
    for query in ["木盖", "mugai", "qingxianquxia"] {
        assert_eq!(first(&shop, query), "杯子能进微波炉吗", "{query}");
    }
    assert!(found(&shop, "mgqx").is_empty());
}

#[test]
fn nothing_is_found_for_nothing() {
    let index = index_of(&shop());
    for query in ["", " ", "　\t\n", "\u{200b}", "没有这句话", "qqqq", "\u{1f600}"] {
        assert_eq!(index.search(query, 5), [], "{query:?}");
    }
    assert_eq!(index.search("发货", 0), []);
    assert_eq!(Index::new().search("发货", 5), []);
}

#[test]
fn the_better_field_comes_first() {
    let articles = [
        article("", "第五", &[], &[], &["本店包邮发货"]),
        article("", "第四", &[], &["包邮发货"], &["是的"]),
        article("", "第三", &["包邮发货"], &[], &["是的"]),
        article("", "包邮发货", &[], &[], &["是的"]),
        article("包邮发货", "第一", &[], &[], &["是的"]),
    ];
    assert_eq!(found(&articles, "包邮"), ["第一", "包邮发货", "第三", "第四", "第五"]);
    assert_eq!(found(&articles, "baoyou"), ["第一", "包邮发货", "第三", "第四", "第五"]);
}

#[test]
fn whole_comes_before_first_and_first_before_inside() {
    let articles = ["本店包邮", "不在本店包邮", "包邮发货", "包邮", "包邮发货的地区"].map(titled);
    assert_eq!(found(&articles, "包邮"), ["包邮", "包邮发货", "包邮发货的地区", "本店包邮", "不在本店包邮"]);
}

#[test]
fn what_is_written_comes_before_what_is_spelled() {
    let articles = ["发货单", "fh单", "fahuo单"].map(titled);
    assert_eq!(found(&articles, "fahuo"), ["fahuo单", "发货单"]);
    assert_eq!(found(&articles, "fh"), ["fh单", "发货单"]);
}

#[test]
fn marks_point_into_the_text_as_it_was_written() {
    let articles = [titled("【新款】ＡＢ－７…… 绿色、护膝")];
    let index = index_of(&articles);
    let text: Vec<char> = articles[0].fields.title.chars().collect();
    for (query, marked) in [("ab-7", "ＡＢ－７"), ("lvse", "绿色"), ("新款 hux", "新款护膝"), ("...", "…")]
    {
        let hit = index.search(query, 1).remove(0);
        let shown: String = hit.marks.iter().flat_map(|mark| &text[mark.clone()]).collect();
        assert_eq!(shown, marked, "{query}");
    }
}

#[test]
fn a_hit_shows_the_line_that_holds_most() {
    let shop = shop();
    let hit = index_of(&shop).search("拍下 多久", 1).remove(0);
    assert_eq!((hit.field, hit.line, places(&hit)), (Field::Wording, 1, vec![(0, 4)]));
}

#[test]
fn quick_replies_are_found_beside_articles() {
    let mut index = index_of(&shop());
    index.put_quick_reply(&quick_reply("欢迎", "您好,这里是护膝小店,很高兴为您服务"));
    for query in ["huanying", "hy", "护膝小店", "huxixiaodian"] {
        let best = index.search(query, 5).remove(0);
        assert_eq!(best.id, EntryId::QuickReply(QuickReplyId::of_name("欢迎")), "{query}");
    }
}

#[test]
fn a_changed_article_is_found_by_its_new_words_only() {
    let mut index = index_of(&shop());
    let mut changed = shop().remove(6);
    changed.fields.title = "杯子能放洗碗机吗".into();
    index.put_article(&changed);
    assert_eq!(index.len(), 8);
    assert!(index.search("微波炉", 5).is_empty());
    assert_eq!(index.search("xiwanji", 5).len(), 1);
    index.remove(EntryId::Article(changed.id));
    index.remove(EntryId::Article(changed.id));
    assert_eq!(index.len(), 7);
    assert!(index.search("洗碗机", 5).is_empty());
}

#[test]
fn a_shoppers_question_brings_the_article_and_says_why() {
    let shop = shop();
    let index = index_of(&shop);
    let suggestion = index.suggest(&["你好,请问今天能寄出吗?急用"], 3).remove(0);
    assert_eq!(name_of(&shop, suggestion.id), "什么时候发货");
    assert_eq!((suggestion.because.as_str(), suggestion.field, suggestion.line), ("今天能寄出吗", Field::Wording, 0));
    for (message, title) in [
        ("发什么快递呀", "默认发什么快递"),
        ("我不想要了,可以退吗", "怎么退货"),
        ("腿围五十穿几号", "绿色护膝适合多大腿围"),
        ("发票", "可以开发票吗"),
    ] {
        assert_eq!(suggested(&shop, &[message]).first(), Some(&title), "{message}");
    }
}

#[test]
fn chat_that_asks_nothing_brings_nothing() {
    let shop = shop();
    for message in [
        "在吗",
        "你好",
        "谢谢",
        "好的",
        "好的谢谢",
        "哈哈哈哈",
        "嗯嗯",
        "亲",
        "？？？",
        "",
        "8866201",
        "可以",
        "没有了,谢谢",
        "😀😀",
        "今天天气真好",
    ] {
        assert_eq!(suggested(&shop, &[message]), Vec::<&str>::new(), "{message}");
    }
    assert_eq!(suggested(&[], &["什么时候发货"]), Vec::<&str>::new());
    assert_eq!(index_of(&shop).suggest(&[], 3), []);
}

#[test]
fn after_a_short_thanks_the_question_before_it_counts() {
    let shop = shop();
    let messages = ["杯子可以加热吗", "什么时候发货", "好的", "谢谢哈"];
    assert_eq!(suggested(&shop, &messages).first(), Some(&"什么时候发货"));
}

#[test]
fn long_and_broken_input_is_answered() {
    let mut articles = shop();
    articles.push(article("", "长", &[], &[], &[&"啊阿吖".repeat(ANSWER_CHARS_MAX / 3)]));
    let index = index_of(&articles);
    for unit in ["a", "啊", "a ", "zhong", "发货", "'", "\u{fe0f}"] {
        let long = unit.repeat(10_000 / unit.chars().count());
        assert!(index.search(&long, 5).len() <= 5);
        assert!(index.suggest(&[&long], 3).len() <= 3);
    }
    let hit = index.search(&"啊阿吖".repeat(1_000), 5).remove(0);
    assert_eq!((hit.field, places(&hit)), (Field::Answer, vec![(0, 3_000)]));
}

/// The words of the trade that are spelled alike here and by another program.
const WORDS: [&str; 24] = [
    "发货",
    "退货",
    "重量",
    "重新",
    "快递",
    "发票",
    "尺码",
    "绿色",
    "女款",
    "长度",
    "银行",
    "还款",
    "优惠券",
    "护膝",
    "微波炉",
    "洗碗机",
    "什么时候",
    "地址",
    "西安",
    "调换",
    "差评",
    "降价",
    "藏青",
    "便宜",
];

#[test]
fn pinyin_agrees_with_ib_matcher() {
    use ib_matcher::matcher::{IbMatcher, PinyinMatchConfig};
    let index = index_of(&WORDS.map(titled));
    let theirs = |query: &str| {
        let pinyin = PinyinMatchConfig::default();
        let matcher = IbMatcher::builder(query).is_pattern_partial(true).pinyin(pinyin).build();
        WORDS.into_iter().filter(|word| matcher.is_match(*word)).collect::<Vec<_>>()
    };
    let ours = |query: &str| {
        let hits = index.search(query, WORDS.len());
        let is_hit = |word: &&str| hits.iter().any(|hit| hit.id == EntryId::Article(ArticleId::of_name(word)));
        WORDS.into_iter().filter(is_hit).collect::<Vec<_>>()
    };
    let typed = [
        "fa",
        "z",
        "hux",
        "kuaid",
        "xian",
        "chidi",
        "nvk",
        "fp",
        "cp",
        "fahuo",
        "tuih",
        "zhongl",
        "chongx",
        "lvse",
        "youhuiquan",
        "weibolu",
        "shenmesh",
        "diaohuan",
        "tiaohuan",
        "piany",
        "yinh",
        "zangq",
        "hf",
        "kdf",
        "huot",
    ];
    for query in typed {
        assert_eq!(ours(query), theirs(query), "{query}");
    }
    // We know rare readings besides, such as `tong` for 重: never less, sometimes more.
    for query in WORDS.into_iter().flat_map(spellings) {
        let ours = ours(&query);
        assert!(theirs(&query).iter().all(|word| ours.contains(word)), "{query}");
    }
}

/// Full pinyin and initials, in every reading we know.
fn spellings(word: &str) -> Vec<String> {
    let mut full = vec![String::new()];
    let mut initials = vec![String::new()];
    for character in word.chars() {
        let letters: Vec<&str> = readings(character).iter().map(|syllable| syllable.letters()).collect();
        full = full.iter().flat_map(|before| letters.iter().map(move |next| format!("{before}{next}"))).collect();
        initials = initials
            .iter()
            .flat_map(|before| letters.iter().map(move |next| format!("{before}{}", &next[..1])))
            .collect();
    }
    full.into_iter().chain(initials).collect()
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof!["[发货退款什么时候到a-zA-Z0-9 ，。？ＡＢ]{1,12}", "\\PC{1,20}", any::<String>(),]
}

fn any_article() -> impl Strategy<Value = Article> {
    let few = || prop::collection::vec(any_text(), 0..3);
    (0u8..6, any_text(), any_text(), few(), few(), few()).prop_map(
        |(name, shortcut, title, questions, tags, answers)| Article {
            id: ArticleId::of_name(&name.to_string()),
            fields: ArticleFields { title, questions, answers, tags, shortcut },
            version: 1,
            changed_by: None,
            changed_at: Micros::default(),
        },
    )
}

proptest! {
    #[test]
    fn every_part_of_a_title_finds_it(
        titles in prop::collection::vec(any_text(), 1..8), pick: prop::sample::Index, cut: (prop::sample::Index, usize),
    ) {
        let articles: Vec<Article> = titles.iter().map(|title| titled(title)).collect();
        let title = pick.get(&titles);
        if let Some(part) = part_of(title, cut) {
            prop_assert!(found(&articles, &part).contains(&title.as_str()), "{:?} in {:?}", part, title);
        }
    }

    #[test]
    fn every_part_of_any_field_finds_it(article in any_article(), cut: (prop::sample::Index, usize)) {
        let index = index_of(std::slice::from_ref(&article));
        let fields = &article.fields;
        let lists = [&fields.questions, &fields.tags, &fields.answers];
        for text in [&fields.title, &fields.shortcut].into_iter().chain(lists.into_iter().flatten()) {
            if let Some(part) = part_of(text, cut) {
                prop_assert_eq!(index.search(&part, 1).len(), 1, "{:?} in {:?}", part, text);
            }
        }
    }

    #[test]
    fn any_text_is_answered_within_the_limit_and_marked_within_the_text(
        articles in prop::collection::vec(any_article(), 0..6), query in any_text(), limit in 0usize..4,
    ) {
        let index = index_of(&articles);
        let hits = index.search(&query, limit);
        prop_assert!(hits.len() <= limit && hits.is_sorted_by(|better, worse| better.score >= worse.score));
        for hit in hits {
            let article = articles.iter().rfind(|article| EntryId::Article(article.id) == hit.id).unwrap();
            let chars = text_of(article, hit.field, hit.line).chars().count();
            prop_assert!(!hit.marks.is_empty() && hit.marks.iter().all(|mark| mark.start < mark.end && mark.end <= chars));
        }
        for suggestion in index.suggest(&[&query], limit) {
            let article = articles.iter().rfind(|article| EntryId::Article(article.id) == suggestion.id).unwrap();
            prop_assert_eq!(text_of(article, suggestion.field, suggestion.line), suggestion.because);
        }
    }

    #[test]
    fn an_index_changed_in_place_is_as_one_built_anew(
        puts in prop::collection::vec((any_article(), any::<bool>()), 1..12), queries in prop::collection::vec(any_text(), 1..6),
    ) {
        let mut changed = Index::new();
        let mut kept: std::collections::BTreeMap<ArticleId, Article> = std::collections::BTreeMap::new();
        for (article, stays) in puts {
            changed.put_article(&article);
            kept.insert(article.id, article.clone());
            if !stays {
                changed.remove(EntryId::Article(article.id));
                kept.remove(&article.id);
            }
        }
        let fresh = index_of(&kept.into_values().collect::<Vec<_>>());
        prop_assert_eq!(changed.len(), fresh.len());
        for query in queries.iter().map(String::as_str).chain(["f", "fh", "a", "发", "退款"]) {
            prop_assert_eq!(changed.search(query, 10), fresh.search(query, 10));
            prop_assert_eq!(changed.suggest(&[query], 3), fresh.suggest(&[query], 3));
        }
    }

    #[test]
    fn every_hit_scores_as_its_best_lines_say(articles in prop::collection::vec(any_article(), 1..5), query in "[a-z发货退款]{1,4}") {
        let index = index_of(&articles);
        for hit in index.search(&query, 5) {
            let alone = articles.iter().rfind(|article| EntryId::Article(article.id) == hit.id).unwrap();
            let again = index_of(std::slice::from_ref(alone)).search(&query, 1);
            prop_assert_eq!(again, vec![hit]);
        }
    }
}

/// Some characters of a text that follow each other; none when nothing in them can be seen.
fn part_of(text: &str, (from, length): (prop::sample::Index, usize)) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let from = (!chars.is_empty()).then(|| from.index(chars.len()))?;
    let part: String = chars[from..].iter().take(length % chars.len() + 1).collect();
    normalise(&part).chars().iter().any(|character| *character != ' ').then_some(part)
}

fn text_of(article: &Article, field: Field, line: usize) -> String {
    let fields = &article.fields;
    match field {
        Field::Shortcut => fields.shortcut.clone(),
        Field::Title => fields.title.clone(),
        Field::Wording => fields.questions[line].clone(),
        Field::Tag => fields.tags[line].clone(),
        Field::Answer => fields.answers[line].clone(),
    }
}
