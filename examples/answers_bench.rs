//! Times the answer desk over a made-up shop of ten thousand articles: `cargo run --release --example answers_bench`.

use std::time::{Duration, Instant};

use qinda::answers::{Around, Asked, EntryId, Index};
use qinda::model::{Article, ArticleFields, ArticleId, Micros};

#[path = "made_up/words.rs"]
mod words;

use words::{Dice, MATTERS, THINGS};

const ARTICLES: usize = 10_000;
const ROUNDS: usize = 40;

/// What an agent types, by kind.
const KEYS: [(&str, &[&str]); 6] = [
    ("Chinese", &["发", "发货", "的", "什么时候", "护膝 发货", "重新下单", "请问护膝", "充电宝"]),
    ("pinyin", &["f", "fa", "fah", "fahu", "fahuo", "s", "sh", "shi", "tuih", "tuihuo", "zhongliang", "yujiadian"]),
    ("initials", &["fh", "t", "th", "cx", "hxfh", "sd", "smsh", "ss"]),
    (
        "typing errors",
        &["fahou", "kauidi", "tuihou", "fauo", "yujadian", "hxih", "能不能块点", "重心下单", "手电桶", "a13x"],
    ),
    ("mixed", &["退h", "f货", "hx th", "a7", "护x fahuo", "chongdian宝", "手电tnog"]),
    ("Traditional", &["發貨", "護膝 發貨", "什麼時候", "優惠券"]),
];
const MESSAGES: [&str; 5] = [
    "你好,昨天买的护膝什么时候发货",
    "可以改地址吗",
    "耳机充不进电了怎么办",
    "谢谢",
    "我上周在你们店里买的登山杖收到的时候有一根是弯的而且少了一个配件请问这种情况可以换货吗运费谁来承担",
];

fn main() {
    let articles: Vec<Article> = (0..ARTICLES).map(made_up).collect();
    let builds: Vec<Duration> = (0..5).map(|_| timed(|| built(&articles)).1).collect();
    let mut index = built(&articles);
    report("build of all", builds);
    println!("{:<24} {:>9.1} MB", "memory", index.bytes() as f64 / 1e6);
    report("put one in place", (0..200).map(|n| timed(|| index.put_article(&articles[n * 37])).1).collect());
    report("remove and put back", (0..200).map(|n| timed(|| put_back(&mut index, &articles[n * 41])).1).collect());
    let mut all = Vec::new();
    for (kind, keys) in KEYS {
        let times: Vec<Duration> = keys.iter().flat_map(|key| search_times(&index, key, ROUNDS)).collect();
        all.extend(&times);
        report(&format!("search {kind}"), times);
    }
    report("search, all", all);
    if std::env::args().any(|argument| argument == "--each") {
        for key in KEYS.iter().flat_map(|(_, keys)| *keys) {
            report(&format!("search {key}"), search_times(&index, key, ROUNDS));
        }
    }
    for message in MESSAGES {
        let times = (0..ROUNDS).map(|_| timed(|| index.suggest(&Asked::of(&[message]), 3)).1).collect();
        report(&format!("suggest, {} chars", message.chars().count()), times);
    }
    degenerate();
}

fn search_times(index: &Index, key: &str, rounds: usize) -> Vec<Duration> {
    (0..rounds).map(|_| timed(|| index.search(key, &Around::default(), 20)).1).collect()
}

/// Shops and queries that nobody should have.
fn degenerate() {
    let long = "啊".repeat(300);
    let same: Vec<Article> = (0..ARTICLES).map(|number| Article { fields: titled(&long), ..made_up(number) }).collect();
    let alike: Vec<Article> =
        (0..ARTICLES).map(|number| Article { fields: titled("发货的时间"), ..made_up(number) }).collect();
    let mut heavy = titled("很长的文章");
    heavy.answers = vec!["是非曲直事实上十四是十四".repeat(400); 20];
    let heavy: Vec<Article> = (0..50).map(|number| Article { fields: heavy.clone(), ..made_up(number) }).collect();
    for (shop, articles) in [("300 × 啊", same), ("one title", alike), ("100 KB each", heavy)] {
        let index = built(&articles);
        let mut all = Vec::new();
        let queries = [
            "a",
            "aa",
            "aab",
            "aaab",
            "aaaab",
            "啊啊啊啊吧",
            &"a".repeat(60),
            &"a".repeat(10_000),
            &"啊".repeat(10_000),
            "fahuo",
            "fahou",
            "fhdsj",
            "fahuodeshijian",
            "fahuodeshijain",
            "发货的时间",
            "发货的实践",
            "shishi",
            "ssss",
            "sshi",
            "shisi",
            "shsi",
            "是十四",
            "是事是是",
            &"是是非".repeat(1_000),
            &"shi".repeat(21),
            &"a ".repeat(5_000),
            "的",
            "f h d s j a b c d e",
            "!",
            "😀",
            "\u{fffd}",
        ];
        let mut slowest = (Duration::ZERO, String::new());
        for query in queries {
            let times = search_times(&index, query, 3);
            let fastest = times.iter().min().copied().unwrap_or_default();
            if fastest > slowest.0 {
                slowest = (fastest, query.chars().take(12).collect());
            }
            all.push(fastest);
        }
        report(&format!("degenerate, {shop}"), all);
        println!("{:<24} {} {:.1} MB", "  the slowest", slowest.1, index.bytes() as f64 / 1e6);
    }
}

fn titled(title: &str) -> ArticleFields {
    ArticleFields { title: title.into(), answers: vec!["稍后告诉您".into()], ..ArticleFields::default() }
}

fn built(articles: &[Article]) -> Index {
    let mut index = Index::new();
    articles.iter().for_each(|article| index.put_article(article));
    index
}

fn put_back(index: &mut Index, article: &Article) {
    index.remove(EntryId::Article(article.id));
    index.put_article(article);
}

fn made_up(number: usize) -> Article {
    let mut dice = Dice(number as u64 + 1);
    let answer: String = (0..6).map(|_| dice.question() + ",").collect();
    let shortcut = if number.is_multiple_of(5) { format!("a{number}") } else { String::new() };
    Article {
        id: ArticleId::of_name(&number.to_string()),
        fields: ArticleFields {
            title: dice.question(),
            questions: vec![dice.question(), dice.question()],
            answers: vec![answer],
            tags: vec![dice.pick(&MATTERS).to_owned(), dice.pick(&THINGS).to_owned()],
            shortcut,
        },
        version: 1,
        changed_by: None,
        changed_at: Micros::default(),
        copies: Vec::new(),
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let made = std::hint::black_box(work());
    (made, begin.elapsed())
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1e3;
    let [fastest, median, p95, slowest] = [0.0, 0.5, 0.95, 1.0].map(at);
    println!("{what:<24} fastest {fastest:>8.3}  median {median:>8.3}  p95 {p95:>8.3}  slowest {slowest:>8.3} ms");
}
