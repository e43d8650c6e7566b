//! A shopper asks.

use super::*;

#[test]
fn a_shoppers_question_brings_the_article_and_says_why() {
    let shop = shop();
    let index = index_of(&shop);
    let suggestion = index.suggest(&Asked::of(&["你好,请问今天能寄出吗?急用"]), 3).remove(0);
    assert_eq!(name_of(&shop, suggestion.id), "什么时候发货");
    assert_eq!(suggestion.why, Why::Wording { field: Field::Wording, line: 0, text: "今天能寄出吗".into() });
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
    assert_eq!(index_of(&shop).suggest(&Asked::of(&[]), 3), []);
}

#[test]
fn after_a_short_thanks_the_question_before_it_counts() {
    let shop = shop();
    let messages = ["杯子可以加热吗", "什么时候发货", "好的", "谢谢哈"];
    assert_eq!(suggested(&shop, &messages).first(), Some(&"什么时候发货"));
}
