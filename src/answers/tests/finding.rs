//! An agent looks for words.

use super::*;

#[test]
fn two_keys_are_enough_for_a_shortcut() {
    let shop = shop();
    let hit = index_of(&shop).search("FH", &Around::default(), 5).remove(0);
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
        assert_eq!(index.search(query, &Around::default(), 5), [], "{query:?}");
    }
    assert_eq!(index.search("发货", &Around::default(), 0), []);
    assert_eq!(Index::new().search("发货", &Around::default(), 5), []);
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
        let hit = index.search(query, &Around::default(), 1).remove(0);
        let shown: String = hit.marks.iter().flat_map(|mark| &text[mark.clone()]).collect();
        assert_eq!(shown, marked, "{query}");
    }
}

#[test]
fn a_hit_shows_the_line_that_holds_most() {
    let shop = shop();
    let hit = index_of(&shop).search("拍下 多久", &Around::default(), 1).remove(0);
    assert_eq!((hit.field, hit.line, places(&hit)), (Field::Wording, 1, vec![(0, 4)]));
}

#[test]
fn a_long_word_is_found_wherever_its_rarest_pair_also_stands() {
    let far = format!("{}改收货地址", "很".repeat(80));
    let articles =
        ["收货的人收货地址", "货地址收货地", "收货地收货地址收货地址", "😀收货地址", "😀收货地", &far].map(titled);
    let index = index_of(&articles);
    let mut hits: Vec<(&str, usize)> = index
        .search("收货地址", &Around::default(), 10)
        .iter()
        .filter(|hit| !hit.nearly)
        .map(|hit| (name_of(&articles, hit.id), hit.marks[0].start))
        .collect();
    hits.sort_unstable();
    let mut expected = [("收货的人收货地址", 4), ("收货地收货地址收货地址", 3), ("😀收货地址", 1), (far.as_str(), 81)];
    expected.sort_unstable();
    assert_eq!(hits, expected);
    assert_eq!(first(&articles, "😀收货地址"), "😀收货地址");
    assert!(found(&articles, "\u{f600}收").is_empty(), "a wide character is no other with the same lower half");
}

#[test]
fn quick_replies_are_found_beside_articles() {
    let mut index = index_of(&shop());
    index.put_quick_reply(&quick_reply("欢迎", "您好,这里是护膝小店,很高兴为您服务"));
    for query in ["huanying", "hy", "护膝小店", "huxixiaodian"] {
        let best = index.search(query, &Around::default(), 5).remove(0);
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
    assert!(index.search("微波炉", &Around::default(), 5).is_empty());
    assert_eq!(index.search("xiwanji", &Around::default(), 5).len(), 1);
    index.remove(EntryId::Article(changed.id));
    index.remove(EntryId::Article(changed.id));
    assert_eq!(index.len(), 7);
    assert!(index.search("洗碗机", &Around::default(), 5).is_empty());
}

#[test]
fn traditional_finds_simplified_and_back() {
    let shop = shop();
    assert_eq!(first(&shop, "什麼時候發貨"), "什么时候发货");
    assert_eq!(first(&shop, "護膝 尺碼"), "绿色护膝适合多大腿围");
    let articles = [titled("頭髮護理油怎麼用"), titled("面霜能放多久")];
    let hit = index_of(&articles).search("头发", &Around::default(), 1).remove(0);
    assert_eq!((name_of(&articles, hit.id), places(&hit)), ("頭髮護理油怎麼用", vec![(0, 2)]));
    assert_eq!(first(&articles, "toufa"), "頭髮護理油怎麼用");
}

#[test]
fn a_category_finds_its_quick_replies() {
    let mut index = index_of(&shop());
    let mut reply = quick_reply("kp", "好的,给您开好了");
    reply.fields.category = "开票".into();
    index.put_quick_reply(&reply);
    let hit = index.search("开票", &Around::default(), 1).remove(0);
    assert_eq!((hit.id, hit.field), (EntryId::QuickReply(reply.id), Field::Tag));
}
