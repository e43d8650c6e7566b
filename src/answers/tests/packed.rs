//! Keeping an index as bytes: what is read back answers as what was built.

use super::*;
use crate::packing::{HEAD_BYTES, Packer};
use proptest::prelude::*;

/// Texts that meet, fold, spell and mistype: traditional forms, wide marks, letters, characters beyond two bytes.
fn text() -> impl Strategy<Value = String> {
    const PARTS: [&str; 14] =
        ["发货", "退貨", "护膝", "多久", "，", "……", "HX-02", "😀", "ＡＢ", "\u{200b}", "重量", "绿色", "吗？", " "];
    proptest::collection::vec(proptest::sample::select(&PARTS[..]), 1..6).prop_map(|parts| parts.concat())
}

fn written(name: usize) -> impl Strategy<Value = Article> {
    let texts = || proptest::collection::vec(text(), 0..3);
    (text(), texts(), texts(), texts(), prop_oneof![Just(""), Just("fh"), Just("th")]).prop_map(
        move |(title, questions, tags, answers, shortcut)| {
            let [questions, tags, answers] =
                [&questions, &tags, &answers].map(|list| list.iter().map(String::as_str).collect::<Vec<_>>());
            Article {
                id: ArticleId::of_name(&name.to_string()),
                ..article(shortcut, &title, &questions, &tags, &answers)
            }
        },
    )
}

fn written_shop() -> impl Strategy<Value = Vec<Article>> {
    (0usize..12).prop_flat_map(|count| (0..count).map(written).collect::<Vec<_>>())
}

const QUERIES: [&str; 10] = ["发货", "fahuo", "fh", "tuihuo", "护膝绿", "hx", "发活多久", "zhongl", "😀", "ab"];

fn hits(index: &Index) -> Vec<Vec<Hit>> {
    QUERIES.iter().map(|query| index.search(query, &Around::default(), 20)).collect()
}

/// As a desk starts with what was kept by an earlier one.
fn started(bytes: &[u8], articles: &[Article]) -> (Index, usize) {
    let mut index = Index::unpacked(bytes).unwrap();
    let Unlike { changed, gone } = index.compared(articles.iter());
    gone.into_iter().for_each(|id| index.remove(EntryId::Article(id)));
    let put = articles.iter().filter(|article| changed.contains(&article.id));
    put.for_each(|article| index.put_to_find(article));
    assert_eq!(index.compared(articles.iter().rev()), Unlike::default());
    articles.iter().for_each(|article| index.put_questions(article));
    index.settle();
    (index, changed.len())
}

proptest! {
    #[test]
    fn what_is_read_back_finds_what_a_new_one_finds(
        before in written_shop(), after in written_shop(), replies in proptest::collection::vec(text(), 0..4),
    ) {
        let mut kept = Index::new();
        for (place, text) in replies.iter().enumerate() {
            before.get(place..place + 1).into_iter().flatten().for_each(|article| kept.put_article(article));
            kept.put_quick_reply(&quick_reply(&place.to_string(), text));
        }
        before.iter().for_each(|article| kept.put_article(article));
        let bytes = kept.packed();

        let (same, anew) = started(&bytes, &before);
        prop_assert_eq!(anew, 0);
        prop_assert_eq!(hits(&same), hits(&index_of(&before)));
        prop_assert_eq!(same.packed(), bytes.clone());

        let (changed, _) = started(&bytes, &after);
        prop_assert_eq!(hits(&changed), hits(&index_of(&after)));
    }

    #[test]
    fn bytes_that_nobody_packed_are_no_more_than_refused(
        place in any::<prop::sample::Index>(), byte in any::<u8>(), any_bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut body = index_of(&shop()).packed().split_off(HEAD_BYTES);
        let place = place.index(body.len());
        body[place] = byte;
        for body in [body, any_bytes] {
            let mut packer = Packer::new();
            packer.bytes(&body);
            if let Some(index) = Index::unpacked(&packer.closed(*b"QdX\x02")) {
                let _ = hits(&index);
            }
        }
    }
}

#[test]
fn an_index_that_is_not_whole_is_refused() {
    let bytes = index_of(&shop()).packed();
    assert_eq!(Index::unpacked(&bytes).unwrap().len(), shop().len());
    for place in (0..bytes.len()).step_by(7).filter(|place| !(4..8).contains(place)) {
        let mut changed = bytes.clone();
        changed[place] ^= 0x10;
        assert!(Index::unpacked(&changed).is_none(), "{place}");
    }
    for length in (0..bytes.len()).step_by(13) {
        assert!(Index::unpacked(&bytes[..length]).is_none(), "{length}");
    }
}

#[test]
fn what_is_read_back_suggests_what_a_new_one_suggests() {
    let articles = shop();
    let (index, anew) = started(&index_of(&articles).packed(), &articles);
    let asked = ["拍了多久能发出来呀", "想退掉怎么弄", "尺码怎么挑"];
    for message in asked {
        let suggested = index.suggest(&Asked::of(&[message]), 3);
        assert_eq!(suggested, index_of(&articles).suggest(&Asked::of(&[message]), 3), "{message}");
    }
    assert_eq!(anew, 0);
}

#[test]
fn long_lists_are_read_back_with_their_best_to_be_picked() {
    let articles: Vec<Article> = (0..700).map(|number| titled(&format!("发货问题{number}"))).collect();
    let built = index_of(&articles);
    let (read, _) = started(&built.packed(), &articles);
    assert_eq!(hits(&read), hits(&built));
    assert_eq!(read.packed(), built.packed());
}
