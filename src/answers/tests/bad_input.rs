//! What nobody should type, and somebody will.

use super::*;
use crate::model::ANSWER_CHARS_MAX;

#[test]
fn long_and_broken_input_is_answered() {
    let mut articles = shop();
    articles.push(article("", "长", &[], &[], &[&"啊阿吖".repeat(ANSWER_CHARS_MAX / 3)]));
    let index = index_of(&articles);
    for unit in ["a", "啊", "a ", "zhong", "发货", "'", "\u{fe0f}"] {
        let long = unit.repeat(10_000 / unit.chars().count());
        assert!(index.search(&long, &Around::default(), 5).len() <= 5);
        assert!(index.suggest(&[&long], 3).len() <= 3);
    }
    let hit = index.search(&"啊阿吖".repeat(1_000), &Around::default(), 5).remove(0);
    assert_eq!((hit.field, places(&hit)), (Field::Answer, vec![(0, 3_000)]));
}
