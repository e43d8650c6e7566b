//! `qinda eval`: how well the articles of a shop answer what is asked, by the very code of the desk.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use qinda::answers::{Asked, Count, Figures, Index, Threshold, masked};
use qinda::model::{Article, ArticleFields, ArticleId, Lesson, Micros};
use serde::{Deserialize, Serialize};

use crate::errors::Trouble;

/// How many texts of one article are paired with each other.
const PAIRED_MAX: usize = 6;
/// How many messages are suggested for before times are taken.
const WARMING_UP: usize = 5;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// 文章能答对多少顾客的问题。 How many questions the articles answer rightly.
    Answers(Args),
}

#[derive(Debug, clap::Args)]
pub struct Args {
    /// 文章，每行一个 JSON：id、title、questions、answers。 The articles, one JSON object a line.
    #[arg(long)]
    articles: String,
    /// 问题，每行一个 JSON：text、article；没有 article 的，不该有建议。 The questions; one without article asks what no article answers.
    #[arg(long)]
    questions: String,
    /// 客服选过的：text、article。 What agents chose, to learn from.
    #[arg(long)]
    picks: Option<String>,
    /// 店铺自己的旧问题：同问的两句，JSON 的 text、same，或用制表符隔开。 Questions of old that ask the same: text and same, or two columns.
    #[arg(long)]
    history: Option<String>,
    /// 结果写成 JSON。 Write the outcome as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Deserialize)]
struct ArticleLine {
    id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    questions: Vec<String>,
    #[serde(default)]
    answers: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct QuestionLine {
    text: String,
    #[serde(default)]
    article: Option<String>,
}

#[derive(Debug, Deserialize)]
struct HistoryLine {
    text: String,
    #[serde(default)]
    same: Option<String>,
    #[serde(default)]
    article: Option<String>,
}

#[derive(Debug, Serialize)]
struct Times {
    p50: f64,
    p95: f64,
    learning: f64,
}

#[derive(Debug, Serialize)]
struct Report {
    articles: usize,
    lessons: usize,
    /// Picks of articles that are not there: they only teach which words mean the same.
    picks_elsewhere: usize,
    pairs: usize,
    #[serde(flatten)]
    figures: Figures,
    time_ms: Times,
}

pub fn run(Command::Answers(args): Command) -> Result<(), Trouble> {
    let (mut index, ids) = articles(&args.articles)?;
    let questions = questions(&args.questions, &ids)?;
    let mut alike = Alike::default();
    let picks_elsewhere = args.picks.as_deref().map_or(Ok(0), |file| picks(file, &ids, &mut index, &mut alike))?;
    if let Some(file) = &args.history {
        history(file, &mut alike)?;
    }
    let pairs = alike.teach(&mut index);
    let ((), learning) = timed(|| index.settle());
    let (figures, times) = asked(&index, &questions);
    let report = Report {
        articles: index.len(),
        lessons: index.lessons(),
        picks_elsewhere,
        pairs,
        figures,
        time_ms: Times { p50: percentile(&times, 0.5), p95: percentile(&times, 0.95), learning: millis(learning) },
    };
    report.show(args.json)
}

/// The questions asked one by one, and how long each took, the shortest first.
fn asked(index: &Index, questions: &[(String, Option<ArticleId>)]) -> (Figures, Vec<Duration>) {
    for (text, _) in questions.iter().take(WARMING_UP) {
        std::hint::black_box(index.suggest(&Asked::of(&[text]), 3));
    }
    let mut count = Count::default();
    let mut times = Vec::with_capacity(questions.len());
    for (text, article) in questions {
        let messages = [text.as_str()];
        let asked = Asked::of(&messages);
        times.push(timed(|| std::hint::black_box(index.suggest(&asked, 3))).1);
        count.ask(index, &asked, *article);
    }
    times.sort_unstable();
    (count.figures(), times)
}

type Ids = HashMap<String, ArticleId>;

fn articles(file: &str) -> Result<(Index, Ids), Trouble> {
    let mut index = Index::new();
    let mut ids = Ids::new();
    for (line, text) in lines(file)? {
        let read: ArticleLine = json(file, line, &text)?;
        if read.title.trim().is_empty() && read.questions.iter().all(|question| question.trim().is_empty()) {
            return Err(at(file, line, "文章没有标题，也没有问法。", "The article has neither title nor question."));
        }
        let id = ArticleId::of_name(&read.id);
        if ids.insert(read.id.clone(), id).is_some() {
            let (zh, en) = (format!("文章 {} 出现了两次。", read.id), format!("The article {} comes twice.", read.id));
            return Err(at(file, line, &zh, &en));
        }
        let fields = ArticleFields {
            title: read.title,
            questions: read.questions,
            answers: read.answers,
            ..ArticleFields::default()
        };
        index.put_article(&Article {
            id,
            fields,
            version: 1,
            changed_by: None,
            changed_at: Micros::default(),
            copies: Vec::new(),
        });
    }
    Ok((index, ids))
}

fn questions(file: &str, ids: &Ids) -> Result<Vec<(String, Option<ArticleId>)>, Trouble> {
    let mut questions = Vec::new();
    for (line, text) in lines(file)? {
        let read: QuestionLine = json(file, line, &text)?;
        let article = read.article.map(|id| ids.get(&id).copied().ok_or(id)).transpose();
        let article =
            article.map_err(|id| at(file, line, &format!("没有文章 {id}。"), &format!("There is no article {id}.")))?;
        questions.push((read.text, article));
    }
    Ok(questions)
}

/// Takes choices in as lessons, as the desk does, and tells how many chose an article that is not there.
fn picks(file: &str, ids: &Ids, index: &mut Index, alike: &mut Alike) -> Result<usize, Trouble> {
    let mut lessons: BTreeMap<_, Lesson> = BTreeMap::new();
    let mut elsewhere = 0;
    for (line, text) in lines(file)? {
        let read: QuestionLine = json(file, line, &text)?;
        let Some(chosen) = read.article else {
            return Err(at(file, line, "没有写 article。", "It names no article."));
        };
        let Some(article) = ids.get(&chosen).copied() else {
            elsewhere += 1;
            alike.by_article.entry(chosen).or_default().push(read.text);
            continue;
        };
        let text = masked(&read.text);
        let id = Lesson::id_of(article, &text);
        let new = Lesson { id, article, text, times: 0, last_at: Micros::default(), taken_back: false };
        lessons.entry(id).or_insert(new).times += 1;
    }
    lessons.values().for_each(|lesson| index.put_lesson(lesson));
    Ok(elsewhere)
}

/// Texts that ask the same.
#[derive(Debug, Default)]
struct Alike {
    pairs: Vec<(String, String)>,
    by_article: BTreeMap<String, Vec<String>>,
}

impl Alike {
    fn teach(self, index: &mut Index) -> usize {
        let mut taught = self.pairs.len();
        self.pairs.iter().for_each(|(one, other)| index.put_alike(one, other));
        for texts in self.by_article.values() {
            let texts = &texts[..texts.len().min(PAIRED_MAX)];
            for (place, one) in texts.iter().enumerate() {
                texts[place + 1..].iter().for_each(|other| index.put_alike(one, other));
                taught += texts.len() - place - 1;
            }
        }
        taught
    }
}

fn history(file: &str, alike: &mut Alike) -> Result<(), Trouble> {
    for (line, text) in lines(file)? {
        if text.trim_start().starts_with('{') {
            let read: HistoryLine = json(file, line, &text)?;
            match (read.same, read.article) {
                (Some(same), _) => alike.pairs.push((read.text, same)),
                (None, Some(article)) => alike.by_article.entry(article).or_default().push(read.text),
                (None, None) => {
                    return Err(at(file, line, "既没有 same，也没有 article。", "It names neither same nor article."));
                }
            }
            continue;
        }
        let mut columns = text.split('\t');
        let (Some(one), Some(other)) = (columns.next(), columns.next()) else {
            return Err(at(file, line, "不是 JSON，也没有两列。", "It is neither JSON nor has two columns."));
        };
        // A third column of 0 says that the two do not ask the same.
        if columns.next().is_none_or(|same| same.trim() != "0") {
            alike.pairs.push((one.to_owned(), other.to_owned()));
        }
    }
    Ok(())
}

/// The lines of a file that are not blank, with their numbers from 1.
fn lines(file: &str) -> Result<Vec<(usize, String)>, Trouble> {
    let bytes = std::fs::read(file).map_err(|error| Trouble::reading(file, &error))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Trouble::new(format!("{file} 不是 UTF-8。"), format!("{file} is not UTF-8.")))?;
    let text = text.trim_start_matches('\u{feff}');
    let numbered = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let lines: Vec<(usize, String)> = numbered.map(|(line, number)| (number, line.to_owned())).collect();
    if lines.is_empty() {
        return Err(Trouble::new(format!("{file} 是空的。"), format!("{file} is empty.")));
    }
    Ok(lines)
}

fn json<'a, T: Deserialize<'a>>(file: &str, line: usize, text: &'a str) -> Result<T, Trouble> {
    serde_json::from_str(text)
        .map_err(|error| at(file, line, &format!("读不懂：{error}"), &format!("Not understood: {error}")))
}

fn at(file: &str, line: usize, zh: &str, en: &str) -> Trouble {
    Trouble::new(format!("{file} 第 {line} 行：{zh}"), format!("{file}, line {line}: {en}"))
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let done = work();
    (done, begin.elapsed())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn percentile(sorted: &[Duration], share: f64) -> f64 {
    let place = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(place).copied().map_or(0.0, millis)
}

impl Report {
    fn show(&self, json: bool) -> Result<(), Trouble> {
        if json {
            let text = serde_json::to_string_pretty(self).map_err(|error| {
                Trouble::new(format!("写不成 JSON：{error}"), format!("Cannot write JSON: {error}"))
            })?;
            say!("{text}");
            return Ok(());
        }
        let figures = &self.figures;
        say!("文章 articles        {:>8}", self.articles);
        say!("学过 lessons         {:>8}", self.lessons);
        say!("同问 pairs           {:>8}", self.pairs);
        say!("问题 questions       {:>8}", figures.questions);
        say!("第一 hits@1          {:>8.3}", figures.hits_at_1);
        say!("前三 hits@3          {:>8.3}", figures.hits_at_3);
        say!("倒数 MRR@10          {:>8.3}", figures.mrr_at_10);
        say!("有答 answered        {:>8.3}", figures.answered);
        say!("答对 precision       {:>8.3}", figures.precision);
        say!("     precision in 3  {:>8.3}", figures.precision_at_3);
        if figures.unanswerable > 0 {
            say!("无关 unanswerable    {:>8}", figures.unanswerable);
            say!("打扰 disturbed       {:>8.3}", figures.disturbed);
        }
        let time = &self.time_ms;
        say!("耗时 time            p50 {:.2} ms, p95 {:.2} ms; learning {:.0} ms", time.p50, time.p95, time.learning);
        if self.picks_elsewhere > 0 {
            say!("有 {} 条选择的文章不在文件里，只用来学同义。", self.picks_elsewhere);
            say!(
                "{} picks chose articles that are not there; they only teach which words mean the same.",
                self.picks_elsewhere
            );
        }
        say!("把握 confidence  有答 answered  答对 precision  打扰 disturbed");
        for threshold in &figures.curve {
            let Threshold { confidence, answered, precision, disturbed } = threshold;
            say!("{confidence:>15.1}  {answered:>13.3}  {precision:>14.3}  {disturbed:>14.3}");
        }
        Ok(())
    }
}
