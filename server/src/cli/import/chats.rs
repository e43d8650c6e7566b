//! `qinda import chats`: chat logs from elsewhere, of any length. It can be stopped at any moment: what is written is whole,
//! and the same command goes on where it stopped.

mod counting;
mod file;
mod progress;
mod report;
mod source;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use qinda::import::chats::{ChatRow, Columns, FIELDS, LogReader, RowFault, Shape, is_blank, table_cells};
use qinda::model::ShopId;
use tokio::sync::mpsc;

use crate::cli::{Data, chosen_shop};
use crate::errors::Trouble;
use crate::sheets::{self, SheetFault};
use crate::store::chats::{self, Intake, Progress, Source, Taken};
use crate::store::{Store, StoreError};
use file::{LogFile, Piece};
use progress::Bar;
use report::Report;
use source::{Wishes, agreed};

/// So many rows are written in one transaction.
pub const BATCH_ROWS: usize = 2_000;
/// So many batches are read while one is written.
const BATCHES_AHEAD: usize = 2;
/// How many rows a preview shows.
const PREVIEW_ROWS: usize = 10;
/// After a batch others may write for a part of the time that it took, one in so many.
const REST_ONE_IN: u32 = 5;
/// How often a batch is tried when the database is busy, and how long to wait between.
const TRIES_MAX: u32 = 20;
const WAIT: Duration = Duration::from_millis(500);

#[derive(Debug, clap::Args)]
pub struct Args {
    /// 文件：CSV、TSV、JSON Lines、XLSX。 The file: CSV, TSV, JSON Lines or XLSX.
    file: PathBuf,
    /// 来源，如 taobao；列的对应按来源记住。 Where it comes from; its columns are remembered by that name.
    #[arg(long)]
    source: String,
    /// 店铺；只有一个时可省略。 The shop; may be left out when there is only one.
    #[arg(long)]
    shop: Option<String>,
    /// 回答这些顾客的班组，默认第一个。 The team that answers there; the first unless given.
    #[arg(long)]
    team: Option<String>,
    #[command(flatten)]
    wishes: Wishes,
    /// 只看怎样理解前几行，什么也不写。 Show how the first rows are understood; write nothing.
    #[arg(long)]
    preview: bool,
    /// 文件已写完：没有换行的最后一行也要。 The file is finished: take a last line without an end, too.
    #[arg(long)]
    whole: bool,
    /// 从头读，不接着上次。 Read from the beginning instead of going on.
    #[arg(long)]
    again: bool,
    /// 读不懂的行写到这个文件里。 Write what could not be read to this file.
    #[arg(long)]
    bad: Option<PathBuf>,
    /// 结果写成 JSON。 Write the outcome as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: Data,
}

/// A part of the log, as it is written in one transaction.
struct Batch {
    rows: Vec<ChatRow>,
    bad: Vec<(u64, RowFault)>,
    upto: Option<Progress>,
    /// How many bytes are read with it; of a workbook nobody knows.
    bytes: u64,
}

/// A log that was opened.
enum Log {
    Text(Box<LogFile>),
    Sheet(File),
}

/// A row, and the line it begins on.
type Read = (u64, Result<ChatRow, RowFault>);

/// How rows of this log are understood.
#[derive(Clone)]
struct Understanding {
    reader: Arc<LogReader>,
    columns: Columns,
    places: [Option<usize>; FIELDS],
}

pub async fn run(args: Args) -> Result<(), Trouble> {
    let (log, headings) = opened(&args)?;
    let store = args.data.open_existing().await?;
    let done = import(&store, &args, log, headings).await;
    store.close().await;
    let report = done?;
    let Some(report) = report else { return Ok(()) };
    report.show(args.json)?;
    report.outcome()
}

fn opened(args: &Args) -> Result<(Log, Vec<String>), Trouble> {
    let name = args.file.display().to_string();
    let mut file = File::open(&args.file).map_err(|error| Trouble::reading(&name, &error))?;
    let mut beginning = Vec::new();
    let read = file.by_ref().take(4).read_to_end(&mut beginning);
    read.map_err(|error| Trouble::reading(&name, &error))?;
    if !sheets::looks_like_workbook(&beginning) {
        let log = LogFile::open(&args.file, args.whole)?;
        let headings = log.layout.headings.clone();
        return Ok((Log::Text(Box::new(log)), headings));
    }
    let mut headings = Vec::new();
    let first = |_, cells: Vec<String>| {
        headings = cells.iter().map(|cell| cell.trim().to_owned()).collect();
        ControlFlow::Break(())
    };
    let file = reopened(&args.file)?;
    sheets::each_row(&file, first).map_err(no_workbook)?;
    Ok((Log::Sheet(reopened(&args.file)?), headings))
}

