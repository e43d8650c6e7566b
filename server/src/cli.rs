//! The command line.

/// Prints a line. Whoever reads may have hung up, as `head` does; that is no reason to fail.
macro_rules! say {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($words)*);
    }};
}

mod eval;
mod figures;
mod import;
mod member;
mod restored;
mod serve;
mod shop;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::errors::Trouble;
use crate::store::{Clock, OpenError, Place, Store, shops, shops::Shop};

pub use serve::{Serving, start};

/// 亲答：不掉线的客服工作台。 The answer desk that never goes offline.
#[derive(Debug, Parser)]
#[command(name = "qinda", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 运行服务器。 Run the server.
    Serve(serve::Args),
    /// 衡量建议的好坏。 Measure how good the suggestions are.
    #[command(subcommand)]
    Eval(eval::Command),
    /// 导出各项指标。 Print the figures of a span of days.
    Figures(figures::Args),
    /// 导入店铺已有的问答。 Bring in what the shop has already.
    #[command(subcommand)]
    Import(import::Command),
    /// 员工账号。 Accounts of the staff.
    #[command(subcommand)]
    Member(member::Command),
    /// 恢复备份之后运行一次。 To be run once after a backup was restored.
    Restored(restored::Args),
    /// 店铺。 Shops.
    #[command(subcommand)]
    Shop(shop::Command),
}

/// The variable that names a PostgreSQL database. No argument does: other users of the machine could read it.
const DATABASE_URL: &str = "DATABASE_URL";

/// Where the data lies.
#[derive(Debug, Clone, clap::Args)]
pub struct Data {
    /// 数据目录；设了 DATABASE_URL=postgres://… 则用 PostgreSQL。 The directory of the data; DATABASE_URL=postgres://… means PostgreSQL instead.
    #[arg(long, env = "QINDA_DATA", default_value = "data")]
    data: PathBuf,
}

impl Data {
    /// The database that is meant.
    fn place(&self) -> Result<Place, Trouble> {
        match std::env::var(DATABASE_URL) {
            Ok(address) if !address.is_empty() => Ok(Place::server(&address)?),
            Ok(_) | Err(std::env::VarError::NotPresent) => Ok(Place::File(self.data.join("qinda.db"))),
            Err(std::env::VarError::NotUnicode(_)) => Ok(Place::server("")?),
        }
    }

    /// Opens a database that exists.
    async fn open_existing(&self) -> Result<Store, Trouble> {
        let place = self.place()?;
        match Store::look(&place).await? {
            Some(looking) => drop(looking),
            None => return Err(OpenError::Missing { place }.into()),
        }
        open(place).await
    }
}

/// Opens the database. A file is made new when there is none.
async fn open(place: Place) -> Result<Store, Trouble> {
    Ok(Store::open(place, Clock::system()).await?)
}

/// How many threads answer at least. A statement that reads a file holds its thread until it is done, and long ones shall
/// not hold up everybody.
const THREADS_MIN: usize = 4;

fn threads() -> usize {
    std::thread::available_parallelism().map_or(THREADS_MIN, |cores| cores.get().max(THREADS_MIN))
}

/// Runs what the command line asks for. Exit code 0 when it was done, 1 when not, 2 when it was not understood.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(threads()).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return told(&Trouble::new(format!("无法启动：{error}"), format!("Cannot start: {error}"))),
    };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Serve(args) => serve::run(args).await,
            Command::Eval(command) => eval::run(command),
            Command::Figures(args) => figures::run(args).await,
            Command::Import(command) => import::run(command).await,
            Command::Member(command) => member::run(command).await,
            Command::Restored(args) => restored::run(args).await,
            Command::Shop(command) => shop::run(command).await,
        }
    });
    done.map_or_else(|trouble| told(&trouble), |()| ExitCode::SUCCESS)
}

fn told(trouble: &Trouble) -> ExitCode {
    eprintln!("{trouble}");
    ExitCode::FAILURE
}

/// The shop that a command is about: the named one, or the only one.
async fn chosen_shop(store: &Store, slug: Option<&str>) -> Result<Shop, Trouble> {
    let mut reader = store.reader().await?;
    let mut all = shops::all(&mut reader).await?;
    let Some(slug) = slug else {
        return match (all.len(), all.pop()) {
            (1, Some(only)) => Ok(only),
            (0, _) => Err(Trouble::new(
                "还没有店铺。请先运行 qinda shop add。",
                "There is no shop yet. Run qinda shop add first.",
            )),
            _ => Err(Trouble::new(
                "有好几个店铺，请用 --shop 指明是哪一个。",
                "There are several shops; say which with --shop.",
            )),
        };
    };
    all.into_iter()
        .find(|shop| shop.card.slug == slug)
        .ok_or_else(|| Trouble::new(format!("没有叫 {slug} 的店铺。"), format!("There is no shop called {slug}.")))
}
