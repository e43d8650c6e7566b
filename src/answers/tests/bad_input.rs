//! What nobody should type, and somebody will.

use super::*;
use crate::model::{ANSWER_CHARS_MAX, ARTICLE_ANSWERS_MAX};

/// More steps than this no search takes, whatever is held and asked.
const STEPS_MAX: usize = 1_400_000;

#[test]
fn long_and_broken_input_is_answered() {
    let mut articles = shop();
    articles.push(article("", "长", &[], &[], &[&"啊阿吖".repeat(ANSWER_CHARS_MAX / 3)]));
    let index = index_of(&articles);
    for unit in ["a", "啊", "a ", "zhong", "发货", "'", "\u{fe0f}", "😀", "\u{fffd}", "發"] {
        let long = unit.repeat(10_000 / unit.chars().count());
        assert!(index.search(&long, &Around::default(), 5).len() <= 5);
        assert!(index.suggest(&Asked::of(&[&long]), 3).len() <= 3);
    }
    let hit = index.search(&"啊阿吖".repeat(1_000), &Around::default(), 5).remove(0);
    assert_eq!((hit.field, places(&hit)), (Field::Answer, vec![(0, 3_000)]));
}

#[test]
fn one_symbol_and_half_an_emoji_are_words_like_others() {
    let articles = [titled("好的！😀"), titled("好的"), titled("坏了\u{fffd}")];
    assert_eq!(found(&articles, "!"), ["好的！😀"]);
    assert_eq!(found(&articles, "😀"), ["好的！😀"]);
    let half = String::from_utf16_lossy(&[0xd83d]);
    assert_eq!(found(&articles, &half), ["坏了\u{fffd}"]);
    assert_eq!(found(&articles[..2], &half), Vec::<&str>::new());
}

#[test]
fn an_article_without_wordings_and_one_of_a_hundred_kilobytes_are_found() {
    let answers = vec!["是非曲直十四是十四".repeat(ANSWER_CHARS_MAX / 9); ARTICLE_ANSWERS_MAX];
    let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
    let articles = [article("", "绕口令", &[], &[], &answers), titled("只有标题")];
    assert_eq!(found(&articles, "zhibiaoti"), Vec::<&str>::new());
    assert_eq!(found(&articles, "只有标题"), ["只有标题"]);
    assert_eq!(found(&articles, "shishisishi"), ["绕口令"]);
    assert_eq!(found(&articles, &"非曲直十四是十四是".repeat(500)), ["绕口令"]);
}

fn crowd(title: &str, count: usize) -> Index {
    let mut index = Index::new();
    for place in 0..count {
        let mut one = titled(title);
        one.id = ArticleId::of_name(&place.to_string());
        index.put_article(&one);
    }
    index
}

/// Time depends on the machine, steps don't: more of the same takes no more of them.
#[test]
fn no_query_takes_more_than_a_bounded_number_of_steps() {
    let long_word = "a".repeat(60);
    let queries = [
        "a",
        "aa",
        "aab",
        "aaab",
        "aaaab",
        "aab aab",
        "啊啊啊吧",
        "啊aab",
        &long_word,
        "fahuo",
        "fahou",
        "shishi",
        "发货的实践",
    ];
    for title in ["啊".repeat(300), "发货的时间是十四".to_owned(), "aaaaaaaaaab".repeat(20)] {
        let (few, many) = (crowd(&title, 50), crowd(&title, 3_000));
        let around = Around { product: Some("啊啊啊发货的时间"), ..Around::default() };
        for query in queries {
            let (_, steps) = many.search_counted(query, &around, 20);
            assert!(steps <= STEPS_MAX, "{query} over {title}: {steps}");
            let (hits, _) = many.search_counted(query, &around, 20);
            assert_eq!(hits.is_empty(), few.search(query, &around, 20).is_empty(), "{query} over {title}");
        }
    }
}

#[test]
fn many_articles_of_one_title_are_all_the_same_find() {
    let index = crowd("什么时候发货", 3_000);
    for query in ["发货", "fahuo", "fh", "shenmeshihou", "什么时侯发货"] {
        let hits = index.search(query, &Around::default(), 20);
        assert_eq!(hits.len(), 20, "{query}");
        assert!(hits.iter().all(|hit| hit.score == hits[0].score), "{query}");
    }
}
