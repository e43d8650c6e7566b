//! Stories of finding: a small shop for knee pads and tea cups, searched and asked.

mod bad_input;
mod favoured;
mod finding;
mod foremost;
mod learning;
mod mistyped;
mod oracle;
mod packed;
mod pinyin;
mod suggesting;

use super::*;
use crate::model::{Article, ArticleFields, ArticleId, Micros, QuickReply, QuickReplyFields, QuickReplyId};

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
        copies: Vec::new(),
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

pub(super) fn titled(title: &str) -> Article {
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
    index.settle();
    index
}

fn name_of(articles: &[Article], id: EntryId) -> &str {
    articles
        .iter()
        .find(|article| EntryId::Article(article.id) == id)
        .map_or("", |article| article.fields.title.as_str())
}

fn found<'a>(articles: &'a [Article], query: &str) -> Vec<&'a str> {
    index_of(articles).search(query, &Around::default(), 10).iter().map(|hit| name_of(articles, hit.id)).collect()
}

fn first<'a>(articles: &'a [Article], query: &str) -> &'a str {
    found(articles, query).first().copied().unwrap_or("")
}

fn suggested<'a>(articles: &'a [Article], messages: &[&str]) -> Vec<&'a str> {
    index_of(articles)
        .suggest(&Asked::of(messages), 3)
        .iter()
        .map(|suggestion| name_of(articles, suggestion.id))
        .collect()
}

fn places(hit: &Hit) -> Vec<(usize, usize)> {
    hit.marks.iter().map(|mark| (mark.start, mark.end)).collect()
}
