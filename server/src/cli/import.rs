//! `qinda import`. Exit code 0 when something was understood, also when it was all there already; 1 when the file
//! could not be read or held no question at all.

use std::io::Read as _;
use std::path::Path;

use qinda::import::{IMPORT_BYTES_MAX, Left, Plan, Taken, plan, read};
use qinda::model::{Article, ArticleFields, ArticleId, Micros, ShopId};
use qinda::sync::Change;
use serde::Serialize;

use super::{Data, chosen_shop};
use crate::errors::Trouble;
use crate::store::{Store, Stored, Work, articles, random_id, shops};

pub mod chats;
mod encoding;
mod forget;
mod quick_replies;

use encoding::Encoding;

/// How much of an answer is shown, in characters.
const SHOWN_CHARS_MAX: usize = 40;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// 从文件导入问答：编号的文稿、CSV、JSON Lines。 Articles from numbered papers, CSV or JSON Lines.
    Articles(Args),
    /// 导入快捷短语：XLSX、CSV、TSV，连同图片。 Quick replies with their pictures from XLSX, CSV or TSV.
    QuickReplies(quick_replies::Args),
    /// 导入别处的聊天记录，让指标也算得上。 Chat logs from elsewhere, so that figures count them, too.
    Chats(chats::Args),
    /// 删掉一个来源导入的全部聊天记录。 Take back all chat logs of a source.
    Forget(forget::Args),
}

#[derive(Debug, clap::Args)]
pub struct Args {
    /// 文件；“-”是标准输入。 The file; "-" is the standard input.
    file: String,
    /// 店铺；只有一个时可省略。 The shop; may be left out when there is only one.
    #[arg(long)]
    shop: Option<String>,
    /// 只看会怎样，什么也不写。 Only show what would happen.
    #[arg(long)]
    dry_run: bool,
    /// 结果写成 JSON。 Write the outcome as JSON.
    #[arg(long)]
    json: bool,
    /// 店铺答案不同时，用文件里的。 Where the shop answers otherwise, take the file's answer.
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    data: Data,
}

/// What becomes of a question of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    /// The shop did not have it.
    New,
    /// The shop has it just so.
    Unchanged,
    /// The shop answers otherwise, and keeps its answer.
    Different,
    /// The shop answered otherwise; now it answers as the file does.
    Replaced,
}

impl Outcome {
    const fn words(self) -> &'static str {
        match self {
            Self::New => "新增 new      ",
            Self::Unchanged => "已有 unchanged",
            Self::Different => "不同 different",
            Self::Replaced => "替换 replaced ",
        }
    }
}

#[derive(Serialize)]
struct TakenLine {
    #[serde(flatten)]
    taken: Taken,
    outcome: Outcome,
}

#[derive(Serialize)]
struct LeftLine {
    #[serde(flatten)]
    left: Left,
    why: Why,
}

#[derive(Serialize)]
struct Why {
    zh: String,
    en: String,
}

#[derive(Serialize)]
struct Report {
    file: String,
    encoding: Encoding,
    dry_run: bool,
    taken: Vec<TakenLine>,
    left: Vec<LeftLine>,
}

pub async fn run(command: Command) -> Result<(), Trouble> {
    match command {
        Command::Articles(args) => articles_of(args).await,
        Command::QuickReplies(args) => quick_replies::run(args).await,
        Command::Chats(args) => chats::run(args).await,
        Command::Forget(args) => forget::run(args).await,
    }
}

async fn articles_of(args: Args) -> Result<(), Trouble> {
    let (text, encoding) = encoding::decode(&bytes(&args.file)?)?;
    let reading = read(&args.file, &text).map_err(|error| Trouble::new(error.zh(), error.en()))?;
    let plan = if args.dry_run {
        plan(reading, &existing(&args).await?)
    } else {
        let store = args.data.open_existing().await?;
        let shop = chosen_shop(&store, args.shop.as_deref()).await?.card.id;
        let replace = args.replace;
        let written = write(&store, shop, reading, replace).await;
        store.close().await;
        written?
    };
    let report = Report::new(&args, encoding, plan);
    report.show(args.json)?;
    if report.taken.is_empty() {
        return Err(Trouble::new(
            "文件里没有找到带答案的问题，什么也没有改。",
            "No question with an answer was found in the file; nothing was changed.",
        ));
    }
    Ok(())
}

fn bytes(file: &str) -> Result<Vec<u8>, Trouble> {
    let read = || {
        let mut bytes = Vec::new();
        let limit = IMPORT_BYTES_MAX as u64 + 1;
        match file {
            "-" => std::io::stdin().lock().take(limit).read_to_end(&mut bytes)?,
            path => std::fs::File::open(Path::new(path))?.take(limit).read_to_end(&mut bytes)?,
        };
        Ok(bytes)
    };
    read().map_err(|error| Trouble::reading(file, &error))
}

/// What the shop has, read without writing anything, not even a new database.
async fn existing(args: &Args) -> Result<Vec<Article>, Trouble> {
    let place = args.data.place()?;
    let Some(mut conn) = Store::look(&place).await? else { return Ok(Vec::new()) };
    let all = shops::all(&mut conn).await?;
    let shop = match &args.shop {
        Some(slug) => all.into_iter().find(|shop| shop.card.slug == *slug),
        None if all.len() == 1 => all.into_iter().next(),
        None => None,
    };
    match shop {
        Some(shop) => Ok(articles::all(&mut conn, shop.card.id).await?),
        None => Err(Trouble::new("请用 --shop 指明已有的店铺。", "Say which of the existing shops with --shop.")),
    }
}

