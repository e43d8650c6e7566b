//! A PostgreSQL server for one test program, started when the first test asks for it and ended with the program.

use std::future::Future;
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sqlx::{Connection as _, Executor as _, PgConnection};

/// Names a server that stands already; its user must be allowed to make databases.
const STANDING_SERVER: &str = "QINDA_TEST_DATABASE_URL";
/// How long a server may take to start.
const START_DEADLINE: Duration = Duration::from_secs(60);
/// How soon to look again whether it answers.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// The user who runs the server when the tests are run by root, for whom it refuses to run.
const UNPRIVILEGED: &str = "postgres";

/// Makes a cluster in `$1`, runs it until the input ends, and leaves nothing behind. Whatever ends the test program, its
/// end of the pipe closes. Nothing here has to survive a power cut, so nothing is synced.
const SCRIPT: &str = r#"
set -eu
trap 'rm -rf "$1"' EXIT
initdb -D "$1/data" -U qinda --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$1/log" 2>&1
postgres -D "$1/data" -p 5432 -k "$1" -c listen_addresses= -c fsync=off -c full_page_writes=off \
    -c max_connections=400 -c shared_buffers=32MB -c max_wal_size=256MB >>"$1/log" 2>&1 </dev/null &
echo started
cat >/dev/null
kill -QUIT $!
wait $! || true
"#;

struct Cluster {
    /// The address of a database of this name.
    address: Box<dyn Fn(&str) -> String + Send + Sync>,
    /// Its input is open as long as the test program runs.
    _server: Option<Child>,
}

static CLUSTER: LazyLock<Cluster> = LazyLock::new(|| match std::env::var(STANDING_SERVER) {
    Ok(server) => Cluster { address: Box::new(move |name| at_standing(&server, name)), _server: None },
    Err(_) => start(),
});

/// The address of a new, empty database.
pub fn new_database() -> String {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let name = format!("qinda_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::SeqCst));
    let cluster = &*CLUSTER;
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0"));
    wait_for(async {
        let mut conn = connect(&(cluster.address)("postgres")).await;
        conn.execute(create).await.unwrap();
        conn.close().await.unwrap();
    });
    (cluster.address)(&name)
}

async fn connect(address: &str) -> PgConnection {
    let began = Instant::now();
    loop {
        match PgConnection::connect(address).await {
            Ok(conn) => return conn,
            Err(error) if began.elapsed() > START_DEADLINE => panic!("PostgreSQL does not answer: {error}"),
            Err(_) => tokio::time::sleep(LOOK_AGAIN).await,
        }
    }
}

fn at_standing(server: &str, name: &str) -> String {
    let (address, query) = server.split_once('?').unwrap_or((server, ""));
    let scheme = address.find("://").map_or(0, |at| at + 3);
    let host = address[scheme..].find('/').map_or(address, |at| &address[..scheme + at]);
    format!("{host}/{name}?{query}")
}

fn start() -> Cluster {
    let programs = programs();
    // A socket's address has room for a hundred characters, so it does not lie deep.
    let directory = tempfile::Builder::new().prefix("qinda-pg-").tempdir_in("/tmp").unwrap().keep();
    let is_root = directory.metadata().unwrap().uid() == 0;
    let mut command = if is_root {
        chown(&directory, Some(id_of("-u")), Some(id_of("-g"))).unwrap();
        let mut command = Command::new("setpriv");
        command.args(["--reuid", UNPRIVILEGED, "--regid", UNPRIVILEGED, "--init-groups", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
    let mut child = command
        .args(["-c", SCRIPT, "sh"])
        .arg(&directory)
        .env("PATH", path)
        .current_dir("/")
        // An interrupt from the keyboard ends the tests; the end of the tests ends the server.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = [0; 7];
    let started = child.stdout.take().unwrap().read_exact(&mut said);
    assert!(started.is_ok(), "initdb failed; run it by hand to see why");
    let socket = directory.display().to_string();
    Cluster {
        address: Box::new(move |name| format!("postgres:///{name}?host={socket}&port=5432&user=qinda&sslmode=disable")),
        _server: Some(child),
    }
}

/// Where `initdb` and `postgres` are. Debian keeps them out of the way, by version.
fn programs() -> PathBuf {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let has = |directory: &Path| directory.join("initdb").is_file() && directory.join("postgres").is_file();
    if let Some(found) = std::env::split_paths(&on_path).find(|directory| has(directory)) {
        return found;
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions.map(|version| version.path().join("bin")).filter(|directory| has(directory)).max();
    newest.expect("PostgreSQL is installed; scripts/setup.sh databases does it")
}

fn id_of(which: &str) -> u32 {
    let output = Command::new("id").args([which, UNPRIVILEGED]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().expect("the package of PostgreSQL makes its user")
}

/// Waits for something in a test that is not asynchronous, or is and already waits.
fn wait_for<T: Send>(something: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(something)
        });
        waiting.join().unwrap()
    })
}