fn reopened(path: &Path) -> Result<File, Trouble> {
    File::open(path).map_err(|error| Trouble::reading(&path.display().to_string(), &error))
}

fn no_workbook(fault: SheetFault) -> Trouble {
    match fault {
        SheetFault::NoWorkbook => Trouble::new(
            "读不懂这个表格。请另存为 .xlsx 或 CSV 再导入。",
            "The workbook cannot be read. Save it as .xlsx or CSV and import that.",
        ),
        SheetFault::TooLarge => Trouble::new(
            "表格太大，请另存为 CSV 再导入。",
            "The workbook is too large; save it as CSV and import that.",
        ),
    }
}

async fn import(store: &Store, args: &Args, log: Log, headings: Vec<String>) -> Result<Option<Report>, Trouble> {
    let shop = chosen_shop(store, args.shop.as_deref()).await?.card;
    let (name, fields, reader) = agreed(store, &shop, &args.source, &args.wishes, &headings).await?;
    let understanding = Understanding {
        reader: Arc::new(reader),
        places: fields.columns.places(&headings),
        columns: fields.columns.clone(),
    };
    if args.preview {
        report::preview(&fields, &headings, first_rows(log, &understanding)?);
        return Ok(None);
    }
    let (team, id) = (args.team.clone(), shop.id);
    let kept = store.write(id, move |work| Box::pin(chats::put(work, id, name, team, fields))).await?;
    let source = kept.ok_or_else(|| {
        Trouble::new("没有这个班组，或者来源太多。", "There is no such team, or there are too many sources.")
    })?;
    let log = match log {
        Log::Text(mut file) if !args.again => {
            let goes_on = file.go_on(&source.progress)?;
            if goes_on {
                eprintln!("接着第 {} 行 going on after line {}", source.progress.lines, source.progress.lines);
            }
            Log::Text(file)
        }
        log => log,
    };
    let report = Report::new(args.file.display().to_string(), source.name.clone(), args.bad.as_deref())?;
    Ok(Some(take_all(store, shop.id, source, log, understanding, report).await?))
}

/// Reads and writes side by side, until the end or until somebody stops it.
async fn take_all(
    store: &Store,
    shop: ShopId,
    source: Source,
    log: Log,
    understanding: Understanding,
    mut report: Report,
) -> Result<Report, Trouble> {
    let mut bar = Bar::new(match &log {
        Log::Text(file) => Some(file.bytes()?),
        Log::Sheet(_) => None,
    });
    let stop = stopped();
    let (sender, mut batches) = mpsc::channel(BATCHES_AHEAD);
    let reader = Arc::clone(&understanding.reader);
    let reading = tokio::task::spawn_blocking(move || read(log, &understanding, &sender));
    let (source, mut agents) = (Arc::new(source), Arc::new(BTreeMap::new()));
    while let Some(batch) = batches.recv().await {
        let Batch { rows, bad, upto, bytes } = batch;
        let count = rows.len() + bad.len();
        let (source, reader, rows) = (Arc::clone(&source), Arc::clone(&reader), Arc::new(rows));
        let intake = Intake { shop, source, reader, agents: Arc::clone(&agents), rows, upto };
        let began = Instant::now();
        let taken = write(store, intake).await?;
        let took = began.elapsed();
        Arc::make_mut(&mut agents).extend(taken.agents.clone());
        report.add(count as u64, bad, taken)?;
        counting::count_some(store, shop).await;
        bar.show(report.rows, bytes);
        if stop.load(Ordering::Relaxed) {
            report.interrupted = true;
            break;
        }
        tokio::time::sleep(took / REST_ONE_IN).await;
    }
    drop(batches);
    bar.end(report.rows);
    let left_over = reading.await.map_err(|_| Trouble::new("读取中断了。", "Reading broke off."))??;
    report.left_over = if report.interrupted { 0 } else { left_over };
    counting::count_rest(store, shop, &stop).await;
    report.done()?;
    Ok(report)
}

/// Writes a batch. Somebody else may hold the database for a while; the same rows twice are written once.
async fn write(store: &Store, intake: Intake) -> Result<Taken, Trouble> {
    let mut tries = 1;
    loop {
        let job = intake.clone();
        match store.write(intake.shop, move |work| Box::pin(chats::take_in(work, job))).await {
            Ok(taken) => return Ok(taken),
            Err(error) if passes(&error) && tries < TRIES_MAX => tokio::time::sleep(WAIT).await,
            Err(error) => return Err(error.into()),
        }
        tries += 1;
    }
}

fn passes(error: &StoreError) -> bool {
    error.passes() && !matches!(error, StoreError::Stopped)
}

