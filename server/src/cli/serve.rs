//! `qinda serve`.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{Data, open};
use crate::demo;
use crate::errors::Trouble;
use crate::passwords::Passwords;
use crate::reports::{Posting, Reach, Sender};
use crate::store::{Place, Store, shops};
use crate::web::{self, AppState, Assets, Front};

/// How many times one has to say that the demo shall be open to strangers.
const EXPOSE_DEMO_TIMES: u8 = 2;

#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// 监听地址。 The address to listen on.
    #[arg(long, env = "QINDA_LISTEN", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    #[command(flatten)]
    data: Data,
    /// 带演示店铺。 With the demo shop.
    #[arg(long, env = "QINDA_DEMO")]
    demo: bool,
    /// 写两次：允许演示店铺对外开放。 Given twice: the demo shop may be open to strangers.
    #[arg(long, action = clap::ArgAction::Count)]
    expose_demo: u8,
    /// 前面有 https：Cookie 只走 https。 Behind https: cookies travel over https only.
    #[arg(long, env = "QINDA_SECURE_COOKIES")]
    secure_cookies: bool,
    /// 前面有反向代理：按它说的地址限制登录次数。 Behind a proxy: count sign-in tries by the address it tells.
    #[arg(long, env = "QINDA_BEHIND_PROXY")]
    behind_proxy: bool,
    /// 顾客和同事用的网址，写进发出去的报表里。 The address that people know the server by, for links in reports that go out.
    #[arg(long, env = "QINDA_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// 报表也可以发往内网地址。 Reports may go to private addresses too.
    #[arg(long, env = "QINDA_WEBHOOKS_TO_PRIVATE")]
    webhooks_to_private: bool,
    /// 日志写成 JSON。 Write the log as JSON.
    #[arg(long, env = "QINDA_LOG_JSON")]
    log_json: bool,
    /// 在这个内网地址上提供 Prometheus 指标。 Serve metrics for Prometheus at this address, which is not for the public.
    #[arg(long, env = "QINDA_METRICS", value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
}

/// A server that runs.
pub struct Serving {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its database.
    pub store: Store,
    /// Its reports.
    pub reports: Sender,
    stop: watch::Sender<bool>,
    answering: JoinHandle<()>,
    watching: JoinHandle<()>,
    compacting: JoinHandle<()>,
    counting: JoinHandle<()>,
    /// Tells the operator how it does.
    watched_over: Option<JoinHandle<()>>,
    sending: Option<JoinHandle<()>>,
}

impl Serving {
    /// Also tells the operator's Prometheus how the server does, at a listener of its own.
    ///
    /// # Errors
    /// When the system does not say where the listener listens.
    pub fn with_metrics(&mut self, listener: TcpListener) -> std::io::Result<SocketAddr> {
        let address = listener.local_addr()?;
        let router = web::metrics_router(self.store.clone());
        self.watched_over = Some(tokio::spawn(web::serve(listener, router, self.stop.subscribe())));
        Ok(address)
    }

    /// Sends the reports that shops want, when their time comes.
    pub fn send_reports(&mut self) {
        self.sending = Some(tokio::spawn(self.reports.clone().keep_sending()));
    }

    /// Ends streams, finishes what is being answered and what waits to be written, and closes the database.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        if let Err(error) = self.answering.await {
            tracing::error!(%error, "the web server ended badly");
        }
        for task in [self.watched_over, self.sending].into_iter().flatten() {
            task.abort();
        }
        self.watching.abort();
        self.compacting.abort();
        self.counting.abort();
        self.store.close().await;
    }
}

/// Starts answering on a listener.
///
/// # Errors
/// When the system does not say where the listener listens.
pub fn start(listener: TcpListener, store: Store, front: Front, posting: Posting) -> std::io::Result<Serving> {
    let address = listener.local_addr()?;
    let reports = Sender::new(store.clone(), posting);
    let (stop, stopping) = watch::channel(false);
    let state = AppState {
        store: store.clone(),
        reports: reports.clone(),
        assets: Arc::new(Assets::load()),
        passwords: Passwords::new(),
        front,
        turns: Default::default(),
        checks: Default::default(),
        moments: Default::default(),
        stopping: stopping.clone(),
    };
    let answering = tokio::spawn(web::serve(listener, web::router(state), stopping));
    let watched = store.clone();
    let watching = tokio::spawn(async move { watched.watch_other_writers().await });
    let compacted = store.clone();
    let compacting = tokio::spawn(async move { compacted.keep_compact().await });
    let counted = store.clone();
    let counting = tokio::spawn(async move { counted.keep_figures().await });
    Ok(Serving {
        address,
        store,
        stop,
        answering,
        watching,
        compacting,
        counting,
        reports,
        watched_over: None,
        sending: None,
    })
}

