//! Files of questions and answers, and tables of quick replies, as shops have them.

use std::collections::BTreeSet;

use qinda::import::{
    Format, IMPORT_ARTICLES_MAX, IMPORT_LEFT_MAX, LEFT_CHARS_MAX, REPLIES_MAX, Reading, ReplyReading, Taken, plan,
    plan_quick_replies, quick_replies, quick_replies_of_rows, read,
};
use qinda::model::{Article, ArticleId, Micros, PictureId, QuickReply, QuickReplyId};

use crate::target::{headed, same_again};

/// The name of a file on the first line, then what it holds.
pub fn articles(input: &[u8]) -> bool {
    let Some((name, text)) = headed(input) else { return false };
    let Ok(reading) = read(name, text) else { return false };
    same_again(&reading);
    let lines = text.split('\n').count() + text.matches('\r').count();
    assert!(reading.taken.len() <= IMPORT_ARTICLES_MAX);
    assert!(reading.taken.len() <= text.len(), "more is taken than there is");
    for Taken { line, fields, .. } in &reading.taken {
        assert!((1..=lines).contains(line), "line {line} of {lines}");
        assert_eq!(fields.clone().checked().as_ref(), Ok(fields), "an article beyond its limits");
    }
    assert!(reading.taken.is_sorted_by_key(|taken| taken.line), "taken out of order");
    // The last two of the list may say that there is more.
    assert!(reading.left.len() <= IMPORT_LEFT_MAX + 2);
    for left in &reading.left {
        assert!((1..=lines).contains(&left.line), "line {} of {lines}", left.line);
        assert!(left.text.chars().count() <= LEFT_CHARS_MAX);
        assert!(!left.reason.zh().is_empty() && !left.reason.en().is_empty());
    }
    let found = reading.taken.len() + reading.left.len();
    let says_something = reading.format == Format::Numbered && text.contains(char::is_alphanumeric);
    assert!(found > 0 || !says_something, "the file is lost without a word");
    imported_twice(&reading);
    !reading.taken.is_empty()
}

/// Everything that was taken is new, a duplicate or nothing; taken again, nothing is new.
fn imported_twice(reading: &Reading) {
    let first = plan(reading.clone(), &[]);
    assert!(first.unchanged.is_empty() && first.different.is_empty());
    assert_eq!(first.new.len() + first.left.len(), reading.taken.len() + reading.left.len(), "something is lost");
    let shop: Vec<Article> = (0..)
        .zip(&first.new)
        .map(|(place, taken): (u64, &Taken)| Article {
            id: ArticleId::new(place, [0; 10]),
            fields: taken.fields.clone(),
            version: 1,
            changed_by: None,
            changed_at: Micros(1),
            copies: Vec::new(),
        })
        .collect();
    let second = plan(reading.clone(), &shop);
    assert!(second.new.is_empty(), "what was imported is new again: {:?}", second.new);
}

/// Files of all kinds.
pub fn article_seeds() -> Vec<Vec<u8>> {
    [
        "茶.txt\n常见问题\n一、物流\n1、什么时候发货？\n答：两天内发出。\n2. 可以指定快递吗\n您好，可以备注。\n\n（三）还能便宜吗？ 最低价了\n",
        "faq.txt\nQ1: Is it bitter?\nA1: No.\n\nQ2: Do you ship abroad?\nA2: Not yet.\n以下是注意事项\n① 先问尺码\n② 再报价格\n",
        "话术\n问：苦吗\n答：不苦，\n　　微甜。\n问：甜吗\n答：\n3）几天到？———三天\n",
        "茶.csv\n编号,标题,相似问,答案1,答案2,标签,快捷码\r\n1,茶怎么存?,怎么保存；放哪里,\"避光、密封,\n放阴凉处\",\"亲,\"\"密封\"\"就好\",\"保存,茶\",cun\r\n",
        "茶.tsv\nquestion\tanswers\nIs it bitter?\tNo.|||A bit.\n二\t\"没有关上\n",
        "shop.csv\n苦吗?,不苦\n甜吗?;不好说,甜\n",
        "faq.jsonl\n{\"title\":\"苦吗\",\"questions\":[\"会苦吗\"],\"answers\":[\"不苦\"],\"tags\":[\"味\"]}\n{\"问题\":\"甜吗\",\"答案\":\"甜\"}\n[]\n",
        "faq.json\n[\n {\"title\":\"苦吗\",\n  \"answers\":\"不苦\"},\n 5\n]\n",
        "saved\n{\n\"left\": [],\n\"taken\": [{\"title\":\"苦吗\",\"answers\":[\"不苦\"]}]}",
    ]
    .map(Vec::from)
    .to_vec()
}

/// A table of quick replies as text, and its cells as rows of a sheet.
pub fn replies(input: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(input) else { return false };
    let rows = text.lines().map(|line| line.split(['\t', ',']).map(str::to_owned).collect());
    within_bounds(&quick_replies_of_rows((1..).zip(rows)));
    let Ok(reading) = quick_replies(text) else { return false };
    within_bounds(&reading);
    !reading.taken.is_empty()
}

fn within_bounds(reading: &ReplyReading) {
    same_again(reading);
    assert!(reading.taken.len() <= REPLIES_MAX && reading.left.len() <= IMPORT_LEFT_MAX + 1);
    assert!(reading.left.iter().all(|left| left.text.chars().count() <= LEFT_CHARS_MAX));
    let codes: BTreeSet<String> = reading.taken.iter().map(|taken| taken.fields.shortcut.to_lowercase()).collect();
    assert_eq!(codes.len(), reading.taken.len(), "a code stands twice");
    let picture = |name: &str| Some(PictureId::of_name(name));
    let first = plan_quick_replies(reading.clone(), picture, &[]);
    assert_eq!(first.new.len() + first.left.len(), reading.taken.len() + reading.left.len(), "something is lost");
    let shop: Vec<QuickReply> = (0..)
        .zip(&first.new)
        .map(|(place, taken)| QuickReply {
            id: QuickReplyId::new(place, [0; 10]),
            owner: None,
            team: None,
            fields: taken.fields.clone(),
            version: 1,
            changed_at: Micros(1),
        })
        .collect();
    for reply in &shop {
        assert_eq!(reply.fields.clone().checked().as_ref(), Ok(&reply.fields), "a quick reply beyond its limits");
    }
    let second = plan_quick_replies(reading.clone(), picture, &shop);
    assert!(second.new.is_empty() && second.different.is_empty(), "what was imported is new again");
}

/// Tables as marketplaces export them.
pub fn reply_seeds() -> Vec<Vec<u8>> {
    [
        "\u{feff}快捷编码,快捷短语,分组,图片\r\nzl,\"亲，请看\n这张图\",尺码,图/chima.PNG\r\nhh,七天内可以换,售后,\r\n",
        "分组;内容\n物流;\n;两天内发出\n;两天内发出\n",
        "code\ttext\nhi\t您好\nHI\t您好呀\n\t\n\t没有编码的一句话\n",
        "编码,内容\n您好,\"没有关上\n谢谢,不客气\n",
    ]
    .map(Vec::from)
    .to_vec()
}