/// Compares and writes in one transaction, so that nobody's change in between is lost.
async fn write(store: &Store, shop: ShopId, reading: qinda::import::Reading, replace: bool) -> Result<Plan, Trouble> {
    let job = store.write(shop, move |work| {
        Box::pin(async move {
            let existing = articles::all(work.conn(), shop).await?;
            let plan = plan(reading, &existing);
            write_plan(work, shop, &plan, &existing, replace).await?;
            Ok(plan)
        })
    });
    Ok(job.await?)
}

async fn write_plan(work: &mut Work, shop: ShopId, plan: &Plan, existing: &[Article], replace: bool) -> Stored<()> {
    let now = work.now();
    let new = plan.new.iter().map(|taken| article(random_id(ArticleId::new, now), 1, taken.fields.clone(), now));
    let mut changes: Vec<Change> = new.map(Change::Article).collect();
    if replace {
        let known = |id: ArticleId| existing.iter().find(move |article| article.id == id);
        let replaced = plan.different.iter().filter_map(|(id, taken)| Some((known(*id)?, taken)));
        changes.extend(replaced.map(|(old, taken)| {
            let changed = article(old.id, old.version + 1, merged(&old.fields, &taken.fields), now);
            Change::Article(Article { copies: old.copies.clone(), ..changed })
        }));
    }
    work.write_changes(shop, changes, None).await
}

const fn article(id: ArticleId, version: u32, fields: ArticleFields, changed_at: Micros) -> Article {
    Article { id, fields, version, changed_by: None, changed_at, copies: Vec::new() }
}

/// The file's answers; wordings and tags that editors added stay.
fn merged(old: &ArticleFields, new: &ArticleFields) -> ArticleFields {
    let mut both = new.clone();
    both.questions.extend(old.questions.iter().filter(|known| !new.questions.contains(known)).cloned());
    both.tags.extend(old.tags.iter().filter(|known| !new.tags.contains(known)).cloned());
    if both.shortcut.is_empty() {
        both.shortcut.clone_from(&old.shortcut);
    }
    // Together they may be more than an article can carry; then the file's stand alone.
    both.checked().unwrap_or_else(|_| new.clone())
}

impl Report {
    fn new(args: &Args, encoding: Encoding, plan: Plan) -> Self {
        let different = if args.replace { Outcome::Replaced } else { Outcome::Different };
        let with = |outcome| move |taken| TakenLine { taken, outcome };
        let mut taken: Vec<TakenLine> = plan.new.into_iter().map(with(Outcome::New)).collect();
        taken.extend(plan.unchanged.into_iter().map(with(Outcome::Unchanged)));
        taken.extend(plan.different.into_iter().map(|(_, taken)| taken).map(with(different)));
        taken.sort_by_key(|line| line.taken.line);
        let left = plan.left.into_iter().map(|left| {
            let why = Why { zh: left.reason.zh(), en: left.reason.en() };
            LeftLine { left, why }
        });
        Self { file: args.file.clone(), encoding, dry_run: args.dry_run, taken, left: left.collect() }
    }

    fn show(&self, json: bool) -> Result<(), Trouble> {
        if json {
            let text = serde_json::to_string_pretty(self).map_err(|error| {
                Trouble::new(format!("写不成 JSON：{error}"), format!("Cannot write JSON: {error}"))
            })?;
            say!("{text}");
            return Ok(());
        }
        say!("{}（{}）", self.file, self.encoding.name());
        for TakenLine { taken, outcome } in &self.taken {
            say!("{:>6}  {}  {}", taken.line, outcome.words(), taken.fields.title);
            for answer in &taken.fields.answers {
                say!("{:>6}    {}", "", beginning(answer));
            }
            if let Some(note) = taken.note {
                say!("{:>6}    ! {} {}", "", note.zh(), note.en());
            }
        }
        for LeftLine { left, why } in &self.left {
            say!("{:>6}  留下 left      {} — {} / {}", left.line, beginning(&left.text), why.zh, why.en);
        }
        self.sum_up();
        Ok(())
    }

    fn sum_up(&self) {
        let count = |outcome| self.taken.iter().filter(|line| line.outcome == outcome).count();
        let (new, unchanged) = (count(Outcome::New), count(Outcome::Unchanged));
        let (different, replaced, left) = (count(Outcome::Different), count(Outcome::Replaced), self.left.len());
        say!();
        say!("新增 {new} 条，已有 {unchanged} 条，替换 {replaced} 条，答案不同未动 {different} 条，留下 {left} 处。");
        say!(
            "{new} new, {unchanged} there already, {replaced} replaced, {different} answered otherwise and kept, {left} left."
        );
        if self.dry_run {
            say!("这只是预览，什么也没有写。 A preview; nothing was written.");
        } else if different > 0 {
            say!("要用文件里的答案，请加 --replace。 Add --replace to take the file's answers.");
        }
    }
}

fn beginning(text: &str) -> String {
    let mut chars = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let kept: String = chars.by_ref().take(SHOWN_CHARS_MAX).collect();
    if chars.next().is_some() { kept + "…" } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacing_keeps_what_editors_added() {
        let old = ArticleFields {
            title: "几天到".into(),
            questions: vec!["多久到".into()],
            answers: vec!["三天".into()],
            tags: vec!["物流".into()],
            shortcut: "jtd".into(),
        };
        let new =
            ArticleFields { title: "几天到？".into(), answers: vec!["两三天".into()], ..Default::default() };
        let both = merged(&old, &new);
        assert_eq!((both.title.as_str(), both.answers), ("几天到？", vec!["两三天".to_owned()]));
        assert_eq!((both.questions, both.tags, both.shortcut.as_str()), (old.questions, old.tags, "jtd"));
    }
}
