//! Typing errors.

use proptest::prelude::*;

use super::*;

fn nearly<'a>(articles: &'a [Article], query: &str) -> Vec<&'a str> {
    let hits = index_of(articles).search(query, &Around::default(), 10);
    hits.iter().filter(|hit| hit.nearly).map(|hit| name_of(articles, hit.id)).collect()
}

#[test]
fn a_mistyped_word_finds_what_was_meant() {
    let shop = shop();
    for (query, title) in [
        ("fahou", "什么时候发货"),
        ("tuihou", "怎么退货"),
        ("kauidi", "默认发什么快递"),
        ("kuadi", "默认发什么快递"),
        ("weibolv", "杯子能进微波炉吗"),
        ("chongixn", "页面打不开要重新登录吗"),
        ("微波路", "杯子能进微波炉吗"),
        ("波微炉", "杯子能进微波炉吗"),
        ("微波波炉", "杯子能进微波炉吗"),
        ("开发标吗", "可以开发票吗"),
        ("hx-20", "绿色护膝适合多大腿围"),
        ("hx02", "绿色护膝适合多大腿围"),
        ("发huoo", "什么时候发货"),
        ("zmthou", ""),
    ] {
        assert_eq!(nearly(&shop, query).first().copied().unwrap_or(""), title, "{query}");
    }
}

#[test]
fn short_words_and_two_errors_are_not_forgiven() {
    let shop = shop();
    for query in ["fho", "发活", "fohau", "微博卢", "hx-35"] {
        assert_eq!(nearly(&shop, query), Vec::<&str>::new(), "{query}");
    }
}

#[test]
fn what_is_found_as_typed_comes_before_what_is_nearly_so() {
    let articles = [
        article("fahuo", "怎么弄", &[], &[], &["好的"]),
        article("", "别的", &[], &[], &["这里写着 fahou 四个字"]),
        article("", "发货", &["什么时候发货"], &["发货"], &["好的"]),
    ];
    let hits = index_of(&articles).search("fahou", &Around::default(), 10);
    let told: Vec<_> = hits.iter().map(|hit| (name_of(&articles, hit.id), hit.nearly)).collect();
    assert_eq!(told, [("别的", false), ("怎么弄", true), ("发货", true)]);
    let marked = hits.last().map(|hit| (hit.field, places(hit)));
    assert_eq!(marked, Some((Field::Title, vec![(0, 2)])));
}

#[test]
fn one_of_several_words_may_be_mistyped() {
    let shop = shop();
    assert_eq!(nearly(&shop, "fahou 寄出"), ["什么时候发货"]);
    assert_eq!(nearly(&shop, "fahou 没有的"), Vec::<&str>::new());
}

#[test]
fn many_finds_need_no_guesses() {
    let articles: Vec<Article> = (0..FINDS_FEW).map(|place| titled(&format!("fahou第{place}"))).collect();
    let with = [articles.clone(), vec![titled("发货")]].concat();
    assert_eq!(nearly(&with, "fahou"), Vec::<&str>::new());
    assert_eq!(nearly(&with[1..], "fahou"), ["发货"]);
}

/// A word with one unit changed, taken out, put in, or changed with its neighbour.
fn edited(word: &str, kind: u8, at: prop::sample::Index, unit: char) -> String {
    let mut units: Vec<char> = word.chars().collect();
    let place = at.index(units.len());
    match kind % 4 {
        0 => units[place] = unit,
        1 => drop(units.remove(place)),
        2 => units.insert(place, unit),
        _ => units.swap(place, (place + 1).min(word.chars().count() - 1)),
    }
    units.into_iter().collect()
}

const TITLES: [&str; 10] = [
    "什么时候发货",
    "退货运费谁承担",
    "尺码怎么选",
    "能开专用发票吗",
    "快递到哪里了",
    "重量是多少",
    "怎么修改收货地址",
    "优惠券用不了",
    "绿色还有现货吗",
    "适合几岁孩子",
];

proptest! {
    #[test]
    fn every_single_error_in_pinyin_is_forgiven(
        title in prop::sample::select(TITLES.to_vec()), from in 0usize..4, count in 1usize..5, readings_at in any::<prop::sample::Index>(),
        (kind, at) in any::<(u8, prop::sample::Index)>(), letter in prop::char::range('a', 'z'),
    ) {
        let part: Vec<char> = title.chars().skip(from).take(count).collect();
        let typed: String = part.iter().map(|one| readings_at.get(readings(*one)).letters()).collect();
        let query = edited(&typed, kind, at, letter);
        prop_assume!(query.len() >= 4 && !part.is_empty());
        prop_assert!(found(&[titled(title)], &query).contains(&title), "{} for {}", query, typed);
    }

    #[test]
    fn every_single_error_in_characters_is_forgiven(
        title in prop::sample::select(TITLES.to_vec()), from in 0usize..3, count in 3usize..9,
        (kind, at) in any::<(u8, prop::sample::Index)>(), other in prop::sample::select(vec!['的', '发', '器', '😀', '龘']),
    ) {
        let part: String = title.chars().skip(from).take(count).collect();
        let query = edited(&part, kind, at, other);
        prop_assume!(query.chars().count() >= 3);
        prop_assert!(found(&[titled(title), titled("别的事情")], &query).contains(&title), "{} for {}", query, part);
    }

    #[test]
    fn every_single_error_in_a_code_is_forgiven(
        code in "[a-z0-9]{1,3}-?[a-z0-9]{3,6}", (kind, at) in any::<(u8, prop::sample::Index)>(), unit in prop::char::range('0', '9'),
    ) {
        let query = edited(&code, kind, at, unit);
        prop_assume!(query.chars().filter(|one| one.is_ascii_alphanumeric()).count() >= 4);
        let articles = [article(&code, "这一件", &[], &[], &["好的"]), titled("那一件")];
        prop_assert!(found(&articles, &query).contains(&"这一件"), "{} for {}", query, code);
    }
}
