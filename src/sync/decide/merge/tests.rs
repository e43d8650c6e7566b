use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// Few words, so that editors often write the same.
fn word() -> impl Strategy<Value = String> {
    "[甲乙丙丁]".prop_map(String::from)
}

fn fields() -> impl Strategy<Value = ArticleFields> {
    (word(), vec(word(), 0..4), vec(word(), 1..3), vec(word(), 0..4), word()).prop_map(
        |(title, questions, answers, tags, shortcut)| ArticleFields { title, questions, answers, tags, shortcut },
    )
}

/// The article after one of its fields was changed.
fn with(was: &ArticleFields, field: ArticleField, from: &ArticleFields) -> ArticleFields {
    let mut fields = was.clone();
    match field {
        ArticleField::Title => fields.title.clone_from(&from.title),
        ArticleField::Questions => fields.questions.clone_from(&from.questions),
        ArticleField::Answers => fields.answers.clone_from(&from.answers),
        ArticleField::Tags => fields.tags.clone_from(&from.tags),
        ArticleField::Shortcut => fields.shortcut.clone_from(&from.shortcut),
        ArticleField::Newer => unreachable!("no field of ours"),
    }
    fields
}

fn words(list: &[String]) -> BTreeSet<&str> {
    list.iter().map(String::as_str).collect()
}

proptest! {
    #[test]
    fn changes_of_different_fields_both_stand_whoever_comes_first(
        was in fields(), one in fields(), other in fields(), at in 0..5_usize, away in 1..5_usize,
    ) {
        let (first, second) = (ArticleField::ALL[at], ArticleField::ALL[(at + away) % 5]);
        let (one, other) = (with(&was, first, &one), with(&was, second, &other));
        let merged = merge_article(&was, &one, &other);
        prop_assert_eq!(&merged, &merge_article(&was, &other, &one));
        prop_assert_eq!(merged, MergedArticle { fields: with(&other, first, &one), differs: vec![] });
    }

    #[test]
    fn nothing_that_either_wrote_is_lost(was in fields(), one in fields(), other in fields()) {
        let MergedArticle { fields, differs } = merge_article(&was, &one, &other);
        for field in ArticleField::ALL {
            let is_as = |wished: &ArticleFields| with(&fields, field, wished) == fields;
            let changed = |by: &ArticleFields| with(&was, field, by) != was;
            match field {
                ArticleField::Questions | ArticleField::Tags => {
                    let of = |fields: &ArticleFields| {
                        if field == ArticleField::Tags { fields.tags.clone() } else { fields.questions.clone() }
                    };
                    let (was, one, other, merged) = (of(&was), of(&one), of(&other), of(&fields));
                    let (was, one, other, merged) = (words(&was), words(&one), words(&other), words(&merged));
                    let stays: BTreeSet<&str> = was.intersection(&one).copied().filter(|it| other.contains(it)).collect();
                    let added = one.union(&other).copied().filter(|it| !was.contains(it));
                    let wished: BTreeSet<&str> = stays.into_iter().chain(added).collect();
                    prop_assert_eq!(merged, wished, "each adds and removes");
                }
                _ if differs.contains(&field) => {
                    prop_assert!(changed(&one) && changed(&other) && is_as(&one) && !is_as(&other));
                }
                _ if changed(&other) => prop_assert!(is_as(&other)),
                _ => prop_assert!(is_as(&one)),
            }
        }
    }

    #[test]
    fn what_is_merged_again_changes_nothing(was in fields(), one in fields(), other in fields()) {
        let merged = merge_article(&was, &one, &other);
        let again = merge_article(&was, &merged.fields, &other);
        prop_assert_eq!(words(&again.fields.questions), words(&merged.fields.questions));
        prop_assert_eq!(words(&again.fields.tags), words(&merged.fields.tags));
        prop_assert_eq!((again.fields.title, again.differs), (merged.fields.title, merged.differs));
    }

    #[test]
    fn without_another_change_what_is_given_stands(was in fields(), given in fields()) {
        prop_assert_eq!(merge_article(&was, &was, &given), MergedArticle { fields: given, differs: vec![] });
    }
}

#[test]
fn a_set_that_would_not_fit_is_kept_aside() {
    let many = |from: usize, count: usize| (from..from + count).map(|n| format!("标签{n}")).collect::<Vec<_>>();
    let of = |tags: Vec<String>| ArticleFields { tags, ..ArticleFields::default() };
    let (one, other) = (of(many(0, ARTICLE_TAGS_MAX)), of(many(100, 1)));
    let merged = merge_article(&of(vec![]), &one, &other);
    assert_eq!(merged, MergedArticle { fields: one, differs: vec![ArticleField::Tags] });
}
