//! `qinda import quick-replies`: what marketplace desks export, as a workbook or a table in text, with its pictures.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use qinda::import::{ReplyLeft, ReplyPlan, ReplyReading, ReplyTaken, plan_quick_replies, quick_replies_of_rows};
use qinda::model::{Keeper, Micros, PICTURE_BYTES_MAX, PictureId, QuickReply, QuickReplyId, ShopId, picture_type};
use qinda::sync::Change;
use serde::Serialize;

use super::{Outcome, Why, beginning, bytes, encoding};
use crate::cli::{Data, chosen_shop};
use crate::errors::Trouble;
use crate::sheets::{self, SheetFault};
use crate::store::pictures::{self, Picture, PictureKept};
use crate::store::{Conn, Store, Stored, Work, members, quick_replies, random_id};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// 文件：XLSX、CSV、TSV；“-”是标准输入。 The file: XLSX, CSV or TSV; "-" is the standard input.
    file: String,
    /// 图片所在的目录。 The directory of the pictures.
    #[arg(long)]
    pictures: Option<PathBuf>,
    /// 给谁用：shop 是全店，team:名称 是一个班组。 Who keeps them: shop, or team:NAME.
    #[arg(long, default_value = "shop")]
    to: To,
    /// 店铺；只有一个时可省略。 The shop; may be left out when there is only one.
    #[arg(long)]
    shop: Option<String>,
    /// 只看会怎样，什么也不写。 Only show what would happen.
    #[arg(long)]
    dry_run: bool,
    /// 结果写成 JSON。 Write the outcome as JSON.
    #[arg(long)]
    json: bool,
    /// 同一个快捷码内容不同时，用文件里的。 Where a code stands with other words, take the file's.
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    data: Data,
}

/// Who keeps what is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
enum To {
    Shop,
    Team(String),
}

impl std::str::FromStr for To {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "shop" => Ok(Self::Shop),
            Some(("team", name)) if !name.trim().is_empty() => Ok(Self::Team(name.trim().to_owned())),
            _ => Err("shop 或 or team:NAME".to_owned()),
        }
    }
}

#[derive(Serialize)]
struct TakenLine {
    #[serde(flatten)]
    taken: ReplyTaken,
    outcome: Outcome,
}

#[derive(Serialize)]
struct LeftLine {
    #[serde(flatten)]
    left: ReplyLeft,
    why: Why,
}

#[derive(Serialize)]
struct Report {
    file: String,
    dry_run: bool,
    taken: Vec<TakenLine>,
    left: Vec<LeftLine>,
    /// Pictures that the file names and that were not found, or are none.
    pictures_missing: Vec<String>,
}

pub async fn run(args: Args) -> Result<(), Trouble> {
    let reading = read(&args.file)?;
    let store = args.data.open_existing().await?;
    let brought = bring(&store, &args, reading).await;
    store.close().await;
    let report = brought?;
    report.show(args.json)?;
    if report.taken.is_empty() {
        return Err(Trouble::new(
            "文件里没有找到快捷短语，什么也没有改。",
            "No quick reply was found in the file; nothing was changed.",
        ));
    }
    Ok(())
}

fn read(file: &str) -> Result<ReplyReading, Trouble> {
    let bytes = bytes(file)?;
    if sheets::looks_like_workbook(&bytes) {
        let sheet = sheets::rows(&bytes).map_err(|fault| match fault {
            SheetFault::NoWorkbook => Trouble::new("读不懂这个表格。", "The workbook could not be read."),
            SheetFault::TooLarge => Trouble::new("表格太大，请分成几个文件。", "The workbook is too large: split it."),
        })?;
        return Ok(quick_replies_of_rows(sheet.rows.into_iter().map(|row| (row.line, row.cells))));
    }
    let (text, _) = encoding::decode(&bytes)?;
    qinda::import::quick_replies(&text).map_err(|error| Trouble::new(error.zh(), error.en()))
}

async fn bring(store: &Store, args: &Args, reading: ReplyReading) -> Result<Report, Trouble> {
    let shop = chosen_shop(store, args.shop.as_deref()).await?.card.id;
    let keeper = keeper(&mut *store.reader().await?, shop, &args.to).await?;
    let named: BTreeSet<String> = reading.taken.iter().filter_map(|taken| taken.picture_file.clone()).collect();
    let found = keep_pictures(store, shop, args, &named).await?;
    let missing = named.into_iter().filter(|name| !found.contains_key(name)).collect();
    let plan = if args.dry_run {
        let existing = quick_replies::all_of(&mut *store.reader().await?, shop, keeper).await?;
        plan_quick_replies(reading, |name| found.get(name).copied(), &existing)
    } else {
        let replace = args.replace;
        let job = store.write(shop, move |work| Box::pin(write(work, shop, keeper, reading, found, replace)));
        job.await?
    };
    Ok(Report::new(args, plan, missing))
}

