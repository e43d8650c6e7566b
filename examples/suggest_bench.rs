//! Times suggestions in a made-up shop of ten thousand articles and twenty thousand lessons:
//! `cargo run --release --example suggest_bench`.

use std::time::{Duration, Instant};

use qinda::answers::{Asked, Index};
use qinda::model::{Article, ArticleFields, ArticleId, LESSONS_MAX, Lesson, Micros};

#[path = "made_up/words.rs"]
mod words;

use words::Dice;

const ARTICLES: usize = 10_000;
/// How many different messages of each length are asked.
const MESSAGES: usize = 300;
/// Sets the messages apart from the articles and lessons.
const MESSAGES_FROM: usize = 1_000_000;
const LESSONS_FROM: usize = 2_000_000;

fn main() {
    let mut index = Index::new();
    (0..ARTICLES).map(article).for_each(|article| index.put_article(&article));
    (0..LESSONS_MAX).map(lesson).for_each(|lesson| index.put_lesson(&lesson));
    println!("{} articles, {} lessons", index.len(), index.lessons());
    report("before learning", asking(&index, vec!["什么时候发货".to_owned()]));
    report("learning, a part", learning(&mut index));
    println!("{:<16} {:>8.1} MB", "memory", index.bytes() as f64 / 1e6);
    report("the first message", asking(&index, vec!["什么时候发货".to_owned()]));
    for (what, chars) in [("short", 8), ("35 characters", 35), ("200 characters", 200)] {
        let messages = |from: usize| (from..from + MESSAGES).map(|number| message(number, chars)).collect();
        report(what, asking(&index, messages(MESSAGES_FROM * chars)));
    }
    report("好的", asking(&index, vec!["好的".to_owned(); MESSAGES]));
    index.put_lesson(&lesson(LESSONS_FROM));
    index.remove_lesson(lesson(0).id);
    report("learning again", learning(&mut index));
}

/// What each part of learning took.
fn learning(index: &mut Index) -> Vec<Duration> {
    let mut parts = Vec::new();
    let mut is_left = true;
    while is_left {
        parts.push(timed(|| is_left = index.settle_part()));
    }
    println!("learning {:>6} parts, {:.0} ms", parts.len(), parts.iter().sum::<Duration>().as_secs_f64() * 1e3);
    parts
}

fn asking(index: &Index, messages: Vec<String>) -> Vec<Duration> {
    messages.iter().map(|message| timed(|| index.suggest(&Asked::of(&[message]), 3))).collect()
}

fn message(number: usize, chars: usize) -> String {
    let mut dice = Dice(number as u64 + 1);
    let mut text = dice.question();
    while text.chars().count() < chars {
        text = text + "," + &dice.question();
    }
    text.chars().take(chars).collect()
}

fn article(number: usize) -> Article {
    let mut dice = Dice(number as u64 + 1);
    let answer: String = (0..6).map(|_| dice.question() + ",").collect();
    Article {
        id: ArticleId::of_name(&number.to_string()),
        fields: ArticleFields {
            title: dice.question(),
            questions: vec![dice.question(), dice.question()],
            answers: vec![answer],
            ..ArticleFields::default()
        },
        version: 1,
        changed_by: None,
        changed_at: Micros::default(),
        copies: Vec::new(),
    }
}

/// Few articles are chosen often, many seldom.
fn lesson(number: usize) -> Lesson {
    let mut dice = Dice((LESSONS_FROM + number) as u64);
    let share = dice.below(1_000) as f64 / 1_000.0;
    let article = ArticleId::of_name(&((share.powi(3) * ARTICLES as f64) as usize).to_string());
    let text = format!("{}{number}", dice.question());
    Lesson {
        id: Lesson::id_of(article, &text),
        article,
        text,
        times: 1 + dice.below(4) as u32,
        last_at: Micros::default(),
        taken_back: false,
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let begin = Instant::now();
    std::hint::black_box(work());
    begin.elapsed()
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1e3;
    println!("{what:<18} p50 {:>8.3}  p95 {:>8.3}  max {:>8.3} ms", at(0.5), at(0.95), at(1.0));
}