/// Turns true when the operator wants it to stop, by Ctrl-C or SIGTERM.
fn stopped() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    tokio::spawn(async move {
        let ends = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        match ends {
            Ok(mut ends) => {
                tokio::select! {
                    _ = tokio::signal::ctrl_c() => {}
                    _ = ends.recv() => {}
                }
            }
            Err(_) => drop(tokio::signal::ctrl_c().await),
        }
        asked.store(true, Ordering::Relaxed);
    });
    stop
}

/// Reads the log to its end, or until nobody wants more, and says how many bytes at the end are no row yet.
fn read(log: Log, understanding: &Understanding, sender: &mpsc::Sender<Batch>) -> Result<usize, Trouble> {
    match log {
        Log::Text(file) => read_text(*file, understanding, sender),
        Log::Sheet(file) => {
            read_sheet(&file, understanding, sender).map_err(no_workbook)?;
            Ok(0)
        }
    }
}

fn read_text(mut log: LogFile, understanding: &Understanding, sender: &mpsc::Sender<Batch>) -> Result<usize, Trouble> {
    let shape = log.layout.shape;
    let mut gathered = Gathered::default();
    loop {
        let piece = log.next_piece()?;
        let is_last = piece.is_none();
        match piece {
            Some(Piece::Row(line, text)) => gathered.add(line, understanding.text(line, &text, shape)),
            Some(Piece::Broken(line)) => gathered.add(line, Some(Err(RowFault::Broken))),
            None => {}
        }
        if is_last || gathered.is_full() {
            let upto = log.progress()?;
            let bytes = upto.bytes;
            let batch = gathered.take(Some(upto), bytes);
            if sender.blocking_send(batch).is_err() || is_last {
                return Ok(log.left_over());
            }
        }
    }
}

fn read_sheet(file: &File, understanding: &Understanding, sender: &mpsc::Sender<Batch>) -> Result<(), SheetFault> {
    let mut gathered = Gathered::default();
    let mut is_heading = true;
    sheets::each_row(file, |line, cells| {
        if !std::mem::replace(&mut is_heading, false) {
            gathered.add(line, understanding.cells(line, &cells));
        }
        if gathered.is_full() && sender.blocking_send(gathered.take(None, 0)).is_err() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    // Nobody may want it any more.
    let _ = sender.blocking_send(gathered.take(None, 0));
    Ok(())
}

/// What was read and is not written yet.
#[derive(Default)]
struct Gathered {
    rows: Vec<ChatRow>,
    bad: Vec<(u64, RowFault)>,
}

impl Gathered {
    fn add(&mut self, line: u64, row: Option<Result<ChatRow, RowFault>>) {
        match row {
            None => {}
            Some(Ok(row)) => self.rows.push(row),
            Some(Err(fault)) => self.bad.push((line, fault)),
        }
    }

    fn is_full(&self) -> bool {
        self.rows.len() + self.bad.len() >= BATCH_ROWS
    }

    fn take(&mut self, upto: Option<Progress>, bytes: u64) -> Batch {
        let Self { rows, bad } = std::mem::take(self);
        Batch { rows, bad, upto, bytes }
    }
}

impl Understanding {
    /// What a row in text says; nothing where it is blank.
    fn text(&self, line: u64, text: &str, shape: Shape) -> Option<Result<ChatRow, RowFault>> {
        match shape {
            Shape::Objects if text.trim().is_empty() => None,
            Shape::Objects => Some(self.reader.object(line, text, &self.columns)),
            Shape::Table(separator) => match table_cells(text, separator) {
                Some(cells) => self.cells(line, &cells),
                None => Some(Err(RowFault::Broken)),
            },
        }
    }

    fn cells(&self, line: u64, cells: &[String]) -> Option<Result<ChatRow, RowFault>> {
        (!is_blank(cells)).then(|| self.reader.cells(line, cells, &self.places))
    }
}

/// The first rows, as they are understood.
fn first_rows(log: Log, understanding: &Understanding) -> Result<Vec<Read>, Trouble> {
    let mut rows = Vec::new();
    let mut add = |line, row: Option<_>| {
        rows.extend(row.map(|row| (line, row)));
        rows.len() < PREVIEW_ROWS
    };
    match log {
        Log::Text(mut log) => {
            let shape = log.layout.shape;
            while let Some(piece) = log.next_piece()? {
                let goes_on = match piece {
                    Piece::Row(line, text) => add(line, understanding.text(line, &text, shape)),
                    Piece::Broken(line) => add(line, Some(Err(RowFault::Broken))),
                };
                if !goes_on {
                    break;
                }
            }
        }
        Log::Sheet(file) => {
            let mut is_heading = true;
            let take = |line, cells: Vec<String>| {
                let is_row = !std::mem::replace(&mut is_heading, false);
                let goes_on = !is_row || add(line, understanding.cells(line, &cells));
                if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            };
            sheets::each_row(&file, take).map_err(no_workbook)?;
        }
    }
    Ok(rows)
}
