//! What the operator's Prometheus reads of a server, and where.

use std::collections::BTreeMap;

use qinda::sync::Action;
use tokio::net::TcpListener;

use crate::live::Listening;
use crate::support::{DEADLINE, TestShop, browser};

/// A page of metrics: each line's name and labels, and its number.
struct Page(BTreeMap<String, f64>);

impl Page {
    async fn read(origin: &str) -> Self {
        let response = browser().get(format!("{origin}/metrics")).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        let text = response.text().await.unwrap();
        let mut told: BTreeMap<&str, &str> = BTreeMap::new();
        let mut lines = BTreeMap::new();
        for line in text.lines() {
            if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').unwrap();
                assert!(told.insert(name, kind).is_none(), "{name} is told of once");
                continue;
            }
            if line.starts_with("# HELP ") {
                continue;
            }
            let (name, number) = line.rsplit_once(' ').unwrap();
            let plain = name.split('{').next().unwrap();
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| plain.strip_suffix(end));
            let is_told = told.contains_key(plain) || family.is_some_and(|it| told.get(it) == Some(&"histogram"));
            assert!(is_told, "{line} has a type");
            assert!(lines.insert(name.to_owned(), number.parse().unwrap()).is_none(), "{line} stands once");
        }
        Self(lines)
    }

    fn at(&self, name: &str) -> f64 {
        *self.0.get(name).unwrap_or_else(|| panic!("{name} is told"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_measured_at_a_listener_of_its_own_and_names_nobody() {
    let mut shop = TestShop::open().await.with_member("1001", "agent").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", shop.serving.with_metrics(listener).unwrap());
    let idle = Page::read(&origin).await;
    assert_eq!(
        (idle.at("qinda_conversations_waiting"), idle.at("qinda_commands_total{verdict=\"applied\"}")),
        (0.0, 0.0)
    );

    let mut desk = shop.desk("1001").await;
    for shopper in ["在吗", "有货吗"] {
        shop.shopper().writes(shopper).await;
    }
    desk.pull().await;
    let listening = Listening::begin(&desk).await;
    let reply = Action::SendMessage(desk.reply(&desk.conversation_with("在吗"), "在的"));
    assert_eq!(desk.give(&reply).await["verdict"], "applied");
    let busy = Page::read(&origin).await;
    assert_eq!(busy.at("qinda_conversations_waiting"), 1.0);
    assert_eq!(busy.at("qinda_commands_total{verdict=\"applied\"}"), 1.0);
    assert_eq!(busy.at("qinda_requests_total{route=\"push\",status=\"2xx\"}"), 1.0);
    assert_eq!(busy.at("qinda_request_seconds_count{route=\"push\"}"), 1.0);
    assert_eq!(busy.at("qinda_live_connections{of=\"desk\"}"), 1.0);
    assert!(busy.at("qinda_write_group_jobs_count") > idle.at("qinda_write_group_jobs_count"));
    assert!(busy.at("process_resident_memory_bytes") > 1_000_000.0);
    let kind = shop.serving.store.place().kind();
    let build = format!("qinda_build_info{{version=\"{}\",database=\"{kind}\"}}", env!("CARGO_PKG_VERSION"));
    assert_eq!(busy.at(&build), 1.0);
    for name in busy.0.keys() {
        assert!(!["tea", "1001", &shop.id.to_string()].iter().any(|named| name.contains(*named)), "{name}");
    }
    assert_eq!(busy.0.len(), idle.0.len(), "what happens makes no new lines");

    drop(listening);
    let hung_up = async {
        while Page::read(&origin).await.at("qinda_live_connections{of=\"desk\"}") > 0.0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, hung_up).await.expect("who hung up is counted no more");

    let public = browser().get(shop.url("/metrics")).send().await.unwrap();
    assert_eq!(public.status(), 404, "not where shoppers come");
    let other = browser().get(format!("{origin}/desk")).send().await.unwrap();
    assert_eq!(other.status(), 404, "and nothing else there");
    shop.serving.stop().await;
}