async fn keeper(conn: &mut Conn, shop: ShopId, to: &To) -> Result<Keeper, Trouble> {
    let To::Team(name) = to else { return Ok(Keeper::Shop) };
    let teams = members::team_names(conn, shop).await?;
    let team = teams.into_iter().find(|(_, known)| known == name).map(|(id, _)| Keeper::Team(id));
    team.ok_or_else(|| Trouble::new(format!("没有叫 {name} 的班组。"), format!("There is no team called {name}.")))
}

/// Keeps the pictures that the file names, one by one, so that memory holds one at a time.
async fn keep_pictures(
    store: &Store,
    shop: ShopId,
    args: &Args,
    named: &BTreeSet<String>,
) -> Result<BTreeMap<String, PictureId>, Trouble> {
    let mut found = BTreeMap::new();
    let Some(directory) = &args.pictures else { return Ok(found) };
    for name in named {
        let Some(picture) = picture(directory, name) else { continue };
        let id = PictureId::of_bytes(&picture.bytes);
        if !args.dry_run {
            let job = store.write(shop, move |work| Box::pin(pictures::keep(work, shop, id, picture, None)));
            if job.await? == PictureKept::NoRoom {
                return Err(Trouble::new("店铺的图片已满 500 MB。", "The shop's pictures have reached 500 MB."));
            }
        }
        found.insert(name.clone(), id);
    }
    Ok(found)
}

/// A picture of the directory; names that lead out of it name nothing.
fn picture(directory: &Path, name: &str) -> Option<Picture> {
    let is_plain = Path::new(name).file_name() == Some(name.as_ref());
    let path = directory.join(name);
    let fits = is_plain && path.metadata().is_ok_and(|file| file.is_file() && file.len() <= PICTURE_BYTES_MAX as u64);
    let bytes = fits.then(|| std::fs::read(path).ok())??;
    Some(Picture { media_type: picture_type(&bytes)?.to_owned(), bytes })
}

/// Compares and writes in one transaction, so that nobody's change in between is lost.
async fn write(
    work: &mut Work,
    shop: ShopId,
    keeper: Keeper,
    reading: ReplyReading,
    pictures: BTreeMap<String, PictureId>,
    replace: bool,
) -> Stored<ReplyPlan> {
    let existing = quick_replies::all_of(work.conn(), shop, keeper).await?;
    let plan = plan_quick_replies(reading, |name| pictures.get(name).copied(), &existing);
    let now = work.now();
    // Ids sort by the millisecond they name, so these keep the order of the file.
    let moments = (0..).map(|millis| Micros(now.0 + millis * 1_000));
    let new = plan.new.iter().zip(moments).map(|(taken, moment)| QuickReply {
        id: random_id(QuickReplyId::new, moment),
        owner: keeper.member(),
        team: keeper.team(),
        fields: taken.fields.clone(),
        version: 1,
        changed_at: now,
    });
    let mut changes: Vec<Change> = new.map(Change::QuickReply).collect();
    if replace {
        let known = |id: QuickReplyId| existing.iter().find(move |reply| reply.id == id).cloned();
        let replaced = plan.different.iter().filter_map(|(id, taken)| {
            let old = known(*id)?;
            Some(QuickReply { fields: taken.fields.clone(), version: old.version + 1, changed_at: now, ..old })
        });
        changes.extend(replaced.map(Change::QuickReply));
    }
    work.write_changes(shop, changes, None).await?;
    Ok(plan)
}

impl Report {
    fn new(args: &Args, plan: ReplyPlan, pictures_missing: Vec<String>) -> Self {
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
        Self { file: args.file.clone(), dry_run: args.dry_run, taken, left: left.collect(), pictures_missing }
    }

    fn show(&self, json: bool) -> Result<(), Trouble> {
        if json {
            let text = serde_json::to_string_pretty(self).map_err(|error| {
                Trouble::new(format!("写不成 JSON：{error}"), format!("Cannot write JSON: {error}"))
            })?;
            say!("{text}");
            return Ok(());
        }
        for TakenLine { taken, outcome } in &self.taken {
            let fields = &taken.fields;
            say!("{:>6}  {}  /{}  {}", taken.line, outcome.words(), fields.shortcut, beginning(&fields.text));
        }
        for LeftLine { left, why } in &self.left {
            say!("{:>6}  留下 left      {} — {} / {}", left.line, beginning(&left.text), why.zh, why.en);
        }
        for name in &self.pictures_missing {
            say!("        ! 没有图片 no picture  {name}");
        }
        let count = |outcome| self.taken.iter().filter(|line| line.outcome == outcome).count();
        let (new, unchanged) = (count(Outcome::New), count(Outcome::Unchanged));
        let (different, replaced, left) = (count(Outcome::Different), count(Outcome::Replaced), self.left.len());
        say!();
        say!("新增 {new} 条，已有 {unchanged} 条，替换 {replaced} 条，内容不同未动 {different} 条，留下 {left} 处。");
        say!("{new} new, {unchanged} there already, {replaced} replaced, {different} different and kept, {left} left.");
        if self.dry_run {
            say!("这只是预览，什么也没有写。 A preview; nothing was written.");
        }
        Ok(())
    }
}