pub async fn run(args: Args) -> Result<(), Trouble> {
    begin_log(args.log_json);
    let may_expose = args.expose_demo >= EXPOSE_DEMO_TIMES || args.listen.ip().is_loopback();
    if args.demo && !may_expose {
        return Err(Trouble::exposed_demo(args.listen));
    }
    let listener = TcpListener::bind(args.listen).await.map_err(|error| Trouble::listening(args.listen, &error))?;
    let store = open(args.data.place()?).await?;
    if args.demo {
        demo::ensure(&store).await?;
    }
    if has_demo_shop(&store).await? && !may_expose {
        return Err(Trouble::exposed_demo(args.listen));
    }
    let mut stop_asked = StopAsked::listen()?;
    let front = Front { secure_cookies: args.secure_cookies, behind_proxy: args.behind_proxy };
    let reach = if args.webhooks_to_private { Reach::Anywhere } else { Reach::Public };
    let posting = Posting { reach, public_url: args.public_url };
    let mut serving =
        start(listener, store, front, posting).map_err(|error| Trouble::listening(args.listen, &error))?;
    if let Some(address) = args.metrics {
        let listener = TcpListener::bind(address).await.map_err(|error| Trouble::listening(address, &error))?;
        let address = serving.with_metrics(listener).map_err(|error| Trouble::listening(address, &error))?;
        tracing::info!(%address, "metrics for Prometheus");
    }
    serving.send_reports();
    greet(&serving, args.demo).await?;
    stop_asked.first().await;
    tracing::info!("stopping: finishing what is being answered and written");
    tokio::select! {
        () = serving.stop() => tracing::info!("stopped"),
        () = stop_asked.first() => tracing::warn!("stopped at once, as asked twice; what was acknowledged is on the disk"),
    }
    Ok(())
}

async fn has_demo_shop(store: &Store) -> Result<bool, Trouble> {
    let mut reader = store.reader().await?;
    Ok(shops::all(&mut reader).await?.iter().any(|shop| shop.demo))
}

struct StopAsked {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl StopAsked {
    fn listen() -> Result<Self, Trouble> {
        let hear = |kind| {
            signal(kind).map_err(|error| Trouble::new(format!("无法启动：{error}"), format!("Cannot start: {error}")))
        };
        Ok(Self { terminate: hear(SignalKind::terminate())?, interrupt: hear(SignalKind::interrupt())? })
    }

    async fn first(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

fn begin_log(json: bool) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // A second log in the same process, as tests may make, changes nothing.
    let begun = if json { log.json().flatten_event(true).try_init() } else { log.try_init() };
    drop(begun);
}

/// Says where everything is, on the standard output, for people.
async fn greet(serving: &Serving, demo: bool) -> Result<(), Trouble> {
    let origin = format!("http://{}", serving.address);
    let mut reader = serving.store.reader().await?;
    let shops = shops::all(&mut reader).await?;
    say!();
    say!("  亲答 Qinda {}", env!("CARGO_PKG_VERSION"));
    say!();
    say!("  工作台 Desk          {origin}/desk");
    for shop in &shops {
        for channel in shops::channel_slugs(&mut reader, shop.card.id).await? {
            say!("  顾客页 Shopper page  {origin}/c/{channel}    {}", shop.card.name);
        }
    }
    say!("  数据   Data          {}", whole(serving.store.place()));
    if shops.is_empty() {
        say!();
        say!("  还没有店铺：qinda shop add --slug … --name …，再 qinda member add --number … --name …");
        say!("  No shop yet: qinda shop add --slug … --name …, then qinda member add --number … --name …");
    }
    if demo {
        print!("{}", demo::sign_ins());
    }
    say!();
    Ok(())
}

/// Where the data lies, said so that it can be found from anywhere.
fn whole(place: &Place) -> String {
    match place {
        Place::File(path) => std::path::absolute(path).unwrap_or_else(|_| path.clone()).display().to_string(),
        Place::Server(_) => place.to_string(),
    }
}
