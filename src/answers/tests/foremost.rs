//! A shop so large that only the best of its long lists are looked at.

use super::super::foremost::LIST_LONG;
use super::*;
use crate::model::Usage;

const SORTS: [&str; 4] = ["男款", "女款", "儿童款", "加大码"];
const GOODS: [&str; 8] = ["护膝", "跑鞋", "水杯", "帐篷", "雨衣", "手套", "瑜伽垫", "跳绳"];
const TOPICS: [&str; 10] = ["发货", "退货", "尺码", "优惠券", "发票", "改地址", "快递", "质量", "包邮", "安装"];
const ASKS: [&str; 7] = ["什么时候可以", "怎么办理", "要多久", "要不要钱", "找谁处理", "有没有限制", ""];

fn large_shop() -> Vec<Article> {
    let mut articles = Vec::new();
    for sort in SORTS {
        for good in GOODS {
            for topic in TOPICS {
                for ask in ASKS {
                    let title = format!("{sort}{good}{topic}{ask}");
                    let wordings =
                        [format!("请问{title}"), format!("{topic}{ask}，{good}要{sort}"), format!("问问{title}")];
                    let wordings: Vec<&str> = wordings.iter().map(String::as_str).collect();
                    articles.push(article("", &title, &wordings, &[topic], &["请把订单号发来"]));
                }
            }
        }
    }
    // A pair that stands in a line twice may be part of the word where it stands second.
    articles.push(titled("款护手霜和儿童款护膝"));
    articles.push(titled("儿童水杯和儿童款护膝"));
    articles
}

const QUERIES: [&str; 24] = [
    "儿",
    "儿童",
    "儿童款",
    "儿童款护",
    "儿童款跑",
    "问儿童款雨",
    "请问",
    "什么",
    "什么时",
    "时候",
    "可以",
    "童款护膝发货",
    "发货",
    "货",
    "质量",
    "优惠券要",
    "y",
    "yj",
    "yujia",
    "et",
    "fahuo",
    "加da",
    "发货 儿童",
    "没有这样的",
];

/// Before the best are picked everything is looked at: that is what must come of it.
#[test]
fn the_best_of_a_long_list_are_what_the_whole_list_gives() {
    let articles = large_shop();
    let mut whole = Index::new();
    articles.iter().for_each(|article| whole.put_article(article));
    let mut picked = Index::new();
    articles.iter().for_each(|article| picked.put_article(article));
    assert!(articles.len() > LIST_LONG);
    while picked.pick_foremost() {}
    agree(&whole, &picked, None);
    let steps = |index: &Index, queries: &[&str]| -> usize {
        queries.iter().map(|query| index.search_counted(query, &Around::default(), 20).1).sum()
    };
    let common = ["儿", "儿童", "儿童款", "什么", "什么时", "发货"];
    assert!(steps(&picked, &common) * 2 < steps(&whole, &common));
    // What is chosen often is lifted from wherever in the list it stands.
    for (at, times) in [(777, 9), (1_301, 30), (90, 2)] {
        let used = Usage { weight_milli: times * 1_000, at: Micros::default() };
        for index in [&mut whole, &mut picked] {
            index.put_usage(EntryId::Article(articles[at].id), Whose::Own, used);
        }
    }
    agree(&whole, &picked, Some("女款水杯"));
}

/// Two long lists are walked side by side: nothing that holds the word is passed over.
#[test]
fn a_word_of_which_every_pair_is_common_is_found_wherever_it_stands() {
    let articles = large_shop();
    let mut index = Index::new();
    articles.iter().for_each(|article| index.put_article(article));
    for query in ["儿童款护", "儿童款跑", "问儿童款雨", "款护"] {
        let fields = articles.iter().map(|article| &article.fields);
        let holding =
            fields.filter(|one| one.title.contains(query) || one.questions.iter().any(|text| text.contains(query)));
        let found = index.search(query, &Around::default(), articles.len());
        assert_eq!(found.len(), holding.count(), "{query}");
    }
}

/// What was picked holds until the list changes, and is picked again.
#[test]
fn a_long_list_that_changes_is_looked_at_whole_until_its_best_are_picked_again() {
    let articles = large_shop();
    let (mut whole, mut picked) = (Index::new(), Index::new());
    articles.iter().for_each(|article| picked.put_article(article));
    while picked.pick_foremost() {}
    for article in articles.iter().step_by(5) {
        picked.remove(EntryId::Article(article.id));
    }
    picked.put_article(&titled("儿童款"));
    articles.iter().enumerate().filter(|(at, _)| at % 5 != 0).for_each(|(_, article)| whole.put_article(article));
    whole.put_article(&titled("儿童款"));
    agree(&whole, &picked, None);
    while picked.pick_foremost() {}
    agree(&whole, &picked, None);
}

fn agree(whole: &Index, picked: &Index, product: Option<&str>) {
    let around = Around { product, ..Around::default() };
    for query in QUERIES {
        for limit in [1, 7, 20] {
            assert_eq!(picked.search(query, &around, limit), whole.search(query, &around, limit), "{query} {limit}");
        }
    }
}
