//! `qinda figures` and `qinda figures rebuild`.

use std::path::{Path, PathBuf};

use qinda::model::{Day, Micros};
use qinda::timing::Zone;

use super::{Data, chosen_shop};
use crate::errors::Trouble;
use crate::sheet_of_figures::{figures_csv, figures_xlsx};
use crate::store::defined::{self, How, Question};
use crate::store::figure_rules;
use crate::store::figures::FIGURES_DAYS_MAX;
use crate::store::rollups;
use crate::store::stretches::Bounds;
use crate::zones;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// 哪家店铺，可以省略。 Which shop; may be left out where there is one.
    #[arg(long)]
    shop: Option<String>,
    /// 从哪一天起，如 2026-11-01。 From this day on, as in 2026-11-01.
    #[arg(long, required = true)]
    from: Option<Day>,
    /// 到哪一天为止（含）。 Up to this day, that included.
    #[arg(long, required = true)]
    to: Option<Day>,
    /// 以 JSON 输出，默认 CSV。 JSON instead of CSV.
    #[arg(long)]
    json: bool,
    /// 写成 Excel 文件，不输出到屏幕。 Written to this file as a workbook instead.
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    xlsx: Option<PathBuf>,
    #[command(flatten)]
    data: Data,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// 从消息重新统计；可随时中断，服务器可以照常运行。 Count again from the messages; may be broken off, and the server may run meanwhile.
    Rebuild(RebuildArgs),
}

#[derive(Debug, clap::Args)]
struct RebuildArgs {
    /// 哪家店铺，可以省略。 Which shop; may be left out where there is one.
    #[arg(long)]
    shop: Option<String>,
    #[command(flatten)]
    data: Data,
}

pub async fn run(args: Args) -> Result<(), Trouble> {
    let days = match (args.command, args.from.zip(args.to)) {
        (Some(Command::Rebuild(args)), _) => return rebuild(args).await,
        (None, Some(days)) => days,
        // The command line is not understood then.
        (None, None) => return Ok(()),
    };
    print(Wanted { shop: args.shop, from: days.0, to: days.1, json: args.json, xlsx: args.xlsx, data: args.data }).await
}

async fn rebuild(args: RebuildArgs) -> Result<(), Trouble> {
    let store = args.data.open_existing().await?;
    let shop = chosen_shop(&store, args.shop.as_deref()).await?;
    let rollups::Rebuilt { days, differed } = rollups::rebuild(&store, &shop.card).await?;
    store.close().await;
    say!("重新统计了 {days} 天，其中 {differed} 天与原来不同。");
    say!("Counted {days} days again; {differed} of them differed from what was kept.");
    Ok(())
}

/// What is to be printed.
struct Wanted {
    shop: Option<String>,
    from: Day,
    to: Day,
    json: bool,
    xlsx: Option<PathBuf>,
    data: Data,
}

async fn print(args: Wanted) -> Result<(), Trouble> {
    let days = args.to.0 - args.from.0 + 1;
    if !(1..=FIGURES_DAYS_MAX).contains(&days) {
        return Err(Trouble::new(
            format!("请选 1 到 {FIGURES_DAYS_MAX} 天，开始在前。"),
            format!("Choose 1 to {FIGURES_DAYS_MAX} days that begin before they end."),
        ));
    }
    let store = args.data.open_existing().await?;
    let shop = chosen_shop(&store, args.shop.as_deref()).await?;
    let mut snapshot = store.snapshot().await?;
    let now = store.clock().now();
    let rules = figure_rules::find(&mut snapshot, shop.card.id).await?.rules;
    let zone = zone_around(&rules.zone, shop.card.utc_offset_minutes, &args);
    let (from, to) = (zone.day_begins(args.from), zone.day_begins(args.to.plus(1)));
    let question = Question { shop: shop.card, from, to, now, only: None };
    // Nobody clicks and waits: all is told, however many messages have to be read.
    let how = How { bounds: Bounds::patient(), ..How::default() };
    let answer = defined::figures(&mut snapshot, &question, how).await?;
    drop(snapshot);
    store.close().await;
    if let Some(file) = &args.xlsx {
        std::fs::write(file, figures_xlsx(&answer)).map_err(|error| unwritten(file, &error))?;
    } else if args.json {
        say!("{}", serde_json::to_string_pretty(&answer).unwrap_or_default());
    } else {
        say!("{}", figures_csv(&answer).trim_end());
    }
    Ok(())
}

fn unwritten(file: &Path, error: &std::io::Error) -> Trouble {
    let file = file.display();
    Trouble::new(format!("写不了 {file}：{error}"), format!("{file} cannot be written: {error}"))
}

/// The shop's clocks, from a day before to a day after.
fn zone_around(name: &str, utc_offset_minutes: i32, args: &Wanted) -> Zone {
    let midnight = |day: Day| Micros(0).plus_seconds(day.0 * 24 * 3_600);
    zones::zone(name, utc_offset_minutes, midnight(args.from.plus(-2)), midnight(args.to.plus(2)))
}
