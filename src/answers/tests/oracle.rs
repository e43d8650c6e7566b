//! Any texts at all, against what must be so.

use proptest::prelude::*;

use super::*;
use crate::model::Usage;

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
            copies: Vec::new(),
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
                prop_assert_eq!(index.search(&part, &Around::default(), 1).len(), 1, "{:?} in {:?}", part, text);
            }
        }
    }

    #[test]
    fn any_text_is_answered_within_the_limit_and_marked_within_the_text(
        articles in prop::collection::vec(any_article(), 0..6), query in any_text(), limit in 0usize..4,
    ) {
        let index = index_of(&articles);
        let hits = index.search(&query, &Around::default(), limit);
        prop_assert!(hits.len() <= limit && hits.is_sorted_by(|better, worse| better.score >= worse.score));
        for hit in hits {
            let article = articles.iter().rfind(|article| EntryId::Article(article.id) == hit.id).unwrap();
            let chars = text_of(article, hit.field, hit.line).chars().count();
            prop_assert!(!hit.marks.is_empty() && hit.marks.iter().all(|mark| mark.start < mark.end && mark.end <= chars));
        }
        for suggestion in index.suggest(&Asked::of(&[&query]), limit) {
            let article = articles.iter().rfind(|article| EntryId::Article(article.id) == suggestion.id).unwrap();
            if let Why::Wording { field, line, text } = suggestion.why {
                prop_assert_eq!(text_of(article, field, line), text);
            }
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
        changed.settle();
        prop_assert_eq!(changed.len(), fresh.len());
        for query in queries.iter().map(String::as_str).chain(["f", "fh", "a", "发", "退款"]) {
            prop_assert_eq!(changed.search(query, &Around::default(), 10), fresh.search(query, &Around::default(), 10));
            prop_assert_eq!(changed.suggest(&Asked::of(&[query]), 3), fresh.suggest(&Asked::of(&[query]), 3));
        }
    }

    /// A short list is filled without looking at everything: it must still be what everything would have given.
    #[test]
    fn a_short_list_is_how_a_long_one_begins(
        articles in prop::collection::vec(any_article(), 1..9), limit in 1usize..4,
        query in "[a-z]{1,3}|[发货退款什么时候到]{1,4}|[a-z发货]{1,2} [发货退款]{1,2}", chosen in 0u8..6, times in 0u32..40,
    ) {
        let mut index = index_of(&articles);
        let used = Usage { weight_milli: times * 1_000, at: Micros::default() };
        index.put_usage(EntryId::Article(ArticleId::of_name(&chosen.to_string())), Whose::Own, used);
        let plain = |limit| -> Vec<Hit> {
            let around = Around { product: Some("发货"), ..Around::default() };
            index.search(&query, &around, limit).into_iter().filter(|hit| !hit.nearly).collect()
        };
        let mut all = plain(100);
        all.truncate(limit);
        prop_assert_eq!(plain(limit), all);
    }

    #[test]
    fn every_hit_scores_as_its_best_lines_say(articles in prop::collection::vec(any_article(), 1..5), query in "[a-z发货退款]{1,4}") {
        let index = index_of(&articles);
        for hit in index.search(&query, &Around::default(), 5) {
            let alone = articles.iter().rfind(|article| EntryId::Article(article.id) == hit.id).unwrap();
            let again = index_of(std::slice::from_ref(alone)).search(&query, &Around::default(), 1);
            prop_assert_eq!(again, vec![hit]);
        }
    }
}

/// As [`a_short_list_is_how_a_long_one_begins`], of so many articles that most are passed over.
#[test]
fn a_short_list_of_many_is_how_a_long_one_begins() {
    let (who, what, how) = (["", "新", "老顾客"], ["发货", "退货", "换货", "发票"], ["吗", "要多久", "怎么办理呢"]);
    let number = |number: usize| -> Article {
        let title = format!("{}{}{}", who[number % 3], what[number / 3 % 4], how[number / 12 % 3]);
        let mut article = titled(&format!("{title}{}", "呀".repeat(number / 36 % 9)));
        article.id = ArticleId::of_name(&number.to_string());
        article.fields.questions = vec![format!("请问{title}"), what[number % 4].repeat(number % 5)];
        article.fields.tags = vec![how[number % 2].to_owned()];
        article.fields.answers = vec![format!("{title}要看什么时候发货")];
        article
    };
    let mut index = index_of(&(0..1_500).map(number).collect::<Vec<_>>());
    for (chosen, times) in [(0, 0), (7, 1), (1_400, 40)] {
        let used = Usage { weight_milli: times * 1_000, at: Micros::default() };
        index.put_usage(EntryId::Article(ArticleId::of_name(&chosen.to_string())), Whose::Own, used);
        for query in ["货", "发货", "货要多", "发货要多久", "老顾客", "要多久呀", "吗", "请问发", "fh", "fahuo", "h"]
        {
            let all = index.search(query, &Around::default(), 1_500);
            for limit in [1, 7, 20] {
                let some = index.search(query, &Around::default(), limit);
                assert_eq!((some.len(), &some[..]), (limit, &all[..limit]), "{query}");
            }
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
