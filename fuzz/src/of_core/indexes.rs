//! The index of the articles as a device keeps it for its next start.

use qinda::answers::{Around, Asked, Index, Unlike};
use qinda::model::{Article, ArticleFields, ArticleId, EntryId};

use super::examples::{self, NOW};

/// What stands before everything else: four bytes that tell the form, four that mean nothing, and the number of the rest.
const HEAD_BYTES: usize = 16;
/// However the bytes lie about themselves, an index takes no more memory than so many times as many, beside what every
/// one takes.
const MEMORY_TIMES_MAX: usize = 32;
const HITS_MAX: usize = 20;
const QUERIES: [&str; 9] = ["", "发货", "fahuo", "fh", "退", "tuihuo", "发活多久", "hx-02", "😀a"];

/// What stands behind the head, which is made to fit: no change of a bit would be read otherwise.
pub fn index(input: &[u8]) -> bool {
    let Some(index) = Index::unpacked(&headed(input)) else { return false };
    let own = index.bytes() - Index::new().bytes();
    assert!(own <= MEMORY_TIMES_MAX * input.len(), "{own} bytes are held for {}", input.len());
    let packed = index.packed();
    let again = Index::unpacked(&packed).expect("what was packed can be unpacked");
    assert_eq!((again.len(), again.packed()), (index.len(), packed), "packed anew it is another");
    answers(&index);
    goes_on(index);
    true
}

/// The bytes with a head that says they are whole.
fn headed(rest: &[u8]) -> Vec<u8> {
    let mut print = 0u64;
    let mut add = |word: [u8; 8]| {
        let mixed = (print ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        print = mixed ^ mixed >> 32;
    };
    let (words, odd) = rest.as_chunks::<8>();
    words.iter().for_each(|word| add(*word));
    let mut last = [0; 8];
    last[..odd.len()].copy_from_slice(odd);
    add(last);
    let head = &Index::new().packed()[..HEAD_BYTES - 8];
    [head, &print.to_le_bytes(), rest].concat()
}

/// Whatever it holds, it finds some of it, and marks what stands in order.
fn answers(index: &Index) {
    let around = Around { now: NOW, ..Around::default() };
    for query in QUERIES {
        let hits = index.search(query, &around, HITS_MAX);
        assert!(hits.len() <= HITS_MAX && hits.len() <= index.len());
        for hit in hits {
            assert!(hit.score.is_finite());
            assert!(hit.marks.iter().all(|mark| mark.start <= mark.end), "a mark ends before it begins");
            assert!(hit.marks.is_sorted_by(|one, next| one.end < next.start), "marks meet");
        }
    }
    let _ = index.suggest(&Asked::of(&["什么时候发货", "fahuo"]), 3);
}

/// As a start goes on: what changed is put in place of it, what is gone is taken out.
fn goes_on(mut index: Index) {
    let articles = articles();
    let Unlike { gone, .. } = index.compared(articles.iter());
    for article in &articles {
        index.put_to_find(article);
        index.put_questions(article);
    }
    while index.settle_part() {}
    answers(&index);
    gone.into_iter().for_each(|id| index.remove(EntryId::Article(id)));
    assert_eq!(index.len(), articles.len());
    answers(&index);
    articles.iter().for_each(|article| index.remove(EntryId::Article(article.id)));
    assert!(index.is_empty());
}

/// Texts that fold, spell and need more than two bytes.
fn articles() -> Vec<Article> {
    [("发货", "什麼時候發貨？"), ("退", "退貨……😀"), ("HX-02", "ＨＸ０２\u{200b}护膝")]
        .into_iter()
        .map(|(title, question)| {
            let base = examples::article_fields();
            let fields = ArticleFields { title: title.into(), questions: vec![question.into()], ..base };
            Article {
                id: ArticleId::of_name(title),
                fields,
                version: 1,
                changed_by: None,
                changed_at: NOW,
                copies: Vec::new(),
            }
        })
        .collect()
}

/// Indexes of none, one and some articles.
pub fn index_seeds() -> Vec<Vec<u8>> {
    let articles = articles();
    (0..=articles.len())
        .map(|count| {
            let mut index = Index::new();
            articles[..count].iter().for_each(|article| index.put_article(article));
            index.packed().split_off(HEAD_BYTES)
        })
        .collect()
}
