//! What the moment favours.

use super::*;
use crate::model::{MICROS_PER_SECOND, Stage, Usage};

const DAY: i64 = 24 * 3600;
const NOW: Micros = Micros(1_800_000_000 * MICROS_PER_SECOND);

fn around() -> Around<'static> {
    Around { now: NOW, ..Around::default() }
}

fn id(title: &str) -> EntryId {
    EntryId::Article(ArticleId::of_name(title))
}

fn used(times: u32, days_ago: i64) -> Usage {
    Usage { weight_milli: times * 1_000, at: NOW.plus_seconds(-days_ago * DAY) }
}

fn names<'a>(articles: &'a [Article], index: &Index, query: &str, around: &Around<'_>) -> Vec<&'a str> {
    index.search(query, around, 10).iter().map(|hit| name_of(articles, hit.id)).collect()
}

#[test]
fn what_is_chosen_often_comes_first_among_equals() {
    let articles = ["包邮的地区", "包邮的金额", "包邮的快递", "包邮的条件"].map(titled);
    let mut index = index_of(&articles);
    index.put_usage(id("包邮的条件"), Whose::Own, used(9, 1));
    index.put_usage(id("包邮的金额"), Whose::Team, used(9, 1));
    index.put_usage(id("包邮的快递"), Whose::Own, used(9, 200));
    let order = names(&articles, &index, "by", &around());
    assert_eq!(order[..2], ["包邮的条件", "包邮的金额"]);
    assert_eq!(names(&articles, &index, "包邮", &around()), order);
    let mut untouched = articles[3].clone();
    untouched.fields.tags = vec!["运费".into()];
    index.put_article(&untouched);
    assert_eq!(names(&articles, &index, "by", &around())[0], "包邮的条件", "a changed article keeps its usage");
}

#[test]
fn usage_does_not_bury_what_was_asked_for() {
    let articles = [
        titled("发货"),
        article("", "别的", &[], &["杂项"], &["当天发货"]),
        article("fh2", "第二", &[], &[], &["好的"]),
        article("", "第三", &[], &[], &["写着 fh2 的盒子"]),
    ];
    let mut index = index_of(&articles);
    for whose in [Whose::Own, Whose::Team] {
        for title in ["别的", "第三"] {
            index.put_usage(id(title), whose, used(1_000, 0));
        }
    }
    let around = Around { product: Some("杂项"), stage: Some(Stage::Received), ..around() };
    assert_eq!(names(&articles, &index, "发货", &around), ["发货", "别的"]);
    assert_eq!(names(&articles, &index, "fh2", &around), ["第二", "第三"]);
}

#[test]
fn the_product_of_the_conversation_comes_first() {
    let articles = [
        article("", "怎么清洗", &[], &["雨伞"], &["擦干"]),
        article("", "怎么清洗呢", &[], &["护膝"], &["手洗"]),
        titled("怎么清洗茶杯"),
    ];
    let index = index_of(&articles);
    let first_for = |product| names(&articles, &index, "清洗", &Around { product, ..around() })[0].to_owned();
    assert_eq!(first_for(None), "怎么清洗");
    assert_eq!(first_for(Some("加厚运动护膝 HX-02")), "怎么清洗呢");
    assert_eq!(first_for(Some("茶杯")), "怎么清洗茶杯");
    assert_eq!(first_for(Some("")), "怎么清洗");
}

#[test]
fn favour_follows_every_change() {
    let articles = [titled("包邮的金额"), article("", "包邮的条件", &[], &["护膝"], &["好的"])];
    let mut index = index_of(&articles);
    let about_pads = Around { product: Some("护膝"), ..around() };
    let first_for = |index: &Index, around: &Around<'_>| names(&articles, index, "包邮", around)[0].to_owned();
    index.put_usage(id("包邮的金额"), Whose::Own, used(1, 0));
    assert_eq!(first_for(&index, &about_pads), "包邮的条件");
    index.put_usage(id("包邮的金额"), Whose::Own, used(9, 0));
    assert_eq!(first_for(&index, &about_pads), "包邮的金额");
    let much_later = Around { now: NOW.plus_seconds(90 * DAY), ..about_pads };
    assert_eq!(first_for(&index, &much_later), "包邮的条件");
    assert_eq!(first_for(&index, &Around { product: None, ..much_later }), "包邮的金额");
    index.remove(id("包邮的金额"));
    index.put_article(&titled("包邮的快递"));
    assert_eq!(names(&articles, &index, "包邮", &about_pads).first().copied(), Some("包邮的条件"));
}

#[test]
fn the_stage_of_the_purchase_settles_what_is_equal() {
    let articles = [titled("怎么取消退货"), titled("怎么查询物流"), titled("怎么选择尺码"), titled("怎么改收货地址")];
    let index = index_of(&articles);
    for (stage, title) in
        [(Stage::Before, "怎么选择尺码"), (Stage::Paid, "怎么改收货地址"), (Stage::Shipped, "怎么查询物流")]
    {
        let around = Around { stage: Some(stage), ..around() };
        let scores: Vec<f32> = index.search("怎么", &around, 4).iter().map(|hit| hit.score).collect();
        let plain = index.search("怎么", &Around::default(), 4);
        let lifted = index.search("怎么", &around, 4).into_iter().find(|hit| hit.id == id(title)).map(|hit| hit.score);
        let before = plain.iter().find(|hit| hit.id == id(title)).map(|hit| hit.score);
        assert!(lifted > before, "{stage:?} {scores:?}");
    }
}

#[test]
fn an_empty_query_brings_what_one_uses() {
    let articles = shop();
    let mut index = index_of(&articles);
    index.put_quick_reply(&quick_reply("欢迎", "您好"));
    assert_eq!(index.search("", &around(), 5), []);
    index.put_usage(id("怎么退货"), Whose::Team, used(50, 0));
    index.put_usage(id("可以开发票吗"), Whose::Own, used(2, 0));
    index.put_usage(EntryId::QuickReply(QuickReplyId::of_name("欢迎")), Whose::Own, used(3, 14));
    index.put_usage(id("没有这篇"), Whose::Own, used(3, 0));
    let hits = index.search(" \u{200b}", &around(), 5);
    let told: Vec<_> = hits.iter().map(|hit| (name_of(&articles, hit.id), hit.field, hit.marks.len())).collect();
    assert_eq!(told, [("可以开发票吗", Field::Title, 0), ("", Field::Shortcut, 0), ("怎么退货", Field::Title, 0)]);
    assert!(hits.is_sorted_by(|better, worse| better.score > worse.score));
    assert_eq!(index.search("", &around(), 1).len(), 1);
}
