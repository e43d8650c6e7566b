//! The desk learns from what its agents choose.

use super::*;
use crate::model::Lesson;
use proptest::prelude::*;

fn lesson(title: &str, text: &str, times: u32) -> Lesson {
    let article = ArticleId::of_name(title);
    Lesson {
        id: Lesson::id_of(article, text),
        article,
        text: text.into(),
        times,
        last_at: Micros::default(),
        taken_back: false,
    }
}

fn best(index: &Index, message: &str) -> Option<Suggestion> {
    index.suggest(&Asked::of(&[message]), 3).into_iter().next()
}

#[test]
fn a_choice_counts_at_once_and_is_the_reason() {
    let mut index = index_of(&shop());
    assert_eq!(best(&index, "木头那块能碰水不"), None);
    let learned = lesson("杯子能进微波炉吗", "木头那块能碰水不", 3);
    (0..6).for_each(|n| index.put_lesson(&lesson("怎么退货", &format!("第{n}种说法退"), 1)));
    index.put_lesson(&learned);
    let suggestion = best(&index, "木头那块能碰水不").unwrap();
    assert_eq!(suggestion.id, EntryId::Article(learned.article));
    let wanted = Why::Learned { text: learned.text.clone(), times: 3 };
    assert_eq!(suggestion.why, wanted);
    index.put_lesson(&Lesson { taken_back: true, ..learned.clone() });
    assert_eq!(best(&index, "木头那块能碰水不"), None);
    index.put_lesson(&learned);
    index.remove(EntryId::Article(learned.article));
    assert_ne!(best(&index, "木头那块能碰水不").map(|best| best.id), Some(suggestion.id));
}

#[test]
fn what_follows_most_often_is_learned_from_many_choices() {
    let shop = shop();
    let mut index = index_of(&shop);
    for n in 0..40 {
        index.put_lesson(&lesson("怎么退货", &format!("甲{n}想了想还是算了吧"), 1));
        index.put_lesson(&lesson("可以开发票吗", &format!("乙{n}公司要报账的"), 1));
    }
    index.settle();
    for (message, title) in [("丙想了想还是算了吧", "怎么退货"), ("丁公司要报账的", "可以开发票吗")]
    {
        let ranking = index.rank(&Asked::of(&[message]), 3);
        assert_eq!(name_of(&shop, ranking[0].id), title, "{message}");
    }
}

#[test]
fn pairs_that_ask_the_same_teach_which_words_stand_for_each_other() {
    let titles = ["猫砂结团吗", "猫砂扬尘吗", "猫粮软便吗", "狗粮诱食吗"];
    let mut index = index_of(&titles.map(titled));
    let place = |index: &Index| {
        let ranking = index.rank(&Asked::of(&["猫砂飞灰吗"]), 4);
        place_of(&ranking, ArticleId::of_name("猫砂扬尘吗"))
    };
    let before = place(&index);
    assert_ne!(before, Some(0), "without learning it must not come first, or this shows nothing");
    for n in 0..300 {
        index.put_alike(&format!("飞灰{n}"), &format!("扬尘{n}"));
    }
    index.settle();
    assert_eq!(place(&index), Some(0));
}

/// Learns in parts, each of which some other work may interrupt, and counts them.
fn parts(index: &mut Index, mut meanwhile: impl FnMut(&mut Index, usize)) -> usize {
    let mut parts = 0;
    while index.settle_part() {
        parts += 1;
        meanwhile(index, parts);
    }
    parts
}

fn unlearned(articles: &[Article]) -> Index {
    let mut index = Index::new();
    articles.iter().for_each(|article| index.put_article(article));
    index
}

#[test]
fn before_anything_is_learned_the_wordings_answer() {
    let shop = shop();
    let mut index = unlearned(&shop);
    let asked = |index: &Index, message: &str| best(index, message).map(|best| (best.id, best.why));
    let wording = Why::Wording { field: Field::Wording, line: 0, text: "今天能寄出吗".into() };
    let article = EntryId::Article(ArticleId::of_name("什么时候发货"));
    assert_eq!(asked(&index, "请问今天能寄出吗"), Some((article, wording.clone())));
    let unsaid = "抬头能写公司名吗";
    assert_eq!(asked(&index, unsaid), None);
    index.settle();
    assert_eq!(asked(&index, "请问今天能寄出吗"), Some((article, wording)));
    let invoice = EntryId::Article(ArticleId::of_name("可以开发票吗"));
    assert!(matches!(asked(&index, unsaid), Some((id, Why::Intent(_))) if id == invoice));
    assert!(!index.settle_part(), "nothing is left");
}

#[test]
fn learned_in_parts_between_messages_is_as_learned_at_once() {
    let shop: Vec<Article> =
        (0..60).map(|n| titled(&format!("第{n}款护膝怎么{}", ["退货", "换货", "开票"][n % 3]))).collect();
    let lessons: Vec<Lesson> = (0..700)
        .map(|n| lesson(&shop[n * n % 60].fields.title, &format!("这个{n}不想要了{}", ["退", "换", "票"][n % 3]), 1))
        .collect();
    let mut at_once = unlearned(&shop);
    lessons.iter().for_each(|lesson| at_once.put_lesson(lesson));
    at_once.settle();
    let mut in_parts = unlearned(&shop);
    lessons[1..].iter().for_each(|lesson| in_parts.put_lesson(lesson));
    let parts = parts(&mut in_parts, |index, parts| {
        assert!(!index.rank(&Asked::of(&["不想要了退"]), 3).is_empty());
        if parts == 12 {
            index.put_lesson(&lessons[0]);
        }
    });
    assert!(parts > 60, "{parts}");
    for message in ["不想要了退", "第7款护膝换一个", "开票", "这个13不想要了"] {
        assert_eq!(in_parts.rank(&Asked::of(&[message]), 5), at_once.rank(&Asked::of(&[message]), 5), "{message}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_same_lessons_teach_the_same_in_any_order(
        choices in prop::collection::vec((0usize..8, "[发货退款什么时候到吗开票]{1,8}", 1u32..9, any::<bool>()), 1..60),
        message in "[发货退款什么时候到吗]{1,8}",
    ) {
        let shop = shop();
        let lessons: std::collections::BTreeMap<_, Lesson> = choices
            .iter()
            .map(|(place, text, times, _)| lesson(&shop[*place].fields.title, text, *times))
            .map(|lesson| (lesson.id, lesson))
            .collect();
        let mut fresh = index_of(&shop);
        lessons.values().for_each(|lesson| fresh.put_lesson(lesson));
        let mut changed = index_of(&shop);
        for (lesson, (_, _, _, again)) in lessons.values().rev().zip(choices.iter().cycle()) {
            changed.put_lesson(lesson);
            if *again {
                changed.remove_lesson(lesson.id);
                changed.settle();
                changed.put_lesson(lesson);
            }
        }
        fresh.settle();
        changed.settle();
        prop_assert_eq!(fresh.lessons(), changed.lessons());
        prop_assert_eq!(fresh.rank(&Asked::of(&[&message]), 5), changed.rank(&Asked::of(&[&message]), 5));
    }

    #[test]
    fn any_lesson_and_message_is_taken(text in any::<String>(), message in any::<String>()) {
        let mut index = index_of(&shop());
        (0..40).for_each(|n| index.put_lesson(&lesson("怎么退货", &format!("{text}{n}"), n)));
        index.settle();
        let ranking = index.rank(&Asked::of(&[&message]), 3);
        prop_assert!(ranking.len() <= 3 && ranking.iter().all(|best| (0.0..=1.0).contains(&best.share)));
    }
}
